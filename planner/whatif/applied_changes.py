"""Apply changes to inputs, and check the result like any other inputs."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from planner.errors import Fault, InputFaults
from planner.plan.store import Plan
from planner.whatif.changeable_sheets import Columns, checked, columns_of
from planner.whatif.changes import Change, WhatIf, key_parts, key_text, parse_change, written
from planner.workbook.checks.names import UNCHANGED
from planner.workbook.rows import Inputs
from planner.workbook.schema.cell_contents import BadValueError
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.lists import list_text
from planner.workbook.schema.sheets import BY_NAME
from planner.workbook.schema.unit_names import unit_name
from planner.workbook.schema.values import convert

FAULTY = object()
"""Sentinel for a value that breaks its column's rule."""

SHOWN = 5
"""Largest number of rows or names in a message."""


def apply(inputs: Inputs, what_if: WhatIf | None) -> Inputs:
    """Return inputs with changes applied.

    Keys refer to the original inputs, so a change that moves a key's date does not hide the row
    from the next change. Rows keep their cells for messages.

    Parameters
    ----------
    inputs
        Inputs that were read and checked.
    what_if
        Changes to apply; None for none.

    Returns
    -------
    Inputs
        Changed inputs under a new name, with a note for each change.

    Raises
    ------
    InputFaults
        With every fault of the changes, or, if they have none, of the changed inputs.
    """
    if what_if is None:
        return inputs
    edit = Edit(inputs, what_if)
    for change in what_if.changes:
        edit.make(change)
    return edit.result()


def marked(plan: Plan, base: Inputs, what_if: WhatIf | None) -> Plan:
    """Return a plan whose manifest records its changes and the inputs they were applied to."""
    if what_if is None:
        return plan
    said = {
        "what_if": what_if.name,
        "scenario": what_if.scenario,
        "changes": [str(change) for change in what_if.changes],
        "base_inputs_sha256": base.digest,
    }
    return replace(plan, manifest={**plan.manifest, **said})


def as_planned(inputs: Inputs, manifest: Mapping[str, Any]) -> Inputs:
    """Return inputs with the changes of a plan's manifest applied."""
    expressions = manifest.get("changes")
    if not expressions:
        return inputs
    changes = tuple(parse_change(expression) for expression in expressions)
    name = str(manifest["what_if"])
    scenario = str(manifest["scenario"])
    return apply(inputs, WhatIf(name, changes, scenario))


class Edit:
    """Sheets being changed, with the changes made to each cell.

    Parameters
    ----------
    inputs
        Inputs that were read and checked.
    what_if
        Changes to apply.
    """

    def __init__(self, inputs: Inputs, what_if: WhatIf) -> None:
        self.base = inputs
        self.what_if = what_if
        self.sheets = columns_of(inputs)
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self.touched: dict[str, list[Change]] = defaultdict(list)
        self.settings: set[str] = set()

    def make(self, change: Change) -> None:
        """Apply one change, or add its faults."""
        sheet = self.sheets.get(change.sheet)
        if sheet is None or change.sheet in UNCHANGED:
            known = [name for name in BY_NAME if name not in UNCHANGED]
            self._fault(change, "sheet", change.sheet, "there is no such sheet to change", known)
            return
        if change.column not in sheet.values:
            self._no_such_column(change, sheet)
            return
        rows = self._matching(change, sheet)
        if not rows:
            return
        blank = []
        same = 0
        values = sheet.values[change.column]
        for row in rows:
            before = values[row]
            if before is None and change.operation != "set":
                blank.append(key_text(sheet.keys[row]))
                continue
            new = self._changed(change, sheet, row)
            if new is FAULTY:
                # The other rows would break the same rule: one fault is enough.
                return
            if new == before:
                same += 1
            values[row] = new
            sheet.blank[change.column][row] = change.value in (None, "")
            self.touched[sheet.where(change.column, row)].append(change)
            if change.sheet == "settings":
                self.settings.add(str(sheet.values["setting"][row]))
        self._note(change, len(rows), same, blank)

    def _no_such_column(self, change: Change, sheet: Columns) -> None:
        """Add a fault for an unknown column; the remedy may be its name with another unit."""
        rule = f"{change.sheet} has no such column"
        meant = unit_name(change.column, sheet.table.columns, None)
        if meant is None:
            self._fault(change, "column", change.column, rule, list(sheet.values))
        else:
            self._fault(change, "column", change.column, rule, [], meant.value())

    def _matching(self, change: Change, sheet: Columns) -> list[int]:
        """Return the positions of the rows that match a change; empty after a fault."""
        key = sheet.table.key
        try:
            patterns = key_parts(change.key)
        except ValueError:
            rule = "a double quote in this key is not closed, or is inside a name"
            remedy = 'Write "a name" or "a ""quoted"" one'
            self._fault(change, "key", change.key, rule, (), remedy)
            return []
        if len(patterns) > len(key):
            rule = (
                f"the key of {change.sheet} is {', '.join(key)}, but this key has "
                f"{len(patterns)} parts"
            )
            remedy = "Put a name that contains a comma in double quotes"
            self._fault(change, "key", change.key, rule, (), remedy)
            return []
        found = []
        for row, parts in enumerate(sheet.keys):
            # A key may have fewer parts than the sheet's: the others match anything.
            pairs = zip(patterns, parts, strict=False)
            if all(pattern.fullmatch(written(part)) for pattern, part in pairs):
                found.append(row)
        if not found:
            self._no_match(change, [key_text(parts) for parts in sheet.keys])
        return found

    def _no_match(self, change: Change, known: Sequence[str]) -> None:
        """Add a fault for a key without a row; the remedy names the closest keys."""
        # Reversed, so that of keys which differ in case alone the first is named.
        lowered = {text.lower(): text for text in reversed(known)}
        near = difflib.get_close_matches(change.key.lower(), lowered, n=3, cutoff=0.4)
        nearest = [lowered[text] for text in near]
        if not nearest:
            nearest = list(dict.fromkeys(known))[:3]
        hint = "The sheet has no rows"
        if nearest:
            hint = f"The closest keys are {'; '.join(nearest)}"
        self._fault(change, "key", change.key, f"no row of {change.sheet} has this key", (), hint)

    def _changed(self, change: Change, sheet: Columns, at: int) -> object:
        """Return the new value of a cell; `FAULTY` if it breaks its column's rule."""
        column = sheet.declared(change.column, at)
        cell = sheet.where(change.column, at)
        before = sheet.values[change.column][at]
        try:
            if change.sheet == "settings":
                # A setting is kept as typed, perhaps with a decimal comma.
                before = convert(column, before, self.base.settings["locale"])
            operate = OPERATIONS[change.operation]
            return convert(column, operate(column, before, change.value))
        except BadValueError as error:
            rule = f"{cell} is {_text(before) or 'blank'}: {error.rule}"
            remedy = error.remedy
        except OverflowError:
            rule = f"{cell} would lie outside the calendar"
            remedy = "Shift by fewer days"
        self._fault(change, "value", _text(change.value), rule, (), remedy)
        return FAULTY

    def _note(self, change: Change, found: int, same: int, blank: Sequence[str]) -> None:
        """Add notes on the cells that a change alters and on blank ones that it skips."""
        said = self._said(change)
        cells = found - len(blank) - same
        if blank:
            some = ", ".join(blank[:SHOWN])
            if len(blank) > SHOWN:
                some += f" and {len(blank) - SHOWN} more"
            self.notes.append(f"{said} leaves {change.column} blank for {some}")
        done = "nothing"
        if cells:
            done = f"{cells} cell" if cells == 1 else f"{cells} cells"
        self.notes.append(f"{said} changes {done}")

    def _said(self, change: Change) -> str:
        """Return where a change comes from, and the change."""
        if not change.name:
            return f"--set: {change}"
        scenario = self.what_if.scenario
        name = f" ({change.name})" if change.name != scenario else ""
        return f"scenario {scenario}{name}: {change}"

    def place(self, change: Change, column: str) -> str:
        """Return the place of a change for messages: a cell with its scenario, or the option."""
        if not change.name:
            return change.where or f"--set {str(change)!r}"
        scenario = f"scenario {self.what_if.scenario!r}, " if self.what_if.scenario else ""
        return f"{scenario}change {change.name!r}, {change.place(column)}"

    def _fault(
        self,
        change: Change,
        column: str,
        value: str,
        rule: str,
        known: Sequence[str],
        remedy: str = "",
    ) -> None:
        if known:
            remedy = f"Give one of {', '.join(known)}"
            near = difflib.get_close_matches(value, known, n=1, cutoff=0.6)
            if near:
                remedy = f"Did you mean {near[0]}? {remedy}"
        self.faults.append(Fault(self.place(change, column), value, rule, remedy))

    def rows_of(self, change: Change) -> list[int]:
        """Return the positions of the rows that match a change; add a fault if there are none."""
        return self._matching(change, self.sheets[change.sheet])

    def broken_rules(self) -> list[Fault]:
        """Return every fault of the inputs as changed so far."""
        plan = self.what_if.name
        _, faults = checked(self.base, self.sheets, self.settings, plan, sealed=False)
        return faults

    def result(self) -> Inputs:
        """Return the changed inputs, checked."""
        if self.faults:
            raise InputFaults(self.faults)
        plan = str(self.base.settings["plan"])
        if self.what_if.name:
            plan = f"{plan}, {self.what_if.name}"
        before = check_notes(self.base)
        changed, faults = checked(self.base, self.sheets, self.settings, plan)
        if faults:
            raise InputFaults(self._explained(faults))
        # The checks have made their notes again, on the changed inputs.
        kept = [note for note in self.base.notes if note not in before]
        return replace(changed, notes=(*kept, *self.notes, *changed.notes))

    def _explained(self, faults: Sequence[Fault]) -> Iterator[Fault]:
        """Add to each fault of the changed inputs the changes that may have caused it."""
        for fault in faults:
            own = self.touched.get(fault.where, ())
            # A fault in a cell that no change touched may come from any of them.
            places = [self.place(change, "value") for change in own or self.what_if.changes]
            names = list(dict.fromkeys(places))
            if not own:
                names = names[:SHOWN]
            yield replace(fault, where=f"{fault.where} after {'; '.join(names)}")


def check_notes(inputs: Inputs) -> set[str]:
    """Return the notes of the cross-sheet checks on unchanged inputs."""
    plan = str(inputs.settings["plan"])
    unchanged, _ = checked(inputs, columns_of(inputs), set(), plan)
    return set(unchanged.notes)


def _text(value: object) -> str:
    return list_text(value) if isinstance(value, tuple) else written(value)


def _set(column: Column, before: object, value: object) -> object:
    return value


def _scale(column: Column, before: object, value: object) -> object:
    number = _figure(column, before)
    return _rounded(column, number * _figure(column, value, "the factor"))


def _add(column: Column, before: object, value: object) -> object:
    number = _figure(column, before)
    return _rounded(column, number + _figure(column, value, "the value to add"))


def _shift_days(column: Column, before: object, value: object) -> object:
    day = before if column.kind is Kind.DATE else None
    if not isinstance(day, date):
        raise BadValueError(
            f"{column.name} is a {column.kind} and cannot be shifted by days",
            "Use scale or add (*=, +=) for numbers, set (=) for anything else",
        )
    days = _figure(column, value, "the shift")
    if not days.is_integer():
        raise BadValueError("a shift must be a whole number of days", "Give e.g. 90")
    return day + timedelta(days=int(days))


def _figure(column: Column, value: object, what: str = "") -> float:
    """Return the number in a cell or change."""
    if not what and column.kind not in (Kind.NUMBER, Kind.WHOLE):
        use = "shift_days (+=90d)" if column.kind is Kind.DATE else "set (=)"
        raise BadValueError(f"{column.name} is a {column.kind}, not a number", f"Use {use}")
    number = convert(Column(what or column.name, Kind.NUMBER, "", required=True), value)
    assert isinstance(number, float)
    return number


def _rounded(column: Column, value: float) -> float:
    """Return a count rounded to an integer, any other number rounded to 12 digits."""
    if column.kind is Kind.WHOLE:
        return float(round(value))
    return float(f"{value:.12g}")


OPERATIONS: dict[str, Callable[[Column, object, object], object]] = {
    "set": _set,
    "scale": _scale,
    "add": _add,
    "shift_days": _shift_days,
}
"""Function of each operation: column, old value, value of the change."""
