"""Two workbooks of workloads with plans worked out by hand, for the tests of the checker.

`valley`: chat that asks for three times as much by day as by night, and batch work that fills the
valley; no commitment. `split`: agents whose requests are prefilled at one site and decoded on a
commitment's megawatts at another; tuning that is served, bought and missed in part; and composites.

Rates: 5,000 tokens a second are 18 Mtok an hour, 10,000 are 36, 20,000 are 72, 50,000 are 180,
100,000 are 360.
"""
# ruff: noqa: E501  (rows of a table stay on one line)

from __future__ import annotations

from datetime import date

APRIL = date(2026, 4, 1)

# A request of chat has ten tokens of input for one of output: 10 / 11 / 180 + 1 / 11 / 18 = 1 / 99
# replica-hours a Mtok. Chat takes 1485 / 99 = 15 replicas by day and 495 / 99 = 5 by night; batch
# of 14,256 Mtok a day takes 144 replica-hours: 12 x 1 by day and 12 x 11 by night.
VALLEY = {
    "settings": """
        setting | value
        start | 2026-04-01
        end | 2026-04-30
        period | month""",
    "systems": """
        system | power_kw | price
        G | 30 | 3000000""",
    "sites": """
        site | country
        East | US""",
    "halls": """
        hall | site | it_mw | open_count | systems
        A | East | 1 | 1 | G""",
    "workloads": """
        workload | model | class
        chat | m | online
        batch | m | batch""",
    "token_demand": """
        workload | from | input_mtok_day | output_mtok_day
        chat | 2026-04-01 | 21600 | 2160
        batch | 2026-04-01 | 12960 | 1296""",
    "throughput": """
        model | system | speed | from | prefill_tok_s | decode_tok_s
        m | G | 50 | 2026-04-01 | 50000 | 5000""",
    "day": """
        block | hours | load
        day | 12 | 1.5
        night | 12 | 0.5""",
}
VALLEY_PLAN = {
    "installs": """
        site | hall | system | period | date | installed | removed | commitment | milestone | late
        East | A | G | 2026-04-01 | 2026-04-01 | 16 | 0 | - | - | -""",
    "fleet": """
        site | hall | system | period | installed | in_service
        East | A | G | 2026-04-01 | 16 | 16""",
    "halls": """
        site | hall | period | decided | opened
        East | A | 2026-04-01 | 0 | 1""",
    "tokens": """
        workload | span_from | span_to | demand_mtok | served_mtok | bought_mtok | missed_mtok | buy_cost
        chat | 2026-04-01 | 2026-04-30 | 712800 | 712800 | 0 | 0 | 0
        batch | 2026-04-01 | 2026-04-30 | 427680 | 427680 | 0 | 0 | 0""",
    "token_service": """
        workload | path | prefill_system | decode_system | systems_per_prefill_replica | systems_per_decode_replica | owner | decode_owner | country | prefill_site | decode_site | block | span_from | span_to | mtok_h | kv_gb_s
        chat | aggregated | G | G | 1 | 1 | - | - | US | - | - | day | 2026-04-01 | 2026-04-30 | 1485 | 0
        chat | aggregated | G | G | 1 | 1 | - | - | US | - | - | night | 2026-04-01 | 2026-04-30 | 495 | 0
        batch | aggregated | G | G | 1 | 1 | - | - | US | - | - | day | 2026-04-01 | 2026-04-30 | 99 | 0
        batch | aggregated | G | G | 1 | 1 | - | - | US | - | - | night | 2026-04-01 | 2026-04-30 | 1089 | 0""",
    "token_purchases": """
        workload | block | span_from | span_to | bought_mtok_h | missed_mtok_h""",
    "replicas": """
        owner | model | system | systems_per_replica | site | span_from | span_to | replicas | systems | it_mw | peak_use | mean_use
        - | m | G | 1 | East | 2026-04-01 | 2026-04-30 | 16 | 16 | 0.48 | 1 | 1""",
    # 48,000,000 for 712,800 + 427,680 Mtok, in a month in which all 16 G are busy.
    "token_costs": """
        model | system | country | span_from | span_to | systems | monthly_cost | mtok | cost_per_mtok | cost_per_mtok_at_full_use | api_price | break_even_use
        m | G | US | 2026-04-01 | 2026-04-30 | 16 | 48000000 | 1140480 | 42.087542088 | 42.087542088 | - | -""",
}
VALLEY_SPEND = {"purchase": {APRIL: 48000000}}
VALLEY_TIERS = {"missed_mtok_priority_1": 0}

# Agents: 8 tokens of input for one of output, 3,240 Mtok an hour. Prefill 8 / 9 / 360 replica-hours
# a Mtok, 8 T in all; decode 1 / 9 / 36, 10 C; 8 / 9 x 36 kB / 3600 x 3240 = 28.8 GB/s. Tuning of
# 2,592 Mtok a day at 72 an hour: one T makes 1,728, 500 are bought at 0.1, 364 are missed. Slow
# work of 288 Mtok an hour, 60 x 4.8: a pair of one V and two C decodes 360 an hour, headroom 25 %:
# one pair, whole, what is kept free included.
SPLIT = {
    "settings": """
        setting | value
        start | 2026-04-01
        end | 2026-04-30
        period | month""",
    "systems": """
        system | power_kw | price
        T | 40 | 500000
        C | 34 | 1500000
        V | 100 | 900000""",
    "sites": """
        site | country
        A | US
        B | US
        D | CA""",
    "halls": """
        hall | site | it_mw | open_count | systems
        A1 | A | 1 | 1 | T, V
        B1 | B | 1 | 1 | C, V
        D1 | D | 1 | 1 |""",
    "commitments": """
        commitment | basis | systems
        gold | it | C""",
    "milestones": """
        commitment | date | mw
        gold | 2026-04-30 | 0.34""",
    "workloads": """
        workload | model | class | priority | min_speed | max_ttft_s | countries | systems | commitment | headroom
        agent | m | online | 1 | 1000 | 2 | US | T, C | gold |
        tune | m | fine-tuning | 2 | | | | | |
        slow | s | online | 1 | | | | | | 0.25""",
    "token_demand": """
        workload | from | input_mtok_day | output_mtok_day
        agent | 2026-04-01 | 69120 | 8640
        tune | 2026-04-01 | 2592 | 0
        slow | 2026-04-01 | 0 | 6912""",
    "throughput": """
        model | system | speed | from | systems_per_replica | prefill_tok_s | decode_tok_s | train_tok_s | ttft_s | max_use
        m | T | 100 | 2026-04-01 | 1 | 100000 | | 20000 | 1 |
        m | C | 1000 | 2026-04-01 | 1 | 20000 | 10000 | | 3 |
        m | V | 2000 | 2026-04-01 | 1 | 200000 | 200000 | | 0.5 |
        s | pair | 100 | 2026-04-01 | 1 | | 100000 | | | """,
    "token_prices": """
        workload | from | buy_input | buy_output
        tune | 2026-04-01 | 0.1 |""",
    "disaggregation": """
        model | prefill | decode | kv_kb_per_token
        m | T | C | 36""",
    "links": """
        from | to | gb_s
        A | B | 28.8""",
    "composites": """
        composite | system | count
        pair | V | 1
        pair | C | 2""",
}
SPLIT_PLAN = {
    "installs": """
        site | hall | system | period | date | installed | removed | commitment | milestone | late
        A | A1 | T | 2026-04-01 | 2026-04-01 | 9 | 0 | - | - | -
        B | B1 | C | 2026-04-01 | 2026-04-01 | 12 | 0 | gold | 2026-04-30 | no
        B | B1 | V | 2026-04-01 | 2026-04-01 | 1 | 0 | - | - | -""",
    "fleet": """
        site | hall | system | period | installed | in_service
        A | A1 | T | 2026-04-01 | 9 | 9
        B | B1 | C | 2026-04-01 | 12 | 12
        B | B1 | V | 2026-04-01 | 1 | 1""",
    "halls": """
        site | hall | period | decided | opened
        A | A1 | 2026-04-01 | 0 | 1
        B | B1 | 2026-04-01 | 0 | 1
        D | D1 | 2026-04-01 | 0 | 1""",
    "service": """
        commitment | site | hall | system | period | mw
        gold | B | B1 | C | 2026-04-01 | 0.34""",
    "ramp": """
        commitment | period | period_end | basis | required_mw | in_service_mw | missed_mw
        gold | 2026-04-01 | 2026-04-30 | it | 0.34 | 0.34 | 0""",
    "tokens": """
        workload | span_from | span_to | demand_mtok | served_mtok | bought_mtok | missed_mtok | buy_cost
        agent | 2026-04-01 | 2026-04-30 | 2332800 | 2332800 | 0 | 0 | 0
        tune | 2026-04-01 | 2026-04-30 | 77760 | 51840 | 15000 | 10920 | 1500
        slow | 2026-04-01 | 2026-04-30 | 207360 | 207360 | 0 | 0 | 0""",
    "token_service": """
        workload | path | prefill_system | decode_system | systems_per_prefill_replica | systems_per_decode_replica | owner | decode_owner | country | prefill_site | decode_site | block | span_from | span_to | mtok_h | kv_gb_s
        agent | disaggregated | T | C | 1 | 1 | - | gold | - | A | B | day | 2026-04-01 | 2026-04-30 | 3240 | 28.8
        tune | aggregated | T | T | 1 | 1 | - | - | US | - | - | day | 2026-04-01 | 2026-04-30 | 72 | 0
        slow | aggregated | pair | pair | 1 | 1 | - | - | US | - | - | day | 2026-04-01 | 2026-04-30 | 288 | 0""",
    "token_purchases": """
        workload | block | span_from | span_to | bought_mtok_h | missed_mtok_h
        tune | - | 2026-04-01 | 2026-04-30 | 500 | 364""",
    "replicas": """
        owner | model | system | systems_per_replica | site | span_from | span_to | replicas | systems | it_mw | peak_use | mean_use
        - | m | T | 1 | A | 2026-04-01 | 2026-04-30 | 9 | 9 | 0.36 | 1 | 1
        gold | m | C | 1 | B | 2026-04-01 | 2026-04-30 | 10 | 10 | 0.34 | 1 | 1
        - | s | pair | 1 | B | 2026-04-01 | 2026-04-30 | 1 | 3 | 0.168 | 1 | 1""",
    # T makes the input of agents, 8 / 9 of 2,332,800 Mtok, and 51,840 of tuning; C the output. The
    # pair is 900,000 and two C. Nothing but tuning can be bought, and all of them are busy.
    "token_costs": """
        model | system | country | span_from | span_to | systems | monthly_cost | mtok | cost_per_mtok | cost_per_mtok_at_full_use | api_price | break_even_use
        m | T | US | 2026-04-01 | 2026-04-30 | 9 | 4500000 | 2125440 | 2.117208672 | 2.117208672 | - | -
        m | C | US | 2026-04-01 | 2026-04-30 | 10 | 15000000 | 259200 | 57.870370370 | 57.870370370 | - | -
        s | pair | US | 2026-04-01 | 2026-04-30 | 3 | 3900000 | 207360 | 18.807870370 | 18.807870370 | - | -""",
}
SPLIT_SPEND = {"purchase": {APRIL: 4500000 + 18000000 + 900000}, "tokens": {APRIL: 1500}}
SPLIT_TIERS = {
    "missed_mw_months_priority_1": 0,
    "missed_mtok_priority_1": 0,
    "missed_mtok_priority_2": 10920,
}
