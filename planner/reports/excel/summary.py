"""Sheet Summary: the main results, missed megawatts first."""

from __future__ import annotations

from collections.abc import Sequence

from planner.plan.columns import Column
from planner.plan.report_tables import MILESTONES, PROOF, SPEND_BY_YEAR, SYSTEM_COUNTS, TOTALS
from planner.plan.rounding import tidy, total
from planner.plan.rows import Row, rows_of
from planner.plan.store import Plan
from planner.plan.tables import COSTS
from planner.reports.counts import (
    as_sentence,
    is_missed,
    milestone_words,
    origins,
    system_words,
    systems_installed,
    tiers,
    token_words,
)
from planner.reports.excel.explained import headline_sentences
from planner.reports.excel.parts import Report
from planner.reports.excel.styles import Placed, cell
from planner.reports.excel.styles import lines as wrapped
from planner.reports.excel.workbook_writer import TALLEST, TOP, Page
from planner.reports.token_views import has_promises
from planner.reports.views import (
    NOTHING,
    currency,
    day,
    figure,
    headline,
    listed,
    number,
    percent,
    periods_said,
    spend_by_year,
)

LAST = 7
"""Last column of the summary's tables."""

CHART_COLUMNS = 11
"""Columns of the charts beside the tables."""

WIDTHS = (30.0, *[16.0] * LAST, 8.0)
"""Widths of the columns that all tables of the summary share."""

LARGE = 0.65
"""Characters of a key figure per column."""


def write_summary(report: Report, page: Page) -> None:
    """Write verdict, milestones, spending, systems, proof, assumptions and notes."""
    plan = report.plan
    page.widths, page.fixed = dict(enumerate(WIDTHS)), True
    page.subtitle(subtitle(plan))
    row = write_banner(page, plan, TOP)
    row = _keys(page, plan, report.placed["Costs"], row)
    if has_promises(plan):
        row = _milestones(page, plan, row)
    row = _tokens(page, plan, row)
    row = _told(report, page, row)
    row = _assumed(plan, page, row)
    row = _tiers(page, plan, row)
    row = _spend(page, plan, row)
    row = _systems(page, plan, row)
    row = _notes(page, plan, row)
    page.sheet.freeze_panes(3, 0)
    page.print_only(max(row, TOP + 40), LAST + 1 + CHART_COLUMNS)
    page.pages_tall = 1 if row < 70 else 0
    report.placed["Summary"] = Placed(TOP, row, {})
    for place, make in enumerate(report.ranked_charts()[:3]):
        chart = make()
        chart.set_size({"width": 700, "height": 335})
        options = {"y_offset": 350 * place, "object_position": 3}
        page.sheet.insert_chart(TOP, LAST + 2, chart, options)


def subtitle(plan: Plan) -> str:
    """Return the time that the plan covers and its currency."""
    periods = sorted(row["period"] for row in plan.tables.get("ramp", []))
    ends = sorted(row["period_end"] for row in plan.tables.get("ramp", []))
    time = f"{periods[0]} to {ends[-1]}: {periods_said(plan)}; " if periods else ""
    return f"{time}money in {plan.summary.get('currency') or 'whole units'}"


def write_banner(page: Page, plan: Plan, row: int, last: int = LAST) -> int:
    """Write the headline on missed megawatts; return the row below."""
    head = headline(plan)
    color = "bad_banner" if head.missed else "good_banner"
    page.merged(row, last, head.text, "banner", color, height=36)
    row += 1
    for sentence in head.details:
        page.merged(row, last, sentence, "bad", "text", height=16 * lines(sentence))
        row += 1
    return row + 1


def _keys(page: Page, plan: Plan, costs: Placed, row: int) -> int:
    """Write status, gap, verdict and the largest figures."""
    money, summary = currency(plan), plan.summary
    verified = summary.get("verified") is True
    rows = rows_of(plan.tables, "costs")
    systems = system_words(plan, "\n")
    status = str(summary.get("status") or "not known")
    texts: dict[int, tuple[str, str]] = {
        0: ("status", status),
        1: ("gap to the proven bound", percent(summary.get("gap"))),
        2: ("independent checker", "passed" if verified else "NOT PASSED"),
        5: ("systems installed", systems),
    }
    for column, (label, text) in texts.items():
        page.text(row, column, label, "caption")
        page.value(row + 1, column, text, "key")
    if not verified:
        page.text(row + 1, 2, "NOT PASSED", "key", "bad")
    sums = {3: ("amount", "amount_m"), 4: ("present_cost", "present_m")}
    for column, (name, in_millions) in sums.items():
        label = f"{COSTS.columns[name].title.lower()}, {money} million"
        page.text(row, column, label, "caption")
        amount = tidy(total(number(term[name]) for term in rows) / 1e6)
        target = cell(costs.total_row or 0, costs.columns[in_millions])
        page.formula(row + 1, column, f"=Costs!{target}", amount, "key", "millions")
    page.text(row, 6, "halls opened", "caption")
    page.value(row + 1, 6, summary.get("halls_opened"), "key", "count")
    page.sheet.set_row(row, 26)
    tall = max(
        wrapped(status, int(WIDTHS[0] * LARGE)),
        wrapped(systems, int(WIDTHS[5] * LARGE)),
    )
    page.sheet.set_row(row + 1, min(max(36, 18 * tall + 2), TALLEST))
    return row + 3


def _section(
    page: Page, title: str, row: int, columns: Sequence[Column], rows: list[Row]
) -> Placed:
    """Write a table below its title."""
    return page.table(page.section(row, title), columns, rows)


def _milestones(page: Page, plan: Plan, row: int) -> int:
    """Write each milestone on its commitment's basis."""
    rows: list[Row] = []
    for item in listed(plan, "milestones"):
        met = "MISSED" if is_missed(item) else "met"
        rows.append(dict(item) | {"date": day(item.get("date")), "met": met})
    title = f"Milestones: {milestone_words(plan)}"
    placed = _section(page, title, row, MILESTONES.select(), rows)
    page.mark(placed.cells("met"), "==", "MISSED", "bad", "label")
    page.mark(placed.cells("met"), "==", "met", "good", "label")
    page.mark(placed.cells("missed_mw"), ">", NOTHING, "bad", "mw")
    return placed.last + 2


def _tokens(page: Page, plan: Plan, row: int) -> int:
    """Write the tokens served, bought and missed, with a link to their sheet."""
    words = token_words(plan)
    if not words:
        return row
    text = f"Tokens: {words}"
    page.merged(row, LAST, text, "link", "note", height=15 * lines(text) + 3)
    page.link(row, 0, "Tokens", text, styles=("link", "note"))
    return row + 2


def _told(report: Report, page: Page, row: int) -> int:
    """Write the headline sentences of the explanation, each a link to its sheet."""
    sentences = headline_sentences(report)
    if not sentences:
        return row
    row = page.section(row, "What holds the plan back, what to ask for, what is tight")
    for text, sheet in sentences:
        page.merged(row, LAST, text, "link", "note", height=15 * lines(text) + 3)
        if sheet in report.pages:
            page.link(row, 0, sheet, text, styles=("link", "note"))
        row += 1
    return row + 1


def _assumed(plan: Plan, page: Page, row: int) -> int:
    """Write the number of assumptions, with a link to them."""
    text = f"{as_sentence(origins(plan).words)}: see the sheet Assumptions"
    page.merged(row, LAST, text, "link", "note", height=15 * lines(text) + 3)
    page.link(row, 0, "Assumptions", text, styles=("link", "note"))
    return row + 2


def _spend(page: Page, plan: Plan, row: int) -> int:
    """Write money by calendar year."""
    money = currency(plan)
    years: list[Row] = []
    for year in spend_by_year(plan):
        in_millions: Row = {"year": year["year"]}
        for name in ("amount", "present_cost", "cumulative"):
            in_millions[name] = tidy(number(year[name]) / 1e6)
        years.append(in_millions)
    columns = SPEND_BY_YEAR.select(money=money)
    placed = _section(page, "Spending by year", row, columns, years)
    revenue = plan.summary.get("revenue")
    if not number(revenue):
        return placed.last + 2
    text = (
        f"Revenue of the MW served, not part of the cost: {figure(number(revenue) / 1e6, 1)} "
        f"{money} million, not discounted"
    )
    page.merged(placed.last + 1, LAST, text, "subtitle", height=16 * lines(text))
    return placed.last + 3


def _systems(page: Page, plan: Plan, row: int) -> int:
    """Write systems installed, and the totals of commitments, halls, feeders and supply."""
    counts: list[Row] = []
    for name, count in systems_installed(plan).items():
        counts.append({"what": name, "value": count, "unit": "systems"})
    columns = SYSTEM_COUNTS.select()
    row = _section(page, "Systems installed", row, columns, counts).last + 2
    totals = [dict(item) for item in listed(plan, "totals")]
    if not totals:
        return row
    title = "What commitments, halls, feeders and supply add up to"
    return _section(page, title, row, TOTALS.select(), totals).last + 2


def _tiers(page: Page, plan: Plan, row: int) -> int:
    """Write the tiers in order, with their proof."""
    title = "What was optimised, and the proof"
    return _section(page, title, row, PROOF.select(), tiers(plan)).last + 2


def _notes(page: Page, plan: Plan, row: int) -> int:
    """Write the assumptions made and warnings."""
    notes = plan.summary.get("notes")
    if not isinstance(notes, (list, tuple)) or not notes:
        return row
    page.text(row, 0, "Notes", "section")
    for place, note in enumerate(notes, start=row + 1):
        page.merged(place, LAST, f"- {note}", "note", height=15 * lines(str(note)))
    return row + len(notes) + 1


def lines(text: str) -> int:
    """Return the number of lines of a text over the summary's width, at least one."""
    return wrapped(text, int(sum(WIDTHS)))
