r"""Beam search: looking for the likeliest sequence by keeping several beginnings at a time.

The likeliest token at every step need not lead to the likeliest sequence: a good first token can have poor
continuations only. Looking at every sequence is out of the question, since n tokens out of V make :math:`V^n` of
them. Beam search goes between: at every step it extends its ``width`` best beginnings by every token and keeps the
``width`` best results, each with the state that belongs to it.

Sutskever, Vinyals & Le (2014), Sequence to sequence learning with neural networks, section 3.2.
"""

from __future__ import annotations

import numpy as np

from rnn._check import check_size
from rnn.generation import Generated, Step, check_count, check_not_negative, end_token, log_probabilities
from rnn.recurrent import State


def beam(
    step: Step, state: State, start: int, max_steps: int, width: int, stop: int | None = None, alpha: float = 0.0
) -> list[Generated]:
    r"""Search for the likeliest sequence, keeping the ``width`` likeliest beginnings at every step.

    Each beginning has its own state. Of all their continuations by one token the ``width`` likeliest are kept; one
    that ends in ``stop`` is finished and leaves the beam (Sutskever, Vinyals & Le 2014, section 3.2). Width 1 is
    :func:`~rnn.greedy`; a width of :math:`V^n` looks at every sequence of n tokens. Since no token raises the
    log-probability, finished sequences of n tokens (with the stop token) are compared by :math:`\log p / n^\alpha`:
    :math:`\alpha = 0` favors short ones, :math:`\alpha = 1` takes the mean per token (Wu et al. 2016, section 7).

    Parameters
    ----------
    step, max_steps, stop
        As for :func:`~rnn.greedy`.
    state : state
        State before ``start`` is read, for a batch of 1.
    start : int
        The token the sequence starts from.
    width : int
        Number of beginnings kept, 1 or more.
    alpha : float
        Strength of the length normalization, 0 or more.

    Returns
    -------
    list of Generated
        At most ``width``, best first: the finished ones; then, if they are fewer, beginnings that ``max_steps`` cut
        off, the likeliest first. Those come last because what they would have become may be far less likely.

    Raises
    ------
    TypeError, ValueError
        As for :func:`~rnn.greedy`.
    """
    where = "beam"
    width, alpha = check_size(where, "width", width), check_not_negative(where, "alpha", alpha)
    max_steps, end = check_count(where, "max_steps", max_steps), end_token(where, stop)
    tokens, log_prob = np.array([check_count(where, "start", start)]), np.zeros(1)
    paths: list[list[int]] = [[]]  # the beginnings; log_prob (n,) and the rows of state are in the same order
    finished: list[Generated] = []

    def score(sequence: Generated) -> float:
        return float(sequence.log_prob / (len(sequence.tokens) + 1) ** alpha)

    for _ in range(max_steps):
        logits, state = step(tokens, state)
        totals = log_prob[:, None] + log_probabilities(where, logits, len(tokens), end)  # (n, V), n beginnings
        best = _largest(totals.reshape(-1), width)
        parents, tokens = np.divmod(best, totals.shape[1])
        log_prob = totals.reshape(-1)[best]
        done = tokens == end
        finished += [Generated(paths[parents[k]], float(log_prob[k]), True) for k in np.flatnonzero(done)]
        finished = sorted(finished, key=score, reverse=True)[:width]
        parents, tokens, log_prob = parents[~done], tokens[~done], log_prob[~done]
        paths = [[*paths[p], int(token)] for p, token in zip(parents, tokens, strict=True)]
        # A beginning's log_prob only falls, and is divided by at most max_steps ** alpha: can any still get ahead?
        if not paths or (len(finished) == width and score(finished[-1]) >= log_prob[0] / max_steps**alpha):
            break
        state = _select(state, parents)
    return (finished + [Generated(p, float(q), False) for p, q in zip(paths, log_prob, strict=True)])[:width]


def _largest(values: np.ndarray, count: int) -> np.ndarray:
    """Indices of the ``count`` largest values above −inf, the largest first, equal ones in order."""
    least = np.partition(values, -count)[-count] if count < len(values) else -np.inf
    candidates = np.flatnonzero((values >= least) & (values > -np.inf))
    return candidates[np.argsort(-values[candidates], kind="stable")[:count]]


def _select(state: State, rows: np.ndarray) -> State:
    """Pick the given rows, in that order, from every array of a state."""
    if state is None:
        return None
    if isinstance(state, np.ndarray):
        return state[rows]
    if isinstance(state, (tuple, list)):
        return type(state)([_select(part, rows) for part in state])
    raise TypeError(f"beam: a state must be None, an array, or a tuple or list of states, got {type(state).__name__}.")
