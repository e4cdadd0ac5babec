"""From batch first, as the reader sees arrays, to time first, as the loops over time want them, and back.

``order`` is the permutation that sorts the sequences of a batch by length, longest first, or None for none.
"""

from __future__ import annotations

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


def sum_of_outer(x: np.ndarray, da: np.ndarray) -> np.ndarray:
    r"""Sum :math:`x^\top da` over time and batch: (T, B, D) and (T, B, H) give (D, H)."""
    return np.asarray(x.reshape(-1, x.shape[2]).T @ da.reshape(-1, da.shape[2]))
