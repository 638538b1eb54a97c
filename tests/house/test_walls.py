"""The walls of the house: who may import whom, and how large and how well described code is."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest
from places import ROOT

HOUSE = ROOT / "planner"
DOOR = HOUSE / "__init__.py"
FILES = sorted(HOUSE.rglob("*.py"))

FLOORS = {
    "errors": 1,
    "attempts": 2,
    "tolerance": 1,
    "workbook": 2,
    "case": 3,
    "diagnostics": 4,
    "model": 4,
    "plan": 5,
    "solve": 5,
    "checker": 6,
    "reports": 7,
    "pipeline": 7,
    "whatif": 8,
    "explain": 8,
    "api": 9,
    "cli": 10,
    "__main__": 11,
}
"""Floor of each room: it imports from itself and from lower floors alone."""

WINGS = {
    "workbook": {
        "files": 1,
        "catalogue": 1,
        "cell_locations": 2,
        "schema": 2,
        "rows": 3,
        "drafts": 4,
        "checks": 5,
        "headers": 5,
        "settings": 5,
        "digest": 5,
        "stored_inputs": 5,
        "stated_units": 6,
        "wide_tables": 6,
        "cell_units": 7,
        "sheet_reading": 8,
        "reading": 9,
        "writing": 9,
        "marking": 9,
    },
    "reports": {
        "views": 1,
        "markup": 1,
        "colours": 1,
        "markup_tables": 2,
        "plan_figures": 2,
        "token_views": 2,
        "explanation_texts": 2,
        "quote_texts": 2,
        "token_texts": 3,
        "order_notes": 2,
        "plan_document": 2,
        "stranded_power": 2,
        "install_days": 3,
        "counts": 3,
        "limit_timeline": 3,
        "whatif_report": 3,
        "whatif_columns": 3,
        "charts": 4,
        "console": 4,
        "excel": 4,
        "page": 5,
        "report_kinds": 6,
    },
    "solve": {
        "tuning": 0,
        "outcome": 1,
        "time_limit": 1,
        "interrupt": 1,
        "progress": 1,
        "problem_arrays": 1,
        "solver_check": 1,
        "highs_options": 1,
        "highs_thread": 1,
        "basis": 1,
        "elastic_rows": 2,
        "highs_run": 2,
        "highs_model": 3,
        "coefficient_ranges": 4,
        "fallback_plan": 4,
        "recheck": 4,
        "replicas": 4,
        "rounding": 5,
        "polish": 4,
        "duals": 5,
        "staged": 6,
        "initial_plan": 7,
        "lexicographic": 8,
        "warm_start": 9,
        "decompose": 9,
    },
}
"""Floors inside a room that has folders of its own, by folder or file: the same rule holds."""

GUESTS = {
    "pulp": ("model", "solve"),
    "highspy": ("solve",),
    "networkx": ("case/graph.py",),
    "click": ("cli",),
}
"""Where each of these libraries alone may be imported."""

MOST_LINES_OF_A_FILE = 500
MOST_LINES_OF_A_FUNCTION = 60
# What an operating system says of itself stands in /proc on every machine that has it.
SYSTEM_FOLDERS = "home|root|tmp|usr|var|etc|opt|mnt|srv|work|Users|Volumes|private|workspace"
ABSOLUTE = re.compile(
    rf"(?<![\w.:/<*])/(?:{SYSTEM_FOLDERS})(?:/|\b)|\b[A-Za-z]:\\+\w|[\"']/(?!proc/)[\w.-]+/"
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
Found = dict[str, list[object]]
"""What breaks a wall, by file."""


def named(path: Path) -> str:
    """Return a file's path in the house."""
    return path.relative_to(HOUSE).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(source: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and full name of everything imported anywhere, inside functions too."""
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import hides its room"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def room(path: Path) -> str:
    """Return the room of a file: its folder, or itself at the top of the house."""
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def climbs(at: str, name: str) -> bool:
    """Return whether a room must not import a name, because it is no lower than the room."""
    parts = name.split(".")
    if parts[0] != "planner" or len(parts) < 2 or parts[1] in (at, "__version__"):
        return False
    return FLOORS[parts[1]] >= FLOORS[at]


def wing(path: Path) -> str:
    """Return the folder or file of a room that a file belongs to."""
    return path.relative_to(HOUSE).parts[1].removesuffix(".py")


def climbs_inside(floors: Mapping[str, int], at: str, name: str) -> bool:
    """Return whether a wing must not import a name from another wing of the same room."""
    other = name.split(".")[2]
    return other != at and floors[other] >= floors[at]


def circles(imports: Mapping[str, set[str]]) -> set[str]:
    """Return the modules that import one another in a circle, and those that import such ones."""
    left = dict(imports)
    while free := [name for name, wanted in left.items() if not wanted & left.keys()]:
        for name in free:
            del left[name]
    return set(left)


def uninvited(path: str, name: str) -> bool:
    """Return whether a file must not import a library."""
    guest = name.split(".", maxsplit=1)[0]
    hosts = GUESTS.get(guest)
    if hosts is not None:
        return not any(path == host or path.startswith(f"{host}/") for host in hosts)
    return guest == "pandas" and path.startswith("model/")


def functions(source: ast.Module) -> Iterator[Function]:
    for node in ast.walk(source):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: Function) -> int:
    """Return a function's lines without its docstring, from `def` to its last."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def undescribed(node: ast.AST, inside: str = "") -> Iterator[str]:
    """Yield the public classes, functions and methods that have no docstring."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | Function) and not child.name.startswith("_"):
            name = f"{inside}{child.name}"
            if ast.get_docstring(child) is None:
                yield name
            if isinstance(child, ast.ClassDef):
                yield from undescribed(child, f"{name}.")


def broken(found: Callable[[Path], Iterable[object]], paths: Iterable[Path] = FILES) -> Found:
    """Return what is found in each file where anything is."""
    every = {named(path): [*found(path)] for path in paths}
    return {name: wrong for name, wrong in every.items() if wrong}


def test_a_room_imports_from_lower_floors_alone() -> None:
    rooms = [path for path in FILES if path != DOOR]
    assert not broken(
        lambda path: [i for i in imported(tree(path)) if climbs(room(path), i[1])], rooms
    )


@pytest.mark.parametrize("name", WINGS)
def test_a_wing_imports_from_lower_wings_alone(name: str) -> None:
    floors = WINGS[name]
    files = [path for path in sorted((HOUSE / name).rglob("*.py")) if wing(path) != "__init__"]
    assert {wing(path) for path in files} == set(floors)
    inside = f"planner.{name}."
    assert not broken(
        lambda path: [
            found
            for found in imported(tree(path))
            if found[1].startswith(inside) and climbs_inside(floors, wing(path), found[1])
        ],
        files,
    )


def test_no_modules_import_one_another_in_a_circle() -> None:
    dotted = {".".join(p.relative_to(HOUSE.parent).with_suffix("").parts): p for p in FILES}
    imports = {
        name: {
            module
            for _, found in imported(tree(path))
            for module in (found, found.rpartition(".")[0])
            if module in dotted and module != name
        }
        for name, path in dotted.items()
    }
    assert not circles(imports)


def test_a_circle_is_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == {"a", "b", "c"}


def test_a_library_is_imported_only_where_it_is_at_home() -> None:
    assert not broken(
        lambda path: [i for i in imported(tree(path)) if uninvited(named(path), i[1])]
    )


def test_the_checker_is_independent() -> None:
    """It works from workbook and tables alone, neither from the model nor from its look-ups."""
    kin = tuple(f"planner.{name}" for name in ("model", "solve", "case", "diagnostics", "pipeline"))
    checker = sorted((HOUSE / "checker").glob("*.py"))
    assert checker
    assert not broken(
        lambda path: [i for i in imported(tree(path)) if i[1].startswith(kin)], checker
    )


def test_the_checker_imports_nothing_that_is_not_independent() -> None:
    """Nor does anything that it imports, as far as that goes."""
    waiting = [f"planner.checker.{p.stem}" for p in (HOUSE / "checker").glob("*.py")]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        path = HOUSE.joinpath(*name.split(".")[1:]).with_suffix(".py")
        if name in seen or not path.exists() or name == "planner":
            continue
        seen.add(name)
        for _, found in imported(tree(path)):
            waiting += [found, found.rpartition(".")[0]]
    kin = ("model", "solve", "case", "diagnostics")
    assert not [name for name in seen if name.split(".")[1] in kin]
    # The checker states the limits of halls again on its own.
    assert "planner.workbook.schema.hall_limits" not in seen
    assert "planner.plan.tables" in seen


def test_files_are_short() -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert not {name: lines for name, lines in lengths.items() if lines > MOST_LINES_OF_A_FILE}


def test_functions_are_short() -> None:
    assert not broken(
        lambda path: [
            f"{function.name}: {length(function)} lines"
            for function in functions(tree(path))
            if length(function) > MOST_LINES_OF_A_FUNCTION
        ]
    )


def test_everything_public_is_described() -> None:
    assert not broken(lambda path: undescribed(tree(path)))
    assert not broken(lambda path: [] if ast.get_docstring(tree(path)) else ["the file itself"])


def test_no_absolute_path() -> None:
    texts = [p for p in sorted(HOUSE.rglob("*")) if p.is_file() and p.parent.name != "__pycache__"]
    assert not broken(
        lambda path: [
            (number, line)
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
            if ABSOLUTE.search(line)
        ],
        texts,
    )


def test_every_room_has_a_floor() -> None:
    assert {room(path) for path in FILES if path != DOOR} <= set(FLOORS)


def test_the_architecture_page_has_every_room_with_its_floor() -> None:
    page = (HOUSE.parent / ".github/ARCHITECTURE.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| (\d+) \| \[`(\w+)`\]", page, re.MULTILINE)
    assert {name: int(floor) for floor, name in listed} == FLOORS


def test_rules_are_short() -> None:
    """One function, one rule: at most 25 lines, as the design has it."""
    from planner.model.build import RULES  # noqa: PLC0415  (the other tests read, not import)

    names = {rule.__name__ for rule in RULES}
    blocks = [f for path in (HOUSE / "model").glob("*.py") for f in functions(tree(path))]
    lengths = {f.name: length(f) for f in blocks if f.name in names}
    assert set(lengths) == names
    assert not {name: lines for name, lines in lengths.items() if lines > 25}


@pytest.mark.parametrize(
    ("at", "name", "forbidden"),
    [
        ("case", "planner.workbook.rows.Inputs", False),
        ("case", "planner.case.calendar.Calendar", False),
        ("case", "planner.model.build.build_model", True),
        ("plan", "planner.solve.highs_model.LiveModel", True),
        ("plan", "planner.checker.verify.verify_plan", True),
        ("checker", "planner.reports.views.headline", True),
        ("pipeline", "planner.reports.excel.plan_workbook.write_plan_workbook", True),
        ("cli", "planner.pipeline.make_plan", False),
        ("cli", "planner.__version__", False),
    ],
)
def test_the_walls_stand(at: str, name: str, forbidden: bool) -> None:
    assert climbs(at, name) is forbidden


@pytest.mark.parametrize(
    ("line", "absolute"),
    [
        ('open("/tmp/plan.xlsx")', True),
        ("see /home/someone/notes", True),
        (r'Path("C:\\plans")', True),
        ('Path("/data/plans")', True),
        ("outputs/<plan>/ and it/home", False),
        ("https://example.org/home/page", False),
        ("gap / time, and/or, kW/usr", False),
    ],
)
def test_what_counts_as_an_absolute_path(line: str, absolute: bool) -> None:
    assert bool(ABSOLUTE.search(line)) is absolute
