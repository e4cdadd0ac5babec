r"""Pooling over time: from one vector per step to one vector per sequence.

A classifier needs a fixed-size summary of the states :math:`h_1, \dots, h_T`. The last state alone asks the
network to carry everything to the end; the mean and the maximum over time let every step speak for itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn._check import check_lengths, check_shape
from rnn.layers import Layer, padding_mask

KINDS = ("last", "mean", "max", "max+mean")


class Pool(Layer):
    r"""Summarize x (B, T, H) over its real steps.

    ============== ==================================================== ==========
    kind           output                                               shape
    ============== ==================================================== ==========
    ``"last"``     the vector at the last real step                     (B, H)
    ``"mean"``     :math:`\frac1L \sum_{t<L} x_t`, L the length         (B, H)
    ``"max"``      the largest value of each feature over the steps     (B, H)
    ``"max+mean"`` both, the maximum first                              (B, 2H)
    ============== ==================================================== ==========

    A sequence of length 0 gives zeros. Where a maximum is reached at several steps, its gradient is shared
    equally among them.

    Parameters
    ----------
    kind : {"last", "mean", "max", "max+mean"}
        What to compute.
    bidirectional : bool
        For ``"last"``: the input's second half of features was read backwards, so its final state stands at
        step 0. :class:`~rnn.models.Sequential` sets this for a Pool that follows a Bidirectional layer.
    """

    def __init__(self, kind: str, *, bidirectional: bool = False) -> None:
        super().__init__()
        if kind not in KINDS:
            raise ValueError(f"Pool: kind must be one of {', '.join(KINDS)}, got {kind!r}.")
        self.kind = kind
        self.bidirectional = bidirectional

    def forward(self, x: np.ndarray, lengths: Any = None, training: bool = False) -> np.ndarray:
        """Return the summary of x (B, T, H) over the first ``lengths`` (B,) steps, or over all of them."""
        check_shape("Pool.forward", "x", x, ("B", "T", "H"))
        if x.dtype.kind != "f":
            raise TypeError(f"Pool.forward: x must hold floating-point numbers, got {x.dtype.name}.")
        batch, steps, width = x.shape
        if self.kind == "last" and self.bidirectional and width % 2:
            raise ValueError(f"Pool.forward: after a bidirectional layer H must be even, got {width}.")
        if lengths is None:
            lengths, padding = np.full(batch, steps), None
        else:
            lengths = check_lengths("Pool.forward", lengths, batch, steps)
            padding = padding_mask(lengths, steps)
        real = (lengths > 0)[:, None]
        peak = winners = None
        parts: list[np.ndarray] = []
        if steps and self.kind.startswith("max"):
            candidates = x if padding is None else np.where(padding[..., None], -np.inf, x).astype(x.dtype)
            peak = np.where(real, candidates.max(axis=1), 0).astype(x.dtype)
            winners = candidates == peak[:, None]
            parts.append(peak)
        if steps and self.kind.endswith("mean"):
            total = x.sum(axis=1) if padding is None else np.where(padding[..., None], 0, x).sum(axis=1)
            parts.append((total / np.maximum(lengths, 1)[:, None]).astype(x.dtype))
        if steps and self.kind == "last":
            parts.append(np.where(real, self._at_ends(x, lengths), 0).astype(x.dtype))
        self._cache = x.shape, x.dtype, lengths, padding, winners
        if not steps:
            return np.zeros((batch, width * (2 if self.kind == "max+mean" else 1)), x.dtype)
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def backward(self, dy: np.ndarray, accumulate: bool = False) -> np.ndarray:
        """Return dL/dx (B, T, H) for dL/dy of the shape of the output."""
        (batch, steps, width), dtype, lengths, padding, winners = self._last_forward()
        check_shape("Pool.backward", "dy", dy, (batch, width * (2 if self.kind == "max+mean" else 1)))
        dx = np.zeros((batch, steps, width), dtype)
        if not steps:
            return dx
        if winners is not None:
            shares = dy[:, :width] / np.maximum(winners.sum(axis=1), 1)
            np.multiply(winners, shares[:, None], out=dx, casting="same_kind")
        if self.kind.endswith("mean"):
            dx += (dy[:, -width:] / np.maximum(lengths, 1)[:, None])[:, None].astype(dtype)
        if self.kind == "last":
            rows, ends = np.arange(batch), np.maximum(lengths - 1, 0)
            half = width // 2 if self.bidirectional else width
            dx[rows, ends, :half] = dy[:, :half]
            dx[:, 0, half:] = dy[:, half:]
        if padding is not None:
            dx[padding] = 0
        return dx

    def _at_ends(self, x: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        last = x[np.arange(len(x)), np.maximum(lengths - 1, 0)]
        if self.bidirectional:
            half = x.shape[2] // 2
            last[:, half:] = x[:, 0, half:]
        return np.asarray(last)
