"""How a data set is had: from the data folder if it is there and good, else by download, else not.

::

    a file of a known name in a known folder ──good──▶ taken
          │ none, or bad                           (contents hash)
          ▼
    download from the canonical address ──good──▶ taken, and kept under its name
          │ no network, wrong bytes, disk full, …
          ▼
    source="full": DataError         source="auto": DataWarning, and the built-in corpus

Every function takes the `Entry` with the facts and a *reader*, ``read(path, entry)``, which returns the data
or raises `BadFileError` with the reason. Nothing is taken for good that a reader has not read.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from rnn.datasets.download import Reader, download
from rnn.datasets.folders import BadFileError, DataError, folders, put_file, reason_of, storage_folder, warn
from rnn.datasets.registry import Entry

T = TypeVar("T")


def obtain(entry: Entry, read: Reader[T], source: str) -> T | None:
    """Return the full data set, or None where the built-in corpus is to be taken.

    Parameters
    ----------
    source : str
        "full": the full data set or an error. "mini": None at once. "auto": the full data set if it can be
        had, else None and a `DataWarning` that says why.

    Raises
    ------
    ValueError
        If ``source`` is none of the three.
    DataError
        If ``source`` is "full" and the data set is neither in the data folder nor can be downloaded.
    """
    check_source(f"load_{entry.name}", source)
    if source == "mini":
        return None
    try:
        return _full(entry, read, retry=source == "full")
    except DataError as error:
        if source == "full":
            raise
        warn(f"Instead of {entry.title}, the small built-in corpus is used. {error}", stacklevel=3)
        return None


def check_source(where: str, source: str) -> None:
    """Raise ValueError unless ``source`` is one of "auto", "full", "mini"."""
    if source not in ("auto", "full", "mini"):
        raise ValueError(f'{where}: source must be "auto", "full" or "mini", got {source!r}.')


def find(entry: Entry, read: Reader[T]) -> tuple[tuple[Path, T] | None, list[str]]:
    """Look for a good file in the known folders; bad ones are reported, not taken.

    Returns
    -------
    found : (Path, data) or None
        The first good file and what was read from it.
    problems : list of str
        One sentence for each file that has a right name and wrong contents.
    """
    problems: list[str] = []
    for path in local_files(entry):
        try:
            return (path, read(path, entry)), problems
        except BadFileError as error:
            problems.append(f"{path} cannot be used: {error}.")
    return None, problems


def local_files(entry: Entry) -> Iterator[Path]:
    """Every existing file in the known folders that has one of the data set's names, checked or not."""
    return (path for folder in folders() for name in entry.names if (path := folder / name).is_file())


def import_file(path: Path, readers: dict[str, Reader[Any]], entries: dict[str, Entry]) -> tuple[Entry, Path, bool]:
    """Recognize a data file by its contents and copy it into the data folder.

    Parameters
    ----------
    path : Path
        The file, whatever its name and packaging.
    readers, entries : dict
        Reader and facts of each data set, by name.

    Returns
    -------
    entry : Entry
        Which data set it is.
    target : Path
        Where it is now.
    copied : bool
        False if a good file was there already; that one is kept.

    Raises
    ------
    DataError
        If it is none of the data sets, cannot be read, or cannot be copied.
    """
    if not path.is_file():
        raise DataError(f"{path} is not a file.")
    reasons: dict[str, str] = {}
    for name, read in readers.items():
        try:
            read(path, entries[name])
        except BadFileError as error:
            reasons[name] = str(error)
        else:
            return _copy(path, entries[name], read)
    for name, reason in reasons.items():
        if path.name in entries[name].names:
            raise DataError(f"{path} has the name of {entries[name].title}, but {reason}.")
    raise DataError(f"{path} holds none of the data sets: {', '.join(readers)}.")


def _full(entry: Entry, read: Reader[T], retry: bool) -> T:
    found, problems = find(entry, read)
    if found is not None:
        return found[1]
    try:
        path, data = download(entry, read, retry=retry)
    except DataError as error:
        raise DataError(" ".join([*problems, str(error)])) from error
    if problems:
        warn(" ".join([*problems, f"A good one was downloaded: {path}."]), stacklevel=4)
    return data


def _copy(path: Path, entry: Entry, read: Reader[T]) -> tuple[Entry, Path, bool]:
    same_kind = (name for name in entry.names if Path(name).suffix == path.suffix)
    name = path.name if path.name in entry.names else next(same_kind, entry.names[0])
    try:
        target = storage_folder() / name
    except DataError as error:
        raise DataError(f"{path} could not be copied: {error}.") from error
    if target.is_file():
        with contextlib.suppress(BadFileError):
            read(target, entry)
            return entry, target, False

    def write(file: BinaryIO) -> None:
        with path.open("rb") as original:
            shutil.copyfileobj(original, file)

    try:
        put_file(target, write, lambda copy: read(copy, entry))
    except (OSError, BadFileError) as error:
        raise DataError(f"{path} could not be copied to {target}: {reason_of(error)}.") from error
    return entry, target, True
