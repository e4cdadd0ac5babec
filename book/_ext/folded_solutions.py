"""Solutions to exercises are folded until a reader opens them, and no two elements of a page share an `id`.

sphinx-exercise wraps the contents of every exercise and solution in a section with the same `id`. Here that section
becomes a plain container, and each solution gets the class that makes it fold.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx_exercise.nodes import is_extension_node, is_solution_node


class FoldedSolutions(SphinxTransform):
    """Runs after sphinx-exercise has merged what stands between its gates."""

    default_priority = 15

    def apply(self, **kwargs: Any) -> None:
        """Treat every exercise and solution of the page."""
        for node in list(self.document.findall(is_extension_node)):
            for section in [child for child in node.children if isinstance(child, nodes.section)]:
                node.replace(section, nodes.container("", *section.children, classes=["exercise-body"]))
            if is_solution_node(node) and "dropdown" not in node["classes"]:
                node["classes"].append("dropdown")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_transform(FoldedSolutions)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
