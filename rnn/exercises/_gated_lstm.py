"""The exercise on one step of an LSTM."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np

from rnn.activations import sigmoid
from rnn.exercises.checking import Case, Mistake, Task
from rnn.lstm import LSTM

SIZES = ((3, 5, 6), (2, 3, 4), (4, 6, 2), (1, 4, 3))  # B, D, H
OTHER_ORDERS = [order for order in permutations("ifgo") if "".join(order) != "ifgo"]
Parts = tuple[Any, ...]


def arrays(size: tuple[int, int, int], seed: int) -> dict[str, np.ndarray]:
    """Random input, states, and weights with biases that are not zero."""
    rng = np.random.default_rng(seed)
    b, d, h = size
    shapes = {"x": (b, d), "h": (b, h), "c": (b, h), "W_xh": (d, 4 * h), "W_hh": (h, 4 * h), "b_h": (4 * h,)}
    return {name: rng.normal(size=shape) for name, shape in shapes.items()}


def by_hand(b: int = 1) -> dict[str, np.ndarray]:
    """One input, one unit: the numbers of the chapter's table, and those of a second sequence."""
    weights = {"W_xh": [[0.5, -1.0, 1.0, 0.0]], "W_hh": [[1.0, 2.0, -2.0, 1.0]], "b_h": [-0.5, 1.0, 0.5, -1.0]}
    numbers = {"x": [[1.0], [-2.0]][:b], "h": [[0.5], [-0.25]][:b], "c": [[2.0], [-1.0]][:b], **weights}
    return {name: np.array(value) for name, value in numbers.items()}


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


def _interleaved(x: Any, h: Any, c: Any, w: Any, u: Any, b: Any) -> Parts:
    """Four neighboring columns for each unit, in place of four blocks."""
    a = (x @ w + h @ u + b).reshape(*h.shape, 4)
    i, f, g, o = (a[..., k] for k in range(4))
    return from_gates(c, sigmoid(i), sigmoid(f), np.tanh(g), sigmoid(o))


def _squashed(**squash: Any) -> Any:
    """Some blocks through another function than their own."""

    def answer(x: Any, h: Any, c: Any, w: Any, u: Any, b: Any) -> Parts:
        blocks = dict(zip("ifgo", np.split(x @ w + h @ u + b, 4, axis=1), strict=True))
        own = {"i": sigmoid, "f": sigmoid, "g": np.tanh, "o": sigmoid}
        return from_gates(c, **{name: squash.get(name, own[name])(a) for name, a in blocks.items()})

    return answer


def _as_it_is(a: Any) -> Any:
    return a


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
    [
        Case(by_hand(), "the step worked out by hand in the chapter", "", sizes_by_name((1, 1, 1))),
        *(Case(arrays(size, seed), "", "", sizes_by_name(size)) for seed, size in enumerate(SIZES)),
    ],
    ("h_new", "c_new"),
    _step,
    [
        Mistake(
            "the blocks of a are taken in another order. In this book the order is i f g o: the first H columns are "
            "the input gate's, the next H the forget gate's. (Two gates exchanged further down look the same.)",
            [_in_order(order) for order in OTHER_ORDERS],
        ),
        Mistake(
            "every fourth column is taken for a gate. The four blocks stand side by side, each H columns wide.",
            [_interleaved],
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
            "the candidate g is used as it is. What is written is squashed first, so that one step adds less than 1.",
            [_squashed(g=_as_it_is)],
        ),
        *(
            Mistake(
                f"the {name} gate went through a tanh, so it can be negative. Only the candidate does.",
                [_squashed(**{name[0]: np.tanh})],
            )
            for name in ("input", "forget", "output")
        ),
        Mistake(
            "the blocks are used as they are: the gates' sigmoid and the candidate's tanh are missing.",
            [_none_squashed],
        ),
        Mistake(
            "the cell state is shown through a sigmoid, so h could never be negative. Which function squashes it?",
            [_with_gates(lambda c, i, f, g, o: (o * sigmoid(f * c + i * g), None))],
        ),
        Mistake(
            "nothing holds the cell state back: where is the output gate?",
            [_with_gates(lambda c, i, f, g, o: (np.tanh(f * c + i * g), None))],
        ),
        Mistake(
            "the new cell state went through a tanh. That belongs to what is shown, h; c itself goes on as it is.",
            [_with_gates(lambda c, i, f, g, o: (None, np.tanh(f * c + i * g)))],
        ),
        Mistake(
            "this is the cell state that came in, not the new one.",
            [_with_gates(lambda c, i, f, g, o: (None, c))],
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
            "the old cell state is kept by 1 − f. In this book f says how much is kept: f = 1 keeps all.",
            [_with_gates(lambda c, i, f, g, o: from_gates(c, i, 1 - f, g, o))],
        ),
        Mistake(
            "the candidate is written in full: where is the input gate?",
            [_with_gates(lambda c, i, f, g, o: from_gates(c, 0 * i + 1, f, g, o))],
        ),
        Mistake(
            "nothing of the old cell state is forgotten: where is the forget gate?",
            [_with_gates(lambda c, i, f, g, o: from_gates(c, i, 0 * f + 1, g, o))],
        ),
        Mistake(
            "1 was added to the forget gate's pre-activation. A forget bias is a number in b_h; here b_h is given.",
            [_squashed(f=lambda a: sigmoid(a + 1))],
        ),
        Mistake(
            "the forget gate multiplies the old h. What it keeps is the cell state c.",
            [lambda x, h, c, w, u, b: from_gates(h, **gates_of(x, h, w, u, b))],
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
