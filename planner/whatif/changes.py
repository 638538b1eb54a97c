"""Changes to inputs as data, from scenarios and from ``--set``.

A change is `sheet[key].column`, an operation and a value. The parts of a key follow the sheet's key
columns; `*` matches anything, and text in double quotes is literal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from planner.errors import Fault, InputFaults, PlannerError
from planner.workbook.headers import name_of
from planner.workbook.rows import Inputs, Row

BASE = "base"
"""Name of the unchanged inputs in lists of scenarios."""

FOR_DRAWS = ("draws", "samples")
"""Sheets that are optional for scenarios."""

OPERATORS = {"=": "set", "*=": "scale", "+=": "add", "-=": "add"}
"""Operators of ``--set``; `+=` and `-=` with a value such as ``90d`` shift days."""

# Brackets and commas between double quotes belong to a name.
EXPRESSION = re.compile(
    r"""\s*(?P<sheet>\w+)\s*\[(?P<key>(?:[^"\]]|"(?:[^"]|"")*")*)\]\s*\.\s*(?P<column>\w+)"""
    r"""\s*(?P<operator>[*+-]?=)\s*(?P<value>.*?)\s*""",
    re.DOTALL,
)
DAYS = re.compile(r"([+-]?\d+)\s*d")
QUOTED = r'''"(?:[^"]|"")*"'''
PIECE = rf"""(?:{QUOTED}|[^",*]*?)"""
PART = re.compile(rf"""\s*(?P<part>{PIECE}(?:\*{PIECE})*)\s*(?:,|$)""")
SPECIAL = re.compile(r"""[,"*\[\]]""")
"""Characters that a name in a key has only between quotes."""

TOKEN = re.compile(rf"""(?P<quoted>{QUOTED})|(?P<star>\*)|(?P<plain>[^",*]+)""")


@dataclass(frozen=True)
class Change:
    """One change to the cells of a column.

    Attributes
    ----------
    sheet : str
        Sheet that is changed.
    key : str
        Key of its rows, parts separated by commas, with `*` for anything.
    column : str
        Column that is changed.
    operation : str
        ``set``, ``scale``, ``add`` or ``shift_days``.
    value : object
        Operand, as in the cell or on the command line.
    name : str
        Name of the change in the sheet `changes`; empty for one from the command line.
    where : str
        Place of the change for messages: the cell of its name, or the option.
    cells : mapping of str to str
        Cell of each column of its row in `changes` or `draws`; empty for the command line.
    """

    sheet: str
    key: str
    column: str
    operation: str
    value: object
    name: str = ""
    where: str = ""
    cells: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def place(self, column: str) -> str:
        """Return the cell of its sheet, key, column or value."""
        return self.cells.get(column, self.where)

    def __str__(self) -> str:
        """Return the change as ``--set`` takes it."""
        text = written(self.value)
        operator = {"set": "=", "scale": "*="}.get(self.operation, "+=")
        if operator == "+=" and text.startswith("-"):
            operator, text = "-=", text[1:]
        days = "d" if self.operation == "shift_days" else ""
        return f"{self.sheet}[{bracketed(self.key)}].{self.column}{operator}{text}{days}"


@dataclass(frozen=True)
class WhatIf:
    """Changes that are applied together.

    Attributes
    ----------
    name : str
        Name of the scenario, or a short name made from the changes.
    changes : tuple of Change
        Changes in order of application.
    scenario : str
        Name of their scenario; empty for none.
    """

    name: str
    changes: tuple[Change, ...]
    scenario: str = ""


def parse_change(expression: str) -> Change:
    """Parse a change from the command line.

    Parameters
    ----------
    expression
        E.g. ``supply_capacity[TSMC,*].units_per_month*=0.8``, ``energisation[FDR-3,*].from+=90d``
        or ``settings[end].value=2029-12-31``.

    Raises
    ------
    PlannerError
        If the expression is not of that form.
    """
    found = EXPRESSION.fullmatch(expression)
    if found is None:
        raise PlannerError(
            f"--set {expression!r} is not a change. Write sheet[key].column=value, or *=, +=, -= "
            'in place of =, e.g. --set "supply_capacity[TSMC,*].units_per_month*=0.8"; put a name '
            'with a comma or a bracket in double quotes, e.g. halls["Hall A, north"].count=2'
        )
    operator, value = found["operator"], found["value"]
    operation = OPERATORS[operator]
    days = DAYS.fullmatch(value)
    if operation == "add" and days:
        operation, value = "shift_days", days[1]
    if operation != "set" and not value:
        raise PlannerError(f"--set {expression!r} ends after {operator}. Add a value")
    if operator == "-=":
        # Subtracting a negative number adds it.
        value = value[1:] if value.startswith("-") else f"-{value.lstrip('+')}"
    place = f"--set {expression!r}"
    key = found["key"].strip()
    return Change(found["sheet"], key, found["column"], operation, value, where=place)


def key_parts(key: str) -> tuple[re.Pattern[str], ...]:
    """Return a regular expression for each part of a key.

    Raises
    ------
    ValueError
        If a double quote is not closed, or is inside a part.
    """
    patterns = []
    start = 0
    while True:
        part = PART.match(key, start)
        if part is None:
            raise ValueError(key)
        pieces = []
        for token in TOKEN.finditer(part["part"]):
            pieces.append(".*" if token["star"] else re.escape(_unquoted(token[0])))
        patterns.append(re.compile("".join(pieces), re.DOTALL))
        start = part.end()
        if not part[0].endswith(","):
            return tuple(patterns)


def _unquoted(token: str) -> str:
    """Return the text of a token of a key."""
    return token[1:-1].replace('""', '"') if token.startswith('"') else token


def bracketed(key: str) -> str:
    """Return a key as written between brackets; parts with a closing bracket are quoted."""

    def quoted(token: re.Match[str]) -> str:
        text = token[0]
        if token["plain"] is None or "]" not in text:
            return text
        # White space matters beside a star, but not at either end of a part.
        if key[: token.start()].endswith(",") or token.start() == 0:
            text = text.lstrip()
        if key[token.end() :].startswith(",") or token.end() == len(key):
            text = text.rstrip()
        return f'"{text}"'

    return TOKEN.sub(quoted, key)


def key_text(parts: Iterable[object]) -> str:
    """Return a key as it is written, names with a comma, quote, bracket or star in quotes."""
    texts = []
    for part in parts:
        text = written(part)
        if SPECIAL.search(text):
            escaped = text.replace('"', '""')
            text = f'"{escaped}"'
        texts.append(text)
    return ",".join(texts)


def scenario_names(inputs: Inputs) -> list[str]:
    """Return the names of the workbook's scenarios, in its order."""
    names = dict.fromkeys(row["scenario"] for row in inputs.tables["scenarios"])
    return [name for name in names if name is not None]


def probability(inputs: Inputs, scenario: str) -> float | None:
    """Return the probability of a scenario; None if the workbook gives none."""
    for row in inputs.tables["scenarios"]:
        if row["scenario"] == scenario and row["probability"] is not None:
            found: float = row["probability"]
            return found
    return None


def what_if(
    inputs: Inputs, scenario: str | None = None, expressions: Sequence[str] = ()
) -> WhatIf | None:
    """Return the changes of a scenario, then those of the command line.

    Parameters
    ----------
    inputs
        A workbook with its scenarios.
    scenario
        Name of a scenario; None or `BASE` for the unchanged inputs.
    expressions
        Changes in the syntax of ``--set``.

    Returns
    -------
    WhatIf or None
        None if there are no changes.

    Raises
    ------
    PlannerError
        If there is no such scenario, or an expression is not a change.
    """
    named = scenario_changes(inputs, scenario) if scenario else ()
    said = tuple(parse_change(expression) for expression in expressions)
    if not named and not said:
        return None
    chosen = ""
    if scenario and named:
        chosen = scenario
    names = [chosen] if chosen else []
    if said:
        # A command line may hold bytes that are no UTF-8.
        text = "\n".join(map(str, said)).encode("utf-8", "surrogatepass")
        names.append(f"set {hashlib.sha256(text).hexdigest()[:6]}")
    return WhatIf(", ".join(names), (*named, *said), chosen)


def scenario_changes(inputs: Inputs, scenario: str) -> tuple[Change, ...]:
    """Return the changes of a scenario, in the order of the workbook.

    Raises
    ------
    PlannerError
        If the workbook has no such scenario.
    InputFaults
        With every fault of the scenario's rows.
    """
    names = scenario_names(inputs)
    if scenario not in names and scenario == BASE:
        return ()
    faults = faults_of_scenario(inputs, scenario)
    if faults:
        raise InputFaults(faults)
    if scenario not in names:
        known = ", ".join(map(repr, names)) or "none"
        raise PlannerError(f"the workbook has no scenario {scenario!r}. Its scenarios are: {known}")
    _, rows = rows_of_scenario(inputs, scenario)
    return tuple(change_of(row) for row in rows)


def rows_of_scenario(inputs: Inputs, scenario: str) -> tuple[list[Row], list[Row]]:
    """Return a scenario's rows of `scenarios` and, in their order, its rows of `changes`."""
    named = [row for row in inputs.tables["scenarios"] if row["scenario"] == scenario]
    changes = []
    for name in named:
        for row in inputs.tables["changes"]:
            if row["change"] == name["change"]:
                changes.append(row)
    return named, changes


def faults_of_scenario(inputs: Inputs, scenario: str) -> list[Fault]:
    """Return the faults that may hide changes of a scenario.

    A row with an unreadable name may belong to any scenario, and so may any row of a faulty sheet
    or column.
    """
    own = set()
    for rows in rows_of_scenario(inputs, scenario):
        for row in rows:
            own.add((row.sheet, row.number))
    others = set()
    for sheet, column in (("scenarios", "scenario"), ("changes", "change")):
        for row in inputs.tables[sheet]:
            place = (row.sheet, row.number)
            if row[column] is not None and place not in own:
                others.add(place)
    faults = []
    for fault in inputs.what_if_faults:
        if sheet_of_fault(fault) not in FOR_DRAWS and sheet_and_row(fault) not in others:
            faults.append(fault)
    return faults


def sheet_of_fault(fault: Fault) -> str:
    """Return the sheet of a fault."""
    return name_of(fault.where.partition("!")[0])


def sheet_and_row(fault: Fault) -> tuple[str, int]:
    """Return the sheet and row of a fault; row 0 for a fault of the whole sheet."""
    number = re.search(r"\d+$", fault.where.partition("!")[2])
    return sheet_of_fault(fault), int(number[0]) if number else 0


def change_of(row: Row) -> Change:
    """Return the change in a row of the sheet `changes`."""
    return Change(
        row["sheet"],
        row["key"],
        row["column"],
        row["operation"],
        row["value"],
        row["change"],
        row.where("change"),
        cells_of(row, "value"),
    )


def cells_of(row: Row, *more: str) -> dict[str, str]:
    """Return the cells of a change in a row of `changes` or `draws`."""
    return {column: row.where(column) for column in ("sheet", "key", "column", *more)}


def written(value: object) -> str:
    """Return a value as typed."""
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
