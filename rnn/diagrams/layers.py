"""More than one recurrent layer: two directions side by side, layers on top of one another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from rnn.diagrams.canvas import NODE, Canvas, check_count
from rnn.diagrams.geometry import Shape

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def bidirectional(steps: int = 3) -> Figure:
    """Draw two layers that read the same inputs, one forward and one backward, their states side by side above.

    Parameters
    ----------
    steps : int
        How many time steps, 1 to 3.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If `steps` is no whole number from 1 to 3.
    """
    check_count("bidirectional", "steps", steps, 3)
    canvas = Canvas(3.9, 1.7 * steps - 0.3)
    forward, backward = [], []
    for t in range(1, steps + 1):
        x = 0.7 + 1.7 * (t - 1)
        given = canvas.box(x, 0.3, f"$x_{t}$", "input", size=(1.1, NODE[1]))
        ahead = canvas.box(x - 0.36, 1.4, rf"$\overrightarrow{{h}}_{t}$")
        behind = canvas.box(x + 0.36, 2.4, rf"$\overleftarrow{{h}}_{t}$")
        joined = canvas.box(x, 3.6, f"$z_{t}$", "output", size=(1.1, NODE[1]))
        canvas.line((ahead.x, given.y + 0.22), ahead)
        canvas.line((behind.x, given.y + 0.22), behind)
        canvas.line(ahead, (ahead.x, joined.y - 0.22))
        canvas.line(behind, (behind.x, joined.y - 0.22))
        forward.append(ahead)
        backward.append(behind)
    for one, other in pairwise(forward):
        canvas.line(one, other, over="veil", color="blue", name="state-passed")
    for one, other in pairwise(backward):
        canvas.line(other, one, over="veil", color="blue", dash="--", name="state-passed")
    return canvas.figure


def stacked(layers: int = 2, steps: int = 3) -> Figure:
    """Draw recurrent layers on top of one another: the states of one are the inputs of the next.

    Parameters
    ----------
    layers : int
        How many layers, 1 to 4.
    steps : int
        How many time steps, 1 to 4.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If `layers` or `steps` is no whole number from 1 to 4.
    """
    check_count("stacked", "layers", layers, 4)
    check_count("stacked", "steps", steps, 4)
    canvas = Canvas(1.6 + layers, 1.3 * steps - 0.3)
    before: list[Shape] = []
    for t in range(1, steps + 1):
        x = 0.5 + 1.3 * (t - 1)
        below = canvas.box(x, 0.3, f"$x_{t}$", "input")
        states = []
        for layer in range(1, layers + 1):
            state = canvas.box(x, 0.3 + layer, f"$h^{{({layer})}}_{t}$", size=(0.66, 0.5))
            canvas.line(below, state)
            states.append(state)
            below = state
        canvas.line(below, canvas.box(x, 1.3 + layers, f"$z_{t}$", "output"))
        for one, other in zip(before, states, strict=False):
            canvas.line(one, other, color="blue", name="state-passed")
        before = states
    return canvas.figure
