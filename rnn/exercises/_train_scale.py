"""The exercise on scaling a series: mean and deviation belong to the training part, and the future must not leak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn.exercises.checking import Case, Finding, Mistake, Run, Task

Array = np.ndarray


def _scaled(series: Array, mean: Any, deviation: Any, cut: int) -> tuple[Array, Array]:
    scaled = (series - mean) / np.where(np.asarray(deviation) > 0, deviation, 1.0)
    return scaled[:cut], scaled[cut:]


def _scale(series: Array, cut: int) -> tuple[Array, Array]:
    return _scaled(series, series[:cut].mean(0), series[:cut].std(0), cut)


def _scale_by_smallest(series: Array, cut: int) -> tuple[Array, Array]:
    low, high = series[:cut].min(0), series[:cut].max(0)
    return _scaled(series, low, high - low, cut)


def _own(series: Array, cut: int) -> tuple[None, Array]:
    return None, _scaled(series[cut:], series[cut:].mean(0), series[cut:].std(0), 0)[1]


def _by_rows(series: Array, cut: int) -> tuple[Array, Array]:
    scaled = (series - series.mean(1, keepdims=True)) / series.std(1, keepdims=True)
    return scaled[:cut], scaled[cut:]


def _by_rows_guarded(series: Array, cut: int) -> tuple[Array, Array]:
    return _scaled(series, series.mean(1, keepdims=True), series.std(1, keepdims=True), cut)


def _own_mean(series: Array, cut: int) -> tuple[None, Array]:
    return None, _scaled(series[cut:], series[cut:].mean(0), series[:cut].std(0), 0)[1]


def _not_in_brackets(series: Array, cut: int) -> tuple[Array, Array]:
    shifted = series - series[:cut].mean(0) / series[:cut].std(0)
    return shifted[:cut], shifted[cut:]


def _scale_cases() -> list[Case]:
    rng = np.random.default_rng(23)
    series = np.array([[1.0], [3.0], [5.0], [8.0], [10.0]])
    cases = [Case({"series": series, "cut": 3}, "one sensor that rises")]
    for days, sensors, cut in ((9, 2, 6), (15, 3, 10), (12, 4, 7)):
        trend = np.linspace(0, 3, days)[:, None]
        series = trend + rng.normal(5, 2, sensors) + rng.normal(size=(days, sensors)) * rng.uniform(0.5, 3, sensors)
        cases.append(Case({"series": series, "cut": cut}))
    still = (
        "A sensor that never moved in training has a deviation of 0. Divide by 1 there, not by 0 or next to nothing."
    )
    series = np.array([[1.0, 4.0], [2.0, 4.0], [4.0, 4.0], [3.0, 6.0]])
    cases.append(Case({"series": series, "cut": 3}, "the second sensor did not move", still))
    return cases


SCALE = Task(
    "scale",
    _scale_cases(),
    ("train", "rest"),
    _scale,
    [
        Mistake(
            "the validation part is scaled with its own mean and deviation. The network would see two different units; "
            "and of tomorrow alone there is no mean. Use those of the training part.",
            [_own],
        ),
        Mistake("the validation part is not scaled at all.", [lambda s, c: (None, s[c:])]),
        Mistake(
            "the validation part is centered with its own mean. Its mean, too, is that of the training part.",
            [_own_mean],
        ),
        Mistake(
            "mean and deviation are taken along a row, over the sensors of a day. Each column gets its own: `axis=0`.",
            [_by_rows, _by_rows_guarded],
        ),
        Mistake("only the mean is divided by the deviation: brackets are missing.", [_not_in_brackets]),
        Mistake(
            "one mean and one deviation for all sensors together. Each column gets its own: `axis=0`.",
            [lambda s, c: _scaled(s, s[:c].mean(), s[:c].std(), c)],
        ),
        Mistake(
            "the mean is subtracted, but nothing is divided by the deviation.",
            [lambda s, c: _scaled(s, s[:c].mean(0), 1.0, c)],
        ),
        Mistake(
            "it is divided by the variance; the deviation is its root.",
            [lambda s, c: _scaled(s, s[:c].mean(0), s[:c].var(0), c)],
        ),
        Mistake(
            "it is divided by the deviation, but the mean is not subtracted.",
            [lambda s, c: _scaled(s, 0.0, s[:c].std(0), c)],
        ),
        Mistake(
            "the deviation is the one with N − 1 (`ddof=1`); then the training part's own is not exactly 1.",
            [lambda s, c: _scaled(s, s[:c].mean(0), s[:c].std(0, ddof=1), c)],
        ),
        Mistake(
            "this brings the training part into the range from 0 to 1. Mean 0 and deviation 1 are wanted.",
            [_scale_by_smallest],
        ),
    ],
    shapes={"train": "(cut, D)", "rest": "(N − cut, D)"},
)


def _twins() -> list[Case]:
    """Pairs of series with one and the same past."""
    rng = np.random.default_rng(24)
    cases = []
    for days, sensors, cut in ((8, 2, 5), (11, 3, 7)):
        series = rng.normal(3, 2, (days, sensors))
        other = series.copy()
        other[cut:] += 10 * rng.random((days - cut, sensors)) + 1
        cases += [Case({"series": s, "cut": cut}) for s in (series, other)]
    return cases


def _no_future_in_the_past(runs: Sequence[Run]) -> None:
    """Find a training part that changes when only the days after the cut are changed."""
    for one, other in zip(runs[::2], runs[1::2], strict=True):
        parts: list[Any] = [
            r.value[0] if isinstance(r.value, (tuple, list)) and len(r.value) == 2 else None for r in (one, other)
        ]
        cut = one.case.args["cut"]
        if not all(isinstance(p, np.ndarray) and p.dtype.kind == "f" and len(p) == cut for p in parts):
            return  # whatever it is, it is said elsewhere
        moved = np.abs(parts[0] - parts[1]).max() if parts[0].shape == parts[1].shape else 0.0
        if not moved <= 1e-9:
            raise Finding(
                "`train`: the future leaks into it. Two series were tried that differ only after day `cut`, and the "
                f"training part came out different, by up to {moved:.3g}. Over which days are mean and deviation taken?"
                f"\nWith {one.case}."
            )


LEAK = Task("scale", _twins(), ("train", "rest"), judge=_no_future_in_the_past)
