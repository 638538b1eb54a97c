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
            Column("customer", TEXT, "Customer to whom it was made.", example="OpenAI"),
            Column(
                "basis",
                CHOICE,
                "Which megawatts count: those of the systems, of all IT, or of the facility.",
                required=True,
                choices=BASES,
                example="it",
            ),
            Column(
                "priority",
                WHOLE,
                "1 is served first; a larger number never at the expense of a smaller one.",
                default=1,
                low=1,
                high=99,
                example="1",
            ),
            money(
                "late_cost",
                "Cost of each megawatt missed, per month.",
                "money per MW-month",
                "555000",
            ),
            money(
                "price",
                "Revenue of each megawatt served, per month; reported, but not part of the cost.",
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
        unless="workloads",
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
                "Day by which they must be in service.",
                required=True,
                example="2026-12-31",
            ),
            Column(
                "mw",
                NUMBER,
                "Total megawatts in service by then, on the basis of the commitment.",
                unit="MW",
                required=True,
                low=0.0,
                example="250",
            ),
            source(),
        ),
        required=True,
        unless="workloads",
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
                "Cost of serving one megawatt from there for a month.",
                "money per MW-month",
                "1200",
            ),
            Column("allowed", FLAG, "Whether the site may serve it.", default=True, example="yes"),
            source(),
        ),
    ),
    Table(
        "budget",
        "Total money that may be spent up to a date.",
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
                "Limit of all money spent up to then, without late cost.",
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
        "Systems that are installed in a hall at the start.",
        ("hall", "system"),
        (
            identifier(
                "hall", "Hall class where they are.", ("halls.hall",), example="Oklahoma City A"
            ),
            identifier("system", "System.", ("systems.system",), example="CS-3"),
            Column(
                "count",
                WHOLE,
                "Number of systems.",
                unit="systems",
                required=True,
                low=0,
                example="120",
            ),
            Column(
                "commitment",
                TEXT,
                "The only commitment that they may serve, and from which they "
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
                "Day on which it was placed; if that is before the plan's start, or blank, it is "
                "paid and has used its capacity already.",
                example="2025-11-03",
            ),
            source(),
        ),
    ),
)
