"""Checks at the door: every public function looks at what it was given before it computes anything.

A wrong shape that slips in surfaces ten calls later as a NumPy message about operands that do not broadcast.
The helpers here raise at once, with one sentence that names what was wanted and what came.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def shape_text(shape: tuple[int | str, ...]) -> str:
    """Write a shape the way the book does: ``(B, T, 3)``."""
    return "(" + ", ".join(str(n) for n in shape) + ("," if len(shape) == 1 else "") + ")"


def check_shape(where: str, name: str, array: Any, wanted: tuple[int | str, ...]) -> None:
    """Raise unless ``array`` is an ndarray of the wanted shape; letters in ``wanted`` stand for any size."""
    if not isinstance(array, np.ndarray):
        raise TypeError(
            f"{where}: {name} must be a NumPy array of shape {shape_text(wanted)}, got {type(array).__name__}."
        )
    fits = array.ndim == len(wanted) and all(
        isinstance(n, str) or n == m for n, m in zip(wanted, array.shape, strict=True)
    )
    if not fits:
        raise ValueError(f"{where}: {name} must have shape {shape_text(wanted)}, got {shape_text(array.shape)}.")


def check_float(where: str, name: str, array: Any, wanted: tuple[int | str, ...], dtype: np.dtype[Any]) -> None:
    """Raise unless ``array`` has the wanted shape and exactly the layer's floating-point type."""
    check_shape(where, name, array, wanted)
    if array.dtype != dtype:
        raise TypeError(
            f"{where}: {name} must be {dtype.name} like the layer's weights, got {array.dtype.name}; "
            f"convert it with {name}.astype(np.{dtype.name}) or build the layer with dtype=np.{array.dtype.name}."
            if array.dtype.kind == "f"
            else f"{where}: {name} must be {dtype.name} like the layer's weights, got {array.dtype.name}; "
            f"convert it with {name}.astype(np.{dtype.name})."
        )


def check_size(where: str, name: str, value: Any) -> int:
    """Return ``value`` as an int if it is a positive whole number, raise otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{where}: {name} must be a whole number, got {type(value).__name__}.")
    if value < 1:
        raise ValueError(f"{where}: {name} must be at least 1, got {value}.")
    return int(value)


def check_lengths(where: str, lengths: Any, batch: int, steps: int) -> np.ndarray:
    """Return ``lengths`` as an int64 array (B,) with 0 ≤ length ≤ T, raise otherwise."""
    array = np.asarray(lengths)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{where}: lengths must be whole numbers, got {array.dtype.name}.")
    if array.shape != (batch,):
        raise ValueError(f"{where}: lengths must have shape ({batch},), got {shape_text(array.shape)}.")
    if batch and (array.min() < 0 or array.max() > steps):
        raise ValueError(
            f"{where}: every length must lie between 0 and {steps}, the number of time steps, "
            f"got {array.min()} to {array.max()}."
        )
    return array.astype(np.int64)


def check_dtype(where: str, dtype: Any) -> np.dtype[Any]:
    """Return the floating-point type asked for, float32 or float64, raise otherwise."""
    try:
        chosen: np.dtype[Any] = np.dtype(dtype)
    except TypeError:
        chosen = np.dtype(object)
    if chosen not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise TypeError(f"{where}: dtype must be np.float32 or np.float64, got {dtype!r}.")
    return chosen


def check_rng(where: str, rng: Any) -> np.random.Generator:
    """Return ``rng``, or a fresh generator for None; anything else (a bare seed, say) raises."""
    if rng is None:
        return np.random.default_rng()
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"{where}: rng must be a numpy.random.Generator, got {type(rng).__name__}; "
            "np.random.default_rng(seed) makes one."
        )
    return rng


def check_finite(where: str, arrays: dict[str, np.ndarray]) -> None:
    """Raise if any of the named arrays holds a NaN or an infinity."""
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            bad = int(array.size - np.isfinite(array).sum())
            raise ValueError(f"{where}: {name} must be finite, got {bad} NaN or infinite values of {array.size}.")


def check_mask(where: str, mask: Any, *shapes: tuple[int, ...]) -> np.ndarray | None:
    """Return ``mask`` as a bool array of one of the shapes, None if nothing is masked, raise otherwise."""
    if mask is None:
        return None
    array = np.asarray(mask)
    if array.shape not in shapes:
        wanted = " or ".join(shape_text(shape) for shape in shapes)
        raise ValueError(f"{where}: mask must have shape {wanted}, got {shape_text(array.shape)}.")
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{where}: mask must be bool, or numbers that are 0 or 1, got {array.dtype.name}.")
    kept: np.ndarray = array if array.dtype == np.bool_ else array == 1
    if not (kept | (array == 0)).all():
        raise ValueError(f"{where}: mask must hold 0 (ignore) and 1 (count) only, got other numbers.")
    return None if kept.all() else kept


def check_classes(where: str, targets: np.ndarray, classes: int) -> None:
    """Raise unless every target is the number of a class, 0 ≤ target < classes."""
    if targets.size and (targets.min() < 0 or targets.max() >= classes):
        raise ValueError(
            f"{where}: every target that counts must lie between 0 and {classes - 1}, the last of the {classes} "
            f"classes, got {targets.min()} to {targets.max()}."
        )


def check_number(where: str, name: str, value: Any) -> float:
    """Return ``value`` as a float if it is one real number, raise otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"{where}: {name} must be a number, got {type(value).__name__}.")
    return float(value)


def check_positive(where: str, name: str, value: Any) -> float:
    """Return ``value`` as a float if it is a number > 0 (infinity passes, NaN does not), raise otherwise."""
    number = check_number(where, name, value)
    if not number > 0:
        raise ValueError(f"{where}: {name} must be > 0, got {value}.")
    return number


def check_fraction(where: str, name: str, value: Any) -> float:
    """Return ``value`` as a float if 0 ≤ value < 1, raise otherwise."""
    number = check_number(where, name, value)
    if not 0 <= number < 1:
        raise ValueError(f"{where}: {name} must be at least 0 and less than 1, got {value}.")
    return number
