"""Every command on a workbook of workloads without commitments."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from instances import Sheets
from token_plans import rate, sheets_of, site, system, workload

from planner.cli.main import planner
from planner.workbook.writing.template import write_workbook

MILLION = 1e6
DAY = [{"block": "day", "hours": 12, "load": 1.5}, {"block": "night", "hours": 12, "load": 0.5}]


def chat(mw: float) -> Sheets:
    """Return a workbook of a chat that takes 15 G of 100 kW, with a hall of some megawatts."""
    return sheets_of(
        [system("G", 3 * MILLION)],
        [workload("chat", 21600, 2160)],
        [rate("G", 50_000, 5_000)],
        [site("A", "US", mw)],
        day=DAY,
        scenarios=[{"scenario": "more", "change": "more"}],
        changes=[
            {
                "change": "more",
                "sheet": "token_demand",
                "key": "*",
                "column": "output_mtok_day",
                "operation": "scale",
                "value": 1.2,
            }
        ],
    )


@pytest.fixture(scope="module", params=[1000.0, 1.0], ids=["served", "missed"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workloads")
    write_workbook(folder / "book.xlsx", chat(request.param))
    done = run("plan", folder / "book.xlsx", "-o", folder / "plan")
    assert (done.exception, done.return_value or 0) == (None, 0), done.output
    return folder


def run(*arguments: object) -> Result:
    return CliRunner().invoke(planner, list(map(str, arguments)), standalone_mode=False)


COMMANDS = {
    "check": ("check", "{book}"),
    "verify": ("verify", "{plan}", "{book}"),
    "report": ("report", "{plan}"),
    "plan near": (
        "plan",
        "{book}",
        "--near",
        "{plan}",
        "--set",
        "systems[*].price*=2",
        *("-o",),
        "{new}",
    ),
    "plan and explain": ("plan", "{book}", "--explain", "-o", "{new}"),
    "explain": ("explain", "{plan}"),
    "explain a workbook": ("explain", "{book}"),
    "why": ("explain", "{plan}", "--why", "install at A 2026-04"),
    "quote megawatts": ("quote", "{plan}", "--mw", "1"),
    "quote by a day": ("quote", "{plan}", "--by", "2026-04-30"),
    "quote by a day within a period": ("quote", "{plan}", "--by", "2026-04-20"),
    "compare": ("compare", "{plan}", "{plan}", "-o", "{new}"),
    "compare scenarios": (
        "compare",
        "{book}",
        "--scenario",
        "base",
        "--scenario",
        "more",
        "-o",
        "{new}",
    ),
    "sweep": ("sweep", "{book}", "--method", "scenarios", "-o", "{new}"),
    "sweep and regret": (
        "sweep",
        "{book}",
        "--method",
        "scenarios",
        "--decide-by",
        "2026-04-15",
        "-o",
        "{new}",
    ),
    "size": ("size", "--mw", "1", "--system", "G", "--workbook", "{book}"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_works_without_commitments(name: str, made: Path, tmp_path: Path) -> None:
    paths = {"book": made / "book.xlsx", "plan": made / "plan", "new": tmp_path / "new"}
    arguments = [part.format(**paths) for part in COMMANDS[name]]
    done = run(*arguments)
    assert (done.exception, done.return_value or 0) == (None, 0), done.output
    assert "defect of the planner" not in done.output
    run("report", made / "plan")


def test_forbidding_an_install_misses_the_tokens_that_it_served(made: Path) -> None:
    """The whole demand is missed then: 23,760 Mtok on each of 30 days."""
    done = run("explain", made / "plan", "--why", "install at A 2026-04", "--json")
    found = json.loads(done.stdout)
    missed = {-45 * MILLION: 0, -30 * MILLION: 5940 * 30}[round(found["present_cost_more"])]
    assert found["missed_mtok_more"] == pytest.approx(23760 * 30 - missed)


def test_fail_on_miss_counts_tokens(made: Path, tmp_path: Path) -> None:
    done = run("plan", made / "book.xlsx", "-o", tmp_path / "plan", "--fail-on-miss", "--json")
    tiers = {tier["name"]: tier["value"] for tier in json.loads(done.stdout)["tiers"]}
    assert done.return_value == (6 if tiers["missed_mtok_priority_1"] else 0)


def test_megawatts_are_quoted_beside_the_tokens_that_are_served(made: Path) -> None:
    """The systems that serve the tokens, 15 of 100 kW or all that fit, are not promised again."""
    done = run("quote", made / "plan", "--by", "2026-04-30", "--json")
    (row,) = [row for row in json.loads(done.stdout)["quote"] if not row["overtime_of"]]
    is_large = row["firm_mw"] > 0
    assert row["firm_mw"] == pytest.approx(998.5 if is_large else 0.0)
    assert row["at_most_mw"] == pytest.approx(row["firm_mw"])
    run("report", made / "plan")
