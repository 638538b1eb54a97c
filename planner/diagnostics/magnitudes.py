"""Figures that look wrong by a factor of 1,000: kW for MW, or thousands for single units."""

from __future__ import annotations

import math
from collections import defaultdict
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
        values = [measured(row) for row in rows]
        for at, (row, value) in enumerate(zip(rows, values, strict=True)):
            others = values[:at] + values[at + 1 :]
            if len(others) < MIN_PEERS or not _is_outlier(
                value, usual := median(others), OUTLIER_FACTOR
            ):
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
    it_mw = context.case.facility.it_mw
    cost = {s: c / it_mw[s] / 1000 for s, c in least_costs(context).items() if c > 0}
    for system, value in sorted(cost.items()):
        others = [other for name, other in cost.items() if name != system]
        # Of two systems only the dearer is reported, because either may be wrong.
        if not others or (len(others) < MIN_PEERS and value < others[0]):
            continue
        if _is_outlier(value, usual := median(others), PRICE_OUTLIER_FACTOR):
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
    dues = {
        period: math.fsum(context.bounds.due_mw(name, period) for name in names)
        for period in context.due_periods(names)
    }
    period = max(dues, key=lambda period: (dues[period], period))
    due = dues[period]
    halls = math.fsum(context.bounds.full_halls_mw(names).values())
    if (
        due > AMOUNT_TOLERANCE
        and halls > AMOUNT_TOLERANCE
        and _is_outlier(due, halls, OUTLIER_FACTOR)
    ):
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
    for row in sorted(context.inputs.tables["budget"], key=lambda row: row["date"]):
        ends, periods = (
            context.case.calendar.ends,
            context.due_periods(context.case.demand.commitments),
        )
        covered = [period for period in periods if ends[period] <= row["date"]]
        least = max((_least_spend(context, period) for period in covered), default=0.0)
        if exceeds(least, row["cumulative"]):
            needed, budget = amounts(least, row["cumulative"])
            is_far = row["cumulative"] > 0 and _is_outlier(row["cumulative"], least, OUTLIER_FACTOR)
            hint = f", {_times(row['cumulative'], least)} that" if is_far else ""
            yield warn(
                row,
                "cumulative",
                f"the systems that are due by {row['date']} cost at least "
                f"{needed}, the budget is {budget}{hint}",
                "Give all money in whole units, or expect megawatts to be missed",
                least=least,
                budget=row["cumulative"],
            )
            return


def _least_spend(context: WarningContext, period: int) -> float:
    """Return the least price of all systems needed by a period's end, beyond firm data.

    Each system costs at least `least_costs`, less the systems that the fleet and firm orders cover.
    """
    bounds, facility, costs = context.bounds, context.case.facility, least_costs(context)
    demand, rates = context.case.demand, dict[str, float]()
    spend = 0.0
    for name in demand.commitments:
        rates[name] = min(
            (costs[system] / mw for (_, system), mw in bounds.allowed(name).items() if mw > 0),
            default=0.0,
        )
        spend += demand.required_mw[name, period] * rates[name]
    for (hall, system), count in facility.fleet.items():
        site = facility.site_of[hall]
        spend -= count * max(
            (bounds.allowed(name).get((site, system), 0.0) * rates[name] for name in rates),
            default=0.0,
        )
    prices = _item_prices(context)
    for (_, item, arrives), units in context.case.supply.firm_arrivals.items():
        if arrives <= context.case.calendar.last_days[period]:
            spend -= units * max(prices.get(item, 0.0), costs.get(item, 0.0))
    return spend


def least_costs(context: WarningContext) -> Mapping[str, float]:
    """Return the least price of one system, bought complete or assembled from its items."""
    supply, prices = context.case.supply, _item_prices(context)
    if not supply.planned:
        return supply.market_price
    costs: dict[str, list[float]] = defaultdict(list)
    for system in context.case.facility.systems:
        if system in prices:
            costs[system].append(prices[system])
    for (_, system), assembly in supply.assembly_cost.items():
        parts = (quantity * prices[item] for item, quantity in supply.bom[system].items())
        costs[system].append(assembly + math.fsum(parts))
    return {system: min(found) for system, found in costs.items()}


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
