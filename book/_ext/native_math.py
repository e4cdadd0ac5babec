r"""Equations as MathML, which browsers draw and screen readers read without a script.

While a page is read, Temml turns each of its formulas from LaTeX into MathML, in a small JavaScript engine inside
Python; the page is then written with what is stored in the formula's node. So one process does all of it, also when
pages are written by several. A formula that Temml cannot read is a warning: the build fails on those.

As Sphinx does for MathJax, a display with `\\` or `&` outside an environment is aligned at its `&`, and a display with
blank lines is one equation per part.
"""

from __future__ import annotations

import atexit
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from py_mini_racer import MiniRacer
from sphinx.application import Sphinx
from sphinx.locale import _
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)

HERE = Path(__file__).parent
SCRIPTS = (HERE / "vendor" / "temml.min.js", HERE / "native_math.js")
ENVIRONMENT = re.compile(r"\\begin\{(\w+\*?)\}(?:(?!\\begin\{).)*?\\end\{\1\}", re.DOTALL)
NUMBERED = re.compile(r"(\\(?:begin|end)\{(?:equation|align|alignat|gather|multline))\}")


@cache
def engine() -> MiniRacer:
    """Start the engine with Temml in it: once for all formulas."""
    context = MiniRacer()
    atexit.register(context.close)  # its thread would sometimes keep an ending process from its end
    for script in SCRIPTS:
        context.eval(script.read_text(encoding="utf-8"))
    return context


@cache
def mathml(tex: str, display: bool) -> str:
    """Return a formula as MathML; raise `ValueError` if Temml cannot read it."""
    html, error = engine().call("render", tex, display)
    if error is not None:
        raise ValueError(" ".join(error.replace("\u0332", "").split()))
    return html


def aligned(tex: str) -> str:
    r"""Return the LaTeX of a display, whose lines may be parted by `\\` or by a blank line, as one formula."""
    parts = [f"\\begin{{aligned}}{part}\\end{{aligned}}" if has_lines(part) else part for part in paragraphs(tex)]
    return parts[0] if len(parts) == 1 else r"\begin{gathered}" + r"\\".join(parts) + r"\end{gathered}"


def paragraphs(tex: str) -> list[str]:
    """Split LaTeX at its blank lines."""
    return [part.strip() for part in re.split(r"\n\s*\n", tex) if part.strip()] or [""]


def has_lines(tex: str) -> bool:
    r"""Say whether LaTeX has `\\` or `&` outside all environments."""
    while (shorter := ENVIRONMENT.sub("", tex)) != tex:
        tex = shorter
    return r"\\" in tex or "&" in tex.replace(r"\&", "")


def convert(document: nodes.document) -> None:
    """Store in each formula of a page its MathML."""
    for node in document.findall(lambda node: isinstance(node, nodes.math | nodes.math_block)):
        if "mathml" in node:
            continue
        tex, display = node.astext(), isinstance(node, nodes.math_block)
        if display:  # Sphinx counts the equations, not Temml
            tex = NUMBERED.sub(r"\1*}", tex) if node.get("nowrap") else aligned(tex)
        try:
            node["mathml"] = mathml(tex, display)
        except ValueError as error:
            logger.warning("%s in the formula %s", error, tex, location=node, type="math", subtype="latex")
            node["mathml"] = f"<code>{escape(node.astext())}</code>"


class NativeMath(SphinxTransform):
    """Converts the formulas of a page before Sphinx copies its headings into the contents."""

    default_priority = 870

    def apply(self, **kwargs: Any) -> None:
        """Treat the whole page."""
        convert(self.document)


def resolved(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Convert what came into a page after it was read, from a bibliography for example."""
    convert(doctree)


def visit_math(self: Any, node: nodes.math) -> None:
    """Write a formula in a line of text."""
    self.body.append(node["mathml"])
    raise nodes.SkipNode


def visit_displaymath(self: Any, node: nodes.math_block) -> None:
    """Write an equation in a box that scrolls if it is too wide, and beside the box its number."""
    self.body.append(self.starttag(node, "div", CLASS="math"))
    self.body.append(f'<div class="equation">{node["mathml"]}</div>')
    if node.get("number"):
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, _("Link to this equation"))
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_transform(NativeMath)
    app.connect("doctree-resolved", resolved)
    app.add_html_math_renderer("native", (visit_math, None), (visit_displaymath, None))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
