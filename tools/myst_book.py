"""What a page may refer to: titles, figures, tables, exercises, equations and terms of the book, with their numbers.

Sphinx knows all this while it builds the site. The notebooks derived from the chapters need the same names, numbers and
addresses without Sphinx, so this module reads the pages with MyST's own parser, in the order of the table of contents,
and counts the way Sphinx counts: figures, tables and exercises by chapter (1.1, 1.2, …), equations by page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from docutils.nodes import fully_normalize_name, make_id
from docutils.parsers.rst.directives.misc import TestDirective
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser

import published

REPOSITORY = "rnn-from-scratch/rnn-from-scratch"  # what notebooks refer to where BOOK_REPOSITORY says nothing else
SITE = "https://rnn-from-scratch.github.io/rnn-from-scratch/"
EXTENSIONS = ("amsmath", "colon_fence", "deflist", "dollarmath", "tasklist")  # where _config.yml names none
NUMBER_FORMATS = {"figure": "Fig. %s", "table": "Table %s", "code-block": "Listing %s", "exercise": "Exercise %s"}


class DerivationError(Exception):
    """A page holds something that cannot be turned into plain Markdown; the message begins with file and line."""


@dataclass(frozen=True)
class Label:
    """One thing that can be referred to: what it is, where it is, and what it is called."""

    kind: str  # "section", "figure", "table", "code-block", "exercise", "solution" or "equation"
    docname: str
    anchor: str
    title: str
    number: str | None = None


@dataclass
class Directive:
    """A fenced directive, taken apart."""

    name: str
    argument: str
    options: dict[str, Any]
    body: str
    line: int  # 0-based line of the page at which the body starts


@dataclass
class Book:
    """The names, numbers and addresses of the whole book."""

    root: Path
    config: dict[str, Any]
    titles: dict[str, str] = field(default_factory=dict)  # docname → title
    labels: dict[str, Label] = field(default_factory=dict)
    terms: dict[str, tuple[str, str]] = field(default_factory=dict)  # lower-case term → (docname, anchor)

    @property
    def source(self) -> Path:
        """The folder of the pages."""
        return self.root / "book"

    def docname(self, path: Path) -> str:
        """The name of a page, as in the table of contents: `part/name`."""
        return path.resolve().relative_to(self.source.resolve()).with_suffix("").as_posix()

    def number_text(self, label: Label) -> str:
        """What `{numref}` shows for a label, such as "Figure 1.3"."""
        formats = {**NUMBER_FORMATS, **self.config.get("sphinx", {}).get("config", {}).get("numfig_format", {})}
        return str(formats[label.kind]).replace("%s", label.number or "")


def repository() -> str:
    """The repository a notebook installs the package from: of a fork's site, the fork."""
    return published.repository() or REPOSITORY


def site() -> str:
    """The address of the site a notebook links to."""
    return published.address() or SITE


def parser_config(root: Path) -> MdParserConfig:
    """The MyST settings of the book, for every reader of its pages (the site takes them from the same file)."""
    extensions = _config(root).get("parse", {}).get("myst_enable_extensions", EXTENSIONS)
    return MdParserConfig(enable_extensions=set(extensions) - {"linkify"})


def block_parser(root: Path) -> MarkdownIt:
    return create_md_parser(parser_config(root), RendererHTML)


def directive(token: Token, first_line: int) -> Directive | None:
    """The directive in a fence, or None if it is ordinary code; `first_line` is where the parsed text starts."""
    match = re.match(r"\{([^}\s]+)\}\s*(.*)", token.info.strip())
    if token.type not in ("fence", "colon_fence") or not match:
        return None
    name, argument = match.groups()
    as_yaml = name in ("code-cell", "raw-cell")  # cell options are YAML; those of directives are plain text
    parsed = parse_directive_text(TestDirective, argument, token.content, validate_options=not as_yaml)
    start = first_line + (token.map or [0])[0] + 1 + parsed.body_offset
    return Directive(name, argument.strip(), parsed.options, "\n".join(parsed.body), start)


def load_book(root: Path) -> Book:
    """Read every page of the book; kept until a page, the configuration or the table of contents changes."""
    root = root.resolve()
    files = [root / "_config.yml", root / "_toc.yml", *sorted((root / "book").rglob("*.md"))]
    return _load(root, tuple((str(p), p.stat().st_mtime_ns, p.stat().st_size) for p in files if p.exists()))


@lru_cache(maxsize=4)
def _load(root: Path, _stamp: tuple[tuple[str, int, int], ...]) -> Book:
    book = Book(root, _config(root))
    chapters = dict(_toc(root))
    rest = sorted(book.docname(p) for p in book.source.rglob("*.md"))
    counters: dict[tuple[str, str], int] = {}
    for docname in [*chapters, *(name for name in rest if name not in chapters)]:
        path = book.source / f"{docname}.md"
        if path.exists():
            _Page(book, docname, chapters.get(docname, ""), counters).read(path.read_text(encoding="utf-8"))
    return book


def _config(root: Path) -> dict[str, Any]:
    path = root / "_config.yml"
    return (yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}


def _toc(root: Path) -> Iterator[tuple[str, str]]:
    """Yield (docname, chapter number) in reading order; the number is "" where the contents are not numbered."""
    path = root / "_toc.yml"
    toc = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    if "root" in toc:
        yield toc["root"], ""
    numbered_by_default = bool(toc.get("defaults", {}).get("numbered", False))
    chapter = 0
    for part in toc.get("parts", [toc]):
        numbered = part.get("numbered", part.get("options", {}).get("numbered", numbered_by_default))
        for entry in part.get("chapters", []):
            chapter += bool(numbered)
            yield from ((name, str(chapter) if numbered else "") for name in _files(entry))


def _files(entry: dict[str, Any]) -> Iterator[str]:
    if "file" in entry:
        yield entry["file"].removesuffix(".md")
    for section in entry.get("sections", []):
        yield from _files(section)


class _Page:
    """Collects what one page defines."""

    def __init__(self, book: Book, docname: str, chapter: str, counters: dict[tuple[str, str], int]) -> None:
        self.book, self.docname, self.chapter, self.counters = book, docname, chapter, counters
        self.md = block_parser(book.root)
        self.pending: list[str] = []  # targets waiting for the thing they name
        self.equations = 0

    def read(self, text: str) -> None:
        tokens = self.md.parse(text + "\n")
        for position, token in enumerate(tokens):
            if token.type == "front_matter":
                title = (yaml.safe_load(token.content) or {}).get("title")
                if title:
                    self.book.titles.setdefault(self.docname, str(title))
            elif token.type == "myst_target":
                self.pending.append(token.content)
            elif token.type == "heading_open":
                self.heading(token, tokens[position + 1].content)
            elif token.type == "math_block_label":
                self.equation(token.info)
            elif token.type in ("fence", "colon_fence"):
                found = directive(token, 0)
                if found:
                    self.directive(found)

    def heading(self, token: Token, title: str) -> None:
        if token.tag == "h1":
            self.book.titles[self.docname] = title
        self.name_pending("section", title, None)

    def name_pending(self, kind: str, title: str, number: str | None) -> None:
        for name in self.pending:
            self.define(kind, name, title, number)
        self.pending.clear()

    def define(self, kind: str, name: str, title: str, number: str | None) -> None:
        anchor = f"equation-{make_id(name)}" if kind == "equation" else make_id(name)
        self.book.labels[fully_normalize_name(name)] = Label(kind, self.docname, anchor, title, number)

    def equation(self, name: str) -> None:
        self.equations += 1
        self.define("equation", name, "", str(self.equations))

    def count(self, kind: str) -> str:
        key = (kind, self.chapter)
        self.counters[key] = self.counters.get(key, 0) + 1
        return f"{self.chapter}.{self.counters[key]}" if self.chapter else str(self.counters[key])

    def captioned(self, kind: str, name: str | None, caption: str) -> None:
        number = self.count(kind) if caption else None
        self.name_pending(kind, caption, number)
        if name:
            self.define(kind, name, caption, number)

    def directive(self, found: Directive) -> None:
        options, name = found.options, str(found.options.get("name") or found.options.get("label") or "")
        match found.name:
            case "code-cell":
                figure = (options.get("mystnb") or {}).get("figure")
                if figure:
                    self.captioned("figure", figure.get("name"), str(figure.get("caption", "")))
            case "math":
                if name:
                    self.equation(name)
            case "figure":
                self.captioned("figure", name, found.body.strip().split("\n\n")[0])
                self.read(found.body)
            case "list-table" | "table":
                self.captioned("table", name, found.argument)
            case "code-block":
                self.captioned("code-block", name, str(options.get("caption", "")))
            case "exercise" | "exercise-start":
                number = None if "nonumber" in options else self.count("exercise")
                self.name_pending("exercise", found.argument, number)
                if name:
                    self.define("exercise", name, found.argument, number)
                self.read(found.body)
            case "solution" | "solution-start":
                if name:
                    self.define("solution", name, found.argument, None)
                self.read(found.body)
            case "glossary":
                for line in found.body.split("\n"):
                    if line.strip() and not line[0].isspace():
                        self.term(line.strip())
            case _:
                self.read(found.body)

    def term(self, term: str) -> None:
        identifier = re.sub(r"[^a-zA-Z0-9._]+", "-", " ".join(term.split())).strip("-")
        self.book.terms[term.lower()] = (self.docname, f"term-{identifier}")
