"""The triangle of contributions, and the gradient forward in time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnn.exercises._bptt_walk import no_slope, numbers, over_time, tanh_slope, walk
from rnn.exercises.checking import Answer, Case, Mistake, Task


def _cases(one: str) -> list[Case]:
    found = []
    for seed, (batch, steps, hidden), label, why in (
        (0, (1, 2, 1), "two steps of one unit", ""),
        (1, (2, 3, 4), "", ""),
        (2, (3, 5, 2), "", ""),
        (3, (4, 6, 3), "", ""),
        (4, (1, 4, 5), "a batch of one", ""),
        (5, (2, 1, 3), "one step", one),
    ):
        rng = np.random.default_rng(seed)
        n = numbers(rng, (batch, steps, 3, hidden, 2))
        args = {"immediate": n["dz"] @ n["W_hy"].T, "h": n["h"], "W_hh": n["W_hh"]}
        found.append(Case(args, label, why, {"B": batch, "T": steps, "H": hidden}))
    return found


# The triangle


def _triangle(
    immediate: np.ndarray,
    h: np.ndarray,
    W_hh: np.ndarray,
    slope: Callable[[np.ndarray, np.ndarray], np.ndarray] = tanh_slope,
    transpose: bool = True,
    later: int = 0,
) -> np.ndarray:
    steps, hidden = immediate.shape[1:]
    made = np.zeros((steps, steps, hidden, hidden))
    for t in range(steps):
        alone = np.zeros_like(immediate)
        alone[:, t] = immediate[:, t]
        da = walk(alone, h, W_hh, slope=slope, transpose=transpose).da
        for s in range(t + 1):
            made[t, s] = h[:, s + later].T @ da[:, s]
    return made


def _diagonal(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    whole, steps = _triangle(immediate, h, W_hh), immediate.shape[1]
    return np.asarray(whole * np.eye(steps)[:, :, None, None])


def _on_the_way(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    """Every step that is passed adds its own loss: row t holds the sum of the rows 1 … t."""
    return np.asarray(_triangle(immediate, h, W_hh).cumsum(0))


def _columns(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    made = np.zeros_like(_triangle(immediate, h, W_hh))
    da = walk(immediate, h, W_hh).da
    for s in range(len(made)):
        made[s, s] = h[:, s].T @ da[:, s]
    return made


TRIANGLE = Task(
    "triangle",
    _cases("With T = 1 the triangle is one cell, C[0, 0], with h_0 in it."),
    ("C",),
    _triangle,
    [
        Mistake(
            "rows and columns of the triangle are exchanged: C[t, s] has the loss first, then the step it passes.",
            [lambda e, h, w: _triangle(e, h, w).transpose(1, 0, 2, 3)],
        ),
        Mistake(
            "in each (H, H) matrix rows and columns are exchanged: the row belongs to the state that was read.",
            [lambda e, h, w: _triangle(e, h, w).transpose(0, 1, 3, 2)],
        ),
        Mistake(
            "only the diagonal is there: each loss is stopped at its own step. It goes on to all steps before.",
            [_diagonal],
        ),
        Mistake(
            "the diagonal is missing: the loss of step t passes through step t itself, too.",
            [lambda e, h, w: _triangle(e, h, w) - _diagonal(e, h, w)],
        ),
        Mistake(
            "this is the sum over all losses, at the steps they pass through: the column sums, in the place of the "
            "diagonal. Keep the losses apart: walk back once for each.",
            [_columns],
        ),
        Mistake(
            "row t also has the losses of the steps passed on the way: each added its own immediate gradient. In one "
            "row the loss of step t alone counts.",
            [_on_the_way],
        ),
        Mistake(
            "tanh′ is missing: off by the factor 1 − h² of every step passed.",
            [lambda e, h, w: _triangle(e, h, w, slope=no_slope)],
        ),
        Mistake(
            "the diagonal is right, what lies below is not: W_hh is not transposed.",
            [lambda e, h, w: _triangle(e, h, w, transpose=False)],
        ),
        Mistake(
            "each cell is paired with the state after its step; the weights read the one before, h[:, s − 1].",
            [lambda e, h, w: _triangle(e, h, w, later=1)],
        ),
    ],
    shapes={"C": "(T, T, H, H)"},
)

# Forward in time


def _carried(
    immediate: np.ndarray,
    h: np.ndarray,
    W_hh: np.ndarray,
    kind: str = "",
    counted: Callable[[int, int], bool] = lambda t, steps: True,
) -> tuple[np.ndarray, np.ndarray]:
    steps, hidden = immediate.shape[1:]
    eye = np.eye(hidden)
    of_bias = np.zeros((len(h), hidden, hidden)) + (eye if kind == "bias starts at I" else 0)
    of_start = of_bias * 0 + (0 if kind == "start at zero" else eye)
    matrix = W_hh.T if kind == "transposed" else W_hh
    db, dh_0 = np.zeros(hidden), np.zeros_like(h[:, 0])
    for t in range(steps):
        slope = (1 - h[:, t + 1] ** 2)[:, None]
        if kind == "no slope":
            slope = np.ones_like(slope)
        if kind == "wrong axis":
            slope = slope.transpose(0, 2, 1)
        if kind == "slope on one term":
            of_bias = eye * slope + of_bias @ matrix
            of_start = of_start @ matrix
        elif kind == "not carried":
            of_bias, of_start = eye * slope, eye @ matrix * slope
        elif kind == "no immediate":
            of_bias, of_start = of_bias @ matrix * slope, of_start @ matrix * slope
        else:
            of_bias, of_start = (eye + of_bias @ matrix) * slope, of_start @ matrix * slope
            if kind == "also in the start":
                of_start = of_start + eye * slope
        if counted(t, steps):
            db += np.einsum("bk,bik->i", immediate[:, t], of_bias)
            dh_0 += np.einsum("bk,bik->bi", immediate[:, t], of_start)
    return db, dh_0


def _forward(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    back = walk(immediate, h, W_hh)
    return over_time(np.ones_like(h[:, 1:, :1]), back.da)[0], back.dh_0


def _kind(kind: str, *parts: str) -> Answer:
    def answer(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
        db, dh_0 = _carried(immediate, h, W_hh, kind)
        return (db if "db_h" in parts else None), (dh_0 if "dh_0" in parts else None)

    return answer


FORWARD = Task(
    "forward_in_time",
    _cases("With T = 1 the derivatives are those of one step: 1 − h_1² for the bias, W_hh times that for h_0."),
    ("db_h", "dh_0"),
    _forward,
    [
        Mistake("tanh′ is missing in what is carried along.", [_kind("no slope", "db_h", "dh_0")]),
        Mistake(
            "only the immediate derivative of each step is used; what the state before brings along, its own "
            "derivative times W_hh, is lost.",
            [_kind("not carried", "db_h", "dh_0")],
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
            "this is zero everywhere: at the start dh_0/dh_0 is not zero. How does h_0 change if you change h_0?",
            [_kind("start at zero", "dh_0"), _kind("no immediate", "db_h")],
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
            "only the loss of the last step counts here; each step's loss has to be added when its step is reached.",
            [lambda e, h, w: _carried(e, h, w, counted=lambda t, steps: t == steps - 1)],
        ),
        Mistake(
            "this is the mean over the batch; contributions of the sequences add up.",
            [lambda e, h, w: (_forward(e, h, w)[0] / len(h), None)],
        ),
        Mistake(
            "summed over the batch; every sequence has an initial state of its own.",
            [lambda e, h, w: (None, _forward(e, h, w)[1].sum(0))],
        ),
    ],
    shapes={"db_h": "(H,)", "dh_0": "(B, H)"},
)
