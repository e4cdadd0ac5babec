"""An exercise on decoders: writing without a teacher."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rnn.exercises.checking import Case, Mistake, Task

PATIENCE = 1000  # calls of a decoder before it refuses to go on


class Decoder:
    """A decoder that writes a given text if it is fed its own tokens and keeps its state, and other tokens if not."""

    def __init__(self, text: Sequence[int], start: int, vocab: int) -> None:
        self.text, self.start, self.vocab, self.calls = list(text), start, vocab, 0

    def __call__(self, token: int, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the logits (V,) for the next token, and the next state (1,)."""
        self.calls += 1
        if self.calls > PATIENCE:
            raise RuntimeError(f"step was called {PATIENCE} times: the loop never ends")
        k, token = int(state[0]), int(token)
        before = self.start if k == 0 else self.text[k - 1] if k <= len(self.text) else -1
        other = (5 * token + 3 * k + 4) % self.vocab
        best = self.text[k] if token == before and k < len(self.text) else other
        logits = np.cos(np.arange(self.vocab) * (k + 1.0))
        logits[best] += 4.0
        return logits, state + 1.0


def _greedy(
    step: Callable[[int, np.ndarray], tuple[np.ndarray, np.ndarray]],
    state: np.ndarray,
    start: int,
    end: int,
    max_steps: int,
    *,
    keep_state: bool = True,
    feed_own: bool = True,
    stop: bool = True,
    pick: str = "argmax",
) -> list[int]:
    """Greedy decoding, or what becomes of it with one of its parts left out."""
    tokens: list[int] = []
    token, first = start, state
    while len(tokens) < max_steps:
        logits, state = step(token if feed_own else start, state if keep_state else first)
        token = int(getattr(logits, pick)())
        if stop and token == end:
            break
        tokens.append(token)
    return tokens


def _with_end(step: Decoder, state: np.ndarray, start: int, end: int, max_steps: int) -> list[int]:
    tokens = _greedy(step, state, start, end, max_steps)
    return tokens + [end] * (len(tokens) < max_steps)


def _until(tokens: list[int], last: int) -> list[int]:
    return tokens[: tokens.index(last)] if last in tokens else tokens


def _start_forbidden(step: Decoder, state: np.ndarray, start: int, end: int, max_steps: int) -> list[int]:
    def never_start(token: int, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        logits, state = step(token, state)
        logits[start] = -np.inf
        return logits, state

    return _greedy(never_start, state, start, end, max_steps)


def _decoding_cases() -> list[Case]:
    found = []
    for text, start, end, steps, label, why in (
        ([4, 2, 7, 1], 0, 1, 8, "a decoder that writes 4 2 7 and then the end, which is 1", ""),
        ([3, 3, 5, 6, 2, 0], 9, 0, 10, "a decoder that writes 3 3 5 6 2 and then the end, which is 0", ""),
        ([7, 6, 5, 4, 3, 2, 8, 1], 0, 1, 5, "a decoder that is stopped by `max_steps`", ""),
        ([5, 3, 2, 9, 8], 1, 2, 7, "a decoder that writes 5 3 and then the end, which is 2", ""),
        ([6, 3, 8, 3, 7, 2], 3, 2, 8, "a decoder that writes its start token, 3, among others", ""),
        ([6, 1], 0, 1, 1, "max_steps = 1", "With `max_steps` = 1 one token is written and no more."),
        ([1, 4], 0, 1, 6, "the end at once", "If the end token comes first, nothing is written: the list is empty."),
        ([6, 1], 0, 1, 0, "max_steps = 0", "With `max_steps` = 0 nothing is written: the list is empty."),
    ):
        args = {"step": Decoder(text, start, 10), "state": np.zeros(1), "start": start, "end": end, "max_steps": steps}
        found.append(Case(args, label, why))
    return found


GREEDY_DECODE = Task(
    "greedy_decode",
    _decoding_cases(),
    ("tokens",),
    _greedy,
    [
        Mistake(
            "the state is the same at every step: the decoder forgets what it has written. `step` returns the next "
            "state; hand that one over at the next step.",
            [lambda *args: _greedy(*args, keep_state=False)],
        ),
        Mistake(
            "the start token is fed at every step. After the first step the input is the token just written.",
            [lambda *args: _greedy(*args, feed_own=False)],
        ),
        Mistake(
            "neither token nor state moves on: every step is the first step again.",
            [lambda *args: _greedy(*args, feed_own=False, keep_state=False)],
        ),
        Mistake(
            "it does not stop at the end token but goes on up to `max_steps`.",
            [lambda *args: _greedy(*args, stop=False)],
        ),
        Mistake(
            "it goes on beyond `max_steps` until the end token comes; a decoder that never writes it would never stop.",
            [lambda step, state, start, end, n: _greedy(step, state, start, end, 50)],
        ),
        Mistake(
            "it does not stop at the end token but leaves it out and goes on.",
            [lambda *args: [token for token in _greedy(*args, stop=False) if token != args[3]]],
        ),
        Mistake(
            "it stops at the start token, too. Only the end token ends a text; a decoder may write any other.",
            [lambda *args: _until(_greedy(*args), args[2])],
        ),
        Mistake(
            "the start token is kept out of what is written. Leave out the one that is fed first; one that the decoder "
            "chooses is a token like others.",
            [lambda *args: [token for token in _greedy(*args) if token != args[2]], _start_forbidden],
        ),
        Mistake(
            "the first token fed is not `start`.",
            [
                lambda step, state, start, end, n: _greedy(step, state, 0, end, n),
                lambda step, state, start, end, n: _greedy(step, state, end, end, n),
                lambda step, state, start, end, n: _greedy(step, state, 1, end, n),
            ],
        ),
        Mistake(
            "right, but as fractions, such as 4.0. A token is an id to index with: `int(…)`.",
            [lambda *args: [float(token) for token in _greedy(*args)]],
        ),
        Mistake("the end token is part of the result; it says where to stop and is left out.", [_with_end]),
        Mistake(
            "the start token is part of the result; it was read, not written.",
            [lambda step, state, start, end, n: [start, *_greedy(step, state, start, end, n)]],
        ),
        Mistake(
            "start and end token are part of the result; only what stands between them is text.",
            [lambda step, state, start, end, n: [start, *_with_end(step, state, start, end, n)]],
        ),
        Mistake(
            "one step too few: up to `max_steps` tokens are written.",
            [lambda step, state, start, end, n: _greedy(step, state, start, end, n - 1)],
        ),
        Mistake(
            "one step too many: at most `max_steps` tokens are written.",
            [lambda step, state, start, end, n: _greedy(step, state, start, end, n + 1)],
        ),
        Mistake(
            "the least likely token is chosen at every step; the largest logit belongs to the likeliest.",
            [lambda *args: _greedy(*args, pick="argmin")],
        ),
    ],
)
