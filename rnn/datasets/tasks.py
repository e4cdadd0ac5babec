"""Toy tasks: sequences made on the spot, each with one thing to remember and a score that needs no memory.

| task | what must be remembered | the score without memory |
| --- | --- | --- |
| `adding_problem` | two numbers, to the end | mean squared error 1/6, always answering 1 |
| `copy_problem` | a whole word, over a delay | ln(symbols) nats per recalled symbol |
| `echo_problem` | the last few bits, always moving on | ln 2 nats per bit |
| `parity_problem` | one bit, changed by every 1 | ln 2 nats per bit, but for the first one |
| `written_dates` | what was read, to be written in another order | 1 date in 73,049 right |

A model at the score without memory has learned nothing yet, however smooth its loss curve looks. The first
two tasks come from S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997,
in the form that later papers made common (M. Arjovsky, A. Shah and Y. Bengio, "Unitary evolution recurrent
neural networks", ICML 2016).
"""

from __future__ import annotations

import datetime

import numpy as np
from numpy.typing import NDArray

from rnn._check import check_rng, check_size

FIRST_DATE = datetime.date(1900, 1, 1)
LAST_DATE = datetime.date(2099, 12, 31)

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Each form has one meaning: months are numbers only after the year, or between points as in much of Europe.
DATE_FORMS = (
    "{d} {month} {y}",
    "{month} {d}, {y}",
    "{weekday}, {d} {month} {y}",
    "{weekday}, {month} {d}, {y}",
    "{d}{th} {month} {y}",
    "the {d}{th} of {month} {y}",
    "{d} {mon} {y}",
    "{mon} {d} {y}",
    "{y} {month} {d}",
    "{y}/{m:02}/{d:02}",
    "{d}.{m}.{y}",
)


def adding_problem(
    batch_size: int, steps: int, rng: np.random.Generator | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return sequences of numbers, two of them marked; the target is the sum of those two.

    One mark is in the first half of the sequence, the other in the second (with an odd number of steps the
    second half is the longer one), so the first number must be kept for about half the sequence on average.

    Without memory: each number is uniform on [0, 1) with variance 1/12, their sum has mean 1 and variance
    1/6. So always answering 1 has mean squared error 1/6 ≈ 0.167, and no constant does better.

    Parameters
    ----------
    batch_size, steps : int
        B, at least 1, and T, at least 2.
    rng : numpy.random.Generator, optional

    Returns
    -------
    x : (B,T,2) float32
        Channel 0 the numbers, channel 1 the marks, 1 at two steps and 0 elsewhere.
    y : (B,1) float32

    Raises
    ------
    ValueError, TypeError
        A size that is too small, or not a whole number.
    """
    where = "adding_problem"
    batch_size, steps = check_size(where, "batch_size", batch_size), check_size(where, "steps", steps)
    if steps < 2:
        raise ValueError(f"{where}: steps must be at least 2, one for each number to add, got {steps}.")
    rng = check_rng(where, rng)
    rows = np.arange(batch_size)
    x = np.zeros((batch_size, steps, 2), dtype=np.float32)
    x[:, :, 0] = rng.random((batch_size, steps), dtype=np.float32)
    first = rng.integers(0, steps // 2, batch_size)
    second = rng.integers(steps // 2, steps, batch_size)
    x[rows, first, 1] = x[rows, second, 1] = 1.0
    y = x[rows, first, 0] + x[rows, second, 0]
    return x, y[:, None]


def copy_problem(
    batch_size: int, length: int, delay: int, rng: np.random.Generator | None = None, *, symbols: int = 8
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return words to be repeated after a delay: read the word, wait, and at a signal write it down.

    The sequence has T = 2·length + delay steps. The numbers 0 … symbols−1 are letters, the number ``symbols``
    is the blank, ``symbols + 1`` the signal, so the vocabulary has V = symbols + 2 entries, for an Embedding
    or one-hot vectors:

        x:  word   blank … blank signal   blank … blank         (the signal is the last step of the delay)
        y:  blank …               blank   word

    Without memory: the letters are uniform and independent, so each recalled one costs at least ln(symbols)
    nats, and a model that knows where the blanks are pays length·ln(symbols)/T per step without the mask.

    Parameters
    ----------
    batch_size, length, delay : int
        B, the letters in the word and the steps between reading and writing; each at least 1.
    rng : numpy.random.Generator, optional
    symbols : int
        Different letters, at least 1.

    Returns
    -------
    x, y : (B,T) int64
    mask : (B,T) bool
        True at the last ``length`` steps, where the word is to be written.

    Raises
    ------
    ValueError, TypeError
        A size below 1, or not a whole number.
    """
    where = "copy_problem"
    batch_size, length = check_size(where, "batch_size", batch_size), check_size(where, "length", length)
    delay, symbols = check_size(where, "delay", delay), check_size(where, "symbols", symbols)
    word = check_rng(where, rng).integers(0, symbols, (batch_size, length))
    x = np.full((batch_size, 2 * length + delay), symbols, dtype=np.int64)
    y = x.copy()
    x[:, :length] = word
    x[:, length + delay - 1] = symbols + 1
    y[:, length + delay :] = word
    mask = np.zeros(x.shape, dtype=np.bool_)
    mask[:, length + delay :] = True
    return x, y, mask


def echo_problem(
    batch_size: int, steps: int, delay: int, rng: np.random.Generator | None = None
) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.bool_]]:
    """Return random bits; the target at each step is the bit of ``delay`` steps ago.

    Without memory: the bits are fair and independent, so each costs at least ln 2 ≈ 0.693 nats and half of
    them are guessed right. A state of ``delay`` bits, moved on at every step, solves the task exactly.

    Parameters
    ----------
    batch_size, steps : int
        B and T, at least 1.
    delay : int
        Steps to look back, at least 1 and below ``steps``.
    rng : numpy.random.Generator, optional

    Returns
    -------
    x : (B,T,1) float32, 0 or 1
    y : (B,T) int64
        ``y[:, t] = x[:, t - delay, 0]``; 0 at the first ``delay`` steps, which have no answer.
    mask : (B,T) bool
        False at the first ``delay`` steps.

    Raises
    ------
    ValueError, TypeError
        A size out of range, or not a whole number.
    """
    where = "echo_problem"
    batch_size, steps = check_size(where, "batch_size", batch_size), check_size(where, "steps", steps)
    delay = check_size(where, "delay", delay)
    if delay >= steps:
        raise ValueError(f"{where}: delay must be below the number of steps, {steps}, got {delay}.")
    bits = check_rng(where, rng).integers(0, 2, (batch_size, steps))
    y = np.zeros_like(bits)
    y[:, delay:] = bits[:, :-delay]
    mask = np.zeros(bits.shape, dtype=np.bool_)
    mask[:, delay:] = True
    return bits[:, :, None].astype(np.float32), y, mask


def parity_problem(
    batch_size: int, steps: int, rng: np.random.Generator | None = None
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return random bits; the target at each step is 1 if the number of ones so far is odd, 0 if it is even.

    Without memory: y_t = y_{t−1} XOR x_t. Seen alone, the bit x_t says nothing about y_t for t ≥ 2, since
    y_{t−1} is fair and independent of it: ln 2 ≈ 0.693 nats, half of the answers right. More: any window that
    leaves out even one earlier bit says nothing either. Only the first step, where y_1 = x_1, is free, so the
    mean over T steps is at least (1 − 1/T) ln 2. One bit of state solves the task at any length.

    Parameters
    ----------
    batch_size, steps : int
        B and T, at least 1.
    rng : numpy.random.Generator, optional

    Returns
    -------
    x, y : (B,T,1) float32 and (B,T) int64, both 0 or 1

    Raises
    ------
    ValueError, TypeError
        A size below 1, or not a whole number.
    """
    where = "parity_problem"
    batch_size, steps = check_size(where, "batch_size", batch_size), check_size(where, "steps", steps)
    bits = check_rng(where, rng).integers(0, 2, (batch_size, steps))
    return bits[:, :, None].astype(np.float32), np.cumsum(bits, axis=1) % 2


def written_dates(count: int, rng: np.random.Generator | None = None) -> list[tuple[str, str]]:
    """Return dates as people write them, each with its ISO form: ("Tuesday, 3 March 1998", "1998-03-03").

    The days from 1900-01-01 to 2099-12-31 are equally likely, and so are eleven ways of writing, each of
    which has one meaning only. A third of the dates is in small letters.

    Without reading: the 73,049 days being equally likely, a model that writes dates but ignores its input is
    right about one in 73,049, and pays at least ln 73049 ≈ 11.2 nats for each.

    Parameters
    ----------
    count : int
        Pairs (written, iso) to draw, at least 1. The same date can come more than once.
    rng : numpy.random.Generator, optional

    Raises
    ------
    ValueError, TypeError
        A count below 1, or not a whole number.
    """
    count = check_size("written_dates", "count", count)
    rng = check_rng("written_dates", rng)
    days = rng.integers(0, (LAST_DATE - FIRST_DATE).days + 1, count)
    forms = rng.integers(0, len(DATE_FORMS), count)
    small = rng.integers(0, 3, count) == 0
    dates = [FIRST_DATE + datetime.timedelta(days=day) for day in days.tolist()]
    written = [_write(date, DATE_FORMS[form]) for date, form in zip(dates, forms.tolist(), strict=True)]
    written = [text.lower() if lower else text for text, lower in zip(written, small.tolist(), strict=True)]
    return list(zip(written, (date.isoformat() for date in dates), strict=True))


def _write(date: datetime.date, form: str) -> str:
    """Write a date in one of the forms, in English wherever the computer stands."""
    d, month = date.day, MONTHS[date.month - 1]
    th = "th" if d in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(d % 10, "th")
    weekday = WEEKDAYS[date.weekday()]
    return form.format(d=d, th=th, m=date.month, month=month, mon=month[:3], weekday=weekday, y=date.year)
