"""A large model in blocks, one for each site, and what all plans cost at least at given prices.

Sites touch each other only through what they share: systems finished at plants, units at depots,
megawatts due. Rows of what is shared are *linking*; every other row belongs to one site, or to
the supply that belongs to none. If each linking row gets a price and is dropped, the sites fall
apart, and the sum of their optima is a bound that no plan is better than, whatever the prices
(weak duality; Geoffrion, Lagrangean relaxation for integer programming, 1974). With openings
whole in each site the bound is better than that of the linear relaxation.

No block is ever more than a site, so that a bound needs the memory of one site's solve.
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
from planner.case.reduced_case import Pair, narrow
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.objectives import present_cost
from planner.model.wholes import crew_links, make_wholes
from planner.solve.highs_options import RULES_OFF
from planner.solve.outcome import Array
from planner.solve.problem_arrays import Arrays
from planner.tolerance import SEARCH_TOLERANCE

Index = npt.NDArray[np.int32]
RowKey = tuple[str, tuple[Hashable, ...]]
"""Rule and index of a row."""

PAIRS_AT_ONCE = 200
"""Halls and systems that are stated at once; more take memory, and seconds in which nobody asks
whether time is up; fewer state the supply again.
"""

SHARED_RULES = frozenset({"milestone", "served_in_all", "budget"})
"""Rules whose rows are linking even where a single site happens to be in them."""

BLOCK_NODES = 200
"""Nodes spent on the openings of one block."""

PLACE_OF = {
    "install_systems": 0, "remove_systems": 0, "commissioned_systems": 0, "serve_mw": 1,
    "carry_crews": 0,
    "open_halls": 0, "opened_halls": 0, "open_site": 0, "ship_units": 1, "stock": 0,
}  # fmt: skip
"""Where in the key of a decision its hall, site or other place stands."""

NOWHERE = -1
"""Block of what belongs to no site."""


@dataclass(frozen=True)
class Block:
    """The columns of one site, or of none, and the rows that are theirs alone.

    Attributes
    ----------
    cost, lower, upper : array of float
        Present cost and bounds of each column.
    openings : array of int
        Columns of openings, which are whole.
    row_lower, row_upper : array of float
        Sides of each row.
    start, index, value : arrays
        Entries of the rows, row by row.
    link, link_column, link_value : arrays
        Entries of the linking rows: row, column, coefficient.
    pair, day, pair_column : arrays
        Hall and system of each install, by number, its day and its column.
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
        """Return the cost of each column less what its entries in linking rows are worth."""
        worth = np.bincount(self.link_column, self.link_value * prices[self.link], len(self.cost))
        return np.asarray(self.cost - worth, dtype=float)


@dataclass(frozen=True)
class Priced:
    """What blocks are worth at given prices.

    Attributes
    ----------
    bound : float
        No plan costs less, in the objective's unit.
    used : dict of Pair to range
        Halls and systems that some block would install at these prices, and when.
    """

    bound: float
    used: dict[Pair, range]


class Blocks:
    """All blocks of a case whose sites share nothing but supply and commitments.

    Parameters
    ----------
    case
        The case; see `is_separable`.
    threads
        Blocks that are solved at the same time.
    ends
        Says whether time is up; the blocks that are left are not stated then.

    Attributes
    ----------
    are_all_there : bool
        Whether every block was stated; without all there is no bound.
    """

    def __init__(
        self, case: Case, threads: int = 1, ends: Callable[[], bool] = lambda: False
    ) -> None:
        self.case, self.threads = case, threads
        self.pairs = sorted(case.installing)
        self.blocks: list[Block] = []
        self.links: dict[RowKey, int] = {}
        self.sides: list[tuple[float, float]] = []
        self.constant = 0.0
        self.relaxed: list[float] = []
        self.prices = np.zeros(0)
        self.are_all_there = True
        for number, sites in enumerate(_chunks(case)):
            if ends():
                self.are_all_there = False
                break
            self._state(sites, with_supply=number == 0)

    def bound(
        self, prices_of: Mapping[RowKey, float], *, whole: bool = False, gap: float = 0.0,
        ends: Callable[[], bool] = lambda: False,
    ) -> Priced:  # fmt: skip
        """Return what all plans cost at least.

        Parameters
        ----------
        prices_of
            Price of each linking row; none is zero.
        whole
            Whether openings are whole in each block.
        gap
            Part of its value by which the bound of a block with openings may fall short.
        ends
            Says whether time is up: the blocks that are left then count as they did without whole
            numbers at the same prices, or there is no bound.
        """
        if not self.are_all_there:
            return Priced(-math.inf, {})
        lower, upper = (np.array(side) for side in zip(*self.sides, strict=True))
        prices = np.array([prices_of.get(key, 0.0) for key in self.links])
        prices[(prices > 0) & np.isinf(lower)] = 0.0
        prices[(prices < 0) & np.isinf(upper)] = 0.0
        worth = np.where(prices > 0, prices, 0.0) @ np.where(np.isinf(lower), 0.0, lower)
        worth += np.where(prices < 0, prices, 0.0) @ np.where(np.isinf(upper), 0.0, upper)
        known = self.relaxed if np.array_equal(prices, self.prices) else []

        def solve(number: int) -> tuple[float, dict[Pair, range]]:
            if ends():
                return (known[number] if known else -math.inf), {}
            block = self.blocks[number]
            least, values = _solve(block, block.priced(prices), self.threads, whole=whole, gap=gap)
            return least, self._used(block, values)

        with ThreadPoolExecutor(self.threads) as pool:
            found = list(pool.map(solve, range(len(self.blocks))))
        parts = [least for least, _ in found]
        if not whole:
            self.relaxed, self.prices = parts, prices
        used = {pair: span for _, spans in found for pair, span in spans.items()}
        return Priced(math.fsum([self.constant, float(worth), *parts]), used)

    def _used(self, block: Block, values: Array) -> dict[Pair, range]:
        """Return what a block installs, and from when to when."""
        if not len(values):
            return {}
        found: dict[Pair, list[int]] = {}
        is_used = values[block.pair_column] > SEARCH_TOLERANCE
        for pair, day in zip(block.pair[is_used], block.day[is_used], strict=True):
            found.setdefault(self.pairs[pair], []).append(int(day))
        return {pair: range(min(at), max(at) + 1) for pair, at in found.items()}

    def _state(self, sites: Sequence[str], *, with_supply: bool) -> None:
        """State some sites, and take them apart."""
        here = set(sites)
        at = self.case.facility.site_of
        model = build_model(narrow(self.case, [p for p in self.pairs if at[p[0]] in here]))
        if with_supply:
            self.constant = float(present_cost(model).expression.constant)
        chunk = _Chunk(model, sites)
        numbers = {pair: number for number, pair in enumerate(self.pairs)}
        for label in range(0 if not with_supply else NOWHERE, len(sites)):
            self.blocks.append(chunk.block(label, self._link, numbers))

    def _link(self, key: RowKey, sides: tuple[float, float]) -> int:
        if key not in self.links:
            self.links[key] = len(self.links)
            self.sides.append(sides)
        return self.links[key]


def is_shared_stock(case: Case, key: RowKey) -> bool:
    """Return whether a row is the balance of a stock from which sites are supplied."""
    rule, index = key
    return rule == "stock_balance" and index[0] not in case.facility.halls_at


def is_separable(case: Case) -> bool:
    """Return whether sites share nothing but supply and commitments.

    Lanes from site to site, and power nodes or groups with halls of several sites, tie sites
    together; so does a megawatt missed, which is not looked for here, and a pace.
    """
    facility, supply = case.facility, case.supply
    if any(origin in facility.halls_at for origin, _, _, _ in supply.landing):
        return False
    together = [list(halls) for halls in facility.tree.halls_below.values()]
    together += [
        [hall for node in members for hall in facility.tree.halls_below[node]]
        for members in facility.tree.groups.values()
    ]
    return all(len({facility.site_of[hall] for hall in halls}) <= 1 for halls in together)


def _chunks(case: Case) -> Iterator[list[str]]:
    """Yield sites in order, so many at a time that a model of them is small."""
    pairs: dict[str, int] = dict.fromkeys(case.facility.sites, 0)
    for hall, _ in case.installing:
        pairs[case.facility.site_of[hall]] += 1
    chunk: list[str] = []
    for site in case.facility.sites:
        chunk.append(site)
        if sum(pairs[one] for one in chunk) >= PAIRS_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Chunk:
    """Some sites as arrays, with the block of each column and of each row."""

    def __init__(self, model: Model, sites: Sequence[str]) -> None:
        self.model, frame = model, model.frame
        arrays = Arrays(frame, frame.columns)
        self.lower, self.upper = arrays.lower, arrays.upper
        self.cost = np.zeros(len(self.lower))
        for variable, amount in present_cost(model).expression.items():
            self.cost[variable.column] = amount
        for missed in model.decisions.missed_mw.values():
            self.upper[missed.column] = 0.0
        self.openings = np.zeros(len(self.lower), dtype=bool)
        self.openings[[v.column for v in make_wholes(model).openings]] = True
        self.row = np.repeat(np.arange(len(frame.rows)), np.diff(arrays.start))
        self.column, self.value = arrays.index, arrays.value
        self.row_lower, self.row_upper = arrays.row_lower, arrays.row_upper
        self._add_links()
        self.label = self._labels(sites)
        self.owner = self._owners()

    def _add_links(self) -> None:
        """Add the rows that tie installs to openings by what crews can do; see `crew_links`."""
        links = crew_links(self.model)
        rows = len(self.row_lower) + np.arange(len(links))
        self.row = np.concatenate([self.row, np.repeat(rows, [len(link) for link in links])])
        column = [variable.column for link in links for variable, _ in link]
        value = [coefficient for link in links for _, coefficient in link]
        self.column = np.concatenate([self.column, np.array(column, dtype=self.column.dtype)])
        self.value = np.concatenate([self.value, np.array(value, dtype=float)])
        self.row_lower = np.concatenate([self.row_lower, np.full(len(links), -np.inf)])
        self.row_upper = np.concatenate([self.row_upper, np.zeros(len(links))])

    def _labels(self, sites: Sequence[str]) -> Index:
        """Return the block of each column."""
        number = {site: at for at, site in enumerate(sites)}
        facility = self.model.case.facility
        site_of = facility.site_of
        label = np.full(len(self.lower), NOWHERE, dtype=np.int32)
        for family, place in PLACE_OF.items():
            made: Mapping[tuple[Hashable, ...], pulp.LpVariable] = getattr(
                self.model.decisions, family)  # fmt: skip
            for key, variable in made.items():
                name = str(key[place])
                site = site_of.get(name, name) if family not in ("ship_units", "stock") else name
                if site in facility.halls_at:
                    # What stands at a site of another chunk is in no block of this one.
                    label[variable.column] = number.get(site, len(sites))
        for (group, _, _), variable in self.model.decisions.reserved_mw.items():
            for node in facility.tree.groups[group]:
                for hall in facility.tree.halls_below[node][:1]:
                    label[variable.column] = number.get(site_of[hall], len(sites))
        return label

    def _owners(self) -> Index:
        """Return the block of each row; -2 if it is linking."""
        labels = self.label[self.column]
        least = np.full(len(self.row_lower), np.iinfo(np.int32).max, dtype=np.int32)
        most = np.full(len(self.row_lower), NOWHERE, dtype=np.int32)
        np.minimum.at(least, self.row, labels)
        np.maximum.at(most, self.row, labels)
        owner = np.where(least == most, least, -2).astype(np.int32)
        for row, key in enumerate(self.model.frame.rows):
            if key[0] in SHARED_RULES or is_shared_stock(self.model.case, key):
                owner[row] = -2
        return owner

    def block(
        self, label: int, link: Callable[[RowKey, tuple[float, float]], int],
        numbers: Mapping[Pair, int],
    ) -> Block:  # fmt: skip
        """Return one block."""
        columns = np.flatnonzero(self.label == label)
        place = np.full(len(self.label), NOWHERE, dtype=np.int32)
        place[columns] = np.arange(len(columns))
        rows = np.flatnonzero(self.owner == label)
        order = np.full(len(self.owner), NOWHERE, dtype=np.int32)
        order[rows] = np.arange(len(rows))
        own = np.flatnonzero(order[self.row] >= 0)
        own = own[np.argsort(order[self.row[own]], kind="stable")]
        start = np.concatenate(
            [[0], np.cumsum(np.bincount(order[self.row[own]], minlength=len(rows)))]
        )
        linking = np.flatnonzero((self.owner[self.row] == -2) & (place[self.column] >= 0))
        keys = self.model.frame.rows
        link_of = {
            row: link(keys[row], (self.row_lower[row], self.row_upper[row]))
            for row in np.unique(self.row[linking])
        }
        pairs = [(numbers[hall, system], day, place[at])
                 for (hall, system, day), variable in
                 self.model.decisions.install_systems.items()
                 if place[at := variable.column] >= 0]  # fmt: skip
        pair, day, pair_column = np.array(pairs, dtype=np.int32).reshape(-1, 3).T
        return Block(
            self.cost[columns], self.lower[columns], self.upper[columns],
            np.flatnonzero(self.openings[columns]).astype(np.int32),
            self.row_lower[rows], self.row_upper[rows], start.astype(np.int32),
            place[self.column[own]], self.value[own],
            np.array([link_of[row] for row in self.row[linking]], dtype=np.int32),
            place[self.column[linking]], self.value[linking], pair, day, pair_column,
        )  # fmt: skip


def _solve(
    block: Block, cost: Array, threads: int, *, whole: bool, gap: float
) -> tuple[float, Array]:
    """Return the least that a block can cost, and where; openings may be whole."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(cost), len(block.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, block.lower, block.upper
    lp.row_lower_, lp.row_upper_ = block.row_lower, block.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = block.start, block.index
    lp.a_matrix_.value_ = block.value
    solver = highspy.Highs()
    for option, value in (("output_flag", False), ("threads", threads), ("random_seed", 0),
                          ("presolve_rule_off", RULES_OFF),
                          ("mip_rel_gap", gap), ("mip_max_nodes", BLOCK_NODES)):  # fmt: skip
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    is_mip = whole and len(block.openings) > 0
    if is_mip:
        kinds = np.full(len(block.openings), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        solver.changeColsIntegrality(len(kinds), block.openings, kinds)
    solver.run()
    status, info = solver.getModelStatus(), solver.getInfo()
    if status != highspy.HighsModelStatus.kOptimal:
        cut_short = is_mip and status == highspy.HighsModelStatus.kSolutionLimit
        return float(info.mip_dual_bound) if cut_short else -math.inf, np.zeros(0)
    least = info.mip_dual_bound if is_mip else info.objective_function_value
    return float(least), np.array(solver.getSolution().col_value, dtype=float)
