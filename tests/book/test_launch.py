"""The ways to run a page: where its links lead, and what a notebook's first cell does where it is opened."""

import ast
import asyncio
import importlib
import importlib.util
import os
import re
import shlex
import sys
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("jupyter_book", reason="the extra `book` is not installed")

import tqdm
from IPython.core.inputtransformer2 import TransformerManager

from tools import branch, lite, notebooks
from tools.chapters import chapters, pages
from tools.execute import stamp

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = Path(__file__).parent / "sample"
CHAPTER = SAMPLE / "book" / "part" / "sample.md"
REPOSITORY = "rnn-from-scratch/rnn-from-scratch"
INSTALL = ["install", "--quiet"]


@pytest.fixture(autouse=True)
def unpublished(monkeypatch):
    monkeypatch.delenv("BOOK_REPOSITORY", raising=False)


@pytest.fixture
def fork(monkeypatch):
    monkeypatch.setenv("BOOK_REPOSITORY", "Some-One/my.fork")


@pytest.fixture(scope="module")
def launch():
    return importlib.import_module("launch")  # tools puts book/_ext on the path


# ---- links ------------------------------------------------------------------------------------------------------


def test_a_local_build_offers_what_needs_no_address_on_the_web(launch):
    ways = launch.places("part/a-page", "../")
    assert {way["text"]: way["address"] for way in ways} == {
        "Run in the browser": "../lite/notebooks/index.html?path=part/a-page.ipynb",
        "Download .ipynb": "../notebooks/part/a-page.ipynb",
    }
    assert [way.get("download") for way in ways] == [None, "a-page.ipynb"]
    assert [bool(way.get("needs_http")) for way in ways] == [True, False]


def test_a_published_page_leads_to_its_notebook_on_the_branch(launch, fork):
    addresses = {way["text"]: way["address"] for way in launch.places("part/a-page", "../")}
    assert list(addresses) == ["Run in the browser", "Open in Colab", "Open in Binder", "Download .ipynb"]
    assert addresses["Open in Colab"] == (
        "https://colab.research.google.com/github/Some-One/my.fork/blob/notebooks/part/a-page.ipynb"
    )
    binder = urlsplit(addresses["Open in Binder"])
    assert (binder.netloc, binder.path) == ("mybinder.org", "/v2/gh/Some-One/my.fork/notebooks")
    assert parse_qs(binder.query) == {"labpath": ["part/a-page.ipynb"]}


@pytest.mark.parametrize("name", pages())
def test_pages_with_code_and_no_others_offer_to_run_it(site, name):
    html = (site / f"{name}.html").read_text(encoding="utf-8")
    links = re.findall(r'<nav class="launch".*?</nav>', html, re.DOTALL)
    if name not in {chapter.name for chapter in chapters()}:
        assert links == []
        return
    (links,) = links
    found = [link.split("?path=")[0] for link in re.findall(r'href="([^"]+)"', links)]
    assert len(found) == 2
    assert [link for link in found if not (site / name).parent.joinpath(link).resolve().exists()] == []
    assert links.count("data-needs-http") == 1


# ---- the first cell ---------------------------------------------------------------------------------------------


@pytest.fixture
def first_cell(monkeypatch):
    """Run the first cell of a notebook with or without the package, on a platform; return what %pip was told."""

    def run(installed, platform="linux"):
        told = []
        kernel = type("Kernel", (), {"run_line_magic": lambda self, name, line: told.append((name, shlex.split(line)))})
        found = importlib.util.find_spec
        missing = lambda name: found(name) if installed or name != "rnn" else None  # noqa: E731
        monkeypatch.setattr(importlib.util, "find_spec", missing)
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.delenv("RNN_OFFLINE", raising=False)
        monkeypatch.setattr(tqdm.tqdm, "monitor_interval", 10)
        code = TransformerManager().transform_cell(notebooks.derive(CHAPTER, SAMPLE).cells[0].source)
        left = {"get_ipython": kernel}
        exec(compile(code, "<first cell>", "exec"), left)
        return told, sorted(set(left) - {"__builtins__", "get_ipython"})

    return run


def test_where_the_package_is_the_first_cell_does_nothing(first_cell):
    for platform in ("linux", "emscripten"):
        assert first_cell(installed=True, platform=platform) == ([], ["find_spec"])
        assert "RNN_OFFLINE" not in os.environ
        assert tqdm.tqdm.monitor_interval == 10


def test_where_it_is_missing_pip_installs_it_from_the_repository(first_cell):
    told, _ = first_cell(installed=False)
    assert told == [("pip", [*INSTALL, f"rnn-from-scratch @ git+https://github.com/{REPOSITORY}"])]
    assert "RNN_OFFLINE" not in os.environ


def test_a_forks_notebook_installs_the_forks_package_and_links_to_its_pages(first_cell, fork):
    told, _ = first_cell(installed=False)
    assert told == [("pip", [*INSTALL, "rnn-from-scratch @ git+https://github.com/Some-One/my.fork"])]
    text = "\n".join(cell.source for cell in notebooks.derive(CHAPTER, SAMPLE).cells)
    assert "(https://some-one.github.io/my.fork/part/other.html)" in text
    assert REPOSITORY not in text
    assert "rnn-from-scratch.github.io" not in text


def test_in_the_browser_it_comes_from_the_site_and_nothing_is_downloaded(first_cell):
    told, _ = first_cell(installed=False, platform="emscripten")
    assert told == [("pip", [*INSTALL, "rnn-from-scratch"])]
    assert os.environ["RNN_OFFLINE"] == "1"
    assert tqdm.tqdm.monitor_interval == 0


def test_the_kernel_of_the_browser_understands_the_first_cell():
    # It rewrites each line of %pip with the module piplite.cli, which is read from its wheel here.
    (wheel,) = lite.extension().rglob("piplite-*.whl")
    cli = ModuleType("cli")
    exec(zipfile.ZipFile(wheel).read("piplite/cli.py").decode(), cli.__dict__)
    lines = []
    for line in notebooks.derive(CHAPTER, SAMPLE).cells[0].source.splitlines():
        indent, pip, rest = re.fullmatch(r"(\s*)(%pip\b)?(.*)", line).groups()
        lines.append(indent + asyncio.run(cli.get_transformed_code(shlex.split(rest))) if pip else line)
    installs = [line.strip() for line in lines if "await" in line]
    assert "'requirements': ['rnn-from-scratch']" in installs[0]
    assert "'requirements': ['rnn-from-scratch @ git+https://" in installs[1]
    compile("\n".join(lines), "<first cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


def test_where_a_site_is_published_does_not_make_results_stale(monkeypatch):
    chapter = chapters(ROOT)[0]
    before = stamp(chapter, notebooks.derive(chapter.path, ROOT))
    monkeypatch.setenv("BOOK_REPOSITORY", "Some-One/my.fork")
    assert stamp(chapter, notebooks.derive(chapter.path, ROOT)) == before


# ---- the branch -------------------------------------------------------------------------------------------------


def test_the_branch_says_what_it_is_and_lists_its_notebooks(tmp_path, fork):
    sample = tmp_path / "book"
    sample.symlink_to(SAMPLE / "book", target_is_directory=True)
    for name in ("_config.yml", "_toc.yml"):
        (tmp_path / name).write_text((SAMPLE / name).read_text(encoding="utf-8"), encoding="utf-8")
    branch.write([sample / "part" / "sample.md", sample / "part" / "other.md"], tmp_path)
    readme = (tmp_path / "notebooks" / "README.md").read_text(encoding="utf-8")
    assert "(https://some-one.github.io/my.fork/)" in readme
    listed = re.findall(r"^- \[[^\]]+\]\(part/(\w+)\.ipynb\)$", readme, re.MULTILINE)
    assert listed == ["other", "sample"]  # in the order of the book
    requirements = (tmp_path / "notebooks" / "binder" / "requirements.txt").read_text(encoding="utf-8")
    assert requirements == "rnn-from-scratch @ git+https://github.com/Some-One/my.fork\n"


def test_binder_gets_a_python_the_package_accepts(tmp_path):
    asked = re.fullmatch(r"python-3\.(\d+)", f"python-{branch.PYTHON}")
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert int(asked[1]) >= int(re.fullmatch(r">=3\.(\d+)", oldest)[1])
