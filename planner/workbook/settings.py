"""Read the sheet of settings, where each row has a declaration of its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from planner.errors import Fault
from planner.workbook.drafts import Findings, Sheet
from planner.workbook.rows import Row
from planner.workbook.schema.cell_contents import BadValueError
from planner.workbook.schema.declarations import Column
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.spelling import Speller
from planner.workbook.schema.unit_names import unit_name
from planner.workbook.schema.values import convert


@dataclass
class Settings:
    """The settings as read.

    Attributes
    ----------
    values : dict of str to object
        Every setting, typed; None if it is at fault, or blank without a default.
    cells : dict of str to str
        Cell of each setting that the sheet gives.
    unsettled : set of str
        Settings whose value is at fault.
    """

    values: dict[str, Any] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)
    unsettled: set[str] = field(default_factory=set)


def read_settings(sheet: Sheet, findings: Findings) -> Settings:
    """Return every setting. `locale` is read first, because the others may be written in it.

    Parameters
    ----------
    sheet
        The sheet of settings.
    findings
        Collects every fault.
    """
    settings = Settings()
    given: dict[str, Row] = {}
    for row in sheet.rows:
        name = row["setting"]
        if name in given:
            first = given[name].where("setting")
            findings.faults.append(
                row.fault("setting", f"this setting is in {first} already", "Remove one of the two")
            )
            settings.unsettled.add(name)
        elif name is not None:
            given[name] = row
    absent = _known_to_be_absent(sheet)
    _name_units(sheet, findings)
    for declared in sorted(SETTINGS, key=lambda setting: setting.name != "locale"):
        row_given = given.get(declared.name)
        value = _value(declared, row_given, settings, findings, absent)
        settings.values[declared.name] = value
        if declared.name == "locale":
            findings.locale = value
    settings.values = {declared.name: settings.values[declared.name] for declared in SETTINGS}
    settings.cells = {name: row.where("value") for name, row in given.items()}
    findings.currency = None if "currency" in settings.unsettled else settings.values["currency"]
    return settings


def _name_units(sheet: Sheet, findings: Findings) -> None:
    """Give a remedy for `release_fence_weeks`: give days, because settings state no unit."""
    for row in sheet.rows:
        if row["setting"] is not None:
            continue
        meant = unit_name(row.shown("setting"), SETTINGS, None)
        for at, fault in enumerate(findings.faults):
            if meant is not None and fault.where == row.where("setting"):
                findings.faults[at] = replace(fault, remedy=meant.value())


def _known_to_be_absent(sheet: Sheet) -> set[str]:
    """Return the settings that no row gives; none if a name is unreadable, as it may be any."""
    names = [setting.name for setting in SETTINGS]
    speller = Speller(names)
    meant = {row["setting"] or speller.nearest(row.shown("setting")) for row in sheet.rows}
    if None in meant or not sheet.whole or sheet.unknown:
        return set()
    return set(names) - meant


def _value(
    declared: Column, row: Row | None, settings: Settings, findings: Findings, absent: set[str]
) -> Any:
    """Return the value of a setting; None, and a fault, if it has no valid one."""
    if row is not None and row["value"] is None and not row.is_blank("value"):
        settings.unsettled.add(declared.name)  # The fault of its cell is reported already.
        return None
    try:
        return convert(declared, None if row is None else row["value"], findings.locale)
    except BadValueError as error:
        settings.unsettled.add(declared.name)
        if row is not None:
            blank = row.is_blank("value")
            rule = f"setting {declared.name} is required" if blank else error.rule
            findings.faults.append(row.fault("value", rule, error.remedy))
        elif declared.name in absent:
            findings.faults.append(
                Fault(
                    "settings",
                    "",
                    f"setting {declared.name} is required",
                    f"Add a row: {declared.help}",
                )
            )
        return None
