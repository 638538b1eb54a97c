"""The 750 MW case made late in ten ways: is the cause named first, and what does it cost to tell?

Run by hand: ``python tests/benchmarks/late.py [WAY]...``. For each way it makes the plan, explains
it and prints the first limit that is named, and the processor time of both. No test runs it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from planner.explain.report import explain
from planner.explain.session import Session
from planner.inputs.rows import Inputs, Row
from planner.inputs.workbook import read_inputs
from planner.pipeline import Options, make_plan

CASE = Path(__file__).parents[2] / "inputs" / "openai-750mw.xlsx"
Change = Callable[[Any], Any]


def scaled(share: float) -> Change:
    """Return what scales a value."""
    return lambda value: value if value is None else value * share


def a_year_later(day: date | None) -> date | None:
    """Return the same day of the next year."""
    return day if day is None else date(day.year + 1, day.month, 1)


WAYS: dict[str, tuple[str, Callable[[Row], bool], str, Change, tuple[str, ...]]] = {
    "allocation": ("supply_capacity", lambda r: r["supplier"] == "TSMC", "units_per_month",
                   scaled(0.5), ("supplier capacity", "TSMC")),
    "bricks": ("supply_capacity", lambda r: r["supplier"] == "Vicor", "units_per_month",
               scaled(0.3), ("supplier capacity", "Vicor")),
    "yield": ("supply", lambda r: r["item"] == "wafer", "yield", scaled(0.5), ("yield",)),
    "feeder": ("energisation", lambda r: "Campus A" in r["node"], "from", a_year_later,
               ("energised from", "Campus A (assumed) grid")),
    "crews": ("crews", lambda r: "Campus" in r["site"], "systems_per_month", scaled(0.4),
              ("crews",)),
    "CS-4 never": ("systems", lambda r: r["system"] == "CS-4", "available_from",
                   lambda day: date(2035, 1, 1), ("system available from", "CS-4")),
    "coolant": ("halls", lambda r: "Campus A" in r["hall"] or "Campus B" in r["hall"],
                "coolant_lpm", scaled(0.3), ("hall coolant",)),
    "plant": ("plants", lambda r: "California" in r["plant"], "units_per_month", scaled(0.3),
              ("assembly", "Assembly California (assumed), CS-3")),
    "lane": ("lanes", lambda r: r["units_per_month"] is not None, "units_per_month", scaled(0.2),
             ("lane",)),
    "halls": ("halls", lambda r: "Campus" in r["hall"], "ready", a_year_later, ("hall ready",)),
}  # fmt: skip
"""Sheet, rows, column, change, and the kind and subject that must be named first."""


def made_late(inputs: Inputs, way: str) -> Inputs:
    """Return the inputs with one cause of lateness planted."""
    sheet, is_meant, column, change, _ = WAYS[way]
    rows = tuple(
        replace(row, values={**row.values, column: change(row[column])}) if is_meant(row) else row
        for row in inputs.tables[sheet]
    )
    return replace(inputs, tables={**inputs.tables, sheet: rows})


def main(ways: list[str]) -> None:
    """Print a row for each way."""
    inputs = read_inputs(CASE)
    print("| way | missed MW-months | named first | right | plan, CPU s | explanation, CPU s |")
    print("|---|---:|---|---|---:|---:|")
    for way in ways or WAYS:
        began = time.process_time()
        late = made_late(inputs, way)
        plan = make_plan(late, Options())
        planned = time.process_time()
        found = explain(Session(late, plan))
        took = time.process_time() - planned
        first = found.tables["bottlenecks"][0]
        right = (first["kind"], first["subject"])[: len(WAYS[way][4])] == WAYS[way][4]
        print(f"| {way} | {plan.summary['missed_mw_months']:.1f} | {first['kind']}: "
              f"{first['subject']} | {'yes' if right else 'NO'} | {planned - began:.1f} | "
              f"{took:.1f} |", flush=True)  # fmt: skip
        for row in found.tables["asks"]:
            print(f"|   ask, set {row['set']}: {row['says']}; {row['proof']} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
