"""What the cells share, and the RNN: two steps by hand, then every number against BPTT written out step by step."""

import math
import re

import numpy as np
import pytest

from rnn.activations import ACTIVATIONS
from rnn.initializers import glorot_uniform, orthogonal
from rnn.recurrent import RNN, Recurrent

NAN = np.nan
LENGTHS = np.array([3, 5, 0, 1])
SLOPES = {
    "tanh": lambda a: 1 / np.cosh(a) ** 2,
    "sigmoid": lambda a: np.exp(-a) / (1 + np.exp(-a)) ** 2,
    "relu": lambda a: (a > 0).astype(float),
    "identity": np.ones_like,
}


def generator(seed=0):
    return np.random.default_rng(seed)


def build(activation="tanh", dtype=np.float64):
    """Three features to two units; no weight and no bias is zero."""
    layer, rng = RNN(3, 2, activation=activation, dtype=dtype), generator(1)
    for param in layer.params.values():
        param[...] = rng.normal(0.2, 0.7, param.shape)
    return layer


def problem(seed=2):
    """Inputs, initial state, dL/dh and dL/d(final state) of four sequences of five steps, garbage in the padding."""
    rng = generator(seed)
    x, state, dh, dstate = (rng.normal(size=s) for s in ((4, 5, 3), (4, 2), (4, 5, 2), (4, 2)))
    past = np.arange(5) >= LENGTHS[:, None]
    x[past] = dh[past] = NAN
    return x, state, dh, dstate


def by_the_book(layer, x, state, dh, dstate, lengths):
    """BPTT of one sequence after the other as the equations say; returns everything forward and backward give."""
    w_xh, w_hh, b_h = (layer.params[name] for name in ("W_xh", "W_hh", "b_h"))
    phi, slope = ACTIVATIONS[layer.activation].function, SLOPES[layer.activation]
    out = {"h": np.zeros_like(dh), "final": state.copy(), "dx": np.zeros_like(x), "dstate0": dstate.copy()}
    out |= {name: np.zeros_like(param) for name, param in layer.params.items()}
    for b, length in enumerate(lengths):
        h, pre = [state[b]], []
        for t in range(length):
            pre.append(x[b, t] @ w_xh + h[-1] @ w_hh + b_h)
            h.append(phi(pre[-1]))
            out["h"][b, t] = h[-1]
        out["final"][b] = h[-1]
        carried = dstate[b]
        for t in reversed(range(length)):
            da = (carried + dh[b, t]) * slope(pre[t])
            out["dx"][b, t] = da @ w_xh.T
            out["W_xh"] += np.outer(x[b, t], da)
            out["W_hh"] += np.outer(h[t], da)
            out["b_h"] += da
            carried = da @ w_hh.T
        out["dstate0"][b] = carried
    return out


def run(layer, x, state, dh, dstate, lengths, accumulate=False):
    h, final = layer.forward(x, state, lengths)
    dx, dstate0 = layer.backward(dh, dstate, accumulate)
    return {"h": h, "final": final, "dx": dx, "dstate0": dstate0} | {n: g.copy() for n, g in layer.grads.items()}


def assert_same(found, expected, tolerance=1e-12):
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=tolerance, atol=tolerance, err_msg=name)


# By hand


def scalar():
    """One feature, one unit: a = 0.5 x − 0.8 h + 0.1."""
    layer = RNN(1, 1, dtype=np.float64)
    for name, value in {"W_xh": 0.5, "W_hh": -0.8, "b_h": 0.1}.items():
        layer.params[name][...] = value
    return layer


def test_two_steps_forward_and_back_by_hand():
    h1 = math.tanh(0.5 * 1.0 - 0.8 * 0.3 + 0.1)
    h2 = math.tanh(0.5 * -2.0 - 0.8 * h1 + 0.1)
    layer = scalar()
    h, final = layer.forward(np.array([[[1.0], [-2.0]]]), np.array([[0.3]]))
    np.testing.assert_allclose(h, [[[h1], [h2]]], rtol=1e-14)
    np.testing.assert_allclose(final, [[h2]], rtol=1e-14)
    da2 = (3.0 + 0.25) * (1 - h2**2)  # what the loss says of h2, and what the final state's gradient adds
    da1 = (2.0 - 0.8 * da2) * (1 - h1**2)
    dx, dstate0 = layer.backward(np.array([[[2.0], [3.0]]]), np.array([[0.25]]))
    np.testing.assert_allclose(dx, [[[0.5 * da1], [0.5 * da2]]], rtol=1e-13)
    np.testing.assert_allclose(dstate0, [[-0.8 * da1]], rtol=1e-13)
    np.testing.assert_allclose(layer.grads["W_xh"], [[1.0 * da1 - 2.0 * da2]], rtol=1e-13)
    np.testing.assert_allclose(layer.grads["W_hh"], [[0.3 * da1 + h1 * da2]], rtol=1e-13)
    np.testing.assert_allclose(layer.grads["b_h"], [da1 + da2], rtol=1e-13)


def test_a_step_by_hand():
    layer, x = scalar(), np.array([[1.0], [2.0]])
    state = layer.step(x, np.array([[0.3], [0.5]]))
    np.testing.assert_allclose(state, [[math.tanh(0.36)], [math.tanh(0.7)]], rtol=1e-14)
    np.testing.assert_allclose(layer.step(x), [[math.tanh(0.6)], [math.tanh(1.1)]], rtol=1e-14)


# Everything, against the equations


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_all_outputs_and_gradients_with_lengths(activation):
    layer, (x, state, dh, dstate) = build(activation), problem()
    expected = by_the_book(layer, x, state, dh, dstate, LENGTHS)
    assert_same(run(layer, x, state, dh, dstate, LENGTHS), expected)


@pytest.mark.parametrize("activation", list(ACTIVATIONS))
def test_all_outputs_and_gradients_without_lengths(activation):
    layer, (x, state, dh, dstate) = build(activation), (np.nan_to_num(a, nan=0.7) for a in problem())
    expected = by_the_book(layer, x, state, dh, dstate, [5] * 4)
    assert_same(run(layer, x, state, dh, dstate, None), expected)
    assert_same(run(layer, x, state, dh, dstate, [5, 5, 5, 5]), expected)


def test_no_state_is_zeros_and_no_gradient_of_it_too():
    layer, (x, _, dh, _) = build(), problem()
    zeros = np.zeros((4, 2))
    assert_same(run(layer, x, None, dh, None, LENGTHS), by_the_book(layer, x, zeros, dh, zeros, LENGTHS))


def test_forward_is_a_loop_of_step():
    layer, rng = build("sigmoid"), generator(3)
    x, state = rng.normal(size=(2, 4, 3)), rng.normal(size=(2, 2))
    h, final = layer.forward(x, state)
    for t in range(4):
        state = layer.step(x[:, t], state)
        np.testing.assert_allclose(h[:, t], state, rtol=1e-14)
    np.testing.assert_array_equal(final, h[:, -1])


def test_accumulate_adds_to_the_gradients():
    layer, arguments = build(), problem()
    once = run(layer, *arguments, LENGTHS)
    arrays = dict(layer.grads)
    again = run(layer, *arguments, LENGTHS)
    twice = run(layer, *arguments, LENGTHS, accumulate=True)
    for name in layer.grads:
        np.testing.assert_array_equal(again[name], once[name])
        np.testing.assert_allclose(twice[name], 2 * once[name], rtol=1e-14)
        assert layer.grads[name] is arrays[name]


@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_what_goes_in_is_left_alone_and_what_comes_out_is_new(lengths):
    layer, arguments = build(), problem()
    kept = [a.copy() for a in arguments]
    x, state, dh, dstate = arguments
    h, final = layer.forward(x, state, lengths)
    first = h.copy(), final.copy()
    dx, dstate0 = layer.backward(dh, dstate)
    h[...] = final[...] = 99
    grads = {name: g.copy() for name, g in layer.grads.items()}
    again = layer.backward(dh, dstate)
    for name, g in grads.items():
        np.testing.assert_array_equal(layer.grads[name], g)  # replaced, not added to
    for one, other in zip(again, (dx, dstate0), strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(layer.forward(x, state, lengths), first, strict=True):
        np.testing.assert_array_equal(one, other)
    for a, b in zip(arguments, kept, strict=True):
        np.testing.assert_array_equal(a, b)


def test_float32_stays_float32():
    layer, (x, state, dh, dstate) = build(dtype=np.float32), (a.astype(np.float32) for a in problem())
    for start, end, lengths in ((state, dstate, LENGTHS), (None, None, None)):
        found = run(layer, x, start, dh, end, lengths)
        assert {name: a.dtype for name, a in found.items()} == dict.fromkeys(found, np.dtype(np.float32))
    assert layer.step(x[:, 0]).dtype == np.float32


def test_no_steps_give_the_initial_state_back():
    layer, state, dstate = build(), np.ones((4, 2)), np.full((4, 2), 2.0)
    for lengths in (None, np.zeros(4, int)):
        found = run(layer, np.zeros((4, 0, 3)), state, np.zeros((4, 0, 2)), dstate, lengths)
        assert found["h"].shape == (4, 0, 2)
        assert found["dx"].shape == (4, 0, 3)
        np.testing.assert_array_equal(found["final"], state)
        np.testing.assert_array_equal(found["dstate0"], dstate)
        assert not any(found[name].any() for name in layer.grads)


# How a cell starts


def test_the_first_weights_are_glorot_and_orthogonal_and_the_bias_is_zero():
    layer, rng = RNN(3, 2, rng=generator(), dtype=np.float64), generator()
    np.testing.assert_array_equal(layer.params["W_xh"], glorot_uniform((3, 2), rng, np.float64))
    np.testing.assert_array_equal(layer.params["W_hh"], orthogonal((2, 2), rng, np.float64))
    np.testing.assert_array_equal(layer.params["b_h"], [0, 0])
    assert list(layer.params) == list(layer.grads) == ["W_xh", "W_hh", "b_h"]
    assert not any(g.any() for g in layer.grads.values())


def test_sizes_and_types_are_kept():
    layer = RNN(3, 2)
    assert (layer.input_size, layer.hidden_size, layer.output_size) == (3, 2, 2)
    assert (layer.gates, layer.state_parts, layer.bidirectional, layer.activation) == (1, 1, False, "tanh")
    assert layer.dtype == np.float32
    assert {p.dtype for p in [*layer.params.values(), *layer.grads.values()]} == {np.dtype(np.float32)}


def test_a_cell_must_bring_its_own_loops():
    bare = Recurrent(3, 2, dtype=np.float64)
    for call in (
        lambda: bare.step(np.zeros((1, 3))),
        lambda: bare.forward(np.zeros((1, 2, 3))),
        lambda: bare._run_back(np.zeros((1, 2, 2)), (), (), [], None),
    ):
        with pytest.raises(NotImplementedError):
            call()


# Bad input


def refused(error, message, function, *arguments, **options):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        function(*arguments, **options)


def test_what_does_not_fit_when_built():
    refused(ValueError, "RNN: input_size must be at least 1, got 0.", RNN, 0, 2)
    refused(ValueError, "RNN: hidden_size must be at least 1, got -1.", RNN, 3, -1)
    refused(TypeError, "RNN: dtype must be np.float32 or np.float64, got <class 'int'>.", RNN, 3, 2, dtype=int)
    with pytest.raises(TypeError, match=r"^RNN: rng must be a numpy.random.Generator, got int;"):
        RNN(3, 2, rng=1)
    with pytest.raises(ValueError, match=r"activation must be one of tanh, sigmoid, relu, identity, got 'cos'\.$"):
        RNN(3, 2, activation="cos")


def test_what_does_not_fit_in_forward():
    layer, x = build(), np.zeros((4, 5, 3))
    refused(ValueError, "RNN.forward: x must have shape (B, T, 3), got (4, 5, 2).", layer.forward, x[..., :2])
    refused(ValueError, "RNN.forward: x must hold at least one sequence, got a batch of 0.", layer.forward, x[:0])
    message = "RNN.forward: state must have shape (4, 2), got (2, 2)."
    refused(ValueError, message, layer.forward, x, np.zeros((2, 2)))
    refused(ValueError, "RNN.forward: lengths must have shape (4,), got (3,).", layer.forward, x, None, [1, 2, 3])
    message = "RNN.forward: every length must lie between 0 and 5, the number of time steps, got 1 to 6."
    refused(ValueError, message, layer.forward, x, None, [1, 2, 3, 6])
    for bad in (x.astype(np.float32), x.astype(int)):
        with pytest.raises(TypeError, match=r"^RNN.forward: x must be float64 like the layer's weights, got "):
            layer.forward(bad)
    with pytest.raises(TypeError, match=r"^RNN.forward: state must be float64 like the layer's weights"):
        layer.forward(x, np.zeros((4, 2), np.float32))


def test_what_does_not_fit_in_backward():
    layer = build()
    message = "RNN.backward: call forward first; backward gives the gradients of the last forward."
    refused(RuntimeError, message, layer.backward, np.zeros((4, 5, 2)))
    layer.forward(np.zeros((4, 5, 3)))
    message = "RNN.backward: dh must have shape (4, 5, 2), got (5, 4, 2)."
    refused(ValueError, message, layer.backward, np.zeros((5, 4, 2)))
    message = "RNN.backward: dstate must have shape (4, 2), got (4, 3)."
    refused(ValueError, message, layer.backward, np.zeros((4, 5, 2)), np.zeros((4, 3)))
    with pytest.raises(TypeError, match=r"^RNN.backward: dh must be float64"):
        layer.backward(np.zeros((4, 5, 2), np.float32))


def test_what_does_not_fit_in_step():
    layer = build()
    refused(ValueError, "RNN.step: x_t must have shape (B, 3), got (1, 4, 3).", layer.step, np.zeros((1, 4, 3)))
    message = "RNN.step: state must have shape (4, 2), got (1, 2)."
    refused(ValueError, message, layer.step, np.zeros((4, 3)), np.zeros((1, 2)))
    with pytest.raises(TypeError, match=r"^RNN.step: x_t must be float64"):
        layer.step(np.zeros((4, 3), np.float32))
