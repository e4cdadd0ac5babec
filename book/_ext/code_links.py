"""Names of the package in code lead to their entry in the API reference.

The code of a page is read in order, as the kernel ran it, and never executed: imports of `rnn`, what is assigned, and
the class of what a constructor or an annotated function returns are enough to know what `layer.forward` is. A name
links if the very object it stands for has an entry; what is not certain does not link. The links are set around whole
tokens of the highlighted code, so that its text, and what a reader copies, stays the same.
"""

from __future__ import annotations

import ast
import html
import inspect
import re
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any, get_type_hints

from docutils import nodes
from sphinx.application import Sphinx

PACKAGE = "rnn"
LANGUAGES = ("ipython3", "python")  # cells, and code shown in text or displayed by a cell
Link = tuple[int, int, str]  # from, to, name of the entry


@dataclass(frozen=True)
class Instance:
    """Some instance of a class."""

    of: type


class Names(ast.NodeVisitor):
    """Knows what the names of a page stand for, and collects the links of the code it visits."""

    def __init__(self, entries: dict[int, str], known: dict[str, Any]) -> None:
        self.entries, self.known = entries, known
        self.links: list[Link] = []

    def read(self, source: str) -> list[Link]:
        """Return the links of `source` and remember what it defines; code that is no Python has none."""
        self.source = source
        self.starts = [0]
        for line in source.splitlines(keepends=True):
            self.starts.append(self.starts[-1] + len(line))
        self.links = []
        with suppress(SyntaxError):
            self.visit(ast.parse(source))
        return sorted(self.links)

    def resolve(self, node: ast.expr | None) -> Any:
        """Return the module, class, function, or `Instance` that an expression stands for, or None."""
        if isinstance(node, ast.Name):
            return self.known.get(node.id)
        if isinstance(node, ast.Attribute):
            return member(self.resolve(node.value), node.attr)
        if isinstance(node, ast.Call):
            return returned(self.resolve(node.func))
        return None

    def link(self, thing: Any, end: int, text: str) -> None:
        """Link the `text` that ends at `end` if `thing` has an entry."""
        entry = self.entries.get(id(thing))
        if entry and self.source[end - len(text) : end] == text:
            self.links.append((end - len(text), end, entry))

    def end(self, node: ast.expr | ast.alias) -> int:
        """Return where a node ends; `ast` counts bytes within a line."""
        line = self.source[self.starts[node.end_lineno - 1] : self.starts[node.end_lineno]]
        return self.starts[node.end_lineno - 1] + len(line.encode()[: node.end_col_offset].decode())

    def bind(self, target: ast.expr, value: ast.expr | None) -> None:
        """Let the names of an assignment's target stand for what is assigned."""
        if isinstance(target, ast.Name):
            self.name(target.id, self.resolve(value))
        elif isinstance(target, ast.Tuple | ast.List):
            pairs = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else None
            things = [self.resolve(each) for each in pairs or [None] * len(target.elts)]
            for each, thing in zip(target.elts, things, strict=True):
                if isinstance(each, ast.Name):
                    self.name(each.id, thing)
                else:
                    self.visit(each)
        else:
            self.visit(target)

    def name(self, name: str, thing: Any) -> None:
        """Let a name stand for a thing, or for something unknown."""
        self.known.pop(name, None)
        if thing is not None:
            self.known[name] = thing

    def visit_Import(self, node: ast.Import) -> None:
        """`import rnn`, `import rnn.tables as tables`."""
        for alias in node.names:
            module = imported(alias.name)
            top = alias.name.split(".")[0]
            self.name(alias.asname or top, module if alias.asname else imported(top) if module else None)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """`from rnn import LSTM, plotting`."""
        module = imported(node.module or "")
        for alias in node.names:
            thing = member(module, alias.name) or imported(f"{node.module}.{alias.name}")
            self.name(alias.asname or alias.name, thing)
            if not alias.asname:
                self.link(thing, self.end(alias), alias.name)

    def visit_Name(self, node: ast.Name) -> None:
        """A name used links; a name stored by a loop, a `with`, a comprehension stands for something unknown."""
        if isinstance(node.ctx, ast.Load):
            self.link(self.known.get(node.id), self.end(node), node.id)
        else:
            self.name(node.id, None)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """`rnn.LSTM` links as a whole, in `layer.forward` only the method does."""
        base = self.resolve(node.value)
        whole = inspect.ismodule(base)
        self.link(member(base, node.attr), self.end(node), ast.unparse(node) if whole else node.attr)
        if not whole:
            self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Read the value first: `layer = layer.reset()` uses the old meaning."""
        self.visit(node.value)
        for target in node.targets:
            self.bind(target, node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Positions inside an f-string are not told by every version of Python: no links there."""

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        """What is computed comes before the loop in the text and after it in meaning."""
        for generator in node.generators:
            self.visit(generator.iter)
            self.visit(generator.target)
            for condition in generator.ifs:
                self.visit(condition)
        for part in ("key", "value", "elt"):
            if hasattr(node, part):
                self.visit(getattr(node, part))

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp  # noqa: N815

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """The arguments of a function hide names, and what it defines stays inside it."""
        self.name(node.name, None)
        self.scope(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """The same of a class."""
        self.name(node.name, None)
        self.scope(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        """The same of a lambda."""
        self.scope(node)

    def scope(self, node: ast.AST) -> None:
        """Visit what stands inside, then forget what was defined there."""
        outside = dict(self.known)
        for argument in [n for n in ast.walk(getattr(node, "args", ast.Pass())) if isinstance(n, ast.arg)]:
            self.name(argument.arg, None)
        self.generic_visit(node)
        self.known = outside


def imported(name: str) -> Any:
    """Return a module of the package; of nothing else, as importing runs code."""
    with suppress(ImportError):
        return import_module(name) if name.split(".")[0] == PACKAGE else None
    return None


def member(base: Any, name: str) -> Any:
    """Return the attribute of a module or class, or of an instance: a method, a property, or what it should hold."""
    if isinstance(base, Instance):
        found = inspect.getattr_static(base.of, name, None)
        if callable(found) or isinstance(found, property):
            return found
        with suppress(Exception):  # annotations may name what is imported for type checking only
            return instance(get_type_hints(base.of).get(name))
        return None
    return getattr(base, name, None) if inspect.ismodule(base) or inspect.isclass(base) else None


def returned(called: Any) -> Any:
    """Return what a call gives: an instance of the class, or of the class a function is annotated with."""
    if inspect.isclass(called):
        return Instance(called)
    with suppress(Exception):
        return instance(get_type_hints(called).get("return")) if inspect.isroutine(called) else None
    return None


def instance(annotation: Any) -> Instance | None:
    """Return an instance of an annotated class, if it is one of the package."""
    ours = inspect.isclass(annotation) and annotation.__module__.split(".")[0] == PACKAGE
    return Instance(annotation) if ours else None


def documented(names: list[str]) -> dict[int, str]:
    """Return the names of the entries by the identity of the object each stands for."""
    found = {}
    for name in names:
        parts = name.split(".")
        thing = imported(parts[0])
        for i, part in enumerate(parts[1:], 2):
            owner, thing = thing, getattr(thing, part, None)
            if inspect.isclass(owner):
                thing = inspect.getattr_static(owner, part, None)
            elif thing is None:
                thing = imported(".".join(parts[:i]))
        if callable(thing) or isinstance(thing, property) or inspect.ismodule(thing):
            found[id(thing)] = name
    return found


def set_links(highlighted: str, links: list[tuple[int, int, str]]) -> str:
    """Set links around tokens of highlighted code; each is (from, to, address), counted in the text."""
    waiting, parts, position, end = list(links), [], 0, None
    for piece in re.findall(r"<span></span>|<[^>]*>|[^<]+", highlighted):
        opens = not piece.startswith("</") and piece != "<span></span>"
        if end is None and waiting and opens and position == waiting[0][0] and not piece.startswith(("<div", "<pre")):
            _, end, address = waiting.pop(0)
            parts.append(f'<a class="api" href="{html.escape(address)}">')
        parts.append(piece)
        if not piece.startswith("<"):
            position += len(html.unescape(piece))
        elif end is not None and position >= end and piece == "</span>":
            parts.append("</a>")
            end = None
    return "".join(parts)


def find_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Note at each block of code what in it leads where."""
    objects = app.env.get_domain("py").objects
    entries = documented([name for name in objects if name.split(".")[0] == PACKAGE])
    page = Names(entries, {PACKAGE: import_module(PACKAGE)})
    for block in doctree.findall(nodes.literal_block):
        if block.get("language") in LANGUAGES:
            shown = block["language"] != LANGUAGES[0]  # defines nothing for the cells below
            names = Names(entries, dict(page.known)) if shown else page
            block["api_links"] = [
                (start, end, f"{app.builder.get_relative_uri(docname, objects[name].docname)}#{objects[name].node_id}")
                for start, end, name in names.read(block.astext())
            ]


def visit_literal_block(self: Any, node: nodes.literal_block) -> None:
    """Write code as always, then set the links."""
    try:
        type(self).visit_literal_block(self, node)
    except nodes.SkipNode:  # the writer says that it is done
        if links := node.get("api_links"):
            self.body[-1] = set_links(self.body[-1], links)
        raise


def depart_literal_block(self: Any, node: nodes.literal_block) -> None:
    """Finish code as always."""
    type(self).depart_literal_block(self, node)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("doctree-resolved", find_links)
    app.add_node(nodes.literal_block, override=True, html=(visit_literal_block, depart_literal_block))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
