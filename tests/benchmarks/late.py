"""The 750 MW case made late in eleven ways: is the cause named first, at what cost to tell?

Run by hand: ``python tests/benchmarks/late.py [WAY]...``. Without ways all are run, the case itself
first, and ``LATE.md`` is written beside this file. For each it makes the plan, explains it, and
tells what was named first, what to ask for, and the processor time of both. No test runs it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from planner.explain.explanation import Explanation, explain
from planner.explain.session import LEAST_SECONDS, SHARE_OF_PLAN, Session
from planner.pipeline import Options, make_plan
from planner.plan.store import Plan
from planner.workbook.reading import read_inputs
from planner.workbook.rows import Inputs, Row

CASE = Path(__file__).parents[2] / "inputs" / "openai-750mw.xlsx"
RESULTS = Path(__file__).parent / "LATE.md"
COMMAND = "python tests/benchmarks/late.py"
AS_IT_IS = "as it is"
PLAN_SECONDS = 90.0
"""Time limit of each plan: where much is missed, the last of the cost takes minutes to prove."""

Change = Callable[[Any], Any]


def scaled(share: float) -> Change:
    """Return what scales a value."""
    return lambda value: value if value is None else value * share


def a_year_later(day: date | None) -> date | None:
    """Return the first of the same month of the next year."""
    return day if day is None else date(day.year + 1, day.month, 1)


def never(_: date | None) -> date:
    """Return a day after the plan."""
    return date(2035, 1, 1)


@dataclass(frozen=True)
class Way:
    """A change that makes the case late, and what must be named first then."""

    sheet: str
    is_meant: Callable[[Row], bool]
    column: str
    change: Change
    named: tuple[str, ...]


WAYS: dict[str, Way] = {
    "allocation": Way(
        "supply_capacity",
        lambda r: r["supplier"] == "TSMC",
        "units_per_month",
        scaled(0.5),
        ("supplier capacity", "TSMC"),
    ),
    "bricks": Way(
        "supply_capacity",
        lambda r: r["supplier"] == "Vicor",
        "units_per_month",
        scaled(0.3),
        ("supplier capacity", "Vicor"),
    ),
    "yield": Way(
        "supply", lambda r: r["item"] == "wafer", "yield", scaled(0.5), ("yield", "wafer of TSMC")
    ),
    "feeder": Way(
        "energisation",
        lambda r: "Campus A" in r["node"],
        "from",
        a_year_later,
        ("energised from", "Campus A (assumed) grid"),
    ),
    "crews": Way(
        "crews", lambda r: "Campus" in r["site"], "systems_per_month", scaled(0.4), ("crews",)
    ),
    "CS-4 never": Way(
        "systems",
        lambda r: r["system"] == "CS-4",
        "available_from",
        never,
        ("system available from", "CS-4"),
    ),
    "coolant": Way(
        "halls",
        lambda r: "Campus A" in r["hall"] or "Campus B" in r["hall"],
        "coolant_lpm",
        scaled(0.3),
        ("hall coolant",),
    ),
    "plant": Way(
        "plants",
        lambda r: "California" in r["plant"],
        "units_per_month",
        scaled(0.3),
        ("assembly", "Assembly California (assumed), CS-3"),
    ),
    "lane": Way(
        "lanes",
        lambda r: r["units_per_month"] is not None,
        "units_per_month",
        scaled(0.2),
        ("lane",),
    ),
    "halls": Way("halls", lambda r: "Campus" in r["hall"], "ready", a_year_later, ("hall ready",)),
    "budget": Way("budget", lambda r: True, "cumulative", scaled(0.8), ("budget",)),
}
"""What is changed, and the kind, mostly with the subject, that must be named first."""

ENOUGH = {date(2026, 12, 31): 4.7e9, date(2027, 12, 31): 9.3e9, date(2028, 12, 31): 14.2e9}
"""A budget that the case just keeps, by date, in its currency."""


def made_late(inputs: Inputs, name: str) -> Inputs:
    """Return the inputs with one cause of lateness planted."""
    way = WAYS[name]
    given = {**inputs.tables, "budget": inputs.tables["budget"] or _budget()}
    rows = tuple(
        row.changed({way.column: way.change(row[way.column])}) if way.is_meant(row) else row
        for row in given[way.sheet]
    )
    return replace(inputs, tables={**inputs.tables, way.sheet: rows})


def _budget() -> tuple[Row, ...]:
    """Return rows of the sheet budget, which the case has not."""
    return tuple(
        Row(
            "budget",
            {"date": day, "cumulative": money, "source": None},
            {"date": f"A{number}", "cumulative": f"B{number}"},
            frozenset({"source"}),
        )
        for number, (day, money) in enumerate(ENOUGH.items(), start=2)
    )


@dataclass(frozen=True)
class Told:
    """One case: its plan, its explanation, and the processor time of each."""

    name: str
    plan: Plan
    found: Explanation
    plan_seconds: float
    seconds: float

    @property
    def first(self) -> str:
        """What is named first."""
        rows = self.found.tables["bottlenecks"]
        return f"{rows[0]['kind']}: {rows[0]['subject']}" if rows else ""

    @property
    def is_right(self) -> bool:
        """Whether the planted cause is named first."""
        rows, named = self.found.tables["bottlenecks"], WAYS[self.name].named
        return (rows[0]["kind"], rows[0]["subject"])[: len(named)] == named

    def row(self) -> str:
        """Return the case as a row of the table of results."""
        late = self.name != AS_IT_IS
        right = ("yes" if self.is_right else "NO") if late else ""
        first = self.first if late else "nothing is late"
        gap = self.plan.summary["gap"]
        return (
            f"| {self.name} | {self.plan.summary['missed_mw_months']:.1f} "
            f"| {'none' if gap is None else f'{gap:.2%}'} | {first} | {right} "
            f"| {self.plan_seconds:.1f} | {self.seconds:.1f} "
            f"| {self.seconds / self.plan_seconds:.2f} | {self.found.resolves} "
            f"| {len(self.found.undone)} |"
        )


def told(inputs: Inputs, name: str) -> Told:
    """Plan and explain a case."""
    began = time.process_time()
    late = inputs if name == AS_IT_IS else made_late(inputs, name)
    plan = make_plan(late, Options(time_limit_s=PLAN_SECONDS))
    planned = time.process_time()
    session = Session(late, plan)
    # On a busy machine the plan took longer than its processor time.
    session.seconds = max(LEAST_SECONDS, SHARE_OF_PLAN * (planned - began))
    found = explain(session)
    return Told(name, plan, found, planned - began, time.process_time() - planned)


HEAD = (
    "case",
    "missed MW-months",
    "gap",
    "named first",
    "right",
    "plan, CPU s",
    "explanation, CPU s",
    "ratio",
    "solves",
    "left undone",
)


def page(results: Sequence[Told]) -> Iterator[str]:
    """Yield the lines of the page of results."""
    yield "# The 750 MW case made late\n"
    yield f"Made by `{COMMAND}` on {date.today()}, one version of the code, one run.\n"
    yield (
        "Each row is `inputs/openai-750mw.xlsx` with one cause of lateness planted. Processor "
        "seconds are of a shared machine; the ratio carries over better. "
        f"A plan had at most {PLAN_SECONDS:.0f} seconds; its gap is in the table. An "
        f"explanation may take {LEAST_SECONDS:.0f} seconds however soon its plan was made. "
        "Left undone is what "
        "the explanation says itself that it has not tried.\n"
    )
    yield from table_head()
    yield from (result.row() for result in results)
    yield "\n## What to ask for\n"
    for result in results[1:]:
        yield from _asks(result)


def table_head() -> tuple[str, str]:
    """Return the head of the table of results."""
    return f"| {' | '.join(HEAD)} |", "|---|---:|---:|---|---|" + "---:|" * 5


def _asks(result: Told) -> Iterator[str]:
    yield f"**{result.name}**\n"
    for row in result.found.tables["asks"]:
        yield (
            f"- set {row['set']}: {row['says']}; alone it gains {row['mw_months_alone']:.6g} "
            f"MW-months; nothing of the set can be left out: {row['irreducible']}"
            + (f"; fewest: {row['fewest']}" if row["fewest"] else "")
            + f"; {row['proof']}"
        )
    for what in result.found.undone:
        yield f"- left undone: {what}"
    yield ""


def main(ways: Sequence[str]) -> None:
    """Print a row for each way; write all of them to a page."""
    inputs, results = read_inputs(CASE), []
    print(*table_head(), sep="\n", flush=True)
    for name in ways or (AS_IT_IS, *WAYS):
        results.append(told(inputs, name))
        print(results[-1].row(), flush=True)
        print(*_asks(results[-1]), sep="\n", file=sys.stderr, flush=True)
    if not ways:
        RESULTS.write_text("\n".join(page(results)).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
