"""Small random workbooks of tokens, the same for the same seed.

What is asked for is too much for some seeds, can be bought for some, and runs on a commitment's
megawatts for some. Rates and prices are dated in some. No money but prices counts, so that no plan
is better for installing a few days later.
"""

from __future__ import annotations

from datetime import date
from random import Random

from instances import Sheets, settings
from token_cells import amount, names_in

Rows = list[dict[str, object]]

STARTS = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1))
ENDS = ("2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30")
RATES = (2500.0, 5000.0, 10000.0, 20000.0)
KW = 100.0

COMPOSITE = "pair"


def token_case(seed: int, *, tiny: bool = False) -> Sheets:
    """Return a workbook of one to four months.

    Parameters
    ----------
    seed
    tiny
        Whether every choice of whole replicas can be tried: one or two systems, sites and periods.
    """
    draw = Random(f"{'tiny ' if tiny else ''}tokens {seed}")
    systems = ["P", "Q", "R", "S"][: draw.choice([1, 2, 2]) if tiny else draw.randint(2, 4)]
    models = ["m1", "m2", "m3"][: draw.choice([1, 1, 2]) if tiny else draw.randint(1, 3)]
    places = draw.choice([1, 1, 2] if tiny else [1, 2, 3])
    months = draw.choice([1, 1, 2] if tiny else [1, 2, 3, 4])
    sheets = _places(draw, systems, places, tiny=tiny)
    sheets["settings"] = settings(
        str(STARTS[0]), ENDS[months - 1], token_period=draw.choice(["month", "quarter"])
    )
    if draw.random() < (0.25 if tiny else 0.5):
        sheets |= _commitment(draw, systems, tiny=tiny)
        if tiny:
            sheets["sites"], sheets["halls"] = sheets["sites"][:1], sheets["halls"][:1]
            sheets.pop("fleet", None)
    sites = [str(row["site"]) for row in sheets["sites"]]
    servers = list(systems)
    if len(systems) > 1 and draw.random() < 0.3:
        servers.append(COMPOSITE)
        sheets["composites"] = [
            {"composite": COMPOSITE, "system": systems[0], "count": 1},
            {"composite": COMPOSITE, "system": systems[1], "count": draw.choice([1, 2])},
        ]
    sheets |= _throughput(draw, models, servers, months, tiny=tiny)
    sheets |= _workloads(draw, models, systems, months, sheets)
    if draw.random() < 0.6:
        sheets["day"] = _day(draw, tiny=tiny)
    if draw.random() < 0.5:
        rated = sorted({str(row["model"]) for row in sheets["throughput"]})
        sheets |= _disaggregation(draw, rated, servers, sites)
    _mend(sheets)
    if "commitments" in sheets and draw.random() < 0.5:
        for row in sheets.get("fleet", []):
            row["commitment"] = "gold"
    return sheets


def _mend(sheets: Sheets) -> None:
    """Take from workloads what the reader would refuse: that nothing can serve or buy them."""
    parts: dict[object, set[object]] = {}
    for row in sheets.get("composites", []):
        parts.setdefault(row["composite"], set()).add(row["system"])
    bought = {row["workload"] for row in sheets.get("token_prices", [])}
    for work in sheets["workloads"]:
        rates = [row for row in sheets["throughput"] if row["model"] == work["model"]]
        named = names_in(work.get("systems"))
        able = [
            row
            for row in rates
            if (not named or row["system"] in named)
            and ("decode_tok_s" in row or work["class"] == "training")
            and amount(row["speed"]) >= amount(work.get("min_speed"))
            and amount(row["ttft_s"]) <= amount(work.get("max_ttft_s"), 1e9)
        ]
        if not able and work["workload"] not in bought:
            for column in ("min_speed", "max_ttft_s", "systems"):
                work.pop(column, None)
        named = names_in(work.get("systems"))
        allowed = names_in(sheets.get("commitments", [{}])[0].get("systems"))
        servers = {row["system"] for row in rates if not named or row["system"] in named}
        if allowed and not any(parts.get(name, {name}) <= allowed for name in servers):
            work.pop("commitment", None)


def _places(draw: Random, systems: list[str], places: int, *, tiny: bool) -> Sheets:
    rows: Sheets = {
        "systems": [
            {"system": name, "power_kw": KW, "price": draw.randint(2, 12) * 1000}
            for name in systems
        ],
        "sites": [
            {"site": f"site {n}", "country": draw.choice(["US", "US", "CA"])} for n in range(places)
        ],
        "halls": [],
    }
    room = [0.2, 0.3] if tiny else [0.4, 0.9, 1.6]
    for n in range(places):
        hall: dict[str, object] = {"hall": f"hall {n}", "site": f"site {n}", "open_count": 1}
        hall["it_mw"] = draw.choice(room)
        if draw.random() < 0.3:
            hall["systems"] = draw.choice(systems)
        rows["halls"].append(hall)
        if not tiny and draw.random() < 0.4:
            rows["halls"].append({**hall, "hall": f"annex {n}", "systems": draw.choice(systems)})
    if draw.random() < 0.3:
        first = rows["halls"][0]
        stands = str(first.get("systems") or systems[0])
        rows["fleet"] = [{"hall": first["hall"], "system": stands, "count": draw.choice([1, 2])}]
    return rows


def _commitment(draw: Random, systems: list[str], *, tiny: bool) -> Sheets:
    """Return megawatts of a system; not a whole number of them, so that shares are left over."""
    terms: dict[str, object] = {"commitment": "gold", "basis": "it", "systems": systems[0]}
    if not tiny and draw.random() < 0.4:
        terms.pop("systems")
    due = draw.choice([0.1, 0.15, 0.25] if tiny else [0.1, 0.25, 0.4, 0.65])
    return {
        "commitments": [terms],
        "milestones": [{"commitment": "gold", "date": ENDS[0], "mw": due}],
    }


def _throughput(
    draw: Random, models: list[str], servers: list[str], months: int, *, tiny: bool
) -> Sheets:
    rows: Rows = []
    for model in models:
        for server in servers:
            if len(servers) > 1 and draw.random() < 0.2:
                continue
            each = draw.choice([1, 1, 2])
            use = draw.choice([1.0, 1.0, 0.8])
            for speed in draw.choice([[50], [200], [50, 200]]):
                row: dict[str, object] = {
                    "model": model,
                    "system": server,
                    "speed": speed,
                    "from": STARTS[0],
                    "systems_per_replica": each,
                    "prefill_tok_s": 4 * draw.choice(RATES),
                    "decode_tok_s": draw.choice(RATES) * (0.5 if speed > 50 else 1.0),
                    "ttft_s": draw.choice([0.5, 3.0]),
                    "train_tok_s": draw.choice(RATES),
                    "max_use": use,
                }
                kept = draw.random()
                if kept < 0.1:
                    row.pop("decode_tok_s")
                elif kept < 0.2:
                    row.pop("prefill_tok_s")
                rows.append(row)
                if months > 1 and draw.random() < 0.3:
                    # Software makes the same systems faster.
                    gains = {"from": STARTS[draw.randint(1, months - 1)]}
                    for column in ("prefill_tok_s", "decode_tok_s"):
                        if column in row:
                            gains[column] = 2 * float(str(row[column]))
                    rows.append({**row, **gains})
    if not rows:
        return _throughput(draw, models, servers, months, tiny=tiny)
    return {"throughput": rows}


def _workloads(
    draw: Random, models: list[str], systems: list[str], months: int, sheets: Sheets
) -> Sheets:
    rated = sorted({str(row["model"]) for row in sheets["throughput"]} & set(models))
    found: dict[str, Rows] = {"workloads": [], "token_demand": [], "token_prices": []}
    for number in range(draw.randint(1, 3)):
        name = f"work {number}"
        row: dict[str, object] = {"workload": name, "model": draw.choice(rated)}
        row["class"] = draw.choice(["online", "online", "online", "batch", "training"])
        row["priority"] = draw.choice([1, 1, 2])
        if draw.random() < 0.4:
            row["min_speed"] = draw.choice([50, 100])
        if draw.random() < 0.3:
            row["max_ttft_s"] = draw.choice([1, 5])
        if draw.random() < 0.3:
            row["countries"] = draw.choice(["US", "CA", "US, CA"])
        if draw.random() < 0.3:
            servers = [*systems, *([COMPOSITE] if "composites" in sheets else [])]
            row["systems"] = ", ".join(draw.sample(servers, draw.randint(1, len(servers))))
        if "commitments" in sheets and draw.random() < 0.6:
            row["commitment"] = "gold"
        if row["class"] == "online":
            row["headroom"] = draw.choice([0, 0, 0.25])
        found["workloads"].append(row)
        since = draw.choice([0, 0, months - 1])
        for month in sorted({since, draw.randint(since, months - 1)}):
            found["token_demand"].append(
                {
                    "workload": name,
                    "from": STARTS[month],
                    "input_mtok_day": draw.choice([0, 400, 900, 2500]),
                    "output_mtok_day": draw.choice([90, 200, 500]),
                    "cached_share": draw.choice([0, 0, 0.5]),
                }
            )
        if draw.random() < 0.5:
            for month in sorted({0, draw.randint(0, months - 1)}):
                found["token_prices"].append(
                    {
                        "workload": name,
                        "from": STARTS[month],
                        "buy_input": draw.choice([0.05, 0.2]),
                        "buy_output": draw.choice([0.3, 0.8]),
                    }
                )
    return {sheet: rows for sheet, rows in found.items() if rows}


def _day(draw: Random, *, tiny: bool) -> Rows:
    if tiny or draw.random() < 0.5:
        return [
            {"block": "day", "hours": 12, "load": 1.5},
            {"block": "night", "hours": 12, "load": 0.5},
        ]
    return [
        {"block": "peak", "hours": 6, "load": 1.75},
        {"block": "day", "hours": 6, "load": 1.25},
        {"block": "night", "hours": 12, "load": 0.5},
    ]


def _disaggregation(
    draw: Random, models: list[str], servers: list[str], sites: list[str]
) -> Sheets:
    pairs = [(m, one, other) for m in models for one in servers for other in servers]
    known = draw.sample(pairs, min(len(pairs), draw.choice([1, 2])))
    sheets: Sheets = {
        "disaggregation": [
            {"model": model, "prefill": one, "decode": other, "kv_kb_per_token": 36}
            for model, one, other in known
        ]
    }
    ways = [(one, other) for one in sites for other in sites if one != other]
    if ways and draw.random() < 0.6:
        sheets["links"] = [
            {"from": one, "to": other, "gb_s": draw.choice([0.1, 0.3, 5])}
            for one, other in draw.sample(ways, draw.randint(1, len(ways)))
        ]
    return sheets
