"""``python -m rnn.datasets``: what data there are, where they are, and how to get them.

::

    python -m rnn.datasets               list the data sets: where, size, license
    python -m rnn.datasets fetch imdb    download one (or more, or all) with a progress bar
    python -m rnn.datasets import FILE   take a file that was downloaded by hand

The exit status is 0 if all went well and 1 if not, with one sentence on the error output.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rnn.datasets import digits, ecg, imdb, shakespeare, translation, weather
from rnn.datasets.download import Reader, download
from rnn.datasets.fetch import find, import_file, local_files
from rnn.datasets.folders import DataError, cache_folder, data_folder
from rnn.datasets.registry import DATASETS, Entry

READERS: dict[str, Reader[Any]] = {
    "imdb": imdb.read,
    "shakespeare": shakespeare.read,
    "weather": weather.read,
    "ecg": ecg.read,
    "digits": digits.read,
    "translation": translation.read,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m rnn.datasets", description="The data behind the case studies.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("list", help="what there is and where it is (also without a command)")
    fetch_parser = commands.add_parser("fetch", help="download data sets that are not there yet")
    fetch_parser.add_argument("names", nargs="+", metavar="NAME", choices=[*DATASETS, "all"], help="or: all")
    import_parser = commands.add_parser("import", help="recognize a file downloaded by hand and put it in place")
    import_parser.add_argument("file", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        if options.command == "fetch":
            return _fetch(DATASETS if "all" in options.names else options.names)
        if options.command == "import":
            return _import(options.file)
        return _list()
    except DataError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return _fail("Interrupted; nothing unfinished was kept.")


def _list() -> int:
    rows = [("name", "what", "size", "license", "where")]
    for entry in DATASETS.values():
        path = next(_places(entry), None)
        size = entry.size if path is None else path.stat().st_size
        where = f"not here: {entry.address}" if path is None else str(path)
        rows.append((entry.name, entry.summary, _size(size), entry.license, where))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print(*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4], sep="  ")
    print(f"\nData folder:  {data_folder()}\nCache folder: {cache_folder()}")
    print("Files are checked when they are loaded. Where one is not here, a small built-in corpus takes its place.")
    return 0


def _places(entry: Entry) -> Iterator[Path]:
    """Every file that holds the data set; the reviews may be there in unpacked form alone."""
    yield from local_files(entry)
    if entry.name == "imdb" and imdb.cache_file(entry).is_file():
        yield imdb.cache_file(entry)


def _size(size: int | None) -> str:
    if size is None:
        return "unknown"
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"


def _fetch(names: Iterable[str]) -> int:
    status = 0
    for name in names:
        entry = DATASETS[name]
        found, problems = find(entry, READERS[name])
        for problem in problems:
            print(problem, file=sys.stderr)
        if found is not None:
            print(f"{name}: already here, {found[0]}")
            continue
        try:
            path, _ = download(entry, READERS[name])
        except DataError as error:
            status = _fail(str(error))
        else:
            print(f"{name}: downloaded, {path}")
    return status


def _import(file: Path) -> int:
    entry, target, copied = import_file(file, READERS, DATASETS)
    print(f"{entry.name}: {'copied to' if copied else 'already here,'} {target}")
    return 0


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
