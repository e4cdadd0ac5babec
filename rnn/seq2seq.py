r"""Sequence to sequence: an encoder reads one sequence, a decoder writes another.

The encoder, a recurrent layer, reads the embedded source; its final state is all that the decoder gets to know
of it. The decoder, a second recurrent layer, starts from that state and predicts the target token by token:

.. math::
    s_0 = \mathrm{encoder}(x_1 \dots x_S), \qquad (h_t, s_t) = \mathrm{decoder}(y_{t-1}, s_{t-1}), \qquad
    z_t = h_t W_{hy} + b_y, \\
    \log p(y_1 \dots y_T \mid x) = \sum_t \log \mathrm{softmax}(z_t)_{y_t},

where :math:`y_0` is a token that means "start". In training :math:`y_{t-1}` is the true previous token, whatever
the model would have said (*teacher forcing*), so one pass serves all steps. In use it is the model's own choice:
see :mod:`rnn.generation`.

Sutskever, Vinyals & Le (2014), Sequence to sequence learning with neural networks; Cho et al. (2014), Learning
phrase representations using RNN encoder–decoder for statistical machine translation (whose decoder is shown the
encoder's final state again at every step; here, as in the former, it only starts from it).
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from rnn._check import check_shape
from rnn.generation import output_of
from rnn.layers import Dense, Embedding, Layer
from rnn.models import load_params, save_params
from rnn.recurrent import Recurrent, State
from rnn.wrappers import Stacked, prefixed


class Seq2Seq(Layer):
    """Encoder–decoder: source ids in, logits for the target's tokens out.

    Parameters
    ----------
    source_embedding : Embedding
        Vectors of the source's tokens.
    encoder : recurrent layer
        Reads them: an RNN, LSTM or GRU, or several in a :class:`~rnn.Stacked`. (A bidirectional layer ends
        in two states, one for each direction, and a decoder starts from one.)
    target_embedding : Embedding
        Vectors of the target's tokens.
    decoder : recurrent layer
        Starts from the encoder's final state, so its state must look like that: as many layers of the same hidden
        sizes, LSTM to LSTM (RNN and GRU go together).
    readout : Dense
        From the decoder's output to one logit per target token, (B, T, H) to (B, T, V).

    Attributes
    ----------
    params, grads : dict of str to ndarray
        The layers' own arrays under ``"source_embedding.W"``, ``"encoder.W_xh"``, ``"target_embedding.W"``,
        ``"decoder.W_xh"``, ``"readout.b"`` and so on.

    Raises
    ------
    TypeError, ValueError
        If a part is of the wrong kind, two do not fit together, or one layer is given for two parts.
    """

    def __init__(
        self,
        source_embedding: Embedding,
        encoder: Recurrent | Stacked,
        target_embedding: Embedding,
        decoder: Recurrent | Stacked,
        readout: Dense,
    ) -> None:
        super().__init__()
        self.source_embedding, self.encoder = source_embedding, encoder
        self.target_embedding, self.decoder, self.readout = target_embedding, decoder, readout
        parts: dict[str, Layer] = {
            "source_embedding": source_embedding,
            "encoder": encoder,
            "target_embedding": target_embedding,
            "decoder": decoder,
            "readout": readout,
        }
        _check_parts(parts)
        self.params = prefixed((name, part.params) for name, part in parts.items())
        self.grads = prefixed((name, part.grads) for name, part in parts.items())

    def forward(
        self, source: np.ndarray, source_lengths: Any, target_in: np.ndarray, target_lengths: Any = None
    ) -> np.ndarray:
        """Teacher forcing: the logits at every target step, given the true tokens before it.

        Parameters
        ----------
        source : array of int (B, S)
            The source's ids.
        source_lengths : array of int (B,) or None
            Real steps of each source; what stands after them changes nothing. None: all S.
        target_in : array of int (B, T)
            The decoder's input: the start token and then the target without its last token.
        target_lengths : array of int (B,), optional
            Real steps of each target; all T if not given.

        Returns
        -------
        logits : ndarray (B, T, V)
            ``logits[:, t]`` is for the token that follows ``target_in[:, t]``; 0 past a target's length.

        Raises
        ------
        TypeError, ValueError
            For ids, lengths or shapes that do not fit.
        """
        state = self.encode(source, source_lengths)
        check_shape("Seq2Seq.forward", "target_in", target_in, (len(source), "T"))
        y = self.target_embedding.forward(target_in, lengths=target_lengths)
        h, _ = self.decoder.forward(y, state, target_lengths)
        logits = self.readout.forward(h, lengths=target_lengths)
        self._cache = source.shape
        return logits

    def backward(self, dlogits: np.ndarray, accumulate: bool = False) -> None:
        """Fill ``grads`` from dL/dlogits (B, T, V) of the last ``forward``.

        What reaches the encoder is dL/d(its final state), which is dL/d(the decoder's initial state). Ids have no
        gradient, so None is returned. After :meth:`encode` or :meth:`step` there is no last forward to go back through.
        """
        shape = self._last_forward()
        dh = self.readout.backward(dlogits, accumulate=accumulate)
        dy, dstate = self.decoder.backward(dh, accumulate=accumulate)
        self.target_embedding.backward(dy, accumulate=accumulate)
        none = np.zeros((*shape, self.encoder.output_size), dh.dtype)  # nobody reads the encoder's outputs
        dx, _ = self.encoder.backward(none, dstate, accumulate=accumulate)
        self.source_embedding.backward(dx, accumulate=accumulate)

    def encode(self, source: np.ndarray, lengths: Any = None) -> State:
        """Read source ids (B, S); return the state the decoder starts from."""
        self._cache = None
        check_shape("Seq2Seq", "source", source, ("B", "S"))
        x = self.source_embedding.forward(source, lengths=lengths)
        _, state = self.encoder.forward(x, None, lengths)
        return state

    def step(self, tokens: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        """Feed the decoder one token each (B,); return the logits (B, V) for the next ones, and the new state."""
        self._cache = None
        check_shape("Seq2Seq.step", "tokens", tokens, ("B",))
        state = self.decoder.step(self.target_embedding.forward(tokens), state)
        return self.readout.forward(output_of(state)), state

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all parameters to ``path`` as a NumPy archive (.npz): a file is either whole or not there."""
        save_params(path, self.params)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Read parameters from a file written by :meth:`save`; ValueError, and no change, if they do not fit."""
        load_params(path, self.params)


def _check_parts(parts: dict[str, Any]) -> None:
    """Raise unless the five layers are of the right kinds, are different, and fit together."""
    for name, kind in {"source_embedding": Embedding, "target_embedding": Embedding, "readout": Dense}.items():
        if not isinstance(parts[name], kind):
            raise TypeError(f"Seq2Seq: {name} must be a layer {kind.__name__}, got {type(parts[name]).__name__}.")
    starts, takes = _state_form("encoder", parts["encoder"]), _state_form("decoder", parts["decoder"])
    if starts != takes:
        raise ValueError(f"Seq2Seq: decoder must have a state like the encoder's, {starts}, got {takes}.")
    first: dict[int, str] = {}
    for name, array in prefixed((name, part.params) for name, part in parts.items()).items():
        if first.setdefault(id(array), name) != name:
            raise ValueError(f"Seq2Seq: no layer may serve twice, got one as {first[id(array)]} and as {name}.")
    if len({part.dtype for part in parts.values()}) > 1:
        came = ", ".join(f"{name} {part.dtype.name}" for name, part in parts.items())
        raise TypeError(f"Seq2Seq: all parts must have the same dtype, got {came}.")
    for giver, width, taker in (
        ("source_embedding", parts["source_embedding"].embedding_size, "encoder"),
        ("target_embedding", parts["target_embedding"].embedding_size, "decoder"),
        ("decoder", parts["decoder"].output_size, "readout"),
    ):
        if parts[taker].input_size != width:
            raise ValueError(
                f"Seq2Seq: {taker} must take the {width} features that {giver} gives, "
                f"got one for {parts[taker].input_size}."
            )


def _state_form(name: str, layer: Any) -> str:
    """Write what a layer's state looks like, ``[(h 8, c 8), (h 8, c 8)]`` for two LSTMs of 8 units in a stack."""
    if isinstance(layer, Stacked):
        return "[" + ", ".join(_state_form(name, part) for part in layer.layers) + "]"
    if not isinstance(layer, Recurrent):
        raise TypeError(f"Seq2Seq: {name} must be an RNN, LSTM, GRU, or Stacked of these, got {type(layer).__name__}.")
    return f"h {layer.hidden_size}" if layer.state_parts == 1 else f"(h {layer.hidden_size}, c {layer.hidden_size})"
