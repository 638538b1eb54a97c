"""The site graph: lanes from supplier to site, and the power tree from grid to hall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import NamedTuple

import networkx as nx

from planner.errors import Fault
from planner.workbook.rows import Inputs

EVERYWHERE = "*"
"""The one place of a plan without lanes."""


class Hop(NamedTuple):
    """A lane of a route, with its transit days."""

    origin: str
    end: str
    days: int


@dataclass(frozen=True)
class FlowGraph:
    """Sources, reachable places and routes of each item.

    Attributes
    ----------
    sources : dict of str to frozenset of str
        Places where an item enters: docks of its suppliers, plants that assemble it.
    places : dict of str to frozenset of str
        Places that an item can reach and from which it can still reach a use.
    lane_items : dict of (str, str) to tuple of str
        Items that can usefully travel on a lane.
    routes : dict of (str, str) to tuple of Hop
        Lanes of the quickest route between two connected places.
    """

    sources: Mapping[str, frozenset[str]]
    places: Mapping[str, frozenset[str]]
    lane_items: Mapping[tuple[str, str], tuple[str, ...]]
    routes: Mapping[tuple[str, str], tuple[Hop, ...]]


@dataclass(frozen=True)
class PowerTree:
    """The power tree: halls below each node, nodes above each hall, and failover groups.

    Attributes
    ----------
    halls_below : dict of str to tuple of str
        Halls fed by a node or by any node below it.
    groups : dict of str to tuple of str
        Members of each failover group.
    path : dict of str to tuple of str
        Nodes from a hall's feeder up to the grid.
    upstream : dict of (str, str) to tuple of str
        By group and limited node that feeds some of its members but not all: the members and
        other such nodes directly below it. A node that feeds all members carries the group's load
        whichever of them is lost.
    others : dict of (str, str) to tuple of str
        By group and lost member: the nodes through which the other members can be reached without
        passing a node that feeds the lost one. Each is a member or a node of `upstream`.
    """

    halls_below: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, tuple[str, ...]]
    path: Mapping[str, tuple[str, ...]]
    upstream: Mapping[tuple[str, str], tuple[str, ...]]
    others: Mapping[tuple[str, str], tuple[str, ...]]


def trace_flows(inputs: Inputs) -> tuple[FlowGraph, list[Fault]]:
    """Trace every item along the lanes from its suppliers to the plants and halls that use it.

    Without supply nothing flows: systems are bought where they are installed.

    Returns
    -------
    flows : FlowGraph
    faults : list of Fault
        Lanes on which nothing can usefully travel, plants that an item cannot reach, halls that
        no system can reach.
    """
    if not inputs.tables["supply"]:
        return FlowGraph({}, {}, {}, {}), []
    pooled = not inputs.tables["lanes"]
    lanes: nx.DiGraph[str] = nx.DiGraph()
    lanes.add_weighted_edges_from(
        ((row["from"], row["to"], row["transit_days"]) for row in inputs.tables["lanes"]),
        weight="days",
    )
    sources, uses = _sources_and_uses(inputs, pooled)
    places: dict[str, frozenset[str]] = {}
    for item in sources:
        lanes.add_nodes_from(sources[item] | uses[item])
        reached = set(sources[item]).union(*(nx.descendants(lanes, p) for p in sources[item]))
        useful = set(uses[item]).union(*(nx.ancestors(lanes, p) for p in uses[item]))
        places[item] = frozenset(reached & useful)
    lane_items = {
        (row["from"], row["to"]): tuple(
            item for item in places if {row["from"], row["to"]} <= places[item]
        )
        for row in inputs.tables["lanes"]
    }
    entries = {place for found in sources.values() for place in found}
    flows = FlowGraph(
        {i: frozenset(p) for i, p in sources.items()}, places, lane_items, _quickest(lanes, entries)
    )
    return flows, [*_lane_faults(inputs, flows), *_reach_faults(inputs, flows, pooled)]


def _quickest(lanes: nx.DiGraph[str], entries: set[str]) -> dict[tuple[str, str], tuple[Hop, ...]]:
    """Return the lanes of the quickest route from each entry to each place."""
    return {
        (entry, end): tuple(Hop(a, b, lanes.edges[a, b]["days"]) for a, b in pairwise(path))
        for entry in sorted(entries)
        for end, path in nx.single_source_dijkstra_path(lanes, entry, weight="days").items()
    }


def _sources_and_uses(
    inputs: Inputs, pooled: bool
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return the places where each item enters and where it is used up."""
    sources: dict[str, set[str]] = defaultdict(set)
    uses: dict[str, set[str]] = defaultdict(set)
    systems = {row["system"] for row in inputs.tables["systems"]}
    for row in inputs.tables["supply"]:
        sources[row["item"]].add(EVERYWHERE if pooled else row["supplier"])
    for row in inputs.tables["plants"]:
        plant = EVERYWHERE if pooled else row["plant"]
        sources[row["system"]].add(plant)
        for part in inputs.tables["bom"]:
            if part["system"] == row["system"]:
                uses[part["item"]].add(plant)
    for system in systems & set(sources):
        for row in inputs.tables["halls"]:
            uses[system].add(EVERYWHERE if pooled else row["site"])
    return sources, uses


def _lane_faults(inputs: Inputs, flows: FlowGraph) -> list[Fault]:
    """Return faults of lanes on which no item can usefully travel."""
    return [
        row.fault(
            "to",
            f"the lane from {row['from']} leads nowhere: nothing that can come along "
            "it is used at its end or beyond",
            "Add the lane that leads on, or remove this one",
        )
        for row in inputs.tables["lanes"]
        if not flows.lane_items[row["from"], row["to"]]
    ]


def _reach_faults(inputs: Inputs, flows: FlowGraph, pooled: bool) -> list[Fault]:
    """Return faults of plants that a part cannot reach, and of halls that no system can reach."""
    faults = []
    for row in inputs.tables["plants"]:
        plant = EVERYWHERE if pooled else row["plant"]
        for part in inputs.tables["bom"]:
            if part["system"] == row["system"] and plant not in flows.places[part["item"]]:
                rule = f"no lane brings {part['item']} here for {row['system']}"
                faults.append(row.fault("plant", rule, "Add a lane from its supplier"))
    for row in inputs.tables["supply"]:
        dock = EVERYWHERE if pooled else row["supplier"]
        if dock not in flows.places.get(row["item"], ()):
            faults.append(
                row.fault(
                    "item",
                    f"no lane leads from {row['supplier']} to where it is used",
                    "Add a lane from the supplier",
                )
            )
    systems = [row["system"] for row in inputs.tables["systems"]]
    for row in inputs.tables["halls"]:
        site = EVERYWHERE if pooled else row["site"]
        if not any(site in flows.places.get(system, ()) for system in systems):
            faults.append(
                row.fault(
                    "hall",
                    f"no system can reach it: no lane leads to {row['site']}",
                    "Add a lane to the site",
                )
            )
    return faults


def trace_power(inputs: Inputs) -> tuple[PowerTree, list[Fault]]:
    """Trace every hall up the power tree to the grid.

    Returns
    -------
    tree : PowerTree
    faults : list of Fault
        Nodes that feed themselves, and failover groups with one member below another.
    """
    tree: nx.DiGraph[str] = nx.DiGraph()
    rows = {row["node"]: row for row in inputs.tables["power"]}
    tree.add_nodes_from(rows)
    tree.add_edges_from(
        (row["parent"], row["node"]) for row in rows.values() if row["parent"] is not None
    )
    faults = []
    for loop in nx.simple_cycles(tree):
        names = sorted(loop)
        faults.append(
            rows[names[0]].fault(
                "parent",
                "the node feeds itself: " + " - ".join([*loop, loop[0]]),
                "Leave parent blank for the node at the grid",
            )
        )
    if faults:
        return PowerTree({}, {}, {}, {}, {}), faults
    fed = {row["hall"]: row["fed_by"] for row in inputs.tables["halls"] if row["fed_by"]}
    path = {hall: _up_to_grid(tree, node) for hall, node in fed.items()}
    below: dict[str, list[str]] = {node: [] for node in rows}
    for hall, nodes in path.items():
        for node in nodes:
            below[node].append(hall)
    groups: dict[str, list[str]] = defaultdict(list)
    for node in rows:
        if rows[node]["group"] is not None:
            groups[rows[node]["group"]].append(node)
    for group, members in groups.items():
        for node in members:
            above = nx.ancestors(tree, node) & set(members)
            if above:
                faults.append(
                    rows[node].fault(
                        "group",
                        f"{group} holds {min(above)} too, which feeds this node",
                        "Name only nodes that can stand in for each other",
                    )
                )
    halls_below = {node: tuple(halls) for node, halls in below.items()}
    members_of = {g: tuple(m) for g, m in groups.items()}
    limited = {row["node"] for row in inputs.tables["energisation"]}
    feeds = _trace_groups(tree, members_of, limited) if not faults else ({}, {})
    return PowerTree(halls_below, members_of, path, *feeds), faults


def _trace_groups(
    tree: nx.DiGraph[str], groups: Mapping[str, tuple[str, ...]], limited: Set[str]
) -> tuple[dict[tuple[str, str], tuple[str, ...]], dict[tuple[str, str], tuple[str, ...]]]:
    """Trace what feeds the members of failover groups: `upstream` and `others` of `PowerTree`.

    Everything is in the order of the members, because names must not change a plan.
    """
    upstream: dict[tuple[str, str], tuple[str, ...]] = {}
    others: dict[tuple[str, str], tuple[str, ...]] = {}
    for group, members in groups.items():
        above = {node: _up_to_grid(tree, node)[1:] for node in members}
        feeds_all = set(above[members[0]]).intersection(*above.values())
        next_up: dict[str, str | None] = {}
        for node in members:
            partial = [up for up in above[node] if up in limited and up not in feeds_all]
            next_up.update(zip_longest([node, *partial], partial))
        for node in dict.fromkeys(up for up in next_up.values() if up is not None):
            upstream[group, node] = tuple(n for n, up in next_up.items() if up == node)
        for lost in members:
            feeds_lost = {lost, None, *above[lost]}
            others[group, lost] = tuple(
                node for node, up in next_up.items() if node not in feeds_lost and up in feeds_lost
            )
    return upstream, others


def _up_to_grid(tree: nx.DiGraph[str], node: str) -> tuple[str, ...]:
    """Return a node and all that feed it, up to the grid."""
    path = [node]
    while parents := list(tree.predecessors(path[-1])):
        path.append(parents[0])
    return tuple(path)
