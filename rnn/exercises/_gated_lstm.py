"""The exercise on one step of an LSTM."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np

from rnn.activations import sigmoid
from rnn.exercises.checking import Case, Mistake, Task
from rnn.lstm import LSTM

SIZES = ((2, 3, 4), (3, 5, 2), (4, 2, 6), (1, 4, 3))  # B, D, H
OTHER_ORDERS = [order for order in permutations("ifgo") if "".join(order) != "ifgo"]
Parts = tuple[Any, ...]


def arrays(size: tuple[int, int, int], seed: int) -> dict[str, np.ndarray]:
    """Random input, states, and weights with biases that are not zero."""
    rng = np.random.default_rng(seed)
    b, d, h = size
    shapes = {"x": (b, d), "h": (b, h), "c": (b, h), "W_xh": (d, 4 * h), "W_hh": (h, 4 * h), "b_h": (4 * h,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def sizes_by_name(size: tuple[int, int, int]) -> dict[str, int]:
    return dict(zip("BDH", size, strict=True))


def _step(x: np.ndarray, h: np.ndarray, c: np.ndarray, w: np.ndarray, u: np.ndarray, b: np.ndarray) -> Parts:
    layer = LSTM(len(w), len(u), dtype=np.float64)
    layer.params.update(W_xh=w, W_hh=u, b_h=b)
    h_new, c_new = layer.step(x, (h, c))
    return h_new, c_new


def gates_of(x: np.ndarray, h: np.ndarray, w: np.ndarray, u: np.ndarray, b: Any, order: Any = "ifgo") -> dict[str, Any]:
    """The gates by name, their blocks taken in some order."""
    blocks = dict(zip(order, np.split(x @ w + h @ u + b, 4, axis=1), strict=True))
    return {name: np.tanh(a) if name == "g" else sigmoid(a) for name, a in blocks.items()}


def from_gates(c: np.ndarray, i: np.ndarray, f: np.ndarray, g: np.ndarray, o: np.ndarray) -> Parts:
    new = f * c + i * g
    return o * np.tanh(new), new


def _in_order(order: Any) -> Any:
    return lambda x, h, c, w, u, b: from_gates(c, **gates_of(x, h, w, u, b, order))


def _all_sigmoid(x: Any, h: Any, c: Any, w: Any, u: Any, b: Any) -> Parts:
    return from_gates(c, *np.split(sigmoid(x @ w + h @ u + b), 4, axis=1))


def _all_tanh(x: Any, h: Any, c: Any, w: Any, u: Any, b: Any) -> Parts:
    return from_gates(c, *np.split(np.tanh(x @ w + h @ u + b), 4, axis=1))


def _none_squashed(x: Any, h: Any, c: Any, w: Any, u: Any, b: Any) -> Parts:
    return from_gates(c, *np.split(x @ w + h @ u + b, 4, axis=1))


def _with_gates(change: Any) -> Any:
    """A mistake written as a function of the old cell state and the right gates."""

    def answer(x: Any, h: Any, c: Any, w: Any, u: Any, b: Any) -> Any:
        return change(c, **gates_of(x, h, w, u, b))

    return answer


LSTM_STEP = Task(
    "lstm_step",
    [Case(arrays(size, seed), "", "", sizes_by_name(size)) for seed, size in enumerate(SIZES)],
    ("h_new", "c_new"),
    _step,
    [
        Mistake(
            "the blocks of a are taken in another order. In this book the order is i f g o: the first H columns are "
            "the input gate's, the next H the forget gate's.",
            [_in_order(order) for order in OTHER_ORDERS],
        ),
        Mistake(
            "the output gate is applied to c itself. What is shown is squashed first: look at the last equation.",
            [_with_gates(lambda c, i, f, g, o: (o * (f * c + i * g), None))],
        ),
        Mistake(
            "the old cell state is shown. h_t is made from the cell state after the update, c_t.",
            [
                _with_gates(lambda c, i, f, g, o: (o * np.tanh(c), None)),
                _with_gates(lambda c, i, f, g, o: (o * c, None)),
            ],
        ),
        Mistake(
            "the candidate g went through a sigmoid, so nothing negative can ever be written. It is no gate: see which "
            "of the four functions is another one.",
            [_all_sigmoid],
        ),
        Mistake(
            "all four blocks went through tanh. A gate has to lie between 0 and 1; only one of the four is no gate.",
            [_all_tanh],
        ),
        Mistake(
            "the blocks are used as they are: the gates' sigmoid and the candidate's tanh are missing.",
            [_none_squashed],
        ),
        Mistake(
            "c was overwritten before the forget gate read it: what is multiplied by f is already i · g, not the "
            "cell state that came in.",
            [_with_gates(lambda c, i, f, g, o: from_gates(i * g, i, f, g, o))],
        ),
        Mistake(
            "the forget gate multiplies the new part too. It decides on the old cell state alone.",
            [_with_gates(lambda c, i, f, g, o: from_gates(c + i * g, 0 * i, f, g, o))],
        ),
        Mistake(
            "1 − f stands in the place of the input gate. That is the coupled cell; here i is a gate of its own.",
            [_with_gates(lambda c, i, f, g, o: from_gates(c, 1 - f, f, g, o))],
        ),
        Mistake(
            "the bias is missing in the pre-activations.",
            [lambda x, h, c, w, u, b: from_gates(c, **gates_of(x, h, w, u, 0.0))],
        ),
        Mistake(
            "the old state h is missing in the pre-activations.",
            [lambda x, h, c, w, u, b: from_gates(c, **gates_of(x, 0 * h, w, u, b))],
        ),
        Mistake(
            "the gates are made from the cell state c; they see the state h.",
            [lambda x, h, c, w, u, b: from_gates(c, **gates_of(x, c, w, u, b))],
        ),
    ],
    shapes={"h_new": "(B, H)", "c_new": "(B, H)"},
)
