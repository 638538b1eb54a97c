"""Sheets Bottlenecks, Bottlenecks by period and Why late."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from planner.plan.finding_tables import BOTTLENECKS as BOTTLENECKS_TABLE
from planner.plan.finding_tables import LATENESS, Finding
from planner.plan.report_tables import LIMIT_PERIODS
from planner.plan.rounding import total
from planner.plan.rows import Row
from planner.reports.excel.parts import Report
from planner.reports.excel.styles import Placed, cell
from planner.reports.excel.workbook_writer import TOP, Page
from planner.reports.explanation_texts import (
    MILLIONS_FROM,
    ask_sentence,
    collapsed,
    explanation,
    holding_sentence,
    is_late,
    no_limit,
    one_more,
    periods_sentence,
    quote,
    slack_sentence,
    telling,
    undone,
)
from planner.reports.limit_timeline import Timeline, timeline
from planner.reports.views import currency, number

BOTTLENECKS, BY_PERIOD, LATE = "Bottlenecks", "Bottlenecks by period", "Why late"
ASKS, SLACK, QUOTE = "Asks", "Slack", "Quote"

KEYS = ("subject", "kind", "cell")
"""Columns that identify a limit in the timeline."""

HEAD = len(LIMIT_PERIODS.declared)
"""Columns before the periods."""

MOST_LIMITS, MOST_PERIODS = 400, 300
"""Largest number of limits and periods shown; the CSV files hold all of them."""

SHADES = ("#DDE6F2", "#FFF1D6", "#FBD9A5", "#F3B562", "#E88A1E")
"""Colours: first a binding limit without a gain, then gains from the smallest to the largest."""


SHOWN = (
    "rank",
    "subject",
    "kind",
    "cell",
    "value",
    "day",
    "mw_months_percent",
    "money_percent",
    "one_more",
    "mw_months",
    "status",
    "money",
    "money_status",
    "mw_months_lifted",
    "mw_months_kind",
    "mw_months_whole",
    "money_whole",
    "moved",
    "first_period",
    "last_period",
    "periods",
    "note",
)
"""Columns of the bottlenecks; those without any value are left out."""

ALWAYS_SHOWN = ("rank", "cell", "value", "one_more")
"""Columns of the bottlenecks that are never left out."""


def has_explanation(report: Report) -> bool:
    """Whether the plan is explained."""
    return explanation(report.plan) is not None


def has_late(report: Report) -> bool:
    """Whether the plan explains late milestones."""
    return bool(report.plan.finding_tables["lateness"])


def has_asks(report: Report) -> bool:
    """Whether the plan has a sheet of asks: it is explained and late."""
    return has_explanation(report) and is_late(report.plan)


def has_quote(report: Report) -> bool:
    """Whether the plan has a quote."""
    return quote(report.plan) is not None


def write_bottlenecks(report: Report, page: Page) -> None:
    """Write every limit with a gain or a saving, ranked by the gain from one per cent more."""
    money = currency(report.plan)
    rest = collapsed(report.plan)
    more = f". {rest}" if rest else ""
    page.subtitle(
        "Input cells that hold the plan back, ranked by the gain from 1 % more of the limit, in "
        "all its rows; for dates and days, by a hundredth of the gain if lifted. Every gain is "
        "re-solved with divisible systems, savings with halls opened as planned; small plans are "
        "also re-solved in whole systems, one step more. Across priorities only the gains are "
        "added up. Proof: confirmed if the shadow price and the re-solve of one step agree; "
        "degenerate if they do not, and the re-solved gain is shown"
        f"{more}{left_open(explanation(report.plan))}"
    )
    rows = telling(report.plan)
    columns = []
    for column in BOTTLENECKS_TABLE.select(*SHOWN, money=money):
        is_filled = any(row.get(column.name) is not None for row in rows)
        if is_filled or column.name in ALWAYS_SHOWN:
            columns.append(column)
    shown = [row | {"one_more": one_more(row)} for row in rows]
    placed = page.table(TOP, columns, shown, empty=no_limit(report.plan))
    page.freeze(TOP, 3)
    page.filter(placed)
    for name in ("mw_months_percent", "money_percent"):
        if name in placed.columns and rows:
            page.data_bars(placed, name, "#F3C98B")
    report.placed[BOTTLENECKS] = placed


def left_open(finding: Finding | None) -> str:
    """Return the end of a subtitle that lists skipped steps; empty if none were skipped."""
    texts = undone(finding) if finding else []
    if not texts:
        return ""
    more = f" and {len(texts) - 3} more" if len(texts) > 3 else ""
    return f". Not finished: {'; '.join(texts[:3])}{more}"


def write_by_period(report: Report, page: Page) -> None:
    """Write a heat map: a row for each limit, a column for each period, shaded by the gain."""
    found = timeline(report.plan, KEYS)
    limits = list(found.worth)[:MOST_LIMITS]
    large = found.most >= MILLIONS_FROM
    kind = "in_millions" if large else "mw_months"
    unit = f"{found.unit} million" if large else found.unit
    cut = ""
    if len(limits) < len(found.worth):
        cut = (
            f"; {len(limits)} of {len(found.worth)} limits shown, "
            "all in tables/bottleneck_periods.csv"
        )
    page.subtitle(
        f"Gain from one step more of each limit with divisible systems, {unit}, "
        "allocated to the periods in which it is binding; blue: at its limit, but "
        "raising it alone gains nothing. Lead times and other numbers of days belong to "
        f"no single period{cut}"
    )
    *columns, total_gain = LIMIT_PERIODS.select()
    columns.append(replace(total_gain.worded(gain=unit), kind=kind))
    rows: list[Row] = []
    for limit in limits:
        subject, limit_kind, where = limit
        rows.append(
            {
                "subject": subject,
                "kind": limit_kind,
                "cell": where,
                "binds": len(found.worth[limit]),
                "all": total(found.worth[limit].values()),
            }
        )
    placed = page.table(TOP, columns, rows, empty="no limit is binding in any period")
    page.freeze(TOP, HEAD)
    report.placed[BY_PERIOD] = placed
    if rows:
        page.filter(placed)
        _grid(page, placed, found, [found.worth[limit] for limit in limits], kind)


def _grid(
    page: Page, placed: Placed, found: Timeline, worth: list[dict[date, float]], kind: str
) -> None:
    """Write the gain by period beside the limits, blank where a limit is not binding."""
    periods = found.periods[:MOST_PERIODS]
    last = HEAD + len(periods) - 1
    for column, start in enumerate(periods, start=HEAD):
        page.value(TOP, column, start, "header", "turned")
        page.widths[column] = 5.2
    page.sheet.set_row(TOP, 44)
    for row, by_period in enumerate(worth, start=placed.first):
        cells = [by_period.get(start) for start in periods]
        for column, value in enumerate(cells, start=HEAD):
            page.value(row, column, value, "worth", f"{kind}_or_none")
        formula = f"=SUM({cell(row, HEAD)}:{cell(row, last)})"
        page.formula(row, HEAD - 1, formula, total(map(number, cells)), "body", "sum", kind)
    _shade(page, (placed.first, HEAD, placed.last, last), found.levels)
    page.sheet.repeat_columns(0, HEAD - 1)
    page.pages_wide = 1 if len(periods) <= 24 else 2


def _shade(page: Page, area: tuple[int, int, int, int], levels: tuple[float, ...]) -> None:
    """Colour each cell by its gain; a binding limit without a gain has a colour of its own."""
    # Excel's own colour scales would also colour a gain of zero.
    first = cell(*area[:2])
    binding, *shades = SHADES
    rules = [(f"{first}=0", binding)]
    for level, shade in zip(levels, reversed(shades), strict=False):
        rules.append((f"{first}>={level!r}", shade))
    rules.append((f"{first}>0", shades[0]))
    for criteria, colour in rules:
        page.sheet.conditional_format(
            *area,
            {
                "type": "formula",
                "criteria": f"=AND(ISNUMBER({first}),{criteria})",
                "format": page.book.file.add_format({"bg_color": colour}),
                "stop_if_true": True,
            },
        )


def write_late(report: Report, page: Page) -> None:
    """Write the limits that delay each missed milestone, back to the order."""
    page.subtitle(
        "The limits that delay each missed milestone, from the milestone back to the order. "
        "Depends on it: MW of the milestone that pass through this limit; one MW may pass through "
        "several. Gain without this date: MW gained if this date did not exist, given where one "
        "period earlier gains nothing"
    )
    columns = LATENESS.select(
        "commitment",
        "date",
        "missed_mw",
        "link",
        "says",
        "cell",
        "mw_through",
        "mw_a_step",
        "mw_without",
        "first_period",
        "last_period",
    )
    placed = page.table(TOP, columns, report.plan.finding_tables["lateness"])
    page.freeze(TOP, 2)
    page.filter(placed)
    report.placed[LATE] = placed


def headline_sentences(report: Report) -> list[tuple[str, str]]:
    """Return the most important sentences of the explanation, each with its sheet."""
    if not has_explanation(report):
        return []
    plan = report.plan
    sentences = [
        (periods_sentence(plan), LATE),
        (holding_sentence(plan), BOTTLENECKS),
        (ask_sentence(plan), ASKS),
        (slack_sentence(plan), SLACK),
    ]
    return [(text, sheet) for text, sheet in sentences if text]
