"""The same model in plain loops over keys: PuLP as its manual writes it, and pyoptinterface.

Both have variables in dictionaries, sums over generators and one call for a row, so that one
text serves both; `Pulp` and `Poi` are what each of them calls these three. The blocks follow
`planner.model.build.RULES`, of which those are stated that bind in generated workbooks.
"""

from __future__ import annotations

import time
from bisect import bisect_right
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
    carry, before = made["carry_capacity"], peers_sets.days_before(supply.capacity)
    for (supplier, day), capacity in supply.capacity.items():
        load = [
            row["capacity_use"] * row["lot"] * lots[at, item, day]
            for (at, item), row in supply.sources.items()
            if at == supplier and (at, item, day) in lots
        ]
        load += left_of_windows(carry, before, (supplier, day))
        if load:
            of.require(of.total(load), "<=", capacity)
    for key, order in placed.items():
        row = supply.sources[key[:2]]
        least = max(row["min_order"], row["lot"] if case.whole else 0.0)
        if least > 0:
            of.require(row["lot"] * lots[key] - least * order, ">=", 0)
        of.require(row["lot"] * lots[key] - supply.largest_order[key] * order, "<=", 0)


def left_of_windows(carry: Any, before: Any, key: tuple[str, int]) -> list[Any]:
    """Return what a window leaves to the next, less what the one before has left to it."""
    left = [1.0 * carry[key]] if key in carry else []
    if before.get(key) in carry:
        left.append(-1.0 * carry[before[key]])
    return left


def plants(case: Case, of: Any, made: Any) -> None:
    for key, start in made["start_assembly"].items():
        of.require(1.0 * start, "<=", case.supply.assembly_capacity[key])


def stock(case: Case, of: Any, made: Any) -> None:
    supply, held = case.supply, made["stock"]
    into, out = defaultdict(list), defaultdict(list)
    for (supplier, item, day), usable in supply.arrival.items():
        row = supply.sources[supplier, item]
        lots = made["order_lots"][supplier, item, day]
        into[supplier, item, usable].append(row["yield"] * row["lot"] * lots)
    for (plant, system, day), usable in supply.finish.items():
        start = made["start_assembly"][plant, system, day]
        into[plant, system, usable].append(start)
        for item, quantity in supply.bom[system].items():
            out[plant, item, day].append(quantity * start)
    for (origin, end, item, day), usable in supply.landing.items():
        units = made["ship_units"][origin, end, item, day]
        into[end, item, usable].append(units)
        out[origin, item, day].append(units)
    for (hall, system, day), install in made["install_systems"].items():
        out[case.facility.site_of[hall], system, day].append(install)
    before = peers_sets.days_before(held)
    for key, units in held.items():
        balance = units - of.total(into[key]) + of.total(out[key])
        if key in before:
            balance -= held[before[key]]
        of.require(balance, "==", supply.firm_arrivals.get(key, 0.0))


def storage(case: Case, of: Any, made: Any) -> None:
    held: Any = defaultdict(lambda: defaultdict(list))
    for place, item, day in made["stock"]:
        if place in case.supply.storage:
            held[place][item].append(day)
    for place, items in held.items():
        for day in sorted({day for days in items.values() for day in days}):
            last = [
                (place, item, days[bisect_right(days, day) - 1])
                for item, days in items.items()
                if days[0] <= day
            ]
            load = of.total(made["stock"][key] for key in last)
            of.require(load, "<=", case.supply.storage[place])


def systems(case: Case, of: Any, made: Any) -> None:
    install, remove, in_service = (
        made[name] for name in ("install_systems", "remove_systems", "commissioned_systems")
    )
    commissioned = installs_by_service(case, made)
    for key, count in in_service.items():
        hall, system, period = key
        before = (hall, system, period - 1)
        balance = count - of.total(variable for _, variable in commissioned[key])
        if before in in_service:
            balance -= in_service[before]
        if key in remove:
            balance += remove[key]
        fleet = case.facility.fleet.get((hall, system), 0) if period == 0 else 0
        of.require(balance, "==", fleet)
    for key, removed in remove.items():
        hall, system, period = key
        before = (hall, system, period - 1)
        fleet = case.facility.fleet.get((hall, system), 0) if period == 0 else 0
        there = removed - in_service[before] if before in in_service else 1.0 * removed
        of.require(there, "<=", fleet)
    crews(case, of, made, install)


def crews(case: Case, of: Any, made: Any, install: Any) -> None:
    work = defaultdict(list)
    for (hall, _, day), units in install.items():
        work[case.facility.site_of[hall], day].append(1.0 * units)
    capacity = case.facility.crew_capacity
    before = peers_sets.days_before(capacity)
    for key, most in capacity.items():
        load = work[key] + left_of_windows(made["carry_crews"], before, key)
        if load:
            of.require(of.total(load), "<=", most)


def installs_by_service(case: Case, made: Any) -> Any:
    """Return installs, with their days, by hall, system and the period that they serve from."""
    found = defaultdict(list)
    for (hall, system, day), install in made["install_systems"].items():
        serves = peers_sets.period_of_service(case, system, day)
        found[hall, system, serves].append((day, install))
    return found


def openings(case: Case, of: Any, made: Any) -> None:
    facility, halls, sites = case.facility, made["opened_halls"], made["open_site"]
    decided = {
        (hall, opens): made["open_halls"][hall, taken]
        for (hall, taken), opens in facility.opening.items()
    }
    before = peers_sets.days_before(halls)
    for key, opened in halls.items():
        balance = opened - decided[key]
        if key in before:
            balance -= halls[before[key]]
        of.require(balance, "==", 0 if key in before else facility.open_count[key[0]])
    for (hall, taken), opens in facility.opening.items():
        site, already = facility.site_of[hall], facility.open_count[hall]
        if (site, taken) in sites:
            most = facility.hall_count[hall] - already
            of.require(halls[hall, opens] - most * sites[site, taken], "<=", already)
    latest, before = peers_sets.latest_openings(case), peers_sets.days_before(sites)
    for (site, day), opened in sites.items():
        open_by = [
            halls[hall, latest[hall, day]]
            for hall in facility.halls_at[site]
            if (hall, day) in latest
        ]
        of.require(opened - of.total(open_by), "<=", 0)
        if (site, day) in before:
            of.require(opened - sites[before[site, day]], ">=", 0)


def power(case: Case, of: Any, made: Any) -> None:
    facility, days = case.facility, peers_sets.days_with_load(case)
    standing = Standing(case, made)
    for hall, each in facility.hall_it_mw.items():
        for day in days.get(hall, ()):
            load, firm = standing.load([hall], facility.it_mw, day)
            if (hall, day) in made["opened_halls"]:
                load.append(-each * made["opened_halls"][hall, day])
                room = 0.0
            else:
                room = each * facility.open_count[hall]
            of.require(of.total(load), "<=", room - firm)
    for node, level in facility.levels.items():
        halls = facility.tree.halls_below[node]
        if not halls:
            continue
        # All halls below a node are at its site.
        site = facility.site_of[min(halls)]
        draws = {system: facility.facility_mw[site, system] for system in facility.systems}
        for day in sorted({day for hall in halls for day in days.get(hall, ())}):
            load, firm = standing.load(halls, draws, day)
            of.require(of.total(load), "<=", level.on(day) - firm)


class Standing:
    """Systems that stand in a hall on a day, in service or not."""

    def __init__(self, case: Case, made: Any) -> None:
        self.case, self.made = case, made
        self.installs = installs_by_service(case, made)
        self.systems_in = defaultdict(list)
        for hall, system in case.serving:
            self.systems_in[hall].append(system)

    def load(self, halls: Any, each: Any, day: int) -> tuple[list[Any], float]:
        """Return what they take, the second part for what stands at the start."""
        calendar, facility = self.case.calendar, self.case.facility
        removed, in_service = self.made["remove_systems"], self.made["commissioned_systems"]
        load, firm, now = [], 0.0, calendar.period_of(day)
        for hall in halls:
            for system in self.systems_in[hall]:
                mw = each[system]
                # All that is in service at the end of the last such period is installed by the day.
                ready = day + facility.commission_days[system]
                last = bisect_right(calendar.last_days, ready) - 1
                if (hall, system, last) in in_service:
                    load.append(mw * in_service[hall, system, last])
                later = [(hall, system, t) for t in range(now + 1, last + 1)]
                load += [mw * removed[key] for key in later if key in removed]
                if last < now and (hall, system, now) in removed:
                    load.append(-mw * removed[hall, system, now])
                load += [
                    mw * install
                    for installed, install in self.installs[hall, system, last + 1]
                    if installed <= day
                ]
                if last < 0:
                    firm += mw * facility.fleet.get((hall, system), 0)
        return load, firm


def commitments(case: Case, of: Any, made: Any) -> None:
    demand, facility, serve = case.demand, case.facility, made["serve_mw"]
    served, used = defaultdict(list), defaultdict(list)
    for (commitment, hall, system, period), mw in serve.items():
        served[commitment, period].append(mw)
        each = demand.mw_per_system[commitment, facility.site_of[hall], system]
        used[hall, system, period].append((1.0 / each) * mw)
    for key, missed in made["missed_mw"].items():
        of.require(of.total(served[key]) + missed, ">=", demand.required_mw[key])
    for key, mw in served.items():
        of.require(of.total(mw), "<=", demand.most_mw[key])
    for key, in_service in made["commissioned_systems"].items():
        of.require(of.total(used[key]) - in_service, "<=", 0)


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
    now = [calendar.discount(day) / case.money_unit for day in range(calendar.day_count)]
    first_days = calendar.first_days
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
        supply.holding_cost[k[0]] * supply.held_months[k] * now[k[2]] * v
        for k, v in made["stock"].items()
        if k[0] in supply.holding_cost
    ]
    terms += [facility.fit_out_cost[k[0]] * now[k[1]] * v for k, v in made["open_halls"].items()]
    sites = made["open_site"]
    before = peers_sets.days_before(sites)
    for (site, day), opened in sites.items():
        terms.append(facility.opening_cost[site] * now[day] * opened)
        if (site, day) in before:
            terms.append(-facility.opening_cost[site] * now[day] * sites[before[site, day]])
    for name in ("commissioned_systems", "remove_systems"):
        for (hall, system, period), count in made[name].items():
            days = calendar.days(period)
            money = peers_sets.energy_money(case, facility.site_of[hall], system, days)
            terms.append(money * now[first_days[period]] * count)
    for (hall, system, day), install in made["install_systems"].items():
        first = first_days[peers_sets.period_of_service(case, system, day)]
        days = day + facility.commission_days[system] - first
        money = peers_sets.energy_money(case, facility.site_of[hall], system, days)
        if money:
            terms.append(-money * now[first] * install)
    terms += [
        case.demand.late_cost[k[0]] * calendar.months[k[1]] * now[first_days[k[1]]] * v
        for k, v in made["missed_mw"].items()
        if case.demand.late_cost[k[0]]
    ]
    return of.total(terms)
