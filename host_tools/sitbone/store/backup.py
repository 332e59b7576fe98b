"""The store as one file, and back."""

import os
from collections.abc import Callable
from pathlib import Path

from sitbone.errors import UsageError
from sitbone.store.database import check_backup
from sitbone.store.store import Store

Progress = Callable[[int, int], None]  # (done, of all), in pages


def back_up(store: Store, path: Path, progress: Progress | None = None) -> int:
    """Copies the store to ``path``, which appears only once the copy is complete and checked; returns its record
    count."""
    if path.exists() and path.samefile(store.path):
        raise UsageError(f"{path} is the store itself; choose another file")
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    try:
        store.back_up(part, progress)
        check_backup(part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return store.count()


def restore(store: Store, path: Path, stamp: str, progress: Progress | None = None) -> tuple[int, Path]:
    """Replaces the store's contents with a backup, in one transaction; returns its record count and where the previous
    contents are kept. Raises DamagedData, with nothing changed, for an incomplete backup."""
    check_backup(path)
    before = store.path.with_name(f"{store.path.stem}-before-{stamp}{store.path.suffix}")
    back_up(store, before)
    store.restore(path, progress)
    return store.count(), before
