"""Call a reader's function: whatever it does, what comes back is its value or a sentence about what happened.

The function gets copies of the arguments, so that a change in place is seen and harms nobody. NumPy's warnings are
silenced: numbers that are not finite are reported where results are compared.
"""

from __future__ import annotations

import copy
import functools
import linecache
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rnn.exercises.comparing import changed, show

Answer = Callable[..., Any]
BEGIN = (
    "not written yet. Put your code in the place of `...` and run the cell again: this line will then say what is "
    "right and what is not. A first try need not be perfect."
)


@dataclass(frozen=True)
class Case:
    """One input: the arguments by name, in the order of the call.

    ``label`` says what is particular about it. ``why`` marks an edge case, and is the hint for a function that is
    right except on edge cases. ``sizes``, such as ``{"B": 2, "T": 3}``, lets a constant factor be called by its name.
    ``kept`` is the hint for a function that leaves an argument changed, where "work on a copy" would not help.
    """

    args: Mapping[str, Any]
    label: str = ""
    why: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)
    kept: str = ""

    def __str__(self) -> str:
        shown = ", ".join(f"`{name} = {show(value)}`" for name, value in self.args.items())
        return f"{self.label} ({shown})" if self.label else shown


class Finding(Exception):  # noqa: N818 - raised to end a check, whatever was found
    """Ends a check with a hint for the reader."""

    def __init__(self, hint: str, started: bool = True) -> None:
        super().__init__(hint)
        self.started = started


def call(name: str, function: Answer, case: Case) -> Any:
    """Return what the function returns for a case.

    Raises
    ------
    Finding
        If the function is untouched (it does nothing, returns ``...`` or raises NotImplementedError), stops with an
        exception, or changes an argument in place.
    """
    args = {key: copy.deepcopy(value) for key, value in case.args.items()}
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = function(*args.values())
    except NotImplementedError:
        raise Finding(BEGIN, started=False) from None
    except (Exception, SystemExit) as error:
        raise Finding(_stopped(name, function, case, error)) from None
    parts = value if isinstance(value, tuple) else (value,)
    if any(part is ... for part in parts) or (value is None and _is_untouched(function)):
        raise Finding(BEGIN, started=False)
    for key, before in case.args.items():
        if changed(before, args[key]):
            hint = case.kept or f"Work on a copy, `{key}.copy()`, or build something new."
            raise Finding(
                f"your function changes its input `{key}` in place, so the caller no longer has what was handed over. "
                f"{hint}\nWith {case}."
            )
    return value


def _stopped(name: str, function: Answer, case: Case, error: BaseException) -> str:
    message = " ".join(str(error).replace("`", "'").split())
    said = f"{type(error).__name__}: {message}" if message else type(error).__name__
    if isinstance(error, TypeError) and error.__traceback__ and error.__traceback__.tb_next is None:
        return f"your function is called as `{name}({', '.join(case.args)})`, and that call failed: `{said}`."
    hint = f"your function stopped with `{said}`{_place(function, error)}.\nWith {case}."
    return f"{hint}\n{case.why}" if case.why else hint


def _code_of(function: Any) -> Any:
    while isinstance(function, functools.partial):
        function = function.func
    code = getattr(function, "__code__", None)
    return code or getattr(getattr(function, "__call__"), "__code__", None)  # noqa: B004, B009 - its code is wanted


def _is_untouched(function: Answer) -> bool:
    """Whether the body does nothing at all: no name, no local variable, no more code than an empty function."""
    code = _code_of(function)
    return code is not None and not code.co_names and len(code.co_code) <= len((lambda: None).__code__.co_code)


def _place(function: Answer, error: BaseException) -> str:
    """Say in which line of the reader's code an exception came up."""
    code, trace, place = _code_of(function), error.__traceback__, ""
    while code is not None and trace is not None:
        frame = trace.tb_frame.f_code
        if frame.co_filename == code.co_filename:
            source = linecache.getline(frame.co_filename, trace.tb_lineno).strip().replace("`", "'")
            place = f" in line {trace.tb_lineno - frame.co_firstlineno + 1} of `{frame.co_name}`"
            place += f", `{source}`" if source else ""
        trace = trace.tb_next
    return place
