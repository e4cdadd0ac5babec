"""The exercise on measured slopes: central differences of any function, one number after the other.

The steps are large, and powers of two, on purpose: then every usual mistake changes the result by far more than
rounding, and moving a number there and back is exact. In RESTORED, for answers that are right otherwise, it is not: x
comes back changed in its last digits if the step was added and subtracted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rnn.exercises.checking import Answer, Case, Mistake, Task

Function = Callable[[np.ndarray], float]
PUT_BACK = (
    "Every number that is moved has to be put back before the next one is moved, or all later slopes are measured at "
    "another point. Remember it before you move it. (A name is no copy: after `low = x`, moving `low` moves `x`.)"
)
ROUNDED = (
    "The numbers come back, but not to the last digit: adding and subtracting the step rounds each time. Remember the "
    "number before you move it, and put that one back."
)


def _cube(x: np.ndarray) -> float:
    """The sum of all numbers, to the power of 3."""
    return float(x.sum() ** 3)


def _powers(x: np.ndarray) -> float:
    """Each number to the power of 3, times its place, and the product of neighbors."""
    flat = x.reshape(-1)
    return float((np.arange(1, flat.size + 1) * flat**3).sum() + (flat[1:] * flat[:-1] ** 2).sum())


def _log_sum_exp(x: np.ndarray) -> float:
    return float(np.log(np.exp(x).sum()) + x.reshape(-1)[0] ** 3)


def _cases() -> list[Case]:
    rng = np.random.default_rng(0)

    def case(f: Function, x: np.ndarray, step: float, label: str) -> Case:
        return Case({"f": f, "x": x, "step": step}, label, kept=PUT_BACK)

    def numbers(*shape: int) -> np.ndarray:
        return np.asarray(rng.integers(-8, 9, shape) / 8 + 1 / 16)  # exact in binary

    return [
        case(_cube, np.array([1.0, 1.0]), 0.5, "f is the cube of the sum, so its slope is 12 in the limit"),
        case(_powers, numbers(2, 3), 0.25, "f adds up powers and products"),
        case(_log_sum_exp, numbers(4), 0.5, "f is log-sum-exp, and a cube"),
        case(_cube, numbers(3, 1, 2), 1.0, "f is the cube of the sum"),
        case(_powers, numbers(5, 4), 0.5, "f adds up powers and products"),
        case(_powers, numbers(1), 0.25, "f is a cube, x a single number"),
    ]


def _slopes(f: Function, x: np.ndarray, above: float, below: float, divisor: float, left: float = 0.0) -> np.ndarray:
    """(f(x + above) − f(x + below)) / divisor for each number; a shift of ``left`` stays in it afterwards."""
    moved, slopes = x.astype(float), np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        kept = moved[place]
        moved[place] = kept + above
        high = f(moved)
        moved[place] = kept + below
        low = f(moved)
        moved[place] = kept + left
        slopes[place] = (high - low) / divisor
    return slopes


def _central(f: Function, x: np.ndarray, step: float) -> np.ndarray:
    return _slopes(f, x, step, -step, 2 * step)


def _with_own_step(step: float) -> Answer:
    return lambda f, x, s: _central(f, x, step)


def _low_alone_divided(f: Function, x: np.ndarray, step: float) -> np.ndarray:
    both, low = _slopes(f, x, step, -step, 1.0), np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        moved = x.copy()
        moved[place] -= step
        low[place] = f(moved)
    return both + low - low / (2 * step)


NUMERICAL_GRADIENT = Task(
    "numerical_gradient",
    _cases(),
    ("gradient",),
    _central,
    [
        Mistake(
            "this is a one-sided difference, between a moved point and the point itself; its error is of the order of "
            "the step. Move to both sides: the error is of the order of the step squared.",
            [lambda f, x, s: _slopes(f, x, s, 0, s), lambda f, x, s: _slopes(f, x, 0, -s, s)],
        ),
        Mistake(
            "twice too large: the two points are 2·step apart, so divide by 2·step.",
            [lambda f, x, s: _slopes(f, x, s, -s, s)],
        ),
        Mistake(
            "the difference of one step, f there and f at the point itself, is divided by 2·step. (From `x + step` "
            "down to `x - step` it is *two* steps.)",
            [lambda f, x, s: _slopes(f, x, s, 0, 2 * s), lambda f, x, s: _slopes(f, x, 0, -s, 2 * s)],
        ),
        Mistake(
            "the difference of the two values is not divided by their distance, 2·step.",
            [lambda f, x, s: _slopes(f, x, s, -s, 1)],
        ),
        Mistake(
            "not divided by the step, only by 2: the distance of the two points is 2·step.",
            [lambda f, x, s: _slopes(f, x, s, -s, 2)],
        ),
        Mistake(
            "`(high - low) / 2 * step` divides by 2 and then *multiplies* by the step; put 2 * step in parentheses.",
            [lambda f, x, s: _slopes(f, x, s, -s, 2 / s), lambda f, x, s: _slopes(f, x, s, 0, 2 / s)],
        ),
        Mistake(
            "`high - low / (2 * step)` divides the lower value alone; put the difference in parentheses.",
            [_low_alone_divided],
        ),
        Mistake(
            "these are central differences for another distance: move by `step` to each side, not by its half or its "
            "double.",
            [lambda f, x, s: _central(f, x, s / 2), lambda f, x, s: _central(f, x, 2 * s)],
        ),
        Mistake(
            "a number that was moved is not put back before the next one is moved: only the first slope is right, all "
            "others are measured somewhere else.",
            [
                lambda f, x, s: _slopes(f, x, s, -s, 2 * s, left=-s),
                lambda f, x, s: _slopes(f, x, s, -s, 2 * s, left=s),
            ],
        ),
        Mistake(
            "all numbers are moved at once; each slope needs a move of its own number alone.",
            [lambda f, x, s: np.full(x.shape, (f(x + s) - f(x - s)) / (2 * s))],
        ),
        Mistake(
            "this is the slope at the point itself, or for a step of your own: `step` is not used. (Here it is large, "
            "so that the difference shows. In use take one near 1e-5: with a far smaller one rounding is all you see.)",
            [_with_own_step(10.0**-k) for k in (1, 2, 3, 4, 5, 6, 7, 8, 10)],
        ),
        Mistake(
            "all slopes are 0: both values are taken at the same point. Either the two points are one array (after "
            "`high = x` and `low = x` there is still only one; copy it), or you chose a step of your own that is so "
            "small that a float64 does not move at all.",
            [lambda f, x, s: np.zeros(x.shape)],
        ),
    ],
    shapes={"gradient": "x.shape"},
    rtol=1e-3,
)

RESTORED = replace(
    NUMERICAL_GRADIENT,
    cases=[
        *NUMERICAL_GRADIENT.cases,
        Case(
            {"f": _cube, "x": np.array([0.1, 0.7, -0.3, 1.9]), "step": 0.3},
            "f is the cube of the sum, and tenths are not exact in binary",
            kept=ROUNDED,
        ),
    ],
)
