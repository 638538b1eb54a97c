"""Sheets of what-ifs: scenarios, changes, draws and samples."""

from __future__ import annotations

from planner.workbook.schema.column_kinds import (
    ANY,
    CHOICE,
    NUMBER,
    TEXT,
    WHOLE,
    identifier,
    source,
)
from planner.workbook.schema.declarations import Column, Table

WHATIF_TABLES = (
    Table(
        "scenarios",
        "A named set of changes.",
        ("scenario", "change"),
        (
            identifier("scenario", "Name of the scenario.", example="feeder slips"),
            identifier(
                "change",
                "A change that is part of it.",
                ("changes.change",),
                example="feeder slips 90 days",
            ),
            Column(
                "probability",
                NUMBER,
                "Probability of the scenario, shown beside its results; no "
                "result is weighted by it.",
                low=0.0,
                high=1.0,
                example="0.2",
            ),
            source(),
        ),
    ),
    Table(
        "changes",
        "A named change to the inputs.",
        ("change", "sheet", "key", "column"),
        (
            identifier("change", "Name of the change.", example="feeder slips 90 days"),
            identifier("sheet", "Sheet that it changes.", example="energisation"),
            identifier(
                "key",
                "Key of the rows to change; parts separated by commas, * for any.",
                example="FDR-3,*",
            ),
            identifier("column", "Column that it changes.", example="from"),
            Column(
                "operation",
                CHOICE,
                "How the value is changed.",
                required=True,
                choices=("set", "scale", "add", "shift_days"),
                example="shift_days",
            ),
            Column(
                "value",
                ANY,
                "New value, factor, amount to add, or number of days.",
                required=True,
                example="90",
            ),
            source(),
        ),
    ),
    Table(
        "draws",
        "A quantity that a sweep draws at random, and one column that it changes.",
        ("draw", "sheet", "key", "column"),
        (
            identifier(
                "draw",
                "Name of the quantity; further rows of the same name change more "
                "columns by the same value.",
                example="TSMC allocation",
            ),
            identifier("sheet", "Sheet that it changes.", example="supply_capacity"),
            identifier(
                "key",
                "Key of the rows to change; parts separated by commas, * for any.",
                example="TSMC,*",
            ),
            identifier("column", "Column that it changes.", example="units_per_month"),
            Column(
                "operation",
                CHOICE,
                "How the value is changed.",
                required=True,
                choices=("set", "scale", "add", "shift_days"),
                example="scale",
            ),
            Column(
                "distribution",
                CHOICE,
                "Distribution; only in the first row of its name.",
                choices=("triangular", "uniform", "normal", "lognormal", "empirical"),
                example="triangular",
            ),
            Column(
                "low",
                NUMBER,
                "Smallest value; normal and lognormal are cut off there.",
                example="0.8",
            ),
            Column("mode", NUMBER, "Most likely value, for triangular.", example="1"),
            Column(
                "high",
                NUMBER,
                "Largest value; normal and lognormal are cut off there.",
                example="1.2",
            ),
            Column("mean", NUMBER, "Mean, for normal and lognormal.", example="1"),
            Column(
                "sd",
                NUMBER,
                "Standard deviation, for normal and lognormal.",
                above=0.0,
                example="0.1",
            ),
            Column(
                "sample",
                TEXT,
                "Sample from which empirical draws.",
                refers_to=("samples.sample",),
                example="announced dates",
            ),
            Column(
                "group", TEXT, "Quantities of one group move together.", example="Texas feeders"
            ),
            Column(
                "correlation",
                NUMBER,
                "How closely it moves with its group, from 0 (not at all) to 1 (exactly).",
                low=0.0,
                high=1.0,
                example="0.7",
            ),
            source(),
        ),
    ),
    Table(
        "samples",
        "An observation that an empirical draw may repeat.",
        ("sample", "number"),
        (
            identifier("sample", "Name of the sample.", example="announced dates"),
            Column(
                "number", WHOLE, "Number of the observation.", required=True, low=1, example="1"
            ),
            Column("value", NUMBER, "Observed value.", required=True, example="99"),
            source(),
        ),
    ),
)
