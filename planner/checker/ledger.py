"""The checker's ledger: it counts comparisons, keeps the violations and decides what is equal."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

TOLERANCE = 1e-6
"""Largest miss of a rule, of its right-hand side, or absolute where that is below one.

The same figure is stated for the model in `planner.tolerance`; the checker shares nothing with it.
"""

MONEY_STRICTNESS = 2000.0
"""Money is compared as much more strictly; see `Ledger.strays`."""


@dataclass
class Ledger:
    """What the checker has compared and what it has found.

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
        """Whether `left` exceeds `right` by more than the tolerance; so does what is no number."""
        self.checks[self.rule] += 1
        return not left <= right + self.tolerance * max(1.0, abs(right))

    def below(self, left: float, right: float) -> bool:
        """Whether `left` falls short of `right` by more than the tolerance."""
        self.checks[self.rule] += 1
        return not left >= right - self.tolerance * max(1.0, abs(right))

    def differs(self, left: float, right: float) -> bool:
        """Whether two quantities differ by more than the tolerance, which a solver may leave."""
        self.checks[self.rule] += 1
        return not abs(left - right) <= self.tolerance * max(1.0, abs(right))

    def strays(self, left: float, right: float) -> bool:
        """Whether a recomputed figure differs by more than the noise of floating point.

        Money, and what is copied from the workbook, follows from the tables' own figures, so no
        solver's tolerance is due. The margin is the tolerance up to 2,000 and 1 / 2,000 of it
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
    """Show a number with the decimals that it has, six at most, e.g. ``1,234.5``."""
    shown = f"{value:,.6f}".rstrip("0").rstrip(".") if not math.isnan(value) else "no number"
    return "0" if shown == "-0" else shown
