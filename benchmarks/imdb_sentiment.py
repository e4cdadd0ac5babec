"""Make the stored table of the chapter on film reviews: what takes longer than a reader will wait.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.imdb_sentiment [--only final]

Runs the chapter's own cells that are tagged ``shared`` (data, vocabulary, networks, training), then trains: the
networks of the chapter over three seeds, measured on the test set; an LSTM with its last state on reviews cut and
padded in different ways; every cell with every pooling; every cell on shuffled reviews. All but the first are measured
on validation reviews only, with fewer words and epochs, two processes at a time. The networks of the chapter train
alone, so that their seconds mean something. The table goes to ``rnn/tables/imdb-sentiment.json``.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import rnn
from benchmarks.common import run_cells, write_table
from rnn.tables import load_table

CHAPTER = Path(__file__).parent.parent / "book" / "case-studies" / "imdb-sentiment.md"
SEEDS = [0, 1, 2]
BUDGET = {"words": 100, "hidden": 32, "embedding": 32, "epochs": 3, "lr": 0.004, "word_dropout": 0.2}
LONG = {**BUDGET, "words": 400, "epochs": 2}  # for padding: most reviews are shorter than this
CELLS = ["no recurrence", "RNN", "LSTM", "BiLSTM"]
POOLINGS = ["last", "mean", "max", "max+mean"]
PADDINGS = ["on the right, with lengths", "on the right, read through", "on the left"]
COMMAND = "OPENBLAS_NUM_THREADS=1 python -m benchmarks.imdb_sentiment"

chapter: dict[str, Any] = {}  # what the chapter's cells define; worker processes inherit it


def sets_of_ids() -> list[list[list[int]]]:
    """Training and validation reviews as ids, cut to the budget's words."""
    return [chapter["encode"](chapter[name], BUDGET["words"]) for name in ("train_tokens", "val_tokens")]


def trained(
    model: Any, seed: int, train_ids: list[Any], val_ids: list[Any], budget: dict[str, Any] | None = None
) -> dict[str, float]:
    """Train as the chapter does, on the smaller budget; validation accuracy on all reviews and on the negated ones."""
    chapter["train"](model, seed, train_ids, val_ids, progress=False, **(budget or BUDGET))
    logits, labels, negated = chapter["predict"](model, val_ids), chapter["y_val"], negated_reviews()
    return {
        "accuracy": rnn.metrics.accuracy(logits, labels),
        "negated": rnn.metrics.accuracy(logits[negated], labels[negated]),
    }


def negated_reviews() -> np.ndarray:
    """Which validation reviews have a negation shortly before a strong word, among the words kept."""
    strong = chapter["strong_words"]()
    return np.array([chapter["is_negated"](t[-BUDGET["words"] :], strong) for t in chapter["val_tokens"]])


def grid(cell: str, pooling: str, seed: int) -> dict[str, Any]:
    """One cell with one pooling."""
    model = chapter["build"](cell, pooling, seed, **BUDGET)
    return {"cell": cell, "pooling": pooling, **trained(model, seed, *sets_of_ids())}


def shuffled(cell: str, pooling: str, seed: int) -> dict[str, Any]:
    """One cell with one pooling, trained and measured on shuffled reviews."""
    model = chapter["build"](cell, pooling, seed, **BUDGET)
    return {
        "cell": cell,
        "pooling": pooling,
        **trained(model, seed, *(chapter["shuffle_words"](ids, 100 + seed) for ids in sets_of_ids())),
    }


def kept(part: str, seed: int) -> dict[str, Any]:
    """An LSTM with its last state on the first or on the last words of each review."""
    cut = slice(None, BUDGET["words"]) if part == "the first" else slice(-BUDGET["words"], None)
    encode = chapter["vocabulary"].encode
    sets = ([encode(t[cut]) for t in chapter[name]] for name in ("train_tokens", "val_tokens"))
    return {"kept": part, **trained(chapter["build"]("LSTM", "last", seed, **BUDGET), seed, *sets)}


def padding(way: str, seed: int) -> dict[str, Any]:
    """An LSTM with its last state on many words, so that most reviews are padded, in one of three ways."""
    sets: list[list[Any]] = [chapter["encode"](chapter[name], LONG["words"]) for name in ("train_tokens", "val_tokens")]
    if way != PADDINGS[0]:
        pad = "left" if way == PADDINGS[2] else "right"
        sets = [list(rnn.pad_sequences(ids, length=LONG["words"], pad=pad)[0]) for ids in sets]
    return {"padding": way, **trained(chapter["build"]("LSTM", "last", seed, **LONG), seed, *sets, budget=LONG)}


def bags() -> list[dict[str, Any]]:
    """The two bags of words on the test set; no chance is involved, so once."""
    rows: list[dict[str, Any]] = []
    tokens, labels = chapter["test_tokens"], chapter["y_test"]
    for name, pairs in (("words", False), ("words and pairs", True)):
        start = time.perf_counter()
        predictor = chapter["bag_baseline"](pairs)
        seconds = time.perf_counter() - start
        rows.append(
            {"model": name, "accuracy": [rnn.metrics.accuracy(predictor(tokens), labels)], "seconds": [seconds]}
        )
        print(rows[-1], file=sys.stderr, flush=True)
    return rows


def final() -> list[dict[str, Any]]:
    """The chapter's networks on the test set, over all seeds."""
    rows: list[dict[str, Any]] = []
    for cell in CELLS:
        row: dict[str, Any] = {"model": cell, "accuracy": [], "seconds": [], "per_epoch": [], "validation": []}
        for seed in SEEDS:
            start = time.perf_counter()
            model = chapter["build"](cell, seed=seed)
            history = chapter["train"](model, seed, progress=False)
            row["seconds"].append(time.perf_counter() - start)
            row["per_epoch"].append(float(np.mean(history["seconds"])))
            row["validation"].append(history["val_accuracy"][-1])
            row["accuracy"].append(
                rnn.metrics.accuracy(chapter["predict"](model, chapter["test_ids"]), chapter["y_test"])
            )
            print(cell, seed, {k: v[-1] for k, v in row.items() if k != "model"}, file=sys.stderr, flush=True)
        rows.append(row)
    return rows


def merged(rows: list[dict[str, Any]], keys: list[str]) -> list[dict[str, Any]]:
    """One row for all seeds: what is not a key becomes a list."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        slot = found.setdefault(tuple(row[key] for key in keys), {key: row[key] for key in keys})
        for name, value in row.items():
            if name not in keys:
                slot.setdefault(name, []).append(value)
    return list(found.values())


def call(job: tuple[str, tuple[Any, ...]]) -> dict[str, Any]:
    """Do one job in a worker process."""
    name, arguments = job
    start = time.perf_counter()
    row: dict[str, Any] = {"grid": grid, "shuffled": shuffled, "kept": kept, "padding": padding}[name](*arguments)
    print(name, *arguments, row, f"{time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    return row


def main() -> None:
    """Make the table, or the parts of it asked for, keeping the rest."""
    parts = {"grid": ["cell", "pooling"], "shuffled": ["cell", "pooling"], "kept": ["kept"], "padding": ["padding"]}
    models = {"bags": bags, "final": final}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=[*parts, *models], default=[*parts, *models])
    parser.add_argument(
        "--processes", type=int, default=2, help="how many at a time, for all but the models of the chapter"
    )
    arguments = parser.parse_args()
    only = arguments.only
    chapter.update(run_cells(CHAPTER, "shared"))
    if not chapter["FULL"]:
        sys.exit("The stored table is made on the real reviews, which could not be had here.")
    grid_jobs = [(c, p, s) for c in CELLS for p in POOLINGS for s in SEEDS if (c, p) != ("no recurrence", "last")]
    jobs: dict[str, list[tuple[Any, ...]]] = {
        "grid": grid_jobs,
        "shuffled": [job for job in grid_jobs if job[1] in ("last", "max+mean")],
        "kept": [(k, s) for k in ("the first", "the last") for s in SEEDS],
        "padding": [(w, s) for w in PADDINGS for s in SEEDS],
    }
    made: dict[str, Any] = {
        "seeds": SEEDS,
        "budget": BUDGET,
        "long": LONG,
        "validation": len(chapter["y_val"]),
        "negated": int(negated_reviews().sum()),
    }
    made |= {name: make() for name, make in models.items() if name in only}
    with multiprocessing.get_context("fork").Pool(arguments.processes) as pool:
        for name in (part for part in parts if part in only):
            rows = pool.map(call, [(name, job) for job in jobs[name]], chunksize=1)
            made[name] = merged(rows, parts[name])
    stored = load_table("imdb-sentiment") if set(only) != {*parts, *models} else {}
    results = {name: value for name, value in (stored | made).items() if name != "made"}
    threads = int(os.environ.get("OPENBLAS_NUM_THREADS", os.cpu_count() or 1))
    write_table("imdb-sentiment", COMMAND, threads, results, data=chapter["data"].description.rstrip("."))


if __name__ == "__main__":
    main()
