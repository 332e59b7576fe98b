"""The store as one file, and back."""

import os
from collections.abc import Callable
from pathlib import Path

from sitbone.errors import UsageError
from sitbone.store.database import check_backup
from sitbone.store.store import Store

Progress = Callable[[int, int], None]  # (done, of all), in pages


def back_up(store: Store, path: Path, progress: Progress | None = None) -> int:
    """Copies the store to ``path``, which is there only once it is whole and checked; returns its number of records."""
    if path.exists() and path.samefile(store.path):
        raise UsageError(f"{path} is the store itself; name another file")
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
    """Puts a backup in the store's place, in one transaction; returns its number of records and where the store of
    before is kept. Raises DamagedData, with nothing changed, for a backup that isn't whole."""
    check_backup(path)
    before = store.path.with_name(f"{store.path.stem}-before-{stamp}{store.path.suffix}")
    back_up(store, before)
    store.restore(path, progress)
    return store.count(), before
