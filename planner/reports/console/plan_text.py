"""The plan and the solver's progress on a terminal of 80 columns."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.model.objectives import CHOOSING
from planner.plan.columns import Column
from planner.plan.report_tables import MILESTONES, PROOF, RAMP_ENDS
from planner.plan.result_rows import RampRow
from planner.plan.rows import Row
from planner.plan.store import Plan
from planner.plan.tables import COSTS, RAMP
from planner.reports.counts import (
    as_sentence,
    milestone_words,
    order_words,
    origins,
    system_words,
    tier_words,
    tiers,
    token_words,
)
from planner.reports.plan_figures import several
from planner.reports.token_views import has_promises
from planner.reports.views import (
    BASIS_WORDS,
    NOTHING,
    currency,
    figure,
    headline,
    listed,
    number,
    percent,
    period_word,
    ramps,
)
from planner.solve.progress import Event

MOST_NOTES = 5
"""Largest number of printed notes; the workbook has all of them."""

MOST_RAMPS, MOST_LINES, BAR = 6, 24, 30
"""Largest number of printed commitments and of lines of each, and length of a full bar.

Periods with missed megawatts are always printed.
"""

EIGHTHS = " \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
"""Blocks from empty to full height."""

PLAIN = " .:-=+*#@"
"""The same for an ASCII terminal."""


def print_plan(plan: Plan, console: Console, files: Mapping[str, str] | None = None) -> None:
    """Print the main results of a plan, missed megawatts first.

    Parameters
    ----------
    plan
        The plan.
    console
        Console to print to; plain lines if it is not a terminal.
    files
        Paths by kind, as `planner.plan.store.save_plan` returns them.
    """
    _print_state(plan, console)
    if has_promises(plan):
        _print_milestones(plan, console)
    _print_systems(plan, console)
    _print_costs(plan, console)
    _print_tiers(plan, console)
    _print_notes(plan, console)
    print_files(files or {}, console)


FOR_PROGRAMS = ("npz",)
"""Kinds of files that are not for people."""

SHORTEST_KIND = 6
"""Least width of the kinds of files, in characters."""


def print_files(files: Mapping[str, str], console: Console) -> None:
    """Print the paths of a plan's files, by kind."""
    if files:
        console.print()
    widest = max([SHORTEST_KIND, *map(len, files)])
    for kind, path in files.items():
        if kind in FOR_PROGRAMS:
            continue
        line = Text.assemble((f"{kind:<{widest}} ", "dim"), printable(path))
        console.print(line, soft_wrap=True)  # a path must stay in one piece


def printable(value: object) -> str:
    """Return a text without terminal control characters."""
    return "".join(c if c.isprintable() else " " for c in str(value))


def _print_state(plan: Plan, console: Console) -> None:
    """Print the missed megawatts, the status of the run and the verdict of the checker."""
    head = headline(plan)
    console.print(Text(printable(head.text), "bold red" if head.missed else "bold green"))
    for sentence in head.details:
        console.print(Padding(Text(printable(sentence), "red"), (0, 0, 0, 2), expand=False))
    verified = plan.summary.get("verified") is True
    console.print(
        Text.assemble(
            "Plan ",
            (printable(plan.name), "bold"),
            ": ",
            printable(plan.summary.get("status") or "status not known"),
            f", gap {percent(plan.summary.get('gap'))}, independent checker ",
            ("passed", "green") if verified else ("NOT PASSED", "bold red"),
        )
    )


def _print_milestones(plan: Plan, console: Console) -> None:
    """Print the number of milestones met, and each milestone on its basis."""
    console.print(Text(f"Milestones: {milestone_words(plan)}"))
    columns = MILESTONES.select(
        "commitment", "date", "basis", "required_mw", "in_service_mw", "missed_mw"
    )
    table = new_table(*headings(columns))
    for row in listed(plan, "milestones"):
        missed = number(row.get("missed_mw"))
        if missed <= NOTHING:
            missed = 0.0
        cells = [
            row.get("commitment"),
            str(row.get("date"))[:10],
            row.get("basis"),
            figure(row.get("required_mw"), 1),
            figure(row.get("in_service_mw"), 1),
            figure(missed, 1),
        ]
        add_line(table, cells, "red" if missed else "")
    show(table, console)


def _print_systems(plan: Plan, console: Console) -> None:
    """Print systems installed, halls opened, tokens, orders, and the sources of the inputs."""
    systems, halls = printable(system_words(plan)), figure(plan.summary.get("halls_opened"))
    console.print()
    console.print(Text(f"Systems installed: {systems}; halls opened: {halls}"))
    tokens = token_words(plan)
    if tokens:
        is_short = any(number(row["missed_mtok"]) > NOTHING for row in plan.tables["tokens"])
        console.print(Text(f"Tokens: {tokens}", "bold red" if is_short else ""))
    console.print(Text(as_sentence(order_words(plan))))
    console.print(Text(as_sentence(origins(plan).words)))


def _print_costs(plan: Plan, console: Console) -> None:
    """Print the non-zero cost terms and their sum."""
    terms = [row for row in plan.tables.get("costs", []) if row["amount"] or row["present_cost"]]
    total: Row = {"term": "total"}
    for name in ("amount", "present_cost"):
        total[name] = sum(row[name] for row in terms)
    money, size, decimals = printable(currency(plan)), 1.0, 0
    if number(total["amount"]) >= 1e7:
        money, size, decimals = f"{money} million", 1e6, 1
    term, *amounts = COSTS.select(money=money)
    table = new_table(*headings([term, *amounts]))
    for row in [*terms, total]:
        cells = [row["term"]]
        for column in amounts:
            cells.append(figure(number(row[column.name]) / size, decimals))
        add_line(table, cells, "bold" if row is total else "")
    show(table, console)
    revenue = number(plan.summary.get("revenue"))
    if revenue:
        earned = f"{figure(revenue / size, decimals)} {money}"
        console.print(Text(f"Revenue of the MW served, not in the cost: {earned}"))


def _print_tiers(plan: Plan, console: Console) -> None:
    """Print the tiers in order with their bounds, except the tie-break, which has none."""
    table = new_table(*headings(PROOF.select("words", "unit", "value", "bound", "gap")))
    for row in tiers(plan):
        if row["tier"] != CHOOSING:
            proof = [short(row["value"]), short(row["bound"]), percent(row["gap"])]
            add_line(table, [row["words"], row["unit"] or "", *proof])
    show(table, console)


def _print_notes(plan: Plan, console: Console) -> None:
    """Print the first assumptions and warnings."""
    notes = plan.summary.get("notes")
    if not isinstance(notes, (list, tuple)) or not notes:
        return
    console.print()
    for note in notes[:MOST_NOTES]:
        console.print(Text(f"Note: {printable(note)}".rstrip(), "dim"))
    if len(notes) > MOST_NOTES:
        more = several(len(notes) - MOST_NOTES, "more note")
        console.print(Text(f"and {more} in the summary", "dim"))


def headings(columns: Iterable[Column], between: str = " ") -> list[str]:
    """Return the headings of declared columns for `new_table`, with the units of numbers."""
    texts = []
    for column in columns:
        if column.is_number:
            texts.append(f">{column.title}{between}{column.unit}".rstrip())
        else:
            texts.append(column.title)
    return texts


def new_table(*headers: str) -> Table:
    """Return an empty table; columns whose header starts with ``>`` are right-aligned."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        right = header.startswith(">")
        table.add_column(
            Text(header.lstrip(">")),
            justify="right" if right else "left",
            overflow="fold",
            no_wrap=right,
        )
    return table


def add_line(table: Table, cells: Iterable[object], style: str = "") -> None:
    """Add a row of literal texts, without mark-up."""
    table.add_row(*(Text(printable(cell)) for cell in cells), style=style)


def show(table: Table, console: Console) -> None:
    """Print a table unless it is empty."""
    if table.row_count:
        console.print()
        console.print(table)


def print_ramp(plan: Plan, console: Console) -> None:
    """Print the ramp: a sparkline for each commitment, then its periods with bars.

    Parameters
    ----------
    plan
        The plan.
    console
        Console to print to. A full bar is the commitment's largest value; missed MW are light.
    """
    shown = {name: rows for name, rows in ramps(plan).items() if _top(rows) > NOTHING}
    plain, word = console.options.ascii_only, period_word(plan)
    table = new_table(*headings(RAMP_ENDS.select(), "\n"), "Ramp")
    for name, rows in shown.items():
        worst = _worst(rows)
        last = figure(rows[-1]["in_service_mw"], 1)
        add_line(
            table,
            [name, rows[0]["basis"], last, figure(worst, 1), sparkline(rows, plain)],
            "red" if worst else "",
        )
    show(table, console)
    missing = [name for name, rows in shown.items() if _worst(rows)]
    met = [name for name in shown if name not in missing]
    printed = {*missing, *met[: max(MOST_RAMPS - len(missing), 0)]}
    for name, rows in shown.items():
        if name in printed:
            _print_ramp_of(name, rows, word, console)
    if len(printed) < len(shown):
        others = several(len(shown) - len(printed), "more commitment")
        console.print(Text(f"and {others}, without missed MW, in the reports", "dim"))


def _print_ramp_of(name: str, rows: Sequence[RampRow], word: str, console: Console) -> None:
    """Print the periods with a change of one commitment, and the number omitted."""
    basis = BASIS_WORDS.get(rows[0]["basis"], rows[0]["basis"])
    shown, left_out = _chosen(rows)
    console.print()
    console.print(Text(printable(f"{name}, MW {basis}, where it changes"), "bold"))
    console.print(_ramp_table(shown, _top(rows), word, console.options.ascii_only))
    if left_out:
        periods = several(left_out, "more period")
        text = f"{periods} in which it changes, without missed MW, in the reports"
        console.print(Text(text, "dim"))


def sparkline(rows: Sequence[RampRow], plain: bool = False, most: int = 24) -> str:
    """Return a sparkline of MW in service, relative to the commitment's largest value."""
    top, steps = _top(rows), PLAIN if plain else EIGHTHS
    size = -(-len(rows) // most)
    values = [row["in_service_mw"] for row in rows[::-1][::size][::-1]]
    return "".join(steps[math.ceil(8 * value / top - 1e-9)] if top > 0 else " " for value in values)


def _ramp_table(rows: Sequence[RampRow], top: float, word: str, plain: bool) -> Table:
    """Return periods of a commitment with bars of MW in service and missed."""
    full, light = ("#", ".") if plain else ("\N{FULL BLOCK}", "\N{LIGHT SHADE}")
    columns = RAMP.select("period_end", "required_mw", "in_service_mw", "missed_mw", period=word)
    # Units below the titles leave room for the bars on 80 columns.
    table = new_table(*headings(columns, "\n"), "")
    for row in rows:
        served, missed = row["in_service_mw"], _missed(row)
        bar = full * round(BAR * served / top) + light * round(BAR * missed / top)
        add_line(
            table,
            [
                row["period_end"],
                figure(row["required_mw"], 1),
                figure(served, 1),
                figure(missed, 1),
                bar,
            ],
            "red" if missed else "",
        )
    return table


def _chosen(rows: Sequence[RampRow]) -> tuple[list[RampRow], int]:
    """Return the periods to print, and the number of omitted periods with a change.

    Periods that miss MW are always printed, with the following one, and so are periods with a new
    milestone, the first and the last; other periods with a change fill the remaining lines.
    """
    figures = [
        [round(mw, 6) for mw in (row["required_mw"], row["in_service_mw"], row["missed_mw"])]
        for row in rows
    ]
    kept = {0, len(rows) - 1}
    for n in range(1, len(rows)):
        is_due = figures[n][0] != figures[n - 1][0]
        if is_due or _missed(rows[n]) or _missed(rows[n - 1]):
            kept.add(n)
    changed = [n for n in range(len(rows)) if n not in kept and figures[n] != figures[n - 1]]
    room = min(len(changed), max(MOST_LINES - len(kept), 0))
    printed = [changed[n * len(changed) // room] for n in range(room)]
    return [rows[n] for n in sorted({*kept, *printed})], len(changed) - len(printed)


def _missed(row: RampRow) -> float:
    """Return the MW that a commitment misses in a period, with solver noise removed."""
    missed = row["missed_mw"]
    return missed if missed > NOTHING else 0.0


def _worst(rows: Sequence[RampRow]) -> float:
    """Return the most MW that a commitment misses in any period."""
    return max(map(_missed, rows))


def _top(rows: Sequence[RampRow]) -> float:
    """Return the largest value of a commitment's ramp, due or in service."""
    return max(max(row["required_mw"], row["in_service_mw"]) for row in rows)


class Progress:
    """Shows the solver's events: a live line on a terminal, occasional lines elsewhere.

    Use it as a context manager, so that the line is always completed.

    Parameters
    ----------
    console
        Console to print to; by default stderr, because stdout is for data.
    every
        Least seconds between two lines if there is no terminal.
    clock
        Clock in seconds; for tests.
    """

    def __init__(
        self,
        console: Console | None = None,
        every: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.console = console or Console(stderr=True)
        self.every = every if not self.console.is_terminal else 0.1
        self.clock = clock
        self._tier = ""
        self._unshown: Event | None = None
        self._shown_at = float("-inf")
        self._length = 0
        self._is_read = True

    def __call__(self, event: Event) -> None:
        """Show an event, delayed if one of the same tier was shown just before."""
        now = self.clock()
        if event.tier == self._tier and now - self._shown_at < self.every:
            self._unshown = event
            return
        if event.tier != self._tier:
            self.close()
        self._tier, self._shown_at, self._unshown = event.tier, now, None
        self._write(describe(event))

    def close(self) -> None:
        """Show the pending event of the tier, and complete the line."""
        if self._unshown is not None:
            self._write(describe(self._unshown))
        self._unshown = None
        if self._length:
            self._say("\n")
        self._length = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _write(self, line: str) -> None:
        if not self.console.is_terminal:
            self._say(f"{line}\n")
        else:
            line = line[: max(self.console.width - 1, 20)]
            self._say(f"\r{line:<{self._length}}")
            self._length = len(line)

    def _say(self, text: str) -> None:
        """Write a text; if the stream is closed, the solver goes on without progress output."""
        if not self._is_read:
            return
        try:
            self.console.file.write(text)
            self.console.file.flush()
        except (
            OSError,
            ValueError,
        ):  # a closed pipe or stream, or a character outside its encoding
            self._is_read = False


def describe(event: Event) -> str:
    """Return an event in words: tier, best value, bound, gap and seconds."""
    tier, unit = printable(tier_words(event.tier)), printable(event.unit)
    if event.incumbent is None or not math.isfinite(event.incumbent):
        return f"{tier}: looking for a first plan, {event.elapsed:.0f} s"
    bound = gap = ""
    if event.bound is not None and math.isfinite(event.bound):
        bound = f", bound {short(event.bound)}"
    if event.gap is not None and math.isfinite(event.gap):
        gap = f", gap {event.gap:.2%}"
    return (
        f"{tier}: {short(event.incumbent)} {unit}".rstrip() + f"{bound}{gap}, {event.elapsed:.0f} s"
    )


def short(value: object) -> str:
    """Return a short number, with millions and billions in words."""
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if abs(number(value)) >= size:
            return f"{number(value) / size:,.3f} {word}"
    return figure(value, 1)
