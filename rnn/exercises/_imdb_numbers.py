"""The number exercises on film reviews: the mean over real words, its gradient, and the loss."""

from __future__ import annotations

import numpy as np

from rnn.activations import sigmoid
from rnn.exercises.checking import Case, Mistake, Task
from rnn.losses import binary_cross_entropy
from rnn.pooling import Pool

# The mean over real words, and its gradient


def _real(lengths: np.ndarray, steps: int) -> np.ndarray:
    """1 at real words and 0 at padding, (B, T, 1)."""
    return np.asarray((np.arange(steps) < lengths[:, None])[..., None], dtype=float)


def _pooled(h: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return np.asarray(Pool("mean").forward(h, lengths))


def _pooled_backward(dy: np.ndarray, lengths: np.ndarray, steps: int) -> np.ndarray:
    pool = Pool("mean")
    pool.forward(np.zeros((len(dy), steps, dy.shape[1])), lengths)
    return np.asarray(pool.backward(dy))


def _spread(dy: np.ndarray, steps: int) -> np.ndarray:
    return np.repeat(dy[:, None], steps, axis=1)


def _n(lengths: np.ndarray) -> np.ndarray:
    return np.asarray(np.maximum(lengths, 1)[:, None])


def _at_end(dy: np.ndarray, lengths: np.ndarray, steps: int) -> np.ndarray:
    return np.asarray(_spread(dy, steps) * (np.arange(steps) == lengths[:, None] - 1)[..., None])


def _batches() -> list[tuple[np.ndarray, np.ndarray, str, str]]:
    """Random h (B, T, H) with anything in the padding, lengths, label and why."""
    rng = np.random.default_rng(1)
    empty = "A review of length 0 has nothing to divide by; its result is 0. `np.maximum(lengths, 1)` helps."
    found = [(np.array([[[1.0], [2.0], [9.0]]]), np.array([2]), "one review of two words and one of padding", "")]
    for sizes, lengths in (
        ((2, 3, 1), (3, 1)),
        ((3, 5, 2), (5, 2, 3)),
        ((4, 7, 3), (1, 6, 7, 4)),
        ((5, 8, 6), (8, 8, 2, 5, 7)),
        ((1, 6, 4), (3,)),
    ):
        found.append((rng.normal(size=sizes), np.array(lengths), "", ""))
    found.append((rng.normal(size=(2, 4, 3)), np.array([4, 4]), "no padding", ""))
    found.append((rng.normal(size=(3, 4, 2)), np.array([4, 0, 1]), "a review of length 0", empty))
    return found


def _sizes(h: np.ndarray) -> dict[str, int]:
    return {"B": h.shape[0], "T": h.shape[1], "H": h.shape[2]}


MASKED_MEAN = Task(
    "masked_mean",
    [Case({"h": h, "lengths": n}, label, why, _sizes(h)) for h, n, label, why in _batches()],
    ("y",),
    _pooled,
    [
        Mistake(
            "this is the plain mean over time: padding is summed in, and the sum divided by T.",
            [lambda h, n: h.mean(1)],
        ),
        Mistake(
            "the sum is divided by T, the number of steps; divide by each review's own length.",
            [lambda h, n: (h * _real(n, h.shape[1])).mean(1)],
        ),
        Mistake(
            "padding is summed in. Only steps `t < lengths[b]` are words; the padding here is not zero.",
            [lambda h, n: h.sum(1) / _n(n)],
        ),
        Mistake(
            "the mean runs over the wrong axis: h is (B, T, H), and time is axis 1.",
            [
                lambda h, n: (h * _real(n, h.shape[1])).sum(2) / _n(n),
                lambda h, n: (h * _real(n, h.shape[1])).mean(2),
                lambda h, n: (h * _real(n, h.shape[1])).mean(0),
                lambda h, n: h.mean(2),
                lambda h, n: h.mean(0),
            ],
        ),
        Mistake(
            "the sum is divided by B, the number of reviews; divide by each review's own length.",
            [lambda h, n: (h * _real(n, h.shape[1])).sum(1) / len(h)],
        ),
        Mistake(
            "the sum is divided by the words of all reviews together; divide by each review's own length.",
            [lambda h, n: (h * _real(n, h.shape[1])).sum(1) / n.sum()],
        ),
        Mistake(
            "this is the sum over the real words; it still has to be divided by their number.",
            [lambda h, n: (h * _real(n, h.shape[1])).sum(1)],
        ),
        Mistake(
            "one step too many is summed: the words of a review are the steps with `t < length`, not `t <= length`.",
            [lambda h, n: (h * _real(n + 1, h.shape[1])).sum(1) / _n(n)],
        ),
        Mistake(
            "these are the last `length` steps; padding stands on the right, so the real words come first.",
            [lambda h, n: (h * _real(n, h.shape[1])[:, ::-1]).sum(1) / _n(n)],
        ),
        Mistake(
            "this is the maximum; the mean is wanted.",
            [Pool("max").forward, lambda h, n: h.max(1), lambda h, n: (h * _real(n, h.shape[1])).max(1)],
        ),
    ],
    shapes={"y": "(B, H)"},
)

MASKED_MEAN_BACKWARD = Task(
    "masked_mean_backward",
    [
        Case({"dy": h[:, -1], "lengths": n, "steps": h.shape[1]}, label, why, _sizes(h))
        for h, n, label, why in _batches()
    ],
    ("dh",),
    _pooled_backward,
    [
        Mistake(
            "the gradient also reaches the padding. The mean never read it, so its gradient is 0.",
            [lambda dy, n, t: _spread(dy / _n(n), t)],
        ),
        Mistake(
            "it is not divided by the length: y is the sum divided by the length, and so is each step's share of dy.",
            [lambda dy, n, t: _spread(dy, t) * _real(n, t), lambda dy, n, t: _spread(dy, t)],
        ),
        Mistake(
            "it is multiplied by the length; y is the sum divided by it, so each step gets dy divided by it.",
            [lambda dy, n, t: _spread(dy * _n(n), t) * _real(n, t), lambda dy, n, t: _spread(dy * _n(n), t)],
        ),
        Mistake(
            "it is divided by T; the mean divides by each review's own length, and so does its gradient.",
            [lambda dy, n, t: _spread(dy, t) * _real(n, t) / t, lambda dy, n, t: _spread(dy, t) / t],
        ),
        Mistake(
            "it is divided by B as well. The mean over the batch belongs to the loss, and dy already has it.",
            [
                lambda dy, n, t: _spread(dy / _n(n), t) * _real(n, t) / len(dy),
                lambda dy, n, t: _spread(dy, t) * _real(n, t) / len(dy),
            ],
        ),
        Mistake(
            "only the last word of each review gets a gradient. That suits the last state; a mean has all words.",
            [_at_end, lambda dy, n, t: _at_end(dy / _n(n), n, t)],
        ),
        Mistake(
            "one step too many gets a gradient: the words of a review are the steps with `t < length`.",
            [lambda dy, n, t: _spread(dy / _n(n), t) * _real(n + 1, t)],
        ),
    ],
    shapes={"dh": "(B, T, H)"},
)


# The loss


def _loss_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    large = (
        "With logits this large `exp` overflows, or p is rounded to 0 or 1 and its logarithm is infinite. Never "
        "exponentiate a large positive number: log(1 + exp(z)) = max(z, 0) + log(1 + exp(−|z|))."
    )
    batches: list[tuple[list[float], list[int], str, str]] = [
        ([0.0], [1], "a logit of 0", ""),
        ([2.0, -1.0], [1, 0], "two reviews, both on the right side", ""),
        *((rng.normal(0, 2, n).tolist(), rng.integers(0, 2, n).tolist(), "", "") for n in (3, 5, 8)),
        ([1000.0, -1000.0, 1000.0, -1000.0], [1, 0, 0, 1], "logits of ±1000", large),
        ([40.0, -800.0, 3.0], [0, 1, 1], "logits of 40 and −800", large),
    ]
    return [
        Case({"logits": np.array(z), "labels": np.array(y)}, label, why, {"B": len(z)}) for z, y, label, why in batches
    ]


def _loss(z: np.ndarray, y: np.ndarray) -> float:
    return binary_cross_entropy(z, y)[0]


def _slope(z: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(sigmoid(z) - y)


def _dp_dz(z: np.ndarray) -> np.ndarray:
    return np.asarray(sigmoid(z) * sigmoid(-z))


BINARY_CROSS_ENTROPY = Task(
    "binary_cross_entropy",
    _loss_cases(),
    ("loss", "dlogits"),
    binary_cross_entropy,
    [
        Mistake("this is the sum over the batch; the mean is wanted.", [lambda z, y: (_loss(z, y) * len(z), None)]),
        Mistake(
            "one number for each review; their mean is wanted.",
            [lambda z, y: (np.log1p(np.exp(z)) - y * z, None)],
        ),
        Mistake(
            "the logarithm is to base 2; the natural one is wanted.", [lambda z, y: (_loss(z, y) / np.log(2), None)]
        ),
        Mistake(
            "only one of the two terms is there: y·log p counts positive reviews, (1 − y)·log(1 − p) negative ones.",
            [
                lambda z, y: (float(np.mean(-y * np.log(sigmoid(z)))), None),
                lambda z, y: (float(np.mean(-(1 - y) * np.log(sigmoid(-z)))), None),
            ],
        ),
        Mistake(
            "the labels are exchanged: 1 is positive.", [lambda z, y: (_loss(z, 1 - y), _slope(z, 1 - y) / len(z))]
        ),
        Mistake(
            "this formula is for labels −1 and +1; here they are 0 and 1.",
            [lambda z, y: (float(np.log1p(np.exp(-y * z)).mean()), -y * sigmoid(-y * z) / len(z))],
        ),
        Mistake("the 1/B of the mean is missing in the gradient.", [lambda z, y: (None, _slope(z, y))]),
        Mistake(
            "the sign is reversed: dL/dz is (p − y)/B, so a step against it raises the logit of a positive review.",
            [lambda z, y: (None, -_slope(z, y) / len(z))],
        ),
        Mistake(
            "the sign is reversed and the 1/B of the mean is missing: dL/dz is (p − y)/B.",
            [lambda z, y: (None, -_slope(z, y))],
        ),
        Mistake(
            "a factor p(1 − p) is left over, as from a squared error behind a sigmoid. In the cross-entropy the "
            "logarithm's derivative cancels it.",
            [
                lambda z, y: (None, _slope(z, y) * _dp_dz(z) / len(z)),
                lambda z, y: (None, _slope(z, y) * _dp_dz(z)),
                lambda z, y: (None, 2 * _slope(z, y) * _dp_dz(z) / len(z)),
            ],
        ),
        Mistake(
            "this is the derivative with respect to p; multiply by dp/dz = p(1 − p) to get the one for the logit.",
            [lambda z, y: (None, _slope(z, y) / _dp_dz(z) / len(z)), lambda z, y: (None, _slope(z, y) / _dp_dz(z))],
        ),
    ],
    shapes={"dlogits": "(B,)"},
)
