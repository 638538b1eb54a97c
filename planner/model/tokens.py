"""Tokens served by replicas, bought or missed, and the systems that replicas take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from planner.case.tokens import Kind, Path
from planner.model.decisions import Model
from planner.model.frame import Term

SECONDS_PER_HOUR = 3600.0

SYSTEMS_ROW = "replica_systems"
"""Name of the rows by which replicas stay within systems."""


def meet_token_demand(model: Model) -> None:
    """Tokens asked for are served, bought, or missed and shown.

    sum over path of serve_tokens[workload, path, block, span]
        + buy_tokens[workload, block, span] + missed_tokens[workload, block, span]
        = demand[workload, block, span]      [Mtok an hour; online workload, block, span]
    sum over block, path of hours[block] * serve_tokens[workload, path, block, span]
        + buy_tokens[workload, span] + missed_tokens[workload, span]
        = demand[workload, span]      [Mtok a day; any other workload, span]

    Blocks force capacity for the peak; what may be served at any hour flows into the valleys.
    """
    tokens, decisions = model.case.tokens, model.decisions
    met: dict[tuple[str, str | None, int], list[Term]] = defaultdict(list)
    for (workload, _, block, span), serve in decisions.serve_tokens.items():
        if tokens.is_online[workload]:
            met[workload, block, span].append((serve, 1.0))
        else:
            met[workload, None, span].append((serve, tokens.hours[block]))
    for variables in (decisions.buy_tokens, decisions.missed_tokens):
        for key, variable in variables.items():
            met[key].append((variable, 1.0))
    for key, demand in tokens.demand.items():
        model.frame.row("token_demand", key, met[key], "==", demand)


def serve_within_replicas(model: Model) -> None:
    """The hours that requests of a country take are those of its replicas.

    sum over aggregated path of (prefill_hours + decode_hours) * serve_tokens
        + sum over path that prefills there of prefill_hours * serve_tokens
        + sum over path that decodes there of decode_hours * serve_tokens
        <= max_use * sum over site of load_replicas[kind, site, span]
                                               [replicas; kind, country, block, span]

    A workload cannot tell the sites of a country apart: its requests fit if their hours do.
    """
    country_of = model.case.tokens.country_of
    loads: dict[tuple[Kind, str | None, int], list[Term]] = defaultdict(list)
    for (kind, site, span), load in model.decisions.load_replicas.items():
        loads[kind, country_of[site], span].append((load, -1.0))
    taken: dict[tuple[Kind, str | None, str, int], list[Term]] = defaultdict(list)
    for path, kind, place, block, span, term in _hours(model):
        country = place if path.is_aggregated else country_of[str(place)]
        taken[kind, country, block, span].append(term)
    for (kind, country, block, span), terms in taken.items():
        index = (kind, country, block, span)
        available = loads[kind, country, span]
        model.frame.row("replica_hours", index, [*terms, *available], "<=", 0.0)


def disaggregate_within_a_site(model: Model) -> None:
    """What prefills or decodes at a site for another replica is within that site's replicas.

    sum over path that prefills there of prefill_hours * serve_tokens
        + sum over path that decodes there of decode_hours * serve_tokens
        <= max_use * load_replicas[kind, site, span]      [replicas; kind, site, block, span]

    A KV cache is sent to one site, so that the replicas of other sites are of no use to it.
    """
    loads = model.decisions.load_replicas
    taken: dict[tuple[Kind, str, str, int], list[Term]] = defaultdict(list)
    for path, kind, place, block, span, term in _hours(model):
        if not path.is_aggregated:
            taken[kind, str(place), block, span].append(term)
    for (kind, site, block, span), terms in taken.items():
        row = [*terms, (loads[kind, site, span], -1.0)]
        model.frame.row("site_hours", (kind, site, block, span), row, "<=", 0.0)


def _hours(model: Model) -> Iterator[tuple[Path, Kind, str | None, str, int, Term]]:
    """Yield path, kind, place, block and span with the replicas that tokens served take."""
    efforts = model.case.tokens.efforts
    for (workload, path, block, span), serve in model.decisions.serve_tokens.items():
        effort = efforts[workload, path, span]
        prefill = effort.prefill_hours / effort.prefill_max_use
        decode = effort.decode_hours / effort.decode_max_use
        if path.is_aggregated:
            place = path.prefill_place
            yield path, path.prefill, place, block, span, (serve, prefill + decode)
        else:
            yield path, path.prefill, path.prefill_place, block, span, (serve, prefill)
            yield path, path.decode, path.decode_place, block, span, (serve, decode)


def withhold_dedicated_systems(model: Model) -> None:
    """A fleet dedicated to a commitment is no other's, even while it serves nothing.

    withheld_systems[hall, system, period] >= fleet[hall, system]
    withheld_systems[hall, system, period] >= serve_mw[owner, hall, system, period] / mw_per_system
                                               [systems; hall, system, period]
    """
    demand, facility = model.case.demand, model.case.facility
    for (hall, system, period), withheld in model.decisions.withheld_systems.items():
        index = (hall, system, period)
        count = float(facility.fleet[hall, system])
        model.frame.row("withheld_fleet", index, [(withheld, 1.0)], ">=", count)
        owner, site = facility.dedicated[hall, system], facility.site_of[hall]
        serve = model.decisions.serve_mw.get((owner, *index))
        if serve is not None:
            each = 1.0 / demand.mw_per_system[owner, site, system]
            model.frame.row("withheld_use", index, [(withheld, 1.0), (serve, -each)], ">=", 0.0)


def load_within_systems(model: Model) -> None:
    """Replicas take whole systems: those of their commitment, or those that no commitment uses.

    sum over kind of systems[kind, system] * load_replicas[kind, site, span]
        <= sum over hall of site of serve_mw[owner, hall, system, period] / mw_per_system
                                               [systems; owner, site, system, span, period]
    where nobody is the owner:
        <= sum over hall of site of commissioned_systems[hall, system, period]
            - sum over commitment, hall of site of serve_mw / mw_per_system
    with withheld_systems[hall, system, period] in place of what serves the commitment to which the
    hall's fleet is dedicated.

    The periods are those of the span and the one before, so that what serves is in service from
    the span's first day on, see `Span.in_service`.
    """
    tokens = model.case.tokens
    taken: dict[tuple[str | None, str, str, int], list[Term]] = defaultdict(list)
    for (kind, site, span), load in model.decisions.load_replicas.items():
        for system, count in tokens.systems_of[kind].items():
            taken[kind.owner, site, system, span].append((load, float(count)))
    available = _available(model)
    for (owner, site, system, span), loads in taken.items():
        for period in tokens.spans[span].in_service:
            index = (owner, site, system, span, period)
            there = available[owner, site, system, period]
            model.frame.row(SYSTEMS_ROW, index, [*loads, *there], "<=", 0.0)


def _available(model: Model) -> dict[tuple[str | None, str, str, int], list[Term]]:
    """Return minus the systems that each owner's replicas may take; see the rule."""
    demand, facility = model.case.demand, model.case.facility
    site_of = facility.site_of
    available: dict[tuple[str | None, str, str, int], list[Term]] = defaultdict(list)
    if not model.decisions.load_replicas:
        return available
    for (commitment, hall, system, period), serve in model.decisions.serve_mw.items():
        site = site_of[hall]
        systems = 1.0 / demand.mw_per_system[commitment, site, system]
        available[commitment, site, system, period].append((serve, -systems))
        if facility.dedicated.get((hall, system)) != commitment:
            available[None, site, system, period].append((serve, systems))
    for (hall, system, period), withheld in model.decisions.withheld_systems.items():
        available[None, site_of[hall], system, period].append((withheld, 1.0))
    for (hall, system, period), in_service in model.decisions.commissioned_systems.items():
        available[None, site_of[hall], system, period].append((in_service, -1.0))
    return available


def carry_kv(model: Model) -> None:
    """KV caches sent from site to site stay within the link.

    sum over workload, path over the link of kv_gb * serve_tokens / 3600
        <= links[from, to]      [GB/s; from, to, block, span]
    """
    tokens = model.case.tokens
    sent: dict[tuple[str, str, str, int], list[Term]] = defaultdict(list)
    for (workload, path, block, span), serve in model.decisions.serve_tokens.items():
        kv_gb = tokens.efforts[workload, path, span].kv_gb
        if kv_gb > 0:
            ends = str(path.prefill_place), str(path.decode_place)
            sent[(*ends, block, span)].append((serve, kv_gb / SECONDS_PER_HOUR))
    for (origin, end, block, span), terms in sent.items():
        most = tokens.links[origin, end]
        model.frame.row("kv_link", (origin, end, block, span), terms, "<=", most)
