"""A workbook with every sheet, and a plan of it worked out by hand, for the tests of the checker.

In January four wafers arrive and two systems are on order; by 10 February eight wafers more are
ordered, and the first hall is decided; on 1 March two systems are installed, by the 5th two more
are started, one of which is installed on 1 April and one held. West serves from the start with
what stands there and loses an old system in April. East's feeder has two that stand in for it, one
of them below a substation that carries less. North is not used.
"""
# ruff: noqa: E501  (rows of a table stay on one line)

from __future__ import annotations

from datetime import date

JAN, FEB, MAR, APR, MAY = (date(2026, month, 1) for month in range(1, 6))

FULL = {
    "settings": """
        setting | value
        start | 2026-01-01
        end | 2026-05-10
        release_fence_days | 10
        discount_rate | 0.1
        pace | as-early-as-possible""",
    "systems": """
        system | power_kw | overhead_kw | slots | coolant_lpm | price | available_from | available_to | commission_days
        CS | 20 | 10 | 2 | 50 | 1000 | 2026-02-15 | 2026-04-01 | 45
        Old | 10 | 0 | 1 | 0 | 0 | | 2025-12-31 | 0""",
    "bom": """
        system | item | quantity
        CS | wafer | 2""",
    "supply": """
        supplier | item | lead_days | yield | price | order_cost | min_order | lot | capacity_use | available_from | take_or_pay_share
        Fab | wafer | 20 | 0.5 | 10 | 7 | 8 | 4 | 2 | 2026-01-15 | 0.5
        Maker | CS | 31 | | | 5 | | | | |
        Maker | Old | 31 | | | | | | | |""",
    "supply_capacity": """
        supplier | from | units_per_month
        Fab | 2026-01-01 | 20
        Fab | 2026-02-01 | 16
        Fab | 2026-03-15 | 8""",
    "plants": """
        plant | system | units_per_month | lead_days | cost | from
        Asm | CS | 2 | 10 | 30 | 2026-02-02""",
    "depots": """
        depot | storage | holding_cost
        Depot | 2 | 0.5""",
    "lanes": """
        from | to | transit_days | cost | units_per_month
        Fab | Depot | 10 | 3 | 3
        Fab | Asm | 0 | 1 |
        Depot | Asm | 0 | 0 |
        Asm | East | 0 | 20 |
        Maker | East | 0 | 20 |""",
    "sites": """
        site | country | pue | opening_cost | energy_price | storage | holding_cost | lease
        East | US | 1.5 | 500 | 10 | 1 | 2 | 50
        West | CA | 1.2 | 900 | 5 | | | 40
        North | CA | 1.2 | 700 | 5 | | | 30""",
    "halls": """
        hall | site | count | it_mw | slots | coolant_lpm | ready | build_days | fit_out_cost | fed_by | open_count
        A | East | 2 | 0.06 | 4 | 100 | 2026-03-01 | 28 | 100 | FeedA | 0
        B | West | 1 | 0.1 | | | | 0 | 100 | FeedB | 1
        C | North | 1 | 0.1 | | | | 0 | 100 | | 0""",
    "power": """
        node | parent | group
        Grid | |
        FeedA | Grid | G
        Spare | Sub | G
        Ring | | G
        Sub | |
        FeedB | Grid |""",
    "energisation": """
        node | from | mw
        FeedA | 2026-02-20 | 0.2
        Spare | 2026-01-01 | 0.12
        Sub | 2026-01-01 | 0.1
        Ring | 2026-01-01 | 0.035
        FeedB | 2026-01-01 | 0.108""",
    "crews": """
        site | from | systems_per_month
        East | 2026-02-10 | 40""",
    "commitments": """
        commitment | basis | priority | late_cost | price | countries | systems
        Gold | it | 1 | 1000 | 9 | CA | CS
        Silver | facility | 2 | 100 | 9 | |
        Bronze | system | 2 | 0 | 9 | |""",
    "milestones": """
        commitment | date | mw
        Gold | 2026-01-31 | 0.06
        Gold | 2026-04-30 | 0.09
        Silver | 2026-03-31 | 0.045
        Silver | 2026-05-31 | 0.135
        Bronze | 2026-01-31 | 0.03""",
    "service": """
        commitment | site | cost | allowed
        Gold | West | 50 | yes
        Silver | East | 200 | yes
        Silver | West | 0 | no""",
    "budget": """
        date | cumulative
        2026-03-01 | 4200""",
    "fleet": """
        hall | system | count | commitment
        B | CS | 2 | Gold
        A | CS | 0 |
        B | Old | 3 |""",
    "orders": """
        order | supplier | item | quantity | arrives | placed
        PO-1 | Maker | CS | 2 | 2026-02-20 | 2026-01-10
        PO-2 | Fab | wafer | 4 | 2026-01-01 |
        PO-3 | Maker | CS | 1 | 2026-07-01 | 2025-12-31""",
}

FULL_PLAN = {
    "orders": """
        order | supplier | item | firm | quantity | period | order_date | order_from | arrival_date | unit_price | price | order_cost | latest_order_date | slack_days | it_mw_blocked | milestone_blocked | already_late | sites_fed
        PO-1 | Maker | CS | yes | 2 | 2026-01-01 | 2026-01-10 | - | 2026-02-20 | 1000 | 2000 | 5 | - | - | 0.06 | Silver 2026-03-31 | yes | East
        PO-2 | Fab | wafer | yes | 4 | - | - | - | 2026-01-01 | 10 | 40 | 7 | - | - | - | - | - | -
        PO-3 | Maker | CS | yes | 1 | - | 2025-12-31 | - | 2026-07-01 | 1000 | 1000 | 0 | - | - | - | - | - | -
        N-1 | Fab | wafer | no | 8 | 2026-02-01 | 2026-02-10 | 2026-01-15 | 2026-03-02 | 10 | 80 | 7 | 2026-01-18 | 3 | 0.03 | Silver 2026-05-31 | no | East""",
    "pegs": """
        order | hall | system | period | date | quantity | systems | it_mw
        PO-1 | A | CS | 2026-03-01 | 2026-03-01 | 2 | 2 | 0.06
        N-1 | A | CS | 2026-04-01 | 2026-04-01 | 2 | 1 | 0.03""",
    "production": """
        plant | system | period | start_date | finish_date | quantity
        Asm | CS | 2026-03-01 | 2026-03-05 | 2026-03-15 | 2""",
    "shipments": """
        from | to | item | period | departure_date | arrival_date | quantity
        Fab | Depot | wafer | 2026-02-01 | 2026-02-03 | 2026-02-13 | 2
        Fab | Asm | wafer | 2026-03-01 | 2026-03-05 | 2026-03-05 | 4
        Maker | East | CS | 2026-03-01 | 2026-03-01 | 2026-03-01 | 2
        Asm | East | CS | 2026-04-01 | 2026-04-01 | 2026-04-01 | 2""",
    "stock": """
        place | item | period | date | quantity
        Fab | wafer | 2026-01-01 | 2026-01-01 | 2
        Depot | wafer | 2026-03-01 | 2026-03-01 | 2
        Depot | wafer | 2026-04-01 | 2026-04-01 | 2
        Depot | wafer | 2026-05-01 | 2026-05-01 | 2
        East | CS | 2026-04-01 | 2026-04-01 | 1
        East | CS | 2026-05-01 | 2026-05-01 | 1""",
    "installs": """
        site | hall | system | period | date | installed | removed | commitment | milestone | late
        East | A | CS | 2026-03-01 | 2026-03-01 | 2 | 0 | Silver | 2026-03-31 | yes
        East | A | CS | 2026-04-01 | 2026-04-01 | 1 | 0 | Silver | 2026-05-31 | no
        West | B | Old | 2026-04-01 | 2026-04-01 | 0 | 1 | - | - | -""",
    "fleet": """
        site | hall | system | period | installed | in_service
        East | A | CS | 2026-01-01 | 0 | 0
        East | A | CS | 2026-02-01 | 0 | 0
        East | A | CS | 2026-03-01 | 2 | 0
        East | A | CS | 2026-04-01 | 3 | 2
        East | A | CS | 2026-05-01 | 3 | 3
        West | B | CS | 2026-01-01 | 2 | 2
        West | B | CS | 2026-02-01 | 2 | 2
        West | B | CS | 2026-03-01 | 2 | 2
        West | B | CS | 2026-04-01 | 2 | 2
        West | B | CS | 2026-05-01 | 2 | 2
        West | B | Old | 2026-01-01 | 3 | 3
        West | B | Old | 2026-02-01 | 3 | 3
        West | B | Old | 2026-03-01 | 3 | 3
        West | B | Old | 2026-04-01 | 2 | 2
        West | B | Old | 2026-05-01 | 2 | 2""",
    "halls": """
        site | hall | period | decided | opened
        East | A | 2026-02-01 | 1 | 0
        East | A | 2026-03-01 | 1 | 2
        East | A | 2026-04-01 | 0 | 2
        East | A | 2026-05-01 | 0 | 2
        West | B | 2026-01-01 | 0 | 1
        West | B | 2026-02-01 | 0 | 1
        West | B | 2026-03-01 | 0 | 1
        West | B | 2026-04-01 | 0 | 1
        West | B | 2026-05-01 | 0 | 1""",
    "openings": """
        site | hall | period | date | opens | count
        East | A | 2026-02-01 | 2026-02-01 | 2026-03-01 | 1
        East | A | 2026-03-01 | 2026-03-01 | 2026-03-29 | 1""",
    "clock": """
        act | place | to | item | window_from | date | carried
        order | Fab | - | - | 2026-01-15 | 2026-02-10 | 0.5
        start | Asm | - | CS | 2026-02-02 | 2026-02-03 | 0
        start | Asm | - | CS | 2026-02-04 | 2026-03-05 | 0
        ship | Fab | Depot | - | 2026-01-11 | 2026-02-03 | 0
        install | East | - | - | 2026-02-15 | 2026-02-19 | 1
        install | East | - | - | 2026-02-20 | 2026-02-28 | 1
        install | East | - | - | 2026-03-01 | 2026-03-01 | 0.2
        install | East | - | - | 2026-03-02 | 2026-04-01 | 1""",
    "power": """
        node | period | load_mw | energised_mw | headroom_mw
        Grid | 2026-01-01 | 0.108 | - | -
        Grid | 2026-02-01 | 0.108 | - | -
        Grid | 2026-03-01 | 0.198 | - | -
        Grid | 2026-04-01 | 0.231 | - | -
        Grid | 2026-05-01 | 0.231 | - | -
        FeedA | 2026-01-01 | 0 | 0 | 0
        FeedA | 2026-02-01 | 0 | 0.2 | 0.2
        FeedA | 2026-03-01 | 0.09 | 0.2 | 0.11
        FeedA | 2026-04-01 | 0.135 | 0.2 | 0.065
        FeedA | 2026-05-01 | 0.135 | 0.2 | 0.065
        Spare | 2026-01-01 | 0 | 0.12 | 0.12
        Spare | 2026-02-01 | 0 | 0.12 | 0.12
        Spare | 2026-03-01 | 0 | 0.12 | 0.12
        Spare | 2026-04-01 | 0 | 0.12 | 0.12
        Spare | 2026-05-01 | 0 | 0.12 | 0.12
        Sub | 2026-01-01 | 0 | 0.1 | 0.1
        Sub | 2026-02-01 | 0 | 0.1 | 0.1
        Sub | 2026-03-01 | 0 | 0.1 | 0.1
        Sub | 2026-04-01 | 0 | 0.1 | 0.1
        Sub | 2026-05-01 | 0 | 0.1 | 0.1
        Ring | 2026-01-01 | 0 | 0.035 | 0.035
        Ring | 2026-02-01 | 0 | 0.035 | 0.035
        Ring | 2026-03-01 | 0 | 0.035 | 0.035
        Ring | 2026-04-01 | 0 | 0.035 | 0.035
        Ring | 2026-05-01 | 0 | 0.035 | 0.035
        FeedB | 2026-01-01 | 0.108 | 0.108 | 0
        FeedB | 2026-02-01 | 0.108 | 0.108 | 0
        FeedB | 2026-03-01 | 0.108 | 0.108 | 0
        FeedB | 2026-04-01 | 0.096 | 0.108 | 0.012
        FeedB | 2026-05-01 | 0.096 | 0.108 | 0.012""",
    "service": """
        commitment | site | hall | system | period | mw
        Gold | West | B | CS | 2026-01-01 | 0.06
        Gold | West | B | CS | 2026-02-01 | 0.06
        Gold | West | B | CS | 2026-03-01 | 0.06
        Gold | West | B | CS | 2026-04-01 | 0.06
        Gold | West | B | CS | 2026-05-01 | 0.06
        Silver | East | A | CS | 2026-04-01 | 0.09
        Silver | East | A | CS | 2026-05-01 | 0.135
        Bronze | West | B | Old | 2026-01-01 | 0.03
        Bronze | West | B | Old | 2026-02-01 | 0.03
        Bronze | West | B | Old | 2026-03-01 | 0.03
        Bronze | West | B | Old | 2026-04-01 | 0.02
        Bronze | West | B | Old | 2026-05-01 | 0.02""",
    "ramp": """
        commitment | period | period_end | basis | required_mw | in_service_mw | missed_mw
        Gold | 2026-01-01 | 2026-01-31 | it | 0.06 | 0.06 | 0
        Gold | 2026-02-01 | 2026-02-28 | it | 0.06 | 0.06 | 0
        Gold | 2026-03-01 | 2026-03-31 | it | 0.06 | 0.06 | 0
        Gold | 2026-04-01 | 2026-04-30 | it | 0.09 | 0.06 | 0.03
        Gold | 2026-05-01 | 2026-05-31 | it | 0.09 | 0.06 | 0.03
        Silver | 2026-01-01 | 2026-01-31 | facility | 0 | 0 | 0
        Silver | 2026-02-01 | 2026-02-28 | facility | 0 | 0 | 0
        Silver | 2026-03-01 | 2026-03-31 | facility | 0.045 | 0 | 0.045
        Silver | 2026-04-01 | 2026-04-30 | facility | 0.045 | 0.09 | 0
        Silver | 2026-05-01 | 2026-05-31 | facility | 0.135 | 0.135 | 0
        Bronze | 2026-01-01 | 2026-01-31 | system | 0.03 | 0.03 | 0
        Bronze | 2026-02-01 | 2026-02-28 | system | 0.03 | 0.03 | 0
        Bronze | 2026-03-01 | 2026-03-31 | system | 0.03 | 0.03 | 0
        Bronze | 2026-04-01 | 2026-04-30 | system | 0.03 | 0.02 | 0.01
        Bronze | 2026-05-01 | 2026-05-31 | system | 0.03 | 0.02 | 0.01""",
}

FULL_SPEND = {
    "purchase": {date(2026, 1, 10): 2000, date(2026, 2, 10): 80},  # 2 CS x 1000; 8 wafers x 10
    # Half of 20 a month at 2 a wafer is 5 wafers x 10. To 10 February 8 are ordered, more than due.
    # Then half of 16 x 18 / 28 + 0.5 that is left; half of 16 x 14 / 31 + 8 x 17 / 31; half of 8.
    "take_or_pay": {
        date(2026, 1, 31): 50,
        date(2026, 2, 28): (16 * 18 / 28 + 0.5) / 4 * 10,
        date(2026, 3, 31): (16 * 14 / 31 + 8 * 17 / 31) / 4 * 10,
        date(2026, 4, 30): 20,
        date(2026, 5, 31): 20,
    },
    "orders": {date(2026, 1, 10): 5, date(2026, 2, 10): 7},
    "assembly": {date(2026, 3, 5): 60},  # 2 x 30
    # 2 x 3; 2 x 20; 4 x 1; 2 x 20
    "freight": {date(2026, 2, 3): 6, MAR: 40, date(2026, 3, 5): 4, APR: 40},
    "holding": {MAR: 1, APR: 3, MAY: 3},  # 2 wafers x 0.5; and 1 CS x 2
    "openings": {FEB: 500},
    "fit_out": {FEB: 100, MAR: 100},
    # 0.09 MW x 40, also in April, when 0.01 MW goes; there 0.06 MW x 50 from the 15th on.
    # 0.08 x 40 + 0.06 x 50 + 0.03 x 50 from 16 May on.
    "lease": {
        JAN: 3.6,
        FEB: 3.6,
        MAR: 3.6,
        APR: 3.6 + 3 * 16 / 30,
        MAY: 3.2 + 3 + 1.5 * 16 / 31,
    },
    # 0.108 MW x 744 h x 5; 672 h; 744 h; 720 h, and 0.09 x 384 x 10 from 15 April on;
    # 0.096 x 744 x 5 + 0.09 x 744 x 10 + 0.045 x 384 x 10 from 16 May on.
    "energy": {
        JAN: 401.76,
        FEB: 362.88,
        MAR: 401.76,
        APR: 388.8 + 345.6,
        MAY: 357.12 + 669.6 + 172.8,
    },
    # 0.06 x 50 from the last day of a month to the day before that of the next; 0.09 x 200 from
    # 30 April on, 0.135 x 200 on 31 May.
    "service": {
        date(2026, 1, 31): 3 * (1 / 31 + 27 / 28),
        date(2026, 2, 28): 3 * (1 / 28 + 30 / 31),
        date(2026, 3, 31): 3 * (1 / 31 + 29 / 30),
        date(2026, 4, 30): 21 * (1 / 30 + 30 / 31),
        date(2026, 5, 31): 30 / 31,
    },
    "late": {MAR: 4.5, APR: 30, MAY: 30},  # 0.045 x 100; 0.03 x 1000
}
FULL_RATE = 0.1
FULL_TIERS = {
    "missed_mw_months_priority_1": 0.06,
    "missed_mw_months_priority_2": 0.065,
    "in_service_mw_months": 0.655,  # Gold 5 x 0.06; Silver 0.225; Bronze 0.13
}
