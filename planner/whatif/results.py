"""A sweep's cases as tables: the tidy table, fans, probabilities, tornado, slips, bottlenecks.

Percentiles are over the planned cases. Failed cases are excluded and counted separately.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from planner.plan.tables import Row, Tables
from planner.whatif.case_figures import MET
from planner.whatif.cases import DRAWN
from planner.whatif.changes import BASE, probability
from planner.whatif.common_dates import held
from planner.whatif.regret import regret, tried
from planner.whatif.sweep import FAILED, Sweep

PERCENTILES = (10, 50, 90)
TAIL = 0.2
"""Share of the cases at each end of a quantity that a tornado compares."""

MEASURES = {"missed_mw_months": "MW-months missed", "present_cost": "present cost"}
"""Measures of a sweep, in words."""

SLIPS = (
    ("earlier", -math.inf, -1),
    ("on time", 0, 0),
    ("1 to 30 days", 1, 30),
    ("31 to 90 days", 31, 90),
    ("91 to 180 days", 91, 180),
    ("181 to 365 days", 181, 365),
    ("more than a year", 366, math.inf),
)
"""Classes of slips: name, least and most days."""


def tables_of(sweep: Sweep) -> Tables:
    """Return every table of a sweep by name.

    ``cases`` (one row for each), ``ramp``, ``percentiles``, ``milestones``, ``tornado``,
    ``slips``, ``bottlenecks``; ``scenarios`` where scenarios were swept, and ``regret`` and
    ``tried`` where their decisions were tried in each other.
    """
    tables = {
        "cases": list(_cases(sweep)),
        "ramp": list(_ramp(sweep)),
        "percentiles": list(_percentiles(sweep)),
        "milestones": list(_milestones(sweep)),
        "tornado": list(_tornado(sweep)),
        "slips": list(_slips(sweep)),
        "bottlenecks": list(_bottlenecks(sweep)),
    }
    if sweep.cases.scenarios:
        tables["scenarios"] = list(_scenarios(sweep))
    if sweep.tried:
        tables["regret"], tables["tried"] = regret(sweep), list(tried(sweep))
    return tables


MONEY = ("present_cost", "cost_more", "worst_cost_more", "mean_cost_more")
"""Columns of money."""


def in_millions(rows: Sequence[Row]) -> list[Row]:
    """Return rows with money columns in millions, renamed accordingly."""
    return [
        {
            f"{key}_millions" if key in MONEY else key: _million(value) if key in MONEY else value
            for key, value in row.items()
        }
        for row in rows
    ]


def _million(value: object) -> float | None:
    if value is None:
        return None
    millions = float(str(value)) / 1e6
    # Adding zero turns -0 into 0.
    return round(millions, 2 if abs(millions) >= 1 else 4) + 0.0


def bases_note(sweep: Sweep) -> str:
    """Return a note on the weights of bases; empty if there is only one basis."""
    bases = {row["basis"] for row in sweep.inputs.tables["commitments"]}
    return " Missed MW-months weigh all bases alike." if len(bases) > 1 else ""


def planned(sweep: Sweep) -> list[tuple[int, dict[str, Any]]]:
    """Return number and figures of every case with a plan."""
    return [
        (record["case"], record["result"])
        for record in sweep.records
        if record["result"]["status"] != FAILED
    ]


def _cases(sweep: Sweep) -> Iterator[Row]:
    due = [(m["commitment"], m["date"]) for m in sweep.base["milestones"]]
    for record in sweep.records:
        case, result = sweep.cases[record["case"]], record["result"]
        row: Row = {"case": case.number, "label": case.label, **case.drawn}
        row |= {
            key: result.get(key)
            for key in (
                "status",
                "gap",
                "missed_mw_months",
                "present_cost",
                "halls_opened",
                "bottleneck",
            )
        }
        found = {(m["commitment"], m["date"]): m for m in result.get("milestones", ())}
        for commitment, date in due:
            reached = found.get((commitment, date))
            row[f"MW in service, {commitment}, {date}"] = reached and reached["in_service_mw"]
        yield {**row, "why": result.get("why")}


def _ramp(sweep: Sweep) -> Iterator[Row]:
    for number, result in planned(sweep):
        for commitment, months in result["ramp"].items():
            for end, mw in months.items():
                yield {
                    "case": number,
                    "commitment": commitment,
                    "period_end": end,
                    "in_service_mw": mw,
                }


def _percentiles(sweep: Sweep) -> Iterator[Row]:
    """Fan chart data: MW in service at the ends of periods of any case."""
    ramps: dict[str, list[Mapping[str, float]]] = defaultdict(list)
    for _, result in planned(sweep):
        for commitment, ramp in result["ramp"].items():
            ramps[commitment].append(ramp)
    for commitment, found in sorted(ramps.items()):
        ends = sorted({end for ramp in found for end in ramp})
        values = [held(ramp, ends) for ramp in found]
        base = held(sweep.base["ramp"].get(commitment, {}), ends)
        for end in ends:
            known = [ramp[end] for ramp in values if end in ramp]
            yield {
                "commitment": commitment,
                "period_end": end,
                "base": base.get(end),
                **_spread(known),
            }


def _spread(values: Sequence[float]) -> Row:
    """Return percentiles and mean of some values."""
    levels = np.percentile(values, PERCENTILES)
    named = {f"p{level}": round(float(v), 3) for level, v in zip(PERCENTILES, levels, strict=True)}
    return {**named, "mean": round(float(np.mean(values)), 3)}


def _milestones(sweep: Sweep) -> Iterator[Row]:
    """Share of the cases that meet each milestone: a probability where the cases are drawn."""
    met = "probability_met" if sweep.spec.method in DRAWN else "share_met"
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for _, result in planned(sweep):
        for milestone in result["milestones"]:
            found[milestone["commitment"], milestone["date"]].append(milestone)
    for (commitment, date), rows in sorted(found.items()):
        missed = [row["missed_mw"] for row in rows]
        yield {
            "commitment": commitment,
            "date": date,
            "required_mw": rows[0]["required_mw"],
            "cases": len(rows),
            met: round(sum(mw <= MET for mw in missed) / len(rows), 4),
            **_spread([row["in_service_mw"] for row in rows]),
            "mean_missed_mw": round(float(np.mean(missed)), 3),
            "most_missed_mw": max(missed),
        }


def _tornado(sweep: Sweep) -> Iterator[Row]:
    """Effect of each quantity: mean result over its lowest and its highest cases.

    For one-at-a-time sweeps these are the cases themselves.
    """
    rows = planned(sweep)
    found: list[Row] = []
    for name in sweep.cases.names:
        drawn = [
            (value, result)
            for number, result in rows
            if isinstance(value := sweep.cases[number].drawn.get(name), float)
        ]
        if len({value for value, _ in drawn}) < 2:
            continue
        drawn.sort(key=lambda pair: pair[0])
        low, high = _ends([value for value, _ in drawn])
        for measure in MEASURES:
            below = float(np.mean([r[measure] for v, r in drawn if v <= low]))
            above = float(np.mean([r[measure] for v, r in drawn if v >= high]))
            found.append(
                {
                    "quantity": name,
                    "measure": measure,
                    "base": sweep.base[measure],
                    "low": low,
                    "result_low": round(below, 3),
                    "high": high,
                    "result_high": round(above, 3),
                    "swing": round(abs(above - below), 3),
                }
            )
    yield from sorted(
        found, key=lambda row: (row["measure"], -float(str(row["swing"])), str(row["quantity"]))
    )


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """Return the upper limit of low cases and the lower limit of high cases."""
    low = values[max(0, math.ceil(TAIL * len(values)) - 1)]
    high = values[min(len(values) - 1, math.floor((1 - TAIL) * len(values)))]
    return (low, high) if low < high else (values[0], values[-1])


def _slips(sweep: Sweep) -> Iterator[Row]:
    """Mean megawatts short at each milestone by how far a date slipped."""
    edits = {draw.name: draw.edits for draw in sweep.cases.draws}
    edits |= {axis.name: axis.edits[0] for axis in sweep.cases.axes}
    shifts = [n for n, own in edits.items() if any(e.operation == "shift_days" for e in own)]
    rows = planned(sweep)
    for name in sweep.cases.names:
        if name not in shifts:
            continue
        for label, least, most in SLIPS:
            within = [
                r
                for number, r in rows
                if least <= float(str(sweep.cases[number].drawn[name] or 0.0)) <= most
            ]
            for at, milestone in enumerate(sweep.base["milestones"]):
                if not within:
                    continue
                short = float(np.mean([r["milestones"][at]["missed_mw"] for r in within]))
                yield {
                    "quantity": name,
                    "slip": label,
                    "cases": len(within),
                    "commitment": milestone["commitment"],
                    "date": milestone["date"],
                    "mean_missed_mw": round(short, 3),
                }


def _bottlenecks(sweep: Sweep) -> Iterator[Row]:
    """Number of cases in which each limit has the largest worth."""
    rows = planned(sweep)
    counts = Counter(result["bottleneck"] for _, result in rows)
    for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        yield {"bottleneck": name, "cases": count, "share": round(count / len(rows), 4)}


def _scenarios(sweep: Sweep) -> Iterator[Row]:
    """Each scenario against the base case."""
    for number, result in planned(sweep):
        name = sweep.cases.scenarios[number]
        yield {
            "scenario": name,
            "probability": None if name == BASE else probability(sweep.inputs, name),
            "missed_mw_months": result["missed_mw_months"],
            "missed_more": round(result["missed_mw_months"] - sweep.base["missed_mw_months"], 3),
            "present_cost": result["present_cost"],
            "cost_more": result["present_cost"] - sweep.base["present_cost"],
            "milestones_met": sum(m["missed_mw"] <= MET for m in result["milestones"]),
            "milestones": len(result["milestones"]),
            "bottleneck": result["bottleneck"],
        }
