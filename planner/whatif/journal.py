"""Journal of a sweep: one line for each finished case, synced to disk before the next.

A torn last line is dropped when the journal is reopened, and its case runs again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from planner.errors import PlannerError

Record = dict[str, Any]
"""A finished case: ``case``, ``result`` and, beside it, ``run`` (seconds, worker)."""


class Journal:
    """Finished cases of one sweep, in the order in which they finished.

    Parameters
    ----------
    path
        The file; created if it does not exist.
    sweep
        Digest of the sweep; a journal of another one is refused.

    Raises
    ------
    PlannerError
        If the file belongs to another sweep, or a line before the last is damaged.
    """

    def __init__(self, path: Path, sweep: str) -> None:
        self.path, self.sweep = path, sweep
        self.records: dict[int, Record] = {}
        whole = 0
        content = path.read_bytes() if path.exists() else b""
        for line in content.splitlines(keepends=True):
            record = _parsed(line)
            if record is None:
                # Only the last line can be torn by a crash.
                if whole + len(line) < len(content):
                    raise PlannerError(
                        f"{path} is damaged before its last line. Give another folder (-o)"
                    )
                break
            if record.get("sweep") != sweep:
                raise PlannerError(
                    f"{path} is of another sweep: its inputs or options differ. "
                    "Give another folder (-o), or leave out --resume"
                )
            if record["case"] in self.records:
                raise PlannerError(
                    f"{path} contains case {record['case']} twice. Give another folder (-o)"
                )
            self.records[record["case"]] = record
            whole += len(line)
        self._whole = whole

    @contextmanager
    def open(self) -> Iterator[Journal]:
        """Open the journal for new cases; a torn last line is cut off."""
        with _alone(self.path), self.path.open("ab") as file:
            file.truncate(self._whole)
            self._file: IO[bytes] = file
            yield self

    def add(self, record: Record) -> None:
        """Add a finished case; it is on disk when this returns."""
        number = record["case"]
        if number in self.records:
            raise ValueError(f"case {number} has run already")
        line = json.dumps({"sweep": self.sweep, **record}, ensure_ascii=False, allow_nan=False)
        self._file.write(line.encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self.records[number] = record


def _parsed(line: bytes) -> Record | None:
    """Return the record of a line; None for a torn line."""
    if not line.endswith(b"\n"):
        return None
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) and isinstance(record.get("case"), int) else None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Lock a journal for one process; the system releases the lock of a killed process."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        yield
        return
    with path.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise PlannerError(f"another sweep is writing {path}. Wait for it to end") from None
        yield
