"""Columns that several tables of findings have."""

from __future__ import annotations

from typing import Annotated, TypedDict

from planner.plan.columns import Column, shown

SUBJECT = Column("subject", "Subject", "", "text", "Row of the input, in words.", width=34)
LIMIT = Column("kind", "Limit", "", "text", "Kind of the limit.", width=24)
CELL = Column("cell", "Input cell", "", "cell", "Sheet and cell of the input workbook.", width=24)
AIM = Column("aim", "Goal", "", "text", "Effect that the set is proved to have.", width=40)
SET = Column("set", "Set", "", "count", "Number of the set; the first is the smallest.")
IRREDUCIBLE = Column(
    "irreducible",
    "All needed",
    "",
    "label",
    "Whether every change of the set is proved to be needed.",
    width=16,
)
FEWEST = Column("fewest", "Cheapest", "", "label", "Whether no cheaper set exists.", width=14)
PROOF = Column("proof", "Proof", "", "text", "How the set is proved.")


class AskChange(TypedDict):
    """One change of a set of asks, of megawatts or of tokens."""

    kind: Annotated[str, LIMIT]
    subject: Annotated[str, SUBJECT]
    cells: Annotated[str, shown("Input cells", "", "text", "Sheets and cells to change.", width=30)]
    says: Annotated[str, shown("Ask", "", "long", "The change in a sentence.", width=60)]
    more: Annotated[
        float | None,
        shown(
            "Change",
            "",
            "mixed",
            "Added to each cell, in its unit; for dates and days the days subtracted.",
        ),
    ]
    not_enough: Annotated[
        str | None,
        shown(
            "Not enough",
            "",
            "text",
            "Next smaller figure, proved too small by a re-solve; blank: not proved.",
            width=20,
        ),
    ]
