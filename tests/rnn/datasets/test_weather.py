"""Days and temperatures."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from rnn.datasets import DataWarning, corpora, load_weather
from rnn.datasets.registry import DATASETS

CSV = b'"Date","Temp"\n"1981-01-01",20.7\n"1981-01-02",17.9\n"1981-01-03",-0.5'


def test_a_table_becomes_days_and_degrees(places, monkeypatch):
    entry = replace(DATASETS["weather"], size=len(CSV), contents=hashlib.sha256(CSV).hexdigest())
    monkeypatch.setitem(DATASETS, "weather", entry)
    (places.data / "daily-min-temperatures.csv").write_bytes(CSV)
    data = load_weather()
    assert data.source == "full"
    assert data.dates.dtype == np.dtype("datetime64[D]")
    assert data.dates.astype(str).tolist() == ["1981-01-01", "1981-01-02", "1981-01-03"]
    assert data.celsius.dtype == np.float64
    assert data.celsius.tolist() == [20.7, 17.9, -0.5]
    assert data.description == "Daily minimum temperatures in Melbourne: 3 days, 1981-01-01 to 1981-01-03."


def test_built_in_temperatures(places, monkeypatch):
    monkeypatch.setenv("RNN_OFFLINE", "1")
    with pytest.warns(DataWarning, match="^Instead of Daily minimum temperatures in Melbourne, the small"):
        data = load_weather()
    dates, celsius = corpora.mini_temperatures()
    assert data.source == "mini"
    np.testing.assert_array_equal(data.dates, dates)
    np.testing.assert_array_equal(data.celsius, celsius)
    assert data.dates.dtype == np.dtype("datetime64[D]")
    assert data.celsius.dtype == np.float64
    assert data.description == f"A small built-in series: {len(dates):,} days of made-up temperatures."
