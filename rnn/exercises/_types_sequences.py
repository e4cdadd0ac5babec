"""Two array exercises on types of networks: next-token targets with their mask, and last real states."""

from __future__ import annotations

import numpy as np

from rnn.exercises.checking import Case, Mistake, Task

# Targets of a language model, with their mask


def _mask(lengths: np.ndarray, steps: int) -> np.ndarray:
    return np.asarray(np.arange(steps) < lengths[:, None])


def _next_token(ids: np.ndarray, lengths: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return ids[:, :-1], ids[:, 1:], _mask(lengths - 1, ids.shape[1] - 1)


def _blanked(ids: np.ndarray, lengths: np.ndarray, fill: int) -> tuple[np.ndarray, np.ndarray, None]:
    ids = np.where(_mask(lengths, ids.shape[1]), ids, fill)
    return ids[:, :-1], ids[:, 1:], None


def _token_cases() -> list[Case]:
    rng = np.random.default_rng(1)
    found = [Case({"ids": np.array([[5, 7, 0, 9], [4, 6, 3, 3]]), "lengths": np.array([4, 2])}, "two sequences")]
    for sizes, lengths in (((3, 5), (5, 2, 4)), ((2, 7), (3, 6)), ((5, 4), (4, 1, 3, 2, 4)), ((1, 6), (4,))):
        found.append(Case({"ids": rng.integers(0, 4, sizes), "lengths": np.array(lengths)}))
    single = "A sequence of one token, or none, has nothing after it: its row of the mask is False everywhere."
    found.append(Case({"ids": rng.integers(0, 9, (3, 3)), "lengths": np.array([0, 3, 1])}, "an empty one", single))
    found.append(Case({"ids": np.array([[3], [4]]), "lengths": np.array([1, 0])}, "T = 1", single))
    return found


NEXT_TOKEN = Task(
    "next_token",
    _token_cases(),
    ("inputs", "targets", "mask"),
    _next_token,
    [
        Mistake(
            "target t is the very token that is read at step t: a network would only have to copy it. What is wanted "
            "at step t is the token that comes after.",
            [lambda x, n: (None, x[:, :-1], None)],
        ),
        Mistake(
            "the first token is never read, and the last one is, though nothing comes after it: inputs and targets "
            "are exchanged or shifted the wrong way.",
            [lambda x, n: (x[:, 1:], None, None)],
        ),
        Mistake(
            "targets two steps ahead: one token is skipped.",
            [lambda x, n: (None, np.hstack([x[:, 2:], 0 * x[:, :1]]), None)],
        ),
        Mistake(
            "one step too many counts in each padded sequence: the last real token would have to predict the padding "
            "after it. n tokens have n − 1 targets.",
            [lambda x, n: (None, None, _mask(n, x.shape[1] - 1))],
        ),
        Mistake(
            "two steps too many count in the padded sequences: padding would have to be predicted. n tokens have n − 1 "
            "targets, the steps 0 to n − 2.",
            [lambda x, n: (None, None, _mask(n + 1, x.shape[1] - 1))],
        ),
        Mistake(
            "every step counts, so the network is trained to predict padding. Which targets are real follows from "
            "`lengths`.",
            [lambda x, n: (None, None, np.ones((len(x), x.shape[1] - 1), bool))],
        ),
        Mistake(
            "the last real target is left out: n tokens have n − 1 targets.",
            [lambda x, n: (None, None, _mask(n - 2, x.shape[1] - 1))],
        ),
        Mistake(
            "the mask asks which ids are not 0, but 0 can be a real token, and padding need not be 0. Only `lengths` "
            "says what is real.",
            [lambda x, n: (None, None, x[:, 1:] != 0), lambda x, n: (None, None, x[:, :-1] != 0)],
        ),
        Mistake(
            "changed where nothing is real. The mask keeps padding out of the loss, so this does no harm, but here "
            "what stands in the padding is wanted as it is in `ids`: no token has to be changed.",
            [lambda x, n: _blanked(x, n, 0), lambda x, n: _blanked(x, n, -1)],
        ),
        Mistake(
            "True and False are exchanged: True stands where a target counts.",
            [lambda x, n: (None, None, ~_mask(n - 1, x.shape[1] - 1))],
        ),
    ],
    shapes={"inputs": "(B, T−1)", "targets": "(B, T−1)", "mask": "(B, T−1)"},
)


# The state after the last real step


def _last_state(h: np.ndarray, lengths: np.ndarray, h0: np.ndarray) -> np.ndarray:
    last = h[np.arange(len(h)), np.maximum(lengths - 1, 0)]
    return np.where((lengths > 0)[:, None], last, h0)


def _at(h: np.ndarray, steps: np.ndarray) -> np.ndarray:
    return np.asarray(h[np.arange(len(h)), np.clip(steps, 0, h.shape[1] - 1)])


def _real_mean(h: np.ndarray, n: np.ndarray) -> np.ndarray:
    return np.asarray((h * _mask(n, h.shape[1])[..., None]).sum(1) / np.maximum(n, 1)[:, None])


def _state_cases() -> list[Case]:
    rng = np.random.default_rng(2)
    h = np.array([[[1.0], [2.0], [9.0]], [[3.0], [4.0], [5.0]]])
    found = [Case({"h": h, "lengths": np.array([2, 3]), "h0": np.array([[0.5], [0.6]])}, "two sequences")]
    for sizes, lengths in (((3, 5, 2), (5, 2, 4)), ((4, 6, 3), (3, 6, 1, 5)), ((1, 4, 5), (2,)), ((5, 3, 4), [2] * 5)):
        h, h0 = rng.normal(size=sizes), rng.normal(size=(sizes[0], sizes[2]))
        found.append(Case({"h": h, "lengths": np.array(lengths), "h0": h0}))
    empty = (
        "A sequence of length 0 has read nothing, so its state is still its row of `h0`. Beware: `lengths - 1` is −1 "
        "there, which NumPy takes for the last step."
    )
    h, h0 = rng.normal(size=(3, 4, 2)), rng.normal(size=(3, 2))
    found.append(Case({"h": h, "lengths": np.array([4, 0, 2]), "h0": h0}, "a sequence of length 0", empty))
    one = "With T = 1 the only step is the last one."
    found.append(Case({"h": h[:, :1], "lengths": np.array([1, 1, 1]), "h0": h0}, "T = 1", one))
    return found


LAST_STATE = Task(
    "last_state",
    _state_cases(),
    ("state",),
    _last_state,
    [
        Mistake(
            "every row took the same step, the last column: for shorter sequences it stands in the padding, where "
            "anything may be, not only zeros. The last real step differs from row to row, and `lengths` says it.",
            [lambda h, n, h0: h[:, -1], lambda h, n, h0: h[:, n.max() - 1]],
        ),
        Mistake(
            "one step too late: a sequence of length n has the steps 0 to n − 1.",
            [lambda h, n, h0: _at(h, n)],
        ),
        Mistake("one step too early: the last real step is n − 1, counted from 0.", [lambda h, n, h0: _at(h, n - 2)]),
        Mistake(
            "every row took the steps of all rows, so there is one axis too many: the index of the row has to move "
            "along with that of the step. `np.arange(B)` is the index of the rows.",
            [lambda h, n, h0: h[:, n - 1]],
        ),
        Mistake(
            "this is the mean over the real steps; the state after the last one is wanted.",
            [lambda h, n, h0: _real_mean(h, n)],
        ),
        Mistake(
            "this is the sum over the real steps; the state after the last one already holds what was read before it.",
            [lambda h, n, h0: _real_mean(h, n) * n[:, None]],
        ),
        Mistake("this is the initial state: nothing has been read yet.", [lambda h, n, h0: h0]),
    ],
    shapes={"state": "(B, H)"},
)
