"""Rules of this book that no other linter knows: `python -m tools.booklint`. One line a finding, its place first.

Front matter and sections a chapter must have, pages in the contents, pictures with a text in their place, figures
that appear once, nothing big or executed in git, and the one command that must not appear because it installs
somebody else's package.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.chapters import ROOT, chapters, pages

LARGEST = 1_000_000  # bytes of a file in git
FRONT_MATTER = ("file_format", "kernelspec")
SECTIONS = ("What can go wrong", "Exercises", "Summary")
WRONG_PACKAGE = re.compile(r"pip3? install (?:-\S+ )*[\"'`]?rnn(?![\w.-])", re.IGNORECASE)
IMAGE_DIRECTIVE = re.compile(r"^(`{3,}|:{3,})\{(?:figure|image)\}[^\n]*\n(.*?)^\1", re.MULTILINE | re.DOTALL)
IMAGE_INLINE = re.compile(r"!\[\s*\]\(")
TEXT = {".md", ".py", ".toml", ".yml", ".cff", ".txt", ".bib", ""}


def main(root: Path = ROOT) -> bool:
    """Print what is wrong; say whether nothing is."""
    findings = [*check_files(root), *check_pages(root), *check_chapters(root)]
    for finding in findings:
        print(finding)
    print(f"The book's own rules: {len(findings)} findings.")
    return not findings


def tracked(root: Path) -> list[Path]:
    """Return the files git has or would take, or all files where there is no git."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout.decode().split("\0")
    except (OSError, subprocess.CalledProcessError):
        return [
            p for p in root.rglob("*") if p.is_file() and not p.relative_to(root).parts[0].startswith((".", "_build"))
        ]
    return [root / name for name in listed if name and (root / name).is_file()]


def check_files(root: Path) -> Iterator[str]:
    """Yield findings about any file of the project."""
    for path in tracked(root):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".ipynb":
            yield f"{name}: notebooks are derived from the pages and not kept in git"
        if path.stat().st_size > LARGEST:
            yield f"{name}: {path.stat().st_size:,} bytes; git holds nothing over {LARGEST:,}"
        elif path.suffix in TEXT and path.name != "booklint.py":
            text = path.read_text(encoding="utf-8", errors="replace")
            for match in WRONG_PACKAGE.finditer(text):
                yield f"{name}:{line_of(text, match)}: the package index has an unrelated project of that name"


def check_pages(root: Path) -> Iterator[str]:
    """Yield findings about any page of the book."""
    listed = pages(root)
    for name in sorted({n for n in listed if listed.count(n) > 1}):
        yield f"_toc.yml: {name} is there more than once"
    for path in sorted((root / "book").rglob("*.md")):
        relative = path.relative_to(root / "book")
        if any(part.startswith("_") for part in relative.parts):
            continue
        name, text = f"book/{relative.as_posix()}", path.read_text(encoding="utf-8")
        if relative.with_suffix("").as_posix() not in listed:
            yield f"{name}: not in _toc.yml"
        for match in IMAGE_INLINE.finditer(text):
            yield f"{name}:{line_of(text, match)}: an image without a text that says what one sees"
        for match in IMAGE_DIRECTIVE.finditer(text):
            if not re.search(r"^\s*:?alt:\s*\S", match[2], re.MULTILINE):
                yield f"{name}:{line_of(text, match)}: a figure without `:alt:`"


def check_chapters(root: Path) -> Iterator[str]:
    """Yield findings about the pages with code, those outside the appendix being chapters with all their sections."""
    for chapter in chapters(root):
        name = f"book/{chapter.name}.md"
        metadata = chapter.notebook.metadata
        yield from (f"{name}: no {key} in the front matter" for key in FRONT_MATTER if key not in metadata)
        if metadata.get("kernelspec", {}).get("name") != "python3":
            yield f"{name}: the kernel in the front matter has to be python3"
        for number, cell in enumerate(chapter.code):
            if "mystnb" in cell.metadata and shows_its_value(cell.source):
                yield f"{name}:{chapter.line(number)}: without a final semicolon the cell shows its value too"
        if chapter.name.startswith("appendix/"):
            continue
        headings = re.findall(r"^#+ +(.*?)\s*$", chapter.path.read_text(encoding="utf-8"), re.MULTILINE)
        for section in SECTIONS:
            if not any(heading.lower().startswith(section.lower()) for heading in headings):
                yield f"{name}: no section {section!r}"


def shows_its_value(source: str) -> bool:
    """Say whether the cell ends with an expression whose value a notebook displays."""
    statements = ast.parse(source).body
    return bool(statements) and isinstance(statements[-1], ast.Expr) and not source.rstrip().endswith(";")


def line_of(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


if __name__ == "__main__":
    sys.exit(not main())
