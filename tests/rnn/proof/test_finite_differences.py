"""Every gradient against float64 finite differences: parameters, inputs and initial states, one array at a time.

The scalar that is differentiated is a fixed random weighting of the outputs and of the final states, so that gradient
arrives at both; the weights in the padding are large, to show that nothing of them counts.
"""

import functools

import numpy as np
import pytest
from proof_tools import (
    arrays_of,
    cell,
    dot_states,
    network,
    numerical_gradient,
    padding,
    random_state,
    randomized,
    relative_error,
    some_lengths,
)

import rnn

ALLOWED, USUAL = 1e-6, 1e-8
B, T, D, H = 4, 4, 2, 3
CELLS = ["RNN tanh", "RNN sigmoid", "RNN relu", "RNN identity", "LSTM", "GRU after", "GRU before"]


def check_recurrent(make, with_lengths, with_state, seed):
    """Errors by array of one recurrent network."""
    rng = np.random.default_rng(seed)
    layer = make(rng)
    x = rng.normal(size=(B, T, D))
    lengths = some_lengths(rng, B, T) if with_lengths else None
    state = random_state(layer, B, rng) if with_state else None
    weights, state_weights = rng.normal(size=(B, T, layer.output_size)), random_state(layer, B, rng)
    if with_lengths:
        weights[padding(lengths, T)] = 1e3
        x[padding(lengths, T)] = -1e3

    def loss():
        h, final = layer.forward(x, state, lengths)
        return float((h * weights).sum()) + dot_states(final, state_weights)

    loss()
    dx, dstate = layer.backward(weights, state_weights)
    wanted = {"x": (x, dx)} | {name: (p, layer.grads[name].copy()) for name, p in layer.params.items()}
    if with_state:
        gradients = arrays_of(dstate)
        wanted |= {name: (array, gradients[name]) for name, array in arrays_of(state).items()}
    return errors(loss, wanted)


def errors(loss, wanted):
    """Errors by name; a gradient that is zero everywhere would prove nothing, so there must not be one."""
    found = {}
    for name, (array, analytic) in wanted.items():
        numeric = numerical_gradient(loss, array)
        assert np.abs(numeric).max() > 1e-3, f"the loss does not depend on {name}"
        found[name] = relative_error(analytic, numeric)
    return found


def check_stateless(layer, x, seed, lengths=None, differentiate_x=True):
    """Errors by array of Dense, Embedding, Dropout or Pool."""
    rng = np.random.default_rng(seed)
    weights = rng.normal(size=layer.forward(x, lengths=lengths).shape)
    if lengths is not None and weights.ndim == 3:
        weights[padding(lengths, x.shape[1])] = 1e3

    def loss():
        return float((layer.forward(x, lengths=lengths) * weights).sum())

    loss()
    dx = layer.backward(weights)
    wanted = {name: (p, layer.grads[name].copy()) for name, p in layer.params.items()}
    return errors(loss, wanted | ({"x": (x, dx)} if differentiate_x else {}))


def check_dense(shape, with_lengths):
    rng = np.random.default_rng(1)
    lengths = some_lengths(rng, shape[0], shape[1]) if with_lengths else None
    dense = randomized(rnn.Dense(shape[-1], 3, rng=rng, dtype=np.float64), rng)
    return check_stateless(dense, rng.normal(size=shape), 2, lengths)


def check_embedding(shape, with_lengths):
    rng = np.random.default_rng(3)
    lengths = some_lengths(rng, *shape) if with_lengths else None
    embedding = randomized(rnn.Embedding(5, 3, rng=rng, dtype=np.float64), rng)
    ids = rng.integers(0, 5, shape)
    return check_stateless(embedding, ids, 4, lengths, differentiate_x=False)


def check_dropout():
    rng = np.random.default_rng(5)
    x, weights = rng.normal(size=(B, T, D)), rng.normal(size=(B, T, D))

    def layer():
        return rnn.Dropout(0.4, rng=np.random.default_rng(6))  # the same mask every time

    dropout = layer()
    dropout.forward(x, training=True)
    dx = dropout.backward(weights)
    assert 0 < np.count_nonzero(dx == 0) < dx.size
    return errors(lambda: float((layer().forward(x, training=True) * weights).sum()), {"x": (x, dx)})


def check_pool(kind, with_lengths):
    rng = np.random.default_rng(7)
    lengths = some_lengths(rng, B, T) if with_lengths else None
    x = rng.permutation(np.linspace(-1, 1, B * T * D)).reshape(B, T, D)  # all different: no kink of the maximum
    if with_lengths:
        x[padding(lengths, T)] = 1e3
    return check_stateless(rnn.Pool(kind), x, 8, lengths)


def check_pooled(kind, both_ways, with_lengths):
    """A recurrent layer with a pool behind it, as a model: the two halves of "last" included."""
    rng = np.random.default_rng(9)
    lengths = some_lengths(rng, B, T) if with_lengths else None
    model = rnn.Sequential([network("LSTM", D, H, rng, both_ways=both_ways), rnn.Pool(kind)])
    x = rng.normal(size=(B, T, D))
    weights = rng.normal(size=model.forward(x, lengths)[0].shape)
    return check_model(model, x, lengths, lambda out: (float((out * weights).sum()), weights))


def check_model(model, x, lengths, loss_of, differentiate_x=True):
    def loss():
        return loss_of(model.forward(x, lengths)[0])[0]

    loss()
    dx = model.backward(loss_of(model.forward(x, lengths)[0])[1])
    wanted = {name: (p, model.grads[name].copy()) for name, p in model.params.items()}
    return errors(loss, wanted | ({"x": (x, dx)} if differentiate_x else {}))


def check_classifier():
    """Embedding, two bidirectional layers, both poolings, a Dense layer, and its loss."""
    rng = np.random.default_rng(10)
    recurrent = network("GRU after", 3, 2, rng, layers=2, both_ways=True)
    embedding, dense = rnn.Embedding(6, 3, rng=rng, dtype=np.float64), rnn.Dense(8, 3, rng=rng, dtype=np.float64)
    model = rnn.Sequential([embedding, recurrent, rnn.Dropout(0.5), rnn.Pool("max+mean"), dense])
    randomized(embedding, rng)
    randomized(dense, rng)
    ids, targets, lengths = rng.integers(0, 6, (B, T)), rng.integers(0, 3, B), some_lengths(rng, B, T)
    return check_model(model, ids, lengths, lambda out: rnn.softmax_cross_entropy(out, targets), False)


def check_tagger():
    """A target at every step, masked by the lengths."""
    rng = np.random.default_rng(11)
    dense = randomized(rnn.Dense(H, 4, rng=rng, dtype=np.float64), rng)
    model = rnn.Sequential([cell("LSTM", D, H, rng), cell("GRU before", H, H, rng), dense])
    x, targets, lengths = rng.normal(size=(B, T, D)), rng.integers(0, 4, (B, T)), some_lengths(rng, B, T)
    mask = ~padding(lengths, T)
    return check_model(model, x, lengths, lambda out: rnn.softmax_cross_entropy(out, targets, mask))


def check_seq2seq(kind, layers):
    """Encoder to decoder through the state alone, teacher forcing, both with lengths."""
    rng = np.random.default_rng(13)
    source, target = rnn.Embedding(5, D, rng=rng, dtype=np.float64), rnn.Embedding(6, D, rng=rng, dtype=np.float64)
    encoder, decoder = (network(kind, D, H, rng, layers=layers) for _ in range(2))
    dense = randomized(rnn.Dense(H, 6, rng=rng, dtype=np.float64), rng)
    model = rnn.Seq2Seq(randomized(source, rng), encoder, randomized(target, rng), decoder, dense)
    ids, target_in, targets = rng.integers(0, 5, (B, T)), rng.integers(0, 6, (B, 3)), rng.integers(0, 6, (B, 3))
    lengths, target_lengths = np.array([0, T, 2, 3]), np.array([2, 3, 1, 0])
    mask = ~padding(target_lengths, 3)

    def loss_and_gradient():
        return rnn.softmax_cross_entropy(model.forward(ids, lengths, target_in, target_lengths), targets, mask)

    model.backward(loss_and_gradient()[1])
    wanted = {name: (p, model.grads[name].copy()) for name, p in model.params.items()}
    return errors(lambda: loss_and_gradient()[0], wanted)


def check_loss(name, mask):
    rng = np.random.default_rng(12)
    predictions = rng.normal(size=(B, T, D))
    if name == "softmax_cross_entropy":
        targets = rng.integers(0, D, (B, T))
    elif name == "binary_cross_entropy":
        targets = rng.random((B, T, D))
    else:
        targets = rng.normal(size=(B, T, D))
    if mask == "none":
        mask = None
    else:
        mask = rng.random(targets.shape if mask == "items" else (B, T)) < 0.6
        assert 0 < mask.sum() < mask.size
    loss = getattr(rnn, name)
    _, gradient = loss(predictions, targets, mask)
    return errors(lambda: loss(predictions, targets, mask)[0], {"predictions": (predictions, gradient)})


NETWORKS = {kind: functools.partial(cell, kind, D, H) for kind in CELLS}
NETWORKS |= {f"both ways {kind}": functools.partial(network, kind, D, 2, both_ways=True) for kind in CELLS}
NETWORKS |= {
    "both ways, LSTM and GRU": lambda rng: rnn.Bidirectional(cell("LSTM", D, 2, rng), cell("GRU after", D, 2, rng)),
    "stack of 3 RNNs": functools.partial(network, "RNN tanh", D, 3, layers=3),
    "stack of 2 LSTMs": functools.partial(network, "LSTM", D, 3, layers=2),
    "stack of 2 GRUs": functools.partial(network, "GRU before", D, 3, layers=2),
    "stack of 2 bidirectional LSTMs": functools.partial(network, "LSTM", D, 2, layers=2, both_ways=True),
    "stack of a bidirectional GRU and an RNN": lambda rng: rnn.Stacked(
        [network("GRU after", D, 2, rng, both_ways=True), cell("RNN sigmoid", 4, 3, rng)]
    ),
}
CASES = {
    f"{name}, {'lengths' if lengths else 'no lengths'}, {'state' if state else 'no state'}": functools.partial(
        check_recurrent, make, lengths, state, seed=20 + k
    )
    for k, (name, make) in enumerate(NETWORKS.items())
    for lengths, state in ((False, False), (False, True), (True, False), (True, True))
    if (lengths and state) or name in CELLS
}
CASES |= {
    "Dense on vectors": functools.partial(check_dense, (B, D), False),
    "Dense on sequences": functools.partial(check_dense, (B, T, D), False),
    "Dense on sequences, lengths": functools.partial(check_dense, (B, T, D), True),
    "Embedding of one id each": functools.partial(check_embedding, (B,), False),
    "Embedding": functools.partial(check_embedding, (B, T), False),
    "Embedding, lengths": functools.partial(check_embedding, (B, T), True),
    "Dropout": check_dropout,
    "classifier": check_classifier,
    "tagger": check_tagger,
    "Seq2Seq of LSTMs": functools.partial(check_seq2seq, "LSTM", 1),
    "Seq2Seq of stacked GRUs": functools.partial(check_seq2seq, "GRU after", 2),
}
for _lengths in (False, True):
    _named = "lengths" if _lengths else "no lengths"
    for _kind in ("last", "mean", "max", "max+mean"):
        CASES[f"Pool {_kind}, {_named}"] = functools.partial(check_pool, _kind, _lengths)
        CASES[f"LSTM and Pool {_kind}, {_named}"] = functools.partial(check_pooled, _kind, False, _lengths)
        CASES[f"bidirectional LSTM and Pool {_kind}, {_named}"] = functools.partial(check_pooled, _kind, True, _lengths)
CASES |= {
    f"{loss}, mask of {mask}": functools.partial(check_loss, loss, mask)
    for loss, masks in {
        "softmax_cross_entropy": ("none", "items"),
        "binary_cross_entropy": ("none", "items"),
        "mean_squared_error": ("none", "items", "steps"),
    }.items()
    for mask in masks
}


@functools.cache
def measured(name):
    return CASES[name]()


@pytest.mark.parametrize("name", CASES)
def test_every_gradient_equals_finite_differences(name):
    found = measured(name)
    assert found, "nothing was compared"
    worst = max(found, key=found.__getitem__)
    assert found[worst] <= ALLOWED, f"{name}: {worst} differs by {found[worst]:.1e}, all: {found}"


def test_nine_in_ten_agree_to_eight_digits():
    found = [error for name in CASES for error in measured(name).values()]
    assert len(found) > 300
    assert np.mean(np.array(found) <= USUAL) >= 0.9
