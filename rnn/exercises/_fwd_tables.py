"""The exercises on tables of numbers: the gradient of an embedding, and how many parameters a network has."""

from __future__ import annotations

import numpy as np

from rnn.exercises.checking import Case, Mistake, Task
from rnn.layers import Embedding

# The gradient of an embedding


def _embedding_cases() -> list[Case]:
    cases = [
        Case(
            {"ids": np.array([[1, 1]]), "dx": np.array([[[1.0], [2.0]]]), "V": 3}, "token 1 twice", "", {"B": 1, "T": 2}
        )
    ]
    for seed, (b, t, d, v) in enumerate([(2, 5, 3, 4), (3, 4, 2, 6), (4, 6, 5, 3), (5, 1, 4, 3), (1, 7, 2, 5)]):
        rng = np.random.default_rng(seed)
        ids = rng.integers(0, v - 1, (b, t))  # the last token never occurs
        cases.append(Case({"ids": ids, "dx": rng.normal(size=(b, t, d)), "V": v}, "", "", {"B": b, "T": t}))
    return [
        *cases,
        Case({"ids": np.array([[2]]), "dx": np.array([[[0.5, -1.0]]]), "V": 4}, "a single token", "", {"B": 1, "T": 1}),
    ]


def _table_gradient(ids: np.ndarray, dx: np.ndarray, V: int) -> np.ndarray:
    layer = Embedding(V, dx.shape[2], dtype=np.float64)
    layer.forward(ids)
    layer.backward(dx)
    return layer.grads["W"]


def _last_one(ids: np.ndarray, dx: np.ndarray, v: int, back: bool = False) -> np.ndarray:
    """Of several contributions to a row keep one: the last, or the first."""
    table = np.zeros((v, dx.shape[2]))
    order = slice(None, None, -1 if back else 1)
    for token, row in zip(ids.reshape(-1)[order], dx.reshape(-1, dx.shape[2])[order], strict=True):
        table[token] = row
    return table


def _count_of(ids: np.ndarray, v: int) -> np.ndarray:
    return np.asarray(np.maximum(np.bincount(ids.reshape(-1), minlength=v), 1)[:, None])


EMBEDDING_GRADIENT = Task(
    "embedding_gradient",
    _embedding_cases(),
    ("dE",),
    _table_gradient,
    [
        Mistake(
            "a token that occurs several times keeps its last contribution only; the others are lost. With repeated "
            "indices `dE[ids] = …` and `dE[ids] += …` write each row once: the contributions have to be *added up*.",
            [_last_one],
        ),
        Mistake(
            "a token that occurs several times keeps its first contribution only; add all of them up.",
            [lambda ids, dx, v: _last_one(ids, dx, v, back=True)],
        ),
        Mistake(
            "the loop goes over the sequences, and within one of them a token that occurs several times keeps its last "
            "contribution only: `dE[row] += …` with a repeated index in `row` writes once.",
            [lambda ids, dx, v: sum(_last_one(i, d[None], v) for i, d in zip(ids, dx, strict=True))],
        ),
        Mistake(
            "the loop goes over the steps, and a token that stands in several sequences at one step keeps its last "
            "contribution only: `dE[column] += …` with a repeated index in `column` writes once.",
            [lambda ids, dx, v: sum(_last_one(i, d[None], v) for i, d in zip(ids.T, dx.swapaxes(0, 1), strict=True))],
        ),
        Mistake(
            "only the first sequence of the batch counts here; the sum is over b as well.",
            [lambda ids, dx, v: _table_gradient(ids[:1], dx[:1], v)],
        ),
        Mistake(
            "each row holds the mean over the places of its token; the sum is wanted.",
            [lambda ids, dx, v: _table_gradient(ids, dx, v) / _count_of(ids, v)],
        ),
        Mistake(
            "the contributions are counted double: each row is multiplied by how often its token occurs.",
            [lambda ids, dx, v: _table_gradient(ids, dx, v) * _count_of(ids, v)],
        ),
        Mistake(
            "it is divided by B or by B·T. The mean belongs to the loss, and dx already has it.",
            [
                lambda ids, dx, v: _table_gradient(ids, dx, v) / ids.size,
                lambda ids, dx, v: _table_gradient(ids, dx, v) / len(ids),
            ],
        ),
        Mistake(
            "every row is one place off: token v belongs to row v, counted from 0.",
            [
                lambda ids, dx, v: np.roll(_table_gradient(ids, dx, v), 1, axis=0),
                lambda ids, dx, v: np.roll(_table_gradient(ids, dx, v), -1, axis=0),
            ],
        ),
    ],
    shapes={"dE": "(V, D)"},
)


# The number of parameters


def _count(V: int, D: int, H: int, C: int, T: int) -> int:
    return V * D + (D * H + H * H + H) + (H * C + C)


COUNT = Task(
    "count_parameters",
    [
        Case(dict(zip("VDHCT", sizes, strict=True)))
        for sizes in ((10, 2, 3, 4, 5), (50, 8, 5, 2, 7), (7, 1, 6, 3, 1), (30, 4, 1, 9, 11), (1000, 32, 64, 10, 200))
    ],
    ("n",),
    _count,
    [
        Mistake(
            "the value is right, but wanted a whole number: return an `int`, not a float or an array.",
            [lambda V, D, H, C, T: float(_count(V, D, H, C, T))],
        ),
        Mistake("the bias of the state, H numbers, is missing.", [lambda V, D, H, C, T: _count(V, D, H, C, T) - H]),
        Mistake("the bias of the readout, C numbers, is missing.", [lambda V, D, H, C, T: _count(V, D, H, C, T) - C]),
        Mistake(
            "both biases are missing: H numbers and C numbers.", [lambda V, D, H, C, T: _count(V, D, H, C, T) - H - C]
        ),
        Mistake(
            "the sequence length is in it. The same weights are used at every step: T does not occur.",
            [
                lambda V, D, H, C, T: V * D + T * (D * H + H * H + H) + H * C + C,
                lambda V, D, H, C, T: V * D + T * (D * H + H * H + H + H * C + C),
                lambda V, D, H, C, T: T * _count(V, D, H, C, T),
                lambda V, D, H, C, T: V * D + D * H + H * H + H + T * H * C + C,
                lambda V, D, H, C, T: V * D * T + D * H + H * H + H + H * C + C,
                lambda V, D, H, C, T: V * D + D * H + H * H + H + T * (H * C + C),
                lambda V, D, H, C, T: V * D + D * H + T * H * H + H + H * C + C,
            ],
        ),
        Mistake("the recurrent matrix, H × H, is missing.", [lambda V, D, H, C, T: _count(V, D, H, C, T) - H * H]),
        Mistake(
            "D too many: an embedding has V rows of D numbers and nothing else, no bias.",
            [lambda V, D, H, C, T: _count(V, D, H, C, T) + D],
        ),
        Mistake(
            "the readout has V columns, as if it predicted tokens; this one has C, a logit for each class.",
            [lambda V, D, H, C, T: _count(V, D, H, C, T) + (V - C) * (H + 1)],
        ),
        Mistake("the input matrix, D × H, is missing.", [lambda V, D, H, C, T: _count(V, D, H, C, T) - D * H]),
        Mistake(
            "the embedding's V rows of D numbers are missing.", [lambda V, D, H, C, T: _count(V, D, H, C, T) - V * D]
        ),
        Mistake("the readout, H × C and C, is missing.", [lambda V, D, H, C, T: _count(V, D, H, C, T) - H * C - C]),
        Mistake(
            "H too many: a recurrent layer in this book has one bias (PyTorch's has two; only their sum matters), and "
            "its initial state is zeros, no parameter.",
            [lambda V, D, H, C, T: _count(V, D, H, C, T) + H],
        ),
        Mistake(
            "the input matrix has V rows, as if one-hot vectors went into the RNN; they go into the embedding, and "
            "what comes out has D numbers.",
            [lambda V, D, H, C, T: _count(V, D, H, C, T) + (V - D) * H],
        ),
    ],
)
