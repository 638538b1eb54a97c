"""Workbooks as people make them: what is read right, what is noted, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from blocks import hall, rows_of
from typed_grids import Grid, faults_of, read

from planner.workbook.files.raw_cells import FORMULA_WITHOUT_VALUE
from planner.workbook.reading import inputs_from_rows, read_inputs
from planner.workbook.stored_inputs import as_document, from_document
from planner.workbook.writing.conversion import raw_sheets


def halls(*rows: Sequence[object], header: Sequence[object] = ("hall", "site", "it_mw")) -> Grid:
    return [[*header], *([*row] for row in rows)]


@pytest.mark.parametrize(
    "header",
    [
        ("Hall", " SITE ", "IT_MW"),
        ("hall", "site", "it mw"),
        ("hall*", "site *", "it-mw"),
        ("hall", "site", "it_mw [MW]"),
        ("hall", "site", "IT MW (megawatt)"),
        ("hall", "site\u00a0", "it_mw\u200b, MW"),
        ("hall", "site", "it_mw\nMW"),
        ("hall", "site", "it_mw in MW"),
    ],
)
def test_headings_as_people_write_them(header: Sequence[object]) -> None:
    inputs = read(halls=halls(("hall", "site", 100), header=header))
    assert inputs.tables["halls"][0]["it_mw"] == 100
    assert inputs.notes == ()


def test_a_table_that_starts_elsewhere() -> None:
    """Below a title and right of the margin; the cells keep their names."""
    grid: Grid = [
        ["Halls, first phase"],
        [],
        [None, None, "hall", "site", "it_mw"],
        [],
        [None, None, "hall", "site", 100],
        [None, None, None, "  ", None],
    ]
    row = read(halls=grid).tables["halls"][0]
    assert (row.where("it_mw"), row.number, row.cells["hall"]) == ("halls!E5", 5, "C5")


def test_merged_headings_are_one_header_of_two_rows() -> None:
    """Names merged downwards stand in the upper row, those below a group in the lower one."""
    grid = halls(
        (None, None, None, "slots", "coolant_lpm"),
        ("hall", "site", 100, 5, 90),
        header=("hall", "site", "it_mw", "Limits of a hall", None),
    )
    row = read(
        systems=[
            ["system", "power_kw", "overhead_kw", "commission_days", "coolant_lpm"],
            ["unit", 1000, 0, 0, 1],
        ],
        halls=grid,
    ).tables["halls"][0]
    assert (row["it_mw"], row["slots"], row["coolant_lpm"]) == (100, 5, 90)
    assert row.where("it_mw") == "halls!C3"


def test_a_title_that_names_a_column_is_no_header() -> None:
    grid: Grid = [["hall"], *halls(("hall", "site", 100))]
    assert len(read(halls=grid).tables["halls"]) == 1


def test_a_unit_in_the_heading_is_converted_and_noted() -> None:
    systems: Grid = [
        ["system", "power_kw [W]", "overhead_kw", "price (k$)", "commission_days"],
        ["unit", 34600, 0, 1.5, 0],
        ["other", "1e6", 0, None, 0],
    ]
    inputs = read(systems=systems)
    rows = inputs.tables["systems"]
    assert [row["power_kw"] for row in rows] == [34.6, 1000]
    assert [row["price"] for row in rows] == [1500, 0]
    assert inputs.notes == (
        "systems!B1 'W': the numbers of power_kw are divided by 1000 to convert them to kW",
        "systems!D1 'k$': the numbers of price are multiplied by 1000 to convert them to money "
        "per system",
    )
    assert rows[0].shown("power_kw") == "34600"


def test_a_unit_in_a_row_below_the_header_is_converted_and_noted() -> None:
    grid = halls((None, "-", "[kW]"), ("hall", "site", 100_000))
    inputs = read(halls=grid)
    assert inputs.tables["halls"][0]["it_mw"] == 100
    assert inputs.notes == (
        "halls!C2 '[kW]': the numbers of it_mw are divided by 1000 to convert them to MW",
    )


def test_a_units_row_with_words_over_names_and_days() -> None:
    grid = halls(
        ("name", "text", "MW", "YYYY-MM-DD"),
        ("hall", "site", 1, "2026-01-01"),
        header=("hall", "site", "it_mw", "ready"),
    )
    assert len(read(halls=[*grid]).tables["halls"]) == 1
    due: Grid = [
        ["commitment", "date", "mw"],
        ["", "dd.mm.yyyy", "MW"],
        ["demand", "2026-02-28", 5],
    ]
    assert len(read(milestones=due).tables["milestones"]) == 1


def test_units_that_are_refused_with_their_cell() -> None:
    """One fault for the unit, and none for numbers that nobody can tell the size of."""
    grid = halls(("hall", "site", 10**9), header=("hall", "site", "it_mw [kVA]"))
    assert faults_of(halls=grid) == [
        "halls!C1 'kVA': it_mw is in MW, but the planner does not know this unit. Give the "
        "numbers in MW, and write MW as their unit"
    ]
    grid = halls((None, None, "l/min"), ("hall", "site", 100))
    assert faults_of(halls=grid) == [
        "halls!C2 'l/min': it_mw is in MW, but this unit cannot be converted to it. Give the "
        "numbers in MW, and write MW as their unit"
    ]
    grid = halls((None, None, "kW"), ("hall", "site", 5), header=("hall", "site", "it_mw [MW]"))
    assert faults_of(halls=grid) == [
        "halls!C2 'kW': the heading above says MW, but this row of units says kW. If the "
        "numbers are in MW, write MW here too; otherwise remove it from the heading"
    ]
    grid = halls(("hall", "site [km]", 5), header=("hall", "site [km]", "it_mw"))
    assert (
        "halls!B1 'km': site has no unit, because it is not a number. Name the column site, "
        "without a unit"
    ) in faults_of(halls=grid)


def test_a_converted_number_is_shown_as_it_stands() -> None:
    grid = halls(("hall", "site", 6_000_000), header=("hall", "site", "it_mw [kW]"))
    assert faults_of(halls=grid) == [
        "halls!C2 '6000000': it_mw is out of range. Give a number in MW, above 0 and at most 5000"
    ]


def test_money_in_another_currency() -> None:
    systems: Grid = [["system", "power_kw", "price [k€]"], ["unit", 1000, 5]]
    assert faults_of(systems=systems) == [
        "systems!C1 'k€': price is in money per system, but the plan's currency is USD. Convert "
        "the column to USD, or correct currency in settings"
    ]
    assert read({"currency": "EUR"}, systems=systems).tables["systems"][0]["price"] == 5000


def test_a_percent_sign_over_a_column() -> None:
    """A spreadsheet keeps 95 % as 0.95: numbers of at most one may be either."""
    header = ["supplier", "item", "lead_days", "yield [%]"]
    bought = read(supply=[header, ["maker", "unit", 0, 95], ["second", "unit", 0, "90 %"]])
    assert [row["yield"] for row in bought.tables["supply"]] == [0.95, 0.9]
    assert faults_of(supply=[header, ["maker", "unit", 0, 0.95]]) == [
        "supply!D1 '%': yield is in percent, but none of its numbers is above 1: 0.95 may mean "
        "0.95 % or 95 %. Give shares of 1 and remove the unit, or percentages above 1"
    ]


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en", "1,234.5"),
        ("de", "1.234,5"),
        ("fr", "1\u202f234,5"),
        ("fr", "1\u00a0234,5"),
        ("ch", "1'234.5"),
        (None, "1234.5"),
        ("EN", " 1234.5 "),
    ],
)
def test_numbers_as_the_settings_say_they_are_written(locale: str | None, written: str) -> None:
    """The row of the setting may stand below others that are written its way."""
    options = {"discount_rate": "0,08" if locale in ("de", "fr") else "0.08", "locale": locale}
    inputs = read(options, halls=halls(("hall", "site", written)))
    assert inputs.tables["halls"][0]["it_mw"] == 1234.5
    assert inputs.settings["discount_rate"] == 0.08
    assert (
        inputs.digest == read({"discount_rate": 0.08}, halls=halls(("hall", "site", 1234.5))).digest
    )


def test_a_separated_number_is_refused_where_no_locale_says_how_it_is_read() -> None:
    assert faults_of(halls=halls(("hall", "site", "1,234"))) == [
        "halls!C2 '1,234': it_mw must be a number, but this can be read as 1.234 or as 1234. "
        "Retype it in plain digits, e.g. 1234, or set locale in settings to the notation of "
        "numbers: en, de, fr, ch"
    ]
    assert faults_of({"locale": "de"}, halls=halls(("hall", "site", "1,234.5"))) == [
        "halls!C2 '1,234.5': it_mw must be a number, but locale de does not write numbers like "
        "this. Give a number in MW, above 0 and at most 5000, in digits, without a unit, e.g. "
        "1.234,5, or correct locale in settings"
    ]


NAMES = ("NA", "None", "N/A", "007", "1E5", "TRUE", "nan", "null", "-", "#1", "1e999", "∞")


def test_names_that_programs_take_for_something_else_stay_what_they_are() -> None:
    """As keys, as references, in lists and as values of changes."""
    sites: Grid = [["site", "country", "pue"], *([name, name, 1] for name in NAMES)]
    rows = [(name, name, 1, name) for name in NAMES]
    changes: Grid = [
        ["change", "sheet", "key", "column", "operation", "value"],
        *([name, "halls", name, "site", "set", name] for name in NAMES),
        ["more", "halls", "007", "it_mw", "scale", "1.5"],
    ]
    inputs = read(
        sites=sites,
        power=[["node"], *([name] for name in NAMES)],
        halls=halls(*rows, header=("hall", "site", "it_mw", "fed_by")),
        commitments=[["commitment", "basis", "countries"], ["demand", "it", ",".join(NAMES)]],
        changes=changes,
    )
    assert tuple(row["site"] for row in inputs.tables["sites"]) == NAMES
    for row, name in zip(inputs.tables["halls"], NAMES, strict=True):
        assert (row["hall"], row["site"], row["fed_by"]) == (name, name, name)
    assert inputs.tables["commitments"][0]["countries"] == NAMES
    assert [row["value"] for row in inputs.tables["changes"]] == [*NAMES, 1.5]


def test_a_number_and_its_text_are_the_same_name() -> None:
    sites: Grid = [["site", "pue"], [7.0, 1], ["007", 1]]
    inputs = read(sites=sites, halls=halls(("hall", 7, 100), ("second", "7", 100)))
    assert [row["site"] for row in inputs.tables["halls"]] == ["7", "7"]


def test_values_of_changes_are_of_the_kind_of_their_column() -> None:
    header = ["change", "sheet", "key", "column", "operation", "value"]
    rows: Grid = [
        ["a", "halls", "hall", "it_mw", "set", "a lot"],
        ["b", "halls", "hall", "ready", "set", "03/04/2026"],
        ["c", "halls", "hall", "it_mw", "scale", True],
        ["d", "energisation", "*", "from", "shift_days", 1.5],
        ["e", "settings", "end", "value", "set", 46000],
    ]
    assert [fault.partition(". ")[0] for fault in faults_of(changes=[header, *rows])] == [
        "changes!F2 'a lot': it_mw must be a number",
        "changes!F3 '03/04/2026': ready must be a date, but this can be read as 2026-03-04 or as "
        "2026-04-03",
        "changes!F4 'TRUE': the factor must be a number",
        "changes!F5 '1.5': the number of days must be a whole number",
        "changes!F6 '46000': end must be a date, but this is a plain number",
    ]
    rows = [
        ["a", "halls", "hall", "ready", "set", date(2026, 1, 2)],
        ["b", "energisation", "*", "from", "shift_days", "90"],
    ]
    values = [row["value"] for row in read(changes=[header, *rows]).tables["changes"]]
    assert values == [date(2026, 1, 2), 90]


def test_cells_under_no_column_name_are_noted() -> None:
    grid = halls(
        ("hall", "site", 100, "spare", None, "why"),
        (None, None, None, None, None, "?"),
        header=("hall", "site", "it_mw", None, None, None),
    )
    assert read(halls=grid).notes == (
        "halls!D2 'spare': there is no column name above, so this is not read",
        "halls!F2 'why' and 1 more below: there is no column name above, so this is not read",
    )


def test_a_row_without_its_key() -> None:
    """A row that says anything is never left out in silence."""
    grid = halls(("hall", "site", 100), (None, "site", 5), (None, None, None))
    assert faults_of(halls=grid) == ["halls!A3: hall is required. Give a text"]


def test_what_stands_above_the_header() -> None:
    grid: Grid = [["before", "site", 5], *halls(("hall", "site", 100))]
    assert faults_of(halls=grid) == [
        "halls!A1 'before': this row looks like data, but is above the header. Move it below the "
        "header, or remove it"
    ]
    titled: Grid = [["Halls"], ["Date", date(2026, 1, 1)], *halls(("hall", "site", 100))]
    assert read(halls=titled).notes == (
        "halls!A2 'Date': this row is above the header and is not read",
    )


def test_headings_that_hold_no_name() -> None:
    """An error is no mark of notes, though it begins with one; nor is a formula left out."""
    grid = halls(
        ("hall", "site", 100, 1, 2),
        header=("hall", "site", "it_mw", "#REF!", FORMULA_WITHOUT_VALUE),
    )
    assert faults_of(halls=grid) == [
        "halls!D1 '#REF!': the cell contains a spreadsheet error. Correct its formula",
        "halls!E1: the formula has no stored value. Open the workbook in a spreadsheet and save it",
    ]


def test_an_unknown_column_far_from_every_name() -> None:
    grid = halls(("hall", "site", 100, 1), header=("hall", "site", "it_mw", "zzz"))
    assert faults_of(halls=grid) == [
        "halls!D1 'zzz': there is no such column. Rename it, or begin its name with # to keep notes"
    ]


def test_a_sheet_that_would_be_missed_by_nobody() -> None:
    """A limit in a sheet of a wrong name would silently not hold."""
    assert faults_of(crew=[["site"], ["site"]]) == [
        "crew: the planner has no sheet of this name. Rename it crews, or begin its name with # "
        "to keep notes"
    ]
    assert read(**{"#crew": [["site"]], "Supply Capacity": [[]]}).notes == (
        "sheet '#crew' is not one of the planner's and is ignored",
    )


def test_a_blank_setting() -> None:
    """Blank stands for the default; a setting without one is named."""
    settings: Grid = [
        ["setting", "value"],
        ["start", None],
        ["end", "2026-02-28"],
        ["gap", " "],
        ["today", None],
    ]
    assert faults_of(settings=settings) == [
        "settings!B2: setting start is required. Give a date cell or YYYY-MM-DD"
    ]
    settings[1][1] = "2026-01-01"
    read_settings = read(settings=settings).settings
    assert (read_settings["gap"], read_settings["today"]) == (0.001, date(2026, 1, 1))


def test_the_cause_is_told_and_not_what_follows() -> None:
    """A name that cannot be read may be the very one that others refer to."""
    sites: Grid = [["site", "pue"], ["#REF!", 1]]
    assert faults_of(sites=sites) == [
        "sites!A2 '#REF!': the cell contains a spreadsheet error. Correct its formula"
    ]
    misspelled: Grid = [["site", "peu"], ["site", 1]]
    power: Grid = [["node"], ["feeder"]]
    fed = halls(("hall", "site", 100, "feeder"), header=("hall", "site", "it_mw", "fed_by"))
    assert faults_of(sites=misspelled, power=power, halls=fed) == [
        "sites!B1 'peu': there is no such column. Did you mean pue? Rename it, or begin its name "
        "with # to keep notes"
    ]
    due: Grid = [["commitment", "date", "mw"], ["demnad", "2026-02-28", 5]]
    assert faults_of(milestones=due) == [
        "milestones!A2 'demnad': this name is not in commitments.commitment. Did you mean demand? "
        "Correct the name, or add it there"
    ]


def test_names_of_the_file_and_the_plan_are_no_part_of_the_digest() -> None:
    digests = {inputs_from_rows(name, rows_of()).digest for name in ("one", "two")}
    digests.add(inputs_from_rows("one", rows_of(options={"plan": "three"})).digest)
    assert len(digests) == 1


def test_a_folder_keeps_its_whole_name(tmp_path: Path) -> None:
    home = tmp_path / "plan-1.5"
    home.mkdir()
    for name, rows in rows_of().items():
        header = list(dict.fromkeys(column for row in rows for column in row))
        lines = [",".join(str(row.get(column, "")) for column in header) for row in rows]
        (home / f"{name}.csv").write_text("\n".join([",".join(header), *lines]), encoding="utf-8")
    assert read_inputs(home).name == read_inputs(home).settings["plan"] == "plan-1.5"


def test_rows_come_back_from_a_saved_plan_as_they_were() -> None:
    inputs = inputs_from_rows("kept", rows_of(halls=[hall(slots=None), hall("b", count=2)]))
    back = from_document(as_document(inputs))
    assert back == inputs
    for row, again in zip(inputs.tables["halls"], back.tables["halls"], strict=True):
        assert (row.where("count"), row.where("ready")) == (
            again.where("count"),
            f"halls!row {row.number}",
        )
        assert row.blank == again.blank
    assert inputs.tables["halls"][0] != inputs.tables["halls"][1]


def test_a_copy_of_inputs_says_the_same_in_plain_digits() -> None:
    """Whatever locale and units the source was written in."""
    inputs = read(
        {"locale": "de", "gap": "0,25", "today": None},
        halls=halls(("hall", "site", "1.234,5"), header=("hall", "site", "it_mw [kW]")),
        changes=[
            ["change", "sheet", "key", "column", "operation", "value"],
            ["c", "halls", "hall", "fed_by", "set", "007"],
            ["c", "halls", "hall", "it_mw", "scale", "1,5"],
        ],
    )
    copy = inputs_from_rows("copy", raw_sheets(inputs))
    assert copy.digest == inputs.digest
    assert copy.tables["halls"][0]["it_mw"] == 1.2345
    assert [row["value"] for row in copy.tables["changes"]] == ["007", 1.5]
    assert [row["setting"] for row in copy.tables["settings"] if row.is_blank("value")] == ["today"]
