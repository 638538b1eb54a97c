"""Warnings about inputs that are valid cell by cell but look wrong, and the bounds behind them."""
