"""Why late, what binds, what to ask for, what can be promised: every answer proved by a solve.

The nouns:

- `limits.Limit`: a cell of the workbook that holds a plan back, in business words, with its sheet
  and cell, and what one step more of it is (a unit, or a period earlier).
- `touches.Touch`: what a step of a limit does to one row of the model. A cell makes many rows.
- `moves.Move`: a limit moved by some steps, in the inputs themselves.
- `problem.Problem`: one state of the inputs as a live model in which everything is divisible.
  Whole numbers have no prices: with all of them fixed nothing can answer to a limit.
- `session.Session`: a plan under question, with a budget of time for re-solves.

A price is read from the dual solution and is then confirmed, or not, by a re-solve in which the
limit has moved; what is shown is what the re-solve found. `whole.solve_whole` asks the same in
whole systems, lots and halls where that can be afforded.
"""
