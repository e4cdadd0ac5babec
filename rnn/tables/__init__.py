"""Results of runs that take longer than a reader will wait, stored with how they were made.

A chapter computes what it can while you watch. What takes hours is computed once by a script of the project and
read from here. Every table says under ``"made"`` by which command, when, on what machine, with which versions and on
which data; the script, under ``benchmarks/``, makes it again.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import Any


def load_table(name: str) -> dict[str, Any]:
    """Read a stored table.

    Parameters
    ----------
    name : str
        Such as ``"imdb-sentiment"``; the file is ``rnn/tables/NAME.json``.

    Returns
    -------
    dict
        What the script stored, and under ``"made"`` how it was made.

    Raises
    ------
    ValueError
        If there is no table of that name; the message lists those there are.
    """
    folder = resources.files(__name__)
    names = sorted(path.name.removesuffix(".json") for path in folder.iterdir() if path.name.endswith(".json"))
    if name not in names:
        raise ValueError(f"load_table: name must be one of {', '.join(names)}, got {name!r}.")
    table: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return table


def how_it_was_made(table: dict[str, Any]) -> str:
    """Say in one line when, by which command, on what machine and data a stored table was made."""
    made = table["made"]
    versions = ", ".join(f"{name} {version}" for name, version in made["versions"].items())
    data = f" on {made['data']}" if "data" in made else ""
    return (
        f"Stored on {made['date']} by `{made['command']}`{data}; {made['processor']}, "
        f"{made['threads']} thread{'s' * (made['threads'] > 1)}, Python {made['python']}, {versions}."
    )
