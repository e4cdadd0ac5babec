"""Small built-in corpora, generated for this book: what a chapter runs on without the real data.

Each one imitates the form of a real data set and has something in it to learn. All are made by the code in
this folder, from a fixed seed, in less than a second; nothing is downloaded and nothing is stored.
"""

from rnn.datasets.corpora.digits import mini_digits
from rnn.datasets.corpora.ecg import mini_ecg
from rnn.datasets.corpora.reviews import mini_reviews
from rnn.datasets.corpora.translation import mini_pairs
from rnn.datasets.corpora.verse import mini_verse
from rnn.datasets.corpora.weather import mini_temperatures

__all__ = ["mini_digits", "mini_ecg", "mini_pairs", "mini_reviews", "mini_temperatures", "mini_verse"]
