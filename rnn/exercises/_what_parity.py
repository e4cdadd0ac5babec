"""The exercise of wiring a parity network by hand, and telling from its states what is wrong with one.

The reader returns weights, and many are right, so nothing is compared with a solution: the network is run on bit
strings. If it fails, it is run again with one thing changed at a time (a larger gain, the transpose, another start,
bits of ±1, the best readout there is). The change that mends it says what was wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from rnn._check import shape_text
from rnn.exercises.checking import Case, Finding, Run, Task
from rnn.exercises.comparing import show

Weights = tuple[np.ndarray, ...]

NAMES = ("W_xh", "W_hh", "b_h", "W_hy", "b_y")
STEPS = 1000
EARLY = 3  # a network that is right for more steps than this has the right idea


def _strings() -> np.ndarray:
    """Bit strings (B, T): random ones with few and many 1s, none, all, one at the start, one at the end."""
    rng = np.random.default_rng(7)
    rows = [rng.random(STEPS) < share for share in (0.5, 0.5, 0.5, 0.5, 0.02, 0.1, 0.9, 0.98) for _ in range(4)]
    none, first, last = np.zeros((3, STEPS), dtype=bool)
    first[0] = last[-1] = True
    return np.array([*rows, none, ~none, first, last], dtype=float)


STRINGS = _strings()


def _odd(bits: np.ndarray) -> np.ndarray:
    return np.asarray(np.cumsum(bits, axis=1) % 2 == 1)


def _states(weights: Weights, bits: np.ndarray, start: np.ndarray | float = 0.0) -> np.ndarray:
    """All states (B, T, H)."""
    W_xh, W_hh, b_h, *_ = weights
    h = np.zeros((len(bits), len(b_h))) + start
    states = np.empty((*bits.shape, len(b_h)))
    for t in range(bits.shape[1]):
        h = np.tanh(bits[:, t, None] * W_xh + h @ W_hh + b_h)
        states[:, t] = h
    return states


def _outputs(weights: Weights, states: np.ndarray) -> np.ndarray:
    """All z (B, T)."""
    return np.asarray((states @ weights[3])[..., 0] + weights[4][0])


def _right(weights: Weights, bits: np.ndarray = STRINGS, start: np.ndarray | float = 0.0, sent: Any = None) -> bool:
    """Whether every answer is right, the bits being sent in another form if one is given."""
    z = _outputs(weights, _states(weights, bits if sent is None else sent, start))
    return bool(np.array_equal(z > 0, _odd(bits)))


def _as_weights(value: Any) -> Weights:
    """Return the five arrays as floats, or say which one is not what it should be."""
    if isinstance(value, Mapping):
        value = tuple(value.get(name) for name in NAMES)
    if not isinstance(value, (tuple, list)) or len(value) != len(NAMES):
        came = f"{len(value)} values" if isinstance(value, (tuple, list)) else show(value)
        raise Finding(f"return five arrays, `return {', '.join(NAMES)}`; got {came}.")
    arrays = []
    for name, part in zip(NAMES, value, strict=True):
        try:
            array = np.array(part)
        except (TypeError, ValueError, OverflowError):
            array = np.array(None)
        if array.dtype.kind not in "biuf":
            raise Finding(f"`{name}` should be an array of numbers; got {show(part)}.")
        arrays.append(array.astype(float))
    units = arrays[2].size
    wanted = ((1, units), (units, units), (units,), (units, 1), (1,))
    letters = ("(1, H)", "(H, H)", "(H,)", "(H, 1)", "(1,)")
    for name, array, shape, letter in zip(NAMES, arrays, wanted, letters, strict=True):
        if array.shape != shape:
            here = (
                f" With the {units} number{'' if units == 1 else 's'} of `b_h`, H = {units}: {shape_text(shape)}."
                if name != "b_h"
                else ""
            )
            raise Finding(f"`{name}` should have the shape {letter}, got {shape_text(array.shape)}.{here}")
        if not np.isfinite(array).all():
            raise Finding(f"`{name}` holds NaN or infinite numbers.")
    if units == 0:
        raise Finding("there is no hidden unit: `b_h` is empty.")
    return tuple(arrays)


def _judge(runs: Sequence[Run]) -> None:
    """Raise what was found if any answer is wrong; see the module's docstring."""
    weights = _as_weights(runs[0].value)
    states = _states(weights, STRINGS)
    z, odd = _outputs(weights, states), _odd(STRINGS)
    if np.array_equal(z > 0, odd):
        return
    wrong = (z > 0) != odd
    reached = int(np.argmax(wrong.any(axis=0)))  # steps right in all strings
    raise Finding(f"{_cause(weights, z, odd, reached)}\n{_example(weights, wrong)}")


def _cause(weights: Weights, z: np.ndarray, odd: np.ndarray, reached: int) -> str:
    """Say what is wrong, as exactly as running the network again can tell."""
    W_xh, W_hh, b_h, W_hy, b_y = weights
    answers, ones = z > 0, STRINGS == 1
    if np.array_equal(z < 0, odd):
        return (
            "every answer is reversed: the readout's sign is wrong (odd should give z > 0), or the network takes the "
            "state 0, with which it begins, for odd."
        )
    if z[odd].min() > z[~odd].max() or z[odd].max() < z[~odd].min():
        side = "above" if z[odd].min() > z[~odd].max() else "below"
        return (
            f"the state is right for all {STEPS:,} steps, but the readout's threshold is not: z of an odd string is "
            f"always {side} z of an even one. Choose `b_y`{'' if side == 'above' else ' and a sign'} so that 0 lies "
            "between them."
        )
    if not W_hh.any():
        return "`W_hh` is zero, so nothing is remembered: the answer depends on the last bit only."
    if len(b_h) == 1:
        return (
            "a single unit cannot do it. Reading 0 it would have to rise with its own last state, to keep the parity, "
            "and reading 1 to fall with it; but the same number in `W_hh` serves both. Take two units."
        )
    for gain in (2.0, 4.0, 8.0, 16.0):
        if _right((gain * W_xh, gain * W_hh, gain * b_h, W_hy, b_y)):
            where = f"All strings are right up to step {reached}, then the state drifts" if reached else "It drifts"
            return (
                f"the wiring is right, the gain is too small. {where}: where tanh is steep, a state that should stay "
                "near ±1 comes nearer to 0 at each step. What makes tanh flat there?"
            )
    if _right((W_xh, W_hh / 2, b_h, W_hy, b_y)):
        return (
            "almost: with half of `W_hh` it would be right. On and off are +1 and −1 here, not 1 and 0, so two units "
            "that differ differ by 2."
        )
    if _right((W_xh, W_hh.T, b_h, W_hy, b_y)):
        return "`W_hh` is transposed. Rows stand for the old state, columns for the new: `h @ W_hh`."
    if _right(weights, sent=2 * STRINGS - 1):
        return "this network is right if the bits are −1 and +1; here they are 0 and 1. `W_xh` and `b_h` decide that."
    if len(b_h) <= 4 and any(_right(weights, start=np.array(c)) for c in product((-1.0, 1.0), repeat=len(b_h))):
        return (
            "this network would be right if it began with all units on or off; it begins at 0, between the two. What "
            "does the first step make of that state?"
        )
    before = np.pad(odd, ((0, 0), (1, 0)))[:, :-1]
    for pattern, hint in (
        (before, "late by one: z says the parity *before* the last bit. The readout reads the state after it."),
        (
            ones,
            "the answer is the last bit alone: nothing older reaches it. Does the old state enter with enough weight?",
        ),
        (
            np.maximum.accumulate(ones, axis=1),
            "the answer says whether there has been *any* 1: once odd, always odd. A second 1 must undo the first, "
            "and no weighted sum of old parity and new bit does that; it takes two units with different thresholds.",
        ),
        (
            ones != np.pad(ones, ((0, 0), (1, 0)))[:, :-1],
            "the answer is the exclusive or of the last two *bits*. What has to enter next to the bit is the old "
            "*parity*, which the last answer was made from.",
        ),
    ):
        if np.array_equal(answers, pattern):
            return hint
    if _readable(weights):
        return "the state tells odd from even, but this readout does not: look at `W_hy` and `b_y`."
    if answers.all() or not answers.any():
        return f"the answer never changes: z is {'above' if answers.all() else 'never above'} 0 for every string."
    if reached > EARLY:
        return (
            f"right up to step {reached}, then not: the two states the network should keep apart come together. Look "
            "at them after many zeros and after many ones: do they stay near ±1?"
        )
    return (
        "the wiring is wrong from the start. Write down, for each unit and each of the four pairs of old parity and "
        "new bit, what goes into its tanh."
    )


def _readable(weights: Weights) -> bool:
    """Whether a readout fitted by least squares is right everywhere."""
    states = _states(weights, STRINGS)
    with_one = np.concatenate([states, np.ones((*STRINGS.shape, 1))], axis=2).reshape(STRINGS.size, -1)
    odd = _odd(STRINGS).reshape(-1)
    fitted = np.linalg.lstsq(with_one, np.where(odd, 1.0, -1.0), rcond=None)[0]
    return bool(np.array_equal(with_one @ fitted > 0, odd))


def _example(weights: Weights, wrong: np.ndarray) -> str:
    """Show the shortest string that goes wrong, or say at which step the first one does."""
    for length in range(1, 9):
        bits = np.array(list(product((0.0, 1.0), repeat=length)))
        z = _outputs(weights, _states(weights, bits))[:, -1]
        bad = np.flatnonzero((z > 0) != _odd(bits)[:, -1])
        if bad.size:
            row = bits[bad[0]].astype(int)
            parity = "odd" if row.sum() % 2 else "even"
            text = " ".join(map(str, row))
            return f"The shortest string that goes wrong: {text} is {parity} and gets z = {z[bad[0]]:.3g}."
    string, step = int(np.argmax(wrong.any(axis=1))), int(np.argmax(wrong.any(axis=0)))
    ones = int(STRINGS[string].sum())
    return (
        f"Wrong in {int(wrong.any(axis=1).sum())} of {len(STRINGS)} strings, first at step {step + 1}; one of them has "
        f"{ones} ones among its {STEPS:,} bits."
    )


PARITY_WEIGHTS = Task("parity_weights", [Case({}, f"{len(STRINGS)} strings of {STEPS:,} bits")], NAMES, judge=_judge)
