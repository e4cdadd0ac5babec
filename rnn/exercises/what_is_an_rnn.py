"""Checkers for the chapter on what an RNN is: bags of words, the loop, Jordan's step, parameters, parity by hand.

The inputs, and the mistakes that are recognized, are in the modules whose names begin with ``_what_``; read them
when you have solved the exercises.
"""

from __future__ import annotations

from rnn.exercises._what_counts import COUNT_PARAMETERS
from rnn.exercises._what_jordan import JORDAN_STEP
from rnn.exercises._what_parity import PARITY_WEIGHTS, STEPS
from rnn.exercises._what_steps import RUN_RNN
from rnn.exercises._what_twins import TWINS
from rnn.exercises.checking import Answer, Result

__all__ = [
    "check_count_parameters",
    "check_jordan_step",
    "check_parity_weights",
    "check_run_rnn",
    "check_twins",
]


def check_twins(function: Answer) -> Result:
    """``function(reviews)``: pairs (i, j), i < j, of reviews with the same bag of words in another order."""
    return TWINS.check(function)


def check_run_rnn(function: Answer) -> Result:
    """``function(x, h0, W_xh, W_hh, b_h)``: all states h (B, T, H) of a tanh RNN for x (B, T, D)."""
    return RUN_RNN.check(function)


def check_jordan_step(function: Answer) -> Result:
    """``function(x_t, y_prev, W_xh, W_yh, b_h, W_hy, b_y)``: h (B, H) and y (B, V) of one step."""
    return JORDAN_STEP.check(function)


def check_count_parameters(function: Answer) -> Result:
    """``function(T, D, H, V)``: the parameters of a window network and of a recurrent one."""
    return COUNT_PARAMETERS.check(function)


def check_parity_weights(function: Answer) -> Result:
    """``function()``: W_xh, W_hh, b_h, W_hy, b_y of a tanh RNN that says "odd" or "even" for 1,000 bits."""
    result = PARITY_WEIGHTS.check(function)
    if not result.passed:
        return result
    return Result(result.name, True, f"right at every one of {STEPS:,} steps, for every string tried.")
