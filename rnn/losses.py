r"""Losses: how far predictions are from the targets, and the gradient that says which way to move.

Each function returns the mean loss over the items that count and its gradient with respect to the
predictions. With logits z (the numbers before softmax or sigmoid) and targets y, one item contributes

===================== ====================================================== ===============================
item                  loss                                                   gradient dL/dz
===================== ====================================================== ===============================
softmax cross-entropy :math:`-\log p_y` with :math:`p = \mathrm{softmax}(z)` :math:`p - \mathrm{onehot}(y)`
binary cross-entropy  :math:`\log(1 + e^z) - y z`                            :math:`\mathrm{sigmoid}(z) - y`
squared error         :math:`(z - y)^2`                                      :math:`2 (z - y)`
===================== ====================================================== ===============================

and each gradient is divided by the number of items. The cross-entropies start from logits because a
probability that has been rounded to 0 has no logarithm: written with the largest exponent taken out, nothing
overflows. Cross-entropies are in nats.

**Masks.** An item whose mask is 0 (padding, a missing value) is *left out*, not multiplied by 0: its numbers
are never read, so they may be NaN or infinite, and its target may be any number. Multiplying would turn one
such item into a loss of NaN, since 0 · ∞ is not 0.

Source: Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 6.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn._check import check_classes, check_mask, shape_text


def softmax_cross_entropy(logits: Any, targets: Any, mask: Any = None) -> tuple[float, np.ndarray]:
    r"""Mean of :math:`-\log p_y` over the items that count, where :math:`p = \mathrm{softmax}(z)`.

    For one item :math:`L = \log \sum_v e^{z_v} - z_y` and :math:`dL/dz_v = p_v - [v = y]`.
    A model that knows nothing and says so (all logits equal) has the loss :math:`\log V`.

    Parameters
    ----------
    logits : ndarray (..., V)
        float32 or float64. A logit of −∞ forbids its class; NaN or +∞ in an item that counts makes the loss
        NaN.
    targets : ndarray of ints (...)
        The number of the right class, 0 ≤ target < V wherever the item counts.
    mask : ndarray (...), optional
        True or 1 for items that count, False or 0 for items to leave out. None: all count.

    Returns
    -------
    loss : float
        In nats, summed in float64; 0.0 if no item counts.
    dlogits : ndarray (..., V)
        In the dtype of ``logits``, exactly 0 for items left out.

    Raises
    ------
    TypeError
        Logits that are not float32 or float64, targets that are not ints, a mask that is not bool or numbers.
    ValueError
        Shapes that do not fit, a target outside 0 … V−1 in an item that counts, a mask with other numbers
        than 0 and 1.
    """
    where = "softmax_cross_entropy"
    z, y = _predictions(where, "logits", logits), np.asarray(targets)
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"{where}: logits must have shape (..., V) with V ≥ 1, got {shape_text(z.shape)}.")
    if y.dtype.kind not in "iu":
        hint = "; one-hot rows become class numbers with .argmax(axis=-1)" if y.shape == z.shape else ""
        raise TypeError(f"{where}: targets must be class numbers of an integer dtype, got {y.dtype.name}{hint}.")
    if y.shape != z.shape[:-1]:
        raise ValueError(
            f"{where}: targets must have the shape of logits without the last axis, "
            f"{shape_text(z.shape[:-1])}, got {shape_text(y.shape)}."
        )
    kept = check_mask(where, mask, y.shape)
    check_classes(where, y if kept is None else y[kept], z.shape[-1])
    return _mean_over_kept(_softmax_items, z, y, kept)


def binary_cross_entropy(logits: Any, targets: Any, mask: Any = None) -> tuple[float, np.ndarray]:
    r"""Mean of :math:`-y \log p - (1 - y) \log(1 - p)` over what counts, with :math:`p = \mathrm{sigmoid}(z)`.

    For one item :math:`L = \log(1 + e^z) - y z` and :math:`dL/dz = p - y`. A logit of 0 has the loss log 2.

    Parameters
    ----------
    logits : ndarray (...) or (..., 1)
        float32 or float64, of the shape of ``targets`` or with one more axis of size 1, as a Dense layer with
        one unit returns them. NaN or an infinity in an item that counts makes the loss NaN.
    targets : ndarray (...)
        0 or 1 (ints, bools or floats), or a probability in between.
    mask : ndarray (...), optional
        Of the shape of ``targets``: True or 1 for items that count. None: all count.

    Returns
    -------
    loss : float
        In nats, summed in float64; 0.0 if no item counts.
    dlogits : ndarray
        Of the shape and dtype of ``logits``, exactly 0 for items left out.

    Raises
    ------
    TypeError
        Logits that are not float32 or float64, targets or a mask that are not numbers.
    ValueError
        Shapes that do not fit, a target outside [0, 1] in an item that counts, a mask with other numbers than
        0 and 1.
    """
    where = "binary_cross_entropy"
    z, y = _predictions(where, "logits", logits), _real_targets(where, targets)
    if z.shape not in (y.shape, (*y.shape, 1)):
        raise ValueError(
            f"{where}: logits must have the shape of targets, {shape_text(y.shape)}, "
            f"or {shape_text((*y.shape, 1))}, got {shape_text(z.shape)}."
        )
    kept = check_mask(where, mask, y.shape)
    counted = y if kept is None else y[kept]
    if not ((counted >= 0) & (counted <= 1)).all():
        raise ValueError(
            f"{where}: every target that counts must lie between 0 and 1, got {counted.min()} to {counted.max()}."
        )
    loss, dlogits = _mean_over_kept(_binary_items, z.reshape(y.shape), y, kept)
    return loss, dlogits.reshape(z.shape)


def mean_squared_error(predictions: Any, targets: Any, mask: Any = None) -> tuple[float, np.ndarray]:
    r"""Mean of :math:`(\hat y - y)^2` over the n numbers that count, with gradient :math:`2 (\hat y - y) / n`.

    The mean is over single numbers: n is the number of time steps that count times the number of features.

    Parameters
    ----------
    predictions : ndarray
        float32 or float64, any shape.
    targets : ndarray
        Real numbers, the same shape: nothing is broadcast, since (B, 1) against (B,) would compare all with
        all.
    mask : ndarray, optional
        The shape of ``predictions``, or that shape without its last axis: True or 1 for what counts. None:
        all count.

    Returns
    -------
    loss : float
        In the squared unit of the targets, summed in float64; 0.0 if nothing counts.
    dpredictions : ndarray
        Of the shape and dtype of ``predictions``, exactly 0 where nothing counts.

    Raises
    ------
    TypeError
        Predictions that are not float32 or float64, targets or a mask that are not numbers.
    ValueError
        Shapes that do not fit, NaN or infinite targets that count, a mask with other numbers than 0 and 1.
    """
    where = "mean_squared_error"
    p, y = _predictions(where, "predictions", predictions), _real_targets(where, targets)
    if p.shape != y.shape:
        raise ValueError(
            f"{where}: targets must have the shape of predictions, {shape_text(p.shape)}, got {shape_text(y.shape)}."
        )
    kept = check_mask(where, mask, p.shape, p.shape[:-1])
    if not np.isfinite(y if kept is None else y[kept]).all():
        raise ValueError(f"{where}: every target that counts must be finite, got NaN or infinity; mask missing values.")
    return _mean_over_kept(_squared_items, p, y, kept)


def _mean_over_kept(
    loss_of_items: Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]],
    predictions: np.ndarray,
    targets: np.ndarray,
    kept: np.ndarray | None,
) -> tuple[float, np.ndarray]:
    """Apply a loss to the items that count; the others are never read and get a gradient of exactly 0."""
    if kept is None and targets.size:
        return loss_of_items(predictions, targets)
    loss, gradient = 0.0, np.zeros(predictions.shape, predictions.dtype)
    if kept is not None and kept.any():
        loss, gradient[kept] = loss_of_items(predictions[kept], targets[kept])
    return loss, gradient


@np.errstate(over="ignore", invalid="ignore")
def _softmax_items(logits: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """One new array (N, V) goes through every stage in place: z − max z, exp, p / N, (p − onehot) / N."""
    rows = logits.reshape(targets.size, -1)  # (N, V)
    rows = rows - rows.max(axis=-1, keepdims=True)  # at most 0: exp cannot overflow
    right = np.arange(targets.size), targets.reshape(-1)
    z_right = rows[right]  # (N,)
    np.exp(rows, out=rows)
    totals = rows.sum(axis=-1)  # (N,)
    loss = np.log(totals, dtype=np.float64) - z_right  # (N,)
    rows /= (totals * targets.size)[:, None]
    rows[right] -= 1 / targets.size
    return float(loss.mean()), rows.reshape(logits.shape)


@np.errstate(invalid="ignore")
def _binary_items(logits: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """Only e^(−|z|) is ever computed: it lies between 0 and 1 for every z."""
    y = targets.astype(logits.dtype)
    e = np.exp(-np.abs(logits))
    p = np.where(logits > 0, 1, e) / (1 + e)  # sigmoid(z)
    q = np.where(logits > 0, e, 1) / (1 + e)  # 1 − sigmoid(z), without the subtraction that would lose it
    loss = np.log1p(e) + np.where(logits > 0, 1 - y, -y) * logits
    return float(loss.mean(dtype=np.float64)), ((1 - y) * p - y * q) / targets.size


@np.errstate(over="ignore", invalid="ignore")
def _squared_items(predictions: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """The difference is squared in float64, so that float32 predictions of 1e20 still have a finite loss."""
    difference = np.subtract(predictions, targets, dtype=predictions.dtype)
    loss = float(np.square(difference, dtype=np.float64).mean())
    difference *= 2 / predictions.size
    return loss, difference


def _predictions(where: str, name: str, values: Any) -> np.ndarray:
    """Return the values as an array if they are float32 or float64, raise otherwise."""
    array = np.asarray(values)
    if array.dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise TypeError(
            f"{where}: {name} must be float32 or float64, got {array.dtype.name}; convert with .astype(np.float32)."
        )
    return array


def _real_targets(where: str, targets: Any) -> np.ndarray:
    """Return the targets as an array if they are real numbers, raise otherwise."""
    array = np.asarray(targets)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{where}: targets must be real numbers, got {array.dtype.name}.")
    return array
