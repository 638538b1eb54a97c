"""What the checker must refuse of plans with workloads: correct ones with one figure altered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from checker_tokens import APRIL

from planner.plan.result_rows import Tables

Edit = Callable[[Tables], None]
Tamper = tuple[str, str, Edit]


def alter(name: str, at: int, **values: object) -> Edit:
    """Set values in a row of a table."""

    def edit(tables: Tables) -> None:
        row = tables[name][at]
        assert set(values) <= set(row)
        assert any(row[column] != value for column, value in values.items())
        row.update(values)

    return edit


def together(*edits: Edit) -> Edit:
    """Make several edits."""

    def edit(tables: Tables) -> None:
        for single in edits:
            single(tables)

    return edit


def leave_out(name: str, at: int) -> Edit:
    """Leave out a row."""

    def edit(tables: Tables) -> None:
        del tables[name][at]

    return edit


def again(name: str, at: int, **values: object) -> Edit:
    """Add a row that is another one with some values of its own."""
    return lambda tables: tables[name].append({**tables[name][at], **values})


TAIL = {"span_from": APRIL, "span_to": date(2026, 4, 30)}
BOUGHT = {"workload": "chat", "block": "day", **TAIL, "bought_mtok_h": 0.0, "missed_mtok_h": 0.0}


def adds(name: str, row: dict[str, object], **values: object) -> Edit:
    """Add a row."""
    return lambda tables: tables[name].append({**row, **values})


NO_WORKLOAD = {
    "workload": "chat",
    **TAIL,
    "demand_mtok": 1.0,
    "served_mtok": 1.0,
    "bought_mtok": 0.0,
    "missed_mtok": 0.0,
    "buy_cost": 0.0,
}

NO_POOL = {
    "model": "m",
    "system": "CS",
    "country": "US",
    **TAIL,
    "systems": 1.0,
    "monthly_cost": 1.0,
    "mtok": 1.0,
    "cost_per_mtok": 1.0,
    "cost_per_mtok_at_full_use": 1.0,
    "api_price": None,
    "break_even_use": None,
}

AGENT, TUNE, SLOW = 0, 1, 2
T, C, PAIR = 0, 1, 2

FORM: list[Tamper] = [
    ("columns", "valley", lambda tables: tables.pop("token_service")),
    ("columns", "plain", lambda tables: tables.update(replicas=[{"owner": None}])),
    ("columns", "split", lambda tables: tables["replicas"][0].pop("it_mw")),
    ("no_tokens_without_workloads", "plain", adds("tokens", NO_WORKLOAD)),
    ("values", "split", alter("tokens", 0, missed_mtok=None)),
    ("values", "split", alter("replicas", T, site=None)),
    ("single_rows", "split", again("replicas", T)),
    ("single_rows", "split", again("token_service", AGENT)),
    ("no_negative_figures", "split", alter("token_purchases", 0, missed_mtok_h=-1)),
    ("known_spans", "split", alter("tokens", 0, span_to=date(2026, 4, 29))),
    ("known_spans", "split", alter("replicas", C, span_from=date(2026, 4, 2))),
    ("known_spans", "split", alter("token_service", AGENT, span_to=date(2026, 6, 30))),
    ("known_token_names", "split", alter("token_service", AGENT, workload="agents")),
    ("known_token_names", "split", alter("token_service", AGENT, path="both")),
    ("known_token_names", "split", alter("token_service", AGENT, decode_system="D")),
    ("known_token_names", "split", alter("token_service", AGENT, prefill_site="Z")),
    ("known_token_names", "split", alter("token_service", TUNE, country="FR")),
    ("known_token_names", "split", alter("replicas", T, owner="silver")),
    ("known_token_names", "split", alter("replicas", T, model="n")),
    ("known_token_names", "valley", alter("token_service", 0, block="noon")),
    ("known_token_names", "valley", adds("token_purchases", BOUGHT, workload="batch")),
    ("complete_tables", "split", lambda tables: tables["costs"].pop()),
]

SERVING: list[Tamper] = [
    ("hall_built_for_systems", "split", again("fleet", 0, hall="B1", site="B")),
    ("token_balance", "valley", alter("token_service", 0, mtok_h=1484)),
    ("token_balance", "valley", alter("token_service", 1, mtok_h=494.99)),
    ("token_balance", "valley", alter("token_service", 3, mtok_h=1089.01)),
    ("token_balance", "valley", leave_out("token_service", 2)),
    ("token_balance", "split", alter("token_purchases", 0, missed_mtok_h=363)),
    ("token_balance", "split", alter("token_purchases", 0, bought_mtok_h=500.01)),
    ("token_balance", "valley", adds("token_purchases", BOUGHT, missed_mtok_h=1.0)),
    ("token_totals", "split", alter("tokens", 1, missed_mtok=10921)),
    ("token_totals", "split", alter("tokens", 1, bought_mtok=14999)),
    ("token_totals", "split", alter("tokens", 0, served_mtok=2332801 + 10)),
    ("token_totals", "split", alter("tokens", 2, demand_mtok=207361)),
    ("token_totals", "split", leave_out("tokens", 1)),
    ("token_totals", "split", alter("tokens", 0, served_mtok=2332800.01)),
    ("token_path", "split", alter("token_service", TUNE, decode_owner="gold")),
    ("known_token_names", "split", alter("token_service", TUNE, block="noon")),
    ("known_token_names", "split", alter("token_purchases", 0, block="day")),
    ("values", "split", alter("token_service", TUNE, decode_system=None)),
    (
        "tokens_bought_at_a_price",
        "valley",
        together(
            alter("token_service", 0, mtok_h=1475),
            adds("token_purchases", BOUGHT, bought_mtok_h=10.0),
        ),
    ),
    ("token_path", "split", alter("token_service", AGENT, country="US")),
    ("token_path", "split", alter("token_service", AGENT, prefill_site=None)),
    ("token_path", "split", alter("token_service", TUNE, prefill_site="A")),
    ("token_path", "split", alter("token_service", TUNE, decode_system="C")),
    (
        "token_path",
        "split",
        alter("token_service", AGENT, prefill_system="V", prefill_site="A"),
    ),
    (
        "token_path",
        "split",
        alter(
            "token_service",
            TUNE,
            path="disaggregated",
            country=None,
            prefill_site="A",
            decode_site="A",
        ),
    ),
    # T is too slow for agents, and C is late with the first token.
    ("serving_rates", "split", alter("token_service", AGENT, decode_system="T")),
    ("serving_rates", "split", alter("token_service", AGENT, prefill_system="C")),
    ("serving_rates", "split", alter("token_service", AGENT, systems_per_decode_replica=2)),
    ("serving_rates", "split", alter("token_service", SLOW, prefill_system="C")),
    ("serving_rates", "split", alter("token_service", TUNE, prefill_system="C")),
    ("serving_systems", "split", alter("token_service", AGENT, prefill_system="V")),
    ("serving_systems", "split", alter("token_service", AGENT, decode_system="V")),
    ("serving_countries", "split", alter("token_service", AGENT, decode_site="D")),
    ("serving_owner", "split", alter("token_service", AGENT, decode_owner=None)),
    ("serving_owner", "split", alter("token_service", AGENT, owner="gold")),
    ("serving_owner", "split", alter("token_service", SLOW, owner="gold")),
]

REPLICAS: list[Tamper] = [
    ("replica_hours", "valley", alter("replicas", 0, replicas=15, systems=15, it_mw=0.45)),
    ("replica_hours", "valley", alter("token_service", 0, mtok_h=1486)),
    ("replica_hours", "split", alter("replicas", T, replicas=8, systems=8, it_mw=0.32)),
    ("replica_hours", "split", leave_out("replicas", PAIR)),
    ("replica_hours", "split", alter("replicas", C, owner=None)),
    ("replica_hours_at_a_site", "split", alter("replicas", C, site="A")),
    ("replica_hours_at_a_site", "split", alter("replicas", C, replicas=9)),
    ("whole_replicas", "split", alter("replicas", PAIR, replicas=1.5)),
    ("whole_replicas", "valley", alter("replicas", 0, replicas=16.01)),
    ("replicas_within_systems", "valley", alter("replicas", 0, replicas=17)),
    ("replicas_within_systems", "split", alter("replicas", C, replicas=11)),
    ("replicas_within_systems", "split", alter("replicas", PAIR, replicas=2)),
    ("replicas_within_systems", "split", alter("replicas", T, site="B")),
    ("replicas_within_systems", "split", alter("fleet", 0, in_service=8)),
    ("replicas_within_systems", "split", alter("service", 0, mw=0.306)),
    ("replicas_within_systems", "split", alter("service", 0, mw=0.374)),
    ("replica_figures", "split", alter("replicas", PAIR, systems=1)),
    ("replica_figures", "split", alter("replicas", PAIR, it_mw=0.178)),
    ("replica_figures", "valley", alter("replicas", 0, systems=15)),
    ("replica_use", "valley", alter("replicas", 0, mean_use=0.99)),
    ("replica_use", "valley", alter("replicas", 0, peak_use=0.99)),
    ("replica_use", "split", alter("replicas", PAIR, mean_use=0.8)),
    ("replica_use", "split", alter("replicas", T, peak_use=1.01)),
    ("kv_sent", "split", alter("token_service", AGENT, kv_gb_s=28.0)),
    ("kv_sent", "split", alter("token_service", AGENT, kv_gb_s=0.0)),
    ("kv_sent", "split", alter("token_service", TUNE, kv_gb_s=1.0)),
    ("kv_sent", "split", alter("token_service", AGENT, prefill_site="B", decode_site="A")),
    ("link_capacity", "split", alter("token_service", AGENT, kv_gb_s=28.81)),
]

MONEY: list[Tamper] = [
    ("token_buy_cost", "split", alter("tokens", 1, buy_cost=1500.01)),
    ("token_buy_cost", "split", alter("tokens", 1, buy_cost=0)),
    ("token_buy_cost", "split", alter("token_purchases", 0, bought_mtok_h=501)),
    ("tokens_cost", "split", lambda tables: tables["spend"][-1].update(amount=1499.99)),
    ("tokens_cost", "split", lambda tables: tables["spend"][-1].update(present_cost=1499.99)),
    ("tokens_cost", "split", lambda tables: tables["spend"].pop()),
    ("tokens_cost", "split", alter("token_purchases", 0, bought_mtok_h=501)),
    ("tier_missed_tokens", "split", alter("tiers", 2, value=10919)),
    ("tier_missed_tokens", "split", alter("tiers", 1, value=1)),
    ("tier_missed_tokens", "split", alter("token_purchases", 0, missed_mtok_h=365)),
    ("tier_order", "split", leave_out("tiers", 1)),
    ("tier_order", "valley", leave_out("tiers", 0)),
    ("tier_bounds", "split", alter("tiers", 2, bound=10921)),
    ("tier_bounds", "split", alter("tiers", 2, bound=10000)),
]

COSTS: list[Tamper] = [
    ("no_tokens_without_workloads", "plain", adds("token_costs", NO_POOL)),
    ("known_spans", "split", alter("token_costs", T, span_to=date(2026, 4, 29))),
    ("known_token_names", "split", alter("token_costs", PAIR, system="trio")),
    ("known_token_names", "split", alter("token_costs", T, country="FR")),
    ("single_rows", "split", again("token_costs", PAIR)),
    ("token_pools", "split", leave_out("token_costs", C)),
    ("token_pools", "split", alter("token_costs", PAIR, systems=1)),
    ("token_pools", "valley", alter("token_costs", 0, systems=15)),
    # Input of agents is not C's, output is not T's.
    ("token_pools", "split", alter("token_costs", C, mtok=2332800)),
    ("token_pools", "split", alter("token_costs", T, mtok=2125440.01)),
    ("token_pool_costs", "valley", alter("token_costs", 0, monthly_cost=48000000.05)),
    ("token_pool_costs", "split", alter("token_costs", C, monthly_cost=18000000)),
    ("token_pool_costs", "split", alter("token_costs", PAIR, monthly_cost=3000000)),
    ("cost_of_a_mtok", "valley", alter("token_costs", 0, cost_per_mtok=42.1)),
    ("cost_of_a_mtok", "split", alter("token_costs", T, cost_per_mtok=None)),
    ("cost_of_a_mtok", "split", alter("token_costs", PAIR, cost_per_mtok_at_full_use=15.05)),
    ("cost_of_a_mtok", "split", alter("token_costs", T, api_price=0.1)),
    ("cost_of_a_mtok", "split", alter("token_costs", T, break_even_use=21.17)),
]

TOKEN_TAMPERS = [*FORM, *SERVING, *REPLICAS, *MONEY, *COSTS]
"""Rule that refuses, case, and edit."""
