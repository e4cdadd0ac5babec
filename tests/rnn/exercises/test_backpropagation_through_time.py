"""The checkers of the chapter on backpropagation through time: what readers write, right and wrong, and their hints.

The wrong answers are right ones with one piece of their source exchanged, independent of how the checkers make the
same mistakes.
"""

import numpy as np
import pytest

import rnn
from rnn.exercises import _bptt_bugs, _bptt_full, _bptt_walk
from rnn.exercises import backpropagation_through_time as check

STEP = """
def step_backward(dh, x_t, h_prev, h_t, W_xh, W_hh):
    da = dh * (1 - h_t**2)
    dx = da @ W_xh.T
    dh_prev = da @ W_hh.T
    return dx, dh_prev, x_t.T @ da, h_prev.T @ da, da.sum(axis=0)
"""

BPTT = """
def bptt(x, h, dz, W_xh, W_hh, W_hy):
    B, T, D = x.shape
    H = len(W_hh)
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(H)
    dW_hy, db_y, dx = np.zeros_like(W_hy), np.zeros(dz.shape[2]), np.zeros_like(x)
    dh_next = np.zeros((B, H))
    for t in reversed(range(T)):
        dh = dz[:, t] @ W_hy.T
        dh = dh + dh_next
        da = dh * (1 - h[:, t + 1] ** 2)
        dW_hy += h[:, t + 1].T @ dz[:, t]
        db_y += dz[:, t].sum(0)
        dW_xh += x[:, t].T @ da
        dW_hh += h[:, t].T @ da
        db_h += da.sum(0)
        dx[:, t] = da @ W_xh.T
        dh_next = da @ W_hh.T
    return dx, dh_next, dW_xh, dW_hh, db_h, dW_hy, db_y
"""

RELU = """
def relu_recursion(immediate, h, W_hh):
    da, later = np.zeros_like(immediate), 0 * h[:, 0]
    for t in range(immediate.shape[1])[::-1]:
        dh = immediate[:, t] + later
        da[:, t] = np.where(h[:, t + 1] > 0, dh, 0)
        later = da[:, t] @ W_hh.T
    return da, later
"""

TRIANGLE = """
def triangle(immediate, h, W_hh):
    T, H = immediate.shape[1:]
    C = np.zeros((T, T, H, H))
    for t in range(T):
        dh = immediate[:, t]
        for s in range(t, -1, -1):
            da = dh * (1 - h[:, s + 1] ** 2)
            C[t, s] = h[:, s].T @ da
            dh = da @ W_hh.T
    return C
"""

FORWARD = """
def forward_in_time(immediate, h, W_hh):
    B, T, H = immediate.shape
    P, Q = np.zeros((B, H, H)), np.stack([np.eye(H)] * B)
    db_h, dh_0 = np.zeros((T, H)), np.zeros((T, B, H))
    for t in range(T):
        slope = 1 - h[:, t + 1] ** 2
        P = (np.eye(H) + P @ W_hh) * slope[:, None, :]
        Q = (Q @ W_hh) * slope[:, None, :]
        db_h[t:] += (P @ immediate[:, t, :, None])[..., 0].sum(0)
        dh_0[t:] += (Q @ immediate[:, t, :, None])[..., 0]
    return db_h, dh_0
"""

NAMES = """
def name_the_bugs():
    return MYSTERIES
"""

CHECKERS = {
    STEP: check.check_step_backward,
    BPTT: check.check_bptt,
    RELU: check.check_relu_recursion,
    TRIANGLE: check.check_triangle,
    FORWARD: check.check_forward_in_time,
    NAMES: check.check_name_the_bugs,
}


def answer(source, *changes):
    """Run a reader's source with pieces of it exchanged; return what its checker says."""
    for old, new in changes:
        assert source.count(old) == 1, old
        source = source.replace(old, new)
    namespace = {"np": np, "MYSTERIES": dict(_bptt_bugs.MYSTERIES)}
    exec(source, namespace)
    return namespace[source.split("def ")[1].split("(")[0]]


def result(source, *changes):
    return CHECKERS[source](answer(source, *changes))


@pytest.mark.parametrize("source", CHECKERS, ids=lambda s: s.split("def ")[1].split("(")[0])
def test_right_answers_pass(source):
    assert result(source).passed, result(source)


SLOPE = "dh * (1 - h[:, t + 1] ** 2)"
WRONG = [
    (STEP, [("dh * (1 - h_t**2)", "dh")], "off by the factor 1 − h_t²", "dx"),
    (STEP, [("dh_prev = da @ W_hh.T", "dh_prev = dh @ W_hh.T")], "off by the factor 1 − h_t²", "dh_prev"),
    (STEP, [("da @ W_hh.T", "da @ W_hh")], "the product with W_hh itself", "dh_prev"),
    (STEP, [("da @ W_hh.T", "dh @ W_hh")], "two things are missing here", "dh_prev"),
    (STEP, [("h_prev.T @ da", "h_t.T @ da")], "here it is paired with h_t", "dW_hh"),
    (STEP, [("h_prev.T @ da", "da.T @ h_prev")], "rows and columns are exchanged", "dW_hh"),
    (STEP, [("x_t.T @ da", "da.T @ x_t")], "The axes are in another order", "dW_xh"),
    (STEP, [("dh_prev = da", "da = dh_prev = da")], "Was a variable given a new value", "dW_xh"),
    (STEP, [("da.sum(axis=0)", "da.mean(axis=0)")], "this is the mean over the batch", "db_h"),
    (STEP, [("x_t.T @ da", "x_t.T @ da / len(x_t)")], "this is the mean over the batch", "dW_xh"),
    (STEP, [("da.sum(axis=0)", "da.sum(axis=1)")], "summed over the units, axis 1", "db_h"),
    (STEP, [("da.sum(axis=0)", "da")], "one row for each sequence", "db_h"),
    (STEP, [("h_prev.T @ da", "h_prev[:, :, None] * da[:, None]")], "one matrix for each sequence", "dW_hh"),
    (STEP, [("1 - h_t**2", "1 - np.tanh(h_t) ** 2")], "the tanh is taken twice", "dx"),
    (STEP, [("1 - h_t**2", "1 - h_prev**2")], "from the state of the step before", "dx"),
    (STEP, [("1 - h_t**2", "1 - h_t")], "the slope here is 1 − h_t;", "dx"),
    (STEP, [("return dx, dh_prev", "return dh_prev, dx")], "`dx`: wanted shape (B, D)", "dx"),
    (STEP, [("da = dh * (1 - h_t**2)", "dh *= 1 - h_t**2; da = dh")], "changes its input `dh` in place", ""),
    (BPTT, [(SLOPE, "dh")], "tanh′ is missing", "dW_xh"),
    (BPTT, [("da @ W_hh.T", "da @ W_hh")], "W_hh is not transposed", "dW_hh"),
    (BPTT, [(SLOPE, "dh"), ("da @ W_hh.T", "da @ W_hh")], "both tanh′ and the transpose", "dW_hh"),
    (BPTT, [("da @ W_hh.T", "dh @ W_hh.T")], "tanh′ belongs into what goes back as well", "dW_xh"),
    (BPTT, [("dh = dh + dh_next", "pass")], "later steps are forgotten", "dx"),
    (BPTT, [("dh = dh + dh_next", "dh = dh_next if t < T - 1 else dh")], "only the loss of the last step", "db_h"),
    (BPTT, [("reversed(range(T))", "range(T)")], "the loop runs from the first step to the last", "dx"),
    (BPTT, [("dW_hh += h", "dW_hh = h")], "Is the gradient overwritten", "dW_hh"),
    (BPTT, [("db_y +=", "db_y =")], "Is the gradient overwritten", "db_y"),
    (BPTT, [("dW_xh += x", "dW_xh += (t == T - 1) * x")], "this is the term of the last step", "dW_xh"),
    (BPTT, [("dW_hh += h[:, t]", "dW_hh += h[:, t or -1]")], "paired with the final state h_T", "dW_hh"),
    (BPTT, [("dW_hh += h[:, t]", "dW_hh += (t > 0) * h[:, t]")], "the term of the first step is missing", "dW_hh"),
    (BPTT, [("dW_hh += h[:, t]", "dW_hh += h[:, t + 1]")], "paired with h_t; in a_t", "dW_hh"),
    (BPTT, [("h[:, t].T @ da", "da.T @ h[:, t]")], "rows and columns are exchanged", "dW_hh"),
    (BPTT, [("dW_hy += h[:, t + 1]", "dW_hy += h[:, t]")], "the readout of step t reads h_t", "dW_hy"),
    (BPTT, [("db_h += da.sum(0)", "db_h += da.mean(0)")], "divided by B", "db_h"),
    (
        BPTT,
        [
            ("db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(H)", "db_h = 0, 0, 0"),
            ("+= da.sum(0)", "= db_h + da"),
        ],
        "one for each sequence",
        "db_h",
    ),
    (BPTT, [("reversed(range(T))", "range(T - 1, 0, -1)")], "the term of the first step is missing", "dx"),
    (BPTT, [("dW_xh += x[:, t].T @ da", "dW_xh += x[:, t].T @ dh")], "is used where dL/da_t belongs", "dW_xh"),
    (BPTT, [("dx[:, t] = da", "dx[:, t] = dh")], "is used where dL/da_t belongs", "dx"),
    (
        BPTT,
        [("dh + dh_next", "dh * (1 - h[:, t + 1] ** 2) + dh_next"), ("da = dh * (1 - h[:, t + 1] ** 2)", "da = dh")],
        "the step's own part only",
        "dx",
    ),
    (BPTT, [("dh_next = da", "dh_next = dh_next + da")], "piled upon", "dW_hh"),
    (BPTT, [(SLOPE, "dh * (1 - h[:, t] ** 2)")], "the slope is taken from h_{t−1}", "dx"),
    (BPTT, [(SLOPE, "dh * (1 - np.tanh(h[:, t + 1]) ** 2)")], "the tanh is taken a second time", "dx"),
    (BPTT, [("return dx, dh_next", "return dx, da")], "this is dL/da_1", "dh_0"),
    (BPTT, [("return dx, dh_next", "return dx, dh")], "this is dL/dh_1", "dh_0"),
    (BPTT, [("return dx, dh_next", "return dx, 0 * dh_next")], "this is zero: nothing arrives", "dh_0"),
    (BPTT, [("dh_next, dW_xh", "dW_xh")], "return 7 values", ""),
    (RELU, [("np.where(h[:, t + 1] > 0, dh, 0)", "dh * (1 - h[:, t + 1] ** 2)")], "still that of tanh", "da"),
    (RELU, [("h[:, t + 1] > 0", "h[:, t + 1] >= 0")], "every unit lets the gradient through", "da"),
    (RELU, [("h[:, t + 1] > 0", "h[:, t] > 0")], "the slope is that of the step before", "da"),
    (RELU, [("np.where(h[:, t + 1] > 0, dh, 0)", "h[:, t + 1] * dh")], "multiplied by h_t itself", "da"),
    (RELU, [("W_hh.T", "W_hh")], "not transposed", "dh_0"),
    (RELU, [("+ later", "")], "what later steps hand back is not added", "da"),
    (RELU, [("immediate[:, t] + later", "later if later.any() else immediate[:, t]")], "the own loss is lost", "da"),
    (RELU, [("da[:, t] @", "dh @")], "what goes on has to have passed", "da"),
    (RELU, [("return da, later", "return da, da[:, 0]")], "the product that leads from a_1", "dh_0"),
    (RELU, [("return da, later", "return da, 0 * later")], "this is zero: nothing arrives", "dh_0"),
    (RELU, [("h[:, t + 1] > 0", "dh > 0")], "by the sign of the gradient", "da"),
    (
        RELU,
        [("[:, t] + later", "[:, t] * (h[:, t + 1] > 0) + later"), ("np.where(h[:, t + 1] > 0, dh, 0)", "dh")],
        "only the own loss is stopped",
        "da",
    ),
    (RELU, [("[::-1]", "")], "from the first step to the last", "da"),
    (RELU, [("da[:, t] = np.where", "da[:, t] = dh; g = np.where"), ("da[:, t] @", "g @")], "not yet multiplied", "da"),
    (TRIANGLE, [("C[t, s]", "C[s, t]")], "rows and columns of the triangle are exchanged", "C"),
    (TRIANGLE, [("h[:, s].T @ da", "da.T @ h[:, s]")], "the row belongs to the state that was read", "C"),
    (TRIANGLE, [("range(t, -1, -1)", "[t]")], "only the diagonal is there", "C"),
    (TRIANGLE, [("C[t, s] =", "C[t, s] = (s < t) *")], "the diagonal is missing", "C"),
    (TRIANGLE, [("dh * (1 - h[:, s + 1] ** 2)", "dh")], "tanh′ is missing", "C"),
    (TRIANGLE, [("W_hh.T", "W_hh")], "what lies below is not: W_hh is not transposed", "C"),
    (TRIANGLE, [("dh = da @ W_hh.T", "dh = da @ W_hh.T + immediate[:, s - 1]")], "the steps passed on the way", "C"),
    (TRIANGLE, [("h[:, s].T", "h[:, s + 1].T")], "paired with the state after its step", "C"),
    (TRIANGLE, [("range(t, -1, -1)", "range(t, 0, -1)")], "the first column is missing", "C"),
    (TRIANGLE, [("1 - h[:, s + 1] ** 2", "1 - h[:, s] ** 2")], "taken from the state before it", "C"),
    (TRIANGLE, [("dh = da @ W_hh.T", "dh = dh @ W_hh.T")], "of the steps passed on the way is missing", "C"),
    (
        TRIANGLE,
        [
            ("np.zeros((T, T, H, H))", "np.zeros((T, T, len(h), H, H))"),
            ("h[:, s].T @ da", "h[:, s, :, None] * da[:, None]"),
        ],
        "one matrix for each sequence",
        "C",
    ),
    (FORWARD, [("1 - h[:, t + 1] ** 2", "np.ones((B, H))")], "tanh′ is missing", "db_h"),
    (FORWARD, [("(np.eye(H) + P @ W_hh)", "np.eye(H)")], "only the immediate derivative", "db_h"),
    (FORWARD, [("Q = (Q @ W_hh)", "Q = W_hh")], "only the immediate derivative", "dh_0"),
    (
        FORWARD,
        [("(np.eye(H) + P @ W_hh) * slope[:, None, :]", "np.eye(H) * slope[:, None, :] + P @ W_hh")],
        "multiplies one of the two terms only",
        "db_h",
    ),
    (FORWARD, [("(np.eye(H) + P @ W_hh)", "(np.eye(H) + P @ W_hh.T)")], "Going forward in time nothing is", "db_h"),
    (FORWARD, [("P @ W_hh) * slope[:, None, :]", "P @ W_hh) * slope[:, :, None]")], "the wrong axis", "db_h"),
    (FORWARD, [("np.stack([np.eye(H)] * B)", "P.copy() if 0 else np.zeros((B, H, H))")], "this is zero", "dh_0"),
    (FORWARD, [("P, Q = np.zeros((B, H, H))", "P, Q = np.stack([np.eye(H)] * B)")], "does not depend on", "db_h"),
    (FORWARD, [("(Q @ W_hh)", "(np.eye(H) + Q @ W_hh)")], "got into the derivative by h_0", "dh_0"),
    (
        FORWARD,
        [("return db_h, dh_0", "return db_h[-1], dh_0")],
        "this is the gradient of all losses, and right",
        "db_h",
    ),
    (FORWARD, [("db_h[t:]", "db_h[t]")], "Add up as you go", "db_h"),
    (FORWARD, [("dh_0[t:]", "dh_0[:]")], "every entry is the last one", "dh_0"),
    (FORWARD, [("slope = 1 - h[:, t + 1]", "slope = 1 - h[:, t]")], "from the state before the step", "db_h"),
    (FORWARD, [("P = (np.eye(H) + P", "P = ((t == 0) * np.eye(H) + P")], "comes in again each time", "db_h"),
    (FORWARD, [("(np.eye(H) + P @ W_hh)", "(1 + P @ W_hh)")], "a matrix I, not ones", "db_h"),
    (FORWARD, [("(P @ immediate", "(P.swapaxes(1, 2) @ immediate")], "was multiplied with the wrong axis", "db_h"),
    (FORWARD, [("[..., 0].sum(0)", "[..., 0].mean(0)")], "this is the mean over the batch", "db_h"),
    (FORWARD, [("return db_h, dh_0", "return db_h, dh_0.sum(1)")], "has an initial state of its own", "dh_0"),
    (NAMES, [("MYSTERIES", "list(MYSTERIES)")], "return a dict from letter to name", ""),
    (NAMES, [("MYSTERIES", "MYSTERIES | {'E': 'a gremlin'}")], "E: not one of the names", ""),
    (NAMES, [("MYSTERIES", "{'a': MYSTERIES['A'].title()}")], "Still without a name: B, C, D, E, F", ""),
    (NAMES, [("MYSTERIES", "MYSTERIES | {'A': 'later steps forgotten'}")], "A is something else. At T = 1 all is", ""),
    (NAMES, [("MYSTERIES", "MYSTERIES | {'B': 'last product missing'}")], "Which product is used at T = 1", ""),
    (NAMES, [("MYSTERIES", "MYSTERIES | {'F': 'own loss overwritten'}")], "how the steps' contributions", ""),
]


@pytest.mark.parametrize(("source", "changes", "hint", "part"), WRONG)
def test_wrong_answers_get_their_hint(source, changes, hint, part):
    found = result(source, *changes)
    assert not found.passed
    assert found.started
    (line,) = [line for line in found.hint.splitlines() if hint in line]
    assert f"`{part}`" in line or not part


def test_a_triangle_from_one_walk_back_is_recognized():
    one_walk = """
def triangle(immediate, h, W_hh):
    T, H = immediate.shape[1:]
    C, dh = np.zeros((T, T, H, H)), 0
    for s in range(T)[::-1]:
        da = (immediate[:, s] + dh) * (1 - h[:, s + 1] ** 2)
        C[s, s] = h[:, s].T @ da
        dh = da @ W_hh.T
    return C
"""
    assert "in the place of the diagonal" in check.check_triangle(answer(one_walk)).hint


def test_one_walk_back_is_not_forward_in_time():
    back = """
def forward_in_time(immediate, h, W_hh):
    db_h, dh_0, carried = [], [], 0 * h[:, 0]
    for t in range(immediate.shape[1])[::-1]:
        da = (immediate[:, t] + carried) * (1 - h[:, t + 1] ** 2)
        carried = da @ W_hh.T
        db_h.append(da.sum(0) + (db_h[-1] if db_h else 0))
        dh_0.append(carried)
    return np.array(db_h), np.array(dh_0)
"""
    assert "this is one walk back" in check.check_forward_in_time(answer(back)).hint
    turned = back.replace("np.array(db_h), np.array(dh_0)", "np.array(db_h)[::-1], np.array(dh_0)[::-1]")
    assert "this is one walk back" in check.check_forward_in_time(answer(turned)).hint


def test_names_may_be_written_in_any_case():
    wanted = {letter.lower(): name.upper() for letter, name in _bptt_bugs.MYSTERIES.items()}
    assert check.check_name_the_bugs(lambda: wanted).passed


def test_a_gradient_that_is_right_is_named_beside_the_wrong_one():
    found = result(BPTT, ("dW_hh += h[:, t]", "dW_hh += h[:, t + 1]"))
    assert "Right: `dx`, `dh_0`, `dW_xh`, `db_h`, `dW_hy`, `db_y`." in found.hint


def test_a_dict_is_as_good_as_a_tuple():
    keys = ["dx", "dh_0", "dW_xh", "dW_hh", "db_h", "dW_hy", "db_y"]
    bptt = answer(BPTT)
    assert check.check_bptt(lambda *args: dict(zip(keys, bptt(*args), strict=True))).passed
    found = check.check_bptt(lambda *args: dict(zip(keys[:6], bptt(*args), strict=False)))
    assert "has no `db_y`" in found.hint


def test_one_that_fails_at_one_step_only_is_told_about_the_boundary():
    found = result(BPTT, ("return dx, dh_next", "return dx, dh_next * (T > 1)"))
    assert "With T = 1 the first step is the last" in found.hint


def test_the_reference_is_what_the_package_computes():
    B, T, D, H, V = 3, 5, 2, 4, 6
    rng = np.random.default_rng(0)
    layer, readout = rnn.RNN(D, H, dtype=np.float64, rng=rng), rnn.Dense(H, V, dtype=np.float64, rng=rng)
    layer.params["b_h"][...] = rng.normal(size=H)
    x, h_0 = rng.normal(size=(B, T, D)), rng.normal(size=(B, H))
    states, _ = layer.forward(x, h_0)
    dz = rng.normal(size=readout.forward(states).shape)
    dx, dh_0 = layer.backward(readout.backward(dz))
    grads, weights = layer.grads, (layer.params["W_xh"], layer.params["W_hh"], readout.params["W"])
    wanted = dx, dh_0, grads["W_xh"], grads["W_hh"], grads["b_h"], readout.grads["W"], readout.grads["b"]
    h = np.concatenate([h_0[:, None], states], axis=1)
    for got, want in zip(_bptt_full.gradients(x, h, dz, *weights), wanted, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)


def test_the_drawn_networks_have_states_that_follow_from_their_inputs_and_nothing_zero():
    n = _bptt_walk.numbers(np.random.default_rng(0), (2, 3, 4, 5, 6))
    assert all(np.all(array != 0) for array in n.values())
    a = np.arctanh(n["h"][:, 1:]) - n["x"] @ n["W_xh"] - n["h"][:, :-1] @ n["W_hh"]
    np.testing.assert_allclose(a, np.broadcast_to(a[0, 0], a.shape), atol=1e-9)  # the bias, alike everywhere
    assert np.all(a[0, 0] != 0)


def pattern(bug):
    """Zero, one, or between, for each gradient and setting: what can be read off without numbers."""
    return tuple(tuple(0 if e == 0 else 1 if abs(e - 1) < 1e-9 else 0.5 for e in row) for row in _bptt_bugs.errors(bug))


def test_every_bug_has_a_pattern_of_its_own():
    patterns = {bug: pattern(bug) for bug in check.BUG_NAMES}
    assert len(set(patterns.values())) == len(patterns)


def test_the_patterns_are_those_the_solution_reasons_with():
    assert set(pattern("missing tanh slope")[0]) == {0.5}
    assert pattern("missing transpose")[0] == (0, 0, 0.5, 0, 0, 0)
    assert pattern("later steps forgotten")[2][::2][:2] == (1, 1)
    assert set(pattern("own loss overwritten")[2]) == {0}
    assert {row[4] for row in pattern("final state as initial")} == {0.5}
    assert pattern("dW overwritten")[1] == (0, 0, 0, 0.5, 0.5, 0.5)


def test_the_table_shows_six_letters_and_no_name():
    text = check.gradient_errors()
    assert all(f"**{letter}**" in text for letter in "ABCDEF")
    assert text.count("\n") == 1 + 3 * 6
    assert not any(name in text for name in check.BUG_NAMES)


def test_no_clue_gives_the_name_away():
    for letter, bug in _bptt_bugs.MYSTERIES.items():
        clue = _bptt_bugs.CLUES[letter].lower()
        assert bug.lower() not in clue
        wrong = dict.fromkeys(_bptt_bugs.MYSTERIES, "bias averaged")
        assert bug not in check.check_name_the_bugs(lambda wrong=wrong: wrong).hint


def test_error_is_zero_one_third_and_one():
    right = np.array([3.0, -4.0])
    assert _bptt_bugs.error(right, right) == 0
    assert _bptt_bugs.error(2 * right, right) == pytest.approx(1 / 3)
    assert _bptt_bugs.error(0 * right, right) == _bptt_bugs.error(-right, right) == 1
