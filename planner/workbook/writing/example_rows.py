"""Rows of the workbooks that `planner init` writes."""

from __future__ import annotations

from datetime import date

from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import BY_NAME

Sheets = dict[str, list[dict[str, object]]]
"""Rows of raw values for each sheet."""

PERIODS = "week; month from 2026-07-01; quarter from 2027-01-01"
"""Periods of the example: weeks first, then months, then quarters.

Planned by month throughout, the same plan costs the same, 860,780,047, in the same 1.2 CPU seconds.
"""


def first_plan() -> Sheets:
    """Return the rows of a small plan that meets its milestones, based on the examples of columns.

    Two halls of 10 MW have room for 588 systems of 34 kW IT power; 18 MW need 530 of them. The
    halls open one after the other, the first by the end of 2026. So the plan has decisions to make
    and misses nothing.
    """
    return {
        "settings": [
            _setting("start", date(2026, 1, 1)),
            _setting("end", date(2027, 12, 31)),
            _setting("period", PERIODS),
            _setting("currency", "USD"),
            _setting("discount_rate", 0.08),
        ],
        "systems": [_example("systems", available_from=None, available_to=None)],
        "sites": [_example("sites", storage=None, holding_cost=None)],
        "halls": [
            _example(
                "halls", coolant_lpm=None, ready=None, fed_by=None, open_count=None, systems=None
            )
        ],
        "commitments": [
            _example("commitments", countries=("US",), systems=None, late_cost=None, price=None)
        ],
        "milestones": [
            _example("milestones", date=date(2026, 12, 31), mw=8),
            _example("milestones", date=date(2027, 6, 30), mw=18),
        ],
    }


def blank_settings() -> list[dict[str, object]]:
    """Return the settings to fill in: required ones are blank, others have their default."""
    return [
        {"setting": setting.name, "value": setting.default, "source": None}
        for setting in SETTINGS
        if setting.required or setting.default is not None
    ]


def example_value(column: Column) -> object:
    """Return the example of a column as the raw value of a cell; None if it has no example."""
    text = column.example
    if not text:
        return None
    if column.kind in (Kind.NUMBER, Kind.WHOLE):
        number = float(text)
        return int(number) if number.is_integer() else number
    if column.kind is Kind.DATE:
        return date.fromisoformat(text)
    if column.kind is Kind.LIST:
        return tuple(word.strip() for word in text.split(","))
    if column.kind is Kind.FLAG:
        return text == "yes"
    return text


def _example(sheet: str, **changed: object) -> dict[str, object]:
    """Return a row with the examples of a sheet's columns, some of them replaced."""
    row = {column.name: example_value(column) for column in BY_NAME[sheet].columns}
    return row | changed


def _setting(name: str, value: object) -> dict[str, object]:
    return {"setting": name, "value": value, "source": "assumption"}
