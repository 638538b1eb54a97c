"""Rules on commitments: who serves them, with what, and what they miss."""

from __future__ import annotations

from planner.checker.facts import Amounts, Book, Figures, number
from planner.checker.ledger import Ledger, figure
from planner.plan.rows import AnyRow


def service_allowed(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A commitment is served only from countries, sites and by systems that it allows."""
    for (commitment, hall, system, period), mw in figures.served.items():
        if not ledger.above(mw, 0.0):
            continue
        row, site = book.commitments[commitment], book.site_of(hall)
        country = book.sites[site]["country"]
        terms = book.terms.get((commitment, site))
        # A blank list of countries or systems allows all of them.
        allowed = {
            f"in {country}": not row["countries"] or country in row["countries"],
            f"with {system!r}": not row["systems"] or system in row["systems"],
            "from there": terms is None or terms["allowed"],
        }
        for what, is_allowed in allowed.items():
            if ledger.fails(is_allowed):
                ledger.refuse(
                    f"{commitment!r} is served {figure(mw)} MW from hall {hall!r} at "
                    f"{site!r} in {book.day(period)}, it must not be {what}"
                )


def service_capacity(book: Book, figures: Figures, ledger: Ledger) -> None:
    """What a hall's systems serve, over all commitments, is within those in service.

    Megawatts are counted as systems: MW over the MW of one system on the commitment's basis.
    """
    serving = Amounts()
    for (commitment, hall, system, period), mw in figures.served.items():
        serving[hall, system, period] += mw / book.basis_mw(commitment, hall, system)
    for (hall, system, period), count in serving.items():
        in_service = figures.in_service[hall, system, period]
        if ledger.above(count, in_service):
            ledger.refuse(
                f"{figure(count)} {system!r} of hall {hall!r} serve in "
                f"{book.day(period)}, {figure(in_service)} systems are in service"
            )


def dedicated_fleet_serves(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Systems that stand for one commitment serve no other."""
    serving_others = Amounts()
    for (commitment, hall, system, period), mw in figures.served.items():
        row = book.fleet.get((hall, system))
        if row is not None and row["commitment"] not in (None, commitment):
            count = mw / book.basis_mw(commitment, hall, system)
            serving_others[hall, system, period] += count
    for (hall, system), row in book.fleet.items():
        if row["commitment"] is None:
            continue
        for period in book.periods:
            count = serving_others[hall, system, period]
            free = figures.in_service[hall, system, period] - row["count"]
            if ledger.above(count, free):
                ledger.refuse(
                    f"{figure(count)} {system!r} of hall {hall!r} serve others than "
                    f"{row['commitment']!r} in {book.day(period)}, {figure(free)} systems are "
                    "free to"
                )


def ramp_labels(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A row of the ramp states the last day of its period and the commitment's basis."""
    for row in figures.tables["ramp"]:
        period = book.calendar.period_of_start[row["period"]]
        labels = {
            "period_end": book.calendar.last_day(period),
            "basis": book.commitments[row["commitment"]]["basis"],
        }
        values: AnyRow = row
        for column, due in labels.items():
            if ledger.fails(values[column] == due):
                ledger.refuse(
                    f"{row['commitment']!r} in {row['period']} has {column} "
                    f"{values[column]}, it is {due}"
                )


def ramp_required(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Required is what the milestones ask for by the last day of the period."""
    for row in figures.tables["ramp"]:
        period = book.calendar.period_of_start[row["period"]]
        due = book.due_mw(row["commitment"], book.calendar.last_day(period))
        stated = number(row, "required_mw")
        if ledger.differs(stated, due):
            ledger.refuse(
                f"{row['commitment']!r} requires {figure(stated)} MW in {row['period']}, "
                f"by its milestones {figure(due)} MW"
            )


def ramp_in_service(book: Book, figures: Figures, ledger: Ledger) -> None:
    """What is in service for a commitment is the sum of what all halls serve to it."""
    served = _served(figures)
    for (commitment, period), stated in figures.met.items():
        due = served[commitment, period]
        if ledger.differs(stated, due):
            ledger.refuse(
                f"{commitment!r} in {book.day(period)} has {figure(stated)} MW in "
                f"service, its halls serve {figure(due)} MW"
            )


def ramp_missed(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Missed is what is required less what is in service, and nothing where that is enough."""
    for row in figures.tables["ramp"]:
        due = max(0.0, number(row, "required_mw") - number(row, "in_service_mw"))
        stated = number(row, "missed_mw")
        if ledger.differs(stated, due):
            ledger.refuse(
                f"{row['commitment']!r} in {row['period']} misses {figure(stated)} MW "
                f"in the plan, required less in service is {figure(due)} MW"
            )


def served_within_promise(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A commitment is never served more than the most that is due then or later."""
    for (commitment, period), mw in _served(figures).items():
        most = book.due_from(commitment, book.calendar.last_day(period))
        if ledger.above(mw, most):
            ledger.refuse(
                f"{commitment!r} is served {figure(mw)} MW in {book.day(period)}, at most "
                f"{figure(most)} MW are due then or later"
            )


def _served(figures: Figures) -> Amounts:
    """Return the MW served in all, by commitment and period."""
    served = Amounts()
    for (commitment, _, _, period), mw in figures.served.items():
        served[commitment, period] += mw
    return served
