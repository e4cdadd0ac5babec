"""Two exercises on data and measures: perplexity token by token, and targets one step ahead."""

from __future__ import annotations

import numpy as np

from rnn.exercises.checking import Case, Mistake, Task
from rnn.metrics import perplexity

Array = np.ndarray

# Perplexity


def _perplexity(losses: Array, mask: Array) -> float:
    return perplexity(
        [float(row[m].mean()) for row, m in zip(losses, mask, strict=True) if m.any()], mask.sum(1)[mask.any(1)]
    )


def _rows(losses: Array, mask: Array) -> Array:
    """Mean loss of each sequence, (B,)."""
    return np.asarray(np.where(mask, losses, 0).sum(1) / mask.sum(1))


def _first(losses: Array, mask: Array) -> float:
    """Perplexity of the first tokens of each row, as many as count."""
    return float(np.exp(losses[np.arange(mask.shape[1]) < mask.sum(1)[:, None]].mean()))


def _perplexity_cases() -> list[Case]:
    rng = np.random.default_rng(21)
    cases = [
        Case(
            {"losses": np.array([[1.0, 1.0, 1.0], [4.0, 9.0, 9.0]]), "mask": np.array([[1, 1, 1], [1, 0, 0]], bool)},
            "three tokens, and one with two of padding",
        )
    ]
    for steps, lengths in ((5, (5, 2, 3)), (7, (1, 6, 7, 4)), (4, (2, 4))):
        losses = rng.gamma(2.0, 0.8, (len(lengths), steps))
        cases.append(Case({"losses": losses, "mask": np.arange(steps) < np.array(lengths)[:, None]}))
    held = np.array([[0, 1, 1, 1], [1, 0, 1, 0], [0, 0, 0, 1]], bool)
    cases.append(Case({"losses": rng.gamma(2.0, 0.8, (3, 4)), "mask": held}, "padding on the left, and in between"))
    single = "A single token is a text as well: its perplexity is e to its loss."
    cases.append(Case({"losses": np.array([[0.7]]), "mask": np.array([[True]])}, "one token", single))
    empty = "A sequence of padding alone has no mean of its own, and nothing to say in the mean over tokens."
    cases.append(
        Case({"losses": np.ones((2, 3)), "mask": np.array([[1, 1, 0], [0, 0, 0]], bool)}, "an empty row", empty)
    )
    nan = (
        "There is NaN in the padding, and 0 · NaN is NaN: pick the tokens that count rather than multiply by the mask."
    )
    spoiled = {"losses": np.array([[0.5, np.nan], [0.2, 0.9]]), "mask": np.array([[1, 0], [1, 1]], bool)}
    cases.append(Case(spoiled, "NaN in the padding", nan))
    return cases


PERPLEXITY = Task(
    "perplexity",
    _perplexity_cases(),
    ("perplexity",),
    _perplexity,
    [
        Mistake(
            "each sequence counts alike, however short: the mean is over the sequences' means. Every token has to "
            "count alike.",
            [lambda x, m: float(np.exp(_rows(x, m).mean()))],
        ),
        Mistake(
            "this is the mean of the sequences' perplexities. Take the mean of the losses first, over all tokens, then "
            "the exponential once.",
            [lambda x, m: float(np.exp(_rows(x, m)).mean())],
        ),
        Mistake(
            "this is the mean of the tokens' perplexities, e to the loss. The mean comes first, the exponential last.",
            [
                lambda x, m: float(np.exp(x[m]).mean()),
                lambda x, m: float(np.exp(np.where(m, x, 0)).mean()),
                lambda x, m: float(np.exp(np.where(m, x, 0)).sum() / m.sum()),
            ],
        ),
        Mistake("this is the mean loss; perplexity is e to that.", [lambda x, m: float(x[m].mean())]),
        Mistake("padding is counted as if it were text.", [lambda x, m: float(np.exp(x.mean()))]),
        Mistake(
            "the sum over the real tokens is divided by B · T, padding included. Divide by the number of tokens that "
            "count.",
            [lambda x, m: float(np.exp(np.where(m, x, 0).mean()))],
        ),
        Mistake(
            "this is e to the sum of the losses; it has to be their mean.", [lambda x, m: float(np.exp(x[m].sum()))]
        ),
        Mistake(
            "this is 2 to the mean loss. The losses are in nats, so the base is e.",
            [lambda x, m: float(2 ** x[m].mean())],
        ),
        Mistake(
            "it takes the first tokens of each row, as many as count. Padding can stand anywhere: ask the mask which.",
            [_first],
        ),
        Mistake(
            "the mask is read the wrong way round: this is the perplexity of the padding.",
            [lambda x, m: float(np.exp(x[~m].mean()))],
        ),
        Mistake(
            "the sum of the losses is divided by the number of sequences. Divide by the number of tokens that count.",
            [lambda x, m: float(np.exp(np.where(m, x, 0).sum() / len(x)))],
        ),
        Mistake("the sign is reversed: this is e to minus the mean loss.", [lambda x, m: float(np.exp(-x[m].mean()))]),
    ],
)


# Targets one step ahead


def _next_step(ids: Array, window: int, ahead: int = 1) -> tuple[Array, Array]:
    rows = max(0, (len(ids) - 1) // window)
    x = ids[: rows * window].reshape(rows, window)
    places = np.arange(rows * window).reshape(rows, window) + ahead
    return x, ids[places % len(ids)]


def _wrapped(ids: Array, window: int) -> tuple[Array, Array]:
    rows = len(ids) // window
    whole = slice(0, rows * window)
    return ids[whole].reshape(rows, window), np.roll(ids, -1)[whole].reshape(rows, window)


def _apart(ids: Array, window: int) -> tuple[Array, Array]:
    rows = len(ids) // (window + 1)
    cut = ids[: rows * (window + 1)].reshape(rows, window + 1)
    return cut[:, :-1], cut[:, 1:]


def _sliding(ids: Array, window: int) -> tuple[Array, Array]:
    starts = np.arange(max(0, len(ids) - window))[:, None] + np.arange(window)
    return ids[starts], ids[starts + 1]


def _rolled(ids: Array, window: int) -> tuple[None, Array]:
    return None, np.roll(_next_step(ids, window)[0], -1, axis=1)


def _fewer(ids: Array, window: int) -> tuple[Array, Array]:
    x, y = _next_step(ids, window)
    return x[: max(0, len(ids) // window - 1)], y[: max(0, len(ids) // window - 1)]


def _columns(ids: Array, window: int) -> tuple[Array, Array]:
    x, y = _next_step(ids, window)
    return x.reshape(window, -1).T, y.reshape(window, -1).T


def _places(ids: Array, window: int) -> tuple[Array, Array]:
    return _next_step(np.arange(len(ids)), window)


def _next_window(ids: Array, window: int) -> tuple[None, Array]:
    return None, ids[: len(ids) // window * window].reshape(-1, window)[1:]


def _next_step_cases() -> list[Case]:
    rng = np.random.default_rng(22)
    cases = [Case({"ids": np.arange(10, 18), "window": 3}, "eight tokens in windows of three")]
    cases += [Case({"ids": rng.permutation(100)[:n], "window": w}) for n, w in ((13, 4), (24, 6), (31, 5), (15, 2))]
    one = "With windows of 1 each row holds one token, and its target is the token after it."
    cases.append(Case({"ids": rng.permutation(9)[:5], "window": 1}, "windows of one", one))
    short = "The last token has no successor, so these tokens do not fill a row: x and y have 0 rows."
    cases.append(Case({"ids": np.arange(4), "window": 4}, "as many tokens as a window", short))
    return cases


NEXT_STEP = Task(
    "next_step",
    _next_step_cases(),
    ("x", "y"),
    _next_step,
    [
        Mistake(
            "these are the inputs themselves: with them as targets the network could copy, and would have learned "
            "nothing.",
            [lambda i, w: (None, _next_step(i, w, 0)[1]), lambda i, w: (None, i[: len(i) // w * w].reshape(-1, w))],
        ),
        Mistake(
            "off by one in time, the wrong way: these are the tokens *before* the inputs, which the network has read "
            "already.",
            [lambda i, w: (None, _next_step(i, w, -1)[1])],
        ),
        Mistake(
            "the targets are two steps ahead.",
            [lambda i, w: (None, _next_step(i, w, 2)[1])],
        ),
        Mistake(
            "the last token's target is the first token: `np.roll` goes round in a circle, or a last row is kept whose "
            "targets are not all there.",
            [_wrapped],
        ),
        Mistake(
            "the sequence is cut into rows of window + 1 before inputs and targets are taken, so one transition a row "
            "is lost. Cut `ids` and the shifted `ids` in the same places.",
            [_apart],
        ),
        Mistake(
            "a row begins at every token, so rows overlap. Row k begins at k · window.",
            [_sliding],
        ),
        Mistake(
            "this is one target a row, the token after it. At every step the network predicts: y has the shape of x.",
            [
                lambda i, w: (None, _next_step(i, w)[1][:, -1]),
                lambda i, w: (None, _next_step(i, w)[1][:, -1:]),
            ],
        ),
        Mistake(
            "in each row the last target is the row's own first token: the rows are rolled one by one. Shift `ids`, "
            "and then cut.",
            [_rolled],
        ),
        Mistake(
            "the tokens of a row are not neighbors in `ids`: they run down the columns. Row k holds the tokens from "
            "k · window on.",
            [_columns],
        ),
        Mistake("these are places in `ids`, not the tokens that stand there.", [_places]),
        Mistake("the targets are the window after. Each is the token one step after its input.", [_next_window]),
        Mistake(
            "a row is missing at the end: only the last token has no successor, so N − 1 tokens can be inputs.",
            [_fewer],
        ),
    ],
    shapes={"x": "(K, window)", "y": "(K, window)"},
)
