"""Where the weights start: ranges, spreads, and what makes a matrix orthogonal."""

import math

import numpy as np
import pytest

from rnn.initializers import glorot_uniform, orthogonal, uniform


def generator(seed=0):
    return np.random.default_rng(seed)


def test_uniform_is_the_generators_own():
    drawn = uniform((3, 4), 0.25, generator(), np.float64)
    np.testing.assert_array_equal(drawn, generator().uniform(-0.25, 0.25, (3, 4)))


def test_uniform_fills_its_interval():
    drawn = uniform((100_000,), 2.0, generator())
    assert drawn.dtype == np.float32
    assert -2 <= drawn.min() < -1.999
    assert 1.999 < drawn.max() <= 2
    assert abs(drawn.mean()) < 0.01
    assert drawn.std() == pytest.approx(2 / math.sqrt(3), rel=0.01)


def test_a_scale_of_zero_gives_zeros():
    assert not uniform((2, 2), 0, generator()).any()


@pytest.mark.parametrize("scale", [-0.1, math.inf, math.nan])
def test_a_scale_that_is_none(scale):
    with pytest.raises(ValueError, match=r"^uniform: scale must be a finite number ≥ 0, got (-0\.1|inf|nan)\.$"):
        uniform((2,), scale, generator())


def test_glorot_spreads_by_the_sum_of_both_sizes():
    drawn = glorot_uniform((2, 4), generator(), np.float64)
    np.testing.assert_array_equal(drawn, generator().uniform(-1, 1, (2, 4)))  # √(6 / (2 + 4)) = 1
    large = glorot_uniform((100, 500), generator())
    assert large.dtype == np.float32
    assert large.shape == (100, 500)
    assert large.std() == pytest.approx(math.sqrt(2 / 600), rel=0.01)  # the variance Glorot and Bengio ask for


@pytest.mark.parametrize("shape", [(4, 4), (5, 3), (3, 5), (1, 1), (1, 4)])
def test_orthogonal_keeps_lengths_along_the_shorter_side(shape):
    w = orthogonal(shape, generator(), np.float64)
    assert w.shape == shape
    assert w.flags.c_contiguous
    short = w.T @ w if shape[0] >= shape[1] else w @ w.T
    np.testing.assert_allclose(short, np.eye(min(shape)), atol=1e-14)


@pytest.mark.parametrize("columns", [3, 4])
def test_orthogonal_is_q_with_r_of_positive_diagonal(columns):
    gauss = generator().standard_normal((4, columns))
    r = orthogonal((4, columns), generator(), np.float64).T @ gauss
    np.testing.assert_allclose(r, np.triu(r), atol=1e-14)
    assert (np.diagonal(r) > 0).all()


def test_a_wide_matrix_is_a_tall_one_transposed():
    np.testing.assert_array_equal(orthogonal((3, 4), generator()), orthogonal((4, 3), generator()).T)


def test_both_signs_of_one_by_one_come_up_as_often():
    rng = generator()
    signs = [orthogonal((1, 1), rng).item() for _ in range(400)]
    assert set(signs) == {-1.0, 1.0}
    assert 160 < signs.count(1.0) < 240


def test_orthogonal_is_float32_unless_told_otherwise():
    assert orthogonal((2, 2), generator()).dtype == np.float32
    assert orthogonal((2, 2), generator(), np.float64).dtype == np.float64


@pytest.mark.parametrize(("function", "pair"), [(glorot_uniform, "inputs, outputs"), (orthogonal, "rows, columns")])
def test_a_shape_is_a_pair(function, pair):
    with pytest.raises(ValueError, match=rf"shape must be a pair \({pair}\), got \(2, 3, 4\)\.$"):
        function((2, 3, 4), generator())
