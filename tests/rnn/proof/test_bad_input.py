"""What a reader is told: bad calls of everything public, each with the error it raises and its whole message.

A message is one sentence that names what was wanted and what came, raised where the mistake was made, not ten calls
later.
"""

import re

import numpy as np
import pytest

import rnn
from rnn import convert, metrics
from rnn.datasets import tasks

B, T, D, H = 2, 4, 3, 5
X, HIDDEN, STATE = np.zeros((B, T, D), np.float32), np.zeros((B, T, H), np.float32), np.zeros((B, H), np.float32)
IDS, ONES = np.zeros((B, T), int), np.ones(3)
VOCABULARY = rnn.Vocabulary(["a", "b"])
SAME = rnn.RNN(3, 3)
BATCH = rnn.Batch(IDS, np.zeros(B, int))


def RNN():  # noqa: N802
    return rnn.RNN(D, H)


def LSTM():  # noqa: N802
    return rnn.LSTM(D, H)


def ran(layer, x):
    """Run a layer forward, for what may go wrong on the way back."""
    layer.forward(x)
    return layer


def model():
    return rnn.Sequential([rnn.Embedding(7, D), rnn.LSTM(D, H), rnn.Pool("last"), rnn.Dense(H, 2)])


def model_with_nan():
    broken = model()
    broken.params["3.W"][0, 0] = np.nan
    return broken


def fit(broken=None, batches=lambda rng: [BATCH], **options):
    usual = {"loss": rnn.softmax_cross_entropy, "optimizer": rnn.SGD(0.1), "epochs": 1, "progress": False}
    return rnn.fit(broken or model(), batches, **(usual | options))


def seq2seq(**changed):
    parts = {
        "source_embedding": rnn.Embedding(7, D),
        "encoder": rnn.LSTM(D, H),
        "target_embedding": rnn.Embedding(9, 4),
    }
    return rnn.Seq2Seq(**(parts | {"decoder": rnn.LSTM(4, H), "readout": rnn.Dense(H, 9)} | changed))


def step(tokens, state):
    return np.zeros((len(tokens), 3)), state


BAD_CALLS = [
    # cells, built
    (
        lambda: rnn.RNN(0, 5),
        ValueError,
        "RNN: input_size must be at least 1, got 0.",
    ),
    (
        lambda: rnn.RNN(3, 2.5),
        TypeError,
        "RNN: hidden_size must be a whole number, got float.",
    ),
    (
        lambda: rnn.RNN(3, 5, activation="softsign"),
        ValueError,
        "activation must be one of tanh, sigmoid, relu, identity, got 'softsign'.",
    ),
    (
        lambda: rnn.LSTM(3, 5, rng=0),
        TypeError,
        "LSTM: rng must be a numpy.random.Generator, got int; np.random.default_rng(seed) makes one.",
    ),
    (
        lambda: rnn.LSTM(3, 5, dtype=int),
        TypeError,
        "LSTM: dtype must be np.float32 or np.float64, got <class 'int'>.",
    ),
    (
        lambda: rnn.LSTM(3, 5, dtype="double!"),
        TypeError,
        "LSTM: dtype must be np.float32 or np.float64, got 'double!'.",
    ),
    # cells, run
    (
        lambda: RNN().forward([[1.0]]),
        TypeError,
        "RNN.forward: x must be a NumPy array of shape (B, T, 3), got list.",
    ),
    (
        lambda: RNN().forward(X[0]),
        ValueError,
        "RNN.forward: x must have shape (B, T, 3), got (4, 3).",
    ),
    (
        lambda: RNN().forward(HIDDEN),
        ValueError,
        "RNN.forward: x must have shape (B, T, 3), got (2, 4, 5).",
    ),
    (
        lambda: RNN().forward(X.astype(float)),
        TypeError,
        "RNN.forward: x must be float32 like the layer's weights, got float64; convert it with "
        "x.astype(np.float32) or build the layer with dtype=np.float64.",
    ),
    (
        lambda: rnn.GRU(3, 5, dtype=np.float64).forward(X),
        TypeError,
        "GRU.forward: x must be float64 like the layer's weights, got float32; convert it with "
        "x.astype(np.float64) or build the layer with dtype=np.float32.",
    ),
    (
        lambda: RNN().forward(X.astype(int)),
        TypeError,
        "RNN.forward: x must be float32 like the layer's weights, got int64; convert it with x.astype(np.float32).",
    ),
    (
        lambda: LSTM().forward(X[:0]),
        ValueError,
        "LSTM.forward: x must hold at least one sequence, got a batch of 0.",
    ),
    (
        lambda: RNN().forward(X, None, [1]),
        ValueError,
        "RNN.forward: lengths must have shape (2,), got (1,).",
    ),
    (
        lambda: RNN().forward(X, None, [1, 5]),
        ValueError,
        "RNN.forward: every length must lie between 0 and 4, the number of time steps, got 1 to 5.",
    ),
    (
        lambda: RNN().forward(X, None, [-1, 4]),
        ValueError,
        "RNN.forward: every length must lie between 0 and 4, the number of time steps, got -1 to 4.",
    ),
    (
        lambda: RNN().forward(X, None, [1.0, 2.0]),
        TypeError,
        "RNN.forward: lengths must be whole numbers, got float64.",
    ),
    (
        lambda: RNN().forward(X, STATE[:1]),
        ValueError,
        "RNN.forward: state must have shape (2, 5), got (1, 5).",
    ),
    (
        lambda: RNN().forward(X, STATE.astype(float)),
        TypeError,
        "RNN.forward: state must be float32 like the layer's weights, got float64; convert it with "
        "state.astype(np.float32) or build the layer with dtype=np.float64.",
    ),
    (
        lambda: RNN().forward(X, (STATE, STATE)),
        TypeError,
        "RNN.forward: state must be a NumPy array of shape (2, 5), got tuple.",
    ),
    (
        lambda: LSTM().forward(X, STATE),
        TypeError,
        "LSTM.forward: state must be a pair (h, c) of arrays, got ndarray of 2.",
    ),
    (
        lambda: LSTM().forward(X, (STATE, STATE, STATE)),
        TypeError,
        "LSTM.forward: state must be a pair (h, c) of arrays, got tuple of 3.",
    ),
    (
        lambda: LSTM().forward(X, (STATE, STATE[:, :2])),
        ValueError,
        "LSTM.forward: state's c must have shape (2, 5), got (2, 2).",
    ),
    (
        lambda: RNN().backward(HIDDEN),
        RuntimeError,
        "RNN.backward: call forward first; backward gives the gradients of the last forward.",
    ),
    (
        lambda: ran(RNN(), X).backward(HIDDEN[:, :3]),
        ValueError,
        "RNN.backward: dh must have shape (2, 4, 5), got (2, 3, 5).",
    ),
    (
        lambda: ran(RNN(), X).backward(HIDDEN.astype(float)),
        TypeError,
        "RNN.backward: dh must be float32 like the layer's weights, got float64; convert it with "
        "dh.astype(np.float32) or build the layer with dtype=np.float64.",
    ),
    (
        lambda: ran(LSTM(), X).backward(HIDDEN, STATE),
        TypeError,
        "LSTM.backward: dstate must be a pair (h, c) of arrays, got ndarray of 2.",
    ),
    (
        lambda: RNN().step(X),
        ValueError,
        "RNN.step: x_t must have shape (B, 3), got (2, 4, 3).",
    ),
    (
        lambda: RNN().step(STATE),
        ValueError,
        "RNN.step: x_t must have shape (B, 3), got (2, 5).",
    ),
    (
        lambda: LSTM().step(X[:, 0], STATE),
        TypeError,
        "LSTM.step: state must be a pair (h, c) of arrays, got ndarray of 2.",
    ),
    # wrappers
    (
        lambda: rnn.Bidirectional(RNN(), rnn.RNN(3, 4)),
        ValueError,
        "Bidirectional: both layers must have the same input size, hidden size and dtype, "
        "got (3, 5, 'float32') and (3, 4, 'float32').",
    ),
    (
        lambda: rnn.Stacked(RNN()),
        TypeError,
        "Stacked: layers must be a list of layers, got RNN.",
    ),
    (
        lambda: rnn.Sequential(RNN()),
        TypeError,
        "Sequential: layers must be a list of layers, got RNN.",
    ),
    (
        lambda: rnn.GRU(3, 5, reset_after="no"),
        TypeError,
        "GRU: reset_after must be True or False, got 'no'.",
    ),
    (
        lambda: rnn.RNN(3, 5, activation=["tanh"]),
        ValueError,
        "activation must be one of tanh, sigmoid, relu, identity, got ['tanh'].",
    ),
    (
        lambda: rnn.Dropout("half"),
        TypeError,
        "Dropout: rate must be a number, got str.",
    ),
    (
        lambda: rnn.Pool("mean").forward(np.ones((2, 4, 5), int)),
        TypeError,
        "Pool.forward: x must hold floating-point numbers, got int64.",
    ),
    (
        lambda: fit(batches=[BATCH]),
        TypeError,
        "fit: batches must be a function of a generator that yields batches, got list.",
    ),
    (
        lambda: fit(validation=[BATCH]),
        TypeError,
        "fit: validation must be a function of a generator that yields batches, got list.",
    ),
    (
        lambda: rnn.evaluate(model(), [BATCH], loss=rnn.softmax_cross_entropy),
        TypeError,
        "evaluate: batches must be a function of a generator that yields batches, got list.",
    ),
    (
        lambda: fit(schedule=lambda epoch: -0.1),
        ValueError,
        "fit: the schedule's learning rate must be > 0, got -0.1.",
    ),
    (
        lambda: fit(clip_norm=-1),
        ValueError,
        "fit: clip_norm must be > 0, got -1.",
    ),
    (
        lambda: rnn.Bidirectional(SAME, SAME),
        ValueError,
        "Bidirectional: the two directions must be two layers, got the same one twice.",
    ),
    (
        lambda: rnn.Bidirectional(RNN(), rnn.Dense(3, 5)),
        TypeError,
        "Bidirectional: both layers must be recurrent, got Dense.",
    ),
    (
        lambda: rnn.Bidirectional(RNN(), rnn.RNN(4, 5)),
        ValueError,
        "Bidirectional: both layers must have the same input size, hidden size and dtype, "
        "got (3, 5, 'float32') and (4, 5, 'float32').",
    ),
    (
        lambda: rnn.Bidirectional(RNN(), rnn.RNN(3, 5, dtype=np.float64)),
        ValueError,
        "Bidirectional: both layers must have the same input size, hidden size and dtype, "
        "got (3, 5, 'float32') and (3, 5, 'float64').",
    ),
    (
        lambda: rnn.Bidirectional(RNN(), RNN()).forward(X, STATE),
        TypeError,
        "Bidirectional.forward: state must be a pair (forward, backward), got ndarray of 2.",
    ),
    (
        lambda: rnn.Bidirectional(RNN(), RNN()).step(X[:, 0]),
        TypeError,
        "Bidirectional.step: a bidirectional layer needs the whole sequence; call forward instead.",
    ),
    (
        lambda: ran(rnn.Bidirectional(RNN(), RNN()), X).backward(HIDDEN),
        ValueError,
        "Bidirectional.backward: dh must have shape (2, 4, 10), got (2, 4, 5).",
    ),
    (
        lambda: rnn.Stacked([]),
        ValueError,
        "Stacked: at least one layer is needed, got none.",
    ),
    (
        lambda: rnn.Stacked([RNN(), RNN()]),
        ValueError,
        "Stacked: layer 1 must take 5 features of float32 from the layer below, got one for 3 of float32.",
    ),
    (
        lambda: rnn.Stacked([RNN(), rnn.Dense(5, 5)]),
        TypeError,
        "Stacked: every layer must be recurrent, got Dense as number 1.",
    ),
    (
        lambda: rnn.Stacked([SAME, SAME]),
        ValueError,
        "Stacked: every layer must be its own object, got one as number 0 and 1.",
    ),
    (
        lambda: rnn.Stacked.of(rnn.RNN, 3, 5, 0),
        ValueError,
        "Stacked.of: num_layers must be at least 1, got 0.",
    ),
    (
        lambda: rnn.Stacked.of(rnn.RNN, 3, 5, 2).forward(X, [STATE]),
        TypeError,
        "Stacked.forward: state must be a list with one state for each of 2 layers, got list of 1.",
    ),
    # layers
    (
        lambda: rnn.Dense(3, 2).forward(STATE),
        ValueError,
        "Dense.forward: x must have shape (B, 3), got (2, 5).",
    ),
    (
        lambda: rnn.Dense(3, 2).forward(X[0, 0]),
        ValueError,
        "Dense.forward: x must have shape (B, T, 3), got (3,).",
    ),
    (
        lambda: rnn.Dense(3, 2).forward(X.astype(float)),
        TypeError,
        "Dense.forward: x must be float32 like the layer's weights, got float64; convert it with "
        "x.astype(np.float32) or build the layer with dtype=np.float64.",
    ),
    (
        lambda: ran(rnn.Dense(3, 2), X).backward(X),
        ValueError,
        "Dense.backward: dy must have shape (2, 4, 2), got (2, 4, 3).",
    ),
    (
        lambda: rnn.Embedding(7, 3).forward(X[:, :, 0]),
        TypeError,
        "Embedding.forward: x must hold whole numbers (token ids), got float32.",
    ),
    (
        lambda: rnn.Embedding(7, 3).forward(np.array([[7]])),
        ValueError,
        "Embedding.forward: every id must lie between 0 and 6, got 7 to 7.",
    ),
    (
        lambda: rnn.Embedding(7, 3).forward(np.array([[-1]])),
        ValueError,
        "Embedding.forward: every id must lie between 0 and 6, got -1 to -1.",
    ),
    (
        lambda: rnn.Embedding(7, 3).forward(IDS[None]),
        ValueError,
        "Embedding.forward: x must have shape (B, T), got (1, 2, 4).",
    ),
    (
        lambda: rnn.Dropout(1.0),
        ValueError,
        "Dropout: rate must be at least 0 and less than 1, got 1.0.",
    ),
    (
        lambda: rnn.Dropout(0.5).forward(IDS, training=True),
        TypeError,
        "Dropout.forward: x must be a floating-point array, got int64 of shape (2, 4).",
    ),
    (
        lambda: rnn.Pool("sum"),
        ValueError,
        "Pool: kind must be one of last, mean, max, max+mean, got 'sum'.",
    ),
    (
        lambda: rnn.Pool("max").forward(STATE),
        ValueError,
        "Pool.forward: x must have shape (B, T, H), got (2, 5).",
    ),
    (
        lambda: rnn.Pool("last", bidirectional=True).forward(X),
        ValueError,
        "Pool.forward: after a bidirectional layer H must be even, got 3.",
    ),
    # models
    (
        lambda: rnn.Sequential([]),
        ValueError,
        "Sequential: at least one layer is needed, got none.",
    ),
    (
        lambda: rnn.Sequential([rnn.Dense(3, 2), "relu"]),
        TypeError,
        "Sequential: every layer must be a Layer, got str as number 1.",
    ),
    (
        lambda: rnn.Sequential([SAME, SAME]),
        ValueError,
        "Sequential: every layer must be its own object, got one as number 0 and 1.",
    ),
    (
        lambda: rnn.Sequential([rnn.LSTM]),
        TypeError,
        "Sequential: every layer must be a Layer, got type as number 0.",
    ),
    (
        lambda: model().forward(IDS, states=[None]),
        TypeError,
        "Sequential.forward: states must be a list with one entry for each of 4 layers, got list of 1.",
    ),
    (
        lambda: rnn.Sequential([rnn.LSTM(3, 5), rnn.Dense(4, 2)]).forward(X),
        ValueError,
        "Dense.forward: x must have shape (B, T, 4), got (2, 4, 5).",
    ),
    (
        lambda: model().backward(STATE),
        RuntimeError,
        "Dense.backward: call forward first; backward gives the gradients of the last forward.",
    ),
    # losses
    (
        lambda: rnn.softmax_cross_entropy(IDS, IDS[:, 0]),
        TypeError,
        "softmax_cross_entropy: logits must be float32 or float64, got int64; convert with .astype(np.float32).",
    ),
    (
        lambda: rnn.softmax_cross_entropy(STATE, STATE),
        TypeError,
        "softmax_cross_entropy: targets must be class numbers of an integer dtype, got float32; one-hot rows "
        "become class numbers with .argmax(axis=-1).",
    ),
    (
        lambda: rnn.softmax_cross_entropy(HIDDEN, np.zeros((2, 3), int)),
        ValueError,
        "softmax_cross_entropy: targets must have the shape of logits without the last axis, (2, 4), got (2, 3).",
    ),
    (
        lambda: rnn.softmax_cross_entropy(STATE, np.array([0, 5])),
        ValueError,
        "softmax_cross_entropy: every target that counts must lie between 0 and 4, the last of the 5 classes, got "
        "0 to 5.",
    ),
    (
        lambda: rnn.softmax_cross_entropy(STATE, np.array([0, 1]), mask=np.ones(3)),
        ValueError,
        "softmax_cross_entropy: mask must have shape (2,), got (3,).",
    ),
    (
        lambda: rnn.softmax_cross_entropy(STATE, np.array([0, 1]), mask=np.array([0.5, 1])),
        ValueError,
        "softmax_cross_entropy: mask must hold 0 (ignore) and 1 (count) only, got other numbers.",
    ),
    (
        lambda: rnn.binary_cross_entropy(STATE, np.zeros(2)),
        ValueError,
        "binary_cross_entropy: logits must have the shape of targets, (2,), or (2, 1), got (2, 5).",
    ),
    (
        lambda: rnn.binary_cross_entropy(STATE[:, 0], np.array([0, 2])),
        ValueError,
        "binary_cross_entropy: every target that counts must lie between 0 and 1, got 0 to 2.",
    ),
    (
        lambda: rnn.binary_cross_entropy(STATE[:, 0], np.array(["a", "b"])),
        TypeError,
        "binary_cross_entropy: targets must be real numbers, got str32.",
    ),
    (
        lambda: rnn.mean_squared_error(STATE[:, :1], np.zeros(2)),
        ValueError,
        "mean_squared_error: targets must have the shape of predictions, (2, 1), got (2,).",
    ),
    (
        lambda: rnn.mean_squared_error(STATE[:, 0], np.array([0, np.nan])),
        ValueError,
        "mean_squared_error: every target that counts must be finite, got NaN or infinity; mask missing values.",
    ),
    # optimizers
    (
        lambda: rnn.SGD(0),
        ValueError,
        "SGD: lr must be > 0, got 0.",
    ),
    (
        lambda: rnn.SGD("0.1"),
        TypeError,
        "SGD: lr must be a number, got str.",
    ),
    (
        lambda: rnn.SGD(0.1, momentum=1.0),
        ValueError,
        "SGD: momentum must be at least 0 and less than 1, got 1.0.",
    ),
    (
        lambda: rnn.Adam(beta1=1.0),
        ValueError,
        "Adam: beta1 must be at least 0 and less than 1, got 1.0.",
    ),
    (
        lambda: rnn.Adam(epsilon=0),
        ValueError,
        "Adam: epsilon must be > 0, got 0.",
    ),
    (
        lambda: rnn.SGD(0.1).step({"a": ONES}, {"b": ONES}),
        ValueError,
        "SGD: params and grads must have the same names, got 'a', 'b' in only one of them.",
    ),
    (
        lambda: rnn.SGD(0.1).step({"a": ONES}, {"a": ONES[:2]}),
        ValueError,
        "SGD: grads['a'] must have shape (3,), got (2,).",
    ),
    (
        lambda: rnn.SGD(0.1).step({"a": ONES}, {"a": ONES.astype(np.float32)}),
        TypeError,
        "SGD: grads['a'] must be float64 like the layer's weights, got float32; convert it with "
        "grads['a'].astype(np.float64) or build the layer with dtype=np.float32.",
    ),
    (
        lambda: rnn.SGD(0.1).step({"a": np.arange(3)}, {"a": ONES}),
        TypeError,
        "SGD: params['a'] must be a NumPy array of floating-point numbers, got int64.",
    ),
    (
        lambda: rnn.clip_grad_norm({"a": ONES}, 0),
        ValueError,
        "clip_grad_norm: max_norm must be > 0, got 0.",
    ),
    (
        lambda: rnn.clip_grad_norm({"a": ONES * np.nan}, 1.0),
        ValueError,
        "clip_grad_norm: gradients must be finite, got NaN or infinity in 'a'; lower the learning rate, or look "
        "for the first step at which this happens.",
    ),
    (
        lambda: rnn.clip_grad_value({"a": ONES}, -1),
        ValueError,
        "clip_grad_value: limit must be > 0, got -1.",
    ),
    # initializers and activations
    (
        lambda: rnn.uniform((2,), -1, np.random.default_rng()),
        ValueError,
        "uniform: scale must be a finite number ≥ 0, got -1.",
    ),
    (
        lambda: rnn.glorot_uniform((2,), np.random.default_rng()),
        ValueError,
        "glorot_uniform: shape must be a pair (inputs, outputs), got (2,).",
    ),
    (
        lambda: rnn.orthogonal((2, 2, 2), np.random.default_rng()),
        ValueError,
        "orthogonal: shape must be a pair (rows, columns), got (2, 2, 2).",
    ),
    (
        lambda: rnn.get_activation("swish"),
        ValueError,
        "activation must be one of tanh, sigmoid, relu, identity, got 'swish'.",
    ),
    # training
    (
        lambda: fit(epochs=0),
        ValueError,
        "fit: epochs must be at least 1, got 0.",
    ),
    (
        lambda: fit(patience=2),
        ValueError,
        "fit: patience needs validation batches to judge by, got none.",
    ),
    (
        lambda: fit(model_with_nan()),
        ValueError,
        "fit: 3.W must be finite, got 1 NaN or infinite values of 10.",
    ),
    (
        lambda: fit(batches=lambda rng: [(IDS, IDS)]),
        TypeError,
        "fit: batches must yield rnn.Batch(x, y, lengths, mask), got tuple.",
    ),
    (
        lambda: fit(batches=lambda rng: []),
        ValueError,
        "fit: batches must yield at least one item an epoch, got none in epoch 1.",
    ),
    (
        lambda: fit(rng=1),
        TypeError,
        "fit: rng must be a numpy.random.Generator, got int; np.random.default_rng(seed) makes one.",
    ),
    (
        lambda: rnn.evaluate(model(), lambda rng: [], loss=rnn.softmax_cross_entropy),
        ValueError,
        "evaluate: batches must yield at least one item, got none.",
    ),
    (
        lambda: rnn.array_batches(X, IDS, 0),
        ValueError,
        "array_batches: batch_size must be at least 1, got 0.",
    ),
    (
        lambda: rnn.array_batches(X, IDS[:1], 2),
        ValueError,
        "array_batches: there must be one target for each example, got 2 examples and 1 targets.",
    ),
    (
        lambda: rnn.array_batches(X[:0], IDS[:0], 2),
        ValueError,
        "array_batches: at least one example is needed, got none.",
    ),
    (
        lambda: rnn.bucketed_batches([[1]], np.zeros(2), 2),
        ValueError,
        "bucketed_batches: there must be one target for each example, got 1 examples and 2 targets.",
    ),
    (
        lambda: rnn.bucketed_batches([[1, 2]], [[1]], 2),
        ValueError,
        "bucketed_batches: targets given as sequences must be as long as their sequences, got another length.",
    ),
    (
        lambda: rnn.truncated_batches(np.arange(3), 4, 2),
        ValueError,
        "truncated_batches: 4 streams need at least 5 tokens, got 3.",
    ),
    (
        lambda: rnn.truncated_batches(IDS, 4, 2),
        ValueError,
        "truncated_batches: ids must have shape (N,), got (2, 4).",
    ),
    (
        lambda: rnn.truncated_batches(np.arange(30), 4, 0),
        ValueError,
        "truncated_batches: steps must be at least 1, got 0.",
    ),
    # text
    (
        lambda: rnn.tokenize(b"abc"),
        TypeError,
        "tokenize: text must be a string, got bytes.",
    ),
    (
        lambda: rnn.Vocabulary(["a", "a"]),
        ValueError,
        "Vocabulary: tokens must be different, at least one, got ['a'].",
    ),
    (
        lambda: rnn.Vocabulary([]),
        ValueError,
        "Vocabulary: tokens must be different, at least one, got none.",
    ),
    (
        lambda: rnn.Vocabulary([1]),
        TypeError,
        "Vocabulary: every token must be a string, got int.",
    ),
    (
        lambda: rnn.Vocabulary.build([["a"]], max_size=2),
        ValueError,
        "Vocabulary.build: max_size must exceed the number of specials, 2, got 2.",
    ),
    (
        lambda: VOCABULARY.encode(["c"]),
        ValueError,
        "Vocabulary: every token must be in the vocabulary, as it has no <unk>, got 'c'.",
    ),
    (
        lambda: VOCABULARY.decode([2]),
        ValueError,
        "Vocabulary.decode: every id must lie between 0 and 1, got 2 to 2.",
    ),
    (
        lambda: VOCABULARY.pad_id,
        ValueError,
        "Vocabulary: <pad> must be in the vocabulary, among its specials, got none.",
    ),
    (
        lambda: rnn.pad_sequences([]),
        ValueError,
        "pad_sequences: seqs must hold at least one sequence, got none.",
    ),
    (
        lambda: rnn.pad_sequences([[1]], pad="both"),
        ValueError,
        'pad_sequences: pad must be "right" or "left", got \'both\'.',
    ),
    (
        lambda: rnn.pad_sequences([[1.5]]),
        TypeError,
        "pad_sequences: seqs[0] must hold whole numbers, got float64.",
    ),
    (
        lambda: rnn.pad_sequences([[1]], length=0),
        ValueError,
        "pad_sequences: length must be at least 1, got 0.",
    ),
    # metrics
    (
        lambda: metrics.accuracy(STATE, np.zeros(3, int)),
        ValueError,
        "accuracy: logits must have the shape of targets, (3,), or one more axis for the classes, got (2, 5).",
    ),
    (
        lambda: metrics.accuracy(IDS, IDS[:, 0]),
        TypeError,
        "accuracy: logits must be floating-point numbers, got int64.",
    ),
    (
        lambda: metrics.perplexity([1.0], [0]),
        ValueError,
        "perplexity: counts must be ≥ 0 and at least one of them > 0, got [0].",
    ),
    (
        lambda: metrics.perplexity([1.0, 2.0], [1]),
        ValueError,
        "perplexity: losses and counts must have the same shape, got (2,) and (1,).",
    ),
    (
        lambda: metrics.mean_squared_error(STATE, STATE[:1]),
        ValueError,
        "mean_squared_error: targets must have the shape of predictions, (2, 5), got (1, 5).",
    ),
    (
        lambda: metrics.bleu(["a b"], [["a b"]]),
        TypeError,
        "bleu: every sentence must be a list of tokens, got str in sentence 0 (each sentence has a list of "
        "references, even of one).",
    ),
    (
        lambda: metrics.bleu([["a"]], []),
        ValueError,
        "bleu: hypotheses and references must have one entry for each of the same sentences, at least one, got 1 "
        "and 0.",
    ),
    (
        lambda: metrics.chrf([["a"]], [[["a"]]]),
        TypeError,
        "chrf: every sentence must be a string, got list in sentence 0 (each sentence has a list of references, "
        "even of one).",
    ),
    (
        lambda: metrics.chrf(["a"], [["a"]], beta=0),
        ValueError,
        "chrf: beta must be > 0, got 0.",
    ),
    # gradient checks
    (
        lambda: rnn.numerical_gradient(lambda: 0.0, STATE),
        TypeError,
        "numerical_gradient: array must be a float64 array, got float32, which leaves too few digits for a "
        "difference; build the layer with dtype=np.float64 and convert data with .astype(np.float64).",
    ),
    (
        lambda: rnn.numerical_gradient(lambda: None, ONES),
        TypeError,
        "numerical_gradient: loss() must return one number in float64, got NoneType.",
    ),
    (
        lambda: rnn.check_gradients(lambda: 0.0, {"a": ONES}, {"b": ONES}),
        ValueError,
        "check_gradients: params and grads must have the same names, got ['a'] and ['b'].",
    ),
    (
        lambda: rnn.check_gradients(iter([1.0, 2.0]).__next__, {"a": ONES}, {"a": ONES}),
        ValueError,
        "check_gradients: loss() must return the same number for the same parameters, got 1.0 and "
        "then 2.0; is dropout on, or a state kept between calls?",
    ),
    (
        lambda: rnn.check_gradients(lambda: 0.0, {"a": ONES}, {"a": ONES}, step=0),
        ValueError,
        "numerical_gradient: step must be > 0, got 0.",
    ),
    # sequence to sequence and generation
    (
        lambda: seq2seq(decoder=rnn.GRU(4, 5)),
        ValueError,
        "Seq2Seq: decoder must have a state like the encoder's, (h 5, c 5), got h 5.",
    ),
    (
        lambda: seq2seq(decoder=rnn.LSTM(3, 5)),
        ValueError,
        "Seq2Seq: decoder must take the 4 features that target_embedding gives, got one for 3.",
    ),
    (
        lambda: seq2seq(readout=rnn.Embedding(5, 9)),
        TypeError,
        "Seq2Seq: readout must be a layer Dense, got Embedding.",
    ),
    (
        lambda: seq2seq(encoder=rnn.Bidirectional(rnn.LSTM(3, 5), rnn.LSTM(3, 5))),
        TypeError,
        "Seq2Seq: encoder must be an RNN, LSTM, GRU, or Stacked of these, got Bidirectional.",
    ),
    (
        lambda: seq2seq().forward(IDS, None, IDS[:1]),
        ValueError,
        "Seq2Seq.forward: target_in must have shape (2, T), got (1, 4).",
    ),
    (
        lambda: seq2seq().backward(np.zeros((2, 4, 9), np.float32)),
        RuntimeError,
        "Seq2Seq.backward: call forward first; backward gives the gradients of the last forward.",
    ),
    (
        lambda: rnn.greedy(step, None, 3, 5),
        ValueError,
        "greedy: start must have shape (B,) with B at least 1, got ().",
    ),
    (
        lambda: rnn.greedy(step, None, [0], -1),
        ValueError,
        "greedy: max_steps must be at least 0, got -1.",
    ),
    (
        lambda: rnn.greedy(step, None, [0], 5, stop=3),
        ValueError,
        "greedy: stop must be one of the 3 tokens the logits are for, got 3.",
    ),
    (
        lambda: rnn.greedy(lambda t, s: (None, s), None, [0], 5),
        ValueError,
        "greedy: step must return logits of shape (1, V), got NoneType.",
    ),
    (
        lambda: rnn.greedy(lambda t, s: (np.full((1, 3), np.nan), s), None, [0], 5),
        ValueError,
        "greedy: logits must have a finite maximum in every row, got nan.",
    ),
    (
        lambda: rnn.sample(step, None, [0], 5, temperature=-1),
        ValueError,
        "sample: temperature must be finite and at least 0, got -1.",
    ),
    (
        lambda: rnn.sample(step, None, [0], 5, rng=42),
        TypeError,
        "sample: rng must be a numpy.random.Generator, got int; np.random.default_rng(seed) makes one.",
    ),
    (
        lambda: rnn.beam(step, None, 0, 5, 0),
        ValueError,
        "beam: width must be at least 1, got 0.",
    ),
    (
        lambda: rnn.beam(step, None, 0, 5, 2, alpha=-1.0),
        ValueError,
        "beam: alpha must be finite and at least 0, got -1.0.",
    ),
    (
        lambda: rnn.beam(step, None, [0], 5, 2),
        TypeError,
        "beam: start must be a whole number, got list.",
    ),
    (
        lambda: rnn.stepper(model())(np.zeros(1, int), [None]),
        ValueError,
        "stepper: state must have one entry a layer, 4, got 1.",
    ),
    # data sets
    (
        lambda: rnn.datasets.load_imdb(source="tiny"),
        ValueError,
        'load_imdb: source must be "auto", "full" or "mini", got \'tiny\'.',
    ),
    (
        lambda: rnn.datasets.load_weather("real"),
        ValueError,
        'load_weather: source must be "auto", "full" or "mini", got \'real\'.',
    ),
    (
        lambda: rnn.datasets.load_digits("x"),
        ValueError,
        'load_digits: source must be "auto", "full" or "mini", got \'x\'.',
    ),
    (
        lambda: tasks.adding_problem(2, 1),
        ValueError,
        "adding_problem: steps must be at least 2, one for each number to add, got 1.",
    ),
    (
        lambda: tasks.echo_problem(2, 4, 4),
        ValueError,
        "echo_problem: delay must be below the number of steps, 4, got 4.",
    ),
    (
        lambda: tasks.copy_problem(2, 0, 4),
        ValueError,
        "copy_problem: length must be at least 1, got 0.",
    ),
    (
        lambda: tasks.parity_problem(2.0, 4),
        TypeError,
        "parity_problem: batch_size must be a whole number, got float.",
    ),
    (
        lambda: tasks.written_dates(2, rng=7),
        TypeError,
        "written_dates: rng must be a numpy.random.Generator, got int; np.random.default_rng(seed) makes one.",
    ),
    # conversion
    (
        lambda: convert.to_pytorch(rnn.GRU(3, 5, reset_after=False)),
        ValueError,
        "convert: PyTorch's GRU is the one with reset_after=True, got reset_after=False.",
    ),
    (
        lambda: convert.to_keras(rnn.Pool("max")),
        TypeError,
        "convert: layer must be an RNN, LSTM, GRU, Dense or Embedding, or Bidirectional and Stacked ones of the "
        "first three, got Pool.",
    ),
    (
        lambda: convert.load_onnx(rnn.RNN(3, 5), {"W": ONES}),
        ValueError,
        "load_onnx: weights must be named W, R, B for RNN, got names without R, without B.",
    ),
    (
        lambda: convert.load_pytorch(
            rnn.Dense(3, 5), {"weight": np.zeros((3, 5), np.float32), "bias": np.zeros(5, np.float32)}
        ),
        ValueError,
        "load_pytorch: weight must have shape (5, 3), got (3, 5).",
    ),
    (
        lambda: convert.load_keras(rnn.RNN(3, 5), []),
        ValueError,
        "load_keras: the number of arrays must be 3 for RNN (kernel, recurrent_kernel, bias), got 0.",
    ),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD_CALLS, ids=[message[:60] for _, _, message in BAD_CALLS])
def test_a_bad_call_is_told_what_was_wanted_and_what_came(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert type(caught.value) is error
    assert str(caught.value) == message


def test_the_table_has_its_sixty_rows_and_every_message_is_a_sentence():
    assert len(BAD_CALLS) >= 60
    for _, _, message in BAD_CALLS:
        assert message.endswith((".", "?"))
        assert "\n" not in message
        assert len(message) < 260


def changed_file(path, change):
    """Write what model().save would have written, changed."""
    params = {name: array.copy() for name, array in model().params.items()}
    np.savez(path, **change(params))
    return path


def without(name, params):
    return {key: array for key, array in params.items() if key != name}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda p: without("3.b", p),
            "load: the file must hold the model's parameters; missing ['3.b'], not known none.",
        ),
        (
            lambda p: p | {"4.W": p["3.W"]},
            "load: the file must hold the model's parameters; missing none, not known ['4.W'].",
        ),
        (
            lambda p: p | {"0.W": np.zeros((8, 3), np.float32)},
            "load: 0.W must be float32 of shape (7, 3), got float32 of shape (8, 3).",
        ),
        (
            lambda p: p | {"3.W": p["3.W"].astype(np.float64)},
            "load: 3.W must be float32 of shape (5, 2), got float64 of shape (5, 2).",
        ),
        (
            lambda p: p | {"3.b": np.array([1, np.nan], np.float32)},
            "load: 3.b must be finite, got 1 NaN or infinite values of 2.",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_refused_and_changes_nothing(tmp_path, change, message):
    into = model()
    before = {name: array.copy() for name, array in into.params.items()}
    with pytest.raises(ValueError) as caught:
        into.load(changed_file(tmp_path / "model.npz", change))
    assert str(caught.value) == message
    for name, array in before.items():
        np.testing.assert_array_equal(into.params[name], array)


def test_a_missing_file_or_folder_is_named(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=re.escape(f"load: {tmp_path / 'no.npz'} must be a file written by save")
    ):
        model().load(tmp_path / "no.npz")
    with pytest.raises(FileNotFoundError, match=re.escape(f"save: the folder {tmp_path / 'no'} must be there already")):
        model().save(tmp_path / "no" / "model.npz")


@pytest.mark.parametrize("contents", [b"", b"hello", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_archive_is_refused_by_name(tmp_path, contents):
    path = tmp_path / "model.npz"
    path.write_bytes(contents)
    with pytest.raises(ValueError, match=re.escape(f"load: {path} must be a whole .npz file written by save, got")):
        model().load(path)


def test_a_loss_that_is_not_finite_stops_training_and_names_the_batch():
    def loss(out, y, mask):
        return np.nan, np.zeros_like(out)

    with pytest.raises(FloatingPointError) as caught:
        fit(loss=loss)
    assert str(caught.value) == (
        "fit: the loss became nan in epoch 1, batch 1; try a lower learning rate, or clip_norm."
    )
