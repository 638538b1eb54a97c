"""The figures of a plan on one page, and the manifest of what it was made from."""

from __future__ import annotations

import math
import platform
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from typing import Any

from planner.case.case import Case, make_case
from planner.model.objectives import CHOOSING, PRESENT_COST
from planner.plan.extract import milestone_rows
from planner.plan.result_rows import InstallRow, RampRow, Tables, TierRow
from planner.plan.rounding import total
from planner.plan.store import Plan, plain
from planner.workbook.rows import Inputs

PROVEN = "proven within the gap"
INTERRUPTED = "interrupted"
PACKAGES = ("megawatt-planner", "pulp", "highspy", "networkx", "pandas", "openpyxl", "numpy")
SOLVER_SEED = 0


def summary(
    inputs: Inputs,
    case: Case,
    tables: Tables,
    status: str,
    checks: int,
    size: Mapping[str, object],
    seconds: Mapping[str, float],
) -> dict[str, object]:
    """Return the figures that ``planner plan --json`` prints.

    Parameters
    ----------
    inputs, case, tables
        What was planned, and the plan.
    status
        `PROVEN`, or what ended the run.
    checks
        Comparisons that the independent checker made.
    size
        Rows, columns, nonzeros and integers of the model, and the ranges of its numbers.
    seconds
        Time by stage.
    """
    tiers = tables["tiers"]
    missed = sum(r["value"] for r in tiers if r["tier"].startswith("missed_mw"))
    return {
        "plan": case.name,
        "status": status,
        "verified": True,
        "checks": checks,
        "gap": _largest_gap(tiers),
        "missed_mw_months": missed,
        "currency": inputs.settings["currency"],
        "tiers": [_tier_summary(row) for row in tiers],
        "costs": {row["term"]: row["amount"] for row in tables["costs"]},
        "present_costs": {row["term"]: row["present_cost"] for row in tables["costs"]},
        "milestones": milestone_rows(case, tables["ramp"]),
        "systems": _systems(tables["installs"]),
        "halls_opened": sum(row["decided"] for row in tables["halls"]),
        "revenue": _revenue(case, tables["ramp"]),
        **_tokens(case, tables),
        "totals": totals(inputs, case),
        "notes": list(inputs.notes),
        "model": dict(size),
        "seconds": dict(seconds),
    }


def _tokens(case: Case, tables: Tables) -> dict[str, object]:
    """Return the entry on tokens: Mtok of each workload over the plan; nothing without any."""
    if not case.tokens.workloads:
        return {}
    found: list[dict[str, object]] = []
    for workload in case.tokens.workloads:
        rows = [row for row in tables["tokens"] if row["workload"] == workload]
        found.append(
            {
                "workload": workload,
                "demand_mtok": total(row["demand_mtok"] for row in rows),
                "served_mtok": total(row["served_mtok"] for row in rows),
                "bought_mtok": total(row["bought_mtok"] for row in rows),
                "missed_mtok": total(row["missed_mtok"] for row in rows),
                "buy_cost": total(row["buy_cost"] for row in rows),
            }
        )
    return {"tokens": found}


def _largest_gap(tiers: Iterable[TierRow]) -> float | None:
    """Return the largest gap of the tiers of a plan; None if that of any is not known."""
    gaps: dict[str, float | None] = {}
    for row in tiers:
        if row["tier"] != CHOOSING:
            gaps[row["tier"]] = row["gap"]
    # Without the tier of cost the run ended before the plan's cost was looked at.
    known = [gap for gap in gaps.values() if gap is not None]
    if PRESENT_COST not in gaps or len(known) < len(gaps):
        return None
    return max(known)


def _tier_summary(row: TierRow) -> dict[str, object]:
    return {
        "name": row["tier"],
        "unit": row["unit"],
        "value": row["value"],
        "bound": row["bound"],
        "gap": row["gap"],
        "status": row["status"],
    }


FIGURES = (
    "gap",
    "missed_mw_months",
    "tiers",
    "costs",
    "present_costs",
    "milestones",
    "systems",
    "halls_opened",
    "revenue",
    "tokens",
)
"""Entries of a summary that its tables and its workbook tell."""


def wrong_figures(inputs: Inputs, plan: Plan) -> list[str]:
    """Return a sentence for each figure of a saved plan's summary that its tables do not tell.

    Parameters
    ----------
    inputs
        What was planned.
    plan
        A plan whose tables are right.
    """
    case = make_case(inputs)
    due = plain(summary(inputs, case, plan.tables, "", 0, {}, {}))
    sentences = []
    for name in FIGURES:
        if not _agree(plan.summary.get(name), due.get(name)):
            sentences.append(f"summary: {name} is not what the tables say")
    ends = {row["status"] for row in plan.tables["tiers"] if row["tier"] != CHOOSING}
    is_proven = due["gap"] is not None and ends <= {"optimal"}
    if plan.summary.get("status") == PROVEN and not is_proven:
        sentences.append(f"summary: status is {PROVEN!r}, and the tiers do not say so")
    return sentences


def _agree(one: object, other: object) -> bool:
    """Say whether two figures, or all figures in them, are the same."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_agree(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_agree, one, other))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


def manifest(
    inputs: Inputs, figures: Mapping[str, Any], options: Mapping[str, Any], created: str
) -> dict[str, object]:
    """Return what a plan was made from and with.

    Parameters
    ----------
    inputs
        The workbook, read.
    figures
        The plan's summary.
    options
        Gap, time limit, threads and command.
    created
        Time of the plan, ISO.
    """
    return {
        "inputs": inputs.name,
        "inputs_sha256": inputs.digest,
        "created": created,
        "command": options.get("command") or "",
        "gap_asked": options.get("gap"),
        "time_limit_s": options.get("time_limit_s"),
        "threads": options.get("threads"),
        "seed": SOLVER_SEED,
        "status": figures["status"],
        "gap_proven": figures["gap"],
        "checker": f"passed {figures['checks']} comparisons",
        "python": platform.python_version(),
        **{f"version {name}": _version(name) for name in PACKAGES},
    }


def totals(inputs: Inputs, case: Case) -> list[dict[str, object]]:
    """Return what commitments, halls, feeders and supply add up to.

    A damaged workbook often plans without complaint; these sums are where a reader who knows the
    case sees that a figure is missing. Different items, systems and bases are never added.
    """
    return [
        *_commitment_totals(case),
        *_facility_totals(inputs, case),
        *_capacity_totals(inputs, case),
        *_firm_totals(inputs),
    ]


def _total(what: str, value: float, unit: str) -> dict[str, object]:
    return {"what": what, "value": value, "unit": unit}


def _commitment_totals(case: Case) -> Iterator[dict[str, object]]:
    demand = case.demand
    for basis in sorted(set(demand.basis.values())):
        names = [name for name in demand.commitments if demand.basis[name] == basis]
        word = "IT" if basis == "it" else basis
        mw = math.fsum(demand.most_mw[name, 0] for name in names)
        yield _total(f"commitments on {word} power ({len(names)})", mw, "MW")


def _facility_totals(inputs: Inputs, case: Case) -> Iterator[dict[str, object]]:
    facility = case.facility
    it_mw = math.fsum(facility.hall_count[h] * facility.hall_it_mw[h] for h in facility.halls)
    yield _total(f"hall classes ({len(facility.halls)}), IT power", it_mw, "MW")
    roots = [row["node"] for row in inputs.tables["power"] if row["parent"] is None]
    if roots:
        last = case.calendar.count - 1
        energised = math.fsum(facility.energised_mw.get((node, last), 0.0) for node in roots)
        what = f"nodes at the grid ({len(roots)}), energised at the end, facility power"
        yield _total(what, energised, "MW")


def _capacity_totals(inputs: Inputs, case: Case) -> Iterator[dict[str, object]]:
    if not case.supply.planned:
        return
    last_day = case.calendar.day_count - 1
    for supplier in sorted({row["supplier"] for row in inputs.tables["supply_capacity"]}):
        capacity = case.timetable.gross["order", supplier].accrued(0, last_day)
        yield _total(f"capacity of {supplier} over the plan", capacity, "units")
    for plant, system in sorted(case.supply.plant_days):
        capacity = case.timetable.rates["start", plant, system].accrued(0, last_day)
        yield _total(f"assembly of {system} at {plant} over the plan", capacity, "systems")


def _firm_totals(inputs: Inputs) -> Iterator[dict[str, object]]:
    systems: dict[str, int] = defaultdict(int)
    for row in inputs.tables["fleet"]:
        systems[row["system"]] += row["count"]
    for system, count in sorted(systems.items()):
        yield _total(f"{system} standing at the start", float(count), "systems")
    quantities: dict[str, list[float]] = defaultdict(list)
    for row in inputs.tables["orders"]:
        quantities[row["item"]].append(row["quantity"])
    for item, placed in sorted(quantities.items()):
        what = f"orders already placed of {item} ({len(placed)})"
        yield _total(what, math.fsum(placed), "units")


def _systems(installs: Iterable[InstallRow]) -> dict[str, float]:
    """Return systems installed over the plan by kind."""
    counts: dict[str, float] = defaultdict(float)
    for row in installs:
        counts[row["system"]] += row["installed"]
    return {system: count for system, count in sorted(counts.items()) if count}


def _revenue(case: Case, ramp: Iterable[RampRow]) -> float:
    """Return what the commitments pay for megawatts in service, not discounted.

    What is in service on a period's last day is paid until the day before the next one's.
    """
    months = dict(zip(case.calendar.starts, case.calendar.served_months, strict=True))
    revenues = []
    for row in ramp:
        money_per_month = case.demand.price[row["commitment"]] * row["in_service_mw"]
        revenues.append(money_per_month * months[row["period"]])
    return math.fsum(revenues)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed as a package"
