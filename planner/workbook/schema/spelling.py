"""Find the known name that is probably meant by an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from planner.workbook.schema.cell_contents import folded

MOST_COMPARED = 40_000
"""Limit of the number of comparisons, because hints for thousands of names would take hours."""


class Speller:
    """Finds the nearest of some known names.

    Parameters
    ----------
    names
        The known names.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.spelled = {folded(name): name for name in names}
        self.left = MOST_COMPARED
        self.told: dict[str, str | None] = {}

    def nearest(self, text: str) -> str | None:
        """Return the nearest known name; None if none is near."""
        word = folded(text)
        if word in self.spelled:
            return self.spelled[word]
        if word not in self.told and self.left > 0:
            self.left -= len(self.spelled)
            near = difflib.get_close_matches(word, self.spelled, n=1, cutoff=0.6)
            self.told[word] = self.spelled[near[0]] if near else None
        return self.told.get(word)
