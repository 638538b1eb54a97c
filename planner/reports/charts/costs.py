"""Waterfall chart of the present cost by term."""

from __future__ import annotations

from dataclasses import dataclass

from planner.plan.report_tables import COST_STEPS
from planner.plan.rows import AnyRow
from planner.plan.store import Plan
from planner.reports.charts.draw import LINE, Canvas, Figure, spoken, text_width, ticks
from planner.reports.markup_tables import DataTable
from planner.reports.plan_figures import cost_steps
from planner.reports.views import TERM_WORDS, currency, figure, number

ROW = 30.0
"""Height of a term, in pixels."""


def money_unit(plan: Plan) -> tuple[float, str]:
    """Return the divisor and the unit of money in the chart."""
    total = sum(row["amount"] for row in plan.tables["costs"])
    if abs(total) >= 1e7:
        return 1e6, f"{currency(plan)} million"
    return 1.0, currency(plan)


def costs_figure(plan: Plan) -> Figure:
    """Return the terms of the present cost as a waterfall to their sum."""
    steps, (size, unit) = cost_steps(plan), money_unit(plan)
    total = sum(row["present_cost"] for row in steps)
    decimals = 1 if size > 1 else 0

    def draw(canvas: Canvas) -> None:
        bars = []
        for row in steps:
            before, present = row["before"], row["present_cost"]
            bars.append(Bar(row["term"], before / size, present / size))
        bars.append(Bar("total", 0.0, total / size))
        _waterfall(canvas, bars, unit, decimals)

    largest = max(steps, key=lambda row: row["present_cost"], default=None)
    said = f"Present cost {figure(total / size, decimals)} {unit}, discounted to the plan's start."
    if largest is not None:
        said += (
            f" The largest term is {largest['term']}: "
            f"{figure(largest['present_cost'] / size, decimals)} {unit}."
        )
    return Figure("costs", "What makes up the present cost", said, draw, (_table(plan, size),))


@dataclass(frozen=True)
class Bar:
    """A bar of the waterfall: a term, the cost of the terms above, and its own cost."""

    term: str
    before: float
    value: float

    @property
    def end(self) -> float:
        """Cost of this term and of those above."""
        return self.before + self.value


def _waterfall(canvas: Canvas, bars: list[Bar], unit: str, decimals: int) -> None:
    """Draw a bar for each term, starting at the end of the bar above."""
    labels = [figure(bar.value, decimals) for bar in bars]
    left = 92.0
    right = canvas.width - max(map(text_width, labels)) - 14
    scale = ticks(max(bar.end for bar in bars), 3 if canvas.narrow else 7)
    top = 24.0
    bottom = top + ROW * len(bars)

    def x(value: float) -> float:
        return left + (right - left) * value / scale[-1]

    canvas.text(left, 12, f"{unit}, present cost", "m", room=canvas.width - left - 8)
    for value in scale:
        canvas.line([(x(value), top), (x(value), bottom)], "grid")
        canvas.text(x(value), bottom + 16, spoken(value, scale[1]), "m", anchor="middle")
    for n, (bar, label) in enumerate(zip(bars, labels, strict=True)):
        y = top + ROW * n
        is_total = n == len(bars) - 1
        start, end = x(bar.before), x(bar.end)
        bold = "b" if is_total else ""
        canvas.text(left - 8, y + 19, bar.term, bold, anchor="end", room=left - 10)
        tip = f"{bar.term}: {label} {unit}; {TERM_WORDS.get(bar.term, 'sum of all terms')}"
        style = "f0" if is_total else "f5"
        canvas.rect(start, y + 6, max(end - start, 1.0), ROW - 11, style, tip)
        canvas.text(end + 5, y + 19, label, "b halo" if is_total else "halo")
        if not is_total:
            canvas.line([(end, y + ROW - 5), (end, y + ROW + 6)], "axis")
    canvas.height = bottom + LINE + 6


def _table(plan: Plan, size: float) -> DataTable:
    """Return the terms with both totals, in millions if the chart is."""
    names = {"amount": "amount", "present_cost": "present_cost"}
    if size > 1:
        names = {"amount_m": "amount", "present_m": "present_cost"}
    known: dict[str, AnyRow] = {row["term"]: row for row in plan.tables["costs"]}
    rows = []
    for step in cost_steps(plan):
        row: dict[str, object] = {
            "term": step["term"],
            "words": TERM_WORDS.get(step["term"], ""),
        }
        for shown, name in names.items():
            row[shown] = number(known[step["term"]][name]) / size
        rows.append(row)
    total: dict[str, object] = {"term": "total", "words": "sum of all terms"}
    for shown, name in names.items():
        total[shown] = sum(number(row[name]) for row in known.values()) / size
    columns = COST_STEPS.select("term", "words", *names, money=currency(plan))
    return DataTable("Cost terms; those that are zero are left out", columns, rows, total)
