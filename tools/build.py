"""Build the website from the pages and the results of the chapters: `python -m tools.build`.

Warnings are errors and every reference is checked. Nothing is executed: if a chapter has no fresh results, the build
does not start. With nothing changed since the last good build it is not repeated; with anything changed it begins anew,
because a page that is not read again would keep its warnings to itself.
"""

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import published
from tools import lite, notebooks
from tools.chapters import ROOT, chapters
from tools.execute import record_path, stale
from tools.stamps import files, tree_hash

TOOLS = ("jupyter-book", "sphinx", "myst-nb", "sphinx-book-theme", "sphinx-exercise", "sphinxcontrib-bibtex", "numpy")
PARTS = ("book", "rnn", "tools")


def build(root: Path = ROOT, builder: str = "html") -> bool:
    """Build the site if anything changed; say whether there is a good one."""
    missing = stale(root)
    if missing:
        for name, why in missing.items():
            print(f"book/{name}.md has no fresh results: {why}.")
        print("The build would run code; it is not started. `make book` runs the chapters first.", flush=True)
        return False
    output, stamp = root / "_build" / builder, root / "_build" / f"{builder}.stamp"
    inputs = fingerprint(root)
    if up_to_date(root, builder):
        print("The site is up to date.", flush=True)
        return True
    for old in (output, root / "_build" / ".doctrees"):
        shutil.rmtree(old, ignore_errors=True)
    stamp.unlink(missing_ok=True)
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(root / "book")]
    command += ["--config", str(root / "_config.yml"), "--toc", str(root / "_toc.yml"), "--path-output", str(root)]
    command += ["--builder", builder, "--warningiserror", "--nitpick", "--keep-going"]
    print("\nBuilding the site …", flush=True)
    run = subprocess.run(command, cwd=root, check=False)
    good = run.returncode == 0 and (output / "index.html").exists()
    if good:
        notebooks.publish(root, output)
        lite.build(root, output)
        stamp.write_text(inputs, encoding="utf-8")
    else:  # or Sphinx would not read the pages again, and a second try would pass
        shutil.rmtree(root / "_build" / ".doctrees", ignore_errors=True)
    return good


def up_to_date(root: Path = ROOT, builder: str = "html") -> bool:
    """Say whether there is a site, made of what is there now."""
    stamp, page = root / "_build" / f"{builder}.stamp", root / "_build" / builder / "index.html"
    return page.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint(root)


def fingerprint(root: Path) -> str:
    """Return a hash of all the site is made of: pages, package, configuration, results, tools, versions, place."""
    names = ("_config.yml", "_toc.yml", "CITATION.cff")
    paths = [root / name for name in names if (root / name).exists()]
    paths += [path for name in PARTS for path in files(root / name)]
    paths += [record_path(chapter) for chapter in chapters(root)]
    made_of = [tree_hash(paths, root), lite.fingerprint(root), str(published.repository())]
    return " ".join([*made_of, *(f"{name} {version(name)}" for name in TOOLS)])


if __name__ == "__main__":
    sys.exit(not build())
