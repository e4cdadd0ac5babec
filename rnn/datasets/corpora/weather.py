"""Ten years of daily minimum temperatures of no real city: a yearly wave, and noise with a memory.

    celsius_t = 11.2 + 4.2 cos(2π (day_t − 25) / 365.25) + u_t,    u_t = 0.55 u_{t−1} + e_t

The warmest nights come around 25 January, as they do south of the equator. The deviation u is a first-order
autoregressive process: a warm night is followed by a warm one more often than not, and the best forecast of
tomorrow's deviation is 0.55 times today's. Its standard deviation is 2.7 °C, so no forecast from the past has
a mean squared error below (1 − 0.55²) · 2.7² ≈ 5.1 (before rounding to tenths). These numbers are near those
of Melbourne's record of 1981–1990.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FIRST_DAY, LAST_DAY = "2001-01-01", "2010-12-31"
MEAN = 11.2  # °C
AMPLITUDE = 4.2  # °C, half the distance between the mean of midsummer and that of midwinter
WARMEST_DAY = 25.0  # days after 1 January
MEMORY = 0.55  # correlation of one day's deviation with the next day's
SPREAD = 2.7  # °C, standard deviation of the deviations


def mini_temperatures() -> tuple[NDArray[np.datetime64], NDArray[np.float64]]:
    """Return 3,652 days without a gap and their minimum temperatures.

    Returns
    -------
    dates : (N,) datetime64[D]
    celsius : (N,) float64, °C, rounded to tenths. The same values at every call.
    """
    rng = np.random.default_rng(1890)
    dates = np.arange(np.datetime64(FIRST_DAY), np.datetime64(LAST_DAY) + 1)
    days = (dates - dates[0]).astype(np.float64)
    shocks = rng.normal(0.0, SPREAD * np.sqrt(1 - MEMORY**2), len(dates))
    deviations = np.empty(len(dates))
    deviation = rng.normal(0.0, SPREAD)  # the process starts as it goes on
    for t, shock in enumerate(shocks):
        deviation = MEMORY * deviation + shock
        deviations[t] = deviation
    season = AMPLITUDE * np.cos(2 * np.pi * (days - WARMEST_DAY) / 365.25)
    return dates, np.round(MEAN + season + deviations, 1)
