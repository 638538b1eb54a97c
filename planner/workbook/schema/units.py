"""Units in headings, and their conversion into the unit of the column.

A unit is a numerator and its divisors, e.g. ``k$ per MW and month``. Counted things (units,
systems, slots) have no dimension. A unit of another dimension is refused, never ignored.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from planner.workbook.schema.cell_contents import BadValueError, tidy_text
from planner.workbook.schema.declarations import Column, Kind

DAYS_OF_A_MONTH = Fraction(1461, 48)
"""Mean days in a month, for rates: 365.25 / 12."""

POWER = {"w": Fraction(1, 1000), "kw": Fraction(1), "mw": Fraction(1000), "gw": Fraction(10**6)}
WATTS = {"watt": "w", "kilowatt": "kw", "megawatt": "mw", "gigawatt": "gw"}
TIME = {
    "second": Fraction(1, 86400),
    "minute": Fraction(1, 1440),
    "hour": Fraction(1, 24),
    "day": Fraction(1),
    "week": Fraction(7),
    "month": DAYS_OF_A_MONTH,
    "quarter": 3 * DAYS_OF_A_MONTH,
    "year": 12 * DAYS_OF_A_MONTH,
}
TIME_WORDS = {
    "s": "second",
    "sec": "second",
    "min": "minute",
    "h": "hour",
    "hr": "hour",
    "d": "day",
    "calendar day": "day",
    "wk": "week",
    "mo": "month",
    "mth": "month",
    "q": "quarter",
    "qtr": "quarter",
    "y": "year",
    "yr": "year",
    "a": "year",
}
VOLUME = {
    "l": Fraction(1),
    "liter": Fraction(1),
    "litre": Fraction(1),
    "m3": Fraction(1000),
    "gal": Fraction("3.785411784"),
    "gallon": Fraction("3.785411784"),
}
TOKENS = {
    "tok": Fraction(1),
    "token": Fraction(1),
    "ktok": Fraction(1000),
    "mtok": Fraction(10**6),
    "btok": Fraction(10**9),
    "gtok": Fraction(10**9),
    "million token": Fraction(10**6),
    "billion token": Fraction(10**9),
}
DATA = {"kb": Fraction(1), "mb": Fraction(1000), "gb": Fraction(10**6), "tb": Fraction(10**9)}
QUANTITY_WORDS = {"power": {"power"}, "time": {"time", "duration"}, "volume": {"flow"}}
"""Words of a heading that only repeat the dimension of its unit, and do not distinguish columns."""

THINGS = {"capacity unit", "system", "hall", "slot", "order", "user"}
COUNTED = THINGS | {"unit", "piece", "pc", "pcs", "each", "ea", "count", "no", "nos", "number", "#"}
SHARES = {
    "%": Fraction(1, 100),
    "percent": Fraction(1, 100),
    "per cent": Fraction(1, 100),
    "pct": Fraction(1, 100),
    "share": Fraction(1),
    "fraction": Fraction(1),
}
SCALES = {
    "k": 10**3,
    "tsd": 10**3,
    "thousand": 10**3,
    "000": 10**3,
    "'000": 10**3,
    "m": 10**6,
    "mm": 10**6,
    "mn": 10**6,
    "mio": 10**6,
    "mln": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
}
SPELLED = {"tsd", "thousand", "000", "'000", "million", "billion", "k"}
"""Scales that are allowed without a currency."""

CENTS = {"ct", "cent", "¢"}
SYMBOLS = {
    "$": {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN"},
    "€": {"EUR"},
    "£": {"GBP"},
    "¥": {"JPY", "CNY"},
    "us$": {"USD"},
    "fr": {"CHF"},
}
CURRENCIES = {
    "usd",
    "eur",
    "gbp",
    "chf",
    "jpy",
    "cny",
    "cad",
    "aud",
    "nzd",
    "sgd",
    "hkd",
    "twd",
    "krw",
    "inr",
    "sek",
    "nok",
    "dkk",
    "pln",
    "brl",
    "mxn",
    "aed",
    "sar",
    "ils",
    "zar",
    "myr",
    "idr",
    "thb",
}
NOTHING = {"", "-", "–", "—", "n/a", "na", "none", "no unit", "dimensionless"}
"""Texts that mean no unit."""

MILLIWATT = re.compile(r"\bmWh?\b")
BITS = re.compile(r"\b[kMGT](?:b|bits?|bps)\b")
DIVIDED = re.compile(r"\s*(?:/|·|\*|×|-|\bper\b|\band\b)\s*")


@dataclass(frozen=True)
class Unit:
    """A unit, as written.

    Attributes
    ----------
    kind : tuple of str
        Dimension of its numerator, then those of its divisors, in alphabetical order.
    factor : Fraction
        Its size in kW, days, litres, tokens, kB, or whole units of money.
    money : str
        Currency or symbol, in lower case; empty if there is none.
    span : str
        Name of the time in its numerator, e.g. ``month``.
    """

    kind: tuple[str, ...]
    factor: Fraction
    money: str = ""
    span: str = ""


def unit_of(text: str) -> Unit | None:
    """Return the unit in a text; None if it is unknown."""
    text = " ".join(tidy_text(text).strip("[](){}<> ").replace("³", "3").split())
    # Nobody plans in milliwatts (mW); the text probably means another unit. Gb are not GB.
    if MILLIWATT.search(text) or BITS.search(text):
        return None
    text = re.sub(r"\bp\.\s?a\.|\ba year\b|\byearly\b", "per year", text.lower())
    text = re.sub(r"\blpm\b", "l/min", re.sub(r"\bgpm\b", "gal/min", text))
    if text in SHARES:
        return Unit(("share",), SHARES[text])
    if text in SPELLED:
        return Unit(("scale",), Fraction(SCALES[text]))
    over, *under = DIVIDED.split(text)
    top = _token(over) if over else Unit((), Fraction(1))
    below = [_token(part) for part in under]
    if top is None or any(part is None or part.money for part in below):
        return None
    kinds: list[str] = []
    factor = top.factor
    for part in below:
        assert part is not None
        kinds += part.kind
        factor /= part.factor
    if not top.kind and not kinds and not over:
        return None
    return Unit((*(top.kind or ("",)), *sorted(kinds)), factor, top.money, top.span)


def _token(text: str) -> Unit | None:
    """Return one part of a unit."""
    word = text.strip(" .")
    single = word[:-1] if len(word) > 2 and word.endswith("s") else word
    power = WATTS.get(single, word)
    span = TIME_WORDS.get(single, TIME_WORDS.get(word, single))
    if power in POWER:
        found = Unit(("power",), POWER[power])
    elif power.endswith("h") and power[:-1] in POWER:
        found = Unit(("energy",), POWER[power[:-1]])
    elif span in TIME:
        found = Unit(("time",), TIME[span], span=span)
    elif single in VOLUME:
        found = Unit(("volume",), VOLUME[single])
    elif single in TOKENS:
        found = Unit(("tokens",), TOKENS[single])
    elif word in DATA:
        found = Unit(("data",), DATA[word])
    elif word in COUNTED or single in COUNTED:
        found = Unit((), Fraction(1))
    elif single in ("degree", "deg", "°"):
        found = Unit(("angle",), Fraction(1))
    else:
        return _money(word)
    return found


def _money(word: str) -> Unit | None:
    """Return a unit of money, with or without a scale before or after its currency."""
    if word == "money":
        return Unit(("money",), Fraction(1))
    if word in ("teur", "t€", "tchf"):  # With other currencies, T means trillion.
        return Unit(("money",), Fraction(1000), word[1:])
    if word in CENTS or word.removesuffix("s") in CENTS:
        return Unit(("money",), Fraction(1, 100))
    for currency in sorted({*SYMBOLS, *CURRENCIES}, key=len, reverse=True):
        for rest in (word.removeprefix(currency), word.removesuffix(currency)):
            if rest == word:
                continue
            scale = rest.strip(" .")
            scale = scale.removesuffix("s") if len(scale) > 3 else scale
            if not scale or scale in SCALES:
                return Unit(("money",), Fraction(SCALES.get(scale, 1)), currency)
    return None


def is_share(column: Column) -> bool:
    """Return whether a column's numbers are shares of one, for which percentages are clear."""
    return column.kind is Kind.NUMBER and column.high is not None and column.high <= 1.0


def factor_to(column: Column, said: str, currency: str | None) -> Fraction:
    """Return the factor that converts numbers from another unit into the column's unit.

    Parameters
    ----------
    column
        A column of numbers.
    said
        The unit that the sheet states.
    currency
        Currency of the plan; None if it is unknown.

    Raises
    ------
    BadValueError
        If the unit is unknown, or of another dimension than the column's own.
    """
    said = tidy_text(said).strip("[](){}<> ")
    is_other = MILLIWATT.search(said) or BITS.search(said)
    same = said.lower() == column.unit.lower() and not is_other
    if same or said.lower() in NOTHING:
        return Fraction(1)
    unit, own = unit_of(said), unit_of(column.unit) or Unit(("",), Fraction(1))
    rule = f"{column.name} is in {own_unit(column)}"
    remedy = (
        f"Give the numbers in {column.unit}, and write {column.unit} as their unit"
        if column.unit
        else f"Give {own_unit(column)}, without a unit"
    )
    if unit is None:
        raise BadValueError(f"{rule}, but the planner does not know this unit", remedy)
    if is_share(column) and unit.kind == ("share",):
        return unit.factor
    if unit.kind == ("scale",) and own.kind in (("money",), ("",)) and not is_share(column):
        return unit.factor
    if unit.kind != own.kind or is_share(column) or _counts_others(said, column.unit):
        raise BadValueError(f"{rule}, but this unit cannot be converted to it", remedy)
    if unit.span in ("month", "quarter", "year"):
        raise BadValueError(
            f"{rule}, but a {unit.span} has no fixed number of {own_unit(column)}",
            "Give the numbers in days or weeks, and write that as their unit",
        )
    if unit.money and currency and not is_currency(unit.money, currency):
        remedy = f"Convert the column to {currency}, or correct currency in settings"
        raise BadValueError(f"{rule}, but the plan's currency is {currency}", remedy)
    return unit.factor / own.factor


def _counts_others(said: str, own: str) -> bool:
    """Return whether a unit counts other things than the column, e.g. halls for systems."""
    here, there = ({thing for thing in THINGS if thing in text.lower()} for text in (own, said))
    return bool(here) and not there <= here


def is_currency(said: str, currency: str) -> bool:
    """Return whether a symbol or code, in lower case, can mean a plan's currency."""
    return said.upper() == currency.upper() or currency.upper() in SYMBOLS.get(said, ())


def own_unit(column: Column) -> str:
    """Return a column's own unit in words."""
    return column.unit or ("shares of 1" if is_share(column) else "plain numbers")


def multiplied(value: float, factor: Fraction) -> float:
    """Return a number in the column's unit; rounded only once, so that 34,600 W are 34.6 kW."""
    return value * factor.numerator / factor.denominator
