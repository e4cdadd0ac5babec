"""The exercises on probabilities and their loss: softmax, and softmax with cross-entropy in one."""

from __future__ import annotations

import numpy as np

from rnn.activations import softmax
from rnn.exercises.checking import Case, Mistake, Task
from rnn.losses import softmax_cross_entropy

LARGE = (
    "With logits of ±1000 `exp` overflows, or a probability is rounded to 0 and its logarithm is infinite. Subtract "
    "the largest logit before `exp`, and take the logarithm of the formula, not of the computed probability."
)
OWN_LARGEST = (
    "Here the rows are far apart: subtracting the largest logit of *all* rows leaves some row with zeros only, and "
    "0/0 is NaN. Each row needs its own largest logit: `axis=-1, keepdims=True`."
)


def _along(z: np.ndarray, axis: int | None) -> np.ndarray:
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return np.asarray(e / e.sum(axis=axis, keepdims=True))


# Softmax

_SHAPES = [(2, 3), (4, 5), (2, 3, 4), (5, 4, 2), (1, 3, 5), (3, 1, 4)]


def _softmax_cases() -> list[Case]:
    rng = np.random.default_rng(0)
    cases = [Case({"z": np.log([[1.0, 2.0, 5.0]])}, "the logarithms of 1, 2 and 5")]
    cases += [Case({"z": rng.normal(0, 2, shape)}) for shape in _SHAPES]
    return [
        *cases,
        Case({"z": np.array([[1000.0, 0.0, -1000.0], [999.0, 1000.0, 1000.0]])}, "logits of ±1000", LARGE),
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
            [lambda z: _along(z, 0), lambda z: _along(z, 1)],
        ),
        Mistake(
            "all numbers of the array together add up to 1: the sum has no axis. Each row has to add up to 1.",
            [lambda z: _along(z, None)],
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
    shapes={"p": "the shape of z"},
)


# Softmax and cross-entropy in one


def _ce_cases() -> list[Case]:
    rng = np.random.default_rng(1)
    first = {"z": np.log([[[1.0, 3.0]], [[2.0, 2.0]], [[1.0, 4.0]]]), "y": np.array([[1], [0], [1]])}
    cases = [
        Case(
            first,
            "three sequences of one step; the probabilities are quarters, halves and fifths",
            "",
            {"B": 3, "T": 1, "V": 2},
        )
    ]
    for b, t, v in ((2, 3, 4), (3, 2, 5), (5, 4, 3), (1, 6, 4), (4, 7, 2), (1, 1, 3)):
        z, y = rng.normal(0, 1.5, (b, t, v)), rng.integers(0, v, (b, t))
        cases.append(Case({"z": z, "y": y}, "", "", {"B": b, "T": t, "V": v}))
    z = np.array([[[1000.0, -1000.0, 0.0], [1000.0, -1000.0, 0.0]]])
    return [*cases, Case({"z": z, "y": np.array([[0, 1]])}, "logits of ±1000", LARGE, {"B": 1, "T": 2, "V": 3})]


def _loss(z: np.ndarray, y: np.ndarray) -> float:
    return softmax_cross_entropy(z, y)[0]


def _dz(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    return softmax_cross_entropy(z, y)[1]


def _one_hot(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(np.eye(z.shape[-1])[y])


def _mean_p(z: np.ndarray, y: np.ndarray) -> float:
    return float((softmax(z) * _one_hot(z, y)).sum(-1).mean())


def _wrong_axis(z: np.ndarray, y: np.ndarray, axis: int | None) -> tuple[float, np.ndarray]:
    p, one_hot = _along(z, axis), _one_hot(z, y)
    return float(-np.log((p * one_hot).sum(-1)).mean()), (p - one_hot) / y.size


CROSS_ENTROPY = Task(
    "softmax_cross_entropy",
    _ce_cases(),
    ("loss", "dz"),
    softmax_cross_entropy,
    [
        Mistake(
            "this is the sum over all B·T items; the mean is wanted, so divide by B·T.",
            [lambda z, y: (_loss(z, y) * y.size, None), lambda z, y: (None, _dz(z, y) * y.size)],
        ),
        Mistake(
            "it is divided by B alone: the sum over the T steps of each sequence is left. The mean is over B·T items.",
            [lambda z, y: (_loss(z, y) * y.shape[1], None), lambda z, y: (None, _dz(z, y) * y.shape[1])],
        ),
        Mistake(
            "it is divided by T alone; the mean is over all B·T items.",
            [lambda z, y: (_loss(z, y) * len(y), None), lambda z, y: (None, _dz(z, y) * len(y))],
        ),
        Mistake(
            "the mean also runs over the V classes. An item is one step of one sequence: divide by B·T, not by B·T·V.",
            [lambda z, y: (_loss(z, y) / z.shape[-1], None), lambda z, y: (None, _dz(z, y) / z.shape[-1])],
        ),
        Mistake(
            "softmax over the wrong axis: probabilities have to add up to 1 over the V classes, the last axis.",
            [
                lambda z, y: _wrong_axis(z, y, 0),
                lambda z, y: _wrong_axis(z, y, 1),
                lambda z, y: _wrong_axis(z, y, None),
            ],
        ),
        Mistake(
            "the mean is taken of the probabilities of the right classes; take minus their logarithms first.",
            [lambda z, y: (_mean_p(z, y), None), lambda z, y: (-_mean_p(z, y), None)],
        ),
        Mistake(
            "this is p, without minus y: at the right class 1 has to be subtracted.",
            [lambda z, y: (None, softmax(z) / y.size), lambda z, y: (None, softmax(z))],
        ),
        Mistake(
            "the sign is reversed: it is p − y, so that a step against the gradient raises the right logit.",
            [lambda z, y: (None, -_dz(z, y)), lambda z, y: (None, -_dz(z, y) * y.size)],
        ),
        Mistake(
            "p − y with the 1 of y at the wrong class, one beside the right one. Classes are counted from 0.",
            [
                lambda z, y: (None, (softmax(z) - _one_hot(z, y - 1)) / y.size),
                lambda z, y: (None, (softmax(z) - _one_hot(z, (y + 1) % z.shape[-1])) / y.size),
            ],
        ),
        Mistake(
            "only the right class has a gradient here. The others have one too, p: raising their logit lowers p of the "
            "right class.",
            [lambda z, y: (None, _one_hot(z, y) * (softmax(z) - 1) / y.size)],
        ),
        Mistake(
            "this is the derivative with respect to p, −y/p; what is wanted is the one with respect to the logits.",
            [
                lambda z, y: (None, -_one_hot(z, y) / softmax(z) / y.size),
                lambda z, y: (None, -_one_hot(z, y) / softmax(z)),
            ],
        ),
    ],
    shapes={"dz": "(B, T, V)"},
)
