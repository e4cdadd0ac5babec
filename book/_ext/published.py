"""Where the site is published, if it is: `BOOK_REPOSITORY=owner/name` is set by the workflow that publishes it.

What needs an address on the web (launch buttons, canonical links, the sitemap) asks here, and is left out of a site
built on a reader's own machine.
"""

from __future__ import annotations

import os
import re


def repository() -> str | None:
    """Return the repository the site is published from, as "owner/name"; None in a local build."""
    name = os.environ.get("BOOK_REPOSITORY", "").strip()
    if name and not re.fullmatch(r"[\w.-]+/[\w.-]+", name):
        raise ValueError(f"BOOK_REPOSITORY should be owner/name, and is {name!r}")
    return name or None


def address() -> str | None:
    """Return the address of the published site, which ends in a slash; None in a local build."""
    name = repository()
    if name is None:
        return None
    owner, project = name.split("/")
    host = f"https://{owner.lower()}.github.io/"
    return host if project.lower() == f"{owner.lower()}.github.io" else f"{host}{project}/"
