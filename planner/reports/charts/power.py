"""Heat map of power use by node over time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from planner.plan.site_tables import POWER_NODES
from planner.plan.store import Plan
from planner.reports.charts.draw import LINE, Canvas, Figure, Plot, text_width
from planner.reports.markup_tables import DataTable
from planner.reports.plan_figures import NodeUse, Time, buckets, node_uses, several, time_of
from planner.reports.views import NOTHING, figure, number, power_nodes

MOST_NODES = 30
"""Largest number of nodes drawn, least headroom first; the table has all of them."""

MOST_STEPS = 60
"""Largest number of time steps drawn; more periods are merged, showing the tightest."""

LEVELS = (0.25, 0.5, 0.75, 0.9, 0.99)
"""Shares in use at which the colour changes."""

LEGEND = (
    ("off", "not energised"),
    ("h0", "up to 25 %"),
    ("h1", "to 50 %"),
    ("h2", "to 75 %"),
    ("h3", "to 90 %"),
    ("h4", "to 99 %"),
    ("h5", "99 % and more"),
)


def power_figure(plan: Plan) -> Figure | None:
    """Return the heat map of power in use by node and time; None without any limit."""
    uses, time = node_uses(plan), time_of(plan)
    if not uses:
        return None
    shown = uses[:MOST_NODES]

    def draw(canvas: Canvas) -> None:
        top = canvas.legend(0, LEGEND)
        left = 10.0 if canvas.narrow else 270.0
        row = 2 * LINE if canvas.narrow else LINE + 3
        start, top = top, top + (0 if canvas.narrow else LINE + 2)
        plot = Plot(
            canvas,
            left,
            top,
            canvas.width - left - 12,
            row * len(shown),
            time.first,
            time.after(len(time.ends) - 1),
            1,
        )
        if not canvas.narrow:
            canvas.text(plot.left - 8, start + 10, "peak load", "m", anchor="end")
            canvas.text(8, start + 10, "node, facility power", "m")
        for n, use in enumerate(shown):
            _node(canvas, plot, time, use, top + n * row)
        plot.time_axis(top + row * len(shown) + 2)
        canvas.height = top + row * len(shown) + 26
        if len(shown) < len(uses):
            text = f"The {len(shown)} nodes with least headroom of {len(uses)}; all in the table."
            canvas.text(0, canvas.height + 8, text, "m")
            canvas.height += LINE

    full = sum(use.tightest >= LEVELS[-1] for use in uses)
    nodes, periods = several(len(uses), "node"), several(len(time.starts), "period")
    said = (
        f"Load as a share of energised facility power, {nodes} with a limit, {periods}. "
        f"Use of 99 % and more: {several(full, 'node')}."
    )
    return Figure(
        "power", "Power in use, as a share of what is energised", said, draw, (_table(plan),)
    )


def _node(canvas: Canvas, plot: Plot, time: Time, use: NodeUse, top: float) -> None:
    """Draw a node's row; equal neighbouring steps are merged."""
    peak = f"{figure(max(use.load), 1)} MW"
    if canvas.narrow:
        canvas.text(10, top + 12, use.node, room=canvas.width - 110)
        canvas.text(canvas.width - 4, top + 12, f"peak {peak}", "m", anchor="end")
        top += LINE
    else:
        canvas.text(8, top + 13, use.node, room=plot.left - text_width(peak) - 28)
        canvas.text(plot.left - 8, top + 13, peak, "m", anchor="end")
    steps = [(group, *_level(use, group)) for group in buckets(len(use.load), MOST_STEPS)]
    for style, run in groupby(steps, key=lambda step: step[1]):
        parts = list(run)
        first, last = parts[0][0][0], parts[-1][0][-1]
        x, right = plot.x(time.starts[first]), plot.x(time.after(last))
        most = max(parts, key=lambda part: part[2])
        words = f"{most[2]:.1%} of what is energised" if most[2] >= 0 else "not energised"
        tip = f"{use.node}, {time.starts[first]} to {time.ends[last]}: up to {words}"
        canvas.rect(x, top + 1, right - x, 14, style, tip.replace("up to not", "not"))


def _level(use: NodeUse, group: Sequence[int]) -> tuple[str, float]:
    """Return style and largest share in use of merged periods; -1 if not energised."""
    shares = [share for share in map(use.share, group) if share is not None]
    if not shares:
        return "off", -1.0
    most = max(shares)
    return f"h{sum(most > level - 1e-9 for level in LEVELS)}", most


def _table(plan: Plan) -> DataTable:
    """Return each node's peak, limit and least headroom."""
    nodes = sorted(
        power_nodes(plan),
        key=lambda row: (
            row["use"] is None,
            -number(row["use"]),
            row["node"],
        ),
    )
    rows = [{**row, "class": "warn" if _full(row["use"]) else None} for row in nodes]
    columns = POWER_NODES.select(
        "node", "peak_mw", "peak_day", "energised_mw", "least_mw", "least_day", "use"
    )
    caption = "Power nodes, in facility power; headroom is what is energised less the load"
    return DataTable(caption, columns, rows)


def _full(use: object) -> bool:
    return isinstance(use, float) and use >= LEVELS[-1] - NOTHING
