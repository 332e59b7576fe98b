"""The SQLite file that holds everything: opening, transactions, migrations, copies; its errors in plain words."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

from sitbone.errors import DamagedData, SitboneError, StoreBusy
from sitbone.store.schema import MIGRATIONS

BUSY_TIMEOUT_S = 10.0
COPY_PAGES = 2000  # between two calls of a backup's progress


class Database:
    """The open database. Use it in a ``with``; raises DamagedData or SitboneError with one line for the user."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")  # what was acknowledged to a cushion must be on the disk
            self._db.execute("PRAGMA foreign_keys = ON")
            self._migrate()
        except sqlite3.DatabaseError as error:
            raise explained(error, path) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the database; call nothing else afterwards."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. IMMEDIATE, so that two syncs at once wait for each other instead of failing half-way."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except sqlite3.DatabaseError as error:
            raise explained(error, self.path) from None
        try:
            yield self._db
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.DatabaseError):
                raise explained(error, self.path) from None
            raise

    def _migrate(self) -> None:
        if self._version() > len(MIGRATIONS):
            self._db.close()
            raise SitboneError(f"{self.path} was written by a newer sitbone; update sitbone to use it")
        if self._version() == len(MIGRATIONS):
            return  # opening a store must not wait for another writer
        with self.transaction() as db:
            # Read again: another process may have migrated between the first look and this lock.
            for number in range(self._version(), len(MIGRATIONS)):
                for statement in MIGRATIONS[number].split(";\n"):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {number + 1}")

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    def rows(self, sql: str, *values: Any) -> list[Any]:
        """The rows a query finds; it does not wait for writers."""
        try:
            return self._db.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise explained(error, self.path) from None

    def back_up(self, path: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Copies the whole store, as of one moment, to another file, replacing what was there."""
        try:
            with closing(sqlite3.connect(path)) as copy:
                _copy(self._db, copy, progress)
                copy.execute("PRAGMA journal_mode = DELETE")  # a single file: reading it creates no others beside it
        except sqlite3.OperationalError as error:
            raise explained(error, path) from None
        except sqlite3.DatabaseError as error:
            raise explained(error, self.path) from None

    def restore(self, path: Path, progress: Callable[[int, int], None] | None = None) -> None:
        """Replaces everything stored with a backup's contents, in one transaction. Raises DamagedData, with nothing
        changed, for an incomplete backup."""
        check_backup(path)
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as backup:
            try:
                _copy(backup, self._db, progress)
                self._db.execute("PRAGMA journal_mode = WAL")
            except sqlite3.DatabaseError as error:
                raise explained(error, self.path) from None
        self._migrate()


def check_backup(path: Path) -> None:
    """Raises DamagedData when a file is not a complete store, SitboneError when it is missing or too new."""
    if not path.is_file():
        raise SitboneError(f"there is no file {path}; check the path")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as backup:
            found = backup.execute("PRAGMA integrity_check(1)").fetchone()[0]
            version = int(backup.execute("PRAGMA user_version").fetchone()[0])
            backup.execute("SELECT count(*) FROM record").fetchone()
    except sqlite3.DatabaseError as error:
        raise DamagedData(f"{path} is not a sitbone backup, or is damaged ({error}); use another one") from None
    if found != "ok":
        raise DamagedData(f"{path} is damaged ({found}); use another backup")
    if version > len(MIGRATIONS):
        raise SitboneError(f"{path} was written by a newer sitbone; update sitbone to use it")


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, progress: Callable[[int, int], None] | None) -> None:
    """Copies one database into another, completely or not at all."""

    def report(_: int, remaining: int, total: int) -> None:
        if progress is not None:
            progress(total - remaining, total)

    source.backup(target, pages=COPY_PAGES, progress=report)


def explained(error: sqlite3.DatabaseError, path: Path) -> SitboneError:
    """A database error in the user's words."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(
            "another sitbone has been writing to your data for a while; wait until it ends, then try again"
        )
    if isinstance(error, sqlite3.OperationalError):
        return SitboneError(f"cannot use {path} ({error}); check its folder, its permissions and the free space")
    return DamagedData(f"{path} is damaged ({error}); move it to another folder and sync again, or restore a backup")
