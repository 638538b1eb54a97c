"""Atomic writes: the old file stays until the new one is whole, and on disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from planner.errors import PlannerError
from planner.workbook.files.atomic import replacement, write_atomically


def test_a_block_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"before")
    with pytest.raises(RuntimeError), replacement(path) as new:
        new.write_bytes(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_the_old_file_is_there_until_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"before")
    with replacement(path) as new:
        new.write_bytes(b"after")
        assert (new.parent, new.suffix) == (path.parent, path.suffix)
        assert path.read_bytes() == b"before"
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_is_synced_before_it_is_renamed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, rename = os.fsync, Path.replace

    def synced(handle: int) -> None:
        steps.append("sync")
        sync(handle)

    def renamed(path: Path, target: Path) -> Path:
        steps.append("rename")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    write_atomically(tmp_path / "plan.xlsx", b"content")
    assert steps[:2] == ["sync", "rename"]
    assert set(steps[2:]) <= {"sync"}  # of the folder, which Windows cannot sync


@pytest.mark.skipif(os.name == "nt", reason="folders are not synced there")
@pytest.mark.parametrize(("code", "is_error"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_only_a_folder_that_cannot_be_synced_is_no_failure(
    code: int, is_error: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, sync = tmp_path / "plan.xlsx", os.fsync

    def fails_for_folders(handle: int) -> None:
        if os.stat(handle).st_ino == tmp_path.stat().st_ino:
            raise OSError(code, os.strerror(code))
        sync(handle)

    monkeypatch.setattr(os, "fsync", fails_for_folders)
    if is_error:
        with pytest.raises(PlannerError, match="cannot be written"):
            write_atomically(path, b"content")
    else:
        write_atomically(path, b"content")
    assert path.read_bytes() == b"content"


def test_a_folder_is_created(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b" / "plan.xlsx", b"content")
    assert (tmp_path / "a" / "b" / "plan.xlsx").read_bytes() == b"content"
    with pytest.raises(PlannerError, match="cannot be written"):
        write_atomically(tmp_path / "a" / "b" / "plan.xlsx" / "c.xlsx", b"content")
