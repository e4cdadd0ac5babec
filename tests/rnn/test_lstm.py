"""LSTM: a step and two steps back by hand, then every number against the equations written out gate by gate."""

import math
import re

import numpy as np
import pytest

from rnn.initializers import glorot_uniform, orthogonal
from rnn.lstm import LSTM

NAN = np.nan
LENGTHS = np.array([3, 5, 0, 1])


def generator(seed=0):
    return np.random.default_rng(seed)


def sigma(a):
    return 1 / (1 + np.exp(-a))


def build(dtype=np.float64):
    """Three features to two units; no weight and no bias is zero."""
    layer, rng = LSTM(3, 2, dtype=dtype), generator(1)
    for param in layer.params.values():
        param[...] = rng.normal(0.2, 0.7, param.shape)
    return layer


def problem():
    """Inputs, initial state, dL/dh and dL/d(final state) of four sequences of five steps, garbage in the padding."""
    rng = generator(2)
    x, dh = rng.normal(size=(4, 5, 3)), rng.normal(size=(4, 5, 2))
    past = np.arange(5) >= LENGTHS[:, None]
    x[past] = dh[past] = NAN
    state, dstate = (tuple(rng.normal(size=(2, 4, 2))) for _ in range(2))
    return x, state, dh, dstate


def by_the_book(layer, x, state, dh, dstate, lengths):
    """BPTT of one sequence after the other as the equations say; returns everything forward and backward give."""
    w_xh, w_hh, b_h = (layer.params[name] for name in ("W_xh", "W_hh", "b_h"))
    out = {"h": np.zeros_like(dh), "dx": np.zeros_like(x)}
    out |= {name: a.copy() for name, a in zip(("h_T", "c_T", "dh_0", "dc_0"), (*state, *dstate), strict=True)}
    out |= {name: np.zeros_like(param) for name, param in layer.params.items()}
    for b, length in enumerate(lengths):
        h, c, kept = [state[0][b]], [state[1][b]], []
        for t in range(length):
            a_i, a_f, a_g, a_o = np.split(x[b, t] @ w_xh + h[t] @ w_hh + b_h, 4)
            i, f, g, o = sigma(a_i), sigma(a_f), np.tanh(a_g), sigma(a_o)
            c.append(f * c[t] + i * g)
            h.append(o * np.tanh(c[-1]))
            kept.append((i, f, g, o))
            out["h"][b, t] = h[-1]
        out["h_T"][b], out["c_T"][b] = h[-1], c[-1]
        dh_t, dc_t = dstate[0][b], dstate[1][b]
        for t in reversed(range(length)):
            i, f, g, o = kept[t]
            tanh_c = np.tanh(c[t + 1])
            dh_t = dh_t + dh[b, t]
            dc_t = dc_t + dh_t * o * (1 - tanh_c**2)
            da = np.hstack(
                [
                    dc_t * g * i * (1 - i),
                    dc_t * c[t] * f * (1 - f),
                    dc_t * i * (1 - g**2),
                    dh_t * tanh_c * o * (1 - o),
                ]
            )
            out["dx"][b, t] = da @ w_xh.T
            out["W_xh"] += np.outer(x[b, t], da)
            out["W_hh"] += np.outer(h[t], da)
            out["b_h"] += da
            dh_t, dc_t = da @ w_hh.T, dc_t * f
        out["dh_0"][b], out["dc_0"][b] = dh_t, dc_t
    return out


def run(layer, x, state, dh, dstate, lengths, accumulate=False):
    h, (h_end, c_end) = layer.forward(x, state, lengths)
    dx, (dh_0, dc_0) = layer.backward(dh, dstate, accumulate)
    out = {"h": h, "dx": dx, "h_T": h_end, "c_T": c_end, "dh_0": dh_0, "dc_0": dc_0}
    return out | {name: g.copy() for name, g in layer.grads.items()}


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-12, atol=1e-12, err_msg=name)


# By hand


def scalar():
    """One feature, one unit, all four gates different."""
    layer = LSTM(1, 1, dtype=np.float64)
    layer.params["W_xh"][...] = [[0.5, -0.4, 0.3, 0.2]]
    layer.params["W_hh"][...] = [[0.1, 0.6, -0.7, 0.8]]
    layer.params["b_h"][...] = [0.05, 1.0, -0.1, 0.15]
    return layer


def test_a_step_by_hand():
    x, h, c = 2.0, 0.3, -0.5
    i = 1 / (1 + math.exp(-(0.5 * x + 0.1 * h + 0.05)))
    f = 1 / (1 + math.exp(-(-0.4 * x + 0.6 * h + 1.0)))
    g = math.tanh(0.3 * x - 0.7 * h - 0.1)
    o = 1 / (1 + math.exp(-(0.2 * x + 0.8 * h + 0.15)))
    new_c = f * c + i * g
    state = scalar().step(np.array([[x]]), (np.array([[h]]), np.array([[c]])))
    assert isinstance(state, tuple)
    np.testing.assert_allclose(state[0], [[o * math.tanh(new_c)]], rtol=1e-14)
    np.testing.assert_allclose(state[1], [[new_c]], rtol=1e-14)


def test_a_step_from_nothing_by_hand():
    h, c = scalar().step(np.array([[1.0]]))
    expected = math.tanh(0.2) / (1 + math.exp(-0.55))
    np.testing.assert_allclose(c, [[expected]], rtol=1e-14)
    np.testing.assert_allclose(h, [[math.tanh(expected) / (1 + math.exp(-0.35))]], rtol=1e-14)


def test_the_cell_state_keeps_what_the_forget_gate_lets_through():
    """Input gate shut, forget gate wide open: c stays, and its gradient passes through a hundred steps unchanged."""
    layer = LSTM(1, 1, dtype=np.float64)
    for param in layer.params.values():
        param[...] = 0
    layer.params["b_h"][...] = [-1000, 1000, 0, 1000]
    state = np.array([[0.0]]), np.array([[0.7]])
    h, (_, c) = layer.forward(np.ones((1, 100, 1)), state)
    assert c == 0.7
    np.testing.assert_allclose(h, math.tanh(0.7), rtol=1e-15)
    _, (dh_0, dc_0) = layer.backward(np.zeros((1, 100, 1)), (np.array([[0.0]]), np.array([[3.0]])))
    assert (dh_0, dc_0) == (0, 3)


# Everything, against the equations


def test_all_outputs_and_gradients_with_lengths():
    layer, (x, state, dh, dstate) = build(), problem()
    expected = by_the_book(layer, x, state, dh, dstate, LENGTHS)
    assert_same(run(layer, x, state, dh, dstate, LENGTHS), expected)


def test_all_outputs_and_gradients_without_lengths():
    layer, (x, state, dh, dstate) = build(), problem()
    x, dh = np.nan_to_num(x, nan=0.7), np.nan_to_num(dh, nan=-0.3)
    expected = by_the_book(layer, x, state, dh, dstate, [5] * 4)
    assert_same(run(layer, x, state, dh, dstate, None), expected)
    assert_same(run(layer, x, list(state), dh, list(dstate), [5] * 4), expected)


def test_no_state_is_zeros_and_no_gradient_of_it_too():
    layer, (x, _, dh, _) = build(), problem()
    zeros = np.zeros((4, 2)), np.zeros((4, 2))
    assert_same(run(layer, x, None, dh, None, LENGTHS), by_the_book(layer, x, zeros, dh, zeros, LENGTHS))


def test_accumulate_adds_to_the_gradients():
    layer, arguments = build(), problem()
    once = run(layer, *arguments, LENGTHS)
    again = run(layer, *arguments, LENGTHS)
    twice = run(layer, *arguments, LENGTHS, accumulate=True)
    for name in layer.grads:
        np.testing.assert_array_equal(again[name], once[name])
        np.testing.assert_allclose(twice[name], 2 * once[name], rtol=1e-14)


def test_two_calls_of_backward_agree_and_leave_their_arguments_alone():
    layer, (x, state, dh, dstate) = build(), problem()
    arrays = [x, *state, dh, *dstate]
    kept = [a.copy() for a in arrays]
    first = run(layer, x, state, dh, dstate, LENGTHS)
    dx, (dh_0, dc_0) = layer.backward(dh, dstate)
    for found, name in ((dx, "dx"), (dh_0, "dh_0"), (dc_0, "dc_0")):
        np.testing.assert_array_equal(found, first[name])
    for a, b in zip(arrays, kept, strict=True):
        np.testing.assert_array_equal(a, b)


def test_float32_stays_float32():
    layer, (x, state, dh, dstate) = build(np.float32), problem()
    x, dh = x.astype(np.float32), dh.astype(np.float32)
    state, dstate = (tuple(a.astype(np.float32) for a in pair) for pair in (state, dstate))
    for start, end, lengths in ((state, dstate, LENGTHS), (None, None, None)):
        found = run(layer, x, start, dh, end, lengths)
        assert {name: a.dtype for name, a in found.items()} == dict.fromkeys(found, np.dtype(np.float32))
    assert {a.dtype for a in layer.step(x[:, 0])} == {np.dtype(np.float32)}


def test_what_is_kept_for_the_way_back_takes_no_more_memory_than_the_type_asks():
    layer = build(np.float32)
    layer.forward(np.zeros((4, 5, 3), np.float32))
    *_, (gates, tanh_c) = layer._cache
    assert {gates.dtype, tanh_c.dtype} == {np.dtype(np.float32)}


# How it starts, and what it refuses


def test_each_gates_block_starts_orthogonal_and_the_forget_gate_open():
    layer, rng = LSTM(3, 2, rng=generator(), dtype=np.float64), generator()
    inputs = [glorot_uniform((3, 2), rng, np.float64) for _ in range(4)]
    blocks = [orthogonal((2, 2), rng, np.float64) for _ in range(4)]
    np.testing.assert_array_equal(layer.params["W_xh"], np.hstack(inputs))
    np.testing.assert_array_equal(layer.params["W_hh"], np.hstack(blocks))
    np.testing.assert_array_equal(layer.params["b_h"], [0, 0, 1, 1, 0, 0, 0, 0])
    assert (layer.gates, layer.state_parts, layer.hidden_size, layer.output_size) == (4, 2, 2, 2)
    assert {p.dtype for p in LSTM(3, 2).params.values()} == {np.dtype(np.float32)}


def refused(error, message, function, *arguments, **options):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        function(*arguments, **options)


def test_the_state_is_a_pair():
    layer, x, h = build(), np.zeros((4, 5, 3)), np.zeros((4, 2))
    wanted = "LSTM.forward: state must be a pair (h, c) of arrays, got {}."
    refused(TypeError, wanted.format("ndarray of 4"), layer.forward, x, h)
    refused(TypeError, wanted.format("tuple of 3"), layer.forward, x, (h, h, h))
    refused(TypeError, wanted.format("int"), layer.forward, x, 5)
    message = "LSTM.forward: state's c must have shape (4, 2), got (2, 4)."
    refused(ValueError, message, layer.forward, x, (h, h.T))
    message = "LSTM.forward: state's h must have shape (4, 2), got (2, 4)."
    refused(ValueError, message, layer.forward, x, (h.T, h))
    message = "LSTM.step: state must be a pair (h, c) of arrays, got ndarray of 4."
    refused(TypeError, message, layer.step, x[:, 0], h)
    layer.forward(x)
    message = "LSTM.backward: dstate must be a pair (h, c) of arrays, got ndarray of 4."
    refused(TypeError, message, layer.backward, np.zeros((4, 5, 2)), h)
    message = "LSTM.backward: dstate's c must have shape (4, 2), got (2, 4)."
    refused(ValueError, message, layer.backward, np.zeros((4, 5, 2)), (h, h.T))
