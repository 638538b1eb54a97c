"""Units that a sheet states in its headings, or in a row below them, and their conversion."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat

from planner.errors import Fault
from planner.workbook.drafts import Findings
from planner.workbook.files.cell_names import letters
from planner.workbook.files.raw_cells import Grid
from planner.workbook.headers import Header
from planner.workbook.schema.cell_contents import BadValueError, is_blank, tidy_text
from planner.workbook.schema.declarations import Column, Kind, Table
from planner.workbook.schema.numbers import looks_like_number, number_of
from planner.workbook.schema.units import NOTHING, factor_to, is_share, own_unit

NUMBERS = (Kind.NUMBER, Kind.WHOLE)
PLACEHOLDERS = NOTHING | {"text", "name", "id", "key", "unit", "units", "[unit]", "string"}
"""Texts that may stand in a row of units in a column of names."""


@dataclass(frozen=True)
class Scale:
    """Conversion of a column that states another unit than its own.

    Attributes
    ----------
    factor : Fraction
        Factor that converts numbers into the column's own unit.
    where, said : str
        The cell that states the unit, and the unit.
    is_format : bool
        Whether the number format of the cells states it.
    """

    factor: Fraction
    where: str
    said: str
    is_format: bool = False


HUGE = 1e300


def units_row(table: Table, header: Header, grid: Grid) -> int | None:
    """Return the index of the row of units: the first row below the header, if it states units.

    A row of units has only words, at least one of them in a column of numbers, and no key.
    """
    below = header.row + 1
    while below < len(grid) and not any(map(_filled, grid[below])):
        below += 1
    if below == len(grid):
        return None
    said = _said(header, grid[below])
    over_numbers = False
    for name, cell in said.items():
        if not isinstance(cell, str) or looks_like_number(tidy_text(cell)):
            return None
        if name in table.key and table.column(name).kind not in NUMBERS:
            is_format = table.column(name).kind is Kind.DATE and re.fullmatch(
                r"[ymdtj./\- ]+", tidy_text(cell).lower()
            )
            if tidy_text(cell).lower().strip("[]()") not in PLACEHOLDERS and not is_format:
                return None
        over_numbers |= table.column(name).kind in NUMBERS
    return below if over_numbers else None


def _filled(cell: object) -> bool:
    return not is_blank(cell)


def _said(header: Header, row: Sequence[object]) -> dict[str, object]:
    """Return the content of a row by column, without blank cells."""
    places = {name: heading.position for name, heading in header.columns.items()}
    return {name: row[at] for name, at in places.items() if at < len(row) and _filled(row[at])}


def stated_scales(
    table: Table, header: Header, units: Sequence[object], row: int | None, findings: Findings
) -> dict[str, Scale | None]:
    """Return the conversion of each column whose heading states another unit.

    It is None for a column with an invalid unit, whose numbers have no known meaning.

    Parameters
    ----------
    table, header
        The sheet's declaration and its header.
    units, row
        The row of units and its index; empty and None without such a row.
    findings
        Collects a fault for each unit that is unknown or of another dimension.
    """
    scales: dict[str, Scale | None] = {}
    below = _said(header, units)
    for column in table.columns:
        heading = header.columns.get(column.name)
        if heading is None:
            continue
        stated = [(heading.where(table), heading.unit)] if heading.unit else []
        if column.name in below and row is not None and column.kind in NUMBERS:
            where = f"{table.name}!{letters(heading.position + 1)}{row + 1}"
            stated.append((where, tidy_text(str(below[column.name]))))
        found = [_scale(column, where, said, findings) for where, said in stated]
        known = [scale for scale in found if scale is not None]
        if len({scale.factor for scale in known}) > 1:
            rule = (
                f"the heading above says {known[0].said}, but this row of units says "
                f"{known[1].said}"
            )
            remedy = (
                f"If the numbers are in {known[0].said}, write {known[0].said} here too; "
                "otherwise remove it from the heading"
            )
            fault = Fault(known[1].where, known[1].said, rule, remedy)
            findings.faults.append(fault)
            known = []
        if len(known) < len(found):
            header.unknown.add(column.name)
            scales[column.name] = None
        elif known and known[-1].factor != 1:
            scales[column.name] = known[-1]
    return scales


def _scale(column: Column, where: str, said: str, findings: Findings) -> Scale | None:
    """Return the conversion from a stated unit; None, and a fault, if the unit is invalid."""
    try:
        if column.kind not in NUMBERS:
            raise BadValueError(
                f"{column.name} has no unit, because it is not a number",
                f"Name the column {column.name}, without a unit",
            )
        return Scale(factor_to(column, said, findings.currency), where, said)
    except BadValueError as error:
        findings.faults.append(Fault(where, said, error.rule, error.remedy))
        return None


def can_be_scaled(
    column: Column, scale: Scale, cells: Sequence[object], findings: Findings
) -> bool:
    """Return whether a column can be converted; add a note if so, a fault if not.

    Percentages of at most 1 are ambiguous: 0.95 below a percent sign may be 0.95 %, or 95 %,
    which a cell with a percentage format contains as 0.95.
    """
    numbers = [number for number in map(_number, set(cells), repeat(findings.locale)) if number]
    if is_share(column) and numbers and max(numbers) <= 1:
        most = max(numbers)
        rule = (
            f"{column.name} is in percent, but none of its numbers is above 1: {most:.15g} may "
            f"mean {most:.15g} % or {100 * most:.15g} %"
        )
        remedy = "Give shares of 1 and remove the unit, or percentages above 1"
        findings.faults.append(Fault(scale.where, scale.said, rule, remedy))
        return False
    factor = scale.factor
    times = (
        f"divided by {factor.denominator}"
        if factor.numerator == 1
        else (f"multiplied by {float(factor):.10g}")
    )
    shown = " (from the number format)" if scale.is_format else ""
    findings.notes.append(
        f"{scale.where} {scale.said!r}{shown}: the numbers of {column.name} are {times} "
        f"to convert them to {own_unit(column)}"
    )
    return True


def _number(cell: object, locale: str | None) -> float | None:
    """Return the number in a cell, which may be a number or a text; None if it has none."""
    if isinstance(cell, str):
        return number_of(tidy_text(cell), locale)
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return float(cell) if is_number and abs(cell) < HUGE else None  # type: ignore[arg-type]
