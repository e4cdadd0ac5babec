"""What is known about the data: names, addresses, hashes, sizes, licenses. The logic is in the files beside.

A data set may lie in the data folder in several packagings: the file its authors publish, an archive built on
demand by a code host, a copy repacked by hand. What must be right is its *contents*, so the hash that decides
is taken over those:

- a single file: the SHA-256 of its bytes;
- files in an archive: the SHA-256 over, file by file in a fixed order, name + NUL + bytes + NUL.

Where the publisher states a hash of the download itself, the download is checked against that too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One data set and how to know that a file holds it.

    Attributes
    ----------
    name : str
        Short name, as in ``load_imdb`` and ``python -m rnn.datasets fetch imdb``.
    title, summary : str
        The name its authors gave it, and what it holds in a few words.
    url : str
        The page that describes it.
    address : str
        Where it is downloaded from.
    names : tuple of str
        File names looked for in the data folder; the download is saved under the first.
    size : int or None
        Bytes of the download: exact for single files, about right for archives, None if unknown.
    download_hash : str or None
        Published hash of the download, ``"algorithm:digest"``.
    contents : str or None
        SHA-256 of the contents; None where any file in the right format will do.
    exact : mapping
        Where any file in the right format will do: the SHA-256 of known files, by name.
    members : str or None
        Regular expression of the archive members that are the contents; its group ``name`` is the name in the
        hash. None for a single file.
    folders : tuple of str
        Folders in the order of the hash, files inside by their leading number; empty: files by name.
    count, largest : int
        How many members there are, and the most bytes that one may have.
    license, credit : str
        What a page that shows some of the data has to say.
    """

    name: str
    title: str
    summary: str
    url: str
    address: str
    names: tuple[str, ...]
    size: int | None
    download_hash: str | None = None
    contents: str | None = None
    exact: Mapping[str, str] = field(default_factory=dict)
    members: str | None = None
    folders: tuple[str, ...] = ()
    count: int = 1
    largest: int = 1 << 20
    license: str
    credit: str


_ENTRIES = (
    Entry(
        name="imdb",
        title="Large Movie Review Dataset v1.0",
        summary="50,000 film reviews, half of them positive",
        url="https://ai.stanford.edu/~amaas/data/sentiment/",
        address="https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz",
        names=("aclImdb_v1.tar.gz", "aclImdb_labelled.tar.xz"),
        size=84_125_825,
        download_hash="md5:7c2ac02c03563afcf9b574c7e56c153a",
        contents="85222fd32ec369d7a1dafde41f491bb2e9c530fa4ba13e4a38dfb1bad9540f87",
        members=r"(?:\./)?aclImdb/(?P<name>(?:train|test)/(?:neg|pos)/\d+_\d+\.txt)",
        folders=("train/neg", "train/pos", "test/neg", "test/pos"),
        count=50_000,
        license="none stated; for research, cite the paper",
        credit=(
            "Large Movie Review Dataset v1.0: A. L. Maas, R. E. Daly, P. T. Pham, D. Huang, A. Y. Ng, C. Potts, "
            "Learning Word Vectors for Sentiment Analysis, ACL 2011; reviews by users of IMDb"
        ),
    ),
    Entry(
        name="shakespeare",
        title="tiny Shakespeare",
        summary="1.1 million characters of plays",
        url="https://github.com/karpathy/char-rnn",
        address="https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
        names=("tinyshakespeare.txt",),
        size=1_115_394,
        contents="86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        license="public domain",
        credit="William Shakespeare; the selection is that of A. Karpathy's char-rnn",
    ),
    Entry(
        name="weather",
        title="Daily minimum temperatures in Melbourne",
        summary="3,650 days, 1981-1990, in degrees Celsius",
        url="https://github.com/jbrownlee/Datasets",
        address="https://raw.githubusercontent.com/jbrownlee/Datasets/master/daily-min-temperatures.csv",
        names=("daily-min-temperatures.csv",),
        size=67_921,
        contents="8b9de63ed6789492bf497625e7f9beb96a63d367b4b0a21754006f749fa5e5da",
        license="none stated by the copy",
        credit="Australian Bureau of Meteorology; the copy is kept by J. Brownlee",
    ),
    Entry(
        name="ecg",
        title="Electrocardiogram of SciPy",
        summary="5 minutes of heartbeats at 360 Hz",
        url="https://docs.scipy.org/doc/scipy/reference/generated/scipy.datasets.electrocardiogram.html",
        address="https://raw.githubusercontent.com/scipy/dataset-ecg/main/ecg.dat",
        names=("ecg.dat",),
        size=119_035,
        contents="f20ad3365fb9b7f845d0e5c48b6fe67081377ee466c3a220b7f69f35c8958baf",
        license="Open Data Commons Attribution 1.0",
        credit=(
            "MIT-BIH Arrhythmia Database, record 208: G. B. Moody, R. G. Mark, The Impact of the MIT-BIH "
            "Arrhythmia Database, IEEE Engineering in Medicine and Biology 20(3), 2001; from PhysioNet; the excerpt is "
            "SciPy's"
        ),
    ),
    Entry(
        name="digits",
        title="Free Spoken Digit Dataset v1.0.10",
        summary="3,000 recordings of 6 speakers at 8 kHz",
        url="https://github.com/Jakobovski/free-spoken-digit-dataset",
        address="https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/tags/v1.0.10.tar.gz",
        names=(
            "free-spoken-digit-dataset-1.0.10.tar.gz",
            "free-spoken-digit-dataset-1.0.10.zip",
            "free-spoken-digit-dataset.tar.xz",
            "v1.0.10.tar.gz",
            "v1.0.10.zip",
        ),
        size=15_600_000,
        contents="2badb3823b5ab4f60ae82c0dd05d3dfe4eaba4b7c55ea0c83ae73c75a63c9500",
        members=r"(?:[^/]+/)?recordings/(?P<name>\d_[a-z]+_\d+\.wav)",
        count=3_000,
        license="CC BY-SA 4.0",
        credit="Free Spoken Digit Dataset v1.0.10, by Z. Jackson and the contributors",
    ),
    Entry(
        name="translation",
        title="English-French sentence pairs of Tatoeba",
        summary="short sentences and their translations",
        url="https://www.manythings.org/anki/",
        address="http://d2l-data.s3-accelerate.amazonaws.com/fra-eng.zip",
        names=("fra-eng.zip", "fra.txt", "fra-eng-5000.txt"),
        size=None,
        download_hash="sha1:94646ad1522d915e7b0f9296181140edcf86a4f5",
        exact={"fra-eng-5000.txt": "d952b56a181da5270b7bb4ded3f3bbe61e67a9b1de0e0fbc1d46438c71fb55a7"},
        members=r"(?:[^/]+/)*(?P<name>[a-z]{3}\.txt)",
        largest=1 << 28,
        license="CC BY 2.0 FR",
        credit="Sentences of the Tatoeba project (tatoeba.org) and its contributors, paired by manythings.org",
    ),
)

DATASETS: dict[str, Entry] = {entry.name: entry for entry in _ENTRIES}
"""Every data set by its short name."""
