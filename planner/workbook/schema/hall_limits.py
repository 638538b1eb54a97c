"""The limits of a hall that the systems in it share, each declared once.

The check of the fleet, the case, the rules of the model, the warnings and the explanations read
this table. The checker does not: it states each limit again on its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


class Cells(Protocol):
    """Cells of a row by column."""

    def __getitem__(self, column: str, /) -> Any:
        """Return the value of a column."""


@dataclass(frozen=True)
class HallLimit:
    """A limit of a hall that the systems in it share.

    Attributes
    ----------
    column : str
        Its column in the sheet `halls`; blank means no limit.
    rule : str
        Name of its rows in the model.
    each_takes : tuple of str
        Columns of the sheet `systems` that add up to what one system takes; empty if the limit
        counts systems.
    need : str
        What systems take, e.g. ``coolant``; empty if the limit counts systems.
    kind : str
        What explanations call the limit, e.g. ``hall coolant``.
    unit : str
        Unit of the column.
    ask : str
        Sentence that asks for more, as `ask` of `Amount` in `planner/explain`.
    fleet_fault : str
        Fault of a fleet that exceeds it, with its use and the capacity of its open halls.
    noun : str
        What it counts, in the singular; only if `ask` contains ``{more}``.
    per_unit : float
        Units of `each_takes` in one unit of the column.
    """

    column: str
    rule: str
    each_takes: tuple[str, ...]
    need: str
    kind: str
    unit: str
    ask: str
    fleet_fault: str
    noun: str = ""
    per_unit: float = 1.0

    def taken_by(self, system: Cells) -> float | None:
        """Return what one system takes, from its row; None if that is unknown."""
        if not self.each_takes:
            return 1.0
        amounts = [system[column] for column in self.each_takes]
        if None in amounts:
            return None
        return float(sum(amounts) / self.per_unit)


HALL_LIMITS = (
    HallLimit(
        column="it_mw",
        rule="hall_power",
        each_takes=("power_kw", "overhead_kw"),
        per_unit=1000.0,
        need="power",
        kind="hall power",
        unit="MW",
        ask="{hall}: {amount} MW more IT power in each hall",
        fleet_fault="the fleet in this hall draws {:.10g} MW of IT power, "
        "but its open halls carry {:.10g} MW",
    ),
    HallLimit(
        column="slots",
        rule="hall_slots",
        each_takes=("slots",),
        need="slots",
        kind="hall slots",
        unit="slots",
        ask="{hall}: {more} in each hall",
        noun="slot",
        fleet_fault="the fleet in this hall takes {:.10g} slots, but its open halls have {:.10g}",
    ),
    HallLimit(
        column="coolant_lpm",
        rule="hall_coolant",
        each_takes=("coolant_lpm",),
        need="coolant",
        kind="hall coolant",
        unit="l/min",
        ask="{hall}: {amount} l/min more coolant in each hall",
        fleet_fault="the fleet in this hall needs {:.10g} l/min of coolant, "
        "but its open halls have {:.10g}",
    ),
)
"""Every limit of a hall, in the order in which explanations name them."""

HALL_LIMIT_OF = {limit.column: limit for limit in HALL_LIMITS}
"""The same by column."""
