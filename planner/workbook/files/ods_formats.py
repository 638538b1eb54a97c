"""Units that the number formats of an .ods workbook show beside a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.workbook.files.number_formats import ShownUnit, of_literal
from planner.workbook.files.safe_xml import Walk, in_utf_8, walk

FORMATS = frozenset({"number-style", "currency-style"})
LITERALS = frozenset({"text", "currency-symbol"})


@dataclass
class OdsStyles:
    """Collects number formats and cell styles while a document is read.

    Attributes
    ----------
    formats : dict of str to ShownUnit or None
        The unit that each number format shows.
    cells : dict of str to tuple of str
        The number format and the parent style of each cell style.
    """

    formats: dict[str, ShownUnit | None] = field(default_factory=dict)
    cells: dict[str, tuple[str, str]] = field(default_factory=dict)
    name: str = ""
    literal: list[str] = field(default_factory=list)
    divisor: int = 1
    is_literal: bool = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Handle the start of an element; its attributes come without prefix."""
        if name in FORMATS:
            self.name, self.literal, self.divisor = attributes.get("name", ""), [], 1
        elif name == "number" and self.name:
            factor = attributes.get("display-factor", "1")
            self.divisor = int(factor) if factor in ("1000", "1000000", "1000000000") else 1
            self.literal.append(" ")
        elif name == "style" and attributes.get("family") == "table-cell":
            parts = attributes.get("data-style-name", ""), attributes.get("parent-style-name", "")
            self.cells[attributes.get("name", "")] = parts
        self.is_literal = bool(self.name) and name in LITERALS

    def text(self, piece: str) -> None:
        """Handle a piece of text between tags."""
        if self.is_literal:
            self.literal.append(piece)

    def end(self, name: str) -> None:
        """Handle the end of an element."""
        self.is_literal = False
        if name in FORMATS and self.name:
            self.formats[self.name] = of_literal("".join(self.literal), self.divisor)
            self.name = ""

    def shown(self, style: str) -> ShownUnit | None:
        """Return the unit that cells of a style show beside their numbers."""
        for _ in range(10):
            data, parent = self.cells.get(style, ("", ""))
            if data or not parent:
                return self.formats.get(data)
            style = parent
        return None

    def read(self, part: bytes, name: str) -> None:
        """Read a part that contains only styles."""

        def start(tag: str, given: dict[str, str]) -> None:
            self.start(tag, {key.rpartition(":")[2]: value for key, value in given.items()})

        walk(in_utf_8(part, name), name, Walk(start, self.end, self.text))
