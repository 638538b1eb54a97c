"""Sheets with every kind of cell that a reader meets."""

from __future__ import annotations

from blocks import due, hall, promised, rows_of, sold
from instances import Sheets, lane, unit_system
from micro import FEBRUARY, JANUARY

RICH: Sheets = {
    **rows_of(
        supply=[sold(price=7.5, **{"yield": 0.9}), sold("other", lot=4)],
        systems=[unit_system(price=10, available_to=FEBRUARY), unit_system("other")],
        sites=[{"site": "1", "country": "US"}, {"site": "Québec", "country": "CA"}],
        halls=[hall(site="1", count=3, ready=FEBRUARY), hall("h2", site="Québec", slots=12.5)],
        commitments=[promised("demand", countries="US, CA")],
        milestones=[due("demand", 1.25, JANUARY), due("demand", 5)],
        service=[{"commitment": "demand", "site": "1", "allowed": "no"}],
        lanes=[lane("maker", "1"), lane("maker", "Québec", 0.1)],
    )
}
"""Texts, numbers, dates, a list, a flag, blank cells, and a name that looks like a number."""
