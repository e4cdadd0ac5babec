"""The checkers of the chapter on training: what readers write, right and wrong, and what they are told."""

import numpy as np
import pytest

import rnn
from rnn.exercises import training as check

# Answers as readers write them, independent of how the checkers make the same mistakes.


def momentum_running_mean(theta, v, g, lr, mu):
    velocity = mu * v + (1 - mu) * g
    return theta - lr * velocity, velocity


def momentum_rate_inside(theta, v, g, lr, mu):
    velocity = mu * v - lr * g
    return theta + velocity, velocity


def momentum_old(theta, v, g, lr, mu):
    moved = theta - lr * v
    return moved, mu * v + g


def momentum_forgotten(theta, v, g, lr, mu):
    return theta - lr * (mu * v + g), v


def momentum_uphill(theta, v, g, lr, mu):
    v = mu * v + g
    return theta + lr * v, v


def momentum_nesterov(theta, v, g, lr, mu):
    v = mu * v + g
    return theta - lr * (g + mu * v), v


def momentum_in_place(theta, v, g, lr, mu):
    v *= mu
    v += g
    return theta - lr * v, v


def adam(
    theta,
    m,
    v,
    g,
    k,
    lr,
    beta1,
    beta2,
    epsilon,
    *,
    correct=True,
    shift=0,
    root=lambda v_hat, epsilon: np.sqrt(v_hat) + epsilon,
    second=np.square,
):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * second(g)
    m_hat, v_hat = m, v
    if correct:
        m_hat, v_hat = m / (1 - beta1 ** (k + shift)), v / (1 - beta2 ** (k + shift))
    return theta - lr * m_hat / root(v_hat, epsilon), m, v


def adam_uncorrected(*args):
    return adam(*args, correct=False)


def adam_inside(*args):
    return adam(*args, root=lambda v, epsilon: np.sqrt(v + epsilon))


def adam_before(theta, m, v, g, k, lr, beta1, beta2, epsilon):
    _, m, v = adam(theta, m, v, g, k, lr, beta1, beta2, epsilon)
    rate = lr * np.sqrt(1 - beta2**k) / (1 - beta1**k)
    return theta - rate * m / (np.sqrt(v) + epsilon), m, v


def adam_from_zero(*args):
    return adam(*args, shift=-1)


def adam_not_squared(*args):
    return adam(*args, second=lambda g: g)


def adam_returns_corrected(theta, m, v, g, k, lr, beta1, beta2, epsilon):
    m = (beta1 * m + (1 - beta1) * g) / (1 - beta1**k)
    v = (beta2 * v + (1 - beta2) * g * g) / (1 - beta2**k)
    return theta - lr * m / (v**0.5 + epsilon), m, v


def adam_exchanged(theta, m, v, g, k, lr, beta1, beta2, epsilon):
    return adam(theta, m, v, g, k, lr, beta2, beta1, epsilon)


def adam_by_other_corrections(first, second):
    def step(theta, m, v, g, k, lr, beta1, beta2, epsilon):
        m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / first(beta1, k), v / second(beta2, k)
        return theta - lr * m_hat / (np.sqrt(v_hat) + epsilon), m, v

    return step


def adam_root_first(theta, m, v, g, k, lr, beta1, beta2, epsilon):
    m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g**2
    return theta - lr * m / (1 - beta1**k) / (np.sqrt(v) / (1 - beta2**k) + epsilon), m, v


def adam_fixed_epsilon(theta, m, v, g, k, lr, beta1, beta2, epsilon):
    return adam(theta, m, v, g, k, lr, beta1, beta2, 1e-8)


def adam_without_brackets(theta, m, v, g, k, lr, beta1, beta2, epsilon):
    _, m, v = adam(theta, m, v, g, k, lr, beta1, beta2, epsilon)
    m_hat, v_hat = m / (1 - beta1**k), v / (1 - beta2**k)
    return theta - lr * m_hat / np.sqrt(v_hat) + epsilon, m, v


def adam_exchanged_shares(theta, m, v, g, k, lr, beta1, beta2, epsilon):
    m, v = (1 - beta1) * m + beta1 * g, (1 - beta2) * v + beta2 * g**2
    return theta - lr * m / (1 - beta1**k) / (np.sqrt(v / (1 - beta2**k)) + epsilon), m, v


def perplexity_of_prefixes(losses, mask):
    counts = mask.sum(axis=1)
    total = sum(row[:n].sum() for row, n in zip(losses, counts, strict=True))
    return np.exp(total / counts.sum())


def next_rolled_by_rows(ids, window):
    rows = (len(ids) - 1) // window
    x = ids[: rows * window].reshape(rows, window)
    return x, np.concatenate([x[:, 1:], x[:, :1]], axis=1)


def next_down_the_columns(ids, window):
    rows = (len(ids) - 1) // window
    x, y = ids[: rows * window], ids[1 : rows * window + 1]
    return x.reshape(window, rows).T, y.reshape(window, rows).T


def next_exchanged(ids, window):
    rows = (len(ids) - 1) // window
    x, y = ids[: rows * window].reshape(rows, window), ids[1 : rows * window + 1].reshape(rows, window)
    return y, x


def scale_along_rows(series, cut):
    parts = series[:cut], series[cut:]
    return tuple((p - p.mean(axis=1)[:, None]) / p.std(axis=1)[:, None] for p in parts)


def scale_rest_centered_by_itself(series, cut):
    past, rest = series[:cut], series[cut:]
    deviation = np.maximum(past.std(axis=0), 1e-9)
    return (past - past.mean(axis=0)) / deviation, (rest - rest.mean(axis=0)) / deviation


def perplexity_by_rows(losses, mask):
    return np.exp(np.mean([row[real].mean() for row, real in zip(losses, mask, strict=True)]))


def perplexity_of_rows(losses, mask):
    return np.mean([np.exp(row[real].mean()) for row, real in zip(losses, mask, strict=True)])


def perplexity_times_mask(losses, mask):
    return np.exp((losses * mask).sum() / mask.sum())


def next_copy(ids, window):
    rows = (len(ids) - 1) // window
    x = ids[: rows * window].reshape(rows, window)
    return x, x.copy()


def next_before(ids, window):
    rows = (len(ids) - 1) // window
    x = ids[: rows * window].reshape(rows, window)
    return x, np.roll(ids, 1)[: rows * window].reshape(rows, window)


def next_rolled(ids, window):
    rows = len(ids) // window
    y = np.append(ids[1:], ids[0])
    return ids[: rows * window].reshape(-1, window), y[: rows * window].reshape(-1, window)


def next_apart(ids, window):
    chunks = [ids[a : a + window + 1] for a in range(0, len(ids), window + 1)]
    chunks = np.array([c for c in chunks if len(c) == window + 1]).reshape(-1, window + 1)
    return chunks[:, :-1], chunks[:, 1:]


def next_sliding(ids, window):
    x = np.array([ids[a : a + window] for a in range(len(ids) - window)]).reshape(-1, window)
    y = np.array([ids[a + 1 : a + window + 1] for a in range(len(ids) - window)]).reshape(-1, window)
    return x, y


def scale_whole(series, cut):
    scaled = (series - series.mean(axis=0)) / series.std(axis=0)
    return scaled[:cut], scaled[cut:]


def scale_whole_range(series, cut):
    scaled = (series - series.min(axis=0)) / (series.max(axis=0) - series.min(axis=0))
    return scaled[:cut], scaled[cut:]


def scale_mean_of_whole(series, cut):
    scaled = (series - series.mean(axis=0)) / series[:cut].std(axis=0)
    return scaled[:cut], scaled[cut:]


def scale_own(series, cut):
    parts = series[:cut], series[cut:]
    return tuple((p - p.mean(axis=0)) / np.maximum(p.std(axis=0), 1e-12) for p in parts)


def scale_together(series, cut):
    past = series[:cut]
    return (past - past.mean()) / past.std(), (series[cut:] - past.mean()) / past.std()


def scale_constant(series, cut):
    past = series[:cut]
    mean, deviation = past.mean(axis=0), past.std(axis=0)
    return (past - mean) / deviation, (series[cut:] - mean) / deviation


def scale_sample(series, cut):
    mean, deviation = series[:cut].mean(axis=0), series[:cut].std(axis=0, ddof=1)
    return (series[:cut] - mean) / deviation, (series[cut:] - mean) / deviation


def windows(x, h0, dh, W_xh, W_hh, b_h, window, *, reset=False, through=False, slope=True, add=True, back="T"):
    """Window by window, as most readers begin."""
    h, state, grads = [], h0, [np.zeros_like(w) for w in (W_xh, W_hh, b_h)]
    carried = np.zeros_like(h0)
    starts = list(range(0, x.shape[1], window))
    for start in starts:
        state = np.zeros_like(h0) if reset and start else state
        for t in range(start, min(start + window, x.shape[1])):
            state = np.tanh(x[:, t] @ W_xh + state @ W_hh + b_h)
            h.append(state)
    for start in starts if add == "forward" else starts[::-1]:
        if not through:
            carried = np.zeros_like(h0)
        new = [np.zeros_like(w) for w in (W_xh, W_hh, b_h)]
        for t in reversed(range(start, min(start + window, x.shape[1]))):
            before = h[t - 1] if t else h0
            if reset and t and t % window == 0:
                before = np.zeros_like(h0)
            da = (dh[:, t] + carried) * ((1 - h[t] ** 2) if slope else 1)
            new[0] += np.einsum("bd,bh->dh", x[:, t], da)
            new[1] += np.einsum("bj,bk->jk", before, da)
            new[2] += np.einsum("bh->h", da)
            carried = da @ (W_hh.T if back == "T" else W_hh)
        grads = [a + b for a, b in zip(grads, new, strict=True)] if add is True else new
    return np.stack(h, axis=1), *grads


def windows_reset(*args):
    return windows(*args, reset=True)


def windows_through(*args):
    return windows(*args, through=True)


def windows_overwritten(*args):
    return windows(*args, add="forward")


def windows_without_slope(*args):
    return windows(*args, slope=False)


def windows_without_transpose(*args):
    return windows(*args, back="")


def windows_early(x, h0, dh, W_xh, W_hh, b_h, window):
    h, *_ = windows(x, h0, dh, W_xh, W_hh, b_h, window)
    grads, da = [np.zeros_like(w) for w in (W_xh, W_hh, b_h)], 0 * h0
    for t in range(x.shape[1] - 1, -1, -1):
        da = (dh[:, t] + (0 if t % window == 0 else da @ W_hh.T)) * (1 - h[:, t] ** 2)
        grads[0] += x[:, t].T @ da
        grads[1] += (h[:, t - 1] if t else h0).T @ da
        grads[2] += da.sum(axis=0)
    return h, *grads


def backwards(x, h0, dh, W_xh, W_hh, b_h, window, *, start=None, border=None, cut=False, slip=False, kept=None):
    """Step by step backward, with one thing wrong."""
    states = [h0 if start is None else start]
    for t in range(x.shape[1]):
        states.append(np.tanh(x[:, t] @ W_xh + states[t] @ W_hh + b_h))
    border = border or (lambda t: (t + 1) % window == 0)
    grads, back = [np.zeros_like(w) for w in (W_xh, W_hh, b_h)], np.zeros_like(h0)
    for t in range(x.shape[1] - 1, -1, -1):
        total = dh[:, t] + (0 if border(t) else back @ W_hh.T)
        da = (0 * total if cut and border(t) else total) * (1 - states[t + 1] ** 2)
        back = total if slip else da
        if kept is None or t < kept:
            grads[0] += x[:, t].T @ da
            grads[1] += states[t].T @ da
            grads[2] += da.sum(axis=0)
    return np.stack(states[1:], axis=1), *grads


def windows_without_h0(x, h0, *rest):
    return backwards(x, h0, *rest, start=np.zeros_like(h0))


def windows_border_early(*args):
    return backwards(*args, border=lambda t: (t + 2) % args[-1] == 0)


def windows_all_cut(*args):
    return backwards(*args, cut=True)


def windows_slope_forgotten_on_the_way(*args):
    return backwards(*args, slip=True)


def windows_only_whole(x, *rest):
    return backwards(x, *rest, kept=x.shape[1] // rest[-1] * rest[-1])


def windows_sliding(x, h0, dh, W_xh, W_hh, b_h, window):
    h, *_ = backwards(x, h0, dh, W_xh, W_hh, b_h, window)
    grads = [np.zeros_like(w) for w in (W_xh, W_hh, b_h)]
    for t in range(x.shape[1]):
        da = dh[:, t] * (1 - h[:, t] ** 2)
        for s in range(t, max(-1, t - window), -1):
            before = h[:, s - 1] if s else h0
            for total, new in zip(grads, (x[:, s].T @ da, before.T @ da, da.sum(axis=0)), strict=True):
                total += new
            da = (da @ W_hh.T) * (1 - before**2)
    return h, *grads


def stopping(run, patience, most, *, keep=lambda params: {k: a.copy() for k, a in params.items()}, last=False, more=0):
    best, since, epoch, kept = float("inf"), 0, 0, {}
    while epoch < most:
        loss = run.epoch()
        epoch += 1
        if loss < best:
            best, since, kept = loss, 0, keep(run.params)
        else:
            since += 1
            if since >= patience + more:
                break
    return (keep(run.params) if last else kept), epoch


def stopping_last(*args):
    return stopping(*args, last=True)


def stopping_reference(*args):
    return stopping(*args, keep=lambda params: params)


def stopping_shallow(*args):
    return stopping(*args, keep=dict)


def stopping_late(*args):
    return stopping(*args, more=1)


def stopping_early(*args):
    return stopping(*args, more=-1)


def stopping_previous(run, patience, most):
    losses, kept, since = [], {}, 0
    while len(losses) < most and since < patience:
        losses.append(run.epoch())
        if losses[-1] == min(losses) and losses.count(losses[-1]) == 1:
            kept = {k: a.copy() for k, a in run.params.items()}
        since = since + 1 if len(losses) > 1 and losses[-1] >= losses[-2] else 0
    return kept, len(losses)


def stopping_ties(run, patience, most):
    best, since, epoch, kept = float("inf"), 0, 0, {}
    while epoch < most and since < patience:
        loss = run.epoch()
        epoch += 1
        since += 1
        if loss <= best:
            best, since, kept = loss, 0, {k: a.copy() for k, a in run.params.items()}
    return kept, epoch


def stopping_from_zero(*args):
    kept, epochs = stopping(*args)
    return kept, epochs - 1


def stopping_before(run, patience, most):
    best, since, epoch, kept = float("inf"), 0, 0, {}
    while epoch < most and since < patience:
        snapshot = {k: a.copy() for k, a in run.params.items()}
        loss, epoch, since = run.epoch(), epoch + 1, since + 1
        if loss < best:
            best, since, kept = loss, 0, snapshot
    return kept, epoch


def stopping_twice(run, patience, most):
    best, since, epoch, kept = float("inf"), 0, 0, {}
    while epoch < most and since < patience:
        epoch, since = epoch + 1, since + 1
        if run.epoch() < best:
            best, since, kept = run.epoch(), 0, {k: a.copy() for k, a in run.params.items()}
    return kept, epoch


def stopping_never_ends(run, patience, most):
    while True:
        run.epoch()


WRONG = [
    (check.check_momentum_step, momentum_running_mean, "`theta`, `v`: the gradient has a factor 1 − μ"),
    (check.check_momentum_step, momentum_rate_inside, "the learning rate is inside the velocity"),
    (check.check_momentum_step, momentum_old, "`theta`: the step is taken with the old velocity"),
    (check.check_momentum_step, momentum_forgotten, "`v`: the new velocity is not handed back"),
    (check.check_momentum_step, momentum_uphill, "`theta`: it steps uphill"),
    (check.check_momentum_step, momentum_nesterov, "Nesterov"),
    (check.check_momentum_step, momentum_in_place, "changes its input `v` in place"),
    (check.check_momentum_step, lambda t, v, g, lr, mu: (t - lr * g, mu * v + g), "this is plain SGD"),
    (check.check_momentum_step, lambda t, v, g, lr, mu: t - lr * (mu * v + g), "return 2 values"),
    (check.check_adam_step, adam_uncorrected, "`theta`: the bias correction is missing"),
    (check.check_adam_step, adam_inside, "`theta`: ε is inside the root"),
    (check.check_adam_step, adam_before, "`theta`: ε is added before the bias correction"),
    (check.check_adam_step, adam_from_zero, "`theta`: the steps are counted from 0"),
    (
        check.check_adam_step,
        adam_not_squared,
        "`theta`, `v`: the second mean is one of gradients, not of their squares",
    ),
    (check.check_adam_step, adam_returns_corrected, "`m`, `v`: the corrected mean is returned"),
    (check.check_adam_step, adam_exchanged, "β₁ and β₂ are exchanged"),
    (
        check.check_adam_step,
        adam_by_other_corrections(lambda b, k: 1 - b, lambda b, k: 1 - b),
        "the correction has another form",
    ),
    (
        check.check_adam_step,
        adam_by_other_corrections(lambda b, k: (1 - b) ** k, lambda b, k: (1 - b) ** k),
        "the correction has another form",
    ),
    (
        check.check_adam_step,
        adam_by_other_corrections(lambda b, k: 1 - b**k, lambda b, k: 1),
        "only one of the two means is corrected",
    ),
    (check.check_adam_step, adam_root_first, "the root is taken before the correction"),
    (check.check_adam_step, adam_fixed_epsilon, "or a fixed small number stands in its place"),
    (check.check_adam_step, adam_without_brackets, "brackets are missing"),
    (check.check_adam_step, adam_exchanged_shares, "`theta`, `m`, `v`: β and 1 − β are exchanged"),
    (check.check_perplexity, perplexity_of_prefixes, "it takes the first tokens of each row"),
    (check.check_perplexity, lambda x, m: np.exp(x[~m].mean()), "the mask is read the wrong way round"),
    (check.check_next_step, next_rolled_by_rows, "`y`: in each row the last target is the row's own first token"),
    (check.check_next_step, next_down_the_columns, "they run down the columns"),
    (check.check_next_step, next_exchanged, "`x`: this is the right `y`. Are the returned values in the order x, y?"),
    (check.check_scale, scale_along_rows, "taken along a row"),
    (check.check_scale, scale_rest_centered_by_itself, "`rest`: the validation part is centered with its own mean"),
    (check.check_truncated, windows_without_h0, "`h0` is not used"),
    (check.check_truncated, windows_border_early, "the border is one step off"),
    (check.check_truncated, windows_all_cut, "at a border everything is cut"),
    (check.check_truncated, windows_slope_forgotten_on_the_way, "what goes back to the step before has no factor"),
    (check.check_truncated, windows_only_whole, "the last, shorter window is left out"),
    (check.check_truncated, windows_sliding, "the loss of every step goes back a window of its own"),
    (check.check_fit_with_patience, stopping_from_zero, "`epochs`: one too few"),
    (check.check_fit_with_patience, stopping_before, "`params`: these are the weights of the epoch before the best"),
    (check.check_fit_with_patience, stopping_twice, "trains every time it is called"),
    (check.check_perplexity, perplexity_by_rows, "each sequence counts alike"),
    (check.check_perplexity, perplexity_of_rows, "this is the mean of the sequences' perplexities"),
    (check.check_perplexity, perplexity_times_mask, "right except on edge cases. There is NaN in the padding"),
    (check.check_perplexity, lambda x, m: x[m].mean(), "this is the mean loss"),
    (check.check_perplexity, lambda x, m: np.exp(x.mean()), "padding is counted"),
    (check.check_perplexity, lambda x, m: np.exp((x * m).mean()), "divided by B · T"),
    (check.check_perplexity, lambda x, m: np.exp(x[m]).mean(), "mean of the tokens' perplexities"),
    (check.check_next_step, next_copy, "`y`: these are the inputs themselves"),
    (check.check_next_step, next_before, "`y`: off by one in time, the wrong way"),
    (check.check_next_step, next_rolled, "goes round in a circle"),
    (check.check_next_step, next_apart, "one transition a row is lost"),
    (check.check_next_step, next_sliding, "a row begins at every token"),
    (check.check_scale, scale_whole, "`train`: the future leaks into it"),
    (check.check_scale, scale_whole_range, "`train`: the future leaks into it"),
    (check.check_scale, scale_mean_of_whole, "`train`: the future leaks into it"),
    (check.check_scale, scale_own, "`rest`: the validation part is scaled with its own mean"),
    (check.check_scale, scale_together, "one mean and one deviation for all sensors"),
    (check.check_scale, scale_constant, "right except on edge cases. A sensor that never moved"),
    (check.check_scale, scale_sample, "`ddof=1`"),
    (check.check_truncated, windows_reset, "the state is reset at the borders: the forward pass"),
    (check.check_truncated, windows_through, "`dW_xh`, `dW_hh`, `db_h`: the gradient goes through the borders"),
    (check.check_truncated, windows_overwritten, "only one window's gradient is left"),
    (check.check_truncated, windows_without_slope, "where is tanh′?"),
    (check.check_truncated, windows_without_transpose, "it needs the transpose"),
    (check.check_truncated, windows_early, "the border is one step off"),
    (check.check_fit_with_patience, stopping_last, "`params`: these are the weights of the last epoch"),
    (check.check_fit_with_patience, stopping_reference, "later training writes over them"),
    (check.check_fit_with_patience, stopping_shallow, "copying the dict copies no array"),
    (check.check_fit_with_patience, stopping_late, "it stops an epoch too late"),
    (check.check_fit_with_patience, stopping_early, "it stops an epoch too early"),
    (check.check_fit_with_patience, stopping_previous, "compared with the one of the epoch before"),
    (check.check_fit_with_patience, stopping_ties, "right except on edge cases. An equal loss is not a new low"),
    (check.check_fit_with_patience, stopping_never_ends, "something has to end the loop"),
]


@pytest.mark.parametrize(("checker", "answer", "hint"), WRONG, ids=lambda value: getattr(value, "__name__", None))
def test_a_wrong_answer_gets_the_hint_for_its_mistake(checker, answer, hint):
    result = checker(answer)
    assert not result.passed
    assert result.started
    assert hint in result.hint, result


@pytest.mark.parametrize(
    ("checker", "answer"),
    [
        (check.check_adam_step, adam),
        (check.check_truncated, windows),
        (check.check_truncated, backwards),
        (check.check_fit_with_patience, stopping),
    ],
    ids=lambda value: value.__name__,
)
def test_another_way_to_the_right_answer_passes(checker, answer):
    result = checker(answer)
    assert result.passed, result


def test_the_references_for_optimizers_equal_those_of_the_package():
    from rnn.exercises._train_adam import ADAM
    from rnn.exercises._train_steps import MOMENTUM

    rng = np.random.default_rng(0)
    theta = rng.normal(size=(3, 4))
    by_momentum, by_adam = {"theta": theta.copy()}, {"theta": theta.copy()}
    momentum, packaged = rnn.SGD(0.1, momentum=0.8), rnn.Adam(0.1, beta1=0.8, beta2=0.99, epsilon=0.01)
    (a, velocity), (b, m, v) = (theta, 0 * theta), (theta, 0 * theta, 0 * theta)
    for k in range(1, 6):
        g = rng.normal(size=theta.shape)
        momentum.step(by_momentum, {"theta": g})
        packaged.step(by_adam, {"theta": g})
        a, velocity = MOMENTUM.reference(a, velocity, g, 0.1, 0.8)
        b, m, v = ADAM.reference(b, m, v, g, k, 0.1, 0.8, 0.99, 0.01)
        assert np.allclose(a, by_momentum["theta"], rtol=1e-12)
        assert np.allclose(b, by_adam["theta"], rtol=1e-12)


def test_windows_cut_gradients_and_leave_the_states():
    result = check.check_truncated(windows_through)
    assert "Right: `h`." in result.hint


@pytest.mark.parametrize("name", check.__all__)
@pytest.mark.parametrize(
    "value", ["text", 3, [], (), {}, np.zeros(0), np.zeros((2, 3, 4)), (1, 2), (None, None, None, None), ("a", "b")]
)
def test_whatever_comes_back_the_answer_is_a_sentence(name, value):
    result = getattr(check, name)(lambda *args: value)
    assert not result.passed
    assert result.started
    assert len(result.hint) > 20
    assert "Traceback" not in result.hint


@pytest.mark.parametrize("name", check.__all__)
def test_whatever_is_raised_the_answer_names_the_line(name):
    def broken(*args):
        raise ValueError("no")

    result = getattr(check, name)(broken)
    assert "your function stopped with `ValueError: no` in line 2 of `broken`" in result.hint


@pytest.mark.parametrize("name", check.__all__)
def test_what_is_no_function_is_told_so(name):
    assert "hand over the function itself" in getattr(check, name)(3).hint
