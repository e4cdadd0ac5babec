"""The steps behind the Makefile: plain Python, so that they run on every system. The entry is tools/run.py."""
