"""Rules on pegging: the milestone of each install, and the installs of each order."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import cast

from planner.checker.facts import Amounts, Book, Figures, number
from planner.checker.ledger import Ledger, figure
from planner.plan.tables import Row

PEG_TOLERANCE_SYSTEMS = 1e-3
"""Pegs up to this many systems may be an artefact of the solver's tolerance."""

SERVED_TOLERANCE_MW = 1e-6
"""MW served up to this are solver noise."""

Purpose = tuple[date, str, str]
"""Day of a milestone, its commitment, and whether systems are late."""


def install_purpose(book: Book, figures: Figures, ledger: Ledger) -> None:
    """An install is for the earliest milestone to come that its hall serves once in service.

    A milestone that is short in the period before has waited for it, and it is late. One that was
    met before waits for nothing that comes later.
    """
    judged = _judged(book)
    for row in figures.tables["installs"]:
        found = tuple(row[column] for column in ("milestone", "commitment", "late"))
        due: tuple[object, ...] = (None, None, None)
        if number(row, "installed") > 0:
            due = min(_purposes(row, judged, book, figures), default=due)
        if ledger.fails(found == due):
            ledger.refuse(
                f"install of {row['system']!r} in hall {row['hall']!r} on {row['date']} is for "
                f"{_shown(found)}, what its hall serves gives {_shown(due)}"
            )


def _judged(book: Book) -> dict[str, list[tuple[int, date, float]]]:
    """Return the milestones of each commitment: period at whose end it is judged, day, MW."""
    found: dict[str, list[tuple[int, date, float]]] = defaultdict(list)
    for row in book.tables["milestones"]:
        if row["mw"] > 0:
            period = book.calendar.holding(row["date"]) or 0
            found[row["commitment"]].append((period, row["date"], row["mw"]))
    return found


def _purposes(
    row: Row, judged: dict[str, list[tuple[int, date, float]]], book: Book, figures: Figures
) -> list[Purpose]:
    """Return the milestone of each commitment that may wait for an install."""
    hall, system = row["hall"], str(row["system"])
    ready = timedelta(days=book.systems[system]["commission_days"])
    first = book.calendar.holding(cast(date, row["date"]) + ready)
    found: list[Purpose] = []
    if first is None:
        return found
    for commitment, milestones in judged.items():
        served = [
            later
            for later in range(first, book.calendar.count)
            if figures.served.get((commitment, hall, system, later), 0.0) > SERVED_TOLERANCE_MW
        ]
        coming = [m for m in milestones if m[0] >= first and m[0] in served]
        if served and served[0] == first and figures.missed[commitment, first - 1] > 0:
            found += _in_force(milestones, first - 1, commitment)
        elif coming:
            found.append((min(coming)[1], commitment, "no"))
    return found


def _in_force(
    milestones: list[tuple[int, date, float]], period: int, commitment: str
) -> list[Purpose]:
    """Return the first milestone with the MW that are missed in a period, if any."""
    due = sorted((at, day, mw) for at, day, mw in milestones if at <= period)
    if not due:
        return []
    others = [place for place, (_, _, mw) in enumerate(due) if mw != due[-1][2]]
    first = max(others, default=-1) + 1
    return [(due[first][1], commitment, "yes")]


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
    takes = {(row["system"], row["item"]): row["quantity"] for row in book.tables["bom"]}
    orders = {str(row["order"]): row for row in figures.tables["orders"]}
    pegged = Amounts()
    for row in figures.tables["pegs"]:
        order = orders.get(str(row["order"]))
        if order is None:
            continue
        pegged[row["order"],] += number(row, "quantity")
        early = cast(date, row["date"]) < cast(date, order["arrival_date"])
        if ledger.fails(not early or number(row, "systems") <= PEG_TOLERANCE_SYSTEMS):
            ledger.refuse(
                f"order {row['order']} arrives on {order['arrival_date']}, an install of "
                f"{row['date']} waits for it"
            )
        each = takes.get((row["system"], order["item"]), row["system"] == order["item"])
        if each and ledger.differs(number(row, "quantity"), number(row, "systems") * float(each)):
            ledger.refuse(
                f"{figure(number(row, 'quantity'))} units of order {row['order']} are pegged to "
                f"{figure(number(row, 'systems'))} {row['system']!r}"
            )
        due = number(row, "systems") * book.it_mw(str(row["system"]))
        if ledger.differs(number(row, "it_mw"), due):
            ledger.refuse(
                f"{figure(number(row, 'systems'))} {row['system']!r} that wait for order "
                f"{row['order']} have {figure(number(row, 'it_mw'))} MW of IT power in the plan, "
                f"the workbook gives {figure(due)} MW"
            )
    for (name,), units in pegged.items():
        order = orders[name]
        good = number(order, "quantity") * float(
            book.supply[str(order["supplier"]), str(order["item"])]["yield"]
        )
        if ledger.above(units, good):
            ledger.refuse(
                f"{figure(units)} units of order {name} are pegged, {figure(good)} are good"
            )


def pegged_installs(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Every system installed waits for an order of itself, or of each item that it is made of.

    Not judged where items are made of items; without supply there are no orders to wait for.
    """
    made = {system for _, system in book.plants}
    items: dict[str, list[str]] = defaultdict(list)
    for line in book.tables["bom"]:
        items[line["system"]].append(line["item"])
    item_of = {str(row["order"]): str(row["item"]) for row in figures.tables["orders"]}
    waiting = Amounts()
    for peg in figures.tables["pegs"]:
        key = (peg["hall"], peg["system"], peg["date"], item_of.get(str(peg["order"])))
        waiting[key] += number(peg, "systems")
    for row in figures.tables["installs"] if book.supply else []:
        hall, system, day = row["hall"], str(row["system"]), row["date"]
        parts = items[system] if system in made else []
        if made.intersection(parts):
            continue
        whole = waiting[hall, system, day, system]
        for part in parts or [system]:
            systems = whole + (waiting[hall, system, day, part] if parts else 0.0)
            if ledger.differs(systems, number(row, "installed")):
                ledger.refuse(
                    f"{figure(systems)} {system!r} of hall {hall!r} on {day} wait for orders of "
                    f"{part!r}, {figure(number(row, 'installed'))} are installed"
                )


def order_pegs(book: Book, figures: Figures, ledger: Ledger) -> None:
    """What waits for an order is what is pegged to it: MW, sites, and the first milestone."""
    installs = {(r["hall"], r["system"], r["date"]): r for r in figures.tables["installs"]}
    pegs: dict[object, list[Row]] = defaultdict(list)
    for peg in figures.tables["pegs"]:
        pegs[peg["order"]].append(peg)
    for row in figures.tables["orders"]:
        named = [(peg["hall"], peg["system"], peg["date"]) for peg in pegs[row["order"]]]
        waiting = [installs[at] for at in named if at in installs]
        mw = sum(number(peg, "it_mw") for peg in pegs[row["order"]])
        blocked = 0.0 if row["it_mw_blocked"] is None else number(row, "it_mw_blocked")
        if ledger.differs(blocked, mw):
            ledger.refuse(
                f"order {row['order']} blocks {figure(blocked)} MW of IT power, "
                f"{figure(mw)} MW wait for it"
            )
        due = min(
            ((str(r["milestone"]), str(r["commitment"])) for r in waiting if r["milestone"]),
            default=None,
        )
        late = "yes" if any(r["late"] == "yes" for r in waiting) else "no"
        for column, value in (
            ("milestone_blocked", due and f"{due[1]} {due[0]}"),
            ("already_late", due and late),
            ("sites_fed", "; ".join(sorted({str(r["site"]) for r in waiting})) or None),
        ):
            if ledger.fails(row[column] == value):
                ledger.refuse(
                    f"order {row['order']} has {column} {row[column]!r}, its pegs give {value!r}"
                )


def _shown(purpose: tuple[object, ...]) -> str:
    day, commitment, late = purpose
    if day is None:
        return "no milestone"
    return f"{commitment} {day}, {'late' if late == 'yes' else 'not late'}"
