"""The ledger of megawatt bases: from promised megawatts to a number of systems, and back.

Everything is computed in fractions of the decimals as written, so that a count never depends on
how a computer rounds 0.1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from planner.workbook.schema.column_kinds import BASES

SYSTEM, IT, FACILITY = BASES
KW_PER_MW = 1000


@dataclass(frozen=True)
class LedgerRow:
    """The number of systems for some megawatts, on one basis.

    Attributes
    ----------
    basis : str
        ``system``, ``it`` or ``facility``.
    power_kw : float
        Power of the system itself, kW.
    overhead_kw : float or None
        Power of its overhead, kW; None if the basis does not count it.
    pue : float or None
        Facility power per unit of IT power; None if the basis does not count it.
    kw_per_system : float
        Power of one system on the basis, kW.
    systems_to_meet : int
        Fewest systems whose power is at least the megawatts.
    systems_within : int
        Most systems whose power is at most the megawatts.
    """

    basis: str
    power_kw: float
    overhead_kw: float | None
    pue: float | None
    kw_per_system: float
    systems_to_meet: int
    systems_within: int


@dataclass(frozen=True)
class PublishedCount:
    """A number of systems that was published for some megawatts.

    Attributes
    ----------
    system : str
        The system that was counted.
    mw : float
        Megawatts that it was counted for.
    systems : int
        The number that was published.
    says : str
        The quoted words.
    source : str
        Their source.
    """

    system: str
    mw: float
    systems: int
    says: str
    source: str


PUBLISHED = (
    PublishedCount(
        "CS-3",
        750.0,
        32_768,
        "32,768 systems",
        'NextPlatform in January, as told in "20,000 Chips", May 2026',
    ),
    PublishedCount("CS-3", 750.0, 20_000, "toward 20,000 systems", '"20,000 Chips", May 2026'),
)
"""The counts in print for 750 MW, which differ because each is on another basis."""


@dataclass(frozen=True)
class Reconciliation:
    """A published count beside ours.

    Attributes
    ----------
    says, source : str
        The quoted words, and their source.
    systems : int
        The published number.
    our_systems : int
        Systems that meet the megawatts on system power.
    more_systems, more_percent : int, float
        Excess of the published number over ours; negative if it is below.
    mw_on_system_power : float
        Megawatts of the published number on system power.
    kw_per_system : float
        Power that each of the published systems would need for the megawatts, kW.
    pue_low, pue_high : float or None
        PUE that turns the IT power of a system into `kw_per_system`, for the highest and the
        lowest overhead; None where even the highest IT power is not below it.
    power_of_two : int or None
        Exponent if the published number is a power of two.
    reading : str
        The same as a sentence.
    """

    says: str
    source: str
    systems: int
    our_systems: int
    more_systems: int
    more_percent: float
    mw_on_system_power: float
    kw_per_system: float
    pue_low: float | None
    pue_high: float | None
    power_of_two: int | None
    reading: str


def exact(value: float) -> Fraction:
    """Return the fraction that a number's shortest decimal form writes: 0.1 is one tenth."""
    return Fraction(repr(float(value)))


def kw_per_system(
    basis: str, power_kw: float, overhead_kw: float = 0.0, pue: float = 1.0
) -> Fraction:
    """Return the power of one system on a basis, in kW, as an exact fraction.

    Raises
    ------
    ValueError
        If the basis is not one of ``system``, ``it`` and ``facility``.
    """
    if basis == SYSTEM:
        return exact(power_kw)
    it_kw = exact(power_kw) + exact(overhead_kw)
    if basis == IT:
        return it_kw
    if basis == FACILITY:
        return it_kw * exact(pue)
    raise ValueError(f"{basis} is not a basis; use one of {', '.join(BASES)}")


def systems_to_meet(mw: float, kw: Fraction) -> int:
    """Return the fewest systems of `kw` kW each that make at least `mw` MW."""
    return math.ceil(exact(mw) * KW_PER_MW / kw)


def systems_within(mw: float, kw: Fraction) -> int:
    """Return the most systems of `kw` kW each that make at most `mw` MW."""
    return math.floor(exact(mw) * KW_PER_MW / kw)


def ledger(
    mw: float,
    powers_kw: Iterable[float],
    overheads_kw: Iterable[float],
    pues: Iterable[float],
) -> tuple[LedgerRow, ...]:
    """Return the number of systems for some megawatts, on every basis.

    Parameters
    ----------
    mw
        Megawatts promised, or a limit in megawatts.
    powers_kw
        Powers of the system itself to count with, kW, each above 0.
    overheads_kw
        Powers of what comes with it, kW; none leaves out the rows on `it` and `facility`.
    pues
        Facility power for each unit of IT power; none leaves out the rows on `facility`.

    Returns
    -------
    tuple of LedgerRow
        By basis, then power, overhead and PUE in the order given.
    """
    powers, overheads, ratios = tuple(powers_kw), tuple(overheads_kw), tuple(pues)
    on_system = [_row(mw, SYSTEM, power) for power in powers]
    on_it = []
    on_facility = []
    for power in powers:
        for overhead in overheads:
            on_it.append(_row(mw, IT, power, overhead))
            for pue in ratios:
                on_facility.append(_row(mw, FACILITY, power, overhead, pue))
    return (*on_system, *on_it, *on_facility)


def _row(
    mw: float, basis: str, power: float, overhead: float | None = None, pue: float | None = None
) -> LedgerRow:
    counted_overhead = 0.0 if overhead is None else overhead
    counted_pue = 1.0 if pue is None else pue
    kw = kw_per_system(basis, power, counted_overhead, counted_pue)
    return LedgerRow(
        basis=basis,
        power_kw=power,
        overhead_kw=overhead,
        pue=pue,
        kw_per_system=float(kw),
        systems_to_meet=systems_to_meet(mw, kw),
        systems_within=systems_within(mw, kw),
    )


def published_counts(
    system: str, mw: float, power_kw: float, overheads_kw: Iterable[float]
) -> tuple[Reconciliation, ...]:
    """Return the published counts for a system and its megawatts, each beside our own arithmetic.

    Parameters
    ----------
    system
        Name of the system.
    mw
        Megawatts; counts published for other megawatts are left out.
    power_kw
        Power of the system itself, kW.
    overheads_kw
        Overheads to explain a count with, kW.
    """
    overheads = tuple(overheads_kw) or (0.0,)
    return tuple(
        reconciled(count, power_kw, overheads)
        for count in PUBLISHED
        if count.system == system and count.mw == mw
    )


def reconciled(
    count: PublishedCount, power_kw: float, overheads_kw: tuple[float, ...]
) -> Reconciliation:
    """Return one published count beside our own arithmetic.

    Parameters
    ----------
    count
        What was published.
    power_kw, overheads_kw
        Power of the system itself and of what comes with it, kW; at least one overhead.
    """
    own = kw_per_system(SYSTEM, power_kw)
    ours = systems_to_meet(count.mw, own)
    implied = exact(count.mw) * KW_PER_MW / count.systems
    it_high = own + exact(max(overheads_kw))
    it_low = own + exact(min(overheads_kw))
    # A PUE is at least 1: a count whose systems draw less than their IT power is on another basis.
    on_facility = implied >= it_high
    exponent = count.systems.bit_length() - 1
    result = Reconciliation(
        says=count.says,
        source=count.source,
        systems=count.systems,
        our_systems=ours,
        more_systems=count.systems - ours,
        more_percent=float(Fraction(100 * (count.systems - ours), ours)),
        mw_on_system_power=float(count.systems * own / KW_PER_MW),
        kw_per_system=float(implied),
        pue_low=float(implied / it_high) if on_facility else None,
        pue_high=float(implied / it_low) if on_facility else None,
        power_of_two=exponent if count.systems == 2**exponent else None,
        reading="",
    )
    reading = _reading(count, power_kw, float(it_low), float(it_high), result)
    return replace(result, reading=reading)


def _reading(
    count: PublishedCount, power_kw: float, it_low: float, it_high: float, result: Reconciliation
) -> str:
    """Return a reconciliation as a sentence, from its figures."""
    if result.pue_low is not None and result.pue_high is not None:
        return (
            f"{count.mw:g} MW / {count.systems:,} = {result.kw_per_system:.4g} kW each: "
            f"IT power of {_range(it_low, it_high, 'g')} kW "
            f"at a PUE of {_range(result.pue_low, result.pue_high, '.2f')}"
        )
    more = "more" if result.more_systems >= 0 else "fewer"
    text = (
        f"{count.systems:,} x {power_kw:g} kW = {result.mw_on_system_power:.1f} MW: "
        f"{abs(result.more_systems):,} systems ({abs(result.more_percent):.1f} %) {more} than "
        f"the {result.our_systems:,} that {count.mw:g} MW on system power needs"
    )
    if result.power_of_two is not None:
        text += f"; it is 2^{result.power_of_two}"
    return text


def _range(low: float, high: float, form: str) -> str:
    first, last = format(low, form), format(high, form)
    if first == last:
        return first
    return f"{first} to {last}"
