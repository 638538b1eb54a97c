"""A small chart toolkit: a canvas that writes SVG, scales with round ticks, axes and legends.

Figures use CSS classes, never colours; the style sheet of the page or file sets those. Every figure
is laid out for a given width, so that its text stays readable.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise

from planner.reports.colours import SERIES_COUNT
from planner.reports.markup import Markup, amount, element
from planner.reports.markup_tables import DataTable

WIDE, NARROW = 860, 344
"""Layout widths in CSS pixels: desktop and print, phone."""

LINE = 17
"""Height of a line of text, in pixels."""


LINES = ("due", "due dash", "route", "now", *(f"l{number}" for number in range(SERIES_COUNT)))
"""Styles of lines; all others fill."""


@dataclass(frozen=True)
class Figure:
    """A figure of a plan.

    Attributes
    ----------
    name : str
        Name of its file and anchor.
    title : str
        What it shows, with the unit.
    summary : str
        Text alternative: its content in words.
    draw : callable
        Draws it: takes a canvas, on which it also sets the height.
    data : tuple of DataTable
        Its figures as tables.
    """

    name: str
    title: str
    summary: str
    draw: Callable[[Canvas], None]
    data: tuple[DataTable, ...] = ()

    def drawn(self, width: int) -> Canvas:
        """Return the figure drawn on a canvas of that width."""
        canvas = Canvas(width)
        self.draw(canvas)
        canvas.height = math.ceil(canvas.height)
        return canvas

    def svg(self, canvas: Canvas, **attributes: object) -> Markup:
        """Return the drawing as an SVG element with its text alternative."""
        mark = f"{self.name}-{canvas.width}"
        return element(
            "svg",
            element("title", self.title, id=f"{mark}-title"),
            element("desc", self.summary, id=f"{mark}-desc"),
            canvas.parts,
            viewBox=f"0 0 {canvas.width} {canvas.height}",
            role="img",
            aria_labelledby=f"{mark}-title {mark}-desc",
            **attributes,
        )


class Canvas:
    """Drawing surface of a figure, with the origin at the top left.

    Attributes
    ----------
    width : int
        Width in pixels.
    height : float
        Height in pixels, set by the drawing function.
    parts : list of Markup
        Elements drawn so far.
    """

    def __init__(self, width: int) -> None:
        self.width, self.height = width, 0.0
        self.parts: list[Markup] = []

    @property
    def narrow(self) -> bool:
        """Whether the layout is for a phone."""
        return self.width < 600

    def add(self, name: str, styles: str, tip: str = "", **attributes: object) -> None:
        """Draw a shape with an optional tooltip."""
        inner = element("title", tip) if tip else None
        self.parts.append(element(name, inner, class_=styles, **attributes))

    def rect(
        self, left: float, top: float, width: float, height: float, styles: str, tip: str = ""
    ) -> None:
        """Draw a rectangle."""
        self.add("rect", styles, tip, x=left, y=top, width=max(width, 0.0), height=height)

    def line(self, points: Iterable[tuple[float, float]], styles: str) -> None:
        """Draw a line through points."""
        self.add("path", styles, d=path(points))

    def area(self, points: Iterable[tuple[float, float]], styles: str, tip: str = "") -> None:
        """Draw a filled polygon."""
        self.add("path", styles, tip, d=path(points) + "Z")

    def text(
        self,
        x: float,
        y: float,
        value: object,
        styles: str = "",
        *,
        anchor: str = "",
        room: float = math.inf,
        size: float = 12,
    ) -> None:
        """Write a text, shortened to the available width; a tooltip shows all of it."""
        whole = str(value)
        shown = fit(whole, room, size)
        inner = [shown, element("title", whole)] if shown != whole else [shown]
        self.parts.append(
            element(
                "text",
                inner,
                x=float(x),
                y=float(y),
                text_anchor=anchor or None,
                class_=styles or None,
            )
        )

    def legend(self, top: float, entries: Sequence[tuple[str, str]], left: float = 0.0) -> float:
        """Write a legend of (style, name) from `top` on; return where it ends."""
        x, y = left, top
        for style, name in entries:
            room = min(self.width - left - 24, 300.0)
            wide = text_width(fit(name, room)) + 34
            if x + wide - 14 > self.width and x > left:
                x, y = left, y + LINE
            if style in LINES:
                self.line([(x, y + 6), (x + 13, y + 6)], style)
            else:
                self.rect(x, y, 12, 12, style)
            self.text(x + 18, y + 10, name, "m", room=room)
            x += wide
        return y + LINE + 6


def path(points: Iterable[tuple[float, float]]) -> str:
    """Return the SVG path through points."""
    return "M" + "L".join(f"{amount(x)} {amount(y)}" for x, y in points)


def stairs(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points of a step line: each value holds until the next."""
    corners = list(points[:1])
    for (_, before), (x, y) in pairwise(points):
        corners += [(x, before), (x, y)] if y != before else [(x, y)]
    return corners


def text_width(text: str, size: float = 12) -> float:
    """Return an upper estimate of the width of a text."""
    return sum(_em(char) for char in text) * size


def fit(text: str, room: float, size: float = 12) -> str:
    """Return a text shortened in the middle, because names often differ at their end."""
    if len(text) <= 400 and text_width(text, size) <= room:
        return text
    left = room - 0.9 * size
    head, left = _begin(text[:400], left * 0.7, size), left * 0.3
    tail = _begin(text[-400:][::-1], left, size)[::-1]
    return f"{head.rstrip()}\N{HORIZONTAL ELLIPSIS}{tail.lstrip()}"


def _begin(text: str, room: float, size: float) -> str:
    """Return the longest beginning of a text that fits."""
    for count, char in enumerate(text):
        room -= _em(char) * size
        if room < 0:
            return text[:count]
    return text


def _em(char: str) -> float:
    """Return an estimate of the width of a character, in em."""
    if char in " .,:;|!'ijltfI()[]-/":
        return 0.32
    if unicodedata.combining(char):
        return 0.0
    if unicodedata.east_asian_width(char) in "WF":
        return 1.05
    if char in "mwMW@%\N{EM DASH}" or (ord(char) > 0x2FF and not char.isalpha()):
        return 0.9
    return 0.7 if char.isupper() else 0.57


def ticks(high: float, most: int = 6) -> list[float]:
    """Return round values from 0 to the first at or above `high`, at most about `most` steps."""
    if not high > 0 or not math.isfinite(high):
        return [0.0, 1.0]
    rough = high / max(most, 1)
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(step * size for step in (1, 2, 2.5, 5, 10) if step * size >= rough * 0.999)
    return [step * n for n in range(math.ceil(high / step * 0.9999) + 1)]


def spoken(value: float, step: float) -> str:
    """Return a tick's value with the decimals that its step needs."""
    decimals = 0 if step >= 1 and step == round(step) else max(1, -math.floor(math.log10(step)))
    return f"{value:,.{min(decimals, 12)}f}"


def date_ticks(first: date, last: date, most: int) -> list[tuple[date, str]]:
    """Return firsts of months, quarters or years within two days, with their ISO labels."""
    span = (last.year - first.year) * 12 + last.month - first.month
    fitting = (n for n in (1, 2, 3, 6, 12, 24, 60) if span / n <= most * (1.6 if n >= 12 else 1))
    step = next(fitting, 120)  # a year's label is short
    ticks = []
    for month in range(first.year * 12, last.year * 12 + 12, step):
        day = date(month // 12, month % 12 + 1, 1)
        if first <= day <= last:
            ticks.append((day, f"{day.year}" if step >= 12 else f"{day:%Y-%m}"))
    return ticks


@dataclass(frozen=True)
class Plot:
    """Plot area: time on the x axis, a value on the y axis.

    Attributes
    ----------
    canvas : Canvas
        Canvas of the plot.
    left, top, width, height : float
        Position and size.
    first, last : datetime.date
        Time range.
    high : float
        Largest value; the scale ends at the next round one.
    """

    canvas: Canvas
    left: float
    top: float
    width: float
    height: float
    first: date
    last: date
    high: float

    @cached_property
    def scale(self) -> list[float]:
        """Round values of the axis."""
        return ticks(self.high, max(2, round(self.height / 45)))

    def x(self, day: date) -> float:
        """Return the x coordinate of a day."""
        span = max((self.last - self.first).days, 1)
        return self.left + self.width * (day - self.first).days / span

    def y(self, value: float) -> float:
        """Return the y coordinate of a value."""
        return self.top + self.height * (1 - value / self.scale[-1])

    def axes(self, unit: str = "") -> None:
        """Draw the grid with its values, and the time axis."""
        canvas, scale = self.canvas, self.scale
        for value in scale:
            y = self.y(value)
            style = "grid" if value else "axis"
            canvas.line([(self.left, y), (self.left + self.width, y)], style)
            canvas.text(self.left - 6, y + 4, spoken(value, scale[1]), "m", anchor="end")
        if unit:
            canvas.text(self.left - 6, self.top - 9, unit, "m", anchor="end", room=self.left - 6)
        self.time_axis(self.top + self.height)

    def time_axis(self, y: float, grid: float = 0.0) -> None:
        """Draw the time axis at the height `y`, with lines up to `grid` if given."""
        most = max(2, int(self.width // 66))
        for day, label in date_ticks(self.first, self.last, most):
            x, half = self.x(day), text_width(label) / 2
            if x - half >= 0 and x + half <= self.canvas.width:
                self.canvas.line([(x, grid or y), (x, y + 4)], "grid" if grid else "axis")
                self.canvas.text(x, y + 17, label, "m", anchor="middle")
