"""Money spent by named term and day, and the budget."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pulp

from planner.case.calendar import HOURS_PER_DAY
from planner.case.case import budget_unit
from planner.model.decisions import Model
from planner.model.facility import site_steps
from planner.model.frame import Term
from planner.tolerance import remaining_limit

Expense = tuple[int, pulp.LpVariable, float]
"""Day on which money is spent, on what decision, and how much for each unit of it."""


@dataclass(frozen=True)
class Spend:
    """Everything that one cost term is spent on.

    Attributes
    ----------
    expenses : list of Expense
        Money for each unit of a decision.
    firm : dict of int to float
        Money by day that no decision can change.
    """

    expenses: list[Expense] = field(default_factory=list)
    firm: dict[int, float] = field(default_factory=dict)


def purchase(model: Model) -> Spend:
    """Units ordered, or systems bought where they are installed, at their price.

    price[supplier, item] * (lot * order_lots[supplier, item, day] + firm_orders[...])
        + market_price[system] * install_systems[hall, system, day]      [money; day]
    """
    supply, decisions, spend = model.case.supply, model.decisions, Spend()
    for (supplier, item, day), lots in decisions.order_lots.items():
        lot = supply.sources[supplier, item]["lot"]
        spend.expenses.append((day, lots, supply.price[supplier, item] * lot))
    for (supplier, item, day), quantities in supply.firm_orders.items():
        amount = supply.price[supplier, item] * sum(quantities)
        spend.firm[day] = spend.firm.get(day, 0.0) + amount
    for (_, system, day), install in decisions.install_systems.items():
        if not supply.planned:
            spend.expenses.append((day, install, supply.market_price[system]))
    return spend


def unused_take_or_pay(model: Model) -> Spend:
    """Units paid for without being ordered, at their price.

    price[supplier, item] * pay_unused[supplier, item, day]      [money; day]
    """
    price = model.case.supply.price
    return Spend(
        [
            (day, unused, price[supplier, item])
            for (supplier, item, day), unused in model.decisions.pay_unused.items()
        ]
    )


def orders(model: Model) -> Spend:
    """Orders placed, at their cost.

    order_cost[supplier, item] * (place_order[supplier, item, day] + orders already placed)
                                                                    [money; day]
    """
    supply = model.case.supply
    spend = Spend(
        [
            (day, placed, supply.sources[supplier, item]["order_cost"])
            for (supplier, item, day), placed in model.decisions.place_order.items()
        ]
    )
    for (supplier, item, day), quantities in supply.firm_orders.items():
        amount = supply.sources[supplier, item]["order_cost"] * len(quantities)
        spend.firm[day] = spend.firm.get(day, 0.0) + amount
    return spend


def assembly(model: Model) -> Spend:
    """Systems started at a plant, at its cost.

    assembly_cost[plant, system] * start_assembly[plant, system, day]      [money; day]
    """
    cost = model.case.supply.assembly_cost
    return Spend(
        [
            (day, start, cost[plant, system])
            for (plant, system, day), start in model.decisions.start_assembly.items()
        ]
    )


def freight(model: Model) -> Spend:
    """Units shipped on a lane, at its freight.

    freight[from, to] * ship_units[from, to, item, day]      [money; day]
    """
    cost = model.case.supply.freight
    return Spend(
        [
            (day, shipped, cost[origin, end])
            for (origin, end, _, day), shipped in model.decisions.ship_units.items()
        ]
    )


def holding(model: Model) -> Spend:
    """Units held from a day of use to the next, at the place's cost.

    holding_cost[place] * held_months[place, item, day] * stock[place, item, day]      [money; day]
    """
    cost, months = model.case.supply.holding_cost, model.case.supply.held_months
    return Spend(
        [
            (key[-1], held, cost[key[0]] * months[key])
            for key, held in model.decisions.stock.items()
            if key[0] in cost
        ]
    )


def openings(model: Model) -> Spend:
    """Sites opened, once, when the first hall there is decided.

    opening_cost[site] * (open_site[site, day] - open_site[site, day before])
                                                                    [money; day]
    """
    opened, cost = model.decisions.open_site, model.case.facility.opening_cost
    spend = Spend([(day, opened[site, day], cost[site]) for site, day in opened])
    for (site, before), (_, day) in site_steps(model):
        spend.expenses.append((day, opened[site, before], -cost[site]))
    return spend


def fit_out(model: Model) -> Spend:
    """Halls decided, at the cost of opening one.

    fit_out_cost[hall] * open_halls[hall, day]      [money; day]
    """
    cost = model.case.facility.fit_out_cost
    return Spend(
        [(day, decided, cost[hall]) for (hall, day), decided in model.decisions.open_halls.items()]
    )


def lease(model: Model) -> Spend:
    """IT power of the systems in service, at the site's lease, from their first day on.

    lease[site] * it_mw[system] * (months[period] * (commissioned_systems[hall, system, period]
        + remove_systems[hall, system, period])
        - months before they serve * install_systems commissioned in the period)
                                                                    [money; period]
    """
    facility, calendar = model.case.facility, model.case.calendar
    each = {
        (site, system): price * facility.it_mw[system]
        for site, price in facility.lease.items()
        for system in facility.systems
    }
    return _while_in_service(model, each, calendar.months_over)


def energy(model: Model) -> Spend:
    """Facility energy of the systems in service, at the site's price, from their first day on.

    energy_price[site] * facility_mw[site, system]
        * (hours[period] * (commissioned_systems[hall, system, period]
                            + remove_systems[hall, system, period])
           - hours before they serve * install_systems commissioned in the period)
                                                                    [money; period]
    """
    facility = model.case.facility
    each = {
        (site, system): price * facility.facility_mw[site, system]
        for site, price in facility.energy_price.items()
        for system in facility.systems
    }
    return _while_in_service(model, each, lambda first, last: HOURS_PER_DAY * (last - first + 1))


def _while_in_service(
    model: Model,
    each: Mapping[tuple[str, str], float],
    long: Callable[[int, int], float],
) -> Spend:
    """Return what systems in service cost by period, `long` from one day to another.

    What is removed in a period is paid for to its end, so that nothing is saved by removing systems
    between two days on which they must serve.
    """
    facility, calendar, spend = model.case.facility, model.case.calendar, Spend()
    spans = list(zip(calendar.first_days, calendar.last_days, strict=True))
    lengths = [long(first, last) for first, last in spans]
    decisions = model.decisions
    for systems in (decisions.commissioned_systems, decisions.remove_systems):
        for (hall, system, period), count in systems.items():
            cost = each.get((facility.site_of[hall], system), 0.0)
            if cost:
                day = calendar.first_days[period]
                spend.expenses.append((day, count, cost * lengths[period]))
    for (hall, system, day), install in decisions.install_systems.items():
        cost = each.get((facility.site_of[hall], system), 0.0)
        serves = day + facility.commission_days[system]
        first = calendar.first_days[calendar.period_of(serves)]
        if cost and serves > first:
            spend.expenses.append((first, install, -cost * long(first, serves - 1)))
    return spend


def service(model: Model) -> Spend:
    """Megawatts served, at the cost of serving the commitment from the site.

    What is served on a period's last day is served until the day before the next one's.

    service_cost[commitment, site] * served_months[period]
        * serve_mw[commitment, hall, system, period]      [money; period's last day]
    """
    case, spend = model.case, Spend()
    ends, months = case.calendar.last_days, case.calendar.served_months
    for (commitment, hall, _, period), serve in model.decisions.serve_mw.items():
        cost = case.demand.service_cost.get((commitment, case.facility.site_of[hall]), 0.0)
        if cost:
            spend.expenses.append((ends[period], serve, cost * months[period]))
    return spend


def late(model: Model) -> Spend:
    """Megawatts missed, at the commitment's late cost.

    late_cost[commitment] * months[period] * missed_mw[commitment, period]      [money; period]
    """
    cost, months = model.case.demand.late_cost, model.case.calendar.months
    first_days = model.case.calendar.first_days
    return Spend(
        [
            (first_days[period], missed, cost[commitment] * months[period])
            for (commitment, period), missed in model.decisions.missed_mw.items()
            if cost[commitment]
        ]
    )


def bought_tokens(model: Model) -> Spend:
    """Tokens bought, at their price, period by period.

    price[workload, span] * hours[block] * days[period] * buy_tokens[workload, block, span]
                                                                    [money; period]
    """
    case, spend = model.case, Spend()
    tokens, calendar = case.tokens, case.calendar
    for (workload, block, span), bought in model.decisions.buy_tokens.items():
        money_per_day = tokens.price[workload, span] * tokens.hours_of(block)
        for period in tokens.spans[span].periods:
            first_day, days = calendar.first_days[period], calendar.days(period)
            spend.expenses.append((first_day, bought, money_per_day * days))
    return spend


COST_TERMS = {
    "purchase": purchase,
    "take_or_pay": unused_take_or_pay,
    "orders": orders,
    "assembly": assembly,
    "freight": freight,
    "holding": holding,
    "openings": openings,
    "fit_out": fit_out,
    "lease": lease,
    "energy": energy,
    "service": service,
    "late": late,
    "tokens": bought_tokens,
}
"""The named cost terms, which sum to the present cost."""


def costs(model: Model) -> dict[str, Spend]:
    """Return what every cost term is spent on, worked out once for a model."""
    if "costs" not in model.cache:
        model.cache["costs"] = {name: term(model) for name, term in COST_TERMS.items()}
    found: dict[str, Spend] = model.cache["costs"]
    return found


def spend_within_budget(model: Model) -> None:
    """Money spent up to a date, without late cost, stays within the budget up to it.

    sum over cost term except late, day up to the date of spend[term, day]
        <= budget[date]      [money; date]

    Money is spent in the day of its decision and is not discounted here.
    """
    for last, limit in model.case.budget.items():
        firm = sum(
            amount
            for name, spend in costs(model).items()
            if name != "late"
            for day, amount in spend.firm.items()
            if day <= last
        )
        unit, left = budget_unit(model.case, limit), remaining_limit(limit, firm)
        model.frame.row("budget", (last,), _spent_by(model, last), "<=", left, unit)


def _spent_by(model: Model, last: int) -> Iterator[Term]:
    """Yield money spent up to a day."""
    for name, spend in costs(model).items():
        if name != "late":
            for day, variable, amount in spend.expenses:
                if day <= last and amount:
                    yield variable, amount
