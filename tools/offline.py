"""`make offline`: the built site as one archive, to be unpacked and read without a network.

The same site gives the same archive, byte for byte. The notebook application in lite/ needs a server and stays out.
"""

import re
import sys
import zipfile
from pathlib import Path

from tools import downloads
from tools.chapters import ROOT

TOP = "recurrent-neural-networks-from-scratch"
READ_ME = """\
Recurrent Neural Networks from Scratch, to read offline

Open index.html in a browser. Search, equations, figures, and the color scheme work without a network; what needs one
is to run a chapter on the web.
"""
LATER = ("lite/", f"{TOP}.zip")


def main(root: Path = ROOT) -> int:
    """Pack the site and link the archive from it; return the exit status."""
    site, target = root / "_build" / "html", root / "_build" / f"{TOP}.zip"
    if not (site / "index.html").exists():
        print("make offline: FAILED. There is no site yet: `make book` builds it.")
        return 1
    pack(site, target)
    downloads.place(site, target, "offline", "Offline", "This website as one archive to read offline")
    print(f"make offline: done. {target} ({target.stat().st_size / 1e6:.1f} MB)")
    return 0


def pack(site: Path, target: Path) -> None:
    """Write the files of the site to an archive."""
    with zipfile.ZipFile(target, "w") as archive:
        add(archive, "READ-ME-FIRST.txt", READ_ME.encode())
        for path in sorted(site.rglob("*"), key=lambda path: path.relative_to(site).as_posix()):
            name = path.relative_to(site).as_posix()
            if path.is_file() and path.name[0] != "." and not name.startswith(LATER):
                content = path.read_bytes()
                if path.suffix == ".html":
                    content = from_disk(content.decode()).encode()
                add(archive, name, content)


def from_disk(page: str) -> str:
    """Return a page without the link to this archive, and without fetching fonts early, which browsers refuse here."""
    return re.sub(r'\s*<link rel="preload"[^>]*>', "", downloads.without(page, "offline"))


def add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Write one file, with the earliest date an archive can hold."""
    entry = zipfile.ZipInfo(f"{TOP}/{name}")
    entry.create_system, entry.external_attr = 3, 0o644 << 16  # or the archive would say where it was made
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)


if __name__ == "__main__":
    sys.exit(main())
