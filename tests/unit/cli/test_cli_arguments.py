"""What is typed wrong is refused before any work, in words that say what to type instead."""

from __future__ import annotations

import errno
import json
import math
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from places import ROOT

import planner
from planner.cli.main import COMMANDS, main
from planner.errors import OptionOutOfBounds, PlannerError
from planner.explain import findings
from planner.pipeline import Options, make_plan
from planner.plan import saved_reports
from planner.plan.store import save_plan
from planner.whatif import solve_reuse
from planner.whatif.compare import compare
from planner.whatif.compare_output import write_comparison
from planner.workbook.reading import read_inputs
from planner.workbook.writing.template import template_sheets, write_csv_folder, write_workbook

Said = tuple[int, str, str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a workbook, its CSV files, two plans of it, and what is not ours."""
    folder = tmp_path_factory.mktemp("typed")
    write_workbook(folder / "book.xlsx", template_sheets(), blank_sheets=True)
    write_csv_folder(folder / "csvs", template_sheets(), blank_sheets=True)
    plan = make_plan(read_inputs(folder / "book.xlsx"))
    for name in ("plan", "other"):
        save_plan(plan, folder / name, {"plan.xlsx": lambda path: path.write_bytes(b"report")})
    (folder / "foreign").mkdir()
    (folder / "foreign" / "letter.txt").write_text("Dear Sir", encoding="utf-8")
    (folder / "empty").mkdir()
    (folder / "file").write_text("a file", encoding="utf-8")
    write_comparison(compare([plan, plan]), folder / "comparison")
    (folder / "sweep").mkdir()
    (folder / "sweep" / "sweep.json").write_text("{}", encoding="utf-8")
    return folder


@pytest.fixture
def run(made: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    """Return what runs a command as it is typed in that folder: exit code, stdout, stderr."""
    monkeypatch.chdir(made)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)  # `main` sets it
    terminated = signal.getsignal(signal.SIGTERM)

    def typed(*words: str) -> Said:
        with pytest.raises(SystemExit) as ended:
            main(words)
        signal.signal(signal.SIGTERM, terminated)
        out, err = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return code, out, " ".join(err.split())

    return typed


@pytest.fixture
def no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every solve fail the test."""

    def work(*_: object, **__: object) -> None:
        raise AssertionError("the work was begun")

    for module in (solve_reuse, planner.pipeline):
        monkeypatch.setattr(module, "state", work)


A_PLAN = "Expected a plan folder, which planner plan has written, e.g. outputs/my-plan"
A_BOOK = "Expected a workbook (.xlsx, .xlsm, .ods) or a folder of CSV files"

WRONG = [
    ("verify book.xlsx plan", "the wrong way round. Type: planner verify plan book.xlsx"),
    ("verify csvs plan", "the wrong way round. Type: planner verify plan csvs"),
    ("verify plan", "Missing argument 'WORKBOOK'. WORKBOOK is a workbook (.xlsx, .xlsm, .ods) or"),
    ("verify", "Missing argument 'PLAN'. PLAN is a plan folder, which planner plan has written"),
    ("verify plan other", f"other is a plan folder. {A_BOOK}"),
    ("verify plan plan/plan.json", f"plan/plan.json is the list of the plan folder plan. {A_BOOK}"),
    (
        "verify csvs book.xlsx",
        f"csvs is a folder of CSV files. {A_PLAN}. To make a plan from it: planner plan csvs",
    ),
    ("verify nothing book.xlsx", f"nothing: there is no such file or folder. {A_PLAN}"),
    ("verify plan/plan.xlsx book.xlsx", f"a part of the plan folder plan. {A_PLAN}. Give plan"),
    (
        "explain",
        "PLAN is a plan folder, which planner plan has written, e.g. outputs/my-plan, or "
        "a workbook",
    ),
    ("explain nothing", "nothing: there is no such file or folder"),
    ("explain foreign", "foreign is a folder without a plan and without CSV files"),
    ("explain plan/tables", "a part of the plan folder plan."),
    ("explain plan/tables/orders.csv", "a part of the plan folder plan."),
    ("explain sweep", "sweep is the folder of a sweep"),
    ("quote", "Missing argument 'PLAN'."),
    ("quote plan/inputs.json", "a part of the plan folder plan."),
    ("quote plan book.xlsx", "unexpected extra argument (book.xlsx)"),
    ("compare", "PLANS... is two plan folders or more"),
    ("compare plan", "only plan is given. Expected two plan folders or more"),
    ("compare plan book.xlsx", "book.xlsx is a workbook. " + A_PLAN),
    ("compare book.xlsx", "planner compare book.xlsx --scenario base --scenario NAME"),
    ("compare plan --scenario base --scenario x", f"plan is a plan folder. {A_BOOK}"),
    ("report book.xlsx", "To make a plan from it: planner plan book.xlsx"),
    ("report comparison", f"comparison is the folder of a comparison. {A_PLAN}"),
    ("report empty", f"empty is a folder without a plan and without CSV files. {A_PLAN}"),
    ("plan", "Missing argument 'WORKBOOK'. WORKBOOK is a workbook"),
    ("plan plan", f"plan is a plan folder. {A_BOOK}"),
    ("plan plan/plan.xlsx", f"a part of the plan folder plan. {A_BOOK}"),
    ("plan book.xlsx --near book.xlsx", f"book.xlsx is a workbook. {A_PLAN}"),
    ("check", "Missing argument 'WORKBOOK'. WORKBOOK is a workbook"),
    ("check plan", f"plan is a plan folder. {A_BOOK}"),
    ("check --mark plan", f"plan is a plan folder. {A_BOOK}"),
    ("sweep plan", f"plan is a plan folder. {A_BOOK}"),
    ("sweep sweep", f"sweep is the folder of a sweep. {A_BOOK}"),
    ("init --from plan", f"plan is a plan folder. {A_BOOK}"),
    ("size --mw 3 --workbook plan", f"plan is a plan folder. {A_BOOK}"),
    ("plan book.xlsx --gap nan", "nan is not a finite number"),
    ("plan book.xlsx --time-limit nan", "nan is not a number"),
    ("compare book.xlsx --scenario a --scenario b --gap nan", "nan is not a finite number"),
    ("sweep book.xlsx --gap nan", "nan is not a finite number"),
    ("explain plan --time-limit nan", "nan is not a number"),
    ("explain plan --ask-cost energisation=nan", "write a sheet and a cost above 0"),
    ("explain plan --ask-cost energisation=inf", "write a sheet and a cost above 0"),
    ("quote plan --mw nan", "nan is not a finite number"),
    ("quote plan --mw inf", "inf is not a finite number"),
    ("quote plan --overtime nan", "nan is not a finite number"),
]


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(("typed", "told"), WRONG)
def test_what_is_typed_wrong_is_told_with_what_to_type(run: object, typed: str, told: str) -> None:
    code, out, err = run(*typed.split())  # type: ignore[operator]
    assert (code, out) == (2, "")
    assert told in err
    assert "Example: planner " in err


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(("typed", "told"), WRONG[::4])
def test_the_same_is_one_document_with_json(run: object, typed: str, told: str) -> None:
    code, out, _ = run(*typed.split(), "--json")  # type: ignore[operator]
    document = json.loads(out)
    assert (code, document["exit_code"]) == (2, 2)
    assert document["error"]


OUTPUTS = (
    "plan book.xlsx",
    "compare plan other",
    "sweep book.xlsx",
    "compare book.xlsx --scenario base --scenario x",
)
LONG = "x" * 255
FOLDERS = {
    "foreign": "it holds 'letter.txt'",
    "csvs": "it holds ",
    "file": "'file' is a file",
    "file/below": "is a file. Give a folder",
    LONG: "File name too long",
}
# Only a plan is first written under a name that is longer than its folder's.
WRITTEN = [
    (typed, folder)
    for typed in OUTPUTS
    for folder in FOLDERS
    if folder != LONG or typed.startswith("plan")
]


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(("typed", "folder"), WRITTEN, ids=lambda name: name[:12])
def test_a_folder_that_is_not_ours_is_refused_before_the_work(
    run: object, made: Path, typed: str, folder: str
) -> None:
    before = sorted(path.name for path in made.rglob("*"))
    code, out, err = run(*typed.split(), "-o", folder)  # type: ignore[operator]
    assert (code, out) == (2, "")
    assert FOLDERS[folder] in err
    assert sorted(path.name for path in made.rglob("*")) == before


@pytest.mark.usefixtures("no_work")
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder nobody can write to")
@pytest.mark.parametrize("typed", OUTPUTS)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(run: object, typed: str) -> None:
    code, out, err = run(*typed.split(), "-o", "/proc/self/plans")  # type: ignore[operator]
    assert (code, out) == (2, "")
    assert "cannot write" in err
    assert "Give another folder with -o" in err


@pytest.mark.parametrize("typed", ["explain plan", "quote plan --mw 1", "report plan"])
def test_a_plan_folder_that_cannot_be_rewritten_is_refused_before_the_work(
    run: object, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system refuses to make a folder beside it, as on a disk that is mounted to be read."""

    def refuse(**_: object) -> str:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def work(*_: object, **__: object) -> None:
        raise AssertionError("the work was begun")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    monkeypatch.setattr(findings, "explain_plan", work)
    monkeypatch.setattr(findings, "quote_plan", work)
    monkeypatch.setattr(saved_reports, "save_reports", work)
    code, out, err = run(*typed.split())  # type: ignore[operator]
    assert (code, out) == (2, "")
    assert "cannot write the plan to" in err
    assert "Read-only file system" in err


def test_init_writes_into_no_folder_of_others(run: object, made: Path) -> None:
    for typed in ("init foreign --as csv", "init csvs --as csv", "init book.xlsx"):
        code, out, err = run(*typed.split())  # type: ignore[operator]
        assert (code, out) == (2, "")
        assert "it exists already and is not replaced" in err
    assert [path.name for path in (made / "foreign").iterdir()] == ["letter.txt"]
    for typed in (
        "init file/x.xlsx",
        "init file/x --as csv",
        "init /proc/self/x.xlsx",
        "check book.xlsx --mark /proc/self/x.xlsx",
    ):
        code, out, err = run(*typed.split())  # type: ignore[operator]
        assert code == 2, typed
        assert "cannot be written" in err or "system error" in err, err


@pytest.mark.usefixtures("no_work")
@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("gap", 7, "gap is 7. Give a number from 0 to 0.5"),
        ("gap", -0.1, "gap is -0.1. Give a number from 0 to 0.5"),
        ("gap", math.nan, "gap is nan."),
        ("gap", "0.01", "gap is '0.01'. Give a number"),
        ("gap", True, "gap is True. Give a number"),
        ("threads", 0, "threads is 0. Give a whole number from 1 to 64"),
        ("threads", 65, "threads is 65."),
        ("threads", 2.0, "threads is 2.0. Give a whole number"),
        ("threads", True, "threads is True."),
        ("time_limit_s", 0, "time_limit_s is 0. Give a number above 0"),
        ("time_limit_s", -5, "time_limit_s is -5. Give a number above 0"),
        ("time_limit_s", math.nan, "time_limit_s is nan."),
        ("time_limit_s", "an hour", "time_limit_s is 'an hour'."),
    ],
)
def test_an_option_out_of_bounds_is_refused_before_the_workbook_is_read(
    option: str, value: object, told: str
) -> None:
    with pytest.raises(OptionOutOfBounds) as caught:
        planner.plan("there is no such workbook.xlsx", **{option: value})  # type: ignore[arg-type]
    assert str(caught.value).startswith(told)
    assert isinstance(caught.value, PlannerError)
    assert isinstance(caught.value, ValueError)


def test_options_within_bounds_are_taken() -> None:
    for options in (
        {"gap": 0},
        {"gap": 0.5},
        {"threads": 64},
        {"time_limit_s": 1e-3},
        {"time_limit_s": math.inf},
        {},
    ):
        assert Options(**options) == Options(**options)  # type: ignore[arg-type]


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """Return a workbook with faults in two sheets."""
    sheets = template_sheets()
    sheets["systems"][0]["power_kw"] = "much"
    sheets["halls"][0]["site"] = "nowhere"
    write_workbook(tmp_path / "faulty.xlsx", sheets, blank_sheets=True)
    return tmp_path / "faulty.xlsx"


@pytest.mark.parametrize(
    "typed",
    [
        "plan {}",
        "explain {}",
        "quote {} --mw 1",
        "sweep {}",
        "init copy --from {} --as csv",
        "compare {} --scenario base --scenario x",
        "verify plan {}",
        "size --mw 1 --workbook {}",
    ],
)
def test_faults_are_the_document_of_check(run: object, faulty: Path, typed: str) -> None:
    _, out, _ = run("check", str(faulty), "--json")  # type: ignore[operator]
    checked = json.loads(out)
    code, out, err = run(*typed.format(faulty).split(), "--json")  # type: ignore[operator]
    found = json.loads(out)
    assert code == found["exit_code"] == 1
    assert {key: found[key] for key in checked} == checked
    assert found["counts"]["faults"] == len(found["faults"]) == 2
    assert "2 faults in the inputs" in found["error"]
    assert "2 faults in the inputs" in err


def test_other_failures_are_one_document_too(
    run: object, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(error: BaseException) -> None:
        def read(_: object) -> None:
            raise error

        monkeypatch.setattr("planner.workbook.reading.read_inputs", read)

    for error, told, code in (
        (PlannerError("no such thing"), "no such thing", 2),
        (KeyboardInterrupt(), "interrupted; no file is incomplete", 130),
        (OSError(28, "No space left on device"), "system error", 2),
        (MemoryError(), "not enough memory", 2),
        (ZeroDivisionError("made to fail"), "This is a defect of the planner", 70),
    ):
        fails(error)
        ended, out, err = run("plan", "book.xlsx", "--json")  # type: ignore[operator]
        document = json.loads(out)
        assert (ended, document["exit_code"]) == (code, code)
        assert told in document["error"]
        assert told in err


def test_every_command_has_an_example_to_show() -> None:
    for name in COMMANDS:
        command = planner.cli.main.planner.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        assert "Example: planner " in (command.help or ""), name


def test_python_m_planner_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "planner", "--version"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.startswith("planner, version ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("quote", "--only", "country=XX"), "--only country=XX: not one of system=Rack-25"),
        (
            ("quote", "--by", "2025-12-31"),
            "the plan runs from 2026-01-01 to 2026-06-30. Ask for a day of it",
        ),
        (("explain", "--why", "dance at North 2026-01"), "begin with one of install, order"),
        (("explain", "--why", "install at Nowhere 2026-02"), "unknown name 'Nowhere'"),
        (("explain", "--why", "order wafer 2026-01"), "this plan has no decision to order. Forms"),
    ],
)
def test_a_question_is_judged_before_the_workbook_is_planned(
    words: tuple[str, ...], told: str, run: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def plan(*_: object, **__: object) -> None:
        raise AssertionError("planned before the question was judged")

    monkeypatch.setattr(planner.pipeline, "make_plan", plan)
    first = str(ROOT / "inputs" / "first-plan.xlsx")
    code, _, err = run(words[0], first, *words[1:])  # type: ignore[operator]
    assert (code, told in " ".join(err.split())) == (2, True), err
