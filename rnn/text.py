r"""Text: from strings to arrays of token numbers, and back.

Three steps, each a function or class here: a text is cut into tokens (:func:`tokenize`), a token becomes the number
of its row in the embedding matrix (:class:`Vocabulary`), and sequences of different length become one array (B, T),
filled up with padding and cut where they are too long (:func:`pad_sequences`). A too long sequence is cut, never
dropped: dropping would change which texts are in the data.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from rnn._check import check_size

PAD, UNK = "<pad>", "<unk>"

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[!?]")


def tokenize(text: str) -> list[str]:
    """Cut a text into lower-case words and the marks ! and ?.

    A word is a run of letters and digits of any alphabet, apostrophes inside included: "don't" and "isn't" stay one
    token each, so that a negation is not lost. HTML tags such as ``<br />``, which film reviews are full of, separate
    words, as all other characters do: hyphens, periods, commas, quotation marks, underscores.

    Parameters
    ----------
    text : str

    Returns
    -------
    tokens : list of str

    Raises
    ------
    TypeError
        If ``text`` is not a string.

    Examples
    --------
    >>> tokenize("I DIDN'T like it...<br />Well-made, but why?!")
    ['i', "didn't", 'like', 'it', 'well', 'made', 'but', 'why', '?', '!']
    """
    if not isinstance(text, str):
        raise TypeError(f"tokenize: text must be a string, got {type(text).__name__}.")
    return _TOKEN.findall(_TAG.sub(" ", text).replace("’", "'").lower())


class Vocabulary:
    """A numbered list of tokens: token ↔ id, where the id is the token's place in the list.

    Two names have a meaning: ``<unk>`` stands for every token that is not in the list, ``<pad>`` fills up short
    sequences. A vocabulary may do without either. A string is a sequence of characters, so
    ``Vocabulary.build([text], specials=())`` is a vocabulary of characters.

    Parameters
    ----------
    tokens : iterable of str
        All tokens in the order of their ids, each once, specials included.

    Raises
    ------
    TypeError
        If a token is not a string.
    ValueError
        If a token comes twice, or there is none.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        self._tokens = list(tokens)
        for token in self._tokens:
            if not isinstance(token, str):
                raise TypeError(f"Vocabulary: every token must be a string, got {type(token).__name__}.")
        self._ids = _Ids((token, i) for i, token in enumerate(self._tokens))
        if len(self._ids) != len(self._tokens) or not self._tokens:
            twice = [token for token, n in Counter(self._tokens).items() if n > 1]
            raise ValueError(f"Vocabulary: tokens must be different, at least one, got {twice or 'none'}.")

    @classmethod
    def build(
        cls,
        docs: Iterable[Iterable[str]],
        max_size: int | None = None,
        min_count: int = 1,
        specials: Sequence[str] = (PAD, UNK),
    ) -> Vocabulary:
        """Collect the most frequent tokens of tokenized documents; of equally frequent ones the alphabetical first.

        Build it from the training set only: what the test set contains must not be known before the test.

        Parameters
        ----------
        docs : iterable of iterables of str
            Each document as its tokens (or a string, for characters).
        max_size : int, optional
            Largest number of tokens, specials included: the rows of the embedding matrix. None: no limit.
        min_count : int, optional
            A token that occurs less often is left out.
        specials : sequence of str, optional
            Tokens that get the first ids in this order, whether or not they occur.

        Returns
        -------
        vocabulary : Vocabulary

        Raises
        ------
        TypeError
            If a token is not a string, or a size or count not a whole number.
        ValueError
            If min_count < 1, max_size leaves no room beside the specials, a special comes twice, or no token is left.
        """
        where = "Vocabulary.build"
        min_count = check_size(where, "min_count", min_count)
        if isinstance(specials, str):
            raise TypeError(f"{where}: specials must be a sequence of strings, got the string {specials!r}.")
        if max_size is not None and check_size(where, "max_size", max_size) <= len(specials):
            raise ValueError(f"{where}: max_size must exceed the number of specials, {len(specials)}, got {max_size}.")
        counts: Counter[str] = Counter()
        for doc in docs:
            counts.update(doc)
        for special in specials:
            counts.pop(special, None)
        frequent = [token for token, n in counts.items() if n >= min_count]
        frequent.sort(key=lambda token: (-counts[token], token))
        return cls([*specials, *frequent][:max_size])

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return the ids of the tokens, that of ``<unk>`` for those not in the vocabulary.

        Raises
        ------
        ValueError
            For a token that is not in the vocabulary if ``<unk>`` is not either.
        """
        return list(map(self._ids.__getitem__, tokens))

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Return the tokens with these ids, of a list or of an array (T,).

        Raises
        ------
        ValueError
            If an id does not lie between 0 and ``len(vocabulary) - 1``.
        """
        tokens = self._tokens
        numbers = ids.tolist() if isinstance(ids, np.ndarray) else list(ids)
        if numbers and not 0 <= min(numbers) <= max(numbers) < len(tokens):
            raise ValueError(
                f"Vocabulary.decode: every id must lie between 0 and {len(tokens) - 1}, "
                f"got {min(numbers)} to {max(numbers)}."
            )
        return [tokens[i] for i in numbers]

    def __getitem__(self, token: str) -> int:
        return self._ids[token]

    def __contains__(self, token: object) -> bool:
        return token in self._ids

    def __len__(self) -> int:
        return len(self._tokens)

    def __repr__(self) -> str:
        first = ", ".join(map(repr, self._tokens[:6]))
        return f"Vocabulary of {len(self):,} tokens: {first}{', …' if len(self) > 6 else ''}"

    @property
    def tokens(self) -> list[str]:
        """All tokens in the order of their ids, as a new list."""
        return self._tokens.copy()

    @property
    def pad_id(self) -> int:
        """The id of ``<pad>``; raises ValueError if the vocabulary has none."""
        return self._special(PAD)

    @property
    def unk_id(self) -> int:
        """The id of ``<unk>``; raises ValueError if the vocabulary has none."""
        return self._special(UNK)

    def _special(self, token: str) -> int:
        if token not in self:
            raise ValueError(f"Vocabulary: {token} must be in the vocabulary, among its specials, got none.")
        return self._ids[token]


class _Ids(dict[str, int]):
    """Token → id; a missing token is looked up as ``<unk>``, so that encoding is one dict access a token."""

    def __missing__(self, token: str) -> int:
        if UNK not in self:
            raise ValueError(f"Vocabulary: every token must be in the vocabulary, as it has no {UNK}, got {token!r}.")
        return self[UNK]


def pad_sequences(
    seqs: Sequence[Any], length: int | None = None, pad: str = "right", truncate: str = "right", value: int = 0
) -> tuple[np.ndarray, np.ndarray | None]:
    """Put sequences of ids into one array (B, T): short ones are filled up, long ones cut.

    Parameters
    ----------
    seqs : sequence of sequences of ints
        B lists or arrays, at least one; they may be empty.
    length : int, optional
        T. None: the length of the longest, so that nothing is cut.
    pad : {"right", "left"}, optional
        The side on which a short sequence is filled up.
    truncate : {"right", "left"}, optional
        The side on which a long sequence is cut: "right" keeps its beginning, "left" its end.
    value : int, optional
        The id to fill up with, that of ``<pad>``.

    Returns
    -------
    ids : ndarray of int64 (B, T)
    lengths : ndarray of int64 (B,), or None
        How many ids of each sequence are in ``ids``. None if padded on the left, where a length would not tell a
        layer which steps are real: such batches are run without lengths.

    Raises
    ------
    TypeError
        Sequences that do not hold whole numbers only, a length or value that is not a whole number.
    ValueError
        No sequence, a length < 1, a side other than "right" and "left".
    """
    where = "pad_sequences"
    for name, side in (("pad", pad), ("truncate", truncate)):
        if side not in ("right", "left"):
            raise ValueError(f'{where}: {name} must be "right" or "left", got {side!r}.')
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{where}: value must be a whole number, got {type(value).__name__}.")
    rows = [_id_array(where, i, seq) for i, seq in enumerate(seqs)]
    if not rows:
        raise ValueError(f"{where}: seqs must hold at least one sequence, got none.")
    steps = max(map(len, rows)) if length is None else check_size(where, "length", length)
    rows = [row[:steps] if truncate == "right" else row[max(0, len(row) - steps) :] for row in rows]
    lengths = np.array([len(row) for row in rows], dtype=np.int64)  # (B,)
    ids = np.full((len(rows), steps), value, dtype=np.int64)  # (B, T)
    places = np.arange(steps)
    real = places < lengths[:, None] if pad == "right" else places >= steps - lengths[:, None]  # (B, T)
    ids[real] = np.concatenate(rows)
    return ids, lengths if pad == "right" else None


def _id_array(where: str, i: int, seq: Any) -> np.ndarray:
    """Return a sequence of ids as an int64 array, raise if it is something else."""
    array = np.asarray(seq)
    if array.ndim != 1:
        raise ValueError(f"{where}: seqs[{i}] must be one list of ids, got {array.ndim} dimensions.")
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(f"{where}: seqs[{i}] must hold whole numbers, got {array.dtype.name}.")
    return array.astype(np.int64)
