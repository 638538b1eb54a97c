"""`planner init`: a workbook to begin with."""

from __future__ import annotations

import json
from pathlib import Path

import click

from planner.errors import PlannerError


@click.command(name="init")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--example",
    type=click.Choice(["first-plan", "blank"]),
    default="first-plan",
    show_default=True,
    help="A small plan that can be run at once, or empty sheets.",
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
    *, path: Path | None, example: str, form: str, dictionary: bool, force: bool, as_json: bool
) -> None:
    """Write a workbook with every sheet, explained in its headers' comments.

    Without PATH it is named after the example. Prints the path that was written.

    \b
    Example: planner init first-plan.xlsx
             planner plan first-plan.xlsx
    """  # noqa: D301  (the backspace keeps click from joining the lines)
    if dictionary:
        _print_dictionary(path)
        return
    from planner.inputs import template  # noqa: PLC0415  (slow to import)

    target = path or Path(example if form == "csv" else f"{example}.xlsx")
    _refuse_misnamed(target, form)
    if not force:
        _refuse_overwrite(target)
    sheets = template.template_sheets() if example == "first-plan" else template.blank_sheets()
    if form == "csv":
        template.write_csv_folder(target, sheets, blank_sheets=True)
    else:
        template.write_workbook(target, sheets, blank_sheets=True)
    if as_json:
        rows = {sheet: len(found) for sheet, found in sheets.items()}
        click.echo(json.dumps({"path": str(target), "example": example, "as": form, "rows": rows}))
    else:
        click.echo(str(target))
    if example == "first-plan":
        click.echo(f"Plan it with: planner plan {target}", err=True)
    else:
        click.echo(f"Fill it in, then find what is missing: planner check {target}", err=True)


def _print_dictionary(path: Path | None) -> None:
    """Print the data dictionary; a path beside it would be silently of no use."""
    from planner.inputs.dictionary import data_dictionary  # noqa: PLC0415

    if path is not None:
        raise PlannerError("--dictionary prints to the terminal and writes no file. Redirect it: "
                           f"planner init --dictionary > {path}")  # fmt: skip
    click.echo(data_dictionary(), nl=False)


def _refuse_misnamed(target: Path, form: str) -> None:
    """Refuse a path whose name says something else than the form that is written."""
    is_workbook = target.suffix.lower() == ".xlsx"
    if form == "xlsx" and not is_workbook:
        raise PlannerError(f"{target}: a workbook's name ends in .xlsx. Name it so, or write a "
                           f"folder of CSV files with: planner init {target} --as csv")  # fmt: skip
    if form == "xlsx" and target.is_dir():
        raise PlannerError(f"{target}: this is a folder. Name a file for the workbook.")
    if form == "csv" and (is_workbook or target.is_file()):
        raise PlannerError(f"{target}: CSV files are written into a folder. Name a folder.")


def _refuse_overwrite(target: Path) -> None:
    """Refuse to replace a workbook, or to write among the CSV files of a folder."""
    taken = any(target.glob("*.csv")) if target.is_dir() else target.exists()
    if taken:
        raise PlannerError(f"{target}: it exists already and is not replaced. Name another, or "
                           "add --force to replace it.")  # fmt: skip
