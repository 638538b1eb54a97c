"""Solving: HiGHS, tiers, rounds."""
