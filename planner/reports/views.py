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
from planner.plan.result_rows import PowerRow, RampRow
from planner.plan.rounding import running, tidy
from planner.plan.rows import AnyRow, AnyRowT, Row
from planner.plan.store import Plan
from planner.workbook.schema.periods import starts_of, stretches

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
    "tokens": "tokens bought",
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
        Whether any commitment misses MW, or any workload tokens, at any time.
    text : str
        One sentence; two where neither MW nor tokens are missed.
    details : tuple of str
        A sentence for each commitment that misses MW, and for each workload that misses tokens.
    """

    missed: bool
    text: str
    details: tuple[str, ...]


def headline(plan: Plan) -> Headline:
    """Return whether and where promised MW and tokens are missed."""
    missed = missed_mw_months(plan)
    details = []
    for rows in ramps(plan).values():
        sentence = _shortfall(rows)
        if sentence:
            details.append(sentence)
    texts = []
    if details or missed:
        amounts = [figure(value, 1, f"MW-months{of}") for of, value in missed.items()]
        texts.append(f"MEGAWATTS ARE MISSED: {' and '.join(amounts)}")
    tokens = missed_token_sentences(plan)
    if tokens:
        rows_of_tokens = plan.tables["tokens"]
        mtok = math.fsum(row["missed_mtok"] for row in rows_of_tokens)
        demand = math.fsum(row["demand_mtok"] for row in rows_of_tokens)
        share = f"{mtok / demand:.1%} of all that are asked for"
        texts.append(f"TOKENS ARE MISSED: {mtok_words(mtok)}, {share}")
    if texts:
        return Headline(True, "; ".join(texts), (*details, *tokens))
    if plan.tables.get("ramp") or not plan.tables.get("tokens"):
        texts.append("Every milestone is met: no MW is missed.")
    if plan.tables.get("tokens"):
        texts.append("No tokens are missed.")
    return Headline(False, " ".join(texts), ())


def mtok_words(mtok: float) -> str:
    """Return Mtok in words, e.g. ``25.7 million Mtok``."""
    return f"{figure(mtok / 1e6, 1)} million Mtok" if mtok >= 1e6 else f"{figure(mtok)} Mtok"


def missed_token_sentences(plan: Plan) -> list[str]:
    """Return how many tokens each workload misses, from when to when; by priority."""
    priority = {row["workload"]: row["priority"] for row in plan.inputs.tables["workloads"]}
    sentences = []
    for workload in sorted(priority, key=lambda name: (priority[name], name)):
        rows = [row for row in plan.tables.get("tokens", []) if row["workload"] == workload]
        missed = [row for row in rows if row["missed_mtok"] > NOTHING]
        if not missed:
            continue
        mtok = math.fsum(row["missed_mtok"] for row in missed)
        share = mtok / math.fsum(row["demand_mtok"] for row in rows)
        first = min(row["span_from"] for row in missed)
        last = max(row["span_to"] for row in missed)
        within = [row for row in rows if first <= row["span_from"] <= last]
        at_times = "at times " if len(within) > len(missed) else ""
        is_last = last == max(row["span_to"] for row in rows)
        ending = "the plan's end" if is_last else str(last)
        sentences.append(
            f"{workload}: {mtok_words(mtok)} missed, {share:.1%} of its demand, {at_times}from "
            f"{first} to {ending}"
        )
    return sentences


def missed_mw_months(plan: Plan) -> dict[str, float]:
    """Return the MW-months missed, keyed by words such as `` of IT power``; empty if none.

    If only one basis misses any, the value is the plan's own figure, with an empty key. Values of
    several bases are not added up.
    """
    by_basis = missed_by_basis(plan)
    if len(by_basis) > 1:
        return {f" of {BASIS_WORDS.get(name, name)}": value for name, value in by_basis.items()}
    whole = number(plan.summary.get("missed_mw_months"))
    if by_basis or whole > NOTHING:
        return {"": whole}
    return {}


def missed_mtok(plan: Plan) -> float:
    """Return the Mtok that workloads miss in the whole plan."""
    return tidy(sum(row["missed_mtok"] for row in plan.tables.get("tokens", [])))


def missed_by_basis(plan: Plan) -> dict[str, float]:
    """Return the MW-months missed by the commitments of each basis that misses any."""
    found: dict[str, float] = defaultdict(float)
    for row in plan.tables.get("ramp", []):
        missed = row["missed_mw"]
        if missed > NOTHING:
            months = months_between(row["period"], row["period_end"] + DAY)
            found[row["basis"]] += missed * months
    return {basis: tidy(found[basis]) for basis in sorted(found)}


def _shortfall(rows: list[RampRow]) -> str:
    """Return how far and when a commitment is short; empty if it is not."""
    short = [row for row in rows if row["missed_mw"] > NOTHING]
    if not short:
        return ""
    worst = max(short, key=lambda row: row["missed_mw"])
    basis = BASIS_WORDS.get(worst["basis"], worst["basis"])
    size = figure(worst["missed_mw"], 1, "MW")
    return f"{worst['commitment']}: up to {size} ({basis}) {_spell(rows, short)}"


def _spell(rows: list[RampRow], short: list[RampRow]) -> str:
    """Return from when a commitment is short, and when it is fully in service."""
    begin = rows.index(short[0])
    last = rows.index(short[-1])
    is_interrupted = last - begin + 1 > len(short)
    text = f"from {short[0]['period_end']}"
    if is_interrupted:
        text = f"at times {text}"
    if last + 1 == len(rows):
        return f"{text} to the plan's end"
    # A row is judged on its last day, so a shortfall may last until the next row's last day.
    return f"{text}, made good by {rows[last + 1]['period_end']}"


def ramps(plan: Plan) -> dict[str, list[RampRow]]:
    """Return the ramp of each commitment, by period, in the plan's own order."""
    return _by_period(plan.tables.get("ramp", []), "commitment")


def _by_period(rows: Iterable[AnyRowT], column: str) -> dict[str, list[AnyRowT]]:
    """Return rows grouped by a column, each group sorted by period."""
    groups: dict[str, list[AnyRowT]] = defaultdict(list)
    for row in rows:
        groups[str(row[column])].append(row)
    for group in groups.values():
        group.sort(key=lambda row: str(row["period"]))
    return dict(groups)


def period_starts(plan: Plan) -> list[date]:
    """Return the first day of each period, in order."""
    starts = {row["period"] for row in plan.tables.get("ramp", [])}
    return sorted(starts or period_ends(plan))


def period_word(plan: Plan) -> str:
    """Return the word for a period of the plan; ``period`` if the length changes."""
    parts = stretches(plan.inputs.settings["period"])
    return parts[0].length if len(parts) == 1 else "period"


def periods_said(plan: Plan) -> str:
    """Return the number of periods of each length, e.g. ``8 weeks, then 1 month``.

    A month cut in two by a milestone counts once.
    """
    starts = period_starts(plan)
    parts = stretches(plan.inputs.settings["period"])
    positions = [bisect_left(starts, part.since) if part.since else 0 for part in parts]
    texts = []
    for part, (first, after) in zip(parts, pairwise([*positions, len(starts)]), strict=True):
        whole = {_whole(part.length, start, starts[first]) for start in starts[first:after]}
        plural = "" if len(whole) == 1 else "s"
        texts.append(f"{len(whole):,} {part.length}{plural}")
    return ", then ".join(texts)


def _whole(length: str, start: date, first: date) -> object:
    """Return the week, month or quarter that a period is, or is part of."""
    if length == "week":
        return (start - first).days // 7
    if length == "month":
        return start.year, start.month
    return start.year, (start.month - 1) // 3


def period_ends(plan: Plan) -> dict[date, date]:
    """Return the last day of each period by its first."""
    ends = {row["period"]: row["period_end"] for row in plan.tables.get("ramp", [])}
    if ends:
        return ends
    # A plan without commitments has no ramp, and no milestone cuts its periods.
    settings = plan.inputs.settings
    starts = starts_of(settings["start"], settings["end"], settings["period"])
    return {first: after - DAY for first, after in pairwise(starts)}


def months_long(plan: Plan) -> int:
    """Return about how many months the plan spans, at least one."""
    ends = period_ends(plan)
    if not ends:
        return 1
    span = max(ends.values()) - min(ends)
    return max(1, round(span.days / 30.4))


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


def pivot(plan: Plan, rows: Iterable[AnyRow], column: str, value: str) -> Pivot:
    """Return the sums of `value` over periods and the values of `column`, these by name."""
    cells: dict[tuple[date, str], float] = defaultdict(float)
    periods = set(period_starts(plan))
    columns = set()
    for row in rows:
        period = day(row["period"])
        if period and row[value]:
            name = str(row[column])
            cells[period, name] += number(row[value])
            periods.add(period)
            columns.add(name)
    return Pivot(tuple(sorted(periods)), tuple(sorted(columns)), dict(cells))


def mw_words(plan: Plan) -> str:
    """Return the unit of MW summed over commitments, e.g. ``MW IT power``."""
    bases = sorted({row["basis"] for row in plan.tables.get("ramp", []) if row["basis"]})
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
    nodes = _by_period(plan.tables.get("power", []), "node")
    return [_node(name, rows, ends) for name, rows in nodes.items()]


def _node(name: str, rows: list[PowerRow], ends: Mapping[date, date]) -> Row:
    """Return the row of a power node, from its rows by period."""

    def last_day(row: PowerRow) -> date:
        return ends.get(row["period"], row["period"])

    last = rows[-1]
    peak = max(rows, key=lambda row: row["load_mw"])
    node: Row = {
        "node": name,
        "load_mw": last["load_mw"],
        "energised_mw": last["energised_mw"],
        "headroom_mw": last["headroom_mw"],
        "peak_mw": peak["load_mw"],
        "peak_day": last_day(peak) if peak["load_mw"] > NOTHING else None,
        "least_mw": None,
        "least_day": None,
        "use": None,
    }
    energised = [row for row in rows if number(row["energised_mw"]) > NOTHING]
    if energised:
        least = min(energised, key=lambda row: number(row["headroom_mw"]))
        shares = [row["load_mw"] / number(row["energised_mw"]) for row in energised]
        node["least_mw"] = least["headroom_mw"]
        node["least_day"] = last_day(least)
        node["use"] = tidy(max(shares))
    return node


def spend_by_year(plan: Plan) -> list[Row]:
    """Return money by calendar year: year, amount, present_cost and cumulative amount."""
    amounts: dict[int, float] = defaultdict(float)
    present: dict[int, float] = defaultdict(float)
    for row in plan.tables.get("spend", []):
        year = row["period"].year
        amounts[year] += row["amount"]
        present[year] += row["present_cost"]
    years = sorted(amounts)
    spent = running(amounts[year] for year in years)
    rows: list[Row] = []
    for year, so_far in zip(years, spent, strict=True):
        rows.append(
            {
                "year": str(year),
                "amount": tidy(amounts[year]),
                "present_cost": tidy(present[year]),
                "cumulative": so_far,
            }
        )
    return rows
