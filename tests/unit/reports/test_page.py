"""The page of a plan: whole, true to the plan, and deaf to whatever stands in a workbook."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from page_plans import EDGES, HOSTILE, edge
from page_reader import Reader, read, value

from planner.reports.charts.plan_charts import figures
from planner.reports.colours import DARK, LIGHT
from planner.reports.markup import Markup, element, escape, join
from planner.reports.markup_tables import Column, DataTable, shown, table
from planner.reports.page.plan_page import page, sections_of, write_page
from planner.reports.page.sections import cells_of, warnings
from planner.reports.page.style import SCRIPT, style
from planner.workbook.rows import Row

TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "a",
    "nav",
    "div",
    "ul",
    "li",
    "button",
    "main",
    "section",
    "h1",
    "h2",
    "h3",
    "p",
    "strong",
    "dl",
    "dt",
    "dd",
    "span",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "wbr",
    "figure",
    "figcaption",
    "svg",
    "desc",
    "path",
    "rect",
    "circle",
    "text",
    "details",
    "summary",
    "footer",
    "script",
}
"""Every element that the page knows."""


# ------------------------------------------------------------------ structure


@pytest.mark.parametrize("name", EDGES)
def test_the_page_is_whole(name):
    plan = edge(name)
    text = page(plan)
    reader = Reader(text)
    assert reader.open == []
    assert {tag for tag, _ in reader.tags} <= TAGS
    ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    sections = [attrs["id"] for tag, attrs in reader.tags if tag == "section"]
    assert sections == list(sections_of(plan))
    links = [attrs["href"] for tag, attrs in reader.tags if tag == "a"]
    assert {link.removeprefix("#") for link in links} == set(sections)
    found = {"bottlenecks", "slack", "quote"} if name.startswith("explained") else set()
    assert {"late", "asks", "bottlenecks", "slack", "quote"} & set(sections) - {"late", "asks"} == (
        found
    )
    assert [tag for tag, _ in reader.tags].count("h1") == 1
    headings = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert ("svg", "wide") in {(tag, attrs.get("class")) for tag, attrs in reader.tags}
    assert [a.get("class") for t, a in reader.tags if t == "svg"] == ["wide", "narrow"] * len(
        figures(plan)
    )


def test_every_table_has_caption_headers_and_whole_rows():
    for found in read("chain").tables:
        assert found["caption"]
        assert found["rows"]
        assert {len(row) for row in found["rows"]} == {len(found["rows"][0])}
        assert all(found["rows"][0])
    reader = read("chain")
    heads = [attrs for tag, attrs in reader.tags if tag == "th"]
    assert all(attrs["scope"] in ("col", "row") for attrs in heads)
    regions = [attrs for tag, attrs in reader.tags if attrs.get("role") == "region"]
    assert len(regions) == len(reader.tables)
    assert all(attrs["tabindex"] == "0" and attrs["aria-label"] for attrs in regions)


def test_a_figure_that_is_not_there_is_explained():
    reader = read("no coordinates, no limit")
    assert "No power node has a limit" in reader.texts["power"]
    assert "No site has a latitude" in reader.texts["map"]
    assert "There are no orders" in reader.texts["orders"]


def test_a_page_of_400_sites_is_below_a_megabyte():
    assert len(page(edge("400 sites")).encode()) < 1_000_000


# ------------------------------------------------------------------ numbers


@pytest.mark.parametrize("name", ["chain", "missed in part", "missed everything", "400 sites"])
def test_milestones_are_the_plans(name):
    plan, reader = edge(name), read(name)
    rows = reader.rows("Milestones")
    milestones = plan.summary["milestones"]
    assert len(rows) == len(milestones)
    for row, milestone in zip(rows, milestones, strict=True):
        assert row[:3] == [milestone["commitment"], str(milestone["date"])[:10], "IT power"]
        for cell, key in zip(row[3:6], ("required_mw", "in_service_mw", "missed_mw"), strict=True):
            assert value(cell) == pytest.approx(milestone[key], abs=0.05)
        assert row[6] == ("MISSED" if milestone["missed_mw"] > 1e-6 else "met")


def test_missed_megawatts_are_first_and_loud():
    reader = read("missed everything")
    text = reader.texts["headline"]
    missed = edge("missed everything").summary["missed_mw_months"]
    assert missed == 5 + 5 + 7
    assert "MEGAWATTS ARE MISSED: 17.0 MW-months" in text
    assert text.index("MEGAWATTS ARE MISSED") < text.index("Status")
    assert ("div", "banner missed") in {(tag, a.get("class")) for tag, a in reader.tags}
    assert "Missed by: demand" in reader.texts["ramp"]
    good = read("chain")
    assert "MISSED" not in good.texts["headline"]
    assert "Every milestone is met" in good.texts["headline"]


def test_costs_are_the_plans_and_add_up():
    plan, reader = edge("chain"), read("chain")
    *rows, total = reader.rows("Cost terms")
    terms = {row["term"]: row for row in plan.tables["costs"]}
    for row in rows:
        assert value(row[2]) == pytest.approx(terms[row[0]]["amount"], abs=0.5)
        assert value(row[3]) == pytest.approx(terms[row[0]]["present_cost"], abs=0.5)
    assert {row[0] for row in rows} == {t for t, row in terms.items() if row["amount"]}
    assert total[0] == "total"
    assert value(total[3]) == pytest.approx(
        sum(row["present_cost"] for row in terms.values()), abs=0.5
    )


def test_orders_are_the_plans():
    plan, reader = edge("chain"), read("chain")
    orders, rows = plan.tables["orders"], reader.rows("Orders by date")
    assert len(rows) == len(orders) > 1
    keys = (
        "order",
        "supplier",
        "item",
        "firm",
        "quantity",
        "order_from",
        "order_date",
        "latest_order_date",
        "slack_days",
        "arrival_date",
        "unit_price",
        "price",
        "order_cost",
    )
    by_name = {row["order"]: row for row in orders}
    for row in rows:
        for cell, key in zip(row, keys, strict=False):
            expected = by_name[row[0]][key]
            if isinstance(expected, float | int):
                assert value(cell) == pytest.approx(expected, abs=0.5)
            else:
                assert cell == ("" if expected is None else str(expected))
    dates = [row[6] for row in rows]
    assert dates == sorted(dates)


def test_what_is_done_is_told_by_day():
    """The chain of 14 days of commissioning and 28 each before, worked back from its milestones.

    The plant is the one that has a rate, so it alone has windows.
    """
    reader = read("chain")
    done = [("2026-06-16", "2026-06-30", "3"), ("2026-09-16", "2026-09-30", "2")]
    installs = reader.rows("Installs: in service on the day after commissioning")
    assert [(row[0], row[5], row[4]) for row in installs] == done
    moves = reader.rows("Assembly and shipments")
    assert [(row[0], row[2], row[3]) for row in moves if row[3] == "assembly"] == [
        ("2026-04-21", "2026-05-19", "assembly"),
        ("2026-07-22", "2026-08-19", "assembly"),
    ]
    windows = reader.rows("Clock")
    assert [(row[0], row[2], row[3], row[5]) for row in windows] == [
        ("2026-04-21", "assembly", "plant", "3 unit"),
        ("2026-07-22", "assembly", "plant", "2 unit"),
    ]
    # The window begins on the day after the one for the period before: 31 May less 70 days.
    assert windows[0][1] == "2026-03-23"
    assert "signed later, the rate no longer covers all of it" in reader.texts["days"]


def test_ramp_and_sites_are_the_plans():
    plan, reader = edge("chain"), read("chain")
    ramp = {str(row["period_end"]): row for row in plan.tables["ramp"]}
    for row in reader.rows("In service against committed"):
        assert value(row[3]) == pytest.approx(ramp[row[0]]["required_mw"], abs=0.05)
        assert value(row[4]) == pytest.approx(ramp[row[0]]["in_service_mw"], abs=0.05)
    assert reader.rows("IT power in service by site") == [["site", "5.00"], ["total", "5.00"]]


def test_assumptions_are_counted_with_their_cells():
    plan, reader = edge("400 sites"), read("400 sites")
    counted = {row[0]: row[1:] for row in reader.rows("Rows on an assumption")}
    assert counted["sites"] == ["401", "400"]
    assert counted["total"][1] == "400"
    (row,) = reader.rows("Assumptions, rows")
    cells = [one.cells["source"] for one in plan.inputs.tables["sites"] if one["source"]]
    assert row[:3] == ["sites", "400", f"{cells[0]}:{cells[-1]}"]
    assert row[3].startswith("site 0; site 1;")
    assert row[3].endswith("and 388 more")
    assert row[4] == "assumption: made up"


def test_runs_of_cells_are_ranges():
    rows = [Row("halls", {}, {"source": cell}, frozenset()) for cell in ("F9", "F2", "F3", "F10")]
    assert cells_of(rows) == "F2:F3, F9:F10"


def test_what_is_not_proven_or_not_checked_is_a_warning():
    plan = edge("chain")
    assert not any("proof" in text or "NOT" in text for text in warnings(plan))
    stopped = replace(
        plan, summary={**plan.summary, "status": "time limit", "verified": False, "gap": None}
    )
    found = warnings(stopped)
    assert "time limit" in found[0]
    assert "not known" in found[0]
    assert "NOT passed" in found[1]
    reader = Reader(page(stopped))
    assert "NOT PASSED" in reader.texts["headline"]


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (1234567.8, "money", "1,234,568"),
        (0.0004, "mw", "0.0004"),
        (-0.0, "mw", "0.00"),
        (1e-9, "mw", "0.00"),
        (0.5, "share", "50.0%"),
        (7.0, "mixed", "7"),
        (7.25, "mixed", "7.25"),
        (None, "mw", ""),
        (2.5e9, "mixed", "2,500,000,000"),
        ("x", "mw", "x"),
    ],
)
def test_numbers_as_people_read_them(number, kind, text):
    assert shown(number, kind) == text


# ------------------------------------------------------------------ texts stay texts


@pytest.mark.parametrize("name", EDGES)
def test_nothing_of_a_workbook_becomes_code(name):
    reader = read(name)
    for tag, attrs in reader.tags:
        assert not {key for key in attrs if key.startswith(("on", "style", "src", "xlink"))}, tag
        assert attrs.get("href", "#").startswith("#")
        assert not attrs.get("http-equiv") or attrs["http-equiv"] == "Content-Security-Policy"
    tags = [tag for tag, _ in reader.tags]
    assert (tags.count("script"), tags.count("style")) == (1, 1)
    assert reader.raw["script"] == SCRIPT
    assert reader.raw["style"] == style()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_shown_as_it_is(text):
    plan = edge("hostile names")
    assert text in "".join(read("hostile names").texts.values())
    other = replace(
        plan,
        name=text,
        summary={**plan.summary, "notes": [text], "currency": text, "status": text, "plan": text},
        manifest={text: text, "created": text},
    )
    whole = page(other)
    reader = Reader(whole)
    assert {tag for tag, _ in reader.tags} <= TAGS
    assert reader.raw == {"script": SCRIPT, "style": style()}
    assert text in reader.texts["notes"]
    assert text in reader.texts["manifest"]
    assert text in reader.texts["headline"]


def test_nothing_points_outside():
    for name in EDGES:
        for tag, attrs in read(name).tags:
            if tag != "meta":
                outside = [
                    key
                    for key, text in attrs.items()
                    if text and "//" in text and key not in ("data-v", "aria-label")
                ]
                assert not outside, (tag, attrs)
    assert "url(" not in style()
    assert "@import" not in style()
    assert not re.search(
        r"fetch|XMLHttp|import|eval|innerHTML|document\.write|cookie|Storage", SCRIPT
    )


def test_the_policy_lets_only_this_style_and_this_script_pass():
    reader = read("hostile names")
    (found,) = [a["content"] for tag, a in reader.tags if a.get("http-equiv")]
    parts = dict(part.strip().split(" ", 1) for part in found.split(";"))
    assert parts["default-src"] == "'none'"
    for kind in ("script", "style"):
        digest = base64.b64encode(hashlib.sha256(reader.raw[kind].encode()).digest()).decode()
        assert parts[f"{kind}-src"] == f"'sha256-{digest}'"
    assert parts["base-uri"] == parts["form-action"] == "'none'"
    tags = [tag for tag, _ in reader.tags]
    metas = [attrs for tag, attrs in reader.tags if tag == "meta"]
    assert tags.index("meta") < tags.index("style")
    assert metas[1].get("http-equiv"), "the policy comes before all that it governs"


def test_mark_up_is_made_of_escaped_texts_alone():
    assert element("p", "<b>", Markup("<i></i>"), None, ["a", 1]) == "<p>&lt;b&gt;<i></i>a1</p>"
    assert element("p", title='"x"', class_="a", hidden=True, id=None) == (
        '<p title="&quot;x&quot;" class="a" hidden></p>'
    )
    assert "\x00" not in escape("a\x00b\x1b[2J\u202e")
    assert join(["<", Markup("<")], "&") == "&lt;&<"
    for attributes in (
        {"onclick": "x"},
        {"style": "x"},
        {"src": "x"},
        {"href": "javascript:x"},
        {"href": "//x"},
    ):
        with pytest.raises(ValueError, match="no place in a report"):
            element("a", **attributes)
    with pytest.raises(ValueError, match="no coordinate"):
        element("rect", x=float("nan"))


def test_a_table_keeps_the_whole_number_for_sorting():
    columns = [Column("name", "Name"), Column("mw", "MW", "MW", "mw")]
    text = table(
        DataTable("t", columns, [{"name": "a", "mw": 1234.5678}, {"name": "b", "mw": 2.0}])
    )
    assert '<td class="n" data-v="1234.5678">1,234.57</td>' in text
    assert html.unescape(text).count("data-v") == 2


# ------------------------------------------------------------------ looks


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *((ink, ground) for ink in ("ink", "muted", "accent") for ground in ("ground", "panel")),
        ("bad", "ground"),
        ("bad", "bad-ground"),
        ("ink", "bad-ground"),
        ("ink", "warn-ground"),
        ("warn", "ground"),
        ("on-strong", "strong-bad"),
        ("on-strong", "strong-good"),
    ],
)
def test_texts_stand_out_from_their_ground(colours, ink, ground):
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_series_stand_out_from_the_ground(colours):
    names = [*(f"s{n}" for n in range(10)), "bad", "ink"]
    assert all(contrast(colours[name], colours["ground"]) >= 3 for name in names)
    assert len({colours[name] for name in names}) == len(names)


def test_the_style_is_for_dark_screens_narrow_screens_and_paper():
    text = style()
    assert "@media screen and (prefers-color-scheme:dark)" in text
    assert "@media print" in text
    assert "max-width:700px" in text
    used = set(re.findall(r"var\(--([\w-]+)\)", text))
    assert used <= set(LIGHT) == set(DARK)


def test_the_same_plan_gives_the_same_file(tmp_path):
    for n in (1, 2):
        write_page(edge("chain"), tmp_path / f"{n}.html")
    assert (tmp_path / "1.html").read_bytes() == (tmp_path / "2.html").read_bytes()
