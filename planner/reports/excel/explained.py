"""Sheets Bottlenecks, Bottlenecks by period and Why late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from planner.plan.finding_tables import Finding
from planner.plan.rounding import total
from planner.plan.tables import Row
from planner.reports.excel.parts import Report
from planner.reports.excel.styles import Field, Placed, cell
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

HEAD = 5
"""Columns before the periods."""

MOST_LIMITS, MOST_PERIODS = 400, 300
"""Largest number of limits and periods shown; the CSV files hold all of them."""

SHADES = ("#DDE6F2", "#FFF1D6", "#FBD9A5", "#F3B562", "#E88A1E")
"""Colours: first a binding limit without a gain, then gains from the smallest to the largest."""


def has_explanation(report: Report) -> bool:
    """Whether the plan is explained."""
    return explanation(report.plan) is not None


def has_late(report: Report) -> bool:
    """Whether the plan explains late milestones."""
    return bool(report.rows("lateness"))


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
    page.subtitle(
        "Input cells that hold the plan back, ranked by the gain from 1 % more of the limit, in "
        "all its rows; for dates and days, by a hundredth of the gain if lifted. Every gain is "
        "re-solved with divisible systems, savings with halls opened as planned; small plans are "
        "also re-solved in whole systems, one step more. Across priorities only the gains are "
        "added up. Proof: confirmed if the shadow price and the re-solve of one step agree; "
        "degenerate if they do not, and the re-solved gain is shown"
        + (f". {rest}" if rest else "")
        + left_open(explanation(report.plan))
    )
    fields = [
        Field("rank", "Rank", kind="whole"),
        Field("subject", "Subject", most=34),
        Field("kind", "Limit", most=24),
        Field("cell", "Input cell", most=24),
        Field("value", "Cell value", kind="each"),
        Field("day", "or date", kind="date"),
        Field("mw_months_percent", "Gain from 1 % more", "MW-months", "decimal"),
        Field("money_percent", "Saving from 1 % more", f"{money}, present cost", "whole"),
        Field("one_more", "Step", most=26),
        Field("mw_months", "Gain per step", "MW-months", "decimal"),
        Field("status", "Proof", most=22),
        Field("money", "Saving per step", f"{money}, present cost", "whole"),
        Field("money_status", "Proof", most=22),
        Field("mw_months_lifted", "Gain if lifted", "MW-months", "decimal"),
        Field("mw_months_kind", "Gain if its kind is lifted", "MW-months", "decimal"),
        Field("mw_months_whole", "Gain per step, whole systems", "MW-months", "decimal"),
        Field("money_whole", "Saving per step, whole systems", f"{money}, present cost", "whole"),
        Field("moved", "Shifted between priorities", most=40),
        Field("first_period", "Counts from", kind="date"),
        Field("last_period", "to", kind="date"),
        Field("periods", "Periods", "", "whole"),
        Field("note", "Note", most=40),
    ]
    rows = telling(report.plan)
    kept = [
        f
        for f in fields
        if f.key in ("rank", "cell", "value", "one_more")
        or any(row.get(f.key) is not None for row in rows)
    ]
    shown = [row | {"one_more": one_more(row)} for row in rows]
    placed = page.table(TOP, kept, shown, empty=no_limit(report.plan))
    page.freeze(TOP, 3)
    page.filter(placed)
    for key in ("mw_months_percent", "money_percent"):
        if key in placed.columns and rows:
            page.sheet.conditional_format(
                *placed.cells(key),
                {
                    "type": "data_bar",
                    "bar_solid": True,
                    "bar_color": "#F3C98B",
                },
            )
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
    unit, style = f"{found.unit}{' million' * large}", "in_millions" if large else "decimal"
    cut = (
        f"; {len(limits)} of {len(found.worth)} limits shown, all in tables/bottleneck_periods.csv"
        if len(limits) < len(found.worth)
        else ""
    )
    page.subtitle(
        f"Gain from one step more of each limit with divisible systems, {unit}, "
        "allocated to the periods in which it is binding; blue: at its limit, but "
        "raising it alone gains nothing. Lead times and other numbers of days belong to "
        f"no single period{cut}"
    )
    fields = [
        Field("subject", "Subject", most=30),
        Field("kind", "Limit", most=22),
        Field("cell", "Input cell", most=22),
        Field("binds", "Periods", "", "whole"),
        Field("all", "All", unit, style),
    ]
    rows: list[Row] = [
        {
            **dict(zip(KEYS, limit, strict=True)),
            "binds": len(found.worth[limit]),
            "all": total(found.worth[limit].values()),
        }
        for limit in limits
    ]
    placed = page.table(TOP, fields, rows, empty="no limit is binding in any period")
    page.freeze(TOP, HEAD)
    report.placed[BY_PERIOD] = placed
    if rows:
        page.filter(placed)
        _grid(page, placed, found, [found.worth[limit] for limit in limits], style)


def _grid(
    page: Page, placed: Placed, found: Timeline, worth: list[dict[date, float]], style: str
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
            page.value(row, column, value, "worth", f"{style}_or_none")
        formula = f"=SUM({cell(row, HEAD)}:{cell(row, last)})"
        page.formula(row, HEAD - 1, formula, total(map(number, cells)), "body", "sum", style)
    _shade(page, (placed.first, HEAD, placed.last, last), found.levels)
    page.sheet.repeat_columns(0, HEAD - 1)
    page.pages_wide = 1 if len(periods) <= 24 else 2


def _shade(page: Page, area: tuple[int, int, int, int], levels: tuple[float, ...]) -> None:
    """Colour each cell by its gain; a binding limit without a gain has a colour of its own."""
    # Excel's own colour scales would also colour a gain of zero.
    first, (binds, *shades) = cell(*area[:2]), SHADES
    rules = [
        (f"{first}=0", binds),
        *(
            (f"{first}>={level!r}", shade)
            for level, shade in zip(levels, shades[::-1], strict=False)
        ),
    ]
    for criteria, colour in [*rules, (f"{first}>0", shades[0])]:
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
    fields = [
        Field("commitment", "Milestone"),
        Field("date", "Due", kind="date"),
        Field("missed_mw", "Missed", "MW", "mw"),
        Field("link", "Link", kind="whole"),
        Field("says", "Cause", most=60),
        Field("cell", "Input cell", most=24),
        Field("mw_through", "Depends on it", "MW", "mw"),
        Field("mw_a_step", "Gain per step", "MW", "decimal"),
        Field("mw_without", "Gain without this date", "MW", "decimal"),
        Field("first_period", "Holds from", kind="date"),
        Field("last_period", "to", kind="date"),
    ]
    placed = page.table(TOP, fields, report.rows("lateness"))
    page.freeze(TOP, 2)
    page.filter(placed)
    report.placed[LATE] = placed


def headline_sentences(report: Report) -> list[tuple[str, str]]:
    """Return the most important sentences of the explanation, each with its sheet."""
    if not has_explanation(report):
        return []
    makers: list[tuple[Callable[..., str], str]] = [
        (periods_sentence, LATE),
        (holding_sentence, BOTTLENECKS),
        (ask_sentence, ASKS),
        (slack_sentence, SLACK),
    ]
    found = [(make(report.plan), sheet) for make, sheet in makers]
    return [(text, sheet) for text, sheet in found if text]
