"""Inputs as a JSON document, which is saved with a plan. It includes the cells of all rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from planner.errors import Fault, PlannerError
from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.settings_sheet import SETTINGS
from planner.workbook.schema.sheets import TABLES


class LostInputs(Inputs):
    """Inputs of a plan whose ``inputs.json`` could not be written; only their digest is known.

    The plan can be read and verified. Every other use of its inputs raises an error that says
    that they are missing.
    """

    def __init__(self, digest: str) -> None:
        object.__setattr__(self, "digest", digest)

    def __getattribute__(self, name: str) -> Any:
        """Return the digest; refuse access to every other field."""
        if name in ("name", "settings", "tables", "notes", "setting_cells"):
            raise PlannerError(
                "the plan's inputs are missing, because inputs.json could not be written with it. "
                "Plan again"
            )
        return super().__getattribute__(name)


def as_document(inputs: Inputs) -> dict[str, Any]:
    """Return inputs as a document of types that JSON has.

    Parameters
    ----------
    inputs
        The inputs.

    Returns
    -------
    dict
        A document that `from_document` reads.
    """
    return {
        "name": inputs.name,
        "settings": {name: _kept(value) for name, value in inputs.settings.items()},
        "setting_cells": dict(inputs.setting_cells),
        "notes": list(inputs.notes),
        "digest": inputs.digest,
        "sheets": {
            sheet: [_row_kept(row) for row in rows] for sheet, rows in inputs.tables.items() if rows
        },
        **(
            {"what_if_faults": list(map(asdict, inputs.what_if_faults))}
            if inputs.what_if_faults
            else {}
        ),
    }


def from_document(document: Mapping[str, Any]) -> Inputs:
    """Return the inputs in a document of `as_document`.

    Raises
    ------
    KeyError, TypeError, ValueError
        If the document is of another version.
    """
    settings = {s.name: _given(s, document["settings"][s.name]) for s in SETTINGS}
    tables = {}
    for table in TABLES:
        rows = document["sheets"].get(table.name, ())
        tables[table.name] = tuple(
            Row(
                table.name,
                {c.name: _given(c, row["values"][c.name]) for c in table.columns},
                row["cells"],
                frozenset(row["blank"]),
            )
            for row in rows
        )
    faults = tuple(Fault(**fault) for fault in document.get("what_if_faults", ()))
    return Inputs(
        document["name"],
        settings,
        tables,
        tuple(document["notes"]),
        document["digest"],
        document["setting_cells"],
        what_if_faults=faults,
    )


def _row_kept(row: Row) -> dict[str, Any]:
    return {
        "values": {name: _kept(value) for name, value in row.values.items()},
        "cells": dict(row.cells),
        "blank": sorted(row.blank),
    }


def _kept(value: object) -> object:
    """Return a value as JSON; a date becomes an object, to distinguish it from a text."""
    if isinstance(value, date):
        return {"date": value.isoformat()[:10]}
    return list(value) if isinstance(value, tuple) else value


def _given(column: Column, value: Any) -> object:
    """Return the value from its JSON."""
    if isinstance(value, dict):
        return date.fromisoformat(value["date"])
    return tuple(value) if column.kind is Kind.LIST else value
