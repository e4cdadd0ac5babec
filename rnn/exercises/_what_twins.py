"""The exercise of finding reviews with the same bag of words: inputs, and the mistakes that are recognized."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

from rnn.exercises.checking import Case, Mistake, Task

Reviews = Sequence[Sequence[str]]
Pairs = list[tuple[int, int]]


def _pairs(reviews: Reviews, alike: Callable[[Any, Any], bool]) -> Pairs:
    return [(i, j) for i, j in combinations(range(len(reviews)), 2) if alike(reviews[i], reviews[j])]


def _same_bag(a: Sequence[str], b: Sequence[str]) -> bool:
    return sorted(a) == sorted(b)


def _twins(reviews: Reviews) -> Pairs:
    return _pairs(reviews, lambda a, b: _same_bag(a, b) and a != b)


def _three_words(review: Sequence[str]) -> list[int]:
    return [review.count(word) for word in ("not", "good", "bad")]


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
    ("evil plot no act", "live plot on act", "act no live plot", "act plot no evil"),
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
        Mistake(
            "the letters are compared, so *live* counts as *evil*. The words have to be the same.",
            [lambda reviews: _pairs(reviews, lambda a, b: sorted("".join(a)) == sorted("".join(b)) and a != b)],
        ),
        Mistake(
            "only *not*, *good*, and *bad* are counted, but reviews may have any words.",
            [lambda reviews: _pairs(reviews, lambda a, b: _three_words(a) == _three_words(b) and a != b)],
        ),
        Mistake(
            "the pairs are right, but each has the larger number first: (i, j) with i < j is wanted.",
            [lambda reviews: [(j, i) for i, j in _twins(reviews)]],
        ),
        Mistake(
            "the pairs are right, but not in the order wanted: by i, and for the same i by j.",
            [
                lambda reviews: sorted(_twins(reviews), key=lambda pair: pair[::-1]),
                lambda reviews: _twins(reviews)[::-1],
            ],
        ),
        Mistake(
            "this is the first pair only. Does a `return` or a `break` end the loops too early?",
            [lambda reviews: _twins(reviews)[:1]],
        ),
        Mistake(
            "only one twin is found for each review. It may have several, and each makes a pair.",
            [lambda reviews: list({i: (i, j) for i, j in reversed(_twins(reviews))}.values())[::-1]],
        ),
        Mistake(
            "these are the reviews themselves; wanted are their numbers in the list, (i, j).",
            [lambda reviews: [(reviews[i], reviews[j]) for i, j in _twins(reviews)]],
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
