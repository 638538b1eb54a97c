"""Counts shown in reports, computed here once so that reports cannot differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from planner.plan.rows import Row
from planner.plan.store import Plan
from planner.reports.plan_figures import several
from planner.reports.views import NOTHING, figure, listed, number, percent
from planner.workbook.rows import Row as InputRow

ASSUMED = "assum"
"""Word in the source of an input row that rests on an assumption, in any letter case."""

MISSED_TIER = "missed_mw_months_priority_"
"""Prefix of the names of tiers of missed MW, before the priority."""


MISSED_TOKENS_TIER = "missed_mtok_priority_"
"""The same of missed tokens."""


def rests_on(row: InputRow) -> str | None:
    """Return ``assumption`` or ``source`` by the row's column `source`; None if it is blank."""
    source = row.values.get("source")
    if not source:
        return None
    return "assumption" if ASSUMED in str(source).lower() else "source"


@dataclass(frozen=True)
class Origins:
    """Numbers of input rows that rest on assumptions and on sources.

    Attributes
    ----------
    rows, assumed, sourced : int
        All rows; rows that rest at least partly on an assumption; rows that rest on a source alone.
    """

    rows: int
    assumed: int
    sourced: int

    @property
    def words(self) -> str:
        """The counts in words."""
        if not self.assumed + self.sourced:
            return (
                f"none of the {self.rows:,} input rows has a source, so the rows that rest on an "
                "assumption are not known"
            )
        verb = "rests" if self.assumed == 1 else "rest"
        rest = self.rows - self.assumed - self.sourced
        return (
            f"{several(self.assumed, 'input row')} {verb} on an assumption, {self.sourced:,} on a "
            f"source alone{f', {rest:,} without a source' if rest else ''}"
        )


def origins(plan: Plan) -> Origins:
    """Return the numbers of a plan's input rows by origin."""
    kinds = [rests_on(row) for rows in plan.inputs.tables.values() for row in rows]
    return Origins(len(kinds), kinds.count("assumption"), kinds.count("source"))


def as_sentence(words: str) -> str:
    """Return words with a capital first letter."""
    return words[:1].upper() + words[1:]


def is_missed(milestone: Mapping[str, object]) -> bool:
    """Return whether a milestone of the summary misses MW."""
    return number(milestone.get("missed_mw")) > NOTHING


def milestone_words(plan: Plan) -> str:
    """Return the numbers of milestones met and missed, in words."""
    missed = [is_missed(milestone) for milestone in listed(plan, "milestones")]
    return f"{missed.count(False):,} met, {missed.count(True):,} missed"


def token_words(plan: Plan) -> str:
    """Return the tokens asked for, and the shares served, bought and missed; empty without any."""
    rows = plan.tables.get("tokens", [])
    asked = sum(row["demand_mtok"] for row in rows)
    if not asked:
        return ""
    totals = {
        "served": sum(row["served_mtok"] for row in rows),
        "bought": sum(row["bought_mtok"] for row in rows),
        "missed": sum(row["missed_mtok"] for row in rows),
    }
    shares = []
    for name, mtok in totals.items():
        shares.append(f"{percent(mtok / asked)} {name}" if mtok else f"none {name}")
    return f"{figure(asked)} Mtok asked for: {', '.join(shares)}"


def order_words(plan: Plan) -> str:
    """Return the number of orders and of firm ones, in words."""
    orders = plan.tables.get("orders", [])
    if not orders:
        return "no orders"
    firm = sum(row["firm"] == "yes" for row in orders)
    return f"{several(len(orders), 'order')}, {firm:,} of them firm (already placed)"


def systems_installed(plan: Plan) -> dict[str, float]:
    """Return the number of installed systems by kind; different kinds are never added."""
    systems = plan.summary.get("systems")
    if not isinstance(systems, Mapping):
        return {}
    return {str(name): number(count) for name, count in systems.items()}


def system_words(plan: Plan, separator: str = ", ") -> str:
    """Return the systems installed of each kind, in words."""
    parts = [f"{name} {figure(count)}" for name, count in systems_installed(plan).items()]
    return separator.join(parts) or "none"


def tiers(plan: Plan) -> list[Row]:
    """Return the tiers, with names in words as ``words`` and units in words.

    A tier weighs all missed MW of its priority alike. If they are on several bases, the unit says
    so, because the value is then not in MW-months of any one basis.
    """
    bases: dict[str, set[str]] = {}
    for given in plan.inputs.tables["commitments"]:
        bases.setdefault(f"{MISSED_TIER}{given['priority']}", set()).add(given["basis"])
    rows: list[Row] = []
    for row in plan.tables.get("tiers", []):
        name, unit = row["tier"], row["unit"]
        if len(bases.get(name, ())) > 1:
            unit = f"{unit}, all bases"
        rows.append({**row, "words": tier_words(name), "unit": unit})
    return rows


def tier_words(name: str) -> str:
    """Return the name of a tier in words, e.g. ``missed, priority 1``."""
    words = name.replace(MISSED_TIER, "missed, priority ")
    return words.replace(MISSED_TOKENS_TIER, "tokens missed, priority ").replace("_", " ")
