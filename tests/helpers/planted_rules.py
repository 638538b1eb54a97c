"""Faults planted against each rule across cells, and against the shape of a sheet."""

from __future__ import annotations

import random
from datetime import date, datetime

from planted import Book, Plant, Planted

from planner.workbook.files.cell_names import letters
from planner.workbook.schema.declarations import Kind
from planner.workbook.schema.sheets import BY_NAME, TABLES

REFERENCES = [
    (table.name, column) for table in TABLES for column in table.columns if column.refers_to
]


def a_double_key(book: Book, chance: random.Random) -> Planted | None:
    sheet = chance.choice([sheet for sheet in book.grids if sheet != "settings"])
    row = chance.choice(book.rows(sheet))
    key = BY_NAME[sheet].key
    new = book.copy(sheet, row)
    names, cells = " and ".join(key), " and ".join(book.where(sheet, row, name) for name in key)
    verb = "is" if len(key) == 1 else "are"
    return Planted(book.where(sheet, new, key[0]), f"{names} {verb} the same as in {cells}")


def a_twin_name(book: Book, chance: random.Random) -> Planted | None:
    """A name in capitals beside itself, or with one more space."""
    sheet, column = chance.choice([("sites", "site"), ("halls", "hall"), ("systems", "system")])
    name = str(book.get(sheet, chance.choice(book.rows(sheet)), column))
    twin = chance.choice(
        [name.swapcase(), name.replace(" ", "  ") if " " in name else name.swapcase()]
    )
    new = book.copy(sheet, 1, **{column: twin})
    return Planted(book.where(sheet, new, column), "differs only by case or spaces")


def an_unknown_reference(book: Book, chance: random.Random) -> Planted | None:
    places = [
        (sheet, row, column)
        for sheet, column in REFERENCES
        if column.name in (book.names(sheet) if sheet in book.grids else ())
        for row in book.rows(sheet)
        if book.get(sheet, row, column.name) is not None
    ]
    sheet, row, column = chance.choice(places)
    name = str(book.get(sheet, row, column.name))
    if column.kind is Kind.LIST:
        wrong = f"{name}, nowhere to be found"
    else:
        wrong = chance.choice([f"{name}x", name.swapcase(), "nowhere to be found", "NA"])
    return Planted(book.set(sheet, row, column.name, wrong), "this name is not in")


def an_end_before_the_start(book: Book, chance: random.Random) -> Planted | None:
    end = chance.choice([date(2020, 1, 1), "2025-12-31", datetime(2024, 2, 29)])
    return Planted(book.setting("end", end), "the plan ends before it starts on")


def an_end_on_the_start(book: Book, chance: random.Random) -> Planted | None:
    row = book.find("settings", "setting", "start")
    assert row is not None
    return Planted(
        book.setting("end", book.get("settings", row, "value")),
        "the plan ends on the day it starts",
    )


def an_endless_plan(book: Book, chance: random.Random) -> Planted | None:
    return Planted(
        book.setting("end", chance.choice(["2999-12-31", date(9999, 12, 31)])),
        "the plan has more than 1200 periods",
    )


def a_start_within_a_month(book: Book, chance: random.Random) -> Planted | None:
    if book.name == "frontier-sites":
        book.setting("period", "quarter")
        return Planted(
            book.setting("start", "2026-09-07"), "a plan by quarter must start on the first"
        )
    return Planted(book.setting("start", date(2026, 1, chance.randint(2, 28))), "a plan by month")


def a_today_after_the_end(book: Book, chance: random.Random) -> Planted | None:
    return Planted(book.setting("today", date(2040, 1, 1)), "today is after the plan's end")


def a_window_that_ends_first(book: Book, chance: random.Random) -> Planted | None:
    row = chance.choice(book.rows("systems"))
    book.set("systems", row, "available_from", "2026-05-01")
    return Planted(
        book.set("systems", row, "available_to", date(2026, 4, 30)),
        "it is before available_from, 2026-05-01",
    )


def a_place_of_two_kinds(book: Book, chance: random.Random) -> Planted | None:
    row = chance.choice(book.rows("sites"))
    book.add("depots", depot=book.get("sites", row, "site"))
    return Planted(book.where("sites", row, "site"), "has a depot of the same name")


def too_many_halls_open(book: Book, chance: random.Random) -> Planted | None:
    row = chance.choice(book.rows("halls"))
    return Planted(book.set("halls", row, "open_count", 9999), "there are only")


def _fleet_in_a_hall(book: Book, chance: random.Random) -> tuple[int, int] | None:
    """Return a row of the fleet and of the hall that it stands in."""
    if not book.rows("fleet"):
        return None
    row = chance.choice(book.rows("fleet"))
    hall = book.find("halls", "hall", book.get("fleet", row, "hall"))
    assert hall is not None
    return row, hall


def a_fleet_over_the_power_of_its_hall(book: Book, chance: random.Random) -> Planted | None:
    found = _fleet_in_a_hall(book, chance)
    if found is None:
        return None
    book.set("halls", found[1], "slots", None)
    book.set("fleet", found[0], "count", 10**6)
    return Planted(
        book.where("halls", found[1], "open_count"), "MW of IT power, but its open halls"
    )


def a_fleet_over_the_slots_of_its_hall(book: Book, chance: random.Random) -> Planted | None:
    found = _fleet_in_a_hall(book, chance)
    if found is None or not book.get("fleet", found[0], "count"):
        return None
    for row in book.rows("systems"):
        book.set("systems", row, "slots", 1)
    for row in book.rows("halls"):
        book.set("halls", row, "slots", None)
    book.set("halls", found[1], "slots", 0.5)
    return Planted(book.where("halls", found[1], "open_count"), "slots, but its open halls have")


def a_fleet_over_the_coolant_of_its_hall(book: Book, chance: random.Random) -> Planted | None:
    found = _fleet_in_a_hall(book, chance)
    if found is None or not book.get("fleet", found[0], "count"):
        return None
    for row in book.rows("systems"):
        book.set("systems", row, "coolant_lpm", 92)
    book.set("halls", found[1], "coolant_lpm", 50)
    return Planted(
        book.where("halls", found[1], "open_count"), "l/min of coolant, but its open halls"
    )


def a_pue_left_out(book: Book, chance: random.Random) -> Planted | None:
    row = chance.choice(book.rows("sites"))
    book.set("sites", row, "energy_price", 60)
    return Planted(book.set("sites", row, "pue", None), "pue is required")


def a_coolant_flow_left_out(book: Book, chance: random.Random) -> Planted | None:
    for row in book.rows("systems"):
        book.set("systems", row, "coolant_lpm", 1)
    book.set("halls", 1, "coolant_lpm", 10**9)
    return Planted(
        book.set("systems", chance.choice(book.rows("systems")), "coolant_lpm", None),
        "coolant_lpm is required, because hall",
    )


def a_system_that_nobody_sells(book: Book, chance: random.Random) -> Planted | None:
    if not book.rows("supply"):
        return None
    new = book.add("systems", system="prototype", power_kw=10, coolant_lpm=0)
    return Planted(book.where("systems", new, "system"), "no supplier sells it and no plant")


def a_plant_without_bill_of_materials(book: Book, chance: random.Random) -> Planted | None:
    if not book.rows("supply"):
        return None
    book.add("systems", system="prototype", power_kw=10, coolant_lpm=0)
    new = book.add("plants", plant="workshop", system="prototype", units_per_month=1, lead_days=1)
    return Planted(book.where("plants", new, "system"), "has no bill of materials")


def an_item_that_nothing_needs(book: Book, chance: random.Random) -> Planted | None:
    if not book.rows("supply"):
        return None
    new = book.copy("supply", chance.choice(book.rows("supply")), item="a spare part")
    return Planted(book.where("supply", new, "item"), "it is neither a system nor in any bill")


def an_order_of_what_is_not_sold(book: Book, chance: random.Random) -> Planted | None:
    if not book.rows("orders"):
        return None
    row = chance.choice(book.rows("orders"))
    sellers = {book.get("supply", r, "supplier") for r in book.rows("supply")}
    item = book.get("orders", row, "item")
    sells = {
        book.get("supply", r, "supplier")
        for r in book.rows("supply")
        if book.get("supply", r, "item") == item
    }
    book.set("orders", row, "supplier", min(map(str, sellers - sells)))
    return Planted(book.where("orders", row, "item"), "does not sell it")


def an_order_that_arrives_too_soon(book: Book, chance: random.Random) -> Planted | None:
    if not book.rows("orders"):
        return None
    row = chance.choice(book.rows("orders"))
    book.set("orders", row, "placed", date(2026, 3, 2))
    return Planted(book.set("orders", row, "arrives", date(2026, 3, 1)), "before it was placed")


def a_share_of_no_capacity(book: Book, chance: random.Random) -> Planted | None:
    if not book.rows("supply"):
        return None
    limited = {book.get("supply_capacity", r, "supplier") for r in book.rows("supply_capacity")}
    free = [r for r in book.rows("supply") if book.get("supply", r, "supplier") not in limited]
    row = chance.choice(free or [*book.rows("supply")])
    book.set("supply", row, "take_or_pay_share", 0.5)
    if free:
        return Planted(
            book.where("supply", row, "take_or_pay_share"),
            "this is a share of the supplier's capacity",
        )
    return Planted(book.set("supply", row, "capacity_use", 0), "the use of capacity must be")


def a_lane_that_leads_back(book: Book, chance: random.Random) -> Planted | None:
    site = book.get("sites", chance.choice(book.rows("sites")), "site")
    new = book.add("lanes", **{"from": site, "to": site, "transit_days": 1})
    return Planted(book.where("lanes", new, "to"), "the lane leads back to where it starts")


def megawatts_that_shrink(book: Book, chance: random.Random) -> Planted | None:
    row = chance.choice(book.rows("milestones"))
    day = book.get("milestones", row, "date")
    assert isinstance(day, datetime | date)
    new = book.copy("milestones", row, date=date(day.year, day.month, day.day - 1), mw=4999)
    planted = Planted(book.where("milestones", row, "mw"), "though megawatts are cumulative")
    # Other milestones after the new one would be less than it too.
    name = book.get("milestones", row, "commitment")
    for other in book.rows("milestones"):
        if other not in (row, new) and book.get("milestones", other, "commitment") == name:
            later = str(book.get("milestones", other, "date")) > str(day)
            book.set("milestones", other, "mw", 5000 if later else 0)
    return planted


def a_milestone_after_the_end(book: Book, chance: random.Random) -> Planted | None:
    name = book.get("commitments", chance.choice(book.rows("commitments")), "commitment")
    new = book.add("milestones", commitment=name, date=date(2050, 1, 1), mw=5000)
    return Planted(book.where("milestones", new, "date"), "it is after the plan's end")


def a_commitment_without_milestone(book: Book, chance: random.Random) -> Planted | None:
    new = book.add("commitments", commitment="somebody", basis="it")
    return Planted(book.where("commitments", new, "commitment"), "it has no milestone")


def a_country_without_site(book: Book, chance: random.Random) -> Planted | None:
    row = chance.choice(book.rows("commitments"))
    return Planted(book.set("commitments", row, "countries", "Atlantis"), "no site is in this")


def a_budget_that_shrinks(book: Book, chance: random.Random) -> Planted | None:
    book.add("budget", date="2027-01-01", cumulative=9e9)
    new = book.add("budget", date="2027-06-30", cumulative=chance.uniform(1, 8e9))
    return Planted(book.where("budget", new, "cumulative"), "though the budget is cumulative")


def a_group_without_power_stated(book: Book, chance: random.Random) -> Planted | None:
    for node in ("A", "B"):
        new = book.add("power", node=f"new feeder {node}", group="new pair")
    book.add("energisation", node="new feeder A", mw=5, **{"from": "2026-01-01"})
    return Planted(book.where("power", new, "node"), "has no power in energisation")


def a_group_of_one(book: Book, chance: random.Random) -> Planted | None:
    new = book.add("power", node="new feeder", group="alone")
    book.add("energisation", node="new feeder", mw=5, **{"from": "2026-01-01"})
    return Planted(book.where("power", new, "group"), "alone has only one member")


def _change(book: Book, **cells: object) -> int:
    change = {"change": "new", "key": "*", "operation": "set", "value": 1}
    return book.add("changes", **(change | cells))


def a_change_of_no_sheet(book: Book, chance: random.Random) -> Planted | None:
    sheet = chance.choice(["hals", "scenarios", "changes", "NA"])
    new = _change(book, sheet=sheet, column="count")
    return Planted(book.where("changes", new, "sheet"), "there is no such sheet to change")


def a_change_of_no_column(book: Book, chance: random.Random) -> Planted | None:
    new = _change(book, sheet="halls", column="it_kw")
    return Planted(book.where("changes", new, "column"), "halls has no such column")


def a_change_of_no_setting(book: Book, chance: random.Random) -> Planted | None:
    new = _change(book, sheet="settings", key="ende", column="value")
    return Planted(book.where("changes", new, "key"), "there is no such setting")


def a_double_setting(book: Book, chance: random.Random) -> Planted | None:
    new = book.copy("settings", chance.choice(book.rows("settings")))
    return Planted(book.where("settings", new, "setting"), "this setting is in settings!A")


def an_unknown_setting(book: Book, chance: random.Random) -> Planted | None:
    new = book.add("settings", setting=chance.choice(["horizon", "solver", "end date"]), value=1)
    return Planted(
        book.where("settings", new, "setting"), "this is not one of the choices for setting"
    )


def a_missing_sheet(book: Book, chance: random.Random) -> Planted | None:
    sheet = chance.choice([table.name for table in TABLES if table.required])
    del book.grids[sheet]
    return Planted(sheet, "this required sheet is missing")


def an_empty_sheet(book: Book, chance: random.Random) -> Planted | None:
    sheet = chance.choice(
        [table.name for table in TABLES if table.required and table.name != "settings"]
    )
    del book.grids[sheet][1:]
    return Planted(sheet, "this required sheet has no rows")


def a_misspelled_sheet(book: Book, chance: random.Random) -> Planted | None:
    sheet = chance.choice([*book.grids])
    wrong = f"{sheet}_2"
    book.grids[wrong] = book.grids.pop(sheet)
    return Planted(wrong, "the planner has no sheet of this name")


def two_sheets_of_a_name(book: Book, chance: random.Random) -> Planted | None:
    title = chance.choice([*book.grids]).title()
    book.grids[title] = [[]]
    return Planted(title, "there are two sheets named")


def a_missing_column(book: Book, chance: random.Random) -> Planted | None:
    sheet, column = chance.choice(
        [
            (sheet, column.name)
            for sheet in book.grids
            for column in BY_NAME[sheet].columns
            if column.required
        ]
    )
    at = book.at(sheet, column)
    for row in book.grids[sheet]:
        del row[at]
    return Planted(f"{sheet}!1:1", f"the required column {column} is missing")


def _heading(book: Book, chance: random.Random) -> tuple[str, int]:
    sheet = chance.choice([*book.grids])
    required = {column.name for column in BY_NAME[sheet].columns if column.required}
    names = [name for name in book.names(sheet) if name not in required]
    return sheet, book.at(sheet, chance.choice(names))


def an_unknown_column(book: Book, chance: random.Random) -> Planted | None:
    sheet, at = _heading(book, chance)
    book.grids[sheet][0][at] = chance.choice(["remarks", "power", "#REF!", "it mw max", "n/a"])
    error = book.grids[sheet][0][at] == "#REF!"
    rule = "spreadsheet error" if error else "there is no such column"
    return Planted(f"{sheet}!{letters(at + 1)}1", rule)


def a_double_column(book: Book, chance: random.Random) -> Planted | None:
    sheet, at = _heading(book, chance)
    name = book.grids[sheet][0][at]
    width = len(book.grids[sheet][0])
    for number, row in enumerate(book.grids[sheet]):
        row.extend([None] * (width - len(row)))
        row.append(str(name).upper() if number == 0 else row[at])
    where = f"{sheet}!{letters(width + 1)}1"
    return Planted(where, f"this column is in {letters(at + 1)}1 already")


def a_unit_of_another_kind(book: Book, chance: random.Random) -> Planted | None:
    sheet, column = chance.choice(
        [
            (sheet, column)
            for sheet in book.grids
            for column in BY_NAME[sheet].columns
            if column.kind in (Kind.NUMBER, Kind.WHOLE) and column.name in book.names(sheet)
        ]
    )
    unit = chance.choice(["kg", "m2", "furlongs", "°F"])
    at = book.at(sheet, column.name)
    if chance.random() < 0.5:
        book.grids[sheet][0][at] = f"{column.name} [{unit}]"
        return Planted(f"{sheet}!{letters(at + 1)}1", f"{column.name} is in ")
    book.grids[sheet].insert(
        1, [unit if place == at else None for place in range(len(book.grids[sheet][0]))]
    )
    return Planted(f"{sheet}!{letters(at + 1)}2", f"{column.name} is in ")


def data_above_the_header(book: Book, chance: random.Random) -> Planted | None:
    sheet = chance.choice(["milestones", "halls", "systems"])
    row = [*book.grids[sheet][1]]
    row[0] = f"{row[0]} before"
    book.grids[sheet].insert(0, row)
    return Planted(f"{sheet}!A1", "this row looks like data, but is above the header")


def a_sheet_without_header(book: Book, chance: random.Random) -> Planted | None:
    sheet = chance.choice(["milestones", "halls", "systems"])
    del book.grids[sheet][0]
    return Planted(f"{sheet}!A1", "there is no row of column names")


RULE_PLANTS: tuple[Plant, ...] = (
    a_double_key,
    a_twin_name,
    an_unknown_reference,
    an_end_before_the_start,
    an_end_on_the_start,
    an_endless_plan,
    a_start_within_a_month,
    a_today_after_the_end,
    a_window_that_ends_first,
    a_place_of_two_kinds,
    too_many_halls_open,
    a_fleet_over_the_power_of_its_hall,
    a_fleet_over_the_slots_of_its_hall,
    a_fleet_over_the_coolant_of_its_hall,
    a_pue_left_out,
    a_coolant_flow_left_out,
    a_system_that_nobody_sells,
    a_plant_without_bill_of_materials,
    an_item_that_nothing_needs,
    an_order_of_what_is_not_sold,
    an_order_that_arrives_too_soon,
    a_share_of_no_capacity,
    a_lane_that_leads_back,
    megawatts_that_shrink,
    a_milestone_after_the_end,
    a_commitment_without_milestone,
    a_country_without_site,
    a_budget_that_shrinks,
    a_group_without_power_stated,
    a_group_of_one,
    a_change_of_no_sheet,
    a_change_of_no_column,
    a_change_of_no_setting,
    a_double_setting,
    an_unknown_setting,
)
SHAPE_PLANTS: tuple[Plant, ...] = (
    a_missing_sheet,
    an_empty_sheet,
    a_misspelled_sheet,
    two_sheets_of_a_name,
    a_missing_column,
    an_unknown_column,
    a_double_column,
    a_unit_of_another_kind,
    data_above_the_header,
    a_sheet_without_header,
)
