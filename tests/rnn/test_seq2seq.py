"""The encoder-decoder: gradients, teacher forcing against single steps, padding, learning, and what it refuses."""

import numpy as np
import pytest

import rnn

F64 = np.float64
S_LENGTHS, T_LENGTHS = np.array([4, 2, 0]), np.array([3, 0, 2])
CELLS = {
    "rnn": (rnn.RNN, {}),
    "lstm": (rnn.LSTM, {}),
    "gru": (rnn.GRU, {}),
    "gru, reset before": (rnn.GRU, {"reset_after": False}),
    "stacked lstm": (lambda d, h, **options: rnn.Stacked.of(rnn.LSTM, d, h, 2, **options), {}),
    "stack of two kinds": (
        lambda d, h, **options: rnn.Stacked([rnn.GRU(d, h, **options), rnn.LSTM(h, h + 1, **options)]),
        {},
    ),
}


def model_of(name="lstm", seed=0):
    """Sources of 6 tokens embedded in 3 numbers, targets of 5 in 2, 4 units; all weights and biases random."""
    cell, options = CELLS[name]
    rng = np.random.default_rng(seed)
    options = {"rng": rng, "dtype": F64} | options
    encoder, decoder = cell(3, 4, **options), cell(2, 4, **options)
    model = rnn.Seq2Seq(
        rnn.Embedding(6, 3, rng=rng, dtype=F64),
        encoder,
        rnn.Embedding(5, 2, rng=rng, dtype=F64),
        decoder,
        rnn.Dense(decoder.output_size, 5, rng=rng, dtype=F64),
    )
    for array in model.params.values():
        array[...] = rng.normal(0, 0.7, array.shape)
    return model


def data(seed=1):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 6, (3, 4)), rng.integers(0, 5, (3, 3)), rng.integers(0, 5, (3, 3))


def arrays_of(state):
    return [state] if isinstance(state, np.ndarray) else [array for part in state for array in arrays_of(part)]


def copies(arrays):
    return {name: array.copy() for name, array in arrays.items()}


@pytest.mark.parametrize("lengths", [(None, None), (S_LENGTHS, None), (S_LENGTHS, T_LENGTHS)])
@pytest.mark.parametrize("name", CELLS)
def test_gradients_of_all_parameters_agree_with_finite_differences(name, lengths):
    model = model_of(name)
    source, target_in, target = data()
    mask = np.arange(3) < (np.full(3, 3) if lengths[1] is None else lengths[1])[:, None]
    mask[0, 1] = False  # and one in the middle that does not count

    def loss():
        return rnn.softmax_cross_entropy(model.forward(source, lengths[0], target_in, lengths[1]), target, mask)[0]

    logits = model.forward(source, lengths[0], target_in, lengths[1])
    assert model.backward(rnn.softmax_cross_entropy(logits, target, mask)[1]) is None
    report = rnn.check_gradients(loss, model.params, model.grads, tolerance=1e-6)
    assert report, report
    assert all(np.abs(grad).max() > 1e-4 for grad in model.grads.values())


@pytest.mark.parametrize("name", CELLS)
def test_backward_can_add_to_the_gradients_that_are_there(name):
    model = model_of(name)
    source, target_in, _ = data()
    dlogits = np.random.default_rng(5).normal(size=(3, 3, 5))
    model.forward(source, S_LENGTHS, target_in, T_LENGTHS)
    model.backward(dlogits)
    once = copies(model.grads)
    model.backward(dlogits)
    for key, grad in model.grads.items():
        np.testing.assert_array_equal(grad, once[key])
    model.backward(dlogits, accumulate=True)
    for key, grad in model.grads.items():
        np.testing.assert_allclose(grad, 2 * once[key], rtol=1e-12)


@pytest.mark.parametrize("name", CELLS)
def test_teacher_forcing_equals_a_loop_of_steps(name):
    model = model_of(name)
    source, target_in, _ = data()
    logits = model.forward(source, S_LENGTHS, target_in)
    state = model.encode(source, S_LENGTHS)
    for t in range(3):
        z, state = model.step(target_in[:, t], state)
        np.testing.assert_allclose(z, logits[:, t], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", CELLS)
def test_forward_is_its_five_parts_one_after_the_other(name):
    model = model_of(name)
    source, target_in, _ = data()
    logits = model.forward(source, S_LENGTHS, target_in)
    _, state = model.encoder.forward(model.source_embedding.params["W"][source], lengths=S_LENGTHS)
    for got, wanted in zip(arrays_of(model.encode(source, S_LENGTHS)), arrays_of(state), strict=True):
        np.testing.assert_array_equal(got, wanted)
    h, _ = model.decoder.forward(model.target_embedding.params["W"][target_in], state)
    np.testing.assert_allclose(logits, h @ model.readout.params["W"] + model.readout.params["b"], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", CELLS)
def test_padding_of_the_source_changes_nothing(name):
    model = model_of(name)
    source, target_in, _ = data()
    dlogits = np.random.default_rng(5).normal(size=(3, 3, 5))
    logits = model.forward(source, S_LENGTHS, target_in, T_LENGTHS)
    model.backward(dlogits)
    grads = copies(model.grads)
    wider = np.random.default_rng(9).integers(0, 6, (3, 7))
    for b, n in enumerate(S_LENGTHS):
        wider[b, :n] = source[b, :n]
    np.testing.assert_allclose(model.forward(wider, S_LENGTHS, target_in, T_LENGTHS), logits, rtol=0, atol=1e-13)
    model.backward(dlogits)
    for key, grad in model.grads.items():
        np.testing.assert_allclose(grad, grads[key], rtol=0, atol=1e-12)


def test_each_sequence_gives_what_it_would_give_alone_without_padding():
    model = model_of("stacked lstm")
    source, target_in, _ = data()
    logits = model.forward(source, S_LENGTHS, target_in, T_LENGTHS)
    for b, (n, m) in enumerate(zip(S_LENGTHS, T_LENGTHS, strict=True)):
        alone = model.forward(source[b : b + 1, :n], None, target_in[b : b + 1, :m])
        np.testing.assert_allclose(logits[b, :m], alone[0], rtol=0, atol=1e-13)


def test_past_a_target_length_logits_are_0_and_what_stands_there_changes_no_gradient():
    model = model_of()
    source, target_in, _ = data()
    dlogits = np.random.default_rng(5).normal(size=(3, 3, 5))
    past = np.arange(3) >= T_LENGTHS[:, None]
    logits = model.forward(source, S_LENGTHS, target_in, T_LENGTHS)
    assert (logits[past] == 0).all()
    assert (logits[~past] != 0).all()
    model.backward(dlogits)
    grads = copies(model.grads)
    target_in[past], dlogits[past] = (target_in[past] + 1) % 5, np.nan
    np.testing.assert_array_equal(model.forward(source, S_LENGTHS, target_in, T_LENGTHS), logits)
    model.backward(dlogits)
    for key, grad in model.grads.items():
        np.testing.assert_array_equal(grad, grads[key])


def test_the_first_target_step_reaches_the_source_gradient_only_through_the_final_state():
    """dL/d(source embedding) is what the encoder makes of dL/d(decoder's initial state) and of nothing else."""
    model = model_of("gru")
    source, target_in, _ = data()
    dlogits = np.random.default_rng(5).normal(size=(3, 3, 5))
    model.forward(source, None, target_in)
    model.backward(dlogits)
    dstate = model.decoder.backward(dlogits @ model.readout.params["W"].T)[1]
    model.encoder.forward(model.source_embedding.params["W"][source])
    dx, _ = model.encoder.backward(np.zeros((3, 4, 4)), dstate)
    wanted = np.zeros((6, 3))
    np.add.at(wanted, source, dx)
    np.testing.assert_allclose(model.grads["source_embedding.W"], wanted, rtol=0, atol=1e-12)


def test_an_empty_source_starts_the_decoder_from_zeros():
    model = model_of("lstm")
    h, c = model.encode(np.zeros((2, 0), int))
    np.testing.assert_array_equal(h, np.zeros((2, 4)))
    np.testing.assert_array_equal(c, np.zeros((2, 4)))


def test_an_empty_target_gives_no_logits_and_zero_gradients():
    model = model_of()
    source, _, _ = data()
    assert model.forward(source, None, np.zeros((3, 0), int)).shape == (3, 0, 5)
    model.backward(np.zeros((3, 0, 5)))
    assert all((grad == 0).all() for grad in model.grads.values())


def test_parameters_are_the_layers_own_under_flat_names():
    model = model_of("lstm")
    assert list(model.params) == [
        "source_embedding.W",
        "encoder.W_xh",
        "encoder.W_hh",
        "encoder.b_h",
        "target_embedding.W",
        "decoder.W_xh",
        "decoder.W_hh",
        "decoder.b_h",
        "readout.W",
        "readout.b",
    ]
    assert model.params.keys() == model.grads.keys()
    assert model.params["encoder.W_hh"] is model.encoder.params["W_hh"]
    assert model.grads["target_embedding.W"] is model.target_embedding.grads["W"]
    assert "decoder.1.b_h" in model_of("stacked lstm").params


def test_inputs_are_left_as_they_were():
    model = model_of()
    source, target_in, target = data()
    before = source.copy(), target_in.copy(), S_LENGTHS.copy(), T_LENGTHS.copy()
    dlogits = rnn.softmax_cross_entropy(model.forward(source, S_LENGTHS, target_in, T_LENGTHS), target)[1]
    dlogits_before = dlogits.copy()
    model.backward(dlogits)
    state = model.encode(source, S_LENGTHS)
    state_before = [part.copy() for part in state]
    model.step(target_in[:, 0], state)
    after = source, target_in, S_LENGTHS, T_LENGTHS
    for a, b in zip([*before, dlogits_before, *state_before], [*after, dlogits, *state], strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("between", ["encode", "step"])
def test_backward_refuses_when_the_last_forward_is_no_longer_there(between):
    model = model_of()
    source, target_in, _ = data()
    with pytest.raises(RuntimeError, match=r"^Seq2Seq\.backward: call forward first"):
        model.backward(np.zeros((3, 3, 5)))
    state = model.encode(source)
    model.forward(source, None, target_in)
    if between == "encode":
        model.encode(source)
    else:
        model.step(target_in[:, 0], state)
    with pytest.raises(RuntimeError, match=r"^Seq2Seq\.backward: call forward first"):
        model.backward(np.zeros((3, 3, 5)))


def test_what_is_saved_is_what_is_loaded(tmp_path):
    model, other = model_of("stacked lstm", seed=0), model_of("stacked lstm", seed=1)
    source, target_in, _ = data()
    wanted = model.forward(source, None, target_in)
    assert np.abs(other.forward(source, None, target_in) - wanted).max() > 0.01
    model.save(tmp_path / "model.npz")
    other.load(tmp_path / "model.npz")
    np.testing.assert_array_equal(other.forward(source, None, target_in), wanted)
    with np.load(tmp_path / "model.npz", allow_pickle=False) as archive:
        assert set(archive.files) == set(model.params)
    with pytest.raises(ValueError, match=r"^load: the file must hold the model's parameters; missing \['deco"):
        model_of("lstm").load(tmp_path / "model.npz")


def test_weights_that_are_not_finite_are_not_loaded(tmp_path):
    model, broken = model_of(), model_of(seed=1)
    broken.params["readout.b"][0] = np.nan
    broken.save(tmp_path / "model.npz")
    before = copies(model.params)
    with pytest.raises(ValueError, match=r"^load: readout\.b must be finite"):
        model.load(tmp_path / "model.npz")
    for key, array in model.params.items():
        np.testing.assert_array_equal(array, before[key])


GO, END = 0, 1


def reversals(rng, count):
    """Sequences of 1 to 5 of the tokens 2 … 6, and the same backwards; each with its lengths."""
    lengths = rng.integers(1, 6, count)
    source = rng.integers(2, 7, (count, 5))
    target_in, target = np.full((count, 6), GO), np.full((count, 6), END)
    for b, n in enumerate(lengths):
        target[b, :n] = target_in[b, 1 : n + 1] = source[b, :n][::-1]
    return source, lengths, target_in, target, lengths + 1


def test_it_learns_to_reverse_sequences_it_has_never_seen():
    rng = np.random.default_rng(0)
    sizes = {"rng": rng}
    model = rnn.Seq2Seq(
        rnn.Embedding(7, 16, **sizes),
        rnn.GRU(16, 48, **sizes),
        rnn.Embedding(7, 16, **sizes),
        rnn.GRU(16, 48, **sizes),
        rnn.Dense(48, 7, **sizes),
    )
    optimizer = rnn.Adam(0.01)
    for step in range(600):
        source, lengths, target_in, target, target_lengths = reversals(rng, 64)
        logits = model.forward(source, lengths, target_in, target_lengths)
        loss, dlogits = rnn.softmax_cross_entropy(logits, target, np.arange(6) < target_lengths[:, None])
        if step == 0:
            assert loss == pytest.approx(np.log(7), abs=0.05)
        model.backward(dlogits)
        rnn.clip_grad_norm(model.grads, 1.0)
        optimizer.step(model.params, model.grads)
    source, lengths, _, _, _ = reversals(np.random.default_rng(1), 300)
    wanted = [list(row[:n][::-1]) for row, n in zip(source, lengths, strict=True)]
    written = rnn.greedy(model.step, model.encode(source, lengths), np.full(300, GO), 10, stop=END)
    exact = np.mean([w.tokens == s and w.stopped for w, s in zip(written, wanted, strict=True)])
    assert exact >= 0.95
    by_beam = [
        rnn.beam(model.step, model.encode(source[b : b + 1], lengths[b : b + 1]), GO, 10, width=3, stop=END)[0]
        for b in range(40)
    ]
    assert np.mean([found.tokens == s for found, s in zip(by_beam, wanted, strict=False)]) >= 0.95


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("width", [1, 3])
def test_log_probabilities_of_generated_sequences_are_those_under_teacher_forcing(name, width):
    model = model_of(name)
    source, _, _ = data()
    for b in range(2):
        state = model.encode(source[b : b + 1], S_LENGTHS[b : b + 1])
        for result in rnn.beam(model.step, state, GO, 6, width=width, stop=END):
            target = np.array([result.tokens + [END] * result.stopped])
            target_in = np.concatenate([[[GO]], target[:, :-1]], axis=1)
            logits = model.forward(source[b : b + 1], S_LENGTHS[b : b + 1], target_in)
            loss, _ = rnn.softmax_cross_entropy(logits, target)
            assert result.log_prob == pytest.approx(-loss * target.size, abs=1e-12)


BAD_CALLS = [
    (
        lambda m, s, t: m.forward(s.tolist(), None, t),
        TypeError,
        r"^Seq2Seq: source must be a NumPy array",
    ),
    (lambda m, s, t: m.forward(s[0], None, t), ValueError, r"^Seq2Seq: source must have shape \(B, S\), got \(4,\)\."),
    (
        lambda m, s, t: m.forward(s, None, t[:2]),
        ValueError,
        r"^Seq2Seq\.forward: target_in must have shape \(3, T\), got \(2, 3\)\.",
    ),
    (
        lambda m, s, t: m.forward(s, None, t[0]),
        ValueError,
        r"^Seq2Seq\.forward: target_in must have shape \(3, T\), got \(3,\)\.",
    ),
    (lambda m, s, t: m.forward(s + 0.5, None, t), TypeError, r"x must hold whole numbers \(token ids\), got float64\."),
    (lambda m, s, t: m.forward(s, None, t + 9), ValueError, r"every id must lie between 0 and 4, got "),
    (lambda m, s, t: m.forward(s, [4, 5, 1], t), ValueError, r"every length must lie between 0 and 4, .* got 1 to 5\."),
    (lambda m, s, t: m.forward(s, None, t, [1, 2]), ValueError, r"lengths must have shape \(3,\), got \(2,\)\."),
    (lambda m, s, t: m.forward(s[:0], None, t[:0]), ValueError, r"at least one sequence, got a batch of 0\."),
    (
        lambda m, s, t: m.step(t, m.encode(s)),
        ValueError,
        r"^Seq2Seq\.step: tokens must have shape \(B,\), got \(3, 3\)\.",
    ),
    (lambda m, s, t: m.step(t[:2, 0], m.encode(s)), ValueError, r"state's h must have shape \(2, 4\), got \(3, 4\)\."),
    (
        lambda m, s, t: [m.forward(s, None, t), m.backward(np.zeros((3, 2, 5)))],
        ValueError,
        r"dy must have shape \(3, 3, 5\), got \(3, 2, 5\)\.",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD_CALLS)
def test_bad_input_is_named(call, error, message):
    source, target_in, _ = data()
    with pytest.raises(error, match=message):
        call(model_of(), source, target_in)


def parts(**changes):
    return {
        "source_embedding": rnn.Embedding(6, 3),
        "encoder": rnn.LSTM(3, 4),
        "target_embedding": rnn.Embedding(5, 2),
        "decoder": rnn.LSTM(2, 4),
        "readout": rnn.Dense(4, 5),
    } | changes


ONE = rnn.LSTM(3, 4)
BAD_PARTS = [
    (parts(readout=rnn.LSTM(4, 5)), TypeError, r"readout must be a layer Dense, got LSTM\."),
    (parts(source_embedding=None), TypeError, r"source_embedding must be a layer Embedding, got NoneType\."),
    (parts(target_embedding=rnn.Dense(5, 2)), TypeError, r"target_embedding must be a layer Embedding, got Dense\."),
    (
        parts(encoder=rnn.Bidirectional(rnn.RNN(3, 4), rnn.RNN(3, 4))),
        TypeError,
        r"encoder must be an RNN, LSTM, GRU, or Stacked of these, got Bidirectional\.",
    ),
    (
        parts(decoder=rnn.Stacked([rnn.Bidirectional(rnn.RNN(2, 2), rnn.RNN(2, 2)), rnn.LSTM(4, 4)])),
        TypeError,
        r"decoder must be an RNN, LSTM, GRU, or Stacked of these, got Bidirectional\.",
    ),
    (parts(decoder=rnn.Dense(2, 4)), TypeError, r"decoder must be an RNN, LSTM, GRU, or Stacked of these, got Dense\."),
    (
        parts(decoder=rnn.GRU(2, 4)),
        ValueError,
        r"decoder must have a state like the encoder's, \(h 4, c 4\), got h 4\.",
    ),
    (
        parts(decoder=rnn.LSTM(2, 6), readout=rnn.Dense(6, 5)),
        ValueError,
        r"decoder must have a state like the encoder's, \(h 4, c 4\), got \(h 6, c 6\)\.",
    ),
    (  # two arrays, both: the final state of a stack of two would pass for the (h, c) of one LSTM
        parts(encoder=rnn.Stacked.of(rnn.RNN, 3, 4, 2)),
        ValueError,
        r"decoder must have a state like the encoder's, \[h 4, h 4\], got \(h 4, c 4\)\.",
    ),
    (
        parts(encoder=rnn.Stacked([rnn.LSTM(3, 4)])),
        ValueError,
        r"decoder must have a state like the encoder's, \[\(h 4, c 4\)\], got \(h 4, c 4\)\.",
    ),
    (
        parts(source_embedding=rnn.Embedding(6, 7)),
        ValueError,
        r"encoder must take the 7 features that source_embedding gives, got one for 3\.",
    ),
    (
        parts(target_embedding=rnn.Embedding(5, 7)),
        ValueError,
        r"decoder must take the 7 features that target_embedding gives, got one for 2\.",
    ),
    (
        parts(readout=rnn.Dense(3, 5)),
        ValueError,
        r"readout must take the 4 features that decoder gives, got one for 3\.",
    ),
    (
        parts(decoder=rnn.LSTM(2, 4, dtype=F64)),
        TypeError,
        r"all parts must have the same dtype, got source_embedding float32, .*, decoder float64, readout float32\.",
    ),
    (
        parts(encoder=ONE, decoder=ONE, target_embedding=rnn.Embedding(5, 3)),
        ValueError,
        r"no layer may serve twice, got one as encoder\.W_xh and as decoder\.W_xh\.",
    ),
    (
        parts(encoder=rnn.Stacked([ONE, rnn.LSTM(4, 4)]), decoder=rnn.Stacked([ONE, rnn.LSTM(4, 4)])),
        ValueError,
        r"no layer may serve twice, got one as encoder\.0\.W_xh and as decoder\.0\.W_xh\.",
    ),
]


@pytest.mark.parametrize(("given", "error", "message"), BAD_PARTS)
def test_parts_that_do_not_fit_are_named(given, error, message):
    with pytest.raises(error, match=f"^Seq2Seq: {message}$"):
        rnn.Seq2Seq(**given)


def test_rnn_and_gru_go_together():
    model = rnn.Seq2Seq(**parts(encoder=rnn.RNN(3, 4), decoder=rnn.GRU(2, 4)))
    source, target_in, _ = data()
    assert model.forward(source, None, target_in).dtype == np.float32
