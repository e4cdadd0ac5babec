"""What must hold for every layer, shape, length and number: hypothesis chooses, float64 decides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proof_tools import (
    arrays_of,
    assert_close,
    cell,
    dot_states,
    network,
    padding,
    random_state,
    some_lengths,
)

import rnn

EXACT = 1e-12
CELLS = ["RNN tanh", "RNN sigmoid", "RNN relu", "RNN identity", "LSTM", "GRU after", "GRU before"]

many = settings(max_examples=30, deadline=None, derandomize=True)
few = settings(many, max_examples=15)
kinds = st.sampled_from(CELLS)
sizes = st.integers(1, 5)
steps = st.integers(0, 7)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def problems(draw):
    """A network, inputs, lengths or none, an initial state or none, and weights for outputs and final state."""
    rng = np.random.default_rng(draw(seeds))
    batch, time, width = draw(sizes), draw(steps), draw(sizes)
    layers, both_ways = draw(st.integers(1, 2)), draw(st.booleans())
    layer = network(draw(kinds), width, draw(sizes), rng, layers=layers, both_ways=both_ways)
    return {
        "layer": layer,
        "x": rng.normal(size=(batch, time, width)),
        "lengths": some_lengths(rng, batch, time) if draw(st.booleans()) else None,
        "state": random_state(layer, batch, rng) if draw(st.booleans()) else None,
        "dh": rng.normal(size=(batch, time, layer.output_size)),
        "dstate": random_state(layer, batch, rng),
        "rng": rng,
    }


def everything(layer, x, state, lengths, dh, dstate):
    """Outputs, final states and all gradients of one pass, as one dict."""
    h, final = layer.forward(x, state, lengths)
    dx, dinitial = layer.backward(dh, dstate)
    found = {"h": h, "dx": dx} | {name: g.copy() for name, g in layer.grads.items()}
    return found | arrays_of(final, "final") | arrays_of(dinitial, "dinitial")


def run(problem, **changed):
    names = ("layer", "x", "state", "lengths", "dh", "dstate")
    return everything(*((problem | changed)[name] for name in names))


def rows(state, index):
    if isinstance(state, np.ndarray):
        return state[index]
    return type(state)(rows(part, index) for part in state)


@given(kind=kinds, batch=sizes, time=steps, width=sizes, hidden=sizes, seed=seeds, with_state=st.booleans())
@many
def test_forward_equals_a_loop_of_step(kind, batch, time, width, hidden, seed, with_state):
    rng = np.random.default_rng(seed)
    layer = cell(kind, width, hidden, rng)
    x, lengths = rng.normal(size=(batch, time, width)), some_lengths(rng, batch, time)
    start = state = random_state(layer, batch, rng) if with_state else None
    states = []
    for t in range(time):
        state = layer.step(x[:, t], state)
        states.append(state)
    h, final = layer.forward(x, start)
    outputs = [s[0] if isinstance(s, tuple) else s for s in states]
    expected = np.stack(outputs, axis=1) if outputs else np.zeros((batch, 0, hidden))
    assert_close({"h": h}, {"h": expected}, EXACT)
    if time:
        assert_close(arrays_of(final), arrays_of(state), EXACT)
    h, final = layer.forward(x, start, lengths)
    assert_close({"h": h}, {"h": np.where(padding(lengths, time)[:, :, None], 0, expected)}, EXACT)
    for b, length in enumerate(lengths):
        if length:
            assert_close(arrays_of(rows(final, [b])), arrays_of(rows(states[length - 1], [b])), EXACT)
        else:
            first = start if with_state else layer.forward(x[:, :0])[1]
            assert_close(arrays_of(rows(final, [b])), arrays_of(rows(first, [b])), 0)


@given(kind=kinds, seed=seeds)
@few
def test_a_stacks_forward_equals_a_loop_of_its_step(kind, seed):
    rng = np.random.default_rng(seed)
    layer = network(kind, 3, 2, rng, layers=3)
    x, state = rng.normal(size=(2, 5, 3)), random_state(layer, 2, rng)
    h, final = layer.forward(x, state)
    for t in range(5):
        state = layer.step(x[:, t], state)
        top = state[-1]
        assert_close({"h": h[:, t]}, {"h": top[0] if isinstance(top, tuple) else top}, EXACT)
    assert_close(arrays_of(final), arrays_of(state), EXACT)


@given(kind=kinds, layers=st.integers(1, 2), time=st.integers(0, 8), seed=seeds, data=st.data())
@many
def test_two_halves_with_the_state_carried_equal_the_whole(kind, layers, time, seed, data):
    """Outputs, and gradients: the second half hands dL/d(its initial state) back to the first."""
    rng = np.random.default_rng(seed)
    layer = network(kind, 3, 2, rng, layers=layers)
    cut = data.draw(st.integers(0, time))
    x, state = rng.normal(size=(3, time, 3)), random_state(layer, 3, rng)
    dh, dstate = rng.normal(size=(3, time, 2)), random_state(layer, 3, rng)
    whole = everything(layer, x, state, None, dh, dstate)

    h_1, middle = layer.forward(x[:, :cut], state)
    h_2, final = layer.forward(x[:, cut:], middle)
    dx_2, dmiddle = layer.backward(dh[:, cut:], dstate)
    layer.forward(x[:, :cut], state)
    dx_1, dinitial = layer.backward(dh[:, :cut], dmiddle, accumulate=True)
    halves = {"h": np.concatenate([h_1, h_2], axis=1), "dx": np.concatenate([dx_1, dx_2], axis=1)} | layer.grads
    assert_close(whole, halves | arrays_of(final, "final") | arrays_of(dinitial, "dinitial"), EXACT)


@given(kind=kinds, both_ways=st.booleans(), seed=seeds, masked=st.booleans())
@many
def test_a_stack_equals_its_layers_one_after_the_other(kind, both_ways, seed, masked):
    rng = np.random.default_rng(seed)
    stack = network(kind, 3, 2, rng, layers=3, both_ways=both_ways)
    x, state, dstate = rng.normal(size=(4, 5, 3)), random_state(stack, 4, rng), random_state(stack, 4, rng)
    lengths = some_lengths(rng, 4, 5) if masked else None
    dh = rng.normal(size=(4, 5, stack.output_size))
    whole = everything(stack, x, state, lengths, dh, dstate)

    h, final, dinitial = x, [], []
    for layer, s in zip(stack.layers, state, strict=True):
        h, s = layer.forward(h, s, lengths)
        final.append(s)
    for layer, ds in zip(stack.layers[::-1], dstate[::-1], strict=True):
        dh, ds = layer.backward(dh, ds)
        dinitial.append(ds)
    parts = {f"{k}.{name}": g for k, layer in enumerate(stack.layers) for name, g in layer.grads.items()}
    parts |= {"h": h, "dx": dh} | arrays_of(final, "final") | arrays_of(dinitial[::-1], "dinitial")
    assert_close(whole, parts, 0)


@given(kind=kinds, time=steps, seed=seeds, masked=st.booleans())
@many
def test_bidirectional_equals_two_layers_and_a_reversal_by_length(kind, time, seed, masked):
    rng = np.random.default_rng(seed)
    onward, back = cell(kind, 3, 2, rng), cell(kind, 3, 2, rng)
    both = rnn.Bidirectional(onward, back)
    x, lengths = rng.normal(size=(4, time, 3)), some_lengths(rng, 4, time) if masked else None
    state, dstate = random_state(both, 4, rng), random_state(both, 4, rng)
    dh = rng.normal(size=(4, time, 4))
    whole = everything(both, x, state, lengths, dh, dstate)

    def reversed_by_length(a):
        out = a.copy()
        for b, length in enumerate([time] * 4 if lengths is None else lengths):
            out[b, :length] = a[b, :length][::-1]
        return out

    first = everything(onward, x, state[0], lengths, dh[..., :2], dstate[0])
    second = everything(back, reversed_by_length(x), state[1], lengths, reversed_by_length(dh[..., 2:]), dstate[1])
    parts = {"h": np.concatenate([first["h"], reversed_by_length(second["h"])], axis=2)}
    parts["dx"] = first["dx"] + reversed_by_length(second["dx"])
    for prefix, part, name in (("forward.", first, ".0"), ("backward.", second, ".1")):
        parts |= {prefix + key: part[key] for key in onward.params}
        for group in ("final", "dinitial"):
            parts |= {group + name + k[len(group) :]: a for k, a in part.items() if k.startswith(group)}
    assert_close(whole, parts, EXACT)


@given(problem=problems())
@many
def test_the_last_state_is_the_output_at_the_last_real_step(problem):
    if not problem["x"].shape[1]:
        return
    layer, lengths = problem["layer"], problem["lengths"]
    for one in getattr(layer, "layers", [layer]):
        h, final = one.forward(problem["x"], None, lengths)
        ends = np.full(len(h), h.shape[1]) if lengths is None else lengths
        halves = final if hasattr(one, "directions") else (final,)
        width = 0
        for k, half in enumerate(halves):
            half = half[0] if isinstance(half, tuple) else half
            place = h[np.arange(len(h)), 0 if k else np.maximum(ends - 1, 0), width : width + half.shape[1]]
            width += half.shape[1]
            assert_close({"last": half[ends > 0]}, {"last": place[ends > 0]}, 0)
        problem = problem | {"x": h}


@given(problem=problems(), extra=st.integers(0, 4), garbage=st.sampled_from([1e6, -1e6, np.inf, np.nan]))
@many
def test_padding_changes_nothing_whatever_stands_in_it(problem, extra, garbage):
    """More padding, filled with anything, even NaN, in x and in dh: every number stays the same."""
    x, dh = problem["x"], problem["dh"]
    batch, time = x.shape[:2]
    lengths = np.full(batch, time) if problem["lengths"] is None else problem["lengths"]
    clean = run(problem, lengths=lengths, x=np.where(padding(lengths, time)[..., None], 0, x))

    def padded(a):
        longer = np.full((batch, time + extra, a.shape[2]), garbage)
        longer[:, :time] = np.where(padding(lengths, time)[..., None], garbage, a)
        return longer

    dirty = run(problem, lengths=lengths, x=padded(x), dh=padded(dh))
    for name in ("h", "dx"):
        assert not dirty[name][padding(lengths, time + extra)].any(), f"{name} must be 0 in the padding"
        dirty[name] = dirty[name][:, :time]
    assert_close(dirty, clean, EXACT)


@given(problem=problems())
@few
def test_full_lengths_equal_no_lengths(problem):
    batch, time = problem["x"].shape[:2]
    assert_close(run(problem, lengths=np.full(batch, time)), run(problem, lengths=None), EXACT)


@given(problem=problems())
@many
def test_each_sequence_alone_equals_its_row_in_the_batch(problem):
    together = run(problem)
    sums = {name: np.zeros_like(g) for name, g in problem["layer"].grads.items()}
    for b in range(len(problem["x"])):
        one = {
            name: None if problem[name] is None else rows(problem[name], [b])
            for name in ("x", "state", "lengths", "dh", "dstate")
        }
        alone = run(problem, **one)
        for name in sums:
            sums[name] += alone.pop(name)
        assert_close(alone, {name: together[name][[b]] for name in alone}, EXACT)
    assert_close({name: together[name] for name in sums}, sums, EXACT)


@given(problem=problems())
@many
def test_the_order_of_the_batch_changes_nothing(problem):
    order = problem["rng"].permutation(len(problem["x"]))
    changed = {
        name: None if problem[name] is None else rows(problem[name], order)
        for name in ("x", "state", "lengths", "dh", "dstate")
    }
    straight, shuffled = run(problem), run(problem, **changed)
    for name in straight:
        if name not in problem["layer"].params:
            straight[name] = straight[name][order]
    assert_close(shuffled, straight, EXACT)


@given(problem=problems())
@many
def test_accumulate_adds_to_what_is_there(problem):
    layer = problem["layer"]
    once = run(problem)
    layer.backward(problem["dh"], problem["dstate"], accumulate=True)
    for name, gradient in layer.grads.items():
        assert_close({name: gradient}, {name: 2 * once[name]}, EXACT)
    layer.backward(problem["dh"], problem["dstate"])
    for name, gradient in layer.grads.items():
        np.testing.assert_array_equal(gradient, once[name])


@given(problem=problems())
@many
def test_no_state_is_a_state_of_zeros(problem):
    def zeros(state):
        return np.zeros_like(state) if isinstance(state, np.ndarray) else type(state)(map(zeros, state))

    nothing = run(problem, state=None, dstate=None)
    zero = zeros(problem["dstate"])
    for name, array in run(problem, state=zero, dstate=zero).items():
        np.testing.assert_array_equal(array, nothing[name])


@given(problem=problems())
@many
def test_backward_is_the_slope_of_forward_in_a_random_direction(problem):
    """One random direction through input, initial state and all parameters at once, against a central difference."""
    layer, rng = problem["layer"], problem["rng"]
    state = random_state(layer, len(problem["x"]), rng) if problem["state"] is None else problem["state"]
    found = run(problem, state=state)
    moved = {"dx": problem["x"]} | arrays_of(state, "dinitial") | layer.params
    if any("relu" in str(getattr(one, "activation", "")) for one in _cells(layer)):
        return  # a direction may cross a kink
    direction = {name: rng.normal(size=a.shape) for name, a in moved.items()}
    slope = sum(float((found[name] * direction[name]).sum()) for name in moved)
    original, step, values = {name: a.copy() for name, a in moved.items()}, 1e-4, []
    for k in (-2, -1, 1, 2):
        for name, a in moved.items():
            a[...] = original[name] + k * step * direction[name]
        h, final = layer.forward(problem["x"], state, problem["lengths"])
        values.append(float((h * problem["dh"]).sum()) + dot_states(final, problem["dstate"]))
    numeric = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * step)
    assert slope == pytest.approx(numeric, rel=1e-6, abs=1e-6)


def _cells(layer):
    for one in getattr(layer, "layers", [layer]):
        yield from getattr(one, "directions", {"": one}).values()


@given(seed=seeds, time=st.integers(1, 6), kind=st.sampled_from(["last", "mean", "max", "max+mean"]))
@many
def test_pooling_equals_pooling_each_sequence_alone(seed, time, kind):
    rng = np.random.default_rng(seed)
    x, lengths = rng.normal(size=(4, time, 3)), some_lengths(rng, 4, time)
    pool = rnn.Pool(kind)
    together = pool.forward(np.where(padding(lengths, time)[..., None], np.nan, x), lengths=lengths)
    for b, length in enumerate(lengths):
        real = x[b, :length]
        if not length:
            np.testing.assert_array_equal(together[b], 0)
            continue
        largest, mean = real.max(axis=0), real.mean(axis=0)
        expected = {"last": real[-1], "mean": mean, "max": largest, "max+mean": np.r_[largest, mean]}[kind]
        assert_close({"pooled": together[b]}, {"pooled": expected}, EXACT)


@pytest.mark.parametrize("sizes", [(3, 3)])
@pytest.mark.parametrize("between", [[], [rnn.Dropout(0.5)]], ids=["at once", "dropout between"])
def test_last_after_a_bidirectional_layer_is_both_final_states(sizes, between):
    rng = np.random.default_rng(0)
    onward, back = (cell("GRU after", 2, size, rng) for size in sizes)
    both = rnn.Bidirectional(onward, back)
    x, lengths = rng.normal(size=(4, 5, 2)), np.array([5, 0, 1, 3])
    pooled, _ = rnn.Sequential([both, *between, rnn.Pool("last")]).forward(x, lengths)
    _, (forward_state, backward_state) = both.forward(x, None, lengths)
    np.testing.assert_array_equal(pooled, np.hstack([forward_state, backward_state]))


def test_last_after_a_bidirectional_layer_and_a_dense_one_is_the_last_step():
    """A Dense layer mixes both halves: no half of what it gives was read backwards."""
    rng = np.random.default_rng(0)
    both, dense = network("LSTM", 2, 3, rng, both_ways=True), rnn.Dense(6, 4, rng=rng, dtype=np.float64)
    x, lengths = rng.normal(size=(4, 5, 2)), np.array([5, 2, 1, 3])
    pooled, _ = rnn.Sequential([both, dense, rnn.Pool("last")]).forward(x, lengths)
    every = dense.forward(both.forward(x, None, lengths)[0])
    np.testing.assert_array_equal(pooled, every[np.arange(4), lengths - 1])


@given(seed=seeds)
@few
def test_an_embedding_equals_one_hot_vectors_times_its_matrix(seed):
    rng = np.random.default_rng(seed)
    embedding, ids = rnn.Embedding(5, 3, rng=rng, dtype=np.float64), rng.integers(0, 5, (3, 6))
    dense = rnn.Dense(5, 3, rng=rng, dtype=np.float64)
    dense.params["W"][...] = embedding.params["W"]
    dy = rng.normal(size=(3, 6, 3))
    assert_close({"y": embedding.forward(ids)}, {"y": dense.forward(np.eye(5)[ids])}, EXACT)
    embedding.backward(dy)
    dense.backward(dy)
    assert_close({"W": embedding.grads["W"]}, {"W": dense.grads["W"]}, EXACT)


@given(seed=seeds, name=st.sampled_from(["softmax_cross_entropy", "binary_cross_entropy", "mean_squared_error"]))
@few
def test_a_masked_loss_is_the_loss_of_what_is_left(seed, name):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(4, 5, 3)) * 3
    y = rng.integers(0, 3, (4, 5)) if name.startswith("softmax") else rng.integers(0, 2, z.shape).astype(float)
    mask = rng.random(y.shape) < 0.5
    loss, gradient = getattr(rnn, name)(z, y, mask)
    if not mask.any():
        assert loss == 0
        assert not gradient.any()
        return
    alone, part = getattr(rnn, name)(z[mask], y[mask])
    assert loss == pytest.approx(alone, rel=1e-12)
    expected = np.zeros_like(z)
    expected[mask] = part
    assert_close({"gradient": gradient}, {"gradient": expected}, EXACT)
