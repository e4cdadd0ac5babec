import hashlib
import re
import string

from rnn.datasets.corpora import mini_verse
from rnn.datasets.corpora.verse import CROWD, NAMES, RETORTS, RHYMES, VERSE, WORDS

TEXT = mini_verse()
SPEECHES = [speech.split("\n") for speech in TEXT.rstrip("\n").split("\n\n")]
PEOPLE = {name.upper(): name for name in NAMES} | {name: name for name in CROWD}
# How many syllables each place in a line of verse has.
SYLLABLES = {"rhyme": 1, "listener": 2, "absent": 2} | {
    place: 2 if place.endswith("2") else 1 for place in WORDS
}  # fmt: skip
RHYME = {word: group for group in RHYMES for word in group.split()}


def is_retort(line):
    return any(
        re.fullmatch(re.sub(r"\{\w+\}", r"[A-Za-z]+", retort.replace(".", r"\.").replace("?", r"\?")), line)
        for retort in RETORTS
    )


def test_the_play_is_long_enough_to_train_on_and_always_the_same():
    assert 100_000 <= len(TEXT) < 104_000
    assert mini_verse() == TEXT
    assert hashlib.sha256(TEXT.encode()).hexdigest().startswith("cf6a89383939abc5")
    assert TEXT.endswith("\n")
    assert not TEXT.endswith("\n\n")


def test_few_characters_are_used():
    assert set(TEXT) <= set(string.ascii_letters + " \n,.;:?!'")
    assert 40 <= len(set(TEXT)) <= 60


def test_every_speech_is_a_speaker_with_a_colon_and_lines():
    for label, *lines in SPEECHES:
        assert label[-1] == ":"
        assert label[:-1] in PEOPLE
        assert 1 <= len(lines) <= 8
        assert all(line[0].isupper() and line[-1] in ",;:.?!" for line in lines)
        assert lines[-1][-1] in ".?!"
        assert not any(line[-1] == "." for line in lines[:-1])
    assert {label[:-1] for label, *_ in SPEECHES} == set(PEOPLE)


def test_nobody_speaks_to_themselves():
    for label, *lines in SPEECHES:
        assert not any(re.search(rf"\b{PEOPLE[label[:-1]]}\b", line) for line in lines)


def test_every_template_has_ten_syllables():
    fixed = {"without": 2}  # every other word of the templates has one
    for template in VERSE:
        tokens = re.findall(r"\{\w+\}|[A-Za-z]+", template)
        assert sum(SYLLABLES[t[1:-1]] if t[0] == "{" else fixed.get(t, 1) for t in tokens) == 10, template
        assert re.search(r"\{rhyme\}\W?$", template)


def test_long_speeches_close_with_a_rhyme_of_two_words():
    checked = 0
    for _, *lines in SPEECHES:
        if len(lines) >= 4:
            a, b = (re.findall(r"\w+", line)[-1] for line in lines[-2:])
            assert a != b
            assert RHYME[a] == RHYME[b]
            checked += 1
    assert checked > 250


def test_every_line_is_verse_or_a_retort_alone_in_its_speech():
    for _, *lines in SPEECHES:
        verse = [re.findall(r"\w+", line)[-1] in RHYME for line in lines]
        assert all(verse) or (len(lines) == 1 and is_retort(lines[0])), lines


def test_no_line_uses_one_place_word_twice():
    open_words = {word for words in WORDS.values() for word in words.split()} | set(RHYME)
    for _, *lines in SPEECHES:
        for line in lines:
            used = [word for word in re.findall(r"\w+", line) if word in open_words]
            assert len(used) == len(set(used)), line
