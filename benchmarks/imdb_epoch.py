"""Time one epoch of sentiment training on film reviews: this package against Keras on JAX, with the same batches.

    python -m benchmarks.imdb_epoch [--rounds 3] [--threads 2]

Both train embedding (20,000 × 32) → LSTM or bidirectional LSTM of 32 units → last state → one logit, with Adam and
binary cross-entropy, on the same 25,000 reviews in the same order: batches of 64, the last 200 words, padded on the
right to 200 and masked. Reviews padded to one length suit Keras, which compiles for every shape; our own chapter's
batches of similar length would save this package another part. Each contender runs alone in its own process; one
epoch warms up (and compiles), the best of the following counts. The table goes to ``rnn/tables/imdb-epoch.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from typing import Any

import numpy as np

from benchmarks.common import write_table

WORDS, BATCH, VOCABULARY, EMBEDDING, HIDDEN = 200, 64, 20_000, 32, 32
COMMAND = "python -m benchmarks.imdb_epoch"


def reviews() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ids (N, 200), lengths (N,) and labels (N,) of the training reviews, shuffled."""
    import rnn

    data = rnn.datasets.load_imdb(source="full").train
    tokens = [rnn.tokenize(text) for text in data.texts]
    vocabulary = rnn.Vocabulary.build(tokens, max_size=VOCABULARY)
    order = np.random.default_rng(0).permutation(len(tokens))
    ids, lengths = rnn.pad_sequences([vocabulary.encode(tokens[i][-WORDS:]) for i in order], length=WORDS)
    return ids, np.maximum(lengths, 1), data.labels[order]


def ours(bidirectional: bool, epochs: int) -> list[float]:
    """Seconds of each epoch with this package."""
    import rnn

    ids, lengths, labels = reviews()
    rng = np.random.default_rng(0)

    def lstm() -> rnn.LSTM:
        return rnn.LSTM(EMBEDDING, HIDDEN, rng=rng)

    recurrent = rnn.Bidirectional(lstm(), lstm()) if bidirectional else lstm()
    width = 2 * HIDDEN if bidirectional else HIDDEN
    model = rnn.Sequential(
        [rnn.Embedding(VOCABULARY, EMBEDDING, rng=rng), recurrent, rnn.Pool("last"), rnn.Dense(width, 1, rng=rng)]
    )

    def batches(rng: np.random.Generator) -> Any:
        for k in range(0, len(ids), BATCH):
            yield rnn.Batch(ids[k : k + BATCH], labels[k : k + BATCH], lengths[k : k + BATCH])

    history = rnn.fit(
        model, batches, loss=rnn.binary_cross_entropy, optimizer=rnn.Adam(1e-3), epochs=epochs, progress=False
    )
    return history["seconds"]


def keras(bidirectional: bool, epochs: int) -> list[float]:
    """Seconds of each epoch with Keras on JAX."""
    os.environ["KERAS_BACKEND"] = "jax"
    import keras

    ids, _, labels = reviews()
    recurrent: Any = keras.layers.LSTM(HIDDEN)
    if bidirectional:
        recurrent = keras.layers.Bidirectional(recurrent)
    model = keras.Sequential(
        [keras.layers.Embedding(VOCABULARY, EMBEDDING, mask_zero=True), recurrent, keras.layers.Dense(1)]
    )
    model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True))
    whole = len(ids) // BATCH * BATCH  # a smaller last batch would be compiled once more
    seconds = []
    for _ in range(epochs):
        start = time.perf_counter()
        model.fit(ids[:whole], labels[:whole], batch_size=BATCH, epochs=1, shuffle=False, verbose=0)
        seconds.append(time.perf_counter() - start)
    return seconds


def main() -> None:
    """Run both in turn and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    contenders = {"ours": ours, "keras on jax": keras}
    if arguments.work:
        name, kind = arguments.work
        print(json.dumps(contenders[name](kind == "BiLSTM", 3)))
        return
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(arguments.threads))
    rows: dict[str, dict[str, float]] = {"LSTM": {}, "BiLSTM": {}}
    for _ in range(arguments.rounds):
        for kind, row in rows.items():
            for name in contenders:
                done = subprocess.run(
                    [sys.executable, "-m", "benchmarks.imdb_epoch", "--work", name, kind],
                    env={**os.environ, **threads},
                    capture_output=True,
                    text=True,
                    check=True,
                )
                seconds = min(json.loads(done.stdout.splitlines()[-1])[1:])
                row[name] = min(seconds, row.get(name, float("inf")))
                print(kind, name, f"{seconds:.1f} s", file=sys.stderr, flush=True)
    for kind, row in rows.items():
        ratio = row["keras on jax"] / row["ours"]
        print(f"{kind}: ours {row['ours']:.1f} s, Keras on JAX {row['keras on jax']:.1f} s, {ratio:.2f}× its speed")
    write_table("imdb-epoch", COMMAND, arguments.threads, {"rows": rows}, data="the 25,000 training reviews")


if __name__ == "__main__":
    main()
