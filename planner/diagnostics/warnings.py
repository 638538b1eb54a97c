"""Warnings about inputs that are valid cell by cell but look wrong; they never prevent a plan.

Each rule is one function that yields warnings, with numbers. A warning is always true: available
amounts are bounded from above, needed amounts from below. `RULES` is the table of contents. The
absence of warnings proves nothing: only the plan itself shows which megawatts are missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from planner.attempts import Attempt, strictly
from planner.case.case import Case
from planner.diagnostics import capacity as due
from planner.diagnostics import dates, places, workloads
from planner.diagnostics import magnitudes as sizes
from planner.diagnostics import single_rows as rows
from planner.diagnostics.warning_context import InputWarning, WarningContext
from planner.workbook.cell_locations import fold
from planner.workbook.rows import Inputs

Rule = Callable[[WarningContext], Iterator[InputWarning]]

RULES: tuple[Rule, ...] = (
    sizes.figures_are_like_their_peers,
    sizes.systems_cost_like_their_peers,
    sizes.demand_is_of_the_size_of_the_halls,
    sizes.budget_pays_for_what_is_due,
    rows.milestones_add_megawatts,
    rows.orders_arrive_from_today_on,
    places.sites_have_halls,
    places.sites_have_crews,
    places.suppliers_have_capacity,
    places.nodes_feed_halls,
    places.nodes_have_power_stated,
    places.nodes_carry_their_halls,
    places.power_is_of_use,
    places.commitments_have_a_place,
    places.halls_can_be_used,
    dates.items_arrive_within_the_plan,
    dates.days_fall_within_the_plan,
    dates.milestones_come_after_the_first_possible_day,
    dates.orders_are_dispatched_in_time,
    workloads.workloads_have_a_site,
    workloads.online_workloads_have_headroom,
    workloads.demand_begins_after_the_plan,
    workloads.workloads_begin_with_their_commitment,
    workloads.falling_prices_come_with_faster_replicas,
    workloads.promised_megawatts_serve_workloads,
    due.halls_hold_what_is_due,
    due.power_carries_what_is_due,
    due.crews_install_what_is_due,
    due.plants_and_suppliers_bring_what_is_due,
    due.suppliers_deliver_the_items_of_what_is_due,
    due.all_limits_together_allow_what_is_due,
)
"""Every rule, in the order of its report."""


def find_warnings(
    inputs: Inputs, case: Case, attempt: Attempt = strictly
) -> tuple[InputWarning, ...]:
    """Return every warning about inputs that can be planned.

    Parameters
    ----------
    inputs, case
        Inputs without a fault, and the case made from them.
    attempt
        Runs each rule, so that a failing rule loses neither other rules nor earlier warnings.
    """
    context = WarningContext(inputs, case)
    warnings = [
        InputWarning(doubt.where, doubt.value, doubt.rule, doubt.remedy) for doubt in inputs.doubts
    ]
    for rule in RULES:
        words = rule.__name__.replace("_", " ")
        claim = f'the warning "{words}" could not be computed'
        # Extended one by one, so that the warnings before a failure are kept.
        attempt(claim, partial(warnings.extend, _each(rule, context)), None)
    return tuple(warnings)


def _each(rule: Rule, context: WarningContext) -> Iterator[InputWarning]:
    """Yield the warnings of a rule, starting it lazily."""
    yield from rule(context)


def as_notes(warnings: Iterable[InputWarning]) -> list[str]:
    """Return warnings as lines for the notes of a plan, one line per kind of warning."""
    return [f"{group.places(3)}: {group.rule}. {group.first.remedy}" for group in fold(warnings)]
