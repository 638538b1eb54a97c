"""Notes on orders of which no install uses a unit."""

from __future__ import annotations

from collections import defaultdict

from planner.plan.store import Plan
from planner.reports.views import NOTHING

TAKE_OR_PAY = "only uses up take-or-pay"
UNUSED = "no install waits for it"


def order_notes(plan: Plan) -> dict[str, str]:
    """Return a note for each planned order of which no install uses a unit, by its number.

    With take-or-pay, buying the paid share of a supplier's capacity costs no more than leaving it
    unused, which is the only reason for such an order.
    """
    shares = {
        (row["supplier"], row["item"]): row["take_or_pay_share"]
        for row in plan.inputs.tables["supply"]
    }
    used: dict[str, float] = defaultdict(float)
    for peg in plan.tables.get("pegs", []):
        used[peg["order"]] += peg["quantity"]
    return {
        row["order"]: TAKE_OR_PAY if shares.get((row["supplier"], row["item"]), 0.0) > 0 else UNUSED
        for row in plan.tables.get("orders", [])
        if row["firm"] != "yes" and used[row["order"]] <= NOTHING
    }
