"""What the systems loaded with a model cost, and each Mtok of theirs.

All systems of one kind at one site cost the same a month, whenever each was bought:

- *Equipment*: all money that the plan spends on systems (the terms purchase, take_or_pay, orders,
  assembly, freight and holding, not discounted) is shared out among the kinds of systems by what
  is paid for each: for complete systems, and for assembly and the parts of those assembled, at the
  mean price of each part; without supply, for systems installed. A kind's money is spread evenly
  over the months of all periods at whose end its systems are in service. What was paid before the
  plan is not in it, and nothing is left over at the plan's end.
- *Halls*: openings and fit-out of a site are spread evenly over the megawatt-months of IT power in
  service there at the ends of periods.
- *Lease and energy* are what the site charges for such a system from the first to the last day of
  the span.

So a row's cost a month x the months of its span is what its systems cost over the span. Summed
over all systems in service and all periods, equipment and halls are what the plan spends on them;
the plan pays less lease and energy for a system that enters service within a period. Cost terms
of commitments (service, late) and the tokens bought are in no row.

Of requests whose phases are split, input counts where it is prefilled, output where it is decoded.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from planner.case.calendar import HOURS_PER_DAY
from planner.case.case import Case
from planner.case.tokens import Kind, Path
from planner.plan.result_rows import Tables
from planner.plan.token_rows import TokenCostRow
from planner.workbook.rows import Inputs

EQUIPMENT_TERMS = ("purchase", "take_or_pay", "orders", "assembly", "freight", "holding")
"""Cost terms of systems, wherever they stand."""

Pool = tuple[str, str, str | None, int]
"""Model, system or composite, country and span."""


@dataclass
class _Pool:
    """What is known of the systems of a pool over its span.

    Attributes
    ----------
    systems, monthly_cost : list of float
        Of each row of `replicas`.
    mtok, system_hours, api_value : list of float
        Of each workload and block served: Mtok, hours of systems that they take within `max_use`,
        and money for the same tokens at the API.
    is_sold : bool
        Whether all of its tokens can be bought.
    """

    systems: list[float] = field(default_factory=list)
    monthly_cost: list[float] = field(default_factory=list)
    mtok: list[float] = field(default_factory=list)
    system_hours: list[float] = field(default_factory=list)
    api_value: list[float] = field(default_factory=list)
    is_sold: bool = True


class TokenCosts:
    """The rows of `token_costs`.

    Parameters
    ----------
    inputs, case
        The workbook and its case.
    tables
        The other tables of the plan.
    served
        Mtok an hour by workload, path, block and span.
    """

    def __init__(
        self,
        inputs: Inputs,
        case: Case,
        tables: Tables,
        served: Mapping[tuple[str, Path, str, int], float],
    ) -> None:
        self.inputs, self.case, self.tables, self.served = inputs, case, tables, served
        self.tokens, self.calendar = case.tokens, case.calendar
        self.pools: dict[Pool, _Pool] = defaultdict(_Pool)

    def rows(self) -> list[TokenCostRow]:
        """Return the rows."""
        if not self.tokens.workloads:
            return []
        self._add_replicas()
        self._add_tokens()
        return [
            self._row(pool, self.pools[pool])
            for pool in sorted(self.pools, key=lambda pool: (*map(str, pool[:3]), pool[3]))
            if self.pools[pool].systems
        ]

    def _row(self, pool: Pool, found: _Pool) -> TokenCostRow:
        """Return the row of a pool."""
        model, system, country, span = pool
        first, last = self._days(span)
        systems, monthly_cost = math.fsum(found.systems), math.fsum(found.monthly_cost)
        mtok, busy = math.fsum(found.mtok), math.fsum(found.system_hours)
        hours = HOURS_PER_DAY * self.tokens.days(self.calendar, span)
        as_used = at_full_use = api_price = break_even = None
        if mtok > 0:
            as_used = monthly_cost * self._months(span) / mtok
            at_full_use = as_used * busy / (systems * hours)
            api_price = math.fsum(found.api_value) / mtok if found.is_sold else None
        if at_full_use is not None and api_price:
            break_even = at_full_use / api_price
        return {
            "model": model,
            "system": system,
            "country": country,
            "span_from": first,
            "span_to": last,
            "systems": systems,
            "monthly_cost": monthly_cost,
            "mtok": mtok,
            "cost_per_mtok": as_used,
            "cost_per_mtok_at_full_use": at_full_use,
            "api_price": api_price,
            "break_even_use": break_even,
        }

    def _add_replicas(self) -> None:
        """Add the systems loaded and their cost a month."""
        span_of = {self._days(span)[0]: span for span in range(len(self.tokens.spans))}
        equipment, halls = self._equipment_a_month(), self._halls_a_mw_month()
        facility = self.case.facility
        for row in self.tables["replicas"]:
            site, span = row["site"], span_of[row["span_from"]]
            each = row["systems_per_replica"]
            kind = Kind(row["owner"], row["model"], row["system"], int(each))
            pool = self.pools[kind.model, kind.system, self.tokens.country_of[site], span]
            hours_a_month = (
                HOURS_PER_DAY * self.tokens.days(self.calendar, span) / self._months(span)
            )
            for system, count in self.tokens.systems_of[kind].items():
                loaded, it_mw = row["replicas"] * count, facility.it_mw[system]
                a_month = equipment.get(system, 0.0) + it_mw * halls.get(site, 0.0)
                a_month += it_mw * facility.lease.get(site, 0.0)
                price = facility.energy_price.get(site, 0.0)
                if price:
                    a_month += price * facility.facility_mw[site, system] * hours_a_month
                pool.systems.append(loaded)
                pool.monthly_cost.append(loaded * a_month)

    def _add_tokens(self) -> None:
        """Add the tokens made, the hours that they take, and their worth at the API."""
        country_of = self.tokens.country_of
        for (workload, path, block, span), mtok_h in self.served.items():
            hours = self.tokens.hours[block] * self.tokens.days(self.calendar, span)
            effort, mtok = self.tokens.efforts[workload, path, span], mtok_h * hours
            inputs, outputs = self._shares(workload, span)
            price_in, price_out = self._prices(workload, span)
            places = path.prefill_place, path.decode_place
            if not path.is_aggregated:
                places = country_of[str(places[0])], country_of[str(places[1])]
            is_sold = (workload, span) in self.tokens.price
            for kind, country, share, price, taken in (
                (
                    path.prefill,
                    places[0],
                    inputs,
                    price_in,
                    effort.prefill_hours / effort.prefill_max_use,
                ),
                (
                    path.decode,
                    places[1],
                    outputs,
                    price_out,
                    effort.decode_hours / effort.decode_max_use,
                ),
            ):
                pool = self.pools[kind.model, kind.system, country, span]
                systems = sum(self.tokens.systems_of[kind].values())
                pool.mtok.append(mtok * share)
                pool.system_hours.append(mtok * taken * systems)
                pool.api_value.append(mtok * share * price)
                pool.is_sold = pool.is_sold and (is_sold or not share)

    def _shares(self, workload: str, span: int) -> tuple[float, float]:
        """Return the shares of input and output in a workload's tokens."""
        asked = self._in_force("token_demand", workload, span)
        into, out = float(asked["input_mtok_day"]), float(asked["output_mtok_day"])
        return into / (into + out), out / (into + out)

    def _prices(self, workload: str, span: int) -> tuple[float, float]:
        """Return the prices of input and output; 0 if there are none."""
        row = self._in_force("token_prices", workload, span)
        return float(row.get("buy_input") or 0.0), float(row.get("buy_output") or 0.0)

    def _in_force(self, sheet: str, workload: str, span: int) -> Mapping[str, float]:
        """Return the values of a workload that hold from a span's first day; empty without any."""
        day = self._days(span)[0]
        begun = [
            row
            for row in self.inputs.tables[sheet]
            if row["workload"] == workload and (row["from"] or date.min) <= day
        ]
        if not begun:
            return {}
        return max(begun, key=lambda row: row["from"] or date.min).values

    def _equipment_a_month(self) -> dict[str, float]:
        """Return what a system of each kind costs a month in service, but for its place."""
        costs = {row["term"]: row["amount"] for row in self.tables["costs"]}
        money = math.fsum(costs[term] for term in EQUIPMENT_TERMS)
        months: dict[str, float] = defaultdict(float)
        for (_, system), length in self._months_in_service().items():
            months[system] += length
        worth = self._paid_by_kind()
        whole = math.fsum(worth.values())
        return {
            system: money * worth.get(system, 0.0) / whole / length if whole else 0.0
            for system, length in months.items()
            if length > 0
        }

    def _paid_by_kind(self) -> dict[str, float]:
        """Return what is paid for each kind of system, and for the parts of those assembled."""
        supply, worth = self.case.supply, defaultdict[str, float](float)
        if not supply.planned:
            for install in self.tables["installs"]:
                worth[install["system"]] += (
                    install["installed"] * supply.market_price[install["system"]]
                )
            return worth
        units, paid = defaultdict[str, float](float), defaultdict[str, float](float)
        ordered = [
            (row["supplier"], row["item"], row["quantity"])
            for row in self.tables["orders"]
            if row["firm"] == "no"
        ]
        for (supplier, item, _), quantities in supply.firm_orders.items():
            ordered += [(supplier, item, quantity) for quantity in quantities]
        for supplier, item, quantity in ordered:
            units[item] += quantity
            paid[item] += quantity * supply.price[supplier, item]
        for system in self.case.facility.systems:
            worth[system] = paid[system]
        for row in self.tables["production"]:
            each = supply.assembly_cost[row["plant"], row["system"]]
            for item, quantity in supply.bom.get(row["system"], {}).items():
                if units[item]:
                    each += quantity * paid[item] / units[item]
            worth[row["system"]] += row["quantity"] * each
        return worth

    def _halls_a_mw_month(self) -> dict[str, float]:
        """Return what halls and openings of a site cost for a MW-month in service there."""
        facility, money = self.case.facility, defaultdict[str, float](float)
        opened: set[str] = set()
        for row in self.tables["openings"]:
            money[row["site"]] += row["count"] * facility.fit_out_cost.get(row["hall"], 0.0)
            if row["count"] > 0:
                opened.add(row["site"])
        for site in opened:
            money[site] += facility.opening_cost.get(site, 0.0)
        mw_months: dict[str, float] = defaultdict(float)
        for (site, system), length in self._months_in_service().items():
            mw_months[site] += length * facility.it_mw[system]
        return {
            site: amount / mw_months[site] for site, amount in money.items() if mw_months[site] > 0
        }

    def _months_in_service(self) -> dict[tuple[str, str], float]:
        """Return the months of periods at whose end systems are in service, by site and kind."""
        months: dict[tuple[str, str], float] = defaultdict(float)
        length = dict(zip(self.calendar.starts, self.calendar.months, strict=True))
        for row in self.tables["fleet"]:
            months[row["site"], row["system"]] += row["in_service"] * length[row["period"]]
        return months

    def _days(self, span: int) -> tuple[date, date]:
        """Return the first and the last day of a span."""
        first, last = self.tokens.spans[span]
        return self.calendar.starts[first], self.calendar.ends[last]

    def _months(self, span: int) -> float:
        """Return the months of a span."""
        return math.fsum(self.calendar.months[period] for period in self.tokens.spans[span].periods)
