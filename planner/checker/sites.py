"""Rules on installation, halls, power and the release fence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from planner.checker.facts import Amounts, Book, Figures, number
from planner.checker.ledger import Ledger, figure

NO_DELAY = timedelta()

Move = tuple[date, float, float]
"""A day, and the systems installed and removed on it."""


def release_fence(book: Book, figures: Figures, ledger: Ledger) -> None:
    """No decision is taken before the release fence.

    Decisions are orders, starts at plants, shipments, installs, removals and hall decisions.
    """
    decisions = (
        ("order", figures.ordered),
        ("start at a plant", figures.started),
        ("shipment", figures.shipped),
        ("install", figures.installed),
        ("removal", figures.removed),
        ("hall decision", figures.decided),
    )
    for what, amounts in decisions:
        for (*key, day), quantity in amounts.items():
            if ledger.above(quantity, 0.0) and ledger.fails(day >= book.fence):
                settings = book.settings
                ledger.refuse(
                    f"{what} of {figure(quantity)} ({', '.join(key)}) on "
                    f"{day} is before the release fence, "
                    f"{settings['release_fence_days']} days after {settings['today']}"
                )


def whole_systems(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Systems are installed and removed in whole numbers, unless counts are continuous."""
    if book.settings["counts"] != "integer":
        return
    for what, amounts in (("installed", figures.installed), ("removed", figures.removed)):
        for (hall, system, day), count in amounts.items():
            if ledger.fails(abs(count - round(count)) <= ledger.tolerance):
                ledger.refuse(
                    f"{figure(count)} {system!r} are {what} in hall {hall!r} on "
                    f"{day}, not a whole number of systems"
                )


def whole_halls(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Halls are decided and open in whole numbers."""
    for what, amounts in (("decided", figures.decided_in), ("open", figures.opened)):
        for (hall, period), count in amounts.items():
            if ledger.fails(abs(count - round(count)) <= ledger.tolerance):
                ledger.refuse(
                    f"{figure(count)} halls of {hall!r} are {what} in "
                    f"{book.day(period)}, not a whole number of halls"
                )


def system_window(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A system is installed only while it is available."""
    for (hall, system, day), count in figures.installed.items():
        opens = book.systems[system]["available_from"]
        closes = book.systems[system]["available_to"]
        is_early = opens is not None and day < opens
        is_late = closes is not None and day > closes
        if ledger.above(count, 0.0) and ledger.fails(not is_early and not is_late):
            ledger.refuse(
                f"{figure(count)} {system!r} are installed in hall {hall!r} on "
                f"{day}, the system is available from {opens or 'the start'} "
                f"to {closes or 'the end'}"
            )


def fleet_balance(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The fleet of a hall at a period's end is the first, plus installs, less removals by then."""
    for hall, system in _pairs(figures):
        for period in book.periods:
            stated = figures.fleet[hall, system, period]
            due = standing(book, figures, hall, system, book.calendar.last_day(period))
            if ledger.differs(stated, due) or ledger.below(due, 0.0):
                ledger.refuse(
                    f"hall {hall!r} in {book.day(period)} has {figure(stated)} {system!r}, "
                    f"before, installs and removals make {figure(due)} systems"
                )


def fleet_in_service(book: Book, figures: Figures, ledger: Ledger) -> None:
    """In service is the first fleet, plus installs once commissioned, less all removals.

    No more is removed on a day than was in service the day before.
    """
    for hall, system in _pairs(figures):
        ready = timedelta(days=book.systems[system]["commission_days"])
        for period in book.periods:
            stated = figures.in_service[hall, system, period]
            due = standing(book, figures, hall, system, book.calendar.last_day(period), ready)
            if ledger.differs(stated, due) or ledger.below(due, 0.0):
                ledger.refuse(
                    f"hall {hall!r} in {book.day(period)} has {figure(stated)} "
                    f"{system!r} in service, commissioned less removed are "
                    f"{figure(due)} systems"
                )
    for (hall, system, day), count in figures.removed.items():
        ready = timedelta(days=book.systems[system]["commission_days"])
        there = standing(book, figures, hall, system, day - timedelta(days=1), ready)
        if ledger.above(count, there):
            ledger.refuse(
                f"{figure(count)} {system!r} are removed from hall {hall!r} on {day}, "
                f"{figure(there)} systems were in service"
            )


def standing(
    book: Book, figures: Figures, hall: str, system: str, day: date, ready: timedelta = NO_DELAY
) -> float:
    """Return the systems in a hall on a day that were installed at least `ready` before."""
    count = 0.0
    if (hall, system) in book.fleet:
        count = float(book.fleet[hall, system]["count"])
    for moved_on, installed, removed in _moves(figures).get((hall, system), []):
        if moved_on + ready <= day:
            count += installed
        if moved_on <= day:
            count -= removed
    return count


def _moves(figures: Figures) -> dict[tuple[str, str], list[Move]]:
    """Return the moves of each hall and system."""
    if "moves" not in figures.kept:
        moves: dict[tuple[str, str], list[Move]] = defaultdict(list)
        for row in figures.tables["installs"]:
            move = (row["date"], number(row, "installed"), number(row, "removed"))
            moves[row["hall"], row["system"]].append(move)
        figures.kept["moves"] = moves
    return cast(dict[tuple[str, str], list[Move]], figures.kept["moves"])


def dedicated_fleet_stays(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Systems that stand for one commitment stay in service: none of them is removed."""
    for (hall, system), row in book.fleet.items():
        if row["commitment"] is None:
            continue
        for period in book.periods:
            in_service = figures.in_service[hall, system, period]
            if ledger.below(in_service, row["count"]):
                ledger.refuse(
                    f"hall {hall!r} in {book.day(period)} has {figure(in_service)} "
                    f"{system!r} in service, {row['count']} of them stand for "
                    f"{row['commitment']!r}"
                )


def hall_ready(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A hall opens its building time after it is decided, and not before its class is ready."""
    for row in figures.tables["openings"]:
        hall = book.halls[row["hall"]]
        built = row["date"] + timedelta(days=hall["build_days"])
        if ledger.fails(row["opens"] == built):
            ledger.refuse(
                f"hall {row['hall']!r} decided on {row['date']} opens on {row['opens']}, "
                f"{hall['build_days']} days later it is {built}"
            )
        if ledger.fails(hall["ready"] is None or built >= hall["ready"]):
            ledger.refuse(
                f"hall {row['hall']!r} decided on {row['date']} is open "
                f"{hall['build_days']} days later, it is ready on {hall['ready']}"
            )


def opened(book: Book, figures: Figures, hall: str, day: date) -> float:
    """Return the halls of a class that are open on a day."""
    by_plan = sum(count for opens, count in _openings(book, figures).get(hall, []) if opens <= day)
    return float(book.halls[hall]["open_count"]) + by_plan


def _openings(book: Book, figures: Figures) -> dict[str, list[tuple[date, float]]]:
    """Return opening day and number of the halls of each class that the plan opens."""
    if "openings" not in figures.kept:
        openings: dict[str, list[tuple[date, float]]] = defaultdict(list)
        for (hall, decided), count in figures.decided.items():
            opens = decided + timedelta(days=book.halls[hall]["build_days"])
            openings[hall].append((opens, count))
        figures.kept["openings"] = openings
    return cast(dict[str, list[tuple[date, float]]], figures.kept["openings"])


def halls_opened(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The halls of a period are those decided in it, and those open on its last day."""
    decided = Amounts()
    for (hall, day), count in figures.decided.items():
        decided[hall, book.calendar.holding(day)] += count
    for hall in book.halls:
        for period in book.periods:
            open_halls = opened(book, figures, hall, book.calendar.last_day(period))
            for what, stated, due in (
                ("decided", figures.decided_in[hall, period], decided[hall, period]),
                ("open", figures.opened[hall, period], open_halls),
            ):
                if ledger.differs(stated, due):
                    ledger.refuse(
                        f"{figure(stated)} halls of {hall!r} are {what} in "
                        f"{book.day(period)}, its decisions make {figure(due)} halls"
                    )


def hall_count(book: Book, figures: Figures, ledger: Ledger) -> None:
    """No more halls of a class are open than there are."""
    for (hall, period), count in figures.opened.items():
        if ledger.above(count, book.halls[hall]["count"]):
            ledger.refuse(
                f"{figure(count)} halls of {hall!r} are open in {book.day(period)}, "
                f"there are {book.halls[hall]['count']} halls"
            )


def hall_power(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The IT power of the systems in a hall class is within that of its open halls, on any day."""
    limit = HallLimit("it_mw", "draws {} MW of IT power", "MW")
    _systems_fit(limit, book.it_mw, book, figures, ledger)


def hall_slots(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The systems in a hall class take no more slots than its open halls have."""

    def slots(system: str) -> float | None:
        return cast(float | None, book.systems[system]["slots"])

    _systems_fit(HallLimit("slots", "takes {} slots", "slots"), slots, book, figures, ledger)


def hall_coolant(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The systems in a hall class need no more coolant than flows in its open halls."""

    def coolant(system: str) -> float | None:
        return cast(float | None, book.systems[system]["coolant_lpm"])

    limit = HallLimit("coolant_lpm", "needs {} l/min of coolant", "l/min")
    _systems_fit(limit, coolant, book, figures, ledger)


HALL_RULES = (hall_power, hall_slots, hall_coolant)
"""The rules of what systems in a hall share."""


@dataclass(frozen=True)
class HallLimit:
    """A limit of one hall, and its words in a message.

    Attributes
    ----------
    column : str
        Its column in the sheet `halls`.
    use : str
        What a hall does with the amount that its systems need, e.g. ``takes {} slots``.
    unit : str
    """

    column: str
    use: str
    unit: str


def _systems_fit(
    limit: HallLimit,
    needed_by: Callable[[str], float | None],
    book: Book,
    figures: Figures,
    ledger: Ledger,
) -> None:
    """Require that the systems in each hall class stay within a limit of its open halls.

    Parameters
    ----------
    needed_by
        Gives what one system needs; None if that is unknown.
    """
    for hall, day, open_halls in _moments(book, figures):
        most = book.halls[hall][limit.column]
        if most is None:
            continue
        use = 0.0
        for system in in_hall(figures, hall):
            count = standing(book, figures, hall, system, day)
            if count:
                each = needed_by(system)
                # An unknown need of a system that is there is refused: NaN is above every limit.
                use += float("nan") if each is None else count * each
        carried = open_halls * most
        if ledger.above(use, carried):
            ledger.refuse(
                f"hall {hall!r} on {day} {limit.use.format(figure(use))}, "
                f"its {_open(open_halls)} {figure(carried)} {limit.unit}"
            )


def _moments(book: Book, figures: Figures) -> Iterator[tuple[str, date, float]]:
    """Yield hall, day and open halls, on the first day of the plan and on days of installs."""
    for hall in book.halls:
        for day in sorted({book.calendar.start, *days_of(figures).get(hall, set())}):
            yield hall, day, opened(book, figures, hall, day)


def days_of(figures: Figures) -> dict[str, set[date]]:
    """Return the days on which anything is installed in each hall."""
    if "install days" not in figures.kept:
        days: dict[str, set[date]] = defaultdict(set)
        for row in figures.tables["installs"]:
            days[row["hall"]].add(row["date"])
        figures.kept["install days"] = days
    return cast(dict[str, set[date]], figures.kept["install days"])


def in_hall(figures: Figures, hall: str) -> list[str]:
    """Return the systems that are ever in a hall."""
    if "in hall" not in figures.kept:
        systems: dict[str, list[str]] = defaultdict(list)
        for name, system in _pairs(figures):
            systems[name].append(system)
        figures.kept["in hall"] = systems
    return cast(dict[str, list[str]], figures.kept["in hall"]).get(hall, [])


def _pairs(figures: Figures) -> list[tuple[str, str]]:
    """Return every hall and system of the fleet table, which is complete."""
    return sorted({(hall, system) for hall, system, _ in figures.fleet})


def _open(halls: float) -> str:
    if halls == 1:
        return f"{figure(halls)} open hall carries"
    return f"{figure(halls)} open halls carry"
