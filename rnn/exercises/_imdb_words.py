"""The word exercises on film reviews: ids from words, words in random order, one number a word for what it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from rnn.exercises.checking import Case, Finding, Mistake, Run, Task
from rnn.exercises.comparing import mismatch

# From words to ids

_INDEX = {word: i for i, word in enumerate(("the", "film", "is", "not", "bad", "a", "good", "plot"), start=2)}


def _encode(
    tokens: Sequence[str], index: Mapping[str, int], length: int, shift: int = 0, unknown: int = 1
) -> list[int]:
    return [index[token] + shift if token in index else unknown for token in tokens][-length:]


def _encode_cases() -> list[Case]:
    rng = np.random.default_rng(0)
    words = [*_INDEX, "Zorro", "gobbledygook"]
    drawn = [[words[i] for i in rng.integers(0, len(words), n)] for n in (6, 9, 30)]
    empty = "A review without words has no ids: the answer is the empty list, `[]`."
    reviews: list[tuple[list[str], int, str, str]] = [
        (["the", "film"], 4, "two words that are in the index", ""),
        (["gobbledygook", "is", "good"], 4, "a word that is not in the index", ""),
        (["bad", "film", "good", "plot"], 2, "a review longer than length", ""),
        (["not", "a", "bad", "film"], 4, "a review of exactly length words", ""),
        *((tokens, 5, "", "") for tokens in drawn),
        ([], 3, "an empty review", empty),
    ]
    return [Case({"tokens": t, "index": _INDEX, "length": n}, label, why) for t, n, label, why in reviews]


ENCODE = Task(
    "encode_review",
    _encode_cases(),
    ("ids",),
    _encode,
    [
        Mistake(
            "these are the first `length` words; the last ones are wanted.", [lambda t, i, n: _encode(t, i, 999)[:n]]
        ),
        Mistake("these are the last words, but backward.", [lambda t, i, n: _encode(t, i, n)[::-1]]),
        Mistake(
            "a negative start counts from the end: for a review shorter than `length`, `len(tokens) - length` is below "
            "0, and words at the front are lost; use `tokens[-length:]`.",
            [lambda t, i, n: _encode(t, i, 999)[len(t) - n :]],
        ),
        Mistake(
            "words that are not in the index are dropped; each should become the id 1, or words move to new neighbors.",
            [
                lambda t, i, n: [i[w] for w in t if w in i][-n:],
                lambda t, i, n: [i[w] for w in t[-n:] if w in i],
            ],
        ),
        Mistake(
            "unknown words get the id 0, which is padding's; theirs is 1.",
            [lambda t, i, n: _encode(t, i, n, unknown=0)],
        ),
        Mistake(
            "every id is one too large. `index` already leaves room for padding (0) and unknown words (1).",
            [lambda t, i, n: _encode(t, i, n, 1), lambda t, i, n: _encode(t, i, n, 1, 2)],
        ),
        Mistake("every id is one too small: `index[word]` is the id itself.", [lambda t, i, n: _encode(t, i, n, -1)]),
        Mistake(
            "every id is three too large: the shift by three of well-known copies of this data (`index_from=3`). "
            "`index` already holds the ids; take them as they are.",
            [
                lambda t, i, n: _encode(t, i, n, 3),
                lambda t, i, n: _encode(t, i, n, 3, 2),
                lambda t, i, n: _encode(t, i, n, 3, 4),
            ],
        ),
        Mistake(
            "reviews longer than `length` come back empty. Cut them: a dropped review changes what is measured.",
            [lambda t, i, n: _encode(t, i, n) if len(t) <= n else []],
        ),
        Mistake("nothing is cut: a long review keeps all its words.", [lambda t, i, n: _encode(t, i, 999)]),
        Mistake(
            "short reviews are filled up with 0; padding comes later, when a batch is made.",
            [
                lambda t, i, n: [0] * (n - len(t)) + _encode(t, i, n),
                lambda t, i, n: _encode(t, i, n) + [0] * (n - len(t)),
            ],
        ),
        Mistake("these are words; their ids are wanted.", [lambda t, i, n: t[-n:]]),
    ],
)


# Words in random order

_UNLIKELY = 60.0  # chi-square with five degrees of freedom; a fair shuffle exceeds it once in 10^11 times


def _shuffle_case(label: str, ids: np.ndarray, lengths: np.ndarray, seed: int) -> Case:
    ids = np.where(np.arange(ids.shape[1]) < lengths[:, None], ids, 0)
    return Case({"ids": ids, "lengths": lengths, "rng": np.random.default_rng(seed)}, label)


def _shuffle_cases() -> list[Case]:
    padded = np.arange(2, 38).reshape(4, 9), np.array([9, 4, 1, 6])
    return [
        _shuffle_case("six reviews without padding", np.arange(2, 74).reshape(6, 12), np.full(6, 12), 0),
        _shuffle_case("reviews with padding", *padded, 1),
        _shuffle_case("the same again", *padded, 1),
        _shuffle_case("another seed", *padded, 2),
        _shuffle_case("a review of length 0", np.arange(2, 14).reshape(3, 4), np.array([0, 3, 4]), 3),
        _shuffle_case("the same three words 3,000 times", np.tile([5, 6, 7], (3000, 1)), np.full(3000, 3), 4),
    ]


def _judge_shuffle(runs: Sequence[Run]) -> None:
    """Many orders are right; what is asked of them is that words stay in their review and every order is as likely."""
    for case, value in runs:
        misfit = mismatch(value, case.args["ids"], "(B, T)")
        if misfit:
            raise Finding(f"`ids`: {misfit}\nWith {case}.")
    full, padded, again, other, _, thrice = (run.value for run in runs)
    _judge_rows(runs[0])
    places = np.argsort(full, axis=1)  # which place each word, in the order of its id, came to
    if (places == np.arange(12)).all():
        raise Finding("the reviews come back in their old order; nothing is shuffled.")
    if (places == np.arange(12)[::-1]).all():
        raise Finding("the words are only reversed. Draw a random order for each review, from `rng`.")
    if (places == places[0]).all():
        raise Finding(
            "every review gets the same permutation. Draw one for each review, or words that stood in one column stay "
            "together; and with reviews of different lengths, padding gets in between."
        )
    for run in runs[1:]:
        _judge_rows(run)
    if not np.array_equal(padded, again):
        raise Finding("two calls with equal generators gave different orders: take all random numbers from `rng`.")
    if np.array_equal(padded, other):
        raise Finding(
            "another generator gave the same order: take the random numbers from `rng`, not a seed of your own."
        )
    counts = Counter(map(tuple, thrice.tolist()))
    expected = len(thrice) / 6
    if sum((counts[order] - expected) ** 2 for order in counts) / expected + expected * (6 - len(counts)) > _UNLIKELY:
        shown = ", ".join(f"{order} {counts[order]} times" for order in sorted(counts))
        raise Finding(f"not every order is equally likely. Of 3,000 reviews with the words 5, 6, 7: {shown}.")


def _judge_rows(run: Run) -> None:
    """Raise unless each review kept its own words at its own real places, and its padding."""
    ids, lengths, got = run.case.args["ids"], run.case.args["lengths"], run.value
    real = [sorted(row[:n].tolist()) for row, n in zip(got, lengths, strict=True)]
    if real == [sorted(row[:n].tolist()) for row, n in zip(ids, lengths, strict=True)]:
        padding = np.arange(ids.shape[1]) >= lengths[:, None]
        if np.array_equal(got[padding], ids[padding]):
            return
        hint = "the words are right, but the padding after them is no longer what it was; leave it as it is."
    elif sorted(map(tuple, got.tolist())) == sorted(map(tuple, ids.tolist())):
        hint = "whole reviews changed places; the words within each review should, and the reviews stay where they are."
    elif np.array_equal(np.sort(got, axis=1), np.sort(ids, axis=1)):
        hint = "padding is mixed in with the words. Shuffle only the first `lengths[b]` places of review b."
    elif np.array_equal(np.sort(got, axis=None), np.sort(ids, axis=None)):
        hint = "words moved from one review to another. Shuffle each review on its own."
    else:
        hint = "some words are lost and others doubled: a shuffle only moves them. Were they drawn with replacement?"
    raise Finding(f"{hint}\nWith {run.case}.")


SHUFFLE = Task("shuffle_real_words", _shuffle_cases(), ("ids",), judge=_judge_shuffle)


# What each word did


def _gradient_cases() -> list[Case]:
    rng = np.random.default_rng(2)
    first = {"dx": np.array([[[1.0, -2.0], [0.5, 3.0]]]), "x": np.array([[[2.0, 3.0], [4.0, -1.0]]])}
    cases = [Case(first, "two words, two features", sizes={"B": 1, "T": 2, "D": 2})]
    for sizes in ((2, 3, 4), (3, 5, 2), (1, 7, 3), (4, 2, 6)):
        args = {"dx": rng.normal(size=sizes), "x": rng.normal(size=sizes)}
        cases.append(Case(args, sizes=dict(zip("BTD", sizes, strict=True))))
    return cases


GRADIENT_TIMES_INPUT = Task(
    "gradient_times_input",
    _gradient_cases(),
    ("c",),
    lambda dx, x: np.einsum("btd,btd->bt", dx, x),
    [
        Mistake(
            "the sign is lost in an absolute value. It tells which way the word pushed: keep it.",
            [lambda dx, x: np.abs((dx * x).sum(2)), lambda dx, x: np.abs(dx * x).sum(2)],
        ),
        Mistake(
            "this is a norm, which is never negative. The sum of the products is wanted, with its sign.",
            [
                lambda dx, x: np.sqrt(np.square(dx * x).sum(2)),
                lambda dx, x: np.sqrt(np.square(dx).sum(2)),
                lambda dx, x: np.sqrt(np.square(dx).sum(2)) * np.sqrt(np.square(x).sum(2)),
            ],
        ),
        Mistake(
            "the sum runs over the wrong axis. One number a word: sum over the features, the last axis.",
            [lambda dx, x: (dx * x).sum(1), lambda dx, x: (dx * x).sum(0)],
        ),
        Mistake("this is the gradient alone; multiply by the input before you sum.", [lambda dx, x: dx.sum(2)]),
        Mistake("this is the input alone, without the gradient.", [lambda dx, x: x.sum(2)]),
        Mistake(
            "the products are not summed yet: one number a word is wanted, so sum over the features.",
            [lambda dx, x: dx * x],
        ),
        Mistake("this is the mean over the features; their sum is wanted.", [lambda dx, x: (dx * x).mean(2)]),
        Mistake("the two are summed first and then multiplied; multiply first.", [lambda dx, x: dx.sum(2) * x.sum(2)]),
    ],
    shapes={"c": "(B, T)"},
)
