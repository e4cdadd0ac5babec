"""Checkers for the book's exercises, one module a chapter: ``from rnn.exercises import imdb_sentiment as check``.

Hand a checker your function, ``check.check_masked_mean(masked_mean)``. It runs the function on several inputs and
returns a :class:`~rnn.exercises.checking.Result`: whether it passed, and if not, what came, what was expected, and for
the usual mistakes which one it looks like.
"""
