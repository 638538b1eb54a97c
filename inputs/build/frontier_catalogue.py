"""Systems, suppliers and owners' choices of the frontier workbook.

Prices follow one published figure: a megawatt of IT power costs 26.1 m USD of compute in the
Epoch AI data. The newest generation of a vendor is taken to cost a little less for each MW, so
that the plan has a reason to choose.

What stands at the start is a system of its own, "... in place": it cannot be bought any more and
takes none of the free slots, of which halls in operation have none. So nothing is planned where
there is no room.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from common import EPOCH, SEMIANALYSIS_CS4, Row, assumed

COMPUTE_USD_A_MW = 26_113_000
"""Compute cost for each MW IT, the same for all sites of the Epoch AI data."""

GONE = date(2026, 6, 30)
"""Last day on which an older system could be installed: it stands in the fleet only."""


@dataclass(frozen=True)
class Product:
    """A system and the terms on which its vendor sells it."""

    system: str
    vendor: str
    kind: str
    power_kw: float
    overhead_kw: float
    lead_days: int
    source: str
    price_factor: float = 1.0
    capacity_use: float = 1.0
    available_from: date | None = None
    available_to: date | None = None

    @property
    def it_mw(self) -> float:
        """IT power of one, MW."""
        return (self.power_kw + self.overhead_kw) / 1000


NETWORK = "assumption: a tenth more for network and cooling"
UNPUBLISHED = "power of the system is not published"

NEW = (
    Product(
        "DGX H100 in place",
        "NVIDIA",
        "GPU",
        10.2,
        1,
        112,
        f"kshirol-dev.github.io/learnAI/AIInfrastructure/08-training-clusters.html; {NETWORK}; "
        "stands for all systems of that generation, H20 included",
        capacity_use=0.11,
        available_to=GONE,
    ),
    Product(
        "GB200 NVL72 in place",
        "NVIDIA",
        "GPU",
        120,
        12,
        112,
        f"introl.com/blog/gb200-nvl72-deployment-72-gpu-liquid-cooled; {NETWORK}",
        available_to=GONE,
    ),
    Product(
        "GB300 NVL72",
        "NVIDIA",
        "GPU",
        126,
        12.6,
        112,
        "middle of 120 to 132 kW: introl.com/blog/why-nvidia-gb300-nvl72-blackwell-ultra-"
        f"matters; {NETWORK}; until the end of 2027",
        available_to=date(2027, 12, 31),
    ),
    Product(
        "Vera Rubin NVL72",
        "NVIDIA",
        "GPU",
        210,
        21,
        140,
        "middle of 190 to 230 kW: regantih.github.io/reports-lab/sand-to-superintelligence/"
        f"chapters/14-nvl72-drills.tsv; {NETWORK}; from the first quarter of 2027",
        price_factor=0.97,
        available_from=date(2027, 1, 1),
    ),
    Product(
        "TPU rack",
        "Google",
        "ASIC",
        100,
        10,
        112,
        f"assumption: 64 chips of about 1.5 kW with hosts, {UNPUBLISHED}",
    ),
    Product(
        "Trn2 UltraServer",
        "AWS",
        "ASIC",
        48,
        5,
        112,
        "64 chips of 500 W: tengele.com/news/004e498c-7f1c-4a14-9d0d-4d415e093d34/amazons-ai-"
        f"self-sufficiency-trainium2-architecture-networking; assumption: 48 kW with hosts, "
        f"{UNPUBLISHED}; until mid 2027",
        capacity_use=0.35,
        available_to=date(2027, 6, 30),
    ),
    Product(
        "Trn3 UltraServer",
        "AWS",
        "ASIC",
        144,
        14,
        112,
        "0.7 to 1.0 kW a chip (Epoch AI ML hardware; DCD); assumption: 144 chips, 144 kW with "
        f"hosts, {UNPUBLISHED}; from 2027",
        price_factor=0.97,
        available_from=date(2027, 1, 1),
    ),
    Product(
        "Ascend 910C SuperPod",
        "Huawei",
        "ASIC",
        500,
        50,
        112,
        f"assumption: 384 chips of about 1.3 kW with hosts and optics, {UNPUBLISHED}",
    ),
    Product(
        "CS-3",
        "Cerebras",
        "wafer-scale",
        23,
        11,
        150,
        f"{SEMIANALYSIS_CS4}; overhead: article '20,000 Chips', May 2026",
        capacity_use=0.33,
        price_factor=1.05,
    ),
    Product(
        "CS-4",
        "Cerebras",
        "wafer-scale",
        130,
        24,
        150,
        f"one rack, middle of 125 to 135 kW: {SEMIANALYSIS_CS4}; assumption: overhead 8 kW a wafer",
        available_from=date(2026, 10, 1),
        price_factor=0.95,
    ),
)

IN_PLACE = " in place"

PRODUCTS = (
    *NEW,
    *(
        replace(p, system=p.system + IN_PLACE, available_to=GONE, available_from=None)
        for p in NEW
        if p.system in ("GB300 NVL72", "TPU rack", "Trn2 UltraServer", "Ascend 910C SuperPod")
    ),
)

BY_NAME = {product.system: product for product in PRODUCTS}

NVIDIA = (
    "DGX H100 in place",
    "GB200 NVL72 in place",
    "GB300 NVL72 in place",
    "GB300 NVL72",
    "Vera Rubin NVL72",
)

OWNER_SYSTEMS = {
    "Google": ("TPU rack in place", "TPU rack"),
    "Amazon": ("Trn2 UltraServer in place", "Trn2 UltraServer", "Trn3 UltraServer"),
    "Fluidstack": ("TPU rack in place", "TPU rack", "GB300 NVL72"),
    "Huawei": ("Ascend 910C SuperPod in place",),
    "VNET": ("Ascend 910C SuperPod in place", "Ascend 910C SuperPod"),
    "Alibaba": ("DGX H100 in place",),
    "G42": ("CS-3", "CS-4", "GB300 NVL72", "Vera Rubin NVL72"),
}
"""What an owner's sites may hold; all others hold NVIDIA's."""

CHIP_SYSTEMS = (
    ("TPU", "TPU rack"),
    ("Trainium", "Trn2 UltraServer"),
    ("Ascend", "Ascend 910C SuperPod"),
    ("B300", "GB300 NVL72"),
    ("B200", "GB200 NVL72"),
    ("H100", "DGX H100"),
    ("H20", "DGX H100"),
)
"""The system that stands for a site's chips: the newest that it names."""

CAPACITY = {
    "NVIDIA": (
        (date(2026, 9, 1), 1_200),
        (date(2027, 1, 1), 1_550),
        (date(2027, 7, 1), 1_950),
        (date(2028, 1, 1), 2_350),
    ),
    "Google": ((date(2026, 9, 1), 800), (date(2027, 1, 1), 1_050), (date(2028, 1, 1), 1_300)),
    "AWS": ((date(2026, 9, 1), 400), (date(2027, 1, 1), 500), (date(2028, 1, 1), 600)),
    "Huawei": ((date(2026, 9, 1), 80),),
    "Cerebras": ((date(2026, 9, 1), 60), (date(2027, 7, 1), 150)),
}
"""Racks a month that a vendor can start for these sites."""


def owner_systems(owner: str) -> tuple[str, ...]:
    """Return the systems that an owner's sites may hold."""
    return OWNER_SYSTEMS.get(owner, NVIDIA)


def fleet_system(owner: str, chips: str) -> str:
    """Return the system in place that stands for the chips of a site in operation."""
    systems = owner_systems(owner)
    for chip, system in CHIP_SYSTEMS:
        if chip in chips and system + IN_PLACE in systems:
            return system + IN_PLACE
    return systems[0] if systems != NVIDIA else "GB200 NVL72 in place"


def system_rows() -> list[Row]:
    """Return the sheet `systems`."""
    return [
        {
            "system": p.system,
            "vendor": p.vendor,
            "class": p.kind,
            "power_kw": p.power_kw,
            "overhead_kw": p.overhead_kw,
            "slots": 0 if p.system.endswith(IN_PLACE) else 1,
            "price": round(COMPUTE_USD_A_MW * p.it_mw * p.price_factor, -3),
            "available_from": p.available_from,
            "available_to": p.available_to,
            "commission_days": 14,
            "source": f"power: {p.source}; price: {p.price_factor:g} x 26.1 m USD of compute a MW "
            f"in {EPOCH}; assumption: the factor, the dates and 14 days to commission",
        }
        for p in PRODUCTS
    ]


def supply_rows() -> list[Row]:
    """Return the sheet `supply`: each vendor sells its systems."""
    return [
        {
            "supplier": p.vendor,
            "item": p.system,
            "lead_days": p.lead_days,
            "yield": 1,
            "lot": 1,
            "capacity_use": p.capacity_use,
            "source": assumed("lead times of 16 to 22 weeks; capacity counted in full racks"),
        }
        for p in PRODUCTS
    ]


def capacity_rows() -> list[Row]:
    """Return the sheet `supply_capacity`."""
    return [
        {
            "supplier": supplier,
            "from": day,
            "units_per_month": units,
            "source": assumed(
                "set so that the dated megawatts can be filled, with a fifth to spare"
            ),
        }
        for supplier, steps in CAPACITY.items()
        for day, units in steps
    ]
