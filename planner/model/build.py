"""The model's table of contents: every rule, in order. A rule is in force if its line is here.

The rules of the limits of halls are listed in `facility.HALL_RULES`.
"""

from __future__ import annotations

from collections.abc import Callable

from planner.case.case import Case
from planner.model import (
    commitments,
    deployment,
    facility,
    logistics,
    spending,
    supply,
    tokens,
)
from planner.model.decisions import Model, make_decisions
from planner.model.frame import Frame

RULES: tuple[Callable[[Model], None], ...] = (
    supply.start_within_supplier_capacity,
    supply.order_at_least_the_minimum,
    supply.place_an_order_to_order_lots,
    supply.take_or_pay,
    logistics.start_within_plant_capacity,
    logistics.balance_stock,
    logistics.ship_within_lane_capacity,
    logistics.hold_within_storage,
    deployment.balance_systems_in_service,
    deployment.remove_only_systems_in_service,
    deployment.install_within_crew_capacity,
    facility.open_what_was_decided,
    facility.open_the_site_first,
    facility.open_no_site_without_a_hall,
    facility.keep_sites_open,
    *facility.HALL_RULES,
    facility.draw_within_energised_power,
    facility.reserve_what_is_left_upstream,
    facility.reserve_what_members_can_take,
    facility.survive_the_loss_of_a_feeder,
    commitments.meet_milestones,
    commitments.serve_no_more_than_promised,
    commitments.serve_from_systems_in_service,
    commitments.keep_dedicated_systems_for_their_commitment,
    tokens.meet_token_demand,
    tokens.serve_within_replicas,
    tokens.disaggregate_within_a_site,
    tokens.withhold_dedicated_systems,
    tokens.load_within_systems,
    tokens.carry_kv,
    spending.spend_within_budget,
)
"""Every rule of the model."""


def build_model(case: Case, rules: tuple[Callable[[Model], None], ...] = RULES) -> Model:
    """State a case as a PuLP problem.

    Parameters
    ----------
    case
        What to plan.
    rules
        Rules in force; a test states one alone.

    Raises
    ------
    ContradictionError
        If firm data alone break a rule.
    """
    frame = Frame(case.name)
    model = Model(case, frame, make_decisions(case, frame))
    for rule in rules:
        rule(model)
    return model
