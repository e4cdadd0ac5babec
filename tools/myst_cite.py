"""The book's bibliography as text: "Elman (1990)" with a link, and the full line of a reference list."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pybtex.database import BibliographyData, Entry, Person, parse_file
from pybtex.richtext import Text


class Bibliography:
    """The entries of a BibTeX file, and how a notebook cites them."""

    def __init__(self, data: BibliographyData) -> None:
        self.entries: dict[str, Entry] = dict(data.entries.items())

    @classmethod
    def load(cls, path: Path) -> Bibliography:
        """Read a BibTeX file; one that is not there is empty."""
        return cls(_parse(path, path.stat().st_mtime_ns) if path.exists() else BibliographyData())

    def in_text(self, key: str) -> str:
        """`Elman (1990)`, linked to the paper."""
        return self._linked(key, f"{self._names(key)} ({self._field(key, 'year')})")

    def in_parentheses(self, key: str) -> str:
        """`Elman, 1990`, linked to the paper."""
        return self._linked(key, f"{self._names(key)}, {self._field(key, 'year')}")

    def reference(self, key: str) -> str:
        """The whole reference on one line."""
        people = [_name(person, initials=True) for person in self._people(key)]
        where = next(
            (w for f in ("journal", "booktitle", "school", "publisher", "institution") if (w := self._field(key, f))),
            "",
        )
        address = self._address(key)
        parts = [f"{_listed(people)} ({self._field(key, 'year')})", f"*{self._field(key, 'title')}*", where]
        return ". ".join(part for part in parts if part) + "." + (f" <{address}>" if address else "")

    def _names(self, key: str) -> str:
        names = [_name(person) for person in self._people(key)]
        return f"{names[0]} et al." if len(names) > 2 else _listed(names)

    def _people(self, key: str) -> list[Person]:
        persons = self.entries[key].persons
        return list(persons.get("author") or persons.get("editor") or [])

    def _field(self, key: str, name: str) -> str:
        return _plain(self.entries[key].fields.get(name, ""))

    def _address(self, key: str) -> str:
        doi = self._field(key, "doi")
        return f"https://doi.org/{doi}" if doi else self._field(key, "url")

    def _linked(self, key: str, text: str) -> str:
        address = self._address(key)
        return f"[{text}]({address})" if address else text


@lru_cache(maxsize=2)
def _parse(path: Path, _modified: int) -> BibliographyData:
    return parse_file(str(path))


def _plain(latex: str) -> str:
    return str(Text.from_latex(latex))


def _name(person: Person, initials: bool = False) -> str:
    last = _plain(" ".join([*person.prelast_names, *person.last_names, *person.lineage_names]))
    first = " ".join(_plain(part)[0] + "." for part in [*person.first_names, *person.middle_names] if part)
    return f"{last}, {first}" if initials and first else last


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else ""
