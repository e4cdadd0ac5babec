import itertools

import numpy as np
import pytest

from rnn.datasets.corpora import mini_digits
from rnn.datasets.corpora.digits import SOUNDS, VOICES

RECORDINGS, LABELS, SPEAKERS, INDICES, RATE = mini_digits()


def spectrogram(recording, slices=12, bands=16):
    """Log energies of 16 bands in 12 places, the mean taken off."""
    window = np.hanning(400)
    starts = np.linspace(0, len(recording) - 400, slices).astype(int)
    power = np.array([np.abs(np.fft.rfft(recording[s : s + 400] * window, 512)) ** 2 for s in starts])
    features = np.log(np.add.reduceat(power[:, :256], np.arange(0, 256, 256 // bands), axis=1) + 1e4)
    return (features - features.mean()).ravel()


def nearest_mean_accuracy(features, train, test):
    means = np.stack([features[train & (digit == LABELS)].mean(axis=0) for digit in range(10)])
    distances = ((features[test][:, None] - means) ** 2).sum(axis=-1)
    return np.mean(distances.argmin(axis=1) == LABELS[test])


@pytest.fixture(scope="module")
def features():
    return np.stack([spectrogram(r.astype(float)) for r in RECORDINGS])


def test_every_digit_voice_and_take_occurs_once():
    assert RATE == 8000
    assert LABELS.dtype == np.int8
    assert INDICES.dtype == np.int64
    assert LABELS.shape == INDICES.shape == (600,)
    voices = [f"voice-{i}" for i in range(1, 7)]
    assert list(VOICES) == voices
    keys = list(zip(LABELS.tolist(), SPEAKERS, INDICES.tolist(), strict=True))
    assert keys == list(itertools.product(range(10), voices, range(10)))


def test_recordings_are_short_int16_and_neither_silent_nor_clipped():
    assert len(RECORDINGS) == 600
    assert {r.dtype for r in RECORDINGS} == {np.dtype(np.int16)}
    assert {r.ndim for r in RECORDINGS} == {1}
    seconds = [len(r) / RATE for r in RECORDINGS]
    assert 0.3 <= min(seconds) < 0.35
    assert 0.6 < max(seconds) <= 0.7
    peaks = [np.abs(r.astype(int)).max() for r in RECORDINGS]
    assert min(peaks) > 4000
    assert max(peaks) < 23000
    assert all(np.all(np.isfinite(sound.formants)) for sound in SOUNDS.values())


def test_no_two_takes_are_alike():
    assert len({r.tobytes() for r in RECORDINGS}) == 600


def test_every_call_returns_the_same_recordings():
    again, *_ = mini_digits()
    assert all(np.array_equal(a, b) for a, b in zip(again, RECORDINGS, strict=True))


def test_a_nearest_mean_classifier_tells_the_digits_of_the_test_takes_apart(features):
    assert nearest_mean_accuracy(features, INDICES >= 5, INDICES < 5) > 0.95


@pytest.mark.parametrize("voice", list(VOICES))
def test_digits_of_an_unknown_voice_are_recognized(features, voice):
    known = np.array([speaker != voice for speaker in SPEAKERS])
    assert nearest_mean_accuracy(features, known, ~known) > 0.9


def test_loudness_alone_does_not_tell_the_digits_apart():
    loudness = np.array([[np.log(np.mean(r.astype(float) ** 2))] for r in RECORDINGS])
    assert nearest_mean_accuracy(loudness, INDICES >= 5, INDICES < 5) < 0.4


@pytest.mark.parametrize(("voice", "pitch"), [(voice, values[0]) for voice, values in VOICES.items()])
def test_voices_have_the_pitch_of_their_table(voice, pitch):
    measured = []
    for recording, digit, speaker in zip(RECORDINGS, LABELS, SPEAKERS, strict=True):
        if speaker == voice and digit in (1, 9):  # voiced from end to end
            middle = recording[len(recording) // 2 - 400 : len(recording) // 2 + 400].astype(float)
            correlation = np.correlate(middle, middle, "full")[799:]
            lags = np.arange(round(RATE / (1.3 * pitch)), round(RATE / (0.7 * pitch)))
            measured.append(RATE / lags[np.argmax(correlation[lags])])
    assert np.median(measured) == pytest.approx(pitch, rel=0.08)


def test_a_steady_vowel_has_its_energy_at_its_first_formants():
    spectra = []
    for recording, digit, speaker in zip(RECORDINGS, LABELS, SPEAKERS, strict=True):
        if digit == 3 and speaker == "voice-2":  # the end of "three": formants near 270 and 2290 Hz
            piece = recording[-1600:-400].astype(float) * np.hanning(1200)
            spectra.append(np.abs(np.fft.rfft(piece, 8000)) ** 2)  # one bin is 1 Hz
    mean = np.mean(spectra, axis=0)
    assert mean[150:550].sum() > 5 * mean[800:1500].sum()
    assert mean[1800:2500].sum() > 2 * mean[900:1600].sum()


def test_six_begins_with_a_hiss_and_two_ends_with_a_tone():
    def high_share(piece):
        power = np.abs(np.fft.rfft(piece * np.hanning(len(piece)), 8000)) ** 2
        return power[2500:].sum() / power.sum()

    rows = list(zip(RECORDINGS, LABELS, strict=True))
    assert min(high_share(r[200:900].astype(float)) for r, digit in rows if digit == 6) > 0.5
    assert max(high_share(r[-1200:-500].astype(float)) for r, digit in rows if digit == 2) < 0.3
