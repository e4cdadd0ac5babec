"""Checkers for the chapter on film reviews: ids from words, pooling over real words, the loss, and two experiments.

Where the package computes the same, the package is the reference, so that an exercise cannot drift away from what the
book uses. The inputs, and the mistakes that are recognized, are in ``_imdb_words`` and ``_imdb_numbers``; read them
when you have solved the exercises.
"""

from __future__ import annotations

from rnn.exercises._imdb_numbers import BINARY_CROSS_ENTROPY, MASKED_MEAN, MASKED_MEAN_BACKWARD
from rnn.exercises._imdb_words import ENCODE, GRADIENT_TIMES_INPUT, SHUFFLE
from rnn.exercises.checking import Answer, Result

__all__ = [
    "check_binary_cross_entropy",
    "check_encode_review",
    "check_gradient_times_input",
    "check_masked_mean",
    "check_masked_mean_backward",
    "check_shuffle_real_words",
]


def check_encode_review(function: Answer) -> Result:
    """``function(tokens, index, length)``: ids of the last ``length`` tokens, 1 for a word that ``index`` lacks."""
    return ENCODE.check(function)


def check_masked_mean(function: Answer) -> Result:
    """``function(h, lengths)``: mean of h (B, T, H) over each review's real words, (B, H); 0 for length 0."""
    return MASKED_MEAN.check(function)


def check_masked_mean_backward(function: Answer) -> Result:
    """``function(dy, lengths, steps)``: dL/dh (B, T, H) of the masked mean for dL/dy (B, H), with T = steps."""
    return MASKED_MEAN_BACKWARD.check(function)


def check_binary_cross_entropy(function: Answer) -> Result:
    """``function(logits, labels)``: mean loss, and dL/dlogits (B,); finite for logits of ±1000."""
    return BINARY_CROSS_ENTROPY.check(function)


def check_shuffle_real_words(function: Answer) -> Result:
    """``function(ids, lengths, rng)``: a copy of ids (B, T) with each review's real words in random order."""
    return SHUFFLE.check(function)


def check_gradient_times_input(function: Answer) -> Result:
    """``function(dx, x)``: for dx and x (B, T, D) one signed number a word, (B, T)."""
    return GRADIENT_TIMES_INPUT.check(function)
