"""Archives: read whole or refused, never unpacked, nothing outside, the contents' hash decides."""

from __future__ import annotations

import hashlib
import io
import stat
import tarfile
import zipfile
from dataclasses import replace

import pytest

from rnn.datasets import archives
from rnn.datasets.archives import check_hash, join_members, read_file, read_members
from rnn.datasets.folders import BadFileError

KINDS = (".tar", ".tar.gz", ".tar.xz", ".tar.bz2", ".zip")


@pytest.fixture
def put(tmp_path):
    """Write bytes into a file whose name says nothing about what it is."""

    def write(contents: bytes):
        path = tmp_path / "file"
        path.write_bytes(contents)
        return path

    return write


@pytest.mark.parametrize("kind", KINDS)
def test_members_come_in_the_order_of_the_hash_whatever_the_packaging(tiny, put, kind):
    members = read_members(put(tiny.archive(kind)), tiny.entry)
    assert list(members.items()) == list(tiny.members.items())
    assert list(members)[:3] == ["train/neg/0_3.txt", "train/neg/2_1.txt", "train/neg/10_4.txt"]
    assert join_members(members) == tiny.contents


def test_without_folders_members_are_ordered_by_name(tiny, put):
    files = {"recordings/1_a_0.wav": b"x", "recordings/0_a_2.wav": b"y", "recordings/0_a_10.wav": b"z"}
    flat = b"0_a_10.wav\0z\x000_a_2.wav\0y\x001_a_0.wav\0x\0"
    entry = replace(
        tiny.entry,
        members=r"recordings/(?P<name>.*\.wav)",
        folders=(),
        count=3,
        contents=hashlib.sha256(flat).hexdigest(),
    )
    assert join_members(read_members(put(tiny.pack(files, ".zip")), entry)) == flat


def places_in(whole: bytes) -> list[int]:
    """Every position near both ends, and a hundred between."""
    middle = range(40, len(whole) - 40, len(whole) // 100)
    return [*range(40), *middle, *range(len(whole) - 40, len(whole))]


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_cut_off_anywhere_gives_the_right_contents_or_none(tiny, put, kind):
    """What is missing may be padding at the end; then, and only then, the archive is taken."""
    whole = tiny.archive(kind)
    taken = 0
    for length in places_in(whole):
        try:
            members = read_members(put(whole[:length]), tiny.entry)
        except BadFileError:
            continue
        taken += 1
        assert join_members(members) == tiny.contents
    assert taken < len(places_in(whole)) / 2


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_with_one_wrong_byte_gives_the_right_contents_or_none(tiny, put, kind):
    whole = tiny.archive(kind)
    refused = 0
    for at in places_in(whole):
        damaged = bytearray(whole)
        damaged[at] ^= 0x5A
        try:
            members = read_members(put(bytes(damaged)), tiny.entry)
        except BadFileError:
            refused += 1
            continue
        assert join_members(members) == tiny.contents
    assert refused > 10


def tar_with(tiny, **changes) -> bytes:
    """A tar file that holds, beside the right members, one more with the given header."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, data in tiny.members.items():
            info = tarfile.TarInfo(f"aclImdb/{name}")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        info = tarfile.TarInfo("beside")
        for key, value in changes.items():
            setattr(info, key, value)
        archive.addfile(info, io.BytesIO(b"\0" * info.size) if info.isfile() else None)
    return buffer.getvalue()


UNSAFE_TAR = {
    "parent": ({"name": "../evil.txt"}, r"'\.\./evil\.txt', which points outside the archive"),
    "parent inside": ({"name": "aclImdb/../../evil"}, "which points outside the archive"),
    "parent folder": ({"name": "..", "type": tarfile.DIRTYPE}, "which points outside the archive"),
    "absolute": ({"name": "/etc/evil"}, "'/etc/evil', which points outside the archive"),
    "drive": ({"name": "C:\\evil"}, "which points outside the archive"),
    "backslashes": ({"name": "a\\..\\..\\evil"}, "which points outside the archive"),
    "symbolic link": ({"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}, "beside, which is a link or a device"),
    "hard link": ({"type": tarfile.LNKTYPE, "linkname": "aclImdb/README"}, "beside, which is a link or a device"),
    "pipe": ({"type": tarfile.FIFOTYPE}, "beside, which is a link or a device"),
    "device": ({"type": tarfile.CHRTYPE}, "beside, which is a link or a device"),
    "link by a wanted name": (
        {"name": "aclImdb/train/neg/3_1.txt", "type": tarfile.SYMTYPE, "linkname": "/etc/passwd"},
        "which is a link or a device",
    ),
    "large": ({"name": "aclImdb/train/neg/3_1.txt", "size": 1001}, "with 1,001 bytes, larger than any real one"),
    "one too many": ({"name": "aclImdb/train/neg/3_1.txt"}, "more than the 12 files it should"),
    "twice": ({"name": "aclImdb/train/neg/2_1.txt"}, "train/neg/2_1.txt twice"),
}


@pytest.mark.parametrize("case", UNSAFE_TAR)
def test_an_unsafe_tar_is_refused_and_leaves_nothing_behind(tiny, put, tmp_path, case):
    changes, message = UNSAFE_TAR[case]
    path = put(tar_with(tiny, **changes))
    with pytest.raises(BadFileError, match=f"^it holds .*{message}$"):
        read_members(path, tiny.entry)
    assert list(tmp_path.iterdir()) == [path]


def test_harmless_files_and_folders_beside_are_passed_over(tiny, put):
    assert read_members(put(tar_with(tiny)), tiny.entry) == tiny.members
    assert read_members(put(tar_with(tiny, name="a/..b", type=tarfile.DIRTYPE)), tiny.entry) == tiny.members
    assert read_members(put(tar_with(tiny, size=5000)), tiny.entry) == tiny.members


def test_a_member_that_claims_a_huge_size_is_refused_before_it_is_read(tiny, put, monkeypatch):
    monkeypatch.setattr(archives, "LARGEST_SKIPPED", 10_000)
    with pytest.raises(BadFileError, match="beside with 10,001 bytes, larger than any real one"):
        read_members(put(tar_with(tiny, size=10_001)), tiny.entry)


def test_the_largest_member_allowed_is_read(tiny, put):
    longest = max(map(len, tiny.members.values()))
    path = put(tiny.archive())
    assert read_members(path, replace(tiny.entry, largest=longest)) == tiny.members
    with pytest.raises(BadFileError, match=f"with {longest} bytes, larger"):
        read_members(path, replace(tiny.entry, largest=longest - 1))


UNSAFE_ZIP = {
    "parent": ("../evil.txt", 0, "'../evil.txt', which points outside the archive"),
    "absolute": ("/evil", 0, "'/evil', which points outside the archive"),
    "link": ("beside", (stat.S_IFLNK | 0o777) << 16, "beside, which is a link or a device"),
}


@pytest.mark.parametrize("case", UNSAFE_ZIP)
def test_an_unsafe_zip_is_refused(tiny, put, tmp_path, case):
    name, attributes, message = UNSAFE_ZIP[case]
    buffer = io.BytesIO(tiny.archive(".zip"))
    with zipfile.ZipFile(buffer, "a") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = attributes
        archive.writestr(info, "/etc/passwd")
    path = put(buffer.getvalue())
    with pytest.raises(BadFileError, match=message):
        read_members(path, tiny.entry)
    assert list(tmp_path.iterdir()) == [path]


def test_folders_in_a_zip_are_passed_over(tiny, put):
    buffer = io.BytesIO(tiny.archive(".zip"))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("aclImdb/train/", "")
    assert read_members(put(buffer.getvalue()), tiny.entry) == tiny.members


def test_a_missing_member_is_counted(tiny, put):
    del tiny.members["test/pos/2_7.txt"]
    with pytest.raises(BadFileError, match=r"^it holds 11 of the 12 files it should$"):
        read_members(put(tiny.archive()), tiny.entry)


def test_one_changed_letter_is_seen(tiny, put):
    wrong = {f"aclImdb/{name}": data.replace(b"superb", b"Superb") for name, data in tiny.members.items()}
    with pytest.raises(BadFileError, match=r"^its contents are not the known ones \(SHA-256 [0-9a-f]{64} instead of "):
        read_members(put(tiny.pack(wrong, ".tar.gz")), tiny.entry)


@pytest.mark.parametrize("contents", [b"", b"plain text", b"\x1f\x8b", b"PK\x03\x04", b"\xfd7zXZ\x00", b"BZh9"])
def test_what_is_no_archive_is_refused(tiny, put, contents):
    with pytest.raises(BadFileError, match=r"^it is not a whole archive \(|^it holds 0 of the 12 files it should$"):
        read_members(put(contents), tiny.entry)


def test_what_cannot_be_opened_is_refused(tiny, single, tmp_path):
    with pytest.raises(BadFileError, match=r"^it cannot be read \(.+\)$"):
        read_members(tmp_path / "nothing", tiny.entry)
    with pytest.raises(BadFileError, match=r"^it cannot be read \(.+\)$"):
        read_file(tmp_path / "nothing", single.entry)


def test_members_of_a_single_file_are_a_mistake_of_the_caller(single, put):
    with pytest.raises(ValueError, match=r"^read_members: shakespeare is a single file, not an archive.$"):
        read_members(put(b""), single.entry)


def test_a_single_file_is_known_by_size_and_hash(single, put):
    assert read_file(put(single.contents), single.entry) == single.contents
    with pytest.raises(BadFileError, match=r"^it has 2,439 bytes instead of 2,440$"):
        read_file(put(single.contents[:-1]), single.entry)
    with pytest.raises(BadFileError, match=r"^its contents are not the known ones"):
        read_file(put(single.contents[:-1] + b"!"), single.entry)


def test_check_hash_compares_with_the_published_digest_of_nothing():
    check_hash(b"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    with pytest.raises(BadFileError, match="SHA-256 e3b0c442"):
        check_hash(b"", None)
