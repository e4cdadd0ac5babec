"""`make test` and `make lint`: each step in turn, then one line that says whether all is well.

A step that fails does not keep the later ones from running, except that pages are only built of chapters that passed.
"""

import os
import sys
import time
from collections.abc import Callable
from subprocess import run

from tools import booklint
from tools.build import build
from tools.chapters import ROOT, BookError
from tools.execute import execute

COVERAGE_FLOOR = 95  # percent of lines and branches of rnn/


def main(arguments: list[str]) -> int:
    """Run the steps named, or all; return the exit status."""
    start = time.monotonic()
    only_lint = arguments == ["lint"]
    steps = LINT if only_lint else {**LINT, **TESTS}
    failed: list[str] = []
    for name, step in steps.items():
        if name in NEEDS and NEEDS[name] in failed:
            print(f"\n== {name}: not run, as {NEEDS[name]} failed", flush=True)
            failed.append(name)
            continue
        print(f"\n== {name}", flush=True)
        try:
            passed = step()
        except BookError as error:
            print(error)
            passed = False
        if not passed:
            failed.append(name)
    command = "make lint" if only_lint else "make test"
    spent = f"{time.monotonic() - start:.0f} s"
    if failed:
        print(f"\n{command}: FAILED after {spent}: {', '.join(failed)}")
    else:
        print(f"\n{command}: all {len(steps)} steps passed in {spent}: {', '.join(steps)}")
    return bool(failed)


def python(*arguments: str, **environment: str) -> Callable[[], bool]:
    """Return a step that runs Python with `arguments`."""

    def step() -> bool:
        return run([sys.executable, *arguments], cwd=ROOT, env=os.environ | environment, check=False).returncode == 0

    return step


LINT = {
    "ruff": python("-m", "ruff", "check", "."),
    "format": python("-m", "ruff", "format", "--check", "."),
    "mypy": python("-m", "mypy"),
    "codespell": python("-m", "codespell_lib"),
    "book rules": booklint.main,
}
TESTS = {
    # One thread a process: with two processes on the cores, threads inside NumPy only get in each other's way.
    "package": python(
        *("-m", "pytest", "tests/rnn", "-n", "2", "--cov", "--cov-branch", f"--cov-fail-under={COVERAGE_FLOOR}"),
        OPENBLAS_NUM_THREADS="1",
        OMP_NUM_THREADS="1",
        MKL_NUM_THREADS="1",
    ),
    "chapters": lambda: all(result.outcome != "FAILED" for result in execute([])),
    "pages": build,
    "book": python("-m", "pytest", "tests/book"),
    # The two visits of a page, and any other test, go to whichever browser is free.
    "site": python("-m", "pytest", "tests/site", "-n", "2", "--dist", "loadgroup"),
}
NEEDS = {"pages": "chapters", "book": "pages", "site": "pages"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
