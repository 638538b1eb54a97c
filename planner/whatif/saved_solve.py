"""Saved solve of a plan, for warm starts of what-ifs.

``start.npz`` contains the value of every decision; the bases of the LP relaxations are added by the
first what-if. A what-if's plan is proven and checked like any other: the start only saves time.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Hashable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from planner.errors import PlannerError
from planner.plan.plan_folders import CONTENTS, settled
from planner.plan.store import Plan, Writer, load_plan
from planner.solve.basis import Basis
from planner.whatif.solve_reuse import Base, Kept, Key, base_of
from planner.workbook.files.atomic import replacement

FILE = "start.npz"


def start_writer(kept: Kept | Base) -> Writer:
    """Return a function that writes the solve of a plan to its folder."""

    def write(path: Path) -> None:
        path.write_bytes(_packed(kept))

    return write


def load_near(folder: Path) -> tuple[Plan, Base]:
    """Read a saved plan with its solve.

    Raises
    ------
    PlannerError
        If there is no plan, or its solve is missing or cannot be read.
    """
    folder = folder.parent if folder.name == CONTENTS else folder
    plan, path = load_plan(folder), settled(folder) / FILE
    try:
        kept = _unpacked(path.read_bytes())
    except FileNotFoundError:
        raise PlannerError(f"{path} is missing, which --near needs. Plan again") from None
    except OSError as error:
        raise PlannerError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile):
        raise PlannerError(
            f"{path} is not the solve of a plan, which --near needs. Plan again"
        ) from None
    if isinstance(kept, Base):
        return plan, kept
    # The first what-if of a plan solves the relaxations, and keeps them for the next.
    base = base_of(plan.inputs, kept)
    # A read-only folder only costs time.
    with suppress(OSError), replacement(path) as new:
        new.write_bytes(_packed(base))
    return plan, base


def _packed(kept: Kept | Base) -> bytes:
    """Return a solve as the content of a file of arrays."""
    arrays: dict[str, Any] = {"columns": _text(kept.columns), "values": kept.values}
    if isinstance(kept, Kept):
        arrays["proven"] = np.array(kept.proven)
    else:
        arrays["rows"] = _text(kept.rows)
        arrays["tiers"] = _text(kept.tiers)
        arrays["slack"] = np.array(kept.slack)
        for tier, basis in enumerate(kept.bases):
            arrays[f"columns_{tier}"] = basis.columns
            arrays[f"rows_{tier}"] = basis.rows
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    return packed.getvalue()


def _unpacked(content: bytes) -> Kept | Base:
    """Return the solve in a file of arrays.

    Raises
    ------
    ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile
        If the content is not a solve.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        columns = _keys(file["columns"])
        values = np.asarray(file["values"], dtype=float)
        if values.shape != (len(columns),):
            raise ValueError("not a value for each decision")
        if "rows" not in file:
            return Kept(columns, values, float(file["proven"]))
        rows = _keys(file["rows"])
        tiers = tuple(json.loads(file["tiers"].tobytes()))
        bases = []
        for tier in range(len(tiers)):
            of_columns = np.asarray(file[f"columns_{tier}"], dtype=np.int8)
            of_rows = np.asarray(file[f"rows_{tier}"], dtype=np.int8)
            if of_columns.shape != (len(columns),) or of_rows.shape != (len(rows),):
                raise ValueError("not a status for each decision and row")
            bases.append(Basis(of_columns, of_rows))
        slack = float(file["slack"])
        if not math.isfinite(slack):
            raise ValueError("no distance of the bounds")
        return Base(columns, rows, values, tuple(bases), tiers, slack)


def _text(keys: Iterable[object]) -> Any:
    """Return keys as JSON bytes in an array, which needs no pickle."""
    text = json.dumps(list(keys), ensure_ascii=False, separators=(",", ":"))
    return np.frombuffer(text.encode("utf-8", "surrogatepass"), dtype=np.uint8)


def _keys(text: Any) -> tuple[Key, ...]:
    found = json.loads(text.tobytes().decode("utf-8", "surrogatepass"))
    return tuple((str(name), _index(index)) for name, index in found)


def _index(value: Any) -> Hashable:
    """Return an index with tuples in place of the lists of JSON."""
    if isinstance(value, list):
        return tuple(_index(part) for part in value)
    found: Hashable = value
    return found
