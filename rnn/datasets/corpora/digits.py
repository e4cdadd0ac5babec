"""Spoken digits that nobody spoke: a buzz and a hiss, shaped by three resonators.

A voice is a source and a filter: the vocal folds give a train of pulses, a narrow place in the mouth gives
noise, and the mouth's cavities let some frequencies through, the *formants*. One formant is a resonator, a
linear recurrence with two steps of memory:

    y_t = a x_t + b y_{t−1} + c y_{t−2},    b = 2 r cos θ,    c = −r²,
    r = exp(−π · bandwidth / rate),    θ = 2π · formant / rate

Three of them side by side, changed every 5 ms from sound to sound, make speech one can tell apart, though
nobody would take it for a person: D. H. Klatt, "Software for a cascade/parallel formant synthesizer", Journal
of the Acoustical Society of America 67(3), 1980. The vowels' formants are the averages over men of G. E.
Peterson and H. L. Barney, "Control methods used in a study of the vowels", Journal of the Acoustical Society
of America 24(2), 1952; the other sounds' values are rough. Six voices differ in pitch, in the length of the
vocal tract (all formants scaled) and in breath; ten takes of every digit differ a little in all of these and
in tempo.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RATE = 8000  # Hz
FRAME = 40  # samples for which the resonators stay as they are: 5 ms
TAKES = 10
BANDWIDTHS = (80.0, 110.0, 170.0)  # Hz
SHORTEST, LONGEST = 0.3, 0.7  # seconds
SLACK = (500.0, 1500.0, 2500.0)  # Hz, the formants of a mouth at rest

Floats = NDArray[np.float64]


class Sound(NamedTuple):
    """One sound of speech: where it resonates, how strongly, what drives it, how long it lasts."""

    formants: tuple[float, float, float]  # Hz
    strengths: tuple[float, float, float]
    buzz: float
    hiss: float
    duration: float  # seconds at the usual tempo


VOWEL = (1.0, 0.5, 0.25)
SOUNDS = {
    "i": Sound((270, 2290, 3010), VOWEL, 1.0, 0.0, 0.15),
    "ɪ": Sound((390, 1990, 2550), VOWEL, 1.0, 0.0, 0.11),
    "ɛ": Sound((530, 1840, 2480), VOWEL, 1.0, 0.0, 0.12),
    "ɑ": Sound((730, 1090, 2440), VOWEL, 1.0, 0.0, 0.14),
    "ɔ": Sound((570, 840, 2410), VOWEL, 1.0, 0.0, 0.15),
    "ʊ": Sound((440, 1020, 2240), VOWEL, 1.0, 0.0, 0.10),
    "u": Sound((300, 870, 2240), VOWEL, 1.0, 0.0, 0.20),
    "ʌ": Sound((640, 1190, 2390), VOWEL, 1.0, 0.0, 0.13),
    "r": Sound((310, 1060, 1380), VOWEL, 0.6, 0.0, 0.08),
    "w": Sound((290, 610, 2150), VOWEL, 0.6, 0.0, 0.08),
    "n": Sound((250, 1300, 2300), (1.0, 0.15, 0.1), 0.5, 0.0, 0.10),
    "v": Sound((230, 1100, 2100), (0.6, 0.2, 0.2), 0.3, 0.1, 0.07),
    "z": Sound((240, 1400, 3500), (0.5, 0.1, 1.0), 0.3, 0.6, 0.10),
    "s": Sound((300, 1600, 3500), (0.0, 0.1, 1.0), 0.0, 1.0, 0.13),
    "f": Sound((900, 2000, 3200), (0.4, 0.4, 0.4), 0.0, 0.3, 0.12),
    "θ": Sound((1400, 2400, 3600), (0.2, 0.3, 0.6), 0.0, 0.3, 0.11),
    "-": Sound((500, 1500, 2500), (0.0, 0.0, 0.0), 0.0, 0.0, 0.06),  # the closure before a burst
    "t": Sound((500, 2600, 3500), (0.0, 0.8, 1.0), 0.0, 0.9, 0.03),
    "k": Sound((500, 1900, 2800), (0.0, 1.0, 0.5), 0.0, 0.9, 0.03),
}
# zero … nine, in the order of the labels
DIGITS = ("zɪrɔʊ", "wʌn", "-tu", "θri", "fɔr", "fɑɪv", "sɪ-ks", "sɛvʌn", "ɛɪ-t", "nɑɪn")
# pitch in Hz, scale of the formants, breath
VOICES = {
    "voice-1": (92.0, 0.97, 0.02),
    "voice-2": (112.0, 1.00, 0.06),
    "voice-3": (128.0, 1.03, 0.03),
    "voice-4": (175.0, 1.10, 0.05),
    "voice-5": (205.0, 1.15, 0.02),
    "voice-6": (235.0, 1.18, 0.08),
}


def mini_digits() -> tuple[list[NDArray[np.int16]], NDArray[np.int8], list[str], NDArray[np.int64], int]:
    """Return 600 recordings: ten digits, six voices, ten takes.

    Returns
    -------
    recordings : list of 600 int16 arrays, each (samples,), 0.3 to 0.7 seconds
    labels : (600,) int8, the digit, 0 to 9
    speakers : list of 600 strings, "voice-1" to "voice-6"
    indices : (600,) int64, the number of the take, 0 to 9; takes 0 to 4 are the test split
    rate : int
        8000 samples a second. The same values at every call.
    """
    rng = np.random.default_rng(1939)
    keys = [(digit, voice, take) for digit in range(10) for voice in VOICES for take in range(TAKES)]
    scores = [_score(DIGITS[digit], *VOICES[voice], rng) for digit, voice, _ in keys]
    waves = _resonate(scores, rng)
    recordings = []
    for wave, score in zip(waves, scores, strict=True):
        sound = wave[: len(score.pitch) * FRAME]
        loudness = rng.uniform(5000, 20000) / np.abs(sound).max()
        room = rng.normal(0.0, rng.uniform(30, 300), len(sound))
        recordings.append(np.round(sound * loudness + room).astype(np.int16))
    labels = np.array([digit for digit, _, _ in keys], dtype=np.int8)
    takes = np.array([take for _, _, take in keys], dtype=np.int64)
    return recordings, labels, [voice for _, voice, _ in keys], takes, RATE


class _Score(NamedTuple):
    """What one recording asks of the synthesizer, frame by frame."""

    formants: Floats  # (frames, 3), Hz
    strengths: Floats  # (frames, 3)
    buzz: Floats  # (frames,)
    hiss: Floats  # (frames,)
    pitch: Floats  # (frames,), Hz


def _score(sounds: str, pitch: float, scale: float, breath: float, rng: np.random.Generator) -> _Score:
    """Write the score of one take: the targets of every sound, smoothed into each other."""
    chosen = [SOUNDS[symbol] for symbol in sounds]
    durations = np.array([sound.duration for sound in chosen]) * rng.uniform(0.7, 1.3, len(chosen))
    durations *= rng.uniform(0.9, 1.2)
    durations *= np.clip(durations.sum(), SHORTEST + 0.01, LONGEST - 0.01) / durations.sum()
    ends = np.round(np.cumsum(durations) * RATE / FRAME).astype(int)
    which = np.searchsorted(ends, np.arange(ends[-1]), side="right")  # the sound each frame belongs to
    targets = np.array([sound.formants for sound in chosen], dtype=float)
    targets += rng.uniform(0.0, 0.5) * (SLACK - targets)  # a slack mouth
    targets *= scale * rng.normal(1.0, 0.03) * rng.normal(1.0, 0.04, targets.shape)
    formants = _smooth(targets[which], 9)
    strengths = _smooth(np.array([sound.strengths for sound in chosen])[which], 5)
    buzz = np.array([sound.buzz for sound in chosen])[which]
    hiss = np.array([sound.hiss for sound in chosen])[which] + breath * (buzz > 0)
    levels = _smooth(np.stack([buzz, hiss], axis=1), 3)
    levels *= np.minimum(1.0, np.minimum(np.arange(len(which)), np.arange(len(which))[::-1]) / 6.0)[:, None]
    fall = np.linspace(rng.uniform(1.0, 1.15), rng.uniform(0.8, 0.95), len(which))
    return _Score(formants, strengths, levels[:, 0], levels[:, 1], pitch * rng.normal(1.0, 0.04) * fall)


def _smooth(track: Floats, width: int) -> Floats:
    """Return the moving average of each column, the ends held."""
    padded = np.pad(track, ((width // 2, width // 2), (0, 0)), mode="edge")
    smooth: Floats = np.lib.stride_tricks.sliding_window_view(padded, width, axis=0).mean(axis=-1)
    return smooth


def _resonate(scores: list[_Score], rng: np.random.Generator) -> Floats:
    """Return the waves (N, samples), all recordings at once, each silent after its own end."""
    frames = max(len(score.pitch) for score in scores)

    def together(tracks: list[Floats]) -> Floats:  # (frames, ..., N), the last values held
        held = [np.pad(t, [(0, frames - len(t))] + [(0, 0)] * (t.ndim - 1), mode="edge") for t in tracks]
        return np.stack(held, axis=-1)

    pitch, buzz = together([s.pitch for s in scores]), together([s.buzz for s in scores])
    phase = np.cumsum(np.repeat(pitch / RATE, FRAME, axis=0), axis=0)  # in periods
    strength = np.repeat(buzz * np.sqrt(RATE / pitch), FRAME, axis=0)  # a higher voice is not a louder one
    pulses = np.diff(np.floor(phase), axis=0, prepend=0.0) * strength
    noise = rng.normal(0.0, 0.4, phase.shape)
    source = pulses + noise * np.repeat(together([s.hiss for s in scores]), FRAME, axis=0)  # (samples, N)

    angle = 2 * np.pi * together([s.formants for s in scores]) / RATE  # (frames, 3, N)
    radius = np.exp(-np.pi * np.array(BANDWIDTHS) / RATE)[:, None]
    a = together([s.strengths for s in scores]) * 2 * (1 - radius) * np.sin(angle)  # peaks near `strengths`
    b, c = 2 * radius * np.cos(angle), -(radius**2)
    y1, y2 = np.zeros(angle.shape[1:]), np.zeros(angle.shape[1:])
    wave = np.empty_like(source)
    for frame in range(frames):
        start = frame * FRAME
        for t, x in enumerate(source[start : start + FRAME], start):
            y1, y2 = a[frame] * x + b[frame] * y1 + c * y2, y1
            np.add(y1[0], y1[1], out=wave[t])
            wave[t] += y1[2]
    return wave.T
