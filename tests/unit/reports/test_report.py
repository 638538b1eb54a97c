"""The reports of a saved plan: chosen, written again, each by itself; and the ramp."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from page_plans import edge
from places import ROOT
from rich.console import Console

from planner.cli import kinds
from planner.cli.main import planner
from planner.errors import PlannerError
from planner.plan.saved_reports import save_reports
from planner.plan.store import load_plan, save_plan
from planner.reports.console.plan_text import print_ramp, sparkline
from planner.reports.report_kinds import KINDS, report_writers

WEEK = timedelta(days=7)


def run(*arguments):
    return CliRunner().invoke(planner, [str(one) for one in arguments], prog_name="planner")


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def saved(tmp_path):
    """A plan with its workbook only."""
    plan = edge("chain")
    save_plan(plan, tmp_path / "plan", report_writers(plan, ["xlsx"]))
    return tmp_path / "plan"


def test_the_kinds_of_the_option_are_those_that_can_be_written():
    assert tuple(KINDS) == kinds.KINDS
    assert set(report_writers(edge("chain"), KINDS)) == {"plan.xlsx", "report.html"}


def test_report_writes_both_again_and_leaves_the_plan(saved):
    before, plan = files(saved), load_plan(saved)
    (saved / "plan.xlsx").write_bytes(b"broken by hand")
    (saved / "mine.txt").write_text("notes")
    result = run("report", saved)
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.output.splitlines()] == ["xlsx", "html"]
    after = files(saved)
    assert after["plan.xlsx"] == before["plan.xlsx"]
    assert after["report.html"].startswith(b"<!DOCTYPE html>")
    assert after["mine.txt"] == b"notes"
    assert {name: text for name, text in after.items() if "/" in name or name == "inputs.json"} == {
        name: text for name, text in before.items() if "/" in name or name == "inputs.json"
    }
    assert load_plan(saved) == plan
    listed = json.loads(after["plan.json"])
    old = json.loads(before["plan.json"])
    assert {*listed["files"]} - {*old["files"]} == {"report.html"}
    assert {key: value for key, value in listed.items() if key not in ("files", "seal")} == {
        key: value for key, value in old.items() if key not in ("files", "seal")
    }


def test_a_report_that_is_not_asked_for_stays_as_it_is(saved):
    (saved / "plan.xlsx").write_bytes(b"with my colours")
    result = run("report", saved, "--kinds", "html", "--json")
    assert result.exit_code == 0, result.output
    assert set(json.loads(result.output)["files"]) == {"json", "tables", "xlsx", "html"}
    assert (saved / "plan.xlsx").read_bytes() == b"with my colours"
    assert run("report", saved / "plan.json", "--kinds", "html").exit_code == 0
    assert (saved / "plan.xlsx").read_bytes() == b"with my colours"


def test_figures_are_files_of_the_plan_until_it_is_replaced(saved):
    result = run("report", saved, "--kinds", "none", "--figures", "svg")
    assert result.exit_code == 0, result.output
    assert result.output.split() == ["figures", str(saved / "figures")]
    names = {f"figures/{name}.svg" for name in ("ramp", "sites", "ways", "costs")}
    assert names <= set(json.loads((saved / "plan.json").read_text())["files"])
    assert run("report", saved, "--figures", "png").exit_code == 0
    assert names <= set(files(saved))
    assert sum(name.endswith(".png") for name in files(saved)) == 4
    save_plan(edge("one of all"), saved, {})
    assert not [name for name in files(saved) if name.startswith("figures")]


def test_a_figure_without_its_package_is_a_clear_error(saved, monkeypatch):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    before = files(saved)
    result = run("report", saved, "--figures", "png")
    assert isinstance(result.exception, PlannerError)
    assert "pip install 'megawatt-planner[png]'" in str(result.exception)
    assert files(saved) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--kinds", "pdf"],
        ["--kinds", ""],
        ["--kinds", "none"],
        ["--kinds", "xlsx,none"],
        ["--figures", "gif"],
    ],
)
def test_what_cannot_be_written_is_said(saved, arguments):
    result = run("report", saved, *arguments)
    assert result.exit_code == 2
    assert "xlsx" in result.output or "svg" in result.output


def test_no_plan_no_report(tmp_path):
    result = run("report", tmp_path)
    assert result.exit_code == 2
    assert "is a folder without a plan" in result.output
    assert files(tmp_path) == {}


def test_a_report_that_fails_leaves_everything(saved):
    before = files(saved)

    def broken(path):
        path.write_text("half")
        raise OSError("the disk is full")

    with pytest.raises((OSError, PlannerError), match="disk is full"):
        save_reports(saved, lambda plan: {"report.html": broken})
    assert files(saved) == before
    assert [path.name for path in saved.parent.iterdir()] == ["plan"]


def test_a_plan_that_came_meanwhile_is_not_lost(saved):
    newer = edge("one of all")

    def make(plan):
        save_plan(newer, saved, {})
        return report_writers(plan, ["html"])

    with pytest.raises(PlannerError, match="written anew meanwhile"):
        save_reports(saved, make)
    assert load_plan(saved) == newer


def test_plan_writes_the_reports_that_are_asked_for(tmp_path):
    book = ROOT / "inputs/first-plan.xlsx"
    for asked, names in (
        ([], {"plan.xlsx", "report.html"}),
        (["--report", "none"], set()),
        (["--report", "html"], {"report.html"}),
        (["--report", " HTML, xlsx "], set(KINDS.values())),
    ):
        result = run("plan", book, "-o", tmp_path / "p", *asked, "--json")
        assert result.exit_code == 0
        assert set(files(tmp_path / "p")) & set(KINDS.values()) == names
        kinds = json.loads(result.stdout)["files"]
        assert {Path(path).name for path in kinds.values()} & set(KINDS.values()) == names
    assert run("plan", book, "--report", "docx").exit_code == 2


def test_watch_shows_the_ramp_and_keeps_stdout_for_data(tmp_path):
    book = ROOT / "inputs/first-plan.xlsx"
    result = run("plan", book, "-o", tmp_path / "p", "--report", "none", "--watch")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert "First customer, MW IT power, where it changes" in lines
    assert any(line.startswith("2026-03-31") and "2.0" in line for line in lines)
    result = run("plan", book, "-o", tmp_path / "p", "--report", "none", "--watch", "--json")
    json.loads(result.stdout)
    assert "where it changes" in result.stderr


# ------------------------------------------------------------------ the ramp in the terminal


def ramp(name, encoding="utf-8"):
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding=encoding, newline="\n"), width=80)
    print_ramp(edge(name), console)
    console.file.flush()
    return raw.getvalue().decode(encoding)


def test_a_bar_is_as_long_as_its_megawatts():
    text = ramp("missed in part")
    rows = [line.split() for line in text.splitlines() if line.startswith("2026-")]
    assert [row[:4] for row in rows] == [
        ["2026-01-31", "0.0", "1.0", "0.0"],
        ["2026-02-28", "3.0", "2.0", "1.0"],
        ["2026-03-31", "3.0", "3.0", "0.0"],
    ]
    full, light = "\N{FULL BLOCK}", "\N{LIGHT SHADE}"
    assert [row[4] for row in rows] == [full * 10, full * 20 + light * 10, full * 30]


def test_a_terminal_without_blocks_gets_plain_signs():
    text = ramp("missed in part", "ascii")
    assert "#" * 20 + "." * 10 in text


def test_nothing_is_shown_of_nothing():
    assert ramp("nothing due").strip() == ""


def test_no_milestone_is_left_out_of_a_long_ramp():
    text = ramp("long names")
    assert "2026-03-31          5.0" in text
    assert max(map(len, text.splitlines())) <= 80


def long_ramp(missed_mw, count=60, commitments=1):
    """A ramp that changes every week; MW missed by the number of the week."""
    rows = [
        {
            "commitment": f"c{place}",
            "basis": "it",
            "period": date(2026, 1, 5) + n * WEEK,
            "period_end": date(2026, 1, 11) + n * WEEK,
            "required_mw": 100.0 if n >= 20 else 0.0,
            "in_service_mw": n + 1.0,
            "missed_mw": missed_mw.get((place, n), 0.0),
        }
        for place in range(commitments)
        for n in range(count)
    ]
    plan = edge("one of all")
    console = Console(file=io.StringIO(), width=80)
    print_ramp(replace(plan, tables={**plan.tables, "ramp": rows}), console)
    return console.file.getvalue()


def test_no_period_with_missed_megawatts_is_left_out():
    every = {(0, n): 80.0 - n for n in range(20, 60)}
    for missed in ({(0, 33): 67.9}, {(0, 21): 0.5, (0, 58): 3.0}, every):
        text = long_ramp(missed)
        lines = {line[:10]: line.split() for line in text.splitlines()}
        for place, n in missed:
            assert lines[str(date(2026, 1, 11) + n * WEEK)][3] == f"{missed[place, n]:.1f}"


def test_what_a_long_ramp_leaves_out_is_said():
    text = long_ramp({(0, 33): 67.9})
    printed = sum(line.startswith(("2026-", "2027-")) for line in text.splitlines())
    assert printed == 24
    assert "36 more periods in which it changes, without missed MW, in the reports" in text
    assert "more period" not in long_ramp({}, count=10)


def test_a_commitment_that_misses_megawatts_is_never_left_out():
    text = long_ramp({(8, 40): 7.5}, commitments=10)
    assert "c8, MW IT power, where it changes" in text
    assert "and 4 more commitments, without missed MW, in the reports" in text


def test_a_spark_is_a_sign_for_each_step_of_time():
    rows = [{"required_mw": 0.0, "in_service_mw": mw, "missed_mw": 0.0} for mw in (0, 1, 4, 8)]
    assert sparkline(rows) == " \u2581\u2584\u2588"
    assert sparkline(rows * 30)[-1] == "\u2588"
    assert len(sparkline(rows * 30)) == 24
