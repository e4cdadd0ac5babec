"""The exercise on one step with momentum."""

from __future__ import annotations

import numpy as np

from rnn.exercises.checking import Case, Mistake, Task

Array = np.ndarray
SHAPES: tuple[tuple[int, ...], ...] = ((2, 3), (4, 5), (3, 7, 2), (6,))


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
            [lambda t, v, g, lr, mu: (t - lr * g, None), lambda t, v, g, lr, mu: (t - lr * g, g)],
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
        Mistake(
            "the share that is kept of the old velocity is 1 − μ; it is μ.",
            [lambda t, v, g, lr, mu: (t - lr * ((1 - mu) * v + g), (1 - mu) * v + g)],
        ),
        Mistake(
            "the velocity that is handed back has had its step twice.",
            [lambda t, v, g, lr, mu: (None, mu * (mu * v + g) + g)],
        ),
        Mistake(
            "the learning rate is not in the step.",
            [lambda t, v, g, lr, mu: (t - (mu * v + g), None)],
        ),
        Mistake(
            "a fixed number stands in the place of `mu`.",
            [lambda t, v, g, lr, mu: (t - lr * (0.9 * v + g), 0.9 * v + g)],
        ),
    ],
)
