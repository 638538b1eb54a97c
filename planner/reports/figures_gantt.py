"""The way of each tranche over time: order, assembly, shipment, installation, service."""

from __future__ import annotations

from planner.plan.store import Plan
from planner.reports.figures_data import several, time_of
from planner.reports.figures_draw import LINE, Canvas, Figure, Plot, fit, text_width
from planner.reports.figures_tranches import STAGES, Tranche, tranches
from planner.reports.page_tables import Column, Sheet
from planner.reports.views import BASIS_WORDS, figure

MOST_WIDE, MOST_NARROW = 32, 24
"""Ways that are drawn, the largest of all; the others are in the table."""

BAR = 4.0
"""Height of a stage's bar, in pixels."""

STYLES = {"order": "f6", "assemble": "f1", "ship": "f5", "install": "f0", "commission": "f2"}
WORDS = {"order": "ordered until arrival", "assemble": "assembled", "ship": "shipped",
         "install": "installed", "commission": "commissioned"}  # fmt: skip


def gantt_figure(plan: Plan) -> Figure:
    """Return the way of each tranche at each site."""
    found = tranches(plan)
    late = sum(tranche.in_service > tranche.due for tranche in found)
    stages = [stage for stage in STAGES if any(stage in t.stages for t in found)]

    def draw(canvas: Canvas) -> None:
        most = MOST_NARROW if canvas.narrow else MOST_WIDE
        names = {id(t) for t in sorted(found, key=lambda t: -t.mw)[:most]}
        shown = [tranche for tranche in found if id(tranche) in names]
        top = canvas.legend(0, [(STYLES[stage], WORDS[stage]) for stage in stages]
                            + [("due-fill", "in service"), ("due", "due")])  # fmt: skip
        _draw(canvas, plan, (found, shown), stages, top)
        if len(shown) < len(found):
            text = f"The largest {len(shown)} of {len(found)} ways; all are in the table below."
            canvas.text(0, canvas.height + 10, text, "m")
            canvas.height += LINE

    said = (f"{several(len(found), 'way')} of tranches to sites, {late:,} of them in service after "
            "the due day. A bar spans from the first to the last day of its stage; units are "
            "followed first in, first out.")  # fmt: skip
    if not found:
        said = "No systems are installed for any milestone."
    return Figure("ways", "From order to service, by tranche and site", said, draw,
                  (_table(found, stages),))  # fmt: skip


def _draw(canvas: Canvas, plan: Plan, both: tuple[list[Tranche], list[Tranche]],
          stages: list[str], top: float) -> None:  # fmt: skip
    """Draw, of what was found, what is to be shown: tranches with their sites below."""
    found, shown = both
    if not shown:
        canvas.text(0, top + 12, "No systems are installed for any milestone.", "m")
        canvas.height = top + LINE
        return
    time = time_of(plan)
    first = min(time.first, *(min(tranche.start, tranche.due) for tranche in shown))
    last = max(time.after(len(time.ends) - 1), *(tranche.due for tranche in shown))
    left = 10.0 if canvas.narrow else 270.0
    plot = Plot(canvas, left, top, canvas.width - left - 12, 0, first, last, 1)
    row = (LINE if canvas.narrow else 0) + max(BAR * len(stages) + 8, 14 if canvas.narrow else 20)
    groups: dict[tuple[str, object], list[Tranche]] = {}
    for tranche in shown:
        groups.setdefault((tranche.commitment, tranche.due), []).append(tranche)
    height = sum(LINE + 12 + row * len(group) for group in groups.values())
    plot.time_axis(top + height, grid=top)
    y = top
    for (commitment, due), group in groups.items():
        mw = sum(t.mw for t in found if (t.commitment, t.due) == (commitment, due))
        y = _group(canvas, plot, group, mw, stages, (y, row))
    canvas.height = top + height + 24


def _group(canvas: Canvas, plot: Plot, group: list[Tranche], mw: float, stages: list[str],
           place: tuple[float, float]) -> float:  # fmt: skip
    """Draw a tranche's sites; return where they end."""
    (y, row), head = place, group[0]
    tail = f", due {head.due}: {figure(mw, 1)} MW {BASIS_WORDS[head.basis]}"
    title = fit(head.commitment, canvas.width - 12 - text_width(tail, 14), 14) + tail
    canvas.line([(0, y + 0.5), (canvas.width, y + 0.5)], "grid")
    canvas.text(0, y + LINE, title, "b halo")
    bottom = y + LINE + 12 + row * len(group)
    y += LINE + 10
    for tranche in group:
        _way(canvas, plot, tranche, stages, y)
        y += row
    return bottom


def _way(canvas: Canvas, plot: Plot, tranche: Tranche, stages: list[str], top: float) -> None:
    """Draw the stages of a tranche at a site."""
    label = f"{figure(tranche.mw, 1)} MW"
    late = "bad b" if tranche.in_service > tranche.due else "m"
    wide = text_width(label) + 8
    y = top + 12
    if canvas.narrow:
        canvas.text(10, y, tranche.site, "halo", room=canvas.width - wide - 24)
        canvas.text(canvas.width - 4, y, label, f"{late} halo", anchor="end")
        top += LINE
    else:
        canvas.text(8, y, tranche.site, room=plot.left - wide - 14)
        canvas.text(plot.left - 8, y, label, late, anchor="end")
    due = plot.x(tranche.due)
    canvas.line([(due, top - 1), (due, top + BAR * len(stages) + 3)], "due")
    for n, stage in enumerate(stages):
        if span := tranche.stages.get(stage):
            x, right = plot.x(span[0]), plot.x(span[1])
            tip = f"{tranche.site}, {WORDS[stage]}: {span[0]} to {span[1]}"
            canvas.rect(x, top + BAR * n + 1, max(right - x, 2.0), BAR - 0.5, STYLES[stage], tip)
    x, middle = plot.x(tranche.in_service), top + BAR * (len(stages) - 0.5) + 1
    points = [(x, middle - 5), (x + 5, middle), (x, middle + 5), (x - 5, middle)]
    tip = f"{tranche.site}: in service on {tranche.in_service}, due on {tranche.due}"
    canvas.area(points, ("bad" if late != "m" else "due-fill") + " edge", tip)


def _table(found: list[Tranche], stages: list[str]) -> Sheet:
    """Return every way with the days of its stages."""
    columns = [Column("commitment", "Commitment"), Column("due", "Due", kind="date"),
               Column("site", "Site"), Column("mw", "Served", "MW", "mw"),
               Column("basis", "Basis")]  # fmt: skip
    for stage in stages:
        columns += [
            Column(f"{stage} {end}", f"{WORDS[stage].split()[0]}, {end}", kind="date")
            for end in ("first", "last")
        ]
    columns.append(Column("in_service", "In service", "last period's end", "date"))
    rows = []
    for tranche in found:
        late = tranche.in_service > tranche.due
        row: dict[str, object] = {
            "commitment": tranche.commitment, "due": tranche.due, "site": tranche.site,
            "mw": tranche.mw, "basis": tranche.basis, "in_service": tranche.in_service,
            "class": "bad" if late else None,
        }  # fmt: skip
        for stage, (first, last) in tranche.stages.items():
            row |= {f"{stage} first": first, f"{stage} last": last}
        rows.append(row)
    return Sheet("Ways of tranches to sites, first and last day of each stage", columns, rows)
