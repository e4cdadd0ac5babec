"""The plays as one string."""

from __future__ import annotations

import pytest

from rnn.datasets import DataWarning, corpora, load_shakespeare


def test_the_file_is_the_text(places, single):
    (places.data / "tinyshakespeare.txt").write_bytes(single.contents)
    data = load_shakespeare()
    assert data.source == "full"
    assert data.text == single.contents.decode()
    assert data.description == "tiny Shakespeare: 2,440 characters."
    assert data.license == "public domain"


def test_built_in_verse(places, monkeypatch):
    monkeypatch.setenv("RNN_OFFLINE", "1")
    with pytest.warns(DataWarning, match="^Instead of tiny Shakespeare, the small built-in corpus is used. "):
        data = load_shakespeare()
    assert data.source == "mini"
    assert data.text == corpora.mini_verse()
    assert data.description == f"A small built-in corpus: {len(data.text):,} characters of verse."
