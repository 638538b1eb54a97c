"""A smallest part that still does: the search behind asks and contradictions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")


def minimal(does: Callable[[list[Part]], bool], parts: Sequence[Part]) -> list[Part]:
    """Return parts that do, none of which can be left out.

    Halves are tried in turn, which takes about twice the size of the result times the logarithm
    of the number of parts (QuickXplain, Junker 2004).

    Parameters
    ----------
    does
        Says whether some parts do; more parts never do worse.
    parts
        All of them together do; those that come first are kept sooner.
    """
    return _search(does, [], False, list(parts)) if parts and not does([]) else []


def _search(
    does: Callable[[list[Part]], bool], given: list[Part], has_new: bool, rest: list[Part]
) -> list[Part]:
    if has_new and does(given):
        return []
    if len(rest) == 1:
        return rest
    middle = len(rest) // 2
    first, second = rest[:middle], rest[middle:]
    of_second = _search(does, given + first, True, second)
    of_first = _search(does, given + of_second, bool(of_second), first)
    return of_first + of_second
