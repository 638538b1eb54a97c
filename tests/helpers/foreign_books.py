"""Real workbooks that readers fail on, with the right values."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from places import DATA

from planner.workbook.files.raw_cells import FORMULA_WITHOUT_VALUE

BOOKS = DATA / "workbooks"


Places = dict[tuple[str, str], object]
"""Values by sheet and cell; a blank cell is None."""


# Looked up in each file's own XML, and in two spreadsheets' readings of it.
RIGHT: dict[str, Places] = {
    "1904.xlsx": {("Sheet1", "A1"): date(1998, 7, 5), ("Sheet1", "A2"): 34519},
    "blanks.xlsx": {
        ("different_rows", "B2"): "a",
        ("different_rows", "A3"): 1,
        ("same_row_middle", "A3"): None,
        ("same_row_middle", "B4"): "b",
    },
    "clippy.xlsx": {
        ("list-column", "B4"): date(2007, 1, 1),
        ("list-column", "B5"): 0.9,
        ("two-row-header", "C2"): "(date is approximate)",
        ("two-row-header", "C3"): date(2007, 1, 1),
    },
    "column_row_ranges.xlsx": {("Column ranges", "C5"): 0, ("Row ranges", "E3"): 0},
    "date_1904.xlsx": {
        ("Sheet1", "A1"): date(2021, 1, 1),
        ("Sheet1", "B3"): 17,
        ("Sheet1", "A3"): timedelta(hours=255, minutes=10, seconds=10),
    },
    "dates-leap-year-1900-xlsx.xlsx": {
        ("for_testing", "A2"): datetime(1900, 1, 1, 8),
        ("for_testing", "C2"): True,
        ("for_testing", "A4"): datetime(1900, 2, 28, 8),
        ("for_testing", "C5"): False,
        ("for_testing", "A6"): datetime(1900, 3, 1, 8),
        ("for_human_eyes", "A2"): "1899-12-29 08:00:00",
    },
    "deaths.xlsx": {
        ("arts", "A5"): "Name",
        ("arts", "D6"): True,
        ("arts", "E6"): date(1947, 1, 8),
        ("other", "A6"): "Vera Rubin",
        ("other", "D12"): False,
    },
    "empty-named-column.xlsx": {
        ("Sheet1", "D2"): 2,
        ("Sheet1", "B2"): None,
        ("Sheet1", "C4"): "NA",
    },
    "empty_s_attribute.xlsx": {("Sheet1", "A3"): "Sophia", ("Sheet1", "B5"): 4},
    "errors.xlsx": {
        ("Feuil1", "A1"): "#DIV/0!",
        ("Feuil1", "A2"): "#NAME?",
        ("Feuil1", "A3"): "#VALUE!",
        ("Feuil1", "A4"): "#NULL!",
        ("Feuil1", "A5"): "#REF!",
        ("Feuil1", "A6"): "#NUM!",
        ("Feuil1", "A7"): "#N/A",
    },
    "fixture-changing-header-location.xlsx": {
        ("Sheet1", "A1"): "Years Sheet",
        ("Sheet1", "B3"): 2019,
        ("Sheet2", "C2"): 6,
        ("Sheet3", "A12"): "Month",
        ("Sheet3", "A1"): None,
    },
    "fixture-single-sheet-duplicated-columns.xlsx": {
        ("January", "A1"): "col",
        ("January", "C1"): "col",
        ("January", "C2"): datetime(2019, 2, 1, 0, 1, 2),
    },
    "header-row.xlsx": {
        ("Sheet1", "C3"): "Note 1",
        ("Sheet1", "A9"): "Columns",
        ("Sheet1", "D10"): 3,
    },
    "issue-870.xlsx": {
        ("Sheet1", "A1"): 0,
        ("Sheet1", "G2"): "15/10/2017",
        ("Sheet1", "H10"): 6548,
    },
    "merge_cells.xlsx": {
        ("Sheet1", "A1"): "Row Merge",
        ("Sheet1", "B1"): None,
        ("Sheet1", "B2"): "Chunk Merged",
        ("Sheet1", "C2"): None,
    },
    "merged-cells.xlsx": {("Лист1", "A1"): "data", ("Лист1", "B3"): None},
    "missing-v-node-xlsx.xlsx": {("Sheet1", "B2"): 2, ("Sheet1", "C2"): FORMULA_WITHOUT_VALUE},
    "multiline-headers.xlsx": {
        ("Лист1", "A1"): "Region",
        ("Лист1", "B5"): "(%)",
        ("Лист1", "D4"): "from baseline (%)",
        ("Лист1", "D6"): "D",
    },
    "names-need-repair-xlsx.xlsx": {
        ("Sheet1", "B1"): "a b",
        ("Sheet1", "C1"): None,
        ("Sheet1", "C2"): "one",
        ("Sheet1", "D3"): 2.2,
    },
    "sheet-and-table-with-whitespace.xlsx": {
        ("Without Table", "A4"): 1,
        ("Without Table", "C4"): datetime(2025, 11, 19, 14, 34, 2),
        ("Without Table", "A7"): None,
        ("With Table", "D4"): "Column One",
        ("With Table", "E8"): "four",
    },
    "sheet-null-strings.xlsx": {
        ("TEST", "C2"): "NULL",
        ("TEST", "C5"): date(2022, 12, 19),
        ("TEST", "D4"): datetime(2023, 2, 18, 6, 13, 56, 730000),
        ("TEST", "F2"): 141.02023312814603,
    },
    "sheet-with-na.xlsx": {
        ("Sheet1", "B2"): "#N/A",
        ("Sheet1", "B3"): 100,
        ("Broken refs", "A3"): "#REF!",
    },
    "strict_iso_paths.xlsx": {
        ("ml_out", "A1"): "Item",
        ("ml_out", "A3"): 1625593500,
        ("ml_out", "G2"): 78.46,
        ("ml_out", "R2"): 104,
    },
    "type-me.xlsx": {
        ("logical_coercion", "A2"): None,
        ("logical_coercion", "A5"): date(2016, 1, 1),
        ("logical_coercion", "A6"): True,
        ("logical_coercion", "A9"): "true",
        ("numeric_coercion", "A6"): "123456",
        ("numeric_coercion", "A7"): 123456,
        ("date_coercion", "A7"): 4.3,
        ("text_coercion", "A6"): date(2016, 9, 24),
    },
    "hostile/huge_merge.xlsx": {("S", "A2"): 1, ("S", "B2"): "x"},
    "hostile/inf_nan.xlsx": {("S", "A2"): 1, ("S", "A3"): "#NUM!", ("S", "B3"): "#NUM!"},
    "hostile/lying_dim.xlsx": {("S", "A2"): 1, ("S", "B2"): "x", ("S", "A3"): None},
}
