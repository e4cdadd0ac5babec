"""The triangle of contributions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnn.exercises._bptt_walk import OTHER_SLOPES, no_slope, numbers, tanh_slope, walk
from rnn.exercises.checking import Case, Mistake, Task


def cases(one: str) -> list[Case]:
    found = []
    for seed, (batch, steps, hidden), label, why in (
        (0, (1, 2, 2), "two steps of two units", ""),
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


def _triangle(
    immediate: np.ndarray,
    h: np.ndarray,
    W_hh: np.ndarray,
    slope: Callable[[np.ndarray, np.ndarray], np.ndarray] = tanh_slope,
    transpose: bool = True,
    later: int = 0,
    carry: str = "da",
    first: int = 0,
) -> np.ndarray:
    steps, hidden = immediate.shape[1:]
    made = np.zeros((steps, steps, hidden, hidden))
    for t in range(steps):
        alone = np.zeros_like(immediate)
        alone[:, t] = immediate[:, t]
        da = walk(alone, h, W_hh, slope=slope, transpose=transpose, carry=carry).da
        for s in range(first, t + 1):
            made[t, s] = h[:, s + later].T @ da[:, s]
    return made


def _diagonal(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    whole, steps = _triangle(immediate, h, W_hh), immediate.shape[1]
    return np.asarray(whole * np.eye(steps)[:, :, None, None])


def _each_sequence(immediate: np.ndarray, h: np.ndarray, W_hh: np.ndarray) -> np.ndarray:
    each = [_triangle(immediate[b : b + 1], h[b : b + 1], W_hh) for b in range(len(h))]
    return np.stack(each, axis=2)


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
    cases("With T = 1 the triangle is one cell, C[0, 0], with h_0 in it."),
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
            "the diagonal is right; below it, tanh′ of the steps passed on the way is missing: hand on dL_t/da_s "
            "W_hhᵀ, not dL_t/dh_s W_hhᵀ.",
            [lambda e, h, w: _triangle(e, h, w, carry="dh")],
        ),
        Mistake(
            "the slope of step s is taken from the state before it; `h[:, 0]` is h_0, so the state made by step s "
            "(counted from 0) is `h[:, s + 1]`.",
            [lambda e, h, w: _triangle(e, h, w, slope=OTHER_SLOPES["previous"])],
        ),
        Mistake(
            "the first column is missing, what passes through step 0: a range that counts down has to end at −1 to "
            "reach 0.",
            [lambda e, h, w: _triangle(e, h, w, first=1)],
        ),
        Mistake(
            "one matrix for each sequence. All sequences read the same weights: add up over the batch.",
            [_each_sequence],
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
