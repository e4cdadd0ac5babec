"""Weights to and from PyTorch, Keras and ONNX, as dicts of arrays; none of the three is imported.

The networks are the same everywhere, how their weights are stored is not. With D inputs, H hidden units, k gates:

========  ==========  ========================  ==========================  =======================
here      shape       PyTorch                   Keras                       ONNX
========  ==========  ========================  ==========================  =======================
W_xh      (D, kH)     weight_ih (kH, D)         kernel (D, kH)              W (directions, kH, D)
W_hh      (H, kH)     weight_hh (kH, H)         recurrent_kernel (H, kH)    R (directions, kH, H)
b_h       (kH,)       bias_ih, bias_hh (kH,)    bias (kH,)                  B (directions, 2kH)
b_hn      (H,)        end of bias_hh            bias (2, 3H), its last H    end of B
LSTM      i f g o     i f g o                   i f c o                     i o f c
GRU       r z n       r z n                     z r h                       z r h
========  ==========  ========================  ==========================  =======================

Two biases that are only ever added are one here: loading adds them, converting writes ours as the first and zeros
as the second. The exception is a GRU with ``reset_after=True``, whose reset gate multiplies the second bias of n:
that one stays apart as ``b_hn``.

Every function takes an RNN, LSTM, GRU, Bidirectional, Stacked, Dense or Embedding layer. ``to_...`` returns copies in
the layer's dtype. ``load_...`` changes the layer's parameters in place; it raises ValueError if a name, a shape or
the number of arrays is wrong or a weight is not finite, TypeError if a dtype is, and has then changed nothing.
Sources: the documentation of torch.nn, of keras.layers and of the ONNX operators RNN, LSTM and GRU.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rnn._check import check_finite, check_float
from rnn.gru import GRU
from rnn.layers import Dense, Embedding, Layer
from rnn.lstm import LSTM
from rnn.recurrent import RNN, Recurrent
from rnn.wrappers import Bidirectional, Stacked

Arrays = dict[str, np.ndarray]

# Which of our gates comes first, second, … in a library, by the number of gates, where it is not our order.
ORDER = {("keras", 3): [1, 0, 2], ("onnx", 3): [1, 0, 2], ("onnx", 4): [0, 3, 1, 2]}
# What a library calls Dense's weight and bias, and Embedding's table.
PLAIN = {"pytorch": ("weight", "bias", "weight"), "keras": ("kernel", "bias", "embeddings"), "onnx": ("B", "C", "data")}


def to_pytorch(layer: Layer) -> Arrays:
    """Weights named as in the ``state_dict`` of the PyTorch module that computes the same.

    That is one ``nn.RNN``, ``nn.LSTM`` or ``nn.GRU`` with ``batch_first=True``, ``nn.Linear`` or ``nn.Embedding``,
    which loads ``{name: torch.from_numpy(array) for name, array in weights.items()}``.

    Returns
    -------
    dict of arrays
        ``weight_ih_l0`` (kH, D), ``weight_hh_l0`` (kH, H), ``bias_ih_l0`` and ``bias_hh_l0`` (kH,); ``_l1`` for the
        next layer of a stack, ``_l0_reverse`` for the backward direction. Dense: ``weight`` (V, H) and ``bias``
        (V,). Embedding: ``weight`` (V, D).

    Raises
    ------
    ValueError
        If PyTorch has no such module: a GRU with ``reset_after=False``, an RNN with another activation than tanh
        and relu, a stack whose cells differ in kind or size.
    """
    return _to(layer, "pytorch")


def load_pytorch(layer: Layer, weights: Mapping[str, Any]) -> None:
    """Fill a layer with the ``state_dict`` of a module: arrays or CPU tensors, named as by :func:`to_pytorch`."""
    _load(layer, weights, "pytorch")


def to_keras(layer: Layer) -> Arrays:
    """Weights in the order of the Keras layers that compute the same: ``set_weights(list(to_keras(layer).values()))``.

    Returns
    -------
    dict of arrays
        ``kernel`` (D, kH), ``recurrent_kernel`` (H, kH), ``bias`` (kH,), of a GRU with ``reset_after=True`` (2, 3H);
        behind ``forward.`` and ``backward.`` for Bidirectional, ``0.``, ``1.``, … for Stacked. Dense: ``kernel``
        (H, V) and ``bias`` (V,). Embedding: ``embeddings`` (V, D).
    """
    return _to(layer, "keras")


def load_keras(layer: Layer, weights: Mapping[str, Any] | Sequence[Any]) -> None:
    """Fill a layer with the list that ``get_weights()`` of Keras returns, or a dict named as by :func:`to_keras`."""
    if isinstance(weights, Sequence) and not isinstance(weights, str):
        names = list(to_keras(layer))
        if len(weights) != len(names):
            wanted = f"{len(names)} for {type(layer).__name__} ({', '.join(names)})"
            raise ValueError(f"load_keras: the number of arrays must be {wanted}, got {len(weights)}.")
        weights = dict(zip(names, weights, strict=True))
    _load(layer, weights, "keras")


def to_onnx(layer: Layer) -> Arrays:
    """Weights named as the inputs of the ONNX operator RNN, LSTM, GRU, Gemm (Dense) or Gather (Embedding).

    The rest is in the operator's attributes: ``activations`` of an RNN, ``direction="bidirectional"``, and
    ``linear_before_reset=1`` for a GRU with ``reset_after=True``.

    Returns
    -------
    dict of arrays
        ``W`` (directions, kH, D), ``R`` (directions, kH, H), ``B`` (directions, 2kH); behind ``0.``, ``1.``, … for
        Stacked, whose layers are operators of their own. Dense: ``B`` (H, V) and ``C`` (V,). Embedding: ``data``.

    Raises
    ------
    ValueError
        If two directions differ in kind or size: one operator holds both.
    """
    return _to(layer, "onnx")


def load_onnx(layer: Layer, weights: Mapping[str, Any]) -> None:
    """Fill a layer with the inputs of an ONNX operator, named as by :func:`to_onnx`."""
    _load(layer, weights, "onnx")


def _to(layer: Layer, library: str) -> Arrays:
    dense_w, dense_b, table = PLAIN[library]
    if isinstance(layer, Dense):
        w = layer.params["W"].T if library == "pytorch" else layer.params["W"]
        return {dense_w: w.copy(order="C"), dense_b: layer.params["b"].copy()}
    if isinstance(layer, Embedding):
        return {table: layer.params["W"].copy()}
    weights: Arrays = {}
    for place, cell in _cells(layer, library).items():
        b = np.stack([cell.params["b_h"], np.zeros_like(cell.params["b_h"])])  # (2, kH)
        if "b_hn" in cell.params:
            b[1, -cell.hidden_size :] = cell.params["b_hn"]
        w, r, b = (_reordered(a, cell, library) for a in (cell.params["W_xh"], cell.params["W_hh"], b))
        if library == "pytorch":
            arrays = [w.T, r.T, b[0], b[1]]
        elif library == "keras":
            arrays = [w, r, b if "b_hn" in cell.params else b[0]]
        else:
            arrays = [w.T[None], r.T[None], b.reshape(1, -1)]
        for name, array in zip(_names(place, library), arrays, strict=True):
            both = [weights[name], array] if name in weights else [array]  # ONNX keeps two directions in one array
            weights[name] = np.ascontiguousarray(np.concatenate(both))
    return weights


def _load(layer: Layer, weights: Any, library: str) -> None:
    given = _checked(layer, weights, library)
    dense_w, dense_b, table = PLAIN[library]
    if isinstance(layer, Dense):
        layer.params["W"][...] = given[dense_w].T if library == "pytorch" else given[dense_w]
        layer.params["b"][...] = given[dense_b]
    elif isinstance(layer, Embedding):
        layer.params["W"][...] = given[table]
    else:
        for place, cell in _cells(layer, library).items():
            w, r, *biases = (given[name] for name in _names(place, library))
            if library == "onnx":
                direction = int("backward" in place)
                w, r, biases = w[direction], r[direction], np.split(biases[0][direction], 2)
            b = np.vstack(biases)  # (2, kH), or (1, kH) where there is only one
            if library != "keras":
                w, r = w.T, r.T
            cell.params["W_xh"][...], cell.params["W_hh"][...], b = (
                _reordered(a, cell, library, back=True) for a in (w, r, b)
            )
            if "b_hn" in cell.params:
                cell.params["b_hn"][...] = b[1, -cell.hidden_size :]
                b[1, -cell.hidden_size :] = 0
            cell.params["b_h"][...] = b.sum(axis=0)


def _checked(layer: Layer, weights: Any, library: str) -> Arrays:
    """Return the weights as arrays, raise unless names, shapes and dtypes are the layer's and all are finite."""
    where, wanted = f"load_{library}", _to(layer, library)
    if not isinstance(weights, Mapping):
        raise TypeError(f"{where}: weights must be a dict of arrays, got {type(weights).__name__}.")
    if set(weights) != set(wanted):
        wrong = [f"without {name}" for name in wanted if name not in weights]
        wrong += [f"with {name}" for name in weights if name not in wanted]
        names = f"must be named {', '.join(wanted)} for {type(layer).__name__}"
        raise ValueError(f"{where}: weights {names}, got names {', '.join(wrong)}.")
    given = {name: np.asarray(weights[name]) for name in wanted}
    for name, array in given.items():
        check_float(where, name, array, wanted[name].shape, wanted[name].dtype)
    check_finite(where, given)
    return given


def _cells(layer: Layer, library: str) -> dict[str, Recurrent]:
    """The cells of a layer by the prefix of their parameters: "", "forward.", "0.", "0.backward.", …."""
    cells: dict[str, Any] = {}
    for level, part in enumerate(layer.layers if isinstance(layer, Stacked) else [layer]):
        below = f"{level}." if isinstance(layer, Stacked) else ""
        if isinstance(part, Bidirectional):
            cells |= {f"{below}{way}.": cell for way, cell in part.directions.items()}
        else:
            cells[below] = part
    for cell in cells.values():
        if not isinstance(cell, (RNN, LSTM, GRU)):
            wanted = "an RNN, LSTM, GRU, Dense or Embedding, or Bidirectional and Stacked ones of the first three"
            raise TypeError(f"convert: layer must be {wanted}, got {type(cell).__name__}.")
    if library == "pytorch":
        _check_one_module(cells)
    if library == "onnx":
        for forward in (place for place in cells if place.endswith("forward.")):
            _check_alike("one ONNX operator", [cells[forward], cells[forward.replace("forward", "backward")]])
    return cells


def _check_one_module(cells: dict[str, Recurrent]) -> None:
    for cell in cells.values():
        if isinstance(cell, GRU) and not cell.reset_after:
            raise ValueError("convert: PyTorch's GRU is the one with reset_after=True, got reset_after=False.")
        if isinstance(cell, RNN) and cell.activation not in ("tanh", "relu"):
            raise ValueError(f"convert: PyTorch's RNN has the activation tanh or relu, got {cell.activation}.")
    if len({place.endswith("ward.") for place in cells}) > 1:
        raise ValueError(
            "convert: one PyTorch module has as many directions in every layer, got layers with 1 and with 2."
        )
    _check_alike("one PyTorch module", list(cells.values()))


def _check_alike(holder: str, cells: list[Recurrent]) -> None:
    options = ("hidden_size", "activation", "reset_after")
    kinds = dict.fromkeys(
        f"{type(c).__name__}({', '.join(f'{o}={getattr(c, o)}' for o in options if hasattr(c, o))})" for c in cells
    )
    if len(kinds) > 1:
        raise ValueError(f"convert: {holder} holds cells of one kind and size, got {' and '.join(kinds)}.")


def _names(place: str, library: str) -> list[str]:
    """Names of a cell's arrays: two matrices and one or two biases."""
    if library == "keras":
        return [f"{place}kernel", f"{place}recurrent_kernel", f"{place}bias"]
    level = place.removesuffix("forward.").removesuffix("backward.")
    if library == "onnx":
        return [f"{level}W", f"{level}R", f"{level}B"]
    end = f"_l{level.rstrip('.') or 0}" + "_reverse" * ("backward" in place)
    return [f"weight_ih{end}", f"weight_hh{end}", f"bias_ih{end}", f"bias_hh{end}"]


def _reordered(array: np.ndarray, cell: Recurrent, library: str, back: bool = False) -> np.ndarray:
    """Put the gates, equal blocks of the last axis, into the library's order, or back into ours."""
    order = ORDER.get((library, cell.gates), list(range(cell.gates)))
    gates = np.split(array, cell.gates, axis=-1)
    return np.concatenate([gates[i] for i in (np.argsort(order) if back else order)], axis=-1)
