"""Checkers for the chapter on the forward pass: softmax and losses, the loop over time, embeddings, measured slopes.

Where the package computes the same, the package is the reference. The inputs, and the mistakes that are recognized,
are in the modules ``_fwd_*`` beside this one; read them when you have solved the exercises.
"""

from __future__ import annotations

from rnn.exercises._fwd_losses import CROSS_ENTROPY
from rnn.exercises._fwd_masks import MASKED_LOSS
from rnn.exercises._fwd_network import RNN_FORWARD
from rnn.exercises._fwd_slopes import NUMERICAL_GRADIENT, RESTORED
from rnn.exercises._fwd_softmax import SOFTMAX
from rnn.exercises._fwd_tables import COUNT, EMBEDDING_GRADIENT
from rnn.exercises.checking import Answer, Result

__all__ = [
    "check_count_parameters",
    "check_embedding_gradient",
    "check_masked_loss",
    "check_numerical_gradient",
    "check_rnn_forward",
    "check_softmax",
    "check_softmax_cross_entropy",
]


def check_count_parameters(function: Answer) -> Result:
    """``function(V, D, H, C, T)``: parameters of embedding (V, D), RNN of H units, readout to C classes; a number."""
    return COUNT.check(function)


def check_softmax(function: Answer) -> Result:
    """``function(z)``: probabilities along the last axis of z (N, V) or (B, T, V); finite for logits of ±1000."""
    return SOFTMAX.check(function)


def check_softmax_cross_entropy(function: Answer) -> Result:
    """``function(z, y)``: mean loss, and dL/dz (B, T, V), for z (B, T, V) and class numbers y (B, T)."""
    return CROSS_ENTROPY.check(function)


def check_masked_loss(function: Answer) -> Result:
    """``function(step_losses, lengths)``: mean of step_losses (B, T) over real steps, and its gradient (B, T)."""
    return MASKED_LOSS.check(function)


def check_rnn_forward(function: Answer) -> Result:
    """``function(x, h0, W_xh, W_hh, b_h)``: states (B, T, H) of a tanh RNN for x (B, T, D) and h0 (B, H)."""
    return RNN_FORWARD.check(function)


def check_embedding_gradient(function: Answer) -> Result:
    """``function(ids, dx, V)``: dL/dE (V, D) for ids (B, T) and dL/dx (B, T, D)."""
    return EMBEDDING_GRADIENT.check(function)


def check_numerical_gradient(function: Answer) -> Result:
    """``function(f, x, step)``: central differences of f at x, one for each number, of the shape of x."""
    result = NUMERICAL_GRADIENT.check(function)
    return RESTORED.check(function) if result else result
