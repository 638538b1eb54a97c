"""Units and written numbers: what is converted, by how much, and what is refused."""

from __future__ import annotations

from fractions import Fraction

import pytest

from planner.workbook.schema.cell_contents import BadValueError
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.numbers import LOCALES, number_of
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import TABLES
from planner.workbook.schema.units import factor_to, multiplied, unit_of

NUMBERS = [
    (table.name, column)
    for table in TABLES
    for column in table.columns
    if column.kind in (Kind.NUMBER, Kind.WHOLE)
]


def column(place: str) -> Column:
    """Return a declared column."""
    sheet, name = place.split(".")
    return next(table for table in TABLES if table.name == sheet).column(name)


@pytest.mark.parametrize(
    ("place", "said", "factor"),
    [
        ("systems.power_kw", "W", Fraction(1, 1000)),
        ("systems.power_kw", "[kW]", 1),
        ("systems.power_kw", "KW", 1),
        ("systems.power_kw", "kW per system", 1),
        ("systems.power_kw", "MW", 1000),
        ("halls.it_mw", "kW", Fraction(1, 1000)),
        ("halls.it_mw", "megawatts", 1),
        ("halls.it_mw", "GW", 1000),
        ("halls.it_mw", "-", 1),
        ("systems.price", "k$", 1000),
        ("systems.price", "$k", 1000),
        ("systems.price", "kUSD", 1000),
        ("systems.price", "USD", 1),
        ("systems.price", "M$", 10**6),
        ("systems.price", "MM$", 10**6),
        ("systems.price", "USD million", 10**6),
        ("systems.price", "thousand", 1000),
        ("systems.price", "USD '000", 1000),
        ("systems.price", "$ per unit", 1),
        ("sites.energy_price", "$/MWh", 1),
        ("sites.energy_price", "$/kWh", 1000),
        ("sites.energy_price", "ct/kWh", 10),
        ("sites.energy_price", "USD per MWh", 1),
        ("commitments.late_cost", "$/MW-month", 1),
        ("commitments.late_cost", "$/kW-month", 1000),
        ("commitments.late_cost", "k$ per MW and year", Fraction(1000, 12)),
        ("depots.holding_cost", "$/unit/month", 1),
        ("depots.holding_cost", "USD per unit and year", Fraction(1, 12)),
        ("supply.lead_days", "weeks", 7),
        ("supply.lead_days", "calendar days", 1),
        ("systems.coolant_lpm", "l/s", 60),
        ("systems.coolant_lpm", "L/min", 1),
        ("systems.coolant_lpm", "lpm", 1),
        ("systems.coolant_lpm", "m³/h", Fraction(1000, 60)),
        ("systems.coolant_lpm", "gpm", Fraction("3.785411784")),
        ("plants.units_per_month", "systems per year", Fraction(1, 12)),
        ("plants.units_per_month", "units/month", 1),
        ("supply_capacity.units_per_month", "units/week", Fraction(1461, 48 * 7)),
        ("supply.yield", "%", Fraction(1, 100)),
        ("supply.yield", "share", 1),
        ("supply.min_order", "pcs", 1),
        ("supply.min_order", "thousand", 1000),
        ("sites.latitude", "°", 1),
        ("halls.slots", "slots", 1),
    ],
)
def test_what_a_unit_multiplies_by(place: str, said: str, factor: Fraction | int) -> None:
    assert factor_to(column(place), said, "USD") == factor


@pytest.mark.parametrize(
    ("place", "said", "rule"),
    [
        ("halls.it_mw", "l/min", "it_mw is in MW, but this unit cannot be converted to it"),
        ("halls.it_mw", "MWh", "it_mw is in MW, but this unit cannot be converted to it"),
        ("halls.it_mw", "MW/month", "it_mw is in MW, but this unit cannot be converted to it"),
        ("halls.it_mw", "mW", "it_mw is in MW, but the planner does not know this unit"),
        ("halls.it_mw", "MVA", "it_mw is in MW, but the planner does not know this unit"),
        ("halls.it_mw", "%", "it_mw is in MW, but this unit cannot be converted to it"),
        ("systems.price", "kEUR", "price is in money per system, but the plan's currency is USD"),
        ("systems.price", "€", "price is in money per system, but the plan's currency is USD"),
        (
            "systems.price",
            "$/month",
            "price is in money per system, but this unit cannot be converted to it",
        ),
        (
            "sites.energy_price",
            "$",
            "energy_price is in money per MWh, but this unit cannot be converted to it",
        ),
        (
            "supply.lead_days",
            "months",
            "lead_days is in days, but a month has no fixed number of days",
        ),
        (
            "supply.lead_days",
            "working days",
            "lead_days is in days, but the planner does not know this unit",
        ),
        (
            "supply.yield",
            "units",
            "yield is in shares of 1, but this unit cannot be converted to it",
        ),
        ("sites.pue", "%", "pue is in plain numbers, but this unit cannot be converted to it"),
        ("fleet.count", "halls", "count is in systems, but this unit cannot be converted to it"),
        (
            "fleet.count",
            "systems per month",
            "count is in systems, but this unit cannot be converted to it",
        ),
    ],
)
def test_a_unit_that_is_refused(place: str, said: str, rule: str) -> None:
    with pytest.raises(BadValueError) as caught:
        factor_to(column(place), said, "USD")
    assert caught.value.rule == rule
    assert caught.value.remedy


@pytest.mark.parametrize(("sheet", "declared"), NUMBERS, ids=lambda c: getattr(c, "name", c))
def test_every_declared_unit_is_its_own(sheet: str, declared: Column) -> None:
    assert factor_to(declared, declared.unit, "USD") == 1
    assert factor_to(declared, f"[{declared.unit}]", None) == 1
    assert not declared.unit or unit_of(declared.unit) is not None


def test_a_dollar_is_of_every_country_that_has_one() -> None:
    assert factor_to(column("systems.price"), "k$", "CAD") == 1000
    with pytest.raises(BadValueError, match="the plan's currency is EUR"):
        factor_to(column("systems.price"), "k$", "EUR")


def test_a_product_is_rounded_once() -> None:
    """34,600 W are the very number that 34.6 kW are."""
    assert multiplied(34600.0, Fraction(1, 1000)) == 34.6
    assert multiplied(0.062, Fraction(1000)) == 62.0


@pytest.mark.parametrize(
    ("locale", "text", "number"),
    [
        ("en", "1,234.5", 1234.5),
        ("en", "1,234", 1234),
        ("en", "-1,234,567", -1234567),
        ("en", "1234.5", 1234.5),
        ("en", ".5", 0.5),
        ("en", "1,23", None),
        ("en", "1.234,5", None),
        ("en", "1,234,5", None),
        ("en", "12,34,567", None),
        ("de", "1.234,5", 1234.5),
        ("de", "1.234", 1234),
        ("de", "1,5", 1.5),
        ("de", "1.5", None),
        ("de", "1 234,5", 1234.5),
        ("de", "1.234.567,25e2", 123456725),
        ("de", "1.234 567", None),
        ("fr", "1 234,5", 1234.5),
        ("fr", "0,5", 0.5),
        ("fr", "1.5", None),
        ("fr", "1.234,5", None),
        ("ch", "1'234.5", 1234.5),
        ("ch", "1’234", 1234),
        ("ch", "0.5", 0.5),
        ("ch", "1,5", None),
        (None, "1234.5", 1234.5),
        (None, "1.5e3", 1500),
        (None, "−5", -5),
        (None, "1,5", None),
        (None, "1 234", None),
        (None, "1'234", None),
        (None, "", None),
        (None, "e5", None),
        ("en", "", None),
        ("en", ".", None),
        ("en", "e5", None),
        ("en", "1,234.", 1234),
        ("fr", "−1 234", -1234),
    ],
)
def test_numbers_as_each_country_writes_them(
    locale: str | None, text: str, number: float | None
) -> None:
    assert number_of(text, locale) == number


def test_the_locales_are_those_of_the_setting() -> None:
    setting = next(setting for setting in SETTINGS if setting.name == "locale")
    assert setting.choices == tuple(LOCALES)
