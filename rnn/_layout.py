"""From batch first, as the reader sees arrays, to time first, as the loops over time want them, and back.

``order`` is the permutation that sorts the sequences of a batch by length, longest first, or None for none.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, repeat
from typing import Any

import numpy as np


def time_major(x: np.ndarray, order: np.ndarray | None) -> np.ndarray:
    """Copy (B, T, D) into (T, B, D), rows in the given order."""
    return np.ascontiguousarray((x if order is None else x[order]).transpose(1, 0, 2))


def batch_major(x: np.ndarray, order: np.ndarray | None) -> np.ndarray:
    """Copy (T, B, D) into (B, T, D), rows back in their places."""
    out = np.empty((x.shape[1], x.shape[0], x.shape[2]), x.dtype)
    out[slice(None) if order is None else order] = x.transpose(1, 0, 2)
    return out


def unsort(x: np.ndarray, order: np.ndarray | None) -> np.ndarray:
    """Put the rows of x (B, H) back in their places."""
    if order is None:
        return x
    out = np.empty_like(x)
    out[order] = x
    return out


def each_step(active: list[int], *arrays: np.ndarray, back: bool = False) -> Iterator[tuple[Any, ...]]:
    """Go through time, forward or back: yield n, the number of sequences still running, and each array's step.

    The arrays are (T, …, B, H), and of each step the first n rows are yielded. Stretches of time with the same n are
    cut out together, so that inside them zip makes the views, which costs less than indexing step by step.
    """
    stretches, start = [], 0
    for n, group in groupby(active):
        stop = start + len(list(group))
        stretches.append((n, [array[start:stop, ..., :n, :] for array in arrays]))
        start = stop
    for n, parts in reversed(stretches) if back else stretches:
        yield from zip(repeat(n), *(part[::-1] if back else part for part in parts), strict=False)


def clear_padding(active: list[int], *arrays: np.ndarray) -> None:
    """Set what lies past the sequences' ends in each array (T, B, H) to 0."""
    for t, n in enumerate(active):
        for array in arrays:
            array[t, n:] = 0


def sum_of_outer(x: np.ndarray, da: np.ndarray) -> np.ndarray:
    r"""Sum :math:`x^\top da` over time and batch: (T, B, D) and (T, B, H) give (D, H)."""
    return np.asarray(x.reshape(-1, x.shape[2]).T @ da.reshape(-1, da.shape[2]))


def sum_of_rows(da: np.ndarray) -> np.ndarray:
    """Sum (T, B, H) over time and batch, (H,); as a product with ones, which is faster than two sums."""
    rows = da.reshape(-1, da.shape[2])
    return np.asarray(np.ones(len(rows), da.dtype) @ rows)
