"""The checker's ledger: counts comparisons, keeps violations, and defines equality."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

TOLERANCE = 1e-6
"""Largest violation of a rule, relative to its right-hand side; absolute if that is below one.

`planner.tolerance` states the same figure for the model; the checker shares nothing with it.
"""

MONEY_STRICTNESS = 2000.0
"""Factor by which money is compared more strictly; see `Ledger.strays`."""


@dataclass
class Ledger:
    """Comparisons that the checker has made, and violations that it has found.

    Attributes
    ----------
    tolerance : float
        Largest violation of a rule, relative to its right-hand side where that is above 1.
    checks : dict of str to int
        Single comparisons made, by rule, in the order of the rules.
    violations : list of str
        One sentence for each comparison that failed, headed by the name of its rule.
    rule : str
        Rule that is being checked.
    """

    tolerance: float
    checks: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    rule: str = ""

    def begin(self, rule: str) -> None:
        """Begin to check a rule."""
        self.rule = rule
        self.checks[rule] = 0

    def above(self, left: float, right: float) -> bool:
        """Whether `left` exceeds `right` by more than the tolerance; True if either is NaN."""
        self.checks[self.rule] += 1
        return not left <= right + self.tolerance * max(1.0, abs(right))

    def below(self, left: float, right: float) -> bool:
        """Whether `left` falls short of `right` by more than the tolerance."""
        self.checks[self.rule] += 1
        return not left >= right - self.tolerance * max(1.0, abs(right))

    def differs(self, left: float, right: float) -> bool:
        """Whether two quantities differ by more than the solver's tolerance."""
        self.checks[self.rule] += 1
        return not abs(left - right) <= self.tolerance * max(1.0, abs(right))

    def strays(self, left: float, right: float) -> bool:
        """Whether a recomputed figure differs by more than the noise of floating point.

        Money, and values copied from the workbook, follow exactly from the tables, so they get no
        solver tolerance. The margin is the tolerance up to 2,000 and 1 / 2,000 of it
        relative to larger amounts: 5e-10 at the usual 1e-6. A cent is found in 10 million (margin
        0.005), while sums of tens of billions, exact to about 1e-5, have a margin of 5 and more.
        """
        self.checks[self.rule] += 1
        return not abs(left - right) <= self.tolerance * max(1.0, abs(right) / MONEY_STRICTNESS)

    def fails(self, holds: bool) -> bool:
        """Whether a comparison of names or days fails."""
        self.checks[self.rule] += 1
        return not holds

    def refuse(self, sentence: str) -> None:
        """Record a violation of the rule that is being checked."""
        self.violations.append(f"{self.rule}: {sentence}")


def figure(value: float) -> str:
    """Format a number with up to six decimals, e.g. ``1,234.5``."""
    if math.isnan(value):
        return "no number"
    text = f"{value:,.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
