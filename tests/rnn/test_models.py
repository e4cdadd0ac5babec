"""Sequential: layers in order and back, states in their places, parameters by name, files that are whole or refused."""

import re

import numpy as np
import pytest

from rnn.gru import GRU
from rnn.layers import Dense, Dropout, Embedding
from rnn.lstm import LSTM
from rnn.models import Sequential
from rnn.pooling import Pool
from rnn.recurrent import RNN
from rnn.wrappers import Bidirectional, Stacked

IDS, LENGTHS = np.array([[1, 4, 2], [3, 3, 0]]), np.array([3, 1])


def generator(seed=0):
    return np.random.default_rng(seed)


def layers(seed=0):
    options = {"rng": generator(seed), "dtype": np.float64}
    both = Bidirectional(LSTM(3, 2, **options), GRU(3, 2, **options))
    return [Embedding(5, 3, **options), both, Dropout(0.5, rng=generator(9)), Pool("last"), Dense(4, 2, **options)]


def refused(error, message, function, *arguments, **options):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        function(*arguments, **options)


def same_state(one, other):
    if one is None or other is None:
        return one is other
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    return type(one) is type(other) and all(map(same_state, one, other))


# Forward and back


def test_the_layers_one_after_the_other_and_back():
    parts, model = layers(), Sequential(layers())
    embedding, both, _, _, dense = parts
    state = ((np.ones((2, 2)), np.full((2, 2), 0.5)), np.full((2, 2), -1.0))
    out, states = model.forward(IDS, LENGTHS, [None, state, None, None, None])
    x = embedding.forward(IDS, LENGTHS)
    h, final = both.forward(x, state, LENGTHS)
    pooled = Pool("last", bidirectional=True)
    np.testing.assert_array_equal(out, dense.forward(pooled.forward(h, LENGTHS)))
    assert same_state(states, [None, final, None, None, None])
    assert model.backward(np.array([[1.0, 2.0], [3.0, 4.0]])) is None
    dh = pooled.backward(dense.backward(np.array([[1.0, 2.0], [3.0, 4.0]])))
    embedding.backward(both.backward(dh)[0])
    for k, part in enumerate(parts):
        for name, g in part.grads.items():
            np.testing.assert_array_equal(model.grads[f"{k}.{name}"], g)


def test_the_gradient_of_features_is_returned():
    model, x = (
        Sequential([Dense(2, 3, dtype=np.float64), RNN(3, 2, dtype=np.float64)]),
        generator().normal(size=(1, 2, 2)),
    )
    dense, cell = model.layers
    out, (none, state) = model.forward(x)
    assert none is None
    np.testing.assert_array_equal(state, out[:, -1])
    dx = model.backward(np.ones((1, 2, 2)))
    np.testing.assert_array_equal(dx, dense.backward(cell.backward(np.ones((1, 2, 2)))[0]))


def test_accumulate_reaches_every_layer():
    model = Sequential(layers())
    model.forward(IDS, LENGTHS)
    model.backward(np.ones((2, 2)))
    once = {name: g.copy() for name, g in model.grads.items()}
    model.backward(np.ones((2, 2)), accumulate=True)
    for name, g in model.grads.items():
        np.testing.assert_allclose(g, 2 * once[name], rtol=1e-14, atol=1e-17)
    model.backward(np.ones((2, 2)))
    for name, g in model.grads.items():
        np.testing.assert_array_equal(g, once[name])


def test_dropout_drops_in_training_alone():
    model = Sequential([Dropout(0.5, rng=generator())])
    x = np.ones((20, 20))
    assert model.forward(x)[0] is x
    assert (model.forward(x, training=True)[0] == 0).any()


def test_states_carried_on_give_what_one_pass_gives():
    model, x = Sequential([Stacked.of(GRU, 2, 3, 2, dtype=np.float64)]), generator().normal(size=(2, 6, 2))
    whole, end = model.forward(x)
    first, middle = model.forward(x[:, :2])
    second, last = model.forward(x[:, 2:], states=tuple(middle))
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, rtol=1e-13)
    np.testing.assert_allclose(last[0], end[0], rtol=1e-13)


# What a model is made of


def test_parameters_have_flat_names_and_are_the_layers_own():
    model = Sequential(layers())
    cells = [f"1.forward.{name}" for name in ("W_xh", "W_hh", "b_h")]
    cells += [f"1.backward.{name}" for name in ("W_xh", "W_hh", "b_h", "b_hn")]
    assert list(model.params) == list(model.grads) == ["0.W", *cells, "4.W", "4.b"]
    assert model.params["4.b"] is model.layers[4].params["b"]
    assert model.grads["1.backward.b_hn"] is model.layers[1].grads["backward.b_hn"]


@pytest.mark.parametrize(
    ("before", "both_ways"),
    [
        ([Bidirectional(RNN(3, 2), RNN(3, 2))], True),
        ([Bidirectional(RNN(3, 2), RNN(3, 2)), Dropout(0.5)], True),
        ([RNN(3, 4), Bidirectional(RNN(4, 2), RNN(4, 2))], True),
        ([Stacked([RNN(3, 4), Bidirectional(RNN(4, 2), RNN(4, 2))])], True),
        ([Bidirectional(RNN(3, 2), RNN(3, 2)), Dense(4, 4)], False),
        ([Bidirectional(RNN(3, 2), RNN(3, 2)), RNN(4, 4)], False),
        ([Dense(3, 4)], False),
        ([], False),
    ],
)
def test_pool_is_told_whether_what_comes_before_read_both_ways(before, both_ways):
    pool = Pool("last", bidirectional=not both_ways)
    Sequential([*before, pool])
    assert pool.bidirectional is both_ways


def test_what_a_model_refuses():
    refused(ValueError, "Sequential: at least one layer is needed, got none.", Sequential, [])
    refused(TypeError, "Sequential: layers must be a list of layers, got Dense.", Sequential, Dense(2, 2))
    message = "Sequential: every layer must be a Layer, got function as number 1."
    refused(TypeError, message, Sequential, [Dense(2, 2), refused])
    message = (
        "Sequential: every layer must be a single one, got a Sequential as number 1; put its layers into the list."
    )
    refused(TypeError, message, Sequential, [Dense(2, 2), Sequential([Dense(2, 2)])])
    same = Dense(2, 2)
    message = "Sequential: every layer must be its own object, got one as number 0 and 1."
    refused(ValueError, message, Sequential, [same, same])
    model = Sequential((RNN(2, 3), Dense(3, 2)))
    x = np.zeros((1, 2, 2), np.float32)
    wanted = "Sequential.forward: states must be a list with one entry for each of 2 layers, got {}."
    refused(TypeError, wanted.format("list of 1"), model.forward, x, states=[None])
    refused(TypeError, wanted.format("ndarray of 2"), model.forward, x, states=np.zeros((2, 3)))
    refused(TypeError, wanted.format("int"), model.forward, x, states=3)


# Files


def test_what_is_saved_is_loaded_into_the_same_arrays(tmp_path):
    model, other = Sequential(layers(0)), Sequential(layers(1))
    path = tmp_path / "model.npz"
    model.save(path)
    arrays = dict(other.params)
    other.load(str(path))
    for name, param in other.params.items():
        assert param is arrays[name]
        np.testing.assert_array_equal(param, model.params[name])
    np.testing.assert_array_equal(other.forward(IDS)[0], model.forward(IDS)[0])
    assert [file.name for file in tmp_path.iterdir()] == ["model.npz"]
    other.params["4.b"][...] = 7
    other.save(str(path))  # over what is there
    model.load(path)
    np.testing.assert_array_equal(model.params["4.b"], [7, 7])


def test_a_file_is_whole_or_not_there(tmp_path, monkeypatch):
    model, path = Sequential([Dense(1, 1)]), tmp_path / "model.npz"
    model.save(path)
    before = path.read_bytes()

    def full(file, **arrays):
        assert file.name != str(path)
        file.write(b"half of it")
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(OSError, match="no space left"):
        model.save(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["model.npz"]


def test_the_half_written_file_stands_beside_its_target(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(np, "savez", lambda file, **arrays: seen.extend(tmp_path.iterdir()))
    Sequential([Dense(1, 1)]).save(tmp_path / "model.npz")
    assert [path.suffix for path in seen] == [".tmp"]
    assert seen[0].name.startswith("model.npz")


def test_files_and_folders_that_are_not_there(tmp_path):
    model, folder, file = Sequential([Dense(1, 1)]), tmp_path / "nowhere", tmp_path / "none.npz"
    message = f"save: the folder {folder} must be there already, got none."
    refused(FileNotFoundError, message, model.save, folder / "model.npz")
    refused(FileNotFoundError, f"load: {file} must be a file written by save, got no file.", model.load, file)


def test_a_file_that_is_no_archive(tmp_path):
    path = tmp_path / "model.npz"
    path.write_text("not at all")
    message = f"load: {path} must be a whole .npz file written by save, got something else."
    refused(ValueError, message, Sequential([Dense(1, 1)]).load, path)


def test_a_pickle_in_a_file_is_never_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (tmp_path / "sprung").touch, ()

    path = tmp_path / "model.npz"
    np.savez(path, **{"0.W": np.array([[Trap()]], object), "0.b": np.zeros(1, np.float32)})
    with pytest.raises(ValueError, match="allow_pickle=False"):
        Sequential([Dense(1, 1)]).load(path)
    assert not (tmp_path / "sprung").exists()


def test_a_file_of_another_model_changes_nothing(tmp_path):
    model, path = Sequential([Dense(2, 2), Dense(2, 1)]), tmp_path / "model.npz"
    before = {name: param.copy() for name, param in model.params.items()}
    stored = {name: np.ones_like(param) for name, param in model.params.items()}

    def refuses(message, **changed):
        np.savez(path, **{name: array for name, array in (stored | changed).items() if array is not None})
        refused(ValueError, message, model.load, path)
        for name, param in model.params.items():
            np.testing.assert_array_equal(param, before[name])

    refuses(
        "load: the file must hold the model's parameters; missing ['0.b', '1.b'], not known none.",
        **{"0.b": None, "1.b": None},
    )
    refuses("load: the file must hold the model's parameters; missing none, not known ['2.W'].", **{"2.W": np.ones(1)})
    refuses("load: 1.W must be float32 of shape (2, 1), got float32 of shape (1, 2).", **{"1.W": np.ones((1, 2), "f")})
    refuses("load: 1.b must be float32 of shape (1,), got float64 of shape (1,).", **{"1.b": np.ones(1)})
    message = "load: 1.b must be finite, got 1 NaN or infinite values of 1."
    refuses(message, **{"1.b": np.full(1, np.nan, np.float32)})
