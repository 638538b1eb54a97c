"""Folders of CSV files, as a spreadsheet program writes them."""

from __future__ import annotations

import csv
from pathlib import Path

from instances import Sheets


def grid_of(rows: list[dict[str, object]]) -> list[list[object]]:
    """Return a header and rows of cells."""
    header = list(dict.fromkeys(column for row in rows for column in row))
    return [list(header), *([row.get(column) for column in header] for row in rows)]


def folder_of(sheets: Sheets, folder: Path) -> Path:
    """Write a folder of CSV files, as a spreadsheet program would."""
    home = folder / "plan"
    home.mkdir()
    for name, rows in sheets.items():
        with (home / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows(grid_of(rows))
    return home
