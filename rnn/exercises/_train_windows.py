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
    slope: bool | str = True,
    transpose: bool = True,
    flow: bool = True,
    keep: str = "all",
    mean: bool = False,
    before_is: str = "right",
    cut: str = "later",
    counted_losses: str = "all",
    carried: str = "da",
) -> Answer:
    """Truncated backpropagation step by step, with something else in one place."""

    def answer(x: Array, h0: Array, dh: Array, W_xh: Array, W_hh: Array, b_h: Array, window: int) -> Any:
        T = x.shape[1]
        starts = h0 if reset == "h0" else np.zeros_like(h0)
        before: list[Array] = []
        states: list[Array] = []
        for t in range(T):
            h = h0 if t == 0 else starts if reset not in ("", "first") and t % window == 0 else states[-1]
            if t == 0 and reset in ("all", "first"):
                h = np.zeros_like(h0)
            before.append(h)
            states.append(np.tanh(x[:, t] @ W_xh + h @ W_hh + b_h))
        border = {  # steps that nothing comes back into
            "right": range(window - 1, T, window),
            "none": range(0),
            "late": range(0, T, window),
            "early": range(max(0, window - 2), T, window),
            "from the end": range(T - 1, -1, -window),
        }[borders]
        windows = -(-T // window)
        last = window * (windows - 1)
        whole = T // window * window
        counted = {
            "all": range(T),
            "first": range(min(T, window)),
            "last": range(last, T),
            "whole": range(whole),
        }[keep]
        grads = [np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros_like(b_h)]
        back = np.zeros_like(h0)
        for t in reversed(range(T)):
            if t in border or not flow:
                back = np.zeros_like(h0)
            own = dh[:, t] if counted_losses == "all" or (t + 1) % window == 0 or t == T - 1 else np.zeros_like(h0)
            total = own + back @ (W_hh.T if transpose else W_hh)
            if cut == "everything" and t in border:
                total = np.zeros_like(h0)
            inner = np.tanh(states[t]) if slope == "twice" else states[t]
            da = total * (1 - inner**2) if slope else total
            back = total if carried == "dh" else da
            if t in counted:
                first = np.zeros_like(h0) if t % window == 0 else before[t]
                grads[0] += x[:, t].T @ da
                grads[1] += {"right": before[t], "after": states[t], "zero": first}[before_is].T @ da
                grads[2] += da.sum(0)
        if mean:
            grads = [g / windows for g in grads]
        return np.stack(states, axis=1), *grads

    return answer


def _overlapping(x: Array, h0: Array, dh: Array, W_xh: Array, W_hh: Array, b_h: Array, window: int) -> Any:
    """Let the loss of every step go back ``window`` steps of its own."""
    found = []
    h = _truncated(x, h0, dh, W_xh, W_hh, b_h, window)[0]
    before = np.concatenate([h0[:, None], h], axis=1)
    for t in range(x.shape[1]):
        part = slice(max(0, t + 1 - window), t + 1)
        only = np.zeros_like(dh[:, part])
        only[:, -1] = dh[:, t]
        found.append(_truncated(x[:, part], before[:, part.start], only, W_xh, W_hh, b_h, x.shape[1]))
    return h, *(sum(grads) for grads in list(zip(*found, strict=True))[1:])


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
            [_variant(reset="zero"), _variant(reset="h0"), _variant(reset="all")],
        ),
        Mistake("`h0` is not used: the first step begins with a state of zeros.", [_variant(reset="first")]),
        Mistake(
            "the gradient goes through the borders: this is full backpropagation, window or not.",
            [_gradients(_variant(borders="none"))],
        ),
        Mistake(
            "the border is one step off. Nothing may come back *into the last step* of a window; its first step still "
            "hears from the second.",
            [_gradients(_variant(borders="late")), _gradients(_variant(borders="early"))],
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
            [lambda *args: (None, None, _variant(before_is="after")(*args)[2], None)],
        ),
        Mistake(
            "at the first step of a window the state before it is left out. It was carried in, and `W_hh` multiplies "
            "it like any other.",
            [lambda *args: (None, None, _variant(before_is="zero")(*args)[2], None)],
        ),
        Mistake("the last, shorter window is left out.", [_gradients(_variant(keep="whole"))]),
        Mistake(
            "the loss of every step goes back a window of its own. Here the windows stand still, and all is cut at "
            "their borders.",
            [_gradients(_overlapping)],
        ),
        Mistake(
            "only the loss at the last step of each window is counted; `dh` has one at every step.",
            [_gradients(_variant(counted_losses="last"))],
        ),
        Mistake(
            "at a border everything is cut, the step's own `dh` too. Only what comes from later steps is.",
            [_gradients(_variant(cut="everything"))],
        ),
        Mistake(
            "what goes back to the step before has no factor 1 − h²: it is the gradient at `a` that passes `W_hh`, not "
            "the one at `h`.",
            [_gradients(_variant(carried="dh"))],
        ),
        Mistake("tanh is taken twice in its slope: h is tanh(a) already.", [_gradients(_variant(slope="twice"))]),
    ],
    shapes={"h": "(B, T, H)", "dW_xh": "(D, H)", "dW_hh": "(H, H)", "db_h": "(H,)"},
)
