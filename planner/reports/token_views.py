"""Tokens as reports show them: missed ones first, the mix of silicon, own ones and bought ones."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from planner.case.calendar import DAY
from planner.case.rates import months_between
from planner.plan.rounding import tidy
from planner.plan.rows import Row
from planner.plan.store import Plan
from planner.plan.token_rows import TokenCostRow, TokenRow
from planner.reports.views import NOTHING, number

AMOUNTS = ("demand_mtok", "served_mtok", "bought_mtok", "missed_mtok", "buy_cost")

NO_MODEL = "no model"
"""Stands for the model of systems that none is loaded on."""

Pool = tuple[str, str, str | None]
"""Model, system or composite, and country."""


def has_tokens(plan: Plan) -> bool:
    """Whether a plan has workloads."""
    return bool(plan.inputs.tables["workloads"])


def has_promises(plan: Plan) -> bool:
    """Whether reports show commitments: always, but in a plan of workloads alone."""
    return bool(plan.inputs.tables["commitments"]) or not has_tokens(plan)


def workload_totals(plan: Plan) -> list[Row]:
    """Return each workload over the whole plan; those that miss tokens first, by priority."""
    by_workload: dict[str, list[TokenRow]] = defaultdict(list)
    for row in plan.tables["tokens"]:
        by_workload[row["workload"]].append(row)
    found: list[Row] = []
    for given in plan.inputs.tables["workloads"]:
        rows = by_workload[given["workload"]]
        total: Row = {name: given[name] for name in ("workload", "class", "priority")}
        total |= _amounts(rows)
        missed = [row["span_from"] for row in rows if row["missed_mtok"] > NOTHING]
        found.append({**total, "missed_from": min(missed, default=None)})
    # What is missed counts by priority first, then by its share.
    found.sort(
        key=lambda row: (
            row["missed_from"] is None,
            row["priority"],
            -number(row["missed_share"]),
            row["workload"],
        )
    )
    return found


def workload_spans(plan: Plan) -> list[Row]:
    """Return each workload in each span, in the order of `workload_totals`."""
    place = {row["workload"]: n for n, row in enumerate(workload_totals(plan))}
    rows = sorted(plan.tables["tokens"], key=lambda row: (place[row["workload"]], row["span_from"]))
    return [{**row, **_amounts([row])} for row in rows]


def span_totals(plan: Plan) -> list[Row]:
    """Return all workloads together in each span."""
    by_span: dict[tuple[date, date], list[TokenRow]] = defaultdict(list)
    for row in plan.tables["tokens"]:
        by_span[row["span_from"], row["span_to"]].append(row)
    return [
        {"span_from": first, "span_to": last, **_amounts(by_span[first, last])}
        for first, last in sorted(by_span)
    ]


def _amounts(rows: Iterable[TokenRow]) -> Row:
    """Return the sums of some rows, with shares of the demand; None without any."""
    rows = list(rows)
    sums: Row = {name: tidy(math.fsum(row[name] for row in rows)) for name in AMOUNTS}  # type: ignore[literal-required]
    demand = number(sums["demand_mtok"])
    for name in ("missed", "bought"):
        sums[f"{name}_share"] = number(sums[f"{name}_mtok"]) / demand if demand else None
    return sums


def classes(plan: Plan) -> list[str]:
    """Return the classes of a plan's workloads, in the order of the sheet."""
    return list(dict.fromkeys(str(row["class"]) for row in plan.inputs.tables["workloads"]))


def silicon_mix(plan: Plan) -> list[Row]:
    """Return systems, MW, and Mtok by class of workload of each kind of system and span.

    A class is a column of its own name. Of requests that are split, input counts where it is
    prefilled and output where it is decoded.
    """
    found: dict[tuple[str, date, date], Row] = {}
    empty = {"systems": 0.0, "it_mw": 0.0, **dict.fromkeys(classes(plan), 0.0)}
    for row in plan.tables["replicas"]:
        key = row["system"], row["span_from"], row["span_to"]
        names = dict(zip(("system", "span_from", "span_to"), key, strict=True))
        of_system = found.setdefault(key, {**names, **empty})
        for name in ("systems", "it_mw"):
            of_system[name] = tidy(number(of_system[name]) + number(row[name]))
    for system, first, last, of_class, mtok in _made(plan):
        made = found.get((system, first, last))
        if made is not None:
            made[of_class] = tidy(number(made[of_class]) + mtok)
    return [found[key] for key in sorted(found)]


def _made(plan: Plan) -> Iterable[tuple[str, date, date, str, float]]:
    """Yield system, span, class and Mtok of what is served."""
    hours = {row["block"]: row["hours"] for row in plan.inputs.tables["day"]}
    of_class = {row["workload"]: row["class"] for row in plan.inputs.tables["workloads"]}
    for row in plan.tables["token_service"]:
        first, last = row["span_from"], row["span_to"]
        days = (last - first).days + 1
        mtok = row["mtok_h"] * hours.get(row["block"], 24.0) * days
        into, out = _shares(plan, row["workload"], first)
        for system, share in ((row["prefill_system"], into), (row["decode_system"], out)):
            if share:
                yield system, first, last, str(of_class[row["workload"]]), mtok * share


def _shares(plan: Plan, workload: str, day: date) -> tuple[float, float]:
    """Return the shares of input and output in what a workload asks for from a day on."""
    begun = [
        row
        for row in plan.inputs.tables["token_demand"]
        if row["workload"] == workload and (row["from"] or date.min) <= day
    ]
    row = max(begun, key=lambda row: row["from"] or date.min)
    into, out = float(row["input_mtok_day"]), float(row["output_mtok_day"])
    return into / (into + out), out / (into + out)


def pools(plan: Plan) -> list[Row]:
    """Return all replicas with what is idle of them, and systems that no model is loaded on."""
    rows: list[Row] = []
    for row in plan.tables["replicas"]:
        rows.append({**row, "idle": tidy(row["systems"] * (1 - row["mean_use"]))})
    rows += _without_model(plan)
    rows.sort(key=lambda row: (str(row["span_from"]), str(row["site"]), str(row["system"])))
    return rows


def _without_model(plan: Plan) -> list[Row]:
    """Return the systems in service that serve no commitment and that no model is loaded on.

    They are those of the whole span: the fewest at the end of any of its periods.
    """
    spans = sorted({(row["span_from"], row["span_to"]) for row in plan.tables["tokens"]})
    loaded: dict[tuple[str, str, date], float] = defaultdict(float)
    for row in plan.tables["replicas"]:
        if row["owner"] is None:
            for system, count in _parts(plan, row["system"]).items():
                systems = row["replicas"] * row["systems_per_replica"] * count
                loaded[row["site"], system, row["span_from"]] += systems
    free = _free(plan)
    rows: list[Row] = []
    it_kw = {r["system"]: r["power_kw"] + r["overhead_kw"] for r in plan.inputs.tables["systems"]}
    for first, last in spans:
        for (site, system), by_period in free.items():
            counts = [count for day, count in by_period.items() if first <= day <= last]
            idle = min(counts, default=0.0) - loaded[site, system, first]
            if idle > NOTHING:
                rows.append(
                    {
                        "model": NO_MODEL,
                        "system": system,
                        "site": site,
                        "span_from": first,
                        "span_to": last,
                        "systems": tidy(idle),
                        "it_mw": tidy(idle * it_kw[system] / 1000),
                        "mean_use": 0.0,
                        "peak_use": 0.0,
                        "idle": tidy(idle),
                    }
                )
    return rows


def _free(plan: Plan) -> dict[tuple[str, str], dict[date, float]]:
    """Return systems in service that serve no commitment, by site and kind, then by period."""
    free: dict[tuple[str, str], dict[date, float]] = defaultdict(lambda: defaultdict(float))
    for row in plan.tables["fleet"]:
        free[row["site"], row["system"]][row["period"]] += row["in_service"]
    bases = {row["commitment"]: row["basis"] for row in plan.inputs.tables["commitments"]}
    systems = {row["system"]: row for row in plan.inputs.tables["systems"]}
    pues = {row["site"]: row["pue"] or 1.0 for row in plan.inputs.tables["sites"]}
    for served in plan.tables["service"]:
        system, basis = systems[served["system"]], bases[served["commitment"]]
        kw = system["power_kw"] + (system["overhead_kw"] if basis != "system" else 0.0)
        kw *= pues[served["site"]] if basis == "facility" else 1.0
        count = served["mw"] * 1000 / kw
        free[served["site"], served["system"]][served["period"]] -= count
    return free


def _parts(plan: Plan, system: str) -> Mapping[str, float]:
    """Return the systems that a system or composite consists of."""
    rows = plan.inputs.tables["composites"]
    parts = {row["system"]: float(row["count"]) for row in rows if row["composite"] == system}
    return parts or {system: 1.0}


def pool_costs(plan: Plan) -> list[Row]:
    """Return the rows of `token_costs` with the use of their systems."""
    return [{**row, "use": _use(row)} for row in plan.tables["token_costs"]]


def _use(row: TokenCostRow) -> float | None:
    """Return the use of a pool in a span; None where it makes nothing or costs nothing."""
    as_used, at_full_use = row["cost_per_mtok"], row["cost_per_mtok_at_full_use"]
    return tidy(at_full_use / as_used) if as_used and at_full_use is not None else None


def is_dear(row: TokenCostRow) -> bool:
    """Whether a Mtok costs more on own systems, as they are used, than at the API."""
    as_used, price = row["cost_per_mtok"], row["api_price"]
    return as_used is not None and price is not None and as_used > price * (1 + 1e-9)


@dataclass
class _Sums:
    """Sums of a pool over its spans."""

    cost: float = 0.0
    at_full_use: float = 0.0
    mtok: float = 0.0
    worth: float | None = 0.0
    dearer_from: date | None = None


def own_or_buy(plan: Plan) -> list[Row]:
    """Return what a Mtok costs on each kind of system over the whole plan, and at the API."""
    sums: dict[Pool, _Sums] = defaultdict(_Sums)
    for row in sorted(plan.tables["token_costs"], key=lambda row: row["span_from"]):
        pool = sums[row["model"], row["system"], row["country"]]
        months = months_between(row["span_from"], row["span_to"] + DAY)
        pool.cost += row["monthly_cost"] * months
        pool.mtok += row["mtok"]
        pool.at_full_use += row["mtok"] * number(row["cost_per_mtok_at_full_use"])
        if row["mtok"]:
            price = row["api_price"]
            known = pool.worth is not None and price is not None
            pool.worth = number(pool.worth) + row["mtok"] * number(price) if known else None
        if is_dear(row) and pool.dearer_from is None:
            pool.dearer_from = row["span_from"]
    rows: list[Row] = []
    for (model, system, country), pool in sums.items():
        line: Row = {"model": model, "system": system, "country": country, "mtok": tidy(pool.mtok)}
        if pool.mtok:
            line["cost_per_mtok"] = tidy(pool.cost / pool.mtok)
            line["cost_per_mtok_at_full_use"] = tidy(pool.at_full_use / pool.mtok)
            line["use"] = tidy(pool.at_full_use / pool.cost) if pool.cost else None
            if pool.worth is not None:
                line["api_price"] = tidy(pool.worth / pool.mtok)
            if pool.worth:
                line["break_even_use"] = tidy(pool.at_full_use / pool.worth)
        rows.append({**line, "dearer_from": pool.dearer_from})
    rows.sort(key=lambda row: (str(row["model"]), number(row.get("cost_per_mtok"))))
    return rows


def own_cost(plan: Plan) -> float | None:
    """Return what a Mtok costs on all own systems as they are used; None if they make none."""
    made = math.fsum(row["mtok"] for row in plan.tables["token_costs"])
    cost = math.fsum(
        row["monthly_cost"] * months_between(row["span_from"], row["span_to"] + DAY)
        for row in plan.tables["token_costs"]
    )
    return tidy(cost / made) if made else None
