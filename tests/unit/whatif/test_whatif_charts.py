"""The charts of comparisons and sweeps: steps that stand on their day, nothing unlike added."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

import pytest
from agreeing_plans import plan
from page_plans import edge

from planner.reports.charts.curves import curves_figure
from planner.reports.charts.draw import NARROW, WIDE
from planner.reports.charts.swings import swings_figure
from planner.reports.views import missed_by_basis, significant
from planner.reports.whatif_columns import columns_of
from planner.reports.whatif_report import Curve, CurveChart, Swing, SwingChart
from planner.whatif.compare import compare
from planner.whatif.compare_output import comparison_page
from planner.whatif.sweep_output import fan

CURVES = "l[0-9]|due dash|f0 thin"
"""Styles of curves, of what is committed, and of bands."""


def lines(text: str) -> list[list[tuple[float, float]]]:
    """Points of every curve and band."""
    found = []
    for path in re.findall(rf'<path class="(?:{CURVES})" d="M([^"Z]*)Z?"', text):
        pairs = [pair.split() for pair in path.split("L")]
        found.append([(float(x), float(y)) for x, y in pairs])
    return found


def svg(chart: CurveChart, width: int = WIDE) -> str:
    figure = curves_figure(chart)
    assert figure is not None
    return figure.svg(figure.drawn(width))


def slants(text: str) -> list[object]:
    return [
        (one, two)
        for line in lines(text)
        for one, two in pairwise(line)
        if abs(one[0] - two[0]) > 0.2 and abs(one[1] - two[1]) > 0.2
    ]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_step_stands_on_its_day(width: int) -> None:
    """The axis is 61 days long and ends half a period, 15 days, after the last of them."""
    days = [date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)]
    curve = Curve("one", list(zip(days, (0.0, 10.0, 10.0), strict=True)))
    (_, line) = lines(svg(CurveChart("c", "One", "One.", "MW", (curve,)), width))
    first, last = line[0][0], line[-1][0]
    rise = [(one, two) for one, two in pairwise(line) if one[1] != two[1]]
    x = first + (last - first) * 30 / 76.5
    assert [(one[0], two[0]) for one, two in rise] == [(pytest.approx(x, abs=2.5),) * 2]
    assert line[-1][1] == line[-2][1]
    assert line[0][1] > line[-1][1]


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
    text = svg(fan({"percentiles": rows, "milestones": due}, "c", "fan-1"))  # type: ignore[arg-type]
    assert len(lines(text)) >= 4
    assert slants(text) == []


def bars(text: str) -> list[tuple[str, float, float]]:
    """Style, left end and right end of every bar with a tooltip."""
    pattern = r'<rect class="(f[01])" x="([^"]*)" y="[^"]*" width="([^"]*)" height="8"><title>'
    found = re.findall(pattern, text)
    return [(style, float(x), float(x) + float(width)) for style, x, width in found]


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_bars_of_a_tornado_go_from_the_base_case_to_both_results(width: int) -> None:
    """From 2 to 0 and to 6: the bar to the right is twice as long as the one to the left."""
    swings = (Swing("crews <b>", 6.0, 0.0), Swing("price", 2.0, 3.0))
    chart = SwingChart("effect", "Effect", "Effect.", "MW-months", 2.0, swings)
    figure = swings_figure(chart)
    assert figure is not None
    text = figure.svg(figure.drawn(width))
    assert "crews &lt;b&gt;" in text
    low, high, same, higher = bars(text)
    base = low[1]
    assert [low[0], high[0], same[0], higher[0]] == ["f0", "f1", "f0", "f1"]
    assert high[2] == pytest.approx(base, abs=0.2)
    assert low[2] - base == pytest.approx(2 * (base - high[1]), abs=0.3)
    assert same[1] == pytest.approx(base, abs=0.2)
    assert same[2] - same[1] <= 0.6
    assert higher[2] - base == pytest.approx((low[2] - base) / 4, abs=0.2)


def test_a_chart_without_figures_is_left_out() -> None:
    assert curves_figure(CurveChart("c", "One", "One.", "MW", (Curve("one", []),))) is None
    assert swings_figure(SwingChart("c", "One", "One.", "MW", 0.0, ())) is None


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


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (12.0, "12"),
        (2.4534, "2.453"),
        (0.82079, "0.8208"),
        (0.9, "0.9"),
        (0.99996, "1"),
        (999.96, "1,000"),
        (123456.7, "123,457"),
        (-18051604.2, "-18,051,604"),
        (0.0000265, "0.0000265"),
        (-0.04344, "-0.04344"),
    ],
)
def test_four_digits_are_shown_without_an_exponent(value: float, text: str) -> None:
    assert significant(value) == text


def test_columns_name_the_currency_and_drawn_quantities_name_themselves() -> None:
    rows = [{"scenario": "late", "cost_more": 5.0}, {"scenario": "base", "price of TSMC": 1.1}]
    found = [(c.title, c.unit, c.kind) for c in columns_of(rows, "EUR")]
    assert found == [
        ("Scenario", "", "text"),
        ("Cost change", "EUR", "digits"),
        ("price of TSMC", "", "digits"),
    ]
