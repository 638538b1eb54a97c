"""The checker's data on tokens: spans, demand, prices and rates, straight from the workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, wraps
from itertools import pairwise
from typing import cast

from planner.checker.calendar import Part
from planner.checker.facts import Book, Figures, number
from planner.checker.ledger import Ledger
from planner.plan.rows import AnyRow
from planner.workbook.rows import Row

HOURS_A_DAY = 24.0
SECONDS_AN_HOUR = 3600.0

MTOK_H_PER_TOK_S = 0.0036
"""Mtok an hour of one token a second."""

TRAINING_CLASSES = ("training", "fine-tuning")

DATED_SHEETS = ("token_demand", "throughput", "token_prices")
"""Sheets whose dates begin a span."""

UNKNOWN = float("nan")


@dataclass(frozen=True)
class Span:
    """Consecutive periods in which tokens are balanced once.

    Attributes
    ----------
    first, last : date
    periods : range
    """

    first: date
    last: date
    periods: range

    @property
    def days(self) -> int:
        """Days of the span."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Demand:
    """Mtok a day of a workload: input, output, and input that no cache holds."""

    input: float
    output: float
    fresh: float

    @property
    def total(self) -> float:
        """Input and output."""
        return self.input + self.output


@dataclass(frozen=True)
class Kind:
    """Replicas that are alike: owner, model, system or composite, and how many form a replica."""

    owner: str | None
    model: str
    system: str
    each: float

    def __str__(self) -> str:
        owner = f" of {self.owner!r}" if self.owner is not None else ""
        return f"{self.system!r} for {self.model!r}{owner}"


@dataclass(frozen=True)
class Rate:
    """Replica-hours for one Mtok, and the most of a replica's time that may be used."""

    hours: float
    max_use: float


class TokenBook:
    """The sheets on tokens by key.

    Parameters
    ----------
    book
        The workbook, which has workloads.
    """

    def __init__(self, book: Book) -> None:
        self.book = book
        self.composites: dict[str, dict[str, float]] = {}
        for row in book.tables["composites"]:
            parts = self.composites.setdefault(row["composite"], {})
            parts[row["system"]] = float(row["count"])
        self.links = {(row["from"], row["to"]): float(row["gb_s"]) for row in book.tables["links"]}
        self.pairs = {
            (row["model"], row["prefill"], row["decode"]): row["kv_kb_per_token"]
            for row in book.tables["disaggregation"]
        }
        self.has_blocks = bool(book.tables["day"])

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """All spans: each begins with the first period from a token period's, or a row's, date.

        Token periods are the calendar's own months or quarters.
        """
        calendar = self.book.calendar
        begins = {row["from"] for sheet in DATED_SHEETS for row in self.book.tables[sheet]}
        year = Part(self.book.settings["token_period"], date(calendar.start.year, 1, 1))
        begins.update(year.days_until(calendar.last))
        starts = {0}
        for day in begins - {None}:
            after = [period for period in self.book.periods if calendar.starts[period] >= day]
            starts.update(after[:1])
        spans = []
        for start, end in pairwise([*sorted(starts), calendar.count]):
            last = calendar.last_day(end - 1)
            spans.append(Span(calendar.starts[start], last, range(start, end)))
        return tuple(spans)

    @cached_property
    def span_of(self) -> dict[date, Span]:
        """Spans by their first day."""
        return {span.first: span for span in self.spans}

    @cached_property
    def blocks(self) -> dict[str | None, tuple[float, float]]:
        """Hours and load of each block; None is the one block of a day without any."""
        if not self.has_blocks:
            return {None: (HOURS_A_DAY, 1.0)}
        return {
            row["block"]: (float(row["hours"]), float(row["load"]))
            for row in self.book.tables["day"]
        }

    def block(self, row: AnyRow) -> str | None:
        """Return the block of a result row; without blocks all rows have the same."""
        return cast(str | None, row["block"]) if self.has_blocks else None

    def is_online(self, workload: object) -> bool:
        """Whether a workload must be served when it is asked for."""
        return bool(self.book.workloads[str(workload)]["class"] == "online")

    def parts(self, system: str) -> dict[str, float]:
        """Return the systems that a system or composite consists of."""
        return self.composites.get(system, {system: 1.0})

    def demand(self, workload: object, span: Span) -> Demand:
        """Return what a workload asks for in a span."""
        row = _latest(self._rows("token_demand", workload), span.first)
        if row is None:
            return Demand(0.0, 0.0, 0.0)
        into = float(row["input_mtok_day"])
        fresh = into * (1.0 - float(row["cached_share"]))
        return Demand(into, float(row["output_mtok_day"]), fresh)

    def asked(self, workload: object, span: Span) -> dict[str | None, float]:
        """Return Mtok an hour that a workload asks for by block; batch: Mtok a day, by None."""
        total = self.demand(workload, span).total
        if not self.is_online(workload):
            return {None: total}
        return {name: total / HOURS_A_DAY * load for name, (_, load) in self.blocks.items()}

    def hours(self, workload: object, block: str | None) -> float:
        """Return by how many hours a purchase counts in a day; batch is stated by the day."""
        return self.blocks[block][0] if self.is_online(workload) else 1.0

    def price(self, workload: object, span: Span) -> float | None:
        """Return money for one Mtok of a workload; None if it cannot be bought."""
        row = _latest(self._rows("token_prices", workload), span.first)
        demand = self.demand(workload, span)
        if row is None or not demand.total:
            return None
        money = 0.0
        for column, mtok in (("buy_input", demand.input), ("buy_output", demand.output)):
            if mtok and row[column] is None:
                return None
            money += mtok * float(row[column] or 0.0)
        return money / demand.total

    def _rows(self, sheet: str, workload: object) -> list[Row]:
        return [row for row in self.book.tables[sheet] if row["workload"] == workload]

    def owner(self, workload: object, system: str) -> str | None:
        """Return the commitment on whose megawatts a system serves a workload."""
        name = self.book.workloads[str(workload)]["commitment"]
        if name is None:
            return None
        allowed = self.book.commitments[name]["systems"]
        may = not allowed or all(part in allowed for part in self.parts(system))
        return str(name) if may else None

    def rate(
        self, workload: object, span: Span, system: str, each: object, phase: str | None
    ) -> Rate | None:
        """Return the best rate that serves a workload; None if no row of `throughput` does.

        Parameters
        ----------
        workload, span, system
        each
            Systems, or composites, of a replica.
        phase
            ``prefill`` must keep TTFT, ``decode`` the speed; None is both in one replica.
        """
        rates = []
        model = self.book.workloads[str(workload)]["model"]
        of_system = [
            row
            for row in self.book.tables["throughput"]
            if (row["model"], row["system"]) == (model, system)
        ]
        for speed in {row["speed"] for row in of_system}:
            row = _latest((row for row in of_system if row["speed"] == speed), span.first)
            if row is not None and row["systems_per_replica"] == each:
                hours = self._hours(workload, span, row, phase)
                if hours is not None:
                    rates.append(Rate(hours, float(row["max_use"])))
        return min(rates, key=lambda rate: rate.hours / rate.max_use, default=None)

    def _hours(self, workload: object, span: Span, row: Row, phase: str | None) -> float | None:
        """Return replica-hours for one Mtok by a row; None if it is too slow or has no rate."""
        terms, demand = self.book.workloads[str(workload)], self.demand(workload, span)
        if not _keeps_limits(row, terms, phase):
            return None
        tokens = {"prefill_tok_s": demand.fresh, "decode_tok_s": demand.output}
        if terms["class"] in TRAINING_CLASSES:
            tokens = {"train_tok_s": demand.total}
        elif phase is not None:
            tokens = {f"{phase}_tok_s": tokens[f"{phase}_tok_s"]}
        hours = 0.0
        for column, mtok in tokens.items():
            if mtok and not row[column]:
                return None
            if mtok:
                hours += mtok / demand.total / (MTOK_H_PER_TOK_S * row[column])
        kept_free = terms["headroom"] if self.is_online(workload) else 0.0
        return float(hours * (1.0 + kept_free))

    def kv_gb_s(self, workload: object, span: Span, prefill: str, decode: str) -> float:
        """Return GB/s that one Mtok an hour sends from prefill to decode."""
        demand = self.demand(workload, span)
        kb = self.pairs.get((self.book.workloads[str(workload)]["model"], prefill, decode))
        if kb is None or not demand.total:
            return UNKNOWN
        return demand.fresh / demand.total * float(kb) / SECONDS_AN_HOUR


def _keeps_limits(row: Row, terms: Row, phase: str | None) -> bool:
    """Whether a rate keeps a workload's speed and TTFT, as far as they are those of a phase."""
    least, most = terms["min_speed"], terms["max_ttft_s"]
    speed, ttft = row["speed"], row["ttft_s"]
    # A speed or a TTFT that is not known keeps no limit.
    is_fast = least is None or (speed is not None and speed >= least)
    is_early = most is None or (ttft is not None and ttft <= most)
    return (phase == "prefill" or is_fast) and (phase == "decode" or is_early)


def asked_mtok(book: Book, priority: str) -> float:
    """Return the Mtok that the workloads of a priority ask for over the plan."""
    tokens, mtok = TokenBook(book), 0.0
    for workload, row in book.workloads.items():
        if str(row["priority"]) == priority:
            for span in tokens.spans:
                mtok += tokens.demand(workload, span).total * span.days
    return mtok


def _latest(rows: Iterable[Row], day: date) -> Row | None:
    """Return the last row that counts from a day or before."""
    found = [row for row in rows if row["from"] is None or row["from"] <= day]
    return max(found, key=lambda row: row["from"] or date.min, default=None)


@dataclass(frozen=True)
class Use:
    """What one Mtok of a path takes of one kind of replica.

    Attributes
    ----------
    kind : Kind
    phase : str or None
        ``prefill`` or ``decode``; None is both.
    country : str or None
    site : str or None
        None if it may be any site of the country.
    rate : Rate or None
        None if no row of `throughput` serves the workload.
    """

    kind: Kind
    phase: str | None
    country: str | None
    site: str | None
    rate: Rate | None

    def hours(self, mtok: float) -> float:
        """Return the replica-hours that so many Mtok take; unknown without a rate."""
        if not mtok:
            return 0.0
        return UNKNOWN if self.rate is None else mtok * self.rate.hours

    def full_hours(self, mtok: float) -> float:
        """Return the hours of replicas that are as busy as they may be."""
        if not mtok:
            return 0.0
        return UNKNOWN if self.rate is None else mtok * self.rate.hours / self.rate.max_use


@dataclass(frozen=True)
class Service:
    """A row of `token_service`, read."""

    row: AnyRow
    workload: str
    span: Span
    block: str | None
    mtok_h: float
    uses: tuple[Use, ...]

    def __str__(self) -> str:
        systems = " and ".join(repr(use.kind.system) for use in self.uses)
        return f"{self.workload!r} is served by {systems} from {self.span.first}"


def services(tokens: TokenBook, figures: Figures) -> list[Service]:
    """Return all rows of `token_service`, read."""
    if "services" not in figures.kept:
        figures.kept["services"] = [
            _service(tokens, row) for row in figures.tables["token_service"]
        ]
    return cast(list[Service], figures.kept["services"])


def _service(tokens: TokenBook, row: AnyRow) -> Service:
    workload, span = str(row["workload"]), tokens.span_of[cast(date, row["span_from"])]
    uses = tuple(_uses(tokens, row, workload, span))
    return Service(row, workload, span, tokens.block(row), number(row, "mtok_h"), uses)


def _uses(tokens: TokenBook, row: AnyRow, workload: str, span: Span) -> Iterator[Use]:
    model = tokens.book.workloads[workload]["model"]
    is_split = row["path"] == "disaggregated"
    for phase, owner in (("prefill", row["owner"]), ("decode", row["decode_owner"])):
        system, each = str(row[f"{phase}_system"]), row[f"systems_per_{phase}_replica"]
        kind = Kind(cast(str | None, owner), model, system, cast(float, each))
        if not is_split:
            rate = tokens.rate(workload, span, system, each, None)
            yield Use(kind, None, cast(str | None, row["country"]), None, rate)
            return
        site = str(row[f"{phase}_site"])
        country = tokens.book.sites[site]["country"] if site in tokens.book.sites else None
        yield Use(kind, phase, country, site, tokens.rate(workload, span, system, each, phase))


def of_workloads(
    rule: Callable[[TokenBook, Figures, Ledger], None],
) -> Callable[[Book, Figures, Ledger], None]:
    """Return a rule on tokens as one of the checker's: it asks nothing without workloads."""

    @wraps(rule)
    def checked(book: Book, figures: Figures, ledger: Ledger) -> None:
        if book.workloads:
            rule(TokenBook(book), figures, ledger)

    return checked


def in_country(country: object) -> str:
    """Return where a message names a country; sites need not have one."""
    return "at sites without a country" if country is None else f"in {country}"


def in_block(block: str | None) -> str:
    """Return where a message names a block of the day; nothing if there is but one."""
    return "" if block is None else f" in block {block!r}"
