"""Networks and what flows forward in them: the loop, the unrolled graph, shared weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rnn.diagrams.canvas import WORDS, Canvas, check_count, column
from rnn.diagrams.geometry import Shape
from rnn.plotting import WIDTH

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def loop_and_unrolled(steps: int = 3) -> Figure:
    """Draw a recurrent network as a loop, and beside it the same network unrolled over time.

    Parameters
    ----------
    steps : int
        How many time steps are unrolled, 1 to 3.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If `steps` is no whole number from 1 to 3.
    """
    check_count("loop_and_unrolled", "steps", steps, 3)
    canvas = Canvas(2.6, 2.36 + 0.98 * steps)
    rows = (0.3, 1.3, 2.3)
    loop = column(canvas, 0.36, rows, "$x_t$", "$h_t$", "$z_t$")
    right, y = loop.x + loop.width / 2, loop.y
    canvas.line(
        (right, y + 0.12), (right, y - 0.12), via=[(right + 0.36, y + 0.12), (right + 0.36, y - 0.12)], color="blue"
    )
    canvas.text(right + 0.44, y, "$h_{t-1}$", align="left")
    canvas.text(1.82, y, "=", size=18)
    canvas.text(2.2, y, "$h_0$")
    before: Shape | tuple[float, float] = (2.38, y)
    for t in range(1, steps + 1):
        state = column(canvas, 2.0 + 0.98 * t, rows, f"$x_{t}$", f"$h_{t}$", f"$z_{t}$")
        canvas.line(before, state, color="blue", name="state-passed")
        before = state
    return canvas.figure


def shared_weights(steps: int = 3) -> Figure:
    """Draw an unrolled network with the weight matrix of each arrow beside it: the same color is the same matrix.

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
    check_count("shared_weights", "steps", steps, 3)
    canvas = Canvas(3.0, 0.9 + 1.5 * steps)
    before = canvas.box(0.36, 1.5, "$h_0$")
    for t in range(1, steps + 1):
        x = 0.36 + 1.5 * t
        given = canvas.box(x, 0.3, f"$x_{t}$", "input")
        state = canvas.box(x, 1.5, f"$h_{t}$")
        result = canvas.box(x, 2.7, f"$z_{t}$", "output")
        canvas.line(given, state, color="green", dash="--", name="W_xh")
        canvas.text(x + 0.1, 0.9, "$W_{xh}$", color="green", align="left")
        canvas.line(before, state, color="blue", name="W_hh")
        canvas.text((before.x + x) / 2, 1.7, "$W_{hh}$", color="blue")
        canvas.line(state, result, color="purple", dash=":", name="W_hy")
        canvas.text(x + 0.1, 2.1, "$W_{hy}$", color="purple", align="left")
        before = state
    return canvas.figure


def feedforward_and_recurrent() -> Figure:
    """Draw a feedforward network, with other weights for each input, and a recurrent one, which shares them.

    Returns
    -------
    Figure
    """
    canvas = Canvas(5.7)
    canvas.text(0.05, 5.57, "Feedforward: other weights at each place", align="left")
    places = (0.9, 2.5, 4.1)
    hidden = canvas.box(2.5, 4.3, "$h$")
    canvas.line(hidden, canvas.box(2.5, 5.05, "$z$", "output"))
    for t, (x, dash) in enumerate(zip(places, ("-", "--", ":"), strict=True), 1):
        canvas.line(canvas.box(x, 3.3, f"$x_{t}$", "input"), hidden, dash=dash, name="separate")
        canvas.text((1.5, 2.75, 3.5)[t - 1], (3.98, 3.76, 3.98)[t - 1], f"$W_{t}$")
    canvas.text(0.05, 2.75, "Recurrent: the same weights at every step", align="left")
    before: Shape | None = None
    for t, x in enumerate(places, 1):
        state = canvas.box(x, 1.3, f"$h_{t}$")
        canvas.line(canvas.box(x, 0.3, f"$x_{t}$", "input"), state, color="green", dash="--", name="W_xh")
        canvas.text(x + 0.1, 0.8, "$W_{xh}$", color="green", align="left")
        if before is not None:
            canvas.line(before, state, color="blue", name="W_hh")
            canvas.text((before.x + x) / 2, 1.5, "$W_{hh}$", color="blue")
        before = state
    canvas.line((places[2], 1.52), canvas.box(places[2], 2.3, "$z_3$", "output"), color="purple", dash=":", name="W_hy")
    canvas.text(places[2] + 0.1, 1.85, "$W_{hy}$", color="purple", align="left")
    return canvas.figure


def elman_and_jordan() -> Figure:
    """Draw what is fed back: the state in Elman's network, the output in Jordan's.

    Returns
    -------
    Figure
    """
    canvas = Canvas(5.75)
    for title, bottom, jordan in (
        ("Elman: the state is fed back", 3.0, False),
        ("Jordan: the output is fed back", 0.0, True),
    ):
        canvas.text(0.05, bottom + 2.6, title, align="left")
        before: Shape | None = None
        for t in (1, 2, 3):
            x = 1.0 + 1.7 * (t - 1)
            state = canvas.box(x, bottom + 1.2, f"$h_{t}$")
            canvas.line(canvas.box(x, bottom + 0.3, f"$x_{t}$", "input"), state)
            result = canvas.box(x, bottom + 2.1, f"$z_{t}$", "output")
            canvas.line(state, result)
            if before is not None:
                canvas.line(
                    before, state, color="purple" if jordan else "blue", dash="--" if jordan else "-", name="fed"
                )
            before = result if jordan else state
    return canvas.figure


def unrolled(
    inputs: Sequence[str | None],
    outputs: Sequence[str | None],
    states: Sequence[str] | None = None,
    cell: str = "RNN",
) -> Figure:
    """Draw a network unrolled over time: inputs below, one cell a step with the state passed on, outputs above.

    Parameters
    ----------
    inputs, outputs : sequence of str or None
        What goes in and comes out at each of T steps; None draws no arrow there (many-to-one, one-to-many).
    states : sequence of str, optional
        Names of the T + 1 states between the cells, the initial one first; h₀ … h_T if left out.
    cell : str
        The name inside every cell: one and the same set of weights.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If there is no step, the sequences differ in length, or the cells do not fit on a sheet.
    """
    steps = len(inputs)
    names = list(states) if states is not None else [f"$h_{{{t}}}$" for t in range(steps + 1)]
    if steps == 0 or len(outputs) != steps or len(names) != steps + 1:
        raise ValueError(
            "unrolled: inputs and outputs must have the same length T ≥ 1 and states T + 1 entries, "
            f"got {steps}, {len(outputs)} and {len(names)}."
        )
    width = max(0.48, 0.115 * len(cell) + 0.14)
    step = min(1.3, (WIDTH - 0.1 + width) / (steps + 1))  # the arrows before the first cell and after the last included
    gap = step - width
    if gap < 0.22:
        raise ValueError(
            f"unrolled: {steps} cells named {cell!r} do not fit on a sheet; draw the first ones and the last."
        )
    canvas = Canvas(2.3, (steps + 1) * step - width + 0.1)
    for t, (given, result) in enumerate(zip(inputs, outputs, strict=True)):
        x = 0.05 + (t + 1) * step - width / 2
        shape = canvas.box(x, 1.15, cell, size=(width, 0.5), letters=WORDS)
        if given is not None:
            canvas.line((x, 0.38), shape)
            canvas.text(x, 0.2, given)
        if result is not None:
            canvas.line(shape, (x, 1.92))
            canvas.text(x, 2.1, result)
    for t, name in enumerate(names):
        start = 0.05 + t * step
        canvas.line((start, 1.15), (start + gap, 1.15), color="blue", name="state-passed")
        canvas.text(start + gap / 2, 1.36 if gap > 0.38 else 1.6, name, color="blue")
    return canvas.figure
