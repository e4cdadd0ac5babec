"""Functions that look ahead, and functions that do not: what a test of theirs may find and miss."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnn.exercises.checking import Answer, Case, Finding, Run, Task
from rnn.exercises.comparing import show

Index = tuple[slice | int, ...]
ALL = slice(None)


def _peek(x: np.ndarray, to: Index, source: Index) -> np.ndarray:
    """A copy of x that at one place adds what stands at another; x itself if it is too short for that."""
    out = x.copy()
    if all(-x.shape[1] <= at[1] < x.shape[1] for at in (to, source) if isinstance(at[1], int)):
        out[to] += x[source]
    return out


def _from_right(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.cumsum(x[:, ::-1], axis=1)[:, ::-1])


def _from_left(x: np.ndarray) -> np.ndarray:
    return np.asarray(np.tanh(np.cumsum(x, axis=1)))


def _one_late(x: np.ndarray) -> np.ndarray:
    return np.concatenate([np.zeros_like(x[:, :1]), x[:, :-1]], axis=1)


def _one_early(x: np.ndarray) -> np.ndarray:
    return np.concatenate([x[:, 1:], np.zeros_like(x[:, :1])], axis=1)


def _given_and_taken(x: np.ndarray) -> np.ndarray:
    return np.asarray(_peek(_peek(x, (ALL, 2, 0), (ALL, 5, 0)), (ALL, 2, 1), (ALL, 5, 0)) * np.array([1.0, -1.0, 1.0]))


LAST_BUT_ONE = "x, and at the last step but one the last input is added"
FIRST = "x, and at the first step the last input is added"
MIDDLE = "x, and in the middle the input three steps later is added"
FEATURE = "x, and in the last feature only, at one step a later input is added"
SEQUENCE = "x, and in the last sequence only, at one step a later input is added"
CANCELS = "x, and at one step a later input is added to one feature and taken from another"
SUM, MEAN = "a running sum from the right", "x minus its mean over time"
BATCH_MEAN = "x minus its mean over the sequences of the batch"
FUNCTIONS: dict[str, tuple[Answer, bool]] = {
    "the tanh of a running sum from the left": (_from_left, False),
    SUM: (_from_right, True),
    "x itself": (np.copy, False),
    "the input of the step before": (_one_late, False),
    "the input of the step after": (_one_early, True),
    MEAN: (lambda x: x - x.mean(axis=1, keepdims=True), True),
    LAST_BUT_ONE: (lambda x: _peek(x, (ALL, -2), (ALL, -1)), True),
    FIRST: (lambda x: _peek(x, (ALL, 0), (ALL, -1)), True),
    MIDDLE: (lambda x: _peek(x, (ALL, 3), (ALL, 6)), True),
    FEATURE: (lambda x: _peek(x, (ALL, 2, -1), (ALL, 4, -1)), True),
    SEQUENCE: (lambda x: _peek(x, (-1, 3), (-1, 5)), True),
    CANCELS: (_given_and_taken, True),
    BATCH_MEAN: (lambda x: x - x.mean(axis=0), False),
    "the greatest input so far": (lambda x: np.maximum.accumulate(x, axis=1), False),
    "the sum of the features, an output (B, T)": (lambda x: x.sum(axis=2), False),
    "zeros, whatever x is": (np.zeros_like, False),
}


def _judge(runs: Sequence[Run]) -> None:
    missed: list[str] = []
    blamed: list[str] = []
    for run, (name, (_, ahead)) in zip(runs, FUNCTIONS.items(), strict=True):
        if not isinstance(run.value, (bool, np.bool_)):
            raise Finding(f"wanted True or False, got {show(run.value)} (for {name}).")
        if bool(run.value) != ahead:
            (missed if ahead else blamed).append(name)
    leaks = sum(ahead for _, ahead in FUNCTIONS.values())
    innocent = len(FUNCTIONS) - leaks
    if len(missed) == leaks and len(blamed) == innocent:
        raise Finding("every answer is the wrong way round: True means that the function looks ahead.")
    if len(blamed) == innocent:
        raise Finding("True comes out for every function that does *not* look ahead, even for zeros, whatever x is.")
    if len(missed) == leaks and not blamed:
        raise Finding(
            "no function is found to look ahead, not even a running sum from the right. Change inputs *after* step t "
            "(time is axis 1), by more than a comparison forgives, and compare the outputs *up to and including* t."
        )
    if blamed == [BATCH_MEAN]:
        raise Finding(f"your function blames {BATCH_MEAN}. Axis 0 holds the sequences; time is axis 1.")
    if blamed:
        more = f" and {len(blamed) - 1} more" if len(blamed) > 1 else ""
        raise Finding(
            f"your function blames {blamed[0]}{more}, where nothing is read that comes later. An output may change "
            "from the step on at which the input was changed, and later; compare the outputs before that step only."
        )
    if missed:
        raise Finding(f"not found: {_some(missed)}. {_advice(set(missed))}")


def _some(names: Sequence[str]) -> str:
    return "; ".join(names[:2]) + (f"; and {len(names) - 2} more" if len(names) > 2 else "")


def _advice(missed: set[str]) -> str:
    """What most probably is behind a set of functions that were not found."""
    if missed == {LAST_BUT_ONE, FIRST}:
        return "Both read the last input: change that one too."
    if missed == {LAST_BUT_ONE}:
        return "Every step has to be tried, the last but one too."
    if missed <= {FEATURE, SEQUENCE}:
        return "Change all features of all sequences, and compare all of them."
    if missed == {CANCELS}:
        return "The change can be seen in each output, and not in their sum: compare number by number."
    if {SUM, MEAN} <= missed:
        return "A sum and a mean feel no change in the *order* of the later inputs: put other numbers there."
    if {FIRST, MIDDLE} <= missed and LAST_BUT_ONE not in missed:
        return "They reach over several steps. For each t change *all* inputs after t, or each of them in turn."
    return "Looking ahead may happen at a single step: try *every* t, and compare *all* outputs up to t."


LOOKS_AHEAD = Task(
    "looks_ahead",
    [
        Case({"f": function, "x": np.random.default_rng(20 + i).normal(size=(2, 8, 3))}, name)
        for i, (name, (function, _)) in enumerate(FUNCTIONS.items())
    ],
    ("answer",),
    judge=_judge,
)
