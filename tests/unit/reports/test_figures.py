"""Figures of a plan: what they are drawn from, and that they can be read."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from micro import APRIL, FEBRUARY, MARCH, START, plan_of
from page_plans import EDGES, LONG, edge

from planner.reports.charts.draw import (
    NARROW,
    WIDE,
    Canvas,
    date_ticks,
    fit,
    spoken,
    stairs,
    text_width,
    ticks,
)
from planner.reports.charts.map import project
from planner.reports.charts.plan_charts import FORMATS, figure_writers, figures, standalone
from planner.reports.charts.tranches import missing_mw, tranches
from planner.reports.plan_figures import (
    buckets,
    cost_steps,
    node_uses,
    routes,
    several,
    site_mw,
    time_of,
)

SIZES = {"s": 11, "k": 13}


def ways_of(plan):
    return [
        (way.commitment, way.site, way.due.isoformat(), round(way.mw, 6)) for way in tranches(plan)
    ]


# ------------------------------------------------------------------ the way of a tranche


def test_a_tranche_is_followed_from_order_to_service():
    """Worked out backwards from the milestone, on 30 June and on 30 September.

    14 days of commissioning, then 28 each of transit, assembly and lead: installed on 16 June,
    sent on 19 May, started on 21 April, ordered on 24 March; and on 16 September, 19 August,
    22 July, 24 June.
    """
    first, second = tranches(edge("chain"))
    assert (first.mw, first.basis, first.due) == (pytest.approx(3), "it", date(2026, 6, 30))
    assert first.stages == {
        "order": (date(2026, 3, 24), date(2026, 4, 21)),
        "assemble": (date(2026, 4, 21), date(2026, 5, 19)),
        "ship": (date(2026, 5, 19), date(2026, 6, 16)),
        "install": (date(2026, 6, 16), date(2026, 6, 16)),
        "commission": (date(2026, 6, 16), date(2026, 6, 30)),
    }
    assert first.in_service == date(2026, 6, 30)
    assert second.mw == pytest.approx(2)
    assert second.stages == {
        "order": (date(2026, 6, 24), date(2026, 7, 22)),
        "assemble": (date(2026, 7, 22), date(2026, 8, 19)),
        "ship": (date(2026, 8, 19), date(2026, 9, 16)),
        "install": (date(2026, 9, 16), date(2026, 9, 16)),
        "commission": (date(2026, 9, 16), date(2026, 9, 30)),
    }
    assert second.in_service == date(2026, 9, 30)


def test_a_batch_that_two_tranches_share_is_split_between_them():
    """Five are assembled at once, of six parts that came first and four that came later."""
    plan = edge("chain")
    order, made = plan.tables["orders"][0], plan.tables["production"][0]
    first, second = date(2026, 1, 5), date(2026, 2, 1)
    tables = plan.tables | {
        "orders": [
            order | {"order": "A", "quantity": 12, "order_date": first, "arrival_date": first},
            order | {"order": "B", "quantity": 8, "order_date": second, "arrival_date": second},
        ],
        "production": [made | {"quantity": 5}],
        "shipments": [
            row if row["from"] == "plant" else row | {"quantity": 10}
            for row in plan.tables["shipments"]
            if row["from"] == "plant" or row["departure_date"] == made["start_date"]
        ],
    }
    early, late = tranches(replace(plan, tables=tables))
    assert early.stages["order"] == (first, first)
    assert late.stages["order"] == (second, second)
    assert early.stages["assemble"] == late.stages["assemble"]
    assert early.stages["ship"][1] < late.stages["ship"][0]


def test_an_install_that_two_tranches_share_is_split_between_them():
    plan = edge("chain")
    install, way = plan.tables["installs"][0], plan.tables["shipments"]
    leaving = [row for row in way if row["from"] == "plant"]
    tables = plan.tables | {
        "installs": [install | {"installed": 5}],
        "shipments": [row for row in way if row["from"] == "maker"]
        + [
            leaving[0] | {"quantity": 3, "departure_date": date(2026, 3, 2)},
            leaving[0] | {"quantity": 2, "departure_date": date(2026, 3, 20)},
        ],
    }
    early, late = tranches(replace(plan, tables=tables))
    assert early.stages["install"] == late.stages["install"]
    assert early.stages["ship"][0] == date(2026, 3, 2)
    assert late.stages["ship"][0] == date(2026, 3, 20)


def test_what_arrives_first_is_used_first_even_if_it_left_later():
    """Three leave by sea on 2 March and arrive on 10 June; two fly from 20 May to 1 June."""
    plan = edge("chain")
    install, way = plan.tables["installs"][0], plan.tables["shipments"]
    leaving = [row for row in way if row["from"] == "plant"]
    sea = {"quantity": 3, "departure_date": date(2026, 3, 2), "arrival_date": date(2026, 6, 10)}
    air = {"quantity": 2, "departure_date": date(2026, 5, 20), "arrival_date": date(2026, 6, 1)}
    tables = plan.tables | {
        "installs": [install | {"installed": 2}, install | {"installed": 3}],
        "shipments": [row for row in way if row["from"] == "maker"]
        + [leaving[0] | sea, leaving[0] | air],
    }
    early, late = tranches(replace(plan, tables=tables))
    assert early.stages["ship"] == (date(2026, 3, 2), date(2026, 6, 10))
    assert late.stages["ship"] == (date(2026, 3, 2), date(2026, 6, 10))
    first, *_ = tranches(replace(plan, tables=tables | {"installs": [install | {"installed": 2}]}))
    assert first.stages["ship"] == (date(2026, 5, 20), date(2026, 6, 1))


def test_what_stands_at_the_start_needs_no_way():
    plan = plan_of(
        {FEBRUARY: 3, MARCH: 4},
        end=MARCH,
        halls=[{"hall": "hall", "site": "site", "it_mw": 100, "open_count": 1}],
        fleet=[{"hall": "hall", "system": "unit", "count": 2}],
    )
    found = ways_of(plan)
    assert sum(mw for _, _, day, mw in found if day == FEBRUARY) == pytest.approx(1)
    assert sum(mw for _, _, day, mw in found if day == MARCH) == pytest.approx(1)


def test_megawatts_that_come_late_belong_to_the_milestone_that_misses_them():
    way = tranches(edge("missed in part"))
    assert [(one.due, one.mw) for one in way] == [(date(2026, 2, 28), pytest.approx(3))]
    assert way[0].in_service == date(2026, 3, 31)
    figure = next(figure for figure in figures(edge("missed in part")) if figure.name == "ways")
    assert figure.data[0].rows[0]["class"] == "bad"


def served_more(plan, month, mw):
    """The plan with other MW served in a month, as where a hall serves what is left of a system."""
    rows = [{**row, "mw": mw} if row["period"] == month else row for row in plan.tables["service"]]
    return replace(plan, tables={**plan.tables, "service": rows})


@pytest.mark.parametrize("due", [{FEBRUARY: 1}, {FEBRUARY: 1, APRIL: 1.8}])
def test_what_is_served_on_top_of_a_milestone_that_is_met_is_not_late(due):
    systems = [{"system": "unit", "power_kw": 400, "overhead_kw": 0, "price": 10}]
    plan = plan_of(due, end=APRIL, systems=systems, options={"discount_rate": 0.1})
    assert plan.summary["missed_mw_months"] == 0
    more = served_more(plan, date(2026, 3, 1), 1.234)
    first = [way for way in tranches(more) if way.due == date(2026, 2, 28)]
    assert [(way.late_mw, way.in_service, way.on_time) for way in first] == [
        (0, date(2026, 2, 28), date(2026, 2, 28))
    ]
    figure = next(figure for figure in figures(more) if figure.name == "ways")
    assert "none is late" in figure.summary
    assert not any(row["class"] for row in figure.data[0].rows)


def test_only_what_comes_late_is_late():
    plan = edge("missed in part")
    (way,) = tranches(plan)
    assert (way.mw, way.late_mw) == (pytest.approx(3), pytest.approx(1))
    assert (way.on_time, way.in_service) == (date(2026, 2, 28), date(2026, 3, 31))
    figure = next(figure for figure in figures(plan) if figure.name == "ways")
    assert "1.0 MW at 1 of them in service after the due day" in figure.summary
    _, elements = shapes(figure.svg(figure.drawn(WIDE)))
    red = [
        one for kind, one in elements if kind != "text" and "bad" in one.get("class", "").split()
    ]
    assert len(red) == 3  # the legend, the late part and its mark


def test_megawatts_that_never_come_are_drawn():
    plan = edge("missed everything")
    due = {("demand", date(2026, 1, 31)): 5, ("demand", date(2026, 3, 31)): 2}
    assert missing_mw(plan) == {key: pytest.approx(mw) for key, mw in due.items()}
    figure = next(figure for figure in figures(plan) if figure.name == "ways")
    for width in (WIDE, NARROW):
        _, elements = shapes(figure.svg(figure.drawn(width)))
        texts = [one.text for kind, one in elements if kind == "text"]
        assert texts.count("not in service at the end") == 2
        assert {"5.0 MW", "2.0 MW"} <= set(texts)
        red = [one for kind, one in elements if kind == "rect" and one.get("class") == "bad"]
        assert len(red) == 3
    assert [row["missing_mw"] for row in figure.data[0].rows] == [
        pytest.approx(5),
        pytest.approx(2),
    ]


@pytest.mark.parametrize("name", EDGES)
def test_late_and_missing_megawatts_are_those_that_the_first_milestone_misses(name):
    plan, first = edge(name), {}
    for row in sorted(plan.summary["milestones"], key=lambda row: row["date"]):
        due = date.fromisoformat(row["date"])
        first.setdefault(row["commitment"], ((row["commitment"], due), row["missed_mw"]))
    missing = missing_mw(plan)
    for (commitment, due), mw in first.values():
        late = sum(
            way.late_mw for way in tranches(plan) if (way.commitment, way.due) == (commitment, due)
        )
        assert late + missing.get((commitment, due), 0.0) == pytest.approx(mw, abs=1e-6)


def test_today_is_drawn_where_the_plan_begins_before_it():
    for today, count in ((None, 0), ("2026-02-10", 2)):
        options = {"today": today} if today else {}
        plan = plan_of({MARCH: 3}, end=MARCH, options=options)
        figure = next(figure for figure in figures(plan) if figure.name == "ways")
        _, elements = shapes(figure.svg(figure.drawn(WIDE)))
        assert sum(one.get("class") == "now" for _, one in elements) == count


def test_part_of_a_system_beyond_a_milestone_begins_no_tranche():
    systems = [{"system": "unit", "power_kw": 400, "overhead_kw": 0, "price": 10}]
    plan = plan_of(
        {FEBRUARY: 1, MARCH: 2}, end=MARCH, systems=systems, options={"discount_rate": 0.1}
    )
    assert [(day, mw) for _, _, day, mw in ways_of(plan)] == [(FEBRUARY, 1.2), (MARCH, 0.8)]


def test_the_ways_add_up_to_what_is_served():
    for name in ("chain", "400 sites", "date line", "missed in part"):
        plan = edge(name)
        last = max(row["period"] for row in plan.tables["ramp"])
        served = sum(row["mw"] for row in plan.tables["service"] if row["period"] == last)
        assert sum(way.mw for way in tranches(plan)) == pytest.approx(served)


# ------------------------------------------------------------------ what is shown


def test_power_by_site_is_the_fleets():
    plan = edge("chain")
    time, sites = time_of(plan), site_mw(plan)
    assert set(sites.mw) == {"site"}
    by_end = dict(zip(time.ends, sites.mw["site"], strict=True))
    assert by_end[date(2026, 5, 31)] == 0
    assert by_end[date(2026, 6, 30)] == pytest.approx(3)
    assert by_end[date(2026, 12, 31)] == pytest.approx(5)


def test_small_sites_are_added_up():
    sites = site_mw(edge("400 sites"))
    top, others = sites.top(10)
    assert len(sites.mw) > 300
    assert (len(top), others) == (11, len(sites.mw) - 10)
    for period in range(3):
        assert sum(values[period] for values in top.values()) == pytest.approx(
            sum(values[period] for values in sites.mw.values())
        )
    assert sites.top(401) == (dict(sites.mw), 0)


def test_the_cost_steps_end_at_the_total():
    plan = edge("chain")
    steps = cost_steps(plan)
    total = sum(row["present_cost"] for row in plan.tables["costs"])
    assert steps[-1]["before"] + steps[-1]["present_cost"] == pytest.approx(total)
    for one, following in pairwise(steps):
        assert following["before"] == pytest.approx(one["before"] + one["present_cost"])


def test_routes_carry_systems_before_parts():
    found = [
        (r.start, r.end, r.item, r.is_system, round(r.units, 6)) for r in routes(edge("chain"))
    ]
    assert found == [("plant", "site", "unit", True, 5), ("maker", "plant", "part", False, 10)]


def test_nodes_without_limit_have_no_headroom_and_the_tightest_come_first():
    assert node_uses(edge("no coordinates, no limit")) == []
    names = {figure.name for figure in figures(edge("no coordinates, no limit"))}
    assert names == {"ramp", "sites", "ways", "costs"}
    halls = [{"hall": n, "site": "site", "it_mw": 9, "fed_by": n} for n in ("loose", "tight")]
    plan = plan_of(
        {FEBRUARY: 4},
        end=MARCH,
        halls=halls,
        power=[{"node": "loose"}, {"node": "tight"}],
        energisation=[
            {"node": "loose", "from": START, "mw": 100},
            {"node": "tight", "from": FEBRUARY, "mw": 1},
        ],
        crews=[{"site": "site", "from": START, "systems_per_month": 9}],
        service=[],
        fleet=[{"hall": "tight", "system": "unit", "count": 0}],
    )
    uses = {use.node: use for use in node_uses(plan)}
    assert uses["tight"].share(0) is None
    assert uses["loose"].tightest <= 0.04
    assert [use.tightest for use in node_uses(plan)] == sorted(
        (use.tightest for use in uses.values()), reverse=True
    )


# ------------------------------------------------------------------ the toolkit


@pytest.mark.parametrize("high", [1e-6, 0.3, 1, 7.2, 750, 1234.5, 9.9e9])
@pytest.mark.parametrize("most", [2, 5, 8])
def test_ticks_are_round_few_and_reach_the_top(high, most):
    found = ticks(high, most)
    assert found[0] == 0
    assert found[-1] >= high * 0.9999
    assert found[-2] < high
    assert len(found) <= most + 2
    assert len({spoken(value, found[1]) for value in found}) == len(found)


@pytest.mark.parametrize("high", [0, -1, math.inf, math.nan])
def test_ticks_of_nothing_are_a_scale_all_the_same(high):
    assert ticks(high) == [0.0, 1.0]


def test_days_on_the_axis_are_firsts_in_iso():
    assert date_ticks(date(2026, 1, 1), date(2026, 3, 31), 5) == [
        (date(2026, 1, 1), "2026-01"),
        (date(2026, 2, 1), "2026-02"),
        (date(2026, 3, 1), "2026-03"),
    ]
    years = date_ticks(date(2026, 6, 15), date(2055, 1, 1), 6)
    assert len(years) <= 10
    assert all(label == str(day.year) for day, label in years)


@pytest.mark.parametrize("text", ["short", LONG, "京都府" * 99, "a\u0301" * 200, ""])
@pytest.mark.parametrize("room", [20, 80, 300])
def test_a_text_that_is_cut_fits_and_keeps_both_ends(text, room):
    found = fit(text, room)
    assert text_width(found) <= room or found == "\N{HORIZONTAL ELLIPSIS}"
    if found != text:
        begin, end = found.split("\N{HORIZONTAL ELLIPSIS}")
        assert text.startswith(begin)
        assert text.endswith(end)


def test_a_value_holds_until_the_next():
    assert stairs([(0, 5), (1, 5), (2, 9)]) == [(0, 5), (1, 5), (2, 5), (2, 9)]
    assert stairs([]) == []


def test_periods_are_taken_together_without_a_gap():
    for count in (1, 5, 59, 60, 61, 121):
        groups = buckets(count, 60)
        assert len(groups) <= 60
        assert [t for group in groups for t in group] == list(range(count))


def test_a_map_may_cross_the_date_line():
    canvas = Canvas(WIDE)
    projection = project([(-36.8, 174.8), (21.3, -157.8)], 0.0, canvas)
    assert projection.east - projection.west < 130
    east, west = projection.at(-36.8, 174.8), projection.at(21.3, -157.8)
    assert 0 < east[0] < west[0] < WIDE
    assert east[1] > west[1]


def test_counts_agree_with_their_nouns():
    assert (several(1, "site"), several(0, "site"), several(1200, "site")) == (
        "1 site",
        "0 sites",
        "1,200 sites",
    )


# ------------------------------------------------------------------ every figure of every edge


def shapes(text):
    """Return the elements of a figure; that it parses shows that it is well-formed."""
    root = ET.fromstring(text)
    return root, [(one.tag.rsplit("}", 1)[-1], one) for one in root.iter()]


def box(text):
    """Return where a text stands: left, top, right, bottom."""
    size = next((SIZES[style] for style in text.get("class", "").split() if style in SIZES), 12)
    shown = (text.text or "").strip()
    wide = text_width(shown, size) * 0.9  # measured, texts are about that much narrower
    x, y = float(text.get("x")), float(text.get("y"))
    left = x - {"end": wide, "middle": wide / 2}.get(text.get("text-anchor"), 0.0)
    return left, y - 0.75 * size, left + wide, y + 0.1 * size


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", EDGES)
def test_figures_are_well_formed_and_inside_their_frame(name, width):
    for figure in figures(edge(name)):
        canvas = figure.drawn(width)
        root, elements = shapes(figure.svg(canvas))
        assert root.get("viewBox") == f"0 0 {width} {canvas.height}"
        assert (root.find("title").text, root.find("desc").text) == (figure.title, figure.summary)
        ids = {element.get("id") for _, element in elements if element.get("id")}
        assert set(root.get("aria-labelledby").split()) == ids
        for kind, element in elements:
            if kind == "rect":
                left, right = float(element.get("x")), float(element.get("width"))
                assert -1 <= left <= left + right <= width + 1.5
            if kind == "text":
                left, top, right, bottom = box(element)
                assert -4 <= left <= right <= width + 4, (figure.name, element.text)
                assert -1 <= top <= bottom <= canvas.height + 1, (figure.name, element.text)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", EDGES)
def test_no_text_covers_another(name, width):
    for figure in figures(edge(name)):
        _, elements = shapes(figure.svg(figure.drawn(width)))
        boxes = [(box(one), one.text) for kind, one in elements if kind == "text" and one.text]
        for n, (first, text) in enumerate(boxes):
            for second, other in boxes[n + 1 :]:
                apart = (
                    first[2] <= second[0]
                    or second[2] <= first[0]
                    or first[3] <= second[1]
                    or second[3] <= first[1]
                )
                assert apart, (figure.name, text, other)


@pytest.mark.parametrize("kind", FORMATS)
def test_figures_as_files(tmp_path, kind):
    (tmp_path / "figures").mkdir()
    writers = figure_writers(edge("hostile names"), kind)
    assert set(writers) == {
        f"figures/{name}.{kind}" for name in ("ramp", "sites", "ways", "power", "map", "costs")
    }
    for name, write in writers.items():
        write(tmp_path / name)
        content = (tmp_path / name).read_bytes()
        if kind == "png":
            assert content.startswith(b"\x89PNG")
            assert int.from_bytes(content[16:20], "big") == 2 * (WIDE + 32)
        else:
            root, elements = shapes(content)
            assert root.tag == "{http://www.w3.org/2000/svg}svg"
            assert not {tag for tag, _ in elements} & {"script", "image", "a", "foreignObject"}


def test_a_file_has_colours_of_its_own():
    for figure in figures(edge("chain")):
        text = standalone(figure)
        assert "var(--" not in text
        root, _ = shapes(text)
        used = {style for one in root.iter() for style in one.get("class", "").split()}
        style = root.find("{http://www.w3.org/2000/svg}style").text
        assert all(f".{name}{{" in style for name in used), used
