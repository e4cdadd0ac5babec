"""Names of the package in code lead to the reference, and only those that are certain."""

import html
import re
import sys

import nbformat
import pytest

pytest.importorskip("jupyter_book", reason="the extra `book` is not installed")

import rnn
from rnn import metrics, plotting
from tests.book.test_extensions import EXTENSIONS, ROOT, build

HTML = ROOT / "_build" / "html"
NAMES = (
    *("rnn.LSTM", "rnn.Recurrent", "rnn.Recurrent.forward", "rnn.Stacked.of", "rnn.Stacked.forward", "rnn.fit"),
    *("rnn.sigmoid", "rnn.Batch", "rnn.metrics.mean_squared_error", "rnn.mean_squared_error", "rnn.plotting.use_style"),
    *("rnn.tables.load_table", "rnn.datasets.load_imdb", "rnn.Vocabulary.encode", "rnn.Vocabulary"),
)


@pytest.fixture(scope="module")
def extension():
    sys.path.insert(0, str(EXTENSIONS))
    import code_links

    sys.path.remove(str(EXTENSIONS))
    return code_links


@pytest.fixture
def linked(extension):
    """Return what one cell after another links, as pairs of text and entry."""
    names = extension.Names(extension.documented(NAMES), {"rnn": rnn})

    def read(*cells):
        return [[(cell[start:end], entry) for start, end, entry in names.read(cell)] for cell in cells]

    return read


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("layer = rnn.LSTM(1, 2)", [("rnn.LSTM", "rnn.LSTM")]),
        ("rnn.LSTM(1, 2).forward(x)", [("rnn.LSTM", "rnn.LSTM"), ("forward", "rnn.Recurrent.forward")]),
        ("from rnn import sigmoid, tanh\nsigmoid(0)", [("sigmoid", "rnn.sigmoid")] * 2),
        ("from rnn import sigmoid as s\ns(0)", [("s", "rnn.sigmoid")]),
        ("import rnn as r\nr.fit", [("r.fit", "rnn.fit")]),
        ("from rnn import plotting\nplotting.use_style()", [("plotting.use_style", "rnn.plotting.use_style")]),
        ("import rnn.tables as t\nt.load_table", [("t.load_table", "rnn.tables.load_table")]),
        ("from rnn.tables import load_table", [("load_table", "rnn.tables.load_table")]),
        ("rnn.metrics.mean_squared_error", [("rnn.metrics.mean_squared_error",) * 2]),
        ("v = rnn.Vocabulary.build([])\nv.encode('a')", [("rnn.Vocabulary",) * 2, ("encode", "rnn.Vocabulary.encode")]),
        ("ü = '→'; rnn.fit('ß', rnn.LSTM)", [("rnn.fit", "rnn.fit"), ("rnn.LSTM", "rnn.LSTM")]),
        ("a, b = rnn.LSTM(1, 2), 3\na.forward\nb.forward", [("rnn.LSTM",) * 2, ("forward", "rnn.Recurrent.forward")]),
        ("{k: rnn.LSTM for k in rnn.fit()}", [("rnn.LSTM",) * 2, ("rnn.fit",) * 2]),
    ],
)
def test_what_links(linked, code, wanted):
    assert linked(code) == [wanted]


@pytest.mark.parametrize(
    "code",
    [
        "layer.forward(x)",
        "from numpy import fit\nfit()",
        "from rnn import sigmoid as s\ndef s(x): ...\ns(0)",
        "from rnn import sigmoid as s\ns = 3\ns",
        "from rnn import sigmoid as s\nfor s in range(3): s",
        "from rnn import sigmoid as s\n[s for s in range(3)]",
        "from rnn import sigmoid as s\nlambda s: s(0)",
        "from rnn import sigmoid as s\nwith open(s2) as s: s",
        "rnn.tanh(0)",  # without an entry here
        "rnn.nothing",
        "f'{rnn.LSTM}'",
        "'rnn.LSTM'  # rnn.LSTM",
        "%time rnn.fit()",
        "import os\nos.fit",
    ],
)
def test_what_does_not(linked, code):
    assert linked(code) == [[]]


def test_cells_continue_each_other_and_functions_keep_theirs_to_themselves(linked):
    first = "layer = rnn.LSTM(1, 2)\ndef run():\n    other = rnn.LSTM(1, 2)\n    return layer.forward(x)"
    found = linked(first, "layer.forward(x); other.forward(x)")
    assert found[0] == [("rnn.LSTM",) * 2, ("rnn.LSTM",) * 2, ("forward", "rnn.Recurrent.forward")]
    assert found[1] == [("forward", "rnn.Recurrent.forward")]


def test_entries_are_found_by_the_object_they_describe(extension):
    entries = extension.documented([*NAMES, "rnn.nothing", "rnn.Recurrent.nothing", "nowhere.at.all"])
    assert entries[id(rnn.LSTM)] == "rnn.LSTM"
    assert entries[id(rnn.LSTM.forward)] == "rnn.Recurrent.forward"
    assert entries[id(metrics.mean_squared_error)] != entries[id(rnn.mean_squared_error)]
    assert id(None) not in entries
    assert id(plotting) not in entries


def test_links_stand_around_whole_tokens_and_leave_the_text_alone(extension):
    name = '<span class="n">a</span><span class="o">.</span><span class="n">b</span>'
    code = f"<div><pre><span></span>{name} &lt; <span>c</span>\n</pre></div>"
    found = extension.set_links(code, [(0, 3, "x.html#a.b"), (6, 7, "y.html?1&2#c")])
    assert re.findall(r'<a class="api" href="([^"]*)">(.*?)</a>', found) == [
        ("x.html#a.b", name),
        ("y.html?1&amp;2#c", "<span>c</span>"),
    ]
    assert re.sub(r"</?a\b[^>]*>", "", found) == code


def test_a_page_links_to_the_entry_wherever_it_stands(tmp_path):
    entry = nbformat.v4.new_markdown_cell("```{eval-rst}\n.. autofunction:: rnn.fit\n```")
    cell = nbformat.v4.new_code_cell("import rnn\n\nrnn.fit(1 < 2)", outputs=[])
    build(tmp_path, {"reference": [entry], "coded": [cell]})
    page = (tmp_path / "out" / "html" / "coded.html").read_text(encoding="utf-8")
    (href,) = re.findall(r'<a class="api" href="([^"]*)">', page)
    assert href == "reference.html#rnn.fit"
    block = re.search(r"<pre>(.*?)</pre>", page, re.DOTALL).group(1)
    assert html.unescape(re.sub("<[^>]*>", "", block)) == "import rnn\n\nrnn.fit(1 < 2)\n"


@pytest.mark.skipif(not (HTML / "index.html").exists(), reason="the site is not built")
def test_every_link_in_code_leads_to_an_entry_of_the_reference():
    count = 0
    entries = set(re.findall(r'<dt [^>]*id="([^"]*)"', (HTML / "appendix" / "api.html").read_text(encoding="utf-8")))
    for path in HTML.glob("*/*.html"):
        text = path.read_text(encoding="utf-8")
        for href in re.findall(r'<a class="api" href="([^"]*)"', text):
            file, _, anchor = href.partition("#")
            assert (path.parent / file).resolve() == HTML / "appendix" / "api.html" if file else path.name == "api.html"
            assert anchor in entries, href
            count += 1
    assert count > 500
