"""The five types of recurrent networks, by how many inputs and outputs they have and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnn.diagrams.canvas import NODE, WORDS, Canvas, column
from rnn.diagrams.geometry import Point, Shape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TYPES = {  # at each step: an input? an output?
    "one-to-one": ((True, True),),
    "one-to-many": ((True, True), (False, True), (False, True)),
    "many-to-one": ((True, False), (True, False), (True, True)),
    "many-to-many": ((True, True), (True, True), (True, True)),
    "encoder-decoder": ((True, False), (True, False), (True, False), (True, True), (True, True), (True, True)),
}


def network_type(kind: str) -> Figure:
    """Draw one of the five types of recurrent networks, unrolled.

    The decoder of ``"encoder-decoder"`` is shown as it is trained, with teacher forcing: its inputs are the start
    symbol and the right outputs, one step late.

    Parameters
    ----------
    kind : {"one-to-one", "one-to-many", "many-to-one", "many-to-many", "encoder-decoder"}
        Which one.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If there is no such type.
    """
    if kind not in TYPES:
        raise ValueError(f"network_type: kind must be one of {', '.join(map(repr, TYPES))}, got {kind!r}.")
    texts: list[tuple[str | None, str, str | None]] = [
        (f"$x_{t}$" if given else None, f"$h_{t}$", f"$z_{t}$" if result else None)
        for t, (given, result) in enumerate(TYPES[kind], 1)
    ]
    if kind == "encoder-decoder":
        texts[3:] = [("<s>", "$s_1$", "$z_1$"), ("$y_1$", "$s_2$", "$z_2$"), ("$y_2$", "$s_3$", "$z_3$")]
        canvas = Canvas(3.0, 5.3)
        for name, left in (("encoder", 0.05), ("decoder", 2.69)):
            canvas.frame(left, 0.02, left + 2.54, 2.62, color="gray")
            canvas.text(left + 0.1, 2.84, name, align="left", size=WORDS)
        _draw(canvas, (0.44, 0.02), 0.88, (0.3, 1.3, 2.3), texts, NODE)
    else:
        canvas = Canvas(2.6, 1.3 * len(texts) - 0.5)
        _draw(canvas, (0.4, 0.0), 1.3, (0.3, 1.3, 2.3), texts, NODE)
    return canvas.figure


def network_types() -> Figure:
    """Draw all five types, small: green inputs below, blue states passed on, purple outputs above.

    Returns
    -------
    Figure
    """
    canvas = Canvas(5.9)
    small = (0.36, 0.28)
    for kind, x, bottom, step in (
        ("one-to-one", 0.3, 4.25, 0.85),
        ("one-to-many", 3.2, 4.25, 0.85),
        ("many-to-one", 0.3, 2.4, 0.85),
        ("many-to-many", 3.2, 2.4, 0.85),
        ("encoder-decoder", 0.3, 0.55, 0.92),
    ):
        canvas.text(x - 0.18, bottom + 1.45, kind, align="left", size=13)
        texts: list[tuple[str | None, str, str | None]] = [
            ("" if given else None, "", "" if result else None) for given, result in TYPES[kind]
        ]
        _draw(canvas, (x, bottom), step, (0.0, 0.55, 1.1), texts, small)
    for kind, x in (("input", 0.3), ("state", 1.5), ("output", 2.7)):
        canvas.box(x, 0.12, kind=kind, size=(0.26, 0.2))
        canvas.text(x + 0.22, 0.12, kind, align="left", size=WORDS)
    return canvas.figure


def _draw(
    canvas: Canvas,
    origin: Point,
    step: float,
    rows: tuple[float, float, float],
    texts: list[tuple[str | None, str, str | None]],
    size: Point,
) -> None:
    before: Shape | None = None
    places = (rows[0] + origin[1], rows[1] + origin[1], rows[2] + origin[1])
    for t, (given, state, result) in enumerate(texts):
        shape = column(canvas, origin[0] + step * t, places, given, state, result, size=size)
        if before is not None:
            canvas.line(before, shape, color="blue", name="state-passed")
        before = shape
