r"""Generation: from a model of the next token to whole sequences.

A recurrent model writes the probability of a sequence as one conditional after the other,

.. math:: \log p(y_1 \dots y_n) = \sum_t \log p(y_t \mid y_1 \dots y_{t-1}), \qquad
          p(y_t = k \mid y_1 \dots y_{t-1}) = \mathrm{softmax}(z_t)_k,

so a sequence is written token by token: feed in the last one, get the logits :math:`z_t`, choose the next.
Ways to choose: :func:`greedy` takes the likeliest token, :func:`sample` draws one, and
:func:`~rnn.beam`, in a file of its own, keeps several beginnings and so may find a likelier whole.

A model is known to them only by a function ``step(tokens, state) -> (logits, state)`` from tokens (B,) and the state
before them to logits (B, V) for the tokens that follow and the state after. A state is None, an array whose first
axis is B, or a tuple or list of states. ``Seq2Seq.step`` is such a function; :func:`stepper` makes one from a
``Sequential`` language model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnn._check import check_number, check_rng, shape_text
from rnn.models import RECURRENT, Sequential
from rnn.recurrent import State

Step = Callable[[np.ndarray, State], tuple[np.ndarray, State]]


class Generated(NamedTuple):
    """One generated sequence.

    Attributes
    ----------
    tokens : list of int
        What follows the start token, without the stop token.
    log_prob : float
        The model's log-probability of ``tokens``, and of the stop token if it was reached, in nats.
    stopped : bool
        True if the stop token ended it, False if ``max_steps`` did.
    """

    tokens: list[int]
    log_prob: float
    stopped: bool


def stepper(model: Sequential) -> Step:
    """Make the function ``step`` that generation needs from a language model.

    The model takes ids and gives logits at every step: Embedding, recurrent layers, Dense, dropout (which is off
    here). Its states are lists as ``model.forward`` takes and returns them, so a prompt (B, T) is read by
    ``_, states = model.forward(prompt[:, :-1])`` and continued by ``sample(stepper(model), states, prompt[:, -1], …)``.
    Generate before a ``forward`` or after its ``backward``, not in between: the layers remember their last input only.
    """

    def step(tokens: np.ndarray, state: State) -> tuple[np.ndarray, State]:
        states = [None] * len(model.layers) if state is None else state
        if len(states) != len(model.layers):
            raise ValueError(f"stepper: state must have one entry a layer, {len(model.layers)}, got {len(states)}.")
        x, after = tokens, []
        for layer, s in zip(model.layers, states, strict=True):
            if isinstance(layer, RECURRENT):
                s = layer.step(x, s)
                x = output_of(s)
            else:
                x = layer.forward(x)
            after.append(s)
        return x, after

    return step


def output_of(state: State) -> np.ndarray:
    """Return the output h_t (B, H) that a recurrent layer's state after step t holds: of a stack, the top layer's."""
    while isinstance(state, list):
        state = state[-1]
    h: np.ndarray = state[0] if isinstance(state, tuple) else state
    return h


def greedy(step: Step, state: State, start: Any, max_steps: int, stop: int | None = None) -> list[Generated]:
    r"""Choose the likeliest token at every step, :math:`y_t = \arg\max_k z_{tk}`; of equal ones the smallest.

    Parameters
    ----------
    step : callable
        ``step(tokens (B,), state) -> (logits (B, V), state)``.
    state : state
        State before ``start`` is read.
    start : array of int (B,)
        The token each sequence starts from.
    max_steps : int
        Most tokens to choose, 0 or more.
    stop : int, optional
        The token that ends a sequence.

    Returns
    -------
    list of Generated
        One for each of the B sequences.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of the kind or in the range above, or logits are not (B, V) with a finite maximum in
        each row.
    """
    return _generate("greedy", step, state, start, max_steps, stop, lambda log_p: log_p.argmax(axis=1))


def sample(
    step: Step,
    state: State,
    start: Any,
    max_steps: int,
    temperature: float = 1.0,
    rng: np.random.Generator | None = None,
    stop: int | None = None,
) -> list[Generated]:
    r"""Draw every token at random, :math:`y_t \sim \mathrm{softmax}(z_t / \tau)` with the temperature :math:`\tau`.

    Below 1 the temperature sharpens the distribution, above 1 it flattens it. As it goes to 0 the likeliest token
    gets all the probability, so 0 means :func:`greedy`.

    Parameters
    ----------
    step, state, start, max_steps, stop
        As for :func:`greedy`.
    temperature : float
        0 or more, finite.
    rng : numpy.random.Generator, optional
        Source of the draws.

    Returns
    -------
    list of Generated
        One for each of the B sequences; ``log_prob`` is the model's own, at temperature 1.

    Raises
    ------
    TypeError, ValueError
        As for :func:`greedy`.
    """
    temperature = check_not_negative("sample", "temperature", temperature)
    rng = check_rng("sample", rng)

    def choose(log_p: np.ndarray) -> np.ndarray:
        if temperature == 0:
            return np.asarray(log_p.argmax(axis=1))
        with np.errstate(over="ignore"):  # a quotient beyond float64 becomes −inf, and its exp the 0 it should be
            p = np.exp((log_p - log_p.max(axis=1, keepdims=True)) / temperature)
        ends = p.cumsum(axis=1)  # token k owns the stretch of the line from ends[k − 1] to ends[k]
        return np.asarray(np.count_nonzero(ends <= rng.random((len(p), 1)) * ends[:, -1:], axis=1))

    return _generate("sample", step, state, start, max_steps, stop, choose)


def _generate(
    where: str,
    step: Step,
    state: State,
    start: Any,
    max_steps: int,
    stop: int | None,
    choose: Callable[[np.ndarray], np.ndarray],
) -> list[Generated]:
    """Write B sequences at once; those that have stopped ride along, and what they are given is dropped."""
    tokens = np.asarray(start)
    if tokens.ndim != 1 or not len(tokens):
        raise ValueError(f"{where}: start must have shape (B,) with B at least 1, got {shape_text(tokens.shape)}.")
    if tokens.dtype.kind not in "iu":
        raise TypeError(f"{where}: start must hold whole numbers (token ids), got {tokens.dtype.name}.")
    max_steps, end, rows = check_count(where, "max_steps", max_steps), end_token(where, stop), np.arange(len(tokens))
    running, lengths, log_prob = np.ones(rows.shape, bool), np.zeros_like(rows), np.zeros(rows.shape)
    chosen: list[np.ndarray] = []
    while len(chosen) < max_steps and running.any():
        logits, state = step(tokens, state)
        log_p = log_probabilities(where, logits, len(rows), end)
        tokens = choose(log_p)
        chosen.append(tokens)
        log_prob[running] += log_p[rows, tokens][running]
        running &= tokens != end
        lengths += running
    return [Generated([int(row[b]) for row in chosen[: lengths[b]]], float(log_prob[b]), not running[b]) for b in rows]


def log_probabilities(where: str, logits: Any, rows: int, end: int) -> np.ndarray:
    """Check the logits that ``step`` returned; give their log-probabilities (rows, V) in float64."""
    if not isinstance(logits, np.ndarray) or logits.ndim != 2 or len(logits) != rows or not logits.size:
        came = shape_text(logits.shape) if isinstance(logits, np.ndarray) else type(logits).__name__
        raise ValueError(f"{where}: step must return logits of shape ({rows}, V), got {came}.")
    if end >= logits.shape[1]:
        raise ValueError(f"{where}: stop must be one of the {logits.shape[1]} tokens the logits are for, got {end}.")
    top = logits.max(axis=1, keepdims=True)
    if not np.isfinite(top).all():
        raise ValueError(f"{where}: logits must have a finite maximum in every row, got {top[~np.isfinite(top)][0]}.")
    z = logits.astype(np.float64) - top
    return np.asarray(z - np.log(np.exp(z).sum(axis=1, keepdims=True)))


def check_count(where: str, name: str, value: Any) -> int:
    """Return ``value`` as an int if it is a whole number ≥ 0, raise otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{where}: {name} must be a whole number, got {type(value).__name__}.")
    if value < 0:
        raise ValueError(f"{where}: {name} must be at least 0, got {value}.")
    return int(value)


def end_token(where: str, stop: Any) -> int:
    """Return the token that ends a sequence; −1, which no token equals, if there is none."""
    return -1 if stop is None else check_count(where, "stop", stop)


def check_not_negative(where: str, name: str, value: Any) -> float:
    """Return ``value`` as a float if it is a finite number ≥ 0, raise otherwise."""
    number = check_number(where, name, value)
    if not 0 <= number < np.inf:
        raise ValueError(f"{where}: {name} must be finite and at least 0, got {value}.")
    return number
