"""Chart of the tokens of each workload over time: served, bought and missed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

from planner.plan.rows import Row
from planner.plan.store import Plan
from planner.plan.token_report_tables import WORKLOAD_SPANS
from planner.reports.charts.draw import LINE, Canvas, Figure, Plot
from planner.reports.counts import token_words
from planner.reports.markup_tables import DataTable
from planner.reports.token_views import has_tokens, workload_spans, workload_totals
from planner.reports.views import NOTHING, currency, figure, number

MOST = 6
"""Largest number of workloads drawn, those that miss tokens first; the table has all of them."""

PARTS = (("served_mtok", "f0 half"), ("bought_mtok", "rest"), ("missed_mtok", "bad"))
"""What a workload's demand consists of, from below, with its style."""


def tokens_figure(plan: Plan) -> Figure | None:
    """Return the tokens of each workload by span; None without workloads."""
    if not has_tokens(plan):
        return None
    spans = workload_spans(plan)
    names = [str(row["workload"]) for row in workload_totals(plan) if row["demand_mtok"]]
    by_workload = {name: [row for row in spans if row["workload"] == name] for name in names}
    shown = dict(list(by_workload.items())[:MOST])

    def draw(canvas: Canvas) -> None:
        entries = [(style, key.removesuffix("_mtok")) for key, style in PARTS]
        top = canvas.legend(0, entries)
        if not shown:
            canvas.text(0, top + 12, "No tokens are asked for.", "m")
            canvas.height = top + LINE
            return
        columns = 1 if canvas.narrow else min(len(shown), 3)
        width, height = canvas.width / columns, 190.0
        for n, (name, rows) in enumerate(shown.items()):
            line, column = divmod(n, columns)
            _panel(canvas, (column * width, top + line * height, width, height), name, rows)
        canvas.height = top + math.ceil(len(shown) / columns) * height

    said = f"{token_words(plan)}." if shown else "No tokens are asked for."
    if len(by_workload) > len(shown):
        said += f" Drawn are the first {MOST} of {len(by_workload):,} workloads."
    columns = WORKLOAD_SPANS.select(money=currency(plan))
    rows = [
        {**row, "class": "bad" if number(row["missed_mtok"]) > NOTHING else None} for row in spans
    ]
    table = DataTable("Tokens by workload and span", columns, rows)
    return Figure("tokens", "Tokens of each workload by span", said, draw, (table,))


def _panel(
    canvas: Canvas, box: tuple[float, float, float, float], name: str, rows: Sequence[Row]
) -> None:
    """Draw the Mtok a day of a workload as a column for each span, as wide as that is long."""
    left, top, width, height = box
    first, last = _dates(rows[0])[0], _dates(rows[-1])[1]
    most = max(_a_day(row, "demand_mtok") for row in rows)
    area = (left + 62, top + 40, width - 78, height - 70)
    plot = Plot(canvas, *area, first, last, most)
    canvas.text(left + 4, top + 12, name, "b k", room=width - 20, size=14)
    missed = math.fsum(number(row["missed_mtok"]) for row in rows)
    text, style = "Mtok a day", "m"
    if missed > NOTHING:
        share = missed / math.fsum(number(row["demand_mtok"]) for row in rows)
        text, style = f"{text}; {share:.1%} missed", "bad b"
    canvas.text(left + 4, top + 28, text, style, room=width - 16)
    plot.axes()
    for row in rows:
        since, until = _dates(row)
        begin = plot.x(since)
        end = min(plot.x(until + timedelta(days=1)), plot.left + plot.width)
        below = 0.0
        for key, style in PARTS:
            mtok = _a_day(row, key)
            if mtok <= NOTHING:
                continue
            low, high = plot.y(below), plot.y(below + mtok)
            tip = f"{name} from {since}: {figure(mtok)} Mtok a day {key.removesuffix('_mtok')}"
            canvas.rect(begin + 0.5, high, end - begin - 1, max(low - high, 1.0), style, tip)
            below += mtok


def _a_day(row: Row, key: str) -> float:
    """Return the Mtok a day of a row."""
    since, until = _dates(row)
    return number(row[key]) / ((until - since).days + 1)


def _dates(row: Row) -> tuple[date, date]:
    """Return the first and the last day of a row's span."""
    return cast(date, row["span_from"]), cast(date, row["span_to"])
