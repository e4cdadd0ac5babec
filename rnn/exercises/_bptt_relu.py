"""The recursion with ReLU in the place of tanh."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn.exercises._bptt_walk import Slope, no_slope, relu_slope, tanh_slope, walk
from rnn.exercises.checking import Answer, Case, Mistake, Task


def _relu_cases() -> list[Case]:
    one = "With T = 1 there is no later step: dL/dh_1 is the immediate part, and the walk ends with dL/dh_0."
    found = []
    for seed, (batch, steps, hidden), label, why in (
        (0, (1, 2, 2), "two steps of two units", ""),
        (1, (2, 4, 3), "", ""),
        (2, (3, 5, 4), "", ""),
        (3, (4, 3, 6), "", ""),
        (4, (1, 6, 5), "a batch of one", ""),
        (5, (2, 1, 3), "one step", one),
    ):
        rng = np.random.default_rng(seed)
        h = np.maximum(rng.normal(0.3, 1.0, size=(batch, steps + 1, hidden)), 0)  # states need no network behind them
        h[:, 0] = rng.normal(size=(batch, hidden))
        args = {
            "immediate": rng.normal(size=(batch, steps, hidden)),
            "h": h,
            "W_hh": 0.6 * rng.normal(size=(hidden, hidden)),
        }
        found.append(Case(args, label, why, {"B": batch, "T": steps, "H": hidden}))
    return found


def _relu(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    back = walk(immediate, h, W_hh, slope=relu_slope)
    return back.da, back.dh_0


def _walked(slope: Slope = relu_slope, **mistake: Any) -> Answer:
    def answer(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        back = walk(immediate, h, W_hh, slope=slope, **mistake)
        return back.da, back.dh_0

    return answer


def _by_sign(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ReLU is applied to the gradient: it passes where the gradient is positive."""
    da, later = np.empty_like(immediate), np.zeros_like(h[:, 0])
    for t in range(immediate.shape[1] - 1, -1, -1):
        da[:, t] = np.maximum(immediate[:, t] + later, 0)
        later = da[:, t] @ W_hh.T
    return da, later


RELU = Task(
    "relu_recursion",
    _relu_cases(),
    ("da", "dh_0"),
    _relu,
    [
        Mistake(
            "the slope is still that of tanh, 1 − h². That of ReLU is a number of two values.", [_walked(tanh_slope)]
        ),
        Mistake(
            "here every unit lets the gradient through, also those that are off. Is there no slope, or is it `h_t >= "
            "0`, which is true of all units, as a ReLU never returns a negative number? Or is dL/dh_t handed on where "
            "dL/da_t should be?",
            [_walked(no_slope)],
        ),
        Mistake(
            "the slope is that of the step before: it is taken from h_{t−1}. Whether the unit was on at step t shows "
            "in h_t, `h[:, t]`.",
            [_walked(lambda before, h: np.asarray(before > 0, dtype=float))],
        ),
        Mistake(
            "the gradient is multiplied by h_t itself. Its slope is 1 where the unit is on, however large h_t is.",
            [_walked(lambda before, h: h)],
        ),
        Mistake(
            "the recurrent matrix is not transposed on the way back.",
            [_walked(transpose=False)],
        ),
        Mistake(
            "what later steps hand back is not added: each step knows its own loss only.",
            [_walked(carry="nothing")],
        ),
        Mistake(
            "this is zero: nothing arrives at the initial state. It is read by a_1, also when there is one step only.",
            [lambda e, h, w: (None, np.zeros_like(h[:, 0]))],
        ),
        Mistake(
            "before the last step the own loss is lost: what comes from later is put in the place of the immediate "
            "part rather than added to it.",
            [_walked(own="last")],
        ),
        Mistake(
            "the slope is there in dL/da, but the step before is handed dL/dh_t W_hhᵀ: what goes on has to have passed "
            "the activation.",
            [lambda e, h, w: (walk(e, h, w, slope=relu_slope, carry="dh").da, None)],
        ),
        Mistake(
            "whether the gradient passes is decided by the sign of the gradient. It is the unit that is on or off: "
            "look at h_t.",
            [_by_sign],
        ),
        Mistake(
            "only the own loss is stopped at a unit that is off; what comes from later has to pass the same unit. Add "
            "first, then multiply by the slope.",
            [_walked(later_slope=False)],
        ),
        Mistake(
            "the loop runs from the first step to the last: what comes from later is not there yet when it is needed.",
            [_walked(forward=True)],
        ),
        Mistake(
            "this is dL/dh_t, not yet multiplied by the slope.",
            [lambda e, h, w: (walk(e, h, w, slope=relu_slope).dh, None)],
        ),
        Mistake(
            "this is dL/da_1; the product that leads from a_1 to h_0 is left.",
            [lambda e, h, w: (None, _relu(e, h, w)[0][:, 0])],
        ),
    ],
    shapes={"da": "(B, T, H)", "dh_0": "(B, H)"},
)
