"""The exercises on optimizers: one step with momentum, one step of Adam."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn.exercises.checking import Answer, Case, Mistake, Task

Array = np.ndarray
SHAPES: tuple[tuple[int, ...], ...] = ((2, 3), (4, 5), (3, 7, 2), (6,))

# One step with momentum


def _momentum(theta: Array, v: Array, g: Array, lr: float, mu: float) -> tuple[Array, Array]:
    v = mu * v + g
    return theta - lr * v, v


def _momentum_cases() -> list[Case]:
    rng = np.random.default_rng(11)
    cases = [
        Case(
            {"theta": np.array([1.0, 2.0]), "v": np.array([4.0, -2.0]), "g": np.array([1.0, 3.0]), "lr": 0.1, "mu": 0.5}
        )
    ]
    for shape, lr, mu in zip(SHAPES, (0.3, 0.01, 1.5, 0.07), (0.9, 0.95, 0.6, 0.8), strict=True):
        theta, v, g = rng.normal(size=(3, *shape))
        cases.append(Case({"theta": theta, "v": v, "g": g, "lr": lr, "mu": mu}))
    theta, g = rng.normal(size=(2, 3, 2))
    first = "At the first step the velocity is 0, and the step is plain SGD's."
    cases.append(Case({"theta": theta, "v": np.zeros((3, 2)), "g": g, "lr": 0.2, "mu": 0.9}, "the first step", first))
    return cases


MOMENTUM = Task(
    "momentum_step",
    _momentum_cases(),
    ("theta", "v"),
    _momentum,
    [
        Mistake(
            "the step is taken with the old velocity. The new one, which already has this gradient, moves `theta`.",
            [lambda t, v, g, lr, mu: (t - lr * v, None), lambda t, v, g, lr, mu: (t - lr * mu * v, None)],
        ),
        Mistake(
            "this is plain SGD: the velocity is not in the step.",
            [lambda t, v, g, lr, mu: (t - lr * g, None)],
        ),
        Mistake(
            "the new velocity is not handed back: this is the one that came in.",
            [lambda t, v, g, lr, mu: (None, v)],
        ),
        Mistake(
            "the gradient has a factor 1 − μ, as in a running mean. In this book's momentum gradients add up; "
            "that factor would make every step as short as without momentum.",
            [lambda t, v, g, lr, mu: (t - lr * (mu * v + (1 - mu) * g), mu * v + (1 - mu) * g)],
        ),
        Mistake(
            "μ also multiplies the gradient that has just come. It decays the old velocity only.",
            [lambda t, v, g, lr, mu: (t - lr * mu * (v + g), mu * (v + g))],
        ),
        Mistake(
            "the learning rate is inside the velocity. There it would stay in the old steps when it changes; "
            "collect plain gradients and multiply by it when `theta` moves.",
            [
                lambda t, v, g, lr, mu: (t - mu * v - lr * g, mu * v + lr * g),
                lambda t, v, g, lr, mu: (t + mu * v - lr * g, mu * v - lr * g),
            ],
        ),
        Mistake(
            "it steps uphill: the gradient points to where the loss grows, so the step is subtracted.",
            [lambda t, v, g, lr, mu: (t + lr * (mu * v + g), None)],
        ),
        Mistake(
            "this looks ahead by one more step, as Nesterov's momentum does. Plain momentum is asked for.",
            [lambda t, v, g, lr, mu: (t - lr * (mu * (mu * v + g) + g), None)],
        ),
        Mistake(
            "the old velocity is kept whole. Without the factor μ it never forgets, and steps grow without end.",
            [lambda t, v, g, lr, mu: (t - lr * (v + g), v + g)],
        ),
    ],
)


# One step of Adam


def _variant(
    *,
    root: str = "outside",
    first: str = "mean",
    power: int = 0,
    corrected: bool = True,
    scaled: bool = True,
    sign: int = 1,
    exchanged: bool = False,
    square: str = "square",
    times: bool = False,
) -> Answer:
    """Adam with something else in one place; returns theta, m and v."""

    def step(t: Array, m: Array, v: Array, g: Array, k: int, lr: float, b1: float, b2: float, eps: float) -> Any:
        if exchanged:
            b1, b2 = b2, b1
        second = {"square": g**2, "plain": g, "absolute": np.abs(g)}[square]
        m = b1 * m + ((1 - b1) if scaled else 1) * g
        v = b2 * v + ((1 - b2) if scaled else 1) * second
        c1, c2 = (1 - b1 * k, 1 - b2 * k) if times else (1 - b1 ** (k + power), 1 - b2 ** (k + power))
        c1, c2 = (np.float64(c1), np.float64(c2)) if corrected else (np.float64(1), np.float64(1))
        divisor = {
            "outside": np.sqrt(v / c2) + eps,
            "inside": np.sqrt(v / c2 + eps),
            "before": (np.sqrt(v) + eps) / np.sqrt(c2),
            "without": np.sqrt(v / c2),
            "none": v / c2 + eps,
        }[root]
        return t - sign * lr * (g if first == "gradient" else m / c1) / divisor, m, v

    return step


def _only_theta(step: Answer) -> Answer:
    return lambda *args: (step(*args)[0], None, None)


def _old(t: Array, m: Array, v: Array, *rest: Any) -> tuple[None, Array, Array]:
    return None, m, v


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
            [_only_theta(_variant(corrected=False))],
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
        Mistake("ε is missing in the step.", [_only_theta(_variant(root="without"))]),
        Mistake(
            "the corrected mean is returned. The next step goes on from the mean before correction.",
            [_corrected],
        ),
        Mistake("the mean that came in is returned, without this gradient.", [_old]),
        Mistake("β₁ and β₂ are exchanged.", [_variant(exchanged=True)]),
        Mistake(
            "the new gradient comes in whole. In a running mean it has the weight 1 − β, so that all weights add up "
            "to 1.",
            [_variant(scaled=False)],
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
            "in the correction β is multiplied by k; it has to be raised to the power of k.",
            [_only_theta(_variant(times=True))],
        ),
    ],
)
