"""GRU, both conventions: a step by hand, then every number against the equations written out gate by gate."""

import math
import re

import numpy as np
import pytest

from rnn.gru import GRU
from rnn.initializers import glorot_uniform, orthogonal

NAN = np.nan
LENGTHS = np.array([3, 5, 0, 1])
both = pytest.mark.parametrize("after", [True, False], ids=["reset after", "reset before"])


def generator(seed=0):
    return np.random.default_rng(seed)


def sigma(a):
    return 1 / (1 + np.exp(-a))


def build(after, dtype=np.float64):
    """Three features to two units; no weight and no bias is zero."""
    layer, rng = GRU(3, 2, reset_after=after, dtype=dtype), generator(1)
    for param in layer.params.values():
        param[...] = rng.normal(0.2, 0.7, param.shape)
    return layer


def problem():
    """Inputs, initial state, dL/dh and dL/d(final state) of four sequences of five steps, garbage in the padding."""
    rng = generator(2)
    x, state, dh, dstate = (rng.normal(size=s) for s in ((4, 5, 3), (4, 2), (4, 5, 2), (4, 2)))
    past = np.arange(5) >= LENGTHS[:, None]
    x[past] = dh[past] = NAN
    return x, state, dh, dstate


def by_the_book(layer, x, state, dh, dstate, lengths):
    """BPTT of one sequence after the other as the equations say; returns everything forward and backward give."""
    (w_xr, w_xz, w_xn), (w_hr, w_hz, w_hn), (b_r, b_z, b_n) = (
        np.split(layer.params[name], 3, axis=-1) for name in ("W_xh", "W_hh", "b_h")
    )
    after = layer.reset_after
    out = {"h": np.zeros_like(dh), "final": state.copy(), "dx": np.zeros_like(x), "dstate0": dstate.copy()}
    out |= {name: np.zeros_like(param) for name, param in layer.params.items()}
    for b, length in enumerate(lengths):
        h, kept = [state[b]], []
        for t in range(length):
            r = sigma(x[b, t] @ w_xr + h[t] @ w_hr + b_r)
            z = sigma(x[b, t] @ w_xz + h[t] @ w_hz + b_z)
            m = h[t] @ w_hn + layer.params["b_hn"] if after else (r * h[t]) @ w_hn
            n = np.tanh(x[b, t] @ w_xn + b_n + (r * m if after else m))
            h.append((1 - z) * n + z * h[t])
            kept.append((r, z, n, m))
            out["h"][b, t] = h[-1]
        out["final"][b] = h[-1]
        carried = dstate[b]
        for t in reversed(range(length)):
            r, z, n, m = kept[t]
            dh_t = carried + dh[b, t]
            da_n, da_z = dh_t * (1 - z) * (1 - n**2), dh_t * (h[t] - n) * z * (1 - z)
            carried = dh_t * z
            if after:
                da_r, dm = da_n * m * r * (1 - r), da_n * r
                carried = carried + dm @ w_hn.T
                candidate = np.outer(h[t], dm)
                out["b_hn"] += dm
            else:
                back = da_n @ w_hn.T
                da_r = back * h[t] * r * (1 - r)
                carried = carried + back * r
                candidate = np.outer(r * h[t], da_n)
            carried = carried + da_r @ w_hr.T + da_z @ w_hz.T
            da = np.hstack([da_r, da_z, da_n])
            out["dx"][b, t] = da @ layer.params["W_xh"].T
            out["W_xh"] += np.outer(x[b, t], da)
            out["W_hh"] += np.hstack([np.outer(h[t], da_r), np.outer(h[t], da_z), candidate])
            out["b_h"] += da
        out["dstate0"][b] = carried
    return out


def run(layer, x, state, dh, dstate, lengths, accumulate=False):
    h, final = layer.forward(x, state, lengths)
    dx, dstate0 = layer.backward(dh, dstate, accumulate)
    return {"h": h, "final": final, "dx": dx, "dstate0": dstate0} | {n: g.copy() for n, g in layer.grads.items()}


def assert_same(found, expected):
    assert found.keys() == expected.keys()
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-12, atol=1e-12, err_msg=name)


# By hand


def scalar(after):
    """One feature, one unit, all three gates different."""
    layer = GRU(1, 1, reset_after=after, dtype=np.float64)
    layer.params["W_xh"][...] = [[0.5, -0.4, 0.3]]
    layer.params["W_hh"][...] = [[0.1, 0.6, -0.7]]
    layer.params["b_h"][...] = [0.05, 0.2, -0.1]
    if after:
        layer.params["b_hn"][...] = 0.9
    return layer


@both
def test_a_step_by_hand(after):
    x, h = 2.0, 0.3
    r = 1 / (1 + math.exp(-(0.5 * x + 0.1 * h + 0.05)))
    z = 1 / (1 + math.exp(-(-0.4 * x + 0.6 * h + 0.2)))
    n = math.tanh(0.3 * x - 0.1 + (r * (-0.7 * h + 0.9) if after else -0.7 * r * h))
    new = scalar(after).step(np.array([[x]]), np.array([[h]]))
    np.testing.assert_allclose(new, [[(1 - z) * n + z * h]], rtol=1e-14)


@both
def test_a_step_from_nothing_by_hand(after):
    r, z = 1 / (1 + math.exp(-0.55)), 1 / (1 + math.exp(0.2))
    n = math.tanh(0.2 + (0.9 * r if after else 0))
    np.testing.assert_allclose(scalar(after).step(np.array([[1.0]])), [[(1 - z) * n]], rtol=1e-14)


@both
def test_an_update_gate_of_one_keeps_the_state(after):
    layer = build(after)
    layer.params["W_xh"][:, 2:4] = layer.params["W_hh"][:, 2:4] = 0
    layer.params["b_h"][2:4] = 1000
    x, state, dh, _ = problem()
    h, final = layer.forward(x, state, LENGTHS)
    np.testing.assert_allclose(final, state, rtol=1e-14)
    np.testing.assert_allclose(h[1], np.broadcast_to(state[1], (5, 2)), rtol=1e-14)
    _, dstate0 = layer.backward(np.zeros_like(dh), state)
    np.testing.assert_array_equal(dstate0, state)


# Everything, against the equations


@both
def test_all_outputs_and_gradients_with_lengths(after):
    layer, (x, state, dh, dstate) = build(after), problem()
    expected = by_the_book(layer, x, state, dh, dstate, LENGTHS)
    assert_same(run(layer, x, state, dh, dstate, LENGTHS), expected)


@both
def test_all_outputs_and_gradients_without_lengths(after):
    layer, (x, state, dh, dstate) = build(after), (np.nan_to_num(a, nan=0.7) for a in problem())
    expected = by_the_book(layer, x, state, dh, dstate, [5] * 4)
    assert_same(run(layer, x, state, dh, dstate, None), expected)
    assert_same(run(layer, x, state, dh, dstate, [5] * 4), expected)


@both
def test_no_state_is_zeros_and_no_gradient_of_it_too(after):
    layer, (x, _, dh, _) = build(after), problem()
    zeros = np.zeros((4, 2))
    assert_same(run(layer, x, None, dh, None, LENGTHS), by_the_book(layer, x, zeros, dh, zeros, LENGTHS))


@both
def test_accumulate_adds_to_the_gradients(after):
    layer, arguments = build(after), problem()
    once = run(layer, *arguments, LENGTHS)
    again = run(layer, *arguments, LENGTHS)
    twice = run(layer, *arguments, LENGTHS, accumulate=True)
    for name in layer.grads:
        np.testing.assert_array_equal(again[name], once[name])
        np.testing.assert_allclose(twice[name], 2 * once[name], rtol=1e-14)


@both
def test_two_calls_of_backward_agree_and_leave_weights_and_arguments_alone(after):
    layer, arguments = build(after), problem()
    arrays = [*arguments, *layer.params.values()]
    kept = [a.copy() for a in arrays]
    first = run(layer, *arguments, LENGTHS)
    dx, dstate0 = layer.backward(*arguments[2:])
    np.testing.assert_array_equal(dx, first["dx"])
    np.testing.assert_array_equal(dstate0, first["dstate0"])
    for a, b in zip(arrays, kept, strict=True):
        np.testing.assert_array_equal(a, b)


@both
def test_float32_stays_float32(after):
    layer, (x, state, dh, dstate) = build(after, np.float32), (a.astype(np.float32) for a in problem())
    for start, end, lengths in ((state, dstate, LENGTHS), (None, None, None)):
        found = run(layer, x, start, dh, end, lengths)
        assert {name: a.dtype for name, a in found.items()} == dict.fromkeys(found, np.dtype(np.float32))
        *_, (gates, term) = layer._cache
        assert {gates.dtype, term.dtype} == {np.dtype(np.float32)}
    assert layer.step(x[:, 0]).dtype == np.float32


# How it starts, and what it refuses


@both
def test_each_gates_block_starts_orthogonal_and_all_biases_zero(after):
    layer, rng = GRU(3, 2, reset_after=after, rng=generator(), dtype=np.float64), generator()
    inputs = [glorot_uniform((3, 2), rng, np.float64) for _ in range(3)]
    blocks = [orthogonal((2, 2), rng, np.float64) for _ in range(3)]
    np.testing.assert_array_equal(layer.params["W_xh"], np.hstack(inputs))
    np.testing.assert_array_equal(layer.params["W_hh"], np.hstack(blocks))
    np.testing.assert_array_equal(layer.params["b_h"], np.zeros(6))
    assert list(layer.params) == list(layer.grads) == ["W_xh", "W_hh", "b_h", "b_hn"][: 4 if after else 3]
    assert (layer.gates, layer.state_parts, layer.reset_after) == (3, 1, after)


def test_the_reset_comes_after_the_product_unless_told_otherwise():
    layer = GRU(3, 2)
    assert layer.reset_after is True
    np.testing.assert_array_equal(layer.params["b_hn"], [0, 0])
    assert {p.dtype for p in [*layer.params.values(), *layer.grads.values()]} == {np.dtype(np.float32)}


def refused(error, message, function, *arguments, **options):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        function(*arguments, **options)


def test_what_does_not_fit_is_refused_by_name():
    layer, x = build(True), np.zeros((4, 5, 3))
    refused(ValueError, "GRU: hidden_size must be at least 1, got 0.", GRU, 3, 0)
    refused(ValueError, "GRU.forward: x must have shape (B, T, 3), got (4, 5, 2).", layer.forward, x[..., :2])
    message = "GRU.step: state must have shape (4, 2), got (1, 2)."
    refused(ValueError, message, layer.step, x[:, 0], np.zeros((1, 2)))
    layer.forward(x)
    message = "GRU.backward: dh must have shape (4, 5, 2), got (4, 5, 3)."
    refused(ValueError, message, layer.backward, x)
