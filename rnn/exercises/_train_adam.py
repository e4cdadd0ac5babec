"""The exercise on one step of Adam."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn.exercises._train_steps import SHAPES
from rnn.exercises.checking import Answer, Case, Mistake, Task

Array = np.ndarray


def _variant(
    *,
    root: str = "outside",
    first: str = "mean",
    power: int = 0,
    correction: str = "power",
    weights: str = "right",
    sign: int = 1,
    exchanged: bool = False,
    square: str = "square",
    rate: float | None = None,
) -> Answer:
    """Adam with something else in one place; returns theta, m and v."""

    def step(t: Array, m: Array, v: Array, g: Array, k: int, lr: float, b1: float, b2: float, eps: float) -> Any:
        if exchanged:
            b1, b2 = b2, b1
        m_old, v_old, lr = m, v, lr if rate is None else rate
        old, new = {"right": (b1, 1 - b1), "whole": (b1, 1.0), "exchanged": (1 - b1, b1)}[weights]
        m = old * m + new * g
        old, new = {"right": (b2, 1 - b2), "whole": (b2, 1.0), "exchanged": (1 - b2, b2)}[weights]
        v = old * v + new * {"square": g**2, "plain": g, "absolute": np.abs(g), "mean": m**2}[square]
        right = 1 - np.float64(b1) ** (k + power), 1 - np.float64(b2) ** (k + power)
        c1, c2 = {
            "power": right,
            "none": (np.float64(1), np.float64(1)),
            "only m": (right[0], np.float64(1)),
            "only v": (np.float64(1), right[1]),
            "once": (np.float64(1 - b1), np.float64(1 - b2)),
            "times": (np.float64(1 - b1 * k), np.float64(1 - b2 * k)),
            "outside": (np.float64(1 - b1) ** k, np.float64(1 - b2) ** k),
        }[correction]
        divisor = {
            "outside": np.sqrt(v / c2) + eps,
            "inside": np.sqrt(v / c2 + eps),
            "before": (np.sqrt(v) + eps) / np.sqrt(c2),
            "without": np.sqrt(v / c2),
            "none": v / c2 + eps,
            "late": np.sqrt(v) / c2 + eps,
            "old": np.sqrt(v_old / c2) + eps,
        }[root]
        return t - sign * lr * {"mean": m / c1, "gradient": g, "old": m_old / c1}[first] / divisor, m, v

    return step


def _only_theta(step: Answer) -> Answer:
    return lambda *args: (step(*args)[0], None, None)


def _old(t: Array, m: Array, v: Array, *rest: Any) -> tuple[None, Array, Array]:
    return None, m, v


def _loose(sign: int) -> Answer:
    """Add ε to the step instead of to the root."""
    return lambda *args: (_variant(root="without")(*args)[0] + sign * args[-1], None, None)


def _corrected(t: Array, m: Array, v: Array, g: Array, k: int, lr: float, b1: float, b2: float, eps: float) -> Any:
    _, m, v = _variant()(t, m, v, g, k, lr, b1, b2, eps)
    return None, m / (1 - b1**k), v / (1 - b2**k)


def _adam_cases() -> list[Case]:
    rng = np.random.default_rng(12)
    rates = (
        (1, 0.1, 0.9, 0.99, 0.05),
        (2, 0.01, 0.8, 0.999, 0.1),
        (3, 0.3, 0.7, 0.95, 0.02),
        (40, 1.0, 0.9, 0.999, 0.3),
    )
    cases = []
    for shape, (k, lr, beta1, beta2, epsilon) in zip(SHAPES, rates, strict=True):
        theta, m, g = rng.normal(size=(3, *shape))
        v = np.square(rng.normal(size=shape))
        if k == 1:
            m, v = np.zeros(shape), np.zeros(shape)
        rest = {"k": k, "lr": lr, "beta1": beta1, "beta2": beta2, "epsilon": epsilon}
        cases.append(Case({"theta": theta, "m": m, "v": v, "g": g} | rest))
    zero = np.zeros((2, 3))
    still = "Where all gradients were 0 the step is 0: ε keeps the quotient from being 0/0."
    rest = {"k": 1, "lr": 0.1, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
    cases.append(Case({"theta": zero + 1, "m": zero, "v": zero, "g": zero} | rest, "a gradient of 0", still))
    return cases


ADAM = Task(
    "adam_step",
    _adam_cases(),
    ("theta", "m", "v"),
    _variant(),
    [
        Mistake(
            "the bias correction is missing. At step 1 `m` is only (1 − β₁)·g: what are both means to be divided by?",
            [_only_theta(_variant(correction="none"))],
        ),
        Mistake(
            "ε is inside the root. It is added after the root has been taken: √v̂ + ε.",
            [_only_theta(_variant(root="inside"))],
        ),
        Mistake(
            "ε is added before the bias correction, so early steps see a larger ε. Correct `v` first, then take the "
            "root, then add ε.",
            [_only_theta(_variant(root="before"))],
        ),
        Mistake(
            "the steps are counted from 0 in the correction. `k` is 1 at the first step: use it as it comes.",
            [_only_theta(_variant(power=-1))],
        ),
        Mistake(
            "the correction is that of the next step, k + 1. `k` is 1 at the first step: use it as it comes.",
            [_only_theta(_variant(power=1))],
        ),
        Mistake(
            "the second mean is one of gradients, not of their squares.",
            [_variant(square="plain"), _variant(square="absolute")],
        ),
        Mistake("the root of the second mean is missing in the step.", [_only_theta(_variant(root="none"))]),
        Mistake(
            "ε makes no difference: it is missing, or a fixed small number stands in its place.",
            [_only_theta(_variant(root="without"))],
        ),
        Mistake(
            "the corrected mean is returned. The next step goes on from the mean before correction.",
            [_corrected],
        ),
        Mistake("the mean that came in is returned, without this gradient.", [_old]),
        Mistake("β₁ and β₂ are exchanged.", [_variant(exchanged=True)]),
        Mistake(
            "the new gradient comes in whole. In a running mean it has the weight 1 − β, so that all weights add up "
            "to 1.",
            [_variant(weights="whole")],
        ),
        Mistake(
            "the step uses the gradient itself in the place of its running mean m̂.",
            [_only_theta(_variant(first="gradient"))],
        ),
        Mistake(
            "it steps uphill: the gradient points to where the loss grows, so the step is subtracted.",
            [_only_theta(_variant(sign=-1))],
        ),
        Mistake(
            "the correction has another form than 1 − βᵏ: β itself is raised to the power of k, then subtracted.",
            [_only_theta(_variant(correction=c)) for c in ("times", "once", "outside")],
        ),
        Mistake(
            "only one of the two means is corrected.",
            [_only_theta(_variant(correction=c)) for c in ("only m", "only v")],
        ),
        Mistake(
            "the root is taken before the correction. Divide `v` by its correction first, then take the root.",
            [_only_theta(_variant(root="late"))],
        ),
        Mistake(
            "the second mean is one of the squares of `m`; it takes the squares of the gradients.",
            [_variant(square="mean")],
        ),
        Mistake("β and 1 − β are exchanged: β is what is kept.", [_variant(weights="exchanged")]),
        Mistake(
            "the step is taken with the means that came in, without this gradient.",
            [_only_theta(_variant(first="old", root="old"))],
        ),
        Mistake(
            "the learning rate `lr` is not in the step, or a fixed number stands in its place.",
            [_only_theta(_variant(rate=r, root=e)) for r in (1.0, 0.001) for e in ("outside", "without")],
        ),
        Mistake("ε is added to the step, not to the root below: brackets are missing.", [_loose(1), _loose(-1)]),
    ],
)
