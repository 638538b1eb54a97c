"""`planner doctor`: check that this machine can run the planner."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

DISTRIBUTION = "megawatt-planner"
OUTPUTS = Path("outputs")
LEAST_MEMORY_GB = 1.0


@dataclass(frozen=True)
class Check:
    """Result of one check: what was found, and what is required."""

    check: str
    actual: str
    wanted: str
    is_ok: bool
    remedy: str = ""


@click.command(name="doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """Check this machine: versions, solver, outputs folder, cores and memory.

    Exit codes: 0 every check is OK, 1 a check failed; each failure comes with a remedy.

    \b
    Example: planner doctor
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    checks = [*_versions(), _solver(), _outputs(), _cores(), _memory()]
    is_ok = all(check.is_ok for check in checks)
    if as_json:
        document = {"is_ok": is_ok, "checks": [asdict(check) for check in checks]}
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        from rich.console import Console  # noqa: PLC0415  (slow to import)

        Console(highlight=False, markup=False, emoji=False).print(_table(checks))
    for check in checks:
        if not check.is_ok:
            click.echo(f"{check.check}: {check.remedy}", err=True)
    context.exit(0 if is_ok else 1)


def _table(checks: list[Check]) -> Table:
    """Return the checks as a table."""
    from rich import box  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    table = Table("check", "found", "wanted", "", box=box.SIMPLE_HEAD, pad_edge=False)
    for check in checks:
        table.add_row(check.check, check.actual, check.wanted, "OK" if check.is_ok else "FAILED")
    return table


def _versions() -> Iterator[Check]:
    """Check Python and every dependency against what the package requires."""
    from importlib import metadata  # noqa: PLC0415

    from packaging.requirements import Requirement  # noqa: PLC0415  (slow to import)

    python, requirements = _required()
    version = ".".join(map(str, sys.version_info[:3]))
    yield Check("Python", version, python, satisfies(version, python), f"Install Python {python}.")
    for requirement in map(Requirement, requirements):
        # The metadata lists the optional dependencies too, with an extra in their marker.
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        name, wanted = requirement.name, str(requirement.specifier)
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            version = ""
        yield Check(
            name,
            version or "not installed",
            wanted,
            bool(version) and satisfies(version, wanted),
            f"Run: python -m pip install '{name}{wanted}'",
        )


def _required() -> tuple[str, list[str]]:
    """Return the required Python and dependencies, from the package metadata or its sources."""
    from importlib import metadata  # noqa: PLC0415

    try:
        about = metadata.metadata(DISTRIBUTION)
        return about["Requires-Python"] or "", metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        import tomllib  # noqa: PLC0415

        sources = Path(__file__).resolve().parents[2] / "pyproject.toml"
        project = tomllib.loads(sources.read_text(encoding="utf-8"))["project"]
        return project["requires-python"], project["dependencies"]


def satisfies(version: str, wanted: str) -> bool:
    """Return whether a version meets bounds such as ``>=3.3.2,<4``, by the rules of PEP 440."""
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415  (slow to import)
    from packaging.version import InvalidVersion  # noqa: PLC0415

    try:
        return SpecifierSet(wanted).contains(version, prereleases=True)
    except InvalidVersion:
        return False


def _solver() -> Check:
    """Solve a tiny MIP with a known optimum."""
    remedy = "Run: python -m pip install --force-reinstall highspy"
    try:
        from planner.solve.solver_check import KNOWN_OPTIMUM, trial_optimum  # noqa: PLC0415

        optimum = trial_optimum()
    except Exception as error:  # a broken build may fail in any way
        return Check("HiGHS trial", f"{type(error).__name__}: {error}", "optimum", False, remedy)
    is_ok = abs(optimum - KNOWN_OPTIMUM) < 1e-9
    return Check("HiGHS trial", f"optimum {optimum:g}", f"optimum {KNOWN_OPTIMUM:g}", is_ok, remedy)


def _outputs() -> Check:
    """Check that plans can be written to the outputs folder."""
    folder = OUTPUTS if OUTPUTS.exists() else Path()
    name = f"folder {OUTPUTS}"
    try:
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"trial")
    except OSError as error:
        return Check(
            name,
            error.strerror or str(error),
            "writable",
            False,
            f"Make {OUTPUTS.absolute()} writable, or give planner plan another folder with -o.",
        )
    return Check(name, "writable", "writable", True)


def _cores() -> Check:
    """Return the number of cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system
    cores = len(affinity(0)) if affinity else os.cpu_count() or 1
    return Check("cores", str(cores), ">=1", cores >= 1)


def _memory() -> Check:
    """Check the free memory."""
    free = _free_memory_gb()
    wanted = f">={LEAST_MEMORY_GB:g} GB free"
    if free is None:
        return Check("memory", "not known on this system", wanted, True)
    return Check(
        "memory",
        f"{free:.1f} GB free",
        wanted,
        free >= LEAST_MEMORY_GB,
        "Close other programs, or plan on a machine with more memory.",
    )


def _free_memory_gb() -> float | None:
    """Return the free memory in GB; None if the system does not report it."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        figures = {key: rest.split()[0] for key, _, rest in (line.partition(":") for line in lines)}
        return int(figures["MemAvailable"]) / 1024**2
    except (OSError, KeyError, ValueError, IndexError):
        return None
