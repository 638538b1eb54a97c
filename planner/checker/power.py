"""Rules on power: what nodes and failover groups carry, on any day."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from planner.checker.facts import Amounts, Book, Figures, number
from planner.checker.ledger import Ledger, figure
from planner.checker.sites import days_of, in_hall, standing
from planner.plan.result_rows import PowerRow
from planner.plan.rows import AnyRow


def node_load(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A power node carries the facility power of all systems in halls fed from it or below it."""
    due = Amounts()
    for (hall, system, period), count in figures.fleet.items():
        if count:
            mw = count * book.facility_mw(hall, system)
            for node in _feeders(book, book.halls[hall]["fed_by"]):
                due[node, period] += mw
    for row in figures.tables["power"]:
        node, period = row["node"], _period(book, row)
        if ledger.differs(number(row, "load_mw"), due[node, period]):
            ledger.refuse(
                f"node {node!r} in {row['period']} carries "
                f"{figure(number(row, 'load_mw'))} MW in the plan, the systems below "
                f"it draw {figure(due[node, period])} MW of facility power"
            )


def node_headroom(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The headroom of a node is its energised power less its load; blank where it has no limit."""
    for row in figures.tables["power"]:
        last = book.calendar.last_day(_period(book, row))
        energised = book.level("energisation", row["node"], last)
        headroom = None if energised is None else energised - number(row, "load_mw")
        values: AnyRow = row
        for column, due in (("energised_mw", energised), ("headroom_mw", headroom)):
            stated = None if values[column] is None else number(row, column)
            if stated is None or due is None:
                is_wrong = ledger.fails(stated is None and due is None)
            else:
                is_wrong = ledger.differs(stated, due)
            if is_wrong:
                ledger.refuse(
                    f"node {row['node']!r} in {row['period']} has {column} {_mw(stated)} in the "
                    f"plan, the workbook and its load give {_mw(due)}"
                )


def node_limit(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A power node carries no more than is energised, on any day."""
    for node in book.nodes:
        for day in _load_days(book, figures, [node]):
            load = _load(book, figures, [node], day)
            energised = book.level("energisation", node, day)
            if energised is not None and ledger.above(load, energised):
                ledger.refuse(
                    f"node {node!r} on {day} carries {figure(load)} MW, "
                    f"{figure(energised)} MW are energised"
                )


def failover_groups(book: Book, figures: Figures, ledger: Ledger) -> None:
    """When any one member of a group is lost, the others and what feeds them carry its load."""
    groups: dict[str, list[str]] = {}
    for node, row in book.nodes.items():
        if row["group"] is not None:
            groups.setdefault(row["group"], []).append(node)
    for group, members in groups.items():
        feeders: set[str] = set()
        for node in members:
            feeders.update(_feeders(book, node))
        survivors = {lost: _survivors(book, lost, members) for lost in members}
        for day in _load_days(book, figures, sorted(feeders)):
            load = _load(book, figures, members, day)
            for lost in members:
                spare, full = _spare(book, figures, day, survivors[lost], None)
                carried = load - _load(book, figures, [lost], day) + spare
                if ledger.above(load, carried):
                    through = f" through {' and '.join(map(repr, full))}" if full else ""
                    ledger.refuse(
                        f"group {group!r} on {day} carries {figure(load)} MW, "
                        f"without {lost!r} its others carry {figure(carried)} MW{through}"
                    )


def _survivors(book: Book, lost: str, members: list[str]) -> dict[str | None, list[str]]:
    """Return the nodes directly below each node on the paths from the grid to the other members.

    The paths begin at None, below the nodes that feed the lost member: the load of those does not
    rise, because they only redirect the lost member's load.
    """
    below: dict[str | None, list[str]] = {None: []}
    feeds_lost = set(_feeders(book, lost))
    for member in members:
        if member == lost:
            continue
        path: list[str | None] = []
        for node in _feeders(book, member):
            if node not in feeds_lost:
                path.append(node)
        for child, above in pairwise([*path, None]):
            known = below.setdefault(above, [])
            if child is not None and child not in known:
                known.append(child)
    return below


def _spare(
    book: Book,
    figures: Figures,
    day: date,
    below: dict[str | None, list[str]],
    node: str | None,
) -> tuple[float, list[str]]:
    """Return the MW that the members below a node can still take, and the nodes that hold it back.

    A node passes on its spare power, limited by what the nodes below it can take.
    """
    taken_below = 0.0
    full: list[str] = []
    for child in below.get(node, []):
        mw, names = _spare(book, figures, day, below, child)
        taken_below += mw
        full += names
    if node is None:
        return taken_below, full
    energised = book.level("energisation", node, day)
    own = float("inf")
    if energised is not None:
        own = energised - _load(book, figures, [node], day)
    is_member = node not in below
    if is_member:
        return own, []
    if own < taken_below:
        return own, [node]
    return taken_below, full


def _halls_below(book: Book, nodes: list[str]) -> list[str]:
    """Return the halls that are fed from some nodes or below them."""
    halls = []
    for hall, row in book.halls.items():
        if not set(nodes).isdisjoint(_feeders(book, row["fed_by"])):
            halls.append(hall)
    return halls


def _load_days(book: Book, figures: Figures, nodes: list[str]) -> list[date]:
    """Return the days on which the load of nodes, or what they carry, can change for the worse."""
    steps = [book.steps("energisation", node) or [] for node in nodes]
    if not any(steps):
        return []
    days = {book.calendar.start}
    for steps_of_node in steps:
        days.update(day for day, _ in steps_of_node)
    for hall in _halls_below(book, nodes):
        days.update(days_of(figures).get(hall, set()))
    return sorted(day for day in days if book.calendar.start <= day <= book.calendar.last)


def _load(book: Book, figures: Figures, nodes: list[str], day: date) -> float:
    """Return the MW of facility power of all systems in place below some nodes on a day."""
    load = 0.0
    for hall in _halls_below(book, nodes):
        for system in in_hall(figures, hall):
            count = standing(book, figures, hall, system, day)
            # The PUE of a site where nothing stands may be unknown.
            if count:
                load += count * book.facility_mw(hall, system)
    return load


def _feeders(book: Book, node: str | None) -> list[str]:
    """Return a power node and all that feed it, up to the grid."""
    path: list[str] = []
    while node is not None and node not in path:
        path.append(node)
        node = book.nodes[node]["parent"]
    return path


def _period(book: Book, row: PowerRow) -> int:
    return book.calendar.period_of_start[row["period"]]


def _mw(value: float | None) -> str:
    if value is None:
        return "blank"
    return f"{figure(value)} MW"
