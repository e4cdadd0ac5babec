"""Take the outputs of an executed notebook into the cache the book build reads.

The build looks results up by a hash over the chapter's code cells with all their metadata, and executing adds timings
to that metadata; so the outputs are copied, cell by cell, into the notebook as the build itself reads it.
"""

import copy
import re
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from nbformat import NotebookNode

from tools.chapters import Chapter

FROM_KERNEL = ("language_info", "widgets")  # said by the kernel of the whole notebook; the build asks for both


class TakeInError(Exception):
    """The executed notebook does not belong to the chapter."""


def open_cache(root: Path) -> JupyterCacheAbstract:
    """Return the cache of results, the one `_config.yml` names."""
    folder = root / "_build" / ".jupyter_cache"
    folder.mkdir(parents=True, exist_ok=True)
    return get_cache(folder)


def take_in(chapter: Chapter, executed: NotebookNode, seconds: float) -> None:
    """Put the outputs of `executed` into the cache as those of `chapter`."""
    notebook = with_outputs(chapter.notebook, executed)
    bundle = CacheBundleIn(notebook, str(chapter.path), data={"execution_seconds": seconds})
    open_cache(chapter.root).cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def in_cache(chapter: Chapter) -> bool:
    """Say whether the build will find results for the chapter as it stands."""
    try:
        open_cache(chapter.root).match_cache_notebook(chapter.notebook)
    except KeyError:
        return False
    return True


def with_outputs(notebook: NotebookNode, executed: NotebookNode) -> NotebookNode:
    """Return a copy of `notebook` with the outputs of `executed`, matched by the index in each cell's metadata."""
    filled = copy.deepcopy(notebook)
    code = [cell for cell in filled.cells if cell.cell_type == "code"]
    found = {c.metadata["book"]["cell"]: c for c in executed.cells if c.cell_type == "code" and "book" in c.metadata}
    if sorted(found) != list(range(len(code))):
        raise TakeInError(f"the notebook that ran has the code cells {sorted(found)} of {len(code)} in the chapter")
    filled.metadata.update({key: executed.metadata[key] for key in FROM_KERNEL if key in executed.metadata})
    for i, cell in enumerate(code):
        cell["outputs"] = tidy(found[i].outputs)
        cell["execution_count"] = i + 1
    return filled


def tidy(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join the pieces of each stream and reduce progress bars to their last refresh.

    Pieces next to each other always become one. A stream that redraws itself (a progress bar) becomes one even across
    other outputs, at the place of its first piece.
    """
    redrawn = {o.name for o in outputs if o.output_type == "stream" and re.search(r"\r(?!\n)|\x1b\[A", o.text)}
    tidied: list[NotebookNode] = []
    for output in copy.deepcopy(outputs):
        if output.output_type == "stream":
            streams = [o for o in tidied if o.output_type == "stream" and o.name == output.name]
            if streams and (output.name in redrawn or streams[-1] is tidied[-1]):
                streams[-1]["text"] += output.text
                continue
        tidied.append(output)
    for output in tidied:
        if output.output_type == "stream" and output.name in redrawn:
            output["text"] = on_screen(output.text)
    return [o for o in tidied if o.output_type != "stream" or o.name not in redrawn or o.text.strip()]


def on_screen(text: str) -> str:
    """Return what a terminal shows after `text`, as to carriage returns and the cursor going up a line."""
    lines: list[list[str]] = [[]]
    row = column = 0
    for piece in re.findall(r"\x1b\[A|\r\n|\r|\n|[^\r\n\x1b]+|\x1b", text):
        if piece in ("\n", "\r\n"):
            row, column = row + 1, 0
            if row == len(lines):
                lines.append([])
        elif piece == "\r":
            column = 0
        elif piece == "\x1b[A":
            row = max(row - 1, 0)
        else:
            line = lines[row]
            line.extend(" " * (column - len(line)))
            line[column : column + len(piece)] = piece
            column += len(piece)
    shown = ["".join(line).rstrip() for line in lines]
    return "\n".join(shown).rstrip("\n") + "\n"
