"""Checkers for the chapter on bidirectional and stacked networks: turning sequences around, delays, leaks, sizes.

The inputs, and the mistakes that are recognized, are in the modules ``_deep_*`` beside this one; read them when
you have solved the exercises.
"""

from __future__ import annotations

from rnn.exercises._deep_directions import FINAL_STATES, REVERSE_BY_LENGTH
from rnn.exercises._deep_futures import DELAY_TARGETS
from rnn.exercises._deep_leaks import LOOKS_AHEAD
from rnn.exercises._deep_sizes import STACK_PARAMETERS
from rnn.exercises.checking import Answer, Result

__all__ = [
    "check_delay_targets",
    "check_final_states",
    "check_looks_ahead",
    "check_reverse_by_length",
    "check_stack_parameters",
]


def check_reverse_by_length(function: Answer) -> Result:
    """``function(x, lengths)``: x (B, T, D) with each sequence's real steps in reverse order, padding in place."""
    return REVERSE_BY_LENGTH.check(function)


def check_final_states(function: Answer) -> Result:
    """``function(h, lengths)``: of h (B, T, 2H) the final state of the forward half and of the backward half."""
    return FINAL_STATES.check(function)


def check_stack_parameters(function: Answer) -> Result:
    """``function(k, D, H, layers, directions)``: parameters of a stack whose cells have k blocks."""
    return STACK_PARAMETERS.check(function)


def check_delay_targets(function: Answer) -> Result:
    """``function(y, mask, k)``: targets (B, T) and mask (B, T), each target k steps later."""
    return DELAY_TARGETS.check(function)


def check_looks_ahead(function: Answer) -> Result:
    """``function(f, x)``: whether an output of f at some step depends on an input at a later step."""
    return LOOKS_AHEAD.check(function)
