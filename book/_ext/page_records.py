"""What can be found on a page: a record for every section, term, equation, public name, exercise, figure, and source.

Each has the anchor it has on the page as it is published, so that a result of the search leads to the very place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from docutils import nodes
from plain_math import plain
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx_exercise.nodes import is_exercise_node

KINDS = ("section", "term", "equation", "name", "exercise", "figure", "source")
WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]+")
COMMAND = re.compile(r"\\(?!begin|end|[dt]?frac|q?quad|left|right|[bB]ig|text)([a-zA-Z]{2,})")
SILENT = (nodes.comment, nodes.image, nodes.raw, nodes.target, nodes.system_message, addnodes.index, addnodes.toctree)


class Record:
    """One thing to be found: what it is called, where it is, what it says, and words that lead to it unseen."""

    def __init__(self, kind: str, anchor: str, title: str = "", label: str = "", names: Iterable[str] = ()) -> None:
        self.kind, self.anchor, self.title, self.label = kind, anchor, title, label
        self.names = list(names)  # what else somebody may call it
        self.parts: list[str] = []
        self.words: dict[str, None] = {}  # in the order they come, each once
        self.formula = ""  # an equation, as it is shown

    def lead_here(self, text: str) -> None:
        """Let the words of a text lead here, though it is not shown."""
        self.words.update(dict.fromkeys(WORD.findall(text)))

    def listed(self, page: int, section: int) -> list[Any]:
        """Return it as a row of the index."""
        text, words = flat("".join(self.parts)), " ".join(self.words)
        row = [KINDS.index(self.kind), page, self.anchor, self.title, self.label, self.names, text, words, section]
        return [*row, self.formula] if self.formula else row


class Reader:
    """Reads a page into records."""

    def __init__(self, app: Sphinx, docname: str) -> None:
        kinds = app.env.toc_fignumbers.get(docname, {}).values()
        self.numbers = {anchor: ".".join(map(str, number)) for kind in kinds for anchor, number in kind.items()}
        self.records: list[tuple[Record, int]] = []  # each with the position of the section it stands in, or -1
        self.symbols: dict[str, str] = {}  # what a table says they mean
        self.section = -1

    def add(self, record: Record) -> Record:
        """Keep a record of the section that is being read."""
        self.records.append((record, self.section))
        return record

    def read(self, node: nodes.Node, record: Record | None) -> None:
        """Give the text of a node to a record, and what stands for itself a record of its own."""
        if isinstance(node, nodes.Text):
            if record:
                record.parts.append(node.astext())
        elif isinstance(node, SILENT):
            pass
        elif isinstance(node, nodes.math):
            if record:
                record.parts.append(plain(node.astext()))
        elif isinstance(node, nodes.math_block):
            self.equation(node, record)
        elif isinstance(node, nodes.literal_block):
            if record:
                record.lead_here(node.astext())
        elif isinstance(node, nodes.Element) and node.get("nb_element") == "cell_code_output":
            for figure in node.findall(nodes.figure):
                self.figure(figure)
        elif isinstance(node, nodes.Element) and "solution" in node.get("classes", ()):
            self.solution(node, record)
        elif isinstance(node, nodes.section):
            self.begin(node)
        elif isinstance(node, nodes.figure):
            self.figure(node)
        elif isinstance(node, nodes.table):
            self.table(node, record)
        elif isinstance(node, addnodes.glossary):
            self.terms(node)
        elif isinstance(node, addnodes.desc):
            self.name(node)
        elif isinstance(node, nodes.citation):
            self.source(node)
        elif is_exercise_node(node):
            self.exercise(node)
        else:
            self.inside(node, record)

    def inside(self, node: nodes.Node, record: Record | None) -> None:
        """Read what is in a node."""
        for child in node.children:
            self.read(child, record)
            if record and isinstance(child, nodes.Element) and not isinstance(child, nodes.Inline):
                record.parts.append(" ")

    def begin(self, node: nodes.section) -> None:
        """Read a section."""
        outer, title = self.section, node.next_node(nodes.title)
        record = self.add(Record("section", node["ids"][0], words_of(title)))
        self.section = len(self.records) - 1
        for child in node.children:
            if child is not title:
                self.read(child, record)
                record.parts.append(" ")
        self.section = outer

    def equation(self, node: nodes.math_block, record: Record | None) -> None:
        """Name an equation by what it is the gradient of, or else by the sentence that leads to it."""
        tex, label = node.astext(), node.get("label")
        if not label:
            if record:
                record.parts.append(plain(tex))
            return
        text = plain(tex)
        before, after = neighbors(node)
        wanted = gradients(text)
        title = f"Gradient{'s' * (len(wanted) > 1)} of {', '.join(wanted)}" if wanted else last_sentence(before)
        names = [label, *(f"gradient of {name}" for name in wanted)]
        found = self.add(Record("equation", f"equation-{label}", title, f"({node['number']})", names))
        found.parts.append(text)
        found.formula = node["mathml"]
        found.lead_here(" ".join([before, after, *COMMAND.findall(tex)]))

    def solution(self, node: nodes.Element, record: Record | None) -> None:
        """Let the words of a solution lead to where it is folded, but do not give it away in a list of results."""
        if record:
            record.lead_here(node.astext())
        for block in node.findall(nodes.math_block):
            if block.get("label"):
                self.equation(block, None)

    def figure(self, node: nodes.figure) -> None:
        """Read the caption of a figure."""
        caption = node.next_node(nodes.caption)
        if caption is not None and node["ids"]:
            number = self.numbers.get(node["ids"][0], "")
            self.inside(caption, self.add(Record("figure", node["ids"][0], "", f"Figure {number}".strip())))

    def table(self, node: nodes.table, record: Record | None) -> None:
        """Read a table: with a title of its own it is a thing to be found, too."""
        title = node.next_node(nodes.title)
        if title is not None and node["ids"]:
            number = self.numbers.get(node["ids"][0], "")
            self.inside(title, self.add(Record("figure", node["ids"][0], "", f"Table {number}".strip())))
        for child in node.children:
            if child is not title:
                self.read(child, record)
        rows = [[words_of(cell) for cell in row.children] for row in node.findall(nodes.row)]
        if rows and rows[0][0].lower() == "symbol":
            for symbols, *_, meaning in rows[1:]:
                self.symbols.update(dict.fromkeys(symbols.split(", "), re.split(r"[;.:]", meaning)[0]))

    def terms(self, node: addnodes.glossary) -> None:
        """Read a glossary, in which one definition may have several terms."""
        for item in node.findall(nodes.definition_list_item):
            for term in item.findall(nodes.term):
                record = self.add(Record("term", term["ids"][0], words_of(term)))
                for definition in item.findall(nodes.definition):
                    self.inside(definition, record)

    def name(self, node: addnodes.desc) -> None:
        """Read a class, a function, or a method, and the members of a class for themselves."""
        signatures = [s for s in node.children if isinstance(s, addnodes.desc_signature) and s["ids"]]
        for signature in signatures:
            name = signature["ids"][0]
            short = [name.rpartition(".")[2]] if node["objtype"] in ("class", "function", "data") else []
            record = self.add(Record("name", name, name, node["objtype"], [name.removeprefix("rnn."), *short]))
            record.lead_here(signature.astext())
            for content in node.children:
                if isinstance(content, addnodes.desc_content):
                    self.inside(content, record if signature is signatures[0] else None)

    def exercise(self, node: nodes.Element) -> None:
        """Read an exercise, without its title in the text."""
        title = node.next_node(nodes.title)
        number = self.numbers.get(node["ids"][0], "")
        subtitle = re.sub(r"^(?:Exercise [\d.]+)?[ ·]*", "", words_of(title))
        record = self.add(Record("exercise", node["ids"][0], subtitle, f"Exercise {number}".strip()))
        for child in node.children:
            if child is not title:
                self.read(child, record)

    def source(self, node: nodes.citation) -> None:
        """Read an entry of the list of sources."""
        text = " ".join(words_of(child) for child in node.children if not isinstance(child, nodes.label))
        self.add(Record("source", node["ids"][0], text))


def words_of(node: nodes.Node | None) -> str:
    """Return a node's text, formulas made plain."""
    leaves = node.findall(nodes.Text) if node else ()
    return flat("".join(plain(leaf) if isinstance(leaf.parent, nodes.math) else leaf for leaf in leaves))


def flat(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def gradients(formula: str) -> list[str]:
    """Return what a formula gives the gradients of: W_hh, if a line of it begins with dL/dW_hh or dW_hh."""
    lines = re.findall(r"(?:^|[;,] )(?:dL/)?d([A-Za-z]\w*(?:\^\w)?(?:_\([^()]*\))?)(?= \+?=)", formula)
    return list(dict.fromkeys(lines))


def neighbors(node: nodes.Node) -> tuple[str, str]:
    """Return the paragraphs before and after an equation, each "" if there is none beside it."""
    at = node.parent.index(node)
    found = []
    for others in (reversed(node.parent.children[:at]), node.parent.children[at + 1 :]):
        nearest = next((other for other in others if not isinstance(other, (*SILENT, nodes.math_block))), None)
        found.append(words_of(nearest) if isinstance(nearest, nodes.paragraph) else "")
    return found[0], found[1]


def last_sentence(text: str) -> str:
    """Return the last sentence of a text, which often leads to what follows."""
    return re.split(r"(?<=[.!?:]) (?=[A-Z“])", text)[-1].rstrip(":,. ")
