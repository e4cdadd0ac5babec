"""Exercises on recurrent matrices: one of spectral radius 0 that explodes, and scaling to a given radius."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn.exercises.checking import Answer, Case, Finding, Mistake, Result, Run, Task
from rnn.exercises.comparing import mismatch
from rnn.exercises.running import call

STEPS, WANTED = 12, 100_000.0
LIMITS = {"W": 3.0, "b": 20.0, "h0": 1.0}


def _as_arrays(value: Any) -> list[np.ndarray]:
    """Return W (2, 2), b (2,) and h0 (2,), or say what is wrong with them."""
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        raise Finding("return three arrays, `return W, b, h0`.")
    arrays = []
    for (name, limit), part, shape in zip(LIMITS.items(), value, ((2, 2), (2,), (2,)), strict=True):
        misfit = mismatch(part, np.zeros(shape))
        if misfit:
            raise Finding(f"`{name}`: {misfit}")
        array = np.asarray(part, dtype=float)
        if not np.isfinite(array).all():
            raise Finding(f"`{name}` holds NaN or infinite numbers.")
        if np.abs(array).max() > limit * (1 + 1e-12):
            raise Finding(
                f"`{name}`: the largest number is {np.abs(array).max():.4g} in absolute value; allowed is {limit:g}."
            )
        arrays.append(array)
    return arrays


def _judge_exploding(runs: Sequence[Run]) -> None:
    w, b, h = _as_arrays(runs[0].value)
    radius = float(np.abs(np.linalg.eigvals(w)).max())
    if radius > 1e-6:
        raise Finding(
            f"the spectral radius of `W` is {radius:.3g}, not 0: its eigenvalues are "
            f"{', '.join(f'{z:.3g}' for z in np.linalg.eigvals(w))}. Both are 0 if trace and determinant are."
        )
    if np.abs(w[0, 1]) < 1e-9 or np.abs(w[1, 0]) < 1e-9:
        raise Finding(
            "radius 0, but `W` is triangular with zeros on the diagonal: what a unit hands on never comes back to it, "
            "so the Jacobian is 0 after two steps, whatever the slopes. Each unit has to feed itself."
        )
    norms, slopes = _walk(w, b, h)
    if norms[-1] < WANTED:
        raise Finding(f"radius 0, but ‖dh_12/dh_0‖ is {norms[-1]:.3g}. {_why_small(w, norms, slopes, h @ w + b)}")


def _walk(w: np.ndarray, b: np.ndarray, h: np.ndarray) -> tuple[list[float], np.ndarray]:
    """Return the norms of dh_t/dh_0 and the slopes (12, 2) along the path."""
    jacobian, norms, slopes = np.eye(2), [], []
    for _ in range(STEPS):
        h = np.tanh(h @ w + b)
        slopes.append(1 - h**2)
        jacobian = jacobian @ (w * slopes[-1])
        norms.append(float(np.linalg.norm(jacobian, 2)))
    return norms, np.array(slopes)


def _why_small(w: np.ndarray, norms: list[float], slopes: np.ndarray, start: np.ndarray) -> str:
    """Say what keeps the Jacobian from growing: the norm, open or closed units, a state that leaves, or the size."""
    size = float(np.linalg.norm(w, 2))
    if size <= 1:
        return f"`W` has the norm {size:.3g}, and with a norm of at most 1 nothing can grow. Make its numbers larger."
    top = int(np.argmax(norms))
    if top < STEPS - 1 and norms[top] > 10:
        return (
            f"It grew to {norms[top]:.3g} in {top + 1} steps, then the state left the place where it grows: the "
            f"slopes at the last step are {_two(slopes[-1])}. Keep the one unit near 0 for all twelve steps: does its "
            "bias cancel exactly what the saturated unit sends it?"
        )
    typical = np.median(slopes, axis=0)
    if typical.max() < 0.5:
        return (
            f"Both units are saturated, with slopes around {_two(typical)}: nothing gets through. One of them has to "
            f"stay near 0, where its slope is 1, from the first step on: there `h0 @ W + b` is {_two(start)}."
        )
    if typical.min() > 0.1:
        return (
            f"Both units are open, with slopes around {_two(typical)}, so the factors are nearly `W`, and `W @ W` is "
            "0. Saturate one unit with a large bias."
        )
    return (
        f"One unit is saturated and one open, as it should be (slopes around {_two(typical)}): the growth per step is "
        "that of the open unit's weight to itself. Make it as large as allowed."
    )


def _two(values: np.ndarray) -> str:
    return " and ".join(f"{value:.2g}" for value in values)


def about_growth(function: Answer, result: Result) -> Result:
    """After a right answer say how far it went."""
    if not result.passed:
        return result
    try:
        norms, _ = _walk(*_as_arrays(call(result.name, function, EXPLODING.cases[0])))
    except Finding:  # it draws its answer anew at each call
        return result
    return Result(result.name, True, f"radius 0, and ‖dh_12/dh_0‖ is {norms[-1]:,.0f}.")


EXPLODING = Task("exploding", [Case({}, "nothing handed over")], ("W, b, h0",), judge=_judge_exploding)


def _radius(w: np.ndarray) -> float:
    return float(np.abs(np.linalg.eigvals(w)).max())


def _rescaled(w: np.ndarray, radius: float) -> np.ndarray:
    return np.asarray(w * (radius / _radius(w)))


def _spectra() -> list[Case]:
    rng = np.random.default_rng(8)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    cases = [
        Case({"W": np.array([[2.0, 5.0], [0.0, -4.0]]), "radius": 0.5}, "eigenvalues 2 and −4"),
        Case({"W": 3 * turn, "radius": 0.9}, "a rotation times 3"),
    ]
    for units, radius, scale in ((3, 1.2, 1.0), (4, 0.8, 1.0), (5, 2.0, 0.1), (7, 0.95, 1.0)):
        cases.append(Case({"W": rng.normal(0, scale, (units, units)), "radius": radius}, "", "", {"H": units}))
    cases.append(
        Case(
            {"W": np.array([[-2.0]]), "radius": 0.7},
            "one unit",
            "The factor is positive, so −2 becomes −0.7: only the absolute value is set.",
        )
    )
    return cases


def _divide_by(measure: Any) -> Any:
    return lambda w, radius: w * (radius / measure(w))


RESCALE = Task(
    "rescale",
    _spectra(),
    ("W",),
    _rescaled,
    [
        Mistake(
            "this sets the norm, the largest singular value, and not the radius: the result has a smaller radius than "
            "asked for. The radius comes from the eigenvalues.",
            [_divide_by(lambda w: np.linalg.norm(w, 2))],
        ),
        Mistake(
            "this sets the Frobenius norm, the length of all entries (`np.linalg.norm` without a second argument), "
            "and not the radius, which comes from the eigenvalues.",
            [_divide_by(np.linalg.norm)],
        ),
        Mistake(
            "the largest real part is taken for the radius. An eigenvalue may be negative or complex: its absolute "
            "value counts.",
            [
                _divide_by(lambda w: np.linalg.eigvals(w).real.max()),
                _divide_by(lambda w: np.abs(np.linalg.eigvals(w).real).max()),
            ],
        ),
        Mistake(
            "one eigenvalue is chosen before the absolute value is taken: the first, or the one with the largest real "
            "part. Take the absolute values of all of them, then the largest.",
            [
                _divide_by(lambda w: np.abs(np.linalg.eigvals(w).max())),
                _divide_by(lambda w: np.abs(np.linalg.eigvals(w)[0])),
            ],
        ),
        Mistake(
            "the matrix is only ever shrunk; where its radius is smaller than asked for, it has to grow.",
            [lambda w, radius: w * min(1.0, radius / _radius(w))],
        ),
        Mistake(
            "this uses eigenvalues of a symmetric matrix (`eigvalsh`, or of W Wᵀ); W is not symmetric: use `eigvals`.",
            [
                _divide_by(lambda w: np.abs(np.linalg.eigvalsh(w)).max()),
                _divide_by(lambda w: np.linalg.eigvalsh(w @ w.T).max()),
            ],
        ),
        Mistake(
            "the result has radius 1 whatever was asked for: multiply by `radius` after dividing by the old one.",
            [lambda w, radius: w / _radius(w)],
        ),
        Mistake(
            "W is multiplied by `radius`, but not divided by the radius it had.",
            [lambda w, radius: w * radius],
        ),
        Mistake(
            "divided and multiplied the wrong way round: the factor is the wanted radius over the old one.",
            [lambda w, radius: w * (_radius(w) / radius)],
        ),
        Mistake(
            "the smallest eigenvalue is used; the radius is the absolute value of the largest.",
            [_divide_by(lambda w: np.abs(np.linalg.eigvals(w)).min())],
        ),
        Mistake(
            "this divides by the largest entry; the radius is the largest absolute eigenvalue.",
            [_divide_by(lambda w: np.abs(w).max()), _divide_by(np.max)],
        ),
    ],
    shapes={"W": "(H, H)"},
)
