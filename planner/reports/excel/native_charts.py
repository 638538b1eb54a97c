"""Native charts of the workbook; all their data are cells, so they can be traced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from planner.reports.excel.styles import BLUE, GREY, LINE, ORANGE, RED, REST, SERIES, clean
from planner.reports.excel.workbook_writer import Book, Page

Cells = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


MOST_LABELS = 26
"""Largest number of labels on an axis of periods."""

COLUMNS = (BLUE, ORANGE)
BARS = ("#B4C0D4", BLUE, ORANGE)
"""Colours of columns and bars, enough that none repeats."""

MET_OR_NOT = (BLUE, REST, RED)
"""Colours of what is served, bought and missed."""

SMALL_OR_LARGE = "[<10]0.0#;#,##0"
"""Format of values that may be fractions of one or millions."""

MILLIONS = "#,##0.0,,"
"""Format of whole units of money that shows millions."""


@dataclass(frozen=True)
class Look:
    """Texts and axes of a chart.

    Attributes
    ----------
    title : str
        Title.
    unit : str
        Unit of the values.
    months : int
        Months on the time axis; 0 for no time axis.
    short_names : bool
        Whether the names of the series fit beside a chart.
    periods : int
        Number of periods on a category axis; 0 for a time axis.
    """

    title: str
    unit: str
    months: int = 0
    short_names: bool = True
    periods: int = 0


def words(text: str) -> str:
    """Return a text that XlsxWriter does not interpret as a reference such as ``Sheet!A1``."""
    return clean(text)[:200].replace("!", "!\N{ZERO WIDTH SPACE}")


def values(page: Page, cells: Cells) -> list[object]:
    """Return the reference to cells of a sheet."""
    return [page.name, *cells]


def ramp_chart(book: Book, page: Page, look: Look, columns: dict[str, Cells]) -> Any:
    """Return MW in service, with what is missed shaded on top, against MW committed.

    `columns` holds the cells of ``day``, ``in_service_mw``, ``required_mw`` and ``missed_mw``.
    """
    area = book.file.add_chart({"type": "area", "subtype": "stacked"})
    line = book.file.add_chart({"type": "line"})
    dates = values(page, columns["day"])
    for key, name, fill, edge in (
        ("in_service_mw", "in service", {"color": BLUE, "transparency": 35}, {"color": BLUE}),
        ("missed_mw", "missed", {"color": RED, "transparency": 20}, {"none": True}),
    ):
        area.add_series(
            {
                "name": name,
                "categories": dates,
                "values": values(page, columns[key]),
                "fill": fill,
                "border": edge,
            }
        )
    line.add_series(
        {
            "name": "committed",
            "categories": dates,
            "values": values(page, columns["required_mw"]),
            "line": {"color": ORANGE, "width": 2.25},
        }
    )
    area.combine(line)
    _dress(area, look)
    return area


def money_chart(book: Book, page: Page, look: Look, columns: dict[str, Cells]) -> Any:
    """Return columns by period with lines of cumulative spending on a second axis.

    `columns` holds the cells of ``period``, the columns', then the lines' by their names.
    """
    bars, line = book.file.add_chart({"type": "column"}), book.file.add_chart({"type": "line"})
    (_, periods), (name, cells), *others = columns.items()
    dates = values(page, periods)
    bars.add_series(
        {
            "name": name,
            "categories": dates,
            "values": values(page, cells),
            "fill": {"color": BLUE},
            "gap": 40,
        }
    )
    for place, (label, where) in enumerate(others):
        line.add_series(
            {
                "name": label,
                "categories": dates,
                "values": values(page, where),
                "y2_axis": True,
                "line": {
                    "color": (ORANGE, RED)[place % 2],
                    "width": 2.25,
                    "dash_type": ("solid", "dash")[place % 2],
                },
            }
        )
    bars.combine(line)
    _dress(bars, look)
    line.set_y2_axis(
        {
            "name": words(f"so far, {look.unit}"),
            "name_font": _small(),
            "min": 0,
            "num_format": MILLIONS,
            "num_font": {"size": 9},
            "line": {"none": True},
            "major_gridlines": {"visible": False},
        }
    )
    bars.set_y_axis(
        {
            "name": words(look.unit),
            "name_font": _small(),
            "num_format": MILLIONS,
            "num_font": {"size": 9},
            "major_gridlines": _grid(),
            "line": {"none": True},
            "min": 0,
        }
    )
    return bars


def stacked_chart(book: Book, page: Page, look: Look, columns: dict[str, Cells]) -> Any:
    """Return stacked areas over time, named by the headers above their cells.

    `columns` holds the cells of ``day`` and of each area; ``rest`` is the remainder.
    """
    chart = book.file.add_chart({"type": "area", "subtype": "stacked"})
    areas = [(name, cells) for name, cells in columns.items() if name != "day"]
    for place, (name, cells) in enumerate(areas):
        color = REST if name == "rest" else SERIES[place % len(SERIES)]
        chart.add_series(
            {
                "name": [page.name, cells[0] - 1, cells[1]],
                "categories": values(page, columns["day"]),
                "values": values(page, cells),
                "fill": {"color": color},
                "border": {"none": True},
            }
        )
    _dress(chart, look)
    if len(columns) <= 14 and look.short_names:
        chart.set_legend({"position": "right", "font": {"size": 9}})
    return chart


def column_chart(book: Book, page: Page, look: Look, columns: dict[str, Cells]) -> Any:
    """Return columns side by side, one group for each category, the first of `columns`."""
    chart = book.file.add_chart({"type": "column"})
    categories, *series = columns.items()
    for color, (name, cells) in zip(COLUMNS[: len(series)], series, strict=True):
        chart.add_series(
            {
                "name": name,
                "categories": values(page, categories[1]),
                "values": values(page, cells),
                "fill": {"color": color},
                "gap": 60,
                "overlap": -5,
            }
        )
    _dress(chart, look)
    return chart


def stacked_columns(
    book: Book,
    page: Page,
    look: Look,
    columns: dict[str, Cells],
    colours: tuple[str, ...] = SERIES,
) -> Any:
    """Return columns stacked over spans of time, named by the headers above their cells.

    `columns` holds the cells of ``day`` and of each part of a column.
    """
    chart = book.file.add_chart({"type": "column", "subtype": "stacked"})
    parts = [cells for name, cells in columns.items() if name != "day"]
    for place, cells in enumerate(parts):
        chart.add_series(
            {
                "name": [page.name, cells[0] - 1, cells[1]],
                "categories": values(page, columns["day"]),
                "values": values(page, cells),
                "fill": {"color": colours[place % len(colours)]},
                "gap": 40,
            }
        )
    _dress(chart, look)
    chart.set_y_axis({**_value_axis(look), "num_format": SMALL_OR_LARGE})
    return chart


def bar_chart(book: Book, page: Page, look: Look, columns: dict[str, Cells]) -> Any:
    """Return bars side by side, one group for each category, the first of `columns`."""
    chart = book.file.add_chart({"type": "bar"})
    categories, *series = columns.items()
    for color, (name, cells) in zip(BARS[: len(series)], series, strict=True):
        chart.add_series(
            {
                "name": name,
                "categories": values(page, categories[1]),
                "values": values(page, cells),
                "fill": {"color": color},
                "gap": 50,
                "overlap": 0,
            }
        )
    _dress(chart, look)
    axis = {
        "num_format": "#,##0",
        "major_gridlines": _grid(),
        "num_font": {"size": 9},
        "name": words(look.unit),
        "name_font": _small(),
    }
    chart.set_x_axis(axis)
    chart.set_y_axis(
        {"reverse": True, "crossing": "max", "num_font": {"size": 9}, "line": {"color": GREY}}
    )
    return chart


def _dress(chart: Any, look: Look) -> None:
    """Give a chart the house style."""
    chart.set_title(
        {
            "name": words(look.title),
            "overlay": False,
            "name_font": {"size": 12, "bold": True, "color": "#1F3864"},
        }
    )
    axis: dict[str, Any] = {"num_font": {"size": 9}, "line": {"color": GREY}}
    if look.periods:
        axis |= {
            "text_axis": True,
            "num_format": "d mmm yy",
            "num_font": {"size": 9, "rotation": -45},
            "interval_unit": -(-look.periods // MOST_LABELS),
        }
    elif look.months:
        step = next((n for n in (1, 3, 6) if look.months <= 18 * n), 12)
        axis |= {
            "date_axis": True,
            "num_format": "mmm yy",
            "major_unit": step,
            "major_unit_type": "months",
        }
    chart.set_x_axis(axis)
    chart.set_y_axis(_value_axis(look))
    chart.set_legend({"position": "bottom", "font": {"size": 9}})
    chart.set_chartarea({"border": {"color": LINE}})


def _value_axis(look: Look) -> dict[str, Any]:
    """Return the axis of the values."""
    return {
        "name": words(look.unit),
        "name_font": _small(),
        "num_format": "#,##0",
        "num_font": {"size": 9},
        "major_gridlines": _grid(),
        "line": {"none": True},
        "min": 0,
    }


def _grid() -> dict[str, Any]:
    return {"visible": True, "line": {"color": LINE, "width": 0.5}}


def _small() -> dict[str, Any]:
    return {"size": 9, "bold": False, "color": GREY}
