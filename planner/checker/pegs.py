"""Rules on pegging: the milestone of each install, and the installs of each order."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from planner.checker.facts import Amounts, Book, Figures, number
from planner.checker.ledger import Ledger, figure
from planner.plan.result_rows import InstallRow, OrderRow, PegRow
from planner.plan.rows import AnyRow

PEG_TOLERANCE_SYSTEMS = 1e-3
"""Pegs up to this many systems may be an artefact of the solver's tolerance."""

SERVED_TOLERANCE_MW = 1e-6
"""MW served up to this are solver noise."""

Purpose = tuple[date, str, str]
"""Day of a milestone, its commitment, and whether systems are late."""

Milestone = tuple[int, date, float]
"""Period at whose end a milestone is judged, its day, and its MW."""
"""Day of a milestone, its commitment, and whether systems are late."""


def install_purpose(book: Book, figures: Figures, ledger: Ledger) -> None:
    """An install is for the earliest milestone to come that its hall serves once in service.

    A milestone that is short in the period before has waited for it, and it is late. One that was
    met before waits for nothing that comes later.
    """
    judged = _judged(book)
    for row in figures.tables["installs"]:
        stated = (row["milestone"], row["commitment"], row["late"])
        due: tuple[object, ...] = (None, None, None)
        # A row of removals alone is for nothing.
        if number(row, "installed") > 0:
            due = min(_purposes(row, judged, book, figures), default=due)
        if ledger.fails(stated == due):
            ledger.refuse(
                f"install of {row['system']!r} in hall {row['hall']!r} on {row['date']} is for "
                f"{_shown(stated)}, what its hall serves gives {_shown(due)}"
            )


def _judged(book: Book) -> dict[str, list[Milestone]]:
    """Return the milestones of each commitment."""
    judged: dict[str, list[Milestone]] = defaultdict(list)
    for row in book.tables["milestones"]:
        if row["mw"] > 0:
            period = book.calendar.holding(row["date"]) or 0
            judged[row["commitment"]].append((period, row["date"], row["mw"]))
    return judged


def _purposes(
    row: InstallRow, judged: dict[str, list[Milestone]], book: Book, figures: Figures
) -> list[Purpose]:
    """Return the milestone of each commitment that may wait for an install."""
    hall, system = row["hall"], row["system"]
    ready = timedelta(days=book.systems[system]["commission_days"])
    first = book.calendar.holding(row["date"] + ready)
    purposes: list[Purpose] = []
    if first is None:
        return purposes
    for commitment, milestones in judged.items():
        served: list[int] = []
        for period in range(first, book.calendar.count):
            if figures.served[commitment, hall, system, period] > SERVED_TOLERANCE_MW:
                served.append(period)
        if served and served[0] == first and figures.missed[commitment, first - 1] > 0:
            purposes += _in_force(milestones, first - 1, commitment)
            continue
        # Only periods from the first on are in `served`, so these milestones are still to come.
        coming = [milestone for milestone in milestones if milestone[0] in served]
        if coming:
            _, day, _ = min(coming)
            purposes.append((day, commitment, "no"))
    return purposes


def _in_force(milestones: list[Milestone], period: int, commitment: str) -> list[Purpose]:
    """Return the first milestone with the MW that are missed in a period, if any."""
    due = sorted(milestone for milestone in milestones if milestone[0] <= period)
    if not due:
        return []
    _, first_day, last_mw = due[-1]
    # Later milestones of the same MW ask for nothing more: the first of them sets the date.
    for _, day, mw in reversed(due):
        if mw != last_mw:
            break
        first_day = day
    return [(first_day, commitment, "yes")]


def known_pegs(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A peg joins an order of the plan to an install of the plan."""
    orders = {row["order"] for row in figures.tables["orders"]}
    installs = {(r["hall"], r["system"], r["date"]) for r in figures.tables["installs"]}
    for row in figures.tables["pegs"]:
        at = (row["hall"], row["system"], row["date"])
        if ledger.fails(row["order"] in orders):
            ledger.refuse(f"there is no order {row['order']} for which anything could wait")
        if ledger.fails(at in installs):
            ledger.refuse(
                f"there is no install of {row['system']!r} in hall {row['hall']!r} on "
                f"{row['date']} that could wait for order {row['order']}"
            )


def pegged_units(book: Book, figures: Figures, ledger: Ledger) -> None:
    """No more units of an order are pegged than are good, nor to an install before they arrive.

    As many wait as the systems take of them; their IT power is that of those systems.
    """
    units_per_system = {}
    for line in book.tables["bom"]:
        units_per_system[line["system"], line["item"]] = float(line["quantity"])
    for system in book.systems:
        units_per_system.setdefault((system, system), 1.0)
    orders = {row["order"]: row for row in figures.tables["orders"]}
    pegged = Amounts()
    for peg in figures.tables["pegs"]:
        order = orders.get(peg["order"])
        if order is not None:
            pegged[peg["order"],] += number(peg, "quantity")
            per_system = units_per_system.get((peg["system"], order["item"]))
            _check_peg(peg, order, per_system, book, ledger)
    for (name,), units in pegged.items():
        order = orders[name]
        source = book.supply[order["supplier"], order["item"]]
        good = number(order, "quantity") * float(source["yield"])
        if ledger.above(units, good):
            ledger.refuse(
                f"{figure(units)} units of order {name} are pegged, {figure(good)} are good"
            )


def _check_peg(
    peg: PegRow, order: OrderRow, per_system: float | None, book: Book, ledger: Ledger
) -> None:
    """Check the day, the units and the IT power of one peg.

    Parameters
    ----------
    per_system
        Units of the order in one system; None if they are in its parts.
    """
    units, systems = number(peg, "quantity"), number(peg, "systems")
    is_early = peg["date"] < order["arrival_date"]
    if ledger.fails(not is_early or systems <= PEG_TOLERANCE_SYSTEMS):
        ledger.refuse(
            f"order {peg['order']} arrives on {order['arrival_date']}, an install of "
            f"{peg['date']} waits for it"
        )
    if per_system and ledger.differs(units, systems * per_system):
        ledger.refuse(
            f"{figure(units)} units of order {peg['order']} are pegged to "
            f"{figure(systems)} {peg['system']!r}"
        )
    it_mw = systems * book.it_mw(peg["system"])
    if ledger.differs(number(peg, "it_mw"), it_mw):
        ledger.refuse(
            f"{figure(systems)} {peg['system']!r} that wait for order {peg['order']} have "
            f"{figure(number(peg, 'it_mw'))} MW of IT power in the plan, the workbook gives "
            f"{figure(it_mw)} MW"
        )


def pegged_installs(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Every system installed waits for an order of itself, or of each item that it is made of.

    Not judged where items are made of items; without supply there are no orders to wait for.
    """
    if not book.supply:
        return
    assembled = {system for _, system in book.plants}
    items: dict[str, list[str]] = defaultdict(list)
    for line in book.tables["bom"]:
        items[line["system"]].append(line["item"])
    item_of = {row["order"]: row["item"] for row in figures.tables["orders"]}
    waiting = Amounts()
    for peg in figures.tables["pegs"]:
        item = item_of.get(peg["order"])
        waiting[peg["hall"], peg["system"], peg["date"], item] += number(peg, "systems")
    for row in figures.tables["installs"]:
        hall, system, day = row["hall"], row["system"], row["date"]
        parts = items[system] if system in assembled else []
        if assembled.intersection(parts):
            continue
        bought_whole = waiting[hall, system, day, system]
        for item in parts or [system]:
            systems = bought_whole
            if item != system:
                systems += waiting[hall, system, day, item]
            if ledger.differs(systems, number(row, "installed")):
                ledger.refuse(
                    f"{figure(systems)} {system!r} of hall {hall!r} on {day} wait for orders of "
                    f"{item!r}, {figure(number(row, 'installed'))} are installed"
                )


def order_pegs(book: Book, figures: Figures, ledger: Ledger) -> None:
    """What waits for an order is what is pegged to it: MW, sites, and the first milestone."""
    installs = {(r["hall"], r["system"], r["date"]): r for r in figures.tables["installs"]}
    pegs_of: dict[str, list[PegRow]] = defaultdict(list)
    for peg in figures.tables["pegs"]:
        pegs_of[peg["order"]].append(peg)
    for row in figures.tables["orders"]:
        pegs = pegs_of[row["order"]]
        mw = sum(number(peg, "it_mw") for peg in pegs)
        blocked = 0.0 if row["it_mw_blocked"] is None else number(row, "it_mw_blocked")
        if ledger.differs(blocked, mw):
            ledger.refuse(
                f"order {row['order']} blocks {figure(blocked)} MW of IT power, "
                f"{figure(mw)} MW wait for it"
            )
        waiting = []
        for peg in pegs:
            key = (peg["hall"], peg["system"], peg["date"])
            if key in installs:
                waiting.append(installs[key])
        values: AnyRow = row
        for column, due in _due_of_waiting(waiting).items():
            if ledger.fails(values[column] == due):
                ledger.refuse(
                    f"order {row['order']} has {column} {values[column]!r}, its pegs give {due!r}"
                )


def _due_of_waiting(installs: list[InstallRow]) -> dict[str, str | None]:
    """Return what an order states about the installs that wait for it, by column."""
    milestones = [
        (row["milestone"], row["commitment"] or "") for row in installs if row["milestone"]
    ]
    milestone = late = None
    if milestones:
        day, commitment = min(milestones)
        milestone = f"{commitment} {day}"
        late = "yes" if any(row["late"] == "yes" for row in installs) else "no"
    sites = sorted({row["site"] for row in installs})
    return {
        "milestone_blocked": milestone,
        "already_late": late,
        "sites_fed": "; ".join(sites) or None,
    }


def _shown(purpose: tuple[object, ...]) -> str:
    day, commitment, late = purpose
    if day is None:
        return "no milestone"
    lateness = "late" if late == "yes" else "not late"
    return f"{commitment} {day}, {lateness}"
