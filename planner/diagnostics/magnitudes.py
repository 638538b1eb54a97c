"""Figures that look wrong by a factor of 1,000: kW for MW, or thousands for single units."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from statistics import median

from planner.diagnostics.warning_context import (
    AMOUNT_TOLERANCE,
    InputWarning,
    WarningContext,
    amount,
    amounts,
    warn,
)
from planner.tolerance import exceeds
from planner.workbook.rows import Row

OUTLIER_FACTOR = 300.0
"""A factor this large looks like a slip by 1,000; genuine differences are smaller."""

PRICE_OUTLIER_FACTOR = 100.0
"""Factor between the prices per kW of two systems from which one looks wrong."""

MIN_PEERS = 2
"""Least number of other rows from which a usual value is inferred."""


def _per_mw(row: Row) -> float:
    return float(row["fit_out_cost"] / row["it_mw"])


COMPARED_COLUMNS: tuple[tuple[str, str, str, str, Callable[[Row], float]], ...] = (
    ("systems", "power_kw", "kW", "Give kW, not W or MW", lambda row: row["power_kw"]),
    ("halls", "it_mw", "MW", "Give MW, not kW", lambda row: row["it_mw"]),
    ("halls", "fit_out_cost", "money per MW", "Give whole units of money", _per_mw),
    (
        "sites",
        "energy_price",
        "money per MWh",
        "Give money per MWh, not per kWh",
        lambda row: row["energy_price"],
    ),
    (
        "commitments",
        "late_cost",
        "money per MW-month",
        "Give whole units of money per MW-month",
        lambda row: row["late_cost"],
    ),
    (
        "commitments",
        "price",
        "money per MW-month",
        "Give whole units of money per MW-month",
        lambda row: row["price"],
    ),
)
"""Columns with comparable figures: sheet, column, unit, remedy, and the figure to compare."""


def figures_are_like_their_peers(context: WarningContext) -> Iterator[InputWarning]:
    """A figure is not hundreds of times off the middle of the others in its column."""
    for sheet, column, unit, remedy, measured in COMPARED_COLUMNS:
        rows = [row for row in context.inputs.tables[sheet] if row[column]]
        if len(rows) <= MIN_PEERS:
            continue
        values = [measured(row) for row in rows]
        for index, row in enumerate(rows):
            value = values[index]
            others = values[:index] + values[index + 1 :]
            usual = median(others)
            if not _is_outlier(value, usual, OUTLIER_FACTOR):
                continue
            yield warn(
                row,
                column,
                f"this is {amount(value)} {unit}, {_times(value, usual)} the middle "
                f"of the other {len(others)}, {amount(usual)}",
                f"Is it right? {remedy}",
                value=value,
                usual=usual,
            )


def systems_cost_like_their_peers(context: WarningContext) -> Iterator[InputWarning]:
    """A kW of one system does not cost hundreds of times that of the others."""
    cost_per_kw: dict[str, float] = {}
    for system, cost in least_costs(context).items():
        if cost > 0:
            cost_per_kw[system] = cost / context.case.facility.it_mw[system] / 1000
    for system, value in sorted(cost_per_kw.items()):
        others = [other for name, other in cost_per_kw.items() if name != system]
        # Of two systems only the dearer is reported, because either may be wrong.
        if not others or (len(others) < MIN_PEERS and value < others[0]):
            continue
        usual = median(others)
        if _is_outlier(value, usual, PRICE_OUTLIER_FACTOR):
            yield warn(
                context.rows["systems"][system],
                "price",
                f"one {system} costs at least "
                f"{amount(value)} a kW of IT power, {_times(value, usual)} the others' "
                f"{amount(usual)}",
                "Is it right? Give prices in whole units of money and power in kW, here and "
                "in supply",
                value=value,
                usual=usual,
            )


def demand_is_of_the_size_of_the_halls(context: WarningContext) -> Iterator[InputWarning]:
    """The most that is due is not hundreds of times what all halls hold, nor the reverse."""
    names = context.case.demand.commitments
    due_mw: dict[int, float] = {}
    for period in context.due_periods(names):
        due_mw[period] = math.fsum(context.bounds.due_mw(name, period) for name in names)
    if not due_mw:
        return
    period = max(due_mw, key=lambda period: (due_mw[period], period))
    due = due_mw[period]
    halls = math.fsum(context.bounds.full_halls_mw(names).values())
    if due <= AMOUNT_TOLERANCE or halls <= AMOUNT_TOLERANCE:
        return
    if _is_outlier(due, halls, OUTLIER_FACTOR):
        yield warn(
            context.milestone(names, period),
            "mw",
            f"{amount(due)} MW of IT power are due by "
            f"then, {_times(due, halls)} the {amount(halls)} MW that all halls hold",
            "Is it right? Give MW, not kW, in milestones and in the halls' it_mw",
            due_mw=due,
            halls_mw=halls,
        )


def budget_pays_for_what_is_due(context: WarningContext) -> Iterator[InputWarning]:
    """A budget is no less than the least price of the systems that are due by its day."""
    ends = context.case.calendar.ends
    periods = context.due_periods(context.case.demand.commitments)
    for row in sorted(context.inputs.tables["budget"], key=lambda row: row["date"]):
        budget = row["cumulative"]
        least = 0.0
        for period in periods:
            if ends[period] <= row["date"]:
                least = max(least, _least_spend(context, period))
        if not exceeds(least, budget):
            continue
        needed_text, budget_text = amounts(least, budget)
        if budget > 0 and _is_outlier(budget, least, OUTLIER_FACTOR):
            budget_text += f", {_times(budget, least)} that"
        yield warn(
            row,
            "cumulative",
            f"the systems that are due by {row['date']} cost at least "
            f"{needed_text}, the budget is {budget_text}",
            "Give all money in whole units, or expect megawatts to be missed",
            least=least,
            budget=budget,
        )
        return  # later budgets are short for the same reason


def _least_spend(context: WarningContext, period: int) -> float:
    """Return the least price of all systems needed by a period's end, beyond firm data.

    Each system costs at least `least_costs`, less the systems that the fleet and firm orders cover.
    """
    case, bounds = context.case, context.bounds
    costs = least_costs(context)
    spend = 0.0
    money_per_mw: dict[str, float] = {}
    for name in case.demand.commitments:
        rates = [costs[system] / mw for (_, system), mw in bounds.allowed(name).items() if mw > 0]
        money_per_mw[name] = min(rates, default=0.0)
        spend += case.demand.required_mw[name, period] * money_per_mw[name]
    for (hall, system), count in case.facility.fleet.items():
        site = case.facility.site_of[hall]
        most_saved = 0.0
        for name, rate in money_per_mw.items():
            mw = bounds.allowed(name).get((site, system), 0.0)
            most_saved = max(most_saved, mw * rate)
        spend -= count * most_saved
    prices = _item_prices(context)
    for (_, item, arrives), units in case.supply.firm_arrivals.items():
        if arrives <= case.calendar.last_days[period]:
            spend -= units * max(prices.get(item, 0.0), costs.get(item, 0.0))
    return spend


def least_costs(context: WarningContext) -> Mapping[str, float]:
    """Return the least price of one system, bought complete or assembled from its items."""
    supply = context.case.supply
    if not supply.planned:
        return supply.market_price
    prices = _item_prices(context)
    least: dict[str, float] = {}
    for system in context.case.facility.systems:
        if system in prices:
            least[system] = prices[system]
    for (_, system), assembly in supply.assembly_cost.items():
        parts = [quantity * prices[item] for item, quantity in supply.bom[system].items()]
        cost = assembly + math.fsum(parts)
        least[system] = min(cost, least.get(system, cost))
    return least


def _item_prices(context: WarningContext) -> Mapping[str, float]:
    """Return the least price of a good unit by item."""
    prices: dict[str, float] = {}
    for (_, item), row in context.case.supply.sources.items():
        price = context.case.supply.price[row["supplier"], item] / row["yield"]
        prices[item] = min(price, prices.get(item, math.inf))
    return prices


def _is_outlier(value: float, usual: float, factor: float) -> bool:
    return value >= factor * usual or value * factor <= usual


def _times(value: float, usual: float) -> str:
    """Return a ratio in words, e.g. ``1,000 times`` or ``1/1,000 of``."""
    if value >= usual:
        return f"{amount(round(value / usual))} times"
    return f"1/{amount(round(usual / value))} of"
