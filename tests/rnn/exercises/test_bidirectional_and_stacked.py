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


RIGHT = [
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
    (check.check_reverse_by_length, reverse_in_place, "changes its input `x` in place"),
    (check.check_final_states, final_last_place, "both halves come from the last place of the row"),
    (check.check_final_states, final_last_step, "right for the forward half"),
    (check.check_final_states, final_padding, "The forward half comes from the last place of the row"),
    (check.check_final_states, final_one_late, "one step too late"),
    (check.check_final_states, final_swapped, "the halves have changed places"),
    (check.check_stack_parameters, count_same_inputs, "as if it read the D inputs"),
    (check.check_stack_parameters, count_half_inputs, "2H numbers and not H"),
    (check.check_stack_parameters, count_one_direction, "the two directions are counted as one"),
    (check.check_stack_parameters, count_two_biases, "two biases a cell"),
    (check.check_stack_parameters, count_no_bias, "the biases are missing"),
    (check.check_stack_parameters, count_no_blocks, "the number of blocks k is missing"),
    (check.check_delay_targets, delay_early, "shifted the wrong way"),
    (check.check_delay_targets, delay_roll, "brings the last k steps in again"),
    (check.check_delay_targets, delay_mask_stays, "the mask has stayed where it was"),
    (check.check_delay_targets, delay_front_counts, "the first k steps count"),
    (check.check_delay_targets, delay_empty_for_zero, "which is empty for k = 0"),
    (check.check_looks_ahead, ahead_never, "no function is found to look ahead"),
    (check.check_looks_ahead, ahead_any_change, "functions that only look back are blamed"),
    (check.check_looks_ahead, ahead_off_by_one, "functions that only look back are blamed"),
    (check.check_looks_ahead, ahead_one_place, "Every step has to be tried"),
    (check.check_looks_ahead, ahead_neighbors, "Looking ahead may happen at a single step, and reach far"),
    (check.check_looks_ahead, lambda f, x: "no", "wanted True or False"),
]


@pytest.mark.parametrize(("checker", "answer"), RIGHT, ids=lambda value: value.__name__)
def test_another_right_answer_passes(checker, answer):
    result = checker(answer)
    assert result.passed, result


@pytest.mark.parametrize(("checker", "answer", "hint"), WRONG)
def test_a_usual_mistake_is_told_by_its_name(checker, answer, hint):
    result = checker(answer)
    assert not result.passed
    assert result.started
    assert hint in result.hint, result
