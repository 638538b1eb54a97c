"""Basic tests and texts of a cell's content, independent of its column."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import datetime, time

from planner.workbook.files.raw_cells import FORMULA_WITHOUT_VALUE

LONGEST_SHOWN = 80
"""Length to which a fault cuts the content of a cell, in characters."""

ERROR_VALUE = re.compile(
    r"#(REF|VALUE|DIV/0|NULL|NUM|SPILL|CALC|FIELD|BLOCKED|CONNECT|BUSY|UNKNOWN|PYTHON|EXTERNAL|"
    r"TIMEOUT)!|#NAME\?|#N/A|#GETTING_DATA|Err:\d{3}|#{3,}",
    re.IGNORECASE,
)
"""Errors that spreadsheets write for a failed formula, or a number too wide for its column."""

# Joiners shape the letters of some scripts, so these two are removed only at the ends of a text.
JOINERS = "\u200c\u200d"
INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069"
SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f"
TIDY = str.maketrans(
    dict.fromkeys(f"{INVISIBLE}\ufeff") | dict.fromkeys(f"{SPACES}\u205f\u3000", " ")
)
UNREADABLE = ("Cc", "Cs")
"""Unicode categories of control characters and surrogates."""


class BadValueError(ValueError):
    """The content of a cell breaks a rule of its column.

    Parameters
    ----------
    rule
        The rule.
    remedy
        What to write instead.
    """

    def __init__(self, rule: str, remedy: str) -> None:
        self.rule, self.remedy = rule, remedy
        super().__init__(f"{rule}. {remedy}")


def tidy_text(raw: str) -> str:
    """Return a text without surrounding white space and zero-width characters.

    Every Unicode space becomes a plain space, and accented letters are composed, so that a name is
    the same whichever program wrote it.
    """
    if raw.isascii():
        return raw.strip()
    return unicodedata.normalize("NFC", raw.translate(TIDY)).strip().strip(JOINERS).strip()


def folded(text: str) -> str:
    """Return a text for comparisons that ignore case and spaces."""
    return " ".join(text.casefold().split())


def is_blank(raw: object) -> bool:
    """Return whether a cell has no visible content."""
    return raw is None or (isinstance(raw, str) and not tidy_text(raw))


def refuse_unreadable(raw: object) -> None:
    """Refuse a cell with a failed formula, or with control characters.

    Raises
    ------
    BadValueError
        For an error value, a formula without stored value, or a control character.
    """
    if raw is FORMULA_WITHOUT_VALUE:
        raise BadValueError(
            "the formula has no stored value", "Open the workbook in a spreadsheet and save it"
        )
    if not isinstance(raw, str):
        return
    if ERROR_VALUE.fullmatch(raw):
        raise BadValueError("the cell contains a spreadsheet error", "Correct its formula")
    if raw.isprintable():
        return
    for character in raw:
        if unicodedata.category(character) in UNREADABLE and character not in "\t\n\r":
            raise BadValueError(
                f"the text contains a control character (U+{ord(character):04X})", "Retype it"
            )


def shown(raw: object) -> str:
    """Return a cell's content as the person who typed it sees it."""
    if raw is None or raw is FORMULA_WITHOUT_VALUE:
        return ""
    if isinstance(raw, bool):
        text = str(raw).upper()
    elif isinstance(raw, int) and abs(raw) >= 10**300:
        text = f"{'-' if raw < 0 else ''}1e{int(math.log10(abs(raw)))}"
    elif isinstance(raw, float) or (isinstance(raw, int) and abs(raw) >= 10**15):
        text = f"{raw:.15g}"
    elif isinstance(raw, datetime):
        text = str(raw.date() if raw.time() == time(0) else raw)
    else:
        text = ", ".join(map(str, raw)) if isinstance(raw, tuple) else str(raw)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
