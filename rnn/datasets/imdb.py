"""Film reviews and whether they praise or pan: the Large Movie Review Dataset (Maas et al., ACL 2011).

The archive holds 50,000 small files; reading them takes seconds. So they are kept, once read, as one flat
file in the cache folder, and that file is exactly the string of bytes over which the published hash of the
contents is taken: ``train/neg/0_3.txt``, NUL, the review, NUL, and so on. To check the cache is to hash it;
to read it is to split it at the NULs.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rnn.datasets.archives import check_hash, join_members, read_members
from rnn.datasets.base import Dataset
from rnn.datasets.fetch import check_source, obtain
from rnn.datasets.folders import BadFileError, DataError, cache_folder, put_file, reason_of, warn, writable
from rnn.datasets.registry import DATASETS, Entry

_warned: set[Path] = set()  # cache folders whose failure was reported


@dataclass(frozen=True, eq=False, repr=False)
class Reviews:
    """One half of the reviews: N texts, N labels, N ratings.

    Attributes
    ----------
    texts : list of str
        The reviews as written, with their ``<br />`` tags.
    labels : ndarray of int8, shape (N,)
        0 negative, 1 positive.
    ratings : ndarray of int8, shape (N,)
        The reviewer's stars: 1 to 4 in negative reviews, 7 to 10 in positive ones.
    """

    texts: list[str]
    labels: npt.NDArray[np.int8]
    ratings: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        return f"<Reviews: {len(self):,}, {int(self.labels.sum()):,} of them positive>"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Imdb(Dataset):
    """Film reviews, split as published: ``train`` and ``test`` have no film in common."""

    train: Reviews
    test: Reviews


def load_imdb(source: str = "auto") -> Imdb:
    """Load film reviews with their sentiment.

    The full data set has 25,000 reviews to train on and 25,000 to test on, half of each negative (0) and half
    positive (1). In each half the negative ones come first: shuffle before holding out a validation set.

    Parameters
    ----------
    source : {"auto", "full", "mini"}
        "full": the published data set, or an error. "mini": the corpus built into the package. "auto": the
        first if it can be had, else the second and a `DataWarning`; ``data.source`` says which it was.

    Returns
    -------
    Imdb
        ``data.train.texts``, ``data.train.labels``, ``data.train.ratings``, and the same for ``data.test``;
        see `Reviews`.

    Raises
    ------
    ValueError
        If ``source`` is none of the three.
    DataError
        If ``source`` is "full" and the reviews are neither in the data folder nor can be downloaded.

    Notes
    -----
    Source: A. L. Maas, R. E. Daly, P. T. Pham, D. Huang, A. Y. Ng, C. Potts, Learning Word Vectors for Sentiment
    Analysis, ACL 2011.
    """
    entry = DATASETS["imdb"]
    check_source("load_imdb", source)
    halves = None if source == "mini" else _read_cache(entry)
    if halves is None:
        halves = obtain(entry, read, source)
    if halves is not None:
        train, test = halves
        about = f"{entry.title}: {len(train):,} training and {len(test):,} test reviews."
        return Imdb(source="full", description=about, entry=entry, train=train, test=test)
    from rnn.datasets import corpora

    train, test = (Reviews(*half) for half in corpora.mini_reviews())
    about = f"A small built-in corpus: {len(train):,} training and {len(test):,} test reviews from a grammar."
    return Imdb(source="mini", description=about, entry=entry, train=train, test=test)


def read(path: Path, entry: Entry) -> tuple[Reviews, Reviews]:
    """Read training and test reviews from an archive, in whatever packaging, and keep them unpacked in the
    cache folder.

    Raises
    ------
    BadFileError
        If the archive is damaged, unsafe, or holds anything but the known reviews.
    """
    contents = join_members(read_members(path, entry))
    _write_cache(contents, entry)
    return _split(contents)


def cache_file(entry: Entry) -> Path:
    """Where the unpacked reviews are kept; the name begins the hash of their contents."""
    return cache_folder() / f"{entry.name}-{(entry.contents or '')[:12]}.bin"


def _read_cache(entry: Entry) -> tuple[Reviews, Reviews] | None:
    """The reviews from the cache, or None if they are not there, or not whole."""
    try:
        contents = cache_file(entry).read_bytes()
        check_hash(contents, entry.contents)
    except (OSError, BadFileError, DataError):
        return None
    return _split(contents)


def _write_cache(contents: bytes, entry: Entry) -> None:
    """Keep the unpacked reviews; if that is not possible, say so once and go on."""
    try:
        folder = cache_folder()
    except DataError:
        return
    try:
        if not writable(folder):
            raise PermissionError("it cannot be written")
        put_file(
            cache_file(entry),
            lambda file: file.write(contents),
            lambda path: check_hash(path.read_bytes(), entry.contents),
        )
    except (OSError, BadFileError) as error:
        if folder not in _warned:
            _warned.add(folder)
            warn(
                f"The unpacked reviews could not be kept in {folder} ({reason_of(error)}), so they are unpacked anew "
                "every time: set RNN_CACHE_DIR to a folder that can be written."
            )


def _split(contents: bytes) -> tuple[Reviews, Reviews]:
    """Cut the flat string of bytes into training and test reviews."""
    pieces = contents.split(b"\0")
    names = [name.decode() for name in pieces[:-1:2]]
    texts = [text.decode() for text in pieces[1::2]]
    labels = np.array(["/pos/" in name for name in names], dtype=np.int8)
    ratings = np.array([int(name[name.rindex("_") + 1 : -4]) for name in names], dtype=np.int8)
    n = sum(name.startswith("train/") for name in names)
    return Reviews(texts[:n], labels[:n], ratings[:n]), Reviews(texts[n:], labels[n:], ratings[n:])
