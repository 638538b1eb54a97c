"""Figures of a plan, for the page and as separate files."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from pathlib import Path

from planner.attempts import Attempt, strictly
from planner.errors import PlannerError
from planner.plan.store import Plan
from planner.reports.charts.costs import costs_figure
from planner.reports.charts.draw import WIDE, Figure
from planner.reports.charts.explained import bottlenecks_figure, quote_figure
from planner.reports.charts.gantt import gantt_figure
from planner.reports.charts.map import map_figure
from planner.reports.charts.power import power_figure
from planner.reports.charts.ramp import ramp_figure, sites_figure
from planner.reports.charts.tokens import tokens_figure
from planner.reports.colours import LIGHT, figure_style
from planner.reports.markup import Markup, element

FORMATS = ("svg", "png")
"""File formats of figures."""

SHARP = 2
"""Pixels of a PNG for each pixel of the drawing."""

MAKERS: tuple[Callable[[Plan], Figure | None], ...] = (
    ramp_figure,
    tokens_figure,
    bottlenecks_figure,
    sites_figure,
    gantt_figure,
    power_figure,
    map_figure,
    costs_figure,
    quote_figure,
)
"""Functions that make the figures, in the order of the page."""

MARGIN = 16
"""Margin around a figure in a separate file, in pixels."""


def figures(plan: Plan, attempt: Attempt = strictly) -> list[Figure]:
    """Return the figures of a plan, in the order of the page.

    `power` needs a limited power node, `map` a site with coordinates, `tokens` workloads,
    `bottlenecks` an explained plan, `quote` one for which it was asked.

    Parameters
    ----------
    plan
        The plan.
    attempt
        Runs each figure; a failure of one does not stop the others.
    """
    figures = (
        attempt(
            f"the figure {make.__name__.removesuffix('_figure')} could not be drawn",
            partial(make, plan),
            None,
        )
        for make in MAKERS
    )
    return [figure for figure in figures if figure is not None]


def figure_writers(
    plan: Plan, kind: str, attempt: Attempt = strictly
) -> dict[str, Callable[[Path], None]]:
    """Return functions that write the figures, by file name.

    Parameters
    ----------
    plan
        The plan.
    kind
        One of `FORMATS`.
    attempt
        Runs each figure.

    Raises
    ------
    PlannerError
        If PNG is requested and its package is not installed.
    """
    if kind == "png":
        _resvg()
    return {
        f"figures/{figure.name}.{kind}": lambda path, figure=figure: _write(figure, path)  # type: ignore[misc]
        for figure in figures(plan, attempt)
    }


def standalone(figure: Figure) -> Markup:
    """Return a figure as a stand-alone SVG document, in light colours, with its title."""
    canvas = figure.drawn(WIDE)
    top, bottom = 2 * MARGIN + 12, MARGIN
    width, height = WIDE + 2 * MARGIN, math.ceil(canvas.height) + top + bottom
    inner = figure.svg(canvas, x=MARGIN, y=top, width=WIDE, height=canvas.height)
    return element(
        "svg",
        element("style", Markup(figure_style(LIGHT.__getitem__))),
        element("rect", width=width, height=height, class_="ground"),
        element("text", figure.title, x=MARGIN, y=MARGIN + 8, class_="b k"),
        inner,
        xmlns="http://www.w3.org/2000/svg",
        width=width,
        height=height,
        viewBox=f"0 0 {width} {height}",
    )


def _write(figure: Figure, path: Path) -> None:
    """Write a figure's file."""
    text = standalone(figure)
    if path.suffix == ".png":
        image = _resvg()(svg_string=str(text), zoom=SHARP)
        path.write_bytes(bytes(image))
    else:
        path.write_text(text, encoding="utf-8", newline="\n")


def _resvg() -> Callable[..., bytes]:
    """Return a function that converts SVG to PNG."""
    try:
        from resvg_py import svg_to_bytes  # noqa: PLC0415 - optional
    except ImportError as error:
        raise PlannerError(
            "PNG figures need the package resvg-py. Install it with: "
            "pip install 'megawatt-planner[png]'. SVG figures need nothing more"
        ) from error
    convert: Callable[..., bytes] = svg_to_bytes
    return convert
