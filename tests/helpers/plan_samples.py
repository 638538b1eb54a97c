"""A plan made up by rule, rich enough to judge reports by: nothing in it was optimised."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import date, timedelta

from blocks import rows_of
from found_samples import sample_findings

from planner.plan.store import Plan
from planner.plan.tables import COLUMNS, COST_TERMS
from planner.workbook.reading import inputs_from_rows

HOSTILE = ("=cmd|' /C calc'!A0", "+1", "@SUM", "-2", "https://evil.example/x", "<b>&amp;[red]")
SITES = (
    "Oklahoma City",
    "Santa Clara",
    "Stockton",
    "Dallas",
    "Minneapolis",
    "Montreal",
    "Toronto",
    "Quebec City",
    "Abilene",
    "Columbus",
    "Phoenix",
    "Grenoble",
)
SUPPLIERS = ("TSMC", "SK Hynix", "Vicor", "Foxconn Industrial Internet", "Delta Electronics")
POWER_KW = {"CS-3": 23.0, "NVL72": 132.0}


def months(count=48):
    return [date(2026 + n // 12, n % 12 + 1, 1) for n in range(count)]


def last_day(month):
    return month.replace(day=monthrange(month.year, month.month)[1])


def sample_plan(*, name="openai-750mw", missed=True, suppliers=SUPPLIERS, commitments=None):
    """Two commitments, 12 sites, 48 months, 40 orders, 10 power nodes; explained and quoted."""
    first, second = commitments or ("OpenAI", "National Lab")
    tables = {table: [] for table in COLUMNS}
    _fill_deployment(tables, first, second)
    _fill_ramp(tables, {first: ("it", 750.0), second: ("system", 60.0)}, missed)
    _fill_orders(tables, suppliers)
    _fill_pegs(tables, first)
    _fill_power(tables)
    _fill_money(tables)
    tables["tiers"] = [
        {
            "tier": "missed",
            "unit": "MW-months",
            "value": 1234.5 if missed else 0.0,
            "bound": 1234.5 if missed else 0.0,
            "gap": 0.0,
            "status": "Optimal",
            "seconds": 3.25,
        },
        {
            "tier": "cost",
            "unit": "USD",
            "value": 24.83e9,
            "bound": 24.81e9,
            "gap": 0.00081,
            "status": "Optimal",
            "seconds": 41.5,
        },
        {
            "tier": "tie-break",
            "unit": None,
            "value": 918273.0,
            "bound": 901111.0,
            "gap": None,
            "status": "Time limit",
            "seconds": 12.0,
        },
    ]
    figures = _summary(name, tables, missed, first, second)
    plan = Plan(name, tables, _manifest(), figures, _inputs(name, first, second))
    return replace(plan, findings=sample_findings(plan, first))


def _inputs(name, first, second):
    """Inputs that know the plan's names, with sources; nothing was planned from them."""
    assumed = {"source": "assumption: a round figure"}
    # Inputs refuse characters that tables of results may be given to try the reports.
    first, second = ("".join(c for c in name if c.isprintable()) for name in (first, second))
    return inputs_from_rows(
        name,
        rows_of(
            options={"currency": "USD"},
            systems=[
                {
                    "system": system,
                    "power_kw": kw,
                    "overhead_kw": 11,
                    "price": 1,
                    "commission_days": 21,
                    **assumed,
                }
                for system, kw in POWER_KW.items()
            ],
            sites=[
                {"site": site, "country": "US", "pue": 1.2, "source": "a survey"} for site in SITES
            ],
            halls=[
                {
                    "hall": f"{site} A",
                    "site": site,
                    "count": 40,
                    "it_mw": 10,
                    "build_days": 30,
                    "fed_by": f"{site} feeder",
                    **assumed,
                }
                for site in SITES[:8]
            ]
            + [{"hall": f"{site} A", "site": site, "count": 40, "it_mw": 10} for site in SITES[8:]],
            power=[{"node": f"{site} feeder"} for site in SITES[:8]],
            commitments=[
                {"commitment": first, "basis": "it"},
                {"commitment": second, "basis": "system"},
            ],
            milestones=[
                {"commitment": first, "date": "2026-02-28", "mw": 750},
                {"commitment": second, "date": "2026-02-28", "mw": 60},
            ],
            budget=[
                {"date": "2027-12-31", "cumulative": 9e9},
                {"date": "2029-12-31", "cumulative": 2e10},
            ],
        ),
    )


def _fill_deployment(tables, first, second):
    systems = ("CS-3", "NVL72")
    for place, site in enumerate(SITES):
        hall, system = f"{site} A", systems[place % 4 == 3]
        owner, basis_kw = (second, 23.0) if place == 11 else (first, POWER_KW[system] + 11)
        standing = opened = 0
        for n, month in enumerate(months()):
            count = 0
            if n >= 4 + 2 * place and standing < 1700 and (n + place) % 3:
                count = (40 + 13 * place + 7 * n) // (5 if system == "NVL72" else 1)
            standing += count
            opened_now = -(-standing * int(POWER_KW[system]) // 10_000)
            if count:  # in two goes, on the 10th and on the 20th
                half = count // 2
                for day, part in ((10, half), (20, count - half)):
                    tables["installs"] += [_installed(site, hall, system, month, day, part)]
                    tables["clock"].append(
                        {
                            "act": "install",
                            "place": site,
                            "to": None,
                            "item": None,
                            "window_from": month.replace(day=day - 9),
                            "date": month.replace(day=day),
                            "carried": 0.5 if day == 10 else 0.0,
                        }
                    )
            if opened_now > opened:
                tables["halls"].append(
                    {
                        "site": site,
                        "hall": hall,
                        "period": month,
                        "decided": opened_now - opened,
                        "opened": opened_now,
                    }
                )
                tables["openings"].append(
                    {
                        "site": site,
                        "hall": hall,
                        "period": month,
                        "date": month.replace(day=5),
                        "opens": month.replace(day=5) + timedelta(days=30),
                        "count": opened_now - opened,
                    }
                )
                opened = opened_now
            tables["fleet"].append(
                {
                    "site": site,
                    "hall": hall,
                    "system": system,
                    "period": month,
                    "installed": standing,
                    "in_service": standing,
                }
            )
            if standing:
                tables["service"].append(
                    {
                        "commitment": owner,
                        "site": site,
                        "hall": hall,
                        "system": system,
                        "period": month,
                        "mw": standing * basis_kw / 1000,
                    }
                )


def _installed(site, hall, system, month, day, count):
    return {
        "site": site,
        "hall": hall,
        "system": system,
        "period": month,
        "date": month.replace(day=day),
        "installed": count,
        "removed": 0,
        "commitment": None,
        "milestone": None,
        "late": None,
    }


def _fill_pegs(tables, commitment):
    """Every install is for the end of its year; orders wait, in turn, for one install each."""
    installs = tables["installs"]
    for row in installs:
        late = "yes" if row["period"].year == 2028 else "no"
        row |= {
            "commitment": commitment,
            "milestone": date(row["period"].year, 12, 31),
            "late": late,
        }
    for n, order in enumerate(tables["orders"]):
        row = installs[n * len(installs) // len(tables["orders"])]
        order |= {
            "milestone_blocked": f"{commitment} {row['milestone']}",
            "already_late": row["late"],
            "sites_fed": row["site"],
        }
        tables["pegs"].append(
            {
                "order": order["order"],
                "hall": row["hall"],
                "system": row["system"],
                "period": row["period"],
                "date": row["date"],
                "quantity": order["quantity"],
                "systems": 1.0,
                "it_mw": order["it_mw_blocked"],
            }
        )


def _fill_ramp(tables, promised, missed):
    for commitment, (basis, top) in promised.items():
        for n, month in enumerate(months()):
            required = top * min(1.0, (n // 12 + (n % 12 == 11)) / 4 + (n == 47) / 4)
            required = float(round(required))
            short = missed and commitment == next(iter(promised)) and 35 <= n < 40
            tables["ramp"].append(
                {
                    "commitment": commitment,
                    "period": month,
                    "period_end": last_day(month),
                    "basis": basis,
                    "required_mw": required,
                    "in_service_mw": required * 0.9
                    if short
                    else min(top, required + 4.7 * (n % 12)),
                    "missed_mw": required * 0.1 if short else 0.0,
                }
            )


def _fill_orders(tables, suppliers):
    items = ("wafer", "HBM3E stack", "power module", "chassis", "NVL72")
    for n in range(40):
        kind, placed = n % len(suppliers), date(2026, 1, 1) + timedelta(days=31 * n)
        placed, quantity = placed.replace(day=1), float(25 * (n + 3))
        price = (20_000.0, 512.35, 1_450.0, 88_000.0, 3_400_000.0)[n % 5]
        firm = n < 4
        tables["orders"].append(
            {
                "order": f"PO-{1001 + n}" if firm else f"N-{n:04d}",
                "supplier": suppliers[kind],
                "item": items[n % 5],
                "firm": "yes" if firm else "no",
                "quantity": quantity,
                "period": None if firm else placed,
                "order_date": None if firm else placed,
                "order_from": None if firm else placed - timedelta(days=12),
                "arrival_date": placed + timedelta(days=120),
                "unit_price": price,
                "price": price * quantity,
                "order_cost": 0.0 if firm else 50_000.0,
                "latest_order_date": None if firm else placed + timedelta(days=n % 4 * 10 - 12),
                "slack_days": None if firm else n % 4 * 10,
                "it_mw_blocked": 0.034 * quantity,
            }
        )


def _fill_power(tables):
    names = ["Grid Oklahoma", "Grid Texas", *(f"{site} feeder" for site in SITES[:8])]
    for place, node in enumerate(names):
        limit = None if place == 9 else 60.0 + 15 * place
        for n, month in enumerate(months()):
            load = min(limit or 90.0, max(0.0, (n - 5 - place) * (1.9 + place / 3)))
            energised = limit if limit is None or n > 4 + place else 0.0
            tables["power"].append(
                {
                    "node": node,
                    "period": month,
                    "load_mw": load,
                    "energised_mw": energised,
                    "headroom_mw": None if energised is None else energised - load,
                }
            )


def _fill_money(tables):
    amounts = (16.4e9, 0.0, 4.2e6, 612.5e6, 41.7e6, 12.9e6, 60e6, 1.71e9, 2.6e9, 420e6, 188e6, 95e6)
    for term, amount in zip(COST_TERMS, amounts, strict=True):
        tables["costs"].append({"term": term, "amount": amount, "present_cost": amount * 0.87})
        for n, month in enumerate(months()):
            if amount:
                share = (n + 1) / (48 * 49 / 2)
                tables["spend"].append(
                    {
                        "period": month,
                        "term": term,
                        "amount": amount * share,
                        "present_cost": amount * 0.87 * share,
                    }
                )


def _manifest():
    return {
        "created": "2026-01-05T09:30:00",
        "inputs": "openai-750mw.xlsx",
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "versions": {"planner": "0.1.0", "highspy": "1.15.1", "pulp": "3.3.2"},
        "options": {"gap": 0.001, "time_limit_s": 600.0, "threads": 1, "scenario": None},
        "seed": 0,
        "verdict": "passed: 41 rules, 12 cost terms",
    }


def _summary(name, tables, missed, first, second):
    ends = {(row["commitment"], row["period_end"]): row for row in tables["ramp"]}
    due = [date(year, 12, 31) for year in (2026, 2027, 2028, 2029)]
    milestones = [
        {
            "commitment": commitment,
            "date": day.isoformat(),
            **{
                key: ends[commitment, day][key]
                for key in ("basis", "required_mw", "in_service_mw", "missed_mw")
            },
        }
        for commitment in (first, second)
        for day in due
    ]
    return {
        "plan": name,
        "status": "limit reached",
        "verified": True,
        "gap": 0.00081,
        "tiers": [
            {"name": row["tier"], "value": row["value"], "bound": row["bound"]}
            for row in tables["tiers"]
        ],
        "costs": {row["term"]: row["present_cost"] for row in tables["costs"]},
        "milestones": milestones,
        "systems": {"CS-3": 15_234, "NVL72": 1_020},
        "halls_opened": 87,
        "model": {"rows": 48_211, "columns": 61_002, "nonzeros": 240_518, "integers": 9_120},
        "seconds": {"read": 0.4, "model": 2.1, "solve": 58.3, "verify": 0.9},
        "currency": "USD",
        "totals": [
            {"what": "commitments, MW IT", "value": 750.0, "unit": "MW"},
            {"what": "commitments, MW system", "value": 60.0, "unit": "MW"},
            {"what": "halls, IT power", "value": 1_020.0, "unit": "MW"},
            {"what": "feeders, facility power", "value": 1_187.5, "unit": "MW"},
            {"what": "supply of systems", "value": 43_200, "unit": "systems"},
        ],
        "missed_mw_months": 337.5 if missed else 0.0,
        "notes": [
            "systems: 1 system has no overhead_kw; it counts as 0 kW",
            "sheet depots is absent: no stores between suppliers and sites. " * 4,
            "the proven bound of the tie-break does not change any figure on this page",
        ],
        "revenue": 31.2e9,
    }
