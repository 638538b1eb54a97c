"""The workbook's charts, read back: a step stands on its day, no colour is used twice."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from page_plans import edge
from plan_samples import sample_plan

from planner.reports.excel.plan_workbook import write_plan_workbook

PLANS = {
    "late": lambda: edge("missed in part"),
    "one period": lambda: edge("one of all"),
    "quoted": lambda: edge("explained"),
    "made up": sample_plan,
}
OVER_TIME = {"Ramp", "MW by site", "Quote"}
DAY = timedelta(days=1)


@pytest.fixture(scope="module", params=PLANS)
def written(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("charts") / "plan.xlsx"
    plan = PLANS[request.param]()
    write_plan_workbook(plan, path)
    return plan, openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)


def cells(book, reference):
    name, area = reference.rsplit("!", 1)
    left, top, right, bottom = range_boundaries(area.replace("$", ""))
    rows = book[name.strip("'")].iter_rows(top, bottom, left, right, values_only=True)
    return [value for row in rows for value in row]


def drawn(chart):
    """The series of a chart and of those on top of it."""
    return [series for part in chart._charts for series in part.series]


def points(book, series):
    days = cells(book, (series.cat.numRef or series.cat.strRef).f)
    return list(zip([day.date() for day in days], cells(book, series.val.numRef.f), strict=True))


def test_a_value_changes_within_one_day(written):
    _, book, values = written
    found = 0
    for sheet in (sheet for sheet in book if sheet.title in OVER_TIME):
        for series in (series for chart in sheet._charts for series in drawn(chart)):
            shown = points(values, series)
            assert len(shown) > 1
            for (day, value), (following, then) in pairwise(shown):
                assert day <= following
                if value != pytest.approx(then):
                    found += 1
                    assert following - day == DAY, (sheet.title, day)
    assert found or len(book["Ramp"]._charts) == 1


def test_megawatts_are_missed_from_the_day_on_which_they_are(written):
    plan, book, values = written
    for chart in book["Ramp"]._charts:
        by_name = {series.tx.v: points(values, series) for series in drawn(chart)}
        title = "".join(run.t for part in chart.title.tx.rich.p for run in part.r or ())
        name = title.removeprefix("Commitment ").partition(":")[0]
        rows = [row for row in plan.tables["ramp"] if row["commitment"] == name]
        for key, series in (
            ("missed_mw", "missed"),
            ("required_mw", "committed"),
            ("in_service_mw", "in service"),
        ):
            shown = dict(by_name[series])
            for row in rows:
                assert shown[row["period_end"]] == pytest.approx(row[key])
            if first := next((row for row in rows if row[key] > 0), None):
                before = [value for day, value in by_name[series] if day < first["period_end"]]
                assert not any(before), (name, series)


def test_the_last_value_can_be_seen(written):
    """Even where there is one period only, its value spans some days."""
    _, book, values = written
    for sheet in (sheet for sheet in book if sheet.title in OVER_TIME):
        for series in (series for chart in sheet._charts for series in drawn(chart)):
            (before, _), (last, _) = points(values, series)[-2:]
            assert last > before


def test_no_colour_stands_for_two_things(written):
    _, book, _ = written
    for sheet in book:
        for chart in sheet._charts:
            colours = []
            for series in drawn(chart):
                look = series.graphicalProperties
                fill = look.solidFill or look.line.solidFill
                colours.append(str(getattr(fill.srgbClr, "val", fill.srgbClr)))
            assert len(set(colours)) == len(colours), (sheet.title, colours)
