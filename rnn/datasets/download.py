"""One download: transfer, published hash, contents, and only then the file's real name.

pooch does the transfer, tqdm shows it. Whatever goes wrong ends in a `DataError` with one message: the file,
the address, what happened, and how to put the file there by hand. A host that could not be reached is
remembered for the rest of the process, so that six loaders on a machine without a network do not wait six
times.
"""

from __future__ import annotations

import hashlib
import os
import socket
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from urllib.parse import urlsplit

from rnn.datasets.folders import BadFileError, DataError, data_folder, put_file, reason_of, storage_folder
from rnn.datasets.registry import Entry

T = TypeVar("T")
Reader = Callable[[Path, Entry], T]
"""Reads a file into the data it holds, or raises `BadFileError` with the reason why it does not hold them."""

TIMEOUT = (3.05, 20.0)
"""Seconds to wait for a connection, and for the next bytes on it."""

_ANY_HOST = "*"
_unreachable: dict[str, str] = {}  # host → what happened


def download(
    entry: Entry, read: Reader[T], *, retry: bool = True, timeout: tuple[float, float] = TIMEOUT
) -> tuple[Path, T]:
    """Download a data set with a progress bar, check it, and keep it in the data folder.

    The bytes go into a temporary file beside the final one, which takes its name only after the published
    hash and the contents were found right; a file that is there already stays until then.

    Parameters
    ----------
    retry : bool
        Whether to try a host again that could not be reached earlier in this process.
    timeout : pair of float
        Seconds to wait for a connection, and for the next bytes on it.

    Returns
    -------
    path, data : where the file is, and what was read from it

    Raises
    ------
    DataError
        Whatever went wrong; the message names the file, the address and the way to put the file there by
        hand.
    """
    if os.environ.get("RNN_OFFLINE", "0") not in ("", "0"):
        raise DataError(_failed(entry, "RNN_OFFLINE is set"))
    host = urlsplit(entry.address).netloc
    for known in (_ANY_HOST, host):
        if not retry and known in _unreachable:
            raise DataError(_failed(entry, f"not tried again after an earlier failure: {_unreachable[known]}"))
    try:
        target = storage_folder() / entry.names[0]
    except DataError as error:
        raise DataError(_failed(entry, str(error))) from error

    def check(path: Path) -> T:
        if entry.download_hash is not None and path != target:  # in place already: any packaging will do
            _check_download_hash(path, entry.download_hash)
        return read(path, entry)

    try:
        data = put_file(target, lambda file: _transfer(entry, file, timeout), check)
    except BadFileError as error:
        raise DataError(_failed(entry, f"what came is not the file: {error}")) from error
    except OSError as error:
        raise DataError(_failed(entry, _what_happened(error, target, host, timeout))) from error
    _unreachable.clear()
    return target, data


class _Shown:
    """A file to be written that shows on a progress bar how many bytes it got."""

    def __init__(self, file: BinaryIO, new_bar: Callable[[], Any]) -> None:
        self.file, self.new_bar = file, new_bar
        self.bar: Any = None

    def write(self, chunk: bytes) -> None:
        if self.bar is None:  # no bar before the first byte: where nothing comes, there is nothing to show
            self.bar = self.new_bar()
        self.file.write(chunk)
        self.bar.update(len(chunk))

    def flush(self) -> None:
        self.file.flush()

    def close_bar(self) -> None:
        if self.bar is not None:
            self.bar.close()


def _transfer(entry: Entry, file: BinaryIO, timeout: tuple[float, float]) -> None:
    try:
        with warnings.catch_warnings():  # pooch asks tqdm for notebook widgets, which warns where there are none
            warnings.simplefilter("ignore")
            import pooch
        from tqdm import tqdm
    except ImportError as error:
        raise DataError(_failed(entry, f"the package {error.name} is not installed")) from error
    shown = _Shown(file, partial(tqdm, desc=entry.names[0], total=entry.size, unit="B", unit_scale=True))
    responses: list[Any] = []
    get = pooch.HTTPDownloader(
        chunk_size=1 << 16,
        timeout=timeout,
        headers={"Accept-Encoding": "identity"},  # the bytes of the file, not a compressed form of them
        hooks={"response": lambda response, **_: responses.append(response)},
    )
    try:
        get(entry.address, shown, None)
    finally:
        shown.close_bar()
        for response in responses:  # pooch leaves the connection open after an error
            response.close()


def _check_download_hash(path: Path, wanted: str) -> None:
    algorithm, _, digest = wanted.partition(":")
    with path.open("rb") as file:
        got = hashlib.file_digest(file, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
    if got != digest:
        raise BadFileError(f"its {algorithm} is {got} instead of {digest}")


def _failed(entry: Entry, reason: str) -> str:
    """One message for every way to fail: the file, the address, what happened, and what to do by hand."""
    try:
        folder = storage_folder()
    except DataError:
        folder = data_folder()
    return (
        f"{entry.names[0]} could not be downloaded from {entry.address}: {reason}. To put it there by hand, save that "
        f"address as {folder / entry.names[0]}, or save it anywhere and run: python -m rnn.datasets import FILE"
    )


def _what_happened(error: OSError, target: Path, host: str, timeout: tuple[float, float]) -> str:
    """Say in words what the transfer or the disk reported; remember a host that cannot be reached."""
    from requests import exceptions

    if isinstance(error, exceptions.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code} ({error.response.reason})"
    if isinstance(error, exceptions.TooManyRedirects):
        return "the server redirects in circles"
    if isinstance(error, exceptions.ChunkedEncodingError):
        return "the transfer broke off"
    if isinstance(error, exceptions.ConnectionError | exceptions.Timeout):
        causes = list(_causes(error))
        if any(isinstance(cause, socket.gaierror) for cause in causes):
            host, reason = _ANY_HOST, f"the name {host} could not be looked up (no network?)"
        elif isinstance(error, exceptions.Timeout) or any(isinstance(cause, TimeoutError) for cause in causes):
            reason = f"{host} did not answer within {timeout[0]:g} s or stopped for {timeout[1]:g} s"
        else:
            reason = f"{host} could not be reached ({reason_of(causes[-1])})"
        _unreachable[host] = reason
        return reason
    if isinstance(error, exceptions.RequestException):
        return str(error)
    return f"{target.parent} could not be written ({reason_of(error)})"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and everything it was raised from."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
