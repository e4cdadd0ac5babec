"""Comparing answers: what counts as the same, and how a difference is put into words."""

import numpy as np
import pytest

from rnn.exercises.comparing import Pair, changed, difference, has_nonfinite, misfit_of, mismatch, pattern, same, show


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (1.0 + 5e-7, 1.0),
        (np.float32(0.1), 0.1),
        (np.array(2.0), 2.0),
        (1, 1.0),
        (np.int64(3), 3),
        ((1, 2), [1, 2]),
        (np.array([1, 2]), [1, 2]),
        ({"a": 1.0, "b": 9}, {"a": 1.0}),
        ("a", "a"),
        (np.True_, True),
        (np.array([np.nan, 1.0]), np.array([np.nan, 1.0])),
        (np.array([1e-9, 100.0]), np.array([0.0, 100.0])),
        (np.array([1, 0]), np.array([1.0, 0.0])),
        (np.zeros((0, 2)), np.zeros((0, 2))),
    ],
)
def test_same(got, want):
    assert same(got, want)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (1.0 + 5e-6, 1.0),
        (np.array([1e-3, 100.0]), np.array([0.0, 100.0])),
        (np.array([0.0, 1e-5]), np.zeros(2)),
        (np.array([[1.0]]), 1.0),
        ([1, 2, 3], [1, 2]),
        ([2, 1], [1, 2]),
        (["1"], [1]),
        (3.0, 3),
        (True, 1),
        (1, True),
        ({"b": 1.0}, {"a": 1.0}),
        ([("a", 1)], {"a": 1}),
        ("b", "a"),
        (np.array([1.0, 2.0]), np.array([1, 2])),
        (np.array([1, 3]), np.array([1, 2])),
        (np.array([np.nan]), np.array([1.0])),
        (np.array([1 + 1e-3], np.float32), np.array([1.0])),
        (None, 1.0),
        (1j, 1.0),
        ("1", 1.0),
    ],
)
def test_not_same(got, want):
    assert not same(got, want)


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [
        ("a", [1], "wanted a list, got 'a'."),
        (np.array(1), [1], "wanted a list, got array of shape (), int64."),
        (1, {"a": 1}, "wanted a dict, got 1."),
        ({"c": 1}, {"a": 1, "b": 2}, "the dict has no 'a', 'b'."),
        (1, True, "wanted True or False, got 1."),
        (2.5, 2, "wanted a whole number, got 2.5."),
        (np.float64(2), 2, "wanted a whole number, got 2.0, a float: look for a `/` that should be `//`."),
        (np.ones(2), 2.0, "wanted one number, got [1., 1.]."),
        (3, "a", "wanted str, got 3."),
        (np.array([1.0]), np.array([1]), "wanted whole numbers (an integer dtype, to index with), got float64."),
        (object(), np.zeros(2), "wanted a NumPy array of shape (2,), got an object of type object."),
        (
            np.zeros((3, 2, 4)),
            np.zeros((2, 3, 4)),
            "wanted shape (2, 3, 4), got (3, 2, 4). The axes are in another order.",
        ),
        (
            np.zeros((1, 1, 3)),
            np.zeros((1, 3, 1)),
            "wanted shape (1, 3, 1), got (1, 1, 3). The axes are in another order.",
        ),
        (
            np.zeros((2, 1)),
            np.zeros(2),
            "wanted shape (2,), got (2, 1). They differ by an axis of size 1: look at `keepdims` and `[:, None]`.",
        ),
    ],
)
def test_mismatch(got, want, said):
    assert mismatch(got, want) == said


def shapes(*found):
    return [Pair(np.zeros(got), np.zeros(want)) for got, want in found]


def test_of_wrong_shapes_the_one_is_told_in_which_no_two_axes_are_alike_and_none_is_of_size_1():
    found = misfit_of(shapes(((3, 3), (3, 3)), ((1, 4), (4, 1)), ((2, 2), (3, 3)), ((5, 2), (2, 5)), ((7, 3), (3, 7))))
    assert found == "wanted shape (2, 5), got (5, 2). The axes are in another order."
    assert misfit_of(shapes(((6, 2), (2, 6))), "(B, T)") == (
        "wanted shape (B, T), here (2, 6), got (6, 2). The axes are in another order."
    )


def test_without_such_a_shape_the_first_misfit_is_told():
    assert misfit_of(shapes(((3, 3), (3, 3)), ((3,), (1, 3)), ((2, 2), (3, 3)))) == (
        "wanted shape (1, 3), got (3,). They differ by an axis of size 1: look at `keepdims` and `[:, None]`."
    )
    assert misfit_of([Pair("a", np.zeros(1)), Pair("b", np.zeros(2))]) == "wanted a NumPy array of shape (1,), got 'a'."
    assert misfit_of([Pair(np.zeros(2), 1.0), Pair(3, [[1], [2, 3]])]) == "wanted one number, got [0., 0.]."
    assert misfit_of(shapes(((2, 3), (2, 3)))) is None


def pairs(change, shapes=((2, 3), (4, 5), (3, 7))):
    rng = np.random.default_rng(0)
    wanted = [rng.normal(size=shape) for shape in shapes]
    return [Pair(change(w), w, {"B": w.shape[0], "T": w.shape[1]}) for w in wanted]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda w: w * len(w), "B"),
        (lambda w: w / len(w), "1/B"),
        (lambda w: w * w.shape[1], "T"),
        (lambda w: w * w.size, "B·T"),
        (lambda w: w / w.size, "1/(B·T)"),
        (lambda w: w * len(w) / w.shape[1], "B/T"),
        (lambda w: w * w.shape[1] / len(w), "T/B"),
    ],
)
def test_a_factor_is_called_by_its_name(change, name):
    assert pattern(pairs(change)) == f"right but for a factor, which is {name}."


def test_other_patterns():
    assert pattern(pairs(lambda w: -w)) == "right but for the sign, which is reversed everywhere."
    assert pattern(pairs(lambda w: 0.25 * w)) == "right but for a factor, always 0.25."
    clipped = pattern(pairs(lambda w: w / np.linalg.norm(w)))
    assert clipped.startswith("right in direction, wrong in length: off by a factor from ")
    assert pattern(pairs(lambda w: w.T, [(3, 3), (4, 4)])) == "this is the transpose of what is wanted."
    assert pattern(pairs(lambda w: w.astype(int))).startswith("the numbers are whole")
    assert pattern(pairs(lambda w: w + 1)) is None
    assert pattern(pairs(lambda w: 0 * w)) is None
    assert pattern([Pair(10**400, 3)]) is None
    assert pattern([Pair("b", "a")]) is None
    assert pattern([Pair(np.ones(2), np.zeros(2))]) is None


def test_a_factor_of_single_numbers_needs_a_name_or_to_be_constant():
    assert pattern([Pair(6.0, 2.0, {"B": 3}), Pair(20.0, 5.0, {"B": 4})]) == "right but for a factor, which is B."
    assert pattern([Pair(6.0, 2.0), Pair(15.0, 5.0)]) == "right but for a factor, always 3."
    assert pattern([Pair(6.0, 2.0), Pair(25.0, 5.0)]) is None


def test_difference_shows_short_answers_in_full_and_long_ones_at_their_worst():
    assert difference("y", np.array([1.0]), np.array([2.5])) == "y is `[1.]`, expected `[2.5]`"
    assert difference("y", 3, 4.0) == "y is `3`, expected `4`"
    want = np.arange(20.0).reshape(4, 5)
    got = want.copy()
    got[2, 3], got[0, 0] = 20.5, 0.1
    assert difference("y", got, want) == "y at `[2, 3]` is `20.5`, expected `13`"
    got[1, 1] = np.nan
    assert difference("y", got, want) == "y at `[1, 1]` is `nan`, expected `6`"


def test_show():
    assert show(np.zeros((5, 6))) == "array of shape (5, 6), float64"
    assert show(np.array([[1, 2], [3, 4]])) == "[[1, 2], [3, 4]]"
    assert show(np.float64(1 / 3)) == "0.333333"
    assert show(np.int64(4)) == "4"
    assert show(True) == "True"
    assert show(np.random.default_rng()) == "a generator"
    assert show(list(range(99))) == "list of length 99"
    assert show("`x`") == "''x''"
    assert show(None) == "None"
    assert show([np.zeros(2), np.eye(2)]) == "[array([0., 0.]), array([[1., 0.], [0., 1.]])]"
    assert show(np.sin) == "a function"
    assert show(np.array(["a"])) == "array of shape (1,), str32"


def test_has_nonfinite():
    assert has_nonfinite(np.array([1.0, np.inf]))
    assert has_nonfinite(float("nan"))
    assert not has_nonfinite(np.array([1.0]))
    assert not has_nonfinite("nan")


def test_changed():
    x = np.array([1.0, np.nan])
    assert not changed(x, x.copy())
    assert changed(x, np.array([2.0, np.nan]))
    assert changed(x, x.astype(np.float32))
    assert changed(x, x[None])
    assert changed(x, [1.0])
    assert not changed([1, [x]], [1, [x.copy()]])
    assert changed([1, [x]], [1, [x + 1]])
    assert changed([1], [1, 2])
    assert not changed({"a": x}, {"a": x.copy()})
    assert changed({"a": x}, {"b": x})
    assert changed({"a": 1}, {"a": 2})
    assert not changed(np.random.default_rng(0), np.random.default_rng(1))
