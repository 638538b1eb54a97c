"""Every change and scenario of a workbook made once, so that their faults are found by `check`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from planner.errors import Fault, InputFaults
from planner.inputs.rows import Inputs, Row
from planner.whatif.applied import Edit
from planner.whatif.changes import Change, WhatIf, change_of, scenario_changes, scenario_names
from planner.whatif.draws import edit_of, read_draws

FIRST_SCENARIOS = 3
"""Scenarios that a line names; the rest is counted."""


class _Rehearsal(Edit):
    """Changes made on trial: each fault is told at the cell of the change's own row."""

    def __init__(self, inputs: Inputs, changes: Sequence[Change], rows: Mapping[str, Row]) -> None:
        super().__init__(inputs, WhatIf("", tuple(changes)))
        self.rows = rows

    def place(self, change: Change, column: str) -> str:
        """Return the cell of a change's row that is at fault."""
        return self.rows[change.where].where(column)


def rehearsed(inputs: Inputs) -> tuple[Fault, ...]:
    """Return what is wrong with the scenarios, changes and draws of a workbook.

    The plan of the workbook as it is needs none of them, so these faults stop no such plan.

    Parameters
    ----------
    inputs
        A workbook, read and without a fault of its own.

    Returns
    -------
    tuple of Fault
        Each at its cell of `changes`, `scenarios` or `draws`.
    """
    rows = {change_of(row).where: row for row in inputs.tables["changes"]}
    changes = [change_of(row) for row in rows.values()]
    made = {name: scenario_changes(inputs, name) for name in scenario_names(inputs)}
    used = {change.name for together in made.values() for change in together}
    alone = dict.fromkeys(change.name for change in changes if change.name not in used)
    faults: list[Fault] = []
    for name, together in made.items():
        faults += _of_changes(inputs, name, together, rows)
    for name in alone:
        faults += _of_changes(inputs, name, [c for c in changes if c.name == name], rows)
    faults += _of_draws(inputs)
    return tuple({(fault.where, fault.rule): fault for fault in faults}.values())


def _of_changes(
    inputs: Inputs, name: str, changes: Sequence[Change], rows: Mapping[str, Row]
) -> list[Fault]:
    """Return what is wrong with changes that are made together, by themselves or in the result."""
    edit = _Rehearsal(inputs, changes, rows)
    for change in changes:
        edit.make(change)
    if edit.faults:
        return edit.faults
    found = []
    for fault in edit.broken_rules():
        touched = {change.where: change for change in edit.touched.get(fault.where, ())}
        at = f"{fault.where} would be {fault.value}: " if touched and fault.value else (
            f"{fault.where}: ")  # fmt: skip
        where, value = _scenario_cell(inputs, name, changes, rows)
        if len(touched) == 1:
            row = rows[next(iter(touched))]
            where, value = row.where("value"), row.shown("value")
        found.append(Fault(where, value, f"after this change {at}{fault.rule}", fault.remedy))
    return found


def _scenario_cell(
    inputs: Inputs, name: str, changes: Sequence[Change], rows: Mapping[str, Row]
) -> tuple[str, str]:
    """Return cell and content of a scenario's name, of a change that is in none, of its own."""
    for row in inputs.tables["scenarios"]:
        if row["scenario"] == name:
            return row.where("scenario"), row.shown("scenario")
    row = rows[changes[0].where]
    return row.where("change"), row.shown("change")


def _of_draws(inputs: Inputs) -> list[Fault]:
    """Return what is wrong with the draws: their figures, and keys that no row has."""
    try:
        read_draws(inputs)
    except InputFaults as error:
        return list(error.faults)
    rows = {edit_of(row).where: row for row in inputs.tables["draws"]}
    edit = _Rehearsal(inputs, (), rows)
    for row in rows.values():
        edit.rows_of(edit_of(row))
    return edit.faults


def warning_of_scenarios(inputs: Inputs) -> str:
    """Return a line on the scenarios that cannot be planned as they are, empty if all can."""
    faults = rehearsed(inputs)
    if not faults:
        return ""
    places = ", ".join(dict.fromkeys(fault.where for fault in faults[:FIRST_SCENARIOS]))
    rest = len(faults) - FIRST_SCENARIOS
    more = f" and {rest} more" if rest > 0 else ""
    return f"scenarios of this workbook are at fault ({places}{more}): see planner check"
