"""The checkers of the chapter on bidirectional and stacked networks: what readers write, and what they are told."""

import numpy as np
import pytest

from rnn.exercises import bidirectional_and_stacked as check

# Answers as readers write them, independent of how the checkers make the same mistakes.


def reverse_right(x, lengths):
    out = x.copy()
    for row, n in enumerate(lengths):
        out[row, :n] = x[row, :n][::-1]
    return out


def reverse_flip(x, lengths):
    return np.flip(x, axis=1)


def reverse_zero(x, lengths):
    out = np.zeros_like(x)
    for row, n in enumerate(lengths):
        out[row, :n] = x[row, n - 1 :: -1] if n else 0
    return out


def reverse_to_end(x, lengths):
    out = np.zeros_like(x)
    for row, n in enumerate(lengths):
        out[row, x.shape[1] - n :] = x[row, :n][::-1]
    return out


def reverse_late(x, lengths):
    out = x.copy()
    for row, n in enumerate(lengths):
        for t in range(n):
            out[row, t] = x[row, min(n - t, x.shape[1] - 1)]
    return out


def reverse_features(x, lengths):
    return np.flip(x, axis=2)


def reverse_longest(x, lengths):
    out, n = x.copy(), max(lengths)
    out[:, :n] = x[:, :n][:, ::-1]
    return out


def reverse_in_place(x, lengths):
    for row, n in enumerate(lengths):
        x[row, :n] = x[row, :n][::-1].copy()
    return x


def reverse_float32(x, lengths):
    return reverse_right(x.astype(np.float32), lengths)


def reverse_rolled(x, lengths):
    return np.stack([np.roll(x[b, ::-1], n - x.shape[1], axis=0) for b, n in enumerate(lengths)])


def reverse_clipped(x, lengths):
    index = np.maximum(lengths[:, None] - 1 - np.arange(x.shape[1]), 0)
    return np.take_along_axis(x, index[..., None], axis=1)


def reverse_nan(x, lengths):
    out = np.full_like(x, np.nan)
    for row, n in enumerate(lengths):
        out[row, :n] = x[row, :n][::-1]
    return out


def reverse_one_short(x, lengths):
    return reverse_right(x, lengths - 1)


def reverse_one_more(x, lengths):
    return reverse_right(x, lengths + 1)


def reverse_while_writing(x, lengths):
    out = x.copy()
    for row, n in enumerate(lengths):
        for t in range(n):
            out[row, t] = out[row, n - 1 - t]
    return out


def reverse_first(x, lengths):
    return reverse_right(x, [lengths[0]] * len(x))


def reverse_empty_wrong(x, lengths):
    return np.stack([np.r_[x[b, n - 1 :: -1], x[b, n:]][: x.shape[1]] for b, n in enumerate(lengths)])


def final_right(h, lengths):
    half = h.shape[2] // 2
    return np.stack([np.r_[h[b, n - 1, :half], h[b, 0, half:]] for b, n in enumerate(lengths)])


def final_last_place(h, lengths):
    return h[:, -1, :]


def final_last_step(h, lengths):
    return np.stack([h[b, n - 1] for b, n in enumerate(lengths)])


def final_padding(h, lengths):
    half = h.shape[2] // 2
    return np.concatenate([h[:, -1, :half], h[:, 0, half:]], axis=-1)


def final_one_late(h, lengths):
    half, T = h.shape[2] // 2, h.shape[1]
    return np.stack([np.r_[h[b, min(n, T - 1), :half], h[b, 0, half:]] for b, n in enumerate(lengths)])


def final_swapped(h, lengths):
    half = h.shape[2] // 2
    return np.roll(final_right(h, lengths), half, axis=1)


def final_one_early(h, lengths):
    half = h.shape[2] // 2
    return np.stack([np.r_[h[b, n - 2, :half], h[b, 0, half:]] for b, n in enumerate(lengths)])


def final_back_last(h, lengths):
    half = h.shape[2] // 2
    return np.stack([np.r_[h[b, n - 1, :half], h[b, -1, half:]] for b, n in enumerate(lengths)])


def final_back_shifted(h, lengths):
    half, T = h.shape[2] // 2, h.shape[1]
    return np.stack([np.r_[h[b, n - 1, :half], h[b, T - n, half:]] for b, n in enumerate(lengths)])


def final_parts(h, lengths):
    return tuple(np.split(final_right(h, lengths), 2, axis=1))


def final_wrong_half(h, lengths):
    half = h.shape[2] // 2
    return np.stack([np.r_[h[b, n - 1, half:], h[b, 0, :half]] for b, n in enumerate(lengths)])


def final_every_second(h, lengths):
    return np.stack([np.r_[h[b, n - 1, ::2], h[b, 0, 1::2]] for b, n in enumerate(lengths)])


def count_with(*, width=lambda layer, D, H, n: n * H if layer else D, back=lambda H, k, n: H, bias=lambda H, k: k * H):
    """A count as a loop, with what is to be wrong handed over; n is the number of directions."""

    def count(k, D, H, layers, directions):
        total = 0
        for layer in range(layers):
            below = width(layer, D, H, directions)
            total += directions * (below * k * H + back(H, k, directions) * k * H + bias(H, k))
        return total

    return count


def count_right(k, D, H, layers, directions):
    total = directions * k * H * (D + H + 1)
    return total + (layers - 1) * directions * k * H * (directions * H + H + 1)


def count_same_inputs(k, D, H, layers, directions):
    return layers * directions * k * H * (D + H + 1)


def count_half_inputs(k, D, H, layers, directions):
    return directions * k * H * (D + H + 1 + (layers - 1) * (2 * H + 1))


def count_one_direction(k, D, H, layers, directions):
    return k * H * (D + H + 1) + (layers - 1) * k * H * (directions * H + H + 1)


def count_two_biases(k, D, H, layers, directions):
    return count_right(k, D, H, layers, directions) + layers * directions * k * H


def count_no_bias(k, D, H, layers, directions):
    return count_right(k, D, H, layers, directions) - layers * directions * k * H


def count_no_blocks(k, D, H, layers, directions):
    return count_right(1, D, H, layers, directions)


def delay_right(y, mask, k):
    late_y, late_mask = np.roll(y, k, axis=1), np.roll(mask, k, axis=1)
    late_y[:, :k], late_mask[:, :k] = 0, False
    return late_y, late_mask


def delay_early(y, mask, k):
    late_y, late_mask = np.roll(y, -k, axis=1), np.roll(mask, -k, axis=1)
    if k:
        late_y[:, -k:], late_mask[:, -k:] = 0, False
    return late_y, late_mask


def delay_roll(y, mask, k):
    return np.roll(y, k, 1), np.roll(mask, k, 1)


def delay_mask_stays(y, mask, k):
    return delay_right(y, mask, k)[0], mask


def delay_front_counts(y, mask, k):
    late_y, late_mask = delay_right(y, mask, k)
    late_mask[:, :k] = True
    return late_y, late_mask


def delay_kept(y, mask, k):
    late_y, late_mask = y.copy(), mask.copy()
    late_y[:, k:], late_mask[:, k:] = y[:, : y.shape[1] - k], mask[:, : y.shape[1] - k]
    return late_y, late_mask


def delay_minus_one(y, mask, k):
    late_y, late_mask = delay_right(y, mask, k)
    late_y[:, :k] = -1
    return late_y, late_mask


def delay_mask_front(y, mask, k):
    late_mask = mask.copy()
    late_mask[:, :k] = False
    return delay_right(y, mask, k)[0], late_mask


def delay_mask_end(y, mask, k):
    late_mask = mask.copy()
    late_mask[:, y.shape[1] - k :] = False
    return delay_right(y, mask, k)[0], late_mask


def delay_mask_all(y, mask, k):
    late_mask = np.ones_like(mask)
    late_mask[:, :k] = False
    return delay_right(y, mask, k)[0], late_mask


def delay_echo(y, mask, k):
    late_y, late_mask = y.copy(), mask.copy()
    for t in range(k, y.shape[1]):
        late_y[:, t], late_mask[:, t] = late_y[:, t - k], late_mask[:, t - k]
    late_y[:, :k], late_mask[:, :k] = 0, False
    return late_y, late_mask


def delay_longer(y, mask, k):
    front = np.zeros((len(y), k), int)
    return np.hstack([front, y]), np.hstack([front.astype(bool), mask])


def delay_empty_for_zero(y, mask, k):
    late_y, late_mask = np.zeros_like(y), np.zeros_like(mask)
    late_y[:, k:], late_mask[:, k:] = y[:, :-k], mask[:, :-k]
    return late_y, late_mask


def ahead_right(f, x):
    before = f(x)
    for t in range(x.shape[1] - 1):
        changed = x.copy()
        changed[:, t + 1 :] += 1 + np.arange(changed[:, t + 1 :].size).reshape(changed[:, t + 1 :].shape)
        if not np.array_equal(f(changed)[:, : t + 1], before[:, : t + 1]):
            return True
    return False


def ahead_never(f, x):
    changed = x.copy()
    changed[:, 0] += 1
    return not np.array_equal(f(changed)[:, :0], f(x)[:, :0])


def ahead_any_change(f, x):
    changed = x.copy()
    changed[:, 3:] += 1.5
    return not np.array_equal(f(changed), f(x))


def ahead_one_place(f, x):
    changed = x.copy()
    changed[:, 4:] = 7.0
    return not np.array_equal(f(changed)[:, :4], f(x)[:, :4])


def ahead_neighbors(f, x):
    for t in range(x.shape[1] - 1):
        changed = x.copy()
        changed[:, t + 1] += 3.0
        if not np.array_equal(f(changed)[:, t], f(x)[:, t]):
            return True
    return False


def ahead_off_by_one(f, x):
    for t in range(x.shape[1]):
        changed = x.copy()
        changed[:, t:] += 3.0
        if not np.array_equal(f(changed)[:, : t + 1], f(x)[:, : t + 1]):
            return True
    return False


def ahead_with(change, look):
    """A test that changes at step s with ``change(changed, s)`` and compares ``look(outputs, s)``, for each s."""

    def test(f, x):
        before = f(x)
        for s in range(1, x.shape[1]):
            changed = x.copy()
            change(changed, s)
            if not np.allclose(look(f(changed), s), look(before, s)):
                return True
        return False

    return test


def add_from(a, s):
    a[:, s:] += 1.7


def add_to_first_feature(a, s):
    a[:, s:, 0] += 1.7


def add_to_first_sequence(a, s):
    a[0, s:] += 1.7


def turn_around(a, s):
    a[:, s:] = a[:, s:][:, ::-1].copy()


def set_to_nan(a, s):
    a[:, s:] = np.nan


def add_but_not_to_the_last(a, s):
    if s < a.shape[1] - 1:
        a[:, s] += 1.7


def add_at_first_step(a, s):
    a[:, 1:] += 1.7


ahead_at_the_step = ahead_with(add_from, lambda out, s: out[:, s - 1])
ahead_by_nan = ahead_with(set_to_nan, lambda out, s: np.isnan(out[:, :s]))
ahead_first_step_only = ahead_with(add_at_first_step, lambda out, s: out[:, 0])
ahead_first_feature = ahead_with(add_to_first_feature, lambda out, s: out[:, :s])
ahead_first_sequence = ahead_with(add_to_first_sequence, lambda out, s: out[0, :s])
ahead_by_sums = ahead_with(add_from, lambda out, s: out[:, :s].sum())
ahead_reordered = ahead_with(turn_around, lambda out, s: out[:, :s])
ahead_never_the_last = ahead_with(add_but_not_to_the_last, lambda out, s: out[:, :s])


def ahead_by_prefix(f, x):
    """Another right way: what a function says of the first steps must not depend on whether there are more."""
    whole = f(x)
    return any(not np.allclose(f(x[:, :s]), whole[:, :s]) for s in range(1, x.shape[1]))


def ahead_along_the_batch(f, x):
    changed = x.copy()
    changed[1:] += np.arange(1.0, 1 + changed[1:].size).reshape(changed[1:].shape)
    return not np.allclose(f(changed)[:1], f(x)[:1]) or ahead_right(f, x)


RIGHT = [
    (check.check_looks_ahead, ahead_at_the_step),
    (check.check_looks_ahead, ahead_by_nan),
    (check.check_looks_ahead, ahead_by_prefix),
    (check.check_reverse_by_length, reverse_float32),
    (check.check_reverse_by_length, reverse_right),
    (check.check_final_states, final_right),
    (check.check_stack_parameters, count_right),
    (check.check_delay_targets, delay_right),
    (check.check_looks_ahead, ahead_right),
]
WRONG = [
    (check.check_reverse_by_length, reverse_flip, "the whole array is reversed"),
    (check.check_reverse_by_length, reverse_zero, "the padding has become zero"),
    (check.check_reverse_by_length, reverse_to_end, "the real steps stand at the end of the row"),
    (check.check_reverse_by_length, reverse_late, "off by one: the step at place 0 comes from place `length - 1`"),
    (check.check_reverse_by_length, reverse_features, "the features are reversed"),
    (check.check_reverse_by_length, reverse_longest, "by the length of the longest"),
    (check.check_reverse_by_length, reverse_rolled, "the padding has been turned around too"),
    (check.check_reverse_by_length, reverse_clipped, "a real step is repeated instead of the padding"),
    (check.check_reverse_by_length, reverse_nan, "the padding holds NaN"),
    (check.check_reverse_by_length, reverse_one_short, "the last real step has stayed where it was"),
    (check.check_reverse_by_length, reverse_one_more, "one step too many takes part"),
    (check.check_reverse_by_length, reverse_while_writing, "the second half is its mirror image"),
    (check.check_reverse_by_length, reverse_first, "by the length of the first"),
    (check.check_reverse_by_length, reverse_empty_wrong, "A row of length 0 is all padding"),
    (check.check_reverse_by_length, lambda x, n: x.copy(), "nothing has moved"),
    (check.check_reverse_by_length, reverse_in_place, "changes its input `x` in place"),
    (check.check_final_states, final_last_place, "both halves come from the last place of the row"),
    (check.check_final_states, final_last_step, "right for the forward half"),
    (check.check_final_states, final_padding, "The forward half comes from the last place of the row"),
    (check.check_final_states, final_one_late, "one step too late"),
    (check.check_final_states, final_swapped, "the halves have changed places"),
    (check.check_final_states, final_one_early, "one step too early"),
    (check.check_final_states, final_back_last, "The backward half comes from the last place of the row"),
    (check.check_final_states, final_back_shifted, "at place `T - length`"),
    (check.check_final_states, final_wrong_half, "the second H features were taken for the forward half"),
    (check.check_final_states, final_every_second, "every second feature was taken"),
    (check.check_final_states, final_parts, "two arrays, one for each half"),
    (check.check_final_states, lambda h, n: np.stack(final_parts(h, n), axis=1), "two arrays, one for each half"),
    (check.check_final_states, lambda h, n: final_parts(h, n)[0], "the forward half alone"),
    (check.check_final_states, lambda h, n: np.concatenate(final_parts(h, n)), "below one another"),
    (check.check_final_states, lambda h, n: sum(final_parts(h, n)), "have been added up"),
    (check.check_final_states, lambda h, n: h[:, n - 1], "the last step of *every* sequence"),
    (check.check_final_states, lambda h, n: h.max(axis=1), "is no final state"),
    (check.check_stack_parameters, count_same_inputs, "as if it read the D inputs"),
    (check.check_stack_parameters, count_half_inputs, "2H numbers and not H"),
    (check.check_stack_parameters, count_one_direction, "the two directions are counted as one"),
    (check.check_stack_parameters, count_two_biases, "two biases a cell"),
    (check.check_stack_parameters, count_no_bias, "the biases are missing"),
    (check.check_stack_parameters, count_no_blocks, "the number of blocks k is missing"),
    (check.check_stack_parameters, lambda k, D, H, n, d: count_right(k, D, H, 1, d), "one layer only"),
    (check.check_stack_parameters, lambda k, D, H, n, d: count_right(k, D, H, n, 2), "two directions are counted"),
    (check.check_stack_parameters, lambda k, D, H, n, d: count_right(k, D, H // d, n, d), "has been divided"),
    (check.check_stack_parameters, lambda k, D, H, n, d: count_right(k, D, H, n, d) + d * H * D + D, "a readout"),
    (check.check_stack_parameters, lambda *a: float(count_right(*a)), "wanted a whole number"),
    (check.check_stack_parameters, count_with(width=lambda i, D, H, n: 2 * H if i else D), "right for two directions"),
    (check.check_stack_parameters, count_with(width=lambda i, D, H, n: n * H if i else n * D), "with 2D inputs"),
    (check.check_stack_parameters, count_with(width=lambda i, D, H, n: n * H), "it reads D"),
    (check.check_stack_parameters, count_with(width=lambda i, D, H, n: i * n * H if i else D), "all layers below"),
    (check.check_stack_parameters, count_with(back=lambda H, k, n: n * H), "`W_hh` is too large"),
    (check.check_stack_parameters, count_with(back=lambda H, k, n: n * n * H), "`W_hh` is too large"),
    (check.check_stack_parameters, count_with(back=lambda H, k, n: 0), "`W_hh` is missing"),
    (check.check_stack_parameters, count_with(back=lambda H, k, n: k * H), "(kH, kH)"),
    (check.check_stack_parameters, count_with(bias=lambda H, k: H), "counted with H numbers"),
    (check.check_delay_targets, lambda y, m, k: (y, m), "nothing has moved"),
    (check.check_delay_targets, delay_kept, "have kept what they had"),
    (check.check_delay_targets, delay_minus_one, "hold -1"),
    (check.check_delay_targets, delay_mask_front, "the rest of the mask has not moved"),
    (check.check_delay_targets, delay_mask_end, "the wrong end is masked"),
    (check.check_delay_targets, delay_mask_all, "every step from k on counts"),
    (check.check_delay_targets, delay_echo, "repeated again and again"),
    (check.check_delay_targets, delay_longer, "T has changed"),
    (check.check_delay_targets, lambda y, m, k: (y[:, : y.shape[1] - k], m[:, : m.shape[1] - k]), "T has changed"),
    (check.check_delay_targets, lambda y, m, k: (np.roll(y, k), np.roll(m, k)), "run over from the end of one"),
    (check.check_delay_targets, delay_early, "shifted the wrong way"),
    (check.check_delay_targets, delay_roll, "brings the last k steps in again"),
    (check.check_delay_targets, delay_mask_stays, "the mask has stayed where it was"),
    (check.check_delay_targets, delay_front_counts, "the first k steps count"),
    (check.check_delay_targets, delay_empty_for_zero, "which is empty for k = 0"),
    (check.check_looks_ahead, ahead_never, "no function is found to look ahead"),
    (check.check_looks_ahead, ahead_any_change, "blames the tanh of a running sum from the left and 5 more"),
    (check.check_looks_ahead, ahead_off_by_one, "compare the outputs before that step only"),
    (check.check_looks_ahead, ahead_one_place, "Every step has to be tried"),
    (check.check_looks_ahead, ahead_first_step_only, "try *every* t"),
    (check.check_looks_ahead, ahead_neighbors, "They reach over several steps"),
    (check.check_looks_ahead, ahead_never_the_last, "Both read the last input"),
    (
        check.check_looks_ahead,
        ahead_first_feature,
        "in the last feature only, at one step a later input is added. Change all",
    ),
    (
        check.check_looks_ahead,
        ahead_first_sequence,
        "in the last sequence only, at one step a later input is added. Change all",
    ),
    (check.check_looks_ahead, ahead_by_sums, "compare number by number"),
    (check.check_looks_ahead, ahead_reordered, "feel no change in the *order*"),
    (check.check_looks_ahead, ahead_along_the_batch, "time is axis 1"),
    (check.check_looks_ahead, lambda f, x: not ahead_right(f, x), "the wrong way round"),
    (check.check_looks_ahead, lambda f, x: True, "for every function that does *not* look ahead"),
    (check.check_looks_ahead, lambda f, x: "no", "wanted True or False, got 'no'"),
    (check.check_looks_ahead, lambda f, x: 0, "wanted True or False, got 0"),
]


@pytest.mark.parametrize(("checker", "answer"), RIGHT)
def test_another_right_answer_passes(checker, answer):
    result = checker(answer)
    assert result.passed, result


@pytest.mark.parametrize(("checker", "answer", "hint"), WRONG)
def test_a_usual_mistake_is_told_by_its_name(checker, answer, hint):
    result = checker(answer)
    assert not result.passed
    assert result.started
    assert hint in result.hint, result
