"""Data for the case studies: real data sets where they can be had, small built-in corpora where not.

``load_imdb``, ``load_shakespeare``, ``load_weather``, ``load_ecg``, ``load_digits`` and ``load_translation``
all take ``source="auto"``, "full" or "mini" and say in ``data.source`` which they returned, "full" or "mini".
Each data set carries its ``description``, ``credit``, ``license`` and ``url`` for the page that shows some of it.

Published files are looked for in ``RNN_DATA_DIR``, else in the operating system's cache folder, and downloaded from
their authors' address where they are missing; ``rnn/datasets/registry.py`` has the addresses and hashes.
``RNN_OFFLINE=1`` switches downloads off. On the command line, ``python -m rnn.datasets`` shows what there is.

The toy tasks need no data: ``adding_problem``, ``copy_problem``, ``echo_problem``, ``parity_problem`` and
``written_dates`` make theirs from a random generator.
"""

from rnn.datasets.base import Dataset
from rnn.datasets.digits import Digits, load_digits
from rnn.datasets.ecg import Ecg, load_ecg
from rnn.datasets.folders import DataError, DataWarning
from rnn.datasets.imdb import Imdb, Reviews, load_imdb
from rnn.datasets.shakespeare import Shakespeare, load_shakespeare
from rnn.datasets.tasks import adding_problem, copy_problem, echo_problem, parity_problem, written_dates
from rnn.datasets.translation import Translation, load_translation
from rnn.datasets.weather import Weather, load_weather

__all__ = [
    "DataError",
    "DataWarning",
    "Dataset",
    "Digits",
    "Ecg",
    "Imdb",
    "Reviews",
    "Shakespeare",
    "Translation",
    "Weather",
    "adding_problem",
    "copy_problem",
    "echo_problem",
    "load_digits",
    "load_ecg",
    "load_imdb",
    "load_shakespeare",
    "load_translation",
    "load_weather",
    "parity_problem",
    "written_dates",
]
