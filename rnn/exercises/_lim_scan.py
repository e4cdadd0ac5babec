"""The exercise on parallel scans: right numbers, and few operations to get them."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import numpy as np

from rnn.exercises.checking import Answer, Case, Finding, Mistake, Result, Task
from rnn.exercises.running import call

Pair = tuple[np.ndarray, np.ndarray]
Round = Callable[[np.ndarray, np.ndarray, int], Pair]  # the pairs a, b (T, N) after a round with a shift


def _loop(a: np.ndarray, b: np.ndarray, h0: np.ndarray) -> np.ndarray:
    states, h = np.empty_like(b), h0
    for t in range(len(b)):
        h = a[t] * h + b[t]
        states[t] = h
    return states


def _round(a: np.ndarray, b: np.ndarray, shift: int) -> Pair:
    joined_b = np.concatenate([b[:shift], a[shift:] * b[:-shift] + b[shift:]])
    return np.concatenate([a[:shift], a[:-shift] * a[shift:]]), joined_b


def _doubling(steps: int) -> list[int]:
    return [2**k for k in range(math.ceil(math.log2(steps)))]


def _scan(joined: Round = _round, shifts: Callable[[int], list[int]] = _doubling) -> Answer:
    def answer(a: np.ndarray, b: np.ndarray, h0: np.ndarray) -> np.ndarray:
        for shift in shifts(len(b)):
            if shift < len(b):
                a, b = joined(a, b, shift)
        return np.asarray(a * h0 + b)

    return answer


def _other_order(a: np.ndarray, b: np.ndarray, shift: int) -> Pair:
    joined_b = np.concatenate([b[:shift], a[:-shift] * b[shift:] + b[:-shift]])
    return _round(a, b, shift)[0], joined_b


def _a_first(a: np.ndarray, b: np.ndarray, shift: int) -> Pair:
    a = _round(a, b, shift)[0]
    return a, _round(a, b, shift)[1]


def _a_kept(a: np.ndarray, b: np.ndarray, shift: int) -> Pair:
    return a, _round(a, b, shift)[1]


def _around(a: np.ndarray, b: np.ndarray, shift: int) -> Pair:
    return np.roll(a, shift, 0) * a, a * np.roll(b, shift, 0) + b


def _overwritten(a: np.ndarray, b: np.ndarray, shift: int) -> Pair:
    a, b = a.copy(), b.copy()
    for t in range(shift, len(b)):
        b[t] += a[t] * b[t - shift]
        a[t] *= a[t - shift]
    return a, b


def _overwritten_b(a: np.ndarray, b: np.ndarray, shift: int) -> Pair:
    b = b.copy()
    for t in range(shift, len(b)):
        b[t] += a[t] * b[t - shift]
    return _round(a, b, shift)[0], b


def _only_joined(a: np.ndarray, b: np.ndarray, shift: int) -> Pair:
    joined_a, joined_b = _round(a, b, shift)
    joined_a[:shift], joined_b[:shift] = 0.0, 0.0
    return joined_a, joined_b


def _dropped(a: np.ndarray, b: np.ndarray, shift: int) -> Pair:
    return a[shift:] * a[:-shift], a[shift:] * b[:-shift] + b[shift:]


def _a_added(a: np.ndarray, b: np.ndarray, shift: int) -> Pair:
    return np.concatenate([a[:shift], a[shift:] + a[:-shift]]), _round(a, b, shift)[1]


def _inputs() -> list[Case]:
    rng = np.random.default_rng(10)
    ones = np.full((4, 1), 0.5), np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([8.0])
    cases = [Case(dict(zip(("a", "b", "h0"), ones, strict=True)), "four steps, one unit", "", {"T": 4, "N": 1})]
    one = "With T = 1 there is nothing to join: h_1 = a_1 h_0 + b_1."
    for (steps, width), why in (((8, 3), ""), ((5, 2), ""), ((13, 4), ""), ((16, 5), ""), ((2, 3), ""), ((1, 4), one)):
        args = {
            "a": rng.uniform(-1.5, 1.5, (steps, width)),
            "b": rng.normal(size=(steps, width)),
            "h0": rng.normal(size=width),
        }
        cases.append(Case(args, "a single step" if why else "", why, {"T": steps, "N": width}))
    zero = (
        "An a of 0 is allowed: it clears the state, and what came before no longer counts. Do you divide by a product "
        "of a? Then it is a division by 0 here, and by numbers close to 0 whenever T is large. Joining pairs only "
        "multiplies and adds."
    )
    args = {"a": np.array([[0.5], [0.0], [2.0]]), "b": np.array([[1.0], [3.0], [-1.0]]), "h0": np.array([2.0])}
    return [*cases, Case(args, "a state that is cleared", zero, {"T": 3, "N": 1})]


SCAN = Task(
    "parallel_scan",
    _inputs(),
    ("h",),
    _loop,
    [
        Mistake(
            "the initial state is left out: this is right for h0 = 0. What does the pair (a, b) at t do to h0 in the "
            "end?",
            [lambda a, b, h0: _scan()(a, b, 0 * h0)],
        ),
        Mistake(
            "h0 is added as it is; on its way to step t it is multiplied by all a up to t.",
            [
                lambda a, b, h0: _scan()(a, b, 0 * h0) + h0,
                lambda a, b, h0: a * h0 + _scan()(a, b, 0 * h0),
                lambda a, b, h0: _loop(a, np.concatenate([b[:1] + h0, b[1:]]), 0 * h0),
            ],
        ),
        Mistake(
            "the pairs are joined in the wrong order: the earlier b goes through the *later* step, a₂ b₁ + b₂.",
            [_scan(_other_order)],
        ),
        Mistake(
            "b is joined with the a of the *same* round, already multiplied. Compute the new b before the new a.",
            [_scan(_a_first)],
        ),
        Mistake(
            "a stays as it was: a joined pair covers both steps, so its a is the product a₁ a₂.",
            [_scan(_a_kept)],
        ),
        Mistake(
            "the two a of a joined pair are added: what passes both steps is multiplied by both.", [_scan(_a_added)]
        ),
        Mistake(
            "time runs the wrong way: each step is joined with the ones on its right. The state at t is made of the "
            "steps up to t.",
            [lambda a, b, h0: _loop(a[::-1], b[::-1], h0)[::-1]],
        ),
        Mistake(
            "the arrays are overwritten while they are still read: further right in the same round the values are "
            "already new. Build new arrays in each round.",
            [_scan(_overwritten), _scan(_overwritten_b)],
        ),
        Mistake(
            "what falls off at the end comes in again at the beginning: `np.roll` goes round in a circle. The first "
            "`shift` pairs have no partner and stay as they are.",
            [_scan(_around)],
        ),
        Mistake(
            "the first pairs are lost: those with no partner `shift` places to the left stay as they are.",
            [_scan(_only_joined), _scan(_dropped)],
        ),
        Mistake(
            "right only where T is a power of two: ⌈log2 T⌉ rounds are needed, go on while `shift < T`.",
            [_scan(shifts=lambda steps: _doubling(steps)[: int(math.log2(steps))])],
        ),
        Mistake(
            "a round is missing at the end: go on while `shift < T`.",
            [_scan(shifts=lambda steps: _doubling(steps)[:-1])],
        ),
        Mistake(
            "the shift does not double. After a shift by 1 a pair covers two steps, so the next partner stands 2 to "
            "the left, then 4.",
            [
                _scan(shifts=lambda steps: [1] * len(_doubling(steps))),
                _scan(shifts=lambda steps: [k + 1 for k in range(len(_doubling(steps)))]),
                _scan(shifts=lambda steps: [*range(1, steps)]),
            ],
        ),
        Mistake(
            "the shifts are off by one: they are 1, 2, 4, …, so that each pair joins its direct neighbor on the left.",
            [
                _scan(shifts=lambda steps: [2 * shift for shift in _doubling(steps)]),
                _scan(shifts=lambda steps: [shift + 1 for shift in _doubling(steps)]),
            ],
        ),
        Mistake(
            "these are sums of b: each state is multiplied by a before b is added.", [lambda a, b, h0: h0 + b.cumsum(0)]
        ),
        Mistake(
            "off by one in time: row t should hold the state *after* step t; h0 is not part of the result.",
            [lambda a, b, h0: np.concatenate([h0[None], _loop(a, b, h0)[:-1]])],
        ),
    ],
    shapes={"h": "(T, N)"},
)


def _lines_run(function: Answer, steps: int) -> int:
    """Count the lines of Python that run while the function works on so many steps; a call counts as a line."""
    rng = np.random.default_rng(0)
    args = {"a": rng.uniform(-1, 1, (steps, 2)), "b": rng.normal(size=(steps, 2)), "h0": rng.normal(size=2)}
    count = 0

    def tracer(frame: FrameType, event: str, value: Any) -> Any:
        nonlocal count
        count += event in ("call", "line")
        return tracer

    def traced(*values: np.ndarray) -> Any:
        before = sys.gettrace()
        sys.settrace(tracer)
        try:
            return function(*values)
        finally:
            sys.settrace(before)

    call(SCAN.name, traced, Case(args))
    return count


def about_rounds(function: Answer, result: Result) -> Result:
    """After the right numbers: were they computed in about log2 T rounds, or one step after the other?"""
    if not result.passed:
        return result
    few, many = 64, 1024
    try:
        ratio = _lines_run(function, many) / _lines_run(function, few)
    except Finding as finding:
        return Result(result.name, False, str(finding))
    if ratio < 5:
        return result
    hint = (
        f"the numbers are right on all cases, but they are computed one step after the other: for {many // few} times "
        f"as many steps {ratio:.0f} times as many lines are run. Join pairs of whole arrays instead: for T = {many:,}, "
        f"{len(_doubling(many))} rounds are enough."
    )
    return Result(result.name, False, hint)
