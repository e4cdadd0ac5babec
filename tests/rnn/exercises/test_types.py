"""The checkers of the chapter on types of networks: what readers write, right and wrong, and what they are told."""

import numpy as np
import pytest

from rnn.exercises import types as check

# Answers as readers write them, independent of how the checkers make the same mistakes.


def tokens_of(ids, lengths, *, inputs=slice(None, -1), targets=slice(1, None), real=-1):
    mask = np.arange(ids.shape[1] - 1)[None, :] < (lengths + real)[:, None]
    return ids[:, inputs], ids[:, targets], mask


def tokens_not_shifted(ids, lengths):
    return tokens_of(ids, lengths, targets=slice(None, -1))


def tokens_exchanged(ids, lengths):
    return tokens_of(ids, lengths, inputs=slice(1, None), targets=slice(None, -1))


def tokens_pad_as_target(ids, lengths):
    return tokens_of(ids, lengths, real=0)


def tokens_one_too_few(ids, lengths):
    return tokens_of(ids, lengths, real=-2)


def tokens_all_count(ids, lengths):
    return ids[:, :-1], ids[:, 1:], np.full(ids[:, 1:].shape, True)


def tokens_by_zero(ids, lengths):
    return ids[:, :-1], ids[:, 1:], ids[:, 1:] > 0


def tokens_rolled(ids, lengths):
    return ids, np.roll(ids, -1, axis=1), np.arange(ids.shape[1]) < lengths[:, None] - 1


def tokens_inverted(ids, lengths):
    inputs, targets, mask = tokens_of(ids, lengths)
    return inputs, targets, np.logical_not(mask)


def tokens_blanked(ids, lengths):
    inputs, targets, mask = tokens_of(ids, lengths)
    return inputs, targets * mask, mask


def filled(rows, steps):
    return np.array([list(row) + [0] * (steps - len(row)) for row in rows], dtype=int).reshape(len(rows), steps)


def pair(sequences, start, end, *, fed=None, target=None, more=1):
    steps = 1 + max(len(row) for row in sequences)
    one = filled([fed(row) if fed else [start, *row] for row in sequences], steps)
    two = filled([target(row) if target else [*row, end] for row in sequences], steps)
    return one, two, np.array([len(row) + more for row in sequences])


def pair_not_shifted(sequences, start, end):
    return pair(sequences, start, end, fed=lambda row: [*row, end])


def pair_without_start(sequences, start, end):
    return pair(sequences, start, end, fed=lambda row: row)


def pair_shifted_left(sequences, start, end):
    return pair(sequences, start, end, fed=lambda row: [*row[1:], end])


def pair_without_end(sequences, start, end):
    return pair(sequences, start, end, target=lambda row: row)


def pair_end_not_counted(sequences, start, end):
    return pair(sequences, start, end, more=0)


def pair_both_counted(sequences, start, end):
    return pair(sequences, start, end, more=2)


def pair_rolled(sequences, start, end):
    fed, target, lengths = pair(sequences, start, end)
    fed = np.roll(target, 1, axis=1)
    fed[:, 0] = start
    return fed, target, lengths


def pair_everything_in_both(sequences, start, end):
    steps = 2 + max(len(row) for row in sequences)
    both = filled([[start, *row, end] for row in sequences], steps)
    return both, both, np.array([len(row) + 2 for row in sequences])


def pair_end_exchanged(sequences, start, end):
    return pair(sequences, start, end, fed=lambda row: [end, *row])


def pair_start_end_swapped(sequences, start, end):
    return pair(sequences, end, start)


def pair_padded_with_end(sequences, start, end):
    fed, target, lengths = pair(sequences, start, end)
    padding = np.arange(fed.shape[1]) >= lengths[:, None]
    return fed, np.where(padding, end, target), lengths


def pair_padded_in_front(sequences, start, end):
    lengths = [len(row) + 1 for row in sequences]
    front = [[0] * (max(lengths) - n) for n in lengths]
    fed = [[*zeros, start, *row] for zeros, row in zip(front, sequences, strict=True)]
    target = [[*zeros, *row, end] for zeros, row in zip(front, sequences, strict=True)]
    return np.array(fed), np.array(target), np.array(lengths)


def pair_all_of_one_length(sequences, start, end):
    fed, target, _ = pair(sequences, start, end)
    return fed, target, np.full(len(fed), fed.shape[1])


def pair_rows_changed(sequences, start, end):
    answer = pair(sequences, start, end)
    for row in sequences:
        row.append(end)
    return answer


def pair_lists(sequences, start, end):
    return tuple(part.tolist() for part in pair(sequences, start, end))


def state_last_column(h, lengths, h0):
    return h[:, -1, :]


def state_of_the_longest(h, lengths, h0):
    return h[:, max(lengths) - 1]


def state_last_nonzero(h, lengths, h0):
    return np.array([row[np.flatnonzero(row.any(axis=1))[-1]] for row in h])


def state_too_late(h, lengths, h0):
    return np.array([row[min(n, len(row) - 1)] for row, n in zip(h, lengths, strict=True)])


def state_too_early(h, lengths, h0):
    return np.array([row[max(n - 2, 0)] for row, n in zip(h, lengths, strict=True)])


def state_empty_wraps(h, lengths, h0):
    return np.array([row[n - 1] for row, n in zip(h, lengths, strict=True)])


def state_empty_zero(h, lengths, h0):
    return h[np.arange(len(h)), lengths - 1] * (lengths > 0)[:, None]


def state_all_pairs(h, lengths, h0):
    return h[:, lengths - 1]


def state_mean(h, lengths, h0):
    return np.array([row[:n].mean(axis=0) for row, n in zip(h, np.maximum(lengths, 1), strict=True)])


def state_sum(h, lengths, h0):
    return np.array([row[:n].sum(axis=0) for row, n in zip(h, lengths, strict=True)])


def weights(lengths, steps, over, *, tokens=None, sequences=None, last=None):
    t, n = np.arange(steps), lengths[:, None]
    real = (t < n) * 1.0
    if over == "tokens":
        return tokens(real, n) if tokens else real / real.sum()
    if over == "sequences":
        return sequences(real, n) if sequences else real / n / len(lengths)
    return last(t, n) if last else (t == n - 1) / len(lengths)


def changed(**parts):
    def answer(lengths, steps, over):
        return weights(lengths, steps, over, **parts)

    answer.__name__ = "weights_" + "_".join(parts)
    return answer


def weights_exchanged(lengths, steps, over):
    return weights(lengths, steps, {"tokens": "sequences", "sequences": "tokens"}.get(over, over))


def weights_by_row(lengths, steps, over):
    w = weights(lengths, steps, over)
    return w / w.sum(axis=1)[:, None]


def write(step, state, start, end, max_steps):
    text, token = [], start
    for _ in range(max_steps):
        logits, state = step(token, state)
        token = int(logits.argmax())
        if token == end:
            return text
        text.append(token)
    return text


def write_forgetting(step, state, start, end, max_steps):
    text, token = [], start
    for _ in range(max_steps):
        logits, _ = step(token, state)
        token = int(logits.argmax())
        if token == end:
            return text
        text.append(token)
    return text


def write_from_start(step, state, start, end, max_steps):
    text = []
    for _ in range(max_steps):
        logits, state = step(start, state)
        if logits.argmax() == end:
            break
        text.append(int(logits.argmax()))
    return text


def write_first_step(step, state, start, end, max_steps):
    return [int(step(start, state)[0].argmax())] * max_steps


def write_without_stop(step, state, start, end, max_steps):
    text, token = [], start
    for _ in range(max_steps):
        logits, state = step(token, state)
        token = logits.argmax()
        text.append(int(token))
    return text


def write_end_too(step, state, start, end, max_steps):
    text, token = [], start
    while token != end and len(text) < max_steps:
        logits, state = step(token, state)
        token = int(logits.argmax())
        text.append(token)
    return text


def write_start_too(step, state, start, end, max_steps):
    return [start, *write(step, state, start, end, max_steps)]


def write_one_less(step, state, start, end, max_steps):
    return write(step, state, start, end, max(max_steps - 1, 0))


def write_one_more(step, state, start, end, max_steps):
    text, token = [], start
    while len(text) <= max_steps:
        logits, state = step(token, state)
        token = int(logits.argmax())
        if token == end:
            break
        text.append(token)
    return text


def write_unlikely(step, state, start, end, max_steps):
    return write(lambda token, s: (-step(token, s)[0], step(token, s)[1]), state, start, end, max_steps)


def write_until_start_or_end(step, state, start, end, max_steps):
    text, token = [], start
    for _ in range(max_steps):
        logits, state = step(token, state)
        token = int(logits.argmax())
        if token in (start, end):
            break
        text.append(token)
    return text


def write_never_start(step, state, start, end, max_steps):
    text, token = [], start
    for _ in range(max_steps):
        logits, state = step(token, state)
        token = max((k for k in range(len(logits)) if k != start), key=lambda k: logits[k])
        if token == end:
            break
        text.append(token)
    return text


def write_past_the_end(step, state, start, end, max_steps):
    return [token for token in write_without_stop(step, state, start, end, max_steps) if token != end]


def write_stuck(step, state, start, end, max_steps):
    text = []
    while end not in text:
        logits, _ = step(start, state)
        text.append(int(logits.argmax()))
    return text


def write_for_ever(step, state, start, end, max_steps):
    text, token = [], start
    while True:
        logits, state = step(token, state)
        token = int(logits.argmax())
        if token == end:
            return text
        text.append(token)
        if len(text) > 1000:
            raise RuntimeError("no end")


RIGHT = [
    (check.check_next_token, tokens_of),
    (check.check_decoder_pair, pair),
    (check.check_loss_weights, weights),
    (check.check_greedy_decode, write),
    (check.check_greedy_decode, lambda *args: np.array(write(*args), dtype=int)),
    (check.check_next_token, lambda ids, n: dict(zip(("mask", "inputs", "targets"), _turned(ids, n), strict=True))),
]


def _turned(ids, lengths):
    inputs, targets, mask = tokens_of(ids, lengths)
    return mask.astype(float), inputs, targets


WRONG = [
    (check.check_next_token, tokens_not_shifted, "`targets`: target t is the very token that is read"),
    (check.check_next_token, tokens_exchanged, "`inputs`: the first token is never read"),
    (check.check_next_token, tokens_exchanged, "`targets`: target t is the very token"),
    (check.check_next_token, tokens_pad_as_target, "`mask`: one step too many counts"),
    (check.check_next_token, tokens_one_too_few, "`mask`: the last real target is left out"),
    (check.check_next_token, tokens_all_count, "`mask`: every step counts"),
    (check.check_next_token, tokens_by_zero, "`mask`: the mask asks which ids are not 0"),
    (check.check_next_token, tokens_inverted, "`mask`: True and False are exchanged"),
    (check.check_next_token, tokens_rolled, "wanted shape (B, T−1)"),
    (check.check_next_token, lambda ids, n: tokens_of(ids, n, real=1), "`mask`: two steps too many count"),
    (check.check_next_token, tokens_blanked, "`targets`: changed where nothing is real"),
    (check.check_next_token, lambda ids, n: tokens_of(ids, n)[:2], "return 3 values"),
    (check.check_decoder_pair, pair_not_shifted, "`fed`: the decoder is fed the very tokens it is to write"),
    (check.check_decoder_pair, pair_without_start, "`fed`: the decoder is fed the very tokens it is to write"),
    (check.check_decoder_pair, pair_shifted_left, "`fed`: shifted the wrong way"),
    (check.check_decoder_pair, pair_without_end, "`target`: the end token is missing"),
    (check.check_decoder_pair, pair_end_not_counted, "`lengths`: the end token is not counted"),
    (check.check_decoder_pair, pair_both_counted, "`lengths`: start and end are both counted"),
    (check.check_decoder_pair, pair_rolled, "`fed`: behind the shorter sequences the end token is left over"),
    (check.check_decoder_pair, pair_everything_in_both, "`fed`: the end token is fed as well"),
    (check.check_decoder_pair, pair_everything_in_both, "`target`: the start token is among the targets"),
    (check.check_decoder_pair, pair_end_exchanged, "`fed`: the start token is not what stands in front"),
    (check.check_decoder_pair, pair_lists, "wanted a NumPy array of shape (B, T)"),
    (check.check_decoder_pair, pair_start_end_swapped, "`target`: the token behind each sequence is not `end`"),
    (check.check_decoder_pair, pair_padded_with_end, "the padding is not 0"),
    (check.check_decoder_pair, pair_padded_in_front, "the padding stands in front of the shorter sequences"),
    (check.check_decoder_pair, pair_all_of_one_length, "`lengths`: all have the longest one's number of steps"),
    (check.check_decoder_pair, pair_rows_changed, "`sequences.copy()` would not help"),
    (check.check_last_state, state_last_column, "every row took the same step, the last column"),
    (check.check_last_state, state_of_the_longest, "every row took the same step, the last column"),
    (check.check_last_state, state_last_nonzero, "anything may be, not only zeros"),
    (check.check_last_state, state_too_late, "one step too late"),
    (check.check_last_state, state_too_early, "one step too early"),
    (check.check_last_state, state_empty_wraps, "right except on edge cases. A sequence of length 0 has read nothing"),
    (check.check_last_state, state_empty_zero, "right except on edge cases. A sequence of length 0 has read nothing"),
    (check.check_last_state, state_all_pairs, "every row took the steps of all rows"),
    (check.check_last_state, state_mean, "this is the mean over the real steps"),
    (check.check_last_state, state_sum, "this is the sum over the real steps"),
    (check.check_last_state, lambda h, n, h0: h0.copy(), "this is the initial state"),
    (check.check_loss_weights, changed(tokens=lambda m, n: m * 0 + 1 / m.size), "padding has a weight"),
    (check.check_loss_weights, changed(tokens=lambda m, n: m * 0 + 1 / n.sum()), "padding has a weight"),
    (check.check_loss_weights, lambda n, t, over: weights(n, t, "tokens"), "`over` has to make a difference"),
    (check.check_loss_weights, weights_exchanged, "`tokens` and `sequences` are exchanged"),
    (check.check_loss_weights, weights_by_row, "each row adds up to 1, for every `over`"),
    (check.check_loss_weights, changed(tokens=lambda m, n: m / n), "for `tokens` each row adds up to 1"),
    (check.check_loss_weights, changed(tokens=lambda m, n: m), "`w`: for `tokens` this is a sum"),
    (check.check_loss_weights, changed(sequences=lambda m, n: m), "`w`: for `sequences` this is a sum"),
    (check.check_loss_weights, changed(sequences=lambda m, n: m / m.size), "mean is over all T steps"),
    (check.check_loss_weights, changed(last=lambda t, n: (t == n - 2) / len(n)), "one step too early"),
    (check.check_loss_weights, changed(last=lambda t, n: (t == n - 1) / n.sum()), "divided by more than the number"),
    (check.check_loss_weights, changed(tokens=lambda m, n: m / m.size), "the divisor is B · T"),
    (check.check_loss_weights, changed(tokens=lambda m, n: m / len(m)), "too large by the mean length"),
    (check.check_loss_weights, changed(tokens=lambda m, n: m, sequences=lambda m, n: m), "this is a sum"),
    (check.check_loss_weights, changed(sequences=lambda m, n: m / m.sum()), "`sequences` gives the same as `tokens`"),
    (check.check_loss_weights, changed(tokens=lambda m, n: m / n / len(m)), "`tokens` gives the same as `sequences`"),
    (check.check_loss_weights, changed(sequences=lambda m, n: m / n), "the mean over the B sequences is missing: each"),
    (check.check_loss_weights, changed(last=lambda t, n: (t == t[-1]) / len(n) + 0 * n), "stands in the last column"),
    (
        check.check_loss_weights,
        changed(last=lambda t, n: (t == n) / len(n)),
        "for `last` the weight stands one step too",
    ),
    (check.check_loss_weights, changed(last=lambda t, n: 1.0 * (t == n - 1)), "for `last` the weights add up to B"),
    (check.check_greedy_decode, write_forgetting, "the state is the same at every step"),
    (check.check_greedy_decode, write_from_start, "the start token is fed at every step"),
    (check.check_greedy_decode, write_first_step, "every step is the first step again"),
    (check.check_greedy_decode, write_without_stop, "it does not stop at the end token"),
    (check.check_greedy_decode, write_end_too, "the end token is part of the result"),
    (check.check_greedy_decode, write_start_too, "the start token is part of the result"),
    (check.check_greedy_decode, write_one_less, "one step too few"),
    (check.check_greedy_decode, write_one_more, "one step too many"),
    (check.check_greedy_decode, write_unlikely, "the least likely token is chosen"),
    (check.check_greedy_decode, lambda *args: "text", "wanted a list"),
    (check.check_greedy_decode, write_until_start_or_end, "it stops at the start token, too"),
    (check.check_greedy_decode, write_never_start, "the start token is kept out of what is written"),
    (check.check_greedy_decode, lambda *args: [k for k in write(*args) if k != args[2]], "the start token is kept out"),
    (check.check_greedy_decode, write_past_the_end, "it does not stop at the end token but leaves it out"),
    (check.check_greedy_decode, lambda step, s, start, end, n: write(step, s, 0, end, n), "fed is not `start`"),
    (check.check_greedy_decode, lambda step, s, start, end, n: write(step, s, end, end, n), "fed is not `start`"),
    (check.check_greedy_decode, lambda *args: [float(k) for k in write(*args)], "right, but as fractions"),
    (check.check_greedy_decode, write_stuck, "step was called 1000 times: the loop never ends"),
]


@pytest.mark.parametrize(("checker", "answer"), RIGHT)
def test_right_answers_pass_however_they_are_written(checker, answer):
    result = checker(answer)
    assert result.passed, result


@pytest.mark.parametrize(("checker", "answer", "hint"), WRONG, ids=lambda value: getattr(value, "__name__", None))
def test_a_wrong_answer_gets_the_hint_for_its_mistake(checker, answer, hint):
    result = checker(answer)
    assert not result.passed
    assert result.started
    assert hint in result.hint, result


@pytest.mark.parametrize("name", check.__all__)
@pytest.mark.parametrize("value", ["text", 3, [], (), {}, (1, 2, 3), object(), np.zeros((2, 3)), (None,) * 3, np.nan])
def test_whatever_comes_back_the_answer_is_a_sentence(name, value):
    result = getattr(check, name)(lambda *args: value)
    assert not result.passed
    assert result.started
    assert len(result.hint) > 20
    assert "Traceback" not in result.hint


@pytest.mark.parametrize("name", check.__all__)
def test_an_exception_is_told_with_its_line(name):
    def broken(*args):
        raise IndexError("too far")

    result = getattr(check, name)(broken)
    assert "stopped with `IndexError: too far` in line 2 of `broken`" in result.hint


def test_a_right_mask_is_named_when_the_targets_are_wrong():
    hint = check.check_next_token(tokens_not_shifted).hint
    assert hint.endswith("Right: `inputs`, `mask`.")


def test_the_first_example_is_small_enough_to_follow_by_hand():
    hint = check.check_decoder_pair(pair_shifted_left).hint
    assert "`sequences = [[5, 6, 7], [8]]`" in hint
    assert "expected `[[1, 5, 6, 7], [1, 8, 0, 0]]`" in hint


def test_the_decoder_is_described_in_words():
    hint = check.check_greedy_decode(write_forgetting).hint
    assert "a decoder that writes 4 2 7 and then the end" in hint
    assert "expected `[4, 2, 7]`" in hint


def test_a_decoder_that_is_never_stopped_ends_in_a_sentence():
    assert "it goes on beyond `max_steps`" in check.check_greedy_decode(write_for_ever).hint


def test_a_sum_for_tokens_alone_does_not_blame_the_sequences():
    hint = check.check_loss_weights(changed(tokens=lambda m, n: m)).hint
    assert "sequences" not in hint.split("\n")[0]


def test_an_error_at_one_step_is_not_blamed_on_empty_sequences():
    def two_before(h, lengths, h0):
        return np.where((lengths > 0)[:, None], h[np.arange(len(h)), lengths - 2], h0)

    hint = check.check_last_state(two_before).hint
    assert "length 0" not in hint.split("\n")[-1]
