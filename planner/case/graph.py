"""The site graph: lanes from supplier to site, and the power tree from grid to hall."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import networkx as nx

from planner.errors import Fault
from planner.workbook.rows import Inputs, Row

EVERYWHERE = "*"
"""The one place of a plan without lanes."""

GroupNodes = dict[tuple[str, str], tuple[str, ...]]
"""Power nodes by failover group and another node, as `PowerTree` describes them."""


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

    def nodes_of_group(self, group: str) -> set[str]:
        """Return the members of a failover group and the limited nodes that feed some of them."""
        nodes = set(self.groups[group])
        for name, node in self.upstream:
            if name == group:
                nodes.add(node)
        return nodes


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
    sources, uses = _sources_and_uses(inputs, pooled)
    lanes = _lane_graph(inputs)
    for item in sources:
        lanes.add_nodes_from(sources[item] | uses[item])
    places = {item: _useful_places(lanes, sources[item], uses[item]) for item in sources}
    flows = FlowGraph(
        sources={item: frozenset(entries) for item, entries in sources.items()},
        places=places,
        lane_items=_lane_items(inputs, places),
        routes=_quickest(lanes, set[str]().union(*sources.values())),
    )
    return flows, [*_lane_faults(inputs, flows), *_reach_faults(inputs, flows, pooled)]


def _lane_graph(inputs: Inputs) -> nx.DiGraph[str]:
    """Return the lanes as a graph of places, weighted by transit days."""
    lanes: nx.DiGraph[str] = nx.DiGraph()
    for row in inputs.tables["lanes"]:
        lanes.add_edge(row["from"], row["to"], days=row["transit_days"])
    return lanes


def _useful_places(lanes: nx.DiGraph[str], sources: set[str], uses: set[str]) -> frozenset[str]:
    """Return the places on the way from any source of an item to any of its uses."""
    reached = set(sources)
    for place in sources:
        reached |= nx.descendants(lanes, place)
    useful = set(uses)
    for place in uses:
        useful |= nx.ancestors(lanes, place)
    return frozenset(reached & useful)


def _lane_items(
    inputs: Inputs, places: Mapping[str, frozenset[str]]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the items that can usefully travel on each lane."""
    lane_items: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in inputs.tables["lanes"]:
        origin, end = row["from"], row["to"]
        items = [item for item, useful in places.items() if origin in useful and end in useful]
        lane_items[origin, end] = tuple(items)
    return lane_items


def _quickest(lanes: nx.DiGraph[str], entries: set[str]) -> dict[tuple[str, str], tuple[Hop, ...]]:
    """Return the lanes of the quickest route from each entry to each place."""
    routes: dict[tuple[str, str], tuple[Hop, ...]] = {}
    for entry in sorted(entries):
        paths = nx.single_source_dijkstra_path(lanes, entry, weight="days")
        for end, path in paths.items():
            hops = [Hop(a, b, lanes.edges[a, b]["days"]) for a, b in pairwise(path)]
            routes[entry, end] = tuple(hops)
    return routes


def _sources_and_uses(
    inputs: Inputs, pooled: bool
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return the places where each item enters and where it is used up."""
    sources: dict[str, set[str]] = defaultdict(set)
    uses: dict[str, set[str]] = defaultdict(set)
    for row in inputs.tables["supply"]:
        sources[row["item"]].add(EVERYWHERE if pooled else row["supplier"])
    for row in inputs.tables["plants"]:
        plant = EVERYWHERE if pooled else row["plant"]
        sources[row["system"]].add(plant)
        for part in inputs.tables["bom"]:
            if part["system"] == row["system"]:
                uses[part["item"]].add(plant)
    for system in inputs.tables["systems"]:
        # A system that nobody sells or assembles cannot be used anywhere.
        if system["system"] not in sources:
            continue
        for row in inputs.tables["halls"]:
            uses[system["system"]].add(EVERYWHERE if pooled else row["site"])
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
    rows = {row["node"]: row for row in inputs.tables["power"]}
    tree: nx.DiGraph[str] = nx.DiGraph()
    tree.add_nodes_from(rows)
    for node, row in rows.items():
        if row["parent"] is not None:
            tree.add_edge(row["parent"], node)
    faults = _loop_faults(tree, rows)
    if faults:
        return PowerTree({}, {}, {}, {}, {}), faults
    path: dict[str, tuple[str, ...]] = {}
    halls_below: dict[str, list[str]] = {node: [] for node in rows}
    for hall in inputs.tables["halls"]:
        if hall["fed_by"]:
            path[hall["hall"]] = _up_to_grid(tree, hall["fed_by"])
            for node in path[hall["hall"]]:
                halls_below[node].append(hall["hall"])
    groups: dict[str, list[str]] = defaultdict(list)
    for node, row in rows.items():
        if row["group"] is not None:
            groups[row["group"]].append(node)
    faults = _group_faults(tree, rows, groups)
    upstream: GroupNodes = {}
    others: GroupNodes = {}
    if not faults:
        limited = {row["node"] for row in inputs.tables["energisation"]}
        upstream, others = _trace_groups(tree, groups, limited)
    power_tree = PowerTree(
        halls_below={node: tuple(halls) for node, halls in halls_below.items()},
        groups={group: tuple(members) for group, members in groups.items()},
        path=path,
        upstream=upstream,
        others=others,
    )
    return power_tree, faults


def _loop_faults(tree: nx.DiGraph[str], rows: Mapping[str, Row]) -> list[Fault]:
    """Return faults of power nodes that feed themselves."""
    faults = []
    for loop in nx.simple_cycles(tree):
        faults.append(
            rows[min(loop)].fault(
                "parent",
                "the node feeds itself: " + " - ".join([*loop, loop[0]]),
                "Leave parent blank for the node at the grid",
            )
        )
    return faults


def _group_faults(
    tree: nx.DiGraph[str], rows: Mapping[str, Row], groups: Mapping[str, Sequence[str]]
) -> list[Fault]:
    """Return faults of failover groups with one member below another."""
    faults = []
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
    return faults


def _trace_groups(
    tree: nx.DiGraph[str], groups: Mapping[str, Sequence[str]], limited: Set[str]
) -> tuple[GroupNodes, GroupNodes]:
    """Trace what feeds the members of failover groups: `upstream` and `others` of `PowerTree`.

    Everything is in the order of the members, because names must not change a plan.
    """
    upstream: GroupNodes = {}
    others: GroupNodes = {}
    for group, members in groups.items():
        above = {node: _up_to_grid(tree, node)[1:] for node in members}
        next_up = _next_limited_above(members, above, limited)
        for node in dict.fromkeys(next_up.values()):
            if node is not None:
                upstream[group, node] = tuple(n for n, up in next_up.items() if up == node)
        for lost in members:
            # None stands for what is above all partial feeders: it feeds the lost member, too.
            feeds_lost = {lost, None, *above[lost]}
            others[group, lost] = tuple(
                node for node, up in next_up.items() if node not in feeds_lost and up in feeds_lost
            )
    return upstream, others


def _next_limited_above(
    members: Sequence[str], above: Mapping[str, tuple[str, ...]], limited: Set[str]
) -> dict[str, str | None]:
    """Return the next limited node above each member and above each such node.

    Only nodes that feed some members but not all are counted. The value is None if there is none.
    """
    feeds_all = set(above[members[0]]).intersection(*above.values())
    next_up: dict[str, str | None] = {}
    for member in members:
        below = member
        for node in above[member]:
            if node in limited and node not in feeds_all:
                next_up[below] = node
                below = node
        next_up[below] = None
    return next_up


def _up_to_grid(tree: nx.DiGraph[str], node: str) -> tuple[str, ...]:
    """Return a node and all that feed it, up to the grid."""
    path = [node]
    parents = list(tree.predecessors(node))
    while parents:
        path.append(parents[0])
        parents = list(tree.predecessors(parents[0]))
    return tuple(path)
