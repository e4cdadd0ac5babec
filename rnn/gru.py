r"""Gated recurrent unit: a reset gate r, an update gate z, a candidate n, in this order.

.. math::
    r_t &= \sigma(x_t W_{xr} + h_{t-1} W_{hr} + b_r), \qquad z_t = \sigma(x_t W_{xz} + h_{t-1} W_{hz} + b_z) \\
    h_t &= (1 - z_t) \odot n_t + z_t \odot h_{t-1}

There are two conventions for the candidate, and they are different networks:

.. math::
    n_t &= \tanh\bigl(x_t W_{xn} + b_n + r_t \odot (h_{t-1} W_{hn} + b_{hn})\bigr) && \text{reset after the product} \\
    n_t &= \tanh\bigl(x_t W_{xn} + b_n + (r_t \odot h_{t-1}) W_{hn}\bigr)          && \text{reset before the product}

Cho et al. (2014) reset before the product; PyTorch, cuDNN and (by default) Keras reset after it, which lets one
product serve all three gates. Papers also differ in whether z or 1 − z keeps the old state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rnn._layout import each_step, sum_of_rows
from rnn.activations import sigmoid
from rnn.recurrent import Gates, Recurrent, State


class GRU(Recurrent):
    r"""Gated recurrent unit layer; its state is h (B, H).

    Going back from :math:`dh_t = dL/dh_t` (reset after the product, :math:`m_t = h_{t-1} W_{hn} + b_{hn}`):

    .. math::
        da^n_t &= dh_t \odot (1 - z_t) \odot (1 - n_t^2), \qquad dm_t = da^n_t \odot r_t \\
        da^r_t &= da^n_t \odot m_t \odot r_t (1 - r_t), \qquad
        da^z_t = dh_t \odot (h_{t-1} - n_t) \odot z_t (1 - z_t) \\
        dh_{t-1} &= \frac{\partial^+ L}{\partial h_{t-1}} + dh_t \odot z_t
                 + da^r_t W_{hr}^\top + da^z_t W_{hz}^\top + dm_t W_{hn}^\top .

    Parameters
    ----------
    input_size, hidden_size, rng, dtype
        As for every recurrent layer, see :class:`~rnn.recurrent.Recurrent`.
    reset_after : bool
        Which convention. With True there is one more bias, ``b_hn`` (H,).
    """

    gates = 3
    gate_scales = (0.5, 0.5, 1.0)

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        reset_after: bool = True,
        rng: np.random.Generator | None = None,
        dtype: Any = np.float32,
    ) -> None:
        super().__init__(input_size, hidden_size, rng=rng, dtype=dtype)
        if not isinstance(reset_after, (bool, np.bool_)):
            raise TypeError(f"GRU: reset_after must be True or False, got {reset_after!r}.")
        self.reset_after = bool(reset_after)
        if reset_after:
            self._add_param("b_hn", np.zeros(hidden_size, self.dtype))

    def step(self, x_t: np.ndarray, state: State = None) -> State:
        """Return h_t (B, H) for x_t (B, D) and the state before, h_{t−1} (B, H) or None for zeros."""
        (h,) = self._check_step(x_t, state)
        p = self.params
        x_r, x_z, x_n = np.split(x_t @ p["W_xh"] + p["b_h"], 3, axis=1)
        w_r, w_z, w_n = np.split(p["W_hh"], 3, axis=1)
        r, z = sigmoid(x_r + h @ w_r), sigmoid(x_z + h @ w_z)
        n = np.tanh(x_n + (r * (h @ w_n + p["b_hn"]) if self.reset_after else (r * h) @ w_n))
        return (1 - z) * n + z * h

    def _run(self, a: np.ndarray, histories: tuple[np.ndarray, ...], active: list[int]) -> Any:
        # As in the LSTM, sigmoid(a) = tanh(a / 2) / 2 + 1/2, with the halving done ahead of the loop.
        (h,) = histories
        w = self._blocks("W_hh") * np.array(self.gate_scales, self.dtype).reshape(3, 1, 1)
        # The candidate's state term: m = h W_hn + b_hn if the reset comes after, r * h if before.
        term = np.zeros((len(active), *h.shape[1:]), self.dtype)
        products = np.empty((3, *h.shape[1:]), self.dtype)
        for n, a_t, h_prev, h_t, term_t in each_step(active, a.swapaxes(0, 1), h[:-1], h[1:], term):
            part = products[:, :n]
            gates, candidate = part[:2], part[2]
            np.matmul(h_prev, w if self.reset_after else w[:2], out=part if self.reset_after else gates)
            gates += a_t[:2]
            np.tanh(gates, out=gates)
            gates *= 0.5
            r, z = np.add(gates, 0.5, out=a_t[:2])
            if self.reset_after:
                np.add(candidate, self.params["b_hn"], out=term_t)
                np.multiply(r, term_t, out=candidate)
            else:
                np.matmul(np.multiply(r, h_prev, out=term_t), w[2], out=candidate)
            candidate += a_t[2]
            np.tanh(candidate, out=a_t[2])
            np.subtract(h_prev, a_t[2], out=h_t)
            h_t *= z
            h_t += a_t[2]
        return a, term

    def _run_back(
        self,
        dh: np.ndarray,
        carried: tuple[np.ndarray, ...],
        histories: tuple[np.ndarray, ...],
        active: list[int],
        kept: Any,
    ) -> tuple[Gates, Gates]:
        (h,), (dh_next,) = histories, carried
        (r, z, candidate), term = kept
        # Local derivatives of all steps, in the order n r z m: times dh_t they are dL/da of the three gates
        # and dL/dm of the candidate's state term (reset after the product; m goes unused before it).
        da = np.empty((4 if self.reset_after else 3, *dh.shape), self.dtype)
        keep = 1 - z
        np.multiply(candidate, candidate, out=da[0])
        np.subtract(1, da[0], out=da[0])
        da[0] *= keep
        np.subtract(1, r, out=da[1])
        da[1] *= r
        da[1] *= term if self.reset_after else h[:-1]
        np.subtract(h[:-1], candidate, out=da[2])
        da[2] *= z
        da[2] *= keep
        if self.reset_after:
            da[1] *= da[0]
            np.multiply(da[0], r, out=da[3])
        w_back = np.ascontiguousarray(self._blocks("W_hh").transpose(0, 2, 1))
        products, added = np.empty((3, *dh_next.shape), self.dtype), np.empty_like(dh_next)
        for n, da_t, r_t, z_t, dh_t in each_step(active, da.swapaxes(0, 1), r, z, dh, back=True):
            dh_n, part = dh_next[:n], products[:, :n]
            dh_n += dh_t
            if self.reset_after:
                da_t *= dh_n
                np.matmul(da_t[1:], w_back, out=part)
            else:
                da_t[0] *= dh_n
                da_t[2] *= dh_n
                np.matmul(da_t[0], w_back[2], out=part[2])  # dL/d(r * h)
                da_t[1] *= part[2]
                np.matmul(da_t[1:], w_back[:2], out=part[:2])
                part[2] *= r_t
            dh_n *= z_t
            dh_n += np.add.reduce(part, axis=0, out=added[:n])
        da_n, da_r, da_z = da[0], da[1], da[2]
        return (da_r, da_z, da_n), (da_r, da_z, da[-1] if self.reset_after else da_n)

    def _store_weight_grads(
        self, x: np.ndarray, h_prev: np.ndarray, da_x: Gates, da_h: Gates, kept: Any, accumulate: bool
    ) -> None:
        super()._store_weight_grads(x, h_prev, da_x, da_h, kept, accumulate)
        if self.reset_after:
            self._store_grad("b_hn", sum_of_rows(da_h[2]), accumulate)

    def _state_terms(self, h_prev: np.ndarray, kept: Any) -> Sequence[np.ndarray]:
        """What each gate's block of W_hh multiplied: r * h for the candidate when the reset comes first."""
        return (h_prev, h_prev, h_prev if self.reset_after else kept[1])
