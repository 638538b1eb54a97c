"""The charts of comparisons and sweeps: steps that stand on their day, nothing unlike added."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest
from page_plans import edge
from test_reports_agree import plan

from planner.reports.views import missed_by_basis
from planner.whatif.compare import compare
from planner.whatif.compare_output import comparison_page
from planner.whatif.plain_charts import HEIGHT, LEFT, RIGHT, WIDTH, Chart
from planner.whatif.sweep_output import fan


def lines(text: str) -> list[list[tuple[float, float]]]:
    """Points of every curve and band."""
    found = re.findall(r'<poly(?:line|gon) points="([^"]*)"', text)
    return [[tuple(map(float, pair.split(","))) for pair in line.split()] for line in found]  # type: ignore[misc]


def slants(text: str) -> list[object]:
    return [
        (one, two)
        for line in lines(text)
        for one, two in pairwise(line)
        if abs(one[0] - two[0]) > 0.2 and abs(one[1] - two[1]) > 0.2
    ]


def test_a_step_stands_on_its_day() -> None:
    days = [date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)]
    text = Chart("MW", {"one": list(zip(days, (0.0, 10.0, 10.0), strict=True))}).svg()
    (line,) = lines(text)
    whole = (days[-1] - days[0]).days + 15
    x = LEFT + (WIDTH - LEFT - RIGHT) * 30 / whole
    rise = [(one, two) for one, two in pairwise(line) if one[1] != two[1]]
    assert [(one[0], two[0]) for one, two in rise] == [(pytest.approx(x, abs=0.1),) * 2]
    assert line[-1] == (pytest.approx(WIDTH - RIGHT, abs=0.1), line[-2][1])
    assert line[0][1] == pytest.approx(HEIGHT - 56, abs=0.1)


def test_a_comparison_has_steps_only() -> None:
    text = comparison_page(compare([edge("chain"), edge("missed in part")], ("met", "late")))
    assert len(lines(text)) >= 4
    assert slants(text) == []


def test_a_fan_has_steps_only() -> None:
    ends = ["2026-01-31", "2026-02-28", "2026-03-31"]
    rows = [
        {
            "commitment": "c",
            "period_end": end,
            "p10": n,
            "p50": 2.0 * n,
            "p90": 3.0 * n,
            "base": 2.5 * n,
        }
        for n, end in enumerate(ends)
    ]
    due = [{"commitment": "c", "date": "2026-02-15", "required_mw": 4.0}]
    text = fan({"percentiles": rows, "milestones": due}, "c")  # type: ignore[arg-type]
    assert len(lines(text)) == 4
    assert slants(text) == []


def test_missed_megawatts_of_several_bases_are_compared_apart() -> None:
    plans = [plan("several bases"), edge("missed in part")]
    (figures,) = (s for s in compare(plans, ("a", "b")).sections if s.name == "figures")
    missed = {key[1]: values for key, values in figures.rows if key[0] == "missed"}
    own = missed_by_basis(plans[0])
    assert missed == {
        "MW-months of IT power": (pytest.approx(own["it"]), pytest.approx(1)),
        "MW-months of system power": (pytest.approx(own["system"]), 0),
    }
    (figures,) = (s for s in compare([edge("chain"), plans[1]]).sections if s.name == "figures")
    assert dict(figures.rows)["missed", "MW-months"] == (0, pytest.approx(1))
