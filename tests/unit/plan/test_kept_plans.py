"""A plan that was found is kept, whatever fails among its reports, warnings and explanations."""

from __future__ import annotations

import ast
import csv
import importlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from how_many import CASES
from places import ROOT

from planner.attempts import INCOMPLETE
from planner.checker import verify as checker
from planner.checker.verify import verify
from planner.cli.main import planner
from planner.diagnostics import warnings
from planner.errors import PlannerError
from planner.explain import contradictions
from planner.pipeline import make_plan
from planner.plan import saved_reports, store
from planner.plan.store import load_plan, save_plan
from planner.whatif.applied_changes import as_planned
from planner.workbook import stored_inputs
from planner.workbook.reading import read_inputs

BOOK = ROOT / "inputs" / "first-plan.xlsx"

LATE = ["--set", "halls[*].it_mw*=0.5"]
"""A change that halves the halls, so that the second milestone is missed."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    exit_code: int
    stdout: str
    stderr: str


def run(*arguments: object) -> Ended:
    """Run a command within this process; an error on purpose ends it as `main` ends it."""
    asked = [str(one) for one in arguments]
    result = CliRunner().invoke(planner, asked, prog_name="planner", standalone_mode=False)
    if isinstance(result.exception, PlannerError):
        return Ended(result.exception.exit_code, result.stdout, str(result.exception))
    if result.exception is not None:
        raise result.exception
    return Ended(result.return_value or 0, result.stdout, result.stderr)


def fails(*_: object, **__: object) -> Any:
    raise ZeroDivisionError("made to fail")


def assert_kept(folder: Path, book: Path = BOOK) -> None:
    """Assert that a plan loads, that every file that it lists is there, and that it verifies."""
    load_plan(folder)
    listed = json.loads((folder / "plan.json").read_text(encoding="utf-8"))["files"]
    assert [name for name in listed if not (folder / name).is_file()] == []
    assert run("verify", folder, book).exit_code == 0


def assert_said(result: Ended, claim: str) -> None:
    """Assert that a failure is one sentence that says what failed and why, and its exit code."""
    assert result.exit_code == INCOMPLETE, result.stderr
    lines = [line for line in result.stderr.splitlines() if "ZeroDivisionError" in line]
    assert lines
    assert lines[0].startswith(f"{claim}: ZeroDivisionError: made to fail (")
    assert "This is a defect of the planner: please report it." in result.stderr
    assert "Traceback" not in result.stderr


def replace_by(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    """Replace what a dotted name stands for; `plan` and `explain` are functions and rooms."""
    parts = name.split(".")
    is_method = parts[-2][0].isupper()
    module = importlib.import_module(".".join(parts[: -2 if is_method else -1]))
    holder = getattr(module, parts[-2]) if is_method else module
    monkeypatch.setattr(holder, parts[-1], value)


REPORTS = {
    "planner.reports.excel.plan_workbook.write_plan_workbook": "plan.xlsx could not be written",
    "planner.reports.page.plan_page.write_page": "report.html could not be written",
    "planner.reports.page.plan_page.sections_of": "report.html could not be written",
    "planner.reports.report_kinds.report_writers": "the reports could not be written",
    "planner.reports.console.plan_text.print_plan": "the plan could not be printed",
    "planner.reports.console.plan_text.print_ramp": "the ramp could not be shown",
    "planner.reports.console.plan_text.describe": "progress could not be shown",
    "planner.reports.console.plan_text.Progress.close": "progress could not be shown",
    "planner.whatif.saved_solve._packed": "start.npz could not be written",
    "planner.whatif.solve_reuse.column_keys": "the solve could not be saved for later what-ifs",
    "planner.pipeline.find_warnings": "the warnings could not be computed",
    "planner.explain.findings.explain_plan": "the plan could not be explained",
    "planner.explain.findings.explain": "the plan could not be explained",
    "planner.plan.saved_reports.save_reports": "the reports could not be written",
    "planner.plan.saved_reports.save_finding": "the explanation could not be kept",
    "planner.reports.console.explained.print_explanation": "the explanation could not be printed",
}
"""What `planner plan --explain --watch` calls beside the solve, and what is said if it fails."""


@pytest.mark.parametrize("name", REPORTS)
def test_a_plan_outlives_all_that_tells_of_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_by(monkeypatch, name, fails)
    result = run("plan", BOOK, "-o", tmp_path / "plan", "--explain", "--watch")
    assert_said(result, REPORTS[name])
    assert f"The plan is kept: {tmp_path / 'plan' / 'plan.json'}." in result.stderr
    monkeypatch.undo()
    assert_kept(tmp_path / "plan")


@pytest.mark.parametrize("name", ["plan.xlsx", "report.html"])
def test_the_other_report_is_written_all_the_same(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = next(one for one, claim in REPORTS.items() if claim.startswith(name))
    replace_by(monkeypatch, writer, fails)
    result = run("plan", BOOK, "-o", tmp_path / "plan", "--json")
    assert_said(result, f"{name} could not be written")
    document = json.loads(result.stdout)
    assert [sentence.split(":")[0] for sentence in document["failures"]] == [
        f"{name} could not be written"
    ]
    there = {path.name for path in (tmp_path / "plan").iterdir()}
    assert {"plan.xlsx", "report.html", "start.npz"} - there == {name}
    assert {Path(path).name for path in document["files"].values()} <= there


def test_the_reports_of_an_older_plan_do_not_stay_beside_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("plan", BOOK, "-o", tmp_path / "plan").exit_code == 0
    monkeypatch.setattr(saved_reports, "save_reports", fails)
    assert run("plan", BOOK, "-o", tmp_path / "plan", *LATE).exit_code == INCOMPLETE
    names = {path.name for path in (tmp_path / "plan").iterdir()}
    assert names == {"plan.json", "inputs.json", "tables"}


def test_another_plan_that_came_meanwhile_keeps_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, folder = make_plan(read_inputs(BOOK)), tmp_path / "plan"

    def come(plan: object, *_: object) -> object:
        save_plan(other, folder, {})
        return plan

    monkeypatch.setattr("planner.pipeline.with_warnings", come)
    result = run("plan", BOOK, "-o", folder, *LATE)
    assert result.exit_code == INCOMPLETE
    claim = "the reports could not be written: another plan was written to "
    assert result.stderr.splitlines()[-2].startswith(claim)
    assert load_plan(folder).manifest == other.manifest


def test_a_warning_that_fails_takes_no_other_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warned = run("check", BOOK, "--json")
    assert warned.exit_code == 0
    late = tmp_path / "late.xlsx"
    assert run("init", late, "--from", BOOK).exit_code == 0

    def halls_hold_what_is_due(look: object) -> Iterator[object]:
        yield warnings.InputWarning("halls!A1", "", "the first is kept", "Nothing to do")
        fails()

    rules = (halls_hold_what_is_due, *warnings.RULES)
    monkeypatch.setattr(warnings, "RULES", rules)
    claim = 'the warning "halls hold what is due" could not be computed'
    result = run("check", BOOK)
    assert_said(result, claim)
    assert "the first is kept" in result.stdout
    assert "no faults, 1 warning" in result.stdout
    document = json.loads(run("check", BOOK, "--json").stdout)
    assert document["ok"]
    assert document["failures"][0].startswith(claim)
    assert_said(run("plan", BOOK, "-o", tmp_path / "plan"), claim)
    notes = load_plan(tmp_path / "plan").summary["notes"]
    assert isinstance(notes, list)
    assert notes[0].startswith("halls!A1")
    assert notes[1].startswith(claim)


def test_that_no_plan_exists_is_said_though_the_rows_are_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fleet draws power that costs money, and there is none."""
    folder = tmp_path / "book"
    assert run("init", folder, "--from", BOOK, "--as", "csv").exit_code == 0
    rows = "hall,system,count,commitment\nNorth hall A,Rack-25,25,First customer\n"
    (folder / "fleet.csv").write_text(rows)
    (folder / "budget.csv").write_text("date,cumulative\n2026-06-30,0\n")
    with (folder / "halls.csv").open(encoding="utf-8-sig", newline="") as file:
        halls = list(csv.DictReader(file))
    halls[0]["open_count"] = "1"
    with (folder / "halls.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, list(halls[0]))
        lines.writeheader()
        lines.writerows(halls)
    monkeypatch.setattr(contradictions, "find_contradiction", fails)
    result = run("plan", folder, "-o", tmp_path / "plan")
    assert result.exit_code == 3
    assert "no plan exists: " in result.stderr


def test_a_check_with_faults_ends_with_their_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "book"
    assert run("init", folder, "--from", BOOK, "--as", "csv").exit_code == 0
    (folder / "systems.csv").write_text("system,power_kw\nRack-25,much\n")
    monkeypatch.setattr(warnings, "RULES", (fails,))
    assert run("check", folder).exit_code == 1


def test_without_its_inputs_a_plan_loads_and_verifies_and_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "as_document", fails)
    folder = tmp_path / "plan"
    result = run("plan", BOOK, "-o", folder)
    assert_said(result, "inputs.json could not be written")
    assert not (folder / "inputs.json").exists()
    assert (folder / "plan.xlsx").exists()
    monkeypatch.undo()
    assert isinstance(load_plan(folder).inputs, stored_inputs.LostInputs)
    assert_kept(folder)
    for command in (["report"], ["explain"], ["quote"], ["compare", folder]):
        result = run(*command, folder)
        assert "the plan's inputs are missing" in result.stderr, command
        assert_kept(folder)


def test_a_rule_that_cannot_be_checked_does_not_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other rules are checked, and no plan is written that was not checked as a whole."""
    inputs = read_inputs(BOOK)
    plan = make_plan(inputs)
    save_plan(plan, tmp_path / "plan", {})
    whole = verify(inputs, plan.tables)

    def crews(*_: object) -> None:
        fails()

    rules = tuple(crews if rule.__name__ == "crews" else rule for rule in checker.RULES)
    monkeypatch.setattr(checker, "RULES", rules)
    verdict = verify(inputs, plan.tables)
    assert verdict.rules == whole.rules
    (violation,) = verdict.violations
    assert violation.startswith("crews: this could not be checked: ZeroDivisionError: made to fail")
    assert run("verify", tmp_path / "plan", BOOK).exit_code == 70
    assert run("plan", BOOK, "-o", tmp_path / "new").exit_code == 70
    assert not (tmp_path / "new").exists()


# ------------------------------------------------------------------ what is found about a plan


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert run("plan", BOOK, "-o", tmp_path / "plan").exit_code == 0
    return tmp_path / "plan"


FOUND = {
    (
        "explain",
        "planner.reports.excel.plan_workbook.write_plan_workbook",
    ): "plan.xlsx could not be written",
    ("explain", "planner.reports.page.plan_page.write_page"): "report.html could not be written",
    (
        "explain",
        "planner.reports.console.explained.print_explanation",
    ): "the explanation could not be printed",
    (
        "quote",
        "planner.reports.excel.plan_workbook.write_plan_workbook",
    ): "plan.xlsx could not be written",
    ("quote", "planner.reports.page.plan_page.write_page"): "report.html could not be written",
    ("quote", "planner.reports.console.explained.print_quote"): "the quote could not be printed",
}


@pytest.mark.parametrize(("command", "name"), FOUND)
def test_what_was_found_about_a_plan_is_kept(
    command: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (folder / "plan.xlsx").read_bytes()
    replace_by(monkeypatch, name, fails)
    assert_said(run(command, folder), FOUND[command, name])
    if "write_plan_workbook" in name:
        assert (folder / "plan.xlsx").read_bytes() == before
    monkeypatch.undo()
    kinds = {"explain": "explanation", "quote": "quote"}
    assert kinds[command] in load_plan(folder).findings
    assert_kept(folder)


PARTS = {
    "find_bottlenecks": ("the bottlenecks could not be computed", "slack"),
    "explain_lateness": ("the reasons for lateness could not be computed", "bottlenecks"),
    "ask_rows": ("the asks could not be computed", "bottlenecks"),
    "slack_rows": ("the slack could not be computed", "asks"),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_an_explanation_that_fails_takes_no_other_along(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, other = PARTS[name]
    folder = tmp_path / "plan"
    assert run("plan", BOOK, "-o", folder, *LATE).exit_code == 0
    replace_by(monkeypatch, f"planner.explain.explanation.{name}", fails)
    assert_said(run("explain", folder), claim)
    assert load_plan(folder).rows(other)
    told = load_plan(folder).findings["explanation"].facts["undone"]
    assert f"{claim[4:].split(' could')[0]}: internal error" in told  # type: ignore[operator]


@pytest.mark.parametrize("command", ["explain", "quote"])
def test_what_cannot_be_kept_is_printed(
    command: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_reports, "save_finding", fails)
    result = run(command, folder, "--json")
    assert result.exit_code == INCOMPLETE
    document = json.loads(result.stdout)
    assert {"explain": "bottlenecks", "quote": "quote"}[command] in document
    assert "could not be kept: ZeroDivisionError" in document["failures"][0]


def test_a_report_that_fails_leaves_the_old_one_and_the_other_is_new(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {name: (folder / name).read_bytes() for name in ("plan.xlsx", "report.html")}
    (folder / "report.html").write_text("changed by hand")
    monkeypatch.setattr("planner.reports.excel.plan_workbook.write_plan_workbook", fails)
    result = run("report", folder, "--json")
    assert_said(result, "plan.xlsx could not be written")
    assert json.loads(result.stdout)["failures"]
    assert {name: (folder / name).read_bytes() for name in before} == before
    monkeypatch.undo()
    assert_kept(folder)


def test_a_figure_that_fails_takes_no_other_along(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.reports.charts import plan_charts  # noqa: PLC0415

    def ramp_figure(plan: object) -> object:
        return fails()

    makers = tuple(
        ramp_figure if make.__name__ == "ramp_figure" else make for make in plan_charts.MAKERS
    )
    monkeypatch.setattr(plan_charts, "MAKERS", makers)
    result = run("report", folder, "--kinds", "none", "--figures", "svg")
    assert_said(result, "the figure ramp could not be drawn")
    assert {path.name for path in (folder / "figures").iterdir()} >= {"sites.svg", "costs.svg"}


COMPARED = {
    "planner.whatif.compare_output._write_book": "compare.xlsx could not be written",
    "planner.whatif.compare_output.comparison_page": "compare.html could not be written",
    "planner.whatif.compare_output.print_comparison": "the comparison could not be printed",
}


@pytest.mark.parametrize("name", COMPARED)
def test_a_comparison_outlives_its_files(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_by(monkeypatch, name, fails)
    result = run("compare", folder, folder, "-o", tmp_path / "compare")
    assert_said(result, COMPARED[name])
    lost = COMPARED[name].split()[0]
    files = {"compare.xlsx", "compare.html"} - {lost}
    assert {path.name for path in (tmp_path / "compare").iterdir()} == files
    document = json.loads(run("compare", folder, folder, "-o", tmp_path / "c", "--json").stdout)
    assert {Path(path).name for path in document["files"].values()} == files


SWEPT = {
    "planner.whatif.sweep_output._write_book": "sweep.xlsx could not be written",
    "planner.whatif.sweep_output.sweep_page": "sweep.html could not be written",
    "planner.whatif.sweep_output._write_csv": "cases.csv could not be written",
    "planner.whatif.sweep_output.tables_of": "the tables could not be computed",
    "planner.whatif.sweep_output.print_sweep": "the sweep could not be printed",
}


@pytest.mark.parametrize("name", SWEPT)
def test_a_sweep_outlives_its_files(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["--method", "grid", "--vary", "halls[*].it_mw*=1,2", "--engine", "serial"]
    replace_by(monkeypatch, name, fails)
    result = run("sweep", BOOK, *asked, "-o", tmp_path / "sweep")
    assert_said(result, SWEPT[name])
    assert len((tmp_path / "sweep" / "cases.jsonl").read_bytes().splitlines()) == 2
    monkeypatch.undo()
    again = run("sweep", BOOK, *asked, "-o", tmp_path / "sweep", "--resume")
    assert again.exit_code == 0
    assert (tmp_path / "sweep" / "sweep.xlsx").exists()
    assert (tmp_path / "sweep" / "sweep.html").exists()


# ------------------------------------------------------------------ the machine around it


def test_the_traceback_can_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_TRACEBACK", "1")
    monkeypatch.setattr("planner.reports.page.plan_page.write_page", fails)
    result = run("plan", BOOK, "-o", tmp_path / "plan")
    assert result.exit_code == INCOMPLETE
    assert "Traceback (most recent call last)" in result.stderr
    assert "in fails" in result.stderr


def test_a_folder_that_cannot_be_written_costs_the_folder_not_the_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    taken = tmp_path / "plan"

    def take(write: Callable[..., Any]) -> Callable[..., Any]:
        def taking(*arguments: Any, **others: Any) -> Any:
            taken.mkdir(exist_ok=True)
            (taken / "somebody's.txt").write_text("came while the plan was searched")
            return write(*arguments, **others)

        return taking

    monkeypatch.setattr(store, "save_plan", take(save_plan))
    result = run("plan", BOOK, "-o", taken, "--json")
    assert result.exit_code == 2
    assert "is not a plan folder" in result.stderr
    assert "The plan is kept in" in result.stderr
    (rescue,) = (tmp_path / "temporary").glob("*/plan")
    assert {Path(path).parent for path in json.loads(result.stdout)["files"].values()} == {rescue}
    assert_kept(rescue)


def test_where_a_plan_is_kept_is_said_though_its_reports_are_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("planner.pipeline.with_warnings", interrupt)
    result = run("plan", BOOK, "-o", tmp_path / "plan", "--json", "--watch")
    assert result.exit_code == 130
    assert "interrupted; the plan is written, without its reports" in result.stderr
    files = json.loads(result.stdout)["files"]
    assert Path(files["json"]) == tmp_path / "plan" / "plan.json"
    assert_kept(tmp_path / "plan")


@pytest.mark.skipif(os.name == "nt", reason="a shell's pipe")
@pytest.mark.parametrize("closed", ["2>&1 | head -c 1", "2>&-", ">&- 2>&-"])
def test_a_plan_is_kept_where_nobody_listens(closed: str, tmp_path: Path) -> None:
    """Progress went to a pipe that was closed, and the solve ended with it."""
    command = f'"{sys.executable}" -m planner.cli.main plan "{BOOK}" -o "{tmp_path / "plan"}"'
    subprocess.run(f"{command} {closed}", shell=True, cwd=ROOT, timeout=120, check=False)
    assert_kept(tmp_path / "plan")


def test_a_terminal_that_lacks_a_letter_gets_its_number(tmp_path: Path) -> None:
    """The names are shown, and what else there is to print."""
    change = "commitments[First customer].customer=\N{CJK UNIFIED IDEOGRAPH-4EAC}"
    assert run("plan", BOOK, "-o", tmp_path / "plan", "--set", change).exit_code == 0
    name = tmp_path / "\N{CJK UNIFIED IDEOGRAPH-4EAC}"
    (tmp_path / "plan").rename(name)
    for command in (["report", name], ["compare", name, name, "-o", tmp_path / "compare"]):
        asked = [sys.executable, "-m", "planner.cli.main", *map(str, command)]
        ended = subprocess.run(
            asked,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "ascii"},
        )
        assert (ended.returncode, ended.stderr) == (0, "")
    assert "xlsx" in ended.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux alone")
def test_a_name_of_bytes_that_are_no_letters_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file's name is that of the plan, and the command stands in its manifest."""
    book = tmp_path / os.fsdecode(b"b\xff.xlsx")
    book.write_bytes(BOOK.read_bytes())
    folder = tmp_path / os.fsdecode(b"plan\xff")
    monkeypatch.setattr(sys, "argv", ["planner", "plan", str(book)])
    assert run("plan", book, "-o", folder, "--explain").exit_code == 0
    assert_kept(folder, book)
    plan = load_plan(folder)
    assert plan.manifest["inputs"] == r"b\udcff"
    assert str(plan.manifest["command"]).endswith(r"b\udcff.xlsx")
    assert plan.findings


# ------------------------------------------------------------------ any function at all

BESIDE = (
    "planner.reports",
    "planner.explain",
    *(
        f"planner.diagnostics.{name}"
        for name in ("capacity", "dates", "magnitudes", "places", "single_rows", "warning")
    ),
    "planner.whatif.saved_solve",
)
"""Rooms and modules of which a plan needs nothing once it is found."""


def functions_beside() -> list[tuple[str, str]]:
    """Return every function and method of these modules, by module and name."""
    found = []
    for path in sorted((ROOT / "planner").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if not module.startswith(BESIDE):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                found.append((module, node.name))
            elif isinstance(node, ast.ClassDef):
                found += [
                    (module, f"{node.name}.{inner.name}")
                    for inner in node.body
                    if isinstance(inner, ast.FunctionDef) and not inner.decorator_list
                ]
    return found


@pytest.mark.parametrize("seed", range(CASES // 10))
def test_no_function_beside_the_plan_can_cost_it(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One function is made to fail, wherever it is called from: one of all in turn."""
    every = functions_beside()
    random.Random(7).shuffle(every)
    module, name = every[seed % len(every)]
    holder: Any = importlib.import_module(module)
    *outer, last = name.split(".")
    original = getattr(getattr(holder, outer[0]) if outer else holder, last)
    if outer:
        monkeypatch.setattr(getattr(holder, outer[0]), last, fails)
    else:  # in every module that has imported it by name
        for other in [m for n, m in sys.modules.items() if n.startswith("planner")]:
            for key, value in list(vars(other).items()):
                if value is original:
                    monkeypatch.setattr(other, key, fails)
    folder = tmp_path / "plan"
    result = run("plan", BOOK, "-o", folder, "--explain", "--watch", *LATE)
    monkeypatch.undo()
    plan = load_plan(folder)
    assert verify(as_planned(read_inputs(BOOK), plan.manifest), plan.tables).ok
    assert result.exit_code in (0, INCOMPLETE), (module, name, result.stderr)
    assert (result.exit_code == INCOMPLETE) == ("made to fail" in result.stderr), (module, name)
