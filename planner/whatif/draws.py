"""Random quantities: inverse distribution functions, samples, correlated groups, seeds.

A case is a point in the unit cube, with one coordinate for each quantity, which maps it to a value.
So Monte Carlo, Latin hypercube and quantiles share one mechanism.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
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
        return tuple(
            Change(
                e.sheet,
                e.key,
                e.column,
                e.operation,
                round(value) if e.operation == "shift_days" else float(f"{value:.{DIGITS}g}"),
                e.name,
                e.where,
                e.cells,
            )
            for e in self.edits
        )


def read_draws(inputs: Inputs) -> list[Draw]:
    """Return the quantities of the sheet `draws`, in its order.

    Raises
    ------
    InputFaults
        If a distribution lacks a figure, or its figures contradict each other.
    """
    faults = [f for f in inputs.what_if_faults if sheet_of_fault(f) not in FOR_SCENARIOS]
    faults = faults or faults_of_draws(inputs)
    if faults:
        raise InputFaults(faults)
    return [
        Draw(
            name,
            tuple(edit_of(row) for row in own),
            _inverse(own[0], inputs),
            own[0]["group"] or "",
            own[0]["correlation"] or 0.0,
        )
        for name, own in _by_name(inputs).items()
    ]


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
    rows = _by_name(inputs)
    return [f for name in rows if name not in in_part for f in _faults(rows[name], inputs)]


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


def _faults(rows: Sequence[Row], inputs: Inputs) -> list[Fault]:
    """Return the faults of one quantity."""
    first = rows[0]
    kind = first["distribution"]
    if kind is None:
        return [
            first.fault(
                "distribution",
                "the first row of a draw must name its distribution",
                f"Give one of {', '.join(NEEDED)}",
            )
        ]
    faults = [
        first.fault(column, f"a {kind} draw needs {column}", "Fill it in")
        for column in NEEDED[kind]
        if first[column] is None
    ]
    faults += [
        row.fault(
            "distribution",
            f"{row['draw']} has a distribution in {first.where('draw')}",
            "Leave it blank, or give the draw another name",
        )
        for row in rows[1:]
        if row["distribution"] is not None
    ]
    ordered = [first[c] for c in ("low", "mode", "high") if first[c] is not None]
    if ordered != sorted(ordered):
        faults.append(
            first.fault(
                "low", "low, mode and high are not in ascending order", "Give low <= mode <= high"
            )
        )
    if kind == "lognormal" and first["mean"] is not None and first["mean"] <= 0:
        faults.append(
            first.fault("mean", "the mean of a lognormal draw must be above 0", "Correct it")
        )
    return faults


def _inverse(row: Row, inputs: Inputs) -> Callable[[float], float]:
    """Return the quantile function of a row."""
    low, mode, high, mean, sd = (row[c] for c in ("low", "mode", "high", "mean", "sd"))
    kind = row["distribution"]
    if kind == "triangular":
        return lambda share: triangular(share, low, mode, high)
    if kind == "uniform":
        return lambda share: low + share * (high - low)
    if kind == "empirical":
        own = [r["value"] for r in inputs.tables["samples"] if r["sample"] == row["sample"]]
        return lambda share: empirical(share, sorted(own))
    if kind == "lognormal":
        spread = math.sqrt(math.log1p((sd / mean) ** 2))
        normal = NormalDist(math.log(mean) - spread**2 / 2, spread)
        least, most = (
            math.log(cut) if cut is not None and cut > 0 else None for cut in (low, high)
        )
        return lambda share: math.exp(cut_off(share, normal, least, most))
    normal = NormalDist(mean, sd)
    return lambda share: cut_off(share, normal, low, high)


def triangular(share: float, low: float, mode: float, high: float) -> float:
    """Return a quantile of a triangular distribution."""
    width = high - low
    if width == 0:
        return low
    if share * width <= mode - low:
        return low + math.sqrt(share * width * (mode - low))
    return high - math.sqrt((1 - share) * width * (high - mode))


def cut_off(share: float, normal: NormalDist, low: float | None, high: float | None) -> float:
    """Return a quantile of a truncated normal distribution."""
    least = 0.0 if low is None else normal.cdf(low)
    most = 1.0 if high is None else normal.cdf(high)
    inside = least + share * (most - least)
    value = normal.inv_cdf(min(max(inside, NEARLY), 1 - NEARLY))
    return min(max(value, -math.inf if low is None else low), math.inf if high is None else high)


def empirical(share: float, ordered: Sequence[float]) -> float:
    """Return a quantile of an ordered sample with equal weights."""
    return float(ordered[min(int(share * len(ordered)), len(ordered) - 1)])


def monte_carlo(draws: Sequence[Draw], seed: int, case: int) -> Point:
    """Return the point of a case, shape (draws,); it depends only on seed and case."""
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(0, case)))
    return stream.random(len(draws))


def latin_hypercube(draws: Sequence[Draw], seed: int, case: int, cases: int) -> Point:
    """Return the point of a case in a Latin hypercube of `cases` points."""
    point = np.empty(len(draws))
    for number in range(len(draws)):
        stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1, number)))
        point[number] = (stream.permutation(cases)[case] + stream.random(cases)[case]) / cases
    return point


def grouped(draws: Sequence[Draw], point: Point, seed: int, case: int) -> Point:
    """Return a point with coordinates correlated within groups (a normal copula).

    z[draw] = sqrt(correlation) * common[group] + sqrt(1 - correlation) * own[draw]

    Each coordinate by itself keeps its distribution.
    """
    groups = sorted({draw.group for draw in draws if draw.group})
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2, case)))
    common = dict(zip(groups, stream.standard_normal(len(groups)), strict=True))
    moved = point.copy()
    for at, draw in enumerate(draws):
        if draw.group and draw.correlation:
            own = STANDARD.inv_cdf(min(max(float(point[at]), NEARLY), 1 - NEARLY))
            z = (
                math.sqrt(draw.correlation) * common[draw.group]
                + math.sqrt(1 - draw.correlation) * own
            )
            moved[at] = STANDARD.cdf(z)
    return moved
