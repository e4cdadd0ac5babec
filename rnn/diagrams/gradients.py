"""Gradients flowing back through the unrolled graph, all the way and cut off at the borders of windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnn.diagrams.canvas import THIN, Canvas, check_count

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
    canvas = Canvas(3.4)
    side = 0.08
    before = canvas.box(0.4, 1.7, "$h_0$")
    canvas.text(0.4, 1.22, "$dL/dh_0$", color="orange")
    for t in range(1, steps + 1):
        state = canvas.box(0.4 + 1.5 * t, 1.7, f"$h_{t}$")
        given = canvas.box(state.x, 0.3, f"$x_{t}$", "input")
        canvas.line(given, state, width=THIN)
        canvas.text(state.x - 0.12, 1.22, f"$dL/dh_{t}$", color="orange", align="right")
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
    check_count("truncated", "steps", steps, 12)
    check_count("truncated", "window", window, steps - 1)
    canvas = Canvas(2.2)
    spread = 5.3 / steps
    before = None
    for t in range(1, steps + 1):
        state = canvas.box(0.05 + spread * (t - 0.5), 1.1, str(t), size=(0.3, 0.36), letters=12)
        if before is not None:
            canvas.line(before, state, width=THIN, shift=(0, 0.09))
            if (t - 1) % window:
                canvas.gradient(state, before, shift=(0, -0.09))
            else:
                middle = (before.x + state.x) / 2
                canvas.line((middle, 0.3), (middle, 1.0), color="gray", dash=":", head=False, name="border")
                canvas.text(middle, 0.95, "\N{BLACK SCISSORS}", color="orange", size=18)
        before = state
    return canvas.figure
