"""The plan as one page to look at: ``report.html``, whole in one file, for screen and paper.

The page asks nothing of any network: its style and its script are inside, and its policy forbids
everything else, a script from a workbook's text included.
"""

from __future__ import annotations

from pathlib import Path

from planner.errors import PlannerError
from planner.plan.store import Plan
from planner.reports.figures import figures
from planner.reports.figures_draw import NARROW, WIDE, Figure
from planner.reports.page_markup import Markup, element
from planner.reports.page_sections import (
    assumptions_section,
    headline_section,
    manifest_section,
    notes_section,
    orders_section,
)
from planner.reports.page_style import head, script
from planner.reports.page_tables import table

SECTIONS = {
    "headline": "Headline",
    "ramp": "Ramp",
    "sites": "Sites",
    "ways": "Order to service",
    "power": "Power",
    "map": "Map",
    "costs": "Costs",
    "orders": "Orders",
    "notes": "Notes",
    "assumptions": "Assumptions",
    "manifest": "Manifest",
}
"""Every section: its anchor and its name in the navigation."""

INSTEAD = {
    "power": ("Power in use", "No power node has a limit in these inputs."),
    "map": ("Sites and routes", "No site has a latitude and a longitude in these inputs."),
}
"""Title and sentence of a section whose figure a plan does not have."""

TITLES = {
    "ramp": "In service against committed",
    "sites": "IT power in service by site",
    "ways": "From order to service",
    "power": "Power in use and headroom",
    "map": "Sites and routes",
    "costs": "Costs",
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
    shown = [figure_section(name, drawn.get(name)) for name in TITLES]
    links = [element("li", element("a", name, href=f"#{anchor}"))
             for anchor, name in SECTIONS.items()]  # fmt: skip
    toggle = element("button", "Theme: auto", id="theme", type="button", hidden=True)
    body = element(
        "body",
        element("a", "To the plan", href="#headline", class_="skip"),
        element("nav", element("div", element("ul", links), toggle, class_="top"),
                aria_label="Sections"),
        element(
            "main", headline_section(plan), shown, orders_section(plan), notes_section(plan),
            assumptions_section(plan), manifest_section(plan),
            element("footer", f"Plan {plan.name}, inputs sha256 "
                              f"{plan.manifest.get('inputs_sha256') or 'not known'}"),
        ),
        script(),
    )  # fmt: skip
    whole = element("html", head(f"Deployment plan {plan.name}"), body, lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


def figure_section(name: str, figure: Figure | None) -> Markup:
    """Return a section with a figure for wide and for narrow screens, and its data as tables."""
    if figure is None:
        title, sentence = INSTEAD[name]
        return element("section", element("h2", title), element("p", sentence), id=name)
    data = element("details", element("summary", "The data as tables"),
                   [table(sheet) for sheet in figure.data], class_="data")  # fmt: skip
    return element(
        "section",
        element("h2", TITLES[name]),
        element(
            "figure",
            element("figcaption", element("p", figure.summary)),
            figure.svg(figure.drawn(WIDE), class_="wide"),
            figure.svg(figure.drawn(NARROW), class_="narrow"),
        ),
        data if figure.data else None,
        id=name,
    )
