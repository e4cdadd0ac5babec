"""What every chapter of Part I has: its head, its exercises and their number, labels of its own, terms explained."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "book"
CHAPTERS = [
    "what-is-an-rnn",
    "forward-pass",
    "backpropagation-through-time",
    "training",
    "types",
    "limitations",
    "gated-networks",
    "bidirectional-and-stacked",
]
FENCE = re.compile(r"^(`{3,}|:{3,})\{code-cell\}.*?^\1$", re.MULTILINE | re.DOTALL)


def read(name):
    return (BOOK / "foundations" / f"{name}.md").read_text(encoding="utf-8")


def exercises(text):
    """Label and whether it is checked, of every exercise."""
    section = re.search(r"^## Exercises\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)[1]
    starts = list(re.finditer(r"^`{3,}\{exercise(?:-start)?\}[^\n]*\n:label: (\S+)$", section, re.MULTILINE))
    ends = [start.start() for start in starts[1:]] + [len(section)]
    for start, end in zip(starts, ends, strict=True):
        task = re.split(r"^`{3,}\{solution", section[start.start() : end], flags=re.MULTILINE)[0]
        yield start[1], "check_" in task


def test_the_part_is_in_the_contents_in_its_order():
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
    (part,) = [p for p in parts if p["caption"] == "Foundations"]
    assert [entry["file"] for entry in part["chapters"]] == [f"foundations/{name}" for name in CHAPTERS]


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_begins_with_its_question_what_to_know_and_how_long_it_takes(name):
    head = read(name)[:2500]
    assert re.search(r"^\*\*The question\.\*\* ", head, re.MULTILINE)
    assert re.search(r"^\*\*Before you start\*\*", head, re.MULTILINE)
    assert re.search(r"^\*\*Time\.\*\* .*minutes to read.*(?:seconds|minute)", head, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_sums_up_in_five_lines_names_its_sources_and_what_comes_next(name):
    summary = read(name).split("\n## Summary\n")[1]
    assert re.findall(r"^(\d)\. ", summary, re.MULTILINE) == list("12345")
    assert "**Sources.**" in summary
    assert "**Next.**" in summary


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_figure_a_cell_draws_says_what_one_sees(name):
    drawing = re.compile(r"\b(?:diagrams|plotting)\.(?!use_style|COLORS|PALETTE|WIDTH)\w+\(")
    for cell in FENCE.finditer(read(name)):
        body = cell[0]
        shown = [line for line in body.splitlines() if drawing.search(line) and not line.lstrip().startswith("def ")]
        if shown and not re.search(r"^def .*\n(?:[ \t].*\n|\n)*```\Z", body, re.MULTILINE):
            assert re.search(r"alt: .{40,}", body), body


def test_there_are_exercises_enough_and_half_of_them_are_checked():
    found = {name: list(exercises(read(name))) for name in CHAPTERS}
    assert {name: len(tasks) for name, tasks in found.items() if len(tasks) < 5} == {}
    everything = [checked for tasks in found.values() for _, checked in tasks]
    assert len(everything) >= 45
    assert sum(everything) >= len(everything) / 2


def test_every_label_of_the_book_is_used_once():
    labels = []
    for path in sorted(BOOK.glob("*/*.md")):
        text = path.read_text(encoding="utf-8")
        labels += re.findall(r"^\$\$ \(([\w-]+)\)$", text, re.MULTILINE)
        labels += re.findall(r"^\(([\w-]+)\)=$", text, re.MULTILINE)
        labels += re.findall(r"^:label: (\S+)$", text, re.MULTILINE)
        labels += re.findall(r"^ +name: ([\w-]+)$", text, re.MULTILINE)
    labels = [label for label in labels if label != "python3"]
    assert sorted({label for label in labels if labels.count(label) > 1}) == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_no_label_is_also_the_name_of_a_page(name):
    # a link to it could mean either, and the build stops at that
    assert re.findall(rf"^\(({'|'.join(CHAPTERS)})\)=$", read(name), re.MULTILINE) == []
