r"""Activation functions and their slopes, written in terms of what the function returned.

An activation :math:`y = \phi(a)` bends each number on its own. Training needs its slope
:math:`\phi'(a)`, and for the four activations here the slope can be computed from the *output*
alone, so the forward pass need not keep the pre-activation :math:`a`:

============ ======================== =====================
name         :math:`y = \phi(a)`      :math:`\phi'(a)`
============ ======================== =====================
``tanh``     :math:`\tanh a`          :math:`1 - y^2`
``sigmoid``  :math:`1/(1 + e^{-a})`   :math:`y (1 - y)`
``relu``     :math:`\max(a, 0)`       1 where y > 0, else 0
``identity`` :math:`a`                1
============ ======================== =====================

The slope of ReLU at exactly 0 is taken to be 0, as PyTorch and Keras do.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Activation(NamedTuple):
    r"""A function and its slope as a function of the output.

    Attributes
    ----------
    function : callable
        ``function(a, out=None)`` returns :math:`\phi(a)`, of the shape of ``a``, written into ``out`` if given.
    slope : callable
        ``slope(y)`` returns :math:`\phi'(a)` where ``y`` is what ``function(a)`` returned.
    """

    function: Callable[..., np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]


def tanh(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Hyperbolic tangent, elementwise, in (−1, 1)."""
    y: np.ndarray = np.tanh(a, out=out)
    return y


def sigmoid(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    r"""Logistic function :math:`1/(1 + e^{-a})`, elementwise, in (0, 1).

    Computed as :math:`\tfrac12 \tanh(a/2) + \tfrac12`, the same number: nothing overflows however large
    :math:`|a|` is, and NumPy's tanh is faster than its exp followed by a division.
    """
    y: np.ndarray = np.tanh(np.multiply(a, 0.5, out=out), out=out)
    y *= 0.5
    y += 0.5
    return y


def relu(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Rectified linear unit: negative numbers become 0."""
    y: np.ndarray = np.maximum(a, 0, out=out)
    return y


def identity(a: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return the same numbers: the recurrence becomes linear."""
    y: np.ndarray = np.positive(a, out=out)
    return y


def softmax(z: np.ndarray) -> np.ndarray:
    r"""Turn logits into probabilities along the last axis: :math:`p_v = e^{z_v} / \sum_u e^{z_u}`.

    The largest logit is subtracted first. That changes nothing in the quotient and keeps the exponentials
    from overflowing.

    Parameters
    ----------
    z : ndarray (..., V)
        Logits.

    Returns
    -------
    ndarray (..., V)
        Probabilities; each row sums to 1.
    """
    p: np.ndarray = np.exp(z - z.max(axis=-1, keepdims=True))
    p /= p.sum(axis=-1, keepdims=True)
    return p


ACTIVATIONS: dict[str, Activation] = {
    "tanh": Activation(tanh, lambda y: 1 - y * y),
    "sigmoid": Activation(sigmoid, lambda y: y * (1 - y)),
    "relu": Activation(relu, lambda y: (y > 0).astype(y.dtype)),
    "identity": Activation(identity, np.ones_like),
}


def get_activation(name: str) -> Activation:
    """Look an activation up by its name.

    Raises
    ------
    ValueError
        If there is no activation of that name; the message lists those there are.
    """
    if not isinstance(name, str) or name not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, got {name!r}.")
    return ACTIVATIONS[name]
