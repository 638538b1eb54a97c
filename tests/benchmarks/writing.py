"""Time the workbook of a plan of 50,000 order lines against the same cells written bare.

Run it on demand from the root of the repository:

    python tests/benchmarks/writing.py [--lines N] [--rounds N] [--plan FOLDER]

Bare means: the cells of every sheet of that workbook, read back from it, written by XlsxWriter's
own functions, one call a cell, each with the format of its kind, and nothing else. With a folder
of a plan, its report is timed as well, against the whole run that the plan tells of.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import xlsxwriter

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

from plan_samples import sample_plan  # noqa: E402  (the tests are no package)

from planner.plan.store import load_plan  # noqa: E402
from planner.reports.excel.plan_workbook import write_plan_workbook  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=50_000, help="order lines")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the middle counts")
    parser.add_argument("--plan", type=Path, help="folder of a plan")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report, bare = Path(folder) / "report.xlsx", Path(folder) / "bare.xlsx"
        plan = large_plan(arguments.lines)
        write_plan_workbook(plan, report)
        cells = cells_of(report)
        ours, theirs = [], []
        for _ in range(arguments.rounds):
            ours.append(timed(lambda: write_plan_workbook(plan, report)))
            theirs.append(timed(lambda: write_bare(cells, bare)))
        count = sum(len(sheet) for sheet in cells)
        mine, other = statistics.median(ours), statistics.median(theirs)
        print(
            f"{arguments.lines:,} order lines, {count:,} cells: report {mine:.2f} s, bare "
            f"{other:.2f} s, ratio {mine / other:.2f}; {report.stat().st_size / 1e6:.1f} MB"
        )
        if arguments.plan:
            share(arguments.plan, Path(folder))


def share(folder: Path, scratch: Path) -> None:
    """Print what the report of a plan takes of the run that made it."""
    plan = load_plan(folder)
    seconds = plan.summary["seconds"]
    run = sum(seconds.values())
    writing = timed(lambda: write_plan_workbook(plan, scratch / "plan.xlsx"))
    print(
        f"{plan.name}: report {writing:.2f} s, run {run:.2f} s without reading and writing, "
        f"share {writing / (run + writing):.1%}"
    )


def timed(call) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def large_plan(lines: int):
    """The sample plan with its orders repeated, each on a day of its own."""
    plan = sample_plan()
    orders = plan.tables["orders"]
    first = date(2026, 1, 1)
    plan.tables["orders"] = [
        row
        | {
            "order": f"N-{n:06d}",
            "order_date": row["order_date"] and first + timedelta(days=n % 1400),
        }
        for n, row in ((n, orders[n % len(orders)]) for n in range(lines))
    ]
    return plan


def cells_of(path: Path):
    """Row, column, value and number format of every cell, sheet by sheet."""
    book = openpyxl.load_workbook(path, read_only=True)
    return [
        [
            (cell.row - 1, cell.column - 1, cell.value, cell.number_format)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]
        for sheet in book
    ]


def write_bare(sheets, path: Path) -> None:
    """Write cells as they are."""
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    formats: dict[str, object] = {}
    for cells in sheets:
        sheet = book.add_worksheet()
        for row, column, value, pattern in cells:
            if pattern not in formats:
                formats[pattern] = book.add_format({"num_format": pattern})
            style = formats[pattern]
            if isinstance(value, str) and value.startswith("="):
                sheet.write_formula(row, column, value, style, 0)
            elif isinstance(value, str):
                sheet.write_string(row, column, value, style)
            elif isinstance(value, datetime):
                sheet.write_datetime(row, column, value, style)
            else:
                sheet.write_number(row, column, value, style)
    book.close()


if __name__ == "__main__":
    main()
