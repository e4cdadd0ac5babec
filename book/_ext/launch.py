"""How to run a page's code: its notebook to download, and programs that open it.

A page with code cells offers its derived notebook (`notebooks/PART/NAME.ipynb` beside the pages) and opens it in the
browser itself (`lite/`, see tools/lite.py). Colab and Binder open it from the branch `notebooks` of the repository the
site is published from; a site built on a reader's own machine has none, and no such links.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx

from published import repository


def places(page: str, content_root: str) -> list[dict[str, Any]]:
    """Return the ways to run `page`, in the order they are offered; `content_root` leads from it to the first page."""
    notebook = f"{page}.ipynb"
    ways = [
        {
            "text": "Run in the browser",
            "title": "Python and the package run on this page's site, in your browser; nothing is installed",
            "address": f"{content_root}lite/notebooks/index.html?path={quote(notebook)}",
            "needs_http": True,
        }
    ]
    if name := repository():
        ways += [
            {
                "text": "Open in Colab",
                "title": "A machine of Google's runs it; it asks for an account",
                "address": f"https://colab.research.google.com/github/{name}/blob/notebooks/{notebook}",
            },
            {
                "text": "Open in Binder",
                "title": "A machine of mybinder.org runs it; the first start takes minutes",
                "address": f"https://mybinder.org/v2/gh/{name}/notebooks?labpath={quote(notebook, safe='')}",
            },
        ]
    download = {
        "text": "Download .ipynb",
        "title": "The notebook for Jupyter or VS Code on your machine",
        "address": f"{content_root}notebooks/{notebook}",
        "download": page.rpartition("/")[2] + ".ipynb",
    }
    return [*ways, download]


def offer(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None) -> None:
    """Give the template the ways to run the page, if there is code on it."""
    code = any(node.get("nb_element") == "cell_code" for node in doctree.findall(nodes.container)) if doctree else False
    context["launch"] = places(page, context["content_root"]) if code else []


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.connect("html-page-context", offer)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
