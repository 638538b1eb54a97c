"""Mark-up that is escaped by construction: the same builder makes HTML and SVG.

A text becomes mark-up only by being escaped; only mark-up is taken as it is. So there is no place
where a text of a workbook could be forgotten. What XML cannot hold is replaced, so that a figure
is well-formed wherever it stands. No element here ever holds a style or an event.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable

UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
                   "\u202a-\u202e\u2066-\u2069]")  # fmt: skip
"""Characters that XML cannot hold, steer a terminal or turn the direction of writing."""

VOID = {"meta", "br", "input", "col", "hr", "link"}
"""HTML elements that have no end."""

UNSAFE = ("on", "style", "src", "srcdoc", "formaction")
"""Beginnings of attributes that are never written."""


class Markup(str):
    """Text that is mark-up already."""

    __slots__ = ()


Child = object
"""Mark-up, a text, a number, None, or a list of these."""


def escape(text: object) -> Markup:
    """Return a text as mark-up that shows it."""
    return Markup(html.escape(UNFIT.sub("\N{REPLACEMENT CHARACTER}", str(text)), quote=True))


def join(children: Iterable[Child], between: str = "") -> Markup:
    """Return children as mark-up, one after the other."""
    return Markup(between.join(_inner(child) for child in children))


def element(name: str, /, *children: Child, **attributes: object) -> Markup:
    """Return an element.

    Parameters
    ----------
    name
        Its tag.
    *children
        Mark-up stays as it is, everything else is escaped; None is nothing.
    **attributes
        ``_`` stands for ``-`` and is dropped at the end (``class_``); None and False leave an
        attribute out, True writes it without a value.

    Raises
    ------
    ValueError
        For an attribute that can hold code, or a link that leaves the page.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(children)}</{name}>")


def amount(value: float) -> str:
    """Return a coordinate in few characters."""
    if not math.isfinite(value):
        raise ValueError(f"{value} is no coordinate")
    shown = f"{value:.1f}"
    return "0" if shown == "-0.0" else shown.removesuffix(".0")


def _inner(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, (list, tuple)):
        return join(child)
    return escape(child)


def _attribute(key: str, value: object) -> str:
    """Write an attribute with the blank before it."""
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if name.startswith(UNSAFE) or (name == "href" and not str(value).startswith("#")):
        raise ValueError(f"attribute {name}={str(value)[:40]!r} has no place in a report")
    if value is True:
        return f" {name}"
    shown = amount(value) if isinstance(value, float) else str(escape(value))
    return f' {name}="{shown}"'
