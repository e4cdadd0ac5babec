r"""BLEU and chrF: how close a translation comes to reference translations, by the n-grams they share.

An n-gram is a run of n neighbors: of words for BLEU, of characters for chrF. *Precision* is the share of the
translation's n-grams that occur in a reference, *recall* the share of the reference's n-grams that the translation
has. BLEU is a mean of precisions with a penalty for brevity; chrF weighs precision and recall. Both lie between 0 and
1 here; papers often print 100 times that. Both are scores of a whole corpus: counts are added up over all sentences
before anything is divided, so the score is not a mean of the sentences' scores.

Sources: Papineni, Roukos, Ward and Zhu (2002), *BLEU: a method for automatic evaluation of machine translation*;
Popović (2015), *chrF: character n-gram F-score for automatic MT evaluation*.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np

from rnn._check import check_positive, check_size


def bleu(
    hypotheses: Sequence[Sequence[Hashable]],
    references: Sequence[Sequence[Sequence[Hashable]]],
    *,
    max_n: int = 4,
    smooth: bool = False,
) -> float:
    r"""Corpus BLEU: :math:`\mathrm{BP} \cdot (p_1 p_2 \cdots p_N)^{1/N}`, from 0 to 1 (Papineni et al. 2002).

    :math:`p_n` is the share of the hypotheses' n-grams that occur in a reference, each counted at most as often as in
    the reference that has it most often. The brevity penalty :math:`\mathrm{BP} = e^{1 - r/c}` if c < r, else 1,
    punishes hypotheses that are too short: c is their total length, r the sum of the reference lengths closest to each
    (of two equally close the shorter). Counts are added up over the whole corpus before anything is divided.

    Parameters
    ----------
    hypotheses : sequence of token sequences
        One for each sentence.
    references : sequence of sequences of token sequences
        For each sentence, one or more references.
    max_n : int, optional
        N, the longest n-grams. BLEU-4 is 0 for a corpus without a single common 4-gram, sentences of three words for
        example: take 2 there.
    smooth : bool, optional
        Add 1 to both counts of :math:`p_n` for n > 1 (Lin and Och 2004), for corpora of a few sentences.

    Returns
    -------
    score : float
        0.0 if some :math:`p_n` is 0 or there is no n-gram of that length.

    Raises
    ------
    TypeError
        Sentences given as strings instead of token sequences.
    ValueError
        No sentence, a different number of hypotheses and references, a sentence without a reference.
    """
    where = "bleu"
    max_n = check_size(where, "max_n", max_n)
    _check_corpus(where, hypotheses, references, _is_token_list, "a list of tokens")
    matches, totals = np.zeros(max_n), np.zeros(max_n)
    length = closest = 0
    for hypothesis, group in zip(hypotheses, references, strict=True):
        length += len(hypothesis)
        closest += min((len(r) for r in group), key=lambda n: (abs(n - len(hypothesis)), n))
        for n in range(1, max_n + 1):
            ours = _ngrams(tuple(hypothesis), n)
            most: Counter[Any] = Counter()
            for reference in group:
                most |= _ngrams(tuple(reference), n)  # for every n-gram the larger count
            matches[n - 1] += (ours & most).total()  # for every n-gram the smaller count
            totals[n - 1] += ours.total()
    if smooth and matches[0]:
        matches[1:] += 1
        totals[1:] += 1
    if not matches.all():  # no match where there is no n-gram at all, so no total is 0 below
        return 0.0
    brevity = min(0.0, 1 - closest / length)
    return math.exp(brevity + float(np.log(matches / totals).mean()))


def chrf(hypotheses: Sequence[str], references: Sequence[Sequence[str]], *, max_n: int = 6, beta: float = 2.0) -> float:
    r"""Corpus chrF: :math:`(1 + \beta^2) P R / (\beta^2 P + R)` of character n-grams, from 0 to 1 (Popović 2015).

    P is the share of the hypotheses' n-grams found in the reference, R the share of the reference's n-grams found in
    the hypothesis, each the mean over n = 1 … N; white space is left out. With β = 2 recall counts twice as much. As in
    sacrebleu, each sentence takes part with the reference that suits it best, counts are added up over the corpus, and
    lengths n of which one side has no n-gram are left out of the means.

    Parameters
    ----------
    hypotheses : sequence of str
    references : sequence of sequences of str
        For each sentence, one or more references.
    max_n : int, optional
        N, the longest character n-grams.
    beta : float, optional
        > 0.

    Returns
    -------
    score : float
        0.0 if there is nothing in common.

    Raises
    ------
    TypeError
        Sentences that are not strings.
    ValueError
        No sentence, a different number of hypotheses and references, a sentence without a reference.
    """
    where = "chrf"
    max_n, beta = check_size(where, "max_n", max_n), check_positive(where, "beta", beta)
    _check_corpus(where, hypotheses, references, lambda sentence: isinstance(sentence, str), "a string")
    counts = np.zeros((3, max_n))
    for hypothesis, group in zip(hypotheses, references, strict=True):
        candidates = [_character_counts(hypothesis, reference, max_n) for reference in group]
        counts += max(candidates, key=lambda c: _f_score(c, beta))
    return _f_score(counts, beta)


def _ngrams(items: Sequence[Any], n: int) -> Counter[Any]:
    """Count the n-grams. Each is a slice: a tuple keeps ("a", "bc") and ("ab", "c") apart, joined text would not."""
    return Counter(items[i : i + n] for i in range(len(items) - n + 1))


def _character_counts(hypothesis: str, reference: str, max_n: int) -> np.ndarray:
    """(3, N): the n-grams of the hypothesis (where the reference has any), of the reference, and those in common."""
    h, r = "".join(hypothesis.split()), "".join(reference.split())
    counts = np.zeros((3, max_n))
    for n in range(1, max_n + 1):
        ours, theirs = _ngrams(h, n), _ngrams(r, n)
        counts[:, n - 1] = ours.total() if theirs else 0, theirs.total(), (ours & theirs).total()
    return counts


def _f_score(counts: np.ndarray, beta: float) -> float:
    """F-score of the mean precision and the mean recall over the n for which both sides have n-grams."""
    ours, theirs, common = counts[:, counts[0] > 0]  # n-grams of ours count only where there are some of theirs
    if not common.any():
        return 0.0
    precision, recall = float((common / ours).mean()), float((common / theirs).mean())
    return (1 + beta**2) * precision * recall / (beta**2 * precision + recall)


def _is_token_list(sentence: Any) -> bool:
    return isinstance(sentence, Sequence) and not isinstance(sentence, str)


def _check_corpus(where: str, hypotheses: Any, references: Any, fits: Callable[[Any], bool], wanted: str) -> None:
    """Raise unless there is one hypothesis and a non-empty list of references for every sentence."""
    for name, corpus in (("hypotheses", hypotheses), ("references", references)):
        if not _is_token_list(corpus):
            raise TypeError(f"{where}: {name} must be a list with one entry a sentence, got {type(corpus).__name__}.")
    if not len(hypotheses) == len(references) > 0:
        raise ValueError(
            f"{where}: hypotheses and references must have one entry for each of the same sentences, at least one, "
            f"got {len(hypotheses)} and {len(references)}."
        )
    for i, (hypothesis, group) in enumerate(zip(hypotheses, references, strict=True)):
        if not _is_token_list(group):
            raise TypeError(f"{where}: references[{i}] must be a list of references, got {type(group).__name__}.")
        if not group:
            raise ValueError(f"{where}: references[{i}] must hold at least one reference, got none.")
        for sentence in (hypothesis, *group):
            if not fits(sentence):
                raise TypeError(
                    f"{where}: every sentence must be {wanted}, got {type(sentence).__name__} in sentence {i} "
                    "(each sentence has a list of references, even of one)."
                )
