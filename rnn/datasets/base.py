"""What all loaders return has these in common: which data they are, whose, and under which license."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rnn.datasets.registry import Entry

PROJECT = "https://github.com/rnn-from-scratch/rnn-from-scratch"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Dataset:
    """A loaded data set.

    Attributes
    ----------
    source : {"full", "mini"}
        The full data set, or the small corpus built into the package.
    description : str
        What it is and how much of it, for the page that shows it.
    entry : Entry
        The registry's facts about the full data set.
    """

    source: Literal["full", "mini"]
    description: str
    entry: Entry

    @property
    def credit(self) -> str:
        """Whose work the data are, to be named on every page that shows some of them."""
        return self.entry.credit if self.source == "full" else "made for this book and part of its package"

    @property
    def license(self) -> str:
        """What the license is."""
        return self.entry.license if self.source == "full" else "MIT, as the package"

    @property
    def url(self) -> str:
        """The page that describes the data."""
        return self.entry.url if self.source == "full" else PROJECT

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, {self.source}: {self.description}>"
