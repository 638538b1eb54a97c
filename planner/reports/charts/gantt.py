"""Gantt chart of tranches: order, assembly, shipment, installation, service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from planner.plan.site_tables import TRANCHES
from planner.plan.store import Plan
from planner.reports.charts.draw import LINE, Canvas, Figure, Plot, fit, text_width
from planner.reports.charts.tranches import STAGES, Tranche, missing_mw, tranches
from planner.reports.markup_tables import DataTable
from planner.reports.plan_figures import several, time_of
from planner.reports.views import BASIS_WORDS, figure

MOST_WIDE, MOST_NARROW = 32, 24
"""Largest number of tranches drawn, the largest first; the table has all of them."""

BAR = 4.0
"""Height of a stage's bar, in pixels."""

NOTHING_DUE = "No systems are installed for any milestone."

Missing = Mapping[tuple[str, date], float]
"""MW that are not in service at the plan's end, by commitment and due day."""

STYLES = {"order": "f6", "assemble": "f1", "ship": "f5", "install": "f0", "commission": "f2"}
WORDS = {
    "order": "ordered until arrival",
    "assemble": "assembled",
    "ship": "shipped",
    "install": "installed",
    "commission": "commissioned",
}


def gantt_figure(plan: Plan) -> Figure:
    """Return the Gantt chart of tranches by site, and the MW never in service."""
    all_tranches, missing = tranches(plan), missing_mw(plan)
    stages = [stage for stage in STAGES if any(stage in t.stages for t in all_tranches)]

    def draw(canvas: Canvas) -> None:
        most = MOST_NARROW if canvas.narrow else MOST_WIDE
        largest = sorted(all_tranches, key=lambda tranche: -tranche.mw)[:most]
        kept = {id(tranche) for tranche in largest}
        shown = [tranche for tranche in all_tranches if id(tranche) in kept]
        legend = [(STYLES[stage], WORDS[stage]) for stage in stages]
        legend += [("due-fill", "in service"), ("due", "due")]
        if missing or any(tranche.is_late for tranche in all_tranches):
            legend.append(("bad", "late, or not in service at the end"))
        today = _today(plan)
        if today:
            legend.append(("now", f"today, {today}"))
        top = canvas.legend(0, legend)
        if shown or missing:
            _draw(canvas, plan, _Content(all_tranches, shown, missing, stages), top)
        else:
            canvas.text(0, top + 12, NOTHING_DUE, "m")
            canvas.height = top + LINE
        if len(shown) < len(all_tranches):
            text = (
                f"The largest {len(shown)} of {len(all_tranches)} ways; all are in the table below."
            )
            canvas.text(0, canvas.height + 10, text, "m")
            canvas.height += LINE

    return Figure(
        "ways",
        "From order to service, by tranche and site",
        _said(all_tranches, missing),
        draw,
        (_table(plan, all_tranches, missing, stages),),
    )


def _said(all_tranches: list[Tranche], missing: Missing) -> str:
    """Return the summary of the figure in words."""
    if not all_tranches and not missing:
        return NOTHING_DUE
    late = [tranche for tranche in all_tranches if tranche.is_late]
    said = f"{several(len(all_tranches), 'way')} of tranches to sites; "
    if late:
        # Megawatts on different bases do not add up.
        if len({tranche.basis for tranche in late}) == 1:
            said += f"{figure(sum(tranche.late_mw for tranche in late), 1)} MW "
        said += f"at {len(late):,} of them in service after the due day"
    else:
        said += "none is late"
    if missing:
        parts = []
        for (commitment, due), mw in missing.items():
            parts.append(f"{figure(mw, 1)} MW of {commitment} due {due}")
        said += f"; not in service at the plan's end: {', '.join(parts)}"
    return (
        f"{said}. A bar spans from the first to the last day of its stage; units are followed "
        "first in, first out."
    )


@dataclass(frozen=True)
class _Content:
    """Content of the chart: all tranches, those shown, MW never in service, and the stages."""

    tranches: list[Tranche]
    shown: list[Tranche]
    missing: Missing
    stages: list[str]

    def groups(self) -> dict[tuple[str, date], list[Tranche]]:
        """Return the shown tranches by commitment and due day; empty lists if nothing arrives."""
        keys = {(tranche.commitment, tranche.due) for tranche in self.shown} | set(self.missing)
        groups: dict[tuple[str, date], list[Tranche]] = {key: [] for key in sorted(keys)}
        for tranche in self.shown:
            groups[tranche.commitment, tranche.due].append(tranche)
        return groups


def _draw(canvas: Canvas, plan: Plan, content: _Content, top: float) -> None:
    """Draw tranches with their sites below."""
    time, groups = time_of(plan), content.groups()
    dues = [due for _, due in groups]
    first = min(time.first, *(tranche.start for tranche in content.shown), *dues)
    last = max(time.after(len(time.ends) - 1), *dues)
    left = 10.0 if canvas.narrow else 270.0
    plot = Plot(canvas, left, top, canvas.width - left - 12, 0, first, last, 1)
    bars = max(BAR * len(content.stages) + 8, 14 if canvas.narrow else 20)
    row = (LINE if canvas.narrow else 0) + bars
    rows = sum(len(group) + (key in content.missing) for key, group in groups.items())
    height = (LINE + 12) * len(groups) + row * rows
    plot.time_axis(top + height, grid=top)
    y = top
    for (commitment, due), group in groups.items():
        own = [t for t in content.tranches if (t.commitment, t.due) == (commitment, due)]
        _heading(canvas, plan, (commitment, due), sum(t.mw for t in own), y)
        y += LINE + 10
        for tranche in group:
            _way(canvas, plot, tranche, content.stages, y)
            y += row
        if (commitment, due) in content.missing:
            _missing(canvas, plot, due, content.missing[commitment, due], y)
            y += row
        y += 2
    today = _today(plan)
    if today and today <= last:
        x = plot.x(today)
        canvas.line([(x, top), (x, top + height)], "now")
    canvas.height = top + height + 24


def _heading(canvas: Canvas, plan: Plan, key: tuple[str, date], mw: float, y: float) -> None:
    """Write the heading of a tranche: due day, MW and how much is late."""
    commitment, due = key
    bases = {row["commitment"]: row["basis"] for row in plan.inputs.tables["commitments"]}
    tail = f", due {due}: {figure(mw, 1)} MW {BASIS_WORDS[bases[commitment]]}"
    title = fit(commitment, canvas.width - 12 - text_width(tail, 14), 14) + tail
    canvas.line([(0, y + 0.5), (canvas.width, y + 0.5)], "grid")
    canvas.text(0, y + LINE, title, "b halo")


def _today(plan: Plan) -> date | None:
    """Return the plan's today, if the plan begins before it."""
    today: date = plan.inputs.settings["today"]
    return today if plan.inputs.settings["start"] < today else None


def _labels(
    canvas: Canvas, plot: Plot, name: str, texts: list[tuple[str, str]], top: float
) -> float:
    """Write the labels of a row; return the y coordinate of its bars."""
    right = canvas.width - 4 if canvas.narrow else plot.left - 8
    wide = sum(text_width(text) + 6 for text, _ in texts) + 2
    y = top + 12
    if canvas.narrow:
        canvas.text(10, y, name, "halo", room=canvas.width - wide - 24)
    else:
        canvas.text(8, y, name, room=plot.left - wide - 14)
    for text, style in reversed(texts):
        canvas.text(right, y, text, f"{style} halo" if canvas.narrow else style, anchor="end")
        right -= text_width(text) + 6
    return top + (LINE if canvas.narrow else 0)


def _way(canvas: Canvas, plot: Plot, tranche: Tranche, stages: list[str], top: float) -> None:
    """Draw the stages of a tranche at a site, the late part in red."""
    texts = [(f"{figure(tranche.mw, 1)} MW", "m")]
    if tranche.is_late:
        texts.append((f"{figure(tranche.late_mw, 1)} late", "bad b"))
    top = _labels(canvas, plot, tranche.site, texts, top)
    due = plot.x(tranche.due)
    canvas.line([(due, top - 1), (due, top + BAR * len(stages) + 3)], "due")
    for n, stage in enumerate(stages):
        if stage not in tranche.stages:
            continue
        first, last = tranche.stages[stage]
        x = plot.x(first)
        wide = max(plot.x(last) - x, 2.0)
        tip = f"{tranche.site}, {WORDS[stage]}: {first} to {last}"
        canvas.rect(x, top + BAR * n + 1, wide, BAR - 0.5, STYLES[stage], tip)
    middle = top + BAR * (len(stages) - 0.5) + 1
    if tranche.is_late:
        x, below = plot.x(tranche.in_service), top + BAR * len(stages) + 3
        late = f"{tranche.site}: {figure(tranche.late_mw, 1)} MW due on {tranche.due}"
        tip = f"{late}, in service by {tranche.in_service}"
        canvas.rect(due, below - BAR / 2, x - due, BAR, "bad", tip)
        _mark(canvas, x, below, "bad", tip)
    if tranche.on_time:
        tip = f"{tranche.site}: in service on {tranche.on_time}, due on {tranche.due}"
        _mark(canvas, plot.x(tranche.on_time), middle, "due-fill", tip)


def _mark(canvas: Canvas, x: float, y: float, style: str, tip: str) -> None:
    """Draw a mark at a day."""
    canvas.area([(x, y - 5), (x + 5, y), (x, y + 5), (x - 5, y)], f"{style} edge", tip)


def _missing(canvas: Canvas, plot: Plot, due: date, mw: float, top: float) -> None:
    """Draw the MW that are not in service at the plan's end, from their due day on."""
    label = f"{figure(mw, 1)} MW"
    top = _labels(canvas, plot, "not in service at the end", [(label, "bad b")], top)
    x, right = plot.x(due), plot.left + plot.width
    tip = f"{label} due on {due} are not in service at the plan's end"
    canvas.rect(x, top + 2, max(right - x, 2.0), 10.0, "bad", tip)


def _table(
    plan: Plan, all_tranches: list[Tranche], missing: Missing, stages: list[str]
) -> DataTable:
    """Return every tranche with the days of its stages, and the MW never in service."""
    columns = TRANCHES.select("commitment", "due", "site", "mw", "late_mw", "missing_mw", "basis")
    for stage in stages:
        words = WORDS[stage].split()[0]
        for column in TRANCHES.select("first", "last"):
            name = f"{stage} {column.name}"
            columns.append(replace(column.worded(stage=words), name=name))
    columns += TRANCHES.select("in_service")
    rows: list[dict[str, object]] = []
    for tranche in all_tranches:
        row: dict[str, object] = {
            "commitment": tranche.commitment,
            "due": tranche.due,
            "site": tranche.site,
            "mw": tranche.mw,
            "late_mw": tranche.late_mw or None,
            "basis": tranche.basis,
            "in_service": tranche.in_service,
            "class": "bad" if tranche.is_late else None,
        }
        for stage, (first, last) in tranche.stages.items():
            row |= {f"{stage} first": first, f"{stage} last": last}
        rows.append(row)
    bases = {row["commitment"]: row["basis"] for row in plan.inputs.tables["commitments"]}
    for (commitment, due), mw in missing.items():
        rows.append(
            {
                "commitment": commitment,
                "due": due,
                "missing_mw": mw,
                "basis": bases[commitment],
                "class": "bad",
            }
        )
    return DataTable("Ways of tranches to sites, first and last day of each stage", columns, rows)
