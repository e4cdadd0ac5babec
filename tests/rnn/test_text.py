"""Tokens, vocabularies and padding: exact results, properties of random texts, bad input."""

import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn.text import Vocabulary, pad_sequences, tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        (" \n\t...", []),
        ("The CAT", ["the", "cat"]),
        ("I don't, can't and WON'T!", ["i", "don't", "can't", "and", "won't", "!"]),
        ("don’t", ["don't"]),
        ("rock'n'roll 'quoted' teachers' '90s", ["rock'n'roll", "quoted", "teachers", "90s"]),
        ("good.<br /><br />Bad<br>ugly<BR/>x", ["good", "bad", "ugly", "x"]),
        ('an <a href="x.html">old</a> one', ["an", "old", "one"]),
        ("I <3 it, 2 < 3 and 5 > 4", ["i", "3", "it", "2", "3", "and", "5", "4"]),
        ("a <b", ["a", "b"]),
        ("a<b and <c>", ["a", "b", "and"]),
        ("well-made, _really_ (8/10)", ["well", "made", "really", "8", "10"]),
        ("What?! No!!", ["what", "?", "!", "no", "!", "!"]),
        ("Ça, c'était l'été à Zürich", ["ça", "c'était", "l'été", "à", "zürich"]),
        ("3rd 1,000", ["3rd", "1", "000"]),
    ],
)
def test_tokenize(text, tokens):
    assert tokenize(text) == tokens


@given(st.text(max_size=60))
def test_tokens_are_lower_case_words_or_marks_and_tokenizing_them_again_changes_nothing(text):
    tokens = tokenize(text)
    for token in tokens:
        assert token in ("!", "?") or re.fullmatch(r"[^\W_]+('[^\W_]+)*", token)
    assert tokenize(" ".join(tokens)) == tokens


def test_tokenize_refuses_what_is_not_a_string():
    with pytest.raises(TypeError, match=r"^tokenize: text must be a string, got bytes\.$"):
        tokenize(b"abc")


def test_tokenize_is_fast_enough_for_fifty_thousand_reviews():
    review = "This isn't a bad film, is it?<br /><br />No! It was well-made and I didn't mind. " * 16
    start = time.process_time()
    for _ in range(200):
        tokenize(review)
    assert (time.process_time() - start) * 250 < 60  # seconds of processor time; measured: about 5


# vocabularies

DOCS = [["b", "a", "c", "b"], ["d", "a", "b"], ["c", "e"]]


def test_tokens_come_by_frequency_and_ties_in_alphabetical_order():
    vocabulary = Vocabulary.build(DOCS)
    assert vocabulary.tokens == ["<pad>", "<unk>", "b", "a", "c", "d", "e"]
    assert Vocabulary.build(reversed([doc[::-1] for doc in DOCS])).tokens == vocabulary.tokens


def test_size_includes_the_specials():
    assert Vocabulary.build(DOCS, max_size=4).tokens == ["<pad>", "<unk>", "b", "a"]
    assert Vocabulary.build(DOCS, max_size=3).tokens == ["<pad>", "<unk>", "b"]
    assert len(Vocabulary.build(DOCS, max_size=100)) == 7
    assert Vocabulary.build(DOCS, max_size=1, specials=()).tokens == ["b"]


def test_rare_tokens_are_left_out():
    assert Vocabulary.build(DOCS, min_count=2).tokens == ["<pad>", "<unk>", "b", "a", "c"]
    assert Vocabulary.build(DOCS, min_count=3).tokens == ["<pad>", "<unk>", "b"]
    assert Vocabulary.build(DOCS, min_count=4).tokens == ["<pad>", "<unk>"]


def test_a_special_keeps_its_place_when_it_occurs_in_the_text():
    vocabulary = Vocabulary.build([["<eos>", "<eos>", "x"]], specials=("<pad>", "<sos>", "<eos>"))
    assert vocabulary.tokens == ["<pad>", "<sos>", "<eos>", "x"]
    assert vocabulary["<eos>"] == 2


def test_encode_and_decode():
    vocabulary = Vocabulary.build(DOCS)
    assert vocabulary.encode(["a", "zzz", "b", "<pad>"]) == [3, 1, 2, 0]
    assert vocabulary.encode([]) == []
    assert vocabulary.encode(iter(["e"])) == [6]
    assert vocabulary.decode([3, 1, 2, 0]) == ["a", "<unk>", "b", "<pad>"]
    assert vocabulary.decode(np.array([6, 2], np.int32)) == ["e", "b"]
    assert vocabulary.decode([]) == []
    assert vocabulary["zzz"] == 1


def test_an_unknown_token_raises_only_if_there_is_no_unk():
    vocabulary = Vocabulary.build(DOCS, specials=("<pad>",))
    assert vocabulary.encode(["b"]) == [1]
    with pytest.raises(ValueError, match=r"^Vocabulary: every token must be in the vocabulary.*got 'zzz'\.$"):
        vocabulary.encode(["b", "zzz"])
    assert len(vocabulary) == 6  # looking it up has not added it


def test_an_unknown_token_is_not_in_the_vocabulary():
    vocabulary = Vocabulary.build(DOCS)
    vocabulary.encode(["zzz"])
    assert "zzz" not in vocabulary
    assert 3 not in vocabulary
    assert "a" in vocabulary
    assert "<unk>" in vocabulary
    assert len(vocabulary) == 7


def test_ids_of_the_specials():
    vocabulary = Vocabulary(["x", "<unk>", "<pad>"])
    assert (vocabulary.pad_id, vocabulary.unk_id) == (2, 1)
    with pytest.raises(ValueError, match="<pad> must be in the vocabulary"):
        _ = Vocabulary(["x"]).pad_id
    with pytest.raises(ValueError, match="<unk> must be in the vocabulary"):
        _ = Vocabulary(["x"]).unk_id


def test_a_string_is_a_document_of_characters():
    vocabulary = Vocabulary.build(["hello", "world"], specials=())
    assert vocabulary.tokens == list("lodehrw")
    assert "".join(vocabulary.decode(vocabulary.encode("hold"))) == "hold"


def test_the_list_of_tokens_is_a_copy_and_rebuilds_the_vocabulary():
    vocabulary = Vocabulary.build(DOCS)
    vocabulary.tokens.append("new")
    assert len(vocabulary) == 7
    again = Vocabulary(vocabulary.tokens)
    assert again.encode(["e", "new"]) == vocabulary.encode(["e", "new"]) == [6, 1]


def test_printed_it_says_how_many_tokens_and_which_come_first():
    assert repr(Vocabulary.build(DOCS)) == ("Vocabulary of 7 tokens: '<pad>', '<unk>', 'b', 'a', 'c', 'd', …")
    assert repr(Vocabulary("abcdef")) == "Vocabulary of 6 tokens: 'a', 'b', 'c', 'd', 'e', 'f'"
    assert repr(Vocabulary(["x", "y"])) == "Vocabulary of 2 tokens: 'x', 'y'"


@given(st.lists(st.lists(st.text(max_size=3), max_size=8), max_size=6), st.integers(3, 10), st.integers(1, 3))
def test_known_tokens_survive_and_unknown_ones_become_unk(docs, max_size, min_count):
    vocabulary = Vocabulary.build(docs, max_size=max_size, min_count=min_count)
    flat = [token for doc in docs for token in doc]
    assert len(vocabulary) <= max_size
    assert vocabulary.decode(range(len(vocabulary))) == vocabulary.tokens
    assert vocabulary.encode(vocabulary.tokens) == list(range(len(vocabulary)))
    for doc in docs:
        wanted = [token if token in vocabulary else "<unk>" for token in doc]
        assert vocabulary.decode(vocabulary.encode(doc)) == wanted
    for token in vocabulary.tokens[2:]:
        assert flat.count(token) >= min_count
        assert all(flat.count(other) <= flat.count(token) for other in set(flat) - set(vocabulary.tokens))


V = Vocabulary.build(DOCS)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Vocabulary([]), ValueError, "Vocabulary: tokens must be different, at least one, got none"),
        (lambda: Vocabulary(["a", "b", "a"]), ValueError, "tokens must be different, at least one, got ['a']"),
        (lambda: Vocabulary(["a", 1]), TypeError, "every token must be a string, got int"),
        (lambda: Vocabulary([["a"]]), TypeError, "every token must be a string, got list"),
        (lambda: Vocabulary.build([], specials=()), ValueError, "at least one, got none"),
        (lambda: Vocabulary.build(DOCS, specials=("x", "x")), ValueError, "must be different, at least one, got ['x']"),
        (
            lambda: Vocabulary.build(DOCS, specials="<pad>"),
            TypeError,
            "specials must be a sequence of strings, got the",
        ),
        (
            lambda: Vocabulary.build(DOCS, max_size=2),
            ValueError,
            "max_size must exceed the number of specials, 2, got 2",
        ),
        (lambda: Vocabulary.build(DOCS, max_size=0, specials=()), ValueError, "max_size must be at least 1, got 0"),
        (lambda: Vocabulary.build(DOCS, max_size=9.0), TypeError, "max_size must be a whole number, got float"),
        (lambda: Vocabulary.build(DOCS, min_count=0), ValueError, "min_count must be at least 1, got 0"),
        (lambda: Vocabulary.build([[1, 2]]), TypeError, "every token must be a string, got int"),
        (lambda: V.decode([7]), ValueError, "every id must lie between 0 and 6, got 7 to 7"),
        (lambda: V.decode(np.array([-1, 3])), ValueError, "every id must lie between 0 and 6, got -1 to 3"),
    ],
)
def test_bad_vocabularies_are_refused_in_one_sentence(call, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        call()
    assert str(caught.value).startswith("Vocabulary")


# padding

SEQS = [[1, 2, 3], [], [4, 5, 6, 7, 8]]


def test_padding_on_the_right():
    ids, lengths = pad_sequences(SEQS)
    np.testing.assert_array_equal(ids, [[1, 2, 3, 0, 0], [0, 0, 0, 0, 0], [4, 5, 6, 7, 8]])
    np.testing.assert_array_equal(lengths, [3, 0, 5])
    assert ids.dtype == lengths.dtype == np.int64


def test_padding_on_the_left_has_no_lengths():
    ids, lengths = pad_sequences(SEQS, pad="left", value=9)
    np.testing.assert_array_equal(ids, [[9, 9, 1, 2, 3], [9, 9, 9, 9, 9], [4, 5, 6, 7, 8]])
    assert lengths is None


def test_long_sequences_are_truncated_not_dropped():
    ids, lengths = pad_sequences(SEQS, 2)
    np.testing.assert_array_equal(ids, [[1, 2], [0, 0], [4, 5]])
    np.testing.assert_array_equal(lengths, [2, 0, 2])
    ids, lengths = pad_sequences(SEQS, 2, truncate="left")
    np.testing.assert_array_equal(ids, [[2, 3], [0, 0], [7, 8]])
    np.testing.assert_array_equal(lengths, [2, 0, 2])


def test_a_length_beyond_the_longest_adds_padding():
    ids, lengths = pad_sequences(SEQS, length=6, value=-1, truncate="left")
    np.testing.assert_array_equal(ids, [[1, 2, 3, -1, -1, -1], [-1] * 6, [4, 5, 6, 7, 8, -1]])
    np.testing.assert_array_equal(lengths, [3, 0, 5])


def test_only_empty_sequences_have_no_steps():
    ids, lengths = pad_sequences([[], []])
    assert ids.shape == (2, 0)
    np.testing.assert_array_equal(lengths, [0, 0])


def test_arrays_of_any_integer_type_are_taken_and_not_changed():
    seqs = (np.array([1, 2], np.int8), (3,), np.array([], np.float64), np.array([200], np.uint8))
    ids, lengths = pad_sequences(seqs)
    np.testing.assert_array_equal(ids, [[1, 2], [3, 0], [0, 0], [200, 0]])
    ids[0, 0] = 7
    assert seqs[0][0] == 1
    np.testing.assert_array_equal(lengths, [2, 1, 0, 1])


@given(
    st.lists(st.lists(st.integers(1, 99), max_size=7), min_size=1, max_size=5),
    st.none() | st.integers(1, 9),
    st.sampled_from(["right", "left"]),
    st.sampled_from(["right", "left"]),
)
def test_padding_equals_padding_one_by_one(seqs, length, pad, truncate):
    ids, lengths = pad_sequences(seqs, length, pad=pad, truncate=truncate)
    steps = max(map(len, seqs)) if length is None else length
    assert ids.shape == (len(seqs), steps)
    for b, seq in enumerate(seqs):
        kept = seq[:steps] if truncate == "right" else seq[len(seq) - min(len(seq), steps) :]
        zeros = [0] * (steps - len(kept))
        assert ids[b].tolist() == (kept + zeros if pad == "right" else zeros + kept)
        assert lengths is None if pad == "left" else lengths[b] == len(kept)


@pytest.mark.parametrize(
    ("args", "options", "error", "message"),
    [
        (([],), {}, ValueError, "seqs must hold at least one sequence, got none"),
        ((SEQS, 0), {}, ValueError, "length must be at least 1, got 0"),
        ((SEQS, 2.5), {}, TypeError, "length must be a whole number, got float"),
        ((SEQS,), {"pad": "post"}, ValueError, 'pad must be "right" or "left", got \'post\''),
        ((SEQS,), {"truncate": "pre"}, ValueError, 'truncate must be "right" or "left", got \'pre\''),
        ((SEQS,), {"value": 0.5}, TypeError, "value must be a whole number, got float"),
        ((SEQS,), {"value": True}, TypeError, "value must be a whole number, got bool"),
        (([[1], [0.5]],), {}, TypeError, "seqs[1] must hold whole numbers, got float64"),
        (([["a", "b"]],), {}, TypeError, "seqs[0] must hold whole numbers, got "),
        (([[True]],), {}, TypeError, "seqs[0] must hold whole numbers, got bool"),
        (([1, 2],), {}, ValueError, "seqs[0] must be one list of ids, got 0 dimensions"),
        ((["abc"],), {}, ValueError, "seqs[0] must be one list of ids, got 0 dimensions"),
        (([[[1, 2]]],), {}, ValueError, "seqs[0] must be one list of ids, got 2 dimensions"),
    ],
)
def test_bad_sequences_are_refused_in_one_sentence(args, options, error, message):
    with pytest.raises(error, match=re.escape(message)) as caught:
        pad_sequences(*args, **options)
    assert str(caught.value).startswith("pad_sequences: ")
