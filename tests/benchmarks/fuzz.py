"""Plan many small random workbooks and compare every tier with CBC and with HiGHS alone.

Run it on demand from the root of the repository:

    python tests/benchmarks/fuzz.py [--cases N] [--first SEED] [--log FILE]

Each case is solved at once and in rounds, with no gap and with a wide one, and goes through the
independent checker. A mismatch is:

- a tier better than an oracle's proven optimum, or with no gap asked not equal to it;
- a bound beyond an oracle's proven optimum, or farther from the value than the gap allows;
- a plan that the checker refuses, or any error that is none of the planner's own.

Each case is one line of the log, written when it is done: start the same command again after
it was stopped and it goes on with the next case. It ends with 1 if there was any mismatch.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

from against import WAYS, examine  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=1000, help="how many cases")
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    parser.add_argument("--log", type=Path, default=Path("fuzz.log"), help="one line a case")
    parser.add_argument("--seconds", type=float, default=20.0, help="limit for each solver")
    arguments = parser.parse_args()
    done = finished(arguments.log)
    with arguments.log.open("a", encoding="utf-8") as log:
        for seed in range(arguments.first, arguments.first + arguments.cases):
            if seed not in done:
                started = time.perf_counter()
                line = {"seed": seed, **examine(seed, arguments.seconds)}
                line["seconds"] = round(time.perf_counter() - started, 2)
                done[seed] = line
                log.write(json.dumps(line) + "\n")
                log.flush()
    sys.exit(report(done))


def finished(log: Path) -> dict[int, dict[str, object]]:
    """Return the cases of a log; a last line that was cut off counts as none."""
    done: dict[int, dict[str, object]] = {}
    for text in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            continue
        done[line["seed"]] = line
    return done


def report(done: dict[int, dict[str, object]]) -> int:
    """Print what was found and return 1 if anything does not agree."""
    counts = Counter(str(line["result"]) for line in done.values())
    print(f"{len(done)} cases, each solved {len(WAYS)} ways: "
          + ", ".join(f"{count} {result}" for result, count in counts.most_common()))  # fmt: skip
    for line in done.values():
        for sentence in line.get("mismatches", []):  # type: ignore[attr-defined]
            print(f"seed {line['seed']}: {sentence}")
    return int(counts["mismatch"] > 0)


if __name__ == "__main__":
    main()
