"""JupyterLite for the site, in `lite/`: a chapter's notebook runs in the reader's browser, where Python is Pyodide.

What is made here is the program around it: the notebook pages, the derived notebooks, and the wheels Pyodide does not
have, `rnn` itself among them. Nothing is downloaded to make it. In a reader's browser, Python, NumPy, and matplotlib
come from Pyodide's own host (jsDelivr), at the version the installed jupyterlite-pyodide-kernel names; all else comes
from the site. The package index is switched off.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from importlib.metadata import distribution, version
from pathlib import Path

from tools.stamps import files, tree_hash

KERNEL = "jupyterlite-pyodide-kernel"
TOOLS = ("jupyterlite-core", KERNEL, "setuptools")
INDEXED = ("comm", "pooch")  # what the kernel and `rnn` need and Pyodide lacks; what these need, it has
APPS = ("notebooks", "tree")
EPOCH = 1577836800  # 2020: files made anew have the same date and so the same contents
CONFIG = {
    "jupyter-lite-schema-version": 0,
    "jupyter-config-data": {
        "appName": "Recurrent Neural Networks from Scratch",
        "appUrl": "./tree",
        "faviconUrl": "./notebooks/favicon.ico",
        "contentsAllJsonFile": "all.json",
        "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": {"disablePyPIFallback": True}},
    },
}


def build(root: Path, site: Path) -> None:
    """Put JupyterLite with the notebooks in `site/notebooks` into `site/lite`."""
    kept, stamp = root / "_build" / "lite", root / "_build" / "lite.stamp"
    inputs = fingerprint(root)
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == inputs and (kept / "index.html").exists()):
        print("Building JupyterLite …", flush=True)
        stamp.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            make(root, Path(folder), kept)
        stamp.write_text(inputs, encoding="utf-8")
    shutil.rmtree(site / "lite", ignore_errors=True)
    shutil.copytree(kept, site / "lite")
    add_contents(site / "notebooks", site / "lite")


def fingerprint(root: Path) -> str:
    """Return a hash of all the program is made of: the package and the versions of what makes it."""
    paths = [root / "pyproject.toml", *files(root / "rnn")]
    made_by = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()
    return " ".join([tree_hash(paths, root), made_by, *(f"{name} {version(name)}" for name in (*TOOLS, *INDEXED))])


def make(root: Path, folder: Path, output: Path) -> None:
    """Make JupyterLite without notebooks in `output`, working in the empty `folder`."""
    wheels = folder / "wheels"
    wheels.mkdir()
    own_wheel(root, wheels)
    for name in INDEXED:
        repacked(name, wheels)
    options = {
        "apps": APPS,
        "no_sourcemaps": True,
        "no_unused_shared_packages": True,
        "no_libarchive": True,
        "source_date_epoch": EPOCH,
        "output_dir": str(output),
        "federated_extensions": [str(extension())],
        "ignore_sys_prefix": True,  # no other extension that happens to be installed
        "disable_addons": ["archive", "contents", "icons", "serve"],
    }
    settings = {"LiteBuildConfig": options, "PipliteAddon": {"piplite_urls": [str(wheels)]}}
    (folder / "jupyter_lite_config.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "jupyter-lite.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    run([sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(folder)], folder)
    for name in ("notebook", "busy-1"):  # a notebook page changes its icon, which a Jupyter server would have
        icon = output / "static" / "favicons" / f"favicon-{name}.ico"
        icon.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(output / "notebooks" / "favicon.ico", icon)


def own_wheel(root: Path, wheels: Path) -> None:
    """Build the wheel of `rnn`, from a copy, as building leaves traces beside the source."""
    with tempfile.TemporaryDirectory() as copy:
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(root / name, copy)
        shutil.copytree(root / "rnn", Path(copy, "rnn"), ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-index", "--no-deps"]
        run([*command, "--no-build-isolation", "--wheel-dir", str(wheels), copy], root)


def repacked(name: str, wheels: Path) -> None:
    """Make the wheel of an installed package in pure Python again."""
    found = distribution(name)
    inside = [file for file in found.files or [] if ".." not in file.parts and file.suffix != ".pyc"]
    inside = [file for file in inside if file.name not in ("INSTALLER", "REQUESTED", "RECORD", "direct_url.json")]
    wheel = wheels / f"{name}-{found.version}-py3-none-any.whl"
    record = f"{name}-{found.version}.dist-info/RECORD"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = []
        for file in sorted(inside, key=str):
            content = file.locate().read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            lines.append(f"{file.as_posix()},sha256={digest},{len(content)}\n")
            archive.writestr(zipfile.ZipInfo(file.as_posix()), content, zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo(record), "".join([*lines, f"{record},,\n"]))


def extension() -> Path:
    """Return the folder of the kernel's installed extension."""
    wanted = "@jupyterlite/pyodide-kernel-extension/package.json"
    found = [file for file in distribution(KERNEL).files or [] if file.as_posix().endswith(wanted)]
    return Path(found[0].locate()).resolve().parent


def run(command: list[str], cwd: Path) -> None:
    """Run a command in silence; if it fails, show what it said."""
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(EPOCH)}
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        print(result.stdout, result.stderr, sep="\n", flush=True)
        result.check_returncode()


def add_contents(notebooks: Path, lite: Path) -> None:
    """Add the notebooks, and in each folder the list of what is in it."""
    contents = lite / "files"
    shutil.copytree(notebooks, contents)
    for folder in [contents, *(path for path in contents.rglob("*") if path.is_dir())]:
        listing = entry(folder, contents) | {"content": [entry(path, contents) for path in sorted(folder.iterdir())]}
        target = lite / "api" / "contents" / folder.relative_to(contents) / "all.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(listing, indent=1), encoding="utf-8")


def entry(path: Path, root: Path) -> dict[str, object]:
    """Describe a file or folder the way a Jupyter server does."""
    name = path.relative_to(root).as_posix() if path != root else ""
    date = datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat().replace("+00:00", "Z")
    return {
        "name": path.name if name else "",
        "path": name,
        "type": "directory" if path.is_dir() else "notebook",
        "created": date,
        "last_modified": date,
        "writable": True,
        "format": None,
        "mimetype": None,
        "content": None,
        "size": None if path.is_dir() else path.stat().st_size,
    }
