"""The same model in linopy: dense arrays over sites, halls, systems and periods, with masks.

Index sets of generated workbooks fill their arrays for the most part, so that shifts, sums and
products over whole arrays are the way to write them. Lags that depend on place or system are
pointwise look-ups along the periods.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

import linopy
import numpy as np
import numpy.typing as npt
import peers_sets
import xarray as xr

from planner.case.case import Case

NEVER = -1


class Writer:
    """States a case's model block by block, as arrays."""

    def __init__(self, case: Case) -> None:
        self.case, self.model = case, linopy.Model(auto_mask=False)
        facility, supply = case.facility, case.supply
        # Sums by group come in the order of their names, and linopy pairs equal shapes by position.
        self.names: dict[str, list[Any]] = {
            "period": list(case.calendar.periods),
            "hall": list(facility.halls),
            "system": list(facility.systems),
            "site": sorted(facility.sites),
            "commitment": list(case.demand.commitments),
            "plant": sorted({plant for plant, _ in supply.assembly_cost}),
            "depot": sorted(
                {end for _, end in supply.freight}
                - set(facility.sites)
                - {plant for plant, _ in supply.assembly_cost}
            ),
        }
        self.names["origin"] = [*self.names["plant"], *self.names["depot"]]
        self.at = {dim: {name: n for n, name in enumerate(of)} for dim, of in self.names.items()}
        self.now = self.array(("period",), np.array(case.calendar.discounts) / case.money_unit)
        self.months = self.array(("period",), case.calendar.months)
        self.site_of = xr.DataArray(
            [facility.site_of[hall] for hall in facility.halls],
            dims="hall",
            name="site",
            coords={"hall": self.names["hall"]},
        )
        self.cost: list[Any] = []

    def array(self, dims: tuple[str, ...], values: Any) -> xr.DataArray:
        return xr.DataArray(
            np.asarray(values), dims=dims, coords={dim: self.names[dim] for dim in dims}
        )

    def places(self, dims: tuple[str, ...], keys: Iterable[Any]) -> tuple[npt.NDArray[Any], ...]:
        """Return the positions of keys in an array, one vector for each dimension."""
        columns = list(zip(*keys, strict=True))
        return tuple(
            np.fromiter(map(self.at[dim].__getitem__, column), dtype=np.int64, count=len(column))
            for dim, column in zip(dims, columns, strict=True)
        )

    def spread(self, dims: tuple[str, ...], of: Mapping[Any, float], blank: Any = 0.0) -> Any:
        """Return a mapping as an array, `blank` where it has no key."""
        values = np.full([len(self.names[dim]) for dim in dims], blank)
        keys = [key if isinstance(key, tuple) else (key,) for key in of]
        if keys:
            values[self.places(dims, keys)] = np.fromiter(of.values(), values.dtype, len(of))
        return self.array(dims, values)

    def variables(self, name: str, dims: tuple[str, ...], of: peers_sets.Keys) -> Any:
        upper = self.spread(dims, of.most, np.inf) if of.most else np.inf
        mask = self.spread(dims, dict.fromkeys(of.keys, True), blank=False)
        return self.model.add_variables(
            0, upper, coords=mask.coords, mask=mask, name=name, integer=of.whole
        )

    def add(self, left: Any, sign: str, right: Any, mask: Any, name: str) -> None:
        self.model.add_constraints(left, sign, right, name=name, mask=mask)

    def lagged(self, variable: Any, when: xr.DataArray) -> Any:
        """Return what a variable's decisions bring in each period of arrival.

        `when` holds the period in which each decision can be used, `NEVER` for none.
        """
        arrives = when.to_numpy()
        *others, period = np.nonzero(arrives != NEVER)
        target = np.ravel_multi_index((*others, arrives[(*others, period)]), arrives.shape)
        # Months differ in length: what is decided in two of them can arrive in the same one.
        order = np.argsort(target, kind="stable")
        heads = np.concatenate([[True], np.diff(target[order]) != 0])
        rank = np.arange(len(order)) - np.maximum.accumulate(
            np.where(heads, np.arange(len(order)), 0)
        )
        layers = []
        for layer in range(int(rank.max(initial=0)) + 1):
            source = np.full(arrives.size, NEVER)
            of = order[rank == layer]
            source[target[of]] = period[of]
            found = xr.DataArray(source.reshape(arrives.shape), dims=when.dims, coords=when.coords)
            layers.append(self.pointwise(variable, found))
        return layers[0] if len(layers) == 1 else linopy.merge(layers)

    def pointwise(self, variable: Any, at: xr.DataArray) -> Any:
        """Return a variable at a period of its own for each entry; nothing at `NEVER`."""
        term = (1 * variable).isel(period=at.clip(min=0).drop_vars("period").rename(period="_to"))
        term = term.drop_vars("period", errors="ignore").rename(_to="period")
        return term.assign_coords(period=at.coords["period"]).where(at != NEVER)

    def decisions(self, sets: dict[str, peers_sets.Keys]) -> None:
        """Make the variables; what concerns sites apart from the few places above them."""
        triple = ("hall", "system", "period")
        for name in ("install_systems", "remove_systems", "installed_systems"):
            setattr(self, name, self.variables(name, triple, sets[name]))
        self.open_halls = self.variables("open_halls", ("hall", "period"), sets["open_halls"])
        self.opened_halls = self.variables("opened_halls", ("hall", "period"), sets["opened_halls"])
        self.open_site = self.variables("open_site", ("site", "period"), sets["open_site"])
        self.open_site_keys = sets["open_site"].keys
        self.serve_mw = self.variables("serve_mw", ("commitment", *triple), sets["serve_mw"])
        self.missed_mw = self.variables("missed_mw", ("commitment", "period"), sets["missed_mw"])
        self.start_assembly = self.variables(
            "start_assembly", ("plant", "system", "period"), sets["start_assembly"]
        )
        self.split(sets)

    def split(self, sets: dict[str, peers_sets.Keys]) -> None:
        """Make the variables of orders, freight and stock, by kind of place."""
        of_site = self.at["site"].__contains__
        ships, held = sets["ship_units"].keys, sets["stock"].keys
        self.ship = self.variables(
            "ship",
            ("origin", "site", "system", "period"),
            peers_sets.Keys([key for key in ships if of_site(key[1])]),
        )
        stored = peers_sets.Keys([key for key in held if of_site(key[0])])
        self.stock = self.variables("stock", ("site", "system", "period"), stored)
        self.held = {key for key in held if not of_site(key[0])}
        self.up = {}  # by lane above the sites and item
        self.store = {}  # by place above the sites and item
        self.lots, self.placed = {}, {}  # by supplier and item
        for keys, made, name in (
            (ships, self.up, "up"),
            (held, self.store, "store"),
            (sets["order_lots"].keys, self.lots, "lots"),
            (sets["place_order"].keys, self.placed, "placed"),
        ):
            for series in dict.fromkeys(key[:-1] for key in keys):
                if name in {"up", "store"} and of_site(series[-2 if name == "store" else 1]):
                    continue
                of = [key for key in keys if key[:-1] == series]
                whole = sets["order_lots"].whole if name == "lots" else name == "placed"
                most = {"lots": sets["order_lots"].most, "placed": sets["place_order"].most}
                bounds = most.get(name) and {(key[-1],): most[name][key] for key in of}  # type: ignore[index]
                made[series] = self.variables(
                    f"{name} {series}",
                    ("period",),
                    peers_sets.Keys([(key[-1],) for key in of], bounds, whole),
                )

    def series(self, of: Mapping[Any, float], start: Any, blank: Any = 0.0) -> Any:
        """Return the values of one series of a mapping by period."""
        return self.array(("period",), [of.get((*start, t), blank) for t in self.names["period"]])

    def suppliers(self) -> None:
        supply = self.case.supply
        for supplier in sorted({at for at, _ in supply.capacity}):
            load, firm = 0, 0.0
            mask = self.array(("period",), [False] * len(self.names["period"]))
            for (at, item), row in supply.sources.items():
                if at == supplier:
                    load += row["capacity_use"] * row["lot"] * self.lots[at, item]
                    mask |= self.lots[at, item].labels != NEVER
                    orders = {k: sum(v) for k, v in supply.firm_orders.items()}
                    firm = firm + row["capacity_use"] * self.series(orders, (at, item))
            capacity = self.series(supply.capacity, (supplier,))
            self.add(load, "<=", capacity - firm, mask, f"supplier_capacity {supplier}")
        for key, placed in self.placed.items():
            row, lots = supply.sources[key], self.lots[key]
            least = max(row["min_order"], row["lot"] if self.case.whole else 0.0)
            there = placed.labels != NEVER
            if least > 0:
                self.add(row["lot"] * lots - least * placed, ">=", 0, there, f"minimum {key}")
            most = self.series(supply.largest_order, key)
            self.add(row["lot"] * lots - most * placed, "<=", 0, there, f"placed {key}")
            self.cost.append(row["order_cost"] * self.now * placed)
        for key, lots in self.lots.items():
            price = supply.price[key] * supply.sources[key]["lot"]
            self.cost.append(price * self.now * lots)
        dims = ("plant", "system", "period")
        capacity = self.spread(dims, supply.assembly_capacity)
        self.add(
            1 * self.start_assembly,
            "<=",
            capacity,
            self.start_assembly.labels != NEVER,
            "plant_capacity",
        )
        each = self.spread(("plant", "system"), supply.assembly_cost)
        self.cost.append((each * self.now * self.start_assembly).sum())

    def flows_above(self) -> None:
        """Balance the stock of suppliers, plants and depots: a few series over the periods."""
        supply = self.case.supply
        finish = self.spread(("plant", "system", "period"), supply.finish, NEVER)
        finished = self.lagged(self.start_assembly, finish)
        out = (1 * self.ship).sum("site")
        for (place, item), stock in self.store.items():
            balance = stock - stock.shift(period=1)
            if (place, item) in self.lots:
                row = supply.sources[place, item]
                when = self.series(supply.arrival, (place, item), NEVER)
                lots = self.lagged(self.lots[place, item], when)
                balance = balance - row["yield"] * row["lot"] * lots
            if place in self.at["plant"] and item in self.at["system"]:
                balance = balance - finished.sel(plant=place, system=item, drop=True)
            if place in self.at["origin"] and item in self.at["system"]:
                balance = balance + out.sel(origin=place, system=item, drop=True)
            for system, parts in supply.bom.items():
                if place in self.at["plant"] and item in parts:
                    start = self.start_assembly.sel(plant=place, system=system, drop=True)
                    balance = balance + parts[item] * start
            for lane, shipped in self.up.items():
                if lane[0] == place and lane[2] == item:
                    balance = balance + shipped
                if lane[1] == place and lane[2] == item:
                    when = self.series(supply.landing, lane, NEVER)
                    balance = balance - self.lagged(shipped, when)
            firm = self.series(supply.firm_arrivals, (place, item))
            self.add(balance, "=", firm, stock.labels != NEVER, f"stock_balance {place} {item}")
            self.cost.append(supply.holding_cost.get(place, 0.0) * self.months * self.now * stock)
        for lane, shipped in self.up.items():
            self.cost.append(supply.freight[lane[:2]] * self.now * shipped)

    def flows_at_sites(self) -> None:
        supply, dims = self.case.supply, ("site", "system", "period")
        of_site = self.at["site"].__contains__
        landing = {key: t for key, t in supply.landing.items() if of_site(key[1])}
        landed = self.lagged(self.ship, self.spread(("origin", *dims), landing, NEVER))
        installs = (1 * self.install_systems).groupby(self.site_of).sum()
        balance = self.stock - self.stock.shift(period=1) - landed.sum("origin") + installs
        firm = {key: n for key, n in supply.firm_arrivals.items() if of_site(key[0])}
        self.add(balance, "=", self.spread(dims, firm), self.stock.labels != NEVER, "stock_balance")
        rates = {site: cost for site, cost in supply.holding_cost.items() if of_site(site)}
        held = self.spread(("site",), rates) * self.months * self.now
        self.cost.append((held * self.stock).sum())
        lanes = {lane: cost for lane, cost in supply.freight.items() if of_site(lane[1])}
        freight = self.spread(("origin", "site"), lanes) * self.now
        self.cost.append((freight * self.ship).sum())
        room = {site: units for site, units in supply.storage.items() if of_site(site)}
        storage = self.spread(("site",), room, np.inf)
        there = (self.stock.labels != NEVER).any("system") & (storage < np.inf)
        self.add(
            self.stock.sum("system"), "<=", storage.where(storage < np.inf, 0), there, "storage"
        )
        for place in self.names["depot"]:
            held_there = [v for (at, _), v in self.store.items() if at == place]
            if held_there and place in supply.storage:
                load = linopy.merge([1 * v for v in held_there], join="outer")
                some = sum((v.labels != NEVER).astype(int) for v in held_there) > 0
                self.add(load, "<=", supply.storage[place], some, f"storage {place}")

    def systems(self) -> None:
        standing, install = self.installed_systems, self.install_systems
        balance = standing - standing.shift(period=1) - install + self.remove_systems
        fleet = {(*pair, 0): float(count) for pair, count in self.case.facility.fleet.items()}
        firm = self.spread(("hall", "system", "period"), fleet)
        self.add(balance, "=", firm, standing.labels != NEVER, "installed_balance")
        work = install.sum("system").groupby(self.site_of).sum()
        capacity = self.spread(("site", "period"), self.case.facility.crew_capacity, np.inf)
        some = (install.labels != NEVER).any("system").groupby(self.site_of).any()
        self.add(
            work, "<=", capacity.where(capacity < np.inf, 0), some & (capacity < np.inf), "crew"
        )

    def openings(self) -> None:
        facility, pair = self.case.facility, ("hall", "period")
        opened, site = self.opened_halls, self.open_site
        already = self.spread(("hall",), facility.open_count)
        opens = self.spread(pair, facility.opening, NEVER)
        there = opened.labels != NEVER
        before = opened.labels.shift(period=1, fill_value=NEVER) != NEVER
        balance = opened - opened.shift(period=1) - self.lagged(self.open_halls, opens)
        self.add(balance, "=", already.where(~before, 0.0), there, "halls_opened")
        at_site = (1 * site).sel(site=self.site_of)
        room = self.spread(("hall",), facility.hall_count) - already
        link = self.pointwise(opened, opens) - room * at_site
        has = (site.labels.sel(site=self.site_of) != NEVER) & (opens != NEVER)
        self.add(link, "<=", already, has, "site_opened")
        latest = self.spread(pair, peers_sets.latest_openings(self.case), NEVER)
        some = self.pointwise(opened, latest).groupby(self.site_of).sum()
        self.add(site - some, "<=", 0, site.labels != NEVER, "site_needs_a_hall")
        before = peers_sets.sites_before(self.open_site_keys)
        earlier = self.spread(("site", "period"), before, NEVER)
        rise, steps = site - self.pointwise(site, earlier), earlier != NEVER
        self.add(rise, ">=", 0, steps, "site_stays_open")
        self.cost.append((self.spread(("site",), facility.opening_cost) * self.now * rise).sum())
        fit_out = self.spread(("hall",), facility.fit_out_cost) * self.now
        self.cost.append((fit_out * self.open_halls).sum())

    def power(self) -> None:
        facility, standing, opened = self.case.facility, self.installed_systems, self.opened_halls
        some = (standing.labels != NEVER).any("system")
        each, carried = (
            self.spread((dim,), of)
            for dim, of in (("system", facility.it_mw), ("hall", facility.hall_it_mw))
        )
        firm = (carried * self.spread(("hall",), facility.open_count)).where(
            opened.labels == NEVER, 0.0
        )
        load = (each * standing).sum("system")
        self.add(load - carried * opened, "<=", firm, some, "hall_power")
        draws = self.spread(("site", "system"), facility.facility_mw).sel(site=self.site_of)
        load = (draws.drop_vars("site") * standing).sum("system")
        fed_by, limit = {}, {}
        for (node, period), mw in facility.energised_mw.items():
            (hall,) = facility.tree.halls_below[node]
            fed_by.setdefault(hall, node)
            if fed_by[hall] == node:
                limit[hall, period] = mw
        energised = self.spread(("hall", "period"), limit, np.inf)
        fed = some & (energised < np.inf)
        self.add(load, "<=", energised.where(fed, 0), fed, "energised_power")

    def commitments(self) -> None:
        demand, facility, serve = self.case.demand, self.case.facility, self.serve_mw
        total = serve.sum(["hall", "system"])
        required = self.spread(("commitment", "period"), demand.required_mw)
        missed = self.missed_mw.labels != NEVER
        self.add(total + self.missed_mw, ">=", required, missed, "milestone")
        some = (serve.labels != NEVER).any(["hall", "system"])
        self.add(total, "<=", self.spread(("commitment",), demand.final_mw), some, "served_in_all")
        each = self.spread(("commitment", "site", "system"), demand.mw_per_system, np.inf)
        used = ((1 / each).sel(site=self.site_of).drop_vars("site") * serve).sum("commitment")
        idle = self.in_service()
        serving = self.spread(("hall",), dict.fromkeys(facility.halls, 0.0))
        start = self.spread(("hall", "system"), self.case.serving, len(self.names["period"]))
        when = self.array(("period",), self.names["period"])
        self.add(used - idle, "<=", serving, when >= start, "in_service")
        price = {
            (site, system, t): peers_sets.energy_money(self.case, site, system, t)
            for site in facility.sites
            for system in facility.systems
            for t in self.names["period"]
        }
        money = self.spread(("site", "system", "period"), price) / self.case.money_unit
        spent = (money.sel(site=self.site_of).drop_vars("site") * idle).where(when >= start)
        self.cost.append(spent.sum())
        late = self.spread(("commitment",), demand.late_cost) * self.months * self.now
        self.cost.append((late * self.missed_mw).sum())

    def in_service(self) -> Any:
        """Return systems standing less those that are still being commissioned."""
        lag = {
            (system, t, t - at): True
            for system in self.names["system"]
            for t in self.names["period"]
            for at in peers_sets.still_commissioned(self.case, system, t)
        }
        idle = 1 * self.installed_systems
        for k in sorted({k for _, _, k in lag}):
            mask = self.spread(
                ("system", "period"), {key[:2]: True for key in lag if key[2] == k}, False
            )
            idle = idle - (1 * self.install_systems.shift(period=k)).where(mask)
        return idle


def state(case: Case, seconds: dict[str, float]) -> Any:
    """State a case's model and hand it to HiGHS; times go into `seconds`."""
    started = time.process_time()
    writer = Writer(case)
    sets = peers_sets.index_sets(case)
    seconds["keys"] = time.process_time() - started
    writer.decisions(sets)
    for block in (
        Writer.suppliers,
        Writer.flows_above,
        Writer.flows_at_sites,
        Writer.systems,
        Writer.openings,
        Writer.power,
        Writer.commitments,
    ):
        block(writer)
    writer.model.add_objective(linopy.merge([1 * cost.sum() for cost in writer.cost]))
    seconds["build"] = time.process_time() - started
    started = time.process_time()
    highs = linopy.io.to_highspy(writer.model)
    seconds["handover"] = time.process_time() - started
    return highs
