"""Builder of HTML and SVG that escapes by construction.

Text becomes mark-up only by escaping, so no text of a workbook can be inserted unescaped.
Characters that are invalid in XML are replaced, so figures are well-formed everywhere. No element
has a style or event attribute.
"""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable

UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
"""Characters that are invalid in XML, control a terminal or change the writing direction."""

VOID = {"meta", "br", "input", "col", "hr", "link"}
"""HTML elements without an end tag."""

UNSAFE = ("on", "style", "src", "srcdoc", "formaction")
"""Prefixes of attributes that are never written."""


class Markup(str):
    """Text that is already mark-up."""

    __slots__ = ()


Child = object
"""Mark-up, a text, a number, None, or a list of these."""


def escape(text: object) -> Markup:
    """Escape a text."""
    return Markup(html.escape(UNFIT.sub("\N{REPLACEMENT CHARACTER}", str(text)), quote=True))


def join(children: Iterable[Child], between: str = "") -> Markup:
    """Return children as concatenated mark-up."""
    return Markup(between.join(_inner(child) for child in children))


def element(name: str, /, *children: Child, **attributes: object) -> Markup:
    """Return an element.

    Parameters
    ----------
    name
        Its tag.
    *children
        Mark-up is kept, everything else is escaped; None is skipped.
    **attributes
        ``_`` becomes ``-`` and is dropped at the end (``class_``); None and False omit an
        attribute, True writes it without a value.

    Raises
    ------
    ValueError
        For an attribute that can contain code, or a link out of the page.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(children)}</{name}>")


def amount(value: float) -> str:
    """Return a coordinate as a short text."""
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
    """Return an attribute with a leading blank."""
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if name.startswith(UNSAFE) or (name == "href" and not str(value).startswith("#")):
        raise ValueError(f"attribute {name}={str(value)[:40]!r} has no place in a report")
    if value is True:
        return f" {name}"
    shown = amount(value) if isinstance(value, float) else str(escape(value))
    return f' {name}="{shown}"'
