"""The checkers of the chapter on gated networks: what readers write, right and wrong, and what they are told."""

import math

import numpy as np
import pytest

from rnn.exercises import gated_networks as check

# Answers as readers write them, independent of how the checkers make the same mistakes.


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def step_slices(x, h, c, W_xh, W_hh, b_h):
    H = h.shape[1]
    a = x @ W_xh + h @ W_hh + b_h
    i, f, g, o = sigmoid(a[:, :H]), sigmoid(a[:, H : 2 * H]), np.tanh(a[:, 2 * H : 3 * H]), sigmoid(a[:, 3 * H :])
    c_new = i * g + f * c
    return o * np.tanh(c_new), c_new


def step_figo(x, h, c, W_xh, W_hh, b_h):
    f, i, g, o = np.split(x @ W_xh + h @ W_hh + b_h, 4, axis=1)
    c_new = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_new), c_new


def step_iofc(x, h, c, W_xh, W_hh, b_h):
    i, o, f, g = np.split(x @ W_xh + h @ W_hh + b_h, 4, axis=1)
    c_new = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_new), c_new


def step_changed(**changes):
    """A step with one line written another way."""

    def answer(x, h, c, W_xh, W_hh, b_h):
        a = (changes.get("a") or (lambda x, h, c, b: x @ W_xh + h @ W_hh + b))(x, h, c, b_h)
        i, f, g, o = np.split(a, 4, axis=1)
        squash = changes.get("candidate", np.tanh)
        i, f, g, o = sigmoid(i), sigmoid(f), squash(g), changes.get("shown", sigmoid)(o)
        c_new = changes.get("c", lambda c, i, f, g: f * c + i * g)(c, i, f, g)
        return changes.get("h", lambda o, c_new, c: o * np.tanh(c_new))(o, c_new, c), c_new

    return answer


def step_interleaved(x, h, c, W_xh, W_hh, b_h):
    H = h.shape[1]
    a = x @ W_xh + h @ W_hh + b_h
    c_new = np.empty_like(c)
    h_new = np.empty_like(c)
    for unit in range(H):
        i, f, g, o = a[:, 4 * unit : 4 * unit + 4].T
        c_new[:, unit] = sigmoid(f) * c[:, unit] + sigmoid(i) * np.tanh(g)
        h_new[:, unit] = sigmoid(o) * np.tanh(c_new[:, unit])
    return h_new, c_new


def step_squashes_the_cell(*args):
    h_new, c_new = step_slices(*args)
    return h_new, np.tanh(c_new)


def step_old_c(x, h, c, *weights):
    return step_slices(x, h, c, *weights)[0], c.copy()


def step_keeps_h(x, h, c, *weights):
    return step_slices_from(x, h, h, *weights)


def step_slices_from(x, h, kept, W_xh, W_hh, b_h):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b_h, 4, axis=1)
    c_new = sigmoid(f) * kept + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c_new), c_new


def step_adds_one(x, h, c, W_xh, W_hh, b_h):
    H = h.shape[1]
    b_h = b_h.copy()
    b_h[H : 2 * H] += 1
    return step_slices(x, h, c, W_xh, W_hh, b_h)


def step_overwritten(x, h, c, W_xh, W_hh, b_h):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b_h, 4, axis=1)
    c = sigmoid(i) * np.tanh(g)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def step_in_place(x, h, c, W_xh, W_hh, b_h):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b_h, 4, axis=1)
    c *= sigmoid(f)
    c += sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def step_exchanged(*args):
    return step_slices(*args)[::-1]


def step_only_h(*args):
    return step_slices(*args)[0]


def step_wrong_axis(x, h, c, W_xh, W_hh, b_h):
    i, f, g, o = np.split(x @ W_xh + h @ W_hh + b_h, 4)
    return o * f, i * g


def back(change="", order=("i", "f", "g", "o")):
    """Return one step back as a reader writes it, with a mistake."""

    def answer(dh, dc, x, h_prev, c_prev, i, f, g, o, c, W_xh, W_hh):
        tanh_c = np.tanh(c)
        slope = 1.0 if change == "tanh slope" else 1 - (c if change == "1 - c²" else tanh_c) ** 2
        dc_in = dc
        dc = (dc * f if change == "f at once" else dc) + (0 if change == "from h" else dh * o * slope)
        if change == "no o":
            dc = dc_in + dh * slope
        if change == "no dc":
            dc = dh * o * slope
        if change == "early":
            dc = dc * f
        da = {
            "i": dc * g * (1 if change == "i slope" else i * (1 - i)),
            "f": dc * (c if change == "c" else c_prev) * (1 if change == "f slope" else f * (1 - f)),
            "g": dc * i * (1 if change == "g slope" else g * (1 - g) if change == "g sigmoid" else 1 - g * g),
            "o": dh * (c if change == "o c" else tanh_c) * (1 if change == "o slope" else o * (1 - o)),
        }
        if change == "no slopes":
            da = {"i": dc * g, "f": dc * c_prev, "g": dc * i, "o": dh * tanh_c}
        if change == "f squashed again":
            da["f"] = dc * c_prev * sigmoid(f) * (1 - sigmoid(f))
        if change == "1 - i²":
            da["i"] = dc * g * (1 - i**2)
        if change == "own value":
            da |= {"i": dc * i * i * (1 - i), "g": dc * g * (1 - g**2)}
        if change == "f by f":
            da["f"] = dc * f * f * (1 - f)
        if change == "o from c":
            da["o"] = dc * tanh_c * o * (1 - o)
        da = np.hstack([da[name] for name in order])
        dh_prev = da @ W_hh.T
        dc_prev = dc if change == "no f" else dc * (1 if change == "early" else f)
        if change == "dh kept":
            dh_prev = dh_prev + dh
        if change == "by i":
            dc_prev = dc * i
        if change == "dc in":
            dc_prev = dc_in * f
        if change == "overwritten":
            dh = dh_prev
            dc_prev = (dc_in + dh * o * slope) * f
        read = o * tanh_c if change == "h" else h_prev
        db = da if change == "db" else da.sum(axis=0)
        return da @ W_xh.T, dh_prev, dc_prev, x.T @ da, read.T @ da, db

    return answer


def back_dict(*args):
    names = ("dx", "dh_prev", "dc_prev", "dW_xh", "dW_hh", "db_h")
    return dict(reversed(list(zip(names, back()(*args), strict=True))))


def back_in_place(dh, dc, x, h_prev, c_prev, i, f, g, o, c, W_xh, W_hh):
    dc += dh * o * (1 - np.tanh(c) ** 2)
    return back()(dh, dc, x, h_prev, c_prev, i, f, g, o, c, W_xh, W_hh)


def gru(
    x, h, W_xh, W_hh, b_h, b_hn, reset_after, *, order=(0, 1, 2), keep="z", candidate=None, squash=np.tanh,
    mix=None, update=sigmoid, reset_first=False,
):  # fmt: skip
    xs, ws = np.split(x @ W_xh + b_h, 3, axis=1), np.split(W_hh, 3, axis=1)
    (x_r, x_z, x_n), (w_r, w_z, w_n) = [xs[k] for k in order], [ws[k] for k in order]
    r = sigmoid(x_r + h @ w_r)
    z = update(x_z + (r * h if reset_first else h) @ w_z)
    right = (lambda: x_n + r * (h @ w_n + b_hn)) if reset_after else (lambda: x_n + (r * h) @ w_n)
    n = squash(candidate(x_n, r, h, w_n, b_hn, reset_after) if candidate else right())
    if mix:
        return mix(r, z, n, h)
    return (1 - z) * n + z * h if keep == "z" else z * n + (1 - z) * h


def gru_with(**changes):
    return lambda *args: gru(*args, **changes)


def always_before(x_n, r, h, w_n, b_hn, after):
    return x_n + (r * h) @ w_n


def always_before_with_bias(x_n, r, h, w_n, b_hn, after):
    return x_n + (r * h) @ w_n + (b_hn if after else 0)


def always_after(x_n, r, h, w_n, b_hn, after):
    return x_n + r * (h @ w_n + b_hn)


def always_after_bias_if_after(x_n, r, h, w_n, b_hn, after):
    return x_n + r * (h @ w_n + (b_hn if after else 0))


def bias_outside(x_n, r, h, w_n, b_hn, after):
    return x_n + r * (h @ w_n) + b_hn if after else x_n + (r * h) @ w_n


def bias_forgotten(x_n, r, h, w_n, b_hn, after):
    return x_n + r * (h @ w_n) if after else x_n + (r * h) @ w_n


def bias_always(x_n, r, h, w_n, b_hn, after):
    return x_n + r * (h @ w_n + b_hn) if after else x_n + (r * h) @ w_n + b_hn


def resets_the_input(x_n, r, h, w_n, b_hn, after):
    return r * (x_n + h @ w_n + b_hn) if after else x_n + (r * h) @ w_n


def no_reset(x_n, r, h, w_n, b_hn, after):
    return x_n + h @ w_n + b_hn


def one_minus_r(x_n, r, h, w_n, b_hn, after):
    return x_n + (1 - r) * (h @ w_n + b_hn) if after else x_n + ((1 - r) * h) @ w_n


def bias_exchanged(x_n, r, h, w_n, b_hn, after):
    return x_n + r * (h @ w_n) if after else x_n + (r * h) @ w_n + b_hn


def product_transposed(x_n, r, h, w_n, b_hn, after):
    return x_n + r * (h @ w_n.T + b_hn) if after else x_n + (r * h) @ w_n.T


def count(cell, D, H, *, blocks=(1, 4, 3, 3), biases=1, extra=("GRU after",)):
    k = dict(zip(("RNN", "LSTM", "GRU after", "GRU before"), blocks, strict=True))[cell]
    return k * (D * H + H * H + biases * H) + (H if cell in extra else 0)


def count_with(**changes):
    return lambda cell, D, H: count(cell, D, H, **changes)


def count_with_square_once(cell, D, H):
    k = {"RNN": 1, "LSTM": 4}.get(cell, 3)
    return k * D * H + H * H + k * H


def logit(f):
    return math.log(f / (1 - f))


STEP, BACK = check.check_lstm_step, check.check_lstm_step_backward
BIAS, GRU, COUNT = check.check_forget_bias, check.check_gru_step, check.check_count_parameters

WRONG = [
    (STEP, step_figo, "`h_new`, `c_new`: the blocks of a are taken in another order"),
    (STEP, step_iofc, "`h_new`, `c_new`: the blocks of a are taken in another order"),
    (STEP, step_changed(h=lambda o, new, c: o * new), "`h_new`: the output gate is applied to c itself"),
    (STEP, step_changed(h=lambda o, new, c: o * np.tanh(c)), "`h_new`: the old cell state is shown"),
    (STEP, step_changed(candidate=sigmoid), "the candidate g went through a sigmoid"),
    (STEP, step_overwritten, "c was overwritten before the forget gate read it"),
    (STEP, step_in_place, "changes its input `c` in place"),
    (STEP, step_changed(c=lambda c, i, f, g: f * (c + i * g)), "the forget gate multiplies the new part too"),
    (STEP, step_changed(c=lambda c, i, f, g: f * c + (1 - f) * g), "1 − f stands in the place of the input gate"),
    (STEP, step_interleaved, "every fourth column is taken for a gate"),
    (STEP, step_changed(candidate=lambda g: g), "the candidate g is used as it is"),
    (STEP, step_changed(shown=np.tanh), "the output gate went through a tanh"),
    (STEP, step_changed(h=lambda o, new, c: o * sigmoid(new)), "the cell state is shown through a sigmoid"),
    (STEP, step_changed(h=lambda o, new, c: np.tanh(new)), "where is the output gate?"),
    (STEP, step_squashes_the_cell, "`c_new`: the new cell state went through a tanh"),
    (STEP, step_old_c, "`c_new`: this is the cell state that came in"),
    (STEP, step_keeps_h, "the forget gate multiplies the old h"),
    (STEP, step_adds_one, "1 was added to the forget gate's pre-activation"),
    (STEP, step_changed(c=lambda c, i, f, g: (1 - f) * c + i * g), "the old cell state is kept by 1 − f"),
    (STEP, step_changed(c=lambda c, i, f, g: f * c + g), "where is the input gate?"),
    (STEP, step_changed(c=lambda c, i, f, g: c + i * g), "where is the forget gate?"),
    (STEP, step_exchanged, "this is the right `c_new`. Are the returned values in the order h_new, c_new?"),
    (STEP, step_only_h, "return 2 values, `return h_new, c_new`"),
    (STEP, step_wrong_axis, "your function stopped with `ValueError"),
    (BACK, back("from h"), "the cell state's gradient lacks what comes from h_t"),
    (BACK, back("from h"), "`dc_prev`: only the dc that came in is passed on"),
    (BACK, back("tanh slope"), "where is 1 − tanh²(c_t)?"),
    (BACK, back("i slope"), "the slope of i is missing"),
    (BACK, back("f slope"), "the slope of f is missing"),
    (BACK, back("g slope"), "the slope of g is missing"),
    (BACK, back("o slope"), "the slope of o is missing"),
    (BACK, back("no slopes"), "all four slopes are missing"),
    (BACK, back("g sigmoid"), "the candidate got the slope of a sigmoid"),
    (BACK, back(order="figo"), "the four blocks of da stand in another order"),
    (BACK, back("c"), "its gradient has c_prev in it, not c"),
    (BACK, back("o c"), "has tanh(c) in it, not c"),
    (BACK, back("early"), "dc was multiplied by f before the gates read it"),
    (BACK, back("no f"), "`dc_prev`: the factor f is missing"),
    (BACK, back("dc in"), "`dc_prev`: only the dc that came in is passed on"),
    (BACK, back("overwritten"), "`dc_prev`: it was made with the gradient of h_{t−1}"),
    (BACK, back("h"), "`dW_hh`: W_hh was multiplied by h_{t−1} in the forward pass"),
    (BACK, back("1 - c²"), "the slope is 1 − tanh²(c_t), not 1 − c_t²"),
    (BACK, back("no o"), "the way from h_t to c_t lacks a factor"),
    (BACK, back("f at once"), "the dc that came in was multiplied by f at once"),
    (BACK, back("no dc"), "the dc that came in is not used"),
    (BACK, back("f squashed again"), "a slope was taken of a value squashed twice"),
    (BACK, back("1 - i²"), "a gate got the slope of tanh"),
    (BACK, back("own value"), "They are exchanged."),
    (BACK, back("f by f"), "and that was not f"),
    (BACK, back("o from c"), "Who reads o? h_t alone."),
    (BACK, back("dh kept"), "`dh_prev`: dh itself was added"),
    (BACK, back("by i"), "`dc_prev`: the old cell state was multiplied by f in the forward pass, not by i"),
    (BACK, back("db"), "`db_h`: wanted shape (4H,), here (4,), got (2, 4)."),
    (BACK, back_in_place, "changes its input `dc` in place"),
    (BIAS, lambda k: logit(math.exp(-1 / k)), "after that many steps 1/e is left"),
    (BIAS, lambda k: 0.5 ** (1 / k), "this is f itself"),
    (BIAS, lambda k: -k * math.log(2) - math.log1p(-(0.5**k)), "the half-life stands upside down"),
    (BIAS, lambda k: -logit(0.5 ** (1 / k)), "right but for the sign: this gate is open as far as"),
    (BIAS, lambda k: logit(1 - 1 / k), "this gate loses 1/`steps` of what is there"),
    (BIAS, lambda k: logit(1 - 1 / (2 * k)), "as if the decay were a straight line"),
    (BIAS, lambda k: math.log2(0.5 ** (1 / k) / (1 - 0.5 ** (1 / k))), "a logarithm to base 2"),
    (BIAS, lambda k: math.log(k / 0.6931471805599453), "the approximation for large biases"),
    (BIAS, lambda k: round(logit(0.5 ** (1 / k)), 3), "right, but rounded"),
    (BIAS, lambda k: int(logit(0.5 ** (1 / k))), "right, but rounded"),
    (BIAS, math.log, "this is ln of the half-life"),
    (BIAS, lambda k: math.log(math.log(2) / k), "solved upside down"),
    (BIAS, lambda k: math.log(k / 0.69), "the approximation for large biases"),
    (BIAS, lambda k: 0.5 ** (1 / k) / (1 - 0.5 ** (1 / k)), "the odds"),
    (BIAS, lambda k: math.log(2) / k, "this is −ln f"),
    (BIAS, lambda k: math.atanh(0.5 ** (1 / k)), "as if it were a tanh"),
    (BIAS, lambda k: float(sigmoid(0.5 ** (1 / k))), "the sigmoid was applied once more"),
    (GRU, gru_with(mix=lambda r, z, n, h: n + z * h), "the candidate is added in full"),
    (GRU, gru_with(mix=lambda r, z, n, h: (1 - r) * n + r * h), "the reset gate mixes old state and candidate"),
    (GRU, gru_with(mix=lambda r, z, n, h: (1 - z) * n + z * (r * h)), "what z keeps is the old state as it came"),
    (GRU, gru_with(mix=lambda r, z, n, h: n), "this is the candidate n"),
    (GRU, gru_with(candidate=one_minus_r), "1 − r stands where r should"),
    (GRU, gru_with(candidate=bias_exchanged), "b_hn stands in the wrong convention"),
    (GRU, gru_with(candidate=product_transposed), "is transposed"),
    (GRU, lambda x, h, W, U, b, b_hn, after: gru(x, h, W, U, 0 * b, b_hn, after), "the bias b_h is missing"),
    (GRU, gru_with(squash=lambda a: a), "the candidate is used as it is"),
    (GRU, gru_with(update=np.tanh), "a gate went through a tanh"),
    (GRU, gru_with(reset_first=True), "the update gate got the state that r has reset"),
    (GRU, gru_with(keep="1 - z"), "z and 1 − z are exchanged"),
    (GRU, gru_with(candidate=always_before), "with True the reset also comes before the product"),
    (GRU, gru_with(candidate=always_before_with_bias), "with True the reset also comes before the product"),
    (GRU, gru_with(candidate=always_after), "with False the reset also comes after the product"),
    (GRU, gru_with(candidate=always_after_bias_if_after), "with False the reset also comes after the product"),
    (GRU, lambda *args: gru(*args[:-1], not args[-1]), "the two conventions are exchanged"),
    (GRU, gru_with(candidate=bias_outside), "with True, r does not reach b_hn"),
    (GRU, gru_with(candidate=bias_forgotten), "with True the bias b_hn is missing"),
    (GRU, gru_with(candidate=bias_always), "with False b_hn is added as well"),
    (GRU, gru_with(candidate=resets_the_input), "r multiplies the input's part of the candidate too"),
    (GRU, gru_with(candidate=no_reset), "the reset gate is not used"),
    (GRU, gru_with(order=(1, 0, 2)), "the blocks are taken in another order"),
    (GRU, gru_with(squash=sigmoid), "the candidate went through a sigmoid"),
    (COUNT, count_with(biases=2, extra=()), "two biases are counted for each block"),
    (COUNT, count_with(blocks=(1, 3, 3, 3)), "the LSTM has four blocks, not three"),
    (COUNT, count_with(blocks=(1, 4, 4, 4)), "the GRU has three blocks, not four"),
    (COUNT, count_with(blocks=(1, 3, 2, 2)), "only the gates are counted"),
    (COUNT, count_with(extra=()), "b_hn, which the GRU has when the reset comes after the product, is missing"),
    (COUNT, count_with(extra=("GRU after", "GRU before")), "b_hn is counted for both GRUs"),
    (COUNT, count_with(biases=0, extra=()), "the biases are missing"),
    (COUNT, count_with_square_once, "W_hh is counted as (H, H)"),
    (COUNT, lambda cell, D, H: count(cell, H, D), "D and H are exchanged"),
    (COUNT, count_with(biases=2), "two biases are counted for each block"),
    (COUNT, count_with(extra=("GRU before",)), "b_hn stands on the wrong side"),
    (COUNT, count_with(blocks=(1, 4, 2, 2)), "the GRU has three blocks, not two"),
    (COUNT, lambda cell, D, H: count(cell, D, H) - count(cell, 0, H, biases=0, extra=()), "W_hh is missing"),
    (COUNT, lambda cell, D, H: count(cell, 0, H), "W_xh is missing"),
    (COUNT, lambda cell, D, H: count(cell, D, H, biases=0) + H, "b_h is counted as (H,)"),
    (COUNT, lambda cell, D, H: count(cell, D, H) + (2 * H if cell == "GRU after" else 0), "once for each block"),
    (COUNT, lambda cell, D, H: float(count(cell, D, H)), "wanted a whole number"),
]


@pytest.mark.parametrize(("checker", "answer", "hint"), WRONG, ids=[str(k) for k in range(len(WRONG))])
def test_a_wrong_answer_gets_the_hint_for_its_mistake(checker, answer, hint):
    result = checker(answer)
    assert not result.passed
    assert result.started
    assert hint in result.hint, result


@pytest.mark.parametrize(
    ("checker", "answer"),
    [
        (STEP, step_slices),
        (BACK, back()),
        (BACK, back_dict),
        (BIAS, lambda k: logit(0.5 ** (1 / k))),
        (BIAS, lambda k: np.float64(-math.log(2 ** (1 / k) - 1))),
        (GRU, gru),
        (COUNT, count),
    ],
)
def test_right_answers_in_another_hand_pass(checker, answer):
    result = checker(answer)
    assert result.passed, result


def test_what_is_right_is_named_when_only_one_gradient_is_wrong():
    assert BACK(back("no f")).hint.endswith("Right: `dx`, `dh_prev`, `dW_xh`, `dW_hh`, `db_h`.")
    assert BACK(back("h")).hint.endswith("Right: `dx`, `dh_prev`, `dc_prev`, `dW_xh`, `db_h`.")
    assert STEP(step_changed(h=lambda o, new, c: o * new)).hint.endswith("Right: `c_new`.")


@pytest.mark.parametrize("name", check.__all__)
@pytest.mark.parametrize("value", ["text", 3.5, True, [], (), {}, object(), np.zeros(0), np.full((1, 1), np.nan)])
def test_whatever_comes_back_the_answer_is_a_sentence(name, value):
    result = getattr(check, name)(lambda *args: value)
    assert not result.passed
    assert result.started
    assert len(result.hint) > 20
    assert "Traceback" not in result.hint


@pytest.mark.parametrize("name", check.__all__)
def test_whatever_is_raised_the_answer_is_a_sentence(name):
    def broken(*args):
        raise ValueError("no")

    hint = getattr(check, name)(broken).hint
    assert "your function stopped with `ValueError: no` in line 2 of `broken`" in hint
