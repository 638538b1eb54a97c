"""Cases of a sweep: grid, one at a time, scenarios, random draws; each defined by its number."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import metadata

from planner import __version__
from planner.errors import Fault, InputFaults, PlannerError
from planner.whatif.changes import (
    BASE,
    Change,
    WhatIf,
    parse_change,
    scenario_changes,
    scenario_names,
)
from planner.whatif.draws import Draw, grouped, latin_hypercube, monte_carlo, read_draws
from planner.workbook.rows import Inputs

METHODS = ("monte-carlo", "latin-hypercube", "one-at-a-time", "grid", "scenarios")
DRAWN = METHODS[:2]
"""Methods with random cases, for which shares of cases are probabilities."""

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
"""Quantiles of a drawn quantity used by methods without draws."""


@dataclass(frozen=True)
class Spec:
    """Specification of a sweep; the same spec and inputs give the same tables.

    Attributes
    ----------
    method : str
        One of `METHODS`.
    cases : int
        Number of cases to draw; ignored by methods without draws.
    seed : int
        Seed of the draws.
    vary : tuple of str
        Changes with several values, e.g. ``crews[*].systems_per_month*=0.5,1``.
    changes : tuple of str
        Changes made in every case before its own changes.
    counts : str
        ``continuous`` or ``integer`` systems and lots.
    gap : float
        Relative gap of each case.
    scenarios : tuple of str
        Scenarios to sweep, the base case beside them; none for all.
    decide_by : str
        ISO date; orders and openings before it are tried in every other scenario. Empty for no
        regret table.
    """

    method: str
    cases: int = 0
    seed: int = 1
    vary: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    counts: str = "continuous"
    gap: float = 0.001
    scenarios: tuple[str, ...] = ()
    decide_by: str = ""

    def digest(self, inputs: Inputs) -> str:
        """Return the identity of the sweep, version included: versions may plan differently."""
        versions = [__version__, metadata.version("highspy"), metadata.version("numpy")]
        text = json.dumps([inputs.digest, versions, asdict(self)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Case:
    """One case.

    Attributes
    ----------
    number : int
        From 0.
    label : str
        Description.
    drawn : dict of str to float, str or None
        Value of each quantity; None if unchanged from the base case.
    changes : tuple of Change
        Changes of the case.
    faults : tuple of Fault
        Faults of its changes; the case fails if there are any.
    """

    number: int
    label: str
    drawn: dict[str, float | str | None]
    changes: tuple[Change, ...]
    faults: tuple[Fault, ...] = ()

    def what_if(self) -> WhatIf:
        """Return the case as changes to inputs."""
        return WhatIf(f"case {self.number}", self.changes)


def _scenario_case(inputs: Inputs, number: int, name: str) -> Case:
    """Return the case of a scenario; its faults do not affect other cases."""
    try:
        return Case(number, name, {"scenario": name}, scenario_changes(inputs, name))
    except InputFaults as error:
        return Case(number, name, {"scenario": name}, (), error.faults)


@dataclass(frozen=True)
class Axis:
    """A quantity and its grid values."""

    name: str
    values: tuple[float | str, ...]
    edits: tuple[tuple[Change, ...], ...]


class Cases:
    """All cases of a sweep, created lazily.

    Parameters
    ----------
    inputs
        The base case.
    spec
        Specification of the sweep.

    Raises
    ------
    PlannerError
        If nothing varies.
    """

    def __init__(self, inputs: Inputs, spec: Spec) -> None:
        self.inputs, self.spec = inputs, spec
        self.draws: list[Draw] = []
        self.axes: list[Axis] = []
        self.scenarios: list[str] = []
        if spec.method == "scenarios":
            names = spec.scenarios or scenario_names(inputs)
            self.scenarios = [BASE, *(n for n in dict.fromkeys(names) if n != BASE)]
            for name in self.scenarios:
                _scenario_case(inputs, 0, name)  # raises if there is no such scenario
            self.count = len(self.scenarios)
        elif spec.method in DRAWN:
            self.draws = read_draws(inputs)
            _require(self.draws, "The sheet draws is empty. List the quantities to draw in it")
            self.count = spec.cases
        else:
            self.axes = [parse_axis(text) for text in spec.vary]
            self.axes = self.axes or [axis_of(draw) for draw in read_draws(inputs)]
            _require(self.axes, "Nothing varies. Give --vary, or fill in the sheet draws")
            sizes = [len(axis.values) for axis in self.axes]
            self.count = math.prod(sizes) if spec.method == "grid" else 1 + sum(sizes)

    @property
    def names(self) -> list[str]:
        """Names of the quantities that vary."""
        if self.scenarios:
            return ["scenario"]
        return [draw.name for draw in self.draws] or [axis.name for axis in self.axes]

    def __len__(self) -> int:
        return self.count

    @property
    def pairs(self) -> list[tuple[int, int, int]]:
        """Case number, deciding scenario and true scenario of each regret trial."""
        if not self.spec.decide_by:
            return []
        numbers = range(self.count)
        return [
            (self.count * (1 + one) + other, one, other)
            for one in numbers
            for other in numbers
            if one != other
        ]

    def __getitem__(self, number: int) -> Case:
        """Return the case of a number."""
        if self.scenarios:
            return _scenario_case(self.inputs, number, self.scenarios[number])
        return self._drawn(number) if self.draws else self._on_axes(number)

    def _drawn(self, number: int) -> Case:
        spec = self.spec
        if spec.method == "monte-carlo":
            point = monte_carlo(self.draws, spec.seed, number)
        else:
            point = latin_hypercube(self.draws, spec.seed, number, spec.cases)
        point = grouped(self.draws, point, spec.seed, number)
        drawn: dict[str, float | str | None] = {}
        changes: list[Change] = []
        for draw, share in zip(self.draws, point, strict=True):
            own = draw.changes(draw.value(float(share)))
            drawn[draw.name] = float(str(own[0].value))
            changes += own
        return Case(number, f"draw {number}", drawn, tuple(changes))

    def _on_axes(self, number: int) -> Case:
        places: list[int | None]
        if self.spec.method == "grid":
            sizes = [len(axis.values) for axis in self.axes]
            places = list(
                next(itertools.islice(itertools.product(*map(range, sizes)), number, None))
            )
        else:
            places = _one(self.axes, number)
        chosen = [(axis, at) for axis, at in zip(self.axes, places, strict=True)]
        drawn = {axis.name: None if at is None else axis.values[at] for axis, at in chosen}
        changes = [c for axis, at in chosen if at is not None for c in axis.edits[at]]
        label = ", ".join(f"{name} {value}" for name, value in drawn.items() if value is not None)
        return Case(number, label or BASE, drawn, tuple(changes))


def _one(axes: Sequence[Axis], number: int) -> list[int | None]:
    """Return the position on each axis of a one-at-a-time case; case 0 is the base case."""
    places: list[int | None] = [None] * len(axes)
    left = number - 1
    for at, axis in enumerate(axes):
        if 0 <= left < len(axis.values):
            places[at] = left
        left -= len(axis.values)
    return places


def parse_axis(text: str) -> Axis:
    """Parse a change with several values: ``sheet[key].column*=0.8,1,1.2`` or ``+=0d,90d``.

    Raises
    ------
    PlannerError
        If the text is not such a change.
    """
    single = parse_change(text)
    head = text[: len(text.rstrip()) - len(str(text.rstrip().rpartition("=")[2]))]
    values = text.rstrip().rpartition("=")[2].split(",")
    edits = tuple((parse_change(f"{head}{value.strip()}"),) for value in values)
    kinds = {edit[0].operation for edit in edits}
    if len(kinds) > 1:
        raise PlannerError(
            f"--vary {text!r} mixes numbers and days. Give only numbers or only days"
        )
    shown = tuple(_plain(edit[0].value) for edit in edits)
    return Axis(f"{single.sheet}[{single.key}].{single.column}", shown, edits)


def axis_of(draw: Draw) -> Axis:
    """Return the axis of a drawn quantity at its low, middle and high quantiles."""
    edits = [draw.changes(draw.value(share)) for share in (LOW, MIDDLE, HIGH)]
    unlike = list({str(edit[0].value): edit for edit in edits}.values())
    return Axis(draw.name, tuple(float(str(e[0].value)) for e in unlike), tuple(unlike))


def _plain(value: object) -> float | str:
    try:
        return float(str(value))
    except ValueError:
        return str(value)


def _require(found: Sequence[object], message: str) -> None:
    if not found:
        raise PlannerError(message)
