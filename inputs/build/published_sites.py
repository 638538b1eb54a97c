"""The published Cerebras sites, with what is not published about them marked as an assumption.

Left out: Memphis, which one article alone names. Santa Clara and Stockton hold earlier
generations of which no number is published as CS-3, so no fleet stands there in these workbooks.
"""

from __future__ import annotations

from datetime import date

from cerebras_catalogue import MUST_BE_TRUE
from cerebras_sites import OLD_COOLANT, Halls, Site
from common import EIA, assumed, us_energy_price

JOURNAL_RECORD = (
    "press (Journal Record), 2025-09-24, si.frajer.net/readmsg.aspx?msgid=35278204&showwhorecd=1"
)
REGISTER = (
    "The Register, March 2025, copy at techregister.co.uk/cerebras-to-light-up-datacenters-in-"
    "north-america-and-france-packed-with-ai-accelerators"
)
SOMBRA = (
    "Sombra Radio, 2025-05-07, sombraradio.com/2025/05/07/cerebras-systems-expande-su-"
    "infraestructura-de-ia-con-nuevos-centros-de-datos-y-avances-tecnologicos"
)
COLUMBIANA = (
    "ai-blogs.org/news/2026-05-29-digi-power-x-cerebras-40mw-alabama-2-5b-master-services-pm.html"
)
REGINA = "press, March 2026, thedailyscout.com/s/FPR55o2HMio"
MANITOBA = "IDC Nova, 2026-03-24, www.idcnova.com/html/1/59/153/5346.html"
GUYANA = (
    "DCD, 2025-11-13, copy at bebeez.eu/2025/11/13/cerebras-signs-mou-for-100mw-data-center-in-"
    "guyana"
)
START = date(2026, 1, 1)


def existing_sites() -> list[Site]:
    """Return the sites that operate at the start."""
    in_use = assumed("power for its halls in use")
    return [
        Site(
            "Santa Clara",
            "US",
            "CA",
            1.3,
            us_energy_price("CA"),
            EIA,
            f"operating: {JOURNAL_RECORD}; 64 CS-2 at Colovore (Epoch AI GPU clusters)",
            (
                Halls(
                    "hall",
                    1,
                    2,
                    assumed("2 MW come free as first-generation systems retire"),
                    ready=date(2027, 1, 1),
                    coolant=OLD_COOLANT,
                ),
            ),
            ((START, 2.7),),
            in_use,
            ((START, 15),),
            direct=True,
            storage=30,
            latitude=37.35,
            longitude=-121.95,
        ),
        Site(
            "Stockton",
            "US",
            "CA",
            1.3,
            us_energy_price("CA"),
            EIA,
            f"operating: {JOURNAL_RECORD}; as large as Condor Galaxy 2",
            (
                Halls(
                    "hall",
                    1,
                    2,
                    assumed("2 MW come free as first-generation systems retire"),
                    ready=date(2027, 1, 1),
                    coolant=OLD_COOLANT,
                ),
            ),
            ((START, 2.7),),
            in_use,
            ((START, 15),),
            direct=True,
            storage=30,
            latitude=37.96,
            longitude=-121.29,
        ),
        Site(
            "Dallas",
            "US",
            "TX",
            1.35,
            us_energy_price("TX"),
            EIA,
            "64 CS-3 (Condor Galaxy 3, status there: planned): Epoch AI GPU clusters, March 2026",
            (
                Halls(
                    "hall",
                    1,
                    2.3,
                    assumed("full with its 64 CS-3"),
                    open_count=1,
                    coolant=OLD_COOLANT,
                    slots=64,
                ),
            ),
            ((START, 3.2),),
            in_use,
            ((START, 10),),
            fleet=64,
            storage=20,
            latitude=32.78,
            longitude=-96.8,
        ),
        Site(
            "Minneapolis",
            "US",
            "MN",
            1.3,
            us_energy_price("MN"),
            EIA,
            f"512 CS-3, Q2 2025: {REGISTER}",
            (
                Halls(
                    "hall",
                    1,
                    18,
                    assumed("full with its 512 CS-3"),
                    open_count=1,
                    coolant=OLD_COOLANT,
                    slots=512,
                ),
            ),
            ((START, 23.5),),
            in_use,
            ((START, 10),),
            fleet=512,
            direct=True,
            storage=20,
            latitude=44.98,
            longitude=-93.27,
        ),
        Site(
            "Oklahoma City",
            "US",
            "OK",
            1.25,
            us_energy_price("OK"),
            EIA,
            f"more than 300 CS-3, June 2025, owned by Cerebras: {SOMBRA}",
            (
                Halls(
                    "hall 1",
                    1,
                    10.5,
                    assumed("full with the published 300 CS-3"),
                    open_count=1,
                    coolant=OLD_COOLANT,
                    slots=300,
                ),
                Halls(
                    "hall 2",
                    1,
                    10,
                    assumed(f"{MUST_BE_TRUE}: as much again in an owned building"),
                    coolant=OLD_COOLANT,
                ),
            ),
            ((START, 26),),
            in_use,
            ((START, 60),),
            leased=False,
            fleet=300,
            storage=120,
            latitude=35.47,
            longitude=-97.52,
        ),
        Site(
            "Montreal",
            "CA",
            "QC",
            1.2,
            45.0,
            assumed("about 45 USD a MWh for large users in Quebec"),
            f"operating from July 2025 (Enovum): {SOMBRA}",
            (
                Halls(
                    "hall",
                    1,
                    5,
                    assumed("5 MW, no count is published"),
                    open_count=1,
                    coolant=OLD_COOLANT,
                ),
            ),
            ((START, 6),),
            in_use,
            ((START, 30),),
            leased=False,
            direct=True,
            transit_days=7,
            storage=60,
            latitude=45.5,
            longitude=-73.57,
        ),
    ]


def announced_sites() -> list[Site]:
    """Return the sites that were announced, with their published megawatts and dates."""
    return [
        Site(
            "Atlanta",
            "US",
            "GA",
            1.25,
            us_energy_price("GA"),
            EIA,
            f"announced, with G42: {REGISTER}",
            (
                Halls(
                    "hall",
                    1,
                    10,
                    assumed(f"{MUST_BE_TRUE}: 10 MW for OpenAI by June 2026"),
                    ready=date(2026, 6, 1),
                ),
            ),
            ((date(2026, 6, 1), 12.5),),
            assumed("power with its hall"),
            ((date(2026, 6, 1), 60),),
            storage=120,
            latitude=33.75,
            longitude=-84.39,
        ),
        Site(
            "France",
            "FR",
            "",
            1.25,
            80.0,
            assumed("about 80 USD a MWh for large users"),
            f"announced, with G42: {REGISTER}",
            (
                Halls(
                    "hall",
                    1,
                    10,
                    assumed("10 MW for OpenAI from January 2027"),
                    ready=date(2027, 1, 1),
                ),
            ),
            ((date(2027, 1, 1), 12.5),),
            assumed("power with its hall"),
            ((date(2027, 1, 1), 40),),
            direct=True,
            transit_days=21,
            storage=120,
        ),
        Site(
            "Columbiana",
            "US",
            "AL",
            1.25,
            us_energy_price("AL"),
            EIA,
            f"40 MW, ten years, 1.1 bn USD (Digi Power X): {COLUMBIANA}",
            (
                Halls(
                    "hall",
                    8,
                    4,
                    f"40 MW: {COLUMBIANA}; assumption: facility MW, as eight halls",
                    ready=date(2026, 12, 1),
                ),
            ),
            ((date(2026, 12, 1), 15), (date(2027, 6, 1), 40)),
            f"15 MW in December 2026 (a forum's note), 40 MW: {COLUMBIANA}; assumption: the rest "
            "in June 2027",
            ((date(2026, 12, 1), 60),),
            opening_cost=5_000_000,
            storage=120,
            latitude=33.18,
            longitude=-86.61,
        ),
        Site(
            "Regina",
            "CA",
            "SK",
            1.15,
            60.0,
            assumed("about 60 USD a MWh for large users"),
            f"160 of the 300 MW of Bell's campus: {REGINA}",
            (
                Halls(
                    "hall",
                    13,
                    10,
                    f"160 MW: {REGINA}; assumption: facility MW, as halls of 10 MW",
                    ready=date(2027, 4, 1),
                ),
            ),
            (
                (date(2027, 4, 1), 40),
                (date(2027, 7, 1), 80),
                (date(2027, 10, 1), 120),
                (date(2027, 12, 1), 160),
            ),
            f"first halls H1 2027, full build end of 2027: {REGINA}; assumption: in quarters",
            ((date(2027, 4, 1), 150), (date(2027, 7, 1), 250)),
            opening_cost=20_000_000,
            direct=True,
            transit_days=7,
            storage=400,
            latitude=50.45,
            longitude=-104.62,
        ),
        Site(
            "Manitoba",
            "CA",
            "MB",
            1.15,
            45.0,
            assumed("about 45 USD a MWh for large users"),
            f"announced, capacity not disclosed: {MANITOBA}",
            (
                Halls(
                    "hall",
                    4,
                    10,
                    assumed("50 MW facility, a third of Regina"),
                    ready=date(2028, 1, 1),
                ),
            ),
            ((date(2028, 1, 1), 25), (date(2028, 7, 1), 50)),
            assumed("50 MW in two steps, two years after it was announced"),
            ((date(2028, 1, 1), 100),),
            opening_cost=10_000_000,
            direct=True,
            transit_days=7,
            storage=200,
        ),
        Site(
            "Wales Guyana",
            "GY",
            "",
            1.35,
            90.0,
            assumed("about 90 USD a MWh from gas"),
            f"memorandum for up to 100 MW: {GUYANA}",
            (
                Halls(
                    "hall",
                    7,
                    10,
                    f"up to 100 MW: {GUYANA}; assumption: facility MW, halls of 10 MW",
                    ready=date(2028, 7, 1),
                ),
            ),
            ((date(2028, 7, 1), 50), (date(2029, 1, 1), 100)),
            assumed(
                "a memorandum, not a contract: first power 32 months later, the longest "
                "quarter of sites in the Epoch AI data takes more than 1,020 days"
            ),
            ((date(2028, 7, 1), 100),),
            opening_cost=20_000_000,
            direct=True,
            transit_days=30,
            storage=200,
            latitude=6.7,
            longitude=-58.2,
        ),
    ]
