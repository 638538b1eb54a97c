"""Plan many small random workbooks and compare every tier with what others prove.

Run it on demand from the root of the repository:

    python tests/benchmarks/fuzz.py [--cases N] [--brute N] [--first SEED] [--log FILE]

The problem of a wide case is stated anew from the workbook, by day and without the planner's case
and model, and solved by CBC and by HiGHS; the planner solves it at once and in rounds, with no gap
and with a wide one. Every plan of a tiny case is tried. The kinds of both take turns: periods of
one length or of several, dates on the ends of periods or on any day. All plans go through the
independent checker. A mismatch is:

- a tier better than an oracle's proven optimum, or with no gap asked not equal to it;
- a bound beyond an oracle's proven optimum, or farther from the value than the gap allows;
- no plan where an oracle proves one, or a plan where it proves that there is none;
- a plan that the checker refuses, or any error that is none of the planner's own.

Each case is one line of the log, a JSON document with its kind and seed, written when it is done:
start the same command again after it was stopped and it goes on with the next case. Cases run in a
process that is replaced now and then, for the solvers' memory grows. It ends with 1 if there was
any mismatch.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

from against import WAYS, examine, examine_tiny  # noqa: E402
from random_wide import KINDS  # noqa: E402

CASES_A_PROCESS = 50

TINY = ("tiny", "tiny mixed")
"""Kinds of cases of which every plan is tried."""

Case = tuple[str, int]
"""Kind and seed."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=1000, help="how many wide cases")
    parser.add_argument("--brute", type=int, default=100, help="how many tiny cases")
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    parser.add_argument("--log", type=Path, default=Path("fuzz.jsonl"), help="one line a case")
    parser.add_argument("--seconds", type=float, default=20.0, help="limit for each solver")
    arguments = parser.parse_args()
    first = arguments.first
    cases = [(KINDS[seed % len(KINDS)], seed) for seed in range(first, first + arguments.cases)]
    cases += [(TINY[seed % len(TINY)], seed) for seed in range(first, first + arguments.brute)]
    done = finished(arguments.log)
    left = [(kind, seed, arguments.seconds) for kind, seed in cases if (kind, seed) not in done]
    fresh = multiprocessing.get_context("spawn")
    with (
        arguments.log.open("a", encoding="utf-8") as log,
        fresh.Pool(1, maxtasksperchild=CASES_A_PROCESS) as pool,
    ):
        for line in pool.imap(examined, left):
            done[str(line["kind"]), int(str(line["seed"]))] = line
            log.write(json.dumps(line) + "\n")
            log.flush()
    sys.exit(report(done))


def examined(case: tuple[str, int, float]) -> dict[str, object]:
    """Examine one case; any error is a mismatch."""
    kind, seed, seconds = case
    started = time.perf_counter()
    try:
        if kind in TINY:
            found = examine_tiny(seed, mixed=kind.endswith("mixed"))
        else:
            found = examine(seed, seconds, kind)
    except Exception as error:
        found = {"result": "mismatch", "mismatches": [f"{type(error).__name__}: {error}"]}
    return {"kind": kind, "seed": seed, **found, "seconds": round(time.perf_counter() - started, 2)}


def finished(log: Path) -> dict[Case, dict[str, object]]:
    """Return the cases of a log; a last line that was cut off counts as none."""
    done: dict[Case, dict[str, object]] = {}
    for text in log.read_text(encoding="utf-8").splitlines() if log.exists() else ():
        with suppress(json.JSONDecodeError):
            line = json.loads(text)
            done[line["kind"], line["seed"]] = line
    return done


def report(done: dict[Case, dict[str, object]]) -> int:
    """Print what was found and return 1 if anything does not agree."""
    counts = Counter((kind, str(line["result"])) for (kind, _), line in done.items())
    for kind in (*KINDS, *TINY):
        found = {result: n for (of, result), n in counts.most_common() if of == kind}
        ways = "against every plan" if kind in TINY else f"in {len(WAYS)} ways"
        print(f"{sum(found.values())} {kind} cases, each solved {ways}: {found}")
    for (kind, seed), line in done.items():
        for sentence in line.get("mismatches", []):  # type: ignore[attr-defined]
            print(f"{kind} {seed}: {sentence}")
    return int(any(result == "mismatch" for _, result in counts))


if __name__ == "__main__":
    main()
