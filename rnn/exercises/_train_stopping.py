"""The exercise on early stopping: a training that is only acted, and the weights of its best epoch."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from rnn.exercises.checking import Answer, Case, Mistake, Task
from rnn.exercises.running import _code_of

Array = np.ndarray


class SimulatedRun:
    """Training that is only acted: epoch k returns the k-th loss and writes its own numbers into the parameters."""

    def __init__(self, losses: list[float]) -> None:
        self._losses = losses
        self._done = 0
        self.params = {"W": np.zeros((2, 3)), "b": np.zeros(3)}

    def epoch(self) -> float:
        """Train for one epoch; return the validation loss after it."""
        self._done += 1
        if self._done > 500:
            raise RuntimeError("500 epochs have been run; something has to end the loop")
        for number, array in enumerate(self.params.values()):
            array[...] = self._done + 0.1 * number + np.arange(array.size).reshape(array.shape) / 100
        index = min(self._done, len(self._losses)) - 1
        return self._losses[index] + self._done - 1 - index

    def spoil(self) -> None:
        """Do what a later training would: write over the parameters."""
        for array in self.params.values():
            array[...] = -1000.0


class Spoiling:
    """The reader's function; after it returned, the run's own arrays are written over."""

    def __init__(self, function: Answer) -> None:
        self.function = function
        self.__code__ = _code_of(function)  # so that a message names the reader's line

    def __call__(self, run: SimulatedRun, patience: int, most: int) -> Any:
        value = self.function(run, patience, most)
        run.spoil()
        return value


def _stopping(
    *,
    late: int = 0,
    keep: str = "best",
    against: str = "best",
    ties: bool = False,
    total: bool = False,
    limit: bool = True,
    highest: bool = False,
    twice: bool = False,
) -> Any:
    """Early stopping with something else in one place."""

    def answer(run: SimulatedRun, patience: int, most: int) -> tuple[dict[str, Array], int]:
        run = copy.deepcopy(run)
        best, previous, waited, epochs = np.inf, np.inf, 0, 0
        kept: dict[str, Array] = {}
        while (epochs < most or not limit) and waited < patience + late:
            earlier = {name: array.copy() for name, array in run.params.items()}
            loss = run.epoch() * (-1 if highest else 1)
            epochs += 1
            low = loss < best or (ties and loss == best)
            if low:
                best = run.epoch() if twice else loss
                kept = earlier if keep == "earlier" else {name: array.copy() for name, array in run.params.items()}
            calm = low if against == "best" else loss < previous
            waited = waited + 1 if not calm else waited if total else 0
            previous = loss
        if keep == "last":
            kept = {name: array.copy() for name, array in run.params.items()}
        if keep == "reference":
            run.spoil()
            kept = run.params
        return kept, epochs

    return answer


def _best_epoch(run: SimulatedRun, patience: int, most: int) -> tuple[None, int]:
    kept, _ = _stopping()(run, patience, most)
    return None, int(kept["W"][0, 0])


def _from_zero(run: SimulatedRun, patience: int, most: int) -> tuple[None, int]:
    return None, _stopping()(run, patience, most)[1] - 1


def _stopping_cases() -> list[Case]:
    ties = "An equal loss is not a new low: neither are its weights kept, nor does the waiting begin again."
    end = "The loss was still falling, and `most` epochs is all there is."
    runs: list[tuple[list[float], int, int, str]] = [
        ([3.0, 2.0, 4.0, 5.0, 1.0, 6.0, 6.0, 6.0, 0.5], 2, 20, ""),
        ([5.0, 4.0, 4.5, 3.0, 3.5, 3.2, 2.0, 2.5, 2.4, 2.3, 1.0, 0.9], 3, 20, ""),
        ([9.0, 6.0, 8.0, 7.0, 5.0, 8.0, 7.5, 7.2, 7.0, 1.0, 2.0], 4, 20, ""),
        ([5.0, 6.0, 4.0, 5.0, 3.0, 4.0, 2.0, 3.0, 3.5, 1.0, 0.5], 2, 8, ""),
        ([3.0, 2.0, 2.0, 2.0, 1.0, 5.0], 2, 20, ties),
        ([5.0, 4.0, 3.0, 2.0, 1.0], 3, 4, end),
        ([2.0, 3.0, 1.0], 1, 20, "With a patience of 1 the first epoch without a new low is the last."),
    ]
    return [
        Case(
            {"run": SimulatedRun(losses), "patience": patience, "most": most},
            f"validation losses {', '.join(f'{loss:g}' for loss in losses)}, …",
            why,
        )
        for losses, patience, most, why in runs
    ]


FIT_WITH_PATIENCE = Task(
    "fit_with_patience",
    _stopping_cases(),
    ("params", "epochs"),
    _stopping(),
    [
        Mistake(
            "these are the weights of the last epoch, not of the best one.",
            [lambda *args: (_stopping(keep="last")(*args)[0], None)],
        ),
        Mistake(
            "what came back are the arrays of `run.params` themselves, and later training writes over them. Return "
            "arrays of their own; copying the dict copies no array.",
            [lambda *args: (_stopping(keep="reference")(*args)[0], None)],
        ),
        Mistake(
            "patience is off by one, it stops an epoch too late: after `patience` epochs without a new low it is over.",
            [_stopping(late=1)],
        ),
        Mistake(
            "patience is off by one, it stops an epoch too early: `patience` epochs without a new low are allowed.",
            [_stopping(late=-1)],
        ),
        Mistake(
            "each loss is compared with the one of the epoch before. What has to be beaten is the best so far.",
            [_stopping(against="previous")],
        ),
        Mistake(
            "all epochs without a new low are counted together. A new low sets the count back to 0.",
            [_stopping(total=True)],
        ),
        Mistake(
            "it never stops early: `most` epochs are run whatever the losses say.",
            [_stopping(late=10_000)],
        ),
        Mistake(
            "this is the number of the best epoch; the number of epochs that were run is wanted.",
            [_best_epoch],
        ),
        Mistake("one too few: the epochs are counted from 0.", [_from_zero]),
        Mistake(
            "these are the weights of the epoch before the best: they were copied before `run.epoch()` changed them.",
            [lambda *args: (_stopping(keep="earlier")(*args)[0], None)],
        ),
        Mistake("`most` is not heeded: it goes on as long as there are new lows.", [_stopping(limit=False)]),
        Mistake("it waits for the highest loss; the lowest is the best.", [_stopping(highest=True)]),
        Mistake(
            "`run.epoch()` trains every time it is called. Call it once an epoch, and keep what it returns.",
            [_stopping(twice=True)],
        ),
    ],
)
