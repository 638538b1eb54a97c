"""What holds the plan back, in which period, and why milestones are late."""

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
"""Columns that tell a limit in the timeline."""

HEAD = 5
"""Columns before the periods."""

MOST_LIMITS, MOST_PERIODS = 400, 300
"""Limits and periods of the timeline; all are in the CSV files."""

SHADES = ("#DDE6F2", "#FFF1D6", "#FBD9A5", "#F3B562", "#E88A1E")
"""Colours of a limit that binds and is worth nothing, then from the least worth to the largest."""


def has_explanation(report: Report) -> bool:
    """Whether the plan is explained."""
    return explanation(report.plan) is not None


def has_late(report: Report) -> bool:
    """Whether it is said why milestones are late."""
    return bool(report.rows("lateness"))


def has_asks(report: Report) -> bool:
    """Whether something is to be asked for."""
    return has_explanation(report) and is_late(report.plan)


def has_quote(report: Report) -> bool:
    """Whether it was asked what can be promised."""
    return quote(report.plan) is not None


def write_bottlenecks(report: Report, page: Page) -> None:
    """Write every limit that is worth anything, first those of which one per cent gains most."""
    money = currency(report.plan)
    rest = collapsed(report.plan)
    page.subtitle(
        "Cells of the inputs that hold the plan back, ranked by what 1 % more of the limit, in all "
        "its rows, gains; for dates and days a hundredth of what is gained without them. Every "
        "worth is re-solved with divisible systems, money with halls opened as planned; in a small "
        "plan one step more is re-solved in whole systems, too. Of several priorities, those that "
        "gain are added up. Proof: confirmed, the price and the re-solve of one step agree; "
        "degenerate, they do not, and the re-solve is shown"
        + (f". {rest}" if rest else "") + left_open(explanation(report.plan))
    )  # fmt: skip
    fields = [
        Field("rank", "Rank", kind="whole"), Field("subject", "Whose", most=34),
        Field("kind", "Limit", most=24), Field("cell", "Cell of the inputs", most=24),
        Field("value", "In the cell", kind="each"), Field("day", "or date", kind="date"),
        Field("mw_months_percent", "1 % more gains", "MW-months", "decimal"),
        Field("money_percent", "1 % more saves", f"{money}, present cost", "whole"),
        Field("one_more", "One step more", most=26),
        Field("mw_months", "One step gains", "MW-months", "decimal"),
        Field("status", "Proof of it", most=22),
        Field("money", "One step saves", f"{money}, present cost", "whole"),
        Field("money_status", "Proof of it", most=22),
        Field("mw_months_lifted", "Gained without it", "MW-months", "decimal"),
        Field("mw_months_kind", "Gained without its kind", "MW-months", "decimal"),
        Field("mw_months_whole", "One step in whole systems gains", "MW-months", "decimal"),
        Field("money_whole", "One step in whole systems saves", f"{money}, present cost", "whole"),
        Field("moved", "Moved between priorities", most=40),
        Field("first_period", "Counts from", kind="date"),
        Field("last_period", "to", kind="date"),
        Field("periods", "Periods", "", "whole"), Field("note", "Note", most=40),
    ]  # fmt: skip
    rows = telling(report.plan)
    kept = [f for f in fields if f.key in ("rank", "cell", "value", "one_more")
            or any(row.get(f.key) is not None for row in rows)]  # fmt: skip
    shown = [row | {"one_more": one_more(row)} for row in rows]
    placed = page.table(TOP, kept, shown, empty=no_limit(report.plan))
    page.freeze(TOP, 3)
    page.filter(placed)
    for key in ("mw_months_percent", "money_percent"):
        if key in placed.columns and rows:
            page.sheet.conditional_format(*placed.cells(key), {
                "type": "data_bar", "bar_solid": True, "bar_color": "#F3C98B",
            })  # fmt: skip
    report.placed[BOTTLENECKS] = placed


def left_open(finding: Finding | None) -> str:
    """Return what was left open, as the end of a subtitle."""
    texts = undone(finding) if finding else []
    if not texts:
        return ""
    more = f" and {len(texts) - 3} more" if len(texts) > 3 else ""
    return f". Open: {'; '.join(texts[:3])}{more}"


def write_by_period(report: Report, page: Page) -> None:
    """Write a grid: a row for each limit, a column for each period, shaded by its worth."""
    found = timeline(report.plan, KEYS)
    limits = list(found.worth)[:MOST_LIMITS]
    large = found.most >= MILLIONS_FROM
    unit, style = f"{found.unit}{' million' * large}", "in_millions" if large else "decimal"
    cut = f"; shown are {len(limits)} limits of {len(found.worth)}, all are in " \
          "tables/bottleneck_periods.csv" if len(limits) < len(found.worth) else ""  # fmt: skip
    page.subtitle(f"What one step more of each limit is worth with divisible systems, {unit}, "
                  "shared out over the periods in which it counts; blue: at its limit, but "
                  "raising it alone gains nothing so. "
                  f"Lead times and other days count in no one period{cut}")  # fmt: skip
    fields = [
        Field("subject", "Whose", most=30), Field("kind", "Limit", most=22),
        Field("cell", "Cell of the inputs", most=22), Field("binds", "Periods", "", "whole"),
        Field("all", "All", unit, style),
    ]  # fmt: skip
    rows: list[Row] = [
        {**dict(zip(KEYS, limit, strict=True)), "binds": len(found.worth[limit]),
         "all": total(found.worth[limit].values())}
        for limit in limits
    ]  # fmt: skip
    placed = page.table(TOP, fields, rows, empty="no limit binds in any period")
    page.freeze(TOP, HEAD)
    report.placed[BY_PERIOD] = placed
    if rows:
        page.filter(placed)
        _grid(page, placed, found, [found.worth[limit] for limit in limits], style)


def _grid(
    page: Page, placed: Placed, found: Timeline, worth: list[dict[date, float]], style: str
) -> None:
    """Write the worth by period beside the limits, blank where a limit does not bind."""
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
    """Colour each cell by its worth, and apart from those a limit that only binds.

    A scale of colours would colour a worth of nothing, too.
    """
    first, (binds, *shades) = cell(*area[:2]), SHADES
    rules = [(f"{first}=0", binds), *((f"{first}>={level!r}", shade) for level, shade
                                      in zip(levels, shades[::-1], strict=False))]  # fmt: skip
    for criteria, colour in [*rules, (f"{first}>0", shades[0])]:
        page.sheet.conditional_format(*area, {
            "type": "formula", "criteria": f"=AND(ISNUMBER({first}),{criteria})",
            "format": page.book.file.add_format({"bg_color": colour}), "stop_if_true": True,
        })  # fmt: skip


def write_late(report: Report, page: Page) -> None:
    """Write for each missed milestone the limits that hold it, back to the order."""
    page.subtitle(
        "For each milestone that is missed, every limit that holds it, from the milestone back to "
        "the order. Through it: MW of the milestone that depend on this limit; a MW may depend on "
        "several. Without it: MW more without a date of which one period earlier brings nothing"
    )
    fields = [
        Field("commitment", "Milestone"), Field("date", "Due", kind="date"),
        Field("missed_mw", "Missed", "MW", "mw"), Field("link", "Link", kind="whole"),
        Field("says", "What holds it", most=60), Field("cell", "Cell of the inputs", most=24),
        Field("mw_through", "Through it", "MW", "mw"),
        Field("mw_a_step", "One step more brings", "MW", "decimal"),
        Field("mw_without", "Without it", "MW more", "decimal"),
        Field("first_period", "Holds from", kind="date"), Field("last_period", "to", kind="date"),
    ]  # fmt: skip
    placed = page.table(TOP, fields, report.rows("lateness"))
    page.freeze(TOP, 2)
    page.filter(placed)
    report.placed[LATE] = placed


def told(report: Report) -> list[tuple[str, str]]:
    """Return the most important sentences of the explanation, each with its sheet."""
    if not has_explanation(report):
        return []
    makers: list[tuple[Callable[..., str], str]] = [
        (periods_sentence, LATE), (holding_sentence, BOTTLENECKS), (ask_sentence, ASKS),
        (slack_sentence, SLACK),
    ]  # fmt: skip
    found = [(make(report.plan), sheet) for make, sheet in makers]
    return [(text, sheet) for text, sheet in found if text]
