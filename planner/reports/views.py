"""Derived views for reports: headline, pivots and extremes."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from numbers import Real

from planner.case.calendar import DAY
from planner.case.rates import months_between
from planner.plan.rounding import running, tidy
from planner.plan.store import Plan
from planner.plan.tables import Row
from planner.workbook.schema.periods import stretches

NOTHING = 1e-6
"""Tolerance in MW and MW-months up to which values count as zero, as in the checks of a plan."""

BASIS_WORDS = {"system": "system power", "it": "IT power", "facility": "facility power"}
"""Words for each basis."""

TERM_WORDS = {
    "purchase": "systems and items bought",
    "take_or_pay": "capacity paid for and not used",
    "orders": "placing orders",
    "assembly": "assembling systems at plants",
    "freight": "freight on lanes",
    "holding": "holding stock",
    "openings": "first use of sites",
    "fit_out": "fitting out halls",
    "lease": "lease of the halls",
    "energy": "energy of systems in service",
    "service": "serving commitments from sites",
    "late": "late cost of missed MW",
}
"""Description of each cost term."""


def number(value: object) -> float:
    """Return a cell or figure as a number; blank counts as 0."""
    return float(value) if isinstance(value, Real) else 0.0


def figure(value: object, decimals: int = 0, unit: str = "") -> str:
    """Format a number: separators, unit, more decimals for small values."""
    if not isinstance(value, Real) or not math.isfinite(value):
        return "none"
    size = abs(float(value))
    while 0 < size < 0.5 * 10**-decimals and decimals < 6:
        decimals += 1
    shown = f"{float(value):,.{decimals}f}"
    shown = shown if shown.strip("-0.,") else shown.lstrip("-")
    return f"{shown} {unit}".rstrip()


def significant(value: object, digits: int = 4) -> str:
    """Format a number of unknown size: so many significant digits, no trailing zeros."""
    if not isinstance(value, Real) or not math.isfinite(value):
        return "none"
    number = float(value)
    if number.is_integer() or abs(number) >= 10 ** (digits - 1):
        return figure(number)
    rounded = float(f"{number:.{digits}g}")
    places_to_first_digit = -math.floor(math.log10(abs(rounded)))
    decimals = max(places_to_first_digit + digits - 1, 0)
    text = f"{rounded:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if decimals else text


def percent(gap: object) -> str:
    """Return a relative distance in percent."""
    known = isinstance(gap, Real) and math.isfinite(gap)
    return f"{number(gap):.3%}" if known else "not known"


def day(value: object) -> date | None:
    """Return a date given as such or as ISO text."""
    if isinstance(value, date):
        return value
    return date.fromisoformat(value[:10]) if isinstance(value, str) and value else None


def listed(plan: Plan, key: str) -> list[Mapping[str, object]]:
    """Return an entry of the summary that is a list of records."""
    value = plan.summary.get(key)
    rows = value if isinstance(value, (list, tuple)) else ()
    return [row for row in rows if isinstance(row, Mapping)]


def currency(plan: Plan) -> str:
    """Return the currency of the plan's money."""
    return str(plan.summary.get("currency") or "money")


@dataclass(frozen=True)
class Headline:
    """Headline of a plan.

    Attributes
    ----------
    missed : bool
        Whether any commitment misses MW at any time.
    text : str
        One sentence.
    details : tuple of str
        A sentence for each commitment that misses MW.
    """

    missed: bool
    text: str
    details: tuple[str, ...]


def headline(plan: Plan) -> Headline:
    """Return whether and where promised MW are missed."""
    missed = missed_mw_months(plan)
    details = tuple(filter(None, (_shortfall(rows) for rows in ramps(plan).values())))
    if not details and not missed:
        return Headline(False, "Every milestone is met: no MW is missed.", ())
    words = [figure(value, 1, f"MW-months{of}") for of, value in missed.items()]
    return Headline(True, f"MEGAWATTS ARE MISSED: {' and '.join(words)}", details)


def missed_mw_months(plan: Plan) -> dict[str, float]:
    """Return the MW-months missed, keyed by words such as `` of IT power``; empty if none.

    If only one basis misses any, the value is the plan's own figure, with an empty key. Values of
    several bases are not added up.
    """
    found = missed_by_basis(plan)
    if len(found) > 1:
        return {f" of {BASIS_WORDS.get(basis, basis)}": value for basis, value in found.items()}
    whole = number(plan.summary.get("missed_mw_months"))
    return {"": whole} if whole > NOTHING or found else {}


def missed_by_basis(plan: Plan) -> dict[str, float]:
    """Return the MW-months missed by the commitments of each basis that misses any."""
    found: dict[str, float] = defaultdict(float)
    for row in plan.tables.get("ramp", []):
        first, last, missed = day(row["period"]), day(row["period_end"]), number(row["missed_mw"])
        if first and last and missed > NOTHING:
            found[str(row["basis"])] += missed * months_between(first, last + DAY)
    return {basis: tidy(found[basis]) for basis in sorted(found)}


def _shortfall(rows: list[Row]) -> str:
    """Return how far and when a commitment is short; empty if it is not."""
    short = [row for row in rows if number(row["missed_mw"]) > NOTHING]
    if not short:
        return ""
    worst = max(short, key=lambda row: number(row["missed_mw"]))
    basis = BASIS_WORDS.get(str(worst["basis"]), str(worst["basis"]))
    size = figure(worst["missed_mw"], 1, "MW")
    return f"{worst['commitment']}: up to {size} ({basis}) {_spell(rows, short)}"


def _spell(rows: list[Row], short: list[Row]) -> str:
    """Return from when a commitment is short, and when it is fully in service."""
    first, last = short[0]["period_end"], rows.index(short[-1])
    # A row is judged on its last day, so a shortfall may last until the next row's last day.
    often = "" if last - rows.index(short[0]) + 1 == len(short) else "at times "
    if last + 1 == len(rows):
        return f"{often}from {first} to the plan's end"
    return f"{often}from {first}, made good by {rows[last + 1]['period_end']}"


def ramps(plan: Plan) -> dict[str, list[Row]]:
    """Return the ramp of each commitment, by period, in the plan's own order."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in plan.tables.get("ramp", []):
        found[str(row["commitment"])].append(row)
    return {name: sorted(rows, key=lambda row: str(row["period"])) for name, rows in found.items()}


def period_word(plan: Plan) -> str:
    """Return the word for a period of the plan; ``period`` if the length changes."""
    parts = stretches(plan.inputs.settings["period"])
    return parts[0].length if len(parts) == 1 else "period"


def periods_said(plan: Plan) -> str:
    """Return the number of periods of each length, e.g. ``8 weeks, then 1 month``.

    A month cut in two by a milestone counts once.
    """
    starts = sorted({start for row in plan.tables.get("ramp", []) if (start := day(row["period"]))})
    parts = stretches(plan.inputs.settings["period"])
    firsts = [bisect_left(starts, part.since) if part.since else 0 for part in parts]
    said = []
    for part, (first, after) in zip(parts, pairwise([*firsts, len(starts)]), strict=True):
        whole = {_whole(part.length, start, starts[first]) for start in starts[first:after]}
        said.append(f"{len(whole):,} {part.length}{'' if len(whole) == 1 else 's'}")
    return ", then ".join(said)


def _whole(length: str, start: date, first: date) -> object:
    """Return the week, month or quarter that a period is, or is part of."""
    if length == "week":
        return (start - first).days // 7
    return start.year, start.month if length == "month" else (start.month - 1) // 3


def period_ends(plan: Plan) -> dict[date, date]:
    """Return the last day of each period by its first."""
    found = ((day(row["period"]), day(row["period_end"])) for row in plan.tables.get("ramp", []))
    return {first: last for first, last in found if first and last}


def months_long(plan: Plan) -> int:
    """Return about how many months the plan spans, at least one."""
    rows = plan.tables.get("ramp", [])
    days = [found for row in rows for key in ("period", "period_end") if (found := day(row[key]))]
    return max(1, round((max(days) - min(days)).days / 30.4)) if days else 1


@dataclass(frozen=True)
class Pivot:
    """A pivot table of periods by columns.

    Attributes
    ----------
    periods : tuple of date
        Rows, every period of the plan.
    columns : tuple of str
        Non-empty columns.
    cells : dict of (date, str) to float
        Sums; an absent cell is 0.
    """

    periods: tuple[date, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[date, str], float]

    def total(self, column: str) -> float:
        """Return the sum of a column."""
        return sum(self.cells.get((period, column), 0.0) for period in self.periods)


def pivot(plan: Plan, rows: Iterable[Row], column: str, value: str) -> Pivot:
    """Return the sums of `value` over periods and the values of `column`, these by name."""
    cells: dict[tuple[date, str], float] = defaultdict(float)
    for row in rows:
        period = day(row["period"])
        if period and row[value]:
            cells[period, str(row[column])] += number(row[value])
    periods = {period for period, _ in cells} | {
        period for row in plan.tables.get("ramp", []) if (period := day(row["period"]))
    }
    columns = sorted({column for _, column in cells})
    return Pivot(tuple(sorted(periods)), tuple(columns), dict(cells))


def mw_words(plan: Plan) -> str:
    """Return the unit of MW summed over commitments, e.g. ``MW IT power``."""
    bases = sorted({str(row["basis"]) for row in plan.tables.get("ramp", []) if row["basis"]})
    if len(bases) == 1:
        return f"MW, {BASIS_WORDS.get(bases[0], bases[0])}"
    return "MW, each on its commitment's basis"


def power_nodes(plan: Plan) -> list[Row]:
    """Return one row for each power node: its last and peak load, limit and least headroom.

    Columns: node, load_mw, energised_mw and headroom_mw at the plan's end; peak_mw and peak_day;
    least_mw and least_day, the least headroom once it is energised; use, the largest load as a
    share of what is energised then. Each is of the last day of a period. Without a limit the last
    five are None.
    """
    ends = period_ends(plan)
    found: dict[str, list[Row]] = defaultdict(list)
    for row in plan.tables.get("power", []):
        found[str(row["node"])].append(row)
    return [
        _node(name, sorted(rows, key=lambda row: str(row["period"])), ends)
        for name, rows in found.items()
    ]


def _node(name: str, rows: list[Row], ends: Mapping[date, date]) -> Row:
    last, peak = rows[-1], max(rows, key=lambda row: number(row["load_mw"]))
    fed = [row for row in rows if number(row["energised_mw"]) > NOTHING]
    least = min(fed, key=lambda row: number(row["headroom_mw"]), default=None)

    def last_day(row: Row) -> date | None:
        period = day(row["period"])
        return ends.get(period, period) if period else None

    uses = [number(row["load_mw"]) / number(row["energised_mw"]) for row in fed]
    return {
        "node": name,
        "load_mw": last["load_mw"],
        "energised_mw": last["energised_mw"],
        "headroom_mw": last["headroom_mw"],
        "peak_mw": peak["load_mw"],
        "peak_day": last_day(peak) if number(peak["load_mw"]) > NOTHING else None,
        "least_mw": least["headroom_mw"] if least else None,
        "least_day": last_day(least) if least else None,
        "use": tidy(max(uses)) if uses else None,
    }


def spend_by_year(plan: Plan) -> list[Row]:
    """Return money by calendar year: year, amount, present_cost and cumulative amount."""
    years: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in plan.tables.get("spend", []):
        if period := day(row["period"]):
            years[period.year][0] += number(row["amount"])
            years[period.year][1] += number(row["present_cost"])
    spent = running(years[year][0] for year in sorted(years))
    return [
        {
            "year": str(year),
            "amount": tidy(years[year][0]),
            "present_cost": tidy(years[year][1]),
            "cumulative": so_far,
        }
        for year, so_far in zip(sorted(years), spent, strict=True)
    ]
