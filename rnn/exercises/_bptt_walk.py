"""The walk back through time that the checkers of this chapter share, with switches for the usual mistakes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

Slope = Callable[[np.ndarray, np.ndarray], np.ndarray]  # from h_{t−1} and h_t (B, H) the slope at step t


def tanh_slope(h_prev: np.ndarray, h_t: np.ndarray) -> np.ndarray:
    """1 − h_t²."""
    return np.asarray(1 - h_t**2)


def no_slope(h_prev: np.ndarray, h_t: np.ndarray) -> np.ndarray:
    """1: tanh′ left out."""
    return np.ones_like(h_t)


def relu_slope(h_prev: np.ndarray, h_t: np.ndarray) -> np.ndarray:
    """1 where the unit is on."""
    return np.asarray(h_t > 0, dtype=float)


OTHER_SLOPES: dict[str, Slope] = {
    "previous": lambda h_prev, h_t: np.asarray(1 - h_prev**2),
    "of h": lambda h_prev, h_t: np.asarray(1 - np.tanh(h_t) ** 2),
    "no square": lambda h_prev, h_t: np.asarray(1 - h_t),
}


class Walk(NamedTuple):
    """dL/dh and dL/da (B, T, H), and dL/dh_0 (B, H)."""

    dh: np.ndarray
    da: np.ndarray
    dh_0: np.ndarray


def walk(
    immediate: np.ndarray,
    h: np.ndarray,
    W_hh: np.ndarray,
    *,
    slope: Slope = tanh_slope,
    transpose: bool = True,
    carry: str = "da",
    own: str = "every",
    forward: bool = False,
    later_slope: bool = True,
    pile: bool = False,
) -> Walk:
    """Go back from the last step to the first; every option but the default makes one mistake.

    ``immediate`` (B, T, H) is ∂⁺L/∂h, ``h`` (B, T+1, H) the states. ``carry`` is what goes on to the step before
    ("da", "dh" or "nothing"), ``own`` whose losses count ("every" or "last"), ``forward`` goes the wrong way. Without
    ``later_slope`` only the own part goes through the tanh; ``pile`` adds what is handed on to what was before.
    """
    steps = immediate.shape[1]
    back = W_hh.T if transpose else W_hh
    dh, da = np.empty_like(immediate), np.empty_like(immediate)
    handed_on = np.zeros_like(h[:, 0])
    for t in range(1, steps + 1) if forward else range(steps, 0, -1):
        counted = own == "every" or t == steps
        own_part, later = immediate[:, t - 1] * counted, handed_on * (carry != "nothing")
        rise = slope(h[:, t - 1], h[:, t])
        dh[:, t - 1] = own_part + later
        da[:, t - 1] = own_part * rise + later * (rise if later_slope else 1)
        handed_on = (dh if carry == "dh" else da)[:, t - 1] @ back + (handed_on if pile else 0)
    return Walk(dh, da, handed_on)


def over_time(before: np.ndarray, back: np.ndarray) -> np.ndarray:
    """Sum over steps and batch of beforeᵀ back: (B, T, m) and (B, T, n) give (m, n)."""
    return np.asarray(np.einsum("bti,btj->ij", before, back))


def numbers(rng: np.random.Generator, sizes: Sequence[int]) -> dict[str, np.ndarray]:
    """Draw a network of sizes B, T, D, H, V and its states, nothing zero: x, h, dz, W_xh, W_hh, W_hy."""
    batch, steps, inputs, hidden, outputs = sizes
    W_xh, W_hh = 0.7 * rng.normal(size=(inputs, hidden)), 0.6 * rng.normal(size=(hidden, hidden))
    W_hy, b_h = 0.8 * rng.normal(size=(hidden, outputs)), 0.5 * rng.normal(size=hidden)
    x, h = rng.normal(size=(batch, steps, inputs)), np.empty((batch, steps + 1, hidden))
    h[:, 0] = 0.6 * np.tanh(rng.normal(size=(batch, hidden)))
    for t in range(steps):
        h[:, t + 1] = np.tanh(x[:, t] @ W_xh + h[:, t] @ W_hh + b_h)
    dz = 0.5 * rng.normal(size=(batch, steps, outputs))
    return {"x": x, "h": h, "dz": dz, "W_xh": W_xh, "W_hh": W_hh, "W_hy": W_hy}
