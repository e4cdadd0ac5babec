"""Downloads onto a disk that is full or read-only, and by two processes at once."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

import rnn
from rnn.datasets import shakespeare
from rnn.datasets.download import download
from rnn.datasets.folders import DataError

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no folders without write permission")
BEFORE = {"nothing": None, "good": "good", "bad": b"First Cit"}


@posix
def test_a_read_only_data_folder_is_left_alone_and_the_cache_folder_taken(places, single, web):
    places.data.chmod(0o555)
    try:
        path, _ = download(web.serve(single.entry, single.contents), shakespeare.read)
    finally:
        places.data.chmod(0o755)
    assert path == places.cache / "tinyshakespeare.txt"
    assert places.names() == ["cache/tinyshakespeare.txt"]


@posix
def test_where_no_folder_can_be_written_the_message_names_both(places, single, web):
    places.data.chmod(0o555)
    places.cache.chmod(0o555)
    try:
        with pytest.raises(DataError) as caught:
            download(web.serve(single.entry, single.contents), shakespeare.read)
    finally:
        places.data.chmod(0o755)
        places.cache.chmod(0o755)
    assert f": {places.data} and {places.cache} cannot be written; set RNN_DATA_DIR to a folder that can. " in str(
        caught.value
    )
    assert web.requests == []
    assert places.names() == []


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_disk_full_as_the_system_reports_it(places, single, web, monkeypatch, before):
    target = places.data / "tinyshakespeare.txt"
    old = single.contents if before == "good" else BEFORE[before]
    if old is not None:
        target.write_bytes(old)
    original = Path.open

    def open_full(self, mode="r", *arguments, **keywords):
        if not self.name.endswith(".part"):
            return original(self, mode, *arguments, **keywords)
        original(self, mode).close()  # the name is there, as on a real disk
        return original(Path("/dev/full"), "wb", buffering=0)

    monkeypatch.setattr(Path, "open", open_full)
    with pytest.raises(DataError) as caught:
        download(web.serve(single.entry, single.contents), shakespeare.read)
    assert f": {places.data} could not be written ({os.strerror(errno.ENOSPC)}). " in str(caught.value)
    assert places.names() == ([] if old is None else ["data/tinyshakespeare.txt"])
    if old is not None:
        assert target.read_bytes() == old


@pytest.fixture
def small_disk(places):
    """A file system of 64 KiB in place of the data folder, where the rights to make one are there."""
    mount = shutil.which("mount")
    if mount is None or os.name != "posix" or os.geteuid() != 0:
        pytest.skip("needs the right to mount")
    done = subprocess.run([mount, "-t", "tmpfs", "-o", "size=64k", "none", places.data], capture_output=True)
    if done.returncode != 0:
        pytest.skip("needs the right to mount")
    yield places.data
    subprocess.run([shutil.which("umount"), places.data], check=True)


def test_a_real_disk_that_is_full(places, small_disk, single, web):
    body = bytes(range(256)) * 1024
    entry = replace(single.entry, size=len(body), contents=hashlib.sha256(body).hexdigest())
    with pytest.raises(DataError, match=r"could not be written \(No space left on device\)"):
        download(web.serve(entry, body), shakespeare.read)
    assert places.names() == []


def test_a_real_disk_that_is_read_only(places, small_disk, single, web):
    subprocess.run([shutil.which("mount"), "-o", "remount,ro", small_disk], check=True)
    path, _ = download(web.serve(single.entry, single.contents), shakespeare.read)
    assert path == places.cache / "tinyshakespeare.txt"
    assert places.names() == ["cache/tinyshakespeare.txt"]


def test_two_processes_at_once_both_end_with_good_data(places, single, web):
    entry = web.serve(single.entry, single.contents, "together")
    script = (
        "import json, sys\n"
        "from rnn.datasets import shakespeare\n"
        "from rnn.datasets.download import download\n"
        "from rnn.datasets.registry import Entry\n"
        "path, text = download(Entry(**json.loads(sys.argv[1])), shakespeare.read)\n"
        "print(len(text), path.name)\n"
    )
    facts = {key: value for key, value in asdict(entry).items() if key != "exact"}
    environment = {**os.environ, "PYTHONPATH": str(Path(rnn.__file__).parents[1])}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script, json.dumps(facts)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _ in range(2)
    ]
    results = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0], results
    assert [out for out, _ in results] == [f"{len(single.contents)} tinyshakespeare.txt\n"] * 2
    assert len(web.requests) == 2
    assert (places.data / "tinyshakespeare.txt").read_bytes() == single.contents
    assert places.names() == ["data/tinyshakespeare.txt"]


@pytest.mark.parametrize("there", ["good", "bad", "nothing"])
def test_a_file_another_process_holds_open_is_taken_only_if_it_is_good(places, single, web, monkeypatch, there):
    """Windows refuses to replace an open file; here the refusal is played."""
    target = places.data / "tinyshakespeare.txt"
    if there != "nothing":
        target.write_bytes(single.contents if there == "good" else b"bad")

    def refuse(self, target):
        raise PermissionError(errno.EACCES, "in use")

    monkeypatch.setattr(Path, "replace", refuse)
    entry = web.serve(replace(single.entry, download_hash=None), single.contents)
    if there == "good":
        assert download(entry, shakespeare.read)[1] == single.contents.decode()
    else:
        with pytest.raises(DataError, match="what came is not the file: it "):
            download(entry, shakespeare.read)
    assert places.names() == ([] if there == "nothing" else ["data/tinyshakespeare.txt"])
