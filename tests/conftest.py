"""What several kinds of tests share: the built site, and a browser to look at it with."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def site():
    """Return the folder of the built pages, running stale chapters and building the pages first if need be.

    Tests that run side by side cannot all build: they need a site that is up to date, as `make test` has it by then.
    """
    pytest.importorskip("jupyter_book", reason="the extra `book` is not installed")
    from tools.build import build, up_to_date
    from tools.execute import execute

    if "PYTEST_XDIST_WORKER" in os.environ:
        assert up_to_date(), "the site is not up to date; `make book`, or run the tests without `-n`"
        return ROOT / "_build" / "html"
    failed = [result.chapter.name for result in execute([]) if result.outcome == "FAILED"]
    assert not failed, f"chapters that do not run: {', '.join(failed)}"
    assert build(), "the site could not be built"
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def browser():
    """Return a headless Chromium. Without one the test is skipped, but fails where CI is set."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    from tools.browser import FLAGS, installed

    with api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        except api.Error as error:
            message = f"no browser; `playwright install chromium` gets one ({str(error).splitlines()[0]})"
            if os.environ.get("CI"):
                pytest.fail(message)
            pytest.skip(message)
        yield browser
        browser.close()
