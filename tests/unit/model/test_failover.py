"""Failover groups below nodes that feed them: by hand, and against every way to share a load.

The random forests are few in the suite, more on demand:

    PLANNER_CASES=500 pytest tests/unit/model/test_failover.py
"""

from __future__ import annotations

from itertools import product
from random import Random

import networkx as nx
import pytest
from how_many import CASES, seeds
from instances import Sheets
from micro import FEBRUARY, JANUARY, START, assert_optimum, missed_by_period, near, plan_of

from planner.case.case import make_case
from planner.checker.verify import verify
from planner.diagnostics.bounds import Bounds
from planner.diagnostics.routes import Routes
from planner.errors import InputFaults
from planner.explain.session import Session

Node = tuple[str, str | None, str | None, float | None]
"""Name, parent, group and MW of a power node; None where it has none."""


def powered(*nodes: Node) -> Sheets:
    """Return the sheets of power nodes."""
    return {
        "power": [{"node": n, "parent": parent, "group": group} for n, parent, group, _ in nodes],
        "energisation": [
            {"node": n, "from": START, "mw": mw} for n, _, _, mw in nodes if mw is not None
        ],
    }


def halls(**limits: tuple[str, float]) -> list[dict[str, object]]:
    """Return halls by name, each with its feeder and its MW."""
    return [
        {"hall": name, "site": "site", "it_mw": mw, "fed_by": node}
        for name, (node, mw) in limits.items()
    ]


PAIR = halls(a=("A", 5), b=("B", 5))
U2_OF_6: list[Node] = [
    ("U1", None, None, 10),
    ("U2", None, None, 6),
    ("A", "U1", "AB", 10),
    ("B", "U2", "AB", 10),
]
TOPOLOGIES = {
    # name: halls, nodes, MW that can be carried
    "each below its own substation": (PAIR, U2_OF_6, 6),
    "the substation carries another hall": ([*PAIR, *halls(c=("U2", 2))], U2_OF_6, 6),
    "one substation for both": (
        PAIR,
        [("U", None, None, 8), ("A", "U", "AB", 10), ("B", "U", "AB", 10)],
        8,
    ),
    "at different depths": (  # without A: B passes on what T has, 4; without B: A has 9
        PAIR,
        [("U", None, None, 9), ("T", "U", None, 4), ("A", None, "AB", 9), ("B", "T", "AB", 10)],
        4,
    ),
    "one below the other's neighbour": (  # U feeds both; only T is in the way of B
        PAIR,
        [("U", None, None, 20), ("T", "U", None, 7), ("A", "U", "AB", 9), ("B", "T", "AB", 10)],
        7,
    ),
    "two of three below one substation": (  # without A: B and C share the 6 of U, counted once
        halls(a=("A", 5), b=("B", 5), c=("C", 5)),
        [("U", None, None, 6), ("A", None, "G", 12), ("B", "U", "G", 5), ("C", "U", "G", 5)],
        6,
    ),
    "a spare behind a thin line": (  # the spare has 5, the line to it 3
        PAIR[:1],
        [("Line", None, None, 3), ("A", None, "G", 5), ("Spare", "Line", "G", 5)],
        3,
    ),
    "nothing said of the substation": (
        PAIR,
        [
            ("U1", None, None, 10),
            ("U2", None, None, None),
            ("A", "U1", "AB", 10),
            ("B", "U2", "AB", 10),
        ],
        10,
    ),
    "above it a node that says nothing, then one that does": (
        PAIR,
        [
            ("U1", None, None, 10),
            ("Grid", None, None, 6),
            ("U2", "Grid", None, None),
            ("A", "U1", "AB", 10),
            ("B", "U2", "AB", 10),
        ],
        6,
    ),
    "substations that form a group as well": (  # U1 is lost: U2 has 7; A is lost: U2 has 7
        PAIR,
        [("U1", None, "U", 10), ("U2", None, "U", 7), ("A", "U1", "AB", 10), ("B", "U2", "AB", 10)],
        7,
    ),
    "a group whose substations survive less": (  # U2 takes over from U1 through V, which has 5
        PAIR,
        [
            ("V", None, None, 5),
            ("U1", None, "U", 10),
            ("U2", "V", "U", 9),
            ("A", "U1", "AB", 10),
            ("B", "U2", "AB", 10),
        ],
        5,
    ),
}


@pytest.mark.parametrize("name", TOPOLOGIES)
def test_what_feeds_a_failover_group_limits_it_too(name: str) -> None:
    """10 or 15 MW are due; a system of 1 MW costs 10."""
    fed, nodes, most = TOPOLOGIES[name]
    plan = plan_of({JANUARY: 15}, halls=fed, **powered(*nodes))
    assert_optimum(plan, cost=10 * most, missed=15 - most)


def test_the_power_upstream_rises() -> None:
    """U2 has 6 MW in January and 9 from February on: 4 and then 1 of 10 MW are missed."""
    sheets = powered(*U2_OF_6)
    sheets["energisation"].append({"node": "U2", "from": "2026-02-01", "mw": 9})
    plan = plan_of({JANUARY: 10}, end=FEBRUARY, halls=PAIR, **sheets)
    assert missed_by_period(plan) == near([4, 1])


def test_a_fleet_that_a_failover_group_cannot_survive_is_a_fault() -> None:
    open_halls = [{**row, "open_count": 1} for row in PAIR]
    fleet = [
        {"hall": "a", "system": "unit", "count": 4},
        {"hall": "b", "system": "unit", "count": 3},
    ]
    with pytest.raises(InputFaults) as caught:
        plan_of({JANUARY: 10}, halls=open_halls, fleet=fleet, **powered(*U2_OF_6))
    assert [str(fault) for fault in caught.value.faults] == [
        "power!C4 'AB': the fleet below A draws 4 MW of facility power at the start; the others of "
        "AB, and what feeds them, can take over 3 MW when it is lost. Correct the others' first "
        "rows in energisation or the fleet's count, or leave group blank"
    ]


def test_the_checker_names_the_node_upstream() -> None:
    """A plan for an U2 of 10 MW, checked against one of 6: 10 MW are too many without A alone."""
    sheets = powered(
        ("U1", None, None, 10), ("U2", None, None, 10), ("A", "U1", "AB", 10), ("B", "U2", "AB", 10)
    )
    plan = plan_of({JANUARY: 10}, halls=PAIR, **sheets)
    assert verify(plan.inputs, plan.tables).ok
    less = plan_of({JANUARY: 10}, halls=PAIR, **powered(*U2_OF_6)).inputs
    found = [v for v in verify(less, plan.tables).violations if v.startswith("failover")]
    assert found == [
        "failover_groups: group 'AB' on 2026-01-31 carries 10 MW, without 'A' its others carry 6 "
        "MW through 'U2'"
    ]


def test_explain_ranks_the_node_upstream() -> None:
    """One MW more of U2 is one MW less missed; of any other node it is none."""
    plan = plan_of({JANUARY: 10}, halls=PAIR, **powered(*U2_OF_6))
    session = Session(plan.inputs, plan)
    for limit in session.catalogue.amounts:
        if limit.row.sheet == "energisation":
            touches = session.catalogue.move(limit, 1.0)
            gain = sum(
                session.base.price(
                    session.missed.prices[-1], session.missed.point, touches
                ).values()
            )
            assert gain == near(1.0 if limit.row["node"] == "U2" else 0.0), limit.row["node"]


def forest(draw: Random) -> tuple[Sheets, list[dict[str, object]]]:
    """Return up to seven power nodes with one or two groups, and two or three halls of few MW."""
    names = [f"N{at}" for at in range(draw.randint(3, 7))]
    parents = {name: draw.choice([None, *names[:at]]) for at, name in enumerate(names)}
    above: dict[str, set[str]] = {}
    for name in names:
        parent = parents[name]
        above[name] = set() if parent is None else {parent} | above[parent]
    group_of: dict[str, str] = {}
    for group in "GH"[: draw.randint(1, 2)]:
        members: list[str] = []
        for name in draw.sample(names, len(names)):
            apart = all(name not in above[m] and m not in above[name] for m in members)
            if name not in group_of and apart and len(members) < 3:
                members.append(name)
        if len(members) > 1:
            group_of |= dict.fromkeys(members, group)
    nodes = [
        (
            name,
            parents[name],
            group_of.get(name),
            float(draw.randint(1, 6)) if name in group_of or draw.random() < 0.7 else None,
        )
        for name in names
    ]
    fed = draw.sample(names, min(len(names), draw.randint(2, 3)))
    return powered(*nodes), halls(**{f"hall{n}": (n, draw.randint(1, 3)) for n in fed})


def survives(sheets: Sheets, load: dict[str, int]) -> bool:
    """Whether power nodes carry a load by hall's feeder, and their groups any loss: by max flow."""
    parent = {str(row["node"]): row["parent"] for row in sheets["power"]}
    group = {str(row["node"]): row["group"] for row in sheets["power"]}
    limit = {str(row["node"]): float(str(row["mw"])) for row in sheets["energisation"]}

    def way(node: str | None) -> list[str]:
        return [] if node is None else [node, *way(parent[node])]  # type: ignore[arg-type]

    carried = {node: sum(mw for at, mw in load.items() if node in way(at)) for node in parent}
    if any(carried[node] > mw for node, mw in limit.items()):
        return False
    for lost in parent:
        members = [m for m in parent if group[m] == group[lost] and m != lost]
        if group[lost] is None or not carried[lost]:
            continue
        flow = nx.DiGraph()
        for node, above in parent.items():
            # With the lost node switched off, what feeds it has its load to spare.
            left = limit.get(node, 1e9) - carried[node] + carried[lost] * (node in way(lost))
            flow.add_edge((node, "out"), (node, "in"), capacity=left)
            flow.add_edge((node, "in"), "grid" if above is None else (above, "out"))
        for member in members:
            flow.add_edge("load", (member, "out"))
        if nx.maximum_flow_value(flow, "load", "grid") < carried[lost] - 1e-9:
            return False
    return True


@pytest.mark.parametrize("seed", seeds(CASES // 2))
def test_random_forests_carry_what_every_way_to_try_shows(seed: int) -> None:
    """The plan serves as many MW as the best of all loads that survive, and no bound is below."""
    draw = Random(f"forest {seed}")
    sheets, fed = forest(draw)
    room = [range(int(str(row["it_mw"])) + 1) for row in fed]
    feeders = [str(row["fed_by"]) for row in fed]
    best = max(
        sum(loads)
        for loads in product(*room)
        if survives(sheets, dict(zip(feeders, loads, strict=True)))
    )
    plan = plan_of({JANUARY: 20}, halls=fed, **sheets)
    assert_optimum(plan, cost=10 * best, missed=20 - best)
    case = make_case(plan.inputs)
    look = Bounds(case, Routes(case))
    carried = look.powered_mw(look.full_halls_mw(("demand",)), ("demand",), 0)
    assert carried >= best - 1e-9
