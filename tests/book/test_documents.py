"""The documents around the chapters say what the project has: commands, names, sources, terms."""

import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from pybtex.database import parse_file

import rnn
from rnn import convert, datasets, diagrams, metrics, plotting, tables

ROOT = Path(__file__).resolve().parents[2]
ISSUES = "https://github.com/rnn-from-scratch/rnn-from-scratch/issues"
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "book/index.md", "book/preface.md")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def pages():
    toc = yaml.safe_load(read("_toc.yml"))
    return [toc["root"], *(entry["file"] for part in toc["parts"] for entry in part["chapters"])]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_a_document_names_exists(name):
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    text = read(name)
    named = set(re.findall(r"`make ([a-z]+)|^ *make ([a-z]+)", text, re.MULTILINE))
    named |= set(re.findall(r"tools[/\\]run\.py ([a-z]+)()", text))
    assert named
    assert {a or b for a, b in named} <= targets
    assert [m for m in re.findall(r"-m (tools\.\w+)", text) if not (ROOT / f"{m.replace('.', '/')}.py").exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_everything_a_document_links_to_in_the_project_exists(name):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", read(name))
    labels = {m for page in pages() for m in re.findall(r"^\((\S+)\)=$", read(f"book/{page}.md"), re.MULTILINE)}
    folder = (ROOT / name).parent
    assert [link for link in links if link not in labels and not (folder / link).exists()] == []


def test_the_readme_begins_with_the_two_commands_and_a_picture():
    first_screen = "\n".join(read("README.md").splitlines()[:25])
    assert "\nmake book" in first_screen
    assert "\nmake test" in first_screen
    assert re.search(r"!\[[^\]]{50,}\]\(book/_static/sentiment-trace\.svg\)", first_screen)


def test_the_citation_is_valid_and_of_this_version():
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert yaml.safe_load(read("CITATION.cff"))["version"] == version == rnn.__version__
    assert f"version = {{{version}}}" in read("README.md")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format"]
    result = subprocess.run([*command, str(ROOT / "CITATION.cff")], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_api_page_has_every_public_name_and_no_other():
    listed = re.findall(
        r"^\.\. (?:auto(?:class|function|exception)|py:data):: (rnn\.\S+)", read("book/appendix/api.md"), re.MULTILINE
    )
    public = {f"rnn.{name}" for name in rnn.__all__ if not inspect.ismodule(getattr(rnn, name))}
    public |= {f"{module.__name__}.{name}" for module in (metrics, datasets, diagrams) for name in module.__all__}
    public |= {"rnn.exercises.checking.Result"}
    for module in (convert, plotting, tables):
        functions = inspect.getmembers(module, inspect.isfunction)
        public |= {f"{module.__name__}.{n}" for n, f in functions if n[0] != "_" and f.__module__ == module.__name__}
    assert len(listed) == len(set(listed))
    assert set(listed) == public


def test_every_source_can_be_found():
    entries = parse_file(ROOT / "book" / "references.bib").entries
    unpublished = {"jordan1986", "hochreiter1991"}  # a report and a thesis
    assert {key for key, entry in entries.items() if not {"doi", "url"} & set(entry.fields)} == unpublished
    dois = [entry.fields["doi"] for entry in entries.values() if "doi" in entry.fields]
    assert [doi for doi in dois if not re.fullmatch(r"10\.\d{4,5}/\S+", doi)] == []
    assert len(dois) == len(set(dois))


def test_the_glossary_is_in_order_and_defines_each_term_once():
    glossary = re.search(r"```\{glossary\}\n(.*?)\n```", read("book/appendix/notation.md"), re.DOTALL)[1]
    terms = [line.lower() for line in glossary.splitlines() if line and not line.startswith(" ")]
    assert len(terms) > 80
    assert terms == sorted(set(terms))


@pytest.mark.parametrize("name", pages())
def test_a_page_ends_with_how_to_ask_or_report(name):
    assert ISSUES in read(f"book/{name}.md")[-600:]
