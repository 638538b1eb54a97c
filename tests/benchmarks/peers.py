"""Build and hand over the same model with the planner and with its peers, in the same run.

Run it on demand from the root of the repository, with the extra `bench` installed:

    python tests/benchmarks/peers.py [--rounds N] [size ...]

It writes `PEERS.md` beside itself. Every way runs in a process of its own, the ways in turn, so
that memory is each one's own and what else the machine does falls on all of them. Times are of
the processors, which other work on the machine moves less than the clock; medians count.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
RESULTS = HERE / "PEERS.md"
SIZES = ("S", "M", "L")
WAYS = {
    "planner": "planner",
    "linopy": "linopy, given the arrays",
    "pyoptinterface": "pyoptinterface",
    "pulp": "plain PuLP, its own HiGHS interface",
    "file": "bare HiGHS, the exported file",
}
STAGES = (
    "read",
    "case",
    "model",
    "hand-over",
    "extract",
    "verify",
    "save tables",
    "write plan.xlsx",
    "write report.html",
)
EXPORTED = ("linopy", "file")
"""Ways that begin with the model that the planner has exported."""

LONG_S = 20.0
"""A way that takes longer is not run again."""

Told = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("sizes", nargs="*", metavar="size", help=", ".join(SIZES))
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the median counts")
    given = parser.parse_args()
    sizes = given.sizes or list(SIZES)
    peers: dict[str, dict[str, list[Told]]] = {}
    stages: dict[str, list[Told]] = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            book = f"{folder}/{size}.xlsx"
            run("generate.py", size, book)
            peers[size] = every_way(size, book, folder, given.rounds)
            stages[size] = [
                json.loads(run("stages.py", book, folder))
                for _ in range(1 if size == SIZES[-1] else given.rounds)
            ]
    RESULTS.write_text(page(peers, stages), encoding="utf-8")
    print(RESULTS.relative_to(ROOT))


def every_way(size: str, book: str, folder: str, rounds: int) -> dict[str, list[Told]]:
    """Return what each way told in each round; the first also tells its size, on S its optimum."""
    told: dict[str, list[Told]] = {way: [] for way in WAYS}
    for turn in range(rounds):
        for way in WAYS:
            if told[way] and total(told[way][0]) > LONG_S:
                continue
            wanted = [] if turn or way == "file" else ["size"]
            wanted += ["export"] if way == "planner" and not turn else []
            wanted += ["relax"] if size == "S" and wanted else []
            source = f"{folder}/model.mps" if way in EXPORTED else book
            out = run("peers_one.py", way, source, folder, *wanted)
            told[way].append(json.loads(out.splitlines()[-1]))
            print(f"{size} {way}: {total(told[way][-1]):.2f} s", file=sys.stderr)
    same(size, {way: rounds[0] for way, rounds in told.items() if way != "file"})
    return told


def same(size: str, told: dict[str, Told]) -> None:
    """End the run if a way has stated another model than the planner."""
    ours = told["planner"]
    for way, its in told.items():
        counts = [name for name in ("rows", "columns", "nonzeros", "whole") if name in its]
        if any(its[name] != ours[name] for name in counts):
            sys.exit(f"{size}: {way} has {its}, the planner {ours}")
        if not math.isclose(its.get("objective", 0.0), ours.get("objective", 0.0), rel_tol=1e-9):
            sys.exit(f"{size}: {way} reaches {its['objective']}, the planner {ours['objective']}")


def run(script: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{HERE}"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(HERE / script), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{script} {' '.join(arguments)}: {done.stderr[-2000:]}")
    return done.stdout


def total(told: Told) -> float:
    return float(told["seconds"].get("build", 0.0) + told["seconds"].get("handover", 0.0))


def middle(rounds: Iterable[Told], *stages: str) -> float:
    return median(sum(told["seconds"].get(stage, 0.0) for stage in stages) for told in rounds)


def page(peers: dict[str, dict[str, list[Told]]], stages: dict[str, list[Told]]) -> str:
    """Return the results as Markdown, around the text that PEERS.md has already."""
    names = ("linopy", "xarray", "pyoptinterface", "pulp", "highspy", "numpy", "pandas")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    measured = [
        f"Made by `{' '.join(['python tests/benchmarks/peers.py', *sys.argv[1:]])}`",
        f"on {datetime.now(UTC):%Y-%m-%d}, {platform.system()} {platform.machine()},",
        f"{os.cpu_count()} cores, Python {platform.python_version()},",
        f"{versions}.",
        "",
        "## The same model",
        "",
        *table(
            ("size", "way", "rows", "columns", "nonzeros", "whole", "optimum of the relaxation"),
            (
                size_row(size, way, told[way][0])
                for size, told in peers.items()
                for way in WAYS
                if way != "file"
            ),
        ),
        "",
        "## Build and hand-over",
        "",
        *table(
            (
                "size",
                "way",
                "build, s",
                "hand-over, s",
                "both, s",
                "planner / way",
                "peak memory, MB",
                "planner / way",
                "rounds",
            ),
            (way_row(size, way, told) for size, told in peers.items() for way in WAYS),
        ),
        "",
        "## Stages",
        "",
        *table(
            ("size", "columns", "result rows", *STAGES, "plan.xlsx, MB", "report.html, MB"),
            (stage_row(size, told) for size, told in stages.items()),
        ),
        "",
        *growth(stages),
    ]
    before = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "# Against its peers\n\n"
    head, mark, _ = before.partition("Made by `python")
    return (head if mark else before) + "\n".join(measured) + "\n"


def table(header: tuple[str, ...], rows: Iterable[Iterable[str]]) -> list[str]:
    lines = ["| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def size_row(size: str, way: str, told: Told) -> list[str]:
    counts = (told.get(name) for name in ("rows", "columns", "nonzeros", "whole"))
    optimum = told.get("objective")
    return [
        size,
        WAYS[way],
        *("" if n is None else f"{n:,}" for n in counts),
        "" if optimum is None else f"{optimum:.10f}",
    ]


def way_row(size: str, way: str, of_size: dict[str, list[Told]]) -> list[str]:
    ours, told = of_size["planner"], of_size[way]
    times = [middle(told, "build"), middle(told, "handover"), middle(told, "build", "handover")]
    memory = median(one["memory_mb"] for one in told)
    least = median(one["memory_mb"] for one in ours)
    ratio = middle(ours, "build", "handover") / times[-1] if times[-1] > 0 else math.nan
    return [
        size,
        WAYS[way],
        *(f"{s:.2f}" for s in times),
        f"{ratio:.2f}",
        f"{memory:,.0f}",
        f"{least / memory:.2f}",
        str(len(told)),
    ]


def stage_row(size: str, told: list[Told]) -> list[str]:
    last = told[-1]
    return [
        size,
        f"{last['columns']:,}",
        f"{last['rows']:,}",
        *(f"{middle(told, name):.3f}" for name in STAGES),
        *(f"{last['mb'][name]:.2f}" for name in ("plan.xlsx", "report.html")),
    ]


def growth(stages: dict[str, list[Told]]) -> list[str]:
    """Return the exponents of time against columns, between neighbouring sizes and over all."""
    sizes = list(stages)
    steps = [*pairwise(sizes), *([(sizes[0], sizes[-1])] if sizes[2:] else [])]
    if not steps:
        return []
    rows = []
    for a, b in steps:
        wider = math.log(stages[b][0]["columns"] / stages[a][0]["columns"])
        longer = (math.log(middle(stages[b], name) / middle(stages[a], name)) for name in STAGES)
        rows.append([f"{a} to {b}", *(f"{taken / wider:.2f}" for taken in longer)])
    return ["Exponents of time against the number of columns:", "", *table(("", *STAGES), rows)]


if __name__ == "__main__":
    main()
