"""Where files go, and that a file with its real name is a whole file."""

from __future__ import annotations

import os
import re
import sys
import warnings
from pathlib import Path

import pytest

from rnn.datasets import folders
from rnn.datasets.folders import BadFileError, DataError, DataWarning, put_file, reason_of, storage_folder

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no folders without write permission")


def test_the_environment_names_the_folders(monkeypatch, tmp_path):
    monkeypatch.setenv("RNN_DATA_DIR", str(tmp_path / "a"))
    monkeypatch.setenv("RNN_CACHE_DIR", str(tmp_path / "b"))
    assert folders.data_folder() == tmp_path / "a"
    assert folders.cache_folder() == tmp_path / "b"
    assert folders.folders() == [tmp_path / "a", tmp_path / "b"]
    monkeypatch.setenv("RNN_CACHE_DIR", str(tmp_path / "a"))
    assert folders.folders() == [tmp_path / "a"]


def test_relative_folders_and_the_home_folder_become_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RNN_DATA_DIR", "data")
    assert folders.data_folder() == tmp_path / "data"
    monkeypatch.setenv("RNN_DATA_DIR", "~/data")
    assert folders.data_folder() == Path.home() / "data"


@pytest.mark.parametrize("value", [None, ""])
def test_without_the_variables_both_are_the_systems_cache_folder(monkeypatch, value):
    pooch = pytest.importorskip("pooch")
    for name in ("RNN_DATA_DIR", "RNN_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert folders.folders() == [Path(pooch.os_cache("rnn-from-scratch"))]


def test_without_pooch_the_variable_is_asked_for(monkeypatch):
    monkeypatch.delenv("RNN_DATA_DIR", raising=False)
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(DataError, match=r"^Without RNN_DATA_DIR, finding the data folder needs the package pooch.$"):
        folders.data_folder()


def test_files_are_stored_in_the_data_folder_if_it_can_be_written(places):
    assert storage_folder() == places.data
    places.data.rmdir()
    assert storage_folder() == places.data
    assert places.data.is_dir()  # made on the way


def test_a_folder_that_cannot_be_made_is_passed_over(places, monkeypatch):
    (places.data / "file").write_bytes(b"")
    monkeypatch.setenv("RNN_DATA_DIR", str(places.data / "file" / "data"))
    assert storage_folder() == places.cache


@posix
def test_a_folder_without_write_permission_is_passed_over_even_by_an_administrator(places):
    places.data.chmod(0o555)
    try:
        assert storage_folder() == places.cache
        places.cache.chmod(0o555)
        with pytest.raises(DataError, match=re.escape(f"{places.data} and {places.cache} cannot be written; set ")):
            storage_folder()
    finally:
        places.data.chmod(0o755)
        places.cache.chmod(0o755)


def test_a_folder_of_another_user_is_passed_over(places, monkeypatch):
    monkeypatch.setattr(folders.os, "access", lambda folder, mode: folder != places.data)
    assert storage_folder() == places.cache


def test_a_file_takes_its_name_after_the_check_and_not_before(tmp_path):
    target = tmp_path / "file"
    seen = []

    def check(path):
        seen.append((path.read_bytes(), target.exists(), path.parent == tmp_path))
        return "checked"

    assert put_file(target, lambda file: file.write(b"new"), check) == "checked"
    assert seen == [(b"new", False, True)]
    assert target.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("step", ["write", "check"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), BadFileError("bad"), KeyboardInterrupt()])
def test_whatever_breaks_off_the_old_file_stays_and_nothing_else(tmp_path, step, error):
    target = tmp_path / "file"
    target.write_bytes(b"old")

    def write(file):
        file.write(b"ne")
        if step == "write":
            raise error

    def check(path):
        raise error

    with pytest.raises(type(error)):
        put_file(target, write, check)
    assert list(tmp_path.iterdir()) == [target]
    assert target.read_bytes() == b"old"


def test_reason_of_an_error_without_a_number_is_its_text():
    assert reason_of(OSError(28, "No space left on device", "/some/path")) == "No space left on device"
    assert reason_of(OSError("something else")) == "something else"


def test_a_warning_points_at_the_line_asked_for():
    def outer():
        folders.warn("message", stacklevel=2)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        outer()
        line = sys._getframe().f_lineno - 1
    assert [(w.category, str(w.message), w.filename, w.lineno) for w in caught] == [
        (DataWarning, "message", __file__, line)
    ]
