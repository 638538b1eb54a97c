"""The token problem of a workbook, stated anew: which replicas serve, buy or miss which tokens.

It is read straight from the rows, beside `reference.Reference`, which states the megawatts. Each
load, each path and each block has its own decision; nothing is left out because it cannot be good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pulp
from instances import Sheets
from oracle import Aim, NotProvenError, Stated, cbc_optima, highs_optima
from reference import Reference, Terms, summed
from token_cells import (
    LAST_PRIORITY,
    MTOK_H,
    amount,
    day_of,
    in_force,
    megawatt_sheets,
    names_in,
    setting_of,
)

from planner.workbook.reading import inputs_from_rows

HOURS_A_DAY = 24.0
SECONDS_AN_HOUR = 3600.0
TRAINING = ("training", "fine-tuning")
WHOLE_DAY = {"block": "all day", "hours": HOURS_A_DAY, "load": 1.0}
MONTHS = {"month": 1, "quarter": 3}

RawRow = dict[str, object]


def token_reference_of(sheets: Sheets) -> Stated:
    """State the problem of some sheets with workloads anew."""
    reference = TokenReference(sheets)
    return Stated(reference.problem, reference.aims())


def token_optima(sheets: Sheets) -> dict[str, float]:
    """Return the tiers of the best plan, by HiGHS, or by CBC where tiers are held too tightly."""
    try:
        return highs_optima(token_reference_of(sheets))
    except NotProvenError:
        return cbc_optima(token_reference_of(sheets))


@dataclass(frozen=True)
class Kind:
    """Replicas that may help one another out at a site.

    Attributes
    ----------
    owner : str or None
        Commitment on whose megawatts they run.
    model, system : str
        What they serve, and the system or composite that they are made of.
    each : int
        Systems, or composites, of one replica.
    """

    owner: str | None
    model: str
    system: str
    each: int


@dataclass(frozen=True)
class Need:
    """Replica-hours that one Mtok of a path takes of a kind, at a site or anywhere in a country."""

    kind: Kind
    hours: float
    country: object
    site: str | None


@dataclass(frozen=True)
class Path:
    """One way of serving a workload.

    Attributes
    ----------
    needs : tuple of Need
    link : tuple of (str, str) or None
        Sites between which KV caches are sent.
    gb_s : float
        GB/s sent for one Mtok an hour.
    """

    needs: tuple[Need, ...]
    link: tuple[str, str] | None = None
    gb_s: float = 0.0


@dataclass(frozen=True)
class Demand:
    """What a workload asks for in a span, Mtok a day."""

    input: float
    output: float
    fresh: float

    @property
    def all(self) -> float:
        """Return Mtok a day, input and output."""
        return self.input + self.output


def _system_hours(rated: tuple[float, RawRow]) -> float:
    """Return the systems x hours that one Mtok takes of what may be used."""
    hours, row = rated
    return hours * amount(row.get("systems_per_replica"), 1)


class TokenReference(Reference):
    """States the problem of a workbook with workloads."""

    def __init__(self, sheets: Sheets) -> None:
        self.book: dict[str, list[dict[str, Any]]] = dict(sheets)
        self.missed_mtok: list[tuple[int, pulp.LpVariable, float]] = []
        self.loads: dict[tuple[Kind, str, int], pulp.LpVariable] = {}
        super().__init__(inputs_from_rows("reference", megawatt_sheets(sheets)))

    def rows(self, sheet: str) -> list[dict[str, Any]]:
        """Return the rows of a sheet, none if the workbook does not have it."""
        return self.book.get(sheet, [])

    # Megawatts

    def _install(self, hall: str, system: str) -> None:
        """Install a system only in halls that are built for it."""
        if self._fits_hall(hall, system):
            super()._install(hall, system)

    def _fits_hall(self, hall: str, system: str) -> bool:
        (row,) = (row for row in self.rows("halls") if row["hall"] == hall)
        return not names_in(row.get("systems")) or system in names_in(row["systems"])

    def _budget(self) -> None:
        """State the tokens before the budget, which their price counts against."""
        self._tokens()
        super()._budget()

    def aims(self) -> tuple[Aim, ...]:
        """Return what is minimised in turn: after missed megawatts missed tokens, then cost."""
        aims = super().aims()
        left_out = f"missed_mw_months_priority_{LAST_PRIORITY}"
        megawatts = [aim for aim in aims if aim.name.startswith("missed") and aim.name != left_out]
        others = [aim for aim in aims if not aim.name.startswith("missed")]
        most = max((factor for _, _, factor in self.missed_mtok), default=1.0)
        tokens = []
        for priority in sorted({int(amount(row.get("priority"), 1)) for row in self.workloads()}):
            missed = [(c, f / most) for p, c, f in self.missed_mtok if p == priority]
            tokens.append(Aim(f"missed_mtok_priority_{priority}", summed(missed), most))
        return (*megawatts, *tokens, *others)

    # Look-ups

    def workloads(self) -> list[dict[str, Any]]:
        """Return the rows of all workloads."""
        return self.rows("workloads")

    def day(self, number: int) -> date:
        """Return a day of the plan by its number."""
        return self.periods.start + timedelta(days=number)

    def spans(self) -> list[range]:
        """Return the periods of each span.

        One begins with the first period that is not before a date of a token sheet, and with the
        first that is not before each month, or quarter, of the calendar.
        """
        dates = {
            day_of(row.get("from"))
            for sheet in ("token_demand", "throughput", "token_prices")
            for row in self.rows(sheet)
        }
        months = MONTHS[setting_of(self.book, "token_period", "quarter")]
        days = map(self.day, range(self.periods.days))
        dates |= {day for day in days if day.day == 1 and (day.month - 1) % months == 0}
        begins = {0}
        for at in dates - {None}:
            after = [p for p, first in enumerate(self.periods.firsts) if self.day(first) >= at]
            begins |= {after[0]} if after else set()
        firsts = sorted(begins)
        ends = [*firsts[1:], self.periods.count]
        return [range(first, end) for first, end in zip(firsts, ends, strict=True)]

    def blocks(self) -> list[dict[str, Any]]:
        """Return the blocks of the day."""
        return self.rows("day") or [WHOLE_DAY]

    def _idle_fleet(self, hall: str, system: str, period: int) -> Terms:
        """Return what a dedicated fleet holds beyond the systems that serve its commitment."""
        fleet = self.fleet.get((hall, system))
        if fleet is None or fleet["commitment"] is None:
            return []
        owner = fleet["commitment"]
        idle = self.column()
        use: Terms = [(idle, -1.0)]
        served = self.served.get((owner, hall, system, period))
        if served is not None:
            (terms,) = (r for r in self.tables["commitments"] if r["commitment"] == owner)
            use.append((served, -1 / self._mw(terms["basis"], hall, system)))
        self.most(use, -fleet["count"])
        return [(idle, 1.0)]

    def demand(self, workload: RawRow, day: date) -> Demand | None:
        """Return what a workload asks for by a day; None if nothing."""
        rows = [r for r in self.rows("token_demand") if r["workload"] == workload["workload"]]
        row = in_force(rows, day)
        if row is None:
            return None
        into, out = amount(row["input_mtok_day"]), amount(row["output_mtok_day"])
        return Demand(into, out, into * (1 - amount(row.get("cached_share"))))

    def price(self, workload: RawRow, demand: Demand, day: date) -> float | None:
        """Return money for one Mtok of a workload; None if it cannot be bought."""
        rows = [r for r in self.rows("token_prices") if r["workload"] == workload["workload"]]
        row = in_force(rows, day)
        if row is None:
            return None
        money = 0.0
        for mtok, column in ((demand.input, "buy_input"), (demand.output, "buy_output")):
            if mtok and row.get(column) is None:
                return None
            money += mtok * amount(row.get(column))
        return money / demand.all

    def members(self, system: str) -> dict[str, int]:
        """Return the systems that a system or composite consists of."""
        parts = {
            str(row["system"]): int(amount(row["count"]))
            for row in self.rows("composites")
            if row["composite"] == system
        }
        return parts or {system: 1}

    def at_sites(self, workload: RawRow, system: str) -> list[str]:
        """Return the sites at which a system or composite may serve a workload."""
        countries, systems = names_in(workload.get("countries")), names_in(workload.get("systems"))
        if systems and system not in systems:
            return []
        found = []
        for name, site in self.sites.items():
            halls = [hall for hall, row in self.halls.items() if row["site"] == name]
            stands = all(
                any(self._fits_hall(hall, member) for hall in halls)
                for member in self.members(system)
            )
            if stands and (not countries or site["country"] in countries):
                found.append(name)
        return found

    def owner(self, workload: RawRow, system: str) -> str | None:
        """Return the commitment on whose megawatts a system serves a workload."""
        for row in self.rows("commitments"):
            allowed = names_in(row.get("systems"))
            if row["commitment"] == workload.get("commitment"):
                may = not allowed or set(self.members(system)) <= allowed
                return str(row["commitment"]) if may else None
        return None

    def rated(self, model: object, system: str, day: date) -> list[RawRow]:
        """Return the rates of a model on a system that hold on a day, one for each speed."""
        rows = [
            row
            for row in self.rows("throughput")
            if (row["model"], row["system"]) == (model, system)
        ]
        of_speed: dict[float, list[RawRow]] = defaultdict(list)
        for row in rows:
            of_speed[amount(row.get("speed"), -1.0)].append(row)
        held = [in_force(of_one, day) for of_one in of_speed.values()]
        return [row for row in held if row is not None]

    # Paths

    def paths(self, workload: RawRow, demand: Demand, day: date) -> Iterator[Path]:
        """Yield every way of serving a workload."""
        systems = sorted({row["system"] for row in self.rows("throughput")})
        for system in systems:
            yield from self._aggregated(workload, demand, day, system)
        if workload.get("class") in TRAINING:
            return
        for row in self.rows("disaggregation"):
            if row["model"] == workload["model"]:
                yield from self._disaggregated(workload, demand, day, row)

    def _aggregated(
        self, workload: RawRow, demand: Demand, day: date, system: str
    ) -> Iterator[Path]:
        rows = [
            (hours, row)
            for row in self.rated(workload["model"], system, day)
            if (hours := self._hours(workload, demand, row)) is not None
            and self._fast(workload, row)
            and self._prompt(workload, row)
        ]
        if not rows:
            return
        hours, row = min(rows, key=_system_hours)
        kind = self._kind(workload, system, row)
        sites = self.at_sites(workload, system)
        for country in dict.fromkeys(self.sites[site]["country"] for site in sites):
            yield Path((Need(kind, hours, country, None),))

    def _disaggregated(
        self, workload: RawRow, demand: Demand, day: date, pair: RawRow
    ) -> Iterator[Path]:
        found = []
        for role, good in (("prefill", self._prompt), ("decode", self._fast)):
            system = str(pair[role])
            rows = [
                (hours, row)
                for row in self.rated(workload["model"], system, day)
                if (hours := self._phase(workload, demand, row, role)) is not None
                and good(workload, row)
            ]
            if not rows:
                return
            hours, row = min(rows, key=_system_hours)
            found.append((self._kind(workload, system, row), hours))
        (fills, fill), (decodes, decode) = found
        links = {(str(row["from"]), str(row["to"])) for row in self.rows("links")}
        if pair.get("kv_kb_per_token") is None:
            links = set()
        share = demand.fresh / demand.all * amount(pair.get("kv_kb_per_token")) / SECONDS_AN_HOUR
        for one in self.at_sites(workload, fills.system):
            for other in self.at_sites(workload, decodes.system):
                if one != other and (one, other) not in links:
                    continue
                here, there = self.sites[one]["country"], self.sites[other]["country"]
                needs = Need(fills, fill, here, one), Need(decodes, decode, there, other)
                yield Path(needs) if one == other else Path(needs, (one, other), share)

    def _kind(self, workload: RawRow, system: str, row: RawRow) -> Kind:
        each = int(amount(row.get("systems_per_replica"), 1))
        return Kind(self.owner(workload, system), str(workload["model"]), system, each)

    def _fast(self, workload: RawRow, row: RawRow) -> bool:
        return amount(row.get("speed")) >= amount(workload.get("min_speed"))

    def _prompt(self, workload: RawRow, row: RawRow) -> bool:
        most = workload.get("max_ttft_s")
        return most is None or (
            row.get("ttft_s") is not None and amount(row["ttft_s"]) <= amount(most)
        )

    def _hours(self, workload: RawRow, demand: Demand, row: RawRow) -> float | None:
        """Return replica-hours for one Mtok in one replica; None if it cannot."""
        if workload.get("class") in TRAINING:
            rate = amount(row.get("train_tok_s"))
            return 1 / (MTOK_H * rate) / amount(row.get("max_use"), 1) if rate else None
        parts = [self._phase(workload, demand, row, role) for role in ("prefill", "decode")]
        return None if None in parts else sum(part for part in parts if part is not None)

    def _phase(self, workload: RawRow, demand: Demand, row: RawRow, role: str) -> float | None:
        """Return replica-hours of one phase for one Mtok; None if there is no rate for it."""
        tokens = demand.fresh if role == "prefill" else demand.output
        if tokens == 0:
            return 0.0
        rate = amount(row.get(f"{role}_tok_s"))
        if not rate:
            return None
        spare = 1 + (amount(workload.get("headroom")) if self._online(workload) else 0.0)
        return spare * tokens / demand.all / (MTOK_H * rate) / amount(row.get("max_use"), 1)

    def _online(self, workload: RawRow) -> bool:
        return (workload.get("class") or "online") == "online"

    # Rules

    def _tokens(self) -> None:
        """State the tokens of every span."""
        for span in self.spans():
            self._span(span)
        self._systems()

    def _span(self, span: range) -> None:
        first = span[0]
        worked: dict[tuple[Kind, object, str | None, str], Terms] = defaultdict(list)
        sent: dict[tuple[tuple[str, str], str], Terms] = defaultdict(list)
        for workload in self.workloads():
            day = self.day(self.periods.firsts[first])
            demand = self.demand(workload, day)
            if demand is None or demand.all == 0:
                continue
            served: dict[str, Terms] = defaultdict(list)
            for path in self.paths(workload, demand, day):
                for block in self.blocks():
                    name, serve = str(block["block"]), self.column()
                    served[name].append((serve, 1.0))
                    for need in path.needs:
                        hours = (serve, need.hours)
                        worked[need.kind, need.country, None, name].append(hours)
                        if need.site is not None:
                            worked[need.kind, need.country, need.site, name].append(hours)
                    if path.link is not None:
                        sent[path.link, name].append((serve, path.gb_s))
            self._meet(workload, demand, span, served)
        self._work(span, worked)
        for (link, _), carried in sent.items():
            (row,) = (r for r in self.rows("links") if (r["from"], r["to"]) == link)
            self.most(carried, amount(row["gb_s"]))

    def _meet(
        self, workload: RawRow, demand: Demand, span: range, served: dict[str, Terms]
    ) -> None:
        """Serve, buy or miss what a workload asks for, by block or in all of a day."""
        price = self.price(workload, demand, self.day(self.periods.firsts[span[0]]))
        asked: list[tuple[Terms, float, float]] = []
        if self._online(workload):
            for block in self.blocks():
                mtok = demand.all / HOURS_A_DAY * amount(block["load"])
                asked.append((list(served[str(block["block"])]), mtok, amount(block["hours"])))
        else:
            hours = {str(block["block"]): amount(block["hours"]) for block in self.blocks()}
            of_day = [(c, f * hours[name]) for name, terms in served.items() for c, f in terms]
            asked.append((of_day, demand.all, 1.0))
        for terms, mtok, hours_a_day in asked:
            missed = self.column()
            met = [*terms, (missed, 1.0)]
            if price is not None:
                bought = self.column()
                met.append((bought, 1.0))
                for period in span:
                    each = price * hours_a_day * self._days(period)
                    self.spend("tokens", self.periods.firsts[period], [(bought, each)])
            self.problem += pulp.LpConstraint(summed(met), pulp.LpConstraintEQ, rhs=mtok)
            days = sum(self._days(period) for period in span)
            priority = int(amount(workload.get("priority"), 1))
            self.missed_mtok.append((priority, missed, days * hours_a_day))

    def _days(self, period: int) -> int:
        return self.periods.lasts[period] - self.periods.firsts[period] + 1

    def _work(self, span: range, worked: dict[tuple[Kind, object, str | None, str], Terms]) -> None:
        """Keep replica-hours within the replicas of a country, and of a site where it is named."""
        for (kind, country, site, _), hours in worked.items():
            there = [site] if site is not None else self._standing(kind, country)
            loads = [(self._load(kind, place, span[0]), -1.0) for place in there]
            self.most([*hours, *loads], 0.0)

    def _standing(self, kind: Kind, country: object) -> list[str]:
        """Return the sites of a country at which replicas of a kind can stand."""
        anywhere: RawRow = {}
        sites = self.at_sites(anywhere, kind.system)
        return [site for site in sites if self.sites[site]["country"] == country]

    def _load(self, kind: Kind, site: str, first: int) -> pulp.LpVariable:
        if (kind, site, first) not in self.loads:
            self.loads[kind, site, first] = self.column(whole=self.whole)
        return self.loads[kind, site, first]

    def _systems(self) -> None:
        """Load replicas on a commitment's systems, or on those that no commitment uses."""
        periods = {span[0]: span for span in self.spans()}
        taken: dict[tuple[str | None, str, str, int, int], Terms] = defaultdict(list)
        for (kind, site, first), load in self.loads.items():
            for member, count in self.members(kind.system).items():
                for period in range(max(0, first - 1), periods[first][-1] + 1):
                    key = kind.owner, site, member, first, period
                    taken[key].append((load, count * kind.each))
        for (owner, site, system, _, period), loads in taken.items():
            used, free = [], 0.0
            for hall, row in self.halls.items():
                if row["site"] != site:
                    continue
                for (name, at, of, when), served in self.served.items():
                    if (at, of, when) == (hall, system, period) and owner in (None, name):
                        (terms,) = (
                            r for r in self.tables["commitments"] if r["commitment"] == name
                        )
                        each = 1 / self._mw(terms["basis"], hall, system)
                        used.append((served, each if owner is None else -each))
                if owner is None:
                    used += self._idle_fleet(hall, system, period)
                    there, firm = self.serving(hall, system, self.periods.lasts[period])
                    used += [(column, -count) for column, count in there]
                    free += firm
            self.most([*loads, *used], free)
