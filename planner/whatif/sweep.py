"""Sweeps: plan cases on workers, store them in a journal, gather them into tables."""

from __future__ import annotations

import hashlib
import json
import pickle
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from planner import __version__
from planner.errors import InputFaults, Interrupted, PlannerError
from planner.pipeline import Options
from planner.plan.summary import INTERRUPTED
from planner.solve.interrupt import signals_taken
from planner.whatif.applied_changes import apply
from planner.whatif.case_figures import figures
from planner.whatif.cases import Case, Cases, Spec
from planner.whatif.changes import WhatIf, parse_change
from planner.whatif.engines import Engine, run_all
from planner.whatif.fixed_decisions import (
    Decided,
    as_lists,
    decided_before,
    from_lists,
    keep_decided,
)
from planner.whatif.journal import Journal, Record
from planner.whatif.solve_reuse import Base, make_base, plan_near
from planner.workbook.files.atomic import write_atomically
from planner.workbook.rows import Inputs
from planner.workbook.stored_inputs import as_document, from_document

JOURNAL, SPEC = "cases.jsonl", "sweep.json"
FAILED = "failed"


@dataclass(frozen=True)
class Task:
    """A case to be run by a worker.

    Attributes
    ----------
    case : Case
    payload : bytes
        The base case and its solve, packed once for all tasks.
    digest : str
        Digest of the payload, the key of a worker's cache.
    decided : Decided or None
        Decisions of another scenario's plan to fix; None if not a regret trial.
    number : int
        Number of the resulting record.
    """

    case: Case
    payload: bytes
    digest: str
    decided: Decided | None
    number: int


@dataclass(frozen=True)
class Progress:
    """Progress of a sweep.

    Attributes
    ----------
    done, failed, count : int
        Cases finished (in this run and before), failed among them, and in all.
    seconds : float
        Time of this run.
    left : float or None
        Estimated remaining seconds; None before the first cases.
    """

    done: int
    failed: int
    count: int
    seconds: float
    left: float | None


Listener = Callable[[Progress], None]


@dataclass(frozen=True)
class Sweep:
    """A finished sweep.

    Attributes
    ----------
    inputs : Inputs
        The base case.
    spec : Spec
    cases : Cases
    records : list of Record
        Every case in the order of its number.
    base : dict
        Figures of the base case.
    tried : dict of (int, int) to Record
        Result of one scenario's decisions in another, by the numbers of both.
    """

    inputs: Inputs
    spec: Spec
    cases: Cases
    records: list[Record]
    base: Mapping[str, Any]
    tried: Mapping[tuple[int, int], Record]


def run_sweep(
    inputs: Inputs,
    spec: Spec,
    folder: Path,
    engine: Engine | None = None,
    listen: Listener | None = None,
    *,
    resume: bool = False,
) -> Sweep:
    """Plan every case of a sweep.

    Parameters
    ----------
    inputs
        A workbook, read.
    spec
        What to vary.
    folder
        Folder of the journal.
    engine
        Engine that runs the cases; one local worker by default.
    listen
        Called when a case is finished.
    resume
        Whether to continue the existing journal.

    Raises
    ------
    PlannerError
        If the base case has no plan, or the journal belongs to another sweep.
    KeyboardInterrupt
        If interrupted; unfinished cases are not in the journal.
    """
    base_inputs = _base_inputs(inputs, spec)
    cases = Cases(base_inputs, spec)
    digest = spec.digest(inputs)
    folder.mkdir(parents=True, exist_ok=True)
    if not resume:
        _refuse_another(folder)
    if not (folder / SPEC).exists() or not resume:
        _begin(folder, inputs, spec, digest)
    journal = Journal(folder / JOURNAL, digest)
    # Every run plans the base case again: the same inputs give the same plan.
    before = signals_taken()
    plan, base = make_base(base_inputs, Options(gap=spec.gap, threads=1))
    if base is None or signals_taken() > before:
        raise KeyboardInterrupt
    payload = pickle.dumps((as_document(base_inputs), base, spec))
    count = len(cases) + len(cases.pairs)
    pace = _Pace(count, journal, listen or (lambda progress: None))
    where = engine or Engine()
    with journal.open():
        first = _case_tasks(cases, payload, journal.records)
        for record in run_all(where, run_case, first, _lost):
            journal.add(record)
            pace.tell()
        # Trials need the decisions of the cases, which are finished now.
        trials = _trial_tasks(cases, payload, journal.records)
        for record in run_all(where, run_case, trials, _lost):
            journal.add(record)
            pace.tell()
    tried = {}
    for number, decided, true in cases.pairs:
        if number in journal.records:
            tried[decided, true] = journal.records[number]
    records = [journal.records[number] for number in range(len(cases))]
    return Sweep(base_inputs, spec, cases, records, figures(plan), tried)


def _case_tasks(cases: Cases, payload: bytes, done: Mapping[int, Record]) -> list[Task]:
    """Return the cases that are not finished."""
    digest = hashlib.sha256(payload).hexdigest()
    tasks = []
    for number in range(len(cases)):
        if number not in done:
            tasks.append(Task(cases[number], payload, digest, None, number))
    return tasks


def _trial_tasks(cases: Cases, payload: bytes, done: Mapping[int, Record]) -> list[Task]:
    """Return the unfinished trials of one scenario's decisions in another; both have a plan."""
    digest = hashlib.sha256(payload).hexdigest()
    tasks = []
    for number, decided, true in cases.pairs:
        if number in done or not (_is_planned(done[decided]) and _is_planned(done[true])):
            continue
        decisions = from_lists(done[decided]["result"]["decided"])
        tasks.append(Task(cases[true], payload, digest, decisions, number))
    return tasks


def _is_planned(record: Record) -> bool:
    return bool(record["result"]["status"] != FAILED)


def _base_inputs(inputs: Inputs, spec: Spec) -> Inputs:
    """Return the inputs that every case starts from."""
    changes = [parse_change(text) for text in spec.changes]
    if inputs.settings["counts"] != spec.counts:
        changes.append(parse_change(f"settings[counts].value={spec.counts}"))
    return apply(inputs, WhatIf("", tuple(changes))) if changes else inputs


def _refuse_another(folder: Path) -> None:
    """Raise an error rather than overwrite an existing sweep."""
    journal = folder / JOURNAL
    if journal.exists() and journal.stat().st_size:
        raise PlannerError(
            f"{folder} contains a sweep. Continue it (--resume), or give another folder (-o)"
        )


def _begin(folder: Path, inputs: Inputs, spec: Spec, digest: str) -> None:
    """Write the specification of the sweep, for people: the journal has its digest."""
    document = {
        "sweep": digest,
        "inputs": inputs.name,
        "inputs_sha256": inputs.digest,
        "planner": __version__,
        **asdict(spec),
    }
    write_atomically(folder / SPEC, (json.dumps(document, indent=1) + "\n").encode())


class _Pace:
    """Reports the progress of a sweep and its estimated remaining time."""

    def __init__(self, count: int, journal: Journal, listen: Listener) -> None:
        self.count = count
        self.journal = journal
        self.listen = listen
        self.before = len(journal.records)
        self.started = time.monotonic()

    def tell(self) -> None:
        """Report the progress."""
        records = self.journal.records.values()
        done = len(records)
        failed = sum(not _is_planned(record) for record in records)
        seconds = time.monotonic() - self.started
        left = None
        in_this_run = done - self.before
        if in_this_run:
            left = (self.count - done) * seconds / in_this_run
        self.listen(Progress(done, failed, self.count, seconds, left))


@lru_cache(maxsize=2)
def _unpacked(digest: str, payload: bytes) -> tuple[Inputs, Base, Spec]:
    """Return base case, its solve and the spec; a worker unpacks them once for all its tasks."""
    document, base, spec = pickle.loads(payload)
    return from_document(document), base, spec


def run_case(task: Task) -> Record:
    """Plan one case; an error becomes its result."""
    started = time.perf_counter()
    result = case_result(task)
    seconds = round(time.perf_counter() - started, 3)
    return {"case": task.number, "result": result, "run": {"seconds": seconds}}


def case_result(task: Task) -> dict[str, Any]:
    """Return the figures of a case, or the reason of its failure."""
    before = signals_taken()
    try:
        if task.case.faults:
            raise InputFaults(task.case.faults)
        inputs, base, spec = _unpacked(task.digest, task.payload)
        changed = inputs
        if task.case.changes:
            changed = apply(inputs, task.case.what_if())
        day = None
        if spec.decide_by:
            day = date.fromisoformat(spec.decide_by)
        prepare = None
        if task.decided is not None and day is not None:
            prepare = partial(keep_decided, decided=task.decided, day=day)
        # One thread: cases run side by side, and give the same plan on any number of workers.
        options = Options(gap=spec.gap, threads=1)
        near = plan_near(base, changed, options, prepare=prepare)
        if near.plan.summary["status"] == INTERRUPTED or signals_taken() > before:
            # The best plan so far would not be the one that an undisturbed sweep finds.
            raise KeyboardInterrupt
        found = figures(near.plan, near.limits)
        if day is not None and task.decided is None:
            decided = decided_before(near.kept, near.starts, day)
            found["decided"] = as_lists(decided)
        return found
    except Interrupted:
        raise KeyboardInterrupt from None  # the sweep ends with it
    except PlannerError as error:
        return {"status": FAILED, "why": str(error)}
    except Exception:
        return {"status": FAILED, "why": traceback.format_exc(limit=-3)}


def _lost(task: Task) -> Record:
    why = "its worker died at each attempt, perhaps out of memory"
    return {"case": task.number, "result": {"status": FAILED, "why": why}, "run": {}}
