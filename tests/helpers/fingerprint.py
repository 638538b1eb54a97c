"""Plan a workbook and print a digest of all result tables: the same plan, the same line.

    python tests/helpers/fingerprint.py WORKBOOK [--shuffle SEED] [--until DAY]

Seconds are left out, for they differ. `--shuffle` turns the rows of every sheet first, and
`--until` plans no farther than a day, without the milestones after it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from datetime import date
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from planner.pipeline import make_plan  # noqa: E402
from planner.plan.store import Plan, plain  # noqa: E402
from planner.workbook.reading import inputs_from_rows, read_inputs  # noqa: E402
from planner.workbook.rows import Inputs  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("workbook", type=Path)
    parser.add_argument("--shuffle", type=int, help="seed of the order of rows")
    parser.add_argument("--until", type=date.fromisoformat, help="last day planned")
    arguments = parser.parse_args()
    inputs = read_inputs(arguments.workbook)
    if arguments.until or arguments.shuffle is not None:
        inputs = turned(inputs, arguments.shuffle, arguments.until)
    plan = make_plan(inputs)
    print(f"{fingerprint(plan)} {plan.summary['status']}")


def turned(inputs: Inputs, seed: int | None, until: date | None) -> Inputs:
    """Return the same inputs with their rows in another order, up to a day."""
    sheets = {
        name: [{c: _cell(v) for c, v in row.values.items() if v is not None} for row in rows]
        for name, rows in inputs.tables.items()
        if rows
    }
    if until:
        for row in sheets["settings"]:
            row["value"] = until if row["setting"] == "end" else row["value"]
        late = {row["commitment"] for row in sheets["milestones"] if row["date"] <= until}
        sheets["milestones"] = [row for row in sheets["milestones"] if row["date"] <= until]
        sheets["commitments"] = [r for r in sheets["commitments"] if r["commitment"] in late]
        for name in ("scenarios", "changes", "draws", "samples"):
            sheets.pop(name, None)
    if seed is not None:
        for rows in sheets.values():
            Random(seed).shuffle(rows)
    return inputs_from_rows(inputs.name, sheets)


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, tuple) else value


def fingerprint(plan: Plan) -> str:
    """Return a digest of all result tables and of the summary, without seconds."""
    tables = {
        name: [{c: v for c, v in row.items() if c != "seconds"} for row in rows]
        for name, rows in plan.tables.items()
    }
    summary = {key: value for key, value in plan.summary.items() if key not in ("seconds", "notes")}
    text = json.dumps(plain({"tables": tables, "summary": summary}), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    main()
