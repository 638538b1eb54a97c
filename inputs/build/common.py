"""Shared by the scripts that build the workbooks: citations, energy prices, writing, totals."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

INPUTS = Path(__file__).resolve().parents[1]
"""The folder of the workbooks."""

DATA = INPUTS / "data"
"""The folder of the published data that the scripts read."""

sys.path.insert(0, str(INPUTS.parent))  # so that the scripts run from a clone, not installed

Row = dict[str, object]
Sheets = dict[str, list[Row]]

CHIPS = "article '20,000 Chips' by a former strategy head of Cerebras, May 2026"
SEMIANALYSIS_CS4 = (
    "SemiAnalysis, 2026-08-19, newsletter.semianalysis.com/p/cerebrass-next-generation-cs-4-fast"
)
SEMIANALYSIS_TOKENS = (
    "summary of SemiAnalysis 'Cerebras: faster tokens please', 2026-05-13, "
    "buzzberg.ai/video/substack_semianalysis_0feb74ee/cerebras-faster-tokens-please"
)
DEAL = (
    "mobiletechworld.com/openai-cerebras-20-billion-deal-infrastructure-april-2026 "
    "(cites OpenAI, 14 January 2026, and the S-1)"
)
TRANCHES = (
    "TechFastForward, May 2026, on the S-1's Master Relationship Agreement, "
    "techfastforward.com/articles/cerebras-wins-20b-openai-chip-deal-to-rival-nvidia-2026"
)
OPTION = "iTiger, May 2026, on SemiAnalysis and the S-1, www.itiger.com/news/1116797856"
EPOCH = "Epoch AI, 'Data on Frontier AI Data Centers', edition August 2026, CC BY 4.0"
EIA = "EIA average price by state 2019, industrial sector"

EIA_CENTS_PER_KWH = {
    "AL": 5.95,
    "AZ": 6.28,
    "CA": 13.4,
    "GA": 6.17,
    "IA": 6.6,
    "ID": 6.08,
    "IN": 7.36,
    "LA": 5.23,
    "MI": 7.07,
    "MN": 7.53,
    "MO": 7.11,
    "MS": 5.85,
    "NC": 6.3,
    "ND": 7.94,
    "NE": 7.65,
    "NM": 5.48,
    "NV": 6.14,
    "NY": 5.61,
    "OH": 6.55,
    "OK": 5.07,
    "OR": 5.86,
    "SC": 6.11,
    "TN": 5.68,
    "TX": 5.45,
    "UT": 5.98,
    "VA": 6.85,
    "WI": 7.31,
    "WY": 6.73,
    "US": 6.81,
}
"""Industrial price of electricity in 2019, US cents per kWh, by state; US is the average."""


def us_energy_price(state: str) -> float:
    """Return USD per MWh: a cent per kWh is ten dollars per MWh."""
    return round(EIA_CENTS_PER_KWH[state] * 10, 1)


def assumed(reason: str) -> str:
    """Mark a source as an assumption and give its reasoning."""
    return f"assumption: {reason}"


def settings_rows(**values: object) -> list[Row]:
    """Return the settings sheet of a plan."""
    reasons = {
        "discount_rate": assumed("a usual cost of capital for infrastructure"),
        "gap": "choice of this plan: proven to less than the figures themselves are known",
        "counts": "choice of this plan: counted in hundreds by week, fractions do not matter",
    }
    return [
        {"setting": name, "value": value, "source": reasons.get(name, "choice of this plan")}
        for name, value in values.items()
    ]


def dated(
    name_column: str, name: str, steps: Iterable[tuple[date, float]], column: str, source: str
) -> list[Row]:
    """Return the rows of a capacity that changes on dates."""
    return [
        {name_column: name, "from": day, column: value, "source": source} for day, value in steps
    ]


def system_it_mw(sheets: Mapping[str, list[Row]]) -> dict[str, float]:
    """Return the IT power of one of each system, MW."""
    return {
        str(row["system"]): (number(row["power_kw"]) + number(row.get("overhead_kw"))) / 1000
        for row in sheets["systems"]
    }


def number(value: object) -> float:
    """Return a cell's number, 0 for a blank."""
    return float(str(value)) if value is not None else 0.0


def write(name: str, sheets: Sheets) -> None:
    """Check the rows as the planner would, write the workbook, print its totals."""
    from planner.workbook.reading import inputs_from_rows  # noqa: PLC0415
    from planner.workbook.writing.template import write_workbook  # noqa: PLC0415

    inputs = inputs_from_rows(name, sheets)
    for note in inputs.notes:
        print(f"  note: {note}", file=sys.stderr)
    path = INPUTS / f"{name}.xlsx"
    write_workbook(path, sheets)
    print(f"{path.name}: {sum(map(len, sheets.values()))} rows in {len(sheets)} sheets")
    for line in totals(sheets):
        print(f"  {line}")


def totals(sheets: Sheets) -> list[str]:
    """Return what the workbook adds up to, a line for each quantity."""
    it_mw = system_it_mw(sheets)
    lines = [
        f"{len(sheets['sites'])} sites, {len(sheets['halls'])} hall classes, "
        f"{sum(number(h.get('count', 1)) for h in sheets['halls']):,.0f} halls of "
        f"{sum(number(h['it_mw']) * number(h.get('count', 1)) for h in sheets['halls']):,.0f} "
        "MW IT in all"
    ]
    for row in sheets.get("commitments", []):
        due = [m for m in sheets["milestones"] if m["commitment"] == row["commitment"]]
        steps = ", ".join(f"{number(m['mw']):,.6g} by {m['date']}" for m in due)
        lines.append(f"{row['commitment']}: MW on basis {row['basis']}: {steps}")
    fleet = sheets.get("fleet", [])
    if fleet:
        mw = sum(number(row["count"]) * it_mw[str(row["system"])] for row in fleet)
        count = sum(number(row["count"]) for row in fleet)
        lines.append(f"fleet: {count:,.0f} systems, {mw:,.1f} MW IT")
    return lines + _power_totals(sheets) + _supply_totals(sheets)


def _power_totals(sheets: Sheets) -> list[str]:
    """Return the facility power energised in all at the end of each year, at the grid."""
    roots = {r["node"] for r in sheets.get("power", []) if not r.get("parent")}
    rows = [r for r in sheets.get("energisation", []) if r["node"] in roots]
    years = sorted({int(str(r["from"])[:4]) for r in rows})
    steps = ", ".join(
        f"{_in_force(rows, 'node', 'mw', date(y, 12, 31)):,.0f} end {y}" for y in years
    )
    return [f"energised at the grid, MW facility: {steps}"] if rows else []


def _supply_totals(sheets: Sheets) -> list[str]:
    """Return what each supplier can start in each year of the plan, e.g. wafers."""
    plan = {str(r["setting"]): str(r["value"]) for r in sheets["settings"]}
    years = range(int(plan["start"][:4]), int(plan["end"][:4]) + 1)
    rows = sheets.get("supply_capacity", [])
    lines = []
    for supplier in sorted({str(r["supplier"]) for r in rows}):
        own = [r for r in rows if r["supplier"] == supplier]
        items = ", ".join(str(r["item"]) for r in sheets["supply"] if r["supplier"] == supplier)
        months = {year: [date(year, month, 1) for month in range(1, 13)] for year in years}
        steps = ", ".join(
            f"{sum(_in_force(own, 'supplier', 'units_per_month', day) for day in days):,.0f} "
            f"in {year}"
            for year, days in months.items()
        )
        placed = sum(
            number(r["quantity"]) for r in sheets.get("orders", []) if r["supplier"] == supplier
        )
        lines.append(f"{supplier} ({items}): units {steps}; {placed:,.0f} already ordered")
    return lines


def _in_force(rows: list[Row], key: str, column: str, day: date) -> float:
    """Return the sum over keys of the value in force on a day."""
    latest: dict[str, Row] = {}
    for row in sorted(rows, key=lambda r: str(r["from"])):
        if str(row["from"]) <= str(day):
            latest[str(row[key])] = row
    return sum(number(row[column]) for row in latest.values())
