"""Rules on tokens: who serves them with which replicas, what is bought and what is missed."""

from __future__ import annotations

from collections.abc import Iterator

from planner.checker.costs import MISSED_MTOK_TIER, compare_with_spend
from planner.checker.facts import Amounts, Book, Figures, number
from planner.checker.ledger import Ledger, figure
from planner.checker.token_facts import (
    Span,
    TokenBook,
    in_block,
    in_country,
    of_workloads,
    services,
)
from planner.checker.token_tables import DISAGGREGATED
from planner.plan.rows import AnyRow


def hall_built_for_systems(book: Book, figures: Figures, ledger: Ledger) -> None:
    """A hall that is built for some systems has no others."""
    for (hall, system, period), count in figures.fleet.items():
        allowed = book.halls[hall]["systems"]
        if allowed and count and ledger.fails(system in allowed):
            ledger.refuse(
                f"{figure(count)} {system!r} stand in hall {hall!r} in {book.day(period)}, it is "
                f"built for {' and '.join(map(repr, allowed))}"
            )


@of_workloads
def token_balance(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """What is served, bought and missed makes what is asked for: by block, batch by day."""
    met = Amounts()
    for service in services(tokens, figures):
        if tokens.is_online(service.workload):
            met[service.workload, service.block, service.span] += service.mtok_h
        else:
            mtok = service.mtok_h * tokens.blocks[service.block][0]
            met[service.workload, None, service.span] += mtok
    for workload, block, span, row in _purchases(tokens, figures):
        met[workload, block, span] += number(row, "bought_mtok_h") + number(row, "missed_mtok_h")
    for workload, span in _workloads_and_spans(tokens):
        for block, due in tokens.asked(workload, span).items():
            stated = met[workload, block, span]
            if ledger.differs(stated, due):
                unit = "Mtok an hour" if tokens.is_online(workload) else "Mtok a day"
                where = f" in block {block!r}" if block is not None else ""
                ledger.refuse(
                    f"{workload!r}{where} from {span.first} has {figure(stated)} {unit} served, "
                    f"bought and missed, it asks for {figure(due)}"
                )


@of_workloads
def token_totals(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """The tokens of a span are its days x hours x what is served, bought and missed an hour."""
    due = Amounts()
    for service in services(tokens, figures):
        mtok = service.mtok_h * tokens.blocks[service.block][0] * service.span.days
        due[service.workload, service.span, "served_mtok"] += mtok
    for workload, block, span, row in _purchases(tokens, figures):
        hours = tokens.hours(workload, block) * span.days
        for column in ("bought", "missed"):
            due[workload, span, f"{column}_mtok"] += number(row, f"{column}_mtok_h") * hours
    for workload, span in _workloads_and_spans(tokens):
        due[workload, span, "demand_mtok"] = tokens.demand(workload, span).total * span.days
    stated = Amounts()
    columns = ("demand_mtok", "served_mtok", "bought_mtok", "missed_mtok")
    for row in figures.tables["tokens"]:
        for column in columns:
            span = tokens.span_of[row["span_from"]]
            stated[row["workload"], span, column] += number(row, column)
    for workload, span in _workloads_and_spans(tokens):
        for column in columns:
            key = workload, span, column
            if ledger.strays(stated[key], due[key]):
                ledger.refuse(
                    f"{workload!r} from {span.first} has {column} {figure(stated[key])}, its rows "
                    f"by hour make {figure(due[key])} Mtok"
                )


@of_workloads
def tokens_bought_at_a_price(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """Tokens are bought only where they have a price."""
    for workload, _, span, row in _purchases(tokens, figures):
        bought = number(row, "bought_mtok_h")
        is_sold = tokens.price(workload, span) is not None
        if ledger.above(bought, 0.0) and ledger.fails(is_sold):
            ledger.refuse(
                f"{figure(bought)} Mtok of {workload!r} are bought from {span.first}, they have no "
                "price then"
            )


@of_workloads
def token_path(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """A path names its countries or sites: one system in a country, or two at sites.

    Only requests for inference can be split; two systems share one only if `disaggregation` says
    so.
    """
    book = tokens.book
    for service in services(tokens, figures):
        row, terms = service.row, book.workloads[service.workload]
        if row["path"] == DISAGGREGATED:
            pair = terms["model"], row["prefill_system"], row["decode_system"]
            is_split = terms["class"] not in ("training", "fine-tuning")
            is_right = row["prefill_site"] is not None and row["decode_site"] is not None
            is_right = is_right and row["country"] is None
            words = "which may not share a request of its model"
            if ledger.fails(is_split and pair in tokens.pairs):
                ledger.refuse(f"{service}, {words}")
        else:
            is_right = row["prefill_site"] is None and row["decode_site"] is None
            for prefill, decode in (
                ("prefill_system", "decode_system"),
                ("systems_per_prefill_replica", "systems_per_decode_replica"),
                ("owner", "decode_owner"),
            ):
                is_right = is_right and row[decode] == row[prefill]
        if ledger.fails(is_right):
            ledger.refuse(f"{service}, {row['path']}: its places or systems are not those of one")


@of_workloads
def serving_rates(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """What serves a workload has a rate in one row that keeps its speed and its TTFT.

    A replica that prefills alone must keep TTFT, one that decodes alone the speed.
    """
    book = tokens.book
    for service in services(tokens, figures):
        if not ledger.above(service.mtok_h, 0.0):
            continue
        terms = book.workloads[service.workload]
        for use in service.uses:
            if ledger.fails(use.rate is not None):
                asked = []
                if terms["min_speed"] is not None and use.phase != "prefill":
                    asked.append(f"{figure(terms['min_speed'])} tokens a second for a user")
                if terms["max_ttft_s"] is not None and use.phase != "decode":
                    asked.append(f"a first token within {figure(terms['max_ttft_s'])} s")
                keeps = f" with {' and '.join(asked)}" if asked else ""
                ledger.refuse(
                    f"{service}, no row of throughput has {figure(use.kind.each)} "
                    f"{use.kind.system!r} {use.phase or 'serve'} its model{keeps}"
                )


@of_workloads
def serving_systems(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """A workload is served only by systems and composites that it allows."""
    book = tokens.book
    for service in services(tokens, figures):
        allowed = book.workloads[service.workload]["systems"]
        for use in service.uses if ledger.above(service.mtok_h, 0.0) else ():
            if ledger.fails(not allowed or use.kind.system in allowed):
                ledger.refuse(f"{service}, it must not be by {use.kind.system!r}")


@of_workloads
def serving_countries(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """A workload is served only in countries that it allows."""
    book = tokens.book
    for service in services(tokens, figures):
        allowed = book.workloads[service.workload]["countries"]
        for use in service.uses if ledger.above(service.mtok_h, 0.0) else ():
            if ledger.fails(not allowed or use.country in allowed):
                ledger.refuse(f"{service}, it must not be {in_country(use.country)}")


@of_workloads
def serving_owner(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """A workload runs on its commitment's megawatts where that allows the system, else on none."""
    for service in services(tokens, figures):
        for use in service.uses:
            due = tokens.owner(service.workload, use.kind.system)
            if ledger.fails(use.kind.owner == due):
                ledger.refuse(
                    f"{service} on megawatts of {use.kind.owner or 'nobody'}, they are those of "
                    f"{due or 'nobody'}"
                )


@of_workloads
def kv_sent(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """KV caches go only over links, each of fresh input as large as its model says."""
    for service in services(tokens, figures):
        row = service.row
        stated = number(row, "kv_gb_s")
        if row["path"] != DISAGGREGATED or row["prefill_site"] == row["decode_site"]:
            if ledger.above(stated, 0.0):
                ledger.refuse(f"{service}, it sends {figure(stated)} GB/s within one site")
            continue
        link = row["prefill_site"], row["decode_site"]
        if ledger.above(service.mtok_h, 0.0) and ledger.fails(link in tokens.links):
            ledger.refuse(f"{service}, there is no link from {link[0]!r} to {link[1]!r}")
        systems = str(row["prefill_system"]), str(row["decode_system"])
        each = tokens.kv_gb_s(service.workload, service.span, *systems)
        due = service.mtok_h * each if service.mtok_h else 0.0
        if ledger.differs(stated, due):
            ledger.refuse(
                f"{service}, it sends {figure(stated)} GB/s in the plan, its tokens make "
                f"{figure(due)} GB/s"
            )


@of_workloads
def link_capacity(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """A link carries no more than it can, in every block."""
    carried = Amounts()
    for service in services(tokens, figures):
        row = service.row
        link = row["prefill_site"], row["decode_site"]
        if link in tokens.links:
            carried[link, service.block, service.span] += number(row, "kv_gb_s")
    for (link, block, span), gb_s in carried.items():
        most = tokens.links[link]
        if ledger.above(gb_s, most):
            ledger.refuse(
                f"the link from {link[0]!r} to {link[1]!r} carries {figure(gb_s)} GB/s from "
                f"{span.first}{in_block(block)}, it can carry {figure(most)} GB/s"
            )


@of_workloads
def token_buy_cost(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """What is spent on a workload's tokens is Mtok bought x their price, not discounted."""
    due, stated = Amounts(), Amounts()
    for workload, block, span, row in _purchases(tokens, figures):
        mtok = number(row, "bought_mtok_h") * tokens.hours(workload, block) * span.days
        due[workload, span] += mtok * (tokens.price(workload, span) or 0.0)
    for row in figures.tables["tokens"]:
        span = tokens.span_of[row["span_from"]]
        stated[row["workload"], span] += number(row, "buy_cost")
    for workload, span in _workloads_and_spans(tokens):
        if ledger.strays(stated[workload, span], due[workload, span]):
            ledger.refuse(
                f"{workload!r} from {span.first} is bought for {figure(stated[workload, span])} "
                f"money in the plan, at its price it costs {figure(due[workload, span])}"
            )


@of_workloads
def tokens_cost(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """Tokens bought x their price, spent on the first day of every period of the span."""
    book = tokens.book
    due = Amounts()
    for workload, block, span, row in _purchases(tokens, figures):
        mtok_a_day = number(row, "bought_mtok_h") * tokens.hours(workload, block)
        for period in span.periods:
            money = mtok_a_day * (tokens.price(workload, span) or 0.0) * book.calendar.days(period)
            due[book.day(period),] += money
    compare_with_spend("tokens", due, book, figures, ledger)


@of_workloads
def tier_missed_tokens(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """A priority's tier is the sum of its missed Mtok over the plan."""
    book = tokens.book
    due = Amounts()
    for workload, block, span, row in _purchases(tokens, figures):
        tier = f"{MISSED_MTOK_TIER}{book.workloads[workload]['priority']}"
        hours = tokens.hours(workload, block) * span.days
        due[tier,] += number(row, "missed_mtok_h") * hours
    for row in figures.tables["tiers"]:
        tier, value = str(row["tier"]), number(row, "value")
        if tier.startswith(MISSED_MTOK_TIER) and ledger.differs(value, due[tier,]):
            ledger.refuse(
                f"{tier} is {figure(value)}, its workloads miss {figure(due[tier,])} Mtok"
            )


def _workloads_and_spans(tokens: TokenBook) -> Iterator[tuple[str, Span]]:
    for workload in tokens.book.workloads:
        for span in tokens.spans:
            yield workload, span


def _purchases(
    tokens: TokenBook, figures: Figures
) -> Iterator[tuple[str, str | None, Span, AnyRow]]:
    """Yield workload, block, span and row of what is bought and missed; batch has no block."""
    for row in figures.tables["token_purchases"]:
        workload = row["workload"]
        block = tokens.block(row) if tokens.is_online(workload) else None
        yield workload, block, tokens.span_of[row["span_from"]], row
