"""Safe parsing of the XML parts of a workbook: no document types, entities or external content."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from xml.parsers import expat

from planner.workbook.files.guard import DamagedError, RefusedError, short

DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["'][^>]*\?>""")
UTF_8 = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
OTHER_ENCODINGS = frozenset({"iso-8859-1", "iso-8859-15", "latin1", "windows-1252", "cp1252"})
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
MOST_ELEMENTS = 500_000
"""Limit of the number of elements in a part, apart from cells and shared texts."""

DEEPEST = 100
"""Limit of the nesting depth of elements; spreadsheets nest about ten."""


@dataclass(frozen=True)
class Walk:
    """Callbacks of `walk`.

    Attributes
    ----------
    start : callable of str and dict
        Called with the name of an element that begins, without prefix, and its attributes.
    end : callable of str
        Called with the name of an element that ends, without prefix.
    text : callable of str
        Called with the text between tags, in pieces.
    """

    start: Callable[[str, dict[str, str]], None]
    end: Callable[[str], None] = lambda name: None
    text: Callable[[str], None] | None = None


class Element(NamedTuple):
    """An element, with the name of its parent."""

    parent: str
    name: str
    attributes: Mapping[str, str]


def local(name: str) -> str:
    """Return the name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


def walk(part: bytes, name: str, steps: Walk) -> None:
    """Parse an XML part in UTF-8, and call back for its elements and texts.

    Parameters
    ----------
    part
        Its content.
    name
        Its name, for messages.
    steps
        The callbacks.

    Raises
    ------
    RefusedError
        If it declares a document type or entities.
    DamagedError
        If it is not well formed.
    """
    parser = expat.ParserCreate("utf-8")
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise RefusedError(
                f"part {short(name)} nests more than {DEEPEST} elements; spreadsheets never do",
                "Get the workbook from another source.",
            )
        steps.start(tag.rpartition(":")[2], attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        steps.end(tag.rpartition(":")[2])

    def doctype(*_: object) -> None:
        raise RefusedError(
            f"part {short(name)} declares a document type or entities, which attacks use and "
            "spreadsheets never write",
            "Get the workbook from another source.",
        )

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = doctype
    if steps.text is not None:
        parser.CharacterDataHandler = steps.text
        parser.buffer_text = True
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise DamagedError(f"its part {short(name)} is not well-formed XML ({error})") from error


def check(part: bytes, name: str) -> None:
    """Refuse an XML part that is not well-formed or declares entities; faster than `walk`.

    Raises
    ------
    RefusedError
        As `walk`.
    """
    if b"<!DOCTYPE" in part:
        walk(part, name, Walk(lambda tag, attributes: None))
    try:
        expat.ParserCreate("utf-8").Parse(part, True)
    except expat.ExpatError as error:
        raise DamagedError(f"its part {short(name)} is not well-formed XML ({error})") from error


def elements(part: bytes, name: str) -> list[Element]:
    """Return every element of an XML part, each with the name of its parent.

    Raises
    ------
    RefusedError
        As `walk`.
    """
    found: list[Element] = []
    above = [""]

    def start(tag: str, attributes: dict[str, str]) -> None:
        found.append(Element(above[-1], tag, attributes))
        above.append(tag)
        if len(found) > MOST_ELEMENTS:
            raise RefusedError(
                f"part {short(name)} has more than {MOST_ELEMENTS:,} elements besides cells",
                "Remove formats, rules and links that the plan does not need.",
            )

    walk(in_utf_8(part, name), name, Walk(start, lambda tag: above.__delitem__(-1)))
    return found


def in_utf_8(part: bytes, name: str) -> bytes:
    """Return an XML part in UTF-8, so that it can be searched for bytes.

    Raises
    ------
    DamagedError
        If its encoding is unknown, or its bytes are invalid in that encoding.
    """
    encoding = ""
    if part.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif part.startswith((b"<\0", b"\0<")):
        encoding = "utf-16-le" if part.startswith(b"<\0") else "utf-16-be"
    elif declared := DECLARED.match(part[:200]):
        said = declared[1].decode("ascii").lower()
        if said in OTHER_ENCODINGS:
            encoding = said
        elif said not in UTF_8:
            raise DamagedError(f"its part {short(name)} is in the encoding {said}, not in UTF-8")
    if not encoding:
        return part.removeprefix(b"\xef\xbb\xbf")
    try:
        text = part.decode(encoding).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise DamagedError(
            f"its part {short(name)} is not in {encoding}, although it says so"
        ) from error
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf-8")


def unescaped(text: str) -> str:
    """Return a text with escapes such as ``_x000D_`` decoded."""
    if "_x" not in text:
        return text
    return ESCAPED.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code < 0xE000 else chr(code)


def is_true(attributes: Mapping[str, str], name: str) -> bool:
    """Return whether a boolean attribute is true."""
    return attributes.get(name, "").strip().lower() in ("1", "true", "on")


def number_of(attributes: Mapping[str, str], name: str, default: int) -> int:
    """Return the whole number in an attribute; the default if it contains none."""
    written = attributes.get(name, "").strip()
    return int(written) if written.isdecimal() and len(written) < 10 else default
