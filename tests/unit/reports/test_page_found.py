"""The sections of an explained plan: true to what was found out, and there only if it was."""

from __future__ import annotations

from dataclasses import replace

import pytest
from page_plans import edge
from page_reader import Reader, read, value

from planner.plan.finding_tables import EXPLANATION
from planner.reports.charts.plan_charts import figures
from planner.reports.explanation_texts import collapsed, telling
from planner.reports.page.plan_page import page
from planner.reports.page.sections import warnings


def test_a_missed_milestone_has_its_chain():
    plan, reader = edge("explained late"), read("explained late")
    chain = plan.rows("lateness")
    rows = reader.rows("What delays demand, due 2026-02-28")
    assert len(rows) == len(chain) > 0
    for row, link in zip(rows, chain, strict=True):
        assert row[:3] == [str(link["link"]), link["says"], link["cell"]]
        assert value(row[4]) == pytest.approx(link["mw_a_step"], abs=0.005)
    assert "demand, due 2026-02-28: 1.0 MW missed" in reader.texts["late"]


def test_asks_are_the_plans_with_their_proof():
    plan, reader = edge("explained late"), read("explained late")
    asks = plan.rows("asks")
    assert asks
    sets = {f"Set {row['set']}, so that {row['aim']}" for row in asks}
    rows = [row for caption in sets for row in reader.rows(caption)]
    assert sorted(row[0] for row in rows) == sorted(str(row["says"]) for row in asks)
    assert "no cheaper set exists" in reader.texts["asks"]
    assert str(asks[0]["proof"]) in reader.texts["asks"]


@pytest.mark.parametrize("name", ["explained", "explained late"])
def test_bottlenecks_and_slack_are_the_plans(name):
    plan, reader = edge(name), read(name)
    rows = reader.rows("Bottlenecks, ranked by the gain from 1 % more of each limit")
    assert [row[3] for row in rows if len(row) > 1] == [row["cell"] for row in telling(plan)]
    assert collapsed(plan) in reader.texts["bottlenecks"]
    slack = plan.rows("slack")
    if slack:
        lines = reader.rows("Slack, and the last day to order for each milestone")
        shown = {tuple(row[:2]) for row in lines}
        assert shown == {(row["commitment"], str(row["date"])) for row in slack}
    assert "slack" in reader.texts["slack"].lower()


def test_the_timeline_shows_the_worth_of_a_limit_in_its_periods():
    """One system is missing: one more a month is priced at two, in two months, and gains one."""
    plan = edge("explained late")
    (figure,) = [f for f in figures(plan) if f.name == "bottlenecks"]
    assert "site: crews, 2026-01-01 to 2026-02-28: 1.00 MW-months" in str(figure.drawn(860).parts)
    prices = [r["mw_months"] for r in plan.rows("bottleneck_periods") if r["kind"] == "crews"]
    assert sum(prices) == pytest.approx(2.0)


def test_what_can_be_promised_is_the_quotes():
    plan, reader = edge("explained"), read("explained")
    curve = {str(row["date"]): row for row in plan.rows("quote") if not row["overtime_of"]}
    rows = reader.rows("At most on top of the plan")
    assert rows
    for row in rows:
        assert value(row[1]) == pytest.approx(curve[row[0]]["at_most_mw"], abs=0.05)
    assert "1,000 MW more (IT power) cannot be in service within the plan" in reader.texts["quote"]


def test_the_headline_says_the_most_important_things_with_the_way_there():
    reader = read("explained late")
    assert "site, crews 1, holds the plan back most" in reader.texts["headline"]
    assert "First ask, so that demand is on time" in reader.texts["headline"]
    links = [attrs["href"] for tag, attrs in reader.tags if tag == "a"]
    assert {"#bottlenecks", "#asks", "#slack"} <= set(links)
    assert links.count("#bottlenecks") == 2


def test_what_was_left_open_is_a_warning():
    plan = edge("explained")
    finding = plan.findings[EXPLANATION]
    facts = {**finding.facts, "undone": ["slack of demand"]}
    other = replace(plan, findings={EXPLANATION: replace(finding, facts=facts)})
    assert "Not finished in the explanation: slack of demand." in warnings(other)
    assert "slack of demand" in Reader(page(other)).texts["notes"]


def test_a_plan_of_which_nothing_was_found_out_has_no_such_sections():
    names = {"late", "asks", "bottlenecks", "slack", "quote"}
    assert not names & set(read("missed in part").texts)
    assert names <= set(read("explained late").texts)
    assert names - set(read("explained").texts) == {"late", "asks"}
    assert not {"bottlenecks", "quote"} & {figure.name for figure in figures(edge("chain"))}
