r"""Where the weights start: uniform, Glorot, orthogonal.

A recurrent network multiplies by the same matrix at every step, so the scale it starts with is felt
:math:`T` times over. Input and output weights want a variance that keeps the signal's size from layer to
layer (Glorot & Bengio 2010); the recurrent matrix wants singular values of exactly 1, which an orthogonal
matrix has (Saxe, McClelland & Ganguli 2014): it neither shrinks nor stretches any state it multiplies.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def uniform(shape: tuple[int, ...], scale: float, rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
    """Draw every entry uniformly from [−scale, scale).

    Parameters
    ----------
    shape : tuple of int
        Shape of the array.
    scale : float
        Half the width of the interval, at least 0.
    rng : numpy.random.Generator
        Source of randomness.
    dtype : float32 or float64
        Type of the result.

    Raises
    ------
    ValueError
        If ``scale`` is negative or not finite.
    """
    if not 0 <= scale < np.inf:
        raise ValueError(f"uniform: scale must be a finite number ≥ 0, got {scale}.")
    return rng.uniform(-scale, scale, shape).astype(dtype)


def glorot_uniform(shape: tuple[int, int], rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
    r"""Draw a matrix uniformly from :math:`\pm\sqrt{6 / (n_{in} + n_{out})}` (Glorot & Bengio 2010, Eq. 16).

    Parameters
    ----------
    shape : (n_in, n_out)
        Rows are inputs, columns outputs.
    rng : numpy.random.Generator
        Source of randomness.
    dtype : float32 or float64
        Type of the result.

    Raises
    ------
    ValueError
        If ``shape`` is not a pair.
    """
    if len(shape) != 2:
        raise ValueError(f"glorot_uniform: shape must be a pair (inputs, outputs), got {tuple(shape)}.")
    return uniform(shape, float(np.sqrt(6.0 / sum(shape))), rng, dtype)


def orthogonal(shape: tuple[int, int], rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
    r"""Draw a matrix with orthonormal rows or columns, whichever there are fewer of.

    The :math:`Q` of a Gaussian matrix's QR decomposition, with each column's sign set so that :math:`R` has a
    positive diagonal: without that :math:`Q` would not be uniformly distributed (Mezzadri 2007).

    Parameters
    ----------
    shape : (rows, columns)
        Shape of the matrix.
    rng : numpy.random.Generator
        Source of randomness.
    dtype : float32 or float64
        Type of the result.

    Raises
    ------
    ValueError
        If ``shape`` is not a pair.
    """
    if len(shape) != 2:
        raise ValueError(f"orthogonal: shape must be a pair (rows, columns), got {tuple(shape)}.")
    rows, columns = shape
    q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    q *= np.where(np.diagonal(r) < 0, -1.0, 1.0)
    return np.ascontiguousarray(q if rows >= columns else q.T).astype(dtype)
