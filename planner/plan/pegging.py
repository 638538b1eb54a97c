"""Which installs wait for which order: units of each order, and by when they are needed.

Units are pegged first in, first out: the units that arrive first are the ones used first. An
order's need-by date is that of the first install that waits for its units, taken back through
assembly and the quickest freight. Where rates limit what is done on the way, the work for it
begins earlier (`work_durations`), and so must its units. The installs themselves are taken as
planned.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from planner.case.case import Case
from planner.plan.work_durations import Work

NONE_LEFT = 1e-7
"""Units up to this are solver noise."""

Start = tuple[str, str, int, float]
"""Systems that a plant starts: plant, system, day, how many."""

Install = tuple[str, str, int]
"""What is installed together: hall class, system, day."""


@dataclass(frozen=True)
class Batch:
    """Units that come in together.

    Attributes
    ----------
    name : str
        Name of the order or the start that brings them.
    place : str
        Place where they arrive.
    usable : int
        Day from which they can be used.
    quantity : float
        Number of units.
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
        Place where they are used.
    needed : int
        Day by which they are needed for the installs as planned.
    quantity : float
        Number of units.
    systems_per_unit : float
        Systems of the install that wait for one unit.
    install : tuple of (str, str, int) or None
        Install that waits for them; None if they go into systems that are never installed.
    lead_in : int
        Days before `needed` on which the first of them are used, because a rate spreads the work.
    """

    place: str
    needed: int
    quantity: float
    systems_per_unit: float
    install: Install | None
    lead_in: int = 0


@dataclass(frozen=True)
class Wait:
    """An install that waits for units of a batch.

    Attributes
    ----------
    install : tuple of (str, str, int)
        Hall class, system, day.
    needed : int
        Day by which the units must be at hand where the batch comes in.
    units : float
        Units that wait to be used.
    systems : float
        Systems that wait for them.
    lead_in : int
        Days before `needed` on which the first of them must be at hand.
    """

    install: Install
    needed: int
    units: float
    systems: float
    lead_in: int = 0


@dataclass
class Peg:
    """What waits for a batch: the installs, in the order of their need."""

    waits: list[Wait] = field(default_factory=list)

    @property
    def needed(self) -> int | None:
        """Day by which the batch must be at hand; None if no install waits for it."""
        return min((wait.needed for wait in self.waits), default=None)

    def begins(self, lead_in: int) -> int | None:
        """Return the day by which the first of its units must be at hand.

        None if no install waits for the batch.

        Parameters
        ----------
        lead_in
            Days over which the batch itself arrives.
        """
        days = [wait.needed - max(wait.lead_in, lead_in) for wait in self.waits]
        return min(days, default=None)


def peg(case: Case, batches: Iterable[Batch], uses: Iterable[Use], work: Work) -> dict[str, Peg]:
    """Peg batches of one item to its uses, first in, first out.

    Parameters
    ----------
    case
        For the quickest ways between places.
    batches, uses
        Units that arrive and units that are used, in any order.
    work
        How long limited lanes take to let units through.

    Returns
    -------
    dict of str to Peg
        By the batches' names; a batch that no install waits for has an empty peg.
    """
    # Uses without an install come first of those of a day and place.
    no_install = ("", "", -1)
    waiting = deque(
        sorted(uses, key=lambda use: (use.needed, use.place, use.install or no_install))
    )
    # Units of the first waiting use that no batch covers yet.
    unpegged = waiting[0].quantity if waiting else 0.0
    pegs: dict[str, Peg] = {}
    for batch in sorted(batches, key=lambda batch: (batch.usable, str(batch.name))):
        batch_peg = pegs.setdefault(batch.name, Peg())
        units_left = batch.quantity
        while units_left > NONE_LEFT and waiting:
            use = waiting[0]
            taken = min(units_left, unpegged)
            # Units without an install are used up, too, but nobody waits for them.
            if use.install is not None and taken > NONE_LEFT:
                needed, lead_in = _needed_at(case, batch.place, use, work)
                systems = taken * use.systems_per_unit
                batch_peg.waits.append(Wait(use.install, needed, taken, systems, lead_in))
            units_left -= taken
            unpegged -= taken
            if unpegged <= NONE_LEFT:
                waiting.popleft()
                unpegged = waiting[0].quantity if waiting else 0.0
    return pegs


def _needed_at(case: Case, place: str, use: Use, work: Work) -> tuple[int, int]:
    """Return the day by which units must be at a place to be used elsewhere in time.

    The second part of the result is the lead-in: how many days earlier the first of them must be
    there.
    """
    day, lead_in = use.needed, use.lead_in
    # Backwards along the quickest freight. No hops if the units are already where they are used.
    for hop in reversed(case.supply.routes.get((place, use.place), ())):
        day -= hop.days
        # While the last units wait for one lane, the first are on the next: only the longest
        # spread counts.
        lead_in = max(lead_in, work.days_before(("ship", hop.origin, hop.end), day))
    return day, lead_in


def peg_orders(
    case: Case,
    orders: Mapping[str, Sequence[Batch]],
    starts: Sequence[Start],
    installs: Sequence[tuple[str, str, int, float]],
    work: Work,
) -> dict[str, Peg]:
    """Peg all orders to the installs that wait for them.

    Parameters
    ----------
    case
        The case.
    orders
        Batches ordered, by item.
    starts
        Starts of assembly: plant, system, day, number of systems.
    installs
        Installs: hall, system, day, number of systems.
    work
        How long the work of acts with a rate takes.

    Returns
    -------
    dict of str to Peg
        By the orders' names. The `needed` of a peg is None if no install waits for the order.
    """
    uses: dict[str, list[Use]] = defaultdict(list)
    for hall, system, day, count in installs:
        site = case.facility.site_of[hall]
        lead_in = work.days_before(case.timetable.act["install", site, system], day)
        place = case.supply.place(site)
        uses[system].append(Use(place, day, count, 1.0, (hall, system, day), lead_in))
    # Assembled systems arrive at their plant like bought ones.
    assembled: dict[str, list[tuple[Start, Batch]]] = defaultdict(list)
    for number, start in enumerate(starts):
        plant, system, day, count = start
        usable = day + case.supply.plant_days[plant, system]
        # Padded, because batches of a day are pegged in the order of their names.
        batch = Batch(f"start {number:09d}", case.supply.place(plant), usable, count)
        assembled[system].append((start, batch))
    pegs: dict[str, Peg] = {}
    # What waits for a start waits for its parts, so a system comes before the items in it.
    for item in _whole_before_parts(case, {*orders, *assembled, *uses}):
        bought = list(orders.get(item, ()))
        batches = [batch for _, batch in assembled[item]] + bought
        pegs_of_item = peg(case, batches, uses[item], work)
        for batch in bought:
            pegs[batch.name] = pegs_of_item[batch.name]
        for start, batch in assembled[item]:
            for part, use in _part_uses(case, start, pegs_of_item[batch.name], work):
                uses[part].append(use)
    return pegs


def _whole_before_parts(case: Case, items: set[str]) -> Iterator[str]:
    """Yield items, each after the systems that it is a part of."""
    remaining = items | _parts_of(case, items)
    while remaining:
        parts = _parts_of(case, remaining)
        # Items that go into each other have no order; their names then decide.
        ready = sorted(remaining - parts) or sorted(remaining)[:1]
        yield from ready
        remaining.difference_update(ready)


def _parts_of(case: Case, items: set[str]) -> set[str]:
    """Return the parts that items consist of."""
    parts: set[str] = set()
    for item in items:
        parts.update(case.supply.bom.get(item, {}))
    return parts


def _part_uses(case: Case, start: Start, peg: Peg, work: Work) -> Iterator[tuple[str, Use]]:
    """Yield the parts that a start of assembly uses, with the day by which each is needed."""
    plant, system, day, count = start
    place, days = case.supply.place(plant), case.supply.plant_days[plant, system]
    # Systems that no install waits for. Their parts are used, too, as planned.
    idle = count - sum(wait.units for wait in peg.waits)
    own_lead_in = work.days_before(("start", plant, system), day)
    for part, per_system in case.supply.bom[system].items():
        for wait in peg.waits:
            yield (
                part,
                Use(
                    place=place,
                    # A later start would do if the install leaves time; an earlier one is not
                    # planned.
                    needed=max(day, wait.needed - days),
                    quantity=per_system * wait.units,
                    systems_per_unit=wait.systems / wait.units / per_system,
                    install=wait.install,
                    lead_in=max(wait.lead_in, own_lead_in),
                ),
            )
        if idle > NONE_LEFT:
            yield part, Use(place, day, per_system * idle, 0.0, None)
