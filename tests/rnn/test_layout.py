"""From batch first to time first and back, and the walk through time: every number where it belongs."""

import numpy as np
import pytest

from rnn import _layout

X = np.arange(24.0).reshape(3, 4, 2)  # (B, T, D): the number 8 b + 2 t + d
ORDER = np.array([2, 0, 1])


def test_time_major_swaps_batch_and_time():
    x = _layout.time_major(X, None)
    assert x.shape == (4, 3, 2)
    assert x.flags.c_contiguous
    assert x[3, 1, 0] == 8 + 6
    np.testing.assert_array_equal(x[:, 2, 1], X[2, :, 1])


def test_time_major_puts_the_rows_in_order():
    x = _layout.time_major(X, ORDER)
    assert x.flags.c_contiguous
    for place, row in enumerate(ORDER):
        np.testing.assert_array_equal(x[:, place], X[row])


@pytest.mark.parametrize("order", [None, ORDER])
def test_batch_major_undoes_time_major(order):
    x = X.astype(np.float32)
    back = _layout.batch_major(_layout.time_major(x, order), order)
    np.testing.assert_array_equal(back, x)
    assert back.dtype == np.float32
    assert not np.shares_memory(back, x)


def test_unsort_puts_rows_back():
    rows = X[:, 0].astype(np.float32)
    np.testing.assert_array_equal(_layout.unsort(rows[ORDER], ORDER), rows)
    assert _layout.unsort(rows[ORDER], ORDER).dtype == np.float32
    assert _layout.unsort(rows, None) is rows


def walk(active, *arrays, back=False):
    return [(n, *(a.tolist() for a in parts)) for n, *parts in _layout.each_step(active, *arrays, back=back)]


def test_each_step_yields_the_rows_still_running():
    a = np.arange(12).reshape(4, 3, 1)
    assert walk([3, 2, 2, 1], a) == [(3, [[0], [1], [2]]), (2, [[3], [4]]), (2, [[6], [7]]), (1, [[9]])]


def test_each_step_backwards_is_the_same_in_reverse():
    a, b = np.arange(12).reshape(4, 3, 1), np.arange(24).reshape(4, 2, 3, 1)
    for active in ([3, 3, 3, 3], [3, 2, 2, 1], [2, 0, 0, 0]):
        assert walk(active, a, b, back=True) == walk(active, a, b)[::-1]


def test_each_step_of_arrays_with_gates_keeps_the_gates():
    a = np.arange(24).reshape(4, 2, 3, 1)  # (T, k, B, H)
    n, part = next(_layout.each_step([2, 2, 1, 1], a))
    assert n == 2
    assert part.tolist() == [[[0], [1]], [[3], [4]]]


def test_each_step_yields_views():
    a = np.zeros((3, 2, 1))
    for number, (n, part) in enumerate(_layout.each_step([2, 2, 1], a), start=1):
        part += number * n
    assert a[..., 0].tolist() == [[2, 2], [4, 4], [3, 0]]


def test_no_steps_no_walk():
    assert walk([], np.zeros((0, 2, 1))) == []


def test_clear_padding_sets_what_lies_past_the_ends_to_zero():
    a, b = np.full((3, 2, 2), np.nan), np.ones((3, 2, 1))
    a[0], a[1, 0] = 1, 2
    _layout.clear_padding([2, 1, 0], a, b)
    assert a.tolist() == [[[1, 1], [1, 1]], [[2, 2], [0, 0]], [[0, 0], [0, 0]]]
    assert b[..., 0].tolist() == [[1, 1], [1, 0], [0, 0]]


def test_sums_over_time_and_batch():
    x, da = X.transpose(1, 0, 2), np.arange(36.0).reshape(4, 3, 3) - 7
    outer = sum(np.outer(x[t, b], da[t, b]) for t in range(4) for b in range(3))
    np.testing.assert_array_equal(_layout.sum_of_outer(x, da), outer)
    np.testing.assert_array_equal(_layout.sum_of_rows(da), [114, 126, 138])
    assert _layout.sum_of_rows(da.astype(np.float32)).dtype == np.float32


def test_sums_over_nothing_are_zero():
    np.testing.assert_array_equal(_layout.sum_of_outer(np.ones((0, 3, 2)), np.ones((0, 3, 1))), [[0], [0]])
    np.testing.assert_array_equal(_layout.sum_of_rows(np.ones((0, 3, 2))), [0, 0])
