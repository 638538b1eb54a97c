"""The one door to the PuLP problem: variables and rows in bulk, under their rule's name.

PuLP builds fastest from pairs of variable and coefficient and from variables without names; its
operators cost ten times as much. What it is built of is in `parts.py`. Names inside the problem are
opaque, for PuLP turns different characters of a name into the same one; `Frame.rows` remembers what
each row is.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from itertools import count, repeat
from typing import TypeVar

import pulp

from planner.model.parts import Column, Row, Sum
from planner.tolerance import LAST_TOLERANCE

Term = tuple[pulp.LpVariable, float]
"""A variable and its coefficient."""

SENSES = {"<=": pulp.LpConstraintLE, "==": pulp.LpConstraintEQ, ">=": pulp.LpConstraintGE}

Key = TypeVar("Key", bound=Hashable)


class ContradictionError(ValueError):
    """A rule without any decision in it cannot hold: firm data alone break it.

    Parameters
    ----------
    rule
        Name of the rule.
    index
        Where it breaks.
    detail
        The figures.
    """

    def __init__(self, rule: str, index: tuple[Hashable, ...], detail: str) -> None:
        self.rule, self.index = rule, index
        super().__init__(f"{rule} {index}: {detail}")


class Frame:
    """Variables and rows of one PuLP problem.

    Attributes
    ----------
    rows : list of (str, tuple)
        Rule and index of each row, in the order of the problem's constraints.
    columns : list of Column
        All variables, in the order they were made.
    """

    def __init__(self, name: str) -> None:
        self._problem = pulp.LpProblem(_opaque(name), pulp.LpMinimize)
        self.rows: list[tuple[str, tuple[Hashable, ...]]] = []
        self.columns: list[Column] = []
        self._constraints: list[Row] = []
        self._named = 0
        self._unnamed: list[tuple[str, range]] = []

    def constraints(self) -> list[Row]:
        """Return all rows in order, as `LpProblem.constraints` does; all that a hand-over needs."""
        return self._constraints

    @property
    def problem(self) -> pulp.LpProblem:
        """The problem, minimised, with names for columns and rows: for export and other solvers.

        Names take longer than all else about a column, and our own hand-over needs none.
        """
        for name, of in self._unnamed:
            for at in of:
                self.columns[at].name = f"{name}_{at}"
        self._unnamed.clear()
        self._problem.extend(
            {
                f"{self.rows[at][0]}_{at}": self._constraints[at]
                for at in range(self._named, len(self.rows))
            }
        )
        self._named = len(self.rows)
        return self._problem

    def variables(
        self,
        name: str,
        index: Iterable[Key],
        *,
        most: Mapping[Key, float] | float | None = None,
        whole: bool = False,
    ) -> dict[Key, Column]:
        """Make a non-negative variable for each key of an index set.

        Parameters
        ----------
        name
            Name of the decision or state.
        index
            Keys.
        most
            Upper bound, for all or by key; None for none.
        whole
            Whether only whole numbers are allowed.
        """
        category = pulp.LpInteger if whole else pulp.LpContinuous
        keys, first = list(index), len(self.columns)
        bounds = map(most.get, keys) if isinstance(most, Mapping) else repeat(most, len(keys))
        self.columns += map(Column, count(first), bounds, repeat(category))
        self._unnamed.append((name, range(first, len(self.columns))))
        return dict(zip(keys, self.columns[first:], strict=True))

    def row(
        self,
        rule: str,
        index: tuple[Hashable, ...],
        terms: Iterable[Term],
        sense: str,
        right: float,
        unit: float = 1.0,
    ) -> None:
        """Require that the sum of terms is at most, equal to or at least a number.

        Parameters
        ----------
        unit
            Amount that counts as one in the row. A solver may miss any row by the same number,
            which must be a small part of what the row is about.

        Raises
        ------
        ContradictionError
            If there is no term at all and the rule does not hold.
        """
        if unit != 1.0:
            terms, right = [(variable, of / unit) for variable, of in terms], right / unit
        expression = collect(terms)
        if len(expression) == 0:  # PuLP works out the truth of an expression in Python
            slack = {"<=": right, ">=": -right, "==": -abs(right)}[sense]
            if slack < -LAST_TOLERANCE:
                raise ContradictionError(rule, index, f"0 {sense} {right:g} does not hold")
            return
        self._constraints.append(Row(expression, SENSES[sense], right))
        self.rows.append((rule, index))

    def objective(self, terms: Iterable[Term], constant: float = 0.0) -> Sum:
        """Return an expression to be minimised."""
        expression = collect(terms)
        expression.constant = constant
        return expression


def collect(terms: Iterable[Term]) -> Sum:
    """Return the sum of terms; a sum made of pairs keeps the last where a variable comes twice."""
    pairs = terms if isinstance(terms, list) else list(terms)
    expression: Sum = Sum(pairs)
    if len(expression) < len(pairs):
        expression.update(dict.fromkeys(expression, 0.0))
        for variable, coefficient in pairs:
            expression[variable] += coefficient
    return expression


def _opaque(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name) or "plan"
