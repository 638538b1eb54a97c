"""Systems and rates of the market, from `silicon.csv`, `silicon_rates.csv` and the catalogue.

A system's power is that of the planner's catalogue, which holds published figures only; where it
has none, `silicon.csv` assumes one. Rates in `silicon_rates.csv` are those of one accelerator, a
row of `throughput` those of a replica. `kind` says what a rate is: measured or modelled by others,
derived from measurements by arithmetic, or an assumption of ours. A bound or the speed of a single
stream never stands there as a rate.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date

from common import CHIPS, DATA, Row, number

from planner.workbook.catalogue import KnownSystem, catalogue

PAIR = "Vera Rubin + 2 LPX"
COMPOSITES = {PAIR: {"Vera Rubin NVL72": 1, "Groq 3 LPX": 2}}
"""Systems in one of each composite. Its rates are those of the whole."""

COMPOSITE_SOURCE = (
    f"attention on Vera Rubin, feed-forward on LPX: {CHIPS}; assumption: WHAT MUST BE TRUE, not "
    "published: two LPX racks for each Vera Rubin rack"
)


@dataclass(frozen=True)
class Silicon:
    """A system of the market.

    Attributes
    ----------
    known : KnownSystem
        What the catalogue says of it.
    accelerators : int
        Accelerators in one system.
    power_kw, overhead_kw, price : float
        Of one system, the middle of the range.
    power_range, price_range : (float, float) or None
        Lowest and highest figure; None where only one is known.
    available_from : date or None
    source : str
        Origin of power and price.
    """

    known: KnownSystem
    accelerators: int
    power_kw: float
    power_range: tuple[float, float] | None
    overhead_kw: float
    price: float
    price_range: tuple[float, float] | None
    available_from: date | None
    source: str


@dataclass(frozen=True)
class Rate:
    """Tokens a second of one accelerator while one replica of a model is served.

    Attributes
    ----------
    model, system : str
    speed, ttft_s : float or None
        Output tokens a second for one user and seconds to the first token at these rates.
    each : int
        Systems in one replica.
    prefill, decode, train : float or None
        None where it cannot.
    low, high : float
        Factors of the least and the most that the rates may be.
    source : str
    """

    model: str
    system: str
    speed: float | None
    ttft_s: float | None
    each: int
    prefill: float | None
    decode: float | None
    train: float | None
    low: float
    high: float
    source: str

    def row(self, accelerators: int, begins: date | None = None, gain: float = 1.0) -> Row:
        """Return the row of the sheet `throughput`.

        Parameters
        ----------
        accelerators
            Accelerators in one system.
        begins
            First day of these rates.
        gain
            Factor by which software makes it faster than the source says.
        """
        each = self.each * accelerators * gain
        return {
            "model": self.model,
            "system": self.system,
            "speed": self.speed,
            "from": begins,
            "systems_per_replica": self.each,
            "prefill_tok_s": _times(self.prefill, each),
            "decode_tok_s": _times(self.decode, each),
            "train_tok_s": _times(self.train, each),
            "ttft_s": self.ttft_s,
            "source": f"{self.source}; low x {self.low:g}, high x {self.high:g}",
        }


def silicon() -> dict[str, Silicon]:
    """Return every system of the market by name, in the catalogue's order."""
    with (DATA / "silicon.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["system"]: row for row in csv.DictReader(file)}
    return {known.system: _silicon(known, rows[known.system]) for known in catalogue()}


def rates() -> list[Rate]:
    """Return all rates."""
    with (DATA / "silicon_rates.csv").open(encoding="utf-8", newline="") as file:
        return [_rate(row) for row in csv.DictReader(file)]


def throughput_row(rate: Rate) -> Row:
    """Return the row of the sheet `throughput` of a system or composite of the market."""
    is_one = rate.system in COMPOSITES
    return rate.row(1 if is_one else silicon()[rate.system].accelerators)


def composite_rows() -> list[Row]:
    """Return the rows of the sheet `composites`."""
    return [
        {"composite": composite, "system": system, "count": count, "source": COMPOSITE_SOURCE}
        for composite, parts in COMPOSITES.items()
        for system, count in parts.items()
    ]


def system_row(system: Silicon) -> Row:
    """Return the row of the sheet `systems`."""
    known = system.known
    return {
        "system": known.system,
        "vendor": known.vendor,
        "class": known.kind,
        "power_kw": system.power_kw,
        "overhead_kw": system.overhead_kw,
        "price": system.price,
        "available_from": system.available_from,
        "commission_days": 0,
        "source": system.source,
    }


def _silicon(known: KnownSystem, row: dict[str, str]) -> Silicon:
    """Join a system of the catalogue with what the plans assume of it."""
    power_range = _range(row, "power_kw")
    power, power_source = row["power_kw"], row["power_source"]
    middle = float(power) if power else 0.0
    if known.power_kw is not None:
        middle = known.power_kw.base
        power_range = (known.power_kw.low, known.power_kw.high)
        power_source = f"{known.power_of}: {known.source}"
    price_range = _range(row, "price")
    told = [f"power{_said(power_range, 'kW')}: {power_source}"]
    if number(row["overhead_kw"]) and known.overhead_kw is None:
        told.append("assumption: overhead 8 kW for each wafer")
    told.append(f"price{_said(price_range, 'USD')}: {row['price_source']}")
    return Silicon(
        known,
        int(row["accelerators"]),
        middle,
        power_range,
        float(row["overhead_kw"]),
        float(row["price"]),
        price_range,
        date.fromisoformat(row["available_from"]) if row["available_from"] else None,
        "; ".join(told),
    )


def _rate(row: dict[str, str]) -> Rate:
    return Rate(
        row["model"],
        row["system"],
        _amount(row["speed"]),
        _amount(row["ttft_s"]),
        int(row["systems_per_replica"]),
        _amount(row["prefill_tok_s"]),
        _amount(row["decode_tok_s"]),
        _amount(row["train_tok_s"]),
        float(row["low"]),
        float(row["high"]),
        row["source"],
    )


def _amount(text: str) -> float | None:
    return float(text) if text else None


def _range(row: dict[str, str], column: str) -> tuple[float, float] | None:
    low, high = row[f"{column}_low"], row[f"{column}_high"]
    return (float(low), float(high)) if low and high else None


def _said(spread: tuple[float, float] | None, unit: str) -> str:
    """Return a range in words; empty if only one figure is known."""
    if spread is None or spread[0] == spread[1]:
        return ""
    return f" {spread[0]:,.10g} to {spread[1]:,.10g} {unit}"


def _times(rate: float | None, factor: float) -> float | None:
    return None if rate is None else round(rate * factor, 1)
