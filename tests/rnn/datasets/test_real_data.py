"""The real files, where they are there: counts, hashes, balance, and how fast they load."""

from __future__ import annotations

import collections
import hashlib
import time

import numpy as np
import pytest

import rnn.datasets
from rnn.datasets import imdb
from rnn.datasets.fetch import local_files
from rnn.datasets.registry import DATASETS

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="session")
def load(tmp_path_factory):
    """Load a real data set from the data folder, without a network, or skip the test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RNN_OFFLINE", "1")
        patch.setenv("RNN_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))

        def load(name):
            if not any(local_files(DATASETS[name])):
                pytest.skip(f"{DATASETS[name].names[0]} is not in the data folder")
            return getattr(rnn.datasets, f"load_{name}")("full")

        yield load


@pytest.fixture(scope="session")
def reviews(load):
    return load("imdb")


def test_fifty_thousand_reviews(reviews):
    assert reviews.source == "full"
    assert reviews.description == "Large Movie Review Dataset v1.0: 25,000 training and 25,000 test reviews."
    for half in (reviews.train, reviews.test):
        assert len(half.texts) == 25_000
        assert half.labels.shape == half.ratings.shape == (25_000,)
        assert np.bincount(half.labels).tolist() == [12_500, 12_500]
        assert set(half.ratings[half.labels == 0].tolist()) == {1, 2, 3, 4}
        assert set(half.ratings[half.labels == 1].tolist()) == {7, 8, 9, 10}
        assert all(half.texts)
    assert reviews.train.texts[0].startswith("Story of a man who has unnatural feelings for a pig.")


def test_unpacked_reviews_have_the_published_hash_and_load_in_under_two_seconds(load, reviews):
    path = imdb.cache_file(DATASETS["imdb"])
    assert hashlib.sha256(path.read_bytes()).hexdigest() == (
        "85222fd32ec369d7a1dafde41f491bb2e9c530fa4ba13e4a38dfb1bad9540f87"
    )
    start = time.process_time()  # not the clock on the wall: other tests may run on the same cores
    again = load("imdb")
    assert time.process_time() - start < 2.0
    assert again.train.texts == reviews.train.texts
    assert again.test.texts == reviews.test.texts


def test_shakespeare(load):
    text = load("shakespeare").text
    assert hashlib.sha256(text.encode()).hexdigest() == (
        "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"
    )
    assert len(text) == 1_115_394
    assert len(set(text)) == 65


def test_temperatures(load):
    data = load("weather")
    assert data.dates.shape == data.celsius.shape == (3_650,)
    assert [str(data.dates[0]), str(data.dates[-1])] == ["1981-01-01", "1990-12-31"]
    assert (np.diff(data.dates) > np.timedelta64(0, "D")).all()
    missing = set(np.arange("1981-01-01", "1991-01-01", dtype="datetime64[D]").tolist()) - set(data.dates.tolist())
    assert sorted(map(str, missing)) == ["1984-12-31", "1988-12-31"]
    assert data.celsius[:2].tolist() == [20.7, 17.9]
    assert 0.0 <= data.celsius.min() < data.celsius.max() < 30.0


def test_electrocardiogram_as_scipy_documents_it(load):
    data = load("ecg")
    assert data.millivolts.shape == (108_000,)
    np.testing.assert_allclose(data.millivolts[:3], [-0.245, -0.215, -0.185], rtol=0, atol=1e-12)
    np.testing.assert_allclose(data.millivolts[-3:], [-0.405, -0.395, -0.385], rtol=0, atol=1e-12)
    np.testing.assert_allclose(data.millivolts.mean(), -0.16510875, rtol=1e-9)
    np.testing.assert_allclose(data.millivolts.std(), 0.5992473991177294, rtol=1e-9)
    assert data.sampling_rate == 360.0


def test_three_thousand_recordings(load):
    data = load("digits")
    assert len(data.recordings) == len(data.labels) == len(data.speakers) == len(data.indices) == 3_000
    counts = collections.Counter(zip(data.labels.tolist(), data.speakers, strict=True))
    assert len(counts) == 60
    assert set(counts.values()) == {50}
    assert set(data.indices.tolist()) == set(range(50))
    assert data.is_test.sum() == 300
    assert all(samples.dtype == np.int16 and samples.ndim == 1 and len(samples) > 1000 for samples in data.recordings)
    assert data.sampling_rate == 8_000


def test_sentence_pairs(load):
    data = load("translation")
    assert len(data.english) == len(data.french) == len(data.attributions)
    small = DATASETS["translation"].names[-1]
    if next(local_files(DATASETS["translation"])).name != small:
        pytest.skip("a larger file of sentence pairs stands before the small one")
    assert len(data.english) == 5_000
    assert (data.english[0], data.french[0]) == ("Go.", "Va !")
    assert all(attribution.startswith("CC-BY 2.0 (France)") for attribution in data.attributions)
