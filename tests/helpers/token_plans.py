"""Small token workbooks of one month of 30 days, in which nothing costs but systems and tokens."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from instances import Sheets, settings

from planner.pipeline import Options, make_plan
from planner.plan.store import Plan
from planner.workbook.reading import inputs_from_rows

Rows = list[dict[str, object]]

START, END, DAYS = "2026-04-01", "2026-04-30", 30


def system(name: str, price: float = 0.0, kw: float = 100.0) -> dict[str, object]:
    """Return a system."""
    return {"system": name, "power_kw": kw, "overhead_kw": 0, "price": price, "commission_days": 0}


def site(name: str, country: str | None = None, mw: float = 1000.0) -> tuple[dict, dict]:
    """Return a site and its one hall."""
    return (
        {"site": name, "country": country, "pue": 1},
        {"hall": f"{name} hall", "site": name, "it_mw": mw},
    )


def rate(
    system: str, prefill: float | None = None, decode: float | None = None, **columns: object
) -> dict[str, object]:
    """Return a row of throughput of the model `m`, in tokens a second."""
    rates = {"prefill_tok_s": prefill, "decode_tok_s": decode}
    return {"model": "m", "system": system, **rates, **columns}


def workload(
    name: str, input_mtok: float, output_mtok: float, cached: float = 0.0, **columns: object
) -> tuple[dict[str, object], dict[str, object]]:
    """Return a workload and its demand, Mtok a day."""
    asked = {"input_mtok_day": input_mtok, "output_mtok_day": output_mtok, "cached_share": cached}
    return {"workload": name, "model": "m", **columns}, {"workload": name, **asked}


def sheets_of(
    systems: Rows,
    workloads: list[tuple[dict[str, object], dict[str, object]]],
    throughput: Rows,
    sites: list[tuple[dict, dict]] | None = None,
    options: Mapping[str, object] | None = None,
    **others: Rows,
) -> Sheets:
    """Return the sheets of a token plan without commitments."""
    places = sites or [site("A")]
    return {
        "settings": settings(**{"start": START, "end": END, **(options or {})}),
        "systems": systems,
        "sites": [place for place, _ in places],
        "halls": [hall for _, hall in places],
        "workloads": [row for row, _ in workloads],
        "token_demand": [asked for _, asked in workloads],
        "throughput": throughput,
        **others,
    }


def token_plan(*args: object, **sheets: object) -> Plan:
    """Plan a token workbook, see `sheets_of`."""
    return plan_of_sheets(sheets_of(*args, **sheets))  # type: ignore[arg-type]


def plan_of_sheets(sheets: Sheets) -> Plan:
    """Plan some sheets."""
    return make_plan(inputs_from_rows("tokens", sheets), Options())


def cost(plan: Plan) -> float:
    """Return the present cost of a plan."""
    return sum(float(row["present_cost"]) for row in plan.tables["costs"])


def systems(plan: Plan) -> dict[str, float]:
    """Return the systems installed, by kind."""
    return dict(plan.summary["systems"])


def replicas(plan: Plan) -> dict[tuple[str, str], float]:
    """Return the replicas loaded, by system and site."""
    counts: dict[tuple[str, str], float] = defaultdict(float)
    for row in plan.tables["replicas"]:
        counts[str(row["system"]), str(row["site"])] += float(row["replicas"])
    return dict(counts)


def mtok(plan: Plan, column: str, workload: str | None = None) -> float:
    """Return the Mtok of a column of the table `tokens`."""
    return sum(
        float(row[column])
        for row in plan.tables["tokens"]
        if workload is None or row["workload"] == workload
    )
