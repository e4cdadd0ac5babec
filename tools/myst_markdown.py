"""MyST Markdown to the plain Markdown that every notebook program shows.

JupyterLab, VS Code and Colab know CommonMark, tables, `$…$` and a little HTML. Everything MyST adds is rewritten here:
directives become quotes, images, tables and folded `<details>`; roles become text and links to the published site.
The page is read with MyST's own parser; a block is replaced at the lines it came from and a role at its exact place
in its paragraph, so code and formulas are never touched. What is not known here raises `DerivationError`.
"""

from __future__ import annotations

import base64
import html
import mimetypes
import posixpath
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from docutils.nodes import fully_normalize_name
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from tools.myst_book import Book, DerivationError, Directive, Label, block_parser, directive, site
from tools.myst_cite import Bibliography

ADMONITIONS = {
    "note": "Note",
    "tip": "Tip",
    "hint": "Hint",
    "important": "Important",
    "warning": "Warning",
    "caution": "Caution",
    "attention": "Attention",
    "danger": "Danger",
    "error": "Error",
    "seealso": "See also",
    "margin": "Side note",
}
TITLED = ("admonition", "sidebar", "topic")  # the argument is the title
PLAIN = ("container", "div")  # only the contents are shown
DROPPED = ("toctree", "tableofcontents", "contents", "index", "exercise-end")
QUOTES = ("epigraph", "pull-quote", "highlights")
API_ROLES = ("func", "class", "meth", "mod", "attr", "data", "exc", "obj", "const")
TEXT_ROLES = {"sup": "<sup>%s</sup>", "sub": "<sub>%s</sub>", "kbd": "<kbd>%s</kbd>", "code": "`%s`", "literal": "`%s`"}
TEXT_ROLES |= {"command": "**%s**", "guilabel": "**%s**", "file": "`%s`", "index": "%s", "abbr": "%s"}
API_PAGE = "appendix/api"

# A target, an open directive, a comment, a cell break, a footnote, a link that leads nowhere.
REMAINS = re.compile(
    r"^\([\w .:-]+\)=\s*$|^[`:]{3,}\s*\{.*|^:::.*|^%\s.*|^\+\+\+.*|\[\^[^\]]+\]|\]\((?!https?:|mailto:).*?\)"
)

Where = Callable[[str], DerivationError]  # makes the error for the line being read


class Page:
    """Turns the MyST text of one page into plain Markdown."""

    def __init__(self, book: Book, path: Path) -> None:
        self.book, self.path, self.docname = book, path, book.docname(path)
        self.bibliography = Bibliography.load(book.source / "references.bib")
        self.cited: list[str] = []
        self.md = block_parser(book.root)
        for rule in ("myst_role", "link", "image", "html_inline", "math_inline", "footnote_ref"):
            _remember_places(self.md, rule)

    def error(self, line: int) -> Where:
        """What makes an error of a message, for the given 0-based line of the page."""
        return lambda message: DerivationError(f"{self.path}:{line + 1}: {message}")

    # ---- blocks -----------------------------------------------------------------------------------------------

    def markdown(self, text: str, first_line: int) -> str:
        """Return `text`, which begins at the 0-based line `first_line` of the page, as plain Markdown."""
        lines: list[str | None] = list(text.split("\n"))
        env: dict[str, Any] = {}
        tokens = _mended(self.md.parse(text, env))
        if env.get("references"):
            raise self.error(first_line)(
                "a link definition ([name]: address) is lost between cells; write the address into the link"
            )
        for token in tokens:
            if token.type == "inline" and token.map:
                start, end = token.map
                source = "\n".join(line for line in lines[start:end] if line is not None)
                lines[start:end] = _padded(self.inline(source, first_line + start), end - start)
        for token in tokens:
            if token.map and token.nesting >= 0:
                self._block(token, lines, first_line)
        return "\n".join(line for line in lines if line is not None).strip("\n")

    def plain(self, text: str, first_line: int) -> str:
        """The same for the text of a whole cell, and certain that nothing of MyST is left in it."""
        plain = self.markdown(text, first_line)
        for found in leftovers(plain):
            raise self.error(first_line)(f"this stays as it is in the notebook, where nothing reads it: {found}")
        return plain

    def _block(self, token: Token, lines: list[str | None], first_line: int) -> None:
        start, end = token.map or (0, 0)
        raise_at = self.error(first_line + start)
        replacement: str | None = None
        match token.type:
            case "myst_target" | "myst_line_comment" | "myst_block_break":
                replacement = ""
            case "html_block":
                replacement = self._html(token.content, raise_at)
            case "math_block":
                replacement = _formula(token.content, None, raise_at)
            case "math_block_label":
                replacement = _formula(token.content, self._equation_number(token.info, raise_at), raise_at)
            case "amsmath":
                replacement = _amsmath(token, raise_at)
            case "dt_open":
                lines[start] = f"- **{(lines[start] or '').strip()}**"
            case "dd_open":
                lines[start] = "  " + (lines[start] or "").lstrip()[1:].lstrip()
            case "fence" | "colon_fence":
                found = directive(token, first_line)
                if found:
                    replacement = self.directive(found, first_line + start)
            case "footnote_reference_open":
                raise raise_at("footnotes have no place in a notebook; use {margin} or say it in the text")
            case "substitution_block":
                raise raise_at("substitutions are not used in this book")
        if replacement is not None:
            _replace(lines, start, end, replacement, _prefix(lines[start] or "", token))

    def directive(self, found: Directive, line: int) -> str:
        """The plain Markdown of a directive that starts at the given 0-based line."""
        raise_at, options = self.error(line), found.options
        body = lambda: self.markdown(found.body, found.line)  # noqa: E731
        title = self.inline(found.argument, line)
        if found.name in ADMONITIONS:
            text = "\n\n".join(part for part in (title, body()) if part)
            return self._admonition(ADMONITIONS[found.name], text, options)
        if found.name in TITLED:
            return self._admonition(title, body(), options)
        if found.name in PLAIN:
            return body()
        if found.name in DROPPED:
            return ""
        if found.name in QUOTES:
            return _quote(body())
        match found.name:
            case "rubric":
                return f"**{title}**\n\n{body()}".strip()
            case "math":
                name = options.get("label") or options.get("name")
                number = self._equation_number(str(name), raise_at) if name else None
                return _formula(f"{found.argument}\n{found.body}", number, raise_at)
            case "code-block" | "code" | "sourcecode":
                fence = "```" if "```" not in found.body else "````"
                caption = self._caption("code-block", options, str(options.get("caption", "")), line)
                return f"{caption}{fence}{found.argument}\n{found.body}\n{fence}"
            case "figure" | "image":
                return self._figure(found, body(), raise_at)
            case "table":
                return self._caption("table", options, found.argument, line) + body()
            case "list-table":
                return self._caption("table", options, found.argument, line) + self._list_table(found)
            case "glossary":
                return self._glossary(found)
            case "bibliography":
                keys = sorted(self.bibliography.entries) if "all" in options else sorted(set(self.cited))
                return "\n".join(f"- {self.bibliography.reference(key)}" for key in keys)
            case "exercise" | "exercise-start":
                return f"{self.exercise_title(found, line)}\n\n{body()}".strip()
            case "solution":
                return details(self.solution_title(found, line), body())
        raise raise_at(f"the directive {{{found.name}}} has no plain form; see tools/myst_markdown.py")

    def exercise_title(self, found: Directive, line: int) -> str:
        """`Exercise 1.2 · Its title`, in bold."""
        label = self.book.labels.get(fully_normalize_name(str(found.options.get("label", ""))))
        number = self.book.number_text(label) if label and label.number else "Exercise"
        if label is None and "nonumber" not in found.options:
            raise self.error(line)("an exercise needs a :label:")
        title = self.inline(found.argument, line)
        return f"**{number} · {title}**" if title else f"**{number}**"

    def solution_title(self, found: Directive, line: int) -> str:
        """`Solution to Exercise 1.2`, from the exercise that the directive names."""
        exercise = self._label(found.argument, self.error(line))
        return f"Solution to {self.book.number_text(exercise) if exercise.number else 'the exercise'}"

    def _admonition(self, title: str, text: str, options: dict[str, Any]) -> str:
        if "dropdown" in str(options.get("class", "")).split():
            return details(title, text)
        return _quote(f"**{title}**\n\n{text}" if title else text)

    def _figure(self, found: Directive, caption: str, raise_at: Where) -> str:
        alt = str(found.options.get("alt", "")).strip()
        if not alt:
            raise raise_at(f"{{{found.name}}} needs :alt:, the text that says what one sees")
        image = self.image(found.argument, alt, raise_at, str(found.options.get("width") or ""))
        if found.name == "image" or not caption:
            return image
        return f"{image}\n\n{self._number('figure', found.options, raise_at)}{caption}"

    def _caption(self, kind: str, options: dict[str, Any], caption: str, line: int) -> str:
        if not caption:
            return ""
        return f"{self._number(kind, options, self.error(line))}{self.inline(caption, line)}\n\n"

    def _number(self, kind: str, options: dict[str, Any], raise_at: Where) -> str:
        label = self.book.labels.get(fully_normalize_name(str(options.get("name", ""))))
        if label is None or label.kind != kind or not label.number:
            raise raise_at(f"what has a caption needs a name, so that its number ({kind}) is known here: :name:")
        return f"**{self.book.number_text(label)}.** "

    def figure_caption(self, figure: dict[str, Any], line: int) -> str:
        """The caption of a figure that a code cell draws (`mystnb: figure:` among the cell's options)."""
        return self._caption("figure", figure, str(figure.get("caption", "")).strip(), line).strip()

    def _list_table(self, found: Directive) -> str:
        rows: list[list[str]] = []
        depth, source = 0, found.body.split("\n")
        for token in self.md.parse(found.body):
            depth += {"bullet_list_open": 1, "bullet_list_close": -1}.get(token.type, 0)
            line = found.line + (token.map or [0])[0]
            if token.type == "list_item_open" and depth == 1:
                rows.append([])
            elif token.type == "list_item_open" and depth == 2:
                rows[-1].append("")
            elif token.type == "inline" and depth == 2 and token.map:
                cell = self.inline(token.content, line).replace("\n", " ")
                rows[-1][-1] += ("<br>" if rows[-1][-1] else "") + self._cell(cell)
            elif token.type in ("fence", "colon_fence", "math_block") or depth > 2:
                raise self.error(line)("a cell of a {list-table} holds only text, formulas and links")
        if not rows or len({len(row) for row in rows}) != 1:
            raise self.error(found.line)(f"the rows of the {{list-table}} differ in length: {source[0]}")
        if not int(found.options.get("header-rows") or 0):
            rows.insert(0, [""] * len(rows[0]))
        rows.insert(1, ["---"] * len(rows[0]))
        return "\n".join("| " + " | ".join(row) + " |" for row in rows)

    def _cell(self, text: str) -> str:
        """A cell's text with its vertical bars written so that they do not end the cell."""
        formulas = [t.meta["place"] for t in self._inline_tokens(text) if t.type == "math_inline"]
        parts, position = [], 0
        for start, end in formulas:
            parts += [text[position:start].replace("|", "\\|"), re.sub(r"(?<!\\)\|", r"\\vert{}", text[start:end])]
            position = end
        return "".join([*parts, text[position:].replace("|", "\\|")])

    def _glossary(self, found: Directive) -> str:
        out = []
        for number, line in enumerate(found.body.split("\n")):
            if line.strip():
                text = self.inline(line.strip(), found.line + number)
                out.append(f"  {text}" if line[0].isspace() else f"- **{text}**  ")
        return "\n".join(out)

    # ---- inside a paragraph -----------------------------------------------------------------------------------

    def inline(self, source: str, line: int) -> str:
        """Return the raw text of a paragraph, heading or row with its roles, links and images made plain."""
        parts, position = [], 0
        for token in self._inline_tokens(source):
            start, end = token.meta["place"]
            raise_at = self.error(line + source.count("\n", 0, start))
            parts += [source[position:start], self._inline(token, source[start:end], raise_at)]
            position = end
        return "".join([*parts, source[position:]])

    def _inline_tokens(self, source: str) -> list[Token]:
        """The tokens that know their place, in order and without overlap."""
        tokens: list[Token] = []
        self.md.inline.parse(source, self.md, {}, tokens)
        return sorted((t for t in tokens if "place" in t.meta), key=lambda token: token.meta["place"])

    def _inline(self, token: Token, source: str, raise_at: Where) -> str:
        match token.type:
            case "myst_role":
                return self.role(token.meta["name"], token.content, raise_at)
            case "link_open":  # the place is that of the target alone: "](address)"
                address, empty = str(token.attrs["href"]), token.meta["empty"]
                return self._link(address, source, empty, raise_at)
            case "image":
                if not token.content.strip():
                    raise raise_at("an image needs a text that says what one sees: ![text](file)")
                return self.image(str(token.attrs["src"]), token.content, raise_at)
            case "html_inline":
                return self._html(source, raise_at) or ""
            case "footnote_ref":
                raise raise_at("footnotes have no place in a notebook; use {margin} or say it in the text")
        return source

    def role(self, name: str, content: str, raise_at: Where) -> str:
        """The plain Markdown of one role."""
        name = name.removeprefix("py:")
        match = re.fullmatch(r"(.*?)\s*<([^<>]+)>", content.strip(), re.DOTALL)
        text, target = (match.group(1), match.group(2)) if match else ("", content.strip())
        if name == "math":
            return f"${content.strip()}$"
        if name in TEXT_ROLES:
            return TEXT_ROLES[name] % (content if name != "abbr" else re.sub(r"\s*\(.*\)$", "", content))
        if name in API_ROLES:
            shown = text or (target.rsplit(".", 1)[-1] if target.startswith("~") else target)
            shown = shown.lstrip("~") + ("()" if name in ("func", "meth") and not text else "")
            target = target.lstrip("~")
            own = target == "rnn" or target.startswith("rnn.")
            return f"[`{shown}`]({self.url(API_PAGE, target)})" if own else f"`{shown}`"
        match name:
            case "eq":
                label = self._label(target, raise_at)
                if label.number is None or label.kind != "equation":
                    raise raise_at(f"{{eq}} names {target!r}, which is no equation")
                return self._reference(label, f"({label.number})")
            case "numref":
                label = self._label(target, raise_at)
                if label.number is None or label.kind == "equation":
                    raise raise_at(f"{{numref}} names {target!r}, which has no number")
                numbered = self.book.number_text(label)
                shown = text.replace("%s", label.number).replace("{number}", label.number)
                return self._reference(label, shown.replace("{name}", label.title) or numbered)
            case "ref":
                label = self._label(target, raise_at)
                shown = text or (self.book.number_text(label) if label.kind == "exercise" else label.title)
                return self._reference(label, self.inline(shown, 0))
            case "doc":
                docname = posixpath.normpath(posixpath.join(posixpath.dirname(self.docname), target))
                return self._document(target.lstrip("/") if target.startswith("/") else docname, text, raise_at)
            case "term":
                return self._term(text, target, raise_at)
            case "cite" | "cite:p" | "cite:t" | "cite:ps" | "cite:ts":
                return self._cite(name, [key.strip() for key in content.split(",")], raise_at)
        raise raise_at(f"the role {{{name}}} has no plain form; see tools/myst_markdown.py")

    def image(self, source: str, alt: str, raise_at: Where, width: str = "") -> str:
        """An `<img>` that carries the picture itself, so that the notebook is complete without other files."""
        if re.match(r"https?://", source):
            return f'<img src="{html.escape(source)}" alt="{html.escape(alt)}">'
        path = self.book.source / source.lstrip("/") if source.startswith("/") else self.path.parent / source
        if not path.exists():
            raise raise_at(f"there is no image {source}")
        size = f' width="{html.escape(width)}"' if width else ""
        if path.suffix == ".svg":  # Colab shows no SVG in text, so the drawing becomes pixels, twice as many as needed
            data, kind = _rasterize(path), "image/png"
            size = size or f' width="{int.from_bytes(data[16:20], "big") // 2}"'
        else:
            data, kind = path.read_bytes(), mimetypes.guess_type(path.name)[0] or "image/png"
        content = base64.b64encode(data).decode("ascii")
        return f'<img src="data:{kind};base64,{content}" alt="{html.escape(" ".join(alt.split()))}"{size}>'

    def url(self, docname: str, anchor: str = "") -> str:
        """The address of a page, or of a place in it, on the published site."""
        return f"{site()}{docname}.html" + (f"#{anchor}" if anchor else "")

    def _html(self, source: str, raise_at: Where) -> str | None:
        if "<!--" in source:
            return re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL).strip("\n")
        if re.search(r"""(?:src|href)\s*=\s*["']?(?!https?:|data:|mailto:|#)""", source):
            raise raise_at("HTML that names a local file is lost in a notebook; use {figure}, {image} or a link")
        return None if source.endswith("\n") else source

    def _label(self, name: str, raise_at: Where) -> Label:
        label = self.book.labels.get(fully_normalize_name(name))
        if label is None:
            raise raise_at(f"nothing in the book is labeled {name!r}")
        return label

    def _equation_number(self, name: str, raise_at: Where) -> str:
        return self._label(name, raise_at).number or ""

    def _reference(self, label: Label, text: str) -> str:
        """Text within the notebook itself; a link to the published page for everything else."""
        if label.docname == self.docname:
            return text if label.number else f"*{text}*"
        return f"[{text}]({self.url(label.docname, label.anchor)})"

    def _document(self, docname: str, text: str, raise_at: Where, anchor: str = "") -> str:
        if docname not in self.book.titles:
            raise raise_at(f"the book has no page {docname!r}")
        return f"[{text or self.book.titles[docname]}]({self.url(docname, anchor)})"

    def _link(self, address: str, source: str, empty: bool, raise_at: Where) -> str:
        if re.match(r"[a-z][a-z0-9+.-]*:", address):
            return source
        path, _, anchor = address.partition("#")
        if path.endswith(".md"):
            docname = posixpath.normpath(posixpath.join(posixpath.dirname(self.docname), path.removesuffix(".md")))
            if docname not in self.book.titles:
                raise raise_at(f"the book has no page {docname!r}")
            return f"{self.book.titles[docname] if empty else ''}]({self.url(docname, anchor)})"
        if path and anchor:
            raise raise_at(f"the link to {address!r} is neither a page of the book (.md), a label nor an address")
        label = self._label(path or anchor, raise_at)
        title = self.book.number_text(label) if label.number and label.kind != "equation" else label.title
        return f"{(title or f'({label.number})') if empty else ''}]({self.url(label.docname, label.anchor)})"

    def _term(self, text: str, target: str, raise_at: Where) -> str:
        if target.lower() not in self.book.terms:
            raise raise_at(f"the glossary has no term {target!r}")
        return f"[{text or target}]({self.url(*self.book.terms[target.lower()])})"

    def _cite(self, role: str, keys: list[str], raise_at: Where) -> str:
        unknown = [key for key in keys if key not in self.bibliography.entries]
        if unknown:
            raise raise_at(f"references.bib has no entry {unknown[0]!r}")
        self.cited += keys
        if role in ("cite:t", "cite:ts"):
            return ", ".join(self.bibliography.in_text(key) for key in keys)
        return "(" + "; ".join(self.bibliography.in_parentheses(key) for key in keys) + ")"


def leftovers(markdown: str) -> list[str]:
    """What a plain text still holds of MyST (directives, roles, targets, comments), outside code and formulas."""
    parser = MarkdownIt("commonmark").use(dollarmath_plugin, double_inline=True).enable("table")
    found: list[str] = []
    for token in parser.parse(markdown):
        if token.type == "fence" and token.info.lstrip().startswith("{"):
            found.append(token.info)
        elif token.type == "html_block":
            found += re.findall(r"<!--", token.content)
        for child, following in pairwise([*(token.children or []), None]):
            if child is None:
                continue
            if child.type == "text":
                found += REMAINS.findall(child.content)
                role = re.search(r"\{[\w:+-]+\}$", child.content)
                found += [role.group()] if role and following and following.type == "code_inline" else []
            elif child.type == "html_inline" and child.content.startswith("<!--"):
                found.append(child.content)
            elif child.type in ("link_open", "image"):
                address = str(child.attrs.get("href") or child.attrs.get("src"))
                found += [] if re.match(r"https?:|mailto:|data:", address) else [address]
    return found


def details(summary: str, body: str) -> str:
    """Text folded away under a summary that one clicks on."""
    shown = MarkdownIt().renderInline(summary)
    return f"<details>\n<summary><b>{shown}</b></summary>\n\n{body}\n\n</details>"


def _quote(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip("\n").split("\n"))


def _mended(tokens: list[Token]) -> list[Token]:
    """Correct the places of definition lists and bare LaTeX environments, which the parser gives a line short."""
    for token, following in pairwise(tokens):
        if token.type == "dd_open" and following.map and token.map:
            token.map = [following.map[0], token.map[1]]
        elif token.map and token.map[0] == token.map[1]:
            token.map = [token.map[0], token.map[0] + 1]
    for token in tokens:
        if token.type == "amsmath" and token.map:
            token.map = [token.map[0], token.map[0] + token.content.count("\n") + 1]
    return tokens


def _padded(text: str, count: int) -> list[str | None]:
    """The lines of a rewritten paragraph in as many places as it had before."""
    lines: list[str | None] = list(text.split("\n"))
    return lines + [None] * (count - len(lines))


def _replace(lines: list[str | None], start: int, end: int, text: str, prefix: str) -> None:
    """Put `text` in the place of a block, apart from its neighbors; what becomes empty takes its blank line along."""
    before = next((line for line in reversed(lines[:start]) if line is not None), "").split("\n")[-1]
    after = next((line for line in lines[end:] if line is not None), "")
    lines[start:end] = [None] * (end - start)
    if not text:
        if not before.strip() and end < len(lines) and lines[end] == "":
            lines[end] = None
        return
    further = re.sub(r"[^>\s]", " ", prefix)
    new = [(further + line).rstrip() for line in text.split("\n")]
    new[0] = (prefix + text.split("\n")[0]).rstrip()
    if before.strip(" >") and further == prefix:
        new.insert(0, further.rstrip())
    if after.strip(" >"):
        new.append(further.rstrip())
    lines[start] = "\n".join(new)


def _prefix(line: str, token: Token) -> str:
    """What stands before a block on its first line: indentation, quote and list marks."""
    if token.markup and token.markup in line:
        return line[: line.index(token.markup)]
    match = re.match(r"[\s>]*(?:(?:[-*+]|\d+[.)])\s+)?", line)
    return match.group() if match and token.level else ""


def _formula(content: str, number: str | None, raise_at: Where) -> str:
    r"""A displayed formula. Lines broken by `\\` are aligned, as Sphinx does on the site."""
    content = content.strip()
    if re.search(r"\n\s*\n", content):
        raise raise_at("a formula with an empty line in it ends there in a notebook")
    outside, previous = content, ""
    while outside != previous:
        outside, previous = (
            re.sub(r"\\begin\{(\w+\*?)\}(?:(?!\\begin).)*?\\end\{\1\}", "", outside, flags=re.DOTALL),
            outside,
        )
    if "\\\\" in outside:
        content = f"\\begin{{aligned}}\n{content}\n\\end{{aligned}}"
    tag = f"\n\\tag{{{number}}}" if number else ""
    return f"$$\n{content}{tag}\n$$"


def _amsmath(token: Token, raise_at: Where) -> str:
    """A bare environment such as align*, in the form that all notebook programs know."""
    if token.meta["numbered"] != "*":
        raise raise_at("write a numbered formula as $$ … $$ (label), and others in a starred environment (align*)")
    inner = {"align": "aligned", "gather": "gathered", "equation": ""}
    environment = token.meta["environment"].rstrip("*")
    if environment not in inner:
        raise raise_at(f"the environment {environment}* has no plain form; use align*, gather* or equation*")
    body = re.sub(r"^\s*\\begin\{\w+\*\}|\\end\{\w+\*\}\s*$", "", token.content).strip()
    name = inner[environment]
    return f"$$\n\\begin{{{name}}}\n{body}\n\\end{{{name}}}\n$$" if name else f"$$\n{body}\n$$"


def _rasterize(path: Path) -> bytes:
    """A drawing as PNG on white, with the fonts that matplotlib brings along: the same on every machine."""
    import matplotlib
    import resvg_py

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return resvg_py.svg_to_bytes(
        svg_string=path.read_text(encoding="utf-8"),
        background="#ffffff",
        zoom=2,
        skip_system_fonts=True,
        font_dirs=[str(fonts)],
        font_family="DejaVu Sans",
        sans_serif_family="DejaVu Sans",
        serif_family="DejaVu Serif",
        monospace_family="DejaVu Sans Mono",
    )


def _remember_places(md: MarkdownIt, rule: str) -> None:
    """Make an inline rule note in its token where in the source it stood; for a link, where its target stood."""
    original = next(r.fn for r in md.inline.ruler.__rules__ if r.name == rule)

    def remembering(state: StateInline, silent: bool) -> bool:
        start, count = state.pos, len(state.tokens)
        label_end = md.helpers.parseLinkLabel(state, start) if rule == "link" and state.src[start] == "[" else start
        state.pos = start
        if not original(state, silent):
            return False
        if not silent and len(state.tokens) > count:
            new = state.tokens[count:]
            token = next(t for t in new if t.type == "link_open") if rule == "link" else new[-1]
            token.meta["place"] = (label_end, state.pos)
            if rule == "link":
                token.meta["empty"] = label_end == start + 1
        return True

    md.inline.ruler.at(rule, remembering)
