"""A solved model's values to result tables.

Decisions are read, and everything that follows from them is worked out again from their cleaned
values, so that tables agree with each other to the last digit.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np

from planner.case.case import Case
from planner.inputs.rows import Inputs
from planner.model import spending
from planner.model.decisions import Model
from planner.plan.extract_orders import order_rows, peg_rows
from planner.plan.extract_tiers import tier_rows
from planner.plan.figures import tidy
from planner.plan.purpose import Purposes
from planner.plan.tables import COST_TERMS, Row, Tables
from planner.tolerance import LAST_TOLERANCE, TOLERANCE

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
        self._follow_service()

    def of(self, variables: Mapping[Any, Any]) -> dict[Any, float]:
        """Return the values of variables that are not zero, by key."""
        return {
            key: value
            for key, variable in variables.items() if (value := self.value[id(variable)]) != 0
        }  # fmt: skip

    def tables(self, tiers: Iterable[Row]) -> Tables:
        """Return all result tables."""
        service = [_tidied(row) for row in self._service()]
        ramp, spend = self._ramp(service), self._spend()
        costs = _cost_rows(spend)
        installs = self._installs(Purposes(self.case, service, ramp))
        orders = self._orders()
        starts = self.of(self.model.decisions.start_assembly)
        pegs = peg_rows(self.case, orders, starts, installs)
        return {name: [_tidied(row) for row in rows] for name, rows in {
            "orders": orders,
            "pegs": pegs,
            "production": self._production(),
            "shipments": self._shipments(),
            "stock": self._stock(),
            "installs": installs,
            "fleet": self._fleet(),
            "halls": self._halls(),
            "power": self._power(),
            "service": service,
            "ramp": ramp,
            "spend": spend,
            "tiers": tier_rows(self.case, tiers, ramp, costs),
            "costs": costs,
        }.items()}  # fmt: skip

    def _day(self, period: int, days: int = 0) -> date:
        return self.case.calendar.starts[period] + timedelta(days=days)

    def _follow_installs(self) -> None:
        """Work out systems standing, and set their variables to it."""
        made, facility = self.model.decisions, self.case.facility
        install, remove = self.of(made.install_systems), self.of(made.remove_systems)
        self.installed: dict[tuple[str, str, int], float] = {}
        pairs = sorted({key[:2] for key in install} | set(facility.fleet))
        for hall, system in pairs:
            standing = float(facility.fleet.get((hall, system), 0))
            for period in self.case.calendar.periods:
                key = (hall, system, period)
                standing = _clean(standing + install.get(key, 0.0) - remove.get(key, 0.0))
                self.installed[key] = standing
                if key in made.installed_systems:
                    self.value[id(made.installed_systems[key])] = standing

    def _follow_stock(self) -> None:
        """Clean stock of the noise of its balance."""
        for variable in self.model.decisions.stock.values():
            self.value[id(variable)] = max(0.0, self.value[id(variable)])

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

    def _in_service(self, hall: str, system: str, period: int) -> float:
        """Return systems commissioned at the end of a period."""
        calendar, made = self.case.calendar, self.model.decisions
        days = self.case.facility.commission_days[system]
        count = self.installed[hall, system, period]
        for earlier in range(period, -1, -1):
            usable = calendar.usable(earlier, days)
            if usable is not None and usable <= period:
                break
            if (hall, system, earlier) in made.install_systems:
                count -= self.value[id(made.install_systems[hall, system, earlier])]
        return _clean(count)

    def _orders(self) -> list[Row]:
        made = self.model.decisions
        placed = self.inputs.tables["orders"]
        return order_rows(self.case, placed, self.of(made.order_lots), made.place_order)

    def _production(self) -> list[Row]:
        starts = self.of(self.model.decisions.start_assembly)
        return [
            {"plant": plant, "system": system, "period": self._day(period),
             "finish_date": self._day(period, self.case.supply.plant_days[plant, system]),
             "quantity": count}
            for (plant, system, period), count in _dated(starts)
        ]  # fmt: skip

    def _shipments(self) -> list[Row]:
        shipped = self.of(self.model.decisions.ship_units)
        lanes = self.inputs.tables["lanes"]
        days = {(row["from"], row["to"]): row["transit_days"] for row in lanes}
        return [
            {"from": origin, "to": end, "item": item, "period": self._day(period),
             "arrival_date": self._day(period, days[origin, end]), "quantity": units}
            for (origin, end, item, period), units in _dated(shipped)
        ]  # fmt: skip

    def _stock(self) -> list[Row]:
        return [
            {"place": place, "item": item, "period": self._day(period), "quantity": units}
            for (place, item, period), units in _dated(self.of(self.model.decisions.stock))
        ]

    def _installs(self, purposes: Purposes) -> list[Row]:
        made = self.model.decisions
        install, remove = self.of(made.install_systems), self.of(made.remove_systems)
        both = {key: install.get(key, 0.0) for key in {**install, **remove}}
        rows: list[Row] = []
        for (hall, system, period), count in _dated(both):
            purpose = purposes.of((hall, system, period)) if count else None
            late = None if purpose is None else "yes" if purpose.late else "no"
            rows.append({
                "site": self.case.facility.site_of[hall], "hall": hall, "system": system,
                "period": self._day(period), "installed": count,
                "removed": remove.get((hall, system, period), 0.0),
                "commitment": purpose and purpose.commitment,
                "milestone": purpose and purpose.milestone, "late": late,
            })  # fmt: skip
        return rows

    def _fleet(self) -> list[Row]:
        return [
            {"site": self.case.facility.site_of[hall], "hall": hall, "system": system,
             "period": self._day(period), "installed": count,
             "in_service": self._in_service(hall, system, period)}
            for (hall, system, period), count in _dated(self.installed)
        ]  # fmt: skip

    def _halls(self) -> list[Row]:
        facility = self.case.facility
        decided = {
            key: _clean(value) for key, value in self.of(self.model.decisions.open_halls).items()
        }
        rows = []
        for hall in sorted(facility.halls):
            opened = float(facility.open_count[hall])
            due: dict[int, float] = defaultdict(float)
            for (name, period), count in decided.items():
                if name == hall:
                    due[facility.opening[hall, period]] += count
            for period in self.case.calendar.periods:
                opened = _clean(opened + due.get(period, 0.0))
                now = decided.get((hall, period), 0.0)
                if now or opened:
                    rows.append({"site": facility.site_of[hall], "hall": hall,
                                 "period": self._day(period), "decided": now,
                                 "opened": opened})  # fmt: skip
        return rows

    def _power(self) -> list[Row]:
        facility, rows = self.case.facility, []
        for node in sorted(facility.nodes):
            for period in self.case.calendar.periods:
                load = math.fsum(
                    self.installed.get((hall, system, period), 0.0)
                    * facility.facility_mw[facility.site_of[hall], system]
                    for hall in facility.tree.halls_below[node]
                    for system in facility.systems
                )
                carried = facility.energised_mw.get((node, period))
                rows.append({
                    "node": node, "period": self._day(period), "load_mw": float(load),
                    "energised_mw": carried,
                    "headroom_mw": None if carried is None else carried - load,
                })  # fmt: skip
        return rows

    def _service(self) -> list[Row]:
        served = self.of(self.model.decisions.serve_mw)
        return [
            {"commitment": commitment, "site": self.case.facility.site_of[hall], "hall": hall,
             "system": system, "period": self._day(period), "mw": mw}
            for (commitment, hall, system, period), mw in _dated(served)
        ]  # fmt: skip

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
                rows.append({
                    "commitment": commitment, "period": calendar.starts[period],
                    "period_end": calendar.ends[period], "basis": demand.basis[commitment],
                    "required_mw": required, "in_service_mw": in_service,
                    "missed_mw": self.missed[commitment, period],
                })  # fmt: skip
        return rows

    def _spend(self) -> list[Row]:
        calendar, rows = self.case.calendar, []
        for term, spend in spending.costs(self.model).items():
            amounts: dict[int, float] = defaultdict(float, spend.firm)
            for period, variable, amount in spend.expenses:
                amounts[period] += amount * self.value[id(variable)]
            rows += [
                {"period": calendar.starts[period], "term": term, "amount": amount,
                 "present_cost": amount * calendar.discounts[period]}
                for period, amount in sorted(amounts.items()) if amount
            ]  # fmt: skip
        return rows


def milestone_rows(case: Case, ramp: Iterable[Row]) -> list[Row]:
    """Return each milestone with what is in service and missed where it is judged."""
    found = {(row["commitment"], row["period"]): row for row in ramp}
    rows: list[Row] = []
    for commitment, day, period, mw in sorted(case.demand.judged):
        row = found[commitment, case.calendar.starts[period]]
        in_service = float(row["in_service_mw"])  # type: ignore[arg-type]
        missed = mw - in_service
        rows.append({
            "commitment": commitment, "date": day.isoformat(), "basis": row["basis"],
            "required_mw": mw, "in_service_mw": in_service,
            "missed_mw": tidy(round(missed, MW_DECIMALS)) if missed > TOLERANCE else 0.0,
        })  # fmt: skip
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


def _dated(found: Mapping[Any, float]) -> list[tuple[Any, float]]:
    """Return items by period, then by name."""
    return sorted(found.items(), key=lambda pair: (pair[0][-1], pair[0][:-1]))


def _cost_rows(spend: Iterable[Row]) -> list[Row]:
    """Return the total of each cost term, zero where nothing is spent on it."""
    amounts: dict[object, list[float]] = defaultdict(list)
    presents: dict[object, list[float]] = defaultdict(list)
    for row in spend:
        amounts[row["term"]].append(float(row["amount"]))  # type: ignore[arg-type]
        presents[row["term"]].append(float(row["present_cost"]))  # type: ignore[arg-type]
    return [
        {"term": term, "amount": math.fsum(amounts[term]),
         "present_cost": math.fsum(presents[term])}
        for term in COST_TERMS
    ]  # fmt: skip
