"""Mistakes found in other NumPy RNNs by running them, each with a test that it is not made here.

Where the mistake is a wrong formula, the test computes both, the right one and the mistaken one, in plain loops: ours
must equal the first, and the second must be visibly different, so that the test could fail.
"""

import inspect
import math
import pickle

import numpy as np
import pytest
from proof_tools import arrays_of, assert_close, cell, network, random_state

import rnn
from rnn import metrics

B, T, D, H = 3, 5, 2, 3
CELLS = ["RNN tanh", "LSTM", "GRU after", "GRU before"]


def rnn_in_plain_loops(p, x, h0, dh, bug=None):
    """BPTT of the tanh RNN, one product at a time; with one of the usual bugs if asked for."""
    h = [h0]
    for t in range(x.shape[1]):
        h.append(np.tanh(x[:, t] @ p["W_xh"] + h[-1] @ p["W_hh"] + p["b_h"]))
    found = {name: np.zeros_like(a) for name, a in p.items()} | {"dx": np.zeros_like(x)}
    dnext = np.zeros_like(h0)
    for t in reversed(range(x.shape[1])):
        slope = 1.0 if bug == "tanh' left out" else 1 - h[t + 1] ** 2
        da = (dh[:, t] + dnext) * slope
        h_prev = h[-1] if bug == "final state as h_0" and t == 0 else h[t]
        found["W_xh"] += x[:, t].T @ da
        found["W_hh"] += h_prev.T @ da
        found["b_h"] += da.sum(axis=0)
        found["dx"][:, t] = (dh[:, t] * slope if bug == "later steps forgotten" else da) @ p["W_xh"].T
        dnext = da @ (p["W_hh"] if bug == "transpose missing" else p["W_hh"].T)
    return found | {"dh0": dnext, "h": np.stack(h[1:], axis=1)}


def lstm_in_plain_loops(p, x, h0, c0, dh, bug=None):
    def sigmoid(a):
        return 1 / (1 + np.exp(-a))

    h, c, steps = h0, c0, []
    for t in range(x.shape[1]):
        a = np.split(x[:, t] @ p["W_xh"] + h @ p["W_hh"] + p["b_h"], 4, axis=1)
        i, f, g, o = sigmoid(a[0]), sigmoid(a[1]), np.tanh(a[2]), sigmoid(a[3])
        steps.append((i, f, g, o, c, h))
        c = f * c + i * g
        h = o * np.tanh(c)
    found = {name: np.zeros_like(a) for name, a in p.items()} | {"dx": np.zeros_like(x)}
    dh_next, dc = np.zeros_like(h0), np.zeros_like(c0)
    for t in reversed(range(x.shape[1])):
        i, f, g, o, c_prev, h_prev = steps[t]
        tanh_c = np.tanh(f * c_prev + i * g)
        dh_t = dh[:, t] + dh_next
        dc_t = dc + dh_t * o * (1 - tanh_c**2)
        slopes = [
            dc_t * g * i * (1 - i),
            dc_t * c_prev * f * (1 - f),
            dc_t * i * (1 - g**2),
            dh_t * tanh_c * o * (1 - o),
        ]
        da = np.hstack(slopes)
        found["W_xh"] += x[:, t].T @ da
        found["W_hh"] += h_prev.T @ da
        found["b_h"] += da.sum(axis=0)
        found["dx"][:, t] = da @ p["W_xh"].T
        dh_next = da @ p["W_hh"].T
        if bug == "dh overwritten":
            dc_t = dc + dh_next * o * (1 - tanh_c**2)
        dc = dc_t * f
    return found | {"dh0": dh_next, "dc0": dc}


def rnn_problem(seed=0):
    rng = np.random.default_rng(seed)
    layer = cell("RNN tanh", D, H, rng)
    x, h0, dh = rng.normal(size=(B, T, D)), rng.normal(size=(B, H)), rng.normal(size=(B, T, H))
    h, _ = layer.forward(x, h0)
    dx, dh0 = layer.backward(dh)
    return layer, (layer.params, x, h0, dh), {"h": h, "dx": dx, "dh0": dh0} | layer.grads


@pytest.mark.parametrize(
    ("bug", "wrong"),
    [
        ("later steps forgotten", {"dx"}),
        ("transpose missing", {"dx", "dh0", "W_xh", "W_hh", "b_h"}),
        ("tanh' left out", {"dx", "dh0", "W_xh", "W_hh", "b_h"}),
        ("final state as h_0", {"W_hh"}),
    ],
)
def test_bptt_has_none_of_the_usual_bugs(bug, wrong):
    """Input gradient, .T on W_hh, tanh', initial state; which gradients a bug spoils tells which bug it is."""
    _, problem, ours = rnn_problem()
    assert_close(ours, rnn_in_plain_loops(*problem), 1e-12)
    theirs = rnn_in_plain_loops(*problem, bug=bug)
    assert {name for name in ours if np.abs(theirs[name] - ours[name]).max() > 1e-2} == wrong


def test_dh_is_not_overwritten_before_dc_reads_it():
    rng = np.random.default_rng(1)
    layer = cell("LSTM", D, H, rng)
    x, dh = rng.normal(size=(B, T, D)), rng.normal(size=(B, T, H))
    h0, c0 = random_state(layer, B, rng)
    layer.forward(x, (h0, c0))
    dx, (dh0, dc0) = layer.backward(dh)
    ours = {"dx": dx, "dh0": dh0, "dc0": dc0} | layer.grads
    assert_close(ours, lstm_in_plain_loops(layer.params, x, h0, c0, dh), 1e-12)
    theirs = lstm_in_plain_loops(layer.params, x, h0, c0, dh, bug="dh overwritten")
    assert np.abs(theirs["dc0"] - dc0).max() > 1e-2


@pytest.mark.parametrize("kind", CELLS)
def test_the_input_gradient_remembers_later_time_steps(kind):
    """A loss at the last step only still reaches the first input, and nothing after a step reaches it."""
    rng = np.random.default_rng(2)
    layer = cell(kind, D, H, rng)
    x, dh = rng.normal(size=(B, T, D)), np.zeros((B, T, H))
    dh[:, 3] = 1
    layer.forward(x)
    dx, _ = layer.backward(dh)
    assert (np.abs(dx[:, :4]).max(axis=(0, 2)) > 1e-6).all()
    assert not dx[:, 4:].any()


def test_gradients_of_the_lower_layers_of_a_stack_are_right_too():
    rng = np.random.default_rng(3)
    stack = network("RNN tanh", D, H, rng, layers=2)
    low, high = stack.layers
    x, zeros, dh = rng.normal(size=(B, T, D)), np.zeros((B, H)), rng.normal(size=(B, T, H))
    stack.forward(x)
    dx, _ = stack.backward(dh)
    between = low.forward(x)[0]
    top = rnn_in_plain_loops(high.params, between, zeros, dh)
    bottom = rnn_in_plain_loops(low.params, x, zeros, top["dx"])
    right = {"dx": bottom["dx"]} | {f"1.{n}": top[n] for n in high.params} | {f"0.{n}": bottom[n] for n in low.params}
    assert_close({"dx": dx} | stack.grads, right, 1e-12)
    forgetful = rnn_in_plain_loops(high.params, between, zeros, dh, bug="later steps forgotten")
    mistaken = rnn_in_plain_loops(low.params, x, zeros, forgetful["dx"])
    np.testing.assert_allclose(forgetful["W_hh"], stack.grads["1.W_hh"])  # "dW is right" …
    assert all(np.abs(mistaken[n] - stack.grads[f"0.{n}"]).max() > 1e-2 for n in low.params)  # … one layer up only


def test_the_final_state_is_not_taken_for_the_initial_state():
    """After one step dW_hh is h_0' da: zero without an initial state, whatever the final state is."""
    layer, (p, x, h0, dh), _ = rnn_problem(seed=4)
    layer.forward(x[:, :1], h0)
    layer.backward(dh[:, :1])
    da = dh[:, 0] * (1 - np.tanh(x[:, 0] @ p["W_xh"] + h0 @ p["W_hh"] + p["b_h"]) ** 2)
    np.testing.assert_allclose(layer.grads["W_hh"], h0.T @ da, atol=1e-14)
    layer.forward(x[:, :1])
    layer.backward(dh[:, :1])
    np.testing.assert_array_equal(layer.grads["W_hh"], 0)
    assert layer.grads["W_xh"].any()


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("both_ways", [False, True])
@pytest.mark.parametrize("kind", CELLS)
def test_no_state_leaks_from_one_call_to_the_next(kind, layers, both_ways):
    rng = np.random.default_rng(5)
    layer = network(kind, D, H, rng, layers=layers, both_ways=both_ways)
    x = rng.normal(size=(B, T, D))
    first, final = layer.forward(x)
    layer.forward(10 * x, random_state(layer, B, rng), np.array([1, T, 0]))
    layer.backward(np.ones_like(first))
    again, final_again = layer.forward(x)
    np.testing.assert_array_equal(first, again)
    assert_close(arrays_of(final), arrays_of(final_again), 0)
    assert layer.forward(x[:1])[0].shape[0] == 1, "another batch size is another call"


def test_no_state_leaks_through_a_model_or_between_batches_of_fit():
    model = rnn.Sequential([rnn.LSTM(D, H, rng=np.random.default_rng(6)), rnn.Dense(H, 2)])
    x, y = np.ones((B, T, D), np.float32), np.zeros((B, T), int)
    before, _ = model.forward(x)
    rnn.fit(
        model,
        lambda rng: [rnn.Batch(x, y), rnn.Batch(x[:2], y[:2])],  # of different sizes: a leaked state would not fit
        loss=rnn.softmax_cross_entropy,
        optimizer=rnn.SGD(1e-9),
        epochs=2,
        progress=False,
    )
    np.testing.assert_allclose(model.forward(x)[0], before, atol=1e-6)


@pytest.mark.parametrize("optimizer", [lambda: rnn.SGD(0.1), lambda: rnn.SGD(0.1, momentum=0.9), lambda: rnn.Adam()])
@pytest.mark.parametrize("kind", CELLS)
def test_cells_survive_their_second_update(kind, optimizer):
    rng = np.random.default_rng(7)
    layer, opt = cell(kind, D, H, rng), optimizer()
    arrays = dict(layer.params)
    for steps in (T, 2, T, 1):
        x = rng.normal(size=(B, steps, D))
        h, state = layer.forward(x)
        layer.backward(h, state)
        opt.step(layer.params, layer.grads)
        assert all(layer.params[name] is a and np.isfinite(a).all() for name, a in arrays.items())


def constructed():
    """One object of each public class; a new class must be added here."""
    fit = {"loss": rnn.mean_squared_error, "optimizer": rnn.SGD(0.1), "epochs": 1, "progress": False}
    model, x = rnn.Sequential([rnn.Dense(2, 1)]), np.zeros((1, 2), np.float32)
    batch = rnn.Batch(x, x[:, :1])
    p = np.ones(2)
    seq2seq = [rnn.Embedding(3, 2), rnn.GRU(2, 4), rnn.Embedding(5, 2), rnn.GRU(2, 4), rnn.Dense(4, 5)]
    report = rnn.check_gradients(lambda: float((p**2).sum()), {"p": p}, {"p": 2 * p})
    return [
        *(rnn.RNN(2, 3, activation=name) for name in ("tanh", "sigmoid", "relu", "identity")),
        *(rnn.LSTM(2, 3), rnn.GRU(2, 3), rnn.GRU(2, 3, reset_after=False)),
        *(rnn.Bidirectional(rnn.LSTM(2, 3), rnn.LSTM(2, 3)), rnn.Stacked.of(rnn.GRU, 2, 3, 2)),
        *(rnn.Dense(2, 3), rnn.Embedding(2, 3), rnn.Dropout(0.5), rnn.Pool("last"), model, rnn.Seq2Seq(*seq2seq)),
        *(rnn.SGD(0.1), rnn.SGD(0.1, momentum=0.9), rnn.Adam(), batch, rnn.array_batches(x, x, 1)),
        *(rnn.Vocabulary(["a"]), rnn.fit(model, lambda rng: [batch], **fit), report, *report.checks),
        rnn.Generated([1], -1.0, True),
        rnn.ACTIVATIONS["tanh"],
    ]


def test_every_public_class_can_be_constructed():
    kinds = {type(thing) for thing in constructed()}
    public = [getattr(rnn, name) for name in rnn.__all__]
    wanted = {thing for thing in public if inspect.isclass(thing)} - {rnn.Layer, rnn.Recurrent, rnn.Optimizer}
    assert wanted <= kinds, f"not tried: {wanted - kinds}"


def test_a_masked_row_of_probability_zero_does_not_give_nan():
    z = np.array([[0.0, -np.inf], [1.0, 2.0]])
    targets, mask = np.array([1, 0]), np.array([False, True])
    with np.errstate(all="ignore"):
        log_p = np.log(rnn.softmax(z))[[0, 1], targets]
        assert np.isnan((log_p * mask).sum()), "0 times minus infinity, as others compute it"
    loss, gradient = rnn.softmax_cross_entropy(z, targets, mask)
    assert loss == pytest.approx(math.log(1 + math.e))
    np.testing.assert_array_equal(gradient[0], 0)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("loss", [rnn.softmax_cross_entropy, rnn.binary_cross_entropy, rnn.mean_squared_error])
def test_all_rows_masked_divide_by_nothing(loss):
    targets = np.zeros((2, 3), int) if loss is rnn.softmax_cross_entropy else np.zeros((2, 3, 4))
    value, gradient = loss(np.ones((2, 3, 4)), targets, np.zeros((2, 3) if targets.ndim == 2 else (2, 3, 4), bool))
    assert value == 0
    np.testing.assert_array_equal(gradient, np.zeros((2, 3, 4)))
    assert metrics.accuracy(np.ones((2, 3, 4)), np.zeros((2, 3), int), np.zeros((2, 3), bool)) == 0


def test_perplexity_is_averaged_over_tokens_not_over_batches():
    losses, counts = [1.0, 3.0], [90, 10]
    assert metrics.perplexity(losses, counts) == pytest.approx(math.exp(1.2))
    assert abs(math.exp(np.mean(losses)) - math.exp(1.2)) > 1, "what averaging over batches would give"


def test_losses_of_fit_are_averaged_over_tokens_not_over_batches():
    model = rnn.Sequential([rnn.Dense(1, 2)])
    for p in model.params.values():
        p[...] = 0
    model.params["0.b"][...] = [0, 1]
    big, small = np.zeros((9, 1), np.float32), np.zeros((1, 1), np.float32)
    batches = [rnn.Batch(big, np.ones(9, int)), rnn.Batch(small, np.zeros(1, int))]
    found = rnn.evaluate(model, lambda rng: batches, loss=rnn.softmax_cross_entropy)
    good, bad = math.log(1 + math.exp(-1)), math.log(1 + math.e)
    assert found["loss"] == pytest.approx((9 * good + bad) / 10, rel=1e-6)
    assert found["accuracy"] == pytest.approx(0.9)


def test_embedding_gradients_of_a_token_that_comes_twice_are_added():
    embedding = rnn.Embedding(4, 2, dtype=np.float64)
    ids, dy = np.array([[3, 1, 3], [3, 0, 1]]), np.arange(12.0).reshape(2, 3, 2) + 1
    embedding.forward(ids)
    embedding.backward(dy)
    right, mistaken = np.zeros((4, 2)), np.zeros((4, 2))
    for b, t in np.ndindex(ids.shape):
        right[ids[b, t]] += dy[b, t]
    mistaken[ids.reshape(-1)] += dy.reshape(-1, 2)
    np.testing.assert_array_equal(embedding.grads["W"], right)
    assert (mistaken != right).any()
    embedding.backward(dy)
    np.testing.assert_array_equal(embedding.grads["W"], right, err_msg="the gradient before must not stay")
    embedding.backward(dy, accumulate=True)
    np.testing.assert_array_equal(embedding.grads["W"], 2 * right)


def test_clipping_by_norm_is_by_one_norm_for_all_parameters():
    grads = {"a": np.array([3.0, 0.0]), "b": np.array([[0.0], [4.0]])}
    assert rnn.clip_grad_norm(grads, 1.0) == pytest.approx(5)
    np.testing.assert_allclose(grads["a"], [0.6, 0])
    np.testing.assert_allclose(grads["b"], [[0], [0.8]])  # clipped one by one, both would have the length 1


def test_adams_epsilon_is_added_after_the_bias_correction():
    p, g, eps, lr = {"w": np.array([1.0])}, {"w": np.array([1e-6])}, 1e-6, 0.1
    rnn.Adam(lr, epsilon=eps).step(p, g)
    right = 1 - lr * 1e-6 / (1e-6 + eps)
    v = (1 - 0.999) * 1e-12
    mistaken = 1 - lr * math.sqrt(1 - 0.999) / (1 - 0.9) * (0.1 * 1e-6) / (math.sqrt(v) + eps)
    assert p["w"][0] == pytest.approx(right, rel=1e-12)
    assert abs(mistaken - right) > 0.01


def test_bleu_does_not_divide_by_zero():
    assert metrics.bleu([[]], [[["a"]]]) == 0
    assert metrics.bleu([["a"]], [[[]]]) == 0
    assert metrics.bleu([["a", "b", "c"]], [[["a", "b", "c"]]]) == 0  # there is no 4-gram
    assert metrics.bleu([["a", "b", "c"]], [[["a", "b", "c"]]], max_n=3) == 1
    assert metrics.bleu([["x"]], [[["a"]]], smooth=True) == 0


def test_bleu_does_not_join_n_grams_without_a_separator():
    hypothesis, reference = ["ab", "c"], ["a", "bc"]
    assert "".join(hypothesis) == "".join(reference)
    assert metrics.bleu([hypothesis], [[reference]], max_n=2) == 0
    spaced = [["a b", "c", "d", "e"]], [[["a", "b c", "d", "e"]]]
    assert metrics.bleu(*spaced, max_n=1) == pytest.approx(0.5)


def test_imdb_has_no_pickles(monkeypatch):
    def forbidden(*args, **kwargs):
        raise AssertionError("nothing may be unpickled")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, forbidden)
    data = rnn.datasets.load_imdb(source="mini")
    assert all(type(text) is str for text in data.train.texts)
    assert data.train.labels.dtype == data.train.ratings.dtype == np.int8
    with pytest.raises(AssertionError):
        pickle.loads(b"")


def test_imdb_word_numbers_are_not_off_by_three():
    texts = rnn.datasets.load_imdb(source="mini").train.texts[:50]
    docs = [rnn.tokenize(text) for text in texts]
    vocabulary = rnn.Vocabulary.build(docs)
    assert [vocabulary.decode(vocabulary.encode(doc)) for doc in docs] == docs
    assert vocabulary.tokens[:2] == ["<pad>", "<unk>"]
    assert vocabulary.encode(vocabulary.tokens) == list(range(len(vocabulary)))
    assert vocabulary.encode(["never seen before"]) == [vocabulary.unk_id] == [1]


def test_imdb_reviews_are_truncated_not_dropped():
    docs = [rnn.tokenize(text) for text in rnn.datasets.load_imdb(source="mini").train.texts]
    vocabulary = rnn.Vocabulary.build(docs)
    limit = int(np.median([len(doc) for doc in docs]))
    assert any(len(doc) > limit for doc in docs)
    ids, lengths = rnn.pad_sequences([vocabulary.encode(doc) for doc in docs], length=limit)
    assert ids.shape == (len(docs), limit)
    assert lengths.tolist() == [min(len(doc), limit) for doc in docs]


def test_imdb_labels_are_complete_balanced_and_zero_or_one():
    data = rnn.datasets.load_imdb(source="mini")
    for half in (data.train, data.test):
        assert len(half.texts) == len(half.labels) == len(half.ratings) > 0
        assert np.bincount(half.labels).tolist() == [len(half.texts) / 2] * 2
        np.testing.assert_array_equal(half.labels == 1, half.ratings >= 7)
        np.testing.assert_array_equal(half.labels == 0, half.ratings <= 4)
