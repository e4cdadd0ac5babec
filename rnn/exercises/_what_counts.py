"""The exercise of counting parameters: sizes, and the mistakes that are recognized."""

from __future__ import annotations

from rnn.exercises.checking import Case, Mistake, Task


def _counts(T: int, D: int, H: int, V: int) -> tuple[int, int]:
    readout = H * V + V
    return T * D * H + H + readout, D * H + H * H + H + readout


COUNT_PARAMETERS = Task(
    "count_parameters",
    [
        Case(dict(zip("TDHV", sizes, strict=True)))
        for sizes in ((4, 2, 5, 3), (5, 7, 3, 2), (10, 4, 6, 5), (100, 50, 64, 2), (1000, 3, 8, 11))
    ]
    + [
        Case({"T": 1, "D": 5, "H": 4, "V": 3}, "one step", "With T = 1 the window network sees a single input."),
        Case({"T": 6, "D": 1, "H": 1, "V": 1}, "all widths 1", "With all widths 1 each matrix is a single number."),
    ],
    ("window", "recurrent"),
    _counts,
    [
        Mistake(
            "the biases are missing: each layer has one for each of its units.",
            [lambda T, D, H, V: (T * D * H + H * V, D * H + H * H + H * V)],
        ),
        Mistake(
            "the readout's biases are missing, V of them.",
            [lambda T, D, H, V: (T * D * H + H + H * V, D * H + H * H + H + H * V)],
        ),
        Mistake(
            "the hidden layer's biases are missing, H of them.",
            [lambda T, D, H, V: (T * D * H + H * V + V, D * H + H * H + H * V + V)],
        ),
        Mistake(
            "the readout is missing: an (H, V) matrix and V biases.",
            [lambda T, D, H, V: (T * D * H + H, D * H + H * H + H)],
        ),
        Mistake(
            "right, but as a float. A number of parameters is whole: is there a `/`, or a `float`, in your formula?",
            [lambda T, D, H, V: tuple(map(float, _counts(T, D, H, V)))],
        ),
        Mistake(
            "units are counted, not parameters: each arrow from a unit to a unit is one, and so is each bias.",
            [lambda T, D, H, V: (T * D + H + V, D + H + V)],
        ),
        Mistake(
            "the number of the hidden layer's biases is wrong: one for each of its H units, not one for each input.",
            [
                lambda T, D, H, V: (T * D * H + D + H * V + V, D * H + H * H + D + H * V + V),
                lambda T, D, H, V: (T * D * H + T * D + H * V + V, None),
            ],
        ),
        Mistake(
            "the number of the readout's biases is wrong: one for each of the V outputs.",
            [lambda T, D, H, V: (T * D * H + H + H * V + H, D * H + H * H + H + H * V + H)],
        ),
        Mistake(
            "T hidden layers are counted, and a readout that reads them all. The window network has one layer of H "
            "units, on all T·D inputs.",
            [
                lambda T, D, H, V: (T * D * H + T * H + T * H * V + V, None),
                lambda T, D, H, V: (T * D * H + H + T * H * V + V, None),
            ],
        ),
        Mistake(
            "T whole networks are counted. There is one, with one hidden layer on all T·D inputs and one readout.",
            [lambda T, D, H, V: (T * (D * H + H + H * V + V), None)],
        ),
        Mistake(
            "T does not count here, but a window of T steps has T·D inputs, each with weights of its own.",
            [lambda T, D, H, V: (D * H + H + H * V + V, None)],
        ),
        Mistake(
            "T readouts are counted. The window network answers once, from its one hidden layer.",
            [lambda T, D, H, V: (T * D * H + H + T * (H * V + V), None)],
        ),
        Mistake(
            "T hidden layers are counted, as if each step had one. The window network has one layer of H units on all "
            "T·D inputs.",
            [lambda T, D, H, V: (T * (D * H + H) + H * V + V, None)],
        ),
        Mistake(
            "the weights are counted once for every step. All steps share one set: T does not occur.",
            [
                lambda T, D, H, V: (None, T * (D * H + H * H + H) + H * V + V),
                lambda T, D, H, V: (None, T * (D * H + H * H + H + H * V + V)),
            ],
        ),
        Mistake(
            "the weights of the inputs are counted once for every step. All steps share one matrix: T does not occur.",
            [lambda T, D, H, V: (None, T * D * H + H * H + H + H * V + V)],
        ),
        Mistake(
            "the readout is counted once for every step. One readout serves all steps: T does not occur.",
            [lambda T, D, H, V: (None, D * H + H * H + H + T * (H * V + V))],
        ),
        Mistake(
            "the loop's matrix is counted once for every step. All steps share one: T does not occur.",
            [
                lambda T, D, H, V: (None, D * H + T * H * H + H + H * V + V),
                lambda T, D, H, V: (None, D * H + (T - 1) * H * H + H + H * V + V),
            ],
        ),
        Mistake(
            "the readout is taken to read the states of all steps. It reads one state, of H numbers, at a time.",
            [lambda T, D, H, V: (None, D * H + H * H + H + T * H * V + V)],
        ),
        Mistake(
            "the matrix of the loop leads from the output here, as in Jordan's network: V·H. Wanted is the one from "
            "state to state.",
            [lambda T, D, H, V: (None, D * H + V * H + H + H * V + V)],
        ),
        Mistake(
            "the loop is missing: the matrix from state to state.",
            [lambda T, D, H, V: (None, D * H + H + H * V + V)],
        ),
        Mistake(
            "only H weights from state to state: each unit reads *all* units of the state before, not only itself.",
            [lambda T, D, H, V: (None, D * H + H + H + H * V + V)],
        ),
        Mistake(
            "there are H too many. Is a second bias counted (some libraries keep two that are added, here there is "
            "one), or the initial state? It is zero, and no parameter.",
            [lambda T, D, H, V: (None, D * H + H * H + 2 * H + H * V + V)],
        ),
    ],
)
