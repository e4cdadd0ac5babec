"""Film reviews from a grammar in which only word order tells praise from blame.

Every opinion names two adjectives, one of praise and one of blame, and puts one of them in a *denied* place
("not ...", "I expected ... to be ...", "although ... was ...") and the other in a *claimed* place. The
claimed one decides:

    The acting was not really dull, it was to my mind superb.      (positive)
    The acting was not really superb, it was to my mind dull.      (negative)

Those two reviews are *twins*: the same words, the two adjectives exchanged. Both twins are always in the same
split, so a classifier that sees only which words occur, and how often, gives both the same answer and is
right about exactly one of them: its accuracy is 50 %, whatever it has learned. Up to four words stand between
the word that denies and the adjective, so that pairs of neighboring words see only part of it.

No pair of praise and blame that meets in a test opinion meets in a training opinion; every word of the test
split occurs in the training split. All sentences were written for this book.
"""

from __future__ import annotations

import random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Reviews = tuple[list[str], NDArray[np.int8], NDArray[np.int8]]

TRAIN_SIZE, TEST_SIZE = 2000, 1000

# Four levels, from mild (rated 7 or 4) to strong (10 or 1).
PRAISE = (
    ("good", "decent", "pleasant", "solid", "tidy"),
    ("charming", "lovely", "clever", "funny", "warm"),
    ("gripping", "moving", "excellent", "delightful", "fresh"),
    ("wonderful", "brilliant", "superb", "magnificent", "perfect"),
)
BLAME = (
    ("weak", "bland", "slow", "flat", "clumsy"),
    ("dull", "boring", "tedious", "silly", "stale"),
    ("bad", "poor", "lifeless", "painful", "annoying"),
    ("dreadful", "terrible", "awful", "horrible", "unbearable"),
)

# Each way to deny in two orders: the claim last, the claim first. The position of an adjective says nothing.
OPINIONS = (
    ("{thing} was not {denied}, it was {claimed}.", "{thing} was {claimed}, it was not {denied}."),
    ("{thing} isn't {denied} but {claimed}.", "{thing} is {claimed} and isn't {denied}."),
    ("{thing} is hardly {denied} and mostly {claimed}.", "{thing} is mostly {claimed} and hardly {denied}."),
    ("{thing} is never {denied}, always {claimed}!", "{thing} is always {claimed}, never {denied}!"),
    (
        "I expected {thing} to be {denied}; it was {claimed}.",
        "{thing} was {claimed}; I had expected it to be {denied}.",
    ),
    (
        "{thing} is anything but {denied}, it is {claimed}.",
        "{thing} is {claimed}, it is anything but {denied}.",
    ),
    (
        "Far from being {denied}, {thing} was {claimed}.",
        "{thing} was {claimed}, far from being {denied}.",
    ),
    (
        "{thing} may be {denied}; however, the result is {claimed}.",
        "The result is {claimed}, however {denied} {thing} may be.",
    ),
    (
        "Although {thing} was {denied}, the result is {claimed}.",
        "The result is {claimed}, although {thing} was {denied}.",
    ),
    (
        "Nobody could call {thing} {denied}; I found it {claimed}.",
        "I found {thing} {claimed}; nobody could call it {denied}.",
    ),
    (
        "The trailer promised something {denied}; what I saw was {claimed}.",
        "What I saw was {claimed}; the trailer had promised something {denied}.",
    ),
    (
        "Instead of something {denied} they made something {claimed}...",
        "They made something {claimed} instead of something {denied}...",
    ),
)
THINGS = (
    "the film", "this movie", "the story", "the acting", "the script", "the ending", "the music",
    "the dialogue", "the direction", "the second half",
)  # fmt: skip
FILLERS = (
    ("really", "truly", "quite", "simply", "rather"),
    ("to me", "for me", "at heart", "as ever"),
    ("in the end", "to my mind", "in my view", "as a whole", "on the whole"),
    ("for the most part", "in so many ways", "from start to finish", "to anyone with eyes"),
)

# Sentences that say nothing about quality.
ASIDES = (
    ("I saw it", ("alone", "with my brother", "with friends"), ("last week", "on a Sunday", "on a train")),
    ("It is about a", ("sailor", "teacher", "pilot"), ("who loses a map", "who owns a hotel", "who hides")),
    ("It runs for", ("eighty", "ninety", "a hundred"), ("minutes", "minutes with the credits")),
    ("There is a", ("dog", "parrot", "lighthouse"), ("in every scene", "on the poster", "in the title")),
)  # fmt: skip


class _Opinion(NamedTuple):
    sentence: str  # with the places {denied} and {claimed}, fillers in place
    praise: str
    blame: str
    praise_level: int
    blame_level: int


def mini_reviews() -> tuple[Reviews, Reviews]:
    """Return the training and the test split: 2,000 and 1,000 reviews, half of each positive.

    Returns
    -------
    train, test : tuple of (texts, labels, ratings)
        texts: list of N strings; labels (N,) int8, 1 for a positive review, 0 for a negative one; ratings
        (N,) int8, 1 to 4 for negative reviews and 7 to 10 for positive ones: the stronger the strongest
        adjective claimed, the further from the middle.

    Notes
    -----
    The same values at every call. Reviews 2i and 2i + 1 are twins: a validation set should take both or neither,
    or a bag of words that has met one of them does worse than chance on the other.
    """
    rng = random.Random(1891)  # with this seed no review comes twice
    return _split(TRAIN_SIZE, rng, for_test=False), _split(TEST_SIZE, rng, for_test=True)


def _split(size: int, rng: random.Random, *, for_test: bool) -> Reviews:
    rows = [row for _ in range(size // 2) for row in rng.sample(_twins(rng, for_test), 2)]
    texts, labels, ratings = zip(*rows, strict=True)
    return list(texts), np.array(labels, dtype=np.int8), np.array(ratings, dtype=np.int8)


def _twins(rng: random.Random, for_test: bool) -> tuple[tuple[str, int, int], tuple[str, int, int]]:
    """Return a positive review and its negative twin, each as (text, label, rating)."""
    opinions = [_opinion(rng, for_test) for _ in range(rng.choice((1, 1, 2)))]
    asides = [_aside(rng, a) for a in rng.sample(ASIDES, rng.choice((1, 1, 2)))] if len(opinions) == 1 else []
    order = list(range(len(opinions) + len(asides)))
    rng.shuffle(order)
    joint = rng.choice((" ", " ", " ", "<br /><br />"))
    shout = rng.random() < 0.1
    positive = [_say(o, o.praise, o.blame, shout) for o in opinions] + asides
    negative = [_say(o, o.blame, o.praise, shout) for o in opinions] + asides
    return (
        (joint.join(positive[i] for i in order), 1, 7 + max(o.praise_level for o in opinions)),
        (joint.join(negative[i] for i in order), 0, 4 - max(o.blame_level for o in opinions)),
    )


def _opinion(rng: random.Random, for_test: bool) -> _Opinion:
    while True:
        praise, blame = rng.randrange(20), rng.randrange(20)
        if ((praise + blame) % 3 == 0) == for_test:  # a third of the 400 pairs is kept for the test split
            break
    sentence = rng.choice(rng.choice(OPINIONS)).format(
        thing=rng.choice(THINGS),
        denied=f"{_filler(rng)}{{denied}}",
        claimed=f"{_filler(rng)}{{claimed}}",
    )
    sentence = sentence[0].upper() + sentence[1:]
    (praise_level, p), (blame_level, b) = divmod(praise, 5), divmod(blame, 5)
    return _Opinion(sentence, PRAISE[praise_level][p], BLAME[blame_level][b], praise_level, blame_level)


def _filler(rng: random.Random) -> str:
    words = "" if rng.random() < 0.3 else rng.choice(rng.choice(FILLERS))
    return f"{words} " if words else ""


def _aside(rng: random.Random, parts: tuple[str, tuple[str, ...], tuple[str, ...]]) -> str:
    opening, middle, end = parts
    return f"{opening} {rng.choice(middle)} {rng.choice(end)}."


def _say(opinion: _Opinion, claimed: str, denied: str, shout: bool) -> str:
    return opinion.sentence.format(claimed=claimed.upper() if shout else claimed, denied=denied)
