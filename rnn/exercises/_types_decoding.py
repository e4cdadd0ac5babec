"""An exercise on decoders: what one is fed and what it is to write under teacher forcing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnn.exercises.checking import Case, Mistake, Task

Rows = Sequence[Sequence[int]]
KEPT = (
    "Build new lists, such as `[*row, end]`, where now `append` or `insert` changes a row. `sequences.copy()` would "
    "not help: the rows in it are the same lists."
)


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


def _filled(rows: np.ndarray, counts: np.ndarray, fill: int) -> np.ndarray:
    return np.where(np.arange(rows.shape[1]) < counts[:, None], rows, fill)


def _to_the_right(rows: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return np.array([np.roll(row, len(row) - count) for row, count in zip(rows, counts, strict=True)])


def _pair_cases() -> list[Case]:
    rng = np.random.default_rng(3)
    found = [Case({"sequences": [[5, 6, 7], [8]], "start": 1, "end": 2}, "two sequences", kept=KEPT)]
    for lengths, start, end in (((2, 4, 3), 1, 2), ((5, 1, 3, 2), 11, 10), ((4,), 2, 1), ((3, 2, 5), 20, 30)):
        rows = [rng.integers(3, 10, n).tolist() for n in lengths]
        found.append(Case({"sequences": rows, "start": start, "end": end}, kept=KEPT))
    empty = "An empty sequence is a target too: nothing but the end token, after the start token has been read."
    found.append(Case({"sequences": [[4, 5], []], "start": 1, "end": 2}, "an empty sequence", empty, kept=KEPT))
    found.append(Case({"sequences": [[]], "start": 1, "end": 2}, "T = 1", empty, kept=KEPT))
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
            "the padding is not 0. A mask would hide it, but here 0 is wanted behind each sequence's last step.",
            [
                lambda rows, s, e: (_filled(_fed(rows, s), _counts(rows, 1), e), None, None),
                lambda rows, s, e: (_filled(_fed(rows, s), _counts(rows, 1), -1), None, None),
                lambda rows, s, e: (_filled(_fed(rows, s), _counts(rows, 1), s), None, None),
                lambda rows, s, e: (None, _filled(_target(rows, e), _counts(rows, 1), e), None),
                lambda rows, s, e: (None, _filled(_target(rows, e), _counts(rows, 1), -1), None),
                lambda rows, s, e: (None, _filled(_target(rows, e), _counts(rows, 1), s), None),
            ],
        ),
        Mistake(
            "the padding stands in front of the shorter sequences. It belongs behind them: all start at step 1.",
            [
                lambda rows, s, e: (_to_the_right(_fed(rows, s), _counts(rows, 1)), None, None),
                lambda rows, s, e: (None, _to_the_right(_target(rows, e), _counts(rows, 1)), None),
            ],
        ),
        Mistake(
            "the token behind each sequence is not `end`.",
            [
                lambda rows, start, end: (None, _target(rows, start), None),
                lambda rows, start, end: (None, _target(rows, 1), None),
            ],
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
        Mistake(
            "all have the longest one's number of steps, so the padding would count. Each sequence has its own.",
            [lambda rows, start, end: (None, None, np.full(len(rows), _counts(rows, 1).max()))],
        ),
    ],
    shapes={"fed": "(B, T)", "target": "(B, T)", "lengths": "(B,)"},
)
