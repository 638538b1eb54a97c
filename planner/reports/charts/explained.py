"""Charts of an explained plan: bottlenecks over time, and the quote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from planner.plan.finding_rows import QuoteRow
from planner.plan.finding_tables import BOTTLENECKS, QUOTED_MW
from planner.plan.store import Plan
from planner.reports.charts.costs import money_unit
from planner.reports.charts.draw import LINE, Canvas, Figure, Plot, stairs, text_width
from planner.reports.explanation_texts import (
    collapsed,
    explanation,
    holding_sentence,
    is_late,
    one_more,
    quote,
    telling,
)
from planner.reports.limit_timeline import Timeline, timeline
from planner.reports.markup_tables import DataTable
from planner.reports.plan_figures import Time, buckets, time_of
from planner.reports.quote_texts import firm_figure, quote_sentences, shown_quote
from planner.reports.views import BASIS_WORDS, currency, figure

MOST_LIMITS = 20
"""Largest number of limits drawn; the table has all of them."""

MOST_STEPS = 60
"""Largest number of time steps drawn; more periods are merged and their gains added."""

STYLES = ("h5", "h4", "h2", "h1")
"""Styles from the largest gain to the smallest."""

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
    "mw_months_whole",
    "money_whole",
    "moved",
    "mw_months_lifted",
    "note",
)
"""Columns of the bottlenecks; those without any value are left out."""


def bottlenecks_figure(plan: Plan) -> Figure | None:
    """Return the chart of gains by limit and period; None for a plan that is not explained."""
    if explanation(plan) is None:
        return None
    limit_timeline, time = timeline(plan, ("subject", "kind")), time_of(plan)
    size, unit = (1.0, "MW-months") if is_late(plan) else money_unit(plan)
    limits = list(limit_timeline.worth)[:MOST_LIMITS]

    def draw(canvas: Canvas) -> None:
        top = canvas.legend(0, _legend(limit_timeline, size, unit))
        if not limits:
            canvas.text(0, top + 12, "No limit binds in any period.", "m")
            canvas.height = top + LINE
            return
        left = 10.0 if canvas.narrow else 330.0
        row = 2 * LINE if canvas.narrow else LINE + 3
        plot = Plot(
            canvas,
            left,
            top,
            canvas.width - left - 12,
            row * len(limits),
            time.first,
            time.after(len(time.ends) - 1),
            1,
        )
        for n, limit in enumerate(limits):
            label = f"{limit[0]}: {limit[1]}"
            _limit(
                canvas,
                plot,
                time,
                label,
                limit_timeline.worth[limit],
                (limit_timeline, size, unit),
                top + n * row,
            )
        plot.time_axis(top + row * len(limits) + 2)
        canvas.height = top + row * len(limits) + 26
        if len(limits) < len(limit_timeline.worth):
            count = len(limit_timeline.worth)
            text = f"The first {len(limits)} of {count} limits; the table has all of them."
            canvas.text(0, canvas.height + 8, text, "m")
            canvas.height += LINE

    rest = collapsed(plan)
    said = (
        f"{holding_sentence(plan)} Shade: gain from one step more of a limit with divisible "
        "systems, re-solved, allocated to the periods in which it is binding."
        + (f" {rest}." if rest else "")
    )
    return Figure(
        "bottlenecks",
        "Gain from one step more of each limit, by period",
        said,
        draw,
        (bottlenecks_sheet(plan),),
    )


def _legend(limit_timeline: Timeline, size: float, unit: str) -> list[tuple[str, str]]:
    """Return the legend of the shades."""
    names = [
        (style, f"{_short(level / size)} {unit} and more")
        for style, level in zip(STYLES, limit_timeline.levels, strict=False)
    ]
    less = [(STYLES[-1], "less")] if names else []
    return [
        *names,
        *less,
        ("off", "at its limit, raising it alone gains nothing"),
    ]


def _short(value: float) -> str:
    return f"{value:,.10g}"


def _style(limit_timeline: Timeline, value: float) -> str:
    for style, level in zip(STYLES, limit_timeline.levels, strict=False):
        if value >= level:
            return style
    return STYLES[-1] if value > 0 else "off"


def _limit(
    canvas: Canvas,
    plot: Plot,
    time: Time,
    label: str,
    cells: dict[date, float],
    scale: tuple[Timeline, float, str],
    top: float,
) -> None:
    """Draw a limit's row; equal neighbouring steps are merged."""
    limit_timeline, size, unit = scale
    total = sum(cells.values()) / size
    shown = figure(total, 2 if abs(total) < 100 else 0) if total > 0 else ""
    if canvas.narrow:
        canvas.text(10, top + 12, label, room=canvas.width - 40 - text_width(shown))
        canvas.text(canvas.width - 4, top + 12, shown, "m", anchor="end")
        top += LINE
    else:
        canvas.text(8, top + 13, label, room=plot.left - text_width(shown) - 28)
        canvas.text(plot.left - 8, top + 13, shown, "m", anchor="end")
    steps = []
    for group in buckets(len(time.starts), MOST_STEPS):
        values = [cells[time.starts[t]] for t in group if time.starts[t] in cells]
        steps.append((group, _style(limit_timeline, sum(values)) if values else "", sum(values)))
    for style, run in groupby(steps, key=lambda step: step[1]):
        parts = list(run)
        if not style:
            continue
        first, last = parts[0][0][0], parts[-1][0][-1]
        x, right = plot.x(time.starts[first]), plot.x(time.after(last))
        worth = sum(part[2] for part in parts) / size
        words = f"{figure(worth, 2)} {unit}" if worth > 0 else "at its limit"
        tip = f"{label}, {time.starts[first]} to {time.ends[last]}: {words}"
        canvas.rect(x, top + 1, right - x, 14, style, tip)


def bottlenecks_sheet(plan: Plan) -> DataTable:
    """Return the bottlenecks with a gain or a saving, by rank."""
    rows = telling(plan)
    columns = BOTTLENECKS.select(*SHOWN, money=currency(plan))
    kept = []
    for column in columns:
        if any(row.get(column.name) is not None for row in rows):
            kept.append(column)
    shown = [{**row, "one_more": one_more(row)} for row in rows]
    return DataTable(
        "Bottlenecks, ranked by the gain from 1 % more of each limit; every gain is "
        "re-solved, with divisible systems unless stated otherwise",
        kept or columns[:3],
        shown,
    )


def quote_figure(plan: Plan) -> Figure | None:
    """Return the chart of a quote; None if the plan has none."""
    finding = quote(plan)
    if finding is None:
        return None
    rows = sorted(
        (row for row in plan.finding_tables["quote"] if not row["overtime_of"]),
        key=lambda row: row["date"],
    )
    basis = BASIS_WORDS.get(str(finding.facts.get("basis")), str(finding.facts.get("basis")))
    time = time_of(plan)

    def draw(canvas: Canvas) -> None:
        firm = any(row["firm_mw"] is not None for row in rows)
        marks = [("due-fill", "firm, in whole systems")] if firm else []
        top = canvas.legend(0, [("f0 half", "at most, proven"), *marks])
        peak = max((row["at_most_mw"] for row in rows), default=0.0)
        plot = Plot(canvas, 52, top + 24, canvas.width - 68, 230, time.first, time.horizon, peak)
        canvas.text(4, top + 8, f"MW, {basis}, on top of the plan", "m")
        plot.axes()
        _curve(canvas, plot, rows)
        canvas.height = top + 24 + 230 + 24

    said = " ".join(quote_sentences(plan))
    said = f"{said} " if said else ""
    said += (
        "At most: proven upper bound on the MW in service from that date on, no commitment "
        "missing more than in the plan, rounded up."
    )
    if any(row["firm_mw"] is not None for row in rows):
        said += " Firm: MW that a plan in whole systems has in service, rounded down."
    return Figure(
        "quote",
        "What can be promised on top of the plan",
        said,
        draw,
        tuple(_quote_sheets(plan, basis)),
    )


def _curve(canvas: Canvas, plot: Plot, rows: Sequence[QuoteRow]) -> None:
    """Draw the bound as a step line, and firm megawatts as marks."""
    points = [(plot.x(row["date"]), plot.y(row["at_most_mw"])) for row in rows]
    if points:
        line = stairs([*points, (plot.left + plot.width, points[-1][1])])
        ground = plot.y(0.0)
        canvas.area([*line, (line[-1][0], ground), (line[0][0], ground)], "f0 half")
    for row in rows:
        if row["firm_mw"] is not None:
            x, y = plot.x(row["date"]), plot.y(row["firm_mw"])
            tip = f"{row['date']}: firm {firm_figure(row['firm_mw'])} MW"
            canvas.area([(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)], "due-fill edge", tip)


def _quote_sheets(plan: Plan, basis: str) -> list[DataTable]:
    """Return the bounds by date of change, and the gains from overtime."""
    bounds: list[QuoteRow] = []
    stretched: list[QuoteRow] = []
    for row in plan.finding_tables["quote"]:
        (stretched if row["overtime_of"] else bounds).append(shown_quote(row))
    kept = []
    for n, row in enumerate(bounds):
        is_end = n in (0, len(bounds) - 1)
        if is_end or row["firm_mw"] is not None or row["at_most_mw"] != bounds[n - 1]["at_most_mw"]:
            kept.append(row)
    names = ["date", "at_most_mw"]
    if any(row["firm_mw"] is not None for row in kept):
        names.append("firm_mw")
    title = f"At most on top of the plan, MW of {basis}, by date of change"
    sheets = [DataTable(title, QUOTED_MW.select(*names), kept)]
    if stretched:
        columns = QUOTED_MW.select("date", "at_most_mw", "gain_mw", "overtime_of")
        sheets.append(DataTable("With all limits of one kind stretched", columns, stretched))
    return sheets
