"""Context of the warning rules: inputs, case, and bounds computed once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from planner.case.case import Case
from planner.diagnostics.bounds import Bounds
from planner.diagnostics.first_service import FirstService, first_service
from planner.diagnostics.routes import Routes
from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.sheets import BY_NAME

AMOUNT_TOLERANCE = 1e-9
"""Amounts below this are rounding noise."""


@dataclass(frozen=True)
class InputWarning:
    """A warning about inputs that can be planned but look wrong.

    Attributes
    ----------
    where : str
        Sheet and cell, e.g. ``halls!D7``.
    value : str
        The value found there, as text; empty when there is none.
    rule : str
        What is wrong, with numbers.
    remedy : str
        What to do.
    figures : mapping of str to float or str
        The numbers and days of `rule`, for programs.
    """

    where: str
    value: str
    rule: str
    remedy: str
    figures: Mapping[str, float | str] = field(default_factory=dict)

    def __str__(self) -> str:
        """One line: where, value, rule and remedy."""
        shown = f" {self.value!r}" if self.value else ""
        return f"{self.where}{shown}: {self.rule}. {self.remedy}"


def warn(row: Row, column: str, rule: str, remedy: str, **figures: float | str) -> InputWarning:
    """Return a warning at the cell of a column."""
    return InputWarning(row.where(column), row.shown(column), rule, remedy, figures)


def amount(value: float) -> str:
    """Return a number in readable form: thousands separators, few decimals."""
    if value and abs(value) < 0.1:
        return f"{value:.3g}"
    text = f"{value:,.1f}" if abs(value) >= 1000 else f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def amounts(*values: float) -> list[str]:
    """Return numbers as `amount` does, with enough decimals to tell them apart."""
    texts = [amount(value) for value in values]
    for decimals in range(3, 16):
        if len(set(texts)) == len(set(values)):
            break
        texts = [f"{value:,.{decimals}f}".rstrip("0").rstrip(".") for value in values]
    return texts


def some(names: Iterable[str], most: int = 3) -> str:
    """Return the first of several names and the number of the others."""
    listed = list(names)
    text = ", ".join(listed[:most])
    if len(listed) > most:
        text += f" and {len(listed) - most} more"
    return text


@dataclass(frozen=True)
class WarningContext:
    """Inputs and case, with derived data that several rules share.

    Attributes
    ----------
    inputs : Inputs
    case : Case
    """

    inputs: Inputs
    case: Case

    @cached_property
    def bounds(self) -> Bounds:
        """Upper bounds on MW in service, by milestone."""
        return Bounds(self.case, self.routes)

    @cached_property
    def routes(self) -> Routes:
        """First and last useful days of every item at every place."""
        return Routes(self.case)

    @cached_property
    def first(self) -> Mapping[str, FirstService | None]:
        """First possible service of each commitment; None if never."""
        return {
            name: first_service(self.case, self.bounds, self.routes, name)
            for name in self.case.demand.commitments
        }

    def due_periods(self, commitments: Iterable[str]) -> list[int]:
        """Return the periods that end with a milestone of some commitments."""
        names = set(commitments)
        judged = self.case.demand.judged
        return sorted({period for name, _, period, _ in judged if name in names})

    @cached_property
    def rows(self) -> Mapping[str, Mapping[str, Row]]:
        """Rows by sheet and by the first column of the sheet's key; the last row of several."""
        by_sheet: dict[str, dict[str, Row]] = {}
        for sheet, rows in self.inputs.tables.items():
            column = BY_NAME[sheet].key[0]
            by_sheet[sheet] = {str(row[column]): row for row in rows}
        return by_sheet

    def milestone(self, commitments: Iterable[str], period: int) -> Row:
        """Return the last milestone of some commitments by the end of a period.

        Milestones of one period may fall on different days, so the period decides, not a day.
        """
        names = set(commitments)
        rows = []
        for row in self.inputs.tables["milestones"]:
            judged = self.case.calendar.last_ending_by(row["date"]) or 0
            if row["commitment"] in names and judged <= period:
                rows.append(row)
        return max(rows, key=lambda row: (row["date"], row["mw"]))

    def groups(self) -> Iterator[tuple[str, ...]]:
        """Yield the commitments one by one, then all together if there are several."""
        commitments = self.case.demand.commitments
        for name in commitments:
            yield (name,)
        if len(commitments) > 1:
            yield commitments
