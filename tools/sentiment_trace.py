"""Draw the picture of the README and the preface, `book/_static/sentiment-trace.svg`: python -m tools.sentiment_trace

A network is trained on the built-in reviews and reads two of the same words in another order, one word at a time. Their
pair of adjectives never stood together in training. All numbers of the drawing are the network's.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np

import rnn
from rnn.plotting import COLORS

TARGET = Path(__file__).resolve().parent.parent / "book" / "_static" / "sentiment-trace.svg"
REVIEWS = ("The film isn't dull but gripping.", "The film isn't gripping but dull.")
EPOCHS, BATCH, EMBEDDING, HIDDEN, SEED = 12, 32, 16, 24, 0

COLUMN, LEFT, TOP, HEIGHT = 80, 106, 56, 170  # pixels: a time step; left of, above, and inside the plot
STATES, WORDS = TOP + HEIGHT + 58, TOP + HEIGHT + 124  # where the row of states and the rows of words are
# In the book's colors, so that the site has a dark copy too; the letters are large for the sake of phones.
STYLE = """
text { font: 18px system-ui, sans-serif; fill: INK; text-anchor: middle }
.label { font-size: 16px; text-anchor: end } .title { font-weight: 700; text-anchor: start } .small { font-size: 16px }
.line { stroke: INK; stroke-width: 1.5; fill: none } .grid { stroke: GRID; fill: none } .head { fill: INK }
.cell { fill: FILL; stroke: INK; stroke-width: 1.5 } .card { fill: PAPER; stroke: GRID }
.a { fill: BLUE } .b { fill: ORANGE } .strong { font-weight: 700 }
.curve { fill: none; stroke-width: 3 } .curve.a { stroke: BLUE } .curve.b { stroke: ORANGE; stroke-dasharray: 7 4 }
"""


def trained() -> tuple[rnn.Sequential, rnn.Vocabulary, float]:
    """Train on the built-in reviews; return the model, its vocabulary, and its accuracy on the test reviews."""
    data = rnn.datasets.load_imdb(source="mini")
    documents = [rnn.tokenize(text) for text in data.train.texts]
    vocabulary = rnn.Vocabulary.build(documents)

    def batches(split: rnn.datasets.Reviews) -> rnn.Batches:
        ids = [vocabulary.encode(rnn.tokenize(text)) for text in split.texts]
        return rnn.bucketed_batches(ids, split.labels, BATCH)

    rng = np.random.default_rng(SEED)
    embedding, readout = rnn.Embedding(len(vocabulary), EMBEDDING, rng=rng), rnn.Dense(HIDDEN, 1, rng=rng)
    model = rnn.Sequential([embedding, rnn.LSTM(EMBEDDING, HIDDEN, rng=rng), rnn.Pool("last"), readout])
    loss, optimizer = rnn.binary_cross_entropy, rnn.Adam(0.005)
    rnn.fit(model, batches(data.train), loss=loss, optimizer=optimizer, epochs=EPOCHS, clip_norm=1.0, rng=rng)
    return model, vocabulary, rnn.evaluate(model, batches(data.test), loss=loss)["accuracy"]


def after_each_word(model: rnn.Sequential, vocabulary: rnn.Vocabulary, words: list[str]) -> list[float]:
    """Return the probability of a positive review after each word: the model reads all beginnings as one batch."""
    ids = np.array([vocabulary.encode(words)] * len(words))
    logits, _ = model.forward(ids, np.arange(1, len(words) + 1))
    return [float(p) for p in rnn.sigmoid(logits[:, 0])]


def center(t: int) -> float:
    """Return the middle of the column of word t, counted from 0."""
    return LEFT + COLUMN * (t + 0.5)


def level(p: float) -> float:
    """Return the height at which the probability p is drawn."""
    return TOP + HEIGHT * (1 - p)


def text(x: float, y: float, content: str, kind: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}">{content}</text>'


def curves(traces: list[list[float]]) -> list[str]:
    """Draw the probabilities."""
    end = center(len(traces[0]) - 1)
    parts = []
    for p, name in ((1.0, "positive"), (0.5, "undecided"), (0.0, "negative")):
        parts += [
            f'<path class="grid" d="M{LEFT} {level(p)}H{end + 16}"/>',
            text(LEFT - 8, level(p) + 5, name, "label"),
        ]
    for kind, trace in zip("ab", traces, strict=True):
        places = [f"{center(t):.1f},{level(p):.1f}" for t, p in enumerate(trace)]
        parts.append(f'<polyline class="curve {kind}" points="{" ".join(places)}"/>')
        parts += [f'<circle class="{kind}" r="4.5" cx="{x}" cy="{y}"/>' for x, y in (p.split(",") for p in places)]
        parts.append(text(end + 44, level(trace[-1]) + 6, f"{trace[-1]:.2f}", f"{kind} strong"))
    return parts


def network(steps: int) -> list[str]:
    """Draw the unrolled network: a state for each word, from left to right."""
    parts = [text(LEFT - 8, STATES + 6, "state", "label")]
    for t in range(steps):
        x = center(t)
        before = x - COLUMN + 22 if t else x - 38
        parts += [
            f'<path class="line" d="M{before} {STATES}H{x - 30}M{x} {STATES - 18}v-10M{x} {STATES + 40}v-14"/>',
            f'<path class="head" d="M{x - 22} {STATES}l-9 -5v10zM{x} {STATES - 36}l-5 9h10z"/>',
            f'<path class="head" d="M{x} {STATES + 18}l-5 9h10z"/>',
            f'<rect class="cell" x="{x - 22}" y="{STATES - 18}" width="44" height="36" rx="6"/>',
            text(x, STATES + 4, f'h<tspan dy="4" font-size="12">{t + 1}</tspan>', "small"),
        ]
    return parts


def reviews(words: list[list[str]]) -> list[str]:
    """Write both reviews below the network, the words in which they differ in color."""
    parts = []
    for row, kind in enumerate("ab"):
        y = WORDS + 28 * row
        parts.append(text(LEFT - 8, y, f"review {row + 1}", f"label {kind} strong"))
        for t, word in enumerate(words[row]):
            parts.append(text(center(t), y, word, f"{kind} strong" if words[0][t] != words[1][t] else ""))
    return parts


def draw(words: list[list[str]], traces: list[list[float]]) -> str:
    """Return the whole drawing."""
    width, height = center(len(words[0]) - 1) + 84, WORDS + 48
    title = "Probability of a positive review after each word, for two reviews of the same words in another order"
    card = f'<rect class="card" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>'
    heading = text(24, 30, "Probability of a positive review, after each word", "title")
    parts = [card, heading, *curves(traces), *network(len(words[0])), *reviews(words)]
    style = re.sub("|".join(COLORS).upper(), lambda match: COLORS[match[0].lower()], STYLE)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    )
    return "\n".join([opening, f"<title>{title}</title>", f"<style>{style}</style>", *parts, "</svg>\n"])


def main() -> int:
    """Train, read both reviews, write the drawing; refuse to if the network cannot tell them apart."""
    model, vocabulary, accuracy = trained()
    words = [rnn.tokenize(review) for review in REVIEWS]
    traces = [after_each_word(model, vocabulary, row) for row in words]
    good, bad = (trace[-1] for trace in traces)
    print(f"Accuracy on the built-in test reviews {accuracy:.3f}; after the last word {good:.3f} and {bad:.3f}.")
    if sorted(words[0]) != sorted(words[1]) or good < 0.9 or bad > 0.1:
        print("Nothing is drawn: the network does not tell the two reviews apart.", file=sys.stderr)
        return 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(draw(words, traces), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
