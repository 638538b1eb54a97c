"""Reads a workbook or a folder of CSV files into typed rows, or reports every cell to mend."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from planner.errors import Fault, InputFaults, PlannerError
from planner.workbook.checks.cross_checks import check
from planner.workbook.checks.names import UNCHANGED
from planner.workbook.digest import digest_of
from planner.workbook.drafts import Draft, Findings, Sheet
from planner.workbook.files.atomic import readable
from planner.workbook.files.guard import short, some
from planner.workbook.files.raw_cells import Grid, RawSheet, read_raw
from planner.workbook.headers import name_of
from planner.workbook.rows import Inputs
from planner.workbook.schema.declarations import Table
from planner.workbook.schema.sheets import BY_NAME, FOR_PEOPLE, TABLES
from planner.workbook.settings import read_settings
from planner.workbook.sheet_reading import read_sheet


def read_inputs(path: Path) -> Inputs:
    """Read and check a workbook or a folder of CSV files.

    Parameters
    ----------
    path
        An ``.xlsx``, ``.xlsm`` or ``.ods`` file, or a folder with one CSV file for each sheet.

    Returns
    -------
    Inputs

    Raises
    ------
    PlannerError
        If there is no such file, or it is not a workbook of inputs.
    InputFaults
        With every fault: of single cells, and of the rules across cells as far as these are sound.
        Faults of scenarios, changes, draws and samples alone are returned with the inputs.
    """
    whole = path.resolve()
    raw = read_raw(path, lambda title: name_of(title) in BY_NAME)
    _refuse_foreign(path, raw)
    return inputs_from_sheets(readable(whole.name if path.is_dir() else whole.stem), raw)


def inputs_from_rows(name: str, sheets: Mapping[str, Sequence[Mapping[str, object]]]) -> Inputs:
    """Read and check inputs given as rows of raw values, as a workbook would hold them.

    Parameters
    ----------
    name
        Name of the inputs, in place of a workbook's.
    sheets
        For each sheet its rows, each from column name to raw value.

    Raises
    ------
    InputFaults
        As `read_inputs`.
    """
    found = []
    for sheet, rows in sheets.items():
        header = list(dict.fromkeys(column for row in rows for column in row))
        grid: Grid = [list(header), *([row.get(column) for column in header] for row in rows)]
        found.append(RawSheet(sheet, grid))
    return inputs_from_sheets(name, found)


def inputs_from_sheets(name: str, raw: Sequence[RawSheet]) -> Inputs:
    """Type every cell and check every rule across cells.

    Parameters
    ----------
    name
        Name of the inputs, and of the plan where the settings give none.
    raw
        Every sheet as it stands in the file.

    Raises
    ------
    InputFaults
        As `read_inputs`.
    """
    findings = Findings(notes=[note for sheet in raw for note in sheet.notes])
    grids, doubtful = _known_sheets(raw, findings)
    sheets: dict[str, Sheet] = {}
    settings_table = BY_NAME["settings"]
    sheets["settings"] = _sheet(settings_table, grids, findings)
    settings = read_settings(sheets["settings"], findings)
    for table in TABLES[1:]:
        sheets[table.name] = _sheet(table, grids, findings)
    for sheet in doubtful:
        sheets[sheet].whole = False
    values = dict(settings.values)
    values["plan"] = values["plan"] or name
    values["today"] = values["today"] or values["start"]
    tables = {sheet: found.rows for sheet, found in sheets.items()}
    draft = Draft(
        Inputs(name, values, tables, setting_cells=settings.cells), sheets, settings.unsettled
    )
    faults, notes = check(draft)
    found = sorted([*findings.faults, *faults], key=_place)
    if not all(map(_is_of_a_what_if, found)):
        raise InputFaults(found)
    return Inputs(
        name,
        values,
        tables,
        (*findings.notes, *notes),
        digest_of(values, sheets),
        settings.cells,
        tuple(findings.doubts),
        tuple(found),
    )


def _is_of_a_what_if(fault: Fault) -> bool:
    """Say whether a fault stands in a sheet that the plan of the inputs as they are ignores."""
    return _meant(fault.where.partition("!")[0]) in UNCHANGED


def _sheet(table: Table, raw: Mapping[str, RawSheet], findings: Findings) -> Sheet:
    """Return a sheet, typed; one that the workbook does not have is empty."""
    found = raw.get(table.name)
    if found is None:
        return read_sheet(table, None, findings)
    return read_sheet(table, found.grid, findings, found.shown)


def _refuse_foreign(path: Path, raw: Sequence[RawSheet]) -> None:
    """Refuse in one sentence a workbook that has nothing to do with the planner.

    Raises
    ------
    PlannerError
        If none of its sheets has a name like one of the planner's.
    """
    titles = [sheet.title for sheet in raw if name_of(sheet.title) not in FOR_PEOPLE]
    if any(_meant(title) for title in titles):
        return
    kind = "folder" if path.is_dir() else "workbook"
    found = f"only {some(map(short, titles))}" if titles else "nothing to read"
    raise PlannerError(
        f"{path}: this {kind} has none of the planner's sheets, {found}; begin with "
        "`planner init my-plan.xlsx`, which writes those to fill in."
    )


def _meant(title: str) -> str:
    """Return the sheet that a title names or nearly names, or nothing."""
    near = difflib.get_close_matches(name_of(title), BY_NAME, n=1, cutoff=0.8)
    return near[0] if near and not title.lstrip().startswith("#") else ""


def _known_sheets(
    raw: Iterable[RawSheet], findings: Findings
) -> tuple[dict[str, RawSheet], set[str]]:
    """Match sheets to declarations by name; note the extra ones, fault the missing ones.

    Returns
    -------
    grids : dict of str to RawSheet
        Each sheet that is known.
    doubtful : set of str
        Sheets of which not all rows are known, for some stand in a sheet at fault.
    """
    grids: dict[str, RawSheet] = {}
    doubtful: set[str] = set()
    others: dict[str, str] = {}
    for sheet in raw:
        key = name_of(sheet.title)
        if key in FOR_PEOPLE:
            continue
        if key not in BY_NAME:
            others[sheet.title] = _meant(sheet.title)
        elif key in grids:
            findings.faults.append(
                Fault(sheet.title, "", f"there are two sheets named {key}", "Merge or rename one")
            )
            doubtful.add(key)
        else:
            grids[key] = sheet
    for title, meant in others.items():
        if meant and meant not in grids:
            # Left out, it would be missed by nobody: the plan is made without those limits.
            remedy = f"Rename it {meant}, or begin its name with # to keep notes"
            findings.faults.append(Fault(title, "", "there is no such sheet to read", remedy))
            doubtful.add(meant)
        else:
            hint = f"; did you mean {meant}?" if meant else ""
            findings.notes.append(
                f"sheet {title!r} is not one of the planner's and is ignored{hint}"
            )
    for table in TABLES:
        if table.required and table.name not in {*grids, *doubtful}:
            findings.faults.append(
                Fault(table.name, "", "this sheet is required and missing", f"Add it: {table.help}")
            )
    return grids, doubtful


def _place(fault: Fault) -> tuple[int, int, int, str]:
    """Return where a fault stands: by sheet as declared, then row, then column."""
    title, _, cell = fault.where.partition("!")
    names = list(BY_NAME)
    sheet = names.index(name_of(title)) if name_of(title) in BY_NAME else len(names)
    row = re.search(r"\d+", cell)
    column = re.match(r"[A-Z]*", cell)
    across = column[0] if column else ""
    return sheet, int(row[0]) if row else 0, len(across), across
