"""The one door to the PuLP problem: variables and rows in bulk, under their rule's name.

PuLP builds fastest from dictionaries of coefficients and from plain variables; its operators and
its checks on names cost ten times as much. Names inside the problem are opaque, for PuLP turns
different characters of a name into the same one; `Frame.rows` remembers what each row is.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, TypeVar

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
    problem : pulp.LpProblem
        The problem, minimised.
    rows : list of (str, tuple)
        Rule and index of each row, in the order of the problem's constraints.
    columns : list of (pulp.LpVariable)
        All variables, in the order they were made.
    """

    def __init__(self, name: str) -> None:
        self.problem = pulp.LpProblem(_opaque(name), pulp.LpMinimize)
        self.rows: list[tuple[str, tuple[Hashable, ...]]] = []
        self.columns: list[pulp.LpVariable] = []

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
        made = {}
        for key in index:
            bound = most.get(key) if isinstance(most, Mapping) else most
            variable = pulp.LpVariable(f"{name}_{len(self.columns)}", 0, bound, category)
            self.columns.append(variable)
            made[key] = variable
        return made

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
        coefficients = collect(terms)
        if not coefficients:
            slack = {"<=": right, ">=": -right, "==": -abs(right)}[sense]
            if slack < -TRIVIAL:
                raise ContradictionError(rule, index, f"0 {sense} {right:g} does not hold")
            return
        constraint = pulp.LpConstraint(
            pulp.LpAffineExpression(coefficients), SENSES[sense], None, right
        )
        self.problem.addConstraint(constraint, f"{rule}_{len(self.rows)}")
        self.rows.append((rule, index))

    def objective(self, terms: Iterable[Term], constant: float = 0.0) -> pulp.LpAffineExpression:
        """Return an expression to be minimised."""
        return pulp.LpAffineExpression(collect(terms), constant)


def collect(terms: Iterable[Term]) -> dict[Any, float]:
    """Add up the coefficients of each variable, which PuLP's own constructor would overwrite."""
    pairs = list(terms)
    coefficients = dict(pairs)
    if len(coefficients) < len(pairs):
        coefficients = dict.fromkeys(coefficients, 0.0)
        for variable, coefficient in pairs:
            coefficients[variable] += coefficient
    return coefficients


def _opaque(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name) or "plan"
