"""Convert numbers whose number format shows another unit than their column's, or report them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner.errors import Fault
from planner.workbook.drafts import Findings
from planner.workbook.files.cell_names import letters
from planner.workbook.files.number_formats import Cells, ShownUnit
from planner.workbook.headers import Header
from planner.workbook.schema.cell_contents import BadValueError, is_blank, shown, tidy_text
from planner.workbook.schema.change_values import changed_column
from planner.workbook.schema.declarations import Column, Table
from planner.workbook.schema.units import (
    NOTHING,
    SCALES,
    Unit,
    factor_to,
    is_currency,
    own_unit,
    unit_of,
)
from planner.workbook.stated_units import NUMBERS, Scale

Found = dict[int, ShownUnit]
"""Units that the formats of a column's cells show, by index of the row."""


@dataclass(frozen=True)
class Formats:
    """The number formats of one sheet's rows.

    Attributes
    ----------
    table, header
        The sheet's declaration and its header.
    cells, numbers
        The cells of each declared column, and the number of each row, from 1.
    shown : mapping of tuple of int to ShownUnit
        The units that the formats show, by row and column from 0.
    """

    table: Table
    header: Header
    cells: Mapping[str, Sequence[object]]
    numbers: Sequence[int]
    shown: Cells

    def add_scales(
        self, scales: dict[str, Scale | None], units: Sequence[object], findings: Findings
    ) -> None:
        """Add the units of number formats to those of headings, and report contradictions.

        Parameters
        ----------
        scales
            Conversion of each column whose heading states another unit; extended here.
        units
            The row of units below the header; empty if there is none.
        findings
            Collects faults, and doubts about currencies.
        """
        for column in self.table.columns:
            found = self._found(column.name)
            if found and column.kind in NUMBERS:
                stated = self._is_stated(column.name, units)
                self._add_scale(column, found, scales, findings, stated=stated)
            elif found and column.name == "value":
                findings.faults += self._single_values(found, findings)

    def _found(self, name: str) -> Found:
        """Return the units that the formats of a column's numbers show."""
        heading = self.header.columns.get(name)
        if heading is None:
            return {}
        units = (
            (at, self.shown.get((number - 1, heading.position)))
            for at, number in enumerate(self.numbers)
        )
        return {
            at: unit for at, unit in units if unit is not None and _is_number(self.cells[name][at])
        }

    def _is_stated(self, name: str, units: Sequence[object]) -> bool:
        """Return whether the heading of a column, or the row of units, states a unit."""
        heading = self.header.columns[name]
        below = units[heading.position] if heading.position < len(units) else None
        return any(
            tidy_text(str(said)).lower() not in NOTHING
            for said in (heading.unit, below)
            if not is_blank(said)
        )

    def _add_scale(
        self,
        column: Column,
        found: Found,
        scales: dict[str, Scale | None],
        findings: Findings,
        *,
        stated: bool,
    ) -> None:
        """Convert a column whose cells all show one unit; report contradictory cells."""
        name = column.name
        given = scales.get(name)
        if name in scales and given is None:
            return  # The fault of its heading is reported already.
        own = Fraction(1) if given is None else given.factor
        factors, faults = self._factors(column, found, own, findings)
        other = {at: factor for at, factor in factors.items() if factor != own}
        if not other and not faults:
            return
        filled = sum(not is_blank(cell) for cell in self.cells[name])
        if not faults and not stated and len(factors) == filled and len({*factors.values()}) == 1:
            scales[name] = self._scale(column, found, factors)
            return
        unit = own_unit(column) if given is None else given.said
        beside = f"its heading states {unit}" if stated else f"the other cells are in {unit}"
        faults += [
            self._fault(
                column.name,
                at,
                found[at],
                f"the number format shows {name} in {_words(found[at])} here, but {beside}",
                "Give all numbers of the column in one unit, formatted as plain numbers",
            )
            for at in other
        ]
        findings.faults += faults
        self.header.unknown.add(name)
        scales[name] = None

    def _factors(
        self, column: Column, found: Found, own: Fraction, findings: Findings
    ) -> tuple[dict[int, Fraction], list[Fault]]:
        """Return the conversion factor of each cell, and faults of cells without one."""
        factors, faults = {}, []
        for at, unit in found.items():
            try:
                factor = _factor(column, unit, own)
            except BadValueError as error:
                rule = f"the number format shows {_words(unit)}: {error.rule}"
                remedy = f"Format the cell as a plain number and give {own_unit(column)}"
                faults.append(self._fault(column.name, at, unit, rule, remedy))
                continue
            if factor is not None:
                factors[at] = factor
            money = _money(unit)
            if money and not (findings.currency is None or is_currency(money, findings.currency)):
                findings.doubts.append(
                    self._fault(
                        column.name,
                        at,
                        unit,
                        f"the number format shows {column.name} in {_words(unit)}, but the "
                        f"plan's currency is {findings.currency}",
                        f"Convert the numbers to {findings.currency}, or correct their format, or "
                        "currency in settings",
                    )
                )
        return factors, faults

    def _scale(self, column: Column, found: Found, factors: Mapping[int, Fraction]) -> Scale:
        """Return the unit that all cells of a column show."""
        first, *others = factors
        more = f" and {len(others)} more below" if others else ""
        return Scale(
            factors[first],
            f"{self._where(column.name, first)}{more}",
            found[first].text,
            is_format=True,
        )

    def _single_values(self, found: Found, findings: Findings) -> Iterator[Fault]:
        """Yield the faults of settings and changes, where each row has its own unit."""
        for at, unit in found.items():
            column = self._changed(at)
            if column is None or column.kind not in NUMBERS:
                continue
            factors, faults = self._factors(column, {at: unit}, Fraction(1), findings)
            yield from (self._fault("value", at, unit, f.rule, f.remedy) for f in faults)
            if factors.get(at, 1) != 1:
                rule = (
                    f"{column.name} is in {own_unit(column)}, but the number format shows "
                    f"{_words(unit)}"
                )
                remedy = f"Format the cell as a plain number and give {own_unit(column)}"
                yield self._fault("value", at, unit, rule, remedy)

    def _changed(self, at: int) -> Column | None:
        """Return the setting, or the column that a change changes; None in other sheets."""
        if self.table.name == "settings":
            named = self.cells.get("setting", ())
            return changed_column("settings", named[at] if named else None, "value")
        if self.table.name != "changes" or not {"sheet", "key", "column"} <= set(self.cells):
            return None
        return changed_column(*(self.cells[name][at] for name in ("sheet", "key", "column")))

    def _where(self, name: str, at: int) -> str:
        position = self.header.columns[name].position
        return f"{self.table.name}!{letters(position + 1)}{self.numbers[at]}"

    def _fault(self, name: str, at: int, unit: ShownUnit, rule: str, remedy: str) -> Fault:
        value = f"{shown(self.cells[name][at])} {unit.text}".strip()
        return Fault(self._where(name, at), value, rule, remedy)


def _is_number(cell: object) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _words(unit: ShownUnit) -> str:
    """Return in words the unit that a format shows."""
    thousands = {10**3: "thousands", 10**6: "millions", 10**9: "billions"}.get(unit.divisor, "")
    return " of ".join(part for part in (thousands, unit.text) if part) or "another unit"


def _money(unit: ShownUnit) -> str:
    """Return the currency that a format shows, in lower case; empty if it shows none."""
    said = unit_of(unit.text)
    return said.money if said is not None else ""


def _factor(column: Column, unit: ShownUnit, own: Fraction) -> Fraction | None:
    """Return the factor that converts a number from a shown unit into the column's unit.

    It is None if the format shows no unit, but the thing that is counted, or a scale that the
    format itself applies.

    Raises
    ------
    BadValueError
        If the unit is unknown, or of another dimension than the column's.
    """
    scale = SCALES.get(unit.text.lower())
    if not unit.text or scale == unit.divisor:
        # 1500 shown as 1.5 or as 1.5k is 1500, unless a heading states the unit of the 1.5.
        return None if own == 1 else own / unit.divisor
    said, declared = unit_of(unit.text), unit_of(column.unit) or Unit(("",), Fraction(1))
    if said is None and declared.kind == ("",):
        return None
    if said is not None and said.kind[0] == "money" != declared.kind[0]:
        return None  # A currency beside megawatts is a formatting mistake.
    if said is not None and said.kind == declared.kind[:1] and len(declared.kind) > 1:
        return said.factor / unit.divisor  # E.g. k$ in a column of $ per MW and month.
    return factor_to(column, unit.text, None) / unit.divisor
