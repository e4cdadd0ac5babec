"""`make pdf`: the whole book as one PDF, printed from the built site by Chromium.

tools/pdf_document.py makes one document of all pages. It is printed once to learn on which page everything comes to
stand, again with those numbers filled in, and so on until no number changes, which takes two passes. pypdf then adds
what a browser leaves out: bookmarks, and who wrote the book.
"""

import contextlib
import hashlib
import io
import logging
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import yaml
from playwright.sync_api import Browser, Error, sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import Fit

from tools import browser, downloads
from tools.chapters import ROOT, BookError
from tools.pdf_document import Document, assemble, parts
from tools.pdf_pack import packed

sys.path.append(str(ROOT / "book" / "_ext"))
from published import address

NAME = "recurrent-neural-networks-from-scratch.pdf"
logging.getLogger("pypdf").setLevel(logging.ERROR)  # it counts objects it adds itself as one too many
OLDEST = 131  # the first Chromium with running heads in CSS
PATIENCE = 600_000  # milliseconds

# Runs in the page: equations and tables wider than their room are set smaller until they fit.
FIT = """() => {
  const inside = document.createRange();
  const boxes = [...document.querySelectorAll('.equation, table')];
  for (let round = 0, wide = boxes; wide.length && round < 5; round++) {
    wide = wide.map(box => {
      inside.selectNodeContents(box.querySelector('math') ?? box);
      const room = (box.localName === 'table' ? box.parentElement : box).clientWidth;
      return [box, room / inside.getBoundingClientRect().width];
    }).filter(([, ratio]) => ratio < 0.999);
    for (const [box, ratio] of wide)
      box.style.fontSize = 0.99 * Math.max(ratio, 0.7) * parseFloat(getComputedStyle(box).fontSize) + 'px';
    wide = wide.map(([box]) => box);
  }
}"""


def main(names: Iterable[str] = (), root: Path = ROOT) -> int:
    """Print the pages named, or the whole book, which is then linked from the site; return the exit status."""
    start = time.monotonic()
    target, stamp = root / "_build" / NAME, root / "_build" / "pdf.stamp"
    inputs = fingerprint(root)
    try:
        if names:
            with started() as chromium:
                data = make(chromium, root, names)
            target = root / "_build" / "pdf" / NAME
            target.write_bytes(data)
        elif not (target.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == inputs):
            stamp.unlink(missing_ok=True)
            print("Printing the book; this takes a minute or two …", flush=True)
            with started() as chromium:
                target.write_bytes(make(chromium, root))
            stamp.write_text(inputs, encoding="utf-8")
        if not names:
            downloads.place(root / "_build" / "html", target, "pdf", "PDF", "The whole book as one PDF")
    except BookError as error:
        print(f"make pdf: FAILED. {error}")
        return 1
    print(f"make pdf: done in {time.monotonic() - start:.0f} s. {target} ({target.stat().st_size / 1e6:.1f} MB)")
    return 0


def fingerprint(root: Path) -> str:
    """Return a hash of the site as it was built, and of what prints it."""
    paths = [root / "_build" / "html.stamp", root / "CITATION.cff", *sorted(Path(__file__).parent.glob("pdf*"))]
    contents = [path.read_bytes() for path in paths if path.exists()]
    return hashlib.sha256(b"\0".join([*contents, str(address()).encode()])).hexdigest()


@contextlib.contextmanager
def started() -> Iterator[Browser]:
    """Start a browser for as long as the block runs."""
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(executable_path=browser.installed(), args=browser.FLAGS)
        except Error as error:
            raise BookError(
                "There is no Chromium to print with. Install it, or Chrome, or let Playwright get one: "
                f"{sys.executable} -m playwright install chromium"
            ) from error
        if int(chromium.version.split(".")[0]) < OLDEST:
            raise BookError(f"This is Chromium {chromium.version}; version {OLDEST} or newer prints running heads.")
        yield chromium
        chromium.close()


def make(chromium: Browser, root: Path = ROOT, names: Iterable[str] = ()) -> bytes:
    """Return the PDF of the pages named, or of the whole book."""
    folder = root / "_build" / "pdf"
    folder.mkdir(parents=True, exist_ok=True)
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    document = assemble(root / "_build" / "html", folder, parts(root, names), citation, address())
    numbers: dict[str, int] = {}
    for turn in range(5):
        data = printed(chromium, folder / "book.html", document.filled(numbers), tagged=turn > 0)
        found = places(data)
        missing = document.marked - set(found)
        if missing:
            raise BookError(f"Nothing in the PDF is called {', '.join(sorted(missing))}.")
        before, numbers = numbers, {name: page for name, (page, _) in found.items()}
        if numbers == before:
            return finished(data, document, found, citation)
    raise BookError("The numbers of the pages do not settle.")


def printed(chromium: Browser, path: Path, text: str, tagged: bool) -> bytes:
    """Return a document as a PDF, stored at `path` before: its pictures and styles are found from there."""
    path.write_text(text, encoding="utf-8")
    page = chromium.new_page()
    page.set_default_timeout(PATIENCE)
    page.emulate_media(media="print", color_scheme="light")
    page.goto(path.as_uri())
    page.evaluate("document.fonts.ready.then(() => null)")
    page.evaluate(FIT)
    data = page.pdf(prefer_css_page_size=True, print_background=True, tagged=tagged)
    page.close()
    return data


def places(data: bytes) -> dict[str, tuple[int, float]]:
    """Return page, from 1, and height above its foot, of each place a link of the PDF leads to."""
    reader = PdfReader(io.BytesIO(data))
    numbers = {page.indirect_reference.idnum: number for number, page in enumerate(reader.pages, 1)}
    found = reader.named_destinations
    return {unquote(name[1:]): (numbers[at.page.idnum], float(at.top)) for name, at in found.items()}


def finished(data: bytes, document: Document, found: dict[str, tuple[int, float]], citation: dict) -> bytes:
    """Return the PDF with bookmarks, and with what a library wants to know of a book."""
    writer = PdfWriter(clone_from=io.BytesIO(data))
    above: list = [None] * 4
    for entry in document.contents:
        page, top = found[entry.id]
        fit = Fit.xyz(left=0, top=top)
        above[entry.level + 1] = writer.add_outline_item(
            title=entry.text, page_number=page - 1, parent=above[entry.level], fit=fit
        )
    writer.add_metadata(
        {
            "/Title": citation["title"],
            "/Author": ", ".join(author["name"] for author in citation["authors"]),
            "/Subject": citation["abstract"].strip(),
            "/Keywords": ", ".join(citation["keywords"]),
            "/Creator": "make pdf",
        }
    )
    writer.page_mode = "/UseOutlines"
    out = io.BytesIO()
    writer.write(out)
    return packed(out.getvalue())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
