"""What the search can find and what references preview: all there is in the book, at anchors that exist."""

import json
import re
import sys
from pathlib import Path

import pytest

pytest.importorskip("jupyter_book", reason="the extra `book` is not installed")

EXTENSIONS = Path(__file__).resolve().parents[2] / "book" / "_ext"


def load(name):
    sys.path.insert(0, str(EXTENSIONS))
    try:
        return __import__(name)
    finally:
        sys.path.remove(str(EXTENSIONS))


@pytest.fixture(scope="module")
def index(site):
    script = (site / "_static" / "generated" / "search-index.js").read_text(encoding="utf-8")
    return json.loads(script.removeprefix("window.bookIndex=").removesuffix(";\n"))


@pytest.fixture(scope="module")
def pages(site, index):
    return {address: (site / address).read_text(encoding="utf-8") for address, _ in index["pages"]}


def records(index, kind):
    """Return a kind's records by page and anchor, each as title, label, other names, text, unseen words."""
    number = index["kinds"].index(kind)
    rows = [row for row in index["records"] if row[0] == number]
    found = {(index["pages"][page][0], anchor): rest for _, page, anchor, *rest in rows}
    assert len(found) == len(rows)
    return found


# ---- everything has a record, with an anchor that exists --------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "pattern", "least"),
    [
        ("section", r'<section\b[^>]* id="([^"]+)"', 100),
        ("term", r'<dt id="(term-[^"]+)"', 100),
        ("equation", r' id="(equation-[^"]+)"', 100),
        ("name", r'<dt class="sig [^"]*" id="([^"]+)"', 100),
        ("exercise", r'<div class="exercise [^"]*" id="([^"]+)"', 50),
        ("source", r'<div class="citation" id="([^"]+)"', 50),
        ("figure", r'<(?:figure|table)\b[^>]* id="([^"]+)"', 30),
    ],
)
def test_the_index_has_exactly_what_is_on_the_pages(index, pages, kind, pattern, least):
    there = {(address, anchor) for address, html in pages.items() for anchor in re.findall(pattern, html)}
    assert set(records(index, kind)) == there
    assert len(there) >= least


def test_every_page_of_the_book_is_in_the_index(index):
    from tools.chapters import pages

    assert {address for address, _ in index["pages"]} == {f"{name}.html" for name in pages()}


def test_records_say_what_they_are(index):
    for kind in ("section", "term", "name", "exercise", "source"):
        assert all(title for title, *_ in records(index, kind).values()), kind
    for kind in ("equation", "exercise", "figure"):
        assert all(label for _, label, *_ in records(index, kind).values()), kind
    for kind in ("term", "equation", "figure"):
        assert all(text for _, _, _, text, *_ in records(index, kind).values()), kind


def test_an_equation_is_called_by_its_gradient_its_label_and_what_its_symbols_mean(index):
    equations = records(index, "equation")
    title, _, names, text, _, _, formula = equations[
        "foundations/backpropagation-through-time.html", "equation-eq-bptt-dwhh"
    ]
    assert title == "Gradient of W_hh"
    assert names == ["eq-bptt-dwhh", "gradient of W_hh"]
    assert text.startswith("dL/dW_hh = Σ_(t=1)^T h_(t-1)^⊤ dL/da_t")
    assert formula.startswith("<math")
    assert "cell state of an LSTM" in equations["appendix/cheat-sheet.html", "equation-eq-sheet-lstm"][2]


def test_sections_have_their_text_but_neither_outputs_nor_solutions(index):
    shown = " ".join(row[6] for row in index["records"])
    assert "Show the code" not in shown
    assert "Solution to" not in shown
    assert "Traceback" not in shown


def test_records_stand_in_the_section_around_them(index):
    rows = index["records"]
    for row in rows:
        if row[8] >= 0:
            assert rows[row[8]][0] == index["kinds"].index("section")
            assert rows[row[8]][1] == row[1]
    outermost = [row for row in rows if row[8] < 0]
    assert [row[1] for row in outermost] == list(range(len(index["pages"])))


def test_the_index_stays_small(site):
    import gzip

    assert len(gzip.compress((site / "_static" / "generated" / "search-index.js").read_bytes())) < 250_000


# ---- formulas as text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        (r"h_t = \tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h)", "h_t = tanh(x_t W_xh + h_(t-1) W_hh + b_h)"),
        (r"\frac{dL}{dW_{hh}} = \sum_{t=1}^{T} h_{t-1}^\top da_t", "dL/dW_hh = Σ_(t=1)^T h_(t-1)^⊤ da_t"),
        (r"\frac{\partial^{+} L}{\partial h_{t-1}}", "∂⁺L/∂h_(t-1)"),
        (r"\frac{a + b}{\sqrt{c} + \varepsilon}", "(a + b)/(√c + ε)"),
        (r"\begin{aligned} a &= 1 \\[2pt] b &= 2 \end{aligned}", "a = 1; b = 2"),
        (r"\tfrac12 \, \frac 1n \hat{y} \overset{\rightarrow}{h}_t", "1/2 1/n y\u0302 h\u20d7_t"),
        (r"\operatorname{softmax}(z) \in \{0, 1\}", "softmax(z) ∈ {0, 1}"),
        (r"W = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "W = [1 2; 3 4]"),
        (r"\underbrace{a \odot b}_{\text{the gate}}", "a ⊙ b"),
    ],
)
def test_a_formula_as_plain_text(tex, wanted):
    assert load("plain_math").plain(tex) == wanted


def test_no_formula_of_the_book_keeps_its_latex(index):
    assert [row[6] for row in index["records"] if re.search(r"\\[a-z]{2}|\\frac|\{[a-z]+\}_", row[6])] == []


# ---- previews ---------------------------------------------------------------------------------------------------

PAGES = {
    "a/one.html": '<a class="reference internal" href="../b.html#term-state">x</a>'
    '<a class="reference internal" href="#here">x</a><a class="reference external" href="https://x.org/#y">x</a>'
    '<a class="reference internal" href="../b.html#plain">x</a>',
    "b.html": '<article><dl><dt id="term-state">state</dt><dd><p>What is carried.</p></dd></dl><p id="plain">no</p>'
    '<div class="math" id="equation-eq">1</div></article>',
}


def test_references_from_other_pages_are_found():
    assert load("previews").references(PAGES) == {"b.html": {"term-state", "plain"}}


def test_a_preview_is_the_element_and_a_terms_definition_with_it():
    found = load("previews").extract(PAGES["b.html"], {"term-state", "plain", "equation-eq"})
    assert found == {
        "term-state": '<dl><dt id="term-state">state</dt><dd><p>What is carried.</p></dd></dl>',
        "equation-eq": '<div class="math" id="equation-eq">1</div>',
    }


def test_every_term_and_source_that_is_referred_to_has_a_preview(site, pages):
    wanted = load("previews").references(pages)
    for address, start in (("appendix/notation.html", "term-"), ("appendix/references.html", "id")):
        name = address.removesuffix(".html").replace("/", "-")
        script = (site / "_static" / "generated" / f"previews-{name}.js").read_text(encoding="utf-8")
        stored = json.loads(script[script.index("]=") + 2 :].removesuffix(";\n"))
        assert set(stored) == {anchor for anchor in wanted[address] if anchor.startswith(start)}
