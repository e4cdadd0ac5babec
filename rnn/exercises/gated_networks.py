"""Checkers for the chapter on gated networks: an LSTM's step and its gradients, half-lives, a GRU, parameters.

Where the package computes the same, the package is the reference, so that an exercise cannot drift away from what the
book uses. The inputs, and the mistakes that are recognized, are in the modules beginning with ``_gated``; read
them when you have solved the exercises.
"""

from __future__ import annotations

from rnn.exercises._gated_back import LSTM_STEP_BACKWARD
from rnn.exercises._gated_gru import GRU_STEP
from rnn.exercises._gated_lstm import LSTM_STEP
from rnn.exercises._gated_numbers import COUNT_PARAMETERS, FORGET_BIAS
from rnn.exercises.checking import Answer, Result

__all__ = [
    "check_count_parameters",
    "check_forget_bias",
    "check_gru_step",
    "check_lstm_step",
    "check_lstm_step_backward",
]


def check_lstm_step(function: Answer) -> Result:
    """``function(x, h, c, W_xh, W_hh, b_h)``: h_new and c_new (B, H) of one LSTM step, gates in the order i f g o."""
    return LSTM_STEP.check(function)


def check_lstm_step_backward(function: Answer) -> Result:
    """``function(dh, dc, x, h_prev, c_prev, i, f, g, o, c, W_xh, W_hh)``: the six gradients of one LSTM step.

    dx, dh_prev, dc_prev, dW_xh, dW_hh, db_h, as a tuple in this order or as a dict.
    """
    return LSTM_STEP_BACKWARD.check(function)


def check_forget_bias(function: Answer) -> Result:
    """``function(steps)``: the forget bias with which a cell state has halved after so many steps."""
    return FORGET_BIAS.check(function)


def check_gru_step(function: Answer) -> Result:
    """``function(x, h, W_xh, W_hh, b_h, b_hn, reset_after)``: h_new (B, H) of one GRU step, order r z n."""
    return GRU_STEP.check(function)


def check_count_parameters(function: Answer) -> Result:
    """``function(cell, D, H)``: numbers in the weights of "RNN", "LSTM", "GRU after" or "GRU before"."""
    return COUNT_PARAMETERS.check(function)
