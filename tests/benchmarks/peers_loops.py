"""The same model in plain loops over keys: PuLP as its manual writes it, and pyoptinterface.

Both have variables in dictionaries, sums over generators and one call for a row, so that one
text serves both; `Pulp` and `Poi` are what each of them calls these three. The blocks follow
`planner.model.build.RULES`, of which those are stated that bind in generated workbooks.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import peers_sets

from planner.case.case import Case


class Pulp:
    """PuLP: variables from `add_variable_dicts`, sums by `lpSum`, rows by `+=` and a relation."""

    def __init__(self) -> None:
        import pulp  # noqa: PLC0415

        self.pulp, self.total = pulp, pulp.lpSum
        self.problem = pulp.LpProblem("plan", pulp.LpMinimize)

    def variables(self, name: str, of: peers_sets.Keys) -> dict[Any, Any]:
        kind = self.pulp.LpInteger if of.whole else self.pulp.LpContinuous
        made = self.problem.add_variable_dicts(name, of.keys, lowBound=0, cat=kind)
        for key, most in (of.most or {}).items():
            made[key].upBound = most
        return made

    def require(self, left: Any, sense: str, right: float) -> None:
        if sense == "<=":
            self.problem += left <= right
        elif sense == ">=":
            self.problem += left >= right
        else:
            self.problem += left == right

    def minimise(self, cost: Any) -> None:
        self.problem += cost

    def hand_over(self) -> Any:
        solver = self.pulp.HiGHS(msg=False, threads=1)
        solver.createAndConfigureSolver(self.problem)
        solver.buildSolverModel(self.problem)
        return self.problem.solverModel


class Poi:
    """Pyoptinterface: rows and columns go to HiGHS as they are stated."""

    SENSES = ("<=", ">=", "==")

    def __init__(self) -> None:
        import pyoptinterface  # noqa: PLC0415
        from pyoptinterface import highs  # noqa: PLC0415

        self.poi, self.total = pyoptinterface, pyoptinterface.quicksum
        self.model = highs.Model()
        senses = pyoptinterface.ConstraintSense
        self.senses = dict(
            zip(self.SENSES, (senses.LessEqual, senses.GreaterEqual, senses.Equal), strict=True)
        )

    def variables(self, name: str, of: peers_sets.Keys) -> dict[Any, Any]:
        domains, most = self.poi.VariableDomain, of.most or {}
        domain = domains.Integer if of.whole else domains.Continuous
        add = self.model.add_variable
        return {
            key: add(lb=0.0, ub=float(most[key]), domain=domain)
            if key in most
            else add(lb=0.0, domain=domain)
            for key in of.keys
        }

    def require(self, left: Any, sense: str, right: float) -> None:
        self.model.add_linear_constraint(left, self.senses[sense], right)

    def minimise(self, cost: Any) -> None:
        self.model.set_objective(cost, self.poi.ObjectiveSense.Minimize)

    def hand_over(self) -> Any:
        return None


def state(case: Case, of: Pulp | Poi, seconds: dict[str, float]) -> Any:
    """State a case's model and hand it to HiGHS; times go into `seconds`."""
    started = time.process_time()
    made = {name: of.variables(name, keys) for name, keys in peers_sets.index_sets(case).items()}
    for block in BLOCKS:
        block(case, of, made)
    cost = sum_costs(case, of, made)
    of.minimise(cost)
    seconds["build"] = time.process_time() - started
    started = time.process_time()
    handed = of.hand_over()
    seconds["handover"] = time.process_time() - started
    return handed


def suppliers(case: Case, of: Any, made: Any) -> None:
    supply, lots, placed = case.supply, made["order_lots"], made["place_order"]
    for (supplier, period), capacity in supply.capacity.items():
        load = [
            row["capacity_use"] * row["lot"] * lots[at, item, period]
            for (at, item), row in supply.sources.items()
            if at == supplier and (at, item, period) in lots
        ]
        firm = sum(
            row["capacity_use"] * sum(supply.firm_orders.get((*key, period), ()))
            for key, row in supply.sources.items()
            if key[0] == supplier
        )
        if load:
            of.require(of.total(load), "<=", capacity - firm)
    for key, order in placed.items():
        row = supply.sources[key[:2]]
        least = max(row["min_order"], row["lot"] if case.whole else 0.0)
        if least > 0:
            of.require(row["lot"] * lots[key] - least * order, ">=", 0)
        of.require(row["lot"] * lots[key] - supply.largest_order[key] * order, "<=", 0)


def plants(case: Case, of: Any, made: Any) -> None:
    for key, start in made["start_assembly"].items():
        of.require(1.0 * start, "<=", case.supply.assembly_capacity[key])


def stock(case: Case, of: Any, made: Any) -> None:
    supply, held = case.supply, made["stock"]
    into, out = defaultdict(list), defaultdict(list)
    for (supplier, item, period), usable in supply.arrival.items():
        row = supply.sources[supplier, item]
        lots = made["order_lots"][supplier, item, period]
        into[supplier, item, usable].append(row["yield"] * row["lot"] * lots)
    for (plant, system, period), usable in supply.finish.items():
        start = made["start_assembly"][plant, system, period]
        into[plant, system, usable].append(start)
        for item, quantity in supply.bom[system].items():
            out[plant, item, period].append(quantity * start)
    for (origin, end, item, period), usable in supply.landing.items():
        units = made["ship_units"][origin, end, item, period]
        into[end, item, usable].append(units)
        out[origin, item, period].append(units)
    for (hall, system, period), install in made["install_systems"].items():
        out[case.facility.site_of[hall], system, period].append(install)
    for place, item, period in supply.held:
        key, before = (place, item, period), (place, item, period - 1)
        balance = held[key] - of.total(into[key]) + of.total(out[key])
        if before in held:
            balance -= held[before]
        of.require(balance, "==", supply.firm_arrivals.get(key, 0.0))


def storage(case: Case, of: Any, made: Any) -> None:
    loads = defaultdict(list)
    for (place, _, period), units in made["stock"].items():
        if place in case.supply.storage:
            loads[place, period].append(units)
    for (place, _), load in loads.items():
        of.require(of.total(load), "<=", case.supply.storage[place])


def systems(case: Case, of: Any, made: Any) -> None:
    install, remove, standing = (
        made[name] for name in ("install_systems", "remove_systems", "installed_systems")
    )
    for key, installed in standing.items():
        hall, system, period = key
        balance = installed + 0.0
        if (hall, system, period - 1) in standing:
            balance -= standing[hall, system, period - 1]
        if key in install:
            balance -= install[key]
        if key in remove:
            balance += remove[key]
        fleet = case.facility.fleet.get((hall, system), 0) if period == 0 else 0
        of.require(balance, "==", fleet)
    work = defaultdict(list)
    for (hall, _, period), units in install.items():
        work[case.facility.site_of[hall], period].append(units)
    for key, capacity in case.facility.crew_capacity.items():
        if key in work:
            of.require(of.total(work[key]), "<=", capacity)


def openings(case: Case, of: Any, made: Any) -> None:
    facility, halls, sites = case.facility, made["opened_halls"], made["open_site"]
    decided = {
        (hall, opens): made["open_halls"][hall, taken]
        for (hall, taken), opens in facility.opening.items()
    }
    for (hall, period), opened in halls.items():
        balance, firm = opened + 0.0, facility.open_count[hall]
        if (hall, period) in decided:
            balance -= decided[hall, period]
        if (hall, period - 1) in halls:
            balance -= halls[hall, period - 1]
            firm = 0
        of.require(balance, "==", firm)
    for (hall, taken), opens in facility.opening.items():
        site, already = facility.site_of[hall], facility.open_count[hall]
        if (site, taken) in sites:
            most = facility.hall_count[hall] - already
            of.require(halls[hall, opens] - most * sites[site, taken], "<=", already)
    latest, before = peers_sets.latest_openings(case), peers_sets.sites_before(sites)
    for (site, period), opened in sites.items():
        open_by = [
            halls[hall, latest[hall, period]]
            for hall in facility.halls_at[site]
            if (hall, period) in latest
        ]
        of.require(opened - of.total(open_by), "<=", 0)
        if (site, period) in before:
            of.require(opened - sites[site, before[site, period]], ">=", 0)


def power(case: Case, of: Any, made: Any) -> None:
    facility, standing = case.facility, made["installed_systems"]
    draws = defaultdict(list)
    for (hall, system, period), installed in standing.items():
        draws[hall, period].append((system, installed))
    for (hall, period), there in draws.items():
        load = of.total(facility.it_mw[system] * installed for system, installed in there)
        if (hall, period) in made["opened_halls"]:
            opened = made["opened_halls"][hall, period]
            of.require(load - facility.hall_it_mw[hall] * opened, "<=", 0)
        else:
            of.require(load, "<=", facility.hall_it_mw[hall] * facility.open_count[hall])
    for (node, period), energised in facility.energised_mw.items():
        load = [
            facility.facility_mw[facility.site_of[hall], system] * installed
            for hall in facility.tree.halls_below[node]
            for system, installed in draws.get((hall, period), ())
        ]
        if load:
            of.require(of.total(load), "<=", energised)


def commitments(case: Case, of: Any, made: Any) -> None:
    demand, facility, serve = case.demand, case.facility, made["serve_mw"]
    served, used = defaultdict(list), defaultdict(list)
    for (commitment, hall, system, period), mw in serve.items():
        served[commitment, period].append(mw)
        each = demand.mw_per_system[commitment, facility.site_of[hall], system]
        used[hall, system, period].append((1.0 / each) * mw)
    for key, missed in made["missed_mw"].items():
        of.require(of.total(served[key]) + missed, ">=", demand.required_mw[key])
    for (commitment, _), mw in served.items():
        of.require(of.total(mw), "<=", demand.final_mw[commitment])
    for (hall, system), start in case.serving.items():
        for period in range(start, case.calendar.count):
            idle = [
                made["install_systems"][hall, system, at]
                for at in peers_sets.still_commissioned(case, system, period)
                if (hall, system, at) in made["install_systems"]
            ]
            standing = made["installed_systems"][hall, system, period]
            of.require(of.total(used[hall, system, period]) - standing + of.total(idle), "<=", 0)


BLOCKS: tuple[Callable[[Case, Any, Any], None], ...] = (
    suppliers,
    plants,
    stock,
    storage,
    systems,
    openings,
    power,
    commitments,
)


def sum_costs(case: Case, of: Any, made: Any) -> Any:
    """Return the present cost in the model's unit of money."""
    supply, facility, calendar = case.supply, case.facility, case.calendar
    now = [discount / case.money_unit for discount in calendar.discounts]
    months = calendar.months
    terms = [
        supply.price[k[:2]] * supply.sources[k[:2]]["lot"] * now[k[2]] * v
        for k, v in made["order_lots"].items()
    ]
    terms += [
        supply.sources[k[:2]]["order_cost"] * now[k[2]] * v for k, v in made["place_order"].items()
    ]
    terms += [
        supply.assembly_cost[k[:2]] * now[k[2]] * v for k, v in made["start_assembly"].items()
    ]
    terms += [supply.freight[k[:2]] * now[k[3]] * v for k, v in made["ship_units"].items()]
    terms += [
        supply.holding_cost[k[0]] * months[k[2]] * now[k[2]] * v
        for k, v in made["stock"].items()
        if k[0] in supply.holding_cost
    ]
    terms += [facility.fit_out_cost[k[0]] * now[k[1]] * v for k, v in made["open_halls"].items()]
    sites = made["open_site"]
    before = peers_sets.sites_before(sites)
    for (site, period), opened in sites.items():
        terms.append(facility.opening_cost[site] * now[period] * opened)
        if (site, period) in before:
            earlier = sites[site, before[site, period]]
            terms.append(-facility.opening_cost[site] * now[period] * earlier)
    for (hall, system), start in case.serving.items():
        site = facility.site_of[hall]
        for period in range(start, calendar.count):
            money = peers_sets.energy_money(case, site, system, period) / case.money_unit
            terms.append(money * made["installed_systems"][hall, system, period])
            terms += [
                -money * made["install_systems"][hall, system, at]
                for at in peers_sets.still_commissioned(case, system, period)
                if (hall, system, at) in made["install_systems"]
            ]
    terms += [
        case.demand.late_cost[k[0]] * months[k[1]] * now[k[1]] * v
        for k, v in made["missed_mw"].items()
        if case.demand.late_cost[k[0]]
    ]
    return of.total(terms)
