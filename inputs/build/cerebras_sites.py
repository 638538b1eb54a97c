"""Turns sites with their halls, power and crews into rows of the sheets.

The sites themselves stand in `published_sites.py` and `assumed_campuses.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cerebras_catalogue import CALIFORNIA, DEPOT, TEXAS, Steps
from common import EPOCH, Row, assumed, dated

SLOTS_A_MW = 31
"""Rack positions for each MW IT: 303 CS-3 of 33 kW fill 10 MW, with a few to spare."""

NEW_COOLANT, OLD_COOLANT = 3_400, 2_800
"""l/min for each MW IT: enough for CS-4 throughout, or sized for CS-3."""

FIT_OUT_A_MW = 3_000_000
LEASE = round(1.1e9 / (120 * 8 * 4))
"""USD per MW-month of IT power: 1.1 bn USD over ten years for Columbiana's eight halls of 4 MW."""

LEASE_SOURCE = (
    "; lease: 1.1 bn USD over ten years for 40 MW at Columbiana "
    "(ai-blogs.org/news/2026-05-29-digi-power-x-cerebras-40mw-alabama-2-5b-master-services-pm"
    ".html); assumption: facility MW, that is 32 MW IT, and the same rate at every leased site, "
    "paid for the IT power of the systems that stand there"
)


@dataclass(frozen=True)
class Halls:
    """One class of halls of a site.

    `fed_by` names a feeder, or the site's grid connection; `slots` is given where a hall is full.
    """

    name: str
    count: int
    it_mw: float
    source: str
    ready: date | None = None
    open_count: int = 0
    fed_by: str = "grid"
    coolant: int = NEW_COOLANT
    slots: float | None = None


@dataclass(frozen=True)
class Feeder:
    """A feeder below the site's grid connection, in a failover group or not."""

    name: str
    steps: Steps
    group: str | None
    source: str


@dataclass(frozen=True)
class Site:
    """A site: where it is, its halls, its dated power in facility MW, its crews."""

    name: str
    country: str
    region: str
    pue: float
    energy_price: float
    energy_source: str
    source: str
    halls: tuple[Halls, ...]
    grid: Steps
    grid_source: str
    crews: Steps
    feeders: tuple[Feeder, ...] = ()
    leased: bool = True
    opening_cost: float = 0.0
    storage: float = 200.0
    fleet: int = 0
    latitude: float | None = None
    longitude: float | None = None
    direct: bool = False
    transit_days: int = 0


def site_rows(sites: Iterable[Site]) -> list[Row]:
    """Return the sheet `sites`."""
    return [
        {
            "site": s.name,
            "country": s.country,
            "region": s.region,
            "pue": s.pue,
            "opening_cost": s.opening_cost or None,
            "energy_price": s.energy_price,
            "lease": LEASE if s.leased else None,
            "storage": s.storage,
            "holding_cost": 300,
            "latitude": s.latitude,
            "longitude": s.longitude,
            "source": f"{s.source}; energy: {s.energy_source}{LEASE_SOURCE * s.leased}; "
            f"assumption: PUE {s.pue:g} (sites in {EPOCH} imply 1.13 to 1.74, typically 1.2), "
            "storage, holding and opening cost",
        }
        for s in sites
    ]


def hall_rows(sites: Iterable[Site]) -> list[Row]:
    """Return the sheet `halls`."""
    return [
        {
            "hall": f"{s.name} {h.name}",
            "site": s.name,
            "count": h.count,
            "it_mw": h.it_mw,
            "slots": round(SLOTS_A_MW * h.it_mw, 1) if h.slots is None else h.slots,
            "coolant_lpm": round(h.coolant * h.it_mw),
            "ready": h.ready,
            "build_days": 90,
            "fit_out_cost": round(FIT_OUT_A_MW * h.it_mw),
            "fed_by": f"{s.name} {h.fed_by}",
            "open_count": h.open_count,
            "source": f"{h.source}; assumption: 90 days and 3 m USD a MW IT to fit out, a quarter "
            f"of the 11.8 m USD construction cost a MW in {EPOCH}, the rest being the landlord's",
        }
        for s in sites
        for h in s.halls
    ]


def power_rows(sites: Iterable[Site]) -> list[Row]:
    """Return the sheet `power`: a grid connection for each site and the feeders below it."""
    rows: list[Row] = []
    for s in sites:
        rows.append({"node": f"{s.name} grid", "site": s.name, "source": s.grid_source})
        rows += [
            {
                "node": f"{s.name} {f.name}",
                "parent": f"{s.name} grid",
                "site": s.name,
                "group": f.group,
                "source": f.source,
            }
            for f in s.feeders
        ]
    return rows


def energisation_rows(sites: Iterable[Site]) -> list[Row]:
    """Return the sheet `energisation`."""
    rows: list[Row] = []
    for s in sites:
        rows += dated("node", f"{s.name} grid", s.grid, "mw", s.grid_source)
        for f in s.feeders:
            rows += dated("node", f"{s.name} {f.name}", f.steps, "mw", f.source)
    return rows


def crew_rows(sites: Iterable[Site]) -> list[Row]:
    """Return the sheet `crews`."""
    return [
        row
        for s in sites
        for row in dated(
            "site",
            s.name,
            s.crews,
            "systems_per_month",
            assumed(
                "about three systems a month for each installer, teams growing "
                "with the site; a CS-4 rack takes as long as a CS-3"
            ),
        )
    ]


def fleet_rows(sites: Iterable[Site], commitment: str) -> list[Row]:
    """Return the sheet `fleet`: systems of published count, which serve a customer already."""
    return [
        {
            "hall": f"{s.name} {s.halls[0].name}",
            "system": "CS-3",
            "count": s.fleet,
            "commitment": commitment,
            "source": f"{s.source}; assumption: all of them serve customers other than OpenAI",
        }
        for s in sites
        if s.fleet
    ]


def lane_rows(sites: Iterable[Site]) -> list[Row]:
    """Return the lanes to the sites: from the depot, or directly from both plants."""
    rows: list[Row] = []
    for s in sites:
        origins = (CALIFORNIA, TEXAS) if s.direct else (DEPOT,)
        cost = 12_000 if s.transit_days else 2_500 if s.direct else 900
        days = (
            f"{s.transit_days} days with customs"
            if s.transit_days
            else "two to five days by road, counted in the plant's lead time"
        )
        rows += [
            {
                "from": origin,
                "to": s.name,
                "transit_days": s.transit_days,
                "cost": cost,
                "mode": "air" if s.transit_days else "road",
                "source": assumed(f"freight of one system; {days}"),
            }
            for origin in origins
        ]
    return rows
