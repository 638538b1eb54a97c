"""Tornado chart: how far each quantity of a sweep moves a result."""

from __future__ import annotations

from dataclasses import dataclass

from planner.reports.charts.draw import LINE, Canvas, Figure, text_width
from planner.reports.views import significant
from planner.reports.whatif_report import Swing, SwingChart

AT_LOW, AT_HIGH, BASE = "f0", "f1", "due"
BAR = 8.0
"""Height of a bar, in pixels; each quantity has two."""

LABELS = 250.0
"""Width of the names beside the bars on a wide canvas."""

MARGIN = 44.0
"""Space at both ends of the axis for its labels."""


@dataclass(frozen=True)
class _Axis:
    """Horizontal axis from the least to the largest result."""

    left: float
    width: float
    least: float
    most: float

    def x(self, value: float) -> float:
        span = self.most - self.least
        if span == 0:
            return self.left + self.width / 2
        return self.left + self.width * (value - self.least) / span


def swings_figure(chart: SwingChart) -> Figure | None:
    """Return the figure of a chart; None if it has no quantities."""
    if not chart.swings:
        return None
    results = [chart.base]
    for swing in chart.swings:
        results += [swing.at_low, swing.at_high]
    least, most = min(results), max(results)

    def draw(canvas: Canvas) -> None:
        entries = [
            (AT_LOW, "quantity at its low end"),
            (AT_HIGH, "quantity at its high end"),
            (BASE, "base case"),
        ]
        top = canvas.legend(0, entries)
        left = MARGIN if canvas.narrow else LABELS + MARGIN
        axis = _Axis(left, canvas.width - left - MARGIN, least, most)
        y = top
        for swing in chart.swings:
            y = _draw_swing(canvas, axis, swing, chart, y)
        _draw_labels(canvas, axis, chart.base, y + 14)
        canvas.text(canvas.width - 4, y + 14 + LINE, chart.unit, "m", anchor="end")
        canvas.height = y + 14 + LINE + 6

    return Figure(chart.name, f"{chart.title}, {chart.unit}", chart.summary, draw, chart.data)


def _draw_swing(canvas: Canvas, axis: _Axis, swing: Swing, chart: SwingChart, top: float) -> float:
    """Draw the bars of a quantity with its name; return where they end."""
    if canvas.narrow:
        canvas.text(4, top + 12, swing.quantity, room=canvas.width - 8)
        top += LINE
    else:
        canvas.text(LABELS, top + 13, swing.quantity, anchor="end", room=LABELS - 8)
    base = axis.x(chart.base)
    bars = ((AT_LOW, swing.at_low, "low"), (AT_HIGH, swing.at_high, "high"))
    for number, (style, value, end) in enumerate(bars):
        x = axis.x(value)
        tip = f"{swing.quantity} at its {end} end: {significant(value)} {chart.unit}"
        width = max(abs(x - base), 0.5)
        canvas.rect(min(x, base), top + 1 + number * BAR, width, BAR, style, tip)
    bottom = top + 2 * BAR + 8
    canvas.line([(base, top), (base, bottom)], BASE)
    return bottom


def _draw_labels(canvas: Canvas, axis: _Axis, base: float, y: float) -> None:
    """Write the base result and, where there is room beside it, the least and the largest."""
    taken: list[tuple[float, float]] = []
    for value in (base, axis.least, axis.most):
        text = significant(value)
        half = text_width(text) / 2
        left, right = axis.x(value) - half, axis.x(value) + half
        if all(right < start or left > end for start, end in taken):
            canvas.text(axis.x(value), y, text, "m", anchor="middle")
            taken.append((left, right))
