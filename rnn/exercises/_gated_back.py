"""The exercise on one step back through an LSTM."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnn.activations import sigmoid
from rnn.exercises._gated_lstm import (
    OTHER_ORDERS,
    SIZES,
    Parts,
    arrays,
    by_hand,
    from_gates,
    gates_of,
    sizes_by_name,
)
from rnn.exercises.checking import Case, Mistake, Task

GRADIENTS = ("dx", "dh_prev", "dc_prev", "dW_xh", "dW_hh", "db_h")


def _back_case(p: dict[str, np.ndarray], seed: int, label: str = "") -> Case:
    """Gradients that arrive, and all that the forward step knows."""
    size = (*p["x"].shape, p["h"].shape[1])
    gates = gates_of(p["x"], p["h"], p["W_xh"], p["W_hh"], p["b_h"])
    c = from_gates(p["c"], **gates)[1]
    dh, dc = np.random.default_rng(100 + seed).normal(size=(2, *c.shape))
    args = {"dh": dh, "dc": dc, "x": p["x"], "h_prev": p["h"], "c_prev": p["c"], **gates, "c": c}
    return Case({**args, "W_xh": p["W_xh"], "W_hh": p["W_hh"]}, label, "", sizes_by_name(size))


def _back(
    dh: Any, dc: Any, x: Any, h_prev: Any, c_prev: Any, i: Any, f: Any, g: Any, o: Any, c: Any, w: Any, u: Any,
    *, wrong: str = "", order: Any = "ifgo",
) -> Parts:  # fmt: skip
    """One step back, with one mistake or none."""
    tanh_c = np.tanh(c_prev if wrong == "c_prev shown" else c)
    slope = {
        "tanh'": 1,
        "1 - c²": 1 - c**2,
        "tanh of c_prev": 1 - np.tanh(c_prev) ** 2,
        "sigmoid": tanh_c * (1 - tanh_c),
    }
    from_h = dh * (1 if wrong == "no o" else o) * slope.get(wrong, 1 - tanh_c**2)
    total = dc * (f if wrong == "f twice" else 0 if wrong == "no dc" else 1) + (0 if wrong == "from h" else from_h)
    inside = total * f if wrong == "dc early" else total
    slopes = {"i": i * (1 - i), "f": f * (1 - f), "g": 1 - g**2, "o": o * (1 - o)}
    if wrong == "g as gate":
        slopes["g"] = g * (1 - g)
    if wrong == "squashed again":
        slopes = {k: v * (1 - v) for k, v in (("i", sigmoid(i)), ("f", sigmoid(f)), ("o", sigmoid(o)))}
        slopes["g"] = 1 - np.tanh(g) ** 2
    for name, value in (("i", i), ("f", f), ("g", g), ("o", o)):
        if wrong in (f"slope {name}", "slopes"):
            slopes[name] = np.ones_like(i)
        if wrong in (f"{name} as candidate", "all as candidate"):
            slopes[name] = 1 - value**2
        if wrong == f"{name} again":
            slopes[name] = 1 - np.tanh(g) ** 2 if name == "g" else sigmoid(value) * (1 - sigmoid(value))
    factors = {"i": inside * g, "f": inside * (c if wrong == "c for c_prev" else c_prev), "g": inside * i}
    factors["o"] = (total if wrong == "o from c" else dh) * (c if wrong == "c for tanh c" else tanh_c)
    if wrong == "own value":
        factors |= {"i": inside * i, "g": inside * g}
    if wrong == "f by f":
        factors["f"] = inside * f
    da = np.hstack([factors[name] * slopes[name] for name in order])
    dh_prev = da @ u.T + (dh if wrong == "dh kept" else 0)
    dc_prev = total * {"no f": 1, "by i": i}.get(wrong, f)
    if wrong == "dc alone":
        dc_prev = dc * f
    if wrong == "dh overwritten":
        dc_prev = (dc + dh_prev * o * (1 - tanh_c**2)) * f
    read = o * tanh_c if wrong == "h for h_prev" else h_prev
    return da @ w.T, dh_prev, dc_prev, x.T @ da, read.T @ da, da.sum(axis=0)


def _wrong(name: str, *parts: str) -> Any:
    """The answer with one mistake; None where the mistake leaves a part right, or is told apart by another hint."""

    def answer(*args: Any) -> Parts:
        made = _back(*args, wrong=name)
        return tuple(v if not parts or k in parts else None for k, v in zip(GRADIENTS, made, strict=True))

    return answer


def _da_in(order: Any) -> Any:
    return lambda *args: tuple(
        v if k != "dc_prev" else None for k, v in zip(GRADIENTS, _back(*args, order=order), strict=True)
    )


WITHOUT_DC = tuple(name for name in GRADIENTS if name != "dc_prev")
SLOPES = {"i": "i · (1 − i)", "f": "f · (1 − f)", "g": "1 − g²", "o": "o · (1 − o)"}

LSTM_STEP_BACKWARD = Task(
    "lstm_step_backward",
    [
        _back_case(by_hand(2), 9, "two sequences, one input, one unit"),
        *(_back_case(arrays(size, seed), seed) for seed, size in enumerate(SIZES)),
    ],
    GRADIENTS,
    _back,
    [
        Mistake(
            "the cell state's gradient lacks what comes from h_t: c_t has two readers, the next step (which gave you "
            "dc) and h_t = o · tanh(c_t).",
            [_wrong("from h", *WITHOUT_DC)],
        ),
        Mistake(
            "the way from h_t to c_t lacks the slope of its tanh: where is 1 − tanh²(c_t)?",
            [_wrong("tanh'")],
        ),
        Mistake(
            "c_t reaches h_t through tanh(c_t), so the slope is 1 − tanh²(c_t), not 1 − c_t².",
            [_wrong("1 - c²")],
        ),
        Mistake(
            "tanh was taken of c_prev. What h_t shows is the new cell state, c.",
            [_wrong("tanh of c_prev"), _wrong("c_prev shown")],
        ),
        Mistake(
            "the way from h_t to c_t goes through a tanh, and got the slope of a sigmoid.",
            [_wrong("sigmoid")],
        ),
        Mistake(
            "the way from h_t to c_t lacks a factor: h_t = o · tanh(c_t).",
            [_wrong("no o")],
        ),
        Mistake(
            "the dc that came in was multiplied by f at once. It is what arrived at c_t; f stands between c_t and "
            "c_{t−1}, and comes in when dc is passed on.",
            [_wrong("f twice")],
        ),
        Mistake(
            "the dc that came in is not used: the next step reads c_t too.",
            [_wrong("no dc")],
        ),
        *(
            Mistake(
                f"the slope of {name} is missing: from dL/d{name} to its pre-activation comes the factor {slope}.",
                [_wrong(f"slope {name}", *WITHOUT_DC)],
            )
            for name, slope in SLOPES.items()
        ),
        Mistake(
            "all four slopes are missing: these are the gradients of i, f, g, o, and not yet of their pre-activations.",
            [_wrong("slopes", *WITHOUT_DC)],
        ),
        Mistake(
            "the candidate got the slope of a sigmoid. g went through tanh, whose slope is another one.",
            [_wrong("g as gate", *WITHOUT_DC)],
        ),
        Mistake(
            "a gate got the slope of tanh. Gates went through a sigmoid; only the candidate has 1 − g².",
            [_wrong(f"{name} as candidate", *WITHOUT_DC) for name in ("i", "f", "o", "all")],
        ),
        Mistake(
            "a slope was taken of a value squashed twice: i, f, g, o are handed over after their sigmoid or tanh, "
            "and the slope is made from them as they are.",
            [_wrong(name, *WITHOUT_DC) for name in ("squashed again", "i again", "f again", "g again", "o again")],
        ),
        Mistake(
            "c_t = f · c_prev + i · g: the gradient of i has g in it, and that of g has i. They are exchanged.",
            [_wrong("own value", *WITHOUT_DC)],
        ),
        Mistake(
            "the gradient of f has in it what f was multiplied with in the forward pass, and that was not f.",
            [_wrong("f by f", *WITHOUT_DC)],
        ),
        Mistake(
            "the output gate's gradient was made from that of c_t. Who reads o? h_t alone.",
            [_wrong("o from c", *WITHOUT_DC)],
        ),
        Mistake(
            "the four blocks of da stand in another order than in the forward pass, i f g o.",
            [_da_in(order) for order in OTHER_ORDERS],
        ),
        Mistake(
            "the forget gate multiplied the *old* cell state, so its gradient has c_prev in it, not c.",
            [_wrong("c for c_prev", *WITHOUT_DC)],
        ),
        Mistake(
            "the output gate multiplied tanh(c), so its gradient has tanh(c) in it, not c.",
            [_wrong("c for tanh c", *WITHOUT_DC)],
        ),
        Mistake(
            "dc was multiplied by f before the gates read it. What goes to step t − 1 is made last; i, f and g get "
            "the gradient of c_t itself.",
            [_wrong("dc early", *WITHOUT_DC)],
        ),
        Mistake(
            "the factor f is missing: the old cell state went into c_t as f · c_prev.",
            [_wrong("no f", "dc_prev")],
        ),
        Mistake(
            "the old cell state was multiplied by f in the forward pass, not by i.",
            [_wrong("by i", "dc_prev")],
        ),
        Mistake(
            "dh itself was added. An LSTM has no direct way from h_{t−1} to h_t: all goes through the pre-activations.",
            [_wrong("dh kept", "dh_prev")],
        ),
        Mistake(
            "only the dc that came in is passed on. The whole gradient of c_t has to be, with the part from h_t.",
            [_wrong("dc alone", "dc_prev")],
        ),
        Mistake(
            "it was made with the gradient of h_{t−1}: dh was overwritten before this line read the dh of step t.",
            [_wrong("dh overwritten", "dc_prev")],
        ),
        Mistake(
            "W_hh was multiplied by h_{t−1} in the forward pass; here stands h_t.",
            [_wrong("h for h_prev", "dW_hh")],
        ),
    ],
    shapes={
        "dx": "(B, D)",
        "dh_prev": "(B, H)",
        "dc_prev": "(B, H)",
        "dW_xh": "(D, 4H)",
        "dW_hh": "(H, 4H)",
        "db_h": "(4H,)",
    },
)
