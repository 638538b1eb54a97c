"""What `.github/SECURITY.md` claims: no text of a workbook runs, nothing is written elsewhere."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest
from blocks import rows_of
from csv_folders import folder_of
from openpyxl import load_workbook
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from places import ROOT

HOUSE = ROOT / "planner"
FORMULA = '=HYPERLINK("https://example.org";"click")'

RUNS = {"eval", "exec", "compile", "__import__"}
"""Calls that run a text."""

UNPACKS = {"pickle", "shelve", "dill", "cloudpickle", "yaml", "runpy", "code"}
"""Modules that run what they read."""

HARMLESS = {
    ("whatif/sweep.py", "pickle"),
    ("workbook/files/ods.py", "urllib.parse"),
    ("workbook/files/xlsx.py", "urllib.parse"),
}
"""A sweep hands its own cases to its own workers, and names of parts of a file are spelled out."""

REACHES_OUT = {"socket", "ssl", "urllib", "http", "ftplib", "smtplib", "requests", "webbrowser"}
"""Modules that open connections."""


def nodes() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(HOUSE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield path.relative_to(HOUSE).as_posix(), node


def test_no_code_runs_a_text() -> None:
    found = [
        (file, node.func.id)
        for file, node in nodes()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RUNS
    ]
    found += [
        (file, node.func.attr)
        for file, node in nodes()
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr in ("system", "popen") or any(k.arg == "shell" for k in node.keywords))
    ]
    assert found == []


def test_no_module_that_unpacks_code_or_opens_connections_is_imported() -> None:
    found = set()
    for file, node in nodes():
        names = (
            [a.name for a in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        found |= {(file, n) for n in names if n.split(".")[0] in UNPACKS | REACHES_OUT}
    assert found == HARMLESS


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/evil", "..", "C:\\evil", "a/../../b", "~/evil", "con", "$(evil)"]
)
def test_a_plan_of_any_name_is_written_inside_the_outputs(name: str, tmp_path: Path) -> None:
    """Whatever the setting `plan` says; and texts that look like formulas stay texts."""
    sheets = rows_of(
        sites=[{"site": FORMULA, "pue": 1}], halls=[{"hall": "hall", "site": FORMULA, "it_mw": 100}]
    )
    sheets["settings"].append({"setting": "plan", "value": name})
    (tmp_path / "in").mkdir()
    (tmp_path / "run").mkdir()
    book = folder_of(sheets, tmp_path / "in")
    run = subprocess.run(
        [sys.executable, "-m", "planner.cli.main", "plan", str(book), "--json", "--report", "xlsx"],
        cwd=tmp_path / "run",
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PATH": "", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )
    assert run.returncode == 0, run.stderr
    written = {
        path
        for path in tmp_path.rglob("*")
        if path.is_file() and "in" not in path.relative_to(tmp_path).parts[:1]
    }
    (made,) = (tmp_path / "run" / "outputs").iterdir()
    assert written
    assert all(path.is_relative_to(made) for path in written)
    assert json.loads(run.stdout)["verified"] is True
    cells = [cell for sheet in load_workbook(made / "plan.xlsx") for row in sheet for cell in row]
    shown = [cell for cell in cells if FORMULA in str(cell.value)]
    assert shown
    assert {cell.data_type for cell in shown} == {"s"}
    assert not [cell for cell in cells if cell.hyperlink and "example.org" in str(cell.hyperlink)]


def pins() -> dict[str, str]:
    """Return the pinned version of each package."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    assert lines == sorted(lines)
    return {
        canonicalize_name(name): version for name, version in (line.split("==") for line in lines)
    }


def needed() -> Iterator[Requirement]:
    """Yield every requirement of the project, and of what it requires, as far as installed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    left, seen = [(Requirement(text), "") for text in texts], set[tuple[str, str]]()
    while left:
        requirement, extra = left.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        yield requirement
        name = canonicalize_name(requirement.name)
        for wanted in ("", *requirement.extras):
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                try:
                    further = metadata.requires(name) or []
                except metadata.PackageNotFoundError:
                    continue
                left += [(Requirement(text), wanted) for text in further]


def test_every_dependency_is_pinned_to_a_version_that_all_accept() -> None:
    """Also those of dependencies, as far as they are installed here."""
    pinned, unpinned, refused = pins(), set[str](), set[str]()
    for requirement in needed():
        version = pinned.get(canonicalize_name(requirement.name))
        if version is None:
            unpinned.add(str(requirement))
        elif not requirement.specifier.contains(version, prereleases=True):
            refused.add(f"{requirement}, pinned {version}")
    assert (unpinned, refused) == (set(), set())
