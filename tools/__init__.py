"""The steps behind the Makefile: plain Python, so that they run on every system. The entry is tools/run.py."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "book" / "_ext"))  # some modules serve both sides
