"""Rules on installation, halls, power and the release fence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import cast

from planner.plan.tables import Row
from planner.plan.verify_facts import Amounts, Book, Figures, number
from planner.plan.verify_ledger import Ledger, figure


def release_fence(book: Book, figures: Figures, ledger: Ledger) -> None:
    """No decision is taken in a period that starts before the release fence.

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
        for (*key, period), quantity in amounts.items():
            if ledger.above(quantity, 0.0) and ledger.fails(period >= book.fence):
                settings = book.settings
                ledger.refuse(
                    f"{what} of {figure(quantity)} ({', '.join(key)}) in "
                    f"{book.day(period)} is before the release fence, "
                    f"{settings['release_fence_days']} days after {settings['today']}"
                )


def whole_systems(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Systems are installed and removed in whole numbers, unless counts are continuous."""
    if book.settings["counts"] != "integer":
        return
    for what, amounts in (("installed", figures.installed), ("removed", figures.removed)):
        for (hall, system, period), count in amounts.items():
            if ledger.fails(abs(count - round(count)) <= ledger.tolerance):
                ledger.refuse(
                    f"{figure(count)} {system!r} are {what} in hall {hall!r} in "
                    f"{book.day(period)}, no whole number of systems"
                )


def whole_halls(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Halls are decided and open in whole numbers."""
    for what, amounts in (("decided", figures.decided), ("open", figures.opened)):
        for (hall, period), count in amounts.items():
            if ledger.fails(abs(count - round(count)) <= ledger.tolerance):
                ledger.refuse(
                    f"{figure(count)} halls of {hall!r} are {what} in "
                    f"{book.day(period)}, no whole number of halls"
                )


def system_window(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A system is installed only in periods that start while it is available."""
    for (hall, system, period), count in figures.installed.items():
        opens = book.systems[system]["available_from"]
        closes = book.systems[system]["available_to"]
        inside = period >= book.calendar.first(opens)
        inside = inside and (closes is None or book.day(period) <= closes)
        if ledger.above(count, 0.0) and ledger.fails(inside):
            ledger.refuse(
                f"{figure(count)} {system!r} are installed in hall {hall!r} in "
                f"{book.day(period)}, the system is available from {opens or 'the start'} "
                f"to {closes or 'the end'}"
            )


def crews(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A site's crews install no more systems in a period, over all its halls, than they can."""
    installed = Amounts()
    for (hall, _, period), count in figures.installed.items():
        installed[book.site_of(hall), period] += count
    for (site, period), count in installed.items():
        capacity = book.in_force("crews", site, period)
        if capacity is None:
            continue
        capacity *= book.calendar.months(period)
        if ledger.above(count, capacity):
            ledger.refuse(
                f"{figure(count)} systems are installed at {site!r} in "
                f"{book.day(period)}, its crews can install {figure(capacity)} systems"
            )


def fleet_balance(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The fleet of a hall is the period's before, plus what is installed, less what is removed."""
    for hall, system in _pairs(figures):
        before = float(book.fleet[hall, system]["count"]) if (hall, system) in book.fleet else 0.0
        for period in book.periods:
            key = (hall, system, period)
            due = before + figures.installed[key] - figures.removed[key]
            if ledger.differs(figures.fleet[key], due) or ledger.below(due, 0.0):
                ledger.refuse(
                    f"hall {hall!r} in {book.day(period)} has "
                    f"{figure(figures.fleet[key])} {system!r}, before, installs and "
                    f"removals make {figure(due)} systems"
                )
            before = figures.fleet[key]


def fleet_in_service(book: Book, figures: Figures, ledger: Ledger) -> None:
    """In service is the first fleet, plus installs once commissioned, less all removals."""
    for hall, system in _pairs(figures):
        begins, leaves = Amounts(), Amounts()
        for period in book.periods:
            usable = book.calendar.usable(period, book.systems[system]["commission_days"])
            begins[usable,] += figures.installed[hall, system, period]
            leaves[period,] += figures.removed[hall, system, period]
        due = float(book.fleet[hall, system]["count"]) if (hall, system) in book.fleet else 0.0
        for period in book.periods:
            due += begins[period,] - leaves[period,]
            found = figures.in_service[hall, system, period]
            if ledger.differs(found, due) or ledger.below(due, 0.0):
                ledger.refuse(
                    f"hall {hall!r} in {book.day(period)} has {figure(found)} "
                    f"{system!r} in service, commissioned less removed are "
                    f"{figure(due)} systems"
                )


def dedicated_fleet_stays(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Systems that stand for one commitment stay in service: none of them is removed."""
    for (hall, system), row in book.fleet.items():
        for period in book.periods if row["commitment"] is not None else ():
            found = figures.in_service[hall, system, period]
            if ledger.below(found, row["count"]):
                ledger.refuse(
                    f"hall {hall!r} in {book.day(period)} has {figure(found)} "
                    f"{system!r} in service, {row['count']} of them stand for "
                    f"{row['commitment']!r}"
                )


def hall_ready(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A hall is decided only where it is built no sooner than its class is ready."""
    for (hall, period), count in figures.decided.items():
        row = book.halls[hall]
        built = book.calendar.usable(period, row["build_days"])
        if ledger.above(count, 0.0) and ledger.fails(built >= book.calendar.first(row["ready"])):
            ledger.refuse(
                f"hall {hall!r} decided in {book.day(period)} is open "
                f"{row['build_days']} days later, it is ready on {row['ready']}"
            )


def halls_opened(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The halls open in a period are those open at the start and those decided and built."""
    for hall, row in book.halls.items():
        begins = Amounts()
        for period in book.periods:
            built = book.calendar.usable(period, row["build_days"])
            begins[built,] += figures.decided[hall, period]
        due = float(row["open_count"])
        for period in book.periods:
            due += begins[period,]
            found = figures.opened[hall, period]
            if ledger.differs(found, due):
                ledger.refuse(
                    f"{figure(found)} halls of {hall!r} are open in "
                    f"{book.day(period)}, its decisions open {figure(due)} halls"
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
    """The IT power of the systems in a hall class is within that of its open halls."""
    load = Amounts()
    for (hall, system, period), count in figures.fleet.items():
        load[hall, period] += count * book.it_mw(system)
    for (hall, period), mw in load.items():
        opened = figures.opened[hall, period]
        carried = opened * book.halls[hall]["it_mw"]
        if ledger.above(mw, carried):
            ledger.refuse(
                f"hall {hall!r} in {book.day(period)} draws {figure(mw)} MW of IT "
                f"power, its {_open(opened)} {figure(carried)} MW"
            )


def hall_slots(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The systems in a hall class take no more slots than its open halls have."""
    for hall, period, taken, opened in _use(book, figures, "slots"):
        has = opened * book.halls[hall]["slots"]
        if ledger.above(taken, has):
            ledger.refuse(
                f"hall {hall!r} in {book.day(period)} takes {figure(taken)} slots, its "
                f"{_open(opened)} {figure(has)} slots"
            )


def hall_coolant(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The systems in a hall class need no more coolant than flows in its open halls."""
    for hall, period, needed, opened in _use(book, figures, "coolant_lpm"):
        has = opened * book.halls[hall]["coolant_lpm"]
        if ledger.above(needed, has):
            ledger.refuse(
                f"hall {hall!r} in {book.day(period)} needs {figure(needed)} l/min of "
                f"coolant, its {_open(opened)} {figure(has)} l/min"
            )


def node_load(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A power node carries the facility power of all systems in halls fed from it or below it."""
    due = Amounts()
    for (hall, system, period), count in figures.fleet.items():
        for node in _feeders(book, book.halls[hall]["fed_by"]) if count else ():
            due[node, period] += count * book.facility_mw(hall, system)
    for row in figures.tables["power"]:
        node, period = str(row["node"]), _period(book, row)
        if ledger.differs(number(row, "load_mw"), due[node, period]):
            ledger.refuse(
                f"node {node!r} in {row['period']} carries "
                f"{figure(number(row, 'load_mw'))} MW in the plan, the systems below "
                f"it draw {figure(due[node, period])} MW of facility power"
            )


def node_headroom(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The headroom of a node is its energised power less its load; blank where it has no limit."""
    for row in figures.tables["power"]:
        energised = book.in_force("energisation", str(row["node"]), _period(book, row))
        headroom = None if energised is None else energised - number(row, "load_mw")
        for column, due in (("energised_mw", energised), ("headroom_mw", headroom)):
            blank = row[column] is None
            if due is None or blank:
                differs = ledger.fails(blank == (due is None))
            else:
                differs = ledger.differs(number(row, column), due)
            if differs:
                ledger.refuse(
                    f"node {row['node']!r} in {row['period']} has {column} "
                    f"{_mw(None if blank else number(row, column))} in the plan, the "
                    f"workbook and its load give {_mw(due)}"
                )


def node_limit(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A power node carries no more than is energised."""
    for (node, period), load in figures.load.items():
        energised = book.in_force("energisation", node, period)
        if energised is not None and ledger.above(load, energised):
            ledger.refuse(
                f"node {node!r} in {book.day(period)} carries {figure(load)} MW, "
                f"{figure(energised)} MW are energised"
            )


def failover_groups(book: Book, figures: Figures, ledger: Ledger) -> None:
    """When any one member of a group is lost, the others and what feeds them carry its load."""
    groups: dict[str, list[str]] = {}
    for node, row in book.nodes.items():
        if row["group"] is not None:
            groups.setdefault(row["group"], []).append(node)
    for group, members in groups.items():
        for lost in members:
            others = [n for n in members if n != lost]
            below = _survivors(book, lost, others)
            for period in book.periods:
                load = sum(figures.load[node, period] for node in members)
                spare, full = _spare(book, figures, period, below, None)
                left = sum(figures.load[node, period] for node in others) + spare
                if ledger.above(load, left):
                    through = f" through {' and '.join(map(repr, full))}" if full else ""
                    ledger.refuse(
                        f"group {group!r} in {book.day(period)} carries {figure(load)} MW, "
                        f"without {lost!r} its others carry {figure(left)} MW{through}"
                    )


def _survivors(book: Book, lost: str, others: list[str]) -> dict[str | None, list[str]]:
    """Return what is directly below each node on the ways from the grid to the other members.

    The ways begin below the nodes that feed the lost member, at None: those carry as much as
    before, for what they no longer send to it they send to others, if to them.
    """
    below: dict[str | None, list[str]] = {None: []}
    feeds_lost = set(_feeders(book, lost))
    for other in others:
        way = [node for node in _feeders(book, other) if node not in feeds_lost]
        for node, above in zip(way, [*way[1:], None], strict=True):
            if node not in below.setdefault(above, []):
                below[above].append(node)
    return below


def _spare(
    book: Book, figures: Figures, period: int, below: dict[str | None, list[str]],
    node: str | None,
) -> tuple[float, list[str]]:  # fmt: skip
    """Return the MW that the members below a node can still take, and the nodes that hold it back.

    A node passes on what it has left, and no more than what is below it can take.
    """
    parts = [_spare(book, figures, period, below, each) for each in below.get(node, [])]
    taken, full = sum(mw for mw, _ in parts), [name for _, names in parts for name in names]
    energised = None if node is None else book.in_force("energisation", node, period)
    if node is None:
        return taken, full
    own = float("inf") if energised is None else energised - figures.load[node, period]
    if not parts:
        return own, []
    return (own, [node]) if own < taken else (taken, full)


def _pairs(figures: Figures) -> list[tuple[str, str]]:
    """Return every hall and system of the fleet table, which is complete."""
    return sorted({(hall, system) for hall, system, _ in figures.fleet})


def _use(book: Book, figures: Figures, column: str) -> Iterator[tuple[str, int, float, float]]:
    """Yield hall, period, use of a limited column, and open halls, where the hall limits it."""
    use = Amounts()
    for (hall, system, period), count in figures.fleet.items():
        if book.halls[hall][column] is not None and count:
            each = book.systems[system][column]
            use[hall, period] += count * (float("nan") if each is None else each)
    for (hall, period), taken in use.items():
        yield hall, period, taken, figures.opened[hall, period]


def _feeders(book: Book, node: str | None) -> list[str]:
    """Return a power node and all that feed it, up to the grid."""
    path: list[str] = []
    while node is not None and node not in path:
        path.append(node)
        node = book.nodes[node]["parent"]
    return path


def _period(book: Book, row: Row) -> int:
    return book.calendar.period_of_start[cast(date, row["period"])]


def _open(halls: float) -> str:
    return (
        f"{figure(halls)} open hall carries" if halls == 1 else f"{figure(halls)} open halls carry"
    )


def _mw(value: float | None) -> str:
    return "blank" if value is None else f"{figure(value)} MW"
