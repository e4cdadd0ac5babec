"""The site's own extensions: figures for light and dark pages, alt text, folded solutions, numbers."""

import io
import re
import shutil
import sys
import warnings
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("jupyter_book", reason="the extra `book` is not installed")

from jupyter_book.config import get_final_config
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

from rnn import plotting

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = Path(__file__).parent / "sample"
EXTENSIONS = ROOT / "book" / "_ext"

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300pt" height="150pt" viewBox="0 0 300 150">'
    f'<rect width="300" height="150" fill="{plotting.COLORS["paper"]}"/>'
    f'<path d="M0 0L9 9" stroke="{plotting.COLORS["blue"].upper()}"/><path d="M9 9L0 0" stroke="#123456"/></svg>'
)


def figure_cell(alt=None, svg=DRAWING):
    output = nbformat.v4.new_output("display_data", {"image/svg+xml": svg, "text/plain": "<Figure>"})
    metadata = {"mystnb": {"image": {"alt": alt}}} if alt else {}
    return nbformat.v4.new_code_cell("draw()", outputs=[output], metadata=metadata)


def build(folder, pages):
    """Build the sample book and further notebook pages with the project's configuration; return what it warned of."""
    shutil.copytree(SAMPLE, folder, dirs_exist_ok=True)
    toc = (folder / "_toc.yml").read_text(encoding="utf-8")
    for name, cells in pages.items():
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# {name}"), *cells])
        notebook.metadata.language_info = {"name": "python", "pygments_lexer": "ipython3"}
        nbformat.write(notebook, folder / "book" / f"{name}.ipynb")
        toc += f"      - file: {name}\n"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    cli = {"latex_individualpages": False, "external_toc_path": str(folder / "_toc.yml"), "nb_execution_mode": "off"}
    path = list(sys.path)
    config, _ = get_final_config(user_yaml=ROOT / "_config.yml", cli_config=cli, sourcedir=folder / "book")
    warned = io.StringIO()
    source, out = str(folder / "book"), str(folder / "out" / "html")
    try:
        # in a namespace of its own, or the next build in this process warns of what is there already
        with docutils_namespace(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's warnings about the site's tools are theirs to mend
            app = Sphinx(source, None, out, str(folder / "out" / "trees"), "html", config, status=None, warning=warned)
            app.build()
    finally:
        sys.path[:] = path
    return re.sub(r"\x1b\[[\d;]*m", "", warned.getvalue())


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    plain = DRAWING.replace(plotting.COLORS["blue"].upper(), "#ff0000")
    pages = {"drawn": [figure_cell("A line.")], "silent": [figure_cell()], "red": [figure_cell("A line.", plain)]}
    return folder, build(folder, pages)


@pytest.fixture(scope="module")
def page(built):
    return lambda name: (built[0] / "out" / "html" / f"{name}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def extension():
    sys.path.insert(0, str(EXTENSIONS))
    import dark_figures

    sys.path.remove(str(EXTENSIONS))
    return dark_figures


def images(html):
    article = html[html.index("<article") : html.index("</article")]
    return [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in re.findall("<img[^>]*>", article)]


def copy_of(built, image):
    return (built[0] / "out" / "html" / "_images" / Path(image["src"]).name).read_text(encoding="utf-8")


# ---- figures ----------------------------------------------------------------------------------------------------


def test_a_drawing_is_shown_once_on_light_and_once_on_dark_pages_with_its_text_and_size(page):
    light, dark = images(page("drawn"))
    assert light.pop("src") != dark.pop("src")
    both = {"alt": "A line.", "width": "400", "height": "200", "loading": "lazy", "decoding": "async"}
    assert light == both | {"class": "only-light no-scaled-link"}
    assert dark == both | {"class": "only-dark no-scaled-link"}


def test_each_copy_has_the_colors_of_its_page_and_all_others_stay(built, page):
    light, dark = (copy_of(built, image) for image in images(page("drawn")))
    assert f'stroke="{plotting.PALETTE["blue"][0]}"' in light
    assert f'stroke="{plotting.PALETTE["blue"][1]}"' in dark
    assert light.count('fill="none"') == dark.count('fill="none"') == 1
    assert light.count("#123456") == dark.count("#123456") == 1


def test_a_hand_written_drawing_is_doubled_too_and_keeps_the_width_it_was_given(page):
    first, second, *rest = images(page("part/sample"))
    assert [image["class"].split()[0] for image in (first, second)] == ["only-light", "only-dark"]
    assert first["style"] == second["style"] == "width: 60%;"
    assert (first["width"], first["height"]) == ("220", "80")  # the room it takes is known before it has come
    assert [image["alt"] for image in rest] == ["The same again."] * 2 + ["Inline again"] * 2
    assert (rest[0]["width"], rest[0]["height"]) == ("220", "80")


def test_no_caption_follows_a_copy_that_is_hidden(page):
    # the theme hides a <figcaption> that is a later sibling of a hidden copy
    figure = re.search(r'<figure[^>]*id="fig-step".*?</figure>', page("part/sample"), re.DOTALL).group()
    assert re.search(r'<span class="light-and-dark"><img[^>]*><img[^>]*>\s*</span>\s*<figcaption>', figure)


def test_an_image_without_alt_text_is_a_warning(built):
    warned = [line for line in built[1].splitlines() if "no alt text" in line]
    assert len(warned) == 1
    assert "silent.ipynb" in warned[0]


def test_a_drawing_in_other_colors_is_a_warning(built):
    warned = [line for line in built[1].splitlines() if "does not use the book's colors" in line]
    assert len(warned) == 1
    assert "red.ipynb" in warned[0]


def test_nothing_else_is_warned_of(built):
    expected = (
        "no alt text",
        "does not use the book's colors",
        "rnn.LSTM",
        "[myst-nb.lexer]",
    )  # the last: not executed
    others = [line for line in built[1].splitlines() if "WARNING" in line and not any(e in line for e in expected)]
    assert others == []


def test_colors_are_exchanged_all_at_once_and_in_any_case(extension):
    assert (
        extension.recolor("#aaa111 #BBB222 #ccc333", {"#aaa111": "#bbb222", "#bbb222": "none"})
        == "#bbb222 none #ccc333"
    )


@pytest.mark.parametrize(
    ("attributes", "wanted"),
    [
        ('width="72pt" height="36pt"', (96, 48)),
        ('width="10" height="20px" viewBox="0 0 1 1"', (10, 20)),
        ('viewBox="0 0 640 320.5"', (640, 320.5)),
        ('width="100%" height="100%" viewBox="-5 -5 64,32"', (64, 32)),
        ('width="1in" height="2.54cm"', (96, 96)),
    ],
)
def test_the_size_of_a_drawing(extension, attributes, wanted):
    assert extension.size(f'<?xml version="1.0"?>\n<svg {attributes}><rect width="1"/></svg>') == pytest.approx(wanted)


def test_a_drawing_without_a_size_is_refused(extension):
    with pytest.raises(ValueError, match="an SVG needs a width and a height, or a viewBox"):
        extension.size("<svg></svg>")


# ---- exercises --------------------------------------------------------------------------------------------------


def test_solutions_are_folded_and_exercises_are_not(page):
    html = page("part/sample")
    solutions = re.findall(
        r'<details class="([^"]*\bsolution\b[^"]*)"[^>]*>\s*<summary>(.*?)</summary>', html, re.DOTALL
    )
    assert len(solutions) == 3
    assert all("admonition" in classes.split() and "Solution to" in title for classes, title in solutions)
    assert not any("<a" in title for _, title in solutions)  # a control within a control
    exercises = re.findall(r'<(\w+) class="(exercise admonition[^"]*)"', html)
    assert [tag for tag, _ in exercises] == ["div", "div"]


def test_titles_read_as_in_the_notebooks(page):
    text = re.sub(r"\s+", " ", re.sub("<[^>]*>", "", page("part/sample")))
    assert "Exercise 2.2 · In code" in text
    assert "Solution to Exercise 2.2 · In code" in text


def test_an_exercise_has_a_link_to_itself(page):
    html = page("part/sample")
    ids = re.findall(r'<div class="exercise admonition[^"]*" id="([^"]*)"', html)
    assert len(ids) == 2
    assert all(f'<a class="headerlink" href="#{name}" title="Link to this exercise"' in html for name in ids)


def test_the_code_of_a_solution_is_inside_it(page):
    html = page("part/sample")
    start = html.index("Solution to")
    solution = html[html.index("As in", start) : html.index("and that is all")]
    assert 'class="cell docutils container"' in solution


@pytest.mark.parametrize("name", ["part/sample", "drawn", "appendix/notation"])
def test_no_two_elements_share_an_id(page, name):
    ids = re.findall(r'\sid="([^"]*)"', page(name))
    assert sorted(set(ids)) == sorted(ids)


# ---- numbers ----------------------------------------------------------------------------------------------------


def test_the_site_counts_like_the_notebooks(page):
    text = re.sub(r"\s+", " ", re.sub("<[^>]*>", "", page("part/sample")))
    assert "is in (2), before (1); see Figure 2.1, Figure 1.1, the picture 2.1, Table 2.1," in text
    assert "Table 2.2 A second table" in text
    assert "Exercise 2.2 is the second." in text
    assert "Then (3) and (1)." in text


@pytest.mark.parametrize(
    "address",
    [
        ("appendix/notation", "term-hidden-state"),
        ("appendix/notation", "term-GRU"),
        ("appendix/notation", "shapes"),
        ("part/other", "equation-eq-other"),
        ("part/other", "fig-other"),
        ("part/other", "other-section"),
    ],
)
def test_the_addresses_in_a_notebook_exist_on_the_site(page, address):
    name, anchor = address
    assert f'id="{anchor}"' in page(name)
