"""An evaluator of the workbook's formulas, independent of whatever wrote them."""

from __future__ import annotations

import math
import operator
import re
from datetime import date
from functools import reduce

import numpy as np
from openpyxl.utils import range_boundaries

REFERENCE = re.compile(
    r"(?:'([^']+)'!|(\b[A-Za-z]+)!)?\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?(?![\w(])"
)
COMPARE = {">=": operator.ge, "<=": operator.le}


class Text(str):
    """A text of a formula; joined to a value it is a condition."""

    def __and__(self, value):
        return COMPARE[str(self)], value


def numbers(*ranges):
    cells = [c for r in ranges for c in (np.ravel(r) if isinstance(r, np.ndarray) else [r])]
    return [c for c in cells if isinstance(c, int | float) and not isinstance(c, bool)]


def chosen(*conditions):
    pairs = zip(conditions[::2], conditions[1::2], strict=True)
    # As objects, for numpy makes a number of its own of a range that is one cell.
    areas = ((np.ravel(np.asarray(cells, dtype=object)), condition) for cells, condition in pairs)
    return reduce(
        operator.and_,
        (
            np.array([isinstance(cell, type(value)) and test(cell, value) for cell in area])
            for area, (test, value) in areas
        ),
    )


FUNCTIONS = {
    "SUM": lambda *ranges: math.fsum(numbers(*ranges)),
    "SUBTOTAL": lambda how, cells: math.fsum(numbers(cells)) if how == 109 else None,
    "SUMIFS": lambda cells, *tests: math.fsum(numbers(np.ravel(cells)[chosen(*tests)])),
    "COUNTIFS": lambda *tests: int(chosen(*tests).sum()),
    "EXACT": lambda cells, text: np.array([str(c or "") == text for c in np.ravel(cells)]) * 1.0,
    "SUMPRODUCT": lambda first, *more: float(
        np.dot(first, [c or 0.0 for c in np.ravel(more[0])]) if more else np.sum(first)
    ),
    "ROUND": round,
    "ROUNDUP": lambda value, digits: math.ceil(value),
    "ROUNDDOWN": lambda value, digits: math.floor(value),
}


def _plain(value):
    """Return a cell's value as formulas take it: days are counted."""
    return value.toordinal() if isinstance(value, date) else value


def evaluate(book, sheet, formula):
    """Return what a formula of a sheet comes to, from the values that stand in its cells."""

    def cells(match):
        quoted, plain, first, row, last, bottom = match.groups()
        area = f"{first}{row}" + (f":{last}{bottom}" if last else "")
        return f"look({quoted or plain or sheet!r}, {area!r})".replace(
            f"look({quoted or plain}", f"look({(quoted or plain)!r}"
        )

    def look(name, area):
        left, top, right, bottom = range_boundaries(area)
        rows = book[name].iter_rows(top, bottom, left, right, values_only=True)
        found = np.array([[_plain(value) for value in row] for row in rows], dtype=object)
        if ":" in area:
            return found
        return found[0, 0] if found[0, 0] is not None else 0.0

    parts = re.split(r'("[^"]*")', formula.removeprefix("="))
    code = "".join(
        f"Text({part})" if part.startswith('"') else REFERENCE.sub(cells, part) for part in parts
    )
    return eval(code, {"__builtins__": {}}, {**FUNCTIONS, "look": look, "Text": Text})
