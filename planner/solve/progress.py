"""What the solver tells while it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """How far a tier has come.

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
        Relative distance of the two.
    elapsed : float
        Seconds since the solver started on this plan.
    """

    tier: str
    unit: str
    incumbent: float | None
    bound: float | None
    gap: float | None
    elapsed: float
