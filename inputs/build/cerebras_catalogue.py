"""Systems, bills of materials, suppliers and plants of the Cerebras workbooks.

Days on the road are counted in the lead time before them: wafers fly during the last of their 120
days, racks travel during the last of a plant's 30. So a wafer ordered on 1 January is at the plant
on 1 May, in a finished CS-3 at its site on 31 May, and in service, commissioned in 21 days, on
21 June.
"""

from __future__ import annotations

from datetime import date

from common import CHIPS, SEMIANALYSIS_CS4, SEMIANALYSIS_TOKENS, Row, assumed, dated

TSMC, VICOR = "TSMC", "Vicor"
CS3_KITS, CS4_KITS = "CS-3 kit makers (assumed)", "CS-4 kit makers (assumed)"
CALIFORNIA, TEXAS = "Assembly California (assumed)", "Assembly Texas (assumed)"
DEPOT = "Depot Dallas (assumed)"

MUST_BE_TRUE = "WHAT MUST BE TRUE FOR THE PUBLISHED DATES, not published"
"""Opens the source of every figure that was set so that the published dates can just be met."""

Steps = tuple[tuple[date, float], ...]


def systems() -> list[Row]:
    """Return CS-3 and CS-4, with what overhead, coolant and slots they take."""
    return [
        {
            "system": "CS-3",
            "vendor": "Cerebras",
            "class": "wafer-scale",
            "power_kw": 23,
            "overhead_kw": 11,
            "slots": 1,
            "coolant_lpm": 92,
            "commission_days": 21,
            "source": f"23 kW: {SEMIANALYSIS_CS4}; overhead is the middle of the published 10 to "
            f"12 kW: {CHIPS}; coolant 4 l/min per kW: {SEMIANALYSIS_TOKENS}; assumption: a slot is "
            "a rack position, half for the system (two in a rack, published) and half for its "
            "supporting machines; 21 days to commission",
        },
        {
            "system": "CS-4",
            "vendor": "Cerebras",
            "class": "wafer-scale",
            "power_kw": 130,
            "overhead_kw": 24,
            "slots": 2,
            "coolant_lpm": 520,
            "available_from": date(2026, 8, 1),
            "commission_days": 21,
            "source": "one system is one rack of three wafers; 130 kW is the middle of its "
            f"published TDP of 125 to 135 kW: {SEMIANALYSIS_CS4}; first ships Q3 2026 (a public "
            "research note, August 2026); assumption: overhead 8 kW for each wafer, the CS-3's 11 "
            "kW less pumps and heat exchangers, which move out of the rack; coolant 4 l/min per kW "
            "as for the CS-3; one rack position of its own and one of supporting machines; "
            "21 days to commission",
        },
    ]


def bom() -> list[Row]:
    """Return the bills of materials; a CS-3's adds up to the published 450,000 USD."""
    bricks = f"84 bricks deliver 25 kW: {SEMIANALYSIS_TOKENS}"
    return [
        {
            "system": "CS-3",
            "item": "wafer",
            "quantity": 1,
            "source": f"one wafer is one WSE is one system: {SEMIANALYSIS_CS4}",
        },
        {"system": "CS-3", "item": "power brick", "quantity": 84, "source": bricks},
        {
            "system": "CS-3",
            "item": "CS-3 kit",
            "quantity": 1,
            "source": assumed("all else in the bill of materials, as one kit"),
        },
        {
            "system": "CS-4",
            "item": "wafer",
            "quantity": 3,
            "source": f"three wafers a rack: {SEMIANALYSIS_CS4}",
        },
        {
            "system": "CS-4",
            "item": "power brick",
            "quantity": 438,
            "source": (
                f"assumption: the CS-3's power a brick ({bricks}) for 130 kW, three times 146"
            ),
        },
        {
            "system": "CS-4",
            "item": "CS-4 kit",
            "quantity": 1,
            "source": assumed("all else in the bill of materials, as one kit"),
        },
    ]


def supply() -> list[Row]:
    """Return what each supplier sells."""
    return [
        {
            "supplier": TSMC,
            "item": "wafer",
            "lead_days": 120,
            "yield": 0.95,
            "price": 20_000,
            "lot": 25,
            "take_or_pay_share": 0.25,
            "source": f"20,000 USD (another note: 16,000 to 18,500): {SEMIANALYSIS_TOKENS}; "
            "assumption: lots of 25; 120 days of N5 cycle, test and air freight; 95 % good, for "
            "spare cores are mapped around the defects; a quarter of the "
            "allocation is paid in any case",
        },
        {
            "supplier": VICOR,
            "item": "power brick",
            "lead_days": 84,
            "yield": 1,
            "price": 40,
            "lot": 2_100,
            "source": assumed("12 weeks, about 40 USD a brick, lots for 25 CS-3"),
        },
        {
            "supplier": CS3_KITS,
            "item": "CS-3 kit",
            "lead_days": 90,
            "yield": 1,
            "price": 425_500,
            "lot": 5,
            "source": "assumption: the published bill of about 450,000 USD "
            f"({SEMIANALYSIS_TOKENS}) less 21,050 for the wafer and 3,360 for bricks; 90 days; "
            "lots of 5",
        },
        {
            "supplier": CS4_KITS,
            "item": "CS-4 kit",
            "lead_days": 90,
            "yield": 1,
            "price": 1_269_000,
            "lot": 1,
            "available_from": date(2026, 4, 1),
            "source": assumed(
                "a wafer's share of the rack costs what a CS-3 costs, 450,000 USD, so "
                "1,350,000 less wafers and bricks; 90 days; ordered singly"
            ),
        },
    ]


def supply_capacity(cs4_kits: Steps, wafers_later: Steps = ()) -> list[Row]:
    """Return the suppliers' monthly capacities.

    Parameters
    ----------
    cs4_kits
        CS-4 kits a month, by date.
    wafers_later
        Wafer starts a month after those of the 750 MW case.
    """
    wafers = [
        (date(2026, 1, 1), 825.0),
        (date(2026, 4, 1), 1_100.0),
        (date(2026, 7, 1), 1_250.0),
        (date(2026, 10, 1), 1_300.0),
    ]
    return [
        *dated(
            "supplier",
            TSMC,
            [*wafers, *wafers_later],
            "units_per_month",
            f"assumption: {MUST_BE_TRUE}: 250 MW in service in 2026 need about 7,140 good "
            "wafers ordered by 13 July 2026, 1,350 of them before January; published is only "
            f"that the loading rises each quarter through the year: {SEMIANALYSIS_TOKENS}",
        ),
        *dated(
            "supplier",
            VICOR,
            [(date(2026, 1, 1), 90_000), (date(2026, 4, 1), 135_000), (date(2027, 1, 1), 180_000)],
            "units_per_month",
            assumed(f"{MUST_BE_TRUE}: bricks for the CS-3 and CS-4 that the plants can start"),
        ),
        *dated(
            "supplier",
            CS3_KITS,
            [(date(2026, 1, 1), 900), (date(2026, 4, 1), 1_250)],
            "units_per_month",
            assumed(f"{MUST_BE_TRUE}: kits for the CS-3 that the plants can start"),
        ),
        *dated(
            "supplier",
            CS4_KITS,
            cs4_kits,
            "units_per_month",
            assumed(
                f"{MUST_BE_TRUE}: a new generation that doubles its output each half year at first"
            ),
        ),
    ]


def orders() -> list[Row]:
    """Return orders placed in 2025 and paid, without which nothing is assembled before May."""
    source = assumed(
        f"{MUST_BE_TRUE}: delivery began in February 2026, so wafers, bricks and "
        "kits were ordered in 2025; paid already"
    )
    wafers = [
        (date(2026, 1, 1), 300),
        (date(2026, 2, 1), 300),
        (date(2026, 3, 1), 350),
        (date(2026, 4, 1), 400),
    ]
    parts = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    rows: list[tuple[str, str, date, int]] = [
        *((TSMC, "wafer", day, count) for day, count in wafers),
        *((VICOR, "power brick", day, 300 * 84) for day in parts),
        *((CS3_KITS, "CS-3 kit", day, 300) for day in parts),
    ]
    return [
        {
            "order": f"PO-2025-{number:02}",
            "supplier": supplier,
            "item": item,
            "quantity": count,
            "arrives": day,
            "placed": date(2025, 8 + day.month, 1),
            "source": source,
        }
        for number, (supplier, item, day, count) in enumerate(rows, start=1)
    ]


def plants(cs4_in_texas: float = 200.0) -> list[Row]:
    """Return the two assembly plants, and how many CS-4 a month the second can start."""
    reason = f"{MUST_BE_TRUE}: 1,250 CS-3 a month from May 2026; 30 days with transport to a site"
    return [
        {
            "plant": CALIFORNIA,
            "system": "CS-3",
            "units_per_month": 900,
            "lead_days": 30,
            "cost": 15_000,
            "source": assumed(reason),
        },
        {
            "plant": TEXAS,
            "system": "CS-3",
            "units_per_month": 350,
            "lead_days": 30,
            "cost": 15_000,
            "from": date(2026, 5, 1),
            "source": assumed(reason),
        },
        {
            "plant": TEXAS,
            "system": "CS-4",
            "units_per_month": cs4_in_texas,
            "lead_days": 30,
            "cost": 40_000,
            "from": date(2026, 7, 1),
            "source": assumed("a line for the new generation, a month before its first shipments"),
        },
    ]


def depots() -> list[Row]:
    """Return the depot between the plants and the southern and eastern sites."""
    return [
        {
            "depot": DEPOT,
            "storage": 1_500,
            "holding_cost": 250,
            "source": assumed("a leased warehouse with insurance for racks"),
        }
    ]


def supply_lanes(assembled: list[Row]) -> list[Row]:
    """Return the lanes from suppliers to plants, and from plants to the depot.

    Parameters
    ----------
    assembled
        Rows of the sheet `plants`; CS-4 kits only go where CS-4 is assembled.
    """
    days = "days under way are counted in the lead time before it"
    freight = {
        TSMC: (150, "air"),
        VICOR: (0.3, "road"),
        CS3_KITS: (1_500, "road"),
        CS4_KITS: (4_000, "road"),
    }
    cs4_plants = {row["plant"] for row in assembled if row["system"] == "CS-4"}
    inbound: list[Row] = [
        {
            "from": supplier,
            "to": plant,
            "transit_days": 0,
            "cost": cost,
            "mode": mode,
            "source": assumed(f"freight of one unit; {days}"),
        }
        for supplier, (cost, mode) in freight.items()
        for plant in (CALIFORNIA, TEXAS)
        if supplier != CS4_KITS or plant in cs4_plants
    ]
    to_depot: list[Row] = [
        {
            "from": plant,
            "to": DEPOT,
            "transit_days": 0,
            "cost": cost,
            "units_per_month": limit,
            "mode": "road",
            "source": assumed(f"air-ride trucks, four to six systems each; {days}"),
        }
        for plant, cost, limit in ((CALIFORNIA, 1_800, 1_000), (TEXAS, 600, 800))
    ]
    return inbound + to_depot
