"""Outputs equal ONNX's reference operators in float64; they have no gradients and ignore sequence_lens."""

import numpy as np
import pytest
from proof_tools import arrays_of, assert_close, network, random_state

from rnn import convert

onnx = pytest.importorskip("onnx", reason="ONNX is not installed: the comparison with it is left out")
helper = pytest.importorskip("onnx.helper")
reference = pytest.importorskip("onnx.reference")

B, T, D, H = 3, 6, 4, 5
TOLERANCE = 1e-10


def operator(kind, both_ways):
    name, _, option = kind.partition(" ")
    attributes = {"hidden_size": H, "direction": "bidirectional" if both_ways else "forward"}
    if name == "GRU":
        attributes["linear_before_reset"] = int(option == "after")
    if name == "RNN":
        ways = 2 if both_ways else 1
        attributes["activations"] = ["Tanh" if option == "tanh" else "Affine"] * ways
        if option == "identity":
            attributes |= {"activation_alpha": [1.0] * ways, "activation_beta": [0.0] * ways}
    states = ["initial_h", "initial_c"] if name == "LSTM" else ["initial_h"]
    outputs = ["Y", "Y_h", "Y_c"] if name == "LSTM" else ["Y", "Y_h"]
    node = helper.make_node(name, ["X", "W", "R", "B", "", *states], outputs, **attributes)
    inputs = [helper.make_tensor_value_info(n, onnx.TensorProto.DOUBLE, None) for n in ["X", "W", "R", "B", *states]]
    results = [helper.make_tensor_value_info(n, onnx.TensorProto.DOUBLE, None) for n in outputs]
    graph = helper.make_graph([node], "one", inputs, results)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)])
    return reference.ReferenceEvaluator(model), states


@pytest.mark.parametrize("both_ways", [False, True], ids=["one way", "both ways"])
@pytest.mark.parametrize("kind", ["RNN tanh", "RNN identity", "LSTM", "GRU after", "GRU before"])
@pytest.mark.parametrize("with_state", [False, True], ids=["no state", "state"])
def test_outputs_and_final_states_equal_onnx(kind, both_ways, with_state):
    rng = np.random.default_rng(3)
    layer = network(kind, D, H, rng, both_ways=both_ways)
    x = rng.normal(size=(B, T, D))
    state = random_state(layer, B, rng)
    zeros = {name: np.zeros_like(a) for name, a in arrays_of(state).items()}
    flat = list((arrays_of(state) if with_state else zeros).values())
    evaluator, names = operator(kind, both_ways)
    initial = {name: np.stack(flat[k :: len(names)]) for k, name in enumerate(names)}
    feeds = {"X": x.transpose(1, 0, 2)} | convert.to_onnx(layer) | initial
    y, *last = evaluator.run(None, feeds)

    h, final = layer.forward(x, state if with_state else None)
    ours = {"h": h} | {f"final {name}": a for name, a in arrays_of(final).items()}
    theirs = {"h": np.concatenate([y[:, k] for k in range(y.shape[1])], axis=-1).transpose(1, 0, 2)}
    for k, name in enumerate(arrays_of(final)):
        theirs[f"final {name}"] = last[k % len(last)][k // len(last)]
    assert_close(ours, theirs, TOLERANCE, peer="ONNX", where=f"{kind}, both ways {both_ways}, state {with_state}")


def test_a_stack_equals_onnx_operators_in_a_row():
    rng = np.random.default_rng(4)
    layer = network("LSTM", D, H, rng, layers=2, both_ways=True)
    x = rng.normal(size=(B, T, D))
    h, _ = layer.forward(x)
    weights = convert.to_onnx(layer)
    evaluator, names = operator("LSTM", True)
    signal = x.transpose(1, 0, 2)
    for level in ("0.", "1."):
        feeds = {"X": signal, **{name: np.zeros((2, B, H)) for name in names}}
        y, *_ = evaluator.run(None, feeds | {name: weights[level + name] for name in "WRB"})
        signal = y.transpose(0, 2, 1, 3).reshape(T, B, 2 * H)
    assert_close({"h": h}, {"h": signal.transpose(1, 0, 2)}, TOLERANCE, peer="ONNX", where="stack")


def test_dense_and_embedding_equal_gemm_and_gather():
    import rnn

    rng = np.random.default_rng(5)
    dense, embedding = rnn.Dense(D, H, rng=rng, dtype=np.float64), rnn.Embedding(7, D, rng=rng, dtype=np.float64)
    dense.params["b"][...] = rng.normal(size=H)
    ids = rng.integers(0, 7, 5)
    nodes = [
        helper.make_node("Gather", ["data", "ids"], ["rows"]),
        helper.make_node("Gemm", ["rows", "B", "C"], ["out"]),
    ]
    kinds = {"data": onnx.TensorProto.DOUBLE, "ids": onnx.TensorProto.INT64}
    inputs = [
        helper.make_tensor_value_info(n, kinds.get(n, onnx.TensorProto.DOUBLE), None) for n in ("data", "ids", "B", "C")
    ]
    graph = helper.make_graph(
        nodes, "two", inputs, [helper.make_tensor_value_info("out", onnx.TensorProto.DOUBLE, None)]
    )
    evaluator = reference.ReferenceEvaluator(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)]))
    (out,) = evaluator.run(None, {"ids": ids} | convert.to_onnx(dense) | convert.to_onnx(embedding))
    assert_close({"out": dense.forward(embedding.forward(ids))}, {"out": out}, TOLERANCE, peer="ONNX", where="dense")
