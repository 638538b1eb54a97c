"""Bottlenecks, lateness, asks, slack and quotes: every answer is proved by a solve.

Main classes:

- `limits.Limit`: a workbook cell that can limit a plan, named in business words, with the size of
  one step (a unit, or a period earlier).
- `row_effects.Touch`: effect of one step of a limit on one row of the model.
- `limit_moves.Move`: a limit moved by a number of steps, in the inputs themselves.
- `problem.Problem`: the LP relaxation of one state of the inputs, as a live model. A MIP has no
  shadow prices, and with all integers fixed the LP could not react to a limit.
- `session.Session`: a plan being explained, with a time budget for re-solves.

Shadow prices only nominate candidates: each limit is then moved and the model re-solved, and the
reports show the re-solved gain. `integer_answers.solve_whole` repeats this as a MIP for small
models.
"""
