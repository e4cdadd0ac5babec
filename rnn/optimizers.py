r"""Optimizers: what to do with a gradient, and how to keep an exploding one from doing harm.

With learning rate :math:`\eta`, parameters :math:`\theta` and gradient g,

* SGD:  :math:`\theta \leftarrow \theta - \eta\, g`
* SGD with momentum:  :math:`v \leftarrow \mu v + g`, then :math:`\theta \leftarrow \theta - \eta\, v`
* Adam:  :math:`m \leftarrow \beta_1 m + (1 - \beta_1) g`, :math:`v \leftarrow \beta_2 v + (1 - \beta_2) g^2`,
  then :math:`\theta \leftarrow \theta - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)` where :math:`\hat m = m /
  (1 - \beta_1^t)` and :math:`\hat v = v / (1 - \beta_2^t)` undo the bias towards the initial 0.

Parameters and gradients are dicts of arrays with the same names, as ``layer.params`` and ``layer.grads`` are.
Everything is changed in place, block by block, so that the arrays of one update stay in the processor's
cache.

Sources: Polyak (1964) for momentum; Kingma and Ba (2015), *Adam*, Algorithm 1;
Pascanu, Mikolov and Bengio (2013), *On the difficulty of training recurrent neural networks*, for clipping by
norm.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from rnn._check import check_float, check_fraction, check_positive

Arrays = Mapping[str, np.ndarray]

BLOCK = 32_768  # numbers updated at a time, so that the arrays of an update stay in the processor's cache


class Optimizer(ABC):
    """What SGD and Adam share: the learning rate, the checks, and a state for every named parameter.

    Parameters
    ----------
    lr : float
        Learning rate, > 0. It may be changed between steps.
    buffers : int
        How many arrays of the shape of a parameter its state takes; they start at 0.
    """

    def __init__(self, lr: float, buffers: int) -> None:
        self.lr = check_positive(type(self).__name__, "lr", lr)
        self._buffers = buffers
        self._steps = 0
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._state: dict[str, list[np.ndarray]] = {}

    def step(self, params: Arrays, grads: Arrays) -> None:
        """Change every parameter in place by one step down its gradient.

        Parameters
        ----------
        params, grads : dict of ndarrays
            The same names, shapes and dtypes (floating-point). The gradients are left as they are.

        Raises
        ------
        TypeError
            Entries that are not arrays of floating-point numbers, a gradient of another dtype than its
            parameter.
        ValueError
            Names or shapes that differ between ``params`` and ``grads``, or from those of the first step:
            momentum and moments belong to one model, another one needs an optimizer of its own.
        """
        where = type(self).__name__
        _check_pairs(where, params, grads)
        shapes = {name: param.shape for name, param in params.items()}
        if self._steps == 0:
            self._shapes = shapes
            for name, param in params.items():
                self._state[name] = [np.zeros_like(param) for _ in range(self._buffers)]
        if shapes != self._shapes:
            odd = [n for n in sorted({*shapes, *self._shapes}) if shapes.get(n) != self._shapes.get(n)]
            raise ValueError(
                f"{where}: params must have the names and shapes of the first step, got others for "
                f"{_names(odd)}; an optimizer belongs to one model."
            )
        self._steps += 1
        for name, param in params.items():
            for block, gradient, *state in _blocks(param, grads[name], *self._state[name]):
                self._update(block, gradient, state)

    @abstractmethod
    def _update(self, param: np.ndarray, grad: np.ndarray, state: list[np.ndarray]) -> None:
        """Update one block of a parameter and of its state in place."""


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if asked for.

    Parameters
    ----------
    lr : float
        Learning rate, > 0.
    momentum : float, optional
        μ, 0 ≤ μ < 1: the share of the last velocity that is kept. Along a constant gradient the steps grow
        to 1 / (1 − μ) times their length without momentum.

    Raises
    ------
    TypeError, ValueError
        If lr or momentum is not a number in its range.
    """

    def __init__(self, lr: float, *, momentum: float = 0.0) -> None:
        self.momentum = check_fraction("SGD", "momentum", momentum)
        super().__init__(lr, buffers=1 if self.momentum else 0)

    def _update(self, param: np.ndarray, grad: np.ndarray, state: list[np.ndarray]) -> None:
        for velocity in state:
            velocity *= self.momentum
            velocity += grad
            grad = velocity
        param -= self.lr * grad


class Adam(Optimizer):
    r"""Adam (Kingma and Ba 2015, Algorithm 1): each number's step is scaled by its own recent gradients.

    The step is :math:`\eta\, \hat m / (\sqrt{\hat v} + \epsilon)`: :math:`\epsilon` is added *after* the bias
    correction and outside the root. So the first step has the length :math:`\eta` wherever
    :math:`|g| \gg \epsilon`, whatever the size of the gradient.

    Parameters
    ----------
    lr : float, optional
        Learning rate, > 0.
    beta1, beta2 : float, optional
        Decay of the mean of the gradients and of the mean of their squares, each at least 0 and less than 1.
    epsilon : float, optional
        > 0, keeps the quotient finite.

    Raises
    ------
    TypeError, ValueError
        If one of them is not a number in its range.
    """

    def __init__(self, lr: float = 0.001, *, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> None:
        super().__init__(lr, buffers=2)
        self.beta1 = check_fraction("Adam", "beta1", beta1)
        self.beta2 = check_fraction("Adam", "beta2", beta2)
        self.epsilon = check_positive("Adam", "epsilon", epsilon)

    def _update(self, param: np.ndarray, grad: np.ndarray, state: list[np.ndarray]) -> None:
        m, v = state
        m_scale = 1 / (1 - self.beta1**self._steps)  # m̂ = m_scale · m
        v_scale = 1 / (1 - self.beta2**self._steps)
        work = np.multiply(grad, 1 - self.beta1)
        m *= self.beta1
        m += work
        np.square(grad, out=work)
        work *= 1 - self.beta2
        v *= self.beta2
        v += work
        np.sqrt(v, out=work)
        work *= math.sqrt(v_scale)
        work += self.epsilon  # √v̂ + ε
        np.divide(m, work, out=work)
        work *= self.lr * m_scale
        param -= work


def clip_grad_norm(grads: Arrays, max_norm: float) -> float:
    r"""Scale all gradients, in place and by one factor, so that their common norm is at most ``max_norm``.

    The norm is that of all gradients together, :math:`\sqrt{\sum_k \lVert g_k \rVert^2}`, as if they were one
    long vector: its direction stays, only its length is cut. Clipping each parameter by its own norm would
    turn it.

    Parameters
    ----------
    grads : dict of ndarrays
        Changed only if the norm is larger than ``max_norm``.
    max_norm : float
        > 0; ``math.inf`` measures without clipping.

    Returns
    -------
    norm : float
        The norm before clipping, computed in float64.

    Raises
    ------
    TypeError
        If ``grads`` holds something that is not an array of floating-point numbers, or max_norm is not a
        number.
    ValueError
        If a gradient holds NaN or infinity, since no factor makes that a direction to go (nothing has been
        changed then); if max_norm is not positive.
    """
    where = "clip_grad_norm"
    limit = check_positive(where, "max_norm", max_norm)
    for name, grad in grads.items():
        _check_array(where, f"grads[{name!r}]", grad)
    norm = _global_norm(grads.values())
    if not math.isfinite(norm):
        bad = [name for name, grad in grads.items() if not np.isfinite(grad).all()]
        if bad:
            raise ValueError(
                f"{where}: gradients must be finite, got NaN or infinity in {_names(bad)}; "
                "lower the learning rate, or look for the first step at which this happens."
            )
        largest = max(float(np.abs(grad).max(initial=0.0)) for grad in grads.values())
        norm = largest * _global_norm(grad / largest for grad in grads.values())  # the squares had overflowed
    if norm > limit:
        for grad in grads.values():
            np.multiply(grad, limit / norm, out=grad)
    return norm


def clip_grad_value(grads: Arrays, limit: float) -> None:
    """Cut every number of every gradient to the range from −limit to limit, in place.

    Simple, but the direction changes: large components lose more than small ones. NaN stays NaN.

    Parameters
    ----------
    grads : dict of ndarrays
        Changed in place.
    limit : float
        > 0.

    Raises
    ------
    TypeError
        If ``grads`` holds something that is not an array of floating-point numbers, or limit is not a number.
    ValueError
        If limit is not positive.
    """
    bound = check_positive("clip_grad_value", "limit", limit)
    for name, grad in grads.items():
        _check_array("clip_grad_value", f"grads[{name!r}]", grad)
        np.clip(grad, -bound, bound, out=grad)


def _blocks(*arrays: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield matching views of arrays of one shape, a few rows at a time, about BLOCK numbers each."""
    views = [np.atleast_1d(array) for array in arrays]
    rows = len(views[0])
    rows_per_block = max(1, BLOCK * rows // max(1, views[0].size))
    for start in range(0, rows, rows_per_block):
        yield tuple(view[start : start + rows_per_block] for view in views)


@np.errstate(over="ignore")
def _global_norm(arrays: Iterable[np.ndarray]) -> float:
    """Length of all arrays as one vector, squared and summed in float64; infinite if the squares overflow."""
    return math.sqrt(sum(float(np.square(b, dtype=np.float64).sum()) for a in arrays for (b,) in _blocks(a)))


def _check_pairs(where: str, params: Arrays, grads: Arrays) -> None:
    """Raise unless both dicts have the same names and, under each, arrays of the same shape and dtype."""
    if params.keys() != grads.keys():
        raise ValueError(
            f"{where}: params and grads must have the same names, "
            f"got {_names(sorted(params.keys() ^ grads.keys()))} in only one of them."
        )
    for name, param in params.items():
        _check_array(where, f"params[{name!r}]", param)
        check_float(where, f"grads[{name!r}]", grads[name], param.shape, param.dtype)


def _check_array(where: str, name: str, array: Any) -> None:
    """Raise unless it is an array of floating-point numbers that can be changed in place."""
    if not isinstance(array, np.ndarray) or array.dtype.kind != "f":
        kind = array.dtype.name if isinstance(array, np.ndarray) else type(array).__name__
        raise TypeError(f"{where}: {name} must be a NumPy array of floating-point numbers, got {kind}.")
    if not array.flags.writeable:
        raise ValueError(f"{where}: {name} must be writable, got a read-only array.")


def _names(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names)
