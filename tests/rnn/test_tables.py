"""Stored tables say how they were made, and a wrong name is answered with the right ones."""

import re

import pytest

from rnn.tables import how_it_was_made, load_table

NAMES = ["cells", "imdb-epoch", "imdb-sentiment", "memory-span"]


@pytest.mark.parametrize("name", NAMES)
def test_a_table_says_how_it_was_made(name):
    table = load_table(name)
    assert {"command", "date", "processor", "threads", "python", "versions"} <= table["made"].keys()
    line = how_it_was_made(table)
    command = r"by `(OPENBLAS_NUM_THREADS=1 )?python -m benchmarks\.\w+.*`.*; .*, \d threads?, Python 3\.\d+"
    assert re.match(r"Stored on 20\d\d-\d\d-\d\d " + command, line)
    assert f"numpy {table['made']['versions']['numpy']}" in line


def test_the_data_is_named_where_there_is_some():
    made = {
        "date": "2026-01-02",
        "command": "c",
        "processor": "p",
        "threads": 2,
        "python": "3",
        "versions": {"numpy": "2"},
    }
    assert how_it_was_made({"made": made}) == "Stored on 2026-01-02 by `c`; p, 2 threads, Python 3, numpy 2."
    assert "by `c` on reviews; p" in how_it_was_made({"made": {**made, "data": "reviews"}})


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match=r"^load_table: name must be one of .*imdb-sentiment.*, got 'imbd'\.$"):
        load_table("imbd")
