"""A case of many systems from one supplier, each with another lead time."""

from __future__ import annotations

from datetime import date

from instances import Sheets, settings, unit_system

YEAR_END = date(2026, 12, 31)


KINDS = 60


def many_leads(only: str | None = None) -> Sheets:
    """Return 60 systems from one supplier, with leads of 60 to 119 days, due at the year's end.

    By quarter that makes more days of orders than one supplier has.
    """
    names = [f"s{number:02}" for number in range(KINDS)]
    commitments = [{"commitment": "c", "basis": "it", "systems": only}]
    milestones = [{"commitment": "c", "date": YEAR_END, "mw": 1}]
    if only:  # the others are wanted as well
        commitments.append({"commitment": "others", "basis": "it"})
        milestones.append({"commitment": "others", "date": YEAR_END, "mw": 1})
    return {
        "settings": settings("2026-01-01", "2026-12-31", period="quarter"),
        "systems": [unit_system(name, price=1) for name in names],
        "sites": [{"site": "site", "pue": 1}],
        "halls": [{"hall": "h", "site": "site", "it_mw": 100}],
        "supply": [
            {"supplier": "F", "item": name, "lead_days": 60 + number}
            for number, name in enumerate(names)
        ],
        "supply_capacity": [{"supplier": "F", "from": "2026-01-01", "units_per_month": 1000}],
        "commitments": commitments,
        "milestones": milestones,
    }  # type: ignore[dict-item]
