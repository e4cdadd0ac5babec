"""One visual language for every diagram of this book: boxes, operations, arrows, labels on a sheet measured in inches.

A color and a place mean the same thing everywhere. Inputs are green and stand below, states are blue and are passed on
along the horizontal, outputs are purple and stand above, losses are orange. Gradients flow back, dashed and orange. The
three weight matrices have colors and dashes of their own: W_xh green and dashed, W_hh blue and solid, W_hy purple and
dotted. All sizes are here: on a sheet no wider than `rnn.plotting.WIDTH`, letters stay
readable when a phone shrinks it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import hypot
from typing import TYPE_CHECKING, Literal

from rnn.diagrams.geometry import Point, Shape, rounded
from rnn.plotting import COLORS, WIDTH, _pyplot

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

TEXT, WORDS = 14.0, 12.0  # points: symbols, whose indices are smaller, and words
NODE = (0.56, 0.44)  # inches: width and height of a box
GATE = (0.54, 0.36)
CIRCLE = 0.32  # diameter of an operation
LINE, THIN = 1.6, 1.1  # points
HEAD = (0.13, 0.055)  # inches: length and half the width of an arrow's head
KINDS = {"input": "green", "state": "blue", "output": "purple", "loss": "orange", "plain": "ink", "gate": "ink"}
DASHES: dict[str, str | tuple[int, tuple[float, ...]]] = {"-": "-", "--": (0, (4.0, 2.2)), ":": (0, (1.2, 1.6))}

Align = Literal["left", "center", "right"]


class Canvas:
    """A sheet of a given size in inches, the origin at the lower left.

    Parameters
    ----------
    height, width : float
        The size of the sheet.
    """

    def __init__(self, height: float, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        from matplotlib.layout_engine import PlaceHolderLayoutEngine

        as_placed = PlaceHolderLayoutEngine(adjust_compatible=True, colorbar_gridspec=True)
        self.figure: Figure = _pyplot().figure(figsize=(width, height), layout=as_placed, facecolor=COLORS["paper"])
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set(xlim=(0.0, width), ylim=(0.0, height))
        self.axes.axis("off")
        self._drawn: Counter[str] = Counter()

    def text(
        self, x: float, y: float, text: str, *, color: str = "ink", align: Align = "center", size: float = TEXT
    ) -> None:
        """Write a label, centered on its height."""
        self.axes.text(
            x, y, text, color=COLORS[color], ha=align, va="center", fontsize=size, zorder=5, linespacing=1.25
        )

    def frame(self, left: float, bottom: float, right: float, top: float, *, color: str = "blue") -> None:
        """Draw a large box with rounded corners around other things: a cell, a window, a group."""
        center = (left + right) / 2, (bottom + top) / 2
        self._box("frame", Shape(*center, right - left, top - bottom), color, radius=0.18, zorder=0)

    def box(
        self, x: float, y: float, text: str = "", kind: str = "state", *, size: Point = NODE, letters: float = TEXT
    ) -> Shape:
        """Draw a box with rounded corners in the color of its kind, and return its shape."""
        shape = Shape(x, y, *size)
        self._box(kind, shape, KINDS[kind], radius=0.1, zorder=3)
        if text:
            self.text(x, y, text, size=letters)
        return shape

    def operation(self, x: float, y: float, text: str) -> Shape:
        """Draw an operation on whole arrays, ×, + or 1−, as a circle, and return its shape."""
        from matplotlib.patches import Circle

        circle = Circle((x, y), CIRCLE / 2, facecolor=COLORS["veil"], edgecolor=COLORS["ink"], linewidth=LINE, zorder=3)
        self._add(circle, "operation")
        self.text(x, y, text, size=TEXT if len(text) == 1 else WORDS)
        return Shape(x, y, CIRCLE, CIRCLE, round=True)

    def dot(self, x: float, y: float, color: str = "ink") -> None:
        """Mark a place where a line branches."""
        from matplotlib.patches import Circle

        self._add(Circle((x, y), 0.045, facecolor=COLORS[color], edgecolor="none", zorder=4), "dot")

    def line(
        self,
        start: Shape | Point,
        end: Shape | Point,
        *,
        via: Sequence[Point] = (),
        color: str = "ink",
        dash: str = "-",
        width: float = LINE,
        head: bool = True,
        over: str | None = None,
        shift: Point = (0.0, 0.0),
        name: str = "forward",
    ) -> None:
        """Draw an arrow along straight pieces with rounded corners.

        Parameters
        ----------
        start, end : Shape or point
            Where it begins and ends; with a shape, at its outline.
        via : sequence of points
            Where it turns.
        color, dash, width
            A color's name, a key of `DASHES`, and points.
        head : bool
            Whether the end has an arrow's head.
        over : str, optional
            Color of the ground, for a line that crosses over another one.
        shift : point
            Moves the whole arrow, to draw two beside each other.
        name : str
            What kind of thing flows here; tests count by it.
        """
        from matplotlib.patches import PathPatch, Polygon

        toward = [*via, end.center if isinstance(end, Shape) else end]
        back = [start.center if isinstance(start, Shape) else start, *via]
        points = [start.edge(toward[0]) if isinstance(start, Shape) else start, *via]
        points.append(end.edge(back[-1]) if isinstance(end, Shape) else end)
        points = [(x + shift[0], y + shift[1]) for x, y in points]
        if head:
            (x0, y0), (x1, y1) = points[-2:]
            length = hypot(x1 - x0, y1 - y0)
            ux, uy = (x1 - x0) / length, (y1 - y0) / length
            x, y = x1 - HEAD[0] * ux, y1 - HEAD[0] * uy
            corners = [(x1, y1), (x - HEAD[1] * uy, y + HEAD[1] * ux), (x + HEAD[1] * uy, y - HEAD[1] * ux)]
            self._add(Polygon(corners, facecolor=COLORS[color], edgecolor="none", zorder=4), "head")
            points[-1] = (x, y)
        path = rounded(points)
        if over is not None:
            self.axes.add_patch(PathPatch(path, fill=False, edgecolor=COLORS[over], linewidth=7, zorder=1.5))
        drawn = PathPatch(
            path,
            fill=False,
            edgecolor=COLORS[color],
            linewidth=width,
            linestyle=DASHES[dash],
            capstyle="butt",
            zorder=1 if over is None else 2,
        )
        self._add(drawn, name)

    def gradient(
        self, start: Shape | Point, end: Shape | Point, *, via: Sequence[Point] = (), shift: Point = (0.0, 0.0)
    ) -> None:
        """Draw what flows back: a dashed orange arrow."""
        self.line(start, end, via=via, color="orange", dash="--", width=1.8, shift=shift, name="gradient")

    def _box(self, name: str, shape: Shape, color: str, *, radius: float, zorder: float) -> None:
        from matplotlib.patches import FancyBboxPatch

        corner = shape.x - shape.width / 2, shape.y - shape.height / 2
        style = f"round,pad=0,rounding_size={radius}"
        # A frame stays light and empty, so that the boxes within it stand out.
        face, width = (COLORS["veil"], THIN) if name == "frame" else (COLORS["fill"], LINE)
        drawn = FancyBboxPatch(
            corner,
            shape.width,
            shape.height,
            boxstyle=style,
            facecolor=face,
            edgecolor=COLORS[color],
            linewidth=width,
            zorder=zorder,
        )
        self._add(drawn, name)

    def _add(self, patch: Patch, name: str) -> None:
        self._drawn[name] += 1
        patch.set_gid(f"{name}-{self._drawn[name]}")
        self.axes.add_patch(patch)


def column(
    canvas: Canvas,
    x: float,
    rows: tuple[float, float, float],
    given: str | None,
    state: str | None,
    result: str | None,
    *,
    size: Point = NODE,
) -> Shape:
    """Draw one time step, an input below, a state, an output above, with the arrows between; return the state's shape.

    None leaves out the input or the output; an empty text draws an empty box.
    """
    shape = canvas.box(x, rows[1], state or "", size=size)
    if given is not None:
        canvas.line(canvas.box(x, rows[0], given, "input", size=size), shape)
    if result is not None:
        canvas.line(shape, canvas.box(x, rows[2], result, "output", size=size))
    return shape


def check_count(function: str, name: str, value: int, most: int, least: int = 1) -> None:
    """Raise ValueError unless a number of steps or layers is whole and fits on a sheet."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{function}: {name} must be a whole number from {least} to {most}, got {value!r}.")
