"""Declarations of columns that many sheets have."""

from __future__ import annotations

from planner.workbook.schema.declarations import Column, Kind

TEXT, NUMBER, WHOLE, DATE = Kind.TEXT, Kind.NUMBER, Kind.WHOLE, Kind.DATE
FLAG, CHOICE, LIST, ANY = Kind.FLAG, Kind.CHOICE, Kind.LIST, Kind.ANY

BASES = ("system", "it", "facility")
"""Bases of megawatts, see the sheet `commitments`."""


def identifier(name: str, help: str, refers_to: tuple[str, ...] = (), example: str = "") -> Column:
    """Declare a required text that names something."""
    return Column(name, TEXT, help, required=True, refers_to=refers_to, example=example)


def money(name: str, help: str, unit: str, example: str = "") -> Column:
    """Declare an amount of money; a blank cell means zero."""
    return Column(name, NUMBER, help, unit=unit, default=0.0, low=0.0, example=example)


def limit(name: str, help: str, unit: str, example: str = "") -> Column:
    """Declare an upper limit; a blank cell means no limit."""
    return Column(name, NUMBER, help, unit=unit, low=0.0, example=example)


def source() -> Column:
    """Declare the source of a row's figures, or the word assumption."""
    return Column(
        "source", TEXT, "Where the figures come from, or the word assumption.", example="assumption"
    )
