"""Output of `planner check` on a terminal: by sheet, with cells of the same rule grouped."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from planner.diagnostics.warning_context import InputWarning
from planner.errors import Fault
from planner.reports.console.plan_text import printable
from planner.workbook.cell_locations import F, Group, cell_of, fold, sheet_of

FIRST_CELLS = 4
"""Largest number of cells on a line; the others are counted."""

FIRST_VALUES = 3
"""Largest number of different values and remedies in a group."""


@dataclass(frozen=True)
class CheckResult:
    """Faults, warnings and notes of a workbook, as ``planner check`` returns them.

    Attributes
    ----------
    workbook : Path
        The workbook.
    faults : tuple of Fault
        Faults that stop a plan.
    warnings : tuple of InputWarning
        Implausible inputs that do not stop a plan.
    notes : tuple of str
        Assumptions made and inputs ignored.
    marked : Path or None
        The marked copy, if one was written.
    can_be_planned : bool
        Whether the workbook can be planned because its faults are only in scenarios and draws.
    """

    workbook: Path
    faults: tuple[Fault, ...] = ()
    warnings: tuple[InputWarning, ...] = ()
    notes: tuple[str, ...] = ()
    marked: Path | None = field(default=None)
    can_be_planned: bool = False


def as_document(result: CheckResult, failures: Sequence[str] = ()) -> dict[str, Any]:
    """Return the document of ``planner check --json``, with checks that failed to run."""
    return {
        "workbook": str(result.workbook),
        "ok": not result.faults,
        "can_be_planned": result.can_be_planned,
        "counts": {
            "faults": len(result.faults),
            "warnings": len(result.warnings),
            "notes": len(result.notes),
        },
        "faults": [_entry(fault) for fault in result.faults],
        "warnings": [_entry(w) | {"figures": dict(w.figures)} for w in result.warnings],
        "notes": list(result.notes),
        "marked": None if result.marked is None else str(result.marked),
        "failures": list(failures),
    }


def _entry(finding: Fault | InputWarning) -> dict[str, Any]:
    return {
        "sheet": sheet_of(finding.where),
        "cell": cell_of(finding.where) or None,
        "where": finding.where,
        "value": finding.value or None,
        "rule": finding.rule,
        "remedy": finding.remedy,
    }


def as_json(result: CheckResult, failures: Sequence[str] = ()) -> str:
    """Return the document as text."""
    return json.dumps(as_document(result, failures), indent=2, ensure_ascii=False)


def print_findings(result: CheckResult, console: Console, *, every: bool = False) -> None:
    """Print faults, warnings, notes and the verdict.

    Parameters
    ----------
    result
        Result of the check.
    console
        Console to print to; no colours if it is not a terminal.
    every
        Whether each cell gets its own line.
    """
    _print_part(result.faults, "fault", "bold red", console, every)
    _print_part(result.warnings, "warning", "bold yellow", console, every)
    if result.notes:
        console.print(Text(_counted(len(result.notes), "note"), "bold cyan"))
        for note in result.notes:
            _line(console, 2, Text(printable(note)))
        console.print()
    _print_verdict(result, console)


def _print_part(
    findings: Sequence[F], kind: str, style: str, console: Console, every: bool
) -> None:
    """Print the faults or the warnings, sheet by sheet."""
    if not findings:
        return
    console.print(Text(_counted(len(findings), kind), style))
    sheets: dict[str, list[F]] = {}
    for finding in findings:
        sheets.setdefault(sheet_of(finding.where), []).append(finding)
    for sheet, here in sheets.items():
        heading = Text(f"  {printable(sheet)}", "bold")
        console.print(heading.append(f"  {_counted(len(here), kind)}", "dim"))
        groups = (
            [Group(sheet, finding.rule, (finding,)) for finding in here] if every else fold(here)
        )
        for group in groups:
            _print_group(group, style.removeprefix("bold "), console)
    console.print()


def _print_group(group: Group[F], style: str, console: Console) -> None:
    """Print one rule of one sheet: cells, values, rule and remedies."""
    values = list(dict.fromkeys(f.value for f in group.findings if f.value))
    line = Text.assemble((printable(group.places(FIRST_CELLS)), style))
    if values:
        line.append(f"  {printable(_some(map(repr, values)))}", "italic")
    _line(console, 4, line)
    _line(console, 6, Text(_sentence(group.rule)))
    remedies = list(dict.fromkeys(finding.remedy for finding in group.findings))
    for remedy in remedies[:FIRST_VALUES]:
        _line(console, 6, Text(f"-> {_sentence(remedy)}", "green"))
    if len(remedies) > FIRST_VALUES:
        _line(console, 6, Text(f"and {len(remedies) - FIRST_VALUES} more remedies (--all)", "dim"))


def _print_verdict(result: CheckResult, console: Console) -> None:
    """Print the counts, and what to do next."""
    name = _quoted(result.workbook)
    counts = ", ".join(
        (
            _counted(len(result.faults), "fault"),
            _counted(len(result.warnings), "warning"),
            _counted(len(result.notes), "note"),
        )
    )
    if result.faults and result.marked is not None:
        text, style = f"Correct the red cells of {_quoted(result.marked)}", "bold red"
    elif result.faults:
        text, style = f"See each in its cell: planner check {name} --mark", "bold red"
    elif result.warnings:
        text, style = f"Warnings do not stop a plan: planner plan {name}", "bold yellow"
    else:
        text, style = f"Ready: planner plan {name}", "bold green"
    if result.faults and result.can_be_planned:
        text += (
            ". These faults affect only scenarios and draws; to plan without them: "
            f"planner plan {name}"
        )
    console.print(Text(f"{counts}. {text}", style), soft_wrap=True)


def _line(console: Console, indent: int, text: Text) -> None:
    """Print an indented text, wrapped on a terminal, on one line elsewhere."""
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, indent), expand=False))
    else:
        console.print(Text(" " * indent).append_text(text), soft_wrap=True)


def _some(words: Iterable[str]) -> str:
    all_words = list(words)
    rest = f" and {len(all_words) - FIRST_VALUES} more" if len(all_words) > FIRST_VALUES else ""
    return ", ".join(all_words[:FIRST_VALUES]) + rest


def _sentence(text: str) -> str:
    """Return a text that ends with one full stop."""
    shown = printable(text).rstrip()
    return shown if shown.endswith((".", "?", "!")) else f"{shown}."


def _counted(count: int, noun: str) -> str:
    """Return a count with its noun, e.g. ``no faults``, ``1 fault``, ``2 faults``."""
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _quoted(path: Path) -> str:
    """Return a path quoted for a command line."""
    text = str(path)
    return f'"{text}"' if " " in text else text
