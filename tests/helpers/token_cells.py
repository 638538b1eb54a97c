"""Cells of the token sheets, read for the oracles without the planner's own reader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from instances import Sheets, next_start

TOKEN_SHEETS = (
    "workloads",
    "token_demand",
    "throughput",
    "day",
    "token_prices",
    "disaggregation",
    "links",
    "composites",
)
"""Sheets that say something about tokens and nothing about megawatts."""

NOBODY = "nobody"
"""A commitment of 0 MW, for statements that need one where a workbook has none."""

LAST_PRIORITY = 99

MTOK_H = 0.0036
"""Mtok an hour of one token a second."""


def names_in(cell: object) -> set[str]:
    """Return the names in a list of a cell; empty if it is blank."""
    return {name.strip() for name in str(cell or "").split(",") if name.strip()}


def amount(cell: object, blank: float = 0.0) -> float:
    """Return a number, or another one where the cell is blank."""
    return blank if cell is None or cell == "" else float(str(cell))


def day_of(cell: object) -> date | None:
    """Return the day in a cell; None if it is blank."""
    if cell is None or cell == "":
        return None
    return cell if isinstance(cell, date) else date.fromisoformat(str(cell))


def setting_of(sheets: Sheets, name: str, default: object) -> Any:
    """Return a setting as it stands in its cell."""
    values = {row["setting"]: row["value"] for row in sheets["settings"]}
    return values.get(name, default)


def plan_days(sheets: Sheets) -> list[date]:
    """Return the first day of each period, and the first day after the last."""
    start, end = (day_of(setting_of(sheets, name, None)) for name in ("start", "end"))
    assert start is not None and end is not None
    days = [start]
    while days[-1] <= end:
        days.append(next_start(days[-1], setting_of(sheets, "period", "month")))
    return days


def megawatt_sheets(sheets: Sheets) -> Sheets:
    """Return a workbook without its tokens: what is left is stated as it was without workloads.

    A commitment of nothing lets every system be installed everywhere, as workloads do.
    """
    left = {name: [dict(row) for row in rows] for name, rows in sheets.items()}
    for name in TOKEN_SHEETS:
        left.pop(name, None)
    left["settings"] = [row for row in left["settings"] if row["setting"] != "token_period"]
    for hall in left["halls"]:
        hall.pop("systems", None)
    nobody: dict[str, object] = {"commitment": NOBODY, "basis": "it", "priority": LAST_PRIORITY}
    last = plan_days(sheets)[-1] - timedelta(days=1)
    nothing: dict[str, object] = {"commitment": NOBODY, "date": last, "mw": 0}
    left["commitments"] = [*left.get("commitments", []), nobody]
    left["milestones"] = [*left.get("milestones", []), nothing]
    return left


def in_force(
    rows: Iterable[dict[str, object]], day: date, key: str = "from"
) -> dict[str, object] | None:
    """Return the last row that counts by a day; one without a date counts always."""
    begun = [row for row in rows if (day_of(row.get(key)) or date.min) <= day]
    return max(begun, key=lambda row: day_of(row.get(key)) or date.min, default=None)
