"""Change the code at random, one place at a time, and see whether the tests notice.

Run it on demand from the root of the repository:

    python tests/on_demand/mutants.py [--count N] [--seed N] [--log FILE] [--reach FILE]

First the tests of the model, the case and the checker run once, and which of them reach which line
is kept in the file `--reach`. Then each mutant, a comparison turned, a sum made a difference, a
number one larger, a condition reversed, a statement left out, runs the tests that reach its line,
the shortest first, until one fails; of a line that runs on import, those that reach its file. Each
runs in a process of its own, which gets the changed module from memory: no file is touched.

Each mutant is one line of the log, written when it is done: start the same command again after it
was stopped and it goes on. What survives is printed with its line, to be killed by a new test or
told to be equivalent. It ends with 1 if fewer than 80 % are killed.
"""

from __future__ import annotations

import argparse
import ast
import importlib.abc
import importlib.util
import io
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from mutations_of_code import mutant, places  # noqa: E402

ROOMS = (
    "planner/model/*.py",
    "planner/case/*.py",
    "planner/diagnostics/*.py",
    "planner/checker/*.py",
)
TESTS = (
    "test_blocks.py",
    "test_blocks_money.py",
    "test_blocks_sites.py",
    "test_by_site.py",
    "test_calendar.py",
    "test_checks.py",
    "test_frame.py",
    "test_graph.py",
    "test_guides.py",
    "test_ledger.py",
    "test_micro_cases.py",
    "test_micro_commitments.py",
    "test_micro_supply.py",
    "test_pegging.py",
    "test_periods.py",
    "test_plausible.py",
    "test_plausible_places.py",
    "test_plausible_sizes.py",
    "test_verify.py",
    "test_known_optima.py",
    "test_metamorphic.py",
)
MOST_SECONDS = 25.0
"""Time of the tests that a mutant is tried with, the shortest that reach it."""

PATIENCE = 60.0
"""Seconds after which a mutant counts as killed: its tests take a few."""

TRIALS = 5
"""Modules run with nothing changed first, which no test may take for a mutant."""

ENOUGH = 0.8


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=400, help="how many mutants")
    parser.add_argument("--seed", type=int, default=0, help="which ones")
    parser.add_argument("--log", type=Path, default=Path("mutants.log"), help="one line a mutant")
    parser.add_argument(
        "--reach",
        type=Path,
        default=Path("mutants.reach.json"),
        help="which tests reach which line; made if it is not there",
    )
    parser.add_argument("--again", action="store_true", help="try survivors of the log again")
    arguments = parser.parse_args()
    warm()
    if not arguments.reach.exists():
        in_child(lambda: measure(arguments.reach), patience=3600.0)
    reach = json.loads(arguments.reach.read_text(encoding="utf-8"))
    done = finished(arguments.log, keep_survivors=not arguments.again)
    keys = sample(arguments.count, arguments.seed)
    for key in keys[:TRIALS]:
        if tried(key, reach, unchanged=True)["result"] != "survived":
            sys.exit(f"the tests that reach {key} fail though nothing is changed")
    for key in keys:
        if key not in done:
            done[key] = line = {"mutant": key, **tried(key, reach)}
            with arguments.log.open("a", encoding="utf-8") as log:
                log.write(json.dumps(line) + "\n")
    sys.exit(report([done[key] for key in keys]))


def warm() -> None:
    """Import what tests need and no mutant changes, once for all of them."""
    for name in (
        "highspy",
        "hypothesis",
        "networkx",
        "openpyxl",
        "pandas",
        "pulp",
        "pytest",
        "python_calamine",
    ):
        importlib.import_module(name)


def finished(log: Path, *, keep_survivors: bool) -> dict[str, dict[str, Any]]:
    """Return the mutants of a log; of one that was tried again, its last line."""
    done: dict[str, dict[str, Any]] = {}
    for text in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        with suppress(json.JSONDecodeError):
            line = json.loads(text)
            done[line["mutant"]] = line
    return {k: line for k, line in done.items() if keep_survivors or line["result"] != "survived"}


def sample(count: int, seed: int) -> list[str]:
    """Return mutants by file and number, drawn from all of them."""
    everything = [
        f"{path.relative_to(ROOT)}#{number}"
        for room in ROOMS
        for path in sorted(ROOT.glob(room))
        for number in range(len(places(path.read_text(encoding="utf-8"))))
    ]
    print(f"{len(everything)} mutants in all", file=sys.stderr)
    return random.Random(seed).sample(everything, min(count, len(everything)))


def tried(key: str, reach: dict[str, Any], *, unchanged: bool = False) -> dict[str, Any]:
    """Run the tests that reach a mutant, or the same with nothing changed."""
    name, _, number = key.partition("#")
    text = (ROOT / name).read_text(encoding="utf-8")
    place = places(text)[int(number)]
    changed = ast.unparse(ast.parse(text)) if unchanged else mutant(text, int(number))
    reached_by = {t for line in place.lines for t in reach["tests"].get(f"{name}:{line}", [])}
    if not reached_by:  # it runs when the module is imported
        reached_by = {
            t for at, tests in reach["tests"].items() for t in tests if at.startswith(f"{name}:")
        }
    chosen, spent = [], 0.0
    for test in sorted(reached_by, key=lambda test: (reach["seconds"][test], test)):
        spent += reach["seconds"][test]
        if spent < MOST_SECONDS:
            chosen.append(test)
    told = {"line": place.lines[-1], "change": place.change, "tests": len(chosen)}
    if not chosen:
        return {**told, "result": "survived", "by": "no test reaches it"}
    started = time.perf_counter()
    module = name.removesuffix(".py").replace("/", ".")

    def attempt() -> int:
        sys.meta_path.insert(0, Changed(module, ROOT / name, changed))
        return run_tests(chosen)

    code = in_child(attempt, PATIENCE)
    kind = {0: "survived", None: "killed by time"}.get(code, "killed")
    return {**told, "result": kind, "seconds": round(time.perf_counter() - started, 1)}


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a changed text."""

    def __init__(self, module: str, path: Path, text: str) -> None:
        self.module, self.path, self.text = module, path, text

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname != self.module:
            return None
        return importlib.util.spec_from_loader(fullname, self, origin=str(self.path))

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self.path)
        exec(compile(self.text, str(self.path), "exec"), module.__dict__)


def in_child(job: Any, patience: float) -> int | None:
    """Run a job in a copy of this process; return its exit code, None if it took too long."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        code = 99
        with suppress(BaseException):
            code = job()
        os._exit(code or 0)
    until = time.monotonic() + patience
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def run_tests(tests: Sequence[str], plugins: Sequence[object] = ()) -> int:
    """Run tests in this process, until one fails."""
    import pytest  # noqa: PLC0415  (after the changed module is in its place)

    quiet = io.StringIO()
    with redirect_stdout(quiet), redirect_stderr(quiet):
        return int(
            pytest.main(
                ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-p", "no:randomly", *tests],
                plugins=list(plugins),
            )
        )


class Reach:
    """Which tests reach which line, and how long each takes."""

    def __init__(self) -> None:
        import coverage  # noqa: PLC0415

        self.coverage = coverage.Coverage(data_file=None, include=[str(ROOT / r) for r in ROOMS])
        self.seconds: dict[str, float] = {}

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration


def measure(target: Path) -> int:
    """Run all tests once; write which reach which line."""
    os.chdir(ROOT)
    reach = Reach()
    reach.coverage.start()
    tests = [f"tests/{name}" for name in TESTS if (ROOT / "tests" / name).exists()]
    code = run_tests(tests, [reach])
    reach.coverage.stop()
    data = reach.coverage.get_data()
    found = {
        f"{Path(file).relative_to(ROOT)}:{line}": sorted(test for test in contexts if test)
        for file in data.measured_files()
        for line, contexts in data.contexts_by_lineno(file).items()
    }
    if code == 0:
        target.write_text(json.dumps({"tests": found, "seconds": reach.seconds}), encoding="utf-8")
    return code


def report(lines: Sequence[dict[str, Any]]) -> int:
    """Print what survived and the share that was killed."""
    counts = Counter(str(line["result"]) for line in lines)
    for line in lines:
        if line["result"] == "survived":
            print(f"{line['mutant']} line {line['line']}: {line['change']} ({line['tests']} tests)")
    killed = sum(count for result, count in counts.items() if result != "survived")
    print(
        f"{len(lines)} mutants, {killed} killed, {killed / max(1, len(lines)):.1%}: {dict(counts)}"
    )
    return int(killed < ENOUGH * len(lines))


if __name__ == "__main__":
    main()
