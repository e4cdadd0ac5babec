"""The picture that stands for a page where somebody shares its address: 1200 by 630 pixels, in the book's design.

It shows the part, the title, the book's name, and an unrolled network in which the step of the page's number is filled.
Letters are those of the pages. The same page always gives the same file.
"""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rnn.plotting import COLORS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT, MARGIN = 1200, 630, 84
STEPS = 9
FACE = "source-serif-4-latin-wght-normal.woff2"


@dataclass(frozen=True)
class Card:
    """What a card says: `kicker` stands above the title; `number` is the step that is filled, 0 for none."""

    title: str
    kicker: str
    book: str
    site: str
    number: int


class Painter:
    """Draws cards; `work` is a folder for the letters, which matplotlib reads from files."""

    def __init__(self, fonts: Path, work: Path) -> None:
        from matplotlib.font_manager import FontProperties

        self.bold, self.regular = FontProperties(weight="bold"), FontProperties()
        if (fonts / FACE).exists():
            from fontTools.ttLib import TTFont
            from fontTools.varLib.instancer import instantiateVariableFont

            for name in ("regular", "bold"):
                face = TTFont(fonts / FACE)
                if name == "bold":  # instead of the file's own weight
                    face = instantiateVariableFont(face, {"wght": 640})
                face.flavor = None  # no longer compressed
                path = work / f"card-{name}.ttf"
                face.save(path)
                setattr(self, name, FontProperties(fname=path))

    def draw(self, cards: dict[str, Card], folder: Path) -> None:
        """Draw each card into a file of its name."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, card in cards.items():
            (folder / f"{name}.png").write_bytes(self.png(card))

    def png(self, card: Card) -> bytes:
        """Return the picture; few colors keep it small."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
        from PIL import Image

        figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100, facecolor="#fefefe")
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
        axes.axis("off")
        lines, size = textwrap.wrap(card.title, 22), 60  # points of 1/72 inch, at 100 pixels an inch
        if len(lines) > 2:
            lines, size = textwrap.wrap(card.title, 28), 46
        ink, quiet = COLORS["ink"], COLORS["gray"]
        axes.text(MARGIN, 545, card.kicker, color=COLORS["blue"], fontproperties=self.regular, fontsize=24, va="center")
        title = {"color": ink, "fontproperties": self.bold, "fontsize": size, "va": "top", "linespacing": 0.88}
        axes.text(MARGIN - 3, 506, "\n".join(lines), parse_math=False, **title)
        if card.book != card.title:
            axes.text(MARGIN, 62, card.book, color=quiet, fontproperties=self.regular, fontsize=20, va="center")
        right = WIDTH - MARGIN
        axes.text(right, 62, card.site, color=quiet, fontproperties=self.regular, fontsize=20, va="center", ha="right")
        unrolled(axes, card.number)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        image = Image.frombuffer("RGBA", canvas.get_width_height(), canvas.buffer_rgba()).convert("RGB")
        file = io.BytesIO()
        image.quantize(64).save(file, "PNG", optimize=True)
        return file.getvalue()


def unrolled(axes: Axes, number: int) -> None:
    """Draw inputs below, states in a row, and the arrows of an unrolled network; the step `number` is filled."""
    from matplotlib.patches import Circle, FancyArrowPatch

    state, green, fill = COLORS["blue"], COLORS["green"], COLORS["fill"]
    step = (WIDTH - 2 * MARGIN - 44) / (STEPS - 1)
    for t in range(STEPS):
        x, here = MARGIN + 22 + t * step, number and t == (number - 1) % STEPS
        axes.add_patch(Circle((x, 196), 22, facecolor=state if here else fill, edgecolor=state, linewidth=2.5))
        axes.add_patch(Circle((x, 122), 8, facecolor=green if here else "none", edgecolor=green, linewidth=2.5))
        ways = [((x, 132), (x, 172), green)] + [((x + 24, 196), (x + step - 24, 196), state)] * (t < STEPS - 1)
        for start, end, color in ways:
            style = {"arrowstyle": "-|>", "mutation_scale": 15, "linewidth": 2.2, "shrinkA": 0, "shrinkB": 0}
            axes.add_patch(FancyArrowPatch(start, end, color=color, **style))
