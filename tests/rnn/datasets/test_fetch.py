"""Which data are taken: those in the folder if good, else a download, else the built-in corpus."""

from __future__ import annotations

import errno
import os
import re
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from rnn.datasets import fetch, load_shakespeare, shakespeare
from rnn.datasets.fetch import find, import_file, obtain
from rnn.datasets.folders import BadFileError, DataError, DataWarning
from rnn.datasets.registry import DATASETS

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no folders without write permission")
READERS = {"shakespeare": shakespeare.read}


@pytest.fixture
def full(single):
    return single.contents.decode()


@pytest.mark.parametrize("folder", ["data", "cache"])
@pytest.mark.parametrize("source", ["auto", "full"])
def test_a_good_file_in_either_folder_is_taken_without_a_download(places, single, web, full, folder, source):
    (getattr(places, folder) / "tinyshakespeare.txt").write_bytes(single.contents)
    assert obtain(web.serve(single.entry, single.contents), shakespeare.read, source) == full
    assert web.requests == []


def test_mini_looks_nowhere(places, single, web):
    (places.data / "tinyshakespeare.txt").write_bytes(single.contents)
    assert obtain(web.serve(single.entry, single.contents), shakespeare.read, "mini") is None
    assert web.requests == []


@pytest.mark.parametrize("source", ["auto", "full"])
def test_what_is_missing_is_downloaded_once(places, single, web, full, source):
    entry = web.serve(single.entry, single.contents)
    assert obtain(entry, shakespeare.read, source) == full
    assert obtain(entry, shakespeare.read, source) == full
    assert web.requests == ["/good/file"]


@pytest.mark.parametrize("bad", [b"", b"First Cit", b"wrong contents under a right name"])
@pytest.mark.parametrize("source", ["auto", "full"])
def test_a_bad_file_is_named_and_replaced_by_a_good_download(places, single, web, full, bad, source):
    target = places.data / "tinyshakespeare.txt"
    target.write_bytes(bad)
    with pytest.warns(DataWarning) as caught:
        assert obtain(web.serve(single.entry, single.contents), shakespeare.read, source) == full
    assert [str(w.message) for w in caught] == [
        f"{target} cannot be used: it has {len(bad)} bytes instead of 2,440. A good one was downloaded: {target}."
    ]
    assert target.read_bytes() == single.contents


def test_a_bad_file_and_no_download_full_raises_and_auto_takes_the_built_in_corpus(places, single, web):
    target = places.data / "tinyshakespeare.txt"
    target.write_bytes(b"First Cit")
    entry = web.serve(single.entry, single.contents, "missing")
    problem = f"{target} cannot be used: it has 9 bytes instead of 2,440. tinyshakespeare.txt could not be downloaded "
    with pytest.raises(DataError) as raised:
        obtain(entry, shakespeare.read, "full")
    assert str(raised.value).startswith(problem)
    with pytest.warns(DataWarning) as caught:
        assert obtain(entry, shakespeare.read, "auto") is None
    assert [str(w.message) for w in caught] == [
        f"Instead of tiny Shakespeare, the small built-in corpus is used. {raised.value}"
    ]
    assert target.read_bytes() == b"First Cit"
    assert places.names() == ["data/tinyshakespeare.txt"]


def test_a_bad_file_does_not_hide_a_good_one(places, single):
    (places.data / "tinyshakespeare.txt").write_bytes(b"bad")
    (places.cache / "tinyshakespeare.txt").write_bytes(single.contents)
    found, problems = find(single.entry, shakespeare.read)
    assert found == (places.cache / "tinyshakespeare.txt", single.contents.decode())
    assert problems == [f"{places.data / 'tinyshakespeare.txt'} cannot be used: it has 3 bytes instead of 2,440."]


def test_every_known_name_is_looked_for_in_order(places, single):
    entry = replace(single.entry, names=("first.txt", "second.txt"))
    for name in ("second.txt", "third.txt"):
        (places.data / name).write_bytes(single.contents)
    assert find(entry, shakespeare.read)[0][0] == places.data / "second.txt"
    (places.cache / "first.txt").write_bytes(single.contents)
    assert find(entry, shakespeare.read)[0][0] == places.data / "second.txt"
    (places.data / "first.txt").write_bytes(single.contents)
    assert find(entry, shakespeare.read)[0][0] == places.data / "first.txt"


def test_a_folder_by_a_right_name_is_no_file(places, single):
    (places.data / "tinyshakespeare.txt").mkdir()
    assert find(single.entry, shakespeare.read) == (None, [])


def test_auto_does_not_wait_twice_for_a_dead_host_and_full_does(places, single, web, monkeypatch):
    monkeypatch.setattr(fetch.download, "__kwdefaults__", {"retry": True, "timeout": (1.0, 0.1)})
    entry = web.serve(single.entry, single.contents, "silent")
    for _ in range(3):
        with pytest.warns(DataWarning, match="Instead of tiny Shakespeare"):
            obtain(entry, shakespeare.read, "auto")
    assert len(web.requests) == 1
    with pytest.raises(DataError):
        obtain(entry, shakespeare.read, "full")
    assert len(web.requests) == 2


@pytest.mark.parametrize("source", ["big", "", None, "FULL"])
def test_an_unknown_source_is_refused(source):
    with pytest.raises(ValueError) as caught:
        obtain(DATASETS["shakespeare"], shakespeare.read, source)
    assert str(caught.value) == f'load_shakespeare: source must be "auto", "full" or "mini", got {source!r}.'


@pytest.mark.parametrize("case", ["mini instead", "fresh copy"])
def test_warnings_point_at_the_line_that_called_the_loader(places, single, web, monkeypatch, case):
    (places.data / "tinyshakespeare.txt").write_bytes(b"bad")
    how = "missing" if case == "mini instead" else "good"
    monkeypatch.setitem(DATASETS, "shakespeare", web.serve(single.entry, single.contents, how))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        data = load_shakespeare()
    assert [w.filename for w in caught] == [__file__]
    assert data.source == ("mini" if case == "mini instead" else "full")


def test_import_recognizes_a_file_by_its_contents_and_gives_it_its_name(places, single, tmp_path):
    path = tmp_path / "input (1).txt"
    path.write_bytes(single.contents)
    target = places.data / "tinyshakespeare.txt"
    assert import_file(path, READERS, DATASETS) == (single.entry, target, True)
    assert target.read_bytes() == single.contents
    assert path.read_bytes() == single.contents
    assert places.names() == ["data/tinyshakespeare.txt"]


def test_import_keeps_a_good_file_and_replaces_a_bad_one(places, single, tmp_path):
    path = tmp_path / "input.txt"
    path.write_bytes(single.contents)
    target = places.data / "tinyshakespeare.txt"
    target.write_bytes(single.contents)
    before = target.stat()
    assert import_file(path, READERS, DATASETS) == (single.entry, target, False)
    assert target.stat().st_ino == before.st_ino
    target.write_bytes(b"bad")
    assert import_file(path, READERS, DATASETS) == (single.entry, target, True)
    assert target.read_bytes() == single.contents


@pytest.mark.parametrize(
    ("name", "kept"),
    [("b.zip", "b.zip"), ("other.zip", "b.zip"), ("other.gz", "a.tar.gz"), ("other", "a.tar.gz")],
)
def test_import_gives_a_known_name_of_the_same_kind(places, single, tmp_path, name, kept):
    path = tmp_path / name
    path.write_bytes(single.contents)
    entry = replace(single.entry, names=("a.tar.gz", "b.zip", "c.zip"))
    assert import_file(path, READERS, {"shakespeare": entry})[1] == places.data / kept


def test_import_of_a_file_already_in_place_leaves_it(places, single):
    path = places.data / "tinyshakespeare.txt"
    path.write_bytes(single.contents)
    assert import_file(path, READERS, DATASETS) == (single.entry, path, False)
    assert path.read_bytes() == single.contents


def test_import_refuses_what_it_does_not_know(places, single, tmp_path):
    path = tmp_path / "other.txt"
    path.write_bytes(b"something else")
    with pytest.raises(DataError, match=f"^{re.escape(str(path))} holds none of the data sets: shakespeare.$"):
        import_file(path, READERS, DATASETS)
    path = path.rename(tmp_path / "tinyshakespeare.txt")
    with pytest.raises(
        DataError, match=f"^{re.escape(str(path))} has the name of tiny Shakespeare, but it has 14 bytes instead of"
    ):
        import_file(path, READERS, DATASETS)
    with pytest.raises(DataError, match=f"^{re.escape(str(tmp_path / 'nothing'))} is not a file.$"):
        import_file(tmp_path / "nothing", READERS, DATASETS)
    assert places.names() == []


def test_import_to_a_full_disk_leaves_nothing(places, single, tmp_path, monkeypatch):
    path = tmp_path / "input.txt"
    path.write_bytes(single.contents)

    def full(source, target):
        target.write(b"First")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetch.shutil, "copyfileobj", full)
    with pytest.raises(DataError, match=r"could not be copied to .*: No space left on device.$"):
        import_file(path, READERS, DATASETS)
    assert places.names() == []


def test_import_of_a_file_that_changes_meanwhile_is_refused(places, single, tmp_path, monkeypatch):
    path = tmp_path / "input.txt"
    path.write_bytes(single.contents)
    monkeypatch.setattr(fetch.shutil, "copyfileobj", lambda source, target: target.write(b"changed"))
    with pytest.raises(DataError, match=r"could not be copied to .*: it has 7 bytes instead of 2,440.$"):
        import_file(path, READERS, DATASETS)
    assert places.names() == []


@posix
def test_import_without_a_folder_to_write_to(places, single, tmp_path):
    path = tmp_path / "input.txt"
    path.write_bytes(single.contents)
    places.data.chmod(0o555)
    try:
        assert import_file(path, READERS, DATASETS)[1] == places.cache / "tinyshakespeare.txt"
        places.cache.chmod(0o555)
        with pytest.raises(
            DataError, match=f"^{re.escape(str(path))} could not be copied: .* cannot be written; set RNN_DATA_DIR"
        ):
            import_file(path, READERS, DATASETS)
    finally:
        places.data.chmod(0o755)
        places.cache.chmod(0o755)


def test_a_reader_that_always_refuses_is_reported_with_its_reason(places, single):
    (places.data / "tinyshakespeare.txt").write_bytes(b"")

    def refuse(path: Path, entry: object) -> str:
        raise BadFileError("no reason")

    assert find(single.entry, refuse) == (
        None,
        [f"{places.data / 'tinyshakespeare.txt'} cannot be used: no reason."],
    )
