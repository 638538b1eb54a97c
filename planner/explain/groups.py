"""Groups of commitments or workloads to ask for together, and their names in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence


def together(
    late: Sequence[Sequence[str]], can: Callable[[Sequence[str]], bool]
) -> Iterator[tuple[str, ...]]:
    """Yield groups of commitments to ask for together: the late ones down to each priority.

    A new plan serves late commitments of a higher priority first, and chooses among those of the
    same priority. With an ask for all of them, none is left that could use up the gain.

    Parameters
    ----------
    late
        Late commitments, a list for each priority, most important first.
    can
        Whether any changes put some commitments on time. Commitments that nothing puts on time form
        groups of their own; if the rest cannot be on time together, so does each of them.
    """
    done = set[tuple[str, ...]]()
    for count, own in enumerate(late, start=1):
        names = tuple(name for some in late[:count] for name in some)
        groups = [names] if own else []
        if own and len(names) > 1 and not can(names):
            possible = tuple(name for name in names if can([name]))
            groups = [(name,) for name in names]
            if 1 < len(possible) < len(names) and can(possible):
                groups = [possible, *((name,) for name in names if name not in possible)]
        yield from (group for group in groups if group not in done)
        done.update(groups)


def listed(names: Sequence[str]) -> str:
    """Return names joined by commas and "and"."""
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
