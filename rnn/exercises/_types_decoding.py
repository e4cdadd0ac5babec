"""The decoder's exercises: what it is fed and what it is to write, and writing without a teacher."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnn.exercises.checking import Case, Mistake, Task

Rows = Sequence[Sequence[int]]

# Inputs and targets under teacher forcing


def _padded(rows: Rows) -> np.ndarray:
    out = np.zeros((len(rows), max(map(len, rows))), dtype=np.int64)
    for line, row in zip(out, rows, strict=True):
        line[: len(row)] = row
    return out


def _fed(rows: Rows, start: int) -> np.ndarray:
    return _padded([[start, *row] for row in rows])


def _target(rows: Rows, end: int) -> np.ndarray:
    return _padded([[*row, end] for row in rows])


def _counts(rows: Rows, more: int) -> np.ndarray:
    return np.array([len(row) + more for row in rows])


def _decoder_pair(rows: Rows, start: int, end: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return _fed(rows, start), _target(rows, end), _counts(rows, 1)


def _end_in_padding(rows: Rows, start: int, end: int) -> np.ndarray:
    fed = np.roll(_target(rows, end), 1, axis=1)
    fed[:, 0] = start
    return fed


def _to_the_left(rows: Rows, start: int, end: int) -> np.ndarray:
    target = _target(rows, end)
    return np.hstack([target[:, 1:], np.full((len(rows), 1), start)])


def _pair_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    found = [Case({"sequences": [[5, 6, 7], [8]], "start": 1, "end": 2}, "two sequences")]
    for lengths, start, end in (((2, 4, 3), 1, 2), ((5, 1, 3, 2), 11, 10), ((4,), 2, 1), ((3, 2, 5), 20, 30)):
        rows = [rng.integers(3, 10, n).tolist() for n in lengths]
        found.append(Case({"sequences": rows, "start": start, "end": end}))
    empty = "An empty sequence is a target too: nothing but the end token, after the start token has been read."
    found.append(Case({"sequences": [[4, 5], []], "start": 1, "end": 2}, "an empty sequence", empty))
    found.append(Case({"sequences": [[]], "start": 1, "end": 2}, "T = 1", empty))
    return found


DECODER_PAIR = Task(
    "decoder_pair",
    _pair_cases(),
    ("fed", "target", "lengths"),
    _decoder_pair,
    [
        Mistake(
            "the decoder is fed the very tokens it is to write: it would learn to copy, and there is nothing to copy "
            "when it runs on its own. Its input has to come one step late, behind the start token.",
            [
                lambda rows, start, end: (_target(rows, end), None, None),
                lambda rows, start, end: (_padded([[*row, 0] for row in rows]), None, None),
            ],
        ),
        Mistake(
            "shifted the wrong way: at step t the decoder is shown the token that comes after the one it is to write.",
            [
                lambda rows, start, end: (_to_the_left(rows, start, end), None, None),
                lambda rows, start, end: (_padded([[*row[1:], end, 0] for row in rows]), None, None),
            ],
        ),
        Mistake(
            "the end token is fed as well, so there is one input more than there are targets. Nothing is written "
            "after the end.",
            [lambda rows, start, end: (_padded([[start, *row, end] for row in rows]), None, None)],
        ),
        Mistake(
            "behind the shorter sequences the end token is left over from the shift. A mask would hide it, but "
            "padding is to be 0 here.",
            [lambda rows, start, end: (_end_in_padding(rows, start, end), None, None)],
        ),
        Mistake(
            "the start token is not what stands in front: a sequence begins with `start`.",
            [
                lambda rows, start, end: (_fed(rows, end), None, None),
                lambda rows, start, end: (_fed(rows, 0), None, None),
            ],
        ),
        Mistake(
            "the end token is missing: a decoder that is never asked for it never learns to stop.",
            [
                lambda rows, start, end: (None, _padded([[*row, 0] for row in rows]), None),
                lambda rows, start, end: (None, _padded(rows), None),
            ],
        ),
        Mistake(
            "the start token is among the targets; it is only ever read, never written.",
            [
                lambda rows, start, end: (None, _fed(rows, start), None),
                lambda rows, start, end: (None, _padded([[start, *row, end] for row in rows]), None),
            ],
        ),
        Mistake(
            "the end token stands at the end of the array, behind the padding; it belongs right behind each "
            "sequence's own last token.",
            [lambda rows, start, end: (None, np.hstack([_padded(rows), np.full((len(rows), 1), end)]), None)],
        ),
        Mistake(
            "the end token is not counted, so a mask made of these lengths would hide it from the loss.",
            [lambda rows, start, end: (None, None, _counts(rows, 0))],
        ),
        Mistake(
            "start and end are both counted, but no step has both: a sequence of n tokens takes n + 1 steps.",
            [lambda rows, start, end: (None, None, _counts(rows, 2))],
        ),
    ],
    shapes={"fed": "(B, T)", "target": "(B, T)", "lengths": "(B,)"},
)


# Writing without a teacher


class Decoder:
    """A decoder that writes a given text if it is fed its own tokens and keeps its state, and other tokens if not."""

    def __init__(self, text: Sequence[int], start: int, vocab: int) -> None:
        self.text, self.start, self.vocab = list(text), start, vocab

    def __call__(self, token: int, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the logits (V,) for the next token, and the next state (1,)."""
        k, token = int(state[0]), int(token)
        before = self.start if k == 0 else self.text[k - 1] if k <= len(self.text) else -1
        other = (5 * token + 3 * k + 4) % self.vocab
        best = self.text[k] if token == before and k < len(self.text) else other
        logits = np.cos(np.arange(self.vocab) * (k + 1.0))
        logits[best] += 4.0
        return logits, state + 1.0


def _greedy(
    step: Decoder,
    state: np.ndarray,
    start: int,
    end: int,
    max_steps: int,
    *,
    keep_state: bool = True,
    feed_own: bool = True,
    stop: bool = True,
    pick: str = "argmax",
) -> list[int]:
    """Greedy decoding, or what becomes of it with one of its parts left out."""
    tokens: list[int] = []
    token, first = start, state
    while len(tokens) < max_steps:
        logits, state = step(token if feed_own else start, state if keep_state else first)
        token = int(getattr(logits, pick)())
        if stop and token == end:
            break
        tokens.append(token)
    return tokens


def _with_end(step: Decoder, state: np.ndarray, start: int, end: int, max_steps: int) -> list[int]:
    tokens = _greedy(step, state, start, end, max_steps)
    return tokens + [end] * (len(tokens) < max_steps)


def _decoding_cases() -> list[Case]:
    found = []
    for text, start, end, steps, label, why in (
        ([4, 2, 7, 1], 0, 1, 8, "a decoder that writes 4 2 7 and then the end, which is 1", ""),
        ([3, 3, 5, 6, 2, 0], 9, 0, 10, "a decoder that writes 3 3 5 6 2 and then the end, which is 0", ""),
        ([7, 6, 5, 4, 3, 2, 8, 1], 0, 1, 5, "a decoder that is stopped by `max_steps`", ""),
        ([5, 3, 2, 9, 8], 1, 2, 7, "a decoder that writes 5 3 and then the end, which is 2", ""),
        ([6, 1], 0, 1, 1, "max_steps = 1", "With `max_steps` = 1 one token is written and no more."),
        ([1, 4], 0, 1, 6, "the end at once", "If the end token comes first, nothing is written: the list is empty."),
        ([6, 1], 0, 1, 0, "max_steps = 0", "With `max_steps` = 0 nothing is written: the list is empty."),
    ):
        args = {"step": Decoder(text, start, 10), "state": np.zeros(1), "start": start, "end": end, "max_steps": steps}
        found.append(Case(args, label, why))
    return found


GREEDY_DECODE = Task(
    "greedy_decode",
    _decoding_cases(),
    ("tokens",),
    _greedy,
    [
        Mistake(
            "the state is the same at every step: the decoder forgets what it has written. `step` returns the next "
            "state; hand that one over at the next step.",
            [lambda *args: _greedy(*args, keep_state=False)],
        ),
        Mistake(
            "the start token is fed at every step. After the first step the input is the token just written.",
            [lambda *args: _greedy(*args, feed_own=False)],
        ),
        Mistake(
            "neither token nor state moves on: every step is the first step again.",
            [lambda *args: _greedy(*args, feed_own=False, keep_state=False)],
        ),
        Mistake(
            "it does not stop at the end token but goes on up to `max_steps`.",
            [lambda *args: _greedy(*args, stop=False)],
        ),
        Mistake(
            "it goes on beyond `max_steps` until the end token comes; a decoder that never writes it would never stop.",
            [lambda step, state, start, end, n: _greedy(step, state, start, end, 50)],
        ),
        Mistake("the end token is part of the result; it says where to stop and is left out.", [_with_end]),
        Mistake(
            "the start token is part of the result; it was read, not written.",
            [lambda step, state, start, end, n: [start, *_greedy(step, state, start, end, n)]],
        ),
        Mistake(
            "start and end token are part of the result; only what stands between them is text.",
            [lambda step, state, start, end, n: [start, *_with_end(step, state, start, end, n)]],
        ),
        Mistake(
            "one step too few: up to `max_steps` tokens are written.",
            [lambda step, state, start, end, n: _greedy(step, state, start, end, n - 1)],
        ),
        Mistake(
            "one step too many: at most `max_steps` tokens are written.",
            [lambda step, state, start, end, n: _greedy(step, state, start, end, n + 1)],
        ),
        Mistake(
            "the least likely token is chosen at every step; the largest logit belongs to the likeliest.",
            [lambda *args: _greedy(*args, pick="argmin")],
        ),
    ],
)
