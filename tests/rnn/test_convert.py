"""rnn.convert: names, layouts and gate orders by exact numbers, and what happens with wrong weights.

That the converted weights also *compute* the same in each library is shown in tests/rnn/proof.
"""

import numpy as np
import pytest

from rnn import GRU, LSTM, RNN, Bidirectional, Dense, Dropout, Embedding, Stacked, convert

D, H = 3, 2
SAVERS = {"pytorch": convert.to_pytorch, "keras": convert.to_keras, "onnx": convert.to_onnx}
LOADERS = {"pytorch": convert.load_pytorch, "keras": convert.load_keras, "onnx": convert.load_onnx}


def numbered(layer):
    """Every weight a number of its own."""
    start = 1
    for param in layer.params.values():
        param[...] = np.arange(start, start + param.size).reshape(param.shape)
        start += param.size
    return layer


def gates(array, names, axis=-1):
    return dict(zip(names, np.split(array, len(names), axis=axis), strict=True))


def layers():
    return {
        "RNN": RNN(D, H),
        "LSTM": LSTM(D, H),
        "GRU": GRU(D, H),
        "float64": LSTM(D, H, dtype=np.float64),
        "Bidirectional": Bidirectional(GRU(D, H), GRU(D, H)),
        "Stacked": Stacked.of(LSTM, D, H, 3),
        "Stacked of Bidirectional": Stacked(
            [Bidirectional(LSTM(D, H), LSTM(D, H)), Bidirectional(LSTM(2 * H, H), LSTM(2 * H, H))]
        ),
        "Dense": Dense(D, 5),
        "Embedding": Embedding(7, D),
    }


@pytest.mark.parametrize("library", SAVERS)
@pytest.mark.parametrize("kind", layers())
def test_weights_survive_the_way_there_and_back(library, kind):
    layer, empty = numbered(layers()[kind]), layers()[kind]
    weights = SAVERS[library](layer)
    assert all(a.dtype == layer.dtype and a.flags.c_contiguous for a in weights.values())
    arrays = dict(empty.params)
    LOADERS[library](empty, weights)
    for name, param in layer.params.items():
        np.testing.assert_array_equal(empty.params[name], param)
        assert empty.params[name] is arrays[name], "parameters are changed in place"


@pytest.mark.parametrize("library", ["keras", "onnx"])
def test_gru_with_reset_before_survives_too(library):
    layer, empty = numbered(GRU(D, H, reset_after=False)), GRU(D, H, reset_after=False)
    LOADERS[library](empty, SAVERS[library](layer))
    assert all((empty.params[name] == param).all() for name, param in layer.params.items())


@pytest.mark.parametrize("library", SAVERS)
@pytest.mark.parametrize("kind", layers())
def test_what_is_returned_is_a_copy(library, kind):
    layer = numbered(layers()[kind])
    before = {name: param.copy() for name, param in layer.params.items()}
    for array in SAVERS[library](layer).values():
        array += 100
    assert all((layer.params[name] == before[name]).all() for name in before)


def test_lstm_in_pytorchs_layout():
    layer = numbered(LSTM(D, H))
    weights = convert.to_pytorch(layer)
    assert list(weights) == ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    np.testing.assert_array_equal(weights["weight_ih_l0"], layer.params["W_xh"].T)
    np.testing.assert_array_equal(weights["weight_hh_l0"], layer.params["W_hh"].T)
    np.testing.assert_array_equal(weights["bias_ih_l0"], layer.params["b_h"])
    np.testing.assert_array_equal(weights["bias_hh_l0"], np.zeros(4 * H))


def test_gru_in_pytorchs_layout_keeps_the_second_bias_of_n():
    layer = numbered(GRU(D, H))
    weights = convert.to_pytorch(layer)
    np.testing.assert_array_equal(weights["bias_ih_l0"], layer.params["b_h"])
    np.testing.assert_array_equal(weights["bias_hh_l0"], [0, 0, 0, 0, *layer.params["b_hn"]])


def test_names_in_pytorch_of_directions_and_levels():
    stack = Stacked([Bidirectional(RNN(D, H), RNN(D, H)), Bidirectional(RNN(2 * H, H), RNN(2 * H, H))])
    weights = convert.to_pytorch(numbered(stack))
    ends = ["_l0", "_l0_reverse", "_l1", "_l1_reverse"]
    kinds = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    assert list(weights) == [kind + end for end in ends for kind in kinds]
    np.testing.assert_array_equal(weights["weight_hh_l0_reverse"], stack.params["0.backward.W_hh"].T)
    np.testing.assert_array_equal(weights["weight_ih_l1"], stack.params["1.forward.W_xh"].T)
    np.testing.assert_array_equal(weights["bias_ih_l1_reverse"], stack.params["1.backward.b_h"])


def test_two_biases_become_their_sum():
    layer = LSTM(D, H)
    weights = convert.to_pytorch(layer)
    weights["bias_ih_l0"], weights["bias_hh_l0"] = np.arange(8, dtype=np.float32), np.full(8, 10, np.float32)
    convert.load_pytorch(layer, weights)
    np.testing.assert_array_equal(layer.params["b_h"], np.arange(8) + 10)


@pytest.mark.parametrize(("library", "order"), [("pytorch", "rzn"), ("onnx", "zrh")])
def test_of_a_gru_only_the_biases_of_r_and_z_are_added(library, order):
    layer = GRU(D, H)
    weights = SAVERS[library](layer)
    if library == "pytorch":
        weights["bias_ih_l0"], weights["bias_hh_l0"] = np.array([[1, 2, 3, 4, 5, 6], [10] * 6], np.float32)
    else:
        weights["B"] = np.array([[3, 4, 1, 2, 5, 6] + [10] * 6], np.float32)
    LOADERS[library](layer, weights)
    np.testing.assert_array_equal(layer.params["b_h"], [11, 12, 13, 14, 5, 6])
    np.testing.assert_array_equal(layer.params["b_hn"], [10, 10])


def test_gru_with_reset_before_has_both_of_onnxs_biases_added():
    layer = GRU(D, H, reset_after=False)
    weights = convert.to_onnx(layer)
    weights["B"] = np.array([[3, 4, 1, 2, 5, 6] + [10] * 6], np.float32)
    convert.load_onnx(layer, weights)
    np.testing.assert_array_equal(layer.params["b_h"], [11, 12, 13, 14, 15, 16])


def test_gru_in_kerass_layout_is_z_r_h_with_two_rows_of_biases():
    layer = numbered(GRU(D, H))
    weights = convert.to_keras(layer)
    assert list(weights) == ["kernel", "recurrent_kernel", "bias"]
    for theirs, ours in (("kernel", "W_xh"), ("recurrent_kernel", "W_hh")):
        kept, moved = gates(layer.params[ours], "rzn"), gates(weights[theirs], "zrn")
        assert all((kept[gate] == moved[gate]).all() for gate in "rzn")
    r, z, n = np.split(layer.params["b_h"], 3)
    np.testing.assert_array_equal(weights["bias"][0], [*z, *r, *n])
    np.testing.assert_array_equal(weights["bias"][1], [0, 0, 0, 0, *layer.params["b_hn"]])


def test_gru_with_reset_before_has_one_bias_in_keras():
    layer = numbered(GRU(D, H, reset_after=False))
    r, z, n = np.split(layer.params["b_h"], 3)
    np.testing.assert_array_equal(convert.to_keras(layer)["bias"], [*z, *r, *n])


def test_lstm_and_rnn_in_kerass_layout_are_ours():
    for layer in (numbered(LSTM(D, H)), numbered(RNN(D, H, activation="sigmoid"))):
        weights = convert.to_keras(layer)
        for theirs, ours in (("kernel", "W_xh"), ("recurrent_kernel", "W_hh"), ("bias", "b_h")):
            np.testing.assert_array_equal(weights[theirs], layer.params[ours])


def test_names_in_keras_of_directions_and_levels():
    stack = Stacked([Bidirectional(RNN(D, H), LSTM(D, H)), GRU(2 * H, H)])
    weights = convert.to_keras(numbered(stack))
    kinds = ["kernel", "recurrent_kernel", "bias"]
    assert list(weights) == [p + k for p in ("0.forward.", "0.backward.", "1.") for k in kinds]
    np.testing.assert_array_equal(weights["0.backward.kernel"], stack.params["0.backward.W_xh"])


def test_keras_weights_may_be_the_list_from_get_weights():
    layer, empty = numbered(LSTM(D, H)), LSTM(D, H)
    convert.load_keras(empty, list(convert.to_keras(layer).values()))
    np.testing.assert_array_equal(empty.params["b_h"], layer.params["b_h"])


def test_lstm_in_onnxs_layout_is_i_o_f_c_with_two_biases_in_a_row():
    layer = numbered(LSTM(D, H))
    weights = convert.to_onnx(layer)
    assert {name: a.shape for name, a in weights.items()} == {"W": (1, 8, 3), "R": (1, 8, 2), "B": (1, 16)}
    for theirs, ours in (("W", "W_xh"), ("R", "W_hh")):
        kept, moved = gates(layer.params[ours], "ifgo"), gates(weights[theirs][0], "iofg", axis=0)
        assert all((moved[gate] == kept[gate].T).all() for gate in "ifgo")
    i, f, g, o = np.split(layer.params["b_h"], 4)
    np.testing.assert_array_equal(weights["B"][0], [*i, *o, *f, *g, *np.zeros(8)])


def test_gru_in_onnxs_layout_is_z_r_h():
    layer = numbered(GRU(D, H))
    weights = convert.to_onnx(layer)
    kept, moved = gates(layer.params["W_hh"], "rzn"), gates(weights["R"][0], "zrn", axis=0)
    assert all((moved[gate] == kept[gate].T).all() for gate in "rzn")
    r, z, n = np.split(layer.params["b_h"], 3)
    np.testing.assert_array_equal(weights["B"][0], [*z, *r, *n, 0, 0, 0, 0, *layer.params["b_hn"]])


def test_onnx_keeps_both_directions_in_one_array():
    layer = numbered(Bidirectional(RNN(D, H), RNN(D, H)))
    weights = convert.to_onnx(layer)
    np.testing.assert_array_equal(weights["W"][0], layer.params["forward.W_xh"].T)
    np.testing.assert_array_equal(weights["W"][1], layer.params["backward.W_xh"].T)
    np.testing.assert_array_equal(weights["B"][1], [*layer.params["backward.b_h"], 0, 0])
    assert list(convert.to_onnx(Stacked([layer, RNN(2 * H, H)]))) == ["0.W", "0.R", "0.B", "1.W", "1.R", "1.B"]


def test_dense_and_embedding_in_each_layout():
    dense, embedding = numbered(Dense(D, 5)), numbered(Embedding(7, D))
    np.testing.assert_array_equal(convert.to_pytorch(dense)["weight"], dense.params["W"].T)
    np.testing.assert_array_equal(convert.to_pytorch(dense)["bias"], dense.params["b"])
    np.testing.assert_array_equal(convert.to_keras(dense)["kernel"], dense.params["W"])
    np.testing.assert_array_equal(convert.to_onnx(dense)["B"], dense.params["W"])
    np.testing.assert_array_equal(convert.to_onnx(dense)["C"], dense.params["b"])
    for save, name in ((convert.to_pytorch, "weight"), (convert.to_keras, "embeddings"), (convert.to_onnx, "data")):
        assert list(save(embedding)) == [name]
        np.testing.assert_array_equal(save(embedding)[name], embedding.params["W"])


def mixed():
    return Stacked([Bidirectional(LSTM(D, H), LSTM(D, H)), LSTM(2 * H, H)])


WANTED = "an RNN, LSTM, GRU, Dense or Embedding, or Bidirectional and Stacked ones of the first three"


@pytest.mark.parametrize(
    ("convert_it", "error", "message"),
    [
        (
            lambda: convert.to_pytorch(GRU(D, H, reset_after=False)),
            ValueError,
            "convert: PyTorch's GRU is the one with reset_after=True, got reset_after=False.",
        ),
        (
            lambda: convert.to_pytorch(RNN(D, H, activation="sigmoid")),
            ValueError,
            "convert: PyTorch's RNN has the activation tanh or relu, got sigmoid.",
        ),
        (
            lambda: convert.to_pytorch(mixed()),
            ValueError,
            "convert: one PyTorch module has as many directions in every layer, got layers with 1 and with 2.",
        ),
        (
            lambda: convert.to_pytorch(Stacked([LSTM(D, H), GRU(H, H)])),
            ValueError,
            "convert: one PyTorch module holds cells of one kind and size, "
            "got LSTM(hidden_size=2) and GRU(hidden_size=2, reset_after=True).",
        ),
        (
            lambda: convert.to_onnx(Bidirectional(RNN(D, H), RNN(D, H, activation="relu"))),
            ValueError,
            "convert: one ONNX operator holds cells of one kind and size, "
            "got RNN(hidden_size=2, activation=tanh) and RNN(hidden_size=2, activation=relu).",
        ),
        (lambda: convert.to_keras(Dropout(0.5)), TypeError, f"convert: layer must be {WANTED}, got Dropout."),
        (lambda: convert.to_onnx("LSTM"), TypeError, f"convert: layer must be {WANTED}, got str."),
    ],
)
def test_what_a_library_does_not_have_is_said(convert_it, error, message):
    with pytest.raises(error) as caught:
        convert_it()
    assert str(caught.value) == message


def test_a_stack_that_pytorch_has_not_is_fine_elsewhere():
    assert len(convert.to_keras(mixed())) == 9
    assert len(convert.to_onnx(mixed())) == 6


def without(name, weights):
    return {key: array for key, array in weights.items() if key != name}


NAMES = "weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0"


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            lambda w: without("bias_hh_l0", w),
            ValueError,
            f"load_pytorch: weights must be named {NAMES} for RNN, got names without bias_hh_l0.",
        ),
        (
            lambda w: w | {"weight_hr_l0": np.zeros(2)},
            ValueError,
            f"load_pytorch: weights must be named {NAMES} for RNN, got names with weight_hr_l0.",
        ),
        (
            lambda w: {f"rnn.{name}": a for name, a in without("bias_hh_l0", w).items()} | {"bias_hh_l0": 0},
            ValueError,
            f"load_pytorch: weights must be named {NAMES} for RNN, got names without weight_ih_l0, "
            "without weight_hh_l0, without bias_ih_l0, with rnn.weight_ih_l0, with rnn.weight_hh_l0, "
            "with rnn.bias_ih_l0.",
        ),
        (
            lambda w: w | {"weight_ih_l0": w["weight_ih_l0"].T},
            ValueError,
            "load_pytorch: weight_ih_l0 must have shape (2, 3), got (3, 2).",
        ),
        (
            lambda w: w | {"bias_ih_l0": np.zeros(2)},
            TypeError,
            "load_pytorch: bias_ih_l0 must be float32 like the layer's weights, got float64; convert it with "
            "bias_ih_l0.astype(np.float32) or build the layer with dtype=np.float64.",
        ),
        (
            lambda w: w | {"bias_ih_l0": np.array([1, np.nan], np.float32)},
            ValueError,
            "load_pytorch: bias_ih_l0 must be finite, got 1 NaN or infinite values of 2.",
        ),
        (
            lambda w: list(w.values()),
            TypeError,
            "load_pytorch: weights must be a dict of arrays, got list.",
        ),
    ],
)
def test_wrong_weights_raise_and_change_nothing(change, error, message):
    layer = RNN(D, H)
    before = {name: param.copy() for name, param in layer.params.items()}
    with pytest.raises(error) as caught:
        convert.load_pytorch(layer, change(convert.to_pytorch(numbered(RNN(D, H)))))
    assert str(caught.value) == message
    assert all((layer.params[name] == before[name]).all() for name in before)


def test_a_list_of_another_length_raises():
    with pytest.raises(ValueError) as caught:
        convert.load_keras(LSTM(D, H), [np.zeros((3, 8), np.float32)])
    expected = "load_keras: the number of arrays must be 3 for LSTM (kernel, recurrent_kernel, bias), got 1."
    assert str(caught.value) == expected
    with pytest.raises(TypeError, match="load_keras: weights must be a dict of arrays, got str"):
        convert.load_keras(LSTM(D, H), "lstm")
