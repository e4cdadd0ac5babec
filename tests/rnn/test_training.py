"""The loop every chapter uses: each step of it by hand, means over items, early stopping, states carried, bad input."""

import re

import numpy as np
import pytest
from tqdm import tqdm

from rnn import training
from rnn.batches import Batch, Batches, truncated_batches
from rnn.layers import Dense, Dropout
from rnn.losses import mean_squared_error, softmax_cross_entropy
from rnn.models import Sequential
from rnn.optimizers import SGD, Adam
from rnn.recurrent import RNN
from rnn.training import History, evaluate, fit

NAN = np.nan


def line(w=1.0, b=0.0):
    """One weight and one bias: y = w x + b."""
    model = Sequential([Dense(1, 1, dtype=np.float64)])
    model.params["0.W"][...], model.params["0.b"][...] = w, b
    return model


def column(*numbers):
    return np.array(numbers, float)[:, None]


def train(model, batches, **options):
    usual = {"loss": mean_squared_error, "optimizer": SGD(0.1), "epochs": 1, "progress": False}
    made = batches if callable(batches) else lambda rng: batches
    return fit(model, made, **(usual | options))


class Scripted:
    """A model whose output is its one parameter, and a loss read from a list: what fit does with it is all there is."""

    def __init__(self, losses):
        self.params, self.grads = {"w": np.zeros(1)}, {"w": np.array([-1.0])}
        self.losses, self.seen, self.backwards = iter(losses), [], []

    def forward(self, x, lengths=None, states=None, training=False):
        self.seen.append((x, lengths, states, training))
        return self.params["w"].copy(), f"after {x}"

    def backward(self, dout):
        self.backwards.append(dout)

    def loss(self, out, y, mask=None):
        return next(self.losses), y


# One step, one epoch


def test_a_step_by_hand():
    model = line(w=2.0, b=1.0)
    history = train(model, [Batch(column(1, 3), column(2, 6))])
    # errors 3 − 2 = 1 and 7 − 6 = 1: loss 1, dL/dw = (2·1·1 + 2·1·3) / 2 = 4, dL/db = 2
    assert model.params["0.W"] == pytest.approx(2 - 0.4)
    assert model.params["0.b"] == pytest.approx(1 - 0.2)
    assert history["loss"] == [1.0]
    assert list(history) == ["loss", "seconds"]
    assert history.best_epoch is None
    assert 0 < history["seconds"][0] < 10


def test_the_gradient_is_clipped_by_its_norm_before_the_step():
    model = line(w=2.0, b=1.0)
    train(model, [Batch(column(1, 3), column(2, 6))], clip_norm=0.5)
    scale = 0.5 / np.hypot(4, 2)
    assert model.params["0.W"] == pytest.approx(2 - 0.1 * 4 * scale)
    assert model.params["0.b"] == pytest.approx(1 - 0.1 * 2 * scale)


def test_losses_are_means_over_items_while_the_weights_change():
    model = line(w=0.0)
    history = train(model, [Batch(column(0, 0, 0), column(1, 1, 1)), Batch(column(0), column(2))], optimizer=SGD(0.25))
    # b: 0, loss 1, then 0.5, loss (2 − 0.5)² = 2.25
    assert history["loss"] == [pytest.approx((3 * 1 + 1 * 2.25) / 4)]
    assert model.params["0.b"] == pytest.approx(0.5 + 0.25 * 2 * 1.5)


def test_masked_items_do_not_count():
    model = Sequential([Dense(1, 2, dtype=np.float64)])
    model.params["0.W"][...], model.params["0.b"][...] = 0, [0, np.log(3)]
    x = np.zeros((2, 2, 1))
    masked = Batch(x, np.array([[1, 0], [0, 0]]), mask=np.array([[True, False], [False, False]]))
    nothing = Batch(x, np.zeros((2, 2), int), mask=np.zeros((2, 2), int))
    found = evaluate(model, lambda rng: [masked, nothing, Batch(x[:1], np.array([[0, 1]]))], loss=softmax_cross_entropy)
    assert found == {
        "loss": pytest.approx((2 * np.log(4 / 3) + np.log(4)) / 3),
        "accuracy": pytest.approx(2 / 3),
    }


def test_accuracy_is_recorded_where_targets_are_whole_numbers():
    x, model = column(1, -1, 2, 5), line()
    for dtype in (np.int8, np.uint8, bool):
        y = np.array([1, 0, 1, 0], dtype)[:, None]
        history = train(model, [Batch(x, y)], loss=lambda out, y, mask=None: (0.0, np.zeros_like(out)))
        assert history["accuracy"] == [0.75]
    assert "accuracy" not in train(model, [Batch(x, np.ones((4, 1)))])


def test_every_epoch_draws_its_own_order_from_one_generator():
    drawn = []

    def batches(rng):
        drawn.append(rng.random())
        yield Batch(column(1), column(1))

    history = train(line(), batches, epochs=3, rng=np.random.default_rng(5))
    assert drawn == list(np.random.default_rng(5).random(3))
    assert len(history["loss"]) == len(history["seconds"]) == 3


def test_evaluation_changes_nothing_and_drops_nothing():
    model = Sequential([Dropout(0.5, rng=np.random.default_rng(0)), Dense(1, 1, dtype=np.float64)])
    model.params["1.W"][...] = 1
    rngs = []

    def batches(rng):
        rngs.append(rng.random())
        yield Batch(column(1, 2, 3, 4), column(0, 0, 0, 0))

    assert evaluate(model, batches, loss=mean_squared_error) == {"loss": 7.5}
    assert evaluate(model, batches, loss=mean_squared_error) == {"loss": 7.5}
    assert rngs[0] == rngs[1]
    assert model.params["1.W"] == 1
    assert not any(g.any() for g in model.grads.values())


# What a model is handed


def test_training_is_said_and_lengths_and_gradients_are_handed_on():
    model, y = Scripted([1.0, 2.0]), np.ones(1)
    history = train(
        model,
        [Batch("a", y, lengths="of a")],
        loss=model.loss,
        validation=lambda rng: [Batch("b", y, lengths="of b")],
    )
    assert model.seen == [("a", "of a", None, True), ("b", "of b", None, False)]
    assert len(model.backwards) == 1
    assert model.backwards[0] is y
    assert history["loss"] == [1.0]
    assert history["val_loss"] == [2.0]


def test_the_state_is_carried_where_the_batch_says_so_and_nowhere_else():
    y = np.ones(1)
    epoch = [Batch(name, y, carry=carry) for name, carry in (("a", True), ("b", True), ("c", False), ("d", True))]
    model = Scripted([1.0] * 8)
    train(model, epoch, loss=model.loss, epochs=2)
    assert [states for _, _, states, _ in model.seen] == [None, "after a", None, "after c"] * 2
    model = Scripted([1.0] * 4)
    evaluate(model, lambda rng: epoch, loss=model.loss)
    assert [states for _, _, states, _ in model.seen] == [None, "after a", None, "after c"]


def test_truncated_batches_give_the_loss_of_the_whole_sequence():
    options = {"rng": np.random.default_rng(0), "dtype": np.float64}
    model = Sequential([RNN(4, 3, **options), Dense(3, 4, **options)])
    ids = np.random.default_rng(1).integers(0, 4, 21)

    def one_hot(steps):
        made = truncated_batches(ids, 2, steps)
        return lambda rng: [batch._replace(x=np.eye(4)[batch.x]) for batch in made(rng)]

    whole, cut = (evaluate(model, one_hot(steps), loss=softmax_cross_entropy) for steps in (10, 3))
    assert cut == {name: pytest.approx(value, rel=1e-12) for name, value in whole.items()}


# Validation and early stopping


def scripted_fit(losses, **options):
    """Train with these validation losses; the parameter goes up by one an epoch."""
    model = Scripted(losses)
    history = fit(
        model,
        lambda rng: [Batch(0, np.zeros(1))],
        loss=lambda out, y, mask=None: (0.5, y) if y[0] == 0 else (next(model.losses), y),
        optimizer=SGD(1.0),
        validation=lambda rng: [Batch(1, np.ones(1))],
        progress=False,
        **options,
    )
    return model.params["w"].item(), history


def test_it_stops_when_the_validation_loss_has_not_improved_and_puts_the_best_weights_back():
    w, history = scripted_fit([5.0, 3.0, 4.0, 3.0, 1.0], epochs=10, patience=2)
    assert history["val_loss"] == [5, 3, 4, 3]  # as low as the lowest is no new low
    assert history["loss"] == [0.5] * 4
    assert history.best_epoch == 1
    assert w == 2


def test_a_new_low_starts_the_patience_again():
    w, history = scripted_fit([5.0, 6.0, 4.0, 4.5, 3.0, 9.0, 9.0], epochs=7, patience=2)
    assert len(history["val_loss"]) == 7
    assert history.best_epoch == 4
    assert w == 5


def test_the_best_weights_come_back_though_the_epochs_ran_out():
    w, history = scripted_fit([2.0, 1.0, 3.0], epochs=3, patience=5)
    assert history.best_epoch == 1
    assert w == 2


def test_without_patience_all_epochs_run_and_the_last_weights_stay():
    w, history = scripted_fit([2.0, 3.0, 4.0, 5.0], epochs=4)
    assert history["val_loss"] == [2, 3, 4, 5]
    assert history.best_epoch == 0
    assert w == 4


def test_a_patience_of_one_ends_with_the_first_disappointment():
    w, history = scripted_fit([2.0, 3.0, 1.0], epochs=3, patience=1)
    assert history["val_loss"] == [2, 3]
    assert w == 1


def test_a_validation_loss_that_is_never_a_number_stops_too():
    w, history = scripted_fit([NAN] * 9, epochs=9, patience=2)
    assert len(history["val_loss"]) == 3
    assert history.best_epoch is None
    assert w == 3


def test_the_best_weights_are_put_into_the_same_arrays():
    model = line()
    array = model.params["0.W"]
    train(
        model,
        [Batch(column(1), column(5))],
        optimizer=Adam(0.1),
        epochs=3,
        patience=1,
        validation=lambda rng: [Batch(column(1), column(0))],
    )
    assert model.params["0.W"] is array
    assert array == pytest.approx(1.1)


# The schedule, the record, the bar


def test_the_schedule_sets_the_rate_of_each_epoch():
    model, asked = line(w=0.0), []

    def schedule(epoch):
        asked.append(epoch)
        return 0.5 / 2**epoch

    optimizer = SGD(9.0)
    train(model, [Batch(column(0), column(8))], epochs=2, optimizer=optimizer, schedule=schedule)
    assert asked == [0, 1]
    assert optimizer.lr == 0.25
    assert model.params["0.b"] == 8  # 0 + 0.5 · 16, then there is nothing left to learn
    train(model, [Batch(column(0), column(12))], optimizer=optimizer)
    assert model.params["0.b"] == 8 + 0.25 * 8


def test_a_record_is_lists_by_name():
    history = History()
    history.record({"loss": 1.0})
    history.record({"loss": 2.0, "accuracy": 0.5})
    history.record({"loss": 3.0}, "val_")
    assert history == {"loss": [1.0, 2.0], "accuracy": [0.5], "val_loss": [3.0]}


@pytest.mark.parametrize("known", [True, False])
def test_the_bar_counts_batches_and_shows_epoch_and_loss(monkeypatch, known):
    bars = []

    class Bar(tqdm):
        def __init__(self, **options):
            bars.append(self)
            self.options, self.told = options, []
            super().__init__(**options)

        def set_description(self, desc=None, refresh=True):
            self.told.append((desc, refresh))

        def set_postfix(self, ordered_dict=None, refresh=True):
            self.told.append((ordered_dict, refresh))

    monkeypatch.setattr(training, "tqdm", Bar)
    epoch = [Batch(column(0), column(0)), Batch(column(0, 0), column(3, 3))]
    made = Batches(lambda rng: iter(epoch), 2) if known else lambda rng: epoch
    train(line(w=0.0), made, epochs=2, optimizer=SGD(0.5), progress=True)
    (bar,) = bars
    assert bar.n == 4
    assert bar.options == {"total": 4 if known else None, "disable": False, "unit": "batch", "mininterval": 0.5}
    assert bar.told == [
        ("epoch 1/2", False),
        ({"loss": 0.0}, False),
        ({"loss": 6.0}, False),
        ("epoch 2/2", False),
        ({"loss": 9.0}, False),
        ({"loss": 9.0}, False),
    ]


def test_no_bar_where_none_is_wanted(capsys):
    train(line(), [Batch(column(1), column(1))])
    assert capsys.readouterr() == ("", "")
    fit(line(), lambda rng: [Batch(column(1), column(1))], loss=mean_squared_error, optimizer=SGD(0.1), epochs=1)
    assert "epoch 1/1" in capsys.readouterr().err


# Bad input


def refused(error, message, function, *arguments, **options):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        function(*arguments, **options)


def test_what_fit_refuses_before_it_starts():
    batch = [Batch(column(1), column(1))]
    refused(ValueError, "fit: epochs must be at least 1, got 0.", train, line(), batch, epochs=0)
    message = "fit: patience needs validation batches to judge by, got none."
    refused(ValueError, message, train, line(), batch, patience=1)
    message = "fit: patience must be at least 1, got 0."
    refused(ValueError, message, train, line(), batch, patience=0, validation=lambda rng: batch)
    refused(ValueError, "fit: clip_norm must be > 0, got 0.", train, line(), batch, clip_norm=0)
    message = "fit: the schedule's learning rate must be > 0, got -1."
    refused(ValueError, message, train, line(), batch, schedule=lambda epoch: -1)
    message = "fit: rng must be a numpy.random.Generator, got int; np.random.default_rng(seed) makes one."
    refused(TypeError, message, train, line(), batch, rng=0)
    refused(ValueError, "fit: 0.W must be finite, got 1 NaN or infinite values of 1.", train, line(NAN), batch)
    message = "{} must be a function of a generator that yields batches, got list."
    refused(TypeError, message.format("fit: validation"), train, line(), batch, validation=batch)
    options = {"loss": mean_squared_error}
    refused(TypeError, message.format("evaluate: batches"), evaluate, line(), batch, **options)
    message = message.format("fit: batches")
    refused(TypeError, message, fit, line(), batch, optimizer=SGD(0.1), epochs=1, **options)


def test_batches_that_are_none():
    for name, call in (("fit", train), ("evaluate", lambda m, b: evaluate(m, lambda rng: b, loss=mean_squared_error))):
        message = f"{name}: batches must yield rnn.Batch(x, y, lengths, mask), got tuple."
        refused(TypeError, message, call, line(), [(column(1), column(1))])
    masked = [Batch(column(1), column(1), mask=np.zeros((1, 1), bool))]
    for nothing in ([], masked):
        message = "fit: batches must yield at least one item an epoch, got none in epoch 1."
        refused(ValueError, message, train, line(), nothing)
        message = "evaluate: batches must yield at least one item, got none."
        refused(ValueError, message, evaluate, line(), lambda rng, made=nothing: made, loss=mean_squared_error)


def test_batches_that_are_used_up_are_noticed_in_their_epoch():
    epochs = iter([[Batch(column(1), column(1))], []])
    message = "fit: batches must yield at least one item an epoch, got none in epoch 2."
    refused(ValueError, message, train, line(), lambda rng: next(epochs), epochs=2)


@pytest.mark.parametrize("bad", [np.inf, NAN])
def test_a_loss_that_is_not_finite_is_named_by_epoch_and_batch(bad):
    y = np.ones(1)
    model = Scripted([1.0, 1.0, 1.0, bad])
    message = f"fit: the loss became {bad} in epoch 2, batch 2; try a lower learning rate, or clip_norm."
    with pytest.raises(FloatingPointError, match=re.escape(message)):
        train(model, [Batch("a", y), Batch("b", y)], loss=model.loss, epochs=2)
    assert len(model.backwards) == 3
    assert model.params["w"] == pytest.approx(0.3)
