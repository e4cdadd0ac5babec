import hashlib
import re
from collections import Counter

import numpy as np
import pytest

from rnn.batches import bucketed_batches
from rnn.datasets.corpora import mini_reviews
from rnn.datasets.corpora.reviews import BLAME, PRAISE
from rnn.layers import Dense, Embedding
from rnn.losses import binary_cross_entropy
from rnn.lstm import LSTM
from rnn.models import Sequential
from rnn.optimizers import Adam
from rnn.pooling import Pool
from rnn.text import Vocabulary, tokenize
from rnn.training import evaluate, fit

SPLITS = mini_reviews()
LEVELS = {word: level for words in (PRAISE, BLAME) for level, group in enumerate(words) for word in group}
PRAISING = {word for group in PRAISE for word in group}
DENIAL = re.compile(
    r"\b(?:not|isn't|hardly|never|expected|anything but|far from being|may be (?=[a-z])|although|nobody|promised"
    r"|instead of|however (?=[^,]))"
)


def words(text):
    return re.findall(r"[a-z']+", text.lower().replace("<br />", " "))


def adjectives(text):
    return [word for word in words(text) if word in LEVELS]


def denied(text):
    """The first adjective after each word that denies."""
    return [adjectives(text[found.end() :])[0] for found in DENIAL.finditer(text.lower())]


def rows():
    return [row for split in SPLITS for row in zip(*split, strict=True)]


def test_splits_have_the_agreed_sizes_types_and_balance():
    for (texts, labels, ratings), size in zip(SPLITS, (2000, 1000), strict=True):
        assert len(texts) == size
        assert labels.shape == ratings.shape == (size,)
        assert labels.dtype == ratings.dtype == np.int8
        assert np.bincount(labels).tolist() == [size // 2, size // 2]
        assert set(ratings[labels == 0].tolist()) == {1, 2, 3, 4}
        assert set(ratings[labels == 1].tolist()) == {7, 8, 9, 10}


def test_every_call_returns_the_same_reviews():
    for first, second in zip(SPLITS, mini_reviews(), strict=True):
        assert first[0] == second[0]
        assert first[1].tolist() == second[1].tolist()
        assert first[2].tolist() == second[2].tolist()
    content = "\n".join(f"{text}\t{label}\t{rating}" for text, label, rating in rows())
    assert hashlib.sha256(content.encode()).hexdigest().startswith("8aec02016274360e")


def test_every_bag_of_words_belongs_to_as_many_praising_as_damning_reviews():
    for texts, labels, _ in SPLITS:
        balance = Counter()
        for text, label in zip(texts, labels.tolist(), strict=True):
            tokens = re.findall(r"[a-z']+|[^\sa-z']", text.lower())  # words and punctuation
            balance[tuple(sorted(tokens))] += 1 if label else -1
        assert len(balance) > len(texts) // 2 - 50  # twins, hardly any quadruplets
        assert set(balance.values()) == {0}


def test_twins_stand_next_to_each_other_in_either_order():
    for texts, labels, _ in SPLITS:
        for first, second in zip(texts[::2], texts[1::2], strict=True):
            assert sorted(words(first)) == sorted(words(second))
            assert first != second
        assert np.all(labels[::2] + labels[1::2] == 1)
        assert 0.45 < labels[::2].mean() < 0.55


def test_no_text_occurs_twice_and_no_test_word_is_new():
    assert len({text for text, _, _ in rows()}) == 3000
    train, test = ({word for text in split[0] for word in words(text)} for split in SPLITS)
    assert test <= train


def test_pairs_of_praise_and_blame_in_the_test_split_are_new():
    train, test = (
        {tuple(sorted(adjectives(text))) for text in split[0] if len(adjectives(text)) == 2} for split in SPLITS
    )
    assert len(train) > 200
    assert len(test) > 100
    assert not train & test


def test_what_is_denied_has_the_wrong_sign_and_what_is_claimed_decides_label_and_rating():
    for text, label, rating in rows():
        said, rejected = adjectives(text), denied(text)
        assert len(said) == 2 * len(rejected)
        assert len(said) in (2, 4)
        assert all((word in PRAISING) != bool(label) for word in rejected)
        claimed = list((Counter(said) - Counter(rejected)).elements())
        assert all((word in PRAISING) == bool(label) for word in claimed)
        strongest = max(LEVELS[word] for word in claimed)
        assert rating == (7 + strongest if label else 4 - strongest)


def test_up_to_four_words_stand_between_the_denial_and_its_adjective():
    pattern = re.compile(r"\bnot ((?:[a-z]+ ){0,9}?)(?:" + "|".join(LEVELS) + r")\b")
    distances = Counter(len(found.group(1).split()) for text, _, _ in rows() for found in pattern.finditer(text))
    assert sorted(distances) == [0, 1, 2, 3, 4]
    assert max(distances.values()) < 0.5 * distances.total()


def test_the_position_of_an_adjective_does_not_tell_whether_it_is_claimed():
    agreeing = [
        (adjectives(text)[0] in PRAISING) == bool(label) for text, label, _ in rows() if len(adjectives(text)) == 2
    ]
    assert 0.47 < np.mean(agreeing) < 0.53


def test_reviews_look_like_reviews():
    lengths = [len(words(text)) for text, _, _ in rows()]
    assert min(lengths) >= 8
    assert max(lengths) <= 40
    texts = [text for text, _, _ in rows()]
    assert 0.1 < np.mean(["<br />" in text for text in texts]) < 0.3
    assert 0.05 < np.mean([bool(re.search("[A-Z]{4}", text)) for text in texts]) < 0.15
    assert all(text[0].isupper() and text[-1] in ".!" for text in texts)
    assert not any(re.search(r"[{}]|  | [.,;!]", text) for text in texts)


def counts(texts, grams, n):
    index = {gram: i for i, gram in enumerate(grams)}
    x = np.zeros((len(texts), len(index)), dtype=np.float32)
    for row, text in enumerate(texts):
        for gram in ngrams(text, n):
            if gram in index:
                x[row, index[gram]] += 1
    return x


def ngrams(text, n):
    tokens = words(text)
    return [tuple(tokens[i : i + k]) for k in range(1, n + 1) for i in range(len(tokens) - k + 1)]


def logistic_regression_accuracy(n):
    (texts, labels, _), (test_texts, test_labels, _) = SPLITS
    seen = Counter(gram for text in texts for gram in ngrams(text, n))
    grams = [gram for gram, count in seen.items() if count > 1]
    x, x_test = counts(texts, grams, n), counts(test_texts, grams, n)
    w = np.zeros(x.shape[1], dtype=np.float32)
    for _ in range(100):
        p = 1 / (1 + np.exp(-x @ w))
        w -= np.float32(0.3) * (x.T @ (p - labels) / np.float32(len(labels)))
    return np.mean((x_test @ w > 0) == test_labels)


def test_logistic_regression_on_words_learns_nothing():
    assert logistic_regression_accuracy(1) <= 0.6


def test_logistic_regression_on_pairs_of_words_sees_a_part():
    assert 0.6 < logistic_regression_accuracy(2) < 0.8


@pytest.mark.parametrize("seed", [0, 1])
def test_a_small_lstm_learns_in_five_epochs_what_word_order_says(seed):
    (texts, labels, _), (test_texts, test_labels, _) = SPLITS
    documents = [tokenize(text) for text in texts]
    vocabulary = Vocabulary.build(documents)
    rng = np.random.default_rng(seed)
    model = Sequential(
        [
            Embedding(len(vocabulary), 32, rng=rng),
            LSTM(32, 32, rng=rng),
            Pool("max"),
            Dense(32, 1, rng=rng),
        ]
    )
    train = bucketed_batches([vocabulary.encode(d) for d in documents], labels.astype(int), 32)
    test = bucketed_batches([vocabulary.encode(tokenize(t)) for t in test_texts], test_labels.astype(int), 100)
    fit(model, train, loss=binary_cross_entropy, optimizer=Adam(0.01), epochs=5, clip_norm=1.0, rng=rng, progress=False)
    assert evaluate(model, test, loss=binary_cross_entropy)["accuracy"] > 0.95
