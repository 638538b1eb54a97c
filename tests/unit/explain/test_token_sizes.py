"""Systems for so many tokens a day, worked out by hand.

5,000 tokens a second are 18 Mtok an hour, 10,000 are 36, 20,000 are 72, 100,000 are 360.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from instances import Sheets
from token_plans import cost, plan_of_sheets, rate, sheets_of, site, system, workload

from planner.cli.size import command
from planner.errors import PlannerError
from planner.explain.token_quote import TokenTerms
from planner.explain.token_sizes import TokenSize, token_sizes
from planner.workbook.reading import inputs_from_rows
from planner.workbook.writing.template import write_workbook

MILLION = 1e6
AGENT = TokenTerms("m", 8640 / 77760, min_speed=1000.0)


def pair(*, apart: bool = False) -> Sheets:
    """Return T, which prefills, and C, which does both; apart: each at a site of its own."""
    places = [site("A"), site("B")]
    if apart:
        for (_, hall), name in zip(places, ("T", "C"), strict=True):
            hall["systems"] = name
    return sheets_of(
        [system("T", 0.5 * MILLION, 40), system("C", 1.5 * MILLION, 34)],
        [workload("agent", 69120, 8640, min_speed=1000)],
        [rate("T", 100_000, speed=50), rate("C", 20_000, 10_000, speed=1000)],
        places,
        links=[{"from": "A", "to": "B", "gb_s": 28.8}],
        disaggregation=[{"model": "m", "prefill": "T", "decode": "C", "kv_kb_per_token": 36}],
    )


def sized(sheets: Sheets, terms: TokenTerms, mtok_day: float) -> list[TokenSize]:
    return token_sizes(inputs_from_rows("tokens", sheets), terms, mtok_day)


@pytest.mark.parametrize("apart", [False, True])
def test_a_pair_and_one_system_alone_serve_the_same_tokens(apart: bool) -> None:
    """2,880 / 360 = 8 T and 360 / 36 = 10 C; alone 2,880 / 72 + 10 = 50 C.

    Sent from site to site, 2,880 Mtok an hour of 36 kB each are 28.8 GB/s.
    """
    both, alone = sized(pair(apart=apart), AGENT, 77760)
    assert both.systems == {"T": 8, "C": 10}
    assert (both.prefill_replicas, both.decode_replicas) == (8, 10)
    assert both.price == pytest.approx(19 * MILLION)
    assert both.it_mw == pytest.approx((8 * 40 + 10 * 34) / 1000)
    assert both.binds == "prefill 100% used, decode 100% used"
    assert both.kv_gb_s == pytest.approx(28.8)
    assert (alone.systems, alone.is_aggregated) == ({"C": 50}, True)
    assert alone.price == pytest.approx(75 * MILLION)
    assert alone.binds == "prefill, 80% of the hours"
    assert alone.kv_gb_s == 0


def test_the_cheapest_way_costs_what_the_plan_of_the_workload_does() -> None:
    assert sized(pair(), AGENT, 77760)[0].price == pytest.approx(cost(plan_of_sheets(pair())))


def test_one_token_more_takes_one_replica_more() -> None:
    both, alone = sized(pair(), AGENT, 77760 * 1.0001)
    assert both.systems == {"T": 9, "C": 11}
    assert alone.systems == {"C": 51}


def test_a_composite_takes_its_parts_and_a_replica_its_systems() -> None:
    """90 Mtok an hour out at 90 an hour and 360 in at 360 are two composites, of 1 V and 2 L.

    Three W a replica at half the rates: four replicas, twelve W.
    """
    sheets = sheets_of(
        [system("V", 4 * MILLION), system("L", 3 * MILLION), system("W", 1 * MILLION)],
        [workload("agent", 360 * 24, 90 * 24)],
        [
            rate("V+L", 100_000, 25_000, speed=400),
            rate("W", 50_000, 12_500, systems_per_replica=3),
        ],
        composites=[
            {"composite": "V+L", "system": "V", "count": 1},
            {"composite": "V+L", "system": "L", "count": 2},
        ],
    )
    terms = TokenTerms("m", 0.2)
    found = {size.decode_system: size for size in sized(sheets, terms, 450 * 24)}
    assert found["V+L"].systems == {"V": 2, "L": 4}
    assert found["V+L"].price == pytest.approx(20 * MILLION)
    assert (found["W"].decode_replicas, found["W"].systems) == (4, {"W": 12})


def test_the_busiest_block_and_the_most_use_count() -> None:
    """A load of 1.5 by day: 900 x 1.5 / 180 + 90 x 1.5 / 18 = 15; of which 0.9 may be used: 17."""
    sheets = sheets_of(
        [system("G", 3 * MILLION)],
        [workload("chat", 21600, 2160)],
        [rate("G", 50_000, 5_000, max_use=0.9)],
        day=[
            {"block": "day", "hours": 12, "load": 1.5},
            {"block": "night", "hours": 12, "load": 0.5},
        ],
    )
    (found,) = sized(sheets, TokenTerms("m", 1 / 11), 23760)
    assert found.systems == {"G": 17}
    assert found.binds.endswith("of the hours in block day")


def test_a_speed_that_no_system_keeps_is_refused() -> None:
    terms = TokenTerms("m", 0.1, min_speed=2000.0)
    with pytest.raises(PlannerError, match="the fastest has 1000 tok/s per user"):
        sized(pair(), terms, 100)


def run(*arguments: object) -> Any:
    return CliRunner().invoke(command, list(map(str, arguments)))


def test_the_command_prints_every_way(tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    write_workbook(book, pair())
    asked = ("--workbook", book, "--mtok-day", 77760, "--speed", 1000)
    done = run(*asked)
    assert done.exit_code == 0, done.output
    assert "8 T, 10 C" in done.stdout
    assert "8 prefill" in done.stdout
    ways = json.loads(run(*asked, "--json").stdout)["ways"]
    assert [way["systems"] for way in ways] == [{"T": 8, "C": 10}, {"C": 50}]
    only = json.loads(run(*asked, "--system", "C", "--json").stdout)["ways"]
    assert [way["systems"] for way in only] == [{"C": 50}]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Give megawatts (--mw), or tokens a day (--mtok-day)."),
        (("--mtok-day", 1), "Tokens need --workbook"),
        (("--mw", 1, "--model", "m"), "are of tokens"),
    ],
)
def test_what_is_asked_for_must_be_clear(arguments: tuple[object, ...], said: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in " ".join(done.output.split())
