"""What the benchmarks share: the clock, a description of the machine, where results go."""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import math
import os
import platform
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import rnn.tables
from tools.notebooks import read_chapter

ROOT = Path(__file__).parent.parent
TABLES = Path(rnn.tables.__file__).parent


def best_of(run: Callable[[], object], seconds: float = 0.6, least: int = 5) -> float:
    """Seconds of the fastest of several calls, after two that are not counted."""
    run()
    run()
    times: list[float] = []
    while len(times) < least or sum(times) < seconds:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def geometric_mean(values: Sequence[float]) -> float:
    """The n-th root of the product."""
    return math.exp(sum(map(math.log, values)) / len(values))


def describe_machine(threads: int) -> dict[str, Any]:
    """Processor, threads, versions and date, to stand beside every number."""
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        processor = names[0] if names else processor
    versions = {}
    for name in ("numpy", "torch", "jax", "keras"):
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "threads": threads,
        "python": platform.python_version(),
        "versions": versions,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def write_table(name: str, command: str, threads: int, results: dict[str, Any], **made: str) -> None:
    """Store results as ``rnn/tables/NAME.json``, with how they were made."""
    table = {"made": {"command": command, **made, **describe_machine(threads)}, **results}
    (TABLES / f"{name}.json").write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


def run_cells(chapter: Path, tag: str) -> dict[str, Any]:
    """Run the code cells of a chapter that carry a tag; return what they define.

    So a script uses the very functions that the chapter shows, and cannot drift away from them.
    """
    namespace: dict[str, Any] = {"__name__": chapter.stem}
    for cell in read_chapter(chapter, ROOT).cells:
        if cell.cell_type == "code" and tag in cell.metadata.get("tags", []):
            exec(compile(cell.source, f"{chapter.name}, cell tagged {tag}", "exec"), namespace)
    return namespace
