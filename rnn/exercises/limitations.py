"""Checkers for the chapter on limitations: Jacobians over time, clipping, a treacherous matrix, scans, the radius.

The inputs, and the mistakes that are recognized, are in the modules ``_lim_…`` beside this one; read them when you have
solved the exercises.
"""

from __future__ import annotations

from rnn.exercises._lim_clipping import CLIP, about_direction
from rnn.exercises._lim_jacobians import JACOBIANS
from rnn.exercises._lim_matrices import EXPLODING, RESCALE, about_growth
from rnn.exercises._lim_scan import SCAN, about_rounds
from rnn.exercises.checking import Answer, Result

__all__ = [
    "check_clip_by_norm",
    "check_exploding",
    "check_jacobians",
    "check_parallel_scan",
    "check_rescale",
]


def check_jacobians(function: Answer) -> Result:
    """``function(h, W_hh)``: dh_T/dh_s for s = 0 … T as (T+1, H, H), from the states h (T+1, H) of a tanh RNN."""
    return JACOBIANS.check(function)


def check_clip_by_norm(function: Answer) -> Result:
    """``function(grads, max_norm)``: all gradients scaled to a common norm of at most max_norm, and the norm."""
    return about_direction(function, CLIP.check(function))


def check_exploding(function: Answer) -> Result:
    """``function()``: W (2, 2) of spectral radius 0, b and h0 (2,) with which dh_12/dh_0 is at least 100,000."""
    return about_growth(function, EXPLODING.check(function))


def check_parallel_scan(function: Answer) -> Result:
    """``function(a, b, h0)``: h (T, N) with h_t = a_t h_{t-1} + b_t, in about log2 T rounds."""
    return about_rounds(function, SCAN.check(function))


def check_rescale(function: Answer) -> Result:
    """``function(W, radius)``: W (H, H) times the positive number that gives it that spectral radius."""
    return RESCALE.check(function)
