r"""Gradient checking: is the derivative that the code computes the derivative of the loss?

Move one number of a parameter a little to both sides, look at the loss, and take the slope:

.. math:: \frac{\partial L}{\partial \theta_i} \approx \frac{L(\theta_i + s) - L(\theta_i - s)}{2 s}

The error has two parts. Cutting off the Taylor series costs about :math:`s^2`, rounding in L costs about
:math:`10^{-16} |L| / s`; in float64 a step near :math:`10^{-5}` balances them and about ten digits are right.
In float32 hardly three would be, so float32 is refused.

An analytic gradient a and a numerical one n are compared number by number, by the relative error

.. math:: e = \frac{|a - n|}{\max(|a| + |n|,\; 10^{-2} \max(|L|, G))}

where G is the largest :math:`|n|` in the same array. It is 1 if the sign is wrong or the gradient is missing,
1/3 if a factor of 2 is, near :math:`10^{-9}` if all is well. The second term of the maximum is there because of
rounding: a number far smaller than the loss or than its neighbors has few digits in n.
A norm over the whole array would hide one wrong entry among many right ones; here the worst entry counts.

Two evaluations of the loss for each number take long for a large model. :func:`check_direction` moves all of them at
once in one random direction u and compares one slope, :math:`\sum_i a_i u_i`: any wrong gradient shows, only not where.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnn._check import check_positive, check_rng, check_shape

Loss = Callable[[], float]
Arrays = Mapping[str, np.ndarray]


class GradientCheck(NamedTuple):
    """What was found for one parameter: its largest relative error, where it is, and both gradients there."""

    name: str
    size: int
    error: float
    at: tuple[int, ...]
    analytic: float
    numerical: float


@dataclass(frozen=True, repr=False)
class GradientReport:
    """The outcome of a gradient check: prints as a table, is true if every error is within the tolerance.

    ``checks`` holds one GradientCheck for each parameter, in the order of ``params``.
    """

    checks: tuple[GradientCheck, ...]
    tolerance: float

    @property
    def errors(self) -> dict[str, float]:
        """Largest relative error by name."""
        return {check.name: check.error for check in self.checks}

    @property
    def failed(self) -> list[str]:
        """Names whose error is above the tolerance."""
        return [check.name for check in self.checks if not check.error <= self.tolerance]

    @property
    def passed(self) -> bool:
        """Whether every error is within the tolerance."""
        return not self.failed

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        width = max(len("gradient"), *(len(check.name) for check in self.checks))
        lines = [
            f"{'gradient':<{width}}  {'numbers':>8}  {'worst error':>11}    {'analytic':>13}  {'numerical':>13}  at"
        ]
        for check in self.checks:
            mark = "ok" if check.error <= self.tolerance else "NO"
            place = ", ".join(str(i) for i in check.at)
            lines.append(
                f"{check.name:<{width}}  {check.size:>8,}  {check.error:>11.1e} {mark} {check.analytic:>13.6e}"
                f"  {check.numerical:>13.6e}  [{place}]"
            )
        verdict = "all gradients agree" if self.passed else f"WRONG: {', '.join(self.failed)}"
        return "\n".join([*lines, f"{verdict} (tolerance {self.tolerance:.0e})"])


def numerical_gradient(loss: Loss, array: np.ndarray, *, step: float = 1e-5) -> np.ndarray:
    """Gradient of a loss with respect to an array by central differences, one number after the other.

    Parameters
    ----------
    loss : callable
        ``loss()`` computes the loss from ``array`` as it is at that moment, and returns one number.
    array : ndarray of float64
        Changed in place, two evaluations for each number, and restored exactly.
    step : float, optional
        How far each number is moved to either side.

    Returns
    -------
    gradient : ndarray of float64, of the shape of ``array``

    Raises
    ------
    TypeError
        If ``array`` is not float64, or ``loss()`` does not return a number.
    ValueError
        If ``array`` is read-only, ``step`` is not positive or too small to change a number, or a loss is not finite.
    """
    where = "numerical_gradient"
    step = check_positive(where, "step", step)
    _check_float64(where, "array", array)
    gradient = np.empty(array.shape)
    for index in np.ndindex(array.shape):
        value = array[index]
        above, below = value + step, value - step
        if not below < value < above:
            raise ValueError(f"{where}: step must be large enough to change the number {value} at {index}, got {step}.")
        try:
            array[index] = above
            high = _evaluate(where, loss)
            array[index] = below
            low = _evaluate(where, loss)
        finally:
            array[index] = value
        gradient[index] = (high - low) / (above - below)  # the distance really moved, after rounding
    return gradient


def check_gradients(
    loss: Loss, params: Arrays, grads: Arrays, *, tolerance: float = 1e-6, step: float = 1e-5
) -> GradientReport:
    """Compare analytic gradients, by name, with central differences for every single number.

    Parameters
    ----------
    loss : callable
        ``loss()`` computes the loss from the arrays in ``params`` as they are at that moment, the same number every
        time: switch dropout off or give it a freshly seeded generator in each call.
    params : dict of float64 ndarrays
        What to differentiate by: ``layer.params``, and the input or an initial state under names of their own, as in
        ``layer.params | {"x": x}``. Changed in place and restored.
    grads : dict of float64 ndarrays
        The gradients to check, under the same names. They are copied first, so ``loss`` may overwrite them.
    tolerance, step : float, optional
        Largest relative error that passes, and how far each number is moved to either side.

    Returns
    -------
    report : GradientReport
        True if every gradient passed, printed as a table: ``report = check_gradients(...); assert report, report``.

    Raises
    ------
    TypeError
        If an array is not float64, or ``loss()`` does not return a number.
    ValueError
        If names or shapes differ, ``params`` is empty, ``loss()`` differs from one call to the next or is not finite.
    """
    where = "check_gradients"
    tolerance = check_positive(where, "tolerance", tolerance)
    analytic = _checked_copies(where, params, grads)
    value = _repeatable(where, loss)
    checks = []
    for name, param in params.items():
        numerical = numerical_gradient(loss, param, step=step)
        checks.append(_compare(name, analytic[name], numerical, abs(value)))
    return GradientReport(tuple(checks), tolerance)


def check_direction(
    loss: Loss,
    params: Arrays,
    grads: Arrays,
    *,
    rng: np.random.Generator | None = None,
    tolerance: float = 1e-6,
    step: float = 1e-4,
) -> GradientReport:
    """Compare the slope of the loss in one random direction through all parameters: two evaluations, whatever the size.

    The direction is drawn from a normal distribution and has length 1, so that moving by ``step`` changes each of N
    numbers by about ``step / sqrt(N)`` only: the step may be larger than for a single number.

    Parameters
    ----------
    loss, params, grads, tolerance
        As in :func:`check_gradients`.
    rng : numpy.random.Generator, optional
        Draws the direction.
    step : float, optional
        How far all parameters together are moved to either side.

    Returns
    -------
    report : GradientReport
        With a single entry, named "direction". What is raised is what :func:`check_gradients` raises.
    """
    where = "check_direction"
    tolerance, step = check_positive(where, "tolerance", tolerance), check_positive(where, "step", step)
    rng = check_rng(where, rng)
    analytic = _checked_copies(where, params, grads)
    value = _repeatable(where, loss)
    origin = {name: param.copy() for name, param in params.items()}
    direction = {name: rng.standard_normal(param.shape) for name, param in params.items()}
    length = math.sqrt(sum(float(np.sum(u * u)) for u in direction.values()))
    slope = sum(float(np.sum(analytic[name] * u)) for name, u in direction.items()) / length
    ends = []
    try:
        for sign in (1, -1):
            for name, param in params.items():
                param[...] = origin[name] + direction[name] * (sign * step / length)
            ends.append(_evaluate(where, loss))
    finally:
        for name, param in params.items():
            param[...] = origin[name]
    numerical = (ends[0] - ends[1]) / (2 * step)
    check = _compare("direction", np.array(slope), np.array(numerical), abs(value))
    size = sum(param.size for param in params.values())
    return GradientReport((check._replace(size=size),), tolerance)


def _compare(name: str, analytic: np.ndarray, numerical: np.ndarray, loss: float) -> GradientCheck:
    """Find the entry with the largest relative error; NaN counts as larger than any number."""
    if analytic.size == 0:
        return GradientCheck(name, 0, 0.0, (), 0.0, 0.0)
    floor = max(1e-2 * max(loss, float(np.abs(numerical).max())), np.finfo(np.float64).tiny)
    with np.errstate(invalid="ignore"):  # an infinite analytic gradient: its error is NaN
        error = np.abs(analytic - numerical) / np.maximum(np.abs(analytic) + np.abs(numerical), floor)
    index = np.unravel_index(int(error.argmax()), error.shape)
    place = tuple(int(i) for i in index)
    return GradientCheck(name, error.size, float(error[place]), place, float(analytic[place]), float(numerical[place]))


def _checked_copies(where: str, params: Arrays, grads: Arrays) -> dict[str, np.ndarray]:
    """Return copies of the gradients, raise unless they are float64 and fit the parameters."""
    if params.keys() != grads.keys():
        raise ValueError(
            f"{where}: params and grads must have the same names, got {sorted(params)} and {sorted(grads)}."
        )
    for name, param in params.items():
        _check_float64(where, f"params[{name!r}]", param)
        check_shape(where, f"grads[{name!r}]", grads[name], param.shape)
        _check_float64(where, f"grads[{name!r}]", grads[name])
    if not sum(param.size for param in params.values()):
        raise ValueError(f"{where}: params must hold at least one number, got none.")
    return {name: grad.copy() for name, grad in grads.items()}


def _check_float64(where: str, name: str, array: Any) -> None:
    """Raise unless it is a writable array of float64."""
    if not isinstance(array, np.ndarray) or array.dtype != np.float64:
        kind = array.dtype.name if isinstance(array, np.ndarray) else type(array).__name__
        raise TypeError(
            f"{where}: {name} must be a float64 array, got {kind}, which leaves too few digits for a difference; "
            "build the layer with dtype=np.float64 and convert data with .astype(np.float64)."
        )
    if not array.flags.writeable:
        raise ValueError(f"{where}: {name} must be writable, got a read-only array.")


def _evaluate(where: str, loss: Loss) -> float:
    """Return the loss as a float, raise unless it is one finite number in float64."""
    value: Any = loss()
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer)):
        raise TypeError(f"{where}: loss() must return one number in float64, got {type(value).__name__}.")
    if not math.isfinite(value):
        raise ValueError(f"{where}: loss() must be finite, got {value}.")
    return float(value)


def _repeatable(where: str, loss: Loss) -> float:
    """Return the loss, raise if a second call with the same parameters gives another one."""
    first, second = _evaluate(where, loss), _evaluate(where, loss)
    if first != second:
        raise ValueError(
            f"{where}: loss() must return the same number for the same parameters, got {first} and then {second}; "
            "is dropout on, or a state kept between calls?"
        )
    return first
