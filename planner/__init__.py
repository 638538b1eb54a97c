"""A data-centre capacity and deployment planner: from a workbook to a proven, checked plan.

Examples
--------
>>> import planner
>>> plan = planner.plan("inputs/first-plan.xlsx")
>>> plan.ramp  # doctest: +SKIP
"""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import planner.plan  # noqa: F401  (the room below is made callable)

if TYPE_CHECKING:
    from planner.plan.store import Plan

__version__ = "0.1.0"


class _PlanRoom(ModuleType):
    """The room `planner.plan`, which is also the function that makes a plan.

    The contract has both names, and importing any module of the room would otherwise replace the
    function by the room.
    """

    def __call__(self, workbook: str | Path, **options: Any) -> Plan:
        """Make a plan from a workbook or a folder of CSV files.

        Parameters
        ----------
        workbook
            Path of the inputs.
        **options
            Fields of `planner.pipeline.Options`, e.g. ``gap=0.01``.

        Raises
        ------
        OptionOutOfBounds
            If an option is not known, or its value is not allowed.
        PlannerError
            As `planner.pipeline.make_plan`.
        """
        from planner.errors import OptionOutOfBounds  # noqa: PLC0415
        from planner.pipeline import Options, make_plan  # noqa: PLC0415
        from planner.workbook.reading import read_inputs  # noqa: PLC0415  (slow to import)

        unknown = sorted(options.keys() - {field.name for field in fields(Options)})
        if unknown:
            known = ", ".join(field.name for field in fields(Options))
            raise OptionOutOfBounds(f"{unknown[0]}: there is no such option. There are {known}")
        chosen = Options(**options)  # refused before a large workbook is read
        return make_plan(read_inputs(Path(workbook)), chosen)


sys.modules["planner.plan"].__class__ = _PlanRoom
