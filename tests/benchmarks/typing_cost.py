"""What it costs to type, check and digest a large sheet, in bare reads of the same workbook.

    python tests/benchmarks/typing_cost.py [--rows 50000]

The reference is calamine reading the file and nothing else, in the same run. Raw reading is timed
apart from typing, checks and digest, so that each has its own ratio; the best of some runs counts.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from planner.workbook.files.raw_cells import RawSheet
from planner.workbook.reading import inputs_from_sheets

RUNS = 5
SMALL = {
    "settings": [["setting", "value"], ["start", "2026-01-01"], ["end", "2027-12-31"]],
    "systems": [["system", "power_kw", "coolant_lpm"], ["CS-3", 23, 92]],
    "commitments": [["commitment", "basis"], ["OpenAI", "it"]],
    "milestones": [["commitment", "date", "mw"], ["OpenAI", "2026-12-31", 5]],
}


def grids(rows: int) -> dict[str, list[list[object]]]:
    """Return a small plan with a large sheet of halls: ten columns, one of them with gaps."""
    chance = random.Random(1)
    columns = "hall site count it_mw slots coolant_lpm build_days fit_out_cost open_count source"
    halls: list[list[object]] = [[*columns.split()]]
    halls += [
        [
            f"Hall {row}",
            f"Site {row % 500}",
            chance.randint(1, 9),
            chance.uniform(1, 50),
            chance.randint(1, 500),
            None if row % 3 else 92.5,
            90,
            1.2e7,
            0,
            "assumption",
        ]
        for row in range(rows)
    ]
    sites: list[list[object]] = [["site", "pue"], *([f"Site {n}", 1.2] for n in range(500))]
    return {**SMALL, "sites": sites, "halls": halls}


def write(path: Path, sheets: dict[str, list[list[object]]]) -> None:
    """Write a workbook."""
    with Workbook(str(path), {"constant_memory": True}) as book:
        for name, grid in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(grid):
                sheet.write_row(number, 0, row)


def read(path: Path) -> list[RawSheet]:
    """Return raw sheets as calamine reads them, blank cells as None."""
    book = CalamineWorkbook.from_path(str(path))
    found = []
    for name in book.sheet_names:
        grid = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        found.append(RawSheet(name, [[None if c == "" else c for c in row] for row in grid]))
    return found


def best(run: Callable[[], object]) -> float:
    """Return the shortest time of some runs, in seconds."""
    spent = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return min(spent)


def main() -> None:
    """Print the ratios, and where the time of typing goes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--profile", action="store_true", help="also print where the time goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.xlsx"
        write(path, grids(options.rows))

        def bare() -> None:
            CalamineWorkbook.from_path(str(path)).get_sheet_by_name("halls").to_python()

        raw = read(path)
        reference = best(bare)
        typing = best(lambda: inputs_from_sheets("plan", raw))
        print(
            f"bare read {reference:.3f} s; typing, checks and digest {typing:.3f} s: "
            f"{typing / reference:.2f} bare reads"
        )
        if options.profile:
            profile = cProfile.Profile()
            profile.runcall(inputs_from_sheets, "plan", raw)
            pstats.Stats(profile).sort_stats("cumulative").print_stats(25)


if __name__ == "__main__":
    main()
