"""Ten years of daily minimum temperatures in Melbourne: a series with a season, and a tomorrow much like today."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rnn.datasets.archives import read_file
from rnn.datasets.base import Dataset
from rnn.datasets.fetch import obtain
from rnn.datasets.registry import DATASETS, Entry


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Weather(Dataset):
    """Daily minimum temperatures.

    Attributes
    ----------
    dates : ndarray of datetime64[D], shape (N,)
        The days, ascending.
    celsius : ndarray of float64, shape (N,)
        The lowest temperature of each day, in degrees Celsius.
    """

    dates: npt.NDArray[np.datetime64]
    celsius: npt.NDArray[np.float64]


def load_weather(source: str = "auto") -> Weather:
    """Load daily minimum temperatures.

    The full data set has 3,650 days, 1981-01-01 to 1990-12-31. The file leaves out the last day of both leap
    years, so that every year has 365.

    Parameters
    ----------
    source : {"auto", "full", "mini"}
        "full": the published data set, or an error. "mini": the series built into the package. "auto": the
        first if it can be had, else the second and a `DataWarning`; ``data.source`` says which it was.

    Returns
    -------
    Weather
        ``data.dates`` and ``data.celsius``, both of shape (N,).

    Raises
    ------
    ValueError
        If ``source`` is none of the three.
    DataError
        If ``source`` is "full" and the series is neither in the data folder nor can be downloaded.
    """
    entry = DATASETS["weather"]
    series = obtain(entry, read, source)
    if series is not None:
        dates, celsius = series
        about = f"{entry.title}: {len(dates):,} days, {dates[0]} to {dates[-1]}."
        return Weather(source="full", description=about, entry=entry, dates=dates, celsius=celsius)
    from rnn.datasets import corpora

    dates, celsius = corpora.mini_temperatures()
    about = f"A small built-in series: {len(dates):,} days of made-up temperatures."
    return Weather(source="mini", description=about, entry=entry, dates=dates, celsius=celsius)


def read(path: Path, entry: Entry) -> tuple[npt.NDArray[np.datetime64], npt.NDArray[np.float64]]:
    """Read days and temperatures; raise `BadFileError` if the file is not the known one."""
    _, *rows = csv.reader(read_file(path, entry).decode().splitlines())
    return np.array([day for day, _ in rows], dtype="datetime64[D]"), np.array([float(low) for _, low in rows])
