"""The one door to the PuLP problem: variables and rows in bulk, under their rule's name.

PuLP builds fastest from pairs of variable and coefficient and from variables without names; its
operators cost ten times as much. Names inside the problem are opaque, for PuLP turns different
characters of a name into the same one; `Frame.rows` remembers what each row is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from operator import itemgetter
from typing import TypeVar

import pulp

Term = tuple[pulp.LpVariable, float]
"""A variable and its coefficient."""

SENSES = {"<=": pulp.LpConstraintLE, "==": pulp.LpConstraintEQ, ">=": pulp.LpConstraintGE}
TRIVIAL = 1e-9

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
    columns : list of (pulp.LpVariable)
        All variables, in the order they were made.
    """

    def __init__(self, name: str) -> None:
        self._problem = pulp.LpProblem(_opaque(name), pulp.LpMinimize)
        self.rows: list[tuple[str, tuple[Hashable, ...]]] = []
        self.columns: list[pulp.LpVariable] = []
        self._constraints: list[pulp.LpConstraint] = []
        self._named = 0
        self._unnamed: list[tuple[str, range]] = []

    def constraints(self) -> list[pulp.LpConstraint]:
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
        self._problem.extend({
            f"{self.rows[at][0]}_{at}": self._constraints[at]
            for at in range(self._named, len(self.rows))
        })  # fmt: skip
        self._named = len(self.rows)
        return self._problem

    def variables(
        self,
        name: str,
        index: Iterable[Key],
        *,
        most: Mapping[Key, float] | float | None = None,
        whole: bool = False,
    ) -> dict[Key, pulp.LpVariable]:
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
        add, keys = self._problem.add_variable, list(index)
        if isinstance(most, Mapping):
            made = [add(None, 0, most.get(key), category) for key in keys]
        else:
            made = [add(None, 0, most, category) for _ in keys]
        self._unnamed.append((name, range(len(self.columns), len(self.columns) + len(made))))
        self.columns += made
        return dict(zip(keys, made, strict=True))

    def row(
        self, rule: str, index: tuple[Hashable, ...], terms: Iterable[Term], sense: str,
        right: float,
    ) -> None:  # fmt: skip
        """Require that the sum of terms is at most, equal to or at least a number.

        Raises
        ------
        ContradictionError
            If there is no term at all and the rule does not hold.
        """
        expression = collect(terms)
        if not expression:
            slack = {"<=": right, ">=": -right, "==": -abs(right)}[sense]
            if slack < -TRIVIAL:
                raise ContradictionError(rule, index, f"0 {sense} {right:g} does not hold")
            return
        self._constraints.append(pulp.LpConstraint(expression, SENSES[sense], None, right))
        self.rows.append((rule, index))

    def objective(self, terms: Iterable[Term], constant: float = 0.0) -> pulp.LpAffineExpression:
        """Return an expression to be minimised."""
        expression = collect(terms)
        expression.constant = constant
        return expression


def collect(terms: Iterable[Term]) -> pulp.LpAffineExpression:
    """Return the sum of terms; PuLP's own constructor overwrites where a variable comes twice."""
    pairs = terms if isinstance(terms, list) else list(terms)
    expression = pulp.LpAffineExpression(pairs)
    if len(expression) < len(pairs):
        times = Counter(map(id, map(itemgetter(0), pairs)))
        again = [pair for pair in pairs if times[id(pair[0])] > 1]
        expression.update(dict.fromkeys((variable for variable, _ in again), 0.0))
        for variable, coefficient in again:
            expression[variable] += coefficient
    return expression


def _opaque(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name) or "plan"
