"""Train the network that runs in the cover page, `book/_static/cover-network.json`: python -m tools.cover_network

It reads made-up sentences of fifteen words and says after each word how likely a positive review is. What is right, a
rule says (`scores`): opinions add up, *not* turns the next one over, *very* makes it stronger, *but* weakens what was
said before it. The words come in any order, so that the network knows the odd sentences a visitor makes, too. Beside
it a bag of words, which is a weight for each word and nothing else, learns from the same sentences.

Networks are trained from three seeds. The one that does best on sentences kept for choosing is taken, its weights
rounded to thousandths; then all, rounded alike, are measured on sentences that none of them has seen.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import rnn

TARGET = Path(__file__).resolve().parent.parent / "book" / "_static" / "cover-network.json"
OPINIONS = {"good": 1, "great": 1, "gripping": 1, "bad": -1, "awful": -1, "dull": -1}
NEUTRAL, TURNING = ("this", "film", "is", "it", "and"), ("not", "never")
WORDS = (*NEUTRAL, "but", "very", *TURNING, *OPINIONS)
LONGEST, HIDDEN, SEEDS = 9, 8, (0, 1, 2)
SENTENCES, HELD_OUT, EPOCHS, BATCH = 40_000, 4_000, 120, 128
DECIMALS = 3  # of the weights that are kept
SURE = 2  # no opinion counts for more, however often it is repeated


def scores(words: list[str]) -> list[float]:
    """Return the opinion after each word: above 0 is positive, below 0 negative, 0 is no opinion at all."""
    score, turned, very, found = 0.0, False, False, []
    for word in words:
        if word in TURNING:
            turned = not turned
        elif word == "very":
            very = True
        elif word == "but":
            score /= 4
        elif word in OPINIONS:
            strength = (-0.5 if very else -1) if turned else (2 if very else 1)  # "not very good" is not so bad
            score = min(max(score + strength * OPINIONS[word], -SURE), SURE)
            turned = very = False
        found.append(score)
    return found


def sentences(count: int, rng: np.random.Generator) -> list[list[str]]:
    """Make up sentences: any words in any order, those that change others a little more often."""
    weight = np.array([2.0 if word in ("is", "but", "very", *TURNING) else 1.5 for word in WORDS])
    lengths = rng.integers(1, LONGEST + 1, count)
    return [[str(word) for word in rng.choice(WORDS, n, p=weight / weight.sum())] for n in lengths]


def inputs(texts: list[list[str]], in_order: object = True, dtype: Any = np.float32) -> np.ndarray:
    """Return sentences as (B, T, V): the word of each step one-hot or, for a bag, the counts up to that step."""
    x = np.zeros((len(texts), max(map(len, texts)), len(WORDS)), dtype)
    for i, words in enumerate(texts):
        x[i, np.arange(len(words)), [WORDS.index(word) for word in words]] = 1
    return x if in_order else x.cumsum(axis=1)


def targets(texts: list[list[str]]) -> tuple[np.ndarray, np.ndarray]:
    """Return what the probability should be after each word, and a mask of where there is one, both (B, T)."""
    y, mask = np.zeros((2, len(texts), max(map(len, texts))), np.float32)
    for i, words in enumerate(texts):
        y[i, : len(words)], mask[i, : len(words)] = rnn.sigmoid(2 * np.array(scores(words))), 1
    return y, mask


def network(hidden: int, rng: np.random.Generator | None = None, dtype: Any = np.float32) -> rnn.Sequential:
    """Return the network of the cover; without hidden units it is the bag of words."""
    recurrent = [rnn.RNN(len(WORDS), hidden, rng=rng, dtype=dtype)] if hidden else []
    return rnn.Sequential([*recurrent, rnn.Dense(hidden or len(WORDS), 1, rng=rng, dtype=dtype)])


def train(hidden: int, seed: int) -> rnn.Sequential:
    """Train on sentences of this seed; return the network in float64, its weights rounded."""
    rng = np.random.default_rng(seed)
    texts = sentences(SENTENCES, rng)
    x, (y, mask) = inputs(texts, hidden), targets(texts)

    def batches(rng: np.random.Generator) -> Iterator[rnn.Batch]:
        for i in np.array_split(rng.permutation(len(x)), len(x) // BATCH):
            yield rnn.Batch(x[i], y[i], mask=mask[i])

    trained, rounded = network(hidden, rng), network(hidden, dtype=np.float64)
    rnn.fit(
        *(trained, batches),
        loss=rnn.binary_cross_entropy,
        optimizer=rnn.Adam(),
        epochs=EPOCHS,
        clip_norm=1.0,
        schedule=lambda epoch: 0.01 * 0.03 ** (epoch / EPOCHS),
        rng=rng,
    )
    for name, weights in trained.params.items():
        rounded.params[name][...] = np.round(weights.astype(np.float64), DECIMALS) + 0.0  # no -0
    return rounded


def accuracy(model: rnn.Sequential, texts: list[list[str]]) -> float:
    """Return how often the network ends on the right side of one half, of the sentences that have an opinion."""
    hidden = len(model.layers) > 1
    logits, _ = model.forward(inputs(texts, hidden, np.float64))
    told = [(logits[i, len(words) - 1, 0] > 0) == (s > 0) for i, words in enumerate(texts) if (s := scores(words)[-1])]
    return float(np.mean(told))


def read(model: rnn.Sequential, words: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the states (T, H) and the probabilities (T,) of a positive review after each word."""
    recurrent, dense = model.layers
    states, _ = recurrent.forward(inputs([words], dtype=np.float64))
    return states[0], rnn.sigmoid(dense.forward(states))[0, :, 0]


def load(part: str = "network", path: Path = TARGET) -> rnn.Sequential:
    """Return the network, or the "bag", that the file holds."""
    stored = json.loads(path.read_text(encoding="utf-8"))[part]
    model = network(HIDDEN if part == "network" else 0, dtype=np.float64)
    for name, weights in zip(model.params, stored.values(), strict=True):
        model.params[name][...] = weights
    return model


def named(model: rnn.Sequential) -> dict[str, list[Any]]:
    """Return the weights as lists, by their names in the book."""
    names = ("W_xh", "W_hh", "b_h", "W_hy", "b_y") if len(model.layers) > 1 else ("W", "b")
    return {name: weights.tolist() for name, weights in zip(names, model.params.values(), strict=True)}


def main() -> int:
    """Train, choose, measure, write; refuse to if what is kept is often wrong."""
    rng = np.random.default_rng(len(SEEDS))  # none of the seeds
    choosing, unseen = sentences(HELD_OUT, rng), sentences(HELD_OUT, rng)
    seen = {tuple(words) for seed in SEEDS for words in sentences(SENTENCES, np.random.default_rng(seed))}
    seen |= {tuple(words) for words in choosing}
    unseen = [words for words in unseen if tuple(words) not in seen]
    networks, bag = [train(HIDDEN, seed) for seed in SEEDS], train(0, SEEDS[0])
    best = max(networks, key=lambda model: accuracy(model, choosing))
    right = [accuracy(model, unseen) for model in networks]
    print(f"{sum(w.size for w in best.params.values())} weights, measured on {len(unseen)} sentences never seen")
    for seed, model, share in zip(SEEDS, networks, right, strict=True):
        print(f"seed {seed}: right on {share:.2%}{', kept' if model is best else ''}")
    print(f"bag of words: right on {accuracy(bag, unseen):.2%}")
    if min(right) < 0.98:
        print("Nothing is written: the networks have not learned the rule.", file=sys.stderr)
        return 1
    result = {"words": WORDS, "longest": LONGEST, "network": named(best), "bag": named(bag)}
    result["accuracy"] = {"network": right, "bag": [accuracy(bag, unseen)]}
    TARGET.write_text(json.dumps(result) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
