"""The whole pipeline: inputs, case, model, solve, extract, verify."""

from __future__ import annotations

import gc
import math
import numbers
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from planner.attempts import Attempts
from planner.case.case import Case, make_case
from planner.checker.verify import verify
from planner.diagnostics.warnings import as_notes, find_warnings
from planner.errors import NoPlanExists, OptionOutOfBounds, PlanRefused
from planner.model.build import build_model
from planner.model.decisions import Model
from planner.model.frame import ContradictionError
from planner.model.objectives import in_service_mw_months, make_tiers
from planner.model.wholes import crew_links, lot_limits, make_wholes
from planner.plan.extract import extract
from planner.plan.result_rows import Tables, TierRow
from planner.plan.store import Plan
from planner.plan.summary import PROVEN, manifest, summary
from planner.solve.coefficient_ranges import coefficient_ranges
from planner.solve.decompose.by_site import solve_by_site
from planner.solve.highs_model import LiveModel
from planner.solve.lexicographic import Solution, SolveLimits, TierResult, solve_tiers
from planner.solve.progress import Event
from planner.solve.staged import is_small
from planner.solve.tuning import DEFAULT_TUNING, Tuning
from planner.workbook.rows import Inputs
from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.settings_sheet import SETTINGS


@dataclass(frozen=True)
class Options:
    """Options of one run; None leaves the workbook's setting.

    Attributes
    ----------
    gap : float or None
        Relative gap at which a tier may stop.
    time_limit_s : float or None
        Time limit for all tiers together, in seconds.
    threads : int or None
        Solver threads.
    command : str
        The command line, for the manifest.
    """

    gap: float | None = None
    time_limit_s: float | None = None
    threads: int | None = None
    command: str = ""

    def __post_init__(self) -> None:
        """Check each option against the bounds of the setting of the same name.

        Raises
        ------
        OptionOutOfBounds
            With the option, its value and the allowed values.
        """
        for name in ("gap", "time_limit_s", "threads"):
            value = getattr(self, name)
            if value is not None:
                _require_allowed(BOUNDED_SETTINGS[name], value)


def _require_allowed(setting: Column, value: object) -> None:
    """Raise if the value of an option is of the wrong type or out of bounds."""
    whole = setting.kind is Kind.WHOLE
    kind = numbers.Integral if whole else numbers.Real
    if isinstance(value, kind) and not isinstance(value, bool):
        figure = float(value)
        least, most = setting.low, setting.high
        inside = (setting.above is None or figure > setting.above) and not math.isnan(figure)
        if inside and (least is None or figure >= least) and (most is None or figure <= most):
            return
    noun = "a whole number" if whole else "a number"
    bounds = (
        f"above {setting.above:g}"
        if setting.above is not None
        else (f"from {setting.low:g} to {setting.high:g}")
    )
    raise OptionOutOfBounds(
        f"{setting.name} is {value!r}. Give {noun} {bounds}, or leave it out for the workbook's own"
    )


BOUNDED_SETTINGS = {setting.name: setting for setting in SETTINGS}
"""The settings that options override, by name."""

LONGER_PERIOD = {"week": "month", "month": "quarter"}
"""Longer period in which a very large case is solved first."""

FALLBACK_NOTE = (
    "The time limit ended the search before it found a plan. This plan decides nothing but what "
    "firm data force. Give more time (--time-limit), or a longer period in settings."
)
"""Note on a plan that a search without any result falls back on."""

Result = TypeVar("Result")
Listener = Callable[[Event], None]


@dataclass(frozen=True)
class Problem:
    """What is to be planned.

    Attributes
    ----------
    inputs : Inputs
        The workbook, read and changed.
    case : Case
        The case prepared from it.
    options : Options
        With the workbook's settings for all that is not overridden: no option is None.
    timer : StageTimer
        Seconds of each stage.
    tuning : Tuning
        Tuning numbers of the solver.
    """

    inputs: Inputs
    case: Case
    options: Options
    timer: StageTimer
    tuning: Tuning


@dataclass(frozen=True)
class Solved:
    """A solved model.

    Attributes
    ----------
    model : Model
    live : LiveModel
    solution : Solution
    """

    model: Model
    live: LiveModel
    solution: Solution


def make_plan(
    inputs: Inputs, options: Options | None = None, listen: Listener | None = None
) -> Plan:
    """Make an optimal, independently checked plan, with warnings about its inputs in the notes.

    Parameters
    ----------
    inputs
        A workbook, read.
    options
        What to override of its settings.
    listen
        Called while the solver works.

    Returns
    -------
    Plan

    Raises
    ------
    InputFaults
        If the site graph is broken.
    NoPlanExists
        If firm data contradict each other.
    LimitReached, Interrupted
        If a limit or a person ended the run before any plan was found.
    PlanRefused
        If the independent checker finds that the plan breaks its inputs.
    """
    return with_warnings(find_plan(inputs, options, listen))


def with_warnings(plan: Plan, attempts: Attempts | None = None) -> Plan:
    """Return a plan whose notes begin with the warnings about its inputs.

    A diagnostic that fails costs a note, never the plan.

    Parameters
    ----------
    plan
        A plan from `find_plan`; a command saves it before this call.
    attempts
        Collects diagnostics that fail.

    Returns
    -------
    Plan
    """
    tried = Attempts() if attempts is None else attempts
    before = len(tried.failures)

    def work_out() -> list[str]:
        return as_notes(find_warnings(plan.inputs, make_case(plan.inputs), tried))

    nothing: list[str] = []
    warnings = tried("the warnings could not be computed", work_out, nothing)
    known = plan.summary.get("notes")
    notes = [*warnings, *tried.sentences[before:], *(known if isinstance(known, list) else ())]
    return replace(plan, summary={**plan.summary, "notes": notes})


def find_plan(
    inputs: Inputs,
    options: Options | None = None,
    listen: Listener | None = None,
    tuning: Tuning = DEFAULT_TUNING,
) -> Plan:
    """Find an optimal, independently checked plan, without warnings about its inputs.

    The three steps are also taken one by one, by what-ifs that solve in their own way.

    Parameters
    ----------
    inputs, options, listen
        As for `make_plan`.
    tuning
        Tuning numbers of the solver.

    Returns
    -------
    Plan

    Raises
    ------
    InputFaults, NoPlanExists, LimitReached, Interrupted, PlanRefused
        As for `make_plan`.
    """
    problem = state(inputs, options, tuning)
    return finish(problem, solve(problem, listen))


def state(
    inputs: Inputs, options: Options | None = None, tuning: Tuning = DEFAULT_TUNING
) -> Problem:
    """State the problem of some inputs.

    Raises
    ------
    InputFaults
        If the site graph is broken.
    """
    timer = StageTimer()
    with timer.stage("case"):
        case = make_case(inputs)
    chosen = _with_settings(options or Options(), inputs)
    return Problem(inputs, case, chosen, timer, tuning)


def solve(problem: Problem, listen: Listener | None = None) -> Solved:
    """Solve a problem: by site if it is large and that yields a plan, else as a whole.

    Raises
    ------
    NoPlanExists
        If firm data contradict each other.
    LimitReached, Interrupted
        If a limit or a person ended the run before any plan was found.
    """
    case, options, timer = problem.case, problem.options, problem.timer
    limits = limits_of_solve(options)
    with timer.stage("by site"), collector_paused():
        by_site = _explaining_contradictions(
            lambda: solve_by_site(
                case,
                limits,
                options.threads or 1,
                listen or _ignore_event,
                lambda: _with_longer_periods(problem.inputs),
                problem.tuning,
            )
        )
    if by_site is not None:
        return Solved(by_site.model, by_site.live, by_site.solution)
    if options.time_limit_s is not None:
        left = max(0.01, options.time_limit_s - timer.seconds["by site"])
        options = replace(options, time_limit_s=left)
    model, live = build(problem)
    with timer.stage("solve"):
        return Solved(model, live, solve_model(model, live, options, listen))


def build(problem: Problem) -> tuple[Model, LiveModel]:
    """Build the model of a problem and hand it over to the solver.

    Raises
    ------
    NoPlanExists
        If firm data violate a rule by themselves.
    """
    with problem.timer.stage("model"), collector_paused():
        model = _explaining_contradictions(lambda: build_model(problem.case))
    with problem.timer.stage("handover"), collector_paused():
        threads = problem.options.threads or 1
        live = LiveModel(model.frame, model.frame.columns, threads, problem.tuning)
    return model, live


def finish(problem: Problem, solved: Solved) -> Plan:
    """Return the plan of a solved model, checked independently.

    Raises
    ------
    PlanRefused
        If the checker finds that the plan breaks its inputs.
    """
    inputs, live, timer = problem.inputs, solved.live, problem.timer
    size = {
        "rows": live.rows,
        "columns": live.columns,
        "nonzeros": live.nonzeros,
        "integers": int(live.whole.sum()),
        **coefficient_ranges(live),
    }
    with timer.stage("extract"):
        tables = result_tables(inputs, solved)
    with timer.stage("verify"):
        verdict = verify(inputs, tables)
    if not verdict.ok:
        raise PlanRefused(verdict.violations)
    solution = solved.solution
    status = PROVEN if solution.status == "optimal" else solution.status
    figures = summary(inputs, problem.case, tables, status, verdict.checks, size, timer.seconds)
    if solution.is_fallback:
        figures["notes"] = [FALLBACK_NOTE, *inputs.notes]
    made_from = manifest(inputs, figures, asdict(problem.options), _now())
    return Plan(problem.case.name, tables, made_from, figures, inputs)


def result_tables(inputs: Inputs, solved: Solved) -> Tables:
    """Return the result tables of a solved model, which are not checked yet."""
    solution = solved.solution
    return extract(inputs, solved.model, list(solution.values), map(_tier_row, solution.tiers))


def _with_longer_periods(inputs: Inputs) -> Case | None:
    """Return the same case in longer periods; None if its periods are quarters or mixed."""
    longer = LONGER_PERIOD.get(inputs.settings["period"])
    if longer is None:
        return None
    return make_case(replace(inputs, settings={**inputs.settings, "period": longer}))


def _ignore_event(event: Event) -> None:
    """Ignore a progress event."""


def _with_settings(options: Options, inputs: Inputs) -> Options:
    """Fill options that are None from the workbook's settings."""
    settings = inputs.settings
    return replace(
        options,
        gap=settings["gap"] if options.gap is None else options.gap,
        time_limit_s=(
            settings["time_limit_s"] if options.time_limit_s is None else options.time_limit_s
        ),
        threads=settings["threads"] if options.threads is None else options.threads,
    )


def _explaining_contradictions(state: Callable[[], Result]) -> Result:
    """Build a model; raise `NoPlanExists` if firm data violate a rule by themselves."""
    try:
        return state()
    except ContradictionError as error:
        raise NoPlanExists(f"firm data break a rule by themselves: {error}") from error


def solve_model(
    model: Model, live: LiveModel, options: Options, listen: Listener | None
) -> Solution:
    """Solve a model from scratch; a large one with additional rows that tighten its relaxation."""
    shown = in_service_mw_months(model)
    if not is_small(live):
        live.add_links(crew_links(model))
        rows = lot_limits(model)
        live.add_links([terms for terms, _ in rows], [most for _, most in rows])
    return solve_tiers(
        live,
        make_tiers(model),
        shown,
        make_wholes(model),
        limits_of_solve(options),
        listen or _ignore_event,
    )


def limits_of_solve(options: Options) -> SolveLimits:
    """Return the limits of a solve with some options."""
    return SolveLimits(options.gap or 0.0, options.time_limit_s or math.inf)


def _tier_row(tier: TierResult) -> TierRow:
    """Return a tier as a row of the table `tiers`, with a blank bound if none is proven."""
    proven = math.isfinite(tier.bound)
    return {
        "tier": tier.name,
        "unit": tier.unit,
        "value": tier.value,
        "bound": tier.bound if proven else None,
        "gap": tier.gap if proven else None,
        "status": tier.status,
        "seconds": tier.seconds,
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class StageTimer:
    """Wall-clock seconds of each stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the body of a with statement as one stage."""
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause garbage collection while objects are created but none become garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
