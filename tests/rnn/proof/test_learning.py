"""The cells learn what needs memory: four toy tasks to a stated threshold, in seconds.

Each threshold is checked on sequences the model has not seen; echo and parity on sequences several times longer than
those it was trained on. The seeds are fixed; the thresholds hold for others too.
"""

import math

import numpy as np

import rnn
from rnn import metrics
from rnn.datasets import tasks


def trained(layers, draw, loss, steps, lr, rng):
    """A model trained on fresh examples for one epoch of so many steps."""
    model = rnn.Sequential(layers)
    rnn.fit(
        model,
        lambda rng: (rnn.Batch(x, y, mask=mask) for x, y, mask in (draw(rng) for _ in range(steps))),
        loss=loss,
        optimizer=rnn.Adam(lr),
        epochs=1,
        clip_norm=1.0,
        rng=rng,
        progress=False,
    )
    return model


def test_lstm_learns_the_adding_problem_to_a_mean_squared_error_below_a_hundredth():
    rng = np.random.default_rng(0)
    layers = [rnn.LSTM(2, 24, rng=rng), rnn.Pool("last"), rnn.Dense(24, 1, rng=rng)]
    x, y = tasks.adding_problem(1000, 20, np.random.default_rng(1))
    assert metrics.mean_squared_error(np.ones_like(y), y) > 0.15, "what no memory gives: 1/6"
    model = trained(
        layers, lambda rng: (*tasks.adding_problem(32, 20, rng), None), rnn.mean_squared_error, 500, 0.01, rng
    )
    assert metrics.mean_squared_error(model.forward(x)[0], y) < 0.01


def test_gru_learns_to_copy_99_percent_of_the_letters():
    rng = np.random.default_rng(0)
    layers = [rnn.Embedding(6, 16, rng=rng), rnn.GRU(16, 48, rng=rng), rnn.Dense(48, 6, rng=rng)]
    x, y, mask = tasks.copy_problem(1000, 3, 8, np.random.default_rng(1), symbols=4)
    model = trained(
        layers, lambda rng: tasks.copy_problem(32, 3, 8, rng, symbols=4), rnn.softmax_cross_entropy, 450, 0.01, rng
    )
    out, _ = model.forward(x)
    assert metrics.accuracy(out, y, mask) >= 0.99
    assert rnn.softmax_cross_entropy(out, y, mask)[0] < 0.1 < math.log(4), "what no memory gives: ln 4"


def test_rnn_learns_to_echo_every_bit_and_goes_on_for_longer_than_it_was_trained():
    rng = np.random.default_rng(0)
    layers = [rnn.RNN(1, 24, rng=rng), rnn.Dense(24, 2, rng=rng)]
    x, y, mask = tasks.echo_problem(500, 100, 4, np.random.default_rng(1))
    model = trained(layers, lambda rng: tasks.echo_problem(32, 30, 4, rng), rnn.softmax_cross_entropy, 200, 0.01, rng)
    out, _ = model.forward(x)
    assert metrics.accuracy(out, y, mask) >= 0.999
    assert rnn.softmax_cross_entropy(out, y, mask)[0] < 0.01 < math.log(2), "what no memory gives: ln 2"


def test_gru_learns_parity_of_twelve_bits_and_keeps_it_over_a_hundred():
    rng = np.random.default_rng(0)
    layers = [rnn.GRU(1, 12, rng=rng), rnn.Dense(12, 2, rng=rng)]
    x, y = tasks.parity_problem(500, 100, np.random.default_rng(1))
    untrained = metrics.accuracy(rnn.Sequential(layers).forward(x)[0], y)
    assert 0.4 < untrained < 0.6, "what no memory gives: one half"
    model = trained(
        layers, lambda rng: (*tasks.parity_problem(32, 12, rng), None), rnn.softmax_cross_entropy, 500, 0.02, rng
    )
    assert metrics.accuracy(model.forward(x)[0], y) >= 0.99


def test_training_on_one_batch_overfits_it():
    """The first thing to try on a new model: labels drawn at random, learned by heart."""
    rng = np.random.default_rng(0)
    both_ways = rnn.Bidirectional(rnn.LSTM(8, 16, rng=rng), rnn.LSTM(8, 16, rng=rng))
    model = rnn.Sequential([rnn.Embedding(20, 8, rng=rng), both_ways, rnn.Pool("max+mean"), rnn.Dense(64, 1, rng=rng)])
    ids, y, lengths = rng.integers(0, 20, (16, 9)), rng.integers(0, 2, 16), rng.integers(1, 10, 16)
    batch = rnn.Batch(ids, y, lengths)
    options = {"loss": rnn.binary_cross_entropy, "optimizer": rnn.Adam(0.01), "epochs": 60, "progress": False}
    history = rnn.fit(model, lambda rng: [batch], **options)
    assert abs(history["loss"][0] - math.log(2)) < 0.1, "an untrained model knows nothing: ln 2"
    assert history["loss"][-1] < 0.02
    assert history["accuracy"][-1] == 1


def test_truncated_backpropagation_uses_the_state_it_carries():
    """Gradients see one step only; what came before the current token is in the carried state or nowhere."""
    text = np.tile([0, 1, 2, 0, 2, 1], 400)  # what follows 0 is what came before it
    final = {}
    for carry in (True, False):
        rng = np.random.default_rng(0)
        model = rnn.Sequential([rnn.Embedding(3, 8, rng=rng), rnn.GRU(8, 24, rng=rng), rnn.Dense(24, 3, rng=rng)])
        batches = rnn.truncated_batches(text, 8, 1)
        history = rnn.fit(
            model,
            lambda rng, batches=batches, carry=carry: (b._replace(carry=b.carry and carry) for b in batches(rng)),
            loss=rnn.softmax_cross_entropy,
            optimizer=rnn.Adam(0.01),
            epochs=3,
            progress=False,
        )
        final[carry] = history["loss"][-1]
    coin_tosses = math.log(2)  # without memory, what follows 0, 1 and 2 is a coin toss between the other two
    assert final[True] < 0.05
    assert final[False] > 0.9 * coin_tosses
