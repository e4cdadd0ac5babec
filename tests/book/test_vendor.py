"""The libraries the site ships are the ones they are said to be."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "book" / "_static" / "vendor"


def test_every_library_is_listed_with_its_hash_and_has_its_license():
    row = re.compile(r"^\| `([^`]+)` \|.*`([^`]+LICENSE.txt)` \|.*`([0-9a-f]{64})` \|$", re.MULTILINE)
    listed = row.findall((VENDOR / "README.md").read_text(encoding="utf-8"))
    files = {path.name for path in VENDOR.iterdir()} - {"README.md"}
    here = [(name, terms) for name, terms, _ in listed if "/" not in name]  # others are named by their way from here
    assert files == {name for pair in here for name in pair}
    for name, terms, wanted in listed:
        assert (VENDOR / name).with_name(terms).exists()
        contents = (VENDOR / name).read_bytes()
        assert hashlib.sha256(contents).hexdigest() == wanted
        assert len(contents) < 1_000_000
