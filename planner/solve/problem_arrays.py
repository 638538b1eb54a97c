"""One walk over a PuLP problem, into the arrays that HiGHS takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import Protocol

import highspy
import numpy as np
import numpy.typing as npt
import pulp


class HasRows(Protocol):
    """A PuLP problem, or the model's frame, whose rows have no names yet."""

    def constraints(self) -> list[pulp.LpConstraint]:
        """Return all rows in order."""


class ProblemArrays:
    """A PuLP problem's columns and rows as arrays, from one walk over its terms.

    Attributes
    ----------
    lower, upper : arrays of float
        Bounds of each column, shape (columns,).
    whole : array of bool
        Whether each column is integer, shape (columns,).
    row_lower, row_upper : arrays of float
        Bounds of each row, shape (rows,).
    start : array of int
        Index of each row's first term, shape (rows + 1,).
    index, value : arrays of int and float
        Column and coefficient of each term, shape (nonzeros,).
    """

    def __init__(self, problem: HasRows, columns: Sequence[pulp.LpVariable]) -> None:
        for at, variable in enumerate(columns):
            variable.column = at
        rows = problem.constraints()
        expressions = [row.expr for row in rows]
        # Iterators without a Python loop: a model has millions of terms.
        count = len(rows)
        lengths = np.fromiter(map(len, expressions), dtype=np.int64, count=count)
        self.start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        total = int(self.start[-1])
        self.index = indices_of(chain.from_iterable(expressions), total)
        values = chain.from_iterable(map(dict.values, expressions))
        self.value = np.fromiter(values, dtype=np.float64, count=total)
        constants = map(attrgetter("constant"), rows)
        senses = map(attrgetter("sense"), rows)
        # PuLP keeps a row's right-hand side, negated, as the constant on its left.
        right = -np.fromiter(constants, dtype=float, count=count)
        sense = np.fromiter(senses, dtype=np.int8, count=count)
        self.row_lower = np.where(sense >= 0, right, -np.inf)
        self.row_upper = np.where(sense <= 0, right, np.inf)
        # As numbers, PuLP's None for no bound becomes NaN.
        lower = np.array([v.lowBound for v in columns], dtype=float)
        upper = np.array([v.upBound for v in columns], dtype=float)
        self.lower = np.where(np.isnan(lower), -np.inf, lower)
        self.upper = np.where(np.isnan(upper), np.inf, upper)
        self.whole = np.array([v.cat == pulp.LpInteger for v in columns], dtype=bool)

    def pass_to(self, highs: highspy.Highs) -> None:
        """Pass these arrays to HiGHS as its model, with zero costs."""
        columns = len(self.lower)
        highs.passModel(
            columns,
            len(self.row_lower),
            len(self.value),
            int(highspy.MatrixFormat.kRowwise),
            int(highspy.ObjSense.kMinimize),
            0.0,
            np.zeros(columns),
            self.lower,
            self.upper,
            self.row_lower,
            self.row_upper,
            self.start,
            self.index,
            self.value,
            self.whole.astype(np.int32),
        )


def indices_of(variables: Iterable[pulp.LpVariable], count: int = -1) -> npt.NDArray[np.int32]:
    """Return the column indices of variables, in order.

    Parameters
    ----------
    variables
        Variables whose `ProblemArrays` have been built.
    count
        Number of variables, if known.
    """
    columns = map(attrgetter("column"), variables)
    return np.fromiter(columns, dtype=np.int32, count=count)
