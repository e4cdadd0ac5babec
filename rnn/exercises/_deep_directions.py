"""Reading backward and counting parameters: inputs, references and usual mistakes."""

from __future__ import annotations

import numpy as np

from rnn.exercises.checking import Answer, Case, Mistake, Task
from rnn.gru import GRU
from rnn.lstm import LSTM
from rnn.recurrent import RNN, Recurrent
from rnn.wrappers import Bidirectional, Stacked

# Reverse each sequence by its own length


def _padded() -> list[tuple[np.ndarray, np.ndarray, str, str]]:
    """Random arrays (B, T, D) with anything in the padding, lengths, label and why."""
    rng = np.random.default_rng(11)
    one = "A sequence of one step is its own reverse."
    found = [(np.array([[[1.0], [2.0], [3.0], [9.0]]]), np.array([3]), "1, 2, 3 and one step of padding", "")]
    for shape, lengths in (((3, 5, 2), (5, 2, 3)), ((2, 6, 4), (4, 1)), ((4, 7, 6), (7, 3, 6, 2))):
        found.append((rng.normal(size=shape), np.array(lengths), "", ""))
    found.append((rng.normal(size=(2, 4, 6)), np.array([4, 4]), "no padding", ""))
    found.append((rng.normal(size=(2, 1, 4)), np.array([1, 1]), "T = 1", one))
    return found


def _gather(x: np.ndarray, index: np.ndarray) -> np.ndarray:
    return np.asarray(x[np.arange(len(x))[:, None], index])


def _reversed(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    t, ends = np.arange(x.shape[1]), lengths[:, None]
    return _gather(x, np.where(t < ends, ends - 1 - t, t))


def _off_by_one(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    t, ends = np.arange(x.shape[1]), lengths[:, None]
    return _gather(x, np.where(t < ends, np.minimum(ends - t, x.shape[1] - 1), t))


def _pushed_right(x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """The whole array reversed, then the padding, which is now in front, set to zero."""
    real = np.arange(x.shape[1])[::-1] < lengths[:, None]
    return np.asarray(x[:, ::-1] * real[..., None])


REVERSE_BY_LENGTH = Task(
    "reverse_by_length",
    [Case({"x": x, "lengths": n}, label, why) for x, n, label, why in _padded()],
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
            [lambda x, n: _reversed(x, n) * (np.arange(x.shape[1]) < n[:, None])[..., None]],
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
        Mistake("every row is reversed by the length of the longest.", [lambda x, n: _reversed(x, n * 0 + n.max())]),
    ],
    shapes={"turned": "(B, T, D)"},
)


# The final states of both halves


def _final(h: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    half = h.shape[2] // 2
    return np.concatenate([h[np.arange(len(h)), lengths - 1, :half], h[:, 0, half:]], axis=1)


def _swapped(h: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    half = h.shape[2] // 2
    return np.concatenate([h[:, 0, half:], h[np.arange(len(h)), lengths - 1, :half]], axis=1)


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
            "right for the backward half. The forward half comes from the last place of the row, which is padding "
            "wherever `length < T`.",
            [lambda h, n: _ends(h, -1, 0)],
        ),
        Mistake(
            "right for the backward half. The forward half is read one step too late: the last real step is at "
            "`length - 1`.",
            [lambda h, n: _ends(h, np.minimum(n, h.shape[1] - 1), 0)],
        ),
        Mistake("both halves come from the first step: right for the backward half only.", [lambda h, n: h[:, 0]]),
        Mistake("the halves have changed places: the forward half comes first.", [_swapped]),
        Mistake(
            "the two directions are mixed up: the first H features belong to the forward half, the rest to the other.",
            [lambda h, n: _ends(h, 0, n - 1)],
        ),
    ],
    shapes={"state": "(B, 2H)"},
)


# How many parameters a stack has


def _count(k: int, D: int, H: int, layers: int, directions: int) -> int:
    cell: type[Recurrent] = {1: RNN, 3: GRU, 4: LSTM}[k]
    options = {"reset_after": False} if k == 3 else {}
    stack = []
    for layer in range(layers):
        below = D if layer == 0 else directions * H
        cells = [cell(below, H, **options) for _ in range(directions)]
        stack.append(cells[0] if directions == 1 else Bidirectional(*cells))
    return sum(array.size for array in Stacked(stack).params.values())


def _sum(below: Answer, biases: int = 1) -> Answer:
    """A count that takes ``below(D, H, layer, directions)`` for the inputs of a layer."""

    def count(k: int, D: int, H: int, layers: int, directions: int) -> int:
        widths = [below(D, H, layer, directions) for layer in range(layers)]
        return sum(directions * k * (w * H + H * H + biases * H) for w in widths)

    return count


def _below(D: int, H: int, layer: int, directions: int) -> int:
    return directions * H if layer else D


STACK_PARAMETERS = Task(
    "stack_parameters",
    [
        Case(dict(zip(("k", "D", "H", "layers", "directions"), sizes, strict=True)))
        for sizes in ((1, 3, 5, 2, 1), (4, 7, 4, 1, 2), (4, 6, 5, 3, 2), (3, 2, 8, 2, 2), (1, 9, 2, 3, 1))
    ],
    ("parameters",),
    _count,
    [
        Mistake(
            "every layer is counted as if it read the D inputs. From the second layer on, a layer reads the states of "
            "the layer below.",
            [_sum(lambda D, H, layer, directions: D)],
        ),
        Mistake(
            "right for one direction. An upper layer of a bidirectional stack reads both halves of the layer below, "
            "2H numbers and not H.",
            [_sum(lambda D, H, layer, directions: H if layer else D)],
        ),
        Mistake(
            "the two directions are counted as one: each has weights of its own.",
            [lambda *a: _sum(_below)(*a) // a[4]],
        ),
        Mistake(
            "two biases a cell are counted, as PyTorch has them; here a cell has one, `b_h` (kH,).",
            [_sum(_below, biases=2)],
        ),
        Mistake("the biases are missing.", [_sum(_below, biases=0)]),
        Mistake(
            "the number of blocks k is missing: `W_xh` is (D, kH), `W_hh` (H, kH), `b_h` (kH,).",
            [lambda *a: _sum(_below)(*a) // a[0]],
        ),
        Mistake(
            "one layer too many or too few is counted.",
            [
                lambda k, D, H, layers, directions: _sum(_below)(k, D, H, layers + 1, directions),
                lambda k, D, H, layers, directions: _sum(_below)(k, D, H, layers - 1, directions),
            ],
        ),
    ],
)
