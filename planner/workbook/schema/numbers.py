"""Read numbers from texts: plain digits, or with the separators of a declared locale."""

from __future__ import annotations

import re

from planner.workbook.schema.cell_contents import BadValueError

PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

LOCALES = {"en": (" ,", "."), "de": (" .", ","), "fr": (" ", ","), "ch": (" '’", ".")}
"""Thousands separators and decimal mark of each locale."""

SEPARATED = {
    locale: re.compile(
        rf"[+-]?(\d{{1,3}}(?:(?P<part>[{thousands}])\d{{3}})(?:(?P=part)\d{{3}})*|\d*)"
        rf"(?:[{decimal}](\d*))?([eE][+-]?\d+)?"
    )
    for locale, (thousands, decimal) in LOCALES.items()
}
MINUS_SIGNS = str.maketrans({"−": "-", "–": "-", "﹣": "-", "－": "-"})
RETYPE = (
    "Retype it in plain digits, e.g. {}, or set locale in settings to the notation of numbers: "
    + ", ".join(LOCALES)
)


def number_of(text: str, locale: str | None = None) -> float | None:
    """Return the number in a text; None if the text is not a number.

    Parameters
    ----------
    text
        A tidy text.
    locale
        Key of `LOCALES`; None for plain digits.
    """
    text = text.translate(MINUS_SIGNS)
    if locale is None:
        return float(text) if PLAIN_NUMBER.fullmatch(text) else None
    found = SEPARATED[locale].fullmatch(text)
    if found is None or not (found[1] or found[3]):
        return None
    sign = "-" if text.startswith("-") else ""
    whole = "".join(digit for digit in found[1] if digit.isdigit())
    return float(f"{sign}{whole or 0}.{found[3] or '0'}{found[4] or ''}")


def looks_like_number(text: str) -> bool:
    """Return whether a text is a number in plain digits or in any locale."""
    return number_of(text) is not None or any(number_of(text, name) is not None for name in LOCALES)


def refuse_number(name: str, text: str, locale: str | None, expected: str) -> BadValueError:
    """Return the error for a text that is not a number, with the numbers that it could mean.

    Parameters
    ----------
    name, expected
        Name of the column, and a description of its values.
    text
        Content of the cell, tidy.
    locale
        Declared locale, or None.
    """
    if locale is not None:
        thousands, decimal = LOCALES[locale]
        example = f"1{thousands[-1]}234{decimal}5"
        return BadValueError(
            f"{name} must be a number, but locale {locale} does not write numbers like this",
            f"Give {expected}, in digits, without a unit, e.g. {example}, or correct "
            "locale in settings",
        )
    readings = {number_of(text, name) for name in LOCALES} - {None}
    plain = sorted(f"{reading:.15g}" for reading in readings)
    if len(plain) > 1:
        return BadValueError(
            f"{name} must be a number, but this can be read as {' or as '.join(plain)}",
            RETYPE.format(plain[-1]),
        )
    if plain:
        return BadValueError(
            f"{name} must be a number in plain digits, but this one has separators, which are "
            "ambiguous",
            RETYPE.format(plain[0]),
        )
    return BadValueError(f"{name} must be a number", f"Give {expected}, in digits, without a unit")
