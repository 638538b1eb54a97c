"""Lagrangian bound of a large model: one block for each site, at given prices.

Sites interact only through what they share: systems finished at plants, units at depots, megawatts
due. Rows over shared quantities are *linking*; every other row belongs to one site, or to the
supply that belongs to no site. If each linking row gets a price and is relaxed, the sites separate,
and the sum of their optima is a bound on every plan, whatever the prices (weak duality; Geoffrion,
Lagrangean relaxation for integer programming, 1974). With integer openings in each site the bound
is stronger than that of the LP relaxation.

No block is larger than one site, so a bound needs the memory of one site's solve.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt
import pulp

from planner.case.case import Case
from planner.case.reduced_case import Pair, restrict_case
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.objectives import present_cost
from planner.model.wholes import crew_links, make_wholes
from planner.solve.highs_model import Index
from planner.solve.highs_options import PRESOLVE_RULES_OFF
from planner.solve.outcome import STATUS, Array
from planner.solve.problem_arrays import ProblemArrays, indices_of
from planner.solve.tuning import DEFAULT_TUNING, Tuning
from planner.tolerance import SEARCH_TOLERANCE

RowKey = tuple[str, tuple[Hashable, ...]]
"""Rule and index of a row."""

SHARED_RULES = frozenset({"milestone", "served_in_all", "budget"})
"""Rules whose rows are linking even if they contain only one site."""

PLACE_POSITION = {
    "install_systems": 0,
    "remove_systems": 0,
    "commissioned_systems": 0,
    "serve_mw": 1,
    "carry_crews": 0,
    "open_halls": 0,
    "opened_halls": 0,
    "open_site": 0,
    "ship_units": 1,
    "stock": 0,
}
"""Position of the hall, site or other place in the key of each decision."""

NO_SITE = -1
"""Block number of columns and rows that belong to no site."""

LINKING = -2
"""Block number of rows that link blocks."""


@dataclass(frozen=True)
class Block:
    """The columns of one site, or of no site, and the rows over these columns alone.

    Attributes
    ----------
    cost, lower, upper : array of float
        Present cost and bounds of each column, shape (columns,).
    openings : array of int
        Indices of the openings, which are integer.
    row_lower, row_upper : array of float
        Bounds of each row, shape (rows,).
    start, index, value : arrays
        Rows in compressed row form.
    link, link_column, link_value : arrays
        Entries of the linking rows: row, column, coefficient.
    pair, day, pair_column : arrays
        Number of the pair of hall and system, day and column of each install.
    """

    cost: Array
    lower: Array
    upper: Array
    openings: Index
    row_lower: Array
    row_upper: Array
    start: Index
    index: Index
    value: Array
    link: Index
    link_column: Index
    link_value: Array
    pair: Index
    day: Index
    pair_column: Index

    def priced(self, prices: Array) -> Array:
        """Return the reduced cost of each column at given prices of the linking rows."""
        worth = np.bincount(self.link_column, self.link_value * prices[self.link], len(self.cost))
        return np.asarray(self.cost - worth, dtype=float)


@dataclass(frozen=True)
class LagrangianBound:
    """Lagrangian bound at given prices.

    Attributes
    ----------
    bound : float
        Lower bound on the cost of every plan, in the objective's unit.
    used : dict of Pair to range
        Days on which some block installs at these prices, by hall and system.
    """

    bound: float
    used: dict[Pair, range]


class SiteBlocks:
    """All blocks of a case whose sites share nothing but supply and commitments.

    Parameters
    ----------
    case
        The case; see `is_separable`.
    threads
        Number of blocks that are solved at the same time.
    ends
        Returns whether time is up; the remaining blocks are then not built.
    tuning
        Tuning numbers.

    Attributes
    ----------
    are_all_there : bool
        Whether every block was built; otherwise there is no bound.
    """

    def __init__(
        self,
        case: Case,
        threads: int = 1,
        ends: Callable[[], bool] = lambda: False,
        tuning: Tuning = DEFAULT_TUNING,
    ) -> None:
        self.case = case
        self.threads = threads
        self.tuning = tuning
        self.pairs = sorted(case.installing)
        self.blocks: list[Block] = []
        self.links: dict[RowKey, int] = {}
        self.sides: list[tuple[float, float]] = []
        self.constant = 0.0
        self.relaxed: list[float] = []
        self.prices = np.zeros(0)
        self.are_all_there = True
        for number, sites in enumerate(_chunks(case, tuning.min_pairs_per_chunk)):
            if ends():
                self.are_all_there = False
                break
            self._state(sites, with_supply=number == 0)

    def bound(
        self,
        prices_of: Mapping[RowKey, float],
        *,
        whole: bool = False,
        gap: float = 0.0,
        ends: Callable[[], bool] = lambda: False,
    ) -> LagrangianBound:
        """Return the Lagrangian bound at given prices.

        Parameters
        ----------
        prices_of
            Price of each linking row; zero if missing.
        whole
            Whether openings are integer in each block.
        gap
            Relative gap to which each block with integer openings is solved.
        ends
            Returns whether time is up. The remaining blocks then count with their LP bounds at the
            same prices; if these are unknown there is no bound.
        """
        if not self.are_all_there:
            return LagrangianBound(-math.inf, {})
        prices, worth = self._usable_prices(prices_of)
        known: list[float] = []
        if np.array_equal(prices, self.prices):
            known = self.relaxed
        options = {
            "threads": self.threads,
            "mip_rel_gap": gap,
            "mip_max_nodes": self.tuning.block_max_nodes,
        }

        def solve(number: int) -> tuple[float, dict[Pair, range]]:
            if ends():
                return (known[number] if known else -math.inf), {}
            block = self.blocks[number]
            least, values = _solve(block, block.priced(prices), options, is_mip=whole)
            return least, self._used(block, values)

        with ThreadPoolExecutor(self.threads) as pool:
            found = list(pool.map(solve, range(len(self.blocks))))
        parts: list[float] = []
        used: dict[Pair, range] = {}
        for least, spans in found:
            parts.append(least)
            used.update(spans)
        if not whole:
            self.relaxed = parts
            self.prices = prices
        return LagrangianBound(math.fsum([self.constant, worth, *parts]), used)

    def _usable_prices(self, prices_of: Mapping[RowKey, float]) -> tuple[Array, float]:
        """Return the price of each linking row, and what the rows' sides are worth at them.

        A price that favours an infinite side would give no bound, so it is set to zero.
        """
        lower, upper = (np.array(side) for side in zip(*self.sides, strict=True))
        prices = np.array([prices_of.get(key, 0.0) for key in self.links])
        prices[(prices > 0) & np.isinf(lower)] = 0.0
        prices[(prices < 0) & np.isinf(upper)] = 0.0
        rising = np.where(prices > 0, prices, 0.0)
        falling = np.where(prices < 0, prices, 0.0)
        # Zero times infinity is not a number.
        worth = rising @ np.where(np.isinf(lower), 0.0, lower)
        worth += falling @ np.where(np.isinf(upper), 0.0, upper)
        return prices, float(worth)

    def _used(self, block: Block, values: Array) -> dict[Pair, range]:
        """Return the days from the first to the last install of a block, by hall and system."""
        if not len(values):
            return {}
        found: dict[Pair, list[int]] = {}
        is_used = values[block.pair_column] > SEARCH_TOLERANCE
        for pair, day in zip(block.pair[is_used], block.day[is_used], strict=True):
            found.setdefault(self.pairs[pair], []).append(int(day))
        return {pair: range(min(at), max(at) + 1) for pair, at in found.items()}

    def _state(self, sites: Sequence[str], *, with_supply: bool) -> None:
        """Build the model of some sites, and split it into blocks."""
        site_of = self.case.facility.site_of
        pairs = [(hall, system) for hall, system in self.pairs if site_of[hall] in sites]
        model = build_model(restrict_case(self.case, pairs))
        if with_supply:
            self.constant = float(present_cost(model).expression.constant)
        chunk = _Chunk(model, sites)
        numbers = {pair: number for number, pair in enumerate(self.pairs)}
        labels = list(range(len(sites)))
        if with_supply:
            # What belongs to no site is a block of its own, once.
            labels.insert(0, NO_SITE)
        for label in labels:
            self.blocks.append(chunk.block(label, self._link, numbers))

    def _link(self, key: RowKey, sides: tuple[float, float]) -> int:
        """Return the number of a linking row."""
        if key not in self.links:
            self.links[key] = len(self.links)
            self.sides.append(sides)
        return self.links[key]


def is_shared_stock(case: Case, key: RowKey) -> bool:
    """Return whether a row is the balance of a stock that supplies sites."""
    rule, index = key
    return rule == "stock_balance" and index[0] not in case.facility.halls_at


def is_separable(case: Case) -> bool:
    """Return whether sites share nothing but supply and commitments.

    Lanes between sites, and power nodes or failover groups over halls of several sites, link them.
    Missed megawatts and paces link them, too, but are not checked here.
    """
    facility = case.facility
    halls_below = facility.tree.halls_below
    for origin, _, _, _ in case.supply.landing:
        if origin in facility.halls_at:
            return False
    linked: list[list[str]] = []
    for halls in halls_below.values():
        linked.append(list(halls))
    for members in facility.tree.groups.values():
        linked.append([hall for node in members for hall in halls_below[node]])
    for group in linked:
        sites = {facility.site_of[hall] for hall in group}
        if len(sites) > 1:
            return False
    return True


def _chunks(case: Case, least: int) -> Iterator[list[str]]:
    """Yield sites in order, in chunks of at least so many pairs of hall and system."""
    pairs: dict[str, int] = dict.fromkeys(case.facility.sites, 0)
    for hall, _ in case.installing:
        pairs[case.facility.site_of[hall]] += 1
    chunk: list[str] = []
    for site in case.facility.sites:
        chunk.append(site)
        if sum(pairs[one] for one in chunk) >= least:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Chunk:
    """The model of some sites as arrays, with the block of each column and row."""

    def __init__(self, model: Model, sites: Sequence[str]) -> None:
        self.model = model
        frame = model.frame
        arrays = ProblemArrays(frame, frame.columns)
        self.lower = arrays.lower
        self.upper = arrays.upper
        self.cost = np.zeros(len(self.lower))
        for variable, amount in present_cost(model).expression.items():
            self.cost[variable.column] = amount
        for missed in model.decisions.missed_mw.values():
            self.upper[missed.column] = 0.0
        self.openings = np.zeros(len(self.lower), dtype=bool)
        self.openings[indices_of(make_wholes(model).openings)] = True
        self.row = np.repeat(np.arange(len(frame.rows)), np.diff(arrays.start))
        self.column = arrays.index
        self.value = arrays.value
        self.row_lower = arrays.row_lower
        self.row_upper = arrays.row_upper
        self._add_links()
        self.label = self._labels(sites)
        self.owner = self._owners()

    def _add_links(self) -> None:
        """Add the rows that bound installs by openings and crews; see `crew_links`."""
        links = crew_links(self.model)
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for number, link in enumerate(links, start=len(self.row_lower)):
            for variable, coefficient in link:
                rows.append(number)
                columns.append(variable.column)
                values.append(coefficient)
        self.row = np.append(self.row, np.array(rows, dtype=self.row.dtype))
        self.column = np.append(self.column, np.array(columns, dtype=self.column.dtype))
        self.value = np.append(self.value, np.array(values, dtype=float))
        self.row_lower = np.append(self.row_lower, np.full(len(links), -np.inf))
        self.row_upper = np.append(self.row_upper, np.zeros(len(links)))

    def _labels(self, sites: Sequence[str]) -> Index:
        """Return the block number of each column."""
        number = {site: at for at, site in enumerate(sites)}
        facility = self.model.case.facility
        site_of = facility.site_of
        label = np.full(len(self.lower), NO_SITE, dtype=np.int32)
        for family, place in PLACE_POSITION.items():
            made: Mapping[tuple[Hashable, ...], pulp.LpVariable] = getattr(
                self.model.decisions,
                family,
            )
            for key, variable in made.items():
                site = str(key[place])
                if family not in ("ship_units", "stock"):
                    site = site_of.get(site, site)
                if site in facility.halls_at:
                    # Columns of a site in another chunk belong to no block of this one.
                    label[variable.column] = number.get(site, len(sites))
        for (group, _, _), variable in self.model.decisions.reserved_mw.items():
            for node in facility.tree.groups[group]:
                # All halls of a group are on one site, see `is_separable`.
                for hall in facility.tree.halls_below[node][:1]:
                    label[variable.column] = number.get(site_of[hall], len(sites))
        return label

    def _owners(self) -> Index:
        """Return the block number of each row; `LINKING` if it belongs to several."""
        labels = self.label[self.column]
        least = np.full(len(self.row_lower), np.iinfo(np.int32).max, dtype=np.int32)
        most = np.full(len(self.row_lower), NO_SITE, dtype=np.int32)
        np.minimum.at(least, self.row, labels)
        np.maximum.at(most, self.row, labels)
        owner = np.where(least == most, least, LINKING).astype(np.int32)
        for row, key in enumerate(self.model.frame.rows):
            if key[0] in SHARED_RULES or is_shared_stock(self.model.case, key):
                owner[row] = LINKING
        return owner

    def block(
        self,
        label: int,
        link: Callable[[RowKey, tuple[float, float]], int],
        numbers: Mapping[Pair, int],
    ) -> Block:
        """Return one block."""
        columns = np.flatnonzero(self.label == label)
        place = _places(columns, len(self.label))
        rows = np.flatnonzero(self.owner == label)
        order = _places(rows, len(self.owner))
        # Terms of the block's own rows, row by row.
        own = np.flatnonzero(order[self.row] >= 0)
        own = own[np.argsort(order[self.row[own]], kind="stable")]
        counts = np.bincount(order[self.row[own]], minlength=len(rows))
        start = np.concatenate([[0], np.cumsum(counts)])
        # Terms of linking rows in the block's columns.
        is_linking = self.owner[self.row] == LINKING
        linking = np.flatnonzero(is_linking & (place[self.column] >= 0))
        link_rows = self.row[linking]
        link_of: dict[int, int] = {}
        for row in np.unique(link_rows):
            sides = self.row_lower[row], self.row_upper[row]
            link_of[row] = link(self.model.frame.rows[row], sides)
        pair, day, pair_column = self._installs(place, numbers)
        return Block(
            cost=self.cost[columns],
            lower=self.lower[columns],
            upper=self.upper[columns],
            openings=np.flatnonzero(self.openings[columns]).astype(np.int32),
            row_lower=self.row_lower[rows],
            row_upper=self.row_upper[rows],
            start=start.astype(np.int32),
            index=place[self.column[own]],
            value=self.value[own],
            link=np.array([link_of[row] for row in link_rows], dtype=np.int32),
            link_column=place[self.column[linking]],
            link_value=self.value[linking],
            pair=pair,
            day=day,
            pair_column=pair_column,
        )

    def _installs(self, place: Index, numbers: Mapping[Pair, int]) -> Index:
        """Return number of the pair, day and column in the block of each install, as three rows."""
        found: list[tuple[int, int, int]] = []
        for (hall, system, day), variable in self.model.decisions.install_systems.items():
            column = int(place[variable.column])
            if column >= 0:
                found.append((numbers[hall, system], day, column))
        return np.array(found, dtype=np.int32).reshape(-1, 3).T


def _places(chosen: npt.NDArray[np.int64], count: int) -> Index:
    """Return the place of each of so many items among the chosen ones; -1 if it is not chosen."""
    place = np.full(count, -1, dtype=np.int32)
    place[chosen] = np.arange(len(chosen))
    return place


def _solve(
    block: Block,
    cost: Array,
    options: Mapping[str, float],
    *,
    is_mip: bool,
) -> tuple[float, Array]:
    """Return the least cost of a block and the point that attains it; openings may be integer."""
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("random_seed", 0)
    solver.setOptionValue("presolve_rule_off", PRESOLVE_RULES_OFF)
    for option, value in options.items():
        solver.setOptionValue(option, value)
    solver.passModel(_as_lp(block, cost))
    count = len(block.openings)
    is_mip = is_mip and count > 0
    if is_mip:
        kinds = np.full(count, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        solver.changeColsIntegrality(count, block.openings, kinds)
    solver.run()
    status = solver.getModelStatus()
    info = solver.getInfo()
    if status == STATUS.kOptimal:
        least = info.mip_dual_bound if is_mip else info.objective_function_value
        return float(least), np.array(solver.getSolution().col_value, dtype=float)
    if is_mip and status == STATUS.kSolutionLimit:
        # The node limit ended it: its bound holds, but it has no optimal point.
        return float(info.mip_dual_bound), np.zeros(0)
    return -math.inf, np.zeros(0)


def _as_lp(block: Block, cost: Array) -> highspy.HighsLp:
    """Return a block as HiGHS takes it."""
    lp = highspy.HighsLp()
    lp.num_col_ = len(cost)
    lp.num_row_ = len(block.row_lower)
    lp.col_cost_ = cost
    lp.col_lower_ = block.lower
    lp.col_upper_ = block.upper
    lp.row_lower_ = block.row_lower
    lp.row_upper_ = block.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = block.start
    lp.a_matrix_.index_ = block.index
    lp.a_matrix_.value_ = block.value
    return lp
