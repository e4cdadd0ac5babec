"""Counts of the converter become millivolts."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace

import numpy as np
import pytest

from rnn.datasets import DataWarning, corpora, load_ecg
from rnn.datasets.registry import DATASETS


@pytest.fixture
def put(places, monkeypatch):
    """Put a NumPy archive in place of the known one."""

    def write(**arrays) -> None:
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        contents = buffer.getvalue()
        entry = replace(DATASETS["ecg"], size=len(contents), contents=hashlib.sha256(contents).hexdigest())
        monkeypatch.setitem(DATASETS, "ecg", entry)
        (places.data / "ecg.dat").write_bytes(contents)

    return write


def test_counts_become_millivolts(put):
    put(ecg=np.array([1024, 975, 1224, 0, 2047], dtype=np.uint16))
    data = load_ecg()
    assert data.source == "full"
    assert data.millivolts.dtype == np.float64
    assert data.millivolts.tolist() == [0.0, -0.245, 1.0, -5.12, 5.115]
    assert data.sampling_rate == 360.0
    assert data.description == "Electrocardiogram of SciPy: 0 seconds at 360 Hz."


def test_nothing_is_unpickled(put):
    put(ecg=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        load_ecg()


def test_built_in_heartbeats(places, monkeypatch):
    monkeypatch.setenv("RNN_OFFLINE", "1")
    with pytest.warns(DataWarning, match="^Instead of Electrocardiogram of SciPy, the small built-in corpus is used. "):
        data = load_ecg()
    millivolts, rate = corpora.mini_ecg()
    assert data.source == "mini"
    np.testing.assert_array_equal(data.millivolts, millivolts)
    assert data.sampling_rate == rate
    seconds = round(len(millivolts) / rate)
    assert data.description == f"A small built-in signal: {seconds} seconds at {rate:g} Hz of made-up heartbeats."
