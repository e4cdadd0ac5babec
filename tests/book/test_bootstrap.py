"""The environment is made once, from what the project says, with PyTorch's CPU build."""

import subprocess
import sys

import pytest

from tools import bootstrap
from tools.bootstrap import TORCH_CPU_INDEX, SetupError, check_python, ensure, torch_requirement, venv_python


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a project whose pip only notes what it was asked for; `project.refuses` says what it cannot get."""

    class Project:
        root = tmp_path

        def __init__(self):
            self.asked = []
            self.refuses = lambda arguments: False

        def ensure(self, *extras):
            self.asked.clear()
            return ensure(extras, self.root)

    def pip(python, *arguments, root):
        assert python == venv_python(root)
        project.asked.append(arguments)
        return not project.refuses(arguments)

    project = Project()
    monkeypatch.setattr(bootstrap, "pip", pip)
    monkeypatch.setattr(bootstrap.subprocess, "run", fake_venv)
    (tmp_path / "pyproject.toml").write_text("[project]")
    (tmp_path / "constraints.txt").write_text("numpy==2.4.6\ntorch==2.13.0\n")
    return project


def fake_venv(command, **options):
    assert command[:3] == [sys.executable, "-m", "venv"]
    python = venv_python(bootstrap.Path(command[3]).parent)
    python.parent.mkdir(parents=True)
    python.touch()
    return subprocess.CompletedProcess(command, 0)


def test_an_old_python_is_told_so_in_one_sentence():
    check_python((3, 11, 0))
    with pytest.raises(SetupError, match=r"needs Python 3\.11 or newer, and this is Python 3\.10\.12"):
        check_python((3, 10, 12))


def test_pytorch_comes_from_its_own_index_briefly_then_the_rest(project):
    assert project.ensure("book", "peers") == venv_python(project.root)
    torch, rest = project.asked
    assert torch[:3] == ("install", "--no-deps", "torch==2.13.0")
    assert torch[3:] == ("--index-url", TORCH_CPU_INDEX, "--timeout", "10", "--retries", "0")
    assert rest == ("install", "-e", ".[book,peers]", "-c", "constraints.txt")


def test_without_pytorchs_index_the_ordinary_one_gives_the_same_version(project):
    project.refuses = lambda arguments: TORCH_CPU_INDEX in arguments
    project.ensure("peers")
    assert project.asked[1] == ("install", "--no-deps", "torch==2.13.0")
    assert len(project.asked) == 3


def test_without_any_index_there_is_one_clear_sentence_and_the_next_try_starts_over(project):
    project.refuses = lambda arguments: "torch==2.13.0" in arguments
    with pytest.raises(SetupError, match=r"could not install torch==2\.13\.0"):
        project.ensure("peers")
    project.refuses = lambda arguments: "-e" in arguments
    with pytest.raises(SetupError, match="could not install what the book needs"):
        project.ensure("book")
    project.refuses = lambda arguments: False
    project.ensure("book")
    assert len(project.asked) == 1


def test_the_second_time_nothing_is_installed(project):
    project.ensure("book")
    project.ensure("book")
    assert project.asked == []


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_what_the_project_asks_for_changed_so_it_is_installed_into_the_same_environment(project, name):
    project.ensure("book")
    kept = project.root / ".venv" / "kept"
    kept.touch()
    with (project.root / name).open("a") as file:
        file.write("# changed\n")
    project.ensure("book")
    assert len(project.asked) == 1
    assert kept.exists()


def test_another_python_gets_a_new_environment(project, monkeypatch):
    project.ensure("book")
    kept = project.root / ".venv" / "kept"
    kept.touch()
    monkeypatch.setattr(bootstrap.sys, "version", "3.99")
    project.ensure("book")
    assert len(project.asked) == 1
    assert not kept.exists()


def test_a_missing_venv_module_is_named(project, monkeypatch):
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *a, **k: subprocess.CompletedProcess(a, 1))
    with pytest.raises(SetupError, match="python3-venv"):
        project.ensure("book")


def test_constraints_pin_everything_exactly_and_name_no_host():
    lines = (bootstrap.ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(line.count("==") == 1 and "/" not in line and "+" not in line for line in pins)
    assert torch_requirement() in pins
    assert len(pins) > 100


def test_the_entry_lists_its_commands_without_installing_anything():
    run = subprocess.run(
        [sys.executable, "tools/run.py", "nonsense"], cwd=bootstrap.ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    for command in ("book", "test", "serve", "notebooks", "lab", "bench", "lint", "clean"):
        assert f"\n  {command} " in run.stdout
