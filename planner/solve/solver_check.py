"""A tiny MIP with a known optimum, which shows whether HiGHS works on this machine."""

from __future__ import annotations

import highspy

KNOWN_OPTIMUM = -20.0
"""Optimum of the trial; its LP relaxation has -21."""


def trial_optimum() -> float:
    """Return the optimum that HiGHS finds for: minimise -5x - 4y, 6x + 4y <= 24, x + 2y <= 6.

    Both variables are non-negative integers. The correct optimum is `KNOWN_OPTIMUM`.

    Raises
    ------
    RuntimeError
        If HiGHS ends without a proven optimum.
    """
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    # The number of threads is fixed for a whole process by its first solve.
    solver.setOptionValue("threads", 1)
    for column, cost in enumerate((-5.0, -4.0)):
        solver.addVar(0.0, highspy.kHighsInf)
        solver.changeColCost(column, cost)
        solver.changeColIntegrality(column, highspy.HighsVarType.kInteger)
    columns = [0, 1]
    solver.addRow(-highspy.kHighsInf, 24.0, 2, columns, (6.0, 4.0))
    solver.addRow(-highspy.kHighsInf, 6.0, 2, columns, (1.0, 2.0))
    solver.run()
    status = solver.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise RuntimeError(f"HiGHS ended as {solver.modelStatusToString(status)}")
    return float(solver.getInfo().objective_function_value)
