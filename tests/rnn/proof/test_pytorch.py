"""Outputs and every gradient equal PyTorch's in float64, the gradients compared by name."""

import itertools

import numpy as np
import pytest
from proof_tools import arrays_of, assert_close, network, random_state, some_lengths

from rnn import convert

torch = pytest.importorskip("torch", reason="PyTorch is not installed: the comparison with it is left out")

B, T, D, H = 5, 7, 3, 4
TOLERANCE = 1e-10
KINDS = ["RNN tanh", "RNN relu", "LSTM", "GRU after"]
SHAPES = [(1, False), (1, True), (2, False), (3, False), (2, True)]


def module_for(kind, layers, both_ways, weights):
    name, _, option = kind.partition(" ")
    options = {"num_layers": layers, "bidirectional": both_ways, "batch_first": True, "dtype": torch.float64}
    if name == "RNN":
        options["nonlinearity"] = option
    module = getattr(torch.nn, name)(D, H, **options)
    module.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    return module


def cells_of(layer):
    """Our cells in PyTorch's order, with the end of their weights' names and the prefix of ours."""
    for k, level in enumerate(getattr(layer, "layers", [layer])):
        ours = f"{k}." if hasattr(layer, "layers") else ""
        for way, one in getattr(level, "directions", {"": level}).items():
            yield f"_l{k}" + "_reverse" * (way == "backward"), ours + f"{way}." * bool(way), one


def in_our_layout(layer, theirs):
    """PyTorch's gradients under our names: both its biases receive the gradient that our single one does."""
    found = {}
    for end, prefix, one in cells_of(layer):
        found[f"{prefix}W_xh"] = theirs[f"weight_ih{end}"].T
        found[f"{prefix}W_hh"] = theirs[f"weight_hh{end}"].T
        found[f"{prefix}b_h"] = theirs[f"bias_ih{end}"]
        if "b_hn" in one.params:
            found[f"{prefix}b_hn"] = theirs[f"bias_hh{end}"][2 * H :]
    return found


def to_torch_state(layer, state, rows):
    """One (layers · directions, B, H) tensor for h, and for an LSTM one for c; leaves that want gradients."""
    parts = {"LSTM": 2}.get(type(next(cells_of(layer))[2]).__name__, 1)
    flat = list(arrays_of(state).values())
    stacked = [np.stack([a[rows] for a in flat[k::parts]]) for k in range(parts)]
    return tuple(torch.tensor(s, requires_grad=True) for s in stacked)


def run(kind, layers, both_ways, with_lengths, with_state, reach, seed=0):
    """Our numbers and PyTorch's for one network: two dicts with the same names.

    PyTorch cannot pack a sequence of length 0, so it gets the batch without it; ours has one.
    """
    rng = np.random.default_rng(seed)
    layer = network(kind, D, H, rng, layers=layers, both_ways=both_ways)
    lengths = some_lengths(rng, B, T) if with_lengths else np.full(B, T)
    rows = lengths > 0
    x = rng.normal(size=(B, T, D))
    state = random_state(layer, B, rng)
    dh = rng.normal(size=(B, T, layer.output_size)) * (reach != "state")
    dstate = random_state(layer, B, rng)

    h, final = layer.forward(x, state if with_state else None, lengths if with_lengths else None)
    dx, dinitial = layer.backward(dh, dstate if reach != "outputs" else None)

    module = module_for(kind, layers, both_ways, convert.to_pytorch(layer))
    tx = torch.tensor(x[rows], requires_grad=True)
    initial = to_torch_state(layer, state, rows)
    given = (initial if len(initial) == 2 else initial[0]) if with_state else None
    if with_lengths:
        packed = torch.nn.utils.rnn.pack_padded_sequence(
            tx, torch.tensor(lengths[rows]), batch_first=True, enforce_sorted=False
        )
        out, last = module(packed, given)
        out, _ = torch.nn.utils.rnn.pad_packed_sequence(out, batch_first=True, total_length=T)
    else:
        out, last = module(tx, given)
    last = last if isinstance(last, tuple) else (last,)
    loss = (out * torch.tensor(dh[rows])).sum()
    if reach != "outputs":
        loss = loss + sum(
            (a * b.detach()).sum() for a, b in zip(last, to_torch_state(layer, dstate, rows), strict=True)
        )
    loss.backward()

    def states(prefix, state, tensors):
        parts = len(tensors)
        return {
            f"{prefix} {name}": (array[rows], tensors[k % parts][k // parts])
            for k, (name, array) in enumerate(arrays_of(state).items())
        }

    pairs = {"h": (h[rows], out), "dx": (dx[rows], tx.grad)} | states("final", final, last)
    if with_state:
        pairs |= states("d", dinitial, [t.grad for t in initial])
    theirs = in_our_layout(layer, {name: p.grad.numpy() for name, p in module.named_parameters()})
    ours = {name: pair[0] for name, pair in pairs.items()} | layer.grads
    theirs |= {name: pair[1].detach().numpy() for name, pair in pairs.items()}
    empty = {"h": h[~rows], "dx": dx[~rows]}
    return ours, theirs, empty


@pytest.mark.parametrize(("layers", "both_ways"), SHAPES)
@pytest.mark.parametrize("kind", KINDS)
def test_outputs_and_all_gradients_equal_pytorch(kind, layers, both_ways):
    for with_lengths, with_state, reach in itertools.product(
        [False, True], [False, True], ["outputs", "state", "both"]
    ):
        ours, theirs, empty = run(kind, layers, both_ways, with_lengths, with_state, reach)
        where = f"{kind}, {layers} layers, both ways {both_ways}, lengths {with_lengths}, state {with_state}, {reach}"
        assert_close(ours, theirs, TOLERANCE, peer="PyTorch", where=where)
        assert with_lengths == bool(len(empty["h"])), "a sequence of length 0 belongs to the proof"
        assert not empty["h"].any()
        assert not empty["dx"].any()


@pytest.mark.parametrize("kind", KINDS)
def test_float32_stays_within_float32_of_pytorch(kind):
    rng = np.random.default_rng(1)
    layer = network(kind, D, H, rng, layers=2, both_ways=True, dtype=np.float32)
    x = rng.normal(size=(B, T, D)).astype(np.float32)
    dh = rng.normal(size=(B, T, 2 * H)).astype(np.float32)
    h, _ = layer.forward(x)
    dx, _ = layer.backward(dh)
    assert h.dtype == dx.dtype == np.float32
    module = module_for(kind, 2, True, convert.to_pytorch(layer)).float()
    tx = torch.tensor(x, requires_grad=True)
    out, _ = module(tx)
    out.backward(torch.tensor(dh))
    theirs = in_our_layout(layer, {name: p.grad.numpy() for name, p in module.named_parameters()})
    assert {g.dtype for g in layer.grads.values()} == {np.dtype(np.float32)}
    assert_close({"h": h, "dx": dx} | layer.grads, {"h": out.detach().numpy(), "dx": tx.grad.numpy()} | theirs, 1e-5)


def test_a_whole_classifier_equals_pytorch_down_to_the_embedding():
    import rnn

    rng = np.random.default_rng(2)
    embedding, dense = rnn.Embedding(11, D, rng=rng, dtype=np.float64), rnn.Dense(2 * H, 6, rng=rng, dtype=np.float64)
    recurrent = network("LSTM", D, H, rng, both_ways=True)
    model = rnn.Sequential([embedding, recurrent, rnn.Pool("max"), dense])
    dense.params["b"][...] = rng.normal(size=6)
    ids, targets = rng.integers(0, 11, (B, T)), rng.integers(0, 6, B)
    logits, _ = model.forward(ids)
    loss, dlogits = rnn.softmax_cross_entropy(logits, targets)
    model.backward(dlogits)

    t_embedding, t_dense = (
        torch.nn.Embedding(11, D, dtype=torch.float64),
        torch.nn.Linear(2 * H, 6, dtype=torch.float64),
    )
    for ours, theirs in ((embedding, t_embedding), (dense, t_dense)):
        theirs.load_state_dict({n: torch.from_numpy(a) for n, a in convert.to_pytorch(ours).items()})
    t_recurrent = module_for("LSTM", 1, True, convert.to_pytorch(recurrent))
    out, _ = t_recurrent(t_embedding(torch.tensor(ids)))
    t_loss = torch.nn.functional.cross_entropy(t_dense(out.max(dim=1).values), torch.tensor(targets))
    t_loss.backward()
    inner = in_our_layout(recurrent, {n: p.grad.numpy() for n, p in t_recurrent.named_parameters()})
    expected = {"0.W": t_embedding.weight.grad.numpy(), "3.W": t_dense.weight.grad.numpy().T}
    expected |= {"3.b": t_dense.bias.grad.numpy()} | {f"1.{name}": g for name, g in inner.items()}
    assert_close(model.grads, expected, TOLERANCE, peer="PyTorch", where="classifier")
    assert loss == pytest.approx(t_loss.item(), abs=TOLERANCE)
