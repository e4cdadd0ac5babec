"""Every chapter with code exercises, from its own page: starters encourage, solutions pass, mistakes are told apart."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import rnn.exercises
from rnn.exercises.checking import Result, Task

BOOK = Path(__file__).resolve().parents[3] / "book"
FRAMEWORK = {"checking", "comparing", "running"}
CHAPTERS = [
    m.name for m in pkgutil.iter_modules(rnn.exercises.__path__) if m.name not in FRAMEWORK and m.name[0] != "_"
]
BLOCK = re.compile(r"^(?P<ticks>`{3,})\{(?P<kind>[\w-]+)\}[^\n]*\n(?P<body>.*?)^(?P=ticks)$", re.MULTILINE | re.DOTALL)


def module(chapter):
    return importlib.import_module(f"rnn.exercises.{chapter}")


def tasks(chapter):
    return [value for value in vars(module(chapter)).values() if isinstance(value, Task)]


def section(chapter):
    (page,) = BOOK.glob(f"*/{chapter.replace('_', '-')}.md")
    text = page.read_text(encoding="utf-8")
    return re.search(r"^## Exercises\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)[1]


def run_cells(chapter):
    """Run the cells of all exercises with a checker in one empty namespace; yield where each Result stood, and it.

    What the other exercises hold may build on the chapter, and runs with it.
    """
    inside, label, namespace, checked = "text", "", {}, set()
    for block in BLOCK.finditer(section(chapter)):
        kind = block["kind"]
        if kind == "exercise-start":
            inside, label = "exercise", re.search(r"^:label: (\S+)$", block["body"], re.MULTILINE)[1]
        elif kind == "solution-start":
            inside, label = "solution", re.search(r"\{solution-start\} (\S+)", block[0])[1]
        elif kind in ("exercise-end", "solution-end"):
            inside = "text"
        elif kind == "code-cell":
            code = re.sub(r"\A(?::\w+:[^\n]*\n)+", "", block["body"])
            if "check_" in code and inside == "exercise":
                checked.add(label)
            if inside != "text" and label not in checked:
                continue
            tree = ast.parse(code)
            last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
            exec(compile(tree, "cell", "exec"), namespace)
            value = eval(compile(last, "cell", "eval"), namespace) if last else None
            if isinstance(value, Result):
                yield inside, value


@pytest.fixture(scope="module", params=CHAPTERS)
def outcomes(request):
    return request.param, list(run_cells(request.param))


def test_there_are_chapters():
    assert "imdb_sentiment" in CHAPTERS


def test_every_starter_runs_and_gets_an_encouraging_message(outcomes):
    chapter, found = outcomes
    starters = {result.name: result for inside, result in found if inside == "exercise"}
    assert {f"check_{name}" for name in starters} == set(module(chapter).__all__)
    for result in starters.values():
        assert not result.passed
        assert not result.started
        assert "A first try need not be perfect." in result.hint
        assert repr(result).startswith("○ ")


def test_every_solution_passes_its_checker(outcomes):
    chapter, found = outcomes
    solutions = [result for inside, result in found if inside == "solution"]
    assert {f"check_{result.name}" for result in solutions} == set(module(chapter).__all__)
    for result in solutions:
        assert result.passed, result
        assert repr(result).startswith("✓ ")


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_there_are_exercises_enough_and_each_has_a_solution(chapter):
    text = section(chapter)
    labels = re.findall(r"^:label: (\S+)$", text, re.MULTILINE)
    solved = re.findall(r"\{solution(?:-start)?\} (\S+)$", text, re.MULTILINE)
    assert len(labels) >= 5
    assert labels == solved


def complete(task, answer):
    """Return the mistake as a whole answer: what it leaves right comes from the reference."""

    def function(*args):
        made = answer(*args)
        if len(task.parts) == 1:
            return made
        return tuple(r if m is None else m for m, r in zip(made, task.reference(*args), strict=True))

    return function


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_mistake_is_wrong_and_recognized_as_itself(chapter):
    for task in tasks(chapter):
        assert len({mistake.hint for mistake in task.mistakes}) == len(task.mistakes)
        for mistake in task.mistakes:
            for answer in mistake.answers:
                result = task.check(complete(task, answer))
                assert not result.passed, mistake.hint
                assert mistake.hint in result.hint, (mistake.hint, result)
                others = [m.hint for m in task.mistakes if m is not mistake and m.hint in result.hint]
                assert all(hint in mistake.hint for hint in others), (mistake.hint, others)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_references_pass(chapter):
    for task in tasks(chapter):
        if task.reference is not None:
            assert task.check(task.reference).passed
