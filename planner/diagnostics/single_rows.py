"""Single rows that are valid but probably do not say what was meant."""

from __future__ import annotations

from collections.abc import Iterator

from planner.diagnostics.warning_context import (
    AMOUNT_TOLERANCE,
    InputWarning,
    WarningContext,
    amount,
    warn,
)
from planner.workbook.rows import Row


def milestones_add_megawatts(context: WarningContext) -> Iterator[InputWarning]:
    """No milestone asks for as much as the one before it of the same commitment."""
    rows = sorted(context.inputs.tables["milestones"], key=lambda r: (r["commitment"], r["date"]))
    before: Row | None = None
    running = 0.0  # what is due in all if equal figures are meant to be added
    for row in rows:
        if before is None or before["commitment"] != row["commitment"]:
            before, running = None, 0.0
        if before is None or abs(row["mw"] - before["mw"]) > AMOUNT_TOLERANCE:
            before, running = row, row["mw"]
            continue
        running += row["mw"]
        if row["mw"] > AMOUNT_TOLERANCE:
            yield warn(
                row,
                "mw",
                f"it adds nothing to the {amount(before['mw'])} MW of {before['date']}: "
                "megawatts are cumulative",
                f"Did you mean {amount(running)}? Give all megawatts in service by the date, or "
                "remove the row",
                meant_mw=running,
            )
        before = row


def orders_arrive_from_today_on(context: WarningContext) -> Iterator[InputWarning]:
    """An order already placed arrives today or later, or is known to have come."""
    today = context.inputs.settings["today"]
    for row in context.inputs.tables["orders"]:
        if row["arrives"] < today:
            yield warn(
                row,
                "arrives",
                f"this was due before today, {today}, and is counted as received but not yet used",
                "Move arrives if it is late; remove the row if what came is in fleet already",
                today=str(today),
            )
