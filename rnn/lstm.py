r"""Long short-term memory: a cell that keeps its state unless told otherwise.

Four gates, in the order i f g o, each of width H:

.. math::
    i_t &= \sigma(a^i_t), \quad f_t = \sigma(a^f_t), \quad g_t = \tanh(a^g_t), \quad o_t = \sigma(a^o_t),
    \qquad a_t = x_t W_{xh} + h_{t-1} W_{hh} + b_h \\
    c_t &= f_t \odot c_{t-1} + i_t \odot g_t, \qquad h_t = o_t \odot \tanh c_t .

Hochreiter & Schmidhuber (1997) without the forget gate, which Gers, Schmidhuber & Cummins (2000) added.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn._layout import each_step
from rnn.activations import sigmoid
from rnn.recurrent import Gates, Recurrent, State


class LSTM(Recurrent):
    r"""Long short-term memory layer; its state is the pair (h, c), each (B, H).

    Going back, with :math:`dc_t = dL/dc_t` and :math:`dh_t = dL/dh_t`:

    .. math::
        dc_t &= dc_{t+1} \odot f_{t+1} + dh_t \odot o_t \odot (1 - \tanh^2 c_t) \\
        da^i_t &= dc_t \odot g_t \odot i_t (1 - i_t), \qquad da^f_t = dc_t \odot c_{t-1} \odot f_t (1 - f_t) \\
        da^g_t &= dc_t \odot i_t \odot (1 - g_t^2), \qquad\; da^o_t = dh_t \odot \tanh c_t \odot o_t (1 - o_t) \\
        dh_{t-1} &= \frac{\partial^+ L}{\partial h_{t-1}} + da_t W_{hh}^\top .

    Parameters
    ----------
    input_size, hidden_size, rng, dtype
        As for every recurrent layer, see :class:`~rnn.recurrent.Recurrent`. The forget gate's bias starts at 1
        (Jozefowicz, Zaremba & Sutskever 2015): a new cell remembers rather than forgets.
    """

    gates = 4
    gate_scales = (0.5, 0.5, 1.0, 0.5)
    state_parts = 2

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)
        self.params["b_h"][hidden_size : 2 * hidden_size] = 1

    def step(self, x_t: np.ndarray, state: State = None) -> State:
        """Return (h_t, c_t) for x_t (B, D) and the state before, (h, c) or None for zeros."""
        h, c = self._check_step(x_t, state)
        p = self.params
        a_i, a_f, a_g, a_o = np.split(x_t @ p["W_xh"] + h @ p["W_hh"] + p["b_h"], 4, axis=1)
        c = sigmoid(a_f) * c + sigmoid(a_i) * np.tanh(a_g)
        return sigmoid(a_o) * np.tanh(c), c

    def _run(self, a: np.ndarray, histories: tuple[np.ndarray, ...], active: list[int]) -> Any:
        # One tanh serves all four gates, since sigmoid(a) = tanh(a / 2) / 2 + 1/2: halve what goes into the
        # sigmoid gates (their products ahead of the loop), then scale and shift what comes out.
        h, c = histories
        scale = np.array(self.gate_scales, self.dtype).reshape(4, 1, 1)
        shift = 1 - scale
        w = self._blocks("W_hh") * scale
        tanh_c = np.zeros((len(active), *h.shape[1:]), self.dtype)
        products, added = np.empty((4, *h.shape[1:]), self.dtype), np.empty_like(h[0])
        arrays = a.swapaxes(0, 1), h[:-1], h[1:], c[:-1], c[1:], tanh_c
        for n, a_t, h_prev, h_t, c_prev, c_t, tanh_c_t in each_step(active, *arrays):
            gates = np.matmul(h_prev, w, out=products[:, :n])
            gates += a_t
            np.tanh(gates, out=gates)
            gates *= scale
            i, f, g, o = np.add(gates, shift, out=a_t)
            np.multiply(f, c_prev, out=c_t)
            c_t += np.multiply(i, g, out=added[:n])
            np.tanh(c_t, out=tanh_c_t)
            np.multiply(o, tanh_c_t, out=h_t)
        return a, tanh_c

    def _run_back(
        self,
        dh: np.ndarray,
        carried: tuple[np.ndarray, ...],
        histories: tuple[np.ndarray, ...],
        active: list[int],
        kept: Any,
    ) -> tuple[Gates, Gates]:
        dh_next, dc = carried
        (i, f, g, o), tanh_c = kept
        da = np.empty((4, *dh.shape), self.dtype)  # first the local derivatives of all steps, then dL/da
        _slopes(i, g, out=da[0])
        _slopes(f, histories[1][:-1], out=da[1])
        np.multiply(g, g, out=da[2])
        np.subtract(1, da[2], out=da[2])
        da[2] *= i
        _slopes(o, tanh_c, out=da[3])
        dc_dh = tanh_c * tanh_c
        np.subtract(1, dc_dh, out=dc_dh)
        dc_dh *= o
        w_back = np.ascontiguousarray(self._blocks("W_hh").transpose(0, 2, 1))
        products, added = np.empty((4, *dc.shape), self.dtype), np.empty_like(dc)
        for n, da_t, f_t, dc_dh_t, dh_t in each_step(active, da.swapaxes(0, 1), f, dc_dh, dh, back=True):
            dh_n, dc_n = dh_next[:n], dc[:n]
            dh_n += dh_t
            dc_n += np.multiply(dh_n, dc_dh_t, out=added[:n])
            da_t[:3] *= dc_n
            da_t[3] *= dh_n
            dc_n *= f_t
            np.add.reduce(np.matmul(da_t, w_back, out=products[:, :n]), axis=0, out=dh_n)
        return list(da), list(da)


def _slopes(gate: np.ndarray, factor: np.ndarray, out: np.ndarray) -> None:
    """Write factor · gate · (1 − gate), the slope of a sigmoid gate times what it multiplies."""
    np.subtract(1, gate, out=out)
    out *= gate
    out *= factor
