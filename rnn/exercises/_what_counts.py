"""Two exercises on what an RNN is that need no network: reviews with the same bag of words, and parameters counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from rnn.exercises.checking import Case, Mistake, Task

Reviews = Sequence[Sequence[str]]
Pairs = list[tuple[int, int]]


# Reviews with the same bag, in another order


def _pairs(reviews: Reviews, alike: Callable[[Any, Any], bool]) -> Pairs:
    return [(i, j) for i, j in combinations(range(len(reviews)), 2) if alike(reviews[i], reviews[j])]


def _same_bag(a: Sequence[str], b: Sequence[str]) -> bool:
    return sorted(a) == sorted(b)


def _twins(reviews: Reviews) -> Pairs:
    return _pairs(reviews, lambda a, b: _same_bag(a, b) and a != b)


def _both_ways(reviews: Reviews) -> Pairs:
    return sorted([*_twins(reviews), *((j, i) for i, j in _twins(reviews))])


def _with_itself(reviews: Reviews) -> Pairs:
    everyone = range(len(reviews))
    return [(i, j) for i in everyone for j in everyone[i:] if _same_bag(reviews[i], reviews[j])]


def _ordered(reviews: Reviews) -> Pairs:
    everyone = range(len(reviews))
    return [(i, j) for i in everyone for j in everyone if i != j and _same_bag(reviews[i], reviews[j])]


_REVIEWS = (
    ("not good bad", "not bad good", "good bad", "bad good not"),
    ("not not good", "not good", "good not not", "not good good", "good not not", "good not"),
    ("a dull plot a fine cast", "a fine plot a dull cast", "a fine cast", "a dull plot a fine cast", "a plot"),
    ("good bad", "bad good good", "good good bad", "bad good", "good bad good", "bad bad good"),
)

TWINS = Task(
    "twins",
    [
        *(Case({"reviews": [review.split() for review in reviews]}) for reviews in _REVIEWS),
        Case({"reviews": [["good"], ["bad"]]}, "no twins at all", "Without any pair the answer is an empty list."),
        Case({"reviews": []}, "no review", "Without any review the answer is an empty list."),
    ],
    ("pairs",),
    _twins,
    [
        Mistake(
            "the same words, but not the same number of times: a set forgets how often a word occurs, a bag counts.",
            [
                lambda reviews: _pairs(reviews, lambda a, b: set(a) == set(b) and a != b),
                lambda reviews: _pairs(reviews, lambda a, b: set(a) == set(b)),
            ],
        ),
        Mistake(
            "equal sequences are paired as well. They have the same bag, but there is nothing to tell apart.",
            [lambda reviews: _pairs(reviews, _same_bag)],
        ),
        Mistake("each pair is there twice, as (i, j) and as (j, i): only i < j is wanted.", [_both_ways]),
        Mistake(
            "each review is compared with itself, too, or each pair is there twice, and equal sequences are paired: "
            "let j begin at i + 1, and leave out what is the same sequence.",
            [_with_itself, _ordered],
        ),
        Mistake(
            "only neighbors in the list are compared, review i with review i + 1. Twins may stand anywhere.",
            [lambda reviews: [(i, j) for i, j in _twins(reviews) if j == i + 1]],
        ),
        Mistake(
            "these pairs have the same *length*; they need the same words, each as often.",
            [lambda reviews: _pairs(reviews, lambda a, b: len(a) == len(b) and a != b)],
        ),
        Mistake(
            "these are pairs of *equal* sequences. Twins have the same words in another order.",
            [lambda reviews: _pairs(reviews, lambda a, b: a == b)],
        ),
        Mistake(
            "only sequences that are each other's reverse are found; any other order counts, too.",
            [lambda reviews: [(i, j) for i, j in _twins(reviews) if reviews[i] == reviews[j][::-1]]],
        ),
        Mistake(
            "reviews are counted from 1; the first one is number 0.",
            [lambda reviews: [(i + 1, j + 1) for i, j in _twins(reviews)]],
        ),
    ],
)


# Parameters


def _counts(T: int, D: int, H: int, V: int) -> tuple[int, int]:
    readout = H * V + V
    return T * D * H + H + readout, D * H + H * H + H + readout


COUNT_PARAMETERS = Task(
    "count_parameters",
    [
        Case(dict(zip("TDHV", sizes, strict=True)))
        for sizes in ((3, 2, 4, 1), (5, 7, 3, 2), (10, 4, 6, 5), (100, 50, 64, 2), (1000, 3, 8, 11))
    ]
    + [
        Case({"T": 1, "D": 5, "H": 4, "V": 3}, "one step", "With T = 1 the window network sees a single input."),
        Case({"T": 6, "D": 1, "H": 1, "V": 1}, "all widths 1", "With all widths 1 each matrix is a single number."),
    ],
    ("window", "recurrent"),
    _counts,
    [
        Mistake(
            "the biases are missing: each layer has one for each of its units.",
            [lambda T, D, H, V: (T * D * H + H * V, D * H + H * H + H * V)],
        ),
        Mistake(
            "the readout's biases are missing, V of them.",
            [lambda T, D, H, V: (T * D * H + H + H * V, D * H + H * H + H + H * V)],
        ),
        Mistake(
            "the hidden layer's biases are missing, H of them.",
            [lambda T, D, H, V: (T * D * H + H * V + V, D * H + H * H + H * V + V)],
        ),
        Mistake(
            "the readout is missing: an (H, V) matrix and V biases.",
            [lambda T, D, H, V: (T * D * H + H, D * H + H * H + H)],
        ),
        Mistake(
            "T does not count here, but a window of T steps has T·D inputs, each with weights of its own.",
            [lambda T, D, H, V: (D * H + H + H * V + V, None)],
        ),
        Mistake(
            "T readouts are counted. The window network answers once, from its one hidden layer.",
            [lambda T, D, H, V: (T * D * H + H + T * (H * V + V), None)],
        ),
        Mistake(
            "T hidden layers are counted, as if each step had one. The window network has one layer of H units on all "
            "T·D inputs.",
            [lambda T, D, H, V: (T * (D * H + H) + H * V + V, None)],
        ),
        Mistake(
            "the weights are counted once for every step. All steps share one set: T does not occur.",
            [
                lambda T, D, H, V: (None, T * (D * H + H * H + H) + H * V + V),
                lambda T, D, H, V: (None, T * (D * H + H * H + H + H * V + V)),
            ],
        ),
        Mistake(
            "the weights of the inputs are counted once for every step. All steps share one matrix: T does not occur.",
            [lambda T, D, H, V: (None, T * D * H + H * H + H + H * V + V)],
        ),
        Mistake(
            "the readout is counted once for every step. One readout serves all steps: T does not occur.",
            [lambda T, D, H, V: (None, D * H + H * H + H + T * (H * V + V))],
        ),
        Mistake(
            "the loop is missing: the matrix from state to state.",
            [lambda T, D, H, V: (None, D * H + H + H * V + V)],
        ),
        Mistake(
            "only H weights from state to state: each unit reads *all* units of the state before, not only itself.",
            [lambda T, D, H, V: (None, D * H + H + H + H * V + V)],
        ),
        Mistake(
            "there is one bias too many: some libraries keep two that are added, here there is one.",
            [lambda T, D, H, V: (None, D * H + H * H + 2 * H + H * V + V)],
        ),
    ],
)
