"""Change real inputs at random, thousands of times, and read each: no defect may come of it.

Run it on demand from the root of the repository:

    python tests/benchmarks/mutate.py [--count N] [--first N] [--log FILE]

A changed input is read, or ends in faults or in one refusal. A traceback of another kind, more than
10 seconds or more than 1 GB is a defect. Each is made from its number alone, so that a defect can
be looked at again with `--first N --count 1`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "helpers"))

from mutations import Outcome, outcome

MOST_MEMORY = 1_000_000_000
REPORT_EVERY = 500


def memory() -> int:
    """Return the most memory that this process or one that it started has held, in bytes."""
    try:
        import resource  # noqa: PLC0415  (there is none on Windows)
    except ImportError:
        return 0
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) * 1024


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=10_000, help="how many inputs to change")
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--log", type=Path, help="a line for each, in this file")
    arguments = parser.parse_args()
    kinds: Counter[str] = Counter()
    slowest: Outcome | None = None
    for number in range(arguments.first, arguments.first + arguments.count):
        found = outcome(number)
        kinds[found.kind] += 1
        if slowest is None or found.seconds > slowest.seconds:
            slowest = found
        line = (
            f"{number}\t{found.kind}\t{found.seconds:.2f}\t{found.base}\t{found.change}\t"
            f"{found.detail.splitlines()[-1] if found.detail else ''}\n"
        )
        if arguments.log:
            with arguments.log.open("a", encoding="utf-8") as log:
                log.write(line)
        if found.kind == "DEFECT":
            print(line, found.detail, sep="", flush=True)
        if number % REPORT_EVERY == REPORT_EVERY - 1:
            print(number + 1, dict(kinds), f"{memory() / 1e6:.0f} MB", file=sys.stderr, flush=True)
    print(dict(sorted(kinds.items())))
    if slowest is not None:
        print(
            f"slowest: {slowest.seconds:.2f} s, number {slowest.number}, {slowest.base}, "
            f"{slowest.change}; most memory: {memory() / 1e6:.0f} MB"
        )
    return 1 if kinds["DEFECT"] or memory() > MOST_MEMORY else 0


if __name__ == "__main__":
    sys.exit(main())
