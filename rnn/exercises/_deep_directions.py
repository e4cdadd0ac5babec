"""Reading backward: inputs, references and usual mistakes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnn.exercises.checking import Answer, Case, Mistake, Task

# Reverse each sequence by its own length


def _padded() -> list[tuple[np.ndarray, np.ndarray, str, str]]:
    """Random arrays (B, T, D) with anything in the padding, lengths, label and why."""
    rng = np.random.default_rng(11)
    one = "With T = 1 there is nothing before or after: the one step is the first and the last."
    found = [(np.array([[[1.0], [2.0], [3.0], [9.0]]]), np.array([3]), "1, 2, 3 and one step of padding", "")]
    for shape, lengths in (((3, 5, 2), (2, 5, 3)), ((2, 6, 4), (4, 1)), ((4, 7, 6), (7, 3, 6, 2))):
        found.append((rng.normal(size=shape), np.array(lengths), "", ""))
    found.append((rng.normal(size=(2, 4, 6)), np.array([4, 4]), "no padding", ""))
    found.append((rng.normal(size=(2, 1, 4)), np.array([1, 1]), "T = 1", one))
    return found


def _with_an_empty_one() -> tuple[np.ndarray, np.ndarray, str, str]:
    x = np.random.default_rng(13).normal(size=(2, 5, 3))
    return x, np.array([0, 4]), "a length of 0", "A row of length 0 is all padding and stays as it is."


def _gather(x: np.ndarray, index: np.ndarray) -> np.ndarray:
    return np.asarray(x[np.arange(len(x))[:, None], index])


def _reversed(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    t, ends = np.arange(x.shape[1]), lengths[:, None]
    return _gather(x, np.where(t < ends, ends - 1 - t, t))


def _off_by_one(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    t, ends = np.arange(x.shape[1]), lengths[:, None]
    return _gather(x, np.where(t < ends, np.minimum(ends - t, x.shape[1] - 1), t))


def _at(x: np.ndarray, lengths: np.ndarray, places: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> np.ndarray:
    """Take the steps at ``places(t, ends)``, of any integers: negative ones count from the end, as NumPy does."""
    t, ends = np.arange(x.shape[1])[None], lengths[:, None]
    return _gather(x, np.clip(places(t, ends), -x.shape[1], x.shape[1] - 1))


def _padding_is(value: float) -> Answer:
    def filled(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        real = np.arange(x.shape[1]) < lengths[:, None]
        return np.where(real[..., None], _reversed(x, lengths), value)

    return filled


def _pushed_right(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The whole array reversed, then the padding, which is now in front, set to zero."""
    real = np.arange(x.shape[1])[::-1] < lengths[:, None]
    return np.asarray(x[:, ::-1] * real[..., None])


REVERSE_BY_LENGTH = Task(
    "reverse_by_length",
    [Case({"x": x, "lengths": n}, label, why) for x, n, label, why in [*_padded(), _with_an_empty_one()]],
    ("turned",),
    _reversed,
    [
        Mistake(
            "the whole array is reversed, `x[:, ::-1]`: the padding comes first, and a layer reading this begins "
            "with it. Reverse the first `lengths[b]` steps of each row only.",
            [lambda x, n: x[:, ::-1]],
        ),
        Mistake(
            "the padding is no longer behind the sequence: the real steps stand at the end of the row. The first real "
            "step has to stay at place 0.",
            [_pushed_right],
        ),
        Mistake(
            "the padding has become zero. Leave it as it is: the same function applied twice must give x back.",
            [_padding_is(0.0)],
        ),
        Mistake("the padding holds NaN. Leave it as it is in x.", [_padding_is(np.nan)]),
        Mistake(
            "the real steps are right, but the padding has been turned around too. From place `length` on, every step "
            "stays where it is. (An index below 0 counts from the end of the row.)",
            [lambda x, n: _at(x, n, lambda t, ends: ends - 1 - t)],
        ),
        Mistake(
            "the real steps are right, but behind them a real step is repeated instead of the padding.",
            [lambda x, n: _at(x, n, lambda t, ends: np.maximum(ends - 1 - t, 0))],
        ),
        Mistake("nothing has moved: this is x.", [lambda x, n: x]),
        Mistake(
            "the last real step has stayed where it was, and the ones before it are turned around: `length` steps are "
            "real, those at places 0 to `length - 1`.",
            [lambda x, n: _reversed(x, n - 1)],
        ),
        Mistake(
            "one step too many takes part: the first step of the padding is turned around with the rest.",
            [lambda x, n: _reversed(x, np.minimum(n + 1, x.shape[1]))],
        ),
        Mistake(
            "the first half of each sequence is right, the second half is its mirror image: places were read that had "
            "been written to before. Read from x, write to a copy.",
            [lambda x, n: _at(x, n, lambda t, ends: np.maximum(t, ends - 1 - t))],
        ),
        Mistake(
            "off by one: the step at place 0 comes from place `length - 1`, the last real one, not from `length`.",
            [_off_by_one],
        ),
        Mistake(
            "the features are reversed, the last axis; time is axis 1.",
            [lambda x, n: x[:, :, ::-1]],
        ),
        Mistake("the order of the sequences is reversed, axis 0; time is axis 1.", [lambda x, n: x[::-1]]),
        Mistake("every row is reversed by the length of the first.", [lambda x, n: _reversed(x, n * 0 + n[0])]),
        Mistake("every row is reversed by the length of the longest.", [lambda x, n: _reversed(x, n * 0 + n.max())]),
    ],
    shapes={"turned": "(B, T, D)"},
)


# The final states of both halves


def _both(h: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    half = h.shape[2] // 2
    return h[np.arange(len(h)), lengths - 1, :half], h[:, 0, half:]


def _final(h: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return np.concatenate(_both(h, lengths), axis=1)


def _stacked(h: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return np.stack(_both(h, lengths), axis=1)


def _halves_exchanged(h: np.ndarray) -> np.ndarray:
    half = h.shape[2] // 2
    return np.concatenate([h[..., half:], h[..., :half]], axis=2)


def _swapped(h: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    return np.concatenate(_both(h, lengths)[::-1], axis=1)


def _ends(h: np.ndarray, onward: int | np.ndarray, back: int | np.ndarray) -> np.ndarray:
    half, rows = h.shape[2] // 2, np.arange(len(h))
    return np.concatenate([h[rows, onward, :half], h[rows, back, half:]], axis=1)


FINAL_STATES = Task(
    "final_states",
    [Case({"h": x, "lengths": n}, label, why) for x, n, label, why in _padded() if x.shape[2] % 2 == 0],
    ("state",),
    _final,
    [
        Mistake(
            "both halves come from the last place of the row. There the forward half has gone through padding, and "
            "the backward half has read one step at most.",
            [lambda h, n: h[:, -1]],
        ),
        Mistake(
            "right for the forward half. The backward half comes from the last real step too, where it has read only "
            "that step: where has it read everything?",
            [lambda h, n: h[np.arange(len(h)), n - 1]],
        ),
        Mistake(
            "right for the forward half. The backward half comes from the last place of the row: it starts there, and "
            "has read everything only when it arrives at the other end.",
            [lambda h, n: _ends(h, n - 1, -1)],
        ),
        Mistake(
            "right for the forward half. The backward half is taken at place `T - length`, as if the whole array had "
            "been reversed; but its states have been put back where they belong.",
            [lambda h, n: _ends(h, n - 1, h.shape[1] - n)],
        ),
        Mistake(
            "right for the backward half. The forward half comes from the last place of the row, which is padding "
            "wherever `length < T`.",
            [lambda h, n: _ends(h, -1, 0)],
        ),
        Mistake(
            "right for the backward half. The forward half is read one step too late: the last real step is at "
            "`length - 1`.",
            [lambda h, n: _ends(h, np.minimum(n, h.shape[1] - 1), 0)],
        ),
        Mistake(
            "right for the backward half. The forward half is read one step too early: the last real step is at "
            "`length - 1`.",
            [lambda h, n: _ends(h, np.maximum(n - 2, 0), 0), lambda h, n: _ends(h, n - 2, 0)],
        ),
        Mistake("both halves come from the first step: right for the backward half only.", [lambda h, n: h[:, 0]]),
        Mistake("the halves have changed places: the forward half comes first.", [_swapped]),
        Mistake(
            "the two directions are mixed up: the first H features belong to the forward half, the rest to the other.",
            [lambda h, n: _ends(h, 0, n - 1)],
        ),
        Mistake(
            "the second H features were taken for the forward half; it has the first H, `h[..., :H]`.",
            [lambda h, n: _final(_halves_exchanged(h), n)],
        ),
        Mistake(
            "every second feature was taken. The halves stand side by side: first all H features of the one, then all "
            "of the other.",
            [lambda h, n: np.concatenate([h[np.arange(len(h)), n - 1, ::2], h[:, 0, 1::2]], axis=1)],
        ),
        Mistake(
            "the greatest (or the mean) over time is no final state; take one step of each half.",
            [lambda h, n: h.max(axis=1), lambda h, n: h.mean(axis=1)],
        ),
        Mistake(
            "two arrays, one for each half, came back. Put them side by side along the features.",
            [_both, lambda h, n: list(_both(h, n)), lambda h, n: np.stack(_both(h, n)), _stacked],
        ),
        Mistake("the forward half alone came back.", [lambda h, n: _both(h, n)[0]]),
        Mistake(
            "the halves have been put below one another, along axis 0; they belong side by side, along the features.",
            [lambda h, n: np.concatenate(_both(h, n))],
        ),
        Mistake(
            "the halves have been added up. Put them side by side: the readout has weights of its own for each.",
            [lambda h, n: sum(_both(h, n))],
        ),
        Mistake(
            "`h[:, lengths - 1]` takes the last step of *every* sequence from each of them, (B, B, 2H). Give the rows "
            "an index too, so that row b goes with `lengths[b]`.",
            [lambda h, n: h[:, n - 1], lambda h, n: h[:, n - 1, : h.shape[2] // 2]],
        ),
    ],
    shapes={"state": "(B, 2H)"},
)
