"""Rules on money: every cost term of every period, totals, the budget and the tiers."""

from __future__ import annotations

from planner.plan.tables import COST_TERMS, Row
from planner.plan.verify_facts import Amounts, Book, Figures, number
from planner.plan.verify_ledger import Ledger, figure

HOURS_OF_DAY = 24


def purchase_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Units ordered x price in the period of the order, firm ones in that of their placing.

    Without supply: systems installed x their price. What was placed before the plan is paid.
    """
    due = Amounts()
    for (supplier, item, period), quantity in figures.ordered.items():
        due[period,] += quantity * book.unit_price(supplier, item)
    for row, period in book.paid_orders():
        due[period,] += row["quantity"] * book.unit_price(row["supplier"], row["item"])
    if not book.supply:
        for (_, system, period), count in figures.installed.items():
            due[period,] += count * book.systems[system]["price"]
    _compare("purchase", due, book, figures, ledger)


def take_or_pay_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Units that the supplier's share of capacity exceeds those ordered by x price, each period."""
    ordered = Amounts(figures.ordered)
    for order, period in book.paid_orders():
        ordered[order["supplier"], order["item"], period] += order["quantity"]
    due = Amounts()
    for (supplier, item), row in book.supply.items():
        for period in book.periods if row["take_or_pay_share"] and row["capacity_use"] else ():
            capacity = book.in_force("supply_capacity", supplier, period)
            if capacity is None:
                continue
            units = capacity * book.calendar.months(period) / row["capacity_use"]
            unused = row["take_or_pay_share"] * units - ordered[supplier, item, period]
            due[period,] += max(0.0, unused) * book.unit_price(supplier, item)
    _compare("take_or_pay", due, book, figures, ledger)


def orders_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The order cost, once for each supplier's item and period with a planned order.

    And once for each firm order that is placed in the plan.
    """
    due = Amounts()
    for (supplier, item, period), quantity in figures.ordered.items():
        if quantity > ledger.tolerance:
            due[period,] += book.supply[supplier, item]["order_cost"]
    for row, period in book.paid_orders():
        due[period,] += book.supply[row["supplier"], row["item"]]["order_cost"]
    _compare("orders", due, book, figures, ledger)


def assembly_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Systems started x the plant's cost, in the period of the start."""
    due = Amounts()
    for (plant, system, period), starts in figures.started.items():
        due[period,] += starts * book.plants[plant, system]["cost"]
    _compare("assembly", due, book, figures, ledger)


def freight_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Units that leave x the lane's cost, in the period of departure."""
    due = Amounts()
    for (origin, to, _, period), quantity in figures.shipped.items():
        if (origin, to) in book.lanes:
            due[period,] += quantity * book.lanes[origin, to]["cost"]
    _compare("freight", due, book, figures, ledger)


def holding_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Units held at the end of a period x holding cost x months, at depots and sites."""
    due = Amounts()
    for (place, _, period), quantity in figures.stock.items():
        row = book.depots.get(place) or book.sites.get(place)
        if row is not None:
            due[period,] += quantity * row["holding_cost"] * book.calendar.months(period)
    _compare("holding", due, book, figures, ledger)


def openings_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The opening cost of a site once, in the period of the first hall decision there.

    None where halls are open or systems stand at the start.
    """
    due = Amounts()
    for site, row in book.sites.items():
        halls = [hall for hall in book.halls if book.site_of(hall) == site]
        stands = any(book.halls[hall]["open_count"] > 0 for hall in halls)
        stands = stands or any(r["count"] > 0 for (h, _), r in book.fleet.items() if h in halls)
        decided = [
            period
            for (hall, period), count in figures.decided.items()
            if hall in halls and count > ledger.tolerance
        ]
        if decided and not stands:
            due[min(decided),] += row["opening_cost"]
    _compare("openings", due, book, figures, ledger)


def fit_out_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Halls decided x their fit-out cost, in the period of the decision."""
    due = Amounts()
    for (hall, period), count in figures.decided.items():
        due[period,] += count * book.halls[hall]["fit_out_cost"]
    _compare("fit_out", due, book, figures, ledger)


def lease_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """IT MW of the systems that stand in halls, in service or not, x months x the site's lease."""
    due = Amounts()
    for (hall, system, period), count in figures.fleet.items():
        each = book.sites[book.site_of(hall)]["lease"]
        due[period,] += count * book.it_mw(system) * each * book.calendar.months(period)
    _compare("lease", due, book, figures, ledger)


def energy_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Facility MW of systems in service x hours of the period x the site's energy price."""
    due = Amounts()
    for (hall, system, period), count in figures.in_service.items():
        price = book.sites[book.site_of(hall)]["energy_price"]
        if price and count:
            hours = HOURS_OF_DAY * book.calendar.days(period)
            due[period,] += count * book.facility_mw(hall, system) * hours * price
    _compare("energy", due, book, figures, ledger)


def service_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """MW served x the cost of serving a commitment from a site x months."""
    due = Amounts()
    for (commitment, hall, _, period), mw in figures.served.items():
        terms = book.terms.get((commitment, book.site_of(hall)))
        if terms is not None:
            due[period,] += mw * terms["cost"] * book.calendar.months(period)
    _compare("service", due, book, figures, ledger)


def late_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """MW missed x the commitment's late cost x months."""
    due = Amounts()
    for (commitment, period), mw in figures.missed.items():
        each = book.commitments[commitment]["late_cost"]
        due[period,] += mw * each * book.calendar.months(period)
    _compare("late", due, book, figures, ledger)


def _compare(term: str, due: Amounts, book: Book, figures: Figures, ledger: Ledger) -> None:
    """Compare a term of the spend table with what is due in each period."""
    for period in book.periods:
        found = figures.spend[term, period]
        if ledger.strays(found, due[period,]):
            ledger.refuse(
                f"{book.day(period)} has {figure(found)} money of {term}, its "
                f"quantities make {figure(due[period,])} money"
            )


def discounted_spend(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The present cost of an amount is discounted from its period's first day to the start."""
    rate = book.settings["discount_rate"]
    for (term, period), found in figures.present.items():
        due = figures.spend[term, period] * book.calendar.discount(period, rate)
        if ledger.strays(found, due):
            ledger.refuse(
                f"{term} of {book.day(period)} has a present cost of {figure(found)}, "
                f"discounted it is {figure(due)} money"
            )


def cost_totals(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The cost of a term over the plan is the sum of its spend, nominal and discounted."""
    for row in figures.tables["costs"]:
        for column, spent in (("amount", figures.spend), ("present_cost", figures.present)):
            due = sum(spent[row["term"], period] for period in book.periods)
            if ledger.strays(number(row, column), due):
                ledger.refuse(
                    f"{row['term']} has {column} {figure(number(row, column))} in the "
                    f"costs, its periods sum to {figure(due)} money"
                )


def budget(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Nominal spend, late cost aside, in periods that start by a date is within the budget."""
    for row in book.tables["budget"]:
        begun = [period for period in book.periods if book.day(period) <= row["date"]]
        terms = [term for term in COST_TERMS if term != "late"]
        spent = sum(figures.spend[term, period] for term in terms for period in begun)
        if ledger.above(spent, row["cumulative"]):
            ledger.refuse(
                f"{figure(spent)} money is spent by {row['date']}, the budget is "
                f"{figure(row['cumulative'])} money"
            )


def tier_order(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Missed megawatts come first, by priority, then those in service if early, then cost.

    A run that a limit ended has the first of these tiers alone. Other tiers, e.g. of changes
    against a baseline, may follow.
    """
    due = tiers_in_order(book)
    ours = ("missed_mw_months_priority_", "in_service_mw_months", "present_cost")
    found = [tier for tier in _tiers(figures) if tier.startswith(ours)]
    if ledger.fails(bool(found) and found == due[: len(found)]):
        ledger.refuse(f"the tiers are {', '.join(found) or 'none'}, those due are {', '.join(due)}")


def tier_missed(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A priority's tier is the sum of its missed MW x months."""
    due = Amounts()
    for (commitment, period), mw in figures.missed.items():
        priority = book.commitments[commitment]["priority"]
        due[f"missed_mw_months_priority_{priority}",] += mw * book.calendar.months(period)
    for tier, value in _tiers(figures).items():
        if tier.startswith("missed_mw_months_priority_") and ledger.differs(value, due[tier,]):
            ledger.refuse(
                f"{tier} is {figure(value)}, the ramp misses {figure(due[tier,])} MW-months"
            )


def tier_in_service(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The tier of early service is the sum of MW in service for commitments x months."""
    found = _tiers(figures).get("in_service_mw_months")
    due = sum(mw * book.calendar.months(period) for (_, period), mw in figures.met.items())
    if found is not None and ledger.differs(found, due):
        ledger.refuse(
            f"in_service_mw_months is {figure(found)}, the ramp has {figure(due)} "
            "MW-months in service"
        )


def tier_present_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The tier of cost is the sum of the terms' present costs, as near as a solver adds them up."""
    due = sum(number(row, "present_cost") for row in figures.tables["costs"])
    found = _tiers(figures).get("present_cost")
    if found is not None and ledger.differs(found, due):
        ledger.refuse(f"present_cost is {figure(found)}, its terms sum to {figure(due)} money")


def tier_bounds(book: Book, figures: Figures, ledger: Ledger) -> None:
    """No tier is better than its proven bound: what is minimised not below, early not above.

    Its gap is the distance of the two, relative to the value, absolute where that is below one.
    """
    for row in figures.tables["tiers"]:
        distance = None if row["bound"] is None else _distance(row)
        stated = None if row["gap"] is None else number(row, "gap")
        if ledger.fails((stated is None) == (distance is None)) or (
            stated is not None and distance is not None and ledger.differs(stated, distance)
        ):
            ledger.refuse(f"the gap of {row['tier']} is {stated}, value and bound give {distance}")
        if row["tier"] not in tiers_in_order(book) or row["bound"] is None:
            continue
        value, bound = number(row, "value"), number(row, "bound")
        largest = row["tier"] == "in_service_mw_months"
        if ledger.above(value, bound) if largest else ledger.below(value, bound):
            side = "above" if largest else "below"
            ledger.refuse(f"{row['tier']} is {figure(value)}, {side} its bound {figure(bound)}")


def _distance(row: Row) -> float:
    value, bound = number(row, "value"), number(row, "bound")
    return abs(value - bound) / max(1.0, abs(value))


def tiers_in_order(book: Book) -> list[str]:
    """Return the names of the tiers that a plan of these inputs has, first to last."""
    priorities = sorted({row["priority"] for row in book.commitments.values()})
    early = book.settings["pace"] == "as-early-as-possible"
    return [
        *(f"missed_mw_months_priority_{priority}" for priority in priorities),
        *(["in_service_mw_months"] if early else []),
        "present_cost",
    ]


def _tiers(figures: Figures) -> dict[str, float]:
    return {str(row["tier"]): number(row, "value") for row in figures.tables["tiers"]}
