"""The solver as the planner uses it: a live model, limits, contradictions, the same plan again."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pulp
import pytest
from blocks import hall, rows_of, sold
from csv_folders import folder_of
from instances import Sheets
from micro import FEBRUARY, START, near
from oracle import STAGED, model_of
from places import ROOT
from random_cases import hard_case, random_case

from planner.checker.verify import verify
from planner.errors import NoPlanExists
from planner.model.objectives import make_tiers, present_cost
from planner.pipeline import Options, find_plan
from planner.plan.store import Plan, load_plan
from planner.plan.summary import PROVEN
from planner.solve import staged
from planner.solve.decompose.openings import OpeningSearch
from planner.solve.highs_model import NO_COLUMNS, LiveModel
from planner.solve.outcome import Outcome
from planner.solve.time_limit import TimeBudget
from planner.solve.tuning import DEFAULT_TUNING, Tuning
from planner.workbook.reading import inputs_from_rows, read_inputs

FIRST_PLAN = ROOT / "inputs" / "first-plan.xlsx"


def planner(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, its two streams apart."""
    return subprocess.run(
        [sys.executable, "-m", "planner.cli.main", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Small:
    """Minimise 3 x + 2 y + 10: x + y >= 7 / 2, x - y == 0.5, x <= 5; y whole.

    So x = 2.5 and y = 2 cost 21.5; without whole numbers x = 2 and y = 1.5 cost 19.
    """

    def __init__(self) -> None:
        self.problem = pulp.LpProblem("small", pulp.LpMinimize)
        self.x = pulp.LpVariable("x", 0, 5)
        self.y = pulp.LpVariable("y", 0, None, pulp.LpInteger)
        self.problem += self.x + self.y >= 3.5
        self.problem += self.x - self.y == 0.5
        self.cost = 3 * self.x + 2 * self.y + 10
        self.live = LiveModel(self.problem, [self.x, self.y])
        self.live.minimise(self.cost)

    def optimum(self) -> tuple[str, float, list[float]]:
        outcome = self.live.solve(gap=0.0, seconds=10.0)
        values = [] if outcome.values is None else list(outcome.values)
        return outcome.status, outcome.objective, values


X, Y = (np.array([at], dtype=np.int32) for at in (0, 1))


def test_a_problem_handed_over_has_its_optimum() -> None:
    small = Small()
    assert small.optimum() == ("optimal", near(21.5), near([2.5, 2]))
    assert (small.live.rows, small.live.columns, small.live.nonzeros) == (2, 2, 4)
    assert small.live.evaluate(small.cost, np.array([2.5, 2.0])) == 21.5


def test_whole_numbers_can_be_lifted_and_put_back() -> None:
    small = Small()
    small.live.set_integer_columns(X[:0])
    assert small.optimum() == ("optimal", near(19), near([2, 1.5]))
    small.live.set_integer_columns(Y)
    assert small.optimum() == ("optimal", near(21.5), near([2.5, 2]))


def test_a_held_value_holds_until_it_is_released() -> None:
    """Maximise x, i.e. minimise -x: 4.5 + 4 is the most; with the cost held at 21.5 it is 2.5."""
    small = Small()
    small.live.hold(small.cost, 21.5)
    small.live.minimise(-1 * small.x)
    assert small.optimum() == ("optimal", near(-2.5), near([2.5, 2]))
    small.live.release()
    assert small.optimum() == ("optimal", near(-4.5), near([4.5, 4]))


def test_what_is_held_at_nothing_is_fixed_there() -> None:
    """Held at 0, y is 0 and x is 0.5, which is less than 3.5 in all: no point is left."""
    small = Small()
    small.live.hold(1 * small.y, 0.0)
    assert small.optimum() == ("infeasible", math.inf, [])
    assert small.live.highs.getNumRow() == 2
    small.live.release()
    assert small.optimum()[1] == near(21.5)


def test_links_hold_until_they_are_dropped() -> None:
    """With x at most y, x - y == 0.5 leaves no point."""
    small = Small()
    small.live.add_links([[(small.x, 1.0), (small.y, -1.0)]])
    small.live.hold(small.cost, 30.0)
    small.live.release()
    assert small.optimum() == ("infeasible", math.inf, [])
    assert (small.live.rows, small.live.nonzeros) == (3, 6)
    small.live.hold(small.cost, 30.0)
    small.live.drop_links()
    assert (small.live.rows, small.live.nonzeros, small.live.highs.getNumRow()) == (2, 4, 2)
    small.live.minimise(small.cost)
    assert small.optimum() == ("optimal", near(21.5), near([2.5, 2]))


def test_fixed_columns_hold_until_they_are_released() -> None:
    """y = 3 makes x 3.5 and the cost 26.5."""
    small = Small()
    small.live.fix(Y, np.array([3.0]))
    assert small.optimum() == ("optimal", near(26.5), near([3.5, 3]))
    small.live.release()
    assert small.optimum()[1] == near(21.5)


def test_rounding_and_narrowing_stay_within_the_bounds() -> None:
    """x = 7 is beyond its bound of 5; y within 1 of 3.4 is 2 to 5."""
    small = Small()
    small.live.fix_at_rounded(np.concatenate([X, Y]), np.array([7.0, 3.4]))
    lower, upper = small.live.all_bounds()
    assert (list(lower), list(upper)) == ([5, 3], [5, 3])
    small.live.release()
    small.live.restrict_to_band(np.concatenate([X, Y]), np.array([4.5, 3.4]), 1.0)
    lower, upper = small.live.all_bounds()
    assert (list(lower), list(upper)) == ([3, 2], [5, 5])


def test_what_tiers_hold_at_nothing_stays_there() -> None:
    """Held at 0, y stays 0 however it is rounded, narrowed or put back, until it is released."""
    problem = pulp.LpProblem("held", pulp.LpMinimize)
    x, y = (pulp.LpVariable(name, 0, 9, pulp.LpInteger) for name in "xy")
    problem += x + y >= 3
    live = LiveModel(problem, [x, y])
    live.minimise(1 * y)
    live.hold(1 * y, live.solve(gap=0.0, seconds=10.0).objective)
    live.minimise(2 * x + y)  # without what is held y = 3 would be cheapest
    both, elsewhere = np.concatenate([X, Y]), np.array([0.0, 3.0])
    live.restrict_to_band(both, elsewhere, 4.0)
    assert live.solve(gap=0.0, seconds=10.0).objective == near(6)
    live.fix_at_rounded(Y, elsewhere)
    assert live.solve(gap=0.0, seconds=10.0).objective == near(6)
    live.unfix()
    assert live.solve(gap=0.0, seconds=10.0).objective == near(6)
    live.release()
    assert live.solve(gap=0.0, seconds=10.0).objective == near(3)


def test_no_bound_is_an_unbounded_problem() -> None:
    problem = pulp.LpProblem("open", pulp.LpMinimize)
    x, y = (pulp.LpVariable(name, 0) for name in "xy")
    problem += x - y <= 1
    live = LiveModel(problem, [x, y])
    live.minimise(-1 * x)
    assert live.solve(gap=0.0, seconds=10.0).status in ("unbounded", "infeasible")


def test_a_stopped_model_goes_on_when_it_is_asked_again() -> None:
    """That it was stopped is not remembered, neither with whole numbers nor without."""
    model = model_of(hard_case())
    live = LiveModel(model.frame.problem, model.frame.columns)
    live.minimise(present_cost(model).expression)
    live.stop.set()
    assert live.solve(gap=0.0, seconds=5.0).status == "interrupted"
    live.stop.clear()
    assert live.solve(gap=0.5, seconds=20.0).status == "optimal"
    live.set_integer_columns(X[:0])
    assert live.solve(gap=0.0, seconds=20.0).status == "optimal"


def plan_of(sheets: Sheets, tuning: Tuning = DEFAULT_TUNING, **options: float) -> Plan:
    chosen = Options(**options)  # type: ignore[arg-type]
    return find_plan(inputs_from_rows("solve", sheets), chosen, tuning=tuning)


def test_a_time_limit_keeps_the_best_plan_and_says_so() -> None:
    """The cost is not proven: value above bound, the gap is what lies between, and it holds."""
    plan = plan_of(hard_case(), time_limit_s=1.5)
    assert plan.summary["status"] == "time limit"
    assert plan.summary["verified"] is True
    missed, cost = plan.tables["tiers"]
    assert (missed["value"], missed["bound"]) == (0.0, 0.0)
    assert (cost["tier"], cost["status"]) == ("present_cost", "time limit")
    value, bound = float(cost["value"]), float(cost["bound"])
    assert 0 < bound < value
    assert cost["gap"] == plan.summary["gap"] == near((value - bound) / value)
    assert cost["gap"] > 0.001
    assert value == near(sum(float(row["present_cost"]) for row in plan.tables["costs"]))
    assert plan.summary["seconds"]["solve"] < 15  # type: ignore[index]


def test_every_tier_ends_on_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a plan, too, because there is always one to fall back on."""
    seen, solve = [], staged.StagedSolver.solve

    def seeing(self: staged.StagedSolver, **how: object) -> Outcome:
        seen.append((how["start"] is not None, self.live.ends_on_time))
        return solve(self, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(staged.StagedSolver, "solve", seeing)
    plan_of(hard_case(), gap=0.5)
    assert seen[0] == (False, True)
    assert seen[-1] == (True, True)
    assert all(ends for _, ends in seen)


@pytest.mark.parametrize(("spent", "steps"), [(40.0, True), (60.0, False)])
def test_openings_are_rounded_in_steps_until_half_of_the_time_is_up(
    spent: float, steps: bool
) -> None:
    """However little of it is left to the rounding itself."""
    model = model_of(hard_case())
    live = LiveModel(model.frame, model.frame.columns)
    missed, cost, _ = make_tiers(model)
    live.hold(missed.expression, 0.0)
    live.minimise(cost.expression)
    live.set_integer_columns(NO_COLUMNS)
    clock = TimeBudget(100.0)
    clock.started -= spent
    relaxed, solves, solve = live.solve(gap=0.0, seconds=20.0), [], live.solve

    def counted(**how: float) -> Outcome:
        solves.append(how["seconds"])
        return solve(**how)

    live.solve = counted  # type: ignore[method-assign, assignment]
    assert OpeningSearch(model, live, clock).round_up(relaxed).values is not None
    assert (len(solves) > 3) == steps
    assert all(100.0 - spent - 10.0 < seconds <= 100.0 - spent for seconds in solves)


def test_without_time_for_any_plan_there_is_the_one_that_decides_nothing(tmp_path: Path) -> None:
    """All that is due later than the existing fleet serves is missed: 250 MW a year for 3 years."""
    folder = tmp_path / "plan"
    run = planner(
        "plan", "inputs/openai-750mw.xlsx", "--time-limit", "0.001", "-o", str(folder), "--json"
    )
    assert run.returncode == 4
    told = json.loads(run.stdout)
    assert (told["status"], told["verified"]) == ("time limit", True)
    assert told["systems"] == {}
    missed = {row["date"]: row["missed_mw"] for row in told["milestones"] if row["missed_mw"]}
    assert missed == near({"2026-12-31": 250, "2027-12-31": 500, "2028-12-31": 750})
    assert "Give more time (--time-limit)" in told["notes"][0] + told["notes"][-1]
    assert (folder / "plan.json").exists()


def test_a_large_case_without_time_has_the_plan_that_decides_nothing() -> None:
    """2 MW due at the end of January, and none is installed: the bound stays that of all plans."""
    sheets = rows_of({"2026-01-31": 2})
    tuning = Tuning(by_site_min_installs=1)
    plan = plan_of(sheets, tuning, time_limit_s=1e-6)
    assert plan.summary["status"] == "time limit"
    (missed,) = plan.tables["tiers"]
    assert (missed["value"], missed["bound"]) == (near(plan.summary["missed_mw_months"]), 0.0)
    assert plan.tables["ramp"][0]["missed_mw"] == near(2)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plan_is_found_even_if_the_time_for_the_least_one_is_used_up(seed: int) -> None:
    """As on a machine with much else to do: any plan will do, and the checker accepts it."""
    tuning = Tuning(fallback_seconds=0.0)
    inputs = inputs_from_rows("late", random_case(seed))
    plan = find_plan(inputs, Options(time_limit_s=1e-6), tuning=tuning)
    assert plan.summary["status"] == "time limit"
    assert verify(inputs, plan.tables).ok


def test_a_limit_ends_with_its_own_code_and_one_json_document(tmp_path: Path) -> None:
    """Nothing of the solver's is on stdout, however long it works."""
    workbook = folder_of(hard_case(), tmp_path)
    run = planner(
        "plan", str(workbook), "--json", "--time-limit", "1.5", "-o", str(tmp_path / "made")
    )
    assert run.returncode == 4
    document = json.loads(run.stdout)
    assert document["status"] == "time limit"
    assert document["tiers"][-1]["value"] > document["tiers"][-1]["bound"]
    assert verify(read_inputs(workbook), load_plan(tmp_path / "made").tables).ok


def test_a_proven_plan_prints_one_json_document(tmp_path: Path) -> None:
    run = planner("plan", str(FIRST_PLAN), "--json", "-o", str(tmp_path / "made"))
    assert run.returncode == 0
    document = json.loads(run.stdout)
    assert (document["plan"], document["verified"]) == ("first-plan", True)
    assert "HiGHS" not in run.stderr


ORDERED = {
    "supply": [sold(price=9)],
    "orders": [
        {
            "order": "PO",
            "supplier": "maker",
            "item": "unit",
            "quantity": 11,
            "placed": "2026-01-15",
            "arrives": FEBRUARY,
        }
    ],
}
"""An order of 11 units already placed, for 99."""

SPENT = {**ORDERED, "budget": [{"date": FEBRUARY, "cumulative": 98}]}

CONTRADICTIONS = {
    "a budget below what is already spent": SPENT,
    "a feeder that comes to carry less than a dedicated fleet": {
        "halls": [hall(open_count=1, fed_by="feeder")],
        "fleet": [{"hall": "hall", "system": "unit", "count": 4, "commitment": "demand"}],
        "power": [{"node": "feeder"}],
        "energisation": [
            {"node": "feeder", "from": START, "mw": 4},
            {"node": "feeder", "from": "2026-02-01", "mw": 3},
        ],
    },
}
"""Firm data of which no plan can make anything."""


@pytest.mark.parametrize("tuning", [DEFAULT_TUNING, STAGED], ids=["at once", "staged"])
@pytest.mark.parametrize("changes", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_contradictory_firm_data(changes: Sheets, tuning: Tuning) -> None:
    with pytest.raises(NoPlanExists) as caught:
        plan_of(rows_of(**changes), tuning)
    assert "orders already placed, the fleet or the budget contradict" in str(caught.value)


def test_an_order_over_its_suppliers_capacity_is_a_debt() -> None:
    """The maker starts 10 a month: 11 ordered in January take 1 and more of February's."""
    capacity = [{"supplier": "maker", "from": START, "units_per_month": 10}]
    plan = plan_of(rows_of(**ORDERED, supply_capacity=capacity))
    assert plan.summary["status"] == PROVEN


def test_a_contradiction_ends_with_its_own_code(tmp_path: Path) -> None:
    run = planner(
        "plan", str(folder_of(rows_of(**SPENT), tmp_path)), "--json", "-o", str(tmp_path / "made")
    )
    assert run.returncode == NoPlanExists.exit_code == 3
    told = json.loads(run.stdout)
    assert told["exit_code"] == 3
    assert "orders!D2: order PO: 11 unit of maker, placed 2026-01-15" in told["error"]
    assert "budget!B2: budget: 98 up to 2026-02-28" in told["error"]
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "made").exists()


def tables_of(plan: Plan) -> dict[str, object]:
    """Return all result tables, without the seconds that a tier took."""
    tiers = [{**row, "seconds": None} for row in plan.tables["tiers"]]
    return {**plan.tables, "tiers": tiers}


@pytest.mark.parametrize("tuning", [DEFAULT_TUNING, STAGED], ids=["at once", "staged"])
@pytest.mark.parametrize("seed", [7, 20])
def test_the_same_input_gives_the_same_plan(seed: int, tuning: Tuning) -> None:
    once, again = (tables_of(plan_of(random_case(seed), tuning)) for _ in range(2))
    assert once == again


def test_the_order_of_rows_does_not_change_the_plan() -> None:
    """Nor do rows sorted otherwise, for all names are sorted before they are planned."""
    sheets = random_case(20)
    turned = {name: rows[::-1] for name, rows in sheets.items()}
    assert tables_of(plan_of(sheets)) == tables_of(plan_of(turned))


@pytest.mark.parametrize("seed", [4, 22, 25, 26, 33, 72, 78])
def test_a_plan_holds_where_several_are_equal(seed: int) -> None:
    """Money that costs the same in two periods is still dated as its decision is."""
    assert plan_of(random_case(seed)).summary["verified"] is True


@pytest.mark.parametrize(
    ("seed", "counts", "tuning"),
    [
        (18, "integer", STAGED),
        (24, "integer", STAGED),
        (45, "integer", STAGED),
        (21, "continuous", DEFAULT_TUNING),
        (37, "continuous", DEFAULT_TUNING),
    ],
)
def test_a_plan_holds_where_it_is_not_the_best(seed: int, counts: str, tuning: Tuning) -> None:
    """A wide gap leaves waste in a plan, e.g. an order of nothing; its books still agree."""
    sheets = random_case(seed)
    sheets["settings"].append({"setting": "counts", "value": counts})
    plan = plan_of(sheets, tuning, gap=0.2)
    assert plan.summary["verified"] is True
    assert plan.summary["status"] == "proven within the gap"
    assert plan.summary["gap"] <= 0.2 + 1e-9  # type: ignore[operator]
