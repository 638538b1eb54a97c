"""Random cases with everything that bounds and rows for the search reckon with.

To a case of `random_wide` they add crews and capacities with rates that leave parts of a system,
rates that fall to less or to nothing, placed orders, days of commissioning by system, and sites
whose opening costs.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from instances import Sheets
from random_wide import wide_case

RATES = [0.0, 0.4, 0.7, 1.3, 1.9, 2.6, 4.7]
"""Systems or units a month; few, so that parts of a system matter."""


def guide_case(seed: int) -> Sheets:
    """Return the case of a seed."""
    draw, sheets = Random(f"guides {seed}"), wide_case(seed, "mixed" if seed % 2 else "plain")
    values = {row["setting"]: row["value"] for row in sheets["settings"]}
    start, end = (date.fromisoformat(str(values[name])) for name in ("start", "end"))
    days = [start + timedelta(days=n) for n in range((end - start).days)]
    sites = [str(row["site"]) for row in sheets["sites"]]
    for row in sheets["systems"]:
        row["commission_days"] = draw.choice([row["commission_days"], 0, 3, 11])
    for row in sheets["sites"]:
        row["opening_cost"] = draw.choice([row["opening_cost"], 7, 25])
    sheets["crews"] = [
        {"site": site, "from": day, "systems_per_month": rate}
        for site in sites
        if draw.random() < 0.85
        for day, rate in _steps(draw, start, days)
    ]
    suppliers = sorted({str(row["supplier"]) for row in sheets.get("supply", [])})
    if suppliers:
        bound = {row["supplier"] for row in sheets["supply"] if row["take_or_pay_share"]}
        sheets["supply_capacity"] = [
            {"supplier": supplier, "from": day, "units_per_month": 3 * rate}
            for supplier in suppliers
            if supplier in bound or draw.random() < 0.7
            for day, rate in _steps(draw, start, days)
        ]
        sheets["orders"] = [*sheets.get("orders", []), *_placed(draw, sheets, start, days)]
    return sheets


def _steps(draw: Random, start: date, days: list[date]) -> list[tuple[date, float]]:
    """Return rates from days on; the first is above zero, later ones rise and fall."""
    firsts = [start, *sorted(draw.sample(days[1:], draw.choice([0, 1, 1, 2])))]
    rates = [draw.choice(RATES[1:]), *(draw.choice(RATES) for _ in firsts[1:])]
    return list(zip(firsts, rates, strict=True))


def _placed(draw: Random, sheets: Sheets, start: date, days: list[date]) -> list[dict[str, object]]:
    """Return up to two orders placed before the plan or in it."""
    found: list[dict[str, object]] = []
    for number in range(draw.choice([0, 0, 1, 2])):
        row, arrives = draw.choice(sheets["supply"]), draw.choice(days)
        placed = draw.choice([start - timedelta(days=9), start, None])
        found.append(
            {
                "order": f"PO-guide-{number}",
                "supplier": row["supplier"],
                "item": row["item"],
                "quantity": draw.choice([1, 2, 0.5]),
                "arrives": arrives,
                "placed": placed,
            }
        )
    return found
