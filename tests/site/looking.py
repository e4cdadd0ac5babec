"""What the tests of the built pages share: which pages there are, how one is opened, and what is asked of it there."""

import contextlib

from tools.chapters import pages

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 780}
WIDTHS = {"desktop": DESKTOP, "phone": PHONE}

# The pages of the book, and those Sphinx adds. A test compares the list with the files of the site.
PAGES = [*pages(), "genindex", "search"]
CHAPTER = "foundations/what-is-an-rnn"  # where one page must stand for all: it has everything a page can have


@contextlib.contextmanager
def opened(browser, url, script="", **options):
    """Open a page at rest, without motion; its attribute `wrong` lists all that went wrong on it.

    `script` runs on each page before its own scripts.
    """
    context = browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **options})
    context.set_default_timeout(120_000)  # patience, where the processor is shared
    try:
        page = context.new_page()
        watch(page, url)
        if script:
            page.add_init_script(script)
        page.goto(url)
        yield page
    finally:
        context.close()


def watch(page, url):
    """Write down errors, requests that fail, and requests that leave the site."""
    page.wrong = []
    home = url[: url.index("/", len("http://"))] + "/" if url.startswith("http") else "file:"

    def elsewhere(address):
        return not address.startswith((home, "data:", "blob:"))

    page.on("pageerror", lambda error: page.wrong.append(f"error: {error}"))
    page.on("console", lambda m: page.wrong.append(f"console: {m.text}") if m.type in ("error", "warning") else None)
    page.on("requestfailed", lambda r: page.wrong.append(f"failed: {r.url}"))
    page.on("response", lambda r: page.wrong.append(f"{r.status}: {r.url}") if r.status >= 400 else None)
    page.on("request", lambda r: page.wrong.append(f"elsewhere: {r.url}") if elsewhere(r.url) else None)


def unfold(page):
    """Open everything that is folded."""
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
