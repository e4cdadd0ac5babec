"""Both directions and stacks: equal to their layers by hand, with lengths, states and gradients in their places."""

import re

import numpy as np
import pytest

from rnn.gru import GRU
from rnn.layers import Dense
from rnn.lstm import LSTM
from rnn.recurrent import RNN
from rnn.wrappers import Bidirectional, Stacked, check_distinct, prefixed

NAN = np.nan
LENGTHS = np.array([3, 4, 0, 1])


def generator(seed=0):
    return np.random.default_rng(seed)


def cell(kind, input_size, hidden_size, seed, dtype=np.float64):
    layer, rng = kind(input_size, hidden_size, dtype=dtype), generator(seed)
    for param in layer.params.values():
        param[...] = rng.normal(0.1, 0.7, param.shape)
    return layer


def scalar(w, u, b):
    layer = RNN(1, 1, activation="identity", dtype=np.float64)
    for name, value in {"W_xh": w, "W_hh": u, "b_h": b}.items():
        layer.params[name][...] = value
    return layer


def refused(error, message, function, *arguments, **options):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        function(*arguments, **options)


# What both share


def test_prefixed_joins_dicts_of_the_same_arrays():
    a, b = np.ones(1), np.zeros(2)
    joined = prefixed([("0", {"W": a, "b": b}), ("back", {"W": b})])
    assert list(joined) == ["0.W", "0.b", "back.W"]
    assert joined["0.W"] is a
    assert joined["0.b"] is b
    assert joined["back.W"] is b


def test_one_layer_twice_is_named_by_both_places():
    one, two = RNN(2, 2), RNN(2, 2)
    check_distinct("f", [one, two])
    message = "f: every layer must be its own object, got one as number 1 and 2."
    refused(ValueError, message, check_distinct, "f", [one, two, two])


# Bidirectional


def test_both_directions_by_hand():
    """Linear units, h = w x + u h + b: one sequence of two steps, one of one step with garbage behind it."""
    layer = Bidirectional(scalar(1.0, 2.0, 0.5), scalar(3.0, -1.0, 0.0))
    x = np.array([[[1.0], [2.0]], [[4.0], [NAN]]])
    h, (onward, back) = layer.forward(x, lengths=[2, 1])
    np.testing.assert_array_equal(h, [[[1.5, -3.0], [5.5, 6.0]], [[4.5, 12.0], [0, 0]]])
    np.testing.assert_array_equal(onward, [[5.5], [4.5]])
    np.testing.assert_array_equal(back, [[-3.0], [12.0]])
    dh = np.array([[[1.0, 10.0], [2.0, 20.0]], [[3.0, 30.0], [NAN, NAN]]])
    dx, (d_onward, d_back) = layer.backward(dh, (np.array([[0.5], [0.0]]), np.array([[0.0], [1.0]])))
    # onward: da_2 = 2.5, da_1 = 1 + 2 · 2.5 = 6; back: it reads step 2 first, da = 10 at step 1, 20 − 10 at step 2
    np.testing.assert_array_equal(dx, [[[6 + 3 * 10], [2.5 + 3 * 10]], [[3 + 3 * 31], [0]]])
    np.testing.assert_array_equal(d_onward, [[2 * 6], [2 * 3]])
    np.testing.assert_array_equal(d_back, [[-10], [-31]])
    grads = {name: g.item() for name, g in layer.grads.items()}
    assert grads == {
        "forward.W_xh": 6 * 1 + 2.5 * 2 + 3 * 4,
        "forward.W_hh": 2.5 * 1.5,
        "forward.b_h": 11.5,
        "backward.W_xh": 10 * 1 + 10 * 2 + 31 * 4,
        "backward.W_hh": 10 * 6.0,
        "backward.b_h": 51,
    }


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["all steps", "lengths"])
def test_each_direction_is_its_layer_and_the_backward_one_reads_reversed(lengths):
    onward, back = cell(LSTM, 3, 2, 1), cell(GRU, 3, 2, 2)
    rng, ends = generator(3), [4] * 4 if lengths is None else lengths
    x, dh = rng.normal(size=(4, 4, 3)), rng.normal(size=(4, 4, 4))
    state, dstate = ((tuple(rng.normal(size=(2, 4, 2))), rng.normal(size=(4, 2))) for _ in range(2))
    layer = Bidirectional(onward, back)
    h, (onward_end, back_end) = layer.forward(x, state, lengths)
    dx, (onward_start, back_start) = layer.backward(dh, dstate)
    grads = {name: g.copy() for name, g in layer.grads.items()}

    def reverse(a):
        return np.stack([np.concatenate([row[:n][::-1], row[n:]]) for row, n in zip(a, ends, strict=True)])

    one, one_end = onward.forward(x, state[0], lengths)
    two, two_end = back.forward(reverse(x), state[1], lengths)
    np.testing.assert_array_equal(h, np.concatenate([one, reverse(two)], axis=2))
    d_one, one_start = onward.backward(dh[..., :2], dstate[0])
    d_two, two_start = back.backward(reverse(dh[..., 2:]), dstate[1])
    np.testing.assert_allclose(dx, d_one + reverse(d_two), rtol=1e-15)
    np.testing.assert_array_equal(back_end, two_end)
    np.testing.assert_array_equal(back_start, two_start)
    for pair, other in ((onward_end, one_end), (onward_start, one_start)):
        np.testing.assert_array_equal(pair, other)
    for name, g in grads.items():
        direction, key = name.split(".")
        np.testing.assert_array_equal(g, layer.directions[direction].grads[key])


def test_accumulate_reaches_both_directions():
    layer, x = Bidirectional(scalar(1.0, 2.0, 0.5), scalar(3.0, -1.0, 0.0)), np.ones((1, 2, 1))
    h, _ = layer.forward(x)
    layer.backward(h)
    once = {name: g.copy() for name, g in layer.grads.items()}
    layer.backward(h, accumulate=True)
    assert {name: g.item() for name, g in layer.grads.items()} == {name: 2 * g.item() for name, g in once.items()}
    layer.backward(h)
    assert layer.grads == once


def test_parameters_of_both_directions_are_the_layers_own():
    onward, back = cell(RNN, 3, 2, 1), cell(GRU, 3, 2, 2)
    layer = Bidirectional(onward, back)
    keys = ["forward.W_xh", "forward.W_hh", "forward.b_h"]
    keys += ["backward.W_xh", "backward.W_hh", "backward.b_h", "backward.b_hn"]
    assert list(layer.params) == list(layer.grads) == keys
    assert layer.params["backward.b_hn"] is back.params["b_hn"]
    assert layer.grads["forward.W_xh"] is onward.grads["W_xh"]
    assert (layer.input_size, layer.output_size, layer.dtype, layer.bidirectional) == (3, 4, np.float64, True)


def test_what_bidirectional_refuses():
    onward = RNN(3, 2)
    refused(TypeError, "Bidirectional: both layers must be recurrent, got Dense.", Bidirectional, onward, Dense(3, 2))
    refused(TypeError, "Bidirectional: both layers must be recurrent, got Dense.", Bidirectional, Dense(3, 2), onward)
    message = "Bidirectional: the two directions must be two layers, got the same one twice."
    refused(ValueError, message, Bidirectional, onward, onward)
    for other in (RNN(4, 2), RNN(3, 4), RNN(3, 2, dtype=np.float64)):
        with pytest.raises(ValueError, match=r"^Bidirectional: both layers must have the same input size, "):
            Bidirectional(onward, other)
    layer = Bidirectional(onward, RNN(3, 2))
    message = "Bidirectional.backward: call forward first; backward gives the gradients of the last forward."
    refused(RuntimeError, message, layer.backward, np.zeros((2, 4, 4), np.float32))
    x, h = np.zeros((2, 4, 3), np.float32), np.zeros((2, 2), np.float32)
    message = "Bidirectional.forward: x must have shape (B, T, 3), got (2, 4)."
    refused(ValueError, message, layer.forward, x[..., 0])
    wanted = "Bidirectional.forward: state must be a pair (forward, backward), got {}."
    refused(TypeError, wanted.format("ndarray of 2"), layer.forward, x, h)
    refused(TypeError, wanted.format("list of 3"), layer.forward, x, [h, h, h])
    refused(TypeError, wanted.format("int"), layer.forward, x, 1)
    message = "Bidirectional.forward: lengths must have shape (2,), got (1,)."
    refused(ValueError, message, layer.forward, x, None, [1])
    layer.forward(x, [h, None])
    message = "Bidirectional.backward: dh must have shape (2, 4, 4), got (2, 4, 2)."
    refused(ValueError, message, layer.backward, np.zeros((2, 4, 2), np.float32))
    message = "Bidirectional.backward: dstate must be a pair (forward, backward), got ndarray of 2."
    refused(TypeError, message, layer.backward, np.zeros((2, 4, 4), np.float32), h)
    message = "Bidirectional.step: a bidirectional layer needs the whole sequence; call forward instead."
    refused(TypeError, message, layer.step, x[:, 0])
    refused(TypeError, message, layer.step, x[:, 0], (h, h))


# Stacked


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["all steps", "lengths"])
def test_a_stack_is_its_layers_one_after_the_other(lengths):
    bottom, middle, top = cell(LSTM, 3, 2, 1), cell(GRU, 2, 4, 2), cell(RNN, 4, 2, 3)
    layer, rng = Stacked([bottom, middle, top]), generator(4)
    x, dh = rng.normal(size=(4, 4, 3)), rng.normal(size=(4, 4, 2))
    states, dstates = (
        [tuple(rng.normal(size=(2, 4, 2))), rng.normal(size=(4, 4)), rng.normal(size=(4, 2))] for _ in range(2)
    )
    h, final = layer.forward(x, states, lengths)
    dx, initial = layer.backward(dh, dstates)
    grads = {name: g.copy() for name, g in layer.grads.items()}
    assert isinstance(final, list)
    assert isinstance(initial, list)

    one, end_0 = bottom.forward(x, states[0], lengths)
    two, end_1 = middle.forward(one, states[1], lengths)
    three, end_2 = top.forward(two, states[2], lengths)
    d_two, start_2 = top.backward(dh, dstates[2])
    d_one, start_1 = middle.backward(d_two, dstates[1])
    d_zero, start_0 = bottom.backward(d_one, dstates[0])
    np.testing.assert_array_equal(h, three)
    np.testing.assert_array_equal(dx, d_zero)
    for found, expected in zip([*final, *initial], [end_0, end_1, end_2, start_0, start_1, start_2], strict=True):
        np.testing.assert_array_equal(found, expected)
    for name, g in grads.items():
        number, key = name.split(".")
        np.testing.assert_array_equal(g, layer.layers[int(number)].grads[key])


def test_two_linear_layers_by_hand():
    layer = Stacked([scalar(1.0, 2.0, 0.5), scalar(3.0, -1.0, 0.0)])
    h, final = layer.forward(np.array([[[1.0], [2.0]]]))
    np.testing.assert_array_equal(h, [[[4.5], [12.0]]])  # the lower layer gives 1.5 and 5.5
    assert [state.item() for state in final] == [5.5, 12.0]
    dx, initial = layer.backward(np.array([[[1.0], [1.0]]]))
    # above: da_2 = 1, da_1 = 1 − 1 = 0; below: da_2 = 3, da_1 = 0 + 2 · 3
    np.testing.assert_array_equal(dx, [[[6.0], [3.0]]])
    assert [state.item() for state in initial] == [12.0, 0.0]
    layer.backward(np.array([[[1.0], [1.0]]]))
    assert layer.grads["0.b_h"] == 9
    layer.backward(np.array([[[1.0], [1.0]]]), accumulate=True)
    assert layer.grads["0.b_h"] == 18
    assert layer.grads["1.b_h"] == 2


def test_a_loop_of_step_is_forward():
    layer, rng = Stacked([cell(LSTM, 3, 2, 1), cell(GRU, 2, 3, 2), cell(RNN, 3, 2, 3)]), generator(4)
    x, state = rng.normal(size=(2, 3, 3)), None
    h, final = layer.forward(x)
    for t in range(3):
        state = layer.step(x[:, t], state)
        np.testing.assert_allclose(state[-1], h[:, t], rtol=1e-13)
    assert [type(part) for part in state] == [tuple, np.ndarray, np.ndarray]
    for found, expected in zip(state, final, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_built_of_layers_of_one_kind():
    layer = Stacked.of(LSTM, 3, 2, 3, rng=generator(), dtype=np.float64)
    assert [type(one) for one in layer.layers] == [LSTM] * 3
    assert [(one.input_size, one.hidden_size) for one in layer.layers] == [(3, 2), (2, 2), (2, 2)]
    rng = generator()
    for k, size in enumerate((3, 2, 2)):
        single = LSTM(size, 2, rng=rng, dtype=np.float64)
        for name, param in single.params.items():
            np.testing.assert_array_equal(layer.params[f"{k}.{name}"], param)
    assert len(Stacked.of(RNN, 3, 2, 1).layers) == 1
    refused(ValueError, "Stacked.of: num_layers must be at least 1, got 0.", Stacked.of, RNN, 3, 2, 0)


def test_what_a_stack_says_of_itself():
    both = Bidirectional(RNN(3, 2), RNN(3, 2))
    layer = Stacked([both, GRU(4, 5)])
    assert (layer.input_size, layer.output_size, layer.dtype, layer.bidirectional) == (3, 5, np.float32, False)
    keys = [f"0.{way}.{name}" for way in ("forward", "backward") for name in ("W_xh", "W_hh", "b_h")]
    assert list(layer.params) == list(layer.grads) == [*keys, "1.W_xh", "1.W_hh", "1.b_h", "1.b_hn"]
    assert layer.params["0.backward.W_hh"] is both.directions["backward"].params["W_hh"]
    assert layer.grads["0.backward.W_hh"] is both.directions["backward"].grads["W_hh"]
    assert Stacked((RNN(3, 3), Bidirectional(RNN(3, 2), RNN(3, 2)))).bidirectional


def test_what_a_stack_refuses():
    refused(ValueError, "Stacked: at least one layer is needed, got none.", Stacked, [])
    refused(TypeError, "Stacked: layers must be a list of layers, got RNN.", Stacked, RNN(3, 2))
    message = "Stacked: every layer must be recurrent, got Dense as number 1."
    refused(TypeError, message, Stacked, [RNN(3, 2), Dense(2, 2)])
    same = RNN(2, 2)
    message = "Stacked: every layer must be its own object, got one as number 0 and 1."
    refused(ValueError, message, Stacked, [same, same])
    message = "Stacked: layer 1 must take 2 features of float32 from the layer below, got one for 3 of float32."
    refused(ValueError, message, Stacked, [RNN(3, 2), RNN(3, 2)])
    message = "Stacked: layer 2 must take 2 features of float32 from the layer below, got one for 2 of float64."
    refused(ValueError, message, Stacked, [RNN(3, 2), RNN(2, 2), RNN(2, 2, dtype=np.float64)])
    layer, x, h = Stacked([RNN(3, 2), RNN(2, 2)]), np.zeros((4, 5, 3), np.float32), np.zeros((4, 2), np.float32)
    wanted = "Stacked.{} must be a list with one state for each of 2 layers, got {}."
    refused(TypeError, wanted.format("forward: state", "list of 3"), layer.forward, x, [h, h, h])
    refused(TypeError, wanted.format("forward: state", "ndarray of 4"), layer.forward, x, h)
    refused(TypeError, wanted.format("step: state", "int"), layer.step, x[:, 0], 7)
    layer.forward(x, (h, h))
    message = wanted.format("backward: dstate", "ndarray of 4")
    refused(TypeError, message, layer.backward, np.zeros((4, 5, 2), np.float32), h)
