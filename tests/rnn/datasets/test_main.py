"""The command line: what it prints, what it does, how it fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import rnn
from rnn.datasets import __main__ as command
from rnn.datasets.__main__ import READERS, main
from rnn.datasets.registry import DATASETS


def test_every_data_set_has_a_reader():
    assert list(READERS) == list(DATASETS)


@pytest.mark.parametrize("arguments", [[], ["list"]])
def test_the_list_says_what_there_is_and_where(places, single, arguments, capsys):
    (places.data / "tinyshakespeare.txt").write_bytes(single.contents)
    (places.cache / "ecg.dat").write_bytes(b"x" * 2000)
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0].split() == ["name", "what", "size", "license", "where"]
    assert [line.split()[0] for line in lines[1:7]] == list(DATASETS)
    where = lines[0].index("where")
    assert lines[1][where:] == f"not here: {DATASETS['imdb'].address}"
    assert " 84.1 MB  none stated; for research, cite the paper " in lines[1]
    assert lines[2][where:] == str(places.data / "tinyshakespeare.txt")
    assert " 2 kB " in lines[2]
    assert " public domain " in lines[2]
    assert lines[4][where:] == str(places.cache / "ecg.dat")
    assert " unknown  CC BY 2.0 FR " in lines[6]
    assert lines[7:] == [
        "",
        f"Data folder:  {places.data}",
        f"Cache folder: {places.cache}",
        "Files are checked when they are loaded. Where one is not here, a small built-in corpus takes its place.",
    ]


def test_the_list_knows_the_unpacked_reviews(places, tiny, capsys):
    archive = places.data / "aclImdb_v1.tar.gz"
    archive.write_bytes(tiny.archive())
    READERS["imdb"](archive, tiny.entry)
    main([])
    assert str(archive) in capsys.readouterr().out
    archive.unlink()
    main([])
    assert str(places.cache / f"imdb-{tiny.entry.contents[:12]}.bin") in capsys.readouterr().out


def test_fetch_downloads_what_is_missing_and_says_where_it_is(places, single, web, monkeypatch, capsys):
    monkeypatch.setitem(DATASETS, "shakespeare", web.serve(single.entry, single.contents))
    target = places.data / "tinyshakespeare.txt"
    assert main(["fetch", "shakespeare"]) == 0
    assert capsys.readouterr().out == f"shakespeare: downloaded, {target}\n"
    assert main(["fetch", "shakespeare"]) == 0
    assert capsys.readouterr().out == f"shakespeare: already here, {target}\n"
    target.write_bytes(b"bad")
    assert main(["fetch", "shakespeare"]) == 0
    out, err = capsys.readouterr()
    assert out == f"shakespeare: downloaded, {target}\n"
    assert err.startswith(f"{target} cannot be used: it has 3 bytes instead of 2,440.\n")
    assert len(web.requests) == 2


def test_fetch_goes_on_after_an_error_and_the_status_remembers_it(places, single, tiny, web, monkeypatch, capsys):
    monkeypatch.setitem(DATASETS, "imdb", web.serve(tiny.entry, single.contents, "missing"))
    monkeypatch.setitem(DATASETS, "shakespeare", web.serve(single.entry, single.contents))
    assert main(["fetch", "imdb", "shakespeare"]) == 1
    out, err = capsys.readouterr()
    assert out == f"shakespeare: downloaded, {places.data / 'tinyshakespeare.txt'}\n"
    assert err.startswith("aclImdb_v1.tar.gz could not be downloaded from http://127.0.0.1:")
    assert "Traceback" not in err


def test_fetch_all_tries_every_data_set(places, monkeypatch, capsys):
    monkeypatch.setenv("RNN_OFFLINE", "1")
    assert main(["fetch", "all"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert [line.split()[0] for line in lines] == [entry.names[0] for entry in DATASETS.values()]


def test_fetch_of_an_unknown_name_lists_the_known_ones(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["fetch", "mnist"])
    assert caught.value.code == 2
    err = capsys.readouterr().err
    assert "mnist" in err
    assert all(name in err for name in DATASETS)


def test_import_recognizes_and_copies(places, single, tmp_path, capsys):
    path = tmp_path / "input.txt"
    path.write_bytes(single.contents)
    target = places.data / "tinyshakespeare.txt"
    assert main(["import", str(path)]) == 0
    assert capsys.readouterr().out == f"shakespeare: copied to {target}\n"
    assert target.read_bytes() == single.contents
    assert main(["import", str(path)]) == 0
    assert capsys.readouterr().out == f"shakespeare: already here, {target}\n"


@pytest.mark.parametrize(
    ("name", "wanted"), [("reviews.tar.xz", "aclImdb_labelled.tar.xz"), ("download", "aclImdb_v1.tar.gz")]
)
def test_import_recognizes_an_archive(places, tiny, tmp_path, capsys, name, wanted):
    path = tmp_path / name
    path.write_bytes(tiny.archive(".tar.xz"))
    assert main(["import", str(path)]) == 0
    assert capsys.readouterr().out == f"imdb: copied to {places.data / wanted}\n"
    assert (places.data / wanted).read_bytes() == path.read_bytes()


def test_import_recognizes_sentence_pairs(places, tmp_path, capsys):
    path = tmp_path / "pairs.txt"
    path.write_bytes(b"Hi.\tSalut.\n")
    assert main(["import", str(path)]) == 0
    assert capsys.readouterr().out == f"translation: copied to {places.data / 'fra.txt'}\n"


def test_import_of_something_else_fails_with_one_sentence(places, tmp_path, capsys):
    path = tmp_path / "other.txt"
    path.write_bytes(b"something else")
    assert main(["import", str(path)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"{path} holds none of the data sets: {', '.join(DATASETS)}.\n"
    assert places.names() == []


def test_interrupted(places, monkeypatch, capsys):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "find", interrupt)
    assert main(["fetch", "imdb"]) == 1
    assert capsys.readouterr().err == "Interrupted; nothing unfinished was kept.\n"


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "rnn.datasets", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(rnn.__file__).parents[1]), "PYTHONUTF8": "1"},
    )


def test_as_a_command(places, tmp_path):
    done = run()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("name ")
    done = run("import", str(tmp_path / "nothing"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{tmp_path / 'nothing'} is not a file.\n"
