"""The plan and the solver's progress on a terminal."""

from __future__ import annotations

import io
from datetime import date

import pytest
from plan_samples import sample_plan
from rich.console import Console

from planner.reports.console.plan_text import Progress, describe, print_plan, short
from planner.reports.views import headline, periods_said
from planner.solve.progress import Event


def printed(plan, files=None, width=80):
    console = Console(file=io.StringIO(), width=width)
    print_plan(plan, console, files)
    return console.file.getvalue()


def test_missed_megawatts_come_first():
    lines = printed(sample_plan()).splitlines()
    assert lines[0] == "MEGAWATTS ARE MISSED: 337.5 MW-months"
    assert lines[1].strip() == (
        "OpenAI: up to 56.2 MW (IT power) from 2028-12-31, made good by 2029-05-31"
    )
    assert lines[2].startswith("Plan openai-750mw: limit reached, gap 0.081%")
    assert lines[2].endswith("checker passed")


def test_all_parts_are_there_with_units():
    text = printed(sample_plan(), {"xlsx": "outputs/openai-750mw/plan.xlsx"})
    for part in (
        "OpenAI        2028-12-31  it             562.0          505.8       56.2",
        "CS-3 15,234, NVL72 1,020; halls opened: 87",
        "Amount USD million",
        "total                22,144.3                  19,265.5",
        "24.830 billion  24.810 billion     0.081%",
        "31,200.0 USD million",
        "Note: systems: 1 system has no overhead_kw",
        "outputs/openai-750mw/plan.xlsx",
    ):
        assert part in text
    assert "take_or_pay" not in text


def test_nothing_is_wider_than_80_columns():
    long = ("A commitment of a customer with a long name", "Second")
    text = printed(sample_plan(commitments=long))
    assert max(map(len, text.splitlines())) <= 80
    path = "/a/very" + "/long" * 30 + "/plan.xlsx"
    assert path in printed(sample_plan(), {"xlsx": path})


def test_a_good_plan_says_so_and_an_unchecked_one_too():
    plan = sample_plan(missed=False)
    assert printed(plan).startswith("Every milestone is met: no MW is missed.\n")
    plan.summary["verified"] = False
    assert "checker NOT PASSED" in printed(plan)


def test_texts_steer_nothing():
    """A workbook with control characters is refused; a saved plan may have been written by hand."""
    plan = sample_plan(commitments=("[red]x[/red]", "HOSTILE"))
    rows = [row for table in plan.tables.values() for row in table] + plan.summary["milestones"]
    for row in rows:
        row.update({key: "y\x1b]0;title\x07\x1b[2J" for key in row if row[key] == "HOSTILE"})
    plan.summary["notes"] = ["[bold]note", "\x1b[31mred"]
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system=None)
    print_plan(plan, console)
    text = console.file.getvalue()
    assert "title" in text
    assert "[red]x[/red]" in text
    assert "[bold]note" in text
    assert not {"\x1b", "\x07"} & set(text.replace("\x1b[0m", "").replace("\x1b[1m", ""))


def test_small_money_is_shown_whole_and_small_plans_print():
    plan = sample_plan(missed=False)
    for row in plan.tables["costs"]:
        row["amount"], row["present_cost"] = row["amount"] / 1e4, row["present_cost"] / 1e4
    assert ["total", "2,214,430", "1,926,554"] in [
        line.split() for line in printed(plan).split("\n")
    ]
    for table in plan.tables:
        plan.tables[table] = []
    plan.summary.clear()
    assert "no MW is missed" in printed(plan)


def event(tier="cost", value: float | None = 24.83e9, elapsed=12.4):
    return Event(tier, "USD", value, 24.81e9, 0.00081, elapsed)


def test_events_in_words():
    assert describe(event()) == "cost: 24.830 billion USD, bound 24.810 billion, gap 0.08%, 12 s"
    assert describe(event(value=None)) == "cost: looking for a first plan, 12 s"
    assert describe(Event("missed", "MW-months", 3.25, None, None, 0.6)) == (
        "missed: 3.2 MW-months, 1 s"
    )
    unbounded = Event("missed", "MW-months", 3.25, float("-inf"), float("inf"), 0.6)
    assert describe(unbounded) == "missed: 3.2 MW-months, 1 s"
    assert short(0.00042) == "0.0004"
    assert short(None) == "none"


def run(progress, seconds, clock):
    with progress:
        for now, tier in seconds:
            clock[0] = now
            progress(event(tier, elapsed=now))
    return progress.console.file.getvalue()


@pytest.fixture
def clock():
    return [0.0]


def test_without_a_terminal_lines_are_few(clock):
    console = Console(file=io.StringIO(), width=80)
    progress = Progress(console, clock=lambda: clock[0])
    text = run(progress, [(n / 10, "missed" if n < 50 else "cost") for n in range(400)], clock)
    assert [line.split(":")[0] for line in text.splitlines()] == ["missed"] * 2 + ["cost"] * 5
    # Each tier ends with the last that was told of it.
    assert [line.split()[-2] for line in text.splitlines()][1::5] == ["5", "40"]
    assert "\r" not in text


def test_on_a_terminal_one_line_changes(clock):
    console = Console(file=io.StringIO(), width=40, force_terminal=True)
    progress = Progress(console, clock=lambda: clock[0])
    text = run(progress, [(n / 2, "missed" if n < 5 else "cost") for n in range(10)], clock)
    assert text.count("\n") == 2
    assert text.count("\r") == 10
    assert max(len(part) for line in text.splitlines() for part in line.split("\r")) <= 39
    assert text.endswith("\n")


def test_a_miss_is_told_from_its_day_until_all_is_in_service():
    """Of what is missed at the end of February some may come in March: all is there by April."""
    plan = sample_plan()

    def told(*missed):
        plan.tables["ramp"] = [
            {
                "commitment": "One",
                "basis": "it",
                "period": date(2026, month, 1),
                "period_end": date(2026, month, 28),
                "missed_mw": mw,
            }
            for month, mw in enumerate(missed, 1)
        ]
        (line,) = headline(plan).details
        return line

    start = "One: up to 2.0 MW (IT power)"
    assert told(0, 2, 1, 0) == f"{start} from 2026-02-28, made good by 2026-04-28"
    assert told(0, 2, 0, 0) == f"{start} from 2026-02-28, made good by 2026-03-28"
    assert told(0, 2, 1) == f"{start} from 2026-02-28 to the plan's end"
    assert told(1, 0, 2, 0) == f"{start} at times from 2026-01-28, made good by 2026-04-28"
    assert told(1, 0, 2) == f"{start} at times from 2026-01-28 to the plan's end"


@pytest.mark.parametrize(
    ("period", "starts", "said"),
    [
        ("month", ["2026-01-01", "2026-02-01", "2026-02-16", "2026-03-01"], "3 months"),
        ("quarter", ["2026-01-01", "2026-03-16", "2026-04-01"], "2 quarters"),
        (
            "week; month from 2026-01-12",
            ["2026-01-01", "2026-01-08", "2026-01-10", "2026-01-12", "2026-02-01"],
            "2 weeks, then 2 months",
        ),
    ],
)
def test_a_period_that_a_milestone_cuts_counts_once(period, starts, said):
    plan = sample_plan()
    plan.inputs.settings["period"] = period
    plan.tables["ramp"] = [{"period": date.fromisoformat(day)} for day in starts]
    assert periods_said(plan) == said
