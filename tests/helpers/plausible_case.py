"""A small workbook that looks right, with changes, and the warnings of it."""

from __future__ import annotations

from collections.abc import Mapping

from instances import Sheets, settings, unit_system

from planner.case.case import make_case
from planner.diagnostics.warning_context import InputWarning
from planner.diagnostics.warnings import find_warnings
from planner.workbook.reading import inputs_from_rows

Rows = list[dict[str, object]]

JANUARY, FEBRUARY, MARCH, APRIL = "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"


def sheets_of(due: Mapping[str, float], end: str = APRIL, **changed: Rows) -> Sheets:
    """Return four months, a unit of 1 MW and a hall of 100 MW, with changes."""
    sheets: Sheets = {
        "settings": settings("2026-01-01", end),
        "systems": [unit_system(price=10)],
        "sites": [{"site": "site", "pue": 1.2, "country": "US"}],
        "halls": [{"hall": "hall", "site": "site", "it_mw": 100}],
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [{"commitment": "demand", "date": d, "mw": mw} for d, mw in due.items()],
    }
    return sheets | changed


def warnings_of(sheets: Sheets) -> list[InputWarning]:
    inputs = inputs_from_rows("case", sheets)
    return [*find_warnings(inputs, make_case(inputs))]


def the_one(sheets: Sheets) -> InputWarning:
    """Return the only warning there is."""
    found = warnings_of(sheets)
    assert len(found) == 1, [str(warning) for warning in found]
    return found[0]


SUPPLY: dict[str, Rows] = {
    "bom": [{"system": "unit", "item": "wafer", "quantity": 2}],
    "supply": [{"supplier": "fab", "item": "wafer", "lead_days": 28, "yield": 0.8, "lot": 5}],
    "supply_capacity": [{"supplier": "fab", "from": "2026-01-01", "units_per_month": 26}],
    "plants": [{"plant": "plant", "system": "unit", "units_per_month": 12, "lead_days": 28}],
}
"""A lot of 5 wafers, 4 of them good, takes the fab 6 days; from them to units it is 28 + 28 days.

By 5 March it has started 55 wafers, of which 44 are good: 22 units that stand on 30 April.
"""
