"""What `check` prints: faults, warnings and notes by sheet, counted, with a verdict at the end."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from planner.cli.check import command
from planner.diagnostics.warning_context import InputWarning
from planner.errors import Fault, PlannerError
from planner.reports.console.faults import CheckResult, as_document, print_findings
from planner.workbook.cell_locations import cell_of, fold, sheet_of
from planner.workbook.files.cell_names import letters, position
from planner.workbook.writing.template import template_sheets, write_csv_folder, write_workbook


def check(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), standalone_mode=False)


def printed(
    result: CheckResult, *, every: bool = False, width: int = 80, colour: bool = False
) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=colour, highlight=False)
    print_findings(result, console, every=every)
    return stream.getvalue()


def faults(
    *cells: str, rule: str = "it_mw must be a number", remedy: str = "Give MW"
) -> list[Fault]:
    return [Fault(cell, "ten", rule, remedy) for cell in cells]


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """Return a workbook whose hall has a text for its megawatts and names an unknown site."""
    path = tmp_path / "my plan.xlsx"
    sheets = template_sheets()
    sheets["halls"][0] |= {"it_mw": "ten", "count": 0}
    write_workbook(path, sheets)
    return path


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """Return a workbook that asks for more than its two halls of 10 MW hold."""
    path = tmp_path / "short.xlsx"
    sheets = template_sheets()
    sheets["milestones"][1]["mw"] = 21
    write_workbook(path, sheets)
    return path


def test_the_same_rule_in_many_cells_is_one_line() -> None:
    result = CheckResult(Path("a.xlsx"), tuple(faults(*(f"halls!D{row}" for row in range(7, 25)))))
    assert printed(result).splitlines() == [
        "18 faults",
        "  halls  18 faults",
        "    halls!D7, D8, D9, D10 and 14 more  'ten'",
        "      it_mw must be a number.",
        "      -> Give MW.",
        "",
        "18 faults, no warnings, no notes. See each in its cell: planner check a.xlsx --mark",
    ]
    lines = printed(result, every=True).splitlines()
    assert [line for line in lines if "halls!" in line] == [
        f"    halls!D{row}  'ten'" for row in range(7, 25)
    ]


def test_faults_come_first_by_sheet_then_warnings_then_notes() -> None:
    result = CheckResult(
        Path("my plan.xlsx"),
        (
            *faults("sites!B2", rule="one"),
            *faults("halls!B2", rule="two"),
            *faults("sites!B3", rule="three"),
            Fault("lanes", "", "it is missing.", "Add it."),
        ),
        (InputWarning("power!A2", "grid", "it is odd", "Is it right?"),),
        ("a note",),
    )
    lines = printed(result).splitlines()
    heads = [line for line in lines if line and not line.startswith("   ")]
    assert heads == [
        "4 faults",
        "  sites  2 faults",
        "  halls  1 fault",
        "  lanes  1 fault",
        "1 warning",
        "  power  1 warning",
        "1 note",
        "  a note",
        '4 faults, 1 warning, 1 note. See each in its cell: planner check "my plan.xlsx" --mark',
    ]
    assert "      it is missing." in lines
    assert "      -> Is it right?" in lines


def test_a_terminal_gets_colours_and_a_pipe_none(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CheckResult(Path("a.xlsx"), tuple(faults("halls!D7")))
    assert "\x1b[1;31m1 fault" in printed(result, colour=True)
    assert "\x1b" not in printed(result)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31m" not in printed(result, colour=True)


def test_texts_of_cells_cannot_steer_the_terminal() -> None:
    result = CheckResult(Path("a.xlsx"), (Fault("halls!D7", "\x1b[2J[red]", "r\x1b", "m"),))
    text = printed(result)
    assert "\x1b" not in text
    assert "[red]" in text


def test_long_texts_wrap_within_their_indent_on_a_terminal() -> None:
    result = CheckResult(Path("a.xlsx"), tuple(faults("halls!D7", rule="word " * 40)))
    shown = printed(result, width=60, colour=True)
    assert all(line.startswith("      ") for line in shown.splitlines() if "word" in line)
    assert any("word " * 30 in line for line in printed(result, width=60).splitlines())


def test_the_verdict_says_what_to_do_next(broken: Path, short: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.xlsx"
    write_workbook(good, template_sheets())
    for path, last, code in (
        (good, f"no faults, no warnings, no notes. Ready: planner plan {good}", 0),
        (
            short,
            f"no faults, 1 warning, no notes. Warnings do not stop a plan: planner plan {short}",
            0,
        ),
        (
            broken,
            "2 faults, no warnings, no notes. See each in its cell: "
            f'planner check "{broken}" --mark',
            1,
        ),
    ):
        result = check(str(path))
        assert (result.stdout.splitlines()[-1], result.return_value) == (last, code)


def test_json_is_one_document(broken: Path, short: Path) -> None:
    document = json.loads(check(str(broken), "--json").stdout)
    assert document["counts"] == {"faults": 2, "warnings": 0, "notes": 0}
    assert document["ok"] is False
    cells = {(f["sheet"], f["cell"], f["value"]) for f in document["faults"]}
    assert cells == {("halls", "D3", "ten"), ("halls", "C3", "0")}
    assert set(document["faults"][0]) == {"sheet", "cell", "where", "value", "rule", "remedy"}
    warning = json.loads(check(str(short), "--json").stdout)["warnings"][0]
    assert (warning["sheet"], warning["cell"], warning["value"]) == ("milestones", "C4", "21")
    assert warning["figures"] == {"date": "2027-06-30", "due_mw": 21, "most_mw": 20, "short_mw": 1}
    places = as_document(CheckResult(Path("a"), tuple(faults("lanes", "lanes!3:3"))))["faults"]
    assert [(f["sheet"], f["cell"]) for f in places] == [("lanes", None), ("lanes", None)]


def test_mark_writes_beside_the_workbook_or_where_it_is_told(broken: Path) -> None:
    usual, named = broken.with_name("my plan-marked.xlsx"), broken.with_name("copy.xlsx")
    for arguments, target in (
        ([str(broken), "--mark"], usual),
        (["--mark", str(broken)], usual),
        ([str(broken), "--mark", str(named)], named),
        (["--mark", str(named), str(broken)], named),
    ):
        target.unlink(missing_ok=True)
        result = check(*arguments)
        assert result.return_value == 1
        assert result.stderr == f"Marked copy: {target}\n"
        assert result.stdout.splitlines()[-1].endswith(f'Correct the red cells of "{target}"') or (
            target == named
        )
        page = openpyxl.load_workbook(target)["halls"]
        assert page["D3"].comment
    document = json.loads(check(str(broken), "--mark", "--json").stdout)
    assert document["marked"] == str(usual)


def test_warnings_are_marked_too(short: Path) -> None:
    assert check(str(short), "--mark").return_value == 0
    book = openpyxl.load_workbook(short.with_name("short-marked.xlsx"))
    assert str(book["milestones"]["C4"].fill.fgColor.rgb).startswith("FFFFE9")
    assert book["check"]["A2"].value.startswith("0 faults, 1 warning, 0 notes. A plan can be made")


def test_another_file_is_replaced_by_force_alone(broken: Path) -> None:
    target = broken.with_name("mine.xlsx")
    target.write_bytes(b"mine")
    with pytest.raises(PlannerError, match="is not replaced"):
        raise check(str(broken), "--mark", str(target)).exception or AssertionError
    assert target.read_bytes() == b"mine"
    assert check(str(broken), "--mark", str(target), "--force").return_value == 1
    assert openpyxl.load_workbook(target).sheetnames[0] == "check"


def test_a_folder_is_checked_and_marked(tmp_path: Path) -> None:
    sheets = template_sheets()
    sheets["halls"][0]["it_mw"] = "ten"
    write_csv_folder(tmp_path / "plan", sheets)
    assert check(str(tmp_path / "plan"), "--mark").return_value == 1
    assert openpyxl.load_workbook(tmp_path / "plan-marked.xlsx")["halls"]["D2"].comment


def test_without_a_workbook_it_says_so() -> None:
    result = CliRunner().invoke(command, [])
    assert result.exit_code == 2
    assert "Missing argument 'WORKBOOK'" in result.stderr


@pytest.mark.parametrize(
    ("where", "sheet", "cell"),
    [
        ("halls!D7", "halls", "D7"),
        ("halls", "halls", ""),
        ("halls!3:3", "halls", ""),
        ("halls!row 7", "halls", ""),
        ("a!b!C3", "a!b", "C3"),
    ],
)
def test_places(where: str, sheet: str, cell: str) -> None:
    assert (sheet_of(where), cell_of(where)) == (sheet, cell)


def test_letters_and_positions_are_inverse() -> None:
    assert [position(f"{name}3") for name in ("A", "Z", "AA", "XFD")] == [
        (3, 1),
        (3, 26),
        (3, 27),
        (3, 16384),
    ]
    assert all(position(f"{letters(n)}1") == (1, n) for n in range(1, 16385, 37))
    with pytest.raises(ValueError, match="is not the name of a cell"):
        position("3:3")


def test_folding_keeps_the_order_and_every_finding() -> None:
    found = [*faults("a!A1", rule="x"), *faults("b!A1", rule="x"), *faults("a!A2", rule="x")]
    groups = fold(found)
    assert [(g.sheet, len(g.findings)) for g in groups] == [("a", 2), ("b", 1)]
    assert groups[0].places(1) == "a!A1 and 1 more"
