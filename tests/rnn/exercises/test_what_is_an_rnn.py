"""The checkers of the chapter on what an RNN is: what readers write, right and wrong, and what they are told."""

from itertools import combinations

import numpy as np
import pytest

import rnn
from rnn.exercises import what_is_an_rnn as check

# Answers as readers write them, independent of how the checkers make the same mistakes.


def pairs_where(alike):
    def twins(reviews):
        found = []
        for i in range(len(reviews)):
            for j in range(i + 1, len(reviews)):
                if alike(reviews[i], reviews[j]):
                    found.append((i, j))
        return found

    return twins


def counts(review):
    return {word: review.count(word) for word in review}


right_twins = pairs_where(lambda a, b: counts(a) == counts(b) and a != b)
twins_of_sets = pairs_where(lambda a, b: set(a) == set(b) and a != b)
twins_of_sets_and_equals = pairs_where(lambda a, b: set(a) == set(b))
twins_with_equals = pairs_where(lambda a, b: counts(a) == counts(b))
twins_of_length = pairs_where(lambda a, b: len(a) == len(b) and a != b)
twins_equal = pairs_where(lambda a, b: a == b)
twins_reversed = pairs_where(lambda a, b: list(reversed(a)) == b and a != b)


def twins_both_ways(reviews):
    n = range(len(reviews))
    return [(i, j) for i in n for j in n if counts(reviews[i]) == counts(reviews[j]) and reviews[i] != reviews[j]]


def twins_and_itself(reviews):
    n = range(len(reviews))
    return [(i, j) for i in n for j in n if i <= j and counts(reviews[i]) == counts(reviews[j])]


def twins_every_pair(reviews):
    n = range(len(reviews))
    return [(i, j) for i in n for j in n if i != j and counts(reviews[i]) == counts(reviews[j])]


def twins_neighbors(reviews):
    return [(i, j) for i, j in right_twins(reviews) if j - i == 1]


def twins_from_one(reviews):
    return [(i + 1, j + 1) for i, j in right_twins(reviews)]


def twins_sorted_in_place(reviews):
    for review in reviews:
        review.sort()
    return []


twins_of_letters = pairs_where(lambda a, b: sorted("".join(a)) == sorted("".join(b)) and a != b)
twins_of_three_words = pairs_where(
    lambda a, b: all(a.count(word) == b.count(word) for word in ("good", "bad", "not")) and a != b
)


def twins_exchanged(reviews):
    return [(j, i) for i, j in right_twins(reviews)]


def twins_by_the_second(reviews):
    return [(i, j) for j in range(len(reviews)) for i in range(j) if (i, j) in right_twins(reviews)]


def twins_first_only(reviews):
    for pair in right_twins(reviews):
        return [pair]
    return []


def twins_one_each(reviews):
    found = []
    for i in range(len(reviews)):
        for j in range(i + 1, len(reviews)):
            if (i, j) in right_twins(reviews):
                found.append((i, j))
                break
    return found


def twins_as_reviews(reviews):
    return [(reviews[i], reviews[j]) for i, j in right_twins(reviews)]


def twins_as_set(reviews):
    return set(right_twins(reviews))


def twins_none_if_none(reviews):
    return right_twins(reviews) or None


def loop(x, h0, W_xh, W_hh, b_h, step=None, read="state", order=1):
    step = step or (lambda x_t, h: np.tanh(x_t @ W_xh + h @ W_hh + b_h))
    h, states = h0, []
    for t in range(x.shape[1])[::order]:
        before = h
        h = step(x[:, t], h)
        states.append(before if read == "before" else h)
    return np.stack(states, axis=1)


def loop_resets_to_h0(x, h0, W_xh, W_hh, b_h):
    out = np.zeros((x.shape[0], x.shape[1], len(b_h)))
    for t in range(x.shape[1]):
        out[:, t] = np.tanh(x[:, t] @ W_xh + h0 @ W_hh + b_h)
    return out


def loop_resets_to_zero(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, step=lambda x_t, h: np.tanh(x_t @ W_xh + np.zeros_like(h) @ W_hh + b_h))


def loop_from_zero(x, h0, W_xh, W_hh, b_h):
    return loop(x, np.zeros(h0.shape), W_xh, W_hh, b_h)


def loop_before(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, read="before")


def loop_with_h0(x, h0, W_xh, W_hh, b_h):
    return np.concatenate([h0[:, None], loop(x, h0, W_xh, W_hh, b_h)], axis=1)


def loop_last(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h)[:, -1]


def loop_one_array(x, h0, W_xh, W_hh, b_h):
    h, states = h0.copy(), []
    for t in range(x.shape[1]):
        h[...] = np.tanh(x[:, t] @ W_xh + h @ W_hh + b_h)
        states.append(h)
    return np.stack(states, axis=1)


def loop_prepends(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h)[:, ::-1]


def loop_backward(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, order=-1)


def loop_backward_in_place(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, order=-1)[:, ::-1]


def loop_time_major(x, h0, W_xh, W_hh, b_h):
    h, states = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b_h)
        states.append(h)
    return np.array(states)


def loop_list(x, h0, W_xh, W_hh, b_h):
    return list(loop_time_major(x, h0, W_xh, W_hh, b_h))


def loop_transposed(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh.T, b_h)


def loop_no_bias(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, np.zeros_like(b_h))


def loop_linear(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, step=lambda x_t, h: x_t @ W_xh + h @ W_hh + b_h)


def loop_tanh_inside(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, step=lambda x_t, h: np.tanh(x_t @ W_xh + b_h) + h @ W_hh)


def loop_leaks(x, h0, W_xh, W_hh, b_h):
    out, h = np.zeros((*x.shape[:2], len(b_h))), h0[0]
    for b in range(len(x)):
        for t in range(x.shape[1]):
            h = np.tanh(x[b, t] @ W_xh + h @ W_hh + b_h)
            out[b, t] = h
    return out


def loop_sums(x, h0, W_xh, W_hh, b_h):
    h, sums = h0, []
    for t in range(x.shape[1]):
        a = x[:, t] @ W_xh + h @ W_hh + b_h
        h = np.tanh(a)
        sums.append(a)
    return np.stack(sums, axis=1)


def loop_bias_outside(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, step=lambda x_t, h: np.tanh(x_t @ W_xh + h @ W_hh) + b_h)


def loop_sigmoid(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, step=lambda x_t, h: 1 / (1 + np.exp(-(x_t @ W_xh + h @ W_hh + b_h))))


def loop_relu(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, step=lambda x_t, h: np.maximum(0, x_t @ W_xh + h @ W_hh + b_h))


def loop_filled(x, h0, W_xh, W_hh, b_h, first=None, steps=None, back=0):
    """States written into an array of zeros, its row t - 1 read at step t."""
    h = np.zeros((*x.shape[:2], len(b_h)))
    state = h0
    if first is not None:
        h[:, 0] = state = first
    for t in range(x.shape[1]) if steps is None else steps:
        state = np.tanh(x[:, t - back] @ W_xh + state @ W_hh + b_h)
        h[:, t] = state
    return h


def loop_starts_late(x, h0, *weights):
    return loop_filled(x, h0, *weights, first=h0, steps=range(1, x.shape[1]))


def loop_starts_late_from_zero(x, h0, *weights):
    return loop_filled(x, h0, *weights, first=0 * h0, steps=range(1, x.shape[1]))


def loop_stops_early(x, h0, *weights):
    return loop_filled(x, h0, *weights, steps=range(x.shape[1] - 1))


def loop_input_late(x, h0, *weights):
    return loop_filled(x, h0, *weights, back=1)


def loop_counts_the_batch(x, h0, W_xh, W_hh, b_h):
    h, states = h0, []
    for t in range(len(x)):
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b_h)
        states.append(h)
    return np.stack(states, axis=1)


def loop_squeezed(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h).squeeze()


def loop_first_axis(x, h0, W_xh, W_hh, b_h):
    h, states = h0, []
    for x_t in x:  # runs over the batch
        h = np.tanh(x_t @ W_xh + h @ W_hh + b_h)
        states.append(h)
    return np.stack(states, axis=1)


def jordan(x_t, y_prev, W_xh, W_yh, b_h, W_hy, b_y, bend=np.tanh, out=rnn.sigmoid, inside=None, outside=0.0):
    inside = y_prev @ W_yh if inside is None else inside
    h = bend(x_t @ W_xh + inside + b_h) + outside
    return h, out(h @ W_hy + b_y)


def jordan_forgets(x_t, y_prev, *weights):
    return jordan(x_t, y_prev, *weights, inside=0.0)


def jordan_through_readout(x_t, y_prev, W_xh, W_yh, b_h, W_hy, b_y):
    return jordan(x_t, y_prev, W_xh, W_hy.T, b_h, W_hy, b_y)


def jordan_outside(x_t, y_prev, W_xh, W_yh, b_h, W_hy, b_y):
    return jordan(x_t, y_prev, W_xh, W_yh, b_h, W_hy, b_y, inside=0.0, outside=y_prev @ W_yh)


def jordan_no_b_h(x_t, y_prev, W_xh, W_yh, b_h, W_hy, b_y):
    return jordan(x_t, y_prev, W_xh, W_yh, 0.0, W_hy, b_y)


def jordan_no_b_y(x_t, y_prev, W_xh, W_yh, b_h, W_hy, b_y):
    return jordan(x_t, y_prev, W_xh, W_yh, b_h, W_hy, 0.0)


def jordan_no_tanh(*args):
    return jordan(*args, bend=lambda a: a)


def jordan_all_sigmoid(*args):
    return jordan(*args, bend=rnn.sigmoid)


def jordan_logits(*args):
    return jordan(*args, out=lambda z: z)


def jordan_tanh_out(*args):
    return jordan(*args, out=np.tanh)


def jordan_softmax(*args):
    return jordan(*args, out=lambda z: np.exp(z) / np.sum(np.exp(z), axis=-1, keepdims=True))


def jordan_upside_down(*args):
    return jordan(*args, out=lambda z: 1 / (1 + np.exp(z)))


def jordan_b_y_outside(x_t, y_prev, W_xh, W_yh, b_h, W_hy, b_y):
    h, y = jordan(x_t, y_prev, W_xh, W_yh, b_h, W_hy, 0.0)
    return h, y + b_y


def jordan_b_h_outside(x_t, y_prev, W_xh, W_yh, b_h, W_hy, b_y):
    return jordan(x_t, y_prev, W_xh, W_yh, 0.0, W_hy, b_y, outside=b_h)


def jordan_adds(x_t, y_prev, *weights):
    h, y = jordan(x_t, y_prev, *weights)
    return h, y + y_prev


def jordan_exchanged(*args):
    return jordan(*args)[::-1]


def jordan_only_y(*args):
    return jordan(*args)[1]


def readout(h, v):
    return h * v + v


WRONG = [
    (check.check_twins, twins_of_sets, "a set forgets how often a word occurs"),
    (check.check_twins, twins_of_sets_and_equals, "a set forgets how often a word occurs"),
    (check.check_twins, twins_with_equals, "equal sequences are paired as well"),
    (check.check_twins, twins_of_length, "the same *length*"),
    (check.check_twins, twins_equal, "pairs of *equal* sequences"),
    (check.check_twins, twins_reversed, "each other's reverse"),
    (check.check_twins, twins_both_ways, "each pair is there twice"),
    (check.check_twins, twins_and_itself, "each review is compared with itself"),
    (check.check_twins, twins_every_pair, "each pair is there twice, and equal sequences are paired"),
    (check.check_twins, twins_neighbors, "only neighbors in the list are compared"),
    (check.check_twins, twins_from_one, "counted from 1"),
    (check.check_twins, twins_sorted_in_place, "changes its input `reviews` in place"),
    (check.check_twins, twins_of_letters, "the letters are compared"),
    (check.check_twins, twins_of_three_words, "only *not*, *good*, and *bad* are counted"),
    (check.check_twins, twins_exchanged, "the larger number first"),
    (check.check_twins, twins_by_the_second, "not in the order wanted"),
    (check.check_twins, twins_first_only, "the first pair only"),
    (check.check_twins, twins_one_each, "only one twin is found for each review"),
    (check.check_twins, twins_as_reviews, "the reviews themselves"),
    (check.check_twins, twins_as_set, "wanted a list"),
    (check.check_twins, twins_none_if_none, "is a `return` missing?"),
    (check.check_run_rnn, loop_resets_to_h0, "every step reads `h0`"),
    (check.check_run_rnn, loop_resets_to_zero, "reset to zeros at every step"),
    (check.check_run_rnn, loop_from_zero, "it should begin with `h0`"),
    (check.check_run_rnn, loop_before, "off by one: these are the states *before* each step"),
    (check.check_run_rnn, loop_with_h0, "`h0` is returned as well"),
    (check.check_run_rnn, loop_last, "this is the last state only"),
    (check.check_run_rnn, loop_one_array, "the last state stands at every step"),
    (check.check_run_rnn, loop_prepends, "the last one comes first"),
    (check.check_run_rnn, loop_backward, "the sequence is read backward"),
    (check.check_run_rnn, loop_backward_in_place, "the sequence is read backward"),
    (check.check_run_rnn, loop_time_major, "time stands on axis 0"),
    (check.check_run_rnn, loop_list, "wanted a NumPy array of shape (B, T, H)"),
    (check.check_run_rnn, loop_transposed, "`W_hh` is transposed"),
    (check.check_run_rnn, loop_no_bias, "the bias `b_h` is missing"),
    (check.check_run_rnn, loop_linear, "tanh is missing"),
    (check.check_run_rnn, loop_tanh_inside, "tanh bends the input's part only"),
    (check.check_run_rnn, loop_leaks, "from one sequence of the batch to the next"),
    (check.check_run_rnn, loop_sums, "the sums that go into tanh"),
    (check.check_run_rnn, loop_bias_outside, "the bias is added after tanh"),
    (check.check_run_rnn, loop_sigmoid, "states of a sigmoid"),
    (check.check_run_rnn, loop_relu, "states of a ReLU"),
    (check.check_run_rnn, loop_starts_late, "the loop begins with the second input"),
    (check.check_run_rnn, loop_starts_late_from_zero, "the loop begins with the second input"),
    (check.check_run_rnn, loop_stops_early, "the last step is missing"),
    (check.check_run_rnn, loop_input_late, "each step reads the input of the step before"),
    (check.check_run_rnn, loop_counts_the_batch, "IndexError: index 3 is out of bounds for axis 1 with size 3"),
    (check.check_run_rnn, loop_squeezed, "right except on edge cases. With T = 1"),
    (check.check_run_rnn, loop_first_axis, "your function stopped with `ValueError"),
    (check.check_jordan_step, jordan_forgets, "`h`, `y`: the feedback is missing"),
    (check.check_jordan_step, jordan_through_readout, "`h`, `y`: `y_prev` goes back through the readout"),
    (check.check_jordan_step, jordan_outside, "the feedback is added after tanh"),
    (check.check_jordan_step, jordan_no_b_h, "`h`, `y`: the bias `b_h` is missing"),
    (check.check_jordan_step, jordan_no_b_y, "`y`: the bias `b_y` is missing"),
    (check.check_jordan_step, jordan_no_tanh, "tanh is missing"),
    (check.check_jordan_step, jordan_all_sigmoid, "the hidden layer has a sigmoid"),
    (check.check_jordan_step, jordan_logits, "`y`: the sigmoid is missing"),
    (check.check_jordan_step, jordan_tanh_out, "`y`: the output has tanh"),
    (check.check_jordan_step, jordan_softmax, "`y`: this is a softmax"),
    (check.check_jordan_step, jordan_upside_down, "`y`: these are 1 minus the right outputs"),
    (check.check_jordan_step, jordan_b_y_outside, "`y`: the bias `b_y` is added after the sigmoid"),
    (check.check_jordan_step, jordan_b_h_outside, "`h`, `y`: the bias `b_h` is added after tanh"),
    (check.check_jordan_step, jordan_adds, "`y`: the old output is added"),
    (check.check_jordan_step, jordan_exchanged, "`h`: wanted shape (B, H), here (2, 4), got (2, 5)"),
    (check.check_jordan_step, jordan_only_y, "return 2 values, `return h, y`"),
    (check.check_count_parameters, lambda T, D, H, V: (T * D * H + H * V, (D + H + V) * H), "the biases are missing"),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + H + H * V, D * H + H * H + H + H * V),
        "the readout's biases are missing",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + H, D * H + H * H + H),
        "`window`, `recurrent`: the readout is missing",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (D * H + H + readout(H, V), D * H + H * H + H + readout(H, V)),
        "`window`: T does not count here",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + H + readout(H, V), T * (D * H + H * H + H) + readout(H, V)),
        "`recurrent`: the weights are counted once for every step",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + H + readout(H, V), T * D * H + H * H + H + readout(H, V)),
        "`recurrent`: the weights of the inputs are counted once for every step",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + H + readout(H, V), D * H + H * H + H + T * readout(H, V)),
        "`recurrent`: the readout is counted once for every step",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + H + readout(H, V), D * H + H + readout(H, V)),
        "`recurrent`: the loop is missing",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + H + readout(H, V), D * H + 2 * H + readout(H, V)),
        "each unit reads *all* units",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + H + readout(H, V), D * H + H * H + 2 * H + readout(H, V)),
        "`recurrent`: there are H too many",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D + H + V, D + H + V),
        "`window`, `recurrent`: units are counted",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + D + readout(H, V), (D + H) * H + D + readout(H, V)),
        "`window`, `recurrent`: the number of the hidden layer's biases",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + H + H * V + H, (D + H + 1) * H + H * V + H),
        "`window`, `recurrent`: the number of the readout's biases",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * (D * H + H) + T * H * V + V, (D + H + 1) * H + T * H * V + V),
        "`window`: T hidden layers are counted, and a readout that reads them all",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + H + readout(H, V), (D + H + 1) * H + T * H * V + V),
        "`recurrent`: the readout is taken to read the states of all steps",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * (D * H + H + readout(H, V)), (D + H + 1) * H + readout(H, V)),
        "`window`: T whole networks",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + H + readout(H, V), (D + T * H + 1) * H + readout(H, V)),
        "`recurrent`: the loop's matrix is counted once for every step",
    ),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (T * D * H + H + readout(H, V), (D + V + 1) * H + readout(H, V)),
        "`recurrent`: the matrix of the loop leads from the output",
    ),
    (check.check_count_parameters, lambda T, D, H, V: (T * D * H + H + readout(H, V)) / 1, "return 2 values"),
    (
        check.check_count_parameters,
        lambda T, D, H, V: (float(T * D * H + H + readout(H, V)), D * H + H * H + H + readout(H, V)),
        "`window`: right, but as a float",
    ),
]


@pytest.mark.parametrize(("checker", "answer", "hint"), WRONG, ids=lambda value: getattr(value, "__name__", None))
def test_a_wrong_answer_gets_the_hint_for_its_mistake(checker, answer, hint):
    result = checker(answer)
    assert not result.passed
    assert result.started
    assert hint in result.hint, result


def test_right_answers_written_otherwise_pass():
    assert check.check_twins(right_twins)
    assert check.check_twins(
        lambda reviews: [
            [i, j]
            for i, j in combinations(range(len(reviews)), 2)
            if sorted(reviews[i]) == sorted(reviews[j]) and reviews[i] != reviews[j]
        ]
    )
    assert check.check_run_rnn(loop)
    assert check.check_jordan_step(jordan)
    assert check.check_jordan_step(lambda *args: dict(zip(("h", "y"), jordan(*args), strict=True)))
    assert check.check_count_parameters(
        lambda T, D, H, V: ((T * D + 1) * H + (H + 1) * V, (D + H + 1) * H + (H + 1) * V)
    )


# The parity network, wired in many ways


def parity(gain=8.0, sign=1.0, threshold=1.0):
    """u: parity + bit is at least 1; v: it is 2."""
    W_xh = gain * np.ones((1, 2))
    W_hh = gain / 2 * np.array([[1.0, 1.0], [-1.0, -1.0]])
    b_h = -gain * np.array([0.5, 1.5])
    return W_xh, W_hh, b_h, sign * np.array([[1.0], [-1.0]]), sign * np.array([-threshold])


def parity_of_cases(gain=8.0):
    """One unit for "was odd, read 0", one for "was even, read 1". Right if it starts with both off, not at 0."""
    W_xh = gain * np.array([[-2.0, 2.0]])
    W_hh = gain * np.array([[1.0, -1.0], [1.0, -1.0]])
    b_h = gain * np.array([1.0, -3.0])  # both off: the sum is −2; one on: it is 0
    return W_xh, W_hh, b_h, np.ones((2, 1)), np.array([1.0])


def parity_flipped():
    """The right network with its units exchanged and one of them turned round: on where it was off."""
    W_xh, W_hh, b_h, W_hy, b_y = parity()
    turn = np.array([[0.0, 1.0], [-1.0, 0.0]])
    return W_xh @ turn, turn.T @ W_hh @ turn, b_h @ turn, turn.T @ W_hy, b_y


def with_a_unit_for_the_bias():
    """No biases, but a third unit that should be on for ever. It stays at 0, where it begins."""
    W_xh, W_hh, b_h, W_hy, b_y = parity()
    W_hh = np.block([[W_hh, np.zeros((2, 1))], [b_h[None], np.array([[8.0]])]])
    return np.hstack([W_xh, [[0.0]]]), W_hh, np.zeros(3), np.vstack([W_hy, [[0.0]]]), b_y


def parity_for_signs(gain=8.0):
    """The right network for bits −1 and +1."""
    W_xh, W_hh, b_h, W_hy, b_y = parity(gain)
    return W_xh / 2, W_hh, b_h + W_xh[0] / 2, W_hy, b_y


def parity_two_inputs():
    W_xh, *others = parity()
    return (np.vstack([W_xh, W_xh]), *others)


def parity_with(**changes):
    """The right weights with some of them replaced."""
    weights = dict(zip(("W_xh", "W_hh", "b_h", "W_hy", "b_y"), parity(), strict=True))
    return tuple({**weights, **changes}.values())


def latch():
    """Once on, always on."""
    return [[20.0, 20.0]], [[8.0, 0.0], [0.0, 8.0]], [-2.0, -2.0], [[1.0], [1.0]], [0.5]


def last_bit():
    return [[8.0, 8.0]], [[0.1, 0.0], [0.0, 0.1]], [-4.0, -4.0], [[1.0], [1.0]], [0.0]


def exclusive_or_of_two_bits():
    """One unit copies the bit; the others ask whether one, and whether both, of it and the bit before are 1."""
    k = 10.0
    W_xh = np.array([[2 * k, 2 * k, 2 * k]])
    W_hh = np.array([[0.0, k, k], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    b_h = np.array([-k, -0.5 * k, -2.5 * k])
    return W_xh, W_hh, b_h, [[0.0], [1.0], [-1.0]], [-1.0]


def late():
    """The right two units, and two more that copy them a step later; the readout reads the copies."""
    W_xh, W_hh, b_h, W_hy, b_y = parity()
    zeros = np.zeros((2, 2))
    return (
        np.hstack([W_xh, [[0.0, 0.0]]]),
        np.block([[W_hh, 8 * np.eye(2)], [zeros, zeros]]),
        np.concatenate([b_h, [0.0, 0.0]]),
        np.vstack([zeros[:, :1], W_hy]),
        b_y,
    )


def test_networks_of_different_make_pass():
    for weights in (parity(), parity(gain=4.0), parity(gain=50.0), parity_flipped()):
        result = check.check_parity_weights(lambda weights=weights: weights)
        assert result.passed, result
        assert result.hint == "right at every one of 1,000 steps, for every string tried."
    assert check.check_parity_weights(lambda: [part.tolist() for part in parity()])
    named = dict(zip(("W_xh", "W_hh", "b_h", "W_hy", "b_y"), parity(), strict=True))
    assert check.check_parity_weights(lambda: named)


def test_a_larger_network_passes():
    wide = [np.hstack([part, np.zeros((len(part), 1))]) for part in parity()[:2]]
    wide[1] = np.vstack([wide[1], np.zeros((1, 3))])
    W_hy = np.vstack([parity()[3], [[0.0]]])
    assert check.check_parity_weights(lambda: (*wide, np.append(parity()[2], 0.3), W_hy, parity()[4]))


PARITY = [
    (parity(gain=2.0), "the wiring is right, the gain is too small. All strings are right up to step"),
    (parity(gain=1.2), "the wiring is right, the gain is too small"),
    (parity(sign=-1.0), "every answer is reversed"),
    (parity(threshold=2.5), "z of an odd string is always above z of an even one"),
    (parity(threshold=-0.5), "the readout's threshold is not"),
    (parity(threshold=2.5, sign=-1.0), "z of an odd string is always below z of an even one"),
    (parity_with(W_hy=np.array([[1.0], [0.0]])), "the state tells odd from even, but this readout does not"),
    (parity_with(W_hh=parity()[1].T), "`W_hh` is transposed"),
    (parity_with(W_hh=2 * parity()[1]), "with half of `W_hh` it would be right"),
    (parity(gain=1.0), "the gain is too small. It drifts"),
    (parity_with(W_hh=np.zeros((2, 2))), "`W_hh` is zero, so nothing is remembered"),
    (parity_with(W_hh=-parity()[1]), "The shortest string that goes wrong"),
    (parity_with(b_h=np.zeros(2)), "the answer never changes: z is never above 0"),
    (parity_with(W_hh=-parity()[1]), "the wiring is wrong from the start"),
    (parity_for_signs(), "right if the bits are −1 and +1"),
    (parity_of_cases(), "or the network takes the state 0, with which it begins, for odd"),
    (with_a_unit_for_the_bias(), "it begins at 0, between the two"),
    (([[2.0]], [[-3.0]], [0.5], [[1.0]], [0.1]), "a single unit cannot do it"),
    (([[2.0]], [[3.0]], [0.5], [[1.0]], [0.1]), "a single unit cannot do it"),
    (latch(), "whether there has been *any* 1"),
    (last_bit(), "the answer is the last bit alone"),
    (exclusive_or_of_two_bits(), "the exclusive or of the last two *bits*"),
    (late(), "late by one"),
    (parity_with(W_hy=np.zeros((2, 1))), "The shortest string that goes wrong"),
    (parity()[:3], "return five arrays"),
    (parity()[0], "return five arrays"),
    (
        parity_two_inputs(),
        "`W_xh` should have the shape (1, H), got (2, 2). With the 2 numbers of `b_h`, H = 2: (1, 2).",
    ),
    (parity_with(W_hy=np.array([1.0, -1.0])), "`W_hy` should have the shape (H, 1), got (2,)"),
    (parity_with(b_y=-1.0), "`b_y` should have the shape (1,), got ()"),
    (parity_with(b_h=np.array([np.nan, 1.0])), "`b_h` holds NaN"),
    (parity_with(W_xh="two"), "`W_xh` should be an array of numbers"),
    ((np.zeros((1, 0)), np.zeros((0, 0)), np.zeros(0), np.zeros((0, 1)), np.zeros(1)), "there is no hidden unit"),
]


@pytest.mark.parametrize(("weights", "hint"), PARITY, ids=[str(i) for i in range(len(PARITY))])
def test_a_parity_network_that_fails_is_told_why(weights, hint):
    result = check.check_parity_weights(lambda: weights)
    assert not result.passed
    assert result.started
    assert hint in result.hint, result


def test_a_failing_string_is_shown():
    hint = check.check_parity_weights(lambda: latch()).hint
    assert "The shortest string that goes wrong: 1 1 is even and gets z = " in hint


def test_weights_that_are_right_for_short_strings_only_are_no_answer():
    hint = check.check_parity_weights(lambda: parity(gain=2.2)).hint
    assert "the gain is too small" in hint
    assert "strings, first at step" in hint


STRANGE = ["text", 3, float("nan"), 10**400, 1j, [], (), {}, {"h": "?"}, object(), len, np.zeros(0), np.array([1j])]
STRANGE += [np.zeros((2, 3, 4, 5)), np.array(["a"]), (None, [1j]), (1, 2, 3, 4, 5), ([1j],) * 5, (10**400,) * 5]


@pytest.mark.parametrize("name", check.__all__)
@pytest.mark.parametrize("value", STRANGE, ids=lambda value: type(value).__name__)
def test_whatever_comes_back_the_answer_is_a_sentence(name, value):
    result = getattr(check, name)(lambda *args: value)
    assert not result.passed
    assert result.started
    assert len(result.hint) > 20
    assert "Traceback" not in result.hint


@pytest.mark.parametrize("name", check.__all__)
def test_whatever_is_raised_the_answer_is_a_sentence(name):
    def broken(*args):
        raise ZeroDivisionError

    result = getattr(check, name)(broken)
    assert "your function stopped with `ZeroDivisionError" in result.hint
    assert "in line 2 of `broken`" in result.hint
