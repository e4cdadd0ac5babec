"""Spoken digits: short recordings of "zero" to "nine", the Free Spoken Digit Dataset.

A recording is called ``DIGIT_SPEAKER_INDEX.wav``. The authors' test set is index 0 to 4 of every digit and
speaker, so the same voices are in both sets; the harder question, and the honest one, is a speaker never
heard before.
"""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rnn.datasets.archives import read_members
from rnn.datasets.base import Dataset
from rnn.datasets.fetch import obtain
from rnn.datasets.registry import DATASETS, Entry

SAMPLING_RATE = 8000
FIRST_TRAINING_INDEX = 5


@dataclass(frozen=True)
class Recordings:
    """What a file of recordings holds; the attributes are those of `Digits`."""

    waves: list[npt.NDArray[np.int16]]
    labels: npt.NDArray[np.int8]
    speakers: list[str]
    indices: npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Digits(Dataset):
    """N recordings of spoken digits.

    Attributes
    ----------
    recordings : list of ndarray of int16, each of shape (its number of samples,)
        The sound pressure in steps of the 16-bit converter, -32768 to 32767.
    labels : ndarray of int8, shape (N,)
        The digit said, 0 to 9.
    speakers : list of str
        Who said it.
    indices : ndarray of int64, shape (N,)
        Counts the recordings of one digit by one speaker.
    sampling_rate : int
        Samples per second.
    """

    recordings: list[npt.NDArray[np.int16]]
    labels: npt.NDArray[np.int8]
    speakers: list[str]
    indices: npt.NDArray[np.int64]
    sampling_rate: int

    @property
    def is_test(self) -> npt.NDArray[np.bool_]:
        """The authors' split, bool of shape (N,), True for index 0 to 4, the test set."""
        return self.indices < FIRST_TRAINING_INDEX


def load_digits(source: str = "auto") -> Digits:
    """Load recordings of spoken digits.

    The full data set has 3,000 recordings: 10 digits, 6 speakers, 50 of each; mono, 16 bits, 8,000 samples
    per second.

    Parameters
    ----------
    source : {"auto", "full", "mini"}
        "full": the published data set, or an error. "mini": the sounds built into the package. "auto": the
        first if it can be had, else the second and a `DataWarning`; ``data.source`` says which it was.

    Returns
    -------
    Digits
        ``data.recordings``, ``data.labels``, ``data.speakers``, ``data.indices``, ``data.is_test``, in the
        order of the files' names, and ``data.sampling_rate`` in Hz.

    Raises
    ------
    ValueError
        If ``source`` is none of the three.
    DataError
        If ``source`` is "full" and the recordings are neither in the data folder nor can be downloaded.
    """
    entry = DATASETS["digits"]
    found = obtain(entry, read, source)
    if found is not None:
        about = f"{entry.title}: {_amount(found.speakers)}."
        return Digits(
            source="full",
            description=about,
            entry=entry,
            recordings=found.waves,
            labels=found.labels,
            speakers=found.speakers,
            indices=found.indices,
            sampling_rate=SAMPLING_RATE,
        )
    from rnn.datasets import corpora

    recordings, labels, speakers, indices, rate = corpora.mini_digits()
    return Digits(
        source="mini",
        description=f"A small built-in corpus: {_amount(speakers)}, all of them synthetic.",
        entry=entry,
        recordings=recordings,
        labels=labels,
        speakers=speakers,
        indices=np.asarray(indices, dtype=np.int64),
        sampling_rate=rate,
    )


def read(path: Path, entry: Entry) -> Recordings:
    """Read the recordings from an archive; raise `BadFileError` unless they are the known ones."""
    members = read_members(path, entry)
    parts = [name.removesuffix(".wav").split("_") for name in members]
    return Recordings(
        waves=[_samples(data) for data in members.values()],
        labels=np.array([int(digit) for digit, _, _ in parts], dtype=np.int8),
        speakers=[speaker for _, speaker, _ in parts],
        indices=np.array([int(index) for _, _, index in parts], dtype=np.int64),
    )


def _samples(data: bytes) -> npt.NDArray[np.int16]:
    """The samples of a mono 16-bit WAV file."""
    with wave.open(io.BytesIO(data)) as recording:
        return np.frombuffer(recording.readframes(recording.getnframes()), dtype="<i2").astype(np.int16)


def _amount(speakers: list[str]) -> str:
    return f"{len(speakers):,} recordings of {len(set(speakers))} speakers"
