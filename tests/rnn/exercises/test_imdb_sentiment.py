"""The checkers of the chapter on film reviews: what readers write, right and wrong, and what they are told."""

import numpy as np
import pytest

from rnn.exercises import imdb_sentiment as check

# Answers as readers write them, independent of how the checkers make the same mistakes.


def ids_first(tokens, index, length):
    return [index.get(word, 1) for word in tokens[:length]]


def ids_negative_start(tokens, index, length):
    ids = [index.get(word, 1) for word in tokens]
    return ids[len(ids) - length :]


def ids_backward(tokens, index, length):
    return [index.get(word, 1) for word in tokens[::-1][:length]]


def ids_without_unknown(tokens, index, length):
    known = [word for word in tokens if word in index]
    return [index[word] for word in known][-length:]


def ids_unknown_is_padding(tokens, index, length):
    return [index.get(word, 0) for word in tokens][-length:]


def ids_one_off(tokens, index, length):
    return [index[word] + 1 if word in index else 1 for word in tokens[-length:]]


def ids_one_below(tokens, index, length):
    return [index[word] - 1 if word in index else 1 for word in tokens[-length:]]


def ids_three_off(tokens, index, length):
    return (np.array([index.get(word, -1) for word in tokens[-length:]], dtype=int) + 3).tolist()


def ids_like_keras(tokens, index, length):
    return [index[word] + 3 if word in index else 2 for word in tokens[-length:]]


def ids_dropping_reviews(tokens, index, length):
    if len(tokens) > length:
        return []
    return [index.get(word, 1) for word in tokens]


def ids_uncut(tokens, index, length):
    return [index.get(word, 1) for word in tokens]


def ids_padded(tokens, index, length):
    ids = [index.get(word, 1) for word in tokens[-length:]]
    return ids + [0] * (length - len(ids))


def ids_words(tokens, index, length):
    return tokens[-length:]


def ids_empty_unknown(tokens, index, length):
    return [index.get(word, 1) for word in tokens[-length:]] or [1]


def ids_key_error(tokens, index, length):
    return [index[word] for word in tokens[-length:]]


def mean_plain(h, lengths):
    return h.mean(axis=1)


def mean_over_t(h, lengths):
    mask = np.arange(h.shape[1])[None, :] < lengths[:, None]
    return (h * mask[:, :, None]).mean(axis=1)


def mean_with_padding(h, lengths):
    return h.sum(axis=1) / lengths[:, None]


def mean_over_features(h, lengths):
    return h.mean(axis=2)


def mean_over_batch_axis(h, lengths):
    return h.mean(axis=0)


def mean_empty_nan(h, lengths):
    return np.array([review[:n].sum(axis=0) / n for review, n in zip(h, lengths, strict=True)])


def mean_over_b(h, lengths):
    mask = np.arange(h.shape[1]) < lengths[:, None]
    return np.einsum("bth,bt->bh", h, mask) / h.shape[0]


def mean_over_all_words(h, lengths):
    mask = np.arange(h.shape[1]) < lengths[:, None]
    return np.einsum("bth,bt->bh", h, mask) / mask.sum()


def mean_not_divided(h, lengths):
    return np.stack([h[b, :n].sum(axis=0) for b, n in enumerate(lengths)])


def mean_one_too_many(h, lengths):
    mask = np.arange(h.shape[1]) <= lengths[:, None]
    return np.einsum("bth,bt->bh", h, mask) / np.maximum(lengths, 1)[:, None]


def mean_of_last_steps(h, lengths):
    return np.array([h[b, -n:].mean(axis=0) if n else h[b, 0] * 0 for b, n in enumerate(lengths)])


def mean_of_last_steps_also_without_words(h, lengths):
    return np.stack([h[b, -n:].mean(axis=0) for b, n in enumerate(lengths)])


def maximum(h, lengths):
    mask = np.arange(h.shape[1]) < lengths[:, None]
    return np.where(mask[:, :, None], h, -np.inf).max(axis=1)


def maximum_plain(h, lengths):
    return np.max(h, axis=1)


def maximum_over_zeros(h, lengths):
    mask = np.arange(h.shape[1]) < lengths[:, None]
    return np.max(h * mask[:, :, None], axis=1)


def mean_in_place(h, lengths):
    for b, n in enumerate(lengths):
        h[b, n:] = 0
    return h.sum(axis=1) / np.maximum(lengths, 1)[:, None]


def mean_integers(h, lengths):
    out = np.zeros((h.shape[0], h.shape[2]), dtype=int)
    for b, n in enumerate(lengths):
        if n:
            out[b] = h[b, :n].mean(axis=0)
    return out


def dh_loop(dy, lengths, steps, divide=lambda n, b, t: n, until=lambda n, t: n):
    dh = np.zeros((len(dy), steps, dy.shape[1]))
    for b, n in enumerate(lengths):
        for t in range(min(steps, until(n, steps))):
            dh[b, t] = dy[b] / divide(max(n, 1), len(dy), steps)
    return dh


def dh_in_padding(dy, lengths, steps):
    return dh_loop(dy, lengths, steps, until=lambda n, t: t)


def dh_not_divided(dy, lengths, steps):
    return dh_loop(dy, lengths, steps, divide=lambda n, b, t: 1)


def dh_multiplied(dy, lengths, steps):
    return dh_loop(dy, lengths, steps, divide=lambda n, b, t: 1 / n)


def dh_multiplied_in_padding(dy, lengths, steps):
    return dh_loop(dy, lengths, steps, divide=lambda n, b, t: 1 / n, until=lambda n, t: t)


def dh_over_t(dy, lengths, steps):
    return dh_loop(dy, lengths, steps, divide=lambda n, b, t: t)


def dh_over_b_too(dy, lengths, steps):
    return dh_loop(dy, lengths, steps, divide=lambda n, b, t: n * b)


def dh_one_too_many(dy, lengths, steps):
    return dh_loop(dy, lengths, steps, until=lambda n, t: n + 1)


def dh_last(dy, lengths, steps):
    dh = np.zeros((len(dy), steps, dy.shape[1]))
    dh[np.arange(len(dy)), lengths - 1] = dy
    return dh


def dh_empty_nan(dy, lengths, steps):
    mask = np.arange(steps) < lengths[:, None]
    return (dy / lengths[:, None])[:, None] * mask[..., None]


def dh_shape(dy, lengths, steps):
    return dh_loop(dy, lengths, steps).transpose(1, 0, 2)


def dh_features_first(dy, lengths, steps):
    return dh_loop(dy, lengths, steps).transpose(0, 2, 1)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def bce_naive(z, y):
    p = sigmoid(z)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), (p - y) / len(y)


def bce_clipped(z, y):
    p = np.clip(sigmoid(z), 1e-12, 1 - 1e-12)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), (p - y) / len(y)


def stable(z, y):
    return np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))


def bce_sum(z, y):
    return stable(z, y).sum(), (sigmoid(z) - y) / len(y)


def bce_sum_all(z, y):
    return stable(z, y).sum(), sigmoid(z) - y


def bce_each(z, y):
    return stable(z, y), (sigmoid(z) - y) / len(y)


def bce_base_2(z, y):
    return stable(z, y).mean() / np.log(2), (sigmoid(z) - y) / len(y)


def bce_one_term(z, y):
    return -np.mean(y * np.log(sigmoid(z))), (sigmoid(z) - y) / len(y)


def bce_exchanged(z, y):
    return stable(z, 1 - y).mean(), (sigmoid(z) - (1 - y)) / len(y)


def bce_no_1_over_b(z, y):
    return stable(z, y).mean(), sigmoid(z) - y


def bce_sign(z, y):
    return stable(z, y).mean(), (y - sigmoid(z)) / len(y)


def bce_sign_no_1_over_b(z, y):
    return stable(z, y).mean(), y - sigmoid(z)


def bce_squared(z, y):
    p = sigmoid(z)
    return stable(z, y).mean(), (p - y) * p * (1 - p) / len(y)


def bce_dp(z, y):
    p = sigmoid(z)
    return stable(z, y).mean(), (-y / p + (1 - y) / (1 - p)) / len(y)


def bce_plus_minus(z, y):
    loss = np.mean(np.maximum(-y * z, 0) + np.log1p(np.exp(-np.abs(y * z))))
    return loss, -y / (1 + np.exp(y * z)) / len(y)


def bce_negative(z, y):
    return -stable(z, y).mean(), (sigmoid(z) - y) / len(y)


def bce_only_loss(z, y):
    return stable(z, y).mean()


def bce_none(z, y):
    return None, (sigmoid(z) - y) / len(y)


def shuffled_with_padding(ids, lengths, rng):
    return rng.permuted(ids, axis=1)


def shuffled_backward(ids, lengths, rng):
    return ids[:, ::-1]


def shuffled_words_backward(ids, lengths, rng):
    out = ids.copy()
    for b, n in enumerate(lengths):
        out[b, :n] = out[b, :n][::-1]
    return out


def shuffled_alike(ids, lengths, rng):
    return ids[:, rng.permutation(ids.shape[1])]


def shuffled_alike_by_seed(ids, lengths, rng):
    out = ids.copy()
    for b, n in enumerate(lengths):
        out[b, :n] = np.random.default_rng(0).permutation(ids[b, :n])
    return out


def shuffled_in_place(ids, lengths, rng):
    for row, n in zip(ids, lengths, strict=True):
        rng.shuffle(row[:n])
    return ids


def shuffled_reviews(ids, lengths, rng):
    return rng.permutation(ids)


def shuffled_not(ids, lengths, rng):
    return ids


def shuffled_across(ids, lengths, rng):
    return rng.permutation(ids.reshape(-1)).reshape(ids.shape)


def shuffled_drawn(ids, lengths, rng):
    return np.stack([rng.choice(row, len(row)) for row in ids])


def shuffled_globally(ids, lengths, rng):
    out = ids.copy()
    fresh = np.random.default_rng()
    for b, n in enumerate(lengths):
        out[b, :n] = fresh.permutation(out[b, :n])
    return out


def shuffled_by_own_seed(ids, lengths, rng):
    return right_shuffle(ids, lengths, np.random.default_rng(1))


def shuffled_rotated(ids, lengths, rng):
    out = ids.copy()
    for b, n in enumerate(lengths):
        if n:
            out[b, :n] = np.roll(out[b, :n], rng.integers(n))
    return out


def shuffled_cyclic(ids, lengths, rng):
    out = ids.copy()
    for b, n in enumerate(lengths):
        for i in range(n - 1, 0, -1):
            j = rng.integers(i)
            out[b, [i, j]] = out[b, [j, i]]
    return out


def shuffled_floats(ids, lengths, rng):
    return right_shuffle(ids, lengths, rng).astype(float)


def shuffled_padding_too(ids, lengths, rng):
    out = right_shuffle(ids, lengths, rng)
    out[np.arange(ids.shape[1]) >= lengths[:, None]] = 1
    return out


def right_shuffle(ids, lengths, rng):
    out = ids.copy()
    for b, n in enumerate(lengths):
        out[b, :n] = rng.permutation(out[b, :n])
    return out


WRONG = [
    (check.check_encode_review, ids_first, "these are the first `length` words"),
    (check.check_encode_review, ids_negative_start, "a negative start counts from the end"),
    (check.check_encode_review, ids_backward, "these are the last words, but backward"),
    (check.check_encode_review, ids_without_unknown, "words that are not in the index are dropped"),
    (check.check_encode_review, ids_unknown_is_padding, "unknown words get the id 0"),
    (check.check_encode_review, ids_one_off, "every id is one too large"),
    (check.check_encode_review, ids_one_below, "every id is one too small"),
    (check.check_encode_review, ids_three_off, "the shift by three"),
    (check.check_encode_review, ids_like_keras, "the shift by three"),
    (check.check_encode_review, ids_dropping_reviews, "reviews longer than `length` come back empty"),
    (check.check_encode_review, ids_uncut, "nothing is cut"),
    (check.check_encode_review, ids_padded, "short reviews are filled up with 0"),
    (check.check_encode_review, ids_words, "these are words; their ids are wanted"),
    (check.check_encode_review, ids_empty_unknown, "A review without words has no ids"),
    (check.check_encode_review, ids_key_error, "a word that is not in the index"),
    (check.check_masked_mean, mean_plain, "the plain mean over time"),
    (check.check_masked_mean, mean_over_t, "the sum is divided by T"),
    (check.check_masked_mean, mean_with_padding, "padding is summed in"),
    (check.check_masked_mean, mean_over_features, "the mean runs over the wrong axis"),
    (check.check_masked_mean, mean_over_batch_axis, "the mean runs over the wrong axis"),
    (check.check_masked_mean, mean_empty_nan, "A review of length 0 has nothing to divide by"),
    (check.check_masked_mean, mean_over_b, "the sum is divided by B"),
    (check.check_masked_mean, mean_over_all_words, "the words of all reviews together"),
    (check.check_masked_mean, mean_not_divided, "it still has to be divided by their number"),
    (check.check_masked_mean, mean_one_too_many, "one step too many is summed"),
    (check.check_masked_mean, mean_of_last_steps, "these are the last `length` steps"),
    (check.check_masked_mean, mean_of_last_steps_also_without_words, "these are the last `length` steps"),
    (check.check_masked_mean, maximum, "this is the maximum; the mean is wanted"),
    (check.check_masked_mean, maximum_plain, "this is the maximum; the mean is wanted"),
    (check.check_masked_mean, maximum_over_zeros, "this is the maximum; the mean is wanted"),
    (check.check_masked_mean, mean_in_place, "changes its input `h` in place"),
    (check.check_masked_mean, mean_integers, "an integer dtype cuts off all fractions"),
    (check.check_masked_mean_backward, dh_in_padding, "the gradient also reaches the padding"),
    (check.check_masked_mean_backward, dh_not_divided, "it is not divided by the length"),
    (check.check_masked_mean_backward, dh_multiplied, "it is multiplied by the length"),
    (check.check_masked_mean_backward, dh_multiplied_in_padding, "it is multiplied by the length"),
    (check.check_masked_mean_backward, dh_over_t, "it is divided by T"),
    (check.check_masked_mean_backward, dh_over_b_too, "it is divided by B as well"),
    (check.check_masked_mean_backward, dh_one_too_many, "one step too many gets a gradient"),
    (check.check_masked_mean_backward, dh_last, "only the last word of each review gets a gradient"),
    (check.check_masked_mean_backward, dh_empty_nan, "A review of length 0 has nothing to divide by"),
    (check.check_masked_mean_backward, dh_shape, "here (3, 5, 2), got (5, 3, 2). The axes are in another order."),
    (check.check_masked_mean_backward, dh_features_first, "wanted shape (B, T, H), here (3, 5, 2), got (3, 2, 5). The"),
    (check.check_binary_cross_entropy, bce_naive, "`loss`: right except on edge cases. With logits this large"),
    (check.check_binary_cross_entropy, bce_clipped, "`loss`: right except on edge cases. With logits this large"),
    (check.check_binary_cross_entropy, bce_sum, "`loss`: this is the sum over the batch"),
    (check.check_binary_cross_entropy, bce_sum_all, "`dlogits`: the 1/B of the mean is missing"),
    (check.check_binary_cross_entropy, bce_sum_all, "`loss`: this is the sum over the batch"),
    (check.check_binary_cross_entropy, bce_each, "`loss`: one number for each review"),
    (check.check_binary_cross_entropy, bce_base_2, "`loss`: the logarithm is to base 2"),
    (check.check_binary_cross_entropy, bce_one_term, "`loss`: only one of the two terms"),
    (check.check_binary_cross_entropy, bce_exchanged, "`loss`, `dlogits`: the labels are exchanged"),
    (check.check_binary_cross_entropy, bce_no_1_over_b, "`dlogits`: the 1/B of the mean is missing"),
    (check.check_binary_cross_entropy, bce_sign, "`dlogits`: the sign is reversed: dL/dz"),
    (check.check_binary_cross_entropy, bce_sign_no_1_over_b, "the sign is reversed and the 1/B of the mean is missing"),
    (check.check_binary_cross_entropy, bce_squared, "`dlogits`: a factor p(1 − p) is left over"),
    (check.check_binary_cross_entropy, bce_dp, "`dlogits`: this is the derivative with respect to p"),
    (check.check_binary_cross_entropy, bce_plus_minus, "`loss`, `dlogits`: this formula is for labels −1 and +1"),
    (check.check_binary_cross_entropy, bce_negative, "`loss`: right but for the sign"),
    (check.check_binary_cross_entropy, bce_only_loss, "return 2 values, `return loss, dlogits`"),
    (check.check_binary_cross_entropy, bce_none, "`loss`: wanted one number, got None"),
    (check.check_shuffle_real_words, shuffled_with_padding, "padding is mixed in with the words"),
    (check.check_shuffle_real_words, shuffled_backward, "the words are only reversed"),
    (check.check_shuffle_real_words, shuffled_words_backward, "the words are only reversed"),
    (check.check_shuffle_real_words, shuffled_alike, "every review gets the same permutation"),
    (check.check_shuffle_real_words, shuffled_alike_by_seed, "every review gets the same permutation"),
    (check.check_shuffle_real_words, shuffled_in_place, "changes its input `ids` in place"),
    (check.check_shuffle_real_words, shuffled_reviews, "whole reviews changed places"),
    (check.check_shuffle_real_words, shuffled_not, "nothing is shuffled"),
    (check.check_shuffle_real_words, shuffled_across, "words moved from one review to another"),
    (check.check_shuffle_real_words, shuffled_drawn, "some words are lost and others doubled"),
    (check.check_shuffle_real_words, shuffled_globally, "two calls with equal generators gave different orders"),
    (check.check_shuffle_real_words, shuffled_by_own_seed, "another generator gave the same order"),
    (check.check_shuffle_real_words, shuffled_rotated, "not every order is equally likely"),
    (check.check_shuffle_real_words, shuffled_cyclic, "not every order is equally likely"),
    (check.check_shuffle_real_words, shuffled_floats, "wanted whole numbers"),
    (check.check_shuffle_real_words, shuffled_padding_too, "the padding after them is no longer what it was"),
    (check.check_gradient_times_input, lambda dx, x: abs((dx * x).sum(-1)), "the sign is lost in an absolute value"),
    (check.check_gradient_times_input, lambda dx, x: np.linalg.norm(dx, axis=2), "this is a norm"),
    (check.check_gradient_times_input, lambda dx, x: np.linalg.norm(dx * x, axis=2), "this is a norm"),
    (check.check_gradient_times_input, lambda dx, x: (dx * x).sum(axis=1), "the sum runs over the wrong axis"),
    (check.check_gradient_times_input, lambda dx, x: dx.sum(axis=2), "this is the gradient alone"),
    (check.check_gradient_times_input, lambda dx, x: dx * x, "the products are not summed yet"),
    (check.check_gradient_times_input, lambda dx, x: (dx * x).mean(axis=2), "this is the mean over the features"),
    (check.check_gradient_times_input, lambda dx, x: dx.sum(2) * x.sum(2), "multiply first"),
    (check.check_gradient_times_input, lambda dx, x: -(dx * x).sum(2), "right but for the sign"),
    (check.check_gradient_times_input, lambda dx, x: (dx * x).sum(2, keepdims=True), "an axis of size 1"),
]


@pytest.mark.parametrize(("checker", "answer", "hint"), WRONG, ids=lambda value: getattr(value, "__name__", None))
def test_a_wrong_answer_gets_the_hint_for_its_mistake(checker, answer, hint):
    result = checker(answer)
    assert not result.passed
    assert result.started
    assert hint in result.hint, result


STRANGE = [
    "text",
    b"bytes",
    3,
    True,
    float("nan"),
    10**400,
    1j,
    [],
    [[1], [2, 3]],
    (),
    ((), ()),
    {},
    {"loss": "?", "dlogits": None},
    {1, 2},
    object(),
    len,
    int,
    np.zeros(0),
    np.zeros((2, 3, 4, 5)),
    np.full((1, 1), np.inf),
    np.array(None),
    np.array(["a", "b"]),
    np.array([1j]),
    np.array(["2020-01-01"], dtype="datetime64"),
    np.ma.masked_all(3),
    (10**400, [1j]),
    (np.float64(np.inf), np.array([np.nan])),
    ("loss", {"d": 1}),
]


@pytest.mark.parametrize("name", check.__all__)
@pytest.mark.parametrize("value", STRANGE, ids=lambda value: type(value).__name__)
def test_whatever_comes_back_the_answer_is_a_sentence(name, value):
    result = getattr(check, name)(lambda *args: value)
    assert not result.passed
    assert result.started
    assert len(result.hint) > 20
    assert result.hint in repr(result).replace("\n  ", "\n")
    assert "Traceback" not in result.hint


@pytest.mark.parametrize("name", check.__all__)
@pytest.mark.parametrize(
    "error", [ValueError("no"), KeyError("word"), ZeroDivisionError(), AssertionError("x"), OSError(2)]
)
def test_whatever_is_raised_the_answer_is_a_sentence(name, error):
    def broken(*args):
        raise error

    result = getattr(check, name)(broken)
    assert f"your function stopped with `{type(error).__name__}" in result.hint
    assert "in line 2 of `broken`, `raise error`" in result.hint


def test_encoding_may_come_as_an_array_or_a_tuple():
    assert check.check_encode_review(lambda t, i, n: np.array([i.get(w, 1) for w in t[-n:]], dtype=np.int64))
    assert check.check_encode_review(lambda t, i, n: tuple(i.get(w, 1) for w in t[-n:]))


def test_computing_in_float32_is_no_mistake():
    def mean32(h, lengths):
        mask = (np.arange(h.shape[1]) < lengths[:, None]).astype(np.float32)
        return np.einsum("bth,bt->bh", h.astype(np.float32), mask) / np.maximum(lengths, 1)[:, None].astype(np.float32)

    result = check.check_masked_mean(mean32)
    assert result.passed, result


def test_the_example_is_small_enough_to_follow_by_hand():
    hint = check.check_masked_mean(mean_plain).hint
    assert "`h = [[[1.], [2.], [9.]]]`, `lengths = [2]`" in hint
    assert "`y` is `[[4.]]`, expected `[[1.5]]`" in hint


def test_the_right_part_is_named():
    assert check.check_binary_cross_entropy(bce_sum).hint.endswith("Right: `dlogits`.")
    assert check.check_binary_cross_entropy(bce_sign).hint.endswith("Right: `loss`.")


def test_gradients_by_name_are_as_good_as_a_tuple():
    named = check.check_binary_cross_entropy(
        lambda z, y: dict(zip(("dlogits", "loss"), bce_sign(z, y)[::-1], strict=True))
    )
    assert "`dlogits`: the sign is reversed" in named.hint
    assert "has no `dlogits`; it has `loss`" in check.check_binary_cross_entropy(lambda z, y: {"loss": 1.0}).hint


def test_a_fair_shuffle_passes_with_other_ways_to_draw():
    def by_keys(ids, lengths, rng):
        keys = np.where(np.arange(ids.shape[1]) < lengths[:, None], rng.random(ids.shape), np.inf)
        return np.take_along_axis(ids, np.argsort(keys, axis=1, kind="stable"), axis=1)

    assert check.check_shuffle_real_words(by_keys)
    assert check.check_shuffle_real_words(right_shuffle)
