"""Draw the picture of the README and the cover, `book/_static/sentiment-trace.svg`: python -m tools.sentiment_trace

The network of the cover (`tools/cover_network.py`) reads two reviews of the same words in another order, one word at a
time. All numbers and shades of the drawing are the network's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rnn.plotting import COLORS
from tools.cover_network import HIDDEN, load, read

TARGET = Path(__file__).resolve().parent.parent / "book" / "_static" / "sentiment-trace.svg"
REVIEWS = ("this film is not bad it is good", "this film is not good it is bad")

COLUMN, LEFT, TOP, HEIGHT = 66, 106, 56, 170  # pixels: a time step; left of, above, and inside the plot
CELL, WIDTH = 9, 40  # height and width of one number of a state
STATES = (TOP + HEIGHT + 46, TOP + HEIGHT + 46 + CELL * HIDDEN + 68)  # the tops of both rows of states
# In the book's colors, so that the site has a dark copy too; the letters are large for the sake of phones.
STYLE = """
text { font: 18px system-ui, sans-serif; fill: INK; text-anchor: middle }
.label { font-size: 16px; text-anchor: end } .title { font-weight: 700; text-anchor: start } .small { font-size: 16px }
.line { stroke: INK; stroke-width: 1.5; fill: none } .grid { stroke: GRID; fill: none } .head { fill: INK }
.cell { fill: none; stroke: INK } .plus { fill: GREEN } .minus { fill: PURPLE } .card { fill: PAPER; stroke: GRID }
.a { fill: BLUE } .b { fill: ORANGE } .strong { font-weight: 700 }
.curve { fill: none; stroke-width: 3 } .curve.a { stroke: BLUE } .curve.b { stroke: ORANGE; stroke-dasharray: 7 4 }
"""


def center(t: int) -> float:
    """Return the middle of the column of word t, counted from 0."""
    return LEFT + COLUMN * (t + 0.5)


def level(p: float) -> float:
    """Return the height at which the probability p is drawn."""
    return TOP + HEIGHT * (1 - p)


def text(x: float, y: float, content: str, kind: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}">{content}</text>'


def curves(traces: Sequence[np.ndarray]) -> list[str]:
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


def network(row: int, words: list[str], states: np.ndarray) -> list[str]:
    """Draw the network unrolled over a review: below each word its state, a shade for each of its numbers."""
    top, kind, other = STATES[row], "ab"[row], REVIEWS[1 - row].split()
    middle, bottom = top + CELL * HIDDEN / 2, top + CELL * HIDDEN
    parts = [
        text(LEFT - 8, middle + 6, "state", "label"),
        text(LEFT - 8, bottom + 32, f"review {row + 1}", f"label {kind} strong"),
    ]
    for t, (word, state) in enumerate(zip(words, states, strict=True)):
        x, side = center(t), WIDTH / 2
        start = x - COLUMN + side if t else x - side - 14
        parts += [
            f'<path class="line" d="M{start} {middle}H{x - side - 8}M{x} {bottom + 14}v-6"/>',
            f'<path class="head" d="M{x - side} {middle}l-9 -5v10zM{x} {bottom}l-5 9h10z"/>',
            *cells(x - side, top, state),
            f'<rect class="cell" x="{x - side}" y="{top}" width="{WIDTH}" height="{CELL * HIDDEN}"/>',
            text(x, bottom + 32, word, f"{kind} strong" if word != other[t] else ""),
        ]
    return parts


def cells(x: float, top: float, state: np.ndarray) -> list[str]:
    """Draw one state."""
    return [
        f'<rect class="{"plus" if h > 0 else "minus"}" x="{x}" y="{top + CELL * i}" width="{WIDTH}" height="{CELL}"'
        f' fill-opacity="{abs(h):.2f}"/>'
        for i, h in enumerate(state)
    ]


def draw() -> str:
    """Return the whole drawing."""
    model, words = load(), [review.split() for review in REVIEWS]
    states, traces = zip(*(read(model, row) for row in words), strict=True)
    width, height = center(len(words[0]) - 1) + 84, STATES[1] + CELL * HIDDEN + 52
    title = "Probability of a positive review after each word, for two reviews of the same words in another order"
    card = f'<rect class="card" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>'
    heading = text(24, 30, "Probability of a positive review, after each word", "title")
    parts = [card, heading, *curves(traces)]
    for row in range(2):
        parts += network(row, words[row], states[row])
    style = re.sub("|".join(COLORS).upper(), lambda match: COLORS[match[0].lower()], STYLE)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
    )
    return "\n".join([opening, f"<title>{title}</title>", f"<style>{style}</style>", *parts, "</svg>\n"])


if __name__ == "__main__":
    TARGET.write_text(draw(), encoding="utf-8", newline="\n")
