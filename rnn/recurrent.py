r"""What the recurrent cells share, and the simplest of them: the RNN of Elman (1990).

One set of weights is applied at every time step, to the input and to the state the step before left behind:

.. math:: a_t = x_t W_{xh} + h_{t-1} W_{hh} + b_h, \qquad h_t = \phi(a_t).

:meth:`Recurrent.step` is that equation. :meth:`Recurrent.forward` gives the same numbers faster:

* :math:`x_t W_{xh} + b_h` does not wait for any state, so one product per gate serves all time steps;
* inside the loop every operation writes into memory set aside before it (``out=``);
* arrays are stored gate first and time major, (k, T, B, H): what one gate needs at one step lies together;
* sequences are sorted by length, longest first, so that at each step the ones still running are the first rows
  of the batch, and nothing is computed for padding.

On the way back the local derivatives of all time steps are computed at once before the loop, the loop carries
only :math:`dL/dh_t`, and the weights' gradients are one product over all steps after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn._check import check_dtype, check_float, check_lengths, check_rng, check_size
from rnn._layout import batch_major, clear_padding, each_step, sum_of_outer, sum_of_rows, time_major, unsort
from rnn.activations import get_activation
from rnn.initializers import glorot_uniform, orthogonal
from rnn.layers import Layer

Gates = Sequence[np.ndarray]  # one array (T, B, H) for each gate
State = Any  # what a layer hands from one call to the next: (B, H), for LSTM a pair of them


class Recurrent(Layer):
    """Shared by RNN, LSTM and GRU: parameters, checks, padding, the products outside the loop.

    A cell provides ``gates`` (k), ``state_parts`` (how many arrays make a state), :meth:`step`, and the two
    loops ``_run`` and ``_run_back``.

    Parameters
    ----------
    input_size, hidden_size : int
        Widths D of the input and H of the state.
    rng : numpy.random.Generator, optional
        Source of the initial weights: ``W_xh`` Glorot, each gate's block of ``W_hh`` orthogonal, biases 0.
    dtype : float32 or float64
        Type of the weights, and of the data the layer takes.
    """

    gates = 1
    gate_scales: tuple[float, ...] = (1.0,)  # a cell may want a gate's pre-activations multiplied: see LSTM._run
    state_parts = 1
    bidirectional = False

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        self.input_size = check_size(name, "input_size", input_size)
        self.hidden_size = check_size(name, "hidden_size", hidden_size)
        self.dtype = check_dtype(name, dtype)
        rng = check_rng(name, rng)
        square = (hidden_size, hidden_size)
        inputs = [glorot_uniform((input_size, hidden_size), rng, self.dtype) for _ in range(self.gates)]
        self._add_param("W_xh", np.hstack(inputs))
        self._add_param("W_hh", np.hstack([orthogonal(square, rng, self.dtype) for _ in range(self.gates)]))
        self._add_param("b_h", np.zeros(self.gates * hidden_size, self.dtype))

    @property
    def output_size(self) -> int:
        """Width H of the output."""
        return self.hidden_size

    def step(self, x_t: np.ndarray, state: State = None) -> State:
        """Advance one time step as the book's equation says: x_t (B, D) and a state give the next state."""
        raise NotImplementedError

    def forward(self, x: np.ndarray, state: State = None, lengths: Any = None) -> tuple[np.ndarray, State]:
        """Run over whole sequences.

        Parameters
        ----------
        x : ndarray (B, T, D)
            Inputs, of the layer's dtype.
        state : ndarray (B, H), for LSTM a pair of them, optional
            State before the first step; zeros if not given.
        lengths : array of int (B,), optional
            Number of real steps of each sequence; all T if not given.

        Returns
        -------
        h : ndarray (B, T, H)
            The state at each step; 0 past a sequence's length.
        state : like ``state``
            The state at each sequence's last real step.
        """
        where = f"{type(self).__name__}.forward"
        check_float(where, "x", x, ("B", "T", self.input_size), self.dtype)
        batch, steps, _ = x.shape
        if batch == 0:
            raise ValueError(f"{where}: x must hold at least one sequence, got a batch of 0.")
        parts = self._state_arrays(where, "state", state, batch)
        order, active = None, [batch] * steps
        if lengths is not None:
            lengths = check_lengths(where, lengths, batch, steps)
            order = np.argsort(-lengths, kind="stable")
            active = np.count_nonzero(lengths > np.arange(steps)[:, None], axis=1).tolist()
            parts = tuple(part[order] for part in parts)
            lengths = lengths[order]
        x_time = time_major(x, order)
        if lengths is not None:
            clear_padding(active, x_time)  # whatever stands in the padding, even NaN, must not reach a product
        make = np.empty if lengths is None else np.zeros
        histories = tuple(make((steps + 1, batch, self.hidden_size), self.dtype) for _ in parts)
        for history, part in zip(histories, parts, strict=True):
            history[0] = part
        a = self._input_product(x_time)
        self._cache = x_time, histories, order, active, self._run(a, histories, active)
        final = tuple(h[-1].copy() if lengths is None else h[lengths, np.arange(batch)] for h in histories)
        return batch_major(histories[0][1:], order), self._state_from(tuple(unsort(f, order) for f in final))

    def backward(self, dh: np.ndarray, dstate: State = None, accumulate: bool = False) -> tuple[np.ndarray, State]:
        """Backpropagate through time: gradients for the last ``forward``.

        Parameters
        ----------
        dh : ndarray (B, T, H)
            dL/dh at every step; what stands past a sequence's length is ignored.
        dstate : like ``state``, optional
            dL/d(final state), in addition to what ``dh`` holds.
        accumulate : bool
            Add to ``grads`` instead of replacing what is there.

        Returns
        -------
        dx : ndarray (B, T, D)
            dL/dx; 0 in the padding.
        dstate0 : like ``state``
            dL/d(initial state).
        """
        where = f"{type(self).__name__}.backward"
        x_time, histories, order, active, kept = self._last_forward()
        steps, batch, _ = x_time.shape
        check_float(where, "dh", dh, (batch, steps, self.hidden_size), self.dtype)
        carried = tuple(part.copy() for part in self._state_arrays(where, "dstate", dstate, batch))
        if order is not None:
            carried = tuple(part[order] for part in carried)
        # da_x is dL/da as the inputs see it, da_h as the state's product does (they differ in a GRU alone)
        da_x, da_h = self._run_back(time_major(dh, order), carried, histories, active, kept)
        if order is not None:
            clear_padding(active, *da_x, *da_h)
        self._store_weight_grads(x_time, histories[0][:-1], da_x, da_h, kept, accumulate)
        dx = self._input_gradient(da_x)
        return batch_major(dx, order), self._state_from(tuple(unsort(c, order) for c in carried))

    def _run(self, a: np.ndarray, histories: tuple[np.ndarray, ...], active: list[int]) -> Any:
        """Loop over time: fill ``histories`` from the input products a (k, T, B, H); return what to keep."""
        raise NotImplementedError

    def _run_back(
        self,
        dh: np.ndarray,
        carried: tuple[np.ndarray, ...],
        histories: tuple[np.ndarray, ...],
        active: list[int],
        kept: Any,
    ) -> tuple[Gates, Gates]:
        """Loop back over time: leave dL/d(initial state) in ``carried``; return dL/da, one (T, B, H) a gate."""
        raise NotImplementedError

    def _input_product(self, x_time: np.ndarray) -> np.ndarray:
        a = np.empty((self.gates, *x_time.shape[:2], self.hidden_size), self.dtype)
        biases = self.params["b_h"].reshape(self.gates, -1)
        for gate, w, b, scale in zip(a, self._blocks("W_xh"), biases, self.gate_scales, strict=True):
            rows = gate.reshape(-1, self.hidden_size)
            np.matmul(x_time.reshape(-1, self.input_size), w * w.dtype.type(scale), out=rows)
            rows += b * b.dtype.type(scale)
        return a

    def _input_gradient(self, da_x: Gates) -> np.ndarray:
        weights = self._blocks("W_xh")
        flat = [da.reshape(-1, self.hidden_size) for da in da_x]
        dx: np.ndarray = flat[0] @ weights[0].T
        product = np.empty_like(dx)
        for da, w in zip(flat[1:], weights[1:], strict=True):
            dx += np.matmul(da, w.T, out=product)
        return dx.reshape(*da_x[0].shape[:2], self.input_size)

    def _store_weight_grads(
        self, x: np.ndarray, h_prev: np.ndarray, da_x: Gates, da_h: Gates, kept: Any, accumulate: bool
    ) -> None:
        self._store_grad("W_xh", np.hstack([sum_of_outer(x, da) for da in da_x]), accumulate)
        terms = self._state_terms(h_prev, kept)
        self._store_grad(
            "W_hh", np.hstack([sum_of_outer(s, da) for s, da in zip(terms, da_h, strict=True)]), accumulate
        )
        self._store_grad("b_h", np.concatenate([sum_of_rows(da) for da in da_x]), accumulate)

    def _state_terms(self, h_prev: np.ndarray, kept: Any) -> Sequence[np.ndarray]:
        """What each gate's block of ``W_hh`` multiplied."""
        return [h_prev] * self.gates

    def _blocks(self, name: str) -> np.ndarray:
        """View a weight matrix (n, kH) as its gates' blocks (k, n, H)."""
        w = self.params[name]
        return w.reshape(len(w), self.gates, self.hidden_size).transpose(1, 0, 2)

    def _state_arrays(self, where: str, name: str, state: State, batch: int) -> tuple[np.ndarray, ...]:
        if state is None:
            return tuple(np.zeros((batch, self.hidden_size), self.dtype) for _ in range(self.state_parts))
        if self.state_parts == 1:
            check_float(where, name, state, (batch, self.hidden_size), self.dtype)
            return (state,)
        if not isinstance(state, (tuple, list)) or len(state) != self.state_parts:
            came = f"{type(state).__name__} of {len(state)}" if hasattr(state, "__len__") else type(state).__name__
            raise TypeError(f"{where}: {name} must be a pair (h, c) of arrays, got {came}.")
        for part, letter in zip(state, "hc", strict=True):
            check_float(where, f"{name}'s {letter}", part, (batch, self.hidden_size), self.dtype)
        return tuple(state)

    def _state_from(self, parts: tuple[np.ndarray, ...]) -> State:
        return parts[0] if self.state_parts == 1 else parts

    def _check_step(self, x_t: np.ndarray, state: State) -> tuple[np.ndarray, ...]:
        where = f"{type(self).__name__}.step"
        check_float(where, "x_t", x_t, ("B", self.input_size), self.dtype)
        return self._state_arrays(where, "state", state, len(x_t))


class RNN(Recurrent):
    r"""The plain recurrent layer: :math:`h_t = \phi(x_t W_{xh} + h_{t-1} W_{hh} + b_h)`.

    Going back (with :math:`da_t = dL/da_t`, and :math:`dL/dh_t` collecting what step :math:`t` feeds):

    .. math:: \frac{dL}{dh_t} = \frac{\partial^+ L}{\partial h_t} + da_{t+1} W_{hh}^\top, \qquad
              da_t = \frac{dL}{dh_t} \odot \phi'(a_t).

    Parameters
    ----------
    input_size, hidden_size, rng, dtype
        As for every recurrent layer, see :class:`Recurrent`.
    activation : {"tanh", "sigmoid", "relu", "identity"}
        The function :math:`\phi`.

    References
    ----------
    Elman (1990), Finding structure in time; Werbos (1990), Backpropagation through time.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        activation: str = "tanh",
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)
        self.activation = activation
        self._phi = get_activation(activation)

    def step(self, x_t: np.ndarray, state: State = None) -> State:
        """Return h_t (B, H) for x_t (B, D) and the state before, h_{t−1} (B, H) or None for zeros."""
        (h,) = self._check_step(x_t, state)
        p = self.params
        return self._phi.function(x_t @ p["W_xh"] + h @ p["W_hh"] + p["b_h"])

    def _run(self, a: np.ndarray, histories: tuple[np.ndarray, ...], active: list[int]) -> Any:
        (h,), (a,), w = histories, a, self.params["W_hh"]
        for _, h_prev, h_t, a_t in each_step(active, h[:-1], h[1:], a):
            np.matmul(h_prev, w, out=h_t)
            h_t += a_t
            self._phi.function(h_t, out=h_t)
        return None

    def _run_back(
        self,
        dh: np.ndarray,
        carried: tuple[np.ndarray, ...],
        histories: tuple[np.ndarray, ...],
        active: list[int],
        kept: Any,
    ) -> tuple[Gates, Gates]:
        (h,), (dh_next,) = histories, carried
        da, w_back = self._phi.slope(h[1:]), np.ascontiguousarray(self.params["W_hh"].T)
        for n, da_t, dh_t in each_step(active, da, dh, back=True):
            dh_n = dh_next[:n]
            dh_n += dh_t
            da_t *= dh_n
            np.matmul(da_t, w_back, out=dh_n)
        return [da], [da]
