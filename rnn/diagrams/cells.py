"""Inside the cells: the data flow of one time step of the RNN, the LSTM and the GRU, after the book's equations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rnn.diagrams.canvas import GATE, WORDS, Canvas

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
    canvas.text(0.23, y, "$h_{t-1}$")
    canvas.line((0.47, y), recurrent, color="blue", name="state-passed")
    canvas.text(2.15, 0.2, "$x_t$")
    canvas.line((2.15, 0.36), given)
    canvas.line(recurrent, add)
    canvas.line(given, add)
    canvas.text(2.15, 2.5, "$b_h$")
    canvas.line((2.15, 2.36), add)
    canvas.line(add, squash)
    canvas.text(2.75, y + 0.2, "$a_t$")
    canvas.line(squash, (5.05, y), color="blue", name="state-passed")
    canvas.text(5.22, y, "$h_t$")
    canvas.dot(4.3, y, "blue")
    canvas.line((4.3, y), (4.3, 2.98), color="blue", name="state-passed")
    canvas.text(4.3, 3.12, "$h_t$")
    return canvas.figure


def lstm_cell() -> Figure:
    """Draw one time step of the LSTM: the cell state on the line at the top, the gates below it.

    Returns
    -------
    Figure
    """
    canvas = Canvas(4.0)
    canvas.frame(0.55, 0.5, 4.9, 3.65)
    top, bus, level, product = 3.3, 1.1, 1.65, 2.5
    gates = {
        name: canvas.box(x, level, function, "gate", size=GATE)
        for name, function, x in (
            ("f", r"$\sigma$", 1.2),
            ("i", r"$\sigma$", 1.93),
            ("g", "tanh", 2.75),
            ("o", r"$\sigma$", 3.6),
        )
    }
    forget, add = canvas.operation(1.2, top, "×"), canvas.operation(2.75, top, "+")
    write = canvas.operation(2.75, product, "×")
    squash = canvas.box(4.25, 2.75, "tanh", "gate", size=GATE)
    read = canvas.operation(4.25, 2.15, "×")
    canvas.text(0.23, top, "$c_{t-1}$")
    canvas.line((0.47, top), forget, color="blue", name="state-passed")
    canvas.line(forget, add, color="blue", name="state-passed")
    canvas.line(add, (5.1, top), color="blue", name="state-passed")
    canvas.text(5.25, top, "$c_t$")
    canvas.text(0.23, bus, "$h_{t-1}$")
    canvas.line((0.47, bus), (0.85, bus), color="blue", head=False, name="state-passed")
    canvas.line((0.85, bus), gates["o"], via=[(3.6, bus)])
    for name in "fig":
        canvas.dot(gates[name].x, bus)
        canvas.line((gates[name].x, bus), gates[name])
    canvas.dot(0.85, bus)
    canvas.line((0.85, 0.32), (0.85, bus), head=False)
    canvas.text(0.85, 0.15, "$x_t$")
    canvas.line(gates["f"], forget)
    canvas.line(gates["g"], write)
    canvas.line(gates["i"], write, via=[(1.93, product)])
    canvas.line(write, add)
    canvas.line(gates["o"], read, via=[(3.6, 2.15)])
    canvas.dot(4.25, top, "blue")
    canvas.line((4.25, top), squash)
    canvas.line(squash, read)
    canvas.line(read, (5.1, bus), via=[(4.25, bus)], color="blue", name="state-passed")
    canvas.text(5.25, bus, "$h_t$")
    for name, x, y in (("f", 1.1, 2.08), ("i", 1.83, 2.08), ("g", 2.85, 2.08), ("o", 3.5, 2.08)):
        canvas.text(x, y, f"${name}_t$", align="right" if x < gates[name].x else "left")
    for name, word in (("f", "forget"), ("i", "input"), ("g", "candidate"), ("o", "output")):
        canvas.text(gates[name].x, 0.8, word, size=WORDS)
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
    canvas = Canvas(4.9)
    canvas.frame(0.5, 0.5, 4.9, 4.5)
    top, mixed, path, level, both = 4.15, 3.55, 2.3, 1.55, 0.9
    left, reset_x, update_x, new_x = 0.72, 1.95, 2.95, 4.4
    reset = canvas.box(reset_x, level, r"$\sigma$", "gate", size=GATE)
    update = canvas.box(update_x, level, r"$\sigma$", "gate", size=GATE)
    pair = canvas.box((reset_x + update_x) / 2, both, "$[h_{t-1}, x_t]$", "gate", size=(1.3, 0.36), letters=13)
    times, total = canvas.operation(reset_x, path, "×"), canvas.operation(new_x, path, "+")
    squash = canvas.box(new_x, 2.92, "tanh", "gate", size=GATE, letters=13)
    keep, write, add = (canvas.operation(*at) for at in ((update_x, top, "×"), (new_x, mixed, "×"), (new_x, top, "+")))
    less = canvas.operation(3.7, mixed, "1−")
    # The state on top: kept as far as z says, and what is new added to it.
    canvas.text(0.23, top, "$h_{t-1}$")
    canvas.line((0.47, top), keep, color="blue", name="state-passed")
    canvas.line(keep, add, color="blue", name="state-passed")
    canvas.line(add, (5.12, top), color="blue", name="state-passed")
    canvas.text(5.27, top, "$h_t$")
    canvas.dot(left, top, "blue")
    # Both gates read the state and the input.
    canvas.line((left, top), pair, via=[(left, both)], color="blue", name="state-passed")
    canvas.text(new_x, 0.15, "$x_t$")
    canvas.dot(new_x, both)
    canvas.line((new_x, both), pair)
    for gate in (reset, update):
        canvas.line((gate.x, both + 0.18), gate)
    canvas.line(reset, times)
    canvas.line(update, keep)
    canvas.dot(update_x, mixed)
    canvas.line((update_x, mixed), less)
    canvas.line(less, write)
    # The candidate: the reset comes after the product with the state, or before it.
    given = canvas.box(new_x, level, "$W_{xn}$\n$b_n$", "input", size=(0.62, 0.62), letters=13)
    canvas.line((new_x, 0.32), given)
    canvas.line(given, total)
    canvas.dot(left, path, "blue")
    if reset_after:
        product = canvas.box(1.25, path, "$W_{hn}$\n$b_{hn}$", size=(0.62, 0.62), letters=13)
        canvas.line((left, path), product, color="blue", name="state-passed")
        canvas.line(product, times)
        canvas.line(times, total, over="veil")
    else:
        product = canvas.box(3.62, path, "$W_{hn}$", size=(0.62, 0.4), letters=13)
        canvas.line((left, path), times, color="blue", name="state-passed")
        canvas.line(times, product, over="veil")
        canvas.line(product, total)
    canvas.line(total, squash)
    canvas.line(squash, write)
    canvas.line(write, add)
    canvas.text(1.58, level, "reset", align="right", size=WORDS)
    canvas.text(3.32, level, "update", align="left", size=WORDS)
    canvas.text(4.05, 2.92, "candidate", align="right", size=WORDS)
    canvas.text(reset_x - 0.08, 1.93, "$r_t$", align="right")
    canvas.text(update_x - 0.1, 2.92, "$z_t$", align="right")
    canvas.text(new_x + 0.1, 3.25, "$n_t$", align="left")
    return canvas.figure
