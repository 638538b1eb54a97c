"""One way of stating one workbook's model, in a process of its own; `peers.py` starts it."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

EXPORTED = ("linopy", "file")
"""Ways that begin with the model that the planner has exported."""


def planner(case: Any, seconds: dict[str, float]) -> Any:
    from planner.model.build import build_model  # noqa: PLC0415
    from planner.model.objectives import present_cost  # noqa: PLC0415
    from planner.pipeline import collector_paused  # noqa: PLC0415
    from planner.solve.highs_model import LiveModel  # noqa: PLC0415

    started = time.process_time()
    with collector_paused():
        model = build_model(case)
        cost = present_cost(model).expression
    seconds["build"] = time.process_time() - started
    started = time.process_time()
    with collector_paused():
        live = LiveModel(model.frame, model.frame.columns)
        live.minimise(cost)
    seconds["handover"] = time.process_time() - started
    return live.highs


def stated(way: str, case: Any, seconds: dict[str, float]) -> Any:
    """State and hand over; return what holds the HiGHS model."""
    if way == "planner":
        return planner(case, seconds)
    import peers_loops  # noqa: PLC0415

    of = peers_loops.Pulp() if way == "pulp" else peers_loops.Poi()
    return peers_loops.state(case, of, seconds) or of


def from_arrays(path: str, seconds: dict[str, float]) -> Any:
    import peers_linopy  # noqa: PLC0415

    return peers_linopy.state(path, seconds)


def from_file(path: str, seconds: dict[str, float]) -> Any:
    """Read an exported model, then pass its arrays on, which is the least a hand-over can be."""
    import highspy  # noqa: PLC0415

    read, passed = highspy.Highs(), highspy.Highs()
    for solver in (read, passed):
        solver.setOptionValue("output_flag", False)
    started = time.process_time()
    read.readModel(path)
    seconds["handover"] = time.process_time() - started
    lp = read.getLp()
    started = time.process_time()
    passed.passModel(lp)
    seconds["arrays"] = time.process_time() - started
    return read


def size_of(found: Any, folder: str, relax: bool) -> dict[str, Any]:
    """Return rows, columns, nonzeros and whole columns, as HiGHS has them."""
    import highspy  # noqa: PLC0415

    if not hasattr(found, "getLp"):  # pyoptinterface has a binding of its own
        model = found.model
        if not relax:
            return {"rows": model.getnumrow(), "columns": model.getnumcol()}
        path = f"{folder}/poi.mps"
        model.write(path)
        found = highspy.Highs()
        found.setOptionValue("output_flag", False)
        found.readModel(path)
    lp = found.getLp()
    whole = sum(kind == highspy.HighsVarType.kInteger for kind in lp.integrality_)
    return {
        "rows": lp.num_row_,
        "columns": lp.num_col_,
        "nonzeros": found.getNumNz(),
        "whole": whole,
        "highs": found,
    }


def main() -> None:
    way, source, folder, *wanted = sys.argv[1:]
    seconds: dict[str, float] = {}
    if way in EXPORTED:
        found = (from_file if way == "file" else from_arrays)(source, seconds)
    else:
        from planner.case.case import make_case  # noqa: PLC0415
        from planner.workbook.reading import read_inputs  # noqa: PLC0415

        case = make_case(read_inputs(Path(source)))
        found = stated(way, case, seconds)
    told: dict[str, Any] = {"seconds": seconds, "memory_mb": memory_mb()}
    if wanted:
        size = size_of(found, folder, "relax" in wanted)
        highs = size.pop("highs", None)
        told |= size
        if "export" in wanted:
            highs.writeModel(f"{folder}/model.mps")
        if "relax" in wanted:
            highs.setOptionValue("output_flag", False)
            highs.setOptionValue("solve_relaxation", True)
            highs.run()
            told["objective"] = highs.getInfo().objective_function_value
    print(json.dumps(told))


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024**2 if sys.platform == "darwin" else 1024
    )


if __name__ == "__main__":
    main()
