"""The losses: exact values, gradients against finite differences and PyTorch, masks, extremes, bad input."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.gradcheck import check_gradients
from rnn.losses import binary_cross_entropy, mean_squared_error, softmax_cross_entropy

RNG = np.random.default_rng


def softmax_case(shape, classes, seed=0, dtype=np.float64):
    rng = RNG(seed)
    return rng.normal(0, 2, (*shape, classes)).astype(dtype), rng.integers(0, classes, shape)


def assert_same(got, wanted):
    assert got[0] == pytest.approx(wanted[0], rel=1e-13, abs=1e-15)
    np.testing.assert_allclose(got[1], wanted[1], rtol=1e-12, atol=1e-15)


# softmax cross-entropy


def test_softmax_by_hand():
    loss, d = softmax_cross_entropy(np.log([[1.0, 2.0, 5.0], [4.0, 4.0, 2.0]]), np.array([1, 0]))
    assert loss == pytest.approx((math.log(8 / 2) + math.log(10 / 4)) / 2, abs=1e-15)
    np.testing.assert_allclose(d, [[1 / 16, -3 / 8, 5 / 16], [-0.3, 0.2, 0.1]], atol=1e-15)


def test_an_ignorant_model_has_the_loss_log_v():
    loss, d = softmax_cross_entropy(np.zeros((4, 7)), np.array([0, 3, 6, 6]))
    assert loss == pytest.approx(math.log(7), abs=1e-15)
    assert d[0, 0] == pytest.approx((1 / 7 - 1) / 4, abs=1e-16)
    assert d[0, 1] == pytest.approx(1 / 28, abs=1e-16)


@pytest.mark.parametrize("shape", [(), (1,), (5,), (3, 4), (2, 3, 2)])
def test_softmax_gradient_is_the_derivative(shape):
    z, y = softmax_case(shape, 4)
    _, d = softmax_cross_entropy(z, y)
    report = check_gradients(lambda: softmax_cross_entropy(z, y)[0], {"z": z}, {"z": d}, tolerance=1e-7)
    assert report, report


def test_softmax_gradient_is_the_derivative_with_a_mask():
    z, y = softmax_case((3, 4), 5)
    mask = np.array([[1, 1, 1, 0], [1, 0, 0, 0], [0, 0, 0, 0]])
    _, d = softmax_cross_entropy(z, y, mask)
    report = check_gradients(lambda: softmax_cross_entropy(z, y, mask)[0], {"z": z}, {"z": d}, tolerance=1e-7)
    assert report, report
    assert (d[mask == 0] == 0).all()
    assert (d[mask == 1] != 0).all()


@pytest.mark.parametrize("masked", [False, True])
def test_softmax_equals_pytorch(masked):
    torch = pytest.importorskip("torch")
    z, y = softmax_case((6, 5), 9)
    mask = RNG(1).random((6, 5)) < 0.6 if masked else np.ones((6, 5), bool)
    zt = torch.tensor(z, requires_grad=True)
    each = torch.nn.functional.cross_entropy(zt.reshape(-1, 9), torch.tensor(y).reshape(-1), reduction="none")
    loss = each[torch.tensor(mask).reshape(-1)].mean()
    loss.backward()
    assert_same(softmax_cross_entropy(z, y, mask if masked else None), (loss.item(), zt.grad.numpy()))


def test_softmax_is_exact_at_logits_of_a_thousand():
    z = np.array([[1000.0, -1000.0, 0.0], [-1000.0, -1000.0, -1000.0], [1000.0, 1000.0, -1000.0]])
    loss, d = softmax_cross_entropy(z, np.array([1, 2, 0]))
    assert loss == pytest.approx((2000 + math.log(3) + math.log(2)) / 3, rel=1e-15)
    np.testing.assert_allclose(d * 3, [[1, -1, 0], [1 / 3, 1 / 3, -2 / 3], [-0.5, 0.5, 0]], atol=1e-15)


def test_a_logit_of_minus_infinity_forbids_its_class():
    loss, d = softmax_cross_entropy(np.array([[0.0, -np.inf, 0.0]]), np.array([0]))
    assert loss == pytest.approx(math.log(2), abs=1e-15)
    np.testing.assert_array_equal(d, [[-0.5, 0.0, 0.5]])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_logit_that_is_no_number_makes_the_loss_nan_without_a_warning(bad):
    z = np.zeros((2, 3))
    z[1, 1] = bad
    assert math.isnan(softmax_cross_entropy(z, np.array([0, 1]))[0])


def test_padding_may_hold_anything_where_a_product_with_the_mask_would_give_nan():
    z, y = softmax_case((2, 3), 4)
    mask = np.array([[True, True, False], [True, False, False]])
    wanted = softmax_cross_entropy(z[mask], y[mask])
    z[~mask] = [[np.nan] * 4, [np.inf] * 4, [-np.inf, np.nan, 1e308, -1e308]]
    y[~mask] = [-1, -100, 10_000]
    loss, d = softmax_cross_entropy(z, y, mask)
    assert_same((loss, d[mask]), wanted)
    assert (d[~mask] == 0).all()


def test_everything_masked_is_zero_loss_and_zero_gradient():
    z, y = np.full((2, 3, 4), np.nan, np.float32), np.full((2, 3), -1)
    for mask in (np.zeros((2, 3)), np.zeros((2, 3), bool)):
        loss, d = softmax_cross_entropy(z, y, mask)
        assert loss == 0.0
        assert isinstance(loss, float)
        assert d.dtype == np.float32
        np.testing.assert_array_equal(d, np.zeros((2, 3, 4)))
        assert binary_cross_entropy(z[..., 0], y, mask)[0] == 0.0
        assert mean_squared_error(z, z, mask)[0] == 0.0


def test_no_items_at_all_is_zero_loss():
    loss, d = softmax_cross_entropy(np.zeros((3, 0, 5)), np.zeros((3, 0), int))
    assert (loss, d.shape) == (0.0, (3, 0, 5))
    assert binary_cross_entropy(np.zeros((3, 0)), np.zeros((3, 0)))[0] == 0.0
    assert mean_squared_error(np.zeros((3, 0)), np.zeros((3, 0)))[0] == 0.0


def test_a_mask_that_hides_nothing_changes_nothing():
    z, y = softmax_case((3, 4), 5)
    for mask in (np.ones((3, 4), bool), np.ones((3, 4)), np.ones((3, 4), np.int8)):
        assert_same(softmax_cross_entropy(z, y, mask), softmax_cross_entropy(z, y))


def test_memory_order_does_not_matter():
    z, y = softmax_case((4, 3), 5)
    assert_same(softmax_cross_entropy(np.asfortranarray(z), y), softmax_cross_entropy(z, y))
    swapped = z.transpose(1, 0, 2)
    loss, d = softmax_cross_entropy(swapped, y.T)
    assert_same((loss, d.transpose(1, 0, 2)), softmax_cross_entropy(z, y))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("masked", [False, True])
def test_gradients_keep_the_dtype_and_inputs_are_not_changed(dtype, masked):
    z, y = softmax_case((3, 4), 5, dtype=dtype)
    mask = RNG(2).random((3, 4)) < 0.5 if masked else None
    before = z.copy(), y.copy(), None if mask is None else mask.copy()
    results = (
        softmax_cross_entropy(z, y, mask),
        binary_cross_entropy(z[..., 0], y % 2, mask),
        mean_squared_error(z, z.astype(np.float64) + 1, mask),
    )
    for loss, d in results:
        assert type(loss) is float
        assert d.dtype == dtype
    np.testing.assert_array_equal(z, before[0])
    np.testing.assert_array_equal(y, before[1])
    if mask is not None:
        np.testing.assert_array_equal(mask, before[2])


def test_float32_is_as_good_as_float32_can_be_and_summed_in_float64():
    z, y = softmax_case((200, 200), 30, dtype=np.float32)
    loss, d = softmax_cross_entropy(z, y)
    exact_loss, exact_d = softmax_cross_entropy(z.astype(np.float64), y)
    assert loss == pytest.approx(exact_loss, rel=1e-7)
    np.testing.assert_allclose(d, exact_d, rtol=2e-6, atol=6e-8 / y.size * 4)


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 5), st.integers(1, 7))
def test_gradient_rows_sum_to_zero_and_a_shift_of_the_logits_changes_nothing(seed, batch, steps, classes):
    z, y = softmax_case((batch, steps), classes, seed)
    mask = RNG(seed).random((batch, steps)) < 0.7
    loss, d = softmax_cross_entropy(z, y, mask)
    assert loss >= 0
    np.testing.assert_allclose(d.sum(axis=-1), 0, atol=1e-15)
    shifted = softmax_cross_entropy(z + RNG(seed).normal(0, 50, (batch, steps, 1)), y, mask)
    assert shifted[0] == pytest.approx(loss, rel=1e-9, abs=1e-11)
    np.testing.assert_allclose(shifted[1], d, atol=1e-11)


@given(st.integers(0, 2**32 - 1))
def test_masked_losses_equal_the_losses_of_what_is_left(seed):
    rng = RNG(seed)
    mask = rng.random((3, 5)) < 0.5
    mask[0, 0] = True
    z, y = softmax_case((3, 5), 4, seed)
    p, target = rng.normal(size=(3, 5)), rng.random((3, 5))
    for loss_function, a, b in (
        (softmax_cross_entropy, z, y),
        (binary_cross_entropy, p, target),
        (mean_squared_error, p, target),
    ):
        loss, d = loss_function(a, b, mask)
        assert_same((loss, d[mask]), loss_function(a[mask], b[mask]))
        assert (d[~mask] == 0).all()


# binary cross-entropy


def test_binary_by_hand():
    loss, d = binary_cross_entropy(np.array([0.0, math.log(3), -math.log(3)]), np.array([1, 1, 1]))
    assert loss == pytest.approx((math.log(2) + math.log(4 / 3) + math.log(4)) / 3, abs=1e-15)
    np.testing.assert_allclose(d * 3, [-0.5, -0.25, -0.75], atol=1e-15)
    loss, d = binary_cross_entropy(np.array([math.log(3)]), np.array([0]))
    assert loss == pytest.approx(math.log(4), abs=1e-15)
    np.testing.assert_allclose(d, [0.75], atol=1e-15)


def test_binary_is_exact_at_logits_of_a_thousand():
    z = np.array([1000.0, 1000.0, -1000.0, -1000.0])
    loss, d = binary_cross_entropy(z, np.array([1, 0, 1, 0]))
    assert loss == 500.0
    np.testing.assert_array_equal(d * 4, [0.0, 1.0, -1.0, 0.0])


def test_binary_gradient_of_a_sure_and_right_answer_is_tiny_but_not_lost():
    d = binary_cross_entropy(np.array([50.0, -50.0]), np.array([1, 0]))[1]
    np.testing.assert_allclose(d * 2, [-math.exp(-50), math.exp(-50)], rtol=1e-14)


def test_binary_gradient_is_the_derivative_for_soft_targets_too():
    z, y = RNG(0).normal(0, 3, (4, 3)), RNG(1).random((4, 3))
    y[0] = [0, 1, 0.5]
    mask = RNG(2).random((4, 3)) < 0.7
    _, d = binary_cross_entropy(z, y, mask)
    report = check_gradients(lambda: binary_cross_entropy(z, y, mask)[0], {"z": z}, {"z": d}, tolerance=1e-7)
    assert report, report


@pytest.mark.parametrize("masked", [False, True])
def test_binary_equals_pytorch(masked):
    torch = pytest.importorskip("torch")
    z, y = RNG(0).normal(0, 5, (6, 5)), RNG(1).random((6, 5))
    mask = RNG(2).random((6, 5)) < 0.6 if masked else np.ones((6, 5), bool)
    zt = torch.tensor(z, requires_grad=True)
    each = torch.nn.functional.binary_cross_entropy_with_logits(zt, torch.tensor(y), reduction="none")
    loss = each[torch.tensor(mask)].mean()
    loss.backward()
    assert_same(binary_cross_entropy(z, y, mask if masked else None), (loss.item(), zt.grad.numpy()))


@pytest.mark.parametrize("dtype", [bool, np.int8, np.int64, np.float32])
def test_a_trailing_axis_of_one_unit_is_kept_in_the_gradient(dtype):
    z, y = RNG(0).normal(size=(4, 3)), (RNG(1).random((4, 3)) < 0.5).astype(dtype)
    mask = np.array([[1, 1, 0]] * 4)
    flat = binary_cross_entropy(z, y, mask)
    column = binary_cross_entropy(z[..., None], y, mask)
    assert column[0] == flat[0]
    np.testing.assert_array_equal(column[1], flat[1][..., None])


def test_binary_two_classes_equal_softmax_with_logits_zero_and_z():
    z, y = RNG(0).normal(0, 3, 20), RNG(1).integers(0, 2, 20)
    loss, d = binary_cross_entropy(z, y)
    wanted, dz = softmax_cross_entropy(np.stack([np.zeros(20), z], axis=-1), y)
    assert_same((loss, d), (wanted, dz[:, 1]))


# mean squared error


def test_squared_error_by_hand():
    loss, d = mean_squared_error(np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1, 0], [4, 2]]))
    assert loss == (0 + 4 + 1 + 9) / 4
    np.testing.assert_array_equal(d, [[0.0, 1.0], [-0.5, 1.5]])


def test_squared_error_counts_numbers_whatever_shape_the_mask_has():
    p, y = np.zeros((2, 3, 2)), np.ones((2, 3, 2)) * 3
    steps = np.array([[1, 1, 0], [1, 0, 0]])
    y[steps == 0] = np.nan
    loss, d = mean_squared_error(p, y, steps)
    assert loss == 9.0
    np.testing.assert_array_equal(d, np.where(steps[..., None] == 1, -6 / 6, 0) * np.ones(2))
    each = np.repeat(steps[..., None], 2, axis=-1)
    each[0, 0, 0] = 0
    loss, d = mean_squared_error(p, y, each)
    assert loss == 9.0
    np.testing.assert_allclose(d, np.where(each == 1, -6 / 5, 0))


def test_squared_error_gradient_is_the_derivative():
    p, y = RNG(0).normal(size=(3, 4, 2)), RNG(1).normal(size=(3, 4, 2))
    mask = RNG(2).random((3, 4)) < 0.6
    _, d = mean_squared_error(p, y, mask)
    report = check_gradients(lambda: mean_squared_error(p, y, mask)[0], {"p": p}, {"p": d}, tolerance=1e-7)
    assert report, report


def test_squared_error_equals_pytorch():
    torch = pytest.importorskip("torch")
    p, y = RNG(0).normal(size=(5, 4)), RNG(1).normal(size=(5, 4))
    pt = torch.tensor(p, requires_grad=True)
    loss = torch.nn.functional.mse_loss(pt, torch.tensor(y))
    loss.backward()
    assert_same(mean_squared_error(p, y), (loss.item(), pt.grad.numpy()))


def test_squared_error_of_large_float32_predictions_is_finite():
    loss, d = mean_squared_error(np.array([1e30, 0], np.float32), np.zeros(2))
    assert loss == pytest.approx(0.5e60, rel=1e-6)
    assert d[0] == np.float32(1e30)


def test_squared_error_of_predictions_that_are_no_numbers_is_not_hidden():
    assert math.isnan(mean_squared_error(np.array([np.nan, 0.0]), np.zeros(2))[0])
    assert mean_squared_error(np.array([np.inf, 0.0]), np.zeros(2))[0] == math.inf


# bad input

F, INT = np.zeros((2, 3)), np.zeros(2, int)
BAD = [
    (softmax_cross_entropy, (INT, INT), TypeError, "logits must be float32 or float64, got int64"),
    (softmax_cross_entropy, (F.astype(np.float16), INT), TypeError, "float32 or float64, got float16"),
    (softmax_cross_entropy, (np.float64(1), INT), ValueError, "shape (..., V) with V ≥ 1, got ()"),
    (softmax_cross_entropy, (np.zeros((2, 0)), INT), ValueError, "V ≥ 1, got (2, 0)"),
    (softmax_cross_entropy, (F, INT * 1.0), TypeError, "integer dtype, got float64."),
    (softmax_cross_entropy, (F, INT > 0), TypeError, "integer dtype, got bool."),
    (softmax_cross_entropy, (F, F), TypeError, "got float64; one-hot rows become class numbers with .argmax"),
    (softmax_cross_entropy, (F, np.zeros(3, int)), ValueError, "without the last axis, (2,), got (3,)"),
    (softmax_cross_entropy, (F, np.zeros((2, 1), int)), ValueError, "without the last axis, (2,), got (2, 1)"),
    (
        softmax_cross_entropy,
        (F, np.array([0, 3])),
        ValueError,
        "between 0 and 2, the last of the 3 classes, got 0 to 3",
    ),
    (softmax_cross_entropy, (F, np.array([-1, 2])), ValueError, "got -1 to 2"),
    (softmax_cross_entropy, (F, np.array([-1, 3]), [0, 1]), ValueError, "got 3 to 3"),
    (softmax_cross_entropy, (F, INT, F), ValueError, "mask must have shape (2,), got (2, 3)"),
    (softmax_cross_entropy, (F, INT, [0.5, 1]), ValueError, "0 (ignore) and 1 (count) only"),
    (softmax_cross_entropy, (F, INT, [np.nan, 1]), ValueError, "0 (ignore) and 1 (count) only"),
    (softmax_cross_entropy, (F, INT, ["a", "b"]), TypeError, "mask must be bool, or numbers that are 0 or 1"),
    (binary_cross_entropy, (INT, INT), TypeError, "logits must be float32 or float64, got int64"),
    (binary_cross_entropy, (F, np.full((2, 3), "a")), TypeError, "targets must be real numbers"),
    (binary_cross_entropy, (F, INT), ValueError, "shape of targets, (2,), or (2, 1), got (2, 3)"),
    (binary_cross_entropy, (F[:, 0], F[:, :1]), ValueError, "shape of targets, (2, 1), or (2, 1, 1), got (2,)"),
    (binary_cross_entropy, (F, F + 2), ValueError, "between 0 and 1, got 2.0 to 2.0"),
    (binary_cross_entropy, (F, F - 0.1), ValueError, "between 0 and 1, got -0.1 to -0.1"),
    (binary_cross_entropy, (F, F * np.nan), ValueError, "between 0 and 1, got nan to nan"),
    (binary_cross_entropy, (F, F, INT), ValueError, "mask must have shape (2, 3), got (2,)"),
    (mean_squared_error, (INT, INT), TypeError, "predictions must be float32 or float64, got int64"),
    (mean_squared_error, (F, F * 1j), TypeError, "targets must be real numbers, got complex128"),
    (mean_squared_error, (F, F[:, :1]), ValueError, "shape of predictions, (2, 3), got (2, 1)"),
    (mean_squared_error, (F, F * np.nan), ValueError, "finite, got NaN or infinity; mask missing values"),
    (mean_squared_error, (F, F, np.zeros(3)), ValueError, "mask must have shape (2, 3) or (2,), got (3,)"),
]


@pytest.mark.parametrize(("function", "args", "error", "message"), BAD)
def test_bad_input_is_refused_in_one_sentence(function, args, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        function(*args)
    assert str(caught.value).startswith(f"{function.__name__}: ")
