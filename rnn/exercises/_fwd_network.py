"""The exercise on the network itself: the loop over time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnn.activations import relu, sigmoid
from rnn.exercises.checking import Case, Mistake, Task
from rnn.recurrent import RNN

EXCHANGED = (
    "the weights are exchanged, or one is transposed: the input is multiplied by `W_xh` (D, H), the state by `W_hh` "
    "(H, H), each from the right."
)
Weights = tuple[np.ndarray, np.ndarray, np.ndarray]


def _forward_cases() -> list[Case]:
    ones = np.ones((1, 1))
    first = {"x": np.array([[[2.0], [0.0], [-1.0]]]), "h0": 0.25 * ones, "W_xh": 0.5 * ones, "W_hh": 0.8 * ones}
    cases = [Case(first | {"b_h": np.array([-0.1])}, "the three steps of the chapter's table", "", {"B": 1, "T": 3})]
    # Where D = H, exchanged weights give wrong numbers; where D differs from H, an error, which `why` explains.
    for seed, (b, t, d, h) in enumerate(
        [(2, 4, 3, 3), (3, 5, 2, 2), (4, 1, 5, 5), (1, 6, 4, 4), (2, 3, 4, 5), (5, 4, 3, 2), (3, 1, 1, 4)]
    ):
        rng = np.random.default_rng(seed)
        args = {
            "x": rng.normal(size=(b, t, d)),
            "h0": rng.normal(size=(b, h)),
            "W_xh": 0.6 * rng.normal(size=(d, h)),
            "W_hh": 0.7 * rng.normal(size=(h, h)),
            "b_h": 0.5 * rng.normal(size=h),
        }
        text = f"B = {b}, T = {t}, D = {d}, H = {h}"
        cases.append(Case(args, text, "" if d == h else f"Here D and H differ: {EXCHANGED}", {"B": b, "T": t}))
    return cases


def _forward(x: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    layer = RNN(x.shape[2], h0.shape[1], dtype=np.float64)
    for name, value in zip(("W_xh", "W_hh", "b_h"), weights, strict=True):
        layer.params[name][...] = value
    return layer.forward(x, h0)[0]


def _later(before: np.ndarray, h: np.ndarray) -> np.ndarray:
    return np.concatenate([before[:, None], h[:, :-1]], axis=1)


def _stuck(x: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    return np.concatenate([_forward(x[:, t : t + 1], h0, *weights) for t in range(x.shape[1])], axis=1)


def _start_returned(x: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    return np.concatenate([h0[:, None], _forward(x[:, 1:], h0, *weights)], axis=1)


def _reshaped(x: np.ndarray, h0: np.ndarray, *weights: np.ndarray) -> np.ndarray:
    h = _forward(x, h0, *weights)
    return h.transpose(1, 0, 2).reshape(h.shape)


def _bent(x: np.ndarray, h0: np.ndarray, weights: Weights, fed_back: str, shown: str) -> np.ndarray:
    """The loop with another function in the feedback, or in what is returned."""
    w, u, b = weights
    functions: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "tanh": np.tanh,
        "sigmoid": sigmoid,
        "relu": relu,
        "none": np.asarray,
        "bias outside": lambda a: np.tanh(a - b) + b,
    }
    h, states = h0, []
    for t in range(x.shape[1]):
        a = x[:, t] @ w + h @ u + b
        h = functions[fed_back](a)
        states.append(functions[shown](a))
    return np.stack(states, axis=1)


RNN_FORWARD = Task(
    "rnn_forward",
    _forward_cases(),
    ("h",),
    _forward,
    [
        Mistake(
            EXCHANGED, [lambda x, h, w, u, b: _forward(x, h, u, w, b), lambda x, h, w, u, b: _forward(x, h, w.T, u, b)]
        ),
        Mistake(
            "right at the first step only, or at none: W_hh is transposed. It is square, so no shape complains.",
            [lambda x, h, w, u, b: _forward(x, h, w, u.T, b)],
        ),
        Mistake(
            "the state is not updated: every step starts from h0 again. What the loop computes has to be the state of "
            "its next round.",
            [_stuck],
        ),
        Mistake(
            "the state is left out: each step sees its input only. Where is h times W_hh?",
            [lambda x, h, w, u, b: _forward(x, h, w, 0 * u, b)],
        ),
        Mistake(
            "the loop begins with zeros; the first step should start from h0.",
            [lambda x, h, w, u, b: _forward(x, 0 * h, w, u, b)],
        ),
        Mistake(
            "off by one in time: these are h_0 to h_{T−1}, the states before each step; wanted are those after it.",
            [lambda x, h, *weights: _later(h, _forward(x, h, *weights))],
        ),
        Mistake(
            "off by one in time: each step reads the input of the step before.",
            [
                lambda x, h, *weights: _forward(np.roll(x, 1, axis=1), h, *weights),
                lambda x, h, *weights: _forward(_later(0 * x[:, 0], x), h, *weights),
            ],
        ),
        Mistake(
            "h0 stands where h_1 should, and the first step is never made. h0 is the state *before* step 1; what is "
            "returned begins with the state after it.",
            [_start_returned],
        ),
        Mistake(
            "every step holds the *last* state: the same array was stored each time and then overwritten "
            "(`h[:] = …` changes what you stored). Store a copy, or let the loop make a new `h`.",
            [lambda x, h, *weights: np.repeat(_forward(x, h, *weights)[:, -1:], x.shape[1], axis=1)],
        ),
        Mistake(
            "the right numbers at the wrong places: a list of T states stacks to (T, B, H), and `reshape` does not "
            "exchange axes. Stack along axis 1, or transpose.",
            [_reshaped],
        ),
        Mistake(
            "the input is left out: where is x_t times W_xh?",
            [lambda x, h, *weights: _forward(0 * x, h, *weights)],
        ),
        Mistake(
            "the bias is added twice, once with each product. There is one bias in a step.",
            [lambda x, h, w, u, b: _forward(x, h, w, u, 2 * b)],
        ),
        Mistake(
            "the bias is added after tanh; it belongs inside, to the pre-activation.",
            [lambda x, h, *weights: _bent(x, h, weights, "bias outside", "bias outside")],
        ),
        Mistake(
            "this is ReLU where tanh should be.",
            [lambda x, h, *weights: _bent(x, h, weights, "relu", "relu")],
        ),
        Mistake("the bias b_h is left out.", [lambda x, h, w, u, b: _forward(x, h, w, u, 0 * b)]),
        Mistake(
            "tanh is left out: these are the numbers that should go through it, at every step.",
            [lambda x, h, *weights: _bent(x, h, weights, "none", "none")],
        ),
        Mistake(
            "tanh is in what you return but not in what you feed back: the next step has to get h_t, not a_t.",
            [lambda x, h, *weights: _bent(x, h, weights, "none", "tanh")],
        ),
        Mistake(
            "what you feed back is right, but what you return are the pre-activations a_t.",
            [lambda x, h, *weights: _bent(x, h, weights, "tanh", "none")],
        ),
        Mistake(
            "this is a sigmoid where tanh should be.",
            [lambda x, h, *weights: _bent(x, h, weights, "sigmoid", "sigmoid")],
        ),
        Mistake(
            "the sequence is read from its end.",
            [
                lambda x, h, *weights: _forward(x[:, ::-1], h, *weights),
                lambda x, h, *weights: _forward(x[:, ::-1], h, *weights)[:, ::-1],
            ],
        ),
    ],
    shapes={"h": "(B, T, H)"},
)
