"""Plans of which there is little to tell: every report of each is written, and says the truth.

What each comes to was worked out by hand: a unit is 1 MW and costs 10, a hall has 100 MW.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import openpyxl
import pytest
from instances import Sheets, settings, unit_system
from micro import APRIL, FEBRUARY, JANUARY, MARCH, START, Rows, near, present_cost
from rich.console import Console
from sheet_formulas import evaluate

from planner.checker.verify import verify
from planner.explain.findings import Inquiry, explain_plan, quote_plan
from planner.explain.quote import Terms
from planner.pipeline import Options, make_plan
from planner.plan.finding_tables import EXPLANATION, QUOTE
from planner.plan.store import Plan, load_plan, save_plan
from planner.plan.summary import PROVEN
from planner.reports.charts.plan_charts import figure_writers
from planner.reports.console.explained import print_explanation, print_quote
from planner.reports.console.plan_text import print_plan, print_ramp
from planner.reports.excel.plan_workbook import write_plan_workbook
from planner.reports.report_kinds import report_writers
from planner.whatif.cases import Spec
from planner.whatif.compare import as_document, compare
from planner.whatif.compare_output import print_comparison, write_comparison
from planner.whatif.engines import Engine
from planner.whatif.sweep import run_sweep
from planner.whatif.sweep_output import print_sweep, write_sweep
from planner.workbook.reading import inputs_from_rows


@dataclass(frozen=True)
class Degenerate:
    """A workbook of which there is little to tell, and what its plan comes to."""

    due: Mapping[str, float]
    cost: float = 0.0
    missed: float = 0.0
    end: str = JANUARY
    options: Mapping[str, object] = field(default_factory=dict)
    sheets: Mapping[str, Rows] = field(default_factory=dict)


def hall(**columns: object) -> Rows:
    return [{"hall": "hall", "site": "site", "it_mw": 100, **columns}]


FREE = [unit_system()]
NEVER = [unit_system(price=10, available_from="2027-01-01")]
TWO: Rows = [{"commitment": "a", "basis": "it"}, {"commitment": "b", "basis": "it"}]

PLANS: dict[str, Degenerate] = {
    "one period": Degenerate({JANUARY: 5}, cost=50),
    "nothing possible": Degenerate({JANUARY: 2}, missed=2, sheets={"halls": hall(ready=APRIL)}),
    "nothing possible, nothing due": Degenerate({JANUARY: 0}, sheets={"halls": hall(ready=APRIL)}),
    "nothing due": Degenerate({JANUARY: 0}),
    "nothing due in a year": Degenerate({MARCH: 0}, end="2026-12-31"),
    "nothing spent": Degenerate({JANUARY: 5}, sheets={"systems": FREE}),
    "free systems of a supplier": Degenerate(
        {MARCH: 5},
        end=APRIL,
        sheets={
            "systems": FREE,
            "supply": [{"supplier": "maker", "item": "unit", "lead_days": 28}],
        },
    ),
    "all missed": Degenerate(
        {JANUARY: 5, MARCH: 7}, missed=5 + 5 + 7, end=MARCH, sheets={"systems": NEVER}
    ),
    "all missed at a cost": Degenerate(
        {JANUARY: 5},
        missed=5,
        cost=15,
        sheets={
            "systems": NEVER,
            "commitments": [{"commitment": "demand", "basis": "it", "late_cost": 3}],
            "budget": [{"date": JANUARY, "cumulative": 0}],
        },
    ),
    "a hall too small": Degenerate({JANUARY: 5}, missed=5, sheets={"halls": hall(it_mw=0.5)}),
    "no hall at its site": Degenerate(
        {JANUARY: 5},
        missed=5,
        sheets={
            "sites": [{"site": "site", "pue": 1}, {"site": "bare", "pue": 1}],
            "commitments": [{"commitment": "demand", "basis": "it"}],
            "service": [{"commitment": "demand", "site": "site", "allowed": "no"}],
        },
    ),
    "no power": Degenerate(
        {JANUARY: 5},
        missed=5,
        sheets={
            "halls": hall(fed_by="grid"),
            "power": [{"node": "grid"}],
            "energisation": [{"node": "grid", "from": START, "mw": 0}],
        },
    ),
    "no crew": Degenerate(
        {JANUARY: 5},
        missed=5,
        sheets={"crews": [{"site": "site", "from": START, "systems_per_month": 0}]},
    ),
    "no supply": Degenerate(
        {FEBRUARY: 5},
        missed=5,
        end=FEBRUARY,
        sheets={
            "supply": [{"supplier": "maker", "item": "unit", "lead_days": 1, "price": 1}],
            "supply_capacity": [{"supplier": "maker", "from": START, "units_per_month": 0}],
        },
    ),
    "no money": Degenerate(
        {JANUARY: 5}, missed=5, sheets={"budget": [{"date": JANUARY, "cumulative": 0}]}
    ),
    "one commitment of nothing": Degenerate(
        {},
        cost=50,
        sheets={
            "commitments": TWO,
            "milestones": [
                {"commitment": "a", "date": JANUARY, "mw": 0},
                {"commitment": "b", "date": JANUARY, "mw": 5},
            ],
        },
    ),
    "milestones on different days of one period": Degenerate(
        {},
        cost=50,
        missed=3 * (0.5 + 0.5 + 1 + 1),  # two halves of April, which the milestone cuts, May, June
        end="2026-06-30",
        sheets={
            "halls": hall(it_mw=5),
            "commitments": TWO,
            "milestones": [
                {"commitment": "a", "date": MARCH, "mw": 1},
                {"commitment": "b", "date": "2026-04-15", "mw": 7},
            ],
        },
    ),
    "quarters": Degenerate(
        {MARCH: 2, "2026-06-30": 5},
        cost=50,
        end="2026-06-30",
        options={"period": "quarter"},
    ),
    "quarters, all missed": Degenerate(
        {MARCH: 2},
        missed=2 * 3,
        end=MARCH,
        options={"period": "quarter"},
        sheets={"halls": hall(build_days=90)},  # decided on 1 January, open from 1 April
    ),
    "a plan of two days": Degenerate({"2026-01-02": 5}, cost=50, end="2026-01-02"),
    "the fleet alone": Degenerate(
        {JANUARY: 5},
        sheets={
            "halls": hall(open_count=1),
            "fleet": [{"hall": "hall", "system": "unit", "count": 5}],
        },
    ),
    "names that look like formulas": Degenerate(
        {},
        cost=50,
        options={"plan": "=1+1", "currency": "=A1"},
        sheets={
            "systems": [{"system": "@sum", "power_kw": 1000, "price": 10}],
            "sites": [{"site": "+site", "pue": 1}],
            "halls": [{"hall": "-hall", "site": "+site", "it_mw": 100}],
            "commitments": [{"commitment": "=C", "basis": "it", "customer": "=X"}],
            "milestones": [{"commitment": "=C", "date": JANUARY, "mw": 5}],
        },
    ),
    "names of any length and script": Degenerate(
        {},
        cost=50,
        options={"plan": "京都 " * 40},
        sheets={
            "systems": [{"system": "ü" * 200, "power_kw": 1000, "price": 10}],
            "sites": [{"site": "{site} %s [red]" * 9, "pue": 1}],
            "halls": [
                {
                    "hall": "\N{SMILING FACE WITH SUNGLASSES}" * 60,
                    "site": "{site} %s [red]" * 9,
                    "it_mw": 100,
                }
            ],
            "commitments": [{"commitment": "\u202emirror", "basis": "it"}],
            "milestones": [{"commitment": "\u202emirror", "date": JANUARY, "mw": 5}],
        },
    ),
    "hundreds of commitments": Degenerate(
        {},
        cost=2000,
        missed=1,
        sheets={
            "halls": hall(it_mw=200),
            "commitments": [{"commitment": f"c{n}", "basis": "it"} for n in range(201)],
            "milestones": [{"commitment": f"c{n}", "date": JANUARY, "mw": 1} for n in range(201)],
        },
    ),
}


def inputs_of(case: Degenerate):
    rows: Sheets = {
        "settings": settings(**{"start": START, "end": case.end, **case.options}),
        "systems": [unit_system(price=10)],
        "sites": [{"site": "site", "pue": 1}],
        "halls": hall(),
        "commitments": [{"commitment": "demand", "basis": "it"}],
        "milestones": [
            {"commitment": "demand", "date": day, "mw": mw} for day, mw in case.due.items()
        ],
        **case.sheets,
    }
    return inputs_from_rows("degenerate", rows)


@pytest.fixture(scope="module", params=PLANS)
def plan(request: pytest.FixtureRequest) -> Plan:
    return make_plan(inputs_of(PLANS[request.param]), Options())


@pytest.fixture(scope="module")
def told(plan: Plan) -> Plan:
    """The plan with its explanation, and what can be promised on top of it."""
    asked = Inquiry(Terms("it"), (1.0, 1000.0), (), 0.25)
    seconds = 8.0 if len(plan.inputs.tables["commitments"]) > 100 else math.inf
    findings = {EXPLANATION: explain_plan(plan, seconds), QUOTE: quote_plan(plan, asked)}
    return replace(plan, findings=findings)


def console(encoding: str = "utf-8") -> Console:
    file = io.TextIOWrapper(io.BytesIO(), encoding, "backslashreplace", newline="\n")
    return Console(file=file, width=80)


def printed(shown: Console) -> str:
    shown.file.flush()
    return shown.file.buffer.getvalue().decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", PLANS)
def test_it_comes_to_what_was_worked_out(name: str) -> None:
    case = PLANS[name]
    found = make_plan(inputs_of(case), Options())
    assert found.summary["status"] == PROVEN
    assert found.summary["missed_mw_months"] == near(case.missed)
    assert present_cost(found) == near(case.cost)
    notes = found.summary["notes"]
    assert isinstance(notes, list)
    assert not [note for note in notes if "could not be computed" in note]


def test_it_is_saved_read_and_verified(told: Plan, tmp_path: Path) -> None:
    save_plan(told, tmp_path / "plan", report_writers(told, ("xlsx", "html")))
    back = load_plan(tmp_path / "plan")
    assert replace(back, findings={}) == replace(told, findings={})
    assert {kind: found.facts for kind, found in back.findings.items()} == {
        kind: found.facts for kind, found in told.findings.items()
    }
    assert verify(told.inputs, back.tables).ok


@pytest.mark.parametrize("findings", [False, True])
def test_its_workbook_opens_and_its_formulas_hold(
    findings: bool, plan: Plan, told: Plan, tmp_path: Path
) -> None:
    path = tmp_path / "plan.xlsx"
    write_plan_workbook(told if findings else plan, path)
    values, formulas = openpyxl.load_workbook(path, data_only=True), openpyxl.load_workbook(path)
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            stored = values[sheet.title][cell.coordinate].value
            assert stored == near(evaluate(values, sheet.title, cell.value)), cell.value
    summary = [str(cell.value) for row in values["Summary"].iter_rows() for cell in row]
    missed = plan.summary["missed_mw_months"]
    assert isinstance(missed, float)
    loud = f"MEGAWATTS ARE MISSED: {missed:,.1f} MW-months"
    assert (loud in summary) == (missed > 0)


@pytest.mark.parametrize("findings", [False, True])
def test_its_page_and_figures_are_drawn(
    findings: bool, plan: Plan, told: Plan, tmp_path: Path
) -> None:
    shown = told if findings else plan
    report_writers(shown, ("html",))["report.html"](tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert text.rstrip().endswith("</html>")
    assert "NaN" not in re.sub("(?s)<script.*?</script>", "", text)
    missed = float(str(plan.summary["missed_mw_months"]))
    assert (f"{missed:,.1f} MW-months" in text) or not missed
    for name, write in figure_writers(shown, "svg").items():
        path = tmp_path / Path(name).name
        write(path)
        drawn = path.read_text(encoding="utf-8")
        assert "nan" not in drawn.replace(plan.name, "").lower().split('"')
        assert drawn.startswith("<svg")


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_it_is_printed(encoding: str, plan: Plan, told: Plan) -> None:
    shown = console(encoding)
    print_plan(plan, shown)
    print_ramp(plan, shown)
    print_explanation(told, shown)
    print_quote(told, shown)
    text = printed(shown)
    missed = float(str(plan.summary["missed_mw_months"]))
    assert ("MEGAWATTS ARE MISSED" in text) == (missed > 0)
    assert "nan" not in text.split()


def test_it_is_compared(plan: Plan, tmp_path: Path) -> None:
    other = make_plan(inputs_of(PLANS["one period"]), Options())
    pairs = [[plan, plan], [plan, other], [other, plan]]
    same_money = plan.summary["currency"] == other.summary["currency"]
    for plans in pairs if same_money else pairs[:1]:
        comparison = compare(plans)
        files = write_comparison(comparison, tmp_path)
        openpyxl.load_workbook(files["xlsx"])
        assert "nan" not in Path(files["html"]).read_text(encoding="utf-8").split('"')
        assert as_document(comparison)
        print_comparison(comparison, console())


SWEPT = (
    "nothing possible",
    "nothing possible, nothing due",
    "nothing due",
    "nothing spent",
    "all missed at a cost",
    "no hall at its site",
    "one commitment of nothing",
    "quarters, all missed",
    "a plan of two days",
    "names that look like formulas",
)


@pytest.mark.parametrize("name", SWEPT)
def test_it_is_swept(name: str, tmp_path: Path) -> None:
    case = PLANS[name]
    spec = Spec("grid", 0, 1, ("halls[*].it_mw*=1,2",), (), "integer", 0.0, (), "")
    sweep = run_sweep(inputs_of(case), spec, tmp_path, Engine("serial"))
    found = [record["result"]["missed_mw_months"] for record in sweep.records]
    assert found == pytest.approx([case.missed] * 2, abs=1e-3)  # rounded for the table
    assert {"xlsx", "html", "cases"} <= set(write_sweep(sweep, tmp_path))
    print_sweep(sweep, console(), {})
