"""The cases of a sweep: grids, one at a time, scenarios, random draws; each by its number alone."""

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
"""Methods that draw cases, so that shares of the cases are probabilities."""

LOW, MIDDLE, HIGH = 0.1, 0.5, 0.9
"""Shares at which a drawn quantity is taken where nothing is drawn."""


@dataclass(frozen=True)
class Spec:
    """What makes a sweep; the same spec of the same inputs is the same table.

    Attributes
    ----------
    method : str
        One of `METHODS`.
    cases : int
        Cases to draw; counted by itself where nothing is drawn.
    seed : int
        Seed of the draws.
    vary : tuple of str
        Changes with several values, e.g. ``crews[*].systems_per_month*=0.5,1``.
    changes : tuple of str
        Changes made in every case before its own.
    counts : str
        ``continuous`` or ``integer`` systems and lots.
    gap : float
        Gap of each case.
    scenarios : tuple of str
        Scenarios to sweep, the base case beside them; none for all.
    decide_by : str
        Day, as ISO text, before which the orders and openings of each scenario's plan are tried
        in every other scenario; blank if they are not.
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
        """Return what tells one sweep from another; another version may give other plans."""
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
        What it is.
    drawn : dict of str to float, str or None
        Value of each quantity; None where it is as in the base case.
    changes : tuple of Change
        What it changes.
    faults : tuple of Fault
        Why its changes are not all known; the case fails by them.
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
    """Return the case of a scenario; one at fault takes no other along."""
    try:
        return Case(number, name, {"scenario": name}, scenario_changes(inputs, name))
    except InputFaults as error:
        return Case(number, name, {"scenario": name}, (), error.faults)


@dataclass(frozen=True)
class Axis:
    """A quantity with the values that a grid gives it."""

    name: str
    values: tuple[float | str, ...]
    edits: tuple[tuple[Change, ...], ...]


class Cases:
    """All cases of a sweep, each made when it is asked for.

    Parameters
    ----------
    inputs
        The base case.
    spec
        What to vary, and how.

    Raises
    ------
    PlannerError
        If there is nothing to vary.
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
                _scenario_case(inputs, 0, name)  # says so if there is no such scenario
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
        """Names of what varies."""
        if self.scenarios:
            return ["scenario"]
        return [draw.name for draw in self.draws] or [axis.name for axis in self.axes]

    def __len__(self) -> int:
        return self.count

    @property
    def pairs(self) -> list[tuple[int, int, int]]:
        """Number of each trial of one scenario's decisions in another, and of both scenarios."""
        if not self.spec.decide_by:
            return []
        numbers = range(self.count)
        return [(self.count * (1 + one) + other, one, other)
                for one in numbers for other in numbers if one != other]  # fmt: skip

    def __getitem__(self, number: int) -> Case:
        """Return a case."""
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
            places = list(next(itertools.islice(
                itertools.product(*map(range, sizes)), number, None)))  # fmt: skip
        else:
            places = _one(self.axes, number)
        chosen = [(axis, at) for axis, at in zip(self.axes, places, strict=True)]
        drawn = {axis.name: None if at is None else axis.values[at] for axis, at in chosen}
        changes = [c for axis, at in chosen if at is not None for c in axis.edits[at]]
        label = ", ".join(f"{name} {value}" for name, value in drawn.items() if value is not None)
        return Case(number, label or BASE, drawn, tuple(changes))


def _one(axes: Sequence[Axis], number: int) -> list[int | None]:
    """Return the place on each axis where only one leaves the base case, which is case 0."""
    places: list[int | None] = [None] * len(axes)
    left = number - 1
    for at, axis in enumerate(axes):
        if 0 <= left < len(axis.values):
            places[at] = left
        left -= len(axis.values)
    return places


def parse_axis(text: str) -> Axis:
    """Return a change with several values: ``sheet[key].column*=0.8,1,1.2`` or ``+=0d,90d``.

    Raises
    ------
    PlannerError
        If it is no such change.
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
    """Return a drawn quantity at its low, middle and high shares."""
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
