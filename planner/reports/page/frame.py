"""The frame of a page: head, navigation, theme, sections and footer; and a figure with its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.reports.charts.draw import NARROW, WIDE, Figure
from planner.reports.markup import Markup, element
from planner.reports.markup_tables import table
from planner.reports.page.style import head, script


def framed(
    title: str, names: Mapping[str, str], sections: Sequence[Markup], skip: str, footer: str
) -> str:
    """Return a page as HTML.

    Parameters
    ----------
    title
        Title of the document.
    names
        Sections of the navigation: anchor to name, in order.
    sections
        The sections.
    skip
        Text of the link past the navigation, to the first section.
    footer
        Text at the end.
    """
    links = [element("li", element("a", name, href=f"#{anchor}")) for anchor, name in names.items()]
    toggle = element("button", "Theme: auto", id="theme", type="button", hidden=True)
    first = next(iter(names), "")
    body = element(
        "body",
        element("a", skip, href=f"#{first}", class_="skip"),
        element(
            "nav", element("div", element("ul", links), toggle, class_="top"), aria_label="Sections"
        ),
        element("main", sections, element("footer", footer)),
        script(),
    )
    whole = element("html", head(title), body, lang="en")
    return f"<!DOCTYPE html>\n{whole}\n"


def figure_parts(figure: Figure) -> list[Markup]:
    """Return a figure for wide and for narrow screens, and its data as tables."""
    parts = [
        element(
            "figure",
            element("figcaption", element("p", figure.summary)),
            figure.svg(figure.drawn(WIDE), class_="wide"),
            figure.svg(figure.drawn(NARROW), class_="narrow"),
        )
    ]
    if figure.data:
        summary = element("summary", "The data as tables")
        tables = [table(sheet) for sheet in figure.data]
        parts.append(element("details", summary, tables, class_="data"))
    return parts
