"""Small workbooks of tokens whose best plan is worked out by hand.

One month of 30 days, a price for each system, nothing else costs. Each example is a function that
returns its sheets; `EXAMPLES` has with them the Mtok missed and the money of the best plan.

A replica that makes 5,000 tokens a second makes 18 Mtok an hour: 10,000 make 36, 20,000 make 72,
50,000 make 180, 100,000 make 360.
"""

from __future__ import annotations

from typing import NamedTuple

from instances import Sheets, settings

MILLION = 1e6
DAYS = 30

Rows = list[dict[str, object]]


class Example(NamedTuple):
    """A workbook, and what its best plan misses and costs.

    Attributes
    ----------
    sheets : Sheets
    missed_mtok : float
        Mtok of the month, input and output.
    cost : float
        Money.
    replicas : dict of str to float
        Replicas by system, where only one choice is best.
    """

    sheets: Sheets
    missed_mtok: float
    cost: float
    replicas: dict[str, float]


def token_book(
    systems: dict[str, tuple[float, float]],
    *,
    halls: Rows | None = None,
    sites: Rows | None = None,
    options: dict[str, object] | None = None,
    **sheets: Rows,
) -> Sheets:
    """Return a workbook of April 2026.

    Parameters
    ----------
    systems
        Price and kW of each system.
    halls, sites
        Instead of one open hall of 5,000 MW at one site in the US.
    options
        Settings.
    sheets
        The token sheets, and others.
    """
    chosen: Sheets = {
        "settings": settings("2026-04-01", "2026-04-30", **(options or {})),
        "systems": [
            {"system": name, "power_kw": kw, "price": price}
            for name, (price, kw) in systems.items()
        ],
        "sites": sites or [{"site": "site", "country": "US"}],
        "halls": halls or [hall("hall", "site")],
    }
    return {**chosen, **{name: rows for name, rows in sheets.items() if rows}}


def hall(name: str, site: str, mw: float = 5000.0, systems: str | None = None) -> dict[str, object]:
    """Return an open hall."""
    row: dict[str, object] = {"hall": name, "site": site, "it_mw": mw, "open_count": 1}
    return row if systems is None else {**row, "systems": systems}


def rate(
    system: str, prefill: float | None = None, decode: float | None = None, **others: object
) -> dict[str, object]:
    """Return a row of `throughput`; blank rates are left out."""
    row: dict[str, object] = {"model": "model", "system": system, "from": "2026-04-01"}
    row |= {} if prefill is None else {"prefill_tok_s": prefill}
    row |= {} if decode is None else {"decode_tok_s": decode}
    return {**row, "speed": 100, **others}


def load(name: str, into: float, out: float, **others: object) -> tuple[Rows, Rows]:
    """Return a workload and its demand in Mtok a day."""
    cached = others.pop("cached_share", None)
    demand: dict[str, object] = {
        "workload": name,
        "from": "2026-04-01",
        "input_mtok_day": into,
        "output_mtok_day": out,
    }
    demand |= {} if cached is None else {"cached_share": cached}
    return [{"workload": name, "model": "model", **others}], [demand]


def with_loads(*loads: tuple[Rows, Rows]) -> dict[str, Rows]:
    """Return the sheets of some workloads."""
    return {
        "workloads": [row for rows, _ in loads for row in rows],
        "token_demand": [row for _, rows in loads for row in rows],
    }


def day_and_night(day: float, day_load: float, night_load: float) -> Rows:
    """Return the blocks of a day."""
    return [
        {"block": "day", "hours": day, "load": day_load},
        {"block": "night", "hours": 24 - day, "load": night_load},
    ]


def peaks_and_valleys(batch_out: float) -> Sheets:
    """Return example 1: chat by day and by night, and batch work that fills the valley."""
    loads = [load("chat", 21600, 2160)]
    if batch_out:
        loads.append(load("batch", 10 * batch_out, batch_out, **{"class": "batch"}))
    return token_book(
        {"G": (3 * MILLION, 30)},
        throughput=[rate("G", 50000, 5000)],
        day=day_and_night(12, 1.5, 0.5),
        **with_loads(*loads),
    )


def prefill_apart(
    *,
    pair: bool = False,
    link: float | None = None,
    hall_mw: float = 5000.0,
    cached: float | None = None,
) -> Sheets:
    """Return example 2: a fast system alone, or with another that prefills, maybe elsewhere."""
    systems = {"T": (0.5 * MILLION, 40.0), "C": (1.5 * MILLION, 34.0)}
    agent = load("agent", 69120, 8640, min_speed=1000, cached_share=cached)
    sheets: dict[str, Rows] = with_loads(agent)
    sheets["throughput"] = [rate("T", 100000), rate("C", 20000, 10000, speed=1000)]
    if pair or link is not None:
        sheets["disaggregation"] = [{"model": "model", "prefill": "T", "decode": "C"}]
    if link is None:
        return token_book(systems, halls=[hall("hall", "site", hall_mw)], **sheets)
    sheets["disaggregation"][0]["kv_kb_per_token"] = 36
    sheets["links"] = [{"from": "A", "to": "B", "gb_s": link}]
    return token_book(
        systems,
        sites=[{"site": "A", "country": "US"}, {"site": "B", "country": "US"}],
        halls=[hall("A1", "A", systems="T"), hall("B1", "B", systems="C")],
        **sheets,
    )


def tied_to_a_country(countries: str | None, min_speed: float | None) -> Sheets:
    """Return example 3: health in India, agents on the fast system in the US.

    A GPU in India costs more; here it is a system of its own.
    """
    health = load("health", 21600, 2160)
    agent = load("agent", 5184, 2592, min_speed=1000)
    health[0][0] |= {} if countries is None else {"countries": countries}
    health[0][0] |= {} if min_speed is None else {"min_speed": min_speed}
    if min_speed is not None:
        health[0][0]["priority"] = 2
    return token_book(
        {
            "G": (0.40 * MILLION, 30),
            "G in India": (0.45 * MILLION, 30),
            "C": (1.5 * MILLION, 34),
        },
        sites=[{"site": "West", "country": "US"}, {"site": "Chennai", "country": "IN"}],
        halls=[
            hall("West G", "West", systems="G"),
            hall("West C", "West", systems="C"),
            hall("Chennai G", "Chennai", systems="G in India"),
        ],
        throughput=[
            rate("G", 50000, 5000, speed=50),
            rate("G in India", 50000, 5000, speed=50),
            rate("C", 20000, 10000, speed=1000),
        ],
        **with_loads(health, agent),
    )


def own_or_buy(mtok_a_month: float) -> Sheets:
    """Return example 4: an H for 1,216.80 a month, or 0.79 for each Mtok of output."""
    return token_book(
        {"H": (1216.80, 10)},
        throughput=[rate("H", None, 1000)],
        token_prices=[{"workload": "chat", "from": "2026-04-01", "buy_output": 0.79}],
        **with_loads(load("chat", 0, mtok_a_month / DAYS)),
    )


def own_or_buy_by_day(day_hours: float) -> Sheets:
    """Return example 4b: 54 Mtok/h by day and 18 by night, an H for 40.56 a day."""
    mean = (54 * day_hours + 18 * (24 - day_hours)) / 24
    return token_book(
        {"H": (40.56 * DAYS, 10)},
        throughput=[rate("H", None, 1000)],
        token_prices=[{"workload": "chat", "from": "2026-04-01", "buy_output": 0.79}],
        day=day_and_night(day_hours, 54 / mean, 18 / mean),
        **with_loads(load("chat", 0, mean * 24)),
    )


def three_systems_a_replica(*, tied: bool, counts: str = "integer") -> Sheets:
    """Return example 5: replicas of three systems, for two countries or for both together."""
    loads = [load("any", 0, 1900.8)]
    if tied:
        loads = [load(name, 0, 950.4, countries=name) for name in ("US", "CA")]
    return token_book(
        {"CS-3": (1.5 * MILLION, 23)},
        options={"counts": counts},
        sites=[{"site": "Dallas", "country": "US"}, {"site": "Montreal", "country": "CA"}],
        halls=[hall("D", "Dallas"), hall("M", "Montreal")],
        throughput=[rate("CS-3", None, 10000, systems_per_replica=3)],
        **with_loads(*loads),
    )


def composite(most_lpx: float | None = None) -> Sheets:
    """Return example 7: replicas of one VR rack and two LPX racks."""
    halls = [hall("VR", "site", systems="VR"), hall("LPX", "site", systems="LPX")]
    if most_lpx is not None:
        halls[1]["slots"] = most_lpx
    sheets = token_book(
        {"VR": (6 * MILLION, 120), "LPX": (2 * MILLION, 160)},
        halls=halls,
        throughput=[rate("A", 100000, 25000, speed=400)],
        composites=[
            {"composite": "A", "system": "VR", "count": 1},
            {"composite": "A", "system": "LPX", "count": 2},
        ],
        **with_loads(load("fast", 8640, 2160, min_speed=300)),
    )
    sheets["systems"][1]["slots"] = 1
    return sheets


def _missed(out_a_day: float, ratio: float) -> float:
    """Return Mtok of a month from output Mtok of a day, and input for each of output."""
    return out_a_day * (1 + ratio) * DAYS


M = MILLION
EXAMPLES = {
    "1 chat": Example(peaks_and_valleys(0), 0, 45 * M, {"G": 15}),
    "1 batch in the valley": Example(peaks_and_valleys(1080), 0, 45 * M, {"G": 15}),
    "1 more batch": Example(peaks_and_valleys(1296), 0, 48 * M, {"G": 16}),
    "2 alone": Example(prefill_apart(), 0, 75 * M, {"C": 50}),
    "2 pair": Example(prefill_apart(pair=True), 0, 19 * M, {"T": 8, "C": 10}),
    "2 link 28.8": Example(prefill_apart(link=28.8), 0, 19 * M, {"T": 8, "C": 10}),
    "2 link 14.4": Example(prefill_apart(link=14.4), 0, 47 * M, {"T": 4, "C": 30}),
    "2 link 0": Example(prefill_apart(link=0), 0, 75 * M, {"C": 50}),
    "2 hall 1 MW": Example(prefill_apart(hall_mw=1), _missed(3628.8, 8), 43.5 * M, {"C": 29}),
    "2 hall 330 kW": Example(
        prefill_apart(pair=True, hall_mw=0.33), _missed(4320, 8), 9.5 * M, {"T": 4, "C": 5}
    ),
    "2 cached": Example(prefill_apart(pair=True, cached=0.9), 0, 15.5 * M, {"T": 1, "C": 10}),
    "3 in India": Example(tied_to_a_country("IN", None), 0, 13.5 * M, {"G in India": 10, "C": 6}),
    "3 anywhere": Example(tied_to_a_country(None, None), 0, 13.0 * M, {"G": 10, "C": 6}),
    "3 too fast": Example(tied_to_a_country("IN", 1000), _missed(2160, 10), 9.0 * M, {"C": 6}),
    "4 1500": Example(own_or_buy(1500), 0, 1185.00, {"H": 0}),
    "4 1540": Example(own_or_buy(1540), 0, 1216.60, {"H": 0}),
    "4 1541": Example(own_or_buy(1541), 0, 1216.80, {"H": 1}),
    "4 1600": Example(own_or_buy(1600), 0, 1216.80, {"H": 1}),
    "4 4000": Example(own_or_buy(4000), 0, 2329.12, {"H": 1}),
    "4 4200": Example(own_or_buy(4200), 0, 2433.60, {"H": 2}),
    "4b 12 h": Example(own_or_buy_by_day(12), 0, 544.08 * DAYS, {"H": 5}),
    "4b 14 h": Example(own_or_buy_by_day(14), 0, 600.96 * DAYS, {"H": 5}),
    "4b 15 h": Example(own_or_buy_by_day(15), 0, 608.40 * DAYS, {"H": 15}),
    "5 tied": Example(three_systems_a_replica(tied=True), 0, 18.0 * M, {"CS-3": 4}),
    "5 free": Example(three_systems_a_replica(tied=False), 0, 13.5 * M, {"CS-3": 3}),
    "5 continuous": Example(
        three_systems_a_replica(tied=False, counts="continuous"), 0, 9.9 * M, {"CS-3": 2.2}
    ),
    "7 composite": Example(composite(), 0, 20 * M, {"A": 2}),
    "7 three LPX": Example(composite(3), _missed(1080, 4), 10 * M, {"A": 1}),
}
"""Workbook, Mtok missed, money and replicas of each example, by its number and words."""
