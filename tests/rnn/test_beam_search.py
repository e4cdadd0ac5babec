"""Beam search: equal to looking at everything when wide enough, equal to greedy decoding when 1 wide."""

import itertools
import math

import numpy as np
import pytest

from rnn.beam_search import beam
from rnn.generation import Generated, greedy, stepper
from rnn.gru import GRU
from rnn.layers import Dense, Embedding
from rnn.lstm import LSTM
from rnn.models import Sequential
from rnn.recurrent import RNN
from rnn.wrappers import Stacked

V, STOP = 4, 2
STACKS = {
    "rnn": lambda: [RNN(3, 4, dtype=np.float64)],
    "lstm": lambda: [LSTM(3, 4, dtype=np.float64)],
    "two layers": lambda: [GRU(3, 4, dtype=np.float64), LSTM(4, 4, dtype=np.float64)],
    "stacked": lambda: [Stacked.of(LSTM, 3, 4, 2, dtype=np.float64)],
}


def language_model(name="lstm", seed=0):
    rng = np.random.default_rng(seed)
    model = Sequential([Embedding(V, 3, dtype=np.float64), *STACKS[name](), Dense(4, V, dtype=np.float64)])
    for array in model.params.values():
        array[...] = rng.normal(0, 1, array.shape)
    return model


def log_prob_by_forward(model, start, tokens):
    """Log-probability of tokens after start, from one pass over the whole sequence."""
    logits, _ = model.forward(np.array([[start, *tokens[:-1]]]))
    z = logits[0] - logits[0].max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return sum(log_p[t, k] for t, k in enumerate(tokens))


def every_finished_sequence(model, start, max_steps):
    for length in range(max_steps):
        for tokens in itertools.product([k for k in range(V) if k != STOP], repeat=length):
            yield Generated(list(tokens), log_prob_by_forward(model, start, [*tokens, STOP]), True)


def table_step(table):
    """The next token depends on the last one only."""
    with np.errstate(divide="ignore"):
        log_p = np.log(np.array(table))
    return lambda tokens, state: (log_p[tokens], state)


def without_log_prob(results):
    return [(result.tokens, result.stopped) for result in results]


@pytest.mark.parametrize("alpha", [0.0, 0.7, 1.0, 2.5])
@pytest.mark.parametrize("name", STACKS)
def test_as_wide_as_there_are_sequences_it_finds_what_exhaustive_search_finds(name, alpha):
    model = language_model(name)
    everything = sorted(
        every_finished_sequence(model, 1, 4), key=lambda s: s.log_prob / (len(s.tokens) + 1) ** alpha, reverse=True
    )
    assert len(everything) == 1 + 3 + 9 + 27
    found = beam(stepper(model), None, 1, 4, width=V**4, stop=STOP, alpha=alpha)
    assert without_log_prob(found[:40]) == without_log_prob(everything)
    np.testing.assert_allclose([s.log_prob for s in found[:40]], [s.log_prob for s in everything], rtol=0, atol=1e-12)
    cut_off = found[40:]  # then every beginning of 4 tokens that has not stopped
    assert sorted(s.tokens for s in cut_off) == [list(p) for p in itertools.product([0, 1, 3], repeat=4)]
    assert not any(s.stopped for s in cut_off)
    assert [s.log_prob for s in cut_off] == sorted((s.log_prob for s in cut_off), reverse=True)


def test_without_a_stop_token_it_ranks_all_sequences_of_max_steps():
    model = language_model()
    found = beam(stepper(model), None, 0, 3, width=V**3)
    everything = sorted(
        (Generated(list(p), log_prob_by_forward(model, 0, p), False) for p in itertools.product(range(V), repeat=3)),
        key=lambda s: s.log_prob,
        reverse=True,
    )
    assert without_log_prob(found) == without_log_prob(everything)


@pytest.mark.parametrize("stop", [None, STOP])
@pytest.mark.parametrize("seed", range(12))
def test_of_width_1_it_is_greedy(seed, stop):
    model = language_model("two layers", seed)
    (one,) = beam(stepper(model), None, 1, 6, width=1, stop=stop, alpha=0.5)
    (wanted,) = greedy(stepper(model), None, [1], 6, stop=stop)
    assert (one.tokens, one.stopped) == (wanted.tokens, wanted.stopped)
    assert one.log_prob == pytest.approx(wanted.log_prob, abs=1e-12)


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("width", [2, 3, 5])
def test_every_beginning_keeps_its_own_state(name, width):
    """Were the rows of a state not moved along with their beginnings, the log-probabilities would be of a mixture."""
    for seed in range(5):
        model = language_model(name, seed)
        for result in beam(stepper(model), None, 3, 7, width=width, stop=STOP):
            whole = result.tokens + [STOP] * result.stopped
            assert result.log_prob == pytest.approx(log_prob_by_forward(model, 3, whole), abs=1e-12)


@pytest.mark.parametrize("alpha", [0.0, 0.6, 1.0])
@pytest.mark.parametrize("width", [1, 2, 3, 6])
def test_it_stops_as_early_as_it_may_and_that_changes_nothing(width, alpha):
    """Against the same search written plainly, which goes on to the end and reads everything again at each step."""

    def score(sequence):
        return sequence.log_prob / (len(sequence.tokens) + 1) ** alpha

    for seed in range(8):
        model = language_model("rnn", seed)
        beginnings, finished, decided = [([], 0.0)], [], []
        for _ in range(6):
            longer = [([*p, k], log_prob_by_forward(model, 0, [*p, k])) for p, _ in beginnings for k in range(V)]
            best = sorted(longer, key=lambda item: -item[1])[:width]
            finished += [Generated(p[:-1], q, True) for p, q in best if p[-1] == STOP]
            finished.sort(key=score, reverse=True)
            beginnings = [(p, q) for p, q in best if p[-1] != STOP]
            hope = max((q / 6**alpha for _, q in beginnings), default=-np.inf)
            decided.append(not beginnings or (len(finished) >= width and score(finished[width - 1]) >= hope))
        wanted = (finished + [Generated(p, q, False) for p, q in beginnings])[:width]
        calls = []
        step = stepper(model)

        def counted(tokens, state, calls=calls, step=step):
            calls.append(tokens)
            return step(tokens, state)

        found = beam(counted, None, 0, 6, width=width, stop=STOP, alpha=alpha)
        assert without_log_prob(found) == without_log_prob(wanted)
        assert len(calls) == [*decided[:5], True].index(True) + 1


def counted_calls(table, **options):
    calls = []
    step = table_step(table)

    def counted(tokens, state):
        calls.append(list(tokens))
        return step(tokens, state)

    return calls, beam(counted, None, 0, **options)


# 0 → stop 0.6, 1 with 0.4; 1 → stop 0.5, 1 with 0.5
EARLY = [[0.0, 0.4, 0.6], [0.0, 0.5, 0.5], [1.0, 0.0, 0.0]]


def test_it_stops_as_soon_as_nothing_in_the_beam_can_still_win():
    calls, found = counted_calls(EARLY, max_steps=50, width=2, stop=2)
    assert calls == [[0], [1]]  # stop: 0.6; 1, stop: 0.2; what is left has 0.2 and can only lose
    assert without_log_prob(found) == [([], True), ([1], True)]
    assert [s.log_prob for s in found] == pytest.approx([math.log(0.6), math.log(0.2)], abs=1e-12)


def test_normalized_by_length_a_longer_one_may_still_win_and_it_goes_on():
    calls, found = counted_calls(EARLY, max_steps=6, width=2, stop=2, alpha=1.0)
    assert len(calls) == 6
    # log p / n: 0.6 → −0.51; 0.4·0.5ⁿ⁻¹ → −0.80, −0.77, −0.75, …: each longer one is a little better
    assert without_log_prob(found) == [([], True), ([1] * 5, True)]
    assert found[1].log_prob == pytest.approx(math.log(0.4 * 0.5**5), abs=1e-12)


def test_length_normalization_decides_between_a_short_and_a_long_sequence():
    # from 0: stop with 0.4 or 1 with 0.6, then 3, then stop, each with 0.8
    table = [[0.0, 0.6, 0.4, 0.0], [0.0, 0.0, 0.2, 0.8], [1.0, 0.0, 0.0, 0.0], [0.2, 0.0, 0.8, 0.0]]
    short, long = ([], True), ([1, 3], True)  # log 0.4 = −0.916; log 0.384 = −0.957, a third of it −0.319
    by_alpha = {a: beam(table_step(table), None, 0, 3, width=3, stop=2, alpha=a)[0] for a in (0.0, 0.03, 0.05, 1.0)}
    assert {a: (s.tokens, s.stopped) for a, s in by_alpha.items()} == {0.0: short, 0.03: short, 0.05: long, 1.0: long}
    assert by_alpha[1.0].log_prob == pytest.approx(math.log(0.6 * 0.8 * 0.8), abs=1e-12)


def test_it_finds_the_likelier_whole_that_greedy_misses():
    # 1 looks better than 2 at first (0.6 to 0.4), but goes nowhere
    table = [[0, 0.6, 0.4, 0, 0], [0, 0, 0, 0.5, 0.5], [0, 0, 0, 0.95, 0.05], [1, 0, 0, 0, 0], [1, 0, 0, 0, 0]]
    step = table_step(table)
    (by_greedy,) = greedy(step, None, [0], 2)
    best, second = beam(step, None, 0, 2, width=2)
    assert (by_greedy.tokens, best.tokens, second.tokens) == ([1, 3], [2, 3], [1, 3])
    assert best.log_prob == pytest.approx(math.log(0.4 * 0.95), abs=1e-12)


def test_finished_sequences_come_before_likelier_beginnings_that_were_cut_off():
    table = [[0.0, 0.9, 0.1], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    found = beam(table_step(table), None, 0, 3, width=3, stop=2)
    assert without_log_prob(found) == [([], True), ([1, 1, 1], False)]
    assert [s.log_prob for s in found] == pytest.approx([math.log(0.1), math.log(0.9)], abs=1e-12)


def test_impossible_continuations_are_dropped_rather_than_kept_at_minus_infinity():
    found = beam(table_step([[0.0, 1.0], [1.0, 0.0]]), None, 0, 4, width=8)
    assert found == [Generated([1, 0, 1, 0], 0.0, False)]


def test_of_equally_likely_ones_the_smaller_tokens_come_first():
    found = beam(table_step(np.full((3, 3), 1 / 3)), None, 0, 2, width=4)
    assert [s.tokens for s in found] == [[0, 0], [0, 1], [0, 2], [1, 0]]
    three_levels = np.tile([0.01, 0.015, 0.025], (60, 20))
    many = beam(table_step(three_levels), None, 0, 1, width=50)
    assert [s.tokens[0] for s in many] == [*range(2, 60, 3), *range(1, 60, 3), *range(0, 30, 3)]


def test_with_max_steps_0_nothing_is_generated():
    def never(tokens, state):
        raise AssertionError

    assert beam(never, None, 1, 0, width=3, stop=0, alpha=1.0) == [Generated([], 0.0, False)]


def test_states_of_all_kinds_follow_their_beginnings():
    """The state holds the tokens read so far, in a nest of tuples, lists, arrays and None."""

    def step(tokens, state):
        read, (again, nothing) = state
        assert nothing is None
        np.testing.assert_array_equal(read, again[0])
        read = np.concatenate([read, tokens[:, None]], axis=1)
        seen.extend(map(tuple, read))
        return log_p[len(seen) % 3][: len(tokens)], (read, ([read.copy()], None))

    seen: list[tuple[int, ...]] = []
    log_p = np.random.default_rng(0).normal(size=(3, 4, 5))
    start = np.empty((1, 0), int)
    found = beam(step, (start, ([start], None)), 4, 5, width=4)
    assert all(path[0] == 4 for path in seen)
    for result in found:
        assert (4, *result.tokens[:-1]) in seen
    assert start.shape == (1, 0)


def test_the_state_given_is_left_as_it_was():
    model = language_model()
    h, c = np.full((1, 4), 0.3), np.full((1, 4), -0.2)
    beam(stepper(model), [None, (h, c), None], 0, 5, width=3)
    np.testing.assert_array_equal(h, np.full((1, 4), 0.3))
    np.testing.assert_array_equal(c, np.full((1, 4), -0.2))


BAD = [
    ({"width": 0}, ValueError, r"width must be at least 1, got 0\."),
    ({"width": 2.0}, TypeError, r"width must be a whole number, got float\."),
    ({"alpha": -1}, ValueError, r"alpha must be finite and at least 0, got -1\."),
    ({"alpha": np.inf}, ValueError, r"alpha must be finite and at least 0, got inf\."),
    ({"alpha": None}, TypeError, r"alpha must be a number, got NoneType\."),
    ({"start": [0]}, TypeError, r"start must be a whole number, got list\."),
    ({"start": -1}, ValueError, r"start must be at least 0, got -1\."),
    ({"max_steps": -1}, ValueError, r"max_steps must be at least 0, got -1\."),
    ({"stop": -1}, ValueError, r"stop must be at least 0, got -1\."),
    ({"stop": 3}, ValueError, r"stop must be one of the 3 tokens the logits are for, got 3\."),
    ({"state": {}}, TypeError, r"a state must be None, an array, or a tuple or list of states, got dict\."),
    (
        {"step": lambda tokens, state: (np.zeros((len(tokens), 3)) * np.nan, state)},
        ValueError,
        r"logits must have a finite maximum in every row, got nan\.",
    ),
    (
        {"step": lambda tokens, state: (np.zeros((1, 3)), state)},
        ValueError,
        r"step must return logits of shape \(2, V\), got \(1, 3\)\.",
    ),
]


@pytest.mark.parametrize(("change", "error", "message"), BAD)
def test_bad_input_is_named(change, error, message):
    arguments = {"step": table_step(EARLY), "state": None, "start": 0, "max_steps": 3, "width": 2} | change
    with pytest.raises(error, match=f"^beam: {message}$"):
        beam(**arguments)
