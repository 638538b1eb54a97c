"""The sheets of an explanation and a quote: they hold what was found out, and nothing else."""

from __future__ import annotations

import dataclasses
from datetime import date

import openpyxl
import pytest
from found_samples import STARTS
from plan_samples import sample_plan
from test_excel import column, header, texts, written

from planner.plan.finding_tables import EXPLANATION, NOT_PRICED, NOT_TRIED, QUOTE
from planner.reports.excel.plan_workbook import write_plan_workbook
from planner.reports.explanation_texts import (
    ask_sentence,
    collapsed,
    holding_sentence,
    slack_sentence,
    telling,
)
from planner.reports.limit_timeline import Timeline, timeline

SHEETS = {"Why late", "Asks", "Bottlenecks", "Bottlenecks by period", "Slack", "Quote"}


@pytest.fixture(scope="module")
def plan():
    return sample_plan()


@pytest.fixture(scope="module")
def path(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("found") / "plan.xlsx"
    write_plan_workbook(plan, path)
    return path


@pytest.fixture(scope="module")
def values(path):
    return openpyxl.load_workbook(path, data_only=True)


def cells(sheet, text):
    """Values below a header as the tables hold them: days as days, and blank is blank."""
    found = [getattr(value, "date", lambda value=value: value)() for value in column(sheet, text)]
    while found and found[-1] is None:
        found.pop()
    return found


def due(rows, key):
    found = [row[key] for row in rows]
    while found and found[-1] is None:
        found.pop()
    return found


@pytest.mark.parametrize(
    ("sheet", "table", "columns"),
    [
        (
            "Bottlenecks",
            "bottlenecks",
            {
                "Rank": "rank",
                "Subject": "subject",
                "Limit": "kind",
                "Input cell": "cell",
                "Cell value": "value",
                "Cell date": "day",
                "Gain from 1 % more": "mw_months_percent",
                "Gain per step": "mw_months",
                "Saving from 1 % more": "money_percent",
                "Proof of the gain": "status",
                "Saving per step": "money",
                "Gain if lifted": "mw_months_lifted",
                "Gain if its kind is lifted": "mw_months_kind",
                "Binding from": "first_period",
                "Periods": "periods",
                "Note": "note",
            },
        ),
        (
            "Why late",
            "lateness",
            {
                "Milestone": "commitment",
                "Due": "date",
                "Missed": "missed_mw",
                "Link": "link",
                "Cause": "says",
                "Input cell": "cell",
                "Depends on it": "mw_through",
                "Gain per step": "mw_a_step",
                "Gain without this date": "mw_without",
                "Holds from": "first_period",
            },
        ),
        (
            "Asks",
            "asks",
            {
                "Goal": "aim",
                "Set": "set",
                "Ask": "says",
                "Input cells": "cells",
                "Gain alone": "mw_months_alone",
                "Not enough": "not_enough",
                "All needed": "irreducible",
                "Proof": "proof",
            },
        ),
    ],
)
def test_a_sheet_holds_its_table(plan, values, sheet, table, columns):
    rows = telling(plan) if table == "bottlenecks" else plan.rows(table)
    assert rows
    for text, key in columns.items():
        assert cells(values[sheet], text)[: len(rows)] == due(rows, key), (sheet, text)


def test_limits_that_are_worth_nothing_are_one_line(plan, values):
    rest = len(plan.rows("bottlenecks")) - len(telling(plan))
    assert rest == 10
    assert collapsed(plan) == (
        "10 more limits are used up, but raising any of them alone with divisible systems gains "
        "nothing; see tables/bottlenecks.csv"
    )
    assert any(collapsed(plan) in text for text in texts(values["Bottlenecks"]))


def test_a_limit_that_was_not_tried_is_not_called_worthless(plan):
    finding = plan.findings[EXPLANATION]
    rows = [dict(row) for row in finding.tables["bottlenecks"]]
    rows[-1]["status"], rows[-2]["money_status"] = NOT_TRIED, NOT_PRICED
    tables = {**finding.tables, "bottlenecks": rows}
    other = dataclasses.replace(
        plan, findings={EXPLANATION: dataclasses.replace(finding, tables=tables)}
    )
    assert collapsed(other) == (
        "8 more limits are used up, but raising any of them alone with divisible systems gains "
        "nothing; 2 more limits are used up, gain not known; see "
        "tables/bottlenecks.csv"
    )


def test_slack_has_a_line_for_each_purchase_line_the_first_to_order_first(plan, values):
    sheet = values["Slack"]
    keys = ("commitment", "date", "mw", "slack_days", "could_be_met_by", "item", "last_order_date")
    top = header(sheet, "Milestone").row
    lines = [
        [getattr(v, "date", lambda v=v: v)() for v in line]
        for line in sheet.iter_rows(top + 1, values_only=True)
    ]
    assert {(*line[:5], *line[6:8]) for line in lines} == {
        tuple(row[key] for key in keys) for row in plan.rows("slack")
    }
    dates = [str(value) for value in column(sheet, "Last order")[1:5]]
    assert dates == sorted(dates)
    assert column(sheet, "Supplier")[0] == "nothing to order in advance"
    takes = column(sheet, "Lead time")[1]
    assert takes == (date(2027, 12, 31) - date(2027, 6, 1)).days


def test_the_timeline_shares_out_what_a_re_solve_confirms(plan, values):
    """Prices that add up to twice the re-solved worth are halved, lower ones stay as they are."""
    sheet, worth = values["Bottlenecks by period"], {}
    top = header(sheet, "Subject")
    dates = [c.value.date() for c in sheet[top.row] if hasattr(c.value, "date")]
    assert dates == STARTS
    for line in sheet.iter_rows(top.row + 1, values_only=True):
        worth[line[2]] = (line[4], line[5 : 5 + len(dates)])
    assert len(worth) == 30
    for row in plan.rows("bottlenecks"):
        total, by_period = worth[row["cell"]]
        shown = [value for value in by_period if value is not None]
        assert total == pytest.approx(sum(shown))
        even = (row["rank"] - 1) % 2 == 0
        assert total == pytest.approx((row["mw_months"] or 0.0) * (1.0 if even else 0.5))
        binding = {p["period"] for p in plan.rows("bottleneck_periods") if p["cell"] == row["cell"]}
        assert {d for d, v in zip(dates, by_period, strict=True) if v is not None} == binding


def test_a_price_that_no_re_solve_confirms_is_worth_nothing(plan):
    for row in plan.findings[EXPLANATION].tables["bottlenecks"][:1]:
        with_none = [{**row, "mw_months": 0.0}, *plan.rows("bottlenecks")[1:]]
    tables = {**plan.findings[EXPLANATION].tables, "bottlenecks": with_none}
    finding = dataclasses.replace(plan.findings[EXPLANATION], tables=tables)
    other = dataclasses.replace(plan, findings={EXPLANATION: finding})
    found = timeline(other, ("cell",))
    assert sum(found.worth[with_none[0]["cell"],].values()) == 0.0
    assert sum(found.worth[with_none[2]["cell"],].values()) == pytest.approx(7.0)


@pytest.mark.parametrize(
    ("most", "levels"),
    [(7.75, (1.0, 0.1, 0.01)), (0.03, (0.01, 0.001, 0.0001)), (1.4e6, (1e6, 1e5, 1e4)), (0.0, ())],
)
def test_shades_change_at_round_values(most, levels):
    found = Timeline("", (), {("a",): {date(2026, 1, 1): most}})
    assert found.levels == pytest.approx(levels)


def test_a_quote_has_its_answers_its_curve_and_its_overtime(plan, values):
    sheet = values["Quote"]
    found = texts(sheet)
    assert (
        "50 MW more (IT power) can be in service by 2028-01-31; not by 2027-12-31, when at "
        "most 35.26 MW can."
    ) in found
    assert (
        "Whether 400 MW more (IT power) can be in service within the plan was not settled in "
        "time; not by 2029-02-28, when at most 161.00 MW can."
    ) in found
    assert "only US" in sheet["A2"].value
    alone = [row for row in plan.rows("quote") if not row["overtime_of"]]
    for text, key in (("From", "date"), ("At most", "at_most_mw"), ("Firm", "firm_mw")):
        shown = [getattr(v, "date", lambda v=v: v)() for v in column(sheet, text)]
        assert shown[: len(alone)] == [row[key] for row in alone]
    assert "With 25% more of all limits of one kind" in found
    gains = [v for v in column(sheet, "Gain") if v is not None]
    assert gains == [1.5, 0.0, 1.5, 0.0]


def test_the_summary_says_the_three_most_important_things_with_the_way_there(plan, path):
    sheet = openpyxl.load_workbook(path)["Summary"]
    links = {
        c.value: c.hyperlink.location
        for row in sheet.iter_rows()
        for c in row
        if c.hyperlink and c.value != "to Contents"
    }
    assert links[holding_sentence(plan)] == "'Bottlenecks'!A1"
    assert links[ask_sentence(plan)] == "'Asks'!A1"
    assert links[slack_sentence(plan)] == "'Slack'!A1"
    assert holding_sentence(plan) == (
        "TSMC, supplier capacity 980, holds the plan back most: with divisible "
        "systems 1 % more gains 4.00 MW-months, 1 unit per month more 8.00 MW-months, without "
        "this limit 32.0 MW-months fewer are missed."
    )
    assert ask_sentence(plan) == (
        "First ask, so that OpenAI is on time: TSMC: 1 more (supplier capacity); "
        "Dallas feeder: 2 more (power)."
    )
    assert slack_sentence(plan) == (
        "Least slack of the milestones that are met: OpenAI, 375.0 MW due 2027-12-31, 31 days of "
        "slack; its first order: NVL72 of Delta Electronics by 2026-04-19."
    )


def test_a_plan_on_time_is_told_in_money(tmp_path):
    plan = sample_plan(missed=False)
    book = written(plan, tmp_path / "p.xlsx")
    assert not {"Why late", "Asks"} & set(book.sheetnames)
    assert holding_sentence(plan) == (
        "TSMC, supplier capacity 980, would save most: with divisible systems and "
        "halls opened as planned 1 % more saves 10.00 USD million, 1 unit per month more 20.00 "
        "USD million."
    )
    assert ask_sentence(plan) == ""
    assert "Gain per step\n(MW-months)" not in texts(book["Bottlenecks"])
    assert header(book["Bottlenecks by period"], "All").value == "All\n(USD million)"


def test_late_without_asks_says_why(tmp_path):
    plan = sample_plan()
    finding = plan.findings[EXPLANATION]
    tables = {**finding.tables, "asks": []}
    for facts, text in (
        (
            {"asks": True, "undone": ["asks for OpenAI: no set was found in time", "slack of x"]},
            "No ask was found: OpenAI: no set was found in time.",
        ),
        ({"asks": True, "undone": []}, "No ask was found: no set of changes is enough."),
        ({"asks": False, "undone": []}, "Asks were not searched for."),
    ):
        other = dataclasses.replace(
            plan, findings={EXPLANATION: dataclasses.replace(finding, tables=tables, facts=facts)}
        )
        assert text in texts(written(other, tmp_path / "p.xlsx")["Asks"])


def test_a_plan_of_which_nothing_was_found_out_has_no_such_sheets(tmp_path):
    plan = sample_plan()
    bare = dataclasses.replace(plan, findings={})
    book = written(bare, tmp_path / "p.xlsx")
    assert not SHEETS & set(book.sheetnames)
    assert "What holds the plan back" not in " ".join(texts(book["Summary"]))
    quoted = dataclasses.replace(plan, findings={QUOTE: plan.findings[QUOTE]})
    assert SHEETS & set(written(quoted, tmp_path / "q.xlsx").sheetnames) == {"Quote"}


def test_what_is_empty_says_so(tmp_path):
    plan = sample_plan(missed=False)
    finding = plan.findings[EXPLANATION]
    nothing = dataclasses.replace(finding, tables={name: [] for name in finding.tables})
    book = written(dataclasses.replace(plan, findings={EXPLANATION: nothing}), tmp_path / "p.xlsx")
    for sheet, text in (
        (
            "Bottlenecks",
            "With divisible systems no single limit would improve this plan; in whole "
            "systems not every limit was tried.",
        ),
        ("Bottlenecks by period", "no limit is binding in any period"),
        ("Slack", "no milestone with MW due is met"),
    ):
        assert text in texts(book[sheet])
    assert any("no single limit would improve" in text for text in texts(book["Summary"]))
