"""Makes ``looking`` importable here, and serves the site for as long as the tests run."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def address(site):
    """Return the address of the site on a local server; it ends in a slash."""
    from tools.serve import serving

    with serving(site) as address:
        yield address
