"""How long reading takes, against the parser alone on the same file in the same run.

Run it on demand from the root of the repository:

    python tests/benchmarks/reading.py [--rows N] [--runs N]

It makes a workbook of a sheet with 50,000 rows and 10 columns, and prints the medians of: the
parser alone, `read_raw` (the guard, the parser in its own process, the cells back) and
`read_inputs` (that and every rule of every cell).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import xlsxwriter
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from planner.workbook.files.raw_cells import read_raw
from planner.workbook.reading import read_inputs

ROOT = Path(__file__).resolve().parents[2]
LARGE = "halls"
COLUMNS = (
    "hall",
    "site",
    "count",
    "it_mw",
    "open_count",
    "coolant_lpm",
    "ready",
    "build_days",
    "fit_out_cost",
    "source",
)


def make(path: Path, rows: int) -> None:
    """Write the smallest plan with many halls: texts, numbers and dates in ten columns."""
    book = xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"})
    for sheet in load_workbook(ROOT / "inputs" / "first-plan.xlsx", data_only=True):
        made = book.add_worksheet(sheet.title)
        cells = sheet.iter_rows(values_only=True) if sheet.title != LARGE else halls(rows)
        for number, row in enumerate(cells):
            for place, value in enumerate(row):
                made.write(number, place, value)
    book.close()


def halls(rows: int) -> Iterator[tuple[object, ...]]:
    """Yield a header and rows of halls."""
    yield COLUMNS
    for number in range(1, rows + 1):
        ready = date(2026, 1, 1) + timedelta(number % 900)
        yield (
            f"hall {number}",
            "North",
            1,
            number % 40 + 0.5,
            0,
            None,
            ready,
            30,
            number * 1000,
            f"assumption {number % 50}",
        )


def parser_alone(path: Path) -> object:
    book = CalamineWorkbook.from_path(path)
    return [
        book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
    ]


def taken(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds on the clock and on the processors, those of child processes included."""
    before, start = os.times(), time.perf_counter()
    work()
    after = os.times()
    return time.perf_counter() - start, sum(after[:4]) - sum(before[:4])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        path = Path(home, "large.xlsx")
        make(path, arguments.rows)
        works: dict[str, Callable[[], object]] = {
            "parser alone": lambda: parser_alone(path),
            "read_raw": lambda: read_raw(path),
            "read_inputs": lambda: read_inputs(path),
        }
        # In turn, so that what else the machine does falls on all of them.
        every = [{name: taken(work) for name, work in works.items()} for _ in range(arguments.runs)]
    medians = {
        name: [median(run[name][kind] for run in every) for kind in (0, 1)] for name in works
    }
    clock, processors = medians["parser alone"]
    print(f"{arguments.rows:,} rows x {len(COLUMNS)} columns, median of {arguments.runs}")
    for name, (seconds, busy) in medians.items():
        print(
            f"{name:14}{seconds:8.3f} s  {seconds / clock:5.2f} x   processors {busy:6.3f} s  "
            f"{busy / processors:5.2f} x"
        )


if __name__ == "__main__":
    main()
