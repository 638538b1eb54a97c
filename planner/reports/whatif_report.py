"""What a comparison or a sweep shows: charts and tables for page, workbook and terminal.

`planner.whatif` computes the figures and puts them into these classes. The wings of this room draw
them like a plan's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from planner.reports.markup_tables import Column, DataTable

Points = Sequence[tuple[date, float]]
"""A step line: each value holds from its day until the next."""

UNPROVEN = "not proven"
"""Text in place of a gap without a bound, and of a change of such a gap."""


@dataclass(frozen=True)
class Curve:
    """A step line of a chart.

    Attributes
    ----------
    name : str
        Name in the legend.
    points : points
        Its values by day.
    is_committed : bool
        Whether it shows what is committed, which every chart draws alike.
    """

    name: str
    points: Points
    is_committed: bool = False


@dataclass(frozen=True)
class Band:
    """The area between two step lines.

    Attributes
    ----------
    name : str
        Name in the legend.
    low, high : points
        Its edges.
    """

    name: str
    low: Points
    high: Points


@dataclass(frozen=True)
class CurveChart:
    """Step lines over time.

    Attributes
    ----------
    name : str
        Anchor on the page.
    title, summary : str
        What it shows, as heading and in a sentence.
    unit : str
        Unit of the values.
    curves : tuple of Curve
        The lines, in the order of the legend.
    band : Band or None
        An area below the lines.
    data : tuple of DataTable
        Its figures as tables.
    """

    name: str
    title: str
    summary: str
    unit: str
    curves: tuple[Curve, ...]
    band: Band | None = None
    data: tuple[DataTable, ...] = ()


@dataclass(frozen=True)
class Swing:
    """Result at both ends of a quantity.

    Attributes
    ----------
    quantity : str
        Name of the quantity.
    at_low, at_high : float
        Result at its low end and at its high end.
    """

    quantity: str
    at_low: float
    at_high: float


@dataclass(frozen=True)
class SwingChart:
    """Tornado chart: for each quantity, bars from the base case to the results at its ends.

    Attributes
    ----------
    name : str
        Anchor on the page.
    title, summary : str
        What it shows, as heading and in a sentence.
    unit : str
        Unit of the results.
    base : float
        Result of the base case.
    swings : tuple of Swing
        The quantities from top to bottom.
    data : tuple of DataTable
        Its figures as tables.
    """

    name: str
    title: str
    summary: str
    unit: str
    base: float
    swings: tuple[Swing, ...]
    data: tuple[DataTable, ...] = ()


@dataclass(frozen=True)
class ReportTable:
    """A table.

    Attributes
    ----------
    name : str
        Name of its sheet in the workbook, and anchor on the page.
    title, summary : str
        What it shows, as heading and in a sentence.
    columns : tuple of Column
        Its columns.
    rows : sequence of rows
        Its rows.
    keys : int
        Number of leading columns that stay in sight while the others scroll.
    """

    name: str
    title: str
    summary: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, object]]
    keys: int = 1


@dataclass(frozen=True)
class WhatIfReport:
    """A comparison or a sweep, ready to be shown.

    Attributes
    ----------
    title, note : str
        Heading, and the line below it.
    parts : tuple
        Charts and tables of the page, in order.
    sheets : tuple of ReportTable
        Sheets of the workbook, in order.
    """

    title: str
    note: str
    parts: tuple[CurveChart | SwingChart | ReportTable, ...]
    sheets: tuple[ReportTable, ...]
