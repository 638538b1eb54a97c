"""PuLP's variable, sum and constraint, made in a third of the time.

Each is PuLP's own to everything in PuLP. What is alike for all of a kind, such as a name that was
not given, stands in the class instead of in each, and what PuLP checks of each is left out: bounds
and figures have been checked where they were read. A large model has millions of them.
"""

from __future__ import annotations

import pulp


class Column(pulp.LpVariable):  # type: ignore[misc]
    """A non-negative variable that knows its column.

    It is hashed by where it stands in memory, as PuLP does it, but without a call of Python, which
    counts once for each term of a sum.

    Parameters
    ----------
    column
        Its place among all columns.
    most
        Upper bound; None for none.
    category
        PuLP's word for whole or divisible.
    """

    __slots__ = ("cat", "column", "upBound")
    __hash__ = object.__hash__
    hash = property(id)
    lowBound = _lowbound_original = 0.0  # noqa: N815
    _upbound_original = varValue = dj = None  # noqa: N815
    modified = True
    _LpElement__name = None

    def __init__(self, column: int, most: float | None, category: str) -> None:
        self.column, self.upBound, self.cat = column, most, category


class Sum(pulp.LpAffineExpression):  # type: ignore[misc]
    """A sum of terms, made from pairs of a variable and its coefficient as a dictionary is."""

    __init__ = dict.__init__
    constant: float = 0.0
    _LpAffineExpression__name = None


class Row(pulp.LpConstraint):  # type: ignore[misc]
    """A constraint: a sum without a constant that is at most, equal to or at least a number.

    Parameters
    ----------
    expr
        The sum.
    sense
        PuLP's number for at most, equal to or at least.
    right
        The number.
    """

    __slots__ = ("constant", "expr", "sense")
    pi = slack = _LpConstraint__name = None
    modified = True

    def __init__(self, expr: Sum, sense: int, right: float) -> None:
        self.expr, self.sense, self.constant = expr, sense, -right
