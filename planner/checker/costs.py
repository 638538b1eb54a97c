"""Rules on money: every cost term of every period, totals, the budget and the tiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise

from planner.checker.calendar import DAY, months
from planner.checker.facts import Amounts, Book, Figures, number
from planner.checker.ledger import Ledger, figure
from planner.checker.rates import accrued, taken, windows_of
from planner.checker.supply import stock_after
from planner.checker.token_facts import asked_mtok
from planner.checker.ways import UNITS_TOLERANCE, ways_of
from planner.plan.result_rows import TierRow

HOURS_PER_DAY = 24

MISSED_TIER = "missed_mw_months_priority_"
"""Name of the tier of missed megawatts, up to the number of the priority."""

MISSED_MTOK_TIER = "missed_mtok_priority_"
"""Name of the tier of missed tokens, up to the number of the priority."""

EARLY_TIER = "in_service_mw_months"
COST_TIER = "present_cost"


def purchase_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Units ordered x price on the day of the order, firm ones on that of their placing.

    Without supply: systems installed x their price. What was placed before the plan is paid.
    """
    due = Amounts()
    for (supplier, item, day), quantity in figures.ordered.items():
        due[day,] += quantity * book.unit_price(supplier, item)
    for row, day in book.paid_orders():
        due[day,] += row["quantity"] * book.unit_price(row["supplier"], row["item"])
    if not book.supply:
        for (_, system, day), count in figures.installed.items():
            due[day,] += count * book.systems[system]["price"]
    compare_with_spend("purchase", due, book, figures, ledger)


def take_or_pay_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Units reserved by take-or-pay and not ordered x price.

    It is settled by order day, before the first and after the last at the ends of periods. What a
    window leaves to the next, up to an order, is settled there.
    """
    due = Amounts()
    ways = ways_of(book, figures)
    for (supplier, item), row in book.supply.items():
        share, use = row["take_or_pay_share"], row["capacity_use"]
        act = ("order", supplier, None, None)
        if not share or not use or act not in ways.rates:
            continue
        firm = [(day, units) for day, of, units in taken(book, ways, supplier) if of == item]
        for first, last, carried in _settled(book, figures, supplier, item):
            reserved = share * (accrued(ways.rates[act], first, last) + carried)
            reserved -= sum(units for day, units in firm if first <= day <= last)
            unused = reserved / use - figures.ordered[supplier, item, last]
            if unused > ledger.tolerance:
                due[last,] += unused * book.unit_price(supplier, item)
    compare_with_spend("take_or_pay", due, book, figures, ledger)


def _settled(
    book: Book, figures: Figures, supplier: str, item: str
) -> Iterator[tuple[date, date, float]]:
    """Yield first and last day of each settled stretch, and the units carried into it.

    What a window leaves is settled in the next stretch; the last one leaves nothing. A window
    whose rate is nothing is no order day.
    """
    opens = book.supply[supplier, item]["available_from"] or book.calendar.start
    windows = windows_of(book, figures).get(("order", supplier, None, None), [])
    carried: dict[date, float] = {}
    order_days: set[date] = set()
    for window in windows:
        carried[window.last] = window.carried
        if window.allowed > UNITS_TOLERANCE and window.last >= opens:
            order_days.add(window.last)
    days = set(order_days)
    for period in book.periods:
        end = book.calendar.last_day(period)
        if not order_days or not min(order_days) <= end <= max(order_days):
            days.add(end)
    first, before = book.calendar.start, 0.0
    for last in sorted(days):
        after = 0.0 if last == max(days) else carried.get(last, 0.0)
        yield first, last, before - after
        first, before = last + DAY, after


def orders_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The order cost, once for each supplier's item and day with a planned order.

    And once for each firm order that is placed in the plan.
    """
    due = Amounts()
    for (supplier, item, day), quantity in figures.ordered.items():
        if quantity > ledger.tolerance:
            due[day,] += book.supply[supplier, item]["order_cost"]
    for row, day in book.paid_orders():
        due[day,] += book.supply[row["supplier"], row["item"]]["order_cost"]
    compare_with_spend("orders", due, book, figures, ledger)


def assembly_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Systems started x the plant's cost, on the day of the start."""
    due = Amounts()
    for (plant, system, day), starts in figures.started.items():
        due[day,] += starts * book.plants[plant, system]["cost"]
    compare_with_spend("assembly", due, book, figures, ledger)


def freight_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Units that leave x the lane's cost, on the day of departure."""
    due = Amounts()
    for (origin, to, _, day), quantity in figures.shipped.items():
        if (origin, to) in book.lanes:
            due[day,] += quantity * book.lanes[origin, to]["cost"]
    compare_with_spend("freight", due, book, figures, ledger)


def holding_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Units held after a day x holding cost x months until some are taken or stock is stated next.

    At depots and sites; what is held last is held until the plan's end.
    """
    due = Amounts()
    days_of_stock: dict[tuple[str, str], list[date]] = defaultdict(list)
    for place, item, day in sorted(stock_after(book, figures)):
        days_of_stock[place, item].append(day)
    day_after_plan = book.calendar.starts[-1]
    for (place, item), days in days_of_stock.items():
        row = book.depots.get(place) or book.sites.get(place)
        if row is None or not row["holding_cost"]:
            continue
        for day, following in pairwise([*days, day_after_plan]):
            money_per_unit = row["holding_cost"] * months(day, following - DAY)
            due[day,] += figures.stock[place, item, day] * money_per_unit
    compare_with_spend("holding", due, book, figures, ledger)


def openings_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The opening cost of a site once, on the day of the first hall decision there.

    None where halls are open or systems stand at the start.
    """
    due = Amounts()
    in_use = _sites_in_use(book)
    first_decision: dict[str, date] = {}
    for (hall, day), count in figures.decided.items():
        if count > ledger.tolerance:
            site = book.site_of(hall)
            first_decision[site] = min(day, first_decision.get(site, day))
    for site, row in book.sites.items():
        if site in first_decision and site not in in_use:
            due[first_decision[site],] += row["opening_cost"]
    compare_with_spend("openings", due, book, figures, ledger)


def _sites_in_use(book: Book) -> set[str]:
    """Return the sites where halls are open or systems stand at the start."""
    sites = set()
    for hall, row in book.halls.items():
        if row["open_count"] > 0:
            sites.add(book.site_of(hall))
    for (hall, _), row in book.fleet.items():
        if row["count"] > 0:
            sites.add(book.site_of(hall))
    return sites


def fit_out_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Halls decided x their fit-out cost, on the day of the decision."""
    due = Amounts()
    for (hall, day), count in figures.decided.items():
        due[day,] += count * book.halls[hall]["fit_out_cost"]
    compare_with_spend("fit_out", due, book, figures, ledger)


def lease_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """IT MW of the systems in service x months from their first day on x the site's lease."""

    def money_per_month(hall: str, system: str) -> float:
        lease = book.sites[book.site_of(hall)]["lease"]
        return lease * book.it_mw(system) if lease else 0.0

    due = _while_in_service(book, figures, money_per_month, months)
    compare_with_spend("lease", due, book, figures, ledger)


def energy_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Facility MW of systems in service x hours from their first day on x the energy price."""

    def money_per_hour(hall: str, system: str) -> float:
        price = book.sites[book.site_of(hall)]["energy_price"]
        return price * book.facility_mw(hall, system) if price else 0.0

    def hours(first: date, last: date) -> float:
        return HOURS_PER_DAY * max(0, (last - first).days + 1)

    due = _while_in_service(book, figures, money_per_hour, hours)
    compare_with_spend("energy", due, book, figures, ledger)


def _while_in_service(
    book: Book,
    figures: Figures,
    price: Callable[[str, str], float],
    length: Callable[[date, date], float],
) -> Amounts:
    """Return the cost of systems in service, dated the first day of each period.

    What is removed in a period is paid for to its end.

    Parameters
    ----------
    price
        Gives the money per system and unit of time, by hall and system.
    length
        Gives the time from one day to another, both included.
    """
    due = Amounts()
    in_service = list(figures.in_service.items())
    for (hall, system, day), removed in figures.removed.items():
        in_service.append(((hall, system, book.calendar.holding(day)), removed))
    for (hall, system, period), count in in_service:
        if count:
            first = book.day(period)
            whole = length(first, book.calendar.last_day(period))
            due[first,] += count * price(hall, system) * whole
    # New systems are in service for the rest of their first period only.
    for (hall, system, day), count in figures.installed.items():
        begins = day + timedelta(days=book.systems[system]["commission_days"])
        period = book.calendar.holding(begins)
        if count and period is not None:
            first = book.day(period)
            due[first,] -= count * price(hall, system) * length(first, begins - DAY)
    return due


def service_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """MW served on a period's last day x months until the day before the next one's x the cost."""
    due = Amounts()
    for (commitment, hall, _, period), mw in figures.served.items():
        terms = book.terms.get((commitment, book.site_of(hall)))
        if terms is not None:
            months_served = book.calendar.months_served(period)
            due[book.calendar.last_day(period),] += mw * terms["cost"] * months_served
    compare_with_spend("service", due, book, figures, ledger)


def late_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """MW missed x the commitment's late cost x months."""
    due = Amounts()
    for (commitment, period), mw in figures.missed.items():
        each = book.commitments[commitment]["late_cost"]
        due[book.day(period),] += mw * each * book.calendar.months(period)
    compare_with_spend("late", due, book, figures, ledger)


def compare_with_spend(
    term: str, due: Amounts, book: Book, figures: Figures, ledger: Ledger
) -> None:
    """Compare a term of the spend table with the recomputed money, nominal and discounted."""
    figures.due[term] = due
    rate = book.settings["discount_rate"]
    amounts, presents = Amounts(), Amounts()
    for (day,), amount in due.items():
        period = book.calendar.holding(day)
        amounts[period,] += amount
        presents[period,] += amount * book.calendar.discount(day, rate)
    for period in book.periods:
        spent, present = figures.spend[term, period], figures.present[term, period]
        if ledger.strays(spent, amounts[period,]):
            ledger.refuse(
                f"{book.day(period)} has {figure(spent)} money of {term}, its "
                f"quantities make {figure(amounts[period,])} money"
            )
        if ledger.strays(present, presents[period,]):
            ledger.refuse(
                f"{term} of {book.day(period)} has a present cost of {figure(present)}, "
                f"discounted it is {figure(presents[period,])} money"
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
    """What is spent until a date, late cost aside, is within the budget; not discounted."""
    # Late cost is a penalty that the objective weighs, not money that is spent.
    payments: list[tuple[date, float]] = []
    for term, due in figures.due.items():
        if term != "late":
            payments += [(day, amount) for (day,), amount in due.items()]
    for row in book.tables["budget"]:
        spent = sum(amount for day, amount in payments if day <= row["date"])
        if ledger.above(spent, row["cumulative"]):
            ledger.refuse(
                f"{figure(spent)} money is spent by {row['date']}, the budget is "
                f"{figure(row['cumulative'])} money"
            )


def tier_order(book: Book, figures: Figures, ledger: Ledger) -> None:
    """Missed megawatts come first, by priority, then missed tokens, then early service, then cost.

    A run that a limit ended has the first of these tiers alone. Other tiers, e.g. of changes
    against a baseline, may follow.
    """
    due = tiers_in_order(book)
    ours = (MISSED_TIER, MISSED_MTOK_TIER, EARLY_TIER, COST_TIER)
    tiers = [tier for tier in _tiers(figures) if tier.startswith(ours)]
    if ledger.fails(bool(tiers) and tiers == due[: len(tiers)]):
        ledger.refuse(f"the tiers are {', '.join(tiers) or 'none'}, those due are {', '.join(due)}")


def tier_missed(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A priority's tier is the sum of its missed MW x months."""
    due = Amounts()
    for (commitment, period), mw in figures.missed.items():
        priority = book.commitments[commitment]["priority"]
        due[f"{MISSED_TIER}{priority}",] += mw * book.calendar.months(period)
    for tier, value in _tiers(figures).items():
        if tier.startswith(MISSED_TIER) and ledger.differs(value, due[tier,]):
            ledger.refuse(
                f"{tier} is {figure(value)}, the ramp misses {figure(due[tier,])} MW-months"
            )


def tier_in_service(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The tier of early service is the sum of MW in service for commitments x months."""
    value = _tiers(figures).get(EARLY_TIER)
    due = sum(mw * book.calendar.months(period) for (_, period), mw in figures.met.items())
    if value is not None and ledger.differs(value, due):
        ledger.refuse(
            f"{EARLY_TIER} is {figure(value)}, the ramp has {figure(due)} MW-months in service"
        )


def tier_present_cost(book: Book, figures: Figures, ledger: Ledger) -> None:
    """The tier of cost is the sum of the terms' present costs, as near as a solver adds them up."""
    value = _tiers(figures).get(COST_TIER)
    due = sum(number(row, "present_cost") for row in figures.tables["costs"])
    if value is not None and ledger.differs(value, due):
        ledger.refuse(f"{COST_TIER} is {figure(value)}, its terms sum to {figure(due)} money")


def tier_bounds(book: Book, figures: Figures, ledger: Ledger) -> None:
    """No tier is better than its proven bound: what is minimised not below, early not above.

    Its gap is the distance of the two, relative to the value, of missed tokens to those that are
    asked for; absolute where that is below one.
    """
    due_tiers = tiers_in_order(book)
    for row in figures.tables["tiers"]:
        gap_due = None if row["bound"] is None else _distance(book, row)
        gap = None if row["gap"] is None else number(row, "gap")
        is_wrong = ledger.fails((gap is None) == (gap_due is None))
        if gap is not None and gap_due is not None and not is_wrong:
            is_wrong = ledger.differs(gap, gap_due)
        if is_wrong:
            ledger.refuse(f"the gap of {row['tier']} is {gap}, value and bound give {gap_due}")
        if row["tier"] not in due_tiers or row["bound"] is None:
            continue
        value, bound = number(row, "value"), number(row, "bound")
        # Early service is the only tier that is maximised.
        if row["tier"] == EARLY_TIER:
            is_better, side = ledger.above(value, bound), "above"
        else:
            is_better, side = ledger.below(value, bound), "below"
        if is_better:
            ledger.refuse(f"{row['tier']} is {figure(value)}, {side} its bound {figure(bound)}")


def _distance(book: Book, row: TierRow) -> float:
    value, bound = number(row, "value"), number(row, "bound")
    measure = abs(value)
    tier = row["tier"]
    if tier.startswith(MISSED_MTOK_TIER):
        measure = asked_mtok(book, tier.removeprefix(MISSED_MTOK_TIER)) or measure
    return abs(value - bound) / max(1.0, measure)


def tiers_in_order(book: Book) -> list[str]:
    """Return the names of the tiers that a plan of these inputs has, first to last."""
    priorities = sorted({row["priority"] for row in book.commitments.values()})
    tiers = [f"{MISSED_TIER}{priority}" for priority in priorities]
    of_workloads = sorted({row["priority"] for row in book.workloads.values()})
    tiers += [f"{MISSED_MTOK_TIER}{priority}" for priority in of_workloads]
    if book.settings["pace"] == "as-early-as-possible":
        tiers.append(EARLY_TIER)
    tiers.append(COST_TIER)
    return tiers


def _tiers(figures: Figures) -> dict[str, float]:
    return {row["tier"]: number(row, "value") for row in figures.tables["tiers"]}
