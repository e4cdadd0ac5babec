"""Gradients flowing back through the unrolled graph, all the way and cut off at the borders of windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnn.diagrams.canvas import THIN, WORDS, Canvas, check_count

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def backward(steps: int = 3, losses: str = "every") -> Figure:
    """Draw backpropagation through time: thin arrows forward, dashed orange ones for the gradients flowing back.

    Parameters
    ----------
    steps : int
        How many time steps, 1 to 3.
    losses : {"every", "last"}
        Whether there is a loss at every step or only at the last.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If `steps` is no whole number from 1 to 3, or `losses` something else.
    """
    check_count("backward", "steps", steps, 3)
    if losses not in ("every", "last"):
        raise ValueError(f"backward: losses must be 'every' or 'last', got {losses!r}.")
    canvas = Canvas(3.4, 0.8 + 1.5 * steps)
    side = 0.08
    before = canvas.box(0.4, 1.7, "$h_0$")
    canvas.text(0.4, 1.22, "$dL/dh_0$", color="orange")
    for t in range(1, steps + 1):
        state = canvas.box(0.4 + 1.5 * t, 1.7, f"$h_{t}$")
        given = canvas.box(state.x, 0.3, f"$x_{t}$", "input")
        canvas.line(given, state, width=THIN, shift=(-side, 0))
        canvas.gradient(state, given, shift=(side, 0))
        canvas.text(state.x - 0.18, 1.22, f"$dL/dh_{t}$", color="orange", align="right")
        canvas.line(before, state, width=THIN, shift=(0, side))
        canvas.gradient(state, before, shift=(0, -side))
        if losses == "every" or t == steps:
            name = f"$L_{t}$" if losses == "every" else "$L$"
            loss = canvas.box(state.x, 3.1, name, "loss")
            canvas.line(state, loss, width=THIN, shift=(-side, 0))
            canvas.gradient(loss, state, shift=(side, 0))
            canvas.text(state.x - 0.18, 2.4, rf"$\partial^{{+}}\!L/\partial h_{t}$", color="orange", align="right")
        before = state
    return canvas.figure


def truncated(steps: int = 9, window: int = 3) -> Figure:
    """Draw truncated backpropagation through time: the state goes on from window to window, the gradient is cut.

    Parameters
    ----------
    steps : int
        How many time steps, 2 to 12.
    window : int
        How many steps a window has; fewer than `steps`.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If `steps` is no whole number from 2 to 12, or `window` none from 1 to ``steps − 1``.
    """
    check_count("truncated", "steps", steps, 12, least=2)
    check_count("truncated", "window", window, steps - 1)
    canvas = Canvas(1.9)
    y, half, gap = 0.95, 0.135, 0.22  # each border between windows is given a gap
    spread = (5.3 - gap * ((steps - 1) // window)) / steps
    places = [0.05 + spread * (t + 0.5) + gap * (t // window) for t in range(steps)]
    for first in range(0, steps, window):
        last = min(first + window, steps) - 1
        canvas.frame(places[first] - half - 0.06, y - 0.32, places[last] + half + 0.06, y + 0.32, color="gray")
    canvas.text(0.1, 1.65, "The state is carried on \N{RIGHTWARDS ARROW}", align="left", size=WORDS)
    canvas.text(0.1, 0.25, "\N{BLACK SCISSORS} The gradient is cut", color="orange", align="left", size=WORDS)
    before = None
    for t, x in enumerate(places):
        state = canvas.box(x, y, str(t + 1), size=(2 * half, 0.4), letters=WORDS)
        if before is not None:
            canvas.line(before, state, width=THIN, shift=(0, 0.1))
            if t % window:
                canvas.gradient(state, before, shift=(0, -0.1))
            else:
                canvas.text(before.x / 2 + x / 2, y - 0.1, "\N{BLACK SCISSORS}", color="orange", size=16)
        before = state
    return canvas.figure
