"""Draw `.github/ramp.svg`: what the 750 MW plan has in service over time, against OpenAI.

Make the plan first: `planner plan inputs/openai-750mw.xlsx`. Drawn are the tables `ramp`, for what
is committed, and `service`, for what is in service by system. The picture has its own ground and
follows the reader's light or dark colours.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from datetime import date
from typing import NamedTuple

from common import INPUTS

PLAN, COMMITMENT = "openai-750mw", "OpenAI"
TABLES = INPUTS.parent / "outputs" / PLAN / "tables"
PICTURE = INPUTS.parent / ".github" / "ramp.svg"

WIDTH, HEIGHT = 880, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 78, 46
MOST_MW, TICK_MW = 800, 200
STYLE = """
  svg { font-family: -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; font-size: 14px }
  .ground { fill: #ffffff; stroke: #d0d7de }
  text { fill: #1f2328 } .quiet { fill: #59636e } .title { font-size: 18px; font-weight: 600 }
  .grid { stroke: #d8dee4; fill: none } .system0 { fill: #8fb8e8 } .system1 { fill: #2f6db5 }
  .due { stroke: #c2410c; stroke-width: 2.5; fill: none } .mark { fill: #c2410c }
  .dueword { fill: #c2410c; font-weight: 600 } .on0 { fill: #12345e } .on1 { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117; stroke: #3d444d }
    text { fill: #f0f6fc } .quiet { fill: #9198a1 }
    .grid { stroke: #2a313c } .system0 { fill: #2b5c99 } .system1 { fill: #7fb0ea }
    .due { stroke: #ffa657 } .mark { fill: #ffa657 } .dueword { fill: #ffa657 }
    .on0 { fill: #ffffff } .on1 { fill: #0d1117 }
  }
"""


class Ramp(NamedTuple):
    """What is drawn: values from a period's last day until the next one's."""

    days: list[date]
    required: list[float]
    in_service: dict[str, list[float]]


def read() -> Ramp:
    """Return the ramp of the saved plan."""
    ramp = [row for row in rows("ramp") if row["commitment"] == COMMITMENT]
    periods = [row["period"] for row in ramp]
    mw: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(periods, 0.0))
    for row in rows("service"):
        if row["commitment"] == COMMITMENT:
            mw[row["system"]][row["period"]] += float(row["mw"])
    required = [float(row["required_mw"]) for row in ramp]
    days = [date.fromisoformat(row["period_end"]) for row in ramp]
    return Ramp(days, required, {system: list(mw[system].values()) for system in sorted(mw)})


def rows(table: str) -> list[dict[str, str]]:
    """Return the rows of a table of the saved plan."""
    path = TABLES / f"{table}.csv"
    if not path.is_file():
        sys.exit(f"no {path.name} of that plan yet: planner plan inputs/{PLAN}.xlsx")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def across(day: date, days: list[date]) -> float:
    """Return where a day stands; the first and the last year are whole."""
    first, end = date(days[0].year, 1, 1), date(days[-1].year + 1, 1, 1)
    return LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / (end - first).days


def height(mw: float) -> float:
    """Return where so many megawatts stand."""
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * mw / MOST_MW


def steps(values: list[float], days: list[date]) -> list[str]:
    """Return the corners of a line that steps on the last day of each period."""
    until = [*days[1:], date(days[-1].year + 1, 1, 1)]
    return [
        f"{across(day, days):.1f},{height(value):.1f}"
        for since, last, value in zip(days, until, values, strict=True)
        for day in (since, last)
    ]


def draw(ramp: Ramp) -> str:
    """Return the picture."""
    parts = [*frame(ramp.days)]
    floor = [0.0] * len(ramp.days)
    for number, (system, values) in enumerate(ramp.in_service.items()):
        top = [below + mw for below, mw in zip(floor, values, strict=True)]
        corners = " ".join([*steps(top, ramp.days), *reversed(steps(floor, ramp.days))])
        parts.append(f'<polygon class="system{number}" points="{corners}"/>')
        middle = height((floor[-1] + top[-1]) / 2) + 5
        parts.append(
            f'<text class="on{number}" text-anchor="end" x="{WIDTH - RIGHT - 12}" '
            f'y="{middle:.1f}">{system}: {values[-1]:,.0f} MW</text>'
        )
        floor = top
    parts += due(ramp)
    body = "\n  ".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-labelledby="title">\n'
        f"  <style>{STYLE}  </style>\n  {body}\n</svg>\n"
    )


def frame(days: list[date]) -> list[str]:
    """Return ground, title and axes."""
    first, last, right = days[0].year, days[-1].year, WIDTH - RIGHT
    parts = [
        f'<rect class="ground" x="0.5" y="0.5" width="{WIDTH - 1}" height="{HEIGHT - 1}" rx="8"/>',
        f'<text id="title" class="title" x="{LEFT - 40}" y="32">The 750 MW plan: in service, '
        "against what is committed</text>",
        f'<text class="quiet" x="{LEFT - 40}" y="54">MW of IT power (systems with their overhead) '
        "at the end of each month; assumed campuses and supply, no forecast</text>",
    ]
    for mw in range(0, MOST_MW + 1, TICK_MW):
        at = height(mw)
        parts.append(f'<path class="grid" d="M{LEFT},{at:.1f} H{right}"/>')
        parts.append(
            f'<text class="quiet" text-anchor="end" x="{LEFT - 8}" y="{at + 5:.1f}">{mw}</text>'
        )
    for year in range(first, last + 1):
        at = across(date(year, 7, 2), days)
        parts.append(
            f'<text class="quiet" text-anchor="middle" x="{at:.1f}" y="{HEIGHT - 18}">{year}</text>'
        )
    for year in range(first, last + 2):
        at = across(date(year, 1, 1), days)
        parts.append(f'<path class="grid" d="M{at:.1f},{height(0):.1f} v8"/>')
    return parts


def due(ramp: Ramp) -> list[str]:
    """Return the line of what is committed, with each milestone named."""
    required, days = ramp.required, ramp.days
    parts = [f'<polyline class="due" points="{" ".join(steps(required, days))}"/>']
    for at in range(1, len(days)):
        if required[at] <= required[at - 1]:
            continue
        x, y = across(days[at], days), height(required[at])
        parts.append(f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
        parts.append(
            f'<text class="dueword" text-anchor="end" x="{x - 10:.1f}" y="{y + 5:.1f}">'
            f"{required[at]:,.0f} MW due, end of {days[at].year}</text>"
        )
    return parts


if __name__ == "__main__":
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(draw(read()), encoding="utf-8")
    print(PICTURE.relative_to(INPUTS.parent))
