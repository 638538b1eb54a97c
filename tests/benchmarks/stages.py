"""One workbook through every stage that is ours, with a plan that no solver made; prints JSON.

    python tests/benchmarks/stages.py WORKBOOK FOLDER

`peers.py` starts it for each size. Processor seconds of each stage, child processes included, and
the sizes of the model, of the plan and of what was written.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import greedy

from planner.case.case import make_case
from planner.checker.verify import verify
from planner.model.build import build_model
from planner.pipeline import _tier_row, collector_paused
from planner.plan.extract import extract
from planner.plan.store import Plan, save_plan
from planner.plan.summary import manifest, summary
from planner.reports.report_kinds import report_writers
from planner.solve.highs_model import LiveModel
from planner.workbook.reading import read_inputs

seconds: dict[str, float] = {}


def taken() -> float:
    """Return processor seconds so far, of this process and of its children."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


@contextmanager
def stage(name: str) -> Iterator[None]:
    started = taken()
    yield
    seconds[name] = taken() - started


def main() -> None:
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    with stage("read"):
        inputs = read_inputs(source)
    with stage("case"):
        case = make_case(inputs)
    with stage("model"), collector_paused():
        model = build_model(case)
    with stage("hand-over"), collector_paused():
        live = LiveModel(model.frame, model.frame.columns)
    solution = greedy.solve(model, live)
    with stage("extract"):
        tables = extract(inputs, model, list(solution.values), map(_tier_row, solution.tiers))
    with stage("verify"):
        verdict = verify(inputs, tables)
    if not verdict.ok:
        sys.exit(f"the plan breaks its inputs: {verdict.violations[:5]}")
    size = {
        "rows": live.rows,
        "columns": live.columns,
        "nonzeros": live.nonzeros,
        "integers": int(live.whole.sum()),
    }
    figures = summary(inputs, case, tables, "optimal", verdict.checks, size, {})
    plan = Plan(case.name, tables, manifest(inputs, figures, {}, "2026-01-01"), figures, inputs)
    with stage("save tables"):
        save_plan(plan, folder / "plan", {})
    for kind, file in (("xlsx", "plan.xlsx"), ("html", "report.html")):
        write = report_writers(plan, [kind])[file]
        with stage(f"write {file}"):
            write(folder / file)
    told = {
        "seconds": seconds,
        "columns": live.columns,
        "rows": sum(map(len, tables.values())),
        "mb": {name: (folder / name).stat().st_size / 1e6 for name in ("plan.xlsx", "report.html")},
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
