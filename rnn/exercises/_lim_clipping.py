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
        Mistake("this is the norm after clipping; return the one before.", [lambda g, c: (None, min(_norm(g), c))]),
        Mistake("nothing is clipped: the gradients come back as they were.", [lambda g, c: (dict(g), None)]),
    ],
    shapes={},
)


def about_direction(function: Answer, result: Result) -> Result:
    """Where nothing more exact was found, say whether the clipped gradients still point the same way."""
    if result.passed or "the numbers differ" not in result.hint:
        return result
    case = CLIP.cases[2]
    try:
        clipped = call(CLIP.name, function, case)[0]
        before, after = (
            np.concatenate([np.ravel(grads[name]) for name in case.args["grads"]])
            for grads in (case.args["grads"], clipped)
        )
        cosine = float(before @ after / (np.linalg.norm(before) * np.linalg.norm(after)))
    except (Finding, TypeError, ValueError, KeyError, IndexError):
        return result
    turned = (
        f"it has turned: its cosine to the original is {cosine:.3f}. One factor for all numbers keeps the direction"
    )
    kept = "the direction is right, the length is not"
    remark = f"the numbers differ; {kept if cosine > 1 - 1e-9 else turned}."
    return Result(result.name, False, result.hint.replace("the numbers differ.", remark))
