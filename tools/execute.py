"""Run the chapters whose results are stale, through nbmake, and take in the results of those that passed.

    python -m tools.execute [chapter ...]

The book build reads nothing but these results: what was tested is what is published.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import nbformat

from tools import notebooks
from tools.chapters import ROOT, BookError, Chapter, chosen
from tools.data import BUILT_IN
from tools.stamps import difference, stamp
from tools.takein import TakeInError, in_cache, take_in

SECONDS_PER_CELL = 1200
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Result:
    """What became of a chapter: "ran", "cached" or "FAILED"."""

    chapter: Chapter
    outcome: str
    seconds: float
    note: str = ""


def execute(names: list[str], root: Path = ROOT) -> list[Result]:
    """Bring the results of the chapters up to date, print a summary, return what became of each."""
    results = []
    for chapter in chosen(names, root):
        result = bring_up_to_date(chapter)
        results.append(result)
    width = max((len(r.chapter.name) for r in results), default=0)
    print(f"\n{'chapter':<{width}}  outcome  seconds")
    for r in results:
        print(f"{r.chapter.name:<{width}}  {r.outcome:<7}  {r.seconds:7.1f}  {r.note}".rstrip())
    ran = sum(r.outcome == "ran" for r in results)
    failed = sum(r.outcome == "FAILED" for r in results)
    print(f"{ran} ran, {len(results) - ran - failed} from the cache, {failed} failed", flush=True)
    return results


def bring_up_to_date(chapter: Chapter) -> Result:
    """Run one chapter if its results are stale."""
    try:
        derived = notebooks.derive(chapter.path, chapter.root)
    except notebooks.DerivationError as error:
        print(f"\nFAILED book/{chapter.name}.md has no notebook: {error}", flush=True)
        return Result(chapter, "FAILED", 0.0)
    stored = read_record(chapter)
    why = staleness(chapter, stamp(chapter, derived), stored)
    if not why:
        return Result(chapter, "cached", stored["seconds"], corpora(stored["stamp"]))
    print(f"\nRunning {chapter.name} ({why}) …", flush=True)
    record_path(chapter).unlink(missing_ok=True)
    chapter.executed.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(derived, chapter.executed)
    before = stamp(chapter, derived)
    start = time.monotonic()
    passed = run_nbmake(chapter)
    seconds = time.monotonic() - start
    if not passed:
        print(explain(chapter), flush=True)
        return Result(chapter, "FAILED", seconds)
    # Data may have been downloaded while the chapter ran: that part of the stamp is taken afterwards. The rest is not,
    # as a file edited meanwhile belongs to the next run.
    after = before | {"data": stamp(chapter, derived)["data"]}
    try:
        take_in(chapter, nbformat.read(chapter.executed, as_version=4), seconds)
    except TakeInError as error:
        print(f"{chapter.name}: {error}", flush=True)
        return Result(chapter, "FAILED", seconds)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    write_record(chapter, {"stamp": after, "seconds": seconds, "when": when, "cores": cores()})
    return Result(chapter, "ran", seconds, "; ".join(filter(None, [why, corpora(after)])))


def staleness(chapter: Chapter, now: dict[str, str], stored: dict) -> str:
    """Say in words why the chapter has to run; an empty string if it need not."""
    return difference(stored.get("stamp"), now) or ("" if in_cache(chapter) else "its results are gone")


def stale(root: Path = ROOT) -> dict[str, str]:
    """Return the chapters the build would not find fresh results for, and why. The build must not start then."""
    found = {}
    for chapter in chosen([], root):
        now = stamp(chapter, notebooks.derive(chapter.path, root))
        why = staleness(chapter, now, read_record(chapter))
        if why:
            found[chapter.name] = why
    return found


def corpora(stamp: dict[str, str]) -> str:
    """Say which built-in corpora the results stand on, for want of the real data."""
    found = [name for name, files in json.loads(stamp["data"]).items() if files.startswith(BUILT_IN)]
    fetch = f"`python -m rnn.datasets fetch {' '.join(found)}` gets the real data"
    return f"on the built-in corpus of {', '.join(found)}; {fetch}" if found else ""


def cores() -> int:
    """Return how many processor cores a chapter may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_nbmake(chapter: Chapter) -> bool:
    """Run the chapter's notebook in a process of its own; say whether it passed."""
    chapter.executed.with_suffix(".failure.txt").unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "--nbmake", "--overwrite", f"--nbmake-timeout={SECONDS_PER_CELL}"]
    command += ["-s", "-q", "--tb=no", "--no-summary", "-p", "no:cacheprovider", "-p", "tools.nbprogress"]
    command += ["-o", "addopts=", "-o", "filterwarnings=default", f"--rootdir={chapter.root}"]
    search = [str(chapter.root), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(search), "PYTHONUNBUFFERED": "1"}
    log = chapter.executed.with_suffix(".log")  # what the kernel says about itself; of interest if nothing runs
    with log.open("w", encoding="utf-8") as errors:
        command.append(str(chapter.executed))
        status = subprocess.run(command, cwd=chapter.root, env=environment, stderr=errors, check=False).returncode
    if status > 1:
        print(log.read_text(encoding="utf-8", errors="replace"))
    return status == 0


def explain(chapter: Chapter) -> str:
    """Describe the failure: the cell's number, its line in the chapter, its source and the traceback."""
    for cell in nbformat.read(chapter.executed, as_version=4).cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                place = "the cell that installs the package"
                if "book" in cell.metadata:
                    number = cell.metadata["book"]["cell"]
                    place = f"code cell {number + 1}, line {chapter.line(number)}"
                traceback = ANSI.sub("", "\n".join(output.traceback))
                head = f"FAILED book/{chapter.name}.md, {place}: {output.ename}: {output.evalue}"
                return f"\n{head}\n\n{indent(cell.source)}\n\n{traceback}\n"
    reason = chapter.executed.with_suffix(".failure.txt")
    text = ANSI.sub("", reason.read_text(encoding="utf-8")) if reason.exists() else "nbmake did not say why."
    return f"\nFAILED book/{chapter.name}.md\n\n{text}\n"


def indent(source: str) -> str:
    return "\n".join(f"    {line}" for line in source.splitlines())


def record_path(chapter: Chapter) -> Path:
    """Return the file that says what the chapter's results were made of."""
    return chapter.root / "_build" / "stamps" / f"{chapter.name}.json"


def read_record(chapter: Chapter) -> dict:
    """Return what is known of the chapter's last good run."""
    path = record_path(chapter)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_record(chapter: Chapter, record: dict) -> None:
    """Keep what is known of the chapter's good run, whole or not at all."""
    path = record_path(chapter)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(record, indent=1), encoding="utf-8")
    shutil.move(partial, path)


if __name__ == "__main__":
    try:
        sys.exit(any(r.outcome == "FAILED" for r in execute(sys.argv[1:])))
    except BookError as error:
        sys.exit(str(error))
