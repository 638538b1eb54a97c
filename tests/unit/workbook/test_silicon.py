"""Every system of the market plans from its row, and each figure says where it is from."""

from __future__ import annotations

import csv
import math
from datetime import date

import pytest
from places import INPUTS
from token_plans import plan_of_sheets

from planner.checker.verify import verify
from planner.plan.store import Plan
from planner.plan.summary import PROVEN
from planner.workbook.catalogue import catalogue
from planner.workbook.reading import inputs_from_rows, read_inputs

Rows = list[dict[str, object]]

TABLES = {
    name: [{column: row[column] for column in row.cells} for row in rows]
    for name, rows in read_inputs(INPUTS / "silicon.xlsx").tables.items()
}
SYSTEMS = {str(row["system"]): row for row in TABLES["systems"]}
RATES = TABLES["throughput"]
INVENTED = "WHAT MUST BE TRUE, not published"
DAY = date(2027, 1, 1)


def data(name: str) -> list[dict[str, str]]:
    with (INPUTS / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def one_hall(systems: Rows, **others: object) -> dict[str, Rows]:
    """Return the sheets of a workbook of some systems and one hall."""
    settings = {"start": "2026-07-01", "end": "2027-03-31", "period": "quarter", "gap": 0}
    return {
        "settings": [{"setting": name, "value": value} for name, value in settings.items()],
        "systems": [{**row, "available_from": None} for row in systems],
        "sites": [{"site": "site", "pue": 1.2}],
        "halls": [{"hall": "hall", "site": "site", "it_mw": 100}],
        **others,  # type: ignore[dict-item]
    }


def checked_plan(sheets: dict[str, Rows]) -> Plan:
    """Return the plan of some sheets, which the checker accepts and nothing is missed in."""
    plan = plan_of_sheets(sheets)
    assert verify(inputs_from_rows("tokens", sheets), plan.tables).ok
    assert plan.summary["status"] == PROVEN
    return plan


def test_the_catalogue_and_the_workbook_have_the_same_systems() -> None:
    names = [known.system for known in catalogue()]
    assert sorted(row["system"] for row in data("silicon.csv")) == sorted(names)
    assert list(SYSTEMS) == names
    for wanted in ("CS-3", "CS-4", "LPU", "LPX", "H100", "H200", "B200", "B300", "GB200", "GB300"):
        assert any(wanted in name for name in names), wanted
    for wanted in ("Vera Rubin", "Trn2", "Trn3", "v5p", "Trillium", "Ironwood", "Gaudi 3", "Bodhi"):
        assert any(wanted in name for name in names), wanted


def test_power_that_is_not_in_print_is_an_assumption_and_says_so() -> None:
    rows = {row["system"]: row for row in data("silicon.csv")}
    for known in catalogue():
        row = rows[known.system]
        if known.power_kw is None:
            assert row["power_source"].startswith("assumption: WHAT MUST BE TRUE"), known.system
            assert INVENTED in str(SYSTEMS[known.system]["source"])
        else:
            assert row["power_kw"] == "", known.system
            assert SYSTEMS[known.system]["power_kw"] == known.power_kw.base
        for column in ("power_kw", "price"):
            if row[f"{column}_low"]:
                low, high = float(row[f"{column}_low"]), float(row[f"{column}_high"])
                assert low <= float(row[column]) <= high, known.system


def test_no_bound_and_no_single_stream_stands_as_a_measurement() -> None:
    rows = data("silicon_rates.csv")
    assert {row["kind"] for row in rows} == {"modelled", "derived", "assumption"}
    for row in rows:
        assert 0 < float(row["low"]) <= 1 <= float(row["high"])
        is_invented = row["kind"] == "assumption"
        assert row["source"].startswith("assumption") == is_invented, row
        if row["system"] in ("CS-3", "CS-4 rack", "Trn2 UltraServer", "Trn3 UltraServer"):
            assert INVENTED in row["source"]
        # In print is 1,706 to 3,000 tokens a second of one stream, and 12,300 as a bound.
        if row["system"] == "CS-3":
            assert float(row["decode_tok_s"]) * float(row["high"]) <= 12_300


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_system_plans_as_megawatts(name: str) -> None:
    """Two and a half systems' megawatts are due: three are installed."""
    row = SYSTEMS[name]
    it_mw = (float(str(row["power_kw"])) + float(str(row["overhead_kw"]))) / 1000
    plan = checked_plan(
        one_hall(
            [row],
            commitments=[{"commitment": "due", "basis": "it"}],
            milestones=[{"commitment": "due", "date": "2026-12-31", "mw": 2.5 * it_mw}],
        )
    )
    assert plan.summary["systems"] == {name: 3}
    assert float(str(plan.summary["missed_mw_months"])) == 0


@pytest.mark.parametrize(
    "rate", RATES, ids=lambda rate: f"{rate['model']} {rate['system']} {rate['speed']}"
)
def test_every_rate_plans_as_tokens(rate: dict[str, object]) -> None:
    """One and a half replicas' tokens are asked for, eight in to one out: two are loaded."""
    system = str(rate["system"])
    parts = [row for row in TABLES["composites"] if row["composite"] == system]
    counts = {str(row["system"]): int(str(row["count"])) for row in parts} or {system: 1}
    each = int(str(rate["systems_per_replica"]))
    prefill, decode = rate["prefill_tok_s"], rate["decode_tok_s"]
    seconds = 8 / float(str(prefill)) + (1 / float(str(decode)) if decode is not None else 0)
    out = 1.5 * 0.0864 / seconds
    asked = {
        "workload": "all",
        "from": DAY,
        "input_mtok_day": 8 * out,
        "output_mtok_day": out if decode is not None else 0,
    }
    sheets = one_hall(
        [SYSTEMS[name] for name in counts],
        workloads=[{"workload": "all", "model": rate["model"], "min_speed": rate["speed"]}],
        token_demand=[asked],
        throughput=[rate],
        composites=parts,
    )
    plan = checked_plan(sheets)
    assert plan.summary["systems"] == {name: 2 * each * n for name, n in counts.items()}
    assert math.isclose(sum(float(row["missed_mtok"]) for row in plan.tables["tokens"]), 0.0)
