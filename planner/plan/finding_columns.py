"""Columns that several tables of findings have."""

from __future__ import annotations

from planner.plan.columns import Column

SUBJECT = Column("subject", "Subject", "", "text", "Row of the input, in words.", width=34)
LIMIT = Column("kind", "Limit", "", "text", "Kind of the limit.", width=24)
CELL = Column("cell", "Input cell", "", "cell", "Sheet and cell of the input workbook.", width=24)
