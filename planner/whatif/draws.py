"""Random quantities: inverse distribution functions, samples, correlated groups, seeds.

A case is a point in the unit cube, with one coordinate for each quantity, which maps it to a value.
So Monte Carlo, Latin hypercube and quantiles share one mechanism.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from planner.errors import Fault, InputFaults
from planner.whatif.changes import Change, cells_of, sheet_of_fault
from planner.workbook.rows import Inputs, Row

Point = npt.NDArray[np.float64]
STANDARD = NormalDist()
NEARLY = 1e-12
"""Distance of coordinates from 0 and 1, where unbounded distributions are infinite."""

DIGITS = 4
"""Significant digits of a drawn value, for readable tables."""

FOR_SCENARIOS = ("scenarios", "changes")
"""Sheets that are optional for draws."""

NEEDED = {
    "triangular": ("low", "mode", "high"),
    "uniform": ("low", "high"),
    "normal": ("mean", "sd"),
    "lognormal": ("mean", "sd"),
    "empirical": ("sample",),
}
"""Required columns of each distribution."""


@dataclass(frozen=True)
class Draw:
    """A random quantity.

    Attributes
    ----------
    name : str
        Name of the quantity.
    edits : tuple of Change
        Changes whose values are replaced by the drawn value.
    value : function of float to float
        Quantile function of its distribution.
    group : str
        Group of correlated quantities; empty for none.
    correlation : float
        Correlation, on the normal scale, with others of the group of the same correlation.
    """

    name: str
    edits: tuple[Change, ...]
    value: Callable[[float], float]
    group: str = ""
    correlation: float = 0.0

    def changes(self, value: float) -> tuple[Change, ...]:
        """Return the changes for a drawn value; days are rounded."""
        changes = []
        for edit in self.edits:
            if edit.operation == "shift_days":
                rounded: float = round(value)
            else:
                rounded = float(f"{value:.{DIGITS}g}")
            changes.append(replace(edit, value=rounded))
        return tuple(changes)


def read_draws(inputs: Inputs) -> list[Draw]:
    """Return the quantities of the sheet `draws`, in its order.

    Raises
    ------
    InputFaults
        If a distribution lacks a figure, or its figures contradict each other.
    """
    faults = []
    for fault in inputs.what_if_faults:
        if sheet_of_fault(fault) not in FOR_SCENARIOS:
            faults.append(fault)
    faults = faults or faults_of_draws(inputs)
    if faults:
        raise InputFaults(faults)
    draws = []
    for name, rows in _by_name(inputs).items():
        first = rows[0]
        edits = tuple(edit_of(row) for row in rows)
        group = first["group"] or ""
        correlation = first["correlation"] or 0.0
        draws.append(Draw(name, edits, _inverse(first, inputs), group, correlation))
    return draws


def _by_name(inputs: Inputs) -> dict[str, list[Row]]:
    """Return the rows of each quantity."""
    rows: dict[str, list[Row]] = {}
    for row in inputs.tables["draws"]:
        rows.setdefault(row["draw"], []).append(row)
    return rows


def faults_of_draws(inputs: Inputs, in_part: Collection[str] = ()) -> list[Fault]:
    """Return the faults of draws whose cells are valid.

    Parameters
    ----------
    inputs
        A workbook with its draws.
    in_part
        Names of draws with a faulty row, which are skipped.
    """
    faults = []
    for name, rows in _by_name(inputs).items():
        if name not in in_part:
            faults += _faults(rows)
    return faults


def edit_of(row: Row) -> Change:
    """Return the change of a row of the sheet `draws`, without a value."""
    return Change(
        row["sheet"],
        row["key"],
        row["column"],
        row["operation"],
        None,
        row["draw"],
        row.where("draw"),
        cells_of(row),
    )


def _faults(rows: Sequence[Row]) -> list[Fault]:
    """Return the faults of one quantity; its first row has the distribution."""
    first = rows[0]
    kind = first["distribution"]
    if kind is None:
        remedy = f"Give one of {', '.join(NEEDED)}"
        rule = "the first row of a draw must name its distribution"
        return [first.fault("distribution", rule, remedy)]
    faults = []
    for column in NEEDED[kind]:
        if first[column] is None:
            faults.append(first.fault(column, f"a {kind} draw needs {column}", "Fill it in"))
    for row in rows[1:]:
        if row["distribution"] is not None:
            rule = f"{row['draw']} has a distribution in {first.where('draw')}"
            remedy = "Leave it blank, or give the draw another name"
            faults.append(row.fault("distribution", rule, remedy))
    given = [first[column] for column in ("low", "mode", "high") if first[column] is not None]
    if given != sorted(given):
        rule = "low, mode and high are not in ascending order"
        faults.append(first.fault("low", rule, "Give low <= mode <= high"))
    mean = first["mean"]
    if kind == "lognormal" and mean is not None and mean <= 0:
        rule = "the mean of a lognormal draw must be above 0"
        faults.append(first.fault("mean", rule, "Correct it"))
    return faults


def _inverse(row: Row, inputs: Inputs) -> Callable[[float], float]:
    """Return the quantile function of a row."""
    kind = row["distribution"]
    low, mode, high = row["low"], row["mode"], row["high"]
    mean, sd = row["mean"], row["sd"]
    if kind == "triangular":
        return lambda share: triangular(share, low, mode, high)
    if kind == "uniform":
        return lambda share: low + share * (high - low)
    if kind == "empirical":
        ordered = sorted(_sample(row["sample"], inputs))
        return lambda share: empirical(share, ordered)
    if kind == "lognormal":
        # Mean and deviation are of the quantity; the normal distribution is of its logarithm.
        spread = math.sqrt(math.log1p((sd / mean) ** 2))
        logarithm = NormalDist(math.log(mean) - spread**2 / 2, spread)
        least, most = _log(low), _log(high)
        return lambda share: math.exp(cut_off(share, logarithm, least, most))
    normal = NormalDist(mean, sd)
    return lambda share: cut_off(share, normal, low, high)


def _sample(name: str, inputs: Inputs) -> list[float]:
    """Return the values of a sample."""
    return [row["value"] for row in inputs.tables["samples"] if row["sample"] == name]


def _log(bound: float | None) -> float | None:
    """Return the logarithm of a bound; None if it does not bind a positive quantity."""
    return math.log(bound) if bound is not None and bound > 0 else None


def triangular(share: float, low: float, mode: float, high: float) -> float:
    """Return a quantile of a triangular distribution."""
    width = high - low
    if width == 0:
        return low
    # The distribution function at the mode is (mode - low) / width.
    if share * width <= mode - low:
        return low + math.sqrt(share * width * (mode - low))
    return high - math.sqrt((1 - share) * width * (high - mode))


def cut_off(share: float, normal: NormalDist, low: float | None, high: float | None) -> float:
    """Return a quantile of a truncated normal distribution."""
    least = 0.0 if low is None else normal.cdf(low)
    most = 1.0 if high is None else normal.cdf(high)
    inside = least + share * (most - least)
    value = normal.inv_cdf(_inner(inside))
    if low is not None:
        value = max(value, low)
    if high is not None:
        value = min(value, high)
    return value


def _inner(share: float) -> float:
    """Return a coordinate at which an unbounded distribution is finite."""
    return min(max(share, NEARLY), 1 - NEARLY)


def empirical(share: float, ordered: Sequence[float]) -> float:
    """Return a quantile of an ordered sample with equal weights."""
    place = min(int(share * len(ordered)), len(ordered) - 1)
    return float(ordered[place])


def monte_carlo(draws: Sequence[Draw], seed: int, case: int) -> Point:
    """Return the point of a case, shape (draws,); it depends only on seed and case."""
    # A stream for each case: cases can be drawn in any order, and more of them change none.
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0, case)))
    return stream.random(len(draws))


def latin_hypercube(draws: Sequence[Draw], seed: int, case: int, cases: int) -> Point:
    """Return the point of a case in a Latin hypercube of `cases` points."""
    point = np.empty(len(draws))
    for number in range(len(draws)):
        stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1, number)))
        # Each case falls into another of as many equal slices.
        slices = stream.permutation(cases)
        offsets = stream.random(cases)
        point[number] = (slices[case] + offsets[case]) / cases
    return point


def grouped(draws: Sequence[Draw], point: Point, seed: int, case: int) -> Point:
    """Return a point with coordinates correlated within groups (a normal copula).

    z[draw] = sqrt(correlation) * common[group] + sqrt(1 - correlation) * own[draw]

    Each coordinate by itself keeps its distribution.
    """
    groups = sorted({draw.group for draw in draws if draw.group})
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2, case)))
    # A normal value that all quantities of a group share.
    common = dict(zip(groups, stream.standard_normal(len(groups)), strict=True))
    moved = point.copy()
    for place, draw in enumerate(draws):
        if draw.group and draw.correlation:
            own = STANDARD.inv_cdf(_inner(float(point[place])))
            shared = math.sqrt(draw.correlation) * common[draw.group]
            moved[place] = STANDARD.cdf(shared + math.sqrt(1 - draw.correlation) * own)
    return moved
