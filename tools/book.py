"""`make book`: run the chapters whose results are stale, build the site, say where it is."""

import sys
import time

from tools.build import build
from tools.chapters import ROOT, BookError
from tools.execute import execute


def main() -> int:
    """Build the book; return the exit status."""
    start = time.monotonic()
    try:
        failed = [r.chapter.name for r in execute([]) if r.outcome == "FAILED"]
    except BookError as error:
        print(f"make book: FAILED. {error}")
        return 1
    if failed:
        print(f"\nmake book: FAILED, as {', '.join(failed)} did not run through; see above.")
        return 1
    if not build():
        print("\nmake book: FAILED, as the site could not be built; see above.")
        return 1
    page = (ROOT / "_build" / "html" / "index.html").as_uri()
    print(f"\nmake book: done in {time.monotonic() - start:.0f} s. Open {page}, or run `make serve`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
