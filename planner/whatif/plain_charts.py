"""Plain SVG charts: curves over time with a band, and tornado bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape

from planner.reports.charts.draw import stairs

WIDTH, HEIGHT = 760.0, 320.0
LEFT, RIGHT, TOP, BOTTOM = 62.0, 14.0, 14.0, 56.0
COLORS = ("#1F3864", "#E07B00", "#3C9A5F", "#B04A9E", "#C9A100", "#4BA3C3", "#8C564B", "#6B5FB5")
BAND, GREY, LINE = "#2F6DB5", "#6B7280", "#D5DAE3"

Points = Sequence[tuple[date, float]]


@dataclass(frozen=True)
class Chart:
    """Curves over time, as steps: a value holds from its day until the next.

    Attributes
    ----------
    unit : str
        Unit of the values.
    curves : dict of str to points
        Named curves, drawn in order.
    band : tuple of points, or None
        Lower and upper edge of a band below the curves.
    dashed : set of str
        Names of curves that are dashed.
    """

    unit: str
    curves: Mapping[str, Points]
    band: tuple[Points, Points] | None = None
    dashed: frozenset[str] = field(default_factory=frozenset)

    def svg(self) -> str:
        """Return the figure."""
        every = [p for points in (*self.curves.values(), *(self.band or ())) for p in points]
        if not every:
            return ""
        first, last = min(d for d, _ in every), max(d for d, _ in every)
        top = _nice(max(v for _, v in every))
        until = last + _half_a_step(every)
        days = max((until - first).days, 1)

        def place(point: tuple[date, float]) -> tuple[float, float]:
            x = LEFT + (WIDTH - LEFT - RIGHT) * (point[0] - first).days / days
            return x, HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * point[1] / top

        def steps(points: Points) -> list[tuple[float, float]]:
            held = [(until, v) for day, v in points[-1:] if day == last]
            return stairs([place(point) for point in (*points, *held)])

        parts = [*_axes(top, self.unit), *_years(first, last, place)]
        if self.band:
            low, high = self.band
            corners = " ".join(map(_pair, [*steps(low), *reversed(steps(high))]))
            parts.append(f'<polygon points="{corners}" fill="{BAND}" opacity="0.22"/>')
        for n, (name, points) in enumerate(self.curves.items()):
            dash = ' stroke-dasharray="6 4"' if name in self.dashed else ""
            line = " ".join(map(_pair, steps(points)))
            look = f'fill="none" stroke="{color(n)}" stroke-width="2"{dash}'
            title = f"<title>{escape(name)}</title>"
            parts.append(f'<polyline points="{line}" {look}>{title}</polyline>')
        return _figure(HEIGHT, parts) + legend(list(self.curves))


def _half_a_step(points: Points) -> timedelta:
    """Return the length of the axis after the last day, so that the last value is visible."""
    days = sorted({day for day, _ in points})
    return (days[-1] - days[-2]) / 2 if len(days) > 1 else timedelta(days=15)


def legend(names: Sequence[str]) -> str:
    """Return the names of curves with their colours."""
    items = "".join(
        f'<span><i style="background:{color(n)}"></i>{escape(name)}</span>'
        for n, name in enumerate(names)
    )
    return f'<p class="legend">{items}</p>'


def color(number: int) -> str:
    """Return the colour of a curve."""
    return COLORS[number % len(COLORS)]


def tornado(rows: Sequence[tuple[str, float, float]], base: float, unit: str) -> str:
    """Return a tornado chart: bars from a base value to both sides.

    Parameters
    ----------
    rows
        Name, value at the low end and value at the high end of each quantity.
    base
        Value from which the bars go.
    unit
        Unit of the values.
    """
    if not rows:
        return ""
    values = [base, *(v for _, low, high in rows for v in (low, high))]
    least, most = min(values), max(values)
    span = (most - least) or 1.0
    left, step = 250.0, 26.0
    height = TOP + step * len(rows) + 34

    def across(value: float) -> float:
        return left + (WIDTH - left - 70) * (value - least) / span

    parts = []
    for n, (name, low, high) in enumerate(rows):
        y = TOP + n * step
        parts.append(_text(left - 8, y + 13, name[:38], "end"))
        for value, fill, down in ((low, COLORS[5], 0), (high, COLORS[1], 9)):
            x, end = sorted((across(base), across(value)))
            parts.append(
                f'<rect x="{x:.1f}" y="{y + down:.1f}" width="{max(end - x, 0.5):.1f}" '
                f'height="8" fill="{fill}"/>'
            )
    bottom = TOP + step * len(rows)
    parts.append(
        f'<line x1="{across(base):.1f}" x2="{across(base):.1f}" y1="{TOP}" '
        f'y2="{bottom:.1f}" stroke="{GREY}"/>'
    )
    for value in sorted({least, base, most}):
        parts.append(_text(across(value), bottom + 16, _brief(value), "middle"))
    parts.append(
        _text(
            left,
            bottom + 31,
            f"{unit}; blue at the low end of a quantity, orange at its high end",
            "start",
        )
    )
    return _figure(height, parts)


def _axes(top: float, unit: str) -> list[str]:
    parts = []
    for n in range(5):
        y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * n / 4
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{LINE}"/>'
        )
        parts.append(_text(LEFT - 6, y + 4, f"{top * n / 4:,.6g}", "end"))
    return [*parts, _text(LEFT, HEIGHT - 6, unit, "start")]


def _years(first: date, last: date, place: object) -> list[str]:
    end, _ = place((last, 0.0))  # type: ignore[operator]
    parts = [
        _text(LEFT, HEIGHT - BOTTOM + 30, first.isoformat(), "start"),
        _text(end, HEIGHT - BOTTOM + 30, last.isoformat(), "end"),
    ]
    for year in range(first.year, last.year + 2):
        day = date(year, 1, 1)
        if first <= day <= last:
            x, _ = place((day, 0.0))  # type: ignore[operator]
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" '
                f'stroke="{LINE}"/>'
            )
            parts.append(_text(x, HEIGHT - BOTTOM + 16, str(year), "middle"))
    return parts


def _brief(value: float) -> str:
    """Return a number in few characters."""
    for size, word in ((1e9, " bn"), (1e6, " m")):
        if abs(value) >= size:
            return f"{value / size:,.5g}{word}"
    return f"{value:,.5g}"


def _nice(value: float) -> float:
    """Return a round number at or above a value."""
    if value <= 0:
        return 1.0
    size = 10 ** (len(str(int(value))) - 1) if value >= 1 else 1.0
    return next(size * n for n in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if size * n >= value)


def _pair(point: tuple[float, float]) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" '
        f'fill="{GREY}">{escape(text)}</text>'
    )


def _figure(height: float, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH:.0f} {height:.0f}" role="img" '
        f'font-family="Arial, sans-serif">{"".join(parts)}</svg>'
    )
