"""The functions of `import planner`.

Each does what the command of the same name does, with values instead of files: it reads what it
is given, and writes nothing unless it takes a folder. Errors are those of `planner.errors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from planner.attempts import Attempts
from planner.case.case import make_case
from planner.checker.verify import Verdict
from planner.checker.verify import verify as verify_tables
from planner.diagnostics.warnings import find_warnings
from planner.errors import InputFaults
from planner.explain.alternatives import Alternative, ask_why
from planner.explain.findings import (
    Inquiry,
    TokenInquiry,
    explain_plan,
    quote_plan,
    require_within,
)
from planner.explain.findings import quote_tokens as quote_tokens_of
from planner.explain.quote import Terms
from planner.explain.token_quote import TokenTerms
from planner.pipeline import Listener, Options, make_plan
from planner.plan.finding_tables import EXPLANATION, QUOTE, TOKEN_QUOTE
from planner.plan.store import Plan, load_plan, save_plan
from planner.plan.summary import wrong_figures
from planner.reports.console.faults import CheckResult
from planner.reports.report_kinds import KINDS, report_writers
from planner.whatif.applied_changes import apply, as_planned, marked
from planner.whatif.cases import Spec
from planner.whatif.changes import what_if
from planner.whatif.compare import Comparison
from planner.whatif.compare import compare as compare_plans
from planner.whatif.engines import Engine
from planner.whatif.rehearsal import rehearsed
from planner.whatif.sweep import Listener as SweepListener
from planner.whatif.sweep import Sweep, run_sweep
from planner.workbook.reading import read_inputs
from planner.workbook.rows import Inputs

Workbook = str | Path | Inputs
"""A workbook: its path, a folder of CSV files, or inputs that `read` returned."""

SavedPlan = str | Path | Plan
"""A plan, or the path of its folder."""


def read(workbook: str | Path) -> Inputs:
    """Read a workbook or a folder of CSV files.

    Parameters
    ----------
    workbook
        Its path.

    Returns
    -------
    Inputs
        All rows, with the cell of each value.

    Raises
    ------
    InputFaults
        With every fault of the workbook: cell, value, rule and remedy.
    """
    return read_inputs(Path(workbook))


def check(workbook: str | Path) -> CheckResult:
    """Return the faults, warnings and notes of a workbook, like ``planner check``.

    Parameters
    ----------
    workbook
        Path of a workbook or of a folder of CSV files.
    """
    return findings_of(Path(workbook), Attempts())


def findings_of(workbook: Path, attempts: Attempts) -> CheckResult:
    """Return the faults, warnings and notes of a workbook.

    Parameters
    ----------
    workbook
        Its path.
    attempts
        Collects the warnings that could not be computed.
    """
    try:
        inputs = read_inputs(workbook)
    except InputFaults as error:
        return CheckResult(workbook, error.faults)
    try:
        case = make_case(inputs)
    except InputFaults as error:
        return CheckResult(workbook, (*error.faults, *rehearsed(inputs)), (), inputs.notes)
    warnings = find_warnings(inputs, case, attempts)
    return CheckResult(workbook, rehearsed(inputs), warnings, inputs.notes, can_be_planned=True)


def plan(
    workbook: Workbook,
    *,
    scenario: str | None = None,
    changes: Sequence[str] = (),
    gap: float | None = None,
    time_limit_s: float | None = None,
    threads: int | None = None,
    listen: Listener | None = None,
) -> Plan:
    """Make an optimal, independently checked plan, like ``planner plan``.

    Parameters
    ----------
    workbook
        Path of a workbook or of a folder of CSV files, or inputs.
    scenario
        Name of a scenario in the sheet `scenarios`; None for the workbook as it is.
    changes
        Changes as for ``--set``, e.g. ``milestones[*,*].mw*=1.5``; made after the scenario's.
    gap
        Relative gap between plan and bound at which a tier may stop; None for the workbook's.
    time_limit_s
        Time limit for all tiers together, in seconds; None for the workbook's.
    threads
        Solver threads; None for the workbook's.
    listen
        Called with the progress of the solver.

    Returns
    -------
    Plan
        With status and gap in its `summary`.

    Raises
    ------
    OptionOutOfBounds
        If the value of an option is not allowed.
    InputFaults
        With every fault of the workbook, the scenario and the changes.
    NoPlanExists
        If firm data contradict each other.
    LimitReached, Interrupted
        If a limit or a person ended the run before any plan was found.
    PlanRefused
        If the independent checker finds that the plan breaks its inputs.
    """
    options = Options(gap, time_limit_s, threads)  # refused before a large workbook is read
    base = workbook if isinstance(workbook, Inputs) else read(workbook)
    asked = what_if(base, scenario, tuple(changes))
    return marked(make_plan(apply(base, asked), options, listen), base, asked)


def load(folder: str | Path) -> Plan:
    """Load a saved plan with its explanation and quote.

    Parameters
    ----------
    folder
        Folder of the plan.

    Raises
    ------
    PlannerError
        If it holds no plan, or the plan was changed since it was written.
    """
    return load_plan(Path(folder))


def save(made: Plan, folder: str | Path, reports: Iterable[str] = KINDS) -> dict[str, str]:
    """Write a plan and its reports into a folder, all of it or nothing.

    Parameters
    ----------
    made
        The plan.
    folder
        Its folder; a plan in it is replaced, other files stay.
    reports
        Kinds of reports to write.

    Returns
    -------
    dict of str to str
        Paths by kind.

    Raises
    ------
    PlannerError
        If the folder cannot be written, or holds files and is not a plan folder.
    """
    return save_plan(made, Path(folder), report_writers(made, tuple(reports)))


def verify(made: SavedPlan, workbook: Workbook | None = None) -> Verdict:
    """Check a plan against its workbook with code that shares nothing with the model.

    Parameters
    ----------
    made
        A plan, or the path of its folder.
    workbook
        The workbook it should keep; None for the inputs that are saved with it. Changes that the
        plan was made with are made to the workbook, too.

    Returns
    -------
    Verdict
        With `ok`, and every violation as a sentence.
    """
    checked = _plan_of(made)
    inputs = checked.inputs
    if workbook is not None:
        rows = workbook if isinstance(workbook, Inputs) else read(workbook)
        inputs = as_planned(rows, checked.manifest)
    verdict = verify_tables(inputs, checked.tables)
    if not verdict.ok:
        return verdict
    # The tables behind the figures are right, so the figures can be compared with them.
    return replace(verdict, violations=tuple(wrong_figures(inputs, checked)))


def explain(
    made: SavedPlan,
    *,
    time_limit_s: float | None = None,
    asks: bool = True,
    ask_costs: Mapping[str, float] | None = None,
) -> Plan:
    """Explain a plan: bottlenecks, late milestones, the least asks, slack.

    Parameters
    ----------
    made
        A plan, or the path of its folder.
    time_limit_s
        Time limit in seconds; None for three times the run time of the plan.
    asks
        Whether to search for asks.
    ask_costs
        Cost of asking for one change, by sheet, e.g. ``{"energisation": 5}``.

    Returns
    -------
    Plan
        The plan with its explanation: ``explained.bottlenecks`` and so on are DataFrames.
    """
    base = _plan_of(made)
    finding = explain_plan(base, time_limit_s, asks=asks, costs=ask_costs)
    return replace(base, findings={**base.findings, EXPLANATION: finding})


def why(made: SavedPlan, question: str, *, time_limit_s: float | None = None) -> Alternative:
    """Return what changes if a decision is forced or forbidden.

    Parameters
    ----------
    made
        A plan, or the path of its folder.
    question
        The decision, in the words of the command line.
    time_limit_s
        Time limit in seconds; None for three times the run time of the plan.
    """
    return ask_why(_plan_of(made), question, time_limit_s)


def quote(
    made: SavedPlan,
    *,
    mw: Sequence[float] = (),
    by: Sequence[date] = (),
    basis: str = "it",
    countries: Sequence[str] = (),
    systems: Sequence[str] = (),
    overtime: float = 0.25,
) -> Plan:
    """Compute what can be promised on top of a plan, whose promises are kept.

    Parameters
    ----------
    made
        A plan, or the path of its folder.
    mw
        Megawatts whose earliest date is wanted.
    by
        Dates for which the most megawatts are wanted.
    basis
        Basis of the megawatts: ``system``, ``it`` or ``facility``.
    countries, systems
        What may serve them; empty for all.
    overtime
        Share by which each kind of limit is stretched in turn; 0 for none.

    Returns
    -------
    Plan
        The plan with its quote: ``quoted.quote`` and ``quoted.earliest`` are DataFrames.

    Raises
    ------
    PlannerError
        If a date lies outside the plan.
    """
    base = _plan_of(made)
    require_within(base.inputs, by)
    terms = Terms(basis, tuple(countries), tuple(systems))
    finding = quote_plan(base, Inquiry(terms, tuple(mw), tuple(by), overtime))
    return replace(base, findings={**base.findings, QUOTE: finding})


def quote_tokens(
    made: SavedPlan,
    terms: TokenTerms,
    *,
    mtok_day: Sequence[float] = (),
    by: Sequence[date] = (),
    overtime: float = 0.25,
) -> Plan:
    """Compute how many tokens a day can be promised on top of a plan, whose promises are kept.

    Parameters
    ----------
    made
        A plan, or the path of its folder.
    terms
        Shape of the tokens, and what may serve them.
    mtok_day
        Mtok a day, input and output, whose earliest day is wanted.
    by
        First days of periods from which the most tokens are wanted.
    overtime
        Share by which each kind of limit is stretched in turn; 0 for none.

    Returns
    -------
    Plan
        The plan with its quote: ``quoted.token_quote`` and ``quoted.token_earliest`` are
        DataFrames.

    Raises
    ------
    PlannerError
        If nothing can serve the tokens, or no period begins on a day.
    """
    base = _plan_of(made)
    finding = quote_tokens_of(base, TokenInquiry(terms, tuple(mtok_day), tuple(by), overtime))
    return replace(base, findings={**base.findings, TOKEN_QUOTE: finding})


def compare(plans: Sequence[SavedPlan], names: Sequence[str] = ()) -> Comparison:
    """Put plans side by side.

    Parameters
    ----------
    plans
        At least two plans, or paths of their folders.
    names
        What to call them; empty for their own names.
    """
    return compare_plans([_plan_of(made) for made in plans], names)


def sweep(  # noqa: PLR0913  (each is an option)
    workbook: Workbook,
    folder: str | Path,
    *,
    method: str = "monte-carlo",
    cases: int = 100,
    seed: int = 1,
    vary: Sequence[str] = (),
    changes: Sequence[str] = (),
    scenarios: Sequence[str] = (),
    decide_by: date | None = None,
    counts: str = "continuous",
    gap: float | None = None,
    engine: Engine | None = None,
    resume: bool = False,
    listen: SweepListener | None = None,
) -> Sweep:
    """Plan many what-ifs: random draws, grids, or the workbook's scenarios.

    Parameters
    ----------
    workbook
        Path of a workbook or of a folder of CSV files, or inputs.
    folder
        Folder of the journal, to which each case is written when it is finished.
    method
        ``monte-carlo``, ``latin-hypercube``, ``one-at-a-time``, ``grid`` or ``scenarios``.
    cases
        Cases to draw; ignored by methods without draws.
    seed
        Seed of the draws.
    vary
        Changes with several values, e.g. ``crews[*].systems_per_month*=0.5,1``.
    changes
        Changes made in every case before its own.
    scenarios
        Scenarios to plan, the base case beside them; empty for all.
    decide_by
        Decisions before this day are tried in every other scenario; None for no regret table.
    counts
        ``continuous`` or ``integer`` systems and lots.
    gap
        Relative gap of each case; None for the workbook's.
    engine
        Engine that runs the cases; None for one local worker.
    resume
        Whether to continue the journal in the folder.
    listen
        Called when a case is finished.

    Raises
    ------
    PlannerError
        If the base case has no plan, or the journal belongs to another sweep.
    """
    inputs = workbook if isinstance(workbook, Inputs) else read(workbook)
    spec = Spec(
        method=method,
        cases=cases if method in ("monte-carlo", "latin-hypercube") else 0,
        seed=seed,
        vary=tuple(vary),
        changes=tuple(changes),
        counts=counts,
        gap=float(inputs.settings["gap"]) if gap is None else gap,
        scenarios=tuple(scenarios),
        decide_by="" if decide_by is None else decide_by.isoformat(),
    )
    return run_sweep(inputs, spec, Path(folder), engine, listen, resume=resume)


def _plan_of(made: SavedPlan) -> Plan:
    return made if isinstance(made, Plan) else load(made)
