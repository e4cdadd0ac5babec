"""Five minutes of a heart's electrical activity: a nearly periodic series in which the odd beat stands out.

The file holds the counts of an analog-to-digital converter whose zero is 1024 and whose gain is 200 counts per
millivolt: ``mV = (count - 1024) / 200``, as SciPy's ``scipy.datasets.electrocardiogram`` computes it from that file.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rnn.datasets.archives import read_file
from rnn.datasets.base import Dataset
from rnn.datasets.fetch import obtain
from rnn.datasets.registry import DATASETS, Entry

SAMPLING_RATE = 360.0
ZERO, COUNTS_PER_MILLIVOLT = 1024.0, 200.0


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Ecg(Dataset):
    """An electrocardiogram.

    Attributes
    ----------
    millivolts : ndarray of float64, shape (N,)
        The voltage at the electrodes, in millivolts.
    sampling_rate : float
        Samples per second.
    """

    millivolts: npt.NDArray[np.float64]
    sampling_rate: float


def load_ecg(source: str = "auto") -> Ecg:
    """Load an electrocardiogram.

    The full one has 108,000 samples at 360 Hz: 19:35 to 24:35 of record 208 of the MIT-BIH Arrhythmia
    Database. It shows normal and odd beats and noise; the file has no labels that say which is which.

    Parameters
    ----------
    source : {"auto", "full", "mini"}
        "full": the published data set, or an error. "mini": the signal built into the package. "auto": the
        first if it can be had, else the second and a `DataWarning`; ``data.source`` says which it was.

    Returns
    -------
    Ecg
        ``data.millivolts`` of shape (N,), and ``data.sampling_rate`` in Hz.

    Raises
    ------
    ValueError
        If ``source`` is none of the three.
    DataError
        If ``source`` is "full" and the signal is neither in the data folder nor can be downloaded.
    """
    entry = DATASETS["ecg"]
    millivolts = obtain(entry, read, source)
    if millivolts is not None:
        about = f"{entry.title}: {_duration(millivolts, SAMPLING_RATE)}."
        return Ecg(source="full", description=about, entry=entry, millivolts=millivolts, sampling_rate=SAMPLING_RATE)
    from rnn.datasets import corpora

    millivolts, rate = corpora.mini_ecg()
    about = f"A small built-in signal: {_duration(millivolts, rate)} of made-up heartbeats."
    return Ecg(source="mini", description=about, entry=entry, millivolts=millivolts, sampling_rate=rate)


def read(path: Path, entry: Entry) -> npt.NDArray[np.float64]:
    """Read the signal in millivolts; raise `BadFileError` if the file is not the known one."""
    with np.load(io.BytesIO(read_file(path, entry)), allow_pickle=False) as arrays:
        counts: npt.NDArray[np.uint16] = arrays["ecg"]
    return (counts.astype(np.float64) - ZERO) / COUNTS_PER_MILLIVOLT


def _duration(signal: npt.NDArray[np.float64], rate: float) -> str:
    return f"{len(signal) / rate:,.0f} seconds at {rate:g} Hz"
