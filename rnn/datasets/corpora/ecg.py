"""One minute of an electrocardiogram nobody's heart ever made: five Gaussian waves a beat.

A normal beat is the sum of the waves P, Q, R, S and T, each a Gaussian of its own height, place and width.
Describing the electrocardiogram that way is the idea of McSharry, Clifford, Tarassenko and Smith, "A
dynamical model for generating synthetic electrocardiogram signals", IEEE Transactions on Biomedical
Engineering 50(3), 2003; here the waves are added up directly, without their differential equation. The time
from beat to beat varies: it follows the breath, slow waves, and chance. A few beats are odd: they come too
early, without a P wave, wide and tall, and a pause follows, as after a ventricular extrasystole. `beats`
tells where they are, so that a detector can be judged.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLING_RATE = 360.0  # Hz
SECONDS = 60
ODD_BEATS = (11, 24, 25, 41, 58)  # numbers of the beats that are odd

# height in mV, place in seconds after the R peak, width (standard deviation) in seconds
NORMAL_BEAT = (
    (0.12, -0.170, 0.022),  # P
    (-0.10, -0.030, 0.008),  # Q
    (1.10, 0.000, 0.010),  # R
    (-0.22, 0.030, 0.009),  # S
    (0.28, 0.260, 0.045),  # T
)
ODD_BEAT = (
    (1.45, 0.000, 0.034),  # one wide wave where Q, R and S would be
    (-0.55, 0.090, 0.030),
    (-0.35, 0.290, 0.055),  # T, upside down
)


def mini_ecg() -> tuple[NDArray[np.float64], float]:
    """Return the signal and its sampling rate.

    Returns
    -------
    millivolts : (21600,) float64
        One minute, with a wandering baseline and a little noise, rounded to microvolts. The same values at
        every call.
    sampling_rate : float
        360 Hz.
    """
    seconds = np.arange(round(SECONDS * SAMPLING_RATE)) / SAMPLING_RATE
    millivolts = 0.06 * np.sin(2 * np.pi * 0.23 * seconds) + 0.03 * np.sin(2 * np.pi * 0.07 * seconds + 1.0)
    millivolts += np.random.default_rng(1903).normal(0.0, 0.012, len(seconds))
    for moment, odd in zip(*beats(), strict=True):
        for height, place, width in ODD_BEAT if odd else NORMAL_BEAT:
            millivolts += height * np.exp(-0.5 * ((seconds - moment - place) / width) ** 2)
    return np.round(millivolts, 3), SAMPLING_RATE


def beats() -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return when each beat of `mini_ecg` has its largest wave, and whether it is an odd one.

    Returns
    -------
    seconds : (N,) float64, increasing
    odd : (N,) bool
    """
    rng = np.random.default_rng(1924)
    moments: list[float] = []
    now = 0.4
    while now < SECONDS - 0.4:
        moments.append(now)
        interval = 0.82 + 0.05 * np.sin(2 * np.pi * 0.25 * now) + 0.03 * np.sin(2 * np.pi * 0.1 * now)
        interval += rng.normal(0.0, 0.012)
        if len(moments) in ODD_BEATS:  # the beat to come is odd: early
            interval *= 0.62
        elif len(moments) - 1 in ODD_BEATS:  # the pause after an odd one
            interval *= 1.30
        now += float(interval)
    return np.array(moments), np.isin(np.arange(len(moments)), ODD_BEATS)
