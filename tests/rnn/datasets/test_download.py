"""Downloads from a server that does its worst: what is kept is whole, what is lost is nothing."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace

import pytest

from rnn.datasets import download as module
from rnn.datasets import imdb, shakespeare
from rnn.datasets.download import download
from rnn.datasets.folders import DataError

FAULTS = {
    "cut": r"the transfer broke off|it has 1,220 bytes",
    "cutnolength": r"what came is not the file: it has 1,220 bytes instead of 2,440",
    "wrong": r"what came is not the file: its contents are not the known ones \(SHA-256 [0-9a-f]{64} instead of ",
    "page": r"what came is not the file: it has 43 bytes instead of 2,440",
    "empty": r"what came is not the file: it has 0 bytes instead of 2,440",
    "forbidden": r"the server answered 403 \(Forbidden\)",
    "missing": r"the server answered 404 \(Not Found\)",
    "broken": r"the server answered 500 \(Internal Server Error\)",
    "loop": r"the server redirects in circles",
    "nowhere": r"No connection adapters were found",
    "silent": r"127\.0\.0\.1:\d+ did not answer within 1 s or stopped for 0\.2 s",
    "stall": r"127\.0\.0\.1:\d+ did not answer within 1 s or stopped for 0\.2 s",
}
SLOW = ("silent", "stall")  # only these are to run out of time; a busy machine must not run the others out of it
BEFORE = {"nothing": None, "good": "good", "bad": b"First Cit"}


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("fault", FAULTS)
def test_after_any_fault_the_folder_is_as_before_and_the_message_says_what_to_do(places, single, web, fault, before):
    name = single.entry.names[0]
    old = single.contents if before == "good" else BEFORE[before]
    if old is not None:
        (places.data / name).write_bytes(old)
    entry = web.serve(single.entry, single.contents, fault)
    with pytest.raises(DataError, match=FAULTS[fault]) as caught:
        download(entry, shakespeare.read, timeout=(1.0, 0.2) if fault in SLOW else (60.0, 60.0))
    message = str(caught.value)
    assert message.startswith(f"{name} could not be downloaded from {entry.address}: ")
    assert message.endswith(
        f" To put it there by hand, save that address as {places.data / name}, or save it anywhere and run: "
        "python -m rnn.datasets import FILE"
    )
    assert places.names() == ([] if old is None else [f"data/{name}"])
    if old is not None:
        assert (places.data / name).read_bytes() == old


@pytest.mark.parametrize("how", ["good", "moved", "nolength"])
@pytest.mark.parametrize("before", BEFORE)
def test_a_good_download_is_read_and_takes_its_name(places, single, web, how, before, capsys):
    target = places.data / "tinyshakespeare.txt"
    if before != "nothing":
        target.write_bytes(single.contents if before == "good" else BEFORE[before])
    path, text = download(web.serve(single.entry, single.contents, how), shakespeare.read)
    assert path == target
    assert text == single.contents.decode()
    assert target.read_bytes() == single.contents
    assert places.names() == ["data/tinyshakespeare.txt"]
    shown = capsys.readouterr().err
    assert "tinyshakespeare.txt: 100%" in shown
    assert "2.44k/2.44k" in shown


def test_a_new_file_has_the_permissions_of_any_new_file(places, single, web):
    path, _ = download(web.serve(single.entry, single.contents), shakespeare.read)
    (places.data / "other").write_bytes(b"")
    assert path.stat().st_mode == (places.data / "other").stat().st_mode


@pytest.mark.parametrize("fault", ["cut", "wrong", "page", "cutnolength"])
def test_a_damaged_archive_is_not_kept_and_nothing_of_it_is_unpacked(places, tiny, web, fault):
    entry = web.serve(tiny.entry, tiny.archive(), fault)
    with pytest.raises(DataError, match=r"^aclImdb_v1\.tar\.gz could not be downloaded from "):
        download(entry, imdb.read)
    assert places.names() == []


def test_an_archive_is_checked_against_the_published_hash_of_the_download(places, tiny, web):
    archive = tiny.archive()
    right = replace(tiny.entry, download_hash="md5:" + hashlib.md5(archive).hexdigest())
    path, (train, test) = download(web.serve(right, archive), imdb.read)
    assert path.read_bytes() == archive
    assert (len(train), len(test)) == (6, 6)
    path.unlink()
    wrong = replace(tiny.entry, download_hash="md5:" + "0" * 32)
    with pytest.raises(DataError, match=r"what came is not the file: its md5 is [0-9a-f]{32} instead of 0{32}"):
        download(web.serve(wrong, archive), imdb.read)
    assert not path.exists()


def test_the_bytes_are_asked_for_as_they_are(places, single, web, monkeypatch):
    seen = []
    original = web.server.RequestHandlerClass.do_good
    monkeypatch.setattr(
        web.server.RequestHandlerClass,
        "do_good",
        lambda self, body: (seen.append(self.headers["Accept-Encoding"]), original(self, body))[1],
    )
    download(web.serve(single.entry, single.contents), shakespeare.read)
    assert seen == ["identity"]


def test_a_host_that_cannot_be_reached_is_not_tried_again_unless_asked(places, single, web):
    entry = web.serve(single.entry, single.contents, "silent")
    with pytest.raises(DataError, match="did not answer"):
        download(entry, shakespeare.read, timeout=(1.0, 0.1))
    with pytest.raises(DataError, match=r": not tried again after an earlier failure: 127\.0\.0\.1:\d+ did not answer"):
        download(entry, shakespeare.read, retry=False, timeout=(1.0, 5.0))
    assert len(web.requests) == 1
    with pytest.raises(DataError, match=r": 127\.0\.0\.1:\d+ did not answer"):
        download(entry, shakespeare.read, timeout=(1.0, 0.1))
    assert len(web.requests) == 2


def test_another_host_is_tried_although_one_cannot_be_reached(places, single, web):
    dead = replace(single.entry, address="http://127.0.0.1:9/input.txt")
    with pytest.raises(DataError, match=r": 127\.0\.0\.1:9 could not be reached \(.*refused.*\)\. To"):
        download(dead, shakespeare.read)
    assert list(module._unreachable) == ["127.0.0.1:9"]
    download(web.serve(single.entry, single.contents), shakespeare.read, retry=False)
    assert module._unreachable == {}  # the network is there: the dead host gets another chance


def test_where_no_name_can_be_looked_up_no_host_is_tried_again(places, single, web):
    entry = replace(single.entry, address="http://no-such-host.invalid/input.txt")
    with pytest.raises(DataError, match=r"the name no-such-host\.invalid could not be looked up \(no network\?\)"):
        download(entry, shakespeare.read)
    with pytest.raises(DataError, match=r"not tried again after an earlier failure: the name no-such-host.invalid"):
        download(web.serve(single.entry, single.contents), shakespeare.read, retry=False)
    assert web.requests == []
    download(web.serve(single.entry, single.contents), shakespeare.read)
    assert len(web.requests) == 1


@pytest.mark.parametrize(("value", "offline"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_offline_switch(places, single, web, monkeypatch, value, offline):
    monkeypatch.setenv("RNN_OFFLINE", value)
    entry = web.serve(single.entry, single.contents)
    if offline:
        with pytest.raises(DataError, match=r": RNN_OFFLINE is set. To put it there by hand"):
            download(entry, shakespeare.read)
    else:
        download(entry, shakespeare.read)
    assert len(web.requests) == (0 if offline else 1)


@pytest.mark.parametrize("package", ["pooch", "tqdm"])
def test_a_missing_package_is_named(places, single, web, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(DataError, match=f"the package {package} is not installed"):
        download(web.serve(single.entry, single.contents), shakespeare.read)
    assert places.names() == []
