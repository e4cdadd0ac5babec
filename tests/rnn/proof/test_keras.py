"""Outputs, final states and every gradient equal Keras's on JAX, in float32: within 1e-6 of the largest number."""

import os

import numpy as np
import pytest
from proof_tools import arrays_of, assert_close, network, padding, random_state

from rnn import convert

pytest.importorskip("jax", reason="JAX is not installed: the comparison with Keras is left out")
os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras", reason="Keras is not installed: the comparison with it is left out")
if keras.backend.backend() != "jax":
    pytest.skip("Keras runs on another backend than JAX here", allow_module_level=True)
import jax  # noqa: E402

B, T, D, H = 3, 5, 2, 4
TOLERANCE = 1e-6
KINDS = ["RNN tanh", "RNN sigmoid", "RNN relu", "RNN identity", "LSTM", "GRU after", "GRU before"]
LENGTHS = np.array([3, 5, 1])


def keras_layer(kind, both_ways):
    name, _, option = kind.partition(" ")
    options = {"return_sequences": True, "return_state": True, "zero_output_for_mask": True}
    if name == "RNN":
        options["activation"] = "linear" if option == "identity" else option
    if name == "GRU":
        options["reset_after"] = option == "after"
    one = getattr(keras.layers, "SimpleRNN" if name == "RNN" else name)(H, **options)
    layer = keras.layers.Bidirectional(one) if both_ways else one
    layer.build((B, T, D))
    return layer


def in_our_layout(ours, theirs):
    """Keras's gradients under our names and in our gate order, cell by cell; written apart from `rnn.convert`."""
    found, theirs = {}, iter(theirs)
    for way, one in getattr(ours, "directions", {"": ours}).items():
        prefix = f"{way}." * bool(way)
        kernel, recurrent, bias = (np.asarray(next(theirs)) for _ in range(3))
        order = [1, 0, 2] if one.gates == 3 else list(range(one.gates))  # z r h → r z n; i f c o → i f g o
        kernel, recurrent, bias = (
            np.concatenate([np.split(a, one.gates, axis=-1)[k] for k in order], axis=-1)
            for a in (kernel, recurrent, bias)
        )
        found |= {f"{prefix}W_xh": kernel, f"{prefix}W_hh": recurrent}
        found[f"{prefix}b_h"] = bias[0] if bias.ndim == 2 else bias
        if bias.ndim == 2:
            found[f"{prefix}b_hn"] = bias[1, 2 * H :]
    return found


@pytest.mark.parametrize(
    ("kind", "both_ways", "masked"),
    [(kind, False, True) for kind in KINDS]
    + [(kind, True, True) for kind in ("RNN tanh", "LSTM", "GRU after", "GRU before")]
    + [("LSTM", False, False), ("GRU after", True, False)],
)
def test_outputs_and_all_gradients_equal_keras(kind, both_ways, masked):
    lengths = LENGTHS if masked else None
    rng = np.random.default_rng(7)
    layer = network(kind, D, H, rng, both_ways=both_ways)
    x = rng.normal(size=(B, T, D))
    state, dstate = random_state(layer, B, rng), random_state(layer, B, rng)
    dh = rng.normal(size=(B, T, layer.output_size))
    h, final = layer.forward(x, state, lengths)
    dx, dinitial = layer.backward(dh, dstate)

    peer = keras_layer(kind, both_ways)
    peer.set_weights([a.astype(np.float32) for a in convert.to_keras(layer).values()])
    fixed = [v.value for v in peer.non_trainable_variables]
    mask = ~padding(lengths, T) if masked else None

    def computed(weights, x, initial):
        (out, *last), _ = peer.stateless_call(weights, fixed, x, initial_state=initial, mask=mask)
        return [out, *last]

    def float32(arrays):
        return [a.astype(np.float32) for a in arrays]

    initial = float32(arrays_of(state).values())
    weights = [v.value for v in peer.trainable_variables]
    outputs, pull_back = jax.vjp(computed, weights, x.astype(np.float32), initial)
    dweights, dx_theirs, dinitial_theirs = pull_back(float32([dh, *arrays_of(dstate).values()]))

    ours = {"h": h, "dx": dx} | {f"final {n}": a for n, a in arrays_of(final).items()}
    ours |= {f"d{n}": a for n, a in arrays_of(dinitial).items()} | layer.grads
    theirs = {"h": outputs[0], "dx": dx_theirs} | in_our_layout(layer, dweights)
    theirs |= {f"final {n}": a for n, a in zip(arrays_of(final), outputs[1:], strict=True)}
    theirs |= {f"d{n}": a for n, a in zip(arrays_of(dinitial), dinitial_theirs, strict=True)}
    where = f"{kind}, both ways {both_ways}, masked {masked}"
    assert_close(ours, theirs, TOLERANCE, peer="Keras", where=where)


def test_a_stack_equals_keras_layers_in_a_row():
    rng = np.random.default_rng(8)
    layer = network("LSTM", D, H, rng, layers=2)
    x = rng.normal(size=(B, T, D))
    weights = [a.astype(np.float32) for a in convert.to_keras(layer).values()]
    first, second = (keras.layers.LSTM(H, return_sequences=True) for _ in range(2))
    model = keras.Sequential([keras.Input((T, D)), first, second])
    model.set_weights(weights)
    h, _ = layer.forward(x)
    assert_close({"h": h}, {"h": model(x.astype(np.float32))}, TOLERANCE, peer="Keras", where="stack")


def test_dense_and_embedding_equal_keras():
    import rnn

    rng = np.random.default_rng(9)
    dense, embedding = rnn.Dense(D, H, rng=rng), rnn.Embedding(7, D, rng=rng)
    dense.params["b"][...] = rng.normal(size=H)
    ids = rng.integers(0, 7, (B, T))
    model = keras.Sequential([keras.Input((T,), dtype="int32"), keras.layers.Embedding(7, D), keras.layers.Dense(H)])
    model.set_weights([*convert.to_keras(embedding).values(), *convert.to_keras(dense).values()])
    ours = dense.forward(embedding.forward(ids))
    assert_close({"out": ours}, {"out": model(ids)}, TOLERANCE, peer="Keras", where="dense")
