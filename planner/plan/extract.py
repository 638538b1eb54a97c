"""A solved model's values to result tables.

Decisions are read, and everything that follows from them is worked out again from their cleaned
values, so that tables agree with each other to the last digit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from planner.case.case import Case
from planner.inputs.rows import Inputs
from planner.model.decisions import Model
from planner.model.spending import costs
from planner.plan.pegging import Batch, Peg, peg_orders
from planner.plan.tables import COST_TERMS, Row, Tables

NOISE = 1e-9
"""Distance within which a value is taken for the whole number next to it."""

SHORT = 1e-6
"""Megawatts below which nothing is missed: a hundredth of a thousandth of a system."""


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
        self.value = {
            id(variable): _clean(value)
            for variable, value in zip(model.frame.columns, values, strict=True)
        }
        self._follow_installs()
        self._follow_stock()

    def of(self, variables: Mapping[Any, Any]) -> dict[Any, float]:
        """Return the values of variables that are not zero, by key."""
        found = {key: self.value[id(variable)] for key, variable in variables.items()}
        return {key: value for key, value in found.items() if value != 0}

    def tables(self, tiers: Iterable[Row]) -> Tables:
        """Return all result tables."""
        service = self._service()
        spend = self._spend()
        return {
            "orders": self._orders(),
            "production": self._production(),
            "shipments": self._shipments(),
            "stock": self._stock(),
            "installs": self._installs(),
            "fleet": self._fleet(),
            "halls": self._halls(),
            "power": self._power(),
            "service": service,
            "ramp": self._ramp(service),
            "spend": spend,
            "tiers": list(tiers),
            "costs": _cost_rows(spend),
        }

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
        """Return orders already placed, then planned ones by date."""
        rows = [self._firm_order(row) for row in self.inputs.tables["orders"]]
        lots = self.of(self.model.decisions.order_lots)
        for key in sorted(lots, key=lambda k: (k[2], k[0], k[1])):
            supplier, item, period = key
            terms = self.case.supply.sources[supplier, item]
            quantity = _clean(lots[key] * terms["lot"])
            price = self.case.supply.price[supplier, item]
            placed = self.model.decisions.place_order.get(key)
            rows.append({
                "order": f"P-{len(rows) + 1:05d}", "supplier": supplier, "item": item,
                "firm": "no", "quantity": quantity, "period": self._day(period),
                "order_date": self._day(period),
                "arrival_date": self._day(period, terms["lead_days"]),
                "unit_price": price, "price": quantity * price,
                "order_cost": terms["order_cost"] if placed is not None else 0.0,
            })  # fmt: skip
        self._add_slack(rows)
        return rows

    def _firm_order(self, row: Any) -> Row:
        source = (row["supplier"], row["item"])
        price = self.case.supply.price.get(source, 0.0)
        placed = row["placed"]
        period = None if placed is None else self.case.calendar.holding(placed)
        charged = period is not None and source in self.case.supply.sources
        return {
            "order": row["order"], "supplier": row["supplier"], "item": row["item"],
            "firm": "yes", "quantity": row["quantity"],
            "period": None if period is None else self._day(period),
            "order_date": placed, "arrival_date": row["arrives"], "unit_price": price,
            "price": row["quantity"] * price,
            "order_cost": self.case.supply.sources[source]["order_cost"] if charged else 0.0,
        }  # fmt: skip

    def _add_slack(self, rows: Sequence[Row]) -> None:
        """Add to each order by when it had to be placed, and the megawatts that wait for it."""
        pegs = self._pegs(rows)
        for row in rows:
            found = pegs.get(str(row["order"]), Peg())
            row["latest_order_date"] = row["slack_days"] = None
            row["it_mw_blocked"] = found.it_mw
            ordered = row["order_date"]
            if row["firm"] == "no" and found.needed is not None and isinstance(ordered, date):
                terms = self.case.supply.sources[str(row["supplier"]), str(row["item"])]
                latest = self.case.calendar.latest(found.needed, terms["lead_days"])
                day = max(ordered, self._day(max(latest, 0)))
                row["latest_order_date"], row["slack_days"] = day, (day - ordered).days

    def _pegs(self, rows: Sequence[Row]) -> dict[str, Peg]:
        calendar, supply = self.case.calendar, self.case.supply
        batches: dict[str, list[Batch]] = defaultdict(list)
        for row in rows:
            source = (str(row["supplier"]), str(row["item"]))
            usable = calendar.first(row["arrival_date"])  # type: ignore[arg-type]
            if usable is not None and source in supply.sources:
                good = float(row["quantity"]) * supply.sources[source]["yield"]  # type: ignore[arg-type]
                batch = Batch(str(row["order"]), supply.place(source[0]), usable, good)
                batches[source[1]].append(batch)
        made = self.model.decisions
        starts = [(*key, count) for key, count in sorted(self.of(made.start_assembly).items())]
        installs = [(*key, count) for key, count in sorted(self.of(made.install_systems).items())]
        return peg_orders(self.case, batches, starts, installs)

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

    def _installs(self) -> list[Row]:
        made = self.model.decisions
        install, remove = self.of(made.install_systems), self.of(made.remove_systems)
        both = {key: install.get(key, 0.0) for key in {**install, **remove}}
        return [
            {"site": self.case.facility.site_of[hall], "hall": hall, "system": system,
             "period": self._day(period), "installed": count,
             "removed": remove.get((hall, system, period), 0.0)}
            for (hall, system, period), count in _dated(both)
        ]  # fmt: skip

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
        for hall in facility.halls:
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
        for node in facility.nodes:
            for period in self.case.calendar.periods:
                load = sum(
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
        served: dict[tuple[object, object], float] = defaultdict(float)
        for row in service:
            served[row["commitment"], row["period"]] += float(row["mw"])  # type: ignore[arg-type]
        rows: list[Row] = []
        for commitment in demand.commitments:
            for period in calendar.periods:
                required = demand.required_mw[commitment, period]
                in_service = served[commitment, calendar.starts[period]]
                missed = max(0.0, required - in_service)
                rows.append({
                    "commitment": commitment, "period": calendar.starts[period],
                    "period_end": calendar.ends[period], "basis": demand.basis[commitment],
                    "required_mw": required, "in_service_mw": in_service,
                    "missed_mw": missed if missed > SHORT else 0.0,
                })  # fmt: skip
        return rows

    def _spend(self) -> list[Row]:
        calendar, rows = self.case.calendar, []
        for term, spend in costs(self.model).items():
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
    for commitment, day, period, mw in case.demand.judged:
        row = found[commitment, case.calendar.starts[period]]
        in_service = float(row["in_service_mw"])  # type: ignore[arg-type]
        missed = mw - in_service
        rows.append({
            "commitment": commitment, "date": day.isoformat(), "basis": row["basis"],
            "required_mw": mw, "in_service_mw": in_service,
            "missed_mw": missed if missed > SHORT else 0.0,
        })  # fmt: skip
    return rows


def _clean(value: float) -> float:
    """Take a value within the solver's noise of a whole number for that number."""
    near = round(value)
    return float(near) if abs(value - near) <= NOISE else float(value)


def _dated(found: Mapping[Any, float]) -> list[tuple[Any, float]]:
    """Return items by period, then by name."""
    return sorted(found.items(), key=lambda pair: (pair[0][-1], pair[0][:-1]))


def _cost_rows(spend: Iterable[Row]) -> list[Row]:
    """Return the total of each cost term, zero where nothing is spent on it."""
    amount: dict[object, float] = defaultdict(float)
    present: dict[object, float] = defaultdict(float)
    for row in spend:
        amount[row["term"]] += float(row["amount"])  # type: ignore[arg-type]
        present[row["term"]] += float(row["present_cost"])  # type: ignore[arg-type]
    return [
        {"term": term, "amount": amount[term], "present_cost": present[term]} for term in COST_TERMS
    ]
