"""Plans on disk: what is saved comes back, and a kill never leaves half a plan."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from micro import JANUARY, plan_of
from places import ROOT
from plan_samples import HOSTILE, sample_plan
from small_plan import hidden, small

from planner.errors import PlannerError
from planner.plan.plan_folders import plan_folder, safe_name
from planner.plan.store import load_plan, require_plan_folder, save_plan
from planner.plan.tables import COLUMNS


def test_round_trip_keeps_every_value_and_type(tmp_path):
    plan = sample_plan()
    files = save_plan(plan, tmp_path / "p", {"plan.xlsx": lambda path: path.write_bytes(b"x")})
    back = load_plan(tmp_path / "p")
    assert back == plan
    for name, rows in plan.tables.items():
        for row, again in zip(rows, back.tables[name], strict=True):
            assert [type(value) for value in row.values()] == [type(v) for v in again.values()]
    assert set(files) == {"json", "tables", "xlsx"}
    assert all(Path(path).exists() for path in files.values())
    assert hidden(tmp_path) == []


def test_numbers_of_numpy_and_flags_come_back(tmp_path):
    plan = small()
    plan.tables["stock"][0] = {"place": "*", "quantity": np.int64(7)}
    plan.tables["costs"][0] = {"term": "x", "amount": np.float64(0.1), "present_cost": np.inf}
    plan.tables["tiers"] = [{"tier": "a", "status": True}]
    save_plan(plan, tmp_path / "p", {})
    back = load_plan(tmp_path / "p").tables
    assert (back["stock"][0]["quantity"], back["costs"][0]["amount"]) == (7, 0.1)
    assert back["costs"][0]["present_cost"] == float("inf")
    assert back["tiers"][0] == dict.fromkeys(COLUMNS["tiers"]) | {"tier": "a", "status": True}


@pytest.mark.parametrize("text", [*HOSTILE, 'a "b", c', "two\nlines", "cr\rlf\r\n", " x ", "ü-京"])
def test_texts_and_numbers_come_back_exactly(tmp_path, text):
    plan = small()
    plan.tables["costs"] = [
        {"term": text, "amount": 0.1 + 0.2, "present_cost": None},
        {"term": None, "amount": 1e-300, "present_cost": -5},
    ]
    save_plan(plan, tmp_path / "p", {})
    assert load_plan(tmp_path / "p" / "plan.json").tables == plan.tables
    raw = (tmp_path / "p" / "tables" / "stock.csv").read_bytes()
    assert raw.startswith(b"place,item,period,date,quantity\n*,x,2026-01-01,2026-01-01,0\n")
    assert b"\r" not in raw


def test_json_holds_the_summary_flat_and_without_infinities(tmp_path):
    plan = small()
    plan.summary["gap"] = float("inf")
    save_plan(plan, tmp_path / "p", {})
    document = json.loads((tmp_path / "p" / "plan.json").read_text(encoding="utf-8"))
    assert document["status"] == "proven"
    assert document["gap"] is None
    assert document["manifest"] == {"version": 0}
    assert "tables/orders.csv" in document["files"]


def test_a_plan_shows_itself_in_one_line() -> None:
    """The smallest plan: 3 systems at 10."""
    plan = plan_of({JANUARY: 3})
    assert repr(plan) == (
        "<Plan micro: proven within the gap, gap 0.00%, 0 MW-months missed, 30 USD present cost>"
    )
    assert repr(replace(plan, summary={})) == "<Plan micro: no status>"


def test_a_notebook_shows_state_and_milestones_and_runs_no_text() -> None:
    plan = plan_of({JANUARY: 3})
    shown = plan._repr_html_()
    assert shown.startswith("<p>Plan micro: ")
    milestones = plan.summary["milestones"]
    assert isinstance(milestones, list)
    assert shown.count("<tr") == 1 + len(milestones) > 1
    hostile = replace(plan, name="<script>", summary={"milestones": [{"commitment": "<b>"}]})
    assert "<script>" not in hostile._repr_html_()
    assert "<b>" not in hostile._repr_html_()


def test_tables_are_attributes():
    plan = sample_plan()
    assert list(plan.ramp.columns) == list(COLUMNS["ramp"])
    assert plan.ramp["period"].dtype.kind == "M"
    assert len(plan.orders) == 40
    assert "spend" in dir(plan)
    with pytest.raises(AttributeError, match="its tables are orders"):
        _ = plan.rampp


def test_mistakes_of_a_table_are_refused(tmp_path):
    plan = small()
    plan.tables["costs"][0] = {"term": "purchase", "amount": 1.0, "sum": 2.0}
    with pytest.raises(ValueError, match="no column sum"):
        save_plan(plan, tmp_path / "p", {})
    plan.tables["costs"][0] = {"term": "purchase", "amount": "1"}
    with pytest.raises(ValueError, match="mixes number and text"):
        save_plan(plan, tmp_path / "p", {})
    assert list(tmp_path.iterdir()) == []


def test_a_failing_writer_leaves_the_old_plan(tmp_path):
    save_plan(small(1), tmp_path / "p", {})

    def fail(path):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(PlannerError, match="No space left"):
        save_plan(small(2), tmp_path / "p", {"plan.xlsx": fail})
    assert load_plan(tmp_path / "p").manifest == {"version": 1}
    assert hidden(tmp_path) == []


def test_own_files_are_replaced_and_others_stay(tmp_path):
    folder = tmp_path / "p"
    writers = {name: (lambda path: path.write_text("old")) for name in ("report.html", "a.svg")}
    save_plan(small(1), folder, writers)
    (folder / "notes.txt").write_text("mine")
    (folder / "tables" / "mine").mkdir()
    (folder / "tables" / "mine" / "extra.csv").write_text("mine")
    save_plan(small(2), folder, {})
    assert not (folder / "report.html").exists()
    assert not (folder / "a.svg").exists()
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "tables" / "mine" / "extra.csv").read_text() == "mine"
    assert load_plan(folder).manifest == {"version": 2}


@pytest.mark.parametrize("content", [None, "{}", "[]", "nonsense", '{"format": "x", "files": []}'])
def test_foreign_folder_is_refused_untouched(tmp_path, content):
    (tmp_path / "thesis.doc").write_text("years of work")
    if content is not None:
        (tmp_path / "plan.json").write_text(content)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(PlannerError, match="is not a plan folder: it holds"):
        save_plan(small(), tmp_path, {})
    assert sorted(tmp_path.iterdir()) == before


def test_places_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(PlannerError, match="is a file"):
        save_plan(small(), tmp_path / "file", {})
    with pytest.raises(PlannerError, match="cannot write the plan"):
        save_plan(small(), tmp_path / "file" / "below", {})
    with pytest.raises(PlannerError, match="cannot be a plan folder"):
        save_plan(small(), Path("/"), {})
    (tmp_path / "empty").mkdir()
    save_plan(small(), tmp_path / "empty", {})
    assert load_plan(tmp_path / "empty").name == "small"


def test_missing_and_changed_files_are_told(tmp_path):
    folder = tmp_path / "p"
    with pytest.raises(PlannerError, match="there is no plan"):
        load_plan(folder)
    save_plan(small(), folder, {})
    listing, costs = folder / "plan.json", folder / "tables" / "costs.csv"
    good, text = costs.read_bytes(), listing.read_text(encoding="utf-8")
    costs.write_bytes(good.replace(b"0.1", b"0.2"))
    with pytest.raises(PlannerError, match=r"costs\.csv was changed"):
        load_plan(folder)
    costs.unlink()
    with pytest.raises(PlannerError, match=r"costs\.csv is missing"):
        load_plan(folder)
    costs.write_bytes(good)
    for changed in (text.replace("proven", "proved"), text[:-200]):
        listing.write_text(changed, encoding="utf-8")
        with pytest.raises(PlannerError, match=r"plan\.json was changed"):
            load_plan(folder)
    listing.write_text(text.replace("format 2", "format 9"), encoding="utf-8")
    with pytest.raises(PlannerError, match="not a plan of this version"):
        load_plan(folder)
    save_plan(small(3), folder, {})
    assert load_plan(folder).manifest == {"version": 3}


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..",
        ".",
        "",
        "/abs",
        "a/b\\c",
        "C:\\x",
        "nul",
        "CON.txt",
        "\x00\n",
        "~",
        "x" * 500,
        "京" * 500,
        "．．／up",
        "-rf",
        "a" * 79 + "..",
        *HOSTILE,
    ],
)
def test_hostile_names_stay_in_the_output_folder(tmp_path, name):
    folder = plan_folder(name, tmp_path)
    assert folder.parent == tmp_path
    assert folder.resolve().parent == tmp_path.resolve()
    assert all(c.isalnum() or c in "._-" for c in folder.name)
    assert not folder.name.startswith((".", "-"))
    assert folder.name.split(".")[0].lower() not in {"con", "nul"}
    save_plan(small(), folder, {})
    assert load_plan(folder).name == "small"
    assert safe_name("openai-750mw_v1.2") == "openai-750mw_v1.2"


def test_a_writer_cannot_leave_the_folder(tmp_path):
    for name in ("../x", "plan.json", "tables", "tables/x.csv", "a/b/c", "a/..", "/x", ""):
        with pytest.raises(ValueError, match="cannot be a file of a plan"):
            save_plan(small(), tmp_path / "p", {name: lambda path: None})


@pytest.mark.parametrize("moved", [False, True])
def test_what_a_kill_left_is_found_and_settled(tmp_path, moved):
    folder, away = tmp_path / "p", tmp_path / ".p.planner-old"
    save_plan(small(1), folder, {})
    (folder / "notes.txt").write_text("mine")
    folder.rename(away)
    if moved:  # killed after the new plan came into place, else before
        save_plan(small(2), tmp_path / "q", {})
        (tmp_path / "q").rename(folder)
    (tmp_path / ".p.planner-new").mkdir()
    (tmp_path / ".p.planner-new" / "half").write_text("half")
    assert load_plan(folder).manifest == {"version": 2 if moved else 1}
    save_plan(small(3), folder, {})
    assert load_plan(folder).manifest == {"version": 3}
    assert (folder / "notes.txt").read_text() == "mine"
    assert hidden(tmp_path) == []


LOOP = """
import sys
from pathlib import Path
from small_plan import small
from planner.plan.store import save_plan
version = int(sys.argv[2])
while True:
    version += 1
    save_plan(small(version, 200), Path(sys.argv[1]), {"plan.xlsx": lambda p: p.write_text(
        str(version) * 5000)})
    print(version, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="kills by signal")
def test_kill_at_any_moment_leaves_a_whole_plan(tmp_path):
    chance = random.Random(7)
    folder, version = tmp_path / "p", 0
    save_plan(small(0, 200), folder, {"plan.xlsx": lambda path: path.write_text("0" * 5000)})
    places = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "helpers")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    for _ in range(20):
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
        version = plan.manifest["version"]
        assert version > 0
        assert {row["amount"] for row in plan.tables["costs"]} == {float(version)}
        assert {row["quantity"] for row in plan.tables["stock"]} == {version}
        place = folder if folder.exists() else tmp_path / ".p.planner-old"
        assert (place / "plan.xlsx").read_text() == str(version) * 5000
    save_plan(small(9, 5), folder, {})
    assert load_plan(folder).manifest == {"version": 9}
    assert hidden(tmp_path) == []


def test_a_plan_folder_whose_list_is_damaged_is_planned_into_again(tmp_path):
    """The files of every plan are replaced; others stay."""
    folder = tmp_path / "plan"
    save_plan(small(), folder, {})
    (folder / "notes.txt").write_text("mine")
    whole = (folder / "plan.json").read_text(encoding="utf-8")
    for damaged in (whole[: len(whole) // 2], whole[:60], whole.replace("}", "")):
        (folder / "plan.json").write_text(damaged, encoding="utf-8")
        with pytest.raises(PlannerError, match="was changed or cut short after"):
            load_plan(folder)
        require_plan_folder(folder)
        save_plan(small(2), folder, {})
        assert load_plan(folder).manifest == {"version": 2}
        assert (folder / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "'thesis.doc' and no plan.json of a plan"),
        ("", "'plan.json', 'thesis.doc' and its plan.json cannot be read"),
        ("nonsense", "'plan.json', 'thesis.doc' and its plan.json cannot be read"),
        ("{}", "'plan.json', 'thesis.doc' and its plan.json is not that of a plan"),
    ],
)
def test_why_a_folder_is_none_of_ours_is_told_as_it_is(tmp_path, content, reason):
    (tmp_path / "thesis.doc").write_text("years of work")
    if content is not None:
        (tmp_path / "plan.json").write_text(content)
    with pytest.raises(PlannerError) as caught:
        require_plan_folder(tmp_path)
    assert f"it holds {reason}. Nothing is replaced" in str(caught.value)
