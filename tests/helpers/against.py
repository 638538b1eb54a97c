"""A random case solved by the planner in several ways, compared with what others prove of it.

Of wide cases the problem is stated anew, without the planner's case and model, and solved by CBC
and by HiGHS; of tiny cases every plan is tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from brute import best_tiers, tiny_case
from instances import Sheets
from oracle import STAGED, ImpossibleError, NotProvenError, cbc_optima, highs_optima, model_of
from random_wide import KINDS, wide_case
from reference import reference_of

from planner.errors import InputFaults, NoPlanExists, PlannerError
from planner.model.frame import ContradictionError
from planner.model.objectives import CHOOSING, make_tiers
from planner.pipeline import Options, find_plan, make_plan
from planner.plan.store import Plan
from planner.plan.summary import PROVEN
from planner.solve.tuning import DEFAULT_TUNING, Tuning
from planner.workbook.reading import inputs_from_rows

MARGIN = 2e-6
"""Relative to an optimum, absolute where that is below one unit of the model."""

SAME = 1e-8
"""Relative to an optimum: what is nearer has been found without any slack."""

MOST_SPREAD = 1e-5
"""Most by which two oracles may differ for want of the same slack, relative to an optimum."""

SLACK_MARGIN = 1e-4
"""The same between a value and its own bound: tiers before are held with a slack, and what that
saves is in the bound but not in the plan."""


@dataclass(frozen=True)
class Way:
    """How the planner solves a case.

    Attributes
    ----------
    gap : float
        Asked gap.
    tuning : Tuning
        Whether small models are solved in stages, too.
    """

    gap: float
    tuning: Tuning


WAYS = {
    "at once": Way(0.0, DEFAULT_TUNING),
    "in rounds": Way(0.0, STAGED),
    "at once, wide gap": Way(0.1, DEFAULT_TUNING),
    "in rounds, wide gap": Way(0.1, STAGED),
}


def examine(seed: int, seconds: float, kind: str = KINDS[0]) -> dict[str, object]:
    """Solve a case in every way, and its reference by every oracle; tell what does not agree.

    Parameters
    ----------
    seed
        Of the case.
    seconds
        Limit for each solver; what is not proven within it is not compared.
    kind
        One of `KINDS`.

    Returns
    -------
    dict
        ``result``: ``agrees``, ``mismatch``, ``not proven``, ``no plan`` or
        ``faults``; ``mismatches``:
        sentences, if any.
    """
    sheets = wide_case(seed, kind)
    try:
        scales = {tier.name: tier.scale for tier in make_tiers(model_of(sheets))}
        plans = dict(_plans(sheets, seconds))
    except (NoPlanExists, ContradictionError):
        plans, scales = {}, {}
    except InputFaults:
        return {"result": "faults"}
    except PlannerError as error:
        return {"result": "mismatch", "mismatches": [f"{type(error).__name__}: {error}"]}
    optima, impossible = _optima(sheets, seconds)
    if not plans:
        found = [f"no plan was found, there is {best}" for best in optima]
        return {"result": "mismatch", "mismatches": found} if found else {"result": "no plan"}
    found = ["a plan was found, there is none"] if impossible and not optima else []
    proven = {way: plan for way, plan in plans.items() if plan.summary["status"] == PROVEN}
    for way, plan in proven.items():
        best = better(optima, scales)
        told = disagreements(plan, best, scales, WAYS[way].gap, spread_of(optima)) if best else ()
        found += [f"{way}: {sentence}" for sentence in told]
    if found:
        return {"result": "mismatch", "mismatches": found, "oracles": optima}
    return {"result": "agrees" if optima and proven else "not proven"}


def examine_tiny(seed: int, *, mixed: bool = False) -> dict[str, object]:
    """Solve a tiny case and compare its tiers with the best of all plans that there are.

    Parameters
    ----------
    seed
        Of the case.
    mixed
        Whether its periods are of several lengths.

    Returns
    -------
    dict
        As `examine`.
    """
    sheets = tiny_case(seed, mixed=mixed)
    best = best_tiers(sheets)
    try:
        plan = make_plan(inputs_from_rows("tiny", sheets), Options(gap=0.0))
    except NoPlanExists:
        if best is None:
            return {"result": "no plan"}
        return {"result": "mismatch", "mismatches": [f"no plan was found, there is {best}"]}
    found = [
        float(str(row["value"])) * (-1 if row["tier"] == "in_service_mw_months" else 1)
        for row in plan.tables["tiers"]
        if row["tier"] != CHOOSING
    ]
    if best is None or len(best) != len(found):
        return {"result": "mismatch", "mismatches": [f"{found} was found, there is {best}"]}
    apart = [abs(a - b) > MARGIN * max(1.0, abs(b)) for a, b in zip(found, best, strict=True)]
    if any(apart):
        return {"result": "mismatch", "mismatches": [f"{found} was found, the best is {best}"]}
    return {"result": "agrees"}


def _optima(sheets: Sheets, seconds: float) -> tuple[list[dict[str, float]], bool]:
    """Return what each oracle proves in time, and whether one proves that there is no plan."""
    optima, impossible = [], False
    for oracle in (cbc_optima, highs_optima):
        try:
            optima.append(oracle(reference_of(sheets), seconds))
        except NotProvenError:
            continue
        except ImpossibleError:
            impossible = True
    return optima, impossible


def better(
    optima: Sequence[Mapping[str, float]], scales: Mapping[str, float]
) -> Mapping[str, float]:
    """Return the better of two oracles' optima: the other has cut off a plan that there is."""
    if len(optima) < len(("CBC", "HiGHS")):
        return optima[0] if optima else {}
    first, second = optima
    for name, scale in scales.items():
        if name in first:
            apart = (first[name] - second[name]) / scale
            if abs(apart) > MARGIN * max(1.0, abs(first[name] / scale)):
                return second if apart > 0 else first
    return first


def _plans(sheets: Sheets, seconds: float) -> Iterator[tuple[str, Plan]]:
    inputs = inputs_from_rows("fuzz", sheets)
    for name, way in WAYS.items():
        yield name, find_plan(inputs, Options(gap=way.gap, time_limit_s=seconds), tuning=way.tuning)


def spread_of(optima: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return by how much two oracles differ in each tier, in the tier's own unit.

    Each proves its optimum, so what they differ by is what their tolerances in the earlier tiers
    buy in this one: a millionth of a MW-month can be worth a thousand times as much in money. A
    larger difference is an error of one of them, and allows nothing.
    """
    if len(optima) < len(("CBC", "HiGHS")):
        return {}
    first, second = optima
    spread = {name: abs(first[name] - second[name]) for name in first.keys() & second.keys()}
    return {
        name: apart
        for name, apart in spread.items()
        if apart <= MOST_SPREAD * max(1.0, abs(first[name]))
    }


def disagreements(
    plan: Plan,
    optima: Mapping[str, float],
    scales: Mapping[str, float],
    gap: float,
    spread: Mapping[str, float],
) -> Iterable[str]:
    """Tell where the tiers of a plan contradict proven optima.

    A tier that stops within its gap is another problem for the tiers after it, and so is one that
    an oracle bettered by what its rows may be missed by: the comparison ends there.
    """
    for row in plan.tables["tiers"]:
        name = str(row["tier"])
        if name == CHOOSING:
            return
        # All as minimised, in the model's own units.
        value, bound, optimum = (
            float(number) / scales[name]  # type: ignore[arg-type]
            for number in (row["value"], row["bound"], optima[name])
        )
        tight = name.startswith("missed")
        allowed = min(gap, DEFAULT_TUNING.tight_tier_max_gap) if tight else gap
        margin = MARGIN * max(1.0, abs(optimum)) + spread.get(name, 0.0) / abs(scales[name])
        told = f"{name} is {value:.9g}, bound {bound:.9g}, optimum {optimum:.9g}"
        if value < optimum - margin:
            yield f"better than the optimum: {told}"
        if bound > optimum + margin:
            yield f"bound beyond the optimum: {told}"
        if value - bound > (allowed + SLACK_MARGIN) * max(1.0, abs(value)):
            yield f"farther from its bound than the gap: {told}"
        if value > optimum + margin and not allowed:
            yield f"worse than the optimum: {told}"
        if abs(value - optimum) > SAME * max(1.0, abs(optimum)):
            return
