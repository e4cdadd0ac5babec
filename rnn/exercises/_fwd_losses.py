"""The exercise on the loss: softmax with cross-entropy in one, and its gradient."""

from __future__ import annotations

import numpy as np

from rnn.activations import softmax
from rnn.exercises._fwd_softmax import along
from rnn.exercises.checking import Case, Mistake, Task
from rnn.losses import softmax_cross_entropy

LARGE = (
    "With logits of ±1000 `exp` overflows, or a probability is rounded to 0 and its logarithm is infinite. Subtract "
    "the largest logit before `exp`, and take the logarithm of the formula, not of the computed probability."
)
ROWS_APART = (
    "Here the items are far apart. If an item's own largest logit is not what is subtracted from it (but, say, the "
    "largest of *all* items), its exponentials may all be 0: 0/0 is NaN, log 0 infinite. Subtract each item's own: "
    "`axis=-1, keepdims=True`."
)


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
    apart = np.array([[[1000.0, 1001.0], [-1000.0, -1002.0]]])
    return [
        *cases,
        Case({"z": z, "y": np.array([[0, 1]])}, "logits of ±1000", LARGE, {"B": 1, "T": 2, "V": 3}),
        Case({"z": apart, "y": np.array([[0, 1]])}, "one item high, one low", ROWS_APART, {"B": 1, "T": 2, "V": 2}),
    ]


def _loss(z: np.ndarray, y: np.ndarray) -> float:
    return softmax_cross_entropy(z, y)[0]


def _dz(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    return softmax_cross_entropy(z, y)[1]


def _one_hot(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(np.eye(z.shape[-1])[y])


def _binary(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    p, one_hot = softmax(z), _one_hot(z, y)
    return np.asarray(-one_hot * np.log(p) - (1 - one_hot) * np.log(1 - p))


def _mean_p(z: np.ndarray, y: np.ndarray) -> float:
    return float((softmax(z) * _one_hot(z, y)).sum(-1).mean())


def _wrong_axis(z: np.ndarray, y: np.ndarray, axis: int | None) -> tuple[float, np.ndarray]:
    p, one_hot = along(z, axis), _one_hot(z, y)
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
            "the class is one beside the right one. Classes are counted from 0.",
            [
                lambda z, y: (_loss(z, (y - 1) % z.shape[-1]), None),
                lambda z, y: (_loss(z, (y + 1) % z.shape[-1]), None),
                lambda z, y: (None, (softmax(z) - _one_hot(z, y - 1)) / y.size),
                lambda z, y: (None, (softmax(z) - _one_hot(z, (y + 1) % z.shape[-1])) / y.size),
            ],
        ),
        Mistake(
            "the logits, or the logarithms of p, stand where p should: make probabilities of them, then subtract y.",
            [
                lambda z, y: (None, (z - _one_hot(z, y)) / y.size),
                lambda z, y: (None, (np.log(softmax(z)) - _one_hot(z, y)) / y.size),
            ],
        ),
        Mistake(
            "y is subtracted as a class *number*. In p − y it is one-hot: 1 at the right class, 0 at the others.",
            [lambda z, y: (None, (softmax(z) - y[..., None]) / y.size)],
        ),
        Mistake(
            "an index like `p[:, :, y]` takes the classes in `y` for *every* item, not each item's own: use one-hot "
            "vectors, `np.take_along_axis`, or indices for B and T too.",
            [
                lambda z, y: (float(-np.log(softmax(z))[:, :, y].mean()), None),
                lambda z, y: (None, (softmax(z) - np.isin(np.arange(z.shape[-1]), y)) / y.size),
            ],
        ),
        Mistake(
            "the largest logit was subtracted in one term only. It belongs in both, or has to be added again: "
            "`m + log(sum(exp(z - m))) - z_y`.",
            [
                lambda z, y: (_loss(z, y) - float(z.max(-1).mean()), None),
                lambda z, y: (_loss(z, y) + float(z.max(-1).mean()), None),
                lambda z, y: (_loss(z, y) - 2 * float(z.max(-1).mean()), None),
            ],
        ),
        Mistake(
            "NaN, for small logits too: the logarithm of a negative number? `dz = p` is no copy; if 1 is subtracted in "
            "`dz`, it is gone from `p` as well. Take the loss before, or copy.",
            [lambda z, y: (float("nan"), None)],
        ),
        Mistake(
            "the log(1 − p) of the other classes is in it, as in binary cross-entropy. With one right class among V, "
            "only its own log p counts.",
            [lambda z, y: (_binary(z, y).sum(-1).mean(), None), lambda z, y: (_binary(z, y).mean(), None)],
        ),
        Mistake(
            "this is the loss in bits: `np.log2` where `np.log` should be.",
            [lambda z, y: (_loss(z, y) / np.log(2), None)],
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
