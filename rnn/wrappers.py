r"""Two ways to combine recurrent layers: side by side in both directions, and one on top of the other.

:class:`Bidirectional` runs one layer from the left and another from the right and puts their states side by side,
so that the output at every step knows the whole sequence (Schuster & Paliwal 1997). :class:`Stacked` feeds the
states of one layer to the next as inputs. Neither adds parameters of its own; the keys of their layers'
parameters get a prefix: ``forward.W_xh``, ``backward.W_xh``, ``0.W_xh``, ``1.W_xh``, ….
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from rnn._check import check_float, check_lengths, check_size
from rnn.layers import Layer
from rnn.recurrent import Recurrent, State


def prefixed(parts: Iterable[tuple[str, dict[str, np.ndarray]]]) -> dict[str, np.ndarray]:
    """Join named dicts of arrays into one with keys ``part.key``; the arrays are the same objects."""
    return {f"{part}.{key}": array for part, arrays in parts for key, array in arrays.items()}


def check_distinct(where: str, layers: Iterable[Any]) -> None:
    """Raise if one layer object is given twice: it has room for one forward's cache and one set of gradients."""
    seen: dict[int, int] = {}
    for k, layer in enumerate(layers):
        if id(layer) in seen:
            raise ValueError(
                f"{where}: every layer must be its own object, got one as number {seen[id(layer)]} and {k}."
            )
        seen[id(layer)] = k


class Bidirectional(Layer):
    r"""Two recurrent layers reading in opposite directions; output (B, T, 2H), the forward half first.

    Each sequence is reversed by its own length: the backward layer starts at the last *real* step, never in the
    padding. The state is the pair (state of forward, state of backward). There is no :meth:`step`: the backward
    half of the first output depends on the last input.

    Parameters
    ----------
    forward_layer, backward_layer : Recurrent
        Two layers of the same input size, hidden size and dtype.

    References
    ----------
    Schuster & Paliwal (1997), Bidirectional recurrent neural networks.
    """

    bidirectional = True

    def __init__(self, forward_layer: Recurrent, backward_layer: Recurrent) -> None:
        for layer in (forward_layer, backward_layer):
            if not isinstance(layer, Recurrent):
                raise TypeError(f"Bidirectional: both layers must be recurrent, got {type(layer).__name__}.")
        if forward_layer is backward_layer:
            raise ValueError("Bidirectional: the two directions must be two layers, got the same one twice.")
        kinds = [(layer.input_size, layer.hidden_size, layer.dtype.name) for layer in (forward_layer, backward_layer)]
        if kinds[0] != kinds[1]:
            raise ValueError(
                "Bidirectional: both layers must have the same input size, hidden size and dtype, "
                f"got {kinds[0]} and {kinds[1]}."
            )
        self.directions = {"forward": forward_layer, "backward": backward_layer}
        self.input_size, self.dtype = forward_layer.input_size, forward_layer.dtype
        self.params = prefixed((name, layer.params) for name, layer in self.directions.items())
        self.grads = prefixed((name, layer.grads) for name, layer in self.directions.items())
        self._cache: Any = None

    @property
    def output_size(self) -> int:
        """Width of the output, both halves."""
        return sum(layer.output_size for layer in self.directions.values())

    def forward(self, x: np.ndarray, state: State = None, lengths: Any = None) -> tuple[np.ndarray, State]:
        """Run both directions over x (B, T, D); arguments and results as for every recurrent layer."""
        check_float("Bidirectional.forward", "x", x, ("B", "T", self.input_size), self.dtype)
        states = _pair("Bidirectional.forward", "state", state)
        mirror = _mirror(x.shape[:2], lengths)
        onward, onward_state = self.directions["forward"].forward(x, states[0], lengths)
        back, back_state = self.directions["backward"].forward(_take(x, mirror), states[1], lengths)
        self._cache = mirror
        return np.concatenate([onward, _take(back, mirror)], axis=2), (onward_state, back_state)

    def backward(self, dh: np.ndarray, dstate: State = None, accumulate: bool = False) -> tuple[np.ndarray, State]:
        """Return dL/dx and dL/d(initial states) for dL/dh (B, T, 2H) of the last forward."""
        mirror = self._last_forward()
        check_float("Bidirectional.backward", "dh", dh, (*mirror.shape, self.output_size), self.dtype)
        dstates = _pair("Bidirectional.backward", "dstate", dstate)
        split = self.directions["forward"].output_size
        dx, dstate0 = self.directions["forward"].backward(dh[..., :split], dstates[0], accumulate)
        dx_back, dstate0_back = self.directions["backward"].backward(
            _take(dh[..., split:], mirror), dstates[1], accumulate
        )
        dx += _take(dx_back, mirror)
        return dx, (dstate0, dstate0_back)

    def step(self, x_t: np.ndarray, state: State = None) -> State:
        """Raise: a layer that reads backwards needs the whole sequence."""
        raise TypeError("Bidirectional.step: a bidirectional layer needs the whole sequence; call forward instead.")


class Stacked(Layer):
    """Recurrent layers on top of each other; the states of all of them form a list.

    Parameters
    ----------
    layers : list of recurrent layers
        From the bottom up; each one's input size is the output size of the one below.
    """

    def __init__(self, layers: list[Recurrent | Bidirectional]) -> None:
        if not isinstance(layers, (list, tuple)):
            raise TypeError(f"Stacked: layers must be a list of layers, got {type(layers).__name__}.")
        if not layers:
            raise ValueError("Stacked: at least one layer is needed, got none.")
        check_distinct("Stacked", layers)
        for k, layer in enumerate(layers):
            if not isinstance(layer, (Recurrent, Bidirectional)):
                raise TypeError(f"Stacked: every layer must be recurrent, got {type(layer).__name__} as number {k}.")
            if k and (layer.input_size, layer.dtype) != (layers[k - 1].output_size, layers[k - 1].dtype):
                raise ValueError(
                    f"Stacked: layer {k} must take {layers[k - 1].output_size} features of "
                    f"{layers[k - 1].dtype.name} from the layer below, "
                    f"got one for {layer.input_size} of {layer.dtype.name}."
                )
        self.layers = list(layers)
        self.input_size, self.dtype = layers[0].input_size, layers[0].dtype
        self.params = prefixed((str(k), layer.params) for k, layer in enumerate(layers))
        self.grads = prefixed((str(k), layer.grads) for k, layer in enumerate(layers))

    @classmethod
    def of(cls, cell: type[Recurrent], input_size: int, hidden_size: int, num_layers: int, **options: Any) -> Stacked:
        """Build ``num_layers`` layers of one kind and width; ``options`` (rng, dtype, …) go to each of them."""
        check_size("Stacked.of", "num_layers", num_layers)
        return cls([cell(input_size if k == 0 else hidden_size, hidden_size, **options) for k in range(num_layers)])

    @property
    def bidirectional(self) -> bool:
        """Whether the top layer reads in both directions."""
        return self.layers[-1].bidirectional

    @property
    def output_size(self) -> int:
        """Width of the top layer's output."""
        return self.layers[-1].output_size

    def forward(self, x: np.ndarray, state: State = None, lengths: Any = None) -> tuple[np.ndarray, State]:
        """Run all layers over x (B, T, D); arguments and results as for every recurrent layer."""
        final = []
        for layer, s in zip(self.layers, self._states("Stacked.forward", "state", state), strict=True):
            x, s = layer.forward(x, s, lengths)
            final.append(s)
        return x, final

    def backward(self, dh: np.ndarray, dstate: State = None, accumulate: bool = False) -> tuple[np.ndarray, State]:
        """Return dL/dx and the list of dL/d(initial state) for dL/dh of the last forward."""
        initial = []
        dstates = self._states("Stacked.backward", "dstate", dstate)
        for layer, ds in zip(reversed(self.layers), reversed(dstates), strict=True):
            dh, ds = layer.backward(dh, ds, accumulate)
            initial.append(ds)
        return dh, initial[::-1]

    def step(self, x_t: np.ndarray, state: State = None) -> State:
        """Advance every layer one time step, from the bottom up; the output is the top layer's new h."""
        final = []
        for layer, s in zip(self.layers, self._states("Stacked.step", "state", state), strict=True):
            s = layer.step(x_t, s)
            x_t = s[0] if isinstance(s, (tuple, list)) else s
            final.append(s)
        return final

    def _states(self, where: str, name: str, states: State) -> list[State]:
        if states is None:
            return [None] * len(self.layers)
        if not isinstance(states, (list, tuple)) or len(states) != len(self.layers):
            came = f"{type(states).__name__} of {len(states)}" if hasattr(states, "__len__") else type(states).__name__
            raise TypeError(
                f"{where}: {name} must be a list with one state for each of {len(self.layers)} layers, got {came}."
            )
        return list(states)


def _pair(where: str, name: str, state: State) -> tuple[State, State]:
    if state is None:
        return None, None
    if not isinstance(state, (tuple, list)) or len(state) != 2:
        came = f"{type(state).__name__} of {len(state)}" if hasattr(state, "__len__") else type(state).__name__
        raise TypeError(f"{where}: {name} must be a pair (forward, backward), got {came}.")
    return state[0], state[1]


def _mirror(shape: tuple[int, int], lengths: Any) -> np.ndarray:
    """Index (B, T) that reverses the first ``length`` steps of each row and leaves the padding where it is."""
    batch, steps = shape
    t = np.arange(steps)
    if lengths is None:
        return np.broadcast_to(t[::-1], shape)
    ends = check_lengths("Bidirectional.forward", lengths, batch, steps)[:, None]
    return np.where(t < ends, ends - 1 - t, t)


def _take(x: np.ndarray, index: np.ndarray) -> np.ndarray:
    return np.asarray(x[np.arange(len(x))[:, None], index])
