import numpy as np
import pytest

from rnn.datasets.corpora import mini_temperatures

DATES, CELSIUS = mini_temperatures()


def harmonic():
    """Mean, amplitude, warmest day and residuals of the yearly wave fitted by least squares."""
    angle = 2 * np.pi * np.arange(len(CELSIUS)) / 365.25
    waves = np.stack([np.ones_like(angle), np.cos(angle), np.sin(angle)], axis=1)
    mean, a, b = np.linalg.lstsq(waves, CELSIUS, rcond=None)[0]
    return mean, np.hypot(a, b), np.arctan2(b, a) / (2 * np.pi) * 365.25, CELSIUS - waves @ (mean, a, b)


def test_ten_years_of_days_without_a_gap():
    assert DATES.dtype == np.dtype("datetime64[D]")
    assert DATES[0] == np.datetime64("2001-01-01")
    assert DATES[-1] == np.datetime64("2010-12-31")
    assert DATES.shape == CELSIUS.shape == (3652,)
    assert np.all(np.diff(DATES) == np.timedelta64(1, "D"))


def test_temperatures_are_plausible_tenths_of_a_degree():
    assert CELSIUS.dtype == np.float64
    assert np.array_equal(CELSIUS, np.round(CELSIUS, 1))
    assert -5 < CELSIUS.min() < 2
    assert 20 < CELSIUS.max() < 28


def test_the_year_has_the_stated_mean_amplitude_and_southern_summer():
    mean, amplitude, warmest, _ = harmonic()
    assert mean == pytest.approx(11.2, abs=0.2)
    assert amplitude == pytest.approx(4.2, abs=0.2)
    assert warmest == pytest.approx(25, abs=4)
    months = (DATES.astype("datetime64[M]") - DATES.astype("datetime64[Y]")).astype(int) + 1
    means = [CELSIUS[months == month].mean() for month in range(1, 13)]
    assert np.argmax(means) + 1 in (1, 2)
    assert np.argmin(means) + 1 in (7, 8)


def test_deviations_from_the_season_remember_yesterday_and_forget():
    *_, residuals = harmonic()
    assert residuals.std() == pytest.approx(2.7, abs=0.1)

    def correlation(lag):
        return np.corrcoef(residuals[lag:], residuals[:-lag])[0, 1]

    assert correlation(1) == pytest.approx(0.55, abs=0.03)
    assert correlation(2) == pytest.approx(0.55**2, abs=0.04)
    assert correlation(10) == pytest.approx(0, abs=0.06)


def test_forecasts_from_season_and_yesterday_reach_the_stated_bound_and_beat_persistence():
    *_, residuals = harmonic()
    best = np.mean((residuals[1:] - 0.55 * residuals[:-1]) ** 2)
    assert best == pytest.approx((1 - 0.55**2) * 2.7**2, rel=0.04)
    assert np.mean(np.diff(CELSIUS) ** 2) > 1.2 * best


def test_every_call_returns_the_same_series():
    dates, celsius = mini_temperatures()
    assert np.array_equal(dates, DATES)
    assert np.array_equal(celsius, CELSIUS)
