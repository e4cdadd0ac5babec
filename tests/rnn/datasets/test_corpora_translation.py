import re
from collections import Counter

import pytest

from rnn.datasets.corpora import mini_pairs
from rnn.datasets.corpora.translation import ATTRIBUTION, NOUNS, VERBS

PAIRS = mini_pairs()
REFERENCES = {}
for english, french, _ in PAIRS:
    REFERENCES.setdefault(english, []).append(french)


def test_size_and_determinism():
    nouns = sum(max(1, len(verb.objects.split())) for verb in VERBS)
    assert len(PAIRS) == 11 * 2 * nouns == 1188
    assert len(REFERENCES) == 9 * 2 * nouns == 972
    assert len({french for _, french, _ in PAIRS}) == 1188
    assert mini_pairs() == PAIRS


def test_only_you_and_they_have_two_translations():
    for english, french in REFERENCES.items():
        first = english.split()[0]
        assert len(french) == (2 if first in ("You", "They") else 1)
        starts = {re.split("[ ']", sentence)[0] for sentence in french}
        if first == "You":
            assert starts == {"Tu", "Vous"}
        if first == "They":
            assert starts == {"Ils", "Elles"}


def test_short_sentences_come_first_and_translations_of_one_sentence_together():
    keys = [(len(english), english) for english, _, _ in PAIRS]
    assert keys == sorted(keys)
    assert PAIRS[0][:2] == ("I sing.", "Je chante.")


def test_every_pair_says_where_it_comes_from():
    assert {attribution for _, _, attribution in PAIRS} == {ATTRIBUTION}
    assert "Generated for this book" in ATTRIBUTION


def test_sentences_are_tidy():
    for english, french, _ in PAIRS:
        for sentence in (english, french):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert not re.search(r"  | \.|\t|’", sentence)
            assert sentence.count(".") == 1


def test_no_vowel_is_left_unelided_and_none_elided_before_a_consonant():
    vowel = "[aeiouyhéèê]"
    for _, french, _ in PAIRS:
        assert not re.search(rf"\b(je|ne|le|la) {vowel}", french, re.I), french
        assert not re.search(rf"\b[jnl]'(?!{vowel})", french, re.I), french
        assert not re.search(r"\b[^jnl\W]'", french, re.I), french


def test_negation_embraces_the_verb():
    for english, french, _ in PAIRS:
        denied = "n't " in english
        assert denied == bool(re.search(r"\bn(e |')\S+ pas\b", french))
        assert denied == (" pas" in french)


def test_english_verbs_agree():
    for english, _, _ in PAIRS:
        third = english.startswith(("He ", "She ", "The girl ", "My brother "))
        if "n't" in english:
            assert ("doesn't" in english) == third, english
        else:
            verb = english.removeprefix("The girl ").removeprefix("My brother ").removeprefix("The children ")
            word = verb.rstrip(".").split()[0 if verb != english else 1]
            assert word.endswith("s") == third, english


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("I love the sea.", ["J'aime la mer."]),
        ("I have the key.", ["J'ai la clé."]),
        ("I don't open the window.", ["Je n'ouvre pas la fenêtre."]),
        ("You see the tree.", ["Tu vois l'arbre.", "Vous voyez l'arbre."]),
        ("He doesn't wait for the train.", ["Il n'attend pas le train."]),
        ("She buys the bread.", ["Elle achète le pain."]),
        ("We eat the orange.", ["Nous mangeons l'orange."]),
        ("They don't read the story.", ["Ils ne lisent pas l'histoire.", "Elles ne lisent pas l'histoire."]),
        ("The children listen to the birds.", ["Les enfants écoutent les oiseaux."]),
        ("My brother has the money.", ["Mon frère a l'argent."]),
        ("The children don't swim.", ["Les enfants ne nagent pas."]),
        ("We love the winter.", ["Nous aimons l'hiver."]),
        ("You look for the station.", ["Tu cherches la gare.", "Vous cherchez la gare."]),
    ],
)
def test_sentences_are_translated_as_a_grammar_book_would(english, french):
    assert REFERENCES[english] == french


def test_every_verb_has_six_forms_and_every_noun_is_used():
    assert {len(verb.french.split()) for verb in VERBS} == {6}
    assert {noun for verb in VERBS for noun in verb.objects.split()} == set(NOUNS)
    assert set(Counter(article.split()[0] for article in NOUNS.values())) == {"le", "la", "les"}
