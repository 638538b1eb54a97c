"""Finds the name that was probably meant by one that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from planner.workbook.schema.cell_contents import folded

MOST_COMPARED = 40_000
"""Names compared in all: where thousands are wrong, a hint for each would take hours."""


class Speller:
    """Known names, and which of them another one is near to.

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
        """Return the name that a text differs from by case or spaces, or little more; or None."""
        word = folded(text)
        if word in self.spelled:
            return self.spelled[word]
        if word not in self.told and self.left > 0:
            self.left -= len(self.spelled)
            near = difflib.get_close_matches(word, self.spelled, n=1, cutoff=0.6)
            self.told[word] = self.spelled[near[0]] if near else None
        return self.told.get(word)
