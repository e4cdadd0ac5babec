"""The exercise on truncated backpropagation: the state goes on from window to window, the gradient does not."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn.exercises.checking import Answer, Case, Mistake, Task
from rnn.recurrent import RNN

Array = np.ndarray


def _truncated(x: Array, h0: Array, dh: Array, W_xh: Array, W_hh: Array, b_h: Array, window: int) -> Any:
    layer = RNN(x.shape[2], h0.shape[1], dtype=np.float64)
    for name, value in (("W_xh", W_xh), ("W_hh", W_hh), ("b_h", b_h)):
        layer.params[name][...] = value
    states, grads, state = [], [np.zeros_like(w) for w in (W_xh, W_hh, b_h)], h0
    for start in range(0, x.shape[1], window):
        part = slice(start, start + window)
        h, state = layer.forward(x[:, part], state)
        layer.backward(np.ascontiguousarray(dh[:, part]))
        states.append(h)
        grads = [total + layer.grads[name] for total, name in zip(grads, ("W_xh", "W_hh", "b_h"), strict=True)]
    return np.concatenate(states, axis=1), *grads


def _variant(
    *,
    reset: str = "",
    borders: str = "right",
    slope: bool = True,
    transpose: bool = True,
    flow: bool = True,
    keep: str = "all",
    mean: bool = False,
    after: bool = False,
) -> Answer:
    """Truncated backpropagation step by step, with something else in one place."""

    def answer(x: Array, h0: Array, dh: Array, W_xh: Array, W_hh: Array, b_h: Array, window: int) -> Any:
        T = x.shape[1]
        starts = np.zeros_like(h0) if reset == "zero" else h0
        before: list[Array] = []
        states: list[Array] = []
        for t in range(T):
            h = h0 if t == 0 else starts if reset and t % window == 0 else states[-1]
            before.append(h)
            states.append(np.tanh(x[:, t] @ W_xh + h @ W_hh + b_h))
        border = {  # steps that nothing comes back into
            "right": range(window - 1, T, window),
            "none": range(0),
            "early": range(0, T, window),
            "from the end": range(T - 1, -1, -window),
        }[borders]
        windows = -(-T // window)
        last = window * (windows - 1)
        counted = {"all": range(T), "first": range(min(T, window)), "last": range(last, T)}[keep]
        grads = [np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)]
        da = np.zeros_like(h0)
        for t in reversed(range(T)):
            if t in border or not flow:
                da = np.zeros_like(h0)
            da = dh[:, t] + da @ (W_hh.T if transpose else W_hh)
            da = da * (1 - states[t] ** 2) if slope else da
            if t in counted:
                grads[0] += x[:, t].T @ da
                grads[1] += (states[t] if after else before[t]).T @ da
                grads[2] += da.sum(0)
        if mean:
            grads = [g / windows for g in grads]
        return np.stack(states, axis=1), *grads

    return answer


def _gradients(answer: Answer) -> Answer:
    """What stays right is left to the reference: h here."""
    return lambda *args: (None, *answer(*args)[1:])


def _truncated_cases() -> list[Case]:
    rng = np.random.default_rng(31)
    edges = {
        (2, 4, 3, 5, 9): "A window longer than the sequence cuts nothing: this is the full gradient.",
        (3, 5, 2, 4, 1): "With windows of 1 no gradient crosses any step, and the state is still carried on.",
        (1, 7, 3, 2, 3): "A batch of one sequence keeps its axis: everything has the shapes of before, with B = 1.",
        (2, 1, 3, 4, 2): "One step is a sequence as well: its state comes from h0.",
    }
    cases = []
    for sizes in ((2, 7, 3, 4, 3), (3, 8, 2, 5, 3), (4, 11, 5, 2, 4), *edges):
        B, T, D, H, window = sizes
        arrays = {
            "x": rng.normal(size=(B, T, D)),
            "h0": rng.normal(size=(B, H)),
            "dh": rng.normal(size=(B, T, H)),
            "W_xh": rng.normal(size=(D, H)) / np.sqrt(D),
            "W_hh": rng.normal(size=(H, H)) / np.sqrt(H),
            "b_h": rng.normal(size=H) / 2,
        }
        label = f"B = {B}, T = {T}, D = {D}, H = {H}"
        cases.append(Case(arrays | {"window": window}, label, edges.get(sizes, ""), {"B": B, "T": T, "H": H}))
    return cases


TRUNCATED = Task(
    "truncated",
    _truncated_cases(),
    ("h", "dW_xh", "dW_hh", "db_h"),
    _truncated,
    [
        Mistake(
            "the state is reset at the borders: the forward pass, and with it the loss, is no longer that of the whole "
            "sequence. Truncation cuts gradients only.",
            [_variant(reset="zero"), _variant(reset="h0")],
        ),
        Mistake(
            "the gradient goes through the borders: this is full backpropagation, window or not.",
            [_gradients(_variant(borders="none"))],
        ),
        Mistake(
            "the border is one step off. Nothing may come back *into the last step* of a window; its first step still "
            "hears from the second.",
            [_gradients(_variant(borders="early"))],
        ),
        Mistake(
            "the windows are counted from the end. They begin at step 0; only the last one may be shorter.",
            [_gradients(_variant(borders="from the end"))],
        ),
        Mistake(
            "only one window's gradient is left: each overwrites the one before. Add them up.",
            [_gradients(_variant(keep="last")), _gradients(_variant(keep="first"))],
        ),
        Mistake(
            "the sum is divided by the number of windows; they are to be added up.",
            [_gradients(_variant(mean=True))],
        ),
        Mistake(
            "the factor 1 − h² is missing: where is tanh′?",
            [_gradients(_variant(slope=False))],
        ),
        Mistake(
            "the gradient goes back through `W_hh`; it needs the transpose.",
            [_gradients(_variant(transpose=False))],
        ),
        Mistake(
            "nothing comes back from later steps at all, within a window either.",
            [_gradients(_variant(flow=False))],
        ),
        Mistake(
            "`W_hh` multiplies the state *before* the step, so its gradient needs that one; here it is the state "
            "after.",
            [lambda *args: (None, None, _variant(after=True)(*args)[2], None)],
        ),
    ],
    shapes={"h": "(B, T, H)", "dW_xh": "(D, H)", "dW_hh": "(H, H)", "db_h": "(H,)"},
)
