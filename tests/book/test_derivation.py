"""The notebooks derived from the chapters read well in plain Jupyter, and their code is the chapters' code."""

import base64
import itertools
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from myst_nb.core.read import read_myst_markdown_notebook

from tools import notebooks
from tools.myst_book import SITE, DerivationError, load_book, parser_config
from tools.myst_markdown import leftovers

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = Path(__file__).parent / "sample"
CHAPTER = SAMPLE / "book" / "part" / "sample.md"
CHAPTERS = notebooks.chapters(ROOT)


@pytest.fixture(scope="module")
def notebook():
    return notebooks.derive(CHAPTER, SAMPLE)


@pytest.fixture(scope="module")
def text(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.fixture
def derive(tmp_path):
    """Derive a chapter that consists of the given text, in a copy of the sample book."""
    shutil.copytree(SAMPLE, tmp_path / "root")

    def derived(body, front="file_format: mystnb"):
        page = tmp_path / "root" / "book" / "part" / "sample.md"
        page.write_text(f"---\n{front}\n---\n{body}", encoding="utf-8")
        return notebooks.derive(page, tmp_path / "root")

    return derived


def raw_myst(notebook):
    """Everything in a notebook's text that only MyST understands: an independent look, on parsed text."""
    parser = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin)
    found = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for token in parser.parse(cell.source):
            if token.type == "fence" and "{" in token.info:
                found.append(token.info)
            for child in token.children or []:
                if child.type == "text":
                    found += re.findall(r"\{[a-z:]+\}|:::|```|^\(\S+\)=|^% |<!--|\]\(|\{\{", child.content)
                elif child.type in ("link_open", "image"):
                    address = child.attrs.get("href") or child.attrs.get("src")
                    found += [] if re.match(r"https?://|data:", address) else [address]
                elif child.type == "html_inline":
                    found += re.findall(r"<!--.*", child.content)
            if token.type == "html_block":
                found += re.findall(r"<!--.*|\{[a-z:]+\}`", token.content)
    return found


def hidden(cell):
    return cell.metadata.get("jupyter", {}).get("source_hidden", False)


# ---- the whole notebook -----------------------------------------------------------------------------------------


def test_the_notebook_is_valid_and_the_same_every_time(notebook):
    nbformat.validate(notebook)
    assert nbformat.writes(notebook) == nbformat.writes(notebooks.derive(CHAPTER, SAMPLE))
    ids = [cell.id for cell in notebook.cells]
    assert ids == [f"{cell.cell_type}-{i:03d}" for i, cell in enumerate(notebook.cells)]


def test_code_is_the_chapters_code_byte_for_byte_and_knows_its_place(notebook):
    chapter = read_myst_markdown_notebook(CHAPTER.read_text(encoding="utf-8"), config=parser_config(SAMPLE))
    wanted = [cell.source for cell in chapter.cells if cell.cell_type == "code"]
    code = [cell for cell in notebook.cells if "book" in cell.metadata]
    assert [cell.source for cell in code] == wanted
    assert [cell.metadata["book"] for cell in code] == [{"cell": i} for i in range(len(wanted))]
    assert len(wanted) == 4
    assert '# {eq}`not a role`  $$ (label)\nx = "```"   # (target)=' in wanted[0]


def test_the_first_cell_installs_the_package_only_where_it_is_missing(notebook):
    first = notebook.cells[0]
    assert first.cell_type == "code"
    assert "book" not in first.metadata
    assert first.source.split("\n")[3] == 'if find_spec("rnn") is None:'  # tests/book/test_launch.py runs it
    assert all(line.startswith(" ") for line in first.source.split("\n")[4:] if line)


def test_front_matter_leaves_the_kernel_and_the_time_limit(notebook):
    assert notebook.metadata.kernelspec == {"display_name": "Python 3", "language": "python", "name": "python3"}
    assert notebook.metadata.execution == {"timeout": 120}
    assert "jupytext" not in notebook.metadata


def test_a_title_in_the_front_matter_is_kept(derive):
    cells = derive("Text.", front="file_format: mystnb\ntitle: The title").cells
    assert [cell.source for cell in cells[1:]] == ["# The title", "Text."]


def test_nothing_of_myst_is_left(notebook):
    assert raw_myst(notebook) == []
    assert [found for cell in notebook.cells if cell.cell_type == "markdown" for found in leftovers(cell.source)] == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_nothing_of_myst_is_left_in_a_chapter_of_the_book(chapter):
    derived = notebooks.derive(chapter, ROOT)
    nbformat.validate(derived)
    assert raw_myst(derived) == []
    source = read_myst_markdown_notebook(chapter.read_text(encoding="utf-8"), config=parser_config(ROOT))
    wanted = [cell.source for cell in source.cells if cell.cell_type == "code"]
    assert [cell.source for cell in derived.cells if "book" in cell.metadata] == wanted


def test_the_book_has_chapters_to_look_at():
    assert CHAPTERS


@pytest.mark.parametrize(
    "left",
    [
        "```{note}\nx\n```",
        "see {eq}`x`",
        "(target)=",
        ":::{note}",
        "````{admonition} More of {eq}`x`\n:class: dropdown\ny\n````",
        "<!-- note -->",
        "a <!-- note --> b",
        "[page](other.md)",
        "![x](picture.png)",
        "% comment",
        "text[^1]",
    ],
)
def test_the_detectors_find_what_is_left(left):
    assert leftovers(left)
    if not left.endswith("[^1]"):
        assert raw_myst(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(left)]))


@pytest.mark.parametrize(
    "fine",
    ["$\\{x\\}_{eq}$ and the set {a, b}", "`{eq}`", "```python\n{eq}\n```", "| a |\n| - |\n| {x} |", "<details>\n"],
)
def test_the_detector_leaves_plain_text_alone(fine):
    assert leftovers(fine) == []


# ---- references -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "plain",
    [
        "[Elman (1990)](https://doi.org/10.1207/s15516709cog1402_1)",
        "([Hochreiter and Schmidhuber, 1997](https://doi.org/10.1162/neco.1997.9.8.1735); "
        "[Cho et al., 2014](https://aclanthology.org/D14-1179))",
        "(Someone, 1991).",
        f"[hidden state]({SITE}appendix/notation.html#term-hidden-state)",
        f"[state]({SITE}appendix/notation.html#term-hidden-state)",
        f"is in (2), before [(1)]({SITE}part/other.html#equation-eq-other)",
        "see Figure 2.1,",
        f"[Figure 1.1]({SITE}part/other.html#fig-other), the picture 2.1, Table 2.1,",
        f"[Another `section`]({SITE}part/other.html#other-section), *here*,",
        f"[The other page]({SITE}part/other.html), [the notation]({SITE}appendix/notation.html)",
        f"[a page]({SITE}part/other.html), [Notation]({SITE}appendix/notation.html)",
        f"[Shapes]({SITE}appendix/notation.html#shapes)",
        "[the site](https://example.org/)",
        f"[`rnn.LSTM`]({SITE}appendix/api.html#rnn.LSTM)",
        f"[`forward()`]({SITE}appendix/api.html#rnn.LSTM.forward), `numpy.dot()`.",
        "Roles in code stay: `` {eq}`x` ``, and in formulas too: $\\{x\\}_{eq}$ and $h_{t-1}$. H<sub>2</sub>O.",
        "Exercise 2.2 is the second.",
        "Then (3) and (1).",
    ],
)
def test_a_reference_becomes_text_and_a_link_to_the_site(text, plain):
    assert plain in text


def test_numbers_are_counted_by_chapter_and_equations_by_page():
    labels = load_book(SAMPLE).labels
    numbers = {name: label.number for name, label in labels.items() if label.number}
    assert numbers == {
        "eq-other": "1", "fig-other": "1.1",
        "eq-list": "1", "eq-step": "2", "eq-two": "3", "code-not-run": "2.1", "fig-step": "2.1", "tab-list": "2.1",
        "tab-plain": "2.2", "fig-drawn": "2.2", "ex-hand": "2.1", "ex-code": "2.2", "fig-appendix": "1",
    }  # fmt: skip


def test_the_sources_are_listed(text):
    assert text.endswith(
        "- Cho, K., van Merriënboer, B. and Bengio, Y. (2014). *Learning Phrase Representations*. "
        "Proceedings of EMNLP. <https://aclanthology.org/D14-1179>\n"
        "- Elman, J. L. (1990). *Finding Structure in Time*. Cognitive Science. "
        "<https://doi.org/10.1207/s15516709cog1402_1>\n"
        "- Hochreiter, S. and Schmidhuber, J. (1997). *Long Short-Term Memory*. Neural Computation. "
        "<https://doi.org/10.1162/neco.1997.9.8.1735>\n"
        "- Someone, A. (1991). *A Thesis*. A School."
    )


# ---- blocks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "plain",
    [
        "> **Note**\n>\n> A note with `code`.\n",
        "> **Side note**\n>\n> In the margin.\n",
        '> **A title with $x_t$**\n>\n> Text, then\n>\n> **Listing 2.1.** Not run\n>\n> ```python\n'
        '> print("{eq}`nothing`")\n> ```\n',
        "<details>\n<summary><b>Folded</b></summary>\n\nBehind the click.\n\n</details>\n",
        "<summary><b>More of (2)</b></summary>\n\nA **folded** text.\n\n```python\nx = 1\n```\n\n</details>\n",
        "- a list with [GRU](",
        "\n\n  > **Tip**\n  >\n  > Inside a list, (2).\n",
        "1. numbered\n\n   $$\n   z = h W\n   \\tag{1}\n   $$\n",
        "> A quote with Table 2.1.\n>\n> > **Note**\n> >\n> > Quoted twice.\n",
        "$$\nh_t = \\tanh(x_t W_{xh} + h_{t-1} W_{hh} + b_h)\n\\tag{2}\n$$\n",
        "$$\n\\begin{aligned}\na &= 1 \\\\\nb &= 2\n\\end{aligned}\n\\tag{3}\n$$\n",
        "$$\n\\begin{aligned}\nc &= 3 \\\\\nd &= 4\n\\end{aligned}\n$$\n",
        "$$\ne = \\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}\n$$\n",
        "**Table 2.1.** What is a *GRU*?\n\n"
        "| Symbol | Meaning $\\vert{}x\\vert{}$ |\n| --- | --- |\n| `a\\|b` | (2) |\n",
        "**Table 2.2.** A second table\n\n| a | (2) |\n| - | - |\n| [GRU](",
        "- **Term one**\n  Its definition, (2).",
        "**Figure 2.1.** One step of $h$, as in (2).\n",
        "**Figure 2.2.** A training run, drawn as Figure 2.1, see Figure 2.2.",
        "**Exercise 2.1 · By hand**\n\nCompute (2).\n",
        "**Exercise 2.2 · In code**\n\nWrite `step`.",
    ],
)  # fmt: skip
def test_a_directive_becomes_plain_markdown(text, plain):
    assert plain in text


def test_comments_and_targets_are_gone(text):
    assert "comment" not in text
    assert "hidden -->" not in text
    assert "sample-top" not in text
    assert text.startswith("# A sample chapter\n\nIt starts with [Elman (1990)]")


def test_pictures_are_embedded_with_their_text_as_pixels_that_every_program_shows(text):
    images = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]*)" width="([^"]+)">', text)
    assert [image[1:] for image in images] == [
        ("One step, &quot;drawn&quot; as a box.", "60%"),
        ("The same again.", "220"),
        ("Inline again", "220"),
    ]
    picture = base64.b64decode(images[0][0])
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 440  # twice the width, for sharp screens


def test_hidden_input_is_hidden_in_jupyter_and_colab_and_its_output_is_not(notebook):
    cell = next(cell for cell in notebook.cells if "hide-input" in cell.metadata.get("tags", []))
    assert cell.metadata["jupyter"] == {"source_hidden": True}
    assert cell.metadata["cellView"] == "form"
    assert "collapsed" not in cell.metadata


def test_the_metadata_of_a_text_cell_is_kept(notebook):
    assert next(cell for cell in notebook.cells if cell.source.startswith("A cell of its own")).metadata["tags"] == [
        "kept"
    ]


# ---- solutions --------------------------------------------------------------------------------------------------


def test_a_solution_in_words_is_folded(text):
    assert (
        "<details>\n<summary><b>Solution to Exercise 2.1</b></summary>\n\nIt is\n\n$$\nh = 1\n$$\n\n"
        "```python\nh = 1\n```\n\n</details>" in text
    )
    assert "Without code, between gates.\n\n</details>" in text


def test_a_solution_with_code_is_hidden_cell_by_cell(notebook):
    start = next(i for i, c in enumerate(notebook.cells) if c.source.startswith("**Solution to Exercise 2.2.**"))
    before, code, after = notebook.cells[start + 1 : start + 4]
    assert before.source.startswith("<details>")
    assert "As in (2):\n\n</details>" in before.source
    assert code.source == "def step(x):\n    return x"
    assert code.metadata["jupyter"] == {"source_hidden": True, "outputs_hidden": True}
    assert code.metadata["collapsed"] is True
    assert code.metadata["tags"] == ["hide-cell"]
    assert after.source.startswith("<details>")
    assert "and that is all.\n\n</details>" in after.source


def test_only_the_solution_and_what_is_tagged_is_hidden(notebook):
    assert [hidden(cell) for cell in notebook.cells if "book" in cell.metadata] == [True, False, False, True]


# ---- what is refused, with file and line ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("# T\n\n```{mystery} x\n```", 6, "the directive {mystery} has no plain form"),
        ("# T\n\ntext\nand {mystery}`x`", 7, "the role {mystery} has no plain form"),
        ("# T\n\n- item\n\n  ```{note}\n  a\n  {eq}`none`\n  ```", 10, "nothing in the book is labeled 'none'"),
        ("# T\n\n{eq}`fig-other`", 6, "{eq} names 'fig-other', which is no equation"),
        ("# T\n\n{numref}`shapes`", 6, "{numref} names 'shapes', which has no number"),
        ("# T\n\n{term}`nothing`", 6, "the glossary has no term 'nothing'"),
        ("# T\n\n{cite:t}`nobody2000`", 6, "references.bib has no entry 'nobody2000'"),
        ("# T\n\n{doc}`nowhere`", 6, "the book has no page 'part/nowhere'"),
        ("# T\n\n[x](nowhere.md)", 6, "the book has no page 'part/nowhere'"),
        ("# T\n\n[x](data.csv)", 6, "nothing in the book is labeled 'data.csv'"),
        ("# T\n\n![x](nothing.png)", 6, "there is no image nothing.png"),
        ("# T\n\n![](../_static/step.svg)", 6, "an image needs a text that says what one sees"),
        ("# T\n\n```{figure} ../_static/step.svg\n\nC.\n```", 6, "{figure} needs :alt:"),
        ("# T\n\n```{figure} ../_static/step.svg\n:alt: A.\n\nC.\n```", 6, "what has a caption needs a name"),
        ("# T\n\n<img src='picture.png'>", 6, "HTML that names a local file"),
        ("# T\n\n$$\na\n\nb\n$$", 6, "a formula with an empty line"),
        ("# T\n\n\\begin{align}\na\n\\end{align}", 6, "write a numbered formula as $$"),
        ("# T\n\ntext[^1]\n\n[^1]: note", 8, "footnotes have no place in a notebook"),
        ("# T\n\n[x][y]\n\n[y]: https://example.org", 4, "a link definition"),
        ("# T\n\n```{exercise} Title\nx\n```", 6, "an exercise needs a :label:"),
        ("# T\n\n```{solution-start} ex-hand\n```\n", 6, "nothing in the book is labeled 'ex-hand'"),
        ("# T\n\n```{exercise} A\n:label: e\n```\n\n```{solution-start} e\n```\n\nx", 10, "{solution-start} without"),
        ("# T\n\n```{solution-end}\n```\n", 6, "{solution-end} without {solution-start}"),
        ("# T\n\n```{list-table}\n* - a\n  - b\n* - c\n```", 7, "the rows of the {list-table} differ in length"),
        ("# T\n\n```{raw-cell}\nx\n```", 7, "raw cells are not used in this book"),
        ("# T\n\n````{admonition} More of {eq}`eq-other`\n:class: dropdown\ny\n````", 4, "nothing reads it"),
    ],
)  # fmt: skip
def test_what_has_no_plain_form_is_refused_with_file_and_line(derive, body, line, message):
    with pytest.raises(DerivationError) as error:
        derive(body)
    assert message in str(error.value)
    assert re.search(r"sample\.md:(\d+): ", str(error.value)).group(1) == str(line)


# ---- the command ------------------------------------------------------------------------------------------------


def test_a_notebook_is_written_below_its_part_and_left_alone_when_it_is_right(tmp_path):
    root = shutil.copytree(SAMPLE, tmp_path / "root")
    page = root / "book" / "part" / "sample.md"
    written = notebooks.write(page, root)
    assert written == root / "notebooks" / "part" / "sample.ipynb"
    assert nbformat.read(written, as_version=4) == notebooks.derive(page, root)
    first = written.stat().st_mtime_ns
    notebooks.write(page, root)
    assert written.stat().st_mtime_ns == first


def test_a_change_on_another_page_is_seen(tmp_path):
    root = shutil.copytree(SAMPLE, tmp_path / "root")
    page, other = root / "book" / "part" / "sample.md", root / "book" / "part" / "other.md"
    assert "[The other page](" in nbformat.writes(notebooks.derive(page, root))
    other.write_text(other.read_text(encoding="utf-8").replace("The other page", "Its new title"), encoding="utf-8")
    assert "[Its new title](" in nbformat.writes(notebooks.derive(page, root))


def test_only_pages_with_a_notebooks_front_matter_are_chapters():
    assert notebooks.chapters(SAMPLE) == [CHAPTER]


def test_a_name_that_is_no_chapter_is_refused(capsys):
    with pytest.raises(SystemExit):
        notebooks.main(["no-such-chapter"])
    assert "there is no chapter 'no-such-chapter'" in capsys.readouterr().err


def test_cells_alternate_only_where_the_chapter_does(notebook):
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert all(texts)
    assert not any(a == b for a, b in itertools.pairwise(texts))
