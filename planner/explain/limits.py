"""The limits of a plan: workbook cells that can hold it back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.periods import earlier_days, stretches

EARLIER = "one period earlier"


@dataclass(frozen=True, eq=False)
class Limit:
    """A workbook cell that limits the plan.

    Attributes
    ----------
    kind : str
        Kind of limit in business words, e.g. ``supplier capacity``.
    subject : str
        Owner of the limit, e.g. ``TSMC`` or ``Regina feeder``.
    row : Row
        Row of the workbook.
    column : str
        Column of the cell.
    unit : str
        Unit of one step, e.g. ``units per month``; for dates and days the whole step.
    step : float
        Addend of the cell for one step; for dates and days see `limit_moves`.
    dated : bool
        Whether it is a date or a number of days.
    """

    kind: str
    subject: str
    row: Row
    column: str
    unit: str
    step: float = 1.0
    dated: bool = False

    @property
    def name(self) -> str:
        """Kind and subject, e.g. ``supplier capacity of TSMC``."""
        return f"{self.kind} of {self.subject}"

    @property
    def where(self) -> str:
        """Sheet and cell."""
        return self.row.where(self.column)

    @property
    def value(self) -> Any:
        """Value of the cell."""
        return self.row[self.column]

    @property
    def in_cell(self) -> dict[str, object]:
        """Value of the cell as a number or as a day, in separate columns of a table."""
        dated = isinstance(self.value, date)
        return {"value": None if dated else self.value, "day": self.value if dated else None}

    @property
    def key(self) -> tuple[str, str, str]:
        """Unique key among the limits of the same inputs."""
        return (self.row.sheet, self.where, self.column)


AMOUNTS = (
    ("supply_capacity", "units_per_month", "supplier capacity", ("supplier",), "units per month"),
    ("plants", "units_per_month", "assembly", ("plant", "system"), "systems per month"),
    ("lanes", "units_per_month", "lane", ("from", "to"), "units per month"),
    ("depots", "storage", "storage", ("depot",), "units"),
    ("sites", "storage", "storage", ("site",), "units"),
    ("crews", "systems_per_month", "crews", ("site",), "systems per month"),
    ("energisation", "mw", "power", ("node",), "MW"),
    ("halls", "it_mw", "hall power", ("hall",), "MW per hall"),
    ("halls", "slots", "hall slots", ("hall",), "slots per hall"),
    ("halls", "coolant_lpm", "hall coolant", ("hall",), "l/min per hall"),
    ("halls", "count", "number of halls", ("hall",), "halls"),
    ("supply", "yield", "yield", ("supplier", "item"), "percentage point"),
    ("budget", "cumulative", "budget", ("date",), "money"),
)
"""Sheet, column, kind, subject and unit of every limit that is an amount."""

DATES = (
    ("energisation", "from", "energised from", ("node",)),
    ("halls", "ready", "hall ready", ("hall",)),
    ("halls", "build_days", "days to open a hall", ("hall",)),
    ("supply_capacity", "from", "supplier capacity from", ("supplier",)),
    ("supply", "lead_days", "supplier's lead time", ("supplier", "item")),
    ("supply", "available_from", "on sale from", ("supplier", "item")),
    ("plants", "from", "assembly from", ("plant", "system")),
    ("plants", "lead_days", "days of assembly", ("plant", "system")),
    ("lanes", "transit_days", "days under way", ("from", "to")),
    ("crews", "from", "crews from", ("site",)),
    ("systems", "available_from", "system available from", ("system",)),
    ("systems", "commission_days", "days to commission", ("system",)),
)
"""Sheet, column, kind and subject of every limit that is a date or a number of days."""

MONEY_STEPS = 1000.0
"""Divisor of a budget that gives the size of its step, rounded down to a power of ten."""


def amounts(inputs: Inputs) -> list[Limit]:
    """Return every limit that is an amount, in the order of the sheets."""
    found = []
    for sheet, column, kind, subject, unit in AMOUNTS:
        for row in inputs.tables[sheet]:
            if row[column] is None or (kind == "yield" and row[column] > 0.99):
                continue
            step = _money_step(row[column]) if sheet == "budget" else 1.0
            step = 0.01 if kind == "yield" else step
            shown = f"{step:,.0f} {inputs.settings['currency']}" if sheet == "budget" else unit
            found.append(Limit(kind, _named(row, subject), row, column, shown, step))
    return found


def dates(inputs: Inputs) -> list[Limit]:
    """Return every limit that is a date after the plan's start, or a number of days above 0."""
    found, period = [], inputs.settings["period"]
    # If the period length changes, the same number of days is no fixed number of periods.
    shorter = f"{earlier_days(period)} days less" if len(stretches(period)) > 1 else EARLIER
    for sheet, column, kind, subject in DATES:
        for row in inputs.tables[sheet]:
            value = row[column]
            late = value is not None and (
                value > inputs.settings["start"] if isinstance(value, date) else value > 0
            )
            if late and not _first_row_of_none(inputs, row, column):
                unit = EARLIER if isinstance(value, date) else shorter
                found.append(Limit(kind, _named(row, subject), row, column, unit, dated=True))
    return found


def _first_row_of_none(inputs: Inputs, row: Row, column: str) -> bool:
    """Return whether an earlier date would only bring a smaller capacity forward."""
    if column != "from" or row.sheet not in STEPS:
        return False
    name, amount = STEPS[row.sheet]
    before = [
        other
        for other in inputs.tables[row.sheet]
        if other[name] == row[name] and other["from"] < row["from"]
    ]
    earlier = max(before, key=lambda other: other["from"])[amount] if before else 0.0
    return bool(row[amount] <= earlier)


RATES = ("units_per_month", "systems_per_month")
"""Columns that hold rates."""

STEPS = {
    "supply_capacity": ("supplier", "units_per_month"),
    "crews": ("site", "systems_per_month"),
    "energisation": ("node", "mw"),
}
"""Sheets whose rows apply from a date on: column of the key, column of the amount."""


def _named(row: Row, columns: tuple[str, ...]) -> str:
    names = [str(row[column]) for column in columns]
    if row.sheet == "lanes":
        return " to ".join(names)
    if row.sheet == "supply":
        return f"{names[1]} of {names[0]}"
    return ", ".join(names)


def _money_step(budget: float) -> float:
    return float(10.0 ** max(0, math.floor(math.log10(max(budget, 1.0) / MONEY_STEPS))))
