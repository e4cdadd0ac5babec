"""Targets that come later: inputs, reference and usual mistakes."""

from __future__ import annotations

import numpy as np

from rnn.exercises.checking import Case, Mistake, Task

# Targets k steps later


def _shifted(array: np.ndarray, k: int) -> np.ndarray:
    """Move (B, T) to the right by k, or to the left for a negative k; zeros come in."""
    out = np.zeros_like(array)
    steps = array.shape[1]
    if k >= 0:
        out[:, k:] = array[:, : steps - k]
    else:
        out[:, :k] = array[:, -k:]
    return out


def _kept(array: np.ndarray, k: int) -> np.ndarray:
    """The shift, with what was in the first k places left there."""
    out = array.copy()
    out[:, k:] = array[:, : array.shape[1] - k]
    return out


def _echoed(array: np.ndarray, k: int) -> np.ndarray:
    """The shift, reading from the array that is written to, and the first k places emptied afterwards."""
    out = array.copy()
    for t in range(k, array.shape[1]):
        out[:, t] = out[:, t - k]
    out[:, :k] = 0
    return out


def _delayed(y: np.ndarray, mask: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    return _shifted(y, k), _shifted(mask, k)


def _delay_cases() -> list[Case]:
    rng = np.random.default_rng(12)
    found = []
    for batch, steps, k in ((1, 5, 1), (2, 6, 2), (4, 9, 3), (3, 7, 1)):
        y, mask = rng.integers(1, 9, (batch, steps)), rng.random((batch, steps)) < 0.7
        mask[:, [0, -1]] = True
        found.append(Case({"y": y * mask, "mask": mask, "k": k}))
    y, mask = rng.integers(1, 9, (2, 4)), np.ones((2, 4), bool)
    why = "Without a delay nothing moves; beware of `y[:, :-k]`, which is empty for k = 0."
    found.append(Case({"y": y, "mask": mask, "k": 0}, "no delay", why))
    return found


def _rolled(y: np.ndarray, mask: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    return np.roll(y, k, axis=1), np.roll(mask, k, axis=1)


DELAY_TARGETS = Task(
    "delay_targets",
    _delay_cases(),
    ("late_y", "late_mask"),
    _delayed,
    [
        Mistake(
            "shifted the wrong way: the target of step t has to stand at step t + k. As it is, the network would have "
            "to answer k steps *before* it has read x_t.",
            [
                lambda y, m, k: (_shifted(y, -k), _shifted(m, -k)),
                lambda y, m, k: (np.roll(y, -k, axis=1), np.roll(m, -k, axis=1)),
            ],
        ),
        Mistake(
            "`np.roll` brings the last k steps in again at the front. The first k steps have no target: 0 there, and "
            "False in the mask.",
            [_rolled],
        ),
        Mistake("nothing has moved: this is y.", [lambda y, m, k: (y, None)]),
        Mistake(
            "the mask has stayed where it was: it belongs to the targets and moves with them.",
            [lambda y, m, k: (None, m)],
        ),
        Mistake(
            "the first k steps count, although nothing can be asked there: the mask must be False.",
            [lambda y, m, k: (None, _shifted(m, k) | (np.arange(y.shape[1]) < k))],
        ),
        Mistake(
            "the first k steps have kept what they had. No target stands there: 0, and False in the mask.",
            [lambda y, m, k: (_kept(y, k), _kept(m, k))],
        ),
        Mistake(
            "the first k steps hold -1; where no target stands the target is 0, as the exercise has it.",
            [lambda y, m, k: (np.where(np.arange(y.shape[1]) < k, -1, _shifted(y, k)), None)],
        ),
        Mistake(
            "the first k steps are masked, but the rest of the mask has not moved: it belongs to the targets.",
            [lambda y, m, k: (None, m & (np.arange(m.shape[1]) >= k))],
        ),
        Mistake(
            "the wrong end is masked: it is the first k steps that have no target now.",
            [
                lambda y, m, k: (None, m & (np.arange(m.shape[1]) < m.shape[1] - k)),
                lambda y, m, k: (None, np.arange(m.shape[1])[None].repeat(len(m), 0) < m.shape[1] - k),
            ],
        ),
        Mistake(
            "every step from k on counts. Targets that were masked before stay masked where they are now.",
            [lambda y, m, k: (None, np.arange(m.shape[1])[None].repeat(len(m), 0) >= k)],
        ),
        Mistake(
            "the first target is repeated again and again: places were read that had been written to before.",
            [lambda y, m, k: (_echoed(y, k), _echoed(m, k))],
        ),
        Mistake(
            "T has changed. Shift within the T steps: k new ones in front, and the last k fall off the end.",
            [
                lambda y, m, k: (np.pad(y, ((0, 0), (k, 0))), np.pad(m, ((0, 0), (k, 0)))),
                lambda y, m, k: (y[:, : y.shape[1] - k], m[:, : m.shape[1] - k]),
                lambda y, m, k: (y[:, k:], m[:, k:]),
            ],
        ),
        Mistake(
            "the numbers run over from the end of one sequence to the front of the next: `np.roll` needs the axis, "
            "and even then brings the last k steps in again at the front.",
            [lambda y, m, k: (np.roll(y, k), np.roll(m, k))],
        ),
        Mistake("late by one step only; k says how many.", [lambda y, m, k: (_shifted(y, 1), _shifted(m, 1))]),
        Mistake(
            "the sequences have been shifted against each other (axis 0); time is axis 1.",
            [lambda y, m, k: (np.roll(y, k, axis=0), np.roll(m, k, axis=0))],
        ),
    ],
    shapes={"late_y": "(B, T)", "late_mask": "(B, T)"},
)
