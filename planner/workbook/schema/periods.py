"""Lengths of planning periods: one for the whole plan, or several with their first days."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from planner.workbook.schema.cell_contents import BadValueError, folded
from planner.workbook.schema.dates import EXPECTED, day_of
from planner.workbook.schema.spelling import Speller

LENGTHS = ("month", "week", "quarter")
EXAMPLE = "week; month from 2027-01-01"

SHORTEST_DAYS = {"week": 7, "month": 28, "quarter": 89}
LONGEST_DAYS = {"week": 7, "month": 31, "quarter": 92}

PART = re.compile(r"(?P<length>.+?)(?:\s+from\s+(?P<day>.+))?", re.IGNORECASE | re.DOTALL)
SINCE = " from "
NEXT = "; "


@dataclass(frozen=True)
class Stretch:
    """A part of the plan with periods of the same length.

    Attributes
    ----------
    length : str
        One of `LENGTHS`.
    since : date or None
        First day; None for the first part, which begins with the plan.
    """

    length: str
    since: date | None = None

    def __str__(self) -> str:
        """Return the notation in a cell."""
        return self.length if self.since is None else f"{self.length}{SINCE}{self.since}"


def stretches(period: str) -> tuple[Stretch, ...]:
    """Return the parts of a plan in order of time.

    Parameters
    ----------
    period
        The setting as `periods_of` writes it, e.g. ``month`` or ``week; month from 2027-01-01``.
    """
    parts = (part.partition(SINCE) for part in period.split(NEXT))
    return tuple(
        Stretch(length, date.fromisoformat(day) if day else None) for length, _, day in parts
    )


def starts_of(start: date, end: date, period: str) -> list[date]:
    """Return the first day of each period of a plan, and the day after the last.

    Parameters
    ----------
    start, end
        First day planned, and a day of the last period.
    period
        The setting as `periods_of` writes it.
    """
    starts, parts = [start], stretches(period)
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        until = date.max if following is None else following.since or start
        while starts[-1] < until and starts[-1] <= end:
            starts.append(min(_next_start(starts[-1], part.length), until))
    return starts


def _next_start(day: date, length: str) -> date:
    """Return the first day after a full period of some length."""
    if length == "week":
        return day + timedelta(days=7)
    month = day.month - 1 + (3 if length == "quarter" else 1)
    return date(day.year + month // 12, month % 12 + 1, 1)


def earlier_days(period: str) -> int:
    """Return how many days shorter a lead time must be to gain a period from every start.

    If the plan has several lengths of periods, this holds where periods are shortest.
    """
    return min(LONGEST_DAYS[part.length] for part in stretches(period))


def periods_of(words: Sequence[str], expected: str) -> str:
    """Return lengths of periods in normal form, e.g. ``week; month from 2027-01-01``.

    Parameters
    ----------
    words
        The parts of the cell, as tidy texts.
    expected
        Description of the allowed values, for the remedy.

    Raises
    ------
    BadValueError
        If a part is not a length, has no day, or cannot follow the part before.
    """
    if not words:
        raise BadValueError("period has no length", f"Give {expected}")
    found: list[Stretch] = []
    for word in words:
        part = PART.fullmatch(word)
        length = folded(part["length"]) if part else ""
        if part is None or length not in LENGTHS:
            near = Speller(LENGTHS).nearest(part["length"] if part else word)
            said = "this" if len(words) == 1 else repr(word)
            hint = f"Did you mean {near}? " if near else ""
            raise BadValueError(f"{said} is not a length of periods", f"{hint}Give {expected}")
        found.append(Stretch(length, _day(length, part["day"])))
    for at, stretch in enumerate(found):
        _follows(stretch, found[at - 1] if at else None)
    return NEXT.join(map(str, found))


def _day(length: str, text: str | None) -> date | None:
    """Return the first day of a length."""
    if text is None:
        return None
    try:
        return day_of(f"the day after '{length}{SINCE.rstrip()}'", text)
    except BadValueError as error:
        raise BadValueError(error.rule, error.remedy.replace(EXPECTED, "YYYY-MM-DD")) from None


def _follows(stretch: Stretch, before: Stretch | None) -> None:
    """Refuse a part of a plan that cannot follow the part before, which is None for the first."""
    length, day = stretch.length, stretch.since
    if before is None:
        if day is not None:
            raise BadValueError(
                "the first length of periods applies from the plan's start",
                f"Write {length} alone, e.g. {EXAMPLE}",
            )
        return
    if day is None:
        raise BadValueError(
            f"{length} has no first day",
            f"Write {length} from YYYY-MM-DD, e.g. {EXAMPLE}",
        )
    if length == before.length:
        raise BadValueError(
            f"{length} from {day} follows {before}, so the length does not change",
            "Leave it out, or give another length",
        )
    if before.since is not None and day <= before.since:
        raise BadValueError(
            f"{stretch} follows {before}, but does not begin after it",
            "Give the lengths in the order of their days",
        )
    if length != "week" and day.day != 1:
        raise BadValueError(
            f"periods by {length} must start on the first of a month, but {day} is not the first",
            f"Give {day.replace(day=1)}, or the first of a later month",
        )
