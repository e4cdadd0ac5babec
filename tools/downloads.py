"""Links on every page of the built site to what is made of the whole of it: the PDF, and the copy to read offline.

The frame of a page holds a place for each, `<!--pdf-->` and `<!--offline-->`, empty until there is something
to link. A new build of the site begins without them, so that no link leads to what an older build was made into.
"""

import re
import shutil
from pathlib import Path
from posixpath import relpath


def place(site: Path, file: Path, kind: str, label: str, title: str) -> None:
    """Copy `file` into the site, and link it from every page that has a place for it."""
    shutil.copyfile(file, site / file.name)
    title = f"{title} ({file.stat().st_size / 1e6:.1f} MB)"
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        address = relpath(file.name, page.parent.relative_to(site).as_posix())
        link = f'<!--{kind}--><a class="{kind}" href="{address}" title="{title}">{label}</a>'
        linked = without(text, kind).replace(f"<!--{kind}-->", link)
        if linked != text:
            page.write_text(linked, encoding="utf-8", newline="\n")


def without(text: str, kind: str) -> str:
    """Return a page without its link of that kind; the place for it stays."""
    return re.sub(f'<!--{kind}--><a class="{kind}".*?</a>', f"<!--{kind}-->", text)
