"""The facts: complete, well formed, and the published ones."""

from __future__ import annotations

import re

import pytest

from rnn.datasets.registry import DATASETS


def test_the_six_data_sets():
    assert list(DATASETS) == ["imdb", "shakespeare", "weather", "ecg", "digits", "translation"]
    assert all(entry.name == name for name, entry in DATASETS.items())


def test_no_two_data_sets_share_a_file_name():
    names = [name for entry in DATASETS.values() for name in entry.names]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", DATASETS)
def test_an_entry_is_complete(name):
    entry = DATASETS[name]
    assert entry.title
    assert entry.summary
    assert entry.license
    assert entry.credit
    assert re.fullmatch(r"https?://\S+", entry.address)
    assert re.fullmatch(r"https://\S+", entry.url)
    for digest in (entry.contents, *entry.exact.values()):
        assert digest is None or re.fullmatch(r"[0-9a-f]{64}", digest)
    # whatever comes over the network is checked against a hash
    assert entry.contents or entry.download_hash
    assert entry.members or entry.size


@pytest.mark.parametrize(
    ("name", "member", "found"),
    [
        ("imdb", "aclImdb/train/neg/0_3.txt", "train/neg/0_3.txt"),
        ("imdb", "./aclImdb/test/pos/12499_10.txt", "test/pos/12499_10.txt"),
        ("imdb", "aclImdb/train/unsup/0_0.txt", None),
        ("imdb", "aclImdb/train/urls_neg.txt", None),
        ("imdb", "other/aclImdb/train/neg/0_3.txt", None),
        ("digits", "recordings/0_george_0.wav", "0_george_0.wav"),
        ("digits", "free-spoken-digit-dataset-1.0.10/recordings/9_theo_49.wav", "9_theo_49.wav"),
        ("digits", "a/b/recordings/9_theo_49.wav", None),
        ("digits", "recordings/9_theo_49.wav.txt", None),
        ("translation", "fra.txt", "fra.txt"),
        ("translation", "fra-eng/fra.txt", "fra.txt"),
        ("translation", "_about.txt", None),
    ],
)
def test_which_members_of_an_archive_count(name, member, found):
    match = re.fullmatch(DATASETS[name].members, member)
    assert (match and match["name"]) == found
