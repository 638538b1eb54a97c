"""Which installs wait for which order: units of each order, and by when they are needed.

Units are pegged first in, first out: the units that arrive first are the ones used first. An
order's need-by date is that of the first install that waits for its units, taken back through
assembly and the quickest freight. The installs themselves are taken as planned.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from planner.case.case import Case

NONE_LEFT = 1e-7

Start = tuple[str, str, int, float]
"""Systems that a plant starts: plant, system, period, how many."""

Install = tuple[str, str, int]
"""What is installed together: hall class, system, period."""


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
    systems_per_unit : float
        Systems of the install that wait for one unit.
    install : tuple of (str, str, int) or None
        Install that waits for them; None if none does.
    """

    place: str
    needed: int
    quantity: float
    systems_per_unit: float
    install: Install | None


@dataclass(frozen=True)
class Wait:
    """An install that waits for units of a batch.

    Attributes
    ----------
    install : tuple of (str, str, int)
        Hall class, system, period.
    needed : int
        Period by which the units must be at hand where the batch comes in.
    units : float
        Units that wait to be used.
    systems : float
        Systems that wait for them.
    """

    install: Install
    needed: int
    units: float
    systems: float


@dataclass
class Peg:
    """What waits for a batch: the installs, in the order of their need."""

    waits: list[Wait] = field(default_factory=list)

    @property
    def needed(self) -> int | None:
        """Period by which the batch must be at hand; None if nothing waits for it."""
        return min((wait.needed for wait in self.waits), default=None)


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
    waiting = sorted(uses, key=lambda use: (use.needed, use.place, use.install or ("", "", -1)))
    pegs: dict[str, Peg] = {}
    at, left = 0, waiting[0].quantity if waiting else 0.0
    for batch in sorted(batches, key=lambda b: (b.usable, str(b.name))):
        found = pegs.setdefault(batch.name, Peg())
        units = batch.quantity
        while units > NONE_LEFT and at < len(waiting):
            use, taken = waiting[at], min(units, left)
            if use.install is not None and taken > NONE_LEFT:
                by = _needed_at(case, batch.place, use)
                systems = taken * use.systems_per_unit
                found.waits.append(Wait(use.install, by, taken, systems))
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
    uses: dict[str, list[Use]] = defaultdict(list)
    for hall, system, period, count in installs:
        site = case.supply.place(case.facility.site_of[hall])
        uses[system].append(Use(site, period, count, 1.0, (hall, system, period)))
    made: dict[str, list[tuple[Start, Batch]]] = defaultdict(list)
    for number, start in enumerate(starts):
        plant, system, period, count = start
        usable = case.supply.finish[plant, system, period]
        batch = Batch(f"start {number:09d}", case.supply.place(plant), usable, count)
        made[system].append((start, batch))
    pegs: dict[str, Peg] = {}
    for item in _whole_before_parts(case, {*orders, *made, *uses}):
        bought = list(orders.get(item, ()))
        found = peg(case, [*(batch for _, batch in made[item]), *bought], uses[item])
        pegs.update({batch.name: found[batch.name] for batch in bought})
        for start, batch in made[item]:
            for part, use in _part_uses(case, start, found[batch.name]):
                uses[part].append(use)
    return pegs


def _whole_before_parts(case: Case, items: set[str]) -> Iterator[str]:
    """Give items so that whatever an item goes into comes before it."""
    left = set(items) | {part for item in items for part in case.supply.bom.get(item, ())}
    while left:
        parts = {part for item in left for part in case.supply.bom.get(item, ())}
        # Items that go into each other have no order; their names then decide.
        ready = sorted(left - parts) or sorted(left)[:1]
        yield from ready
        left.difference_update(ready)


def _part_uses(case: Case, start: Start, waiting: Peg) -> Iterator[tuple[str, Use]]:
    """Give what a start of assembly uses, needed so that each install is in time."""
    plant, system, period, count = start
    place, days = case.supply.place(plant), case.supply.plant_days[plant, system]
    idle = count - sum(wait.units for wait in waiting.waits)
    for part, quantity in case.supply.bom[system].items():
        for wait in waiting.waits:
            needed = max(period, case.calendar.latest(wait.needed, days))
            each = wait.systems / wait.units / quantity
            yield part, Use(place, needed, quantity * wait.units, each, wait.install)
        if idle > NONE_LEFT:
            yield part, Use(place, period, quantity * idle, 0.0, None)
