"""The book's diagrams: networks as loops and unrolled over time, the inside of the cells, gradients flowing back.

Each function draws one figure in the style of `rnn.plotting`; `rnn.diagrams.canvas` holds everything they share.
"""

from rnn.diagrams.cells import gru_cell, lstm_cell, rnn_cell
from rnn.diagrams.gradients import backward, truncated
from rnn.diagrams.layers import bidirectional, stacked
from rnn.diagrams.networks import (
    elman_and_jordan,
    feedforward_and_recurrent,
    loop_and_unrolled,
    shared_weights,
    unrolled,
)
from rnn.diagrams.types import network_type, network_types

__all__ = [
    "backward",
    "bidirectional",
    "elman_and_jordan",
    "feedforward_and_recurrent",
    "gru_cell",
    "loop_and_unrolled",
    "lstm_cell",
    "network_type",
    "network_types",
    "rnn_cell",
    "shared_weights",
    "stacked",
    "truncated",
    "unrolled",
]
