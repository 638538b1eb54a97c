"""Read a workbook or a folder of CSV files into typed rows, or report every fault."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
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
        If there is no such file, or it is not an input workbook.
    InputFaults
        With the faults of all cells, and of the rules across valid cells. If there are only
        faults of scenarios, changes, draws and samples, they are returned with the inputs.
    """
    whole = path.resolve()
    raw = read_raw(path, lambda title: name_of(title) in BY_NAME)
    _refuse_foreign(path, raw)
    return inputs_from_sheets(readable(whole.name if path.is_dir() else whole.stem), raw)


def inputs_from_rows(name: str, sheets: Mapping[str, Sequence[Mapping[str, object]]]) -> Inputs:
    """Read and check inputs that are given as rows of raw values.

    Parameters
    ----------
    name
        Name of the inputs, in place of a workbook's name.
    sheets
        Rows of each sheet; each row maps column names to raw values.

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
        Name of the inputs, and of the plan if the settings give none.
    raw
        Every sheet, as it is in the file.

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
        is_spared = _is_spared(table, grids, doubtful)
        needed = replace(table, required=False) if is_spared else table
        sheets[table.name] = _sheet(needed, grids, findings)
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
    """Return whether a fault is in a sheet that only what-ifs use."""
    return _meant(fault.where.partition("!")[0]) in UNCHANGED


def _sheet(table: Table, raw: Mapping[str, RawSheet], findings: Findings) -> Sheet:
    """Return a typed sheet; it is empty if the workbook does not have it."""
    found = raw.get(table.name)
    if found is None:
        return read_sheet(table, None, findings)
    return read_sheet(table, found.grid, findings, found.shown)


def _refuse_foreign(path: Path, raw: Sequence[RawSheet]) -> None:
    """Refuse a workbook that is not one of the planner's.

    Raises
    ------
    PlannerError
        If no sheet has a name similar to one of the planner's.
    """
    titles = [sheet.title for sheet in raw if name_of(sheet.title) not in FOR_PEOPLE]
    if any(_meant(title) for title in titles):
        return
    kind = "folder" if path.is_dir() else "workbook"
    found = f", only {some(map(short, titles))}" if titles else ""
    raise PlannerError(
        f"{path}: this {kind} has none of the planner's sheets{found}. Begin with "
        "`planner init my-plan.xlsx`, which writes a workbook to fill in."
    )


def _meant(title: str) -> str:
    """Return the declared sheet whose name is nearest to a title; empty if none is near."""
    near = difflib.get_close_matches(name_of(title), BY_NAME, n=1, cutoff=0.8)
    return near[0] if near and not title.lstrip().startswith("#") else ""


def _known_sheets(
    raw: Iterable[RawSheet], findings: Findings
) -> tuple[dict[str, RawSheet], set[str]]:
    """Match sheets to declarations by name; note extra sheets, report missing ones.

    Returns
    -------
    grids : dict of str to RawSheet
        Each declared sheet.
    doubtful : set of str
        Declared sheets that may have more rows, in a sheet at fault.
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
                Fault(
                    sheet.title,
                    "",
                    f"there are two sheets named {key}",
                    "Merge them, or rename one",
                )
            )
            doubtful.add(key)
        else:
            grids[key] = sheet
    for title, meant in others.items():
        if meant and meant not in grids:
            # Ignoring it could make a plan without the limits in this sheet, unnoticed.
            remedy = f"Rename it {meant}, or begin its name with # to keep notes"
            findings.faults.append(
                Fault(title, "", "the planner has no sheet of this name", remedy)
            )
            doubtful.add(meant)
        else:
            hint = f"; did you mean {meant}?" if meant else ""
            findings.notes.append(
                f"sheet {title!r} is not one of the planner's and is ignored{hint}"
            )
    for table in TABLES:
        is_needed = table.required and not _is_spared(table, grids, doubtful)
        if is_needed and table.name not in {*grids, *doubtful}:
            findings.faults.append(
                Fault(table.name, "", "this required sheet is missing", f"Add it: {table.help}")
            )
    return grids, doubtful


def _is_spared(table: Table, grids: Mapping[str, RawSheet], doubtful: Collection[str]) -> bool:
    """Return whether a required sheet may be absent, because another has rows."""
    if table.unless not in grids:
        return table.unless in doubtful
    # Read only to see whether there are rows; its findings are kept when it is read again.
    findings = Findings()
    return bool(_sheet(BY_NAME[table.unless], grids, findings).rows or findings.faults)


def _place(fault: Fault) -> tuple[int, int, int, str]:
    """Return the sort key of a fault: sheet in the order of declaration, row, column."""
    title, _, cell = fault.where.partition("!")
    names = list(BY_NAME)
    sheet = names.index(name_of(title)) if name_of(title) in BY_NAME else len(names)
    row = re.search(r"\d+", cell)
    column = re.match(r"[A-Z]*", cell)
    across = column[0] if column else ""
    return sheet, int(row[0]) if row else 0, len(across), across
