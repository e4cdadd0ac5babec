import numpy as np
import pytest

from rnn.datasets.corpora import mini_ecg
from rnn.datasets.corpora.ecg import ODD_BEATS, beats

MILLIVOLTS, RATE = mini_ecg()
SECONDS, ODD = beats()


def cut(moment, before=0.0, after=0.0):
    return MILLIVOLTS[round((moment - before) * RATE) : round((moment + after) * RATE)]


def test_one_minute_at_360_samples_a_second_in_millivolts():
    assert RATE == 360.0
    assert MILLIVOLTS.shape == (21600,)
    assert MILLIVOLTS.dtype == np.float64
    assert np.array_equal(MILLIVOLTS, np.round(MILLIVOLTS, 3))
    assert 1.3 < MILLIVOLTS.max() < 1.6
    assert -0.8 < MILLIVOLTS.min() < -0.4


def test_every_call_returns_the_same_signal():
    assert np.array_equal(mini_ecg()[0], MILLIVOLTS)
    assert np.array_equal(beats()[0], SECONDS)


def test_the_heart_beats_at_rest_with_a_varying_interval():
    usual = np.diff(SECONDS)[~ODD[1:] & ~ODD[:-1]]
    assert 65 < 60 / usual.mean() < 80
    assert 0.02 < usual.std() < 0.06
    assert SECONDS[0] >= 0.4
    assert SECONDS[-1] <= 59.6


def test_odd_beats_come_early_and_a_pause_follows():
    assert np.flatnonzero(ODD).tolist() == list(ODD_BEATS) == [11, 24, 25, 41, 58]
    intervals = np.diff(SECONDS)
    usual = intervals[~ODD[1:] & ~ODD[:-1]]
    for beat in ODD_BEATS:
        assert intervals[beat - 1] < 0.75 * usual.mean()
        if beat + 1 not in ODD_BEATS:
            assert intervals[beat] > 1.15 * usual.mean()


def test_every_usual_beat_has_its_sharp_wave_where_beats_says():
    for moment in SECONDS[~ODD]:
        around = cut(moment, 0.2, 0.2)
        assert around.max() == pytest.approx(1.1, abs=0.2)
        assert abs(np.argmax(around) / RATE - 0.2) <= 2 / RATE


def test_the_peaks_found_by_a_threshold_are_the_beats():
    inner = MILLIVOLTS[1:-1]
    peak = (inner > 0.7) & (inner > MILLIVOLTS[:-2]) & (inner >= MILLIVOLTS[2:])
    found = (np.flatnonzero(peak) + 1) / RATE
    groups = np.split(found, np.flatnonzero(np.diff(found) > 0.2) + 1)
    assert len(groups) == len(SECONDS) == 74
    assert np.allclose([g.mean() for g in groups], SECONDS, atol=0.02)


def test_odd_beats_are_wide_with_their_last_wave_upside_down():
    def width(moment):  # seconds above half a millivolt
        return np.sum(cut(moment, 0.15, 0.15) > 0.5) / RATE

    assert max(width(m) for m in SECONDS[~ODD]) < 0.04
    assert min(width(m) for m in SECONDS[ODD]) > 0.06
    assert min(cut(m, -0.2, 0.3).max() for m in SECONDS[~ODD]) > 0.15  # the T wave
    assert max(cut(m, -0.25, 0.33).mean() for m in SECONDS[ODD]) < -0.1


def test_a_small_wave_comes_before_usual_beats_only():
    before = [cut(m, 0.19, -0.15).mean() - cut(m, 0.1, -0.06).mean() for m in SECONDS[~ODD]]
    assert min(before) > 0.04
