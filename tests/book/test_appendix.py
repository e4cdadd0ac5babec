"""The cheat sheet is right: its code and its equations, read from the page, give what the package gives.

Both are run on random weights. And both are altered, operation by operation: each alteration must be noticed.
"""

import ast
import copy
import re
from pathlib import Path

import numpy as np
import pytest

import rnn

PAGE = Path(__file__).resolve().parents[2] / "book" / "appendix" / "cheat-sheet.md"
TEXT = PAGE.read_text(encoding="utf-8")
CODE = re.findall(r"^```\{code-cell\} ipython3\n(.*?)\n```", TEXT, re.MULTILINE | re.DOTALL)
CELLS = {  # name: the page's prefix of functions, what makes the package's layer, labels of the equations
    "RNN": ("rnn", lambda d, h: rnn.RNN(d, h, dtype=np.float64), ["rnn"], ["rnn-back"]),
    "LSTM": ("lstm", lambda d, h: rnn.LSTM(d, h, dtype=np.float64), ["lstm"], ["lstm-back"]),
    "GRU": ("gru", lambda d, h: rnn.GRU(d, h, dtype=np.float64), ["gru"], ["gru-back"]),
    "GRU before": (
        "gru_before",
        lambda d, h: rnn.GRU(d, h, reset_after=False, dtype=np.float64),
        ["gru", "gru-before"],
        ["gru-before-back"],
    ),
}
SHAPES = [(2, 3, 5, 4), (1, 1, 2, 3)]  # B, T, D, H


def as_tuple(state):
    return state if isinstance(state, tuple) else (state,)


def given(make, shape, seed):
    """A layer with random weights, input, states, and gradients; and what the package computes with them."""
    rng = np.random.default_rng(seed)
    b, t, d, h = shape
    layer = make(d, h)
    for value in layer.params.values():
        value[...] = rng.normal(size=value.shape)
    x, dh = rng.normal(size=(b, t, d)), rng.normal(size=(b, t, h))
    state, dstate = ([rng.normal(size=(b, h)) for _ in range(layer.state_parts)] for _ in range(2))
    pack = tuple if layer.state_parts > 1 else (lambda arrays: arrays[0])
    out, last = layer.forward(x, pack(state))
    dx, dfirst = layer.backward(dh, pack(dstate))
    right = {"h": out, "dx": dx, **layer.grads}
    right |= {f"last {i}": a for i, a in enumerate(as_tuple(last))}
    right |= {f"dfirst {i}": a for i, a in enumerate(as_tuple(dfirst))}
    return layer.params, x, tuple(state), dh, tuple(dstate), right


def largest_difference(found, right):
    assert found.keys() == right.keys()
    for name in right:
        assert found[name].shape == right[name].shape, name
    return max(np.abs(found[name] - right[name]).max() for name in right)


# ---- code -------------------------------------------------------------------------------------------------------


def functions(trees):
    names = {"np": np, "rnn": rnn, "sigmoid": rnn.sigmoid}
    for tree in trees:
        exec(compile(tree, str(PAGE), "exec"), names)
    return names


def definitions():
    """The page's functions that compute something, by name: without imports and the comparison with the package."""
    found = {}
    for cell in CODE:
        for node in ast.parse(re.sub(r"^:tags:.*\n", "", cell)).body:
            if isinstance(node, ast.FunctionDef) and node.name != "compare":
                found[node.name] = node
    return found


def run_code(names, cell, shape, seed):
    prefix, make, *_ = CELLS[cell]
    params, x, state, dh, dstate, right = given(make, shape, seed)
    h, last, caches = names["forward"](names[f"{prefix}_step"], x, state, params)
    dx, dfirst, grads = names["backward"](names[f"{prefix}_back"], dh, dstate, caches, params)
    found = {"h": h, "dx": dx, **grads}
    found |= {f"last {i}": a for i, a in enumerate(last)} | {f"dfirst {i}": a for i, a in enumerate(dfirst)}
    return largest_difference(found, right)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("cell", CELLS)
def test_the_code_on_the_cheat_sheet_gives_what_the_package_gives(cell, shape, seed):
    names = functions(ast.Module([node], []) for node in definitions().values())
    assert run_code(names, cell, shape, seed) < 1e-12


def alterations(function):
    """Copies of a function with one operation changed, one transpose left out, or one statement dropped."""
    swap = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.MatMult: ast.Mult, ast.Pow: ast.Mult}
    count = len(list(ast.walk(function)))
    for index in range(count):
        changed = copy.deepcopy(function)
        node = list(ast.walk(changed))[index]
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.BinOp):
            node.op = swap[type(node.op)]()
        elif isinstance(node, ast.AugAssign):
            node.op = ast.Sub()
        elif isinstance(node, ast.Attribute) and node.attr == "T":
            node.attr = "real"  # the array itself
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("np.tanh", "sigmoid"):
            node.func = ast.parse("sigmoid" if "tanh" in ast.unparse(node.func) else "np.tanh", mode="eval").body
        elif isinstance(node, ast.List | ast.Tuple) and len(node.elts) > 1 and isinstance(node.ctx, ast.Load):
            node.elts[:2] = node.elts[1::-1]
        else:
            continue
        yield f"{function.name}, line {line}: {type(node).__name__}", ast.fix_missing_locations(changed)
    for at in range(len(function.body) - 1):
        changed = copy.deepcopy(function)
        dropped = ast.unparse(changed.body.pop(at))
        yield f"{function.name}, without {dropped}", changed


@pytest.mark.parametrize("cell", CELLS)
def test_every_altered_line_of_code_is_noticed(cell):
    prefix = CELLS[cell][0]
    good = definitions()
    tried, missed = 0, []
    for name in (f"{prefix}_step", f"{prefix}_back"):
        for what, changed in alterations(good[name]):
            trees = [ast.Module([changed if key == name else node], []) for key, node in good.items()]
            tried += 1
            try:
                with np.errstate(all="ignore"):
                    difference = run_code(functions(trees), cell, SHAPES[0], 0)
            except (ValueError, NameError, AssertionError, TypeError, IndexError, UnboundLocalError):
                continue
            if difference < 1e-12:
                missed.append(what)
    assert missed == []
    assert tried > 20


# ---- equations --------------------------------------------------------------------------------------------------

NAME = r"(?:\\delta )?[A-Za-z]+(?:\^[ifgorzn](?=_))?(?:_(?:\{[^}]*\}|[a-z]))?"
TOKENS = re.compile(
    rf"(?P<sum>\\textstyle\\sum_b )|(?P<function>\\tanh|\\sigma)|(?P<times>\\odot)|(?P<transpose>\^\{{\\top\}})"
    rf"|(?P<power>\^2)|(?P<open>\(|\[\\,)|(?P<close>\)|\\,\])|(?P<number>\d)|(?P<sign>[-+,])|(?P<name>{NAME})"
)


def equations(label):
    """The lines of a displayed equation, continued lines joined, two on one line taken apart."""
    body = re.search(rf"\$\$\n\\begin\{{aligned\}}\n([^$]*?)\\end\{{aligned\}}\n\$\$ \(eq-sheet-{label}\)", TEXT)[1]
    lines = re.sub(r"\\\\\n&\\quad", " ", body).replace("\n", " ").split(r"\\")
    return [part.replace("&", "").strip() for line in lines for part in re.split(r", \\quad", line) if part.strip()]


def identifier(name):
    """`h_{t-1}` is h_prev, `da^i_t` is da_i, `W_{xh}` is W_xh, `\\delta h_t` is sent_h."""
    name = name.replace("\\delta ", "sent_").replace("_{t-1}", "_prev").replace("{", "").replace("}", "")
    name = re.sub(r"_t$", "", name)
    return name.replace("^", "_")


def as_python(formula):
    """The right side of an equation as Python: side by side is a matrix product, ⊙ the one element by element."""
    out, ended, at = [], False, 0
    formula = formula.strip()
    while at < len(formula):
        if formula[at] == " ":
            at += 1
            continue
        match = TOKENS.match(formula, at)
        assert match, f"{formula!r} from {formula[at:]!r}"
        kind, text, at = match.lastgroup, match.group(), match.end()
        if ended and kind in ("name", "function", "open", "number", "sum"):
            out.append("@")
        out.append(
            {
                "sum": "total@",
                "function": {r"\tanh": "np.tanh", r"\sigma": "sigmoid"}.get(text, ""),
                "times": "*",
                "transpose": ".T",
                "power": "**2",
                "open": "(" if text == "(" else "cat(",
                "close": ")",
                "name": identifier(text),
            }.get(kind, text)
        )
        ended = kind in ("close", "name", "transpose", "power", "number")
    return re.sub(r"total@(\w+)", r"\1.sum(axis=0)", "".join(out))


def compute(lines, names):
    """Carry out equations one after the other; the blocks of the LSTM's a are there as soon as a is."""
    for line in lines:
        left, right = re.split(r"\\mathrel\{\+\}=|=", line, maxsplit=1)
        target = identifier(left.strip())
        names[target] = eval(as_python(right), names)
        if target == "a" and names["k"] == 4:
            names |= dict(zip(("a_i", "a_f", "a_g", "a_o"), np.split(names["a"], 4, axis=1), strict=True))


def run_equations(cell, shape, seed, lines=equations):
    """One time step by the equations on the page, forward and backward, against the package."""
    _, make, ahead, back = CELLS[cell]
    b, _, d, h = shape
    params, x, state, dh, dstate, right = given(make, (b, 1, d, h), seed)
    k = params["b_h"].size // h
    cat = lambda *arrays: np.concatenate(arrays, axis=1)  # noqa: E731
    names = {"np": np, "sigmoid": rnn.sigmoid, "cat": cat, "k": k, "x": x[:, 0], **params}
    names["h_prev"], names["c_prev"] = state[0], state[-1]
    if k == 3:
        for part, source in (("W_x", "W_xh"), ("W_h", "W_hh"), ("b_", "b_h")):
            for gate, block in zip("rzn", np.split(params[source], 3, axis=-1), strict=True):
                names[part + gate] = block
    if cell == "GRU before":
        first, second = (lines(label) for label in ahead)
        replaced = [line for line in first if not line.startswith(("m_t", "n_t", "h_t"))]
        compute([*replaced, *second, first[-1]], names)
    else:
        compute(lines(ahead[0]), names)
    names["dh"] = dh[:, 0] + dstate[0]  # what the page's first equation says, with what came from later steps
    names["sent_c"] = dstate[-1]
    compute(lines(back[0]), names)
    if cell != "RNN":
        order = {4: "ifgo", 3: "rzn"}[k]
        names["da"] = cat(*(names[f"da_{gate}"] for gate in order))
        shared = {
            "LSTM": ("dx", r"\delta h_{t-1}", "dW_{xh}", "dW_{hh}", "db_h"),
        }.get(cell, ("dx", "dW_{xh}", "db_h"))
        compute([line for line in lines("rnn-back") if line.startswith(shared)], names)
    if cell == "GRU before":
        names["dW_hh"] = cat(names["dW_hr"], names["dW_hz"], names["dW_hn"])
    found = {"h": names["h"][:, None], "dx": names["dx"][:, None], "last 0": names["h"]}
    found |= {name: names[f"d{name}"] for name in params} | {"dfirst 0": names["sent_h_prev"]}
    if cell == "LSTM":
        found |= {"last 1": names["c"], "dfirst 1": names["sent_c_prev"]}
    return largest_difference(found, right)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("cell", CELLS)
def test_the_equations_on_the_cheat_sheet_give_what_the_package_gives(cell, shape, seed):
    assert run_equations(cell, shape, seed) < 1e-12


@pytest.mark.parametrize("cell", CELLS)
def test_every_altered_equation_is_noticed(cell):
    labels = [label for group in CELLS[cell][2:] for label in group]
    tried, missed = 0, []
    changes = [
        *((r"\odot", "+"), (" + ", " - "), (" - ", " + "), (r"^{\top}", ""), ("^2", ""), (r"\tanh", r"\sigma")),
        *((r"\sigma", r"\tanh"), ("_{t-1}", "_t"), (r"\textstyle\sum_b ", "")),
    ]
    for label in labels:
        good = equations(label)
        for number, line in enumerate(good):
            if cell == "GRU before" and label == "gru" and line.startswith(("m_t", "n_t")):
                continue
            left, equals, right = line.partition("=")
            for old, new in changes:
                for place in re.finditer(re.escape(old), right):
                    changed = left + equals + right[: place.start()] + new + right[place.end() :]
                    altered = [*good[:number], changed, *good[number + 1 :]]
                    tried += 1
                    try:
                        with np.errstate(all="ignore"):
                            wrong = run_equations(
                                cell, SHAPES[0], 0, lambda name, a=altered, b=label: a if name == b else equations(name)
                            )
                    except (ValueError, NameError, AssertionError, SyntaxError):
                        continue
                    if wrong < 1e-12:
                        missed.append(changed)
    assert missed == []
    assert tried > 10


def test_every_equation_on_the_cheat_sheet_is_tried():
    displayed = set(re.findall(r"\(eq-sheet-([\w-]+)\)", TEXT))
    assert displayed == {label for *_, ahead, back in CELLS.values() for label in (*ahead, *back)} | {"total"}
