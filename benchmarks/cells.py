"""Time forward + backward of RNN, GRU and LSTM layers: this package against PyTorch and JAX.

    python -m benchmarks.cells [--rounds 3] [--threads 2] [--contenders ours pytorch jax]

Every contender runs alone in a process of its own, float32, with the same number of threads. In each round the
contenders take turns, so that a machine whose speed drifts drifts for all; the best of all rounds counts. What is
timed is one call of the layer on x (B, T, D), and back from a given dL/dh to the gradients of all weights and of
x. JAX is compiled before the clock starts. The table goes to ``rnn/tables/cells.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.common import best_of, geometric_mean, write_table

SHAPES = [
    (16, 50, 32, 32),
    (64, 50, 32, 32),
    (32, 100, 32, 64),
    (64, 100, 64, 64),
    (32, 400, 64, 64),
    (64, 400, 64, 64),
]
CELLS = ["RNN", "GRU", "LSTM"]
CONTENDERS = ["ours", "pytorch", "jax"]

Run = Callable[[], object]


def ours(cell: str, shape: tuple[int, ...]) -> tuple[Run, Run]:
    """Forward alone, and forward + backward, with this package."""
    import rnn

    _, _, d, h = shape
    layer = getattr(rnn, cell)(d, h, rng=np.random.default_rng(0))
    x, dh = _data(shape)

    def both() -> None:
        layer.forward(x)
        layer.backward(dh)

    return lambda: layer.forward(x), both


def pytorch(cell: str, shape: tuple[int, ...]) -> tuple[Run, Run]:
    """Forward (recording for autograd, as in training) and forward + backward with torch.nn."""
    import torch

    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    _, _, d, h = shape
    layer = getattr(torch.nn, cell)(d, h, batch_first=True)
    x, dh = map(torch.from_numpy, _data(shape))
    x.requires_grad_(True)

    def both() -> None:
        layer.zero_grad(set_to_none=True)
        x.grad = None
        out, _ = layer(x)
        out.backward(dh)

    return lambda: layer(x), both


def jax(cell: str, shape: tuple[int, ...]) -> tuple[Run, Run]:
    """Forward and forward + backward with ``lax.scan``, compiled; input products outside the scan."""
    import jax
    import jax.numpy as jnp

    b, _, d, h = shape
    k = {"RNN": 1, "GRU": 3, "LSTM": 4}[cell]
    rng = np.random.default_rng(0)
    weights = [
        jnp.asarray(rng.uniform(-0.1, 0.1, s).astype(np.float32)) for s in ((d, k * h), (h, k * h), (k * h,), (h,))
    ]
    x, dh = map(jnp.asarray, _data(shape))
    zeros = jnp.zeros((b, h), jnp.float32)

    def layer(weights: Any, x: Any) -> Any:
        w_xh, w_hh, b_h, b_hn = weights

        def rnn_step(s: Any, a: Any) -> Any:
            s = jnp.tanh(a + s @ w_hh)
            return s, s

        def gru_step(s: Any, a: Any) -> Any:
            m = s @ w_hh
            r, z = jnp.split(jax.nn.sigmoid(a[:, : 2 * h] + m[:, : 2 * h]), 2, axis=1)
            n = jnp.tanh(a[:, 2 * h :] + r * (m[:, 2 * h :] + b_hn))
            s = (1 - z) * n + z * s
            return s, s

        def lstm_step(s: Any, a: Any) -> Any:
            i, f, g, o = jnp.split(a + s[0] @ w_hh, 4, axis=1)
            c = jax.nn.sigmoid(f) * s[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
            out = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (out, c), out

        step = {"RNN": rnn_step, "GRU": gru_step, "LSTM": lstm_step}[cell]
        start = (zeros, zeros) if cell == "LSTM" else zeros
        _, out = jax.lax.scan(step, start, jnp.swapaxes(x @ w_xh + b_h, 0, 1))
        return jnp.swapaxes(out, 0, 1)

    forward = jax.jit(layer)

    @jax.jit
    def both(weights: Any, x: Any) -> Any:
        out, pull = jax.vjp(layer, weights, x)
        return out, pull(dh)

    return (
        lambda: jax.block_until_ready(forward(weights, x)),
        lambda: jax.block_until_ready(both(weights, x)),
    )


def _data(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    b, t, d, h = shape
    rng = np.random.default_rng(1)
    return rng.standard_normal((b, t, d), dtype=np.float32), rng.standard_normal((b, t, h), dtype=np.float32)


def work(contender: str) -> list[dict[str, Any]]:
    """Time every cell and shape with one contender, in this process."""
    rows = []
    for cell in CELLS:
        for shape in SHAPES:
            forward, both = {"ours": ours, "pytorch": pytorch, "jax": jax}[contender](cell, shape)
            rows.append({"cell": cell, "shape": shape, "forward": best_of(forward), "both": best_of(both)})
    return rows


def main() -> None:
    """Run all contenders in turn and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=CONTENDERS)
    parser.add_argument("--work", choices=CONTENDERS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        print(json.dumps(work(arguments.work)))
        return
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(arguments.threads))
    threads["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={str(arguments.threads > 1).lower()}"
    best: dict[tuple[str, tuple[int, ...]], dict[str, dict[str, float]]] = {}
    for turn in range(arguments.rounds):
        for contender in arguments.contenders:
            start = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.cells", "--work", contender],
                env={**os.environ, **threads},
                capture_output=True,
                text=True,
                check=True,
            )
            for row in json.loads(done.stdout.splitlines()[-1]):
                slot = best.setdefault((row["cell"], tuple(row["shape"])), {}).setdefault(contender, {})
                for what in ("forward", "both"):
                    slot[what] = min(row[what], slot.get(what, float("inf")))
            print(f"round {turn + 1}, {contender}: {time.perf_counter() - start:.0f} s", file=sys.stderr)
    rows = [{"cell": cell, "shape": shape, **times} for (cell, shape), times in best.items()]
    print(table(rows, arguments.contenders))
    write_table("cells", "python -m benchmarks.cells", arguments.threads, {"rows": rows})


def table(rows: list[dict[str, Any]], contenders: list[str]) -> str:
    """Milliseconds of forward + backward, and how many times faster this package is than each peer."""
    peers = [c for c in contenders if c != "ours"]
    lines = [
        f"{'cell':5}{'B':>5}{'T':>5}{'D':>5}{'H':>5}"
        + "".join(f"{c + ' ms':>12}" for c in contenders)
        + "".join(f"{'vs ' + p:>12}" for p in peers)
    ]
    for row in rows:
        times = [row[c]["both"] for c in contenders]
        ratios = [row[p]["both"] / row["ours"]["both"] for p in peers]
        lines.append(
            f"{row['cell']:5}"
            + "".join(f"{n:5}" for n in row["shape"])
            + "".join(f"{1e3 * s:12.2f}" for s in times)
            + "".join(f"{r:11.2f}×" for r in ratios)
        )
    for cell in CELLS:
        for peer in peers:
            mean = geometric_mean([r[peer]["both"] / r["ours"]["both"] for r in rows if r["cell"] == cell])
            lines.append(f"{cell}: {mean:.2f}× the speed of {peer} (geometric mean)")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
