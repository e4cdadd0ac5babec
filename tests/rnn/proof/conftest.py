"""Makes ``proof_tools`` importable here, and reports the largest differences met at the end of a run."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import proof_tools


def pytest_terminal_summary(terminalreporter):
    if proof_tools.WORST:
        terminalreporter.section("largest differences")
        for peer, (error, where) in sorted(proof_tools.WORST.items()):
            terminalreporter.write_line(f"{peer}: {error:.1e} ({where})")
