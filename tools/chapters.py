"""Which pages the book has, which of them hold code, and what code that is.

A chapter is read exactly as the build reads it: by myst-nb's own reader with the syntax extensions of `_config.yml`,
because the cache of results is looked up by the cells of that notebook.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml
from myst_nb.core.read import is_myst_markdown_notebook
from nbformat import NotebookNode

from tools.notebooks import read_chapter

ROOT = Path(__file__).resolve().parent.parent


class BookError(Exception):
    """Pages that are not there; the message says which."""


@dataclass(frozen=True)
class Chapter:
    """A page with code cells. `name` is its address without the ending: case-studies/imdb-sentiment."""

    name: str
    root: Path

    @property
    def path(self) -> Path:
        """Return the Markdown file."""
        return self.root / "book" / f"{self.name}.md"

    @property
    def executed(self) -> Path:
        """Return where the notebook is executed: not below `_build`, which nbmake skips."""
        return self.root / ".executed" / f"{self.name}.ipynb"

    @cached_property
    def notebook(self) -> NotebookNode:
        """Return the chapter as the build reads it."""
        return read_chapter(self.path, self.root)

    @property
    def code(self) -> list[NotebookNode]:
        """Return its code cells."""
        return [cell for cell in self.notebook.cells if cell.cell_type == "code"]

    def line(self, cell: int) -> int:
        """Return the line of the Markdown file on which code cell `cell` (from 0) begins."""
        at = [i for i, c in enumerate(self.notebook.cells) if c.cell_type == "code"][cell]
        return self.notebook.metadata["source_map"][at]


def pages(root: Path = ROOT) -> list[str]:
    """Return all pages of `_toc.yml` in reading order, without endings."""

    def walk(entry: object) -> list[str]:
        if isinstance(entry, list):
            return [name for item in entry for name in walk(item)]
        if not isinstance(entry, dict):
            return []
        own = [entry[key] for key in ("root", "file") if key in entry]
        return own + [name for key in ("parts", "chapters", "sections") for name in walk(entry.get(key))]

    return walk(yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8")))


def chapters(root: Path = ROOT) -> list[Chapter]:
    """Return the pages of the book that hold code, in reading order."""
    paged = [Chapter(name, root) for name in pages(root)]
    missing = [c.path.relative_to(root).as_posix() for c in paged if not c.path.exists()]
    if missing:
        raise BookError(f"_toc.yml names pages that do not exist: {', '.join(missing)}")
    return [c for c in paged if is_myst_markdown_notebook(c.path.read_text(encoding="utf-8")) and c.code]


def chosen(names: list[str], root: Path = ROOT) -> list[Chapter]:
    """Return the chapters a reader named, by address, file or last part of either; all if none was named."""
    found = chapters(root)
    if not names:
        return found

    def matches(chapter: Chapter, name: str) -> bool:
        wanted = name.replace("\\", "/").removesuffix(".md").removeprefix("./").removeprefix("book/")
        return chapter.name == wanted or chapter.name.endswith(f"/{wanted}")

    picked = [c for c in found if any(matches(c, name) for name in names)]
    for name in names:
        if not any(matches(c, name) for c in picked):
            raise BookError(f"There is no chapter {name!r}. The chapters: {', '.join(c.name for c in found)}")
    return picked


def code_text(notebook: NotebookNode) -> list[str]:
    """Return source and metadata of every code cell as text, to compare and to hash."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [json.dumps([cell.source, cell.metadata], sort_keys=True) for cell in cells]
