"""Workloads: the tokens they ask for, and what each takes of the systems that may serve it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from planner.case.calendar import HOURS_PER_DAY, Calendar
from planner.workbook.rows import Inputs, Row
from planner.workbook.schema.workload_sheets import TRAINING_CLASSES

MTOK_PER_HOUR = 0.0036
"""Millions of tokens an hour at one token a second."""

WHOLE_DAY = "day"
"""Name of the only block where the day has none."""

DATED_SHEETS = ("token_demand", "throughput", "token_prices")
"""Sheets of which each date begins a span."""


class Kind(NamedTuple):
    """A kind of replica.

    Attributes
    ----------
    owner : str or None
        Commitment on whose megawatts it runs; None: on systems that no commitment uses.
    model : str
    system : str
        System or composite.
    systems_per_replica : int
    """

    owner: str | None
    model: str
    system: str
    systems_per_replica: int


class Path(NamedTuple):
    """A way to serve a request.

    Attributes
    ----------
    prefill, decode : Kind
        Kinds of the replicas that prefill and decode; aggregated if one replica does both.
    prefill_place, decode_place : str or None
        The site of each; of aggregated requests both are the country, None if not known.
    is_aggregated : bool
    """

    prefill: Kind
    prefill_place: str | None
    decode: Kind
    decode_place: str | None
    is_aggregated: bool


class Effort(NamedTuple):
    """What one Mtok of a workload takes on a path, input and output together.

    Attributes
    ----------
    prefill_hours, decode_hours : float
        Replica-hours, with the workload's headroom.
    prefill_max_use, decode_max_use : float
        Most of a replica's time that may be used.
    kv_gb : float
        Gigabytes of KV cache that a link carries; 0 within a site.
    """

    prefill_hours: float
    decode_hours: float
    prefill_max_use: float
    decode_max_use: float
    kv_gb: float


class Span(NamedTuple):
    """Consecutive periods in which tokens are balanced once.

    Attributes
    ----------
    first, last : int
        Its first and last period.
    """

    first: int
    last: int

    @property
    def periods(self) -> range:
        """All its periods."""
        return range(self.first, self.last + 1)

    @property
    def in_service(self) -> range:
        """Periods on whose last day the systems of its replicas are in service.

        The one before is among them: what serves in a span is in service on its first day. Before
        the plan there is no period, so what serves in the plan's first is in service on its last
        day.
        """
        return range(max(0, self.first - 1), self.last + 1)


@dataclass(frozen=True)
class Tokens:
    """Look-ups of the workloads; empty where there are none.

    Attributes
    ----------
    workloads : tuple of str
        All workloads.
    priority : dict of str to int
    commitment : dict of str to str
        Commitment on whose megawatts a workload runs, if any.
    is_online : dict of str to bool
        Whether demand is met in each block, not just within the day.
    spans : tuple of Span
        All spans in order.
    hours : dict of str to float
        Hours of each block.
    demand : dict of (str, str or None, int) to float
        Mtok an hour by workload, block and span; of a batch workload Mtok a day, with block None.
        Missing where nothing is asked for.
    price : dict of (str, int) to float
        Money for one Mtok of a workload, input and output together, by span; missing if it cannot
        be bought.
    efforts : dict of (str, Path, int) to Effort
        Every path of a workload in a span.
    systems_of : dict of Kind to dict of str to int
        Systems in one replica of each kind.
    country_of : dict of str to str or None
        Country of each site.
    links : dict of (str, str) to float
        GB/s that may go from one site to another.
    servable : frozenset of (str, str)
        Pairs of site and system that may serve some workload.
    """

    workloads: tuple[str, ...] = ()
    priority: Mapping[str, int] = field(default_factory=dict)
    commitment: Mapping[str, str] = field(default_factory=dict)
    is_online: Mapping[str, bool] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    hours: Mapping[str, float] = field(default_factory=dict)
    demand: Mapping[tuple[str, str | None, int], float] = field(default_factory=dict)
    price: Mapping[tuple[str, int], float] = field(default_factory=dict)
    efforts: Mapping[tuple[str, Path, int], Effort] = field(default_factory=dict)
    systems_of: Mapping[Kind, Mapping[str, int]] = field(default_factory=dict)
    country_of: Mapping[str, str | None] = field(default_factory=dict)
    links: Mapping[tuple[str, str], float] = field(default_factory=dict)
    servable: frozenset[tuple[str, str]] = frozenset()

    @property
    def priorities(self) -> tuple[int, ...]:
        """Priorities in use, the most important first."""
        return tuple(sorted(set(self.priority.values())))

    def blocks_of(self, workload: str) -> tuple[str | None, ...]:
        """Return the blocks in which a workload's demand is met; None alone: within the day."""
        return tuple(self.hours) if self.is_online[workload] else (None,)

    def hours_of(self, block: str | None) -> float:
        """Return the hours by which demand in a block becomes Mtok a day; 1 within the day."""
        return 1.0 if block is None else self.hours[block]

    def sites_of(self, path: Path, *, decodes: bool) -> tuple[str, ...]:
        """Return the sites at which the replicas of a path that prefill or decode may stand."""
        place = path.decode_place if decodes else path.prefill_place
        if not path.is_aggregated:
            assert place is not None
            return (place,)
        return tuple(site for site, country in self.country_of.items() if country == place)

    def days(self, calendar: Calendar, span: int) -> int:
        """Return the days of a span."""
        return sum(calendar.days(period) for period in self.spans[span].periods)


def make_tokens(
    inputs: Inputs, calendar: Calendar, mw_per_system: Mapping[tuple[str, str, str], float]
) -> Tokens:
    """Return the look-ups of the workloads.

    Parameters
    ----------
    mw_per_system
        As in `Demand`: the systems that each commitment allows at each site.
    """
    if not inputs.tables["workloads"]:
        return Tokens()
    return _TokensBuilder(inputs, calendar, mw_per_system).build()


def make_spans(inputs: Inputs, calendar: Calendar) -> tuple[Span, ...]:
    """Return the spans of a plan.

    A span begins with the plan, with each calendar quarter or month, and with the first period
    from which a date of the token sheets counts.
    """
    months = 3 if inputs.settings["token_period"] == "quarter" else 1
    dates = {row["from"] for sheet in DATED_SHEETS for row in inputs.tables[sheet]} - {None}
    firsts = [0]
    for period in calendar.periods[1:]:
        before, start = calendar.starts[period - 1], calendar.starts[period]
        is_new = _number_of(start, months) != _number_of(before, months)
        if is_new or any(before < day <= start for day in dates):
            firsts.append(period)
    lasts = [*(first - 1 for first in firsts[1:]), calendar.count - 1]
    return tuple(map(Span, firsts, lasts))


def _number_of(day: date, months: int) -> int:
    """Return the number of the quarter or month that contains a day."""
    return (day.year * 12 + day.month - 1) // months


class _Rate(NamedTuple):
    """A row of throughput, as one workload uses it: replica-hours for one Mtok."""

    row: Row
    prefill_hours: float
    decode_hours: float


class _TokensBuilder:
    """Builds the look-ups of the workloads of a workbook."""

    def __init__(
        self,
        inputs: Inputs,
        calendar: Calendar,
        mw_per_system: Mapping[tuple[str, str, str], float],
    ) -> None:
        tables = inputs.tables
        self.inputs, self.calendar = inputs, calendar
        self.spans = make_spans(inputs, calendar)
        every = {row["system"] for row in tables["systems"]}
        self.allowed = {
            (row["commitment"], system)
            for row in tables["commitments"]
            for system in row["systems"] or every
        }
        self.country_of = {row["site"]: row["country"] for row in tables["sites"]}
        self.links = {(row["from"], row["to"]): row["gb_s"] for row in tables["links"]}
        self.parts: dict[str, dict[str, int]] = defaultdict(dict)
        for row in tables["composites"]:
            self.parts[row["composite"]][row["system"]] = row["count"]
        self.rates = tables["throughput"]
        self.hours = {row["block"]: row["hours"] for row in tables["day"]}
        self.load = {row["block"]: row["load"] for row in tables["day"]}
        if not self.hours:
            self.hours, self.load = {WHOLE_DAY: HOURS_PER_DAY}, {WHOLE_DAY: 1.0}
        self.demand: dict[tuple[str, str | None, int], float] = {}
        self.price: dict[tuple[str, int], float] = {}
        self.efforts: dict[tuple[str, Path, int], Effort] = {}
        self.kinds: dict[Kind, dict[str, int]] = {}
        self.hosting = self._hosting()

    def build(self) -> Tokens:
        """Return the look-ups."""
        rows = {row["workload"]: row for row in self.inputs.tables["workloads"]}
        for row in rows.values():
            for number, span in enumerate(self.spans):
                self._add(row, number, self.calendar.starts[span.first])
        servable = {
            (site, system)
            for _, path, _ in self.efforts
            for kind, places in self._places(path)
            for site in places
            for system in self.kinds[kind]
        }
        return Tokens(
            workloads=tuple(rows),
            priority={name: row["priority"] for name, row in rows.items()},
            commitment={name: row["commitment"] for name, row in rows.items() if row["commitment"]},
            is_online={name: row["class"] == "online" for name, row in rows.items()},
            spans=self.spans,
            hours=self.hours,
            demand=self.demand,
            price=self.price,
            efforts=self.efforts,
            systems_of=self.kinds,
            country_of=self.country_of,
            links=self.links,
            servable=frozenset(servable),
        )

    def _hosting(self) -> dict[str, set[str]]:
        """Return the systems for which each site has a hall, or that stand there."""
        every = {row["system"] for row in self.inputs.tables["systems"]}
        site_of = {row["hall"]: row["site"] for row in self.inputs.tables["halls"]}
        hosting: dict[str, set[str]] = defaultdict(set)
        for row in self.inputs.tables["halls"]:
            hosting[row["site"]].update(row["systems"] or every)
        for row in self.inputs.tables["fleet"]:
            hosting[site_of[row["hall"]]].add(row["system"])
        return hosting

    def _add(self, workload: Row, span: int, start: date) -> None:
        """Add the demand, the price and the paths of a workload in a span."""
        asked = _in_force(self.inputs.tables["token_demand"], workload, start)
        total = 0.0 if asked is None else asked["input_mtok_day"] + asked["output_mtok_day"]
        if asked is None or total <= 0:
            return
        name = workload["workload"]
        if workload["class"] == "online":
            for block, load in self.load.items():
                if load > 0:
                    self.demand[name, block, span] = total / HOURS_PER_DAY * load
        else:
            self.demand[name, None, span] = total
        price = _price(_in_force(self.inputs.tables["token_prices"], workload, start), asked)
        if price is not None:
            self.price[name, span] = price
        rates = list(self._usable_rates(workload, asked, start))
        self._add_aggregated(workload, rates, span)
        if workload["class"] not in TRAINING_CLASSES:
            self._add_disaggregated(workload, asked, rates, span)

    def _usable_rates(self, workload: Row, asked: Row, start: date) -> Iterator[_Rate]:
        """Yield the rows of throughput of a workload's model, whatever their speed and TTFT.

        A rate that is not known takes infinitely long.
        """
        total = asked["input_mtok_day"] + asked["output_mtok_day"]
        fresh = asked["input_mtok_day"] * (1 - asked["cached_share"]) / total
        output = asked["output_mtok_day"] / total
        spare = 1.0 + (workload["headroom"] if workload["class"] == "online" else 0.0)
        for row in self._rates_in_force(workload["model"], start):
            if workload["systems"] and row["system"] not in workload["systems"]:
                continue
            if workload["class"] in TRAINING_CLASSES:
                yield _Rate(row, 0.0, _hours(1.0, row["train_tok_s"]))
                continue
            prefill = spare * _hours(fresh, row["prefill_tok_s"])
            yield _Rate(row, prefill, spare * _hours(output, row["decode_tok_s"]))

    def _rates_in_force(self, model: str, start: date) -> Iterable[Row]:
        """Return the latest rate of a model for each system and speed that has begun by a day."""
        latest: dict[tuple[str, float | None], Row] = {}
        for row in self.rates:
            begins = row["from"] or date.min
            if row["model"] != model or begins > start:
                continue
            key = row["system"], row["speed"]
            if key not in latest or begins >= (latest[key]["from"] or date.min):
                latest[key] = row
        return latest.values()

    def _add_aggregated(self, workload: Row, rates: Iterable[_Rate], span: int) -> None:
        """Add the paths on which one replica does both phases, one row of throughput a system."""
        fit = [
            (rate.prefill_hours + rate.decode_hours, rate)
            for rate in rates
            if _is_fast(rate, workload) and _is_early(rate, workload)
        ]
        for system, rate in _best(fit).items():
            kind = self._kind(workload, rate)
            use = rate.row["max_use"]
            effort = Effort(rate.prefill_hours, rate.decode_hours, use, use, 0.0)
            for country in dict.fromkeys(map(self.country_of.get, self._sites(workload, system))):
                path = Path(kind, country, kind, country, True)
                self.efforts[workload["workload"], path, span] = effort

    def _add_disaggregated(
        self, workload: Row, asked: Row, rates: Iterable[_Rate], span: int
    ) -> None:
        """Add the paths on which one replica prefills and another decodes."""
        rates = list(rates)
        prefills = _best((rate.prefill_hours, rate) for rate in rates if _is_early(rate, workload))
        decodes = _best((rate.decode_hours, rate) for rate in rates if _is_fast(rate, workload))
        total = asked["input_mtok_day"] + asked["output_mtok_day"]
        fresh = asked["input_mtok_day"] * (1 - asked["cached_share"]) / total
        for pair in self.inputs.tables["disaggregation"]:
            first, second = prefills.get(pair["prefill"]), decodes.get(pair["decode"])
            if pair["model"] != workload["model"] or first is None or second is None:
                continue
            kinds = self._kind(workload, first), self._kind(workload, second)
            kv_gb = None if pair["kv_kb_per_token"] is None else fresh * pair["kv_kb_per_token"]
            for origin in self._sites(workload, pair["prefill"]):
                for end in self._sites(workload, pair["decode"]):
                    is_linked = (origin, end) in self.links and kv_gb is not None
                    if origin != end and not is_linked:
                        continue
                    sent = 0.0 if origin == end or kv_gb is None else kv_gb
                    path = Path(kinds[0], origin, kinds[1], end, False)
                    self.efforts[workload["workload"], path, span] = Effort(
                        first.prefill_hours,
                        second.decode_hours,
                        first.row["max_use"],
                        second.row["max_use"],
                        sent,
                    )

    def _systems(self, name: str) -> Mapping[str, int]:
        """Return the systems in one of a system or composite."""
        return self.parts.get(name) or {name: 1}

    def _kind(self, workload: Row, rate: _Rate) -> Kind:
        """Return the kind of replica by which a rate serves a workload, and remember it."""
        system, each = rate.row["system"], rate.row["systems_per_replica"]
        systems = self._systems(system)
        owner = workload["commitment"]
        if any((owner, part) not in self.allowed for part in systems):
            owner = None
        kind = Kind(owner, workload["model"], system, each)
        self.kinds[kind] = {part: count * each for part, count in systems.items()}
        return kind

    def _sites(self, workload: Row, system: str) -> list[str]:
        """Return the sites at which a system or composite may serve a workload."""
        countries = workload["countries"]
        return [
            site
            for site, country in self.country_of.items()
            if (not countries or country in countries)
            and self._systems(system).keys() <= self.hosting[site]
        ]

    def _places(self, path: Path) -> Iterator[tuple[Kind, list[str]]]:
        """Yield the kinds of a path with the sites at which each may stand."""
        for kind, place in ((path.prefill, path.prefill_place), (path.decode, path.decode_place)):
            if not path.is_aggregated:
                assert place is not None
                yield kind, [place]
                continue
            parts = self.kinds[kind].keys()
            yield (
                kind,
                [
                    site
                    for site, country in self.country_of.items()
                    if country == place and parts <= self.hosting[site]
                ],
            )


def _in_force(rows: Iterable[Row], workload: Row, day: date) -> Row | None:
    """Return the row of a workload that holds on a day: the last that has begun."""
    name = workload["workload"]
    begun = [row for row in rows if row["workload"] == name and (row["from"] or date.min) <= day]
    return max(begun, key=lambda row: row["from"] or date.min, default=None)


def _price(prices: Row | None, asked: Row) -> float | None:
    """Return the price of one Mtok of a demand; None if part of it has no price."""
    if prices is None:
        return None
    money = 0.0
    for phase in ("input", "output"):
        mtok, price = asked[f"{phase}_mtok_day"], prices[f"buy_{phase}"]
        if mtok > 0 and price is None:
            return None
        money += mtok * (price or 0.0)
    return float(money / (asked["input_mtok_day"] + asked["output_mtok_day"]))


def _hours(share: float, tokens_per_second: float | None) -> float:
    """Return the replica-hours for a share of one Mtok; infinite without a rate."""
    if share <= 0:
        return 0.0
    if tokens_per_second is None:
        return math.inf
    return share / (MTOK_PER_HOUR * tokens_per_second)


def _is_fast(rate: _Rate, workload: Row) -> bool:
    """Return whether a rate keeps the speed of a workload; one that is not known keeps none."""
    return (rate.row["speed"] or 0.0) >= (workload["min_speed"] or 0.0)


def _is_early(rate: _Rate, workload: Row) -> bool:
    """Return whether a rate keeps the TTFT of a workload; one that is not known keeps none."""
    most, ttft = workload["max_ttft_s"], rate.row["ttft_s"]
    return most is None or (ttft is not None and ttft <= most)


def _best(rates: Iterable[tuple[float, _Rate]]) -> dict[str, _Rate]:
    """Return the rate of each system that takes the fewest system-hours; none without a rate."""
    best: dict[str, tuple[float, _Rate]] = {}
    for hours, rate in rates:
        system = rate.row["system"]
        taken = hours * rate.row["systems_per_replica"] / rate.row["max_use"]
        if taken < best.get(system, (math.inf,))[0]:
            best[system] = taken, rate
    return {system: rate for system, (_, rate) in best.items()}
