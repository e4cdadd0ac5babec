r"""Training: the loop that every chapter uses, and three ways to cut data into batches.

One step: run a batch forward, compute the loss, run backward, clip the gradient, let the optimizer change the
weights. One epoch: every example once. After it the model is looked at on held-out data, and training stops when
that has not improved for ``patience`` epochs; the weights of the best epoch are put back.

Losses and accuracies are means over *items* (reviews, tokens), not over batches: a batch of three counts less
than a batch of sixty-four.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, Protocol

import numpy as np
from tqdm import tqdm

from rnn._check import check_finite, check_positive, check_rng, check_size
from rnn.batches import Batch
from rnn.metrics import accuracy
from rnn.optimizers import Optimizer, clip_grad_norm

MakeBatches = Callable[[np.random.Generator], Iterable[Batch]]
Loss = Callable[..., tuple[float, np.ndarray]]


class Model(Protocol):
    """What :func:`fit` needs of a model; :class:`~rnn.models.Sequential` has it."""

    params: dict[str, np.ndarray]
    grads: dict[str, np.ndarray]

    def forward(
        self, x: Any, lengths: Any = None, states: Any = None, training: bool = False
    ) -> tuple[np.ndarray, Any]:
        """Return the output and the final states."""

    def backward(self, dout: np.ndarray) -> Any:
        """Fill ``grads``."""


class History(dict[str, list[float]]):
    """What happened, epoch by epoch: lists under ``"loss"``, ``"seconds"`` and, where they apply, ``"accuracy"``,
    ``"val_loss"``, ``"val_accuracy"``.

    Attributes
    ----------
    best_epoch : int or None
        Index of the epoch with the lowest validation loss; None without validation.
    """

    best_epoch: int | None = None

    def record(self, values: dict[str, float], prefix: str = "") -> None:
        """Append one epoch's values."""
        for name, value in values.items():
            self.setdefault(prefix + name, []).append(value)


def fit(
    model: Model,
    batches: MakeBatches,
    *,
    loss: Loss,
    optimizer: Optimizer,
    epochs: int,
    validation: MakeBatches | None = None,
    patience: int | None = None,
    clip_norm: float | None = None,
    schedule: Callable[[int], float] | None = None,
    rng: np.random.Generator | None = None,
    progress: bool = True,
) -> History:
    """Train a model.

    Parameters
    ----------
    model : Sequential or alike
        What to train; its parameters are changed in place.
    batches : callable
        ``batches(rng)`` yields the :class:`~rnn.batches.Batch` objects of one epoch, in an order drawn from ``rng``.
    loss : callable
        ``loss(out, y, mask) -> (mean loss, dL/d(out))``.
    optimizer : Optimizer
        Changes the parameters after each batch.
    epochs : int
        How often to go through the data, at most.
    validation : callable, optional
        Batches of held-out data, looked at after every epoch.
    patience : int, optional
        Stop when the validation loss has not reached a new low for this many epochs, and put the weights of the
        best epoch back. Without it all epochs are run and the last weights stay.
    clip_norm : float, optional
        Largest global norm of a gradient, see :func:`~rnn.clip_grad_norm`.
    schedule : callable, optional
        ``schedule(epoch)`` gives the learning rate of each epoch, counted from 0. Steps that get shorter let the
        weights settle. Without it the optimizer's rate stays as it is.
    rng : numpy.random.Generator, optional
        Source of the batches' order. Same seed (here, in the layers and in dropout), same curve.
    progress : bool
        Show a progress bar.

    Returns
    -------
    History
        One entry an epoch. Training loss and accuracy are measured while the weights change and dropout drops.

    Raises
    ------
    ValueError
        If a weight is NaN or infinite at the start, or ``patience`` is given without ``validation``.
    FloatingPointError
        If the loss becomes NaN or infinite: the message names epoch and batch.
    """
    _check_maker("fit", "batches", batches)
    if validation is not None:
        _check_maker("fit", "validation", validation)
    if clip_norm is not None:
        check_positive("fit", "clip_norm", clip_norm)
    check_size("fit", "epochs", epochs)
    if patience is not None:
        check_size("fit", "patience", patience)
        if validation is None:
            raise ValueError("fit: patience needs validation batches to judge by, got none.")
    rng = check_rng("fit", rng)
    check_finite("fit", model.params)
    history, best = History(), np.inf
    kept: dict[str, np.ndarray] = {}
    per_epoch = len(batches) if hasattr(batches, "__len__") else None
    with tqdm(total=per_epoch and per_epoch * epochs, disable=not progress, unit="batch", mininterval=0.5) as bar:
        for epoch in range(epochs):
            if schedule is not None:
                optimizer.lr = check_positive("fit", "the schedule's learning rate", schedule(epoch))
            bar.set_description(f"epoch {epoch + 1}/{epochs}", refresh=False)
            start, mean, states = perf_counter(), _Mean(), None
            for number, batch in enumerate(batches(rng)):
                _check_batch("fit", batch)
                out, states = model.forward(batch.x, batch.lengths, states if batch.carry else None, training=True)
                value, dout = loss(out, batch.y, batch.mask)
                if not np.isfinite(value):
                    raise FloatingPointError(
                        f"fit: the loss became {value} in epoch {epoch + 1}, batch {number + 1}; "
                        "try a lower learning rate, or clip_norm."
                    )
                mean.add(value, out, batch)
                model.backward(dout)
                if clip_norm is not None:
                    clip_grad_norm(model.grads, clip_norm)
                optimizer.step(model.params, model.grads)
                bar.update()
                bar.set_postfix(mean.values(), refresh=False)
            if not mean.items:
                raise ValueError(f"fit: batches must yield at least one item an epoch, got none in epoch {epoch + 1}.")
            history.record(mean.values())
            history.record({"seconds": perf_counter() - start})
            if validation is None:
                continue
            values = evaluate(model, validation, loss=loss)
            history.record(values, "val_")
            if values["loss"] < best:
                best, history.best_epoch = values["loss"], epoch
                if patience is not None:
                    kept = {name: array.copy() for name, array in model.params.items()}
            elif patience is not None and epoch - (history.best_epoch or 0) >= patience:
                break
    for name, array in kept.items():
        model.params[name][...] = array
    return history


def evaluate(model: Model, batches: MakeBatches, *, loss: Loss) -> dict[str, float]:
    """Measure a model without changing it: dropout off, no gradients.

    Returns
    -------
    dict
        ``"loss"``, the mean over all items, and ``"accuracy"`` where targets are whole numbers.
    """
    _check_maker("evaluate", "batches", batches)
    mean, states = _Mean(), None
    for batch in batches(np.random.default_rng(0)):
        _check_batch("evaluate", batch)
        out, states = model.forward(batch.x, batch.lengths, states if batch.carry else None, training=False)
        mean.add(loss(out, batch.y, batch.mask)[0], out, batch)
    if not mean.items:
        raise ValueError("evaluate: batches must yield at least one item, got none.")
    return mean.values()


class _Mean:
    """Running means over items."""

    def __init__(self) -> None:
        self.items = 0
        self.totals: dict[str, float] = {}

    def add(self, loss: float, out: np.ndarray, batch: Batch) -> None:
        items = int(np.size(batch.y) if batch.mask is None else np.count_nonzero(batch.mask))
        self.items += items
        values = {"loss": loss}
        if items and batch.y.dtype.kind in "iub":
            values["accuracy"] = accuracy(out, batch.y, batch.mask)
        for name, value in values.items():
            self.totals[name] = self.totals.get(name, 0.0) + value * items

    def values(self) -> dict[str, float]:
        return {name: total / max(self.items, 1) for name, total in self.totals.items()}


def _check_maker(where: str, name: str, made: Any) -> None:
    if not callable(made):
        raise TypeError(
            f"{where}: {name} must be a function of a generator that yields batches, got {type(made).__name__}."
        )


def _check_batch(where: str, batch: Any) -> None:
    if not isinstance(batch, Batch):
        raise TypeError(f"{where}: batches must yield rnn.Batch(x, y, lengths, mask), got {type(batch).__name__}.")
