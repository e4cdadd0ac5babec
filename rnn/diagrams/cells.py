"""Inside the cells: the data flow of one time step of the RNN, the LSTM and the GRU, after the book's equations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnn.diagrams.canvas import GATE, Canvas

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def rnn_cell() -> Figure:
    """Draw one time step of the plain RNN: two products and a bias are added up, tanh makes the state of the sum.

    Returns
    -------
    Figure
    """
    canvas = Canvas(3.3)
    canvas.frame(0.6, 0.6, 4.75, 2.7)
    y = 1.75
    recurrent = canvas.box(1.2, y, "$W_{hh}$", size=(0.66, 0.44))
    given = canvas.box(2.15, 1.0, "$W_{xh}$", "input", size=(0.66, 0.44))
    add = canvas.operation(2.15, y, "+")
    squash = canvas.box(3.45, y, "tanh", "gate", size=GATE)
    canvas.text(0.18, y, "$h_{t-1}$")
    canvas.line((0.42, y), recurrent)
    canvas.text(2.15, 0.2, "$x_t$")
    canvas.line((2.15, 0.36), given)
    canvas.line(recurrent, add)
    canvas.line(given, add)
    canvas.text(2.15, 2.5, "$b_h$")
    canvas.line((2.15, 2.36), add)
    canvas.line(add, squash)
    canvas.text(2.75, y + 0.2, "$a_t$")
    canvas.line(squash, (5.05, y))
    canvas.text(5.22, y, "$h_t$")
    canvas.dot(4.3, y)
    canvas.line((4.3, y), (4.3, 2.98))
    canvas.text(4.3, 3.12, "$h_t$")
    return canvas.figure


def lstm_cell() -> Figure:
    """Draw one time step of the LSTM: the cell state on the line at the top, the gates below it.

    Returns
    -------
    Figure
    """
    canvas = Canvas(4.0)
    canvas.frame(0.55, 0.5, 4.85, 3.65)
    top, bus, level, product = 3.3, 1.1, 1.65, 2.5
    gates = {name: canvas.box(x, level, function, "gate", size=GATE) for name, function, x in (
        ("f", r"$\sigma$", 1.25), ("i", r"$\sigma$", 1.95), ("g", "tanh", 2.75), ("o", r"$\sigma$", 3.5))}
    forget, add = canvas.operation(1.25, top, "×"), canvas.operation(2.75, top, "+")
    write = canvas.operation(2.75, product, "×")
    squash = canvas.box(4.2, 2.75, "tanh", "gate", size=GATE)
    read = canvas.operation(4.2, 2.15, "×")
    canvas.text(0.22, top, "$c_{t-1}$")
    canvas.line((0.45, top), forget, color="blue")
    canvas.line(forget, add, color="blue")
    canvas.line(add, (5.1, top), color="blue")
    canvas.text(5.25, top, "$c_t$")
    canvas.text(0.22, bus, "$h_{t-1}$")
    canvas.line((0.45, bus), gates["o"], via=[(3.5, bus)])
    for name in "fig":
        canvas.dot(gates[name].x, bus)
        canvas.line((gates[name].x, bus), gates[name])
    canvas.dot(0.85, bus)
    canvas.line((0.85, 0.32), (0.85, bus), head=False)
    canvas.text(0.85, 0.15, "$x_t$")
    canvas.line(gates["f"], forget)
    canvas.line(gates["g"], write)
    canvas.line(gates["i"], write, via=[(1.95, product)])
    canvas.line(write, add)
    canvas.line(gates["o"], read, via=[(3.5, 2.15)])
    canvas.dot(4.2, top)
    canvas.line((4.2, top), squash)
    canvas.line(squash, read)
    canvas.line(read, (5.1, bus), via=[(4.2, bus)])
    canvas.text(5.25, bus, "$h_t$")
    for name, x, y in (("f", 1.1, 2.1), ("i", 1.8, 2.1), ("g", 2.9, 2.1), ("o", 3.35, 2.1)):
        canvas.text(x, y, f"${name}_t$", align="right" if x < gates[name].x else "left")
    for name, word in (("f", "forget"), ("i", "input"), ("g", "candidate"), ("o", "output")):
        canvas.text(gates[name].x, 0.8, word, size=12)
    return canvas.figure


def gru_cell(reset_after: bool = True) -> Figure:
    """Draw one time step of the GRU, with the reset after or before the candidate's product with the state.

    Parameters
    ----------
    reset_after : bool
        Which convention: True resets the product, False the state before it is multiplied.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        If `reset_after` is not True or False.
    """
    if not isinstance(reset_after, bool):
        raise ValueError(f"gru_cell: reset_after must be True or False, got {reset_after!r}.")
    canvas = Canvas(4.5)
    canvas.frame(0.5, 0.5, 4.9, 4.15)
    top, path, level, both = 3.8, 2.35, 1.6, 0.95
    left, reset_x, update_x, new_x = 0.75, 2.05, 3.1, 4.4
    reset = canvas.box(reset_x, level, r"$\sigma$", "gate", size=GATE)
    update = canvas.box(update_x, level, r"$\sigma$", "gate", size=GATE)
    pair = canvas.box((reset_x + update_x) / 2, both, "$[h_{t-1}, x_t]$", "gate", size=(0.95, 0.36), letters=12)
    keep, add = canvas.operation(update_x, top, "×"), canvas.operation(new_x, top, "+")
    total, squash = canvas.operation(new_x, path, "+"), canvas.box(new_x, 2.82, "tanh", "gate", size=GATE)
    write = canvas.operation(new_x, 3.3, "×")
    less = canvas.operation(3.75, 3.3, "1−")
    times = canvas.operation(reset_x, path, "×")
    canvas.text(0.22, top, "$h_{t-1}$")
    canvas.line((0.44, top), keep, color="blue")
    canvas.line(keep, add, color="blue")
    canvas.line(add, (5.12, top), color="blue")
    canvas.text(5.26, top, "$h_t$")
    canvas.dot(left, top)
    canvas.line((left, top), pair, via=[(left, both)])
    canvas.dot(left, path)
    canvas.line(pair, reset, via=[])
    canvas.line(pair, update)
    canvas.line(update, keep)
    canvas.dot(update_x, 3.3)
    canvas.line((update_x, 3.3), less)
    canvas.line(less, write)
    canvas.line(reset, times)
    text = "$W_{hn}, b_{hn}$" if reset_after else "$W_{hn}$"
    size = (0.86, 0.4) if reset_after else (0.6, 0.4)
    product = canvas.box(1.3 if reset_after else 3.7, path, text, size=size, letters=12)
    canvas.line((left, path), product if reset_after else times)
    canvas.line(product if reset_after else times, times if reset_after else product, over="veil")
    canvas.line(times if reset_after else product, total, over="veil")
    given = canvas.box(new_x, 1.6, "$W_{xn}$", "input", size=(0.6, 0.4), letters=12)
    canvas.line((new_x, 0.3), given)
    canvas.text(new_x, 0.15, "$x_t$")
    canvas.dot(new_x, both)
    canvas.line((new_x, both), pair)
    canvas.line(given, total)
    canvas.line(total, squash)
    canvas.line(squash, write)
    canvas.line(write, add)
    return canvas.figure
