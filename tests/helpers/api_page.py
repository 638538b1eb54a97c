"""The page `.github/API.md`, made from docstrings.

Write it anew: ``python tests/helpers/api_page.py > .github/API.md``.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from typing import Any

import planner
import planner.errors
from planner.plan.finding_tables import EXPLAINED, QUOTED, TOKENS_QUOTED
from planner.plan.tables import RESULTS

HEAD = """# Python interface

Made from the docstrings. Write it anew: `python tests/helpers/api_page.py > .github/API.md`.

```python
import planner

plan = planner.plan("inputs/first-plan.xlsx", gap=0.0005)
print(plan)
print(plan.ramp[["period", "required_mw", "in_service_mw", "missed_mw"]])
print(plan.summary["gap"])  # what `planner plan --json` prints

more = planner.plan("inputs/first-plan.xlsx", changes=["milestones[*,*].mw*=1.5"])
print(planner.explain(more).lateness)
print(planner.quote(plan, mw=[1]).earliest)
print(planner.verify(plan, "inputs/first-plan.xlsx").ok)
planner.save(plan, "outputs/first-plan")
```

Each function does what the command of the same name does. Nothing is written but by `save` and
`sweep`. What a command line can do beyond this page, `planner --help` says.
"""

SECTIONS = {
    "Make a plan": (
        "planner.read",
        "planner.check",
        "planner.plan",
        "planner.Options",
        "planner.workbook.reading.inputs_from_rows",
    ),
    "Use a plan": (
        "planner.Plan",
        "planner.Plan.rows",
        "planner.Plan.frame",
        "planner.save",
        "planner.load",
    ),
    "Check a plan": ("planner.verify", "planner.checker.verify.Verdict"),
    "Explain and quote": (
        "planner.explain",
        "planner.why",
        "planner.quote",
        "planner.quote_tokens",
        "planner.TokenTerms",
        "planner.plan.finding_tables.Finding",
    ),
    "What-ifs": (
        "planner.compare",
        "planner.whatif.compare.Comparison",
        "planner.sweep",
        "planner.whatif.sweep.Sweep",
    ),
}
"""What the page describes, by heading."""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for heading, names in SECTIONS.items():
        parts += [f"## {heading}\n", *map(described, names)]
    parts += ["## Result tables\n", tables(), "## Errors\n", errors()]
    return "\n".join(parts)


def described(name: str) -> str:
    """Return the description of one function or class."""
    thing = found(name)
    home, _, last = name.rpartition(".")
    is_public = home in ("planner", "planner.Plan")
    title = name.removeprefix("planner.") if is_public else last
    if home == "planner":
        title = name
    place = "" if is_public else f"`from {home} import {last}`\n"
    call = f"```text\n{last}{called(inspect.signature(thing))}\n```\n"
    parts = (f"### {title}\n", place, call, text(thing.__doc__ or ""))
    return "\n".join(part for part in parts if part)


def found(name: str) -> Any:
    """Return what a dotted name stands for."""
    home, _, last = name.rpartition(".")
    if home == "planner":
        return getattr(planner, last)
    if home == "planner.Plan":
        return getattr(planner.Plan, last)
    return getattr(importlib.import_module(home), last)


def called(signature: inspect.Signature) -> str:
    """Return a signature, one parameter a line where it is long."""
    parts, only_by_name = [], False
    for one in signature.parameters.values():
        if one.name == "self":
            continue
        if one.kind is one.KEYWORD_ONLY and not only_by_name:
            only_by_name = True
            parts.append("*")
        stars = "**" if one.kind is one.VAR_KEYWORD else ""
        default = "" if one.default is one.empty else f" = {shown(one.default)}"
        parts.append(f"{stars}{one.name}: {one.annotation}{default}")
    result = "" if signature.return_annotation in ("None", None) else signature.return_annotation
    end = f") -> {result}" if result else ")"
    line = f"({', '.join(parts)}{end}"
    return line if len(line) <= 80 else "(\n    " + ",\n    ".join(parts) + f",\n{end}"


def shown(default: object) -> str:
    """Return a default as it is written; one that is made anew each time has no text."""
    if callable(default):
        return str(getattr(default, "__name__", "..."))
    return "..." if repr(default) == "<factory>" else repr(default)


def text(doc: str) -> str:
    """Return a numpydoc docstring as Markdown."""
    parts = re.split(r"^(\w+)\n-+\n", inspect.cleandoc(doc), flags=re.MULTILINE)
    out = [parts[0].strip().replace("``", "`") + "\n"]
    for heading, body in zip(parts[1::2], parts[2::2], strict=True):
        out += [f"*{heading}*\n", "\n".join(entries(heading, body)) + "\n"]
    return "\n".join(out)


def entries(heading: str, body: str) -> Iterator[str]:
    """Yield the entries of a docstring's section as list items."""
    blocks: list[list[str]] = []
    for line in body.strip().splitlines():
        if line and not line.startswith(" "):
            blocks.append([line])
        elif line.strip() and blocks:
            blocks[-1].append(line.strip())
    for head, *lines in blocks:
        name, _, kind = head.partition(" : ")
        names = name if heading == "Returns" and not kind else f"`{name}`"
        told = " ".join(lines).replace("``", "`")
        yield f"- {names}" + (f" ({kind})" if kind else "") + (f": {told}" if told else "")


def tables() -> str:
    """Return the result tables, then those of explanations and quotes, with their columns."""
    parts = [
        "Each is an attribute of a plan, as a pandas DataFrame: `plan.ramp`. The tables from "
        "`bottlenecks` on are those of explanations and quotes. Where a plan states its currency, "
        "this page says money; where it says week, month or quarter, period.\n"
    ]
    for table in (*RESULTS, *EXPLAINED, *QUOTED, *TOKENS_QUOTED):
        parts += [f"### {table.name}\n", f"{table.help}\n"]
        parts += ["| column | title | unit | meaning |", "|---|---|---|---|"]
        for column in table.select():
            cells = (f"`{column.name}`", column.title, column.unit, column.meaning)
            parts.append(f"| {' | '.join(cells)} |")
        parts.append("")
    return "\n".join(parts)


def errors() -> str:
    """Return the tree of errors with their exit codes."""

    def lines(error: type[planner.errors.PlannerError], depth: int) -> Iterator[str]:
        told = inspect.cleandoc(error.__doc__ or "").splitlines()[0]
        yield f"{'  ' * depth}- `{error.__name__}` (exit code {error.exit_code}): {told}"
        for child in error.__subclasses__():
            if child.__module__ == planner.errors.__name__:
                yield from lines(child, depth + 1)

    head = "Every error raised on purpose is a `planner.PlannerError`.\n\n"
    return head + "\n".join(lines(planner.errors.PlannerError, 0)) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
