"""Sentences and groups of a plan's explanation, shared by all reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from planner.plan.finding_rows import AskRow, BottleneckRow, SlackRow
from planner.plan.finding_tables import EXPLANATION, PERIODS, QUOTE, UNKNOWN, Finding
from planner.plan.result_rows import OrderRow
from planner.plan.rows import Row
from planner.plan.store import Plan
from planner.plan.token_finding_rows import TokenAskRow
from planner.reports.views import NOTHING, currency, figure, missed_mtok, number

MILLIONS_FROM = 1e5
"""Amount of money from which it is shown in millions."""

NAMED = 3
"""Largest number of requests in a sentence; the others are counted."""


def explanation(plan: Plan) -> Finding | None:
    """Return the explanation of a plan, if it has one."""
    return plan.findings.get(EXPLANATION)


def quote(plan: Plan) -> Finding | None:
    """Return the quote of a plan, if it has one."""
    return plan.findings.get(QUOTE)


def undone(finding: Finding) -> list[str]:
    """Return the steps that were skipped, most of them for lack of time."""
    found = finding.facts.get("undone")
    return [str(text) for text in found] if isinstance(found, (list, tuple)) else []


def is_late(plan: Plan) -> bool:
    """Return whether a plan misses megawatts."""
    return number(plan.summary.get("missed_mw_months")) > NOTHING


def brief(value: object) -> str:
    """Return a number with about three digits and thousands separators."""
    size = abs(number(value))
    return figure(value, 0 if size >= 100 else 1 if size >= 10 else 2)


def money(plan: Plan, value: object) -> str:
    """Return money in few characters, in millions if that is shorter."""
    if abs(number(value)) < MILLIONS_FROM:
        return f"{figure(value)} {currency(plan)}"
    return f"{figure(number(value) / 1e6, 2)} {currency(plan)} million"


def in_cell(row: BottleneckRow) -> str:
    """Return the value of a limit's cell: a number or a day."""
    if row["day"] is not None:
        return row["day"].isoformat()
    return "" if row["value"] is None else f"{row['value']:,.12g}"


def limit_words(row: BottleneckRow) -> str:
    """Return subject, kind and cell value of a limit."""
    return f"{row['subject']}, {row['kind']} {in_cell(row)}".rstrip()


GAINS = ("mw_months_percent", "mw_months", "mw_months_lifted")
SAVINGS = ("money_percent", "money")
WHOLE_GAIN, WHOLE_SAVING = "mw_months_whole", "money_whole"
"""Columns of the gain and the saving per step in whole systems; blank if not proven."""

DIVISIBLY = "with divisible systems"


def gains(row: BottleneckRow) -> bool:
    """Return whether a bottleneck has a gain in megawatts."""
    return any(number(row.get(key)) > NOTHING for key in (*GAINS, WHOLE_GAIN))


def saves(row: BottleneckRow) -> bool:
    """Return whether a bottleneck has a saving."""
    return any(number(row.get(key)) > NOTHING for key in (*SAVINGS, WHOLE_SAVING))


def one_more(row: BottleneckRow) -> str:
    """Return one step of a limit in words, e.g. ``1 MW more`` or ``one period earlier``."""
    text = row["one_more"]
    return text if text.endswith(("earlier", "less")) else f"{text} more"


def worth(plan: Plan, row: BottleneckRow) -> str:
    """Return the gains from one step more of a limit, and from lifting it, as a clause.

    Gains in whole systems come first; the others are labelled as with divisible systems.
    """
    whole = _whole_worth(plan, row)
    divisibly = _divisible_worth(plan, row, with_step=not whole)
    said = [whole] if whole else []
    if divisibly:
        openings = "" if gains(row) else " and halls opened as planned"
        said.append(f"{DIVISIBLY}{openings} {', '.join(divisibly)}")
    if row["moved"]:
        said.append(row["moved"])
    return "; ".join(said) or row["note"] or row["status"] or AT_LIMIT


def _whole_worth(plan: Plan, row: BottleneckRow) -> str:
    """Return the gain from one step more in whole systems; empty if not known."""
    gain = row.get(WHOLE_GAIN)
    if gain is not None and number(gain) > NOTHING:
        return f"{one_more(row)} gains {_mw_months(number(gain))}"
    saved = row.get(WHOLE_SAVING)
    if gain is None or saved is None:
        return ""
    return f"{one_more(row)} " + (
        f"saves {money(plan, saved)}" if number(saved) > NOTHING else "gains nothing"
    )


def _divisible_worth(plan: Plan, row: BottleneckRow, *, with_step: bool) -> list[str]:
    """Return the re-solved gains with divisible systems, as clauses."""
    is_amount = not one_more(row).endswith(("earlier", "less"))
    said = []
    measures = (("gains", GAINS, _mw_months), ("saves", SAVINGS, partial(money, plan)))
    for verb, keys, shown in measures:
        percent, unit = (number(row.get(key)) for key in keys[:2])
        if percent > NOTHING and is_amount:
            said.append(f"1 % more {verb} {shown(percent)}")
        if unit > NOTHING and with_step:
            said.append(f"{one_more(row)} {shown(unit) if said else f'{verb} {shown(unit)}'}")
        if said:
            break
    if number(row["mw_months_lifted"]) > NOTHING:
        gain = _mw_months(number(row["mw_months_lifted"]))
        said.append(f"without this limit {gain} {'are gained' if row.get('moved') else FEWER}")
    return said


FEWER = "fewer are missed"

AT_LIMIT = f"at its limit, but {DIVISIBLY} raising it alone gains nothing"


def _mw_months(value: float) -> str:
    return f"{brief(value)} MW-months"


def telling(plan: Plan) -> list[BottleneckRow]:
    """Return the bottlenecks with a gain or a saving, by rank."""
    return [row for row in plan.finding_tables["bottlenecks"] if gains(row) or saves(row)]


def is_unknown(row: BottleneckRow) -> bool:
    """Return whether the gain of a limit is not known."""
    return row["status"] in UNKNOWN or row["money_status"] in UNKNOWN


def _is_tried_whole(row: BottleneckRow) -> bool:
    """Return whether one step more was re-solved in whole systems, in megawatts and in money."""
    return row.get(WHOLE_GAIN) is not None and row.get(WHOLE_SAVING) is not None


def collapsed(plan: Plan, where: str = "tables/bottlenecks.csv") -> str:
    """Return the number of limits without a gain and where they are listed; empty if none."""
    if missed_mtok(plan) > NOTHING and not is_late(plan):
        return ""  # they are explained by what they gain in tokens
    useful = {id(row) for row in telling(plan)}
    rest = [row for row in plan.finding_tables["bottlenecks"] if id(row) not in useful]
    whole = sum(map(_is_tried_whole, rest))
    unknown = sum(is_unknown(row) and not _is_tried_whole(row) for row in rest)
    said = []
    for count, how in ((whole, "by one step "), (len(rest) - whole - unknown, f"{DIVISIBLY} ")):
        if count:
            limits, one = ("limit is", "it") if count == 1 else ("limits are", "any of them")
            said.append(
                f"{count} more {limits} used up, but raising {one} alone {how}gains nothing"
            )
    if unknown:
        limits = "limit is" if unknown == 1 else "limits are"
        said.append(f"{unknown} more {limits} used up, gain not known")
    return f"{'; '.join(said)}; see {where}" if said else ""


@dataclass
class Held:
    """Bottlenecks of one kind and subject, which may be in several cells.

    Attributes
    ----------
    rows : list of rows
        Its bottlenecks, by rank.
    """

    rows: list[BottleneckRow] = field(default_factory=list)

    @property
    def first(self) -> BottleneckRow:
        """The bottleneck with the best rank."""
        return self.rows[0]


def held(rows: Iterable[BottleneckRow]) -> list[Held]:
    """Group bottlenecks by kind and subject, in order of rank."""
    found: dict[tuple[object, object], Held] = {}
    for row in rows:
        found.setdefault((row["kind"], row["subject"]), Held()).rows.append(row)
    return list(found.values())


def no_limit(plan: Plan) -> str:
    """Return the sentence for a plan without any limit that has a gain."""
    if missed_mtok(plan) > NOTHING:
        return (
            "No limit alone saves money with no more tokens missed; what serves more tokens "
            "stands in the table token_values."
        )
    rows = plan.finding_tables["bottlenecks"]
    if rows and all(map(_is_tried_whole, rows)):
        return "One step more of any limit that is used up gains nothing."
    tried = " that was tried" if any(map(is_unknown, rows)) else ""
    return (
        f"With divisible systems no single limit{tried} would improve this plan; in whole "
        "systems not every limit was tried."
    )


def holding_sentence(plan: Plan) -> str:
    """Return the first bottleneck with its gain, or its saving, in a sentence."""
    rows = telling(plan)
    if not rows:
        return no_limit(plan)
    first = rows[0]
    aim = "holds the plan back" if is_late(plan) else "would save"
    return f"{limit_words(first)}, {aim} most: {worth(plan, first)}."


def periods_sentence(plan: Plan) -> str:
    """Return the largest effect of the period length on a late milestone; empty if none."""
    rows = [row for row in plan.finding_tables["lateness"] if row["kind"] == PERIODS]
    if not rows:
        return ""
    first = max(rows, key=lambda row: number(row["mw_a_step"]))
    return f"{first['commitment']}, due {first['date']}: {first['says']} ({first['cell']})."


def ask_sentence(plan: Plan) -> str:
    """Return the first ask in a sentence; empty if nothing is late."""
    if not is_late(plan):
        return ""
    sets = ask_sets(plan)
    if not sets:
        return no_asks(plan)
    first = sets[0]
    named = "; ".join(row["says"] for row in first.rows[:NAMED])
    rest = len(first.rows) - NAMED
    return f"First ask, so that {first.aim}: {named}{f'; and {rest} more' if rest > 0 else ''}."


def no_asks(plan: Plan) -> str:
    """Return why there are no asks, in a sentence."""
    if not is_late(plan):
        return "Nothing is late, so there is nothing to ask for."
    found = explanation(plan)
    if found is None or found.facts.get("asks") is not True:
        return "Asks were not searched for."
    reasons = [text.removeprefix("asks for ") for text in undone(found) if text.startswith("asks")]
    return f"No ask was found: {'; '.join(reasons) or 'no set of changes is enough'}."


@dataclass(frozen=True)
class Asked:
    """Changes that together put commitments back on time.

    Attributes
    ----------
    commitment : str
        Late commitments, separated by commas.
    number : int
        Number of the set; the first is the smallest.
    rows : tuple of rows
        Its changes.
    """

    commitment: str
    number: int
    rows: tuple[AskRow, ...]

    @property
    def aim(self) -> str:
        """Proved effect of the set, as a clause that follows "so that"."""
        return str(self.rows[0]["aim"])

    @property
    def proof(self) -> str:
        """Proofs about the set, in a sentence."""
        return proof_sentence(self.rows)


def proof_sentence(rows: Sequence[AskRow] | Sequence[TokenAskRow]) -> str:
    """Return the proofs about a set of changes, in a sentence."""
    row = rows[0]
    parts = []
    if row["proof"]:
        parts.append(f"Proof: {row['proof']}")
    if row["fewest"] == "yes":
        parts.append("no cheaper set exists")
    elif row["fewest"]:
        parts.append("not proved to be the cheapest set")
    if row["irreducible"] == "yes":
        parts.append("every change is needed")
    else:
        parts.append("not proved that every change is needed")
    smaller = [change.get("not_enough") for change in rows]
    if all(smaller):
        parts.append(f"not enough: {'; '.join(map(str, smaller))}")
    else:
        parts.append("not proved that smaller changes fall short")
    return "; ".join(parts)


def ask_sets(plan: Plan) -> list[Asked]:
    """Return the sets of changes by commitments, the smallest first."""
    found: dict[tuple[str, int], list[AskRow]] = {}
    for row in plan.finding_tables["asks"]:
        found.setdefault((row["commitment"], int(row["set"])), []).append(row)
    return [Asked(*key, tuple(rows)) for key, rows in found.items()]


@dataclass(frozen=True)
class Safe:
    """A milestone that is met.

    Attributes
    ----------
    commitment : str
    due : datetime.date
    mw : float
    slack : float or None
        Days by which it could be met earlier; None if not solved in time.
    could_be_met_by : datetime.date or None
        Earliest day by which it could be met.
    proof : str
        Proof of the slack.
    orders : tuple of (row, datetime.date)
        Purchase lines with their last order days, the earliest first.
    """

    commitment: str
    due: date
    mw: float
    slack: float | None
    could_be_met_by: date | None
    proof: str
    orders: tuple[tuple[SlackRow, date], ...]

    @property
    def slack_words(self) -> str:
        """Its slack in words."""
        if self.slack is None:
            return "slack not solved in time"
        return f"{figure(self.slack)} {'day' if self.slack == 1 else 'days'} of slack"


def safe_milestones(plan: Plan) -> list[Safe]:
    """Return the milestones that are met, in the order of the plan."""
    found: dict[tuple[str, date], list[SlackRow]] = {}
    for row in plan.finding_tables["slack"]:
        found.setdefault((row["commitment"], row["date"]), []).append(row)
    result = []
    for (commitment, due), rows in found.items():
        first = rows[0]
        orders = []
        for row in rows:
            last = row["last_order_date"]
            if last:
                orders.append((row, last))
        orders.sort(key=lambda line: (line[1], str(line[0]["item"]), str(line[0]["supplier"])))
        result.append(
            Safe(
                commitment=commitment,
                due=due,
                mw=first["mw"],
                slack=first["slack_days"],
                could_be_met_by=first["could_be_met_by"],
                proof=first["proof"] or "",
                orders=tuple(orders),
            )
        )
    return result


def slack_rows(plan: Plan) -> list[Row]:
    """Return a row for each purchase line of the milestones that are met, or for one without any.

    The columns are those of `planner.plan.report_tables.MILESTONE_SLACK`.
    """
    rows: list[Row] = []
    for one in safe_milestones(plan):
        head: Row = {
            "commitment": one.commitment,
            "date": one.due,
            "mw": one.mw,
            "slack_days": one.slack,
            "could_be_met_by": one.could_be_met_by,
            "proof": one.proof,
        }
        for line, last in one.orders:
            rows.append({**line, **head, "lead_days": float((one.due - last).days)})
        if not one.orders:
            rows.append(head | {"supplier": "nothing to order in advance"})
    return rows


def slack_sentence(plan: Plan) -> str:
    """Return the milestone with the least slack in a sentence."""
    found = safe_milestones(plan)
    if not found:
        return "No milestone with MW due is met, so none has slack."
    # Systems already installed have no slack either, but nothing to act on.
    able = [one for one in found if one.orders and one.slack is not None] or found
    first = min(able, key=lambda one: (one.slack is None, one.slack or 0.0, one.due))
    text = (
        f"Least slack of the milestones that are met: {first.commitment}, "
        f"{figure(first.mw, 1)} MW due {first.due}, {first.slack_words}"
    )
    planned = _first_order(plan, first)
    if planned:
        text += f"; its first order: {line_words(planned)} by {planned['latest_order_date']}"
    return f"{text}."


def _first_order(plan: Plan, one: Safe) -> OrderRow | None:
    """Return the planned order for a milestone with the earliest deadline; None if none."""
    meant = f"{one.commitment} {one.due}"
    orders = [
        row
        for row in plan.tables["orders"]
        if row["milestone_blocked"] == meant and row["latest_order_date"] is not None
    ]
    return min(orders, key=lambda row: row["latest_order_date"] or date.max, default=None)


def line_words(row: OrderRow | SlackRow) -> str:
    """Return a purchase line in words."""
    return f"{row['item']} of {row['supplier']}"
