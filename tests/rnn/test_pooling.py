"""Pooling over time: each kind by hand, its gradient, lengths, ties, nothing to pool, both directions."""

import re

import numpy as np
import pytest

from rnn.pooling import KINDS, Pool

NAN = np.nan
# Three sequences of three steps and two features; the lengths leave two steps, all, and none of them.
X = np.array(
    [
        [[1.0, 5.0], [3.0, -2.0], [NAN, NAN]],
        [[-1.0, -4.0], [-3.0, -6.0], [-2.0, -5.0]],
        [[NAN, NAN], [NAN, NAN], [NAN, NAN]],
    ]
)
LENGTHS = np.array([2, 3, 0])
LAST = [[3, -2], [-2, -5], [0, 0]]
MEAN = [[2, 1.5], [-2, -5], [0, 0]]
MAX = [[3, 5], [-1, -4], [0, 0]]
POOLED = {"last": LAST, "mean": MEAN, "max": MAX, "max+mean": np.hstack([MAX, MEAN])}
DY = np.array([[6.0, 12.0], [18.0, 24.0], [30.0, 36.0]])
ZERO = [[0, 0]] * 3
D_LAST = [[[0, 0], [6, 12], [0, 0]], [[0, 0], [0, 0], [18, 24]], ZERO]
D_MEAN = [[[3, 6], [3, 6], [0, 0]], [[6, 8]] * 3, ZERO]
D_MAX = [[[0, 12], [6, 0], [0, 0]], [[18, 24], [0, 0], [0, 0]], ZERO]
GRADIENTS = {"last": D_LAST, "mean": D_MEAN, "max": D_MAX, "max+mean": np.array(D_MAX) + 2 * np.array(D_MEAN)}


def dy_for(kind):
    return np.hstack([DY, 2 * DY]) if kind == "max+mean" else DY


@pytest.mark.parametrize("kind", KINDS)
def test_over_the_real_steps_by_hand(kind):
    pool = Pool(kind)
    np.testing.assert_array_equal(pool.forward(X, LENGTHS), POOLED[kind])
    np.testing.assert_array_equal(pool.backward(dy_for(kind)), GRADIENTS[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_without_lengths_every_step_is_real(kind):
    pool = Pool(kind)
    np.testing.assert_array_equal(pool.forward(X[1:2]), POOLED[kind][1:2])
    np.testing.assert_array_equal(pool.backward(dy_for(kind)[1:2]), GRADIENTS[kind][1:2])
    np.testing.assert_array_equal(pool.forward(X[:1, :2]), POOLED[kind][:1])
    np.testing.assert_array_equal(pool.backward(dy_for(kind)[:1]), np.array(GRADIENTS[kind])[:1, :2])


@pytest.mark.parametrize("kind", KINDS)
def test_float32_stays_float32_and_nothing_is_changed(kind):
    x = X.astype(np.float32)
    pool, kept = Pool(kind), x.copy()
    for lengths in (LENGTHS, None):
        y = pool.forward(x, lengths)
        dx = pool.backward(np.ones_like(y))
        assert (y.dtype, dx.dtype) == (np.float32, np.float32)
        assert not np.shares_memory(x, y)
    np.testing.assert_array_equal(x, kept)


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_of_one_step_is_that_step(kind):
    pool, x = Pool(kind), np.array([[[1.0, -5.0], [3.0, 7.0], [9.0, 9.0]]])
    twice = 2 if kind == "max+mean" else 1
    np.testing.assert_array_equal(pool.forward(x, [1]), np.tile([1, -5], (1, twice)))
    dx = pool.backward(np.tile([2.0, 3.0], (1, twice)))
    np.testing.assert_array_equal(dx, [[[2 * twice, 3 * twice], [0, 0], [0, 0]]])
    np.testing.assert_array_equal(Pool(kind, bidirectional=True).forward(x, [1]), pool.forward(x, [1]))


def test_steps_that_tie_for_the_maximum_share_its_gradient():
    pool = Pool("max")
    x = np.array([[[2.0, 0.0], [2.0, 1.0], [-1.0, 1.0], [2.0, 1.0]]])
    np.testing.assert_array_equal(pool.forward(x, [3]), [[2, 1]])
    np.testing.assert_array_equal(pool.backward(np.array([[6.0, 4.0]])), [[[3, 0], [3, 2], [0, 2], [0, 0]]])
    pool.forward(x)
    np.testing.assert_array_equal(pool.backward(np.array([[6.0, 6.0]])), [[[2, 0], [2, 2], [0, 2], [2, 2]]])


def test_a_feature_that_is_zero_everywhere_is_a_tie_too():
    pool = Pool("max")
    pool.forward(np.zeros((1, 2, 1)))
    np.testing.assert_array_equal(pool.backward(np.array([[4.0]])), [[[2], [2]]])


def test_the_last_state_of_both_directions_stands_at_both_ends():
    pool, x = Pool("last", bidirectional=True), np.arange(24.0).reshape(2, 3, 4)
    np.testing.assert_array_equal(pool.forward(x, [2, 3]), [[4, 5, 2, 3], [20, 21, 14, 15]])
    dx = pool.backward(np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]))
    np.testing.assert_array_equal(dx, [[[0, 0, 3, 4], [1, 2, 0, 0], [0] * 4], [[0, 0, 7, 8], [0] * 4, [5, 6, 0, 0]]])
    np.testing.assert_array_equal(pool.forward(x), [[8, 9, 2, 3], [20, 21, 14, 15]])


def test_both_directions_of_a_sequence_of_no_steps_are_zero():
    pool = Pool("last", bidirectional=True)
    np.testing.assert_array_equal(pool.forward(np.ones((2, 3, 4)), [0, 1]), [[0] * 4, [1] * 4])
    dx = pool.backward(np.ones((2, 4)))
    assert not dx[0].any()
    np.testing.assert_array_equal(dx[1], [[1] * 4, [0] * 4, [0] * 4])


def test_only_the_last_step_asks_for_two_halves():
    x = np.arange(6.0).reshape(1, 2, 3)
    np.testing.assert_array_equal(Pool("mean", bidirectional=True).forward(x), [[1.5, 2.5, 3.5]])
    np.testing.assert_array_equal(Pool("max", bidirectional=True).forward(x), [[3, 4, 5]])


@pytest.mark.parametrize("lengths", [None, [0, 0]])
@pytest.mark.parametrize("kind", KINDS)
def test_no_steps_at_all_give_zeros(kind, lengths):
    pool, width = Pool(kind), 6 if kind == "max+mean" else 3
    y = pool.forward(np.ones((2, 0, 3), np.float32), lengths)
    np.testing.assert_array_equal(y, np.zeros((2, width)))
    assert y.dtype == np.float32
    assert pool.backward(np.ones((2, width), np.float32)).shape == (2, 0, 3)


def refused(error, message, function, *arguments, **options):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        function(*arguments, **options)


def test_what_does_not_fit_is_refused():
    assert KINDS == ("last", "mean", "max", "max+mean")
    refused(ValueError, "Pool: kind must be one of last, mean, max, max+mean, got 'sum'.", Pool, "sum")
    pool = Pool("max+mean")
    refused(ValueError, "Pool.forward: x must have shape (B, T, H), got (2, 3).", pool.forward, np.ones((2, 3)))
    refused(
        RuntimeError,
        "Pool.backward: call forward first; backward gives the gradients of the last forward.",
        *(pool.backward, np.ones((2, 6))),
    )
    message = "Pool.forward: after a bidirectional layer H must be even, got 3."
    refused(ValueError, message, Pool("last", bidirectional=True).forward, np.ones((2, 4, 3)))
    message = "Pool.forward: x must hold floating-point numbers, got int64."
    refused(TypeError, message, pool.forward, np.ones((2, 4, 3), np.int64))
    pool.forward(np.ones((2, 4, 3)))
    message = "Pool.backward: dy must have shape (2, 6), got (2, 3)."
    refused(ValueError, message, pool.backward, np.ones((2, 3)))
    refused(ValueError, "Pool.forward: lengths must have shape (2,), got (1,).", pool.forward, np.ones((2, 4, 3)), [1])
    message = "Pool.forward: every length must lie between 0 and 4, the number of time steps, got 1 to 5."
    refused(ValueError, message, pool.forward, np.ones((2, 4, 3)), [1, 5])
