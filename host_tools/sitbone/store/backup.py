"""The store as one file, and back."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import chain, count
from pathlib import Path

from sitbone.errors import DamagedData, UsageError
from sitbone.files import PRIVATE_FILE, make_private, whole
from sitbone.store.database import Database, check_backup
from sitbone.store.store import Store

MOST_ENTRIES = 20_000  # looked for where the end of a damaged table is not readable

Progress = Callable[[int, int], None]  # (done, of all), in pages


def back_up(store: Store, path: Path, progress: Progress | None = None) -> int:
    """Copies the store to ``path``, which appears only once the copy is complete and checked; returns its record
    count."""
    if path.exists() and path.samefile(store.path):
        raise UsageError(f"{path} is the store itself; choose another file")
    with whole(path, private=True) as part:
        store.back_up(part, progress)
        try:
            check_backup(part)
        except DamagedData:
            raise DamagedData(f"{store.path} is damaged; run sitbone rescue, or restore an older backup") from None
    return store.count()


def restore(store: Store, path: Path, stamp: str, progress: Progress | None = None) -> tuple[int, Path]:
    """Replaces the store's contents with a backup, in one transaction; returns its record count and where the previous
    contents are kept. Raises DamagedData, with nothing changed, for an incomplete backup."""
    check_backup(path)
    before = _free_name(store.path, f"before-{stamp}")
    back_up(store, before)
    store.restore(path, progress)
    return store.count(), before


def _free_name(path: Path, what: str) -> Path:
    """A file beside the store that isn't there yet: two restores within a second keep two stores."""
    names = (f"{path.stem}-{what}{number}{path.suffix}" for number in chain([""], (f"-{more}" for more in count(2))))
    return next(file for file in map(path.with_name, names) if not file.exists())


DIARY = (
    "pain",
    "red_flag",
    "rehab",
    "rehab_plan",
    "affected_side",
    "visa_h",
    "tuning",
)  # what no cushion can give again


def rescue(path: Path, stamp: str) -> tuple[int, Path]:
    """Begins a new store with everything of the diary that a damaged one still gives; returns how many entries that
    are, and where the damaged store is kept."""
    found = {table: _readable_rows(path, table) for table in DIARY}
    kept = _free_name(path, f"damaged-{stamp}")
    for end in ("", "-wal", "-shm"):
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.replace(kept.with_name(kept.name + end))
    make_private(kept, PRIVATE_FILE)
    with Database(path) as store, store.transaction() as db:
        for table, rows in found.items():
            for row in rows:
                marks = ", ".join("?" * len(row))
                db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    return sum(map(len, found.values())), kept


def _readable_rows(path: Path, table: str) -> list[dict[str, object]]:
    """The rows of a table, one by one, without those that lie in a damaged part."""
    rows: list[dict[str, object]] = []
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as damaged:
            damaged.row_factory = sqlite3.Row
            last = _last_id(damaged, table)
            for number in range(1, last + 1):
                try:
                    row = damaged.execute(f"SELECT * FROM {table} WHERE id = ?", (number,)).fetchone()
                except sqlite3.DatabaseError:
                    continue
                if row is not None:
                    rows.append(dict(row))
    except sqlite3.DatabaseError:
        pass
    return rows


def _last_id(damaged: sqlite3.Connection, table: str) -> int:
    try:
        return int(damaged.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0])
    except sqlite3.DatabaseError:
        return MOST_ENTRIES
