"""The exercise of one step of Jordan's network: inputs, and the mistakes that are recognized."""

from __future__ import annotations

import numpy as np

from rnn.activations import sigmoid
from rnn.exercises.checking import Case, Mistake, Task

Array = np.ndarray


def _normal(rng: np.random.Generator, *shape: int) -> Array:
    return rng.normal(0, 0.8, shape)


def _jordan(x: Array, y: Array, W_xh: Array, W_yh: Array, b_h: Array, W_hy: Array, b_y: Array) -> tuple[Array, Array]:
    h = np.tanh(x @ W_xh + y @ W_yh + b_h)
    return h, _out(h, W_hy, b_y)


def _out(h: Array, W_hy: Array, b_y: Array) -> Array:
    return np.asarray(sigmoid(h @ W_hy + b_y))


def _softmax(a: Array) -> Array:
    return np.asarray(np.exp(a) / np.exp(a).sum(axis=1, keepdims=True))


def _from(h: Array, W_hy: Array, b_y: Array) -> tuple[Array, Array]:
    return h, _out(h, W_hy, b_y)


def _step_case(seed: int, sizes: tuple[int, int, int, int], label: str = "", why: str = "") -> Case:
    rng = np.random.default_rng(seed)
    B, D, H, V = sizes
    args = {
        "x_t": _normal(rng, B, D),
        "y_prev": rng.uniform(0.05, 0.95, (B, V)),
        "W_xh": _normal(rng, D, H),
        "W_yh": _normal(rng, V, H),
        "b_h": _normal(rng, H),
        "W_hy": _normal(rng, H, V),
        "b_y": _normal(rng, V),
    }
    return Case(args, label, why, {"B": B, "D": D, "H": H, "V": V})


JORDAN_STEP = Task(
    "jordan_step",
    [
        _step_case(0, (2, 3, 4, 5)),
        _step_case(1, (3, 5, 2, 4)),
        _step_case(2, (5, 2, 6, 3)),
        _step_case(3, (1, 3, 4, 2), "one sequence", "With B = 1 the batch axis stays: (1, H) and (1, V)."),
        _step_case(4, (3, 2, 4, 1), "one output", "With V = 1 the output is (B, 1)."),
    ],
    ("h", "y"),
    _jordan,
    [
        Mistake(
            "the feedback is missing: `y_prev` has no effect, and a network without feedback has no memory.",
            [lambda x, y, W, F, b, R, c: _from(np.tanh(x @ W + b), R, c)],
        ),
        Mistake(
            "`y_prev` goes back through the readout, `W_hy.T`. The feedback has weights of its own, `W_yh`.",
            [lambda x, y, W, F, b, R, c: _from(np.tanh(x @ W + y @ R.T + b), R, c)],
        ),
        Mistake(
            "the feedback is added after tanh; it belongs into the sum that tanh bends.",
            [lambda x, y, W, F, b, R, c: _from(np.tanh(x @ W + b) + y @ F, R, c)],
        ),
        Mistake(
            "the bias `b_h` is missing.",
            [lambda x, y, W, F, b, R, c: _from(np.tanh(x @ W + y @ F), R, c)],
        ),
        Mistake(
            "tanh is missing: these are sums.",
            [lambda x, y, W, F, b, R, c: _from(x @ W + y @ F + b, R, c)],
        ),
        Mistake(
            "the hidden layer has a sigmoid; it should have tanh.",
            [lambda x, y, W, F, b, R, c: _from(np.asarray(sigmoid(x @ W + y @ F + b)), R, c)],
        ),
        Mistake(
            "the sigmoid is missing: these are the sums that go into it.",
            [lambda x, y, W, F, b, R, c: (None, _jordan(x, y, W, F, b, R, c)[0] @ R + c)],
        ),
        Mistake(
            "this is a softmax, whose outputs add up to 1; here each output has a sigmoid of its own.",
            [lambda x, y, W, F, b, R, c: (None, _softmax(_jordan(x, y, W, F, b, R, c)[0] @ R + c))],
        ),
        Mistake(
            "the bias `b_y` is added after the sigmoid; it belongs into the sum.",
            [lambda x, y, W, F, b, R, c: (None, _jordan(x, y, W, F, b, R, 0 * c)[1] + c)],
        ),
        Mistake(
            "the bias `b_h` is added after tanh; it belongs into the sum.",
            [lambda x, y, W, F, b, R, c: _from(np.tanh(x @ W + y @ F) + b, R, c)],
        ),
        Mistake(
            "these are 1 minus the right outputs: the sigmoid is 1 / (1 + e^(−a)), with a minus.",
            [lambda x, y, W, F, b, R, c: (None, 1 - _jordan(x, y, W, F, b, R, c)[1])],
        ),
        Mistake(
            "the output has tanh; it should have the sigmoid.",
            [lambda x, y, W, F, b, R, c: (None, np.tanh(_jordan(x, y, W, F, b, R, c)[0] @ R + c))],
        ),
        Mistake(
            "the bias `b_y` is missing.",
            [lambda x, y, W, F, b, R, c: (None, _jordan(x, y, W, F, b, R, 0 * c)[1])],
        ),
        Mistake(
            "the old output is added to the new one. It acts through the hidden layer only.",
            [lambda x, y, W, F, b, R, c: (None, _jordan(x, y, W, F, b, R, c)[1] + y)],
        ),
    ],
    shapes={"h": "(B, H)", "y": "(B, V)"},
)
