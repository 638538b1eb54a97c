"""Known systems with their published power, for sizing without a workbook."""

from __future__ import annotations

import csv
import difflib
from dataclasses import dataclass
from importlib import resources

from planner.errors import PlannerError


@dataclass(frozen=True)
class Spread:
    """A published figure in kW: its lowest, middle and highest value."""

    low: float
    base: float
    high: float

    @property
    def ends(self) -> tuple[float, ...]:
        """The lowest and the highest value, once if they are the same."""
        return (self.low,) if self.low == self.high else (self.low, self.high)


@dataclass(frozen=True)
class KnownSystem:
    """A system of the catalogue.

    Attributes
    ----------
    system, vendor : str
        Its name and its maker.
    kind : str
        Kind of silicon, as in the column ``systems.class``.
    accelerators : str
        Its accelerators.
    power_kw : Spread or None
        Power of the system itself, kW; None if no figure is published.
    overhead_kw : Spread or None
        Power of the equipment that comes with it, kW; None if no figure is published.
    power_of : str
        Unit that the power refers to: a system or a rack.
    confidence, note, source : str
        Reliability of the figure, a remark, and its origin.
    """

    system: str
    vendor: str
    kind: str
    accelerators: str
    power_kw: Spread | None
    overhead_kw: Spread | None
    power_of: str
    confidence: str
    note: str
    source: str


def catalogue() -> tuple[KnownSystem, ...]:
    """Return all known systems, in the catalogue's order."""
    file = resources.files("planner.workbook").joinpath("catalogue.csv")
    return tuple(_known(row) for row in csv.DictReader(file.read_text("utf-8").splitlines()))


def known_system(name: str) -> KnownSystem:
    """Return the known system of a name, with or without its vendor; case does not matter.

    Raises
    ------
    PlannerError
        If the catalogue has no such system. The message names the nearest one and all others.
    """
    known = catalogue()
    wanted = " ".join(name.split()).lower()
    for system in known:
        if wanted in (system.system.lower(), f"{system.vendor} {system.system}".lower()):
            return system
    names = {system.system.lower(): system.system for system in known}
    near = [key for key in names if wanted and wanted in key] or difflib.get_close_matches(
        wanted, names, n=1, cutoff=0.6
    )
    hint = f"Did you mean {' or '.join(names[key] for key in near)}? " if near else ""
    raise PlannerError(
        f"{name}: the catalogue has no such system. {hint}It knows "
        f"{', '.join(names.values())}; for any other give --power-kw."
    )


def _known(row: dict[str, str]) -> KnownSystem:
    return KnownSystem(
        system=row["system"],
        vendor=row["vendor"],
        kind=row["class"],
        accelerators=row["accelerators"],
        power_kw=_spread(row, "power_kw"),
        overhead_kw=_spread(row, "overhead_kw"),
        power_of=row["power_of"],
        confidence=row["confidence"],
        note=row["note"],
        source=row["source"],
    )


def _spread(row: dict[str, str], column: str) -> Spread | None:
    if not row[column]:
        return None
    return Spread(float(row[f"{column}_low"]), float(row[column]), float(row[f"{column}_high"]))
