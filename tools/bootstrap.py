"""Create the environment `.venv` and install into it everything the book and its tests need.

Standard library only: this runs before anything is installed. A stamp in the environment remembers what it was made of
(pyproject.toml, constraints.txt, the Python), so that a second call costs nothing. pip is called plainly and
follows the reader's own configuration: index, proxy, certificates.
"""

from __future__ import annotations  # an old Python must get as far as being told so

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ("book", "test", "peers", "lint")
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
OLDEST = (3, 11)


class SetupError(Exception):
    """Something the reader has to see to; the message is all they are shown."""


def venv_python(root: Path = ROOT) -> Path:
    """Return the path of the environment's Python, whether it exists or not."""
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> None:
    """Raise SetupError if this Python is too old for the book."""
    if tuple(version) < OLDEST:
        found = ".".join(map(str, version))
        raise SetupError(
            f"The book needs Python 3.11 or newer, and this is Python {found} ({sys.executable}). "
            "Name another one: `make book PYTHON=python3.13`, or `python3.13 tools/run.py book`."
        )


def fingerprint(root: Path, extras: tuple[str, ...]) -> str:
    """Return one hash over all that decides what gets installed."""
    parts = [sys.version, sys.base_prefix, str(root), *extras]
    parts += [(root / name).read_text(encoding="utf-8") for name in ("pyproject.toml", "constraints.txt")]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def torch_requirement(root: Path = ROOT) -> str:
    """Return the exact PyTorch of constraints.txt. Exact, as an unpinned one could come with gigabytes of CUDA."""
    found = re.search(r"^torch==[\w.]+", (root / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SetupError("constraints.txt does not say which version of torch to install.")
    return found[0]


def pip(python: Path, *arguments: str, root: Path) -> bool:
    """Run pip in the environment, its output in view; say whether it succeeded."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, check=False).returncode == 0


def create(root: Path) -> Path:
    """Create an empty `.venv`, in place of a broken or outdated one."""
    shutil.rmtree(root / ".venv", ignore_errors=True)
    print("Creating the environment .venv …", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(root / ".venv")], check=False)
    python = venv_python(root)
    if made.returncode or not python.exists():
        raise SetupError(
            f"`{sys.executable} -m venv .venv` failed. On Debian and Ubuntu the package python3-venv is missing."
        )
    return python


def install_torch(python: Path, root: Path) -> None:
    """Install PyTorch's CPU build: from its own index if that answers at once, else from the ordinary one."""
    requirement = torch_requirement(root)
    print(f"Installing {requirement}, the CPU build …", flush=True)
    plain = ("install", "--no-deps", requirement)
    own = (*plain, "--index-url", TORCH_CPU_INDEX, "--timeout", "10", "--retries", "0")
    if pip(python, *own, root=root):
        return
    print("PyTorch's own index did not give it; trying the ordinary one …", flush=True)
    if not pip(python, *plain, root=root):
        raise SetupError(
            f"pip could not install {requirement}, see above. Is there a network to the package index, and a wheel of "
            f"it for this Python ({sys.version.split()[0]}, {sys.platform})?"
        )


def ensure(extras: tuple[str, ...] = EXTRAS, root: Path = ROOT) -> Path:
    """Return the Python of an environment that has `extras` installed, making it first where needed."""
    check_python()
    python = venv_python(root)
    stamp = root / ".venv" / f".installed-{'-'.join(extras)}"
    wanted = fingerprint(root, extras)
    if python.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return python
    base = root / ".venv" / ".python"
    running = f"{sys.version} {sys.base_prefix} {root}"  # an environment cannot be moved
    if not (python.exists() and base.exists() and base.read_text(encoding="utf-8") == running):
        python = create(root)
        base.write_text(running, encoding="utf-8")
    if "peers" in extras:
        install_torch(python, root)
    print(f"Installing the package and its extras ({', '.join(extras)}) …", flush=True)
    if not pip(python, "install", "-e", f".[{','.join(extras)}]", "-c", "constraints.txt", root=root):
        raise SetupError("pip could not install what the book needs, see above. Is there a network to it?")
    stamp.write_text(wanted, encoding="utf-8")
    print("The environment .venv is ready.", flush=True)
    return python
