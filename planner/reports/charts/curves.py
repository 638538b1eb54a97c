"""Chart of step lines over time, with a band below them: comparisons, and fans of sweeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from planner.reports.charts.draw import Canvas, Figure, Plot, stairs
from planner.reports.colours import SERIES_COUNT
from planner.reports.whatif_report import Curve, CurveChart, Points

HEIGHT = 260.0
"""Height of the plot, in pixels."""

BAND = "f0 thin"
COMMITTED = "due dash"
"""Dashed, because it often lies on a curve, which shows through."""


def curves_figure(chart: CurveChart) -> Figure | None:
    """Return the figure of a chart; None if it has no points."""
    points = list(_every_point(chart))
    if not points:
        return None
    days = [day for day, _ in points]
    first, last = min(days), max(days)
    until = last + _half_a_step(days)
    peak = max(value for _, value in points)
    styles = _styles(chart.curves)

    def draw(canvas: Canvas) -> None:
        entries = [(style, curve.name) for style, curve in zip(styles, chart.curves, strict=True)]
        if chart.band is not None:
            entries.insert(0, (BAND, chart.band.name))
        top = canvas.legend(0, entries)
        plot = Plot(canvas, 56, top + 24, canvas.width - 72, HEIGHT, first, until, peak)
        canvas.text(4, top + 8, chart.unit, "m", room=canvas.width - 8)
        plot.axes()
        if chart.band is not None:
            low = _steps(plot, chart.band.low, last)
            high = _steps(plot, chart.band.high, last)
            canvas.area([*high, *reversed(low)], BAND, chart.band.name)
        for style, curve in zip(styles, chart.curves, strict=True):
            if curve.points:
                canvas.line(_steps(plot, curve.points, last), style)
        canvas.height = top + 24 + HEIGHT + 24

    return Figure(chart.name, f"{chart.title}, {chart.unit}", chart.summary, draw, chart.data)


def _every_point(chart: CurveChart) -> Iterator[tuple[date, float]]:
    for curve in chart.curves:
        yield from curve.points
    if chart.band is not None:
        yield from chart.band.low
        yield from chart.band.high


def _styles(curves: tuple[Curve, ...]) -> list[str]:
    """Return the style of each line."""
    styles = []
    count = 0
    for curve in curves:
        if curve.is_committed:
            styles.append(COMMITTED)
        else:
            styles.append(f"l{count % SERIES_COUNT}")
            count += 1
    return styles


def _half_a_step(days: list[date]) -> timedelta:
    """Return the length of the axis after the last day, so that the last value is visible."""
    different = sorted(set(days))
    if len(different) < 2:
        return timedelta(days=15)
    return (different[-1] - different[-2]) / 2


def _steps(plot: Plot, points: Points, last: date) -> list[tuple[float, float]]:
    """Return the corners of a step line; a value on the last day is held to the end."""
    corners = [(plot.x(day), plot.y(value)) for day, value in points]
    if points and points[-1][0] == last:
        corners.append((plot.left + plot.width, corners[-1][1]))
    return stairs(corners)
