r"""Layers without memory: Dense, Embedding, Dropout, and pooling over time.

A layer is an object with two dicts of arrays under the same keys, ``params`` and ``grads``, and two methods.
``forward`` computes the output and remembers what the gradient will need; ``backward`` takes the gradient of
the loss with respect to that output, fills ``grads``, and returns the gradient with respect to the input.
Everything is batch first: ids (B, T), features (B, T, D) or (B, D).

With ``lengths`` (B,) given, what a layer returns past a sequence's length is 0, and what arrives there on the
way back is ignored: padding can neither be seen by the next layer nor reach a gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn._check import (
    check_dtype,
    check_float,
    check_fraction,
    check_lengths,
    check_rng,
    check_shape,
    check_size,
    shape_text,
)
from rnn.initializers import glorot_uniform, uniform


class Layer:
    """What all layers share: two dicts of arrays, and writing a gradient where it belongs.

    Attributes
    ----------
    params, grads : dict of str to ndarray
        Parameters and the gradients of the last ``backward``, under the same keys. Optimizers change
        ``params`` in place, so keep the arrays and change their contents.
    """

    params: dict[str, np.ndarray]
    grads: dict[str, np.ndarray]

    def __init__(self) -> None:
        self.params = {}
        self.grads = {}
        self._cache: Any = None

    def forward(self, *inputs: Any, **options: Any) -> Any:
        """Compute the output and remember what the gradient will need."""
        raise NotImplementedError

    def backward(self, *gradients: Any, **options: Any) -> Any:
        """Fill ``grads`` for the last forward; return the gradient with respect to its input."""
        raise NotImplementedError

    def _add_param(self, name: str, value: np.ndarray) -> None:
        self.params[name] = value
        self.grads[name] = np.zeros_like(value)

    def _store_grad(self, name: str, value: np.ndarray, accumulate: bool) -> None:
        if accumulate:
            self.grads[name] += value
        else:
            self.grads[name][...] = value

    def _last_forward(self) -> Any:
        if self._cache is None:
            raise RuntimeError(
                f"{type(self).__name__}.backward: call forward first; backward gives the gradients of the last forward."
            )
        return self._cache


def padding_mask(lengths: np.ndarray, steps: int) -> np.ndarray:
    """Mark the padding: (B, T) bool, True where the step lies past the sequence's length."""
    return np.arange(steps) >= lengths[:, None]


class Dense(Layer):
    r"""A linear map of each vector: :math:`y = x W + b`.

    Its gradients: :math:`dL/dW = \sum x^\top dL/dy`, :math:`dL/db = \sum dL/dy`, both summed over the batch
    (and time), and :math:`dL/dx = dL/dy\, W^\top`.

    Parameters
    ----------
    input_size, output_size : int
        Widths D and V of input and output.
    rng : numpy.random.Generator, optional
        Source of the initial weights (Glorot; the bias starts at 0).
    dtype : float32 or float64
        Type of the weights, and of the data the layer takes.
    """

    def __init__(
        self,
        input_size: int,
        output_size: int,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        self.input_size = check_size("Dense", "input_size", input_size)
        self.output_size = check_size("Dense", "output_size", output_size)
        self.dtype = check_dtype("Dense", dtype)
        rng = check_rng("Dense", rng)
        self._add_param("W", glorot_uniform((input_size, output_size), rng, self.dtype))
        self._add_param("b", np.zeros(output_size, self.dtype))

    def forward(self, x: np.ndarray, lengths: Any = None, training: bool = False) -> np.ndarray:
        """Map x (B, D) or (B, T, D) to (B, V) or (B, T, V)."""
        ndim = getattr(x, "ndim", 0)
        wanted = ("B", self.input_size) if ndim == 2 else ("B", "T", self.input_size)
        check_float("Dense.forward", "x", x, wanted, self.dtype)
        padding = None
        if lengths is not None and ndim == 3:
            padding = padding_mask(check_lengths("Dense.forward", lengths, *x.shape[:2]), x.shape[1])
            x = np.where(padding[..., None], 0, x)
        y: np.ndarray = x.reshape(-1, self.input_size) @ self.params["W"]
        y += self.params["b"]
        y = y.reshape(*x.shape[:-1], self.output_size)
        if padding is not None:
            y[padding] = 0
        self._cache = x, padding
        return y

    def backward(self, dy: np.ndarray, accumulate: bool = False) -> np.ndarray:
        """Return dL/dx, of the shape of x, for dL/dy of the shape of y."""
        x, padding = self._last_forward()
        check_float("Dense.backward", "dy", dy, (*x.shape[:-1], self.output_size), self.dtype)
        if padding is not None:
            dy = np.where(padding[..., None], 0, dy)
        flat = dy.reshape(-1, self.output_size)
        self._store_grad("W", x.reshape(-1, self.input_size).T @ flat, accumulate)
        self._store_grad("b", flat.sum(axis=0), accumulate)
        dx: np.ndarray = (flat @ self.params["W"].T).reshape(x.shape)
        return dx


class Embedding(Layer):
    r"""A table with one learned row per token: :math:`y_t = W_{x_t}`.

    Looking a row up is what multiplying a one-hot vector by ``W`` would give, without the multiplications.
    On the way back row :math:`v` of :math:`dL/dW` is the sum of :math:`dL/dy_t` over all positions that hold
    token :math:`v`: a token that occurs twice must receive both. Here the positions are sorted by token and each
    run is summed (``np.add.reduceat``), several times faster than ``np.add.at``.

    Parameters
    ----------
    vocab_size, embedding_size : int
        Number of tokens V and width D of a row.
    rng, dtype
        As for :class:`Dense`; rows start uniform in ±0.05.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_size: int,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        self.vocab_size = check_size("Embedding", "vocab_size", vocab_size)
        self.embedding_size = check_size("Embedding", "embedding_size", embedding_size)
        self.dtype = check_dtype("Embedding", dtype)
        rng = check_rng("Embedding", rng)
        self._add_param("W", uniform((vocab_size, embedding_size), 0.05, rng, self.dtype))

    def forward(self, x: np.ndarray, lengths: Any = None, training: bool = False) -> np.ndarray:
        """Look up ids (B, T) or (B,), whole numbers from 0 to V − 1; returns (B, T, D) or (B, D)."""
        ndim = getattr(x, "ndim", 0)
        check_shape("Embedding.forward", "x", x, ("B", "T") if ndim != 1 else ("B",))
        if x.dtype.kind not in "iu":
            raise TypeError(f"Embedding.forward: x must hold whole numbers (token ids), got {x.dtype.name}.")
        if x.size and (x.min() < 0 or x.max() >= self.vocab_size):
            raise ValueError(
                f"Embedding.forward: every id must lie between 0 and {self.vocab_size - 1}, got {x.min()} to {x.max()}."
            )
        padding = None
        if lengths is not None and ndim == 2:
            padding = padding_mask(check_lengths("Embedding.forward", lengths, *x.shape), x.shape[1])
        y = np.take(self.params["W"], x, axis=0)
        if padding is not None:
            y[padding] = 0
        self._cache = x, padding
        return y

    def backward(self, dy: np.ndarray, accumulate: bool = False) -> None:
        """Fill ``grads["W"]``; there is no gradient with respect to a whole number, so None is returned."""
        x, padding = self._last_forward()
        check_float("Embedding.backward", "dy", dy, (*x.shape, self.embedding_size), self.dtype)
        ids, rows = x.reshape(-1), dy.reshape(-1, self.embedding_size)
        if padding is not None:
            real = ~padding.reshape(-1)
            ids, rows = ids[real], rows[real]
        if not accumulate:
            self.grads["W"][...] = 0
        if ids.size:
            order = np.argsort(ids, kind="stable")
            ids = ids[order]
            starts = np.flatnonzero(np.r_[True, ids[1:] != ids[:-1]])
            self.grads["W"][ids[starts]] += np.add.reduceat(rows[order], starts, axis=0)


class Dropout(Layer):
    r"""In training, set each number to 0 with probability ``rate`` and divide the rest by 1 − ``rate``.

    The division keeps the expected value, so that nothing needs rescaling when the network is used and dropout
    does nothing (Srivastava et al. 2014, section 10, the "inverted" form).

    Parameters
    ----------
    rate : float
        Probability of dropping a number, 0 ≤ rate < 1.
    rng : numpy.random.Generator, optional
        Source of the masks.
    """

    def __init__(self, rate: float, *, rng: np.random.Generator | None = None) -> None:
        super().__init__()
        self.rate = check_fraction("Dropout", "rate", rate)
        self._rng = check_rng("Dropout", rng)

    def forward(self, x: np.ndarray, lengths: Any = None, training: bool = False) -> np.ndarray:
        """Drop numbers of x (any shape) if ``training``, else return x unchanged."""
        if not isinstance(x, np.ndarray) or x.dtype.kind != "f":
            raise TypeError(f"Dropout.forward: x must be a floating-point array, got {_kind(x)}.")
        if not training or self.rate == 0:
            self._cache = (None, x.shape)
            return x
        scale = (self._rng.random(x.shape, dtype=np.float32) >= self.rate) * x.dtype.type(1 / (1 - self.rate))
        self._cache = (scale, x.shape)
        return np.asarray(x * scale)

    def backward(self, dy: np.ndarray, accumulate: bool = False) -> np.ndarray:
        """Return dL/dx: the same numbers dropped, the same scale."""
        scale, shape = self._last_forward()
        check_shape("Dropout.backward", "dy", dy, shape)
        return dy if scale is None else dy * scale


def _kind(x: Any) -> str:
    return f"{x.dtype.name} of shape {shape_text(x.shape)}" if isinstance(x, np.ndarray) else type(x).__name__
