"""The plan as one self-contained page, ``report.html``, for screen and paper.

The page loads nothing from a network: style and script are inline, and its content security policy
forbids everything else, including a script in a workbook's text.
"""

from __future__ import annotations

from pathlib import Path

from planner.errors import PlannerError
from planner.plan.store import Plan
from planner.reports.charts.draw import Figure
from planner.reports.charts.plan_charts import figures
from planner.reports.markup import Markup, element
from planner.reports.page.days import days_section
from planner.reports.page.explained import (
    asks_section,
    has_asks,
    has_explanation,
    has_late,
    has_quote,
    late_section,
    slack_section,
)
from planner.reports.page.frame import figure_parts, framed
from planner.reports.page.sections import (
    assumptions_section,
    headline_section,
    manifest_section,
    notes_section,
    orders_section,
)
from planner.reports.page.tokens import tokens_section
from planner.reports.token_views import has_promises, has_tokens

SECTIONS = {
    "headline": "Headline",
    "ramp": "Ramp",
    "tokens": "Tokens",
    "late": "Why late",
    "asks": "Asks",
    "bottlenecks": "Bottlenecks",
    "sites": "Sites",
    "ways": "Order to service",
    "power": "Power",
    "map": "Map",
    "costs": "Costs",
    "orders": "Orders",
    "days": "Days",
    "slack": "Slack",
    "quote": "Quote",
    "notes": "Notes",
    "assumptions": "Assumptions",
    "manifest": "Manifest",
}
"""Sections with their anchors and names in the navigation."""

NEEDS = {
    "ramp": has_promises,
    "ways": has_promises,
    "tokens": has_tokens,
    "late": has_late,
    "asks": has_asks,
    "bottlenecks": has_explanation,
    "slack": has_explanation,
    "quote": has_quote,
}
"""Tests for optional sections; a plan has all others."""

WRITERS = {
    "headline": headline_section,
    "tokens": tokens_section,
    "late": late_section,
    "asks": asks_section,
    "orders": orders_section,
    "days": days_section,
    "slack": slack_section,
    "notes": notes_section,
    "assumptions": assumptions_section,
    "manifest": manifest_section,
}
"""Functions that write the sections without a figure."""

INSTEAD = {
    "power": ("Power in use", "No power node has a limit in these inputs."),
    "map": ("Sites and routes", "No site has a latitude and a longitude in these inputs."),
}
"""Title and text of a section whose figure is missing."""

TITLES = {
    "ramp": "In service against committed",
    "bottlenecks": "Bottlenecks",
    "sites": "IT power in service by site",
    "ways": "From order to service",
    "power": "Power in use and headroom",
    "map": "Sites and routes",
    "costs": "Costs",
    "quote": "What can be promised",
}
"""Headings of the sections with a figure."""


def write_page(plan: Plan, path: Path) -> None:
    """Write the page of a plan.

    Parameters
    ----------
    plan
        The plan.
    path
        File to write.

    Raises
    ------
    PlannerError
        If the file cannot be written.
    """
    try:
        path.write_text(page(plan), encoding="utf-8", newline="\n")
    except OSError as error:
        raise PlannerError(f"cannot write {path}: {error.strerror or error}") from error


def page(plan: Plan) -> str:
    """Return the page of a plan as HTML."""
    drawn = {figure.name: figure for figure in figures(plan)}
    names = sections_of(plan)
    shown = [
        WRITERS[name](plan) if name in WRITERS else figure_section(name, drawn.get(name))
        for name in names
    ]
    inputs = plan.manifest.get("inputs_sha256") or "not known"
    return framed(
        f"Deployment plan {plan.name}",
        names,
        shown,
        "To the plan",
        f"Plan {plan.name}, inputs sha256 {inputs}",
    )


def sections_of(plan: Plan) -> dict[str, str]:
    """Return the sections of a plan, with their names."""
    return {
        name: title for name, title in SECTIONS.items() if name not in NEEDS or NEEDS[name](plan)
    }


def figure_section(name: str, figure: Figure | None) -> Markup:
    """Return a section with a figure for wide and for narrow screens, and its data as tables."""
    if figure is None:
        title, sentence = INSTEAD[name]
        return element("section", element("h2", title), element("p", sentence), id=name)
    return element("section", element("h2", TITLES[name]), figure_parts(figure), id=name)
