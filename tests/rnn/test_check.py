"""The checks at the door: what passes comes back as promised, what does not is told why, at the very border."""

import re

import numpy as np
import pytest

from rnn import _check

F32, F64 = np.dtype(np.float32), np.dtype(np.float64)


def refused(error, message, function, *arguments):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        function(*arguments)


@pytest.mark.parametrize(
    ("shape", "text"), [((), "()"), ((3,), "(3,)"), (("B", "T", 3), "(B, T, 3)"), ((0, 2), "(0, 2)")]
)
def test_a_shape_is_written_as_python_writes_a_tuple(shape, text):
    assert _check.shape_text(shape) == text


def test_letters_stand_for_any_size_and_numbers_for_themselves():
    _check.check_shape("f", "x", np.zeros((0, 7, 3)), ("B", "T", 3))
    _check.check_shape("f", "x", np.zeros(()), ())
    refused(
        ValueError, "f: x must have shape (B, 3), got (3, 2).", _check.check_shape, "f", "x", np.ones((3, 2)), ("B", 3)
    )
    refused(ValueError, "f: x must have shape (2,), got (2, 1).", _check.check_shape, "f", "x", np.ones((2, 1)), (2,))
    refused(ValueError, "f: x must have shape (B, T), got (2,).", _check.check_shape, "f", "x", np.ones(2), ("B", "T"))


def test_a_list_is_no_array():
    refused(
        TypeError, "f: x must be a NumPy array of shape (2,), got list.", _check.check_shape, "f", "x", [1, 2], (2,)
    )


def test_a_float_of_the_other_kind_is_told_both_ways_out():
    _check.check_float("f", "x", np.zeros(2, np.float32), (2,), F32)
    refused(
        TypeError,
        "f: x must be float32 like the layer's weights, got float64; "
        "convert it with x.astype(np.float32) or build the layer with dtype=np.float64.",
        *(_check.check_float, "f", "x", np.zeros(2), (2,), F32),
    )
    refused(
        TypeError,
        "f: x must be float64 like the layer's weights, got int32; convert it with x.astype(np.float64).",
        *(_check.check_float, "f", "x", np.zeros(2, np.int32), (2,), F64),
    )


def test_the_shape_is_looked_at_before_the_type():
    refused(ValueError, "f: x must have shape (3,), got (2,).", _check.check_float, "f", "x", np.zeros(2), (3,), F32)


def test_sizes_are_whole_numbers_from_one():
    assert _check.check_size("f", "n", 1) == 1
    size = _check.check_size("f", "n", np.int16(7))
    assert size == 7
    assert type(size) is int
    refused(ValueError, "f: n must be at least 1, got 0.", _check.check_size, "f", "n", 0)
    for value in (True, 2.0, "2", None):
        refused(
            TypeError, f"f: n must be a whole number, got {type(value).__name__}.", _check.check_size, "f", "n", value
        )


@pytest.mark.parametrize("given", [[0, 4, 2], (0, 4, 2), np.array([0, 4, 2], np.uint8)])
def test_lengths_come_back_as_int64(given):
    lengths = _check.check_lengths("f", given, 3, 4)
    np.testing.assert_array_equal(lengths, [0, 4, 2])
    assert lengths.dtype == np.int64


def test_lengths_that_do_not_fit():
    refused(TypeError, "f: lengths must be whole numbers, got float64.", _check.check_lengths, "f", [1.0], 1, 4)
    refused(TypeError, "f: lengths must be whole numbers, got bool.", _check.check_lengths, "f", [True], 1, 4)
    refused(ValueError, "f: lengths must have shape (2,), got (1,).", _check.check_lengths, "f", [1], 2, 4)
    range_of = "f: every length must lie between 0 and 4, the number of time steps, got {} to {}."
    refused(ValueError, range_of.format(-1, 4), _check.check_lengths, "f", [-1, 4], 2, 4)
    refused(ValueError, range_of.format(0, 5), _check.check_lengths, "f", [5, 0], 2, 4)


def test_no_lengths_for_no_sequences():
    assert _check.check_lengths("f", np.zeros(0, int), 0, 4).shape == (0,)


@pytest.mark.parametrize(("given", "dtype"), [(np.float32, F32), ("float64", F64), (float, F64), (F32, F32)])
def test_the_two_floating_point_types(given, dtype):
    assert _check.check_dtype("f", given) == dtype


@pytest.mark.parametrize("given", [np.float16, int, "nonsense", "complex64"])
def test_no_other_type(given):
    refused(TypeError, f"f: dtype must be np.float32 or np.float64, got {given!r}.", _check.check_dtype, "f", given)


def test_a_generator_is_handed_through_and_none_makes_a_fresh_one():
    rng = np.random.default_rng(0)
    assert _check.check_rng("f", rng) is rng
    one, other = _check.check_rng("f", None), _check.check_rng("f", None)
    assert isinstance(one, np.random.Generator)
    assert one.random() != other.random()
    refused(
        TypeError,
        "f: rng must be a numpy.random.Generator, got int; np.random.default_rng(seed) makes one.",
        *(_check.check_rng, "f", 0),
    )


def test_not_finite_is_counted_and_named():
    _check.check_finite("f", {"a": np.ones(2), "b": np.zeros(0)})
    refused(
        ValueError,
        "f: b must be finite, got 2 NaN or infinite values of 3.",
        *(_check.check_finite, "f", {"a": np.ones(2), "b": np.array([np.nan, 1, -np.inf])}),
    )


def test_no_mask_and_a_mask_that_keeps_all_are_none():
    assert _check.check_mask("f", None, (2,)) is None
    assert _check.check_mask("f", [1, 1], (2,)) is None
    assert _check.check_mask("f", np.ones((2, 3), bool), (2,), (2, 3)) is None


@pytest.mark.parametrize("given", [[True, False], [1, 0], [1.0, 0.0], np.array([1, 0], np.uint8)])
def test_a_mask_comes_back_as_bool(given):
    mask = _check.check_mask("f", given, (3,), (2,))
    np.testing.assert_array_equal(mask, [True, False])
    assert mask.dtype == np.bool_


def test_masks_that_do_not_fit():
    refused(
        ValueError, "f: mask must have shape (3,) or (2, 1), got (2,).", _check.check_mask, "f", [1, 0], (3,), (2, 1)
    )
    refused(
        TypeError,
        "f: mask must be bool, or numbers that are 0 or 1, got complex128.",
        _check.check_mask,
        "f",
        [1j],
        (1,),
    )
    for bad in (2, 0.5, -1, np.nan):
        refused(
            ValueError,
            "f: mask must hold 0 (ignore) and 1 (count) only, got other numbers.",
            *(_check.check_mask, "f", [1, bad], (2,)),
        )


def test_classes_are_counted_from_zero():
    _check.check_classes("f", np.array([0, 2]), 3)
    _check.check_classes("f", np.zeros(0, int), 3)
    message = "f: every target that counts must lie between 0 and 2, the last of the 3 classes, got {} to {}."
    refused(ValueError, message.format(0, 3), _check.check_classes, "f", np.array([3, 0]), 3)
    refused(ValueError, message.format(-1, 2), _check.check_classes, "f", np.array([2, -1]), 3)


@pytest.mark.parametrize("value", [2, 2.0, np.int8(2), np.float32(2)])
def test_numbers_come_back_as_float(value):
    for check in (_check.check_number, _check.check_positive):
        number = check("f", "a", value)
        assert number == 2
        assert type(number) is float


@pytest.mark.parametrize("value", [True, "2", None, 2j])
@pytest.mark.parametrize("check", [_check.check_number, _check.check_positive, _check.check_fraction])
def test_what_is_no_number(check, value):
    refused(TypeError, f"f: a must be a number, got {type(value).__name__}.", check, "f", "a", value)


def test_positive_means_above_zero():
    assert _check.check_positive("f", "a", 1e-300) == 1e-300
    assert _check.check_positive("f", "a", np.inf) == np.inf
    for bad in (0, -0.5, np.nan):
        refused(ValueError, f"f: a must be > 0, got {bad}.", _check.check_positive, "f", "a", bad)


def test_a_fraction_may_be_zero_but_not_one():
    assert _check.check_fraction("f", "a", 0) == 0
    assert _check.check_fraction("f", "a", 0.999) == 0.999
    for bad in (1, -0.001, 1.5, np.nan):
        message = f"f: a must be at least 0 and less than 1, got {bad}."
        refused(ValueError, message, _check.check_fraction, "f", "a", bad)
