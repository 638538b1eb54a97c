"""Plans at the edges of what the page has to show, each solved from a small workbook."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

from instances import unit_system
from micro import FEBRUARY, JANUARY, MARCH, START, plan_of

from planner.explain.findings import Inquiry, explain_plan, quote_plan
from planner.explain.quote import Terms
from planner.plan.finding_tables import EXPLANATION, QUOTE
from planner.plan.store import Plan

CHAIN = {
    "supply": [{"supplier": "maker", "item": "part", "lead_days": 28, "price": 3, "yield": 0.5}],
    "bom": [{"system": "unit", "item": "part", "quantity": 2}],
    "plants": [{"plant": "plant", "system": "unit", "units_per_month": 50, "lead_days": 28}],
    "lanes": [
        {"from": "maker", "to": "plant", "transit_days": 0},
        {"from": "plant", "to": "site", "transit_days": 28},
    ],
    "systems": [unit_system(commission_days=14)],
}
"""A part is ordered, assembled, shipped and installed, a month each; then commissioned."""

LONG = "a name that goes on and on, " * 9
HOSTILE = (
    "</script><script>alert(1)</script>",
    "</style><style>body{display:none}</style>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><svg onload=alert(1)>",
    "<!-- ]]> <![CDATA[ --> &lt;b&gt; &#60;",
    "javascript:alert(1)//http://evil.example/",
    "};body{background:url(//evil.example/x)}/*",
)
"""Texts that would run, load or hide something, were they not only shown."""


def told(plan: Plan) -> Plan:
    """Return a plan with its explanation, and what can be promised on top of it."""
    asked = Inquiry(Terms("it"), (1.0, 1000.0), (), 0.25)
    return replace(
        plan, findings={EXPLANATION: explain_plan(plan, math.inf), QUOTE: quote_plan(plan, asked)}
    )


def where(count: int) -> list[dict[str, object]]:
    """Return sites over half the globe, the last without coordinates."""
    rows: list[dict[str, object]] = [
        {
            "site": f"site {n}",
            "pue": 1.2,
            "latitude": -40 + n * 37 % 90,
            "longitude": -170 + n * 61 % 340,
            "source": "assumption: made up",
        }
        for n in range(count)
    ]
    return [*rows, {"site": "nowhere", "pue": 1.1}]


@cache
def edge(name: str) -> Plan:
    """Return a plan by the name of its edge."""
    return EDGES[name]()


def _many() -> Plan:
    sites = where(400)
    halls = [
        {
            "hall": f"hall of {row['site']}",
            "site": row["site"],
            "it_mw": 1 + n % 5,
            "fed_by": f"node {n}",
        }
        for n, row in enumerate(sites)
    ]
    power = [{"node": f"node {n}"} for n in range(len(sites))]
    mw = [{"node": f"node {n}", "from": START, "mw": 1.5 + n % 7} for n in range(len(sites))]
    return plan_of(
        {FEBRUARY: 300, MARCH: 900},
        end=MARCH,
        sites=sites,
        halls=halls,
        power=power,
        energisation=mw,
    )


def _named(names: tuple[str, ...]) -> Plan:
    """Return a plan in which everything that can have a name has one of these."""
    a, b, c, d, e, f, g, h = (names * 8)[:8]
    halls = [{"hall": d, "site": c, "it_mw": 4, "fed_by": e, "source": f"assumption {f}"}]
    return plan_of(
        {},
        end=MARCH,
        options={"plan": a, "currency": g},
        systems=[{"system": b, "power_kw": 1000, "source": f"assumption {h}"}],
        sites=[
            {
                "site": c,
                "pue": 1,
                "country": g,
                "region": h,
                "latitude": 50,
                "longitude": 8,
                "source": f"assumption {a}",
            }
        ],
        halls=halls,
        power=[{"node": e}],
        energisation=[{"node": e, "from": START, "mw": 3}],
        supply=[{"supplier": f, "item": b, "lead_days": 10, "price": 7}],
        lanes=[{"from": f, "to": c, "transit_days": 3, "mode": g}],
        commitments=[{"commitment": h, "customer": a, "basis": "it", "source": b}],
        milestones=[{"commitment": h, "date": MARCH, "mw": 5}],
    )


EDGES = {
    "one of all": lambda: plan_of({JANUARY: 5}),
    "nothing due": lambda: plan_of({JANUARY: 0}),
    "missed everything": lambda: plan_of(
        {JANUARY: 5, MARCH: 7}, end=MARCH, systems=[unit_system(available_from="2027-01-01")]
    ),
    "missed in part": lambda: plan_of(
        {FEBRUARY: 3}, end=MARCH, crews=[{"site": "site", "from": START, "systems_per_month": 1}]
    ),
    "chain": lambda: plan_of(
        {"2026-06-30": 3, "2026-09-30": 5},
        end="2026-12-31",
        options={"discount_rate": 0.08},
        **CHAIN,
    ),
    "no coordinates, no limit": lambda: plan_of(
        {FEBRUARY: 5},
        end=MARCH,
        power=[{"node": "grid"}],
        halls=[{"hall": "hall", "site": "site", "it_mw": 100, "fed_by": "grid"}],
    ),
    "date line": lambda: plan_of(
        {FEBRUARY: 5},
        end=MARCH,
        sites=[
            {"site": "east", "pue": 1, "latitude": -36.8, "longitude": 174.8},
            {"site": "west", "pue": 1, "latitude": 21.3, "longitude": -157.8},
        ],
        halls=[
            {"hall": "a", "site": "east", "it_mw": 3},
            {"hall": "b", "site": "west", "it_mw": 2},
        ],
    ),
    "400 sites": _many,
    "long names": lambda: _named(tuple(f"{LONG}{n}"[-180:].strip() for n in range(8))),
    "hostile names": lambda: _named(HOSTILE),
    "explained": lambda: told(edge("chain")),
    "explained late": lambda: told(edge("missed in part")),
    "explained hostile names": lambda: told(edge("hostile names")),
}
"""Plans by what is particular about them."""
