"""Rules across cells and sheets; the faults of all rules are reported together.

Each rule is a function that yields faults or notes. A fault stops the plan; a note is shown with
it. `RULES` lists all rules. A rule reads valid cells only, and reports a missing name only if no
cell at fault could contain it. So each fault is reported once, without its consequences.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from planner.errors import Fault
from planner.workbook.checks.names import (
    changes_fit_the_sheets,
    countries_exist,
    keys_are_unique,
    lanes_lead_elsewhere,
    names_are_told_apart,
    places_have_one_kind,
    references_exist,
)
from planner.workbook.checks.notes import (
    absent_limits_are_noted,
    defaults_that_matter_are_noted,
    unused_prices_are_noted,
)
from planner.workbook.checks.sites import (
    coolant_is_known,
    facility_power_is_known,
    failover_groups_are_dated,
    halls_hold_what_stands_in_them,
)
from planner.workbook.checks.supply import (
    orders_are_possible,
    shared_payment_has_a_capacity,
    systems_have_a_source,
)
from planner.workbook.checks.timing import (
    budget_grows,
    dates_are_in_order,
    milestones_grow,
    windows_are_in_order,
)
from planner.workbook.checks.workloads import (
    commitments_allow_their_workloads,
    composites_have_their_own_names,
    day_has_24_hours,
    halls_are_built_for_their_fleet,
    links_lead_elsewhere,
    replicas_have_a_rate,
    workloads_ask_for_tokens,
    workloads_can_be_met,
)
from planner.workbook.drafts import Draft

Finding = Fault | str
"""A fault, or a note as plain text."""

Rule = Callable[[Draft], Iterator[Finding]]
"""A rule across cells."""


def check(draft: Draft) -> tuple[list[Fault], list[str]]:
    """Return every fault and every note of the rules across cells.

    Parameters
    ----------
    draft
        Typed inputs, with their cells at fault.

    Returns
    -------
    faults : list of Fault
        Errors, which must be corrected before a plan can be made.
    notes : list of str
        What was assumed, and what looks wrong but can be planned.
    """
    findings = [finding for rule in RULES for finding in rule(draft)]
    faults = [finding for finding in findings if isinstance(finding, Fault)]
    notes = [finding for finding in findings if isinstance(finding, str)]
    return faults, notes


RULES: tuple[Rule, ...] = (
    keys_are_unique,
    names_are_told_apart,
    references_exist,
    dates_are_in_order,
    windows_are_in_order,
    places_have_one_kind,
    halls_hold_what_stands_in_them,
    facility_power_is_known,
    coolant_is_known,
    systems_have_a_source,
    orders_are_possible,
    shared_payment_has_a_capacity,
    lanes_lead_elsewhere,
    milestones_grow,
    countries_exist,
    budget_grows,
    failover_groups_are_dated,
    day_has_24_hours,
    replicas_have_a_rate,
    links_lead_elsewhere,
    composites_have_their_own_names,
    halls_are_built_for_their_fleet,
    workloads_can_be_met,
    commitments_allow_their_workloads,
    workloads_ask_for_tokens,
    changes_fit_the_sheets,
    defaults_that_matter_are_noted,
    unused_prices_are_noted,
    absent_limits_are_noted,
)
"""Every rule across cells. A rule that records faults runs before rules that depend on it."""
