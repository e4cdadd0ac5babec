"""Checkers for the chapter on the types of recurrent networks: targets, decoder inputs, last states, weights, decoding.

The inputs, and the mistakes that are recognized, are in ``_types_sequences``, ``_types_weights``,
``_types_decoding`` and ``_types_greedy``; read them when you have solved the exercises.
"""

from __future__ import annotations

from rnn.exercises._types_decoding import DECODER_PAIR
from rnn.exercises._types_greedy import GREEDY_DECODE
from rnn.exercises._types_sequences import LAST_STATE, NEXT_TOKEN
from rnn.exercises._types_weights import LOSS_WEIGHTS
from rnn.exercises.checking import Answer, Result

__all__ = [
    "check_decoder_pair",
    "check_greedy_decode",
    "check_last_state",
    "check_loss_weights",
    "check_next_token",
]


def check_next_token(function: Answer) -> Result:
    """``function(ids, lengths)``: for ids (B, T) the inputs, the targets and the mask of a language model, (B, T−1)."""
    return NEXT_TOKEN.check(function)


def check_decoder_pair(function: Answer) -> Result:
    """``function(sequences, start, end)``: what a decoder is fed, what it is to write (both B, T), and the lengths."""
    return DECODER_PAIR.check(function)


def check_last_state(function: Answer) -> Result:
    """``function(h, lengths, h0)``: the state (B, H) of each sequence after its last real step."""
    return LAST_STATE.check(function)


def check_loss_weights(function: Answer) -> Result:
    """``function(lengths, steps, over)``: what the cost of each step counts in the loss, (B, T)."""
    return LOSS_WEIGHTS.check(function)


def check_greedy_decode(function: Answer) -> Result:
    """``function(step, state, start, end, max_steps)``: the list of tokens that greedy decoding writes."""
    return GREEDY_DECODE.check(function)
