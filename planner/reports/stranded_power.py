"""Stranded power: energised megawatts of each node that no hall can use."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date

from planner.plan.rounding import tidy
from planner.plan.store import Plan
from planner.reports.views import period_ends
from planner.workbook.rows import Inputs


class Usable:
    """Facility MW that the halls below each node could draw if all were open and full.

    Halls count from the first day on which they can be open, with their IT power and their site's
    PUE; a node passes on at most its own energised MW. All values are as of the last day of a
    period, like the load.

    Parameters
    ----------
    inputs
        The workbook.
    energised_mw
        Energised MW by node and last day of a period; None or absent if unlimited.
    """

    def __init__(self, inputs: Inputs, energised_mw: dict[tuple[str, date], float | None]) -> None:
        self.energised_mw = energised_mw
        pue = {row["site"]: row["pue"] or 1.0 for row in inputs.tables["sites"]}
        self.children: dict[str, list[str]] = defaultdict(list)
        for row in inputs.tables["power"]:
            self.children[row["parent"]].append(row["node"])
        self.halls: dict[str, list[tuple[date | None, float, float]]] = defaultdict(list)
        for row in inputs.tables["halls"]:
            each = row["it_mw"] * pue.get(row["site"], 1.0)
            open_now, all_halls = row["open_count"] * each, row["count"] * each
            self.halls[row["fed_by"]].append((row["ready"], open_now, all_halls))
        self.known: dict[tuple[str, date], float] = {}

    def below(self, node: str, last: date) -> float:
        """Return the MW that halls below a node could draw on the last day of a period."""
        if (node, last) not in self.known:
            self.known[node, last] = 0.0  # a node that feeds itself draws nothing more
            parts = []
            for ready, open_now, all_halls in self.halls[node]:
                can_open = ready is None or ready <= last
                parts.append(all_halls if can_open else open_now)
            for child in self.children[node]:
                parts.append(self.passed(child, last))
            self.known[node, last] = math.fsum(parts)
        return self.known[node, last]

    def passed(self, node: str, last: date) -> float:
        """Return the MW below a node, capped at its own energised MW."""
        limit = self.energised_mw.get((node, last))
        below = self.below(node, last)
        return below if limit is None else min(limit, below)


def stranded_mw(plan: Plan) -> dict[tuple[str, date], float]:
    """Return the stranded MW of each node that has a limit, by the last day of a period.

    Stranded MW are energised MW beyond what the halls below could draw if every hall that can be
    open by then were open and full.
    """
    energised: dict[tuple[str, date], float | None] = {}
    ends = period_ends(plan)
    for row in plan.tables.get("power", []):
        last = ends.get(row["period"], row["period"])
        energised[row["node"], last] = row["energised_mw"]
    usable = Usable(plan.inputs, energised)
    stranded = {}
    for (node, last), mw in energised.items():
        if mw is not None:
            unused = tidy(round(mw - usable.below(node, last), 9))
            stranded[node, last] = max(0.0, unused)
    return stranded
