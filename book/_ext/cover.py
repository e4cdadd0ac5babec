"""What the cover page shows of the book itself: its live network, and numbers that are counted while it is built.

```{cover-network} this film is not bad
```

becomes the words, the states and the probabilities of the network of `tools/cover_network.py`, with its weights in the
page, for `book/_static/cover.js` to run. The role {counted}`exercises` becomes the number of exercises; `COUNTED` has
all that can be counted. No such number is typed.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole

import rnn.exercises
from rnn import sigmoid
from tools import cover_network as cover

Count = Callable[[BuildEnvironment], int | str]

STEP = """<li class="net-step {kind}"><button type="button" class="net-word" aria-pressed="false">{word}</button>\
<span class="net-state" aria-hidden="true">{cells}</span><span class="net-bar" aria-hidden="true"></span>\
<span class="net-percent">{p:.0%}</span><span class="unseen"> positive</span></li>"""

NETWORK = """<div class="net js-only" id="net" role="group" aria-labelledby="net-title" aria-describedby="net-help">
<p class="net-title" id="net-title">A network reads word by word</p>
<p class="net-help" id="net-help">Choose two words, and they change places. \
<span>Mouse and arrow keys move one.</span></p>
<ol class="net-steps">
{steps}
</ol>
<p class="net-key">State: eight numbers, −1 <span aria-hidden="true"></span> 1. Percent: is it a positive review?</p>
<div class="net-bag {kind}"><span class="net-label">The same words in a bag</span> \
<span class="net-words">{words}</span> <span class="net-bar" aria-hidden="true"></span>\
<span class="net-percent">{p:.0%}</span><span class="unseen"> positive</span></div>
<div class="net-vocabulary" role="group" aria-labelledby="net-add">\
<span class="net-label" id="net-add">Add a word</span>{vocabulary}</div>
<div class="net-actions"><button type="button" class="net-remove">Remove the last word</button>\
<button type="button" class="net-reset">Start again</button></div>
<p class="unseen" role="status"></p>
<script type="application/json">{data}</script>
</div>"""


class CoverNetwork(SphinxDirective):
    """The network, reading the sentence it is given. A page that runs no script shows what is beside it instead."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Write the first state of the page; the script starts from there."""
        self.env.note_dependency(str(cover.TARGET))
        words = self.arguments[0].split()
        bag = float(sigmoid(cover.load("bag").forward(cover.inputs([words], False, float))[0])[0, -1, 0])
        _, after = cover.read(cover.load(), words)
        cells = "<i></i>" * cover.HIDDEN
        html = NETWORK.format(
            steps="\n".join(
                STEP.format(word=escape(word), cells=cells, p=p, kind=kind(p))
                for word, p in zip(words, after, strict=True)
            ),
            words=escape(" · ".join(sorted(words))),
            p=bag,
            kind=kind(bag),
            vocabulary="".join(f'<button type="button">{escape(word)}</button>' for word in cover.WORDS),
            data=cover.TARGET.read_text(encoding="utf-8").strip(),
        )
        return [nodes.raw("", html, format="html")]


def kind(p: float) -> str:
    """Return the class of a probability."""
    return "plus" if p > 0.55 else "minus" if p < 0.45 else "even"


def in_pages(pattern: str) -> Count:
    """Count what matches at the beginning of a line, in all pages."""

    def count(env: BuildEnvironment) -> int:
        texts = [Path(env.doc2path(name)).read_text(encoding="utf-8") for name in env.found_docs]
        return sum(len(re.findall(pattern, text, re.MULTILINE)) for text in texts)

    return count


def checkers(_env: BuildEnvironment) -> int:
    """Count the functions that check an answer."""
    modules = [importlib.import_module(f"rnn.exercises.{m.name}") for m in pkgutil.iter_modules(rnn.exercises.__path__)]
    return sum(name.startswith("check_") for module in modules for name in getattr(module, "__all__", ()))


def right(model: str) -> Count:
    """Say how often the networks of all seeds, or the bag of words, were right."""

    def share(_env: BuildEnvironment) -> str:
        shares = json.loads(cover.TARGET.read_text(encoding="utf-8"))["accuracy"][model]
        return " to ".join(f"{value:.1%}" for value in sorted({min(shares), max(shares)}))

    return share


COUNTED: dict[str, Count] = {
    "cells": in_pages(r"^ *`{3,}\{code-cell\}"),
    "exercises": in_pages(r"^ *[`:]{3,}\{exercise(?:-start)?\}"),
    "checkers": checkers,
    "gradient checks": in_pages(r"^[^`\n]*\brnn\.check_gradients\("),
    "weights": lambda _env: sum(weights.size for weights in cover.load().params.values()),
    "network right": right("network"),
    "bag right": right("bag"),
}


class Counted(SphinxRole):
    """A number by its name in `COUNTED`."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Count."""
        if self.text not in COUNTED:
            message = self.inliner.reporter.error(f"counted: one of {', '.join(COUNTED)}, not {self.text!r}")
            return [], [message]
        count = COUNTED[self.text](self.env)
        return [nodes.Text(f"{count:,}" if isinstance(count, int) else count)], []


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension."""
    app.add_directive("cover-network", CoverNetwork)
    app.add_role("counted", Counted())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
