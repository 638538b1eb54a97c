"""The best plan of a tiny workbook of tokens, found by trying every whole number of replicas.

For each number of systems that may stand at each site, in each period, and each number of replicas
that they may make, in each span, what is left is a small linear problem of a typical day. It knows
only open halls of one limit, systems of one size, prices, and one commitment of one system at one
site; `random_tokens.token_case` makes such workbooks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import product
from math import floor
from typing import Any, NamedTuple

import highspy
from instances import Sheets
from token_cells import amount, day_of, names_in, plan_days, setting_of

MOST_CHOICES = 4000
"""Most numbers of replicas tried in one span; more take too long."""

EXACT = 6
"""Decimals to which missed tokens are compared."""

SECONDS_AN_HOUR = 3600

Pool = tuple[str | None, str, str, int, str]
"""Owner, model, system or composite, systems a replica, site."""

Stand = tuple[tuple[str, str], ...]


class TooManyError(Exception):
    """There are more choices than can be tried."""


class Column(NamedTuple):
    """A flow of tokens in the linear problem of a day.

    Attributes
    ----------
    workload, block : str
    kind : str
        ``serve``, ``buy`` or ``miss``.
    uses : tuple
        Kind of replica, set of sites, and replica-hours for one Mtok.
    link : tuple of (str, str) or None
    gb : float
        GB/s for one Mtok an hour.
    """

    workload: str
    block: str
    kind: str
    uses: tuple[tuple[tuple[Any, ...], tuple[str, ...], float], ...] = ()
    link: tuple[str, str] | None = None
    gb: float = 0.0


@dataclass
class TinyTokens:
    """A tiny workbook of tokens."""

    sheets: Sheets
    problems: dict[int, DayProblem] = field(default_factory=dict)

    def get(self, sheet: str) -> list[dict[str, Any]]:
        """Return the rows of a sheet."""
        return list(self.sheets.get(sheet, []))

    @cached_property
    def starts(self) -> list[date]:
        """First day of each period, and of the one after."""
        return plan_days(self.sheets)

    @cached_property
    def spans(self) -> list[list[int]]:
        """Periods of each span; all are months, so a quarter holds the two of a plan."""
        dated = {
            day_of(row.get("from"))
            for name in ("token_demand", "token_prices", "throughput")
            for row in self.get(name)
        }
        spans: list[list[int]] = []
        monthly = setting_of(self.sheets, "token_period", "quarter") == "month"
        for period, start in enumerate(self.starts[:-1]):
            if not spans or monthly or start in dated:
                spans.append([])
            spans[-1].append(period)
        return spans

    @cached_property
    def sites(self) -> list[str]:
        """All sites; each has one open hall."""
        return [str(row["site"]) for row in self.get("halls")]

    def hall(self, site: str) -> dict[str, Any]:
        """Return the hall of a site."""
        return next(row for row in self.get("halls") if row["site"] == site)

    def country(self, site: str) -> str:
        """Return the country of a site."""
        return next(str(row["country"]) for row in self.get("sites") if row["site"] == site)

    def parts(self, server: str) -> dict[str, int]:
        """Return what a system or composite consists of."""
        rows = [row for row in self.get("composites") if row["composite"] == server]
        return {str(row["system"]): int(row["count"]) for row in rows} if rows else {server: 1}

    @cached_property
    def stands(self) -> list[Stand]:
        """Every number of systems at each site that its hall takes; by site, then system."""
        names = [str(row["system"]) for row in self.get("systems")]
        kw = float(self.get("systems")[0]["power_kw"])
        by_site = []
        for site in self.sites:
            hall = self.hall(site)
            room = floor(float(hall["it_mw"]) * 1000 / kw + 1e-9)
            allowed = names_in(hall.get("systems"))
            most = [room if not allowed or name in allowed else 0 for name in names]
            counts = product(*(range(most_of + 1) for most_of in most))
            by_site.append([count for count in counts if sum(count) <= room])
        return [tuple(n for count in counts for n in count) for counts in product(*by_site)]

    @cached_property
    def keys(self) -> list[tuple[str, str]]:
        """Site and system of each number in a `Stand`."""
        return [(site, str(row["system"])) for site in self.sites for row in self.get("systems")]

    # The commitment

    @cached_property
    def gold(self) -> tuple[str, str, float] | None:
        """Site, system and systems that the only commitment asks for."""
        if not self.get("commitments"):
            return None
        kw = float(self.get("systems")[0]["power_kw"])
        (milestone,), (terms,) = self.get("milestones"), self.get("commitments")
        assert len(self.sites) == 1 and terms["systems"]
        return self.sites[0], str(terms["systems"]), float(milestone["mw"]) * 1000 / kw

    def owned(self, server: str) -> bool:
        """Whether the commitment allows all that a server consists of."""
        return self.gold is not None and set(self.parts(server)) == {self.gold[1]}

    # The linear problem of a day

    def columns(self, span: int) -> Iterator[Column]:
        """Yield all flows of a span's day."""
        day = self.starts[self.spans[span][0]]
        blocks = [str(row["block"]) for row in self.get("day")] or ["always"]
        for work in self.get("workloads"):
            asked = self.asked(work, day)
            if asked is None:
                continue
            name = str(work["workload"])
            is_online = work["class"] == "online"
            ways = [*self._alone(work, asked, day), *self._together(work, asked, day)]
            for uses, link, gb in ways:
                for block in blocks:
                    yield Column(name, block, "serve", uses, link, gb)
            for block in blocks if is_online else ["of the day"]:
                yield Column(name, block, "miss")
                if self.price(work, asked, day) is not None:
                    yield Column(name, block, "buy")

    def asked(self, work: dict[str, Any], day: date) -> tuple[float, float, float] | None:
        """Return input, output and fresh input of a day."""
        found = None
        for row in sorted(self.get("token_demand"), key=lambda row: str(row["from"])):
            since = day_of(row["from"])
            if row["workload"] == work["workload"] and since is not None and since <= day:
                into, out = float(row["input_mtok_day"]), float(row["output_mtok_day"])
                found = into, out, into - into * float(row["cached_share"])
        return found

    def price(
        self, work: dict[str, Any], asked: tuple[float, float, float], day: date
    ) -> float | None:
        """Return money for one Mtok."""
        found = None
        for row in sorted(self.get("token_prices"), key=lambda row: str(row["from"])):
            since = day_of(row["from"])
            if row["workload"] == work["workload"] and since is not None and since <= day:
                money = float(row["buy_input"]) * asked[0] + float(row["buy_output"]) * asked[1]
                found = money / (asked[0] + asked[1])
        return found

    def _rows(
        self, work: dict[str, Any], server: str, day: date, *, quick: bool, soon: bool
    ) -> list[dict[str, Any]]:
        """Return rates of a server; those that are quick enough, answer soon enough, or both.

        The last row of a speed that has begun takes the place of those before it.
        """
        held: dict[object, dict[str, Any]] = {}
        for row in sorted(self.get("throughput"), key=lambda row: str(row["from"])):
            since = day_of(row["from"])
            is_ours = (row["model"], row["system"]) == (work["model"], server)
            if is_ours and (since is None or since <= day):
                held[row["speed"]] = row
        found = []
        for row in held.values():
            if quick and amount(row["speed"]) < amount(work.get("min_speed")):
                continue
            if soon and amount(row["ttft_s"]) > amount(work.get("max_ttft_s"), 1e9):
                continue
            found.append(row)
        return found

    def _replica_hours(
        self,
        work: dict[str, Any],
        asked: tuple[float, float, float],
        row: dict[str, Any],
        *phases: str,
    ) -> float | None:
        """Return replica-hours of some phases of one Mtok, over the share that may be used."""
        into, out, fresh = asked
        tokens = {"prefill": fresh, "decode": out, "train": into + out}
        spare = float(work.get("headroom", 0)) if work["class"] == "online" else 0.0
        seconds = 0.0
        for phase in phases:
            million = 1e6 * tokens[phase] / (into + out)
            if million > 0 and not row.get(f"{phase}_tok_s"):
                return None
            if million > 0:
                seconds += million / float(row[f"{phase}_tok_s"])
        return seconds / SECONDS_AN_HOUR * (1 + spare) / float(row["max_use"])

    def _where(self, work: dict[str, Any], server: str) -> list[str]:
        systems, countries = names_in(work.get("systems")), names_in(work.get("countries"))
        if systems and server not in systems:
            return []
        sites = []
        for site in self.sites:
            built = names_in(self.hall(site).get("systems"))
            stands = not built or all(part in built for part in self.parts(server))
            if stands and (not countries or self.country(site) in countries):
                sites.append(site)
        return sites

    def _best(
        self,
        work: dict[str, Any],
        asked: tuple[float, float, float],
        server: str,
        rows: Iterable[dict[str, Any]],
        *phases: str,
    ) -> tuple[tuple[Any, ...], float] | None:
        """Return kind and replica-hours of the row that takes the fewest system-hours."""
        found = []
        for row in rows:
            hours = self._replica_hours(work, asked, row, *phases)
            if hours is not None:
                found.append((hours * int(row["systems_per_replica"]), hours, row))
        if not found:
            return None
        _, hours, row = min(found, key=lambda one: one[0])
        mine = work.get("commitment") is not None and self.owned(server)
        owner = work["commitment"] if mine else None
        return (owner, work["model"], server, int(row["systems_per_replica"])), hours

    def _alone(
        self, work: dict[str, Any], asked: tuple[float, float, float], day: date
    ) -> Iterator[tuple[Any, ...]]:
        phases = ("train",) if work["class"] == "training" else ("prefill", "decode")
        for server in sorted({str(row["system"]) for row in self.get("throughput")}):
            rows = self._rows(work, server, day, quick=True, soon=True)
            best = self._best(work, asked, server, rows, *phases)
            if best is None:
                continue
            for country in sorted({self.country(site) for site in self._where(work, server)}):
                there = tuple(site for site in self.sites if self.country(site) == country)
                yield ((best[0], there, best[1]),), None, 0.0

    def _together(
        self, work: dict[str, Any], asked: tuple[float, float, float], day: date
    ) -> Iterator[tuple[Any, ...]]:
        if work["class"] == "training":
            return
        links = {(row["from"], row["to"]) for row in self.get("links")}
        for pair in self.get("disaggregation"):
            if pair["model"] != work["model"]:
                continue
            one, other = str(pair["prefill"]), str(pair["decode"])
            soon = self._rows(work, one, day, quick=False, soon=True)
            quick = self._rows(work, other, day, quick=True, soon=False)
            first = self._best(work, asked, one, soon, "prefill")
            second = self._best(work, asked, other, quick, "decode")
            if first is None or second is None:
                continue
            gb_an_hour = asked[2] / (asked[0] + asked[1]) * float(pair["kv_kb_per_token"])
            for here in self._where(work, one):
                for there in self._where(work, other):
                    uses = ((first[0], (here,), first[1]), (second[0], (there,), second[1]))
                    if here == there:
                        yield uses, None, 0.0
                    elif (here, there) in links:
                        yield uses, (here, there), gb_an_hour / SECONDS_AN_HOUR

    def pools(self, span: int) -> list[Pool]:
        """Return the replicas of which there is a number to choose, by site."""
        found = set()
        for column in self.columns(span):
            for kind, sites, _ in column.uses:
                for site in sites:
                    built = names_in(self.hall(site).get("systems"))
                    if not built or set(self.parts(kind[2])) <= built:
                        found.add((*kind, site))
        return sorted(found, key=str)

    def taken(self, pool: Pool) -> dict[tuple[str, str], int]:
        """Return the systems that one replica of a pool takes."""
        return {(pool[4], part): pool[3] * n for part, n in self.parts(pool[2]).items()}

    def choices(self, span: int) -> Iterator[tuple[int, ...]]:
        """Yield every number of replicas that the halls can hold."""
        pools = self.pools(span)
        most = {key: max(stand[n] for stand in self.stands) for n, key in enumerate(self.keys)}
        ranges = []
        count = 1
        for pool in pools:
            top = min(most[key] // n for key, n in self.taken(pool).items())
            ranges.append(range(top + 1))
            count *= top + 1
        if count > MOST_CHOICES:
            raise TooManyError(f"{count} choices")
        yield from product(*ranges)

    # The best of all

    def best(self) -> dict[str, float]:
        """Return the tiers of the best plan."""
        price = {row["system"]: float(row["price"]) for row in self.get("systems")}
        site_of = {row["hall"]: row["site"] for row in self.get("halls")}
        fleet = {
            (site_of[row["hall"]], row["system"]): int(row["count"]) for row in self.get("fleet")
        }
        first = tuple(fleet.get(key, 0) for key in self.keys)
        worth = [price[system] for _, system in self.keys]
        # Best by what stands at the end of a period, over all periods so far. What a
        # span's replicas take must stand at the end of each of its periods, and of the one
        # before, so that it is there on the first day; before the plan there is no period.
        nothing = (0.0,) * (2 + len(self.priorities))
        reached: dict[Stand, tuple[float, ...]] = {first: nothing}
        for span, periods in enumerate(self.spans):
            best: dict[Stand, tuple[float, ...]] = {}
            for enough, day in self._by_need(span).items():
                after = {s: v for s, v in reached.items() if span == 0 or s in enough}
                for _ in periods:
                    after = self._onward(after, enough, worth)
                for stand, so_far in after.items():
                    total = _sum(so_far, (0.0, *day))
                    if stand not in best or total < best[stand]:
                        best[stand] = total
            reached = best
        return self._named(min(reached.values()))

    def _onward(
        self,
        reached: dict[Stand, tuple[float, ...]],
        enough: frozenset[Stand],
        worth: list[float],
    ) -> dict[Stand, tuple[float, ...]]:
        """Return the best by what stands after one more period, of stands that are enough."""
        found: dict[Stand, tuple[float, ...]] = {}
        for before, so_far in reached.items():
            for stand in enough:
                new = sum(max(0, n - b) * w for n, b, w in zip(stand, before, worth, strict=True))
                tokens = (0.0,) * len(self.priorities)
                total = _sum(so_far, (self._missed_mw(stand), *tokens, new))
                if stand not in found or total < found[stand]:
                    found[stand] = total
        return found

    def _served(self, stand: Stand) -> float:
        """Return the systems that serve the commitment."""
        if self.gold is None:
            return 0.0
        site, system, due = self.gold
        return float(min(due, dict(zip(self.keys, stand, strict=True))[site, system]))

    def _missed_mw(self, stand: Stand) -> float:
        """Return the MW of the commitment that a stand misses."""
        if self.gold is None:
            return 0.0
        kw = float(self.get("systems")[0]["power_kw"])
        return (self.gold[2] - self._served(stand)) * kw / 1000

    def _named(self, total: tuple[float, ...]) -> dict[str, float]:
        names = ["missed_mw_months_priority_1"] if self.gold else []
        names += [f"missed_mtok_priority_{p}" for p in self.priorities]
        values = total if self.gold else total[1:]
        return dict(zip([*names, "present_cost"], values, strict=True))

    @cached_property
    def priorities(self) -> list[int]:
        """All priorities, the first first."""
        return sorted({int(amount(row.get("priority"), 1)) for row in self.get("workloads")})

    def _by_need(self, span: int) -> dict[frozenset[Stand], tuple[float, ...]]:
        """Return the best of a span by the stands that are enough for it: Mtok missed, money."""
        problem = DayProblem(self, span)
        days = sum((self.starts[p + 1] - self.starts[p]).days for p in self.spans[span])
        table: dict[frozenset[Stand], tuple[float, ...]] = {}
        for choice in self.choices(span):
            needs: dict[tuple[str, str, bool], int] = {}
            for pool, count in zip(problem.pools, choice, strict=True):
                for (site, system), each in self.taken(pool).items():
                    key = site, system, pool[0] is not None
                    needs[key] = needs.get(key, 0) + each * count
            enough = frozenset(
                stand
                for stand in self.stands
                if self._fits(needs, dict(zip(self.keys, stand, strict=True)), self._served(stand))
            )
            if enough:
                day = tuple(days * part for part in problem.solve(choice))
                table[enough] = min(day, table.get(enough, day))
        return table

    def _fits(
        self,
        needs: dict[tuple[str, str, bool], int],
        there: dict[tuple[str, str], int],
        served: float,
    ) -> bool:
        for (site, system, is_owned), count in needs.items():
            room: float = there[site, system]
            if is_owned:
                room = served
            elif self.gold is not None and self.gold[1] == system:
                room -= served
            if count > room + 1e-9:
                return False
        return True


def _sum(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    """Return the sum of two values of the tiers."""
    return tuple(round(a + b, EXACT) for a, b in zip(one, other, strict=True))


class DayProblem:
    """The linear problem of a typical day of a span, for any number of replicas."""

    def __init__(self, tiny: TinyTokens, span: int) -> None:
        self.tiny, self.pools = tiny, tiny.pools(span)
        self.columns = list(tiny.columns(span))
        day = tiny.starts[tiny.spans[span][0]]
        self.hours = {str(row["block"]): float(row["hours"]) for row in tiny.get("day")}
        self.hours |= {"of the day": 1.0} if self.hours else {"of the day": 1.0, "always": 24.0}
        self.work = {str(row["workload"]): row for row in tiny.get("workloads")}
        self.solver = highspy.Highs()
        self.solver.setOptionValue("output_flag", False)
        for option in ("primal_feasibility_tolerance", "dual_feasibility_tolerance"):
            self.solver.setOptionValue(option, 1e-10)
        for _ in self.columns:
            self.solver.addVar(0.0, highspy.kHighsInf)
        self._demands(day)
        self._links()
        self._replicas()
        self.aims = [self._missed(priority) for priority in tiny.priorities]
        self.held = []
        for aim in self.aims:
            self.held.append(self._row(-highspy.kHighsInf, highspy.kHighsInf, aim))
        self.money = self._bought(day)

    def _row(self, least: float, most: float, row: dict[int, float]) -> int:
        self.solver.addRow(least, most, len(row), list(row), list(row.values()))
        return int(self.solver.getNumRow()) - 1

    def _demands(self, day: date) -> None:
        loads = {str(row["block"]): float(row["load"]) for row in self.tiny.get("day")}
        for name, work in self.work.items():
            asked = self.tiny.asked(work, day)
            if asked is None:
                continue
            mine = [(n, c) for n, c in enumerate(self.columns) if c.workload == name]
            blocks = {c.block for _, c in mine if c.kind == "miss"}
            for block in sorted(blocks):
                whole_day = block == "of the day"
                row = {
                    n: self.hours[c.block] if whole_day and c.kind == "serve" else 1.0
                    for n, c in mine
                    if whole_day or c.block == block
                }
                mtok = asked[0] + asked[1]
                due = mtok if whole_day else mtok / 24 * loads.get(block, 1.0)
                self._row(due, due, row)

    def _links(self) -> None:
        for link in self.tiny.get("links"):
            for block in self.hours:
                row = {
                    n: column.gb
                    for n, column in enumerate(self.columns)
                    if column.link == (link["from"], link["to"]) and column.block == block
                }
                if row:
                    self._row(-highspy.kHighsInf, float(link["gb_s"]), row)

    def _replicas(self) -> None:
        """Add a row for each set of sites and kind of replica; its limit is set later."""
        self.limits: list[tuple[int, list[int]]] = []
        countries = {
            self.tiny.country(site): tuple(
                s for s in self.tiny.sites if self.tiny.country(s) == self.tiny.country(site)
            )
            for site in self.tiny.sites
        }
        groups = {*countries.values(), *((site,) for site in self.tiny.sites)}
        kinds = {pool[:4] for pool in self.pools}
        for kind, group, block in product(kinds, groups, self.hours):
            row: dict[int, float] = {}
            for n, column in enumerate(self.columns):
                if column.block == block and column.kind == "serve":
                    hours = sum(h for k, at, h in column.uses if k == kind and {*at} <= {*group})
                    row |= {n: hours} if hours else {}
            if row:
                at = self._row(-highspy.kHighsInf, 0.0, row)
                mine = [n for n, pool in enumerate(self.pools) if pool[:4] == kind]
                self.limits.append((at, [n for n in mine if self.pools[n][4] in group]))

    def _missed(self, priority: int) -> dict[int, float]:
        return {
            n: self.hours[column.block]
            for n, column in enumerate(self.columns)
            if column.kind == "miss"
            and int(amount(self.work[column.workload].get("priority"), 1)) == priority
        }

    def _bought(self, day: date) -> dict[int, float]:
        found = {}
        for n, column in enumerate(self.columns):
            if column.kind == "buy":
                work = self.work[column.workload]
                asked = self.tiny.asked(work, day)
                assert asked is not None
                found[n] = (self.tiny.price(work, asked, day) or 0.0) * self.hours[column.block]
        return found

    def solve(self, choice: tuple[int, ...]) -> tuple[float, ...]:
        """Return Mtok missed a day by priority, and money spent a day."""
        if not self.columns:
            return (0.0,) * (len(self.aims) + 1)
        for at, mine in self.limits:
            self.solver.changeRowBounds(at, -highspy.kHighsInf, sum(choice[n] for n in mine))
        for at in self.held:
            self.solver.changeRowBounds(at, -highspy.kHighsInf, highspy.kHighsInf)
        values = []
        for number, aim in enumerate([*self.aims, self.money]):
            for n in range(len(self.columns)):
                self.solver.changeColCost(n, aim.get(n, 0.0))
            self.solver.run()
            assert self.solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, number
            value = self.solver.getInfo().objective_function_value
            values.append(round(value, EXACT + 2))
            if number < len(self.held):
                self.solver.changeRowBounds(
                    self.held[number], -highspy.kHighsInf, value + 1e-9 * max(1.0, abs(value))
                )
        return tuple(values)


def best_token_tiers(sheets: Sheets) -> dict[str, float]:
    """Return the tiers of the best plan of a tiny workbook.

    Raises
    ------
    TooManyError
        If there are too many choices to try.
    """
    return TinyTokens(sheets).best()
