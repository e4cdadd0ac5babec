"""Files and archives, read as streams and checked by contents.

An archive is read member by member into memory; nothing of it is unpacked to the disk, so a name like
``../../.bashrc`` has nowhere to go. It is still refused, and so are absolute names, links, devices and members
that are larger than any real one: an archive with those is not the data set. Nothing is ever unpickled.
"""

from __future__ import annotations

import hashlib
import re
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from rnn.datasets.folders import BadFileError, reason_of
from rnn.datasets.registry import Entry

# No member of a published archive comes near this size; one that claims more is refused, not skipped.
LARGEST_SKIPPED = 1 << 27


def read_file(path: Path, entry: Entry) -> bytes:
    """Return the bytes of a data set that is a single file.

    Raises
    ------
    BadFileError
        If the size or the SHA-256 is not the known one, or the file cannot be read.
    """
    try:
        size = path.stat().st_size
        if size != entry.size:
            raise BadFileError(f"it has {size:,} bytes instead of {entry.size:,}")
        contents = path.read_bytes()
    except OSError as error:
        raise BadFileError(f"it cannot be read ({reason_of(error)})") from error
    check_hash(contents, entry.contents)
    return contents


def read_members(path: Path, entry: Entry) -> dict[str, bytes]:
    """Return the members of a tar or zip archive that are the data set, by name, in the order of the hash.

    Raises
    ------
    BadFileError
        If the archive is damaged, cut off or unsafe, if members are missing or too many, or their hash is not
        the known one.
    """
    if entry.members is None:
        raise ValueError(f"read_members: {entry.name} is a single file, not an archive.")
    pattern = re.compile(entry.members)
    found: dict[str, bytes] = {}
    try:
        for name, size, read in _walk(path):
            match = pattern.fullmatch(name)
            if size > (entry.largest if match else LARGEST_SKIPPED):
                raise BadFileError(f"it holds {name} with {size:,} bytes, larger than any real one")
            if not match:
                continue
            if match["name"] in found:
                raise BadFileError(f"it holds {match['name']} twice")
            found[match["name"]] = read()
            if len(found) > entry.count:
                raise BadFileError(f"it holds more than the {entry.count:,} files it should")
    except BadFileError:
        raise
    except OSError as error:
        raise BadFileError(f"it cannot be read ({reason_of(error)})") from error
    except Exception as error:  # cut off in the right place, an archive makes tarfile raise even a TypeError
        raise BadFileError(f"it is not a whole archive ({error})") from error
    if len(found) != entry.count:
        raise BadFileError(f"it holds {len(found):,} of the {entry.count:,} files it should")
    members = {name: found[name] for name in sorted(found, key=lambda name: _rank(name, entry))}
    if entry.contents is not None:
        check_hash(join_members(members), entry.contents)
    return members


def join_members(members: dict[str, bytes]) -> bytes:
    """One flat string of bytes that holds all members: name + NUL + bytes + NUL, one after the other."""
    return b"".join(part for name, data in members.items() for part in (name.encode(), b"\0", data, b"\0"))


def check_hash(contents: bytes, wanted: str | None) -> None:
    """Raise `BadFileError` unless the SHA-256 of the contents is the wanted one."""
    got = hashlib.sha256(contents).hexdigest()
    if got != wanted:
        raise BadFileError(f"its contents are not the known ones (SHA-256 {got} instead of {wanted})")


def _rank(name: str, entry: Entry) -> tuple[int, int, str]:
    """Where a member stands in the order of the hash."""
    folder, _, base = name.rpartition("/")
    if not entry.folders:
        return 0, 0, name
    return entry.folders.index(folder), int(base.partition("_")[0]), base


def _walk(path: Path) -> Iterator[tuple[str, int, Callable[[], bytes]]]:
    """Yield name, size and a function that reads the bytes, for every file in the archive, whatever its packaging."""
    return _walk_zip(path) if zipfile.is_zipfile(path) else _walk_tar(path)


def _walk_tar(path: Path) -> Iterator[tuple[str, int, Callable[[], bytes]]]:
    with tarfile.open(path, "r|*") as archive:
        for member in archive:
            _check_name(member.name)
            if not (member.isfile() or member.isdir()):
                raise BadFileError(f"it holds {member.name}, which is a link or a device")
            if member.isfile():
                yield member.name, member.size, partial(_tar_bytes, archive, member)


def _tar_bytes(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    assert file is not None, "a regular file can always be opened"
    return file.read()


def _walk_zip(path: Path) -> Iterator[tuple[str, int, Callable[[], bytes]]]:
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            _check_name(info.filename)
            if stat.S_ISLNK(info.external_attr >> 16):
                raise BadFileError(f"it holds {info.filename}, which is a link or a device")
            if not info.is_dir():
                yield info.filename, info.file_size, partial(archive.read, info)


def _check_name(name: str) -> None:
    parts = name.replace("\\", "/").split("/")
    if parts[0] == "" or parts[0].endswith(":") or ".." in parts:
        raise BadFileError(f"it holds {name!r}, which points outside the archive")
