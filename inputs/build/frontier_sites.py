"""Build `inputs/frontier-sites.xlsx`: the sites of the Epoch AI data, filled week by week.

Every site has its dated IT and facility MW. What operates at the start is an open hall full of
the system that stands for the site's chips; each later step is a class of halls, ready and
energised on the step's date. Each owner is a customer who wants 90 % of the owner's IT MW of a
quarter before: halls and power come first, systems follow within 13 weeks. A site serves its
owner only. Sites without a step in the plan's years stand in the sheet `sites` alone.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import frontier_catalogue as catalogue
from common import (
    DATA,
    EIA,
    EIA_CENTS_PER_KWH,
    EPOCH,
    Row,
    Sheets,
    assumed,
    settings_rows,
    us_energy_price,
    write,
)

START, END = date(2026, 9, 7), date(2028, 12, 31)
LAST_WEEK = date(2028, 12, 25)
FOLLOW_DAYS = 91
SHARE = 0.9
FILL_MONTHS = 2.0
NOBODY = "unattributed"

REGIONS = {
    "Google Storey County": "NV",
    "Google Mesa": "AZ",
    "Google Kansas City East": "MO",
    "OpenAI Stargate Michigan": "MI",
    "OpenAI Stargate Milam": "TX",
    "OpenAI Stargate New Mexico": "NM",
    "OpenAI Stargate Wisconsin": "WI",
    "Amazon Madison Mega Site": "MS",
    "Amazon Ridgeland": "MS",
    "Stream Phoenix": "AZ",
    "OpenAI Stargate Shackelford": "TX",
    "EdgeCore Mesa PH03": "AZ",
    "Google Papillion": "NE",
}
"""States of sites whose address does not name one."""


@dataclass(frozen=True)
class Step:
    """A state of a site: from a day on so many MW and buildings."""

    day: date
    it_mw: float
    facility_mw: float
    buildings: float


@dataclass(frozen=True)
class Campus:
    """A site of the data with its steps, each larger than the one before."""

    name: str
    owner: str
    country: str
    region: str
    chips: str
    steps: tuple[Step, ...]

    def at(self, day: date) -> Step:
        """Return the state on a day."""
        past = [s for s in self.steps if s.day <= day]
        return past[-1] if past else Step(day, 0, 0, 0)

    @property
    def later(self) -> tuple[Step, ...]:
        """Steps within the plan's years that add IT MW."""
        found, before = [], self.at(START).it_mw
        for step in self.steps:
            if START < step.day <= LAST_WEEK and step.it_mw > before:
                found.append(step)
                before = step.it_mw
        return tuple(found)

    @property
    def pue(self) -> float:
        """Least facility MW for each IT MW in the plan's years, so that all IT MW can be fed."""
        states = [self.at(START), *self.later]
        ratios = [s.facility_mw / s.it_mw for s in states if s.it_mw > 0]
        return math.floor(min(ratios, default=1.2) * 1000) / 1000


def read_campuses() -> list[Campus]:
    """Return the sites of the data, sorted by name."""
    with (DATA / "data_centers.csv").open(encoding="utf-8", newline="") as stream:
        about = {row["Name"]: row for row in csv.DictReader(stream)}
    with (DATA / "data_center_timelines.csv").open(encoding="utf-8", newline="") as stream:
        dated = [row for row in csv.DictReader(stream) if row["IT power (MW)"]]
    campuses = []
    for name in sorted({row["Data center"] for row in dated}):
        known = about.get(name, {})
        owner = known.get("Owner", "").split("#")[0].strip() or NOBODY
        country = known.get("Country", "") or "United States"
        steps = _growing(
            Step(
                date.fromisoformat(row["Date"]),
                float(row["IT power (MW)"]),
                float(row["Power (MW)"]),
                float(row["Buildings operational"] or 0),
            )
            for row in sorted(dated, key=lambda row: row["Date"])
            if row["Data center"] == name
        )
        region = _region(name, country, known.get("Address", ""))
        campuses.append(
            Campus(name, owner, country, region, known.get("Current chip types", ""), steps)
        )
    return campuses


def _growing(states: Iterable[Step]) -> tuple[Step, ...]:
    """Keep the states from the last one without power on, each larger than the one before."""
    found: list[Step] = []
    for step in states:
        if step.it_mw > 0 and (
            not found or (step.it_mw, step.facility_mw) != (found[-1].it_mw, found[-1].facility_mw)
        ):
            found = [
                s for s in found if s.it_mw <= step.it_mw and s.facility_mw <= step.facility_mw
            ]
            found.append(step)
    return tuple(found)


def _region(name: str, country: str, address: str) -> str:
    """Return the US state of a site, empty elsewhere."""
    if country != "United States":
        return ""
    if name in REGIONS:
        return REGIONS[name]
    states = [word for word in re.findall(r"\b[A-Z]{2}\b", address) if word in EIA_CENTS_PER_KWH]
    return next((word for word in reversed(states) if word != "US"), "US")


def sheets() -> Sheets:
    """Return all sheets."""
    campuses = read_campuses()
    milestones = milestone_rows(campuses)
    owners = sorted({str(row["commitment"]) for row in milestones})
    used = [c for c in campuses if c.owner in owners and (c.later or c.at(START).it_mw > 0)]
    named, changes = slip_rows(used)
    return {
        "settings": settings_rows(
            start=START,
            end=END,
            period="week",
            currency="USD",
            discount_rate=0.08,
            counts="continuous",
            gap=0.005,
        ),
        "systems": catalogue.system_rows(),
        "supply": catalogue.supply_rows(),
        "supply_capacity": catalogue.capacity_rows(),
        "sites": site_rows(campuses),
        "halls": hall_rows(used),
        "power": [
            {"node": f"{c.name} power", "site": c.name, "source": assumed("one node for each site")}
            for c in used
        ],
        "energisation": energisation_rows(used),
        "crews": crew_rows(used),
        "commitments": [
            {
                "commitment": owner,
                "customer": owner,
                "basis": "it",
                "late_cost": 1_000_000,
                "systems": ", ".join(catalogue.owner_systems(owner)),
                "source": f"owner in {EPOCH}; assumption: a month missed costs 1 m USD a MW; "
                "systems by the chips named there",
            }
            for owner in owners
        ],
        "milestones": milestones,
        "service": [
            {
                "commitment": owner,
                "site": c.name,
                "allowed": False,
                "source": f"belongs to {c.owner}: {EPOCH}",
            }
            for owner in owners
            for c in used
            if c.owner != owner
        ],
        "fleet": fleet_rows(used),
        "orders": order_rows(used),
        "scenarios": named,
        "changes": changes,
    }


def site_rows(campuses: list[Campus]) -> list[Row]:
    """Return the sheet `sites`."""
    rows: list[Row] = []
    for c in campuses:
        price, source = 80.0, assumed("energy about 80 USD a MWh for large users")
        if c.region:
            price, source = us_energy_price(c.region), f"{EIA}, {c.region}"
        rows.append(
            {
                "site": c.name,
                "country": c.country,
                "region": c.region or None,
                "pue": c.pue,
                "energy_price": price,
                "source": f"{EPOCH}: least facility MW for each IT MW; energy: {source}",
            }
        )
    return rows


def hall_rows(campuses: list[Campus]) -> list[Row]:
    """Return the sheet `halls`: one class in operation, one for each later step."""
    rows: list[Row] = []
    for c in campuses:
        before = c.at(START)
        if before.it_mw > 0:
            rows.append(
                {
                    "hall": f"{c.name} in operation",
                    "site": c.name,
                    "count": 1,
                    "it_mw": before.it_mw,
                    "slots": 0,
                    "open_count": 1,
                    "fed_by": f"{c.name} power",
                    "source": f"{EPOCH}, {before.day}; assumption: full",
                }
            )
        for step in c.later:
            count = max(1, round(step.buildings - before.buildings))
            rows.append(
                {
                    "hall": f"{c.name} {step.day}",
                    "site": c.name,
                    "count": count,
                    "it_mw": round((step.it_mw - before.it_mw) / count, 3),
                    "ready": step.day,
                    "fit_out_cost": round(3e6 * (step.it_mw - before.it_mw) / count, -3),
                    "fed_by": f"{c.name} power",
                    "source": f"{EPOCH}, {step.day}: IT MW and buildings added; assumption: 3 m "
                    "USD a MW IT to fit out",
                }
            )
            before = step
    return rows


def energisation_rows(campuses: list[Campus]) -> list[Row]:
    """Return the sheet `energisation`: facility MW at the start and from each step on."""
    return [
        {
            "node": f"{c.name} power",
            "from": step.day,
            "mw": step.facility_mw,
            "source": f"{EPOCH}, {step.day}: facility MW",
        }
        for c in campuses
        for step in (
            *((c.at(START),) if c.at(START).it_mw > 0 else ()),
            *(s for s in c.steps if START < s.day <= LAST_WEEK),
        )
    ]


def crew_rows(campuses: list[Campus]) -> list[Row]:
    """Return the sheet `crews`: enough to fill the halls of 13 weeks in two months."""
    return [
        {
            "site": c.name,
            "from": START,
            "systems_per_month": max(10, _crew(c)),
            "source": assumed("teams that fill the largest 13 weeks of added halls in two months"),
        }
        for c in campuses
    ]


def _crew(campus: Campus) -> int:
    """Return systems a month, in tens, of the system that is new when a step is ready."""
    most = 0.0
    for step in campus.later:
        before = campus.at(step.day - timedelta(1)).it_mw
        added = campus.at(step.day + timedelta(FOLLOW_DAYS)).it_mw - before
        most = max(most, added / _new_system(campus, step.day).it_mw)
    return math.ceil(most / FILL_MONTHS / 10) * 10


def _new_system(campus: Campus, day: date) -> catalogue.Product:
    """Return the newest system of an owner that can be installed on a day."""
    products = [catalogue.BY_NAME[name] for name in catalogue.owner_systems(campus.owner)]
    return [
        p for p in products if day >= (p.available_from or day) and day <= (p.available_to or day)
    ][-1]


def milestone_rows(campuses: list[Campus]) -> list[Row]:
    """Return each owner's share of the IT MW of a quarter before, at the end of each quarter."""
    quarters = [
        date(y, m, d)
        for y in (2026, 2027, 2028)
        for m, d in ((3, 31), (6, 30), (9, 30), (12, 31))
        if START < date(y, m, d) <= END
    ]
    rows: list[Row] = []
    for owner in sorted({c.owner for c in campuses}):
        own = [c for c in campuses if c.owner == owner]
        due = [
            (day, sum(c.at(day - timedelta(FOLLOW_DAYS)).it_mw for c in own)) for day in quarters
        ]
        if due[-1][1] == 0:
            continue
        rows += [
            {
                "commitment": owner,
                "date": day,
                "mw": math.floor(SHARE * mw * 10) / 10,
                "source": f"{EPOCH}: {mw:g} MW IT of this owner's sites a quarter before; "
                "assumption: 90 % of it",
            }
            for (day, mw), (_, before) in zip(due, [(None, 0.0), *due], strict=False)
            if mw > before
        ]
    return rows


def fleet_rows(campuses: list[Campus]) -> list[Row]:
    """Return the sheet `fleet`: each hall in operation is full."""
    rows: list[Row] = []
    for c in campuses:
        now = c.at(START)
        if now.it_mw > 0:
            system = catalogue.BY_NAME[catalogue.fleet_system(c.owner, c.chips)]
            rows.append(
                {
                    "hall": f"{c.name} in operation",
                    "system": system.system,
                    "count": math.floor(now.it_mw / system.it_mw + 1e-9),
                    "source": f"{EPOCH}: {now.it_mw:g} MW IT of {c.chips or 'chips not named'}; "
                    f"assumption: all of it as {system.system}",
                }
            )
    return rows


def order_rows(campuses: list[Campus]) -> list[Row]:
    """Return orders placed before the plan, for halls ready before a new one could arrive."""
    rows: list[Row] = []
    for c in campuses:
        before = c.at(START)
        for step in c.later:
            system = _new_system(c, step.day)
            if step.day <= START + timedelta(system.lead_days):
                rows.append(
                    {
                        "order": f"PO-{len(rows) + 1:03}",
                        "supplier": system.vendor,
                        "item": system.system,
                        "quantity": math.floor((step.it_mw - before.it_mw) / system.it_mw),
                        "arrives": step.day,
                        "source": assumed(f"ordered and paid for {c.name} {step.day}"),
                    }
                )
            before = step
    return rows


def slip_rows(campuses: list[Campus]) -> tuple[list[Row], list[Row]]:
    """Return a scenario that repeats the revisions between two editions of the data."""
    with (DATA / "vintage_slip.csv").open(encoding="utf-8", newline="") as stream:
        slips: dict[str, int] = {}
        for row in csv.DictReader(stream):
            slips[row["site"]] = max(slips.get(row["site"], 0), int(row["slip_days"]))
    scenarios: list[Row] = []
    changes: list[Row] = []
    for c in campuses:
        days = slips.get(c.name, 0)
        if days <= 0 or not c.later:
            continue
        name = f"{c.name} slips {days} days"
        source = f"largest move of its dates from the May to the August 2026 edition of {EPOCH}"
        scenarios.append({"scenario": "revisions repeat", "change": name, "source": source})
        for step in c.later:
            changes += [
                {
                    "change": name,
                    "sheet": sheet,
                    "key": key,
                    "column": column,
                    "operation": "shift_days",
                    "value": days,
                    "source": source,
                }
                for sheet, key, column in (
                    ("halls", f"{c.name} {step.day}", "ready"),
                    ("energisation", f"{c.name} power,{step.day}", "from"),
                )
            ]
    return scenarios, changes


if __name__ == "__main__":
    write("frontier-sites", sheets())
