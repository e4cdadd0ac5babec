"""JupyterLite as it lies in the site, and the wheels in it.

Python itself, Pyodide, is fetched by the reader's browser and is not here. So that a chapter runs there is not tested;
that it finds the package, and asks for nothing Pyodide lacks, is.
"""

import ast
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

pytest.importorskip("jupyter_book", reason="the extra `book` is not installed")

from packaging.requirements import Requirement
from pkginfo import Wheel

from tools import lite, notebooks
from tools.chapters import chapters

ROOT = Path(__file__).resolve().parents[2]
NAMES = sorted(chapter.name for chapter in chapters())

# Of what the wheels ask for, these come with Pyodide (its lock file of version 314 names them), and these modules of
# the standard library do nothing there: a browser starts no process and no thread, and opens no socket.
IN_PYODIDE = {"numpy", "matplotlib", "tqdm", "packaging", "platformdirs", "requests"}
CANNOT_WORK = {"subprocess", "multiprocessing", "threading", "concurrent", "socketserver", "ctypes", "pty", "resource"}


@pytest.fixture(scope="module")
def wheels(site):
    """Return the wheels of the site by the name of what is in them, with the index's entry for each."""
    folder = site / "lite" / "pypi"
    index = json.loads((folder / "all.json").read_text(encoding="utf-8"))
    return {name: (folder / r["url"], r) for name, data in index.items() for (r,) in data["releases"].values()}


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_can_be_downloaded_as_its_derived_notebook(site, name):
    offered = site / "notebooks" / f"{name}.ipynb"
    notebook = nbformat.read(offered, as_version=4)
    nbformat.validate(notebook)
    assert notebook == notebooks.derive(ROOT / "book" / f"{name}.md", ROOT)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell for cell in code if cell.outputs or cell.execution_count] == []
    assert 'find_spec("rnn")' in code[0].source
    assert (site / "lite" / "files" / f"{name}.ipynb").read_bytes() == offered.read_bytes()


def test_there_are_no_other_notebooks(site):
    for folder in (site / "notebooks", site / "lite" / "files"):
        found = [path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*") if path.is_file()]
        assert sorted(found) == NAMES


def test_the_lists_of_contents_have_every_chapter(site):
    contents = site / "lite" / "api" / "contents"

    def listed(folder):
        for item in json.loads((contents / folder / "all.json").read_text(encoding="utf-8"))["content"]:
            yield from listed(item["path"]) if item["type"] == "directory" else [item["path"]]

    assert sorted(listed("")) == [f"{name}.ipynb" for name in NAMES]


def test_the_index_has_each_wheel_under_its_name_and_hash(wheels):
    assert sorted(wheels) == ["comm", "pooch", "rnn-from-scratch"]
    for name, (path, release) in wheels.items():
        assert Wheel(str(path)).name == name
        assert release["digests"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_kernel_takes_packages_from_the_site_and_never_from_the_package_index(site):
    config = json.loads((site / "lite" / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    kernel = config["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    digest = hashlib.sha256((site / "lite" / "pypi" / "all.json").read_bytes()).hexdigest()
    assert kernel["disablePyPIFallback"] is True
    assert kernel["pipliteUrls"][0] == f"./pypi/all.json?sha256={digest}"
    assert [extension["name"] for extension in config["federated_extensions"]] == [
        "@jupyterlite/pyodide-kernel-extension"
    ]


def test_what_a_wheel_needs_is_on_the_site_or_in_pyodide(wheels):
    needed = set()
    for path, _ in wheels.values():
        for text in Wheel(str(path)).requires_dist:
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                needed.add(wanted.name)
    assert needed <= IN_PYODIDE | set(wheels)
    assert {"numpy", "pooch"} <= needed


def test_the_wheels_install_into_an_empty_folder_and_the_package_works_from_there(wheels, tmp_path):
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--no-deps", "--no-index"]
    paths = [str(path) for path, _ in wheels.values()]
    installed = subprocess.run([*pip, "--target", str(tmp_path), *paths], capture_output=True, text=True, check=False)
    assert installed.returncode == 0, installed.stderr
    code = """
import comm, pooch, rnn
print(comm.__file__, pooch.__file__, rnn.__file__, sep="\\n")
print(rnn.datasets.load_imdb("mini").source)
h, _ = rnn.LSTM(2, 3).forward(__import__("numpy").zeros((1, 4, 2), "float32"))
assert h.shape == (1, 4, 3)
"""
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "RNN_OFFLINE": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    *files, said = ran.stdout.splitlines()
    assert all(Path(file).is_relative_to(tmp_path) for file in files)
    assert said.startswith("mini")


def test_a_repacked_wheel_is_what_is_installed(wheels, tmp_path):
    lite.repacked("pooch", tmp_path)
    (made,) = tmp_path.iterdir()
    assert made.name == wheels["pooch"][0].name
    assert made.read_bytes() == wheels["pooch"][0].read_bytes()


def imported(source):
    """Return the first parts of all names that `source` imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", sorted((ROOT / "rnn").rglob("*.py")), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_the_package_uses_nothing_a_browser_cannot_do(path):
    assert set(imported(path.read_text(encoding="utf-8"))) & CANNOT_WORK == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_uses_nothing_a_browser_cannot_do_or_has_not(name):
    (chapter,) = [chapter for chapter in chapters() if chapter.name == name]
    used = {module for cell in chapter.code for module in imported(cell.source)}
    assert used & CANNOT_WORK == set()
    assert used - set(sys.stdlib_module_names) <= {"rnn", "IPython"} | IN_PYODIDE
