"""One step of backpropagation through time."""

from __future__ import annotations

import numpy as np

from rnn.exercises._bptt_walk import OTHER_SLOPES, Slope, no_slope, numbers
from rnn.exercises.checking import Answer, Case, Mistake, Task


def _back(
    dh: np.ndarray, x_t: np.ndarray, h_prev: np.ndarray, h_t: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray
) -> tuple[np.ndarray, ...]:
    return _from(dh * (1 - h_t**2), x_t, h_prev, W_xh, W_hh)


def _from(
    da: np.ndarray, x_t: np.ndarray, h_prev: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray
) -> tuple[np.ndarray, ...]:
    return da @ W_xh.T, da @ W_hh.T, x_t.T @ da, h_prev.T @ da, da.sum(0)


def _with_slope(slope: Slope) -> Answer:
    return lambda dh, x, before, h, wx, wh: _from(dh * slope(before, h), x, before, wx, wh)


def _da(dh: np.ndarray, h_t: np.ndarray) -> np.ndarray:
    return np.asarray(dh * (1 - h_t**2))


def _overwritten(
    dh: np.ndarray, x_t: np.ndarray, h_prev: np.ndarray, h_t: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray
) -> tuple[np.ndarray | None, ...]:
    gone = _da(dh, h_t) @ W_hh.T  # what should be dh_prev stands where dh or da is still needed
    dx, _, *weights = _from(gone, x_t, h_prev, W_xh, W_hh)
    return dx, None, *weights


def _step_cases() -> list[Case]:
    found = []
    for seed, sizes, label in (
        (6, (1, 1, 1, 1, 1), "one sequence, one input, one unit"),
        (1, (2, 1, 3, 4, 1), ""),
        (2, (3, 1, 5, 2, 1), ""),
        (3, (5, 1, 2, 3, 1), ""),
        (4, (1, 1, 4, 3, 1), "a batch of one"),
        (5, (4, 1, 6, 5, 1), ""),
    ):
        rng = np.random.default_rng(seed)
        n = numbers(rng, sizes)
        dh = rng.normal(size=n["h"][:, 1].shape)
        args = {"dh": dh, "x_t": n["x"][:, 0], "h_prev": n["h"][:, 0], "h_t": n["h"][:, 1]}
        args |= {"W_xh": n["W_xh"], "W_hh": n["W_hh"]}
        found.append(Case(args, label, sizes={"B": sizes[0], "D": sizes[2], "H": sizes[3]}))
    return found


STEP = Task(
    "step_backward",
    _step_cases(),
    ("dx", "dh_prev", "dW_xh", "dW_hh", "db_h"),
    _back,
    [
        Mistake(
            "off by the factor 1 − h_t², element by element: where is tanh′? Everything that lies before the tanh is "
            "reached through dL/da_t, not through dL/dh_t.",
            [_with_slope(no_slope)],
        ),
        Mistake(
            "this is the product with W_hh itself. In a_t the matrix is summed over its rows; on the way back over its "
            "columns. The shapes cannot warn you, W_hh is square.",
            [lambda dh, x, before, h, wx, wh: (None, _da(dh, h) @ wh, None, None, None)],
        ),
        Mistake(
            "two things are missing here: tanh′, and the transpose of W_hh.",
            [lambda dh, x, before, h, wx, wh: (None, dh @ wh, None, None, None)],
        ),
        Mistake(
            "W_hh was multiplied with h_{t−1} in this step; here it is paired with h_t.",
            [lambda dh, x, before, h, wx, wh: (None, None, None, h.T @ _da(dh, h), None)],
        ),
        Mistake(
            "rows and columns are exchanged: row i belongs to what comes in, h_{t−1}, column j to a_t.",
            [lambda dh, x, before, h, wx, wh: (None, None, None, _da(dh, h).T @ before, None)],
        ),
        Mistake(
            "dL/dh_{t−1} stands here in the place of dL/da_t. Was a variable given a new value while its old one was "
            "still needed? Compute dh_prev under a name of its own.",
            [_overwritten],
        ),
        Mistake(
            "this is the mean over the batch. All sequences read the same weights, so their contributions add up; an "
            "average, if there is one, is already in dh.",
            [
                lambda dh, x, before, h, wx, wh: (
                    None,
                    None,
                    x.T @ _da(dh, h) / len(x),
                    before.T @ _da(dh, h) / len(x),
                    _da(dh, h).mean(0),
                )
            ],
        ),
        Mistake(
            "one matrix for each sequence. All sequences read the same weights: add up over the batch.",
            [
                lambda dh, x, before, h, wx, wh: (
                    None,
                    None,
                    np.einsum("bi,bj->bij", x, _da(dh, h)),
                    np.einsum("bi,bj->bij", before, _da(dh, h)),
                    None,
                )
            ],
        ),
        Mistake(
            "one row for each sequence. The bias is one row for all of them: add up over the batch.",
            [lambda dh, x, before, h, wx, wh: (None, None, None, None, _da(dh, h))],
        ),
        Mistake(
            "summed over the units, axis 1; the batch is axis 0, and the bias has one number for each unit.",
            [lambda dh, x, before, h, wx, wh: (None, None, None, None, _da(dh, h).sum(1))],
        ),
        Mistake(
            "the slope is taken from the state of the step before. It is that of this step's tanh: 1 − h_t².",
            [_with_slope(OTHER_SLOPES["previous"])],
        ),
        Mistake(
            "the tanh is taken twice. h_t is tanh(a_t) already, so the slope is 1 − h_t², with no other tanh in it.",
            [_with_slope(OTHER_SLOPES["of h"])],
        ),
        Mistake(
            "the slope here is 1 − h_t; the slope of tanh is 1 − tanh².",
            [_with_slope(OTHER_SLOPES["no square"])],
        ),
    ],
    shapes={"dx": "(B, D)", "dh_prev": "(B, H)", "dW_xh": "(D, H)", "dW_hh": "(H, H)", "db_h": "(H,)"},
)
