r"""Sequential: layers one after the other, seen as one function with one dict of parameters.

``forward`` hands each layer's output to the next, and each recurrent layer its state; ``backward`` goes the
same way back. Parameters are named by position, ``0.W``, ``1.forward.W_xh``, and the arrays are the layers' own,
so an optimizer that changes them in place changes the model.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from rnn._check import check_finite, shape_text
from rnn.layers import Dropout, Layer
from rnn.pooling import Pool
from rnn.recurrent import Recurrent, State
from rnn.wrappers import Bidirectional, Stacked, check_distinct, prefixed

RECURRENT = (Recurrent, Bidirectional, Stacked)


class Sequential(Layer):
    """A model made of layers applied in order.

    Parameters
    ----------
    layers : list of Layer
        Any of this package's layers. A ``Pool("last")`` that follows a bidirectional layer is told so.

    Examples
    --------
    >>> model = rnn.Sequential([rnn.Embedding(10_000, 32), rnn.LSTM(32, 64), rnn.Pool("last"), rnn.Dense(64, 1)])
    >>> logits, states = model.forward(ids, lengths)
    """

    def __init__(self, layers: list[Layer]) -> None:
        if not isinstance(layers, (list, tuple)):
            raise TypeError(f"Sequential: layers must be a list of layers, got {type(layers).__name__}.")
        if not layers:
            raise ValueError("Sequential: at least one layer is needed, got none.")
        check_distinct("Sequential", layers)
        both_ways = False
        for k, layer in enumerate(layers):
            if isinstance(layer, Sequential):
                raise TypeError(
                    f"Sequential: every layer must be a single one, got a Sequential as number {k}; "
                    "put its layers into the list."
                )
            if not isinstance(layer, Layer):
                raise TypeError(f"Sequential: every layer must be a Layer, got {type(layer).__name__} as number {k}.")
            if isinstance(layer, RECURRENT):
                both_ways = layer.bidirectional
            elif not isinstance(layer, (Dropout, Pool)):
                both_ways = False  # what mixes features leaves no two halves
            if isinstance(layer, Pool):
                layer.bidirectional = both_ways
        self.layers = list(layers)
        self.params = prefixed((str(k), layer.params) for k, layer in enumerate(layers))
        self.grads = prefixed((str(k), layer.grads) for k, layer in enumerate(layers))

    def forward(
        self, x: np.ndarray, lengths: Any = None, states: list[State] | None = None, training: bool = False
    ) -> tuple[np.ndarray, list[State]]:
        """Apply the layers in order.

        Parameters
        ----------
        x : ndarray
            What the first layer takes: ids (B, T) or features (B, T, D).
        lengths : array of int (B,), optional
            Real steps of each sequence.
        states : list, optional
            One initial state for each layer, None for those that have none; as returned by an earlier call.
        training : bool
            Whether dropout drops.

        Returns
        -------
        out : ndarray
            The last layer's output.
        states : list
            The final state of each layer, None for those that have none.
        """
        if states is None:
            states = [None] * len(self.layers)
        elif not isinstance(states, (list, tuple)) or len(states) != len(self.layers):
            came = f"{type(states).__name__} of {len(states)}" if hasattr(states, "__len__") else type(states).__name__
            raise TypeError(
                f"Sequential.forward: states must be a list with one entry for each of {len(self.layers)} layers, "
                f"got {came}."
            )
        final: list[State] = []
        for layer, state in zip(self.layers, states, strict=True):
            if isinstance(layer, RECURRENT):
                x, state = layer.forward(x, state, lengths)
                final.append(state)
            else:
                x = layer.forward(x, lengths=lengths, training=training)
                final.append(None)
        return x, final

    def backward(self, dout: np.ndarray, accumulate: bool = False) -> np.ndarray | None:
        """Fill ``grads`` from dL/d(out) of the last forward; return dL/dx, None if x were ids."""
        gradient: Any = dout
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient, accumulate=accumulate)
            if isinstance(layer, RECURRENT):
                gradient = gradient[0]
        return gradient  # type: ignore[no-any-return]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all parameters to ``path`` as a NumPy archive (.npz): a file is either whole or not there."""
        save_params(path, self.params)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Read parameters from a file written by :meth:`save` into this model.

        Raises
        ------
        ValueError
            If names, shapes or types differ from the model's, or a weight is NaN or infinite; nothing is changed then.
        """
        load_params(path, self.params)


def save_params(path: str | os.PathLike[str], params: dict[str, np.ndarray]) -> None:
    """Write named arrays to an .npz file, by way of a temporary file in the same folder."""
    target = Path(path)
    if not target.parent.is_dir():
        raise FileNotFoundError(f"save: the folder {target.parent} must be there already, got none.")
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **params)  # type: ignore[arg-type]
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink()
        raise


def load_params(path: str | os.PathLike[str], params: dict[str, np.ndarray]) -> None:
    """Read an .npz file into existing arrays, after checking every name, shape, type and value."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"load: {os.fspath(path)} must be a file written by save, got no file.")
    if not zipfile.is_zipfile(path):
        raise ValueError(f"load: {os.fspath(path)} must be a whole .npz file written by save, got something else.")
    with np.load(path, allow_pickle=False) as archive:
        stored = {name: archive[name] for name in archive.files}
    if stored.keys() != params.keys():
        missing, extra = sorted(params.keys() - stored.keys()), sorted(stored.keys() - params.keys())
        raise ValueError(
            f"load: the file must hold the model's parameters; missing {missing or 'none'}, "
            f"not known {extra or 'none'}."
        )
    for name, array in params.items():
        if stored[name].shape != array.shape or stored[name].dtype != array.dtype:
            raise ValueError(
                f"load: {name} must be {array.dtype.name} of shape {shape_text(array.shape)}, "
                f"got {stored[name].dtype.name} of shape {shape_text(stored[name].shape)}."
            )
    check_finite("load", stored)
    for name, array in params.items():
        array[...] = stored[name]
