"""The layers without memory: values and gradients by hand, padding that is neither seen nor heard, bad input."""

import re

import numpy as np
import pytest

from rnn.layers import Dense, Dropout, Embedding, Layer, padding_mask

NAN = np.nan


def generator(seed=0):
    return np.random.default_rng(seed)


def dense():
    """Two features to three: x W + b with numbers one can follow."""
    layer = Dense(2, 3, dtype=np.float64)
    layer.params["W"][...] = [[1, 2, 3], [4, 5, 6]]
    layer.params["b"][...] = [0.5, -1, 0]
    return layer


def embedding():
    layer = Embedding(4, 2, dtype=np.float64)
    layer.params["W"][...] = [[0, 1], [10, 11], [20, 21], [30, 31]]
    return layer


def refused(error, message, function, *arguments, **options):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        function(*arguments, **options)


# What all layers share


def test_a_layer_starts_with_nothing_and_promises_two_methods():
    layer = Layer()
    assert layer.params == {}
    assert layer.grads == {}
    with pytest.raises(NotImplementedError):
        layer.forward(np.zeros(2))
    with pytest.raises(NotImplementedError):
        layer.backward(np.zeros(2))


@pytest.mark.parametrize("layer", [Dense(2, 3), Embedding(4, 2), Dropout(0.5)], ids=["Dense", "Embedding", "Dropout"])
def test_backward_needs_a_forward(layer):
    message = f"{type(layer).__name__}.backward: call forward first; backward gives the gradients of the last forward."
    refused(RuntimeError, message, layer.backward, np.zeros((2, 3), np.float32))


def test_the_padding_starts_where_the_length_ends():
    assert padding_mask(np.array([0, 2, 3]), 3).tolist() == [[True] * 3, [False, False, True], [False] * 3]


# Dense


def test_dense_starts_glorot_with_a_bias_of_zero():
    layer = Dense(2, 4, rng=generator(), dtype=np.float64)
    np.testing.assert_array_equal(layer.params["W"], generator().uniform(-1, 1, (2, 4)))  # √(6 / (2 + 4)) = 1
    np.testing.assert_array_equal(layer.params["b"], [0, 0, 0, 0])
    assert (layer.input_size, layer.output_size, layer.dtype) == (2, 4, np.float64)
    assert {name: g.tolist() for name, g in layer.grads.items()} == {"W": [[0] * 4, [0] * 4], "b": [0] * 4}
    assert {a.dtype for a in [*Dense(2, 3).params.values(), *Dense(2, 3).grads.values()]} == {np.dtype(np.float32)}


def test_dense_by_hand():
    layer = dense()
    np.testing.assert_array_equal(layer.forward(np.array([[1.0, 2.0], [0.0, -1.0]])), [[9.5, 11, 15], [-3.5, -6, -6]])
    dx = layer.backward(np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]]))
    np.testing.assert_array_equal(dx, [[-2, -2], [4, 13]])
    np.testing.assert_array_equal(layer.grads["W"], [[1, 0, -1], [0, -1, -2]])
    np.testing.assert_array_equal(layer.grads["b"], [3, 1, -1])


def test_dense_over_time_is_dense_at_every_step():
    layer, x, dy = dense(), generator().normal(size=(2, 4, 2)), generator(1).normal(size=(2, 4, 3))
    y, dx = layer.forward(x), layer.backward(dy)
    grads = {name: g.copy() for name, g in layer.grads.items()}
    np.testing.assert_array_equal(layer.forward(x.reshape(8, 2)), y.reshape(8, 3))
    np.testing.assert_array_equal(layer.backward(dy.reshape(8, 3)), dx.reshape(8, 2))
    assert (y.shape, dx.shape) == ((2, 4, 3), (2, 4, 2))
    for name in grads:
        np.testing.assert_array_equal(layer.grads[name], grads[name])


def test_dense_neither_sees_nor_fills_the_padding():
    layer = dense()
    x = np.array([[[1.0, 2.0], [NAN, NAN]], [[0.0, -1.0], [1.0, 0.0]]])
    y = layer.forward(x, lengths=[1, 2])
    np.testing.assert_array_equal(y, [[[9.5, 11, 15], [0, 0, 0]], [[-3.5, -6, -6], [1.5, 1, 3]]])
    dx = layer.backward(np.array([[[1.0, 0.0, -1.0], [NAN, NAN, NAN]], [[2.0, 1.0, 0.0], [0.0, 0.0, 1.0]]]))
    np.testing.assert_array_equal(dx, [[[-2, -2], [0, 0]], [[4, 13], [3, 6]]])
    np.testing.assert_array_equal(layer.grads["W"], [[1, 0, 0], [0, -1, -2]])
    np.testing.assert_array_equal(layer.grads["b"], [3, 1, 0])


def test_the_padding_of_dense_is_counted_in_steps_not_in_features():
    layer = dense()
    y = layer.forward(np.ones((2, 4, 2)), lengths=[3, 0])
    np.testing.assert_array_equal(y[0], [[5.5, 6, 9]] * 3 + [[0, 0, 0]])
    assert not y[1].any()
    layer.backward(np.ones((2, 4, 3)))
    np.testing.assert_array_equal(layer.grads["b"], [3, 3, 3])


def test_lengths_mean_nothing_where_there_is_no_time():
    np.testing.assert_array_equal(dense().forward(np.ones((2, 2)), lengths=[0, 5]), [[5.5, 6, 9]] * 2)
    np.testing.assert_array_equal(embedding().forward(np.array([3, 1]), lengths=[0, 5]), [[30, 31], [10, 11]])


def test_accumulate_adds_and_without_it_gradients_are_replaced():
    layer, x, dy = dense(), np.array([[1.0, 2.0]]), np.array([[1.0, 0.0, 2.0]])
    layer.forward(x)
    array = layer.grads["W"]
    for accumulate, times in ((False, 1), (False, 1), (True, 2), (True, 3)):
        layer.backward(dy, accumulate)
        np.testing.assert_array_equal(layer.grads["W"], np.multiply(times, [[1, 0, 2], [2, 0, 4]]))
        np.testing.assert_array_equal(layer.grads["b"], np.multiply(times, [1, 0, 2]))
    assert layer.grads["W"] is array


def test_dense_refuses_what_does_not_fit():
    layer = Dense(2, 3)
    wanted = "Dense.forward: x must have shape (B, T, 2), got {}."
    refused(ValueError, wanted.format("(2,)"), layer.forward, np.zeros(2, np.float32))
    refused(ValueError, wanted.format("(1, 2, 3)"), layer.forward, np.zeros((1, 2, 3), np.float32))
    message = "Dense.forward: x must have shape (B, 2), got (1, 3)."
    refused(ValueError, message, layer.forward, np.zeros((1, 3), np.float32))
    with pytest.raises(TypeError, match=r"^Dense.forward: x must be float32 like the layer's weights, got float64;"):
        layer.forward(np.zeros((1, 2)))
    layer.forward(np.zeros((5, 4, 2), np.float32))
    message = "Dense.backward: dy must have shape (5, 4, 3), got (5, 4, 2)."
    refused(ValueError, message, layer.backward, np.zeros((5, 4, 2), np.float32))
    with pytest.raises(TypeError, match=r"^Dense.backward: dy must be float32"):
        layer.backward(np.zeros((5, 4, 3)))
    with pytest.raises(ValueError, match=r"^Dense.forward: lengths must have shape \(5,\)"):
        layer.forward(np.zeros((5, 4, 2), np.float32), lengths=[1, 1, 1, 1])


@pytest.mark.parametrize("kind", [Dense, Embedding])
def test_sizes_types_and_generators_are_checked(kind):
    names = ("input_size", "output_size") if kind is Dense else ("vocab_size", "embedding_size")
    refused(ValueError, f"{kind.__name__}: {names[0]} must be at least 1, got 0.", kind, 0, 3)
    refused(ValueError, f"{kind.__name__}: {names[1]} must be at least 1, got 0.", kind, 3, 0)
    with pytest.raises(TypeError, match=rf"^{kind.__name__}: dtype must be"):
        kind(2, 3, dtype=np.float16)
    with pytest.raises(TypeError, match=rf"^{kind.__name__}: rng must be"):
        kind(2, 3, rng=0)


# Embedding


def test_embedding_starts_uniform_in_a_twentieth():
    layer = Embedding(3, 5, rng=generator(), dtype=np.float64)
    np.testing.assert_array_equal(layer.params["W"], generator().uniform(-0.05, 0.05, (3, 5)))
    assert (layer.vocab_size, layer.embedding_size, layer.dtype) == (3, 5, np.float64)
    assert not layer.grads["W"].any()
    assert Embedding(3, 5).forward(np.array([0])).dtype == np.float32


def test_embedding_looks_rows_up():
    layer = embedding()
    np.testing.assert_array_equal(layer.forward(np.array([[3, 0], [1, 1]])), [[[30, 31], [0, 1]], [[10, 11]] * 2])
    np.testing.assert_array_equal(layer.forward(np.array([2, 3], np.uint8)), [[20, 21], [30, 31]])
    assert layer.forward(np.zeros((2, 0), int)).shape == (2, 0, 2)


def test_a_token_that_comes_again_collects_all_its_gradients():
    layer = embedding()
    layer.forward(np.array([[3, 0, 3], [0, 1, 3]]))
    assert layer.backward(np.arange(12.0).reshape(2, 3, 2)) is None
    np.testing.assert_array_equal(layer.grads["W"], [[2 + 6, 3 + 7], [8, 9], [0, 0], [0 + 4 + 10, 1 + 5 + 11]])
    layer.backward(np.ones((2, 3, 2)), accumulate=True)
    np.testing.assert_array_equal(layer.grads["W"], [[10, 12], [9, 10], [0, 0], [17, 20]])
    layer.backward(np.ones((2, 3, 2)))
    np.testing.assert_array_equal(layer.grads["W"], [[2, 2], [1, 1], [0, 0], [3, 3]])


def test_embedding_of_padding_is_zero_and_gives_no_gradient():
    layer = embedding()
    y = layer.forward(np.array([[3, 2, 2], [1, 1, 3], [1, 2, 3]]), lengths=[1, 2, 0])
    np.testing.assert_array_equal(y, [[[30, 31], [0, 0], [0, 0]], [[10, 11], [10, 11], [0, 0]], [[0, 0]] * 3])
    dy = np.full((3, 3, 2), NAN)
    dy[0, 0], dy[1, :2] = [1, 2], [[3, 4], [5, 6]]
    layer.backward(dy)
    np.testing.assert_array_equal(layer.grads["W"], [[0, 0], [8, 10], [0, 0], [1, 2]])


def test_nothing_to_look_up_leaves_no_gradient():
    layer = embedding()
    layer.grads["W"][...] = 7
    layer.forward(np.array([[1, 2]]), lengths=[0])
    layer.backward(np.ones((1, 2, 2)), accumulate=True)
    np.testing.assert_array_equal(layer.grads["W"], np.full((4, 2), 7))
    layer.backward(np.ones((1, 2, 2)))
    np.testing.assert_array_equal(layer.grads["W"], np.zeros((4, 2)))


def test_embedding_refuses_what_is_no_id():
    layer = embedding()
    message = "Embedding.forward: every id must lie between 0 and 3, got {} to {}."
    refused(ValueError, message.format(0, 4), layer.forward, np.array([[4, 0]]))
    refused(ValueError, message.format(-1, 3), layer.forward, np.array([3, -1]))
    refused(
        TypeError,
        "Embedding.forward: x must hold whole numbers (token ids), got float64.",
        *(layer.forward, np.zeros((1, 2))),
    )
    refused(
        ValueError,
        "Embedding.forward: x must have shape (B, T), got (1, 2, 1).",
        layer.forward,
        np.zeros((1, 2, 1), int),
    )
    refused(TypeError, "Embedding.forward: x must be a NumPy array of shape (B, T), got list.", layer.forward, [[1, 2]])
    layer.forward(np.array([[1, 2]]))
    refused(
        ValueError,
        "Embedding.backward: dy must have shape (1, 2, 2), got (2, 2).",
        *(layer.backward, np.zeros((2, 2))),
    )
    with pytest.raises(TypeError, match=r"^Embedding.backward: dy must be float64"):
        layer.backward(np.zeros((1, 2, 2), np.float32))
    with pytest.raises(ValueError, match=r"^Embedding.forward: lengths must have shape \(1,\)"):
        layer.forward(np.array([[1, 2]]), lengths=[1, 1])


# Dropout


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dropout_drops_where_the_generator_says_and_scales_the_rest(dtype):
    layer, x = Dropout(0.75, rng=generator()), np.arange(1, 13, dtype=dtype).reshape(3, 4)
    kept = generator().random((3, 4), dtype=np.float32) >= 0.75
    assert 0 < kept.sum() < 12
    y = layer.forward(x, training=True)
    np.testing.assert_array_equal(y, np.where(kept, 4 * x, 0))
    np.testing.assert_array_equal(layer.backward(np.full((3, 4), 2, dtype)), np.where(kept, 8, 0))
    assert y.dtype == dtype
    assert (layer.forward(x, training=True) != y).any()  # the next masks are others


def test_a_number_is_dropped_below_the_rate_and_kept_at_it():
    rate = float(generator().random((2, 3), dtype=np.float32)[1, 1])
    assert Dropout(rate, rng=generator()).forward(np.ones((2, 3)), training=True)[1, 1] == 1 / (1 - rate)


def test_dropout_keeps_the_mean_and_drops_the_rate():
    y = Dropout(0.3, rng=generator()).forward(np.ones((200, 500)), training=True)
    assert (y == 0).mean() == pytest.approx(0.3, abs=0.005)
    assert y.max() == pytest.approx(1 / 0.7, rel=1e-12)
    assert y.mean() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize(("rate", "training"), [(0.5, False), (0.0, True), (0, True)])
def test_dropout_that_drops_nothing_draws_nothing(rate, training):
    rng = generator()
    layer, x = Dropout(rate, rng=rng), np.array([[1.0, 2.0]])
    assert layer.forward(x, training=training) is x
    dy = np.array([[3.0, 4.0]])
    np.testing.assert_array_equal(layer.backward(dy), dy)
    assert rng.random() == generator().random()


def test_dropout_is_off_unless_training():
    layer, x = Dropout(0.5, rng=generator()), np.ones((4, 5))
    layer.forward(x, training=True)
    assert layer.forward(x) is x
    np.testing.assert_array_equal(layer.backward(x), x)  # of the last forward, not of the one before


def test_dropout_refuses_what_does_not_fit():
    for rate in (1, -0.1, 1.5, NAN):
        with pytest.raises(ValueError, match=r"^Dropout: rate must be at least 0 and "):
            Dropout(rate)
    layer = Dropout(0.5)
    got = "Dropout.forward: x must be a floating-point array, got {}."
    refused(TypeError, got.format("int64 of shape (2, 1)"), layer.forward, np.ones((2, 1), np.int64))
    refused(TypeError, got.format("list"), layer.forward, [1.0])
    layer.forward(np.ones((2, 3)))
    message = "Dropout.backward: dy must have shape (2, 3), got (3, 2)."
    refused(ValueError, message, layer.backward, np.ones((3, 2)))
    with pytest.raises(TypeError, match=r"^Dropout: rng must be"):
        Dropout(0.5, rng=0)
