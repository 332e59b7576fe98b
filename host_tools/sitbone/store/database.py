"""The SQLite file that holds everything: opening, transactions, migrations, copies; its errors in plain words."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

from sitbone.errors import DamagedData, SitboneError, StoreBusy
from sitbone.files import PRIVATE_FILE, make_private
from sitbone.store.schema import MIGRATIONS

BUSY_TIMEOUT_S = 10.0
COPY_PAGES = 2000  # between two calls of a backup's progress


class Database:
    """The open database. Use it in a ``with``; raises DamagedData or SitboneError with one line for the user."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(_address(path), timeout=BUSY_TIMEOUT_S, isolation_level=None, uri=True)
            if is_writable(path):
                self._db.execute("PRAGMA journal_mode = WAL")
                for kept in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
                    make_private(kept, PRIVATE_FILE)
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
            odd = _odd_part(backup, version) if found == "ok" and version <= len(MIGRATIONS) else ""
    except sqlite3.DatabaseError as error:
        raise DamagedData(f"{path} is not a sitbone backup, or is damaged ({error}); use another one") from None
    if odd:
        raise DamagedData(f"{path} is not a sitbone backup ({odd}); use another one")
    if found != "ok":
        raise DamagedData(f"{path} is damaged ({found}); use another backup")
    if version > len(MIGRATIONS):
        raise SitboneError(f"{path} was written by a newer sitbone; update sitbone to use it")


def is_writable(path: Path) -> bool:
    """Whether a store can be written; one on a read-only disk, or of another user, can still be read."""
    return os.access(path if path.exists() else path.parent, os.W_OK) and os.access(path.parent, os.W_OK)


def _address(path: Path) -> str:
    if is_writable(path):
        return path.absolute().as_uri()
    # Without its log of writes SQLite needs no file beside it; with one, it has to make some.
    alone = not path.with_name(path.name + "-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"


def _odd_part(backup: sqlite3.Connection, version: int) -> str:
    """What a store of this version doesn't have, or has otherwise: tables, columns, triggers, types of values."""
    with closing(sqlite3.connect(":memory:")) as model:
        for migration in MIGRATIONS[:version]:
            model.executescript(migration)
        listed = "SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
        expected, found = model.execute(listed).fetchall(), backup.execute(listed).fetchall()
        if odd := sorted(set(expected) ^ set(found)):
            return f"{odd[0][0]} {odd[0][1]}"
        for table in [name for kind, name in expected if kind == "table"]:
            columns = model.execute(f"PRAGMA table_info({table})").fetchall()
            if backup.execute(f"PRAGMA table_info({table})").fetchall() != columns:
                return f"the columns of table {table}"
            kinds = [f"typeof({name}) NOT IN ({STORED_AS[kind]}, 'null')" for _, name, kind, *_ in columns]
            if backup.execute(f"SELECT 1 FROM {table} WHERE {' OR '.join(kinds)} LIMIT 1").fetchone():
                return f"a value in table {table}"
    return ""


STORED_AS = {"INTEGER": "'integer'", "TEXT": "'text'", "BLOB": "'blob'", "REAL": "'real', 'integer'"}


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
    return DamagedData(f"{path} is damaged ({error}); run sitbone rescue, then sync again, or restore a backup")
