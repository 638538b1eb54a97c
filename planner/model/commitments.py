"""Megawatts served, missed and shared between commitments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from planner.model.decisions import Model
from planner.model.frame import Term


def meet_milestones(model: Model) -> None:
    """Megawatts due are served, or missed and shown.

    sum over hall, system of serve_mw[commitment, hall, system, period]
        + missed_mw[commitment, period]
        >= required_mw[commitment, period]      [MW on its basis; commitment, period]

    There is always a plan: what cannot be in service is counted as missed.
    """
    served = _served(model)
    for (commitment, period), missed in model.decisions.missed_mw.items():
        required = model.case.demand.required_mw[commitment, period]
        supply = [*served[commitment, period], (missed, 1.0)]
        key = (commitment, period)
        model.frame.row("milestone", key, supply, ">=", required, model.case.power_unit)


def serve_no_more_than_promised(model: Model) -> None:
    """A commitment never counts more than the most that is due then or later.

    sum over hall, system of serve_mw[commitment, hall, system, period]
        <= most_mw[commitment, period]      [MW on its basis; commitment, period]

    Systems beyond it are free for others.
    """
    for (commitment, period), served in _served(model).items():
        key, most = (commitment, period), model.case.demand.most_mw[commitment, period]
        model.frame.row("served_in_all", key, served, "<=", most, model.case.power_unit)


def _served(model: Model) -> dict[tuple[str, int], list[Term]]:
    if "served" not in model.cache:
        served: dict[tuple[str, int], list[Term]] = defaultdict(list)
        for (commitment, _, _, period), serve in model.decisions.serve_mw.items():
            served[commitment, period].append((serve, 1.0))
        model.cache["served"] = served
    found: dict[tuple[str, int], list[Term]] = model.cache["served"]
    return found


def serve_from_systems_in_service(model: Model) -> None:
    """What a hall's systems serve to all commitments stays within those in service.

    sum over commitment of serve_mw[commitment, hall, system, period]
        / mw_per_system[commitment, site, system]
        <= commissioned_systems[hall, system, period]      [systems; hall, system, period]

    Each commitment counts megawatts on its own basis; counting systems keeps them apart.
    """
    used = _systems_serving(model)
    for key, in_service in model.decisions.commissioned_systems.items():
        model.frame.row("in_service", key, [*used[key], (in_service, -1.0)], "<=", 0.0)


def keep_dedicated_systems_for_their_commitment(model: Model) -> None:
    """A fleet dedicated to one commitment serves no other, and is not removed.

    sum over other commitment of serve_mw[other, hall, system, period]
        / mw_per_system[other, site, system]
        <= commissioned_systems[hall, system, period] - fleet[hall, system]
                                               [systems; hall, system, period]

    Capacity already sold stays sold.
    """
    facility, in_service = model.case.facility, model.decisions.commissioned_systems
    used = _systems_serving(model, facility.dedicated) if facility.dedicated else {}
    for hall, system in facility.dedicated:
        count = facility.fleet[hall, system]
        for period in model.case.calendar.periods if count else ():
            key = (hall, system, period)
            balance = [*used[key], (in_service[key], -1.0)]
            model.frame.row("dedicated", key, balance, "<=", -count)


def _systems_serving(
    model: Model, owners: Mapping[tuple[str, str], str] | None = None
) -> dict[tuple[str, str, int], list[Term]]:
    """Return systems that commitments use by hall, system and period, without those of owners."""
    demand, site_of = model.case.demand, model.case.facility.site_of
    used: dict[tuple[str, str, int], list[Term]] = defaultdict(list)
    for (commitment, hall, system, period), serve in model.decisions.serve_mw.items():
        if owners is None or owners.get((hall, system)) != commitment:
            mw = demand.mw_per_system[commitment, site_of[hall], system]
            used[hall, system, period].append((serve, 1.0 / mw))
    return used
