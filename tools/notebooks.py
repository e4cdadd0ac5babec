"""Derive the notebooks that readers open in Jupyter, VS Code or Colab from the chapters.

    python -m tools.notebooks                     all chapters
    python -m tools.notebooks imdb-sentiment      one chapter, by its name or its path

A chapter is a MyST notebook, `book/PART/NAME.md`; its notebook goes to `notebooks/PART/NAME.ipynb`. The text becomes
plain Markdown (tools/myst_markdown.py); the code stays what it is, byte for byte. Solutions are folded, and a first
cell installs the package where it is missing. The same chapter always gives the same notebook; one made for a fork's
site (BOOK_REPOSITORY) installs the fork's package and links to the fork's pages.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import branch
from tools.myst_book import DerivationError, Directive, directive, load_book, parser_config, repository
from tools.myst_markdown import Page, details

ROOT = Path(__file__).resolve().parent.parent

SETUP = """\
# Installs the book's package where it is missing, on Colab for example. Where it is there, nothing happens.
from importlib.util import find_spec

if find_spec("rnn") is None:
    import os
    import sys

    if sys.platform == "emscripten":  # Python in the browser: the package comes from the book's site
        %pip install --quiet rnn-from-scratch
        os.environ["RNN_OFFLINE"] = "1"  # nothing can be downloaded: the data is what the package holds
        from tqdm import tqdm

        tqdm.monitor_interval = 0  # there are no threads
    else:
        %pip install --quiet "rnn-from-scratch @ git+https://github.com/{repository}"
"""

# What the book's tags mean to the site, and the nearest thing that notebook programs know.
HIDE_SOURCE = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
HIDE_OUTPUT = {"hide-output", "hide-cell", "remove-output", "remove-cell"}


def derive(md_path: Path, root: Path = ROOT) -> NotebookNode:
    """Return the notebook of a chapter, without outputs.

    Every code cell of the chapter carries `metadata["book"] = {"cell": i}`, its position among the chapter's code
    cells; the added first cell has no such entry. Raises DerivationError, with file and line, for anything that has
    no plain form.
    """
    md_path, root = md_path.resolve(), root.resolve()
    chapter = read_chapter(md_path, root)
    page = Page(load_book(root), md_path)
    cells = [_setup_cell()]
    pieces = _pieces(chapter, page)
    for piece in pieces:
        if piece.gate is None:
            cells += _cells(piece, page)
        elif piece.gate.name == "solution-start":
            cells += _solution(piece, pieces, page)
        else:
            raise page.error(piece.line)("{solution-end} without {solution-start}")
    title = chapter.metadata.get("title")
    if title and not any(c.cell_type == "markdown" and c.source.startswith("# ") for c in cells):
        cells.insert(1, new_markdown_cell(f"# {title}"))
    for position, cell in enumerate(cells):
        cell["id"] = f"{cell.cell_type}-{position:03d}"
    notebook = new_notebook(cells=cells, metadata=_metadata(chapter))
    nbformat.validate(notebook)
    return notebook


def read_chapter(md_path: Path, root: Path = ROOT) -> NotebookNode:
    """The chapter's cells as the site reads them: myst-nb's own reader with the book's settings."""
    return read_myst_markdown_notebook(
        md_path.read_text(encoding="utf-8"), config=parser_config(root), add_source_map=True, path=md_path
    )


def chapters(root: Path = ROOT) -> list[Path]:
    """The pages of the book that are notebooks, in the order of their paths."""
    pages = sorted((root / "book").rglob("*.md"))
    return [page for page in pages if is_myst_markdown_notebook(page.read_text(encoding="utf-8"))]


def write(md_path: Path, root: Path = ROOT, folder: Path | None = None) -> Path:
    """Derive a chapter's notebook into `folder` (`notebooks/`); a file that is already right is left alone."""
    name = md_path.resolve().relative_to((root / "book").resolve()).with_suffix(".ipynb")
    target = (folder or root / "notebooks") / name
    content = nbformat.writes(derive(md_path, root)) + "\n"
    if not target.exists() or target.read_text(encoding="utf-8") != content:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8", newline="\n")
    return target


def publish(root: Path, site: Path) -> list[Path]:
    """Put every chapter's notebook into `notebooks/` of the built site, where its page offers it."""
    (site / "notebooks").mkdir(exist_ok=True)  # even of a book without code
    return [write(page, root, site / "notebooks") for page in chapters(root)]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.notebooks", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("chapters", nargs="*", help="names or paths; all chapters if none is given")
    wanted = parser.parse_args(arguments).chapters
    found = chapters()
    for name in wanted:
        if not any(_matches(name, page) for page in found):
            parser.error(f"there is no chapter {name!r}; there are: {', '.join(page.stem for page in found)}")
    try:
        for page in found:
            if not wanted or any(_matches(name, page) for name in wanted):
                print(write(page).relative_to(ROOT))
        if not wanted:
            branch.write(found, ROOT)
    except DerivationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _matches(name: str, page: Path) -> bool:
    return Path(name).resolve() == page or name in (page.stem, f"{page.parent.name}/{page.stem}")


@dataclass
class _Piece:
    """A stretch of the chapter: text, a code cell, or the gate that opens or closes a solution."""

    line: int
    text: str = ""
    code: NotebookNode | None = None
    gate: Directive | None = None
    metadata: dict[str, Any] | None = None


def _pieces(chapter: NotebookNode, page: Page) -> Iterator[_Piece]:
    source = page.path.read_text(encoding="utf-8").splitlines()
    index = 0
    for cell, start in zip(chapter.cells, chapter.metadata.source_map, strict=True):
        if cell.cell_type == "code":
            cell.metadata["book"] = {"cell": index}
            index += 1
            yield _Piece(start, code=cell)
        elif cell.cell_type == "markdown":
            while start < len(source) and not source[start].strip():
                start += 1  # the reader drops empty lines before the text
            yield from _split(cell, start, page)
        else:
            raise page.error(start)("raw cells are not used in this book")


def _split(cell: NotebookNode, start: int, page: Page) -> Iterator[_Piece]:
    """Cut a text cell at the gates of solutions."""
    lines, position = cell.source.split("\n"), 0
    for token in page.md.parse(cell.source):
        found = directive(token, start) if token.level == 0 and token.map else None
        if found and found.name in ("solution-start", "solution-end") and token.map:
            yield _Piece(start + position, text="\n".join(lines[position : token.map[0]]), metadata=cell.metadata)
            yield _Piece(start + token.map[0], gate=found)
            position = token.map[1]
    yield _Piece(start + position, text="\n".join(lines[position:]), metadata=cell.metadata)


def _cells(piece: _Piece, page: Page) -> list[NotebookNode]:
    if piece.code is not None:
        return _code_cells(piece.code, piece.line, page)
    text = page.plain(piece.text, piece.line)
    return [new_markdown_cell(text, metadata=piece.metadata or {})] if text else []


def _code_cells(cell: NotebookNode, line: int, page: Page, hidden: bool = False) -> list[NotebookNode]:
    """The code cell, and below it the caption if its output is a figure that has one."""
    metadata = dict(cell.metadata)
    tags = {str(tag) for tag in metadata.get("tags", [])}
    if hidden or tags & HIDE_SOURCE:
        metadata.setdefault("jupyter", {})["source_hidden"] = True
        metadata["cellView"] = "form"  # the same for Colab
    if hidden or tags & HIDE_OUTPUT:
        metadata.setdefault("jupyter", {})["outputs_hidden"] = True
        metadata["collapsed"] = True
    if hidden:
        metadata["tags"] = sorted(tags | {"hide-cell"})
    cells = [new_code_cell(cell.source, metadata=metadata)]
    caption = page.figure_caption((metadata.get("mystnb") or {}).get("figure") or {}, line)
    return [*cells, new_markdown_cell(caption)] if caption else cells


def _solution(opening: _Piece, pieces: Iterator[_Piece], page: Page) -> list[NotebookNode]:
    """The pieces up to the closing gate, folded: text in `<details>`, code in cells that are hidden."""
    assert opening.gate is not None
    title = page.solution_title(opening.gate, opening.line)
    inside: list[_Piece] = []
    for piece in pieces:
        if piece.gate is not None and piece.gate.name == "solution-end":
            break
        if piece.gate is not None:
            raise page.error(piece.line)("a solution begins inside another one")
        inside.append(piece)
    else:
        raise page.error(opening.line)("{solution-start} without {solution-end}")
    texts = {id(piece): page.plain(piece.text, piece.line) for piece in inside if piece.code is None}
    if not any(piece.code for piece in inside):
        return [new_markdown_cell(details(title, "\n\n".join(text for text in texts.values() if text)))]
    cells = [new_markdown_cell(f"**{title}.** Folded: open the lines and the code cells below to read it.")]
    for piece in inside:
        if piece.code is not None:
            cells += _code_cells(piece.code, piece.line, page, hidden=True)
        elif texts[id(piece)]:
            cells.append(new_markdown_cell(details(title, texts[id(piece)])))
    return cells


def _setup_cell() -> NotebookNode:
    return new_code_cell(SETUP.format(repository=repository()).strip("\n"))


def _metadata(chapter: NotebookNode) -> dict[str, Any]:
    kernel = chapter.metadata.get("kernelspec", {})
    name = kernel.get("name", "python3")
    metadata: dict[str, Any] = {
        "kernelspec": {"display_name": kernel.get("display_name", name), "language": "python", "name": name},
        "language_info": {"name": "python"},
    }
    if "execution" in chapter.metadata:  # a chapter's own time limit, read by what runs the notebooks
        metadata["execution"] = chapter.metadata["execution"]
    return metadata


if __name__ == "__main__":
    sys.exit(main())
