"""Figures for light and dark pages, and no figure without a text that says what one sees.

Drawings use the light colors of `rnn.plotting.PALETTE`. While a page is read, each of its SVG images that does is
replaced by two copies: one for light pages (class `only-light`) and one with every color exchanged for its dark partner
(class `only-dark`). Both carry the text, the width and the height of the drawing, so that nothing moves while a page
loads. An image without `alt` text, and a drawing from a cell in other colors, is a warning: the build fails on those.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from rnn.plotting import PALETTE

logger = logging.getLogger(__name__)

LIGHT = {light: "none" if dark == "none" else light for light, dark in PALETTE.values()}
DARK = dict(PALETTE.values())
TELLING = [light for name, (light, _) in PALETTE.items() if name not in ("paper", "veil")]
POINTS = {"pt": 4 / 3, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "px": 1.0, "": 1.0}


class DarkFigures(SphinxTransform):
    """Doubles the SVG images of a page; runs before Sphinx collects the images to copy."""

    default_priority = 870

    def apply(self, **kwargs: Any) -> None:
        """Treat every image of the page."""
        for image in list(self.document.findall(nodes.image)):
            if not image.get("alt", "").strip():
                logger.warning(
                    "this image has no alt text; give a cell `mystnb: image: alt:`, a {figure} or {image} `:alt:`",
                    location=image,
                    type="figures",
                    subtype="alt",
                )
            path = Path(self.env.relfn2path(image["uri"], self.env.docname)[1])
            if "://" not in image["uri"] and path.suffix == ".svg" and path.exists():
                self._double(image, path)

    def _double(self, image: nodes.image, path: Path) -> None:
        svg = path.read_text(encoding="utf-8")
        if not any(color in svg.lower() for color in TELLING):
            if re.search(r"<svg[^>]*\bviewBox", svg) and "jupyter_execute" in path.parts:
                logger.warning(
                    "this figure does not use the book's colors and is unreadable on dark pages; "
                    "call rnn.plotting.use_style() first",
                    location=image,
                    type="figures",
                    subtype="palette",
                )
            return
        width, height = size(svg)
        if not {"width", "height", "scale"} & set(image.attributes):
            image["width"], image["height"] = str(round(width)), str(round(height))
        image["natural"] = f'width="{round(width)}" height="{round(height)}"'
        light, dark = image.deepcopy(), image.deepcopy()
        for copy, colors, name in ((light, LIGHT, "only-light"), (dark, DARK, "only-dark")):
            copy["uri"] = self._write(recolor(svg, colors))
            copy["classes"] = [*image["classes"], name, "no-scaled-link"]
            copy["ids"], copy["names"] = [], []
        # One element around both: the theme also hides a caption that follows a hidden copy.
        both = nodes.inline("", "", light, dark, classes=["light-and-dark"], ids=image["ids"], names=image["names"])
        image.parent.replace(image, both)

    def _write(self, svg: str) -> str:
        """Store a copy under the hash of its contents and return its address as seen from the source folder."""
        folder = Path(self.env.doctreedir).parent / "figures"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{hashlib.sha256(svg.encode()).hexdigest()[:20]}.svg"
        if not target.exists():
            target.write_text(svg, encoding="utf-8", newline="\n")
        return "/" + Path(os.path.relpath(target, self.env.srcdir)).as_posix()


def recolor(svg: str, colors: dict[str, str]) -> str:
    """Exchange colors, all at once and whatever the case of their letters."""
    pattern = re.compile("|".join(map(re.escape, colors)), re.IGNORECASE)
    return pattern.sub(lambda match: colors[match.group().lower()], svg)


def size(svg: str) -> tuple[float, float]:
    """Width and height of an SVG in CSS pixels, from its attributes or else from its view box."""
    root = re.search(r"<svg\b[^>]*>", svg)
    tag = root.group() if root else ""
    found = [re.search(rf'\s{name}="([\d.]+)(pt|in|cm|mm|px|)"', tag) for name in ("width", "height")]
    if found[0] and found[1]:
        width, height = (float(match.group(1)) * POINTS[match.group(2)] for match in found if match)
        return width, height
    box = re.search(r'\bviewBox="[\d.\-]+[\s,]+[\d.\-]+[\s,]+([\d.]+)[\s,]+([\d.]+)"', tag)
    if box is None:
        raise ValueError("an SVG needs a width and a height, or a viewBox")
    return float(box.group(1)), float(box.group(2))


def visit_image(self: Any, node: nodes.image) -> None:
    """Write an image as the theme does, with its size as attributes: a style would distort it on a narrow screen.

    It is loaded when a reader comes near it, and so the copy for the other color scheme never is.
    """
    type(self).visit_image(self, node)
    tag = re.sub(r'style="width: (\d+)px; height: (\d+)px;"', r'width="\1" height="\2"', self.body[-1])
    if " width=" not in tag and "natural" in node:
        tag = tag.replace("<img ", f"<img {node['natural']} ", 1)
    self.body[-1] = tag.replace("<img ", '<img loading="lazy" decoding="async" ', 1)


def depart_image(self: Any, node: nodes.image) -> None:
    """Finish an image as the theme does."""
    type(self).depart_image(self, node)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_transform(DarkFigures)
    app.add_node(nodes.image, override=True, html=(visit_image, depart_image))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
