"""The result tables of workloads, from the values of a solved model."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from planner.case.case import Case
from planner.case.tokens import Kind, Path
from planner.model.tokens import SECONDS_PER_HOUR
from planner.plan.token_rows import ReplicaRow, TokenPurchaseRow, TokenRow, TokenServiceRow
from planner.tolerance import TOLERANCE

Demanded = tuple[str, str | None, int]
"""Workload, block (None: within the day) and span."""

Served = Mapping[tuple[str, Path, str, int], float]
"""Mtok an hour by workload, path, block and span."""


def missed_of(
    case: Case, served: Served, bought: Mapping[Demanded, float]
) -> dict[Demanded, float]:
    """Return what is neither served nor bought, zero within the tolerance."""
    tokens = case.tokens
    met: dict[Demanded, list[float]] = defaultdict(list)
    for (workload, _, block, span), mtok in served.items():
        if tokens.is_online[workload]:
            met[workload, block, span].append(mtok)
        else:
            met[workload, None, span].append(mtok * tokens.hours[block])
    missed: dict[Demanded, float] = {}
    for key, demand in tokens.demand.items():
        left = demand - math.fsum(met[key]) - bought.get(key, 0.0)
        missed[key] = left if left > TOLERANCE * max(1.0, demand) else 0.0
    return missed


class TokenTables:
    """Rows of the tables of workloads.

    Parameters
    ----------
    case
        The case.
    served
        Mtok an hour by workload, path, block and span, without zeros.
    bought, missed
        Mtok an hour, or a day with block None.
    loads
        Replicas by kind, site and span, without zeros.
    """

    def __init__(
        self,
        case: Case,
        served: Served,
        bought: Mapping[Demanded, float],
        missed: Mapping[Demanded, float],
        loads: Mapping[tuple[Kind, str, int], float],
    ) -> None:
        self.case, self.tokens = case, case.tokens
        self.served, self.bought, self.missed, self.loads = served, bought, missed, loads

    def _days(self, span: int) -> tuple[date, date]:
        """Return the first and the last day of a span."""
        first, last = self.tokens.spans[span]
        calendar = self.case.calendar
        return calendar.starts[first], calendar.ends[last]

    def tokens_by_span(self) -> list[TokenRow]:
        """Return the rows of `tokens`."""
        tokens, calendar = self.tokens, self.case.calendar
        totals: dict[tuple[str, int], dict[str, list[float]]] = {}
        for key, demand in tokens.demand.items():
            workload, block, span = key
            weight = tokens.days(calendar, span) * tokens.hours_of(block)
            of_span = totals.setdefault((workload, span), defaultdict(list))
            bought = self.bought.get(key, 0.0) * weight
            of_span["demand_mtok"].append(demand * weight)
            of_span["bought_mtok"].append(bought)
            of_span["missed_mtok"].append(self.missed[key] * weight)
            of_span["buy_cost"].append(bought * tokens.price.get((workload, span), 0.0))
        for (workload, _, block, span), mtok in self.served.items():
            weight = tokens.days(calendar, span) * tokens.hours[block]
            totals[workload, span]["served_mtok"].append(mtok * weight)
        rows: list[TokenRow] = []
        for workload, span in sorted(totals):
            first, last = self._days(span)
            of_span = totals[workload, span]
            rows.append(
                {
                    "workload": workload,
                    "span_from": first,
                    "span_to": last,
                    "demand_mtok": math.fsum(of_span["demand_mtok"]),
                    "served_mtok": math.fsum(of_span["served_mtok"]),
                    "bought_mtok": math.fsum(of_span["bought_mtok"]),
                    "missed_mtok": math.fsum(of_span["missed_mtok"]),
                    "buy_cost": math.fsum(of_span["buy_cost"]),
                }
            )
        return rows

    def service(self) -> list[TokenServiceRow]:
        """Return the rows of `token_service`."""
        rows: list[TokenServiceRow] = []
        for (workload, path, block, span), mtok in sorted(self.served.items(), key=_service_key):
            prefill, decode = path.prefill, path.decode
            place = path.prefill_place
            first, last = self._days(span)
            kv_gb = self.tokens.efforts[workload, path, span].kv_gb
            rows.append(
                {
                    "workload": workload,
                    "path": "aggregated" if path.is_aggregated else "disaggregated",
                    "prefill_system": prefill.system,
                    "decode_system": decode.system,
                    "systems_per_prefill_replica": prefill.systems_per_replica,
                    "systems_per_decode_replica": decode.systems_per_replica,
                    "owner": prefill.owner,
                    "decode_owner": decode.owner,
                    "country": place if path.is_aggregated else None,
                    "prefill_site": None if path.is_aggregated else place,
                    "decode_site": None if path.is_aggregated else path.decode_place,
                    "block": block,
                    "span_from": first,
                    "span_to": last,
                    "mtok_h": mtok,
                    "kv_gb_s": kv_gb * mtok / SECONDS_PER_HOUR,
                }
            )
        return rows

    def purchases(self) -> list[TokenPurchaseRow]:
        """Return the rows of `token_purchases`."""
        rows: list[TokenPurchaseRow] = []
        for workload, block, span in sorted(self.tokens.demand, key=_demand_key):
            key = (workload, block, span)
            bought, missed = self.bought.get(key, 0.0), self.missed[key]
            if bought or missed:
                first, last = self._days(span)
                rows.append(
                    {
                        "workload": workload,
                        "block": block,
                        "span_from": first,
                        "span_to": last,
                        "bought_mtok_h": bought,
                        "missed_mtok_h": missed,
                    }
                )
        return rows

    def replicas(self) -> list[ReplicaRow]:
        """Return the rows of `replicas`."""
        facility, hours = self.case.facility, self.tokens.hours
        used = self._used()
        rows: list[ReplicaRow] = []
        for (kind, site, span), count in sorted(self.loads.items(), key=_load_key):
            systems = self.tokens.systems_of[kind]
            uses = {block: used[kind, site, block, span] / count for block in hours}
            mean = math.fsum(uses[block] * length for block, length in hours.items())
            first, last = self._days(span)
            rows.append(
                {
                    "owner": kind.owner,
                    "model": kind.model,
                    "system": kind.system,
                    "systems_per_replica": kind.systems_per_replica,
                    "site": site,
                    "span_from": first,
                    "span_to": last,
                    "replicas": count,
                    "systems": count * sum(systems.values()),
                    "it_mw": math.fsum(
                        count * each * facility.it_mw[system] for system, each in systems.items()
                    ),
                    "peak_use": max(uses.values()),
                    "mean_use": mean / math.fsum(hours.values()),
                }
            )
        return rows

    def _used(self) -> dict[tuple[Kind, str, str, int], float]:
        """Return the replicas used at each site in each block.

        Aggregated requests are shared out over the sites of a country by what is free there.
        """
        country_of = self.tokens.country_of
        used: dict[tuple[Kind, str, str, int], float] = defaultdict(float)
        shared: dict[tuple[Kind, str | None, str, int], float] = defaultdict(float)
        for (workload, path, block, span), mtok in self.served.items():
            effort = self.tokens.efforts[workload, path, span]
            if path.is_aggregated:
                hours = effort.prefill_hours + effort.decode_hours
                shared[path.prefill, path.prefill_place, block, span] += hours * mtok
                continue
            used[path.prefill, str(path.prefill_place), block, span] += effort.prefill_hours * mtok
            used[path.decode, str(path.decode_place), block, span] += effort.decode_hours * mtok
        for (kind, country, block, span), hours in shared.items():
            free = {
                site: max(0.0, count - used[kind, site, block, span])
                for (of, site, at), count in self.loads.items()
                if of == kind and at == span and country_of[site] == country
            }
            total = sum(free.values())
            for site, count in free.items():
                used[kind, site, block, span] += hours * count / total if total else 0.0
        return used


def _service_key(item: tuple[tuple[str, Path, str, int], float]) -> tuple[str, ...]:
    (workload, path, block, span), _ = item
    return (workload, f"{span:06}", block, *(str(part) for part in path))


def _demand_key(key: Demanded) -> tuple[str, int, str]:
    workload, block, span = key
    return workload, span, block or ""


def _load_key(item: tuple[tuple[Kind, str, int], float]) -> tuple[str, ...]:
    (kind, site, span), _ = item
    return (*(str(part) for part in kind), site, f"{span:06}")


def mtok_of_tiers(
    case: Case, tokens: Iterable[TokenRow], column: Literal["demand_mtok", "missed_mtok"]
) -> dict[str, float]:
    """Return the sum of a column of the table `tokens` by the tier of its priority."""
    parts: dict[str, list[float]] = {
        f"missed_mtok_priority_{priority}": [] for priority in case.tokens.priorities
    }
    for row in tokens:
        priority = case.tokens.priority[row["workload"]]
        parts[f"missed_mtok_priority_{priority}"].append(row[column])
    return {tier: math.fsum(mtok) for tier, mtok in parts.items()}
