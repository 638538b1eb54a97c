"""Write the data dictionary of every sheet, column and setting, from their declarations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from planner.workbook.schema.declarations import Column, Table
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import TABLES
from planner.workbook.writing.descriptions import allowed_values, default_text, need_words

INTRODUCTION = """\
# Data dictionary

Contents of an input workbook, sheet by sheet. This page is made from the declarations in the code;
write it anew with `planner init --dictionary > inputs/README.md`. `planner init` writes a workbook
with all these sheets, and `planner check` reports every cell at fault.

## How a workbook is read

- Each sheet is one table with its column names in row 1, in any order and any case. There may be a
  title above the names, and a row of units below them. Cells in a column without a name are not
  read; there is a note on them.
- A unit may follow a column name, as in `power_kw [W]`, or be in the row below it. Another unit of
  the same dimension is converted, with a note; a unit of another dimension is an error.
  `Power (kW)` means `power_kw`. A name with another unit, such as `lead_weeks`, is an error: write
  `lead_days [weeks]`.
- A unit that a number format shows, e.g. 26 as `26 weeks`, counts like one in the heading. If it
  shows another currency than the plan's, there is a warning.
- Formulas must be calculated. A formula without a stored value is an error. So is a formula with
  the value 0, if the program that wrote the workbook leaves calculating to the spreadsheet.
- The sheets `README` (written by `planner init`) and `check` (in a marked copy) are for people and
  are ignored. Other sheets that are not listed here are ignored with a note.
- A column that is not listed is an error, which names the nearest known column. Begin its name with
  `#` to keep notes of your own.
- Blank is not zero. A blank cell means the default given here, or no value and no limit.
- Names must match exactly, except for white space around them. Two names that differ only by case
  or spaces are an error. `NA`, `None`, `007` and `#1` are names like any other.
- Numbers are number cells or texts in plain digits such as `1234.5`. With the setting `locale`,
  texts may also have thousands separators: `1,234.5` (en), `1.234,5` (de), `1 234,5` (fr),
  `1'234.5` (ch). A share may be written as `50 %`.
- Dates are date cells, or texts that name one day: `2026-12-31`, `31 July 2027`, `July 31, 2027`,
  `31.12.2026`. Ambiguous texts such as `03/04/2026` or `31.12.26` are refused.
- A list is one cell with words separated by commas. A name that contains a comma is in double
  quotes, as in keys of changes: `CS-4, "CS-3, rev B"`.
- A folder of CSV files (UTF-8, commas) with the sheets' names, e.g. `settings.csv`, is read the
  same way.
- Only the sheets marked as required are needed. Without `supply` a system is available at its
  price from `available_from` on; without `lanes` everything moves at once and free; without
  `power` and `crews` those limits are absent. A plan of workloads alone has no commitments.

## Units and time

- Power is in kW for systems and in MW everywhere else; money is in whole units of the currency.
- The plan is made by days. Lead times are calendar days and are not rounded: every order, start,
  shipment, decision and installation has a day, and its result can be used that many days later.
  `ready`, `from` and `available_from` count from their day on, even within a period.
- A milestone is judged on its own date. A period that contains a milestone ends on its date; the
  rest of the period becomes another period.
- Periods determine how often systems are installed: they are in service on the last day of a
  period. The length of periods may change at given days; the period before such a day is cut short.
- An amount per month is spread over the days of each calendar month. A delivery can take what the
  rate has produced since the delivery before; a remainder of less than one system or order is
  carried over. So a supplier with a capacity works on an order from its `order_from` to its
  `order_date`, and the order should be signed by `order_from`.
- A cost or a count per month, such as a lease or missed MW-months, counts for a part of a calendar
  month in proportion to its days.
- A capacity, number of crews or power with a `from` date holds until the next row for the same key.
- Tokens are in millions (Mtok), input and output together; rates of `throughput` are those of a
  whole replica, in tokens a second. A span is a stretch of periods over which tokens are balanced
  once: a quarter or month, cut where a `from` of the sheets on tokens begins to count, which is the
  first period that begins on or after it. Systems serve in a span if they are in service on its
  first day, in the plan's first period if they are on its last.
- The basis of a commitment says which megawatts count: `system` is `power_kw` alone, `it` adds
  `overhead_kw`, `facility` multiplies that by the site's `pue`.
"""


def data_dictionary() -> str:
    """Return the data dictionary as a page of Markdown."""
    parts = [INTRODUCTION, _contents(), *(_section(table) for table in TABLES)]
    return "\n".join(parts)


def _contents() -> str:
    """Return the table of all sheets."""
    rows = [
        [
            f"[`{table.name}`](#{table.name})",
            table.help,
            _names(table.key),
            need_words(table).lower() if table.required else "",
        ]
        for table in TABLES
    ]
    return "## Sheets\n\n" + _table(("sheet", "a row is", "key", "required"), rows)


def _section(table: Table) -> str:
    """Return the section of a sheet; that of `settings` also lists every setting."""
    text = f"## {table.name}\n\n{table.help} {need_words(table)}. Key: {_names(table.key)}.\n\n"
    text += _columns("column", table.columns)
    if table.name == "settings":
        text += "\n### The settings\n\n" + _columns("setting", SETTINGS)
    return text


def _columns(heading: str, columns: Iterable[Column]) -> str:
    """Return the table of a sheet's columns, or of the settings."""
    headings = (heading, "meaning", "kind", "unit", "blank means", "allowed", "example")
    return _table(
        headings,
        [
            [
                f"`{column.name}`",
                _meaning(column),
                str(column.kind),
                column.unit,
                _blank(column),
                allowed_values(column),
                column.example,
            ]
            for column in columns
        ],
    )


def _meaning(column: Column) -> str:
    if not column.refers_to:
        return column.help
    return f"{column.help} Found in {_names(column.refers_to, ' or ')}."


def _blank(column: Column) -> str:
    if column.required:
        return "**required**"
    return default_text(column)


def _names(names: Sequence[str], joint: str = ", ") -> str:
    return joint.join(f"`{name}`" for name in names)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table, with a final line break."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines
    )
