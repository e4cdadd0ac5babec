"""The network of the cover: its stored weights, the rule it learned, its drawing, and the script that computes it."""

import importlib.util
import itertools
import json
import re
import types

import numpy as np
import pytest

pytest.importorskip("myst_nb", reason="the extra `book` is not installed")

import rnn
from tools import cover_network as cover
from tools import sentiment_trace as drawing
from tools.chapters import chapters, pages

STORED = json.loads(cover.TARGET.read_text(encoding="utf-8"))
SCRIPT = cover.TARGET.with_name("cover.js")
REVIEW = ["this", "film", "is", "not", "bad", "it", "is", "good"]


@pytest.fixture(scope="module")
def model():
    return cover.load()


@pytest.fixture(scope="module")
def texts():
    return cover.sentences(400, np.random.default_rng(11))


def after(words):
    return cover.scores(words.split())[-1]


def test_the_rule_knows_what_turns_and_what_weakens():
    assert after("this film is") == 0
    assert after("very good") > after("good") > 0 > after("not very good") > after("not good") == after("bad")
    assert after("never not good") > 0
    assert after("very bad but good") > 0 > after("good but dull")
    assert after("not this film is good") == -1  # it turns the next opinion, wherever that stands
    assert after("good " * 9) == cover.SURE


def test_the_file_holds_rounded_weights_of_the_network_in_the_script():
    assert (STORED["words"], STORED["longest"]) == (list(cover.WORDS), cover.LONGEST)
    V, H = len(cover.WORDS), cover.HIDDEN
    shapes = {"W_xh": (V, H), "W_hh": (H, H), "b_h": (H,), "W_hy": (H, 1), "b_y": (1,)}
    assert {name: np.shape(weights) for name, weights in STORED["network"].items()} == shapes
    assert {name: np.shape(weights) for name, weights in STORED["bag"].items()} == {"W": (V, 1), "b": (1,)}
    for weights in (*STORED["network"].values(), *STORED["bag"].values()):
        assert np.array_equal(np.round(weights, cover.DECIMALS), weights)
    assert cover.TARGET.stat().st_size < 4_000


def test_what_is_loaded_is_what_would_be_stored(model):
    assert cover.named(model) == STORED["network"]
    assert cover.named(cover.load("bag")) == STORED["bag"]


def test_the_network_is_as_good_on_other_sentences_as_the_file_says():
    texts = cover.sentences(3_000, np.random.default_rng(99))
    network, bag = (STORED["accuracy"][name] for name in ("network", "bag"))
    assert len(network) == len(cover.SEEDS)
    assert cover.accuracy(cover.load(), texts) > min(network) - 0.01
    assert cover.accuracy(cover.load("bag"), texts) == pytest.approx(bag[0], abs=0.06)  # short sentences are easier


def test_it_is_right_on_every_order_of_the_first_sentence(model):
    orders = [list(words) for words in sorted(set(itertools.permutations(REVIEW)))]
    assert cover.accuracy(model, orders) == 1


def test_the_bag_of_words_is_deaf_to_order():
    bag = cover.load("bag")
    logits = [bag.forward(cover.inputs([words], False, float))[0][0, -1, 0] for words in (REVIEW, REVIEW[::-1])]
    assert logits[0] == pytest.approx(logits[1], abs=1e-12)


def test_a_training_that_is_cut_short_still_gives_rounded_weights(monkeypatch):
    monkeypatch.setattr(cover, "SENTENCES", 300)
    monkeypatch.setattr(cover, "EPOCHS", 1)
    for hidden in (cover.HIDDEN, 0):
        one, two = (cover.named(cover.train(hidden, seed=5)) for _ in range(2))
        assert one == two
        assert all(np.array_equal(np.round(w, cover.DECIMALS), w) for w in one.values())


def test_the_script_of_the_page_computes_what_the_package_does(model, texts):
    racer = pytest.importorskip("py_mini_racer").MiniRacer()
    racer.eval(SCRIPT.read_text(encoding="utf-8"))
    racer.eval(f"const stored = {json.dumps(STORED)}, texts = {json.dumps(texts)}")
    read = json.loads(racer.eval("JSON.stringify(texts.map(words => coverNetwork.read(stored, words)))"))
    bags = json.loads(racer.eval("JSON.stringify(texts.map(words => coverNetwork.bag(stored, words)))"))
    for words, steps, p_bag in zip(texts, read, bags, strict=True):
        states, p = cover.read(model, words)
        assert np.allclose([step["h"] for step in steps], states, rtol=0, atol=1e-9)
        assert np.allclose([step["p"] for step in steps], p, rtol=0, atol=1e-9)
        logits, _ = cover.load("bag").forward(cover.inputs([words], False, float))
        assert p_bag == pytest.approx(float(rnn.sigmoid(logits)[0, -1, 0]), abs=1e-9)


def test_the_drawing_is_of_this_network():
    assert drawing.draw() == drawing.TARGET.read_text(encoding="utf-8")


def test_the_drawn_reviews_are_the_same_words_and_end_on_opposite_sides(model):
    words = [review.split() for review in drawing.REVIEWS]
    assert sorted(words[0]) == sorted(words[1])
    good, bad = (cover.read(model, row)[1][-1] for row in words)
    assert bad < 0.1
    assert good > 0.9


def test_the_first_page_shows_the_network_before_any_script_runs(site, model):
    page = (site / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'class="net-word"[^>]*>(\w+)<', page) == REVIEW
    shown = re.findall(r'<span class="net-percent">(\d+)%', page)
    assert [int(p) for p in shown[:-1]] == [round(100 * p) for p in cover.read(model, REVIEW)[1]]
    assert json.loads(re.search(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)[1]) == STORED
    assert sum(np.size(weights) for weights in STORED["network"].values()) == 201
    assert "A network of 201 weights" in page


def test_numbers_on_the_first_page_are_those_of_the_book(site):
    page = (site / "index.html").read_text(encoding="utf-8")
    cells = sum(len(chapter.code) for chapter in chapters())
    built = [(site / f"{name}.html").read_text(encoding="utf-8") for name in pages()]
    exercises = sum(text.count('class="exercise admonition') for text in built)
    modules = (cover.TARGET.parents[2] / "rnn" / "exercises").glob("[!_]*.py")
    checkers = sum(len(re.findall(r"^def check_", path.read_text(), re.MULTILINE)) for path in modules)
    assert f"All {cells:,} code cells" in page
    assert f"There are {exercises} of them, and {checkers} checkers" in page


def test_a_number_nobody_counts_is_an_error():
    pytest.importorskip("sphinx")
    spec = importlib.util.spec_from_file_location("cover_extension", cover.TARGET.parents[1] / "_ext" / "cover.py")
    extension = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(extension)
    role = extension.Counted()
    reporter = types.SimpleNamespace(error=lambda message: message)
    role.inliner, role.text = types.SimpleNamespace(reporter=reporter), "apples"
    written, messages = role.run()
    assert written == []
    assert "not 'apples'" in messages[0]
