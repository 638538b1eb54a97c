"""Rules on replicas: their hours, their systems and their figures."""

from __future__ import annotations

from collections.abc import Iterator

from planner.checker.facts import Amounts, Book, Figures, number
from planner.checker.ledger import Ledger, figure
from planner.checker.token_facts import (
    HOURS_A_DAY,
    Kind,
    Span,
    TokenBook,
    in_block,
    in_country,
    of_workloads,
    services,
)
from planner.plan.rows import AnyRow


@of_workloads
def replica_hours(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """Replica-hours are within the replicas of their kind in a country, in every block."""
    book = tokens.book
    there = Amounts()
    for kind, site, span, row in _replicas(tokens, figures):
        there[kind, book.sites[site]["country"], span] += number(row, "replicas")
    worked = Amounts()
    for service in services(tokens, figures):
        for use in service.uses:
            key = use.kind, use.country, service.block, service.span
            worked[key] += use.full_hours(service.mtok_h)
    for (kind, country, block, span), hours in worked.items():
        count = there[kind, country, span]
        if ledger.above(hours, count):
            ledger.refuse(
                f"{kind} {in_country(country)} from {span.first}{in_block(block)} takes "
                f"{figure(hours)} replicas, there are {figure(count)}"
            )


@of_workloads
def replica_hours_at_a_site(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """Replica-hours of requests that are split are within the replicas of the site."""
    there = Amounts()
    for kind, site, span, row in _replicas(tokens, figures):
        there[kind, site, span] += number(row, "replicas")
    worked = Amounts()
    for service in services(tokens, figures):
        for use in service.uses:
            if use.site is not None:
                key = use.kind, use.site, service.block, service.span
                worked[key] += use.full_hours(service.mtok_h)
    for (kind, site, block, span), hours in worked.items():
        count = there[kind, site, span]
        if ledger.above(hours, count):
            ledger.refuse(
                f"{kind} at {site!r} from {span.first}{in_block(block)} takes {figure(hours)} "
                f"replicas, there are {figure(count)}"
            )


@of_workloads
def whole_replicas(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """Replicas are whole at every site, unless counts are continuous."""
    if tokens.book.settings["counts"] != "integer":
        return
    for kind, site, span, row in _replicas(tokens, figures):
        count = number(row, "replicas")
        if ledger.fails(abs(count - round(count)) <= ledger.tolerance):
            ledger.refuse(
                f"{figure(count)} replicas of {kind} are at {site!r} from {span.first}, not a "
                "whole number of replicas"
            )


@of_workloads
def replicas_within_systems(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """Replicas take no more systems than serve their commitment, or than no commitment uses.

    A fleet dedicated to a commitment is used by it, whether it serves it or not.

    On the last day of every period of their span, and of the one before: so they are in service
    from its first day on. What serves in the plan's first period is in service by its end.
    """
    book = tokens.book
    taken = Amounts()
    for kind, site, span, row in _replicas(tokens, figures):
        for system, count in tokens.parts(kind.system).items():
            systems = number(row, "replicas") * kind.each * count
            for period in range(max(0, span.periods.start - 1), span.periods.stop):
                taken[kind.owner, site, system, period, span] += systems
    serving, standing = _systems_for_replicas(book, figures)
    for (owner, site, system, period, _), count in taken.items():
        if owner is None:
            most, whose = standing[site, system, period], "serve no commitment"
        else:
            most, whose = serving[owner, site, system, period], f"serve {owner!r}"
        if ledger.above(count, most):
            ledger.refuse(
                f"{figure(count)} {system!r} at {site!r} are loaded in {book.day(period)}, "
                f"{figure(most)} systems {whose}"
            )


def _systems_for_replicas(book: Book, figures: Figures) -> tuple[Amounts, Amounts]:
    """Return systems that serve a commitment, and those that no commitment uses.

    The first by commitment, site, system and period, the others by site, system and period.
    """
    serving, standing, used = Amounts(), Amounts(), Amounts()
    for (hall, system, period), count in figures.in_service.items():
        standing[book.site_of(hall), system, period] += count
    for (commitment, hall, system, period), mw in figures.served.items():
        count = mw / book.basis_mw(commitment, hall, system)
        serving[commitment, book.site_of(hall), system, period] += count
        standing[book.site_of(hall), system, period] -= count
        used[commitment, hall, system, period] += count
    for (hall, system), fleet in book.fleet.items():
        if fleet["commitment"] is None:
            continue
        for period in book.periods:
            idle = fleet["count"] - used[fleet["commitment"], hall, system, period]
            standing[book.site_of(hall), system, period] -= max(0.0, idle)
    return serving, standing


@of_workloads
def replica_figures(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """Systems and IT power of replicas are those of the systems that they consist of."""
    book = tokens.book
    for kind, site, span, row in _replicas(tokens, figures):
        systems = mw = 0.0
        for system, count in tokens.parts(kind.system).items():
            systems += number(row, "replicas") * kind.each * count
            mw += number(row, "replicas") * kind.each * count * book.it_mw(system)
        for column, due in (("systems", systems), ("it_mw", mw)):
            if ledger.differs(number(row, column), due):
                ledger.refuse(
                    f"{kind} at {site!r} from {span.first} has {column} "
                    f"{figure(number(row, column))}, its replicas make {figure(due)}"
                )


@of_workloads
def replica_use(tokens: TokenBook, figures: Figures, ledger: Ledger) -> None:
    """The use of a country's replicas makes the hours worked there, in the mean and at the peak.

    Requests may be shared out over the sites of a country in any way, so only their sum is known.
    Sites may peak at other hours, so the peaks of several may be more together.
    """
    book = tokens.book
    mean, peak = _worked(tokens, figures)
    stated_mean, stated_peak, rows = Amounts(), Amounts(), Amounts()
    for kind, site, span, row in _replicas(tokens, figures):
        group = kind, book.sites[site]["country"], span
        rows[group] += 1
        stated_mean[group] += number(row, "replicas") * number(row, "mean_use")
        stated_peak[group] += number(row, "replicas") * number(row, "peak_use")
        for lower, higher in (("mean_use", "peak_use"), ("peak_use", None)):
            most = 1.0 if higher is None else number(row, higher)
            if ledger.above(number(row, lower), most):
                ledger.refuse(
                    f"{kind} at {site!r} from {span.first} has {lower} "
                    f"{figure(number(row, lower))}, at most it is {figure(most)}"
                )
    for group in {**mean, **stated_mean}:
        kind, country, span = group
        is_wrong = ledger.differs(stated_mean[group], mean[group])
        if not is_wrong:
            is_wrong = ledger.below(stated_peak[group], peak[group])
        if not is_wrong and rows[group] == 1:
            is_wrong = ledger.above(stated_peak[group], peak[group])
        if is_wrong:
            ledger.refuse(
                f"{kind} {in_country(country)} from {span.first} has "
                f"{figure(stated_mean[group])} replicas in use in the mean and "
                f"{figure(stated_peak[group])} at the peak, what they serve takes "
                f"{figure(mean[group])} and {figure(peak[group])}"
            )


def _worked(tokens: TokenBook, figures: Figures) -> tuple[Amounts, Amounts]:
    """Return replicas in use in the mean of a day and at its peak, by kind, country and span."""
    worked = Amounts()
    for service in services(tokens, figures):
        for use in service.uses:
            key = use.kind, use.country, service.span, service.block
            worked[key] += use.hours(service.mtok_h)
    mean, peak = Amounts(), Amounts()
    for (kind, country, span, block), hours in worked.items():
        mean[kind, country, span] += hours * tokens.blocks[block][0] / HOURS_A_DAY
        peak[kind, country, span] = max(peak[kind, country, span], hours)
    return mean, peak


def _replicas(tokens: TokenBook, figures: Figures) -> Iterator[tuple[Kind, str, Span, AnyRow]]:
    """Yield kind, site, span and row of all replicas."""
    for row in figures.tables["replicas"]:
        owner, each = row["owner"], number(row, "systems_per_replica")
        kind = Kind(owner, row["model"], row["system"], each)
        yield kind, row["site"], tokens.span_of[row["span_from"]], row
