"""Where files are kept, and how one gets there: written beside its place, checked, and only then named.

Two folders matter. The *data folder* holds the files as published: ``RNN_DATA_DIR``, else the operating
system's cache folder. It may be read-only. The *cache folder* takes what is derived from them:
``RNN_CACHE_DIR``, else the same cache folder of the operating system.

A file that is being written is called ``.NAME.….part`` and takes its real name in one step, ``os.replace``,
after its contents were checked. So a file with its real name is a whole file, whatever broke off in between,
and of two processes that write the same file at once the second replaces a good file by a good file.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

T = TypeVar("T")


class DataError(RuntimeError):
    """Data that cannot be had. The message names the file, the address, and how to put it there by hand."""


class DataWarning(UserWarning):
    """Something about the data is not as wished, but the work goes on, with the built-in corpus for example."""


class BadFileError(ValueError):
    """What a reader raises for a file that does not hold what it should; the message is the reason alone."""


def data_folder() -> Path:
    """Where the published files are looked for: ``RNN_DATA_DIR``, else the operating system's cache folder."""
    return _folder("RNN_DATA_DIR")


def cache_folder() -> Path:
    """Where derived files are kept: ``RNN_CACHE_DIR``, else the operating system's cache folder."""
    return _folder("RNN_CACHE_DIR")


def folders() -> list[Path]:
    """Every folder a data file may lie in, the data folder first."""
    return list(dict.fromkeys((data_folder(), cache_folder())))


def storage_folder() -> Path:
    """Where a new data file goes: the data folder, or the cache folder if the data folder cannot be written.

    Raises
    ------
    DataError
        If neither can be written.
    """
    for folder in folders():
        if writable(folder):
            return folder
    raise DataError(f"{' and '.join(map(str, folders()))} cannot be written; set RNN_DATA_DIR to a folder that can")


def writable(folder: Path) -> bool:
    """Whether files may be put there. A folder without any write permission is left alone even by an administrator."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return bool(folder.stat().st_mode & 0o222) and os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


def put_file(target: Path, write: Callable[[BinaryIO], object], check: Callable[[Path], T]) -> T:
    """Write a file, check it, and only then let it take its name.

    Parameters
    ----------
    target : Path
        The name it is to take; what has that name now stays untouched until then.
    write : callable
        Writes the contents to an open binary file.
    check : callable
        Takes the path of the file just written, raises if it is not good; what it returns is returned.

    Raises
    ------
    OSError
        If the disk is full, the folder read-only, and so on. Whatever ``write`` and ``check`` raise passes
        through. In every case nothing of the unfinished file is left.
    """
    temporary = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        checked = check(temporary)
        try:
            temporary.replace(target)
        except PermissionError:
            # Windows does not replace a file that another process is reading: then that one has to be good.
            checked = check(target)
        return checked
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def warn(message: str, stacklevel: int = 1) -> None:
    """Give a `DataWarning` that points at the line ``stacklevel`` calls above the caller."""
    warnings.warn(message, DataWarning, stacklevel=stacklevel + 1)


def reason_of(error: BaseException) -> str:
    """What went wrong in words; if the operating system says it, without error number and path."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _folder(variable: str) -> Path:
    chosen = os.environ.get(variable)
    if chosen:
        return Path(chosen).expanduser().absolute()
    try:
        with warnings.catch_warnings():  # pooch asks tqdm for notebook widgets, which warns where there are none
            warnings.simplefilter("ignore")
            import pooch
    except ImportError:
        raise DataError(f"Without {variable}, finding the data folder needs the package pooch.") from None
    return Path(pooch.os_cache("rnn-from-scratch"))
