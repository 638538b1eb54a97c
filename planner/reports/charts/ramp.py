"""Ramp charts: megawatts in service against committed, and by site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.plan.site_tables import SITE_MW
from planner.plan.store import Plan
from planner.plan.tables import RAMP, Row
from planner.reports.charts.draw import LINE, Canvas, Figure, Plot, stairs
from planner.reports.colours import SERIES_COUNT
from planner.reports.markup_tables import Sheet
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
        columns = 1 if canvas.narrow or len(shown) <= FULL else 3
        width, height = canvas.width / columns, 250.0 if columns == 1 else 150.0
        height = 150.0 if canvas.narrow and len(shown) > FULL else height
        for n, (name, rows) in enumerate(shown.items()):
            left, y = n % columns * width, top + n // columns * (height + LINE)
            _panel(canvas, time, (left, y, width, height), name, rows)
        lines = -(-len(shown) // columns)
        canvas.height = top + lines * (height + LINE) - (LINE if shown else -LINE)
        if not shown:
            canvas.text(0, top + 12, "No megawatts are due, and none are in service.", "m")

    said = (
        f"{several(len(shown), 'commitment')}, each on its own basis, at the end of each period. "
    )
    said += f"Missed by: {', '.join(missed)}." if missed else "None misses any megawatts."
    said += f" Nothing is due or served: {', '.join(idle)}." if idle else ""
    return Figure(
        "ramp", "Megawatts in service against the committed ones", said, draw, (_ramp_table(shown),)
    )


def _worst(rows: Sequence[Row]) -> float:
    return max(number(row["missed_mw"]) for row in rows)


def _panel(
    canvas: Canvas,
    time: Time,
    box: tuple[float, float, float, float],
    name: str,
    rows: Sequence[Row],
) -> None:
    """Draw the ramp of one commitment; each value holds from its period's end to the next."""
    left, top, width, height = box
    due = [number(row["required_mw"]) for row in rows]
    served = [number(row["in_service_mw"]) for row in rows]
    worst, basis = _worst(rows), BASIS_WORDS.get(str(rows[0]["basis"]), str(rows[0]["basis"]))
    plot = Plot(
        canvas,
        left + 46,
        top + 40,
        width - 62,
        height - 62,
        time.first,
        time.horizon,
        max(*due, *served),
    )
    canvas.text(left + 4, top + 12, name, "b k", room=width - 20, size=14)
    tail = f"; missed up to {figure(worst, 1)} MW" if worst > NOTHING else ""
    canvas.text(left + 4, top + 28, f"MW, {basis}{tail}", "bad b" if tail else "m", room=width - 16)
    plot.axes()
    ends = [plot.x(end) for end in time.ends]
    canvas.area(_ground(plot, ends, served), "f0 half")
    for n, row in enumerate(rows):
        if number(row["missed_mw"]) > NOTHING:
            right = ends[n + 1] if n + 1 < len(ends) else plot.left + plot.width
            low, high = plot.y(served[n]), plot.y(due[n])
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


def _ramp_table(shown: Mapping[str, Sequence[Row]]) -> Sheet:
    """Return the ramps at the periods with a change."""
    keys = ("required_mw", "in_service_mw", "missed_mw")
    rows: list[Mapping[str, object]] = []
    for ramp in shown.values():
        for n, row in enumerate(ramp):
            before = ramp[n - 1] if n else None
            changed = before is None or any(
                abs(number(row[key]) - number(before[key])) > NOTHING for key in keys
            )
            if changed or n == len(ramp) - 1:
                rows.append({**row, "class": "bad" if number(row["missed_mw"]) > NOTHING else None})
    columns = RAMP.select(
        "period_end", "commitment", "basis", "required_mw", "in_service_mw", "missed_mw"
    )
    caption = "In service against committed, at the end of each period in which it changes"
    return Sheet(caption, columns, rows)


def sites_figure(plan: Plan) -> Figure:
    """Return IT power in service over time, stacked by site."""
    time, sites = time_of(plan), site_mw(plan)
    final = sum(values[-1] for values in sites.mw.values())

    def draw(canvas: Canvas) -> None:
        top, _ = sites.top(SERIES_COUNT)
        styles = {name: f"f{n}" if n < SERIES_COUNT else OTHERS for n, name in enumerate(top)}
        y = canvas.legend(0, [(style, name) for name, style in styles.items()])
        height = 260.0 if canvas.narrow else 330.0
        peak = max((sum(column) for column in zip(*top.values(), strict=True)), default=0.0)
        plot = Plot(canvas, 52, y + 24, canvas.width - 68, height, time.first, time.horizon, peak)
        canvas.text(4, y + 8, "MW, IT power, in service", "m")
        plot.axes()
        ends, below = [plot.x(end) for end in time.ends], [0.0] * len(time.ends)
        for name, values in top.items():
            above = [low + value for low, value in zip(below, values, strict=True)]
            tip = f"{name}: {figure(values[-1], 1)} MW IT power at the end"
            canvas.area(_ground(plot, ends, above, below), f"{styles[name]} edge", tip)
            below = above
        canvas.height = y + 24 + height + 24

    said = "IT power of all systems in service, whether due or not, at "
    said += f"{several(len(sites.mw), 'site')}: {figure(final, 1)} MW at the end. "
    said += (
        "Most: "
        + ", ".join(
            f"{name} {figure(values[-1], 1)} MW" for name, values in list(sites.mw.items())[:3]
        )
        + "."
        if sites.mw
        else ""
    )
    return Figure("sites", "IT power in service by site", said, draw, (_sites_table(time, sites),))


def _sites_table(time: Time, sites: SiteMw) -> Sheet:
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
    return Sheet(caption, columns, rows, total)
