"""Warnings: what looks wrong in inputs that are right cell by cell, and the bounds behind them."""
