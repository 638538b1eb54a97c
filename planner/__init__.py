"""A data-centre capacity and deployment planner: from a workbook to a proven, checked plan.

Examples
--------
>>> import planner
>>> plan = planner.plan("inputs/first-plan.xlsx")
>>> plan.ramp  # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from planner.errors import (
    Fault,
    InputFaults,
    Interrupted,
    LimitReached,
    NoPlanExists,
    OptionOutOfBounds,
    PlannerError,
    PlanRefused,
    SolverFailed,
)

if TYPE_CHECKING:
    from planner.api import (
        check,
        compare,
        explain,
        load,
        plan,
        quote,
        quote_tokens,
        read,
        save,
        sweep,
        verify,
        why,
    )
    from planner.explain.token_quote import TokenTerms
    from planner.pipeline import Options
    from planner.plan.store import Plan
    from planner.workbook.rows import Inputs

__version__ = "0.1.0"

__all__ = [
    "Fault",
    "InputFaults",
    "Inputs",
    "Interrupted",
    "LimitReached",
    "NoPlanExists",
    "OptionOutOfBounds",
    "Options",
    "Plan",
    "PlanRefused",
    "PlannerError",
    "SolverFailed",
    "TokenTerms",
    "check",
    "compare",
    "explain",
    "load",
    "plan",
    "quote",
    "quote_tokens",
    "read",
    "save",
    "sweep",
    "verify",
    "why",
]

_HOMES = {
    "Inputs": "planner.workbook.rows",
    "Options": "planner.pipeline",
    "Plan": "planner.plan.store",
    "TokenTerms": "planner.explain.token_quote",
}
"""Modules of the classes that are imported on first use; the functions are in `planner.api`."""

# The rooms `plan` and `explain` have the names of functions. Loaded once, they are not bound to
# these names again when one of their modules is imported.
for _room in ("plan", "explain"):
    import_module(f"planner.{_room}")
    del globals()[_room]


def __getattr__(name: str) -> Any:
    """Import a public name on first use, because pandas and the solver take a second to load."""
    if name not in __all__:
        raise AttributeError(f"module 'planner' has no attribute {name!r}")
    return getattr(import_module(_HOMES.get(name, "planner.api")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
