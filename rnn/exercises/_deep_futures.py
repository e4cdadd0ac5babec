"""What may be known when: targets that come later, and functions that look ahead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnn.exercises.checking import Answer, Case, Finding, Mistake, Run, Task

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
        Mistake(
            "the mask has stayed where it was: it belongs to the targets and moves with them.",
            [lambda y, m, k: (None, m)],
        ),
        Mistake(
            "the first k steps count, although nothing can be asked there: the mask must be False.",
            [lambda y, m, k: (None, _shifted(m, k) | (np.arange(y.shape[1]) < k))],
        ),
        Mistake("late by one step only; k says how many.", [lambda y, m, k: (_shifted(y, 1), _shifted(m, 1))]),
        Mistake(
            "the sequences have been shifted against each other (axis 0); time is axis 1.",
            [lambda y, m, k: (np.roll(y, k, axis=0), np.roll(m, k, axis=0))],
        ),
    ],
    shapes={"late_y": "(B, T)", "late_mask": "(B, T)"},
)


# Does a function look ahead?


def _from_right(x: np.ndarray) -> np.ndarray:
    return np.cumsum(x[:, ::-1], axis=1)[:, ::-1]


def _peek(x: np.ndarray, at: int, ahead: int) -> np.ndarray:
    """A copy of x that at one step adds a later input."""
    out = x.copy()
    out[:, at] += x[:, at + ahead]
    return out


def _from_left(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.tanh(np.cumsum(x, axis=1)))


def _one_late(x: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros_like(x[:, :1]), x[:, :-1]], axis=1)


FUNCTIONS: Sequence[tuple[str, Answer, bool]] = (
    ("the tanh of a running sum from the left", _from_left, False),
    ("a running sum from the right", _from_right, True),
    ("x itself", np.copy, False),
    ("the input of the step before", _one_late, False),
    ("x minus its mean over time", lambda x: x - x.mean(axis=1, keepdims=True), True),
    ("x, and at the last step but one the last input is added", lambda x: _peek(x, -2, 1), True),
    ("x, and at the first step the last input is added", lambda x: _peek(x, 0, -1), True),
    ("x, and in the middle the input three steps later is added", lambda x: _peek(x, 3, 3), True),
    ("the greatest input so far", lambda x: np.maximum.accumulate(x, axis=1), False),
    ("zeros, whatever x is", np.zeros_like, False),
)


def _judge(runs: Sequence[Run]) -> None:
    wrong = []
    for run, (name, _, ahead) in zip(runs, FUNCTIONS, strict=True):
        if not isinstance(run.value, (bool, np.bool_)):
            raise Finding(f"wanted True or False, got an answer of another kind for {name}.")
        if bool(run.value) != ahead:
            wrong.append((name, ahead))
    missed = [name for name, ahead in wrong if ahead]
    blamed = [name for name, ahead in wrong if not ahead]
    if not wrong:
        return
    if not blamed and len(missed) == sum(ahead for _, _, ahead in FUNCTIONS):
        raise Finding(
            "no function is found to look ahead, not even a running sum from the right. Change inputs *after* step t, "
            "and compare the outputs *up to and including* t."
        )
    if len(blamed) >= 3:
        raise Finding(
            f"functions that only look back are blamed, for example {blamed[0]}. An output may change from the step on "
            "at which the input was changed; compare the outputs before that step only."
        )
    if blamed:
        raise Finding(f"your function blames {blamed[0]}, which reads nothing that comes later.")
    if any("last step but one" in name for name in missed):
        raise Finding(
            f"not found: {missed[-1]}. Every step has to be tried: the one place where a function looks ahead may be "
            "near the end."
        )
    raise Finding(
        f"not found: {missed[0]}. Looking ahead may happen at a single step, and reach far: for each t change *all* "
        "inputs after t, or each of them, and compare *all* outputs up to t."
    )


LOOKS_AHEAD = Task(
    "looks_ahead",
    [
        Case({"f": function, "x": np.random.default_rng(20 + i).normal(size=(2, 8, 3))}, name)
        for i, (name, function, _) in enumerate(FUNCTIONS)
    ],
    ("answer",),
    judge=_judge,
)
