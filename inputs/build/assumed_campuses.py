"""Assumed campuses: what the published sites fall short of 750 MW, and of 2 GW.

Sized 100 to 300 MW like the campuses that full-scale sites are, and phased like real ones in the
Epoch AI data: Fluidstack Lake Mariner grew by 42, 42, 168 and 168 MW in a year, OpenAI Stargate
Shackelford is to grow by a building of 140 MW every one to three months. Land clearing to first
power took a median of 793 days over 71 sites there, so a campus with first power in 2026 was
begun in 2023 or 2024, by whoever lets it.
"""

from __future__ import annotations

from datetime import date

from cerebras_catalogue import MUST_BE_TRUE
from cerebras_sites import Feeder, Halls, Site
from common import EIA, EPOCH, assumed, us_energy_price

PHASED = f"phased like Fluidstack Lake Mariner and Stargate Shackelford in {EPOCH}"
MEGAWATT = "a full-scale campus is 100 to 300 MW (AI Tech Connect, May 2026)"


def campus(
    letter: str,
    state: str,
    halls: tuple[Halls, ...],
    grid: tuple[tuple[date, float], ...],
    crews: tuple[tuple[date, float], ...],
    *,
    must: bool = False,
    feeders: tuple[Feeder, ...] = (),
    storage: float = 500.0,
) -> Site:
    """Return a campus with what all of them share."""
    reason = f"{MUST_BE_TRUE}: {PHASED}" if must else PHASED
    return Site(
        f"Campus {letter} (assumed)",
        "US",
        state,
        1.2,
        us_energy_price(state),
        EIA,
        assumed(
            f"{MUST_BE_TRUE}: published sites fall short of the megawatts promised; "
            f"{MEGAWATT}; begun by its landlord"
        ),
        halls,
        grid,
        assumed(reason),
        crews,
        feeders,
        opening_cost=0 if any(h.open_count for h in halls) else 20_000_000,
        storage=storage,
        direct=letter in "BDEH",
    )


def first_campuses() -> list[Site]:
    """Return the campuses that 750 MW need beside the published sites: A and B in 2026, then on."""
    return [
        campus(
            "A",
            "TX",
            (
                Halls(
                    "first halls",
                    3,
                    10,
                    assumed(f"{MUST_BE_TRUE}: let and fitted out in 2025"),
                    open_count=3,
                ),
                Halls(
                    "later halls",
                    9,
                    10,
                    assumed(f"{MUST_BE_TRUE}: shells follow in 2026"),
                    ready=date(2026, 4, 1),
                ),
            ),
            (
                (date(2026, 2, 1), 36),
                (date(2026, 4, 1), 72),
                (date(2026, 7, 1), 108),
                (date(2026, 9, 1), 144),
            ),
            ((date(2026, 2, 1), 140), (date(2026, 5, 1), 345), (date(2026, 8, 1), 500)),
            must=True,
        ),
        campus(
            "B",
            "OH",
            tuple(
                Halls(
                    f"hall {n}",
                    4,
                    10,
                    assumed(f"{MUST_BE_TRUE}: four halls on each of three feeders"),
                    ready=ready,
                    fed_by=f"feeder {n}",
                )
                for n, ready in (
                    (1, date(2026, 5, 1)),
                    (2, date(2026, 7, 1)),
                    (3, date(2026, 9, 1)),
                )
            ),
            (
                (date(2026, 5, 1), 24),
                (date(2026, 7, 1), 60),
                (date(2026, 9, 1), 108),
                (date(2026, 10, 1), 144),
            ),
            ((date(2026, 5, 1), 230), (date(2026, 7, 1), 450), (date(2026, 9, 1), 625)),
            must=True,
            feeders=tuple(
                Feeder(
                    f"feeder {n}",
                    ((day, 72),),
                    "Campus B feeders",
                    assumed(
                        "72 MW each, so that any two of the three carry the 144 MW of all "
                        "(N+1); until the third, one of two carries all"
                    ),
                )
                for n, day in ((1, date(2026, 5, 1)), (2, date(2026, 5, 1)), (3, date(2026, 9, 1)))
            ),
        ),
        campus(
            "C",
            "GA",
            (
                Halls(
                    "hall", 12, 10, assumed("twelve halls in three steps"), ready=date(2027, 3, 1)
                ),
            ),
            ((date(2027, 3, 1), 48), (date(2027, 6, 1), 96), (date(2027, 9, 1), 144)),
            ((date(2027, 3, 1), 150), (date(2027, 6, 1), 250)),
            must=True,
        ),
        campus(
            "D",
            "WI",
            (Halls("hall", 24, 10, assumed("24 halls in four steps"), ready=date(2028, 2, 1)),),
            (
                (date(2028, 2, 1), 72),
                (date(2028, 5, 1), 144),
                (date(2028, 8, 1), 216),
                (date(2028, 11, 1), 288),
            ),
            ((date(2028, 2, 1), 150), (date(2028, 5, 1), 250)),
            must=True,
        ),
    ]


def option_campuses() -> list[Site]:
    """Return the campuses that the option to 2 GW needs, with halls of 20 MW."""
    plan = {
        "E": ("OK", 15, (2029, 1), 90.0),
        "F": ("TX", 15, (2029, 3), 90.0),
        "G": ("LA", 15, (2030, 1), 90.0),
        "H": ("ND", 15, (2030, 2), 90.0),
        "I": ("TN", 10, (2030, 3), 60.0),
    }
    sites = []
    for letter, (state, count, (year, month), step) in plan.items():
        first = date(year, month, 1)
        grid = tuple((_months_later(first, 2 * n), step * (n + 1)) for n in range(4))
        reason = assumed(f"{count} halls of 20 MW in four steps")
        hall = Halls("hall", count, 20, reason, ready=first)
        crews = ((first, 110.0), (_months_later(first, 3), 220.0))
        sites.append(campus(letter, state, (hall,), grid, crews, must=True, storage=300))
    return sites


def _months_later(day: date, months: int) -> date:
    """Return the first of the month so many months later."""
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)
