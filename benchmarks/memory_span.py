"""Make the stored table of the chapter on gated networks: which cell learns to remember over how many steps.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.memory_span

Runs the chapter's own cells that are tagged ``shared`` (cells, tasks, training), then trains every cell on both tasks
with every lag, three seeds each, two processes at a time: a few minutes. Before that each cell is timed alone, forward
and backward, per time step. The table goes to ``rnn/tables/memory-span.json``.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import best_of, run_cells, write_table

CHAPTER = Path(__file__).parent.parent / "book" / "foundations" / "gated-networks.md"
SEEDS = [0, 1, 2]
TASKS = ["copy", "adding"]
LAGS = [10, 30, 60, 120]
HIDDEN, UPDATES = 16, 600
TIMED = {"B": 32, "T": 100, "D": 6, "H": HIDDEN}
COMMAND = "OPENBLAS_NUM_THREADS=1 python -m benchmarks.memory_span"

chapter: dict[str, Any] = {}  # what the chapter's cells define; worker processes inherit it


def describe(name: str) -> dict[str, Any]:
    """Parameters of a cell, and its seconds per time step, forward and backward."""
    rng = np.random.default_rng(0)
    layer = chapter["CELLS"][name](TIMED["D"], TIMED["H"], TIMED["T"], rng)
    x = rng.normal(size=(TIMED["B"], TIMED["T"], TIMED["D"])).astype(np.float32)
    dh = rng.normal(size=(TIMED["B"], TIMED["T"], layer.hidden_size)).astype(np.float32)

    def both_ways() -> None:
        layer.forward(x)
        layer.backward(dh)

    return {
        "cell": name,
        "parameters": sum(array.size for array in layer.params.values()),
        "seconds": best_of(both_ways) / TIMED["T"],
    }


def accuracies(job: tuple[str, str, int]) -> dict[str, Any]:
    """One cell on one task with one lag, all seeds."""
    name, task, lag = job
    train, cell = chapter["train_memory"], chapter["CELLS"][name]
    found = [train(cell, task, lag, seed, H=HIDDEN, updates=UPDATES)[1] for seed in SEEDS]
    print(name, task, lag, np.round(found, 2), file=sys.stderr, flush=True)
    return {"cell": name, "task": task, "lag": lag, "accuracy": found}


def main() -> None:
    """Make the table."""
    chapter.update(run_cells(CHAPTER, "shared"))
    cells = [describe(name) for name in chapter["CELLS"]]
    jobs = [(name, task, lag) for lag in reversed(LAGS) for task in TASKS for name in chapter["CELLS"]]
    with multiprocessing.get_context("fork").Pool(2) as pool:
        rows = pool.map(accuracies, jobs, chunksize=1)
    results = {
        "seeds": SEEDS,
        "lags": LAGS,
        "hidden": HIDDEN,
        "updates": UPDATES,
        "timed": TIMED,
        "cells": cells,
        "rows": rows,
    }
    threads = int(os.environ.get("OPENBLAS_NUM_THREADS", os.cpu_count() or 1))
    write_table("memory-span", COMMAND, threads, results)


if __name__ == "__main__":
    main()
