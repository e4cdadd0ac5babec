"""The exercises with a number for an answer: the forget bias for a half-life, and how many parameters a cell has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn.activations import sigmoid
from rnn.exercises.checking import Case, Mistake, Task
from rnn.gru import GRU
from rnn.lstm import LSTM
from rnn.recurrent import RNN

# The forget bias


def _logit(f: float) -> float:
    return float(np.log(f) - np.log1p(-f))


def _bias(steps: float) -> float:
    """sigmoid(b) = 2^(−1/k) gives b = −log(2^(1/k) − 1)."""
    return float(-np.log(np.expm1(np.log(2) / steps)))


FORGET_BIAS = Task(
    "forget_bias",
    [Case({"steps": steps}, "", "", {}) for steps in (2, 50, 3, 10, 365.25, 1000)],
    ("bias",),
    _bias,
    [
        Mistake(
            "after that many steps 1/e is left, not one half: this is the time constant. Which number to the power of "
            "`steps` is 1/2?",
            [lambda k: _logit(np.exp(-1 / k))],
        ),
        Mistake(
            "this is f itself, the value the gate should have. The bias is what the sigmoid makes f of: invert it.",
            [lambda k: float(2 ** (-1 / k)), lambda k: float(np.exp(-1 / k))],
        ),
        Mistake(
            "this is f / (1 − f), the odds. One step is left to undo the sigmoid.",
            [lambda k: float(1 / np.expm1(np.log(2) / k)), lambda k: float(np.expm1(np.log(2) / k))],
        ),
        Mistake(
            "this is −ln f, the decay in one step. From it comes f, and from f the bias.",
            [lambda k: float(np.log(2) / k), lambda k: -float(np.log(2) / k)],
        ),
        Mistake(
            "the sigmoid was applied once more. The bias is what you put in to get f out.",
            [lambda k: float(sigmoid(np.array(2 ** (-1 / k))))],
        ),
        Mistake(
            "the gate was inverted as if it were a tanh. It is a sigmoid.",
            [lambda k: float(np.arctanh(2 ** (-1 / k)))],
        ),
        Mistake(
            "the half-life stands upside down: this gate leaves 1/2 to the power of `steps` after ONE step. Solve "
            "f to the power of `steps` = 1/2 for f.",
            [lambda k: _logit(2.0 ** -min(k, 1000)), lambda k: float(-k * np.log(2) - np.log1p(-(2.0**-k)))],
        ),
        Mistake(
            "right but for the sign: this gate is open as far as it should be closed.",
            [lambda k: -_bias(k)],
        ),
        Mistake(
            "this gate loses 1/`steps` of what is there at each step. Powers of 1 − 1/k don't reach one half after k "
            "steps, but about 1/e.",
            [lambda k: _logit(1 - 1 / k)],
        ),
        Mistake(
            "this gate loses half divided by `steps` at each step, as if the decay were a straight line. It is a "
            "power: less is lost when less is left.",
            [lambda k: _logit(1 - 0.5 / k)],
        ),
        Mistake(
            "the sigmoid was inverted with a logarithm to base 2 or 10. It is made with e: ln undoes it.",
            [lambda k: _bias(k) / float(np.log(2)), lambda k: _bias(k) / float(np.log(10))],
        ),
        Mistake(
            "close: this is the approximation for large biases, half-life ≈ 0.69 · e^b. Invert the sigmoid itself.",
            [*(lambda k, c=c: float(np.log(k / c)) for c in (np.log(2), 0.69, 0.693, 0.7))],
        ),
        Mistake(
            "close, but this is ln of the half-life, for which 1/2 is not needed. Use f to the power of `steps` = 1/2.",
            [lambda k: float(np.log(k))],
        ),
        Mistake(
            "this is the approximation for large biases, half-life ≈ 0.69 · e^b, solved upside down. Better than "
            "to mend it: invert the sigmoid itself.",
            [*(lambda k, c=c: float(np.log(c / k)) for c in (np.log(2), 0.69)), lambda k: float(np.log(np.log(2) * k))],
        ),
        Mistake(
            "right, but rounded. Return the number as it comes.",
            [
                *(lambda k, n=n: round(_bias(k), n) for n in (1, 2, 3, 4)),
                lambda k: round(_bias(k)),
                lambda k: int(_bias(k)),
            ],
        ),
    ],
)


# Parameters

CELLS: dict[str, Callable[[int, int], Any]] = {
    "RNN": RNN,
    "LSTM": LSTM,
    "GRU after": GRU,
    "GRU before": lambda d, h: GRU(d, h, reset_after=False),
}
BLOCKS = {"RNN": 1, "LSTM": 4, "GRU after": 3, "GRU before": 3}


def _size(cell: str, d: int, h: int) -> int:
    return sum(array.size for array in CELLS[cell](d, h).params.values())


def _b_hn(cell: str, h: int) -> int:
    return h * (cell == "GRU after")


def _formula(cell: str, d: int, h: int, *, blocks: dict[str, int] | None = None, biases: float = 1) -> int:
    k = {**BLOCKS, **(blocks or {})}[cell]
    return int(k * (d * h + h * h + biases * h))


COUNT_PARAMETERS = Task(
    "count_parameters",
    [
        Case({"cell": cell, "D": d, "H": h}, "", "", {"D": d, "H": h})
        for d, h in ((3, 5), (10, 4), (1, 7))
        for cell in CELLS
    ],
    ("count",),
    _size,
    [
        Mistake(
            "two biases are counted for each block, as PyTorch stores them. Two biases that are only added are one "
            "here; the GRU with reset after the product has one more, for one block.",
            [lambda c, d, h: _formula(c, d, h, biases=2), lambda c, d, h: _formula(c, d, h, biases=2) + _b_hn(c, h)],
        ),
        Mistake(
            "the LSTM has four blocks, not three: the candidate needs weights as well as the three gates.",
            [lambda c, d, h: _formula(c, d, h, blocks={"LSTM": 3}) + _b_hn(c, h)],
        ),
        Mistake(
            "the GRU has three blocks, not four: two gates and a candidate.",
            [
                lambda c, d, h: _formula(c, d, h, blocks={"GRU after": 4, "GRU before": 4}) + _b_hn(c, h),
                lambda c, d, h: _formula(c, d, h, blocks={"GRU after": 4, "GRU before": 4}),
            ],
        ),
        Mistake(
            "only the gates are counted, three for the LSTM and two for the GRU. The candidate has weights too.",
            [
                lambda c, d, h: _formula(c, d, h, blocks={"LSTM": 3, "GRU after": 2, "GRU before": 2}),
                lambda c, d, h: _formula(c, d, h, blocks={"LSTM": 3, "GRU after": 2, "GRU before": 2}) + _b_hn(c, h),
            ],
        ),
        Mistake(
            "all but one are right: b_hn, which the GRU has when the reset comes after the product, is missing.",
            [_formula],
        ),
        Mistake(
            "b_hn is counted for both GRUs. With the reset before the product there is none.",
            [lambda c, d, h: _formula(c, d, h) + h * c.startswith("GRU")],
        ),
        Mistake(
            "b_hn stands on the wrong side: it is the GRU with the reset *after* the product that has it.",
            [lambda c, d, h: _formula(c, d, h) + h * (c == "GRU before")],
        ),
        Mistake(
            "b_hn is counted once for each block. Only the candidate's product is reset, so it is one: (H,).",
            [lambda c, d, h: _formula(c, d, h) + 3 * _b_hn(c, h)],
        ),
        Mistake(
            "the biases are missing.",
            [lambda c, d, h: _formula(c, d, h, biases=0), lambda c, d, h: _formula(c, d, h, biases=0) + _b_hn(c, h)],
        ),
        Mistake(
            "b_h is counted as (H,). It has H numbers for each gate and candidate: (kH,).",
            [
                lambda c, d, h: _formula(c, d, h, biases=0) + h,
                lambda c, d, h: _formula(c, d, h, biases=0) + h + _b_hn(c, h),
            ],
        ),
        Mistake(
            "W_hh is missing: the state that comes back has weights too.",
            [lambda c, d, h, e=e: BLOCKS[c] * (d * h + h) + e * _b_hn(c, h) for e in (0, 1)],
        ),
        Mistake(
            "W_xh is missing: the input has weights too.",
            [lambda c, d, h, e=e: BLOCKS[c] * (h * h + h) + e * _b_hn(c, h) for e in (0, 1)],
        ),
        Mistake(
            "D and H are exchanged: W_hh and the biases go by the number of units, H.",
            [lambda c, d, h: _formula(c, h, d), lambda c, d, h: _formula(c, h, d) + _b_hn(c, d)],
        ),
        Mistake(
            "the GRU has three blocks, not two: the candidate needs weights as well as the two gates.",
            [
                lambda c, d, h, e=e: _formula(c, d, h, blocks={"GRU after": 2, "GRU before": 2}) + e * _b_hn(c, h)
                for e in (0, 1)
            ],
        ),
        Mistake(
            "W_hh is counted as (H, H). It has a block of that size for each gate and candidate: (H, kH).",
            [
                lambda c, d, h: BLOCKS[c] * (d * h + h) + h * h,
                lambda c, d, h: BLOCKS[c] * (d * h + h) + h * h + _b_hn(c, h),
            ],
        ),
    ],
)
