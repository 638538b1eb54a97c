"""Money spent by named term and period, and the budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pulp

from planner.case.case import HOURS_A_DAY, budget_unit
from planner.model.decisions import Model
from planner.model.deployment import systems_in_service
from planner.model.facility import site_steps
from planner.model.frame import Term
from planner.tolerance import left_of

Expense = tuple[int, pulp.LpVariable, float]
"""Period in which money is spent, on what decision, and how much for each unit of it."""


@dataclass(frozen=True)
class Spend:
    """Everything that one cost term is spent on.

    Attributes
    ----------
    expenses : list of Expense
        Money for each unit of a decision.
    firm : dict of int to float
        Money by period that no decision can change.
    """

    expenses: list[Expense] = field(default_factory=list)
    firm: dict[int, float] = field(default_factory=dict)


def purchase(model: Model) -> Spend:
    """Units ordered, or systems bought where they are installed, at their price.

    price[supplier, item] * (lot * order_lots[supplier, item, period] + firm_orders[...])
        + market_price[system] * install_systems[hall, system, period]      [money; period]
    """
    supply, made, spend = model.case.supply, model.decisions, Spend()
    for (supplier, item, period), lots in made.order_lots.items():
        lot = supply.sources[supplier, item]["lot"]
        spend.expenses.append((period, lots, supply.price[supplier, item] * lot))
    for (supplier, item, period), quantities in supply.firm_orders.items():
        amount = supply.price[supplier, item] * sum(quantities)
        spend.firm[period] = spend.firm.get(period, 0.0) + amount
    for (_, system, period), install in made.install_systems.items():
        if not supply.planned:
            spend.expenses.append((period, install, supply.market_price[system]))
    return spend


def unused_take_or_pay(model: Model) -> Spend:
    """Units paid for without being ordered, at their price.

    price[supplier, item] * pay_unused[supplier, item, period]      [money; period]
    """
    price = model.case.supply.price
    return Spend([
        (period, unused, price[supplier, item])
        for (supplier, item, period), unused in model.decisions.pay_unused.items()
    ])  # fmt: skip


def orders(model: Model) -> Spend:
    """Orders placed, at their cost.

    order_cost[supplier, item] * (place_order[supplier, item, period] + orders already placed)
                                                                    [money; period]
    """
    supply = model.case.supply
    spend = Spend([
        (period, placed, supply.sources[supplier, item]["order_cost"])
        for (supplier, item, period), placed in model.decisions.place_order.items()
    ])  # fmt: skip
    for (supplier, item, period), quantities in supply.firm_orders.items():
        amount = supply.sources[supplier, item]["order_cost"] * len(quantities)
        spend.firm[period] = spend.firm.get(period, 0.0) + amount
    return spend


def assembly(model: Model) -> Spend:
    """Systems started at a plant, at its cost.

    assembly_cost[plant, system] * start_assembly[plant, system, period]      [money; period]
    """
    cost = model.case.supply.assembly_cost
    return Spend([
        (period, start, cost[plant, system])
        for (plant, system, period), start in model.decisions.start_assembly.items()
    ])  # fmt: skip


def freight(model: Model) -> Spend:
    """Units shipped on a lane, at its freight.

    freight[from, to] * ship_units[from, to, item, period]      [money; period]
    """
    cost = model.case.supply.freight
    return Spend([
        (period, shipped, cost[origin, end])
        for (origin, end, _, period), shipped in model.decisions.ship_units.items()
    ])  # fmt: skip


def holding(model: Model) -> Spend:
    """Units held at the end of a period, at the place's cost.

    holding_cost[place] * months[period] * stock[place, item, period]      [money; period]
    """
    cost, months = model.case.supply.holding_cost, model.case.calendar.months
    return Spend([
        (period, held, cost[place] * months[period])
        for (place, _, period), held in model.decisions.stock.items() if place in cost
    ])  # fmt: skip


def openings(model: Model) -> Spend:
    """Sites opened, once, when the first hall there is decided.

    opening_cost[site] * (open_site[site, period] - open_site[site, period before])
                                                                    [money; period]
    """
    opened, cost = model.decisions.open_site, model.case.facility.opening_cost
    spend = Spend([(period, opened[site, period], cost[site]) for site, period in opened])
    for (site, before), (_, period) in site_steps(model):
        spend.expenses.append((period, opened[site, before], -cost[site]))
    return spend


def fit_out(model: Model) -> Spend:
    """Halls decided, at the cost of opening one.

    fit_out_cost[hall] * open_halls[hall, period]      [money; period]
    """
    cost = model.case.facility.fit_out_cost
    return Spend([
        (period, decided, cost[hall])
        for (hall, period), decided in model.decisions.open_halls.items()
    ])  # fmt: skip


def lease(model: Model) -> Spend:
    """IT power of the systems that stand in halls, in service or not, at the site's lease.

    lease[site] * it_mw[system] * months[period] * installed_systems[hall, system, period]
                                                                    [money; period]
    """
    facility, months = model.case.facility, model.case.calendar.months
    return Spend([
        (period, installed, facility.lease[site] * facility.it_mw[system] * months[period])
        for (hall, system, period), installed in model.decisions.installed_systems.items()
        if (site := facility.site_of[hall]) in facility.lease
    ])  # fmt: skip


def energy(model: Model) -> Spend:
    """Facility energy of the systems in service, at the site's price.

    energy_price[site] * facility_mw[site, system] * hours[period]
        * systems_in_service[hall, system, period]      [money; period]
    """
    facility, calendar, spend = model.case.facility, model.case.calendar, Spend()
    in_service = systems_in_service(model)
    for (hall, system), start in model.case.serving.items():
        site = facility.site_of[hall]
        price = facility.energy_price.get(site, 0.0) * facility.facility_mw[site, system]
        for period in range(start, calendar.count) if price else ():
            amount = price * HOURS_A_DAY * calendar.days(period)
            spend.expenses.extend(
                [
                    (period, variable, amount * coefficient)
                    for variable, coefficient in in_service[hall, system, period]
                ]
            )
    return spend


def service(model: Model) -> Spend:
    """Megawatts served, at the cost of serving the commitment from the site.

    service_cost[commitment, site] * months[period]
        * serve_mw[commitment, hall, system, period]      [money; period]
    """
    case = model.case
    spend = Spend()
    for (commitment, hall, _, period), serve in model.decisions.serve_mw.items():
        cost = case.demand.service_cost.get((commitment, case.facility.site_of[hall]), 0.0)
        if cost:
            spend.expenses.append((period, serve, cost * case.calendar.months[period]))
    return spend


def late(model: Model) -> Spend:
    """Megawatts missed, at the commitment's late cost.

    late_cost[commitment] * months[period] * missed_mw[commitment, period]      [money; period]
    """
    cost, months = model.case.demand.late_cost, model.case.calendar.months
    return Spend([
        (period, missed, cost[commitment] * months[period])
        for (commitment, period), missed in model.decisions.missed_mw.items() if cost[commitment]
    ])  # fmt: skip


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

    sum over cost term except late, period up to the date of spend[term, period]
        <= budget[date]      [money; date]

    Money is spent in the period of its decision and is not discounted here.
    """
    for last, limit in model.case.budget.items():
        unit = budget_unit(model.case, limit)
        spent = [(variable, amount / unit) for variable, amount in _spent_by(model, last)]
        firm = sum(
            amount
            for name, spend in costs(model).items() if name != "late"
            for period, amount in spend.firm.items() if period <= last
        )  # fmt: skip
        model.frame.row("budget", (last,), spent, "<=", left_of(limit, firm) / unit)


def _spent_by(model: Model, last: int) -> Iterator[Term]:
    """Yield money spent up to a period."""
    for name, spend in costs(model).items():
        if name != "late":
            for period, variable, amount in spend.expenses:
                if period <= last and amount:
                    yield variable, amount
