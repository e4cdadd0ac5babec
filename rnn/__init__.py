"""Recurrent neural networks from scratch, in NumPy: the package behind the book of the same name.

Everything public can be had from here: ``rnn.LSTM``, ``rnn.fit``, ``rnn.softmax_cross_entropy``. Metrics, data sets,
conversion, plotting and diagrams are modules of their own, ``rnn.metrics``, ``rnn.datasets``, ``rnn.convert``,
``rnn.plotting`` and ``rnn.diagrams``; the last three are loaded when first used.
"""

import importlib
from types import ModuleType

from rnn import datasets, metrics
from rnn.activations import ACTIVATIONS, Activation, get_activation, identity, relu, sigmoid, softmax, tanh
from rnn.batches import Batch, Batches, array_batches, bucketed_batches, truncated_batches
from rnn.beam_search import beam
from rnn.generation import Generated, greedy, sample, stepper
from rnn.gradcheck import GradientCheck, GradientReport, check_direction, check_gradients, numerical_gradient
from rnn.gru import GRU
from rnn.initializers import glorot_uniform, orthogonal, uniform
from rnn.layers import Dense, Dropout, Embedding, Layer
from rnn.losses import binary_cross_entropy, mean_squared_error, softmax_cross_entropy
from rnn.lstm import LSTM
from rnn.models import Sequential
from rnn.optimizers import SGD, Adam, Optimizer, clip_grad_norm, clip_grad_value
from rnn.pooling import Pool
from rnn.recurrent import RNN, Recurrent
from rnn.seq2seq import Seq2Seq
from rnn.text import Vocabulary, pad_sequences, tokenize
from rnn.training import History, evaluate, fit
from rnn.wrappers import Bidirectional, Stacked

__version__ = "0.1.0"

__all__ = [
    "ACTIVATIONS",
    "GRU",
    "LSTM",
    "RNN",
    "SGD",
    "Activation",
    "Adam",
    "Batch",
    "Batches",
    "Bidirectional",
    "Dense",
    "Dropout",
    "Embedding",
    "Generated",
    "GradientCheck",
    "GradientReport",
    "History",
    "Layer",
    "Optimizer",
    "Pool",
    "Recurrent",
    "Seq2Seq",
    "Sequential",
    "Stacked",
    "Vocabulary",
    "array_batches",
    "beam",
    "binary_cross_entropy",
    "bucketed_batches",
    "check_direction",
    "check_gradients",
    "clip_grad_norm",
    "clip_grad_value",
    "datasets",
    "evaluate",
    "fit",
    "get_activation",
    "glorot_uniform",
    "greedy",
    "identity",
    "mean_squared_error",
    "metrics",
    "numerical_gradient",
    "orthogonal",
    "pad_sequences",
    "relu",
    "sample",
    "sigmoid",
    "softmax",
    "softmax_cross_entropy",
    "stepper",
    "tanh",
    "tokenize",
    "truncated_batches",
    "uniform",
]


def __getattr__(name: str) -> ModuleType:
    if name in ("convert", "diagrams", "exercises", "plotting"):
        return importlib.import_module(f"rnn.{name}")
    raise AttributeError(f"module 'rnn' has no attribute {name!r}")
