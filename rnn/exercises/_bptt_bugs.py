"""Name the bug: six broken backward passes, known only by how wrong each of their gradients is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from rnn.exercises._bptt_full import PARTS, gradients, one_step_only
from rnn.exercises._bptt_walk import no_slope, numbers, over_time, walk
from rnn.exercises.checking import Answer, Case, Finding, Run, Task


def _final_state(
    x: np.ndarray, h: np.ndarray, dz: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, W_hy: np.ndarray
) -> tuple[np.ndarray | None, ...]:
    before = np.concatenate([h[:, -1:], h[:, 1:-1]], axis=1)
    return None, None, None, over_time(before, walk(dz @ W_hy.T, h, W_hh).da), None, None, None


def _averaged(*args: np.ndarray) -> tuple[np.ndarray | None, ...]:
    return None, None, None, None, gradients(*args)[4] / len(args[0]), None, None


def _short(
    x: np.ndarray, h: np.ndarray, dz: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, W_hy: np.ndarray
) -> tuple[np.ndarray | None, ...]:
    return None, walk(dz @ W_hy.T, h, W_hh).da[:, 0], None, None, None, None, None


PLANTED: dict[str, Answer] = {
    "missing tanh slope": lambda *args: gradients(*args, slope=no_slope),
    "missing transpose": lambda *args: gradients(*args, transpose=False),
    "later steps forgotten": lambda *args: gradients(*args, carry="nothing"),
    "own loss overwritten": lambda *args: (*gradients(*args, own="last")[:5], None, None),
    "dW overwritten": one_step_only(0),
    "final state as initial": _final_state,
    "bias averaged": _averaged,
    "last product missing": _short,
}
MYSTERIES = {
    "A": "own loss overwritten",
    "B": "missing transpose",
    "C": "final state as initial",
    "D": "later steps forgotten",
    "E": "missing tanh slope",
    "F": "dW overwritten",
}
SETTINGS = (("1", 1, False), ("4", 4, False), ("4, last", 4, True))
COLUMNS = ("dx_1", "dx_T", "dh_0", "dW_xh", "dW_hh", "db_h")

CLUES = {
    "A": "At T = 1 all is right, so the single step is right. Now compare its other two lines: with a loss at the last "
    "step only, nothing is wrong either. What can only matter when an earlier step has a loss of its own?",
    "B": "At T = 1 one gradient alone is wrong, `dh_0`, and with more steps all but the last input's are. Which "
    "product is used at T = 1 for `dh_0` and for nothing else?",
    "C": "A single gradient is wrong, at any length. The walk back must be right, as everything else depends on it. So "
    "look at what dL/da_t is multiplied with.",
    "D": "At T = 1 all is right. With one loss, at the last step, the errors of `dx_1` and `dh_0` are exactly 1: "
    "nothing arrives there at all.",
    "E": "Even at T = 1 all six are wrong. What do they have in common, the last input's gradient too?",
    "F": "`dx` and `dh_0` are right at any length, so the walk back is right, and so is one step. What is left is how "
    "the steps' contributions are put together.",
}


def error(wrong: np.ndarray, right: np.ndarray) -> float:
    """‖wrong − right‖ / (‖wrong‖ + ‖right‖): 0 if right, 1 if missing or of the other sign, 1/3 if doubled."""
    size = float(np.linalg.norm(wrong) + np.linalg.norm(right))
    distance = float(np.linalg.norm(wrong - right))
    return 0.0 if distance <= 1e-12 * size else distance / size


def errors(bug: str) -> list[list[float]]:
    """Return the error of each gradient of COLUMNS in each of SETTINGS."""
    found = []
    for _, steps, last_only in SETTINGS:
        args = numbers(np.random.default_rng(11), (3, steps, 4, 5, 6))
        if last_only:
            args["dz"][:, :-1] = 0
        right = dict(zip(PARTS, gradients(*args.values()), strict=True))
        made = dict(zip(PARTS, PLANTED[bug](*args.values()), strict=True))
        made = {name: right[name] if value is None else value for name, value in made.items()}
        for which in (right, made):
            which |= {"dx_1": which["dx"][:, 0], "dx_T": which["dx"][:, -1]}
        found.append([error(made[name], right[name]) for name in COLUMNS])
    return found


def table() -> str:
    """Return the errors of the six mysteries as a table in Markdown."""
    symbols = [re.sub(r"_(\w+)", r"_{\1}", name) for name in COLUMNS]
    lines = ["| | $T$ | " + " | ".join(f"${name}$" for name in symbols) + " |", "|---" * (len(COLUMNS) + 2) + "|"]
    for letter, bug in MYSTERIES.items():
        for (setting, *_), row in zip(SETTINGS, errors(bug), strict=True):
            mark = f"**{letter}**" if setting == SETTINGS[0][0] else ""
            cells = ["0" if value == 0 else f"**{value:.2f}**" for value in row]
            lines.append(f"| {mark} | {setting} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _judge(runs: Sequence[Run]) -> None:
    answer = runs[0].value
    if not isinstance(answer, Mapping):
        raise Finding(f"return a dict from letter to name, such as `{{'A': '{next(iter(PLANTED))}', …}}`.")
    given = {str(letter).upper(): name for letter, name in answer.items() if name is not None and name is not ...}
    missing = [letter for letter in MYSTERIES if letter not in given]
    known = {name.lower(): name for name in PLANTED}
    names = {letter: " ".join(str(given[letter]).split()) for letter in MYSTERIES if letter in given}
    names = {letter: known.get(name.lower(), name) for letter, name in names.items()}
    strange = [letter for letter, name in names.items() if name not in PLANTED]
    if strange:
        listed = ", ".join(f"`{name}`" for name in PLANTED)
        raise Finding(f"{_letters(strange)}: not one of the names. They are {listed}.")
    right = [letter for letter, name in names.items() if name == MYSTERIES[letter]]
    lines = [f"{letter} is something else. {CLUES[letter]}" for letter in names if letter not in right]
    if lines or missing:
        lines += [f"Still without a name: {_letters(missing)}."] if missing else []
        raise Finding("\n".join([*lines, *([f"Right: {_letters(right)}."] if right else [])]))


def _letters(letters: Sequence[str]) -> str:
    return ", ".join(letters)


NAME_THE_BUGS = Task("name_the_bugs", [Case({})], ("names",), judge=_judge)
