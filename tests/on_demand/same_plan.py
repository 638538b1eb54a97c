"""Plan shipped workbooks again and again, each time in a new process, and compare the plans.

Run it on demand from the root of the repository:

    python tests/on_demand/same_plan.py [--runs N]

Each run hashes strings otherwise and gets its rows in another order. All result tables must be
the same, seconds left out: `first-plan`, and `openai-750mw` up to the ends of 2026 and of 2027
and as a whole, and `frontier-sites`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKBOOKS = (
    ("first-plan", ""),
    ("openai-750mw", "2026-12-31"),
    ("openai-750mw", "2027-12-31"),
    ("openai-750mw", ""),
    ("frontier-sites", ""),
)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=20)
    arguments = parser.parse_args()
    bad = 0
    for name, until in WORKBOOKS:
        started = time.perf_counter()
        found = [digest(name, until, seed) for seed in range(arguments.runs)]
        bad += len(set(found)) > 1
        seconds = time.perf_counter() - started
        print(
            f"{name} {until}: {len(found)} runs, {len(set(found))} different plans, "
            f"{seconds:.0f} s: {sorted(set(found))}",
            flush=True,
        )
    return int(bad > 0)


def digest(name: str, until: str, seed: int) -> str:
    """Plan once; the first run has the rows as they stand."""
    command = [
        sys.executable,
        str(ROOT / "tests" / "helpers" / "fingerprint.py"),
        str(ROOT / "inputs" / f"{name}.xlsx"),
    ]
    command += ["--until", until] if until else []
    command += ["--shuffle", str(seed)] if seed else []
    run = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
