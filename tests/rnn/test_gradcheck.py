"""The gradient checker itself: exact derivatives, planted bugs that it must find, arrays restored, bad input."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.gradcheck import GradientCheck, GradientReport, check_direction, check_gradients, numerical_gradient
from rnn.losses import softmax_cross_entropy


class Linear:
    """Softmax regression with an input: gradients for W, b and x, right unless a test spoils them."""

    def __init__(self, seed=0):
        rng = np.random.default_rng(seed)
        self.params = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=3), "x": rng.normal(size=(5, 4))}
        self.y = rng.integers(0, 3, 5)
        self.calls = 0

    def logits(self):
        return self.params["x"] @ self.params["W"] + self.params["b"]

    def loss(self):
        self.calls += 1
        return softmax_cross_entropy(self.logits(), self.y)[0]

    def grads(self):
        d = softmax_cross_entropy(self.logits(), self.y)[1]
        return {"W": self.params["x"].T @ d, "b": d.sum(axis=0), "x": d @ self.params["W"].T}


def test_numerical_gradient_of_a_parabola_is_exact():
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    np.testing.assert_allclose(numerical_gradient(lambda: float((x**2).sum()), x), 2 * x, rtol=1e-9)


def test_the_error_of_a_central_difference_is_of_second_order():
    x = np.array([0.7])
    errors = [
        abs(numerical_gradient(lambda: math.sin(x[0]), x, step=step)[0] - math.cos(0.7)) for step in (1e-1, 1e-2, 1e-3)
    ]
    assert errors[0] == pytest.approx(1e-2 * math.cos(0.7) / 6, rel=1e-3)
    assert errors[0] / errors[1] == pytest.approx(100, rel=0.01)
    assert errors[1] / errors[2] == pytest.approx(100, rel=0.01)


def test_the_slope_is_divided_by_the_distance_really_moved():
    x = np.array([1e6])
    assert numerical_gradient(lambda: float(2 * x[0]), x, step=1e-7)[0] == 2.0


def test_arrays_of_any_memory_order_and_of_no_dimension():
    big = np.random.default_rng(0).normal(size=(4, 6))
    for x in (big[::2, ::3], np.asfortranarray(big), big.T, np.array(2.0), np.zeros((3, 0))):
        np.testing.assert_allclose(
            numerical_gradient(lambda x=x: float((x**3).sum()), x), 3 * x**2, rtol=1e-8, atol=1e-9
        )


def test_parameters_are_restored_bit_by_bit_even_if_the_loss_raises():
    model = Linear()
    before = {name: param.copy() for name, param in model.params.items()}
    check_gradients(model.loss, model.params, model.grads())
    check_direction(model.loss, model.params, model.grads())

    def moody():
        if not all(np.array_equal(before[name], param) for name, param in model.params.items()):
            raise RuntimeError("no")
        return 1.0

    for check in (check_gradients, check_direction):
        with pytest.raises(RuntimeError):
            check(moody, model.params, model.grads())
    for name, param in model.params.items():
        np.testing.assert_array_equal(param, before[name])


@pytest.mark.parametrize("seed", range(5))
def test_right_gradients_pass_with_a_margin(seed):
    model = Linear(seed)
    report = check_gradients(model.loss, model.params, model.grads())
    assert report
    assert report.passed
    assert report.failed == []
    assert list(report.errors) == ["W", "b", "x"]
    assert 0 < max(report.errors.values()) < 1e-8
    direction = check_direction(model.loss, model.params, model.grads(), rng=np.random.default_rng(seed))
    assert direction
    assert direction.errors["direction"] < 1e-7


@pytest.mark.parametrize(
    ("spoil", "error"),
    [(lambda g: 2 * g, 1 / 3), (lambda g: -g, 1.0), (lambda g: 0 * g, 1.0), (lambda g: g * (1 + 1e-5), 5e-6)],
)
def test_a_wrong_gradient_is_found_and_named(spoil, error):
    model = Linear()
    grads = model.grads()
    grads["b"] = spoil(grads["b"])
    report = check_gradients(model.loss, model.params, grads)
    assert not report
    assert not report.passed
    assert report.failed == ["b"]
    assert report.errors["b"] == pytest.approx(error, rel=1e-3)
    assert not check_direction(model.loss, model.params, grads, rng=np.random.default_rng(0))


def test_one_wrong_number_among_many_is_found_where_it_is():
    model = Linear()
    grads = model.grads()
    right = grads["x"][3, 1]
    grads["x"][3, 1] *= 1.5
    check = check_gradients(model.loss, model.params, grads).checks[2]
    assert (check.name, check.size, check.at) == ("x", 20, (3, 1))
    assert check.error == pytest.approx(0.2, rel=1e-6)
    assert check.analytic == 1.5 * right
    assert check.numerical == pytest.approx(right, rel=1e-6)


def test_two_gradients_under_each_other_s_name_are_found():
    rng = np.random.default_rng(0)
    params = {"a": rng.normal(size=3), "b": rng.normal(size=3)}
    grads = {"a": 2 * params["b"], "b": 2 * params["a"]}
    report = check_gradients(lambda: float((params["a"] ** 2 + params["b"] ** 2).sum()), params, grads)
    assert report.failed == ["a", "b"]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_gradient_that_is_no_number_fails(bad):
    model = Linear()
    grads = model.grads()
    grads["W"][2, 1] = bad
    report = check_gradients(model.loss, model.params, grads)
    assert report.failed == ["W"]
    assert report.checks[0].at == (2, 1)
    assert not check_direction(model.loss, model.params, grads)


def test_noise_around_an_exact_zero_is_no_error():
    x = np.array([0.3, 5.0])  # the loss does not depend on a shift of the logits
    grads = softmax_cross_entropy(x, np.array(0))[1].sum(keepdims=True)
    shift = np.zeros(1)
    report = check_gradients(lambda: 50 + softmax_cross_entropy(x + shift, np.array(0))[0], {"s": shift}, {"s": grads})
    assert report, report


def test_a_gradient_of_zero_everywhere_passes_and_its_error_is_zero():
    x = np.zeros(3)
    report = check_gradients(lambda: 0.0, {"x": x}, {"x": np.zeros(3)})
    assert report
    assert report.errors == {"x": 0.0}


def test_the_error_is_measured_against_a_hundredth_of_the_loss_or_of_the_largest_gradient():
    x = np.array([1.0, 1.0])
    report = check_gradients(lambda: float(x[0]), {"x": x}, {"x": np.array([1.0, 1e-4])})
    assert report.errors["x"] == pytest.approx(1e-2, rel=1e-6)  # 1e-4 / (0.01 · 1)
    report = check_gradients(lambda: float(8 * x[0] - 8), {"x": x}, {"x": np.array([8.0, 1e-4])})
    assert report.errors["x"] == pytest.approx(1.25e-3, rel=1e-6)  # loss 0, largest gradient 8
    report = check_gradients(lambda: float(x[0]) - 17, {"x": x}, {"x": np.array([1.0, 1e-4])})
    assert report.errors["x"] == pytest.approx(6.25e-4, rel=1e-6)  # |loss| 16


def test_the_loss_may_overwrite_the_gradients_as_a_layer_does():
    x = np.array([1.0, 2.0])
    grads = {"x": 2 * x}

    def forward_and_backward():
        grads["x"][...] = 1e9
        return float((x**2).sum())

    assert check_gradients(forward_and_backward, {"x": x}, grads)
    grads["x"][...] = 2 * x
    assert check_direction(forward_and_backward, {"x": x}, grads)


def test_a_loss_may_be_an_array_of_no_dimension():
    x = np.array([3.0, 4.0])
    np.testing.assert_allclose(numerical_gradient(lambda: np.asarray(x @ x), x), [6.0, 8.0], rtol=1e-9)


def test_empty_arrays_pass_beside_others():
    x, nothing = np.array([1.0]), np.zeros((0, 3))
    report = check_gradients(lambda: float(x[0] ** 2), {"x": x, "e": nothing}, {"x": 2 * x, "e": nothing.copy()})
    assert report
    assert report.errors["e"] == 0.0
    assert "e" in repr(report)


def test_how_often_the_loss_is_evaluated():
    model = Linear()
    check_gradients(model.loss, model.params, model.grads())
    assert model.calls == 2 + 2 * (12 + 3 + 20)
    model.calls = 0
    check_direction(model.loss, model.params, model.grads())
    assert model.calls == 2 + 2


def test_the_direction_is_random_has_length_one_and_repeats_with_the_seed():
    x = np.zeros(1000)
    seen = []

    def loss():
        seen.append(x.copy())
        return float(x.sum())

    reports = [
        check_direction(loss, {"x": x}, {"x": np.ones(1000)}, rng=np.random.default_rng(seed), step=0.5)
        for seed in (1, 1, 2)
    ]
    moved = [point for point in seen if point.any()]
    assert [np.linalg.norm(point) for point in moved] == pytest.approx([0.5] * 6)
    np.testing.assert_array_equal(moved[0], -moved[1])
    assert reports[0].checks == reports[1].checks != reports[2].checks
    assert reports[0].checks[0].size == 1000
    assert reports[0].checks[0].analytic == pytest.approx(2 * moved[0].sum())
    assert reports[0].checks[0].analytic == pytest.approx(reports[0].checks[0].numerical)


def test_the_printed_table():
    checks = (
        GradientCheck("W", 1200, 2e-9, (3, 0), 0.125, 0.125),
        GradientCheck("long.name", 1, 0.5, (), -1.0, 3.0),
    )
    assert repr(GradientReport(checks, 1e-6)) == (
        "gradient    numbers  worst error         analytic      numerical  at\n"
        "W             1,200      2.0e-09 ok  1.250000e-01   1.250000e-01  [3, 0]\n"
        "long.name         1      5.0e-01 NO -1.000000e+00   3.000000e+00  []\n"
        "WRONG: long.name (tolerance 1e-06)"
    )
    assert str(GradientReport(checks[:1], 1e-6)).endswith("\nall gradients agree (tolerance 1e-06)")


def test_the_tolerance_itself_passes():
    assert GradientReport((GradientCheck("W", 1, 1e-6, (0,), 1.0, 1.0),), 1e-6)
    assert not GradientReport((GradientCheck("W", 1, 1.1e-6, (0,), 1.0, 1.0),), 1e-6)


@given(st.integers(0, 2**32 - 1))
def test_a_random_polynomial(seed):
    rng = np.random.default_rng(seed)
    x, a, b = rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), rng.normal(size=(2, 3))
    grads = {"x": 3 * a * x**2 + b}
    assert check_gradients(lambda: float((a * x**3 + b * x).sum()), {"x": x}, grads)
    assert check_direction(lambda: float((a * x**3 + b * x).sum()), {"x": x}, grads, tolerance=1e-5)


X = np.ones(2)
X32 = np.ones(2, np.float32)
FIXED = np.ones(2)
FIXED.setflags(write=False)
CALLS = iter(range(10**6))


def zero():
    return 0.0


BAD = [
    (numerical_gradient, (zero, X32), TypeError, "array must be a float64 array, got float32, which leaves too few"),
    (numerical_gradient, (zero, X32), TypeError, "dtype=np.float64 and convert data with .astype(np.float64)"),
    (numerical_gradient, (zero, [1.0]), TypeError, "array must be a float64 array, got list"),
    (numerical_gradient, (zero, FIXED), ValueError, "array must be writable, got a read-only array"),
    (numerical_gradient, (lambda: (0.0, 1), X), TypeError, "loss() must return one number in float64, got tuple"),
    (numerical_gradient, (lambda: X, X), TypeError, "loss() must return one number in float64, got ndarray"),
    (numerical_gradient, (lambda: np.float32(0), X), TypeError, "one number in float64, got float32"),
    (numerical_gradient, (lambda: True, X), TypeError, "one number in float64, got bool"),
    (numerical_gradient, (lambda: math.nan, X), ValueError, "loss() must be finite, got nan"),
    (numerical_gradient, (lambda: math.inf, X), ValueError, "loss() must be finite, got inf"),
    (
        numerical_gradient,
        (zero, X * 1e12),
        ValueError,
        "step must be large enough to change the number 1000000000000.0",
    ),
    (numerical_gradient, (zero, X * np.nan), ValueError, "step must be large enough to change the number nan at (0,)"),
    (check_gradients, (zero, {"x": X32}, {"x": X32}), TypeError, "params['x'] must be a float64 array, got float32"),
    (check_gradients, (zero, {"x": X}, {"x": X32}), TypeError, "grads['x'] must be a float64 array, got float32"),
    (check_gradients, (zero, {"x": X}, {"x": [1.0, 1.0]}), TypeError, "grads['x'] must be a NumPy array of shape (2,)"),
    (check_gradients, (zero, {"x": X}, {"y": X}), ValueError, "must have the same names, got ['x'] and ['y']"),
    (check_gradients, (zero, {"x": X}, {"x": X[:1]}), ValueError, "grads['x'] must have shape (2,), got (1,)"),
    (check_gradients, (zero, {}, {}), ValueError, "params must hold at least one number, got none"),
    (check_gradients, (zero, {"x": X[:0]}, {"x": X[:0]}), ValueError, "params must hold at least one number"),
    (
        check_gradients,
        (lambda: float(next(CALLS)), {"x": X}, {"x": X}),
        ValueError,
        "must return the same number for the",
    ),
    (
        check_direction,
        (lambda: float(next(CALLS)), {"x": X}, {"x": X}),
        ValueError,
        "must return the same number for the",
    ),
    (check_direction, (zero, {"x": X32}, {"x": X32}), TypeError, "params['x'] must be a float64 array, got float32"),
    (check_direction, (zero, {}, {}), ValueError, "params must hold at least one number, got none"),
]


@pytest.mark.parametrize(("function", "args", "error", "message"), BAD)
def test_bad_input_is_refused_in_one_sentence(function, args, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        function(*args)
    assert str(caught.value).startswith(f"{function.__name__}: ")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: numerical_gradient(zero, X, step=0), ValueError, "numerical_gradient: step must be > 0, got 0"),
        (lambda: check_gradients(zero, {"x": X}, {"x": X}, step=-1), ValueError, "step must be > 0, got -1"),
        (lambda: check_gradients(zero, {"x": X}, {"x": X}, tolerance=0), ValueError, "tolerance must be > 0, got 0"),
        (lambda: check_direction(zero, {"x": X}, {"x": X}, step=0), ValueError, "check_direction: step must be > 0"),
        (lambda: check_direction(zero, {"x": X}, {"x": X}, rng=0), TypeError, "rng must be a numpy.random.Generator"),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()
