"""Notes on blank cells and missing rows that matter. They do not stop the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.workbook.drafts import Draft
from planner.workbook.schema.sheets import BY_NAME

MOST_NAMED = 5


def defaults_that_matter_are_noted(draft: Draft) -> Iterator[str]:
    """Note blank cells whose default has a large effect on the plan."""
    for sheet, column, meaning in (
        ("systems", "overhead_kw", "no power in addition to the system's own"),
        ("systems", "commission_days", "in service on the day of installation"),
        ("supply", "yield", "every unit ordered is good"),
    ):
        blanks = draft.blanks(sheet, column)
        if blanks:
            names = [str(row[BY_NAME[sheet].key[-1]]) for row in blanks]
            yield f"{sheet}.{column} is blank for {_listed(names)}: {meaning}"


def unused_prices_are_noted(draft: Draft) -> Iterator[str]:
    """Note prices of systems without a supplier, which are not used if supply is planned."""
    if not draft.sheets["supply"].rows:
        return
    sold = draft.names("supply", "item")
    if sold is None:
        return
    unused = [
        row["system"]
        for row in draft.rows("systems", "system", "price")
        if row["price"] and row["system"] not in sold
    ]
    if unused:
        yield (
            f"systems.price is not used for {_listed(unused)}: no supplier sells it, and "
            "assembling it costs its parts and plants.cost"
        )


def absent_limits_are_noted(draft: Draft) -> Iterator[str]:
    """Note nodes and halls without a power limit, if others have one.

    For suppliers without capacity and sites without crews there are warnings, see
    `planner.diagnostics.warnings`.
    """
    limited = draft.given("energisation", "node")
    free = sorted(draft.given("power", "node") - limited)
    if limited and free:
        yield f"energisation has no limit for node {_listed(free)}"
    if draft.sheets["power"].rows:
        unfed = draft.rows("halls", "hall", "fed_by")
        free = sorted(row["hall"] for row in unfed if row["fed_by"] is None)
        if free:
            yield f"no power node feeds hall {_listed(free)}: there is no power limit there"


def _listed(names: Sequence[str]) -> str:
    """Return the first few names, and the number of the others."""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
