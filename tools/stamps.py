"""What an execution depends on, and so when its results are stale.

Two stamps of a chapter are equal only if its code, the package, the data it finds, the tables stored beside it and the
versions underneath are. A stamp is a flat dict, so that a difference can be named. Prose is not part of it:
mending a sentence runs nothing again.
"""

import hashlib
import json
import platform
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from nbformat import NotebookNode

from tools.chapters import Chapter, code_text
from tools.data import data_state

LIBRARIES = ("numpy", "matplotlib", "pooch", "tqdm", "ipykernel")
WORDS = {
    "chapter": "its code changed",
    "package": "rnn/ changed",
    "tables": "a stored table changed",
    "data": "the data changed",
    "versions": "versions changed",
    "tests": "the tests changed",
}


def stamp(chapter: Chapter, derived: NotebookNode) -> dict[str, str]:
    """Return what running `derived`, the notebook of `chapter`, depends on."""
    code = code_text(chapter.notebook)
    kernel = chapter.notebook.metadata.get("kernelspec", {})
    sources = "\n".join(cell.source for cell in derived.cells if cell.cell_type == "code")
    return {
        "chapter": _hash([json.dumps(kernel, sort_keys=True), *code]),
        "package": tree_hash(files(chapter.root / "rnn"), chapter.root),
        "tables": tree_hash(tables(chapter, sources), chapter.root),
        "data": json.dumps(data_state(sources), sort_keys=True),
        "versions": ", ".join([f"python {platform.python_version()}", *(f"{x} {version(x)}" for x in LIBRARIES)]),
        "tests": tree_hash(counted_tests(chapter, sources), chapter.root),
    }


def difference(old: dict[str, str] | None, new: dict[str, str]) -> str:
    """Say in words why results stamped `old` do not serve for `new`; an empty string if they do."""
    if not old:
        return "never run"
    return ", ".join(words for key, words in WORDS.items() if old.get(key) != new[key])


def files(folder: Path) -> list[Path]:
    """Return all files below `folder` that are source, sorted."""
    found = folder.rglob("*") if folder.is_dir() else []
    return sorted(p for p in found if p.is_file() and "__pycache__" not in p.parts and p.name[0] != ".")


def tables(chapter: Chapter, sources: str) -> list[Path]:
    """Return the stored data a chapter may read: what lies beside it and, if it names them, the benchmarks' results."""
    beside = [p for p in files(chapter.path.parent) if p.suffix not in {".md", ".py"}]
    results = files(chapter.root / "benchmarks") if "benchmarks" in sources else []
    return beside + [p for p in results if p.suffix in {".json", ".csv"}]


def counted_tests(chapter: Chapter, sources: str) -> list[Path]:
    """Return the tests if a cell names their folder, as the page does that counts them."""
    return [p for p in files(chapter.root / "tests") if p.suffix == ".py"] if '"tests"' in sources else []


def tree_hash(paths: Iterable[Path], root: Path) -> str:
    """Hash names and contents of `paths`."""
    return _hash(f"{p.relative_to(root).as_posix()}:{hashlib.sha256(p.read_bytes()).hexdigest()}" for p in paths)


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
