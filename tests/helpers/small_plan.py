"""A plan of a few rows, and what a kill leaves beside its folder."""

from __future__ import annotations

from datetime import date

from blocks import rows_of

from planner.plan.store import Plan
from planner.plan.tables import COLUMNS
from planner.workbook.reading import inputs_from_rows


def small(version=0, rows=3):
    tables = {name: [] for name in COLUMNS}
    tables["costs"] = [{"term": "purchase", "amount": float(version), "present_cost": 0.1}] * rows
    tables["stock"] = [
        {
            "place": "*",
            "item": "x",
            "period": date(2026, 1, 1),
            "date": date(2026, 1, 1),
            "quantity": version,
        }
    ] * rows
    return Plan(
        "small",
        tables,
        {"version": version},
        {"plan": "small", "status": "proven"},
        inputs_from_rows("small", rows_of()),
    )


def hidden(folder):
    return sorted(path.name for path in folder.iterdir() if path.name.startswith("."))
