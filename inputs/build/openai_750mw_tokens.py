"""Build `inputs/openai-750mw-tokens.xlsx`: the 750 MW case, and the tokens that it is for.

The megawatts, their dates and their supply are those of `openai_750mw.py`. Added are systems of
others (GB300 NVL72, DGX B200, Trainium3, Vera Rubin with LPX) in halls of their own, and eight
workloads of two models. **Every demand is invented**, and so is every rate of a wafer, a Trainium
or an LPX: none is in print. They were set so that the megawatts are used and the tokens met, by
hand for the first quarter of 2027:

A wafer prefills 10,000 tokens a second of Codex-Spark and decodes 5,000. A turn of an agent (96,300
tokens in, of which 95 % are cached, 213 out) takes 4,815 / 10,000 + 213 / 5,000 = 0.524 seconds of
a wafer, code chat (8,192 in, half of them cached, 1,024 out) 0.614. In the evening 1.5 times the
mean is asked for, and a fifth is kept free: 350 m turns a day, 4,051 a second, take 4,051 x 0.524 x
1.8 = 3,821 wafers, 70 m chats 895. Fast chat with gpt-oss-120b (20,000 and 10,000; none cached)
takes 0.512 seconds: 90 m a day 960 wafers. In all 5,676 of the 7,353 wafers that 250 MW are, 77 %.
Code review, 100 m requests a day at any hour, takes 1,185 in the mean; at night 1,892 are used by
the others, so that it fits. 2028 and 2029 ask for twice and three times as much, as the megawatts
do. All are in service on 31 December, the day before the demand begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import openai_750mw
from cerebras_scenarios import Edit, Scenario
from common import Row, Sheets, assumed, us_energy_price, write
from silicon import PAIR, Rate, composite_rows, rates, silicon, system_row

SPARK, OSS = "Codex-Spark", "gpt-oss-120b"
MUST = "assumption: WHAT MUST BE TRUE FOR THESE TOKENS, not published"
"""Opens the source of every figure on tokens that is not in print."""

GROWTH = {date(2027, 1, 1): 1.0, date(2028, 1, 1): 2.0, date(2029, 1, 1): 3.0}
"""Days on which demand begins and grows, with its factor."""

LATER = tuple(GROWTH)[1:]
"""Days on which rates and prices may change."""

GPU_CAMPUS, MUMBAI = "GPU campus (assumed)", "Mumbai (assumed)"
CAMPUSES = tuple(f"Campus {letter} (assumed)" for letter in "ABCD")
CS3, CS4 = "CS-3", "CS-4"
GB300, B200 = "GB300 NVL72", "DGX B200"
RUBIN, LPX, TRAINIUM = "Vera Rubin NVL72", "Groq 3 LPX", "Trn3 UltraServer"
NVIDIA, AWS = "NVIDIA", "AWS"
SELLERS = {NVIDIA: (GB300, B200, RUBIN, LPX), AWS: (TRAINIUM,)}
START, READY = date(2026, 1, 1), date(2026, 9, 1)
PLACES: tuple[tuple[str, str, int, float, str], ...] = (
    (GPU_CAMPUS, "GPU halls", 20, 5.0, f"{GB300}, {RUBIN}, {LPX}"),
    (MUMBAI, "GPU halls", 4, 2.5, B200),
    *((campus, "Trainium halls", 4, 5.0, TRAINIUM) for campus in CAMPUSES),
)
"""Site, name, number, MW IT and systems of the halls that are not for wafers."""

NOT_YET = date(2029, 12, 1)
"""Day on which what is not to be had in the base case could be installed: too late for any use."""

AGENTS = "coding agents"
SOLD = ("fast chat", "enterprise chat", "summaries")
"""Workloads whose tokens can be bought."""


def sheets() -> Sheets:
    """Return all sheets."""
    found = openai_750mw.sheets()
    gap = next(row for row in found["settings"] if row["setting"] == "gap")
    gap |= {"value": 0.003, "source": "choice of this plan: replicas are whole at every site"}
    for name in ("commitments", "milestones"):
        option = openai_750mw.OPTION_NAME
        found[name] = [row for row in found[name] if row["commitment"] != option]
    wafers = f"{CS3}, {CS4}"
    for row in found["halls"]:
        row["systems"] = wafers
    for row in found["commitments"]:
        row["systems"] = wafers
    found["systems"] += _other_systems()
    found["supply"] += _other_supply()
    found["supply_capacity"] += _other_capacity()
    found["crews"] += _other_crews()
    found["power"] += _other_power()
    found["energisation"] += _other_energisation()
    found["lanes"] += _other_lanes()
    found["sites"] += _other_sites()
    found["halls"] += _other_halls()
    for name in ("draws", "samples"):
        del found[name]
    kept = ("overhead 12 kW", "TSMC 20 % less", "CS-4 late", "campuses slip 184 days")
    for name, column in (("scenarios", "scenario"), ("changes", "change")):
        found[name] = [row for row in found[name] if row[column] in kept]
    throughput = _throughput()
    for scenario in _scenarios(throughput):
        _add(found, scenario)
    return {
        **found,
        "workloads": _workloads(),
        "token_demand": _demand(),
        "throughput": throughput,
        "day": _day(),
        "token_prices": _prices(),
        "disaggregation": _disaggregation(),
        "composites": composite_rows(),
    }


def _other_systems() -> list[Row]:
    """Return the systems that are not Cerebras's, with what the market says of them.

    Trainium and LPX are not to be had in the base case; the two futures each open one of them.
    """
    market = silicon()
    systems = []
    for name in (GB300, B200, TRAINIUM, RUBIN, LPX):
        row = system_row(market[name])
        row["coolant_lpm"] = 0
        row["commission_days"] = 14
        row["source"] = f"{row['source']}; assumption: 14 days to commission"
        if name in (TRAINIUM, RUBIN, LPX):
            row["available_from"] = NOT_YET
            row["source"] = f"{row['source']}; to be had in time only in the scenario of its future"
        systems.append(row)
    return systems


def _other_supply() -> list[Row]:
    """Return who sells them: whole systems, four months after the order."""
    return [
        {
            "supplier": seller,
            "item": name,
            "lead_days": 120,
            "yield": 1,
            "price": silicon()[name].price,
            "lot": 1,
            "source": assumed(
                "120 days, ordered singly, as many as are wanted; price: see systems"
            ),
        }
        for seller, names in SELLERS.items()
        for name in names
    ]


def _other_capacity() -> list[Row]:
    """Return what the sellers deliver in a month."""
    source = assumed("more than is asked for")
    return [
        {"supplier": seller, "from": START, "units_per_month": count, "source": source}
        for seller, count in ((NVIDIA, 200), (AWS, 100))
    ]


def _other_crews() -> list[Row]:
    """Return the crews of the sites for GPU."""
    source = assumed("two racks or servers a day")
    return [
        {"site": site, "from": START, "systems_per_month": 60, "source": source}
        for site in (GPU_CAMPUS, MUMBAI)
    ]


def _other_power() -> list[Row]:
    """Return the power nodes of the halls."""
    source = assumed("power of their own, beside what the wafers use")
    return [
        {"node": f"{site} {name} grid", "site": site, "source": source} for site, name, *_ in PLACES
    ]


def _other_energisation() -> list[Row]:
    """Return the power of the halls, enough for all of them at a PUE of 1.25."""
    source = assumed("all of it when the halls are ready")
    return [
        {"node": f"{site} {name} grid", "from": READY, "mw": 1.25 * count * mw, "source": source}
        for site, name, count, mw, _ in PLACES
    ]


def _other_lanes() -> list[Row]:
    """Return the lanes from the sellers to the sites."""
    to_sites = {NVIDIA: (GPU_CAMPUS, MUMBAI), AWS: CAMPUSES}
    return [
        {
            "from": seller,
            "to": site,
            "transit_days": 14,
            "cost": 4_000,
            "mode": "air",
            "source": assumed("freight of one rack or server"),
        }
        for seller, sites in to_sites.items()
        for site in sites
    ]


def _other_sites() -> list[Row]:
    """Return a campus for GPU in the United States and one in India."""
    shared = {"pue": 1.25, "lease": 286_458}
    return [
        {
            "site": GPU_CAMPUS,
            "country": "US",
            "region": "TX",
            "energy_price": us_energy_price("TX"),
            **shared,
            "source": assumed("a leased campus for GPU, at the lease and energy of Campus A"),
        },
        {
            "site": MUMBAI,
            "country": "IN",
            "region": "MH",
            "energy_price": 95.0,
            **shared,
            "source": "GPU of domestic providers are what residency leaves: neither Cerebras nor "
            "Groq has a region in India (AI Tech Connect, May 2026); assumption: lease as in the "
            "United States, 95 USD a MWh",
        },
    ]


def _other_halls() -> list[Row]:
    """Return the halls for GPU, LPX and Trainium."""
    return [
        {
            "hall": f"{site} {name}",
            "site": site,
            "count": count,
            "it_mw": mw,
            "ready": READY,
            "build_days": 90,
            "fit_out_cost": round(3_000_000 * mw),
            "fed_by": f"{site} {name} grid",
            "systems": systems,
            "source": assumed("halls with power of their own, beside what the wafers use"),
        }
        for site, name, count, mw, systems in PLACES
    ]


def _workloads() -> list[Row]:
    """Return the workloads: four of OpenAI on its wafers, four on whatever no one has promised."""
    on_gpu = f"{GB300}, {B200}, {RUBIN}"
    openai = {"commitment": openai_750mw.OPENAI}
    rows: list[Row] = [
        {"workload": AGENTS, "model": SPARK, "min_speed": 1000, "headroom": 0.2, **openai},
        {"workload": "code chat", "model": SPARK, "min_speed": 500, "headroom": 0.2, **openai},
        {"workload": "code review", "model": SPARK, "class": "batch", "priority": 2, **openai},
        {
            "workload": "fast chat",
            "model": OSS,
            "priority": 2,
            "min_speed": 400,
            "headroom": 0.2,
            **openai,
        },
        {
            "workload": "enterprise chat",
            "model": OSS,
            "priority": 2,
            "min_speed": 30,
            "max_ttft_s": 2,
            "headroom": 0.2,
            "countries": "US",
            "systems": on_gpu,
        },
        {
            "workload": "health India",
            "model": OSS,
            "min_speed": 30,
            "max_ttft_s": 2,
            "headroom": 0.2,
            "countries": "IN",
            "systems": on_gpu,
        },
        {
            "workload": "summaries",
            "model": OSS,
            "class": "batch",
            "priority": 2,
            "countries": "US",
            "systems": on_gpu,
        },
        {
            "workload": "fine-tuning",
            "model": OSS,
            "class": "fine-tuning",
            "priority": 2,
            "countries": "US",
            "systems": on_gpu,
        },
    ]
    for row in rows:
        row["source"] = assumed("an invented workload; none of OpenAI's or anyone's is published")
    return rows


CHAT = (8192, 1024, 0.0)
SHAPES: dict[str, tuple[float, tuple[int, int, float]]] = {
    AGENTS: (350e6, (96_300, 213, 0.95)),
    "code chat": (70e6, (8192, 1024, 0.5)),
    "code review": (100e6, CHAT),
    "fast chat": (90e6, CHAT),
    "enterprise chat": (2e9, CHAT),
    "health India": (100e6, CHAT),
    "summaries": (1e9, CHAT),
    "fine-tuning": (610e6, (8192, 0, 0.0)),
}
"""Requests a day at first, and the tokens of one: in, out, and the share of the input cached."""


def _demand() -> list[Row]:
    """Return the demand of each workload by date."""
    rows: list[Row] = []
    for name, (requests, (fresh, out, cached)) in SHAPES.items():
        shape = "the shape of InferenceX's benchmark, 8,192 in and 1,024 out"
        if name == AGENTS:
            shape = "the median turn of coding agents, 96,300 in and 213 out: tokenomics.info"
        for day, factor in GROWTH.items():
            count = requests * factor
            rows.append(
                {
                    "workload": name,
                    "from": day,
                    "input_mtok_day": round(count * fresh / 1e6, 1),
                    "output_mtok_day": round(count * out / 1e6, 1),
                    "cached_share": cached,
                    "source": f"{shape}; {MUST}: {count / 1e6:,.10g} m requests a day, "
                    f"{cached:.0%} of the input cached",
                }
            )
    return rows


def _throughput() -> list[Row]:
    """Return the rates of every system that serves one of the two models, by date.

    Later rows are those of the start again: what software gains is a scenario.
    """
    market = silicon()
    accelerators = {name: market[name].accelerators for name in market} | {CS4: 3, PAIR: 1}
    rows: list[Row] = []
    for rate in _served_rates():
        for day in (None, *LATER):
            row = rate.row(accelerators[rate.system], day)
            row["source"] = f"{row['source']}{'' if day is None else '; as from the start'}"
            rows.append(row)
    return rows


def _served_rates() -> Iterable[Rate]:
    """Yield rates for gpt-oss-120b from the market's, and half of them for Codex-Spark."""
    known = {
        (rate.system.replace("CS-4 rack", CS4), rate.speed): rate
        for rate in rates()
        if rate.model == OSS
    }
    wanted = (
        (CS3, 1000),
        (CS4, 1000),
        (GB300, 40.4),
        (B200, 33.5),
        (RUBIN, 40.4),
        (TRAINIUM, None),
        (PAIR, 500),
    )
    tuned = f"{MUST}: 6 x 5.1 bn FLOP a token at 30 % of 5 dense FP8 PFLOPS in fine-tuning"
    for system, speed in wanted:
        rate = replace(known[system, speed], system=system)
        if system == GB300:
            rate = replace(rate, train=49_000.0, source=f"{rate.source}; {tuned}")
        yield rate
        if system in (CS3, CS4, TRAINIUM, PAIR):
            each = 8 if system == CS3 else 2 if system == CS4 else 1
            yield replace(_half(rate), each=each)


def _half(rate: Rate) -> Rate:
    """Return the rates of Codex-Spark, of which nothing but its speed is in print."""
    decode = None if rate.decode is None else rate.decode / 2
    assert rate.prefill is not None
    source = f"{MUST}: half the rates of gpt-oss-120b; in print are 1,000 to 2,000 tok/s a user"
    return replace(rate, model=SPARK, prefill=rate.prefill / 2, decode=decode, source=source)


def _day() -> list[Row]:
    """Return the typical day."""
    source = assumed("half of the mean at night, half as much again in the evening")
    blocks = (("night", 8, 0.5), ("day", 10, 1.1), ("evening", 6, 1.5))
    return [
        {"block": name, "hours": hours, "load": load, "source": source}
        for name, hours, load in blocks
    ]


def _prices() -> list[Row]:
    """Return list prices, the same on every date; those that fall are scenarios."""
    prices = {
        "fast chat": (0.35, 0.75, "Cerebras"),
        "enterprise chat": (0.15, 0.6, "Groq, Nebius, Together and others"),
        "summaries": (0.039, 0.19, "DeepInfra"),
    }
    return [
        {
            "workload": name,
            "from": day,
            "buy_input": buy_input,
            "buy_output": buy_output,
            "source": f"list price of gpt-oss-120b at {seller}: models.dev, 2 July 2026 (MIT)"
            + ("" if day is None else "; assumption: as at the start"),
        }
        for name, (buy_input, buy_output, seller) in prices.items()
        for day in (None, *LATER)
    ]


def _disaggregation() -> list[Row]:
    """Return the pair of AWS and Cerebras: Trainium prefills, wafers decode at the same site."""
    source = (
        "AWS and Cerebras, 13 March 2026, in Bedrock over Elastic Fabric Adapter: article "
        "'20,000 Chips', May 2026; assumption: within one campus"
    )
    return [
        {"model": model, "prefill": TRAINIUM, "decode": wafer, "source": source}
        for model in (SPARK, OSS)
        for wafer in (CS3, CS4)
    ]


def _scenarios(throughput: list[Row]) -> list[Scenario]:
    """Return what the answer rests on."""
    near: Edit = ("settings", "gap", "value", "set", 0.005)
    more = (*_agents_times(2.2), near)
    trainium: Edit = ("systems", TRAINIUM, "available_from", "set", date(2026, 10, 1))
    lpx: tuple[Edit, ...] = tuple(
        ("systems", name, "available_from", "set", date(2026, 10, 1)) for name in (RUBIN, LPX)
    )
    slower: tuple[Edit, ...] = (
        ("milestones", f"{openai_750mw.OPENAI},2027-12-31", "mw", "set", 350),
        ("milestones", f"{openai_750mw.OPENAI},2028-12-31", "mw", "set", 450),
    )
    article = "article '20,000 Chips', May 2026"
    return [
        Scenario("agents at 2.2 times", more, assumed("agents ask for more than the wafers make")),
        Scenario(
            "future 1: Trainium prefills, wafers decode",
            (*more, trainium),
            f"{article}; assumption: agents ask for 2.2 times as much",
        ),
        Scenario(
            "future 2: LPX absorbs it",
            (*more, *lpx, *slower, ("workloads", AGENTS, "min_speed", "set", 400)),
            f"{article}; assumption: agents ask for 2.2 times as much and accept 400 tok/s, the "
            "ramp beyond the first tranche slows to 350 and 450 MW",
        ),
        *(_falling(share, gain) for share, gain in ((0.5, 1.4), (0.95, 2.0))),
        Scenario(
            "API prices fall 95 % a year, no faster software",
            _price_edits(0.95),
            f"{_FALLS}; assumption: rates stay as they are",
        ),
        *(
            Scenario(
                f"rates of {name} {end}",
                tuple(
                    ("throughput", f"{model},{system},*,*", column, "scale", factor)
                    for model, system, column, factor in _rate_edits(throughput, systems, end)
                ),
                assumed(f"the {end} end of what the sheet throughput says of them"),
            )
            for name, systems in (("wafers", (CS3, CS4)), ("GPU", (GB300, B200)))
            for end in ("low", "high")
        ),
    ]


def _agents_times(factor: float) -> tuple[Edit, ...]:
    """Scale what agents ask for."""
    return tuple(
        ("token_demand", f"{AGENTS},*", f"{phase}_mtok_day", "scale", factor)
        for phase in ("input", "output")
    )


_FALLS = "about 95 % a year: AI Tech Connect, May 2026; 90 % (a16z), list prices of the frontier 0"


def _falling(share: float, gain: float) -> Scenario:
    """Return prices that fall and software that gains."""
    faster: tuple[Edit, ...] = tuple(
        ("throughput", f"*,*,*,{day}", f"{phase}_tok_s", "scale", round(gain**years, 4))
        for years, day in enumerate(LATER, start=1)
        for phase in ("prefill", "decode", "train")
    )
    return Scenario(
        f"API prices fall {share:.0%} a year".replace("%", " %"),
        (*_price_edits(share), *faster),
        f"{_FALLS}; software gains of 2.7 times in half a year (MLPerf) and 5 times in two months "
        f"(NVIDIA) are in print; assumption: every rate {gain:g} times as high a year",
    )


def _price_edits(share: float) -> tuple[Edit, ...]:
    return tuple(
        ("token_prices", f"{name},{day}", f"buy_{phase}", "scale", round((1 - share) ** years, 6))
        for name in SOLD
        for years, day in enumerate(LATER, start=1)
        for phase in ("input", "output")
    )


def _rate_edits(
    throughput: list[Row], systems: tuple[str, ...], end: str
) -> Iterable[tuple[str, str, str, float]]:
    """Yield model, system, column and factor of one end of the range of some systems' rates."""
    factors = {(rate.model, rate.system): getattr(rate, end) for rate in _served_rates()}
    for (model, system), factor in factors.items():
        if system not in systems:
            continue
        row = next(r for r in throughput if (r["model"], r["system"]) == (model, system))
        for column in ("prefill_tok_s", "decode_tok_s", "train_tok_s"):
            if row[column] is not None:
                yield model, system, column, factor


def _add(sheets: Sheets, scenario: Scenario) -> None:
    """Add a scenario of one change of the same name."""
    sheets["scenarios"].append(
        {"scenario": scenario.name, "change": scenario.name, "source": scenario.source}
    )
    for sheet, key, column, operation, value in scenario.edits:
        sheets["changes"].append(
            {
                "change": scenario.name,
                "sheet": sheet,
                "key": key,
                "column": column,
                "operation": operation,
                "value": value,
                "source": scenario.source,
            }
        )


if __name__ == "__main__":
    write("openai-750mw-tokens", sheets())
