"""Linopy, given the arrays of the model that the planner has exported.

Each act has dispatch days of its own, so the index sets fill no dense arrays over places and
periods, which linopy is made for. Stating the rules in it would be loops over series, which say
nothing of linopy. So it gets each row's columns and coefficients ready made, as many rows at once
as have equally many terms: the least that any statement in linopy has to store and to hand over.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import highspy
import linopy
import numpy as np
import xarray as xr
from scipy.sparse import csc_matrix, csr_matrix

SIGNS = {(True, False): "<=", (False, True): ">=", (True, True): "="}
"""Sign of a row by whether it has an upper and a lower bound."""


def state(path: str, seconds: dict[str, float]) -> Any:
    """State an exported model and hand it to HiGHS; times go into `seconds`."""
    read = highspy.Highs()
    read.setOptionValue("output_flag", False)
    read.readModel(path)
    lp = read.getLp()
    arrays = Arrays(lp)
    started = time.process_time()
    model = linopy.Model()
    labels = arrays.add_columns(model)
    for number, (rows, columns, values) in enumerate(arrays.rows_by_length()):
        for sign, of, right in arrays.by_sign(rows):
            data = xr.Dataset(
                {
                    "coeffs": (("row", "_term"), values[of]),
                    "vars": (("row", "_term"), labels[columns[of]]),
                    "const": (("row",), np.zeros(len(right))),
                },
                coords={"row": rows[of]},
            )
            left = linopy.LinearExpression(data, model)
            model.add_constraints(
                left, sign, xr.DataArray(right, {"row": rows[of]}), f"{number} {sign}"
            )
    costs = np.flatnonzero(arrays.cost)
    objective = xr.Dataset(
        {"coeffs": (("_term",), arrays.cost[costs]), "vars": (("_term",), labels[costs])}
    )
    model.add_objective(linopy.LinearExpression(objective, model))
    seconds["build"] = time.process_time() - started
    started = time.process_time()
    highs = linopy.io.to_highspy(model)
    seconds["handover"] = time.process_time() - started
    return highs


class Arrays:
    """Rows and columns of a model that HiGHS has read."""

    def __init__(self, lp: Any) -> None:
        matrix, size = lp.a_matrix_, (lp.num_row_, lp.num_col_)
        is_by_row = matrix.format_ == highspy.MatrixFormat.kRowwise
        make = csr_matrix if is_by_row else csc_matrix
        by_row = make((matrix.value_, matrix.index_, matrix.start_), shape=size).tocsr()
        self.start, self.column, self.value = by_row.indptr, by_row.indices, by_row.data
        self.lower, self.upper = np.asarray(lp.row_lower_), np.asarray(lp.row_upper_)
        self.column_bounds = np.asarray(lp.col_lower_), np.asarray(lp.col_upper_)
        self.cost = np.asarray(lp.col_cost_)
        whole = [kind == highspy.HighsVarType.kInteger for kind in lp.integrality_]
        self.whole = np.array(whole) if whole else np.zeros(len(self.cost), dtype=bool)

    def add_columns(self, model: Any) -> Any:
        """Make the variables; return the label of each column."""
        labels = np.zeros(len(self.cost), dtype=np.int64)
        for name, of in (("continuous", ~self.whole), ("whole", self.whole)):
            at = np.flatnonzero(of)
            lower, upper = (
                xr.DataArray(bound[at], {f"{name}_column": at}) for bound in self.column_bounds
            )
            made = model.add_variables(lower, upper, name=name, integer=name == "whole")
            labels[at] = made.labels.to_numpy()
        return labels

    def rows_by_length(self) -> Iterator[tuple[Any, Any, Any]]:
        """Yield rows with equally many terms, and their columns and coefficients."""
        lengths = np.diff(self.start)
        for length in np.unique(lengths):
            rows = np.flatnonzero(lengths == length)
            at = self.start[rows][:, None] + np.arange(length)
            yield rows, self.column[at], self.value[at]

    def by_sign(self, rows: Any) -> Iterator[tuple[str, Any, Any]]:
        """Yield the sign of some of the rows, which they are, and their right-hand sides."""
        upper, lower = np.isfinite(self.upper[rows]), np.isfinite(self.lower[rows])
        for (is_upper, is_lower), sign in SIGNS.items():
            of = np.flatnonzero((upper == is_upper) & (lower == is_lower))
            if len(of):
                yield sign, of, (self.upper if is_upper else self.lower)[rows[of]]
