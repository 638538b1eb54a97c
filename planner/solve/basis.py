"""Simplex bases: where the LP solve of a similar model starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

Statuses = npt.NDArray[np.int8]
"""HiGHS's basis status of each column or row, as a number."""

AT_LOWER = int(highspy.HighsBasisStatus.kLower)
"""Status of a column that the solved model did not have."""

BASIC = int(highspy.HighsBasisStatus.kBasic)
"""Status of a row that the solved model did not have: the row does not bind."""


@dataclass(frozen=True, eq=False)
class Basis:
    """Simplex basis of an LP solve, from which a similar model can start.

    Attributes
    ----------
    columns, rows : array of int8
        Status of each column, shape (columns,), and of each row, shape (rows,).
    has_grown : bool
        Whether the model to start has columns that the solved one did not have.
    """

    columns: Statuses
    rows: Statuses
    has_grown: bool = False


def read_basis(highs: highspy.Highs) -> Basis:
    """Return the basis of the LP solve that has just ended."""
    found = highs.getBasis()
    return Basis(_as_numbers(found.col_status), _as_numbers(found.row_status))


def start_from_basis(highs: highspy.Highs, basis: Basis) -> None:
    """Start the next LP solve from a basis; rows that it does not cover are basic."""
    count = highs.getNumRow()
    rows = np.full(count, BASIC, dtype=np.int8)
    covered = min(count, len(basis.rows))
    rows[:covered] = basis.rows[:covered]
    begin = highspy.HighsBasis()
    begin.col_status = _KINDS[basis.columns].tolist()
    begin.row_status = _KINDS[rows].tolist()
    begin.valid = True
    # HiGHS repairs an alien basis where it does not fit the model.
    begin.alien = True
    highs.setBasis(begin)


def map_basis(basis: Basis, columns: Sequence[int | None], rows: Sequence[int | None]) -> Basis:
    """Map a basis to a similar model.

    Parameters
    ----------
    basis
        Basis of the old model.
    columns, rows
        Index of each column and row of the new model in the old one; None if it is new.
    """
    return Basis(
        _mapped(basis.columns, columns, AT_LOWER),
        _mapped(basis.rows, rows, BASIC),
        has_grown=None in columns,
    )


def _mapped(statuses: Statuses, places: Sequence[int | None], new: int) -> Statuses:
    """Return the status of each place, and a given one for new places."""
    last = len(statuses)
    known = np.append(statuses, np.int8(new))
    index = [last if place is None else place for place in places]
    return known[np.array(index, dtype=np.int64)]


def _as_numbers(kinds: Sequence[highspy.HighsBasisStatus]) -> Statuses:
    return np.fromiter(map(int, kinds), dtype=np.int8, count=len(kinds))


def _statuses_by_number() -> npt.NDArray[np.object_]:
    """Return HiGHS's statuses such that the index of each is its number."""
    members = sorted(highspy.HighsBasisStatus.__members__.values(), key=int)
    return np.array(members, dtype=object)


_KINDS = _statuses_by_number()
