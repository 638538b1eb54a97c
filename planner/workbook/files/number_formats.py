"""Units and currencies that a number format shows beside a number, e.g. ``0" weeks"``.

The cell contains 26, but a person sees 26 weeks. So a unit in a number format counts like a unit
in the heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.workbook.files.cell_names import column_of

TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]'
    r"|(?P<general>General|Standard)|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
PLACEHOLDERS = frozenset("0#?")
SAID = re.compile(r"[^\W\d_]|[%$€£¥°]")
"""Characters that make a literal a unit: a letter, a currency, a per cent or degree sign."""

Cells = Mapping[tuple[int, int], "ShownUnit"]
"""Units that the number formats of cells show, by row and column from 0."""


@dataclass(frozen=True)
class ShownUnit:
    """Unit that a number format shows beside a number.

    Attributes
    ----------
    text : str
        The unit, as written.
    divisor : int
        The format shows the number divided by this, e.g. by 1000 if it shows thousands.
    """

    text: str
    divisor: int = 1


def shown_unit(code: str) -> ShownUnit | None:
    """Return the unit that a number format of an .xlsx workbook shows; None without a unit.

    Parameters
    ----------
    code
        The format, e.g. ``#,##0.0," k$"``. Only its part for positive numbers counts.
    """
    literal, commas, is_number = [], 0, False
    for token in TOKEN.finditer(code):
        plain = token["plain"] or ""
        if plain == ";":
            break
        if plain in PLACEHOLDERS or token["general"]:
            commas, is_number = 0, True
            literal.append(" ")
        elif plain in (",", "."):
            commas += is_number and plain == ","
        elif plain.lower() in tuple("ymdhse@") or plain == "%":
            # A date, a duration or a text; or a percentage, which the format multiplies by 100.
            return None
        else:
            literal.append(token["quoted"] or token["escaped"] or token["currency"] or plain)
    return of_literal("".join(literal), 1000**commas) if is_number else None


def of_literal(text: str, divisor: int = 1) -> ShownUnit | None:
    """Return the unit in the text around a number; None if that is only punctuation.

    The unit's text is empty if thousands or millions are shown without a word for them.
    """
    words = " ".join(text.replace("\u00a0", " ").strip(" .,()-+:").split())
    if not SAID.search(words):
        return ShownUnit("", divisor) if divisor > 1 else None
    return ShownUnit(words, divisor)


def shown_by_style(codes: Mapping[int, str], used: Iterable[int]) -> dict[int, ShownUnit]:
    """Return the unit that each cell style shows, by number of the style.

    Parameters
    ----------
    codes
        Formats of the workbook, by their numbers.
    used
        Number of the format of each cell style.
    """
    shown = {number: shown_unit(code) for number, code in codes.items()}
    found = {style: shown.get(number) for style, number in enumerate(used)}
    return {style: unit for style, unit in found.items() if unit is not None}


def shown_in_cells(rows: bytes, styles: Mapping[int, ShownUnit]) -> Cells:
    """Return the units that the formats of a sheet's cells show, from its plain XML."""
    if not styles:
        return {}
    numbers = b"|".join(b"%d" % style for style in styles)
    cell = re.compile(rb'<c r="([A-Z]+)(\d+)" s="0*+(' + numbers + rb')"')
    return {
        (int(row) - 1, column_of(name.decode()) - 1): styles[int(style)]
        for name, row, style in cell.findall(rows)
    }
