"""A sweep's cases as tables: the tidy table, fans, probabilities, tornado, slips, bottlenecks.

Percentiles are over the planned cases. Failed cases are excluded and counted separately.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from planner.plan.rows import Row
from planner.whatif.case_figures import MET
from planner.whatif.cases import DRAWN
from planner.whatif.changes import BASE, probability
from planner.whatif.common_dates import held
from planner.whatif.regret import regret, tried
from planner.whatif.sweep import FAILED, Sweep

SweepTables = dict[str, list[Row]]
"""All tables of a sweep by name."""

PERCENTILES = (10, 50, 90)
TAIL = 0.2
"""Share of the cases at each end of a quantity that a tornado compares."""

MEASURES = {"missed_mw_months": "MW-months missed", "present_cost": "present cost"}
"""Measures of a sweep, in words."""

TOKEN_RESULTS = ("missed_mtok", "bought_mtok", "cost_per_mtok")
"""Figures of a plan with workloads in the tables `cases` and `scenarios`."""

CASE_RESULTS = (
    "status",
    "gap",
    "missed_mw_months",
    "present_cost",
    "halls_opened",
    "bottleneck",
)
"""Figures of a plan in the table `cases`."""

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


def tables_of(sweep: Sweep) -> SweepTables:
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
        tables["regret"] = regret(sweep)
        tables["tried"] = list(tried(sweep))
    return tables


MONEY = ("present_cost", "cost_more", "worst_cost_more", "mean_cost_more")
"""Columns of money."""


def in_millions(rows: Sequence[Row]) -> list[Row]:
    """Return rows with money columns in millions, renamed accordingly."""
    found = []
    for row in rows:
        changed: Row = {}
        for key, value in row.items():
            if key in MONEY:
                changed[f"{key}_millions"] = _million(value)
            else:
                changed[key] = value
        found.append(changed)
    return found


def _million(value: object) -> float | None:
    if value is None:
        return None
    millions = float(str(value)) / 1e6
    decimals = 2 if abs(millions) >= 1 else 4
    # Adding zero turns -0 into 0.
    return round(millions, decimals) + 0.0


def bases_note(sweep: Sweep) -> str:
    """Return a note on the weights of bases; empty if there is only one basis."""
    bases = {row["basis"] for row in sweep.inputs.tables["commitments"]}
    return " Missed MW-months weigh all bases alike." if len(bases) > 1 else ""


def planned(sweep: Sweep) -> list[tuple[int, dict[str, Any]]]:
    """Return number and figures of every case with a plan."""
    found = []
    for record in sweep.records:
        if record["result"]["status"] != FAILED:
            found.append((record["case"], record["result"]))
    return found


def token_results(sweep: Sweep) -> tuple[str, ...]:
    """Return the names of the figures on tokens; none without workloads."""
    return TOKEN_RESULTS if sweep.inputs.tables["workloads"] else ()


def measures_of(sweep: Sweep) -> dict[str, str]:
    """Return the measures of a sweep, in words; tokens missed where it has workloads."""
    if not token_results(sweep):
        return MEASURES
    return {**MEASURES, "missed_mtok": "tokens missed"}


def _cases(sweep: Sweep) -> Iterator[Row]:
    """One row for each case: drawn values and results."""
    for record in sweep.records:
        case = sweep.cases[record["case"]]
        result = record["result"]
        row: Row = {"case": case.number, "label": case.label, **case.drawn}
        for key in (*CASE_RESULTS, *token_results(sweep)):
            row[key] = result.get(key)
            if key == "missed_mw_months" and "missed_mtok" in sweep.base:
                row["missed_mtok"] = result.get("missed_mtok")
        # A failed case has no milestones.
        in_service = {}
        for reached in result.get("milestones", ()):
            in_service[reached["commitment"], reached["date"]] = reached["in_service_mw"]
        for milestone in sweep.base["milestones"]:
            commitment, date = milestone["commitment"], milestone["date"]
            row[f"MW in service, {commitment}, {date}"] = in_service.get((commitment, date))
        row["why"] = result.get("why")
        yield row


def _ramp(sweep: Sweep) -> Iterator[Row]:
    """MW in service of every case by commitment and period end."""
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
    for commitment in sorted(ramps):
        own = ramps[commitment]
        every_end: set[str] = set()
        for ramp in own:
            every_end.update(ramp)
        ends = sorted(every_end)
        # Cases may have different periods: each holds its values until its next period.
        values = [held(ramp, ends) for ramp in own]
        base = held(sweep.base["ramp"].get(commitment, {}), ends)
        for end in ends:
            known = [ramp[end] for ramp in values if end in ramp]
            row: Row = {"commitment": commitment, "period_end": end, "base": base.get(end)}
            row.update(_spread(known))
            yield row


def _spread(values: Sequence[float]) -> Row:
    """Return percentiles and mean of some values."""
    row: Row = {}
    for level, value in zip(PERCENTILES, np.percentile(values, PERCENTILES), strict=True):
        row[f"p{level}"] = _short(value)
    row["mean"] = _mean(values)
    return row


def _mean(values: Sequence[float]) -> float:
    return _short(np.mean(values))


def _short(value: Any) -> float:
    """Return a number rounded to the digits of the tables."""
    return round(float(value), 3)


def _milestones(sweep: Sweep) -> Iterator[Row]:
    """Share of the cases that meet each milestone: a probability where the cases are drawn."""
    is_drawn = sweep.spec.method in DRAWN
    met = "probability_met" if is_drawn else "share_met"
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for _, result in planned(sweep):
        for milestone in result["milestones"]:
            found[milestone["commitment"], milestone["date"]].append(milestone)
    for commitment, date in sorted(found):
        rows = found[commitment, date]
        in_service = [row["in_service_mw"] for row in rows]
        missed = [row["missed_mw"] for row in rows]
        share = _count_met(rows) / len(rows)
        yield {
            "commitment": commitment,
            "date": date,
            "required_mw": rows[0]["required_mw"],
            "cases": len(rows),
            met: round(share, 4),
            **_spread(in_service),
            "mean_missed_mw": _mean(missed),
            "most_missed_mw": max(missed),
        }


def _count_met(milestones: Sequence[Mapping[str, Any]]) -> int:
    return sum(milestone["missed_mw"] <= MET for milestone in milestones)


def _tornado(sweep: Sweep) -> Iterator[Row]:
    """Effect of each quantity: mean result over its lowest and its highest cases.

    For one-at-a-time sweeps these are the cases themselves.
    """
    found: list[Row] = []
    for name in sweep.cases.names:
        drawn = _drawn_results(sweep, name)
        values = [value for value, _ in drawn]
        if len(set(values)) < 2:
            # A quantity with one value has no effect to show.
            continue
        low, high = _ends(values)
        at_low = [result for value, result in drawn if value <= low]
        at_high = [result for value, result in drawn if value >= high]
        for measure in measures_of(sweep):
            below = np.mean([result[measure] for result in at_low])
            above = np.mean([result[measure] for result in at_high])
            row: Row = {
                "quantity": name,
                "measure": measure,
                "base": sweep.base[measure],
                "low": low,
                "result_low": _short(below),
                "high": high,
                "result_high": _short(above),
                "swing": _short(abs(above - below)),
            }
            found.append(row)
    found.sort(key=_largest_swing_first)
    yield from found


def _drawn_results(sweep: Sweep, name: str) -> list[tuple[float, dict[str, Any]]]:
    """Return the numeric values of a quantity with the figures of their cases, in order."""
    found = []
    for number, result in planned(sweep):
        value = sweep.cases[number].drawn.get(name)
        if isinstance(value, float):
            found.append((value, result))
    found.sort(key=lambda pair: pair[0])
    return found


def _largest_swing_first(row: Row) -> tuple[str, float, str]:
    return str(row["measure"]), -float(str(row["swing"])), str(row["quantity"])


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """Return the upper limit of low cases and the lower limit of high cases."""
    count = len(values)
    last_low = max(0, math.ceil(TAIL * count) - 1)
    first_high = min(count - 1, math.floor((1 - TAIL) * count))
    low, high = values[last_low], values[first_high]
    if low < high:
        return low, high
    # So many cases have one value that both tails end in it.
    return values[0], values[-1]


def _slips(sweep: Sweep) -> Iterator[Row]:
    """Mean megawatts short at each milestone by how far a date slipped."""
    shifted = _shifted_quantities(sweep)
    rows = planned(sweep)
    for name in sweep.cases.names:
        if name not in shifted:
            continue
        for label, least, most in SLIPS:
            within = []
            for number, result in rows:
                days = float(str(sweep.cases[number].drawn[name] or 0.0))
                if least <= days <= most:
                    within.append(result)
            if not within:
                continue
            for place, milestone in enumerate(sweep.base["milestones"]):
                missed = [result["milestones"][place]["missed_mw"] for result in within]
                yield {
                    "quantity": name,
                    "slip": label,
                    "cases": len(within),
                    "commitment": milestone["commitment"],
                    "date": milestone["date"],
                    "mean_missed_mw": _mean(missed),
                }


def _shifted_quantities(sweep: Sweep) -> set[str]:
    """Return the names of the quantities that shift days."""
    edits = {draw.name: draw.edits for draw in sweep.cases.draws}
    for axis in sweep.cases.axes:
        edits[axis.name] = axis.edits[0]
    found = set()
    for name, own in edits.items():
        if any(edit.operation == "shift_days" for edit in own):
            found.add(name)
    return found


def _bottlenecks(sweep: Sweep) -> Iterator[Row]:
    """Number of cases in which each limit has the largest worth."""
    rows = planned(sweep)
    counts = Counter(result["bottleneck"] for _, result in rows)
    most_often_first = sorted(counts, key=lambda name: (-counts[name], name))
    for name in most_often_first:
        share = round(counts[name] / len(rows), 4)
        yield {"bottleneck": name, "cases": counts[name], "share": share}


def _scenarios(sweep: Sweep) -> Iterator[Row]:
    """Each scenario against the base case."""
    base = sweep.base
    for number, result in planned(sweep):
        name = sweep.cases.scenarios[number]
        missed, cost = result["missed_mw_months"], result["present_cost"]
        yield {
            "scenario": name,
            "probability": None if name == BASE else probability(sweep.inputs, name),
            "missed_mw_months": missed,
            "missed_more": round(missed - base["missed_mw_months"], 3),
            **_tokens_missed(result, base),
            "present_cost": cost,
            "cost_more": cost - base["present_cost"],
            **{key: result.get(key) for key in token_results(sweep)},
            "milestones_met": _count_met(result["milestones"]),
            "milestones": len(result["milestones"]),
            "bottleneck": result["bottleneck"],
        }


def _tokens_missed(result: Mapping[str, Any], base: Mapping[str, Any]) -> Row:
    """Return the Mtok missed, and how many more than in the base case, if there are workloads."""
    if "missed_mtok" not in result:
        return {}
    missed = result["missed_mtok"]
    more = round(missed - base.get("missed_mtok", 0.0), 3)
    return {"missed_mtok": missed, "missed_mtok_more": more}
