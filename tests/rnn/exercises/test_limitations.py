"""The checkers of the chapter on limitations: what readers write, right and wrong, and what they are told."""

import sys
from itertools import accumulate

import numpy as np
import pytest

from rnn.exercises import limitations as check

# Answers as readers write them, independent of how the checkers make the same mistakes.


def jacobians(h, W_hh):
    T, H = len(h) - 1, h.shape[1]
    found = np.zeros((T + 1, H, H))
    for s in range(T + 1):
        J = np.eye(H)
        for t in range(s + 1, T + 1):
            J = J @ W_hh @ np.diag(1 - h[t] ** 2)
        found[s] = J
    return found


def variant(step, order="right", first=1, last=0):
    """Jacobians with another factor, order, or range of steps."""

    def function(h, W_hh):
        T, H = len(h) - 1, h.shape[1]
        found = []
        for s in range(T + 1):
            J = np.eye(H)
            for t in range(s + first, min(T + 1, max(0, T + 1 + last))):
                factor = step(h, W_hh, t)
                J = J @ factor if order == "right" else factor @ J
            found.append(J)
        return np.array(found)

    return function


jacobians_no_slope = variant(lambda h, W, t: W)
jacobians_sigmoid = variant(lambda h, W, t: W @ np.diag(h[t] * (1 - h[t])))
jacobians_slope_not_squared = variant(lambda h, W, t: W * (1 - h[t]))
jacobians_tanh_twice = variant(lambda h, W, t: W * (1 - np.tanh(h[t]) ** 2))
jacobians_slope_before = variant(lambda h, W, t: W @ np.diag(1 - h[t - 1] ** 2))
jacobians_slopes_left = variant(lambda h, W, t: np.diag(1 - h[t] ** 2) @ W)
jacobians_transposed_weights = variant(lambda h, W, t: W.T @ np.diag(1 - h[t] ** 2))
jacobians_wrong_order = variant(lambda h, W, t: W * (1 - h[t] ** 2), order="left")
jacobians_one_more = variant(lambda h, W, t: W * (1 - h[t] ** 2), first=0)
jacobians_one_fewer = variant(lambda h, W, t: W * (1 - h[t] ** 2), first=2)


def jacobians_columns(h, W_hh):
    J, found = np.eye(h.shape[1]), [np.eye(h.shape[1])]
    for h_t in h[:0:-1]:
        J = J @ np.diag(1 - h_t**2) @ W_hh.T
        found.append(J)
    return np.array(found[::-1])


def jacobians_backward_order(h, W_hh):
    return jacobians(h, W_hh)[::-1]


def jacobians_from_start(h, W_hh):
    J, found = np.eye(h.shape[1]), [np.eye(h.shape[1])]
    for h_t in h[1:]:
        J = J @ (W_hh * (1 - h_t**2))
        found.append(J)
    return np.array(found)


def jacobians_single_steps(h, W_hh):
    return np.array([W_hh * (1 - h_t**2) for h_t in h[1:]] + [np.eye(h.shape[1])])


def jacobians_without_identity(h, W_hh):
    return jacobians(h, W_hh)[:-1]


def jacobians_needing_a_step(h, W_hh):
    found = [np.eye(h.shape[1])]
    for h_t in h[:0:-1]:
        found.insert(0, (W_hh * (1 - h_t**2)) @ found[0])
    return np.array(found) if len(h) > 1 else np.zeros((1, *W_hh.shape))


def jacobians_by_element(h, W_hh):
    found = [np.eye(h.shape[1])]
    for h_t in h[:0:-1]:
        found.insert(0, W_hh * (1 - h_t**2) * found[0])
    return np.array(found)


def jacobians_beginning_with(last):
    """Products built from the end, begun with another matrix than the identity."""

    def function(h, W_hh):
        found = [np.full_like(W_hh, last)]
        for h_t in h[:0:-1]:
            found.insert(0, (W_hh * (1 - h_t**2)) @ found[0])
        return np.array(found)

    return function


def jacobians_last_forgotten(h, W_hh):
    found = jacobians(h, W_hh)
    found[-1] = 0
    return found


def clip(grads, max_norm):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()]))
    return {k: g * min(1.0, max_norm / norm) if norm else g for k, g in grads.items()}, float(norm)


def clip_each(grads, max_norm):
    clipped = {}
    for name, g in grads.items():
        norm = np.linalg.norm(g)
        clipped[name] = g * max_norm / norm if norm > max_norm else g
    return clipped, clip(grads, max_norm)[1]


def clip_by_value(grads, max_norm):
    return {k: np.clip(g, -max_norm, max_norm) for k, g in grads.items()}, clip(grads, max_norm)[1]


def clip_always(grads, max_norm):
    norm = clip(grads, max_norm)[1]
    return {k: g / norm * max_norm for k, g in grads.items()}, norm


def clip_to_one(grads, max_norm):
    norm = clip(grads, max_norm)[1]
    return {k: g / norm if norm > max_norm else g for k, g in grads.items()}, norm


def clip_norm_after(grads, max_norm):
    clipped, _ = clip(grads, max_norm)
    return clipped, clip(clipped, max_norm)[1]


def clip_no_root(grads, max_norm):
    norm = sum((g**2).sum() for g in grads.values())
    return {k: g * max_norm / norm if norm > max_norm else g for k, g in grads.items()}, norm


def clip_sum_of_norms(grads, max_norm):
    norm = sum(np.linalg.norm(g) for g in grads.values())
    return {k: g * max_norm / norm if norm > max_norm else g for k, g in grads.items()}, norm


def clip_largest(grads, max_norm):
    norm = max(np.abs(g).max() for g in grads.values())
    return {k: g * max_norm / norm if norm > max_norm else g for k, g in grads.items()}, norm


def clip_with(measure, factor=lambda norm, limit: min(1.0, limit / norm)):
    """Clipping with another measure of length, or another factor."""

    def function(grads, max_norm):
        norm = measure(grads)
        return {k: g * (factor(norm, max_norm) if norm else 1.0) for k, g in grads.items()}, norm

    return function


def norm_begun_anew(grads):
    for g in grads.values():
        total = np.sum(g**2)
    return np.sqrt(total)


def the_norm(grads):
    return clip(grads, 1.0)[1]


def clip_thrown_away(grads, max_norm):
    norm = the_norm(grads)
    return {k: 0 * g if norm > max_norm else g for k, g in grads.items()}, norm


def clip_zero(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads.values()))
    return {k: g / norm * min(norm, max_norm) for k, g in grads.items()}, norm


def clip_in_place(grads, max_norm):
    norm = clip(grads, max_norm)[1]
    for g in grads.values():
        g *= min(1.0, max_norm / max(norm, 1e-300))
    return grads, norm


def clip_not(grads, max_norm):
    return grads, clip(grads, max_norm)[1]


def clip_signs(grads, max_norm):
    return {k: np.sign(g) for k, g in grads.items()}, clip(grads, max_norm)[1]


def clip_half(grads, max_norm):
    return {k: g / 2 for k, g in clip(grads, max_norm)[0].items()}, clip(grads, max_norm)[1]


def explode(p=3.0, second=18.0, first=None, h0=(0.0, 1.0), matrix=None):
    """The given matrix, or p times the chapter's; biases and a start."""
    W = p * np.array([[1.0, -1.0], [1.0, -1.0]]) if matrix is None else np.array(matrix)
    return lambda: (W, np.array([-p if first is None else first, second]), np.array(h0))


def scan(a, b, h0):
    a, b, step = a.copy(), b.copy(), 1
    b[0] += a[0] * h0
    while step < len(a):
        b[step:] = b[step:] + a[step:] * b[:-step]
        a[step:] = a[step:] * a[:-step]
        step += step
    return b


def scan_by_loop(a, b, h0):
    states = []
    for a_t, b_t in zip(a, b, strict=True):
        h0 = a_t * h0 + b_t
        states.append(h0)
    return np.array(states)


def scan_by_numbers(a, b, h0):
    h = np.empty_like(b)
    for n in range(b.shape[1]):
        state = h0[n]
        for t in range(b.shape[0]):
            state = a[t, n] * state + b[t, n]
            h[t, n] = state
    return h


def scan_by_einsum(a, b, h0):
    a, states = np.asarray(a), [h0]
    for t in range(len(b)):
        states.append(np.einsum("n,n->n", a[t], states[-1]) + b[t])
    return np.array(states[1:])


def scan_by_accumulate(a, b, h0):
    pairs = zip(a, b, strict=True)
    return np.array([*accumulate(pairs, lambda h, pair: pair[0] * h + pair[1], initial=h0)][1:])


def scan_by_recursion(a, b, h0):
    h = a[0] * h0 + b[0]
    return h[None] if len(b) == 1 else np.vstack([h, scan_by_recursion(a[1:], b[1:], h)])


def scan_by_division(a, b, h0):
    products = np.cumprod(a, axis=0)
    return products * (h0 + np.cumsum(b / products, axis=0))


def scanned(joined, more=lambda shift, T: shift < T, grow=lambda shift: 2 * shift, first=1, finish=None):
    """A scan with its parts exchanged."""

    def function(a, b, h0):
        shift = first
        while more(shift, len(b)):
            a, b = joined(a, b, shift) if shift < len(b) else (a, b)
            shift = grow(shift)
        return a * h0 + b if finish is None else finish(a, b, h0)

    return function


def right_pairs(a, b, s):
    return np.vstack([a[:s], a[s:] * a[:-s]]), np.vstack([b[:s], a[s:] * b[:-s] + b[s:]])


def pairs_exchanged(a, b, s):
    return np.vstack([a[:s], a[s:] * a[:-s]]), np.vstack([b[:s], a[:-s] * b[s:] + b[:-s]])


def pairs_new_a(a, b, s):
    a = np.vstack([a[:s], a[s:] * a[:-s]])
    return a, np.vstack([b[:s], a[s:] * b[:-s] + b[s:]])


def pairs_old_a(a, b, s):
    return a, np.vstack([b[:s], a[s:] * b[:-s] + b[s:]])


def pairs_rolled(a, b, s):
    return a * np.roll(a, s, axis=0), a * np.roll(b, s, axis=0) + b


def pairs_in_place(a, b, s):
    a, b = a.copy(), b.copy()
    for t in range(s, len(a)):
        b[t] = a[t] * b[t - s] + b[t]
        a[t] = a[t] * a[t - s]
    return a, b


def pairs_with_zeros(a, b, s):
    new_a, new_b = np.zeros_like(a), np.zeros_like(b)
    new_a[s:], new_b[s:] = a[s:] * a[:-s], a[s:] * b[:-s] + b[s:]
    return new_a, new_b


def pairs_dropped(a, b, s):
    return a[s:] * a[:-s], a[s:] * b[:-s] + b[s:]


def scan_dropping(a, b, h0):
    shift, T = 1, len(b)
    while shift < T and shift < len(b):
        (a, b), shift = pairs_dropped(a, b, shift), 2 * shift
    return a * h0 + b


def pairs_a_added(a, b, s):
    return np.vstack([a[:s], a[s:] + a[:-s]]), np.vstack([b[:s], a[s:] * b[:-s] + b[s:]])


def scan_with_start_added(a, b, h0):
    return scan(a, np.vstack([b[:1] + h0, b[1:]]), np.zeros_like(h0))


def scan_late(a, b, h0):
    return np.vstack([h0, scan(a, b, h0)])[:-1]


def scan_with_start(a, b, h0):
    return np.vstack([h0, scan(a, b, h0)])


def rescale(W, radius):
    return W / np.max(np.absolute(np.linalg.eig(W)[0])) * radius


WRONG = [
    (check.check_jacobians, jacobians_no_slope, "powers of W_hh alone: where is tanh′?"),
    (check.check_jacobians, jacobians_sigmoid, "with h = tanh(a) the slope is 1 − h²"),
    (check.check_jacobians, jacobians_slope_not_squared, "with h = tanh(a) the slope is 1 − h²"),
    (check.check_jacobians, jacobians_tanh_twice, "with h = tanh(a) the slope is 1 − h²"),
    (check.check_jacobians, jacobians_slope_before, "the slopes stand one step too early"),
    (check.check_jacobians, jacobians_slopes_left, "the slopes are on the wrong side of W_hh"),
    (check.check_jacobians, jacobians_transposed_weights, "W_hh is transposed"),
    (check.check_jacobians, jacobians_wrong_order, "the factors stand in the wrong order"),
    (check.check_jacobians, jacobians_one_more, "one factor too many"),
    (check.check_jacobians, jacobians_one_fewer, "one factor too few"),
    (check.check_jacobians, jacobians_columns, "each entry is the transpose of what is wanted"),
    (check.check_jacobians, jacobians_backward_order, "but in reverse order: entry 0 is dh_T/dh_0"),
    (check.check_jacobians, jacobians_from_start, "these are dh_s/dh_0, products from the start"),
    (check.check_jacobians, jacobians_single_steps, "these are the Jacobians of the single steps"),
    (check.check_jacobians, jacobians_without_identity, "wanted shape (T+1, H, H)"),
    (check.check_jacobians, jacobians_needing_a_step, "right except on edge cases. With T = 0 nothing lies between"),
    (check.check_jacobians, lambda h, W_hh: jacobians(h, W_hh)[0], "wanted shape (T+1, H, H)"),
    (check.check_jacobians, jacobians_by_element, "multiplied number by number"),
    (check.check_jacobians, jacobians_beginning_with(0.0), "the numbers differ"),
    (check.check_jacobians, jacobians_beginning_with(1.0), "the last entry is wrong. No step lies between"),
    (check.check_jacobians, jacobians_last_forgotten, "the last entry is wrong. No step lies between"),
    (check.check_clip_by_norm, clip_each, "`clipped`: each parameter is clipped by its own norm"),
    (check.check_clip_by_norm, clip_each, "its cosine to the original drops below 1"),
    (check.check_clip_by_norm, clip_by_value, "this is clipping by value"),
    (check.check_clip_by_norm, clip_always, "short gradients are lengthened"),
    (check.check_clip_by_norm, clip_to_one, "long gradients come out with norm 1"),
    (check.check_clip_by_norm, clip_norm_after, "`norm`: this is the norm after clipping"),
    (check.check_clip_by_norm, clip_no_root, "`clipped`, `norm`: the root is missing"),
    (check.check_clip_by_norm, clip_sum_of_norms, "the norms of the parameters are added"),
    (check.check_clip_by_norm, clip_largest, "the size is measured by the largest number"),
    (
        check.check_clip_by_norm,
        clip_with(lambda grads: max(map(np.linalg.norm, grads.values()))),
        "`clipped`, `norm`: the norm of one parameter is taken for the norm of all",
    ),
    (check.check_clip_by_norm, clip_with(norm_begun_anew), "is the sum begun anew for each array?"),
    (
        check.check_clip_by_norm,
        clip_with(lambda grads: np.hypot.reduce([np.linalg.norm(g, 2) for g in grads.values()])),
        "`clipped`, `norm`: the matrices are measured by their largest singular value",
    ),
    (
        check.check_clip_by_norm,
        clip_with(lambda grads: sum(np.abs(g).sum() for g in grads.values())),
        "the absolute values are added",
    ),
    (
        check.check_clip_by_norm,
        clip_with(the_norm, lambda norm, limit: norm / limit if norm > limit else 1.0),
        "`clipped`: the factor is upside down",
    ),
    (
        check.check_clip_by_norm,
        clip_with(the_norm, lambda norm, limit: max(1.0, limit / norm)),
        "`clipped`: the wrong ones are scaled",
    ),
    (check.check_clip_by_norm, clip_thrown_away, "a gradient that is too long comes out as 0"),
    (check.check_clip_by_norm, lambda grads, max_norm: clip(grads, max_norm)[::-1], "the two values are exchanged"),
    (check.check_clip_by_norm, clip_zero, "right except on edge cases. When all gradients are 0"),
    (check.check_clip_by_norm, clip_in_place, "changes its input `grads` in place"),
    (check.check_clip_by_norm, clip_not, "`clipped`: nothing is clipped"),
    (check.check_clip_by_norm, clip_signs, "it has turned: its cosine to the original is 0."),
    (check.check_clip_by_norm, clip_half, "the direction is right, the length is not"),
    (check.check_clip_by_norm, lambda grads, max_norm: clip(grads, max_norm)[0], "the returned dict has no `clipped`"),
    (check.check_exploding, explode(2.0, 10.0), "‖dh_12/dh_0‖ is 5.79e+03. One unit is saturated and one open"),
    (check.check_exploding, explode(4.0), "`W`: the largest number is 4 in absolute value; allowed is 3"),
    (check.check_exploding, explode(second=30.0), "`b`: the largest number is 30"),
    (check.check_exploding, explode(h0=(0.0, 2.0)), "`h0`: the largest number is 2"),
    (check.check_exploding, explode(matrix=[[3.0, -3.0], [3.0, -2.9]]), "the spectral radius of `W` is"),
    (check.check_exploding, explode(matrix=[[2.0, 0.0], [0.0, 2.0]]), "is 2, not 0"),
    (check.check_exploding, explode(matrix=[[0.0, 3.0], [0.0, 0.0]]), "`W` is triangular with zeros on the diagonal"),
    (check.check_exploding, explode(matrix=np.zeros((2, 2))), "`W` is triangular with zeros on the diagonal"),
    (check.check_exploding, explode(0.4, 18.0), "`W` has the norm 0.8"),
    (check.check_exploding, explode(first=9.0), "Both units are saturated"),
    (check.check_exploding, explode(h0=(0.0, 0.0)), "from the first step on: there `h0 @ W + b` is -3 and 18."),
    (check.check_exploding, explode(first=0.0, second=0.0, h0=(0.0, 0.0)), "Both units are open"),
    (check.check_exploding, explode(first=-2.99), "then the state left the place where it grows"),
    (check.check_exploding, lambda: (np.eye(2), np.zeros(2)), "return three arrays"),
    (check.check_exploding, lambda: ([[3, -3], [3, -3]], np.zeros(2), np.zeros(2)), "`W`: wanted a NumPy array"),
    (check.check_exploding, lambda: (np.eye(2), np.zeros((1, 2)), np.zeros(2)), "`b`: wanted shape (2,), got (1, 2)"),
    (check.check_exploding, explode(matrix=np.full((2, 2), np.nan)), "`W` holds NaN"),
    (check.check_parallel_scan, scan_by_loop, "computed one step after the other: for 16 times as many steps 16 times"),
    (check.check_parallel_scan, scan_by_numbers, "computed one step after the other"),
    (check.check_parallel_scan, scan_by_einsum, "computed one step after the other"),
    (check.check_parallel_scan, scan_by_accumulate, "for T = 1,024, 10 rounds are enough"),
    (check.check_parallel_scan, scan_by_recursion, "your function stopped with `RecursionError"),
    (check.check_parallel_scan, scan_by_division, "right except on edge cases. An a of 0 is allowed"),
    (check.check_parallel_scan, scan_with_start_added, "h0 is added as it is"),
    (check.check_parallel_scan, lambda a, b, h0: scan(a[::-1], b[::-1], h0)[::-1], "time runs the wrong way"),
    (check.check_parallel_scan, scanned(pairs_a_added), "the two a of a joined pair are added"),
    (check.check_parallel_scan, scan_dropping, "the first pairs are lost"),
    (check.check_parallel_scan, scanned(right_pairs, grow=lambda s: s + 1), "the shift does not double"),
    (check.check_parallel_scan, scanned(right_pairs, finish=lambda a, b, h0: b), "the initial state is left out"),
    (check.check_parallel_scan, scanned(right_pairs, finish=lambda a, b, h0: b + h0), "h0 is added as it is"),
    (check.check_parallel_scan, scanned(pairs_exchanged), "the pairs are joined in the wrong order"),
    (check.check_parallel_scan, scanned(pairs_new_a), "Compute the new b before the new a"),
    (check.check_parallel_scan, scanned(pairs_old_a), "a stays as it was"),
    (check.check_parallel_scan, scanned(pairs_rolled), "`np.roll` goes round in a circle"),
    (check.check_parallel_scan, scanned(pairs_in_place), "overwritten while they are still read"),
    (check.check_parallel_scan, scanned(pairs_with_zeros), "the first pairs are lost"),
    (check.check_parallel_scan, scanned(right_pairs, lambda s, T: 2 * s <= T), "right only where T is a power of two"),
    (check.check_parallel_scan, scanned(right_pairs, lambda s, T: 2 * s < T), "a round is missing at the end"),
    (check.check_parallel_scan, scanned(right_pairs, first=2), "the shifts are off by one"),
    (check.check_parallel_scan, lambda a, b, h0: h0 + np.cumsum(b, axis=0), "these are sums of b"),
    (check.check_parallel_scan, scan_late, "off by one in time"),
    (check.check_parallel_scan, scan_with_start, "wanted shape (T, N)"),
    (check.check_rescale, lambda W, radius: W / np.linalg.norm(W, 2) * radius, "this sets the norm"),
    (check.check_rescale, lambda W, radius: W / np.linalg.norm(W) * radius, "this sets the Frobenius norm"),
    (check.check_rescale, lambda W, radius: W * radius / np.linalg.eigvals(W).real.max(), "the largest real part"),
    (check.check_rescale, lambda W, radius: W * radius / np.linalg.eigvals(W).max(), "dtype complex128"),
    (check.check_rescale, lambda W, radius: W / abs(np.linalg.eigvals(W)).max(), "radius 1 whatever was asked for"),
    (check.check_rescale, lambda W, radius: W * radius, "not divided by the radius it had"),
    (check.check_rescale, lambda W, radius: W / W.max() * radius, "divides by the largest entry"),
    (check.check_rescale, lambda W, r: W * r / np.linalg.svd(W)[1][0], "this sets the norm"),
    (check.check_rescale, lambda W, r: W * r / abs(np.linalg.eigvalsh(W)).max(), "of a symmetric matrix"),
    (check.check_rescale, lambda W, r: W * r / abs(np.linalg.eigvals(W)).min(), "the smallest eigenvalue is used"),
    (check.check_rescale, lambda W, r: -rescale(W, r), "right but for the sign"),
    (check.check_rescale, lambda W, r: W * r / abs(np.linalg.eigvals(W).max()), "one eigenvalue is chosen before"),
    (check.check_rescale, lambda W, r: W * r / abs(np.linalg.eig(W)[0][0]), "one eigenvalue is chosen before"),
    (check.check_rescale, lambda W, r: W * min(1, r / abs(np.linalg.eigvals(W)).max()), "is only ever shrunk"),
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
        (check.check_jacobians, jacobians),
        (check.check_clip_by_norm, clip),
        (check.check_exploding, explode()),
        (check.check_exploding, explode(matrix=[[-3.0, 3.0], [-3.0, 3.0]], first=-3.0, second=-18.0, h0=(0.0, -1.0))),
        (check.check_exploding, explode(matrix=[[3.0, 3.0], [-3.0, -3.0]], first=3.0, second=18.0)),
        (check.check_parallel_scan, scan),
        (check.check_parallel_scan, scanned(right_pairs)),
        (check.check_rescale, rescale),
    ],
)
def test_right_answers_pass_however_they_are_written(checker, answer):
    result = checker(answer)
    assert result.passed, result


def test_a_bidirectional_tree_of_products_counts_as_a_scan():
    def blelloch(a, b, h0):
        if len(b) == 1:
            return a * h0 + b
        even, odd = slice(0, len(b) - len(b) % 2, 2), slice(1, None, 2)
        paired = blelloch(a[odd] * a[even], a[odd] * b[even] + b[odd], h0)  # states after every second step
        h = np.empty(b.shape)
        h[odd] = paired
        before = np.concatenate([h0[None], paired])[: len(b[::2])]
        h[::2] = a[::2] * before + b[::2]
        return h

    result = check.check_parallel_scan(blelloch)
    assert result.passed, result


STRANGE = [
    "text",
    3,
    float("nan"),
    1j,
    [],
    (),
    {},
    object(),
    np.zeros(0),
    np.array(["a"]),
    np.array(None),
    (1, 2),
    None,
]


@pytest.mark.parametrize("name", check.__all__)
@pytest.mark.parametrize("value", STRANGE, ids=lambda value: type(value).__name__)
def test_whatever_comes_back_the_answer_is_a_sentence(name, value):
    def strange(*args):
        return [value, len(args)][0]

    result = getattr(check, name)(strange)
    assert not result.passed
    assert result.started
    assert len(result.hint) > 20
    assert "Traceback" not in result.hint


@pytest.mark.parametrize("name", check.__all__)
@pytest.mark.parametrize("error", [ValueError("no"), ZeroDivisionError(), np.linalg.LinAlgError("singular")])
def test_whatever_is_raised_the_answer_is_a_sentence(name, error):
    def broken(*args):
        raise error

    result = getattr(check, name)(broken)
    assert f"your function stopped with `{type(error).__name__}" in result.hint


def test_clipping_may_leave_out_a_name():
    result = check.check_clip_by_norm(lambda grads, max_norm: ({}, clip(grads, max_norm)[1]))
    assert "`clipped`: the dict has no 'W_xh', 'W_hh'" in result.hint


def test_an_explosion_is_told_how_far_it_went():
    assert "radius 0, and ‖dh_12/dh_0‖ is 751,5" in check.check_exploding(explode()).hint


def test_counting_lines_leaves_the_tracing_of_others_alone():
    seen = []

    def tracer(frame, event, value):
        seen.append(event)

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        check.check_parallel_scan(scan)
        after = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after is tracer
