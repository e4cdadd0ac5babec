"""Checkers for the chapter on backpropagation through time: one step back, all of them, and the ways around.

The inputs, and the mistakes that are recognized, are in the modules whose names begin with ``_bptt``, the walk back
they share in ``_bptt_walk``; read them when you have solved the exercises. No input is zero, and a length of 1 is
always among them.
"""

from __future__ import annotations

from dataclasses import replace

from rnn.exercises import _bptt_bugs
from rnn.exercises._bptt_bugs import NAME_THE_BUGS
from rnn.exercises._bptt_forward import FORWARD
from rnn.exercises._bptt_full import BPTT
from rnn.exercises._bptt_relu import RELU
from rnn.exercises._bptt_step import STEP
from rnn.exercises._bptt_ways import TRIANGLE
from rnn.exercises.checking import Answer, Result

__all__ = [
    "check_bptt",
    "check_forward_in_time",
    "check_name_the_bugs",
    "check_relu_recursion",
    "check_step_backward",
    "check_triangle",
]

BUG_NAMES: tuple[str, ...] = tuple(_bptt_bugs.PLANTED)  # the names that ``check_name_the_bugs`` knows


def gradient_errors() -> str:
    """Return the table, in Markdown, of how wrong each gradient of six broken backward passes is."""
    return _bptt_bugs.table()


def check_step_backward(function: Answer) -> Result:
    """``function(dh, x_t, h_prev, h_t, W_xh, W_hh)``: dx (B, D), dh_prev (B, H), dW_xh, dW_hh, db_h for one step.

    ``dh`` is the complete dL/dh_t (B, H), and h_t = tanh(x_t W_xh + h_prev W_hh + b_h).
    """
    return STEP.check(function)


def check_bptt(function: Answer) -> Result:
    """``function(x, h, dz, W_xh, W_hh, W_hy)``: dx, dh_0, dW_xh, dW_hh, db_h, dW_hy, db_y, as a tuple or a dict.

    x is (B, T, D), h (B, T+1, H) the states from h_0 on, dz (B, T, V) the gradient of the logits.
    """
    return BPTT.check(function)


def check_relu_recursion(function: Answer) -> Result:
    """``function(immediate, h, W_hh)``: dL/da (B, T, H) and dL/dh_0 (B, H) for h_t = max(a_t, 0).

    ``immediate`` (B, T, H) is ∂⁺L/∂h_t, h (B, T+1, H) the states from h_0 on.
    """
    return RELU.check(function)


def check_triangle(function: Answer) -> Result:
    """``function(immediate, h, W_hh)``: C (T, T, H, H), where C[t, s] is loss t's part of dL/dW_hh at step s."""
    return TRIANGLE.check(function)


def check_forward_in_time(function: Answer) -> Result:
    """``function(immediate, h, W_hh)``: db_h (T, H) and dh_0 (T, B, H), at each step of the losses up to it."""
    return FORWARD.check(function)


def check_name_the_bugs(function: Answer) -> Result:
    """``function()``: a dict from the letters of :func:`gradient_errors` to names of ``BUG_NAMES``."""
    result = NAME_THE_BUGS.check(function)
    return replace(result, hint="all six have their names.") if result.passed else result
