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
        self.inputs = inputs
        self.spec = spec
        self.draws: list[Draw] = []
        self.axes: list[Axis] = []
        self.scenarios: list[str] = []
        if spec.method == "scenarios":
            self.scenarios = _scenarios(inputs, spec)
            self.count = len(self.scenarios)
        elif spec.method in DRAWN:
            self.draws = read_draws(inputs)
            _require(self.draws, "The sheet draws is empty. List the quantities to draw in it")
            self.count = spec.cases
        else:
            self.axes = _axes(inputs, spec)
            _require(self.axes, "Nothing varies. Give --vary, or fill in the sheet draws")
            sizes = self._sizes()
            self.count = math.prod(sizes) if spec.method == "grid" else 1 + sum(sizes)

    def _sizes(self) -> list[int]:
        """Return the number of values on each axis."""
        return [len(axis.values) for axis in self.axes]

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
        trials = []
        for decided, true in itertools.permutations(range(self.count), 2):
            # Trials are numbered after the cases.
            number = self.count * (1 + decided) + true
            trials.append((number, decided, true))
        return trials

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
        if self.spec.method == "grid":
            places = _on_grid(self._sizes(), number)
        else:
            places = _one(self.axes, number)
        drawn: dict[str, float | str | None] = {}
        changes: list[Change] = []
        for axis, place in zip(self.axes, places, strict=True):
            if place is None:
                drawn[axis.name] = None
                continue
            value = axis.values[place]
            drawn[axis.name] = value
            changes += axis.edits[place]
        words = [f"{name} {value}" for name, value in drawn.items() if value is not None]
        label = ", ".join(words) or BASE
        return Case(number, label, drawn, tuple(changes))


def _scenarios(inputs: Inputs, spec: Spec) -> list[str]:
    """Return the scenarios to sweep, the base case first.

    Raises
    ------
    PlannerError
        If the workbook lacks one of them.
    """
    names = [BASE]
    for name in spec.scenarios or scenario_names(inputs):
        if name not in names:
            names.append(name)
    for name in names:
        _scenario_case(inputs, 0, name)  # raises if there is no such scenario
    return names


def _axes(inputs: Inputs, spec: Spec) -> list[Axis]:
    """Return the axes of ``--vary``, or else of the sheet `draws`."""
    if spec.vary:
        return [parse_axis(text) for text in spec.vary]
    return [axis_of(draw) for draw in read_draws(inputs)]


def _on_grid(sizes: Sequence[int], number: int) -> list[int | None]:
    """Return the position on each axis of a case of a grid; the last axis varies fastest."""
    places: list[int | None] = []
    for size in reversed(sizes):
        number, place = divmod(number, size)
        places.insert(0, place)
    return places


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
    whole = text.rstrip()
    values = whole.rpartition("=")[2]
    head = whole.removesuffix(values)
    edits = []
    for value in values.split(","):
        change = parse_change(f"{head}{value.strip()}")
        edits.append((change,))
    # An axis with numbers and days could be neither sorted nor read.
    kinds = {edit[0].operation for edit in edits}
    if len(kinds) > 1:
        raise PlannerError(
            f"--vary {text!r} mixes numbers and days. Give only numbers or only days"
        )
    shown = tuple(_plain(edit[0].value) for edit in edits)
    return Axis(f"{single.sheet}[{single.key}].{single.column}", shown, tuple(edits))


def axis_of(draw: Draw) -> Axis:
    """Return the axis of a drawn quantity at its low, middle and high quantiles."""
    values: list[float] = []
    edits: list[tuple[Change, ...]] = []
    for share in (LOW, MIDDLE, HIGH):
        changes = draw.changes(draw.value(share))
        value = float(str(changes[0].value))
        if value not in values:
            values.append(value)
            edits.append(changes)
    return Axis(draw.name, tuple(values), tuple(edits))


def _plain(value: object) -> float | str:
    try:
        return float(str(value))
    except ValueError:
        return str(value)


def _require(found: Sequence[object], message: str) -> None:
    if not found:
        raise PlannerError(message)
