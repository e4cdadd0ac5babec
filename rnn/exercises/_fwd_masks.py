"""The exercise on masks: the mean over real steps, and its gradient."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnn.exercises.checking import Answer, Case, Mistake, Task


def _masked_cases() -> list[Case]:
    rng = np.random.default_rng(2)
    cases = [
        Case(
            {"step_losses": np.array([[1.0, 2.0, 3.0], [6.0, 9.0, 9.0]]), "lengths": np.array([3, 1])},
            "three real steps and one",
            "",
            {"B": 2, "T": 3},
        )
    ]
    for (b, t), lengths in (((3, 5), (5, 2, 3)), ((4, 2), (1, 2, 2, 1)), ((5, 7), (7, 1, 4, 4, 6)), ((1, 6), (4,))):
        losses = rng.uniform(0.2, 3.0, (b, t))
        cases.append(Case({"step_losses": losses, "lengths": np.array(lengths)}, "", "", {"B": b, "T": t}))
    spoiled = np.array([[0.5, 1.5, np.nan], [2.0, np.inf, np.nan]])
    left_out = (
        "The padding holds NaN, and 0 · NaN is NaN. Leave padding out (`np.where`, or an index) instead of multiplying."
    )
    nothing = "No step is real: there is nothing to divide by. Loss and gradient are 0."
    return [
        *cases,
        Case({"step_losses": np.ones((1, 1)) * 0.7, "lengths": np.array([1])}, "one step", "", {"B": 1, "T": 1}),
        Case({"step_losses": spoiled, "lengths": np.array([2, 1])}, "NaN in the padding", left_out),
        Case({"step_losses": np.ones((2, 3)), "lengths": np.array([0, 0])}, "nothing but padding", nothing),
    ]


def _mask(losses: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return np.asarray(np.arange(losses.shape[1]) < lengths[:, None])


def _masked_loss(losses: np.ndarray, lengths: np.ndarray) -> tuple[float, np.ndarray]:
    real = _mask(losses, lengths)
    n = max(int(real.sum()), 1)
    return float(losses[real].sum() / n), real / n


def _over(divisor: Callable[[np.ndarray, np.ndarray], float]) -> list[Answer]:
    """The sum over real steps divided by something else: in the loss, and in the gradient."""
    return [
        lambda s, n: (float((s * _mask(s, n)).sum() / divisor(s, n)), None),
        lambda s, n: (None, _mask(s, n) / divisor(s, n)),
    ]


MASKED_LOSS = Task(
    "masked_loss",
    _masked_cases(),
    ("loss", "dlosses"),
    _masked_loss,
    [
        Mistake(
            "it is divided by B·T, padding included: too small by the factor (real steps) / (B·T). Divide by the "
            "number of real steps.",
            _over(lambda s, n: s.size),
        ),
        Mistake(
            "padding counts: this is the plain mean over all B·T places.",
            [lambda s, n: (float(s.mean()), None), lambda s, n: (None, np.full(s.shape, 1 / s.size))],
        ),
        Mistake("this is the sum over the real steps; divide by their number.", _over(lambda s, n: 1)),
        Mistake(
            "it is divided by B; divide by the number of real steps in the whole batch.", _over(lambda s, n: len(s))
        ),
        Mistake(
            "it is divided by T; divide by the number of real steps in the whole batch.", _over(lambda s, n: s.shape[1])
        ),
        Mistake(
            "it is divided by the mean length; divide by the sum of the lengths, the number of real steps.",
            _over(lambda s, n: float(n.mean())),
        ),
        Mistake(
            "this is the mean of each sequence, and then the mean of those: a step in a short sequence counts for more "
            "than one in a long sequence. Every real step should count the same.",
            [
                lambda s, n: (float(((s * _mask(s, n)).sum(1) / n).mean()), None),
                lambda s, n: (None, _mask(s, n) / n[:, None] / len(s)),
            ],
        ),
        Mistake(
            "padding is summed in, though the divisor is right.",
            [lambda s, n: (float(s.sum() / n.sum()), None), lambda s, n: (None, np.full(s.shape, 1 / n.sum()))],
        ),
        Mistake(
            "one step too many counts: the real steps are those with `t < length`, not `t <= length`.",
            [
                lambda s, n: (_masked_loss(s, n + 1)[0], None),
                lambda s, n: (None, _masked_loss(s, n + 1)[1]),
                lambda s, n: (None, _mask(s, n + 1) / n.sum()),
                lambda s, n: (float((s * _mask(s, n + 1)).sum() / n.sum()), None),
            ],
        ),
        Mistake(
            "the last real step of each sequence is left out: counted from 0, the real steps are those with "
            "`t < length`.",
            [
                lambda s, n: (_masked_loss(s, n - 1)[0], None),
                lambda s, n: (None, _masked_loss(s, n - 1)[1]),
                lambda s, n: (None, _mask(s, n - 1) / n.sum()),
                lambda s, n: (float((s * _mask(s, n - 1)).sum() / n.sum()), None),
            ],
        ),
        Mistake(
            "one length, the first or the longest, is used for all sequences; each has its own: compare with "
            "`lengths[:, None]`.",
            [
                *(
                    lambda s, n, i=i: (_masked_loss(s, np.full(len(n), i(n)))[0], None)
                    for i in (np.max, lambda n: n[0])
                ),
                *(
                    lambda s, n, i=i: (None, _masked_loss(s, np.full(len(n), i(n)))[1])
                    for i in (np.max, lambda n: n[0])
                ),
            ],
        ),
        Mistake(
            "these are the last steps of each row; padding stands on the right, so the real steps come first.",
            [
                lambda s, n: (_masked_loss(s[:, ::-1], n)[0], None),
                lambda s, n: (None, _masked_loss(s, n)[1][:, ::-1]),
            ],
        ),
        Mistake(
            "the gradient holds the losses themselves. Each real step's share of a mean is one over their number.",
            [
                lambda s, n: (None, s * _mask(s, n) / n.sum()),
                lambda s, n: (None, s * _mask(s, n)),
                lambda s, n: (None, _masked_loss(s, n)[0] * _masked_loss(s, n)[1]),
            ],
        ),
    ],
    shapes={"dlosses": "(B, T)"},
)
