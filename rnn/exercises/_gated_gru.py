"""The exercise on one step of a GRU, in both conventions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn.activations import sigmoid
from rnn.exercises.checking import Case, Mistake, Task
from rnn.gru import GRU


def _gru(
    x: Any, h: Any, w: Any, u: Any, b: Any, b_hn: Any, reset_after: Any,
    *, candidate: Callable[..., Any] | None = None, wrong: str = "", order: Any = (0, 1, 2), squash: Any = np.tanh,
) -> np.ndarray:  # fmt: skip
    """One step, with one mistake or none."""
    a, products = np.split(x @ w + (0 if wrong == "no bias" else b), 3, axis=1), np.split(u, 3, axis=1)
    if wrong == "transposed":
        products = [product.T for product in products]
    if wrong == "W_hn transposed":
        products[2] = products[2].T
    (xr, xz, xn), (ur, uz, un) = ([parts[k] for k in order] for parts in (a, products))
    seen = 0 * h if wrong == "gates blind" else h
    r = (np.tanh if wrong == "r by tanh" else sigmoid)(xr + seen @ ur)
    z = (np.tanh if wrong == "z by tanh" else sigmoid)(xz + (r * h if wrong == "z reset" else seen) @ uz)
    inside = candidate or (_after if reset_after else _before)
    n = squash(inside(xn, 1 - r if wrong == "1 - r" else r, h, un, b_hn))
    mixes = {
        "swap": lambda: z * n + (1 - z) * h,
        "added": lambda: n + z * h,
        "r mixes": lambda: (1 - r) * n + r * h,
        "kept reset": lambda: (1 - z) * n + z * r * h,
        "n alone": lambda: n,
    }
    return np.asarray(mixes.get(wrong, lambda: (1 - z) * n + z * h)())


def _after(xn: Any, r: Any, h: Any, un: Any, b_hn: Any) -> Any:
    return xn + r * (h @ un + b_hn)


def _before(xn: Any, r: Any, h: Any, un: Any, b_hn: Any) -> Any:
    return xn + (r * h) @ un


def _plain_after(xn: Any, r: Any, h: Any, un: Any, b_hn: Any) -> Any:
    return xn + r * (h @ un)


def _before_with_bias(xn: Any, r: Any, h: Any, un: Any, b_hn: Any) -> Any:
    return xn + (r * h) @ un + b_hn


def _gru_reference(x: Any, h: Any, w: Any, u: Any, b: Any, b_hn: Any, reset_after: Any) -> np.ndarray:
    layer = GRU(len(w), len(u), reset_after=reset_after, dtype=np.float64)
    layer.params.update(W_xh=w, W_hh=u, b_h=b)
    if reset_after:
        layer.params["b_hn"] = b_hn
    return np.asarray(layer.step(x, h))


def _with(**options: Any) -> Any:
    return lambda *args: _gru(*args, **options)


def _where(after: bool, inside: Callable[..., Any]) -> Any:
    """A mistake in the candidate of one convention only."""

    def answer(*args: Any) -> np.ndarray:
        return _gru(*args, candidate=inside if args[-1] == after else None)

    return answer


def _exchanged(x: Any, h: Any, w: Any, u: Any, b: Any, b_hn: Any, reset_after: Any) -> np.ndarray:
    return _gru(x, h, w, u, b, b_hn, not reset_after)


def _gru_cases() -> list[Case]:
    cases = []
    sizes = ((1, 1, 1), (3, 5, 6), (2, 3, 4), (4, 6, 2), (1, 4, 3))
    for seed, (b, d, h) in enumerate(sizes):
        for after in (True, False):
            rng = np.random.default_rng(seed)
            shapes = {"x": (b, d), "h": (b, h), "W_xh": (d, 3 * h), "W_hh": (h, 3 * h), "b_h": (3 * h,), "b_hn": (h,)}
            args: dict[str, Any] = {name: rng.normal(size=shape) for name, shape in shapes.items()}
            small = "one sequence, one input, one unit, " if h == 1 else ""
            label = f"{small}reset_after={after}"
            cases.append(Case(args | {"reset_after": after}, label, "", {"B": b, "D": d, "H": h}))
    return cases


GRU_STEP = Task(
    "gru_step",
    _gru_cases(),
    ("h_new",),
    _gru_reference,
    [
        Mistake(
            "z and 1 − z are exchanged: in this book z keeps the old state, and 1 − z lets the candidate in.",
            [_with(wrong="swap")],
        ),
        Mistake(
            "right with `reset_after=False`; with True the reset also comes before the product. There r multiplies "
            "what the product has made.",
            [_where(True, _before), _where(True, _before_with_bias)],
        ),
        Mistake(
            "right with `reset_after=True`; with False the reset also comes after the product. There r multiplies "
            "the state before it meets a weight.",
            [_where(False, _after), _where(False, _plain_after)],
        ),
        Mistake(
            "the two conventions are exchanged: `reset_after=True` means that the product comes first.",
            [_exchanged],
        ),
        Mistake(
            "right with `reset_after=False`; with True, r does not reach b_hn. That bias belongs to the product with "
            "the state, and r multiplies both.",
            [_where(True, lambda xn, r, h, un, b_hn: xn + r * (h @ un) + b_hn)],
        ),
        Mistake(
            "right with `reset_after=False`; with True the bias b_hn is missing.",
            [_where(True, _plain_after)],
        ),
        Mistake(
            "r multiplies the input's part of the candidate too. It resets what comes from the state, nothing else.",
            [
                _where(True, lambda xn, r, h, un, b_hn: r * (xn + h @ un + b_hn)),
                _with(candidate=lambda xn, r, h, un, b_hn: r * (xn + h @ un + b_hn)),
                _with(candidate=lambda xn, r, h, un, b_hn: r * (xn + h @ un)),
            ],
        ),
        Mistake(
            "right with `reset_after=True`; with False b_hn is added as well, but that convention has no such bias.",
            [_where(False, _before_with_bias)],
        ),
        Mistake(
            "the reset gate is not used.",
            [
                _with(candidate=lambda xn, r, h, un, b_hn: xn + h @ un),
                _with(candidate=lambda xn, r, h, un, b_hn: xn + h @ un + b_hn),
            ],
        ),
        Mistake(
            "b_hn stands in the wrong convention: with `reset_after=True` it is added to the product, with False it "
            "does not exist.",
            [lambda *args: _gru(*args, candidate=_plain_after if args[-1] else _before_with_bias)],
        ),
        Mistake(
            "the candidate is added in full, and the old state to it: what z keeps and what it lets in add up to 1.",
            [_with(wrong="added")],
        ),
        Mistake(
            "the reset gate mixes old state and candidate. That is for the update gate z; r acts in the candidate.",
            [_with(wrong="r mixes")],
        ),
        Mistake(
            "what z keeps is the old state as it came, not the one that r has reset. r acts in the candidate alone.",
            [_with(wrong="kept reset")],
        ),
        Mistake(
            "this is the candidate n. The new state is a mean of it and of the old state, weighted by z.",
            [_with(wrong="n alone")],
        ),
        Mistake(
            "1 − r stands where r should: r = 0 is what resets.",
            [_with(wrong="1 - r")],
        ),
        Mistake(
            "the update gate got the state that r has reset. Both gates see the old state itself.",
            [_with(wrong="z reset")],
        ),
        Mistake(
            "the gates are made from the input alone. They see the old state too.",
            [_with(wrong="gates blind")],
        ),
        Mistake("the bias b_h is missing.", [_with(wrong="no bias")]),
        Mistake(
            "a block of W_hh, or all of it, is transposed. Row vectors stand to the left: h @ W.",
            [_with(wrong="transposed"), _with(wrong="W_hn transposed")],
        ),
        Mistake(
            "a gate went through a tanh, so it can be negative. Only the candidate does.",
            [_with(wrong="r by tanh"), _with(wrong="z by tanh")],
        ),
        Mistake("the candidate is used as it is: where is its tanh?", [_with(squash=lambda a: a)]),
        Mistake(
            "the blocks are taken in another order. In this book the order is r z n.",
            [_with(order=order) for order in ((1, 0, 2), (0, 2, 1), (2, 1, 0), (1, 2, 0), (2, 0, 1))],
        ),
        Mistake("the candidate went through a sigmoid; it is no gate and may be negative.", [_with(squash=sigmoid)]),
    ],
    shapes={"h_new": "(B, H)"},
)
