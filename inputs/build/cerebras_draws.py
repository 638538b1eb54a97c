"""What a sweep of the Cerebras workbook draws at random, each with its source.

Slips of energisation are drawn from what happened: the 121 revisions between two editions of the
Epoch AI data, each as likely as any other. 102 of them moved nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable

from cerebras_catalogue import TSMC
from cerebras_scenarios import SLIPPED, Edit, cs4_shift, slip
from cerebras_sites import Site
from common import CHIPS, DATA, EPOCH, SEMIANALYSIS_TOKENS, Row, assumed

SAMPLE = "slips of announced dates"
CAMPUSES = "campuses"
TOGETHER = 0.5


def sheets_of(campuses: Iterable[Site], others: Iterable[Site]) -> tuple[list[Row], list[Row]]:
    """Return the sheets `draws` and `samples`."""
    draws: list[Row] = []
    for sites, group, correlation in ((campuses, CAMPUSES, TOGETHER), (others, None, None)):
        for site in sites:
            drawn = {
                "distribution": "empirical",
                "sample": SAMPLE,
                "group": group,
                "correlation": correlation,
            }
            source = f"{SLIPPED}, each as likely as any other; assumption: they hold for this site"
            draws += _rows(f"{site.name} slips", slip([site], 0), drawn, source)
    wafers = ("supply_capacity", f"{TSMC},*", "units_per_month", "scale", None)
    draws += _rows(
        "TSMC allocation",
        [wafers],
        _triangular(0.8, 1, 1.2),
        f"the allocation is not published ({SEMIANALYSIS_TOKENS}); assumption: a fifth "
        "less to a fifth more",
    )
    draws += _rows(
        "CS-4 date",
        cs4_shift(0),
        _triangular(-92, 0, 180),
        assumed("a quarter early to half a year late"),
    )
    overhead = ("systems", "CS-3", "overhead_kw", "set", None)
    draws += _rows("CS-3 overhead", [overhead], _triangular(10, 11, 12), f"10 to 12 kW: {CHIPS}")
    crews = ("crews", "*,*", "systems_per_month", "scale", None)
    draws += _rows(
        "crews", [crews], _triangular(0.5, 1, 1.1), assumed("half the installers to a tenth more")
    )
    return draws, _observations()


def _triangular(low: float, mode: float, high: float) -> Row:
    return {"distribution": "triangular", "low": low, "mode": mode, "high": high}


def _rows(name: str, edits: Iterable[Edit], drawn: Row, source: str) -> list[Row]:
    """Return the rows of one quantity; the first says how it is drawn."""
    rows: list[Row] = []
    for sheet, key, column, operation, _ in edits:
        first = {} if rows else drawn
        rows.append(
            {
                "draw": name,
                "sheet": sheet,
                "key": key,
                "column": column,
                "operation": operation,
                **first,
                "source": source,
            }
        )
    return rows


def _observations() -> list[Row]:
    """Return the revisions of all sites, in the order of the data."""
    with (DATA / "vintage_slip.csv").open(encoding="utf-8", newline="") as file:
        slips = list(csv.DictReader(file))
    return [
        {
            "sample": SAMPLE,
            "number": number,
            "value": int(line["slip_days"]),
            "source": f"{line['site']}, {line['threshold_mw']} MW, days from {line['date_a']} to "
            f"{line['date_b']}: {EPOCH}",
        }
        for number, line in enumerate(slips, start=1)
    ]
