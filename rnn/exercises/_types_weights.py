"""An exercise on types of networks: what the cost of each step counts in the loss."""

from __future__ import annotations

import numpy as np

from rnn.exercises.checking import Answer, Case, Mistake, Task


def _mask(lengths: np.ndarray, steps: int) -> np.ndarray:
    return np.asarray(np.arange(steps) < lengths[:, None])


def _weights(lengths: np.ndarray, steps: int, over: str) -> np.ndarray:
    mask = _mask(lengths, steps).astype(float)
    if over == "tokens":
        return np.asarray(mask / lengths.sum())
    if over == "sequences":
        return np.asarray(mask / (len(lengths) * lengths[:, None]))
    return np.asarray((np.arange(steps) == lengths[:, None] - 1) / len(lengths))


def _but(**wrong: Answer) -> Answer:
    """Make the reference wrong for some values of ``over``: functions of the mask, the lengths and T."""

    def answer(lengths: np.ndarray, steps: int, over: str) -> np.ndarray:
        if over not in wrong:
            return _weights(lengths, steps, over)
        return np.asarray(wrong[over](_mask(lengths, steps).astype(float), lengths, steps))

    return answer


def _weight_cases() -> list[Case]:
    found = []
    for steps, lengths in ((6, (2, 6)), (5, (5, 1, 3)), (7, (4, 6, 2, 3, 1)), (4, (3,)), (1, (1, 1, 1))):
        sizes = {"B": len(lengths), "T": steps}
        why = "With T = 1 each sequence has one step, and all three ways are 1/B." if steps == 1 else ""
        for over in ("tokens", "sequences", "last"):
            args = {"lengths": np.array(lengths), "steps": steps, "over": over}
            found.append(Case(args, "" if steps > 1 else "T = 1", why, sizes))
    return found


LOSS_WEIGHTS = Task(
    "loss_weights",
    _weight_cases(),
    ("w",),
    _weights,
    [
        Mistake(
            "whatever `over` is, the weights are those of `tokens`: `over` has to make a difference.",
            [lambda n, t, over: _weights(n, t, "tokens")],
        ),
        Mistake(
            "`tokens` and `sequences` are exchanged: by tokens all real steps have the same weight, by sequences all "
            "sequences.",
            [_but(tokens=lambda m, n, t: m / (len(n) * n[:, None]), sequences=lambda m, n, t: m / n.sum())],
        ),
        Mistake(
            "each row adds up to 1, for every `over`: all weights together are to add up to 1.",
            [lambda n, t, over: (w := _weights(n, t, over)) / w.sum(axis=1, keepdims=True)],
        ),
        Mistake(
            "padding has a weight. Where there is no answer the weight has to be 0, or padding is trained.",
            [
                _but(tokens=lambda m, n, t: np.ones_like(m) / m.size),
                _but(
                    tokens=lambda m, n, t: np.ones_like(m) / m.size,
                    sequences=lambda m, n, t: np.ones_like(m) / m.size,
                ),
                _but(tokens=lambda m, n, t: np.ones_like(m) / n.sum()),
                _but(tokens=lambda m, n, t: (1 - m) / n.sum()),
                _but(tokens=lambda m, n, t: _mask(n + 1, t) / n.sum()),
                _but(
                    tokens=lambda m, n, t: _mask(n + 1, t) / n.sum(),
                    sequences=lambda m, n, t: _mask(n + 1, t) / (len(n) * n[:, None]),
                ),
                _but(sequences=lambda m, n, t: _mask(n + 1, t) / (len(n) * n[:, None])),
            ],
        ),
        Mistake(
            "for `tokens` the divisor is B · T and counts the padding too: the weights do not add up to 1, and the "
            "loss shrinks with the padding that happens to be in the batch.",
            [
                _but(tokens=lambda m, n, t: m / m.size),
                _but(tokens=lambda m, n, t: m / m.size, sequences=lambda m, n, t: m / m.size),
            ],
        ),
        Mistake(
            "for `tokens` this is a sum over the steps, averaged over the sequences: too large by the mean length. "
            "Divide by the number of all real steps of the batch.",
            [_but(tokens=lambda m, n, t: m / len(n))],
        ),
        Mistake(
            "for `tokens` and `sequences` this is a sum: the weights are all 1 and do not add up to 1.",
            [_but(tokens=lambda m, n, t: m, sequences=lambda m, n, t: m)],
        ),
        Mistake(
            "for `tokens` this is a sum: the weights are all 1 and do not add up to 1.",
            [_but(tokens=lambda m, n, t: m)],
        ),
        Mistake(
            "for `sequences` this is a sum: the weights are all 1 and do not add up to 1.",
            [_but(sequences=lambda m, n, t: m)],
        ),
        Mistake(
            "`sequences` gives the same as `tokens`: a long sequence weighs more. Take the mean within each sequence "
            "first, by its own length, then over the B sequences.",
            [_but(sequences=lambda m, n, t: m / n.sum())],
        ),
        Mistake(
            "`tokens` gives the same as `sequences`: a step of a short sequence weighs more than one of a long one. "
            "All real steps of the batch have the same weight.",
            [_but(tokens=lambda m, n, t: m / (len(n) * n[:, None]))],
        ),
        Mistake(
            "for `tokens` each row adds up to 1, and a step of a short sequence weighs more. All real steps of the "
            "batch have the same weight.",
            [_but(tokens=lambda m, n, t: m / n[:, None])],
        ),
        Mistake(
            "for `sequences` the mean over the B sequences is missing: each row adds up to 1, all together to B.",
            [_but(sequences=lambda m, n, t: m / n[:, None])],
        ),
        Mistake(
            "for `sequences` each one's mean is over all T steps, or those of the longest one: it is over its own "
            "real steps.",
            [_but(sequences=lambda m, n, t: m / m.size), _but(sequences=lambda m, n, t: m / (len(n) * n.max()))],
        ),
        Mistake(
            "for `last` the weight stands in the last column; the last real step of a sequence is its own.",
            [_but(last=lambda m, n, t: np.eye(t)[[t - 1] * len(n)] / len(n))],
        ),
        Mistake(
            "for `last` the weight stands one step too late: the last of n steps is n − 1, counted from 0.",
            [_but(last=lambda m, n, t: (np.arange(t) == n[:, None]) / len(n))],
        ),
        Mistake(
            "for `last` the weight stands one step too early: the last of n steps is n − 1, counted from 0.",
            [
                _but(last=lambda m, n, t: (np.arange(t) == n[:, None] - 2) / len(n)),
                _but(last=lambda m, n, t: np.eye(t)[n - 2] / len(n)),
            ],
        ),
        Mistake(
            "for `last` the weights are divided by more than the number of sequences: each has one last step.",
            [
                _but(last=lambda m, n, t: (np.arange(t) == n[:, None] - 1) / n.sum()),
                _but(last=lambda m, n, t: (np.arange(t) == n[:, None] - 1) / (len(n) * n[:, None])),
            ],
        ),
        Mistake(
            "for `last` the weights add up to B: the mean over the sequences is missing.",
            [_but(last=lambda m, n, t: (np.arange(t) == n[:, None] - 1) * 1.0)],
        ),
    ],
    shapes={"w": "(B, T)"},
)
