r"""Cutting data into batches: arrays, sequences of different length, one long sequence.

Each function here returns a :class:`Batches`: call it with a generator, and it yields the batches of one epoch;
``len`` of it is how many there are. That is what :func:`~rnn.fit` and
:func:`~rnn.evaluate` take; any function of a generator that yields :class:`Batch` objects will do as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn._check import check_shape, check_size
from rnn.text import pad_sequences

POOL = 50  # batches' worth of shuffled examples that are sorted by length together


class Batch(NamedTuple):
    """What one step of training sees.

    Attributes
    ----------
    x : ndarray
        Input of the model, (B, T) ids or (B, T, D) features.
    y : ndarray
        Targets, as the loss takes them.
    lengths : ndarray (B,), optional
        Real steps of each sequence.
    mask : ndarray, optional
        Which targets count.
    carry : bool
        Whether this batch goes on where the one before it stopped: its initial states are the final states of that.
    """

    x: Any
    y: Any
    lengths: Any = None
    mask: Any = None
    carry: bool = False


class Batches:
    """A number of batches, made anew for every epoch.

    Parameters
    ----------
    make : callable
        ``make(rng)`` yields the batches.
    count : int
        How many it yields.
    """

    def __init__(self, make: Callable[[np.random.Generator], Iterator[Batch]], count: int) -> None:
        self._make, self._count = make, count

    def __call__(self, rng: np.random.Generator) -> Iterator[Batch]:
        """Yield the batches of one epoch in an order drawn from ``rng``."""
        return self._make(rng)

    def __len__(self) -> int:
        return self._count


def array_batches(x: np.ndarray, y: np.ndarray, batch_size: int) -> Batches:
    """Shuffled batches of examples that all have one shape: x (N, …), y (N, …); the last may be smaller."""
    check_size("array_batches", "batch_size", batch_size)
    _check_counts("array_batches", x, y)

    def make(rng: np.random.Generator) -> Iterator[Batch]:
        order = rng.permutation(len(x))
        for start in range(0, len(x), batch_size):
            rows = order[start : start + batch_size]
            yield Batch(x[rows], y[rows])

    return Batches(make, -(-len(x) // batch_size))


def bucketed_batches(sequences: Sequence[Any], targets: Any, batch_size: int) -> Batches:
    """Batches of sequences of similar length, each padded on the right to the longest of its own batch.

    Padding all to the longest of the whole set would spend most of the time on padding. Here the examples are
    shuffled, pools of 50 batches are sorted by length, cut into batches, and the batches shuffled again: lengths
    within a batch are alike, and the order still differs in every epoch.

    Parameters
    ----------
    sequences : list of sequences of ints
        Token ids.
    targets : ndarray (N,) or list of sequences of ints
        One target a sequence, or one a token (each as long as its sequence); the latter come padded with a mask.
    batch_size : int
        Examples a batch; the last may be smaller.
    """
    check_size("bucketed_batches", "batch_size", batch_size)
    _check_counts("bucketed_batches", sequences, targets)
    sizes = np.array([len(s) for s in sequences])
    per_token = not isinstance(targets, np.ndarray)
    if per_token and not all(hasattr(y, "__len__") for y in targets):
        raise TypeError("bucketed_batches: one target a sequence must come as an array, got a list of single numbers.")
    if per_token and any(len(y) != n for y, n in zip(targets, sizes, strict=True)):
        raise ValueError(
            "bucketed_batches: targets given as sequences must be as long as their sequences, got another length."
        )

    def make(rng: np.random.Generator) -> Iterator[Batch]:
        order = rng.permutation(len(sequences))
        chunks: list[np.ndarray] = []
        for start in range(0, len(order), POOL * batch_size):
            pool = order[start : start + POOL * batch_size]
            pool = pool[np.argsort(sizes[pool], kind="stable")]
            chunks += [pool[k : k + batch_size] for k in range(0, len(pool), batch_size)]
        for k in rng.permutation(len(chunks)):
            x, lengths = pad_sequences([sequences[i] for i in chunks[k]])
            if not per_token:
                yield Batch(x, targets[chunks[k]], lengths)
                continue
            y, _ = pad_sequences([targets[i] for i in chunks[k]])
            yield Batch(x, y, lengths, np.arange(x.shape[1]) < np.asarray(lengths)[:, None])

    return Batches(make, -(-len(sequences) // batch_size))


def truncated_batches(ids: np.ndarray, batch_size: int, steps: int) -> Batches:
    """Cut one long sequence for truncated backpropagation through time; targets are the next tokens.

    The sequence is laid out as ``batch_size`` streams side by side, and each batch takes the next ``steps`` of all
    of them, so that the state at the end of one batch is the right one for the next (``carry``); gradients stop at
    the cut. What does not fill a stream at the end is left out; the last batch may have fewer steps.

    Parameters
    ----------
    ids : ndarray (N,) of ints
        The sequence.
    batch_size : int
        Number of streams B.
    steps : int
        Steps T of a batch: how far back gradients flow at most.

    Raises
    ------
    ValueError
        If the sequence is too short to give every stream one token and its successor.
    """
    check_size("truncated_batches", "batch_size", batch_size)
    check_size("truncated_batches", "steps", steps)
    check_shape("truncated_batches", "ids", ids, ("N",))
    per_stream = (len(ids) - 1) // batch_size
    if per_stream < 1:
        raise ValueError(
            f"truncated_batches: {batch_size} streams need at least {batch_size + 1} tokens, got {len(ids)}."
        )
    x = ids[: per_stream * batch_size].reshape(batch_size, per_stream)
    y = ids[1 : per_stream * batch_size + 1].reshape(batch_size, per_stream)

    def make(rng: np.random.Generator) -> Iterator[Batch]:
        for start in range(0, per_stream, steps):
            yield Batch(x[:, start : start + steps], y[:, start : start + steps], carry=start > 0)

    return Batches(make, -(-per_stream // steps))


def _check_counts(where: str, x: Any, y: Any) -> None:
    if len(x) != len(y):
        raise ValueError(
            f"{where}: there must be one target for each example, got {len(x)} examples and {len(y)} targets."
        )
    if not len(x):
        raise ValueError(f"{where}: at least one example is needed, got none.")
