"""The size of a stack: inputs, reference and usual mistakes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from rnn.exercises.checking import Answer, Case, Mistake, Task
from rnn.gru import GRU
from rnn.lstm import LSTM
from rnn.recurrent import RNN, Recurrent
from rnn.wrappers import Bidirectional, Stacked


def _count(k: int, D: int, H: int, layers: int, directions: int) -> int:
    cells: dict[int, Callable[[int, int], Recurrent]] = {1: RNN, 3: partial(GRU, reset_after=False), 4: LSTM}
    stack = []
    for layer in range(layers):
        below = D if layer == 0 else directions * H
        both = [cells[k](below, H) for _ in range(directions)]
        stack.append(both[0] if directions == 1 else Bidirectional(*both))
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
            "right for two directions. With one direction an upper layer reads H numbers, not 2H.",
            [_sum(lambda D, H, layer, directions: 2 * H if layer else D)],
        ),
        Mistake(
            "two directions are counted, whatever `directions` says.",
            [lambda k, D, H, layers, directions: _sum(_below)(k, D, H, layers, 2)],
        ),
        Mistake(
            "the first layer is counted with 2D inputs where there are two directions; both read the same D numbers.",
            [_sum(lambda D, H, layer, directions: directions * (H if layer else D))],
        ),
        Mistake(
            "the first layer is counted with H inputs; it reads D.",
            [_sum(lambda D, H, layer, directions: directions * H)],
        ),
        Mistake(
            "an upper layer is counted as if it read all layers below; it reads the one below it.",
            [_sum(lambda D, H, layer, directions: layer * directions * H if layer else D)],
        ),
        Mistake(
            "`W_hh` is too large: a direction feeds back its own H states only, so it is (H, kH).",
            [
                lambda *a: _sum(_below)(*a) + (a[4] - 1) * a[4] * a[3] * a[0] * a[2] ** 2,
                lambda *a: _sum(_below)(*a) + (a[4] ** 2 - 1) * a[4] * a[3] * a[0] * a[2] ** 2,
            ],
        ),
        Mistake("`W_hh` is missing.", [lambda *a: _sum(_below)(*a) - a[4] * a[3] * a[0] * a[2] ** 2]),
        Mistake(
            "`W_hh` is counted as (kH, kH). What is fed back are the H states, not the k blocks: (H, kH).",
            [lambda *a: _sum(_below)(*a) + a[4] * a[3] * (a[0] - 1) * a[0] * a[2] ** 2],
        ),
        Mistake(
            "an upper layer is counted as if it read k blocks of the layer below; it reads the states, one number a "
            "unit and direction.",
            [lambda *a: _sum(lambda D, H, layer, directions: a[0] * directions * H if layer else D)(*a)],
        ),
        Mistake(
            "the bias is counted with H numbers; every one of the k blocks has its own, (kH,).",
            [lambda *a: _sum(_below)(*a) - a[4] * a[3] * (a[0] - 1) * a[2]],
        ),
        Mistake(
            "there is one bias for both directions; each direction has its own.",
            [lambda *a: _sum(_below)(*a) - (a[4] - 1) * a[3] * a[0] * a[2]],
        ),
        Mistake("one layer only is counted.", [lambda k, D, H, n, directions: _sum(_below)(k, D, H, 1, directions)]),
        Mistake(
            "the width H has been divided between the directions; here each direction has H units.",
            [lambda k, D, H, n, directions: _sum(_below)(k, D, H // directions, n, directions)],
        ),
        Mistake(
            "a readout is counted, too; leave it out.",
            [
                lambda *a: _sum(_below)(*a) + a[4] * a[2] * a[1] + a[1],
                lambda *a: _sum(_below)(*a) + a[4] * a[2] * a[2] + a[2],
            ],
        ),
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
