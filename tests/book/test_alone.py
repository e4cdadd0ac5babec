"""A reader's notebook needs nothing but the package: one is run in an environment that holds only that."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("myst_nb", reason="the extra `book` is not installed")

from nbclient import NotebookClient

from tools import notebooks
from tools.bootstrap import venv_python
from tools.chapters import chapters

ROOT = Path(__file__).resolve().parents[2]
SHORT = "appendix/testing"


def run(*command):
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Return the Python of an environment with the package, its dependencies, and the kernel that Jupyter brings."""
    folder = tmp_path_factory.mktemp("alone")
    assert run(sys.executable, "-m", "venv", folder / ".venv").returncode == 0
    python = venv_python(folder)
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "-c", "constraints.txt")
    reached = run(*pip, "--no-deps", "setuptools", "wheel")
    if reached.returncode:
        pytest.skip("pip cannot reach the package index")
    source = folder / "source"  # a copy, so that building it leaves nothing in the checkout
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "rnn", source / "rnn", ignore=shutil.ignore_patterns("__pycache__"))
    installed = run(*pip, source, "ipykernel")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return python


@pytest.mark.slow
def test_a_derived_notebook_runs_where_only_the_package_is_installed(alone, tmp_path, monkeypatch):
    kernel = {"argv": [str(alone), "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language": "python"}
    folder = tmp_path / "kernels" / "alone"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps(kernel | {"display_name": "alone"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setenv("RNN_OFFLINE", "1")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    (chapter,) = [chapter for chapter in chapters(ROOT) if chapter.name == SHORT]
    notebook = notebooks.derive(chapter.path, ROOT)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    where = {"metadata": {"path": str(elsewhere)}}
    client = NotebookClient(notebook, timeout=300, kernel_name="alone", resources=where)
    client.execute()
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    assert counts == list(range(1, len(counts) + 1))


@pytest.mark.slow
def test_that_environment_has_the_package_and_nothing_of_the_book(alone):
    code = "import rnn, sys, importlib.util as u; print(rnn.__file__); sys.exit(any(map(u.find_spec, sys.argv[1:])))"
    checked = subprocess.run(
        [alone, "-c", code, "torch", "jax", "scipy", "sphinx", "pytest", "sklearn", "tools"],
        cwd=alone.parent,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert Path(checked.stdout.strip()).is_relative_to(alone.parents[1])
