"""The exercise on Jacobians over time: all of them, from the last step back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rnn.exercises.checking import Answer, Case, Mistake, Task

Factor = Callable[[np.ndarray, np.ndarray, int], np.ndarray]  # states (T+1, H), W_hh, and t: the factor of step t


def _step(h: np.ndarray, w: np.ndarray, t: int) -> np.ndarray:
    return np.asarray(w * (1 - h[t] ** 2))


def _products(h: np.ndarray, factors: Sequence[np.ndarray], mirrored: bool = False) -> np.ndarray:
    """Products of the factors from each of them to the last, the identity at the end; mirrored, in the other order."""
    found = [np.eye(h.shape[1])]
    for factor in reversed(factors):
        found.append(found[-1] @ factor if mirrored else factor @ found[-1])
    return np.array(found[::-1])


def _with(factor: Factor, mirrored: bool = False) -> Answer:
    def answer(h: np.ndarray, w: np.ndarray) -> np.ndarray:
        return _products(h, [factor(h, w, t) for t in range(1, len(h))], mirrored)

    return answer


_RIGHT = _with(_step)


def _from_start(h: np.ndarray, w: np.ndarray) -> np.ndarray:
    found = [np.eye(h.shape[1])]
    for t in range(1, len(h)):
        found.append(found[-1] @ _step(h, w, t))
    return np.array(found)


def _one_more(h: np.ndarray, w: np.ndarray) -> np.ndarray:
    return np.array([_step(h, w, s) @ J for s, J in enumerate(_RIGHT(h, w))])


def _one_fewer(h: np.ndarray, w: np.ndarray) -> np.ndarray:
    return np.asarray(np.concatenate([_RIGHT(h, w)[1:], np.eye(h.shape[1])[None]]))


def _steps_only(h: np.ndarray, w: np.ndarray) -> np.ndarray:
    return np.array([*(_step(h, w, t) for t in range(1, len(h))), np.eye(h.shape[1])])


def _by_element(h: np.ndarray, w: np.ndarray) -> np.ndarray:
    found = [np.eye(h.shape[1])]
    for t in range(len(h) - 1, 0, -1):
        found.append(_step(h, w, t) * found[-1])
    return np.array(found[::-1])


def _ending_with(value: float) -> Answer:
    """The right entries, with a matrix full of one number in the place of the identity."""

    def answer(h: np.ndarray, w: np.ndarray) -> np.ndarray:
        right = _RIGHT(h, w)
        return np.array([*right[:-1], np.full_like(right[-1], value)])

    return answer


def _paths() -> list[Case]:
    rng = np.random.default_rng(4)
    small = np.array([[0.0, 0.5], [0.5, -0.5], [0.8, 0.0]])
    cases = [
        Case({"h": small, "W_hh": np.array([[1.0, 2.0], [-1.0, 0.5]])}, "two units, two steps", "", {"T": 2, "H": 2})
    ]
    for steps, units in ((3, 4), (5, 3), (7, 2), (4, 5)):
        h = np.tanh(rng.normal(0, 0.8, (steps + 1, units)))
        cases.append(Case({"h": h, "W_hh": rng.normal(0, 0.8, (units, units))}, "", "", {"T": steps, "H": units}))
    for steps, label, why in (
        (1, "a single step", "With T = 1 there is one factor: dh_1/dh_0, and then the identity."),
        (0, "no step at all", "With T = 0 nothing lies between: the only entry, dh_0/dh_0, is the identity."),
    ):
        h = np.tanh(rng.normal(size=(steps + 1, 3)))
        cases.append(Case({"h": h, "W_hh": rng.normal(size=(3, 3))}, label, why, {"T": steps, "H": 3}))
    return cases


JACOBIANS = Task(
    "jacobians",
    _paths(),
    ("J",),
    _RIGHT,
    [
        Mistake(
            "these are powers of W_hh alone: where is tanh′? Each step also has the slopes 1 − h².",
            [_with(lambda h, w, t: w)],
        ),
        Mistake(
            "the slopes are wrong: with h = tanh(a) the slope is 1 − h², from the state itself.",
            [
                _with(lambda h, w, t: w * h[t] * (1 - h[t])),
                _with(lambda h, w, t: w * (1 - h[t])),
                _with(lambda h, w, t: w * (1 - np.tanh(h[t]) ** 2)),
            ],
        ),
        Mistake(
            "the slopes stand one step too early: what arrives at h_t passes the slopes at h_t, not those at h_(t-1).",
            [_with(lambda h, w, t: w * (1 - h[t - 1] ** 2))],
        ),
        Mistake(
            "the slopes are on the wrong side of W_hh. A push goes through W_hh first, then through the slope of the "
            "unit it arrives at: they scale the columns.",
            [_with(lambda h, w, t: (1 - h[t] ** 2)[:, None] * w)],
        ),
        Mistake(
            "W_hh is transposed. With row vectors, h W_hh, row i of W_hh is what unit i hands on.",
            [_with(lambda h, w, t: w.T * (1 - h[t] ** 2))],
        ),
        Mistake(
            "each entry is the transpose of what is wanted: here rows are what is pushed (h_s), columns what moves "
            "(h_T). This is the convention of column vectors, or what a gradient is multiplied with.",
            [lambda h, w: _RIGHT(h, w).transpose(0, 2, 1)],
        ),
        Mistake(
            "the factors stand in the wrong order: time runs from left to right, so a step further back is a new "
            "factor on the left.",
            [_with(_step, mirrored=True)],
        ),
        Mistake(
            "the factors are multiplied number by number, `*`; a push goes through every unit, so the product of two "
            "steps is one of matrices, `@`.",
            [_by_element],
        ),
        Mistake(
            "the last entry is wrong. No step lies between h_T and itself: a push arrives as it was. Which matrix does "
            "that?",
            [_ending_with(0.0), _ending_with(1.0), lambda h, w: _RIGHT(h, w) @ np.ones_like(w)],
        ),
        Mistake(
            "one factor too many: dh_T/dh_s begins with the step *after* s, so the last entry is the identity.",
            [_one_more],
        ),
        Mistake(
            "one factor too few: entry s has to begin with the factor of step s + 1. Is everything one place too "
            "early?",
            [_one_fewer],
        ),
        Mistake(
            "the entries are right, but in reverse order: entry 0 is dh_T/dh_0.", [lambda h, w: _RIGHT(h, w)[::-1]]
        ),
        Mistake(
            "these are the Jacobians of the single steps; multiply those from step s + 1 to step T.", [_steps_only]
        ),
        Mistake("these are dh_s/dh_0, products from the start; wanted are dh_T/dh_s, up to the end.", [_from_start]),
    ],
    shapes={"J": "(T+1, H, H)"},
)
