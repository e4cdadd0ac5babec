"""Run a reader's function on many inputs and say what is right, what is wrong, and which usual mistake it looks like.

Each code exercise is one :class:`Task`: inputs (:class:`Case`), a reference that gives the right answers, and the
usual mistakes (:class:`Mistake`), each written as a function that makes it. A wrong answer is recognized by its
numbers: if on all inputs it equals what a mistake returns, that mistake was made. So the inputs have to tell the
mistakes apart, from the truth and from one another.

A function may return several things, gradients for example, as a tuple or as a dict; each is compared by its name.
Nothing the reader's function does ends in a traceback: an exception becomes a sentence with the line it came from.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from rnn.exercises.comparing import Pair, difference, has_nonfinite, misfit_of, mismatch, pattern, same, show
from rnn.exercises.running import Answer, Case, Finding, call

__all__ = ["Answer", "Case", "Finding", "Mistake", "Result", "Run", "Task"]


@dataclass(frozen=True, repr=False)
class Result:
    """What a checker found. True if the function passed; prints as one line or a few, with markup in a notebook.

    ``hint`` says what was right, what was wrong, or how to begin if ``started`` is False.
    """

    name: str
    passed: bool
    hint: str
    started: bool = True

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return f"{self._mark} {self.name}: " + self.hint.replace("\n", "\n  ")

    def _repr_markdown_(self) -> str:
        return f"{self._mark} **`{self.name}`**: " + self.hint.replace("\n", "\n\n")

    @property
    def _mark(self) -> str:
        return "✓" if self.passed else "✗" if self.started else "○"


@dataclass(frozen=True)
class Mistake:
    """A usual mistake: the hint for it, and one or more functions that make it, called like the reader's.

    Such a function returns None for a part that the mistake leaves right.
    """

    hint: str
    answers: Sequence[Answer]


class Run(NamedTuple):
    """What the reader's function returned for one case."""

    case: Case
    value: Any


@dataclass(frozen=True)
class Task:
    """One code exercise.

    ``reference`` returns the right answer, a tuple if ``parts`` names several. ``shapes`` gives the shape of a part in
    letters, for messages. ``judge`` looks at all runs at once where many answers are right (a shuffle, a sample) or
    where runs have to be compared with each other (a perturbed input); it raises :class:`Finding`. Edge cases take no
    part in recognizing mistakes.
    """

    name: str
    cases: Sequence[Case]
    parts: tuple[str, ...]
    reference: Answer | None = None
    mistakes: Sequence[Mistake] = ()
    judge: Callable[[Sequence[Run]], None] | None = None
    shapes: Mapping[str, str] = field(default_factory=dict)
    rtol: float = 1e-6

    def check(self, function: Answer) -> Result:
        """Run the function on all cases and return what was found."""
        try:
            runs = self._run(function)
            if self.reference is not None:
                self._compare(runs)
            if self.judge is not None:
                self.judge(runs)
        except Finding as finding:
            return Result(self.name, False, str(finding), finding.started)
        count = len(self.cases)
        return Result(self.name, True, f"right on {count} {'case' if count == 1 else 'cases'}.")

    def _run(self, function: Answer) -> list[Run]:
        if not callable(function):
            hint = f"hand over the function itself, `check_{self.name}({self.name})`, not what it returns; "
            raise Finding(hint + f"got {show(function)}.")
        runs = [Run(case, call(self.name, function, case)) for case in self.cases]
        empty = [run.case for run in runs if run.value is None]
        if empty:
            where = "" if len(empty) == len(runs) else f" With {empty[0]} a way through it ends without one."
            raise Finding(f"your function returned `None`: is a `return` missing?{where}")
        return runs

    def _compare(self, runs: Sequence[Run]) -> None:
        assert self.reference is not None
        wanted = [self._wanted(self.reference, run.case) for run in runs]
        got = [self._parts_of(run.value) for run in runs]
        wrong: dict[str, list[str]] = {}  # verdict → the parts it is about
        examples: dict[str, str] = {}
        for name in self.parts:
            pairs = [Pair(g[name], w[name], run.case.sizes) for g, w, run in zip(got, wanted, runs, strict=True)]
            failed = [i for i, pair in enumerate(pairs) if not same(pair.got, pair.want, self.rtol)]
            if not failed:
                continue
            verdict = self._verdict(name, runs, pairs, failed, wanted)
            plain = next((i for i in failed if not runs[i].case.why), failed[0])
            misfits = {i: mismatch(pairs[i].got, pairs[i].want, self.shapes.get(name, "")) for i in failed}
            shown = next((i for i in failed if misfits[i] == verdict), plain)
            wrong.setdefault(verdict, []).append(name)
            text = difference(f"`{name}`", pairs[shown].got, pairs[shown].want)
            examples.setdefault(
                verdict, f"Wrong in {len(failed)} of {len(runs)} cases. With {runs[shown].case}: {text}."
            )
        if wrong:
            right = [name for name in self.parts if not any(name in names for names in wrong.values())]
            lines = [f"{_listed(names)}: {verdict}\n{examples[verdict]}" for verdict, names in wrong.items()]
            raise Finding("\n".join([*lines, *([f"Right: {_listed(right)}."] if right else [])]))

    def _verdict(
        self,
        name: str,
        runs: Sequence[Run],
        pairs: Sequence[Pair],
        failed: Sequence[int],
        wanted: Sequence[dict[str, Any]],
    ) -> str:
        """Say what is wrong with one part, as exactly as can be told."""
        ordinary = [i for i, run in enumerate(runs) if not run.case.why]
        if not any(i in ordinary for i in failed):
            return f"right except on edge cases. {runs[failed[0]].case.why}"
        for mistake in self.mistakes:
            for answer in mistake.answers:
                made = [self._wanted(answer, runs[i].case)[name] for i in ordinary]
                together = zip(ordinary, made, strict=True)
                if all(value is not None and same(pairs[i].got, value, self.rtol) for i, value in together):
                    return mistake.hint
        misfit = misfit_of([pairs[i] for i in failed], self.shapes.get(name, ""))
        if misfit:
            return misfit
        if any(has_nonfinite(pairs[i].got) for i in failed if i in ordinary):
            return "it holds NaN or infinite numbers. Look for a division by 0, or the exponential of a large number."
        for other in self.parts:
            if other != name and all(same(pairs[i].got, wanted[i][other], self.rtol) for i in ordinary):
                return f"this is the right `{other}`. Are the returned values in the order {', '.join(self.parts)}?"
        return pattern([pairs[i] for i in ordinary], self.rtol) or "the numbers differ."

    def _wanted(self, answer: Answer, case: Case) -> dict[str, Any]:
        with np.errstate(all="ignore"):
            return self._parts_of(answer(*copy.deepcopy(dict(case.args)).values()))

    def _parts_of(self, value: Any) -> dict[str, Any]:
        if len(self.parts) == 1:
            return {self.parts[0]: value}
        if isinstance(value, Mapping):
            missing = [name for name in self.parts if name not in value]
            if missing:
                raise Finding(f"the returned dict has no {_listed(missing)}; it has {_listed([*map(str, value)])}.")
            return {name: value[name] for name in self.parts}
        if isinstance(value, (tuple, list)) and len(value) == len(self.parts):
            return dict(zip(self.parts, value, strict=True))
        came = f"{len(value)} values" if isinstance(value, (tuple, list)) else show(value)
        raise Finding(f"return {len(self.parts)} values, `return {', '.join(self.parts)}`; got {came}.")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "nothing"
