"""Ramp charts: megawatts in service against committed, and by site."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.plan.result_rows import RampRow
from planner.plan.rows import AnyRow
from planner.plan.site_tables import SITE_MW
from planner.plan.store import Plan
from planner.plan.tables import RAMP
from planner.reports.charts.draw import LINE, Canvas, Figure, Plot, stairs
from planner.reports.colours import SERIES_COUNT
from planner.reports.markup_tables import DataTable
from planner.reports.plan_figures import SiteMw, Time, active, several, site_mw, time_of
from planner.reports.views import BASIS_WORDS, NOTHING, figure, number, ramps

FULL = 3
"""Largest number of panels at full width; more are shown side by side."""

OTHERS = "rest"


def ramp_figure(plan: Plan) -> Figure:
    """Return MW in service against MW committed, a panel for each commitment, missed MW shaded."""
    time = time_of(plan)
    shown = {name: rows for name, rows in ramps(plan).items() if active(rows)}
    idle = [name for name in ramps(plan) if name not in shown]
    missed = [name for name, rows in shown.items() if _worst(rows) > NOTHING]

    def draw(canvas: Canvas) -> None:
        top = canvas.legend(0, [("f0 half", "in service"), ("due", "committed"), ("bad", "missed")])
        if not shown:
            canvas.text(0, top + 12, "No megawatts are due, and none are in service.", "m")
            canvas.height = top + LINE
            return
        is_crowded = len(shown) > FULL
        columns = 3 if is_crowded and not canvas.narrow else 1
        width = canvas.width / columns
        height = 150.0 if is_crowded else 250.0
        for n, (name, rows) in enumerate(shown.items()):
            line, column = divmod(n, columns)
            box = (column * width, top + line * (height + LINE), width, height)
            _panel(canvas, time, box, name, rows)
        lines = math.ceil(len(shown) / columns)
        canvas.height = top + lines * (height + LINE) - LINE

    count = several(len(shown), "commitment")
    sentences = [f"{count}, each on its own basis, at the end of each period."]
    if missed:
        sentences.append(f"Missed by: {', '.join(missed)}.")
    else:
        sentences.append("None misses any megawatts.")
    if idle:
        sentences.append(f"Nothing is due or served: {', '.join(idle)}.")
    title = "Megawatts in service against the committed ones"
    return Figure("ramp", title, " ".join(sentences), draw, (_ramp_table(shown),))


def _worst(rows: Sequence[RampRow]) -> float:
    return max(row["missed_mw"] for row in rows)


def _panel(
    canvas: Canvas,
    time: Time,
    box: tuple[float, float, float, float],
    name: str,
    rows: Sequence[RampRow],
) -> None:
    """Draw the ramp of one commitment; each value holds from its period's end to the next."""
    left, top, width, height = box
    due = [row["required_mw"] for row in rows]
    served = [row["in_service_mw"] for row in rows]
    largest = max(*due, *served)
    area = (left + 46, top + 40, width - 62, height - 62)
    plot = Plot(canvas, *area, time.first, time.horizon, largest)
    canvas.text(left + 4, top + 12, name, "b k", room=width - 20, size=14)
    basis = rows[0]["basis"]
    text, style = f"MW, {BASIS_WORDS.get(basis, basis)}", "m"
    worst = _worst(rows)
    if worst > NOTHING:
        text, style = f"{text}; missed up to {figure(worst, 1)} MW", "bad b"
    canvas.text(left + 4, top + 28, text, style, room=width - 16)
    plot.axes()
    ends = [plot.x(end) for end in time.ends]
    canvas.area(_ground(plot, ends, served), "f0 half")
    for n, row in enumerate(rows):
        if row["missed_mw"] <= NOTHING:
            continue
        is_last = n + 1 == len(ends)
        right = plot.left + plot.width if is_last else ends[n + 1]
        low = plot.y(served[n])
        high = plot.y(due[n])
        tip = f"{row['period_end']}: {figure(row['missed_mw'], 1)} MW missed"
        canvas.rect(ends[n], high, max(right - ends[n], 1.5), max(low - high, 1.0), "bad", tip)
    canvas.line(_held(plot, ends, due), "due")


def _held(plot: Plot, ends: Sequence[float], values: Sequence[float]) -> list[tuple[float, float]]:
    """Return the points of a step line to the end of the plot."""
    points = [(x, plot.y(value)) for x, value in zip(ends, values, strict=True)]
    return stairs([*points, (plot.left + plot.width, points[-1][1])])


def _ground(
    plot: Plot, ends: Sequence[float], values: Sequence[float], below: Sequence[float] | None = None
) -> list[tuple[float, float]]:
    """Return the outline between two step lines; the lower one is the x axis by default."""
    floor = _held(plot, ends, below or [0.0] * len(values))
    return [*_held(plot, ends, values), *reversed(floor)]


def _ramp_table(shown: Mapping[str, Sequence[RampRow]]) -> DataTable:
    """Return the ramps at the periods with a change."""
    rows: list[Mapping[str, object]] = []
    for ramp in shown.values():
        for n, row in enumerate(ramp):
            is_end = n in (0, len(ramp) - 1)
            if is_end or _changes(ramp[n - 1], row):
                style = "bad" if row["missed_mw"] > NOTHING else None
                rows.append({**row, "class": style})
    columns = RAMP.select(
        "period_end", "commitment", "basis", "required_mw", "in_service_mw", "missed_mw"
    )
    caption = "In service against committed, at the end of each period in which it changes"
    return DataTable(caption, columns, rows)


def _changes(before: AnyRow, row: AnyRow) -> bool:
    """Return whether a commitment's figures change from one period to the next."""
    for name in ("required_mw", "in_service_mw", "missed_mw"):
        if abs(number(row[name]) - number(before[name])) > NOTHING:
            return True
    return False


def sites_figure(plan: Plan) -> Figure:
    """Return IT power in service over time, stacked by site."""
    time, sites = time_of(plan), site_mw(plan)
    final = sum(values[-1] for values in sites.mw.values())

    def draw(canvas: Canvas) -> None:
        top, _ = sites.top(SERIES_COUNT)
        styles = {}
        for n, name in enumerate(top):
            styles[name] = f"f{n}" if n < SERIES_COUNT else OTHERS
        y = canvas.legend(0, [(style, name) for name, style in styles.items()])
        height = 260.0 if canvas.narrow else 330.0
        totals = [sum(values) for values in zip(*top.values(), strict=True)]
        peak = max(totals, default=0.0)
        plot = Plot(canvas, 52, y + 24, canvas.width - 68, height, time.first, time.horizon, peak)
        canvas.text(4, y + 8, "MW, IT power, in service", "m")
        plot.axes()
        ends = [plot.x(end) for end in time.ends]
        below = [0.0] * len(time.ends)
        for name, values in top.items():
            above = [low + value for low, value in zip(below, values, strict=True)]
            tip = f"{name}: {figure(values[-1], 1)} MW IT power at the end"
            canvas.area(_ground(plot, ends, above, below), f"{styles[name]} edge", tip)
            below = above
        canvas.height = y + 24 + height + 24

    count = several(len(sites.mw), "site")
    said = (
        "IT power of all systems in service, whether due or not, at "
        f"{count}: {figure(final, 1)} MW at the end. "
    )
    largest = []
    for name, values in list(sites.mw.items())[:3]:
        largest.append(f"{name} {figure(values[-1], 1)} MW")
    if largest:
        said += f"Most: {', '.join(largest)}."
    return Figure("sites", "IT power in service by site", said, draw, (_sites_table(time, sites),))


def _sites_table(time: Time, sites: SiteMw) -> DataTable:
    """Return every site's IT power in service at the ends of years, and at the plan's end."""
    # The last period of each year; the last of all is the plan's end.
    positions = {end.year: n for n, end in enumerate(time.ends)}
    columns = SITE_MW.select("site")
    rows: list[dict[str, object]] = [{"site": name} for name in sites.mw]
    total: dict[str, object] = {"site": "total"}
    for n in positions.values():
        (column,) = SITE_MW.select("mw")
        name = str(n)
        columns.append(replace(column.worded(day=str(time.ends[n])), name=name))
        for row in rows:
            row[name] = sites.mw[str(row["site"])][n]
        total[name] = sum(values[n] for values in sites.mw.values())
    caption = "IT power in service by site, at the last period's end of each year"
    return DataTable(caption, columns, rows, total)
