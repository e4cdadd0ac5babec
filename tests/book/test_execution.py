"""Chapters run when what they depend on changed, and only then; only what passed reaches the site."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest

pytest.importorskip("myst_nb", reason="the extra `book` is not installed")

import nbformat

from tools import build as building
from tools import execute as executing
from tools import notebooks
from tools.chapters import BookError, chosen
from tools.data import data_state
from tools.stamps import difference, stamp
from tools.takein import open_cache, with_outputs


def outputs(chapter):
    """Return the text of all streams that the build would show on the page of `chapter`."""
    _, merged = open_cache(chapter.root).merge_match_into_notebook(chapter.notebook)
    return [o.text for cell in merged.cells for o in cell.get("outputs", []) if o.output_type == "stream"]


@pytest.fixture
def pretend(scratch, monkeypatch):
    """Let chapters "run" without a kernel: each code cell prints its number, and all pass."""

    def run(chapter):
        notebook = nbformat.read(chapter.executed, as_version=4)
        for cell in notebook.cells:
            if "book" in cell.metadata:
                text = f"cell {cell.metadata['book']['cell']}\n"
                cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
                cell.metadata["execution"] = {"shell.execute_reply": "2020-01-01"}  # as nbmake leaves it
        nbformat.write(notebook, chapter.executed)
        scratch.counter.write_text(scratch.counter.read_text() + "x")
        return True

    monkeypatch.setattr(executing, "run_nbmake", run)
    return scratch


def test_a_changed_line_of_the_package_runs_the_chapter_again_and_nothing_else_does(scratch):
    first_line = (scratch.root / "rnn" / "__init__.py").read_text(encoding="utf-8").splitlines()[0].strip('"')
    assert scratch.execute().outcome == "ran"
    assert outputs(scratch.chapter) == [f"the package says: {first_line}\n", "42\n"]

    assert scratch.execute().outcome == "cached"
    assert scratch.runs == 1

    scratch.edit(scratch.root / "rnn" / "__init__.py", first_line, "Another first line.")
    result = scratch.execute()
    assert (result.outcome, result.note) == ("ran", "rnn/ changed")
    assert scratch.runs == 2
    assert outputs(scratch.chapter)[0] == "the package says: Another first line.\n"


def test_a_changed_test_runs_again_the_page_that_counts_tests_and_no_other(pretend):
    test = pretend.root / "tests" / "rnn" / "test_it.py"
    test.parent.mkdir(parents=True, exist_ok=True)
    test.write_text("")
    assert pretend.execute().outcome == "ran"
    test.write_text("def test_it(): ...")
    assert pretend.execute().outcome == "cached"

    pretend.edit(pretend.page, "print(6 * 7)", 'print("tests")')
    assert pretend.execute().outcome == "ran"
    test.write_text("")
    result = pretend.execute()
    assert (result.outcome, result.note) == ("ran", "the tests changed")


def test_a_chapter_that_raises_is_shown_with_cell_and_traceback_and_not_taken_in(scratch, capsys):
    scratch.edit(scratch.page, "print(6 * 7)", "answer = 42\nprint(answer / 0)")
    assert scratch.execute().outcome == "FAILED"
    said = capsys.readouterr().out
    line = scratch.page.read_text().splitlines().index("answer = 42")
    assert f"FAILED book/part/short.md, code cell 2, line {line}: ZeroDivisionError: division by zero" in said
    assert "    print(answer / 0)" in said
    assert "Traceback (most recent call last)" in said
    assert "0 ran, 0 from the cache, 1 failed" in said
    assert open_cache(scratch.root).list_cache_records() == []
    assert executing.stale(scratch.root) == {"part/short": "never run"}
    assert not building.build(scratch.root)


def test_a_failure_after_a_good_run_leaves_no_fresh_results(pretend, monkeypatch):
    assert pretend.execute().outcome == "ran"
    pretend.edit(pretend.root / "rnn" / "__init__.py", '"""', '"""Changed: ')
    monkeypatch.setattr(executing, "run_nbmake", lambda chapter: False)
    assert pretend.execute().outcome == "FAILED"
    assert executing.stale(pretend.root) == {"part/short": "never run"}


def test_a_cell_that_raises_on_purpose_is_not_the_one_that_is_blamed(scratch):
    chapter = scratch.chapter
    notebook = notebooks.derive(chapter.path, chapter.root)
    first, second = [cell for cell in notebook.cells if "book" in cell.metadata]
    error = {"output_type": "error", "evalue": "why", "traceback": ["\x1b[31mtrace\x1b[0m"]}
    first.outputs, first.metadata["tags"] = [nbformat.from_dict(error | {"ename": "Meant"})], ["raises-exception"]
    second.outputs = [nbformat.from_dict(error | {"ename": "Unmeant"})]
    chapter.executed.parent.mkdir(parents=True)
    nbformat.write(notebook, chapter.executed)
    said = executing.explain(chapter)
    assert "code cell 2, line 23: Unmeant: why" in said
    assert "Meant:" not in said.replace("Unmeant:", "")
    assert "\ntrace\n" in said


def test_prose_alone_runs_nothing(pretend):
    pretend.execute()
    pretend.edit(pretend.page, "Between two cells.", "Between the two cells.")
    assert pretend.execute().outcome == "cached"
    assert executing.stale(pretend.root) == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [("print(6 * 7)", "print(6 * 8)"), ("print(6 * 7)", ":tags: [hide-input]\n\nprint(6 * 7)")],
    ids=["code", "cell options"],
)
def test_changed_code_or_cell_options_run_the_chapter_again(pretend, old, new):
    pretend.execute()
    pretend.edit(pretend.page, old, new)
    assert executing.stale(pretend.root) == {"part/short": "its code changed"}
    assert pretend.execute().note == "its code changed"
    assert executing.stale(pretend.root) == {}


def test_a_stored_table_that_changes_runs_the_chapter_again(pretend):
    pretend.execute()
    table = pretend.page.parent / "_tables" / "results.json"
    table.parent.mkdir()
    table.write_text("{}")
    assert pretend.execute().note == "a stored table changed"
    table.write_text("[]")
    assert pretend.execute().note == "a stored table changed"
    assert pretend.execute().outcome == "cached"


def test_the_data_mode_is_part_of_the_stamp(pretend, monkeypatch, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setenv("RNN_DATA_DIR", str(data))
    monkeypatch.setenv("RNN_CACHE_DIR", str(data))
    monkeypatch.setenv("RNN_OFFLINE", "1")
    pretend.edit(pretend.page, "print(6 * 7)", 'rnn.datasets.load_shakespeare(source="auto")')
    assert "built-in corpus of shakespeare" in pretend.execute().note
    assert "built-in corpus of shakespeare" in pretend.execute().note

    (data / "ecg.dat").write_bytes(b"not of this chapter")
    assert pretend.execute().outcome == "cached"

    (data / "tinyshakespeare.txt").write_text("To be")
    result = pretend.execute()
    assert (result.outcome, result.note) == ("ran", "the data changed")
    (data / "tinyshakespeare.txt").write_text("or not to be")
    assert pretend.execute().note == "the data changed"
    assert pretend.execute().outcome == "cached"

    monkeypatch.setenv("RNN_DATA_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("RNN_CACHE_DIR", str(tmp_path / "nowhere"))
    assert pretend.execute().note.startswith("the data changed; on the built-in corpus")
    monkeypatch.delenv("RNN_OFFLINE")
    assert executing.stale(pretend.root) == {"part/short": "the data changed"}


def test_data_that_arrives_while_the_chapter_runs_does_not_run_it_twice(pretend, monkeypatch, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    monkeypatch.setenv("RNN_DATA_DIR", str(data))
    pretend.edit(pretend.page, "print(6 * 7)", "rnn.datasets.load_weather()")
    run = executing.run_nbmake

    def download_and_run(chapter):
        (data / "daily-min-temperatures.csv").write_text("downloaded")
        return run(chapter)

    monkeypatch.setattr(executing, "run_nbmake", download_and_run)
    assert pretend.execute().outcome == "ran"
    assert pretend.execute().outcome == "cached"


def test_a_chapter_that_loads_nothing_does_not_depend_on_data():
    assert data_state("rnn.datasets.adding(3)\nload_imdb_of_mine()") == {}
    assert list(data_state("from rnn.datasets import load_imdb\nx = load_ecg()")) == ["imdb", "ecg"]
    assert data_state('load_ecg(source="mini").train') == {}
    assert list(data_state('load_ecg(source="mini")\nload_ecg(source="full")')) == ["ecg"]


def test_versions_are_part_of_the_stamp(scratch, monkeypatch):
    chapter = scratch.chapter
    derived = notebooks.derive(chapter.path, chapter.root)
    before = stamp(chapter, derived)
    monkeypatch.setattr("tools.stamps.version", lambda name: "0.0" if name == "numpy" else "1")
    assert difference(before, stamp(chapter, derived)) == "versions changed"
    assert "numpy 0.0" in stamp(chapter, derived)["versions"]


def test_results_that_left_the_cache_are_missed_before_the_build(pretend):
    pretend.execute()
    shutil.rmtree(pretend.root / "_build" / ".jupyter_cache")
    assert executing.stale(pretend.root) == {"part/short": "its results are gone"}
    assert not building.build(pretend.root)
    assert pretend.execute().outcome == "ran"


def test_an_interrupted_record_is_never_half_written(pretend, monkeypatch):
    pretend.execute()
    record = executing.record_path(pretend.chapter)
    assert set(json.loads(record.read_text())["stamp"]) == {"chapter", "package", "tables", "data", "versions", "tests"}
    assert [p.name for p in record.parent.iterdir()] == ["short.json"]


def test_a_record_says_when_the_chapter_ran_for_how_long_and_on_how_many_cores(pretend):
    before = datetime.now(UTC).replace(microsecond=0)
    pretend.execute()
    record = executing.read_record(pretend.chapter)
    when = datetime.fromisoformat(record["when"])
    assert before <= when <= datetime.now(UTC)
    assert when.utcoffset() == timedelta(0)
    assert 0 <= record["seconds"] < 60
    assert 1 <= record["cores"] <= os.cpu_count()


def test_outputs_go_to_the_cell_they_came_from(scratch):
    chapter = scratch.chapter
    executed = notebooks.derive(chapter.path, chapter.root)
    for cell in executed.cells:
        if cell.cell_type == "code":
            text = f"of cell {cell.metadata.get('book', {}).get('cell')}\n"
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
    executed.cells.reverse()
    executed.metadata["language_info"] = {"name": "python"}
    filled = with_outputs(chapter.notebook, executed)
    code = [cell for cell in filled.cells if cell.cell_type == "code"]
    assert [cell.outputs[0].text for cell in code] == ["of cell 0\n", "of cell 1\n"]
    assert [cell.execution_count for cell in code] == [1, 2]
    assert filled.metadata.language_info.name == "python"
    assert all(not cell.outputs for cell in chapter.code)


def test_a_notebook_that_lacks_a_cell_of_the_chapter_is_not_taken_in(pretend, monkeypatch):
    derive = notebooks.derive

    def derive_less(path, root):
        notebook = derive(path, root)
        notebook.cells = [c for c in notebook.cells if c.metadata.get("book") != {"cell": 1}]
        return notebook

    monkeypatch.setattr(notebooks, "derive", derive_less)
    assert pretend.execute().outcome == "FAILED"
    assert open_cache(pretend.root).list_cache_records() == []


def test_chapters_are_chosen_by_address_file_or_last_part(scratch):
    for name in ("part/short", "short", "book/part/short.md", "./book/part/short.md", "part\\short"):
        assert [c.name for c in chosen([name], scratch.root)] == ["part/short"]
    with pytest.raises(BookError, match=r"There is no chapter 'hort'\. The chapters: part/short"):
        chosen(["hort"], scratch.root)
    scratch.page.unlink()
    with pytest.raises(BookError, match=r"_toc.yml names pages that do not exist: book/part/short\.md"):
        chosen([], scratch.root)
