r"""Metrics: numbers that say how good predictions are, in terms a reader cares about; no gradients here.

* accuracy, the share of right answers;
* perplexity, :math:`\exp(\text{mean cross-entropy per token})`: a model with perplexity 20 is as unsure as if it
  had 20 equally likely tokens to choose from;
* mean squared error, in the squared unit of what is forecast;
* BLEU and chrF for translations, which have a file of their own, :mod:`rnn.ngram_metrics`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rnn._check import check_classes, check_mask, shape_text
from rnn.ngram_metrics import bleu, chrf

__all__ = ["accuracy", "bleu", "chrf", "mean_squared_error", "perplexity"]


def accuracy(logits: Any, targets: Any, mask: Any = None) -> float:
    """Share of the items that count whose class was predicted, from 0 to 1.

    Parameters
    ----------
    logits : ndarray (..., V), (..., 1) or (...)
        With one more axis than ``targets``, and more than one class on it: the largest logit is the prediction (of
        equal ones the first). Otherwise one logit an item: class 1 where it is > 0, class 0 elsewhere.
    targets : ndarray (...)
        The number of the right class; 0 or 1 if there is one logit an item.
    mask : ndarray (...), optional
        True or 1 for items that count. None: all count.

    Returns
    -------
    share : float
        0.0 if no item counts, as the losses return.

    Raises
    ------
    TypeError
        Logits that are not floating-point numbers, targets that are not numbers.
    ValueError
        Shapes that do not fit; a target that is no class or a logit that is NaN, in an item that counts.
    """
    where = "accuracy"
    z, y = np.asarray(logits), np.asarray(targets)
    if z.dtype.kind != "f":
        raise TypeError(f"{where}: logits must be floating-point numbers, got {z.dtype.name}.")
    several = z.ndim == y.ndim + 1 and z.shape[-1] > 1
    if y.dtype.kind not in ("iu" if several else "biuf"):
        raise TypeError(f"{where}: targets must be class numbers of an integer dtype, got {y.dtype.name}.")
    if z.shape != y.shape and (z.ndim != y.ndim + 1 or z.shape[:-1] != y.shape or z.shape[-1] == 0):
        raise ValueError(
            f"{where}: logits must have the shape of targets, {shape_text(y.shape)}, or one more axis for the classes, "
            f"got {shape_text(z.shape)}."
        )
    kept = check_mask(where, mask, y.shape)
    z = z if several else z.reshape(y.shape)
    if kept is not None:
        z, y = z[kept], y[kept]
    check_classes(where, y, z.shape[-1] if several else 2)
    if (y % 1 != 0).any():
        raise ValueError(f"{where}: every target that counts must be 0 or 1, got a fraction.")
    if not y.size:
        return 0.0
    if np.isnan(z).any():
        raise ValueError(f"{where}: every logit that counts must be a number, got NaN.")
    return float(np.mean((z.argmax(axis=-1) if several else z > 0) == y))


def perplexity(losses: Any, counts: Any) -> float:
    r""":math:`\exp(\sum_b n_b L_b / \sum_b n_b)`: how many equally likely tokens the model seems to choose from.

    The mean is over tokens, not over batches: a last batch of three tokens must not count like a full one.

    Parameters
    ----------
    losses : float or sequence of floats
        Mean cross-entropy per token of each batch, in nats, as :func:`rnn.softmax_cross_entropy` returns it.
    counts : int or sequence of ints
        How many tokens each of the means was taken over; batches of 0 tokens are left out.

    Returns
    -------
    perplexity : float
        1 for certainty, V for a uniform guess among V tokens, infinity if a token had probability 0.

    Raises
    ------
    TypeError
        Counts that are not whole numbers, losses that are not numbers.
    ValueError
        Shapes that differ, a negative count, a loss that is NaN, no token at all.
    """
    where = "perplexity"
    means, n = np.atleast_1d(np.asarray(losses)), np.atleast_1d(np.asarray(counts))
    if means.dtype.kind not in "iuf" or n.dtype.kind not in "iu":
        raise TypeError(
            f"{where}: losses must be real numbers and counts whole numbers, got {means.dtype.name} and {n.dtype.name}."
        )
    if means.shape != n.shape:
        raise ValueError(
            f"{where}: losses and counts must have the same shape, got {shape_text(means.shape)} "
            f"and {shape_text(n.shape)}."
        )
    if (n < 0).any() or not n.any():
        raise ValueError(f"{where}: counts must be ≥ 0 and at least one of them > 0, got {n.tolist()}.")
    means, n = means[n > 0].astype(np.float64), n[n > 0]
    if np.isnan(means).any():
        raise ValueError(f"{where}: every loss of a batch with tokens must be a number, got NaN.")
    nats = float((means * (n / n.sum())).sum())
    try:
        return math.exp(nats)
    except OverflowError:
        return math.inf


def mean_squared_error(predictions: Any, targets: Any, mask: Any = None) -> float:
    """Mean of the squared differences over the numbers that count, in float64.

    Parameters
    ----------
    predictions, targets : ndarray
        Real numbers, the same shape: nothing is broadcast.
    mask : ndarray, optional
        That shape, or that shape without its last axis: True or 1 for what counts. None: all count.

    Returns
    -------
    error : float
        0.0 if nothing counts.

    Raises
    ------
    TypeError
        Predictions or targets that are not real numbers.
    ValueError
        Shapes that do not fit; NaN or infinity where it counts.
    """
    where = "mean_squared_error"
    p, y = np.asarray(predictions), np.asarray(targets)
    for name, array in (("predictions", p), ("targets", y)):
        if array.dtype.kind not in "biuf":
            raise TypeError(f"{where}: {name} must be real numbers, got {array.dtype.name}.")
    if p.shape != y.shape:
        raise ValueError(
            f"{where}: targets must have the shape of predictions, {shape_text(p.shape)}, got {shape_text(y.shape)}."
        )
    kept = check_mask(where, mask, p.shape, p.shape[:-1])
    p, y = (p, y) if kept is None else (p[kept], y[kept])
    if not (np.isfinite(p).all() and np.isfinite(y).all()):
        raise ValueError(f"{where}: predictions and targets must be finite where they count, got NaN or infinity.")
    return float(np.square(np.subtract(p, y, dtype=np.float64)).mean()) if p.size else 0.0
