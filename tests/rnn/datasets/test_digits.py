"""Recordings: samples, who, what, and the authors' split."""

from __future__ import annotations

import hashlib
import io
import wave
from dataclasses import replace

import numpy as np
import pytest

from rnn.datasets import DataWarning, corpora, load_digits
from rnn.datasets.registry import DATASETS

SAMPLES = {
    "0_theo_4.wav": [0, 1, -1],
    "3_jackson_10.wav": [32767, -32768],
    "3_jackson_5.wav": [256, -257, 2, 3],
    "9_lucas_0.wav": [],
}


def wav(samples) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(8000)
        recording.writeframes(np.array(samples, dtype="<i2").tobytes())
    return buffer.getvalue()


@pytest.fixture
def files(monkeypatch):
    files = {name: wav(samples) for name, samples in SAMPLES.items()}
    flat = b"".join(name.encode() + b"\0" + data + b"\0" for name, data in files.items())
    entry = replace(DATASETS["digits"], count=len(files), contents=hashlib.sha256(flat).hexdigest())
    monkeypatch.setitem(DATASETS, "digits", entry)
    return files


@pytest.mark.parametrize(
    ("name", "kind", "folder"),
    [
        ("free-spoken-digit-dataset.tar.xz", ".tar.xz", ""),
        ("free-spoken-digit-dataset-1.0.10.tar.gz", ".tar.gz", "free-spoken-digit-dataset-1.0.10/"),
        ("free-spoken-digit-dataset-1.0.10.zip", ".zip", "free-spoken-digit-dataset-1.0.10/"),
        ("v1.0.10.zip", ".zip", "free-spoken-digit-dataset-1.0.10/"),
    ],
)
def test_recordings_from_any_packaging(places, tiny, files, name, kind, folder):
    inside = {f"{folder}recordings/{file}": data for file, data in reversed(files.items())}
    (places.data / name).write_bytes(tiny.pack({f"{folder}README.md": b"#", **inside}, kind))
    data = load_digits()
    assert data.source == "full"
    assert [samples.tolist() for samples in data.recordings] == list(SAMPLES.values())
    assert all(samples.dtype == np.int16 for samples in data.recordings)
    assert all(samples.flags.writeable for samples in data.recordings)
    assert data.labels.tolist() == [0, 3, 3, 9]
    assert data.labels.dtype == np.int8
    assert data.speakers == ["theo", "jackson", "jackson", "lucas"]
    assert data.indices.tolist() == [4, 10, 5, 0]
    assert data.indices.dtype == np.int64
    assert data.is_test.tolist() == [True, False, False, True]
    assert data.sampling_rate == 8000
    assert data.description == "Free Spoken Digit Dataset v1.0.10: 4 recordings of 3 speakers."
    assert data.license == "CC BY-SA 4.0"


def test_built_in_digits(places, monkeypatch):
    monkeypatch.setenv("RNN_OFFLINE", "1")
    with pytest.warns(DataWarning, match="^Instead of Free Spoken Digit Dataset v1.0.10, the small built-in"):
        data = load_digits()
    recordings, labels, speakers, indices, rate = corpora.mini_digits()
    assert data.source == "mini"
    assert len(data.recordings) == len(recordings)
    for got, wanted in zip(data.recordings, recordings, strict=True):
        np.testing.assert_array_equal(got, wanted)
        assert got.dtype == np.int16
    np.testing.assert_array_equal(data.labels, labels)
    np.testing.assert_array_equal(data.indices, indices)
    assert data.labels.dtype == np.int8
    assert data.speakers == speakers
    assert data.sampling_rate == rate == 8000
    assert 0 < data.is_test.sum() < len(labels)
    assert data.description == (
        f"A small built-in corpus: {len(labels)} recordings of {len(set(speakers))} speakers, all of them synthetic."
    )
