"""Recurrent neural networks from scratch, in NumPy: the package behind the book of the same name."""

from rnn.activations import sigmoid, softmax
from rnn.gru import GRU
from rnn.layers import Dense, Dropout, Embedding, Layer
from rnn.lstm import LSTM
from rnn.models import Sequential
from rnn.pooling import Pool
from rnn.recurrent import RNN, Recurrent
from rnn.wrappers import Bidirectional, Stacked
