"""Dates of a random workbook moved to any day, and limits that fall and rise between them."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from instances import Sheets

Rows = list[dict[str, object]]


DATES = (
    ("systems", "available_from"),
    ("systems", "available_to"),
    ("halls", "ready"),
    ("supply", "available_from"),
    ("budget", "date"),
)
LEADS = (
    ("supply", "lead_days"),
    ("lanes", "transit_days"),
    ("plants", "lead_days"),
    ("halls", "build_days"),
)
LIMITS = (
    ("supply_capacity", "supplier", "units_per_month"),
    ("crews", "site", "systems_per_month"),
    ("energisation", "node", "mw"),
)


def on_any_day(draw: Random, first: date, last: date, sheets: Sheets) -> None:
    """Move the dates of a workbook to any days of the plan, and add rates and levels that change.

    Parameters
    ----------
    draw
        Dice.
    first, last
        Days of the plan.
    sheets
        The workbook, which is changed.
    """
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    for row in sheets["settings"]:
        if row["setting"] == "release_fence_days" and draw.random() < 0.2:
            row["value"] = draw.randint(1, 20)
    sheets["budget"] = sheets.get("budget", [])[:1]
    _milestones(draw, days, sheets["milestones"])
    _dates(draw, days, sheets)
    for sheet, column in LEADS:
        for row in sheets.get(sheet, ()):
            row[column] = draw.choice([0, 0, row[column], draw.randint(1, 25)])
    for row in sheets["systems"]:
        row["commission_days"] = draw.choice([0, row["commission_days"], draw.randint(1, 40)])
    for sheet, key, column in LIMITS:
        if sheet in sheets:
            sheets[sheet] = _changing(draw, days, sheets[sheet], key, column)
            if sheet == "energisation" and sheets["fleet"]:  # which stands on the first day
                _from_the_start(sheets[sheet], days[0])


def _dates(draw: Random, days: list[date], sheets: Sheets) -> None:
    """Move all dates but milestones, those of a system and of an order kept in order."""
    for sheet, column in DATES:
        for row in sheets.get(sheet, ()):
            if row[column] is not None:
                row[column] = draw.choice(days)
    for row in sheets["systems"]:
        if row["available_from"] and row["available_to"]:
            row["available_to"] = max(row["available_from"], row["available_to"])  # type: ignore[type-var]
    for row in sheets.get("plants", ()):
        if draw.random() < 0.2:
            row["from"] = draw.choice(days)
    for row in sheets.get("orders", ()):
        row["arrives"] = draw.choice(days)
        if draw.random() < 0.5:
            row["placed"] = draw.choice(days[: days.index(row["arrives"]) + 1])  # type: ignore[arg-type]


def _from_the_start(rows: Rows, first: date) -> None:
    """Let the first value of each node hold from the first day on, and be its largest."""
    for name in {str(row["node"]): None for row in rows}:
        found = [row for row in rows if row["node"] == name]
        earliest = min(found, key=lambda row: str(row["from"]))
        earliest["from"], earliest["mw"] = first, max(float(str(row["mw"])) for row in found)


def _milestones(draw: Random, days: list[date], rows: Rows) -> None:
    """Move milestones, those of a commitment kept in order."""
    for name in {str(row["commitment"]): None for row in rows}:
        found = [row for row in rows if row["commitment"] == name]
        due = sorted(draw.sample(days[len(days) // 4 :], len(found)))
        for row, day in zip(found, due, strict=True):
            row["date"] = day


def _changing(draw: Random, days: list[date], rows: Rows, key: str, column: str) -> Rows:
    """Return dated values of which some begin on any day, and others fall or rise on one."""
    found: dict[tuple[object, object], dict[str, object]] = {}
    for row in rows:
        since = row["from"]
        if since != days[0] or draw.random() < 0.2:
            since = draw.choice(days)
        found.setdefault((row[key], since), {**row, "from": since})
        if draw.random() < 0.5:
            value = round(float(str(row[column])) * draw.choice([0, 0.5, 1.5, 2.5]), 3)
            since = draw.choice(days)
            found.setdefault((row[key], since), {**row, "from": since, column: value})
    return list(found.values())
