"""Sentence pairs in the Tatoeba project's format, from any file a reader puts there."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from rnn.datasets import DataError, DataWarning, corpora, load_translation, translation
from rnn.datasets.folders import BadFileError
from rnn.datasets.registry import DATASETS

THREE = "Go.\tVa !\tCC-BY 2.0 (a & b)\nGo.\tMarche.\tCC-BY 2.0 (a & c)\n"
TWO = "Go.\tVa\u202f!\nIt's\u2028odd.\tC'est bizarre.\n"


def test_three_columns_from_a_text_file(places):
    (places.data / "fra.txt").write_text(THREE, encoding="utf-8", newline="")
    data = load_translation()
    assert data.source == "full"
    assert data.english == ["Go.", "Go."]
    assert data.french == ["Va !", "Marche."]
    assert data.attributions == ["CC-BY 2.0 (a & b)", "CC-BY 2.0 (a & c)"]
    assert data.description == "English-French sentence pairs of Tatoeba: 2 pairs."
    assert data.license == "CC BY 2.0 FR"


@pytest.mark.parametrize("folder", ["", "fra-eng/"])
def test_two_columns_from_a_zip_archive(places, tiny, folder):
    archive = tiny.pack({f"{folder}_about.txt": b"about", f"{folder}fra.txt": TWO.encode()}, ".zip")
    (places.data / "fra-eng.zip").write_bytes(archive)
    data = load_translation("full")
    assert data.english == ["Go.", "It's\u2028odd."]  # a line separator inside a sentence is not the end of a line
    assert data.french == ["Va\u202f!", "C'est bizarre."]
    assert data.attributions == ["", ""]


def test_the_archive_is_preferred_to_the_small_file(places, tiny, monkeypatch):
    entry = replace(DATASETS["translation"], exact={"fra-eng-5000.txt": hashlib.sha256(THREE.encode()).hexdigest()})
    monkeypatch.setitem(DATASETS, "translation", entry)
    (places.data / "fra-eng-5000.txt").write_bytes(THREE.encode())
    assert load_translation().french == ["Va !", "Marche."]
    (places.data / "fra.txt").write_bytes(b"Hi.\tSalut.\n")
    assert load_translation().french == ["Salut."]
    (places.data / "fra-eng.zip").write_bytes(tiny.pack({"fra.txt": b"Hi.\tSalut !\n"}, ".zip"))
    assert load_translation().french == ["Salut !"]


def test_a_file_known_by_name_must_be_that_file(places, monkeypatch):
    monkeypatch.setenv("RNN_OFFLINE", "1")
    (places.data / "fra-eng-5000.txt").write_bytes(THREE.encode())  # the right format, cut at the end of a line
    with pytest.raises(DataError, match=r"fra-eng-5000\.txt cannot be used: its contents are not the known ones"):
        load_translation("full")


def test_a_file_of_the_readers_own(places, tmp_path, tiny):
    path = tmp_path / "deu.txt"
    path.write_bytes("\ufeffHi.\tHallo!\r\nRun!\tLauf!\tsomebody\r\n".encode())
    for given in (path, str(path)):
        data = load_translation(path=given)
        assert data.source == "full"
        assert data.english == ["Hi.", "Run!"]
        assert data.french == ["Hallo!", "Lauf!"]
        assert data.attributions == ["", "somebody"]
        assert data.description == "deu.txt: 2 pairs."
    archive = tmp_path / "deu-eng.zip"
    archive.write_bytes(tiny.pack({"_about.txt": b"about", "deu.txt": path.read_bytes()}, ".zip"))
    assert load_translation("full", path=archive).french == ["Hallo!", "Lauf!"]


FORM = r"is not English, TAB, French, or those with TAB and an attribution: "
BAD = {
    "empty": (b"", "^it is empty$"),
    "cut off": (THREE.encode()[:-1], "^it does not end with a whole line; it looks cut off$"),
    "one column": (b"Hi.\tSalut.\nGo.\n", f"^line 2 {FORM}'Go.'$"),
    "four columns": (b"a\tb\tc\td\n", f"^line 1 {FORM}"),
    "no English": (b" \tSalut.\n", f"^line 1 {FORM}"),
    "no French": (b"Hi.\t\tsomebody\n", f"^line 1 {FORM}"),
    "empty line": (b"Hi.\tSalut.\n\nGo.\tVa !\n", f"^line 2 {FORM}''$"),
    "long line": (b"x" * 99 + b"\n", f"^line 1 {FORM}'{'x' * 40}'$"),
    "another encoding": ("Hi.\tÇa va ?\n".encode("latin-1"), r"^it is not UTF-8 text \(.* at byte 4\)$"),
    "cut zip": (b"PK\x03\x04 and no more", r"^it is not a whole archive \("),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_not_in_the_format_is_refused_with_the_line(tmp_path, case):
    contents, message = BAD[case]
    path = tmp_path / "pairs"
    path.write_bytes(contents)
    with pytest.raises(BadFileError, match=message) as caught:
        translation.read(path, DATASETS["translation"])
    with pytest.raises(DataError) as raised:
        load_translation(path=path)
    assert str(raised.value) == f"load_translation: {path} cannot be used: {caught.value}."


def test_a_zip_without_pairs_is_refused(tmp_path, tiny):
    path = tmp_path / "other.zip"
    path.write_bytes(tiny.pack({"_about.txt": b"about"}, ".zip"))
    with pytest.raises(BadFileError, match=r"^it holds 0 of the 1 files it should$"):
        translation.read(path, DATASETS["translation"])


def test_a_file_too_large_is_not_read(tmp_path):
    path = tmp_path / "pairs.txt"
    path.write_bytes(b"Hi.\tSalut.\n")
    entry = replace(DATASETS["translation"], largest=11)
    assert translation.read(path, entry) == [("Hi.", "Salut.", "")]
    with pytest.raises(BadFileError, match=r"^it has 11 bytes, more than any file of sentence pairs$"):
        translation.read(path, replace(entry, largest=10))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match=r"^load_translation: .* cannot be used: it cannot be read \(.+\)\.$"):
        load_translation(path=tmp_path / "nothing")


def test_built_in_pairs(places, monkeypatch):
    monkeypatch.setenv("RNN_OFFLINE", "1")
    with pytest.warns(DataWarning, match="^Instead of English-French sentence pairs of Tatoeba, the small built-in"):
        data = load_translation()
    pairs = corpora.mini_pairs()
    assert data.source == "mini"
    assert list(zip(data.english, data.french, data.attributions, strict=True)) == pairs
    assert data.description == f"A small built-in corpus: {len(pairs):,} pairs."


def test_sources_that_make_no_sense_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r'^load_translation: source must be "auto", "full" or "mini", got \'x\'\.$'):
        load_translation("x", path=tmp_path)
    with pytest.raises(ValueError, match=r'^load_translation: source must be "auto" or "full" where a path is given'):
        load_translation("mini", path=tmp_path)
