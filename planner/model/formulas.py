"""The formulation, read from the docstrings of the code that states it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from planner.model import build, deployment, facility, objectives, spending
from planner.model.decisions import Decisions

Sections = dict[str, list[dict[str, str]]]
"""Section to entries, each with a name and its text."""

SHARED = (deployment.standing_systems, facility.load_on, facility.reserve)
TIERS = (
    objectives.missed_mw_months,
    objectives.missed_mtok,
    objectives.in_service_mw_months,
    objectives.present_cost,
    objectives.tie_break,
)


def formulation() -> Sections:
    """Return decisions, shared quantities, rules, cost terms and tiers with their formulas."""
    return {
        "decisions": _decisions(),
        "shared quantities": _entries(SHARED),
        "rules": _entries(build.RULES),
        "cost terms": [
            {"name": name, "text": _text(term)} for name, term in spending.COST_TERMS.items()
        ],
        "tiers, most important first": _entries(TIERS),
    }


def text(sections: Sections) -> str:
    """Return the formulation as plain text."""
    lines: list[str] = []
    for title, entries in sections.items():
        lines += [title.upper(), ""]
        for entry in entries:
            lines.append(entry["name"])
            lines += [f"    {line}".rstrip() for line in entry["text"].splitlines()]
            lines.append("")
    return "\n".join(lines).rstrip()


def _entries(functions: Iterable[Callable[..., Any]]) -> list[dict[str, str]]:
    return [{"name": function.__name__, "text": _text(function)} for function in functions]


def _text(function: Callable[..., Any]) -> str:
    return inspect.getdoc(function) or ""


def _decisions() -> list[dict[str, str]]:
    """Return the attributes that the docstring of `Decisions` describes."""
    _, _, attributes = (inspect.getdoc(Decisions) or "").partition("----------\n")
    entries: list[dict[str, str]] = []
    for line in attributes.splitlines():
        if line.startswith(" "):
            entries[-1]["text"] += f"\n{line.strip()}"
        else:
            name, _, index = line.partition(" : ")
            entries.append({"name": name, "text": index})
    return entries
