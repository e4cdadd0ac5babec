"""Greedy decoding and sampling, on tables of probabilities one can check by hand and on language models."""

import math

import numpy as np
import pytest

from rnn.generation import Generated, greedy, output_of, sample, stepper
from rnn.gru import GRU
from rnn.layers import Dense, Dropout, Embedding
from rnn.lstm import LSTM
from rnn.models import Sequential
from rnn.pooling import Pool
from rnn.recurrent import RNN
from rnn.wrappers import Bidirectional, Stacked

STOP = 3
# row: the last token; column: probability of the next
TABLE = np.array(
    [
        [0.1, 0.6, 0.2, 0.1],
        [0.2, 0.1, 0.5, 0.2],
        [0.1, 0.1, 0.2, 0.6],
        [0.7, 0.1, 0.1, 0.1],
    ]
)


def markov(tokens, state):
    """The next token depends on the last one only; the logits are off from log p by a constant, as logits may be."""
    return np.log(TABLE[tokens]) + 5, state


def language_model(layers, vocab=5, width=3, seed=0):
    rng = np.random.default_rng(seed)
    model = Sequential(
        [
            Embedding(vocab, width, rng=rng, dtype=np.float64),
            *layers(width, rng),
            Dense(layers(width, rng)[-1].output_size, vocab, rng=rng, dtype=np.float64),
        ]
    )
    for array in model.params.values():
        array[...] = rng.normal(0, 0.8, array.shape)
    return model


MODELS = {
    "rnn": lambda d, rng: [RNN(d, 4, rng=rng, dtype=np.float64)],
    "lstm": lambda d, rng: [LSTM(d, 4, rng=rng, dtype=np.float64)],
    "gru then lstm": lambda d, rng: [GRU(d, 4, rng=rng, dtype=np.float64), LSTM(4, 3, rng=rng, dtype=np.float64)],
    "stacked lstm": lambda d, rng: [Stacked.of(LSTM, d, 4, 2, rng=rng, dtype=np.float64)],
}


def log_softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def log_prob_by_forward(model, start, tokens):
    """Log-probability of tokens after start, from one pass over the whole sequence."""
    logits, _ = model.forward(np.array([[start, *tokens[:-1]]]))
    return sum(log_softmax(logits[0])[t, k] for t, k in enumerate(tokens))


def test_greedy_follows_the_largest_probability_until_the_stop_token():
    first, second, third = greedy(markov, None, [0, 2, 3], 10, stop=STOP)
    assert (first.tokens, first.stopped) == ([1, 2], True)
    assert first.log_prob == pytest.approx(math.log(0.6 * 0.5 * 0.6), abs=1e-12)
    assert (second.tokens, second.stopped) == ([], True)
    assert second.log_prob == pytest.approx(math.log(0.6), abs=1e-12)
    assert (third.tokens, third.stopped) == ([0, 1, 2], True)
    assert third.log_prob == pytest.approx(math.log(0.7 * 0.6 * 0.5 * 0.6), abs=1e-12)


def test_greedy_ends_at_max_steps_without_a_stop_token_in_the_log_probability():
    (cut,) = greedy(markov, None, np.array([0]), 2, stop=STOP)
    assert (cut.tokens, cut.stopped) == ([1, 2], False)
    assert cut.log_prob == pytest.approx(math.log(0.6 * 0.5), abs=1e-12)


def test_without_a_stop_token_every_sequence_has_max_steps_tokens():
    (endless,) = greedy(markov, None, np.array([0]), 7)
    assert endless.tokens == [1, 2, 3, 0, 1, 2, 3]
    assert endless.stopped is False


def test_of_equally_likely_tokens_greedy_takes_the_smallest():
    (result,) = greedy(lambda tokens, state: (np.array([[0.0, 2.0, 2.0]]), state), None, [0], 2)
    assert result.tokens == [1, 1]


def test_no_steps_are_made_once_all_sequences_have_stopped():
    calls = []

    def counted(tokens, state):
        calls.append(list(tokens))
        return markov(tokens, state)

    greedy(counted, None, [0, 2], 50, stop=STOP)
    assert calls == [[0, 2], [1, 3], [2, 0]]


@pytest.mark.parametrize("write", [greedy, sample])
def test_with_max_steps_0_nothing_is_generated_and_step_is_not_called(write):
    def never(tokens, state):
        raise AssertionError

    assert write(never, None, [1, 2], 0) == [Generated([], 0.0, False)] * 2


@pytest.mark.parametrize("write", [greedy, sample])
def test_start_and_state_are_left_as_they_were(write):
    start, state = np.array([0, 1]), np.ones((2, 4))
    model = language_model(MODELS["rnn"])
    write(stepper(model), [None, state, None], start, 5)
    np.testing.assert_array_equal(start, [0, 1])
    np.testing.assert_array_equal(state, np.ones((2, 4)))


@pytest.mark.parametrize("name", MODELS)
def test_stepping_through_a_sequence_gives_the_logits_and_states_of_one_forward(name):
    model = language_model(MODELS[name])
    ids = np.random.default_rng(1).integers(0, 5, (3, 6))
    expected, expected_states = model.forward(ids)
    step, state = stepper(model), None
    for t in range(6):
        logits, state = step(ids[:, t], state)
        np.testing.assert_allclose(logits, expected[:, t], rtol=0, atol=1e-12)
    for got, wanted in zip(state, expected_states, strict=True):
        np.testing.assert_equal(type(got), type(wanted))
        for a, b in zip(_arrays(got), _arrays(wanted), strict=True):
            np.testing.assert_allclose(a, b, rtol=0, atol=1e-12)


def _arrays(state):
    if state is None:
        return []
    return [state] if isinstance(state, np.ndarray) else [array for part in state for array in _arrays(part)]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("write", [greedy, sample])
def test_log_probabilities_are_those_of_the_whole_sequence_read_at_once(name, write):
    model = language_model(MODELS[name])
    options = {} if write is greedy else {"temperature": 1.7, "rng": np.random.default_rng(2)}
    for b, result in enumerate(write(stepper(model), None, [0, 1, 4], 8, stop=2, **options)):
        whole = result.tokens + [2] * result.stopped
        assert result.log_prob == pytest.approx(log_prob_by_forward(model, [0, 1, 4][b], whole), abs=1e-12)


def test_a_prompt_read_by_forward_is_continued():
    model = language_model(MODELS["gru then lstm"])
    prompt = np.array([[0, 3, 1, 2]])
    _, states = model.forward(prompt[:, :-1])
    (result,) = greedy(stepper(model), states, prompt[:, -1], 5)
    sequence = [0, 3, 1, 2]
    for _ in range(5):
        logits, _ = model.forward(np.array([sequence]))
        sequence.append(int(logits[0, -1].argmax()))
    assert result.tokens == sequence[4:]


def test_each_sequence_of_a_batch_is_what_it_would_be_alone():
    model = language_model(MODELS["stacked lstm"])
    together = greedy(stepper(model), None, [0, 1, 2, 3, 4], 6, stop=1)
    for start, result in enumerate(together):
        (alone,) = greedy(stepper(model), None, [start], 6, stop=1)
        assert (alone.tokens, alone.stopped) == (result.tokens, result.stopped)
        assert alone.log_prob == pytest.approx(result.log_prob, abs=1e-12)


def test_dropout_is_off_while_generating():
    rng = np.random.default_rng(0)
    model = Sequential([Embedding(5, 3, rng=rng), LSTM(3, 4, rng=rng), Dropout(0.9, rng=rng), Dense(4, 5, rng=rng)])
    model.params["3.b"][...] = np.arange(5)
    one = stepper(model)(np.array([1]), None)[0]
    np.testing.assert_array_equal(stepper(model)(np.array([1]), None)[0], one)
    without = Sequential([layer for layer in model.layers if not isinstance(layer, Dropout)])
    np.testing.assert_array_equal(stepper(without)(np.array([1]), None)[0], one)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_samples_are_distributed_as_softmax_of_logits_over_temperature(temperature):
    logits = np.array([1.0, -0.5, 0.3, 2.0, -1.2])
    count = 20_000
    results = sample(
        lambda tokens, state: (np.tile(logits, (len(tokens), 1)), state),
        None,
        np.zeros(count, int),
        1,
        temperature=temperature,
        rng=np.random.default_rng(7),
    )
    p = np.exp(logits / temperature)
    p /= p.sum()
    seen = np.bincount([r.tokens[0] for r in results], minlength=5)
    chi_square = ((seen - count * p) ** 2 / (count * p)).sum()
    assert chi_square < 18.47  # 4 degrees of freedom: exceeded by chance once in a thousand seeds
    logs = {r.tokens[0]: r.log_prob for r in results}
    for token, log_prob in logs.items():  # the model's own, whatever the temperature
        assert log_prob == pytest.approx(log_softmax(logits)[token], abs=1e-12)


def test_two_tokens_in_a_row_are_sampled_from_their_joint_distribution():
    count = 20_000
    results = sample(markov, None, np.zeros(count, int), 2, rng=np.random.default_rng(3), stop=STOP)
    joint = {(k, j): TABLE[0, k] * TABLE[k, j] for k in range(3) for j in range(4)} | {(STOP,): TABLE[0, STOP]}
    seen = dict.fromkeys(joint, 0)
    for result in results:
        seen[(*result.tokens, *[STOP] * result.stopped)] += 1
    assert sum(joint.values()) == pytest.approx(1)
    chi_square = sum((seen[pair] - count * p) ** 2 / (count * p) for pair, p in joint.items())
    assert chi_square < 32.91  # 12 degrees of freedom, one in a thousand


def test_temperature_0_is_greedy():
    model = language_model(MODELS["lstm"])
    assert sample(stepper(model), None, [0, 1], 9, temperature=0, stop=3) == greedy(
        stepper(model), None, [0, 1], 9, stop=3
    )


@pytest.mark.parametrize("temperature", [1e-320, 1e-300, 1e-6])
def test_tiny_temperatures_end_at_greedy_without_a_warning(temperature):
    model = language_model(MODELS["lstm"])
    cold = sample(stepper(model), None, [0, 1], 9, temperature, np.random.default_rng(0))
    assert [r.tokens for r in cold] == [r.tokens for r in greedy(stepper(model), None, [0, 1], 9)]


def test_a_huge_temperature_makes_all_tokens_equally_likely():
    results = sample(markov, None, np.zeros(8000, int), 1, 1e300, np.random.default_rng(1))
    np.testing.assert_allclose(np.bincount([r.tokens[0] for r in results]) / 8000, 0.25, atol=0.015)


def test_the_same_seed_gives_the_same_samples_and_another_seed_others():
    def drawn(seed):
        return sample(markov, None, [0] * 4, 20, rng=np.random.default_rng(seed))

    assert drawn(5) == drawn(5)
    assert drawn(5) != drawn(6)
    assert len(sample(markov, None, [0], 4)[0].tokens) == 4  # rng=None: a fresh generator


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_a_thousand_neither_overflow_nor_lose_the_probability(dtype):
    logits = np.array([[1000.0, -1000.0, 1000.0]], dtype)
    results = [
        sample(lambda tokens, state: (logits, state), None, [0], 1, rng=np.random.default_rng(s))[0] for s in range(40)
    ]
    assert {r.tokens[0] for r in results} == {0, 2}
    assert all(r.log_prob == pytest.approx(-math.log(2), abs=1e-12) for r in results)


def test_a_token_with_a_logit_of_minus_infinity_is_never_drawn():
    logits = np.array([[-np.inf, 0.0, -np.inf, 0.0, -np.inf]])
    results = [
        sample(lambda tokens, state: (logits, state), None, [0], 1, rng=np.random.default_rng(s))[0] for s in range(60)
    ]
    assert {r.tokens[0] for r in results} == {1, 3}


def test_a_draw_of_exactly_0_gives_the_first_token_that_has_a_probability():
    class Zero(np.random.Generator):
        def random(self, size):
            return np.zeros(size)

    logits = np.array([[-np.inf, 0.0, 1.0]])
    (result,) = sample(lambda tokens, state: (logits, state), None, [0], 1, rng=Zero(np.random.PCG64(0)))
    assert result.tokens == [1]


def test_output_of_finds_the_top_layers_h():
    h, other = np.ones((2, 3)), np.zeros((2, 3))
    assert output_of(h) is h
    assert output_of((h, other)) is h
    assert output_of([other, h]) is h
    assert output_of([(other, other), (h, other)]) is h


BAD = [
    ({"start": 0}, ValueError, r"start must have shape \(B,\) with B at least 1, got \(\)\."),
    ({"start": [[0]]}, ValueError, r"start must have shape \(B,\) with B at least 1, got \(1, 1\)\."),
    ({"start": np.zeros(0, int)}, ValueError, r"start must have shape \(B,\) with B at least 1, got \(0,\)\."),
    ({"start": [0.5]}, TypeError, r"start must hold whole numbers \(token ids\), got float64\."),
    ({"max_steps": -1}, ValueError, r"max_steps must be at least 0, got -1\."),
    ({"max_steps": 2.0}, TypeError, r"max_steps must be a whole number, got float\."),
    ({"max_steps": True}, TypeError, r"max_steps must be a whole number, got bool\."),
    ({"stop": -1}, ValueError, r"stop must be at least 0, got -1\."),
    ({"stop": "."}, TypeError, r"stop must be a whole number, got str\."),
    ({"stop": 4}, ValueError, r"stop must be one of the 4 tokens the logits are for, got 4\."),
    (
        {"step": lambda tokens, state: (np.zeros((1, 1, 4)), state)},
        ValueError,
        r"step must return logits of shape \(1, V\), got \(1, 1, 4\)\.",
    ),
    (
        {"step": lambda tokens, state: (np.zeros((2, 4)), state)},
        ValueError,
        r"step must return logits of shape \(1, V\), got \(2, 4\)\.",
    ),
    (
        {"step": lambda tokens, state: (np.zeros((1, 0)), state)},
        ValueError,
        r"step must return logits of shape \(1, V\), got \(1, 0\)\.",
    ),
    ({"step": lambda tokens, state: ([0.0], state)}, ValueError, r"logits of shape \(1, V\), got list\."),
    (
        {"step": lambda tokens, state: (np.array([[1.0, np.nan]]), state)},
        ValueError,
        r"logits must have a finite maximum in every row, got nan\.",
    ),
    (
        {"step": lambda tokens, state: (np.array([[1.0, np.inf]]), state)},
        ValueError,
        r"logits must have a finite maximum in every row, got inf\.",
    ),
    (
        {"step": lambda tokens, state: (np.array([[-np.inf, -np.inf]]), state)},
        ValueError,
        r"logits must have a finite maximum in every row, got -inf\.",
    ),
]


@pytest.mark.parametrize("write", [greedy, sample])
@pytest.mark.parametrize(("change", "error", "message"), BAD)
def test_bad_input_is_named(write, change, error, message):
    arguments = {"step": markov, "state": None, "start": [0], "max_steps": 3} | change
    with pytest.raises(error, match=f"^{write.__name__}: .*{message}"):
        write(**arguments)


@pytest.mark.parametrize(
    ("temperature", "error", "message"),
    [
        (-0.1, ValueError, r"temperature must be finite and at least 0, got -0\.1\."),
        (np.nan, ValueError, r"temperature must be finite and at least 0, got nan\."),
        (np.inf, ValueError, r"temperature must be finite and at least 0, got inf\."),
        ("hot", TypeError, r"temperature must be a number, got str\."),
    ],
)
def test_a_bad_temperature_is_named(temperature, error, message):
    with pytest.raises(error, match=f"^sample: {message}"):
        sample(markov, None, [0], 3, temperature)


def test_a_seed_in_the_place_of_a_generator_is_named():
    with pytest.raises(TypeError, match=r"^sample: rng must be a numpy\.random\.Generator, got int"):
        sample(markov, None, [0], 3, rng=1)


def test_a_model_that_reads_backwards_or_pools_cannot_generate():
    rng = np.random.default_rng(0)
    both = Sequential([Embedding(5, 3, rng=rng), Bidirectional(RNN(3, 2, rng=rng), RNN(3, 2, rng=rng)), Dense(4, 5)])
    with pytest.raises(TypeError, match=r"^Bidirectional\.step: a bidirectional layer needs the whole sequence"):
        greedy(stepper(both), None, [0], 3)
    pooled = Sequential([Embedding(5, 3, rng=rng), RNN(3, 4, rng=rng), Pool("last"), Dense(4, 5)])
    with pytest.raises(ValueError, match=r"^Pool\.forward: "):
        greedy(stepper(pooled), None, [0], 3)


def test_a_state_of_another_number_of_layers_is_named():
    with pytest.raises(ValueError, match=r"^stepper: state must have one entry a layer, 3, got 2\."):
        greedy(stepper(language_model(MODELS["rnn"])), [None, None], [0], 3)


def test_a_token_the_model_does_not_know_is_named():
    with pytest.raises(ValueError, match=r"^Embedding\.forward: every id must lie between 0 and 4, got 5 to 5\."):
        greedy(stepper(language_model(MODELS["rnn"])), None, [5], 3)
