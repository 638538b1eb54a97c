"""A comparison on a terminal, as a workbook and as an offline page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from planner.attempts import Attempt, strictly
from planner.plan.tables import Row
from planner.reports.console.plan_text import printable
from planner.reports.excel.styles import Field
from planner.reports.excel.workbook_writer import TOP, Book
from planner.whatif.compare import SAME, Comparison, Section, differences, differing
from planner.whatif.console import print_rows
from planner.whatif.offline_page import UNPROVEN, page, table
from planner.whatif.output_files import Writer, write_text, written_files
from planner.whatif.plain_charts import Chart

BY_PERIOD = ("ramp", "spend")
"""Sections with a row for each period, too long for a terminal."""

GAP_DIGITS = 4
"""Decimals of a gap in per cent; smaller differences are rounding errors."""


def difference_rows(section: Section, comparison: Comparison) -> list[Row]:
    """Return a section as rows: key, base column, and the change of each other plan."""
    base, *others = comparison.names
    rows = []
    for key, own, found in differences(section):
        is_gap = section.name == "figures" and key[0] == "gap"
        value, changes = own, list(found)
        row: Row = {name: _day(part) for name, part in zip(section.keys, key, strict=True)}
        # An unknown value among the headline figures is a gap without a proof.
        unknown = UNPROVEN if section.name == "figures" else None
        least, scale = SAME, 1.0
        if is_gap:
            row["unit"], least, scale = f"% {row['unit']}", 0.0, 100.0
            value, changes = _rounded(value), [_rounded(change) for change in changes]
        row[base] = unknown if value is None else value * scale
        # Differences within the solver tolerance count as 0.
        row |= {
            f"{other}, change": unknown
            if change is None
            else change * scale
            if abs(change) > least
            else 0.0
            for other, change in zip(others, changes, strict=True)
        }
        rows.append(row)
    return rows


def _rounded(gap: float | None) -> float | None:
    """Return a gap, or a difference of two, rounded to significant digits."""
    return None if gap is None else round(gap, GAP_DIGITS + 2) + 0.0


def order_rows(comparison: Comparison) -> list[Row]:
    """Return the orders that differ; the column of their change in cost names the currency."""
    return [
        {
            f"{comparison.currency} change" if name == "money" else name: value
            for name, value in row.items()
        }
        for row in comparison.orders
    ]


def _day(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the differences: a base column and changes."""
    base, *others = comparison.names
    console.print(Text(printable(f"Base: {base}; changes of {', '.join(others)}"), "bold"))
    for name, status in zip(comparison.names, comparison.status, strict=True):
        if not status.startswith("proven"):
            console.print(Text(printable(f"  {name}: {status}"), "red"))
    for section in comparison.sections:
        if section.name in BY_PERIOD:
            continue
        kept = {key for key, _, _ in differing(differences(section))}
        rows = [
            row
            for row, (key, _) in zip(
                difference_rows(section, comparison), section.rows, strict=True
            )
            if key in kept or section.name == "figures"
        ]
        if rows:
            unit = f", {section.unit}" if section.unit else ""
            title = section.title if section.unit in section.title else section.title + unit
            print_rows(console, title, rows, list(rows[0]))
    if orders := order_rows(comparison):
        shown = [c for c in orders[0] if c != "plan" or len(others) > 1]
        print_rows(console, "Orders that differ", orders, shown)
    if comparison.bottlenecks:
        rows = [
            {
                "limit": row["limit"],
                **{name: row[f"{name}, months used up"] for name in comparison.names},
            }
            for row in comparison.bottlenecks
        ]
        print_rows(console, "Limits used up, months", rows, list(rows[0]))
    if not differing(row for section in comparison.sections for row in differences(section)):
        console.print(Text("The plans do not differ in any of these figures."))


def write_comparison(
    comparison: Comparison, folder: Path, attempt: Attempt = strictly
) -> dict[str, str]:
    """Write ``compare.xlsx`` and ``compare.html`` into a folder.

    Parameters
    ----------
    comparison
        The results to write.
    folder
        Folder to write to.
    attempt
        Runs each writer; a failure of one does not stop the others.

    Returns
    -------
    dict of str to str
        Paths of the files that are written, by kind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    writers: dict[str, Writer] = {
        "compare.xlsx": lambda path: _write_book(path, comparison),
        "compare.html": lambda path: write_text(path, comparison_page(comparison)),
    }
    written = written_files(folder, writers, attempt)
    return {Path(name).suffix.lstrip("."): path for name, path in written.items()}


def _write_book(path: Path, comparison: Comparison) -> None:
    created = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    book = Book(path, _title(comparison), created)
    base, *others = comparison.names
    for section in comparison.sections:
        unit = section.unit
        explained = f"Base: {base}. Each further column is the change from it"
        sheet = book.page(section.name.capitalize(), section.title)
        sheet.subtitle(explained)
        fields = [Field(key, key.replace("_", " ")) for key in section.keys]
        fields += [Field(base, base, unit, "amount")]
        fields += [Field(f"{name}, change", f"{name}, change", unit, "amount") for name in others]
        placed = sheet.table(TOP, fields, difference_rows(section, comparison))
        sheet.freeze(placed.first - 1, len(section.keys))
        sheet.filter(placed)
    for title, rows in (
        ("Orders", order_rows(comparison)),
        ("Bottlenecks", comparison.bottlenecks),
    ):
        sheet = book.page(title)
        sheet.subtitle(TITLES[title])
        keys = list(rows[0]) if rows else ["none"]
        fields = [Field(key, key, kind=_kind(key, rows)) for key in keys]
        placed = sheet.table(TOP, fields, rows, empty="nothing differs")
        sheet.freeze(placed.first - 1)
    book.close()


TITLES = {
    "Orders": "Orders that differ from the base plan: new, moved, cancelled, or placed already in "
    "one of the plans; change in days and in money",
    "Bottlenecks": "Limits that are used up for longer or shorter than in the base plan, in months",
}


def _kind(key: str, rows: list[Row]) -> str:
    values = [row[key] for row in rows if row.get(key) is not None]
    if values and all(isinstance(value, date) for value in values):
        return "date"
    return "amount" if values and all(isinstance(v, int | float) for v in values) else "text"


def _title(comparison: Comparison) -> str:
    base, *others = comparison.names
    return f"{base} against {', '.join(others)}"


def comparison_page(comparison: Comparison) -> str:
    """Return the page of a comparison: overlaid curves, then tables."""
    sections: list[tuple[str, str]] = []
    found = {section.name: section for section in comparison.sections}
    for commitment in dict.fromkeys(key[0] for key, _ in found["ramp"].rows):
        own = [(key[1], values) for key, values in found["ramp"].rows if key[0] == commitment]
        basis = next(key[2] for key, _ in found["ramp"].rows if key[0] == commitment)
        chart = Chart(f"MW in service on basis {basis}", _curves(own, comparison.names))
        if any(value for _, values in own for value in values):
            sections.append((f"Ramp of {commitment}", chart.svg()))
    spent = Chart(
        f"{comparison.currency} spent in all, millions",
        _curves(_cumulated(found["spend"]), comparison.names),
    )
    sections.append(("Money spent", spent.svg()))
    for section in comparison.sections:
        if section.name not in BY_PERIOD:
            rows = difference_rows(section, comparison)
            sections.append((section.title, table(list(rows[0]), rows) if rows else ""))
    for title, rows in (
        ("Orders", order_rows(comparison)),
        ("Bottlenecks", comparison.bottlenecks),
    ):
        content = f"<p>{TITLES[title]}.</p>" + table(list(rows[0]), rows) if rows else ""
        sections.append((title, content))
    states = [f"{n}: {s}" for n, s in zip(comparison.names, comparison.status, strict=True)]
    return page(_title(comparison), "; ".join(states), sections)


def _curves(
    rows: list[tuple[date, tuple[float | None, ...]]], names: tuple[str, ...]
) -> dict[str, list[tuple[date, float]]]:
    return {
        name: [(day, values[at] or 0.0) for day, values in rows if values[at] is not None]
        for at, name in enumerate(names)
    }


def _cumulated(spend: Section) -> list[tuple[date, tuple[float | None, ...]]]:
    """Return cumulative spending by period, in millions."""
    sums = [0.0] * len(spend.rows[0][1]) if spend.rows else []
    found: list[tuple[date, tuple[float | None, ...]]] = []
    for key, values in spend.rows:
        sums = [total + (value or 0.0) / 1e6 for total, value in zip(sums, values, strict=True)]
        found.append((key[0], tuple(sums)))
    return found
