"""What is found out about a plan stays with it, goes with it, and is never another plan's."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from page_plans import edge
from places import ROOT
from plan_samples import sample_plan
from small_plan import hidden, small

from planner.attempts import Attempts
from planner.checker.verify import verify
from planner.cli.main import planner
from planner.errors import PlannerError
from planner.explain import findings
from planner.explain.findings import Inquiry, _rising, explain_plan, quote_plan
from planner.explain.quote import Largest, Terms
from planner.explain.session import Session
from planner.plan.finding_tables import (
    EXPLAINED,
    EXPLANATION,
    FOUND_COLUMNS,
    QUOTE,
    QUOTED,
    TOKENS_EXPLAINED,
    Finding,
)
from planner.plan.saved_reports import save_finding, save_reports
from planner.plan.store import load_plan, plan_digest, save_plan
from planner.reports.report_kinds import report_writers
from planner.workbook.reading import read_inputs

BOOK = ROOT / "inputs/first-plan.xlsx"

WITHOUT_TOKENS = [table.name for table in (*EXPLAINED, *QUOTED) if table not in TOKENS_EXPLAINED]
"""Tables of the findings of a plan without workloads."""


def run(*arguments):
    return CliRunner().invoke(planner, [str(one) for one in arguments], prog_name="planner")


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def nothing(plan):
    return {}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The plan made by hand, as `planner plan` leaves it."""
    folder = tmp_path_factory.mktemp("made") / "plan"
    assert run("plan", BOOK, "-o", folder).exit_code == 0
    return folder


@pytest.fixture
def folder(made, tmp_path):
    return Path(shutil.copytree(made, tmp_path / "plan"))


# ------------------------------------------------------------------ on disk


def test_findings_come_back_as_they_were(tmp_path):
    plan = sample_plan()
    save_plan(plan, tmp_path / "p", {})
    back = load_plan(tmp_path / "p")
    assert back.findings == plan.findings
    assert plan_digest(back) == plan_digest(plan) == plan.findings[QUOTE].of
    assert len(back.bottlenecks) == 30
    assert back.slack["date"].dtype.kind == "M"
    assert set(FOUND_COLUMNS) <= set(dir(back))
    listed = json.loads((tmp_path / "p" / "plan.json").read_text(encoding="utf-8"))
    assert {f"tables/{name}.csv" for name in WITHOUT_TOKENS} <= set(listed["files"])
    assert "findings" not in back.summary


def test_a_folder_from_before_there_were_findings_is_read(folder):
    contents = folder / "plan.json"
    document = json.loads(contents.read_text(encoding="utf-8"))
    assert document.pop("findings") == {}
    contents.write_text(json.dumps(sealed(document)), encoding="utf-8")
    plan = load_plan(folder)
    assert plan.findings == {}
    save_finding(folder, EXPLANATION, explain_plan(plan), nothing)
    assert load_plan(folder).rows("bottlenecks")


def sealed(document):
    rest = {key: value for key, value in document.items() if key != "seal"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {**rest, "seal": hashlib.sha256(text.encode()).hexdigest()}


def test_a_finding_of_another_plan_is_refused_and_nothing_changes(folder):
    before = files(folder)
    other = sample_plan().findings[EXPLANATION]
    with pytest.raises(PlannerError, match=r"another plan was written to .* meanwhile"):
        save_finding(folder, EXPLANATION, other, nothing)
    assert files(folder) == before
    with pytest.raises(ValueError, match="explanation is of another plan"):
        save_plan(replace(load_plan(folder), findings={EXPLANATION: other}), folder, {})
    assert files(folder) == before


def test_a_finding_put_beside_another_plan_by_hand_is_refused(folder, tmp_path):
    """Even where every digest and the seal were made anew."""
    save_plan(sample_plan(), tmp_path / "sample", {})
    theirs = json.loads((tmp_path / "sample" / "plan.json").read_text(encoding="utf-8"))
    mine = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    for name in WITHOUT_TOKENS:
        shutil.copy(tmp_path / "sample" / "tables" / f"{name}.csv", folder / "tables")
    document = sealed({**mine, "findings": theirs["findings"]})
    (folder / "plan.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(PlannerError, match="is of another plan"):
        load_plan(folder)


@pytest.mark.parametrize("change", ["tables/slack.csv", "missing"])
def test_a_finding_that_was_changed_is_told(folder, change):
    save_finding(folder, EXPLANATION, explain_plan(load_plan(folder)), nothing)
    path = folder / "tables/slack.csv"
    if change == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().replace(b"30", b"31"))
    with pytest.raises(PlannerError, match=r"slack\.csv (was changed|is missing)"):
        load_plan(folder)


def test_two_findings_at_the_same_time_are_both_kept(folder):
    """The other process writes after this one has read, as often as it may."""
    plan = load_plan(folder)
    quote = Finding(plan_digest(plan), {"earliest": [], "quote": []}, {"basis": "it"})
    writes = iter(range(2))

    def busy(saved):
        if next(writes, None) is not None:
            save_finding(folder, QUOTE, replace(quote, facts={"at": time.time()}), nothing)
        return {}

    save_finding(folder, EXPLANATION, explain_plan(plan), busy)
    assert set(load_plan(folder).findings) == {EXPLANATION, QUOTE}


def test_a_report_that_fails_costs_neither_the_plan_nor_its_explanation(folder):
    save_reports(folder, lambda plan: {"plan.xlsx": lambda path: path.write_text("old")})
    found, attempts = explain_plan(load_plan(folder)), Attempts()

    def broken(path):
        path.write_text("half")
        raise OSError("the disk is full")

    def make(plan):
        return {"plan.xlsx": broken, "report.html": lambda path: path.write_text("new")}

    save_finding(folder, EXPLANATION, found, make, attempts)
    assert attempts.sentences == ["plan.xlsx could not be written: the disk is full"]
    assert load_plan(folder).findings[EXPLANATION].facts == found.facts
    assert (folder / "plan.xlsx").read_text() == "old"
    assert (folder / "report.html").read_text() == "new"
    assert hidden(folder.parent) == []
    with pytest.raises((OSError, PlannerError), match="disk is full"):
        save_finding(folder, EXPLANATION, found, make)
    assert load_plan(folder).rows("bottlenecks")


LOOP = """
import sys
from dataclasses import replace
from pathlib import Path
from small_plan import small
from planner.plan.finding_tables import EXPLANATION, Finding
from planner.plan.saved_reports import save_finding
from planner.plan.store import plan_digest
plan, version = small(1, 200), int(sys.argv[2])
while True:
    version += 1
    rows = [{"commitment": "x", "mw": float(version)}] * 200
    finding = Finding(plan_digest(plan), {"slack": rows}, {"version": version})
    save_finding(Path(sys.argv[1]), EXPLANATION, finding, lambda saved: {
        "plan.xlsx": lambda path: path.write_text(str(version) * 5000)})
    print(version, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
def test_a_kill_leaves_the_plan_with_its_old_explanation_or_its_new_one(tmp_path):
    chance, folder = random.Random(7), tmp_path / "p"
    save_plan(small(1, 200), folder, {"plan.xlsx": lambda path: path.write_text("0" * 5000)})
    places = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "helpers")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    version = 0
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", LOOP, str(folder), str(version)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        plan = load_plan(folder)
        assert plan.tables == small(1, 200).tables
        version = plan.findings[EXPLANATION].facts["version"]
        assert version > 0
        assert {row["mw"] for row in plan.rows("slack")} == {float(version)}
        place = folder if folder.exists() else tmp_path / ".p.planner-old"
        # The explanation is on disk before the reports that tell of it.
        told = {str(version) * 5000, str(version - 1) * 5000}
        assert (place / "plan.xlsx").read_text() in told


# ------------------------------------------------------------------ commands


def test_explain_and_quote_are_kept_and_shown_and_the_plan_still_holds(folder):
    (folder / "mine.txt").write_text("notes")
    before = files(folder)
    result = run("explain", folder)
    assert result.exit_code == 0, result.output
    told = result.stdout.split("\n\n")[-1].splitlines()
    assert {"json", "tables", "xlsx", "html"} <= {line.split()[0] for line in told}
    explained = files(folder)
    changed = {name for name in explained if explained[name] != before.get(name)}
    tables = {f"tables/{name}.csv" for name in WITHOUT_TOKENS if name not in ("quote", "earliest")}
    assert changed == {"plan.json", "plan.xlsx", "report.html", *tables}
    assert b'id="bottlenecks"' in explained["report.html"]
    assert run("quote", folder / "plan.json", "--mw", "1").exit_code == 0
    plan = load_plan(folder)
    assert set(plan.findings) == {EXPLANATION, QUOTE}
    assert verify(read_inputs(BOOK), plan.tables).ok
    assert run("verify", folder, BOOK).exit_code == 0
    page = files(folder)["report.html"]
    assert b'id="bottlenecks"' in page
    assert b'id="quote"' in page
    assert run("report", folder, "--kinds", "html").exit_code == 0
    assert files(folder)["report.html"] == page


def test_a_plan_made_again_starts_without_an_explanation(folder):
    assert run("explain", folder, "--report", "none").exit_code == 0
    assert (folder / "tables/slack.csv").is_file()
    assert run("plan", BOOK, "-o", folder, "--report", "none").exit_code == 0
    assert load_plan(folder).findings == {}
    assert not {f"tables/{name}.csv" for name in FOUND_COLUMNS} & set(files(folder))


def test_plan_explains_in_one_command(tmp_path):
    result = run("plan", BOOK, "-o", tmp_path / "p", "--explain", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    plan = load_plan(tmp_path / "p")
    assert len(document["explanation"]["bottlenecks"]) == len(plan.rows("bottlenecks")) > 0
    assert document["explanation"]["resolves"] > 0
    assert Path(document["files"]["xlsx"]).is_file()


def test_the_json_of_a_plan_says_title_and_unit_of_every_column_of_its_tables(tmp_path):
    asked = ("plan", BOOK, "-o", tmp_path / "p", "--explain", "--report", "none", "--json")
    columns = json.loads(run(*asked).stdout)["columns"]
    headers = {}
    for path in (tmp_path / "p" / "tables").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            headers[path.stem] = next(csv.reader(file))
    assert {table: list(titles) for table, titles in columns.items()} == headers
    assert columns["ramp"]["missed_mw"] == {"title": "Missed", "unit": "MW"}
    # The first plan is in US dollars, and in months.
    assert columns["spend"]["amount"]["unit"] == "USD"
    assert columns["spend"]["period"]["title"] == "First day of month"
    assert columns["lateness"]["says"] == {"title": "Cause", "unit": ""}


def test_the_json_of_explain_and_quote_is_one_document(folder):
    explained = json.loads(run("explain", folder, "--json", "--report", "none").stdout)
    assert set(explained) >= {"plan", "bottlenecks", "slack", "asks", "undone", "files"}
    assert explained["columns"]["slack"]["mw"] == {"title": "Committed", "unit": "MW"}
    quoted = json.loads(run("quote", folder, "--mw", "1", "--json", "--report", "none").stdout)
    # The halls of the first plan open on 31 January, and commissioning takes two weeks.
    assert quoted["earliest"][0]["date"] == "2026-02-28"
    assert quoted["basis"] == "it"
    assert set(quoted["files"]) >= {"json", "tables", "xlsx", "html"}
    assert set(quoted["columns"]) == {"earliest", "quote"}


def test_a_workbook_is_explained_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("explain", BOOK)
    assert result.exit_code == 0, result.output
    assert "not saved: only a plan folder can store it" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_explanation_leaves_the_plan(tmp_path, monkeypatch):
    def interrupted(plan, **_):
        raise KeyboardInterrupt

    monkeypatch.setattr(findings, "explain_plan", interrupted)
    result = run("plan", BOOK, "-o", tmp_path / "p", "--explain")
    assert "the plan is written, without an explanation" in result.stderr
    assert load_plan(tmp_path / "p").findings == {}


def test_numbers_are_said_for_a_meeting(folder, tmp_path):
    save_plan(edge("missed in part"), tmp_path / "late", {})
    text = " ".join(run("explain", tmp_path / "late").stdout.split())
    assert "Why late: demand, due 2026-02-28, misses 1.0 MW; back to the order" in text
    assert "Ask, set 1, so that demand is on time" in text
    assert "1 system per month more gains 1.00 MW-months; with divisible systems" in text
    text = " ".join(run("explain", folder).stdout.split())
    assert "Nothing is late; largest savings" in text
    # Without the hall in the south its 1.7 million are saved of 17 May, at 8 %: 1.652. One per cent
    # moves 0.02 MW to the north, where a day costs 24 x (64 x 1.25 - 50 x 1.2) less for each.
    assert "North hall B, hall power 2: 1 MW per hall more saves 1.65 USD million" in text
    assert "with divisible systems and halls opened as planned 1 % more saves 9 USD" in text
    assert "North hall A, number of halls 2: 1 hall more saves 0.68 USD million" in text
    assert "North hall B, number of halls 1: 1 hall more saves 0.19 USD million" in text
    assert "First customer 2026-03-31 2.0 45 nothing to order in advance" in text


def test_what_is_firm_later_is_no_less_than_what_is_firm_now():
    found = [Largest(0, 5.0), Largest(1, 5.1), Largest(2, 4.9, 4.8), Largest(3, 9.0)]
    assert [most.at_most_mw for most in _rising(found, 4)] == [4.9, 4.9, 4.9, 9.0]


def test_a_period_that_there_was_no_time_for_has_the_next_ones_bound():
    """The bound before would promise too little: more may be possible than is known."""
    found = _rising([Largest(0, 1.0), Largest(3, 9.0, 8.5), Largest(5, 11.0)], 6)
    assert [(most.period, most.at_most_mw, most.firm_mw) for most in found] == [
        (0, 1.0, None),
        (1, 9.0, None),
        (2, 9.0, None),
        (3, 9.0, 8.5),
        (4, 11.0, None),
        (5, 11.0, None),
    ]


def test_a_quote_without_time_still_bounds_every_period(monkeypatch):
    """What is not known nearer has the bound of a later period, the last one's in the end."""
    monkeypatch.setattr(Session, "spent", lambda self, share: True)
    plan = edge("chain")
    finding = quote_plan(plan, Inquiry(Terms("it"), (1.0,)))
    rows = [row for row in finding.tables["quote"] if not row["overtime_of"]]
    assert len(rows) == len(plan.tables["ramp"])
    bounds = [row["at_most_mw"] for row in rows]
    assert bounds == sorted(bounds)
    nearer = [row["at_most_mw"] for row in edge("explained").rows("quote")]
    assert all(bound >= near - 1e-6 for bound, near in zip(bounds, nearer, strict=False))
    assert finding.facts["undone"]


def test_all_tables_of_findings_can_be_written(tmp_path):
    plan = edge("explained late")
    save_plan(plan, tmp_path / "p", report_writers(plan, ["html"]))
    back = load_plan(tmp_path / "p")
    assert {name: len(back.rows(name)) for name in FOUND_COLUMNS} == {
        name: len(plan.rows(name)) for name in FOUND_COLUMNS
    }
    assert len(back.rows("lateness")) > 0
