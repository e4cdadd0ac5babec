"""SGD, Adam and clipping: exact first steps, twenty steps beside PyTorch, in place, bad input."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rnn.optimizers
from rnn.optimizers import SGD, Adam, clip_grad_norm, clip_grad_value


def arrays(seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = {"W": (4, 3), "b": (5,), "s": (), "deep": (2, 3, 2)}
    return {name: np.asarray(rng.normal(size=shape), dtype) for name, shape in shapes.items()}


def copies(params):
    return {name: param.copy() for name, param in params.items()}


OPTIMIZERS = [
    (lambda: SGD(0.1), "SGD", {"lr": 0.1}),
    (lambda: SGD(0.05, momentum=0.9), "SGD", {"lr": 0.05, "momentum": 0.9}),
    (lambda: Adam(), "Adam", {}),
    (
        lambda: Adam(0.02, beta1=0.8, beta2=0.95, epsilon=1e-3),
        "Adam",
        {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-3},
    ),
    (lambda: Adam(0.1, beta1=0.0, beta2=0.0), "Adam", {"lr": 0.1, "betas": (0.0, 0.0)}),
]


@pytest.mark.parametrize(("make", "name", "options"), OPTIMIZERS)
@pytest.mark.parametrize("block", [1, 4, 32_768])
def test_twenty_steps_equal_pytorch(make, name, options, block, monkeypatch):
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(rnn.optimizers, "BLOCK", block)
    params = arrays()
    theirs = {key: torch.tensor(param, requires_grad=True) for key, param in params.items()}
    peer, optimizer = getattr(torch.optim, name)(theirs.values(), **options), make()
    for step in range(20):
        grads = {key: np.asarray(g * 10.0 ** (step % 7 - 5)) for key, g in arrays(step + 1).items()}
        for key, g in grads.items():
            theirs[key].grad = torch.tensor(g)
        peer.step()
        optimizer.step(params, grads)
        for key, param in params.items():
            np.testing.assert_allclose(param, theirs[key].detach().numpy(), rtol=1e-12, atol=1e-12)


def test_sgd_by_hand():
    params, grads = {"w": np.array([1.0, 2.0])}, {"w": np.array([0.5, -1.0])}
    SGD(0.1).step(params, grads)
    np.testing.assert_array_equal(params["w"], [0.95, 2.1])


def test_momentum_by_hand():
    params, grads, optimizer = {"w": np.array([1.0])}, {"w": np.array([1.0])}, SGD(0.5, momentum=0.5)
    seen = []
    for _ in range(3):
        optimizer.step(params, grads)
        seen.append(params["w"][0])
    assert seen == [0.5, -0.25, -1.125]  # velocities 1, 1.5, 1.75


def test_adam_adds_epsilon_after_the_bias_correction():
    params, epsilon = {"w": np.array([0.0])}, 0.5
    Adam(1.0, epsilon=epsilon).step(params, {"w": np.array([2.0])})
    assert params["w"][0] == pytest.approx(-2 / (2 + epsilon), abs=1e-15)
    before_correction = -(0.2 / 0.1) / ((math.sqrt(0.004) + epsilon) / math.sqrt(0.001))
    assert abs(params["w"][0] - before_correction) > 0.5


def test_adam_adds_epsilon_outside_the_root():
    params = {"w": np.array([0.0])}
    Adam(1.0, epsilon=0.25).step(params, {"w": np.array([0.0625])})
    assert params["w"][0] == pytest.approx(-0.2, abs=1e-15)


def test_adam_by_hand_over_two_steps():
    params, optimizer = {"w": np.array([1.0])}, Adam(0.1, beta1=0.5, beta2=0.75, epsilon=1.0)
    optimizer.step(params, {"w": np.array([4.0])})
    assert params["w"][0] == pytest.approx(1 - 0.1 * 4 / 5, abs=1e-15)
    optimizer.step(params, {"w": np.array([0.0])})
    m_hat, v_hat = 1.0 / 0.75, 3.0 / (1 - 0.75**2)
    assert params["w"][0] == pytest.approx(0.92 - 0.1 * m_hat / (math.sqrt(v_hat) + 1), abs=1e-15)


@given(st.floats(1e-4, 1e4), st.sampled_from([-1.0, 1.0]))
def test_the_first_adam_step_has_the_length_of_the_learning_rate(size, sign):
    params = {"w": np.array([3.0])}
    Adam(0.01).step(params, {"w": np.array([sign * size])})
    assert params["w"][0] == pytest.approx(3 - sign * 0.01, abs=1e-6)


def test_the_defaults_are_those_of_the_paper():
    adam = Adam()
    assert (adam.lr, adam.beta1, adam.beta2, adam.epsilon) == (0.001, 0.9, 0.999, 1e-8)
    assert SGD(0.3).momentum == 0.0


@pytest.mark.parametrize(("make", "name", "options"), OPTIMIZERS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_arrays_themselves_change_and_the_gradients_do_not(make, name, options, dtype):
    params, grads, optimizer = arrays(dtype=dtype), arrays(1, dtype=dtype), make()
    held, before, grads_before = dict(params), copies(params), copies(grads)
    for _ in range(2):
        optimizer.step(params, grads)
    for key, param in params.items():
        assert param is held[key]
        assert param.dtype == dtype
        assert (param != before[key]).all()
        np.testing.assert_array_equal(grads[key], grads_before[key])


@pytest.mark.parametrize(("make", "name", "options"), OPTIMIZERS)
def test_views_and_any_memory_order_are_updated(make, name, options, monkeypatch):
    monkeypatch.setattr(rnn.optimizers, "BLOCK", 2)
    big = np.random.default_rng(0).normal(size=(6, 8))
    strange = {"F": np.asfortranarray(big[:3, :4]), "view": big[:, ::2], "T": big[1:4, 1:6:2].T.copy().T}
    plain = {key: np.ascontiguousarray(param).copy() for key, param in strange.items()}
    grads = {key: np.random.default_rng(1).normal(size=param.shape) for key, param in plain.items()}
    a, b = make(), make()
    for _ in range(3):
        a.step(strange, grads)
        b.step(plain, grads)
    for key in plain:
        np.testing.assert_allclose(strange[key], plain[key], rtol=1e-14)


def test_state_is_kept_by_name_not_by_order():
    optimizer, other = Adam(0.1), Adam(0.1)
    params, same = arrays(), arrays()
    for step in range(4):
        grads = arrays(step + 1)
        optimizer.step(params, grads)
        backwards = dict(reversed(list(same.items())))
        other.step(backwards if step % 2 else same, grads)
    for key, param in params.items():
        np.testing.assert_array_equal(param, same[key])


def test_the_learning_rate_may_change_between_steps():
    params, optimizer = {"w": np.array([1.0])}, SGD(0.5)
    optimizer.lr = 0.25
    optimizer.step(params, {"w": np.array([1.0])})
    assert params["w"][0] == 0.75


def test_an_optimizer_that_served_one_model_refuses_another():
    for make, _, _ in OPTIMIZERS:
        optimizer = make()
        optimizer.step({"W": np.ones((2, 3)), "b": np.ones(3)}, {"W": np.ones((2, 3)), "b": np.ones(3)})
        with pytest.raises(ValueError, match="names and shapes of the first step, got others for 'W'; an optimizer"):
            optimizer.step({"W": np.ones((3, 2)), "b": np.ones(3)}, {"W": np.ones((3, 2)), "b": np.ones(3)})
        with pytest.raises(ValueError, match="got others for 'W', 'c'; an optimizer belongs to one model"):
            optimizer.step({"b": np.ones(3), "c": np.ones(3)}, {"b": np.ones(3), "c": np.ones(3)})


def test_a_refused_step_changes_nothing():
    params, optimizer = {"a": np.ones(2), "b": np.ones(2)}, Adam()
    with pytest.raises(ValueError, match="shape"):
        optimizer.step(params, {"a": np.ones(2), "b": np.ones(3)})
    np.testing.assert_array_equal(params["a"], np.ones(2))
    optimizer.step({"other": np.ones(4)}, {"other": np.ones(4)})  # nothing was remembered either


W = np.ones((2, 3))
READ_ONLY = np.ones(2)
READ_ONLY.setflags(write=False)
BAD_STEPS = [
    ({"W": W}, {}, ValueError, "must have the same names, got 'W' in only one of them"),
    ({"W": W, "b": W}, {"c": W, "W": W}, ValueError, "got 'b', 'c' in only one of them"),
    ({"W": W}, {"W": W.T}, ValueError, "grads['W'] must have shape (2, 3), got (3, 2)"),
    ({"W": W}, {"W": W[0]}, ValueError, "grads['W'] must have shape (2, 3), got (3,)"),
    ({"W": W}, {"W": W.astype(np.float32)}, TypeError, "grads['W'] must be float64"),
    (
        {"W": W.astype(int)},
        {"W": W},
        TypeError,
        "params['W'] must be a NumPy array of floating-point numbers, got int64",
    ),
    ({"W": [1.0]}, {"W": [1.0]}, TypeError, "params['W'] must be a NumPy array of floating-point numbers, got list"),
    ({"W": W}, {"W": None}, TypeError, "grads['W'] must be a NumPy array of shape (2, 3), got NoneType"),
    ({"W": READ_ONLY}, {"W": np.ones(2)}, ValueError, "params['W'] must be writable, got a read-only array"),
]


@pytest.mark.parametrize(("params", "grads", "error", "message"), BAD_STEPS)
def test_a_bad_step_is_refused_in_one_sentence(params, grads, error, message):
    for optimizer in (SGD(0.1), Adam()):
        with pytest.raises(error, match=re.escape(message)) as caught:
            optimizer.step(params, grads)
        assert str(caught.value).startswith(type(optimizer).__name__ + ": ")


BAD_SETTINGS = [
    (lambda: SGD(0), ValueError, "SGD: lr must be > 0, got 0"),
    (lambda: SGD(-0.1), ValueError, "SGD: lr must be > 0, got -0.1"),
    (lambda: SGD(math.nan), ValueError, "SGD: lr must be > 0, got nan"),
    (lambda: SGD("0.1"), TypeError, "SGD: lr must be a number, got str"),
    (lambda: SGD(True), TypeError, "SGD: lr must be a number, got bool"),
    (lambda: SGD(0.1, momentum=1), ValueError, "SGD: momentum must be at least 0 and less than 1, got 1"),
    (lambda: SGD(0.1, momentum=-0.1), ValueError, "SGD: momentum must be at least 0"),
    (lambda: Adam(0.0), ValueError, "Adam: lr must be > 0"),
    (lambda: Adam(beta1=1.0), ValueError, "Adam: beta1 must be at least 0 and less than 1, got 1.0"),
    (lambda: Adam(beta2=1.5), ValueError, "Adam: beta2 must be at least 0 and less than 1, got 1.5"),
    (lambda: Adam(beta2=None), TypeError, "Adam: beta2 must be a number, got NoneType"),
    (lambda: Adam(epsilon=0), ValueError, "Adam: epsilon must be > 0, got 0"),
    (lambda: clip_grad_norm({}, 0.0), ValueError, "clip_grad_norm: max_norm must be > 0, got 0.0"),
    (lambda: clip_grad_norm({}, math.nan), ValueError, "clip_grad_norm: max_norm must be > 0, got nan"),
    (lambda: clip_grad_norm({"a": [1.0]}, 1), TypeError, "clip_grad_norm: grads['a'] must be a NumPy array"),
    (lambda: clip_grad_norm({"a": np.ones(2, int)}, 1), TypeError, "floating-point numbers, got int64"),
    (lambda: clip_grad_norm({"a": READ_ONLY}, 1), ValueError, "grads['a'] must be writable"),
    (lambda: clip_grad_value({}, -1), ValueError, "clip_grad_value: limit must be > 0, got -1"),
    (lambda: clip_grad_value({"a": None}, 1), TypeError, "clip_grad_value: grads['a'] must be a NumPy array"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD_SETTINGS)
def test_bad_settings_are_refused_in_one_sentence(call, error, message):
    with pytest.raises(error, match=re.escape(message)):
        call()


# clipping


def test_clipping_uses_the_norm_of_all_gradients_together_not_of_each():
    a, b = np.array([3.0, 0.0]), np.array([[4.0]])
    grads = {"a": a, "b": b}
    assert clip_grad_norm(grads, 1.0) == 5.0
    assert grads["a"] is a
    np.testing.assert_allclose(a, [0.6, 0.0], rtol=1e-15)  # clipped one by one both would have the norm 1
    np.testing.assert_allclose(b, [[0.8]], rtol=1e-15)


def test_gradients_below_the_limit_stay_as_they_are():
    grads = {"a": np.array([3.0]), "b": np.array([4.0])}
    assert clip_grad_norm(grads, 5.0) == 5.0
    assert clip_grad_norm(grads, math.inf) == 5.0
    assert (grads["a"][0], grads["b"][0]) == (3.0, 4.0)
    assert clip_grad_norm({"a": np.zeros(3)}, 1.0) == 0.0
    assert clip_grad_norm({}, 1.0) == 0.0


@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e3), st.floats(-6, 6))
def test_clipping_keeps_the_direction_and_bounds_the_length(seed, limit, exponent):
    grads = {key: np.asarray(g * 10**exponent) for key, g in arrays(seed).items()}
    flat = np.concatenate([g.ravel() for g in grads.values()])
    norm = clip_grad_norm(grads, limit)
    assert norm == pytest.approx(np.linalg.norm(flat), rel=1e-12)
    clipped = np.concatenate([g.ravel() for g in grads.values()])
    np.testing.assert_allclose(clipped, flat * min(1, limit / norm), rtol=1e-12)


def test_the_norm_equals_pytorch():
    torch = pytest.importorskip("torch")
    grads = arrays(3)
    tensors = [torch.zeros(g.shape, dtype=torch.float64) for g in grads.values()]
    for tensor, g in zip(tensors, grads.values(), strict=True):
        tensor.grad = torch.tensor(g)
    wanted = torch.nn.utils.clip_grad_norm_(tensors, 0.5).item()
    assert clip_grad_norm(grads, 0.5) == pytest.approx(wanted, rel=1e-14)
    for tensor, g in zip(tensors, grads.values(), strict=True):
        np.testing.assert_allclose(g, tensor.grad.numpy(), rtol=1e-5)  # PyTorch adds 1e-6 to the norm


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 3e30), (np.float64, 3e200)])
def test_a_norm_whose_square_overflows_is_still_right(dtype, size):
    grads = {"a": np.array([size, 0], dtype), "b": np.array([size * 4 / 3], dtype), "empty": np.zeros((0, 2), dtype)}
    assert clip_grad_norm(grads, 1.0) == pytest.approx(size * 5 / 3, rel=1e-6)
    np.testing.assert_allclose(grads["a"], [0.6, 0], rtol=1e-6)
    np.testing.assert_allclose(grads["b"], [0.8], rtol=1e-6)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_gradients_that_are_not_finite_are_named_and_nothing_is_changed(bad):
    grads = {"fine": np.array([30.0]), "W_hh": np.array([[1.0, bad]]), "b": np.array([bad])}
    with pytest.raises(
        ValueError, match=r"^clip_grad_norm: gradients must be finite, got NaN or infinity in 'W_hh', 'b';"
    ):
        clip_grad_norm(grads, 1.0)
    assert grads["fine"][0] == 30.0


def test_clipping_by_value_cuts_each_number():
    a = np.array([-3.0, -1.0, 0.5, 2.0, math.nan, math.inf])
    grads = {"a": a, "b": np.array([[7.0]], np.float32)}
    assert clip_grad_value(grads, 1.5) is None
    np.testing.assert_array_equal(a, [-1.5, -1.0, 0.5, 1.5, math.nan, 1.5])
    np.testing.assert_array_equal(grads["b"], np.array([[1.5]], np.float32))
