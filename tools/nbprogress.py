"""A pytest plugin for `tools/execute.py`: say which cell nbmake is running, and keep the reason of a failure.

Used as `pytest -s --nbmake -p tools.nbprogress`; nothing else prints while a notebook runs.
"""

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbclient import NotebookClient

SECONDS_BETWEEN_LINES = 15


class Progress:
    """What the cell now running is, told at once on a terminal and every 15 seconds in a log."""

    def __init__(self) -> None:
        self.cell = self.cells = 0
        self.start = time.monotonic()
        self.done = threading.Event()

    def watch(self) -> None:
        """Print until told that it is over."""
        live = sys.stdout.isatty()
        while not self.done.wait(1 if live else SECONDS_BETWEEN_LINES):
            line = f"  cell {self.cell} of {self.cells}, {time.monotonic() - self.start:.0f} s"
            print(f"\r{line} " if live else line, end="" if live else "\n", flush=True)
        if live:
            print("\r" + " " * 40 + "\r", end="", flush=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Watch the notebook's cells while it runs."""
    progress = Progress()
    run_cell = NotebookClient.async_execute_cell

    async def counted(self: NotebookClient, cell: dict, cell_index: int, **options: object) -> object:
        progress.cell, progress.cells = cell_index + 1, len(self.nb.cells)
        return await run_cell(self, cell, cell_index, **options)

    thread = threading.Thread(target=progress.watch, daemon=True)
    thread.start()
    NotebookClient.async_execute_cell = counted
    try:
        return (yield)
    finally:
        NotebookClient.async_execute_cell = run_cell
        progress.done.set()
        thread.join()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write what nbmake has to say about a failure beside the notebook."""
    if report.failed:
        Path(str(report.fspath)).with_suffix(".failure.txt").write_text(report.longreprtext, encoding="utf-8")
