"""What the proofs share: layers with non-zero biases, awkward lengths, nested states, comparisons by name."""

import numpy as np

from rnn.gru import GRU
from rnn.lstm import LSTM
from rnn.recurrent import RNN
from rnn.wrappers import Bidirectional, Stacked

WORST = {}  # by peer: the largest difference met in this run, and where


def cell(kind, input_size, hidden_size, rng, dtype=np.float64):
    """Build a cell from its name: "RNN tanh", "LSTM", "GRU after", "GRU before"; all its parameters are random."""
    name, _, option = kind.partition(" ")
    if name == "RNN":
        layer = RNN(input_size, hidden_size, activation=option, rng=rng, dtype=dtype)
    elif name == "LSTM":
        layer = LSTM(input_size, hidden_size, rng=rng, dtype=dtype)
    else:
        layer = GRU(input_size, hidden_size, reset_after=option == "after", rng=rng, dtype=dtype)
    return randomized(layer, rng)


def network(kind, input_size, hidden_size, rng, *, layers=1, both_ways=False, dtype=np.float64):
    """Build a cell, a bidirectional pair, a stack, or a stack of bidirectional pairs."""
    built = []
    for _ in range(layers):
        one = cell(kind, input_size, hidden_size, rng, dtype)
        if both_ways:
            one = Bidirectional(one, cell(kind, input_size, hidden_size, rng, dtype))
        built.append(one)
        input_size = one.output_size
    return built[0] if layers == 1 else Stacked(built)


def randomized(layer, rng, scale=0.6):
    """Give every parameter random values: a bias of zero hides a missing bias."""
    for param in layer.params.values():
        param[...] = rng.normal(0, scale, param.shape)
        if param.ndim == 1:
            param += 0.1 * np.where(param < 0, -1, 1)
    return layer


def some_lengths(rng, batch, steps, *, shortest=0):
    """Lengths in no order, the shortest and the longest possible among them."""
    lengths = rng.integers(shortest, steps + 1, batch)
    lengths[: min(2, batch)] = [shortest, steps][: min(2, batch)]
    return rng.permutation(lengths)


def random_state(layer, batch, rng):
    """Draw a state of the layer's structure with no zeros in it."""
    if isinstance(layer, Bidirectional):
        return tuple(random_state(one, batch, rng) for one in layer.directions.values())
    if isinstance(layer, Stacked):
        return [random_state(one, batch, rng) for one in layer.layers]
    arrays = tuple(rng.normal(0, 0.5, (batch, layer.hidden_size)).astype(layer.dtype) for _ in range(layer.state_parts))
    return arrays if layer.state_parts == 2 else arrays[0]


def arrays_of(state, name="state"):
    """Flatten a nested state into a dict of its arrays (the same objects)."""
    if isinstance(state, np.ndarray):
        return {name: state}
    flat = {}
    for k, part in enumerate(state):
        flat |= arrays_of(part, f"{name}.{k}")
    return flat


def dot_states(a, b):
    return sum(float((x * y).sum()) for x, y in zip(arrays_of(a).values(), arrays_of(b).values(), strict=True))


def padding(lengths, steps):
    return np.arange(steps) >= np.asarray(lengths)[:, None]


def assert_close(ours, theirs, tolerance, *, peer=None, where=""):
    """Compare two dicts of arrays by name: largest difference over the larger of 1 and the largest number."""
    assert ours.keys() == theirs.keys()
    for name, a in ours.items():
        b = np.asarray(theirs[name])
        assert a.shape == b.shape, f"{where} {name}: shape {a.shape} against {b.shape}"
        if not a.size:
            continue
        error = float(np.abs(a - b).max() / max(1.0, np.abs(b).max()))
        if peer is not None and not error <= WORST.get(peer, (-1.0, ""))[0]:
            WORST[peer] = error, f"{where} {name}".strip()
        assert error <= tolerance, f"{where} {name}: differs by {error:.2e}, {tolerance:.0e} allowed"


def numerical_gradient(loss, array, step=1e-4):
    """Differentiate loss() by every entry of an array, which it changes and restores; error of order step^4."""
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        values = []
        for k in (-2, -1, 1, 2):
            array[index] = kept + k * step
            values.append(loss())
        array[index] = kept
        gradient[index] = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * step)
    return gradient


def relative_error(analytic, numeric):
    """Largest difference over the largest number of the two arrays; 0 where both are zero."""
    scale = max(np.abs(analytic).max(initial=0), np.abs(numeric).max(initial=0))
    return float(np.abs(analytic - numeric).max(initial=0) / scale) if scale else 0.0
