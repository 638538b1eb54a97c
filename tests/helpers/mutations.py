"""Real inputs changed at random, and what became of reading them."""

from __future__ import annotations

import csv
import io
import random
import re
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from malformed_others import KIND, cell, content, number, row, words

from planner.errors import InputFaults, PlannerError
from planner.workbook.files.raw_cells import read_raw
from planner.workbook.reading import read_inputs

ROOT = Path(__file__).resolve().parents[2]
SEED = 20_260_101
LONGEST_S = 10.0
LARGER = ("openai-750mw.xlsx",)

Folder = dict[str, bytes]
"""Files of a folder by name; a workbook is a folder of one file."""

Change = Callable[[random.Random, bytes], bytes]
NUMBER = re.compile(rb"\d+")
ATTRIBUTE = re.compile(rb'[\w:]+="[^"<>]*"')
TAG = re.compile(rb"</?[\w:]+")
NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"99999999999999999999",
    b"1048577",
    b"16385",
    b"1e999",
    b"NaN",
    b"",
    b"4294967296",
    b"2147483648",
    b"0x41",
    b"1.5",
    b" 7 ",
)
WORDS = (
    b"<",
    b">",
    b"&",
    b"&#0;",
    b"&x;",
    b"]]>",
    b"<!--",
    b"<![CDATA[",
    b"<!DOCTYPE x>",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"<?x?>",
    b'"',
    b"'",
    b",",
    b";",
    b"\n",
    b"\t",
)


@dataclass(frozen=True)
class Outcome:
    """What became of one changed input.

    Attributes
    ----------
    number : int
        Its number, from which it is made again.
    base, change : str
        What was changed, and how.
    kind : str
        ``read``, ``faults``, ``refused`` or ``DEFECT``.
    seconds : float
        Time of reading.
    detail : str
        The last line of the message.
    """

    number: int
    base: str
    change: str
    kind: str
    seconds: float
    detail: str


@cache
def bases() -> dict[str, Folder]:
    """Return the inputs that are changed: workbooks, an .ods and a folder of CSV files."""
    books = [ROOT / "inputs" / f"{name}.xlsx" for name in ("first-plan", "openai-750mw")]
    books += sorted((ROOT / "tests" / "data" / "workbooks").glob("*.xlsx"))
    found: dict[str, Folder] = {path.name: {"case.xlsx": path.read_bytes()} for path in books}
    found["first-plan.ods"] = {"case.ods": as_ods(ROOT / "inputs" / "first-plan.xlsx")}
    found["first-plan"] = as_csv(ROOT / "inputs" / "first-plan.xlsx")
    return found


def _grids(path: Path) -> Iterator[tuple[str, list[list[object]]]]:
    """Yield name and cells of each sheet; a date is its text."""
    for sheet in read_raw(path):
        yield (
            sheet.title,
            [[str(cell) if isinstance(cell, date) else cell for cell in row] for row in sheet.grid],
        )


def as_csv(path: Path) -> Folder:
    """Return a workbook as CSV files."""
    made: Folder = {}
    for title, grid in _grids(path):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(grid)
        made[f"{title}.csv"] = text.getvalue().encode()
    return made


def as_ods(path: Path) -> bytes:
    """Return a workbook as an OpenDocument one."""

    def one(value: object) -> str:
        if value is None:
            return cell()
        return number(value) if isinstance(value, int | float) else words(escape(str(value)))

    grids = list(_grids(path))
    tables = "</table:table>".join(
        ("" if not place else f'<table:table table:name="{title}">')
        + "".join(row(*map(one, cells)) for cells in grid)
        for place, (title, grid) in enumerate(grids)
    )
    made = content(tables).replace('table:name="halls"', f'table:name="{grids[0][0]}"', 1)
    return _zipped({"mimetype": KIND, "content.xml": made.encode()})


def _zipped(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _flip(dice: random.Random, content: bytes) -> bytes:
    """Return bytes of which a few are turned over."""
    changed = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 5, 50)) if changed else 0):
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _cut(dice: random.Random, content: bytes) -> bytes:
    return content[: dice.randrange(len(content) + 1)]


def _splice(dice: random.Random, content: bytes) -> bytes:
    """Return bytes of which one piece stands in another place too, or is gone."""
    start = dice.randrange(len(content) + 1)
    stop = min(len(content), start + dice.choice((1, 10, 100, 1000, 10_000)))
    place = dice.randrange(len(content) + 1)
    if dice.random() < 0.5:
        return content[:start] + content[stop:]
    return content[:place] + content[start:stop] + content[place:]


def _insert(dice: random.Random, content: bytes) -> bytes:
    place = dice.randrange(len(content) + 1)
    return content[:place] + dice.choice(WORDS) * dice.choice((1, 1, 3, 1000)) + content[place:]


def _replace(
    pattern: re.Pattern[bytes], new: Callable[[random.Random, bytes, list[bytes]], bytes]
) -> Change:
    """Return a change of one place that matches a pattern."""

    def change(dice: random.Random, content: bytes) -> bytes:
        found = list(pattern.finditer(content))
        if not found:
            return _flip(dice, content)
        match = dice.choice(found)
        put = new(dice, match[0], [other[0] for other in dice.sample(found, min(5, len(found)))])
        return content[: match.start()] + put + content[match.end() :]

    return change


def _other_value(dice: random.Random, found: bytes, others: list[bytes]) -> bytes:
    name = found.partition(b"=")[0]
    value = dice.choice((*NUMBERS, *(other.partition(b"=")[2].strip(b'"') for other in others)))
    return dice.choice((name + b'="' + value + b'"', b"", dice.choice(others)))


INSIDE: dict[str, Change] = {
    "flips": _flip,
    "cut": _cut,
    "splice": _splice,
    "insertion": _insert,
    "number": _replace(NUMBER, lambda dice, found, others: dice.choice((*NUMBERS, *others))),
    "attribute": _replace(ATTRIBUTE, _other_value),
    "tag": _replace(TAG, lambda dice, found, others: dice.choice((b"<z", b"</z", *others))),
}
"""Changes of one part of an archive, or of one CSV file."""

GENTLE = ("number", "attribute") * 4
"""Changes after which an XML part is well formed as often as not."""

OUTSIDE = {"flips": _flip, "cut": _cut, "splice": _splice, "insertion": _insert}
"""Changes of the packed bytes of an archive."""


def _changed_parts(dice: random.Random, content: bytes) -> tuple[bytes, str]:
    """Return an archive with some of its parts changed, lost, doubled or exchanged."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name in parts if name.endswith((".xml", ".rels"))] or list(parts)
    name, other = dice.choice(names), dice.choice(names)
    how = dice.choice((*INSIDE, *INSIDE, *GENTLE, "lost part", "doubled part", "exchanged parts"))
    if how == "lost part":
        del parts[name]
    elif how == "exchanged parts":
        parts[name], parts[other] = parts[other], parts[name]
    elif how == "doubled part":
        parts[dice.choice((name.upper(), f"{name}2", f"xl/{name}", f"../{name}"))] = parts[other]
    else:
        for _ in range(dice.choice((1, 1, 2, 5))):
            parts[name] = INSIDE[how](dice, parts[name])
    return _zipped(parts), f"{how} in {name}"


def mutant(number: int) -> tuple[str, str, Folder]:
    """Return the base of a changed input, how it was changed, and its files."""
    dice = random.Random(SEED + number)
    # Half of them of the planner's own inputs: a sheet that is not ours stops at its header.
    ours = [name for name in bases() if name.startswith("first-plan") or name in LARGER]
    base = dice.choice(ours if dice.random() < 0.5 else list(bases()))
    files = dict(bases()[base])
    name = dice.choice(list(files))
    content = files[name]
    if content.startswith(b"PK") and dice.random() < 0.8:
        files[name], how = _changed_parts(dice, content)
    else:
        changes = OUTSIDE if content.startswith(b"PK") else INSIDE
        how = dice.choice(list(changes))
        files[name] = changes[how](dice, content)
        how += f" of {name}"
    return base, how, files


def outcome(number: int, longest: float = LONGEST_S) -> Outcome:
    """Read a changed input and say what became of it."""
    base, how, files = mutant(number)
    with tempfile.TemporaryDirectory() as home:
        for name, content in files.items():
            Path(home, name).write_bytes(content)
        path = Path(home, next(iter(files))) if len(files) == 1 else Path(home)
        start = time.monotonic()
        kind, detail = "read", ""
        try:
            read_inputs(path)
        except InputFaults as error:
            kind, detail = "faults", str(error).splitlines()[-1]
        except PlannerError as error:
            kind, detail = "refused", str(error).replace(home, "")
        except BaseException:
            kind, detail = "DEFECT", traceback.format_exc()
        seconds = time.monotonic() - start
    if seconds > longest:
        kind, detail = "DEFECT", f"{seconds:.1f} s; {detail}"
    return Outcome(number, base, how, kind, seconds, detail)
