"""Rules on rates: the work of a window is within the rate accrued over it."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import cast

from planner.checker.calendar import DAY, months
from planner.checker.facts import Book, Figures, tally
from planner.checker.ledger import Ledger, figure
from planner.checker.ways import UNITS_TOLERANCE, Act, Ways, ways_of


@dataclass(frozen=True)
class Window:
    """A window of an act: its days, the units that its rate accrues, and their use.

    Attributes
    ----------
    first, last : date
    allowed : float
        Units accrued, less those taken by orders already placed.
    used : float
        Units dispatched on the last day.
    carried : float
        Units carried to the next window.
    """

    first: date
    last: date
    allowed: float
    used: float
    carried: float


def windows_follow(book: Book, figures: Figures, ledger: Ledger) -> None:
    """An act with a rate has windows without a gap between them, the first not before the fence."""
    rates = ways_of(book, figures).rates
    for act, spans in _spans(figures).items():
        if ledger.fails(act in rates):
            ledger.refuse(f"{_told(act)} has windows, no rate limits it")
        if ledger.fails(spans[0][0] >= book.fence):
            ledger.refuse(
                f"{_told(act)} has a window from {spans[0][0]}, nothing is decided "
                f"before {book.fence}"
            )
        for first, last in spans:
            if ledger.fails(first <= last):
                ledger.refuse(f"{_told(act)} has a window from {first} to {last}")
        for (_, before), (first, _) in pairwise(spans):
            if ledger.fails(first == before + DAY):
                ledger.refuse(
                    f"{_told(act)} has a window from {first}, the one before ends on {before}"
                )


def work_by_a_stated_day(book: Book, figures: Figures, ledger: Ledger) -> None:
    """What a rate limits is done by the last day of a window."""
    spans = _spans(figures)
    ways = ways_of(book, figures)
    for act, uses in ways.uses.items():
        if act not in ways.rates:
            continue
        last_days = {last for _, last in spans.get(act, [])}
        for (day,), units in uses.items():
            if units > UNITS_TOLERANCE and ledger.fails(day in last_days):
                ledger.refuse(f"{_told(act)} delivers on {day}, no window of it ends then")


def nothing_new_inside_a_window(book: Book, figures: Figures, ledger: Ledger) -> None:
    """No window begins before what is done in it is possible, or holds a day with something new.

    New is what an order placed already brings, what comes from a source for the first time, another
    rate, a hall that can open, a node that carries more. What a rate allows before that day could
    not be used for it. A window of which nothing is used or carried is of no account.
    """
    ways = ways_of(book, figures)
    for act, windows in windows_of(book, figures).items():
        events = ways.events(act)
        for window in windows:
            if max(window.used, window.carried) <= UNITS_TOLERANCE:
                continue
            for day in events:
                if ledger.fails(not window.first < day <= window.last):
                    ledger.refuse(
                        f"{_told(act)} uses its rate from {window.first} to {window.last}, on "
                        f"{day} something new becomes possible"
                    )


def supplier_capacity(book: Book, figures: Figures, ledger: Ledger) -> None:
    """What is ordered of a supplier by a day is within what its capacity has accrued."""
    _within("order", "capacity units", book, figures, ledger)


def plant_capacity(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A plant starts no more of a system by a day than its rate has accrued."""
    _within("start", "systems", book, figures, ledger)


def lane_capacity(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The units of all items that leave on a lane by a day are within what it has accrued."""
    _within("ship", "units", book, figures, ledger)


def crews(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A site's crews install no more systems by a day, over all its halls, than have accrued."""
    _within("install", "systems", book, figures, ledger)


def _within(kind: str, unit: str, book: Book, figures: Figures, ledger: Ledger) -> None:
    """Require for every act of a kind that nothing is used that has not accrued.

    What a window leaves for the next is less than the largest indivisible amount, or that amount.
    It is not used while the rate is nothing.
    """
    for act, windows in windows_of(book, figures).items():
        if act[0] != kind:
            continue
        most_carried = indivisible(book, act)
        carried_in = 0.0
        for window in windows:
            if ledger.above(window.carried, most_carried):
                ledger.refuse(
                    f"{_told(act)} carries {figure(window.carried)} {unit} from {window.last} on, "
                    f"at most {figure(most_carried)} may be left"
                )
            if window.allowed <= UNITS_TOLERANCE and ledger.above(window.used, 0.0):
                ledger.refuse(
                    f"{_told(act)} delivers {figure(window.used)} on {window.last}, its rate is "
                    f"nothing from {window.first} on"
                )
            available = window.allowed + carried_in
            if ledger.above(window.used + window.carried, available):
                ledger.refuse(
                    f"{_told(act)} uses {figure(window.used)} and carries "
                    f"{figure(window.carried)} from {window.first} to {window.last}, its rate "
                    f"and what was carried allow {figure(available)} {unit}"
                )
            carried_in = window.carried


def windows_of(book: Book, figures: Figures) -> dict[Act, list[Window]]:
    """Return the windows of every rated act, in order."""
    if "windows" not in figures.kept:
        figures.kept["windows"] = _windows(book, figures)
    return cast(dict[Act, list[Window]], figures.kept["windows"])


def _windows(book: Book, figures: Figures) -> dict[Act, list[Window]]:
    ways = ways_of(book, figures)
    carried = tally(figures.tables["clock"], ("act", "place", "to", "item", "date"), "carried")
    windows: dict[Act, list[Window]] = {}
    for act, spans in _spans(figures).items():
        if act not in ways.rates:
            continue
        windows[act] = []
        for first, last in spans:
            window = Window(
                first=first,
                last=last,
                allowed=allowed(book, ways, act, first, last),
                used=ways.uses[act][last,],
                carried=carried[(*act, last)],
            )
            windows[act].append(window)
    return windows


def work_begins(book: Book, figures: Figures, act: Act, day: date) -> date:
    """Return the day on which work must begin for an act to dispatch at the end of a window.

    It is the latest day from which the rate suffices for the units dispatched then and for those
    carried to later windows; the dispatch day itself if no rate limits the act.
    """
    ways = ways_of(book, figures)
    owed = 0.0  # units of later windows for which their own rate does not suffice
    for window in reversed(windows_of(book, figures).get(act, [])):
        wanted = window.used + owed
        if window.last == day:
            enough = wanted - UNITS_TOLERANCE * max(1.0, wanted)
            begins = day
            while begins > window.first and allowed(book, ways, act, begins, day) < enough:
                begins -= DAY
            return begins
        owed = max(0.0, wanted - window.allowed)
    return day


def allowed(book: Book, ways: Ways, act: Act, first: date, last: date) -> float:
    """Return the units that a rate accrues over some days, less those taken by placed orders."""
    units = accrued(ways.rates[act], first, last)
    if act[0] != "order":
        return units
    placed = taken(book, ways, act[1])
    return units - sum(units_taken for day, _, units_taken in placed if first <= day <= last)


def accrued(steps: list[tuple[date, float]], first: date, last: date) -> float:
    """Return the units that monthly rates accrue from one day to another, both included."""
    units = 0.0
    for number, (day, rate) in enumerate(steps):
        begins, ends = max(day, first), last
        is_last_step = number + 1 == len(steps)
        if not is_last_step:
            next_day, _ = steps[number + 1]
            ends = min(last, next_day - DAY)
        if begins <= ends:
            units += rate * months(begins, ends)
    return units


def taken(book: Book, ways: Ways, supplier: str) -> list[tuple[date, str, float]]:
    """Return day, item and units of the capacity that orders already placed take.

    Each takes all capacity from its day on until it is covered.
    """
    steps = ways.rates.get(("order", supplier, None, None))
    if not steps:
        return []
    placed = [(row, day) for row, day in book.paid_orders() if row["supplier"] == supplier]
    takings: list[tuple[date, str, float]] = []
    free: dict[date, float] = {}
    for row, placed_on in sorted(placed, key=lambda order: order[1]):
        owed = row["quantity"] * book.supply[supplier, row["item"]]["capacity_use"]
        day = placed_on
        while owed > 0 and day <= book.calendar.last:
            if day not in free:
                free[day] = accrued(steps, day, day)
            units = min(owed, free[day])
            takings.append((day, row["item"], units))
            free[day] -= units
            owed -= units
            day += DAY
    return takings


def indivisible(book: Book, act: Act) -> float:
    """Return the largest indivisible amount of an act: one system, or one order of whole lots."""
    is_whole = book.settings["counts"] == "integer"
    if act[0] == "install":
        return 1.0 if is_whole else 0.0
    if act[0] != "order":
        return 0.0
    largest = 0.0
    for (supplier, _), row in book.supply.items():
        if supplier != act[1]:
            continue
        units = row["min_order"]
        if is_whole:
            # Less than 1e-9 of a lot is rounding noise of the division.
            lots = max(1, math.ceil(row["min_order"] / row["lot"] - 1e-9))
            units = lots * row["lot"]
        largest = max(largest, units * float(row["capacity_use"]))
    return largest


def _spans(figures: Figures) -> dict[Act, list[tuple[date, date]]]:
    """Return first and last day of the windows of each act, in order."""
    spans: dict[Act, list[tuple[date, date]]] = defaultdict(list)
    for row in figures.tables["clock"]:
        act = cast(Act, tuple(row[column] for column in ("act", "place", "to", "item")))
        spans[act].append((row["window_from"], row["date"]))
    for spans_of_act in spans.values():
        spans_of_act.sort(key=lambda span: span[1])
    return spans


def _told(act: Act) -> str:
    """Name an act in a message."""
    kind, place, to, item = act
    kinds = {"order": "supplier", "start": "plant", "ship": "the lane", "install": "site"}
    name = f"{kinds.get(kind, f'the act {kind!r} at')} {place!r}"
    if to is not None:
        name += f" to {to!r}"
    if item is not None:
        name += f" with {item!r}"
    return name
