"""Locations of findings, and groups of equal findings in many cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from planner.workbook.files.cell_names import CELL


class Finding(Protocol):
    """A fault or a warning: its location, the value there, the rule, and the remedy."""

    @property
    def where(self) -> str:
        """Sheet and cell, e.g. ``halls!D7``, or the sheet alone."""

    @property
    def value(self) -> str:
        """Value at that location."""

    @property
    def rule(self) -> str:
        """Rule that it breaks."""

    @property
    def remedy(self) -> str:
        """What to do."""


F = TypeVar("F", bound=Finding)


def sheet_of(where: str) -> str:
    """Return the sheet of a location, e.g. ``halls`` of ``halls!D7``."""
    return where.rpartition("!")[0] or where


def cell_of(where: str) -> str:
    """Return the cell of a location, e.g. ``D7`` of ``halls!D7``; empty if it is not one cell."""
    cell = where.rpartition("!")[2] if "!" in where else ""
    return cell if CELL.fullmatch(cell) else ""


@dataclass(frozen=True)
class Group(Generic[F]):
    """Findings of one sheet that break the same rule in different cells.

    Attributes
    ----------
    sheet, rule : str
        The sheet and the rule that they share.
    findings : tuple
        The findings in their order.
    """

    sheet: str
    rule: str
    findings: tuple[F, ...]

    @property
    def first(self) -> F:
        """The first finding."""
        return self.findings[0]

    def places(self, most: int) -> str:
        """Return the locations in short form, e.g. ``halls!D7, D9 and 14 more``.

        Parameters
        ----------
        most
            Number of cells to name; the others are counted.
        """
        wheres = list(dict.fromkeys(finding.where for finding in self.findings))
        named = [wheres[0], *(where.rpartition("!")[2] for where in wheres[1:most])]
        rest = len(wheres) - len(named)
        return ", ".join(named) + (f" and {rest} more" if rest else "")


def fold(findings: Iterable[F]) -> list[Group[F]]:
    """Group findings by sheet and rule, in the order of the first finding of each group."""
    groups: dict[tuple[str, str], list[F]] = {}
    for finding in findings:
        groups.setdefault((sheet_of(finding.where), finding.rule), []).append(finding)
    return [Group(sheet, rule, tuple(found)) for (sheet, rule), found in groups.items()]
