"""Faults of the tiny case with some rows changed."""

from __future__ import annotations

from blocks import rows_of

from planner.errors import InputFaults
from planner.workbook.reading import inputs_from_rows


def faults_of(**changes: object) -> list[str]:
    """Return every fault of the inputs, as a person reads them."""
    try:
        inputs = inputs_from_rows("checks", rows_of(**changes))  # type: ignore[arg-type]
    except InputFaults as error:
        return [str(fault) for fault in error.faults]
    assert inputs.what_if_faults, "no fault is found"
    return [str(fault) for fault in inputs.what_if_faults]
