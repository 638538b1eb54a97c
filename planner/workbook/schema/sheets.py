"""Every sheet of the workbook, in the order of the template.

Each sheet is declared once for reading, checks, template and data dictionary. A new sheet is added
to the module of its subject.
"""

from __future__ import annotations

from planner.workbook.schema.demand_sheets import DEMAND_TABLES
from planner.workbook.schema.settings_sheet import SETTINGS_TABLES
from planner.workbook.schema.site_sheets import SITE_TABLES
from planner.workbook.schema.supply_sheets import SUPPLY_TABLES
from planner.workbook.schema.whatif_sheets import WHATIF_TABLES
from planner.workbook.schema.workload_sheets import WORKLOAD_TABLES

TABLES = (
    *SETTINGS_TABLES,
    *SUPPLY_TABLES,
    *SITE_TABLES,
    *DEMAND_TABLES,
    *WORKLOAD_TABLES,
    *WHATIF_TABLES,
)
"""All sheets, in the order of the template."""

FOR_PEOPLE = frozenset({"readme", "check", "planner check"})
"""Sheets that `init` and `check` write for people, and that the reader ignores."""

BY_NAME = {table.name: table for table in TABLES}
"""The sheets by name."""
