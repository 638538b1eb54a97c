"""A plan as one value, and its folder on disk.

The folder holds ``plan.json``, ``inputs.json``, ``tables/*.csv`` and the reports.
"""

from __future__ import annotations

import hashlib
import html
import json
import math
import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.attempts import Attempt, strictly
from planner.errors import PlannerError
from planner.plan.finding_files import files_of, identity, load_findings, save_findings
from planner.plan.finding_rows import FindingTables, typed_findings
from planner.plan.finding_tables import FOUND_COLUMNS, Finding
from planner.plan.plan_folders import CONTENTS, replaced, require_replaceable, safe_name, settled
from planner.plan.result_rows import Tables, typed_tables
from planner.plan.rows import AnyRow, rows_of
from planner.plan.table_files import changed, load_table, save_table, table_digest, vouched
from planner.plan.tables import COLUMNS
from planner.workbook.rows import Inputs
from planner.workbook.stored_inputs import LostInputs, as_document, from_document

if TYPE_CHECKING:
    import pandas as pd

FORMAT = "megawatt-planner plan, format 2"
"""First entry of ``plan.json``: what makes a folder a plan folder."""

HEAD = 200
"""Characters of ``plan.json`` in which its format stands, were the rest of it lost."""

INPUTS = "inputs.json"
"""What the plan was made from, every cell of it."""

OWN_KEYS = ("format", "manifest", "inputs", "tables", "findings", "files", "seal")
"""Entries of ``plan.json`` that are not part of the summary."""

REPORTS = {"plan.xlsx", "report.html", "start.npz"}
"""Files that are the planner's in every plan folder, listed or not."""

EVERY = COLUMNS | FOUND_COLUMNS
"""Columns of every table of a plan folder, in order."""

Writer = Callable[[Path], None]


@dataclass(frozen=True)
class Plan:
    """A finished plan.

    Every result table, and every table of its findings, is also an attribute that gives a pandas
    DataFrame: ``plan.ramp``. An empty text counts as blank, i.e. None.

    Attributes
    ----------
    name : str
        Name of the plan.
    tables : dict of str to list of rows
        The result tables (`planner.plan.tables`): dates are `datetime.date`, blanks None.
    manifest : dict
        What the plan was made from and with.
    summary : dict
        The figures of ``planner plan --json``, with currency, totals, notes and revenue.
    inputs : Inputs
        What it was made from.
    findings : dict of str to Finding
        What was found out about it since, by kind (`planner.plan.finding_tables`).
    """

    name: str
    tables: Tables
    manifest: dict[str, object]
    summary: dict[str, object]
    inputs: Inputs
    findings: dict[str, Finding] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Return name, state and figures in one line; the tables would fill screens."""
        facts = [str(self.summary.get("status", "no status"))]
        gap = self.summary.get("gap")
        if isinstance(gap, float):
            facts.append(f"gap {gap:.2%}")
        missed = self.summary.get("missed_mw_months")
        if isinstance(missed, float):
            facts.append(f"{missed:,.6g} MW-months missed")
        costs = self.summary.get("present_costs")
        if isinstance(costs, dict):
            facts.append(f"{sum(costs.values()):,.0f} {self.summary.get('currency')} present cost")
        return f"<Plan {self.name}: {', '.join(facts)}>"

    def _repr_html_(self) -> str:
        """Return the same with the milestones as a table, for notebooks."""
        import pandas as pd  # noqa: PLC0415 - half a second that most commands never need

        milestones = self.summary.get("milestones")
        table = pd.DataFrame(milestones if isinstance(milestones, list) else [])
        return f"<p>{html.escape(repr(self)[1:-1])}</p>{table.to_html(index=False)}"

    @property
    def finding_tables(self) -> FindingTables:
        """The tables of all its findings, without rows where there is no such finding."""
        tables: dict[str, Sequence[AnyRow]] = {name: [] for name in FOUND_COLUMNS}
        for finding in self.findings.values():
            tables.update({name: rows_of(finding.tables, name) for name in finding.tables})
        return typed_findings(tables)

    def rows(self, table: str) -> Sequence[AnyRow]:
        """Return a table of the plan or of its findings, without rows if there are none."""
        tables = self.tables if table in self.tables else self.finding_tables
        return rows_of(tables, table)

    def frame(self, table: str) -> pd.DataFrame:
        """Return a result table as a DataFrame, dates as timestamps.

        Raises
        ------
        KeyError
            If there is no result table of that name.
        """
        import pandas as pd  # noqa: PLC0415 - half a second that most commands never need

        frame = pd.DataFrame(self.rows(table), columns=list(EVERY[table]))
        for column in frame.columns:
            if any(isinstance(value, date) for value in frame[column]):
                frame[column] = pd.to_datetime(frame[column])
        return frame

    def __getattr__(self, name: str) -> pd.DataFrame:
        """Give a result table by its name."""
        if name not in EVERY:
            raise AttributeError(f"a plan has no {name!r}; its tables are {', '.join(EVERY)}")
        return self.frame(name)

    def __dir__(self) -> Iterable[str]:
        return [*super().__dir__(), *EVERY]


def save_plan(
    plan: Plan,
    folder: Path,
    writers: Mapping[str, Writer],
    guard: Callable[[], None] | None = None,
    attempt: Attempt = strictly,
) -> dict[str, str]:
    """Write a plan's folder, all of it or nothing.

    A new plan is best written without writers first: what `planner.plan.saved_reports.save_reports`
    then adds cannot cost the plan, whatever happens to it.

    Parameters
    ----------
    plan
        The plan.
    folder
        Where to; a plan that is there is replaced, files in it that are not the planner's stay.
    writers
        File name to a function that writes that file, e.g. ``{"plan.xlsx": write}``; a name may
        have one folder, ``figures/ramp.svg``. A file that its function does not write is left out.
    guard
        Called before anything is written, when no other process can change the folder any more;
        what it raises leaves the folder as it is.
    attempt
        Tries what the plan can do without, which is ``inputs.json``.

    Returns
    -------
    dict of str to str
        Paths by kind: ``json``, ``tables`` (a folder), the ending of each further file, and the
        name of each further folder.

    Raises
    ------
    PlannerError
        If the folder cannot be written, or holds files and is not a plan folder.
    """
    for name in writers:
        _require_safe(name)
    with replaced(folder, _ours) as new:
        if guard:
            guard()
        (new / "tables").mkdir()
        tables: dict[str, dict[str, object]] = {}
        for name, columns in COLUMNS.items():
            tables[name] = save_table(new, name, columns, rows_of(plan.tables, name))
        for name, write in writers.items():
            (new / name).parent.mkdir(exist_ok=True)
            write(new / name)
        # A writer may have failed without costing the plan.
        written = [name for name in writers if (new / name).is_file()]
        findings = save_findings(new, plan.findings, _identity(plan, tables))
        inputs = _save_inputs(new, plan.inputs, attempt)
        files = [str(entry["file"]) for entry in (inputs, *tables.values()) if "file" in entry]
        files = [CONTENTS, *files, *files_of(findings), *written]
        entries = {"inputs": inputs, "files": files, "tables": tables, "findings": findings}
        _write_contents(new / CONTENTS, plan, entries)
    return _paths(folder, written)


def _require_safe(name: str) -> None:
    """Refuse the name of a report that would leave the folder, or replace a file of the plan."""
    parts = name.split("/")
    is_safe = len(parts) <= 2 and all(safe_name(part) == part for part in parts)
    if not is_safe or parts[0] in (CONTENTS, INPUTS, "tables"):
        raise ValueError(f"{name!r} cannot be a file of a plan")


def _write_contents(path: Path, plan: Plan, entries: Mapping[str, object]) -> None:
    """Write the list of a plan folder: summary, manifest, and the entries of its files."""
    summary = {key: value for key, value in plan.summary.items() if key not in OWN_KEYS}
    document = plain(
        {
            "format": FORMAT,
            **summary,
            "plan": plan.name,
            "manifest": plan.manifest,
            **entries,
        }
    )
    document["seal"] = _seal(document)
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def require_plan_folder(folder: Path) -> None:
    """Refuse, before any work, a folder into which `save_plan` could not write.

    Raises
    ------
    PlannerError
        As `save_plan`.
    """
    require_replaceable(folder.parent if folder.name == CONTENTS else folder, _ours)


def load_plan(folder: Path) -> Plan:
    """Read a plan that `save_plan` wrote; a path to its ``plan.json`` will do as well.

    Raises
    ------
    PlannerError
        If there is no plan, or a file of it is missing or was changed since it was written.
    """
    folder = folder.parent if folder.name == CONTENTS else folder
    place = settled(folder)
    document = _document(place)
    try:
        entries = document["tables"]
        tables = {name: load_table(place, name, COLUMNS[name], entries[name]) for name in COLUMNS}
        summary = {key: value for key, value in document.items() if key not in OWN_KEYS}
        inputs = _load_inputs(place, document["inputs"])
        plan = Plan(document["plan"], typed_tables(tables), document["manifest"], summary, inputs)
        findings = document.get("findings")
        if not findings:  # none yet, or planned before there were any
            return plan
        return replace(plan, findings=load_findings(place, findings, _identity(plan, entries)))
    except (KeyError, TypeError, ValueError):
        raise PlannerError(
            f"{place / CONTENTS} was written by another version or by hand. Plan again"
        ) from None


def plan_digest(plan: Plan) -> str:
    """Return the digest that identifies a plan, whatever findings it has."""
    tables = {}
    for name, columns in COLUMNS.items():
        tables[name] = {"sha256": table_digest(name, columns, rows_of(plan.tables, name))}
    return _identity(plan, tables)


def _identity(plan: Plan, tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a plan's digest from the entries of its tables."""
    digests = {name: str(tables[name]["sha256"]) for name in COLUMNS}
    return identity(plan.name, plain(plan.manifest), plan.inputs.digest, digests)


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: dates as ISO texts, no infinities, plain numbers."""
    # A bool is a number too, so it comes first.
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, numbers.Real):
        return _plain_number(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _plain_number(value: numbers.Real) -> int | float | None:
    """Return a number, also one of numpy, as a plain one; None for infinities and NaN."""
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if math.isfinite(value) else None


def _paths(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Paths of a plan's files by kind."""
    paths = {"json": str(folder / CONTENTS), "tables": str(folder / "tables")}
    for name in names:
        if "/" in name:
            paths[name.split("/")[0]] = str((folder / name).parent)
            continue
        kind = Path(name).suffix.lstrip(".")
        if not kind or kind in paths:
            kind = name
        paths[kind] = str(folder / name)
    return paths


def _ours(folder: Path) -> set[str]:
    """Files of a plan folder that the planner wrote, in whatever version.

    Of a plan folder whose list is damaged these are the files that every plan has.
    """
    path = folder / CONTENTS
    any_version = FORMAT.split(",", maxsplit=1)[0]
    always = REPORTS | {CONTENTS, INPUTS} | {f"tables/{name}.csv" for name in EVERY}
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        raise _not_ours(folder, f"and no {CONTENTS} of a plan") from None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        if f'"format": "{any_version}' in text[:HEAD]:
            return always
        raise _not_ours(folder, f"and its {CONTENTS} cannot be read") from None
    try:
        if not str(document["format"]).startswith(any_version):
            raise ValueError("another program's file")
        return always | {str(name) for name in document["files"]}
    except (ValueError, TypeError, KeyError):
        raise _not_ours(folder, f"and its {CONTENTS} is not that of a plan") from None


def _not_ours(folder: Path, reason: str) -> PlannerError:
    """Return the error of a folder that is not to be replaced."""
    names = sorted(path.name for path in folder.iterdir())
    first_names = ", ".join(repr(name) for name in names[:3])
    return PlannerError(
        f"{folder} is not a plan folder: it holds {first_names} {reason}. Nothing "
        "is replaced; give another folder"
    )


def _document(folder: Path) -> dict[str, Any]:
    """Read the list of a plan folder and check that it is whole."""
    path = folder / CONTENTS
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PlannerError(f"there is no plan in {folder}: it has no {CONTENTS}") from None
    except OSError as error:
        raise PlannerError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError):
        raise changed(path) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise PlannerError(f"{path} is not a plan of this version ({FORMAT}). Plan again")
    if document.get("seal") != _seal(document):
        raise changed(path)
    return document


def _seal(document: Mapping[str, Any]) -> str:
    """Digest of all other entries of the list, so that a change by hand is noticed."""
    rest = {key: value for key, value in document.items() if key != "seal"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _save_inputs(folder: Path, inputs: Inputs, attempt: Attempt) -> dict[str, object]:
    """Write what the plan was made from; return the entry of the list that vouches for it."""
    path = folder / INPUTS

    def write() -> dict[str, object]:
        content = json.dumps(as_document(inputs), ensure_ascii=False).encode("utf-8")
        path.write_bytes(content)
        return {"file": INPUTS, "sha256": hashlib.sha256(content).hexdigest()}

    nothing: dict[str, object] = {"digest": inputs.digest}
    entry = attempt(f"{INPUTS} could not be written", write, nothing)
    if entry is nothing:
        path.unlink(missing_ok=True)
    return entry


def _load_inputs(folder: Path, entry: Mapping[str, Any]) -> Inputs:
    """Read what the plan was made from, if that could be written."""
    if "file" not in entry:
        return LostInputs(entry["digest"])
    return from_document(json.loads(vouched(folder / INPUTS, entry["sha256"])))
