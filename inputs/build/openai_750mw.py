"""Build `inputs/openai-750mw.xlsx`: 250, 500 and 750 MW for OpenAI by the ends of 2026 to 2028.

The base case is calibrated so that the published dates CAN just be met; what was set for that is
marked in the sheets as WHAT MUST BE TRUE FOR THE PUBLISHED DATES. It is no forecast.

What 2026 needs, by hand. 250 MW of IT power are 7,353 CS-3 of 34 kW. To be in service on
31 December a system is installed by 10 December (21 days to commission), assembled from 10 November
at the latest (30 days with transport), from a wafer ordered by 13 July (120 days) or a CS-4 kit
ordered by 12 August (90 days). By then kits for 60 + 60 + 12/31 x 60 = 143 CS-4 racks of 154 kW
(22 MW) can be ordered, so 228 MW are 6,706 CS-3: 6,706 + 429 = 7,135 good wafers, 7,511 ordered at
95 % yield. Placed in 2025: 1,350; allocated: 3 x 825 + 3 x 1,100 + 13/31 x 1,250 = 6,299; in all
7,649, 2 % more than needed. Halls and power that can be filled by 10 December: Oklahoma City 10,
Montreal 5, Atlanta 10, Campus A 120, Campus B 120: 265 MW IT, 6 % more than needed. Crews of Campus
A and B can install 7,052 systems by then and the others 735, 14 % more than the 6,849 needed. So at
most 254 MW can be in service at the end of 2026: 2 % to spare. 2027 and 2028 turn from wafers to
power: at most 548 MW in 2027 and 832 MW in 2028, and CS-4 carries most of the growth.
"""

from __future__ import annotations

from datetime import date

import assumed_campuses
import cerebras_catalogue as catalogue
import cerebras_draws as draws
import cerebras_scenarios as scenarios
import cerebras_sites as to_rows
import published_sites
from common import DEAL, OPTION, TRANCHES, Row, Sheets, assumed, settings_rows, write

OPENAI, EXISTING, OPTION_NAME = "OpenAI", "Existing customers", "OpenAI option"
COUNTRIES = "US, CA, FR"

CS4_KITS = (
    (date(2026, 4, 1), 20.0),
    (date(2026, 7, 1), 60.0),
    (date(2026, 10, 1), 90.0),
    (date(2027, 1, 1), 120.0),
    (date(2027, 7, 1), 150.0),
    (date(2028, 1, 1), 180.0),
)


def sheets() -> Sheets:
    """Return all sheets."""
    sites = [
        *published_sites.existing_sites(),
        *published_sites.announced_sites(),
        *assumed_campuses.first_campuses(),
    ]
    found = cerebras_sheets(
        sites,
        CS4_KITS,
        (),
        catalogue.plants(),
        end=date(2029, 12, 31),
        option=[(date(2029, 12, 31), 0.0)],
        extra=[scenarios.option_scenario(OPTION_NAME, date(2029, 12, 31), 625)],
    )
    return {**found, **drawn_sheets(sites)}


def drawn_sheets(sites: list[to_rows.Site]) -> Sheets:
    """Return what a sweep draws: slips of the campuses and of Regina, wafers, CS-4 and crews."""
    regina = [site for site in sites if site.name == "Regina"]
    drawn, samples = draws.sheets_of(assumed_campuses.first_campuses(), regina)
    return {"draws": drawn, "samples": samples}


def cerebras_sheets(
    sites: list[to_rows.Site],
    cs4_kits: catalogue.Steps,
    wafers_later: catalogue.Steps,
    plants: list[Row],
    *,
    end: date,
    option: list[tuple[date, float]],
    extra: list[scenarios.Scenario],
    gap: float = 0.001,
) -> Sheets:
    """Return the sheets that both Cerebras workbooks share."""
    campuses = assumed_campuses.first_campuses()
    regina = next(s for s in sites if s.name == "Regina")
    named, changes = scenarios.sheets_of(
        [
            *scenarios.catalogue_scenarios(),
            *scenarios.supply_scenarios(),
            *scenarios.site_scenarios(campuses, regina),
            *extra,
            scenarios.Scenario(
                "Guyana counts",
                (("commitments", OPENAI, "countries", "set", f"{COUNTRIES}, GY"),),
                assumed("the memorandum becomes a contract that OpenAI accepts"),
            ),
        ]
    )
    return {
        "settings": settings_rows(
            start=date(2026, 1, 1),
            end=end,
            period="month",
            currency="USD",
            discount_rate=0.08,
            gap=gap,
        ),
        "systems": catalogue.systems(),
        "bom": catalogue.bom(),
        "supply": catalogue.supply(),
        "supply_capacity": catalogue.supply_capacity(cs4_kits, wafers_later),
        "plants": plants,
        "depots": catalogue.depots(),
        "lanes": [*catalogue.supply_lanes(plants), *to_rows.lane_rows(sites)],
        "sites": to_rows.site_rows(sites),
        "halls": to_rows.hall_rows(sites),
        "power": to_rows.power_rows(sites),
        "energisation": to_rows.energisation_rows(sites),
        "crews": to_rows.crew_rows(sites),
        "commitments": commitments(),
        "milestones": milestones(sites, option),
        "fleet": to_rows.fleet_rows(sites, EXISTING),
        "orders": catalogue.orders(),
        "scenarios": named,
        "changes": changes,
    }


def commitments() -> list[Row]:
    """Return OpenAI's commitment, its option, and what already stands for others."""
    value = assumed(
        "20 bn USD for 750 MW over four years each, 36,000 MW-months, about 555,000 "
        "USD a MW-month; a month missed costs as much"
    )
    return [
        {
            "commitment": OPENAI,
            "customer": "OpenAI",
            "basis": "it",
            "priority": 1,
            "late_cost": 555_000,
            "price": 555_000,
            "countries": COUNTRIES,
            "source": f"750 MW through 2028, over 20 bn USD: {DEAL}; basis it: the contract's "
            f"basis is not published; {value}; Guyana is a memorandum and does not count",
        },
        {
            "commitment": EXISTING,
            "customer": "MBZUAI, G42, Meta, Mistral and others",
            "basis": "system",
            "priority": 1,
            "late_cost": 555_000,
            "source": assumed(
                "the systems of published count serve customers other than OpenAI; on "
                "system power, so that their number does not depend on the overhead"
            ),
        },
        {
            "commitment": OPTION_NAME,
            "customer": "OpenAI",
            "basis": "it",
            "priority": 2,
            "late_cost": 555_000,
            "price": 555_000,
            "countries": COUNTRIES,
            "source": f"1,250 MW more by 2030: {OPTION}; {value}",
        },
    ]


def milestones(sites: list[to_rows.Site], option: list[tuple[date, float]]) -> list[Row]:
    """Return the tranches, the existing customers' systems and the option's megawatts."""
    existing = sum(s.fleet for s in sites) * 23 / 1000
    tranche = f"250 MW each year from 2026 through 2028: {TRANCHES}"
    return [
        *(
            {"commitment": OPENAI, "date": date(year, 12, 31), "mw": mw, "source": tranche}
            for year, mw in ((2026, 250), (2027, 500), (2028, 750))
        ),
        {
            "commitment": EXISTING,
            "date": date(2026, 1, 31),
            "mw": round(existing, 3),
            "source": "23 kW for each system in the sheet fleet",
        },
        *(
            {
                "commitment": OPTION_NAME,
                "date": day,
                "mw": mw,
                "source": f"1,250 MW by 2030: {OPTION}; assumption: "
                + ("half of it by the end of 2029" if mw else "not exercised in the base case"),
            }
            for day, mw in option
        ),
    ]


if __name__ == "__main__":
    write("openai-750mw", sheets())
