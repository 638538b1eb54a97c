"""The option that chooses kinds of reports."""

from __future__ import annotations

import click

KINDS = ("xlsx", "html")
"""Kinds of reports, listed here so that --help imports no report; a test compares them."""

ALL, NONE = ",".join(KINDS), "none"
"""Values for all kinds (the default) and for no report."""

HELP = "Reports to write, with commas: xlsx, html; or none."
"""Help of the option."""


def chosen(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    """Return the kinds of an option, in the order of `KINDS`.

    Raises
    ------
    click.BadParameter
        If it contains anything else.
    """
    words = {word.strip().lower() for word in value.split(",") if word.strip()}
    if words == {NONE}:
        return ()
    if not words or words - set(KINDS):
        raise click.BadParameter(
            f"{value!r} is not a choice of reports. Give {', '.join(KINDS)}, both with a comma, "
            f"or {NONE}",
            ctx,
            param,
        )
    return tuple(kind for kind in KINDS if kind in words)
