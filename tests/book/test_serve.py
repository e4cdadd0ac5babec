"""The site's server sends what a real host sends: compressed, under the right type, and nothing from elsewhere."""

import gzip
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tools.serve import serving, site_pages


@pytest.fixture
def folder(tmp_path):
    site = tmp_path / "site"
    (site / "part").mkdir(parents=True)
    (site / "lite").mkdir()
    (tmp_path / "secret.txt").write_text("not part of the site")
    (site / "index.html").write_text("<p>first</p>" * 100)
    (site / "404.html").write_text("<p>lost</p>")
    (site / "part" / "index.html").write_text("<p>part</p>")
    (site / "part" / "a page.html").write_text("<p>spaced</p>")
    (site / "lite" / "index.html").write_text("<p>application</p>")
    (site / "picture.png").write_bytes(b"\x89PNG")
    (site / "script.js").write_text("'use strict';")
    (site / "chapter.ipynb").write_text("{}")
    return site


def get(address, path, method="GET", **headers):
    """Return status, headers and body of one answer, without following where it leads."""
    connection = HTTPConnection(urlsplit(address).netloc, timeout=60)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_text_is_compressed_for_those_who_read_that(folder):
    with serving(folder) as address:
        status, headers, body = get(address, "/", **{"Accept-Encoding": "gzip, br"})
        assert (status, headers["Content-Encoding"]) == (200, "gzip")
        assert len(body) < 100
        assert gzip.decompress(body) == b"<p>first</p>" * 100
        status, headers, body = get(address, "/index.html")
        assert (status, headers["Content-Encoding"], body) == (200, None, b"<p>first</p>" * 100)


def test_a_changed_file_is_sent_as_it_is_now(folder):
    with serving(folder) as address:
        get(address, "/script.js", **{"Accept-Encoding": "gzip"})
        (folder / "script.js").write_text("changed()")
        assert gzip.decompress(get(address, "/script.js", **{"Accept-Encoding": "gzip"})[2]) == b"changed()"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/script.js", "text/javascript; charset=utf-8"),
        ("/picture.png", "image/png"),
        ("/chapter.ipynb", "application/x-ipynb+json"),
        ("/part/a%20page.html?q=1", "text/html; charset=utf-8"),
    ],
)
def test_each_file_has_its_type_whatever_the_system_believes(folder, path, kind):
    with serving(folder) as address:
        status, headers, _ = get(address, path)
        assert (status, headers["Content-Type"]) == (200, kind)


def test_what_is_already_compressed_is_sent_as_it_is(folder):
    with serving(folder) as address:
        _, headers, body = get(address, "/picture.png", **{"Accept-Encoding": "gzip"})
        assert (headers["Content-Encoding"], body) == (None, b"\x89PNG")


@pytest.mark.parametrize("path", ["/nothing.html", "/../secret.txt", "/%2e%2e/secret.txt", "//etc/passwd", "/a%00b"])
def test_what_is_not_part_of_the_site_is_the_page_that_says_so(folder, path):
    with serving(folder) as address:
        status, headers, body = get(address, path)
        assert (status, headers["Content-Type"], body) == (404, "text/html; charset=utf-8", b"<p>lost</p>")
        (folder / "404.html").unlink()
        assert get(address, path)[0] == 404


def test_a_folder_is_its_first_page_and_its_address_ends_in_a_slash(folder):
    with serving(folder) as address:
        status, headers, _ = get(address, "/part")
        assert (status, headers["Location"]) == (301, "/part/")
        assert get(address, "/part/")[2] == b"<p>part</p>"


def test_the_head_alone_has_no_body(folder):
    with serving(folder) as address:
        status, headers, body = get(address, "/", method="HEAD")
        assert (status, headers["Content-Length"], body) == (200, "1200", b"")


def test_the_site_may_live_below_a_prefix_as_when_published(folder):
    with serving(folder, prefix="/book/") as address:
        assert address.endswith("/book/")
        assert get(address, "/book/part/")[2] == b"<p>part</p>"
        assert get(address, "/part/")[0] == 404
        assert get(address, "/")[0] == 404


def test_nothing_is_written_to_the_terminal(folder, capfd):
    with serving(folder) as address:
        get(address, "/")
        get(address, "/nothing.html")
    assert capfd.readouterr() == ("", "")


def test_the_pages_of_a_site_are_all_but_those_of_the_application(folder):
    assert site_pages(folder) == ["404.html", "index.html", "part/a page.html", "part/index.html"]
