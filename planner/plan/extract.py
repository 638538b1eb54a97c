"""A solved model's values to result tables.

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
from planner.plan.install_purposes import Purposes
from planner.plan.rounding import tidy
from planner.plan.tables import Row, Tables
from planner.tolerance import LAST_TOLERANCE, TOLERANCE
from planner.workbook.rows import Inputs

MW_DECIMALS = 12
"""Decimals that MW keep: to the microwatt."""


def extract(inputs: Inputs, model: Model, values: Sequence[float], tiers: Iterable[Row]) -> Tables:
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

    def of(self, variables: Mapping[Any, Any]) -> dict[Any, float]:
        """Return the values of variables that are not zero, by key."""
        return {
            key: value
            for key, variable in variables.items()
            if (value := self.value[id(variable)]) != 0
        }

    def tables(self, tiers: Iterable[Row]) -> Tables:
        """Return all result tables."""
        service = [_tidied(row) for row in self._service()]
        ramp, spend = self._ramp(service), self._spend()
        costs = cost_rows(spend)
        installs = self._installs(Purposes(self.case, service, ramp))
        orders, made = self._orders(), self.model.decisions
        starts = self.of(made.start_assembly)
        shipped = self.of(made.ship_units)
        work = work_of(self.case, orders, starts, shipped, self.of(made.install_systems))
        pegs = peg_rows(self.case, orders, starts, installs, work)
        return {
            name: [_tidied(row) for row in rows]
            for name, rows in {
                "orders": orders,
                "pegs": pegs,
                "production": production_rows(self.case, starts),
                "shipments": shipment_rows(self.inputs, self.case, shipped),
                "stock": stock_rows(self.case, self.of(made.stock)),
                "installs": installs,
                "fleet": self._fleet(),
                "halls": self._halls(),
                "openings": self._openings(),
                "clock": clock_rows(self.case, self._carried()),
                "power": self._power(),
                "service": service,
                "ramp": ramp,
                "spend": spend,
                "tiers": tier_rows(self.case, tiers, ramp, costs),
                "costs": costs,
            }.items()
        }

    def _date(self, day: int) -> date:
        return self.case.calendar.date_of(day)

    def _period(self, day: int) -> date:
        """Return the first day of the period that holds a numbered day."""
        calendar = self.case.calendar
        return calendar.starts[calendar.period_of(day)]

    def _follow_installs(self) -> None:
        """Work out systems standing and in service, and set the variables of the latter."""
        made, facility = self.model.decisions, self.case.facility
        calendar = self.case.calendar
        install, remove = self.of(made.install_systems), self.of(made.remove_systems)
        self.standing: dict[tuple[str, str, int], float] = {}
        self.in_service: dict[tuple[str, str, int], float] = {}
        for hall, system in sorted({key[:2] for key in install} | set(facility.fleet)):
            standing = serving = float(facility.fleet.get((hall, system), 0))
            added: dict[int, float] = defaultdict(float)
            begun: dict[int, float] = defaultdict(float)
            days = facility.commission_days[system]
            for day in self.case.installing.get((hall, system), ()):
                count = install.get((hall, system, day), 0.0)
                added[calendar.period_of(day)] += count
                begun[calendar.period_of(day + days)] += count
            for period in calendar.periods:
                key = (hall, system, period)
                removed = remove.get(key, 0.0)
                standing = self.standing[key] = _clean(standing + added[period] - removed)
                serving = self.in_service[key] = _clean(serving + begun[period] - removed)
                if key in made.commissioned_systems:
                    self.value[id(made.commissioned_systems[key])] = serving

    def _follow_stock(self) -> None:
        """Clean stock of the noise of its balance."""
        for variable in self.model.decisions.stock.values():
            self.value[id(variable)] = max(0.0, self.value[id(variable)])

    def _follow_unused(self) -> None:
        """Work out what take-or-pay charges from what is ordered and carried, and set it."""
        made, supply = self.model.decisions, self.case.supply
        for variable in made.carry_capacity.values():
            self.value[id(variable)] = tidy(max(0.0, self.value[id(variable)]))
        carried = {key: self.value[id(v)] for key, v in made.carry_capacity.items()}
        for key, (before, after) in settled_with(self.model).items():
            variable, row = made.pay_unused[key], supply.sources[key[0], key[1]]
            moved = carried.get(before, 0.0) - carried.get(after, 0.0)
            due = supply.reserved[key]
            due += row["take_or_pay_share"] / row["capacity_use"] * moved
            if key in made.order_lots:
                due -= row["lot"] * self.value[id(made.order_lots[key])]
            self.value[id(variable)] = due if due > TOLERANCE else 0.0

    def _follow_service(self) -> None:
        """Work out megawatts missed from those served, and set their variables to it."""
        made, demand = self.model.decisions, self.case.demand
        served: dict[tuple[str, int], float] = defaultdict(float)
        for (commitment, _, _, period), mw in self.of(made.serve_mw).items():
            served[commitment, period] += mw
        self.missed: dict[tuple[str, int], float] = {}
        for key, required in demand.required_mw.items():
            missed = required - served[key]
            self.missed[key] = missed if missed > TOLERANCE else 0.0
            if key in made.missed_mw:
                self.value[id(made.missed_mw[key])] = self.missed[key]

    def _carried(self) -> dict[tuple[str, str, int], float]:
        """Return what windows of suppliers and crews leave for the next."""
        made = self.model.decisions
        return {
            (kind, *key): left
            for kind, carried in (("order", made.carry_capacity), ("install", made.carry_crews))
            for key, left in self.of(carried).items()
        }

    def _orders(self) -> list[Row]:
        made = self.model.decisions
        placed = self.inputs.tables["orders"]
        return order_rows(self.case, placed, self.of(made.order_lots), made.place_order)

    def _installs(self, purposes: Purposes) -> list[Row]:
        made, calendar = self.model.decisions, self.case.calendar
        install = self.of(made.install_systems)
        remove = {
            (hall, system, calendar.first_days[period]): count
            for (hall, system, period), count in self.of(made.remove_systems).items()
        }
        both = {key: install.get(key, 0.0) for key in {**install, **remove}}
        rows: list[Row] = []
        for (hall, system, day), count in dated(both):
            purpose = purposes.of((hall, system, day)) if count else None
            late = None if purpose is None else "yes" if purpose.late else "no"
            rows.append(
                {
                    "site": self.case.facility.site_of[hall],
                    "hall": hall,
                    "system": system,
                    "period": self._period(day),
                    "date": self._date(day),
                    "installed": count,
                    "removed": remove.get((hall, system, day), 0.0),
                    "commitment": purpose and purpose.commitment,
                    "milestone": purpose and purpose.milestone,
                    "late": late,
                }
            )
        return rows

    def _fleet(self) -> list[Row]:
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

    def _openings(self) -> list[Row]:
        facility = self.case.facility
        return [
            {
                "site": facility.site_of[hall],
                "hall": hall,
                "period": self._period(day),
                "date": self._date(day),
                "opens": self._date(facility.opening[hall, day]),
                "count": count,
            }
            for (hall, day), count in self._decided()
            if count
        ]

    def _halls(self) -> list[Row]:
        facility, calendar, rows = self.case.facility, self.case.calendar, list[Row]()
        decided: dict[tuple[str, int], float] = defaultdict(float)
        opened: dict[tuple[str, int], float] = defaultdict(float)
        for (hall, day), count in self._decided():
            decided[hall, calendar.period_of(day)] += count
            opened[hall, calendar.period_of(facility.opening[hall, day])] += count
        for hall in sorted(facility.halls):
            in_all = float(facility.open_count[hall])
            for period in calendar.periods:
                in_all = _clean(in_all + opened[hall, period])
                if decided[hall, period] or in_all:
                    rows.append(
                        {
                            "site": facility.site_of[hall],
                            "hall": hall,
                            "period": calendar.starts[period],
                            "decided": decided[hall, period],
                            "opened": in_all,
                        }
                    )
        return rows

    def _power(self) -> list[Row]:
        facility, rows = self.case.facility, []
        for node in sorted(facility.nodes):
            for period in self.case.calendar.periods:
                load = math.fsum(
                    self.standing.get((hall, system, period), 0.0)
                    * facility.facility_mw[facility.site_of[hall], system]
                    for hall in facility.tree.halls_below[node]
                    for system in facility.systems
                )
                carried = facility.energised_mw.get((node, period))
                rows.append(
                    {
                        "node": node,
                        "period": self.case.calendar.starts[period],
                        "load_mw": float(load),
                        "energised_mw": carried,
                        "headroom_mw": None if carried is None else carried - load,
                    }
                )
        return rows

    def _service(self) -> list[Row]:
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

    def _ramp(self, service: Iterable[Row]) -> list[Row]:
        demand, calendar = self.case.demand, self.case.calendar
        served: dict[tuple[object, object], list[float]] = defaultdict(list)
        for row in service:
            served[row["commitment"], row["period"]].append(float(row["mw"]))  # type: ignore[arg-type]
        rows: list[Row] = []
        for commitment in sorted(demand.commitments):
            for period in calendar.periods:
                required = demand.required_mw[commitment, period]
                in_service = math.fsum(served[commitment, calendar.starts[period]])
                rows.append(
                    {
                        "commitment": commitment,
                        "period": calendar.starts[period],
                        "period_end": calendar.ends[period],
                        "basis": demand.basis[commitment],
                        "required_mw": required,
                        "in_service_mw": in_service,
                        "missed_mw": self.missed[commitment, period],
                    }
                )
        return rows

    def _spend(self) -> list[Row]:
        calendar, rows = self.case.calendar, list[Row]()
        for term, spend in spending.costs(self.model).items():
            amounts: dict[int, list[float]] = defaultdict(list)
            presents: dict[int, list[float]] = defaultdict(list)
            paid = [(day, self.value[id(v)] * amount) for day, v, amount in spend.expenses]
            for day, amount in (*paid, *spend.firm.items()):
                if amount:
                    amounts[calendar.period_of(day)].append(amount)
                    presents[calendar.period_of(day)].append(amount * calendar.discount(day))
            rows += [
                {
                    "period": calendar.starts[period],
                    "term": term,
                    "amount": math.fsum(amounts[period]),
                    "present_cost": math.fsum(presents[period]),
                }
                for period in sorted(amounts)
            ]
        return [row for row in rows if row["amount"]]


def milestone_rows(case: Case, ramp: Iterable[Row]) -> list[Row]:
    """Return each milestone with what is in service and missed where it is judged.

    With it stand the days that its critical chain of orders loses; 0 if none is in time.
    """
    bounds = Bounds(case, Routes(case))
    found = {(row["commitment"], row["period"]): row for row in ramp}
    rows: list[Row] = []
    for commitment, day, period, mw in sorted(case.demand.judged):
        row = found[commitment, case.calendar.starts[period]]
        in_service = float(row["in_service_mw"])  # type: ignore[arg-type]
        missed = mw - in_service
        critical = critical_order(bounds, commitment, period)
        rows.append(
            {
                "commitment": commitment,
                "date": day.isoformat(),
                "basis": row["basis"],
                "required_mw": mw,
                "in_service_mw": in_service,
                "missed_mw": tidy(round(missed, MW_DECIMALS)) if missed > TOLERANCE else 0.0,
                "days_lost": 0 if critical is None else critical.days_lost,
            }
        )
    return rows


def _tidied(row: Row) -> Row:
    """Return a row without dust; MW may also be what is left of a difference."""
    return {
        key: tidy(round(value, MW_DECIMALS) if key.endswith("mw") else value)
        if type(value) is float
        else value
        for key, value in row.items()
    }


def _clean_all(values: Sequence[float]) -> list[float]:
    """Take each value within the solver's noise of a whole number for that number."""
    found = np.asarray(values, dtype=float)
    near = np.round(found) + 0.0  # no minus zero
    cleaned: list[float] = np.where(np.abs(found - near) <= LAST_TOLERANCE, near, found).tolist()
    return cleaned


def _clean(value: float) -> float:
    """Take a value within the solver's noise of a whole number for that number."""
    near = round(value)
    return float(near) if abs(value - near) <= LAST_TOLERANCE else float(value)
