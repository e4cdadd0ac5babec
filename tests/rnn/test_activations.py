"""The activations and their slopes: numbers one can follow by hand, written into memory if asked to."""

import math
import re

import numpy as np
import pytest

from rnn.activations import ACTIVATIONS, get_activation, identity, relu, sigmoid, softmax, tanh

A = np.array([-2.0, -0.5, 0.0, 1.0, 3.0])
FUNCTIONS = {"tanh": tanh, "sigmoid": sigmoid, "relu": relu, "identity": identity}
VALUES = {
    "tanh": [math.tanh(a) for a in A],
    "sigmoid": [1 / (1 + math.exp(-a)) for a in A],
    "relu": [0, 0, 0, 1, 3],
    "identity": A,
}
SLOPES = {
    "tanh": [1 / math.cosh(a) ** 2 for a in A],
    "sigmoid": [math.exp(-a) / (1 + math.exp(-a)) ** 2 for a in A],
    "relu": [0, 0, 0, 1, 1],
    "identity": [1, 1, 1, 1, 1],
}


def test_these_four_in_this_order():
    assert list(ACTIVATIONS) == ["tanh", "sigmoid", "relu", "identity"]
    assert {name: activation.function for name, activation in ACTIVATIONS.items()} == FUNCTIONS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values(name):
    kept = A.copy()
    np.testing.assert_allclose(FUNCTIONS[name](A), VALUES[name], rtol=1e-14, atol=1e-16)
    np.testing.assert_array_equal(A, kept)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_out_is_filled_and_returned(name):
    out = np.full(5, np.nan)
    assert FUNCTIONS[name](A, out=out) is out
    np.testing.assert_allclose(out, VALUES[name], rtol=1e-14, atol=1e-16)
    a = A.copy()
    assert FUNCTIONS[name](a, out=a) is a
    np.testing.assert_allclose(a, VALUES[name], rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_slope_is_computed_from_the_output(name):
    slope = ACTIVATIONS[name].slope(np.array(VALUES[name], float))
    np.testing.assert_allclose(slope, SLOPES[name], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_float32_stays_float32_and_results_are_new_arrays(name):
    a = A.astype(np.float32)
    y = FUNCTIONS[name](a)
    assert y.dtype == np.float32
    assert not np.shares_memory(y, a)
    assert ACTIVATIONS[name].slope(y).dtype == np.float32


def test_sigmoid_of_huge_numbers_is_exact():
    np.testing.assert_array_equal(sigmoid(np.array([-1e4, 1e4])), [0, 1])
    assert sigmoid(np.float64(0)) == 0.5


def test_softmax_by_hand():
    z = np.log([[1.0, 2.0, 5.0], [3.0, 3.0, 6.0]])
    np.testing.assert_allclose(softmax(z), [[1 / 8, 2 / 8, 5 / 8], [0.25, 0.25, 0.5]], rtol=1e-14)
    assert z[0, 0] == 0  # unchanged


def test_softmax_is_along_the_last_axis_and_keeps_the_type():
    z = np.zeros((2, 3, 4), np.float32)
    z[..., 0] = np.log(5)
    p = softmax(z)
    np.testing.assert_allclose(p, np.broadcast_to([5 / 8, 1 / 8, 1 / 8, 1 / 8], (2, 3, 4)), rtol=1e-6)
    assert p.dtype == np.float32


def test_softmax_does_not_feel_a_shift_however_large():
    np.testing.assert_allclose(softmax(np.array([1000.0, 1000.0 + math.log(3)])), [0.25, 0.75], rtol=1e-12)
    np.testing.assert_array_equal(softmax(np.array([-2000.0, 0.0])), [0, 1])


def test_each_row_is_shifted_by_its_own_largest_logit():
    p = softmax(np.array([[0.0, math.log(3)], [5000.0, 5000.0 + math.log(3)]]))
    np.testing.assert_allclose(p, [[0.25, 0.75], [0.25, 0.75]], rtol=1e-12)


def test_looked_up_by_name():
    assert get_activation("relu") is ACTIVATIONS["relu"]
    message = "activation must be one of tanh, sigmoid, relu, identity, got 'Tanh'."
    with pytest.raises(ValueError, match=re.escape(message)):
        get_activation("Tanh")
