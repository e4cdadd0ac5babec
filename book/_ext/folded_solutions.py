"""Solutions fold, natively: a `<details>` that the keyboard opens, and that works without JavaScript.

sphinx-exercise wraps the contents of every exercise and solution in a section with the same `id`; that section becomes
a plain container. A solution, and any other admonition of the class `dropdown`, becomes a folded block whose title
opens it. Titles read "Exercise 2.1 · Its title", as in the notebooks, and an exercise has a link to itself, as headings
have.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import is_exercise_node, is_extension_node, is_solution_node


class folded(nodes.General, nodes.Element):  # noqa: N801, docutils names its nodes like this
    """A block that is folded until a reader opens it; its first child is a `summary`."""


class summary(nodes.General, nodes.TextElement):  # noqa: N801
    """The line that opens a folded block."""


class permalink(nodes.General, nodes.Element):  # noqa: N801
    """A link from a block to itself."""


class PlainBodies(SphinxTransform):
    """Runs after sphinx-exercise has merged what stands between its gates."""

    default_priority = 15

    def apply(self, **kwargs: Any) -> None:
        """Treat every exercise and solution of the page."""
        for node in list(self.document.findall(is_extension_node)):
            for section in [child for child in node.children if isinstance(child, nodes.section)]:
                node.replace(section, nodes.container("", *section.children, classes=["exercise-body"]))


class Fold(SphinxPostTransform):
    """Runs after sphinx-exercise has written its titles."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Fold what is to be folded, and give exercises their link."""
        for node in list(self.document.findall(is_exercise_node)):
            without_parentheses(node[0])
            if node.get("ids"):
                node[0].append(permalink(target=node["ids"][0], text="Link to this exercise"))
        for node in list(self.document.findall(nodes.Admonition)):
            if is_solution_node(node) or "dropdown" in node.get("classes", ()):
                node.replace_self(fold(node))


def without_parentheses(title: nodes.Element) -> None:
    """Take off the parentheses that sphinx-exercise puts around an exercise's own title."""
    if title.astext().endswith(")") and isinstance(title[-1], nodes.Text):
        opening = next((i for i, child in enumerate(title) if child.astext().startswith((" (", "("))), None)
        if opening is not None:
            title[-1] = nodes.Text(title[-1].removesuffix(")"))
            title[opening] = nodes.Text(title[opening].replace("(", "· ", 1))


def fold(node: nodes.Element) -> folded:
    """Return an admonition as a folded block with the same title, contents, classes, and address."""
    title = summary()
    for child in node[0].children:  # a link inside would be a control within a control: only its text stays
        title += child.children if isinstance(child, nodes.reference) else child
    if is_solution_node(node):
        without_parentheses(title)
    classes = [name for name in node["classes"] if name != "dropdown"]
    return folded("", title, *node.children[1:], classes=classes, ids=node["ids"], names=node["names"])


def visit_folded(self: Any, node: folded) -> None:
    """Begin the block."""
    self.body.append(self.starttag(node, "details", CLASS="admonition"))


def depart_folded(self: Any, node: folded) -> None:
    """End the block."""
    self.body.append("</details>\n")


def visit_summary(self: Any, node: summary) -> None:
    """Begin the line that opens the block."""
    self.body.append("<summary>")


def depart_summary(self: Any, node: summary) -> None:
    """End the line that opens the block."""
    self.body.append("</summary>\n")


def visit_permalink(self: Any, node: permalink) -> None:
    """Write the link as Sphinx writes those of headings."""
    target, text = node["target"], node["text"]
    self.body.append(f'<a class="headerlink" href="#{target}" title="{text}" aria-label="{text}">#</a>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_node(folded, html=(visit_folded, depart_folded))
    app.add_node(summary, html=(visit_summary, depart_summary))
    app.add_node(permalink, html=(visit_permalink, None))
    app.add_transform(PlainBodies)
    app.add_post_transform(Fold)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
