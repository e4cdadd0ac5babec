"""What `import rnn` gives: every public name once and in order, some modules on first use, the project's version."""

import ast
import subprocess
import sys
import tomllib
import types
from pathlib import Path

import pytest

import rnn

ROOT = Path(__file__).resolve().parents[2]
PRIVATE = {"annotations", "importlib", "ModuleType"}


def test_the_version_is_the_projects():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert rnn.__version__ == project["version"]
    assert project["name"] == "rnn-from-scratch"


def test_public_names_come_once_in_order_and_exist():
    def kind(name):  # constants, classes, functions: as ruff sorts them
        return 0 if name.isupper() else 1 if name[0].isupper() else 2

    assert rnn.__all__ == sorted(rnn.__all__, key=lambda name: (kind(name), name))
    assert len(set(rnn.__all__)) == len(rnn.__all__)
    assert all(hasattr(rnn, name) for name in rnn.__all__)


def test_everything_imported_is_exported():
    tree = ast.parse(Path(rnn.__file__).read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.asname or alias.name for node in imports for alias in node.names}
    assert names - PRIVATE == set(rnn.__all__)


def test_what_is_exported_is_from_this_package_and_has_a_docstring():
    for name in rnn.__all__:
        value = getattr(rnn, name)
        if isinstance(value, types.ModuleType):
            assert value.__name__ == f"rnn.{name}"
        elif isinstance(value, type | types.FunctionType):
            assert value.__module__.startswith("rnn.")
            assert not value.__module__.split(".")[-1].startswith("_")
            assert value.__name__ == name
        if not isinstance(value, dict):
            assert value.__doc__, name


def test_every_public_name_of_a_module_can_be_had_from_the_package():
    """Functions and classes without an underscore, unless they are there for other modules alone."""
    apart = {"metrics", "ngram_metrics", "convert", "plotting", "__init__", "__main__"}
    trees = {
        path.stem: ast.parse(path.read_text(encoding="utf-8"))
        for path in Path(rnn.__file__).parent.glob("*.py")
        if path.stem not in apart and not path.stem.startswith("_")
    }
    shared = {
        alias.name
        for tree in trees.values()
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rnn.")
        for alias in node.names
    }
    defined = {
        f"{module}.{node.name}"
        for module, tree in trees.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and node.name not in {*rnn.__all__, *shared}
    }
    assert defined == {"training.Model"}  # a protocol: what fit needs of a model


@pytest.mark.parametrize("name", ["convert", "diagrams", "exercises", "plotting"])
def test_modules_loaded_on_first_use(name):
    assert getattr(rnn, name) is sys.modules[f"rnn.{name}"]
    with pytest.raises(AttributeError, match=r"^module 'rnn' has no attribute 'nonsense'$"):
        rnn.nonsense  # noqa: B018
    assert not hasattr(rnn, name + "s")


def test_a_bare_import_loads_nothing_but_numpy_and_the_packages_own_needs():
    code = (
        "import sys, rnn; print(*[m for m in ('matplotlib', 'torch', 'jax', 'keras', 'onnx') if m in sys.modules], "
        "*[m for m in sys.modules if m in ('rnn.convert', 'rnn.plotting', 'rnn.diagrams', 'rnn.exercises')]); "
        "rnn.convert; print('rnn.convert' in sys.modules, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["", "True False"]
