"""How many systems of each kind would serve so many tokens a day."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.case.case import make_case
from planner.case.tokens import Effort, Kind, Path
from planner.errors import PlannerError
from planner.explain.token_quote import TokenTerms, with_workload
from planner.tolerance import LAST_TOLERANCE
from planner.workbook.rows import Inputs

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class TokenSize:
    """The least whole replicas of one way to serve tokens, and what they take.

    Attributes
    ----------
    prefill_system, decode_system : str
        Systems or composites; the same where one replica does both.
    is_aggregated : bool
    prefill_replicas, decode_replicas : int
        Replicas at the busiest hour; aggregated ones are counted once, as both.
    systems : dict of str to int
        Systems in all of them, by name.
    it_mw : float
        IT power.
    price : float or None
        Price of the systems, and nothing else; None if one of them has none in the workbook.
    binds : str
        What takes most of the replicas' time at the busiest hour.
    kv_gb_s : float
        GB/s of KV cache at the busiest hour, if prefill and decode stand at two sites; else 0.
    """

    prefill_system: str
    decode_system: str
    is_aggregated: bool
    prefill_replicas: int
    decode_replicas: int
    systems: Mapping[str, int] = field(default_factory=dict)
    it_mw: float = 0.0
    price: float | None = None
    binds: str = ""
    kv_gb_s: float = 0.0


def token_sizes(inputs: Inputs, terms: TokenTerms, mtok_day: float) -> list[TokenSize]:
    """Return every way to serve tokens at the rates of the plan's first day, the cheapest first.

    Parameters
    ----------
    inputs
        The workbook; its halls limit only where a system can stand at all.
    terms
        Shape of the tokens, and what may serve them.
    mtok_day
        Input and output tokens a day.

    Raises
    ------
    PlannerError
        If no system keeps the speed and the TTFT.
    """
    changed, name = with_workload(inputs, terms, mtok_day, None)
    tokens = make_case(changed).tokens
    busiest = max(mtok for (workload, _, span), mtok in tokens.demand.items() if workload == name)
    blocks = [block for (_, block, _), mtok in tokens.demand.items() if mtok == busiest]
    when = f" in block {blocks[0]}" if len(tokens.hours) > 1 else ""
    found: dict[tuple[Kind, Kind, bool], TokenSize] = {}
    for (workload, path, span), effort in tokens.efforts.items():
        if workload == name and span == 0:
            key = path.prefill, path.decode, path.is_aggregated
            size = _size(inputs, path, effort, busiest, when, tokens.systems_of)
            if key not in found or size.kv_gb_s > found[key].kv_gb_s:
                found[key] = size
    if not found:
        rates = [row for row in inputs.tables["throughput"] if row["model"] == terms.model]
        fastest = max((row["speed"] or 0.0 for row in rates), default=0.0)
        raise PlannerError(
            f"no system can serve these tokens of {terms.model} on the plan's first day: none "
            "keeps the speed and the TTFT with a rate for it"
            + (f"; the fastest has {fastest:g} tok/s per user" if fastest else "")
        )
    return sorted(found.values(), key=_rank)


def _rank(size: TokenSize) -> tuple[bool, float, float, str]:
    return size.price is None, size.price or 0.0, size.it_mw, size.prefill_system


def _size(
    inputs: Inputs,
    path: Path,
    effort: Effort,
    mtok_h: float,
    when: str,
    systems_of: Mapping[Kind, Mapping[str, int]],
) -> TokenSize:
    prefill = mtok_h * effort.prefill_hours / effort.prefill_max_use
    decode = mtok_h * effort.decode_hours / effort.decode_max_use
    if path.is_aggregated:
        counts = [(path.decode, _whole(prefill + decode))]
        first = second = counts[0][1]
        phase, share = ("decode", decode) if decode >= prefill else ("prefill", prefill)
        binds = f"{phase}, {share / (prefill + decode):.0%} of the hours{when}"
    else:
        first, second = _whole(prefill), _whole(decode)
        counts = [(path.prefill, first), (path.decode, second)]
        used = {"prefill": prefill / max(first, 1), "decode": decode / max(second, 1)}
        binds = ", ".join(f"{phase} {use:.0%} used" for phase, use in used.items()) + when
    systems: dict[str, int] = defaultdict(int)
    for kind, count in counts:
        for system, each in systems_of[kind].items():
            systems[system] += count * each
    rows = {row["system"]: row for row in inputs.tables["systems"]}
    kw = sum(
        count * (rows[system]["power_kw"] + rows[system]["overhead_kw"])
        for system, count in systems.items()
    )
    unpriced = any("price" in rows[system].blank for system in systems)
    return TokenSize(
        path.prefill.system,
        path.decode.system,
        path.is_aggregated,
        first,
        second,
        dict(systems),
        kw / 1000,
        None if unpriced else sum(rows[system]["price"] * n for system, n in systems.items()),
        binds,
        mtok_h * effort.kv_gb / SECONDS_PER_HOUR,
    )


def _whole(replicas: float) -> int:
    """Return replicas rounded up; a rounding error above a whole number is none."""
    return math.ceil(replicas * (1 - LAST_TOLERANCE))
