"""Notes on what is left blank or out: it is planned, and said aloud."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from planner.inputs.drafts import Draft
from planner.inputs.periods import longer, starts_in, stretches
from planner.inputs.tables import BY_NAME

MOST_NAMED = 5

FROM = (
    ("systems", "available_from"), ("supply", "available_from"), ("supply_capacity", "from"),
    ("plants", "from"), ("halls", "ready"), ("energisation", "from"), ("crews", "from"),
    ("orders", "arrives"),
)  # fmt: skip
"""Sheets and columns of dates from which something can be used."""


def defaults_that_matter_are_noted(draft: Draft) -> Iterator[str]:
    """A blank that stands for a figure with weight is said aloud."""
    for sheet, column, meaning in (
        ("systems", "overhead_kw", "no power beside the system's own"),
        ("systems", "commission_days", "in service on the day of installation"),
        ("supply", "yield", "every unit ordered is good"),
    ):
        blanks = draft.blanks(sheet, column)
        if blanks:
            names = [str(row[BY_NAME[sheet].key[-1]]) for row in blanks]
            yield f"{sheet}.{column} is blank for {_listed(names)}: {meaning}"


def absent_limits_are_noted(draft: Draft) -> Iterator[str]:
    """Where power limits some, what it leaves out has no limit, and that is said aloud.

    Suppliers without capacity and sites without crews are warned of, see `planner.case.plausible`.
    """
    limited = draft.given("energisation", "node")
    free = sorted(draft.given("power", "node") - limited)
    if limited and free:
        yield f"no limit in energisation for node {_listed(free)}"
    if draft.sheets["power"].rows:
        unfed = draft.rows("halls", "hall", "fed_by")
        free = sorted(row["hall"] for row in unfed if row["fed_by"] is None)
        if free:
            yield f"no power node feeds hall {_listed(free)}: no power limit there"


def longer_periods_are_noted(draft: Draft) -> Iterator[str]:
    """Where periods grow longer, a date or lead time counts later than in a plan of short ones."""
    settings = draft.inputs.settings
    if not draft.settled("period", "start", "end"):
        return
    parts = stretches(settings["period"])
    grown = next((x for x in parts if x.since and longer(settings["period"], x.since)), None)
    if grown is None:
        return

    def within(sheet: str, column: str, days_on: int) -> int:
        """Count dates on which no period starts, or after which none does."""
        days = [row[column] for row in draft.rows(sheet, column) if row[column] is not None]
        found = [(longer(settings["period"], day), day + timedelta(days=days_on))
                 for day in days if day <= settings["end"]]  # fmt: skip
        return sum(part is not None and not starts_in(part, day) for part, day in found)

    late = {f"{sheet}.{column}": within(sheet, column, 0) for sheet, column in FROM}
    said = [f"{name} {count}" for name, count in late.items() if count]
    early = within("milestones", "date", 1)
    yield (
        f"periods are longer from {grown.since} on: what becomes ready within one, after a lead "
        f"time or on a date{' (' + ', '.join(said) + ')' if said else ''}, counts from the next on"
        + (f"; milestones within one are judged at the end before ({early})" if early else "")
        + ". Megawatts may be missed for that alone"
    )


def _listed(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
