"""Shakespeare's plays as one long string, the text on which the original char-rnn was trained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rnn.datasets.archives import read_file
from rnn.datasets.base import Dataset
from rnn.datasets.fetch import obtain
from rnn.datasets.registry import DATASETS, Entry


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Shakespeare(Dataset):
    """Plays: ``text`` is one str, speakers' names and line breaks included."""

    text: str


def load_shakespeare(source: str = "auto") -> Shakespeare:
    """Load plays for a language model.

    Parameters
    ----------
    source : {"auto", "full", "mini"}
        "full": the published data set, or an error. "mini": the corpus built into the package. "auto": the
        first if it can be had, else the second and a `DataWarning`; ``data.source`` says which it was.

    Returns
    -------
    Shakespeare
        ``data.text``, a str; the full one has 1,115,394 characters, 65 different ones.

    Raises
    ------
    ValueError
        If ``source`` is none of the three.
    DataError
        If ``source`` is "full" and the text is neither in the data folder nor can be downloaded.
    """
    entry = DATASETS["shakespeare"]
    text = obtain(entry, read, source)
    if text is not None:
        about = f"{entry.title}: {len(text):,} characters."
        return Shakespeare(source="full", description=about, entry=entry, text=text)
    from rnn.datasets import corpora

    text = corpora.mini_verse()
    about = f"A small built-in corpus: {len(text):,} characters of verse."
    return Shakespeare(source="mini", description=about, entry=entry, text=text)


def read(path: Path, entry: Entry) -> str:
    """Read the text; raise `BadFileError` if the file is not the known one."""
    return read_file(path, entry).decode()
