"""One built page as it stands in the PDF among the others.

What is there to be clicked goes; every `id` gets the name of the page in front, so that it stays unique; links to other
pages become links within the document; solutions, folded on the site, move to the end of the page.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from posixpath import join, normpath
from urllib.parse import quote, unquote, urlsplit

from bs4 import BeautifulSoup, Tag

from tools.chapters import BookError

MARK = "⟪page of {}⟫"  # stands for the number of a page, which is known when it has been printed
GONE = ".headerlink, .only-dark, .js-only, .toctree-wrapper, [hidden], script, style, button, details.hide"
QUESTION = "A question, or something wrong on this page?"  # the last line of every page
POINTING = ("href", "xlink:href", "aria-labelledby", "aria-describedby", "aria-details", "for", "headers")
WIDEST = 118  # characters of a line that is set smaller to fit; a longer one is broken
LONG = 24  # lines of code that stay together, and twice as many as rows of a table that do


@dataclass
class Entry:
    """A line of the table of contents: a part (level 0), a page (1), a section of it (2)."""

    level: int
    id: str
    title: str  # as HTML
    text: str


class Page:
    """The article of one built page, made ready to stand among the others."""

    def __init__(self, site: Path, name: str, names: set[str], up: str, address: str | None):
        """Read page `name`, one of `names`; `up` leads from the document to the site, `address` to that on the web."""
        path = site / f"{name}.html"
        if not path.exists():
            raise BookError(f"{path} is missing: `make book` builds it.")
        self.name, self.names, self.up, self.address = name, names, up, address
        self.soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        self.article = self.soup.find("article")
        for element in self.article.select(GONE):
            element.decompose()
        self.drop_question()
        self.sizes()
        self.anchor()
        for element in self.article.find_all(True):
            self.rename(element)
        self.collect_solutions()

    @property
    def title(self) -> Tag:
        """Return the page's heading."""
        return self.article.h1

    def drop_question(self) -> None:
        """Remove the last lines, which say where to ask about what stands above."""
        for element in self.article.find_all("p")[-1:]:
            if element.get_text(" ", strip=True).startswith(QUESTION):
                rule = element.find_previous_sibling()
                if rule is not None and rule.name == "hr":
                    rule.decompose()
                element.decompose()

    def id(self, target: str, fragment: str = "") -> str:
        """Return the id in the document of a place on a page."""
        return f"{target}:{fragment}" if fragment else target

    def sizes(self) -> None:
        """Say how many characters wide each block of code is, for the style to make it fit, and what may be split."""
        for block in self.article.find_all("pre"):
            lines = block.get_text().splitlines()
            columns = max(map(len, lines), default=1)
            block["style"] = f"--columns: {columns if columns <= WIDEST else 1}"
            if len(lines) > LONG:
                block["class"] = "long"
        for table in self.article.find_all("table"):
            if len(table.find_all("tr")) > LONG / 2:
                table["class"] = [*table.get("class", []), "long"]

    def anchor(self) -> None:
        """Give the ids of sections and exercises to their titles: a box may begin on the page before its first line."""
        for box in self.article.select("section[id], .exercise[id]"):
            title = box.find(["h1", "h2", "h3", "h4", "p"])
            for place in box.find_all("span", id=True, recursive=False):
                title.insert(0, place.extract())
            title["id"] = box["id"]
            del box["id"]

    def rename(self, element: Tag) -> None:
        """Adapt the id of an element, and what it points to."""
        if element.get("id"):
            element["id"] = self.id(self.name, element["id"])
        if element.get("src") and not urlsplit(element["src"]).scheme:
            element["src"] = join(self.up, self.beside(element["src"]))
            del element["loading"]
        for key in POINTING:
            value = element.get(key)
            if value is None:
                continue
            if key == "href" and element.name == "a":
                self.lead(element, value)
            elif key.endswith("href"):
                element[key] = "#" + self.id(self.name, value[1:]) if value.startswith("#") else value
            else:
                words = value if isinstance(value, list) else value.split()
                element[key] = " ".join(self.id(self.name, word) for word in words)

    def beside(self, path: str) -> str:
        """Return a path relative to this page as one relative to the site."""
        return normpath(join(self.name, "..", path))

    def lead(self, link: Tag, target: str) -> None:
        """Let a link lead to its place in the document, or to the published site; or be none, if that is nowhere."""
        del link["title"]
        parted = urlsplit(target)
        if parted.scheme or parted.netloc:
            return
        path = self.beside(unquote(parted.path)) if parted.path else f"{self.name}.html"
        if path.removesuffix(".html") in self.names:
            link["href"] = "#" + quote(self.id(path.removesuffix(".html"), unquote(parted.fragment)))
        elif self.address:
            link["href"] = self.address + path + (f"#{parted.fragment}" if parted.fragment else "")
        else:
            link.unwrap()

    def collect_solutions(self) -> None:
        """Move what a reader unfolds on the site to the end of the chapter: to try first stays possible on paper."""
        folded = self.article.find_all("details")
        if not folded:
            return
        titles = {
            number.get_text(strip=True): number.parent for number in self.article.select(".exercise .caption-number")
        }
        end = self.soup.new_tag("section", attrs={"class": "solutions"})
        end.append(self.element("h2", "Solutions"))
        end.h2["id"] = self.id(self.name, "solutions")
        for number, box in enumerate(folded):
            text = box.summary.get_text(" ", strip=True)
            answered = self.id(self.name, f"answered-{number}")
            solved = re.match(r"Solution to\s+(Exercise [\d.]+)", text)
            if solved:
                title = titles[solved[1]]
                asked = title["id"]
                title.insert(0, self.element("a", f"solution: page {MARK.format(answered)}", answered))
                box.extract()
            else:
                asked = self.id(self.name, f"asked-{number}")
                where = self.soup.new_tag("p", attrs={"id": asked})
                where.append(self.element("a", f"{text} Answer on page {MARK.format(answered)}.", answered))
                box.replace_with(where)
            del box["id"]
            box.name, box.summary.name = "div", "p"
            box.p["id"], box.p["class"] = answered, "admonition-title"
            box.p.insert(0, self.element("a", f"page {MARK.format(asked)}", asked))
            end.append(box)
        self.article.find("section").append(end)

    def element(self, name: str, text: str, place: str = "") -> Tag:
        """Return a new element, a link if it has a place to lead to."""
        element = self.soup.new_tag(name, attrs={"href": "#" + quote(place)} if place else {})
        element.string = text
        return element

    def contents(self) -> list[Entry]:
        """Return the page's lines of the table of contents."""
        found = []
        for heading in self.article.find_all(["h1", "h2"]):
            level = int(heading.name[1])
            title = BeautifulSoup(heading.decode_contents(), "html.parser")
            for link in title.find_all("a"):
                link.unwrap()
            for element in title.find_all(id=True):
                del element["id"]
            place = self.name if level == 1 else heading["id"]
            found.append(Entry(level, place, title.decode(), title.get_text().strip()))
        return found
