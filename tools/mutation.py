"""Would the tests notice? Mutation testing of the package with mutmut, one module and its own quick tests at a time.

mutmut changes a module in one small place (a plus to a minus, an argument to None) and runs the tests that pass through
that place: a mutant they fail on is killed, one they pass on survived, and shows what no test holds. Each module is
judged by the tests that mirror it, alone and in a folder apart; the wording of error messages is left aside, and
mutmut leaves annotations, docstrings, properties and what stands outside functions as they are.

    python -m tools.mutation                          the modules the floor is for
    python -m tools.mutation lstm gru --processes 2   these
    python -m tools.mutation all                      every module listed here
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FLOOR = 85  # percent of the mutants that must be killed
MOST = 400  # mutants a module; of more, that many are drawn, always the same
CELLS = ["test_recurrent", "test_lstm", "test_gru"]
# the modules the floor is for, and the tests of each
HELD = {
    "activations": ["test_activations"],
    "recurrent": CELLS,
    "lstm": ["test_lstm"],
    "gru": ["test_gru"],
    "wrappers": ["test_wrappers"],
    "losses": ["test_losses"],
    "optimizers": ["test_optimizers"],
    "metrics": ["test_metrics"],
    "ngram_metrics": ["test_ngram_metrics"],
    "text": ["test_text"],
}
OTHERS = {
    "_check": ["test_check"],
    "_layout": ["test_layout"],
    "initializers": ["test_initializers"],
    "layers": ["test_layers"],
    "pooling": ["test_pooling"],
    "models": ["test_models"],
    "batches": ["test_batches"],
    "training": ["test_training"],
    "gradcheck": ["test_gradcheck"],
}
# calls whose text arguments, and variables whose text, only say what went wrong where
CHECKS = ("check_", "_check_", "_pair", "_state_arrays", "_states")
WORDS = ("where", "came", "message")
CONFIG = """[mutmut]
source_paths=rnn
only_mutate=rnn/{module}.py
pytest_add_cli_args_test_selection={tests}
use_git_change_detection=false
timeout_multiplier=3
"""


def main(arguments: list[str]) -> int:
    """Judge the modules asked for; return 0 if each one of the held is above the floor."""
    modules = HELD | OTHERS
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description="Would the tests notice?")
    parser.add_argument("modules", nargs="*", help=f"of {', '.join(modules)}, or all")
    parser.add_argument("--processes", type=int, default=1, help="how many mutants at once")
    asked = parser.parse_args(arguments)
    names = list(modules) if asked.modules == ["all"] else asked.modules or list(HELD)
    if unknown := set(names) - set(modules):
        parser.error(f"there are no tests listed for {', '.join(sorted(unknown))}")
    scores = {name: judge(name, modules[name], asked.processes) for name in names}
    print()
    for name, (killed, total, late, found) in scores.items():
        notes = [f"{late} of them by the clock"] * bool(late) + [f"a sample of {found}"] * (found > total)
        print(
            f"{name:<14} {100 * killed / max(total, 1):5.1f} %   {', '.join([f'{killed} of {total} killed', *notes])}"
        )
    below = [name for name, (killed, total, *_) in scores.items() if name in HELD and 100 * killed < FLOOR * total]
    print(f"below {FLOOR} %: {', '.join(below)}" if below else f"none of the held modules is below {FLOOR} %")
    return bool(below)


def judge(module: str, tests: list[str], processes: int) -> tuple[int, int, int, int]:
    """Run one module's mutants in a folder apart, print the survivors; return killed, run, timed out and found."""
    print(f"\n== {module}", flush=True)
    with tempfile.TemporaryDirectory(prefix=f"mutants-{module}-") as folder:
        work = Path(folder)
        shutil.copytree(ROOT / "rnn", work / "rnn", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", work)
        (work / "tests" / "rnn").mkdir(parents=True)
        for test in tests:
            shutil.copy(ROOT / "tests" / "rnn" / f"{test}.py", work / "tests" / "rnn")
        paths = "\n    ".join(["", *(f"tests/rnn/{test}.py" for test in tests)])
        (work / "setup.cfg").write_text(CONFIG.format(module=module, tests=paths))
        single = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        done = subprocess.run(
            [sys.executable, __file__, "--inside", str(processes)],
            cwd=work,
            env=os.environ | single | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        report = work / "report.json"
        if not report.exists():
            print(done.stdout)
            raise SystemExit(f"mutmut did not come to an end with rnn/{module}.py")
        found: dict[str, Any] = json.loads(report.read_text())
    for name, status, difference in found["survivors"]:
        print(f"{status}: {name}\n{difference}")
    return found["killed"], found["total"], found["late"], found["found"]


def inside(processes: int) -> None:
    """Run mutmut in the current folder without mutants of messages, and write down what came of it."""
    sys.path.remove(str(Path(__file__).parent))
    import tqdm

    # Progress bars lock each other out across processes: a mutant that dies with the lock would hang all after it.
    tqdm.tqdm.set_lock(threading.RLock())
    tqdm.tqdm.monitor_interval = 0
    from mutmut import __main__ as mutmut
    from mutmut.mutation import file_mutation
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.stats import status_by_exit_code

    create = file_mutation.create_mutations

    def create_without_messages(*arguments: Any, **options: Any) -> Any:
        tree, mutations, *rest = create(*arguments, **options)
        messages = {id(node) for node in message_nodes(tree)}
        kept = [
            one for one in mutations if one.contained_by_top_level_function and not says_it_differently(one, messages)
        ]
        Path("found.json").write_text(str(len(kept)))
        if len(kept) > MOST:
            chosen = set(random.Random(0).sample(range(len(kept)), MOST))
            kept = [one for number, one in enumerate(kept) if number in chosen]
        return tree, kept, *rest

    file_mutation.create_mutations = create_without_messages
    mutmut._run((), processes)
    mutants, _ = mutmut.collect_source_file_mutation_data(mutant_names=())
    status = {name: status_by_exit_code[code] for _, name, code in mutants}
    alive = [name for name in status if status[name] not in ("killed", "timeout")]
    report = {
        "killed": len(status) - len(alive),
        "total": len(status),
        "late": list(status.values()).count("timeout"),
        "found": int(Path("found.json").read_text()),
        "survivors": [(name, status[name], changed_lines(get_diff_for_mutant(name))) for name in alive],
    }
    Path("report.json").write_text(json.dumps(report))


def message_nodes(tree: Any) -> Iterator[Any]:
    """Find the nodes that only make up the words of an error: in `raise`, in arguments of checks, in `where = …`."""
    import libcst as cst

    def is_text(node: Any) -> bool:
        return isinstance(node, cst.BaseString) or (isinstance(node, cst.IfExp) and is_text(node.body))

    for node in nodes_below(tree):
        if isinstance(node, cst.Raise):
            yield from nodes_below(node)
        elif isinstance(node, cst.Call):
            name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
            if isinstance(name, cst.Name) and name.value.startswith(CHECKS):
                for argument in node.args:
                    if is_text(argument.value):
                        yield from nodes_below(argument)
        elif isinstance(node, cst.Assign) and is_text(node.value):
            targets = [target.target for target in node.targets]
            if all(isinstance(target, cst.Name) and target.value in WORDS for target in targets):
                yield from nodes_below(node)


def nodes_below(node: Any) -> Iterator[Any]:
    yield node
    for child in node.children:
        yield from nodes_below(child)


def says_it_differently(mutation: Any, messages: set[int]) -> bool:
    """Whether a mutant differs in nothing but the words of a message."""
    if id(mutation.original_node) in messages:
        return True
    before, after = (getattr(node, "args", ()) for node in (mutation.original_node, mutation.mutated_node))
    if not before or len(before) != len(after):
        return False
    changed = [old for old, new in zip(before, after, strict=True) if old is not new]
    return bool(changed) and all(id(argument) in messages for argument in changed)


def changed_lines(difference: str) -> str:
    """Keep the lines of a diff that were taken out and put in."""
    lines = difference.splitlines()
    return "\n".join(line for line in lines if line[:1] in ("-", "+") and line[:3] not in ("---", "+++"))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        inside(int(sys.argv[2]))
    else:
        sys.exit(main(sys.argv[1:]))
