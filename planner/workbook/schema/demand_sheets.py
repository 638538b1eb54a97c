"""Sheets of demand, and of facts at the start: commitments, milestones, fleet, placed orders."""

from __future__ import annotations

from planner.workbook.schema.column_kinds import (
    BASES,
    CHOICE,
    DATE,
    FLAG,
    LIST,
    NUMBER,
    TEXT,
    WHOLE,
    identifier,
    money,
    source,
)
from planner.workbook.schema.declarations import Column, Table

DEMAND_TABLES = (
    Table(
        "commitments",
        "Megawatts promised to a customer.",
        ("commitment",),
        (
            identifier("commitment", "Name of the commitment.", example="OpenAI"),
            Column("customer", TEXT, "To whom it is made.", example="OpenAI"),
            Column(
                "basis",
                CHOICE,
                "Which megawatts count: of the systems, of all IT, of the facility.",
                required=True,
                choices=BASES,
                example="it",
            ),
            Column(
                "priority",
                WHOLE,
                "1 is served first; a larger number never at the cost of a smaller one.",
                default=1,
                low=1,
                high=99,
                example="1",
            ),
            money(
                "late_cost",
                "Cost of each megawatt missed, by month.",
                "money per MW-month",
                "555000",
            ),
            money(
                "price",
                "Revenue of each megawatt served, by month; reported, not in the cost.",
                "money per MW-month",
                "555000",
            ),
            Column(
                "countries",
                LIST,
                "Countries that may serve it, separated by commas; blank: all.",
                example="US, CA",
            ),
            Column(
                "systems",
                LIST,
                "Systems that may serve it, separated by commas, a name with a "
                "comma in double quotes; blank: all.",
                refers_to=("systems.system",),
                example="CS-3, CS-4",
            ),
            Column(
                "may_fall",
                FLAG,
                "Whether a milestone may be lower than the one before it; from "
                "its date on only the lower megawatts are due.",
                default=False,
                example="no",
            ),
            source(),
        ),
        required=True,
    ),
    Table(
        "milestones",
        "Megawatts of a commitment due on a date.",
        ("commitment", "date"),
        (
            identifier(
                "commitment",
                "Commitment that it belongs to.",
                ("commitments.commitment",),
                example="OpenAI",
            ),
            Column(
                "date",
                DATE,
                "Day by which they are in service.",
                required=True,
                example="2026-12-31",
            ),
            Column(
                "mw",
                NUMBER,
                "Megawatts in all by then, on the commitment's basis.",
                unit="MW",
                required=True,
                low=0.0,
                example="250",
            ),
            source(),
        ),
        required=True,
    ),
    Table(
        "service",
        "Which site may serve which commitment, and at what cost.",
        ("commitment", "site"),
        (
            identifier("commitment", "Commitment.", ("commitments.commitment",), example="OpenAI"),
            identifier("site", "Site.", ("sites.site",), example="Oklahoma City"),
            money(
                "cost",
                "Cost of serving a megawatt for a month from there.",
                "money per MW-month",
                "1200",
            ),
            Column("allowed", FLAG, "Whether the site may serve it.", default=True, example="yes"),
            source(),
        ),
    ),
    Table(
        "budget",
        "Money that may be spent up to a date, in all.",
        ("date",),
        (
            Column(
                "date",
                DATE,
                "Day up to which spending counts.",
                required=True,
                example="2026-12-31",
            ),
            Column(
                "cumulative",
                NUMBER,
                "Most money spent up to then, without late cost.",
                unit="money",
                required=True,
                low=0.0,
                example="6000000000",
            ),
            source(),
        ),
    ),
    Table(
        "fleet",
        "Systems that stand in a hall at the start.",
        ("hall", "system"),
        (
            identifier(
                "hall", "Hall class they stand in.", ("halls.hall",), example="Oklahoma City A"
            ),
            identifier("system", "System.", ("systems.system",), example="CS-3"),
            Column(
                "count", WHOLE, "How many.", unit="systems", required=True, low=0, example="120"
            ),
            Column(
                "commitment",
                TEXT,
                "The only commitment they may serve, and from which they "
                "cannot be taken; blank: any.",
                refers_to=("commitments.commitment",),
                example="OpenAI",
            ),
            source(),
        ),
    ),
    Table(
        "orders",
        "An order already placed.",
        ("order",),
        (
            identifier("order", "Order number.", example="PO-1001"),
            identifier("supplier", "Supplier.", ("supply.supplier",), example="TSMC"),
            identifier("item", "Item.", ("supply.item",), example="wafer"),
            Column(
                "quantity",
                NUMBER,
                "Units ordered; the supplier's yield applies on arrival.",
                unit="units",
                required=True,
                above=0.0,
                example="500",
            ),
            Column(
                "arrives",
                DATE,
                "Day of arrival at the supplier's dock.",
                required=True,
                example="2026-03-02",
            ),
            Column(
                "placed",
                DATE,
                "Day it was placed; before the plan's start, or blank, it is paid "
                "and has used its capacity already.",
                example="2025-11-03",
            ),
            source(),
        ),
    ),
)
