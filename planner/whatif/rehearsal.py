"""Dry run of every change and scenario of a workbook, so that `check` finds their faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from planner.errors import Fault
from planner.whatif.applied_changes import Edit
from planner.whatif.changes import (
    Change,
    WhatIf,
    change_of,
    faults_of_scenario,
    rows_of_scenario,
    scenario_names,
    sheet_and_row,
)
from planner.whatif.draws import edit_of, faults_of_draws
from planner.workbook.checks.names import UNCHANGED
from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.sheets import BY_NAME

FIRST_SCENARIOS = 3
"""Largest number of scenarios in a message."""

Places = Mapping[str, Row]
"""Rows of changes by the cell of their name."""


class _Rehearsal(Edit):
    """Dry run of changes; faults are reported at the cells of the change's own row."""

    def __init__(self, inputs: Inputs, changes: Sequence[Change]) -> None:
        super().__init__(inputs, WhatIf("", tuple(changes)))

    def place(self, change: Change, column: str) -> str:
        """Return the faulty cell of a change's row."""
        return change.place(column)


def rehearsed(inputs: Inputs) -> tuple[Fault, ...]:
    """Return the faults of the scenarios, changes and draws of a workbook.

    A plan of the unchanged workbook does not need them, so these faults do not stop it.

    Parameters
    ----------
    inputs
        Inputs whose only faults are in these sheets.

    Returns
    -------
    tuple of Fault
        Each at its cell of `changes`, `scenarios` or `draws`.
    """
    sound = _sound_rows(inputs)
    rows: dict[str, Row] = {}
    changes = []
    for row in sound.tables["changes"]:
        change = change_of(row)
        rows[change.where] = row
        changes.append(change)
    faults = list(inputs.what_if_faults)
    for name in scenario_names(sound):
        _, own_rows = rows_of_scenario(sound, name)
        together = [change_of(row) for row in own_rows]
        in_part = bool(faults_of_scenario(inputs, name))
        faults += _of_changes(sound, name, together, rows, in_part=in_part)
    for name, own in _without_scenario(inputs, changes).items():
        # Faulty rows of the same name are not among the changes.
        in_part = len(own) < _count_named(name, inputs)
        faults += _of_changes(sound, name, own, rows, in_part=in_part)
    faults += _of_draws(inputs, sound)
    # Several scenarios may find the same fault.
    unlike: dict[tuple[str, str], Fault] = {}
    for fault in faults:
        unlike[fault.where, fault.rule] = fault
    return tuple(unlike.values())


def _without_scenario(inputs: Inputs, changes: Sequence[Change]) -> dict[str, list[Change]]:
    """Return the changes that no scenario names, by name."""
    used = {row["change"] for row in inputs.tables["scenarios"]}
    alone: dict[str, list[Change]] = {}
    for change in changes:
        if change.name not in used:
            alone.setdefault(change.name, []).append(change)
    return alone


def _count_named(name: str, inputs: Inputs) -> int:
    """Return the number of rows of `changes` with a name."""
    return sum(row["change"] == name for row in inputs.tables["changes"])


def _sound_rows(inputs: Inputs) -> Inputs:
    """Return inputs without the faulty rows of scenarios, changes and draws."""
    faulty = {sheet_and_row(fault) for fault in inputs.what_if_faults}
    if not faulty:
        return inputs
    tables = dict(inputs.tables)
    for sheet in UNCHANGED:
        sound = []
        for row in inputs.tables[sheet]:
            if (sheet, row.number) not in faulty and _is_complete(row):
                sound.append(row)
        tables[sheet] = tuple(sound)
    return replace(inputs, tables=tables)


def _is_complete(row: Row) -> bool:
    """Return whether a row has a value in each required column."""
    for column in BY_NAME[row.sheet].columns:
        if column.required and row[column.name] is None:
            return False
    return True


def _of_changes(
    inputs: Inputs, name: str, changes: Sequence[Change], rows: Places, *, in_part: bool
) -> list[Fault]:
    """Return the faults of changes that are made together, and of their result.

    If only some of them can be made, the result is not checked: a missing change may correct it.
    """
    edit = _Rehearsal(inputs, changes)
    for change in changes:
        edit.make(change)
    if edit.faults or in_part:
        return edit.faults
    found = []
    for fault in edit.broken_rules():
        touched = {change.where for change in edit.touched.get(fault.where, ())}
        place = fault.where
        if touched and fault.value:
            place += f" would be {fault.value}"
        # With one change the fault is at its value, with several at the scenario's name.
        if len(touched) == 1:
            row = rows[touched.pop()]
            where, value = row.where("value"), row.shown("value")
        else:
            where, value = _scenario_cell(inputs, name, changes, rows)
        found.append(Fault(where, value, f"after this change {place}: {fault.rule}", fault.remedy))
    return found


def _scenario_cell(
    inputs: Inputs, name: str, changes: Sequence[Change], rows: Places
) -> tuple[str, str]:
    """Return cell and content of a scenario's name, or of the change if it has no scenario."""
    for row in inputs.tables["scenarios"]:
        if row["scenario"] == name:
            return row.where("scenario"), row.shown("scenario")
    row = rows[changes[0].where]
    return row.where("change"), row.shown("change")


def _of_draws(inputs: Inputs, sound: Inputs) -> list[Fault]:
    """Return the faults of the draws: wrong figures, and keys without a row."""
    rows = sound.tables["draws"]
    in_part = set()
    for row in inputs.tables["draws"]:
        if row not in rows:
            in_part.add(row["draw"])
    faults = faults_of_draws(sound, in_part)
    edit = _Rehearsal(sound, ())
    for row in rows:
        edit.rows_of(edit_of(row))
    return [*faults, *edit.faults]


def warning_of_scenarios(inputs: Inputs) -> str:
    """Return a warning about faulty scenarios; empty if there are none."""
    faults = rehearsed(inputs)
    if not faults:
        return ""
    cells = dict.fromkeys(fault.where for fault in faults[:FIRST_SCENARIOS])
    places = ", ".join(cells)
    rest = len(faults) - FIRST_SCENARIOS
    if rest > 0:
        places += f" and {rest} more"
    return f"some scenarios of this workbook have faults ({places}). To see them: planner check"
