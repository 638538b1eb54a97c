"""Findings made up by rule for the plan of `plan_samples`: nothing in them was solved."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from planner.plan.finding_tables import EXPLANATION, QUOTE, Finding
from planner.plan.store import plan_digest

KINDS = (
    ("supplier capacity", "TSMC", "supply_capacity!C", "1 unit per month", 980.0),
    ("power", "Dallas feeder", "energisation!C", "1 MW", 72.5),
    ("energised from", "Dallas feeder", "energisation!B", "one period earlier", date(2026, 7, 1)),
    ("crews", "Abilene", "crews!C", "1 system per month", 345.0),
    ("number of halls", "Toronto A", "halls!C", "1 hall", 40.0),
)
STARTS = [date(2026 + n // 12, n % 12 + 1, 1) for n in range(48)]


def sample_findings(plan, commitment):
    """An explanation and a quote; why late and what to ask for only if megawatts are missed."""
    late = bool(plan.summary["missed_mw_months"])
    of = plan_digest(plan)
    tables = {
        "bottlenecks": [_bottleneck(n, late) for n in range(30)],
        "bottleneck_periods": [
            _period(n, month, late) for n in range(30) for month in range(n, 48, 1 + n % 4)
        ],
        "lateness": [_link(n, commitment) for n in range(14)] * late,
        "delays": [],
        "asks": [_ask(n, commitment) for n in range(4)] * late,
        "slack": [_slack(n, line, commitment) for n in range(4) for line in range(4 if n else 1)],
    }
    facts = {
        "created": "2026-01-05T09:40:00+00:00",
        "seconds": 61.5,
        "resolves": 168,
        "asks": True,
        "undone": ["slack of a milestone", "crews of Abilene (crews!C9)"],
    }
    quoted = {
        "earliest": [
            {
                "mw": 50.0,
                "basis": "it",
                "date": date(2028, 1, 31),
                "not_before": date(2028, 1, 31),
                "period_before": date(2027, 12, 31),
                "at_most_before_mw": 35.254,
                "proven": True,
            },
            {
                "mw": 400.0,
                "basis": "it",
                "date": None,
                "not_before": date(2029, 3, 31),
                "period_before": date(2029, 2, 28),
                "at_most_before_mw": 161.0,
                "proven": False,
            },
        ],
        "quote": [
            *(_promise(n) for n in range(48)),
            *(
                {**_promise(n), "overtime_of": kind, "firm_mw": None, "gain_mw": 1.5 * k}
                for n in (11, 47)
                for k, kind in enumerate(("crews", "power"))
            ),
        ],
    }
    asked = {
        **facts,
        "undone": [],
        "basis": "it",
        "countries": ["US"],
        "systems": [],
        "overtime": 0.25,
    }
    return {EXPLANATION: Finding(of, tables, facts), QUOTE: Finding(of, quoted, asked)}


def _limit(n):
    kind, subject, cell, one_more, value = KINDS[n % 5]
    return {
        "kind": kind,
        "subject": subject,
        "cell": f"{cell}{n + 2}",
        "value": None if isinstance(value, date) else value,
        "day": value if isinstance(value, date) else None,
        "one_more": one_more,
    }


def _bottleneck(n, late):
    gain = round(max(0.0, 8.0 - n / 2), 3)
    return {
        "rank": n + 1,
        **_limit(n),
        "mw_months_percent": gain / 2 if late else None,
        "mw_months": gain if late else None,
        "mw_months_whole": None,
        "mw_months_lifted": 4 * gain if late else None,
        "mw_months_kind": 5 * gain if late else None,
        "money_percent": 5e5 * (20 - n) if n < 22 else None,
        "money": 1e6 * (20 - n) if n < 22 else None,
        "money_whole": None,
        "moved": None,
        "status": "confirmed" if late else None,
        "money_status": "degenerate" if n < 22 else None,
        "first_period": STARTS[n],
        "last_period": STARTS[-1],
        "periods": 48 - n,
        "note": "same gain as crews!C9" if n % 3 == 0 else None,
    }


def _period(n, month, late):
    """Prices of the even ones add up to twice what the re-solve says, the others' to half."""
    limit = {key: value for key, value in _limit(n).items() if key in ("kind", "subject", "cell")}
    months = len(range(n, 48, 1 + n % 4))
    times = 0.5 if n % 2 else 2.0
    row = _bottleneck(n, late)
    return {
        "period": STARTS[month],
        **limit,
        "binds": "yes",
        "mw_months": times * (row["mw_months"] or 0.0) / months,
        "money": times * (row["money"] or 0.0) / months,
    }


def _link(n, commitment):
    return {
        "commitment": commitment,
        "date": date(2028, 12, 31),
        "missed_mw": 56.25,
        "link": n + 1,
        **_limit(n),
        "mw_through": None if n % 5 == 2 else 2.5 * n,
        "mw_a_step": None if n % 5 == 2 else round(0.034 * (n + 1), 6),
        "mw_without": 1.5 * n if n % 5 == 2 else None,
        "first_period": STARTS[n],
        "last_period": STARTS[n + 1],
        "says": f"limit {n}: it is short; one step more brings {0.034 * (n + 1):.3f} MW",
    }


def _ask(n, commitment):
    kind, subject, _, _, _ = KINDS[n]
    return {
        "commitment": commitment,
        "aim": f"{commitment} is on time",
        "set": 1 + n // 2,
        "kind": kind,
        "subject": subject,
        "cells": f"crews!C{n + 3}, crews!C{n + 4}",
        "says": f"{subject}: {n + 1} more ({kind})",
        "more": float(n + 1),
        "not_enough": None if n == 3 else f"{n} more",
        "mw_months_alone": 12.5 * (n + 1),
        "irreducible": "yes" if n < 2 else "not proved",
        "fewest": "yes" if n < 2 else None,
        "proof": "re-solved in whole systems",
    }


def _slack(n, line, commitment):
    last = None if n == 0 else date(2026 + n, 6 + line % 2, 1)
    return {
        "commitment": commitment,
        "date": date(2026 + n, 12, 31),
        "mw": 187.5 * (n + 1),
        "slack_days": None if n == 3 else 31 * n,
        "could_be_met_by": None if n == 3 else date(2026 + n, 12 - n, 31 - n % 2),
        "proof": None if n == 3 else "re-solved in whole systems",
        "supplier": None if n == 0 else f"maker {line}",
        "item": None if n == 0 else f"part {line}",
        "last_order_date": last,
    }


def _promise(n):
    month = STARTS[n]
    end = month.replace(day=monthrange(month.year, month.month)[1])
    return {
        "date": end,
        "basis": "it",
        "overtime_of": None,
        "at_most_mw": 3.5 * (n // 5),
        "firm_mw": 3.25 * (n // 5) if n % 10 == 0 else None,
        "gain_mw": None,
    }
