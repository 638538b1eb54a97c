"""Minimal sufficient subset (QuickXplain), used by asks and contradictions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")


def minimal(is_sufficient: Callable[[list[Part]], bool], parts: Sequence[Part]) -> list[Part]:
    """Return a minimal sufficient subset: no proper subset of it is sufficient.

    Recursive bisection (QuickXplain, Junker 2004) takes about 2 k log2(n) tests for k of n parts.

    Parameters
    ----------
    is_sufficient
        Tests whether parts are sufficient; must be monotone: adding parts keeps them sufficient.
    parts
        Candidates, sufficient together; earlier ones are preferred.
    """
    return _search(is_sufficient, [], False, list(parts)) if parts and not is_sufficient([]) else []


def _search(
    is_sufficient: Callable[[list[Part]], bool], given: list[Part], has_new: bool, rest: list[Part]
) -> list[Part]:
    if has_new and is_sufficient(given):
        return []
    if len(rest) == 1:
        return rest
    middle = len(rest) // 2
    first, second = rest[:middle], rest[middle:]
    of_second = _search(is_sufficient, given + first, True, second)
    of_first = _search(is_sufficient, given + of_second, bool(of_second), first)
    return of_first + of_second
