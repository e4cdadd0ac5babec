"""Where a Chromium is on this machine: for the tests of the built pages, and for what else is made with one."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
# --no-sandbox: it must run as root in a container, too. The rest keeps a browser from asking the internet for anything.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def installed() -> str | None:
    """Return the path of a browser among the programs of this machine."""
    return next(filter(None, map(shutil.which, NAMES)), None)
