"""The most megawatts that a workbook allows on a day, found day by day.

A linear program with one decision for each day: what is ordered, started, shipped, installed and
removed on it. It knows no periods, takes counts as continuous, and shares no code with the case or
the model, so it can judge both. A rate of units a month allows, on each day, its share of the
calendar month that holds the day. Halls open as soon as they can, for money does not count here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import highspy
import numpy as np

from planner.workbook.rows import Inputs, Row

Key = tuple[object, ...]
Terms = list[tuple[Key, float]]

INFINITY = float("inf")


def most_mw(inputs: Inputs, commitment: str, day: date) -> float:
    """Return the most megawatts that can be in service toward a commitment on a day.

    Parameters
    ----------
    inputs
        A checked workbook.
    commitment
        Whose megawatts, on its basis; all others are left unserved.
    day
        Last day of the program.
    """
    return _Days(inputs, day).most(commitment)


class Program:
    """A linear program whose columns are named by keys."""

    def __init__(self) -> None:
        self.at: dict[Key, int] = {}
        self.rows: list[tuple[Terms, float, float]] = []

    def column(self, *key: object) -> None:
        """Add a column of at least 0."""
        self.at.setdefault(key, len(self.at))

    def row(self, terms: Terms, low: float, high: float) -> None:
        """Add a row; terms whose column does not exist count nothing."""
        known = [(key, factor) for key, factor in terms if key in self.at]
        if known:
            self.rows.append((known, low, high))
        else:
            assert low <= 1e-9 and high >= -1e-9, "a row without columns does not hold"

    def maximum(self, objective: Terms) -> float:
        """Return the largest value of an objective."""
        highs, model = highspy.Highs(), highspy.HighsLp()
        highs.setOptionValue("output_flag", False)
        model.num_col_, model.num_row_ = len(self.at), len(self.rows)
        cost = np.zeros(len(self.at))
        for key, factor in objective:
            if key in self.at:
                cost[self.at[key]] += factor
        model.col_cost_, model.sense_ = cost, highspy.ObjSense.kMaximize
        model.col_lower_ = np.zeros(len(self.at))
        model.col_upper_ = np.full(len(self.at), highspy.kHighsInf)
        model.row_lower_ = np.array([low for _, low, _ in self.rows])
        model.row_upper_ = np.array([high for _, _, high in self.rows])
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        starts, columns, factors = [0], list[int](), list[float]()
        for terms, _, _ in self.rows:
            summed: dict[int, float] = defaultdict(float)
            for key, factor in terms:
                summed[self.at[key]] += factor
            columns += summed
            factors += summed.values()
            starts.append(len(columns))
        model.a_matrix_.start_ = np.array(starts)
        model.a_matrix_.index_ = np.array(columns, dtype=np.int32)
        model.a_matrix_.value_ = np.array(factors)
        highs.passModel(model)
        highs.run()
        status = highs.getModelStatus()
        assert status == highspy.HighsModelStatus.kOptimal, status
        return float(highs.getInfo().objective_function_value)


class _Days:
    """States the program of a workbook; days are counted from the plan's first, which is 0."""

    def __init__(self, inputs: Inputs, last: date) -> None:
        self.inputs, self.tables = inputs, inputs.tables
        self.start: date = inputs.settings["start"]
        self.count = self.day(last) + 1
        fence = timedelta(days=inputs.settings["release_fence_days"])
        self.earliest = max(0, self.day(inputs.settings["today"] + fence))
        self.planned, self.pooled = bool(self.tables["supply"]), not self.tables["lanes"]
        self.systems = {row["system"]: row for row in self.tables["systems"]}
        self.sites = {row["site"]: row for row in self.tables["sites"]}
        self.halls = {row["hall"]: row for row in self.tables["halls"]}
        self.program = Program()
        self.stock: dict[Key, Terms] = defaultdict(list)
        self.received: dict[Key, float] = defaultdict(float)
        self._orders()
        self._plants()
        self._lanes()
        self._installs()
        self._stock()
        self._levels()

    def day(self, day: date) -> int:
        """Return the number of a day."""
        return (day - self.start).days

    def place(self, name: str) -> str:
        """Return where a supplier, plant or site keeps its stock."""
        return "everywhere" if self.pooled else name

    def days_from(self, day: date | None) -> range:
        """Return the days on which something that is possible from a day on can be decided."""
        first = 0 if day is None else self.day(day)
        return range(max(self.earliest, first), self.count)

    def shares(self, rows: Iterable[tuple[date | None, float]]) -> list[float]:
        """Return what a dated rate a month allows on each day."""
        steps, found = sorted((day or date.min, rate) for day, rate in rows), []
        for number in range(self.count):
            day = self.start + timedelta(days=number)
            following = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
            days = (following - day.replace(day=1)).days
            found.append(([0.0] + [rate for since, rate in steps if since <= day])[-1] / days)
        return found

    def within(self, uses: Mapping[int, Terms], shares: list[float]) -> None:
        """Require that what is used on each day is within that day's share."""
        for number, terms in uses.items():
            self.program.row(terms, -INFINITY, shares[number])

    def _orders(self) -> None:
        """Order items within their supplier's capacity; placed orders have theirs beforehand."""
        uses: dict[str, dict[int, Terms]] = defaultdict(lambda: defaultdict(list))
        rows = {(row["supplier"], row["item"]): row for row in self.tables["supply"]}
        for (supplier, item), row in rows.items():
            for number in self.days_from(row["available_from"]):
                key = ("order", supplier, item, number)
                self.program.column(*key)
                uses[supplier][number].append((key, row["capacity_use"]))
                arrives = number + row["lead_days"]
                self.stock[self.place(supplier), item, arrives].append((key, row["yield"]))
        placed: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for order in self.tables["orders"]:
            row = rows[order["supplier"], order["item"]]
            arrives = max(0, self.day(order["arrives"]))
            place = self.place(order["supplier"])
            self.received[place, order["item"], arrives] += order["quantity"] * row["yield"]
            if order["placed"] is not None and order["placed"] >= self.start:
                used = order["quantity"] * row["capacity_use"]
                placed[order["supplier"]][self.day(order["placed"])] += used
        for supplier in {row["supplier"] for row in self.tables["supply_capacity"]}:
            rates = [
                (row["from"], row["units_per_month"])
                for row in self.tables["supply_capacity"]
                if row["supplier"] == supplier
            ]
            shares, debt = self.shares(rates), 0.0
            for number, share in enumerate(shares):
                debt += placed[supplier][number]
                paid = min(debt, share)
                shares[number], debt = share - paid, debt - paid
            self.within(uses[supplier], shares)

    def _plants(self) -> None:
        """Start systems at plants, which takes the parts of each on that day."""
        parts = defaultdict(list)
        for row in self.tables["bom"]:
            parts[row["system"]].append((row["item"], row["quantity"]))
        for row in self.tables["plants"] if self.planned else ():
            plant, system, uses = row["plant"], row["system"], defaultdict(list)
            for number in self.days_from(row["from"]):
                key = ("start", plant, system, number)
                self.program.column(*key)
                uses[number].append((key, 1.0))
                for item, quantity in parts[system]:
                    self.stock[self.place(plant), item, number].append((key, -quantity))
                finished = number + row["lead_days"]
                self.stock[self.place(plant), system, finished].append((key, 1.0))
            self.within(uses, self.shares([(row["from"], row["units_per_month"])]))

    def _lanes(self) -> None:
        """Ship items along lanes; all items of a lane share its rate."""
        items = {row["item"] for row in self.tables["supply"]} | set(self.systems)
        for row in self.tables["lanes"] if self.planned else ():
            uses = defaultdict(list)
            for item in items:
                for number in self.days_from(None):
                    key = ("ship", row["from"], row["to"], item, number)
                    self.program.column(*key)
                    uses[number].append((key, 1.0))
                    self.stock[row["from"], item, number].append((key, -1.0))
                    lands = number + row["transit_days"]
                    self.stock[row["to"], item, lands].append((key, 1.0))
            if row["units_per_month"] is not None:
                self.within(uses, self.shares([(None, row["units_per_month"])]))

    def _installs(self) -> None:
        """Install systems within the crews of their site, and remove them."""
        crews = defaultdict(list)
        for row in self.tables["crews"]:
            crews[row["site"]].append((row["from"], row["systems_per_month"]))
        uses: dict[str, dict[int, Terms]] = defaultdict(lambda: defaultdict(list))
        for hall, system in self.pairs():
            site, row = self.halls[hall]["site"], self.systems[system]
            for number in self.days_from(row["available_from"]):
                self.program.column("remove", hall, system, number)
                if row["available_to"] is not None and number > self.day(row["available_to"]):
                    continue
                key = ("install", hall, system, number)
                self.program.column(*key)
                uses[site][number].append((key, 1.0))
                if self.planned:
                    self.stock[self.place(site), system, number].append((key, -1.0))
        for site, steps in crews.items():
            self.within(uses[site], self.shares(steps))
        self._states()

    def _states(self) -> None:
        """Count what stands and what is in service on each day."""
        fleet = {(row["hall"], row["system"]): row["count"] for row in self.tables["fleet"]}
        for row in self.tables["fleet"]:
            if row["commitment"] is not None:  # sold, and so not removed
                for number in range(self.count):
                    key = ("serving", row["hall"], row["system"], number)
                    self.program.column(*key)
                    self.program.row([(key, 1.0)], row["count"], INFINITY)
        for hall, system in self.pairs():
            ready = self.systems[system]["commission_days"]
            for number in range(self.count):
                for state, delay in (("standing", 0), ("serving", ready)):
                    self.program.column(state, hall, system, number)
                    self.program.row(
                        [
                            ((state, hall, system, number), 1.0),
                            ((state, hall, system, number - 1), -1.0),
                            (("install", hall, system, number - delay), -1.0),
                            (("remove", hall, system, number), 1.0),
                        ],
                        *[fleet.get((hall, system), 0) if number == 0 else 0] * 2,
                    )

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Yield each hall with each system."""
        for hall in self.halls:
            for system in self.systems:
                yield hall, system

    def _stock(self) -> None:
        """Let nothing leave a place before it is there; a store has its limit on each day."""
        held = defaultdict(list)
        spots = {key[:2] for key in (*self.stock, *self.received)}
        for place, item in spots:
            for number in range(self.count):
                key = ("stock", place, item, number)
                self.program.column(*key)
                held[place, number].append((key, 1.0))
                moved = [(used, -factor) for used, factor in self.stock[place, item, number]]
                self.program.row(
                    [(key, 1.0), (("stock", place, item, number - 1), -1.0), *moved],
                    *[self.received[place, item, number]] * 2,
                )
        stores = [(row["depot"], row["storage"]) for row in self.tables["depots"]]
        stores += [(row["site"], row["storage"]) for row in self.tables["sites"]]
        for place, most in stores if not self.pooled else ():
            for number in range(self.count) if most is not None else ():
                self.program.row(held[place, number], -INFINITY, most)

    def _levels(self) -> None:
        """Keep what stands within halls, nodes and failover groups on each day."""
        for hall, row in self.halls.items():
            opens = max(self.earliest + row["build_days"], self.day(row["ready"] or self.start))
            for number in range(self.count):
                halls = row["count"] if number >= opens else row["open_count"]
                for column, each in (
                    ("it_mw", self.it),
                    ("slots", "slots"),
                    ("coolant_lpm", "coolant_lpm"),
                ):
                    if row[column] is not None:
                        self.program.row(
                            self._load([hall], each, number), -INFINITY, halls * row[column]
                        )
        steps = defaultdict(list)
        for row in self.tables["energisation"]:
            steps[row["node"]].append((row["from"], row["mw"]))
        groups = defaultdict(list)
        for row in self.tables["power"]:
            if row["group"] is not None:
                groups[row["group"]].append(row["node"])
        for number in range(self.count):
            day = self.start + timedelta(days=number)
            carried = {
                node: [0.0, *(mw for since, mw in sorted(rows) if since <= day)][-1]
                for node, rows in steps.items()
            }
            for node, mw in carried.items():
                self.program.row(
                    self._load(self.below({node}), self.facility, number), -INFINITY, mw
                )
            for members in groups.values():
                for lost in members:
                    self._lose(lost, [node for node in members if node != lost], carried, number)

    def _lose(
        self, lost: str, others: list[str], carried: Mapping[str, float], number: int
    ) -> None:
        """Hand all that hangs below a lost node to others, through nodes that do not feed it."""
        handed = {node: ("handed", lost, node, number) for node in others}
        for key in handed.values():
            self.program.column(*key)
        load = self._load(self.below({lost}), self.facility, number)
        self.program.row([*load, *((key, -1.0) for key in handed.values())], 0.0, 0.0)
        for node, mw in carried.items():
            if node not in self.above(lost):
                more = [(key, 1.0) for other, key in handed.items() if node in self.above(other)]
                own = self._load(self.below({node}), self.facility, number)
                self.program.row([*own, *more], -INFINITY, mw)

    def above(self, node: str) -> set[str]:
        """Return a node and all that feed it."""
        parents = {row["node"]: row["parent"] for row in self.tables["power"]}
        found = set[str]()
        while node is not None:
            found.add(node)
            node = parents[node]
        return found

    def _load(self, halls: Iterable[str], each: object, number: int) -> Terms:
        """Return what all that stands in some halls takes on a day."""
        return [
            (
                ("standing", hall, system, number),
                each(hall, row) if callable(each) else row[each] or 0.0,
            )
            for hall in halls
            for system, row in self.systems.items()
        ]

    def it(self, hall: str, system: Row) -> float:
        """Return the MW of IT power of a system."""
        return float(system["power_kw"] + system["overhead_kw"]) / 1000

    def facility(self, hall: str, system: Row) -> float:
        """Return the MW of facility power of a system in a hall."""
        return self.it(hall, system) * float(self.sites[self.halls[hall]["site"]]["pue"] or 1.0)

    def below(self, nodes: set[str]) -> list[str]:
        """Return the halls that some nodes feed."""
        while True:
            more = {row["node"] for row in self.tables["power"] if row["parent"] in nodes} - nodes
            if not more:
                return [hall for hall, row in self.halls.items() if row["fed_by"] in nodes]
            nodes = nodes | more

    def most(self, commitment: str) -> float:
        """Return the most megawatts in service toward a commitment on the last day."""
        terms = next(r for r in self.tables["commitments"] if r["commitment"] == commitment)
        barred = {
            row["site"]
            for row in self.tables["service"]
            if row["commitment"] == commitment and not row["allowed"]
        }
        sold = {
            (row["hall"], row["system"]): row["count"]
            for row in self.tables["fleet"]
            if row["commitment"] not in (None, commitment)
        }
        found, kept = [], 0.0
        for hall, system in self.pairs():
            site, row = self.sites[self.halls[hall]["site"]], self.systems[system]
            abroad = terms["countries"] and site["country"] not in terms["countries"]
            other = terms["systems"] and system not in terms["systems"]
            if abroad or other or site["site"] in barred:
                continue
            mw = {
                "system": row["power_kw"] / 1000,
                "it": self.it(hall, row),
                "facility": self.facility(hall, row),
            }[terms["basis"]]
            found.append((("serving", hall, system, self.count - 1), mw))
            kept += mw * sold.get((hall, system), 0)
        return self.program.maximum(found) - kept
