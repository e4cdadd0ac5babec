"""BLEU and chrF: two sentences by hand, random corpora beside sacrebleu, corpora without any match, bad input."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.ngram_metrics import bleu, chrf

WORDS = st.lists(st.sampled_from(["a", "b", "c", "ab", "le", "chat", "!"]), max_size=9)
SOME_WORDS = WORDS.filter(bool)  # sacrebleu takes an empty reference for a missing one


def words(sentence):
    return sentence.split()


def corpora(hypothesis, reference):
    """Corpora of one to five sentences, all with the same number of references, as sacrebleu wants them."""
    return st.integers(1, 3).flatmap(
        lambda n: st.lists(st.tuples(hypothesis, st.lists(reference, min_size=n, max_size=n)), min_size=1, max_size=5)
    )


def test_bleu_of_two_sentences_by_hand():
    hypotheses = [words("the cat sat on the mat"), words("a dog barks")]
    references = [[words("the cat is on the mat")], [words("the dog barks")]]
    one = (5 + 2) / (6 + 3)  # the cat on the mat · dog barks
    two = (3 + 1) / (5 + 2)  # "the cat", "on the", "the mat" · "dog barks"
    three = (1 + 0) / (4 + 1)  # "on the mat"
    assert bleu(hypotheses, references, max_n=1) == pytest.approx(one, abs=1e-15)
    assert bleu(hypotheses, references, max_n=2) == pytest.approx(math.sqrt(one * two), abs=1e-15)
    assert bleu(hypotheses, references, max_n=3) == pytest.approx((one * two * three) ** (1 / 3), abs=1e-15)
    assert bleu(hypotheses, references) == 0.0  # no 4-gram in common
    four = (0 + 1) / (3 + 1)
    smooth = (one * (3 + 1 + 1) / (7 + 1) * (1 + 1) / (5 + 1) * four) ** 0.25
    assert bleu(hypotheses, references, smooth=True) == pytest.approx(smooth, abs=1e-15)


def test_bleu_counts_a_word_at_most_as_often_as_one_reference_has_it():
    references = [[words("the cat is on the mat"), words("there is a cat on the mat")]]
    assert bleu([["the"] * 7], references, max_n=1) == pytest.approx(2 / 7, abs=1e-15)


def test_bleu_punishes_short_hypotheses_by_the_closest_reference_length():
    two = [[words("a b c d e f"), words("a b")]]
    assert bleu([words("a b c d")], two, max_n=1) == 1.0  # 6 and 2 are equally close: the shorter counts
    assert bleu([words("a b c d")], [two[0][:1]], max_n=1) == pytest.approx(math.exp(1 - 6 / 4), abs=1e-15)
    assert bleu([words("a b c d e")], two, max_n=1) == pytest.approx(math.exp(1 - 6 / 5), abs=1e-15)


def test_bleu_is_of_the_corpus_not_a_mean_over_sentences():
    hypotheses, references = [words("a b c d"), ["x"]], [[words("a b c d")], [["y"]]]
    assert bleu(hypotheses, references, max_n=1) == 0.8


def test_bleu_does_not_join_words_without_a_separator():
    assert bleu([["a", "bc", "d"]], [[["ab", "c", "d"]]], max_n=2) == 0.0
    assert bleu([["a b", "c"]], [[["a", "b c"]]], max_n=2) == 0.0


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("hypothesis", [[], ["x"], ["x", "y", "z"]])
@pytest.mark.parametrize("reference", [[], ["a"], ["a", "b", "c", "d", "e"]])
def test_bleu_never_divides_by_zero(hypothesis, reference, smooth):
    assert bleu([hypothesis], [[reference]], smooth=smooth) == 0.0


def test_bleu_of_identical_short_sentences_is_zero_for_four_words_and_one_for_two():
    assert bleu([["va", "vite", "!"]], [[["va", "vite", "!"]]]) == 0.0
    assert bleu([["va", "vite", "!"]], [[["va", "vite", "!"]]], max_n=2) == 1.0


def test_bleu_takes_token_numbers_and_tuples():
    assert bleu([(1, 2, 3, 4, 5)], (((1, 2, 3, 4, 5),),)) == 1.0


@given(corpora(WORDS, SOME_WORDS), st.integers(1, 4), st.booleans())
def test_bleu_equals_sacrebleu(corpus, max_n, smooth):
    sacrebleu = pytest.importorskip("sacrebleu")
    hypotheses, references = [h for h, _ in corpus], [r for _, r in corpus]
    method = "add-k" if smooth else "none"
    peer = sacrebleu.BLEU(tokenize="none", force=True, smooth_method=method, max_ngram_order=max_n)
    streams = [[" ".join(group[k]) for group in references] for k in range(len(references[0]))]
    wanted = peer.corpus_score([" ".join(h) for h in hypotheses], streams).score / 100
    assert bleu(hypotheses, references, max_n=max_n, smooth=smooth) == pytest.approx(wanted, abs=1e-9)


def test_chrf_of_two_sentences_by_hand():
    # "abcd" and "abce": letters 3 of 4, pairs 2 of 3.  "xy" and "xyz": letters 2 of 2 and of 3, pairs 1 of 1 and of 2
    precision = ((3 + 2) / (4 + 2) + (2 + 1) / (3 + 1)) / 2
    recall = ((3 + 2) / (4 + 3) + (2 + 1) / (3 + 2)) / 2
    for beta in (1.0, 2.0, 3):
        wanted = (1 + beta**2) * precision * recall / (beta**2 * precision + recall)
        assert chrf(["ab cd", "xy"], [["abc e"], ["x yz"]], max_n=2, beta=beta) == pytest.approx(wanted, abs=1e-15)


def test_chrf_weighs_recall_twice():
    assert chrf(["ab"], [["abcd"]], max_n=1) == pytest.approx(5 * 0.5 / (4 + 0.5), abs=1e-15)
    assert chrf(["abcd"], [["ab"]], max_n=1) == pytest.approx(5 * 0.5 / (4 * 0.5 + 1), abs=1e-15)


def test_chrf_leaves_out_pairs_of_letters_where_the_reference_has_only_one():
    precision, recall = (3 / 5 + 1 / 1) / 2, (3 / 3 + 1 / 1) / 2  # the pairs of "abc" do not count
    wanted = 2 * precision * recall / (precision + recall)
    assert chrf(["abc", "ab"], [["a"], ["ab"]], max_n=2, beta=1) == pytest.approx(wanted, abs=1e-15)


def test_chrf_takes_the_best_reference_of_each_sentence():
    assert chrf(["abc", "xyz"], [["qqq", "abc"], ["xyz", "abc"]]) == 1.0
    assert chrf(["abc"], [["", "abx"]]) == chrf(["abc"], [["abx"]]) > 0


@pytest.mark.parametrize(
    ("hypothesis", "reference"), [("", "abc"), ("abc", ""), ("", ""), (" \t", "\n"), ("abc", "xyz")]
)
def test_chrf_never_divides_by_zero(hypothesis, reference):
    assert chrf([hypothesis], [[reference]]) == 0.0


TEXT = st.text(alphabet="abcé !", max_size=12)
SOME_TEXT = TEXT.filter(bool)


@given(corpora(TEXT, SOME_TEXT), st.integers(1, 7), st.sampled_from([1, 2, 3]))
def test_chrf_equals_sacrebleu(corpus, max_n, beta):
    sacrebleu = pytest.importorskip("sacrebleu")
    hypotheses, references = [h for h, _ in corpus], [r for _, r in corpus]
    streams = [[group[k] for group in references] for k in range(len(references[0]))]
    wanted = sacrebleu.CHRF(char_order=max_n, beta=beta).corpus_score(hypotheses, streams).score / 100
    assert chrf(hypotheses, references, max_n=max_n, beta=beta) == pytest.approx(wanted, abs=1e-9)


def test_the_defaults_are_those_of_sacrebleu():
    sacrebleu = pytest.importorskip("sacrebleu")
    hypotheses = ["le chat est sur le tapis vert", "il ne pleut pas du tout ce matin"]
    references = [["le chat est sur le tapis bleu"], ["il ne pleut pas ce matin"]]
    streams = [[group[0] for group in references]]
    tokens = [words(h) for h in hypotheses], [[words(r) for r in group] for group in references]
    peer = sacrebleu.BLEU(tokenize="none", smooth_method="none").corpus_score(hypotheses, streams).score
    assert bleu(*tokens) == pytest.approx(peer / 100, abs=1e-9)
    assert chrf(hypotheses, references) == pytest.approx(sacrebleu.CHRF().corpus_score(hypotheses, streams).score / 100)


@given(corpora(WORDS, WORDS))
def test_scores_lie_between_zero_and_one_and_do_not_depend_on_the_order_of_sentences(corpus):
    hypotheses, references = [h for h, _ in corpus], [r for _, r in corpus]
    score = bleu(hypotheses, references, max_n=2)
    assert 0 <= score <= 1 + 1e-12
    assert bleu(hypotheses[::-1], references[::-1], max_n=2) == pytest.approx(score, abs=1e-15)
    texts, groups = [" ".join(h) for h in hypotheses], [[" ".join(r) for r in group] for group in references]
    score = chrf(texts, groups)
    assert 0 <= score <= 1 + 1e-12
    assert chrf(texts[::-1], groups[::-1]) == pytest.approx(score, abs=1e-15)


BAD = [
    (bleu, ([], []), ValueError, "one entry for each of the same sentences, at least one, got 0 and 0"),
    (bleu, ([["a"]], [[["a"]], [["b"]]]), ValueError, "got 1 and 2"),
    (bleu, ([["a"]], [[]]), ValueError, "references[0] must hold at least one reference, got none"),
    (bleu, ("a b", [[["a"]]]), TypeError, "hypotheses must be a list with one entry a sentence, got str"),
    (bleu, ([["a"]], None), TypeError, "references must be a list with one entry a sentence, got NoneType"),
    (bleu, (["a b"], [[["a"]]]), TypeError, "every sentence must be a list of tokens, got str in sentence 0"),
    (
        bleu,
        ([["a"], ["b"]], [[["a"]], ["b"]]),
        TypeError,
        "got str in sentence 1 (each sentence has a list of references",
    ),
    (bleu, ([["a"]], ["a"]), TypeError, "references[0] must be a list of references, got str"),
    (chrf, ([], []), ValueError, "at least one, got 0 and 0"),
    (chrf, (["a"], ["a"]), TypeError, "references[0] must be a list of references, got str"),
    (chrf, ([["a"]], [["a"]]), TypeError, "every sentence must be a string, got list in sentence 0"),
    (chrf, (["a"], [[["a"]]]), TypeError, "every sentence must be a string, got list in sentence 0"),
    (chrf, (["a"], [[]]), ValueError, "references[0] must hold at least one reference, got none"),
]


@pytest.mark.parametrize(("function", "args", "error", "message"), BAD)
def test_bad_corpora_are_refused_in_one_sentence(function, args, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        function(*args)
    assert str(caught.value).startswith(f"{function.__name__}: ")


@pytest.mark.parametrize(
    ("function", "options", "error", "message"),
    [
        (bleu, {"max_n": 0}, ValueError, "bleu: max_n must be at least 1, got 0"),
        (bleu, {"max_n": 2.0}, TypeError, "bleu: max_n must be a whole number, got float"),
        (chrf, {"max_n": 0}, ValueError, "chrf: max_n must be at least 1, got 0"),
        (chrf, {"beta": 0}, ValueError, "chrf: beta must be > 0, got 0"),
        (chrf, {"beta": "2"}, TypeError, "chrf: beta must be a number, got str"),
    ],
)
def test_bad_options_are_refused_in_one_sentence(function, options, error, message):
    sentence = "a" if function is chrf else ["a"]
    with pytest.raises(error, match=re.escape(message)):
        function([sentence], [[sentence]], **options)
