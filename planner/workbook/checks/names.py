"""Rules for names: each name means one thing, and every reference names something that exists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from planner.errors import Fault
from planner.workbook.drafts import Draft
from planner.workbook.rows import Row
from planner.workbook.schema.cell_contents import folded, shown
from planner.workbook.schema.declarations import Column, Kind, Table
from planner.workbook.schema.lists import list_text, unquoted
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import BY_NAME, TABLES
from planner.workbook.schema.spelling import Speller
from planner.workbook.schema.unit_names import unit_name

GROUPS = {"orders.order", "power.group", "scenarios.scenario", "sites.country"}
NAMES = tuple(
    sorted(GROUPS.union(*(column.refers_to for table in TABLES for column in table.columns)))
)
"""Columns of names, which other sheets refer to or which group rows."""

MOST_NAMED = 20


def keys_are_unique(draft: Draft) -> Iterator[Fault]:
    """Each key is in only one row of its sheet."""
    for table in TABLES:
        if table.name == "settings":
            continue
        columns = [draft.sheets[table.name].columns.get(name, ()) for name in table.key]
        keys = columns[0] if len(columns) == 1 else zip(*columns, strict=True)
        if len(set(keys)) == len(columns[0]):
            continue
        seen: dict[tuple[object, ...], Row] = {}
        for row in draft.rows(table.name, *table.key):
            first = seen.setdefault(tuple(row[column] for column in table.key), row)
            if first is not row:
                for column in table.key:
                    draft.blame(row, column, row[column])
                yield _double(table, row, first)


def _double(table: Table, row: Row, first: Row) -> Fault:
    """Return the fault of a key that is in an earlier row, with every cell of that row's key."""
    names = " and ".join(table.key)
    # Columns that the sheet does not have are all in "row 2": once is enough.
    cells = " and ".join(dict.fromkeys(map(first.where, table.key)))
    verb = "is" if len(table.key) == 1 else "are"
    value = ", ".join(shown(row[name]) for name in table.key)
    return Fault(
        row.where(table.key[0]),
        value,
        f"{names} {verb} the same as in {cells}",
        "Merge the two rows, or correct one",
    )


def names_are_told_apart(draft: Draft) -> Iterator[Fault]:
    """No two names differ only by case or spaces, because a person would confuse them."""
    for place in NAMES:
        sheet, column = place.split(".")
        names = draft.given(sheet, column)
        spread = any("  " in name for name in names)
        if not spread and len(set(map(str.casefold, names))) == len(names):
            continue
        seen: dict[str, Row] = {}
        for name, row in draft.firsts(sheet, column).items():
            first = seen.setdefault(folded(name), row)
            if first is not row:
                draft.blame(row, column, name)
                other = f"{shown(first[column])} in {first.where(column)}"
                yield row.fault(
                    column,
                    f"{other} differs only by case or spaces",
                    "Write the name the same way in every row; if these are two different things, "
                    "rename one",
                )


def references_exist(draft: Draft) -> Iterator[Fault]:
    """A name that refers to another sheet is in that sheet, with the same spelling."""
    for table in TABLES:
        for column in table.columns:
            if column.refers_to:
                yield from _unknown_names(draft, table, column)


def _unknown_names(draft: Draft, table: Table, column: Column) -> Iterator[Fault]:
    known: set[str] = set()
    for place in column.refers_to:
        names = draft.names(*place.split("."))
        if names is None:
            return  # A cell at fault may contain the name.
        known |= names
    given = draft.given(table.name, column.name)
    is_list = column.kind is Kind.LIST
    if {name for names in given for name in names} <= known if is_list else given <= known:
        return
    speller = Speller(known)
    for row in draft.rows(table.name, column.name):
        value = row[column.name]
        for name in value if is_list else [value]:
            if name is not None and name not in known:
                whole = unquoted(name, value, known) if is_list else None
                near = whole or speller.nearest(name)
                draft.blame(row, column.name, near)
                yield _unknown(row, column, name, near)


def _unknown(row: Row, column: Column, name: str, near: str | None) -> Fault:
    rule = f"this name is not in {' or '.join(column.refers_to)}"
    written = list_text([near]) if near and column.kind is Kind.LIST else near
    hint = f"Did you mean {written}? " if near else ""
    if near and folded(near) == folded(name):
        hint = f"It has {near}, which differs only by case or spaces. "
    return Fault(
        row.where(column.name), shown(name), rule, f"{hint}Correct the name, or add it there"
    )


def places_have_one_kind(draft: Draft) -> Iterator[Fault]:
    """A name is that of a supplier, a plant, a depot or a site, never of two of them."""
    kinds: dict[str, tuple[str, Row]] = {}
    for sheet, column in (
        ("supply", "supplier"),
        ("plants", "plant"),
        ("depots", "depot"),
        ("sites", "site"),
    ):
        for name, row in draft.firsts(sheet, column).items():
            other, first = kinds.setdefault(name, (column, row))
            if other != column:
                yield row.fault(
                    column,
                    f"{first.where(other)} has a {other} of the same name",
                    f"Rename one, e.g. {name} {column}",
                )


def lanes_lead_elsewhere(draft: Draft) -> Iterator[Fault]:
    """A lane connects two different places."""
    for row in draft.rows("lanes", "from", "to"):
        if row["from"] == row["to"]:
            yield row.fault(
                "to",
                "the lane leads back to where it starts",
                "Name another place, or remove the row",
            )


def countries_exist(draft: Draft) -> Iterator[Fault]:
    """Every country of a commitment has a site."""
    known = draft.names("sites", "country")
    if known is None:
        return
    names = list_text(map(shown, sorted(known)[:MOST_NAMED]))
    remedy = f"Use a country of the sites: {names}" if names else "Give the country of each site"
    for row in draft.rows("commitments", "countries"):
        for country in row["countries"]:
            if country not in known:
                yield Fault(
                    row.where("countries"),
                    shown(country),
                    "no site is in this country",
                    remedy,
                )


UNCHANGED = ("scenarios", "changes", "draws", "samples")
"""Sheets that describe changes, and cannot be changed themselves."""


def changes_fit_the_sheets(draft: Draft) -> Iterator[Fault]:
    """A change or a draw names a sheet and one of its columns."""
    for sheet in ("changes", "draws"):
        yield from _changes_fit(draft, sheet)


def _changes_fit(draft: Draft, sheet: str) -> Iterator[Fault]:
    known = [name for name in BY_NAME if name not in UNCHANGED]
    for row in draft.rows(sheet, "sheet"):
        if row["sheet"] not in known:
            yield row.fault(
                "sheet", "there is no such sheet to change", f"Give one of {', '.join(known)}"
            )
            draft.blame(row, "sheet")
    for row in draft.rows(sheet, "sheet", "column"):
        columns = BY_NAME[row["sheet"]].columns
        if row["column"] not in [column.name for column in columns]:
            yield row.fault(
                "column", f"{row['sheet']} has no such column", one_of(row["column"], columns)
            )
    for row in draft.rows(sheet, "sheet", "key"):
        is_pattern = "*" in row["key"] or '"' in row["key"]
        if row["sheet"] == "settings" and not is_pattern:
            yield from _unknown_setting(row)


def _unknown_setting(row: Row) -> Iterator[Fault]:
    if row["key"] not in [setting.name for setting in SETTINGS]:
        yield row.fault("key", "there is no such setting", one_of(row["key"], SETTINGS))


def one_of(said: str, columns: Sequence[Column]) -> str:
    """Return the remedy for an unknown name of a column or a setting."""
    meant = unit_name(said, columns, None)
    if meant is not None:
        return meant.value()
    return f"Give one of {', '.join(column.name for column in columns)}"
