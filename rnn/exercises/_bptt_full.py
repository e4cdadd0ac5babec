"""The whole backward pass: seven gradients by name, and what each usual mistake makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn.exercises._bptt_walk import OTHER_SLOPES, no_slope, numbers, over_time, walk
from rnn.exercises.checking import Answer, Case, Mistake, Task

PARTS = ("dx", "dh_0", "dW_xh", "dW_hh", "db_h", "dW_hy", "db_y")


def gradients(
    x: np.ndarray,
    h: np.ndarray,
    dz: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
    W_hy: np.ndarray,
    **mistake: Any,
) -> tuple[np.ndarray, ...]:
    """Return the seven gradients, with the options of :func:`~rnn.exercises._bptt_walk.walk`."""
    back = walk(dz @ W_hy.T, h, W_hh, **mistake)
    return (
        back.da @ W_xh.T,
        back.dh_0,
        over_time(x, back.da),
        over_time(h[:, :-1], back.da),
        back.da.sum((0, 1)),
        over_time(h[:, 1:], dz),
        dz.sum((0, 1)),
    )


def one_step_only(step: int) -> Answer:
    """The weights' gradients have the term of one step: the first, 0, or the last, −1."""

    def answer(
        x: np.ndarray, h: np.ndarray, dz: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, W_hy: np.ndarray
    ) -> tuple[np.ndarray | None, ...]:
        da = walk(dz @ W_hy.T, h, W_hh).da[:, step]
        weights = x[:, step].T @ da, h[:, :-1][:, step].T @ da, da.sum(0)
        return None, None, *weights, h[:, 1:][:, step].T @ dz[:, step], dz[:, step].sum(0)

    return answer


def _walked(**mistake: Any) -> Answer:
    def answer(*args: np.ndarray) -> tuple[np.ndarray | None, ...]:
        dx, dh_0, *weights = gradients(*args, **mistake)[:5]
        same = mistake.get("carry") == "dh"  # then dh_0 is what it would be without any slope
        return dx, None if same else dh_0, *weights, None, None

    return answer


def _recurrent(before: str) -> Answer:
    """Return an answer whose dW_hh pairs dL/da_t with other states than h_{t−1}."""

    def answer(
        x: np.ndarray, h: np.ndarray, dz: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, W_hy: np.ndarray
    ) -> tuple[np.ndarray | None, ...]:
        da = walk(dz @ W_hy.T, h, W_hh).da
        states = {
            "final": np.concatenate([h[:, -1:], h[:, 1:-1]], axis=1),
            "same": h[:, 1:],
        }
        made = over_time(da, h[:, :-1]) if before == "exchanged" else over_time(states[before], da)
        return None, None, None, made, None, None, None

    return answer


def _first_step_left_out(
    x: np.ndarray, h: np.ndarray, dz: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, W_hy: np.ndarray
) -> tuple[np.ndarray, ...]:
    """The loop ends one step early, or takes h_0 for zero: then dW_hh alone is like this."""
    da = walk(dz @ W_hy.T, h, W_hh).da.copy()
    early = da[:, 1] @ W_hh.T if da.shape[1] > 1 else 0 * h[:, 0]
    da[:, 0], dz = 0, dz * (np.arange(dz.shape[1]) > 0)[:, None]
    weights = over_time(x, da), over_time(h[:, :-1], da), da.sum((0, 1)), over_time(h[:, 1:], dz), dz.sum((0, 1))
    return da @ W_xh.T, early, *weights


def _before_tanh(
    x: np.ndarray, h: np.ndarray, dz: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, W_hy: np.ndarray
) -> tuple[np.ndarray | None, ...]:
    dh = walk(dz @ W_hy.T, h, W_hh).dh
    return dh @ W_xh.T, dh[:, 0] @ W_hh.T, over_time(x, dh), over_time(h[:, :-1], dh), dh.sum((0, 1)), None, None


def _readout_early(
    x: np.ndarray, h: np.ndarray, dz: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, W_hy: np.ndarray
) -> tuple[np.ndarray | None, ...]:
    return None, None, None, None, None, over_time(h[:, :-1], dz), None


def _each_sequence(*args: np.ndarray) -> tuple[np.ndarray | None, ...]:
    one = [gradients(*(array[[b]] for array in args[:3]), *args[3:])[2:] for b in range(len(args[0]))]
    return None, None, *(np.stack(found) for found in zip(*one, strict=True))


def _means(*args: np.ndarray) -> tuple[np.ndarray | None, ...]:
    return None, None, *(found / len(args[0]) for found in gradients(*args)[2:])


def _first_state(kind: str) -> Answer:
    def answer(
        x: np.ndarray, h: np.ndarray, dz: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, W_hy: np.ndarray
    ) -> tuple[np.ndarray | None, ...]:
        back = walk(dz @ W_hy.T, h, W_hh)
        return None, (back.da if kind == "da" else back.dh)[:, 0], None, None, None, None, None

    return answer


def _cases() -> list[Case]:
    one = "With T = 1 the first step is the last: nothing comes from later, and h_0 still gets its gradient."
    found = []
    for seed, sizes, label, why in (
        (0, (1, 2, 1, 1, 1), "two steps of one unit", ""),
        (1, (2, 3, 4, 5, 6), "", ""),
        (2, (3, 5, 2, 4, 6), "", ""),
        (3, (5, 6, 3, 2, 4), "", ""),
        (4, (1, 4, 3, 5, 2), "a batch of one", ""),
        (5, (2, 1, 3, 4, 5), "one step", one),
        (6, (1, 1, 2, 3, 4), "one step, a batch of one", one),
    ):
        args = numbers(np.random.default_rng(seed), sizes)
        found.append(Case(args, label, why, dict(zip("BTDHV", sizes, strict=True))))
    return found


BPTT = Task(
    "bptt",
    _cases(),
    PARTS,
    gradients,
    [
        Mistake(
            "tanh′ is missing: between dL/dh_t and dL/da_t lies the factor 1 − h_t², at every step.",
            [_walked(slope=no_slope)],
        ),
        Mistake(
            "W_hh is not transposed on the way from a_{t+1} back to h_t. At T = 1 this would spoil dh_0 alone.",
            [_walked(transpose=False)],
        ),
        Mistake("both tanh′ and the transpose of W_hh are missing.", [_walked(slope=no_slope, transpose=False)]),
        Mistake(
            "the last step is right, those before it are not: dL/dh_t W_hhᵀ is handed on where dL/da_t W_hhᵀ should "
            "be. tanh′ belongs into what goes back as well.",
            [_walked(carry="dh")],
        ),
        Mistake(
            "later steps are forgotten: each dL/dh_t has only its own loss in it, as if the network ended there. With "
            "T = 1 this would be right.",
            [_walked(carry="nothing")],
        ),
        Mistake(
            "this is zero: nothing arrives at the initial state. It is read by a_1, also when there is one step only.",
            [lambda *args: (None, np.zeros_like(args[1][:, 0]), *[None] * 5)],
        ),
        Mistake("dL/dh_t is right and is used where dL/da_t belongs: between the two lies tanh′.", [_before_tanh]),
        Mistake(
            "tanh′ multiplies the step's own part only. Both parts of dL/dh_t, the own one and what comes from later, "
            "have to be added first; their sum goes through the tanh.",
            [_walked(later_slope=False)],
        ),
        Mistake(
            "what a step hands on is piled upon what later steps handed on before. That is in dL/da_t already: hand on "
            "dL/da_t W_hhᵀ alone.",
            [_walked(pile=True)],
        ),
        Mistake(
            "only the loss of the last step gets in: at every earlier step the gradient from later takes the place of "
            "the step's own instead of being added to it.",
            [_walked(own="last")],
        ),
        Mistake(
            "the loop runs from the first step to the last. dL/dh_t has to be complete before it is handed on, and "
            "what it lacks comes from later: start at T.",
            [_walked(forward=True)],
        ),
        Mistake(
            "the sum over time is missing; this is the term of the first step, the last one the loop comes to. Is the "
            "gradient overwritten in each round instead of added to?",
            [one_step_only(0)],
        ),
        Mistake(
            "the sum over time is missing; this is the term of the last step. The weights are read at every step.",
            [one_step_only(-1)],
        ),
        Mistake(
            "the term of the first step is paired with the final state h_T instead of h_0. An index that counts down "
            "to −1 reads the end of an array.",
            [_recurrent("final")],
        ),
        Mistake(
            "the term of the first step is missing. The steps to go through are T, …, 1, the first one included, and "
            "the state it reads is h_0, `h[:, 0]`.",
            [_first_step_left_out],
        ),
        Mistake(
            "dL/da_t is paired with h_t; in a_t the weights are multiplied with the state before, h_{t−1}.",
            [_recurrent("same")],
        ),
        Mistake(
            "rows and columns are exchanged: the row of W_hh belongs to h_{t−1}, the column to a_t.",
            [_recurrent("exchanged")],
        ),
        Mistake(
            "dL/dz_t is paired with h_{t−1}; the readout of step t reads h_t. Remember that h[:, 0] is h_0.",
            [_readout_early],
        ),
        Mistake(
            "one for each sequence. All sequences read the same weights: add up over the batch as well.",
            [_each_sequence],
        ),
        Mistake(
            "divided by B. The average over the batch belongs to the loss, and dz has it already.",
            [_means],
        ),
        Mistake(
            "the slope is taken from h_{t−1}: one step too early. h has T + 1 states, and h[:, t] belongs to step t.",
            [_walked(slope=OTHER_SLOPES["previous"])],
        ),
        Mistake(
            "the tanh is taken a second time: h_t is tanh(a_t) already, and the slope is 1 − h_t².",
            [_walked(slope=OTHER_SLOPES["of h"])],
        ),
        Mistake("this is dL/da_1; one product leads from there to h_0.", [_first_state("da")]),
        Mistake("this is dL/dh_1, one step short: h_0 is read by a_1.", [_first_state("dh")]),
    ],
    shapes={
        "dx": "(B, T, D)",
        "dh_0": "(B, H)",
        "dW_xh": "(D, H)",
        "dW_hh": "(H, H)",
        "db_h": "(H,)",
        "dW_hy": "(H, V)",
        "db_y": "(V,)",
    },
)
