"""What is asked for, read back from its sentence and granted cell by cell in the sheets."""

from __future__ import annotations

import copy
import re
from datetime import date

from instances import Sheets

INSTEAD = re.compile(r"(\S+)(?: days?)?(?: under way)? instead of ")
MORE = re.compile(
    r"(?:^|: |assemble |store |energise |install |spend )([\d,.]+) "
    r"(?:MW|l/min|[A-Z]{3} more|more)"
)
CELL = re.compile(r"(\w+)!([A-Z]+)(\d+)")

KEYS = {"energisation": "node", "supply_capacity": "supplier", "crews": "site"}


def granted(sheets: Sheets, says: str, cells: str) -> Sheets:
    """Return sheets in which a sentence is granted in its cells, read as a person reads it."""
    other = copy.deepcopy(sheets)
    for sheet, letter, number in CELL.findall(cells):
        header = list(dict.fromkeys(column for row in sheets[sheet] for column in row))
        column = header[ord(letter) - ord("A")]
        row = other[sheet][int(number) - 2]
        before = row[column]
        row[column] = figure(says, before)
        if column == "from" and sheet in KEYS:
            _overtake(other[sheet], KEYS[sheet], row, before)
    return other


def figure(says: str, before: object) -> object:
    """Return what a sentence puts in place of what stands in a cell."""
    if found := INSTEAD.search(says):
        text = found[1]
        return date.fromisoformat(text) if isinstance(before, date) else float(text)
    found = MORE.search(says)
    assert found is not None, says
    more = float(found[1].replace(",", ""))
    return round(float(str(1 if before is None else before)) + more, 9)


def _overtake(rows: list[dict[str, object]], key: str, row: dict[str, object], was: object) -> None:
    """Drop smaller rows of the same capacity that a row, brought forward, has overtaken."""
    amount = next(c for c in ("mw", "units_per_month", "systems_per_month") if c in row)
    for other in list(rows):
        between = str(row["from"]) <= str(other["from"]) < str(was)
        if (
            other is not row
            and other[key] == row[key]
            and between
            and float(str(other[amount])) <= float(str(row[amount]))
        ):
            rows.remove(other)
