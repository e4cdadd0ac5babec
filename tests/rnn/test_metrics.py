"""Accuracy, perplexity and mean squared error: exact values, masks, extremes, bad input."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn import losses, metrics
from rnn.metrics import accuracy, mean_squared_error, perplexity


def test_accuracy_takes_the_largest_logit():
    z = np.array([[1.0, 3.0, 2.0], [5.0, 4.0, 4.9], [0.0, -1.0, -2.0], [-5.0, -4.0, -3.0]])
    assert accuracy(z, np.array([1, 0, 2, 2])) == 0.75
    assert accuracy(z.astype(np.float32).reshape(2, 2, 3), np.array([[1, 0], [2, 2]], np.int8)) == 0.75


def test_accuracy_counts_classes_along_the_last_axis_and_no_other():
    assert accuracy(np.array([[[1.0, 3.0, 2.0]], [[5.0, 4.0, 4.9]]]), np.array([[1], [2]])) == 0.5
    assert accuracy(np.zeros((2, 0, 3)), np.zeros((2, 0), int)) == 0.0


def test_accuracy_of_one_logit_an_item_asks_whether_it_is_above_zero():
    z = np.array([0.1, -0.1, 0.0, 7.0, -7.0])
    for y in (np.array([1, 0, 1, 1, 1]), np.array([1.0, 0, 1, 1, 1]), np.array([1, 0, 1, 1, 1]) > 0):
        assert accuracy(z, y) == 0.6  # a logit of exactly 0 is class 0
        assert accuracy(z[:, None], y) == 0.6
        assert accuracy(z[:, None], y[:, None]) == 0.6


def test_accuracy_counts_only_what_the_mask_counts():
    z = np.array([[[1.0, 2.0], [np.nan, np.nan]], [[np.inf, 1.0], [0.0, 1.0]]])
    y = np.array([[1, -100], [1, 1]])
    assert accuracy(z, y, [[1, 0], [1, 1]]) == 2 / 3
    assert accuracy(z[..., 0], np.array([[1, 9], [1, 0]]), np.array([[True, False], [True, True]])) == 1.0
    assert accuracy(z, y, np.zeros((2, 2))) == 0.0
    assert accuracy(np.zeros((0, 3)), np.zeros(0, int)) == 0.0


@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_accuracy_equals_counting_one_by_one(seed, classes):
    rng = np.random.default_rng(seed)
    z, y, mask = rng.normal(size=(4, 3, classes)), rng.integers(0, classes, (4, 3)), rng.random((4, 3)) < 0.6
    mask[0, 0] = True
    right = [max(range(classes), key=lambda v: z[b, t, v]) == y[b, t] for b, t in np.argwhere(mask)]
    assert accuracy(z, y, mask) == pytest.approx(sum(right) / len(right), abs=1e-15)


def test_squared_error_is_taken_in_float64_whatever_comes():
    assert mean_squared_error(np.array([0, 3], np.uint8), np.array([1, 1], np.uint8)) == 2.5
    a, b = np.array([1 / 3], np.float32), np.array([1 / 7], np.float32)
    assert mean_squared_error(a, b) == (float(a[0]) - float(b[0])) ** 2


def test_perplexity_of_a_uniform_guess_is_the_number_of_tokens():
    loss, _ = losses.softmax_cross_entropy(np.zeros((5, 40)), np.arange(5))
    assert perplexity(loss, 5) == pytest.approx(40, rel=1e-14)
    assert perplexity(0.0, 3) == 1.0


def test_perplexity_is_a_mean_over_tokens_not_over_batches():
    assert perplexity([math.log(2), math.log(32)], [3, 1]) == pytest.approx(4.0, rel=1e-15)
    of_batches = math.exp((math.log(2) + math.log(32)) / 2)
    assert of_batches == pytest.approx(8.0)  # what one gets by forgetting that the last batch is small


def test_perplexity_leaves_out_batches_without_tokens_even_if_their_loss_is_nan():
    assert perplexity([math.nan, math.log(3)], [0, 7]) == pytest.approx(3.0, rel=1e-15)
    assert perplexity([math.inf, math.log(3)], np.array([0, 7])) == pytest.approx(3.0, rel=1e-15)
    assert perplexity([math.log(2), math.nan, math.log(32)], [3, 0, 1]) == pytest.approx(4.0, rel=1e-15)


def test_perplexity_may_be_infinite():
    assert perplexity([math.inf, 1.0], [1, 5]) == math.inf
    assert perplexity(1e4, 1) == math.inf


@given(st.lists(st.tuples(st.floats(0, 20), st.integers(0, 10**6)), min_size=1, max_size=6))
def test_perplexity_does_not_depend_on_how_tokens_are_batched(batches):
    means, counts = zip(*batches, strict=True)
    if not any(counts):
        counts = (1,) * len(counts)
    once = perplexity(means, counts)
    merged = sum(m * n for m, n in zip(means, counts, strict=True)) / sum(counts)
    assert once == pytest.approx(perplexity(merged, sum(counts)), rel=1e-12)
    assert once >= 1


def test_squared_error_by_hand():
    assert mean_squared_error([1, 2, 4], [1, 4, 1]) == 13 / 3
    assert mean_squared_error(np.array([2.0]), np.array([2.0])) == 0.0
    assert mean_squared_error(np.array([True, False]), np.array([0.0, 0.0])) == 0.5
    assert mean_squared_error(np.array([250], np.uint8), np.array([255], np.uint8)) == 25.0


def test_squared_error_with_masks_of_both_shapes():
    p, y = np.zeros((2, 2, 2)), np.full((2, 2, 2), 2.0)
    y[0, 1] = np.nan
    p[0, 1] = np.inf
    y[1, 0, 0] = 5.0
    steps = np.array([[1, 0], [1, 1]])
    assert mean_squared_error(p, y, steps) == (5 * 4 + 25) / 6
    each = np.repeat(steps[..., None], 2, axis=-1)
    each[1, 0, 0] = 0
    assert mean_squared_error(p, y, each) == 4.0
    assert mean_squared_error(p, y, np.zeros((2, 2))) == 0.0
    assert mean_squared_error(np.zeros((2, 0)), np.zeros((2, 0))) == 0.0


@given(st.integers(0, 2**32 - 1))
def test_squared_error_equals_the_loss_of_the_same_name(seed):
    rng = np.random.default_rng(seed)
    p, y, mask = rng.normal(size=(3, 4, 2)), rng.normal(size=(3, 4, 2)), rng.random((3, 4)) < 0.5
    assert mean_squared_error(p, y, mask) == pytest.approx(losses.mean_squared_error(p, y, mask)[0], rel=1e-13)
    assert mean_squared_error(p, y) == pytest.approx(losses.mean_squared_error(p, y)[0], rel=1e-13)


def test_every_metric_is_found_under_rnn_metrics():
    assert sorted(metrics.__all__) == ["accuracy", "bleu", "chrf", "mean_squared_error", "perplexity"]
    assert metrics.bleu([["a"]], [[["a"]]], max_n=1) == metrics.chrf(["a"], [["a"]]) == 1.0


Z, Y = np.zeros((2, 3)), np.zeros(2, int)
BAD = [
    (accuracy, (Y, Y), TypeError, "logits must be floating-point numbers, got int64"),
    (accuracy, (Z, Y * 1.0), TypeError, "targets must be class numbers of an integer dtype, got float64"),
    (accuracy, (Z[:, 0], np.array(["a", "b"])), TypeError, "targets must be class numbers"),
    (
        accuracy,
        (Z, np.zeros(3, int)),
        ValueError,
        "shape of targets, (3,), or one more axis for the classes, got (2, 3)",
    ),
    (accuracy, (Z[:, 0], np.zeros((2, 3), int)), ValueError, "shape of targets, (2, 3), or one more axis"),
    (accuracy, (np.zeros((2, 3, 4)), Y), ValueError, "shape of targets, (2,), or one more axis"),
    (accuracy, (np.zeros((2, 0)), Y), ValueError, "shape of targets, (2,), or one more axis"),
    (accuracy, (Z, np.array([0, 3])), ValueError, "between 0 and 2, the last of the 3 classes, got 0 to 3"),
    (accuracy, (Z[:, 0], np.array([0, 2])), ValueError, "between 0 and 1, the last of the 2 classes, got 0 to 2"),
    (accuracy, (Z[:, 0], np.array([0, 0.5])), ValueError, "every target that counts must be 0 or 1, got a fraction"),
    (accuracy, (Z[:, 0], np.array([0, np.nan])), ValueError, "every target that counts must"),
    (accuracy, (Z * np.nan, Y), ValueError, "every logit that counts must be a number, got NaN"),
    (accuracy, (Z, Y, [1, 2]), ValueError, "mask must hold 0 (ignore) and 1 (count) only"),
    (accuracy, (Z, Y, Z), ValueError, "mask must have shape (2,), got (2, 3)"),
    (perplexity, (["a"], [1]), TypeError, "losses must be real numbers and counts whole numbers"),
    (perplexity, ([1.0], [1.0]), TypeError, "got float64 and float64"),
    (perplexity, ([1.0, 2.0], [1]), ValueError, "must have the same shape, got (2,) and (1,)"),
    (perplexity, ([1.0, 2.0], [2, -1]), ValueError, "counts must be ≥ 0 and at least one of them > 0, got [2, -1]"),
    (perplexity, ([1.0, 2.0], [0, 0]), ValueError, "at least one of them > 0, got [0, 0]"),
    (perplexity, ([], []), TypeError, "counts whole numbers"),
    (perplexity, ([math.nan, 2.0], [1, 1]), ValueError, "must be a number, got NaN"),
    (mean_squared_error, (["a"], [1]), TypeError, "predictions must be real numbers"),
    (mean_squared_error, ([1], [1j]), TypeError, "targets must be real numbers, got complex128"),
    (mean_squared_error, (Z, Z[:, :1]), ValueError, "shape of predictions, (2, 3), got (2, 1)"),
    (mean_squared_error, (Z, Z, Z[0]), ValueError, "mask must have shape (2, 3) or (2,), got (3,)"),
    (mean_squared_error, (Z * np.nan, Z), ValueError, "finite where they count, got NaN or infinity"),
    (mean_squared_error, (Z, Z + np.inf), ValueError, "finite where they count, got NaN or infinity"),
]


@pytest.mark.parametrize(("function", "args", "error", "message"), BAD)
def test_bad_input_is_refused_in_one_sentence(function, args, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        function(*args)
    assert str(caught.value).startswith(f"{function.__name__}: ")
