"""The sheet `settings`: the plan's first and last day, its periods, and how to solve it."""

from __future__ import annotations

from planner.workbook.schema.column_kinds import (
    ANY,
    CHOICE,
    DATE,
    NUMBER,
    TEXT,
    WHOLE,
    source,
)
from planner.workbook.schema.declarations import Column, Kind, Table
from planner.workbook.schema.periods import LENGTHS

SETTINGS = (
    Column(
        "plan",
        TEXT,
        "Name of the plan and of its output folder; blank: the workbook's name.",
        example="openai-750mw",
    ),
    Column(
        "start",
        DATE,
        "First day planned; for months and quarters the first of a month.",
        required=True,
        example="2026-01-01",
    ),
    Column(
        "end",
        DATE,
        "Last day planned; the period that contains it is planned in full.",
        required=True,
        example="2029-12-31",
    ),
    Column(
        "period",
        Kind.PERIODS,
        "Length of the planning periods. Other lengths may follow, each from a given day; the "
        "period before that day is cut short. Months and quarters start on the first of a month.",
        default="month",
        choices=LENGTHS,
        example="month; quarter from 2028-01-01",
    ),
    Column(
        "today",
        DATE,
        "The day of planning: no decision is dated before it. Blank: start.",
        example="2026-01-15",
    ),
    Column(
        "release_fence_days",
        WHOLE,
        "Days from today in which no new decision is made.",
        unit="days",
        default=0,
        low=0,
        high=3650,
        example="30",
    ),
    Column(
        "token_period",
        CHOICE,
        "Longest time over which the tokens of workloads are balanced once; shorter where a date "
        "of their sheets or a planning period begins.",
        default="quarter",
        choices=("quarter", "month"),
        example="quarter",
    ),
    Column(
        "currency",
        TEXT,
        "Currency of all amounts of money, in whole units.",
        default="USD",
        example="USD",
    ),
    Column(
        "discount_rate",
        NUMBER,
        "Annual rate at which later money is discounted.",
        unit="a year",
        default=0.0,
        low=0.0,
        high=1.0,
        example="0.08",
    ),
    Column(
        "pace",
        CHOICE,
        "Whether megawatts in service before their milestone are worth extra cost.",
        default="just-in-time",
        choices=("just-in-time", "as-early-as-possible"),
        example="just-in-time",
    ),
    Column(
        "counts",
        CHOICE,
        "Whether systems and lots are whole numbers; continuous is faster and shows fractions.",
        default="integer",
        choices=("integer", "continuous"),
        example="integer",
    ),
    Column(
        "gap",
        NUMBER,
        "Relative gap to the proven bound at which the solver may stop.",
        default=0.001,
        low=0.0,
        high=0.5,
        example="0.001",
    ),
    Column(
        "time_limit_s",
        NUMBER,
        "Time limit; then the best plan found so far is used.",
        unit="s",
        default=600.0,
        above=0.0,
        example="600",
    ),
    Column("threads", WHOLE, "Solver threads.", default=1, low=1, high=64, example="1"),
    Column(
        "locale",
        CHOICE,
        "Notation of numbers in texts: 1,234.5 (en), 1.234,5 (de), 1 234,5 (fr) or "
        "1'234.5 (ch); blank: only plain digits. It does not affect dates.",
        choices=("en", "de", "fr", "ch"),
        example="en",
    ),
)
"""The settings: each is a row of the sheet `settings`, declared like a column."""

SETTINGS_TABLES = (
    Table(
        "settings",
        "One setting of the plan.",
        ("setting",),
        (
            Column(
                "setting",
                CHOICE,
                "Name of the setting.",
                required=True,
                choices=tuple(setting.name for setting in SETTINGS),
                example="start",
            ),
            Column("value", ANY, "Its value; blank: its default.", example="2026-01-01"),
            source(),
        ),
        required=True,
    ),
)
