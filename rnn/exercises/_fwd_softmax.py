"""The exercise on probabilities: a softmax that survives large logits."""

from __future__ import annotations

import numpy as np

from rnn.activations import softmax
from rnn.exercises.checking import Case, Mistake, Task

OVERFLOW = (
    "With logits of ±1000 `exp` overflows, and ∞/∞ is NaN. Subtract each row's largest logit before `exp`: this does "
    "not change any probability. (Cutting logits off, or replacing NaN afterwards, does change them.)"
)
OWN_LARGEST = (
    "Here the rows are far apart. If a row's own largest logit is not what is subtracted from it (but, say, the "
    "largest of *all* rows, or of the absolute values), its exponentials may all be 0, and 0/0 is NaN. Subtract each "
    "row's own: `axis=-1, keepdims=True`."
)


def along(z: np.ndarray, axis: int | None) -> np.ndarray:
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


def _by_parts(z: np.ndarray, largest: int, summed: int | None) -> np.ndarray:
    """The largest logit along one axis, the sum along another."""
    e = np.exp(z - z.max(axis=largest, keepdims=True))
    return np.asarray(e / e.sum(axis=summed, keepdims=True))


_SHAPES = [(2, 3), (4, 5), (2, 3, 4), (5, 4, 2), (1, 3, 5), (3, 1, 4)]


def _softmax_cases() -> list[Case]:
    rng = np.random.default_rng(0)
    cases = [Case({"z": np.log([[1.0, 2.0, 5.0]])}, "the logarithms of 1, 2 and 5")]
    cases += [Case({"z": rng.normal(0, 2, shape)}) for shape in _SHAPES]
    return [
        *cases,
        Case({"z": np.array([[1000.0, 0.0, -1000.0], [999.0, 1000.0, 1000.0]])}, "logits of ±1000", OVERFLOW),
        Case({"z": np.array([[1000.0, 1001.0], [-1000.0, -1002.0]])}, "one row high, one row low", OWN_LARGEST),
        Case({"z": np.ones((2, 3, 1))}, "a single class", "With one class, its probability is 1."),
    ]


SOFTMAX = Task(
    "softmax",
    _softmax_cases(),
    ("p",),
    softmax,
    [
        Mistake(
            "softmax over the wrong axis: the numbers along another axis add up to 1. The classes are the *last* axis, "
            "whatever stands before it.",
            [lambda z: along(z, 0), lambda z: along(z, 1)],
        ),
        Mistake(
            "all numbers of the array together add up to 1: the sum has no axis. Each row has to add up to 1.",
            [lambda z: along(z, None)],
        ),
        Mistake(
            "right for (N, V), but in (B, T, V) all T·V numbers of a sequence add up to 1 together. The sum is over "
            "the last axis alone.",
            [lambda z: np.exp(z) / np.exp(z).sum(tuple(range(1, z.ndim)), keepdims=True)],
        ),
        Mistake(
            "the largest logit and the sum are not taken over the same numbers. What is subtracted has to be the same "
            "for all classes of a row, and the sum has to be over that row: `axis=-1, keepdims=True` in both.",
            [
                lambda z: _by_parts(z, 0, -1),
                lambda z: _by_parts(z, 1, -1),
                lambda z: _by_parts(z, -1, None),
                lambda z: _by_parts(z, -1, 0),
                lambda z: _by_parts(z, -1, 1),
            ],
        ),
        Mistake(
            "the exponentials are not divided by their sum yet.",
            [np.exp, lambda z: np.exp(z - z.max(-1, keepdims=True)), lambda z: np.exp(z - z.max())],
        ),
        Mistake(
            "the sign in the exponent is reversed: a larger logit gets a smaller probability.", [lambda z: softmax(-z)]
        ),
        Mistake("these are logarithms of probabilities; the probabilities are wanted.", [lambda z: np.log(softmax(z))]),
        Mistake(
            "the logits themselves are divided by their sum; their exponentials should be.",
            [lambda z: z / z.sum(-1, keepdims=True)],
        ),
        Mistake(
            "these are powers of 2; softmax has powers of e, `np.exp`.",
            [lambda z: softmax(z * np.log(2))],
        ),
        Mistake("these are sigmoids: each class by itself, without the others.", [lambda z: 1 / (1 + np.exp(-z))]),
    ],
    shapes={"p": "z.shape"},
)
