"""Sentences and their translations, in the format in which the Tatoeba project's pairs are handed on.

One pair a line: English, TAB, French, and in newer files TAB and an attribution. An English sentence that has
several translations is there several times, one after the other. Files in this format exist for many
languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rnn.datasets.archives import check_hash, read_members
from rnn.datasets.base import Dataset
from rnn.datasets.fetch import check_source, obtain
from rnn.datasets.folders import BadFileError, DataError, reason_of
from rnn.datasets.registry import DATASETS, Entry

Pairs = list[tuple[str, str, str]]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Translation(Dataset):
    """N sentence pairs; three lists of N str.

    Attributes
    ----------
    english : list of str
        The English sentences: the file's first column.
    french : list of str
        Their translations: the file's second column.
    attributions : list of str
        Who wrote the two and under which license, or "" where the file does not say.
    """

    english: list[str]
    french: list[str]
    attributions: list[str]


def load_translation(source: str = "auto", path: str | Path | None = None) -> Translation:
    """Load English sentences with their French translations.

    Parameters
    ----------
    source : {"auto", "full", "mini"}
        "full": ``fra-eng.zip``, ``fra.txt`` or ``fra-eng-5000.txt`` from the data folder, else the download,
        else an error. "mini": the pairs built into the package. "auto": the first if it can be had, else the
        second and a `DataWarning`; ``data.source`` says which it was.
    path : path, optional
        A file of your own in the same format, text or zip; for another language, ``data.french`` is what its
        second column holds.

    Returns
    -------
    Translation
        ``data.english``, ``data.french`` and ``data.attributions``.

    Raises
    ------
    ValueError
        If ``source`` is none of the three, or is "mini" although a path is given.
    DataError
        If the file at ``path`` is not in the format, or ``source`` is "full" and there are no pairs to be
        had.

    Notes
    -----
    Files are listed at https://www.manythings.org/anki/; the sentences are those of https://tatoeba.org, CC BY 2.0 FR.
    """
    entry = DATASETS["translation"]
    check_source("load_translation", source)
    if path is not None and source == "mini":
        raise ValueError('load_translation: source must be "auto" or "full" where a path is given, got "mini".')
    if path is not None:
        pairs = _read_own(Path(path), entry)
        return _translation("full", entry, pairs, f"{Path(path).name}: {len(pairs):,} pairs.")
    found = obtain(entry, read, source)
    if found is not None:
        return _translation("full", entry, found, f"{entry.title}: {len(found):,} pairs.")
    from rnn.datasets import corpora

    pairs = corpora.mini_pairs()
    return _translation("mini", entry, pairs, f"A small built-in corpus: {len(pairs):,} pairs.")


def read(path: Path, entry: Entry) -> Pairs:
    """Read the pairs from a text file, or from the text file inside a zip archive.

    Raises
    ------
    BadFileError
        If the file is known by name and is not that file, or is not in the format, or ends in the middle of a
        line.
    """
    try:
        size = path.stat().st_size
        if size > entry.largest:
            raise BadFileError(f"it has {size:,} bytes, more than any file of sentence pairs")
        contents = path.read_bytes()
    except OSError as error:
        raise BadFileError(f"it cannot be read ({reason_of(error)})") from error
    if path.name in entry.exact:
        check_hash(contents, entry.exact[path.name])
    if contents.startswith(b"PK\x03\x04"):
        (contents,) = read_members(path, entry).values()
    try:
        text = contents.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFileError(f"it is not UTF-8 text ({error.reason} at byte {error.start:,})") from error
    return _parse(text)


def _parse(text: str) -> Pairs:
    """Cut text into lines and lines into columns. Only a line feed ends a line: sentences may hold other separators."""
    *lines, rest = text.split("\n")
    if rest or not lines:
        raise BadFileError("it does not end with a whole line; it looks cut off" if rest else "it is empty")
    pairs = []
    for number, line in enumerate(lines, start=1):
        columns = line.rstrip("\r").split("\t")
        if len(columns) not in (2, 3) or not (columns[0].strip() and columns[1].strip()):
            raise BadFileError(
                f"line {number:,} is not English, TAB, French, or those with TAB and an attribution: {line[:40]!r}"
            )
        pairs.append((columns[0], columns[1], columns[2] if len(columns) == 3 else ""))
    return pairs


def _read_own(path: Path, entry: Entry) -> Pairs:
    try:
        return read(path, entry)
    except BadFileError as error:
        raise DataError(f"load_translation: {path} cannot be used: {error}.") from error


def _translation(source: Literal["full", "mini"], entry: Entry, pairs: Pairs, about: str) -> Translation:
    english, french, attributions = ([pair[column] for pair in pairs] for column in range(3))
    return Translation(
        source=source, description=about, entry=entry, english=english, french=french, attributions=attributions
    )
