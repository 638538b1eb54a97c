"""`planner init`: write a new workbook, or convert inputs to another format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from planner.cli.arguments import require_workbook
from planner.errors import InputFaults, PlannerError


@click.command(name="init")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--example",
    type=click.Choice(["first-plan", "blank"]),
    help="A small plan that runs as it is (default), or empty sheets.",
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="Convert this workbook or folder of CSV files to the other format; the plan is the same.",
)
@click.option(
    "--as",
    "form",
    type=click.Choice(["xlsx", "csv"]),
    default="xlsx",
    show_default=True,
    help="A workbook, or a folder of CSV files.",
)
@click.option(
    "--dictionary", is_flag=True, help="Print the data dictionary as Markdown, and write nothing."
)
@click.option("--force", is_flag=True, help="Replace what is there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    *,
    path: Path | None,
    example: str | None,
    source: Path | None,
    form: str,
    dictionary: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write a workbook with every sheet, explained in its headers' comments.

    Without PATH it is named after the example or the source. Prints the path that was written.
    --from keeps everything that the planner reads: values, blanks and sources; faulty inputs are
    rejected with all their faults.

    \b
    Example: planner init first-plan.xlsx
             planner init --from my-plan.xlsx --as csv
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    if dictionary:
        _print_dictionary(path)
        return
    if source is not None and example is not None:
        raise click.UsageError("--from and --example exclude each other.")
    if source is not None:
        require_workbook(source)
    name = example or "first-plan"
    stem = name if source is None else source.name if source.is_dir() else source.stem
    target = path or Path(stem if form == "csv" else f"{stem}.xlsx")
    _refuse_misnamed(target, form)
    if not force:
        _refuse_overwrite(target)
    if source is None:
        written = {"example": name, **_write_example(target, name, form)}
    else:
        written = {"from": str(source), **_convert(source, target, form)}
    if as_json:
        click.echo(json.dumps({"path": str(target), "as": form, **written}))
    else:
        click.echo(str(target))
    for what in written.get("left_out", ()):
        click.echo(f"Left out, because the planner does not read it: {what}", err=True)
    if name == "blank":
        click.echo(f"Fill it in, then check it: planner check {target}", err=True)
    else:
        click.echo(f"Plan it with: planner plan {target}", err=True)


def _write_example(target: Path, example: str, form: str) -> dict[str, Any]:
    """Write an example, and return its rows by sheet."""
    from planner.workbook.writing import template  # noqa: PLC0415  (slow to import)

    sheets = template.template_sheets() if example == "first-plan" else template.blank_sheets()
    _write(target, sheets, form)
    return {"rows": {sheet: len(sheet_rows) for sheet, sheet_rows in sheets.items()}}


def _convert(source: Path, target: Path, form: str) -> dict[str, Any]:
    """Write inputs in another format, verify them by reading, and return the rows by sheet."""
    from planner.workbook.files.raw_cells import read_raw  # noqa: PLC0415  (slow to import)
    from planner.workbook.reading import read_inputs  # noqa: PLC0415
    from planner.workbook.writing.conversion import left_out, raw_sheets  # noqa: PLC0415

    if target.exists() and source.exists() and target.samefile(source):
        raise PlannerError(f"{target}: this is the source itself. Name another place.")
    inputs = read_inputs(source)
    if inputs.what_if_faults:
        raise InputFaults(inputs.what_if_faults)  # their cells would be blank in the copy
    lost = left_out(read_raw(source))
    sheets = raw_sheets(inputs)
    _write(target, sheets, form)
    try:
        same = read_inputs(target).digest == inputs.digest
    except InputFaults:
        same = False
    if not same:
        raise PlannerError(
            f"{target}: it does not read as {source} does. Do not use it; please "
            "report this, with both."
        )
    rows = {sheet: len(sheet_rows) for sheet, sheet_rows in sheets.items()}
    return {"rows": rows, "sha256": inputs.digest, "left_out": lost}


def _write(target: Path, sheets: Any, form: str) -> None:
    """Write every declared sheet, so that no sheet of an earlier folder remains."""
    from planner.workbook.writing import template  # noqa: PLC0415  (slow to import)

    if form == "csv":
        template.write_csv_folder(target, sheets, blank_sheets=True)
    else:
        template.write_workbook(target, sheets, blank_sheets=True)


def _print_dictionary(path: Path | None) -> None:
    """Print the data dictionary; reject a path, which would have no effect."""
    from planner.workbook.writing.data_dictionary import data_dictionary  # noqa: PLC0415

    if path is not None:
        raise PlannerError(
            "--dictionary prints to the terminal and writes no file. Redirect it: "
            f"planner init --dictionary > {path}"
        )
    click.echo(data_dictionary(), nl=False)


def _refuse_misnamed(target: Path, form: str) -> None:
    """Raise a usage error if the name of a path does not match the format."""
    is_workbook = target.suffix.lower() == ".xlsx"
    if form == "xlsx" and not is_workbook:
        raise PlannerError(
            f"{target}: a workbook's name ends in .xlsx. Name it so, or write a "
            f"folder of CSV files with: planner init {target} --as csv"
        )
    if form == "xlsx" and target.is_dir():
        raise PlannerError(f"{target}: this is a folder. Name a file for the workbook.")
    if form == "csv" and (is_workbook or target.is_file()):
        raise PlannerError(f"{target}: CSV files are written into a folder. Name a folder.")


def _refuse_overwrite(target: Path) -> None:
    """Raise an error rather than replace a workbook or mix files into a folder."""
    taken = any(target.iterdir()) if target.is_dir() else target.exists()
    if taken:
        raise PlannerError(
            f"{target}: it exists already and is not replaced. Name another, or "
            "add --force to replace it."
        )
