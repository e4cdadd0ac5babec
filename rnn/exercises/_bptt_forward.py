"""The gradient forward in time: of the bias and of the initial state, at every step for the losses so far."""

from __future__ import annotations

import numpy as np

from rnn.exercises._bptt_walk import walk
from rnn.exercises._bptt_ways import cases
from rnn.exercises.checking import Answer, Mistake, Task

Arrays = tuple[np.ndarray, np.ndarray]


def _carried(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray, kind: str = "") -> Arrays:
    """Go forward once; every kind but the first makes one mistake. What each step adds: (T, H) and (T, B, H)."""
    hidden, eye = h.shape[2], np.eye(h.shape[2])
    of_bias = np.zeros((len(h), hidden, hidden)) + (eye if kind == "bias starts at I" else 0)
    of_start = of_bias * 0 + (0 if kind == "start at zero" else eye)
    matrix = W_hh.T if kind == "transposed" else W_hh
    contract = "bk,bki->bi" if kind == "other axis summed" else "bk,bik->bi"
    read = np.ones_like(eye) if kind == "ones" else eye
    by_bias, by_start = [], []
    for t in range(immediate.shape[1]):
        before = of_bias, of_start
        slope = (1 - h[:, t + (kind != "slope before")] ** 2)[:, None]
        if kind == "no slope":
            slope = np.ones_like(slope)
        if kind == "wrong axis":
            slope = slope.transpose(0, 2, 1)
        if kind == "slope on one term":
            of_bias, of_start = eye * slope + of_bias @ matrix, of_start @ matrix
        elif kind == "not carried":
            of_bias, of_start = eye * slope, eye @ matrix * slope
        elif kind == "no immediate" or (kind == "immediate once" and t > 0):
            of_bias, of_start = of_bias @ matrix * slope, of_start @ matrix * slope
        else:
            of_bias, of_start = (read + of_bias @ matrix) * slope, of_start @ matrix * slope
            if kind == "also in the start":
                of_start = of_start + eye * slope
        used = before if kind == "used before" else (of_bias, of_start)
        by_bias.append(np.einsum(contract, immediate[:, t], used[0]).sum(0))
        by_start.append(np.einsum(contract, immediate[:, t], used[1]))
    return np.array(by_bias), np.array(by_start)


def _forward(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> Arrays:
    """Walk back from every step, with the losses of later steps left out."""
    by_bias, by_start = [], []
    for t in range(immediate.shape[1]):
        back = walk(immediate[:, : t + 1], h[:, : t + 2], W_hh)
        by_bias.append(back.da.sum((0, 1)))
        by_start.append(back.dh_0)
    return np.array(by_bias), np.array(by_start)


def _kind(kind: str, *parts: str) -> Answer:
    def answer(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
        db, dh_0 = (each.cumsum(0) for each in _carried(immediate, h, W_hh, kind))
        return (db if "db_h" in parts else None), (dh_0 if "dh_0" in parts else None)

    return answer


def _one_walk_back(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> Arrays:
    back = walk(immediate, h, W_hh)
    return back.da.sum(0)[::-1].cumsum(0)[::-1], (back.da @ W_hh.T).swapaxes(0, 1)


def _last_everywhere(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> Arrays:
    db, dh_0 = _forward(immediate, h, W_hh)
    return np.stack([db[-1]] * len(db)), np.stack([dh_0[-1]] * len(dh_0))


FORWARD = Task(
    "forward_in_time",
    cases("With T = 1 the derivatives are those of one step: 1 − h_1² for the bias, W_hh times that for h_0."),
    ("db_h", "dh_0"),
    _forward,
    [
        Mistake(
            "this is the gradient of all losses, and right. Wanted is one for every step, of the losses up to it: "
            "forward in time it is there at every moment, so keep it each time round.",
            [lambda e, h, w: (_forward(e, h, w)[0][-1], _forward(e, h, w)[1][-1])],
        ),
        Mistake(
            "what each step adds is right; wanted is the gradient of all losses so far. Add up as you go.",
            [_carried],
        ),
        Mistake(
            "every entry is the last one. Is one and the same array put into the list each time and changed in place "
            "afterwards? Store a copy.",
            [_last_everywhere],
        ),
        Mistake(
            "this is one walk back, written down on the way: the later the step, the less is in it. Begin at the first "
            "step, where only its own loss has been seen.",
            [_one_walk_back, lambda e, h, w: (_one_walk_back(e, h, w)[0][::-1], _one_walk_back(e, h, w)[1][::-1])],
        ),
        Mistake("tanh′ is missing in what is carried along.", [_kind("no slope", "db_h", "dh_0")]),
        Mistake(
            "the slope is taken from the state before the step. `h[:, 0]` is h_0; the state made by step t, counted "
            "from 0, is `h[:, t + 1]`.",
            [_kind("slope before", "db_h", "dh_0")],
        ),
        Mistake(
            "only the immediate derivative of each step is used; what the state before brings along, its own "
            "derivative times W_hh, is lost.",
            [_kind("not carried", "db_h", "dh_0")],
        ),
        Mistake(
            "the bias is read at every step, so its immediate derivative comes in again each time, not only at the "
            "first step.",
            [_kind("immediate once", "db_h")],
        ),
        Mistake(
            "tanh′ multiplies one of the two terms only. Both, the immediate one and the one carried along, go "
            "through the tanh.",
            [_kind("slope on one term", "db_h")],
        ),
        Mistake(
            "here W_hh is transposed. Going forward in time nothing is: the units of h_{t−1} are summed over, as "
            "in the forward pass.",
            [_kind("transposed", "db_h", "dh_0")],
        ),
        Mistake(
            "tanh′ multiplies the wrong axis: of the derivatives (B, H, H) the last axis counts the units of h_t.",
            [_kind("wrong axis", "db_h", "dh_0")],
        ),
        Mistake(
            "the immediate part of the loss was multiplied with the wrong axis. ∂⁺L/∂h_t has one number for each unit "
            "that responds, and of the derivatives (B, H, H) that is the last axis.",
            [_kind("other axis summed", "db_h", "dh_0")],
        ),
        Mistake(
            "the immediate derivative of the bias is 1 for the unit it belongs to and 0 for all others: a matrix I, "
            "not ones everywhere.",
            [_kind("ones", "db_h")],
        ),
        Mistake(
            "the loss of step t is multiplied with the derivatives of h_{t−1}: bring them up to date first.",
            [_kind("used before", "db_h", "dh_0")],
        ),
        Mistake(
            "this is zero everywhere: at the start dh_0/dh_0 is not zero. How does h_0 change if you change h_0?",
            [_kind("start at zero", "dh_0")],
        ),
        Mistake(
            "this is zero everywhere: nothing of the bias ever comes in. It is read at every step.",
            [_kind("no immediate", "db_h")],
        ),
        Mistake(
            "at the start, dh_0/db_h is zero: the initial state does not depend on the bias.",
            [_kind("bias starts at I", "db_h")],
        ),
        Mistake(
            "the immediate term of the bias got into the derivative by h_0: h_0 is read by a_1 only, so from then on "
            "there is nothing but what is carried.",
            [_kind("also in the start", "dh_0")],
        ),
        Mistake(
            "this is the mean over the batch; contributions of the sequences add up.",
            [lambda e, h, w: (_forward(e, h, w)[0] / len(h), None)],
        ),
        Mistake(
            "summed over the batch; every sequence has an initial state of its own.",
            [lambda e, h, w: (None, _forward(e, h, w)[1].sum(1))],
        ),
    ],
    shapes={"db_h": "(T, H)", "dh_0": "(T, B, H)"},
)
