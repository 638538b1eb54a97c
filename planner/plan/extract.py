"""Turn the values of a solved model into result tables.

Decisions are read, and everything that follows from them is worked out again from their cleaned
values, so that tables agree with each other to the last digit.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from planner.case.case import Case
from planner.diagnostics.bounds import Bounds
from planner.diagnostics.order_deadlines import critical_order
from planner.diagnostics.routes import Routes
from planner.model import spending
from planner.model.decisions import Model
from planner.model.supply import settled_with
from planner.plan.extract_flows import (
    clock_rows,
    dated,
    production_rows,
    shipment_rows,
    stock_rows,
    work_of,
)
from planner.plan.extract_orders import order_rows, peg_rows
from planner.plan.extract_tiers import cost_rows, tier_rows
from planner.plan.extract_tokens import TokenTables, missed_of
from planner.plan.install_purposes import Purposes
from planner.plan.result_rows import (
    FleetRow,
    HallRow,
    InstallRow,
    OpeningRow,
    OrderRow,
    PowerRow,
    RampRow,
    ServiceRow,
    SpendRow,
    Tables,
    TierRow,
    typed_tables,
)
from planner.plan.rounding import tidy
from planner.plan.rows import Row, rows_of, with_values
from planner.plan.token_costs import TokenCosts
from planner.tolerance import LAST_TOLERANCE, TOLERANCE
from planner.workbook.rows import Inputs

MW_DECIMALS = 12
"""Decimals that MW keep: to the microwatt."""


def extract(
    inputs: Inputs, model: Model, values: Sequence[float], tiers: Iterable[TierRow]
) -> Tables:
    """Return the result tables of a solved model.

    Parameters
    ----------
    inputs
        For the orders already placed.
    model
        The model that was solved.
    values
        Value of each column, shape (columns,).
    tiers
        Rows of the table `tiers`.
    """
    return Extraction(inputs, model, values).tables(tiers)


class Extraction:
    """Reads one solution, table by table."""

    def __init__(self, inputs: Inputs, model: Model, values: Sequence[float]) -> None:
        self.inputs, self.model, self.case = inputs, model, model.case
        cleaned = _clean_all(values)
        self.value = dict(zip(map(id, model.frame.columns), cleaned, strict=True))
        self._follow_installs()
        self._follow_stock()
        self._follow_unused()
        self._follow_service()
        self.missed_tokens = missed_of(
            self.case, self.of(model.decisions.serve_tokens), self.of(model.decisions.buy_tokens)
        )

    def of(self, variables: Mapping[Any, Any]) -> dict[Any, float]:
        """Return the values of variables that are not zero, by key."""
        values: dict[Any, float] = {}
        for key, variable in variables.items():
            value = self.value[id(variable)]
            if value != 0:
                values[key] = value
        return values

    def tables(self, tiers: Iterable[TierRow]) -> Tables:
        """Return all result tables."""
        decisions = self.model.decisions
        # What serves, and what is for which milestone, follows from the figures as they are shown.
        service = with_values(self._service(), _tidied)
        ramp, spend = self._ramp(service), self._spend()
        costs = cost_rows(self.case, spend)
        of_tokens = TokenTables(
            self.case,
            self.of(decisions.serve_tokens),
            self.of(decisions.buy_tokens),
            self.missed_tokens,
            self.of(decisions.load_replicas),
        )
        tokens = of_tokens.tokens_by_span()
        installs = self._installs(Purposes(self.case, service, ramp))
        orders = self._orders()
        starts = self.of(decisions.start_assembly)
        shipped = self.of(decisions.ship_units)
        work = work_of(self.case, orders, starts, shipped, self.of(decisions.install_systems))
        pegs = peg_rows(self.case, orders, starts, installs, work)
        tables: Tables = {
            "orders": orders,
            "pegs": pegs,
            "production": production_rows(self.case, starts),
            "shipments": shipment_rows(self.inputs, self.case, shipped),
            "stock": stock_rows(self.case, self.of(decisions.stock)),
            "installs": installs,
            "fleet": self._fleet(),
            "halls": self._halls(),
            "openings": self._openings(),
            "clock": clock_rows(self.case, self._carried()),
            "power": self._power(),
            "service": service,
            "ramp": ramp,
            "spend": spend,
            "tiers": tier_rows(self.case, tiers, ramp, costs, tokens),
            "costs": costs,
            "tokens": tokens,
            "token_service": of_tokens.service(),
            "token_purchases": of_tokens.purchases(),
            "replicas": of_tokens.replicas(),
            "token_costs": [],
        }
        served = self.of(decisions.serve_tokens)
        tables["token_costs"] = TokenCosts(self.inputs, self.case, tables, served).rows()
        return typed_tables({name: with_values(rows_of(tables, name), _tidied) for name in tables})

    def _date(self, day: int) -> date:
        return self.case.calendar.date_of(day)

    def _period(self, day: int) -> date:
        """Return the first day of the period that holds a numbered day."""
        calendar = self.case.calendar
        return calendar.starts[calendar.period_of(day)]

    def _follow_installs(self) -> None:
        """Work out systems standing and in service, and set the variables of the latter."""
        decisions, facility = self.model.decisions, self.case.facility
        install, remove = self.of(decisions.install_systems), self.of(decisions.remove_systems)
        self.standing: dict[tuple[str, str, int], float] = {}
        self.in_service: dict[tuple[str, str, int], float] = {}
        period_of = self.case.calendar.period_of
        pairs = {(hall, system) for hall, system, _ in install} | set(facility.fleet)
        for hall, system in sorted(pairs):
            installed: dict[int, float] = defaultdict(float)
            commissioned: dict[int, float] = defaultdict(float)
            for day in self.case.installing.get((hall, system), ()):
                count = install.get((hall, system, day), 0.0)
                installed[period_of(day)] += count
                commissioned[period_of(day + facility.commission_days[system])] += count
            standing = serving = float(facility.fleet.get((hall, system), 0))
            for period in self.case.calendar.periods:
                key = (hall, system, period)
                removed = remove.get(key, 0.0)
                standing = _clean(standing + installed[period] - removed)
                serving = _clean(serving + commissioned[period] - removed)
                self.standing[key] = standing
                self.in_service[key] = serving
                if key in decisions.commissioned_systems:
                    self.value[id(decisions.commissioned_systems[key])] = serving

    def _follow_stock(self) -> None:
        """Clean stock of the noise of its balance."""
        for variable in self.model.decisions.stock.values():
            self.value[id(variable)] = max(0.0, self.value[id(variable)])

    def _follow_unused(self) -> None:
        """Work out what take-or-pay charges from what is ordered and carried, and set it."""
        decisions, supply = self.model.decisions, self.case.supply
        carried: dict[Any, float] = {}
        for window, variable in decisions.carry_capacity.items():
            carried[window] = tidy(max(0.0, self.value[id(variable)]))
            self.value[id(variable)] = carried[window]
        for key, (before, after) in settled_with(self.model).items():
            supplier, item, _ = key
            row = supply.sources[supplier, item]
            units_per_capacity = row["take_or_pay_share"] / row["capacity_use"]
            moved = carried.get(before, 0.0) - carried.get(after, 0.0)
            unused = supply.reserved[key] + units_per_capacity * moved
            if key in decisions.order_lots:
                unused -= row["lot"] * self.value[id(decisions.order_lots[key])]
            self.value[id(decisions.pay_unused[key])] = unused if unused > TOLERANCE else 0.0

    def _follow_service(self) -> None:
        """Work out megawatts missed from those served, and set their variables to it."""
        decisions = self.model.decisions
        served: dict[tuple[str, int], float] = defaultdict(float)
        for (commitment, _, _, period), mw in self.of(decisions.serve_mw).items():
            served[commitment, period] += mw
        self.missed: dict[tuple[str, int], float] = {}
        for key, required in self.case.demand.required_mw.items():
            missed = required - served[key]
            self.missed[key] = missed if missed > TOLERANCE else 0.0
            if key in decisions.missed_mw:
                self.value[id(decisions.missed_mw[key])] = self.missed[key]

    def _carried(self) -> dict[tuple[str, str, int], float]:
        """Return what windows of suppliers and crews leave for the next."""
        decisions = self.model.decisions
        carried: dict[tuple[str, str, int], float] = {}
        for (supplier, day), units in self.of(decisions.carry_capacity).items():
            carried["order", supplier, day] = units
        for (site, day), systems in self.of(decisions.carry_crews).items():
            carried["install", site, day] = systems
        return carried

    def _orders(self) -> list[OrderRow]:
        decisions = self.model.decisions
        placed = self.inputs.tables["orders"]
        return order_rows(self.case, placed, self.of(decisions.order_lots), decisions.place_order)

    def _installs(self, purposes: Purposes) -> list[InstallRow]:
        decisions, calendar = self.model.decisions, self.case.calendar
        install = self.of(decisions.install_systems)
        # Systems are removed by period; their row stands on its first day.
        remove: dict[tuple[str, str, int], float] = {}
        for (hall, system, period), count in self.of(decisions.remove_systems).items():
            remove[hall, system, calendar.first_days[period]] = count
        both = {key: install.get(key, 0.0) for key in (*install, *remove)}
        rows: list[InstallRow] = []
        for key, count in dated(both):
            hall, system, day = key
            purpose = purposes.of(key) if count else None
            row: InstallRow = {
                "site": self.case.facility.site_of[hall],
                "hall": hall,
                "system": system,
                "period": self._period(day),
                "date": self._date(day),
                "installed": count,
                "removed": remove.get(key, 0.0),
                "commitment": None,
                "milestone": None,
                "late": None,
            }
            if purpose is not None:
                row["commitment"] = purpose.commitment
                row["milestone"] = purpose.milestone
                row["late"] = "yes" if purpose.late else "no"
            rows.append(row)
        return rows

    def _fleet(self) -> list[FleetRow]:
        starts = self.case.calendar.starts
        return [
            {
                "site": self.case.facility.site_of[hall],
                "hall": hall,
                "system": system,
                "period": starts[period],
                "installed": count,
                "in_service": self.in_service[hall, system, period],
            }
            for (hall, system, period), count in dated(self.standing)
        ]

    def _decided(self) -> list[tuple[tuple[str, int], float]]:
        """Return halls decided, by hall and day."""
        decided = self.of(self.model.decisions.open_halls)
        return dated({key: _clean(count) for key, count in decided.items()})

    def _openings(self) -> list[OpeningRow]:
        facility = self.case.facility
        rows: list[OpeningRow] = []
        for (hall, day), count in self._decided():
            if count:
                rows.append(
                    {
                        "site": facility.site_of[hall],
                        "hall": hall,
                        "period": self._period(day),
                        "date": self._date(day),
                        "opens": self._date(facility.opening[hall, day]),
                        "count": count,
                    }
                )
        return rows

    def _halls(self) -> list[HallRow]:
        facility, calendar = self.case.facility, self.case.calendar
        decided: dict[tuple[str, int], float] = defaultdict(float)
        opened: dict[tuple[str, int], float] = defaultdict(float)
        for (hall, day), count in self._decided():
            decided[hall, calendar.period_of(day)] += count
            opened[hall, calendar.period_of(facility.opening[hall, day])] += count
        rows: list[HallRow] = []
        for hall in sorted(facility.halls):
            open_halls = float(facility.open_count[hall])
            for period in calendar.periods:
                open_halls = _clean(open_halls + opened[hall, period])
                if decided[hall, period] or open_halls:
                    rows.append(
                        {
                            "site": facility.site_of[hall],
                            "hall": hall,
                            "period": calendar.starts[period],
                            "decided": decided[hall, period],
                            "opened": open_halls,
                        }
                    )
        return rows

    def _power(self) -> list[PowerRow]:
        facility, calendar = self.case.facility, self.case.calendar
        rows: list[PowerRow] = []
        for node in sorted(facility.nodes):
            for period in calendar.periods:
                load = self._load_mw(node, period)
                energised = facility.energised_mw.get((node, period))
                rows.append(
                    {
                        "node": node,
                        "period": calendar.starts[period],
                        "load_mw": load,
                        "energised_mw": energised,
                        "headroom_mw": None if energised is None else energised - load,
                    }
                )
        return rows

    def _load_mw(self, node: str, period: int) -> float:
        """Return the facility power that the systems below a node draw at a period's end."""
        facility = self.case.facility
        loads = []
        for hall in facility.tree.halls_below[node]:
            for system in facility.systems:
                count = self.standing.get((hall, system, period), 0.0)
                loads.append(count * facility.facility_mw[facility.site_of[hall], system])
        return math.fsum(loads)

    def _service(self) -> list[ServiceRow]:
        served = self.of(self.model.decisions.serve_mw)
        return [
            {
                "commitment": commitment,
                "site": self.case.facility.site_of[hall],
                "hall": hall,
                "system": system,
                "period": self.case.calendar.starts[period],
                "mw": mw,
            }
            for (commitment, hall, system, period), mw in dated(served)
        ]

    def _ramp(self, service: Iterable[ServiceRow]) -> list[RampRow]:
        demand, calendar = self.case.demand, self.case.calendar
        served: dict[tuple[str, date], list[float]] = defaultdict(list)
        for row in service:
            served[row["commitment"], row["period"]].append(row["mw"])
        rows: list[RampRow] = []
        for commitment in sorted(demand.commitments):
            for period in calendar.periods:
                start = calendar.starts[period]
                rows.append(
                    {
                        "commitment": commitment,
                        "period": start,
                        "period_end": calendar.ends[period],
                        "basis": demand.basis[commitment],
                        "required_mw": demand.required_mw[commitment, period],
                        "in_service_mw": math.fsum(served[commitment, start]),
                        "missed_mw": self.missed[commitment, period],
                    }
                )
        return rows

    def _spend(self) -> list[SpendRow]:
        calendar = self.case.calendar
        rows: list[SpendRow] = []
        for term, spend in spending.costs(self.model).items():
            payments = [(day, self.value[id(v)] * amount) for day, v, amount in spend.expenses]
            payments += spend.firm.items()
            amounts: dict[int, list[float]] = defaultdict(list)
            presents: dict[int, list[float]] = defaultdict(list)
            for day, amount in payments:
                if amount:
                    period = calendar.period_of(day)
                    amounts[period].append(amount)
                    presents[period].append(amount * calendar.discount(day))
            for period in sorted(amounts):
                amount = math.fsum(amounts[period])
                if amount:
                    rows.append(
                        {
                            "period": calendar.starts[period],
                            "term": term,
                            "amount": amount,
                            "present_cost": math.fsum(presents[period]),
                        }
                    )
        return rows


def milestone_rows(case: Case, ramp: Iterable[RampRow]) -> list[Row]:
    """Return each milestone with what is in service and missed where it is judged.

    With it stand the days that its critical chain of orders loses; 0 if none is in time.
    """
    bounds = Bounds(case, Routes(case))
    ramp_of = {(row["commitment"], row["period"]): row for row in ramp}
    rows: list[Row] = []
    for commitment, day, period, required in sorted(case.demand.judged):
        ramp_row = ramp_of[commitment, case.calendar.starts[period]]
        in_service = ramp_row["in_service_mw"]
        missed = required - in_service
        critical = critical_order(bounds, commitment, period)
        rows.append(
            {
                "commitment": commitment,
                "date": day.isoformat(),
                "basis": ramp_row["basis"],
                "required_mw": required,
                "in_service_mw": in_service,
                "missed_mw": tidy(round(missed, MW_DECIMALS)) if missed > TOLERANCE else 0.0,
                "days_lost": 0 if critical is None else critical.days_lost,
            }
        )
    return rows


def _tidied(column: str, value: object) -> object:
    """Return a value without rounding noise; MW may also be remainders of a difference."""
    if type(value) is not float:
        return value
    return tidy(round(value, MW_DECIMALS) if column.endswith("mw") else value)


def _clean_all(values: Sequence[float]) -> list[float]:
    """Round the values that differ from whole numbers by solver noise only."""
    exact = np.asarray(values, dtype=float)
    whole = np.round(exact) + 0.0  # no minus zero
    is_noise = np.abs(exact - whole) <= LAST_TOLERANCE
    cleaned: list[float] = np.where(is_noise, whole, exact).tolist()
    return cleaned


def _clean(value: float) -> float:
    """Round a value that differs from a whole number by solver noise only."""
    whole = round(value)
    if abs(value - whole) <= LAST_TOLERANCE:
        return float(whole)
    return float(value)
