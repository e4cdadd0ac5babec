"""The build takes what nbmake ran, runs nothing itself, and stays red until what is wrong is mended."""

import pytest

pytest.importorskip("jupyter_book", reason="the extra `book` is not installed")

from tools.build import build


@pytest.mark.slow
def test_the_page_shows_what_ran_and_the_build_runs_nothing(scratch, capfd):
    assert scratch.execute().outcome == "ran"
    assert build(scratch.root)
    page = (scratch.root / "_build" / "html" / "part" / "short.html").read_text(encoding="utf-8")
    assert "the package says:" in page
    assert "42\n</pre>" in page
    assert scratch.runs == 1

    capfd.readouterr()
    assert build(scratch.root)
    assert "The site is up to date." in capfd.readouterr().out

    scratch.edit(scratch.page, "Between two cells.", "Mended prose.")
    assert build(scratch.root)
    assert "Mended prose." in (scratch.root / "_build" / "html" / "part" / "short.html").read_text(encoding="utf-8")
    assert scratch.runs == 1


@pytest.mark.slow
def test_a_reference_into_nowhere_is_an_error_the_second_time_too(scratch, capfd):
    (scratch.root / "_toc.yml").write_text("format: jb-book\nroot: preface\n")
    scratch.page.unlink()
    preface = scratch.root / "book" / "preface.md"
    preface.write_text("# Preface\n\nSee {py:class}`rnn.NoSuchThing`.\n")
    for _ in range(2):
        assert not build(scratch.root)
        assert "reference target not found: rnn.NoSuchThing" in capfd.readouterr().err
    preface.write_text("# Preface\n\nSee nothing.\n")
    assert build(scratch.root)
