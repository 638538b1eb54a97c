"""Headings that carry a unit: another unit is stated, and no column is renamed into its own."""

from __future__ import annotations

from datetime import date

import pytest
from typed_grids import faults_of, read

from planner.errors import InputFaults
from planner.whatif.applied_changes import apply
from planner.whatif.changes import what_if
from planner.workbook.files.raw_cells import RawSheet
from planner.workbook.reading import inputs_from_sheets
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import BY_NAME, TABLES
from planner.workbook.schema.unit_names import column_of_words, own_kind, unit_name
from planner.workbook.schema.units import factor_to

NOTES = "or begin its name with # to keep notes"
NUMBERS = [
    (table.name, column)
    for table in TABLES
    for column in table.columns
    if column.kind in (Kind.NUMBER, Kind.WHOLE)
]


@pytest.mark.parametrize(
    ("sheet", "name", "heading"),
    [
        ("supply", "lead_weeks", "lead_days [weeks]"),
        ("supply", "lead_time_weeks", "lead_days [weeks]"),
        ("plants", "lead_wks", "lead_days [wks]"),
        ("lanes", "transit_hours", "transit_days [hours]"),
        ("systems", "commission_weeks", "commission_days [weeks]"),
        ("crews", "systems_per_week", "systems_per_month [per week]"),
        ("crews", "systems_per_quarter", "systems_per_month [per quarter]"),
        ("crews", "weekly_systems", "systems_per_month [per week]"),
        ("supply_capacity", "units_per_day", "units_per_month [per day]"),
        ("halls", "it_kw", "it_mw [kW]"),
        ("halls", "mw_it", "it_mw [MW]"),
        ("halls", "build_weeks", "build_days [weeks]"),
        ("milestones", "gw", "mw [GW]"),
        ("energisation", "power_kw", "mw [kW]"),
        ("systems", "overhead_w", "overhead_kw [W]"),
        ("systems", "power_mw", "power_kw [MW]"),
        ("systems", "coolant_gpm", "coolant_lpm [gpm]"),
        ("systems", "price_k", "price [k]"),
        ("systems", "price_m", "price [USD m]"),
        ("systems", "price_usd", "price [USD]"),
        ("sites", "energy_price_kwh", "energy_price [USD per kWh]"),
        ("sites", "lease_per_kw_month", "lease [USD per kW-month]"),
        ("commitments", "late_cost_k", "late_cost [USD k per MW-month]"),
        ("budget", "cumulative_million", "cumulative [million]"),
        ("supply", "yield_pct", "yield [pct]"),
    ],
)
def test_a_name_with_another_unit_is_told_to_state_it(sheet: str, name: str, heading: str) -> None:
    found = unit_name(name, BY_NAME[sheet].columns, "USD")
    assert found is not None
    assert found.is_exact
    assert f"name it `{heading}`" in found.heading()
    assert "Rename" not in found.heading()
    column, _, unit = heading.rstrip("]").partition(" [")
    assert found.column.name == column
    assert factor_to(found.column, unit, "USD")


@pytest.mark.parametrize(
    ("sheet", "name", "remedy"),
    [
        (
            "halls",
            "build_months",
            "build_days is in days, but a month has no fixed number of days. Name it build_days "
            "and give days, or `build_days [weeks]` and give weeks",
        ),
        (
            "systems",
            "price_eur",
            "price, in EUR. Convert the column to USD, or correct currency in settings; then "
            "name it price or `price [EUR]`",
        ),
        (
            "systems",
            "commissioning_weeks",
            "Did you mean commission_days, in weeks? Then name it `commission_days [weeks]`",
        ),
        ("halls", "facility_power_mw", "Did you mean it_mw, in MW? Then name it `it_mw [MW]`"),
    ],
)
def test_a_name_that_needs_more_than_a_unit(sheet: str, name: str, remedy: str) -> None:
    found = unit_name(name, BY_NAME[sheet].columns, "USD")
    assert found is not None
    assert found.heading() == remedy


@pytest.mark.parametrize("name", ["zzz", "buildays", "po_no", "it_mva", "owner", "notes_2"])
def test_a_name_without_a_unit(name: str) -> None:
    assert unit_name(name, BY_NAME["halls"].columns, "USD") is None


@pytest.mark.parametrize(("sheet", "column"), NUMBERS, ids=lambda c: getattr(c, "name", c))
def test_no_column_is_taken_for_another_one(sheet: str, column: Column) -> None:
    """Of a name in its own unit the column itself is found, in a unit that changes nothing."""
    found = unit_name(column.name, BY_NAME[sheet].columns, "USD")
    if found is not None and found.is_exact:
        assert found.column is column
        assert factor_to(column, found.unit, "USD") == 1


def test_each_case_is_told_at_its_heading() -> None:
    supply: list[list[object]] = [["supplier", "item", "lead_weeks"], ["S", "unit", 26]]
    assert faults_of(supply=supply) == [
        "supply!C1 'lead_weeks': there is no such column. lead_days, in weeks: name it "
        f"`lead_days [weeks]`, {NOTES}"
    ]
    crews: list[list[object]] = [
        ["site", "from", "systems_per_week"],
        ["site", date(2026, 1, 1), 10],
    ]
    assert faults_of(crews=crews) == [
        "crews!C1 'systems_per_week': there is no such column. systems_per_month, per week: name "
        f"it `systems_per_month [per week]`, {NOTES}"
    ]
    lead = [["supplier", "item", "lead"], ["S", "unit", 26]]
    assert faults_of(supply=lead)[1] == (  # type: ignore[arg-type]
        "supply!C1 'lead': there is no such column. Did you mean lead_days, in days? Rename it, "
        f"{NOTES}"
    )


def test_the_remedy_is_read_as_it_was_meant() -> None:
    supply: list[list[object]] = [["supplier", "item", "lead_days [weeks]"], ["S", "unit", 26]]
    found = read(supply=supply)
    assert found.tables["supply"][0]["lead_days"] == 182
    assert (
        "supply!C1 'weeks': the numbers of lead_days are multiplied by 7 to convert them to days"
        in found.notes
    )


@pytest.mark.parametrize(
    ("sheet", "heading", "name", "factor"),
    [
        ("systems", "Power (kW)", "power_kw", 1),
        ("systems", "Power [W]", "power_kw", 0.001),
        ("systems", "Power, kW", "power_kw", 1),
        ("systems", "Overhead (kW)", "overhead_kw", 1),
        ("systems", "Overhead power [W]", "overhead_kw", 0.001),
        ("systems", "Coolant flow (l/min)", "coolant_lpm", 1),
        ("systems", "Commission (weeks)", "commission_days", 7),
        ("supply", "Lead (weeks)", "lead_days", 7),
        ("supply", "Lead time (days)", "lead_days", 1),
        ("supply", "Lead time in weeks", "lead_days", 7),
        ("halls", "IT power [MW]", "it_mw", 1),
        ("halls", "IT (kW)", "it_mw", 0.001),
        ("halls", "Build time (weeks)", "build_days", 7),
        ("milestones", "Power (MW)", "mw", 1),
        ("energisation", "Power [GW]", "mw", 1000),
        ("crews", "Systems (per month)", "systems_per_month", 1),
        ("plants", "Units [per week]", "units_per_month", 1461 / 48 / 7),
        ("lanes", "Transit (days)", "transit_days", 1),
    ],
)
def test_a_unit_in_brackets_tells_the_column(
    sheet: str, heading: str, name: str, factor: float
) -> None:
    """As the column's own name, with the unit that is stated."""
    text, unit = heading, ""
    for mark in ("(", "[", ", ", " in "):
        if mark in heading:
            text, _, unit = heading.rstrip(")]").partition(mark)
            break
    column = column_of_words(text, unit, BY_NAME[sheet].columns)
    assert column is not None
    assert column.name == name
    assert float(factor_to(column, unit, "USD")) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("sheet", "words", "unit"),
    [
        ("halls", "Power", "MW"),
        ("systems", "System power", "kW"),
        ("systems", "IT power", "kW"),
        ("systems", "Power", "hp"),
        ("systems", "Power", "days"),
        ("supply", "Delay", "weeks"),
        ("halls", "", "MW"),
    ],
)
def test_words_that_could_mean_another_column(sheet: str, words: str, unit: str) -> None:
    assert column_of_words(words, unit, BY_NAME[sheet].columns) is None


def test_headings_with_their_unit_in_a_workbook() -> None:
    systems: list[list[object]] = [
        ["System", "Power (kW)", "Overhead [W]", "Commission (weeks)"],
        ["unit", 1000, 0, 0],
    ]
    halls: list[list[object]] = [["Hall", "Site", "IT power [kW]"], ["hall", "site", 100_000]]
    found = read(systems=systems, halls=halls)
    row = found.tables["systems"][0]
    assert (row["power_kw"], row["overhead_kw"], row["commission_days"]) == (1000, 0, 0)
    assert row.where("power_kw") == "systems!B2"
    assert found.tables["halls"][0]["it_mw"] == 100
    assert [note for note in found.notes if "it_mw" in note] == [
        "halls!C1 'kW': the numbers of it_mw are divided by 1000 to convert them to MW"
    ]


def test_an_ambiguous_heading_names_the_nearest_column() -> None:
    systems: list[list[object]] = [["system", "IT power (kW)"], ["unit", 1000]]
    (fault,) = [text for text in faults_of(systems=systems) if "!B1" in text]
    assert "Did you mean power_kw, in kW? Then name it `power_kw [kW]`" in fault


def test_a_setting_and_a_change_state_no_unit() -> None:
    settings: list[list[object]] = [
        ["setting", "value"],
        ["start", "2026-01-01"],
        ["end", "2026-02-28"],
        ["release_fence_weeks", 4],
    ]
    assert faults_of(settings=settings) == [
        "settings!A4 'release_fence_weeks': this is not one of the choices for setting. Did you "
        "mean release_fence_days, in weeks? Name release_fence_days and give the value in days"
    ]
    changes: list[list[object]] = [
        ["change", "sheet", "key", "column", "operation", "value"],
        ["c", "halls", "*", "build_weeks", "set", 4],
    ]
    assert faults_of(changes=changes) == [
        "changes!D2 'build_weeks': halls has no such column. Did you mean build_days, in weeks? "
        "Name build_days and give the value in days"
    ]
    with pytest.raises(InputFaults, match="Name build_days and give the value in days"):
        apply(read(), what_if(read(), None, ["halls[*].build_weeks=4"]))


def test_every_sheet_is_still_known_by_its_own_headings() -> None:
    for table in TABLES:
        found = RawSheet(table.name, [[column.name for column in table.columns]])
        with pytest.raises(InputFaults) as caught:
            inputs_from_sheets("plan", [found])
        assert not [f for f in caught.value.faults if "no such column" in f.rule]
    assert {own_kind(setting) for setting in SETTINGS} >= {("time",), ("",)}
