"""A comparison or a sweep as one self-contained page, drawn like a plan's."""

from __future__ import annotations

from planner.reports.charts.curves import curves_figure
from planner.reports.charts.swings import swings_figure
from planner.reports.markup import Markup, element
from planner.reports.markup_tables import DataTable, table
from planner.reports.page.frame import figure_parts, framed
from planner.reports.whatif_report import CurveChart, ReportTable, SwingChart, WhatIfReport

TOP = "results"
"""Anchor of the headline."""


def whatif_page(report: WhatIfReport, footer: str) -> str:
    """Return the page of a comparison or a sweep as HTML.

    Parameters
    ----------
    report
        What it shows; charts and tables without content are left out.
    footer
        Text at the end of the page.
    """
    headline = element(
        "section",
        element("h1", report.title),
        element("p", report.note, class_="sub"),
        id=TOP,
    )
    names = {TOP: "Results"}
    sections = [headline]
    for part in report.parts:
        content = _content(part)
        if content:
            names[part.name] = part.title
            sections.append(element("section", element("h2", part.title), content, id=part.name))
    return framed(report.title, names, sections, "To the results", footer)


def _content(part: CurveChart | SwingChart | ReportTable) -> list[Markup]:
    """Return a chart or a table as mark-up; an empty list if it has no content."""
    if isinstance(part, ReportTable):
        if not part.rows:
            return []
        return [table(DataTable(part.summary, part.columns, part.rows))]
    figure = curves_figure(part) if isinstance(part, CurveChart) else swings_figure(part)
    return [] if figure is None else figure_parts(figure)
