"""The whole problem of a workbook, stated anew: tiers, rules and money by day.

It shares nothing with the planner's case and model but the reading of a workbook. What stands, what
is in stock and what is in service on a day are sums of all that was done until then, so there are
no states that a balance could get wrong. Limits hold on each day on which a load or a limit
changes.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import pulp
from instances import Sheets
from oracle import Aim, ImpossibleError, Stated
from reference_days import ActDays, Key, Spot

from planner.workbook.reading import inputs_from_rows
from planner.workbook.rows import Inputs, Row

Terms = list[tuple[pulp.LpVariable, float]]

NEAR = 1e-9
HOURS = 24


def reference_of(sheets: Sheets) -> Stated:
    """State the problem of some sheets anew.

    Raises
    ------
    ImpossibleError
        If firm data alone break a rule.
    """
    reference = Reference(inputs_from_rows("reference", sheets))
    return Stated(reference.problem, reference.aims())


class Reference:
    """States the problem of a workbook."""

    def __init__(self, inputs: Inputs) -> None:
        self.tables, self.settings = inputs.tables, inputs.settings
        self.whole = inputs.settings["counts"] == "integer"
        self.acts = ActDays(inputs)
        self.periods = self.acts.periods
        self.problem = pulp.LpProblem("reference", pulp.LpMinimize)
        self.count = 0
        self.money: list[tuple[str, int, Terms, float]] = []
        self.systems = {row["system"]: row for row in self.tables["systems"]}
        self.sites = {row["site"]: row for row in self.tables["sites"]}
        self.halls = {row["hall"]: row for row in self.tables["halls"]}
        self.fleet = {
            (row["hall"], row["system"]): row for row in self.tables["fleet"] if row["count"] > 0
        }
        self.flows: dict[Spot, list[tuple[int, Terms, float]]] = defaultdict(list)
        self._decisions()
        self._supplier_capacity()
        self._rates()
        self._stock()
        self._crews()
        self._halls()
        self._nodes()
        self._removals()
        self._service()
        self._energy_and_lease()
        self._budget()

    # Columns and rows

    def column(self, most: float | None = None, *, whole: bool = False) -> pulp.LpVariable:
        """Return a new decision of at least 0."""
        self.count += 1
        kind = pulp.LpInteger if whole else pulp.LpContinuous
        return pulp.LpVariable(f"x{self.count}", 0, most, kind)

    def most(self, terms: Terms, limit: float) -> None:
        """Require that a sum is at most a limit."""
        if terms:
            self.problem += pulp.LpConstraint(summed(terms), pulp.LpConstraintLE, rhs=limit)
        elif limit < -1e-6:
            raise ImpossibleError("firm data alone break a rule")

    def spend(self, term: str, day: int, terms: Terms, firm: float = 0.0) -> None:
        """Spend money on a day."""
        self.money.append((term, day, terms, firm))

    # What is done

    def _decisions(self) -> None:
        """Order, start, ship, install and remove on the days that there are for it."""
        self.lots: dict[Key, dict[int, pulp.LpVariable]] = defaultdict(dict)
        self.done: dict[Key, dict[int, pulp.LpVariable]] = defaultdict(dict)
        self.sources = {(row["supplier"], row["item"]): row for row in self.tables["supply"]}
        for key, way in self.acts.ways.items():
            kind = key[0]
            for day in self.acts.may(key):
                lands = self._used(way.gives, day + way.lead) if way.gives else None
                if kind == "install" or lands is None:
                    continue
                if kind == "order":
                    self._order(key, day, lands)
                    continue
                moved = self.done[key][day] = self.column()
                self.flows[way.gives].append((lands, [(moved, 1.0)], 0.0))
                needs = dict.fromkeys(way.takes, 1.0)
                if kind == "start":
                    needs = self._parts(way.takes, key[2])
                for spot, units in needs.items():
                    self.flows[spot].append((day, [(moved, -units)], 0.0))
                self.spend("moving", day, [(moved, self._cost(key))])
        self._placed()
        self.installs: dict[tuple[str, str], dict[int, pulp.LpVariable]] = defaultdict(dict)
        for hall, system in ((hall, system) for hall in self.halls for system in self.systems):
            self._install(hall, system)
        self.removes = {
            (*pair, period): self.column(whole=self.whole)
            for pair in {*self.fleet, *self.installs}
            for period, first in enumerate(self.periods.firsts)
            if first >= self.periods.fence and (period > 0 or pair in self.fleet)
        }

    @cache  # noqa: B019
    def uses(self, spot: Spot) -> list[int]:
        """Return the days on which something may be taken from a place."""
        return self.acts.uses(spot)

    def _used(self, spot: Spot, day: int) -> int | None:
        """Return the first day on which what comes on a day may be used; stock counts from it."""
        return next((use for use in self.uses(spot) if use >= day), None)

    def _parts(self, takes: Iterable[Spot], system: str) -> dict[Spot, float]:
        units = {
            row["item"]: row["quantity"] for row in self.tables["bom"] if row["system"] == system
        }
        return {spot: units[spot[1]] for spot in takes}

    def _cost(self, key: Key) -> float:
        sheet, names = (
            ("plants", ("plant", "system")) if key[0] == "start" else ("lanes", ("from", "to"))
        )
        return next(
            row["cost"]
            for row in self.tables[sheet]
            if tuple(row[name] for name in names) == key[1:3]
        )

    def _price(self, row: Row) -> float:
        if row["price"] is not None:
            return row["price"]
        return self.systems[row["item"]]["price"] if row["item"] in self.systems else 0.0

    def _order(self, key: Key, day: int, lands: int) -> None:
        """Order whole lots, no fewer than the minimum; an order may cost something."""
        row = self.sources[key[1], key[2]]
        lots = self.lots[key][day] = self.column(whole=self.whole)
        spot = self.acts.ways[key].gives
        self.flows[spot].append((lands, [(lots, row["lot"] * row["yield"])], 0.0))
        self.spend("purchase", day, [(lots, row["lot"] * self._price(row))])
        if row["order_cost"] > 0 or row["min_order"] > 0:
            placed = self.column(1, whole=True)
            least = max(row["min_order"], row["lot"] if self.whole else 0.0)
            self.most([(placed, least), (lots, -row["lot"])], 0.0)
            self.most([(lots, row["lot"]), (placed, -self._largest(key, day))], 0.0)
            self.spend("orders", day, [(placed, row["order_cost"])])

    def _largest(self, key: Key, day: int) -> float:
        """Return more units than any order has to have: all that a rate allows, or halls twice."""
        row, act = self.sources[key[1], key[2]], self.acts.ways[key].act
        least = math.ceil(max(1.0, row["min_order"] / row["lot"]) - NEAR) * row["lot"]
        room = least + 1
        for hall in self.halls.values():
            for system in self.systems.values():
                parts = [
                    part["quantity"]
                    for part in self.tables["bom"]
                    if (part["system"], part["item"]) == (system["system"], row["item"])
                ]
                each = 1.0 if system["system"] == row["item"] else sum(parts)
                holds = 1000 * hall["count"] * hall["it_mw"]
                holds /= system["power_kw"] + system["overhead_kw"]
                room += 2 * each * holds / row["yield"]
        if act in self.acts.daily and row["capacity_use"] > 0:
            left = self.acts.accrued(act)[day] + self._unit(key[1])
            room = min(room, left / row["capacity_use"])
        return room

    def _unit(self, supplier: str) -> float:
        """Return the largest order that cannot be split, in units of capacity."""
        found = [0.0]
        for (name, _), row in self.sources.items():
            if name == supplier:
                lots = max(1, math.ceil(row["min_order"] / row["lot"] - NEAR))
                least = lots * row["lot"] if self.whole else row["min_order"]
                found.append(least * row["capacity_use"])
        return max(found)

    def _placed(self) -> None:
        """Let placed orders come, and be paid for if they were placed within the plan."""
        for order in self.tables["orders"] if self.acts.supplied else ():
            row = self.sources[order["supplier"], order["item"]]
            spot = (self.acts.place(order["supplier"]), order["item"])
            lands = self._used(spot, self.periods.not_before(order["arrives"]))
            if lands is not None:
                self.flows[spot].append((lands, [], order["quantity"] * row["yield"]))
            placed = order["placed"]
            if placed is not None and 0 <= self.periods.number(placed) < self.periods.days:
                paid = order["quantity"] * self._price(row) + row["order_cost"]
                self.spend("purchase", self.periods.number(placed), [], paid)

    def _install(self, hall: str, system: str) -> None:
        """Install a system in a hall from when one can be open, in time to serve."""
        place, row = self.halls[hall], self.systems[system]
        key = ("install", place["site"], system)
        if key not in self.acts.ways or self._fits(place, row) < NEAR:
            return
        opens = 0 if place["open_count"] else self.acts.opens(place)
        last = self.periods.days - 1 - row["commission_days"]
        if row["available_to"] is not None:
            last = min(last, self.periods.number(row["available_to"]))
        for day in self.acts.may(key):
            if opens <= day <= last:
                install = self.installs[hall, system][day] = self.column(whole=self.whole)
                if self.acts.supplied:
                    spot = (self.acts.place(place["site"]), system)
                    self.flows[spot].append((day, [(install, -1.0)], 0.0))
                else:
                    self.spend("purchase", day, [(install, row["price"])])

    def _fits(self, hall: Row, system: Row) -> float:
        found = [hall["it_mw"] / self.it(system)]
        for column in ("slots", "coolant_lpm"):
            if hall[column] is not None and system[column]:
                found.append(hall[column] / system[column])
        return min(found)

    # Rates

    def _supplier_capacity(self) -> None:
        """Start within what has accrued and what was left, up to one order that cannot be split."""
        self.left: dict[tuple[str, int], pulp.LpVariable] = {}
        for supplier in self.acts.gross:
            loads: dict[int, Terms] = defaultdict(list)
            for (_, name, item), lots in self.lots.items():
                row = self.sources[name, item]
                for day, ordered in lots.items() if name == supplier else ():
                    loads[day].append((ordered, row["lot"] * row["capacity_use"]))
            accrued = self.acts.accrued(("order", supplier))
            left = self._carrying(loads, accrued, self._unit(supplier))
            self.left.update({(supplier, day): column for day, column in left.items()})
        for row in self.tables["supply"]:
            if row["take_or_pay_share"] > 0 and row["capacity_use"] > 0:
                self._take_or_pay(row)

    def _carrying(
        self, loads: Mapping[int, Terms], accrued: Mapping[int, float], unit: float
    ) -> dict[int, pulp.LpVariable]:
        """Limit loads by what accrued since the day before, and by what that day left."""
        left, before = {}, []
        begun = False
        for day, most in accrued.items():
            if unit > 0 and abs(most / unit - round(most / unit)) > NEAR:
                begun = True
            after = []
            if begun:
                left[day] = self.column(unit)
                after = [(left[day], 1.0)]
            self.most([*loads.get(day, []), *after, *((c, -1.0) for c, _ in before)], most)
            before = after
        return left

    def _take_or_pay(self, row: Row) -> None:
        """Pay for a share of the rate, ordered or not; what is left to a next day is due there."""
        supplier, item, use = row["supplier"], row["item"], row["capacity_use"]
        share, days = row["take_or_pay_share"], self.acts.may(("order", supplier, item))
        ends = {end for end in self.periods.lasts if not days or not days[0] <= end <= days[-1]}
        taken = self.acts.taken.get((supplier, item), [0.0] * self.periods.days)
        first, before, settled = 0, None, sorted({*days, *ends})
        for day in settled:
            due = share * sum(self.acts.gross[supplier][first : day + 1])
            due -= sum(taken[first : day + 1])
            unused = self.column()
            after = None if day == settled[-1] else self.left.get((supplier, day))
            terms = [(unused, -1.0)]
            ordered = self.lots.get(("order", supplier, item), {}).get(day)
            terms += [(ordered, -row["lot"])] if ordered is not None else []
            terms += [(before, share / use)] if before is not None else []
            terms += [(after, -share / use)] if after is not None else []
            self.most(terms, -due / use)
            self.spend("take_or_pay", day, [(unused, self._price(row))])
            first, before = day + 1, after

    def _rates(self) -> None:
        """Keep starts and shipments within what has accrued; nothing of it is left."""
        for act in self.acts.daily:
            if act[0] in ("start", "ship"):
                for day, most in self.acts.accrued(act).items():
                    ways = [key for key, way in self.acts.ways.items() if way.act == act]
                    found = [self.done[key][day] for key in ways if day in self.done[key]]
                    self.most([(column, 1.0) for column in found], most)

    def _crews(self) -> None:
        """Keep installs at a site within what its crews can do; part of a system is left."""
        for act in self.acts.daily:
            if act[0] == "install":
                loads: dict[int, Terms] = defaultdict(list)
                for (hall, _), installs in self.installs.items():
                    for day, install in installs.items():
                        if self.halls[hall]["site"] == act[1]:
                            loads[day].append((install, 1.0))
                self._carrying(loads, self.acts.accrued(act), 1.0 if self.whole else 0.0)

    # Stock

    def in_stock(self, spot: Spot, day: int) -> tuple[Terms, float]:
        """Return what is in stock after a day: all that came less all that went."""
        found = [(terms, firm) for at, terms, firm in self.flows[spot] if at <= day]
        return [term for terms, _ in found for term in terms], sum(firm for _, firm in found)

    def _stock(self) -> None:
        """Let nothing leave before it has come, pay for what is held, and keep within stores."""
        pooled = self.acts.pooled
        stores = [*self.tables["depots"], *self.tables["sites"]]
        rows = {row.values.get("depot") or row["site"]: row for row in stores if not pooled}
        days: dict[str, set[int]] = defaultdict(set)
        for spot in list(self.flows):
            uses = self.uses(spot)
            days[spot[0]] |= set(uses)
            for day, following in zip(uses, [*uses[1:], self.periods.days], strict=True):
                held, firm = self.in_stock(spot, day)
                self.most([(column, -units) for column, units in held], firm)
                cost = rows[spot[0]]["holding_cost"] if spot[0] in rows else 0.0
                cost *= self.periods.months(day, following - 1)
                if cost:
                    self.spend("holding", day, [(c, u * cost) for c, u in held], firm * cost)
        for place, row in rows.items():
            for day in sorted(days[place]) if row["storage"] is not None else ():
                held, firm = list[tuple[pulp.LpVariable, float]](), 0.0
                for spot in (spot for spot in self.flows if spot[0] == place):
                    more, already = self.in_stock(spot, day)
                    held, firm = held + more, firm + already
                self.most(held, row["storage"] - firm)

    # Levels

    def it(self, system: Row) -> float:
        """Return the MW of IT power of a system."""
        return (system["power_kw"] + system["overhead_kw"]) / 1000

    def facility(self, hall: str, system: str) -> float:
        """Return the MW of facility power of a system in a hall."""
        return self.it(self.systems[system]) * (self.sites[self.halls[hall]["site"]]["pue"] or 1.0)

    def standing(self, hall: str, system: str, day: int) -> tuple[Terms, float]:
        """Return the systems that stand in a hall on a day."""
        installed = self.installs.get((hall, system), {})
        found = [(install, 1.0) for at, install in installed.items() if at <= day]
        return [*found, *self._removed(hall, system, day)], self._firm(hall, system)

    def serving(self, hall: str, system: str, day: int) -> tuple[Terms, float]:
        """Return the systems that are in service in a hall on a day."""
        ready = self.systems[system]["commission_days"]
        installed = self.installs.get((hall, system), {})
        found = [(install, 1.0) for at, install in installed.items() if at + ready <= day]
        return [*found, *self._removed(hall, system, day)], self._firm(hall, system)

    def _removed(self, hall: str, system: str, day: int) -> Terms:
        return [
            (column, -1.0)
            for (at, kind, period), column in self.removes.items()
            if (at, kind) == (hall, system) and self.periods.firsts[period] <= day
        ]

    def _firm(self, hall: str, system: str) -> float:
        row = self.fleet.get((hall, system))
        return 0.0 if row is None else row["count"]

    def load(
        self, halls: Iterable[str], each: Callable[[str, str], float], day: int
    ) -> tuple[Terms, float]:
        """Return what all that stands in some halls takes of something on a day."""
        found, firm = [], 0.0
        for hall in halls:
            for system in self.systems:
                units = each(hall, system)
                standing, already = self.standing(hall, system, day)
                found += [(column, units * count) for column, count in standing if units]
                firm += units * already
        return found, firm

    def _changes(self) -> list[int]:
        """Return the days on which anything stands or falls, or a node carries more or less."""
        days = {0, *self.periods.firsts}
        days |= {day for installs in self.installs.values() for day in installs}
        for level in self.acts.levels.values():
            days |= {day for day in range(1, len(level)) if level[day] != level[day - 1]}
        return sorted(days)

    def _halls(self) -> None:
        """Open halls, decided in time, and keep what stands within the open ones."""
        self.opened: dict[str, dict[int, pulp.LpVariable]] = defaultdict(dict)
        for hall, row in self.halls.items():
            keys = [("install", row["site"], system) for system in self.systems]
            wanted = {day for key in keys if key in self.acts.ways for day in self.acts.may(key)}
            for day in sorted(wanted) if row["open_count"] < row["count"] else ():
                if day >= self.acts.opens(row):
                    self.opened[hall][day] = self.column(whole=True)
            for day, opened in self.opened[hall].items():
                self.spend("fit_out", day - row["build_days"], [(opened, row["fit_out_cost"])])
            self.most(
                [(column, 1.0) for column in self.opened[hall].values()],
                row["count"] - row["open_count"],
            )
            for column, each in (
                ("it_mw", lambda hall, system: self.it(self.systems[system])),
                ("slots", lambda hall, system: self.systems[system]["slots"] or 0.0),
                ("coolant_lpm", lambda hall, system: self.systems[system]["coolant_lpm"] or 0.0),
            ):
                for day in self._changes() if row[column] is not None else ():
                    load, firm = self.load([hall], each, day)
                    load += [
                        (opened, -row[column])
                        for at, opened in self.opened[hall].items()
                        if at <= day
                    ]
                    self.most(load, row[column] * row["open_count"] - firm)
        for site in self.sites:
            self._site(site)

    def _site(self, site: str) -> None:
        """Open a site once, by the day on which its first hall is decided."""
        halls = {hall: row for hall, row in self.halls.items() if row["site"] == site}
        used = any(row["open_count"] for row in halls.values())
        if used or {hall for hall, _ in self.fleet} & set(halls):
            return
        decided = {
            (hall, day - row["build_days"]): opened
            for hall, row in halls.items()
            for day, opened in self.opened[hall].items()
        }
        opens = {day: self.column(1, whole=True) for day in sorted({day for _, day in decided})}
        self.most([(column, 1.0) for column in opens.values()], 1.0)
        for day, column in opens.items():
            self.spend("openings", day, [(column, self.sites[site]["opening_cost"])])
            open_by = [column for when, column in opens.items() if when <= day]
            for hall, row in halls.items():
                halls_by = [c for (at, when), c in decided.items() if at == hall and when <= day]
                taken = [(column, 1.0) for column in halls_by]
                taken += [(column, -float(row["count"])) for column in open_by if halls_by]
                self.most(taken, 0.0)

    def below(self, node: str) -> list[str]:
        """Return the halls that a node feeds."""
        return [h for h, row in self.halls.items() if node in self.acts.above(row["fed_by"])]

    def _nodes(self) -> None:
        """Keep what hangs below a node within what it carries, and survive the loss of one."""
        for node, level in self.acts.levels.items():
            for day in self._changes():
                load, firm = self.load(self.below(node), self.facility, day)
                self.most(load, level[day] - firm)
        for members in self.acts.groups().values():
            for lost in members:
                for day in self._changes():
                    self._lose(lost, [node for node in members if node != lost], day)

    def _lose(self, lost: str, others: list[str], day: int) -> None:
        """Hand all below a lost node to others, through nodes that do not feed the lost one."""
        load, firm = self.load(self.below(lost), self.facility, day)
        handed = {node: self.column() for node in others}
        self.most([*load, *((column, -1.0) for column in handed.values())], -firm)
        for node, level in self.acts.levels.items():
            if node not in self.acts.above(lost):
                own, already = self.load(self.below(node), self.facility, day)
                own += [(c, 1.0) for other, c in handed.items() if node in self.acts.above(other)]
                self.most(own, level[day] - already)

    # Service and money

    def _removals(self) -> None:
        """Remove no more on a period's first day than was in service on the day before."""
        for (hall, system, period), removed in self.removes.items():
            there, firm = self.serving(hall, system, self.periods.firsts[period] - 1)
            self.most([(removed, 1.0), *((c, -units) for c, units in there)], firm)

    def _mw(self, basis: str, hall: str, system: str) -> float:
        if basis == "facility":
            return self.facility(hall, system)
        row = self.systems[system]
        return self.it(row) if basis == "it" else row["power_kw"] / 1000

    def required(self, commitment: str, period: int) -> float:
        """Return the MW due at the end of a period: those of the last milestone by then."""
        past = [
            (row["date"], row["mw"])
            for row in self.tables["milestones"]
            if row["commitment"] == commitment
            and self.periods.number(row["date"]) <= self.periods.lasts[period]
        ]
        return max(past)[1] if past else 0.0

    def _service(self) -> None:
        """Serve commitments from what is in service on the last day of each period."""
        self.serve: dict[tuple[str, int], Terms] = defaultdict(list)
        self.served: dict[tuple[str, str, str, int], pulp.LpVariable] = {}
        self.missed: dict[tuple[str, int], pulp.LpVariable] = {}
        terms = {row["commitment"]: row for row in self.tables["commitments"]}
        for period, last in enumerate(self.periods.lasts):
            for pair in {*self.installs, *self.fleet}:
                self._serve_from(*pair, period, terms)
            for name, row in terms.items():
                served, due = self.serve[name, period], self.required(name, period)
                if due > 0:
                    missed = self.missed[name, period] = self.column(due)
                    self.most([(missed, -1.0), *((c, -1.0) for c, _ in served)], -due)
                    months = self.periods.months(self.periods.firsts[period], last)
                    cost = row["late_cost"] * months
                    self.spend("late", self.periods.firsts[period], [(missed, cost)])
                if served:
                    later = range(period, self.periods.count)
                    self.most(served, max(self.required(name, at) for at in later))

    def _serve_from(self, hall: str, system: str, period: int, terms: Mapping) -> None:
        """Share the systems in service in a hall; a dedicated fleet serves its commitment."""
        last, site = self.periods.lasts[period], self.halls[hall]["site"]
        following = [*self.periods.lasts[1:], self.periods.days][period]
        available, firm = self.serving(hall, system, last)
        taken: dict[str, tuple[pulp.LpVariable, float]] = {}
        for name in self.acts.sold(site, system):
            served = self.served[name, hall, system, period] = self.column()
            self.serve[name, period].append((served, 1.0))
            taken[name] = (served, 1 / self._mw(terms[name]["basis"], hall, system))
            cost = sum(
                row["cost"]
                for row in self.tables["service"]
                if (row["commitment"], row["site"]) == (name, site)
            )
            cost *= self.periods.months(last, following - 1)
            self.spend("service", last, [(served, cost)])
        there = [(column, -units) for column, units in available]
        self.most([*taken.values(), *there], firm)
        owner = self.fleet[hall, system]["commitment"] if (hall, system) in self.fleet else None
        if owner is not None:
            others = [term for name, term in taken.items() if name != owner]
            self.most([*others, *there], firm - self.fleet[hall, system]["count"])

    def _energy_and_lease(self) -> None:
        """Pay from the first day of service to the end of the period of removal."""
        for hall, system in {*self.installs, *self.fleet}:
            ready = self.systems[system]["commission_days"]
            for period, first in enumerate(self.periods.firsts):
                paid = [
                    (install, self._running(hall, system, period, day + ready))
                    for day, install in self.installs.get((hall, system), {}).items()
                ]
                whole = self._running(hall, system, period, first)
                paid += [
                    (column, -whole)
                    for (at, kind, gone), column in self.removes.items()
                    if (at, kind) == (hall, system) and gone < period
                ]
                self.spend("running", first, paid, self._firm(hall, system) * whole)

    def _running(self, hall: str, system: str, period: int, begins: int) -> float:
        """Return what a system costs in a period that serves from a day on."""
        site, last = self.sites[self.halls[hall]["site"]], self.periods.lasts[period]
        first = max(begins, self.periods.firsts[period])
        if first > last:
            return 0.0
        energy = self.facility(hall, system) * HOURS * site["energy_price"]
        lease = self.it(self.systems[system]) * site["lease"]
        return energy * (last - first + 1) + lease * self.periods.months(first, last)

    def _budget(self) -> None:
        """Spend within the budget up to its date, without late cost."""
        for row in self.tables["budget"]:
            until = self.periods.number(row["date"])
            if until >= 0:
                spent = [
                    (terms, firm)
                    for term, day, terms, firm in self.money
                    if term != "late" and day <= until
                ]
                terms = [term for terms, _ in spent for term in terms if term[1]]
                self.most(terms, row["cumulative"] - sum(firm for _, firm in spent))

    def aims(self) -> tuple[Aim, ...]:
        """Return what is minimised in turn: missed by priority, early service, present cost."""
        spans = zip(self.periods.firsts, self.periods.lasts, strict=True)
        months = [self.periods.months(first, last) for first, last in spans]
        rows = self.tables["commitments"]
        aims = list[Aim]()
        for priority in sorted({row["priority"] for row in rows}):
            names = {row["commitment"] for row in rows if row["priority"] == priority}
            missed = [(c, months[t]) for (name, t), c in self.missed.items() if name in names]
            aims.append(Aim(f"missed_mw_months_priority_{priority}", summed(missed), 1.0))
        if self.settings["pace"] == "as-early-as-possible":
            early = [(c, -months[t]) for (_, t), terms in self.serve.items() for c, _ in terms]
            aims.append(Aim("in_service_mw_months", summed(early), -1.0))
        rate = 1 + self.settings["discount_rate"]
        cost = summed(
            (column, amount * rate ** (-day / 365))
            for _, day, terms, _ in self.money
            for column, amount in terms
            if amount
        )
        cost.constant = sum(firm * rate ** (-day / 365) for _, day, _, firm in self.money)
        return (*aims, Aim("present_cost", cost, 1.0))


def summed(terms: Iterable[tuple[pulp.LpVariable, float]]) -> pulp.LpAffineExpression:
    """Return a sum; a variable may come several times."""
    found: dict[pulp.LpVariable, float] = defaultdict(float)
    for column, factor in terms:
        found[column] += factor
    return pulp.LpAffineExpression(found)
