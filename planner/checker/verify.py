"""The independent checker: recompute every rule and cost from workbook and tables alone.

It shares no code with the planner's model: it has its own calendar and look-ups, and reads only
the workbook and the result tables. A plan that it refuses is never written as a plan.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from planner.attempts import reason, show_traceback
from planner.checker import (
    costs,
    pegs,
    power,
    rates,
    replicas,
    service,
    sites,
    supply,
    token_costs,
    tokens,
)
from planner.checker.facts import Book, Figures
from planner.checker.ledger import TOLERANCE, Ledger
from planner.checker.tables import FORM_RULES
from planner.plan.result_rows import Tables
from planner.workbook.rows import Inputs

RULES: tuple[Callable[[Book, Figures, Ledger], None], ...] = (
    sites.release_fence,
    # orders and stock
    supply.nothing_flows_without_supply,
    supply.firm_orders,
    supply.planned_order_dates,
    supply.order_slack,
    supply.order_prices,
    supply.whole_lots,
    supply.minimum_order,
    supply.supply_window,
    supply.plant_window,
    supply.finish_dates,
    supply.lane_exists,
    supply.shipment_arrival,
    supply.stock_balance,
    supply.stock_covers_use,
    supply.storage,
    # rates
    rates.windows_follow,
    rates.work_by_a_stated_day,
    rates.nothing_new_inside_a_window,
    rates.supplier_capacity,
    rates.plant_capacity,
    rates.lane_capacity,
    rates.crews,
    # systems, halls and power
    sites.whole_systems,
    sites.whole_halls,
    sites.system_window,
    sites.fleet_balance,
    sites.fleet_in_service,
    sites.dedicated_fleet_stays,
    sites.hall_ready,
    sites.halls_opened,
    sites.hall_count,
    *sites.HALL_RULES,
    power.node_load,
    power.node_headroom,
    power.node_limit,
    power.failover_groups,
    # commitments
    service.service_allowed,
    service.service_capacity,
    service.dedicated_fleet_serves,
    service.ramp_labels,
    service.ramp_required,
    service.ramp_in_service,
    service.ramp_missed,
    service.served_within_promise,
    # tokens
    tokens.hall_built_for_systems,
    tokens.token_balance,
    tokens.token_totals,
    tokens.tokens_bought_at_a_price,
    tokens.token_path,
    tokens.serving_rates,
    tokens.serving_systems,
    tokens.serving_countries,
    tokens.serving_owner,
    replicas.replica_hours,
    replicas.replica_hours_at_a_site,
    replicas.whole_replicas,
    replicas.replicas_within_systems,
    replicas.replica_figures,
    replicas.replica_use,
    tokens.kv_sent,
    tokens.link_capacity,
    tokens.token_buy_cost,
    # what waits for what
    pegs.install_purpose,
    pegs.known_pegs,
    pegs.pegged_units,
    pegs.pegged_installs,
    pegs.order_pegs,
    # money
    costs.purchase_cost,
    costs.take_or_pay_cost,
    costs.orders_cost,
    costs.assembly_cost,
    costs.freight_cost,
    costs.holding_cost,
    costs.openings_cost,
    costs.fit_out_cost,
    costs.lease_cost,
    costs.energy_cost,
    costs.service_cost,
    costs.late_cost,
    tokens.tokens_cost,
    costs.cost_totals,
    costs.budget,
    token_costs.token_pools,
    token_costs.token_pool_costs,
    token_costs.cost_of_a_mtok,
    # tiers of the objective
    costs.tier_order,
    costs.tier_missed,
    tokens.tier_missed_tokens,
    costs.tier_in_service,
    costs.tier_present_cost,
    costs.tier_bounds,
)
"""Rules of a plan, in the order of the report; `FORM_RULES` are checked before them."""

RULE_NAMES = tuple(rule.__name__ for rule in (*FORM_RULES, *RULES))
"""Names of all rules, in order."""


@dataclass(frozen=True)
class Verdict:
    """Result of the checker.

    Attributes
    ----------
    violations : tuple of str
        One sentence for each violation: rule, place and period, both figures with units.
    checks : int
        Single comparisons made.
    rules : tuple of str
        Names of the rules checked, in order. If the tables are malformed, the check ends with the
        first form rule that they violate.
    counts : tuple of int
        Single comparisons of each of these rules.
    """

    violations: tuple[str, ...]
    checks: int
    rules: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def ok(self) -> bool:
        """Whether the plan violates no rule."""
        return not self.violations


def verify(inputs: Inputs, tables: Tables, tolerance: float = TOLERANCE) -> Verdict:
    """Recompute every rule, every cost term and every derived table of a plan.

    Parameters
    ----------
    inputs
        The checked workbook that was planned.
    tables
        All result tables of the plan.
    tolerance
        Largest violation, in the rule's unit, relative to its right-hand side where that is above
        1. Recomputed money is held to 1 / 2,000 of it, relative to the amount.

    Returns
    -------
    Verdict
    """
    book, ledger = Book(inputs), Ledger(tolerance)
    for form_rule in FORM_RULES:
        _check(ledger, form_rule.__name__, partial(form_rule, book, tables, ledger))
        if ledger.violations:
            return _verdict(ledger)
    figures = Figures(tables, book.calendar)
    for rule in RULES:
        _check(ledger, rule.__name__, partial(rule, book, figures, ledger))
    return _verdict(ledger)


def _check(ledger: Ledger, name: str, rule: Callable[[], None]) -> None:
    """Check a rule; an exception counts as a violation, and does not stop the other rules."""
    ledger.begin(name)
    try:
        rule()
    except Exception as error:
        show_traceback(error)
        ledger.refuse(f"this could not be checked: {reason(error)}")


def _verdict(ledger: Ledger) -> Verdict:
    checks = ledger.checks
    return Verdict(
        tuple(ledger.violations), sum(checks.values()), tuple(checks), tuple(checks.values())
    )
