"""Solving: HiGHS, the lexicographic objective, staged search, and plans to start from."""
