"""Which installs wait for which order: slack, latest order date and megawatts of each order.

Units are pegged first in, first out: the units that arrive first are the ones used first. An
order's need-by date is that of the first install that waits for its units, taken back through
assembly and the quickest freight. The installs themselves are taken as planned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from planner.case.case import Case

NONE_LEFT = 1e-7

Start = tuple[str, str, int, float]
"""Systems that a plant starts: plant, system, period, how many."""


@dataclass(frozen=True)
class Batch:
    """Units that come in together.

    Attributes
    ----------
    name : str
        What they are known by.
    place : str
        Where they come in.
    usable : int
        Period from which they can be used.
    quantity : float
        How many.
    """

    name: str
    place: str
    usable: int
    quantity: float


@dataclass(frozen=True)
class Use:
    """Units that are used together.

    Attributes
    ----------
    place : str
        Where.
    needed : int
        Period by which they are needed for the installs as planned.
    quantity : float
        How many.
    it_mw_per_unit : float
        IT power that waits for one unit.
    """

    place: str
    needed: int
    quantity: float
    it_mw_per_unit: float


@dataclass
class Peg:
    """What waits for a batch.

    Attributes
    ----------
    needed : int or None
        Period by which the batch must be at hand where it comes in; None if nothing waits for it.
    it_mw : float
        IT power that waits for it.
    """

    needed: int | None = None
    it_mw: float = 0.0


def peg(case: Case, batches: Iterable[Batch], uses: Iterable[Use]) -> dict[str, Peg]:
    """Peg batches of one item to its uses, first in, first out.

    Parameters
    ----------
    case
        For its calendar and the quickest ways between places.
    batches, uses
        What comes in and what is used, in any order.

    Returns
    -------
    dict of str to Peg
        By the batches' names.
    """
    waiting = sorted(uses, key=lambda use: (use.needed, use.place))
    pegs: dict[str, Peg] = {}
    at, left = 0, waiting[0].quantity if waiting else 0.0
    for batch in sorted(batches, key=lambda b: (b.usable, str(b.name))):
        found = pegs.setdefault(batch.name, Peg())
        units = batch.quantity
        while units > NONE_LEFT and at < len(waiting):
            use, taken = waiting[at], min(units, left)
            by = _needed_at(case, batch.place, use)
            found.needed = by if found.needed is None else min(found.needed, by)
            found.it_mw += taken * use.it_mw_per_unit
            units, left = units - taken, left - taken
            if left <= NONE_LEFT:
                at += 1
                left = waiting[at].quantity if at < len(waiting) else 0.0
    return pegs


def _needed_at(case: Case, place: str, use: Use) -> int:
    """Return the period by which a unit must be at a place to be used elsewhere in time."""
    by = use.needed
    for days in reversed(case.supply.routes.get((place, use.place), ())):
        by = case.calendar.latest(by, days)
    return by


def peg_orders(
    case: Case,
    orders: Mapping[str, Sequence[Batch]],
    starts: Sequence[Start],
    installs: Sequence[tuple[str, str, int, float]],
) -> dict[str, Peg]:
    """Peg all orders to the installs that wait for them.

    Parameters
    ----------
    case
        The case.
    orders
        Batches ordered, by item.
    starts
        Assembly: plant, system, period, systems.
    installs
        Installation: hall, system, period, systems.

    Returns
    -------
    dict of str to Peg
        By the orders' names.
    """
    supply, facility = case.supply, case.facility
    system_uses: dict[str, list[Use]] = defaultdict(list)
    for hall, system, period, count in installs:
        site = supply.place(facility.site_of[hall])
        system_uses[system].append(Use(site, period, count, facility.it_mw[system]))
    made: dict[str, list[tuple[Start, Batch]]] = defaultdict(list)
    for number, start in enumerate(starts):
        plant, system, period, count = start
        usable = supply.finish[plant, system, period]
        batch = Batch(f"start {number}", supply.place(plant), usable, count)
        made[system].append((start, batch))
    item_uses: dict[str, list[Use]] = defaultdict(list)
    pegs: dict[str, Peg] = {}
    for system in sorted(set(made) | set(system_uses)):
        bought = list(orders.get(system, ()))
        assembled = [batch for _, batch in made[system]]
        found = peg(case, [*assembled, *bought], system_uses[system])
        pegs.update({batch.name: found[batch.name] for batch in bought})
        for start, batch in made[system]:
            _add_item_uses(case, start, found[batch.name], item_uses)
    for item, batches in orders.items():
        if item not in system_uses and item not in made:
            pegs.update(peg(case, batches, item_uses[item]))
    return pegs


def _add_item_uses(
    case: Case, start: Start, waiting: Peg, item_uses: Mapping[str, list[Use]]
) -> None:
    """Add what a start of assembly uses, needed so that the installs are in time."""
    plant, system, period, count = start
    needed = period
    if waiting.needed is not None:
        days = case.supply.plant_days[plant, system]
        needed = max(period, case.calendar.latest(waiting.needed, days))
    for item, quantity in case.supply.bom[system].items():
        units = quantity * count
        use = Use(case.supply.place(plant), needed, units, waiting.it_mw / units)
        item_uses[item].append(use)
