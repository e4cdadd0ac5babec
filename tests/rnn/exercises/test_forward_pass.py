"""The checkers of the chapter on the forward pass: what readers write, right and wrong, and what they are told."""

import numpy as np
import pytest

from rnn.exercises import forward_pass as check

# Answers as readers write them, independent of how the checkers make the same mistakes.


def soft(z, axis=-1):
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def soft_naive(z):
    return np.exp(z) / np.exp(z).sum(-1, keepdims=True)


def soft_one_largest(z):
    e = np.exp(z - np.max(z))
    return e / e.sum(-1, keepdims=True)


def soft_without_keepdims(z):
    e = np.exp(z)
    return e / e.sum(axis=-1)


def ce(z, y, axis=-1):
    p = soft(z, axis)
    right = np.eye(z.shape[-1])[y]
    with np.errstate(divide="ignore"):
        losses = -np.log((p * right).sum(-1))
    return losses, p, right


def ce_sum(z, y):
    losses, p, right = ce(z, y)
    return losses.sum(), p - right


def ce_over_b(z, y):
    losses, p, right = ce(z, y)
    return losses.sum() / len(z), (p - right) / len(z)


def ce_over_t(z, y):
    losses, p, right = ce(z, y)
    return losses.sum() / z.shape[1], (p - right) / z.shape[1]


def ce_over_v_too(z, y):
    _, p, right = ce(z, y)
    return -(right * np.log(p)).mean(), (p - right) / z.size


def ce_over_time(z, y):
    losses, p, right = ce(z, y, axis=1)
    return losses.mean(), (p - right) / y.size


def ce_over_batch(z, y):
    losses, p, right = ce(z, y, axis=0)
    return losses.mean(), (p - right) / y.size


def ce_unstable(z, y):
    e = np.exp(z)
    p = e / e.sum(-1, keepdims=True)
    right = np.eye(z.shape[-1])[y]
    return -np.log((p * right).sum(-1)).mean(), (p - right) / y.size


def ce_stable_softmax_only(z, y):
    losses, p, right = ce(z, y)
    return losses.mean(), (p - right) / y.size


def ce_without_minus_y(z, y):
    losses, p, _ = ce(z, y)
    return losses.mean(), p / y.size


def ce_from_one(z, y):
    losses, p, _ = ce(z, y)
    for b, t in np.ndindex(y.shape):
        p[b, t, y[b, t] - 1] -= 1
    return losses.mean(), p / y.size


def ce_sign(z, y):
    losses, p, right = ce(z, y)
    return losses.mean(), (right - p) / y.size


def ce_right_class_only(z, y):
    losses, p, right = ce(z, y)
    dz = np.zeros_like(z)
    dz[right == 1] = p[right == 1] - 1
    return losses.mean(), dz / y.size


def ce_by_p(z, y):
    losses, p, right = ce(z, y)
    return losses.mean(), -right / p / y.size


def ce_one_largest(z, y):
    z = z - z.max()
    total = np.exp(z).sum(-1, keepdims=True)
    right = np.eye(z.shape[-1])[y]
    return -((z - np.log(total)) * right).sum(-1).mean(), (np.exp(z) / total - right) / y.size


def ce_largest_forgotten(z, y):
    _, p, right = ce(z, y)
    log_sum = np.log(np.exp(z - z.max(-1, keepdims=True)).sum(-1))
    return (log_sum - (z * right).sum(-1)).mean(), (p - right) / y.size


def ce_no_copy(z, y):
    p = soft(z)
    dz = p
    b, t = np.indices(y.shape)
    dz[b, t, y] -= 1
    return -np.log(p[b, t, y]).mean(), dz / y.size


def ce_class_numbers(z, y):
    losses, p, _ = ce(z, y)
    return losses.mean(), (p - y[..., None]) / y.size


def ce_classes_of_all(z, y):
    _, p, _ = ce(z, y)
    dz = p.copy()
    dz[:, :, y] -= 1
    return -np.log(p[:, :, y]).mean(), dz / y.size


def ce_binary(z, y):
    losses, p, right = ce(z, y)
    others = -((1 - right) * np.log(1 - p)).sum(-1)
    return (losses + others).mean(), (p - right) / y.size


def ce_no_logarithm(z, y):
    _, p, right = ce(z, y)
    return -(p * right).sum(-1).mean(), (p - right) / y.size


def real(s, lengths):
    return np.arange(s.shape[1])[None] < lengths[:, None]


def masked_over_all(s, lengths):
    return (s * real(s, lengths)).mean(), real(s, lengths) / s.size


def masked_not(s, lengths):
    return s.mean(), np.ones_like(s) / s.size


def masked_by_sequence(s, lengths):
    means = [row[:n].mean() for row, n in zip(s, lengths, strict=True)]
    return np.mean(means), real(s, lengths) / lengths[:, None] / len(s)


def masked_one_too_many(s, lengths):
    mask = np.arange(s.shape[1])[None] <= lengths[:, None]
    return s[mask].mean(), mask / mask.sum()


def masked_multiplied(s, lengths):
    mask = real(s, lengths)
    n = max(mask.sum(), 1)
    return (s * mask).sum() / n, mask / n


def masked_empty_nan(s, lengths):
    mask = real(s, lengths)
    return np.where(mask, s, 0).sum() / mask.sum(), mask / mask.sum()


def masked_losses_in_gradient(s, lengths):
    mask = real(s, lengths)
    return np.where(mask, s, 0).sum() / max(mask.sum(), 1), np.where(mask, s, 0) / max(mask.sum(), 1)


def masked_one_too_few(s, lengths):
    mask = np.arange(s.shape[1])[None] < lengths[:, None] - 1
    return s[mask].sum() / max(mask.sum(), 1), mask / max(mask.sum(), 1)


def masked_by_the_longest(s, lengths):
    return s[:, : lengths.max()].mean(), (np.arange(s.shape[1]) < lengths.max()) * np.ones(s.shape) / len(s) / max(
        lengths.max(), 1
    )


def masked_over_t(s, lengths):
    return (s * real(s, lengths)).sum() / s.shape[1], real(s, lengths) / s.shape[1]


def masked_sum(s, lengths):
    return s[real(s, lengths)].sum(), real(s, lengths) * 1.0


def loop(x, h0, W_xh, W_hh, b_h, step=lambda x, h, W, U, b: np.tanh(x @ W + h @ U + b)):
    h, out = h0, []
    for t in range(x.shape[1]):
        h = step(x[:, t], h, W_xh, W_hh, b_h)
        out.append(h)
    return np.stack(out, axis=1)


def loop_exchanged(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_hh, W_xh, b_h)


def loop_transposed(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh.T, b_h)


def loop_input_transposed(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh.T, W_hh, b_h)


def loop_not_updated(x, h0, W_xh, W_hh, b_h):
    out = np.zeros((len(x), x.shape[1], len(b_h)))
    for t in range(x.shape[1]):
        out[:, t] = np.tanh(x[:, t] @ W_xh + h0 @ W_hh + b_h)
    return out


def loop_states_before(x, h0, W_xh, W_hh, b_h):
    h, out = h0, []
    for t in range(x.shape[1]):
        out.append(h)
        h = np.tanh(x[:, t] @ W_xh + h @ W_hh + b_h)
    return np.stack(out, axis=1)


def loop_input_before(x, h0, W_xh, W_hh, b_h):
    h, out = h0, []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t - 1] @ W_xh + h @ W_hh + b_h)
        out.append(h)
    return np.stack(out, axis=1)


def loop_without_bias(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, 0)


def loop_linear(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, lambda x, h, W, U, b: x @ W + h @ U + b)


def loop_tanh_at_the_end(x, h0, W_xh, W_hh, b_h):
    return np.tanh(loop_linear(x, h0, W_xh, W_hh, b_h))


def loop_from_zeros(x, h0, W_xh, W_hh, b_h):
    return loop(x, np.zeros_like(h0), W_xh, W_hh, b_h)


def loop_without_state(x, h0, W_xh, W_hh, b_h):
    return np.tanh(x @ W_xh + b_h)


def loop_time_first(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h).transpose(1, 0, 2)


def loop_one_array(x, h0, W_xh, W_hh, b_h):
    h, out = h0.copy(), []
    for t in range(x.shape[1]):
        h[:] = np.tanh(x[:, t] @ W_xh + h @ W_hh + b_h)
        out.append(h)
    return np.stack(out, axis=1)


def loop_reshaped(x, h0, W_xh, W_hh, b_h):
    return np.array(list(loop(x, h0, W_xh, W_hh, b_h).swapaxes(0, 1))).reshape(len(x), x.shape[1], -1)


def loop_from_the_second_step(x, h0, W_xh, W_hh, b_h):
    out = np.zeros((len(x), x.shape[1], len(b_h)))
    out[:, 0] = h0
    for t in range(1, x.shape[1]):
        out[:, t] = np.tanh(x[:, t] @ W_xh + out[:, t - 1] @ W_hh + b_h)
    return out


def loop_without_input(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, lambda x, h, W, U, b: np.tanh(h @ U + b))


def loop_two_biases(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, lambda x, h, W, U, b: np.tanh(x @ W + b + h @ U + b))


def loop_bias_outside(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h, lambda x, h, W, U, b: np.tanh(x @ W + h @ U) + b)


def loop_last_state(x, h0, W_xh, W_hh, b_h):
    return loop(x, h0, W_xh, W_hh, b_h)[:, -1]


def table_set(ids, dx, V):
    g = np.zeros((V, dx.shape[-1]))
    g[ids] = dx
    return g


def table_added(ids, dx, V):
    g = np.zeros((V, dx.shape[-1]))
    g[ids] += dx
    return g


def table_by_sequence(ids, dx, V):
    g = np.zeros((V, dx.shape[-1]))
    for row, d in zip(ids, dx, strict=True):
        g[row] += d
    return g


def table_by_step(ids, dx, V):
    g = np.zeros((V, dx.shape[-1]))
    for t in range(ids.shape[1]):
        g[ids[:, t]] += dx[:, t]
    return g


def table_mean(ids, dx, V):
    g = np.zeros((V, dx.shape[-1]))
    for v in range(V):
        if (ids == v).any():
            g[v] = dx[ids == v].mean(axis=0)
    return g


def table_over_b(ids, dx, V):
    g = np.zeros((V, dx.shape[-1]))
    np.add.at(g, ids, dx)
    return g / len(ids)


def table_too_short(ids, dx, V):
    g = np.zeros((ids.max() + 1, dx.shape[-1]))
    np.add.at(g, ids, dx)
    return g


def table_shifted(ids, dx, V):
    g = np.zeros((V, dx.shape[-1]))
    np.add.at(g, ids - 1, dx)
    return g


def slopes(f, x, high, low, divisor, copy=True, put_back=True):
    x, g = x.copy() if copy else x, np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + high
        above = f(x)
        x[i] = old + low
        g[i] = (above - f(x)) / divisor
        if put_back:
            x[i] = old
    return g


def slope_one_sided(f, x, step):
    return slopes(f, x, step, 0, step)


def slope_factor_2(f, x, step):
    return slopes(f, x, step, -step, step)


def slope_not_put_back(f, x, step):
    return slopes(f, x, step, -step, 2 * step, put_back=False)


def slope_not_put_back_in_place(f, x, step):
    return slopes(f, x, step, -step, 2 * step, copy=False, put_back=False)


def slope_put_back_nearly(f, x, step):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += step
        high = f(x)
        x[i] -= 2 * step
        low = f(x)
        x[i] += step
        g[i] = (high - low) / (2 * step)
    return g


def slope_two_names(f, x, step):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        high = x
        high[i] += step
        low = x
        low[i] -= step
        g[i] = (f(high) - f(low)) / (2 * step)
    return g


def slope_one_step_down(f, x, step):
    x, g = x.copy(), np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += step
        high = f(x)
        x[i] -= step
        g[i] = (high - f(x)) / (2 * step)
    return g


def slope_double_step(f, x, step):
    return slopes(f, x, 2 * step, -2 * step, 4 * step)


def slope_low_alone(f, x, step):
    g = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        move = np.zeros(x.shape)
        move[i] = step
        g[i] = f(x + move) - f(x - move) / (2 * step)
    return g


def slope_tiny_step(f, x, step):
    return slopes(f, x, 1e-20, -1e-20, 2e-20)


def slope_own_step(f, x, step):
    return slopes(f, x, 1e-5, -1e-5, 2e-5)


def slope_parentheses(f, x, step):
    return slopes(f, x, step, -step, 2) * step


def slope_all_at_once(f, x, step):
    return np.zeros_like(x) + (f(x + step) - f(x - step)) / (2 * step)


def slope_flat(f, x, step):
    return slopes(f, x, step, -step, 2 * step).reshape(-1)


def counted(V, D, H, C, T, bias_h=1, bias_y=1, times=1, recurrent=1):
    return V * D + times * (D * H + recurrent * H * H + bias_h * H) + H * C + bias_y * C


WRONG = [
    (check.check_softmax, lambda z: soft(z, 0), "softmax over the wrong axis"),
    (check.check_softmax, lambda z: soft(z, 1), "softmax over the wrong axis"),
    (check.check_softmax, lambda z: np.exp(z) / np.exp(z).sum(), "all numbers of the array together add up to 1"),
    (check.check_softmax, np.exp, "not divided by their sum yet"),
    (check.check_softmax, soft_naive, "right except on edge cases. With logits of ±1000"),
    (check.check_softmax, soft_one_largest, "right except on edge cases. Here the rows are far apart"),
    (check.check_softmax, lambda z: np.array([np.exp(m) / np.exp(m).sum() for m in z]), "right for (N, V), but in"),
    (
        check.check_softmax,
        lambda z: np.exp(z - z.max(0)) / np.exp(z - z.max(0)).sum(-1, keepdims=True),
        "not taken over",
    ),
    (check.check_softmax, soft_without_keepdims, "could not be broadcast together"),
    (check.check_softmax, lambda z: np.log(soft(z)), "these are logarithms"),
    (check.check_softmax_cross_entropy, ce_sum, "`loss`, `dz`: this is the sum over all B·T items"),
    (check.check_softmax_cross_entropy, ce_over_b, "`loss`, `dz`: it is divided by B alone"),
    (check.check_softmax_cross_entropy, ce_over_t, "`loss`, `dz`: it is divided by T alone"),
    (check.check_softmax_cross_entropy, ce_over_v_too, "`loss`, `dz`: the mean also runs over the V classes"),
    (check.check_softmax_cross_entropy, ce_over_time, "`loss`, `dz`: softmax over the wrong axis"),
    (check.check_softmax_cross_entropy, ce_over_batch, "`loss`, `dz`: softmax over the wrong axis"),
    (check.check_softmax_cross_entropy, ce_unstable, "`loss`, `dz`: right except on edge cases. With logits of ±1000"),
    (check.check_softmax_cross_entropy, ce_stable_softmax_only, "`loss`: right except on edge cases. With logits"),
    (check.check_softmax_cross_entropy, ce_without_minus_y, "`dz`: this is p, without minus y"),
    (check.check_softmax_cross_entropy, ce_from_one, "`dz`: the class is one beside the right one"),
    (check.check_softmax_cross_entropy, ce_sign, "`dz`: the sign is reversed"),
    (check.check_softmax_cross_entropy, ce_right_class_only, "`dz`: only the right class has a gradient"),
    (check.check_softmax_cross_entropy, ce_by_p, "`dz`: this is the derivative with respect to p"),
    (check.check_softmax_cross_entropy, ce_no_logarithm, "`loss`: the mean is taken of the probabilities"),
    (check.check_softmax_cross_entropy, ce_one_largest, "right except on edge cases. Here the items are far apart"),
    (check.check_softmax_cross_entropy, ce_largest_forgotten, "`loss`: the largest logit was subtracted in one term"),
    (check.check_softmax_cross_entropy, ce_no_copy, "`loss`: NaN, for small logits too"),
    (check.check_softmax_cross_entropy, ce_class_numbers, "`dz`: y is subtracted as a class *number*"),
    (check.check_softmax_cross_entropy, ce_classes_of_all, "`loss`, `dz`: an index like `p[:, :, y]`"),
    (check.check_softmax_cross_entropy, ce_binary, "`loss`: the log(1 − p) of the other classes is in it"),
    (check.check_masked_loss, masked_one_too_few, "`loss`, `dlosses`: the last real step of each sequence is left out"),
    (check.check_masked_loss, masked_by_the_longest, "`loss`, `dlosses`: one length, the first or the longest"),
    (check.check_masked_loss, masked_over_t, "`loss`, `dlosses`: it is divided by T;"),
    (check.check_masked_loss, masked_over_all, "`loss`, `dlosses`: it is divided by B·T, padding included"),
    (check.check_masked_loss, masked_over_all, "too small by the factor (real steps) / (B·T)"),
    (check.check_masked_loss, masked_not, "`loss`, `dlosses`: padding counts"),
    (check.check_masked_loss, masked_by_sequence, "`loss`, `dlosses`: this is the mean of each sequence"),
    (check.check_masked_loss, masked_one_too_many, "`loss`, `dlosses`: one step too many"),
    (check.check_masked_loss, masked_multiplied, "`loss`: right except on edge cases. The padding holds NaN"),
    (check.check_masked_loss, masked_empty_nan, "right except on edge cases. No step is real"),
    (check.check_masked_loss, masked_losses_in_gradient, "`dlosses`: the gradient holds the losses themselves"),
    (check.check_masked_loss, masked_sum, "`loss`, `dlosses`: this is the sum over the real steps"),
    (check.check_rnn_forward, loop_exchanged, "the weights are exchanged, or one is transposed"),
    (check.check_rnn_forward, loop_input_transposed, "the weights are exchanged, or one is transposed"),
    (check.check_rnn_forward, loop_transposed, "W_hh is transposed"),
    (check.check_rnn_forward, loop_not_updated, "the state is not updated"),
    (check.check_rnn_forward, loop_states_before, "these are h_0 to h_{T−1}"),
    (check.check_rnn_forward, loop_input_before, "each step reads the input of the step before"),
    (check.check_rnn_forward, loop_without_bias, "the bias b_h is left out"),
    (check.check_rnn_forward, loop_linear, "tanh is left out"),
    (check.check_rnn_forward, loop_tanh_at_the_end, "not in what you feed back"),
    (check.check_rnn_forward, loop_from_zeros, "the loop begins with zeros"),
    (check.check_rnn_forward, loop_without_state, "the state is left out"),
    (check.check_rnn_forward, loop_time_first, "The axes are in another order"),
    (check.check_rnn_forward, loop_last_state, "wanted shape (B, T, H)"),
    (check.check_rnn_forward, loop_one_array, "every step holds the *last* state"),
    (check.check_rnn_forward, loop_reshaped, "the right numbers at the wrong places"),
    (check.check_rnn_forward, loop_from_the_second_step, "h0 stands where h_1 should"),
    (check.check_rnn_forward, loop_without_input, "the input is left out"),
    (check.check_rnn_forward, loop_two_biases, "the bias is added twice"),
    (check.check_rnn_forward, loop_bias_outside, "the bias is added after tanh"),
    (check.check_embedding_gradient, table_by_sequence, "the loop goes over the sequences"),
    (check.check_embedding_gradient, table_by_step, "the loop goes over the steps"),
    (check.check_embedding_gradient, table_set, "keeps its last contribution only"),
    (check.check_embedding_gradient, table_added, "keeps its last contribution only"),
    (check.check_embedding_gradient, table_mean, "each row holds the mean"),
    (check.check_embedding_gradient, table_over_b, "it is divided by B or by B·T"),
    (check.check_embedding_gradient, table_too_short, "wanted shape (V, D)"),
    (check.check_embedding_gradient, table_shifted, "every row is one place off"),
    (check.check_numerical_gradient, slope_one_sided, "this is a one-sided difference"),
    (check.check_numerical_gradient, slope_factor_2, "twice too large"),
    (check.check_numerical_gradient, slope_not_put_back, "is not put back before the next one is moved"),
    (check.check_numerical_gradient, slope_not_put_back_in_place, "Every number that is moved has to be put back"),
    (check.check_numerical_gradient, slope_put_back_nearly, "come back, but not to the last digit"),
    (check.check_numerical_gradient, slope_two_names, "all slopes are 0: both values are taken at the same point"),
    (check.check_numerical_gradient, slope_one_step_down, "the difference of one step"),
    (check.check_numerical_gradient, slope_double_step, "central differences for another distance"),
    (check.check_numerical_gradient, slope_low_alone, "divides the lower value alone"),
    (check.check_numerical_gradient, slope_tiny_step, "so small that a float64 does not move at all"),
    (check.check_numerical_gradient, slope_own_step, "`step` is not used"),
    (check.check_numerical_gradient, slope_parentheses, "put 2 * step in parentheses"),
    (check.check_numerical_gradient, slope_all_at_once, "all numbers are moved at once"),
    (check.check_numerical_gradient, slope_flat, "wanted shape x.shape"),
    (check.check_count_parameters, lambda V, D, H, C, T: counted(V, D, H, C, T, bias_h=0), "bias of the state, H"),
    (check.check_count_parameters, lambda V, D, H, C, T: counted(V, D, H, C, T, bias_y=0), "bias of the readout, C"),
    (
        check.check_count_parameters,
        lambda V, D, H, C, T: counted(V, D, H, C, T, times=T),
        "the sequence length is in it",
    ),
    (
        check.check_count_parameters,
        lambda V, D, H, C, T: counted(V, D, H, C, T, recurrent=0),
        "matrix, H × H, is missing",
    ),
    (check.check_count_parameters, lambda V, D, H, C, T: counted(V, D, H, C, T, bias_h=2), "H too many"),
    (
        check.check_count_parameters,
        lambda V, D, H, C, T: float(counted(V, D, H, C, T)),
        "the value is right, but wanted",
    ),
    (check.check_count_parameters, lambda V, D, H, C, T: counted(V, D, H, C, T) + D, "an embedding has V rows"),
    (check.check_count_parameters, lambda V, D, H, C, T: counted(V, D, H, V, T), "the readout has V columns"),
]


@pytest.mark.parametrize(("checker", "answer", "hint"), WRONG, ids=lambda value: getattr(value, "__name__", None))
def test_a_wrong_answer_gets_the_hint_for_its_mistake(checker, answer, hint):
    result = checker(answer)
    assert not result.passed
    assert result.started
    assert hint in result.hint, result


STRANGE = [
    "text",
    True,
    float("nan"),
    [],
    (),
    {},
    {"loss": "?"},
    object(),
    np.zeros(0),
    np.zeros((2, 3, 4, 5)),
    (1, [1j]),
]


@pytest.mark.parametrize("name", check.__all__)
@pytest.mark.parametrize("value", STRANGE, ids=lambda value: type(value).__name__)
def test_whatever_comes_back_the_answer_is_a_sentence(name, value):
    result = getattr(check, name)(lambda *args: value)
    assert not result.passed
    assert len(result.hint) > 20
    assert "Traceback" not in result.hint


@pytest.mark.parametrize("name", check.__all__)
def test_whatever_is_raised_the_answer_is_a_sentence(name):
    def broken(*args):
        raise ZeroDivisionError("no")

    result = getattr(check, name)(broken)
    assert "your function stopped with `ZeroDivisionError" in result.hint
    assert "in line 2 of `broken`" in result.hint


def test_the_first_case_of_the_loop_is_the_table_of_the_chapter():
    hint = check.check_rnn_forward(loop_without_bias).hint
    assert "the three steps of the chapter's table" in hint
    assert "expected `[[[ 0.8005], [ 0.4934], [-0.2028]]]`" in hint or "0.8005" in hint


def test_other_right_ways_pass():
    def by_product(ids, dx, V):
        return np.eye(V)[ids.reshape(-1)].T @ dx.reshape(-1, dx.shape[-1])

    def in_place_and_back(f, x, step):
        return slopes(f, x, step, -step, 2 * step, copy=False)

    def with_indices(z, y):
        z = z - z.max(axis=2, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=2, keepdims=True))
        loss = -np.take_along_axis(log_p, y[..., None], axis=2).mean()
        dz = np.exp(log_p) / y.size
        b, t = np.indices(y.shape)
        dz[b, t, y] -= 1 / y.size
        return loss, dz

    assert check.check_embedding_gradient(by_product)
    assert check.check_numerical_gradient(in_place_and_back)
    assert check.check_softmax_cross_entropy(with_indices)
    assert check.check_rnn_forward(loop)
    assert check.check_count_parameters(lambda V, D, H, C, T: np.int64(counted(V, D, H, C, T)))


def test_computing_in_float32_is_no_mistake():
    assert check.check_softmax(lambda z: soft(z.astype(np.float32)))
    assert check.check_rnn_forward(lambda *args: loop(*(a.astype(np.float32) for a in args)))
