"""Changes of a workbook whose effect on its best plan is known without solving it.

Each relation takes dice and the sheets of a case, and returns the sheets before and after with
what must hold between their best plans, or None where it does not apply. `same` means that every
tier reaches the same value, up to a factor; `no worse` that in the first tier in which the two
differ the second is better.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from instances import Sheets

from planner.workbook.schema.declarations import Column, Kind
from planner.workbook.schema.sheets import BY_NAME, TABLES

DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
SAME, NO_WORSE = "same", "no worse"
MW_COLUMNS = {
    ("systems", "power_kw"),
    ("systems", "overhead_kw"),
    ("halls", "it_mw"),
    ("energisation", "mw"),
    ("milestones", "mw"),
}


@dataclass(frozen=True)
class Pair:
    """Two workbooks and what must hold between their best plans.

    Attributes
    ----------
    before, after : Sheets
    kind : str
        `SAME` or `NO_WORSE`.
    money, mw, mtok : float
        By what the second's tiers in money, in megawatts and in tokens are larger.
    table_map : function or None
        Turns a value of the first's result tables into that of the second's, where all rows must
        be the same.
    only_met : bool
        Whether it holds for plans alone that miss nothing.
    """

    before: Sheets
    after: Sheets
    kind: str = SAME
    money: float = 1.0
    mw: float = 1.0
    mtok: float = 1.0
    table_map: Callable[[Any], Any] | None = field(default=None, repr=False)
    only_met: bool = False


Relation = Callable[[Random, Sheets], Pair | None]


def setting(sheets: Sheets, name: str, default: object = None) -> Any:
    """Return the value of a setting."""
    return next((r["value"] for r in sheets["settings"] if r["setting"] == name), default)


def rows_shuffled(draw: Random, sheets: Sheets) -> Pair:
    """The order of sheets, rows and columns means nothing."""
    after = {}
    for name in draw.sample(sorted(sheets), len(sheets)):
        header = sorted({column for row in sheets[name] for column in row})
        draw.shuffle(header)
        rows = [{c: row[c] for c in header if c in row} for row in sheets[name]]
        after[name] = draw.sample(rows, len(rows))
    return Pair(sheets, after, table_map=lambda value: value)


def time_shifted(draw: Random, sheets: Sheets) -> Pair:
    """A plan some years later is the plan, later, where no 29 February comes in.

    A rate is by calendar month, so only whole years leave what each day allows as it was.
    """
    years = draw.choice([-1, 1, 3, 4, 5])
    return _shifted(sheets, lambda day: day.replace(year=day.year + years))


def time_shifted_by_days(draw: Random, sheets: Sheets) -> Pair | None:
    """By weeks and without anything by the month, a plan some days later is the plan, later.

    Without rates, that is, and without money by the month; missed megawatts are counted by the
    month, so that this holds for a plan that misses nothing.
    """
    if setting(sheets, "period") != "week":
        return None
    days = draw.choice([1, 5, 7, 30, 1000])
    without = {"supply_capacity", "crews"}
    before = {name: copy.deepcopy(rows) for name, rows in sheets.items() if name not in without}
    before["settings"] = [row for row in before["settings"] if row["setting"] != "pace"]
    for sheet, column, none in BY_MONTH:
        for row in before.get(sheet, []):
            row[column] = none
    pair = _shifted(before, lambda day: day + timedelta(days=days))
    return replace(pair, only_met=True)


BY_MONTH: tuple[tuple[str, str, object], ...] = (
    ("plants", "units_per_month", 1e6),
    ("lanes", "units_per_month", None),
    ("supply", "take_or_pay_share", 0),
    ("sites", "holding_cost", 0),
    ("sites", "lease", 0),
    ("sites", "energy_price", 0),
    ("depots", "holding_cost", 0),
    ("service", "cost", 0),
    ("commitments", "late_cost", 0),
)
"""Sheet and column of what is by the month, and what makes it not matter."""


def _shifted(sheets: Sheets, later: Callable[[date], date]) -> Pair:
    """Return a workbook and the same with every date moved."""

    def moved(value: Any) -> Any:
        if isinstance(value, date):
            return later(value)
        if isinstance(value, str):
            return DAY.sub(lambda day: str(later(date.fromisoformat(day[0]))), value)
        return value

    return Pair(sheets, _each(sheets, lambda _, __, value: moved(value)), table_map=moved)


def names_changed(draw: Random, sheets: Sheets) -> Pair:
    """Names mean nothing, not even their order."""
    names = sorted(set(_names(sheets)))
    others = [f"{draw.choice('ZaMx')}{number}" for number in range(len(names))]
    draw.shuffle(others)
    return _renamed(sheets, dict(zip(names, others, strict=True)))


def names_changed_in_order(draw: Random, sheets: Sheets) -> Pair:
    """Names that are sorted as before give the same plan, row by row."""
    names, jump = sorted(set(_names(sheets))), draw.randint(1, 7)
    known = {name: f"Q{jump * number:03d}" for number, name in enumerate(names)}
    pair = _renamed(sheets, known)

    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    any_name = re.compile(rf"\b(?:{'|'.join(longest_first)})\b")

    def renamed(value: Any) -> Any:
        return any_name.sub(lambda n: known[n[0]], value) if isinstance(value, str) else value

    return Pair(sheets, pair.after, table_map=renamed)


def units_changed(draw: Random, sheets: Sheets) -> Pair:
    """Kilowatts stated in watts or megawatts, megawatts in kilowatts, money in thousands."""
    units = {
        "power_kw": ("MW", 1e-3),
        "overhead_kw": ("W", 1e3),
        "it_mw": ("kW", 1e3),
        "mw": ("GW", 1e-3),
        "price": ("thousand", 1e-3),
        "fit_out_cost": ("million", 1e-6),
    }
    chosen = {column: unit for column, unit in units.items() if draw.random() < 0.7}
    after: Sheets = {}
    for sheet, rows in sheets.items():
        after[sheet] = []
        for row in rows:
            stated = {}
            for column, value in row.items():
                unit, factor = chosen.get(column, ("", 1.0))
                heading = f"{column} [{unit}]" if unit else column
                is_number = isinstance(value, int | float)
                stated[heading] = value * factor if unit and is_number else value
            after[sheet].append(stated)
    return Pair(sheets, after)


def money_scaled(draw: Random, sheets: Sheets) -> Pair:
    """In another currency the same plan costs a multiple."""
    factor = draw.choice([0.01, 7.0, 1000.0, 1e6])

    def scaled(sheet: str, column: str, value: Any) -> Any:
        counts = BY_NAME[sheet].column(column).unit.startswith("money")
        return value * factor if counts and isinstance(value, int | float) else value

    return Pair(sheets, _each(sheets, scaled), money=factor)


def power_scaled(draw: Random, sheets: Sheets) -> Pair:
    """Systems and halls of another size, all by the same factor, are as many."""
    factor = draw.choice([0.001, 0.01, 0.5, 3.0])

    def scaled(sheet: str, column: str, value: Any) -> Any:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return value
        if (sheet, column) in MW_COLUMNS:
            return value * factor
        by_power = "MW" in BY_NAME[sheet].column(column).unit.removeprefix("MW")
        return value / factor if by_power else value

    return Pair(sheets, _each(sheets, scaled), mw=factor)


def commitment_split(draw: Random, sheets: Sheets) -> Pair | None:
    """Two customers who share a commitment are served as one was."""
    kept = {row.get("commitment") for row in sheets.get("fleet", [])}
    free = [r["commitment"] for r in sheets["commitments"] if r["commitment"] not in kept]
    if not free:
        return None
    name, share = draw.choice(free), draw.choice([0.25, 0.5])
    after = copy.deepcopy(sheets)
    for sheet in ("commitments", "milestones", "service"):
        mine = [row for row in after.get(sheet, []) if row["commitment"] == name]
        for row in mine:
            twin = {**row, "commitment": f"{name} too"}
            if sheet == "milestones":
                twin["mw"] = float(str(row["mw"])) * share
                row["mw"] = float(str(row["mw"])) - twin["mw"]
            after[sheet].append(twin)
    return Pair(sheets, after)


def site_split(draw: Random, sheets: Sheets) -> Pair | None:
    """A hall class moved to a twin of its site, with nothing of the site that limits both."""
    site = draw.choice([str(row["site"]) for row in sheets["sites"]])
    halls = [row["hall"] for row in sheets["halls"] if row["site"] == site]
    if len(halls) < 2:
        return None
    before, twin, moved = copy.deepcopy(sheets), f"{site} twin", draw.choice(halls)
    before["crews"] = [row for row in before.get("crews", []) if row["site"] != site]
    for row in before["sites"]:
        if row["site"] == site:
            row |= {"opening_cost": 0, "storage": None}
    for lane in before.get("lanes", []):
        if site in (lane["from"], lane["to"]):
            lane["units_per_month"] = None
    after = copy.deepcopy(before)
    for row in after["halls"]:
        if row["hall"] == moved:
            row["site"] = twin
    for sheet, column in (("sites", "site"), ("service", "site"), ("lanes", "to")):
        rows = after.get(sheet, [])
        rows += [{**row, column: twin} for row in rows if row[column] == site]
    return Pair(before, after)


def hall_class_joined(draw: Random, sheets: Sheets) -> Pair | None:
    """Two classes of equal halls, joined, take what both took: whole systems lose less room."""
    used = {row["hall"] for row in sheets.get("fleet", [])}
    several = [
        row
        for row in sheets["halls"]
        if int(str(row.get("count", 1))) > 1 and row["hall"] not in used
    ]
    if not several:
        return None
    whole, apart = draw.choice(several), copy.deepcopy(sheets)
    opened = int(str(whole.get("open_count") or 0))
    rest = {**whole, "count": int(str(whole["count"])) - 1, "open_count": max(0, opened - 1)}
    one = {**whole, "hall": f"{whole['hall']} one", "count": 1, "open_count": min(1, opened)}
    others = [row for row in apart["halls"] if row["hall"] != whole["hall"]]
    apart["halls"] = [*others, rest, one]
    if setting(sheets, "counts") == "continuous":
        return Pair(apart, sheets)
    return Pair(apart, sheets, NO_WORSE)


def supply_added(draw: Random, sheets: Sheets) -> Pair | None:
    """Another supplier of the same never makes a plan worse."""
    if not sheets.get("supply"):
        return None
    model, after = draw.choice(sheets["supply"]), copy.deepcopy(sheets)
    name = f"new {model['supplier']}"
    terms = {"price": draw.choice([0, 5, 50]), "order_cost": draw.choice([0, 9])}
    after["supply"].append({**model, **terms, "supplier": name, "take_or_pay_share": 0})
    for sheet, column in (("supply_capacity", "supplier"), ("lanes", "from")):
        rows = after.get(sheet, [])
        rows += [{**row, column: name} for row in rows if row[column] == model["supplier"]]
    return Pair(sheets, after, NO_WORSE)


def milestone_relaxed(draw: Random, sheets: Sheets) -> Pair | None:
    """Less promised is missed no more; unless early megawatts count, for less of it is served."""
    rows = sheets["milestones"]
    if setting(sheets, "pace") == "as-early-as-possible":
        last: dict[object, str] = {}
        for row in rows:
            last[row["commitment"]] = max(str(row["date"]), last.get(row["commitment"], ""))
        rows = [row for row in rows if str(row["date"]) < last[row["commitment"]]]
    if not rows:
        return None
    after, at = copy.deepcopy(sheets), sheets["milestones"].index(draw.choice(rows))
    row = after["milestones"][at]
    row["mw"] = float(str(row["mw"])) * draw.choice([0.0, 0.5, 0.9])
    after["milestones"] = _cumulative(after["milestones"])
    return Pair(sheets, after, NO_WORSE)


def limit_relaxed(draw: Random, sheets: Sheets) -> Pair | None:
    """More of what is short, less to pay, or a rule lifted never makes a plan worse."""
    bound = {r["supplier"] for r in sheets.get("supply", []) if r.get("take_or_pay_share")}
    choices = [
        (sheet, column, make)
        for sheet, column, make in RELAXED
        if any(
            row.get(column) not in (None, 0, "no") or make == "yes"
            for row in sheets.get(sheet, [])
            if column in row
        )
        and not (sheet == "supply_capacity" and bound)
    ]
    if not choices:
        return None
    sheet, column, make = draw.choice(choices)
    after = copy.deepcopy(sheets)
    for row in after[sheet]:
        if row.get(column) is not None:
            row[column] = row[column] * make if isinstance(make, float) else make  # type: ignore[operator]
    return Pair(sheets, after, NO_WORSE)


RELAXED: tuple[tuple[str, str, object], ...] = (
    ("energisation", "mw", 1.5),
    ("crews", "systems_per_month", 1.5),
    ("supply_capacity", "units_per_month", 1.5),
    ("plants", "units_per_month", 1.5),
    ("lanes", "units_per_month", 1.5),
    ("lanes", "units_per_month", None),
    ("lanes", "cost", 0.5),
    ("halls", "slots", None),
    ("halls", "coolant_lpm", None),
    ("halls", "ready", None),
    ("halls", "build_days", 0),
    ("halls", "fit_out_cost", 0.5),
    ("halls", "fed_by", None),
    ("budget", "cumulative", 1.5),
    ("supply", "min_order", 0),
    ("supply", "lot", 1),
    ("supply", "order_cost", 0.5),
    ("supply", "price", 0.5),
    ("systems", "price", 0.5),
    ("systems", "available_from", None),
    ("systems", "available_to", None),
    ("sites", "opening_cost", 0.5),
    ("sites", "energy_price", 0.5),
    ("sites", "lease", 0.5),
    ("sites", "storage", None),
    ("depots", "storage", None),
    ("power", "group", None),
    ("commitments", "countries", None),
    ("commitments", "systems", None),
    ("commitments", "late_cost", 0.5),
    ("service", "cost", 0.5),
    ("service", "allowed", "yes"),
    ("supply", "take_or_pay_share", 0.5),
    ("depots", "holding_cost", 0.5),
)
"""Sheet and column of what a plan is never worse for, and by what or to what it is changed."""


def useless_added(draw: Random, sheets: Sheets) -> Pair:
    """A site that may serve nothing and a system that nobody takes change nothing."""
    before = copy.deepcopy(sheets)
    systems = ", ".join(str(row["system"]) for row in sheets["systems"])
    for row in before["commitments"]:
        row["systems"] = row.get("systems") or systems
    after = copy.deepcopy(before)
    after["sites"].append({"site": "aa", "pue": 1, "country": "US"})
    after["halls"].append({"hall": "aa hall", "site": "aa", "it_mw": draw.choice([1, 100])})
    if sheets.get("lanes"):
        after["lanes"].append({**sheets["lanes"][-1], "to": "aa"})
    if not sheets.get("supply"):  # else somebody would have to sell it
        after["systems"].append(
            {"system": "aardvark", "power_kw": 900, "price": 0, "coolant_lpm": 1}
        )
    after["service"] = [
        *after.get("service", []),
        *(
            {"commitment": row["commitment"], "site": "aa", "allowed": "no"}
            for row in after["commitments"]
        ),
    ]
    return Pair(before, after)


RELATIONS: Mapping[str, Relation] = {
    relation.__name__: relation
    for relation in (
        rows_shuffled,
        names_changed,
        names_changed_in_order,
        units_changed,
        money_scaled,
        power_scaled,
        time_shifted,
        commitment_split,
        site_split,
        hall_class_joined,
        supply_added,
        milestone_relaxed,
        limit_relaxed,
        useless_added,
        time_shifted_by_days,
    )
}
"""Every relation by its name."""


def _cumulative(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Raise milestones to the ones before, as a workbook must have them."""
    most: dict[object, float] = {}
    for row in sorted(rows, key=lambda row: str(row["date"])):
        row["mw"] = most[row["commitment"]] = max(
            most.get(row["commitment"], 0.0), float(str(row["mw"]))
        )
    return rows


def _each(sheets: Sheets, change: Callable[[str, str, Any], Any]) -> Sheets:
    """Return sheets with every value changed."""
    return {
        sheet: [
            {
                c: change(sheet, "value" if sheet == "settings" else c, value)
                for c, value in row.items()
            }
            for row in rows
        ]
        for sheet, rows in sheets.items()
    }


def _is_name(sheet: str, column: Column) -> bool:
    """Whether a column holds names that people choose."""
    if sheet == "settings":
        return False
    is_key = column.name in BY_NAME[sheet].key and column.kind is Kind.TEXT
    return is_key or bool(column.refers_to) or column.name in ("group", "country", "countries")


def _named(sheets: Sheets) -> Iterator[tuple[dict[str, object], Column]]:
    """Yield each row that has a name, with the column."""
    for table in TABLES:
        for column in table.columns:
            if _is_name(table.name, column):
                for row in sheets.get(table.name, []):
                    if row.get(column.name) is not None:
                        yield row, column


def _names(sheets: Sheets) -> Iterator[str]:
    for row, column in _named(sheets):
        text = str(row[column.name])
        yield from text.split(", ") if column.kind is Kind.LIST else [text]


def _renamed(sheets: Sheets, known: Mapping[str, str]) -> Pair:
    after = copy.deepcopy(sheets)
    for row, column in _named(after):
        text = str(row[column.name])
        parts = text.split(", ") if column.kind is Kind.LIST else [text]
        row[column.name] = ", ".join(known[part] for part in parts)
    return Pair(sheets, after)
