"""Recurrent neural networks from scratch, in NumPy: the package behind the book of the same name."""
