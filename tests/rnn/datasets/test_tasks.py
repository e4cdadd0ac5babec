import numpy as np
import pytest

from rnn.datasets.tasks import (
    adding_problem,
    copy_problem,
    echo_problem,
    parity_problem,
    written_dates,
)
from rnn.losses import binary_cross_entropy, mean_squared_error, softmax_cross_entropy


def rng():
    return np.random.default_rng(7)


@pytest.mark.parametrize(
    "draw",
    [
        lambda r: adding_problem(4, 9, r),
        lambda r: copy_problem(4, 3, 5, r),
        lambda r: echo_problem(4, 9, 2, r),
        lambda r: parity_problem(4, 9, r),
    ],
)
def test_same_seed_same_numbers_and_a_generator_that_moves_on(draw):
    first, again = draw(rng()), draw(rng())
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    generator = rng()
    draw(generator)
    assert not np.array_equal(draw(generator)[0], first[0])
    assert not np.array_equal(draw(None)[0], draw(None)[0])


@pytest.mark.parametrize("steps", [2, 3, 10, 11])
def test_adding_marks_one_step_in_each_half_and_sums_their_numbers(steps):
    x, y = adding_problem(200, steps, rng())
    assert x.shape == (200, steps, 2)
    assert y.shape == (200, 1)
    assert x.dtype == y.dtype == np.float32
    numbers, marks = x[:, :, 0], x[:, :, 1]
    assert set(np.unique(marks)) <= {0.0, 1.0}
    half = steps // 2
    assert np.all(marks[:, :half].sum(axis=1) == 1)
    assert np.all(marks[:, half:].sum(axis=1) == 1)
    assert np.array_equal(y[:, 0], (numbers * marks).sum(axis=1))
    assert marks.any(axis=0).all()  # every step is marked some time
    assert numbers.min() >= 0
    assert numbers.max() < 1
    assert numbers.std() == pytest.approx(np.sqrt(1 / 12), abs=0.02)


def test_adding_answering_one_costs_a_sixth():
    _, y = adding_problem(200_000, 4, rng())
    assert mean_squared_error(np.ones_like(y), y)[0] == pytest.approx(1 / 6, rel=0.01)
    assert y.mean() == pytest.approx(1, abs=0.003)  # so no constant is better


def test_adding_the_marks_are_half_the_sequence_apart_on_average():
    x, _ = adding_problem(5000, 100, rng())
    rows, steps = np.nonzero(x[:, :, 1])
    assert rows.tolist() == np.repeat(np.arange(5000), 2).tolist()
    assert np.diff(steps.reshape(-1, 2), axis=1).mean() == pytest.approx(50, abs=1)


def test_copy_asks_for_the_word_after_the_signal():
    x, y, mask = copy_problem(2, 3, 2, np.random.default_rng(0), symbols=5)
    word = x[:, :3]
    assert word.max() < 5
    assert x[:, 3:].tolist() == [[5, 6, 5, 5, 5]] * 2
    assert y[:, :5].tolist() == [[5] * 5] * 2
    assert np.array_equal(y[:, 5:], word)
    assert mask.tolist() == [[False] * 5 + [True] * 3] * 2
    assert x.dtype == y.dtype == np.int64
    assert mask.dtype == np.bool_


def test_copy_with_a_delay_of_one_has_the_signal_right_after_the_word():
    x, y, _ = copy_problem(1, 2, 1, rng())
    assert x.shape == (1, 5)
    assert x[0, 2:].tolist() == [9, 8, 8]
    assert y[0].tolist() == [8, 8, 8, *x[0, :2]]


def test_copy_chance_is_the_logarithm_of_the_alphabet():
    _, y, mask = copy_problem(3000, 10, 20, rng())
    steps = 2 * 10 + 20
    assert np.bincount(y[mask], minlength=8) == pytest.approx(np.full(8, 3750), rel=0.06)
    uniform = np.zeros((*y.shape, 10), dtype=np.float32)
    uniform[..., 8:] = -1000  # letters only
    assert softmax_cross_entropy(uniform, y, mask)[0] == pytest.approx(np.log(8), rel=1e-5)
    knowing = uniform.copy()
    knowing[:, : steps - 10] = -1000
    knowing[:, : steps - 10, 8] = 0  # and blanks before
    assert softmax_cross_entropy(knowing, y)[0] == pytest.approx(10 * np.log(8) / steps, rel=1e-5)


def test_echo_returns_the_bit_of_some_steps_ago():
    x, y, mask = echo_problem(50, 12, 3, rng())
    assert x.shape == (50, 12, 1)
    assert x.dtype == np.float32
    assert y.shape == mask.shape == (50, 12)
    assert y.dtype == np.int64
    assert mask.dtype == np.bool_
    assert np.array_equal(y[:, 3:], x[:, :-3, 0])
    assert not y[:, :3].any()
    assert mask.tolist() == [[False] * 3 + [True] * 9] * 50
    assert set(np.unique(x)) == {0.0, 1.0}


def test_echo_the_current_bit_says_nothing_and_guessing_costs_ln_2():
    x, y, mask = echo_problem(2000, 30, 4, rng())
    assert np.mean(x[:, :, 0][mask] == y[mask]) == pytest.approx(0.5, abs=0.01)
    assert binary_cross_entropy(np.zeros_like(x), y, mask)[0] == pytest.approx(np.log(2), rel=1e-6)


def test_echo_of_the_longest_delay_asks_for_the_first_bit_only():
    x, y, mask = echo_problem(5, 4, 3, rng())
    assert mask.sum() == 5
    assert np.array_equal(y[:, 3], x[:, 0, 0])


def test_parity_counts_the_ones_so_far():
    x, y = parity_problem(30, 40, rng())
    assert x.shape == (30, 40, 1)
    assert x.dtype == np.float32
    assert y.shape == (30, 40)
    assert y.dtype == np.int64
    for bits, targets in zip(x[:, :, 0].astype(int).tolist(), y.tolist(), strict=True):
        odd = 0
        for bit, target in zip(bits, targets, strict=True):
            odd ^= bit
            assert target == odd


def test_parity_any_window_that_leaves_out_a_bit_guesses_half():
    x, y = parity_problem(20_000, 8, rng())
    bits = x[:, :, 0].astype(int)
    assert np.array_equal(bits[:, 0], y[:, 0])
    for width in range(1, 8):
        seen = bits[:, 8 - width :] @ (1 << np.arange(width))
        best = sum(max(np.bincount(y[seen == value, -1], minlength=2)) for value in range(1 << width))
        assert best / 20_000 < 0.55
    assert binary_cross_entropy(np.zeros_like(x), y)[0] == pytest.approx(np.log(2), rel=1e-6)


def test_parity_knowing_the_first_bit_only_reaches_the_stated_mean():
    x, y = parity_problem(100, 8, rng())
    logits = np.zeros_like(x)
    logits[:, 0] = 1000 * (2 * x[:, 0] - 1)
    assert binary_cross_entropy(logits, y)[0] == pytest.approx((1 - 1 / 8) * np.log(2), rel=1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: adding_problem(0, 5), "adding_problem: batch_size must be at least 1, got 0."),
        (lambda: adding_problem(2, 1), "adding_problem: steps must be at least 2, one for each number to add, got 1."),
        (lambda: copy_problem(0, 1, 1), "copy_problem: batch_size must be at least 1, got 0."),
        (lambda: copy_problem(2, 0, 5), "copy_problem: length must be at least 1, got 0."),
        (lambda: copy_problem(2, 5, 0), "copy_problem: delay must be at least 1, got 0."),
        (lambda: copy_problem(2, 5, 5, symbols=0), "copy_problem: symbols must be at least 1, got 0."),
        (lambda: echo_problem(0, 5, 1), "echo_problem: batch_size must be at least 1, got 0."),
        (lambda: echo_problem(2, 0, 1), "echo_problem: steps must be at least 1, got 0."),
        (lambda: echo_problem(2, 5, 0), "echo_problem: delay must be at least 1, got 0."),
        (lambda: echo_problem(2, 5, 5), "echo_problem: delay must be below the number of steps, 5, got 5."),
        (lambda: parity_problem(0, 5), "parity_problem: batch_size must be at least 1, got 0."),
        (lambda: parity_problem(2, 0), "parity_problem: steps must be at least 1, got 0."),
        (lambda: written_dates(0), "written_dates: count must be at least 1, got 0."),
    ],
)
def test_sizes_out_of_range_are_named(call, message):
    with pytest.raises(ValueError) as caught:
        call()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: adding_problem(2.0, 5), "adding_problem: batch_size must be a whole number, got float."),
        (lambda: copy_problem(2, "3", 5), "copy_problem: length must be a whole number, got str."),
        (
            lambda: parity_problem(2, 5, 3),
            "parity_problem: rng must be a numpy.random.Generator, got int; np.random.default_rng(seed) makes one.",
        ),
        (
            lambda: written_dates(2, 3),
            "written_dates: rng must be a numpy.random.Generator, got int; np.random.default_rng(seed) makes one.",
        ),
    ],
)
def test_wrong_kinds_are_named(call, message):
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value) == message
