"""The case: everything that the model needs, prepared once and frozen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property

from planner.case.acts import ActBuilder, Timetable
from planner.case.calendar import HOURS_PER_DAY, Calendar, make_calendar
from planner.case.canonical_order import in_canonical_order
from planner.case.demand import Demand, days_to_end_on, make_demand
from planner.case.dispatch_days import Days
from planner.case.facility import Facility, make_facility
from planner.case.graph import trace_flows, trace_power
from planner.case.supply import Supply, SupplyBuilder
from planner.case.tokens import Tokens, make_tokens
from planner.errors import Fault, InputFaults
from planner.tolerance import LAST_TOLERANCE, SEARCH_TOLERANCE, exceeds, raised_to_use
from planner.workbook.rows import Inputs

DAYS_PER_MONTH = 30.0
"""Days by which the price of a Mtok is made that of a Mtok an hour, like a system's."""

MONEY_COLUMNS = (
    ("systems", "price"),
    ("supply", "price"),
    ("supply", "order_cost"),
    ("plants", "cost"),
    ("lanes", "cost"),
    ("depots", "holding_cost"),
    ("sites", "holding_cost"),
    ("sites", "opening_cost"),
    ("sites", "lease"),
    ("halls", "fit_out_cost"),
    ("service", "cost"),
    ("commitments", "late_cost"),
)
"""Sheet and column of each price or cost by which the unit of money is chosen."""


@dataclass(frozen=True)
class Case:
    """Index sets and look-ups of one plan.

    Attributes
    ----------
    name : str
        Name of the plan.
    calendar : Calendar
    demand : Demand
        Commitments.
    facility : Facility
        Systems, sites, halls, crews, power.
    supply : Supply
        Suppliers, plants, lanes, stores.
    timetable : Timetable
        Dispatch days of all decisions.
    installing : dict of (str, str) to tuple of int
        Days on which a system may be installed in a hall; pairs without any are missing.
    serving : dict of (str, str) to int
        First period at whose end a system in a hall can be in service; missing if never.
    budget : dict of int to float
        Most money spent in total up to and including a day.
    whole : bool
        Whether systems and lots are integer.
    as_early_as_possible : bool
        Whether megawatts ahead of their milestone have priority over cost.
    currency : str
        Currency of all money.
    money_unit : float
        Power of ten in which the model counts money, so that its coefficients are near one.
    power_unit : float
        Power of ten, at most 1, of the MW in which the model states power rows and megawatt tiers,
        so that a plan of a few kilowatts is as exact as one of gigawatts.
    tokens : Tokens
        Workloads.
    token_unit : float
        Power of ten of the Mtok in which the model states its tiers of missed tokens.
    """

    name: str
    calendar: Calendar
    demand: Demand
    facility: Facility
    supply: Supply
    timetable: Timetable
    installing: Mapping[tuple[str, str], Days]
    serving: Mapping[tuple[str, str], int]
    budget: Mapping[int, float]
    whole: bool
    as_early_as_possible: bool
    currency: str
    money_unit: float
    power_unit: float
    tokens: Tokens = field(default_factory=Tokens)
    token_unit: float = 1.0

    @cached_property
    def failover_days(self) -> Mapping[str, Days]:
        """Days on which a failover group's load may rise, or a limit of its nodes may fall.

        Its nodes are its members and the nodes that feed them. Checking these days suffices.
        """
        tree = self.facility.tree
        days_of_group: dict[str, Days] = {}
        for group in tree.groups:
            days: set[int] = set()
            halls: set[str] = set()
            for node in tree.nodes_of_group(group):
                days.update(self.facility.levels[node].falls)
                halls.update(tree.halls_below[node])
            if any(hall in halls for hall, _ in self.facility.fleet):
                days.add(0)
            for (hall, _), install_days in self.installing.items():
                if hall in halls:
                    days.update(install_days)
            days_of_group[group] = tuple(sorted(days))
        return days_of_group


def calendar_of(inputs: Inputs) -> Calendar:
    """Return the planning periods of the settings."""
    settings = inputs.settings
    fence_day = settings["today"] + timedelta(days=settings["release_fence_days"])
    return make_calendar(
        settings["start"],
        settings["end"],
        settings["period"],
        fence_day,
        settings["discount_rate"],
        cuts=days_to_end_on(inputs),
    )


def make_case(inputs: Inputs) -> Case:
    """Prepare a case from typed inputs.

    Raises
    ------
    InputFaults
        With every fault of the site graph, or if feeders cannot carry the existing fleet.
    """
    as_read = inputs
    inputs = in_canonical_order(as_read)
    settings, calendar = inputs.settings, calendar_of(inputs)
    tree, power_faults = trace_power(inputs)
    flows, flow_faults = trace_flows(inputs)
    if power_faults or flow_faults:
        # Faults are reported in the order of the sheets, not in canonical order.
        raise InputFaults([*trace_flows(as_read)[1], *trace_power(as_read)[1]])
    demand = make_demand(inputs, calendar)
    tokens = make_tokens(inputs, calendar, demand.mw_per_system)
    servable = {(site, system) for _, site, system in demand.mw_per_system} | tokens.servable
    timetable = ActBuilder(inputs, calendar, flows, tree, servable).build()
    facility = make_facility(inputs, calendar, tree, servable, timetable)
    fleet_faults = _fleet_faults(as_read, facility)
    if fleet_faults:
        raise InputFaults(fleet_faults)
    facility = _with_room_for_the_fleet(facility)
    supply = SupplyBuilder(inputs, calendar, flows, facility, timetable).build()
    installing = _installing(inputs, calendar, facility, timetable)
    return Case(
        name=settings["plan"],
        calendar=calendar,
        demand=demand,
        facility=facility,
        supply=supply,
        timetable=timetable,
        installing=installing,
        serving=_serving(calendar, facility, installing),
        budget=_budget(inputs, calendar),
        whole=settings["counts"] == "integer",
        as_early_as_possible=settings["pace"] == "as-early-as-possible",
        currency=settings["currency"],
        money_unit=_money_unit(inputs),
        power_unit=_power_unit(demand),
        tokens=tokens,
        token_unit=_token_unit(tokens, calendar),
    )


def _fleet_faults(inputs: Inputs, facility: Facility) -> list[Fault]:
    """Return faults of nodes and failover groups that cannot carry the fleet at the start."""
    faults: list[Fault] = []
    loads = {node: facility.fleet_load(node) for node in facility.nodes}
    for row in inputs.tables["power"]:
        node, group = row["node"], row["group"]
        load = loads[node]
        level = facility.levels.get(node)
        if level is not None and exceeds(load, level.on(0)):
            faults.append(
                row.fault(
                    "node",
                    f"the fleet below it draws {load:.10g} MW of facility power, it carries "
                    f"{level.on(0):.10g} MW at the start",
                    "Correct its first rows in energisation, or the fleet's count",
                )
            )
        if group is None:
            continue
        # A fleet above a limit within the tolerance leaves less than nothing to take over.
        taken_over = max(facility.taken_over_mw(group, node, 0, loads), 0.0)
        # Only the solver's tolerance: a limit shared by members cannot be raised to the fleet.
        if load > taken_over + SEARCH_TOLERANCE:
            faults.append(
                row.fault(
                    "group",
                    f"the fleet below {node} draws {load:.10g} MW of facility power at the "
                    f"start; the others of {group}, and what feeds them, can take over "
                    f"{taken_over:.10g} MW when it is lost",
                    "Correct the others' first rows in energisation or the fleet's count, or leave "
                    "group blank",
                )
            )
    return faults


def _with_room_for_the_fleet(facility: Facility) -> Facility:
    """Raise the limits of halls that the existing fleet exceeds within the tolerance.

    The solver is stricter than the tolerance, and would remove one of the systems.
    """
    raised: dict[str, dict[str, float]] = {}
    for column, capacity in facility.hall_capacity.items():
        raised[column] = _raised_limits(facility, capacity, facility.hall_use[column])
    return replace(facility, hall_capacity=raised)


def _raised_limits(
    facility: Facility, limits: Mapping[str, float], taken: Mapping[str, float]
) -> dict[str, float]:
    """Return one limit of each hall, raised to its use by the fleet within the tolerance."""
    used: dict[str, float] = dict.fromkeys(limits, 0.0)
    for (hall, system), count in facility.fleet.items():
        if hall in used:
            used[hall] += count * taken.get(system, 0.0)
    raised = dict(limits)
    for hall, open_halls in facility.open_count.items():
        if open_halls > 0 and used.get(hall, 0.0) > 0:
            needed = raised_to_use(open_halls * limits[hall], used[hall]) / open_halls
            raised[hall] = max(limits[hall], needed)
    return raised


def _installing(
    inputs: Inputs, calendar: Calendar, facility: Facility, timetable: Timetable
) -> dict[tuple[str, str], Days]:
    """Return the days on which each system may be installed in each hall, where it can serve."""
    systems = {row["system"]: row for row in inputs.tables["systems"]}
    installing: dict[tuple[str, str], Days] = {}
    for hall, system in facility.hosted:
        opens = facility.first_open.get(hall)
        if opens is None or facility.most_systems(hall, system) < LAST_TOLERANCE:
            continue
        row = systems[system]
        last = calendar.last_days[-1] - row["commission_days"]
        if row["available_to"] is not None:
            last = min(last, calendar.number(row["available_to"]))
        days = timetable.days("install", facility.site_of[hall], system)
        useful = tuple(day for day in days if opens <= day <= last)
        if useful:
            installing[hall, system] = useful
    return installing


def _serving(
    calendar: Calendar, facility: Facility, installing: Mapping[tuple[str, str], Days]
) -> dict[tuple[str, str], int]:
    """Return the first period at whose end each system in each hall can be in service."""
    serving = {}
    for hall, system in facility.hosted:
        if facility.fleet.get((hall, system), 0) > 0:
            serving[hall, system] = 0
        elif (hall, system) in installing:
            begins = installing[hall, system][0] + facility.commission_days[system]
            serving[hall, system] = calendar.period_of(begins)
    return serving


def _budget(inputs: Inputs, calendar: Calendar) -> dict[int, float]:
    """Return the cumulative budget by the last day whose money it covers."""
    budget: dict[int, float] = {}
    for row in inputs.tables["budget"]:
        day = min(calendar.number(row["date"]), calendar.day_count - 1)
        if day >= 0:
            budget[day] = min(budget.get(day, math.inf), row["cumulative"])
    return budget


def budget_unit(case: Case, limit: float) -> float:
    """Return the unit of money for the row of a budget.

    It makes the tolerance the same share of a small budget as of a large one.
    """
    return min(case.money_unit, max(1.0, limit))


def _power_unit(demand: Demand) -> float:
    """Return the power of ten below the largest commitment, at most 1."""
    largest = max(demand.required_mw.values(), default=0.0)
    if largest <= 0:
        return 1.0
    return min(1.0, 10.0 ** math.floor(math.log10(largest) + LAST_TOLERANCE))


MOST_TOKEN_UNITS = 4
"""Digits before the point of all tokens that are asked for, in `Case.token_unit`."""


def _token_unit(tokens: Tokens, calendar: Calendar) -> float:
    """Return the power of ten in which all tokens asked for are a number of so many digits."""
    asked = sum(
        mtok * tokens.hours_of(block) * tokens.days(calendar, span)
        for (_, block, span), mtok in tokens.demand.items()
    )
    if asked <= 0:
        return 1.0
    return float(10.0 ** (math.floor(math.log10(asked)) + 1 - MOST_TOKEN_UNITS))


def _money_unit(inputs: Inputs) -> float:
    """Return the power of ten nearest to the geometric mean of the extreme prices and costs."""
    amounts = []
    for sheet, column in MONEY_COLUMNS:
        for row in inputs.tables[sheet]:
            if row[column] is not None and row[column] > 0:
                amounts.append(row[column])
    for row in inputs.tables["token_prices"]:
        for column in ("buy_input", "buy_output"):
            if row[column]:
                amounts.append(row[column] * HOURS_PER_DAY * DAYS_PER_MONTH)
    if not amounts:
        return 1.0
    middle = math.sqrt(min(amounts) * max(amounts))
    return float(10.0 ** round(math.log10(middle)))
