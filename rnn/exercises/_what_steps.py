"""The exercise of running a tanh RNN over whole sequences: inputs, and the mistakes that are recognized."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnn.activations import sigmoid
from rnn.exercises.checking import Case, Mistake, Task
from rnn.recurrent import RNN

Array = np.ndarray


def _normal(rng: np.random.Generator, *shape: int) -> Array:
    return rng.normal(0, 0.8, shape)


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


def _sums(x: Array, h0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Return what goes into tanh at each step."""
    before = np.concatenate([h0[:, None], _run(x, h0, W_xh, W_hh, b_h)[:, :-1]], axis=1)
    return np.asarray(x @ W_xh + before @ W_hh + b_h)


def _bend(outside: Callable[[Array, Array], Array], inside: float = 1.0) -> Callable[..., Array]:
    """Return the loop with ``outside`` applied to each new sum, of which the bias is the share ``inside``."""

    def run(x: Array, h0: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
        states, h = [], h0
        for t in range(x.shape[1]):
            h = outside(x[:, t] @ W_xh + h @ W_hh + inside * b_h, b_h)
            states.append(h)
        return np.stack(states, axis=1)

    return run


def _from_second(x: Array, h0: Array, first: Array, W_xh: Array, W_hh: Array, b_h: Array) -> Array:
    """Return ``first`` as the first state, and read from the second input on."""
    rest = _run(x[:, 1:], first, W_xh, W_hh, b_h)
    return np.concatenate([first[:, None], rest], axis=1)


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
        _loop_case(1, (5, 3, 4, 2)),
        _loop_case(2, (4, 6, 2, 3)),
        _loop_case(3, (2, 40, 3, 4), "a longer sequence"),
        _loop_case(
            4, (3, 1, 2, 4), "one step", "With T = 1 the loop runs once, and its state has to come as (B, 1, H)."
        ),
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
            "these are the sums that go into tanh, not the states. The state is what comes out of it.",
            [_sums],
        ),
        Mistake("the bias is added after tanh; it belongs into the sum.", [_bend(lambda a, b: np.tanh(a) + b, 0.0)]),
        Mistake("these are states of a sigmoid; wanted is tanh.", [_bend(lambda a, b: np.asarray(sigmoid(a)))]),
        Mistake("these are states of a ReLU; wanted is tanh.", [_bend(lambda a, b: np.maximum(a, 0.0))]),
        Mistake(
            "the first state returned is the start itself: the loop begins with the second input. The first input has "
            "to be read as well, and makes h_1.",
            [
                lambda x, h0, W, U, b: _from_second(x, h0, h0, W, U, b),
                lambda x, h0, W, U, b: _from_second(x, h0, np.zeros_like(h0), W, U, b),
            ],
        ),
        Mistake(
            "the last step is missing, its state is still 0. The loop should run T times.",
            [lambda x, h0, W, U, b: _run(x, h0, W, U, b) * (np.arange(x.shape[1]) < x.shape[1] - 1)[:, None]],
        ),
        Mistake(
            "each step reads the input of the step before, and the first one that of the last step.",
            [lambda x, h0, W, U, b: _run(np.roll(x, 1, axis=1), h0, W, U, b)],
        ),
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
