"""Rules on what the systems loaded with a model cost, and what a Mtok of theirs costs.

A system's cost a month is that of its kind at its site. Equipment: what the plan spends on systems
is shared out among the kinds by what is paid for each, and each kind's money is spread over the
months of the periods at whose end its systems are in service. Halls: what is spent on opening and
fitting out a site is spread likewise over the IT power in service there. Lease and
energy are the site's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from planner.checker.calendar import months
from planner.checker.facts import Amounts, Book, Figures, number
from planner.checker.ledger import Ledger, figure
from planner.checker.token_facts import (
    HOURS_A_DAY,
    Service,
    Span,
    TokenBook,
    Use,
    of_workloads,
    services,
)
from planner.plan.rows import AnyRow

EQUIPMENT = ("purchase", "take_or_pay", "orders", "assembly", "freight", "holding")
"""Cost terms of systems, wherever they stand."""

Pool = tuple[object, object, object, Span]
"""Model, system or composite, country and span."""


@of_workloads
def token_pools(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """Each pool of systems loaded has a row, with their number and the tokens that they make.

    Of requests that are split, input counts where it is prefilled and output where it is decoded.
    """
    systems, mtok = _systems(tokens, figures), Amounts()
    for service, use in _uses(tokens, figures):
        made = _made(tokens, service, use)
        mtok[_pool(use, service.span)] += made.input + made.output
    stated = dict(_rows(tokens, figures))
    for pool in systems:
        if ledger.fails(pool in stated):
            ledger.refuse(f"table token_costs has no row for {_named(pool)}")
    for pool, row in stated.items():
        for column, due in (("systems", systems[pool]), ("mtok", mtok[pool])):
            if ledger.strays(number(row, column), due):
                ledger.refuse(
                    f"{_named(pool)} has {column} {figure(number(row, column))}, it is "
                    f"{figure(due)} by its replicas and what they serve"
                )


@of_workloads
def token_pool_costs(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """A pool's cost a month is that of its systems: equipment, halls, lease and energy."""
    book = tokens.book
    there = _in_service(book, figures)
    equipment, halls = _equipment(book, figures, there), _halls(book, figures, there)
    due = Amounts()
    for pool, site, system, count in _loaded(tokens, figures):
        at, span = book.sites[site], pool[-1]
        money = equipment[system,] + halls[site,] * book.it_mw(system)
        money += float(at["lease"] or 0.0) * book.it_mw(system)
        if at["energy_price"]:
            hours = HOURS_A_DAY * span.days / months(span.first, span.last)
            money += at["energy_price"] * float(at["pue"]) * book.it_mw(system) * hours
        due[pool] += count * money
    for pool, row in _rows(tokens, figures):
        cost = number(row, "monthly_cost")
        if ledger.strays(cost, due[pool]):
            ledger.refuse(
                f"{_named(pool)} costs {figure(cost)} money a month in the plan, its systems "
                f"cost {figure(due[pool])}"
            )


@of_workloads
def cost_of_a_mtok(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """Cost of a Mtok as used and at full use, its API price, and the use at which they are equal.

    They are blank where no token is made, the last two also where some cannot be bought.
    """
    hours, worth, unsold = Amounts(), Amounts(), set()
    for service, use in _uses(tokens, figures):
        pool, made = _pool(use, service.span), _made(tokens, service, use)
        each = sum(tokens.parts(use.kind.system).values()) * use.kind.each
        hours[pool] += use.full_hours(_mtok(tokens, service)) * each
        if tokens.price(service.workload, service.span) is None:
            if made.input + made.output > 0:
                unsold.add(pool)
        else:
            worth[pool] += made.input * made.input_price + made.output * made.output_price
    for pool, row in _rows(tokens, figures):
        span, mtok = pool[-1], number(row, "mtok")
        due: dict[str, float | None] = dict.fromkeys(
            ("cost_per_mtok", "cost_per_mtok_at_full_use", "api_price", "break_even_use")
        )
        if mtok > 0:
            money = number(row, "monthly_cost") * months(span.first, span.last)
            busy = hours[pool] / (number(row, "systems") * HOURS_A_DAY * span.days)
            due["cost_per_mtok"] = money / mtok
            due["cost_per_mtok_at_full_use"] = money / mtok * busy
            if pool not in unsold:
                due["api_price"] = worth[pool] / mtok
                if worth[pool] > 0:
                    due["break_even_use"] = money * busy / worth[pool]
        for column, value in due.items():
            stated = cast(float | None, row[column])
            if ledger.fails((stated is None) == (value is None)) or (
                stated is not None and value is not None and ledger.strays(stated, value)
            ):
                shown = "blank" if stated is None else figure(stated)
                right = "blank" if value is None else figure(value)
                ledger.refuse(f"{_named(pool)} has {column} {shown}, it is {right}")


@dataclass(frozen=True)
class _Made:
    """Mtok of input and output of a service that a use counts, with their API prices."""

    input: float
    output: float
    input_price: float
    output_price: float


def _made(tokens: TokenBook, service: Service, use: Use) -> _Made:
    """Return the tokens that a use makes of a service."""
    demand, mtok = tokens.demand(service.workload, service.span), _mtok(tokens, service)
    prices = [0.0, 0.0]
    begun = [
        row
        for row in tokens.book.tables["token_prices"]
        if row["workload"] == service.workload
        and (row["from"] is None or row["from"] <= service.span.first)
    ]
    if begun:
        # A row without a date counts before all others.
        row = sorted(begun, key=lambda row: (row["from"] is not None, row["from"]))[-1]
        prices = [float(row["buy_input"] or 0.0), float(row["buy_output"] or 0.0)]
    share = mtok / demand.total if demand.total else 0.0
    into = 0.0 if use.phase == "decode" else demand.input * share
    out = 0.0 if use.phase == "prefill" else demand.output * share
    return _Made(into, out, *prices)


def _mtok(tokens: TokenBook, service: Service) -> float:
    """Return the Mtok of a service over its span."""
    return service.mtok_h * tokens.blocks[service.block][0] * service.span.days


def _uses(tokens: TokenBook, figures: Figures) -> Iterator[tuple[Service, Use]]:
    for service in services(tokens, figures):
        for use in service.uses:
            yield service, use


def _pool(use: Use, span: Span) -> Pool:
    return use.kind.model, use.kind.system, use.country, span


def _loaded(tokens: TokenBook, figures: Figures) -> Iterator[tuple[Pool, str, str, float]]:
    """Yield pool, site, kind and number of the systems that are loaded."""
    for row in figures.tables["replicas"]:
        span, country = tokens.span_of[row["span_from"]], tokens.book.sites[row["site"]]["country"]
        for system, parts in tokens.parts(row["system"]).items():
            count = number(row, "replicas") * number(row, "systems_per_replica") * parts
            yield (row["model"], row["system"], country, span), row["site"], system, count


def _systems(tokens: TokenBook, figures: Figures) -> Amounts:
    systems = Amounts()
    for pool, _, _, count in _loaded(tokens, figures):
        systems[pool] += count
    return systems


def _rows(tokens: TokenBook, figures: Figures) -> Iterator[tuple[Pool, AnyRow]]:
    for row in figures.tables["token_costs"]:
        span = tokens.span_of[row["span_from"]]
        yield (row["model"], row["system"], row["country"], span), row


def _named(pool: Pool) -> str:
    model, system, country, span = pool
    return f"{system!r} for {model!r} in {country} from {span.first}"


def _in_service(book: Book, figures: Figures) -> Amounts:
    """Return the months of the periods at whose end systems are in service, by site and kind."""
    there = Amounts()
    for (hall, system, period), count in figures.in_service.items():
        there[book.site_of(hall), system] += count * book.calendar.months(period)
    return there


def _equipment(book: Book, figures: Figures, there: Amounts) -> Amounts:
    """Return what a system of each kind costs a month but for its place, by kind."""
    money = sum(figures.spend[term, period] for term in EQUIPMENT for period in book.periods)
    lengths = Amounts()
    for (_, system), length in there.items():
        lengths[system,] += length
    paid = _paid(book, figures)
    whole, each = sum(paid.values()), Amounts()
    for (system,), length in lengths.items():
        if length > 0 and whole > 0:
            each[system,] = money * paid[system,] / whole / length
    return each


def _paid(book: Book, figures: Figures) -> Amounts:
    """Return what is paid for the systems of each kind and for the parts of those assembled."""
    paid, of_item, units = Amounts(), Amounts(), Amounts()
    if not book.supply:
        for (_, system, _), count in figures.installed.items():
            paid[system,] += count * book.systems[system]["price"]
        return paid
    bought = [(*key[:2], quantity) for key, quantity in figures.ordered.items()]
    bought += [(row["supplier"], row["item"], row["quantity"]) for row, _ in book.paid_orders()]
    for supplier, item, quantity in bought:
        of_item[item,] += quantity * book.unit_price(supplier, item)
        units[item,] += quantity
    for system in book.systems:
        paid[system,] += of_item[system,]
    for (plant, system, _), starts in figures.started.items():
        paid[system,] += starts * book.plants[plant, system]["cost"]
        for row in book.tables["bom"]:
            if row["system"] == system and units[row["item"],] > 0:
                price = of_item[row["item"],] / units[row["item"],]
                paid[system,] += starts * row["quantity"] * price
    return paid


def _halls(book: Book, figures: Figures, there: Amounts) -> Amounts:
    """Return what halls and openings cost for a MW of IT power a month, by site."""
    money, power, each = Amounts(), Amounts(), Amounts()
    for (hall, _), count in figures.decided.items():
        money[book.site_of(hall),] += count * book.halls[hall]["fit_out_cost"]
    in_use = {book.site_of(hall) for hall, row in book.halls.items() if row["open_count"] > 0}
    in_use |= {book.site_of(hall) for (hall, _), row in book.fleet.items() if row["count"] > 0}
    decided = {book.site_of(hall) for (hall, _), count in figures.decided.items() if count > 0}
    for site in decided - in_use:
        money[site,] += book.sites[site]["opening_cost"]
    for (site, system), length in there.items():
        power[site,] += length * book.it_mw(system)
    for (site,), amount in money.items():
        if power[site,] > 0:
            each[site,] = amount / power[site,]
    return each
