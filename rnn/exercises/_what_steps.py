"""Two exercises on what an RNN is that run a network: Elman's over whole sequences, and one step of Jordan's."""

from __future__ import annotations

import numpy as np

from rnn.activations import sigmoid
from rnn.exercises.checking import Case, Mistake, Task
from rnn.recurrent import RNN

Array = np.ndarray


def _normal(rng: np.random.Generator, *shape: int) -> Array:
    return rng.normal(0, 0.8, shape)


# The loop


def _run(x: Array, h0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    layer = RNN(x.shape[2], len(b_h), dtype=np.float64)
    for name, value in (("W_xh", W_xh), ("W_hh", W_hh), ("b_h", b_h)):
        layer.params[name][...] = value
    return layer.forward(x, h0)[0]


def _linear(x: Array, h0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    layer = RNN(x.shape[2], len(b_h), activation="identity", dtype=np.float64)
    for name, value in (("W_xh", W_xh), ("W_hh", W_hh), ("b_h", b_h)):
        layer.params[name][...] = value
    return layer.forward(x, h0)[0]


def _tanh_of_input_only(x: Array, h0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    states, h = [], h0
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_xh + b_h) + h @ W_hh
        states.append(h)
    return np.stack(states, axis=1)


def _leaking(x: Array, h0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    state, rows = h0[:1], []
    for sequence in x:
        rows.append(_run(sequence[None], state, W_xh, W_hh, b_h))
        state = rows[-1][:, -1]
    return np.concatenate(rows)


def _loop_case(seed: int, sizes: tuple[int, int, int, int], label: str = "", why: str = "") -> Case:
    rng = np.random.default_rng(seed)
    B, T, D, H = sizes
    args = {
        "x": _normal(rng, B, T, D),
        "h0": _normal(rng, B, H),
        "W_xh": _normal(rng, D, H),
        "W_hh": _normal(rng, H, H),
        "b_h": _normal(rng, H),
    }
    return Case(args, label, why, {"B": B, "T": T, "D": D, "H": H})


RUN_RNN = Task(
    "run_rnn",
    [
        _loop_case(0, (2, 3, 4, 5)),
        _loop_case(1, (3, 4, 5, 2)),
        _loop_case(2, (4, 6, 2, 3)),
        _loop_case(3, (2, 40, 3, 4), "a longer sequence"),
        _loop_case(4, (3, 1, 2, 4), "one step", "With T = 1 there is one state, and it has to come as (B, 1, H)."),
        _loop_case(5, (1, 5, 2, 3), "one sequence", "With B = 1 the batch axis stays: (1, T, H)."),
        _loop_case(6, (2, 4, 1, 1), "one input, one unit", "With D = H = 1 the axes stay: (B, T, 1)."),
    ],
    ("h",),
    _run,
    [
        Mistake(
            "the memory is reset: every step reads `h0`, not the state the step before left. Does the loop update the "
            "state it reads?",
            [lambda x, h0, W, U, b: np.tanh(x @ W + (h0 @ U)[:, None] + b)],
        ),
        Mistake(
            "the memory is reset to zeros at every step, or the product with `W_hh` is missing: each state knows its "
            "own input only.",
            [lambda x, h0, W, U, b: np.tanh(x @ W + b)],
        ),
        Mistake(
            "the first step begins with zeros; it should begin with `h0`.",
            [lambda x, h0, W, U, b: _run(x, np.zeros_like(h0), W, U, b)],
        ),
        Mistake(
            "off by one: these are the states *before* each step, h_0 to h_{T−1}. Store the state after updating it.",
            [lambda x, h0, W, U, b: np.concatenate([h0[:, None], _run(x, h0, W, U, b)[:, :-1]], axis=1)],
        ),
        Mistake(
            "`h0` is returned as well, which makes T + 1 states. Wanted are h_1 to h_T.",
            [lambda x, h0, W, U, b: np.concatenate([h0[:, None], _run(x, h0, W, U, b)], axis=1)],
        ),
        Mistake(
            "this is the last state only; all T of them are wanted, (B, T, H).",
            [
                lambda x, h0, W, U, b: _run(x, h0, W, U, b)[:, -1],
                lambda x, h0, W, U, b: _run(x, h0, W, U, b)[:, -1:],
            ],
        ),
        Mistake(
            "the last state stands at every step. Is one array written to again and again, and stored T times?",
            [lambda x, h0, W, U, b: np.repeat(_run(x, h0, W, U, b)[:, -1:], x.shape[1], axis=1)],
        ),
        Mistake(
            "the states are right, but the last one comes first. Time runs forward along axis 1.",
            [lambda x, h0, W, U, b: _run(x, h0, W, U, b)[:, ::-1]],
        ),
        Mistake(
            "the sequence is read backward, from its last step to its first.",
            [
                lambda x, h0, W, U, b: _run(x[:, ::-1].copy(), h0, W, U, b),
                lambda x, h0, W, U, b: _run(x[:, ::-1].copy(), h0, W, U, b)[:, ::-1],
            ],
        ),
        Mistake(
            "time stands on axis 0, as if the states had been stacked as (T, B, H); wanted is (B, T, H).",
            [lambda x, h0, W, U, b: _run(x, h0, W, U, b).transpose(1, 0, 2)],
        ),
        Mistake(
            "`W_hh` is transposed: a row vector is multiplied from the right, `state @ W_hh`.",
            [lambda x, h0, W, U, b: _run(x, h0, W, U.T, b)],
        ),
        Mistake(
            "the bias `b_h` is missing.",
            [lambda x, h0, W, U, b: _run(x, h0, W, U, 0 * b)],
        ),
        Mistake("tanh is missing: these are sums.", [_linear]),
        Mistake(
            "tanh bends the input's part only, and the state's part is added outside of it. It bends the whole sum.",
            [_tanh_of_input_only],
        ),
        Mistake(
            "the state runs on from one sequence of the batch to the next. Each begins with its own row of `h0`.",
            [_leaking],
        ),
    ],
    shapes={"h": "(B, T, H)"},
)


# One step of Jordan's network


def _jordan(x: Array, y: Array, W_xh: Array, W_yh: Array, b_h: Array, W_hy: Array, b_y: Array) -> tuple[Array, Array]:
    h = np.tanh(x @ W_xh + y @ W_yh + b_h)
    return h, _out(h, W_hy, b_y)


def _out(h: Array, W_hy: Array, b_y: Array) -> Array:
    return np.asarray(sigmoid(h @ W_hy + b_y))


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
            "the sigmoid is missing: these are logits.",
            [lambda x, y, W, F, b, R, c: (None, _jordan(x, y, W, F, b, R, c)[0] @ R + c)],
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
