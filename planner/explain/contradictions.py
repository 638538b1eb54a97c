"""Contradictory workbook rows: an irreducible infeasible subset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from planner.errors import InputFaults
from planner.explain.integer_answers import contradicts_itself
from planner.explain.limit_declarations import LIMITS, Amount
from planner.explain.minimal import minimal
from planner.explain.problem import Problem
from planner.model.frame import ContradictionError
from planner.plan.rows import Row as ResultRow
from planner.workbook.rows import Inputs, Row

Values = Mapping[str, Any]

HUGE = 1e4
"""Factor and addend that make a limit non-binding."""

WHOLE_SECONDS = 30.0
"""Time limit of one MIP feasibility check, in seconds."""

DROPPED = ("orders", "fleet", "budget")
"""Sheets whose rows can be dropped."""


@dataclass(frozen=True)
class Contradiction:
    """A set of rows that contradict each other.

    Attributes
    ----------
    rows : tuple of Row
        Rows of which any proper subset is feasible.
    """

    rows: tuple[Row, ...]

    def __str__(self) -> str:
        """Return one line for each row, by sheet and cell."""
        lines = [f"  {_cell(row)}: {in_words(row)}" for row in self.rows]
        count = len(self.rows)
        head = (
            "this row cannot be met:"
            if count == 1
            else f"these {count} rows contradict each other; change any one of them:"
        )
        return "\n".join([head, *lines])


def find_contradiction(inputs: Inputs) -> Contradiction | None:
    """Return an irreducible set of contradictory rows; None if a plan exists.

    Raises
    ------
    InputFaults
        If the site graph is broken.
    """
    rows = [row for sheet in (*DROPPED, *LIFTS) for row in inputs.tables[sheet]]

    def contradicts(kept: list[Row]) -> bool:
        return not _can_hold(_with_only(inputs, rows, kept))

    if not contradicts(rows):
        return None
    # A minimal set depends on the order in which rows are tried. The other order may give fewer.
    forwards = minimal(contradicts, rows)
    backwards = minimal(contradicts, rows[::-1])
    fewest = backwards if len(backwards) < len(forwards) else forwards
    return Contradiction(tuple(sorted(fewest, key=_cell)))


def _can_hold(inputs: Inputs) -> bool:
    """Return whether rows are feasible together; True unless proven infeasible."""
    try:
        problem = Problem(inputs)
    except (ContradictionError, InputFaults):
        return False
    return not contradicts_itself(problem, WHOLE_SECONDS)


def _with_only(inputs: Inputs, rows: Sequence[Row], kept: Sequence[Row]) -> Inputs:
    """Return inputs in which all rows except those kept are dropped or made non-binding."""
    keep = {id(row) for row in kept}
    loose = {id(row) for row in rows} - keep
    tables: dict[str, tuple[Row, ...]] = dict(inputs.tables)
    for sheet in DROPPED:
        tables[sheet] = tuple(row for row in tables[sheet] if id(row) not in loose)
    for sheet, lift in LIFTS.items():
        tables[sheet] = tuple(
            row.changed(lift(row)) if id(row) in loose else row for row in tables[sheet]
        )
    return replace(inputs, tables=tables)


def _hall_limits() -> list[Amount]:
    """Return the limits of what one hall holds."""
    return [
        limit
        for limit in LIMITS
        if isinstance(limit, Amount) and limit.sheet == "halls" and limit.column != "count"
    ]


def _more(*columns: str) -> Callable[[Row], dict[str, Any]]:
    def lift(row: Row) -> dict[str, Any]:
        return {column: HUGE * (1.0 + row[column]) for column in columns}

    return lift


def _lifted_hall(row: Row) -> dict[str, Any]:
    """Return the cells of a hall that holds anything and is open from the start."""
    lifted: dict[str, Any] = {"open_count": row["count"]}
    for limit in _hall_limits():
        if row[limit.column] is not None:
            lifted[limit.column] = HUGE * (1.0 + row[limit.column])
    return lifted


LIFTS: dict[str, Callable[[Row], dict[str, Any]]] = {
    "supply_capacity": _more("units_per_month"),
    "energisation": _more("mw"),
    "halls": _lifted_hall,
    "supply": lambda row: {"take_or_pay_share": 0.0},
}
"""Sheets whose rows are kept but made non-binding."""


def _cell(row: Row) -> str:
    column = {
        "orders": "quantity",
        "fleet": "count",
        "budget": "cumulative",
        "energisation": "mw",
        "supply_capacity": "units_per_month",
        "halls": "it_mw",
        "supply": "take_or_pay_share",
    }[row.sheet]
    return row.where(column)


def in_words(row: Row) -> str:
    """Return a row of firm data, or a limit, in words."""
    return WORDS[row.sheet](row.values)


def _order(v: Values) -> str:
    placed = f"placed {v['placed']}" if v["placed"] else "placed before the plan"
    return f"order {v['order']}: {v['quantity']:g} {v['item']} of {v['supplier']}, {placed}"


def _fleet(v: Values) -> str:
    owner = f", dedicated to {v['commitment']}" if v["commitment"] else ""
    return f"fleet: {v['count']} {v['system']} stand in {v['hall']}{owner}"


def _hall_in_words(v: Values) -> str:
    limits = []
    for limit in _hall_limits():
        if v[limit.column] is not None:
            limits.append(f"{v[limit.column]:g} {limit.unit.removesuffix(' per hall')}")
    limits.append(f"{v['open_count']} of {v['count']} open at the start")
    return f"hall {v['hall']}: {', '.join(limits)}"


WORDS: dict[str, Callable[[Values], str]] = {
    "orders": _order,
    "fleet": _fleet,
    "halls": _hall_in_words,
    "budget": lambda v: f"budget: {v['cumulative']:,.0f} up to {v['date']}",
    "supply_capacity": lambda v: (
        f"{v['supplier']} starts {v['units_per_month']:g} a month from {v['from']}"
    ),
    "energisation": lambda v: f"{v['node']} carries {v['mw']:g} MW from {v['from']}",
    "supply": lambda v: (
        f"{v['take_or_pay_share']:.0%} of the capacity of {v['supplier']} is "
        "paid for, ordered or not"
    ),
}
"""Wording of the rows of each sheet."""


def contradiction_rows(contradiction: Contradiction) -> list[ResultRow]:
    """Return a contradiction as rows of the table `contradiction`."""
    return [
        {"sheet": row.sheet, "cell": _cell(row), "says": in_words(row)}
        for row in contradiction.rows
    ]
