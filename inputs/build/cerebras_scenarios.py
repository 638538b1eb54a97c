"""What decides the ramp: the scenarios of the Cerebras workbooks and the changes they name.

Slips are revisions that happened: between the May and August 2026 editions of the Epoch AI data,
12 of 121 dated thresholds moved later, by 27 to 544 days (Google Pryor 99, Goodnight 184, Amazon
Ridgeland 374), 7 moved earlier, and 102 stayed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cerebras_catalogue import CS4_KITS, TSMC
from cerebras_sites import Site
from common import CHIPS, EPOCH, OPTION, SEMIANALYSIS_CS4, SEMIANALYSIS_TOKENS, Row, assumed

Edit = tuple[str, str, str, str, object]
"""Sheet, key, column, operation and value."""

SLIPPED = f"revisions from May to August 2026 in {EPOCH}"


@dataclass(frozen=True)
class Scenario:
    """A named scenario of one change with its edits."""

    name: str
    edits: tuple[Edit, ...]
    source: str
    probability: float | None = None


def sheets_of(scenarios: Iterable[Scenario]) -> tuple[list[Row], list[Row]]:
    """Return the sheets `scenarios` and `changes`; a change has its scenario's name."""
    named: list[Row] = [
        {
            "scenario": "a slow start",
            "change": change,
            "source": assumed("wafers, the new generation and campuses all disappoint"),
        }
        for change in ("TSMC 20 % less", "CS-4 late", "campuses slip 99 days")
    ]
    changes: list[Row] = []
    for s in scenarios:
        named.append(
            {"scenario": s.name, "change": s.name, "probability": s.probability, "source": s.source}
        )
        changes += [
            {
                "change": s.name,
                "sheet": sheet,
                "key": key,
                "column": column,
                "operation": operation,
                "value": value,
                "source": s.source,
            }
            for sheet, key, column, operation, value in s.edits
        ]
    return named, changes


def catalogue_scenarios() -> list[Scenario]:
    """Return scenarios on power, basis and generations."""
    return [
        Scenario(
            "overhead 10 kW",
            (
                ("systems", "CS-3", "overhead_kw", "set", 10),
                ("systems", "CS-4", "overhead_kw", "set", 21),
            ),
            f"low end of 10 to 12 kW: {CHIPS}; assumption: CS-4 7 kW a wafer",
        ),
        Scenario(
            "overhead 12 kW",
            (
                ("systems", "CS-3", "overhead_kw", "set", 12),
                ("systems", "CS-4", "overhead_kw", "set", 27),
            ),
            f"high end of 10 to 12 kW: {CHIPS}; assumption: CS-4 9 kW a wafer",
        ),
        Scenario(
            "CS-4 rack 125 kW",
            (("systems", "CS-4", "power_kw", "set", 125),),
            f"low end of its TDP: {SEMIANALYSIS_CS4}",
        ),
        Scenario(
            "CS-4 rack 135 kW",
            (
                ("systems", "CS-4", "power_kw", "set", 135),
                ("systems", "CS-4", "coolant_lpm", "set", 540),
            ),
            f"high end of its TDP: {SEMIANALYSIS_CS4}",
        ),
        Scenario(
            "basis system",
            (("commitments", "OpenAI", "basis", "set", "system"),),
            f"750 MW of system power, as in NextPlatform's count of 32,768: {CHIPS}",
        ),
        Scenario(
            "basis facility",
            (("commitments", "OpenAI", "basis", "set", "facility"),),
            assumed("750 MW of facility power, as utilities and landlords count"),
        ),
        Scenario("CS-4 early", cs4_shift(-92), assumed("a quarter earlier")),
        Scenario("CS-4 late", cs4_shift(180), assumed("half a year later")),
        Scenario(
            "CS-4 never",
            (("systems", "CS-4", "available_from", "set", date(2099, 1, 1)),),
            assumed("the new generation is not used"),
        ),
    ]


def cs4_shift(days: int) -> tuple[Edit, ...]:
    """Move the whole of the new generation: its sale, its parts, its output by date."""
    return (
        ("systems", "CS-4", "available_from", "shift_days", days),
        ("supply", f"{CS4_KITS},CS-4 kit", "available_from", "shift_days", days),
        ("supply_capacity", f"{CS4_KITS},*", "from", "shift_days", days),
        ("plants", "*,CS-4", "from", "shift_days", days),
    )


def supply_scenarios() -> list[Scenario]:
    """Return scenarios on wafers, kits and crews."""
    wafers = ("supply_capacity", f"{TSMC},*", "units_per_month")
    allocation = f"the allocation is not published ({SEMIANALYSIS_TOKENS}); assumption:"
    return [
        Scenario("TSMC 20 % less", ((*wafers, "scale", 0.8),), f"{allocation} a fifth less"),
        Scenario("TSMC 20 % more", ((*wafers, "scale", 1.2),), f"{allocation} a fifth more"),
        Scenario(
            "TSMC a quarter late",
            (("supply_capacity", f"{TSMC},*", "from", "shift_days", 90),),
            f"{allocation} every step 90 days later, none before April 2026",
        ),
        Scenario(
            "crews halved",
            (("crews", "*,*", "systems_per_month", "scale", 0.5),),
            assumed("half the installers"),
        ),
        Scenario(
            "as early as possible",
            (("settings", "pace", "value", "set", "as-early-as-possible"),),
            assumed("megawatts before their milestone are worth money"),
        ),
    ]


def site_scenarios(campuses: Iterable[Site], regina: Site) -> list[Scenario]:
    """Return scenarios on power and sites; probabilities are shares of the 121 revisions."""
    campuses = list(campuses)
    first = campuses[1]
    lost = f"{first.name} {first.feeders[1].name}"
    return [
        Scenario(
            "a feeder fails",
            (("energisation", f"{lost},*", "mw", "set", 0),),
            assumed(
                "one of the three feeders of Campus B is lost: its halls cannot be used, "
                "and the two others still cover for each other"
            ),
        ),
        Scenario(
            "campuses slip 99 days",
            slip(campuses, 99),
            f"the slip of Google Pryor: {SLIPPED}; assumption: all assumed campuses alike; "
            "probability: share of the slips of 60 to 150 days",
            0.017,
        ),
        Scenario(
            "campuses slip 184 days",
            slip(campuses, 184),
            f"the slip of Goodnight: {SLIPPED}; assumption: all assumed campuses alike; "
            "probability: share of the slips of 150 to 250 days",
            0.025,
        ),
        Scenario(
            "campuses slip 374 days",
            slip(campuses, 374),
            f"the slip of Amazon Ridgeland: {SLIPPED}; assumption: all assumed campuses "
            "alike; probability: share of the longer slips",
            0.025,
        ),
        Scenario(
            "Campus B slips 184 days", slip([first], 184), f"the slip of Goodnight: {SLIPPED}"
        ),
        Scenario(
            "Regina slips 226 days",
            slip([regina], 226),
            f"the slip of Stargate Shackelford's first power: {SLIPPED}",
        ),
    ]


def slip(sites: Iterable[Site], days: int) -> tuple[Edit, ...]:
    """Move a site's power and the halls that are not ready at the start."""
    edits: list[Edit] = []
    for s in sites:
        nodes = ["grid", *(f.name for f in s.feeders)]
        edits += [("energisation", f"{s.name} {n},*", "from", "shift_days", days) for n in nodes]
        edits += [
            ("halls", f"{s.name} {h.name}", "ready", "shift_days", days)
            for h in s.halls
            if h.ready is not None
        ]
    return tuple(edits)


def option_scenario(commitment: str, day: date, mw: float) -> Scenario:
    """Return the scenario that exercises the option within the plan's years."""
    return Scenario(
        "option exercised",
        (("milestones", f"{commitment},{day}", "mw", "set", mw),),
        f"1,250 MW more by 2030: {OPTION}; assumption: half of it by the end of 2029; the "
        "workbook openai-2gw plans all of it",
    )
