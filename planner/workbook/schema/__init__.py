"""Declarations of all sheets, and the typing of cells."""
