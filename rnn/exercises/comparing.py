"""Compare what came with what was wanted, and put the difference into words.

Arrays and numbers agree within a relative tolerance (1e-4 if the reader computed in float32); everything else has to be
equal. What differs is looked at for regularities that point to a cause, whatever the exercise: a sign, a constant
factor that is 1/B or T, transposed axes, a shift by one step in time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np

from rnn._check import shape_text

SHOWN = 12  # numbers of an array that are still shown in full


class Pair(NamedTuple):
    """What came, what was wanted, and the sizes of the case (``{"B": 2, "T": 3}``)."""

    got: Any
    want: Any
    sizes: Mapping[str, int] = {}


def same(got: Any, want: Any, rtol: float = 1e-6) -> bool:
    """Whether two answers agree: kind and shape, and numbers up to ``rtol`` times the largest number wanted."""
    if mismatch(got, want) is not None:
        return False
    if isinstance(want, Mapping):
        return all(same(got[key], want[key], rtol) for key in want)
    if isinstance(want, (list, tuple)):
        return len(got) == len(want) and all(same(g, w, rtol) for g, w in zip(got, want, strict=True))
    if not _is_numeric(want):
        return bool(got == want)
    g, w = np.asarray(got), np.asarray(want)
    if w.dtype.kind in "biu":
        return bool(np.array_equal(g, w))
    if g.dtype.kind == "f" and g.dtype.itemsize < 8:
        rtol = max(rtol, 1e-4)
    finite = np.abs(w[np.isfinite(w)])
    scale = finite.max(initial=0.0) or 1.0
    return bool(np.allclose(g, w, rtol=rtol, atol=rtol * scale, equal_nan=True))


def mismatch(got: Any, want: Any, letters: str = "") -> str | None:
    """Say what is wrong with the kind or the shape of an answer, or None. ``letters``: the shape, such as (B, T)."""
    if isinstance(want, np.ndarray):
        shape = f"{letters}, here {shape_text(want.shape)}" if letters else shape_text(want.shape)
        if not isinstance(got, np.ndarray):
            return f"wanted a NumPy array of shape {shape}, got {show(got)}."
        if got.dtype.kind not in "biuf":
            return f"wanted an array of numbers, got one of dtype {got.dtype.name}."
        if got.shape != want.shape:
            return f"wanted shape {shape}, got {shape_text(got.shape)}.{_shape_remark(got.shape, want.shape)}"
        if want.dtype.kind in "iu" and got.dtype.kind not in "iu":
            return f"wanted whole numbers (an integer dtype, to index with), got {got.dtype.name}."
        return None
    if isinstance(want, (list, tuple)):
        listed = isinstance(got, (list, tuple)) or (isinstance(got, np.ndarray) and got.ndim > 0)
        return None if listed else f"wanted a list, got {show(got)}."
    if isinstance(want, Mapping):
        if not isinstance(got, Mapping):
            return f"wanted a dict, got {show(got)}."
        missing = [key for key in want if key not in got]
        return f"the dict has no {', '.join(map(repr, missing))}." if missing else None
    if isinstance(want, (bool, np.bool_)):
        return None if isinstance(got, (bool, np.bool_)) else f"wanted True or False, got {show(got)}."
    if isinstance(want, (int, np.integer)):
        whole = isinstance(got, (int, np.integer)) and not isinstance(got, bool)
        float_of_one = isinstance(got, (float, np.floating)) and float(got).is_integer()
        came = f"{float(got)}, a float: look for a `/` that should be `//`" if float_of_one else show(got)
        return None if whole else f"wanted a whole number, got {came}."
    if isinstance(want, (float, np.floating)):
        number = _is_numeric(got) and np.ndim(got) == 0
        return None if number else f"wanted one number, got {show(got)}."
    return None if isinstance(got, type(want)) else f"wanted {type(want).__name__}, got {show(got)}."


def misfit_of(pairs: Sequence[Pair], letters: str = "") -> str | None:
    """Return the first mismatch, for a wrong shape rather one in which no two axes are alike and none is of size 1."""
    found = [(pair, text) for pair in pairs if (text := mismatch(pair.got, pair.want, letters))]
    arrays = [(p.want, text) for p, text in found if isinstance(p.got, np.ndarray) and isinstance(p.want, np.ndarray)]
    clear = [text for want, text in arrays if len({1, *want.shape}) == want.ndim + 1]
    return next(iter([*clear, *(text for _, text in found)]), None)


def pattern(pairs: Sequence[Pair], rtol: float = 1e-6) -> str | None:
    """Describe a regularity in wrong numbers that holds in all pairs, or None; the shapes have to fit already."""
    if not all(_is_numeric(pair.got) and _is_numeric(pair.want) for pair in pairs):
        return None
    arrays = [Pair(np.asarray(pair.got), np.asarray(pair.want), pair.sizes) for pair in pairs]
    if any(g.dtype.kind in "biu" and w.dtype.kind == "f" and w.size for g, w, _ in arrays):
        return "the numbers are whole: an array with an integer dtype cuts off all fractions. Build it with floats."
    arrays = [pair for pair in arrays if pair.want.any()]
    if not arrays:
        return None
    factors = [float((g * w).sum() / np.square(w.astype(float)).sum()) for g, w, _ in arrays]
    if all(same(g, k * w, rtol) for (g, w, _), k in zip(arrays, factors, strict=True)) and any(factors):
        if all(same(k, -1.0) for k in factors):
            return "right but for the sign, which is reversed everywhere."
        names = set.intersection(*(_names(k, sizes) for k, (_, _, sizes) in zip(factors, arrays, strict=True)))
        if names:
            return f"right but for a factor, which is {min(names, key=lambda name: (len(name), name))}."
        if len(factors) > 1 and all(same(k, factors[0]) for k in factors):
            return f"right but for a factor, always {factors[0]:.4g}."
        if all(w.size > 1 for _, w, _ in arrays):
            return (
                f"right in direction, wrong in length: off by a factor from {min(factors):.3g} to {max(factors):.3g}."
            )
    square = all(w.ndim == 2 and w.shape[0] == w.shape[1] for _, w, _ in arrays)
    if square and all(same(g.T, w, rtol) for g, w, _ in arrays):
        return "this is the transpose of what is wanted."
    long = [pair for pair in arrays if pair.want.ndim >= 2 and pair.want.shape[1] > 2]
    for later, word in ((1, "late"), (-1, "early")):
        early, late = slice(None, -1), slice(1, None)
        ours, theirs = (late, early) if later == 1 else (early, late)
        if long and all(same(g[:, ours], w[:, theirs], rtol) for g, w, _ in long):
            return f"off by one in time: each number stands one step too {word}."
    return None


def has_nonfinite(value: Any) -> bool:
    """Whether an answer holds NaN or an infinity."""
    return _is_numeric(value) and not np.isfinite(value).all()


def difference(name: str, got: Any, want: Any) -> str:
    """Say what came and what was expected: in full if it is short, else at the worst place."""
    long = isinstance(want, np.ndarray) and want.size > SHOWN and mismatch(got, want) is None
    if not long:
        return f"{name} is `{show(got)}`, expected `{show(want)}`"
    with np.errstate(invalid="ignore"):
        distance = np.abs(np.subtract(got, want, dtype=np.float64))
    worst = np.unravel_index(int(np.argmax(np.where(np.isnan(distance), np.inf, distance))), want.shape)
    place = ", ".join(str(int(i)) for i in worst)
    return f"{name} at `[{place}]` is `{show(got[worst])}`, expected `{show(want[worst])}`"


def show(value: Any) -> str:
    """Write a value on one short line: numbers in full if they are few, else the shape."""
    if isinstance(value, np.ndarray):
        if value.ndim == 0 or value.size > SHOWN or value.dtype.kind not in "biuf":
            return f"array of shape {shape_text(value.shape)}, {value.dtype.name}"
        return " ".join(np.array2string(value, precision=4, separator=", ", max_line_width=10_000).split())
    if isinstance(value, (float, np.floating)):
        return f"{float(value):.6g}"
    if isinstance(value, (int, np.integer, np.bool_)):
        return str(value)
    if isinstance(value, np.random.Generator):
        return "a generator"
    if isinstance(value, (str, list, tuple, dict)):
        text = " ".join(repr(value).split()).replace("`", "'")
        return text if len(text) <= 120 else f"{type(value).__name__} of length {len(value)}"
    if callable(value):
        return "a function"
    return f"an object of type {type(value).__name__}" if value is not None else "None"


def changed(before: Any, after: Any) -> bool:
    """Whether an argument is no longer what it was: arrays, and lists and dicts with what is in them."""
    if isinstance(before, np.ndarray):
        fits = isinstance(after, np.ndarray) and before.dtype == after.dtype and before.shape == after.shape
        return not fits or before.tobytes() != after.tobytes()
    if isinstance(before, Mapping):
        return list(before) != list(after) or any(changed(before[key], after[key]) for key in before)
    if isinstance(before, (list, tuple)):
        return len(before) != len(after) or any(map(changed, before, after))
    return isinstance(before, (str, int, float)) and before != after


def _is_numeric(value: Any) -> bool:
    known = isinstance(value, (np.ndarray, bool, int, float, np.integer, np.floating, np.bool_))
    return known and np.asarray(value).dtype.kind in "biuf"  # 10**400 is a number, but not one of NumPy's


def _shape_remark(got: tuple[int, ...], want: tuple[int, ...]) -> str:
    if len(got) != len(want) and tuple(n for n in got if n != 1) == tuple(n for n in want if n != 1):
        return " They differ by an axis of size 1: look at `keepdims` and `[:, None]`."
    if len(got) == len(want) and got in permutations(want):
        return " The axes are in another order."
    return ""


def _names(factor: float, sizes: Mapping[str, int]) -> set[str]:
    """Return all ways to write a factor with one or two of the sizes: B, 1/B, B·T, 1/(B·T), B/T."""
    terms = [(name, float(n)) for name, n in sizes.items() if n > 0]
    ways = dict(terms) | {f"1/{name}": 1 / n for name, n in terms}
    for i, (a, m) in enumerate(terms):
        for b, n in terms[i + 1 :]:
            ways |= {f"{a}·{b}": m * n, f"1/({a}·{b})": 1 / (m * n), f"{a}/{b}": m / n, f"{b}/{a}": n / m}
    return {way for way, value in ways.items() if abs(value - factor) <= 1e-6 * abs(value)}
