"""Cutting data into batches: every example once an epoch, lengths alike within a batch, streams that go on."""

import re

import numpy as np
import pytest

from rnn import batches as module
from rnn.batches import Batch, Batches, array_batches, bucketed_batches, truncated_batches


def generator(seed=0):
    return np.random.default_rng(seed)


def refused(error, message, function, *arguments):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        function(*arguments)


def test_a_batch_is_inputs_and_targets_and_the_rest_if_given():
    assert Batch(1, 2) == (1, 2, None, None, False)
    assert Batch._fields == ("x", "y", "lengths", "mask", "carry")


def test_batches_are_made_anew_for_every_epoch():
    made = Batches(lambda rng: iter([rng.random()]), 3)
    assert len(made) == 3
    assert list(made(generator())) == list(made(generator())) == [generator().random()]


# Arrays


@pytest.mark.parametrize(("size", "sizes"), [(3, [3, 3, 1]), (7, [7]), (10, [7]), (1, [1] * 7)])
def test_arrays_are_shuffled_and_cut(size, sizes):
    x, y = np.arange(14).reshape(7, 2), np.arange(7) * 10
    made = array_batches(x, y, size)
    assert len(made) == len(sizes)
    epoch = list(made(generator()))
    assert [len(batch.x) for batch in epoch] == sizes
    order = np.concatenate([batch.x[:, 0] for batch in epoch]) // 2
    np.testing.assert_array_equal(order, generator().permutation(7))
    for batch in epoch:
        np.testing.assert_array_equal(batch.y, 5 * batch.x[:, 0])
        np.testing.assert_array_equal(batch.x[:, 1], batch.x[:, 0] + 1)
        assert batch[2:] == (None, None, False)


def test_each_epoch_has_an_order_of_its_own():
    made, rng = array_batches(np.arange(20), np.arange(20), 20), generator()
    first, second = (next(iter(made(rng))).x.tolist() for _ in range(2))
    assert first != second
    assert sorted(first) == sorted(second) == list(range(20))


def test_arrays_that_do_not_fit():
    x = np.zeros((3, 2))
    refused(ValueError, "array_batches: batch_size must be at least 1, got 0.", array_batches, x, x, 0)
    message = "array_batches: there must be one target for each example, got 3 examples and 2 targets."
    refused(ValueError, message, array_batches, x, x[:2], 1)
    refused(ValueError, "array_batches: at least one example is needed, got none.", array_batches, x[:0], x[:0], 1)


# Sequences of different length


def sequences(count, longest=9):
    """The k-th sequence repeats the number k; its target is k."""
    return [[k] * int(n) for k, n in enumerate(generator(1).integers(1, longest + 1, count))]


def test_every_sequence_comes_once_with_its_length_and_target():
    data = sequences(23)
    made = bucketed_batches(data, np.arange(23), 4)
    assert len(made) == 6
    epoch = list(made(generator()))
    assert sorted(len(batch.x) for batch in epoch) == [3, 4, 4, 4, 4, 4]
    assert sorted(np.concatenate([batch.y for batch in epoch]).tolist()) == list(range(23))
    for batch in epoch:
        assert batch.mask is None
        assert not batch.carry
        assert batch.x.shape[1] == max(batch.lengths)
        for row, k, n in zip(batch.x, batch.y, batch.lengths, strict=True):
            assert n == len(data[k])
            assert row.tolist() == [k] * n + [0] * (len(row) - n)


def test_lengths_within_a_batch_are_neighbors_and_batches_come_in_any_order():
    data = sequences(60, longest=50)
    epoch = list(bucketed_batches(data, np.arange(60), 5)(generator()))
    lengths = [batch.lengths.tolist() for batch in epoch]
    assert sorted(lengths) == [sorted(len(s) for s in data)[k : k + 5] for k in range(0, 60, 5)]
    assert lengths != sorted(lengths)


def test_the_order_differs_between_epochs_and_repeats_with_the_seed():
    made = bucketed_batches(sequences(60), np.arange(60), 5)
    rng = generator()
    first, second, again = ([batch.y.tolist() for batch in made(one)] for one in (rng, rng, generator()))
    assert first == again
    assert first != second
    assert sorted(map(tuple, first)) != sorted(map(tuple, second))  # other companions, not only another order


def test_pools_are_sorted_one_by_one(monkeypatch):
    """With pools of two batches, sequences of the third batch need not be longer than those of the first."""
    assert module.POOL == 50
    monkeypatch.setattr(module, "POOL", 2)
    data = sequences(23, longest=30)
    order = generator().permutation(23)
    expected = []
    for start in range(0, 23, 6):
        pool = sorted(order[start : start + 6].tolist(), key=lambda k: len(data[k]))
        expected += [pool[:3], pool[3:]]
    epoch = [batch.y.tolist() for batch in bucketed_batches(data, np.arange(23), 3)(generator())]
    assert sorted(epoch) == sorted(expected)


def test_sequences_of_one_length_keep_the_shuffled_order():
    data = sequences(60, longest=3)
    order = sorted(generator().permutation(60).tolist(), key=lambda k: len(data[k]))
    epoch = [batch.y.tolist() for batch in bucketed_batches(data, np.arange(60), 5)(generator())]
    assert sorted(epoch) == sorted(order[k : k + 5] for k in range(0, 60, 5))


def test_targets_for_every_token_come_padded_with_a_mask():
    data = sequences(7)
    made = bucketed_batches(data, [[10 * k for k in s] for s in data], 3)
    for batch in made(generator()):
        np.testing.assert_array_equal(batch.y, 10 * batch.x)
        assert batch.mask.dtype == np.bool_
        assert batch.mask.tolist() == [[t < n for t in range(batch.x.shape[1])] for n in batch.lengths]


def test_sequences_that_do_not_fit():
    message = "bucketed_batches: batch_size must be at least 1, got 0."
    refused(ValueError, message, bucketed_batches, [[1]], np.zeros(1), 0)
    message = "bucketed_batches: there must be one target for each example, got 1 examples and 2 targets."
    refused(ValueError, message, bucketed_batches, [[1]], np.zeros(2), 1)
    refused(ValueError, "bucketed_batches: at least one example is needed, got none.", bucketed_batches, [], [], 1)
    message = "bucketed_batches: one target a sequence must come as an array, got a list of single numbers."
    refused(TypeError, message, bucketed_batches, [[1, 2], [3]], [0, 1], 1)
    message = "bucketed_batches: targets given as sequences must be as long as their sequences, got another length."
    refused(ValueError, message, bucketed_batches, [[1, 2], [3]], [[1, 2], [3, 4]], 1)


# One long sequence


def test_streams_side_by_side_by_hand():
    made = truncated_batches(np.arange(12), 2, 2)
    assert len(made) == 3
    epoch = list(made(generator()))
    assert [batch.x.tolist() for batch in epoch] == [[[0, 1], [5, 6]], [[2, 3], [7, 8]], [[4], [9]]]
    assert [batch.y.tolist() for batch in epoch] == [[[1, 2], [6, 7]], [[3, 4], [8, 9]], [[5], [10]]]
    assert [batch.carry for batch in epoch] == [False, True, True]
    assert all(batch.lengths is None and batch.mask is None for batch in epoch)


def test_batches_of_one_step_go_on_from_the_second():
    assert [batch.carry for batch in truncated_batches(np.arange(5), 1, 1)(generator())] == [False, True, True, True]


@pytest.mark.parametrize(
    ("tokens", "streams", "steps", "shapes"),
    [(11, 2, 5, [(2, 5)]), (13, 2, 3, [(2, 3), (2, 3)]), (3, 2, 9, [(2, 1)]), (2, 1, 1, [(1, 1)])],
)
def test_how_much_is_used(tokens, streams, steps, shapes):
    made = truncated_batches(np.arange(tokens), streams, steps)
    epoch = list(made(generator()))
    assert [batch.x.shape for batch in epoch] == shapes
    assert len(made) == len(shapes)
    for batch in epoch:
        np.testing.assert_array_equal(batch.y, batch.x + 1)


def test_what_is_too_short_for_its_streams():
    message = "truncated_batches: 4 streams need at least 5 tokens, got 4."
    refused(ValueError, message, truncated_batches, np.arange(4), 4, 2)
    assert [batch.x.tolist() for batch in truncated_batches(np.arange(5), 4, 2)(generator())] == [[[0], [1], [2], [3]]]
    refused(ValueError, "truncated_batches: steps must be at least 1, got 0.", truncated_batches, np.arange(5), 1, 0)
    message = "truncated_batches: batch_size must be at least 1, got 0."
    refused(ValueError, message, truncated_batches, np.arange(5), 0, 1)
    message = "truncated_batches: ids must have shape (N,), got (5, 1)."
    refused(ValueError, message, truncated_batches, np.zeros((5, 1), int), 1, 1)
    message = "truncated_batches: ids must be a NumPy array of shape (N,), got list."
    refused(TypeError, message, truncated_batches, [1, 2], 1, 1)
