"""The workflows cannot run here: their form, their rights, and the commands they name are checked instead."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

each_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def load(path):
    workflow = yaml.safe_load(read(path))
    workflow["on"] = workflow.pop(True)  # YAML 1.1 reads the key `on` as a truth value
    return workflow


def steps(path):
    return [step for job in load(path)["jobs"].values() for step in job["steps"]]


def valid(schema, *paths):
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_there_is_one_workflow_for_each_occasion():
    assert [path.stem for path in WORKFLOWS] == ["ci", "publish", "weekly"]
    assert set(load(WORKFLOWS[0])["on"]) == {"push", "pull_request", "workflow_dispatch"}
    assert set(load(WORKFLOWS[1])["on"]) == {"push", "workflow_dispatch"}
    assert set(load(WORKFLOWS[2])["on"]) == {"schedule", "workflow_dispatch"}


def test_every_workflow_obeys_the_schema():
    result = valid("vendor.github-workflows", *WORKFLOWS)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_schema_catches_a_misspelt_key(tmp_path):
    broken = tmp_path / "ci.yml"
    broken.write_text(read(WORKFLOWS[0]).replace("runs-on:", "run-on:", 1), encoding="utf-8")
    assert valid("vendor.github-workflows", broken).returncode == 1


@each_workflow
def test_only_the_jobs_that_publish_may_write(path):
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    writing = {
        name: {scope for scope, level in job.get("permissions", {}).items() if level == "write"}
        for name, job in workflow["jobs"].items()
        if "permissions" in job
    }
    expected = {"site": {"pages", "id-token"}, "notebooks": {"contents"}} if path.stem == "publish" else {}
    assert writing == expected


@each_workflow
def test_every_action_is_pinned_to_a_major_version(path):
    used = [step["uses"] for step in steps(path) if "uses" in step]
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w.-]+/[\w.-]+@v\d+", action)] == []


@each_workflow
def test_every_job_has_a_time_limit(path):
    assert all(job["timeout-minutes"] <= 90 for job in load(path)["jobs"].values())


@each_workflow
def test_no_checkout_leaves_its_token_behind(path):
    checkouts = [step for step in steps(path) if step.get("uses", "").startswith("actions/checkout@")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@each_workflow
def test_every_command_is_one_the_project_has(path):
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    runs = "\n".join(step["run"] for step in steps(path) if "run" in step)
    called = set(re.findall(r"\bmake ([a-z]+)", runs)) | set(re.findall(r"tools/run\.py ([a-z]+)", runs))
    assert called <= targets
    named = re.findall(r"\btools/[\w/]+\.py|\btests/\w+", runs)
    named += [f"tools/{module}.py" for module in re.findall(r"-m tools\.(\w+)", runs)]
    assert [name for name in named if not (ROOT / name).exists()] == []


@each_workflow
def test_the_cache_of_the_data_follows_a_file_that_exists(path):
    hashed = re.findall(r"hashFiles\('([^']+)'\)", read(path))
    assert [name for name in hashed if not (ROOT / name).exists()] == []


def test_the_extras_that_are_installed_by_hand_exist():
    text = read("pyproject.toml")
    for path in WORKFLOWS:
        for extras in re.findall(r'-e "\.\[([\w,]+)\]"', read(path)):
            assert all(re.search(rf"^{extra} = \[", text, re.MULTILINE) for extra in extras.split(","))


def test_ci_covers_three_systems_and_the_oldest_and_newest_python():
    matrix = load(ROOT / ".github/workflows/ci.yml")["jobs"]["commands"]["strategy"]["matrix"]
    pairs = {(system, version) for system in matrix["os"] for version in matrix["python"]}
    pairs |= {(row["os"], row["python"]) for row in matrix["include"]}
    oldest = re.search(r'requires-python = ">=([\d.]+)"', read("pyproject.toml"))[1]
    for system in ("ubuntu-latest", "macos-latest", "windows-latest"):
        assert {(system, oldest), (system, "3.14")} <= pairs


def test_ci_runs_the_readme_commands_on_every_system():
    commands = load(ROOT / ".github/workflows/ci.yml")["jobs"]["commands"]["steps"]
    with_make = [step["run"] for step in commands if step.get("if") == "runner.os != 'Windows'"]
    without = [step["run"] for step in commands if step.get("if") == "runner.os == 'Windows'"]
    assert with_make == ["make test", "make book"]
    assert without == ["python tools/run.py test", "python tools/run.py book"]
    readme = read("README.md")
    assert all(command in readme for command in with_make)


def test_the_site_and_the_notebooks_know_the_repository_they_are_published_from():
    build = load(ROOT / ".github/workflows/publish.yml")["jobs"]["build"]
    assert build["env"] == {"BOOK_REPOSITORY": "${{ github.repository }}"}
    made = " ".join(step["run"] for step in build["steps"] if "run" in step)
    assert {"book", "notebooks"} <= set(made.split())
