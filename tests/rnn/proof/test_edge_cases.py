"""The corners: huge logits, nothing to count, no time steps, one of everything, long sequences, arrays left alone."""

import math

import numpy as np
import pytest
from proof_tools import arrays_of, assert_close, cell, network, random_state

import rnn

CELLS = ["RNN tanh", "RNN sigmoid", "RNN relu", "RNN identity", "LSTM", "GRU after", "GRU before"]
NETWORKS = [(kind, layers, both_ways) for kind in CELLS for layers, both_ways in ((1, False), (2, True))]
LOSSES = [rnn.softmax_cross_entropy, rnn.binary_cross_entropy, rnn.mean_squared_error]
DTYPES = [np.float32, np.float64]


# Logits of ±1000


@pytest.mark.parametrize("dtype", DTYPES)
def test_softmax_cross_entropy_of_logits_of_1000_is_exact(dtype):
    z = np.array([[1000, -1000, 0], [1000, -1000, 0], [-1000, -1000, -1000], [1000, 1000, 1000]], dtype)
    loss, gradient = rnn.softmax_cross_entropy(z, np.array([0, 1, 2, 0]))
    assert loss == pytest.approx((0 + 2000 + 2 * math.log(3)) / 4)
    third = np.ones(3) / 3
    expected = [[0, 0, 0], [1, -1, 0], third - [0, 0, 1], third - [1, 0, 0]]
    np.testing.assert_allclose(gradient, np.array(expected) / 4, atol=1e-7)
    assert gradient.dtype == dtype


@pytest.mark.parametrize("dtype", DTYPES)
def test_binary_cross_entropy_of_logits_of_1000_is_exact(dtype):
    z = np.array([1000, -1000, 1000, -1000], dtype)
    loss, gradient = rnn.binary_cross_entropy(z, np.array([1, 0, 0, 1]))
    assert loss == 500
    np.testing.assert_array_equal(gradient, np.array([0, 0, 1, -1]) / 4)
    assert gradient.dtype == dtype


def test_sigmoid_and_softmax_of_1000_are_exact():
    big = np.array([-1000.0, 0.0, 1000.0])
    np.testing.assert_array_equal(rnn.sigmoid(big), [0, 0.5, 1])
    np.testing.assert_array_equal(rnn.softmax(np.array([1000.0, -1000.0])), [1, 0])
    np.testing.assert_array_equal(rnn.softmax(np.array([-1000.0, -1000.0])), [0.5, 0.5])


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind", ["RNN tanh", "RNN sigmoid", "LSTM", "GRU after", "GRU before"])
def test_cells_saturated_by_inputs_of_1000_stay_finite(kind, dtype):
    rng = np.random.default_rng(0)
    layer = cell(kind, 3, 4, rng, dtype)
    x = (1000 * rng.choice([-1, 1], (2, 6, 3))).astype(dtype)
    h, final = layer.forward(x)
    dx, dinitial = layer.backward(np.ones_like(h))
    arrays = [h, dx, *arrays_of(final).values(), *arrays_of(dinitial).values(), *layer.grads.values()]
    assert all(np.isfinite(a).all() for a in arrays)
    assert np.abs(h).max() <= 1


# Nothing counts


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("filling", [0.0, 1e30, np.nan, np.inf])
def test_everything_masked_is_a_loss_of_zero_with_zero_gradient(loss, filling):
    predictions = np.full((2, 3, 4), filling)
    softmax = loss is rnn.softmax_cross_entropy
    targets = np.full((2, 3), -1) if softmax else np.full((2, 3, 4), np.nan)
    value, gradient = loss(predictions, targets, np.zeros(targets.shape, bool))
    assert value == 0
    np.testing.assert_array_equal(gradient, np.zeros((2, 3, 4)))


@pytest.mark.parametrize("loss", LOSSES)
def test_no_items_at_all_is_a_loss_of_zero(loss):
    targets = np.zeros((2, 0), int) if loss is rnn.softmax_cross_entropy else np.zeros((2, 0, 4))
    value, gradient = loss(np.zeros((2, 0, 4)), targets)
    assert value == 0
    assert gradient.shape == (2, 0, 4)


@pytest.mark.parametrize(("kind", "layers", "both_ways"), NETWORKS)
def test_sequences_that_are_all_padding_leave_the_state_and_no_gradient(kind, layers, both_ways):
    rng = np.random.default_rng(1)
    layer = network(kind, 3, 2, rng, layers=layers, both_ways=both_ways)
    state, dstate = random_state(layer, 4, rng), random_state(layer, 4, rng)
    h, final = layer.forward(np.full((4, 5, 3), np.nan), state, np.zeros(4, int))
    dx, dinitial = layer.backward(np.full(h.shape, np.nan), dstate)
    assert not h.any()
    assert not dx.any()
    assert not any(g.any() for g in layer.grads.values())
    assert_close(arrays_of(final), arrays_of(state), 0)
    assert_close(arrays_of(dinitial), arrays_of(dstate), 0)


# No time, one step, one sequence


@pytest.mark.parametrize("lengths", [None, np.zeros(3, int)], ids=["no lengths", "lengths"])
@pytest.mark.parametrize(("kind", "layers", "both_ways"), NETWORKS)
def test_no_time_steps_give_an_empty_output_and_the_initial_state(kind, layers, both_ways, lengths):
    rng = np.random.default_rng(2)
    layer = network(kind, 4, 2, rng, layers=layers, both_ways=both_ways)
    state, dstate = random_state(layer, 3, rng), random_state(layer, 3, rng)
    h, final = layer.forward(np.zeros((3, 0, 4)), state, lengths)
    dx, dinitial = layer.backward(np.zeros(h.shape), dstate)
    assert h.shape == (3, 0, layer.output_size)
    assert dx.shape == (3, 0, 4)
    assert_close(arrays_of(final), arrays_of(state), 0)
    assert_close(arrays_of(dinitial), arrays_of(dstate), 0)
    assert not any(g.any() for g in layer.grads.values())


@pytest.mark.parametrize("kind", ["last", "mean", "max", "max+mean"])
@pytest.mark.parametrize("both_ways", [False, True])
def test_a_classifier_takes_sequences_of_no_steps(kind, both_ways):
    rng = np.random.default_rng(3)
    recurrent = network("LSTM", 3, 2, rng, both_ways=both_ways)
    width = recurrent.output_size * (2 if kind == "max+mean" else 1)
    dense = rnn.Dense(width, 2, rng=rng, dtype=np.float64)
    dense.params["b"][...] = [1, 2]
    model = rnn.Sequential([rnn.Embedding(5, 3, rng=rng, dtype=np.float64), recurrent, rnn.Pool(kind), dense])
    out, _ = model.forward(np.zeros((2, 0), int))
    np.testing.assert_array_equal(out, [[1, 2], [1, 2]])
    model.backward(np.ones((2, 2)))
    np.testing.assert_array_equal(model.grads["3.b"], [2, 2])


@pytest.mark.parametrize("kind", CELLS)
def test_one_step_of_one_sequence_is_step(kind):
    rng = np.random.default_rng(4)
    layer = cell(kind, 3, 2, rng)
    x, state = rng.normal(size=(1, 1, 3)), random_state(layer, 1, rng)
    h, final = layer.forward(x, state)
    after = layer.step(x[:, 0], state)
    assert_close(arrays_of(final), arrays_of(after), 1e-15)
    np.testing.assert_array_equal(h[:, 0], final[0] if isinstance(final, tuple) else final)


@pytest.mark.parametrize("hidden_size", [1, 7])
@pytest.mark.parametrize("input_size", [1, 5])
@pytest.mark.parametrize("kind", CELLS)
def test_shapes_when_sizes_differ(kind, input_size, hidden_size):
    rng = np.random.default_rng(5)
    layer = cell(kind, input_size, hidden_size, rng)
    k = layer.gates
    shapes = {"W_xh": (input_size, k * hidden_size), "W_hh": (hidden_size, k * hidden_size), "b_h": (k * hidden_size,)}
    if kind == "GRU after":
        shapes["b_hn"] = (hidden_size,)
    assert {name: p.shape for name, p in layer.params.items()} == shapes
    h, final = layer.forward(rng.normal(size=(3, 4, input_size)))
    dx, dinitial = layer.backward(h)
    assert h.shape == (3, 4, hidden_size)
    assert dx.shape == (3, 4, input_size)
    assert {a.shape for a in [*arrays_of(final).values(), *arrays_of(dinitial).values()]} == {(3, hidden_size)}
    assert {name: g.shape for name, g in layer.grads.items()} == shapes


@pytest.mark.parametrize(("kind", "layers", "both_ways"), NETWORKS)
def test_no_sequence_at_all_raises(kind, layers, both_ways):
    layer = network(kind, 3, 2, np.random.default_rng(6), layers=layers, both_ways=both_ways)
    with pytest.raises(ValueError, match=r"\.forward: x must hold at least one sequence, got a batch of 0\.$"):
        layer.forward(np.zeros((0, 4, 3)))


# Long


@pytest.mark.parametrize("kind", CELLS[:3] + CELLS[4:])
def test_five_thousand_steps(kind):
    """Outputs equal two halves, gradients are finite, and the gradient at the start is that of a loop."""
    rng = np.random.default_rng(7)
    layer, steps = cell(kind, 2, 3, rng), 5000
    if kind == "RNN relu":
        layer.params["W_hh"] *= 0.5 / np.linalg.norm(layer.params["W_hh"], 2)
    x = rng.normal(size=(2, steps, 2))
    h, final = layer.forward(x)
    dx, _ = layer.backward(np.ones_like(h) / steps)
    assert all(np.isfinite(a).all() for a in [h, dx, *layer.grads.values()])
    _, middle = layer.forward(x[:, :4990])
    for t in range(4990, steps):
        middle = layer.step(x[:, t], middle)
    assert_close(arrays_of(final), arrays_of(middle), 1e-12)
    whole = {name: g.copy() for name, g in layer.grads.items()}
    _, middle = layer.forward(x[:, :2500])
    layer.forward(x[:, 2500:], middle)
    _, dmiddle = layer.backward(np.ones((2, 2500, 3)) / steps)
    layer.forward(x[:, :2500])
    dx_first, _ = layer.backward(np.ones((2, 2500, 3)) / steps, dmiddle, accumulate=True)
    assert_close(layer.grads | {"dx": dx_first}, whole | {"dx": dx[:, :2500]}, 1e-11)


# Arrays are left alone, results are new


@pytest.mark.parametrize(("kind", "layers", "both_ways"), NETWORKS)
def test_inputs_are_never_changed_and_results_are_not_views_of_them(kind, layers, both_ways):
    rng = np.random.default_rng(8)
    layer = network(kind, 3, 2, rng, layers=layers, both_ways=both_ways)
    x, lengths = rng.normal(size=(4, 5, 3)), np.array([5, 0, 2, 3])
    state, dstate = random_state(layer, 4, rng), random_state(layer, 4, rng)
    dh = rng.normal(size=(4, 5, layer.output_size))
    given = {"x": x, "lengths": lengths, "dh": dh} | arrays_of(state, "state") | arrays_of(dstate, "dstate")
    given |= layer.params
    before = {name: a.copy() for name, a in given.items()}
    for a in given.values():
        a.setflags(write=False)  # writing to one would raise
    h, final = layer.forward(x, state, lengths)
    dx, dinitial = layer.backward(dh, dstate)
    for name, a in given.items():
        np.testing.assert_array_equal(a, before[name], err_msg=name)
        for result in [h, dx, *arrays_of(final).values(), *arrays_of(dinitial).values()]:
            assert not np.shares_memory(result, a), name


@pytest.mark.parametrize("make", [lambda: rnn.Dense(3, 2), lambda: rnn.Pool("max+mean"), lambda: rnn.Dropout(0.5)])
def test_inputs_of_the_other_layers_are_never_changed(make):
    rng = np.random.default_rng(9)
    layer, x = make(), rng.normal(size=(4, 5, 3)).astype(np.float32)
    lengths = np.array([5, 0, 2, 3])
    y = layer.forward(x, lengths=lengths, training=True)
    dy = rng.normal(size=y.shape).astype(np.float32)
    kept = x.copy(), dy.copy(), lengths.copy()
    for a in (x, dy, lengths):
        a.setflags(write=False)
    layer.forward(x, lengths=lengths, training=True)
    layer.backward(dy)
    for a, b in zip((x, dy, lengths), kept, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("loss", LOSSES)
def test_arguments_of_losses_are_never_changed(loss):
    rng = np.random.default_rng(10)
    z = rng.normal(size=(2, 3, 4))
    y = rng.integers(0, 4, (2, 3)) if loss is rnn.softmax_cross_entropy else rng.random((2, 3, 4))
    mask = rng.random(y.shape) < 0.5
    kept = z.copy(), y.copy(), mask.copy()
    _, gradient = loss(z, y, mask)
    for a, b in zip((z, y, mask), kept, strict=True):
        np.testing.assert_array_equal(a, b)
        assert not np.shares_memory(gradient, a)


@pytest.mark.parametrize("kind", CELLS)
def test_a_result_is_not_overwritten_by_the_next_call(kind):
    rng = np.random.default_rng(11)
    layer = cell(kind, 3, 2, rng)
    x = rng.normal(size=(2, 2, 4, 3))
    h, final = layer.forward(x[0])
    dx, dinitial = layer.backward(h)
    first = {"h": h, "dx": dx} | arrays_of(final, "final") | arrays_of(dinitial, "dinitial")
    kept = {name: a.copy() for name, a in first.items()}
    layer.forward(x[1])
    layer.backward(h)
    for name, a in first.items():
        np.testing.assert_array_equal(a, kept[name])


@pytest.mark.parametrize(("kind", "layers", "both_ways"), NETWORKS)
def test_float32_stays_float32_everywhere(kind, layers, both_ways):
    rng = np.random.default_rng(12)
    layer = network(kind, 3, 2, rng, layers=layers, both_ways=both_ways, dtype=np.float32)
    x = rng.normal(size=(2, 4, 3)).astype(np.float32)
    state = random_state(layer, 2, rng)
    h, final = layer.forward(x, state, np.array([4, 1]))
    dx, dinitial = layer.backward(h, final)
    arrays = [h, dx, *arrays_of(final).values(), *arrays_of(dinitial).values()]
    arrays += [*layer.params.values(), *layer.grads.values()]
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}


# Same seed, same numbers; five steps in a row


def small_model(seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    options = {"rng": rng, "dtype": dtype}
    both = rnn.Bidirectional(rnn.LSTM(4, 5, **options), rnn.GRU(4, 5, **options))
    layers = [rnn.Embedding(9, 4, **options), both, rnn.Dropout(0.3, rng=rng), rnn.Pool("max+mean")]
    return rnn.Sequential([*layers, rnn.Dense(20, 3, **options)])


def small_data(rng):
    sequences = [rng.integers(0, 9, n).tolist() for n in rng.integers(1, 8, 40)]
    return sequences, np.array([sum(s) % 3 for s in sequences])


def curve(seed):
    sequences, targets = small_data(np.random.default_rng(0))
    model = small_model(seed)
    history = rnn.fit(
        model,
        rnn.bucketed_batches(sequences, targets, 8),
        loss=rnn.softmax_cross_entropy,
        optimizer=rnn.Adam(0.01),
        epochs=3,
        validation=rnn.bucketed_batches(sequences, targets, 16),
        clip_norm=1.0,
        rng=np.random.default_rng(seed),
        progress=False,
    )
    return history, model.params


def test_same_seed_same_curve_and_same_weights_to_the_last_bit():
    (first, params), (second, others) = curve(1), curve(1)
    timeless = [name for name in first if name != "seconds"]
    assert set(timeless) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    for name in timeless:
        assert first[name] == second[name]
        assert len(first[name]) == 3
    for name in params:
        np.testing.assert_array_equal(params[name], others[name])
    assert curve(2)[0]["loss"] != first["loss"]


@pytest.mark.parametrize(
    "optimizer", [lambda: rnn.SGD(0.1), lambda: rnn.SGD(0.05, momentum=0.9), lambda: rnn.Adam(0.01)]
)
@pytest.mark.parametrize(("kind", "layers", "both_ways"), NETWORKS)
def test_five_training_steps_in_a_row_lower_the_loss_every_time(kind, layers, both_ways, optimizer):
    rng = np.random.default_rng(13)
    recurrent = network(kind, 3, 4, rng, layers=layers, both_ways=both_ways)
    for param in recurrent.params.values():
        param *= 0.5
    dense = rnn.Dense(recurrent.output_size, 2, rng=rng, dtype=np.float64)
    model, opt = rnn.Sequential([recurrent, rnn.Pool("mean"), dense]), optimizer()
    x, targets, lengths = rng.normal(size=(6, 5, 3)), rng.integers(0, 2, 6), np.array([5, 1, 2, 3, 4, 5])
    losses = []
    for _ in range(6):
        logits, _ = model.forward(x, lengths)
        loss, dlogits = rnn.softmax_cross_entropy(logits, targets)
        losses.append(loss)
        before = {name: p.copy() for name, p in model.params.items()}
        model.backward(dlogits)
        opt.step(model.params, model.grads)
        assert all((model.params[name] != before[name]).any() for name in before), "every parameter moves"
    assert losses == sorted(losses, reverse=True)
    assert len(set(losses)) == 6
