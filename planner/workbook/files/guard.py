"""Checks before anything in a file is parsed: what it is, and whether it is safe to unpack."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from planner.errors import PlannerError

MOST_BYTES = 20_000_000
"""Size limit of a file, bytes."""

MOST_UNPACKED = 100_000_000
"""Limit of the unpacked size of the parts of one workbook that are read, bytes."""

MOST_RATIO = 500
"""Limit of the compression ratio of parts that unpack to more than ten megabytes."""

MOST_PARTS = 10_000
MOST_SHEETS = 1_000

MOST_CELLS = 5_000_000
"""Limit of the used area of all sheets together, in cells. Blank cells count too."""

LONGEST_S = 10.0
"""Limit of CPU time for reading one workbook, here and in the parser's process, seconds."""

LONGEST_WAIT_S = 60.0
"""Limit of elapsed time for reading one workbook, seconds; longer, for busy machines."""

SAVE_AGAIN = "Open it in a spreadsheet and save it as .xlsx"


class RefusedError(Exception):
    """A file is refused. The message has a reason and a remedy, but not the file's name.

    Parameters
    ----------
    reason
        What the file is, or what is wrong with it.
    remedy
        What to do about it, in full sentences.
    """

    def __init__(self, reason: str, remedy: str = "") -> None:
        self.reason, self.remedy = reason, remedy
        super().__init__(f"{reason}. {remedy}".rstrip())


class DamagedError(RefusedError):
    """A workbook is damaged, so that no program can be trusted to read it correctly.

    Parameters
    ----------
    reason
        What is damaged, and where.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"this workbook is damaged: {reason}",
            "Open it in a spreadsheet, let it repair the file, check its repairs and save it as "
            ".xlsx; or use an earlier copy.",
        )


@dataclass
class Deadline:
    """Time limit of reading: some seconds of CPU time, or more of elapsed time.

    A limit of elapsed time alone would refuse a good file on a busy machine.
    """

    seconds: float = LONGEST_S
    begun: float = field(default_factory=time.thread_time)
    start: float = field(default_factory=time.monotonic)

    @property
    def left(self) -> float:
        """Elapsed time that is left, seconds; at least 0.01."""
        return max(0.01, self.start + LONGEST_WAIT_S - time.monotonic())

    def check(self) -> None:
        """Refuse the file if the time is up.

        Raises
        ------
        RefusedError
            If the time is up.
        """
        if time.thread_time() > self.begun + self.seconds or self.left <= 0.01:
            raise self.overdue()

    def overdue(self) -> RefusedError:
        """Return the error for a file that takes too long."""
        return RefusedError(
            f"reading this file takes more than {self.seconds:g} seconds",
            "Keep only the sheets that the plan needs, or try again when the machine is less busy.",
        )


def content_of(path: Path) -> bytes:
    """Return the bytes of a file that is not too large.

    Raises
    ------
    PlannerError
        If there is no such file, or it cannot be opened.
    RefusedError
        If it is too large, or not a regular file.
    """
    try:
        if not path.exists():
            raise PlannerError(
                f"{path}: there is no such file. Check the name, or make a workbook "
                f"with: planner init {path}"
            )
        if not path.is_file():
            raise RefusedError("this is not a file but a device or a pipe", "Give a workbook.")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise RefusedError(
                f"this file has {size:,} bytes, but at most {MOST_BYTES:,} are read",
                "Remove the pictures and sheets that the plan does not need.",
            )
        return path.read_bytes()
    except OSError as error:
        raise PlannerError(
            f"{path}: this file cannot be opened ({error.strerror or error}). Check that you may "
            "read it and that no other program has locked it."
        ) from error


def check_is_zip(content: bytes) -> None:
    """Refuse a file that is not a zip archive, and say what it is.

    Raises
    ------
    RefusedError
        If the file does not begin like a zip archive, as every .xlsx and .ods file does.
    """
    if content.startswith(b"PK\x03\x04"):
        return
    what, remedy = _what_it_is(content)
    raise RefusedError(f"this is not an .xlsx workbook but {what}", remedy)


def _what_it_is(content: bytes) -> tuple[str, str]:
    """Return the kind of a file that is not a zip archive, and what to do about it."""
    if not content:
        return "an empty file", (
            "It was not copied or saved completely: get it again from its source."
        )
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _what_ole_it_is(content)
    if what := _what_markup_it_is(content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()):
        return what, SAVE_AGAIN + "."
    if name := next((name for magic, name in _MAGIC if content.startswith(magic)), ""):
        return name, "Give the workbook itself."
    if b"PK\x05\x06" in content[-66_000:]:
        return "a zip archive with other bytes in front of it", "Get it again from its source."
    is_text = b"\0" not in content[:4096] or content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return _TEXT if is_text else _OTHER


_TEXT = (
    "plain text, perhaps CSV",
    "Open it in a spreadsheet and save it as .xlsx, or put one CSV file for each sheet into a "
    "folder and give the folder.",
)
_OTHER = ("a file of another kind", "Check the name: an .xlsx or .ods workbook is needed.")


def _what_markup_it_is(text: bytes) -> str:
    """Return the kind of a file that begins with markup; empty if it is unknown."""
    if b"urn:schemas-microsoft-com:office:spreadsheet" in text or b"excel.sheet" in text:
        return "XML Spreadsheet 2003"
    if b"office:document" in text and text.startswith(b"<?xml"):
        return "a flat OpenDocument file"
    if text.startswith((b"<html", b"<!doctype html", b"<table", b"<head", b"<meta", b"<body")):
        return "a web page with a workbook's name"
    return ""


_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3", "a SQLite database"),
    (b"{\\rtf", "an RTF document"),
    (b"{", "a JSON document"),
    (b"[{", "a JSON document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)


def _what_ole_it_is(content: bytes) -> tuple[str, str]:
    """Return the kind of a file in the container of old office programs, and a remedy."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "a workbook locked with a password", (
            "Open it in a spreadsheet, remove the password (File, Info, Protect Workbook, Encrypt "
            "with Password) and save it."
        )
    if any(name.encode("utf-16-le") in content for name in ("WordDocument", "PowerPoint")):
        return "an old Word or PowerPoint document", "Give a workbook."
    return "an old Excel file (.xls), or one locked with a password", (
        SAVE_AGAIN + " (Excel Workbook), without a password."
    )


class Archive:
    """The parts of a workbook: a zip archive that has passed the guard.

    Parameters
    ----------
    content
        The whole file.

    Raises
    ------
    RefusedError
        If the archive is damaged or encrypted, or looks like an attack.
    """

    def __init__(self, content: bytes) -> None:
        if content.count(b"PK\x01\x02") > MOST_PARTS:
            raise RefusedError(
                f"this archive has more than {MOST_PARTS:,} parts, which no workbook needs",
                "Get the workbook from another source.",
            )
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            entries = self._zip.infolist()
        except _ZIP_ERRORS as error:
            raise DamagedError(
                "the archive has no end, or its list of parts is wrong; perhaps it was not "
                "downloaded or copied completely"
            ) from error
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            self._admit(entry)
        self._left = MOST_UNPACKED
        self._read: set[str] = set()

    def _admit(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]:
            raise RefusedError(
                f"this archive has a part named {short(name)}, which points outside the archive",
                "No spreadsheet writes this: get the workbook from another source.",
            )
        if entry.flag_bits & 1:
            raise RefusedError(
                f"part {short(name)} of this workbook is encrypted",
                SAVE_AGAIN + " again, without a password.",
            )
        if name.lower() in self._entries:
            raise DamagedError(f"it contains part {short(name)} twice")
        if not name.endswith("/"):
            self._entries[name.lower()] = entry

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def names(self) -> Iterator[str]:
        """Yield the name of each part, in lower case."""
        yield from self._entries

    def read(self, name: str) -> bytes:
        """Return the unpacked content of a part.

        Raises
        ------
        RefusedError
            If it is missing or damaged, or unpacks to too much.
        """
        entry = self._entries.get(name.lower())
        if entry is None:
            raise DamagedError(f"its part {short(name)} is missing")
        self._check_size(entry)
        try:
            content = self._zip.read(entry)
        except _ZIP_ERRORS as error:
            raise DamagedError(f"its part {short(name)} cannot be unpacked") from error
        if len(content) != entry.file_size:
            raise DamagedError(
                f"its part {short(name)} does not have the size that the file states"
            )
        if entry.filename not in self._read:
            self._read.add(entry.filename)
            self._left -= len(content)
        return content

    def _check_size(self, entry: zipfile.ZipInfo) -> None:
        name, size = short(entry.filename), entry.file_size
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise RefusedError(
                f"part {name} is compressed with a method that workbooks do not use",
                SAVE_AGAIN + " again.",
            )
        if size > 10_000_000 and size > MOST_RATIO * max(1, entry.compress_size):
            raise RefusedError(
                f"part {name} unpacks to {size / 1e6:,.0f} MB, more than {MOST_RATIO} times its "
                "packed size, like a zip bomb",
                "Get the workbook from another source.",
            )
        if size > self._left and entry.filename not in self._read:
            raise RefusedError(
                f"this workbook unpacks to more than {MOST_UNPACKED / 1e6:.0f} MB, at part {name}",
                "Keep only the sheets that the plan needs.",
            )


_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    RuntimeError,
    OverflowError,
    NotImplementedError,
    LookupError,
)


def short(name: str) -> str:
    """Return a name from a file, made printable and short enough for a message."""
    tidy = "".join(c if c.isprintable() else "?" for c in name)
    return tidy if len(tidy) <= 60 else f"{tidy[:57]}..."


def plural(count: int, noun: str) -> str:
    """Return a count with its noun, e.g. ``1 cell`` or ``2 cells``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def some(names: Iterable[str], most: int = 4) -> str:
    """Return names as a list in a sentence: the first few, and the number of the others."""
    listed = list(names)
    if len(listed) <= most:
        return " and ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)
    return f"{', '.join(listed[:most])} and {len(listed) - most:,} more"
