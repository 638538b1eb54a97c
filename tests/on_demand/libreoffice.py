"""Open the workbook of plans in LibreOffice: recompute it, print it, and compare.

Run it on demand from the root of the repository, with LibreOffice and poppler installed:

    python tests/on_demand/libreoffice.py [--keep FOLDER] plan-folder ...

Every live figure is emptied, recomputed by LibreOffice and compared to what the workbook carried,
money to the cent. Every sheet is printed to PDF: no error value, no cell too narrow for its
figure, one page for each chart, no total that is zero where it is not.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import openpyxl

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from planner.plan.store import load_plan  # noqa: E402
from planner.reports.excel.plan_workbook import write_plan_workbook  # noqa: E402

BROKEN = re.compile(r"Err:\d+|#REF!|#NAME\?|#VALUE!|#DIV/0!|#N/A|#NUM!|###")
STORED = re.compile(r"(<f>[^<]*</f>)<v>[^<]*</v>")
CENT = 0.005


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("plans", nargs="+", type=Path, help="folders of plans")
    parser.add_argument("--keep", type=Path, help="where to keep workbook and PDF")
    arguments = parser.parse_args()
    faults = 0
    for folder in arguments.plans:
        with tempfile.TemporaryDirectory() as scratch:
            place = arguments.keep or Path(scratch)
            place.mkdir(parents=True, exist_ok=True)
            found = check(folder, place)
        faults += len(found)
        print(*found, sep="\n")
    sys.exit(1 if faults else 0)


def check(folder: Path, place: Path) -> list[str]:
    """Return the faults of the workbook of a plan, and print what was compared."""
    plan = load_plan(folder)
    path = place / f"{folder.name}.xlsx"
    write_plan_workbook(plan, path)
    compared, faults = recomputed(path, place)
    charts, pages, printed = print_out(path, place)
    faults += printed
    total = sum(row["amount"] for row in plan.tables["costs"])
    carried = openpyxl.load_workbook(path, data_only=True)["Costs"]["C4"].value
    if abs(carried - total) > CENT:
        faults.append(f"{path.name}: the cost terms come to {carried}, the plan's to {total}")
    print(
        f"{path.name}: {compared:,} live figures recomputed, {pages} pages, {charts} charts, "
        f"{len(faults)} faults"
    )
    return faults


def recomputed(path: Path, place: Path) -> tuple[int, list[str]]:
    """Return how many live figures LibreOffice recomputed, and those that differ."""
    emptied = place / f"{path.stem}-emptied.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(emptied, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/"):
                content = STORED.sub(r"\1", content.decode()).encode()
            target.writestr(name, content)
    again = place / "again"
    convert(emptied, "xlsx", again)
    formulas = openpyxl.load_workbook(path)
    carried = openpyxl.load_workbook(path, data_only=True)
    found = openpyxl.load_workbook(again / emptied.name, data_only=True)
    count, faults = 0, []
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            before = carried[sheet.title][cell.coordinate].value
            after = found[sheet.title][cell.coordinate].value
            count += 1
            if not isinstance(after, int | float) or abs(after - before) > CENT:
                faults.append(
                    f"{path.name}: {sheet.title}!{cell.coordinate} carries {before}, "
                    f"recomputed it is {after}"
                )
    return count, faults


def print_out(path: Path, place: Path) -> tuple[int, int, list[str]]:
    """Return charts, pages, and what is wrong with the printed workbook."""
    convert(path, "pdf", place)
    text = subprocess.run(
        ["pdftotext", "-layout", str(path.with_suffix(".pdf")), "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    pages = text.split("\f")[:-1]
    faults = [
        f"{path.name}, page {number}: {line.strip()}"
        for number, page in enumerate(pages, start=1)
        for line in page.splitlines()
        if BROKEN.search(line)
    ]
    charts = len(openpyxl.load_workbook(path)["Charts"]._charts)
    printed = sum(bool(re.search(r"\bCharts\s+Page \d+ of", page)) for page in pages)
    if printed != max(charts, 1):
        faults.append(f"{path.name}: {charts} charts are printed on {printed} pages")
    return charts, len(pages), faults


def convert(path: Path, kind: str, place: Path) -> None:
    subprocess.run(
        ["soffice", "--headless", "--convert-to", kind, "--outdir", str(place), str(path)],
        check=True,
        capture_output=True,
        timeout=900,
    )


if __name__ == "__main__":
    main()
