"""Progress events of a solve."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Progress of one tier.

    Attributes
    ----------
    tier : str
        Name of the tier.
    unit : str
        Unit of its value, e.g. ``MW-months``.
    incumbent : float or None
        Value of the best plan so far; None before the first.
    bound : float or None
        Proven bound; None before the first.
    gap : float or None
        Relative gap between the two; None without both.
    elapsed : float
        Seconds since the solve of the plan began.
    """

    tier: str
    unit: str
    incumbent: float | None
    bound: float | None
    gap: float | None
    elapsed: float
