"""What lies beside the notebooks on the branch `notebooks`: a list of them, and what Binder needs to run them.

The workflow that publishes the site pushes the folder `notebooks/` as that branch. Colab opens its files one by one;
Binder makes an environment from `binder/`, whose default Python would be too old.
"""

from pathlib import Path

from tools.myst_book import load_book, repository, site

PYTHON = "3.12"

README = """\
# The chapters as notebooks

Derived from the chapters of [{title}]({site}) at every change; [the source]({source}) is where to change them. Each
notebook runs alone: its first cell installs the package where it is missing. Code: MIT. Text and figures: CC BY 4.0.

{chapters}
"""


def write(pages: list[Path], root: Path) -> None:
    """Write the files into `notebooks/`; `pages` are the chapters whose notebooks are there."""
    source, book = f"https://github.com/{repository()}", load_book(root)
    here = {book.docname(page) for page in pages}
    names = [name for name in book.titles if name in here]  # in the order of the book
    contents = {
        "README.md": README.format(
            title=book.config["title"],
            site=site(),
            source=source,
            chapters="\n".join(f"- [{book.titles[name]}]({name}.ipynb)" for name in names),
        ),
        "binder/requirements.txt": f"rnn-from-scratch @ git+{source}\n",
        "binder/runtime.txt": f"python-{PYTHON}\n",
    }
    for name, content in contents.items():
        target = root / "notebooks" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8", newline="\n")
