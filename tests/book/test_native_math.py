"""Formulas become MathML when the site is built: the LaTeX of the book, its mistakes, and what the built pages have."""

import io
import re
import sys
import warnings
from html import unescape
from pathlib import Path

import pytest

pytest.importorskip("py_mini_racer", reason="the extra `book` is not installed")

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

ROOT = Path(__file__).resolve().parents[2]
EXTENSIONS = ROOT / "book" / "_ext"
SITE = ROOT / "_build" / "html"

PAGE = r"""# Shapes of $W_{hh}$

A line with $a < b$ & more.

$$
h_t = \tanh(a_t)
$$ (eq-step)

$$
x &= 1 \\
y &= 2
$$

\begin{align}
c &= 3
\end{align}

Broken: $\frac{1}{2$ and $\nosuch{x}$.
"""


@pytest.fixture(scope="module")
def math():
    sys.path.insert(0, str(EXTENSIONS))
    import native_math

    sys.path.remove(str(EXTENSIONS))
    return native_math


@pytest.fixture(scope="module")
def built(math, tmp_path_factory):
    """Return the page above, built, and what the build warned of."""
    folder = tmp_path_factory.mktemp("math")
    (folder / "page.md").write_text(PAGE, encoding="utf-8")
    (folder / "index.md").write_text("# Index\n\n```{toctree}\npage\n```\n", encoding="utf-8")
    config = {
        "extensions": ["myst_parser", "native_math"],
        "myst_enable_extensions": ["dollarmath", "amsmath"],
        "source_suffix": {".md": "markdown"},  # or Sphinx writes it into its own default, for the next test to find
        "html_math_renderer": "native",
        "html_theme": "basic",
    }
    warned = io.StringIO()
    with docutils_namespace(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Python's warnings about Sphinx are not ours to mend
        out = folder / "out"
        Sphinx(folder, None, out, folder / "trees", "html", config, status=None, warning=warned).build()
    html = {name: (out / f"{name}.html").read_text(encoding="utf-8") for name in ("index", "page")}
    return html, re.sub(r"\x1b\[[\d;]*m", "", warned.getvalue())


# ---- one formula ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        ("h_{t}", ["<msub><mi>h</mi><mi>t</mi></msub>"]),
        (r"\frac{\partial^{+} L}{dx}", ["<mfrac>", "<msup><mi>∂</mi>", ">+</mo></msup>"]),
        (r"\overset{\rightarrow}{h}_t", ["<mover><mi>h</mi>", "→</mo></mover>"]),
        (r"\underset{(B, H)}{h_t}", ["<munder><msub><mi>h</mi>"]),
        (r"\begin{cases} 1 & x > 0 \\ 0 & x < 0 \end{cases}", ["<mtable", "{</mo>", "&gt;", "&lt;"]),
        (r"\begin{pmatrix} 1 \\ 2 \end{pmatrix}", ["<mtable", "(</mo>", ")</mo>"]),
        (r"\operatorname{softmax}(z)", ["<mi>softmax</mi>"]),
        (r"\mathbb{E}\,\boldsymbol{w}", ["𝔼", "𝒘"]),
        (r"\lVert x \rVert \odot \hat y", ["‖", "⊙", "ˆ"]),
        (r"\overline{h^2} \sqrt{x}", ["tml-overline", "<msqrt>"]),
        (r"\underbrace{a + b}_{c}", ["⏟", "<munder>"]),
        (r"f'(x)", ["′"]),
        (r"\textcolor{red}{x}", ["color:#ff0000"]),
    ],
)
def test_a_formula_of_each_kind(math, tex, parts):
    html = math.mathml(tex, False)
    assert html.startswith("<math>")
    assert html.endswith("</math>")
    assert [part for part in parts if part not in html] == []
    math.mathml.cache_clear()
    assert math.mathml(tex, False) == html


def test_a_display_is_a_block(math):
    assert math.mathml("x", True).startswith('<math display="block"')


@pytest.mark.parametrize("tex", [r"\frac{1}{2", r"\nosuch", "a & b", r"\begin{aligned} x", r"\left( x"])
def test_what_is_no_formula_is_refused(math, tex):
    with pytest.raises(ValueError, match=r"\w") as error:
        math.mathml(tex, False)
    assert "\n" not in str(error.value)


def test_signs_in_a_script_have_no_space_and_others_have_theirs(math):
    html = math.mathml("a_{t-1} - b", False)
    tight, wide = re.findall("<mo([^>]*)>−</mo>", html)
    assert 'lspace="0em"' in tight
    assert 'rspace="0em"' in tight
    assert wide == ""


def test_a_fraction_in_a_line_is_a_script_and_in_a_display_it_is_not(math):
    assert 'lspace="0em"' in math.mathml(r"\frac{a + b}{c}", False)
    assert 'lspace="0em"' not in math.mathml(r"\frac{a + b}{c}", True)


@pytest.mark.parametrize(
    "tex", [r"f_v \log f", r"2 \log f", r"(a) \log f", r"\frac12 \log f", r"W_h \operatorname{diag}(v)"]
)
def test_a_thin_space_stands_between_a_factor_and_a_function(math, tex):
    before = re.split("<mi>(?:log|diag)", math.mathml(tex, False))[0]
    assert before.count('<mspace width="0.1667em">') == 1


@pytest.mark.parametrize("tex", [r"\log f", r"x = \log f", r"-\log f"])
def test_no_space_stands_before_other_functions(math, tex):
    assert "<mspace" not in math.mathml(tex, False).split("<mi>log")[0]


@pytest.mark.parametrize(
    ("tex", "wanted"),
    [
        ("x = 1", "x = 1"),
        (r"x &= 1 \\ y &= 2", r"\begin{aligned}x &= 1 \\ y &= 2\end{aligned}"),
        (r"\begin{cases} 1 \\ 2 \end{cases}", r"\begin{cases} 1 \\ 2 \end{cases}"),
        ("x\n\ny", r"\begin{gathered}x\\y\end{gathered}"),
        (r"a \& b", r"a \& b"),
    ],
)
def test_lines_outside_an_environment_are_aligned(math, tex, wanted):
    assert math.aligned(tex) == wanted


# ---- a page -----------------------------------------------------------------------------------------------------


def test_a_page_has_its_formulas_in_text_headings_and_contents(built):
    html = built[0]["page"]
    assert re.search(r"<h1>Shapes of <math><msub><mi>W</mi>", html)
    assert "A line with <math><mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow></math> &amp; more." in html
    assert "<math><msub><mi>W</mi>" in built[0]["index"]


def test_an_equation_has_an_address_and_its_number_stands_beside_its_box(built):
    html = built[0]["page"]
    number = r'</math></div><span class="eqno">\(1\)<a class="headerlink" href="#equation-eq-step"'
    assert re.search(
        r'id="equation-eq-step">\s*<div class="equation"><math display="block".*?' + number, html, re.DOTALL
    )
    assert html.count('class="eqno"') == 2  # and the one of {align}, which Sphinx counts
    assert "tml-eqn" not in html


def test_a_formula_that_cannot_be_read_is_a_warning_with_its_place(built):
    html, warned = built
    lines = [line for line in warned.splitlines() if "already registered" not in line]  # other tests run Sphinx, too
    assert len(lines) == 2
    assert all(re.search(r"page\.md:18: WARNING: .* in the formula ", line) for line in lines)
    assert r"\frac{1}{2" in lines[0]
    assert r"\nosuch" in lines[1]
    assert r"<code>\nosuch{x}</code>" in html["page"]


# ---- the book ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def formulas():
    """Return each different formula of the built book, and the text of all its pages."""
    if not (SITE / "index.html").exists():
        pytest.skip("the site is not built")
    text = "".join(page.read_text(encoding="utf-8") for page in sorted(SITE.rglob("*.html")))
    return set(re.findall("<math.*?</math>", text, re.DOTALL)), text


def test_no_page_needs_a_script_for_its_formulas(formulas):
    found, text = formulas
    assert len(found) > 1000
    assert re.findall(r"<mjx[^>]*>|<script[^>]*mathjax[^>]*>|class=.katex", text, re.IGNORECASE) == []
    assert not (SITE / "_static" / "mathjax").exists()


def test_the_style_sheet_knows_what_the_formulas_leave_to_it(formulas):
    known = (ROOT / "book" / "_static" / "style.css").read_text(encoding="utf-8")
    needless = {"tml-display", "tml-prime", "mathcal"}  # Temml's for other fonts
    used = {
        name for formula in formulas[0] for names in re.findall('class="([^"]*)"', formula) for name in names.split()
    }
    assert {name for name in used - needless if f".{name}" not in known} == set()


def test_the_font_has_every_character_of_the_formulas(formulas):
    tools = pytest.importorskip("fontTools.ttLib")
    has = tools.TTFont(ROOT / "book" / "_static" / "fonts" / "stix-two-math.woff2").getBestCmap()
    used = {c for formula in formulas[0] for c in unescape(re.sub("<[^>]*>", "", formula)) if c.isprintable()}
    assert {c for c in used if ord(c) not in has} - {"\ufe0e"} == set()  # a hint that a sign is no picture
