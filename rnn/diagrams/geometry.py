"""Where things stand on a sheet, where a line meets their outline, and how it turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.path import Path

CORNER = 0.1  # inches: radius where a line turns

Point = tuple[float, float]


@dataclass(frozen=True)
class Shape:
    """Where something stands: its center and its size; `round` for a circle."""

    x: float
    y: float
    width: float
    height: float
    round: bool = False

    @property
    def center(self) -> Point:
        """The middle."""
        return self.x, self.y

    def edge(self, toward: Point) -> Point:
        """Return the point of the outline on the straight line from the center to a point."""
        dx, dy = toward[0] - self.x, toward[1] - self.y
        if self.round:
            scale = self.width / 2 / (hypot(dx, dy) or 1.0)
        else:
            ratios = [size / 2 / abs(d) for size, d in ((self.width, dx), (self.height, dy)) if d]
            scale = min(ratios, default=0.0)
        return self.x + scale * dx, self.y + scale * dy


def rounded(points: Sequence[Point]) -> Path:
    """Return the path through the points, each turn cut off and bent."""
    from matplotlib.path import Path

    vertices, codes = [points[0]], [Path.MOVETO]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        ends = []
        for x, y in (before, after):
            length = hypot(x - corner[0], y - corner[1])
            part = min(CORNER / length, 0.5)
            ends.append((corner[0] + part * (x - corner[0]), corner[1] + part * (y - corner[1])))
        vertices += [ends[0], corner, ends[1]]
        codes += [Path.LINETO, Path.CURVE3, Path.CURVE3]
    return Path([*vertices, points[-1]], [*codes, Path.LINETO])
