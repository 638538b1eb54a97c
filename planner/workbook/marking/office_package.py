"""An Office Open XML package whose unchanged parts are kept byte for byte."""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from planner.errors import PlannerError

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
EARLIEST = (1980, 1, 1, 0, 0, 0)
STAMP = b"planner check "
"""Start of the archive comment in packages that we wrote; a hash of the parts follows."""


UNREADABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Relation:
    """A relationship of a part.

    Attributes
    ----------
    id, kind : str
        Its id, and the last word of its type, e.g. ``comments``.
    target : str
        Name of the target part; empty if the target is outside the package.
    """

    id: str
    kind: str
    target: str


def main(tag: str) -> str:
    """Return a tag of the SpreadsheetML namespace in lxml's notation."""
    return f"{{{MAIN}}}{tag}"


def readable(text: str) -> str:
    """Return a text without characters that are invalid in XML, which would damage the file."""
    return UNREADABLE.sub("?", text)


class Package:
    """A package in memory.

    Parameters
    ----------
    content
        The archive.
    """

    def __init__(self, content: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        self._names = {info.filename.lower(): info.filename for info in self._archive.infolist()}
        self._trees: dict[str, etree._Element] = {}
        self._changed: dict[str, bytes] = {}
        self._dropped: set[str] = set()

    def has(self, name: str) -> bool:
        """Return whether there is a part of that name."""
        found = name in self._changed or name.lower() in self._names
        return found and name not in self._dropped

    def read(self, name: str) -> bytes:
        """Return the content of a part."""
        if name in self._changed:
            return self._changed[name]
        return self._archive.read(self._names[name.lower()])

    def tree(self, name: str) -> etree._Element:
        """Return the root element of a part; call `touch` after changing it."""
        if name not in self._trees:
            parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
            self._trees[name] = etree.fromstring(self.read(name), parser)
        return self._trees[name]

    def touch(self, name: str) -> None:
        """Take over the changes of a part's tree, so that `save` writes them."""
        document = self.tree(name).getroottree()
        self._changed[name] = etree.tostring(
            document, xml_declaration=True, encoding="UTF-8", standalone=True
        )

    def put(self, name: str, content: bytes) -> None:
        """Add or replace a part."""
        self._trees.pop(name, None)
        self._dropped.discard(name)
        self._changed[name] = content

    def drop(self, name: str) -> None:
        """Remove a part and its content type."""
        self._trees.pop(name, None)
        self._changed.pop(name, None)
        self._dropped.add(name)
        types = self.tree("[Content_Types].xml")
        for entry in types.findall(f"{{{TYPES}}}Override"):
            if entry.get("PartName", "").lower() == f"/{name}".lower():
                types.remove(entry)
        self.touch("[Content_Types].xml")

    def free_name(self, pattern: str) -> str:
        """Return the first unused name of a pattern such as ``xl/comments{}.xml``."""
        number = 1
        while self.has(pattern.format(number)):
            number += 1
        return pattern.format(number)

    def declare(self, name: str, content_type: str) -> None:
        """Declare the content type of a part."""
        types = self.tree("[Content_Types].xml")
        entry = etree.SubElement(types, f"{{{TYPES}}}Override")
        entry.set("PartName", f"/{name}")
        entry.set("ContentType", content_type)
        self.touch("[Content_Types].xml")

    def declare_ending(self, ending: str, content_type: str) -> None:
        """Declare the default content type for a suffix, unless there is one."""
        types = self.tree("[Content_Types].xml")
        known = {e.get("Extension", "").lower() for e in types.findall(f"{{{TYPES}}}Default")}
        if ending not in known:
            entry = etree.Element(f"{{{TYPES}}}Default")
            entry.set("Extension", ending)
            entry.set("ContentType", content_type)
            types.insert(0, entry)
            self.touch("[Content_Types].xml")

    def relations(self, part: str) -> list[Relation]:
        """Return the relationships of a part, or of the package for an empty name."""
        name = _relations_of(part)
        if not self.has(name):
            return []
        folder = posixpath.dirname(part)
        found = []
        for entry in self.tree(name).findall(f"{{{RELATIONS}}}Relationship"):
            target = entry.get("Target", "")
            outside = entry.get("TargetMode") == "External"
            full = (
                target[1:]
                if target.startswith("/")
                else posixpath.normpath(posixpath.join(folder, target))
            )
            kind = entry.get("Type", "").rpartition("/")[2]
            found.append(Relation(entry.get("Id", ""), kind, "" if outside else full))
        return found

    def relate(self, part: str, kind: str, target: str) -> str:
        """Add a relationship between two parts, and return its id."""
        name = _relations_of(part)
        if not self.has(name):
            self.put(name, f'<Relationships xmlns="{RELATIONS}"/>'.encode())
        root = self.tree(name)
        taken = {entry.get("Id") for entry in root}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        entry = etree.SubElement(root, f"{{{RELATIONS}}}Relationship")
        entry.set("Id", f"rId{number}")
        entry.set("Type", f"{OFFICE}/{kind}")
        entry.set("Target", f"/{target}")
        self.touch(name)
        return f"rId{number}"

    def unrelate(self, part: str, id: str) -> None:
        """Remove a relationship, and the list of relationships if it becomes empty."""
        name = _relations_of(part)
        root = self.tree(name)
        for entry in list(root):
            if entry.get("Id") == id:
                root.remove(entry)
        self.touch(name)
        if not len(root):
            self.drop(name)

    def save(self) -> bytes:
        """Return the archive: kept parts in their order, byte for byte, then new parts."""
        stream = io.BytesIO()
        waiting = dict(self._changed)
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for info in self._archive.infolist():
                if info.filename in self._dropped:
                    continue
                content = waiting.pop(info.filename, None)
                kept = self._archive.read(info) if content is None else content
                archive.writestr(info, kept, info.compress_type)
            for name, content in waiting.items():
                entry = zipfile.ZipInfo(name, EARLIEST)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
            archive.comment = STAMP + _hash(archive).encode()
        return stream.getvalue()


def untouched(path: Path) -> bool:
    """Return whether a file is a package that we wrote, and was not edited since."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.comment == STAMP + _hash(archive).encode()
    except (OSError, zipfile.BadZipFile):
        return False


def book_part(package: Package) -> str:
    """Return the name of the workbook's own part.

    Raises
    ------
    PlannerError
        If there is none, or the package is strict OOXML.
    """
    for relation in package.relations(""):
        if relation.kind == "officeDocument" and package.has(relation.target):
            if package.tree(relation.target).tag == main("workbook"):
                return relation.target
            break
    raise PlannerError(
        "this workbook is not of the usual kind (it may be Strict Open XML) and "
        "cannot be marked. Save it as Excel Workbook (.xlsx)."
    )


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _hash(archive: zipfile.ZipFile) -> str:
    lines = "".join(f"{info.filename} {info.CRC}\n" for info in archive.infolist())
    return hashlib.sha256(lines.encode()).hexdigest()
