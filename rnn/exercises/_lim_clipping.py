"""The exercise on clipping by the common norm of all gradients."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnn.exercises.checking import Answer, Case, Finding, Mistake, Result, Task
from rnn.exercises.running import call
from rnn.optimizers import clip_grad_norm

Grads = dict[str, np.ndarray]


def _norm(grads: Grads) -> float:
    return float(np.sqrt(sum(float(np.sum(g**2)) for g in grads.values())))


def _scaled(grads: Grads, factor: float) -> Grads:
    return {name: g * factor for name, g in grads.items()}


def _clipped(grads: Grads, limit: float) -> tuple[Grads, float]:
    clipped = {name: g.copy() for name, g in grads.items()}
    return clipped, clip_grad_norm(clipped, limit)


def _if_longer(measure: Callable[[Grads], float], returned: bool = True) -> Answer:
    """Clip with another measure of length in the place of the norm."""

    def answer(grads: Grads, limit: float) -> tuple[Grads, float | None]:
        size = measure(grads)
        return _scaled(grads, limit / size if size > limit else 1.0), size if returned else None

    return answer


def _squared(grads: Grads) -> float:
    return _norm(grads) ** 2


def _sum_of_norms(grads: Grads) -> float:
    return float(sum(np.linalg.norm(g) for g in grads.values()))


def _largest(grads: Grads) -> float:
    return max(float(np.abs(g).max()) for g in grads.values())


def _largest_norm(grads: Grads) -> float:
    return max(float(np.linalg.norm(g)) for g in grads.values())


def _last_norm(grads: Grads) -> float:
    return [float(np.linalg.norm(g)) for g in grads.values()][-1]


def _stretch(grads: Grads) -> float:
    stretches = [float(np.linalg.norm(g, 2)) for g in grads.values()]
    return float(np.sqrt(sum(s**2 for s in stretches)))


def _absolute(grads: Grads) -> float:
    return float(sum(np.abs(g).sum() for g in grads.values()))


def _gradients() -> list[Case]:
    rng = np.random.default_rng(6)
    zero = "When all gradients are 0 there is nothing to divide by: compare the norm with the limit before dividing."
    by_hand = {"W_xh": np.array([[12.0]]), "W_hh": np.array([[4.0, 3.0]])}
    cases = [
        Case({"grads": by_hand, "max_norm": 1.0}, "a gradient of norm 13"),
        Case({"grads": _scaled(by_hand, 0.01), "max_norm": 1.0}, "a short gradient, of norm 0.13"),
    ]
    for (d, h), scale, limit in (((2, 3), 4.0, 1.0), ((5, 2), 0.7, 0.5), ((3, 4), 10.0, 5.0), ((4, 1), 0.05, 2.0)):
        shapes = {"W_xh": (d, h), "W_hh": (h, h), "b_h": (h,)}
        made = {name: rng.normal(0, scale, shape) for name, shape in shapes.items()}
        cases.append(Case({"grads": made, "max_norm": limit}))
    none = {"W": np.zeros((2, 3)), "b": np.zeros(3)}
    cases.append(Case({"grads": none, "max_norm": 1.0}, "all gradients 0", zero))
    return cases


CLIP = Task(
    "clip_by_norm",
    _gradients(),
    ("clipped", "norm"),
    _clipped,
    [
        Mistake(
            "each parameter is clipped by its own norm. That turns the gradient: its cosine to the original drops "
            "below 1. All arrays together have one norm and get one factor.",
            [lambda g, c: ({n: a * min(1.0, c / max(np.linalg.norm(a), 1e-300)) for n, a in g.items()}, None)],
        ),
        Mistake(
            "this is clipping by value: each number is cut on its own, and the direction changes. Scale all of them "
            "by one factor.",
            [lambda g, c: ({n: np.clip(a, -c, c) for n, a in g.items()}, None)],
        ),
        Mistake(
            "short gradients are lengthened. Only a norm above the limit is scaled, and the factor is never above 1.",
            [lambda g, c: (_scaled(g, c / max(_norm(g), 1e-300)), None)],
        ),
        Mistake(
            "long gradients come out with norm 1, whatever the limit: the factor is `max_norm / norm`.",
            [lambda g, c: (_scaled(g, 1 / _norm(g) if _norm(g) > c else 1.0), None)],
        ),
        Mistake(
            "the root is missing: the norm is the square root of the sum of squares.",
            [_if_longer(_squared), _if_longer(_squared, False), lambda g, c: (None, _squared(g))],
        ),
        Mistake(
            "the norms of the parameters are added. Add up their squares, and take one root at the end.",
            [_if_longer(_sum_of_norms), _if_longer(_sum_of_norms, False), lambda g, c: (None, _sum_of_norms(g))],
        ),
        Mistake(
            "the size is measured by the largest number; the norm is the length, the root of the sum of all squares.",
            [_if_longer(_largest), _if_longer(_largest, False), lambda g, c: (None, _largest(g))],
        ),
        Mistake(
            "the norm of one parameter is taken for the norm of all. All arrays together are one long vector: add up "
            "the squares of all of them. In a loop, is the sum begun anew for each array?",
            [
                *(_if_longer(measure, both) for measure in (_largest_norm, _last_norm) for both in (True, False)),
                lambda g, c: (None, _largest_norm(g)),
                lambda g, c: (None, _last_norm(g)),
            ],
        ),
        Mistake(
            "the matrices are measured by their largest singular value, which is what `np.linalg.norm(g, 2)` returns "
            "for a matrix. Here a gradient is a long vector: the root of the sum of all squares.",
            [_if_longer(_stretch), _if_longer(_stretch, False), lambda g, c: (None, _stretch(g))],
        ),
        Mistake(
            "the absolute values are added; the length of a vector is the root of the sum of the squares.",
            [_if_longer(_absolute), _if_longer(_absolute, False), lambda g, c: (None, _absolute(g))],
        ),
        Mistake(
            "the factor is upside down: long gradients come out longer. It is `max_norm / norm`.",
            [lambda g, c: (_scaled(g, _norm(g) / c if _norm(g) > c else 1.0), None)],
        ),
        Mistake(
            "the wrong ones are scaled: short gradients come out at the limit and long ones as they were. The factor "
            "is the *smaller* of 1 and `max_norm / norm`.",
            [lambda g, c: (_scaled(g, max(1.0, c / max(_norm(g), 1e-300))), None)],
        ),
        Mistake("this is the norm after clipping; return the one before.", [lambda g, c: (None, min(_norm(g), c))]),
        Mistake("nothing is clipped: the gradients come back as they were.", [lambda g, c: (dict(g), None)]),
    ],
    shapes={},
)


def about_direction(function: Answer, result: Result) -> Result:
    """Where nothing more exact was found, say whether the clipped gradients still point the same way."""
    if result.passed:
        return result
    if "`clipped`: wanted a dict" in result.hint and "`norm`: wanted one number" in result.hint:
        return Result(result.name, False, "the two values are exchanged: `return clipped, norm`.")
    if "the numbers differ" not in result.hint:
        return result
    case = CLIP.cases[2]
    try:
        clipped = call(CLIP.name, function, case)[0]
        before, after = (
            np.concatenate([np.ravel(grads[name]) for name in case.args["grads"]])
            for grads in (case.args["grads"], clipped)
        )
        size = float(np.linalg.norm(after))
        cosine = float(before @ after / (np.linalg.norm(before) * size)) if size else 0.0
    except (Finding, TypeError, ValueError, KeyError, IndexError):
        return result
    remark = "the direction is right, the length is not"
    if cosine < 1 - 1e-9:
        turned = f"it has turned: its cosine to the original is {cosine:.3f}"
        remark = f"{turned}. One factor for all numbers keeps the direction"
    if not size:
        remark = "a gradient that is too long comes out as 0. It is to be shortened, not thrown away"
    remark = f"the numbers differ; {remark}."
    return Result(result.name, False, result.hint.replace("the numbers differ.", remark))
