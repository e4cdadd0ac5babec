"""The one entry to everything: `python tools/run.py book` does what `make book` does, on any system.

Makes the environment `.venv` first if need be, then runs the step in it. Standard library only.
"""

from __future__ import annotations  # an old Python must get as far as being told so

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.bootstrap import SetupError, ensure, venv_python  # noqa: E402

COMMANDS = {
    "setup": "make the environment .venv and install everything into it",
    "book": "run every chapter, build the website into _build/html, say where to open it",
    "test": "run every test: lint, package, chapters, built pages",
    "chapter": "run one chapter: chapter case-studies/imdb-sentiment",
    "pdf": "print the whole book as one PDF, and link it from the website",
    "offline": "pack the website into one archive to read offline, and link it, too",
    "serve": "serve the built website on this machine",
    "audit": "measure every page of the built website with Lighthouse",
    "notebooks": "write the chapters as .ipynb files into notebooks/",
    "lab": "open those files in JupyterLab",
    "bench": "measure the package against PyTorch, JAX and Keras",
    "lint": "ruff, mypy, codespell and the book's own rules",
    "clean": "remove what was built (but not .venv; `clean all` removes that too)",
}
STEPS = {
    "book": [["-m", "tools.book"]],
    "test": [["-m", "tools.suite"]],
    "chapter": [["-m", "tools.execute"]],
    "pdf": [["-m", "tools.book"], ["-m", "tools.pdf"]],
    "offline": [["-m", "tools.book"], ["-m", "tools.offline"]],
    "serve": [["-m", "tools.serve"]],
    "audit": [["-m", "tools.audit"]],
    "notebooks": [["-m", "tools.notebooks"]],
    "lab": [["-m", "tools.notebooks"], ["-m", "jupyterlab", "notebooks"]],
    "bench": [["-m", "benchmarks.cells"], ["-m", "benchmarks.imdb_epoch"]],
    "lint": [["-m", "tools.suite", "lint"]],
}
EXTRA = ("lab", "audit")  # commands that need more than the others: the extra of the same name
BUILT = ("_build", "notebooks", ".executed", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".coverage")


def main(arguments: list[str]) -> int:
    """Run one command and return its exit status."""
    command, rest = (arguments or ["help"])[0], arguments[1:]
    if command not in COMMANDS:
        print("Usage: python tools/run.py COMMAND   or: make COMMAND\n")
        print("\n".join(f"  {name:<10} {does}" for name, does in COMMANDS.items()))
        return command not in ("help", "-h", "--help")
    if command == "clean":
        return clean(everything="all" in rest)
    try:
        python = ensure()
        if command in EXTRA:
            ensure((command,))
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    if command == "setup":
        print(f"Everything is installed: {venv_python().relative_to(ROOT)}")
        return 0
    if command == "chapter" and not rest:
        print("Which chapter? `make chapter CHAPTER=case-studies/imdb-sentiment`", file=sys.stderr)
        return 2
    if command in ("serve", "audit") and not (ROOT / "_build" / "html" / "index.html").exists():
        print("There is no site yet: `make book` builds it.", file=sys.stderr)
        return 1
    environment = os.environ | {"PYTHONUTF8": "1"}
    for i, step in enumerate(STEPS[command]):
        last = i == len(STEPS[command]) - 1
        status = subprocess.run([str(python), *step, *(rest if last else [])], cwd=ROOT, env=environment, check=False)
        if status.returncode:
            return status.returncode
    return 0


def clean(everything: bool) -> int:
    """Remove what the other commands made."""
    for name in (*BUILT, ".venv") if everything else BUILT:
        path = ROOT / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    print("Removed what was built." if everything else "Removed what was built; .venv is kept.")
    return 0


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace", line_buffering=True)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
