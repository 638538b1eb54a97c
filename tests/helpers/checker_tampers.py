"""What the checker must refuse: correct plans with one figure altered, and workbooks with one.

A tamper of a plan is refused by the rule that it names, among others perhaps. A tamper of the
workbook, made one unit, one day or one cent stricter or dearer, is refused by its rules alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime

from checker_cases import Q2, W1, W2, WEEK
from checker_full import APR, FEB, FULL_SPEND, JAN, MAR, MAY
from checker_token_tampers import TOKEN_TAMPERS

from planner.checker.tables import KEYS
from planner.plan.result_rows import Tables
from planner.plan.tables import COLUMNS

Edit = Callable[[Tables], None]


def change(name: str, key: tuple[object, ...], **values: object) -> Edit:
    """Set values in the row of that key."""

    def edit(tables: Tables) -> None:
        matches = [row for row in tables[name] if tuple(row[c] for c in KEYS[name]) == key]
        assert len(matches) == 1, (name, key)
        assert any(matches[0].get(column) != value for column, value in values.items())
        matches[0].update(values)

    return edit


def add(name: str, *values: object) -> Edit:
    """Add a row."""
    return lambda tables: tables[name].append(dict(zip(COLUMNS[name], values, strict=True)))


def drop(name: str, key: tuple[object, ...]) -> Edit:
    """Leave out the row of that key."""

    def edit(tables: Tables) -> None:
        kept = [row for row in tables[name] if tuple(row[c] for c in KEYS[name]) != key]
        assert len(kept) == len(tables[name]) - 1, (name, key)
        tables[name] = kept

    return edit


def move(name: str, key: tuple[object, ...], **values: object) -> Edit:
    """Change a row's own key."""
    return change(name, key, **values)


def both(*edits: Edit) -> Edit:
    """Make several edits."""

    def edit(tables: Tables) -> None:
        for single in edits:
            single(tables)

    return edit


def reverse(name: str) -> Edit:
    """Turn a table upside down."""
    return lambda tables: tables[name].reverse()


def first_of(term: str, edit: Callable[[dict[str, object]], None]) -> Edit:
    """Edit the first amount of a term."""
    return lambda tables: edit(next(row for row in tables["spend"] if row["term"] == term))


def spent_twice(term: str) -> list[tuple[str, str, Edit]]:
    """Return a term with a cent more in a period, in another period, and left out."""

    def dearer(row: dict[str, object]) -> None:
        row["amount"] = float(str(row["amount"])) + 0.01

    def later(row: dict[str, object]) -> None:
        row["present_cost"] = float(str(row["present_cost"])) - 0.01

    def left_out(tables: Tables) -> None:
        tables["spend"].remove(next(row for row in tables["spend"] if row["term"] == term))

    rule = f"{term}_cost"
    return [
        (rule, "full", first_of(term, dearer)),
        (rule, "full", first_of(term, later)),
        (rule, "full", left_out),
    ]


ORDERED, SENT, STARTED = date(2026, 2, 10), date(2026, 2, 3), date(2026, 3, 5)
SUNDAY, NEXT_SUNDAY = date(2026, 1, 11), date(2026, 1, 18)
FAB_CLOCK = ("order", "Fab", None, None, ORDERED)
EAST_CLOCK = ("install", "East", None, None, MAR)
A_MAR, A_APR = ("A", "CS", MAR), ("A", "CS", APR)
PO_1 = ("PO-1",)
N_1 = ("N-1",)
N_1_PEG, PO_1_PEG = ("N-1", "A", "CS", APR), ("PO-1", "A", "CS", MAR)
PRESENT_COST = ("present_cost",)

FORM = [
    ("columns", "full", lambda tables: tables.pop("stock")),
    ("columns", "full", lambda tables: tables.update(gossip=[])),
    ("columns", "full", lambda tables: tables["ramp"][0].pop("basis")),
    ("columns", "full", change("ramp", ("Gold", JAN), served_mw=1)),
    ("values", "full", change("ramp", ("Gold", JAN), missed_mw=math.nan)),
    ("values", "full", change("stock", ("Fab", "wafer", JAN), quantity=math.inf)),
    ("values", "full", change("ramp", ("Gold", JAN), required_mw=None)),
    ("values", "full", change("ramp", ("Gold", JAN), required_mw="0.06")),
    ("values", "full", change("fleet", A_MAR, installed=True)),
    ("values", "full", change("ramp", ("Gold", JAN), period_end=datetime(2026, 1, 31))),
    ("values", "full", change("stock", ("Fab", "wafer", JAN), period=None)),
    ("values", "full", change("stock", ("Fab", "wafer", JAN), place="")),
    ("known_periods", "full", move("stock", ("Fab", "wafer", JAN), period=JAN.replace(day=2))),
    ("known_periods", "full", move("ramp", ("Gold", JAN), period=JAN.replace(month=6))),
    ("known_periods", "full", change("orders", N_1, period=None)),
    ("known_names", "full", change("orders", N_1, firm="maybe")),
    ("known_names", "full", change("orders", N_1, supplier="Maker")),
    ("known_names", "full", move("production", ("Asm", "CS", STARTED), system="Old")),
    ("known_names", "full", move("shipments", ("Asm", "East", "CS", APR), to="Nowhere")),
    ("known_names", "full", move("shipments", ("Asm", "East", "CS", APR), item="brick")),
    ("known_names", "full", move("stock", ("Fab", "wafer", JAN), place="*")),
    ("known_names", "full", move("installs", A_MAR, hall="C")),
    ("known_names", "full", move("installs", A_MAR, system="GPU")),
    ("known_names", "full", change("fleet", A_MAR, site="West")),
    ("known_names", "full", add("power", "Attic", JAN, 0, None, None)),
    ("known_names", "full", move("service", ("Gold", "B", "CS", JAN), commitment="Tin")),
    ("known_names", "full", move("spend", (JAN, "orders"), term="gifts")),
    ("single_rows", "full", add("stock", "Fab", "wafer", JAN, JAN, 1)),
    ("known_periods", "full", change("installs", A_MAR, period=FEB)),
    ("known_periods", "full", change("stock", ("East", "CS", APR), date=MAY)),
    (
        "single_rows",
        "full",
        lambda tables: tables["orders"].append({**tables["orders"][-1], "order": "N-2"}),
    ),
    ("single_rows", "full", lambda tables: tables["tiers"].append(dict(tables["tiers"][0]))),
    ("complete_tables", "full", drop("power", ("Spare", FEB))),
    ("complete_tables", "full", drop("ramp", ("Silver", JAN))),
    ("complete_tables", "full", drop("fleet", ("A", "CS", JAN))),
    (
        "complete_tables",
        "full",
        lambda tables: tables.update(
            fleet=[row for row in tables["fleet"] if row["system"] != "Old"]
        ),
    ),
    (
        "complete_tables",
        "full",
        lambda tables: tables.update(
            fleet=[row for row in tables["fleet"] if (row["hall"], row["system"]) != ("B", "CS")]
        ),
    ),
    ("complete_tables", "plain", drop("costs", ("openings",))),
    ("no_negative_figures", "full", change("ramp", ("Gold", JAN), missed_mw=-0.01)),
    ("no_negative_figures", "full", change("stock", ("Fab", "wafer", JAN), quantity=-1)),
]


def shifted(name: str, key: tuple[object, ...], column: str, day: date) -> Edit:
    """Move a row to another day, and to the month of it."""
    return change(name, key, **{column: day, "period": day.replace(day=1)})


EARLY = JAN.replace(day=2)
A_FEB = ("A", FEB)

SUPPLY = [
    ("release_fence", "full", shifted("orders", N_1, "order_date", EARLY)),
    (
        "release_fence",
        "full",
        add("installs", "West", "B", "Old", JAN, EARLY, 0, 1, None, None, None),
    ),
    (
        "release_fence",
        "full",
        add("installs", "East", "A", "CS", JAN, EARLY, 1, 0, None, None, None),
    ),
    ("release_fence", "full", add("production", "Asm", "CS", JAN, EARLY, JAN.replace(day=12), 1)),
    ("release_fence", "full", add("shipments", "Fab", "Asm", "wafer", JAN, EARLY, EARLY, 1)),
    ("release_fence", "full", shifted("openings", A_FEB, "date", EARLY)),
    ("nothing_flows_without_supply", "plain", add("stock", "*", "CS", Q2, Q2, 1)),
    ("firm_orders", "full", change("orders", PO_1, quantity=3)),
    ("firm_orders", "dear", change("orders", PO_1, quantity=3000001)),
    ("firm_orders", "full", change("orders", PO_1, item="Old")),
    ("firm_orders", "full", change("orders", PO_1, period=None)),
    ("firm_orders", "full", change("orders", PO_1, order_date=JAN.replace(day=11))),
    ("firm_orders", "full", change("orders", PO_1, order_from=JAN)),
    ("firm_orders", "full", change("orders", PO_1, arrival_date=FEB)),
    ("firm_orders", "full", drop("orders", ("PO-2",))),
    ("firm_orders", "full", move("orders", PO_1, order="PO-9")),
    ("firm_orders", "full", change("orders", N_1, firm="yes")),
    ("planned_order_dates", "full", change("orders", N_1, order_from=JAN.replace(day=14))),
    ("planned_order_dates", "full", change("orders", N_1, order_from=None)),
    ("planned_order_dates", "full", change("orders", N_1, arrival_date=MAR.replace(day=3))),
    ("planned_order_dates", "dear", change("orders", N_1, order_from=JAN)),
    ("order_slack", "full", change("orders", N_1, slack_days=4)),
    ("order_slack", "full", change("orders", N_1, slack_days=2)),
    ("order_slack", "full", change("orders", N_1, slack_days=None)),
    (
        "order_slack",
        "full",
        change("orders", N_1, latest_order_date=JAN.replace(day=14), slack_days=-1),
    ),
    # One system is worked on for 3 of the 31 days of 12, until the 18th, after 7 of assembly.
    (
        "order_slack",
        "dear",
        change("orders", N_1, latest_order_date=JAN.replace(day=10), slack_days=5),
    ),
    ("order_prices", "full", change("orders", N_1, unit_price=10.01)),
    ("order_prices", "full", change("orders", N_1, price=80.01)),
    ("order_prices", "full", change("orders", N_1, order_cost=7.01)),
    ("order_prices", "dear", change("orders", N_1, unit_price=4999999.01)),
    ("order_prices", "dear", change("orders", N_1, price=9999998.01)),
    ("order_prices", "dear", change("orders", N_1, order_cost=9000000.01)),
    ("order_prices", "full", change("orders", PO_1, order_cost=0)),
    ("order_prices", "full", change("orders", ("PO-2",), price=0)),
    ("whole_lots", "full", change("orders", N_1, quantity=9)),
    ("minimum_order", "full", change("orders", N_1, quantity=4)),
    ("minimum_order", "full", change("orders", N_1, quantity=1)),
    ("supply_window", "full", shifted("orders", N_1, "order_date", JAN.replace(day=14))),
    ("plant_window", "full", shifted("production", ("Asm", "CS", STARTED), "start_date", FEB)),
    (
        "finish_dates",
        "full",
        change("production", ("Asm", "CS", STARTED), finish_date=MAR.replace(day=16)),
    ),
    ("lane_exists", "full", add("shipments", "Depot", "East", "wafer", MAR, MAR, MAR, 1)),
    (
        "shipment_arrival",
        "full",
        change("shipments", ("Fab", "Depot", "wafer", SENT), arrival_date=SENT),
    ),
    ("stock_balance", "full", change("stock", ("East", "CS", APR), quantity=0.5)),
    ("stock_balance", "full", change("stock", ("East", "CS", APR), quantity=2)),
    ("stock_balance", "full", drop("stock", ("East", "CS", APR))),
    ("stock_balance", "full", move("stock", ("East", "CS", APR), place="Asm")),
    ("stock_balance", "full", change("production", ("Asm", "CS", STARTED), quantity=1)),
    ("stock_balance", "full", change("installs", A_APR, installed=2)),
    ("stock_balance", "pooled", change("stock", ("*", "CS", NEXT_SUNDAY), quantity=1.01)),
    ("stock_covers_use", "full", change("production", ("Asm", "CS", STARTED), quantity=3)),
    ("stock_covers_use", "full", change("shipments", ("Maker", "East", "CS", MAR), quantity=3)),
    ("stock_covers_use", "full", change("installs", A_MAR, installed=3)),
    (
        "stock_covers_use",
        "full",
        change("shipments", ("Fab", "Asm", "wafer", STARTED), departure_date=MAR),
    ),
    (
        "stock_covers_use",
        "pooled",
        change("installs", ("A", "CS", NEXT_SUNDAY), date=date(2026, 1, 16)),
    ),
    ("storage", "full", both(change("shipments", ("Fab", "Depot", "wafer", SENT), quantity=3))),
    (
        "storage",
        "full",
        both(
            change("installs", A_APR, installed=0), change("stock", ("East", "CS", APR), quantity=2)
        ),
    ),
]

RATES = [
    ("windows_follow", "full", change("clock", FAB_CLOCK, window_from=JAN)),
    ("windows_follow", "full", change("clock", EAST_CLOCK, window_from=FEB.replace(day=28))),
    ("windows_follow", "full", drop("clock", EAST_CLOCK)),
    ("windows_follow", "full", change("clock", FAB_CLOCK, window_from=FEB.replace(day=11))),
    ("windows_follow", "full", add("clock", "order", "Nobody", None, None, FEB, FEB, 0)),
    ("windows_follow", "full", add("clock", "order", "Maker", None, None, FEB, FEB, 0)),
    ("windows_follow", "full", add("clock", "dance", "Fab", None, None, FEB, FEB, 0)),
    ("windows_follow", "full", add("clock", "ship", "Fab", "Asm", None, FEB, FEB, 0)),
    ("windows_follow", "full", add("clock", "install", "West", None, None, FEB, FEB, 5)),
    (
        "windows_follow",
        "full",  # ends before it begins
        change("clock", ("start", "Asm", None, "CS", SENT), window_from=FEB.replace(day=4)),
    ),
    (
        "windows_follow",
        "full",  # overlaps with the one before
        change("clock", ("start", "Asm", None, "CS", STARTED), window_from=SENT),
    ),
    (
        "windows_follow",
        "full",  # leaves a day out
        change("clock", ("start", "Asm", None, "CS", STARTED), window_from=FEB.replace(day=5)),
    ),
    ("work_by_a_stated_day", "full", drop("clock", FAB_CLOCK)),
    ("work_by_a_stated_day", "dear", drop("clock", ("ship", "Maker", "Asm", None, SUNDAY))),
    (
        "work_by_a_stated_day",
        "full",
        change("production", ("Asm", "CS", STARTED), start_date=MAR.replace(day=4)),
    ),
    (
        "work_by_a_stated_day",
        "dear",
        change("installs", ("A", "CS", NEXT_SUNDAY), date=date(2026, 1, 17)),
    ),
    (
        "nothing_new_inside_a_window",
        "full",  # before wafers can be ordered
        change("clock", FAB_CLOCK, window_from=JAN.replace(day=12)),
    ),
    (
        "nothing_new_inside_a_window",
        "full",  # carried from before systems are on sale
        change(
            "clock",
            ("install", "East", None, None, FEB.replace(day=19)),
            window_from=FEB.replace(day=14),
        ),
    ),
    (
        "nothing_new_inside_a_window",
        "full",
        both(  # a placed order arrives, a feeder is energised
            drop("clock", ("install", "East", None, None, FEB.replace(day=19))),
            change(
                "clock",
                ("install", "East", None, None, FEB.replace(day=28)),
                window_from=FEB.replace(day=15),
            ),
        ),
    ),
    (
        "nothing_new_inside_a_window",
        "full",
        both(  # the hall opens
            drop("clock", EAST_CLOCK),
            change("clock", ("install", "East", None, None, FEB.replace(day=28)), date=MAR),
        ),
    ),
    (
        "nothing_new_inside_a_window",
        "full",
        both(  # wafers that are ordered now arrive
            drop("clock", ("start", "Asm", None, "CS", SENT)),
            change("clock", ("start", "Asm", None, "CS", STARTED), window_from=FEB.replace(day=2)),
        ),
    ),
    ("supplier_capacity", "full", change("orders", N_1, quantity=12)),
    ("supplier_capacity", "full", change("clock", FAB_CLOCK, carried=0.7)),
    ("supplier_capacity", "full", change("clock", FAB_CLOCK, carried=16.1)),
    ("supplier_capacity", "pooled", change("orders", N_1, quantity=2.7)),
    ("supplier_capacity", "full", change("clock", FAB_CLOCK, window_from=JAN.replace(day=18))),
    ("plant_capacity", "dear", change("production", ("Asm", "CS", SUNDAY), quantity=3)),
    ("plant_capacity", "full", change("production", ("Asm", "CS", STARTED), quantity=3)),
    ("lane_capacity", "full", change("shipments", ("Fab", "Depot", "wafer", SENT), quantity=3)),
    ("lane_capacity", "dear", change("shipments", ("Asm", "East", "CS", NEXT_SUNDAY), quantity=3)),
    ("crews", "full", change("installs", A_MAR, installed=3)),
    ("crews", "full", change("clock", EAST_CLOCK, carried=0.4)),
    (
        "crews",
        "full",
        change("clock", ("install", "East", None, None, date(2026, 2, 28)), carried=1.1),
    ),
    ("crews", "dear", change("installs", ("A", "CS", NEXT_SUNDAY), installed=3)),
]

SITES = [
    ("whole_systems", "full", change("installs", A_MAR, installed=1.5)),
    ("whole_systems", "full", change("installs", ("B", "Old", APR), removed=0.5)),
    ("whole_halls", "full", change("halls", ("A", FEB), decided=0.5)),
    ("whole_halls", "pooled", change("halls", ("A", W1), opened=0.5)),
    ("system_window", "full", shifted("installs", A_MAR, "date", FEB.replace(day=14))),
    ("system_window", "full", change("installs", A_APR, date=APR.replace(day=2))),
    (
        "system_window",
        "full",
        add("installs", "West", "B", "Old", MAY, MAY, 1, 0, None, None, None),
    ),
    ("fleet_balance", "full", change("fleet", A_APR, installed=4)),
    ("fleet_balance", "full", change("fleet", ("A", "CS", MAY), installed=2)),
    ("fleet_balance", "full", change("installs", A_APR, installed=0)),
    ("fleet_balance", "full", shifted("installs", ("B", "Old", APR), "date", MAR)),
    ("fleet_balance", "full", change("installs", ("B", "Old", APR), removed=4)),
    ("fleet_in_service", "full", change("fleet", A_APR, in_service=3)),
    ("fleet_in_service", "full", change("fleet", A_MAR, in_service=2)),
    ("fleet_in_service", "full", change("fleet", A_APR, in_service=1)),
    ("fleet_in_service", "full", change("installs", ("B", "Old", APR), removed=4)),
    (
        "fleet_in_service",
        "full",
        both(  # on the day of its installation
            change("installs", A_APR, removed=1), change("fleet", A_APR, installed=2)
        ),
    ),
    ("dedicated_fleet_stays", "full", change("fleet", ("B", "CS", MAY), in_service=1)),
    ("dedicated_fleet_stays", "dear", change("fleet", ("A", "CS", W1), in_service=0)),
    ("hall_ready", "full", shifted("openings", A_FEB, "date", JAN.replace(day=31))),
    ("hall_ready", "full", change("openings", A_FEB, opens=MAR.replace(day=2))),
    ("halls_opened", "full", change("openings", A_FEB, count=2)),
    ("halls_opened", "full", change("halls", ("A", MAR), opened=1)),
    ("halls_opened", "full", change("halls", ("A", APR), opened=1)),
    ("halls_opened", "full", drop("halls", ("B", MAY))),
    ("halls_opened", "full", change("halls", ("A", MAR), decided=0)),
    ("hall_count", "full", change("halls", ("A", MAY), opened=3)),
    ("hall_power", "full", change("installs", A_MAR, installed=3)),
    ("hall_power", "full", shifted("openings", A_FEB, "date", FEB.replace(day=2))),
    ("hall_slots", "full", change("installs", A_MAR, installed=3)),
    ("hall_coolant", "full", change("installs", A_MAR, installed=3)),
    ("node_load", "full", change("power", ("Grid", MAR), load_mw=0.199)),
    ("node_load", "full", change("power", ("Grid", MAR), load_mw=0.197)),
    ("node_load", "full", change("fleet", A_MAR, installed=1)),
    ("node_headroom", "full", change("power", ("FeedA", MAR), headroom_mw=0.111)),
    ("node_headroom", "full", change("power", ("FeedA", MAR), headroom_mw=0.109)),
    ("node_headroom", "full", change("power", ("FeedA", FEB), energised_mw=0)),
    ("node_headroom", "full", change("power", ("FeedA", MAR), energised_mw=None)),
    ("node_headroom", "full", change("power", ("Grid", MAR), energised_mw=1)),
    ("node_limit", "full", add("installs", "West", "B", "CS", MAR, MAR, 1, 0, None, None, None)),
    ("node_limit", "full", shifted("installs", A_MAR, "date", FEB.replace(day=19))),
    ("failover_groups", "full", change("installs", A_APR, installed=2)),
]

SERVICE = [
    ("service_allowed", "full", add("service", "Gold", "East", "A", "CS", APR, 0.01)),
    ("service_allowed", "full", add("service", "Gold", "West", "B", "Old", APR, 0.01)),
    ("service_allowed", "full", add("service", "Silver", "West", "B", "Old", APR, 0.01)),
    ("service_capacity", "full", change("service", ("Silver", "A", "CS", MAY), mw=0.18)),
    ("service_capacity", "full", change("service", ("Bronze", "B", "Old", APR), mw=0.03)),
    ("service_capacity", "full", add("service", "Bronze", "East", "A", "CS", MAY, 0.02)),
    (
        "dedicated_fleet_serves",
        "full",
        both(
            drop("service", ("Gold", "B", "CS", APR)),
            add("service", "Bronze", "West", "B", "CS", APR, 0.02),
        ),
    ),
    ("service_capacity", "full", add("service", "Silver", "East", "A", "CS", MAR, 0.045)),
    (
        "dedicated_fleet_serves",
        "dear",
        both(
            change("service", ("Gold", "A", "CS", W2), mw=0.01),
            change("service", ("Iron", "A", "CS", W2), mw=0.03),
        ),
    ),
    (
        "dedicated_fleet_serves",
        "dear",
        both(
            drop("service", ("Gold", "A", "CS", W2)), change("fleet", ("A", "CS", W2), in_service=1)
        ),
    ),
    ("ramp_labels", "full", change("ramp", ("Gold", JAN), basis="facility")),
    ("ramp_labels", "full", change("ramp", ("Gold", JAN), period_end=JAN.replace(day=30))),
    ("ramp_required", "full", change("ramp", ("Gold", MAR), required_mw=0.09)),
    ("ramp_required", "full", change("ramp", ("Bronze", JAN), required_mw=0)),
    ("ramp_required", "full", change("ramp", ("Silver", MAR), required_mw=0)),
    ("ramp_in_service", "full", change("ramp", ("Silver", APR), in_service_mw=0.045)),
    ("ramp_in_service", "full", drop("service", ("Gold", "B", "CS", JAN))),
    ("ramp_missed", "full", change("ramp", ("Gold", APR), missed_mw=0.02)),
    ("ramp_missed", "full", change("ramp", ("Silver", APR), missed_mw=0.01)),
    ("served_within_promise", "full", change("service", ("Silver", "A", "CS", MAY), mw=0.136)),
]

MONEY = [
    *(tamper for term in FULL_SPEND for tamper in spent_twice(term)),
    ("purchase_cost", "plain", change("spend", (Q2, "purchase"), amount=2000.01)),
    ("take_or_pay_cost", "pooled", add("spend", W1, "take_or_pay", 1000, 1000)),
    ("purchase_cost", "dear", change("spend", (W1, "purchase"), amount=9999998.01)),
    ("orders_cost", "dear", change("spend", (W1, "orders"), amount=8999999.99)),
    ("purchase_cost", "dear", change("spend", (W1, "purchase"), present_cost=9999998.01)),
    ("cost_totals", "dear", change("costs", ("purchase",), amount=9999998.01)),
    ("cost_totals", "dear", change("costs", ("purchase",), present_cost=9999998.01)),
    (
        "tier_present_cost",
        "dear",
        change("tiers", PRESENT_COST, value=9999998 + 9000000 + 100),
    ),
    ("tier_in_service", "dear", change("tiers", ("in_service_mw_months",), value=0.099 * WEEK)),
    ("tier_in_service", "dear", change("tiers", ("in_service_mw_months",), value=0.1)),
    ("openings_cost", "full", change("spend", (FEB, "openings"), present_cost=500)),
    ("cost_totals", "full", change("costs", ("purchase",), amount=2080.01)),
    ("cost_totals", "full", change("costs", ("late",), present_cost=0)),
    ("budget", "full", change("openings", ("A", FEB), count=3)),
    ("tier_order", "full", reverse("tiers")),
    ("tier_order", "full", lambda tables: tables["tiers"].clear()),
    ("tier_order", "full", drop("tiers", ("missed_mw_months_priority_2",))),
    ("tier_order", "full", drop("tiers", ("in_service_mw_months",))),
    ("tier_missed", "full", change("tiers", ("missed_mw_months_priority_1",), value=0.061)),
    ("tier_missed", "full", change("ramp", ("Bronze", MAY), missed_mw=0)),
    ("tier_missed", "plain", change("tiers", ("missed_mw_months_priority_1",), value=0.02)),
    ("tier_in_service", "full", change("tiers", ("in_service_mw_months",), value=0.656)),
    ("tier_present_cost", "plain", change("tiers", PRESENT_COST, value=2000)),
    ("tier_bounds", "full", change("tiers", ("missed_mw_months_priority_1",), bound=0.061)),
    ("tier_bounds", "full", change("tiers", ("in_service_mw_months",), bound=0.654)),
    ("tier_bounds", "plain", change("tiers", PRESENT_COST, bound=2001)),
]

PEGS = [
    ("known_pegs", "full", move("pegs", N_1_PEG, order="N-9")),
    ("known_pegs", "full", shifted("pegs", N_1_PEG, "date", MAY)),
    ("single_rows", "full", add("pegs", *N_1_PEG[:3], APR, APR, 1, 1, 0.03)),
    ("install_purpose", "full", change("installs", A_MAR, milestone=date(2026, 5, 31))),
    ("install_purpose", "full", change("installs", A_MAR, late="no")),
    ("install_purpose", "full", change("installs", A_APR, commitment="Bronze")),
    ("install_purpose", "full", change("installs", A_APR, milestone=None)),
    ("install_purpose", "full", change("installs", ("B", "Old", APR), commitment="Bronze")),
    ("pegged_units", "full", change("pegs", PO_1_PEG, quantity=2.1)),
    ("pegged_units", "full", change("pegs", PO_1_PEG, it_mw=0.05)),
    (
        "pegged_units",
        "full",
        both(
            shifted("pegs", N_1_PEG, "date", MAR),
            change("pegs", ("N-1", "A", "CS", MAR), systems=0.01),
        ),
    ),
    ("pegged_units", "full", change("orders", N_1, arrival_date=MAY)),
    ("pegged_installs", "full", change("pegs", PO_1_PEG, systems=1)),
    ("pegged_installs", "full", drop("pegs", N_1_PEG)),
    ("pegged_installs", "dear", drop("pegs", ("N-2", "A", "CS", NEXT_SUNDAY))),
    ("order_pegs", "full", change("orders", N_1, it_mw_blocked=0.06)),
    ("order_pegs", "full", change("orders", N_1, it_mw_blocked=None)),
    ("order_pegs", "full", change("orders", N_1, milestone_blocked="Silver 2026-04-15")),
    ("order_pegs", "full", change("orders", N_1, already_late="yes")),
    ("order_pegs", "full", change("orders", N_1, sites_fed="East; West")),
    ("order_pegs", "full", change("orders", N_1, sites_fed=None)),
    ("order_pegs", "full", change("orders", ("PO-3",), sites_fed="East")),
]

PLAN_TAMPERS = [*FORM, *SUPPLY, *RATES, *SITES, *SERVICE, *PEGS, *MONEY, *TOKEN_TAMPERS]
"""Rule, case and edit of its tables."""

WORKBOOK_TAMPERS = [
    (
        "release_fence windows_follow nothing_new_inside_a_window planned_order_dates",
        "settings",
        "release_fence_days",
        "value",
        32,
    ),
    ("whole_lots", "supply", "Fab", "lot", 3),
    ("minimum_order", "supply", "Fab", "min_order", 9),
    (
        "supply_window planned_order_dates nothing_new_inside_a_window take_or_pay_cost",
        "supply",
        "Fab",
        "available_from",
        "2026-02-11",
    ),
    ("supplier_capacity take_or_pay_cost", "supply", "Fab", "capacity_use", 2.1),
    (
        "plant_window nothing_new_inside_a_window plant_capacity",
        "plants",
        "Asm",
        "from",
        "2026-03-06",
    ),
    ("plant_capacity", "plants", "Asm", "units_per_month", 1.8),
    ("storage", "depots", "Depot", "storage", 1),
    ("storage", "sites", "East", "storage", 0),
    ("lane_capacity", "lanes", "Fab", "units_per_month", 2.5),
    ("stock_balance stock_covers_use pegged_units", "bom", "CS", "quantity", 3),
    ("stock_balance stock_covers_use", "supply", "Fab", "yield", 0.25),
    (
        "planned_order_dates stock_balance stock_covers_use nothing_new_inside_a_window",
        "supply",
        "Fab",
        "lead_days",
        30,
    ),
    (
        "finish_dates stock_balance stock_covers_use nothing_new_inside_a_window",
        "plants",
        "Asm",
        "lead_days",
        32,
    ),
    ("shipment_arrival stock_balance", "lanes", "Fab", "transit_days", 30),
    ("system_window", "systems", "CS", "available_from", "2026-03-02"),
    ("system_window", "systems", "CS", "available_to", "2026-03-31"),
    ("energy_cost lease_cost", "systems", "CS", "commission_days", 44),
    ("crews", "crews", "East", "systems_per_month", 30),
    ("hall_ready", "halls", "A", "ready", "2026-03-02"),
    ("hall_ready hall_power hall_slots hall_coolant", "halls", "A", "build_days", 29),
    ("hall_count", "halls", "A", "count", 1),
    ("hall_power", "halls", "A", "it_mw", 0.059),
    ("hall_slots", "halls", "A", "slots", 3),
    ("hall_coolant", "halls", "A", "coolant_lpm", 99),
    ("node_load node_limit", "halls", "A", "fed_by", "Spare"),
    ("node_headroom failover_groups", "energisation", "Spare", "mw", 0.099),
    ("node_headroom failover_groups", "energisation", "Sub", "mw", 0.099),
    ("failover_groups", "power", "Ring", "parent", "Sub"),
    ("node_headroom node_limit", "energisation", "FeedB", "mw", 0.107),
    ("service_allowed", "commitments", "Gold", "systems", "Old"),
    ("service_allowed", "commitments", "Silver", "countries", "CA"),
    ("service_allowed", "service", "Gold", "allowed", "no"),
    ("dedicated_fleet_serves", "fleet", "B", "commitment", "Silver"),
    ("ramp_labels", "commitments", "Bronze", "basis", "it"),
    ("ramp_required", "milestones", "Gold", "mw", 0.07),
    ("ramp_required", "milestones", "Gold", "date", "2026-03-31"),
    ("purchase_cost order_prices", "systems", "CS", "price", 1001),
    ("orders_cost order_prices", "supply", "Fab", "order_cost", 8),
    ("take_or_pay_cost", "supply", "Fab", "take_or_pay_share", 0.6),
    ("assembly_cost", "plants", "Asm", "cost", 30.01),
    ("freight_cost", "lanes", "Fab", "cost", 3.01),
    ("holding_cost", "depots", "Depot", "holding_cost", 0.51),
    ("openings_cost", "sites", "East", "opening_cost", 500.01),
    ("openings_cost halls_opened", "halls", "A", "open_count", 1),
    ("fit_out_cost", "halls", "A", "fit_out_cost", 100.01),
    ("lease_cost", "sites", "West", "lease", 40.1),
    ("energy_cost", "sites", "West", "energy_price", 5.01),
    ("service_cost", "service", "Gold", "cost", 50.2),
    ("late_cost", "commitments", "Gold", "late_cost", 1001),
    (
        "purchase_cost take_or_pay_cost orders_cost assembly_cost freight_cost holding_cost "
        "openings_cost fit_out_cost lease_cost energy_cost service_cost late_cost",
        "settings",
        "discount_rate",
        "value",
        0.11,
    ),
    ("budget", "budget", "2026-03-01", "cumulative", 4099.16),
    ("tier_missed tier_order", "commitments", "Bronze", "priority", 3),
    ("tier_order", "settings", "pace", "value", "just-in-time"),
]
"""Rules, sheet, first key of the row, column and new value; always of the case `full`."""

ROW_TAMPERS: list[tuple[str, str, list[tuple[object, ...]]]] = [
    # A window from 2 March to 1 April: a rate falls in it, a feeder carries more in it, and so do
    # one that can stand in for it and the substation above that.
    ("nothing_new_inside_a_window", "crews", [("East", "2026-03-10", 38)]),
    ("nothing_new_inside_a_window node_headroom", "energisation", [("FeedA", "2026-03-10", 0.3)]),
    ("nothing_new_inside_a_window node_headroom", "energisation", [("Spare", "2026-03-10", 0.2)]),
    ("nothing_new_inside_a_window node_headroom", "energisation", [("Sub", "2026-03-10", 0.2)]),
    # Nothing is done where the rate is nothing, not even with what is carried.
    ("crews", "crews", [("East", "2026-03-01", 0), ("East", "2026-03-02", 40)]),
    # More wafers a day from 15 February on are systems at East from 17 March on.
    (
        "nothing_new_inside_a_window take_or_pay_cost",
        "supply_capacity",
        [("Fab", "2026-02-15", 17)],
    ),
    (
        "nothing_new_inside_a_window firm_orders",
        "orders",
        [("PO-9", "Maker", "CS", 1, "2026-03-10", None)],
    ),
    # For two days less is energised than what stands draws, or than others can take over.
    ("node_limit", "energisation", [("FeedA", "2026-04-10", 0.1), ("FeedA", "2026-04-12", 0.2)]),
    ("node_limit", "energisation", [("FeedB", "2026-02-10", 0.1), ("FeedB", "2026-02-12", 0.108)]),
    (
        "failover_groups",
        "energisation",
        [("Ring", "2026-04-10", 0.03), ("Ring", "2026-04-12", 0.035)],
    ),
]
"""Rules, sheet and the rows that are added to it; always of the case `full`."""
