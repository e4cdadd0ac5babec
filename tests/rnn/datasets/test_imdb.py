"""The reviews: labels, ratings, order, and the flat file that makes the second load quick."""

from __future__ import annotations

import errno
import os
import sys

import numpy as np
import pytest

from rnn.datasets import DataError, DataWarning, corpora, imdb, load_imdb
from rnn.datasets.folders import BadFileError
from rnn.datasets.registry import DATASETS


def check(data) -> None:
    """The twelve reviews of the fixture, in the order of the hash."""
    assert data.source == "full"
    assert data.train.texts == [
        "dull",
        "dull, dull",
        "pas terrible, très long",
        "fine<br />work",
        "superb",
        "good enough",
    ]
    assert data.test.texts == ["no", "never again", "awful", "yes", "again, please", "wonderful"]
    for half, ratings in ((data.train, [3, 1, 4, 9, 10, 7]), (data.test, [2, 2, 1, 8, 7, 10])):
        assert len(half) == 6
        assert half.labels.dtype == half.ratings.dtype == np.int8
        assert half.labels.tolist() == [0, 0, 0, 1, 1, 1]
        assert half.ratings.tolist() == ratings


@pytest.fixture
def cached(places, tiny):
    """The path of the unpacked reviews, which are there."""
    archive = places.data / "aclImdb_v1.tar.gz"
    archive.write_bytes(tiny.archive())
    check(load_imdb("full"))
    return imdb.cache_file(tiny.entry)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("aclImdb_v1.tar.gz", ".tar.gz"),
        ("aclImdb_labelled.tar.xz", ".tar.xz"),
        ("aclImdb_v1.tar.gz", ".zip"),  # whatever the name: the contents decide
    ],
)
@pytest.mark.parametrize("source", ["full", "auto"])
def test_reviews_from_any_packaging(places, tiny, name, kind, source):
    (places.data / name).write_bytes(tiny.archive(kind))
    check(load_imdb(source))


def test_the_unpacked_reviews_are_exactly_the_bytes_of_the_hash(places, tiny, cached):
    assert cached == places.cache / f"imdb-{tiny.entry.contents[:12]}.bin"
    assert cached.read_bytes() == tiny.contents
    assert places.names() == [f"cache/{cached.name}", "data/aclImdb_v1.tar.gz"]


def test_the_second_load_reads_the_unpacked_reviews_alone(places, cached, monkeypatch):
    monkeypatch.setattr(imdb, "read_members", None)
    check(load_imdb("full"))
    (places.data / "aclImdb_v1.tar.gz").unlink()
    check(load_imdb("auto"))


@pytest.mark.parametrize("damage", [b"", b"train/neg/0_3.txt\0", "last byte"])
def test_damaged_unpacked_reviews_are_made_again_from_the_archive(tiny, cached, damage):
    cached.write_bytes(tiny.contents[:-1] + b"!" if damage == "last byte" else damage)
    check(load_imdb("full"))
    assert cached.read_bytes() == tiny.contents


def test_damaged_unpacked_reviews_alone_are_not_taken(places, cached, monkeypatch):
    monkeypatch.setenv("RNN_OFFLINE", "1")
    cached.write_bytes(cached.read_bytes()[:-5])
    (places.data / "aclImdb_v1.tar.gz").unlink()
    with pytest.raises(DataError, match=r"^aclImdb_v1\.tar\.gz could not be downloaded from"):
        load_imdb("full")


def test_mini_does_not_look_at_the_unpacked_reviews(cached):
    assert load_imdb("mini").source == "mini"


def test_a_folder_for_the_cache_is_made(places, tiny, monkeypatch):
    monkeypatch.setenv("RNN_CACHE_DIR", str(places.cache / "a" / "b"))
    (places.data / "aclImdb_v1.tar.gz").write_bytes(tiny.archive())
    check(load_imdb("full"))
    assert imdb.cache_file(tiny.entry).parent == places.cache / "a" / "b"
    assert imdb.cache_file(tiny.entry).read_bytes() == tiny.contents


def test_where_nothing_can_be_kept_the_reviews_load_and_it_is_said_once(places, tiny, monkeypatch):
    (places.data / "aclImdb_v1.tar.gz").write_bytes(tiny.archive())

    def full(target, write, check):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(imdb, "put_file", full)
    with pytest.warns(DataWarning) as caught:
        check(load_imdb("full"))
    assert [str(w.message) for w in caught] == [
        f"The unpacked reviews could not be kept in {places.cache} (No space left on device), so they are "
        "unpacked anew every time: set RNN_CACHE_DIR to a folder that can be written."
    ]
    check(load_imdb("full"))  # without a second warning, which would be an error here
    assert places.names() == ["data/aclImdb_v1.tar.gz"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no folders without write permission")
def test_a_read_only_cache_folder_is_left_alone(places, tiny):
    (places.data / "aclImdb_v1.tar.gz").write_bytes(tiny.archive())
    places.cache.chmod(0o555)
    try:
        with pytest.warns(DataWarning, match=r"could not be kept in .* \(it cannot be written\), so "):
            check(load_imdb("full"))
    finally:
        places.cache.chmod(0o755)
    assert places.names() == ["data/aclImdb_v1.tar.gz"]


def test_an_unpacked_file_that_comes_out_wrong_is_not_kept(places, tiny, monkeypatch):
    (places.data / "aclImdb_v1.tar.gz").write_bytes(tiny.archive())
    original = imdb.put_file

    def wrong(target, write, check):
        return original(target, lambda file: file.write(b"wrong"), check)

    monkeypatch.setattr(imdb, "put_file", wrong)
    with pytest.warns(DataWarning, match="its contents are not the known ones"):
        check(load_imdb("full"))
    assert places.names() == ["data/aclImdb_v1.tar.gz"]


def test_without_a_cache_folder_at_all_reading_works(places, tiny, monkeypatch):
    path = places.data / "aclImdb_v1.tar.gz"
    path.write_bytes(tiny.archive())
    monkeypatch.delenv("RNN_CACHE_DIR")
    monkeypatch.setitem(sys.modules, "pooch", None)
    train, test = imdb.read(path, tiny.entry)
    assert (len(train), len(test)) == (6, 6)


def test_a_truncated_archive_in_place_is_not_taken_and_replaced(places, tiny, web, monkeypatch):
    path = places.data / "aclImdb_v1.tar.gz"
    whole = tiny.archive()
    path.write_bytes(whole[: len(whole) // 2])
    monkeypatch.setitem(DATASETS, "imdb", web.serve(tiny.entry, whole))
    with pytest.warns(DataWarning, match=r"cannot be used: it .*\. A good one was downloaded"):
        check(load_imdb("auto"))
    assert path.read_bytes() == whole


def test_a_truncated_archive_and_no_network_gives_the_built_in_reviews(places, tiny, monkeypatch):
    monkeypatch.setenv("RNN_OFFLINE", "1")
    path = places.data / "aclImdb_v1.tar.gz"
    half = tiny.archive()[:200]
    path.write_bytes(half)
    with pytest.warns(DataWarning, match=r"^Instead of Large Movie .* cannot be used: it .* RNN_OFFLINE is set"):
        data = load_imdb("auto")
    assert data.source == "mini"
    assert path.read_bytes() == half
    assert places.names() == ["data/aclImdb_v1.tar.gz"]


def test_an_archive_with_a_link_in_it_is_not_taken(places, tiny, tmp_path):
    path = tmp_path / "evil.tar"
    path.write_bytes(tiny.pack({"../aclImdb/train/neg/0_3.txt": b"x"}, ".tar"))
    with pytest.raises(BadFileError, match="points outside the archive"):
        imdb.read(path, tiny.entry)
    assert places.names() == []


def test_built_in_reviews():
    data = load_imdb("mini")
    (texts, labels, ratings), (test_texts, _, _) = corpora.mini_reviews()
    assert data.source == "mini"
    assert data.train.texts == texts
    assert data.test.texts == test_texts
    np.testing.assert_array_equal(data.train.labels, labels)
    np.testing.assert_array_equal(data.train.ratings, ratings)
    for half in (data.train, data.test):
        assert half.labels.dtype == half.ratings.dtype == np.int8
        assert len(half.texts) == len(half.labels) == len(half.ratings)
        assert set(half.labels.tolist()) == {0, 1}
        assert (half.ratings[half.labels == 0] <= 4).all()
        assert (half.ratings[half.labels == 1] >= 7).all()


def test_what_is_shown_is_short(cached, tiny):
    data = load_imdb("full")
    assert repr(data) == "<Imdb, full: Large Movie Review Dataset v1.0: 6 training and 6 test reviews.>"
    assert repr(data.train) == "<Reviews: 6, 3 of them positive>"
    assert data.credit == tiny.entry.credit
    assert data.license == "none stated; for research, cite the paper"
    assert data.url == "https://ai.stanford.edu/~amaas/data/sentiment/"
    mini = load_imdb("mini")
    assert mini.description.startswith(f"A small built-in corpus: {len(mini.train):,} training and ")
    assert mini.credit == "made for this book and part of its package"
    assert mini.license == "MIT, as the package"
    assert mini.url.startswith("https://")


def test_an_unknown_source_is_refused():
    with pytest.raises(ValueError, match=r'^load_imdb: source must be "auto", "full" or "mini", got \'all\'\.$'):
        load_imdb("all")
