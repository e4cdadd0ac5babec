"""A book of one short chapter in a folder of its own, with a copy of the package: to be changed, broken and rebuilt."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CHAPTER = """\
---
file_format: mystnb
kernelspec:
  name: python3
  display_name: Python 3
---

# A short chapter

```{code-cell} ipython3
import os
from pathlib import Path

import rnn

counter = Path(os.environ["COUNTER"])
counter.write_text(counter.read_text() + "x")
print("the package says:", rnn.__doc__.splitlines()[0])
```

Between two cells.

```{code-cell} ipython3
print(6 * 7)
```
"""

CONFIG = """\
title: Scratch
execute:
  execute_notebooks: cache
parse:
  myst_enable_extensions: [dollarmath, colon_fence]
sphinx:
  config:
    nb_execution_raise_on_error: true
"""

TOC = """\
format: jb-book
root: preface
parts:
  - caption: Part
    chapters:
      - file: part/short
"""


class Scratch:
    """The small book: its folder, its one chapter, and how often that ran."""

    def __init__(self, root):
        self.root = root
        self.page = root / "book" / "part" / "short.md"
        self.counter = root / "counter"

    @property
    def chapter(self):
        from tools.chapters import chapters

        (found,) = chapters(self.root)
        return found

    @property
    def runs(self):
        return len(self.counter.read_text())

    def execute(self):
        from tools.execute import execute

        (result,) = execute([], self.root)
        return result

    def edit(self, path, old, new):
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    """Return a `Scratch` book in an empty folder."""
    pytest.importorskip("myst_nb", reason="the extra `book` is not installed")
    (tmp_path / "book" / "part").mkdir(parents=True)
    shutil.copytree(ROOT / "rnn", tmp_path / "rnn", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "_config.yml").write_text(CONFIG)
    (tmp_path / "_toc.yml").write_text(TOC)
    (tmp_path / "book" / "preface.md").write_text("# Preface\n\nSee {doc}`part/short`.\n")
    book = Scratch(tmp_path)
    book.page.write_text(CHAPTER)
    book.counter.write_text("")
    monkeypatch.setenv("COUNTER", str(book.counter))
    for name in [name for name in os.environ if name.startswith(("COV_", "COVERAGE_"))]:
        monkeypatch.delenv(name)
    return book
