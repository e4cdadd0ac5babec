"""Checkers for the chapter on training: steps of optimizers, measures, data that does not look ahead, two loops.

Where the package computes the same, the package is the reference, so that an exercise cannot drift away from what the
book uses. The inputs, and the mistakes that are recognized, are in ``_train_steps``, ``_train_adam``, ``_train_data``,
``_train_scale``, ``_train_windows`` and ``_train_stopping``; read them when you have solved the exercises.
"""

from __future__ import annotations

from rnn.exercises._train_adam import ADAM
from rnn.exercises._train_data import NEXT_STEP, PERPLEXITY
from rnn.exercises._train_scale import LEAK, SCALE
from rnn.exercises._train_steps import MOMENTUM
from rnn.exercises._train_stopping import FIT_WITH_PATIENCE, Spoiling
from rnn.exercises._train_windows import TRUNCATED
from rnn.exercises.checking import Answer, Result

__all__ = [
    "check_adam_step",
    "check_fit_with_patience",
    "check_momentum_step",
    "check_next_step",
    "check_perplexity",
    "check_scale",
    "check_truncated",
]


def check_momentum_step(function: Answer) -> Result:
    """``function(theta, v, g, lr, mu)``: the new theta and the new velocity."""
    return MOMENTUM.check(function)


def check_adam_step(function: Answer) -> Result:
    """``function(theta, m, v, g, k, lr, beta1, beta2, epsilon)``: new theta, and m and v before the correction."""
    return ADAM.check(function)


def check_perplexity(function: Answer) -> Result:
    """``function(losses, mask)``: for losses and mask (B, T) e to the mean loss of the tokens that count."""
    return PERPLEXITY.check(function)


def check_next_step(function: Answer) -> Result:
    """``function(ids, window)``: x and y (K, window), y being the token after each of x."""
    return NEXT_STEP.check(function)


def check_scale(function: Answer) -> Result:
    """``function(series, cut)``: training part and rest, scaled column by column with the training part's numbers.

    Two series that differ only after the cut come first: if their training parts differ, the future leaks.
    """
    leak = LEAK.check(function)
    return leak if "leaks" in leak.hint else SCALE.check(function)


def check_truncated(function: Answer) -> Result:
    """``function(x, h0, dh, W_xh, W_hh, b_h, window)``: states (B, T, H) and the truncated gradients of the weights."""
    return TRUNCATED.check(function)


def check_fit_with_patience(function: Answer) -> Result:
    """``function(run, patience, most)``: the parameters of the best epoch, and how many epochs were run."""
    return FIT_WITH_PATIENCE.check(Spoiling(function) if callable(function) else function)
