"""Changes of a token workbook whose effect on its best plan is known without solving it.

As in `relations`, with the sheets of workloads: each takes dice and the sheets of a case, and
returns the pair, or None where it does not apply.
"""

from __future__ import annotations

import copy
from random import Random

from instances import Sheets
from relations import NO_WORSE, Pair, Relation, rows_shuffled
from token_cells import amount

OF_WORKLOADS = ("workloads", "token_demand", "token_prices")


def workload_split(draw: Random, sheets: Sheets) -> Pair:
    """Two workloads of one shape ask for the tokens of one."""
    after = copy.deepcopy(sheets)
    name = draw.choice(sheets["workloads"])["workload"]
    share = draw.choice([0.25, 0.5, 0.8])
    for sheet in OF_WORKLOADS:
        for row in sheets.get(sheet, []):
            if row["workload"] == name:
                after[sheet].append({**row, "workload": "second"})
    for row in after["token_demand"]:
        part = {name: share, "second": 1 - share}.get(row["workload"], 1.0)
        for column in ("input_mtok_day", "output_mtok_day"):
            row[column] = amount(row[column]) * part
    return Pair(sheets, after)


def block_cut(draw: Random, sheets: Sheets) -> Pair:
    """Two blocks of one load are one block."""
    after = copy.deepcopy(sheets)
    if not after.get("day"):
        after["day"] = [{"block": "all day", "hours": 24, "load": 1}]
    row = draw.choice(after["day"])
    hours = amount(row["hours"])
    row["hours"] = draw.choice([0.25, 0.5]) * hours
    after["day"].append({**row, "block": "rest", "hours": hours - amount(row["hours"])})
    return Pair(sheets, after)


def tokens_scaled(draw: Random, sheets: Sheets) -> Pair:
    """More tokens of faster systems at lower prices: as much silicon and money."""
    after, factor = copy.deepcopy(sheets), draw.choice([0.5, 2.0, 4.0])
    _scale(after, "token_demand", ("input_mtok_day", "output_mtok_day"), factor)
    _scale(after, "throughput", ("prefill_tok_s", "decode_tok_s", "train_tok_s"), factor)
    _scale(after, "token_prices", ("buy_input", "buy_output"), 1 / factor)
    _scale(after, "links", ("gb_s",), factor)
    return Pair(sheets, after, mtok=factor)


def _scale(sheets: Sheets, sheet: str, columns: tuple[str, ...], factor: float) -> None:
    for row in sheets.get(sheet, []):
        for column in columns:
            if row.get(column) is not None:
                row[column] = amount(row[column]) * factor


def pair_added(draw: Random, sheets: Sheets) -> Pair:
    """A pair of systems that may share requests is one more way to serve them."""
    after = copy.deepcopy(sheets)
    rated = sorted({(str(row["model"]), str(row["system"])) for row in sheets["throughput"]})
    known = {
        (row["model"], row["prefill"], row["decode"]) for row in sheets.get("disaggregation", [])
    }
    new = [
        (model, first, second)
        for model, first in rated
        for other, second in rated
        if model == other and (model, first, second) not in known
    ]
    for model, first, second in draw.sample(new, min(2, len(new))):
        row = {"model": model, "prefill": first, "decode": second, "kv_kb_per_token": 36}
        after.setdefault("disaggregation", []).append(row)
    return Pair(sheets, after, NO_WORSE)


def link_added(draw: Random, sheets: Sheets) -> Pair | None:
    """A link between two sites is one more way to serve requests."""
    sites = [row["site"] for row in sheets["sites"]]
    known = {(row["from"], row["to"]) for row in sheets.get("links", [])}
    new = [(a, b) for a in sites for b in sites if a != b and (a, b) not in known]
    if not new or "disaggregation" not in sheets:
        return None
    after = copy.deepcopy(sheets)
    origin, end = draw.choice(new)
    after.setdefault("links", []).append({"from": origin, "to": end, "gb_s": 1})
    return Pair(sheets, after, NO_WORSE)


def rule_dropped(draw: Random, sheets: Sheets) -> Pair | None:
    """A workload without its countries, or without its headroom, is easier to serve."""
    after, column = copy.deepcopy(sheets), draw.choice(["countries", "headroom"])
    rows = [row for row in after["workloads"] if row.get(column)]
    if not rows:
        return None
    for row in rows:
        del row[column]
    return Pair(sheets, after, NO_WORSE)


def price_added(draw: Random, sheets: Sheets) -> Pair | None:
    """A workload that can be bought as well is missed no more than before."""
    bought = {row["workload"] for row in sheets.get("token_prices", [])}
    others = [row["workload"] for row in sheets["workloads"] if row["workload"] not in bought]
    if not others:
        return None
    after = copy.deepcopy(sheets)
    row = {"workload": draw.choice(others), "from": "2026-01-01", "buy_input": 1, "buy_output": 2}
    after.setdefault("token_prices", []).append(row)
    return Pair(sheets, after, NO_WORSE)


TOKEN_RELATIONS: dict[str, Relation] = {
    relation.__name__: relation
    for relation in (
        workload_split,
        block_cut,
        tokens_scaled,
        pair_added,
        link_added,
        rule_dropped,
        price_added,
        rows_shuffled,
    )
}
"""All of them, by name."""
